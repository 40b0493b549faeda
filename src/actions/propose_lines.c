/* From the planner's visits to lines that can be adopted: one record of a kind for whoever goes together, without those who are
 * planned there already. Where only organisations ask and any compound will do, they go where nobody was for longest. */
#include <stdlib.h>

#include "propose_parts.h"

enum { FIRST_HOUR = 9, HOUR_MS = 3600 * 1000, SEEN_DAYS = 90, ROTATION_MAX = 2000, ASKED_MAX = VISIT_MEMBERS_MAX - 10, NO_ID = -1 };

/* ---- Where it does not matter where ---- */

struct chosen_visit { /* a planned visit, and the compound it is moved to */
    const struct planned_visit *v;
    int compound;
};

static bool
is_free(const struct proposing *p, const struct planned_visit *v)
{
    for (size_t i = 0; i < v->n_demands; i++) {
        const struct plan_demand *d = &p->in.demands[v->demands[i]];
        if (p->aims[v->demands[i]].is_place || d->n < p->in.n_compounds)
            return false;
    }
    return !v->is_kept && v->n_demands;
}

/* A team goes to one community a day: its other visits of that day stay beside this one. */
static bool
is_alone(const struct chosen_visit *list, size_t n, size_t at)
{
    for (size_t i = 0; i < n; i++)
        if (i != at && list[i].v->day == list[at].v->day && (list[i].v->teams & list[at].v->teams))
            return false;
    return true;
}

/* Times somebody came in the last months; what is in the plan comes last. */
static int64_t *
times_seen(struct proposing *p, const struct chosen_visit *list, size_t n)
{
    int64_t *seen = arena_array(p->arena, int64_t, p->in.n_compounds + 1);
    instant to = day_start(p->out->from), from = to - (instant)SEEN_DAYS * 24 * HOUR_MS;
    for (int c = 0; c < p->in.n_compounds; c++)
        seen[c] = db_int(p->db, SQL_PLACE_VISITED, DB_ARGS(V_INT(p->area->id), V_INT(p->leaves[c]), V_INT(from), V_INT(to)), 0, p->err);
    for (size_t i = 0; i < n; i++)
        if (!is_free(p, list[i].v))
            seen[list[i].compound] += SEEN_DAYS;
    return seen;
}

static void
spread(struct proposing *p, struct chosen_visit *list, size_t n)
{
    int64_t *seen = NULL;
    for (size_t i = 0; i < n && p->in.n_compounds <= ROTATION_MAX; i++) {
        if (!is_free(p, list[i].v) || !is_alone(list, n, i))
            continue;
        int best = 0;
        seen = seen ? seen : times_seen(p, list, n);
        for (int c = 1; c < p->in.n_compounds; c++)
            if (seen[c] < seen[best])
                best = c;
        list[i].compound = best;
        seen[best] += SEEN_DAYS;
    }
}

static int
by_day_and_compound(const void *x, const void *y)
{
    const struct chosen_visit *a = x, *b = y;
    return a->v->day != b->v->day ? (a->v->day < b->v->day ? -1 : 1) : (a->compound > b->compound) - (a->compound < b->compound);
}

/* ---- Who goes ---- */

struct going { /* of one kind, to one compound on one day */
    int kind;
    int32_t day, place;
    int32_t *orgs;
    size_t n, cap;
    bool is_place, has_demand;
    int64_t stands; /* the visit of this kind that stands there */
};

static void
add_org(struct going *g, int32_t org)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->orgs[i] == org)
            return;
    if (org && g->n < g->cap)
        g->orgs[g->n++] = org;
}

static struct going
going_of(struct proposing *p, const struct chosen_visit *c, int kind)
{
    struct going g = {.kind = kind, .day = c->v->day, .place = p->leaves[c->compound], .cap = c->v->n_demands + VISIT_MEMBERS_MAX};
    g.orgs = arena_array(p->arena, int32_t, g.cap);
    for (size_t i = 0; i < c->v->n_demands; i++) {
        const struct aim *aim = &p->aims[c->v->demands[i]];
        if (p->area->scheme->routines[aim->routine].action != kind)
            continue;
        g.has_demand = true;
        g.is_place |= aim->is_place;
        add_org(&g, aim->org);
    }
    return g;
}

/* Those who are planned there already for the same kind of work need not be planned again. */
static void
leave_out_standing(const struct proposing *p, struct going *g)
{
    for (size_t i = 0; i < p->n_standing; i++) {
        const struct standing *s = &p->standing[i];
        size_t n = 0;
        if (s->day != g->day || s->place != g->place || s->v->kind != g->kind)
            continue;
        g->stands = s->v->id;
        for (size_t k = 0; k < g->n; k++)
            if (!standing_has(s->v, g->orgs[k]))
                g->orgs[n++] = g->orgs[k];
        g->n = n;
    }
}

/* The departments whose people are posted in the community go along with its station (BG-14). */
static void
add_posted(struct proposing *p, struct going *g)
{
    const struct registry *r = p->area->registry;
    const unsigned forces = 1u << ORG_DEPARTMENT | 1u << ORG_SQUAD | 1u << ORG_POLICE_POST;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *q = &r->postings[i];
        const struct place *at = registry_place(r, q->place);
        const struct org *o = registry_org(r, q->org);
        const struct person *who = registry_person(r, q->person);
        bool is_there = at && at->kind >= PLACE_COMMUNITY && place_within(r, g->place, at->id);
        bool may = o && (forces & 1u << o->kind) && (visit_kind_roles(g->kind) & ROLE_BIT(q->role)) && who && !who->is_disabled;
        if (is_there && may && posting_in_force(q, g->day))
            add_org(g, q->org);
    }
}

