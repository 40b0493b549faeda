/* The planner of visits: months whose best plan is known, what cannot be met and the words for it, random months against a
 * search that tries everything, and what holds for any plan. */
#include "check.h"

#include "visit_plan.h"

enum { COMPOUNDS_MAX = 200, DEMANDS_MAX = 1200, TEAMS_MAX = 13 };
#define DAY(n) ((plan_days)1 << ((n)-1)) /* of the month */

/* A month under construction. June 2026 begins on a Monday; its 19th is a holiday (端午节). */
static struct month {
    struct arena *arena;
    struct plan_input in;
    struct plan_team teams[TEAMS_MAX];
    struct plan_group groups[COMPOUNDS_MAX];
    struct plan_compound compounds[COMPOUNDS_MAX];
    struct plan_demand demands[DEMANDS_MAX];
    struct plan_kept kept[8];
    struct visit_plan plan;
} m;

static int32_t
june(int day)
{
    return day_number(2026, 6, day);
}

static plan_days
days(int from, int to)
{
    return plan_days_between(june(1), 30, june(from), june(to));
}

static void
begin(int groups, int in_each, int teams)
{
    static const char *const names[TEAMS_MAX] = {"城管局", "公安分局", "消防大队", "市场监管局",
                                                 "住建局", "自规分局", "交警大队"};
    static const char *const areas[] = {"东山社区", "西山社区", "南山社区"};
    arena_free(m.arena);
    m = (struct month){.arena = arena_new()};
    m.in = (struct plan_input){.first = june(1),
                               .n_days = 30,
                               .teams = m.teams,
                               .groups = m.groups,
                               .compounds = m.compounds,
                               .demands = m.demands,
                               .kept = m.kept,
                               .n_teams = teams,
                               .n_groups = groups};
    m.in.working = plan_days_weekdays(june(1), 30, 0x3e) & ~DAY(19);
    for (int t = 0; t < teams; t++)
        m.teams[t].name = str_of(names[t] ? names[t] : "某局");
    for (int g = 0; g < groups; g++) {
        m.groups[g].name = str_of(g < 3 ? areas[g] : "某社区");
        for (int i = 0; i < in_each; i++)
            m.compounds[m.in.n_compounds++] = (struct plan_compound){STR("小区"), g};
    }
}

static struct plan_demand *
ask(uint64_t teams, int first, int n, int need, int spacing, plan_days when)
{
    assert_true(m.in.n_demands < DEMANDS_MAX);
    struct plan_demand *d = &m.demands[m.in.n_demands++];
    *d = (struct plan_demand){
        .name = STR("巡查"), .teams = teams, .first = first, .n = n, .need = need, .spacing = spacing, .days = when};
    return d;
}

static void
ask_weekly(uint64_t teams, int first, int n, int need)
{
    for (int from = 1; from <= 29; from += 7)
        ask(teams, first, n, from == 29 && need > 1 ? need - 1 : need, 1, days(from, from + 6));
}

/* ---- what holds for any plan ---- */

static int
credit(const struct visit_plan *p, const struct plan_demand *d)
{
    int spacing = d->spacing > 1 ? d->spacing : 1, n = 0;
    int64_t last = INT32_MIN;
    for (size_t i = 0; i < p->n_visits; i++) {
        const struct planned_visit *v = &p->visits[i];
        bool counts = v->compound >= d->first && v->compound < d->first + d->n && !(d->teams & ~v->teams) &&
                      v->day - last >= spacing;
        counts = counts && d->days >> (v->day - m.in.first) & 1;
        counts = counts && (d->is_kept_on_holidays || m.in.working >> (v->day - m.in.first) & 1);
        for (size_t k = 0; k < d->n_credited; k++)
            counts = counts && llabs((long long)v->day - d->credited[k]) >= spacing;
        if (counts) {
            last = v->day;
            n++;
        }
    }
    return n + (int)d->n_credited;
}

