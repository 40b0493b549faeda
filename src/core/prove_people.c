/* Who acts: one person of each kind that a command or a duty asks for, taken from the registry. */
#include "prove_parts.h"

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
