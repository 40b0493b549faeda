/* What the staff screens share: words, visibility, the case of a request. */
#include "posts.h"
#include "staff.h"
#include "surveys.h"

#include "visit.h"

/* ---- Words ---- */

static const char *
state_words(const struct case_file *c)
{
    static const char *const hops[HOP_COUNT] = {"待核实", "待受理", "待派单", "待接单"};
    if (c->state == CASE_ROUTING && c->hop >= 0 && c->hop < HOP_COUNT)
        return hops[c->hop];
    return case_state_label((int)c->state);
}

static const char *
state_class(int64_t state)
{
    static const char *const classes[CASE_STATE_COUNT] = {
        [CASE_REGISTERED] = "n", [CASE_ROUTING] = "n",         [CASE_AWAITING_ACCEPT] = "n", [CASE_HANDLING] = "b",
        [CASE_CONFERRING] = "v", [CASE_AWAITING_RECHECK] = "t", [CASE_RETURNED] = "a",        [CASE_SUSPENDED] = "d",
        [CASE_CLOSED] = "g",     [CASE_ARCHIVED] = "g",         [CASE_WITHDRAWN] = "n",       [CASE_MERGED] = "n",
        [CASE_TRANSFERRED] = "n"};
    return classes[state];
}

void
signals_of(const struct visit *v, struct arena *a, const struct case_file *c, const struct duty *d, struct signals *out)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    *out = (struct signals){.state = state_words(c),
                            .state_class = state_class(c->state),
                            .is_supervised = c->supervised != 0,
                            .is_urgent = c->urgent != 0 && case_state_open((int)c->state)};
    if (!d && c->state == CASE_SUSPENDED) {
        out->clock = "暂停计时";
        out->clock_class = "";
        return;
    }
    instant due = d ? d->due : c->main_due;
    if (!due || (!d && !case_state_open((int)c->state)))
        return;
    instant amber = d && d->amber_at ? d->amber_at : due - DAY_MS;
    struct buf b = {0};
    clock_words(&b, &area_scheme(v->area, c->scheme)->calendar, due, v->now);
    out->clock = buf_keep(a, &b).p;
    out->clock_class = v->now >= due ? "r" : v->now >= amber ? "a" : "";
}

struct str
item_name(const struct visit *v, const struct case_file *c)
{
    const struct scheme *s = area_scheme(v->area, c->scheme);
    int i = scheme_item(s, c->item);
    return i >= 0 ? s->items[i].name : STR("待归类");
}

struct str
source_name(const struct visit *v, struct str source)
{
    int i = scheme_channel(v->area->scheme, source);
    return i >= 0 ? v->area->scheme->channels[i].name : source;
}

struct str
place_title(const struct visit *v, int64_t place)
{
    return place ? place_name(v->area->registry, (int32_t)place) : STR("地点待定");
}

const char *
month_words(struct arena *a, int year, int month)
{
    return arena_printf(a, "%d 年 %d 月", year, month);
}

const char *
percent_words(struct arena *a, int64_t part, int64_t all)
{
    return all ? arena_printf(a, "%.1f%%", 100.0 * (double)part / (double)all) : "—";
}

/* ---- The frame asks ---- */

bool
frame_can_report(const struct layout *l)
{
    const struct scheme *s = l->visit->area->scheme;
    for (size_t i = 0; i < s->n_channels && !l->visit->is_away; i++)
        if (caller_has(&l->visit->who, s->channels[i].roles))
            return true;
    return false;
}

struct str
frame_org(const struct layout *l)
{
    const struct visit *v = l->visit;
    return v->who.n_postings ? org_name(v->area->registry, v->who.postings[0]->org) : STR("");
}

const char *
frame_role(const struct layout *l)
{
    const struct visit *v = l->visit;
    return v->who.n_postings ? role_label(v->who.postings[0]->role) : "";
}

bool
frame_has(const struct layout *l, uint64_t roles)
{
    return caller_has(&l->visit->who, roles);
}

bool
frame_has_rota(const struct layout *l)
{
    const struct visit *v = l->visit;
    return frame_has(l, ROLES_BUSINESS) && turn_of_month(v->area->registry, month_of(day_of(v->now)));
}

