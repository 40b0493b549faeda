/* figures_part.h — inside storage only: what one case counts in the figures, and how counts are packed.
 *
 * A case counts on the day it was opened and on the day it ended (a bit per condition, storage/sql/figure.sql), on the days on which
 * duties of it were missed, and with two values behind medians. Counters 0 … 63 are bits; then come the buckets of values.
 */
#ifndef STORAGE_FIGURES_PART_H
#define STORAGE_FIGURES_PART_H

#include "calendar.h"
#include "store.h"

enum figure_basis { BASIS_NONE, BASIS_OPENED, BASIS_CLOSED, BASIS_MISSED };
enum opened_bit { /* in the order of the fragment opened_bits */
    OPENED_ALL, OPENED_LISTED, OPENED_ENFORCEMENT, OPENED_NO_LEAD, OPENED_TO_DEPARTMENT, OPENED_BY_PROPERTY, OPENED_PROACTIVE,
    OPENED_REFUSED, OPENED_DISPATCHED, OPENED_AGAIN, OPENED_ACCEPTED, OPENED_ONSITE, OPENED_TOLD, OPENED_ARRIVED_SOON,
    OPENED_SUMMONED_IN, OPENED_PROVEN_CODE, OPENED_PROVEN_NEAR, OPENED_PROVEN_WORD, OPENED_ARRIVED, OPENED_UNREPORTED,
    OPENED_NOT_BY_PROPERTY, OPENED_DOUBLE
};
enum closed_bit { /* in the order of the fragment closed_bits */
    CLOSED_ALL, CLOSED_ENDED, CLOSED_MINOR_PERSUADED, CLOSED_MINOR_TIER, CLOSED_PERSUADED, CLOSED_ORDERED, CLOSED_PENALISED,
    CLOSED_TIER, CLOSED_SERVICE_DONE, CLOSED_SERVICE, CLOSED_UNSOLVED, CLOSED_REOPENED, CLOSED_SATISFIED, CLOSED_RATED,
    CLOSED_SAID_SOLVED, CLOSED_SAID, CLOSED_TOLD, CLOSED_NEXT_DAY, CLOSED_SOLVED, CLOSED_TOLD_SOLVED, CLOSED_BEFORE_SPOKEN,
    CLOSED_ON_TIME
};
enum { MISSED_DUTIES /* the one counter of BASIS_MISSED */ };

/* Values up to 255 have a bucket each; from then on 128 for each doubling, so that a bucket is never wider than 1 % of its values. */
enum { SUM_BITS = 64, EXACT_VALUES = 256, BUCKETS_A_DOUBLING = 128, DOUBLINGS = 23, BUCKETS = EXACT_VALUES + DOUBLINGS * BUCKETS_A_DOUBLING,
       COUNTERS = SUM_BITS + BUCKETS };
int value_bucket(int64_t value);

struct missed_duty {
    int32_t day, org;
};
struct part {
    int64_t id;
    int32_t place, lead, day;
    int64_t closed_at; /* 0: it has not ended */
    int64_t opened, closed; /* bits */
    int64_t minutes, seconds; /* from report to end, from whistle to arrival; -1: none */
    const struct missed_duty *missed;
    size_t n_missed;
};
struct parts { /* by id */
    struct part *p;
    size_t n;
};
/* Rows of part_columns; with what figure_case keeps of missed duties, or with the rows of the second statement. */
bool parts_read_kept(struct rows *r, struct arena *a, struct parts *out, struct err *err);
bool parts_read_now(struct rows *r, struct arena *a, struct parts *out, struct err *err);
bool parts_add_missed(struct rows *r, struct arena *a, struct parts *io, struct err *err);
const struct part *part_find(const struct parts *list, int64_t id);
bool part_same(const struct part *a, const struct part *b);
void part_pack_missed(const struct part *p, struct buf *out);

/* What a part adds to one counter of one day; place and lead are its own. */
struct change {
    enum figure_basis basis;
    int32_t place, lead, day;
    int counter;
    int64_t n;
};
struct changes {
    struct change *p;
    size_t n, cap;
};
void part_changes(const struct part *p, int sign, struct arena *a, struct changes *out);

/* Packed: pairs of the step to the next counter and its count. */
struct count {
    int counter;
    int64_t n;
};
void counts_pack(const struct count *list, size_t n, struct buf *out);
size_t counts_unpack(struct str packed, struct count out[COUNTERS]); /* broken bytes end it */

#endif
