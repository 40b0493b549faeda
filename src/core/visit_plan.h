/* visit_plan.h — a month that meets every routine with the fewest separate visits (BG-12, BG-14, HC-23, K1, K2, K9).
 *
 * A visit is one compound on one day, whoever goes there together (综合查一次); an outing is all that happens in one group of
 * compounds (a community) on one day. The plan meets as much as it can, then has few visits, then few outings, then few trips
 * of teams. It says how few visits and outings anybody could do with (the bound), and names what cannot be met. The same input
 * gives the same plan. Pure; docs/decisions/0007-visit-planner.md says how good it is and why it is not a solver.
 *
 * Compounds come in the order of the area tree, so that every area is a run of them: a demand's scope is such a run. Two scopes
 * are nested or have nothing in common.
 */
#ifndef CORE_VISIT_PLAN_H
#define CORE_VISIT_PLAN_H

#include "calendar.h"
#include "err.h"

enum {
    PLAN_DAYS_MAX = 62,
    PLAN_TEAMS_MAX = 64,
    PLAN_COMPOUNDS_MAX = 20000,
    PLAN_DEMANDS_MAX = 200000,
    PLAN_NEED_MAX = 62
};

/* A set of days: bit i = day `first` + i. */
typedef uint64_t plan_days;
plan_days plan_days_between(int32_t first, int n_days, int32_t from,
                            int32_t to); /* inclusive, cut to the days there are */
plan_days plan_days_working(const struct calendar *c, int32_t first, int n_days);
plan_days plan_days_weekdays(int32_t first, int n_days, unsigned weekdays); /* bit 1 = Monday … bit 7 = Sunday */

struct plan_team { /* a department, a squad */
    struct str name;
    plan_days away;
    int per_day; /* compounds on one day; 0 = any number */
    int outings; /* groups on one day; 0 = any number */
};
struct plan_group { /* a community: its station's people go along */
    struct str name;
    int per_day; /* compounds on one day, whoever comes; 0 = any number */
};
struct plan_compound {
    struct str name;
    int group; /* compounds of one group stand side by side */
};
/* What one routine asks for in one period. A day counts when all these teams are together in one compound of the scope. */
struct plan_demand {
    struct str name; /* for people: 「联勤入网（幸福里小区）」 */
    uint64_t teams;  /* bit i = team i; 0 = any visit counts */
    int first, n;    /* scope: compounds first … first + n − 1; n = 1: this very compound */
    int need;        /* days, those already credited among them */
    int spacing;     /* days from one that counts to the next; 0 and 1: any two days */
    plan_days days;  /* on which it may happen */
    bool is_kept_on_holidays;
    const int32_t *credited; /* day numbers, also before `first` */
    size_t n_credited;
};
struct plan_kept { /* a visit that stands already; others may join it */
    int32_t day;
    int compound;
    uint64_t teams;
};
struct plan_input {
    int32_t first; /* day number */
    int n_days;
    plan_days working;
    const struct plan_team *teams;
    int n_teams;
    const struct plan_group *groups;
    int n_groups;
    const struct plan_compound *compounds;
    int n_compounds;
    const struct plan_demand *demands;
    size_t n_demands;
    const struct plan_kept *kept;
    size_t n_kept;
    int outing_max; /* compounds that one team takes in on one outing; 0 = any number */
    int64_t effort; /* of improvement, in ways looked at; 0 = PLAN_EFFORT, which is a second or two; −1 = none */
};
enum { PLAN_EFFORT = 4000000 };

struct planned_visit {
    int32_t day;
    int compound;
    uint64_t teams;
    bool is_kept;
    const int *demands; /* indices: for which this day counts through this visit */
    size_t n_demands;
};
enum plan_obstacle {
    PLAN_NO_DAY = 1, /* none of the days allowed is a working day to come */
    PLAN_TEAM_AWAY,
    PLAN_TOO_CLOSE, /* the days allowed are fewer than the spacing lets count */
    PLAN_TEAM_FULL,
    PLAN_GROUP_FULL,
    PLAN_NOT_FOUND,
};
struct plan_miss {
    int demand, missing;
    enum plan_obstacle why;
    int team, group;  /* who is away or full; −1 */
    struct str words; /* Chinese, one sentence */
};
struct visit_plan {
    const struct planned_visit *visits;  /* by day, then by compound */
    size_t n_visits, n_outings, n_trips; /* a trip: one team, one day, one group */
    size_t n_apart; /* visits if every team went for every demand by itself: what going together saves */
    size_t visits_bound, outings_bound; /* no plan that meets what this one meets has fewer */
    double gap;                         /* visits above the bound, in per cent of it */
    struct str bound_words;             /* Chinese: where the bound comes from */
    const struct plan_miss *misses;
    size_t n_misses, n_missing, missing_bound; /* days that are missing; no plan misses fewer than the bound */
    bool is_proved;                            /* nobody can do better in what is missing, visits and outings */
};

/* The plan lives in `a`. Fails on an input that makes no sense, never on one that asks too much. */
bool visit_plan(struct arena *a, const struct plan_input *in, struct visit_plan *out, struct err *err);

#endif
