/* 到场码. Who holds a phone that shows one is posted at the station, the community or the compound; an officer who is only sent
 * there never sees it. */
#include "presence_page.h"

#include "presence.h"
#include "presence_page.html.h"
#include "qr.h"
#include "stops.h"

enum { SEATS_MAX = 300 };

struct seat_list {
    struct code_seat p[SEATS_MAX];
    size_t n;
};

static void
add_seat(struct seat_list *l, struct str code, struct str name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->p[i].code, code))
            return;
    if (l->n < SEATS_MAX)
        l->p[l->n++] = (struct code_seat){code, name};
}

static void
add_station(struct seat_list *l, const struct registry *r, const struct posting *p)
{
    const struct org *own = registry_org(r, p->org);
    int32_t id = own && own->kind == ORG_STATION ? own->id : 0;
    const struct place *at = registry_place(r, p->place);
    if (!id && at && at->kind >= PLACE_COMMUNITY && p->role != ROLE_PROPERTY)
        id = owner_org(r, STR("@station"), at, 0);
    const struct org *station = registry_org(r, id);
    if (station && station->kind == ORG_STATION && !station->is_closed)
        add_seat(l, station->code, station->name);
}

static bool
holds_compound(const struct registry *r, const struct posting *p, const struct place *c)
{
    const struct place *at = registry_place(r, p->place);
    if (p->role == ROLE_PROPERTY)
        return c->firm && c->firm == p->org && (!p->place || place_within(r, c->id, p->place));
    return at && at->kind >= PLACE_COMMUNITY && place_within(r, c->id, p->place);
}

static struct seat_list *
seats_of(struct request *req)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct seat_list *l = arena_new_of(req->arena, struct seat_list);
    for (size_t i = 0; i < v->who.n_postings; i++)
        if (ROLE_BIT(v->who.postings[i]->role) & ROLES_SHOW_CODE)
            add_station(l, r, v->who.postings[i]);
    for (int32_t k = 1; k <= r->n_places; k++)
        for (size_t i = 0; i < v->who.n_postings; i++) {
            const struct place *c = &r->places[k];
            if (c->kind == PLACE_COMPOUND && !c->is_closed && (ROLE_BIT(v->who.postings[i]->role) & ROLES_SHOW_CODE) &&
                holds_compound(r, v->who.postings[i], c))
                add_seat(l, c->code, c->name);
        }
    return l;
}

static const struct code_seat *
seat_asked(struct request *req, const struct seat_list *l)
{
    struct str at = params_get(&req->args, "at");
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->p[i].code, at))
            return &l->p[i];
    return l->n ? &l->p[0] : NULL;
}

static void
code_of(struct request *req, const struct code_seat *s, char code[PROOF_CODE_DIGITS + 1])
{
    const struct visit *v = visit_of(req);
    struct proof_seat seat;
    code[0] = 0;
    if (presence_seat(v->area->registry, s->code, &seat))
        presence_code(v->app, v->area->id, seat, v->now, code);
}

void
field_code(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct seat_list *l = seats_of(req);
    struct code_view view = {.seats = {l->p, l->n}, .seat = seat_asked(req, l), .seconds_left = proof_seconds_left(v->now),
                             .step = (long long)(v->now / PROOF_STEP_MS)};
    char code[PROOF_CODE_DIGITS + 1] = "";
    if (view.seat)
        code_of(req, view.seat, code);
    view.first = arena_printf(req->arena, "%.3s", code);
    view.second = arena_printf(req->arena, "%s", code[0] ? code + 3 : "");
    layout_init(req, &view.layout, "到场码", "code");
    page_field_code(&res->body, &view);
}

static void
send_qr(struct request *req, struct response *res, const char *path, struct str name)
{
    struct err err = {0};
    if (!qr_svg(&res->body, str_of(full_url(req, path)), arena_printf(req->arena, "%.*s的到场码", (int)name.n, name.p), &err))
        page_fail(req, res, &err);
    else
        res->content_type = "image/svg+xml";
}

void
field_code_qr(struct request *req, struct response *res)
{
    const struct code_seat *s = seat_asked(req, seats_of(req));
    char code[PROOF_CODE_DIGITS + 1];
    struct err err = {0};
    if (!s) {
        err_set(&err, ERR_FORBIDDEN, "您的岗位不出示到场码。");
        page_fail(req, res, &err);
        return;
    }
    code_of(req, s, code);
    send_qr(req, res, arena_printf(req->arena, "/m/at/%.*s?k=%s", (int)s->code.n, s->code.p, code), s->name);
}

/* ---- Where a scanned code leads ---- */

static bool
is_here(const struct registry *r, const struct proof_seat *seat, const struct case_file *c)
{
    const struct place *p = registry_place(r, (int32_t)c->place);
    return seat->kind == SEAT_PLACE ? c->place == seat->id : p && owner_org(r, STR("@station"), p, 0) == seat->id;
}

