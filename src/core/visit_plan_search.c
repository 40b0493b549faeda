/* Makes a plan need by need, each at the place and on the day where most is served at once; then takes parts of it apart and
 * puts them together in another order, for as long as that helps. Dice are seeded, so the same input gives the same plan. */
#include "visit_plan_parts.h"

enum { POLISH = 40 };  /* tries after nobody can do with fewer visits and outings: fewer trips */
enum { STRAIGHT = 8 }; /* the first part of so many */
enum { BLINK = 24 };   /* of so many ways one is overlooked, so that the next best gets its chance */
enum {
    VISIT_COSTS = 100,
    OUTING_COSTS = 10,
    SLACK = 60
}; /* how much worse than the best a step may be in the beginning */
enum order { NARROW_FIRST, WIDE_FIRST, ANY_ORDER, ORDER_COUNT };

struct turn {
    uint64_t key;
    int need;
};

struct search {
    const struct plan_problem *p;
    struct plan_state *s;
    uint64_t dice;
    int64_t work; /* ways looked at, and what copying costs */
    bool blinks;
    struct turn *turns;              /* needs in the order in which they are looked at */
    uint8_t day_rank[PLAN_DAYS_MAX]; /* which of two equal days is taken */
};

static uint64_t
dice(struct search *q, uint64_t sides)
{
    q->dice += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = q->dice;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % sides;
}

/* ---- where and when ---- */

/* What a visit of these teams on this day brings besides: needs that it serves, or would if their teams joined. Narrow ones
 * count apart, because a need of the whole area finds its visit elsewhere too. */
static void
worth(const struct search *q, int c, int day, uint64_t teams, bool may_join, int *narrow, int *wide)
{
    const struct plan_problem *p = q->p;
    *narrow = *wide = 0;
    for (size_t i = p->of_at[c]; i < p->of_at[c + 1]; i++) {
        const struct plan_need *n = &p->needs[p->of[i]];
        if (!(q->s->good[p->of[i]] >> day & 1) || (!may_join && (n->teams & ~teams)))
            continue;
        if (n->end - n->first == 1)
            *narrow += 4;
        else if (n->end - n->first < p->in->n_compounds)
            *narrow += 1;
        else
            *wide += 1;
    }
}

/* Smaller is better: no new visit; for a new one what else it serves; no new outing; few new trips; a quiet day. */
static uint64_t
price(const struct search *q, int c, int day, uint64_t teams)
{
    const struct plan_problem *p = q->p;
    size_t days = (size_t)p->in->n_days, d = (size_t)day, here = (size_t)c * days + d;
    size_t g = (size_t)p->in->compounds[c].group, groups = (size_t)p->in->n_groups;
    bool is_new = !(q->s->there[c] >> day & 1);
    int narrow, wide, trips = 0;
    worth(q, c, day, teams | q->s->teams[here], is_new, &narrow, &wide);
    for (uint64_t left = teams & ~q->s->teams[here]; left; left &= left - 1)
        trips += !q->s->outing[((size_t)__builtin_ctzll(left) * groups + g) * days + d];
    uint64_t key = is_new;
    key = key << 12 | (uint64_t)(4095 - (narrow < 4095 ? narrow : 4095));
    key = key << 1 | !q->s->group_day[g * days + d];
    key = key << 7 | (uint64_t)trips;
    key = key << 8 | (uint64_t)(255 - (wide < 255 ? wide : 255));
    key = key << 16 | q->s->load[day];
    return key << 6 | q->day_rank[day];
}

struct choice {
    uint64_t price;
    int c, day;
};

static void
consider(struct search *q, const struct plan_need *n, int c, plan_days days, struct choice *best)
{
    int team;
    for (; days; days &= days - 1) {
        int day = days_first(days);
        q->work++;
        if (state_refuses(q->p, q->s, c, day, n->teams, &team) || (q->blinks && !dice(q, BLINK)))
            continue;
        uint64_t cost = price(q, c, day, n->teams);
        if (cost < best->price)
            *best = (struct choice){cost, c, day};
    }
}

/* The best place and day for one more day of this need: joining a visit if that is possible, else a new one. */
static bool
choose(struct search *q, const struct plan_need *n, plan_days days, struct choice *best)
{
    *best = (struct choice){UINT64_MAX, -1, -1};
    for (int c = n->first; c < n->end; c++)
        consider(q, n, c, days & q->s->there[c], best);
    for (int c = n->first; c < n->end && best->c < 0; c++)
        consider(q, n, c, days & ~q->s->there[c], best);
    return best->c >= 0;
}

/* Days that would count though they are not on a shortest way: better than nothing when those are full. */
static plan_days
days_of_any_use(const struct search *q, size_t need)
{
    const struct plan_need *n = &q->p->needs[need];
    plan_days met = q->s->met[need], out = 0;
    int counted = days_spaced(met, n->spacing);
    for (plan_days left = n->usable & ~met; left; left &= left - 1)
        if (days_spaced(met | day_bit(days_first(left)), n->spacing) > counted)
            out |= day_bit(days_first(left));
    return out;
}

