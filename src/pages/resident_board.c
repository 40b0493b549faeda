#include "qr.h"
#include "visit.h"
#include "resident_board.html.h"

enum { FIGURE_DAYS = 30, CONTACTS_MAX = 40, KEPT = 64 /* compounds, by each loop */ };

/* ---- 这里有人管 ---- */

/* 「8:30-12:00」 with word joiners, so that no line ends inside it. */
static struct str
hours_words(struct arena *a, struct str s)
{
    struct buf b = {0};
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '-')
            buf_z(&b, "\u2060–\u2060");
        else
            buf_char(&b, s.p[i]);
    return buf_keep(a, &b);
}

static void
add_org(struct arena *a, struct contact_row *rows, size_t *n, const struct registry *r, int32_t id, struct str title)
{
    const struct org *o = registry_org(r, id);
    if (o && !o->is_closed && *n < CONTACTS_MAX)
        rows[(*n)++] = (struct contact_row){.title = title, .name = o->short_name.n ? o->short_name : o->name,
                                            .matters = o->duty, .hours = hours_words(a, o->hours), .phone = o->phone};
}

static void
add_post(struct contact_row *rows, size_t *n, const struct registry *r, const struct posting *p, struct str title)
{
    const struct person *who = p ? registry_person(r, p->person) : NULL;
    if (who && *n < CONTACTS_MAX)
        rows[(*n)++] = (struct contact_row){.title = title, .name = who->name, .matters = str_eq(p->matters, title) ? STR("") : p->matters,
                                            .phone = who->phone};
}

/* The post at the place itself or nearest above it, up to the community, lowest order first: what is posted for the whole
 * county says nothing about one compound. */
static const struct posting *
post_near(const struct registry *r, const struct place *p, int role, int order, int32_t day)
{
    const struct place *community = place_above(r, p, PLACE_COMMUNITY);
    const struct posting *best = NULL;
    for (size_t i = 0; community && i < r->n_postings; i++) {
        const struct posting *c = &r->postings[i];
        const struct person *who = c->role == role && posting_in_force(c, day) ? registry_person(r, c->person) : NULL;
        if (!who || who->is_disabled || !c->place || (order && c->order != order))
            continue;
        if (place_within(r, p->id, c->place) && place_within(r, c->place, community->id) && (!best || c->order < best->order))
            best = c;
    }
    return best;
}

static bool
has_contacts(const struct scheme *s, struct str chain)
{
    for (size_t i = 0; i < s->n_hops; i++)
        if (str_eq(s->hops[i].chain, chain) && str_starts(s->hops[i].owner, STR("@contact")))
            return true;
    return false;
}

/* The pair (NH-02): the community's liaison, and the officer who belongs to this community. */
static void
add_pair(const struct visit *v, struct contact_row *rows, size_t *n, const struct place *p)
{
    const struct registry *r = v->area->registry;
    int32_t today = day_of(v->now);
    add_post(rows, n, r, post_near(r, p, ROLE_LIAISON, 0, today), STR("社区联络员"));
    if (v->area->scheme->result_to >= 0)
        add_post(rows, n, r, post_near(r, p, ROLE_OFFICER, 1, today), STR("联居队员"));
}

/* Who stands behind them: the leader answerable for the community (BG-01), and whose month it is (BG-03). */
static void
add_leaders(const struct visit *v, struct contact_row *rows, size_t *n, const struct place *p)
{
    const struct registry *r = v->area->registry;
    int32_t today = day_of(v->now);
    add_post(rows, n, r, post_near(r, p, ROLE_CONTACT_LEADER, 0, today), STR("包保领导"));
    add_post(rows, n, r, registry_filled(r, ROLE_SECTOR_CHIEF, 0, 0, today), STR("本月轮值片区长"));
}

static void
fill_near(const struct visit *v, struct arena *a, const struct place *p, struct contact_rows *out)
{
    const struct registry *r = v->area->registry;
    struct contact_row *rows = arena_array(a, struct contact_row, CONTACTS_MAX);
    size_t n = 0;
    const struct place *grid = place_above(r, p, PLACE_GRID);
    if (grid)
        add_post(rows, &n, r, registry_filled(r, ROLE_GRID_CHIEF, 0, grid->id, day_of(v->now)), STR("网格长"));
    add_org(a, rows, &n, r, owner_org(r, STR("@firm"), p, 0), STR("物业"));
    add_org(a, rows, &n, r, owner_org(r, STR("@community"), p, 0), STR("社区"));
    add_org(a, rows, &n, r, owner_org(r, STR("@station"), p, 0), station_words(v->area->scheme));
    add_post(rows, &n, r, post_near(r, p, ROLE_STATION_CHIEF, 0, day_of(v->now)), STR("站长"));
    add_pair(v, rows, &n, p);
    add_leaders(v, rows, &n, p);
    *out = (struct contact_rows){rows, n};
}

