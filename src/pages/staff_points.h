/* staff_points.h — the patrol points of a compound (HC-20): the list, their printed codes, and how the property's rounds stand. */
#ifndef PAGES_STAFF_POINTS_H
#define PAGES_STAFF_POINTS_H

#include "staff.h"
#include "stops.h"

struct point_line {
    const struct place *p;
    const char *when;      /* since when, or until when */
    const char *last;      /* when somebody came by last, within the rounds looked at; NULL = not */
    const char *last_url, *proof;
    int64_t rounds, skipped; /* of the last 30 days, in which it was open */
};
struct point_lines {
    const struct point_line *p;
    size_t n;
};

struct round_line { /* a property round that is over */
    const char *url, *when, *progress; /* progress: 5 / 6; NULL where there were no points */
    struct str place, who;
    const char *skipped; /* 「地下车库、2 栋楼顶」; NULL = none */
    int n_skipped;
};
struct round_lines {
    const struct round_line *p;
    size_t n;
};
void round_line_of(const struct visit *v, struct arena *a, const struct field_visit *x, struct round_line *out);

/* How the property of a compound keeps its rounds. */
struct round_card {
    bool is_owed;              /* the scheme asks for rounds here */
    const char *term;          /* 4 月 20—26 日 */
    const char *progress;      /* 2 / 3 */
    const char *state, *state_class;
    const char *url;           /* of the routine */
    int64_t missed, terms;     /* of the terms that ended in the last 30 days */
    int64_t n_rounds, n_incomplete, n_skipped; /* of the last 30 days */
    const char *unreported, *unreported_url; /* 应报未报: 「1 / 6」; NULL = nothing to count */
    size_t n_points;
    struct round_lines rounds; /* the last ones */
};
bool round_card_fill(struct request *req, const struct place *p, struct round_card *out, struct err *err);

struct points_view {
    struct layout layout;
    const struct place *place;
    struct str firm;
    struct point_lines points, closed;
    struct round_card card;
    bool may_change, is_wrong;
    struct form_view form;
};
struct points_print_view {
    const struct place *place;
    struct str firm;
    struct point_lines points;
};

/* Rounds that left points out, for whoever watches over them: newest first, at most `max`. */
bool skipped_rounds(struct request *req, instant from, instant to, int32_t place, int32_t org, struct round_lines *out, struct err *err);

HANDLER(desk_points);
HANDLER(desk_post_points);
HANDLER(desk_points_print);

#endif
