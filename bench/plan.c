/* bench-plan: how good and how fast the planner of visits is (core/visit_plan.h).
 *
 *   bench-plan             the four localities as shipped, some hard random months, and a province of 100,000 compounds
 *   bench-plan lp NAME     one of the instances as a linear program in LP format, for any solver: 1000 × visits + outings
 *
 * Solved by a solver, the objective's thousands are the fewest visits and its rest the fewest outings with those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "visit_plan.h"

enum { DAYS = 30, MAX_COMPOUNDS = 400, MAX_DEMANDS = 4000, MAX_TEAMS = 16 };

struct instance {
    struct plan_input in;
    struct plan_team teams[MAX_TEAMS];
    struct plan_group groups[MAX_COMPOUNDS];
    struct plan_compound compounds[MAX_COMPOUNDS];
    struct plan_demand demands[MAX_DEMANDS];
};

static uint64_t dice_state;

static int
dice(int sides)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((dice_state >> 33) % (uint64_t)sides);
}

/* June 2026 without a holiday: begins on a Monday. */
static void
begin(struct instance *x, int groups, int in_each, int teams, int per_day)
{
    *x = (struct instance){0};
    int32_t first = day_number(2026, 6, 1);
    x->in = (struct plan_input){.first = first, .n_days = DAYS, .working = plan_days_weekdays(first, DAYS, 0x3e)};
    x->in.teams = x->teams;
    x->in.groups = x->groups;
    x->in.compounds = x->compounds;
    x->in.demands = x->demands;
    x->in.n_groups = groups;
    x->in.n_teams = teams;
    for (int t = 0; t < teams; t++)
        x->teams[t] = (struct plan_team){.name = STR("team"), .per_day = per_day};
    for (int g = 0; g < groups; g++)
        for (int i = 0; i < in_each; i++)
            x->compounds[x->in.n_compounds++] = (struct plan_compound){.name = STR("compound"), .group = g};
}

static struct plan_demand *
demand(struct instance *x, uint64_t teams, int first, int n, int need, int spacing, plan_days days)
{
    if (x->in.n_demands == MAX_DEMANDS)
        abort();
    struct plan_demand *d = &x->demands[x->in.n_demands++];
    *d = (struct plan_demand){
        .name = STR("demand"), .teams = teams, .first = first, .n = n, .need = need, .spacing = spacing, .days = days};
    return d;
}

static plan_days
week(int i) /* Monday to Sunday, cut at the end of the month */
{
    return (plan_days)127 << 7 * i & (((plan_days)1 << DAYS) - 1);
}

static const plan_days month = ((plan_days)1 << DAYS) - 1;

static void
each_week(struct instance *x, uint64_t teams, int first, int n, int need)
{
    for (int w = 0; w < 5; w++)
        demand(x, teams, first, n, w == 4 && need > 1 ? 1 : need, 1, week(w));
}

/* 13 communities with two compounds each; the squad goes to each twice, a week apart; six departments every week somewhere. */
static void
bagongshan(struct instance *x)
{
    begin(x, 13, 2, 7, 4);
    for (int c = 0; c < 26; c++)
        demand(x, 1, c, 1, 2, 7, month);
    for (int t = 1; t < 7; t++)
        each_week(x, UINT64_C(1) << t, 0, 26, 1);
}

/* 97 compounds of ten communities; twelve departments go on patrol every week, one joint action a month in each community. */
static void
huichang(struct instance *x)
{
    begin(x, 10, 10, 13, 3);
    x->in.n_compounds = 97;
    for (int c = 0; c < 97; c++)
        demand(x, 0, c, 1, 1, 1, month);
    for (int t = 0; t < 12; t++)
        each_week(x, UINT64_C(1) << t, 0, 97, 1);
    for (int g = 0; g < 10; g++)
        demand(x, 0x1007, g * 10, g == 9 ? 7 : 10, 1, 1, month);
}

/* Twelve communities; two departments on every working day in each, two others twice a week, the street's joint action weekly. */
static void
lucheng(struct instance *x)
{
    begin(x, 12, 4, 5, 0);
    for (int g = 0; g < 12; g++) {
        for (int t = 0; t < 2; t++)
            for (int d = 0; d < DAYS; d++)
                if (x->in.working >> d & 1)
                    demand(x, UINT64_C(1) << t, g * 4, 4, 1, 1, (plan_days)1 << d);
        each_week(x, 4, g * 4, 4, 2);
        each_week(x, 8, g * 4, 4, 2);
    }
    x->teams[2].outings = x->teams[3].outings = 6;
    each_week(x, 31, 0, 48, 1);
}

/* Liaison officers every Monday in each of eight communities; each compound once a month by two departments. */
static void
nanhu(struct instance *x)
{
    begin(x, 8, 3, 3, 3);
    for (int g = 0; g < 8; g++)
        for (int d = 0; d < DAYS; d += 7)
            demand(x, 1, g * 3, 3, 1, 1, (plan_days)1 << d);
    x->teams[0].per_day = 0;
    for (int c = 0; c < 24; c++)
        for (int t = 1; t < 3; t++)
            demand(x, UINT64_C(1) << t, c, 1, 1, 1, month);
}

