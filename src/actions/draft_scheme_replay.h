/* draft_scheme_replay.h — a draft tried on the cases of an area: counts, and each case that would have gone otherwise. */
#ifndef ACTIONS_DRAFT_SCHEME_REPLAY_H
#define ACTIONS_DRAFT_SCHEME_REPLAY_H

#include "app.h"
#include "scheme_diff_replay.h"

struct draft_replay {
    struct app *app;
    const struct area *area;
    const struct scheme *draft;
    int64_t most; /* the newest so many; 0 = all. Merged and withdrawn cases are not tried */
    void (*each)(void *ctx, struct arena *a, const struct case_file *c, const struct replayed_case *x); /* `a` lives for a page */
    void (*progress)(void *ctx, int64_t done);
    void *ctx;
    /* out */
    int64_t cases, differ, moved, relisted, gone, turn_late, turn_on_time, steps;
};
/* Newest first, inside the caller's snapshot. */
bool draft_replay_run(struct draft_replay *p, struct db *db, struct err *err);

#endif
