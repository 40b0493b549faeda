/* Visits of a sample life: what comes back is done, most of it in time; what the articles count besides (operations, patrols of
 * volunteers, campaigns with their numbers) comes as demo.csv says. A day is planned when it begins, so that people and
 * terms are those of that day.
 */
#include <stdlib.h>

#include "demo.h"
#include "demo_visits.h"
#include "slots.h"
#include "stops.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR, PARTY_MAX = 12 };

struct day_plan { /* members of one routine's term */
    struct demo_visits *v;
    const struct plan_routine *row;
    const struct routine *r;
    struct term t;
    int32_t day;
};

/* ---- who goes ---- */

static bool
may_go(const struct registry *r, const struct posting *p, int kind, int32_t day)
{
    const struct person *who = registry_person(r, p->person);
    return (visit_kind_roles(kind) & ROLE_BIT(p->role)) && posting_in_force(p, day) && who && !who->is_disabled &&
           !str_is(who->username, "expired01");
}

/* One of the owner's people who may do this; of an organisation's, those posted at the place first. */
static const struct posting *
pick(struct demo_visits *v, const struct owner *o, int kind, int32_t place, int32_t day)
{
    const struct registry *r = v->d->area->registry;
    const struct posting *found[16];
    const struct place *at = registry_place(r, place);
    int n = 0;
    for (int pass = 0; pass < 3 && !n; pass++)
        for (size_t i = 0; i < r->n_postings && n < 16; i++) {
            const struct posting *p = &r->postings[i];
            bool is_there = at && p->place && place_within(r, place, p->place) && registry_place(r, p->place)->kind >= PLACE_COMMUNITY;
            bool is_owner = owner_is(r, o, p->person, day) && (!o->org || p->org == o->org) && (o->role == ROLE_NONE || p->role == o->role);
            bool fits = pass == 0 ? is_owner && (is_there || !at) : pass == 1 ? is_owner : is_there;
            if (fits && may_go(r, p, kind, day))
                found[n++] = p;
        }
    return n ? found[dice_range(&v->d->dice, 0, n - 1)] : NULL;
}

static const struct posting *
pick_role(struct demo_visits *v, int role, int kind, int32_t day)
{
    const struct registry *r = v->d->area->registry;
    const struct posting *found[200];
    int n = 0;
    for (size_t i = 0; i < r->n_postings && n < 200; i++)
        if (r->postings[i].role == role && may_go(r, &r->postings[i], kind, day))
            found[n++] = &r->postings[i];
    return n ? found[dice_range(&v->d->dice, 0, n - 1)] : NULL;
}

/* A compound inside of where somebody is posted, else anywhere. */
static int32_t
pick_place(struct demo_visits *v, int32_t within)
{
    const struct registry *r = v->d->area->registry;
    int32_t found[200];
    int n = 0;
    for (int pass = 0; pass < 2 && !n; pass++)
        for (int32_t i = 1; i <= r->n_places && n < 200; i++)
            if (r->places[i].kind == PLACE_COMPOUND && !r->places[i].is_closed && (pass || place_within(r, i, within)))
                found[n++] = i;
    return n ? found[dice_range(&v->d->dice, 0, n - 1)] : 0;
}

/* ---- what is written ---- */

static void
put(struct demo *d, struct params *p, const char *name, struct str value)
{
    params_add(d->arena, p, str_of(name), value);
}

static void
put_moment(struct demo *d, struct params *p, const char *name, instant at)
{
    struct buf b = {0};
    moment_format(&b, at);
    put(d, p, name, str_dup(d->arena, buf_view(&b)));
    buf_release(&b);
}

/* Every point looked at, all in order: what is found comes as reports of their own. */
static void
put_answers(struct demo *d, struct params *p, int kind)
{
    const struct scheme *s = d->area->scheme;
    struct buf b = {0};
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].kinds & 1u << kind)
            buf_printf(&b, "%.*s.%.*s=%s;", (int)s->points[i].list.n, s->points[i].list.p, (int)s->points[i].code.n, s->points[i].code.p,
                       dice_chance(&d->dice, 60) ? "na" : "ok");
    if (b.n)
        put(d, p, "answers", str_dup(d->arena, buf_view(&b)));
    buf_release(&b);
}

