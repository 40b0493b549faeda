/* Who acts and with what: one representative of each class, taken from the registry and from the commands' own fields. */
#include "prove_parts.h"

/* ---- people ---- */

uint16_t
actor_number(struct world *w, int64_t person)
{
    for (size_t i = 1; i < w->n_actors; i++)
        if (w->actors[i].person == person)
            return (uint16_t)i;
    if (w->n_actors == w->cap_actors) {
        size_t cap = w->cap_actors ? w->cap_actors * 2 : 64;
        struct actor *more = arena_array(w->a, struct actor, cap);
        if (w->n_actors)
            memcpy(more, w->actors, w->n_actors * sizeof *more);
        w->actors = more;
        w->cap_actors = cap;
        if (!w->n_actors)
            w->actors[w->n_actors++] = (struct actor){.role = ROLE_RESIDENT, .is_reporter = true};
    }
    struct actor *a = &w->actors[w->n_actors];
    *a = (struct actor){.person = person};
    a->n_postings = registry_postings(w->r, person, w->day, a->postings, ACTOR_POSTINGS_MAX);
    if (a->n_postings) {
        a->role = a->postings[0]->role;
        a->org = a->postings[0]->org;
    }
    return (uint16_t)w->n_actors++;
}

static struct found *
found_slot(struct world *w, uint64_t key)
{
    uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = h >> 52, left = FOUND_SLOTS; left; i = (i + 1) & (FOUND_SLOTS - 1), left--)
        if (!w->found[i].key || w->found[i].key == key)
            return &w->found[i];
    give_up(w, "岗位种类太多");
    return &w->found[0];
}

/* The first two people who fill a post. */
const uint16_t *
actors_filling(struct world *w, int role, int32_t org, int32_t place)
{
    uint64_t key = 1 + ((uint64_t)(role & 63) | (uint64_t)(uint32_t)org << 6 | (uint64_t)(uint32_t)place << 34);
    struct found *f = found_slot(w, key);
    if (f->key == key)
        return f->who;
    *f = (struct found){.key = key};
    struct owner o = {.role = role, .org = org, .place = place};
    const struct posting *first = registry_filled(w->r, role, org, place, w->day);
    if (!first)
        return f->who;
    uint16_t one = actor_number(w, first->person);
    f->who[0] = (uint16_t)(one + 1);
    for (size_t i = 0; i < w->r->n_postings && !f->who[1]; i++) {
        int64_t person = w->r->postings[i].person;
        if (person != first->person && owner_is(w->r, &o, person, w->day))
            f->who[1] = (uint16_t)(actor_number(w, person) + 1);
    }
    return f->who;
}

bool
owner_is_staffed(struct world *w, const struct owner *o)
{
    if (o->person) {
        const struct person *p = registry_person(w->r, o->person);
        return p && !p->is_disabled;
    }
    return (o->org || o->role != ROLE_NONE) && actors_filling(w, o->role, o->org, o->place)[0];
}

/* Two people of a role whose posting covers the place, as SCOPE_PLACE asks. */
static const uint16_t *
actors_covering(struct world *w, int role, int32_t place)
{
    uint64_t key = 1 + ((uint64_t)(role & 63) | (uint64_t)(uint32_t)place << 34 | UINT64_C(1) << 63);
    struct found *f = found_slot(w, key);
    if (f->key == key)
        return f->who;
    *f = (struct found){.key = key};
    int n = 0;
    for (size_t i = 0; i < w->r->n_postings && n < 2; i++) {
        const struct posting *p = &w->r->postings[i];
        bool is_there = p->place ? place && place_within(w->r, place, p->place) : !p->org;
        for (const struct place *up = p->place ? NULL : registry_place(w->r, place); up; up = registry_place(w->r, up->parent))
            is_there |= p->org && (up->org == p->org || up->station == p->org);
        struct owner self = {.role = role, .person = p->person};
        if (p->role == role && is_there && owner_is(w->r, &self, p->person, w->day))
            f->who[n++] = (uint16_t)(actor_number(w, p->person) + 1);
    }
    return f->who;
}