static bool
is_certified(const struct posting *p, int32_t day)
{
    return p->role == ROLE_OFFICER && posting_in_force(p, day) && p->cert_until >= day;
}

/* The officer of an organisation who stands first on the list for this place: the nearest place wins, then the order. */
static const struct posting *
officer_for(const struct registry *r, int32_t org, const struct place *p, int32_t day)
{
    const struct posting *best = NULL;
    bool best_is_near = false;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *c = &r->postings[i];
        const struct person *who = c->org == org && is_certified(c, day) ? registry_person(r, c->person) : NULL;
        if (!who || who->is_disabled || !place_within(r, p->id, c->place))
            continue;
        const struct place *at = registry_place(r, c->place);
        bool is_near = at && at->kind >= PLACE_COMMUNITY;
        if (!best || (is_near && !best_is_near) || (is_near == best_is_near && c->order < best->order)) {
            best = c;
            best_is_near = is_near;
        }
    }
    return best;
}

static bool
leads_something(const struct visit *v, const struct org *o)
{
    const struct scheme *s = v->area->scheme;
    for (size_t i = 0; i < s->n_items; i++)
        if (str_eq(s->items[i].lead, o->code))
            return true;
    return false;
}

/* First and second contact of a department for this community (挂点联系, LC-12), where the chain calls them so. */
static bool
add_contacts(const struct visit *v, struct arena *a, struct contact_row *rows, size_t *n, int32_t org, const struct place *p)
{
    static const char *const titles[] = {"第一联系人", "第二联系人"};
    const struct registry *r = v->area->registry;
    const struct place *community = place_above(r, p, PLACE_COMMUNITY);
    struct str name = org_short(r, org);
    size_t before = *n;
    for (int order = 1; community && has_contacts(v->area->scheme, place_chain(r, p)) && order <= 2; order++)
        for (size_t i = 0; i < r->n_postings; i++) {
            const struct posting *c = &r->postings[i];
            if (c->org != org || c->place != community->id || c->order != order || !is_certified(c, day_of(v->now)))
                continue;
            add_post(rows, n, r, c, str_of(arena_printf(a, "%.*s%s", (int)name.n, name.p, titles[order - 1])));
            break;
        }
    return *n > before;
}

/* Each organisation that leads an item, by its contacts, its first officer here, or its own telephone. */
static void
fill_departments(const struct visit *v, struct arena *a, const struct place *p, struct contact_rows *out)
{
    const struct registry *r = v->area->registry;
    struct contact_row *rows = arena_array(a, struct contact_row, CONTACTS_MAX);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_orgs && n < CONTACTS_MAX; i++) {
        const struct org *o = &r->orgs[i];
        if (o->is_closed || !leads_something(v, o))
            continue;
        if (add_contacts(v, a, rows, &n, i, p))
            continue;
        const struct posting *officer = officer_for(r, i, p, day_of(v->now));
        if (officer)
            add_post(rows, &n, r, officer, org_short(r, i));
        else
            add_org(a, rows, &n, r, i, STR(""));
    }
    *out = (struct contact_rows){rows, n};
}

/* ---- figures: counted, never typed; an average of nothing is not shown ---- */

static const char *
average_words(struct arena *a, const struct place_figures *f)
{
    if (f->closed <= 0)
        return "";
    double hours = (double)f->minutes_sum / (double)f->closed / 60;
    return hours < 48 ? arena_printf(a, "%.1f 小时", hours) : arena_printf(a, "%.1f 天", hours / 24);
}

/* The page hangs in every stairwell: each loop keeps what it counted until somebody writes or the day ends. */
static bool
figures_of(const struct visit *v, const struct place *p, int32_t today, struct place_figures *out)
{
    static _Thread_local struct {
        int64_t area;
        int32_t place, day;
        uint32_t version;
        struct place_figures f;
    } kept[KEPT], *k;
    struct err err = {0};
    uint32_t version = db_version(v->db);
    k = &kept[(uint32_t)p->id % KEPT];
    if (k->area != v->area->id || k->place != p->id || k->day != today || k->version != version || !version) {
        k->area = 0;
        if (!place_figures(v->db, v->area->id, p->id, today - FIGURE_DAYS + 1, today, &k->f, &err))
            return false;
        k->area = v->area->id;
        k->place = p->id;
        k->day = today;
        k->version = version;
    }
    *out = k->f;
    return true;
}

