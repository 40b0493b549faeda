#include "sleeper.h"

#include <time.h>

bool
sleeper_start(struct sleeper *s, void *(*loop)(void *), void *arg)
{
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    if (pthread_create(&s->thread, NULL, loop, arg) == 0)
        return true;
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    return false;
}

bool
sleeper_nap(struct sleeper *s, int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&s->lock);
    if (!atomic_load(&s->is_stopping))
        pthread_cond_timedwait(&s->wake, &s->lock, &t);
    pthread_mutex_unlock(&s->lock);
    return !atomic_load(&s->is_stopping);
}

void
sleeper_stop(struct sleeper *s)
{
    pthread_mutex_lock(&s->lock);
    atomic_store(&s->is_stopping, true);
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
}
