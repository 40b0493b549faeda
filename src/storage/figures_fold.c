#include "figures_fold.h"

#include <stdlib.h>

#include "figures_part.h"

enum { PAGE = 256 /* cases a step, where none has been folded yet */, MARKED = 48 /* marked cases a step */, SPAN_DAY = 0, SPAN_MONTH = 1 };

bool
figures_mark(struct db *db, int64_t area, int64_t case_id, int64_t mark, struct err *err)
{
    return db_exec(db, SQL_FIG_MARK, err, V_INT(area), V_INT(case_id), V_INT(mark));
}

bool
figures_mark_round(struct db *db, int64_t area, int32_t place, int64_t at, int64_t mark, struct err *err)
{
    return db_exec(db, SQL_FIG_MARK_ROUND, err, V_INT(area), V_INT(place), V_INT(at), V_INT(mark), V_INT(store_first_id(at)));
}

/* ---- one step ---- */

struct fold {
    struct db *db;
    struct arena *arena;
    int64_t area;
    struct changes changes;
    int64_t *ids; /* cases to look at */
    size_t n_ids, cap_ids;
    struct err *err;
};

static bool
spread_put(struct fold *f, enum figure_basis basis, const struct part *p, bool is_there)
{
    bool is_opened = basis == BASIS_OPENED;
    int64_t v = is_opened ? p->seconds : p->minutes;
    int32_t day = is_opened ? p->day : day_of(p->closed_at);
    if (v < 0 || v < EXACT_VALUES || (!is_opened && !p->closed_at)) /* a bucket of its own needs no list */
        return true;
    return is_there ? db_exec(f->db, SQL_FIG_SPREAD_ADD, f->err, V_INT(f->area), V_INT(basis), V_INT(value_bucket(v)), V_INT(day), V_INT(v),
                              V_INT(p->id), V_INT(p->place), V_INT(p->lead))
                    : db_exec(f->db, SQL_FIG_SPREAD_DROP, f->err, V_INT(f->area), V_INT(basis), V_INT(value_bucket(v)), V_INT(day), V_INT(v), V_INT(p->id));
}

static bool
keep_part(struct fold *f, const struct part *p)
{
    struct buf missed = {0};
    part_pack_missed(p, &missed);
    bool ok = db_exec(f->db, SQL_FIG_PART_KEEP, f->err, V_INT(f->area), V_INT(p->id), V_INT(p->day), V_INT(p->place), V_INT(p->lead), V_INT(p->closed_at),
                      V_INT(p->opened), V_INT(p->closed), V_INT(p->minutes), V_INT(p->seconds), V_BLOB(buf_view(&missed)));
    buf_release(&missed);
    return ok;
}

static bool
fold_part(struct fold *f, const struct part *was, const struct part *now)
{
    if (was && part_same(was, now))
        return true;
    if (was)
        part_changes(was, -1, f->arena, &f->changes);
    part_changes(now, 1, f->arena, &f->changes);
    return keep_part(f, now) &&
           (!was || (spread_put(f, BASIS_OPENED, was, false) && spread_put(f, BASIS_CLOSED, was, false))) &&
           spread_put(f, BASIS_OPENED, now, true) && spread_put(f, BASIS_CLOSED, now, true);
}

/* Cases of (after, last]: their marks first, then the cases themselves. */
static bool
fold_range(struct fold *f, int64_t after, int64_t last)
{
    struct value area = V_INT(f->area), lo = V_INT(after), hi = V_INT(last);
    struct parts now, was;
    struct rows r, missed, kept;
    if (!db_exec(f->db, SQL_FIG_UNMARK, f->err, area, lo, hi) || !db_query(f->db, SQL_FIG_PART_NOW, &r, f->err, area, lo, hi) ||
        !parts_read_now(&r, f->arena, &now, f->err) || !db_query(f->db, SQL_FIG_PART_MISSED, &missed, f->err, area, lo, hi) ||
        !parts_add_missed(&missed, f->arena, &now, f->err) || !db_query(f->db, SQL_FIG_PART_WAS, &kept, f->err, area, lo, hi) ||
        !parts_read_kept(&kept, f->arena, &was, f->err))
        return false;
    for (size_t i = 0; i < now.n; i++)
        if (!fold_part(f, part_find(&was, now.p[i].id), &now.p[i]))
            return false;
    return true;
}

static bool
take_ids(struct fold *f, struct rows *r)
{
    while (rows_next(r, f->err)) {
        if (f->n_ids == f->cap_ids) {
            int64_t *more = arena_array(f->arena, int64_t, f->cap_ids * 2 + 256);
            if (f->n_ids)
                memcpy(more, f->ids, f->n_ids * sizeof *more);
            f->ids = more;
            f->cap_ids = f->cap_ids * 2 + 256;
        }
        f->ids[f->n_ids++] = rows_int(r, 0);
    }
    return !r->has_failed;
}

