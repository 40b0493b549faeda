/* The moments of an area's day. At midnight the posts are looked at, on the first of a month the sector chief hands over (BG-03), the
 * coming terms of routines (K1–K17) become duties and what was missed is reported; at the hours that the scheme names, who is behind is
 * reminded. Every moment may run twice: duties are unique, and the clock row moves on in the transaction that tells. */
#include "run_routines.h"

#include <stdlib.h>

#include "posts.h"
#include "registry_store.h"

enum { AHEAD_DAYS = 7, DAY_MS = 24 * 3600 * 1000, NAMES_SHOWN = 5, PAGE = 2000 };

struct work { /* one write: a batch, and the clock when it is the last */
    struct action base;
    struct caller who;
    struct routine_batch batch;
    bool (*save)(struct db *db, struct routine_batch *b, struct err *err);
    const struct notice *notices;
    size_t n_notices;
    instant clock; /* 0 = stays */
    int64_t registry_seq, scheme;
};

struct run {
    struct app *app;
    const struct area *area;
    struct arena *arena;
    instant at;
    int32_t day;
    int64_t registry_seq, scheme; /* what the members were last taken from */
    bool is_thorough;     /* members may be others than those planned for: look at every term, not only at the one that is new */
    struct err *err;
};

static bool
nothing_to_read(struct action *a, struct db *db, struct err *err)
{
    (void)a, (void)db, (void)err;
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct work *w = (struct work *)a;
    int64_t area = a->who->area->id;
    if (w->save && !w->save(db, &w->batch, err))
        return false;
    if (w->n_notices && !routine_tell_save(db, &w->batch, w->notices, w->n_notices, err))
        return false;
    return !w->clock || db_exec(db, SQL_ROUTINE_CLOCK_SET, err, V_INT(area), V_INT(w->clock), V_INT(w->registry_seq), V_INT(w->scheme));
}

static bool
write(struct run *q, struct work *w)
{
    w->who = (struct caller){.area = q->area};
    w->base = (struct action){.app = q->app, .who = &w->who, .arena = q->arena, .prepare = nothing_to_read, .apply = apply};
    w->batch.store = app_store(q->app);
    w->batch.keys = app_keys(q->app);
    w->batch.area = q->area->id;
    w->batch.at = q->at;
    w->batch.scheme = q->area->scheme->version;
    return action_wait(&w->base, q->err);
}

static bool
write_all(struct run *q, const struct routine *r, struct duty *list, size_t n,
          bool (*save)(struct db *db, struct routine_batch *b, struct err *err))
{
    for (size_t at = 0; at < n; at += ROUTINE_BATCH) {
        struct work w = {.save = save, .batch = {.routine = r->code, .duties = list + at, .n = n - at < ROUTINE_BATCH ? n - at : ROUTINE_BATCH}};
        if (!write(q, &w))
            return false;
    }
    return true;
}

/* ---- terms become duties ---- */

struct members {
    struct run *q;
    struct routine_member *p;
    size_t n, cap;
};

static bool
add_member(void *ctx, const struct routine_member *m)
{
    struct members *all = ctx;
    if (all->n == all->cap) {
        size_t cap = all->cap ? all->cap * 2 : 64;
        struct routine_member *more = arena_array(all->q->arena, struct routine_member, cap);
        if (all->n)
            memcpy(more, all->p, all->n * sizeof *more);
        all->p = more;
        all->cap = cap;
    }
    all->p[all->n++] = *m;
    return true;
}

static int
by_member(const void *x, const void *y)
{
    const struct routine_member *a = x, *b = y;
    return a->id < b->id ? -1 : a->id > b->id;
}

static const struct routine_member *
find_member(const struct members *all, int64_t id)
{
    struct routine_member key = {.id = id};
    return all->n ? bsearch(&key, all->p, all->n, sizeof key, by_member) : NULL;
}

