/* Figures are folded by day and month and still equal a count of the cases themselves, whatever happens to cases and rounds and whenever
 * folding comes in between; and each counts what it says. */
#define KIT_WITH_ROUTINES
#include "store_kit.h"

#include "figures_fold.h"
#include "figures_part.h"
#include "views.h"

enum { CASES = 70, TICKS = 700, HOUR = 3600 * 1000 };
#define TOLD "source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer')"

static unsigned
dice(unsigned n)
{
    static uint64_t state = 2026;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % n;
}

static bool
fold(int steps)
{
    struct err err = {0};
    bool is_done;
    if (!figures_fold(app_store(kit.app), app_area(kit.app, 0)->id, steps, &is_done, &err))
        fail_msg("fold: %s %s", err.message, err.detail);
    return is_done;
}

/* ---- comparing ---- */

struct view {
    int32_t from, to, place, org;
};

static void
compare(struct db *db, const struct view *v)
{
    struct err err = {0};
    struct arena *a = arena_new();
    struct figures *folded = figures_begin(db, a, app_area(kit.app, 0)->id, false, &err), *counted = figures_begin(db, a, app_area(kit.app, 0)->id, true, &err);
    for (size_t i = 0; i < n_figures; i++) {
        struct figure_value x, y;
        if (!folded || !counted || !figure_of(folded, &figures[i], v->from, v->to, v->place, v->org, &x, &err) ||
            !figure_of(counted, &figures[i], v->from, v->to, v->place, v->org, &y, &err))
            fail_msg("%s: %s %s", figures[i].name, err.message, err.detail);
        if (x.numerator != y.numerator || x.denominator != y.denominator || x.value != y.value || x.is_defined != y.is_defined)
            fail_msg("%s, days %d to %d, place %d, lead %d: folded %lld/%lld (%f), counted %lld/%lld (%f)", figures[i].name, v->from, v->to, v->place,
                     v->org, (long long)x.numerator, (long long)x.denominator, x.value, (long long)y.numerator, (long long)y.denominator, y.value);
    }
    arena_free(a);
}

static void
expect_equal_to_a_recount(void)
{
    struct err err = {0};
    int32_t first = day_of(moment_of(A_MORNING)), today = day_of(app_now(kit.app));
    const struct registry *r = app_area(kit.app, 0)->registry;
    const int32_t places[] = {0, registry_place_code(r, STR("XFL"))->id}, orgs[] = {0, registry_org_code(r, STR("CG"))->id};
    const int32_t periods[][2] = {{first - 400, today + 40}, {first + 3, first + 3}, {first + 12, first + 70}, {day_number(2026, 5, 1), day_number(2026, 5, 31)}};
    struct db *db = app_reader_lock(kit.app);
    assert_true(db_read_begin(db, &err));
    for (size_t p = 0; p < COUNT_OF(periods); p++)
        for (size_t f = 0; f < 4; f++)
            compare(db, &(struct view){periods[p][0], periods[p][1], places[f & 1], orgs[f >> 1]});
    db_read_end(db);
    app_reader_unlock(kit.app);
}

/* ---- living ---- */

struct story_step {
    const char *who, *command, *fields;
};
static const struct story_step stories[][12] = {
    {{"wgz03", "call", "note=属实"}, {"comm01", "admit", "result=admit"}, {"coord01", "dispatch", "lead=CG&assists=GA"}, {"cg01", "accept", ""},
     {"cg01", "persuade", "reaction=fixed&words=讲了规定"}, {"cg01", "close", "outcome=solved&checklist=已采取降噪措施或调整时段&checklist=复测或回访确认不再扰民&reply=好了"},
     {"", "rate", "solved=no&grade=4"}, {"cg01", "close", "outcome=solved&checklist=已采取降噪措施或调整时段&checklist=复测或回访确认不再扰民&reply=真的好了"},
     {"", "rate", "solved=yes&grade=1"}},
    {{"wgz03", "settle", "outcome=solved&reply=当场说好了"}, {"", "rate", "solved=yes&grade=2"}},
    {{"wgz03", "settle", "outcome=not_found&reply=没有看到"}, {"", "rate", "solved=no&grade=5"}, {"wgz03", "settle", "outcome=solved&reply=又去了一次"}, {"", "rate", "solved=yes&grade=3"}},
    {{"wgz03", "call", ""}, {"comm01", "admit", "result=admit"}, {"coord01", "dispatch", "lead=CG"}, {"cg01", "refuse", "item=ZS01&instead=GA&reason=other_lead"},
     {"coord01", "dispatch", "lead=GA"}, {"coord01", "undo", ""}, {"coord01", "dispatch", "lead=STHJ"}, {"sthj01", "accept", ""}},
    {{"wgz03", "call", ""}, {"coord01", "reclassify", "item=WJ01&note=看错了"}, {"coord01", "undo", ""}, {"coord01", "reclassify", "item=FW01&note=看错了"}},
    {{"", "follow", ""}, {"", "withdraw", "reason=solved_self&note=已经好了"}, {"wgz03", "note", "note=记一下"}},
    {{"wgz03", "call", ""}, {"comm01", "admit", "result=admit"}, {"coord01", "dispatch", "lead=GA"}, {"ga01", "accept", ""},
     {"ga01", "order", "officers=ga01&officers=ga02&until=2026-09-23&words=关小音量"}, {"coord01", "merge", "into=1"}},
    {{"wgz03", "note", "note=看看"}}, /* and left alone */
};

