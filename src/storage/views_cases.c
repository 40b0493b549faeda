/* Case lists: the filter picks one way in that has an index. Words are searched elsewhere (search.c). */
#include <assert.h>
#include <stdlib.h>

#include "limits.h"
#include "rows_case.h"
#include "search.h"
#include "views.h"

struct way {
    enum sql_id rows, count;
    bool has_key;
    int64_t key_n;
    struct str key_t;
    bool is_text;
};

static struct way
way_in(const struct case_filter *f)
{
    if (f->sort == SORT_DUE || f->is_overdue)
        return (struct way){.rows = SQL_CASES_DUE, .count = SQL_CASES_DUE_COUNT};
    if (f->is_reopened)
        return (struct way){.rows = SQL_CASES_REOPENED, .count = SQL_CASES_REOPENED_COUNT};
    if (f->is_supervised)
        return (struct way){.rows = SQL_CASES_SUPERVISED, .count = SQL_CASES_SUPERVISED_COUNT};
    if (f->place)
        return (struct way){.rows = SQL_CASES_PLACE, .count = SQL_CASES_PLACE_COUNT, .has_key = true, .key_n = f->place};
    if (f->lead)
        return (struct way){.rows = SQL_CASES_LEAD, .count = SQL_CASES_LEAD_COUNT, .has_key = true, .key_n = f->lead};
    if (f->item.n)
        return (struct way){.rows = SQL_CASES_ITEM, .count = SQL_CASES_ITEM_COUNT, .has_key = true, .key_t = f->item, .is_text = true};
    if (f->state >= 0)
        return (struct way){.rows = SQL_CASES_STATE, .count = SQL_CASES_STATE_COUNT, .has_key = true, .key_n = f->state};
    return (struct way){.rows = SQL_CASES_NEWEST, .count = SQL_CASES_NEWEST_COUNT};
}

size_t
filter_args(const struct case_filter *f, struct value *v)
{
    int lo = f->state >= 0 ? f->state : f->state == -3 ? CASE_CLOSED : 0;
    int hi = f->state >= 0 ? f->state : f->state == -2 ? CASE_SUSPENDED : CASE_STATE_COUNT;
    size_t n = 0;
    v[n++] = V_INT(f->area);
    v[n++] = V_INT(lo);
    v[n++] = V_INT(hi);
    v[n++] = V_TEXT(f->item);
    v[n++] = V_INT(f->place);
    v[n++] = V_INT(f->lead);
    v[n++] = V_TEXT(f->source);
    v[n++] = V_INT(f->list);
    v[n++] = V_INT(f->is_overdue ? f->now : 0);
    v[n++] = V_INT(f->is_supervised);
    v[n++] = V_INT(f->is_reopened);
    v[n++] = V_INT(f->tier);
    v[n++] = V_INT(f->outcome);
    v[n++] = V_INT(f->from ? f->from : 0);
    v[n++] = V_INT(f->to ? f->to : INT32_MAX);
    size_t places = f->n_places;
    assert(places <= PLACES_MAX);
    v[n++] = V_INT(places > 0);
    for (size_t i = 0; i < PLACES_MAX; i++)
        v[n++] = V_INT(i < places ? f->places[i] : -1);
    v[n++] = V_INT(f->closed_from);
    v[n++] = V_INT(f->closed_from ? f->closed_to : 0);
    v[n++] = V_INT(f->figure);
    v[n++] = V_INT(f->from ? store_first_id(day_start(f->from)) : 0);
    return n;
}

static bool
read_rows(struct rows *r, struct arena *a, int64_t area, size_t limit, struct case_rows *out, struct err *err)
{
    struct case_row *list = arena_array(a, struct case_row, limit + 1);
    size_t n = 0;
    *out = (struct case_rows){.p = list};
    while (n <= limit && rows_next(r, err))
        read_case_columns(r, 0, area, a, &list[n++].c);
    rows_end(r);
    out->has_more = n > limit;
    out->n = out->has_more ? limit : n;
    return !r->has_failed;
}

static void
page_key(const struct case_filter *f, struct case_rows *out)
{
    if (!out->n)
        return;
    const struct case_file *last = &out->p[out->n - 1].c;
    bool by_due = f->sort == SORT_DUE || f->is_overdue;
    out->next_a = by_due ? last->main_due : last->id;
    out->next_b = by_due ? last->id : 0;
}