/* All duties of a term, by member. */
static bool
load_term(struct run *q, const struct routine *r, const struct term *t, struct duty_list *out)
{
    size_t cap = 0;
    int64_t after = -1;
    *out = (struct duty_list){0};
    for (bool more = true; more;) {
        struct duty_list page;
        bool ok = routine_duties_of_term(app_reader_lock(q->app), q->arena, q->area->id, routine_ref(r->code), t->from, after, PAGE, &page, q->err);
        app_reader_unlock(q->app);
        if (!ok)
            return false;
        if (out->n + page.n > cap) {
            cap = (out->n + page.n) * 2;
            struct duty *bigger = arena_array(q->arena, struct duty, cap);
            if (out->n)
                memcpy(bigger, out->p, out->n * sizeof *bigger);
            out->p = bigger;
        }
        if (page.n) {
            memcpy(out->p + out->n, page.p, page.n * sizeof *page.p);
            after = page.p[page.n - 1].subject;
        }
        out->n += page.n;
        more = page.has_more;
    }
    return true;
}

static struct duty
duty_of(const struct run *q, const struct routine *r, const struct term *t, const struct routine_member *m)
{
    return (struct duty){.kind = DUTY_ROUTINE, .subject_kind = SUBJECT_ROUTINE, .subject = m->id, .owner = m->owner, .need = t->need,
                         .spacing = (int64_t)r->spacing * DAY_MS, .opened_at = q->at, .window_from = t->window_from, .amber_at = t->amber,
                         .due = t->due, .escalated = routine_escalates_to(q->area->registry, r, m), .ref = routine_ref(r->code), .arg = t->from};
}

/* Members without a duty get one while the term has not begun; duties of members that are gone are void. */
static bool
sync_term(struct run *q, const struct routine *r, const struct term *t, bool is_begun)
{
    struct members all = {.q = q};
    struct duty_list has;
    size_t n = 0, at = 0, gone = 0;
    routine_members(q->area->scheme, q->area->registry, r, is_begun ? q->day : t->from, add_member, &all);
    qsort(all.p ? all.p : (void *)&all, all.n, sizeof *all.p, by_member);
    if (!load_term(q, r, t, &has))
        return false;
    struct duty *fresh = arena_array(q->arena, struct duty, all.n + 1), *void_ones = arena_array(q->arena, struct duty, has.n + 1);
    for (size_t i = 0; !is_begun && i < all.n; i++) {
        while (at < has.n && has.p[at].subject < all.p[i].id)
            at++;
        if (at == has.n || has.p[at].subject != all.p[i].id)
            fresh[n++] = duty_of(q, r, t, &all.p[i]);
    }
    for (size_t i = 0; i < has.n; i++)
        if (has.p[i].end == END_OPEN && !has.p[i].missed_at && !find_member(&all, has.p[i].subject))
            void_ones[gone++] = has.p[i];
    return write_all(q, r, fresh, n, routine_plan_save) && write_all(q, r, void_ones, gone, routine_void_save);
}

static bool
sync_routine(struct run *q, const struct routine *r, bool is_first)
{
    const struct calendar *c = &q->area->scheme->calendar;
    struct term t;
    if (!is_first && q->is_thorough && routine_term_of(c, r, q->day, &t) && t.from < q->day && !sync_term(q, r, &t, true))
        return false;
    for (int32_t d = q->day + (q->is_thorough ? is_first : AHEAD_DAYS); d <= q->day + AHEAD_DAYS; d++)
        if (routine_term_begins(c, r, d, &t) && !sync_term(q, r, &t, false))
            return false;
    return true;
}

/* ---- telling ---- */

struct told_owner { /* one notice: to whom, about how many, the first by name */
    struct owner to;
    int n;
    struct buf names;
};
struct telling {
    struct told_owner *p;
    size_t n, cap;
    struct arena *arena;
};

static struct told_owner *
told_of(struct telling *t, struct owner to)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i].to.org == to.org && t->p[i].to.role == to.role && t->p[i].to.place == to.place && t->p[i].to.person == to.person)
            return &t->p[i];
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 32;
        struct told_owner *more = arena_array(t->arena, struct told_owner, cap);
        if (t->n)
            memcpy(more, t->p, t->n * sizeof *more);
        t->p = more;
        t->cap = cap;
    }
    struct told_owner *o = &t->p[t->n++];
    *o = (struct told_owner){.to = to};
    return o;
}

static void
mention(struct telling *t, const struct run *q, const struct routine *r, struct owner to, int64_t member)
{
    if (to.role == ROLE_NONE && !to.org && !to.person && !to.place)
        return;
    struct told_owner *o = told_of(t, to);
    if (o->n < NAMES_SHOWN) {
        buf_z(&o->names, o->n ? "、" : "");
        struct buf one = {0};
        member_words(&one, q->area->registry, r, member);
        buf_str(&o->names, buf_view(&one));
        buf_release(&one);
    }
    o->n++;
}

