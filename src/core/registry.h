/* registry.h — organisations, places, people and their posts as an immutable snapshot, and who that makes you.
 *
 * Ids are small positive numbers, stable for ever inside an area; 0 = none. A snapshot is replaced as a whole after a
 * registry action commits; readers hold it by reference count (storage/registry_store.h).
 */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include "scheme.h"

#define ORG_KINDS(X)                                                                                                   \
    X(LEADING_GROUP, "leading_group") X(COORDINATOR, "coordinator") X(DEPARTMENT, "department") X(SQUAD, "squad")      \
    X(POLICE_POST, "police_post") X(STREET_OFFICE, "street_office") X(TOWN_OFFICE, "town_office")                      \
    X(STATION, "station") X(COMMUNITY, "community") X(PROPERTY_FIRM, "property_firm")                                  \
    X(OWNERS_COMMITTEE, "owners_committee") X(OVERSIGHT, "oversight") X(DISCIPLINE, "discipline") X(COURT, "court")    \
    X(HOTLINE, "hotline") X(EXPERT_GROUP, "expert_group")
enum org_kind {
#define X(id, code) ORG_##id,
    ORG_KINDS(X)
#undef X
    ORG_KIND_COUNT
};
#define PLACE_KINDS(X)                                                                                                 \
    X(COUNTY, "county", "县") X(DISTRICT, "district", "区") X(STREET, "street", "街道") X(TOWN, "town", "镇")           \
    X(COMMUNITY_OFFICE, "community_office", "社区管委会") X(COMMUNITY, "community", "社区") X(GRID, "grid", "网格")     \
    X(COMPOUND, "compound", "小区") X(BUILDING, "building", "楼栋")                                                      \
    X(POINT, "point", "巡查点") /* of a compound: where a property round must come by (HC-20), see stops.h */
enum place_kind {
#define X(id, code, label) PLACE_##id,
    PLACE_KINDS(X)
#undef X
    PLACE_KIND_COUNT
};
const char *org_kind_code(int kind);
const char *place_kind_code(int kind);
const char *place_kind_label(int kind);
int org_kind_find(struct str code); /* -1 */
int place_kind_find(struct str code);

struct org {
    int32_t id, parent;
    enum org_kind kind;
    struct str code, name, short_name, phone, hours, address, duty;
    bool is_sample, is_closed;
};

struct place {
    int32_t id, parent;
    enum place_kind kind;
    struct str code, name, chain, buildings;
    int32_t org, station, firm; /* org ids */
    int households, parking_supply, parking_demand, charge_supply, charge_demand;
    double lon, lat; /* WGS-84; 0,0 = unknown */
    bool is_sample, is_closed;
    int rank; /* of a point: where it comes in a round; 0 = after those that have one */
    instant opened_at, closed_at; /* of a point; 0 = always, never */
};

struct person {
    int64_t id;
    struct str username, name, phone; /* phone: work number */
    bool is_sample, is_disabled;
};

struct posting {
    int64_t id, person;
    int role;
    int32_t org, place; /* 0 = not bound to one */
    int order; /* 1 first, 2 deputy … */
    struct str cert_no, matters, note;
    int32_t cert_until; /* last valid day; 0 = no certificate */
    int32_t from, to; /* days; to 0 = open */
    bool is_guided; /* certified, and does not act alone yet (LC-03) */
    int turn, turns; /* 轮值 (BG-03): only in months turn, turn + turns … of the year; turns 0 = always */
    /* Worked out by registry_index from leaves and swaps; never stored. */
    int64_t acting_for; /* stands in for this person, in the post's name; 0 = a post of his own */
    const struct absence *absences;
    const struct turn_change *changes;
    uint16_t n_absences, n_changes;
};

struct absence { /* days on which the holder does not fill the post */
    int32_t from, to;
};
struct turn_change { /* after a swap: a month in which the post holds, or does not, whatever its turn */
    int32_t month; /* month_of */
    bool holds;
};

/* Asked for, then decided by the home unit's head (LC-11) or, for a swap of months, by the coordinator (BG-03). */
enum ask_state { ASKED_OPEN, ASKED_APPROVED, ASKED_REFUSED, ASKED_CANCELLED, ASKED_COUNT };
const char *asked_code(int state);
const char *asked_label(int state);

