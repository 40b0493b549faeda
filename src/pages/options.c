/* The lists behind fields that are known only at run time: one row per source, to list and to look up. */
#include "proof.h"
#include "posts.h"
#include "staff.h"
#include "surveys.h"

struct option_list {
    struct arena *a;
    struct option *p;
    size_t n, cap;
};

static void
add(struct option_list *l, struct str code, struct str label, struct str group)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct option *more = arena_array(l->a, struct option, cap);
        if (l->n)
            memcpy(more, l->p, l->n * sizeof *more);
        l->p = more;
        l->cap = cap;
    }
    l->p[l->n++] = (struct option){code, label, group};
}

static struct str
joined(struct arena *a, struct str first, struct str second)
{
    return str_of(arena_printf(a, "%.*s %.*s", (int)first.n, first.p, (int)second.n, second.p));
}

/* ---- sources; `about` may be NULL, `rest` is what stands after the colon ---- */

static void
list_items(const struct visit *v, struct option_list *l, struct str rest)
{
    const struct scheme *s = v->area->scheme;
    int only = str_is(rest, "service") ? LIST_SERVICE : str_is(rest, "enforcement") ? LIST_ENFORCEMENT : LIST_NONE;
    for (size_t c = 0; c < s->n_categories; c++)
        for (size_t i = 0; i < s->n_items; i++) {
            const struct item *it = &s->items[i];
            if (it->category == (int)c && (!only || (int)it->list == only))
                add(l, it->code, joined(l->a, it->code, it->name), s->categories[c].name);
        }
}

#define KIND_BIT(k) (1u << ORG_##k)
static const unsigned may_lead = KIND_BIT(COORDINATOR) | KIND_BIT(DEPARTMENT) | KIND_BIT(SQUAD) | KIND_BIT(POLICE_POST) |
                                 KIND_BIT(STREET_OFFICE) | KIND_BIT(TOWN_OFFICE) | KIND_BIT(COMMUNITY);

static const struct {
    unsigned kinds;
    const char *name;
} org_groups[] = {
    {KIND_BIT(COORDINATOR) | KIND_BIT(LEADING_GROUP), "统筹"},
    {KIND_BIT(DEPARTMENT) | KIND_BIT(SQUAD) | KIND_BIT(POLICE_POST), "部门和执法队伍"},
    {KIND_BIT(STREET_OFFICE) | KIND_BIT(TOWN_OFFICE) | KIND_BIT(STATION) | KIND_BIT(COMMUNITY), "镇、街道和社区"},
    {KIND_BIT(PROPERTY_FIRM) | KIND_BIT(OWNERS_COMMITTEE), "物业和业委会"},
    {~0u, "其他"},
};

static void
list_orgs_of(const struct visit *v, struct option_list *l, unsigned kinds)
{
    const struct registry *r = v->area->registry;
    unsigned done = 0;
    for (size_t g = 0; g < sizeof org_groups / sizeof *org_groups; g++) {
        unsigned here = org_groups[g].kinds & kinds & ~done;
        done |= org_groups[g].kinds;
        for (int32_t i = 1; i <= r->n_orgs; i++)
            if (!r->orgs[i].is_closed && (here & 1u << r->orgs[i].kind))
                add(l, r->orgs[i].code, r->orgs[i].name, str_of(org_groups[g].name));
    }
}

static void
list_orgs(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_orgs_of(v, l, ~0u);
}

static void
list_departments(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_orgs_of(v, l, may_lead);
}

/* Who can be asked to come along: whoever may lead, and the court, which cooperates (HC-24). */
static void
list_force(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_orgs_of(v, l, may_lead | KIND_BIT(COURT));
}

/* From the places of a kind down to compounds; without a kind from the top, be it a county or a district. */
static void
list_places_from(const struct visit *v, struct option_list *l, int kind)
{
    const struct registry *r = v->area->registry;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (p->is_closed || (int)p->kind < kind || p->kind > PLACE_COMPOUND)
            continue;
        const struct place *up = place_above(r, p, PLACE_COMMUNITY);
        if (!up)
            up = registry_place(r, p->parent);
        add(l, p->code, p->name, up && up != p ? up->name : STR(""));
    }
}