static struct way
way_of_list(const struct case_filter *f)
{
    struct way w = way_in(f);
    if (f->sort == SORT_OLDEST && w.rows == SQL_CASES_NEWEST)
        w.rows = SQL_CASES_OLDEST;
    return w;
}

static bool
list_some(struct db *db, struct arena *a, const struct case_filter *f, struct case_rows *out, struct err *err)
{
    struct value v[FILTER_ARGS + 4];
    size_t n = filter_args(f, v);
    struct way w = way_of_list(f);
    if (w.has_key)
        v[n++] = w.is_text ? V_TEXT(w.key_t) : V_INT(w.key_n);
    bool up = w.rows == SQL_CASES_DUE || w.rows == SQL_CASES_OLDEST;
    int64_t newest = f->to && f->to < INT32_MAX ? store_first_id(day_start(f->to + 2)) : INT64_MAX; /* the last day ends before */
    v[n++] = V_INT(f->after_a ? f->after_a : up ? 0 : newest);
    if (w.rows == SQL_CASES_DUE)
        v[n++] = V_INT(f->after_b);
    v[n++] = V_INT((int64_t)f->limit + 1);
    struct rows r;
    return db_query_n(db, w.rows, v, n, &r, err) && read_rows(&r, a, f->area, f->limit, out, err);
}

/* ---- More places than a statement takes: in portions, and merged ---- */

static int
newest_first(const void *a, const void *b)
{
    const struct case_row *x = a, *y = b;
    return x->c.id > y->c.id ? -1 : x->c.id < y->c.id;
}

static int
oldest_first(const void *a, const void *b)
{
    return newest_first(b, a);
}

static int
soonest_first(const void *a, const void *b)
{
    const struct case_row *x = a, *y = b;
    return x->c.main_due != y->c.main_due ? (x->c.main_due > y->c.main_due) - (x->c.main_due < y->c.main_due) : oldest_first(a, b);
}

static struct case_filter
portion_of(const struct case_filter *f, size_t at)
{
    struct case_filter some = *f;
    some.places = f->places + at;
    some.n_places = f->n_places - at < PLACES_MAX ? f->n_places - at : PLACES_MAX;
    return some;
}

static bool
list_portions(struct db *db, struct arena *a, const struct case_filter *f, struct case_rows *out, struct err *err)
{
    size_t portions = (f->n_places + PLACES_MAX - 1) / PLACES_MAX, n = 0;
    struct case_row *all = arena_array(a, struct case_row, portions * (f->limit + 1));
    enum sql_id way = way_of_list(f).rows;
    bool has_more = false;
    for (size_t at = 0; at < f->n_places; at += PLACES_MAX) {
        struct case_filter some = portion_of(f, at);
        struct case_rows rows;
        if (!list_some(db, a, &some, &rows, err))
            return false;
        for (size_t i = 0; i < rows.n; i++)
            all[n++] = rows.p[i];
        has_more |= rows.has_more;
    }
    qsort(all, n, sizeof *all, way == SQL_CASES_DUE ? soonest_first : way == SQL_CASES_OLDEST ? oldest_first : newest_first);
    *out = (struct case_rows){.p = all, .n = n < f->limit ? n : f->limit, .has_more = has_more || n > f->limit};
    return true;
}

bool
cases_list(struct db *db, struct keyring *k, struct arena *a, const struct case_filter *f, struct case_rows *out,
           struct err *err)
{
    if (f->q.n)
        return cases_search(db, k, a, f, out, err);
    bool ok = f->n_places > PLACES_MAX ? list_portions(db, a, f, out, err) : list_some(db, a, f, out, err);
    if (ok)
        page_key(f, out);
    return ok;
}

static bool
asks_for_states_only(const struct case_filter *f)
{
    return !f->item.n && !f->place && !f->n_places && !f->lead && !f->source.n && !f->list && !f->is_overdue &&
           !f->is_supervised && !f->is_reopened && !f->tier && !f->outcome && !f->from && (!f->to || f->to == INT32_MAX) &&
           !f->closed_from && !f->figure;
}

