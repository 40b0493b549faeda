/* From routines to the planner's input: compounds in the order of the tree, teams with their leave, demands with what is credited
 * already, visits that stand. A term is planned with the month in which it begins, so that a week is never planned twice; a quarter
 * or a year with the month in which it ends. */
#include <stdlib.h>

#include "propose_parts.h"

enum {
    OUTINGS_A_DAY = 1, /* of a team */
    TERM_MAX = 20000,
    DEMANDS_FIRST = 256,
    TIME_WEEK = 7,
    EFFORT = 400000, /* of a month that is hard: about fifty milliseconds */
};

/* ---- Who may ---- */

bool
may_plan_at(const struct caller *who, int32_t place)
{
    const struct registry *r = who->area->registry;
    const struct place *p = registry_place(r, place);
    if (caller_has(who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_SECTOR_CHIEF)))
        return true;
    for (size_t i = 0; p && i < who->n_postings; i++) {
        const struct posting *q = who->postings[i];
        if (q->role != ROLE_STATION_CHIEF)
            continue;
        if ((q->place && place_within(r, place, q->place)) || (q->org && owner_org(r, STR("@station"), p, 0) == q->org))
            return true;
    }
    return false;
}

int32_t
plans_for(const struct caller *who)
{
    const struct registry *r = who->area->registry;
    if (caller_has(who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_SECTOR_CHIEF)))
        return 0;
    for (size_t i = 0; i < who->n_postings; i++) {
        const struct posting *q = who->postings[i];
        if (q->role != ROLE_STATION_CHIEF)
            continue;
        if (q->place)
            return q->place;
        for (int32_t k = 1; k <= r->n_places; k++)
            if (r->places[k].kind == PLACE_COMMUNITY && r->places[k].station == q->org)
                return k;
    }
    return 0;
}

/* ---- Which routines ---- */

static bool
goes_to_places(const struct routine *r)
{
    return (visit_kind_flags(r->action) & NEEDS_PLACE) && r->action != VISIT_PRESENCE && (r->each == EACH_PLACE || r->each == EACH_ORG);
}

/* The property firm's rounds are its own; a department's patrol goes anywhere in the area and is not planned with one community. */
static bool
is_usual(const struct proposing *p, const struct routine *r)
{
    const struct place *at = registry_place(p->area->registry, p->ask->place);
    return r->action != VISIT_ROUND && (r->each == EACH_PLACE || !at || at->kind < PLACE_COMMUNITY);
}

static bool
is_chosen(const struct proposing *p, const struct routine *r)
{
    for (size_t i = 0; i < p->ask->n_routines; i++)
        if (str_eq(p->ask->routines[i], r->code))
            return true;
    return !p->ask->n_routines && is_usual(p, r);
}

static void
choose_routines(struct proposing *p)
{
    const struct scheme *s = p->area->scheme;
    struct plan_routine *list = arena_array(p->arena, struct plan_routine, s->n_routines + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->n_routines; i++)
        if (goes_to_places(&s->routines[i])) {
            list[n++] = (struct plan_routine){.r = &s->routines[i], .is_chosen = is_chosen(p, &s->routines[i])};
            if (list[n - 1].is_chosen)
                p->roles |= visit_kind_roles(s->routines[i].action);
        }
    p->out->routines = p->routines = list;
    p->out->n_routines = n;
}

/* ---- Compounds ---- */

struct tree {
    struct proposing *p;
    int32_t *child, *next; /* by place; 0 = none */
    struct plan_compound *compounds;
    struct plan_group *groups;
};

static void
add_leaf(struct tree *t, const struct place *p)
{
    struct proposing *q = t->p;
    const struct registry *r = q->area->registry;
    const struct place *community = place_above(r, p, PLACE_COMMUNITY);
    int32_t group = community ? community->id : p->parent ? p->parent : p->id;
    if (!q->in.n_groups || q->communities[q->in.n_groups - 1] != group) {
        t->groups[q->in.n_groups] = (struct plan_group){.name = place_name(r, group)};
        q->communities[q->in.n_groups++] = group;
    }
    q->leaves[q->in.n_compounds] = p->id;
    t->compounds[q->in.n_compounds++] = (struct plan_compound){.name = p->name, .group = q->in.n_groups - 1};
}

