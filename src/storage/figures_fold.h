/* figures_fold.h — figures over years. What each case counts (figures_part.h) is folded into sums by day and month, for all, for a
 * place, for a lead and for both; a figure of ten years is some two hundred small rows.
 *
 * Whatever changes what a case counts leaves a mark in its own transaction: saves of the case, and rounds that somebody walked
 * before it was reported. Reading adds to the sums, for every marked case, the difference between what it counts now and what it
 * counted when it was folded, so figures are exact at every moment. Folding takes marks away first and looks at the cases after
 * that: a mark whose save is not visible yet stays, and what is folded twice changes nothing. One process folds at a time.
 */
#ifndef STORAGE_FIGURES_FOLD_H
#define STORAGE_FIGURES_FOLD_H

#include "store.h"

/* On the writer, inside of what changes the case or the round. `mark`: never used for it before. */
bool figures_mark(struct db *db, int64_t area, int64_t case_id, int64_t mark, struct err *err);
bool figures_mark_round(struct db *db, int64_t area, int32_t place, int64_t at, int64_t mark, struct err *err);
/* Is there anything to fold? */
bool figures_wait(struct db *db, int64_t area, struct err *err);
/* Folds in at most `steps` short write jobs. *is_done: nothing waits any more. Until an area has been folded to the end for the
 * first time, its figures are counted anew each time. */
bool figures_fold(struct store *store, int64_t area, int steps, bool *is_done, struct err *err);

/* Folds afresh in memory what figure_case keeps of the cases and compares: what differs in words, or empty. For ledger replay. */
struct str figures_check(struct db *db, struct arena *a, int64_t area, struct err *err);

#endif
