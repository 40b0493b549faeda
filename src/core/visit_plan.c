/* The planner from outside: what makes sense as input, what is left of each demand, and the result with its reasons. */
#include "visit_plan_parts.h"

enum { AREA_DEPTH_MAX = 32, SPACING_MAX = 366 };
static const size_t cells_max = 20 * 1000 * 1000; /* of any one array of the search: some 100 MB */

/* ---- does the input make sense ---- */

struct scope {
    int first, end;
};

static int
compare_scopes(const void *x, const void *y)
{
    const struct scope *a = x, *b = y;
    return a->first != b->first ? a->first - b->first : b->end - a->end;
}

static bool
scopes_are_nested(struct scope *list, size_t n, struct err *err)
{
    struct scope around[AREA_DEPTH_MAX];
    size_t depth = 0;
    qsort(list, n, sizeof *list, compare_scopes);
    for (size_t i = 0; i < n; i++) {
        while (depth && around[depth - 1].end <= list[i].first)
            depth--;
        if (depth && around[depth - 1].end < list[i].end)
            return err_set(err, ERR_USAGE, "两项要求的范围互相交叉：范围只能一个包含另一个，或者互不相干。");
        if (depth && !compare_scopes(&around[depth - 1], &list[i]))
            continue;
        if (depth == AREA_DEPTH_MAX)
            return err_set(err, ERR_TOO_LARGE, "范围的层级超过 %d 层。", AREA_DEPTH_MAX);
        around[depth++] = list[i];
    }
    return true;
}

static bool
scopes_check(struct arena *a, const struct plan_input *in, struct err *err)
{
    struct scope *list = arena_array(a, struct scope, in->n_demands + (size_t)in->n_compounds + 1);
    bool *is_seen = arena_array(a, bool, in->n_groups + 1);
    size_t n = 0;
    for (int c = 0; c < in->n_compounds; c++) {
        int g = in->compounds[c].group;
        if (g < 0 || g >= in->n_groups)
            return err_set(err, ERR_USAGE, "小区“%.*s”没有所属的社区。", (int)in->compounds[c].name.n,
                           in->compounds[c].name.p);
        if (c && in->compounds[c - 1].group == g) {
            list[n - 1].end = c + 1;
            continue;
        }
        if (is_seen[g])
            return err_set(err, ERR_USAGE, "同一社区的小区要排在一起：%.*s。", (int)in->groups[g].name.n,
                           in->groups[g].name.p);
        is_seen[g] = true;
        list[n++] = (struct scope){c, c + 1};
    }
    for (size_t i = 0; i < in->n_demands; i++)
        list[n++] = (struct scope){in->demands[i].first, in->demands[i].first + in->demands[i].n};
    return scopes_are_nested(list, n, err);
}

static bool
demand_check(const struct plan_input *in, const struct plan_demand *d, uint64_t teams, struct err *err)
{
    if (d->first < 0 || d->n < 1 || d->first > in->n_compounds - d->n)
        return err_set(err, ERR_USAGE, "“%.*s”的范围里没有小区。", (int)d->name.n, d->name.p);
    if (d->teams & ~teams)
        return err_set(err, ERR_USAGE, "“%.*s”要求的队伍不在名单里。", (int)d->name.n, d->name.p);
    if (d->need < 0 || d->need > PLAN_NEED_MAX)
        return err_set(err, ERR_USAGE, "“%.*s”的次数应当在 0 到 %d 之间。", (int)d->name.n, d->name.p, PLAN_NEED_MAX);
    if (d->spacing < 0 || d->spacing > SPACING_MAX)
        return err_set(err, ERR_USAGE, "“%.*s”的间隔应当在 0 到 %d 天之间。", (int)d->name.n, d->name.p, SPACING_MAX);
    return true;
}

