/* What nobody can do better: the fewest visits and outings, and what must be missing whoever plans. Limits of what teams can
 * take in a day are left out of the first two, which makes the bounds too low at worst, never too high. */
#include "visit_plan_parts.h"

struct bounds {
    const struct plan_problem *p;
    struct plan_need *needs; /* by scope: an area before the areas in it */
    size_t n;
    int *kept; /* by compound: kept visits before it */
};

static int
compare_scopes(const void *x, const void *y)
{
    const struct plan_need *a = x, *b = y;
    if (a->first != b->first)
        return a->first - b->first;
    if (a->end != b->end)
        return b->end - a->end;
    if (a->usable != b->usable)
        return a->usable < b->usable ? -1 : 1;
    if (a->spacing != b->spacing)
        return a->spacing - b->spacing;
    return a->need - b->need;
}

static plan_days
kept_days(const struct bounds *b, int first, int end)
{
    plan_days out = 0;
    for (int c = first; b->kept[end] > b->kept[first] && c < end; c++)
        out |= b->p->kept[c];
    return out;
}

/* An area needs what the areas in it need one by one, and visits besides on days that none of those can use; or, if that is
 * more, as many days as all needs in it take together. from … to: the needs in [first, end), sorted by scope. */
static size_t
visits_in(struct bounds *b, size_t from, size_t to, int first, int end, bool *is_sum)
{
    size_t own = from, sum = 0;
    while (own < to && b->needs[own].first == first && b->needs[own].end == end)
        own++;
    plan_days usable = kept_days(b, first, end);
    int kept = b->kept[end] - b->kept[first], kept_inside = 0;
    for (size_t i = own; i < to;) {
        size_t next = i + 1;
        int inner_first = b->needs[i].first, inner_end = b->needs[i].end;
        while (next < to && b->needs[next].first < inner_end)
            next++;
        bool ignored;
        sum += visits_in(b, i, next, inner_first, inner_end, &ignored);
        kept_inside += b->kept[inner_end] - b->kept[inner_first];
        for (; i < next; i++)
            usable |= b->needs[i].usable;
    }
    sum += (size_t)(kept - kept_inside) + (size_t)days_cover(b->needs + from, own - from, usable);
    size_t days = (size_t)kept + (size_t)days_cover(b->needs + from, to - from, kept_days(b, first, end));
    *is_sum = sum >= days && own < to;
    return sum > days ? sum : days;
}

/* Compounds that this team is asked into by needs of single compounds on these days, each as often as its greatest need.
 * on: the days on which these needs can be met, added to what is there. */
static size_t
asked_of(const struct bounds *b, size_t from, size_t to, int team, plan_days days, plan_days *on)
{
    size_t asked = 0;
    int most = 0;
    for (size_t i = from; i < to; i++) {
        const struct plan_need *n = &b->needs[i];
        bool is_asked = n->end - n->first == 1 && n->teams >> team & 1 && !(n->usable & ~days);
        if (is_asked)
            *on |= n->usable;
        if (is_asked && n->need > most)
            most = n->need;
        if (i + 1 == to || b->needs[i + 1].first != n->first) {
            asked += (size_t)most;
            most = 0;
        }
    }
    return asked;
}

/* from … to: the needs of one group. It takes as many outings as its needs take days, and as the busiest team takes. */
static size_t
outings_in(const struct bounds *b, size_t from, size_t to, int first, int end)
{
    const struct plan_input *in = b->p->in;
    plan_days kept = kept_days(b, first, end), on = 0;
    size_t most = (size_t)days_count(kept) + (size_t)days_cover(b->needs + from, to - from, kept);
    for (int t = 0; t < in->n_teams && !kept; t++) {
        int per_day = in->teams[t].per_day, room = in->outing_max;
        if (!room || (per_day && per_day < room))
            room = per_day;
        size_t asked = room ? asked_of(b, from, to, t, ~(plan_days)0, &on) : 0,
               outings = room ? (asked + (size_t)room - 1) / (size_t)room : 0;
        most = outings > most ? outings : most;
    }
    return most;
}

static size_t
outings_of(const struct bounds *b)
{
    const struct plan_input *in = b->p->in;
    plan_days kept = kept_days(b, 0, in->n_compounds);
    size_t sum = 0, from = 0, days = (size_t)days_count(kept) + (size_t)days_cover(b->needs, b->n, kept);
    for (int first = 0, end; first < in->n_compounds; first = end) {
        for (end = first + 1; end < in->n_compounds && in->compounds[end].group == in->compounds[first].group;)
            end++;
        while (from < b->n &&
               (b->needs[from].first < first || (b->needs[from].first == first && b->needs[from].end > end)))
            from++; /* needs of greater areas */
        size_t to = from;
        while (to < b->n && b->needs[to].first < end)
            to++;
        sum += outings_in(b, from, to, first, end);
        from = to;
    }
    return sum > days ? sum : days;
}

/* ---- what teams have room for ---- */

static plan_days
week_of(const struct plan_input *in, int day) /* Monday to Sunday, as far as it lies in the plan */
{
    int monday = day - (civil_of_day(in->first + day).weekday - 1);
    return plan_days_between(in->first, in->n_days, in->first + monday, in->first + monday + 6);
}

