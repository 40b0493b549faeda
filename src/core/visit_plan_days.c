/* Counting days: how many of a set count with a spacing, how many more are needed, how few days serve several needs at once. */
#include "visit_plan_parts.h"

enum { COVER_WORK = 60000, COVER_NEEDS = 256 }; /* looks at a need until the search gives up; needs it looks at */

plan_days
plan_days_between(int32_t first, int n_days, int32_t from, int32_t to)
{
    plan_days out = 0;
    for (int i = 0; i < n_days; i++)
        if (first + i >= from && first + i <= to)
            out |= day_bit(i);
    return out;
}

plan_days
plan_days_working(const struct calendar *c, int32_t first, int n_days)
{
    plan_days out = 0;
    for (int i = 0; i < n_days; i++)
        if (is_working_day(c, first + i, NULL))
            out |= day_bit(i);
    return out;
}

plan_days
plan_days_weekdays(int32_t first, int n_days, unsigned weekdays)
{
    plan_days out = 0;
    for (int i = 0; i < n_days; i++)
        if (weekdays >> civil_of_day(first + i).weekday & 1)
            out |= day_bit(i);
    return out;
}

/* The earliest first is never worse; it is also how a routine counts its records as they come. */
int
days_spaced(plan_days days, int spacing)
{
    int n = 0;
    while (days) {
        int next = days_first(days) + spacing;
        days = next > 63 ? 0 : days & ~(day_bit(next) - 1);
        n++;
    }
    return n;
}

/* cheapest[i][j]: the fewest new days among j that count, all of them before day i. */
static void
count_forward(plan_days met, plan_days usable, int need, int spacing, int n_days, int16_t cheapest[][PLAN_NEED_MAX + 1])
{
    for (int j = 0; j <= need; j++)
        cheapest[0][j] = j ? DAYS_UNREACHABLE : 0;
    for (int i = 0; i < n_days; i++) {
        memcpy(cheapest[i + 1], cheapest[i], sizeof(int16_t) * (size_t)(need + 1));
        if (!(usable >> i & 1))
            continue;
        const int16_t *before = cheapest[i + 1 > spacing ? i + 1 - spacing : 0];
        int16_t price = !(met >> i & 1);
        for (int j = 1; j <= need; j++)
            if (before[j - 1] + price < cheapest[i + 1][j])
                cheapest[i + 1][j] = (int16_t)(before[j - 1] + price);
    }
}

/* The same from the other end: all of them on day i or later. */
static void
count_backward(plan_days met, plan_days usable, int need, int spacing, int n_days,
               int16_t cheapest[][PLAN_NEED_MAX + 1])
{
    for (int j = 0; j <= need; j++)
        cheapest[n_days][j] = j ? DAYS_UNREACHABLE : 0;
    for (int i = n_days - 1; i >= 0; i--) {
        memcpy(cheapest[i], cheapest[i + 1], sizeof(int16_t) * (size_t)(need + 1));
        if (!(usable >> i & 1))
            continue;
        const int16_t *after = cheapest[i + spacing < n_days ? i + spacing : n_days];
        int16_t price = !(met >> i & 1);
        for (int j = 1; j <= need; j++)
            if (after[j - 1] + price < cheapest[i][j])
                cheapest[i][j] = (int16_t)(after[j - 1] + price);
    }
}

static int
lacking_spaced(plan_days met, plan_days usable, int need, int spacing, plan_days *good)
{
    int16_t before[PLAN_DAYS_MAX + 1][PLAN_NEED_MAX + 1], after[PLAN_DAYS_MAX + 1][PLAN_NEED_MAX + 1];
    int from = days_first(usable), n_days = days_last(usable) - from + 1;
    usable >>= from;
    met >>= from;
    count_forward(met, usable, need, spacing, n_days, before);
    int lack = before[n_days][need];
    if (!good || lack >= DAYS_UNREACHABLE)
        return lack < DAYS_UNREACHABLE ? lack : DAYS_UNREACHABLE;
    count_backward(met, usable, need, spacing, n_days, after);
    for (plan_days left = usable & ~met; left; left &= left - 1) {
        int day = days_first(left);
        const int16_t *f = before[day + 1 > spacing ? day + 1 - spacing : 0];
        const int16_t *b = after[day + spacing < n_days ? day + spacing : n_days];
        for (int j = 0; j < need; j++)
            if (f[j] + 1 + b[need - 1 - j] == lack) {
                *good |= day_bit(day + from);
                break;
            }
    }
    return lack;
}