bool
frame_has_survey(const struct layout *l)
{
    return survey_is_kept(&l->visit->who);
}

bool
frame_has_attendance(const struct layout *l)
{
    const uint64_t roles = ROLES_SEE_ALL | ROLE_BIT(ROLE_DEPARTMENT_HEAD) | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_ASSISTANT_OFFICER) |
                           ROLE_BIT(ROLE_STATION_CHIEF) | ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_LIAISON) | ROLE_BIT(ROLE_COMMUNITY_OFFICE);
    const struct scheme *s = l->visit->area->scheme;
    for (size_t i = 0; i < s->n_routines; i++)
        if (s->routines[i].action == VISIT_PRESENCE && s->routines[i].each == EACH_POST)
            return caller_has(&l->visit->who, roles);
    return false;
}

/* ---- Lines of a list ---- */

void
case_line_of(const struct visit *v, struct arena *a, const struct case_file *c, struct case_line *out)
{
    struct str from = source_name(v, c->source);
    *out = (struct case_line){
        .id = c->id,
        .no = case_no_words(a, c),
        .item = item_name(v, c),
        .place = place_title(v, c->place),
        .lead = c->lead ? org_short(v->area->registry, (int32_t)c->lead) : STR("未派单"),
        .detail = arena_printf(a, "%.*s · %s", (int)from.n, from.p, day_words(a, c->opened_at, v->now)),
    };
    signals_of(v, a, c, NULL, &out->sig);
}

/* The text of a hit in pieces, marked and not. */
static struct found_pieces
pieces_of(struct arena *a, const struct snippet *s)
{
    struct found_piece *out = arena_array(a, struct found_piece, 2 * s->n_marks + 1);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < s->n_marks; i++) {
        struct span m = s->marks[i];
        if (m.from > at)
            out[n++] = (struct found_piece){str_slice(s->text, at, m.from), false};
        out[n++] = (struct found_piece){str_slice(s->text, m.from, m.from + m.n), true};
        at = m.from + m.n;
    }
    if (at < s->text.n)
        out[n++] = (struct found_piece){str_slice(s->text, at, s->text.n), false};
    return (struct found_pieces){out, n};
}

static const char *
found_in_words(enum hit_in in)
{
    static const char *const words[] = {"编号", "反映", "位置", "答复", "办理记录", "反映"};
    return words[in];
}

struct case_lines
case_lines_of(const struct visit *v, struct arena *a, const struct case_rows *rows)
{
    struct case_line *p = arena_array(a, struct case_line, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        const struct case_hit *hit = rows->p[i].hit;
        case_line_of(v, a, &rows->p[i].c, &p[i]);
        if (hit) {
            p[i].found = pieces_of(a, &hit->snippet);
            p[i].found_in = found_in_words(hit->in);
        }
    }
    return (struct case_lines){p, rows->n};
}

/* ---- Who sees what ---- */

bool
sees_all(const struct visit *v)
{
    return caller_has(&v->who, ROLES_SEE_ALL);
}

#define ROLES_SEE_PLACE                                                                                                \
    (ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER) | ROLE_BIT(ROLE_LIAISON) | ROLE_BIT(ROLE_STATION_CHIEF) |  \
     ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_TOWN_OFFICE) | ROLE_BIT(ROLE_COMMUNITY_OFFICE) |                    \
     ROLE_BIT(ROLE_SUPERVISOR))
#define ROLES_SEE_LEAD                                                                                                 \
    (ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_ASSISTANT_OFFICER) | ROLE_BIT(ROLE_DEPARTMENT_HEAD) |                      \
     ROLE_BIT(ROLE_LEGAL_REVIEWER) | ROLE_BIT(ROLE_PROPERTY))

static bool
posting_covers(const struct registry *r, const struct posting *p, const struct place *place)
{
    if (p->place)
        return place_within(r, place->id, p->place);
    for (const struct place *up = place; up; up = registry_place(r, up->parent))
        if (p->org && (up->org == p->org || up->station == p->org))
            return true;
    return false;
}