/* Most points are scanned on the spot; some are only tapped, and now and then one is left out. */
static void
put_stops(struct demo *d, struct params *p, int32_t place, instant began, instant ended)
{
    enum { SKIPPED = 20, SCANNED = 800, LOCATED = 700, ACCURACY_M = 18 };
    const struct place *points[VISIT_STOPS_MAX], *at = registry_place(d->area->registry, place);
    size_t n = patrol_points(d->area->registry, place, began, points, VISIT_STOPS_MAX);
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        if (dice_chance(&d->dice, SKIPPED))
            continue;
        buf_printf(&b, "%.*s ", (int)points[i]->code.n, points[i]->code.p);
        moment_format(&b, began + (ended - began) * (instant)(i + 1) / (instant)(n + 1));
        bool is_scanned = dice_chance(&d->dice, SCANNED);
        if (is_scanned)
            buf_z(&b, " qr");
        if (is_scanned && dice_chance(&d->dice, LOCATED))
            buf_printf(&b, " %.6f,%.6f,%d", at->lon, at->lat, ACCURACY_M);
        buf_char(&b, ';');
    }
    if (b.n)
        put(d, p, "stops", str_dup(d->arena, buf_view(&b)));
    buf_release(&b);
}

static struct str
summary(struct demo *d, int kind)
{
    static const char *const walks[] = {"沿楼栋走了一遍，没有发现新的问题。", "重点看了楼道和消防通道，情况正常。", "和值班保安一起看了公共部位，都正常。",
                                        "提醒两户收好门口的纸箱，当场收了。"};
    static const char *const talks[] = {"逐件过了手上的事项，定了责任单位和期限。", "讨论了停车和充电桩，形成处理意见。", "通报了上月情况，明确了下一步分工。"};
    bool is_talk = visit_kind_flags(kind) & NEEDS_WORDS;
    return str_of(is_talk ? talks[dice_range(&d->dice, 0, 2)] : walks[dice_range(&d->dice, 0, 3)]);
}

static int64_t
record(struct demo_visits *v, const struct posting *as, const struct params *fields)
{
    struct demo *d = v->d;
    struct caller who;
    struct err err = {0};
    caller_staff(d->app, NULL, d->area, as->person, &who);
    struct record_visit x = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .fields = fields};
    d->visits++;
    if (record_visit_wait(&x, &err))
        return x.id;
    d->refused++;
    snprintf(d->last_refusal, sizeof d->last_refusal, "visit: %s / %s", err.message, err.n_fields ? err.fields[0].message : "");
    return 0;
}

/* Coming to an operation, shown where it is. */
static struct params
shown_at(struct demo_visits *v, const struct demo_errand *e, int32_t place, const struct posting *as, instant now)
{
    struct params p = {0};
    demo_show_presence(v->d, &(struct presence_shown_by){place, as->person, e->visit * 61, false}, now, &p);
    return p;
}

static bool
act(struct demo_visits *v, const struct posting *as, int64_t id, const char *command, const struct params *fields)
{
    struct demo *d = v->d;
    struct caller who;
    struct err err = {0};
    caller_staff(d->app, NULL, d->area, as->person, &who);
    struct act_on_visit x = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .id = id, .command = str_of(command), .fields = fields};
    if (act_on_visit_wait(&x, &err) || err.kind == ERR_CONFLICT)
        return err.kind == ERR_NONE;
    d->refused++;
    snprintf(d->last_refusal, sizeof d->last_refusal, "visit %s: %s / %s", command, err.message, err.n_fields ? err.fields[0].message : "");
    return false;
}

static struct str
username(struct demo_visits *v, int64_t person)
{
    return registry_person(v->d->area->registry, person)->username;
}

/* ---- numbers that the articles tell ---- */

/* The k-th of n gets its part of a total, so that the parts add up. */
static int64_t
part_of(int64_t total, int64_t k, int64_t n)
{
    return n > 0 ? total * (k + 1) / n - total * k / n : 0;
}