int
days_lacking(plan_days met, plan_days usable, int need, int spacing, plan_days *good)
{
    if (good)
        *good = 0;
    met &= usable;
    if (need <= 0 || days_spaced(met, spacing) >= need)
        return 0;
    if (days_spaced(usable, spacing) < need)
        return DAYS_UNREACHABLE;
    if (spacing > 1)
        return lacking_spaced(met, usable, need, spacing, good);
    if (good)
        *good = usable & ~met;
    return need - days_count(met);
}

/* ---- several needs at once ---- */

struct cover {
    const struct plan_need *needs; /* different ones, by their last day */
    size_t n;
    int work;
};

static int
compare_needs(const void *x, const void *y)
{
    const struct plan_need *a = x, *b = y;
    int la = a->usable ? days_last(a->usable) : -1, lb = b->usable ? days_last(b->usable) : -1;
    if (la != lb)
        return la < lb ? -1 : 1;
    if (a->usable != b->usable)
        return a->usable < b->usable ? -1 : 1;
    if (a->spacing != b->spacing)
        return a->spacing < b->spacing ? -1 : 1;
    return (a->need < b->need) - (a->need > b->need);
}

/* Adds up what needs lack that have no day in common: never more than all of them lack together. */
static int
lacking_apart(struct cover *v, plan_days given, plan_days barred, size_t *hardest, int *most)
{
    int sum = 0;
    plan_days used = 0;
    *most = 0;
    for (size_t i = 0; i < v->n; i++) {
        const struct plan_need *n = &v->needs[i];
        int lack = days_lacking(given, n->usable & ~barred, n->need, n->spacing, NULL);
        v->work--;
        if (lack > *most) {
            *most = lack;
            *hardest = i;
        }
        if (lack && !(used & n->usable)) {
            used |= n->usable;
            sum += lack;
        }
    }
    return sum > *most ? sum : *most;
}

/* Can `more` days beside the given ones meet all? A need that lacks just as many gets one of the days that are part of its
 * shortest way; any other gets any of its days. A day tried in vain is barred from then on. Without work left: perhaps. */
static bool
covers(struct cover *v, plan_days given, plan_days barred, int more)
{
    size_t hardest = 0;
    int most;
    if (lacking_apart(v, given, barred, &hardest, &most) > more)
        return false;
    if (!most || v->work < 0)
        return true;
    const struct plan_need *n = &v->needs[hardest];
    plan_days good, open = n->usable & ~barred;
    days_lacking(given, open, n->need, n->spacing, &good);
    if (most < more)
        good = open & ~given;
    for (; good; good &= good - 1) {
        int day = days_first(good);
        if (covers(v, given | day_bit(day), barred, more - 1))
            return true;
        barred |= day_bit(day);
    }
    return false;
}

int
days_cover(const struct plan_need *needs, size_t n, plan_days given)
{
    struct plan_need different[COVER_NEEDS];
    struct cover v = {.needs = different, .work = COVER_WORK};
    const struct plan_need *last = NULL;
    for (size_t i = 0; i < n && v.n < COVER_NEEDS; i++) {
        if (!needs[i].need || (last && !compare_needs(last, &needs[i])))
            continue;
        last = &needs[i];
        bool is_new = true;
        for (size_t j = 0; j < v.n && is_new; j++)
            is_new = compare_needs(&different[j], &needs[i]) != 0;
        if (is_new)
            different[v.n++] = needs[i];
    }
    qsort(different, v.n, sizeof *different, compare_needs);
    size_t hardest;
    int most, more = lacking_apart(&v, given, 0, &hardest, &most);
    while (more < PLAN_DAYS_MAX && !covers(&v, given, 0, more))
        more++;
    return more;
}