/* Narrow windows, spacings and capacities at random: harder than any locality. */
static void
random_month(struct instance *x, int groups, int in_each, int seed)
{
    dice_state = (uint64_t)seed * 7919 + 1;
    begin(x, groups, in_each, 4, 3 + groups * in_each / 16);
    int n = x->in.n_compounds;
    x->in.outing_max = 3;
    for (int c = 0; c < n; c++)
        for (int t = 0; t < 3; t++)
            if (dice(3)) {
                int from = dice(18), need = 1 + dice(2);
                demand(x, UINT64_C(1) << t, c, 1, need, need > 1 ? 4 : 1,
                       month & (((plan_days)1 << (10 + dice(10))) - 1) << from);
            }
    for (int g = 0; g < groups; g++)
        demand(x, 3, g * in_each, in_each, 2, 7, month);
    for (int t = 0; t < 4; t++)
        for (int w = 0; w < 4; w++)
            demand(x, UINT64_C(1) << t, 0, n, 1, 1,
                   week(w) & plan_days_weekdays(x->in.first, DAYS, 1u << (1 + dice(5)) | 1u << (1 + dice(5))));
}

static void
random_small(struct instance *x)
{
    random_month(x, 3, 3, 1);
}
static void
random_tight(struct instance *x)
{
    random_month(x, 3, 4, 2);
}
static void
random_middle(struct instance *x)
{
    random_month(x, 5, 4, 3);
}
static void
random_large(struct instance *x)
{
    random_month(x, 12, 8, 4);
}

static const struct {
    const char *name;
    void (*make)(struct instance *x);
} instances[] = {{"bagongshan", bagongshan},  {"huichang", huichang},
                 {"lucheng", lucheng},        {"nanhu", nanhu},
                 {"random9", random_small},   {"random12", random_tight},
                 {"random20", random_middle}, {"random96", random_large}};
enum { INSTANCES = sizeof instances / sizeof *instances };

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct visit_plan
solve(struct arena *a, const struct plan_input *in, double *seconds)
{
    struct visit_plan plan;
    struct err err = {0};
    double from = now();
    if (!visit_plan(a, in, &plan, &err)) {
        fprintf(stderr, "bench-plan: %s\n", err.message);
        exit(1);
    }
    *seconds += now() - from;
    return plan;
}

static void
print_row(const char *name, const struct visit_plan *p, double seconds)
{
    printf("%-11s %6zu %6zu %5.1f %% %8zu %6zu %7zu %7zu %5zu/%-5zu %7.3f s%s\n", name, p->n_visits, p->visits_bound,
           p->gap, p->n_outings, p->outings_bound, p->n_trips, p->n_apart, p->n_missing, p->missing_bound, seconds,
           p->is_proved ? "  proved" : "");
}

/* 100,000 compounds in districts of 100 with ten communities, each district planned by itself with its twelve departments. */
static void
province(struct instance *x)
{
    struct visit_plan sum = {.is_proved = true};
    double seconds = 0, slowest = 0;
    for (int i = 0; i < 1000; i++) {
        struct arena *a = arena_new();
        begin(x, 10, 10, 13, 6);
        for (int c = 0; c < 100; c++)
            demand(x, 1, c, 1, 2, 7, month);
        for (int t = 1; t < 13; t++)
            each_week(x, UINT64_C(1) << t, 0, 100, 1);
        x->teams[0].per_day = 12;
        x->teams[1 + i % 12].away = week(i % 4);
        double one = 0;
        struct visit_plan p = solve(a, &x->in, &one);
        seconds += one;
        slowest = one > slowest ? one : slowest;
        sum.n_visits += p.n_visits, sum.visits_bound += p.visits_bound, sum.n_outings += p.n_outings;
        sum.outings_bound += p.outings_bound, sum.n_trips += p.n_trips, sum.n_apart += p.n_apart;
        sum.n_missing += p.n_missing, sum.missing_bound += p.missing_bound, sum.is_proved &= p.is_proved;
        arena_free(a);
    }
    sum.gap = 100.0 * (double)(sum.n_visits - sum.visits_bound) / (double)sum.visits_bound;
    print_row("province", &sum, seconds);
    printf("            the slowest of its 1,000 districts: %.1f ms\n", slowest * 1000);
}

/* ---- the same as a linear program ---- */

static bool
may(const struct plan_input *in, const struct plan_demand *d, int day)
{
    return (d->days & in->working) >> day & 1;
}

