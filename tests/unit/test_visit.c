/* A visit from plan to record: who may do what in which state, what is refused and at which field, what it owes, and the photos that
 * a problem closed on the spot needs. */
#include "case_kit.h"
#include "visit.h"

#include <stdio.h>

static struct visit_situation s;
static struct visit_effects fx;
static struct err err;
static struct field_visit v; /* the one that is acted on */
static struct duty duties[EFFECTS_DUTIES_MAX];

static int32_t
place(const char *code)
{
    return registry_place_code(&world.registry, str_of(code))->id;
}

static int32_t
org(const char *code)
{
    return registry_org_code(&world.registry, str_of(code))->id;
}

static int64_t
person(const char *username)
{
    const struct person *p = registry_username(&world.registry, str_of(username));
    if (!p)
        fail_msg("nobody is called %s", username);
    return p->id;
}

static struct actor
actor(const char *username, instant now)
{
    struct actor a = {.person = person(username), .role = ROLE_NONE};
    const struct posting *list[ACTOR_POSTINGS_MAX];
    a.n_postings = registry_postings(&world.registry, a.person, day_of(now), list, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < a.n_postings; i++)
        a.postings[i] = list[i];
    if (a.n_postings) {
        a.role = list[0]->role;
        a.org = list[0]->org;
    }
    return a;
}

static void
at(const char *who, const char *when)
{
    instant now = moment_of(when);
    s = (struct visit_situation){.scheme = world.scheme, .registry = &world.registry, .v = v.state ? &v : NULL, .actor = actor(who, now), .now = now};
    s.duties = duties;
    s.n_duties = 0;
    for (size_t i = 0; v.state && i < fx.n_duties; i++)
        if (fx.duties[i].now.end == END_OPEN) {
            duties[s.n_duties] = fx.duties[i].now;
            duties[s.n_duties].id = (int64_t)s.n_duties + 1;
            s.n_duties++;
        }
}

static void
expect_field(size_t row, const char *field)
{
    if (!field && err.kind)
        fail_msg("row %zu: %s %s", row, err.message, err.n_fields ? err.fields[0].message : "");
    if (field && (!err.n_fields || strcmp(err.fields[0].field, field) != 0))
        fail_msg("row %zu: expected %s, found %s %s", row, field, err.n_fields ? err.fields[0].field : "no field", err.message);
}

/* ---- opening ---- */

static void
what_cannot_be_names_its_field(void **state)
{
    (void)state;
    const int32_t there[] = {place("XFL")}, asked[] = {org("XFJY")};
    const instant now = moment_of(A_MORNING), hour = 3600 * 1000, a_day = 24 * hour;
    const struct {
        const char *who;
        struct visit_input in;
        const char *field; /* NULL: it is opened; "" : forbidden */
    } rows[] = {
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1}, NULL},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now + hour, .places = there, .n_places = 1}, NULL},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour}, "place"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .places = there, .n_places = 1}, "from"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now - a_day, .places = there, .n_places = 1}, "from"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now + hour, .places = there, .n_places = 1}, "began_at"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - 31 * a_day, .places = there, .n_places = 1}, "began_at"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .ended = now - 2 * hour, .places = there, .n_places = 1}, "ended_at"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now + hour, .to = now, .places = there, .n_places = 1}, "to"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now + hour, .places = there, .n_places = 1, .asked = asked, .n_asked = 1}, NULL}, /* 综合查一次 */
        {"cg01", {.kind = VISIT_PRESENCE, .org = org("CG"), .from = now + hour, .places = there, .n_places = 1, .asked = asked, .n_asked = 1}, "asked"},
        {"coord01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now + hour, .places = there, .n_places = 1}, NULL}, /* a month is planned for others */
        {"coord01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1}, ""},
        /* what a unit did is recorded by that unit; who plans a month plans for others, and nobody else does */
        {"xfjy01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1}, "org"},
        {"xfjy01", {.kind = VISIT_PATROL, .org = org("CG"), .from = now + hour, .places = there, .n_places = 1}, "org"},
        {"coord01", {.kind = VISIT_OPERATION, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1}, "org"},
        {"coord01", {.kind = VISIT_OPERATION, .org = org("FY"), .from = now + hour, .places = there, .n_places = 1}, "org"},
        {"coord01", {.kind = VISIT_OPERATION, .org = org("ZBZX"), .from = now + hour, .places = there, .n_places = 1, .asked = asked, .n_asked = 1}, NULL},
        {"coord01", {.kind = VISIT_CONSULT, .org = org("ZBZX"), .began = now - hour}, "words"},
        {"coord01", {.kind = VISIT_CONSULT, .org = org("ZBZX"), .began = now - hour, .words = STR("研究幸福里占道经营怎么办")}, NULL},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1, .answers = STR("safety.99=ok")}, "answers"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1, .answers = STR("safety.1=problem")}, "answers"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1, .answers = STR("safety.1=perhaps")}, "answers"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1, .counts = STR("占道经营=七处")}, "counts"},
        {"cg01", {.kind = VISIT_PATROL, .org = org("CG"), .began = now - hour, .places = there, .n_places = 1, .counts = STR("占道经营=7")}, "counts"},
        {"wy01a", {.kind = VISIT_PATROL, .began = now - hour, .places = there, .n_places = 1}, ""},
        {"wy01a", {.kind = VISIT_ROUND, .org = org("WY01"), .began = now - hour, .places = there, .n_places = 1}, NULL},
        {"cg01", {.kind = VISIT_APPRAISAL, .org = org("CG"), .began = now - hour, .words = STR("年终考核的结果")}, ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        v = (struct field_visit){0};
        fx = (struct visit_effects){.arena = life.arena};
        err = (struct err){0};
        at(rows[i].who, A_MORNING);
        bool ok = visit_open(&s, &rows[i].in, &fx, &err);
        assert_int_equal(ok, !rows[i].field);
        if (rows[i].field && !rows[i].field[0])
            assert_int_equal(err.kind, ERR_FORBIDDEN);
        else
            expect_field(i, rows[i].field);
    }
}

