/* bench-routines DIR: plans a month for every compound of DIR and asks who is behind.
 *
 * DIR comes from `shaodao demo DIR --scheme PATH --months 0 --until 2026-04-24`, PATH being 八公山 with as many compounds as wanted
 * (bench/province makes one). Prints seconds for the month's duties, for its misses, and milliseconds for one page of who is behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "actions.h"

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
run_until(struct app *app, const char *moment)
{
    struct err err = {0};
    instant at = 0;
    moment_parse(str_of(moment), &at);
    app_set_now(app, at);
    double begun = seconds();
    if (!duty_clock_run(app, at, NULL, &err)) {
        fprintf(stderr, "%s %s\n", err.message, err.detail);
        exit(1);
    }
    return seconds() - begun;
}

int
main(int argc, char **argv)
{
    enum { ASKS = 200, PAGE = 100 };
    struct err err = {0};
    struct app *app = argc == 2 ? app_open(&(struct app_options){.dir = argv[1], .n_readers = 1, .is_writer = true}, &err) : NULL;
    if (!app) {
        fprintf(stderr, "usage: bench-routines DIR  %s\n", err.message);
        return 2;
    }
    const struct area *area = app_area(app, 0);
    double before = run_until(app, "2026-04-24T12:00:00+08:00"), plan = run_until(app, "2026-04-25T00:00:30+08:00");
    double week = run_until(app, "2026-05-21T09:30:00+08:00");
    int64_t ref = routine_ref(STR("joint_visit_month"));
    struct arena *a = arena_new();
    double worst = 0, all = 0;
    size_t n = 0;
    instant due = 0;
    int64_t id = 0;
    for (int i = 0; i < ASKS; i++) {
        struct duty_list list;
        double begun = seconds();
        if (!routine_duties_open(app_reader_lock(app), a, area->id, ref, due, id, PAGE, &list, &err))
            return 1;
        app_reader_unlock(app);
        double took = seconds() - begun;
        worst = took > worst ? took : worst;
        all += took;
        n += list.n;
        due = list.n ? list.p[list.n - 1].due : 0;
        id = list.n ? list.p[list.n - 1].id : 0;
        arena_reset(a);
    }
    double miss = run_until(app, "2026-06-01T00:00:30+08:00");
    printf("{\"compounds\":%d,\"until_first\":%.2f,\"plan_s\":%.2f,\"month_s\":%.2f,\"page_ms\":%.3f,\"page_worst_ms\":%.3f,\"listed\":%zu,\"miss_s\":%.2f}\n",
           (int)area->registry->n_places, before, plan, week, 1000 * all / ASKS, 1000 * worst, n, miss);
    arena_free(a);
    app_close(app);
    return 0;
}