struct chosen {
    struct world *w;
    const struct situation *s;
    uint16_t *out;
    size_t n, max;
    uint32_t kinds[32];
};

/* One of each kind: of the lead or not, the top or not, the handler or not, the reporter. */
static void
choose(struct chosen *c, uint16_t number)
{
    const struct actor *a = &c->w->actors[number];
    bool is_of_lead = false, is_top = false;
    for (size_t i = 0; i < a->n_postings; i++) {
        is_of_lead |= c->s->c->lead && a->postings[i]->org == c->s->c->lead;
        is_top |= a->postings[i]->role == ROLE_LEADING_GROUP;
    }
    bool is_handler = a->person && a->person == c->s->c->handler;
    uint32_t kind = (uint32_t)is_of_lead | (uint32_t)is_top << 1 | (uint32_t)is_handler << 2 | (uint32_t)a->is_reporter << 3;
    for (size_t i = 0; i < c->n; i++)
        if (c->kinds[i] == kind || c->out[i] == number)
            return;
    if (c->n < c->max && c->n < sizeof c->kinds / sizeof *c->kinds) {
        c->kinds[c->n] = kind;
        c->out[c->n++] = number;
    }
}

static void
choose_two(struct chosen *c, const uint16_t *who)
{
    for (int i = 0; i < 2; i++)
        if (who[i])
            choose(c, (uint16_t)(who[i] - 1));
}

static void
choose_owners(struct chosen *c, int kind, uint64_t roles)
{
    for (size_t i = 0; i < c->s->n_duties; i++) {
        const struct duty *u = &c->s->duties[i];
        if (u->kind != kind)
            continue;
        if (u->owner.person)
            choose(c, actor_number(c->w, u->owner.person));
        else if (!roles)
            choose_two(c, actors_filling(c->w, u->owner.role, u->owner.org, u->owner.place));
        for (int role = 0; roles && !u->owner.person && role < ROLE_COUNT; role++)
            if ((roles & ROLE_BIT(role)) && (u->owner.role == ROLE_NONE || u->owner.role == role))
                choose_two(c, actors_filling(c->w, role, u->owner.org, u->owner.place));
    }
}

static void
choose_roles(struct chosen *c, const struct who *who)
{
    const struct situation *s = c->s;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (!(who->roles & ROLE_BIT(role)))
            continue;
        if (who->scope == SCOPE_AREA)
            choose_two(c, actors_filling(c->w, role, 0, 0));
        else if (who->scope == SCOPE_PLACE)
            choose_two(c, actors_covering(c->w, role, (int32_t)s->c->place));
        else if (s->c->lead)
            choose_two(c, actors_filling(c->w, role, (int32_t)s->c->lead, 0));
    }
}

size_t
actors_for(struct world *w, const struct command *cmd, const struct situation *s, uint16_t *out, size_t max)
{
    struct chosen c = {.w = w, .s = s, .out = out, .max = max};
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++) {
        const struct who *who = &cmd->who[i];
        const struct place *here = registry_place(w->r, (int32_t)s->c->place);
        switch (who->scope) {
        case SCOPE_DUTY:
            choose_owners(&c, who->duty, who->roles);
            break;
        case SCOPE_ASSIST:
            choose_owners(&c, DUTY_ASSIST, who->roles);
            break;
        case SCOPE_LEAD:
        case SCOPE_PLACE:
        case SCOPE_AREA:
            choose_roles(&c, who);
            break;
        case SCOPE_FIRM:
            if (here && here->firm)
                choose_two(&c, actors_filling(w, ROLE_PROPERTY, here->firm, 0));
            break;
        case SCOPE_REPORTER:
            choose(&c, 0);
            break;
        case SCOPE_INVOLVED:
            choose_two(&c, actors_filling(w, ROLE_COORDINATOR, w->coordinator, 0));
            break;
        case SCOPE_NONE:
            break;
        }
    }
    return c.n;
}

