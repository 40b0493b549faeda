/* What is folded against the cases it came from: for ledger replay. */
#include <stdlib.h>

#include "figures_fold.h"
#include "figures_part.h"

enum { PAGE = 1024, MONTHS_MAX = 3 * 12 * 80 };

struct month {
    enum figure_basis basis;
    int32_t first;
    int64_t *counters;
};
struct check {
    struct db *db;
    struct arena *arena, *page; /* page: of one page of cases */
    int64_t area;
    struct parts waiting; /* marked: they may differ */
    struct month *months;
    size_t n_months;
    struct str first; /* difference, in words */
};

static void
differ(struct check *k, const char *words)
{
    if (!k->first.n)
        k->first = str_of(words);
}

static int32_t
month_start(int32_t day)
{
    struct civil c = civil_of_day(day);
    return day_number(c.year, c.month, 1);
}

static int64_t *
counters_of(struct check *k, enum figure_basis basis, int32_t first)
{
    for (size_t i = k->n_months; i-- > 0;)
        if (k->months[i].basis == basis && k->months[i].first == first)
            return k->months[i].counters;
    if (k->n_months == MONTHS_MAX) {
        differ(k, "figures of more months than there can be");
        return k->months[0].counters;
    }
    struct month *m = &k->months[k->n_months++];
    *m = (struct month){basis, first, arena_array(k->arena, int64_t, COUNTERS)};
    memset(m->counters, 0, COUNTERS * sizeof *m->counters);
    return m->counters;
}

static void
add_up(struct check *k, const struct part *p)
{
    struct changes list = {0};
    part_changes(p, 1, k->page, &list);
    for (size_t i = 0; i < list.n; i++)
        counters_of(k, list.p[i].basis, month_start(list.p[i].day))[list.p[i].counter] += list.p[i].n;
}

static bool
read_page(struct check *k, int64_t after, int64_t last, struct parts *now, struct parts *was, struct err *err)
{
    struct value area = V_INT(k->area), lo = V_INT(after), hi = V_INT(last);
    struct rows r, missed, kept;
    return db_query(k->db, SQL_FIG_PART_NOW, &r, err, area, lo, hi) && parts_read_now(&r, k->page, now, err) &&
           db_query(k->db, SQL_FIG_PART_MISSED, &missed, err, area, lo, hi) && parts_add_missed(&missed, k->page, now, err) &&
           db_query(k->db, SQL_FIG_PART_WAS, &kept, err, area, lo, hi) && parts_read_kept(&kept, k->page, was, err);
}

static bool
check_page(struct check *k, int64_t after, int64_t last, struct err *err)
{
    struct parts now, was;
    if (!read_page(k, after, last, &now, &was, err))
        return false;
    for (size_t i = 0; i < now.n; i++) {
        const struct part *old = part_find(&was, now.p[i].id);
        if ((!old || !part_same(old, &now.p[i])) && !part_find(&k->waiting, now.p[i].id))
            differ(k, arena_printf(k->arena, "what case %lld counts in the figures", (long long)now.p[i].id));
    }
    for (size_t i = 0; i < was.n; i++) {
        if (!part_find(&now, was.p[i].id))
            differ(k, arena_printf(k->arena, "a figure counts case %lld, which is not there", (long long)was.p[i].id));
        add_up(k, &was.p[i]);
    }
    return true;
}

static bool
check_cases(struct check *k, struct err *err)
{
    for (int64_t after = 0, n = PAGE; n == PAGE;) {
        struct rows r;
        if (!db_query(k->db, SQL_FIG_PAGE_END, &r, err, V_INT(k->area), V_INT(after), V_INT(PAGE)))
            return false;
        bool has = rows_next(&r, err);
        int64_t last = has && !rows_null(&r, 0) ? rows_int(&r, 0) : after;
        n = has ? rows_int(&r, 1) : 0;
        rows_end(&r);
        if (r.has_failed || (n && !check_page(k, after, last, err)))
            return false;
        after = last;
        arena_reset(k->page);
    }
    return true;
}

/* The row of the month, and those of its days together. */
static bool
check_month(struct check *k, const struct month *m, int span, struct err *err)
{
    struct rows r;
    int32_t last = month_start(m->first + 31) - 1;
    int64_t *found = arena_array(k->page, int64_t, COUNTERS);
    struct count *list = arena_array(k->page, struct count, COUNTERS);
    memset(found, 0, COUNTERS * sizeof *found);
    if (!db_query(k->db, SQL_FIG_SUMS, &r, err, V_INT(k->area), V_INT(m->basis), V_INT(0), V_INT(0), V_INT(span), V_INT(m->first), V_INT(last)))
        return false;
    while (rows_next(&r, err)) {
        size_t n = counts_unpack(rows_text(&r, 0), list);
        for (size_t i = 0; i < n; i++)
            found[list[i].counter] += list[i].n;
    }
    struct civil c = civil_of_day(m->first);
    if (memcmp(found, m->counters, COUNTERS * sizeof *found) != 0)
        differ(k, arena_printf(k->arena, "the figures of %d-%02d by %s", c.year, c.month, span ? "month" : "day"));
    arena_reset(k->page);
    return !r.has_failed;
}

struct str
figures_check(struct db *db, struct arena *a, int64_t area, struct err *err)
{
    struct check k = {.db = db, .arena = a, .page = arena_new(), .area = area, .first = STR("")};
    struct rows r;
    k.months = arena_array(a, struct month, MONTHS_MAX);
    if (!db_read_begin(db, err)) {
        arena_free(k.page);
        return k.first;
    }
    bool ok = db_int(db, SQL_FIG_IS_READY, DB_ARGS(V_INT(area)), 0, err) != 0 && db_query(db, SQL_FIG_PART_NOW_MARKED, &r, err, V_INT(area)) &&
              parts_read_now(&r, a, &k.waiting, err) && check_cases(&k, err);
    for (size_t i = 0; ok && i < k.n_months; i++)
        ok = check_month(&k, &k.months[i], 0, err) && check_month(&k, &k.months[i], 1, err);
    db_read_end(db);
    arena_free(k.page);
    return k.first;
}