static void
put_counts(struct demo_visits *v, struct params *p, int kind, int64_t k, int64_t n)
{
    struct buf b = {0};
    for (size_t i = 0; i < v->d->plan->n_quantities; i++) {
        const struct plan_quantity *q = &v->d->plan->quantities[i];
        int64_t some = q->kind == kind ? part_of(q->total, k, n) : 0;
        if (some)
            buf_printf(&b, "%.*s=%lld%.*s;", (int)q->item.n, q->item.p, (long long)some, (int)q->unit.n, q->unit.p);
    }
    if (b.n)
        put(v->d, p, "counts", str_dup(v->d->arena, buf_view(&b)));
    buf_release(&b);
}

/* ---- doing it ---- */

static int64_t
go(struct demo_visits *v, const struct posting *as, int kind, int32_t place, instant now, struct params *p)
{
    struct demo *d = v->d;
    const struct place *at = registry_place(d->area->registry, place);
    put(d, p, "kind", str_of(visit_kind_code(kind)));
    if (at)
        put(d, p, "place", at->code);
    instant began = now - dice_range(&d->dice, 20, 90) * MINUTE;
    put_moment(d, p, "began_at", began);
    put_moment(d, p, "ended_at", now);
    put(d, p, "words", summary(d, kind));
    put_answers(d, p, kind);
    demo_show_presence(d, &(struct presence_shown_by){place, as->person, began / MINUTE, false}, began, p);
    if (kind == VISIT_ROUND)
        put_stops(d, p, place, began, now);
    return record(v, as, p);
}

static void
go_routine(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    const struct registry *r = v->d->area->registry;
    struct params p = {0};
    int kind = e->kind, flags = visit_kind_flags(kind);
    int32_t place = e->place;
    const struct posting *as = NULL;
    for (size_t i = 0; e->posting && i < r->n_postings; i++)
        if (r->postings[i].id == e->posting && may_go(r, &r->postings[i], kind, day_of(now)))
            as = &r->postings[i];
    if (!as)
        as = e->posting ? NULL : pick(v, &e->owner, kind, place, day_of(now));
    if (!as)
        return;
    const struct place *at = registry_place(r, place);
    if (!place || (at && at->kind != PLACE_COMPOUND && (flags & NEEDS_PLACE)))
        place = as->place && registry_place(r, as->place)->kind >= PLACE_COMMUNITY ? as->place : flags & NEEDS_PLACE ? pick_place(v, as->place) : 0;
    go(v, as, kind, place, now, &p);
}

static void
go_extra(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    const struct plan_visits *row = e->row;
    const struct posting *as = pick_role(v, row->role, row->kind, day_of(now));
    const struct posting *party[PARTY_MAX];
    struct params p = {0}, here = {0};
    struct buf others = {0};
    int n = 0;
    if (!as)
        return;
    for (int i = 1; i < row->party && i < PARTY_MAX; i++) {
        const struct posting *other = pick_role(v, row->role, row->kind, day_of(now));
        if (other && other->person != as->person && !str_has(buf_view(&others), username(v, other->person))) {
            party[n++] = other;
            buf_printf(&others, "%s%.*s", others.n ? "|" : "", (int)username(v, other->person).n, username(v, other->person).p);
        } else {
            i -= dice_chance(&v->d->dice, 900); /* somebody else comes along */
        }
    }
    if (others.n)
        put(v->d, &p, "members", str_dup(v->d->arena, buf_view(&others)));
    buf_release(&others);
    put_counts(v, &p, row->kind, e->k, row->n);
    int64_t id = go(v, as, row->kind, pick_place(v, as->place), now, &p);
    put_moment(v->d, &here, "occurred_at", now);
    for (int i = 0; id && i < n; i++) /* who is of another unit says himself that he was there */
        act(v, party[i], id, "check_in", &here);
}

/* ---- joint operations: asked, confirmed, come, finished, with what they settled ---- */

/* Does a routine count such a visit only when 1 + 1 + N came (LC-10)? */
static bool
needs_team(const struct demo_visits *v, int kind)
{
    const struct scheme *s = v->d->area->scheme;
    for (size_t i = 0; i < s->n_routines; i++)
        if (s->routines[i].action == kind && (s->routines[i].needs & NEED_TEAM))
            return true;
    return false;
}

