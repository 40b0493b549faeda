#include "figures_sums.h"

#include <stdlib.h>

enum { KEPT_MAX = 8, MARKS_MAX = 4096 /* more are not worth adding: recount */ };

struct kept {
    struct sums_ask ask;
    const int64_t *counters;
};
struct sums {
    struct db *db;
    struct arena *arena;
    int64_t area;
    bool recounts;
    struct parts was, now; /* of the cases that changed since they were folded */
    struct changes changes;
    struct kept kept[KEPT_MAX];
    size_t n_kept;
};

/* ---- what changed since ---- */

static bool
read_changed(struct sums *s, struct err *err)
{
    struct rows now, missed, was;
    if (db_int(s->db, SQL_FIG_MARKS_ANY, DB_ARGS(V_INT(s->area)), 0, err) == 0)
        return err->kind == ERR_NONE; /* the rule on a quiet day */
    if (!db_query(s->db, SQL_FIG_PART_NOW_MARKED, &now, err, V_INT(s->area)) || !parts_read_now(&now, s->arena, &s->now, err) ||
        !db_query(s->db, SQL_FIG_PART_MISSED_MARKED, &missed, err, V_INT(s->area)) || !parts_add_missed(&missed, s->arena, &s->now, err) ||
        !db_query(s->db, SQL_FIG_PART_WAS_MARKED, &was, err, V_INT(s->area)) || !parts_read_kept(&was, s->arena, &s->was, err))
        return false;
    for (size_t i = 0; i < s->was.n; i++)
        part_changes(&s->was.p[i], -1, s->arena, &s->changes);
    for (size_t i = 0; i < s->now.n; i++)
        part_changes(&s->now.p[i], 1, s->arena, &s->changes);
    return true;
}

struct sums *
sums_begin(struct db *db, struct arena *a, int64_t area, bool recounts, struct err *err)
{
    struct sums *s = arena_new_of(a, struct sums);
    *s = (struct sums){.db = db, .arena = a, .area = area};
    s->recounts = recounts || db_int(db, SQL_FIG_IS_READY, DB_ARGS(V_INT(area)), 0, err) == 0 ||
                  db_int(db, SQL_FIG_MARKS, DB_ARGS(V_INT(area)), 0, err) > MARKS_MAX;
    return err->kind == ERR_NONE && (s->recounts || read_changed(s, err)) ? s : NULL;
}

static bool
is_asked(const struct sums_ask *q, const struct change *c)
{
    return c->basis == q->basis && c->day >= q->from && c->day <= q->to && (!q->place || q->basis == BASIS_MISSED || c->place == q->place) &&
           (!q->lead || c->lead == q->lead);
}

/* ---- folded ---- */

static bool
add_spans(struct sums *s, const struct sums_ask *q, int span, int32_t from, int32_t to, int64_t *counters, struct count *scratch, struct err *err)
{
    struct rows r;
    if (from > to)
        return true;
    if (!db_query(s->db, SQL_FIG_SUMS, &r, err, V_INT(s->area), V_INT(q->basis), V_INT(q->basis == BASIS_MISSED ? 0 : q->place), V_INT(q->lead),
                  V_INT(span), V_INT(from), V_INT(to)))
        return false;
    while (rows_next(&r, err)) {
        size_t n = counts_unpack(rows_text(&r, 0), scratch);
        for (size_t i = 0; i < n; i++)
            counters[scratch[i].counter] += scratch[i].n;
    }
    return !r.has_failed;
}

/* Whole months from the first of a month that begins in the period; days before and after them. */
static bool
add_folded(struct sums *s, const struct sums_ask *q, int64_t *counters, struct err *err)
{
    struct count *scratch = arena_array(s->arena, struct count, COUNTERS);
    struct civil from = civil_of_day(q->from), end = civil_of_day(q->to + 1);
    int begins = from.year * 12 + from.month - 1 + (from.day > 1), ends = end.year * 12 + end.month - 1;
    if (begins >= ends)
        return add_spans(s, q, 0, q->from, q->to, counters, scratch, err);
    int32_t first = day_number(begins / 12, begins % 12 + 1, 1), after = day_number(ends / 12, ends % 12 + 1, 1);
    return add_spans(s, q, 0, q->from, first - 1, counters, scratch, err) && add_spans(s, q, 1, first, after - 1, counters, scratch, err) &&
           add_spans(s, q, 0, after, q->to, counters, scratch, err);
}

static int64_t *
folded(struct sums *s, const struct sums_ask *q, struct err *err)
{
    int64_t *counters = arena_array(s->arena, int64_t, COUNTERS);
    memset(counters, 0, COUNTERS * sizeof *counters);
    if (!add_folded(s, q, counters, err))
        return NULL;
    for (size_t i = 0; i < s->changes.n; i++)
        if (is_asked(q, &s->changes.p[i]))
            counters[s->changes.p[i].counter] += s->changes.p[i].n;
    return counters;
}

/* ---- counted anew ---- */

static int64_t *
recounted(struct sums *s, const struct sums_ask *q, struct err *err)
{
    int64_t *counters = arena_array(s->arena, int64_t, COUNTERS);
    bool is_opened = q->basis == BASIS_OPENED;
    struct rows r;
    memset(counters, 0, COUNTERS * sizeof *counters);
    if (q->basis == BASIS_MISSED) {
        counters[MISSED_DUTIES] = db_int(s->db, SQL_FIG_DUTIES_MISSED, DB_ARGS(V_INT(s->area), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)),
                                                                              V_INT(q->lead)), 0, err);
        return err->kind == ERR_NONE ? counters : NULL;
    }
    if (!db_query(s->db, is_opened ? SQL_FIG_RECOUNT_OPENED : SQL_FIG_RECOUNT_CLOSED, &r, err, V_INT(s->area),
                  V_INT(is_opened ? q->from : day_start(q->from)), V_INT(is_opened ? q->to : day_start(q->to + 1)), V_INT(q->place), V_INT(q->lead)))
        return NULL;
    while (rows_next(&r, err))
        for (int bit = 0; bit < SUM_BITS; bit++)
            if (rows_int(&r, 0) >> bit & 1)
                counters[bit] += rows_int(&r, 1);
    return r.has_failed ? NULL : counters;
}

