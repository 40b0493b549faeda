/* 网格 with 一长六员 (LC-30), and every gap: posts that nobody fills, certificates that run out, and who owes it. */
#include "staff_posts.h"
#include "staff_posts.html.h"

enum { PEOPLE_SHOWN = 8 };

/* ---- grids ---- */

static struct slot_cell
cell_of(const struct visit *v, struct arena *a, const struct slot *slot, int32_t at)
{
    const struct registry *r = v->area->registry;
    const struct posting *who[64];
    int64_t people[PEOPLE_SHOWN];
    size_t n = slot_filled(r, slot, at, day_of(v->now), who, 64), shown = n < PEOPLE_SHOWN ? n : PEOPLE_SHOWN;
    for (size_t i = 0; i < shown; i++)
        people[i] = who[i]->person;
    return (struct slot_cell){.slot = slot, .names = names_of(a, r, people, shown), .have = (int)n, .is_vacant = (int)n < slot->minimum};
}

static void
fill_grid(const struct visit *v, struct arena *a, const struct place *p, struct grid_line *out)
{
    const struct registry *r = v->area->registry;
    const struct scheme *s = v->area->scheme;
    struct slot_cell *cells = arena_array(a, struct slot_cell, s->n_slots + 1);
    struct buf compounds = {0};
    size_t n = 0;
    *out = (struct grid_line){.p = p, .community = community_name(r, p)};
    for (size_t i = 0; i < s->n_slots; i++)
        if (!s->slots[i].is_of_orgs && slot_is_at(&s->slots[i], r, p->id)) {
            cells[n] = cell_of(v, a, &s->slots[i], p->id);
            out->n_vacant += cells[n++].is_vacant;
        }
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND && r->places[i].parent == p->id) {
            if (compounds.n)
                buf_z(&compounds, "、");
            buf_str(&compounds, r->places[i].name);
        }
    out->compounds = buf_keep(a, &compounds).p;
    out->slots = (struct slot_cells){cells, n};
}

static int64_t
open_in(const struct registry *r, const struct group_rows *rows, const struct place *grid)
{
    int64_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += place_within(r, (int32_t)rows->p[i].key_n, grid->id) && rows->p[i].key_n ? rows->p[i].count : 0;
    return n;
}

static struct options
community_options(const struct visit *v, struct arena *a)
{
    const struct registry *r = v->area->registry;
    struct option *out = arena_array(a, struct option, r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMMUNITY && !r->places[i].is_closed)
            out[n++] = (struct option){.code = r->places[i].code, .label = r->places[i].name};
    return (struct options){out, n};
}

void
desk_grids(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct grids_view *view = arena_new_of(req->arena, struct grids_view);
    struct grid_line *out = arena_array(req->arena, struct grid_line, r->n_places + 1);
    struct group_rows open = {0};
    struct err err = {0};
    size_t n = 0;
    view->community = params_get(&req->args, "community");
    view->communities = community_options(v, req->arena);
    const struct place *only = registry_place_code(r, view->community);
    if (!cases_open_by(v->db, req->arena, v->area->id, GROUP_PLACE, v->now, &open, &err)) {
        page_fail(req, res, &err);
        return;
    }
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (p->kind != PLACE_GRID || p->is_closed || (only && !place_within(r, i, only->id)))
            continue;
        fill_grid(v, req->arena, p, &out[n]);
        out[n].n_open = open_in(r, &open, p);
        view->n_vacant += out[n].n_vacant;
        view->n_slots += out[n++].slots.n;
    }
    view->grids = (struct grid_lines){out, n};
    layout_init(req, &view->layout, "网格", "grids");
    page_grids(&res->body, view);
}

/* ---- gaps ---- */

static const struct duty *
duty_of_gap(const struct duty *all, size_t n, int kind, int64_t ref, int64_t arg)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].kind == kind && all[i].ref == ref && all[i].arg == arg)
            return &all[i];
    return NULL;
}

static const char *
due_words(const struct visit *v, struct arena *a, const struct duty *d)
{
    struct buf b = {0};
    if (!d)
        return "";
    clock_words(&b, &v->area->scheme->calendar, d->due, v->now);
    return buf_keep(a, &b).p;
}

static struct str
owner_name(const struct registry *r, struct arena *a, const struct owner *o)
{
    struct buf b = {0};
    owner_words(&b, r, o);
    return buf_keep(a, &b);
}