static int
missing_named(const struct visit_plan *p, int demand)
{
    int n = 0;
    for (size_t i = 0; i < p->n_misses; i++)
        if (p->misses[i].demand == demand) {
            n += p->misses[i].missing;
            assert_true(p->misses[i].words.n > 0 && utf8_valid(p->misses[i].words));
            assert_true(p->misses[i].missing > 0);
        }
    return n;
}

/* Nobody is where he is not, or in more places than he can be; kept visits are there and excepted. */
static void
check_capacity(const struct visit_plan *p)
{
    for (int t = 0; t < m.in.n_teams; t++)
        for (int d = 0; d < m.in.n_days; d++) {
            int here[COMPOUNDS_MAX] = {0}, compounds = 0, groups = 0;
            for (size_t i = 0; i < p->n_visits; i++) {
                const struct planned_visit *v = &p->visits[i];
                if (v->day - m.in.first != d || !(v->teams >> t & 1))
                    continue;
                compounds++;
                groups += !here[m.compounds[v->compound].group]++;
                if (m.in.outing_max && !m.in.n_kept)
                    assert_true(here[m.compounds[v->compound].group] <= m.in.outing_max);
            }
            if (m.in.n_kept)
                continue;
            assert_true(!m.teams[t].per_day || compounds <= m.teams[t].per_day);
            assert_true(!m.teams[t].outings || groups <= m.teams[t].outings);
            assert_true(!compounds || !(m.teams[t].away >> d & 1));
        }
}

static void
check_places(const struct visit_plan *p)
{
    size_t outings = 0;
    for (int g = 0; g < m.in.n_groups; g++)
        for (int d = 0; d < m.in.n_days; d++) {
            int here = 0;
            for (size_t i = 0; i < p->n_visits; i++)
                here += p->visits[i].day - m.in.first == d && m.compounds[p->visits[i].compound].group == g;
            assert_true(m.in.n_kept || !m.groups[g].per_day || here <= m.groups[g].per_day);
            outings += here > 0;
        }
    assert_int_equal(outings, p->n_outings);
    for (size_t i = 1; i < p->n_visits; i++)
        assert_true(p->visits[i - 1].day < p->visits[i].day ||
                    (p->visits[i - 1].day == p->visits[i].day && p->visits[i - 1].compound < p->visits[i].compound));
    for (size_t i = 0; i < p->n_visits; i++)
        assert_true(p->visits[i].n_demands > 0 || p->visits[i].is_kept); /* nobody is sent for nothing */
}

static void
check_plan(const struct visit_plan *p)
{
    size_t missing = 0;
    for (size_t i = 0; i < m.in.n_demands; i++) {
        int found = credit(p, &m.demands[i]), named = missing_named(p, (int)i);
        if (found + named < m.demands[i].need || (named && found + named != m.demands[i].need))
            fail_msg("demand %zu: %d of %d counted, %d named as missing", i, found, m.demands[i].need, named);
        missing += (size_t)named;
    }
    assert_int_equal(missing, p->n_missing);
    assert_true(p->n_missing >= p->missing_bound);
    assert_true(p->n_visits >= p->visits_bound);
    assert_true(p->n_outings >= p->outings_bound);
    assert_true(p->bound_words.n > 0);
    check_capacity(p);
    check_places(p);
}

static void
plan(void)
{
    struct err err = {0};
    if (!visit_plan(m.arena, &m.in, &m.plan, &err))
        fail_msg("%s", err.message);
    check_plan(&m.plan);
}

static void
expect(const char *what, size_t visits, size_t outings)
{
    plan();
    if (m.plan.n_visits != visits || (outings && m.plan.n_outings != outings) || m.plan.n_missing)
        fail_msg("%s: %zu visits on %zu outings, %zu missing; expected %zu on %zu (bounds %zu, %zu)", what,
                 m.plan.n_visits, m.plan.n_outings, m.plan.n_missing, visits, outings, m.plan.visits_bound,
                 m.plan.outings_bound);
}

