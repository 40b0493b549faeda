/* staff_attendance.h — 下沉考勤 (LC-11): who came to his community on which day, by which proof, and who still owes days. */
#ifndef PAGES_STAFF_ATTENDANCE_H
#define PAGES_STAFF_ATTENDANCE_H

#include "routine.h"
#include "staff.h"

enum { ATTENDANCE_DAYS = 31 };

enum day_mark { MARK_NONE, MARK_CAME, MARK_LEAVE, MARK_MISSED, MARK_ABSENT /* owed today or before, not yet missed */, MARK_OFF, MARK_EXCUSED };
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
    const struct person *person;
    const struct posting *posting;
    struct str place, org;
    const struct routine *routine;
    int required, came, short_of; /* short_of: of terms that are over, or behind by now */
    bool is_behind;
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
    bool has_routines;
};

/* Reads the question of a request and answers it: also for the spreadsheet. */
bool attendance_load(struct request *req, size_t max, struct attendance_view *out, struct err *err);

HANDLER(desk_attendance);
HANDLER(desk_attendance_xlsx);

#endif
