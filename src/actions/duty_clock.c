/* The duty clock: whatever is owed and falls due becomes missed at its own moment, in (due, id) order; between two such moments the
 * routines of each area have theirs (run_routines.h), so that a clock that jumps over months does all of it in order. */
#include "duty_clock.h"

#include "actions.h"
#include "log.h"
#include "posts.h"
#include "run_routines.h"

struct miss {
    struct action base;
    struct caller who;
    int64_t area, subject, duty;
    instant at;
    struct visit_save visit;
};

static bool
prepare_case(struct action *a, struct db *db, struct err *err)
{
    struct miss *m = (struct miss *)a;
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    if (!case_load(db, app_keys(a->app), a->arena, m->area, m->subject, c, err))
        return false;
    const struct area *area = m->who.area;
    struct situation s = {.scheme = area_scheme(area, c->c.scheme), .registry = area->registry, .c = &c->c,
                          .duties = c->duties, .n_duties = c->n_duties, .actor = {.role = ROLE_CLOCK}, .now = m->at};
    struct effects *fx = arena_new_of(a->arena, struct effects);
    fx->arena = a->arena;
    a->save.fx = fx;
    return case_miss(&s, m->duty, fx, err);
}

static bool
prepare_nothing(struct action *a, struct db *db, struct err *err)
{
    (void)a, (void)db, (void)err;
    return true;
}

/* What its body did not look into in time goes to the leading group. */
static bool
apply_complaint(struct action *a, struct db *db, struct err *err)
{
    struct miss *m = (struct miss *)a;
    return complaint_missed(a, db, m->subject, m->at, err);
}

/* A post not filled goes to the coordinator. */
static bool
apply_post(struct action *a, struct db *db, struct err *err)
{
    struct miss *m = (struct miss *)a;
    return post_duty_missed(a, db, m->duty, m->at, err);
}

static bool
prepare_visit(struct action *a, struct db *db, struct err *err)
{
    struct miss *m = (struct miss *)a;
    const struct area *area = m->who.area;
    struct loaded_visit *v = arena_new_of(a->arena, struct loaded_visit);
    struct visit_effects *fx = arena_new_of(a->arena, struct visit_effects);
    if (!visit_load(db, app_keys(a->app), a->arena, m->area, m->subject, v, err))
        return false;
    struct visit_situation s = {.scheme = area->scheme, .registry = area->registry, .v = &v->v, .duties = v->duties,
                                .n_duties = v->n_duties, .actor = {.role = ROLE_CLOCK}, .now = m->at};
    fx->arena = a->arena;
    m->visit = (struct visit_save){.store = app_store(a->app), .keys = app_keys(a->app), .scheme = area->scheme, .registry = area->registry, .fx = fx};
    return visit_miss(&s, m->duty, fx, err);
}

static bool
apply_visit(struct action *a, struct db *db, struct err *err)
{
    return visit_save(db, &((struct miss *)a)->visit, err);
}

static const struct {
    bool (*prepare)(struct action *a, struct db *db, struct err *err);
    bool (*apply)(struct action *a, struct db *db, struct err *err);
} misses[] = {[SUBJECT_CASE] = {prepare_case, NULL},
              [SUBJECT_COMPLAINT] = {prepare_nothing, apply_complaint},
              [SUBJECT_VISIT] = {prepare_visit, apply_visit},
              [SUBJECT_POST] = {prepare_nothing, apply_post}};

enum { PAGE = 512 };
struct due_row {
    int64_t area, subject, duty, due, subject_kind, ref;
};

static size_t
due_now(struct app *app, instant now, struct due_row *out, struct err *err)
{
    size_t n = 0;
    struct rows r;
    struct db *db = app_reader_lock(app);
    if (db_query(db, SQL_DUTIES_DUE, &r, err, V_INT(now))) {
        while (n < PAGE && rows_next(&r, err)) {
            out[n] = (struct due_row){rows_int(&r, 0), rows_int(&r, 1), rows_int(&r, 2), rows_int(&r, 3), rows_int(&r, 4), rows_int(&r, 5)};
            n++;
        }
        rows_end(&r);
    }
    app_reader_unlock(app);
    return n;
}

