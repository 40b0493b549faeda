#include "registry.h"

#include <stdlib.h>

#include "code_map.h"
#include "registry_away.h"

/* ---- kinds ---- */

static const char *const org_kinds[ORG_KIND_COUNT] = {
#define X(id, code) code,
    ORG_KINDS(X)
#undef X
};
static const struct {
    const char *code, *label;
} place_kinds[PLACE_KIND_COUNT] = {
#define X(id, code, label) {code, label},
    PLACE_KINDS(X)
#undef X
};

const char *
org_kind_code(int kind)
{
    return kind >= 0 && kind < ORG_KIND_COUNT ? org_kinds[kind] : "";
}

const char *
place_kind_code(int kind)
{
    return kind >= 0 && kind < PLACE_KIND_COUNT ? place_kinds[kind].code : "";
}

const char *
place_kind_label(int kind)
{
    return kind >= 0 && kind < PLACE_KIND_COUNT ? place_kinds[kind].label : "";
}

int
org_kind_find(struct str code)
{
    for (int i = 0; i < ORG_KIND_COUNT; i++)
        if (str_is(code, org_kinds[i]))
            return i;
    return -1;
}

int
place_kind_find(struct str code)
{
    for (int i = 0; i < PLACE_KIND_COUNT; i++)
        if (str_is(code, place_kinds[i].code))
            return i;
    return -1;
}

/* ---- index ---- */

enum { DEPTH_MAX = 32 }; /* of the tree of places; deeper is a loop */

struct registry_index {
    struct code_map orgs, places, people; /* row numbers: ids for orgs and places */
    int32_t coordinator;                  /* org id */
    uint32_t *by_role;                    /* posting indices, grouped by role, then by order, then by row */
    uint32_t role_from[ROLE_COUNT + 1];
    uint32_t *by_org; /* posting indices, grouped by organisation, then by order, role and row */
    uint32_t *org_from; /* by org id; [id + 1] is the end */
};

/* By role, order and row: registry_filled reads one role and stops at the first that fits. */
static int
compare_postings(const void *a, const void *b)
{
    const struct posting *x = *(const struct posting *const *)a, *y = *(const struct posting *const *)b;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int
compare_by_org(const void *a, const void *b)
{
    const struct posting *x = *(const struct posting *const *)a, *y = *(const struct posting *const *)b;
    if (x->org != y->org)
        return x->org < y->org ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return compare_postings(a, b);
}

/* `sorted` holds every posting with a role. */
static void
index_by_org(struct registry *r, struct registry_index *x, const struct posting **sorted, size_t n)
{
    qsort(sorted, n, sizeof(struct posting *), compare_by_org);
    x->by_org = arena_array(r->arena, uint32_t, n + 1);
    x->org_from = arena_array(r->arena, uint32_t, (size_t)r->n_orgs + 2);
    size_t at = 0;
    for (int32_t org = 0; org <= r->n_orgs; org++) {
        x->org_from[org] = (uint32_t)at;
        for (; at < n && sorted[at]->org <= org; at++)
            x->by_org[at] = (uint32_t)(sorted[at] - r->postings);
    }
    x->org_from[r->n_orgs + 1] = (uint32_t)at;
}

static void
index_postings(struct registry *r, struct registry_index *x)
{
    const struct posting **sorted = arena_array(r->arena, const struct posting *, r->n_postings + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].role >= 0 && r->postings[i].role < ROLE_COUNT)
            sorted[n++] = &r->postings[i];
    qsort(sorted, n, sizeof(struct posting *), compare_postings);
    x->by_role = arena_array(r->arena, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        x->by_role[i] = (uint32_t)(sorted[i] - r->postings);
        x->role_from[sorted[i]->role + 1] = (uint32_t)i + 1;
    }
    for (int role = 0; role < ROLE_COUNT; role++)
        if (x->role_from[role + 1] < x->role_from[role])
            x->role_from[role + 1] = x->role_from[role];
    index_by_org(r, x, sorted, n);
}