static bool
input_check(struct arena *a, const struct plan_input *in, struct err *err)
{
    if (in->n_days < 1 || in->n_days > PLAN_DAYS_MAX)
        return err_set(err, ERR_USAGE, "一次排 1 到 %d 天。", PLAN_DAYS_MAX);
    if (in->n_teams < 0 || in->n_teams > PLAN_TEAMS_MAX)
        return err_set(err, ERR_TOO_LARGE, "一次最多排 %d 支队伍，请分片排。", PLAN_TEAMS_MAX);
    if (in->n_compounds < 0 || in->n_compounds > PLAN_COMPOUNDS_MAX || in->n_demands > PLAN_DEMANDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "一次最多排 %d 个小区、%d 项要求，请分片排。", PLAN_COMPOUNDS_MAX,
                       PLAN_DEMANDS_MAX);
    if (in->n_groups < 0 || in->n_groups > in->n_compounds)
        return err_set(err, ERR_USAGE, "社区比小区还多。");
    bool is_negative = in->outing_max < 0;
    for (int t = 0; t < in->n_teams; t++)
        is_negative |= in->teams[t].per_day < 0 || in->teams[t].outings < 0;
    for (int g = 0; g < in->n_groups; g++)
        is_negative |= in->groups[g].per_day < 0;
    if (is_negative)
        return err_set(err, ERR_USAGE, "每天的上限不能是负数；不设上限写 0。");
    uint64_t teams = in->n_teams == PLAN_TEAMS_MAX ? ~UINT64_C(0) : (UINT64_C(1) << in->n_teams) - 1;
    for (size_t i = 0; i < in->n_demands; i++)
        if (!demand_check(in, &in->demands[i], teams, err))
            return false;
    for (size_t i = 0; i < in->n_kept; i++) {
        const struct plan_kept *k = &in->kept[i];
        if (k->day < in->first || k->day - in->first >= in->n_days || k->compound < 0 ||
            k->compound >= in->n_compounds || (k->teams & ~teams))
            return err_set(err, ERR_USAGE, "已定的到访不在这些日子、小区和队伍之内。");
    }
    return scopes_check(a, in, err);
}

/* ---- what is left of each demand ---- */

static plan_days
days_of_input(const struct plan_input *in)
{
    return (day_bit(in->n_days - 1) << 1) - 1;
}

static plan_days
open_days(const struct plan_input *in, const struct plan_demand *d)
{
    return d->days & days_of_input(in) & (d->is_kept_on_holidays ? ~(plan_days)0 : in->working);
}

/* Days on which every team of the demand is there, without those on which a kept visit brings them anyway. */
static plan_days
days_away(const struct plan_input *in, const struct plan_demand *d)
{
    plan_days away = 0;
    for (int t = 0; t < in->n_teams; t++)
        if (d->teams >> t & 1)
            away |= in->teams[t].away;
    for (size_t i = 0; i < in->n_kept && away; i++) {
        const struct plan_kept *k = &in->kept[i];
        if (k->compound >= d->first && k->compound < d->first + d->n && !(d->teams & ~k->teams))
            away &= ~day_bit(k->day - in->first);
    }
    return away;
}

static plan_days
days_beside_credited(const struct plan_input *in, const struct plan_demand *d, plan_days days)
{
    int spacing = d->spacing > 1 ? d->spacing : 1;
    for (size_t i = 0; i < d->n_credited; i++)
        for (plan_days left = days; left; left &= left - 1) {
            int64_t apart = (int64_t)in->first + days_first(left) - d->credited[i];
            if (apart < spacing && apart > -spacing)
                days &= ~day_bit(days_first(left));
        }
    return days;
}

static struct plan_need
need_of(const struct plan_input *in, const struct plan_demand *d)
{
    struct plan_need n = {.teams = d->teams, .first = d->first, .end = d->first + d->n};
    n.spacing = d->spacing > 1 ? d->spacing : 1;
    n.usable = days_beside_credited(in, d, open_days(in, d) & ~days_away(in, d));
    int left = d->n_credited < (size_t)d->need ? d->need - (int)d->n_credited : 0,
        reachable = days_spaced(n.usable, n.spacing);
    n.need = left < reachable ? left : reachable;
    return n;
}

static bool
index_needs(struct plan_problem *p, struct err *err)
{
    const struct plan_input *in = p->in;
    size_t compounds = (size_t)in->n_compounds, *at = arena_array(p->arena, size_t, compounds + 2);
    size_t days = (size_t)in->n_days, pairs = 0;
    for (size_t i = 0; i < p->n_needs; i++)
        pairs += (size_t)(p->needs[i].end - p->needs[i].first);
    if (pairs > cells_max || p->n_needs * days > cells_max || compounds * days > cells_max ||
        (size_t)in->n_teams * (size_t)in->n_groups * days > cells_max)
        return err_set(err, ERR_TOO_LARGE, "一次要排的太多，请按街道或社区分片排。");
    for (size_t i = 0; i < p->n_needs; i++)
        for (int c = p->needs[i].first; c < p->needs[i].end && p->needs[i].need; c++)
            at[c + 2]++;
    for (size_t c = 2; c < compounds + 2; c++)
        at[c] += at[c - 1];
    int *of = arena_array(p->arena, int, pairs + 1);
    for (size_t i = 0; i < p->n_needs; i++)
        for (int c = p->needs[i].first; c < p->needs[i].end && p->needs[i].need; c++)
            of[at[c + 1]++] = (int)i;
    p->of = of;
    p->of_at = at;
    return true;
}