struct life {
    int64_t ids[CASES];
    int story[CASES], at[CASES];
    int n, n_done, n_refused;
};

static void
report_one(struct life *l)
{
    static const char *const items[] = {"ZS01", "ZS01", "ZS02", "XF01", "BL301"}, *const sources[] = {"resident", "grid_sweep", "resident", "hotline"};
    bool is_staff = dice(4) == 0;
    struct report_case *r = new_report(is_staff ? "wgz03" : "", items[dice(5)], "楼下很吵");
    struct err err = {0};
    r->source = str_of(is_staff ? sources[dice(4)] : "resident");
    r->hotline_no = str_is(r->source, "hotline") ? str_of(arena_printf(kit.arena, "H%d", l->n)) : STR("");
    if (!report_case_wait(r, &err))
        return;
    l->ids[l->n] = r->case_id;
    l->story[l->n] = (int)dice(COUNT_OF(stories));
    l->at[l->n++] = 0;
}

static void
next_step(struct life *l, int i)
{
    const struct story_step *s = &stories[l->story[i]][l->at[i]];
    struct err err = {0};
    if (l->at[i] == (int)COUNT_OF(stories[0]) || !s->command)
        return;
    const char *fields = strcmp(s->command, "merge") == 0 ? arena_printf(kit.arena, "into=%lld", (long long)l->ids[dice((unsigned)l->n)]) : s->fields;
    if (act(s->who, l->ids[i], s->command, fields, &err))
        l->n_done++;
    else
        l->n_refused++;
    l->at[i]++;
}

static void
walk_a_round(void)
{
    instant began = app_now(kit.app) - (instant)(1 + dice(40)) * HOUR;
    struct buf b = {0};
    moment_format(&b, began);
    struct record_visit r = {.base = {.app = kit.app, .who = caller_of("wy01a"), .arena = kit.arena},
                             .fields = fields_of(arena_printf(kit.arena, "kind=round&place=XFL&began_at=%.*s&words=走了一圈", (int)b.n, b.p))};
    struct err err = {0};
    buf_release(&b);
    record_visit_wait(&r, &err); /* refused: one that came too late, or stands already */
}

static void
tick(struct life *l)
{
    instant now = app_now(kit.app) + (instant)dice(8) * HOUR + 60000 * (instant)dice(60);
    struct err err = {0};
    app_set_now(kit.app, now);
    if (!duty_clock_run(kit.app, now, NULL, &err))
        fail_msg("duty clock: %s", err.message);
    if (l->n < CASES && dice(4) == 0)
        report_one(l);
    else if (dice(25) == 0)
        walk_a_round();
    else if (l->n)
        next_step(l, (int)dice((unsigned)l->n));
}

static void
expect_that_much_happened(const struct life *l)
{
    assert_true(l->n == CASES && l->n_done > 120);
    static const char *const counts[] = {
        "SELECT COUNT(*) FROM case_file WHERE closed_at > 0", "SELECT COUNT(*) FROM case_file WHERE reopens > 0",
        "SELECT COUNT(*) FROM case_file WHERE refusals > 0", "SELECT COUNT(*) FROM case_file WHERE prior > 0", "SELECT COUNT(*) FROM case_file WHERE grade > 0",
        "SELECT COUNT(*) FROM case_file WHERE reclassified > 0", "SELECT COUNT(*) FROM duty WHERE missed_at > 0 AND subject_kind = 1",
        "SELECT COUNT(*) FROM visit_place WHERE kind = 4 AND state = 3"};
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        if (raw_int(counts[i]) < 3)
            fail_msg("too little: %s", counts[i]);
}