/* ---- small months whose best plan one can see ---- */

static void
one_visit_serves_all_who_can_come_that_day(void **state)
{
    (void)state;
    begin(1, 1, 3);
    for (int t = 0; t < 3; t++)
        ask(1u << t, 0, 1, 1, 1, days(1, 30));
    expect("three departments, one compound", 1, 1);
    assert_int_equal(m.plan.visits[0].teams, 7);
    assert_int_equal(m.plan.visits[0].n_demands, 3);
    assert_int_equal(m.plan.n_apart, 3);
    assert_true(m.plan.is_proved);
    check_str(m.plan.bound_words, "全部要求合在一起，至少 1 次。");
}

static void
days_that_have_nothing_in_common_take_a_visit_each(void **state)
{
    (void)state;
    begin(1, 1, 3);
    ask(1, 0, 1, 1, 1, days(1, 10));
    ask(2, 0, 1, 1, 1, days(8, 16));
    ask(4, 0, 1, 1, 1, days(15, 30));
    expect("windows that overlap in pairs", 2, 2);
    m.demands[1].days = plan_days_weekdays(june(1), 30, 1 << 2); /* Tuesdays */
    m.demands[0].days = m.demands[2].days = plan_days_weekdays(june(1), 30, 1 << 4);
    expect("Tuesdays and Thursdays", 2, 2);
}

static void
visits_too_close_do_not_count(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int need, spacing, from, to;
        size_t visits, missing;
    } rows[] = {
        {"twice, a week apart", 2, 7, 1, 30, 2, 0},
        {"twice, exactly a week apart", 2, 7, 1, 8, 2, 0},
        {"one day short of a week", 2, 7, 1, 7, 1, 1},
        {"four times in four weeks and two days", 4, 8, 1, 26, 4, 0},
        {"every working day", 21, 1, 1, 30, 21, 0},
        {"more often than there are working days", 23, 0, 1, 30, 21, 2},
        {"only weekend and holiday", 1, 1, 19, 21, 0, 1},
        {"asked for by nobody", 0, 7, 1, 30, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin(1, 1, 1);
        ask(1, 0, 1, rows[i].need, rows[i].spacing, days(rows[i].from, rows[i].to));
        plan();
        if (m.plan.n_visits != rows[i].visits || m.plan.n_missing != rows[i].missing)
            fail_msg("%s: %zu visits, %zu missing", rows[i].what, m.plan.n_visits, m.plan.n_missing);
        assert_int_equal(m.plan.missing_bound, rows[i].missing);
    }
}

static void
what_is_credited_is_not_asked_for_again(void **state)
{
    (void)state;
    static const int32_t before[] = {20605}; /* 2026-06-01 */
    assert_int_equal(before[0], june(1));
    begin(1, 1, 1);
    struct plan_demand *d = ask(1, 0, 1, 2, 7, days(1, 30));
    d->credited = before;
    d->n_credited = 1;
    expect("one of two is done", 1, 1);
    assert_true(m.plan.visits[0].day >= june(8));
    d->need = 1;
    expect("all is done", 0, 0);
    d->need = 2;
    d->days = days(1, 7);
    plan();
    assert_int_equal(m.plan.n_misses, 1);
    assert_int_equal(m.plan.misses[0].why, PLAN_TOO_CLOSE);
    check_str(m.plan.misses[0].words, "巡查还差 1 次：两次之间至少隔 7 天，剩下的日子排不开。");
}

static void
a_routine_that_is_kept_goes_on_on_holidays(void **state)
{
    (void)state;
    begin(1, 1, 1);
    ask(1, 0, 1, 1, 1, DAY(19))->is_kept_on_holidays = true;
    expect("the 19th is a holiday", 1, 1);
    m.demands[0].is_kept_on_holidays = false;
    plan();
    check_str(m.plan.misses[0].words, "巡查还差 1 次：允许的日子里没有工作日了。");
}

