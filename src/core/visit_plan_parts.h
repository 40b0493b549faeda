/* visit_plan_parts.h — what the parts of the planner share; nobody else includes it.
 *
 * visit_plan.c reads the input and writes the result, visit_plan_days.c counts days, visit_plan_bound.c says what nobody can do
 * better, visit_plan_state.c keeps a plan under construction, visit_plan_search.c makes and improves it.
 */
#ifndef CORE_VISIT_PLAN_PARTS_H
#define CORE_VISIT_PLAN_PARTS_H

#include "visit_plan.h"

static inline plan_days
day_bit(int day)
{
    return (plan_days)1 << day;
}

static inline int
days_count(plan_days d)
{
    return __builtin_popcountll(d);
}

static inline int
days_first(plan_days d) /* d is not empty */
{
    return __builtin_ctzll(d);
}

static inline int
days_last(plan_days d) /* d is not empty */
{
    return 63 - __builtin_clzll(d);
}

/* A demand as the search sees it: what is left of it, on the days on which it can be met at all. */
struct plan_need {
    plan_days usable;
    uint64_t teams;
    int first, end; /* scope: first … end − 1 */
    int need;       /* no more than the usable days allow */
    int spacing;    /* at least 1 */
};

struct plan_problem {
    struct arena *arena;
    const struct plan_input *in;
    struct plan_need *needs; /* as many and in the same order as the demands */
    size_t n_needs;
    const int *of; /* needs by compound: of[of_at[c]] … of[of_at[c + 1] − 1], narrow scopes first */
    const size_t *of_at;
    plan_days *kept; /* by compound */
    size_t n_kept;   /* different days and compounds */
};

/* ---- visit_plan_days.c ---- */

enum { DAYS_UNREACHABLE = 1000 };
int days_spaced(plan_days days, int spacing); /* how many of them count */
/* How many days beside `met` it takes at least until `need` of them count; good: the days that are one of so few. */
int days_lacking(plan_days met, plan_days usable, int need, int spacing, plan_days *good);
/* The fewest days beside `given` that meet all these needs together; never too high, exact unless the search grows long. */
int days_cover(const struct plan_need *needs, size_t n, plan_days given);

/* ---- visit_plan_bound.c ---- */

struct plan_bound {
    size_t visits, outings;
    bool is_sum;  /* visits: what the areas need one by one; else the days that all of it needs */
    bool is_room; /* visits: because a team has no room on one weekday for all that it is asked for */
};
struct plan_bound plan_bound_of(const struct plan_problem *p);
size_t plan_missing_bound(const struct plan_problem *p); /* days for which some team has no room */

/* ---- visit_plan_state.c ---- */

struct plan_state {
    plan_days *there;                  /* by compound: days with a visit */
    uint64_t *teams;                   /* by compound and day: who goes */
    plan_days *met;                    /* by need: days that serve it */
    plan_days *good;                   /* by need: days that bring it one further by the shortest way */
    int16_t *lack;                     /* by need: days that it takes at least */
    uint16_t *serving;                 /* by need and day: visits that serve it */
    uint16_t *team_day, *team_outings; /* by team and day: compounds, groups */
    uint16_t *outing;                  /* by team, group and day: compounds */
    uint16_t *group_day;               /* by group and day: compounds */
    uint16_t *load;                    /* by day: visits */
    size_t visits, outings, trips;
    void *block; /* holds all the arrays */
    size_t size;
};
void state_init(const struct plan_problem *p, struct plan_state *s); /* with the kept visits in it */
void state_copy(struct plan_state *to, const struct plan_state *from);
/* Who must still be added to this visit so that the teams are all there. */
static inline uint64_t
state_joining(const struct plan_problem *p, const struct plan_state *s, int c, int day, uint64_t teams)
{
    return teams & ~s->teams[(size_t)c * (size_t)p->in->n_days + (size_t)day];
}
enum plan_obstacle state_refuses(const struct plan_problem *p, const struct plan_state *s, int c, int day,
                                 uint64_t teams, int *team); /* 0 = there is room; team: who is full */
void state_add(const struct plan_problem *p, struct plan_state *s, int c, int day, uint64_t teams);
void state_remove(const struct plan_problem *p, struct plan_state *s, int c, int day,
                  uint64_t teams); /* none left: the visit */
bool state_serves(const struct plan_problem *p, const struct plan_state *s, int need, int c, int day);
size_t state_missing(const struct plan_problem *p, const struct plan_state *s);
int state_credit(const struct plan_problem *p, const struct plan_state *s, size_t need);

/* ---- visit_plan_search.c ---- */

void plan_search(const struct plan_problem *p, const struct plan_bound *bound, struct plan_state *best);

#endif