static bool
problem_build(struct plan_problem *p, struct err *err)
{
    const struct plan_input *in = p->in;
    struct plan_need *needs = arena_array(p->arena, struct plan_need, in->n_demands + 1);
    p->kept = arena_array(p->arena, plan_days, in->n_compounds + 1);
    p->n_needs = in->n_demands;
    p->needs = needs;
    for (size_t i = 0; i < in->n_kept; i++)
        p->kept[in->kept[i].compound] |= day_bit(in->kept[i].day - in->first);
    for (size_t i = 0; i < in->n_demands; i++)
        needs[i] = need_of(in, &in->demands[i]);
    for (int c = 0; c < in->n_compounds; c++)
        p->n_kept += (size_t)days_count(p->kept[c]);
    return index_needs(p, err);
}

/* ---- the result ---- */

/* The days of a need that count, the earliest first, as a routine counts its records. */
static plan_days
counted_days(const struct plan_problem *p, const struct plan_state *s, size_t need)
{
    plan_days out = 0, days = s->met[need];
    for (int n = 0; days && n < p->needs[need].need; n++) {
        int day = days_first(days), next = day + p->needs[need].spacing;
        out |= day_bit(day);
        days = next > 63 ? 0 : days & ~(day_bit(next) - 1);
    }
    return out;
}

static void
write_demands(const struct plan_problem *p, const struct plan_state *s, const plan_days *counted, int day,
              struct planned_visit *v)
{
    const int *of = p->of + p->of_at[v->compound];
    size_t max = p->of_at[v->compound + 1] - p->of_at[v->compound];
    int *list = arena_array(p->arena, int, max + 1);
    for (size_t i = 0; i < max; i++)
        if (counted[of[i]] >> day & 1 && state_serves(p, s, of[i], v->compound, day))
            list[v->n_demands++] = of[i];
    v->demands = list;
}

static void
write_visits(const struct plan_problem *p, const struct plan_state *s, struct visit_plan *out)
{
    plan_days *counted = arena_array(p->arena, plan_days, p->n_needs + 1);
    for (size_t i = 0; i < p->n_needs; i++) {
        counted[i] = counted_days(p, s, i);
        out->n_apart += (size_t)days_count(counted[i]);
    }
    struct planned_visit *v = arena_array(p->arena, struct planned_visit, s->visits + 1);
    out->visits = v;
    for (int day = 0; day < p->in->n_days; day++)
        for (int c = 0; c < p->in->n_compounds; c++) {
            if (!(s->there[c] >> day & 1))
                continue;
            *v = (struct planned_visit){.day = p->in->first + day, .compound = c, .is_kept = p->kept[c] >> day & 1};
            v->teams = s->teams[(size_t)c * (size_t)p->in->n_days + (size_t)day];
            write_demands(p, s, counted, day, v++);
        }
    out->n_visits = s->visits;
    out->n_outings = s->outings;
    out->n_trips = s->trips;
}

/* Why nobody could meet the demand, even if it were the only one. */
static void
explain_unreachable(const struct plan_input *in, const struct plan_demand *d, struct plan_miss *m)
{
    plan_days open = open_days(in, d);
    m->why = open ? PLAN_TOO_CLOSE : PLAN_NO_DAY;
    if (!open ||
        days_spaced(days_beside_credited(in, d, open), d->spacing > 1 ? d->spacing : 1) < d->need - (int)d->n_credited)
        return;
    m->why = PLAN_TEAM_AWAY;
    for (int t = 0; t < in->n_teams && m->team < 0; t++)
        if (d->teams >> t & 1 && in->teams[t].away & open)
            m->team = t;
}

/* Why there is no room for it: who is full on most of the days and places on which it could count. */
static void
explain_no_room(const struct plan_problem *p, const struct plan_state *s, size_t need, struct plan_miss *m)
{
    const struct plan_need *n = &p->needs[need];
    int counted = days_spaced(s->met[need], n->spacing);
    size_t full[PLAN_TEAMS_MAX] = {0}, groups = 0, most = 0;
    m->why = PLAN_NOT_FOUND;
    for (int c = n->first; c < n->end; c++)
        for (plan_days left = n->usable & ~s->met[need]; left; left &= left - 1) {
            int day = days_first(left), team = -1;
            if (days_spaced(s->met[need] | day_bit(day), n->spacing) <= counted)
                continue;
            enum plan_obstacle why = state_refuses(p, s, c, day, n->teams, &team);
            if (why == PLAN_GROUP_FULL && ++groups > most) {
                most = groups;
                *m = (struct plan_miss){m->demand, m->missing, why, -1, p->in->compounds[c].group, m->words};
            } else if (why && why != PLAN_GROUP_FULL && ++full[team] > most) {
                most = full[team];
                *m = (struct plan_miss){m->demand, m->missing, why, team, -1, m->words};
            }
        }
}

