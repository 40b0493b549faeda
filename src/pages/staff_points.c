/* 巡查点 (HC-20): where a property round must come by in a compound, and how the property keeps its rounds there. */
#include "staff_points.h"

#include "proof.h"
#include "staff_registry.h"
#include "staff_routines.h"
#include "staff_visits.h"

#include "staff_points.html.h"

enum { DAYS = 30, ROUNDS_READ = 120, ROUNDS_SHOWN = 5, SKIPPED_READ = 200, DAY_MS = 24 * 3600 * 1000 };
#define N(list) (sizeof list / sizeof *list)

/* ---- Rounds ---- */

static const char *
skipped_words(const struct visit *v, struct arena *a, const struct field_visit *x, int n)
{
    struct buf b = {0};
    for (size_t i = 0; i < x->n_stops; i++)
        if (!x->stops[i].at) {
            buf_z(&b, b.n ? "、" : "");
            buf_str(&b, place_name(v->area->registry, x->stops[i].point));
        }
    return n ? buf_keep(a, &b).p : NULL;
}

void
round_line_of(const struct visit *v, struct arena *a, const struct field_visit *x, struct round_line *out)
{
    const struct loaded_visit loaded = {.v = *x};
    struct visit_situation s = visit_situation_for(v, &loaded);
    int skipped = visit_skipped(v->area->registry, x, 0);
    *out = (struct round_line){.when = at_words(a, visit_at(x), v->now), .place = place_name(v->area->registry, x->place),
                               .who = person_name(v->area->registry, x->by), .n_skipped = skipped, .skipped = skipped_words(v, a, x, skipped)};
    if (x->n_stops)
        out->progress = arena_printf(a, "%d / %d", (int)x->n_stops - skipped, (int)x->n_stops);
    if (visit_visible(&s))
        out->url = arena_printf(a, "/desk/visits/%lld", (long long)x->id);
}

bool
skipped_rounds(struct request *req, instant from, instant to, int32_t place, int32_t org, struct round_lines *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct visits all = {0};
    if (!visits_skipped(v->db, app_keys(v->app), req->arena, v->area->id, from, to, SKIPPED_READ, &all, err))
        return false;
    struct round_line *lines = arena_array(req->arena, struct round_line, all.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const struct loaded_visit loaded = {.v = *all.p[i]};
        struct visit_situation s = visit_situation_for(v, &loaded);
        bool is_asked = (!place || place_within(v->area->registry, all.p[i]->place, place)) && (!org || all.p[i]->org == org);
        if (is_asked && visit_visible(&s))
            round_line_of(v, req->arena, all.p[i], &lines[n++]);
    }
    *out = (struct round_lines){lines, n};
    return true;
}

static bool
rounds_at(const struct visit *v, struct arena *a, const struct place *p, struct visits *out, struct err *err)
{
    struct visit_filter f = {.place = p->id, .kind = VISIT_ROUND, .state = VISIT_DONE, .from = v->now - (instant)DAYS * DAY_MS};
    return visits_list(v->db, app_keys(v->app), a, v->area->id, &f, ROUNDS_READ, out, err);
}

/* ---- The card of a compound ---- */

static const struct routine *
routine_of_rounds(const struct visit *v, const struct place *p)
{
    const struct scheme *s = v->area->scheme;
    for (size_t i = 0; i < s->n_routines; i++)
        if (s->routines[i].action == VISIT_ROUND && s->routines[i].each == EACH_PLACE && (!str_is(s->routines[i].owner, "@firm") || p->firm))
            return &s->routines[i];
    return NULL;
}

static void
fill_standing(const struct visit *v, struct arena *a, const struct duty *u, struct round_card *out)
{
    bool is_missed = u->end == END_LAPSED || u->missed_at, is_done = u->credited >= u->need, is_behind = routine_is_behind(u, v->now);
    out->progress = arena_printf(a, "%d / %d", u->credited, u->need);
    out->state = u->end == END_EXCUSED ? "已核免" : is_done ? "已做够" : is_missed ? "未做" : is_behind ? "落后" : "进行中";
    out->state_class = is_done || u->end == END_EXCUSED ? "g" : is_missed ? "r" : is_behind ? "a" : "n";
}

/* This term, and how many of those that ended lately were missed. */
static bool
fill_terms(const struct visit *v, struct arena *a, const struct place *p, struct round_card *out, struct err *err)
{
    const struct routine *r = routine_of_rounds(v, p);
    int32_t today = day_of(v->now);
    struct duty_list list;
    struct term t;
    if (!r)
        return true;
    if (!routine_duties_of_member(v->db, a, v->area->id, routine_ref(r->code), p->id, today - DAYS, today, &list, err))
        return false;
    out->url = arena_printf(a, "/desk/routines/%.*s?place=%.*s", (int)r->code.n, r->code.p, (int)p->code.n, p->code.p);
    bool has_term = routine_term_current(&v->area->scheme->calendar, r, v->now, &t);
    for (size_t i = 0; i < list.n; i++) {
        const struct duty *u = &list.p[i];
        if (u->end == END_VOID || u->end == END_SUPERSEDED)
            continue;
        out->is_owed = true;
        if (u->due <= v->now) {
            out->terms++;
            out->missed += u->missed_at != 0 && u->end != END_EXCUSED;
        } else if (has_term && u->arg == t.from) {
            out->term = term_words(a, &t);
            fill_standing(v, a, u, out);
        }
    }
    return true;
}

