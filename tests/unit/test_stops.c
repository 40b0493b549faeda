/* Patrol points of a compound (HC-20): which are open at a moment, what a round says of each, how it is proved, what is refused. */
#include "case_kit.h"
#include "routine.h"
#include "stops.h"

#define COMPOUND "HQHY" /* six points in the shipped scheme, HQHY-1 … HQHY-6 */
#define BEGAN "2026-04-21T10:00"

static int32_t
place(const char *code)
{
    return registry_place_code(&world.registry, str_of(code))->id;
}

static struct field_visit
round_at(const char *compound)
{
    int32_t *places = arena_array(world.arena, int32_t, 1);
    places[0] = place(compound);
    return (struct field_visit){.id = 1, .kind = VISIT_ROUND, .state = VISIT_DONE, .place = places[0], .places = places, .n_places = 1,
                                .began = moment_of(BEGAN), .ended = moment_of("2026-04-21T11:00")};
}

static struct visit_stop
stop_at(const struct field_visit *v, const char *code)
{
    for (size_t i = 0; i < v->n_stops; i++)
        if (v->stops[i].point == place(code))
            return v->stops[i];
    fail_msg("no stop at %s", code);
    return (struct visit_stop){0};
}

static void
a_point_is_open_from_one_moment_to_another(void **state)
{
    (void)state;
    static const struct {
        struct place p;
        instant at;
        bool is_open;
    } rows[] = {
        {{.kind = PLACE_POINT}, 1000, true},
        {{.kind = PLACE_COMPOUND}, 1000, false},
        {{.kind = PLACE_POINT, .opened_at = 1000}, 999, false},
        {{.kind = PLACE_POINT, .opened_at = 1000}, 1000, true},
        {{.kind = PLACE_POINT, .is_closed = true, .closed_at = 2000}, 1999, true},
        {{.kind = PLACE_POINT, .is_closed = true, .closed_at = 2000}, 2000, false},
        {{.kind = PLACE_POINT, .is_closed = true}, 1000, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (point_open_at(&rows[i].p, rows[i].at) != rows[i].is_open)
            fail_msg("row %zu", i);
}

static void
a_round_names_every_point_and_what_it_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int n, skipped;
    } rows[] = {
        {"", 6, 6},
        {"HQHY-1", 6, 5},
        {"HQHY-1;HQHY-2 2026-04-21T10:05;HQHY-3;HQHY-4;HQHY-5;HQHY-6", 6, 0},
        {" HQHY-2 2026-04-21T10:05:00+08:00 ; ; HQHY-2 2026-04-21T10:30;", 6, 5},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field_visit v = round_at(COMPOUND);
        struct err err = {0};
        if (!visit_put_stops(world.arena, &world.registry, &v, str_of(rows[i].text), &err))
            fail_msg("row %zu: %s", i, err.fields[0].message);
        if ((int)v.n_stops != rows[i].n || visit_skipped(&world.registry, &v, v.place) != rows[i].skipped)
            fail_msg("row %zu: %zu stops, %d skipped", i, v.n_stops, visit_skipped(&world.registry, &v, v.place));
        assert_int_equal(visit_skipped(&world.registry, &v, place("XFL")), 0);
    }
}

static void
the_grade_is_that_of_what_was_shown(void **state)
{
    (void)state;
    static const struct {
        const char *how;
        int grade;
    } rows[] = {
        {"", 0},
        {" qr", 3},
        {" qr 115.784182,25.599947,20", 2},
        {" qr 115.784182,25.599947,900", 3}, /* too vague */
        {" qr 115.900000,25.700000,20", 3},  /* far away */
        {" 115.784182,25.599947,20", 0},     /* a position alone shows no point */
        {" qr nonsense,here,20", 3},
        {" qr 2.35,48.85,20", 3}, /* not in China */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field_visit v = round_at(COMPOUND);
        struct err err = {0};
        const char *text = arena_printf(world.arena, "HQHY-3 2026-04-21T10:20%s", rows[i].how);
        if (!visit_put_stops(world.arena, &world.registry, &v, str_of(text), &err))
            fail_msg("row %zu: %s", i, err.fields[0].message);
        struct visit_stop s = stop_at(&v, "HQHY-3");
        if (s.grade != rows[i].grade || s.at != moment_of("2026-04-21T10:20"))
            fail_msg("row %zu: grade %d", i, s.grade);
    }
}

