/* propose_parts.h — inside actions: what gathering the demands and writing the lines of a proposal share. */
#ifndef ACTIONS_PROPOSE_PARTS_H
#define ACTIONS_PROPOSE_PARTS_H

#include "propose_visits.h"

enum { TEAM_NONE = -1, STANDING_MAX = 4000 };

struct aim { /* whose demand it is, beside the planner's own array */
    int routine;   /* of the scheme */
    int32_t org;   /* who goes; 0 = anybody */
    bool is_place; /* of this place; else the organisation's, wherever it goes */
};
struct standing { /* a visit that stands, at one of its places */
    const struct field_visit *v;
    int32_t day, place;
};
struct proposing {
    struct db *db;
    struct keyring *keys;
    struct arena *arena;
    const struct area *area;
    const struct proposal_ask *ask;
    struct visit_proposal *out;
    struct err *err;
    instant now;
    struct plan_input in;
    struct plan_team *teams;       /* of `in` */
    struct plan_routine *routines; /* of `out` */
    int32_t *leaves; /* place of a compound */
    struct plan_run { /* compounds of a place: a run in the order of the tree */
        int first, n;
    } *runs; /* by place id */
    int32_t *communities; /* place of a group */
    int32_t *orgs;        /* organisation of a team */
    int8_t *team_of;      /* by organisation */
    uint64_t roles;       /* of whoever goes */
    struct plan_demand *demands;
    struct aim *aims;
    size_t n_demands, cap_demands;
    struct standing *standing;
    size_t n_standing;
};

bool standing_has(const struct field_visit *v, int32_t org); /* organises it, or is asked and has not declined */
/* The planner's visits as lines of the proposal. */
bool propose_lines(struct proposing *p);

#endif
