#include <stdlib.h>

#include "multiply.h"

struct entry { /* a case, or a missed duty: then `day` and `lead` (whose it was) alone count */
    int64_t id;
    int32_t place, lead, day, closed_day, opened, closed, minutes, seconds;
};
struct entries {
    struct entry *p;
    size_t n, cap;
};

struct sums_book {
    int64_t area;
    struct entries cases, missed;
    struct bulk *to;
    int64_t counters[COUNTERS]; /* of the row that is being added up */
    int touched[COUNTERS], n_touched;
    int table;
};

static enum figure_basis sort_basis; /* of the comparisons below */

struct sums_book *
sums_book_new(int64_t area)
{
    struct sums_book *s = xcalloc(1, sizeof *s);
    s->area = area;
    return s;
}

static void
add_entry(struct entries *list, struct entry e)
{
    if (list->n == list->cap)
        list->p = xrealloc(list->p, (list->cap = list->cap * 2 + 4096) * sizeof *list->p);
    list->p[list->n++] = e;
}

void
sums_book_add(struct sums_book *s, const struct part *p)
{
    add_entry(&s->cases, (struct entry){.id = p->id, .place = p->place, .lead = p->lead, .day = p->day, .closed_day = p->closed_at ? day_of(p->closed_at) : 0,
                                        .opened = (int32_t)p->opened, .closed = (int32_t)p->closed, .minutes = (int32_t)p->minutes,
                                        .seconds = (int32_t)p->seconds});
    for (size_t i = 0; i < p->n_missed; i++)
        add_entry(&s->missed, (struct entry){.lead = p->missed[i].org, .day = p->missed[i].day});
}

/* ---- one row ---- */

static void
count(struct sums_book *s, int counter)
{
    if (!s->counters[counter]++)
        s->touched[s->n_touched++] = counter;
}

static void
count_entry(struct sums_book *s, enum figure_basis basis, const struct entry *e)
{
    if (basis == BASIS_MISSED) {
        count(s, MISSED_DUTIES);
        return;
    }
    for (uint32_t bits = (uint32_t)(basis == BASIS_OPENED ? e->opened : e->closed); bits; bits &= bits - 1)
        count(s, __builtin_ctz(bits));
    int32_t value = basis == BASIS_OPENED ? e->seconds : e->minutes;
    if (value >= 0)
        count(s, SUM_BITS + value_bucket(value));
}

static int
by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void
write_row(struct sums_book *s, enum figure_basis basis, int32_t place, int32_t lead, int span, int32_t day)
{
    static struct count list[COUNTERS];
    struct buf packed = {0};
    qsort(s->touched, (size_t)s->n_touched, sizeof s->touched[0], by_number);
    for (int i = 0; i < s->n_touched; i++) {
        list[i] = (struct count){s->touched[i], s->counters[s->touched[i]]};
        s->counters[s->touched[i]] = 0;
    }
    counts_pack(list, (size_t)s->n_touched, &packed);
    bulk_row(s->to, s->table, (struct value[]){V_INT(s->area), V_INT(basis), V_INT(place), V_INT(lead), V_INT(span), V_INT(day), V_BLOB(buf_view(&packed))});
    buf_release(&packed);
    s->n_touched = 0;
}

/* ---- all rows of a place and a lead: days, then months ---- */

static int32_t
day_in(enum figure_basis basis, const struct entry *e)
{
    return basis == BASIS_CLOSED ? e->closed_day : e->day;
}

static int32_t
month_start(int32_t day)
{
    static int32_t last, start; /* sorted days ask for the same month again and again */
    if (day == last)
        return start;
    struct civil c = civil_of_day(day);
    last = day;
    return start = day_number(c.year, c.month, 1);
}

static void
write_span(struct sums_book *s, enum figure_basis basis, int32_t place, int32_t lead, int span, const struct entry *p, size_t n)
{
    int32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t day = day_in(basis, &p[i]);
        day = span ? month_start(day) : day;
        if (i && day != at)
            write_row(s, basis, place, lead, span, at);
        at = day;
        count_entry(s, basis, &p[i]);
    }
    if (n)
        write_row(s, basis, place, lead, span, at);
}

static int
by_day(const void *a, const void *b)
{
    return day_in(sort_basis, a) - day_in(sort_basis, b);
}

static int
by_lead(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->lead != y->lead ? x->lead - y->lead : by_day(a, b);
}

static int
by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->place - y->place;
}

static void
write_place(struct sums_book *s, enum figure_basis basis, int32_t place, struct entry *p, size_t n)
{
    qsort(p, n, sizeof *p, by_day);
    for (int span = 0; span < 2; span++)
        write_span(s, basis, place, 0, span, p, n);
    qsort(p, n, sizeof *p, by_lead);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && p[k].lead == p[i].lead;)
            k++;
        for (int span = 0; p[i].lead && span < 2; span++)
            write_span(s, basis, place, p[i].lead, span, p + i, k - i);
    }
}

static void
write_basis(struct sums_book *s, enum figure_basis basis, struct entry *p, size_t n)
{
    sort_basis = basis;
    if (n)
        write_place(s, basis, 0, p, n);
    if (!n || basis == BASIS_MISSED)
        return;
    qsort(p, n, sizeof *p, by_place);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && p[k].place == p[i].place;)
            k++;
        if (p[i].place)
            write_place(s, basis, p[i].place, p + i, k - i);
    }
}

/* ---- the values behind medians ---- */

static int32_t
value_in(enum figure_basis basis, const struct entry *e)
{
    return basis == BASIS_OPENED ? e->seconds : e->minutes;
}

static int
by_value(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int u = value_bucket(value_in(sort_basis, x)), v = value_bucket(value_in(sort_basis, y)), day = day_in(sort_basis, x) - day_in(sort_basis, y);
    int value = value_in(sort_basis, x) - value_in(sort_basis, y);
    return u != v ? u - v : day ? day : value ? value : (x->id > y->id) - (x->id < y->id);
}

static void
write_values(struct sums_book *s, enum figure_basis basis, struct entry *p, size_t n)
{
    int table = bulk_table("figure_spread");
    sort_basis = basis;
    qsort(p, n, sizeof *p, by_value);
    for (size_t i = 0; i < n; i++) {
        int32_t v = value_in(basis, &p[i]);
        if (v >= EXACT_VALUES)
            bulk_row(s->to, table, (struct value[]){V_INT(s->area), V_INT(basis), V_INT(value_bucket(v)), V_INT(day_in(basis, &p[i])), V_INT(v),
                                                    V_INT(p[i].id), V_INT(p[i].place), V_INT(p[i].lead)});
    }
}

/* Those that have ended come first afterwards; how many. */
static size_t
ended_first(struct entry *p, size_t n)
{
    size_t ended = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i].closed_day) {
            struct entry e = p[ended];
            p[ended++] = p[i];
            p[i] = e;
        }
    return ended;
}

void
sums_book_write(struct sums_book *s, struct bulk *to)
{
    s->to = to;
    s->table = bulk_table("figure_sum");
    struct entry *p = s->cases.p;
    write_basis(s, BASIS_OPENED, p, s->cases.n);
    write_values(s, BASIS_OPENED, p, s->cases.n);
    size_t ended = ended_first(p, s->cases.n);
    write_basis(s, BASIS_CLOSED, p, ended);
    write_values(s, BASIS_CLOSED, p, ended);
    write_basis(s, BASIS_MISSED, s->missed.p, s->missed.n);
    free(s->cases.p);
    free(s->missed.p);
    free(s);
}