/* Of two duties of a case that fall due together, the first miss may pass the second on (LC-12): then it is no longer owed. */
static bool
fire(struct app *app, const struct due_row *due, struct arena *arena, size_t *fired)
{
    const struct area *area = app_area(app, due->area);
    if (!area)
        return false;
    struct miss m = {.area = due->area, .subject = due->subject, .duty = due->duty, .at = due->due};
    m.who = (struct caller){.area = area};
    m.base = (struct action){.app = app, .who = &m.who, .arena = arena, .prepare = misses[due->subject_kind].prepare,
                             .apply = misses[due->subject_kind].apply};
    struct err err = {0};
    if (action_wait(&m.base, &err)) {
        ++*fired;
        return true;
    }
    if (err.kind == ERR_CONFLICT)
        return true;
    log_error("duty_clock", "subject=%lld duty=%lld message=%s detail=%s", (long long)due->subject, (long long)due->duty, err.message,
              err.detail);
    return false;
}

/* Duties of routines that are due together are one event: a county's month has thousands. Returns how many rows it took. */
static size_t
fire_routines(struct app *app, const struct due_row *due, size_t n, size_t *fired, struct err *err)
{
    int64_t ids[PAGE], refs[PAGE];
    size_t k = 0;
    const struct area *area = app_area(app, due->area);
    while (k < n && due[k].subject_kind == SUBJECT_ROUTINE && due[k].area == due->area && due[k].due == due->due) {
        ids[k] = due[k].duty;
        refs[k] = due[k].ref;
        k++;
    }
    if (!area || !routines_missed(app, area, ids, refs, k, due->due, err))
        return 0;
    *fired += k;
    return k;
}

static bool
fire_until(struct app *app, instant now, struct arena *arena, struct err *err)
{
    struct due_row due[PAGE];
    bool ok = true;
    for (size_t n = 1; ok && n;) {
        n = due_now(app, now, due, err);
        size_t fired = 0, took = 1;
        /* One at a time: a miss may open a duty that falls due before the next of this page. */
        for (size_t i = 0; ok && i < n && (i == 0 || due[i].due == due[0].due); i += took) {
            took = 1;
            if (due[i].subject_kind == SUBJECT_ROUTINE)
                ok = (took = fire_routines(app, &due[i], n - i, &fired, err)) > 0;
            else
                ok = fire(app, &due[i], arena, &fired);
            arena_reset(arena);
        }
        ok = ok && err->kind == ERR_NONE && (!n || fired); /* never round and round about one that will not go */
    }
    return ok;
}

/* The area whose routines have the next moment, and when. */
static instant
next_moment(struct app *app, instant now, const struct area **whose, struct err *err)
{
    enum { AREAS_MAX = 64 };
    const struct area *areas[AREAS_MAX];
    size_t n = app_areas(app, areas, AREAS_MAX);
    instant first = 0;
    for (size_t i = 0; i < n; i++) {
        instant at = routines_moment(app, areas[i], now, err);
        if (at && (!first || at < first)) {
            first = at;
            *whose = areas[i];
        }
    }
    return first;
}

bool
duty_clock_run(struct app *app, instant now, instant *next, struct err *err)
{
    struct arena *arena = arena_new();
    const struct area *area = NULL;
    bool ok = true;
    app_clock_lock(app);
    instant moment = next_moment(app, now, &area, err);
    while (ok && moment && moment <= now && err->kind == ERR_NONE) {
        app_turn_schemes(app, moment);
        ok = fire_until(app, moment, arena, err);
        area = ok ? app_area(app, area->id) : area;
        ok = ok && routines_run(app, area, moment, err);
        moment = next_moment(app, now, &area, err);
    }
    app_turn_schemes(app, now);
    ok = ok && fire_until(app, now, arena, err);
    if (next) {
        *next = db_int(app_reader_lock(app), SQL_DUTY_NEXT_DUE, NULL, 0, 0, err);
        app_reader_unlock(app);
        instant turn = app_schemes_turn_at(app);
        if (turn && (!*next || turn < *next))
            *next = turn;
        if (moment && (!*next || moment < *next))
            *next = moment;
    }
    app_clock_unlock(app);
    arena_free(arena);
    return ok;
}