/* Of a unit or a person that is not his, he who records says that they were asked; they say themselves that they came. */
static void
nobody_says_that_another_unit_came(void **state)
{
    (void)state;
    const int32_t there[] = {place("XFL")}, asked[] = {org("XFJY")};
    const int64_t people[] = {person("cg02"), person("xfjy01")};
    struct visit_input in = {.kind = VISIT_OPERATION, .org = org("CG"), .began = moment_of(A_MORNING) - 3600 * 1000, .places = there, .n_places = 1,
                             .asked = asked, .n_asked = 1, .people = people, .n_people = 2};
    v = (struct field_visit){0};
    fx = (struct visit_effects){.arena = life.arena};
    err = (struct err){0};
    at("cg01", A_MORNING);
    assert_true(visit_open(&s, &in, &fx, &err));
    const struct {
        int32_t org;
        int64_t person;
        int state;
    } expected[] = {{org("XFJY"), 0, MEMBER_ASKED}, {org("CG"), person("cg01"), MEMBER_CAME}, {org("CG"), person("cg02"), MEMBER_CAME},
                    {org("XFJY"), person("xfjy01"), MEMBER_ASKED}};
    assert_int_equal(fx.after.n_members, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_int_equal(fx.after.members[i].org, expected[i].org);
        assert_int_equal(fx.after.members[i].person, expected[i].person);
        assert_int_equal(fx.after.members[i].state, expected[i].state);
    }
    assert_int_equal(fx.n_notices, 2); /* who did go adds it himself */
}