/* A community without a compound stands for itself. */
static void
walk(struct tree *t, int32_t id)
{
    const struct place *p = registry_place(t->p->area->registry, id);
    int first = t->p->in.n_compounds;
    if (!p || p->is_closed || p->kind > PLACE_COMPOUND)
        return;
    if (p->kind == PLACE_COMPOUND)
        add_leaf(t, p);
    else
        for (int32_t c = t->child[id]; c; c = t->next[c])
            walk(t, c);
    if (p->kind == PLACE_COMMUNITY && t->p->in.n_compounds == first)
        add_leaf(t, p);
    t->p->runs[id] = (struct plan_run){first, t->p->in.n_compounds - first};
}

static void
gather_places(struct proposing *p)
{
    const struct registry *r = p->area->registry;
    size_t n = (size_t)r->n_places + 1;
    struct tree t = {.p = p, .child = arena_array(p->arena, int32_t, n), .next = arena_array(p->arena, int32_t, n),
                     .compounds = arena_array(p->arena, struct plan_compound, n), .groups = arena_array(p->arena, struct plan_group, n)};
    int32_t roots = 0;
    p->leaves = arena_array(p->arena, int32_t, n);
    p->communities = arena_array(p->arena, int32_t, n);
    p->runs = arena_array(p->arena, struct plan_run, n);
    for (int32_t i = r->n_places; i >= 1; i--) {
        int32_t *head = registry_place(r, r->places[i].parent) ? &t.child[r->places[i].parent] : &roots;
        t.next[i] = *head;
        *head = i;
    }
    if (p->ask->place)
        walk(&t, p->ask->place);
    for (int32_t i = p->ask->place ? 0 : roots; i; i = t.next[i])
        walk(&t, i);
    p->in.compounds = t.compounds;
    p->in.groups = t.groups;
}

/* ---- Teams: an organisation, and the days on which none of its people is there ---- */

static bool
is_of_team(const struct registry *r, const struct posting *q, int32_t org)
{
    const struct place *at = registry_place(r, q->place);
    return q->org == org || (at && at->station && at->station == org);
}

static plan_days
days_without_people(const struct proposing *p, int32_t org)
{
    const struct registry *r = p->area->registry;
    plan_days there = 0, all = plan_days_between(p->in.first, p->in.n_days, p->out->from, p->out->to);
    for (size_t i = 0; i < r->n_postings && (there & all) != all; i++) {
        const struct posting *q = &r->postings[i];
        const struct person *who = registry_person(r, q->person);
        if (!(p->roles & ROLE_BIT(q->role)) || !who || who->is_disabled || !is_of_team(r, q, org))
            continue;
        for (int32_t d = p->out->from; d <= p->out->to; d++)
            if (posting_in_force(q, d))
                there |= plan_days_between(p->in.first, p->in.n_days, d, d);
    }
    return all & ~there;
}

static bool
team_bit(struct proposing *p, int32_t org, uint64_t *bit)
{
    const struct org *o = registry_org(p->area->registry, org);
    *bit = 0;
    if (!o)
        return true;
    if (p->team_of[org] == TEAM_NONE) {
        if (p->in.n_teams == PLAN_TEAMS_MAX)
            return err_set(p->err, ERR_TOO_LARGE, "一次最多给 %d 个单位排，请选一个街道或社区分开排。", PLAN_TEAMS_MAX);
        p->team_of[org] = (int8_t)p->in.n_teams;
        p->orgs[p->in.n_teams] = org;
        bool is_everywhere = o->kind == ORG_PROPERTY_FIRM; /* it has people in each of its compounds */
        p->teams[p->in.n_teams++] = (struct plan_team){.name = o->short_name.n ? o->short_name : o->name, .away = days_without_people(p, org),
                                                       .per_day = is_everywhere ? 0 : p->area->scheme->visits_per_day,
                                                       .outings = is_everywhere ? 0 : OUTINGS_A_DAY};
    }
    *bit = UINT64_C(1) << p->team_of[org];
    return true;
}