enum news { NEWS_REMINDER, NEWS_BEHIND, NEWS_MISSED };

/* 「提醒：“每周巡查”还没有完成」「“联勤入网”还有 12 个没有完成：幸福里小区、…等」 */
static struct str
news_text(const struct run *q, const struct told_owner *o, const struct routine *r, enum news news)
{
    struct buf b = {0};
    bool is_one = o->n == 1 && r->each != EACH_PLACE && news == NEWS_REMINDER;
    buf_printf(&b, "%s“%.*s”", news == NEWS_REMINDER ? "提醒：" : "", (int)r->name.n, r->name.p);
    if (is_one)
        buf_z(&b, "还没有完成");
    else
        buf_printf(&b, "%s %d 个没有完成：%.*s%s", news == NEWS_MISSED ? "到期有" : "还有", o->n, (int)o->names.n, o->names.p,
                   o->n > NAMES_SHOWN ? "等" : "");
    struct str text = str_dup(q->arena, buf_view(&b));
    buf_release(&b);
    return text;
}

static bool
send(struct run *q, struct telling *t, const struct routine *r, enum news news)
{
    static const char *const kinds[] = {"routine", "routine_behind", "routine_missed"};
    struct notice *list = arena_array(q->arena, struct notice, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        list[i] = (struct notice){.to = t->p[i].to, .kind = kinds[news], .text = news_text(q, &t->p[i], r, news)};
        buf_release(&t->p[i].names);
    }
    struct work w = {.batch = {.routine = r->code}, .notices = list, .n_notices = t->n};
    return !t->n || write(q, &w);
}

/* Who is behind is reminded; where the hour is named (K13: 10:00) whoever it would go up to gets the list. */
static bool
remind(struct run *q, const struct routine *r, const struct term *t)
{
    struct telling own = {.arena = q->arena}, up = {.arena = q->arena};
    struct duty_list has;
    bool is_timed = false;
    for (int i = 0; i < r->n_nudges; i++)
        is_timed |= r->nudges[i].by == NUDGE_TIME;
    if (!load_term(q, r, t, &has))
        return false;
    for (size_t i = 0; i < has.n; i++) {
        if (!routine_is_behind(&has.p[i], q->at))
            continue;
        mention(&own, q, r, has.p[i].owner, has.p[i].subject);
        if (is_timed || r->each == EACH_PLACE)
            mention(&up, q, r, has.p[i].escalated, has.p[i].subject);
    }
    return send(q, &own, r, NEWS_REMINDER) && send(q, &up, r, NEWS_BEHIND);
}

/* What fell due since the midnight before and was not done. */
static bool
report_missed(struct run *q, const struct routine *r, const struct term *t)
{
    struct telling up = {.arena = q->arena};
    struct duty_list has;
    if (!load_term(q, r, t, &has))
        return false;
    for (size_t i = 0; i < has.n; i++)
        if (has.p[i].missed_at && (has.p[i].end == END_LAPSED || has.p[i].end == END_OPEN))
            mention(&up, q, r, has.p[i].escalated, has.p[i].subject);
    return send(q, &up, r, NEWS_MISSED);
}

/* Terms that fell due in the day before this midnight: the one that ended, or one whose grace is over. */
static bool
report_terms(struct run *q, const struct routine *r)
{
    const struct calendar *c = &q->area->scheme->calendar;
    enum { TERMS_BACK = 3 };
    struct term t;
    int32_t day = q->day - 1;
    int back = r->due == DUE_AT_END || r->due == DUE_LAST_WORKING_DAY ? 1 : TERMS_BACK;
    for (int i = 0; i < back; i++) {
        if (!routine_term_of(c, r, day, &t))
            return true;
        if (t.due <= q->at && t.due > q->at - DAY_MS && !report_missed(q, r, &t))
            return false;
        day = t.from - 1;
    }
    return true;
}

/* Told in the transaction that moves the clock on: once, whatever is started again. */
static bool
hand_over_turn(struct run *q, struct work *w)
{
    enum { TOLD_MAX = 2 };
    struct notice *list = arena_array(q->arena, struct notice, TOLD_MAX);
    w->notices = list;
    w->batch.told_as = "turn_begun";
    w->n_notices = turn_notices(q->app, app_reader_lock(q->app), q->arena, q->area, q->at, list, q->err);
    app_reader_unlock(q->app);
    return q->err->kind == ERR_NONE;
}