static void
satisfy(struct search *q, size_t need)
{
    const struct plan_need *n = &q->p->needs[need];
    struct choice best;
    while (q->s->lack[need]) {
        if (!choose(q, n, q->s->good[need], &best) && !choose(q, n, days_of_any_use(q, need), &best))
            return;
        state_add(q->p, q->s, best.c, best.day, n->teams);
    }
}

/* ---- in which order ---- */

static int
compare_turns(const void *x, const void *y)
{
    const struct turn *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->need - b->need;
}

static void
arrange(struct search *q, enum order how)
{
    size_t n = 0;
    for (size_t i = 0; i < q->p->n_needs; i++) {
        const struct plan_need *need = &q->p->needs[i];
        if (!q->s->lack[i])
            continue;
        uint64_t width = (uint64_t)(need->end - need->first),
                 slack = (uint64_t)(days_count(q->s->good[i]) - q->s->lack[i] + 64);
        uint64_t any = dice(q, 1 << 16);
        q->turns[n].need = (int)i;
        q->turns[n++].key = how == NARROW_FIRST ? (width << 8 | slack) << 16 | any
                            : how == WIDE_FIRST ? ((0xffff - width) << 8 | slack) << 16 | any
                                                : any;
    }
    qsort(q->turns, n, sizeof *q->turns, compare_turns);
    for (size_t i = 0; i < n; i++)
        satisfy(q, (size_t)q->turns[i].need);
}

static void
shuffle_days(struct search *q)
{
    for (int i = 0; i < PLAN_DAYS_MAX; i++)
        q->day_rank[i] = (uint8_t)i;
    for (int i = q->p->in->n_days - 1; i > 0; i--) {
        int j = (int)dice(q, (uint64_t)i + 1);
        uint8_t kept = q->day_rank[i];
        q->day_rank[i] = q->day_rank[j];
        q->day_rank[j] = kept;
    }
}

/* ---- taking out ---- */

static uint64_t
bound_teams(const struct search *q, int c, int day)
{
    const struct plan_input *in = q->p->in;
    uint64_t teams = 0;
    if (q->p->kept[c] >> day & 1)
        for (size_t i = 0; i < in->n_kept; i++)
            if (in->kept[i].compound == c && in->kept[i].day - in->first == day)
                teams |= in->kept[i].teams;
    return teams;
}

static void
clear(struct search *q, int c, plan_days days)
{
    for (days &= q->s->there[c]; days; days &= days - 1) {
        int day = days_first(days);
        state_remove(q->p, q->s, c, day, ~bound_teams(q, c, day));
    }
}

/* Would anything count less without these teams in this visit? */
static bool
is_missed(const struct search *q, int c, int day, uint64_t teams)
{
    const struct plan_problem *p = q->p;
    uint64_t here = q->s->teams[(size_t)c * (size_t)p->in->n_days + (size_t)day];
    bool is_over = !(here & ~teams) && !(p->kept[c] >> day & 1);
    for (size_t i = p->of_at[c]; i < p->of_at[c + 1]; i++) {
        size_t need = (size_t)p->of[i];
        const struct plan_need *n = &p->needs[need];
        if (!(n->usable >> day & 1) || (n->teams & ~here) || (!is_over && !(n->teams & teams)) ||
            q->s->serving[need * (size_t)p->in->n_days + (size_t)day] > 1)
            continue;
        int without = days_spaced(q->s->met[need] & ~day_bit(day), n->spacing);
        if (without < n->need && without < days_spaced(q->s->met[need], n->spacing))
            return true;
    }
    return false;
}

/* Visits, then single teams, that nothing depends on any more. */
static void
prune(struct search *q)
{
    const struct plan_problem *p = q->p;
    for (int c = 0; c < p->in->n_compounds; c++)
        for (plan_days days = q->s->there[c]; days; days &= days - 1) {
            int day = days_first(days);
            uint64_t bound = bound_teams(q, c, day),
                     here = q->s->teams[(size_t)c * (size_t)p->in->n_days + (size_t)day];
            if (!is_missed(q, c, day, ~bound)) {
                state_remove(p, q->s, c, day, ~bound);
                continue;
            }
            for (uint64_t left = here & ~bound; left; left &= left - 1) {
                uint64_t one = left & -left;
                here = q->s->teams[(size_t)c * (size_t)p->in->n_days + (size_t)day];
                if (here != one && !is_missed(q, c, day, one))
                    state_remove(p, q->s, c, day, one);
            }
        }
}

static void
clear_group(struct search *q, int g, plan_days days)
{
    for (int c = 0; c < q->p->in->n_compounds; c++)
        if (q->p->in->compounds[c].group == g)
            clear(q, c, days);
}