static void
compounds_of_one_community_share_an_outing(void **state)
{
    (void)state;
    begin(2, 3, 1);
    for (int c = 0; c < 6; c++)
        ask(1, c, 1, 1, 1, days(1, 30));
    expect("all three at once", 6, 2);
    m.in.outing_max = 2;
    expect("two compounds an outing", 6, 4);
    m.in.outing_max = 0;
    m.groups[0].per_day = 1;
    expect("one station takes one visit a day", 6, 4);
    m.groups[0].per_day = 0;
    m.teams[0].per_day = 1;
    expect("one compound a day", 6, 6);
    assert_true(m.plan.is_proved);
}

static void
who_may_go_anywhere_joins_those_who_must_go_somewhere(void **state)
{
    (void)state;
    begin(2, 2, 3);
    for (int c = 0; c < 4; c++)
        ask(1, c, 1, 2, 7, days(1, 30));
    ask_weekly(2, 0, 4, 1);
    ask_weekly(4, 0, 4, 1);
    expect("eight visits have room for ten patrols in five weeks", 8, 5);
    begin(1, 1, 2);
    ask(1, 0, 1, 1, 1, days(1, 30));
    ask_weekly(2, 0, 1, 1);
    expect("five weeks take five visits", 5, 5);
    check_str(m.plan.bound_words, "全部要求合在一起，至少 5 次。");
    begin(2, 1, 2);
    ask(1, 0, 1, 1, 1, days(1, 5));
    ask(1, 1, 1, 1, 1, days(1, 5));
    ask_weekly(2, 0, 2, 1);
    expect("two in the first week, one in each of the others", 6, 0);
    assert_int_equal(m.plan.visits_bound, 6);
    check_str(m.plan.bound_words, "各小区、社区自身的要求逐一相加，至少 6 次。");
}

static void
teams_that_are_asked_for_together_go_together(void **state)
{
    (void)state;
    begin(1, 2, 3);
    ask(7, 0, 2, 1, 1, days(1, 30));
    ask(1, 0, 1, 1, 1, days(1, 30));
    ask(2, 1, 1, 1, 1, days(1, 30));
    expect("the joint visit is one of the two", 2, 1);
    m.teams[2].away = days(1, 30);
    plan();
    assert_int_equal(m.plan.n_visits, 2);
    assert_int_equal(m.plan.n_misses, 1);
    check_str(m.plan.misses[0].words, "巡查还差 1 次：消防大队在允许的日子里不在岗。");
}

static void
what_stands_already_stays_and_can_be_joined(void **state)
{
    (void)state;
    begin(1, 2, 2);
    m.kept[0] = (struct plan_kept){june(10), 0, 1};
    m.in.n_kept = 1;
    ask(1, 0, 1, 1, 1, days(1, 30));
    ask(2, 0, 2, 1, 1, days(1, 30));
    expect("both are served by the visit that stands", 1, 1);
    assert_true(m.plan.visits[0].is_kept);
    assert_int_equal(m.plan.visits[0].teams, 3);
    check_str(m.plan.bound_words, "已定的到访都保留，共 1 次。");
    m.in.n_demands = 0;
    expect("it stays even if nobody asks for it", 1, 1);
    ask(2, 0, 2, 1, 1, days(1, 9));
    expect("it is too late for this", 2, 2);
}