/* Compounds, or groups, that a team can go to on these days; at least as many as the kept visits take it to. */
static size_t
room_of(const struct bounds *b, int t, plan_days days, int per_day)
{
    const struct plan_input *in = b->p->in;
    size_t room = 0;
    for (int d = 0; d < in->n_days; d++) {
        size_t kept = 0;
        for (size_t i = 0; i < in->n_kept; i++)
            kept += in->kept[i].day - in->first == d && in->kept[i].teams >> t & 1;
        size_t today = in->teams[t].away >> d & 1 ? 0 : (size_t)per_day;
        if (days >> d & 1)
            room += kept > today ? kept : today;
    }
    return room;
}

/* Groups that a team is asked into on these days, each as often as its greatest need there. */
static size_t
groups_asked_of(const struct bounds *b, int team, plan_days days, plan_days *on)
{
    const struct plan_compound *compounds = b->p->in->compounds;
    size_t asked = 0;
    int most = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct plan_need *n = &b->needs[i];
        int g = compounds[n->first].group;
        bool is_asked = compounds[n->end - 1].group == g && n->teams >> team & 1 && !(n->usable & ~days);
        if (is_asked)
            *on |= n->usable;
        if (is_asked && n->need > most)
            most = n->need;
        if (i + 1 == b->n || compounds[b->needs[i + 1].first].group != g) {
            asked += (size_t)most;
            most = 0;
        }
    }
    return asked;
}

/* What a team is asked for beyond what it has room for is missing somewhere. */
static size_t
missing_of_team(const struct bounds *b, int t, plan_days days)
{
    const struct plan_team *who = &b->p->in->teams[t];
    size_t most = 0;
    plan_days on = 0;
    if (who->per_day) {
        size_t asked = asked_of(b, 0, b->n, t, days, &on), room = room_of(b, t, on, who->per_day);
        most = asked > room ? asked - room : 0;
    }
    on = 0;
    if (who->outings) {
        size_t asked = groups_asked_of(b, t, days, &on), room = room_of(b, t, on, who->outings);
        most = asked > room + most ? asked - room : most;
    }
    return most;
}

/* The most that is missing on days in a row; or, week by week, the sum of it. */
static size_t
missing_of(const struct bounds *b)
{
    const struct plan_input *in = b->p->in;
    size_t most = 0;
    for (int t = 0; t < in->n_teams; t++) {
        size_t weeks = 0;
        for (int i = 0; i < in->n_days; i++)
            if (i + 1 == in->n_days || civil_of_day(in->first + i).weekday == 7)
                weeks += missing_of_team(b, t, week_of(in, i));
        most = weeks > most ? weeks : most;
        for (int from = 0; from < in->n_days && (in->teams[t].per_day || in->teams[t].outings); from++)
            for (int to = from; to < in->n_days; to++) {
                size_t missing = missing_of_team(b, t, (day_bit(to) << 1) - day_bit(from));
                most = missing > most ? missing : most;
            }
    }
    return most;
}

/* Visits on these days that the needs of just these days ask for, and on the others what the busiest team has no room for on
 * these: presence every Monday in each community, while a department has room for three compounds a day. */
static size_t
visits_beside(const struct bounds *b, plan_days days)
{
    const struct plan_input *in = b->p->in;
    struct bounds part = *b;
    size_t beyond = 0;
    bool ignored;
    part.needs = arena_array(b->p->arena, struct plan_need, b->n + 1);
    part.n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (!(b->needs[i].usable & ~days))
            part.needs[part.n++] = b->needs[i];
    if (!part.n)
        return 0;
    for (int t = 0; t < in->n_teams; t++) {
        int per_day = in->teams[t].per_day;
        plan_days on = 0;
        size_t asked = per_day ? asked_of(b, 0, b->n, t, ~(plan_days)0, &on) : 0,
               room = asked ? room_of(b, t, days, per_day) : 0;
        beyond = asked > room + beyond ? asked - room : beyond;
    }
    return beyond + visits_in(&part, 0, part.n, 0, in->n_compounds, &ignored);
}

static size_t
visits_by_weekday(const struct bounds *b)
{
    const struct plan_input *in = b->p->in;
    size_t most = 0;
    for (unsigned weekday = 1; weekday <= 7 && !in->n_kept; weekday++) {
        size_t visits = visits_beside(b, plan_days_weekdays(in->first, in->n_days, 1u << weekday));
        most = visits > most ? visits : most;
    }
    return most;
}

static struct bounds
bounds_of(const struct plan_problem *p)
{
    struct bounds b = {.p = p};
    b.needs = arena_array(p->arena, struct plan_need, p->n_needs + 1);
    b.kept = arena_array(p->arena, int, p->in->n_compounds + 1);
    for (int c = 0; c < p->in->n_compounds; c++)
        b.kept[c + 1] = b.kept[c] + days_count(p->kept[c]);
    for (size_t i = 0; i < p->n_needs; i++)
        if (p->needs[i].need > 0)
            b.needs[b.n++] = p->needs[i];
    qsort(b.needs, b.n, sizeof *b.needs, compare_scopes);
    return b;
}

struct plan_bound
plan_bound_of(const struct plan_problem *p)
{
    struct bounds b = bounds_of(p);
    struct plan_bound out = {0};
    out.visits = visits_in(&b, 0, b.n, 0, p->in->n_compounds, &out.is_sum);
    size_t beside = visits_by_weekday(&b);
    if (beside > out.visits) {
        out.visits = beside;
        out.is_room = true;
    }
    out.outings = outings_of(&b);
    return out;
}

size_t
plan_missing_bound(const struct plan_problem *p)
{
    struct bounds b = bounds_of(p);
    return missing_of(&b);
}
