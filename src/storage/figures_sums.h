/* figures_sums.h — inside storage only: the sums that figures are made of, folded or counted anew. */
#ifndef STORAGE_FIGURES_SUMS_H
#define STORAGE_FIGURES_SUMS_H

#include "figures_part.h"

struct sums_ask {
    enum figure_basis basis;
    int32_t from, to;    /* days, inclusive */
    int32_t place, lead; /* 0: any */
};
struct sums;

/* What holds in the caller's snapshot: what is folded, and what changed since. `recounts`: from the cases themselves. */
struct sums *sums_begin(struct db *db, struct arena *a, int64_t area, bool recounts, struct err *err); /* NULL: failed */
/* SUM_BITS counters, each asked for once. NULL: failed. */
const int64_t *sums_of(struct sums *s, const struct sums_ask *q, struct err *err);
/* How many values there are, and the one in the middle (of two, their mean): minutes of those closed, seconds of those opened. */
bool sums_median(struct sums *s, const struct sums_ask *q, int64_t *n, int64_t *median, struct err *err);

#endif