/* ---- Visits that stand ---- */

bool
standing_has(const struct field_visit *v, int32_t org)
{
    if (v->org == org)
        return true;
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].org == org && v->members[i].state != MEMBER_DECLINED)
            return true;
    return false;
}

/* Whoever plans presence or the firm's rounds goes there for something else. */
static bool
can_be_joined(const struct field_visit *v)
{
    return (visit_kind_flags(v->kind) & NEEDS_PLACE) && v->kind != VISIT_PRESENCE && v->kind != VISIT_ROUND;
}

static void
add_standing(struct proposing *p, const struct field_visit *v)
{
    for (size_t i = 0; i < v->n_places; i++)
        for (const struct place *q = registry_place(p->area->registry, v->places[i]); q; q = registry_place(p->area->registry, q->parent))
            if (p->runs[q->id].n == 1 && p->leaves[p->runs[q->id].first] == q->id && p->n_standing < STANDING_MAX) {
                p->standing[p->n_standing++] = (struct standing){v, day_of(visit_at(v)), q->id};
                break;
            }
}

static bool
gather_standing(struct proposing *p)
{
    enum { PAGE = 500 };
    p->standing = arena_array(p->arena, struct standing, STANDING_MAX);
    for (int state = VISIT_PLANNED; state <= VISIT_GOING; state++) {
        struct visit_filter f = {.kind = -1, .state = state, .from = day_start(day_of(p->now)), .to = day_start(p->out->to + 1)};
        struct visits list = {.has_more = true};
        while (list.has_more && p->n_standing < STANDING_MAX) {
            if (!visits_list(p->db, p->keys, p->arena, p->area->id, &f, PAGE, &list, p->err))
                return false;
            for (size_t i = 0; i < list.n; i++)
                if (can_be_joined(list.p[i]))
                    add_standing(p, list.p[i]);
            f.after_at = list.n ? visit_at(list.p[list.n - 1]) : 0;
            f.after_id = list.n ? list.p[list.n - 1]->id : 0;
        }
    }
    return true;
}

static void
keep_standing(struct proposing *p)
{
    struct plan_kept *kept = arena_array(p->arena, struct plan_kept, p->n_standing + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->n_standing; i++) {
        const struct standing *s = &p->standing[i];
        if (s->day < p->out->from || s->day > p->out->to)
            continue;
        kept[n] = (struct plan_kept){.day = s->day, .compound = p->runs[s->place].first};
        for (int t = 0; t < p->in.n_teams; t++)
            if (standing_has(s->v, p->orgs[t]))
                kept[n].teams |= UINT64_C(1) << t;
        n++;
    }
    p->in.kept = kept;
    p->in.n_kept = n;
}

/* ---- Demands ---- */

struct credits { /* days, each once */
    int32_t *days;
    size_t n, n_ahead; /* n_ahead: planned for a day before the plan begins, not yet done */
};

static bool
add_credit(struct credits *c, int32_t day)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->days[i] == day)
            return false;
    c->days[c->n++] = day;
    return true;
}

/* What counts already, and what is planned for the days before the plan begins and will count. */
static bool
credits_for(struct proposing *p, const struct routine *r, const struct routine_member *m, const struct duty *u, int32_t from, struct credits *out)
{
    int64_t *visits = NULL;
    int32_t *days = NULL;
    size_t n = 0;
    *out = (struct credits){0};
    if (u && u->credited > 0 && !credits_of_duty(p->db, p->arena, p->area->id, u->id, &visits, &days, &n, p->err))
        return false;
    out->days = arena_array(p->arena, int32_t, n + PLAN_DAYS_MAX);
    for (size_t i = 0; i < n; i++)
        add_credit(out, days[i]);
    for (size_t i = 0; i < p->n_standing && out->n < n + PLAN_DAYS_MAX; i++) {
        const struct standing *s = &p->standing[i];
        bool is_theirs = r->each == EACH_PLACE ? place_within(p->area->registry, s->place, m->place) : standing_has(s->v, m->org);
        if (s->day >= from && s->day < p->out->from && s->v->kind == r->action && is_theirs)
            out->n_ahead += add_credit(out, s->day);
    }
    return true;
}