/* v: a visit; a: a team in it; w: all teams of a demand in it; s: a day that counts; o: an outing. */
static void
write_demand(const struct plan_input *in, size_t i)
{
    const struct plan_demand *d = &in->demands[i];
    int spacing = d->spacing > 1 ? d->spacing : 1, terms = 0;
    for (int day = 0; day < in->n_days; day++) {
        if (!may(in, d, day))
            continue;
        printf(" s_%zu_%d", i, day);
        for (int c = d->first; c < d->first + d->n; c++)
            printf(" - w_%zu_%d_%d", i, c, day);
        printf(" <= 0\n");
        for (int c = d->first; c < d->first + d->n; c++) {
            printf(" w_%zu_%d_%d - v_%d_%d <= 0\n", i, c, day, c, day);
            for (int t = 0; t < in->n_teams; t++)
                if (d->teams >> t & 1)
                    printf(" w_%zu_%d_%d - a_%d_%d_%d <= 0\n", i, c, day, t, c, day);
        }
        for (int other = day + 1; other < day + spacing && other < in->n_days; other++)
            if (may(in, d, other))
                printf(" s_%zu_%d + s_%zu_%d <= 1\n", i, day, i, other);
    }
    for (int day = 0; day < in->n_days; day++)
        if (may(in, d, day))
            printf("%s s_%zu_%d", terms++ ? " +" : "", i, day);
    printf(" >= %d\n", d->need);
}

static void
write_team(const struct plan_input *in, int t, int day)
{
    const struct plan_team *who = &in->teams[t];
    for (int c = 0; c < in->n_compounds; c++) {
        printf(" a_%d_%d_%d - v_%d_%d <= 0\n", t, c, day, c, day);
        printf(" a_%d_%d_%d - b_%d_%d_%d <= 0\n", t, c, day, t, in->compounds[c].group, day);
    }
    for (int c = 0; c < in->n_compounds && who->per_day; c++)
        printf("%s a_%d_%d_%d", c ? " +" : "", t, c, day);
    if (who->per_day)
        printf(" <= %d\n", who->per_day);
    for (int g = 0; g < in->n_groups && who->outings; g++)
        printf("%s b_%d_%d_%d", g ? " +" : "", t, g, day);
    if (who->outings)
        printf(" <= %d\n", who->outings);
    for (int g = 0; g < in->n_groups && in->outing_max; g++) {
        int terms = 0;
        for (int c = 0; c < in->n_compounds; c++)
            if (in->compounds[c].group == g)
                printf("%s a_%d_%d_%d", terms++ ? " +" : "", t, c, day);
        printf(" <= %d\n", in->outing_max);
    }
}

static void
write_binaries(const struct plan_input *in)
{
    printf("Binary\n");
    for (int day = 0; day < in->n_days; day++) {
        for (int c = 0; c < in->n_compounds; c++)
            printf(" v_%d_%d\n", c, day);
        for (int t = 0; t < in->n_teams; t++)
            for (int c = 0; c < in->n_compounds; c++)
                printf(" a_%d_%d_%d\n", t, c, day);
        for (size_t i = 0; i < in->n_demands; i++)
            if (may(in, &in->demands[i], day))
                printf(" s_%zu_%d\n", i, day);
        for (int g = 0; g < in->n_groups; g++)
            printf(" o_%d_%d\n", g, day);
    }
    printf("End\n");
}

static void
write_program(const struct plan_input *in)
{
    printf("Minimize\n cost:");
    for (int day = 0; day < in->n_days; day++) {
        for (int c = 0; c < in->n_compounds; c++)
            printf(" + 1000 v_%d_%d", c, day);
        for (int g = 0; g < in->n_groups; g++)
            printf(" + o_%d_%d", g, day);
        printf("\n");
    }
    printf("Subject To\n");
    for (size_t i = 0; i < in->n_demands; i++)
        write_demand(in, i);
    for (int day = 0; day < in->n_days; day++) {
        for (int t = 0; t < in->n_teams; t++)
            write_team(in, t, day);
        for (int c = 0; c < in->n_compounds; c++)
            printf(" v_%d_%d - o_%d_%d <= 0\n", c, day, in->compounds[c].group, day);
    }
    write_binaries(in);
}

int
main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct instance *x = xmalloc(sizeof *x);
    bool is_program = argc == 3 && !strcmp(argv[1], "lp"), is_known = argc == 1;
    if (!is_program)
        printf("            visits  bound      gap outings  bound   trips   apart   missing/bound\n");
    for (int i = 0; i < INSTANCES; i++) {
        struct arena *a = arena_new();
        instances[i].make(x);
        if (is_program && !strcmp(argv[2], instances[i].name)) {
            write_program(&x->in);
            is_known = true;
        } else if (!is_program) {
            double seconds = 0;
            struct visit_plan p = solve(a, &x->in, &seconds);
            print_row(instances[i].name, &p, seconds);
        }
        arena_free(a);
    }
    if (argc == 1)
        province(x);
    free(x);
    if (!is_known)
        fprintf(stderr, "bench-plan: no such instance; usage: bench-plan [lp NAME]\n");
    return is_known ? 0 : 2;
}
