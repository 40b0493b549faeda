/* The 15-minute circle: the way is modelled, the nearest station on duty counts, and nothing beyond is hidden. */
#include "check.h"

#include "case_kit.h"
#include "reach.h"

static int
bagongshan_open(void **state)
{
    (void)state;
    return world_open_of("bagongshan");
}

static void
the_model_is_the_schemes(void **state)
{
    (void)state;
    struct scheme bare = {0}, own = {.reach_detour = 2, .reach_speed_kmh = 30, .reach_minutes = 10};
    struct reach_model usual = reach_model_of(&bare), m = reach_model_of(&own);
    assert_true(usual.detour > 1.39 && usual.detour < 1.41 && usual.minutes == 15);
    struct point a = {116.83, 32.63}, b = {116.83, 32.64}; /* 1,112 m */
    assert_in_range((int64_t)(reach_minutes(&usual, a, b) * 100), 372, 375); /* 1.112 × 1.4 ÷ 25 × 60 */
    assert_in_range((int64_t)(reach_minutes(&m, a, b) * 100), 443, 446);
    assert_in_range((int64_t)reach_metres(&usual), 4463, 4465);
    assert_in_range((int64_t)reach_metres(&m), 2499, 2501);
}

static const struct reached *
of_compound(const struct reach *all, const char *code)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_is(all->p[i].compound->code, code))
            return &all->p[i];
    fail_msg("no compound %s", code);
    return NULL;
}

static void
every_compound_of_bagongshan_is_reached(void **state)
{
    (void)state;
    struct reach in, out;
    reach_of(world.arena, world.scheme, &world.registry, moment_of("2026-04-21T09:00"), &in);
    assert_int_equal(in.stations.n, 13);
    assert_int_equal(in.n, 26);
    assert_int_equal(in.n_beyond + in.n_beyond_then + in.n_unplaced, 0);
    for (size_t i = 0; i + 1 < in.n; i++)
        assert_true(in.p[i].nearest_minutes >= in.p[i + 1].nearest_minutes);
    reach_of(world.arena, world.scheme, &world.registry, moment_of("2026-04-21T22:00"), &out);
    assert_int_equal(out.n_beyond, 0);
    assert_int_equal(out.n_beyond_then, 26); /* nobody is on duty at night */
    assert_null(out.p[0].on_duty);
}

/* One station has a roster and nobody in it: compounds near it are reached from another one, or not at all. */
static void
a_moment_has_the_stations_that_are_staffed_then(void **state)
{
    (void)state;
    struct scheme s = *world.scheme;
    struct registry r = world.registry;
    struct reach before, all;
    s.reach_speed_kmh = 3; /* one's own station is near enough, and few others are */
    reach_of(world.arena, &s, &r, moment_of("2026-04-21T09:00"), &before);
    const struct reached *far = NULL;
    for (size_t i = 0; i < before.n; i++)
        if (before.p[i].is_within)
            far = &before.p[i];
    assert_non_null(far);
    const struct shift off = {.day = day_of(moment_of("2026-04-21T09:00")), .from = 510, .to = 1050, .person = r.people[0].id, .is_cancelled = true},
                       late = {.day = off.day, .from = 1140, .to = 1320, .person = off.person};
    const struct {
        const char *at;
        const struct shift *shift;
        size_t on_duty;
        bool near_is_on_duty;
    } rows[] = {
        {"2026-04-21T09:00", NULL, 13, true}, {"2026-04-21T09:00", &off, 12, false}, {"2026-04-21T20:00", NULL, 0, false},
        {"2026-04-21T20:00", &late, 1, true}, {"2026-04-20T09:00", &off, 13, true} /* before its first shift */, {"2026-05-19T09:00", &off, 13, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct roster roster = {.station = far->nearest->org->id, .month = month_of(off.day), .p = rows[i].shift, .n = 1};
        r.rosters = &roster;
        r.n_rosters = rows[i].shift != NULL;
        reach_of(world.arena, &s, &r, moment_of(rows[i].at), &all);
        const struct reached *x = of_compound(&all, str_z(world.arena, far->compound->code));
        if (all.n_on_duty != rows[i].on_duty || x->nearest->is_on_duty != rows[i].near_is_on_duty)
            fail_msg("row %zu: %zu on duty", i, all.n_on_duty);
        assert_true(x->is_within);
        assert_true(rows[i].on_duty ? x->is_beyond == !x->is_within_then : !x->is_beyond);
        if (rows[i].near_is_on_duty && x->on_duty != x->nearest)
            fail_msg("row %zu: the nearest is not taken", i);
        if (!rows[i].near_is_on_duty && rows[i].on_duty && !(x->on_duty_minutes >= x->nearest_minutes))
            fail_msg("row %zu: nearer without it", i);
    }
}

static void
a_shorter_circle_leaves_some_out(void **state)
{
    (void)state;
    struct scheme s = *world.scheme;
    s.reach_speed_kmh = 2;
    struct reach all;
    reach_of(world.arena, &s, &world.registry, moment_of("2026-04-21T09:00"), &all);
    assert_true(all.n_beyond > 0 && all.n_beyond < all.n);
    assert_false(all.p[0].is_within);
    assert_true(all.p[0].nearest_minutes > 15);
    assert_true(of_compound(&all, str_z(world.arena, all.p[0].compound->code))->nearest != NULL);
}

static void
a_promise_that_is_not_kept_is_a_warning(void **state)
{
    (void)state;
    struct scheme s = *world.scheme;
    struct scheme_warnings w = {0};
    reach_warn(world.arena, &s, &world.registry, &w);
    assert_int_equal(w.n, 0);
    s.reach_speed_kmh = 2;
    reach_warn(world.arena, &s, &world.registry, &w);
    struct reach all;
    reach_of(world.arena, &s, &world.registry, 0, &all);
    assert_int_equal(w.n, all.n_beyond);
    assert_string_equal(warning_code(w.p[0].kind), "reach");
    assert_true(str_has(w.p[0].words, STR("服务圈以外")));
    s.reach_minutes = 0; /* nothing is promised */
    w = (struct scheme_warnings){0};
    reach_warn(world.arena, &s, &world.registry, &w);
    assert_int_equal(w.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_is_the_schemes),
        cmocka_unit_test(every_compound_of_bagongshan_is_reached),
        cmocka_unit_test(a_moment_has_the_stations_that_are_staffed_then),
        cmocka_unit_test(a_shorter_circle_leaves_some_out),
        cmocka_unit_test(a_promise_that_is_not_kept_is_a_warning),
    };
    return cmocka_run_group_tests_name("reach", tests, bagongshan_open, world_close);
}
