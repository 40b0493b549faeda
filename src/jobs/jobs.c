#include "jobs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "housekeeping.h"
#include "log.h"

enum { NAP_MS = 2000, CLOCK_FILE_NAP_MS = 500, HOUSE_MS = 10 * 60 * 1000 };

struct jobs {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping;
};

static bool
nap(struct jobs *j, int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&j->lock);
    if (!j->is_stopping)
        pthread_cond_timedwait(&j->wake, &j->lock, &t);
    bool go_on = !j->is_stopping;
    pthread_mutex_unlock(&j->lock);
    return go_on;
}

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
    int64_t house_at = real_ms();
    for (;;) {
        struct err err = {0};
        instant now = app_now(j->app), next = 0;
        if (!duty_clock_run(j->app, now, &next, &err))
            log_error("duty_clock", "message=%s detail=%s", err.message, err.detail);
        if (real_ms() >= house_at) {
            housekeeping_run(j->app, now);
            house_at = real_ms() + HOUSE_MS;
        }
        int64_t most = app_has_clock_file(j->app) ? CLOCK_FILE_NAP_MS : NAP_MS;
        int64_t wait = next > now && next - now < most ? next - now : most;
        if (!nap(j, wait))
            return NULL;
    }
}

struct jobs *
jobs_start(struct app *app, struct err *err)
{
    struct jobs *j = xcalloc(1, sizeof *j);
    j->app = app;
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, NULL);
    if (pthread_create(&j->thread, NULL, loop, j) == 0)
        return j;
    free(j);
    err_set(err, ERR_INTERNAL, "不能启动后台任务。");
    return NULL;
}

void
jobs_stop(struct jobs *j)
{
    if (!j)
        return;
    pthread_mutex_lock(&j->lock);
    j->is_stopping = true;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->wake);
    free(j);
}