static void
list_compounds(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_places_from(v, l, PLACE_COMPOUND);
}

/* Communities, their grids and compounds. */
static void
list_local_places(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_places_from(v, l, PLACE_COMMUNITY);
}

static void
list_places(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    list_places_from(v, l, 0);
}

static void
list_reasons(const struct visit *v, struct option_list *l, struct str rest)
{
    const struct scheme *s = v->area->scheme;
    for (size_t i = 0; i < s->n_reasons; i++)
        if (str_eq(s->reasons[i].kind, rest))
            add(l, s->reasons[i].code, s->reasons[i].name, STR(""));
}

static void
list_roles(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)v;
    (void)rest;
    for (int i = ROLE_RESIDENT + 1; i < ROLE_COUNT; i++)
        add(l, str_of(role_code(i)), str_of(role_label(i)), STR(""));
}

static void
list_channels(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    const struct scheme *s = v->area->scheme;
    for (size_t i = 0; i < s->n_channels; i++)
        if (!v->person || caller_has(&v->who, s->channels[i].roles))
            add(l, s->channels[i].source, s->channels[i].name, STR(""));
}

/* Officers of the case's lead with what their certificate says; an expired one stays in the list and is refused. */
static void
list_officers(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct registry *r = v->area->registry;
    int32_t today = day_of(v->now), org = about ? (int32_t)about->lead : 0;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        bool is_officer = p->role == ROLE_OFFICER || p->role == ROLE_DEPARTMENT_HEAD;
        if (!is_officer || !p->cert_no.n || !who || who->is_disabled || (org && p->org != org) ||
            !posting_in_force(p, today))
            continue;
        struct buf b = {0};
        buf_printf(&b, "%.*s（%.*s，", (int)who->name.n, who->name.p, (int)p->cert_no.n, p->cert_no.p);
        buf_z(&b, p->cert_until >= today ? "有效至 " : "执法证已于 ");
        date_format(&b, p->cert_until);
        buf_z(&b, p->cert_until >= today ? "）" : " 过期）");
        add(l, who->username, buf_keep(l->a, &b), org ? STR("") : org_name(r, p->org));
    }
}

static void
list_closing(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct scheme *s = about ? area_scheme(v->area, about->scheme) : NULL;
    int i = s ? scheme_item(s, about->item) : -1;
    for (size_t k = 0; i >= 0 && k < s->items[i].closing.n; k++)
        add(l, s->items[i].closing.p[k], s->items[i].closing.p[k], STR(""));
}

/* Levels that somebody of the person's posts may blow. */
/* The usual level may still be blown on the way to who answers it; afterwards the matter stands at it. */
static bool
level_stands(const struct case_file *c)
{
    return c->whistle_at || (c->state != CASE_REGISTERED && c->state != CASE_ROUTING);
}

static void
list_whistles(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct scheme *s = about ? area_scheme(v->area, about->scheme) : v->area->scheme;
    for (size_t i = 0; i < s->n_whistles; i++)
        if (caller_has(&v->who, s->whistles[i].blowers) && !(about && about->whistle == (int64_t)i + 1 && level_stands(about)))
            add(l, s->whistles[i].code, s->whistles[i].name, STR(""));
}

/* Who is posted at the place and may say that somebody came; never oneself. */
static void
list_vouchers(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct registry *r = v->area->registry;
    const struct place *at = about ? registry_place(r, (int32_t)about->place) : NULL;
    int64_t last = 0;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        if (p->person == last || (v->person && p->person == v->person->id) || !posting_vouches(r, at, p, day_of(v->now)))
            continue;
        const struct person *who = registry_person(r, p->person);
        add(l, who->username, joined(l->a, str_of(role_label(p->role)), who->name), STR(""));
        last = p->person;
    }
}