static const char *
need_words(struct arena *a, const struct slot *slot, int have)
{
    if (slot->maximum)
        return arena_printf(a, "要 %d 人，每个单位最多 %d 人，现有 %d 人", slot->minimum, slot->maximum, have);
    return arena_printf(a, "要 %d 人，现有 %d 人", slot->minimum, have);
}

/* Two people of one unit in one rank of a slot that has a maximum (LC-12). */
static struct gap_lines
crowding_lines(const struct visit *v, struct arena *a)
{
    const struct registry *r = v->area->registry;
    struct crowdings all = slots_crowded(a, r, v->area->scheme, day_of(v->now));
    struct gap_line *out = arena_array(a, struct gap_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct crowding *c = &all.p[i];
        struct str username = registry_person(r, c->p->person)->username, name = person_name(r, c->p->person), by = person_name(r, c->by->person);
        out[i] = (struct gap_line){.name = c->slot->name, .place = c->slot->is_of_orgs ? org_name(r, c->p->org) : place_name(r, c->p->place),
                                   .detail = arena_printf(a, "第 %d 位有两人：%.*s、%.*s；每个单位最多 %d 人", c->p->order, (int)by.n, by.p, (int)name.n, name.p,
                                                          c->slot->maximum),
                                   .owner = org_name(r, c->p->org), .due = "", .is_bad = true,
                                   .url = arena_printf(a, "/desk/people/%.*s", (int)username.n, username.p)};
    }
    return (struct gap_lines){out, all.n};
}

static struct gap_lines
vacancy_lines(const struct visit *v, struct arena *a, const struct duty *duties, size_t n_duties)
{
    const struct registry *r = v->area->registry;
    struct vacancies all = slots_vacant(a, r, v->area->scheme, day_of(v->now));
    struct gap_line *out = arena_array(a, struct gap_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct vacancy *g = &all.p[i];
        const struct duty *d = duty_of_gap(duties, n_duties, DUTY_FILL, g->at, slot_key(g->slot->code));
        out[i] = (struct gap_line){.name = g->slot->name, .place = g->slot->is_of_orgs ? org_name(r, g->at) : place_name(r, g->at),
                                   .detail = need_words(a, g->slot, g->have),
                                   .owner = owner_name(r, a, d ? &d->owner : &g->owner), .due = due_words(v, a, d),
                                   .is_bad = d && v->now >= d->due};
    }
    return (struct gap_lines){out, all.n};
}

static struct gap_lines
certificate_lines(const struct visit *v, struct arena *a, const struct duty *duties, size_t n_duties)
{
    const struct registry *r = v->area->registry;
    struct expirings all = certificates_expiring(a, r, day_of(v->now), CERT_NOTICE_DAYS);
    struct gap_line *out = arena_array(a, struct gap_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct posting *p = all.p[i].posting;
        const struct duty *d = duty_of_gap(duties, n_duties, DUTY_RENEW, p->person, p->cert_until);
        struct str username = registry_person(r, p->person)->username;
        struct buf until = {0};
        buf_printf(&until, "%.*s，有效到 ", (int)p->cert_no.n, p->cert_no.p);
        date_format(&until, p->cert_until);
        out[i] = (struct gap_line){.name = person_name(r, p->person), .place = org_name(r, p->org), .detail = buf_keep(a, &until).p,
                                   .owner = owner_name(r, a, &all.p[i].owner), .due = due_words(v, a, d), .is_bad = all.p[i].is_expired,
                                   .url = arena_printf(a, "/desk/people/%.*s#cert", (int)username.n, username.p)};
    }
    return (struct gap_lines){out, all.n};
}

void
desk_posts(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct posts_view *view = arena_new_of(req->arena, struct posts_view);
    struct err err = {0};
    size_t n;
    const struct duty *duties = duties_open(v->db, req->arena, v->area->id, POST_SUBJECT, &n, &err);
    if (err.kind) {
        page_fail(req, res, &err);
        return;
    }
    view->vacancies = vacancy_lines(v, req->arena, duties, n);
    view->crowdings = crowding_lines(v, req->arena);
    view->certificates = certificate_lines(v, req->arena, duties, n);
    view->n_slots = v->area->scheme->n_slots;
    layout_init(req, &view->layout, "岗位缺口", "posts");
    page_posts(&res->body, view);
}