/* The first who is posted in one of the roles in a community and may act: the same people go there each time. */
static const struct posting *
posted_in(const struct registry *r, const struct place *community, uint64_t roles, int32_t day)
{
    for (size_t i = 0; community && i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        bool is_able = p->role != ROLE_OFFICER || (posting_is_certified(p, day) && !p->is_guided);
        if ((roles & ROLE_BIT(p->role)) && p->place && place_within(r, p->place, community->id) && posting_in_force(p, day) && is_able)
            return p;
    }
    return NULL;
}

/* 1 名执法人员、1 名协管队员、社区工作人员 of the community go along by name. */
static void
put_team(struct demo_visits *v, struct params *p, int32_t place, int32_t day)
{
    static const uint64_t roles[] = {ROLE_BIT(ROLE_OFFICER), ROLE_BIT(ROLE_ASSISTANT_OFFICER), ROLE_BIT(ROLE_LIAISON) | ROLE_BIT(ROLE_COMMUNITY_OFFICE)};
    const struct registry *r = v->d->area->registry;
    const struct place *community = place_above(r, registry_place(r, place), PLACE_COMMUNITY);
    struct buf names = {0};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const struct posting *one = posted_in(r, community, roles[i], day);
        struct str name = one ? registry_person(r, one->person)->username : STR("");
        if (one)
            buf_printf(&names, "%s%.*s", names.n ? "|" : "", (int)name.n, name.p);
    }
    if (names.n)
        put(v->d, p, "members", str_dup(v->d->arena, buf_view(&names)));
    buf_release(&names);
}

static void
plan_operation(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    struct demo *d = v->d;
    const struct registry *r = d->area->registry;
    const struct plan_visits *row = e->row;
    const struct posting *as = pick_role(v, row->role, row->kind, day_of(now));
    struct params p = {0};
    struct buf asked = {0};
    const struct org *own = as ? registry_org(r, as->org) : NULL;
    int32_t place = pick_place(v, as ? as->place : 0);
    instant from = e->at;
    if (!as)
        return;
    for (int n = 0, tries = 0; n < 3 && tries < 60; tries++) {
        const struct org *o = &r->orgs[dice_range(&d->dice, 1, r->n_orgs)];
        struct owner of = {.org = o->id, .role = ROLE_NONE};
        if (o->kind != ORG_DEPARTMENT || o == own || str_has(buf_view(&asked), o->code) || !pick(v, &of, row->kind, 0, day_of(now)))
            continue;
        buf_printf(&asked, "%s%.*s", asked.n ? "|" : "", (int)o->code.n, o->code.p);
        n++;
    }
    put(d, &p, "kind", str_of(visit_kind_code(row->kind)));
    put(d, &p, "place", registry_place(r, place)->code);
    put_moment(d, &p, "from", from);
    put_moment(d, &p, "to", from + 2 * HOUR);
    put(d, &p, "title", str_of(arena_printf(d->arena, "%.*s%s", (int)registry_place(r, place)->name.n, registry_place(r, place)->name.p,
                                            visit_kind_label(row->kind))));
    put(d, &p, "mode", STR("joint"));
    put(d, &p, "asked", str_dup(d->arena, buf_view(&asked)));
    buf_release(&asked);
    if (needs_team(v, row->kind))
        put_team(v, &p, place, day_of(from));
    int64_t id = record(v, as, &p);
    if (!id)
        return;
    struct demo_errand next = *e;
    next.visit = id;
    next.posting = as->id;
    next.stage = ERRAND_CONFIRM;
    v->push(v->life, from - 26 * HOUR > now ? from - 26 * HOUR : now + HOUR, &next);
    next.stage = ERRAND_HOLD;
    v->push(v->life, from + 5 * MINUTE, &next);
}

static const struct posting *
posting_by_id(struct demo_visits *v, int64_t id)
{
    const struct registry *r = v->d->area->registry;
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].id == id)
            return &r->postings[i];
    return NULL;
}