static void
closed_on_the_spot_needs_two_photos(void **state)
{
    (void)state;
    const int32_t there[] = {place("XFL")};
    const struct visit_photo both[] = {{.id = 1, .of = PHOTO_BEFORE, .list = STR("safety"), .point = STR("2")},
                                       {.id = 2, .of = PHOTO_AFTER, .list = STR("safety"), .point = STR("2")}};
    const struct visit_photo other[] = {both[0], {.id = 2, .of = PHOTO_AFTER, .list = STR("safety"), .point = STR("3")}};
    const struct {
        const char *answers;
        const struct visit_photo *shots;
        size_t n;
        const char *field;
    } rows[] = {
        {"safety.2=problem!:楼道堆物，已经清走", NULL, 0, "files.safety.2"},
        {"safety.2=problem!:楼道堆物，已经清走", both, 1, "files.safety.2"},
        {"safety.2=problem!:楼道堆物，已经清走", other, 2, "files.safety.2"},
        {"safety.2=problem!:楼道堆物，已经清走", both, 2, NULL},
        {"safety.2=problem:楼道堆物", NULL, 0, NULL}, /* it becomes a case */
        {"safety.2=ok", NULL, 0, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct visit_input in = {.kind = VISIT_PATROL, .org = org("CG"), .began = moment_of(A_MORNING) - 3600 * 1000, .places = there, .n_places = 1,
                                 .answers = str_of(rows[i].answers), .shots = rows[i].shots, .n_shots = rows[i].n};
        v = (struct field_visit){0};
        fx = (struct visit_effects){.arena = life.arena};
        err = (struct err){0};
        at("cg01", A_MORNING);
        visit_open(&s, &in, &fx, &err);
        expect_field(i, rows[i].field);
        if (!rows[i].field)
            assert_int_equal(fx.after.photos, rows[i].n);
    }
}

/* ---- the life of an operation ---- */

static struct params none;

static bool
act(const char *who, const char *when, const char *command, const char *name, const char *value)
{
    struct params p = none;
    const struct visit_command *c = visit_command_find(str_of(command));
    err = (struct err){0};
    if (name)
        params_add(life.arena, &p, str_of(name), str_of(value));
    at(who, when);
    struct visit_ask ask = {.fields = &p, .case_id = name && strcmp(name, "words") == 0 ? 77 : 0};
    struct visit_effects next = {.arena = life.arena};
    if (!visit_decide(c, &s, &ask, &next, &err))
        return false;
    fx = next;
    v = fx.after;
    v.id = 9;
    return true;
}

static void
act_ok(const char *who, const char *when, const char *command, const char *name, const char *value)
{
    if (!act(who, when, command, name, value))
        fail_msg("%s %s: %s %s", who, command, err.message, err.n_fields ? err.fields[0].message : "");
}

static void
plan(void)
{
    static int32_t there[1], asked[2];
    there[0] = place("XFL");
    asked[0] = org("CG");
    asked[1] = org("XFJY");
    struct visit_input in = {.kind = VISIT_OPERATION, .org = org("ZBZX"), .from = moment_of("2026-04-23T09:00"), .to = moment_of("2026-04-23T11:00"),
                             .places = there, .n_places = 1, .asked = asked, .n_asked = 2};
    v = (struct field_visit){0};
    fx = (struct visit_effects){.arena = life.arena};
    err = (struct err){0};
    at("coord01", A_MORNING);
    if (!visit_open(&s, &in, &fx, &err))
        fail_msg("plan: %s", err.message);
    v = fx.after;
    v.id = 9;
}

/* c: the organiser, a: a unit that is asked, o: another unit, p: the property of the place. */
static void
who_may_do_what_in_which_state(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        const char *planned, *going, *done, *cancelled;
    } rows[] = {
        {"confirm", "a", "a", "", ""},   {"decline", "a", "a", "", ""},  {"join", "o", "o", "", ""},    {"answer", "ca", "ca", "", ""},
        {"count", "ca", "ca", "ca", ""}, {"result", "ca", "ca", "ca", ""}, {"finish", "c", "c", "", ""}, {"cancel", "c", "", "", ""},
        {"note", "ca", "ca", "ca", ""},  {"check_in", "ca", "ca", "ca", ""},
    };
    static const struct {
        char letter;
        const char *who;
    } people[] = {{'c', "coord01"}, {'a', "cg01"}, {'o', "ga01"}, {'p', "wy01a"}};
    for (int st = VISIT_PLANNED; st <= VISIT_CANCELLED; st++) {
        plan();
        v.state = st;
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            for (size_t k = 0; k < COUNT_OF(people); k++) {
                const char *may = st == VISIT_PLANNED ? rows[i].planned : st == VISIT_GOING ? rows[i].going : st == VISIT_DONE ? rows[i].done : rows[i].cancelled;
                at(people[k].who, "2026-04-23T09:10");
                bool is_allowed = visit_allowed(visit_command_find(str_of(rows[i].command)), &s, NULL);
                if (is_allowed != (strchr(may, people[k].letter) != NULL))
                    fail_msg("%s by %s when %s: %s", rows[i].command, people[k].who, visit_state_code(st), is_allowed ? "allowed" : "refused");
            }
    }
}

static const struct duty *
owed_by(int kind, const char *of)
{
    for (size_t i = 0; i < fx.n_duties; i++)
        if (fx.duties[i].now.kind == kind && fx.duties[i].now.end == END_OPEN && fx.duties[i].now.owner.org == org(of))
            return &fx.duties[i].now;
    return NULL;
}