struct leave {
    int64_t id, person;
    int64_t posting;    /* 0 = all his posts */
    int64_t substitute; /* who acts in the posts meanwhile; 0 = nobody */
    int32_t from, to;   /* days, both included */
    int state;          /* enum ask_state */
    int64_t asked_by, decided_by;
    int64_t seq; /* of the registry event that holds its words */
    int rev;
    instant changed_at;
};
struct turn_swap { /* two posts change one month each: `first` had first_month and gets second_month */
    int64_t id, first, second; /* postings */
    int32_t first_month, second_month;
    int state;
    int64_t asked_by, decided_by, seq;
    int rev;
    instant changed_at;
};
struct shift { /* who is on duty at a station */
    int32_t day;
    int from, to; /* minutes of the day */
    int64_t person;
    bool is_cancelled; /* was planned and is not held: calendars must hear of it */
};
struct roster { /* 值班表: a station's shifts of a month, by day and hour */
    int32_t station, month;
    const struct shift *p;
    size_t n;
    int rev;
    instant changed_at;
};

/* Who owes: an organisation, a post, or both; `person` only after a delegation. */
struct owner {
    int32_t org, place;
    int role; /* ROLE_NONE = anybody of the organisation */
    int64_t person;
};

struct registry {
    struct arena *arena;
    int64_t area;
    const struct org *orgs; /* by id, orgs[0] unused; n_orgs is the last id */
    int32_t n_orgs;
    const struct place *places;
    int32_t n_places;
    const struct person *people; /* ordered by id */
    size_t n_people;
    const struct posting *postings; /* ordered by person, then id */
    size_t n_postings;
    const struct leave *leaves; /* by id, all states */
    size_t n_leaves;
    const struct turn_swap *swaps; /* by id, all states */
    size_t n_swaps;
    const struct roster *rosters; /* by station, month */
    size_t n_rosters;
    struct registry_index *index; /* by code, by kind, children */
};

/* Fills index; the arrays must be complete. */
void registry_index(struct registry *r);
const struct org *registry_org(const struct registry *r, int32_t id); /* NULL when absent */
const struct org *registry_org_code(const struct registry *r, struct str code);
const struct place *registry_place(const struct registry *r, int32_t id);
const struct place *registry_place_code(const struct registry *r, struct str code);
const struct person *registry_person(const struct registry *r, int64_t id);
const struct person *registry_username(const struct registry *r, struct str username);
/* Held: appointed and not yet ended. In force: held, where the post goes round it is its turn (BG-03), and its holder is not on
 * leave: then the post of who stands in for him is in force. */
bool posting_held(const struct posting *p, int32_t day);
bool posting_in_force(const struct posting *p, int32_t day);
/* The postings of a person in force on a day. */
size_t registry_postings(const struct registry *r, int64_t person, int32_t day, const struct posting **out, size_t max);
/* The same with those that rest while he is on leave: whoever he handed over to acts in them all the same. */
size_t registry_postings_even_away(const struct registry *r, int64_t person, int32_t day, const struct posting **out, size_t max);
const struct posting *registry_posting(const struct registry *r, int64_t id); /* a person's own; NULL when absent */
const struct leave *leave_of(const struct registry *r, int64_t person, int32_t day); /* approved, and of all his posts (LC-11); NULL = none */
bool on_leave(const struct registry *r, int64_t person, int32_t day);
int64_t substitute_of(const struct registry *r, int64_t person, int32_t day); /* 0 = not on leave, or nobody stands in */
int32_t month_of(int32_t day); /* months since year 0; 2026-04 is 2026 * 12 + 3 */
int32_t month_first_day(int32_t month);
const struct place *place_above(const struct registry *r, const struct place *p, enum place_kind kind); /* itself counts */
bool place_within(const struct registry *r, int32_t place, int32_t of); /* of 0 = everywhere */
struct str place_chain(const struct registry *r, const struct place *p); /* inherited hop chain */
/* Org ids by owner expression for a place: @firm, @community, @town, @station, @coordinator, @lead (→ lead), or a code.
 * The others name posts, not organisations: see owner_by in decide.h. */
int32_t owner_org(const struct registry *r, struct str expression, const struct place *p, int32_t lead);
/* First person (lowest order, enabled, in force) who fills a role at an org/place, or NULL: for boards and checks. */
const struct posting *registry_filled(const struct registry *r, int role, int32_t org, int32_t place, int32_t day);
struct str org_name(const struct registry *r, int32_t id); /* "—" when none */
struct str place_name(const struct registry *r, int32_t id);
const char *place_label(const struct place *p); /* what it is called: 县, and of a county-level city 市 */
struct str person_name(const struct registry *r, int64_t id);
/* 「红旗社区工作站」「幸福里小区网格长」: how an owner is called. */
void owner_words(struct buf *b, const struct registry *r, const struct owner *o);
bool owner_is(const struct registry *r, const struct owner *o, int64_t person, int32_t day); /* may this person act as the owner? */

#endif
