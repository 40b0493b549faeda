#include "slots.h"

#include <stdlib.h>

#include "sheet.h"

/* ---- who fills a slot ---- */

bool
posting_is_certified(const struct posting *p, int32_t day)
{
    return p->cert_no.n && p->cert_until >= day;
}

static bool
comes_from(const struct registry *r, const struct slot *slot, int32_t org)
{
    const struct org *o = registry_org(r, org);
    for (size_t i = 0; o && i < slot->orgs.n; i++)
        if (str_eq(slot->orgs.p[i], o->code) || org_kind_find(slot->orgs.p[i]) == (int)o->kind)
            return true;
    return slot->orgs.n == 0;
}

/* Bound to the place, to one inside it, or to the community or grid around it. */
static bool
reaches(const struct registry *r, int32_t of_post, int32_t at)
{
    const struct place *p = registry_place(r, of_post);
    return p && (place_within(r, of_post, at) || (p->kind >= PLACE_COMMUNITY && place_within(r, at, of_post)));
}

static bool
fills(const struct registry *r, const struct slot *slot, int32_t at, const struct posting *p, int32_t day)
{
    const struct person *who = registry_person(r, p->person);
    return p->role == slot->role && (slot->is_of_orgs ? p->org == at : reaches(r, p->place, at)) && comes_from(r, slot, p->org) &&
           (p->role != ROLE_OFFICER || (posting_is_certified(p, day) && !p->is_guided)) && (!slot->maximum || p->order <= slot->maximum) && posting_in_force(p, day) && who && !who->is_disabled;
}

const struct slot *
slot_taken(const struct registry *r, const struct scheme *s, const struct posting *p, int32_t day, const struct posting **by)
{
    for (size_t i = 0; i < s->n_slots; i++) {
        const struct slot *slot = &s->slots[i];
        int32_t at = slot->is_of_orgs ? p->org : p->place;
        if (slot->role != p->role || !slot->maximum || p->order > slot->maximum || !slot_is_at(slot, r, at) || !comes_from(r, slot, p->org))
            continue;
        for (size_t k = 0; k < r->n_postings; k++) {
            const struct posting *q = &r->postings[k];
            bool is_same = q->role == p->role && q->org == p->org && q->place == p->place && q->order == p->order;
            if (is_same && !q->acting_for && q->person != p->person && posting_held(q, day)) {
                *by = q;
                return slot;
            }
        }
    }
    return NULL;
}

/* Of two that hold one rank the later posting is the one too many. */
struct crowdings
slots_crowded(struct arena *a, const struct registry *r, const struct scheme *s, int32_t day)
{
    struct crowding *list = arena_array(a, struct crowding, r->n_postings + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i], *by = NULL;
        const struct slot *slot = p->acting_for || !posting_held(p, day) ? NULL : slot_taken(r, s, p, day, &by);
        if (slot && by->id < p->id)
            list[n++] = (struct crowding){slot, p, by};
    }
    return (struct crowdings){list, n};
}

void
slots_check(struct arena *a, const struct registry *r, const struct scheme *s, struct scheme_errors *errors)
{
    const struct table *t = tables_find(s->tables, "postings");
    struct crowdings all = slots_crowded(a, r, s, s->valid_from);
    size_t column = 0;
    while (t && column < t->header.n && !str_is(t->header.p[column], "order"))
        column++;
    for (size_t i = 0; i < all.n; i++) {
        const struct crowding *c = &all.p[i];
        struct str name = person_name(r, c->by->person);
        scheme_fault(a, errors, STR("postings"), cell_name(a, column, (size_t)c->p->id + 1), "换一个顺序，或者去掉一行。",
                     "“%.*s”这里每个单位最多 %d 人，第 %d 位已经是%.*s", (int)c->slot->name.n, c->slot->name.p, c->slot->maximum, c->p->order, (int)name.n, name.p);
    }
}

static int
compare_order(const void *a, const void *b)
{
    const struct posting *x = *(const struct posting *const *)a, *y = *(const struct posting *const *)b;
    return x->order != y->order ? x->order - y->order : x->id < y->id ? -1 : x->id > y->id;
}

size_t
slot_filled(const struct registry *r, const struct slot *slot, int32_t at, int32_t day, const struct posting **out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings && n < max; i++) {
        const struct posting *p = &r->postings[i]; /* by person: the same one follows himself */
        bool is_known = n && out[n - 1]->person == p->person;
        if (!is_known && fills(r, slot, at, p, day))
            out[n++] = p;
    }
    qsort(out, n, sizeof *out, compare_order);
    return n;
}

