/* replay_visits.h — inside storage only: duties of routines as the events of several streams say they are.
 *
 * ROUTINE_STREAM plans, misses, excuses and voids them; each visit says which it settled. What a visit settled stands, whatever came
 * before: a record of a phone that was offline ends a duty that was missed and over (the miss stays).
 */
#ifndef STORAGE_REPLAY_VISITS_H
#define STORAGE_REPLAY_VISITS_H

#include "event_body.h"

struct routine_fold {
    struct folded_routine *p; /* by id */
    size_t n, cap;
};
void routine_fold_event(struct arena *lasting, struct routine_fold *f, const json_t *body); /* of ROUTINE_STREAM */
void routine_fold_credits(struct routine_fold *f, const json_t *body);                      /* of a visit */
/* Compares with the rows; calls `differ` for each that is not as the events say. */
bool routine_fold_compare(struct db *db, int64_t area, const struct routine_fold *f, void (*differ)(void *ctx, int64_t duty), void *ctx,
                          struct err *err);
/* The told rows of a body {"n": …}, at most max. */
size_t told_of_json(const json_t *body, struct told *out, size_t max);

#endif
