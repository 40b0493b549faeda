/* /cal/{secret}.ics — the calendar of a person or of a compound, for the calendar program of a phone: shifts, months as sector
 * chief, leave and standing in, visits that are planned, days on which routines fall due; of a compound, who is on duty at its
 * station and what is announced there. Whoever has the address may read it. */
#include "calendar_feed.h"

#include "ical.h"
#include "resident.h"
#include "routine.h"
#include "site.h"
#include "staff_posts.h"

enum { DAYS_BACK = 60, DAYS_AHEAD = 400, DUTY_DAYS_AHEAD = 35, DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60 * 1000 };
enum { VISITS_MAX = 300, DUTIES_MAX = 2000 };

struct feed {
    struct arena *a;
    struct request *req;
    const struct area *area;
    struct buf *out;
    struct db *db;
    int32_t from, today; /* nothing older than from */
    int64_t seen[VISITS_MAX]; /* visits that are in it: of the person and of his organisation, once */
    size_t n_seen;
};

static void
put(struct feed *f, const struct ical_event *e)
{
    struct buf line = {0};
    struct ical_event full = *e;
    buf_printf(&line, "%.*s-%lld@shaodao", (int)e->uid.n, e->uid.p, (long long)f->area->id);
    full.uid = buf_view(&line);
    ical_event(f->out, &full);
    buf_release(&line);
}

/* One station's shifts; of one person, or of all. */
static void
put_shifts(struct feed *f, int64_t person, int32_t station)
{
    const struct registry *r = f->area->registry;
    for (size_t i = 0; i < r->n_rosters; i++) {
        const struct roster *t = &r->rosters[i];
        const struct org *o = registry_org(r, t->station);
        if (!o || (station && t->station != station))
            continue;
        for (size_t k = 0; k < t->n; k++) {
            const struct shift *s = &t->p[k];
            if (s->day < f->from || (person && s->person != person))
                continue;
            struct str name = org_name(r, t->station), who = person_name(r, s->person);
            put(f, &(struct ical_event){
                       .uid = str_of(arena_printf(f->a, "shift-%d-%d-%d-%lld", (int)t->station, (int)s->day, s->from, (long long)s->person)),
                       .changed_at = t->changed_at, .sequence = t->rev, .from = day_start(s->day) + s->from * (instant)MINUTE_MS,
                       .to = day_start(s->day) + s->to * (instant)MINUTE_MS, .is_cancelled = s->is_cancelled,
                       .summary = person ? str_of(arena_printf(f->a, "%.*s值班", (int)name.n, name.p))
                                         : str_of(arena_printf(f->a, "%.*s值班：%.*s", (int)name.n, name.p, (int)who.n, who.p)),
                       .place = o->address});
        }
    }
}

/* Months that were swapped away stay as called off, so that a calendar that has them takes them out. */
static void
put_turns(struct feed *f, int64_t person, int32_t today)
{
    const struct registry *r = f->area->registry;
    for (int32_t m = month_of(today) - 1; m <= month_of(today) + 12; m++) {
        const struct posting *p = turn_of_month(r, m);
        int rev = 0;
        instant changed = month_first_day(m - 13) * (instant)DAY_MS;
        int64_t had = 0;
        for (size_t i = 0; i < r->n_swaps; i++) {
            const struct turn_swap *s = &r->swaps[i];
            if (s->state != ASKED_APPROVED || (s->first_month != m && s->second_month != m))
                continue;
            const struct posting *q = registry_posting(r, s->first_month == m ? s->first : s->second);
            rev++;
            changed = s->changed_at;
            had = q && q->person == person ? person : had;
        }
        bool is_his = p && p->person == person;
        if (!is_his && !had)
            continue;
        put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "turn-%d-%lld", (int)m, (long long)person)), .changed_at = changed,
                                    .sequence = rev, .from = day_start(month_first_day(m)), .to = day_start(month_first_day(m + 1)),
                                    .is_all_day = true, .is_cancelled = !is_his, .summary = STR("轮值片区长")});
    }
}

static void
put_leaves(struct feed *f, int64_t person)
{
    const struct registry *r = f->area->registry;
    for (size_t i = 0; i < r->n_leaves; i++) {
        const struct leave *l = &r->leaves[i];
        bool is_own = l->person == person;
        if ((!is_own && l->substitute != person) || l->to < f->from || l->state == ASKED_OPEN || l->state == ASKED_REFUSED)
            continue;
        struct str name = person_name(r, l->person);
        put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "leave-%lld-%lld", (long long)l->id, (long long)person)),
                                    .changed_at = l->changed_at, .sequence = l->rev, .from = day_start(l->from), .to = day_start(l->to + 1),
                                    .is_all_day = true, .is_cancelled = l->state == ASKED_CANCELLED,
                                    .summary = is_own ? STR("请假") : str_of(arena_printf(f->a, "代%.*s的班", (int)name.n, name.p))});
    }
}

/* ---- visits ---- */

static bool
is_seen(struct feed *f, int64_t visit)
{
    for (size_t i = 0; i < f->n_seen; i++)
        if (f->seen[i] == visit)
            return true;
    if (f->n_seen == VISITS_MAX)
        return true;
    f->seen[f->n_seen++] = visit;
    return false;
}