static void
what_has_no_room_is_named(void **state)
{
    (void)state;
    begin(1, 4, 1);
    m.teams[0].per_day = 1;
    for (int c = 0; c < 4; c++)
        ask(1, c, 1, 1, 1, days(1, 3));
    plan();
    assert_int_equal(m.plan.n_visits, 3);
    assert_int_equal(m.plan.missing_bound, 1);
    assert_int_equal(m.plan.n_misses, 1);
    check_str(m.plan.misses[0].words, "巡查还差 1 次：城管局在允许的日子里已经排满。");
    assert_int_equal(m.plan.visits_bound, 3);
    m.teams[0].per_day = 0;
    m.groups[0].per_day = 1;
    plan();
    check_str(m.plan.misses[0].words, "巡查还差 1 次：东山社区在允许的日子里已经排满。");
}

static void
nothing_to_do_is_a_plan_too(void **state)
{
    (void)state;
    begin(0, 0, 0);
    expect("nobody, nowhere", 0, 0);
    begin(2, 2, 1);
    expect("no demands", 0, 0);
    assert_true(m.plan.is_proved);
    m.in.working = 0;
    ask(1, 0, 1, 1, 1, days(1, 30));
    plan();
    assert_int_equal(m.plan.n_missing, 1);
}

/* ---- the localities, in the size in which they are shipped ---- */

static void
the_localities_are_planned_as_well_as_can_be(void **state)
{
    (void)state;
    begin(13, 2, 7); /* 八公山: the squad twice into 26 compounds, six departments weekly on patrol */
    for (int t = 0; t < 7; t++)
        m.teams[t].per_day = 4;
    for (int c = 0; c < 26; c++)
        ask(1, c, 1, 2, 7, days(1, 30));
    for (int t = 1; t < 7; t++)
        ask_weekly(1u << t, 0, 26, 1);
    expect("八公山", 52, 26);
    assert_true(m.plan.is_proved);
    assert_int_equal(m.plan.n_apart, 82);

    begin(10, 10,
          13); /* 会昌: every compound once, twelve departments weekly, a joint action a month in each community */
    for (int c = 0; c < 100; c++)
        ask(0, c, 1, 1, 1, days(1, 30));
    for (int t = 0; t < 12; t++)
        ask_weekly(1u << t, 0, 100, 1);
    for (int g = 0; g < 10; g++)
        ask(0x1007, g * 10, 10, 1, 1, days(1, 30));
    expect("会昌", 100, 10);
    assert_true(m.plan.is_proved);

    begin(8, 3,
          3); /* 南湖: every Monday in each community; two departments once a month in each compound, three a day */
    for (int g = 0; g < 8; g++)
        for (int d = 1; d <= 29; d += 7)
            ask(1, g * 3, 3, 1, 1, DAY(d))->is_kept_on_holidays = true;
    m.teams[1].per_day = m.teams[2].per_day = 3;
    for (int c = 0; c < 24; c++)
        for (int t = 1; t < 3; t++)
            ask(1u << t, c, 1, 1, 1, days(1, 30));
    expect("南湖", 49, 0); /* fifteen compounds on five Mondays, nine on other days */
    assert_int_equal(m.plan.visits_bound, 49);
    check_str(m.plan.bound_words, "固定在同一个星期几的到访，加上队伍当天走不完而另走的，至少 49 次。");

    begin(12, 4,
          5); /* 鹿城: two departments every working day in each community, two twice a week, all together weekly */
    for (int g = 0; g < 12; g++) {
        for (int t = 0; t < 2; t++)
            for (int d = 1; d <= 30; d++)
                if (m.in.working & DAY(d))
                    ask(1u << t, g * 4, 4, 1, 1, DAY(d));
        ask_weekly(4, g * 4, 4, 2);
        ask_weekly(8, g * 4, 4, 2);
    }
    m.teams[2].outings = m.teams[3].outings = 6;
    ask_weekly(31, 0, 48, 1);
    expect("鹿城", 252, 252);
    assert_true(m.plan.is_proved);
}

/* ---- random months against a search that tries everything ---- */

static uint64_t dice_state;

static int
dice(int sides)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((dice_state >> 33) % (uint64_t)sides);
}

