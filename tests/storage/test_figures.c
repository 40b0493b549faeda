/* No figure reads a fine or counts penalties (行政处罚法 74): whatever is written about penalties, every figure stays as it
 * is, but for the shares of 721, which describe how matters ended and are no goal. */
#include "check.h"

#include "figures_part.h"
#include "sql_gen.h"
#include "store_kit.h"
#include "views.h"

enum { FIGURES_MAX = 128 };

static void
compute_all(struct figure_value *out)
{
    struct err err = {0};
    int32_t from = day_of(moment_of("2026-04-01T00:00")), to = day_of(moment_of("2026-06-30T00:00"));
    struct db *db = app_reader_lock(kit.app);
    assert_true(n_figures <= FIGURES_MAX);
    for (size_t i = 0; i < n_figures; i++)
        if (!figure_compute(db, kit.arena, app_area(kit.app, 0)->id, &figures[i], from, to, 0, 0, &out[i], &err))
            fail_msg("%s: %s %s", figures[i].name, err.message, err.detail);
    app_reader_unlock(kit.app);
}

static bool
same_value(const struct figure_value *a, const struct figure_value *b)
{
    return a->numerator == b->numerator && a->denominator == b->denominator && a->is_defined == b->is_defined &&
           a->value == b->value;
}

static bool
is_descriptive(const char *name)
{
    return strcmp(name, "tier_order") == 0 || strcmp(name, "tier_penalise") == 0;
}

static void
penalties_move_no_figure(void **state)
{
    (void)state;
    /* Everything that the record knows of a penalty, one after the other. */
    static const char *const written[] = {
        "UPDATE case_file SET filed_at = 1776733200000, filing_no = 'x' WHERE list = 1",
        "UPDATE case_file SET noticed_at = 1776733200000, defence = 3, party = 1, act_day = 20564",
        "UPDATE case_file SET hearing_until = 1, comply_until = 1",
        "UPDATE case_file SET tiers = tiers + 8 WHERE list = 1 AND tiers < 8",
        "UPDATE case_file SET tier = 3 WHERE tier = 2",
    };
    static struct figure_value was[FIGURES_MAX], is[FIGURES_MAX];
    eventful_case();
    int64_t closed = eventful_case();
    report_ok("XF01", "消防通道停满了车");
    char sql[160];
    snprintf(sql, sizeof sql, "UPDATE case_file SET tier = 2, tiers = 6, closed_at = 1777338000000, outcome = 1 WHERE id = %lld", (long long)closed);
    raw_exec(sql);
    compute_all(was);
    int n_moved = 0;
    for (size_t k = 0; k < COUNT_OF(written); k++) {
        raw_exec(written[k]);
        compute_all(is);
        for (size_t i = 0; i < n_figures; i++) {
            bool is_moved = !same_value(&was[i], &is[i]);
            if (is_moved && !is_descriptive(figures[i].name))
                fail_msg("\"%s\" reads penalties: %s", figures[i].name, written[k]);
            n_moved += is_moved;
        }
    }
    assert_true(n_moved > 0); /* the two that describe did see it: the test looks at the right columns */
}

/* The statements themselves: what stands in one whose name begins with fig_ decides. Columns of the procedure, the events
 * and duties that a penalty leaves, and any amount of money have no place there; `tier` only where a figure describes 721. */
static void
no_statement_of_a_figure_speaks_of_penalties(void **state)
{
    (void)state;
    static const char *const words[] = {"filed_at",    "filing_no",  "noticed_at", "defence",   "hearing_until", "comply_until", "act_day",
                                        "party",       "penalised",  "enforced",   "delivered", "amount",        "fine",         "tiers",
                                        "\"deliver\"", "'deliver'",  "'comply'",   "'hear'",    "'filed'"};
    const char *only = arena_printf(kit.arena, "tier = 3 THEN %d ELSE 0 END", 1 << CLOSED_PENALISED);
    int n_seen = 0;
    for (size_t i = 0; i < SQL_COUNT; i++) {
        struct str name = str_of(sql_texts[i].name), text = str_of(sql_texts[i].sqlite);
        if (!str_starts(name, STR("fig_")))
            continue;
        n_seen++;
        for (size_t k = 0; k < COUNT_OF(words); k++)
            if (str_has(text, str_of(words[k])))
                fail_msg("%s reads \"%s\" (行政处罚法 74)", sql_texts[i].name, words[k]);
        bool describes = str_starts(name, STR("fig_part_now")) || str_is(name, "fig_recount_closed") || str_is(name, "fig_place"); /* 721 of the area, and of a compound */
        if (str_has(text, STR("tier = 3")) && !describes)
            fail_msg("%s counts penalties (行政处罚法 74)", sql_texts[i].name);
        for (const char *at = strstr(sql_texts[i].sqlite, "tier = 3"); at && !str_is(name, "fig_place"); at = strstr(at + 1, "tier = 3"))
            if (strncmp(at, only, strlen(only)) != 0) /* the one bit that tier_penalise reads */
                fail_msg("%s counts penalties beyond their share (行政处罚法 74)", sql_texts[i].name);
    }
    assert_true(n_seen > 10);
}

/* A share of penalties may describe; it may not be a goal: its definition says so. */
static void
what_describes_is_no_goal(void **state)
{
    (void)state;
    const struct figure *f = figure_find(STR("tier_penalise"));
    assert_non_null(f);
    assert_true(str_has(str_of(f->definition), STR("不作考核")));
}

static void
none_is_about_fines(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_figures; i++) {
        assert_false(str_has(str_of(figures[i].title), STR("罚款")));
        assert_false(str_has(str_of(figures[i].definition), STR("罚款")));
    }
}

/* A call and the admission after it in one millisecond: each settled what was his own. */
static void
who_act_at_one_instant_are_told_apart(void **state)
{
    (void)state;
    static const char *const who[] = {"wgz03", "comm01"};
    app_set_now(kit.app, moment_of(A_MORNING));
    int64_t id = report_ok("ZS01", "楼下烧烤店的喇叭一直喊到半夜")->case_id;
    act_ok("wgz03", id, "call", "note=属实");
    act_ok("comm01", id, "admit", "result=admit");
    for (size_t i = 0; i < COUNT_OF(who); i++) {
        struct err err = {0};
        struct score s;
        struct caller *c = caller_of(who[i]);
        struct db *db = app_reader_lock(kit.app);
        bool ok = score_of_person(db, c->area->id, c->person, moment_of("2026-04-01T00:00"), moment_of("2026-05-01T00:00"), &s, &err);
        app_reader_unlock(kit.app);
        assert_true(ok);
        if (s.in_time != 1 || s.late)
            fail_msg("%s: %lld in time, %lld late", who[i], (long long)s.in_time, (long long)s.late);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(penalties_move_no_figure, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(no_statement_of_a_figure_speaks_of_penalties, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(who_act_at_one_instant_are_told_apart, kit_open, kit_close),
        cmocka_unit_test(what_describes_is_no_goal),
        cmocka_unit_test(none_is_about_fines),
    };
    return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