/* Who is posted in the lead: whom it may send (NH-05); never oneself. */
static void
list_team(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct registry *r = v->area->registry;
    int64_t last = 0;
    for (size_t i = 0; about && about->lead && i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        if (p->org != about->lead || p->person == last || (v->person && p->person == v->person->id) || !who || who->is_disabled ||
            !posting_in_force(p, day_of(v->now)))
            continue;
        add(l, who->username, joined(l->a, who->name, str_of(role_label(p->role))), STR(""));
        last = p->person;
    }
}

/* Only where a case is revisited from two sides is there anything to choose. */
static void
list_audiences(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    const struct scheme *s = about ? area_scheme(v->area, about->scheme) : v->area->scheme;
    for (size_t i = 0; i < s->n_revisits && s->n_revisits > 1; i++)
        add(l, str_of(audience_code(s->revisits[i].audience)), str_of(audience_label(s->revisits[i].audience)), STR(""));
}

/* In force on the day of the act or today (行政处罚法 37). */
static void
list_bases(const struct visit *v, struct option_list *l, const struct case_file *about)
{
    enum { BASES_MAX = 32 };
    const struct scheme *s = about ? area_scheme(v->area, about->scheme) : NULL;
    const struct basis *found[BASES_MAX * 2];
    int item = s ? scheme_item(s, about->item) : -1;
    if (item < 0)
        return;
    int32_t today = day_of(v->now), act = about->act_day ? (int32_t)about->act_day : today;
    size_t then = item_bases(s, item, act, found, BASES_MAX), all = then + item_bases(s, item, today, found + then, BASES_MAX);
    for (size_t i = 0; i < all; i++) {
        bool is_listed = false, is_new = found[i]->from > act;
        for (size_t k = 0; k < i; k++)
            is_listed |= found[k] == found[i];
        struct buf b = {0};
        buf_printf(&b, "%.*s%s《%.*s》%.*s：%.*s%s", (int)found[i]->act.n, found[i]->act.p, found[i]->act.n ? "：" : "", (int)found[i]->law.n, found[i]->law.p, (int)found[i]->article.n, found[i]->article.p,
                   (int)found[i]->gist.n, found[i]->gist.p, is_new ? "（行为以后施行）" : "");
        struct str label = buf_keep(l->a, &b);
        if (!is_listed)
            add(l, basis_code(l->a, found[i]), label, STR(""));
    }
}

/* Who may stand in for somebody: everybody of his organisations. */
static void
list_colleagues(const struct visit *v, struct option_list *l, struct str rest)
{
    const struct registry *r = v->area->registry;
    const struct person *who = registry_username(r, rest);
    const struct posting *his[ACTOR_POSTINGS_MAX];
    int32_t today = day_of(v->now);
    size_t n = who ? registry_postings_even_away(r, who->id, today, his, ACTOR_POSTINGS_MAX) : 0;
    int64_t last = 0;
    for (size_t i = 0; n && i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *other = registry_person(r, p->person);
        bool is_alike = false;
        for (size_t k = 0; k < n; k++)
            is_alike |= p->org && p->org == his[k]->org;
        if (!is_alike || p->acting_for || p->person == who->id || p->person == last || other->is_disabled || !posting_held(p, today))
            continue;
        add(l, other->username, joined(l->a, other->name, str_of(role_label(p->role))), STR(""));
        last = p->person;
    }
}