void
registry_index(struct registry *r)
{
    registry_apply_leaves(r);
    struct registry_index *x = arena_new_of(r->arena, struct registry_index);
    struct str *orgs = arena_array(r->arena, struct str, (size_t)r->n_orgs + 1);
    struct str *places = arena_array(r->arena, struct str, (size_t)r->n_places + 1);
    struct str *people = arena_array(r->arena, struct str, r->n_people + 1);
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        orgs[i] = r->orgs[i].code;
        if (!x->coordinator && r->orgs[i].kind == ORG_COORDINATOR && !r->orgs[i].is_closed)
            x->coordinator = i;
    }
    for (int32_t i = 1; i <= r->n_places; i++)
        places[i] = r->places[i].code;
    for (size_t i = 0; i < r->n_people; i++)
        people[i] = r->people[i].username;
    x->orgs = code_map_of(r->arena, orgs, (size_t)r->n_orgs + 1);
    x->places = code_map_of(r->arena, places, (size_t)r->n_places + 1);
    x->people = code_map_of(r->arena, people, r->n_people);
    index_postings(r, x);
    r->index = x;
}

/* ---- looking up ---- */

const struct org *
registry_org(const struct registry *r, int32_t id)
{
    return id > 0 && id <= r->n_orgs && r->orgs[id].id == id ? &r->orgs[id] : NULL;
}

const struct place *
registry_place(const struct registry *r, int32_t id)
{
    return id > 0 && id <= r->n_places && r->places[id].id == id ? &r->places[id] : NULL;
}

const struct org *
registry_org_code(const struct registry *r, struct str code)
{
    return registry_org(r, code_map_find(&r->index->orgs, code));
}

const struct place *
registry_place_code(const struct registry *r, struct str code)
{
    return registry_place(r, code_map_find(&r->index->places, code));
}

const struct person *
registry_person(const struct registry *r, int64_t id)
{
    size_t from = 0, to = r->n_people, guess = to ? (size_t)(id - r->people[0].id) : 0;
    if (guess < to && r->people[guess].id == id) /* numbers without gaps, as they mostly are */
        return &r->people[guess];
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (r->people[mid].id < id)
            from = mid + 1;
        else
            to = mid;
    }
    return from < r->n_people && r->people[from].id == id ? &r->people[from] : NULL;
}

const struct person *
registry_username(const struct registry *r, struct str username)
{
    int i = code_map_find(&r->index->people, username);
    return i < 0 ? NULL : &r->people[i];
}

static size_t
first_posting(const struct registry *r, int64_t person)
{
    size_t from = 0, to = r->n_postings;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (r->postings[mid].person < person)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

bool
posting_held(const struct posting *p, int32_t day)
{
    return (!p->from || p->from <= day) && (!p->to || day <= p->to);
}

bool
posting_in_force(const struct posting *p, int32_t day)
{
    return posting_held(p, day) && posting_has_turn(p, day) && !posting_is_absent(p, day);
}

size_t
registry_postings(const struct registry *r, int64_t person, int32_t day, const struct posting **out, size_t max)
{
    size_t n = 0;
    for (size_t i = first_posting(r, person); i < r->n_postings && r->postings[i].person == person && n < max; i++)
        if (posting_in_force(&r->postings[i], day))
            out[n++] = &r->postings[i];
    return n;
}

size_t
registry_postings_even_away(const struct registry *r, int64_t person, int32_t day, const struct posting **out, size_t max)
{
    size_t n = 0;
    for (size_t i = first_posting(r, person); i < r->n_postings && r->postings[i].person == person && n < max; i++)
        if (posting_held(&r->postings[i], day) && posting_has_turn(&r->postings[i], day) && !r->postings[i].acting_for)
            out[n++] = &r->postings[i];
    return n;
}

const struct posting *
registry_posting(const struct registry *r, int64_t id)
{
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].id == id && !r->postings[i].acting_for)
            return &r->postings[i];
    return NULL;
}

/* ---- places ---- */

static const struct place *
parent_of(const struct registry *r, const struct place *p)
{
    return registry_place(r, p->parent);
}