static bool
fill_unreported(const struct visit *v, struct arena *a, const struct place *p, struct round_card *out, struct err *err)
{
    int32_t today = day_of(v->now);
    struct figure_value f;
    if (!figure_compute(v->db, a, v->area->id, figure_find(STR("unreported")), today - DAYS + 1, today, p->id, 0, &f, err))
        return false;
    if (f.denominator) {
        out->unreported = arena_printf(a, "%lld / %lld", (long long)f.numerator, (long long)f.denominator);
        out->unreported_url = f.cases.n ? arena_printf(a, "/desk/cases?%.*s", (int)f.cases.n, f.cases.p) : NULL;
    }
    return true;
}

static void
fill_rounds(const struct visit *v, struct arena *a, const struct visits *rounds, struct round_card *out)
{
    struct round_line *lines = arena_array(a, struct round_line, ROUNDS_SHOWN);
    size_t n = 0;
    for (size_t i = 0; i < rounds->n; i++) {
        int skipped = visit_skipped(v->area->registry, rounds->p[i], 0);
        out->n_rounds++;
        out->n_incomplete += skipped > 0;
        out->n_skipped += skipped;
        if (n < ROUNDS_SHOWN)
            round_line_of(v, a, rounds->p[i], &lines[n++]);
    }
    out->rounds = (struct round_lines){lines, n};
}

static bool
fill_card(struct request *req, const struct place *p, const struct visits *rounds, struct round_card *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct place *points[VISIT_STOPS_MAX];
    *out = (struct round_card){.n_points = patrol_points(v->area->registry, p->id, v->now, points, VISIT_STOPS_MAX)};
    fill_rounds(v, req->arena, rounds, out);
    return fill_terms(v, req->arena, p, out, err) && fill_unreported(v, req->arena, p, out, err);
}

bool
round_card_fill(struct request *req, const struct place *p, struct round_card *out, struct err *err)
{
    struct visits rounds = {0};
    *out = (struct round_card){0};
    return p->kind != PLACE_COMPOUND || (rounds_at(visit_of(req), req->arena, p, &rounds, err) && fill_card(req, p, &rounds, out, err));
}

/* ---- The points ---- */

static void
fill_point(const struct visit *v, struct arena *a, const struct place *p, const struct visits *rounds, struct point_line *out)
{
    *out = (struct point_line){.p = p, .when = p->is_closed ? arena_printf(a, "%s停用", day_words(a, p->closed_at, v->now))
                                               : p->opened_at ? arena_printf(a, "%s起", day_words(a, p->opened_at, v->now)) : ""};
    for (size_t i = 0; i < rounds->n; i++)
        for (size_t k = 0; k < rounds->p[i]->n_stops; k++) {
            const struct visit_stop *s = &rounds->p[i]->stops[k];
            if (s->point != p->id)
                continue;
            out->rounds++;
            out->skipped += !s->at;
            if (out->last || !s->at)
                continue;
            struct round_line line;
            round_line_of(v, a, rounds->p[i], &line);
            out->last = at_words(a, s->at, v->now);
            out->last_url = line.url;
            out->proof = s->grade ? proof_label(s->grade) : "本人填报";
        }
}

static const struct field point_fields[] = {
    {.name = "name", .label = "在哪里", .hint = "例如：地下车库入口", .type = FIELD_TEXT, .required = true, .max = 30},
    {.name = "code", .label = "代码", .hint = "印在二维码里，登记后不改", .type = FIELD_TEXT, .required = true, .max = 30},
    {.name = "order", .label = "第几个走", .hint = "不填就排在最后", .type = FIELD_INT, .min = 1, .max = 999},
};

static const struct place *
compound_asked(struct request *req, struct response *res)
{
    const struct place *p = registry_place_code(visit_of(req)->area->registry, req->vars[0]);
    struct err err = {0};
    if (p && p->kind == PLACE_COMPOUND && !p->is_closed)
        return p;
    err_set(&err, ERR_NOT_FOUND, "没有这个小区。");
    page_fail(req, res, &err);
    return NULL;
}