/* Those registered after a marked one, as its repetition. */
static bool
take_later(struct fold *f, size_t n_marked)
{
    for (size_t i = 0; i < n_marked; i++) {
        struct rows r;
        if (!db_query(f->db, SQL_FIG_LATER_IDS, &r, f->err, V_INT(f->area), V_INT(f->ids[i])) || !take_ids(f, &r))
            return false;
    }
    return true;
}

static bool
unmark(struct fold *f, size_t n_marked)
{
    for (size_t i = 0; i < n_marked; i++)
        if (!db_exec(f->db, SQL_FIG_UNMARK, f->err, V_INT(f->area), V_INT(f->ids[i] - 1), V_INT(f->ids[i])))
            return false;
    return true;
}

struct round_mark {
    int64_t place, at, mark, first_id;
};

static size_t
read_rounds(struct fold *f, struct round_mark *out, size_t max)
{
    struct rows r;
    size_t n = 0;
    if (!db_query(f->db, SQL_FIG_MARKED_ROUNDS, &r, f->err, V_INT(f->area)))
        return 0;
    while (n < max && rows_next(&r, f->err))
        out[n++] = (struct round_mark){rows_int(&r, 0), rows_int(&r, 1), rows_int(&r, 2), rows_int(&r, 3)};
    rows_end(&r);
    return n;
}

static bool
take_seen(struct fold *f, const struct round_mark *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct rows r;
        if (!db_exec(f->db, SQL_FIG_UNMARK_ROUND, f->err, V_INT(f->area), V_INT(list[i].place), V_INT(list[i].at), V_INT(list[i].mark)) ||
            !db_query(f->db, SQL_FIG_SEEN_IDS, &r, f->err, V_INT(f->area), V_INT(list[i].place), V_INT(list[i].first_id), V_INT(list[i].at)) ||
            !take_ids(f, &r))
            return false;
    }
    return true;
}

static int
by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool
fold_marked(struct fold *f, bool *is_done)
{
    struct round_mark rounds[16];
    struct rows r;
    if (!db_query(f->db, SQL_FIG_MARKED_IDS, &r, f->err, V_INT(f->area), V_INT(MARKED)) || !take_ids(f, &r))
        return false;
    size_t n_marked = f->n_ids, n_rounds = read_rounds(f, rounds, sizeof rounds / sizeof *rounds);
    *is_done = n_marked < MARKED && n_rounds < sizeof rounds / sizeof *rounds;
    if (f->err->kind || !unmark(f, n_marked) || !take_later(f, n_marked) || !take_seen(f, rounds, n_rounds))
        return false;
    if (f->n_ids)
        qsort(f->ids, f->n_ids, sizeof f->ids[0], by_id);
    for (size_t i = 0; i < f->n_ids; i++)
        if ((!i || f->ids[i] != f->ids[i - 1]) && !fold_range(f, f->ids[i] - 1, f->ids[i]))
            return false;
    return true;
}

static bool
fold_page(struct fold *f, int64_t upto)
{
    struct rows r;
    if (!db_query(f->db, SQL_FIG_PAGE_END, &r, f->err, V_INT(f->area), V_INT(upto), V_INT(PAGE)))
        return false;
    bool has = rows_next(&r, f->err);
    int64_t last = has && !rows_null(&r, 0) ? rows_int(&r, 0) : upto, n = has ? rows_int(&r, 1) : 0;
    rows_end(&r);
    return !r.has_failed && (!n || fold_range(f, upto, last)) &&
           db_exec(f->db, SQL_FIG_TURN_KEEP, f->err, V_INT(last), V_INT(n < PAGE), V_INT(f->area));
}

/* ---- sums ---- */

struct cell { /* of one row of figure_sum */
    int32_t basis, place, lead, span, day, counter;
    int64_t n;
};

static int
by_cell(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    const int32_t p[] = {x->basis, x->place, x->lead, x->span, x->day, x->counter}, q[] = {y->basis, y->place, y->lead, y->span, y->day, y->counter};
    for (int i = 0; i < 6; i++)
        if (p[i] != q[i])
            return p[i] < q[i] ? -1 : 1;
    return 0;
}

static bool
same_row(const struct cell *x, const struct cell *y)
{
    return x->basis == y->basis && x->place == y->place && x->lead == y->lead && x->span == y->span && x->day == y->day;
}

static int32_t
month_start(int32_t day)
{
    struct civil c = civil_of_day(day);
    return day_number(c.year, c.month, 1);
}

