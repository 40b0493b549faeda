/* propose_visits.h — a month that meets every routine with the fewest separate visits, proposed and, line by line, adopted.
 *
 * Reads what the coming terms of the routines still owe, which visits stand already, who is on leave and which days are holidays, and
 * asks core/visit_plan.h. Nothing is written: a line of the proposal becomes a planned visit through record_visit, once.
 */
#ifndef ACTIONS_PROPOSE_VISITS_H
#define ACTIONS_PROPOSE_VISITS_H

#include "actions.h"
#include "routine.h"
#include "visit_plan.h"

/* Who may look at proposals and adopt them; a station chief those of his own community. */
#define ROLES_PLAN_VISITS (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_SECTOR_CHIEF) | ROLE_BIT(ROLE_STATION_CHIEF))
bool may_plan_at(const struct caller *who, int32_t place); /* 0 = the whole area */
int32_t plans_for(const struct caller *who); /* the place one plans when none is named; 0 = the whole area */

/* A planned visit to be made: one record of one kind, on one day in one place, by whoever goes together. */
struct plan_line {
    instant from;
    int kind;
    int32_t place, org; /* org 0: the unit of whoever adopts it */
    const int32_t *asked;
    size_t n_asked;
};
struct proposed_line {
    struct plan_line line;
    const char *code; /* 2026-05-06T09:00,joint_visit,ZDHY,ZD-ZD+CG: all of it, as plan_line_read takes it */
    struct str serves; /* 「联勤入网」「部门每周巡查 12 项」 */
};
struct proposed_visit { /* one compound on one day: its lines go together, and with the visit that stands there already */
    int32_t day, place, community;
    bool stands;       /* somebody goes there anyway */
    int64_t stands_as; /* id of that visit, 0 = none */
    const struct proposed_line *lines; /* empty: the visits that stand are enough */
    size_t n_lines;
    struct str serves; /* what the visits that stand serve without anything new */
};
struct plan_routine {
    const struct routine *r;
    bool is_chosen;
    size_t n_demands; /* members × terms that still ask for something */
};
struct proposal_ask {
    int32_t month; /* month_of */
    int32_t place; /* 0 = the whole area */
    const struct str *routines; /* codes; none = the usual ones */
    size_t n_routines;
};
struct visit_proposal {
    int32_t first, last; /* of the month */
    int32_t from, to;    /* days that are planned: from tomorrow, and to the end of the week that begins in the month */
    const struct plan_routine *routines; /* those that go to places */
    size_t n_routines, n_demands;
    struct visit_plan plan; /* its figures and misses; its visits are below */
    size_t n_separate, n_bound; /* visits that serve a routine, and the fewest that anybody could do with */
    const struct proposed_visit *visits; /* by day, community and compound */
    size_t n_visits, n_lines;
};
bool propose_visits(struct db *db, struct keyring *keys, struct arena *a, const struct area *area, instant now, const struct proposal_ask *ask,
                    struct visit_proposal *out, struct err *err);

const char *plan_line_code(struct arena *a, const struct registry *r, const struct plan_line *line);
bool plan_line_read(struct arena *a, const struct registry *r, struct str code, struct plan_line *out, struct err *err);

/* Fills `r` so that the line is planned, once whoever presses: call page_wait or set base, then this, then record_visit. What stands
 * already is left out of it; *is_there: nothing is left to plan. */
struct adopt_line {
    struct record_visit record;
    struct plan_line line;
    struct caller who; /* own: keys of lines belong to the area, not to who presses */
    struct params fields;
};
bool adopt_line_prepare(struct adopt_line *x, struct db *db, bool *is_there, struct err *err);

#endif