const struct place *
place_above(const struct registry *r, const struct place *p, enum place_kind kind)
{
    for (int depth = 0; p && depth < DEPTH_MAX; depth++, p = parent_of(r, p))
        if (p->kind == kind)
            return p;
    return NULL;
}

bool
place_within(const struct registry *r, int32_t place, int32_t of)
{
    if (!of)
        return true;
    const struct place *p = registry_place(r, place);
    for (int depth = 0; p && depth < DEPTH_MAX; depth++, p = parent_of(r, p))
        if (p->id == of)
            return true;
    return false;
}

struct str
place_chain(const struct registry *r, const struct place *p)
{
    for (int depth = 0; p && depth < DEPTH_MAX; depth++, p = parent_of(r, p))
        if (p->chain.n)
            return p->chain;
    return STR("");
}

enum inherited { THEIR_ORG, THEIR_STATION, THEIR_FIRM };

static int32_t
inherit(const struct registry *r, const struct place *p, enum inherited what)
{
    for (int depth = 0; p && depth < DEPTH_MAX; depth++, p = parent_of(r, p)) {
        int32_t id = what == THEIR_ORG ? p->org : what == THEIR_STATION ? p->station : p->firm;
        if (id)
            return id;
    }
    return 0;
}

/* The town, street or office of communities that a place lies in. */
static const struct place *
town_above(const struct registry *r, const struct place *p)
{
    for (int depth = 0; p && depth < DEPTH_MAX; depth++, p = parent_of(r, p))
        if (p->kind == PLACE_TOWN || p->kind == PLACE_STREET || p->kind == PLACE_COMMUNITY_OFFICE)
            return p;
    return NULL;
}

int32_t
owner_org(const struct registry *r, struct str expression, const struct place *p, int32_t lead)
{
    if (str_is(expression, "@lead"))
        return lead;
    if (str_is(expression, "@coordinator"))
        return r->index->coordinator;
    if (str_is(expression, "@firm"))
        return inherit(r, p, THEIR_FIRM);
    if (str_is(expression, "@station"))
        return inherit(r, p, THEIR_STATION);
    if (str_is(expression, "@community"))
        return inherit(r, place_above(r, p, PLACE_COMMUNITY), THEIR_ORG);
    if (str_is(expression, "@town"))
        return inherit(r, town_above(r, p), THEIR_ORG);
    if (str_is(expression, "@grid"))
        return inherit(r, place_above(r, p, PLACE_GRID), THEIR_ORG);
    const struct org *o = registry_org_code(r, expression);
    return o ? o->id : 0;
}

/* ---- who ---- */

/* Roles that act as their organisation when it owes something and no post is named. Helpers, watchers, advisers and
 * administrators do not: they may not handle a case (docs: roles and what each may not do). */
static bool
acts_for_its_org(int role)
{
    static const uint64_t acting = ROLE_BIT(ROLE_PROPERTY) | ROLE_BIT(ROLE_LIAISON) | ROLE_BIT(ROLE_STATION_CHIEF) |
                                   ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_TOWN_OFFICE) | ROLE_BIT(ROLE_OFFICER) |
                                   ROLE_BIT(ROLE_ASSISTANT_OFFICER) | ROLE_BIT(ROLE_COMMUNITY_OFFICE) |
                                   ROLE_BIT(ROLE_OWNERS_COMMITTEE) | ROLE_BIT(ROLE_DEPARTMENT_HEAD) |
                                   ROLE_BIT(ROLE_SECTOR_CHIEF) | ROLE_BIT(ROLE_COORDINATOR) |
                                   ROLE_BIT(ROLE_OVERSIGHT_BODY) | ROLE_BIT(ROLE_EXPERT) | ROLE_BIT(ROLE_HOTLINE) |
                                   ROLE_BIT(ROLE_CONTACT_LEADER) | ROLE_BIT(ROLE_LEADING_GROUP);
    return role >= 0 && role < ROLE_COUNT && (acting >> role & 1);
}

/* A posting without a place serves its organisation everywhere. */
static bool
posting_fills(const struct registry *r, const struct posting *p, int role, int32_t org, int32_t place)
{
    return (role == ROLE_NONE ? acts_for_its_org(p->role) : p->role == role) && (!org || p->org == org) &&
           (!place || place_within(r, place, p->place));
}