bool
slot_is_at(const struct slot *slot, const struct registry *r, int32_t at)
{
    const struct org *o = slot->is_of_orgs ? registry_org(r, at) : NULL;
    const struct place *p = slot->is_of_orgs ? NULL : registry_place(r, at);
    return o ? !o->is_closed && (slot->of >> o->kind & 1) : p && !p->is_closed && (slot->of >> p->kind & 1);
}

/* ---- vacancies ---- */

/* A place that an organisation serves: expressions like @town start from it. */
static const struct place *
place_of_org(const struct registry *r, int32_t org)
{
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].station == org || r->places[i].org == org)
            return &r->places[i];
    return NULL;
}

static struct owner
owner_of(const struct registry *r, const struct slot *slot, int32_t at)
{
    const struct place *p = slot->is_of_orgs ? place_of_org(r, at) : registry_place(r, at);
    int32_t org = owner_org(r, slot->owner, p, 0);
    if (!org)
        return (struct owner){.org = owner_org(r, STR("@coordinator"), NULL, 0), .role = ROLE_COORDINATOR};
    return (struct owner){.org = org, .role = slot->owner_role < 0 ? ROLE_NONE : slot->owner_role};
}

static size_t
look_at(const struct registry *r, const struct slot *slot, int32_t day, struct vacancy *out)
{
    enum { PEOPLE_MAX = 64 };
    const struct posting *who[PEOPLE_MAX];
    int32_t last = slot->is_of_orgs ? r->n_orgs : r->n_places;
    size_t n = 0;
    for (int32_t at = 1; at <= last; at++) {
        int have = slot_is_at(slot, r, at) ? (int)slot_filled(r, slot, at, day, who, PEOPLE_MAX) : slot->minimum;
        if (have < slot->minimum)
            out[n++] = (struct vacancy){slot, at, have, owner_of(r, slot, at)};
    }
    return n;
}

struct vacancies
slots_vacant(struct arena *a, const struct registry *r, const struct scheme *s, int32_t day)
{
    size_t room = (size_t)(r->n_orgs > r->n_places ? r->n_orgs : r->n_places), n = 0;
    struct vacancy *list = arena_array(a, struct vacancy, s->n_slots * room + 1);
    for (size_t i = 0; i < s->n_slots; i++)
        n += look_at(r, &s->slots[i], day, list + n);
    return (struct vacancies){list, n};
}

/* ---- certificates ---- */

static bool
has_newer(const struct registry *r, const struct posting *p, int32_t day)
{
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *q = &r->postings[i];
        if (q->person == p->person && !q->acting_for && q->org == p->org && q->role == p->role && posting_held(q, day) &&
            (q->cert_until > p->cert_until || (q->cert_until == p->cert_until && q->id < p->id)))
            return true;
    }
    return false;
}

struct expirings
certificates_expiring(struct arena *a, const struct registry *r, int32_t day, int within)
{
    struct expiring *list = arena_array(a, struct expiring, r->n_postings + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        if (p->acting_for || !p->cert_no.n || !posting_held(p, day) || p->cert_until - day > within || !who || who->is_disabled ||
            has_newer(r, p, day))
            continue;
        bool has_head = registry_filled(r, ROLE_DEPARTMENT_HEAD, p->org, 0, day) != NULL;
        struct owner head = {.org = p->org, .role = ROLE_DEPARTMENT_HEAD},
                     coordinator = {.org = owner_org(r, STR("@coordinator"), NULL, 0), .role = ROLE_COORDINATOR};
        list[n++] = (struct expiring){p, p->cert_until < day, has_head ? head : coordinator};
    }
    return (struct expirings){list, n};
}

/* ---- keys ---- */

int64_t
slot_key(struct str code)
{
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < code.n ? (unsigned char)code.p[i] : 0);
    return (int64_t)key;
}

struct str
slot_code(struct arena *a, int64_t key)
{
    char *text = arena_array(a, char, 9);
    for (size_t i = 0; i < 8; i++)
        text[i] = (char)((uint64_t)key >> (56 - 8 * i) & 0xff);
    text[8] = 0;
    return str_of(text);
}

const struct slot *
slot_find(const struct scheme *s, struct str code)
{
    for (size_t i = 0; i < s->n_slots; i++)
        if (str_eq(s->slots[i].code, code))
            return &s->slots[i];
    return NULL;
}

/* ---- three organisations ---- */

struct links
posting_links(const struct registry *r, const struct posting *p)
{
    const struct place *at = registry_place(r, p->place), *community = place_above(r, at, PLACE_COMMUNITY);
    if (!community)
        return (struct links){.home = p->org};
    return (struct links){.home = p->org, .street = owner_org(r, STR("@town"), community, 0),
                          .community = owner_org(r, STR("@community"), community, 0)};
}
