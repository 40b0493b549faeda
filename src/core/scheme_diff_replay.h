/* scheme_diff_replay.h — what if: a past case judged again by a draft. Who would have led, when each step would have been due,
 * whether it would have been late, and which further step the law of the draft would have asked for.
 *
 * Due times are computed again from the moments of the record. A step whose clock was paused or extended keeps that: its due
 * moves by as much as the bare limit moves, and is marked as an estimate. What people would have done otherwise nobody knows:
 * they are taken to have acted when they did.
 */
#ifndef CORE_SCHEME_DIFF_REPLAY_H
#define CORE_SCHEME_DIFF_REPLAY_H

#include "case.h"

enum { REPLAY_STEPS_MAX = 24, REPLAY_NEEDS_MAX = 12 };

struct replayed_step { /* a duty that would have been due at another time */
    int kind;          /* enum duty_kind */
    instant due_was, due_would, ended_at;
    bool was_late, would_be_late, is_estimate;
};
struct replayed_case {
    bool item_gone;              /* the draft's lists lack the item */
    int list_was, list_would;    /* enum list */
    int32_t lead_was, lead_would; /* as the lists say; org ids, 0 = nobody */
    struct replayed_step steps[REPLAY_STEPS_MAX];
    size_t n_steps;
    struct str needs[REPLAY_NEEDS_MAX]; /* Chinese: further steps that would be owed */
    size_t n_needs;
};
/* True when anything would have been otherwise. `was` is the version the case was opened under; duties are all of its. */
bool scheme_replay_case(struct arena *a, const struct scheme *was, const struct scheme *draft, const struct registry *r,
                        const struct case_file *c, const struct duty *duties, size_t n, instant now, struct replayed_case *out);
bool replayed_turns_late(const struct replayed_case *x);    /* some step on time then, late under the draft */
bool replayed_turns_on_time(const struct replayed_case *x); /* some step late then, on time under the draft */
/* One line a difference, for people: 「牵头：城市管理局 → 消防救援大队」 … */
struct strs replayed_words(struct arena *a, const struct registry *r, const struct replayed_case *x);

#endif
