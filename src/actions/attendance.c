/* The roll: the posts that owe presence, what they owe in the terms of a span, and the check-ins on its days. */
#include "attendance.h"

#include <stdlib.h>

#include "routine_store.h"
#include "visit_store.h"

struct filling {
    struct db *db;
    struct arena *arena;
    const struct roll_ask *ask;
    struct roll *q;
    const struct routine *r; /* whose members are being added */
};

static int
by_posting(const void *x, const void *y)
{
    const struct roll_row *a = x, *b = y;
    return a->posting->id < b->posting->id ? -1 : a->posting->id > b->posting->id;
}

static struct roll_row *
find_row(const struct roll *q, int64_t posting)
{
    size_t lo = 0, hi = q->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (q->rows[mid].posting->id < posting)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < q->n && q->rows[lo].posting->id == posting ? &q->rows[lo] : NULL;
}

const struct roll_row *
roll_row_of(const struct roll *q, int64_t posting)
{
    return find_row(q, posting);
}

static bool
is_presence(const struct routine *r)
{
    return r->action == VISIT_PRESENCE && r->each == EACH_POST;
}

static bool
add_row(void *ctx, const struct routine_member *m)
{
    struct filling *f = ctx;
    struct roll *q = f->q;
    const struct registry *r = f->ask->area->registry;
    const struct place *within = f->ask->place;
    const struct posting *p = registry_posting(r, m->id);
    if (!p || (within && (!p->place || !place_within(r, p->place, within->id))))
        return true;
    for (size_t i = 0; i < q->n; i++) /* a post that another routine asks for as well has one row */
        if (q->rows[i].posting == p)
            return true;
    q->rows[q->n++] = (struct roll_row){.person = registry_person(r, p->person), .posting = p, .routine = f->r};
    return q->n < ROLL_ROWS_MAX;
}

static void
fill_rows(struct filling *f)
{
    const struct scheme *s = f->ask->area->scheme;
    struct roll *q = f->q;
    int32_t today = day_of(f->ask->now), day = q->to < today ? q->to : today;
    q->rows = arena_array(f->arena, struct roll_row, ROLL_ROWS_MAX);
    for (size_t i = 0; i < s->n_routines && q->n < ROLL_ROWS_MAX; i++) {
        f->r = &s->routines[i];
        if (!is_presence(f->r))
            continue;
        q->has_routines = true;
        routine_members(s, f->ask->area->registry, f->r, day < q->from ? q->from : day, add_row, f);
    }
    qsort(q->rows, q->n, sizeof *q->rows, by_posting);
    for (size_t i = 0; i < q->n; i++)
        q->rows[i].days = arena_array(f->arena, struct roll_day, (size_t)(q->to - q->from + 1));
}

static struct roll_day *
day_in(const struct roll *q, struct roll_row *row, int32_t day)
{
    return day < q->from || day > q->to ? NULL : &row->days[day - q->from];
}

/* ---- What is owed ---- */

static void
count_duty(const struct filling *f, struct roll_row *row, const struct duty *u)
{
    instant now = f->ask->now;
    bool is_over = u->missed_at || now >= u->due, is_behind = routine_is_behind(u, now);
    struct roll_day *d = row->routine->period == PERIOD_WEEK ? NULL : day_in(f->q, row, (int32_t)u->arg);
    if (u->end == END_VOID || u->end == END_SUPERSEDED)
        return;
    if (u->end == END_EXCUSED) {
        if (d)
            d->mark = MARK_EXCUSED;
        return;
    }
    row->required += u->need;
    row->is_behind |= is_behind;
    if (u->credited < u->need && (is_over || is_behind))
        row->short_of += u->need - u->credited;
    if (d && u->credited < u->need && u->arg <= day_of(now))
        d->mark = is_over ? MARK_MISSED : MARK_ABSENT;
}

static bool
fill_term(struct filling *f, const struct routine *r, const struct term *t, struct err *err)
{
    struct duty_list list;
    if (!routine_duties_of_term(f->db, f->arena, f->ask->area->id, routine_ref(r->code), t->from, -1, ROLL_ROWS_MAX, &list, err))
        return false;
    for (size_t k = 0; k < list.n; k++) {
        struct roll_row *row = find_row(f->q, list.p[k].subject);
        if (row && row->routine == r)
            count_duty(f, row, &list.p[k]);
    }
    return true;
}

static bool
fill_duties(struct filling *f, struct err *err)
{
    const struct scheme *s = f->ask->area->scheme;
    const struct roll *q = f->q;
    for (size_t i = 0; i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        struct term t;
        for (int32_t d = q->from; is_presence(r) && d <= q->to; d++) {
            if (!routine_term_of(&s->calendar, r, d, &t) || (t.from < d && d > q->from))
                continue; /* once for each term */
            if (t.from < q->from && f->ask->is_month)
                continue;
            if (!fill_term(f, r, &t, err))
                return false;
        }
    }
    return true;
}

/* ---- Who came ---- */

static void
mark_came(struct filling *f, struct roll_row *row, const struct presence *p)
{
    struct roll_day *d = day_in(f->q, row, day_of(p->came_at));
    if (!d || d->mark == MARK_CAME)
        return;
    row->came++;
    *d = (struct roll_day){.mark = MARK_CAME, .came_at = p->came_at, .grade = p->grade, .visit = p->visit};
}

static bool
fill_presences(struct filling *f, struct err *err)
{
    const struct registry *r = f->ask->area->registry;
    struct presences all;
    if (!presences_between(f->db, f->arena, f->ask->area->id, VISIT_PRESENCE, day_start(f->q->from), day_start(f->q->to + 1), &all, err))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        const struct posting *list[ACTOR_POSTINGS_MAX];
        const struct presence *p = &all.p[i];
        size_t n = registry_postings(r, p->person, day_of(p->came_at), list, ACTOR_POSTINGS_MAX);
        for (size_t k = 0; k < n; k++) {
            struct roll_row *row = find_row(f->q, list[k]->id);
            if (row && (!list[k]->place || place_within(r, p->place, list[k]->place)))
                mark_came(f, row, p);
        }
    }
    return true;
}

static void
fill_rest(struct filling *f)
{
    const struct area *area = f->ask->area;
    struct roll *q = f->q;
    for (int32_t d = q->from; d <= q->to; d++) {
        bool is_off = !is_working_day(&area->scheme->calendar, d, NULL);
        for (size_t i = 0; i < q->n; i++) {
            struct roll_day *day = day_in(q, &q->rows[i], d);
            if (day->mark == MARK_NONE)
                day->mark = on_leave(area->registry, q->rows[i].person->id, d) ? MARK_LEAVE : is_off ? MARK_OFF : MARK_NONE;
        }
    }
}

bool
attendance_roll(struct db *db, struct arena *a, const struct roll_ask *ask, struct roll *out, struct err *err)
{
    *out = (struct roll){.from = ask->from, .to = ask->to};
    struct filling f = {.db = db, .arena = a, .ask = ask, .q = out};
    fill_rows(&f);
    if (!fill_duties(&f, err) || !fill_presences(&f, err))
        return false;
    fill_rest(&f);
    return true;
}