/* ---- classes of items, places and reports ---- */

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

static bool
has_shortest_ladder(const struct world *w, int item)
{
    return item == w->shortest;
}

/* The first place is explored with every item; another place with its chain's own difference only: services and one item
 * of enforcement. After routing nothing reads the chain, and before handling nothing reads the ladder. */
static bool
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

/* ---- fields ---- */

enum { VALUES_MAX = 160, SETS_MAX = 400 };
struct values {
    struct str v[VALUES_MAX]; /* a list separated by commas for FIELD_MANY */
    size_t n;
};
struct making {
    struct world *w;
    const struct scene *sc;
    int item; /* of the case, or -1 */
};

static void
value_add(struct values *v, struct str s)
{
    if (v->n < VALUES_MAX)
        v->v[v->n++] = s;
}

static bool
is_first_of_list(const struct making *m)
{
    return m->item == m->w->first;
}

/* From the first item of its list to every other, from the others to the first and to services: by way of the first every
 * history comes to every item. */
static bool
is_next_to(const struct making *m, int item)
{
    if (m->item < 0 || m->item == item || is_first_of_list(m) || m->w->s->items[m->item].list != LIST_ENFORCEMENT)
        return true;
    struct making other = {m->w, m->sc, item};
    return m->w->s->items[item].list != LIST_ENFORCEMENT || is_first_of_list(&other);
}

static void
items_of_list(const struct making *m, enum list list, struct values *v)
{
    for (int i = 0; i < m->w->n_items; i++) {
        const struct item *it = &m->w->s->items[m->w->items[i]];
        if ((list == LIST_NONE || it->list == list) && is_paired(m->w, m->w->items[i], (int32_t)m->sc->c.place) &&
            is_next_to(m, m->w->items[i]))
            value_add(v, it->code);
    }
}

static struct str
org_code(const struct making *m, int32_t org)
{
    const struct org *o = registry_org(m->w->r, org);
    return o ? o->code : STR("");
}

static void
departments(const struct making *m, struct values *v)
{
    int32_t lead = m->sc->c.lead ? (int32_t)m->sc->c.lead : lead_listed(m->w, m->item, (int32_t)m->sc->c.place);
    if (lead)
        value_add(v, org_code(m, lead));
    int32_t other = other_department(m->w, lead);
    if (other)
        value_add(v, org_code(m, other));
    if (!lead)
        value_add(v, org_code(m, m->w->coordinator));
}

static bool
ground_in(const struct ladder_row *row, struct str code)
{
    for (size_t i = 0; i < row->skip_grounds.n; i++)
        if (str_eq(row->skip_grounds.p[i], code))
            return true;
    return false;
}

/* Reasons to skip a step, one of each set of rows that name it. */
static void
skip_grounds(const struct making *m, struct values *v)
{
    uint64_t seen[VALUES_MAX];
    value_add(v, STR(""));
    seen[0] = UINT64_MAX;
    for (size_t i = 0; i < m->w->s->n_reasons; i++) {
        const struct reason *r = &m->w->s->reasons[i];
        if (!str_is(r->kind, "skip") || m->item < 0)
            continue;
        const struct item *it = &m->w->s->items[m->item];
        uint64_t rows = 0;
        for (int k = 0; k < it->ladder_n && k < 60; k++)
            rows |= (uint64_t)ground_in(&m->w->s->ladders[it->ladder_from + k], r->code) << k;
        size_t old = 1;
        while (old < v->n && seen[old] != rows)
            old++;
        if (old == v->n && v->n < VALUES_MAX) {
            seen[v->n] = rows;
            value_add(v, r->code);
        }
    }
}