/* ---- each figure by itself, as the plan words it ---- */

static void
expect_what_each_says(void)
{
    static const struct {
        const char *name, *counts, *of, *among;
    } rows[] = {
        {"received", "day", "1 = 1", "1 = 1"},
        {"coverage", "day", "list > 0", "1 = 1"},
        {"no_lead", "day", "list = 1 AND dispatched_at = 0 AND state NOT IN (8, 9, 10, 11, 12)", "list = 1"},
        {"needs_department", "day", "list = 1 AND dispatched_at > 0", "list = 1"},
        {"property_reports", "day", "list = 1 AND opened_role = 2", "list = 1"},
        {"proactive", "day", "source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'outreach', 'liaison_day', 'property')", "1 = 1"},
        {"refusals", "day", "refusals > 0", "dispatched_at > 0"},
        {"repeated", "day", "prior > 0", "1 = 1"},
        {"response", "day", "list = 1 AND accepted_at > 0", "list = 1"},
        {"closed", "end", "outcome > 0", "1 = 1"},
        {"persuaded", "end", "list = 1 AND minor = 1 AND tier = 1", "list = 1 AND minor = 1 AND tier > 0"},
        {"tier_persuade", "end", "list = 1 AND tier = 1", "list = 1 AND tier > 0"},
        {"tier_order", "end", "list = 1 AND tier = 2", "list = 1 AND tier > 0"},
        {"tier_penalise", "end", "list = 1 AND tier = 3", "list = 1 AND tier > 0"},
        {"service_done", "end", "list = 2 AND outcome = 1 AND after_photos > 0", "list = 2"},
        {"unsolved", "end", "outcome = 2", "outcome > 0"},
        {"reopened", "end", "reopens > 0", "outcome > 0"},
        {"satisfied", "end", "grade BETWEEN 1 AND 3", "grade > 0"},
        {"solved_said", "end", "solved = 1", "solved > 0"},
        {"on_time", "end", "outcome > 0 AND closed_at <= answer_due", "outcome > 0"},
        {"onsite", "day", "list = 1 AND dispatched_at > 0 AND visits > 0", "list = 1 AND dispatched_at > 0"},
        {"resident_closed", "end", "outcome > 0 AND " TOLD, "outcome > 0"},
        {"next_day", "end", "outcome IN (1, 5) AND (closed_at + 28800000) / 86400000 <= day + 1", "outcome IN (1, 5)"},
        {"demands_solved", "end", "outcome IN (1, 5) AND " TOLD, "outcome > 0 AND " TOLD},
        {"rated", "end", "grade > 0", "outcome > 0"},
        {"before_spoken", "end", "outcome > 0 AND followers = 0 AND source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property')", "outcome > 0"},
        {"unreported", "day", "list = 1 AND opened_role <> 2 AND EXISTS (SELECT 1 FROM visit_place AS round WHERE round.area = case_file.area AND round.place = case_file.place AND round.at >= case_file.opened_at - 604800000 AND round.at < case_file.opened_at AND round.kind = 4 AND round.state = 3)", "list = 1 AND opened_role <> 2"},
        {"arrive_15", "day", "urgent = 1 AND summoned_at > 0 AND summoned_in = 1 AND arrived_at > 0 AND arrived_at - summoned_at <= 900000", "urgent = 1 AND summoned_at > 0 AND summoned_in = 1 AND (arrived_at > 0 OR accepted_at > 0 OR closed_at = 0)"},
        {"arrive_code", "day", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 1", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0"},
        {"arrive_near", "day", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 2", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0"},
        {"arrive_word", "day", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 3", "urgent = 1 AND summoned_at > 0 AND arrived_at > 0"},
        {"double_handled", "day", "list = 1 AND dispatched_at > 0 AND EXISTS (SELECT 1 FROM case_file AS p WHERE p.area = case_file.area AND p.id = case_file.prior AND p.lead <> case_file.lead AND p.dispatched_at > 0 AND (p.closed_at = 0 OR p.closed_at > case_file.opened_at))", "list = 1 AND dispatched_at > 0"},
    };
    struct err err = {0};
    int32_t first = day_of(moment_of(A_MORNING)) + 5, last = day_of(app_now(kit.app)) - 5;
    int64_t area = app_area(kit.app, 0)->id;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *among = strcmp(rows[i].counts, "day") == 0
                                ? arena_printf(kit.arena, "day BETWEEN %d AND %d", first, last)
                                : arena_printf(kit.arena, "closed_at >= %lld AND closed_at < %lld", (long long)day_start(first), (long long)day_start(last + 1));
        int64_t of = raw_int(arena_printf(kit.arena, "SELECT COUNT(*) FROM case_file WHERE %s AND (%s)", among, rows[i].of));
        int64_t all = raw_int(arena_printf(kit.arena, "SELECT COUNT(*) FROM case_file WHERE %s AND (%s)", among, rows[i].among));
        struct figure_value v;
        struct db *db = app_reader_lock(kit.app);
        if (!figure_compute(db, kit.arena, area, figure_find(str_of(rows[i].name)), first, last, 0, 0, &v, &err))
            fail_msg("%s: %s", rows[i].name, err.message);
        app_reader_unlock(kit.app);
        if (v.numerator != of || v.denominator != all)
            fail_msg("%s: %lld of %lld, not %lld of %lld", rows[i].name, (long long)of, (long long)all, (long long)v.numerator, (long long)v.denominator);
    }
}

