/* bench-clock DIR DAYS: lets DAYS pass at once in an installation with open cases: what the clock does about it, and how long that takes.
 *
 * Each miss is decided from the case as the one before left it and is durable before the next, as on a server that was away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "actions.h"

static double
seconds(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t
jobs_done(struct app *app)
{
    struct store_stats s;
    store_statistics(app_store(app), &s);
    return s.jobs;
}

int
main(int argc, char **argv)
{
    struct err err = {0};
    struct app *app = argc == 3 ? app_open(&(struct app_options){.dir = argv[1], .n_readers = 1, .is_writer = true}, &err) : NULL;
    if (!app) {
        fprintf(stderr, "usage: bench-clock DIR DAYS  %s\n", err.message);
        return 2;
    }
    instant to = app_now(app) + (instant)strtol(argv[2], NULL, 10) * 86400000;
    int64_t before = jobs_done(app);
    double from = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    app_set_now(app, to);
    bool ok = duty_clock_run(app, to, NULL, &err);
    if (!ok)
        fprintf(stderr, "bench-clock: %s %s\n", err.message, err.detail);
    else
        printf("{\"fired\": %lld, \"seconds\": %.3f, \"cpu_s\": %.3f}\n", (long long)(jobs_done(app) - before), seconds(CLOCK_MONOTONIC) - from,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    app_close(app);
    return ok ? 0 : 1;
}