static bool
is_certified(const struct world *w, const struct posting *p, bool is_valid)
{
    const struct person *who = registry_person(w->r, p->person);
    return (p->role == ROLE_OFFICER || p->role == ROLE_DEPARTMENT_HEAD) && p->cert_no.n && who && !who->is_disabled &&
           (p->cert_until >= w->day) == is_valid;
}

static size_t
officers_of(const struct making *m, int32_t org, bool is_valid, struct str *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < m->w->r->n_postings && n < max; i++) {
        const struct posting *p = &m->w->r->postings[i];
        const struct person *who = registry_person(m->w->r, p->person);
        bool is_twice = n && who && str_eq(out[n - 1], who->username);
        if (p->org == org && is_certified(m->w, p, is_valid) && !is_twice)
            out[n++] = who->username;
    }
    return n;
}

static struct str
both(const struct making *m, struct str a, struct str b)
{
    const char *z = arena_printf(m->w->a, "%.*s,%.*s", (int)a.n, a.p, (int)b.n, b.p);
    return str_of(z);
}

/* Two valid; one; one twice; one and somebody whose certificate has run out; one and somebody of another organisation. */
static void
officers(const struct making *m, struct values *v)
{
    struct str good[2], expired[1], foreign[1];
    int32_t lead = (int32_t)m->sc->c.lead;
    size_t n = officers_of(m, lead, true, good, 2);
    if (n == 2)
        value_add(v, both(m, good[0], good[1]));
    if (!n)
        return;
    value_add(v, good[0]);
    value_add(v, both(m, good[0], good[0]));
    if (officers_of(m, lead, false, expired, 1))
        value_add(v, both(m, good[0], expired[0]));
    if (officers_of(m, other_department(m->w, lead), true, foreign, 1))
        value_add(v, both(m, good[0], foreign[0]));
}

static void
reasons(const struct making *m, const char *kind, struct values *v)
{
    if (strcmp(kind, "skip") == 0) {
        skip_grounds(m, v);
        return;
    }
    for (size_t i = 0; i < m->w->s->n_reasons && v->n < 1; i++)
        if (str_is(m->w->s->reasons[i].kind, kind))
            value_add(v, m->w->s->reasons[i].code);
}

static void
closing_points(const struct making *m, struct values *v)
{
    struct buf b = {0};
    const struct item *it = m->item >= 0 ? &m->w->s->items[m->item] : NULL;
    for (size_t i = 0; it && i < it->closing.n; i++) {
        buf_z(&b, i ? "," : "");
        buf_str(&b, it->closing.p[i]);
    }
    value_add(v, str_dup(m->w->a, buf_view(&b)));
    value_add(v, STR(""));
    buf_release(&b);
}

static void
codes_of_table(const struct making *m, const char *table, struct values *v)
{
    const struct table *t = tables_find(m->w->s->tables, table);
    for (size_t i = 0; t && i < t->n_rows; i++)
        value_add(v, table_cell(t, i, "code"));
}

static void
values_of_source(const struct making *m, const char *source, struct values *v)
{
    if (strcmp(source, "item") == 0)
        items_of_list(m, LIST_NONE, v);
    else if (strcmp(source, "item:service") == 0)
        items_of_list(m, LIST_SERVICE, v);
    else if (strcmp(source, "item:enforcement") == 0)
        items_of_list(m, LIST_ENFORCEMENT, v);
    else if (strcmp(source, "department") == 0)
        departments(m, v);
    else if (strcmp(source, "org") == 0)
        value_add(v, org_code(m, other_department(m->w, (int32_t)m->sc->c.lead)));
    else if (strcmp(source, "officer") == 0)
        officers(m, v);
    else if (strcmp(source, "closing") == 0)
        closing_points(m, v);
    else if (strncmp(source, "reason:", 7) == 0)
        reasons(m, source + 7, v);
    else if (strcmp(source, "compound") == 0) {
        if (m->sc->c.place == 0)
            for (int i = 0; i < m->w->n_places; i++)
                value_add(v, registry_place(m->w->r, m->w->places[i])->code);
        else
            value_add(v, STR(""));
    } else if (strncmp(source, "whistle", 7) == 0)
        codes_of_table(m, "whistles", v);
}

