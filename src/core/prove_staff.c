/* Is everybody there whom the scheme counts on? Counted once from the tables, for every item and every place.
 *
 * Necessary, not sufficient: who is counted here may be on leave together, and a visit may take longer than we allow.
 */
#include "prove_parts.h"

static void
lacks(struct world *w, struct str what)
{
    breach_note(w, PROOF_STAFFED, UINT32_MAX, NULL, what);
}

static bool
is_somebody(const struct world *w, int role, int32_t org, int32_t place)
{
    return registry_filled(w->r, role, org, place, w->day) != NULL;
}

/* Two different people hold the post. */
static bool
has_deputy(struct world *w, int role, int32_t org)
{
    return actors_filling(w, role, org, 0)[1] != 0;
}

/* One or two, as far as anybody asks; none when nobody of them acts alone (LC-03). */
static int
officers_with_certificate(const struct world *w, int32_t org)
{
    int64_t first = 0;
    int n = 0;
    bool acts_alone = false;
    for (size_t i = 0; i < w->r->n_postings; i++) {
        const struct posting *p = &w->r->postings[i];
        const struct person *who = registry_person(w->r, p->person);
        bool is_officer = p->role == ROLE_OFFICER || p->role == ROLE_DEPARTMENT_HEAD;
        if (p->org != org || !is_officer || !p->cert_no.n || p->cert_until < w->day || !who || who->is_disabled)
            continue;
        n = !first ? 1 : p->person != first ? 2 : n;
        first = first ? first : p->person;
        acts_alone |= !p->is_guided;
    }
    return acts_alone ? n : 0;
}

static int
officers_needed(const struct world *w, const struct item *it)
{
    int most = 0;
    for (int i = 0; i < it->ladder_n; i++) {
        const struct ladder_row *row = &w->s->ladders[it->ladder_from + i];
        most = row->officers > most ? row->officers : most;
    }
    return most;
}

static void
judge_lead(struct world *w, const struct item *it, int32_t lead, const struct place *p)
{
    int code = (int)it->code.n;
    struct str org = org_name(w->r, lead);
    if (!lead || !is_somebody(w, ROLE_NONE, lead, 0)) {
        lacks(w, words_of(w->a, "事项 %.*s 在%.*s没有牵头单位，或者牵头单位没有在岗的人（%.*s）", code, it->code.p,
                          (int)p->name.n, p->name.p, (int)it->lead.n, it->lead.p));
        return;
    }
    if (it->list != LIST_ENFORCEMENT)
        return;
    const struct org *o = registry_org(w->r, lead);
    bool may_close = is_somebody(w, ROLE_OFFICER, lead, 0) || is_somebody(w, ROLE_DEPARTMENT_HEAD, lead, 0) ||
                     is_somebody(w, ROLE_COMMUNITY_OFFICE, lead, 0) || is_somebody(w, ROLE_COORDINATOR, lead, 0);
    if (!may_close)
        lacks(w, words_of(w->a, "事项 %.*s：%.*s没有能办结的人", code, it->code.p, (int)org.n, org.p));
    if (o && o->kind == ORG_DEPARTMENT && !is_somebody(w, ROLE_DEPARTMENT_HEAD, lead, 0))
        lacks(w, words_of(w->a, "事项 %.*s：%.*s没有部门负责人，没有人审批和接超期", code, it->code.p, (int)org.n, org.p));
    if (officers_needed(w, it) > officers_with_certificate(w, lead))
        lacks(w, words_of(w->a, "事项 %.*s：%.*s持有效执法证的人员不到 %d 名", code, it->code.p, (int)org.n, org.p,
                          officers_needed(w, it)));
}

/* A lead named by its code is the same everywhere. */
static void
judge_items(struct world *w)
{
    for (size_t i = 0; i < w->s->n_items; i++) {
        const struct item *it = &w->s->items[i];
        bool is_by_place = it->lead.n && it->lead.p[0] == '@', is_done = false;
        for (int32_t k = 1; k <= w->r->n_places && !is_done; k++) {
            const struct place *p = &w->r->places[k];
            if (p->kind != PLACE_COMPOUND || p->is_closed)
                continue;
            int32_t lead = owner_org(w->r, it->lead, p, 0);
            if (it->list == LIST_SERVICE && (!lead || !is_somebody(w, ROLE_NONE, lead, 0)))
                lead = owner_org(w->r, STR("@community"), p, 0);
            judge_lead(w, it, lead, p);
            is_done = !is_by_place;
        }
    }
}

/* Where a department names a first contact for a community, it names the second too. */
static void
judge_contacts(struct world *w, const struct place *p)
{
    const struct place *community = place_above(w->r, p, PLACE_COMMUNITY);
    for (size_t i = 0; community && i < w->r->n_postings; i++) {
        const struct posting *first = &w->r->postings[i];
        bool has_second = false;
        if (first->role != ROLE_OFFICER || first->place != community->id || first->order != 1)
            continue;
        for (size_t k = 0; k < w->r->n_postings; k++) {
            const struct posting *other = &w->r->postings[k];
            has_second |= other->role == ROLE_OFFICER && other->org == first->org && other->place == community->id &&
                          other->order == 2 && other->person != first->person;
        }
        struct str org = org_name(w->r, first->org);
        if (!has_second)
            lacks(w, words_of(w->a, "%.*s在%.*s只有第一联系人，没有第二联系人：他不在时没有人响应", (int)org.n, org.p,
                              (int)community->name.n, community->name.p));
    }
}