static void
folded_figures_equal_a_recount_whatever_happens(void **state)
{
    (void)state;
    struct life l = {0};
    for (int i = 0; i < TICKS; i++) {
        tick(&l);
        if (i > 60 && dice(9) == 0)
            fold(1);
        if (i % 35 == 34)
            expect_equal_to_a_recount();
    }
    expect_that_much_happened(&l);
    expect_what_each_says(); /* some folded, some not */
    while (!fold(1))
        ;
    assert_int_equal(raw_int("SELECT COUNT(*) FROM figure_stale") + raw_int("SELECT COUNT(*) FROM figure_round"), 0);
    expect_equal_to_a_recount();
    expect_what_each_says();
    expect_clean_replay();
}

/* What is folded again is what it was: no row of the sums changes. */
static void
folding_twice_changes_nothing(void **state)
{
    (void)state;
    int64_t id = eventful_case();
    while (!fold(1))
        ;
    static const char *const digest = "SELECT SUM(LENGTH(sums) * (day % 97)) + COUNT(*) FROM figure_sum";
    int64_t was = raw_int(digest), parts = raw_int("SELECT COUNT(*) FROM figure_case");
    raw_exec(arena_printf(kit.arena, "INSERT INTO figure_stale (area, case_id, mark) SELECT area, id, 77 FROM case_file WHERE id = %lld", (long long)id));
    expect_equal_to_a_recount();
    assert_true(fold(2));
    assert_int_equal(raw_int("SELECT COUNT(*) FROM figure_stale"), 0);
    assert_int_equal(raw_int(digest), was);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM figure_case"), parts);
}

/* A case answers for its repetition too: when the first changes its lead, the figures of the second follow. */
static void
a_change_of_the_first_case_moves_its_repetition(void **state)
{
    (void)state;
    int64_t first = report_ok("ZS01", "太吵")->case_id;
    app_set_now(kit.app, moment_of("2026-04-21T10:00"));
    int64_t second = report_ok("ZS01", "又吵")->case_id;
    assert_int_equal(load(second)->c.prior, first);
    for (int i = 0; i < 2; i++) {
        int64_t id = i ? second : first;
        act_ok("wgz03", id, "call", "");
        act_ok("comm01", id, "admit", "result=admit");
        act_ok("coord01", id, "dispatch", i ? "lead=GA&note=他们先到" : "lead=CG");
    }
    while (!fold(1))
        ;
    struct figure_value v;
    struct err err = {0};
    for (int i = 0; i < 3; i++) {
        struct db *db = app_reader_lock(kit.app);
        assert_true(figure_compute(db, kit.arena, app_area(kit.app, 0)->id, figure_find(STR("double_handled")), 20000, 30000, 0, 0, &v, &err));
        app_reader_unlock(kit.app);
        assert_int_equal(v.numerator, i == 0);
        if (i == 0)
            act_ok("coord01", first, "undo", ""); /* not dispatched any more */
        else
            while (!fold(1))
                ;
    }
    expect_equal_to_a_recount();
}