static struct str
date_in(const struct making *m, int days)
{
    struct buf b = {0};
    date_format(&b, m->w->day + days);
    struct str s = str_dup(m->w->a, buf_view(&b));
    buf_release(&b);
    return s;
}

/* A scale such as the grades 1 to 5: its two ends vary one at a time. */
static bool
is_scale(const struct field *f)
{
    for (const struct choice *c = f->choices; c && c->code; c++)
        if (c->code[0] < '0' || c->code[0] > '9')
            return false;
    return f->choices != NULL;
}

/* The first value is the ordinary one. */
static void
values_of(const struct making *m, const struct field *f, struct values *v)
{
    v->n = 0;
    if (f->source)
        values_of_source(m, f->source, v);
    else if (f->choices && f->type == FIELD_CHOICE)
        for (const struct choice *c = f->choices; c->code; c++) {
            if (!is_scale(f) || c == f->choices || !c[1].code) /* of a scale the ends */
                value_add(v, str_of(c->code));
        }
    else if (f->choices) {
        struct buf b = {0};
        for (const struct choice *c = f->choices; c->code; c++)
            buf_printf(&b, "%s%s", b.n ? "," : "", c->code);
        value_add(v, str_dup(m->w->a, buf_view(&b)));
        buf_release(&b);
    } else if (f->type == FIELD_DATE) {
        value_add(v, date_in(m, 30));
        value_add(v, date_in(m, 0));
    } else if (f->type == FIELD_MOMENT) {
        value_add(v, str_of(arena_printf(m->w->a, "%.*sT09:00", (int)date_in(m, 15).n, date_in(m, 15).p)));
        value_add(v, str_of(arena_printf(m->w->a, "%.*sT09:00", (int)date_in(m, 0).n, date_in(m, 0).p)));
    } else if (f->type == FIELD_BOOL) {
        value_add(v, STR(""));
        value_add(v, STR("1"));
    } else if (f->type == FIELD_FILES) {
        value_add(v, STR("1")); /* photos are only counted, and the counts are forgotten: without one it is refused or the same */
    } else if (f->type == FIELD_INT) {
        int64_t lo = f->min, hi = f->max;
        value_add(v, str_of(arena_printf(m->w->a, "%lld", (long long)(lo > 0 ? lo : hi > 0 ? 1 : 0))));
        if (hi > lo)
            value_add(v, str_of(arena_printf(m->w->a, "%lld", (long long)hi)));
    } else if (f->type == FIELD_PHONE)
        value_add(v, STR("0797-5600000"));
    else
        value_add(v, f->type == FIELD_WORDS ? STR("按规定办理并说明情况") : STR("示例1号"));
    if (!v->n)
        value_add(v, STR(""));
}

/* Multiplied with all others: what decisions branch on. Other fields vary one at a time. */
static bool
is_crossed(const struct field *f)
{
    if (is_scale(f))
        return false;
    bool is_grounds = f->source && (strcmp(f->source, "officer") == 0 || strcmp(f->source, "reason:skip") == 0);
    return is_grounds || (f->type == FIELD_CHOICE && (f->required || f->source) && (!f->source || strncmp(f->source, "reason:", 7) != 0));
}

static bool
any(void *ctx, const char *source, struct str code)
{
    (void)ctx, (void)source, (void)code;
    return true;
}

static void
put(struct world *w, struct params *ps, const struct field *f, struct str value)
{
    struct str rest = value, one;
    while (f->type == FIELD_MANY && str_cut(&rest, ',', &one))
        params_add(w->a, ps, str_of(f->name), one);
    if (f->type != FIELD_MANY && value.n)
        params_add(w->a, ps, str_of(f->name), value);
}