static void
who_is_asked_answers_and_comes(void **state)
{
    (void)state;
    plan();
    assert_non_null(owed_by(DUTY_CONFIRM, "CG"));
    assert_non_null(owed_by(DUTY_CONCLUDE, "ZBZX"));
    act_ok("cg01", "2026-04-21T10:00", "confirm", NULL, NULL);
    assert_null(owed_by(DUTY_CONFIRM, "CG"));
    assert_int_equal(owed_by(DUTY_ATTEND, "CG")->due, moment_of("2026-04-23T09:30"));
    assert_false(act("cg01", "2026-04-21T10:01", "confirm", NULL, NULL));
    assert_false(act("xfjy01", "2026-04-21T10:01", "decline", NULL, NULL)); /* without a reason */
    assert_string_equal(err.fields[0].field, "words");
    act_ok("xfjy01", "2026-04-21T10:02", "decline", "words", "全员参加山火处置");
    act_ok("ga01", "2026-04-21T11:00", "join", NULL, NULL);
    assert_non_null(owed_by(DUTY_ATTEND, "GA"));
    assert_false(act("coord01", "2026-04-23T09:05", "finish", "words", "还没有人来就写完成"));
    assert_int_equal(err.kind, ERR_CONFLICT);
    act_ok("cg01", "2026-04-23T09:10", "check_in", NULL, NULL);
    assert_int_equal(v.state, VISIT_GOING);
    assert_null(owed_by(DUTY_ATTEND, "CG"));
    assert_false(act("coord01", "2026-04-23T09:20", "cancel", "words", "开始以后不能取消"));
    act_ok("cg01", "2026-04-23T10:00", "count", "counts", "占道经营=7处;僵尸车=2辆");
    assert_int_equal(v.n_counts, 2);
    assert_int_equal(v.counts[0].n, 7);
    check_str(v.counts[1].unit, "辆");
    act_ok("coord01", "2026-04-23T11:00", "finish", "words", "清理占道经营七处");
    assert_int_equal(v.state, VISIT_DONE);
    assert_null(owed_by(DUTY_CONCLUDE, "ZBZX"));
    assert_null(owed_by(DUTY_ATTEND, "GA")); /* who did not come is over with it; the miss, when there was one, stays */
    act_ok("cg01", "2026-04-23T12:00", "check_out", NULL, NULL);
    assert_false(act("ga01", "2026-04-23T12:00", "confirm", NULL, NULL));
}

static void
silence_is_no_excuse(void **state)
{
    (void)state;
    plan();
    at("coord01", "2026-04-22T18:00");
    const struct duty *u = NULL;
    for (size_t i = 0; i < s.n_duties && !u; i++)
        if (duties[i].kind == DUTY_CONFIRM && duties[i].owner.org == org("CG"))
            u = &duties[i];
    struct visit_effects next = {.arena = life.arena};
    s.actor = (struct actor){.role = ROLE_CLOCK};
    assert_true(visit_miss(&s, u->id, &next, &err));
    fx = next;
    assert_null(owed_by(DUTY_CONFIRM, "CG"));
    assert_non_null(owed_by(DUTY_ATTEND, "CG"));
    assert_true(next.n_notices > 0);
}

/* What was done in time and heard of late counts as in time, as for a case (architecture 6). Due 09:30. */
static void
what_is_heard_of_late_ends_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *what, *now, *recorded; /* recorded NULL: at once */
        bool is_missed;
        int end;
    } rows[] = {
        {"at once", "2026-04-23T09:10", NULL, false, END_DONE},
        {"late", "2026-04-23T13:00", NULL, true, END_DONE_LATE},
        {"late, before the clock has said so", "2026-04-23T09:31", NULL, false, END_DONE_LATE},
        {"heard of late, in time", "2026-04-23T13:00", "2026-04-23T09:05", true, END_LATE_SYNC},
        {"heard of late, on the minute", "2026-04-23T13:00", "2026-04-23T09:30", true, END_LATE_SYNC},
        {"heard of late, and was late", "2026-04-23T13:00", "2026-04-23T09:31", true, END_DONE_LATE},
        {"heard of after the grace", "2026-04-27T09:06", "2026-04-23T09:05", true, END_DONE_LATE},
        {"before it was owed", "2026-04-23T13:00", "2026-04-20T09:05", true, END_DONE_LATE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct visit_ask ask = {.fields = &none, .occurred_at = rows[i].recorded ? moment_of(rows[i].recorded) : 0};
        plan();
        act_ok("cg01", "2026-04-21T10:00", "confirm", NULL, NULL);
        at("cg01", rows[i].now);
        for (size_t k = 0; k < s.n_duties; k++)
            if (rows[i].is_missed && duties[k].kind == DUTY_ATTEND)
                duties[k].missed_at = moment_of("2026-04-23T09:31");
        struct visit_effects next = {.arena = life.arena};
        if (!visit_decide(visit_command_find(STR("check_in")), &s, &ask, &next, &err))
            fail_msg("%s: %s", rows[i].what, err.message);
        const struct duty *u = NULL;
        for (size_t k = 0; k < next.n_duties; k++)
            if (next.duties[k].now.kind == DUTY_ATTEND)
                u = &next.duties[k].now;
        if (!u || u->end != rows[i].end || u->credited != 1)
            fail_msg("%s: %s", rows[i].what, u ? duty_end_code(u->end) : "none");
    }
}

