/* Proof of presence: rotating codes, what a phone scans, and the grade that follows. */
#include "check.h"

#include "case_kit.h"
#include "proof.h"

static const uint8_t key[KEY_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t other_key[KEY_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17};

static void
a_code_is_taken_in_its_step_and_the_next(void **state)
{
    (void)state;
    const struct proof_seat here = {SEAT_PLACE, 7}, other = {SEAT_PLACE, 8}, station = {SEAT_ORG, 7};
    instant step = moment_of("2026-04-21T09:05:00");
    char code[PROOF_CODE_DIGITS + 1];
    proof_code_at(key, here, step + 10 * 1000, code);
    const struct {
        int64_t after_s;
        bool is_taken;
    } rows[] = {{-1, false}, {0, true}, {59, true}, {60, true}, {119, true}, {120, false}, {3600, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (proof_code_ok(key, here, step + rows[i].after_s * 1000, str_of(code)) != rows[i].is_taken)
            fail_msg("%lld s after its step began", (long long)rows[i].after_s);
    assert_false(proof_code_ok(key, other, step, str_of(code)));
    assert_false(proof_code_ok(key, station, step, str_of(code)));
    assert_false(proof_code_ok(other_key, here, step, str_of(code)));
    assert_false(proof_code_ok(key, here, step, STR("12345")));
    assert_false(proof_code_ok(key, (struct proof_seat){SEAT_ORG, 0}, step, str_of(code)));
    assert_int_equal(proof_seconds_left(step), 60);
    assert_int_equal(proof_seconds_left(step + 59999), 1);
}

static void
codes_are_spread(void **state)
{
    (void)state;
    const struct proof_seat here = {SEAT_PLACE, 1};
    char before[PROOF_CODE_DIGITS + 1] = "", code[PROOF_CODE_DIGITS + 1];
    int first[10] = {0}, repeats = 0;
    for (int i = 0; i < 2000; i++) {
        proof_code_at(key, here, (instant)i * PROOF_STEP_MS, code);
        first[code[0] - '0']++;
        repeats += strcmp(code, before) == 0;
        memcpy(before, code, sizeof before);
    }
    for (int d = 0; d < 10; d++)
        assert_in_range(first[d], 130, 270);
    assert_true(repeats <= 1);
}

static void
what_a_phone_reads(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *code; /* place NULL: refused */
    } rows[] = {
        {"123456", "", "123456"},
        {"123 456", "", "123456"},
        {"１２３４５６", "", "123456"},
        {"https://hc.example/m/at/XFL?k=042917", "XFL", "042917"},
        {"/m/at/ZD-KB?k=042917&x=1", "ZD-KB", "042917"},
        {"https://hc.example/x/XFL", "XFL", ""},
        {"https://hc.example/pre/x/XFL/", "XFL", ""},
        {"/m/at/XFL", "XFL", ""},
        {"12345", NULL, NULL},
        {"1234567", NULL, NULL},
        {"一二三四五六", NULL, NULL},
        {"https://hc.example/x/", NULL, NULL},
        {"/m/at/XFL?k=12a456", NULL, NULL},
        {"", NULL, NULL},
        {"\xef\xbc", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct proof_text t;
        bool ok = proof_text_read(str_of(rows[i].text), &t);
        if (ok != (rows[i].place != NULL))
            fail_msg("\"%s\" %s", rows[i].text, ok ? "was taken" : "was refused");
        if (ok && (!str_is(t.place, rows[i].place) || strcmp(t.code, rows[i].code) != 0))
            fail_msg("\"%s\": %.*s %s", rows[i].text, (int)t.place.n, t.place.p, t.code);
    }
}

/* 0.001° of latitude is 111 m. */
static void
the_grade_is_what_was_shown(void **state)
{
    (void)state;
    static const struct point place = {115.7865, 25.6005};
    static const struct {
        const char *what;
        bool code, qr, vouched, position, unplaced;
        double north;
        int accuracy, age_s;
        int grade, distance;
    } rows[] = {
        {"nothing", .grade = PROOF_NONE, .distance = -1},
        {"a code", .code = true, .grade = PROOF_CODE, .distance = -1},
        {"a code, far away by GPS", .code = true, .position = true, .north = 0.1, .grade = PROOF_CODE, .distance = 11150},
        {"QR and near", .qr = true, .position = true, .north = 0.0005, .accuracy = 30, .grade = PROOF_NEAR, .distance = 100},
        {"QR, near, accuracy unsaid", .qr = true, .position = true, .grade = PROOF_NEAR, .distance = 50},
        {"QR and 278 m", .qr = true, .position = true, .north = 0.0025, .grade = PROOF_NEAR, .distance = 300},
        {"QR and 334 m", .qr = true, .position = true, .north = 0.003, .grade = PROOF_WORD, .distance = 350},
        {"QR, position too vague", .qr = true, .position = true, .accuracy = 201, .grade = PROOF_WORD, .distance = 50},
        {"QR, position too old", .qr = true, .position = true, .age_s = 121, .grade = PROOF_WORD, .distance = 50},
        {"QR, position from the future", .qr = true, .position = true, .age_s = -1, .grade = PROOF_WORD, .distance = 50},
        {"QR in a compound without a point", .qr = true, .position = true, .unplaced = true, .grade = PROOF_WORD, .distance = -1},
        {"QR alone", .qr = true, .grade = PROOF_WORD, .distance = -1},
        {"somebody's word", .vouched = true, .grade = PROOF_WORD, .distance = -1},
        {"a position alone proves nothing", .position = true, .grade = PROOF_NONE, .distance = 50},
        {"a word and a near position", .vouched = true, .position = true, .grade = PROOF_WORD, .distance = 50},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct proof_input in = {.is_code_right = rows[i].code, .is_qr_right = rows[i].qr, .is_vouched = rows[i].vouched,
                                 .has_position = rows[i].position, .place = rows[i].unplaced ? (struct point){0, 0} : place,
                                 .position = {place.lon, place.lat + rows[i].north}, .accuracy_m = rows[i].accuracy,
                                 .age_ms = (int64_t)rows[i].age_s * 1000};
        struct proof p = proof_grade(&in);
        if (p.grade != rows[i].grade || p.distance_m != rows[i].distance)
            fail_msg("%s: grade %d, %d m", rows[i].what, p.grade, p.distance_m);
    }
}

static void
chinese_maps_are_turned_back(void **state)
{
    (void)state;
    struct point p = point_from_gcj((struct point){115.79132, 25.59731});
    double back = metres_between(p, (struct point){115.79132, 25.59731});
    assert_in_range((int64_t)back, 300, 700);
    assert_in_range((int64_t)metres_between((struct point){0, 0}, (struct point){0, 1}), 111194, 111196);
    assert_true(point_in_china(p));
    assert_false(point_in_china((struct point){0, 0}));
}

/* ---- The arrival at a case ---- */

static void
posted_people_vouch(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    const struct place *xfl = registry_place_code(&world.registry, STR("XFL"));
    int32_t today = day_of(life.now);
    int64_t officer = registry_username(&world.registry, STR("xfjy01"))->id;
    static const struct {
        const char *who;
        bool may;
    } rows[] = {{"wgz03", true}, {"wy01a", true}, {"comm01", true}, {"wgz01", false}, {"xfjy02", false}, {"xfjy01", false},
                {"nobody", false}, {"coord01", false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((voucher_of(&world.registry, xfl, str_of(rows[i].who), officer, today) != NULL) != rows[i].may)
            fail_msg("%s", rows[i].who);
    int64_t himself = registry_username(&world.registry, STR("wgz03"))->id;
    assert_null(voucher_of(&world.registry, xfl, STR("wgz03"), himself, today));
}

/* An urgent matter is called at 09:00 on a Tuesday; 消防 owes to be there by 09:15. */
static bool
arrive_at(const char *recorded, int grade, const char *fields)
{
    struct proof p = {.grade = grade, .distance_m = -1, .at = recorded ? moment_of(recorded) : 0};
    const struct command *cmd = command_find(STR("arrive"));
    struct effects *fx = fresh_effects();
    struct situation s = situation_now(actor_of("xfjy01"));
    struct command_input in = {.proof = &p};
    in.fields = fields_of(fields, &in.photos);
    if (!command_decide(cmd, &s, &in, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static const struct duty *
ended_duty(int kind)
{
    for (size_t i = 0; i < life.n_ended; i++)
        if (life.ended[i].kind == kind)
            return &life.ended[i];
    return NULL;
}

static void
an_arrival_counts_from_when_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *what, *now, *recorded; /* recorded NULL: at once */
        int end, missed;
        const char *counts_from;
        int chase; /* END_COUNT: nobody was chased */
    } rows[] = {
        {"at once", "2026-04-21T09:10", NULL, END_DONE, 0, "2026-04-21T09:10", END_COUNT},
        {"at once, late", "2026-04-21T09:20", NULL, END_DONE_LATE, 1, "2026-04-21T09:20", END_DONE},
        {"heard of late, in time", "2026-04-21T11:00", "2026-04-21T09:12", END_LATE_SYNC, 1, "2026-04-21T09:12", END_SUPERSEDED},
        {"heard of late, on the minute", "2026-04-21T11:00", "2026-04-21T09:15", END_LATE_SYNC, 1, "2026-04-21T09:15", END_SUPERSEDED},
        {"heard of late, and was late", "2026-04-21T11:00", "2026-04-21T09:16", END_DONE_LATE, 1, "2026-04-21T09:16", END_DONE},
        {"heard of before it was missed", "2026-04-21T09:14", "2026-04-21T09:05", END_DONE, 0, "2026-04-21T09:05", END_COUNT},
        {"after the grace", "2026-04-24T09:13", "2026-04-21T09:12", END_DONE_LATE, 1, "2026-04-24T09:13", END_DONE_LATE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        assert_true(report_by("?", "resident", "XF01", "XFL", ""));
        assert_int_equal(life.c.summoned_at, moment_of("2026-04-21T09:00"));
        assert_int_equal(life.c.summoned_in, SUMMONS_ON_DUTY);
        live_until(moment_of(rows[i].now));
        if (!arrive_at(rows[i].recorded, PROOF_CODE, "words=已到场"))
            fail_msg("%s: %s", rows[i].what, life.err.message);
        const struct duty *u = ended_duty(DUTY_ARRIVE), *chase = ended_duty(DUTY_CHASE);
        if (!u || u->end != rows[i].end || (u->missed_at != 0) != rows[i].missed)
            fail_msg("%s: %s", rows[i].what, u ? duty_end_code(u->end) : "open");
        assert_int_equal(u->credited, u->need);
        if ((chase ? chase->end : END_COUNT) != rows[i].chase)
            fail_msg("%s: chase %d", rows[i].what, chase ? chase->end : END_COUNT);
        if (life.c.arrived_at != moment_of(rows[i].counts_from))
            fail_msg("%s: counts from another moment", rows[i].what);
        assert_int_equal(life.c.arrival_grade, PROOF_CODE);
    }
}

static void
claims_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *recorded, *fields, *field; /* field: refused there */
    } rows[] = {
        {"2026-04-21T08:50", "", "occurred_at"}, /* before anybody reported it */
        {"2026-04-21T09:20", "", "occurred_at"}, /* a clock that goes wrong */
        {"2026-04-21T09:12", "", NULL},          /* two minutes ahead */
        {NULL, "vouched=wgz03", NULL},
        {NULL, "vouched=wgz01", "vouched"}, /* posted elsewhere */
        {NULL, "vouched=xfjy01", "vouched"}, /* himself */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        assert_true(report_by("?", "resident", "XF01", "XFL", ""));
        live_until(moment_of("2026-04-21T09:10"));
        bool ok = arrive_at(rows[i].recorded, PROOF_WORD, rows[i].fields);
        if (ok != (rows[i].field == NULL) || (!ok && strcmp(life.err.fields[0].field, rows[i].field) != 0))
            fail_msg("row %zu: %s", i, ok ? "taken" : life.err.message);
    }
    const struct notice *n = NULL;
    life_begin(A_MORNING);
    assert_true(report_by("?", "resident", "XF01", "XFL", "") && arrive_at(NULL, PROOF_WORD, "vouched=wgz03"));
    for (size_t i = 0; i < life.fx->n_notices; i++)
        if (strcmp(life.fx->notices[i].kind, "vouched") == 0)
            n = &life.fx->notices[i];
    assert_non_null(n);
    assert_int_equal(n->to.person, registry_username(&world.registry, STR("wgz03"))->id);
    assert_true(str_has(life.fx->event.text, STR("证明")));
}

static void
the_first_arrival_is_the_whistles(void **state)
{
    (void)state;
    life_begin("2026-04-21T20:00");
    assert_true(report_by("?", "resident", "XF01", "XFL", ""));
    assert_int_equal(life.c.summoned_in, SUMMONS_OFF_DUTY);
    live_until(moment_of("2026-04-21T20:30"));
    assert_true(arrive_at(NULL, PROOF_NONE, ""));
    live_until(moment_of("2026-04-21T20:40"));
    assert_true(arrive_at(NULL, PROOF_CODE, ""));
    assert_int_equal(life.c.arrived_at, moment_of("2026-04-21T20:30"));
    assert_int_equal(life.c.arrival_grade, PROOF_NONE);
}

/* BG-09: a quarter of an hour is promised while the station of the place is on duty. */
static void
duty_hours_are_the_rosters(void **state)
{
    (void)state;
    struct registry *r = &world.registry;
    int32_t here = owner_org(r, STR("@station"), registry_place_code(r, STR("XFL")), 0), day = day_of(moment_of(A_MORNING));
    int64_t somebody = registry_username(r, STR("xfjy01"))->id;
    assert_true(here > 1);
    struct shift held = {.day = day, .from = 8 * 60, .to = 21 * 60, .person = somebody}, cancelled = held;
    cancelled.is_cancelled = true;
    const struct {
        const char *what, *now;
        int32_t station;
        const struct shift *shift; /* NULL: no roster at all */
        int summons;
        const char *due;
    } rows[] = {
        {"no roster, office hours", A_MORNING, here, NULL, SUMMONS_ON_DUTY, "2026-04-21T09:15"},
        {"no roster, evening", "2026-04-21T20:00", here, NULL, SUMMONS_OFF_DUTY, "2026-04-21T22:00"},
        {"a shift, office hours", A_MORNING, here, &held, SUMMONS_ON_DUTY, "2026-04-21T09:15"},
        {"a shift, evening", "2026-04-21T20:00", here, &held, SUMMONS_ON_DUTY, "2026-04-21T20:15"},
        {"a shift that is not held", A_MORNING, here, &cancelled, SUMMONS_OFF_DUTY, "2026-04-21T11:00"},
        {"a roster of another station", A_MORNING, here - 1, &cancelled, SUMMONS_ON_DUTY, "2026-04-21T09:15"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct roster roster = {.station = rows[i].station, .month = month_of(day), .p = rows[i].shift, .n = 1};
        r->rosters = &roster;
        r->n_rosters = rows[i].shift != NULL;
        life_begin(rows[i].now);
        bool ok = report_by("?", "resident", "XF01", "XFL", "");
        r->rosters = NULL;
        r->n_rosters = 0;
        const struct duty *owed = ok ? open_duty(DUTY_ARRIVE) : NULL;
        if (!owed || life.c.summoned_in != rows[i].summons || owed->due != moment_of(rows[i].due))
            fail_msg("%s: %d %lld", rows[i].what, (int)life.c.summoned_in, owed ? (long long)(owed->due - life.now) / MINUTE_MS : -1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_taken_in_its_step_and_the_next),
        cmocka_unit_test(codes_are_spread),
        cmocka_unit_test(what_a_phone_reads),
        cmocka_unit_test(the_grade_is_what_was_shown),
        cmocka_unit_test(chinese_maps_are_turned_back),
        cmocka_unit_test(posted_people_vouch),
        cmocka_unit_test(an_arrival_counts_from_when_it_was),
        cmocka_unit_test(claims_are_looked_at),
        cmocka_unit_test(duty_hours_are_the_rosters),
        cmocka_unit_test(the_first_arrival_is_the_whistles),
    };
    return cmocka_run_group_tests_name("proof", tests, world_open, world_close);
}
