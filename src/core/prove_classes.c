/* Items, places and reports that the rules cannot tell apart are explored once. */
#include "prove_parts.h"

static bool
rows_alike(const struct ladder_row *a, const struct ladder_row *b)
{
    bool is_alike = a->tier == b->tier && a->after == b->after && a->officers == b->officers && a->needs.n == b->needs.n &&
                    !a->skip_grounds.n == !b->skip_grounds.n;
    for (size_t i = 0; is_alike && i < a->needs.n; i++)
        is_alike = str_eq(a->needs.p[i], b->needs.p[i]);
    return is_alike;
}

static bool
ladders_alike(const struct world *w, const struct item *x, const struct item *y)
{
    bool is_alike = x->ladder_n == y->ladder_n;
    for (int i = 0; is_alike && i < x->ladder_n; i++)
        is_alike = rows_alike(&w->s->ladders[x->ladder_from + i], &w->s->ladders[y->ladder_from + i]);
    return is_alike;
}

static int
lead_kind(const struct world *w, const struct item *it)
{
    enum { BY_PLACE = 100, COORDINATES = 101 };
    const struct org *o = registry_org_code(w->r, it->lead);
    return !o ? BY_PLACE + (int)it->lead.n : o->id == w->coordinator ? COORDINATES : (int)o->kind;
}

/* Every ladder and every kind of lead is explored; that is one item for each of them, not one for each combination. Urgency is no class: every situation is tried with and without. */
static bool
is_covered(const struct world *w, int item)
{
    const struct item *it = &w->s->items[item];
    bool has_ladder = false, has_lead = false;
    for (int i = 0; i < w->n_items; i++) {
        const struct item *other = &w->s->items[w->items[i]];
        if (other->list != it->list)
            continue;
        has_ladder |= ladders_alike(w, it, other);
        has_lead |= lead_kind(w, it) == lead_kind(w, other);
    }
    return has_ladder && has_lead;
}

static bool
is_wanted(const struct world *w, int item)
{
    for (size_t i = 0; i < w->only_items.n; i++)
        if (str_eq(w->only_items.p[i], w->s->items[item].code))
            return true;
    return !w->only_items.n;
}

static void
item_classes(struct world *w)
{
    for (int i = 0; i < (int)w->s->n_items; i++) {
        if (!is_wanted(w, i) || (!w->only_items.n && is_covered(w, i)))
            continue;
        if (w->n_items == ITEM_CLASSES_MAX) {
            give_up(w, "事项种类太多");
            return;
        }
        w->items[w->n_items++] = i;
    }
}

static bool
places_alike(const struct world *w, const struct place *a, const struct place *b)
{
    static const char *const owners[] = {"@grid", "@station", "@community", "@town"};
    if (!str_eq(place_chain(w->r, a), place_chain(w->r, b)) || !a->firm != !b->firm)
        return false;
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
        if (!owner_org(w->r, str_of(owners[i]), a, 0) != !owner_org(w->r, str_of(owners[i]), b, 0))
            return false;
    return !place_above(w->r, a, PLACE_GRID) == !place_above(w->r, b, PLACE_GRID);
}

static void
place_classes(struct world *w)
{
    for (int32_t i = 1; i <= w->r->n_places; i++) {
        const struct place *p = &w->r->places[i];
        int k = 0;
        while (k < w->n_places && !places_alike(w, p, registry_place(w->r, w->places[k])))
            k++;
        if (p->kind != PLACE_COMPOUND || p->is_closed || k < w->n_places || (w->only_items.n && w->n_places))
            continue;
        if (w->n_places == PLACE_CLASSES_MAX) {
            give_up(w, "小区种类太多");
            return;
        }
        w->places[w->n_places++] = i;
    }
}

static bool
channels_alike(const struct channel *a, const struct channel *b)
{
    if (a->enters_at != b->enters_at || a->needs.n != b->needs.n)
        return false;
    for (size_t i = 0; i < a->needs.n; i++)
        if (!str_eq(a->needs.p[i], b->needs.p[i]))
            return false;
    return true;
}

static int
shortest_ladder(const struct world *w)
{
    int least = -1;
    for (int i = 0; i < w->n_items; i++) {
        const struct item *it = &w->s->items[w->items[i]];
        if (it->list == LIST_ENFORCEMENT && (least < 0 || it->ladder_n < w->s->items[least].ladder_n))
            least = w->items[i];
    }
    return least;
}

