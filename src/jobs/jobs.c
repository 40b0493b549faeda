#include "jobs.h"

#include <time.h>

#include "housekeeping.h"
#include "log.h"
#include "outbox.h"
#include "posts.h"
#include "sealed_store.h"
#include "sleeper.h"

enum { NAP_MS = 2000, CLOCK_FILE_NAP_MS = 500, HOUSE_MS = 10 * 60 * 1000, FOLD_MS = 20 * 1000, DAY_MS = 24 * 3600 * 1000 };

struct jobs {
    struct app *app;
    struct sleeper sleeper; /* of the duty clock and housekeeping */
    struct outbox *outbox;
};

static int64_t
real_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Sleeps until the next due moment, but not longer than a short nap: a new duty may be due earlier, and the question
 * costs one step in an index. */
static void *
loop(void *arg)
{
    struct jobs *j = arg;
    int64_t house_at = real_ms(), daily_at = house_at, fold_at = house_at;
    for (;;) {
        struct err err = {0};
        instant now = app_now(j->app), next = 0;
        app_hear(j->app);
        if (!store_is_keeper(app_store(j->app))) { /* another server on the same database sees to it */
            if (!sleeper_nap(&j->sleeper, CLOCK_FILE_NAP_MS))
                return NULL;
            continue;
        }
        if (!duty_clock_run(j->app, now, &next, &err))
            log_error("duty_clock", "message=%s detail=%s", err.message, err.detail);
        posts_watch(j->app, now);
        if (real_ms() >= house_at) {
            housekeeping_run(j->app, now);
            house_at = real_ms() + HOUSE_MS;
        }
        if (real_ms() >= fold_at)
            fold_at = real_ms() + (housekeeping_fold(j->app) ? FOLD_MS : 0);
        if (real_ms() >= daily_at) {
            housekeeping_daily(j->app);
            daily_at = real_ms() + DAY_MS;
        }
        int64_t most = app_has_clock_file(j->app) ? CLOCK_FILE_NAP_MS : NAP_MS;
        int64_t wait = next > now && next - now < most ? next - now : most;
        if (!sleeper_nap(&j->sleeper, wait))
            return NULL;
    }
}

struct jobs *
jobs_start(struct app *app, struct err *err)
{
    struct jobs *j = xcalloc(1, sizeof *j);
    j->app = app;
    if (app_is_alone(app))
        stored_clean_tmp(app_dir(app));
    j->outbox = outbox_start(app, err);
    if (j->outbox && sleeper_start(&j->sleeper, loop, j))
        return j;
    if (j->outbox)
        err_set(err, ERR_INTERNAL, "不能启动后台任务。");
    outbox_stop(j->outbox);
    free(j);
    return NULL;
}

void
jobs_stop(struct jobs *j)
{
    if (!j)
        return;
    sleeper_stop(&j->sleeper);
    outbox_stop(j->outbox);
    free(j);
}
