#include "thinker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "str.h"

enum {
    QUEUE = 8,
    NICENESS = 5, /* pages come before proofs; on Linux a thread has its own */
};

struct thinker {
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    struct thought *first, **last;
    int waiting;
    bool is_ending;
};

static struct thought *
next_thought(struct thinker *k)
{
    pthread_mutex_lock(&k->lock);
    while (!k->first && !k->is_ending)
        pthread_cond_wait(&k->work, &k->lock);
    struct thought *t = k->is_ending ? NULL : k->first;
    if (t) {
        k->first = t->next;
        if (!k->first)
            k->last = &k->first;
        k->waiting--;
    }
    pthread_mutex_unlock(&k->lock);
    return t;
}

static void *
run(void *arg)
{
    struct thinker *k = arg;
    setpriority(PRIO_PROCESS, 0, NICENESS);
    for (struct thought *t; (t = next_thought(k));)
        t->think(t, false);
    return NULL;
}

struct thinker *
thinker_start(struct err *err)
{
    struct thinker *k = xcalloc(1, sizeof *k);
    sigset_t all, before;
    k->last = &k->first;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->work, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are the main thread's business */
    bool ok = pthread_create(&k->thread, NULL, run, k) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ok)
        return k;
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->work);
    free(k);
    err_set(err, ERR_INTERNAL, "不能启动证明线程");
    return NULL;
}

bool
thinker_give(struct thinker *k, struct thought *t, struct err *err)
{
    pthread_mutex_lock(&k->lock);
    bool has_room = k->waiting < QUEUE && !k->is_ending;
    if (has_room) {
        t->next = NULL;
        *k->last = t;
        k->last = &t->next;
        k->waiting++;
        pthread_cond_signal(&k->work);
    }
    pthread_mutex_unlock(&k->lock);
    return has_room || err_set(err, ERR_BUSY, "前面还有几份草案在证明，请过一分钟再试。");
}

void
thinker_stop(struct thinker *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    k->is_ending = true;
    pthread_cond_signal(&k->work);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    for (struct thought *t = k->first, *next; t; t = next) {
        next = t->next;
        t->think(t, true);
    }
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->work);
    free(k);
}