static bool
run_moment(struct run *q, bool is_first)
{
    const struct scheme *s = q->area->scheme;
    bool is_midnight = q->at == day_start(q->day), is_month = is_midnight && month_first_day(month_of(q->day)) == q->day;
    if ((is_midnight || is_first) && !posts_tick(q->app, q->area->id, q->at, q->err))
        return false;
    for (size_t i = 0; i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        struct term t;
        if ((is_midnight || is_first) && (!sync_routine(q, r, is_first) || (!is_first && !report_terms(q, r))))
            return false;
        if (!is_first && routine_term_of(&s->calendar, r, q->day, &t) && routine_nudges_at(r, &t, q->at) && !remind(q, r, &t))
            return false;
    }
    struct work w = {.clock = q->at, .registry_seq = q->registry_seq, .scheme = q->scheme};
    return (!is_month || hand_over_turn(q, &w)) && write(q, &w);
}

/* Posts end by themselves too: once a week everybody's terms are looked at, whatever was changed. */
static bool
look_around(struct run *q, bool is_first)
{
    struct rows r;
    struct db *db = app_reader_lock(q->app);
    int64_t seen = -1, version = -1;
    q->scheme = q->area->scheme->version;
    q->registry_seq = registry_next_seq(db, q->area->id, q->err);
    bool ok = q->err->kind == ERR_NONE && db_query(db, SQL_ROUTINE_CLOCK_SEEN, &r, q->err, V_INT(q->area->id));
    if (ok && rows_next(&r, q->err)) {
        seen = rows_int(&r, 0);
        version = rows_int(&r, 1);
    }
    if (ok)
        rows_end(&r);
    app_reader_unlock(q->app);
    q->is_thorough = is_first || seen != q->registry_seq || version != q->area->scheme->version || civil_of(q->at).weekday == 1;
    if (!is_first && q->at != day_start(q->day)) /* a reminder looks at nobody: the midnight to come still has to */
        q->registry_seq = seen, q->scheme = version;
    return ok && q->err->kind == ERR_NONE;
}

instant
routines_moment(struct app *app, const struct area *area, instant now, struct err *err)
{
    struct db *db = app_reader_lock(app);
    instant at = db_int(db, SQL_ROUTINE_CLOCK_GET, DB_ARGS(V_INT(area->id)), 0, err);
    app_reader_unlock(app);
    return at ? routine_next_moment(area->scheme, at) : now;
}

bool
routines_run(struct app *app, const struct area *area, instant at, struct err *err)
{
    struct db *db = app_reader_lock(app);
    bool is_first = db_int(db, SQL_ROUTINE_CLOCK_GET, DB_ARGS(V_INT(area->id)), 0, err) == 0;
    app_reader_unlock(app);
    if (err->kind != ERR_NONE)
        return false;
    struct run q = {.app = app, .area = area, .arena = arena_new(), .at = at, .day = day_of(at), .err = err};
    bool ok = look_around(&q, is_first) && run_moment(&q, is_first);
    arena_free(q.arena);
    return ok;
}

bool
routines_missed(struct app *app, const struct area *area, const int64_t *ids, const int64_t *refs, size_t n, instant at, struct err *err)
{
    struct run q = {.app = app, .area = area, .arena = arena_new(), .at = at, .day = day_of(at), .err = err};
    const struct scheme *s = area->scheme;
    bool ok = true;
    for (size_t from = 0, to; ok && from < n; from = to) {
        int i = routine_by_ref(s, refs[from]);
        struct duty *list = arena_array(q.arena, struct duty, n);
        size_t k = 0;
        for (to = from; to < n && refs[to] == refs[from] && k < ROUTINE_BATCH; to++)
            list[k++] = (struct duty){.id = ids[to], .end = i >= 0 && s->routines[i].is_owed_late ? END_OPEN : END_LAPSED};
        struct work w = {.save = routine_miss_save, .batch = {.routine = i >= 0 ? s->routines[i].code : STR(""), .duties = list, .n = k}};
        ok = write(&q, &w);
    }
    arena_free(q.arena);
    return ok;
}
