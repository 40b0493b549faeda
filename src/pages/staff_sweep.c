/* 摸排 (HC-15): tick what you walked through, report what you found. */
#include "staff_sweep.h"

#include "staff_sweep.html.h"

enum { BUILDINGS_MAX = 200, COMPOUNDS_MAX = 60 };

static bool
is_mine(const struct visit *v, const struct place *p)
{
    for (size_t i = 0; i < v->who.n_postings; i++) {
        const struct posting *q = v->who.postings[i];
        if ((q->role == ROLE_GRID_CHIEF || q->role == ROLE_GRID_WORKER) && q->place &&
            place_within(v->area->registry, p->id, q->place))
            return true;
    }
    return false;
}

static bool
read_done(struct request *req, const struct place *p, struct sweep_building *b, size_t n, size_t *done, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct rows r;
    if (!db_query(v->db, SQL_SWEEPS_OF_PLACE, &r, err, V_INT(v->area->id), V_INT(p->id), V_INT(sweep_month(v->now))))
        return false;
    while (rows_next(&r, err))
        for (size_t i = 0; i < n; i++)
            if (str_eq(b[i].name, rows_text(&r, 0))) {
                struct str who = person_name(v->area->registry, rows_int(&r, 1));
                b[i].done = arena_printf(req->arena, "%s %.*s", at_words(req->arena, rows_int(&r, 2), v->now), (int)who.n, who.p);
                ++*done;
            }
    return !r.has_failed;
}

static bool
fill_place(struct request *req, const struct place *p, struct sweep_place *out, struct err *err)
{
    struct str names[BUILDINGS_MAX];
    size_t n = place_buildings(req->arena, p, names, BUILDINGS_MAX);
    if (!n)
        names[n++] = STR("全部");
    struct sweep_building *b = arena_array(req->arena, struct sweep_building, n);
    for (size_t i = 0; i < n; i++)
        b[i].name = names[i];
    *out = (struct sweep_place){.place = p, .buildings = {b, n},
                                .report = arena_printf(req->arena, "/desk/new?source=grid_sweep&place=%.*s", (int)p->code.n,
                                                       p->code.p)};
    return read_done(req, p, b, n, &out->done, err);
}

static void
show(struct request *req, struct response *res, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct sweep_view *view = arena_new_of(req->arena, struct sweep_view);
    struct sweep_place *list = arena_array(req->arena, struct sweep_place, COMPOUNDS_MAX);
    struct civil c = civil_of(v->now);
    struct err err = {0};
    for (int32_t i = 1; i <= r->n_places && view->places.n < COMPOUNDS_MAX; i++) {
        const struct place *p = &r->places[i];
        if (p->kind != PLACE_COMPOUND || p->is_closed || !is_mine(v, p))
            continue;
        if (!fill_place(req, p, &list[view->places.n], &err)) {
            page_fail(req, res, &err);
            return;
        }
        view->done += list[view->places.n].done;
        view->all += list[view->places.n++].buildings.n;
    }
    view->places.p = list;
    view->month = month_words(req->arena, c.year, c.month);
    view->share = percent_words(req->arena, (int64_t)view->done, (int64_t)view->all);
    view->err = wrong;
    layout_init(req, &view->layout, "网格摸排", "sweep");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_sweep(&res->body, view);
}

void
desk_sweep(struct request *req, struct response *res)
{
    show(req, res, NULL);
}

static void
recorded(struct request *req, struct response *res, struct action *a)
{
    const struct record_sweep *s = (const struct record_sweep *)a;
    if (a->err.kind) {
        show(req, res, &a->err);
        return;
    }
    flash(req, res, arena_printf(req->arena, "已记录 %lld 栋", (long long)s->n));
    response_redirect(req, res, "/desk/sweep");
}

void
desk_post_sweep(struct request *req, struct response *res)
{
    struct record_sweep *s = arena_new_of(req->arena, struct record_sweep);
    const struct place *p = registry_place_code(visit_of(req)->area->registry, params_get(&req->form, "place"));
    s->place = p ? p->id : 0;
    s->fields = &req->form;
    page_wait(req, res, &s->base, recorded);
    record_sweep(s, visit_of(req)->db);
}
