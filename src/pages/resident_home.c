/* The way in: who is in charge of what, and where is my compound. */
#include "resident_home.html.h"
#include "resident_layout.html.h"

enum { PLACES_MAX = 60 };

static struct communities
communities_of(struct arena *a, const struct registry *r)
{
    struct community *rows = arena_array(a, struct community, (size_t)r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMMUNITY && !r->places[i].is_closed)
            rows[n++] = (struct community){r->places[i].code, r->places[i].name, i, 0};
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *up = is_compound(&r->places[i]) ? place_above(r, &r->places[i], PLACE_COMMUNITY) : NULL;
        for (size_t k = 0; up && k < n; k++)
            rows[k].n += rows[k].id == up->id;
    }
    return (struct communities){rows, n};
}

void
resident_home(struct request *req, struct response *res)
{
    struct home_view v = {0};
    resident_init(req, res, &v.r, "首页");
    const struct visit *visit = visit_of(req);
    const struct scheme *s = visit->area->scheme;
    v.slogan = scheme_wording(s, "slogan");
    v.communities = communities_of(req->arena, visit->area->registry);
    for (size_t i = 0; i < s->n_items; i++) {
        v.n_enforcement += s->items[i].list == LIST_ENFORCEMENT;
        v.n_service += s->items[i].list == LIST_SERVICE;
    }
    page_resident_home(&res->body, &v);
}

/* A name matches when it holds every letter asked for, in order: 「幸里」 finds 幸福里小区. */
static bool
name_matches(struct str name, struct str asked)
{
    while (asked.n) {
        struct str rest = asked;
        uint32_t wanted = utf8_next(&rest), have = 0;
        while (name.n && (have = utf8_next(&name)) != wanted)
            ;
        if (have != wanted)
            return false;
        asked = rest;
    }
    return true;
}

static void
find_compounds(const struct registry *r, struct arena *a, struct places_view *v, const struct place *within)
{
    struct compound_row *rows = arena_array(a, struct compound_row, PLACES_MAX);
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) /* names that hold the words as they stand come first */
        for (int32_t i = 1; i <= r->n_places && n < PLACES_MAX; i++) {
            const struct place *p = &r->places[i];
            bool is_exact = str_has(p->name, v->q);
            if (!is_compound(p) || is_exact == (pass == 1) || (within && !place_within(r, i, within->id)))
                continue;
            if (is_exact || name_matches(p->name, v->q))
                rows[n++] = (struct compound_row){p, community_name(r, p)};
        }
    v->compounds.p = rows;
    v->compounds.n = n;
}

void
resident_places(struct request *req, struct response *res)
{
    struct places_view v = {0};
    const struct registry *r = visit_of(req)->area->registry;
    v.for_report = str_is(params_get(&req->args, "for"), "report");
    resident_init(req, res, &v.r, v.for_report ? "在哪个小区" : "找小区");
    v.r.l.back = "/";
    v.q = utf8_prefix(params_get(&req->args, "q"), 30);
    v.communities = communities_of(req->arena, r);
    const struct place *within = registry_place_code(r, params_get(&req->args, "c"));
    v.is_list = v.q.n || within;
    if (v.is_list) {
        v.heading = v.q.n ? STR("找到的小区") : within->name;
        find_compounds(r, req->arena, &v, within);
    }
    page_resident_places(&res->body, &v);
}

void
resident_suggest(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct place *p = registry_place_code(v->area->registry, params_get(&req->args, "x"));
    struct finding f;
    find_answers(v, req->arena, utf8_prefix(params_get(&req->args, "q"), 200), is_compound(p) ? p : NULL, 4, &f);
    f.is_report = f.place != NULL;
    page_resident_suggest(&res->body, &f);
}