static int64_t
count_found(struct db *db, struct keyring *k, const struct case_filter *f, bool *is_cut, struct err *err)
{
    struct case_filter all = *f;
    struct case_rows rows;
    struct arena *a = arena_new();
    all.after_a = all.after_b = 0;
    all.is_counted = true;
    bool ok = cases_search(db, k, a, &all, &rows, err);
    *is_cut = ok && !rows.is_all;
    arena_free(a);
    return ok ? (int64_t)rows.found : 0;
}

static int64_t
count_some(struct db *db, const struct case_filter *f, struct err *err)
{
    struct value v[FILTER_ARGS + 1];
    size_t n = filter_args(f, v);
    if (asks_for_states_only(f))
        return db_int(db, SQL_CASES_ALL_COUNT, v, 3, 0, err); /* area and states come first */
    struct way w = way_in(f);
    if (w.has_key)
        v[n++] = w.is_text ? V_TEXT(w.key_t) : V_INT(w.key_n);
    return db_int(db, w.count, v, n, 0, err);
}

int64_t
cases_count(struct db *db, struct keyring *k, const struct case_filter *f, bool *is_cut, struct err *err)
{
    int64_t n = 0;
    bool unasked;
    is_cut = is_cut ? is_cut : &unasked;
    *is_cut = false;
    if (f->q.n)
        return count_found(db, k, f, is_cut, err);
    if (f->n_places <= PLACES_MAX)
        return count_some(db, f, err);
    for (size_t at = 0; at < f->n_places && n <= LIMIT_LIST_COUNT; at += PLACES_MAX) {
        struct case_filter some = portion_of(f, at);
        n += count_some(db, &some, err);
    }
    return n <= LIMIT_LIST_COUNT ? n : LIMIT_LIST_COUNT + 1;
}

bool
cases_done_by(struct db *db, struct arena *a, int64_t area, int64_t person, size_t limit, struct case_rows *out,
              struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_ACTED_ON, &r, err, V_INT(area), V_INT(person), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
cases_watched(struct db *db, struct arena *a, int64_t area, int64_t person, size_t limit, struct case_rows *out,
              struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_WATCHED, &r, err, V_INT(area), V_INT(person), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
case_is_watched(struct db *db, int64_t area, int64_t person, int64_t case_id)
{
    struct err err = {0};
    return db_int(db, SQL_WATCH_FIND, DB_ARGS(V_INT(area), V_INT(person), V_INT(case_id)), 0, &err) == 1;
}

bool
cases_similar(struct db *db, struct arena *a, int64_t area, int32_t place, struct str item, int64_t not_case, size_t limit,
              struct case_rows *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_SIMILAR_OPEN, &r, err, V_INT(area), V_INT(place), V_TEXT(item), V_INT(not_case),
                    V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
cases_prior(struct db *db, struct arena *a, int64_t area, int32_t place, struct str item, int64_t not_case, int32_t since,
            size_t limit, struct case_rows *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_PRIOR, &r, err, V_INT(area), V_INT(place), V_TEXT(item), V_INT(not_case), V_INT(since),
                    V_INT(store_first_id(day_start(since))), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
cases_hard(struct db *db, struct arena *a, int64_t area, size_t limit, struct case_rows *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_HARD, &r, err, V_INT(area), V_INT(DUTY_ASSIST), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
cases_untaken(struct db *db, struct arena *a, int64_t area, instant from, instant to, size_t limit, struct case_rows *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_UNTAKEN, &r, err, V_INT(area), V_INT(from), V_INT(to), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
cases_precedent(struct db *db, struct arena *a, int64_t area, struct str item, size_t limit, struct case_rows *out,
                struct err *err)
{
    struct rows r;
    return db_query(db, SQL_CASES_BINDING, &r, err, V_INT(area), V_TEXT(item), V_INT((int64_t)limit + 1)) &&
           read_rows(&r, a, area, limit, out, err);
}

bool
case_by_hotline_no(struct db *db, int64_t area, struct str hotline_no, int64_t *id, struct err *err)
{
    *id = db_int(db, SQL_CASE_ID_BY_HOTLINE, DB_ARGS(V_INT(area), V_TEXT(hotline_no)), 0, err);
    return err->kind == ERR_NONE;
}
