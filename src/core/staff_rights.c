#include "staff_rights.h"

#include "roster.h"

enum link { BY_HOME, BY_STREET, BY_COMMUNITY, BY_STATION, BY_ANYWHERE };

static const struct {
    enum staff_right right;
    int role;
    enum link link;
} who_may[] = {
    {STAFF_CERTIFICATE, ROLE_DEPARTMENT_HEAD, BY_HOME},
    {STAFF_CERTIFICATE, ROLE_STATION_CHIEF, BY_HOME}, /* of who belongs to the station itself */
    {STAFF_CERTIFICATE, ROLE_COMMUNITY_OFFICE, BY_HOME},
    {STAFF_CERTIFICATE, ROLE_TOWN_OFFICE, BY_HOME},
    {STAFF_CERTIFICATE, ROLE_COORDINATOR, BY_ANYWHERE},
    {STAFF_LEAVE, ROLE_DEPARTMENT_HEAD, BY_HOME},
    {STAFF_LEAVE, ROLE_STATION_CHIEF, BY_HOME},
    {STAFF_LEAVE, ROLE_COMMUNITY_OFFICE, BY_HOME},
    {STAFF_LEAVE, ROLE_TOWN_OFFICE, BY_HOME},
    {STAFF_LEAVE, ROLE_COORDINATOR, BY_ANYWHERE},
    {STAFF_ROSTER, ROLE_TOWN_OFFICE, BY_STREET},
    {STAFF_ROSTER, ROLE_COMMUNITY_OFFICE, BY_COMMUNITY},
    {STAFF_ROSTER, ROLE_STATION_CHIEF, BY_STATION},
    {STAFF_ROSTER, ROLE_STATION_DEPUTY, BY_STATION},
    {STAFF_ROSTER, ROLE_COORDINATOR, BY_ANYWHERE},
    {STAFF_EVALUATION, ROLE_COMMUNITY_OFFICE, BY_COMMUNITY},
    {STAFF_EVALUATION, ROLE_STATION_CHIEF, BY_STATION},
    {STAFF_EVALUATION, ROLE_STATION_DEPUTY, BY_STATION},
};

struct over { /* whom the right is about */
    struct links links;
    int32_t station;
    const struct place *community; /* that the station serves, or where the post is; NULL = none */
};

/* Does this post stand in the organisation that the link names, or look after its place? Nobody stands in organisation 0. */
static bool
is_linked(const struct registry *r, const struct posting *p, enum link link, const struct over *of)
{
    const struct place *at = registry_place(r, p->place);
    bool covers = at && of->community && place_within(r, of->community->id, at->id);
    switch (link) {
    case BY_HOME:
        return of->links.home && p->org == of->links.home;
    case BY_STREET:
        return (of->links.street && p->org == of->links.street) || (covers && (at->kind == PLACE_STREET || at->kind == PLACE_TOWN));
    case BY_COMMUNITY:
        return (of->links.community && p->org == of->links.community) || (covers && at->kind == PLACE_COMMUNITY);
    case BY_STATION:
        return of->station && p->org == of->station;
    case BY_ANYWHERE:
        return true;
    }
    return false;
}

static bool
is_given(const struct registry *r, enum staff_right right, const struct posting *const *who, size_t n, const struct over *of)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof who_may / sizeof *who_may; k++)
            if (who_may[k].right == right && who_may[k].role == who[i]->role && is_linked(r, who[i], who_may[k].link, of))
                return true;
    return false;
}

bool
staff_may_post(const struct registry *r, enum staff_right right, const struct posting *const *who, size_t n, const struct posting *of)
{
    const struct over over = {.links = posting_links(r, of), .community = place_above(r, registry_place(r, of->place), PLACE_COMMUNITY)};
    return is_given(r, right, who, n, &over);
}

/* A station may serve several communities; its own parent counts as well. */
bool
staff_may_station(const struct registry *r, enum staff_right right, const struct posting *const *who, size_t n, int32_t station)
{
    const struct org *o = registry_org(r, station), *up = o ? registry_org(r, o->parent) : NULL;
    if (!o || o->kind != ORG_STATION)
        return false;
    bool is_street = up && (up->kind == ORG_STREET_OFFICE || up->kind == ORG_TOWN_OFFICE);
    struct over over = {.links = {.community = up && up->kind == ORG_COMMUNITY ? up->id : 0, .street = is_street ? up->id : 0}, .station = station};
    if (is_given(r, right, who, n, &over))
        return true;
    for (int32_t i = 1; i <= r->n_places; i++) {
        struct posting there = {.place = i};
        if (r->places[i].kind != PLACE_COMMUNITY || !station_serves(r, station, &r->places[i]))
            continue;
        over = (struct over){.links = posting_links(r, &there), .station = station, .community = &r->places[i]};
        if (is_given(r, right, who, n, &over))
            return true;
    }
    return false;
}
