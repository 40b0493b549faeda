#include "registry_away.h"

#include <stdlib.h>

static const struct {
    const char *code, *label;
} states[ASKED_COUNT] = {[ASKED_OPEN] = {"asked", "待批准"},
                         [ASKED_APPROVED] = {"approved", "已批准"},
                         [ASKED_REFUSED] = {"refused", "未批准"},
                         [ASKED_CANCELLED] = {"cancelled", "已取消"}};

const char *
asked_code(int state)
{
    return states[state].code;
}

const char *
asked_label(int state)
{
    return states[state].label;
}

/* ---- months ---- */

int32_t
month_of(int32_t day)
{
    struct civil c = civil_of_day(day);
    return c.year * 12 + c.month - 1;
}

int32_t
month_first_day(int32_t month)
{
    return day_number(month / 12, month % 12 + 1, 1);
}

bool
posting_has_turn(const struct posting *p, int32_t day)
{
    bool holds = !p->turns || (civil_of_day(day).month - p->turn) % p->turns == 0;
    for (size_t i = 0; i < p->n_changes; i++) /* the last swap of a month counts */
        if (p->changes[i].month == month_of(day))
            holds = p->changes[i].holds;
    return holds;
}

bool
posting_is_absent(const struct posting *p, int32_t day)
{
    for (size_t i = 0; i < p->n_absences; i++)
        if (p->absences[i].from <= day && day <= p->absences[i].to)
            return true;
    return false;
}

/* ---- leave ---- */

static bool
covers(const struct leave *l, int64_t person, int32_t day)
{
    return l->state == ASKED_APPROVED && l->person == person && !l->posting && l->from <= day && day <= l->to;
}

const struct leave *
leave_of(const struct registry *r, int64_t person, int32_t day)
{
    for (size_t i = 0; i < r->n_leaves; i++)
        if (covers(&r->leaves[i], person, day))
            return &r->leaves[i];
    return NULL;
}

bool
on_leave(const struct registry *r, int64_t person, int32_t day)
{
    return leave_of(r, person, day) != NULL;
}

int64_t
substitute_of(const struct registry *r, int64_t person, int32_t day)
{
    const struct leave *x = leave_of(r, person, day);
    return x && !on_leave(r, x->substitute, day) ? x->substitute : 0;
}

/* Who supervises or administers is not replaced by a colleague's leave: only an administrator gives such a post. */
static bool
rests(int role)
{
    return role != ROLE_OVERSIGHT_BODY && role != ROLE_ADMIN && role != ROLE_SECURITY_ADMIN && role != ROLE_AUDIT_ADMIN;
}

static bool
concerns(const struct leave *l, const struct posting *p)
{
    return l->state == ASKED_APPROVED && l->person == p->person && (!l->posting || l->posting == p->id) && rests(p->role);
}

static void
note_absences(const struct registry *r, struct posting *p)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_leaves; i++)
        n += concerns(&r->leaves[i], p);
    if (!n)
        return;
    struct absence *list = arena_array(r->arena, struct absence, n);
    for (size_t i = 0; i < r->n_leaves; i++)
        if (concerns(&r->leaves[i], p))
            list[p->n_absences++] = (struct absence){r->leaves[i].from, r->leaves[i].to};
    p->absences = list;
}

/* The certificate belongs to the person, not to the post: who stands in brings his own, the longest, or none. */
static void
bring_certificate(const struct registry *r, struct posting *acting, int64_t person)
{
    acting->cert_no = STR("");
    acting->cert_until = 0;
    acting->is_guided = false;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *own = &r->postings[i];
        if (own->person == person && own->role == ROLE_OFFICER && own->cert_no.n && own->cert_until > acting->cert_until) {
            acting->cert_no = own->cert_no;
            acting->cert_until = own->cert_until;
            acting->is_guided = own->is_guided;
        }
    }
}

static bool
stand_in(const struct registry *r, const struct leave *l, const struct posting *p, struct posting *out)
{
    *out = *p;
    out->person = l->substitute;
    out->acting_for = p->person;
    out->from = p->from > l->from ? p->from : l->from;
    out->to = p->to && p->to < l->to ? p->to : l->to;
    out->absences = NULL;
    out->n_absences = 0;
    bring_certificate(r, out, l->substitute);
    return out->from <= out->to;
}

static int
compare_by_person(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* ---- swapped months ---- */

static bool
swaps_post(const struct turn_swap *s, const struct posting *p)
{
    return s->state == ASKED_APPROVED && (s->first == p->id || s->second == p->id);
}

static void
note_swaps(const struct registry *r, struct posting *p)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_swaps; i++)
        n += swaps_post(&r->swaps[i], p);
    if (!n)
        return;
    struct turn_change *list = arena_array(r->arena, struct turn_change, 2 * n);
    for (size_t i = 0; i < r->n_swaps; i++) {
        const struct turn_swap *s = &r->swaps[i];
        if (!swaps_post(s, p))
            continue;
        bool is_first = s->first == p->id;
        list[p->n_changes++] = (struct turn_change){is_first ? s->first_month : s->second_month, false};
        list[p->n_changes++] = (struct turn_change){is_first ? s->second_month : s->first_month, true};
    }
    p->changes = list;
}

static size_t
count_acting(const struct registry *r)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_leaves; k++)
        for (size_t i = 0; r->leaves[k].substitute && i < r->n_postings; i++)
            n += concerns(&r->leaves[k], &r->postings[i]);
    return n;
}

void
registry_apply_leaves(struct registry *r)
{
    size_t n_own = r->n_postings, n = n_own;
    if (!r->n_leaves && !r->n_swaps)
        return;
    struct posting *all = arena_array(r->arena, struct posting, n_own + count_acting(r) + 1);
    if (n_own)
        memcpy(all, r->postings, n_own * sizeof *all);
    for (size_t i = 0; i < n_own; i++) {
        note_swaps(r, &all[i]);
        note_absences(r, &all[i]);
    }
    for (size_t k = 0; k < r->n_leaves; k++)
        for (size_t i = 0; r->leaves[k].substitute && i < n_own; i++)
            if (concerns(&r->leaves[k], &all[i]) && stand_in(r, &r->leaves[k], &all[i], &all[n])) {
                note_absences(r, &all[n]); /* who stands in may be away himself */
                n++;
            }
    qsort(all, n, sizeof *all, compare_by_person);
    r->postings = all;
    r->n_postings = n;
}
