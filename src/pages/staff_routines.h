/* staff_routines.h — 常态化任务: who is behind, how each term went, and the excuse of a miss by who is above. */
#ifndef PAGES_STAFF_ROUTINES_H
#define PAGES_STAFF_ROUTINES_H

#include "routine.h"
#include "staff.h"
#include "staff_points.h"

struct stripe { /* a part of a bar, in percent */
    const char *label, *x, *width, *series;
    int64_t count;
};
struct stripes {
    const struct stripe *p;
    size_t n;
};
struct term_line {
    const char *words, *url, *rate; /* 4 月 20 日—26 日; rate: 92%, NULL = nobody owed anything */
    struct term_counts c;
    struct stripes bar;
    bool is_shown;
};
struct term_lines {
    const struct term_line *p;
    size_t n;
};
struct routine_line {
    const struct routine *r;
    const char *period, *who, *due;
    struct term_line term;
    bool has_term;
};
struct routine_lines {
    const struct routine_line *p;
    size_t n;
};
struct routines_view {
    struct layout layout;
    struct str place, org; /* codes */
    struct options places, orgs;
    struct routine_lines routines;
    int64_t n_behind, n_missed;
};

enum member_standing { STANDS_BEHIND, STANDS_MISSED, STANDS_WAITING, STANDS_LATE, STANDS_DONE, STANDS_EXCUSED, STANDING_COUNT };
struct visit_link {
    const char *url, *words;
};
struct visit_links {
    const struct visit_link *p;
    size_t n;
};
struct member_line {
    int64_t duty;
    const char *name, *owner, *progress, *due, *state, *state_class, *url; /* url: of its calendar; NULL = none */
    struct visit_links visits;
    bool may_excuse;
};
struct member_lines {
    const struct member_line *p;
    size_t n;
};
struct standing_chip {
    const char *url, *label;
    int64_t count;
    bool is_on;
};
struct standing_chips {
    const struct standing_chip *p;
    size_t n;
};
struct routine_view {
    struct layout layout;
    const struct routine *r;
    const char *self, *period, *rule, *record; /* self: its address; record: where one is recorded */
    struct str place, org;
    struct options places, orgs;
    struct term_line term;
    const char *first_day; /* of the term shown */
    struct term_lines terms; /* the latest first */
    struct standing_chips chips;
    struct member_lines members;
    struct round_lines skipped; /* rounds of the term that left patrol points out */
    bool is_round;
    const char *unreported, *unreported_url; /* 应报未报 of the last 30 days; NULL = nothing to count */
    size_t n_hidden; /* beyond what is shown */
    const struct err *err;
    int64_t excused; /* the duty whose form was refused */
};

/* How the terms of now stand, of all that the person may see; for the desk. */
struct routine_totals {
    int64_t behind, missed;
    bool is_watched; /* somebody who has others to watch over */
};
bool routine_totals(const struct visit *v, struct arena *a, struct routine_totals *out, struct err *err);
const char *term_words(struct arena *a, const struct term *t);

HANDLER(desk_routines);
HANDLER(desk_routine);
HANDLER(desk_post_routine);

#endif