static void
room_for_demand(struct proposing *p)
{
    if (p->n_demands < p->cap_demands)
        return;
    size_t cap = p->cap_demands ? p->cap_demands * 2 : DEMANDS_FIRST;
    struct plan_demand *demands = arena_array(p->arena, struct plan_demand, cap);
    struct aim *aims = arena_array(p->arena, struct aim, cap);
    if (p->n_demands) {
        memcpy(demands, p->demands, p->n_demands * sizeof *demands);
        memcpy(aims, p->aims, p->n_demands * sizeof *aims);
    }
    p->demands = demands;
    p->aims = aims;
    p->cap_demands = cap;
}

/* 「联勤入网（幸福里小区）」「部门每周巡查（城管局，5 月 4 日至 10 日）」 */
static struct str
demand_name(const struct proposing *p, const struct routine *r, const struct routine_member *m, const struct term *t)
{
    struct civil f = civil_of_day(t->from), l = civil_of_day(t->to);
    struct buf b = {0};
    buf_str(&b, r->name);
    buf_z(&b, "（");
    member_words(&b, p->area->registry, r, m->id);
    if (t->to - t->from < TIME_WEEK && f.month == l.month)
        buf_printf(&b, "，%d 月 %d 日至 %d 日", f.month, f.day, l.day);
    else if (t->to - t->from < TIME_WEEK)
        buf_printf(&b, "，%d 月 %d 日至 %d 月 %d 日", f.month, f.day, l.month, l.day);
    buf_z(&b, "）");
    struct str name = str_dup(p->arena, buf_view(&b));
    buf_release(&b);
    return name;
}

struct term_demands { /* of one term of one routine */
    struct proposing *p;
    struct plan_routine *routine;
    struct term term;
    plan_days days;
    bool is_begun, is_holiday_too, has_failed;
    struct duty_list has; /* by member */
};

static const struct duty *
duty_of_member(const struct duty_list *list, int64_t member)
{
    size_t from = 0, to = list->n;
    while (from < to) {
        size_t mid = (from + to) / 2;
        if (list->p[mid].subject == member)
            return &list->p[mid];
        if (list->p[mid].subject < member)
            from = mid + 1;
        else
            to = mid;
    }
    return NULL;
}

/* What the member still owes in the term becomes a demand; done, excused or missed for good asks for nothing. */
static bool
add_demand(void *ctx, const struct routine_member *m)
{
    struct term_demands *d = ctx;
    struct proposing *p = d->p;
    const struct routine *r = d->routine->r;
    const struct duty *u = duty_of_member(&d->has, m->id);
    struct plan_run scope = r->each == EACH_PLACE ? p->runs[m->place] : (struct plan_run){0, p->in.n_compounds};
    int32_t org = r->each == EACH_PLACE ? (u ? u->owner.org : m->owner.org) : m->org;
    struct credits c;
    uint64_t teams;
    if (!scope.n || (!u && d->is_begun) || (u && u->end != END_OPEN))
        return true;
    if (!credits_for(p, r, m, u, d->term.from, &c) || !team_bit(p, org, &teams)) {
        d->has_failed = true;
        return false;
    }
    int left = u ? (int)(u->need - u->credited) : d->term.need;
    room_for_demand(p);
    p->aims[p->n_demands] = (struct aim){(int)(r - p->area->scheme->routines), teams ? org : 0, r->each == EACH_PLACE};
    p->demands[p->n_demands] = (struct plan_demand){
        .name = demand_name(p, r, m, &d->term), .teams = teams, .first = scope.first, .n = scope.n, .spacing = r->spacing, .days = d->days,
        .is_kept_on_holidays = d->is_holiday_too, .credited = c.days, .n_credited = c.n};
    p->demands[p->n_demands++].need = (int)(c.n - c.n_ahead) + left;
    d->routine->n_demands++;
    return true;
}