static bool
sees_place(const struct visit *v, const struct place *place)
{
    for (size_t i = 0; i < v->who.n_postings; i++)
        if ((ROLE_BIT(v->who.postings[i]->role) & ROLES_SEE_PLACE) &&
            posting_covers(v->area->registry, v->who.postings[i], place))
            return true;
    return false;
}

/* The compounds of the person's places, cut down to the one or the many that the filter asks for. */
static bool
filter_places(const struct visit *v, struct arena *a, struct case_filter *f)
{
    const struct registry *r = v->area->registry;
    int32_t *seen = arena_array(a, int32_t, r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        bool is_asked = f->place ? p->id == f->place : !f->n_places;
        for (size_t k = 0; k < f->n_places; k++)
            is_asked |= f->places[k] == p->id;
        if (p->kind >= PLACE_COMPOUND && is_asked && sees_place(v, p))
            seen[n++] = p->id;
    }
    f->places = seen;
    f->n_places = n;
    f->place = 0;
    return n > 0;
}

bool
visible_filter(const struct visit *v, struct arena *a, struct case_filter *f)
{
    f->area = v->area->id;
    f->registry = v->area->registry;
    f->scheme = v->area->scheme;
    if (sees_all(v))
        return true;
    if (caller_has(&v->who, ROLES_SEE_PLACE))
        return filter_places(v, a, f);
    for (size_t i = 0; i < v->who.n_postings; i++)
        if ((ROLE_BIT(v->who.postings[i]->role) & ROLES_SEE_LEAD) && v->who.postings[i]->org) {
            f->lead = v->who.postings[i]->org;
            return true;
        }
    return false;
}

/* ---- The case of a request ---- */

void
situation_of(const struct visit *v, const struct case_file *c, const struct duty *duties, size_t n, struct situation *out)
{
    *out = (struct situation){.scheme = area_scheme(v->area, c->scheme),
                              .registry = v->area->registry,
                              .c = c,
                              .duties = duties,
                              .n_duties = n,
                              .actor = caller_actor(&v->who),
                              .now = v->now};
}

bool
opened_load(struct request *req, struct str no, struct opened *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    int64_t area, id = 0;
    int32_t day, n;
    *out = (struct opened){0};
    if (case_no_parse(no, &area, &day, &n) && (!area || area == v->area->id))
        id = case_find_no(v->db, v->area->id, day, n, err);
    if (err->kind && err->kind != ERR_NOT_FOUND)
        return false;
    if (!id)
        return err_set(err, ERR_NOT_FOUND, "没有编号为 %.*s 的事项。", (int)(no.n > 40 ? 40 : no.n), no.p);
    if (!case_load(v->db, app_keys(v->app), req->arena, v->area->id, id, &out->lc, err))
        return false;
    situation_of(v, &out->lc.c, out->lc.duties, out->lc.n_duties, &out->s);
    out->no = case_no_words(req->arena, &out->lc.c);
    if (!case_visible(&out->s))
        return err_set(err, ERR_FORBIDDEN, "这件事项不在您的职责范围内。");
    return true;
}

bool
opened_case(struct request *req, struct response *res, struct opened *out)
{
    struct err err = {0};
    if (opened_load(req, req->vars[0], out, &err))
        return true;
    page_fail(req, res, &err);
    return false;
}

/* ---- Small things ---- */

bool
in_drawer(const struct request *req)
{
    return req->is_htmx && str_is(request_header(req, "HX-Target"), "drawer");
}

const char *
query_with(struct request *req, const char *path, const char *name, const char *value)
{
    struct buf b = {0};
    buf_z(&b, path);
    char sep = '?';
    for (size_t i = 0; i < req->args.n; i++) {
        const struct param *p = &req->args.p[i];
        if (!p->value.n || str_is(p->name, name) || str_is(p->name, "after"))
            continue;
        buf_char(&b, sep);
        html_url_part(&b, p->name);
        buf_char(&b, '=');
        html_url_part(&b, p->value);
        sep = '&';
    }
    if (value && *value) {
        buf_printf(&b, "%c%s=", sep, name);
        html_url_part_z(&b, value);
    }
    return buf_keep(req->arena, &b).p;
}