static void
judge_hop(struct world *w, const struct hop *hop, const struct place *p)
{
    struct case_file c = {.place = p->id, .lead = 0};
    struct situation s = {.scheme = w->s, .registry = w->r, .c = &c, .now = w->now};
    struct decision d = {.s = &s, .fx = w->fx, .c = &c, .place = p};
    if (str_is(hop->owner, "@lead"))
        return; /* judge_items */
    if (str_starts(hop->owner, STR("@contact"))) {
        judge_contacts(w, p);
        return;
    }
    struct owner o = owner_by(&d, hop->owner, hop->role);
    bool is_fallback = o.role == ROLE_COORDINATOR && hop->role != ROLE_COORDINATOR;
    if (is_fallback || !owner_is_staffed(w, &o))
        lacks(w, words_of(w->a, "%.*s：“%s”应由%s负责（%.*s），没有在岗的人", (int)p->name.n, p->name.p, hop_label(hop->kind),
                          role_label(hop->role), (int)hop->owner.n, hop->owner.p));
}

/* Who is called together with the lead. A compound without a property firm has none to call. */
static void
judge_assists(struct world *w, const struct decision *d, const struct whistle *level)
{
    for (size_t i = 0; level->enters >= (int)HOP_RESPOND && i < level->assists.n; i++) {
        struct str who = level->assists.p[i];
        if (str_is(who, "@firm") && !owner_org(w->r, who, d->place, 0))
            continue;
        struct owner o = owner_by(d, who, ROLE_NONE);
        if (o.role == ROLE_COORDINATOR ? !str_is(who, "@coordinator") : !owner_is_staffed(w, &o))
            lacks(w, words_of(w->a, "%.*s：“%.*s”应一起到场的%.*s（%.*s）没有在岗的人", (int)d->place->name.n, d->place->name.p,
                              (int)level->name.n, level->name.p, (int)org_name(w->r, o.org).n, org_name(w->r, o.org).p, (int)who.n, who.p));
    }
}

/* Who answers a level, and who is called together with it. */
static void
judge_whistles(struct world *w, const struct place *p)
{
    struct case_file c = {.place = p->id};
    struct situation s = {.scheme = w->s, .registry = w->r, .c = &c, .now = w->now};
    struct decision d = {.s = &s, .fx = w->fx, .c = &c, .place = p};
    for (size_t i = 0; i < w->s->n_whistles; i++) {
        const struct whistle *level = &w->s->whistles[i];
        judge_assists(w, &d, level);
        if (!level->owner.n || str_is(level->owner, "@lead"))
            continue;
        int role = level->role >= 0 ? level->role : ROLE_NONE;
        struct owner o = owner_by(&d, level->owner, role);
        bool is_fallback = o.role == ROLE_COORDINATOR && role != ROLE_COORDINATOR && !str_is(level->owner, "@coordinator");
        if (is_fallback || !owner_is_staffed(w, &o))
            lacks(w, words_of(w->a, "%.*s：“%.*s”没有人响应（%.*s）", (int)p->name.n, p->name.p, (int)level->name.n, level->name.p,
                              (int)level->owner.n, level->owner.p));
    }
}

static void
judge_chains(struct world *w)
{
    for (int32_t k = 1; k <= w->r->n_places; k++) {
        const struct place *p = &w->r->places[k];
        if (p->kind != PLACE_COMPOUND || p->is_closed)
            continue;
        struct str chain = place_chain(w->r, p);
        for (size_t i = 0; i < w->s->n_hops; i++)
            if (str_eq(w->s->hops[i].chain, chain))
                judge_hop(w, &w->s->hops[i], p);
        judge_whistles(w, p);
        if (!owner_org(w->r, STR("@community"), p, 0) || !is_somebody(w, ROLE_NONE, owner_org(w->r, STR("@community"), p, 0), 0))
            lacks(w, words_of(w->a, "%.*s没有社区的人在岗", (int)p->name.n, p->name.p));
    }
}

/* Who binds and who is the last to hear of a miss must be there, and the coordinator also when he handled the case. */
static void
judge_top(struct world *w)
{
    if (!w->coordinator || !is_somebody(w, ROLE_COORDINATOR, w->coordinator, 0))
        lacks(w, STR("没有统筹协调的人在岗"));
    else if (!has_deputy(w, ROLE_COORDINATOR, w->coordinator))
        lacks(w, STR("统筹协调只有一个人：他办过的事没有人回访，他不在时没有人派单、裁定，要有副手"));
    if (!is_somebody(w, ROLE_LEADING_GROUP, 0, 0))
        lacks(w, STR("领导小组没有人在岗，超期报不到顶"));
}

void
judge_staff(struct world *w)
{
    judge_top(w);
    judge_items(w);
    judge_chains(w);
}