/* At most six days, three compounds, three teams: few enough to try every way of sending somebody somewhere. */
static struct trial {
    uint64_t teams[3][6];
    bool is_barred[DEMANDS_MAX][3][6];
    int visits, best;
    long steps;
} trial;

static bool
has_room(int c, int d, uint64_t teams)
{
    int g = m.compounds[c].group, visits = 0;
    for (int i = 0; i < m.in.n_compounds; i++)
        visits += i != c && m.compounds[i].group == g && trial.teams[i][d];
    if (m.groups[g].per_day && visits >= m.groups[g].per_day)
        return false;
    for (int t = 0; t < m.in.n_teams; t++) {
        int compounds = 0, here = 0;
        for (int i = 0; i < m.in.n_compounds; i++) {
            bool goes = i != c && trial.teams[i][d] >> t & 1;
            compounds += goes;
            here += goes && m.compounds[i].group == g;
        }
        if (!(teams >> t & 1) || trial.teams[c][d] >> t & 1)
            continue;
        if ((m.teams[t].per_day && compounds >= m.teams[t].per_day) || (m.in.outing_max && here >= m.in.outing_max) ||
            m.teams[t].away >> d & 1)
            return false;
    }
    return true;
}

static bool
is_met(const struct plan_demand *d)
{
    int n = 0, last = -99;
    for (int day = 0; day < m.in.n_days; day++)
        for (int c = d->first; c < d->first + d->n; c++)
            if (d->days >> day & 1 && trial.teams[c][day] && !(d->teams & ~trial.teams[c][day]) &&
                day - last >= (d->spacing > 1 ? d->spacing : 1)) {
                last = day;
                n++;
            }
    return n >= d->need;
}

static void
try_everything(void)
{
    size_t i = 0;
    while (i < m.in.n_demands && is_met(&m.demands[i]))
        i++;
    if (trial.visits >= trial.best || ++trial.steps > 3000000)
        return;
    if (i == m.in.n_demands) {
        trial.best = trial.visits;
        return;
    }
    const struct plan_demand *d = &m.demands[i];
    bool barred[3][6];
    memcpy(barred, trial.is_barred[i], sizeof barred);
    for (int day = 0; day < m.in.n_days; day++)
        for (int c = d->first; c < d->first + d->n; c++) {
            uint64_t before = trial.teams[c][day];
            if (!(d->days >> day & 1) || trial.is_barred[i][c][day] || !(d->teams & ~before) ||
                !has_room(c, day, d->teams))
                continue;
            trial.teams[c][day] |= d->teams;
            trial.visits += !before;
            try_everything();
            trial.visits -= !before;
            trial.teams[c][day] = before;
            trial.is_barred[i][c][day] = true; /* whatever else comes, this was tried */
        }
    memcpy(trial.is_barred[i], barred, sizeof barred);
}

static void
random_small_month(int seed)
{
    dice_state = (uint64_t)seed * 7919 + 17;
    begin(1 + dice(2), 1, 2 + dice(2));
    if (m.in.n_groups == 2 && dice(2))
        m.compounds[m.in.n_compounds++] = (struct plan_compound){STR("小区"), 1};
    m.in.n_days = 4 + dice(3);
    m.in.working = days(1, m.in.n_days);
    for (int t = 0; t < m.in.n_teams; t++) {
        m.teams[t].per_day = dice(3);
        m.teams[t].away = dice(4) ? 0 : DAY(1 + dice(m.in.n_days));
    }
    m.groups[0].per_day = dice(2);
    m.in.outing_max = dice(3);
    for (int i = 2 + dice(4); i > 0; i--) {
        int whole = m.in.n_compounds, first = dice(3) ? dice(whole) : 0, n = first ? 1 : dice(2) ? whole : 1;
        int from = 1 + dice(m.in.n_days), need = 1 + dice(2);
        ask(1 + (uint64_t)dice((1 << m.in.n_teams) - 1), first, n, need, 1 + dice(3),
            days(from > 2 ? from - 2 : 1, from + 2));
    }
}

