/* A plan under construction: who goes where on which day, what that serves, and what there is still room for. */
#include "visit_plan_parts.h"

static size_t
at(const struct plan_problem *p, size_t row, int day)
{
    return row * (size_t)p->in->n_days + (size_t)day;
}

/* Cuts the block into its arrays; with block NULL it only measures. */
static void
lay_out(const struct plan_problem *p, struct plan_state *s)
{
    size_t days = (size_t)p->in->n_days, compounds = (size_t)p->in->n_compounds, teams = (size_t)p->in->n_teams;
    size_t groups = (size_t)p->in->n_groups, offset = 0;
#define PART(field, n)                                                                                                 \
    s->field = (void *)(s->block ? (char *)s->block + offset : NULL);                                                  \
    offset += (sizeof *s->field * (n) + 7) / 8 * 8
    PART(there, compounds);
    PART(teams, compounds * days);
    PART(met, p->n_needs);
    PART(good, p->n_needs);
    PART(lack, p->n_needs);
    PART(serving, p->n_needs * days);
    PART(team_day, teams * days);
    PART(team_outings, teams * days);
    PART(outing, teams * groups * days);
    PART(group_day, groups * days);
    PART(load, days);
#undef PART
    s->size = offset;
}

static void
look_again(const struct plan_problem *p, struct plan_state *s, size_t need)
{
    const struct plan_need *n = &p->needs[need];
    s->lack[need] = (int16_t)days_lacking(s->met[need], n->usable, n->need, n->spacing, &s->good[need]);
}

void
state_init(const struct plan_problem *p, struct plan_state *s)
{
    *s = (struct plan_state){0};
    lay_out(p, s);
    s->block = arena_alloc(p->arena, s->size ? s->size : 8);
    lay_out(p, s);
    for (size_t i = 0; i < p->n_needs; i++)
        look_again(p, s, i);
    for (size_t i = 0; i < p->in->n_kept; i++) {
        const struct plan_kept *k = &p->in->kept[i];
        state_add(p, s, k->compound, k->day - p->in->first, k->teams);
    }
}

void
state_copy(struct plan_state *to, const struct plan_state *from)
{
    memcpy(to->block, from->block, from->size);
    to->visits = from->visits;
    to->outings = from->outings;
    to->trips = from->trips;
}

bool
state_serves(const struct plan_problem *p, const struct plan_state *s, int need, int c, int day)
{
    const struct plan_need *n = &p->needs[need];
    return c >= n->first && c < n->end && n->usable >> day & 1 && s->there[c] >> day & 1 &&
           !state_joining(p, s, c, day, n->teams);
}

enum plan_obstacle
state_refuses(const struct plan_problem *p, const struct plan_state *s, int c, int day, uint64_t teams, int *team)
{
    const struct plan_input *in = p->in;
    int g = in->compounds[c].group;
    if (!(s->there[c] >> day & 1) && in->groups[g].per_day &&
        s->group_day[at(p, (size_t)g, day)] >= in->groups[g].per_day)
        return PLAN_GROUP_FULL;
    for (uint64_t left = state_joining(p, s, c, day, teams); left; left &= left - 1) {
        int t = __builtin_ctzll(left);
        const struct plan_team *who = &in->teams[t];
        int here = s->outing[at(p, (size_t)(t * in->n_groups + g), day)];
        *team = t;
        if (who->away >> day & 1)
            return PLAN_TEAM_AWAY;
        if ((who->per_day && s->team_day[at(p, (size_t)t, day)] >= who->per_day) ||
            (in->outing_max && here >= in->outing_max) ||
            (who->outings && !here && s->team_outings[at(p, (size_t)t, day)] >= who->outings))
            return PLAN_TEAM_FULL;
    }
    return 0;
}

static void
add_team(const struct plan_problem *p, struct plan_state *s, int g, int day, int t, int by)
{
    uint16_t *outing = &s->outing[at(p, (size_t)(t * p->in->n_groups + g), day)];
    bool was_out = *outing > 0;
    *outing = (uint16_t)(*outing + by);
    s->team_day[at(p, (size_t)t, day)] = (uint16_t)(s->team_day[at(p, (size_t)t, day)] + by);
    if (was_out == (*outing > 0))
        return;
    s->team_outings[at(p, (size_t)t, day)] = (uint16_t)(s->team_outings[at(p, (size_t)t, day)] + by);
    s->trips += (size_t)by;
}

static void
add_visit(const struct plan_problem *p, struct plan_state *s, int c, int day, int by)
{
    uint16_t *here = &s->group_day[at(p, (size_t)p->in->compounds[c].group, day)];
    bool was_out = *here > 0;
    *here = (uint16_t)(*here + by);
    s->load[day] = (uint16_t)(s->load[day] + by);
    s->there[c] ^= day_bit(day);
    s->visits += (size_t)by;
    if (was_out != (*here > 0))
        s->outings += (size_t)by;
}

/* Needs that the visit served before and those that it serves now; only these differ in what they lack. */
static void
count_serving(const struct plan_problem *p, struct plan_state *s, int c, int day, uint64_t before, bool was_there)
{
    uint64_t now = s->teams[at(p, (size_t)c, day)];
    bool is_there = s->there[c] >> day & 1;
    for (size_t i = p->of_at[c]; i < p->of_at[c + 1]; i++) {
        size_t need = (size_t)p->of[i];
        const struct plan_need *n = &p->needs[need];
        bool served = was_there && !(n->teams & ~before), serves = is_there && !(n->teams & ~now);
        if (!(n->usable >> day & 1) || served == serves)
            continue;
        uint16_t *serving = &s->serving[at(p, need, day)];
        *serving = (uint16_t)(*serving + (serves ? 1 : -1));
        if (*serving == (serves ? 1 : 0)) {
            s->met[need] ^= day_bit(day);
            look_again(p, s, need);
        }
    }
}

void
state_add(const struct plan_problem *p, struct plan_state *s, int c, int day, uint64_t teams)
{
    uint64_t *here = &s->teams[at(p, (size_t)c, day)], before = *here;
    bool was_there = s->there[c] >> day & 1;
    for (uint64_t left = teams & ~before; left; left &= left - 1)
        add_team(p, s, p->in->compounds[c].group, day, __builtin_ctzll(left), 1);
    *here |= teams;
    if (!was_there)
        add_visit(p, s, c, day, 1);
    count_serving(p, s, c, day, before, was_there);
}

/* Kept visits keep the teams they have; of the others a visit without a team and without a need that asks for none is over. */
void
state_remove(const struct plan_problem *p, struct plan_state *s, int c, int day, uint64_t teams)
{
    uint64_t *here = &s->teams[at(p, (size_t)c, day)], before = *here;
    bool is_whole = !(before & ~teams) && !(p->kept[c] >> day & 1);
    for (uint64_t left = teams & before; left; left &= left - 1)
        add_team(p, s, p->in->compounds[c].group, day, __builtin_ctzll(left), -1);
    *here &= ~teams;
    if (is_whole)
        add_visit(p, s, c, day, -1);
    count_serving(p, s, c, day, before, true);
}

int
state_credit(const struct plan_problem *p, const struct plan_state *s, size_t need)
{
    int n = days_spaced(s->met[need], p->needs[need].spacing);
    return n < p->needs[need].need ? n : p->needs[need].need;
}

size_t
state_missing(const struct plan_problem *p, const struct plan_state *s)
{
    size_t missing = 0;
    for (size_t i = 0; i < p->n_needs; i++)
        if (s->lack[i])
            missing += (size_t)(p->needs[i].need - state_credit(p, s, i));
    return missing;
}
