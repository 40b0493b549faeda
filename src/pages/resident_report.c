/* The first steps of a report: what, who is in charge, where. */
#include <stdlib.h>

#include "resident_report.html.h"

/* ---- what ---- */

static void
list_items(const struct visit *v, struct arena *a, const struct place *p, int category, struct answers *out)
{
    const struct scheme *s = v->area->scheme;
    struct answer *rows = arena_array(a, struct answer, s->n_items);
    size_t n = 0;
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i].category == category)
            answer_of(v, a, (int)i, p, &rows[n++]);
    *out = (struct answers){rows, n};
}

void
resident_what(struct request *req, struct response *res)
{
    struct what_view v = {.s.step = 1};
    if (!compound_of(req, res, &v.s.r.place))
        return;
    const struct visit *visit = resident_visit(req);
    const struct scheme *s = visit->area->scheme;
    const struct place *p = v.s.r.place;
    resident_init(req, res, &v.s.r, "是什么问题");
    v.s.r.l.back = arena_printf(req->arena, "/x/%.*s", (int)p->code.n, p->code.p);
    find_answers(visit, req->arena, utf8_prefix(params_get(&req->args, "q"), 200), p, 6, &v.f);
    v.f.is_report = true;
    int category = scheme_category(s, params_get(&req->args, "cat"));
    if (category >= 0) {
        v.category = &s->categories[category];
        list_items(visit, req->arena, p, category, &v.items);
        v.s.r.l.back = step_path(req, p, "");
        v.s.r.l.title = "是哪一种";
    }
    v.categories.p = s->categories;
    v.categories.n = s->n_categories;
    v.service_hint = scheme_wording(s, "report_service_hint");
    page_resident_what(&res->body, &v);
}

/* ---- who: the answer before any form (HC-57) ---- */

void
resident_who(struct request *req, struct response *res)
{
    struct who_view v = {.s.step = 1};
    if (!compound_of(req, res, &v.s.r.place))
        return;
    const struct visit *visit = resident_visit(req);
    const struct scheme *s = visit->area->scheme;
    int item = scheme_item(s, params_get(&req->args, "item"));
    resident_init(req, res, &v.s.r, item >= 0 ? "这件事谁来管" : "直接写");
    v.s.r.l.back = step_path(req, v.s.r.place, "");
    v.q = utf8_prefix(params_get(&req->args, "q"), 200);
    v.s.emergency = suggest_emergency(s, v.q);
    v.divert = suggest_divert(s, v.q);
    v.unsure = scheme_wording(s, "report_unsure");
    v.service_hint = scheme_wording(s, "report_service_hint");
    v.has_item = item >= 0;
    if (v.has_item)
        answer_of(visit, req->arena, item, v.s.r.place, &v.a);
    page_resident_who(&res->body, &v);
}

/* Begins a draft, or changes the item of the one that is open. */
void
resident_post_what(struct request *req, struct response *res)
{
    struct step_view v = {0};
    if (!compound_of(req, res, &v.r.place))
        return;
    const struct visit *visit = resident_visit(req);
    struct str code = params_get(&req->form, "item");
    if (code.n && scheme_item(visit->area->scheme, code) < 0) {
        flash(req, res, "请从清单里选一项，或选“说不清，直接写”。");
        response_redirect(req, res, "%s", step_path(req, v.r.place, ""));
        return;
    }
    if (!draft_load(req, str_z(req->arena, v.r.place->code), &v.d) || draft_get(&v.d, "done").n)
        v.d = (struct draft){0};
    draft_set(req, &v.d, "place", v.r.place->code);
    if (!str_eq(code, draft_get(&v.d, "item")))
        for (int i = 0; i < QUESTIONS_MAX; i++)
            draft_set(req, &v.d, arena_printf(req->arena, "a%d", i), STR(""));
    draft_set(req, &v.d, "item", code);
    if (params_has(&req->form, "q"))
        draft_set(req, &v.d, "q", utf8_prefix(params_get(&req->form, "q"), 200));
    step_next(req, res, &v);
}

/* ---- where ---- */

enum { BUILDINGS_MAX = 200 };