/* A title says more than its kind; one without stands under its kind and place. */
static struct str
visit_summary(struct feed *f, const struct field_visit *v)
{
    const char *kind = visit_kind_label(v->kind);
    struct str place = v->place ? place_name(f->area->registry, v->place) : STR("");
    if (v->title.n)
        return str_of(arena_printf(f->a, "%s：%.*s", kind, (int)v->title.n, v->title.p));
    return str_of(arena_printf(f->a, "%s%s%.*s", kind, place.n ? "：" : "", (int)place.n, place.p));
}

static bool
put_visit(struct feed *f, const struct field_visit *v, struct err *err)
{
    instant changed = db_int(f->db, SQL_EVENT_AT, DB_ARGS(V_INT(f->area->id), V_INT(v->id), V_INT(v->version)), v->from, err);
    struct str org = org_name(f->area->registry, v->org);
    put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "visit-%lld", (long long)v->id)), .changed_at = changed,
                                .sequence = (int)v->version - 1, .from = v->from, .to = v->to > v->from ? v->to : v->from + 60 * (instant)MINUTE_MS,
                                .is_cancelled = v->state == VISIT_CANCELLED, .summary = visit_summary(f, v),
                                .place = v->place ? place_name(f->area->registry, v->place) : STR(""),
                                .description = str_of(arena_printf(f->a, "%.*s组织", (int)org.n, org.p)),
                                .url = str_of(full_url(f->req, arena_printf(f->a, "/desk/visits/%lld", (long long)v->id)))});
    return err->kind == ERR_NONE;
}

/* Residents are told of these beforehand (place_next_visit); that an inspection comes is told to nobody it inspects. */
static bool
is_announced(int kind)
{
    return kind == VISIT_JOINT_VISIT || kind == VISIT_OPERATION || kind == VISIT_CAMPAIGN || kind == VISIT_CHECKUP || kind == VISIT_OUTREACH;
}

