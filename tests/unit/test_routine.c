/* What comes back: terms over weeks, months and years with their holidays, reminders, members, what counts. Terms are also compared
 * with a slow model that walks day by day. */
#include "case_kit.h"
#include "routine.h"

static const struct calendar *
calendar(void)
{
    return &world.scheme->calendar;
}

static bool
works(int32_t day)
{
    bool provisional;
    return is_working_day(calendar(), day, &provisional);
}

static int32_t
day(const char *s)
{
    int32_t d = 0;
    if (!date_parse(str_of(s), &d))
        fail_msg("no day: %s", s);
    return d;
}

static const char *
date(int32_t d)
{
    struct buf b = {0};
    date_format(&b, d);
    struct str s = str_dup(world.arena, buf_view(&b));
    buf_release(&b);
    return s.p;
}

/* ---- terms, by table ---- */

static void
terms_lie_where_the_calendar_says(void **state)
{
    (void)state;
    const struct {
        enum routine_period period;
        int weekday;
        enum holiday_policy holiday;
        int minimum;
        enum routine_due due;
        int due_n;
        const char *on, *from, *to; /* from NULL: nothing is owed */
        int need;
        const char *until;
    } rows[] = {
        /* a day: holidays are passed over, a make-up Saturday counts; it ends with the day */
        {PERIOD_DAY, 0, HOLIDAY_SKIP, 1, DUE_AT_END, 0, "2026-04-20", "2026-04-20", "2026-04-20", 1, "2026-04-21T00:00"},
        {PERIOD_DAY, 0, HOLIDAY_SKIP, 1, DUE_AT_END, 0, "2026-05-01", NULL, NULL, 0, NULL},
        {PERIOD_DAY, 0, HOLIDAY_SKIP, 1, DUE_AT_END, 0, "2026-05-09", "2026-05-09", "2026-05-09", 1, "2026-05-10T00:00"},
        {PERIOD_DAY, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-05-01", "2026-05-01", "2026-05-01", 1, "2026-05-02T00:00"},
        /* a week goes over the end of the year */
        {PERIOD_WEEK, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2025-12-31", "2025-12-29", "2026-01-04", 1, "2026-01-05T00:00"},
        /* 5–9 May 2026: four working days and a make-up Saturday make five */
        {PERIOD_WEEK, 0, HOLIDAY_LOWER, 2, DUE_AT_END, 0, "2026-05-06", "2026-05-04", "2026-05-10", 2, "2026-05-11T00:00"},
        {PERIOD_WEEK, 0, HOLIDAY_LOWER, 5, DUE_AT_END, 0, "2026-10-01", "2026-09-28", "2026-10-04", 3, "2026-10-05T00:00"},
        {PERIOD_WEEK, 0, HOLIDAY_SKIP, 1, DUE_AT_END, 0, "2026-02-18", NULL, NULL, 0, NULL},
        {PERIOD_WEEK, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-02-18", "2026-02-16", "2026-02-22", 1, "2026-02-23T00:00"},
        /* every Monday: 4 May 2026 is a holiday */
        {PERIOD_WEEKDAY, 1, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-05-04", "2026-05-04", "2026-05-04", 1, "2026-05-05T00:00"},
        {PERIOD_WEEKDAY, 1, HOLIDAY_SKIP, 1, DUE_AT_END, 0, "2026-05-04", NULL, NULL, 0, NULL},
        {PERIOD_WEEKDAY, 1, HOLIDAY_MOVE, 1, DUE_AT_END, 0, "2026-05-04", NULL, NULL, 0, NULL},
        {PERIOD_WEEKDAY, 1, HOLIDAY_MOVE, 1, DUE_AT_END, 0, "2026-05-06", "2026-05-06", "2026-05-06", 1, "2026-05-07T00:00"},
        {PERIOD_WEEKDAY, 1, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-05-05", NULL, NULL, 0, NULL},
        /* months of 28, 29 and 31 days; the last working day */
        {PERIOD_MONTH, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-02-10", "2026-02-01", "2026-02-28", 1, "2026-03-01T00:00"},
        {PERIOD_MONTH, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2024-02-29", "2024-02-01", "2024-02-29", 1, "2024-03-01T00:00"},
        {PERIOD_MONTH, 0, HOLIDAY_KEEP, 2, DUE_AT_END, 0, "2026-12-31", "2026-12-01", "2026-12-31", 2, "2027-01-01T00:00"},
        {PERIOD_MONTH, 0, HOLIDAY_KEEP, 1, DUE_LAST_WORKING_DAY, 0, "2026-05-10", "2026-05-01", "2026-05-31", 1, "2026-05-29T17:30"},
        /* a quarter and what is due five working days after it: 1–7 October are holidays */
        {PERIOD_QUARTER, 0, HOLIDAY_KEEP, 1, DUE_WORKING_DAYS_AFTER, 5, "2026-08-15", "2026-07-01", "2026-09-30", 1, "2026-10-13T17:30"},
        {PERIOD_QUARTER, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2026-10-01", "2026-10-01", "2026-12-31", 1, "2027-01-01T00:00"},
        {PERIOD_YEAR, 0, HOLIDAY_KEEP, 1, DUE_AT_END, 0, "2024-12-31", "2024-01-01", "2024-12-31", 1, "2025-01-01T00:00"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct routine r = {.period = rows[i].period, .weekday = rows[i].weekday, .holiday = rows[i].holiday, .minimum = rows[i].minimum,
                            .due = rows[i].due, .due_n = rows[i].due_n};
        struct term t = {0};
        bool is_owed = routine_term_of(calendar(), &r, day(rows[i].on), &t);
        if (is_owed != (rows[i].from != NULL))
            fail_msg("row %zu, %s: %s", i, rows[i].on, is_owed ? "something is owed" : "nothing is owed");
        if (!is_owed)
            continue;
        if (t.from != day(rows[i].from) || t.to != day(rows[i].to) || t.need != rows[i].need)
            fail_msg("row %zu, %s: %s to %s, %d", i, rows[i].on, date(t.from), date(t.to), t.need);
        if (t.due != moment_of(rows[i].until)) {
            struct buf b = {0};
            moment_format(&b, t.due);
            fail_msg("row %zu, %s: due %.*s", i, rows[i].on, (int)b.n, b.p);
        }
        assert_int_equal(t.window_from, day_start(t.from));
        assert_int_equal(routine_term_begins(calendar(), &r, day(rows[i].on), &t), day(rows[i].on) == day(rows[i].from));
    }
}

/* ---- the slow model ---- */

static bool
same_period(const struct routine *r, int32_t x, int32_t y)
{
    struct civil a = civil_of_day(x), b = civil_of_day(y);
    int32_t monday_x = x, monday_y = y;
    while (civil_of_day(monday_x).weekday != 1)
        monday_x--;
    while (civil_of_day(monday_y).weekday != 1)
        monday_y--;
    switch (r->period) {
    case PERIOD_WEEK:
        return monday_x == monday_y;
    case PERIOD_MONTH:
        return a.year == b.year && a.month == b.month;
    case PERIOD_QUARTER:
        return a.year == b.year && (a.month + 2) / 3 == (b.month + 2) / 3;
    case PERIOD_YEAR:
        return a.year == b.year;
    default:
        return x == y;
    }
}

/* Is this the day of its week on which the weekday's work is owed? */
static bool
is_the_weekday(const struct routine *r, int32_t d)
{
    int32_t target = d;
    while (civil_of_day(target).weekday > r->weekday)
        target--;
    while (civil_of_day(target).weekday < r->weekday)
        target++;
    if (r->holiday == HOLIDAY_KEEP || works(target))
        return d == target;
    if (r->holiday != HOLIDAY_MOVE)
        return false;
    for (int32_t x = target + 1; civil_of_day(x).weekday != 1; x++)
        if (works(x))
            return d == x;
    return false;
}

static bool
model_term(const struct routine *r, int32_t d, struct term *out)
{
    if (r->period == PERIOD_WEEKDAY && !is_the_weekday(r, d))
        return false;
    int32_t from = d, to = d, last;
    int n = 0, need = r->minimum, after = r->due_n;
    while (same_period(r, from - 1, d))
        from--;
    while (same_period(r, to + 1, d))
        to++;
    for (int32_t x = from; x <= to; x++)
        n += works(x);
    if ((r->holiday == HOLIDAY_SKIP || r->holiday == HOLIDAY_LOWER) && n == 0)
        return false;
    if (r->holiday == HOLIDAY_LOWER && r->period == PERIOD_WEEK && n < 5)
        for (need = 0; need * 5 < r->minimum * n;)
            need++;
    *out = (struct term){.from = from, .to = to, .need = need, .due = day_start(to + 1)};
    last = to;
    if (r->due == DUE_LAST_WORKING_DAY)
        while (last > from && !works(last))
            last--;
    if (r->due == DUE_WORKING_DAYS_AFTER)
        while (after > 0)
            after -= works(++last);
    if (r->due == DUE_NATURAL_DAYS_AFTER)
        for (last = to + r->due_n; !works(last);)
            last++;
    if (r->due != DUE_AT_END)
        out->due = office_close(calendar(), last);
    return true;
}

static uint64_t dice = UINT64_C(88172645463325252);

static int
roll(int n)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (int)(dice % (uint64_t)n);
}

static void
terms_are_those_of_the_slow_model(void **state)
{
    (void)state;
    int32_t first = day("2023-12-20"), days = day("2027-01-10") - first;
    for (int i = 0; i < 6000; i++) {
        struct routine r = {.period = (enum routine_period)roll(PERIOD_WEEKDAY + 1), .weekday = 1 + roll(7), .minimum = 1 + roll(5),
                            .holiday = (enum holiday_policy)roll(HOLIDAY_POLICY_COUNT), .due_n = 1 + roll(20)};
        static const enum routine_due dues[] = {DUE_AT_END, DUE_WORKING_DAYS_AFTER, DUE_NATURAL_DAYS_AFTER, DUE_LAST_WORKING_DAY};
        r.due = dues[roll(4)];
        int32_t d = first + roll(days);
        struct term is = {0}, was = {0};
        bool found = routine_term_of(calendar(), &r, d, &is), said = model_term(&r, d, &was);
        if (found != said || (found && (is.from != was.from || is.to != was.to || is.need != was.need || is.due != was.due)))
            fail_msg("roll %d: period %d, holiday %d, weekday %d, minimum %d, due %d+%d on %s: %s to %s need %d, model %s to %s need %d", i, r.period,
                     r.holiday, r.weekday, r.minimum, r.due, r.due_n, date(d), date(is.from), date(is.to), is.need, date(was.from), date(was.to), was.need);
        if (found && (is.amber < is.window_from || is.amber > is.due))
            fail_msg("roll %d: amber outside of its term", i);
    }
}

/* Every day lies in one term at most, and terms do not overlap. */
static void
terms_follow_one_another(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        struct routine r = {.period = (enum routine_period)roll(PERIOD_WEEKDAY + 1), .weekday = 1 + roll(7), .minimum = 1 + roll(3),
                            .holiday = (enum holiday_policy)roll(HOLIDAY_POLICY_COUNT)};
        int32_t end = 0, from = day("2025-12-01") + roll(200);
        for (int32_t d = from; d < from + 60; d++) {
            struct term t;
            if (!routine_term_begins(calendar(), &r, d, &t))
                continue;
            if (t.from <= end)
                fail_msg("period %d: the term of %s begins before the last one ends", r.period, date(d));
            end = t.to;
        }
    }
}

/* ---- reminders ---- */

static void
reminders_come_at_their_moment(void **state)
{
    (void)state;
    const struct {
        enum routine_period period;
        struct nudge nudge;
        const char *term, *at;
        bool nudges;
    } rows[] = {
        {PERIOD_WEEK, {NUDGE_WEEKDAY, 4}, "2026-04-20", "2026-04-23T09:00", true},
        {PERIOD_WEEK, {NUDGE_WEEKDAY, 4}, "2026-04-20", "2026-04-23T09:01", false},
        {PERIOD_WEEK, {NUDGE_WEEKDAY, 4}, "2026-04-20", "2026-04-30T09:00", false},
        {PERIOD_MONTH, {NUDGE_MONTHDAY, 20}, "2026-04-01", "2026-04-20T09:00", true},
        {PERIOD_MONTH, {NUDGE_MONTHDAY, 31}, "2026-02-01", "2026-02-28T09:00", false},
        {PERIOD_DAY, {NUDGE_TIME, 600}, "2026-04-20", "2026-04-20T10:00", true},
        {PERIOD_DAY, {NUDGE_TIME, 600}, "2026-04-20", "2026-04-21T10:00", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct routine r = {.period = rows[i].period, .minimum = 1, .nudges = {rows[i].nudge}, .n_nudges = 1};
        struct term t;
        assert_true(routine_term_of(calendar(), &r, day(rows[i].term), &t));
        if (routine_nudges_at(&r, &t, moment_of(rows[i].at)) != rows[i].nudges)
            fail_msg("row %zu: %s", i, rows[i].at);
    }
    struct scheme none = {0};
    struct routine ten = {.nudges = {{NUDGE_TIME, 600}}, .n_nudges = 1};
    struct scheme one = {.routines = &ten, .n_routines = 1};
    assert_int_equal(routine_next_moment(&none, moment_of("2026-04-20T11:00")), moment_of("2026-04-21T00:00"));
    assert_int_equal(routine_next_moment(&one, moment_of("2026-04-20T00:00")), moment_of("2026-04-20T10:00"));
    assert_int_equal(routine_next_moment(&one, moment_of("2026-04-20T10:00")), moment_of("2026-04-21T00:00"));
}

static void
behind_is_who_did_less_than_the_part_that_is_over(void **state)
{
    (void)state;
    const struct {
        int need, credited;
        const char *now;
        int end;
        bool is_behind;
    } rows[] = {
        {1, 0, "2026-04-22T12:00", END_OPEN, false}, /* before the reminder nobody is behind */
        {1, 0, "2026-04-23T09:00", END_OPEN, true},  {1, 1, "2026-04-23T09:00", END_OPEN, false},
        {3, 2, "2026-04-23T09:00", END_OPEN, false}, {3, 1, "2026-04-23T09:00", END_OPEN, true},
        {3, 2, "2026-04-26T23:00", END_OPEN, true},  {1, 0, "2026-04-23T09:00", END_EXCUSED, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct duty u = {.need = rows[i].need, .credited = rows[i].credited, .end = rows[i].end, .window_from = moment_of("2026-04-20T00:00"),
                         .amber_at = moment_of("2026-04-23T09:00"), .due = moment_of("2026-04-27T00:00")};
        if (routine_is_behind(&u, moment_of(rows[i].now)) != rows[i].is_behind)
            fail_msg("row %zu", i);
    }
}

/* ---- members and what counts ---- */

struct seen {
    size_t n;
    struct routine_member last;
};

static bool
see(void *ctx, const struct routine_member *m)
{
    struct seen *s = ctx;
    s->n++;
    s->last = *m;
    return true;
}

static size_t
members_of(const char *code, struct seen *out)
{
    *out = (struct seen){0};
    for (size_t i = 0; i < world.scheme->n_routines; i++)
        if (str_is(world.scheme->routines[i].code, code))
            routine_members(world.scheme, &world.registry, &world.scheme->routines[i], day("2026-04-20"), see, out);
    return out->n;
}

static void
members_are_whom_the_scheme_means(void **state)
{
    (void)state;
    struct seen s;
    assert_int_equal(members_of("patrol_week", &s), 12);
    assert_int_equal(s.last.owner.org, s.last.org);
    assert_int_equal(members_of("operation_month", &s), 1);
    assert_int_equal(s.last.id, 0);
    size_t firms = 0;
    for (int32_t i = 1; i <= world.registry.n_places; i++)
        firms += world.registry.places[i].kind == PLACE_COMPOUND && world.registry.places[i].firm && !world.registry.places[i].is_closed;
    assert_int_equal(members_of("round_week", &s), firms);
    assert_true(s.last.owner.role == ROLE_PROPERTY && s.last.place);
}

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
    return registry_username(&world.registry, str_of(username))->id;
}

static void
a_record_counts_for_who_came(void **state)
{
    (void)state;
    struct str departments[] = {STR("department")}, compounds[] = {STR("compound")};
    const struct routine by_org = {.each = EACH_ORG, .of = {departments, 1}, .action = VISIT_PATROL},
                         by_place = {.each = EACH_PLACE, .of = {compounds, 1}, .action = VISIT_PATROL, .needs = NEED_CHECKIN};
    struct visit_member members[] = {{.org = org("CG"), .person = person("cg01"), .role = ROLE_OFFICER, .state = MEMBER_CAME},
                                     {.org = org("XFJY"), .role = ROLE_NONE, .state = MEMBER_CONFIRMED}};
    int32_t places[] = {place("XFL")};
    struct field_visit v = {.id = 1, .kind = VISIT_PATROL, .state = VISIT_DONE, .org = org("CG"), .place = places[0], .began = moment_of(A_MORNING),
                            .members = members, .n_members = 2, .places = places, .n_places = 1};
    int64_t out[8];
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_org, &v, out, 8), 1); /* who only confirmed was not there */
    assert_int_equal(out[0], org("CG"));
    members[1].state = MEMBER_CAME;
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_org, &v, out, 8), 2);
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_place, &v, out, 8), 0); /* nobody showed that he was there */
    members[0].grade = 2;
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_place, &v, out, 8), 1);
    assert_int_equal(out[0], places[0]);
    v.state = VISIT_GOING;
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_org, &v, out, 8), 0);
    v.state = VISIT_DONE;
    v.kind = VISIT_WALK;
    assert_int_equal(routine_members_served(world.scheme, &world.registry, &by_org, &v, out, 8), 0);
}