/* Levels of a call meet two ladders, the shortest and the first item's; with the other items the chain runs without them. */
static void
levels_for_two(struct world *w)
{
    struct scheme *s = arena_new_of(w->a, struct scheme);
    struct item *items = arena_array(w->a, struct item, w->s->n_items);
    *s = *w->s;
    memcpy(items, w->s->items, w->s->n_items * sizeof *items);
    for (size_t i = 0; i < s->n_items; i++)
        if ((int)i != w->shortest && (int)i != w->first)
            items[i].whistle = -1;
    s->items = items;
    w->s = s;
}

static int
first_of_enforcement(const struct world *w)
{
    for (int i = 0; i < w->n_items; i++)
        if (w->s->items[w->items[i]].list == LIST_ENFORCEMENT)
            return w->items[i];
    return -1;
}

bool
has_shortest_ladder(const struct world *w, int item)
{
    return item == w->shortest;
}

/* The first place is explored with every item; another place with its chain's own difference only: services and one item
 * of enforcement. After routing nothing reads the chain, and before handling nothing reads the ladder. */
bool
is_paired(const struct world *w, int item, int32_t place)
{
    if (!w->n_places || place == w->places[0] || !place || item < 0 || w->s->items[item].list != LIST_ENFORCEMENT)
        return true;
    return has_shortest_ladder(w, item);
}

static uint16_t
who_reports(struct world *w, const struct channel *ch, int *role)
{
    for (*role = 0; *role < ROLE_COUNT; ++*role) {
        if (!(ch->roles & ROLE_BIT(*role)))
            continue;
        if (*role == ROLE_RESIDENT)
            return 0;
        const uint16_t *who = actors_filling(w, *role, 0, 0);
        if (who[0])
            return (uint16_t)(who[0] - 1);
    }
    return UINT16_MAX;
}

static void
add_report(struct world *w, size_t channel, int item, int32_t place, bool is_urgent)
{
    const struct channel *ch = &w->s->channels[channel];
    int role;
    uint16_t who = who_reports(w, ch, &role);
    if (who == UINT16_MAX)
        return;
    struct report_class *r = &w->reports[w->n_reports++];
    *r = (struct report_class){.actor = who};
    r->report = (struct report){.item = item, .place = place, .words = STR("楼道里一直有人违规"), .source = ch->source,
                                .hotline_no = STR("示例工单1号"), .occurred_at = w->now, .urgent = is_urgent};
    for (size_t i = 0; i < ch->needs.n; i++)
        if (str_is(ch->needs.p[i], "dissuade"))
            r->report.dissuaded = STR("今天上午劝过，对方不听");
}

static void
report_classes(struct world *w)
{
    size_t channels = w->s->n_channels, cases = (size_t)(w->n_items + 1) * (size_t)(w->n_places + 1) * 2;
    w->reports = arena_array(w->a, struct report_class, channels * cases + 1);
    for (size_t c = 0; c < channels; c++) {
        size_t first = 0;
        while (!channels_alike(&w->s->channels[first], &w->s->channels[c]))
            first++;
        if (first < c && !str_is(w->s->channels[c].source, "hotline"))
            continue;
        for (int p = -1; p < w->n_places; p++)
            for (int i = -1; i < w->n_items; i++)
                for (int urgent = 0; urgent < 2; urgent++)
                    if ((p >= 0 || str_is(w->s->channels[c].source, "hotline")) &&
                        is_paired(w, i < 0 ? -1 : w->items[i], p < 0 ? 0 : w->places[p]))
                        add_report(w, c, i < 0 ? -1 : w->items[i], p < 0 ? 0 : w->places[p], urgent);
    }
}

void
inputs_classes(struct world *w)
{
    w->found = arena_array(w->a, struct found, FOUND_SLOTS);
    w->inputs = arena_array(w->a, struct inputs *, w->n_commands);
    actor_number(w, 0); /* the reporter, then a nobody */
    item_classes(w);
    w->shortest = shortest_ladder(w);
    w->first = first_of_enforcement(w);
    levels_for_two(w);
    place_classes(w);
    report_classes(w);
}
