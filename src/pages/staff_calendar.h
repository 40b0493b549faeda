/* staff_calendar.h — a month of a place, an organisation or a person: what is planned and was done, what falls due, who is on duty. */
#ifndef PAGES_STAFF_CALENDAR_H
#define PAGES_STAFF_CALENDAR_H

#include "staff.h"

struct cal_entry {
    const char *words, *time, *url, *class; /* class: "" a visit, "due", "duty", "away"; url NULL = none */
    bool is_done, is_cancelled;
};
struct cal_entries {
    const struct cal_entry *p;
    size_t n;
};
struct cal_day {
    const char *words; /* 4 月 21 日 周二 */
    int day; /* of the month */
    bool is_other, is_off, is_today; /* other: of the month before or after */
    const char *note; /* 放假, 调休上班; NULL = none */
    struct cal_entries entries;
};
struct cal_days {
    const struct cal_day *p;
    size_t n;
};
struct cal_week {
    struct cal_days days; /* Monday first */
};
struct cal_weeks {
    const struct cal_week *p;
    size_t n;
};
struct calendar_view {
    struct layout layout;
    const char *title, *month, *before, *after, *self_url; /* before, after: addresses; self_url: page of what it is about */
    struct str place, org; /* codes */
    struct options places, orgs;
    struct cal_weeks weeks;
    size_t n_visits;
    bool is_cut;
};

HANDLER(desk_calendar);

#endif