static void
two_on_one_day_are_one(void **state)
{
    (void)state;
    const int32_t counted[] = {100, 110};
    const struct {
        int spacing;
        int32_t day;
        bool counts;
    } rows[] = {{0, 100, true}, {1, 100, false}, {1, 101, true}, {7, 106, false}, {7, 117, true}, {7, 93, true}, {7, 94, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct routine r = {.spacing = rows[i].spacing};
        if (routine_spaced(&r, rows[i].day, counted, 2) != rows[i].counts)
            fail_msg("row %zu", i);
    }
}

static void
references_differ(void **state)
{
    (void)state;
    const struct scheme *s = world.scheme;
    for (size_t i = 0; i < s->n_routines; i++)
        assert_int_equal(routine_by_ref(s, routine_ref(s->routines[i].code)), (int)i);
    assert_int_equal(routine_by_ref(s, 1), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_lie_where_the_calendar_says), cmocka_unit_test(terms_are_those_of_the_slow_model),
        cmocka_unit_test(terms_follow_one_another),          cmocka_unit_test(reminders_come_at_their_moment),
        cmocka_unit_test(behind_is_who_did_less_than_the_part_that_is_over),
        cmocka_unit_test(members_are_whom_the_scheme_means), cmocka_unit_test(a_record_counts_for_who_came),
        cmocka_unit_test(two_on_one_day_are_one),            cmocka_unit_test(references_differ),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