/* Each unit that was asked: a few do not answer, and must come all the same. */
static void
each_asked(struct demo_visits *v, const struct demo_errand *e, instant now, const char *command, int per_mille)
{
    struct loaded_visit x;
    struct err err = {0};
    struct demo *d = v->d;
    bool ok = visit_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, e->visit, &x, &err);
    app_reader_unlock(d->app);
    for (size_t i = 0; ok && i < x.v.n_members; i++) {
        struct owner o = {.org = x.v.members[i].org, .role = ROLE_NONE};
        const struct posting *as = x.v.members[i].person ? NULL : pick(v, &o, x.v.kind, 0, day_of(now));
        struct params fields = {0};
        if (as && e->stage == ERRAND_HOLD)
            fields = shown_at(v, e, x.v.place, as, now);
        if (as && dice_chance(&d->dice, per_mille))
            act(v, as, e->visit, command, &fields);
    }
}

/* Those who go along by name. */
static void
each_named(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    struct loaded_visit x;
    struct err err = {0};
    struct demo *d = v->d;
    const struct registry *r = d->area->registry;
    bool ok = visit_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, e->visit, &x, &err);
    app_reader_unlock(d->app);
    for (size_t i = 0; ok && i < x.v.n_members; i++) {
        const struct visit_member *m = &x.v.members[i];
        const struct posting *as = NULL;
        for (size_t k = 0; m->person && m->state != MEMBER_CAME && k < r->n_postings && !as; k++)
            if (r->postings[k].person == m->person && r->postings[k].role == m->role && posting_in_force(&r->postings[k], day_of(now)))
                as = &r->postings[k];
        struct params fields = {0};
        if (as)
            fields = shown_at(v, e, x.v.place, as, now);
        if (as)
            act(v, as, e->visit, "check_in", &fields);
    }
}

/* Matters of departments that are still being handled get their end from the operation (HC-25). */
static void
settle_cases(struct demo_visits *v, const struct demo_errand *e, const struct posting *as)
{
    struct demo *d = v->d;
    int64_t wanted = part_of(e->row->settles, e->k, e->row->n);
    for (size_t tries = 0; wanted > 0 && v->n_recent && tries < 200; tries++) {
        struct loaded_case c;
        struct err err = {0};
        int64_t *id = &v->recent[dice_range(&d->dice, 0, (int64_t)v->n_recent - 1)];
        bool ok = *id && case_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, *id, &c, &err);
        app_reader_unlock(d->app);
        if (!ok || (c.c.state != CASE_HANDLING && c.c.state != CASE_CLOSED))
            continue;
        struct params p = {0};
        struct buf no = {0};
        case_no_format(&no, c.c.day, c.c.no);
        put(d, &p, "case", str_dup(d->arena, buf_view(&no)));
        put(d, &p, "settled", STR("1"));
        put(d, &p, "words", STR("几个部门一起到现场，当场整改。"));
        buf_release(&no);
        wanted -= act(v, as, e->visit, "result", &p);
        *id = 0;
    }
}

static void
hold_operation(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    struct demo *d = v->d;
    const struct posting *as = posting_by_id(v, e->posting);
    struct params none = {0}, end = {0}, counts = {0};
    if (!as || !act(v, as, e->visit, "check_in", &none))
        return;
    each_asked(v, e, now, "check_in", 940);
    each_named(v, e, now);
    put_counts(v, &counts, e->row->kind, e->k, e->row->n);
    if (params_has(&counts, "counts"))
        act(v, as, e->visit, "count", &counts);
    settle_cases(v, e, as);
    put(d, &end, "words", STR("几个部门一起走了一遍，能当场改的都改了，其余的定了期限。"));
    act(v, as, e->visit, "finish", &end);
}

void
demo_visit_step(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    switch (e->stage) {
    case ERRAND_DAY: demo_visits_day(v, day_of(now)); break;
    case ERRAND_ROUTINE: go_routine(v, e, now); break;
    case ERRAND_EXTRA: go_extra(v, e, now); break;
    case ERRAND_PLAN: plan_operation(v, e, now); break;
    case ERRAND_SURVEY: demo_survey_step(v, e, now); break;
    case ERRAND_CONFIRM: each_asked(v, e, now, "confirm", 930); break;
    case ERRAND_HOLD: hold_operation(v, e, now); break;
    }
}

/* ---- planning a day ---- */