/* "1-12|15|A" → 1 … 12, 15, A */
static size_t
read_buildings(struct arena *a, struct str text, struct labelled *out, size_t max)
{
    size_t n = 0;
    struct str part;
    while (n < max && str_cut(&text, '|', &part)) {
        struct str rest = str_trim(part), low;
        int64_t from, to;
        if (str_cut(&rest, '-', &low) && str_int(low, &from) && str_int(rest, &to) && from <= to) {
            for (int64_t i = from; i <= to && n < max; i++)
                out[n++] = (struct labelled){str_of(arena_printf(a, "%d", (int)i)), str_of(arena_printf(a, "%d 栋", (int)i))};
        } else if (part.n) {
            out[n++] = (struct labelled){str_trim(part), str_of(arena_printf(a, "%.*s 栋", (int)part.n, part.p))};
        }
    }
    return n;
}

static void
where_show(struct request *req, struct response *res, struct where_view *v, const struct params *from)
{
    struct labelled *rows = arena_array(req->arena, struct labelled, BUILDINGS_MAX);
    v->buildings.n = read_buildings(req->arena, v->s.r.place->buildings, rows, BUILDINGS_MAX);
    v->buildings.p = rows;
    v->building = params_get(from, "building");
    v->spot = params_get(from, "spot");
    v->lon = params_get(from, "lon");
    v->lat = params_get(from, "lat");
    v->accuracy = params_get(from, "accuracy");
    page_resident_where(&res->body, v);
}

void
resident_where(struct request *req, struct response *res)
{
    struct where_view v = {0};
    if (step_begin(req, res, &v.s, 2, "在哪里"))
        where_show(req, res, &v, &v.s.d.p);
}

static bool
where_ok(const struct place *p, struct arena *a, const struct params *in, struct err *err)
{
    struct labelled rows[BUILDINGS_MAX];
    size_t n = read_buildings(a, p->buildings, rows, BUILDINGS_MAX);
    struct str building = params_get(in, "building"), spot = params_get(in, "spot");
    bool is_known = str_is(building, "0");
    for (size_t i = 0; i < n; i++)
        is_known |= str_eq(rows[i].code, building);
    if (n && !is_known)
        err_field(err, "building", "请选择楼栋；不在楼里的选“不在某一栋”。");
    if ((!n || str_is(building, "0")) && !spot.n)
        err_field(err, "spot", "请写清楚在哪里，例如：大门口、2 号车库入口。");
    if (utf8_count(spot) > 80)
        err_field(err, "spot", "位置最多 80 个字，现在是 %zu 个，请缩短。", utf8_count(spot));
    return err->kind == ERR_NONE;
}

/* Coordinates come only with a place in words; nonsense is dropped, never an error. */
static struct str
coordinate(const struct params *in, const char *name, double low, double high)
{
    struct str s = params_get(in, name);
    char text[24];
    if (!s.n || s.n >= sizeof text)
        return STR("");
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    char *end;
    double v = strtod(text, &end);
    return *end == 0 && v >= low && v <= high ? s : STR("");
}

void
resident_post_where(struct request *req, struct response *res)
{
    struct where_view v = {0};
    struct err err = {0};
    if (!step_sent(req, res, &v.s))
        return;
    if (!where_ok(v.s.r.place, req->arena, &req->form, &err)) {
        v.s.r.err = &err;
        step_frame(req, res, &v.s, 2, "在哪里", "");
        where_show(req, res, &v, &req->form);
        return;
    }
    struct str lon = coordinate(&req->form, "lon", 73, 136), lat = coordinate(&req->form, "lat", 3, 54);
    struct str accuracy = coordinate(&req->form, "accuracy", 0, 100000);
    bool is_whole = lon.n && lat.n && accuracy.n;
    draft_set(req, &v.s.d, "building", params_get(&req->form, "building"));
    draft_set(req, &v.s.d, "spot", params_get(&req->form, "spot"));
    draft_set(req, &v.s.d, "lon", is_whole ? lon : STR(""));
    draft_set(req, &v.s.d, "lat", is_whole ? lat : STR(""));
    draft_set(req, &v.s.d, "accuracy", is_whole ? accuracy : STR(""));
    step_next(req, res, &v.s);
}
