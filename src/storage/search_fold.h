/* search_fold.h — keeps the search index small: what saves wrote, a row for each token of each case, becomes lists of cases.
 *
 * A search reads both, so it finds the same before, between and after the steps. A step is one transaction on the writer; it
 * moves what it has read and nothing else, and goes on where the last one ended, whoever ran that. Several servers of one
 * database may fold and save at once: the second folder finds the door shut and does nothing.
 */
#ifndef STORAGE_SEARCH_FOLD_H
#define STORAGE_SEARCH_FOLD_H

#include "store.h"

enum { FOLD_ROWS = 1000, FOLD_FROM = 20000 }; /* rows a step moves; rows that are worth beginning for */

/* On the writer, inside its transaction. *folded: rows moved; fewer than `rows` = nothing is left to do now. */
bool search_fold_step(struct db *db, size_t rows, int64_t *folded, struct err *err);
/* Steps until nothing is left; waits for the writer, so not from it. */
bool search_fold(struct store *s, size_t rows_a_step, int64_t *folded, struct err *err);
/* For housekeeping: up to so many steps when FOLD_FROM rows wait, else none. *is_done: fewer wait now. */
bool search_fold_some(struct store *s, int steps, bool *is_done, struct err *err);

#endif