static void
fill_figures(struct request *req, struct board_view *v)
{
    const struct visit *visit = visit_of(req);
    int32_t today = day_of(visit->now);
    v->has_figures = figures_of(visit, v->r.place, today, &v->f);
    v->from = day_words(req->arena, day_start(today - FIGURE_DAYS + 1), visit->now);
    v->to = day_words(req->arena, visit->now, visit->now);
    v->average = average_words(req->arena, &v->f);
    if (v->has_figures && v->f.next_kind >= 0)
        v->next = arena_printf(req->arena, "%s，%s", day_words(req->arena, v->f.next_at, visit->now), visit_kind_label(v->f.next_kind));
    int64_t all = v->f.persuaded + v->f.ordered + v->f.penalised;
    if (all > 0) {
        v->w1 = (int)(v->f.persuaded * 1000 / all);
        v->w2 = (int)(v->f.ordered * 1000 / all);
        v->w3 = 1000 - v->w1 - v->w2;
        v->x2 = v->w1;
        v->x3 = v->w1 + v->w2;
    }
}

/* The finished page, kept by each loop as long as nothing that it says can have changed. */
struct kept_page {
    const struct registry *registry;
    const struct scheme *scheme;
    uint32_t version;
    int32_t place, day;
    bool is_large, asks_large;
    struct buf body;
};

/* Where the page of this request is kept or would be; NULL when it says something to this visitor alone. */
static struct kept_page *
kept_page_of(const struct request *req, const struct resident *r)
{
    static _Thread_local struct kept_page kept[KEPT];
    return r->l.flash || req->query.n ? NULL : &kept[(uint32_t)r->place->id % KEPT];
}

static bool
is_same_page(const struct kept_page *a, const struct kept_page *b)
{
    return a->registry == b->registry && a->scheme == b->scheme && a->version == b->version && b->version && a->place == b->place &&
           a->day == b->day && a->is_large == b->is_large && a->asks_large == b->asks_large;
}

static void
keep_page(struct kept_page *kept, struct kept_page now, struct str body)
{
    now.body = kept->body;
    *kept = now;
    buf_clear(&kept->body);
    buf_str(&kept->body, body);
}

void
resident_board(struct request *req, struct response *res)
{
    struct board_view v = {0};
    if (!compound_of(req, res, &v.r.place))
        return;
    const struct visit *visit = visit_of(req);
    const struct registry *r = visit->area->registry;
    resident_init(req, res, &v.r, str_z(req->arena, v.r.place->name));
    struct kept_page *kept = kept_page_of(req, &v.r);
    struct kept_page now = {r, visit->area->scheme, db_version(visit->db), v.r.place->id, day_of(visit->now), v.r.is_large, v.r.asks_large, {0}};
    if (kept && is_same_page(kept, &now)) {
        buf_str(&res->body, buf_view(&kept->body));
        return;
    }
    v.r.is_wide = true;
    v.community = community_name(r, v.r.place);
    v.grid = grid_name(req->arena, r, v.r.place);
    v.firm = org_short(r, owner_org(r, STR("@firm"), v.r.place, 0));
    fill_near(visit, req->arena, v.r.place, &v.near);
    fill_departments(visit, req->arena, v.r.place, &v.departments);
    fill_figures(req, &v);
    v.categories.p = visit->area->scheme->categories;
    v.categories.n = visit->area->scheme->n_categories;
    page_resident_board(&res->body, &v);
    if (kept)
        keep_page(kept, now, buf_view(&res->body));
}

/* ---- QR codes: of the compound's page, and of the reporter's own ---- */

static void
qr_send(struct request *req, struct response *res, const char *path, const char *title)
{
    struct err err = {0};
    if (!qr_svg(&res->body, str_of(full_url(req, path)), title, &err)) {
        page_fail(req, res, &err);
        return;
    }
    res->content_type = "image/svg+xml";
}

void
resident_board_qr(struct request *req, struct response *res)
{
    const struct place *p;
    if (compound_of(req, res, &p))
        qr_send(req, res, arena_printf(req->arena, "/x/%.*s", (int)p->code.n, p->code.p), str_z(req->arena, p->name));
}

void
resident_track_qr(struct request *req, struct response *res)
{
    int64_t area, case_id;
    struct err err = {0};
    if (case_token_open(visit_of(req)->app, req->vars[0], &area, &case_id)) {
        qr_send(req, res, arena_printf(req->arena, "/t/%.*s", (int)req->vars[0].n, req->vars[0].p), "查询进度");
        return;
    }
    err_set(&err, ERR_NOT_FOUND, "这个链接打不开。");
    page_fail(req, res, &err);
}