/* One set of values: pick[i] for field i. Refused here when the page would refuse it. */
static void
make_set(struct making *m, const struct command *cmd, const struct values *v, const size_t *pick, struct inputs *out)
{
    struct input *in = &out->p[out->n];
    *in = (struct input){0};
    for (size_t i = 0; i < cmd->n_fields; i++) {
        const struct field *f = &cmd->fields[i];
        if (!field_is_shown(f, &in->fields)) {
            if (pick[i])
                return; /* the same as with the first value */
            continue;
        }
        put(m->w, &in->fields, f, v[i].v[pick[i]]);
        in->photos += f->type == FIELD_FILES && v[i].v[pick[i]].n;
    }
    struct err err = {0};
    if (form_check(cmd->fields, cmd->n_fields, &in->fields, any, NULL, &err))
        out->n++;
}

static void
make_all(struct making *m, const struct command *cmd, struct inputs *out)
{
    enum { FIELDS_MAX = 16 };
    struct values *v = arena_array(m->w->step, struct values, FIELDS_MAX);
    size_t pick[FIELDS_MAX] = {0}, n = cmd->n_fields < FIELDS_MAX ? cmd->n_fields : FIELDS_MAX;
    for (size_t i = 0; i < n; i++)
        values_of(m, &cmd->fields[i], &v[i]);
    for (;;) {
        if (out->n + 1 < SETS_MAX)
            make_set(m, cmd, v, pick, out);
        else
            give_up(m->w, "一个操作的填法太多");
        size_t i = 0;
        for (; i < n; i++) {
            if (!is_crossed(&cmd->fields[i]))
                continue;
            if (++pick[i] < v[i].n)
                break;
            pick[i] = 0;
        }
        if (i == n)
            break;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 1; !is_crossed(&cmd->fields[i]) && k < v[i].n && out->n + 1 < SETS_MAX; k++) {
            size_t other[FIELDS_MAX] = {0};
            other[i] = k;
            make_set(m, cmd, v, other, out);
        }
}

/* Commands that do not meet the ladder: tried with one item, and not with every one. Others are tried with all. */
static bool
is_tried(const struct making *m, const struct command *cmd)
{
    bool is_request = strcmp(cmd->code, "request_pause") == 0 || strcmp(cmd->code, "request_extension") == 0;
    bool is_whistle = strcmp(cmd->code, "whistle") == 0; /* the clock raises the level with every item */
    if (m->item < 0 || m->w->s->items[m->item].list != LIST_ENFORCEMENT)
        return true;
    return is_request ? is_first_of_list(m) : !is_whistle || has_shortest_ladder(m->w, m->item);
}

const struct inputs *
inputs_for(struct world *w, int cmd, const struct scene *sc)
{
    int32_t lead = (int32_t)sc->c.lead, place = (int32_t)sc->c.place;
    for (struct inputs **at = &w->inputs[cmd], *in = *at; in; at = &in->next, in = *at)
        if (in->lead == lead && in->place == place && str_eq(in->item, sc->c.item)) {
            *at = in->next; /* to the front: the next node asks the same */
            in->next = w->inputs[cmd];
            return w->inputs[cmd] = in;
        }
    struct inputs *out = arena_new_of(w->a, struct inputs);
    *out = (struct inputs){.next = w->inputs[cmd], .item = str_dup(w->a, sc->c.item), .lead = lead, .place = place,
                           .p = arena_array(w->step, struct input, SETS_MAX)};
    struct making m = {w, sc, sc->c.item.n ? scheme_item(w->s, sc->c.item) : -1};
    if (is_tried(&m, &w->commands[cmd]))
        make_all(&m, &w->commands[cmd], out);
    struct input *p = arena_array(w->a, struct input, out->n + 1);
    memcpy(p, out->p, out->n * sizeof *p);
    out->p = p;
    w->inputs[cmd] = out;
    return out;
}
