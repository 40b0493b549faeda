/* staff_attendance.h — 下沉考勤 (LC-11): who came to his community on which day, by which proof, who still owes days, and which
 * months are signed (LC-04). */
#ifndef PAGES_STAFF_ATTENDANCE_H
#define PAGES_STAFF_ATTENDANCE_H

#include "attendance.h"
#include "staff.h"

struct attendance_cell {
    enum day_mark mark;
    const char *words, *class; /* 08:05 一级; class of its tag */
    const char *url;           /* of the visit */
    const char *day;           /* 4 月 21 日 周二, for phones */
};
struct attendance_cells {
    const struct attendance_cell *p;
    size_t n;
};
struct attendance_row {
    const struct roll_row *r;
    struct str place, org;
    bool is_changed; /* after the month was signed */
    const struct signed_row *was; /* what was signed; NULL with is_changed: he was not of it */
    struct attendance_cells cells;
};
struct attendance_rows {
    const struct attendance_row *p;
    size_t n;
};
struct attendance_head {
    const char *weekday, *day, *full;
    bool is_off, is_today;
};
struct attendance_heads {
    const struct attendance_head *p;
    size_t n;
};
struct attendance_sign { /* a community's month */
    const struct place *place;
    struct signed_month s;
    bool is_signed, may_sign;
    const char *when, *role;
    struct str who;
    size_t n_changed;
    int64_t required, came, short_of; /* as it stands now */
};
struct attendance_signs {
    const struct attendance_sign *p;
    size_t n;
};
struct attendance_view {
    struct layout layout;
    const char *span, *before, *after, *other, *xlsx; /* other: the same as month, or as week */
    bool is_month;
    struct str place, org; /* codes */
    struct options places, orgs;
    struct attendance_heads days;
    struct attendance_rows rows;
    int64_t required, came, short_of, n_behind;
    size_t n_hidden;
    struct attendance_signs signs; /* of a month; none in a week */
    bool is_over;
    const char *month_code, *signed_from; /* 2026-04; the last day of its terms */
    bool has_routines;
};

/* Reads the question of a request and answers it: also for the spreadsheet. */
bool attendance_load(struct request *req, size_t max, struct attendance_view *out, struct err *err);

HANDLER(desk_attendance);
HANDLER(desk_attendance_xlsx);
HANDLER(desk_post_attendance_sign);

#endif