/* What was planned, whatever came of it: a calendar that has it must hear that it was called off. */
static bool
put_visits(struct feed *f, struct visit_filter of, bool is_public, struct err *err)
{
    struct visits list;
    of.kind = -1;
    of.from = day_start(f->from);
    of.to = day_start(f->today + DAYS_AHEAD);
    if (!visits_list(f->db, app_keys(site_app(f->req)), f->a, f->area->id, &of, VISITS_MAX, &list, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        if (list.p[i]->from && (!is_public || is_announced(list.p[i]->kind)) && !is_seen(f, list.p[i]->id) && !put_visit(f, list.p[i], err))
            return false;
    return true;
}

static bool
put_visits_of_person(struct feed *f, int64_t person, struct err *err)
{
    const struct posting *p[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(f->area->registry, person, f->today, p, ACTOR_POSTINGS_MAX);
    if (!put_visits(f, (struct visit_filter){.person = person}, false, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (p[i]->org && (ROLE_BIT(p[i]->role) & ROLES_BUSINESS) && !put_visits(f, (struct visit_filter){.org = p[i]->org}, false, err))
            return false;
    return true;
}

/* ---- routines ---- */

/* The duties of one term that fall due together are one entry: twelve compounds are not twelve lines of a day. */
static void
put_due(struct feed *f, const struct duty *u, int64_t whose)
{
    int i = routine_by_ref(f->area->scheme, u->ref);
    int32_t day = day_of(u->due - 1);
    if (i < 0 || day < f->from)
        return;
    const struct routine *r = &f->area->scheme->routines[i];
    put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "routine-%.*s-%lld-%lld", (int)r->code.n, r->code.p, (long long)u->arg, (long long)whose)),
                                .changed_at = u->opened_at, .from = day_start(day), .to = day_start(day + 1), .is_all_day = true,
                                .summary = str_of(arena_printf(f->a, "到期：%.*s", (int)r->name.n, r->name.p))});
}

static bool
put_dues_of_person(struct feed *f, int64_t person, struct err *err)
{
    struct owner owners[OWNERS_MAX];
    size_t n = owners_of(f->area->registry, person, f->today, owners, OWNERS_MAX);
    struct duty_rows rows;
    if (!duties_other_of_owners(f->db, f->a, f->area->id, owners, n, DUTY_ROUTINE, day_start(f->today + DUTY_DAYS_AHEAD), DUTIES_MAX, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n; i++) {
        bool is_known = false;
        for (size_t k = 0; k < i && !is_known; k++)
            is_known = rows.p[k].d.ref == rows.p[i].d.ref && rows.p[k].d.arg == rows.p[i].d.arg;
        if (!is_known)
            put_due(f, &rows.p[i].d, person);
    }
    return true;
}

/* What is owed at the compound itself, by whom it may be. */
static bool
put_dues_of_place(struct feed *f, int32_t place, struct err *err)
{
    const struct scheme *s = f->area->scheme;
    struct duty_list list;
    for (size_t i = 0; i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        if (r->each != EACH_PLACE || !is_announced(r->action))
            continue;
        if (!routine_duties_of_member(f->db, f->a, f->area->id, routine_ref(r->code), place, f->from, f->today + DUTY_DAYS_AHEAD, &list, err))
            return false;
        for (size_t k = 0; k < list.n; k++)
            if (list.p[k].end == END_OPEN)
                put_due(f, &list.p[k], -(int64_t)place);
    }
    return true;
}

static bool
write_person(struct feed *f, const struct person *p, struct err *err)
{
    ical_begin(f->out, str_of(arena_printf(f->a, "哨到：%.*s", (int)p->name.n, p->name.p)));
    put_shifts(f, p->id, 0);
    put_turns(f, p->id, f->today);
    put_leaves(f, p->id);
    bool ok = put_visits_of_person(f, p->id, err) && put_dues_of_person(f, p->id, err);
    ical_end(f->out);
    return ok;
}

static bool
write_place(struct feed *f, const struct place *p, struct err *err)
{
    int32_t station = owner_org(f->area->registry, STR("@station"), p, 0);
    const struct place *community = place_above(f->area->registry, p, PLACE_COMMUNITY);
    ical_begin(f->out, str_of(arena_printf(f->a, "哨到：%.*s", (int)p->name.n, p->name.p)));
    if (station)
        put_shifts(f, 0, station);
    bool ok = put_visits(f, (struct visit_filter){.place = p->id}, true, err) &&
              (!community || community == p || put_visits(f, (struct visit_filter){.place = community->id}, true, err)) &&
              put_dues_of_place(f, p->id, err);
    ical_end(f->out);
    return ok;
}

void
calendar_feed(struct request *req, struct response *res)
{
    struct app *app = site_app(req);
    int64_t area, id;
    bool is_person = true;
    struct str secret = req->vars[0];
    struct err err = {0};
    if (secret.n > 4 && str_is(str_slice(secret, secret.n - 4, secret.n), ".ics"))
        secret = str_slice(secret, 0, secret.n - 4);
    if (!calendar_token_open(app, visit_of(req)->db, secret, &area, &id, &is_person)) {
        err_set(&err, ERR_NOT_FOUND, "没有这个日历，或者地址已经失效。");
        page_fail(req, res, &err);
        return;
    }
    struct feed *f = arena_new_of(req->arena, struct feed);
    int32_t today = day_of(app_now(app));
    *f = (struct feed){.a = req->arena, .req = req, .area = app_area(app, area), .out = &res->body, .db = visit_of(req)->db,
                       .from = today - DAYS_BACK, .today = today};
    const struct person *who = is_person ? registry_person(f->area->registry, id) : NULL;
    const struct place *place = is_person ? NULL : registry_place(f->area->registry, (int32_t)id);
    if (!(who && !who->is_disabled) && !place) {
        err_set(&err, ERR_NOT_FOUND, "没有这个日历，或者地址已经失效。");
        page_fail(req, res, &err);
        return;
    }
    if (!(who ? write_person(f, who, &err) : write_place(f, place, &err))) {
        buf_clear(&res->body);
        page_fail(req, res, &err);
        return;
    }
    res->content_type = "text/calendar; charset=utf-8";
    response_header(res, "Cache-Control", "private, max-age=300");
}

const char *
calendar_address(struct request *req, bool is_person, int64_t id)
{
    char token[48];
    const struct visit *v = visit_of(req);
    if (!calendar_token(v->db, v->area, is_person, id, token))
        return NULL;
    return full_url(req, arena_printf(req->arena, "/cal/%s.ics", token));
}

struct calendar_offer
calendar_offer_of(struct request *req, const struct place *p)
{
    const struct visit *v = visit_of(req);
    return (struct calendar_offer){.address = calendar_address(req, p == NULL, p ? p->id : v->person->id), .place = p ? p->code : STR(""),
                                   .may_renew = calendar_may_renew(&v->who, p ? p->id : 0)};
}

static void
renewed(struct request *req, struct response *res, struct action *a)
{
    const struct renew_calendar *x = (const struct renew_calendar *)a;
    const struct place *p = registry_place(visit_of(req)->area->registry, x->place);
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    flash(req, res, x->is_off ? "已停用，原来的地址打不开了。" : "已换新地址，原来的地址打不开了。请在手机日历里删掉旧订阅，再添加新地址。");
    if (p)
        response_redirect(req, res, "/desk/places/%.*s", (int)p->code.n, p->code.p);
    else
        response_redirect(req, res, "/desk/leave");
}

void
desk_post_calendar_feed(struct request *req, struct response *res)
{
    struct renew_calendar *x = arena_new_of(req->arena, struct renew_calendar);
    struct str code = params_get(&req->form, "place");
    const struct place *p = code.n ? registry_place_code(visit_of(req)->area->registry, code) : NULL;
    struct err err = {0};
    if (code.n && !p) {
        err_set(&err, ERR_NOT_FOUND, "没有这个地方。");
        page_fail(req, res, &err);
        return;
    }
    x->place = p ? p->id : 0;
    x->is_off = str_is(params_get(&req->form, "op"), "stop");
    page_wait(req, res, &x->base, renewed);
    renew_calendar(x, visit_of(req)->db);
}