/* Each change in all the rows that hold it; equal cells added up. */
static size_t
cells_of(struct arena *a, const struct changes *list, struct cell **out)
{
    struct cell *all = arena_array(a, struct cell, list->n * 8 + 1);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct change *c = &list->p[i];
        for (int which = 0; which < 8; which++) {
            bool has_place = which & 1, has_lead = which & 2, is_month = which & 4;
            if ((has_place && !c->place) || (has_lead && !c->lead))
                continue;
            all[n++] = (struct cell){.basis = (int32_t)c->basis, .place = has_place ? c->place : 0, .lead = has_lead ? c->lead : 0,
                                     .span = is_month ? SPAN_MONTH : SPAN_DAY, .day = is_month ? month_start(c->day) : c->day,
                                     .counter = c->counter, .n = c->n};
        }
    }
    qsort(all, n, sizeof *all, by_cell);
    for (size_t i = 0; i < n; i++)
        if (kept && by_cell(&all[kept - 1], &all[i]) == 0)
            all[kept - 1].n += all[i].n;
        else
            all[kept++] = all[i];
    *out = all;
    return kept;
}

static size_t
merged(const struct count *old, size_t n_old, const struct cell *cells, size_t n, struct count *out)
{
    size_t i = 0, k = 0, n_out = 0;
    while (i < n_old || k < n) {
        struct count c;
        if (k == n || (i < n_old && old[i].counter < cells[k].counter))
            c = old[i++];
        else if (i == n_old || cells[k].counter < old[i].counter) {
            c = (struct count){cells[k].counter, cells[k].n};
            k++;
        } else {
            c = (struct count){cells[k].counter, old[i].n + cells[k].n};
            i++;
            k++;
        }
        if (c.n)
            out[n_out++] = c;
    }
    return n_out;
}

static bool
add_to_row(struct fold *f, const struct cell *cells, size_t n, struct count *old, struct count *sum)
{
    struct rows r;
    struct value area = V_INT(f->area), basis = V_INT(cells->basis), place = V_INT(cells->place), lead = V_INT(cells->lead),
                 span = V_INT(cells->span), day = V_INT(cells->day);
    if (!db_query(f->db, SQL_FIG_SUMS, &r, f->err, area, basis, place, lead, span, day, day))
        return false;
    size_t n_old = rows_next(&r, f->err) ? counts_unpack(rows_text(&r, 0), old) : 0;
    rows_end(&r);
    if (r.has_failed)
        return false;
    struct buf packed = {0};
    counts_pack(sum, merged(old, n_old, cells, n, sum), &packed);
    bool ok = db_exec(f->db, SQL_FIG_SUMS_KEEP, f->err, area, basis, place, lead, span, day, V_BLOB(buf_view(&packed)));
    buf_release(&packed);
    return ok;
}

static bool
add_changes(struct fold *f)
{
    struct cell *cells;
    size_t n = cells_of(f->arena, &f->changes, &cells);
    struct count *old = arena_array(f->arena, struct count, COUNTERS), *sum = arena_array(f->arena, struct count, COUNTERS);
    for (size_t i = 0, k; i < n; i = k) {
        bool changes = false;
        for (k = i; k < n && same_row(&cells[i], &cells[k]); k++)
            changes |= cells[k].n != 0;
        if (changes && !add_to_row(f, &cells[i], k - i, old, sum))
            return false;
    }
    return true;
}

static bool
fold_step(struct db *db, struct arena *a, int64_t area, bool *is_done, struct err *err)
{
    struct fold *f = arena_new_of(a, struct fold);
    struct rows r;
    *f = (struct fold){.db = db, .arena = a, .area = area, .err = err};
    if (!db_query(db, SQL_FIG_TURN, &r, err, V_INT(area)))
        return false;
    bool has = rows_next(&r, err);
    int64_t upto = has ? rows_int(&r, 0) : 0;
    bool is_ready = has && rows_int(&r, 1);
    rows_end(&r);
    *is_done = false;
    return !r.has_failed && (is_ready ? fold_marked(f, is_done) : fold_page(f, upto)) && add_changes(f);
}

/* ---- steps as write jobs ---- */

struct fold_job {
    struct job job;
    int64_t area;
    bool is_done;
};

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct fold_job *j = (struct fold_job *)job;
    struct arena *a = arena_new();
    bool ok = fold_step(db, a, j->area, &j->is_done, err);
    arena_free(a);
    return ok;
}

static void
done(struct job *job)
{
    (void)job;
}

bool
figures_wait(struct db *db, int64_t area, struct err *err)
{
    return db_int(db, SQL_FIG_IS_READY, DB_ARGS(V_INT(area)), 0, err) == 0 || db_int(db, SQL_FIG_MARKS_ANY, DB_ARGS(V_INT(area)), 0, err) > 0;
}

bool
figures_fold(struct store *store, int64_t area, int steps, bool *is_done, struct err *err)
{
    *is_done = false;
    for (int i = 0; i < steps && !*is_done; i++) {
        struct fold_job j = {.job = {.apply = apply, .done = done}, .area = area};
        if (!store_run(store, &j.job, err))
            return false;
        *is_done = j.is_done;
    }
    return true;
}