/* The next code and place in the order, as a proposal. */
static const struct params *
proposed(struct request *req, const struct place *at)
{
    const struct registry *r = visit_of(req)->area->registry;
    struct params *p = arena_new_of(req->arena, struct params);
    int rank = 0, n = 1;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].parent == at->id && r->places[i].kind == PLACE_POINT && r->places[i].rank > rank)
            rank = r->places[i].rank;
    const char *code = arena_printf(req->arena, "%.*s-%d", (int)at->code.n, at->code.p, n);
    while (registry_place_code(r, str_of(code)))
        code = arena_printf(req->arena, "%.*s-%d", (int)at->code.n, at->code.p, ++n);
    params_add(req->arena, p, STR("code"), str_of(code));
    if (rank)
        params_add(req->arena, p, STR("order"), str_of(arena_printf(req->arena, "%d", rank + 1)));
    return p;
}

static struct point_lines
lines_of(struct request *req, const struct place *at, const struct visits *rounds, bool is_closed)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    const struct place *open[VISIT_STOPS_MAX];
    size_t n = is_closed ? 0 : patrol_points(r, at->id, v->now, open, N(open));
    for (int32_t i = 1; is_closed && i <= r->n_places && n < N(open); i++)
        if (r->places[i].parent == at->id && r->places[i].kind == PLACE_POINT && r->places[i].is_closed)
            open[n++] = &r->places[i];
    struct point_line *out = arena_array(req->arena, struct point_line, n + 1);
    for (size_t i = 0; i < n; i++)
        fill_point(v, req->arena, open[i], rounds, &out[i]);
    return (struct point_lines){out, n};
}

static void
show_points(struct request *req, struct response *res, const struct place *at, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct points_view *view = arena_new_of(req->arena, struct points_view);
    struct visits rounds = {0};
    struct err err = {0};
    *view = (struct points_view){.place = at, .firm = at->firm ? org_name(v->area->registry, at->firm) : STR("没有物业"),
                                 .may_change = may_change_registry(v), .is_wrong = wrong != NULL};
    if (!rounds_at(v, req->arena, at, &rounds, &err) || !fill_card(req, at, &rounds, &view->card, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->points = lines_of(req, at, &rounds, false);
    view->closed = lines_of(req, at, &rounds, true);
    form_view_init(&view->form, req, point_fields, N(point_fields),
                   &(struct form_about){.values = wrong ? &req->form : proposed(req, at), .err = wrong});
    layout_init(req, &view->layout, arena_printf(req->arena, "%.*s巡查点", (int)at->name.n, at->name.p), "places");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_points(&res->body, view);
}

void
desk_points(struct request *req, struct response *res)
{
    const struct place *at = compound_asked(req, res);
    if (at)
        show_points(req, res, at, NULL);
}

static void
points_changed(struct request *req, struct response *res, struct action *a)
{
    const struct change_registry *c = (const struct change_registry *)a;
    const struct place *at = compound_asked(req, res);
    if (!at)
        return;
    if (a->err.n_fields && c->kind == REGISTRY_POINT_ADD) {
        show_points(req, res, at, &a->err);
        return;
    }
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    flash(req, res, c->kind == REGISTRY_POINT_ADD ? "已添加巡查点。请打印二维码，贴在现场。"
                    : c->kind == REGISTRY_POINT_CLOSE ? "已停用。以前的巡查记录不变。" : "已保存。");
    response_redirect(req, res, "/desk/places/%.*s/points", (int)at->code.n, at->code.p);
}

void
desk_post_points(struct request *req, struct response *res)
{
    const struct registry *r = visit_of(req)->area->registry;
    const struct place *at = compound_asked(req, res);
    struct err *err = arena_new_of(req->arena, struct err);
    struct str op = params_get(&req->form, "op");
    if (!at)
        return;
    const struct place *point = registry_place_code(r, params_get(&req->form, "code"));
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = str_is(op, "close") ? REGISTRY_POINT_CLOSE : str_is(op, "edit") ? REGISTRY_POINT_EDIT : REGISTRY_POINT_ADD;
    if (c->kind != REGISTRY_POINT_ADD && (!point || point->parent != at->id)) {
        err_set(err, ERR_NOT_FOUND, "没有这个巡查点。");
        page_fail(req, res, err);
        return;
    }
    if (c->kind == REGISTRY_POINT_ADD && !form_check(point_fields, N(point_fields), &req->form, option_lookup, req, err)) {
        show_points(req, res, at, err);
        return;
    }
    c->id = c->kind == REGISTRY_POINT_ADD ? at->id : point->id;
    c->fields = &req->form;
    page_wait(req, res, &c->base, points_changed);
    change_registry(c, visit_of(req)->db);
}

void
desk_points_print(struct request *req, struct response *res)
{
    const struct place *at = compound_asked(req, res);
    const struct visits none = {0};
    if (!at)
        return;
    struct points_print_view view = {.place = at, .firm = at->firm ? org_name(visit_of(req)->area->registry, at->firm) : STR(""),
                                     .points = lines_of(req, at, &none, false)};
    page_points_print(&res->body, &view);
}