static void
list_station_people(const struct visit *v, struct option_list *l, struct str rest)
{
    const struct registry *r = v->area->registry;
    const struct org *o = registry_org_code(r, rest);
    int64_t people[STATION_PEOPLE_MAX];
    size_t n = o ? station_people(r, o->id, day_of(v->now), people, STATION_PEOPLE_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        add(l, registry_person(r, people[i])->username, person_name(r, people[i]), STR(""));
}

/* The months to come that somebody has: 2026-05 with whose it is. */
static void
list_turn_months(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    const struct registry *r = v->area->registry;
    int32_t now = month_of(day_of(v->now));
    for (int32_t m = now + 1; m <= now + 12; m++) {
        const struct posting *p = turn_of_month(r, m);
        struct str code = str_of(arena_printf(l->a, "%d-%02d", m / 12, m % 12 + 1));
        if (p)
            add(l, code, joined(l->a, str_of(month_words(l->a, m / 12, m % 12 + 1)), org_short(r, p->org)), STR(""));
    }
}

/* Where the person may write into the register. */
static void
list_survey_places(const struct visit *v, struct option_list *l, struct str rest)
{
    const struct registry *r = v->area->registry;
    unsigned right = str_is(rest, "see") ? SURVEY_SEE : SURVEY_WRITE;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        const struct place *up = place_above(r, p, PLACE_COMMUNITY);
        if (!p->is_closed && p->kind >= PLACE_COMMUNITY && p->kind <= PLACE_COMPOUND && (survey_rights_of(&v->who, i) & right))
            add(l, p->code, p->name, up ? up->name : STR(""));
    }
}

static void
list_survey_kinds(const struct visit *v, struct option_list *l, struct str rest)
{
    (void)rest;
    const struct scheme *s = v->area->scheme;
    for (size_t i = 0; i < s->n_survey_kinds; i++)
        add(l, s->survey_kinds[i].code, s->survey_kinds[i].name, STR(""));
}

static const struct {
    const char *name;
    void (*list)(const struct visit *v, struct option_list *l, struct str rest);
    void (*list_about)(const struct visit *v, struct option_list *l, const struct case_file *about);
} sources[] = {
    {"item", list_items, NULL},          {"org", list_orgs, NULL},          {"department", list_departments, NULL}, {"force", list_force, NULL},
    {"compound", list_compounds, NULL},  {"place", list_places, NULL},      {"local_place", list_local_places, NULL},      {"reason", list_reasons, NULL},
    {"role", list_roles, NULL},          {"channel", list_channels, NULL},  {"officer", NULL, list_officers},
    {"closing", NULL, list_closing},     {"whistle", NULL, list_whistles},  {"basis", NULL, list_bases},
    {"colleague", list_colleagues, NULL}, {"station_person", list_station_people, NULL},
    {"turn_month", list_turn_months, NULL},
    {"survey_place", list_survey_places, NULL}, {"survey_kind", list_survey_kinds, NULL},
    {"audience", NULL, list_audiences},  {"voucher", NULL, list_vouchers}, {"team", NULL, list_team},
};

struct options
options_of(const struct visit *v, struct arena *a, const char *source, const struct case_file *about)
{
    struct option_list l = {.a = a};
    struct str rest = str_of(source), name;
    str_cut(&rest, ':', &name);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!str_is(name, sources[i].name))
            continue;
        if (sources[i].list)
            sources[i].list(v, &l, rest.p ? rest : STR(""));
        else
            sources[i].list_about(v, &l, about);
    }
    return (struct options){l.p, l.n};
}

/* The direct way for what the registry and the scheme index; the rest is short enough to walk. */
bool
option_lookup(void *req, const char *source, struct str code)
{
    const struct request *r = req;
    const struct visit *v = visit_of(r);
    struct str name = str_of(source);
    if (str_is(name, "item"))
        return scheme_item(v->area->scheme, code) >= 0;
    if (str_is(name, "org"))
        return registry_org_code(v->area->registry, code) != NULL;
    if (str_is(name, "place"))
        return registry_place_code(v->area->registry, code) != NULL;
    if (str_is(name, "officer") || str_is(name, "team"))
        return registry_username(v->area->registry, code) != NULL;
    if (str_is(name, "closing") || str_is(name, "basis"))
        return code.n > 0 && code.n <= 200;
    struct options all = options_of(v, r->arena, source, NULL);
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.p[i].code, code))
            return true;
    return false;
}