static void
small_months_are_as_good_as_trying_everything(void **state)
{
    (void)state;
    int compared = 0, equal = 0, proved = 0;
    for (int seed = 0; seed < 600; seed++) {
        random_small_month(seed);
        plan();
        memset(&trial, 0, sizeof trial);
        trial.best = 99;
        try_everything();
        if (trial.steps > 3000000)
            continue;
        if (m.plan.n_missing && trial.best < 99)
            fail_msg("month %d: %zu missing, though everything can be met with %d visits", seed, m.plan.n_missing,
                     trial.best);
        if (m.plan.n_missing)
            continue;
        assert_int_not_equal(trial.best, 99);
        assert_true(m.plan.visits_bound <= (size_t)trial.best);
        compared++;
        equal += m.plan.n_visits == (size_t)trial.best;
        proved += m.plan.visits_bound == (size_t)trial.best;
        if (m.plan.n_visits != (size_t)trial.best)
            print_message("# month %d: %zu visits, %d would do\n", seed, m.plan.n_visits, trial.best);
    }
    print_message("# %d months compared: %d are the best there is, the bound says so of %d\n", compared, equal, proved);
    assert_true(compared > 250);
    assert_int_equal(equal, compared);
}

static void
random_months_keep_every_promise(void **state)
{
    (void)state;
    for (int seed = 0; seed < 60; seed++) {
        dice_state = (uint64_t)seed + 1;
        int groups = 1 + dice(5), in_each = 1 + dice(5), teams = 1 + dice(5), n = groups * in_each;
        begin(groups, in_each, teams);
        m.in.outing_max = dice(4);
        m.in.effort = 5000;
        for (int t = 0; t < teams; t++)
            m.teams[t] =
                (struct plan_team){STR("队"), (plan_days)dice(1 << 10) << dice(20) & days(1, 30), dice(5), dice(3)};
        for (int g = 0; g < groups; g++)
            m.groups[g].per_day = dice(4);
        for (int i = dice(40); i > 0; i--) {
            int kind = dice(3),
                first = kind == 0   ? dice(n)
                        : kind == 1 ? dice(groups) * in_each
                                    : 0,
                from = 1 + dice(25);
            struct plan_demand *d = ask((uint64_t)dice(1 << teams), first,
                                        kind == 0   ? 1
                                        : kind == 1 ? in_each
                                                    : n,
                                        dice(5), dice(9), days(from, from + dice(25)));
            d->is_kept_on_holidays = dice(2);
        }
        for (; m.in.n_kept < (size_t)(seed % 3); m.in.n_kept++)
            m.kept[m.in.n_kept] = (struct plan_kept){june(1 + dice(30)), dice(n), (uint64_t)dice(1 << teams)};
        plan();
        struct visit_plan first = m.plan;
        plan(); /* the same again */
        assert_int_equal(first.n_visits, m.plan.n_visits);
        for (size_t i = 0; i < first.n_visits; i++) {
            assert_int_equal(first.visits[i].day, m.plan.visits[i].day);
            assert_int_equal(first.visits[i].compound, m.plan.visits[i].compound);
            assert_int_equal(first.visits[i].teams, m.plan.visits[i].teams);
        }
    }
}

/* ---- input that makes no sense ---- */

enum spoil {
    NO_DAYS,
    TOO_MANY_DAYS,
    TOO_MANY_TEAMS,
    NEGATIVE_ROOM,
    NEGATIVE_OUTING,
    NO_GROUP,
    GROUP_APART,
    SCOPE_OUTSIDE,
    SCOPE_EMPTY,
    SCOPE_OVERFLOWS,
    STRANGE_TEAM,
    NEED_NEGATIVE,
    NEED_TOO_GREAT,
    SPACING_NEGATIVE,
    SCOPES_CROSS,
    SCOPE_CROSSES_GROUP,
    KEPT_ON_NO_DAY,
    KEPT_NOWHERE,
    SPOIL_COUNT
};