static bool
add_term(struct proposing *p, struct plan_routine *routine, const struct term *t)
{
    const struct routine *r = routine->r;
    int32_t today = day_of(p->now);
    struct term_demands d = {.p = p, .routine = routine, .term = *t, .is_begun = t->from <= today};
    d.days = plan_days_between(p->in.first, p->in.n_days, t->from > p->out->from ? t->from : p->out->from, t->to);
    if (t->to < p->out->from)
        return true;
    bool is_day = r->period == PERIOD_DAY || r->period == PERIOD_WEEKDAY;
    d.is_holiday_too = r->holiday == HOLIDAY_KEEP && (is_day || !(d.days & p->in.working));
    if (!routine_duties_of_term(p->db, p->arena, p->area->id, routine_ref(r->code), t->from, -1, TERM_MAX, &d.has, p->err))
        return false;
    routine_members(p->area->scheme, p->area->registry, r, t->from > today ? t->from : today, add_demand, &d);
    return !d.has_failed;
}

static bool
add_routine(struct proposing *p, struct plan_routine *routine)
{
    const struct calendar *c = &p->area->scheme->calendar;
    struct term t;
    if (routine->r->period == PERIOD_QUARTER || routine->r->period == PERIOD_YEAR)
        return !routine_term_of(c, routine->r, p->out->last, &t) || t.to > p->out->last || add_term(p, routine, &t);
    for (int32_t d = p->out->first; d <= p->out->last; d++)
        if (routine_term_begins(c, routine->r, d, &t) && !add_term(p, routine, &t))
            return false;
    return true;
}

static bool
gather_demands(struct proposing *p)
{
    size_t n = (size_t)p->area->registry->n_orgs + 1;
    p->in.teams = p->teams = arena_array(p->arena, struct plan_team, PLAN_TEAMS_MAX);
    p->orgs = arena_array(p->arena, int32_t, PLAN_TEAMS_MAX);
    p->team_of = arena_array(p->arena, int8_t, n);
    memset(p->team_of, TEAM_NONE, n);
    for (size_t i = 0; i < p->out->n_routines; i++)
        if (p->routines[i].is_chosen && !add_routine(p, &p->routines[i]))
            return false;
    p->in.demands = p->demands;
    p->in.n_demands = p->n_demands;
    p->out->n_demands = p->n_demands;
    return true;
}

/* ---- The month ---- */

static void
set_days(struct proposing *p)
{
    struct visit_proposal *out = p->out;
    int32_t tomorrow = day_of(p->now) + 1;
    out->first = month_first_day(p->ask->month);
    out->last = month_first_day(p->ask->month + 1) - 1;
    out->to = out->last + TIME_WEEK - civil_of_day(out->last).weekday; /* the Sunday of the last week */
    out->from = out->first > tomorrow ? out->first : tomorrow;
    p->in.first = out->first;
    p->in.n_days = out->to - out->first + 1;
    p->in.working = plan_days_working(&p->area->scheme->calendar, p->in.first, p->in.n_days);
    p->in.effort = EFFORT;
}

bool
propose_visits(struct db *db, struct keyring *keys, struct arena *a, const struct area *area, instant now, const struct proposal_ask *ask,
               struct visit_proposal *out, struct err *err)
{
    struct proposing p = {.db = db, .keys = keys, .arena = a, .area = area, .ask = ask, .out = out, .err = err, .now = now};
    *out = (struct visit_proposal){0};
    set_days(&p);
    choose_routines(&p);
    gather_places(&p);
    if (out->from > out->to || !p.in.n_compounds)
        return true;
    if (!gather_standing(&p) || !gather_demands(&p))
        return false;
    if (!p.n_demands)
        return true;
    keep_standing(&p);
    return visit_plan(a, &p.in, &out->plan, err) && propose_lines(&p);
}