static void
on_leave_one_only_looks(void **state)
{
    (void)state;
    plan();
    at("cg01", "2026-04-21T10:00");
    assert_true(visit_allowed(visit_command_find(STR("confirm")), &s, NULL));
    s.actor.is_away = true;
    for (size_t i = 0; i < n_visit_commands; i++)
        assert_false(visit_allowed(&visit_commands[i], &s, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    assert_true(visit_visible(&s));
}

/* ---- the same list twice ---- */

static void
the_same_list_at_the_same_place_is_a_repeat(void **state)
{
    (void)state;
    const struct visit_answer safety[] = {{.place = 3, .list = STR("safety"), .point = STR("1"), .answer = ANSWER_OK}},
                              elsewhere[] = {{.place = 4, .list = STR("safety"), .point = STR("1"), .answer = ANSWER_OK}},
                              moot[] = {{.place = 3, .list = STR("safety"), .point = STR("1"), .answer = ANSWER_NA}},
                              business[] = {{.place = 3, .list = STR("business"), .point = STR("1"), .answer = ANSWER_PROBLEM}};
    const struct field_visit me = {.id = 1, .answers = safety, .n_answers = 1};
    const struct {
        struct field_visit other;
        bool is_repeat;
    } rows[] = {
        {{.id = 2, .answers = safety, .n_answers = 1}, true},     {{.id = 1, .answers = safety, .n_answers = 1}, false},
        {{.id = 2, .answers = elsewhere, .n_answers = 1}, false}, {{.id = 2, .answers = moot, .n_answers = 1}, false},
        {{.id = 2, .answers = business, .n_answers = 1}, false},  {{.id = 2}, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t where = 0;
        struct str list = STR("");
        if (visit_repeats(&me, &rows[i].other, &where, &list) != rows[i].is_repeat)
            fail_msg("row %zu", i);
        if (rows[i].is_repeat)
            check_str(list, "safety");
    }
}

static void
codes_are_found_again(void **state)
{
    (void)state;
    for (int k = 0; k < VISIT_KIND_COUNT; k++) {
        assert_int_equal(visit_kind_find(str_of(visit_kind_code(k))), k);
        assert_true(visit_kind_roles(k) != 0);
    }
    for (int st = VISIT_PLANNED; st <= VISIT_CANCELLED; st++)
        assert_int_equal(visit_state_find(str_of(visit_state_code(st))), st);
    for (size_t i = 0; i < n_visit_commands; i++)
        assert_ptr_equal(visit_command_find(str_of(visit_commands[i].code)), &visit_commands[i]);
    assert_int_equal(visit_kind_find(STR("nothing")), -1);
    assert_null(visit_command_find(STR("nothing")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_names_its_field), cmocka_unit_test(nobody_says_that_another_unit_came), cmocka_unit_test(closed_on_the_spot_needs_two_photos),
        cmocka_unit_test(who_may_do_what_in_which_state), cmocka_unit_test(who_is_asked_answers_and_comes),
        cmocka_unit_test(silence_is_no_excuse),           cmocka_unit_test(the_same_list_at_the_same_place_is_a_repeat),
        cmocka_unit_test(what_is_heard_of_late_ends_as_it_was), cmocka_unit_test(on_leave_one_only_looks),
        cmocka_unit_test(codes_are_found_again),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