/* What owes an arrival here, by the caller's posts. */
static bool
fill_cases(struct request *req, const struct proof_seat *seat, struct at_view *view, struct err *err)
{
    enum { ROWS = 100 };
    const struct visit *v = visit_of(req);
    struct owner owners[OWNERS_MAX];
    struct duty_rows rows = {0};
    size_t n = caller_owners(&v->who, owners, OWNERS_MAX), n_lines = 0;
    if (n && !duties_of_owners(v->db, req->arena, v->area->id, owners, n, DUTY_ARRIVE, v->now, ROWS, &rows, err))
        return false;
    struct case_line *out = arena_array(req->arena, struct case_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (is_here(v->area->registry, seat, &rows.p[i].c)) {
            case_line_of(v, req->arena, &rows.p[i].c, &out[n_lines]);
            signals_of(v, req->arena, &rows.p[i].c, &rows.p[i].d, &out[n_lines++].sig);
        }
    view->cases = (struct case_lines){out, n_lines};
    return true;
}

static void
fill_point(struct request *req, const struct place *p, struct at_view *view)
{
    const struct visit *v = visit_of(req);
    const struct place *home = registry_place(v->area->registry, p->parent);
    view->name = str_of(arena_printf(req->arena, "%.*s %.*s", (int)home->name.n, home->name.p, (int)p->name.n, p->name.p));
    for (size_t i = 0; i < v->who.n_postings; i++)
        view->may_round |= v->who.postings[i]->role == ROLE_PROPERTY && home->firm && v->who.postings[i]->org == home->firm;
}

/* A visit to the place that was scanned, or to the community or a compound that its station serves. */
static bool
goes_here(const struct registry *r, const struct proof_seat *seat, const struct field_visit *x)
{
    for (size_t i = 0; i < x->n_places; i++) {
        const struct place *p = registry_place(r, x->places[i]);
        if (seat->kind == SEAT_PLACE ? place_within(r, seat->id, x->places[i]) : p && owner_org(r, STR("@station"), p, 0) == seat->id)
            return true;
    }
    return false;
}

/* Planned for today and not yet checked in to, or going on; those that the caller's units or he himself are in. */
static bool
fill_visits(struct request *req, const struct proof_seat *seat, struct at_view *view, struct err *err)
{
    enum { VISITS_LOOKED_AT = 500, VISITS_SHOWN = 20 };
    const struct visit *v = visit_of(req);
    int32_t today = day_of(v->now);
    struct visit_filter f = {.kind = -1, .from = day_start(today), .to = day_start(today + 1)};
    struct visit_line *out = arena_array(req->arena, struct visit_line, VISITS_SHOWN);
    struct visits list;
    if (!visits_list(v->db, app_keys(v->app), req->arena, v->area->id, &f, VISITS_LOOKED_AT, &list, err))
        return false;
    for (size_t i = list.n; i-- > 0 && view->visits.n < VISITS_SHOWN;) {
        const struct field_visit *x = list.p[i];
        const struct loaded_visit loaded = {.v = *x};
        struct visit_situation s = visit_situation_for(v, &loaded);
        bool is_due = x->state == VISIT_PLANNED || x->state == VISIT_GOING;
        if (is_due && goes_here(v->area->registry, seat, x) && !visit_came(x, v->person->id) && visit_allowed(visit_command_find(STR("check_in")), &s, NULL))
            visit_line_of(v, req->arena, x, &out[view->visits.n++]);
    }
    view->visits.p = out;
    return true;
}

void
field_at(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct proof_seat seat;
    struct err err = {0};
    struct str k = params_get(&req->args, "k");
    struct at_view view = {.code = req->vars[0], .is_fixed = !k.n};
    const struct place *at = registry_place_code(r, view.code);
    view.is_point = at && point_open_at(at, v->now);
    if (view.is_point)
        seat = (struct proof_seat){SEAT_PLACE, at->parent};
    else if (!presence_seat(r, view.code, &seat)) {
        err_set(&err, ERR_NOT_FOUND, "没有这个到场码。");
        page_fail(req, res, &err);
        return;
    }
    view.name = seat.kind == SEAT_PLACE ? place_name(r, seat.id) : org_name(r, seat.id);
    if (view.is_point)
        fill_point(req, at, &view);
    view.proof = arena_printf(req->arena, "/m/at/%.*s%s%.*s", (int)view.code.n, view.code.p, k.n ? "?k=" : "", (int)k.n, k.p);
    if (!fill_cases(req, &seat, &view, &err) || !fill_visits(req, &seat, &view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view.layout, arena_printf(req->arena, "到场：%.*s", (int)view.name.n, view.name.p), "code");
    page_field_at(&res->body, &view);
}

void
field_at_qr(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct proof_seat seat;
    struct err err = {0};
    const struct place *p = registry_place_code(v->area->registry, req->vars[0]);
    if (p && (point_open_at(p, v->now) || presence_seat(v->area->registry, p->code, &seat))) {
        send_qr(req, res, arena_printf(req->arena, "/m/at/%.*s", (int)p->code.n, p->code.p), p->name);
        return;
    }
    err_set(&err, ERR_NOT_FOUND, "没有这个小区。");
    page_fail(req, res, &err);
}