/* A day on which somebody goes somewhere; any day when nobody does. */
static int
busy_day(struct search *q)
{
    int days = q->p->in->n_days, from = (int)dice(q, (uint64_t)days);
    for (int i = 0; i < days; i++)
        if (q->s->load[(from + i) % days])
            return (from + i) % days;
    return from;
}

static void
take_apart(struct search *q)
{
    const struct plan_input *in = q->p->in;
    uint64_t compounds = (uint64_t)in->n_compounds, groups = (uint64_t)in->n_groups;
    plan_days all = ~(plan_days)0, some = day_bit(busy_day(q));
    uint64_t keep = 1; /* of so many compounds one is left as it is */
    switch (dice(q, 7)) {
    case 0: /* an area, or two */
        clear_group(q, (int)dice(q, groups), all);
        if (dice(q, 2))
            clear_group(q, (int)dice(q, groups), all);
        return;
    case 1: /* compounds that lie side by side */
    case 2: /* compounds anywhere */
        for (int c = (int)dice(q, compounds), i = 1 + (int)dice(q, 6), apart = (int)dice(q, 2); i > 0; i--) {
            clear(q, c, all);
            c = apart ? (int)dice(q, compounds) : (c + 1) % in->n_compounds;
        }
        return;
    case 3: /* two days */
        some |= day_bit(busy_day(q));
        break;
    case 4: /* three days, most of them */
        some |= day_bit(busy_day(q)) | day_bit(busy_day(q));
        keep = 3;
        break;
    case 5: /* a week, most of it */
        some = (plan_days)127 << dice(q, (uint64_t)in->n_days);
        keep = 3;
        break;
    default: /* a day */
        break;
    }
    for (int c = 0; c < in->n_compounds; c++)
        if (keep == 1 || dice(q, keep))
            clear(q, c, some);
}

/* ---- the search ---- */

struct score {
    size_t missing, visits, outings, trips;
};

static struct score
score_of(const struct plan_problem *p, const struct plan_state *s)
{
    return (struct score){state_missing(p, s), s->visits, s->outings, s->trips};
}

static int
compare_scores(struct score a, struct score b)
{
    if (a.missing != b.missing)
        return a.missing < b.missing ? -1 : 1;
    if (a.visits != b.visits)
        return a.visits < b.visits ? -1 : 1;
    if (a.outings != b.outings)
        return a.outings < b.outings ? -1 : 1;
    return (a.trips > b.trips) - (a.trips < b.trips);
}

static int64_t
cost_of(struct score s)
{
    return (int64_t)(s.visits * VISIT_COSTS + s.outings * OUTING_COSTS + s.trips);
}

/* Straight on first, which is enough for most months. Then steps may lead a little astray, less and less so, because a hard
 * month has plans from which no single step leads to a better one. */
static int64_t
slack_after(int64_t work, int64_t effort)
{
    return work < effort / STRAIGHT ? 0 : SLACK * (effort - work) / effort;
}

static void
improve(struct search *q, const struct plan_bound *bound, struct plan_state *best, int64_t effort)
{
    const struct plan_problem *p = q->p;
    struct plan_state here, work;
    state_init(p, &here);
    state_init(p, &work);
    state_copy(&here, best);
    struct score best_score = score_of(p, best), here_score = best_score;
    q->s = &work;
    q->blinks = true;
    for (int polish = 0; q->work < effort && polish < POLISH;) {
        polish += !best_score.missing && best_score.visits <= bound->visits && best_score.outings <= bound->outings;
        state_copy(&work, &here);
        q->work += 20 + (int64_t)(work.size / 512);
        shuffle_days(q);
        take_apart(q);
        arrange(q, (enum order)dice(q, ORDER_COUNT));
        prune(q);
        struct score score = score_of(p, &work);
        int64_t slack = slack_after(q->work, effort);
        bool is_near = score.missing == best_score.missing && cost_of(score) <= cost_of(best_score) + slack;
        if (compare_scores(score, here_score) <= 0 || is_near) {
            state_copy(&here, &work);
            here_score = score;
        }
        if (compare_scores(score, best_score) < 0) {
            state_copy(best, &work);
            best_score = score;
        }
    }
}

void
plan_search(const struct plan_problem *p, const struct plan_bound *bound, struct plan_state *best)
{
    struct plan_state other;
    struct search q = {.p = p, .s = best, .dice = 20260421};
    q.turns = arena_array(p->arena, struct turn, p->n_needs + 1);
    for (int i = 0; i < PLAN_DAYS_MAX; i++)
        q.day_rank[i] = (uint8_t)i;
    state_init(p, best);
    arrange(&q, NARROW_FIRST);
    prune(&q);
    state_init(p, &other);
    q.s = &other;
    arrange(&q, WIDE_FIRST);
    prune(&q);
    if (compare_scores(score_of(p, &other), score_of(p, best)) < 0)
        state_copy(best, &other);
    if (p->in->effort >= 0 && p->in->n_compounds)
        improve(&q, bound, best, p->in->effort ? p->in->effort : PLAN_EFFORT);
}
