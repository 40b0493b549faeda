/* attendance.h — 下沉考勤 (LC-11) reckoned: who came to his community on which day against what his post owes, and how a finished
 * month is signed (LC-04).
 *
 * A sign-off keeps the counts of a community's month as they stood; what is corrected afterwards (an absence excused, a check-in
 * that comes late) does not change it, and shows beside it. Signed again only after such a change.
 */
#ifndef ACTIONS_ATTENDANCE_H
#define ACTIONS_ATTENDANCE_H

#include "actions.h"
#include "routine.h"

enum day_mark { MARK_NONE, MARK_CAME, MARK_LEAVE, MARK_MISSED, MARK_ABSENT /* owed today or before, not yet missed */, MARK_OFF, MARK_EXCUSED };
struct roll_day {
    enum day_mark mark;
    instant came_at;
    int grade; /* of the proof */
    int64_t visit;
};
struct roll_row { /* a post that owes presence */
    const struct person *person;
    const struct posting *posting;
    const struct routine *routine;
    int required, came, short_of; /* short_of: of terms that are over, or behind by now */
    bool is_behind;
    struct roll_day *days;
};
struct roll {
    int32_t from, to; /* days, both included */
    struct roll_row *rows; /* by posting */
    size_t n;
    bool has_routines;
};
enum { ROLL_ROWS_MAX = 5000 };
struct roll_ask {
    const struct area *area;
    instant now;
    int32_t from, to;
    bool is_month; /* a week belongs to the month in which it begins */
    const struct place *place; /* NULL = everywhere */
};
bool attendance_roll(struct db *db, struct arena *a, const struct roll_ask *ask, struct roll *out, struct err *err);
const struct roll_row *roll_row_of(const struct roll *q, int64_t posting); /* NULL when absent */

/* ---- signed ---- */

struct signed_row {
    int64_t posting;
    int required, came, short_of;
};
struct signed_month {
    int rev; /* 0 the first; -1 = never signed */
    int64_t by;
    int role;
    int32_t org;
    instant at;
    const struct signed_row *rows; /* by posting */
    size_t n;
    int64_t required, came, short_of;
};
/* The last sign-off of a community's month. */
bool attendance_signed(struct db *db, struct arena *a, int64_t area, int32_t place, int32_t month, struct signed_month *out, struct err *err);
const struct signed_row *signed_row_of(const struct signed_month *s, int64_t posting);
/* People of the community whose counts are no longer what was signed. `q` must hold the whole community. */
size_t attendance_changed(const struct registry *r, const struct roll *q, int32_t place, const struct signed_month *s);
bool roll_row_is_changed(const struct roll_row *row, const struct signed_month *s);

/* Who may sign at all, for the table of routes; for which community: the chief of its station, or its own office where it has none. */
#define ROLES_SIGN_ATTENDANCE (ROLE_BIT(ROLE_STATION_CHIEF) | ROLE_BIT(ROLE_COMMUNITY_OFFICE))
bool attendance_may_sign(const struct caller *who, const struct place *community);
/* The last day of the terms that begin in the month: signed from the day after it on. */
int32_t attendance_month_ends(const struct scheme *s, int32_t month);

struct sign_attendance {
    struct action base;
    struct str place, month; /* code of a community; 2026-04 */
    struct str seen; /* "146:135:8", the counts that were looked at; empty = not said */
};
void sign_attendance(struct sign_attendance *x, struct db *db);
bool sign_attendance_wait(struct sign_attendance *x, struct err *err);

#endif