static instant
some_moment(struct demo_visits *v, int32_t day)
{
    const struct calendar *c = &v->d->area->scheme->calendar;
    instant open = office_open(c, day), close = office_close(c, day);
    return open + dice_range(&v->d->dice, 20, (close - open) / MINUTE - 20) * MINUTE;
}

/* A working day of the term for the k-th of its visits, so that they stand apart. */
static instant
moment_in_term(struct demo_visits *v, const struct routine *r, const struct term *t, int k)
{
    const struct calendar *c = &v->d->area->scheme->calendar;
    int32_t length = t->to - t->from + 1, part = length / t->need, spare = part - r->spacing;
    bool is_after = r->due == DUE_WORKING_DAYS_AFTER || r->due == DUE_NATURAL_DAYS_AFTER;
    if (is_after)
        return some_moment(v, next_working_day(c, t->to + 1 + (int32_t)dice_range(&v->d->dice, 0, 2)));
    int32_t day = t->from + k * part + (int32_t)dice_range(&v->d->dice, 0, spare > 3 ? spare / 2 : length == 1 ? 0 : part > 1 ? part - 1 : 0);
    int32_t work = r->holiday == HOLIDAY_KEEP && length == 1 ? day : next_working_day(c, day);
    if (length == 1)
        return office_open(c, day) + dice_range(&v->d->dice, 5, 50) * MINUTE;
    return some_moment(v, work <= t->to ? work : day);
}

static bool
plan_member(void *ctx, const struct routine_member *m)
{
    struct day_plan *p = ctx;
    struct demo_visits *v = p->v;
    bool is_kept = dice_chance(&v->d->dice, p->row->per_mille);
    for (int k = 0; k < p->t.need; k++) {
        struct demo_errand e = {.stage = ERRAND_ROUTINE, .kind = p->r->action, .place = m->place, .owner = m->owner,
                                .posting = p->r->each == EACH_POST ? m->id : 0};
        if (is_kept || (k > 0 && dice_chance(&v->d->dice, 500)))
            v->push(v->life, moment_in_term(v, p->r, &p->t, k), &e);
    }
    return true;
}

void
demo_visits_day(struct demo_visits *v, int32_t day)
{
    const struct scheme *s = v->d->area->scheme;
    for (size_t i = 0; i < v->d->plan->n_routines; i++) {
        const struct plan_routine *row = &v->d->plan->routines[i];
        struct day_plan p = {.v = v, .row = row, .r = &s->routines[row->routine], .day = day};
        if (routine_term_begins(&s->calendar, p.r, day, &p.t) && day > v->first)
            routine_members(s, v->d->area->registry, p.r, day, plan_member, &p);
    }
    struct demo_errand next = {.stage = ERRAND_DAY};
    v->push(v->life, day_start(day + 1) + 2 * MINUTE, &next);
}

/* What is not bound to a routine is spread evenly over the last twelve months, and as thickly before them. */
void
demo_visits_begin(struct demo_visits *v, int32_t from, int32_t until)
{
    const struct calendar *c = &v->d->area->scheme->calendar;
    int32_t year_ago = until - 364 > from ? until - 364 : from;
    v->first = from;
    for (size_t i = 0; i < v->d->plan->n_visits; i++) {
        struct plan_visits *row = &v->d->plan->visits[i];
        double days = (double)(until - year_ago + 1);
        row->n = (int64_t)((double)row->yearly * days / 365 + 0.5);
        for (int64_t k = 0; k < row->n; k++) {
            int32_t day = next_working_day(c, year_ago + 7 + (int32_t)((double)k * (days - 10) / (double)row->n));
            struct demo_errand e = {.stage = row->is_joint ? ERRAND_PLAN : ERRAND_EXTRA, .kind = row->kind, .row = row, .k = k};
            e.at = office_open(c, day) + dice_range(&v->d->dice, 20, 100) * MINUTE;
            v->push(v->life, row->is_joint ? e.at - 4 * DAY : e.at, &e);
        }
    }
    struct demo_errand first = {.stage = ERRAND_DAY};
    v->push(v->life, day_start(from) + 2 * MINUTE, &first);
    demo_surveys_begin(v, from, until);
}