/* ---- Lines ---- */

/* 「联勤入网」「部门每周巡查 12 项」 */
static struct str
serves_words(struct proposing *p, const struct chosen_visit *c, int kind)
{
    const struct scheme *s = p->area->scheme;
    struct buf b = {0};
    for (size_t r = 0; r < s->n_routines; r++) {
        int n = 0;
        for (size_t i = 0; i < c->v->n_demands; i++)
            n += p->aims[c->v->demands[i]].routine == (int)r;
        if (!n || (kind != NO_ID && s->routines[r].action != kind))
            continue;
        buf_z(&b, b.n ? "、" : "");
        buf_str(&b, s->routines[r].name);
        if (n > 1)
            buf_printf(&b, " %d 项", n);
    }
    struct str words = str_dup(p->arena, buf_view(&b));
    buf_release(&b);
    return words;
}

/* The n-th of a community's visits of a day begins an office hour after the one before. */
static instant
begins_at(const struct calendar *c, int32_t day, int n)
{
    bool provisional;
    instant nine = day_start(day) + FIRST_HOUR * HOUR_MS;
    return is_working_day(c, day, &provisional) ? add_office_minutes(c, nine, 60 * n) : nine + (instant)n * HOUR_MS;
}

/* The lead goes round; more than one record can hold makes another. */
static size_t
write_lines(struct proposing *p, const struct chosen_visit *c, struct going *g, instant from, size_t turn, struct proposed_line *out)
{
    size_t n = 0;
    size_t lead = g->n && !g->is_place ? turn % g->n : 0;
    if (g->n) {
        int32_t first = g->orgs[lead];
        g->orgs[lead] = g->orgs[0];
        g->orgs[0] = first;
    }
    for (size_t at = 0; at == 0 || at < g->n; at += ASKED_MAX) {
        size_t here = g->n - at < ASKED_MAX ? g->n - at : ASKED_MAX;
        struct plan_line line = {.from = from, .kind = g->kind, .place = g->place, .org = g->n ? g->orgs[at] : 0};
        line.asked = g->orgs + at + 1;
        line.n_asked = here ? here - 1 : 0;
        out[n++] = (struct proposed_line){line, plan_line_code(p->arena, p->area->registry, &line), serves_words(p, c, g->kind)};
    }
    return n;
}

static void
write_visit(struct proposing *p, const struct chosen_visit *c, int nth, size_t turn, struct proposed_visit *out)
{
    struct proposed_line *lines = arena_array(p->arena, struct proposed_line, VISIT_KIND_COUNT * 2);
    instant from = begins_at(&p->area->scheme->calendar, c->v->day, nth);
    *out = (struct proposed_visit){.day = c->v->day, .place = p->leaves[c->compound], .community = p->communities[p->in.compounds[c->compound].group],
                                   .stands = c->v->is_kept, .lines = lines};
    for (size_t i = 0; i < p->n_standing && !out->stands_as; i++)
        if (p->standing[i].day == out->day && p->standing[i].place == out->place)
            out->stands_as = p->standing[i].v->id;
    for (int kind = 0; kind < VISIT_KIND_COUNT; kind++) {
        struct going g = going_of(p, c, kind);
        leave_out_standing(p, &g);
        if (!g.has_demand || (g.stands && !g.n))
            continue;
        if (g.is_place && !g.stands)
            add_posted(p, &g);
        out->n_lines += write_lines(p, c, &g, from, turn, lines + out->n_lines);
    }
    if (!out->n_lines)
        out->serves = serves_words(p, c, NO_ID);
}

bool
propose_lines(struct proposing *p)
{
    const struct visit_plan *plan = &p->out->plan;
    struct chosen_visit *list = arena_array(p->arena, struct chosen_visit, plan->n_visits + 1);
    struct proposed_visit *visits = arena_array(p->arena, struct proposed_visit, plan->n_visits + 1);
    size_t n = 0, idle = 0;
    int nth = 0;
    for (size_t i = 0; i < plan->n_visits; i++)
        if (plan->visits[i].n_demands)
            list[n++] = (struct chosen_visit){&plan->visits[i], plan->visits[i].compound};
        else
            idle++; /* it stands, and serves no routine */
    spread(p, list, n);
    qsort(list, n, sizeof *list, by_day_and_compound);
    for (size_t i = 0; i < n; i++) {
        bool is_next = i && list[i].v->day == list[i - 1].v->day &&
                       p->in.compounds[list[i].compound].group == p->in.compounds[list[i - 1].compound].group;
        nth = is_next ? nth + 1 : 0;
        write_visit(p, &list[i], nth, i, &visits[i]);
        p->out->n_lines += visits[i].n_lines;
    }
    p->out->visits = visits;
    p->out->n_visits = p->out->n_separate = n;
    p->out->n_bound = plan->visits_bound > idle ? plan->visits_bound - idle : 0;
    return p->err->kind == ERR_NONE;
}
