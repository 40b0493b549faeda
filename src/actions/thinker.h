/* thinker.h — one thread for what takes seconds of thought and no database (a proof), so that no loop and no writer waits for it. */
#ifndef ACTIONS_THINKER_H
#define ACTIONS_THINKER_H

#include "err.h"

struct thought { /* lies in what it is about; the thinker borrows it until `think` has been called */
    struct thought *next;
    void (*think)(struct thought *t, bool is_ending); /* once; is_ending: the program stops, there is no more time */
};

struct thinker;
struct thinker *thinker_start(struct err *err);
bool thinker_give(struct thinker *k, struct thought *t, struct err *err); /* any thread; ERR_BUSY when too many wait */
void thinker_stop(struct thinker *k); /* finishes the one at hand; accepts NULL */

#endif