static void
what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        int kind;
        const char *text, *says;
    } rows[] = {
        {VISIT_ROUND, "NOWHERE", "没有“NOWHERE”"},
        {VISIT_ROUND, "XFL", "没有“XFL”"},          /* a compound is no point */
        {VISIT_ROUND, "DFMZ-1", "没有“DFMZ-1”"},    /* of another compound */
        {VISIT_ROUND, "HQHY-1 morgen", "时间请写成"},
        {VISIT_ROUND, "HQHY-1 2026-04-21T09:50", "不在这次巡查"},
        {VISIT_ROUND, "HQHY-1 2026-04-21T11:10", "不在这次巡查"},
        {VISIT_WALK, "HQHY-1", "只有物业巡查"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field_visit v = round_at(COMPOUND);
        struct err err = {0};
        v.kind = rows[i].kind;
        if (visit_put_stops(world.arena, &world.registry, &v, str_of(rows[i].text), &err))
            fail_msg("row %zu is taken", i);
        assert_string_equal(err.fields[0].field, "stops");
        if (!str_has(str_of(err.fields[0].message), str_of(rows[i].says)))
            fail_msg("row %zu: %s", i, err.fields[0].message);
    }
}

static void
a_round_counts_when_it_left_nothing_out(void **state)
{
    (void)state;
    const struct routine *r = &world.scheme->routines[routine_by_ref(world.scheme, routine_ref(STR("round_week")))];
    static const struct {
        const char *compound, *text, *unmet;
    } rows[] = {
        {COMPOUND, "HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5", "有巡查点没有走到"},
        {COMPOUND, "HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5;HQHY-6", NULL},
        {"XFL", "", NULL}, /* no points: one record is a round */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field_visit v = round_at(rows[i].compound);
        struct err err = {0};
        int64_t out[4];
        assert_true(visit_put_stops(world.arena, &world.registry, &v, str_of(rows[i].text), &err));
        size_t n = routine_members_served(world.scheme, &world.registry, r, &v, out, 4);
        const char *unmet = routine_unmet(world.scheme, &world.registry, r, &v);
        if (n != (rows[i].unmet ? 0 : 1) || (unmet == NULL) != (rows[i].unmet == NULL))
            fail_msg("row %zu: %zu served, %s", i, n, unmet ? unmet : "—");
        if (unmet)
            assert_string_equal(unmet, rows[i].unmet);
    }
}

static void
the_words_name_what_was_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *compound, *text, *words;
    } rows[] = {
        {"XFL", "", ""},
        {COMPOUND, "HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5;HQHY-6", "巡查点 6 处，都走到了"},
        {COMPOUND, "HQHY-1;HQHY-3;HQHY-4;HQHY-5", "巡查点 6 处，漏 2 处：地下车库入口、西门垃圾分类点"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field_visit v = round_at(rows[i].compound);
        struct err err = {0};
        struct buf b = {0};
        assert_true(visit_put_stops(world.arena, &world.registry, &v, str_of(rows[i].text), &err));
        stops_words(&b, &world.registry, &v);
        check_str(buf_view(&b), rows[i].words);
        buf_release(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_open_from_one_moment_to_another), cmocka_unit_test(a_round_names_every_point_and_what_it_left_out),
        cmocka_unit_test(the_grade_is_that_of_what_was_shown),        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_round_counts_when_it_left_nothing_out),    cmocka_unit_test(the_words_name_what_was_left_out),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