bool
owner_is(const struct registry *r, const struct owner *o, int64_t person, int32_t day)
{
    const struct person *who = registry_person(r, person);
    if (!who || who->is_disabled)
        return false;
    if (o->person)
        return o->person == person || substitute_of(r, o->person, day) == person;
    if (!o->org && o->role == ROLE_NONE)
        return false;
    for (size_t i = first_posting(r, person); i < r->n_postings && r->postings[i].person == person; i++)
        if (posting_in_force(&r->postings[i], day) && posting_fills(r, &r->postings[i], o->role, o->org, o->place))
            return true;
    return false;
}

static bool
fills_today(const struct registry *r, const struct posting *p, int role, int32_t org, int32_t place, int32_t day)
{
    if (!posting_in_force(p, day) || !posting_fills(r, p, role, org, place))
        return false;
    const struct person *who = registry_person(r, p->person);
    return who && !who->is_disabled;
}

/* Both lists are in order of call: the first that fits is the one. */
const struct posting *
registry_filled(const struct registry *r, int role, int32_t org, int32_t place, int32_t day)
{
    const struct registry_index *x = r->index;
    bool is_any = role == ROLE_NONE && org;
    if (!is_any && (role < 0 || role >= ROLE_COUNT))
        return NULL;
    bool is_by_org = org > 0 && org <= r->n_orgs;
    if (is_any && !is_by_org)
        return NULL;
    const uint32_t *list = is_by_org ? x->by_org : x->by_role;
    uint32_t from = is_by_org ? x->org_from[org] : x->role_from[role], to = is_by_org ? x->org_from[org + 1] : x->role_from[role + 1];
    for (uint32_t i = from; i < to; i++)
        if (fills_today(r, &r->postings[list[i]], role, org, place, day))
            return &r->postings[list[i]];
    return NULL;
}

/* ---- words ---- */

struct str
org_name(const struct registry *r, int32_t id)
{
    const struct org *o = registry_org(r, id);
    return !o ? STR("—") : o->short_name.n ? o->short_name : o->name;
}

const char *
place_label(const struct place *p)
{
    static const char *const levels[] = {"市", "县", "区", "旗"};
    bool has_own = p->kind == PLACE_COUNTY || p->kind == PLACE_DISTRICT;
    for (size_t i = 0; has_own && i < sizeof levels / sizeof *levels; i++) {
        size_t n = strlen(levels[i]);
        if (p->name.n > n && str_is(str_slice(p->name, p->name.n - n, p->name.n), levels[i]))
            return levels[i];
    }
    return place_kind_label((int)p->kind);
}

struct str
place_name(const struct registry *r, int32_t id)
{
    const struct place *p = registry_place(r, id);
    return p ? p->name : STR("—");
}

struct str
person_name(const struct registry *r, int64_t id)
{
    const struct person *p = registry_person(r, id);
    return p ? p->name : STR("—");
}

/* These roles are the organisation itself: its name says all. */
static bool
role_is_the_org(int role)
{
    return role == ROLE_NONE || role == ROLE_COORDINATOR || role == ROLE_COMMUNITY_OFFICE || role == ROLE_TOWN_OFFICE ||
           role == ROLE_HOTLINE || role == ROLE_OVERSIGHT_BODY || role == ROLE_LEADING_GROUP ||
           role == ROLE_OWNERS_COMMITTEE;
}

void
owner_words(struct buf *b, const struct registry *r, const struct owner *o)
{
    const struct place *place = registry_place(r, o->place);
    const char *label = role_label(o->role);
    if (o->person) {
        buf_str(b, person_name(r, o->person));
    } else if (o->org && (!place || role_is_the_org(o->role))) {
        buf_str(b, org_name(r, o->org));
        if (!role_is_the_org(o->role))
            buf_z(b, label);
    } else if (place) {
        buf_str(b, place->name);
        buf_z(b, label);
    } else {
        buf_z(b, *label ? label : "—");
    }
}