static struct str
miss_words(struct arena *a, const struct plan_input *in, const struct plan_miss *m)
{
    const struct plan_demand *d = &in->demands[m->demand];
    struct str team = m->team >= 0 ? in->teams[m->team].name : STR("队伍");
    struct str group = m->group >= 0 ? in->groups[m->group].name : STR("社区");
    struct buf b = {0};
    buf_printf(&b, "%.*s还差 %d 次：", (int)d->name.n, d->name.p, m->missing);
    switch (m->why) {
    case PLAN_NO_DAY:
        buf_z(&b, "允许的日子里没有工作日了。");
        break;
    case PLAN_TEAM_AWAY:
        buf_printf(&b, "%.*s在允许的日子里不在岗。", (int)team.n, team.p);
        break;
    case PLAN_TOO_CLOSE:
        if (d->spacing > 1)
            buf_printf(&b, "两次之间至少隔 %d 天，剩下的日子排不开。", d->spacing);
        else
            buf_z(&b, "允许的日子不够。");
        break;
    case PLAN_TEAM_FULL:
        buf_printf(&b, "%.*s在允许的日子里已经排满。", (int)team.n, team.p);
        break;
    case PLAN_GROUP_FULL:
        buf_printf(&b, "%.*s在允许的日子里已经排满。", (int)group.n, group.p);
        break;
    case PLAN_NOT_FOUND:
        buf_z(&b, "没有排出来，请人工安排。");
        break;
    }
    struct str out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return out;
}

static void
write_misses(const struct plan_problem *p, const struct plan_state *s, struct visit_plan *out)
{
    const struct plan_input *in = p->in;
    struct plan_miss *list = arena_array(p->arena, struct plan_miss, p->n_needs + 1);
    for (size_t i = 0; i < p->n_needs; i++) {
        const struct plan_demand *d = &in->demands[i];
        int left = d->n_credited < (size_t)d->need ? d->need - (int)d->n_credited : 0;
        struct plan_miss m = {.demand = (int)i, .missing = left - state_credit(p, s, i), .team = -1, .group = -1};
        if (!m.missing)
            continue;
        if (s->lack[i])
            explain_no_room(p, s, i, &m);
        else
            explain_unreachable(in, d, &m);
        m.words = miss_words(p->arena, in, &m);
        out->n_missing += (size_t)m.missing;
        out->missing_bound += (size_t)(left - p->needs[i].need);
        list[out->n_misses++] = m;
    }
    out->misses = list;
}

static void
write_bound(const struct plan_problem *p, const struct plan_bound *bound, struct visit_plan *out)
{
    out->visits_bound = bound->visits;
    out->outings_bound = bound->outings;
    out->gap = bound->visits ? 100.0 * (double)(out->n_visits - bound->visits) / (double)bound->visits : 0;
    const char *why = bound->is_sum ? "各小区、社区自身的要求逐一相加，至少" : "全部要求合在一起，至少";
    if (bound->is_room)
        why = "固定在同一个星期几的到访，加上队伍当天走不完而另走的，至少";
    else if (p->n_kept == bound->visits && p->n_kept)
        why = "已定的到访都保留，共";
    struct buf b = {0};
    buf_printf(&b, "%s %zu 次。", why, bound->visits);
    out->bound_words = str_dup(p->arena, buf_view(&b));
    buf_release(&b);
}

bool
visit_plan(struct arena *a, const struct plan_input *in, struct visit_plan *out, struct err *err)
{
    *out = (struct visit_plan){0};
    struct plan_problem p = {.arena = a, .in = in};
    if (!input_check(a, in, err) || !problem_build(&p, err))
        return false;
    struct plan_bound bound = plan_bound_of(&p);
    struct plan_state best;
    plan_search(&p, &bound, &best);
    write_visits(&p, &best, out);
    write_misses(&p, &best, out);
    size_t without_room = state_missing(&p, &best);
    if (without_room) { /* the bound for what this plan meets */
        out->missing_bound += plan_missing_bound(&p);
        for (size_t i = 0; i < p.n_needs; i++)
            p.needs[i].need = state_credit(&p, &best, i);
        bound = plan_bound_of(&p);
    }
    write_bound(&p, &bound, out);
    out->is_proved = !without_room && out->n_visits == bound.visits && out->n_outings == bound.outings;
    return true;
}
