/* A miss goes upward: to somebody else, higher each time, and in the end to the top. */
#include "prove_parts.h"

enum { LEVELS_MAX = 8 };

static bool
owners_equal(const struct owner *a, const struct owner *b)
{
    return a->org == b->org && a->place == b->place && a->role == b->role && a->person == b->person;
}

static bool
is_top(const struct owner *o)
{
    return o->role == ROLE_LEADING_GROUP;
}

/* The chase that the last decision opened, given an id as storage would; NULL when none. */
static struct duty *
chase_opened(struct effects *fx)
{
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_new && fx->duties[i].now.kind == DUTY_CHASE)
            return &fx->duties[i].now;
    return NULL;
}

/* Or the miss itself moved the case on: another owes now, or it runs again by itself. */
static bool
moved_on(const struct effects *fx, int64_t missed)
{
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].now.id == missed)
            return fx->duties[i].now.end != END_OPEN;
    return true;
}

static bool
is_known_already(struct world *w, const struct duty *missed)
{
    uint64_t key = 1 + ((uint64_t)(missed->kind & 63) | (uint64_t)(missed->owner.role & 63) << 6 |
                        (uint64_t)(uint32_t)missed->owner.org << 12 | (uint64_t)(uint32_t)missed->owner.place << 36 |
                        UINT64_C(1) << 62);
    for (size_t i = 0; i < w->n_upward; i++)
        if (w->upward[i] == key)
            return true;
    if (w->n_upward < sizeof w->upward / sizeof *w->upward)
        w->upward[w->n_upward++] = key;
    return false;
}

void
judge_miss(struct world *w, uint32_t node, const struct call *call, const struct scene *sc, const struct duty *missed)
{
    struct owner seen[LEVELS_MAX] = {missed->owner};
    int n = 1;
    if (is_top(&missed->owner) || missed->kind == DUTY_CHASE || is_known_already(w, missed) || moved_on(w->fx, missed->id))
        return;
    struct scene at = *sc;
    at.s.c = &at.c;
    at.s.duties = at.duties;
    at.s.other = &at.other;
    for (size_t i = 0; i < at.n_duties; i++)
        if (at.duties[i].id == missed->id)
            at.duties[i].missed_at = at.duties[i].due;
    for (const struct duty *up = chase_opened(w->fx); n < LEVELS_MAX; up = chase_opened(w->fx)) {
        if (!up) {
            struct owner *last = &seen[n - 1];
            struct buf b = {0};
            owner_words(&b, w->r, last);
            if (!is_top(last))
                breach_note(w, PROOF_UPWARD, node, call,
                            words_of(w->a, "“%s”超期后只报到%.*s，再往上没有人知道", duty_label(missed->kind), (int)b.n, b.p));
            buf_release(&b);
            return;
        }
        for (int i = 0; i < n; i++)
            if (owners_equal(&seen[i], &up->owner)) {
                breach_note(w, PROOF_UPWARD, node, call,
                            words_of(w->a, "“%s”超期后又报给了同一个责任人", duty_label(missed->kind)));
                return;
            }
        seen[n++] = up->owner;
        at.n_duties = sc->n_duties;
        at.duties[at.n_duties] = *up;
        struct duty *chase = &at.duties[at.n_duties++];
        chase->id = SIDE_ID + DUTY_KIND_COUNT + n;
        at.s.n_duties = at.n_duties;
        at.s.now = chase->due;
        at.s.actor = (struct actor){.role = ROLE_CLOCK};
        struct err err = {0};
        w->fx->n_duties = w->fx->n_notices = 0;
        if (!case_miss(&at.s, chase->id, w->fx, &err))
            return;
    }
    breach_note(w, PROOF_UPWARD, node, call, words_of(w->a, "“%s”超期后一级一级上报，没有尽头", duty_label(missed->kind)));
}