/* Arrivals have a median of their own; here their times are put into the rows, and a note on the case marks it. */
static void
medians_are_exact(void **state)
{
    (void)state;
    enum { N = 31 };
    int64_t ids[N];
    for (int i = 0; i < N; i++)
        ids[i] = report_ok("ZS01", "太吵")->case_id;
    while (!fold(1))
        ;
    for (int i = 0; i < 3 * N; i++) {
        long long seconds = dice(3) ? dice(5000) : dice(400), minutes = dice(2) ? dice(90000) : dice(300);
        raw_exec(arena_printf(kit.arena, "UPDATE case_file SET urgent = 1, summoned_in = 1, summoned_at = 1000000, arrived_at = 1000000 + %lld, outcome = 1,"
                                         " closed_at = opened_at + %lld WHERE id = %lld", seconds * 1000, minutes * 60000, (long long)ids[i % N]));
        raw_exec(arena_printf(kit.arena, "INSERT INTO figure_stale (area, case_id, mark) SELECT area, id, %d FROM case_file WHERE id = %lld", 1000 + i, (long long)ids[i % N]));
        if (i % 7 == 0)
            fold(1);
        if (i % 4 == 0)
            expect_equal_to_a_recount();
    }
}

static void
a_value_knows_its_bucket(void **state)
{
    (void)state;
    int last = -1;
    for (int64_t v = 0; v < 70000; v++) {
        int b = value_bucket(v);
        assert_true(b == last || b == last + 1);
        assert_true(v >= EXACT_VALUES || b == v);
        last = b;
    }
    assert_int_equal(value_bucket(INT64_MAX), BUCKETS - 1);
    assert_int_equal(value_bucket(-5), 0);
}

static void
counts_come_out_as_they_went_in(void **state)
{
    (void)state;
    static const struct count list[] = {{0, 1}, {1, 127}, {63, 128}, {64, -3}, {COUNTERS - 1, INT64_C(1) << 40}};
    static struct count out[COUNTERS];
    struct buf b = {0};
    counts_pack(list, COUNT_OF(list), &b);
    assert_int_equal(counts_unpack(buf_view(&b), out), COUNT_OF(list));
    for (size_t i = 0; i < COUNT_OF(list); i++)
        assert_true(out[i].counter == list[i].counter && out[i].n == list[i].n);
    for (size_t n = 0; n < b.n; n++) /* cut anywhere: no more than was whole */
        assert_true(counts_unpack(str_slice(buf_view(&b), 0, n), out) < COUNT_OF(list));
    buf_release(&b);
}

static void
replay_sees_what_is_folded_wrongly(void **state)
{
    (void)state;
    static const char *const changes[] = {"UPDATE figure_case SET opened = opened + 2", "UPDATE figure_case SET closed_at = closed_at + 86400000",
                                          "UPDATE figure_case SET missed = (SELECT head FROM case_file WHERE case_file.area = figure_case.area AND case_file.id = figure_case.case_id)", "DELETE FROM figure_sum WHERE span = 0 AND place = 0 AND lead = 0 AND basis = 2",
                                          "UPDATE figure_sum SET sums = (SELECT o.sums FROM figure_sum AS o WHERE o.basis = 2 ORDER BY o.place, o.lead, o.day, o.span LIMIT 1) WHERE span = 1 AND place = 0 AND lead = 0 AND basis = 1"};
    eventful_case();
    report_ok("ZS01", "太吵");
    while (!fold(1))
        ;
    expect_clean_replay();
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        raw_exec("CREATE TABLE kept_case AS SELECT * FROM figure_case");
        raw_exec("CREATE TABLE kept_sum AS SELECT * FROM figure_sum");
        raw_exec(changes[i]);
        if (!replay_now().differences)
            fail_msg("not seen: %s", changes[i]);
        raw_exec("DELETE FROM figure_case");
        raw_exec("INSERT INTO figure_case SELECT * FROM kept_case");
        raw_exec("DROP TABLE kept_case");
        raw_exec("DELETE FROM figure_sum");
        raw_exec("INSERT INTO figure_sum SELECT * FROM kept_sum");
        raw_exec("DROP TABLE kept_sum");
        expect_clean_replay();
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folded_figures_equal_a_recount_whatever_happens, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(folding_twice_changes_nothing, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_change_of_the_first_case_moves_its_repetition, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(medians_are_exact, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(replay_sees_what_is_folded_wrongly, kit_open, kit_close),
        cmocka_unit_test(a_value_knows_its_bucket),
        cmocka_unit_test(counts_come_out_as_they_went_in),
    };
    return cmocka_run_group_tests_name("figures_fold", tests, NULL, NULL);
}