static int64_t *
counters_of(struct sums *s, const struct sums_ask *q, struct err *err)
{
    return s->recounts ? recounted(s, q, err) : folded(s, q, err);
}

const int64_t *
sums_of(struct sums *s, const struct sums_ask *q, struct err *err)
{
    for (size_t i = 0; i < s->n_kept; i++) {
        const struct sums_ask *k = &s->kept[i].ask;
        if (k->basis == q->basis && k->from == q->from && k->to == q->to && k->place == q->place && k->lead == q->lead)
            return s->kept[i].counters;
    }
    const int64_t *counters = counters_of(s, q, err);
    if (counters && s->n_kept < KEPT_MAX)
        s->kept[s->n_kept++] = (struct kept){*q, counters};
    return counters;
}

/* ---- medians ---- */

struct values {
    int64_t *p;
    size_t n, cap;
};

static void
add_value(struct arena *a, struct values *list, int64_t v)
{
    if (list->n == list->cap) {
        int64_t *more = arena_array(a, int64_t, list->cap * 2 + 1024);
        if (list->n)
            memcpy(more, list->p, list->n * sizeof *more);
        list->p = more;
        list->cap = list->cap * 2 + 1024;
    }
    list->p[list->n++] = v;
}

static int
by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void
add_changed_values(struct arena *a, const struct parts *list, const struct sums_ask *q, int bucket, struct values *out)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct part *p = &list->p[i];
        bool is_opened = q->basis == BASIS_OPENED;
        struct change at = {.basis = q->basis, .place = p->place, .lead = p->lead, .day = is_opened ? p->day : day_of(p->closed_at)};
        int64_t v = is_opened ? p->seconds : p->minutes;
        if (v >= 0 && (is_opened || p->closed_at) && value_bucket(v) == bucket && is_asked(q, &at))
            add_value(a, out, v);
    }
}

/* The value at `rank` among those of one bucket. */
static bool
in_bucket(struct sums *s, const struct sums_ask *q, int bucket, int64_t rank, int64_t *value, struct err *err)
{
    struct values is = {0}, gone = {0};
    struct rows r;
    *value = bucket;
    if (bucket < EXACT_VALUES)
        return true;
    if (!db_query(s->db, SQL_FIG_SPREAD_VALUES, &r, err, V_INT(s->area), V_INT(q->basis), V_INT(bucket), V_INT(q->from), V_INT(q->to),
                  V_INT(q->place), V_INT(q->lead)))
        return false;
    while (rows_next(&r, err))
        add_value(s->arena, &is, rows_int(&r, 0));
    add_changed_values(s->arena, &s->now, q, bucket, &is);
    add_changed_values(s->arena, &s->was, q, bucket, &gone);
    if (is.n)
        qsort(is.p, is.n, sizeof *is.p, by_value);
    if (gone.n)
        qsort(gone.p, gone.n, sizeof *gone.p, by_value);
    for (size_t i = 0, g = 0; i < is.n; i++) {
        if (g < gone.n && gone.p[g] == is.p[i])
            g++;
        else if (rank-- == 0)
            *value = is.p[i];
    }
    return !r.has_failed;
}

static bool
at_rank(struct sums *s, const struct sums_ask *q, const int64_t *counters, int64_t rank, int64_t *value, struct err *err)
{
    int bucket = 0;
    while (bucket < BUCKETS - 1 && rank >= counters[SUM_BITS + bucket])
        rank -= counters[SUM_BITS + bucket++];
    return in_bucket(s, q, bucket, rank, value, err);
}

static bool
median_recounted(struct sums *s, const struct sums_ask *q, int64_t *n, int64_t *median, struct err *err)
{
    struct values list = {0};
    struct rows r;
    bool is_opened = q->basis == BASIS_OPENED;
    if (!db_query(s->db, is_opened ? SQL_FIG_ARRIVE_SECONDS : SQL_FIG_HOURS, &r, err, V_INT(s->area), V_INT(is_opened ? q->from : day_start(q->from)),
                  V_INT(is_opened ? q->to : day_start(q->to + 1)), V_INT(q->place), V_INT(q->lead)))
        return false;
    while (rows_next(&r, err))
        add_value(s->arena, &list, rows_int(&r, 0));
    *n = (int64_t)list.n;
    if (list.n)
        *median = list.n % 2 ? list.p[list.n / 2] : (list.p[list.n / 2 - 1] + list.p[list.n / 2]) / 2;
    return !r.has_failed;
}

bool
sums_median(struct sums *s, const struct sums_ask *q, int64_t *n, int64_t *median, struct err *err)
{
    int64_t low = 0, high = 0;
    *n = *median = 0;
    if (s->recounts)
        return median_recounted(s, q, n, median, err);
    const int64_t *counters = sums_of(s, q, err);
    if (!counters)
        return false;
    for (int i = 0; i < BUCKETS; i++)
        *n += counters[SUM_BITS + i];
    if (!*n)
        return true;
    if (!at_rank(s, q, counters, (*n - 1) / 2, &low, err) || (*n % 2 == 0 && !at_rank(s, q, counters, *n / 2, &high, err)))
        return false;
    *median = *n % 2 ? low : (low + high) / 2;
    return true;
}
