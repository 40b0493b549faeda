/* sleeper.h — inside jobs only: a thread that sleeps between rounds and wakes at once when it is to end. */
#ifndef JOBS_SLEEPER_H
#define JOBS_SLEEPER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sleeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic bool is_stopping; /* also for whoever waits elsewhere: a mail on its way */
};
bool sleeper_start(struct sleeper *s, void *(*loop)(void *), void *arg);
bool sleeper_nap(struct sleeper *s, int64_t ms); /* false: end now */
void sleeper_stop(struct sleeper *s);            /* waits for the thread */

#endif
