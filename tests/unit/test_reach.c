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
    assert_int_equal(in.n_beyond + in.n_beyond_now + in.n_unplaced, 0);
    for (size_t i = 0; i + 1 < in.n; i++)
        assert_true(in.p[i].nearest_minutes >= in.p[i + 1].nearest_minutes);
    reach_of(world.arena, world.scheme, &world.registry, moment_of("2026-04-21T22:00"), &out);
    assert_int_equal(out.n_beyond, 0);
    assert_int_equal(out.n_beyond_now, 26); /* nobody is on duty at night */
    assert_null(out.p[0].on_duty);
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
        cmocka_unit_test(a_shorter_circle_leaves_some_out),
        cmocka_unit_test(a_promise_that_is_not_kept_is_a_warning),
    };
    return cmocka_run_group_tests_name("reach", tests, bagongshan_open, world_close);
}
