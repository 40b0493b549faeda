/* run_routines.h — inside actions: the duty clock's part that looks after routines (core/routine.h) and what else a day begins with. */
#ifndef ACTIONS_RUN_ROUTINES_H
#define ACTIONS_RUN_ROUTINES_H

#include "app.h"
#include "visit_store.h"

/* The next moment at which an area has something to do: a midnight, or an hour at which a routine reminds. An area seen for the first
 * time has it now: who was not there when a term began does not owe it. */
instant routines_moment(struct app *app, const struct area *area, instant now, struct err *err);
bool routines_run(struct app *app, const struct area *area, instant at, struct err *err);
/* Duties of routines that fell due at `at`. */
bool routines_missed(struct app *app, const struct area *area, const int64_t *ids, const int64_t *refs, size_t n, instant at, struct err *err);

#endif
