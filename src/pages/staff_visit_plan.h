/* staff_visit_plan.h — a month of visits proposed (actions/propose_visits.h), and its lines adopted one after the other. */
#ifndef PAGES_STAFF_VISIT_PLAN_H
#define PAGES_STAFF_VISIT_PLAN_H

#include "propose_visits.h"
#include "staff.h"

enum {
    PLAN_LINES_MAX = 400, /* adopted at once */
    PLAN_TICKS_MAX = 150, /* shown with a box each: a form has a bounded number of fields */
};

struct plan_routine_row {
    const struct routine *r;
    bool is_chosen;
};
struct plan_routine_rows {
    const struct plan_routine_row *p;
    size_t n;
};
struct plan_row { /* one line, or a visit that stands and is enough */
    const char *code, *when; /* code NULL: nothing to adopt */
    const char *who, *url;   /* url: of the visit that stands there */
    struct str place, community, kind, serves;
};
struct plan_rows {
    const struct plan_row *p;
    size_t n;
};
struct plan_day {
    const char *words;
    int n_visits;
    struct plan_rows rows;
};
struct plan_days_view {
    const struct plan_day *p;
    size_t n;
};
struct plan_misses {
    const struct plan_miss *p;
    size_t n;
};
struct visit_plan_view {
    struct layout layout;
    const char *month, *month_code, *before, *after, *every; /* every: all lines */
    const char *query; /* month, place and routines, as the form keeps them */
    const char *gap;
    struct str place;
    struct options places;
    struct plan_routine_rows routines;
    const struct visit_proposal *x;
    struct plan_days_view days;
    struct plan_misses misses;
    bool is_past, is_long, has_ticks;
    const struct err *err;
};

/* The question in a query or a form: month=2026-05, place, routine (repeated). The place is within what the caller plans. */
bool plan_asked(struct request *req, const struct params *in, struct proposal_ask *out, struct err *err);

/* Lines adopted one after the other, so that each sees what the one before planned. */
struct adopting {
    struct str *lines;
    size_t n, at;
    int64_t ids[PLAN_LINES_MAX]; /* planned now */
    size_t n_planned, n_there;
    struct adopt_refusal {
        struct str line;
        const char *message;
    } *refused;
    size_t n_refused;
    void (*then)(struct request *req, struct response *res, struct adopting *x);
};
/* The values of `name`, each may be a|b|c; false with err: none, or too many. */
bool adopting_read(struct request *req, const char *name, struct adopting *out, struct err *err);
void adopt_lines(struct request *req, struct response *res, struct adopting *x);

HANDLER(desk_visit_plan);
HANDLER(desk_post_visit_plan);

#endif