static void
spoil(enum spoil how)
{
    struct plan_demand *d = &m.demands[0];
    switch (how) {
    case NO_DAYS:
        m.in.n_days = 0;
        break;
    case TOO_MANY_DAYS:
        m.in.n_days = 63;
        break;
    case TOO_MANY_TEAMS:
        m.in.n_teams = 65;
        break;
    case NEGATIVE_ROOM:
        m.teams[0].per_day = -1;
        break;
    case NEGATIVE_OUTING:
        m.in.outing_max = -1;
        break;
    case NO_GROUP:
        m.compounds[1].group = 7;
        break;
    case GROUP_APART:
        m.compounds[3].group = 0;
        break;
    case SCOPE_OUTSIDE:
        d->first = 4;
        break;
    case SCOPE_EMPTY:
        d->n = 0;
        break;
    case SCOPE_OVERFLOWS:
        d->n = INT32_MAX;
        d->first = 3;
        break;
    case STRANGE_TEAM:
        d->teams = 4;
        break;
    case NEED_NEGATIVE:
        d->need = -1;
        break;
    case NEED_TOO_GREAT:
        d->need = 63;
        break;
    case SPACING_NEGATIVE:
        d->spacing = -1;
        break;
    case SCOPES_CROSS:
        d->n = 2;
        ask(1, 1, 3, 1, 1, days(1, 30));
        break;
    case SCOPE_CROSSES_GROUP:
        d->first = 1;
        d->n = 2;
        break;
    case KEPT_ON_NO_DAY:
        m.kept[0] = (struct plan_kept){june(1) - 1, 0, 1};
        m.in.n_kept = 1;
        break;
    case KEPT_NOWHERE:
        m.kept[0] = (struct plan_kept){june(1), 4, 1};
        m.in.n_kept = 1;
        break;
    case SPOIL_COUNT:
        break;
    }
}

static void
input_that_makes_no_sense_is_refused_in_words(void **state)
{
    (void)state;
    for (int how = 0; how < SPOIL_COUNT; how++) {
        begin(2, 2, 2);
        ask(1, 0, 1, 1, 1, days(1, 30));
        spoil((enum spoil)how);
        struct err err = {0};
        if (visit_plan(m.arena, &m.in, &m.plan, &err))
            fail_msg("input %d was taken", how);
        assert_true(err.kind == ERR_USAGE || err.kind == ERR_TOO_LARGE);
        assert_true(utf8_valid(str_of(err.message)) && err.message[0]);
    }
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(m.arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_visit_serves_all_who_can_come_that_day),
        cmocka_unit_test(days_that_have_nothing_in_common_take_a_visit_each),
        cmocka_unit_test(visits_too_close_do_not_count),
        cmocka_unit_test(what_is_credited_is_not_asked_for_again),
        cmocka_unit_test(a_routine_that_is_kept_goes_on_on_holidays),
        cmocka_unit_test(compounds_of_one_community_share_an_outing),
        cmocka_unit_test(who_may_go_anywhere_joins_those_who_must_go_somewhere),
        cmocka_unit_test(teams_that_are_asked_for_together_go_together),
        cmocka_unit_test(what_stands_already_stays_and_can_be_joined),
        cmocka_unit_test(what_has_no_room_is_named),
        cmocka_unit_test(nothing_to_do_is_a_plan_too),
        cmocka_unit_test(the_localities_are_planned_as_well_as_can_be),
        cmocka_unit_test(small_months_are_as_good_as_trying_everything),
        cmocka_unit_test(random_months_keep_every_promise),
        cmocka_unit_test(input_that_makes_no_sense_is_refused_in_words),
    };
    return cmocka_run_group_tests_name("visit_plan", tests, NULL, tear_down);
}
