/* staff_posts.h — stations and their shifts, grids and who fills them, what is vacant, the rota of the sector chief, leave. */
#ifndef PAGES_STAFF_POSTS_H
#define PAGES_STAFF_POSTS_H

#include "posts.h"
#include "calendar_feed.h"
#include "staff.h"

/* ---- Stations ---- */
struct post_station {
    const struct org *o;
    const char *chief, *deputy, *on_duty, *communities; /* names with 、; empty = nobody, none */
    size_t n_people, n_compounds;
    bool is_open, is_planned; /* its people should be there now; this month has shifts */
};
struct post_stations {
    const struct post_station *p;
    size_t n;
};
struct stations_view {
    struct layout layout;
    struct post_stations stations;
    size_t n_on_duty;
};
struct station_person {
    const struct person *p;
    const char *posts;
    struct str home;
    bool is_on_duty, is_away;
};
struct station_people {
    const struct station_person *p;
    size_t n;
};
struct shift_line {
    const char *hours, *date; /* 2026-05-04 */
    const struct person *p;
    bool is_away;
};
struct shift_lines {
    const struct shift_line *p;
    size_t n;
};
struct duty_day {
    const char *words, *date;
    struct shift_lines shifts;
    bool is_today, is_off, is_missing; /* missing: a working day without anybody */
};
struct duty_days {
    const struct duty_day *p;
    size_t n;
};
struct place_links {
    const struct place *const *p;
    size_t n;
};
struct station_view {
    struct layout layout;
    const struct org *org;
    const char *chief, *deputy, *on_duty;
    struct str parent;
    struct place_links communities, compounds;
    struct station_people people;
    const char *month, *month_code, *before, *after; /* 2026 年 5 月, 2026-05, other months' codes */
    struct duty_days days;
    bool has_roster, may_set;
    const char *op; /* the form that was sent and is shown open; NULL = none */
    struct form_view add, replace, swap;
    const struct err *err;
};

/* ---- Grids and vacancies ---- */
struct slot_cell {
    const struct slot *slot;
    const char *names; /* of those who fill it; empty = nobody */
    int have;
    bool is_vacant;
};
struct slot_cells {
    const struct slot_cell *p;
    size_t n;
};
struct grid_line {
    const struct place *p;
    struct str community;
    const char *compounds;
    struct slot_cells slots;
    size_t n_vacant;
    int64_t n_open;
};
struct grid_lines {
    const struct grid_line *p;
    size_t n;
};
struct grids_view {
    struct layout layout;
    struct str community; /* code; empty = all */
    struct options communities;
    struct grid_lines grids;
    size_t n_vacant, n_slots;
};
struct gap_line {
    struct str name, place, owner;
    const char *detail, *due, *url;
    bool is_bad;
};
struct gap_lines {
    const struct gap_line *p;
    size_t n;
};
struct posts_view {
    struct layout layout;
    struct gap_lines vacancies, crowdings, certificates;
    size_t n_slots;
};

/* ---- Rota ---- */
struct turn_line {
    const char *month, *who; /* who: 城管局 张三 */
    bool is_now, is_past, is_swapped;
};
struct turn_lines {
    const struct turn_line *p;
    size_t n;
};
struct swap_line {
    int64_t id;
    const char *what, *asked, *state, *decided;
    struct str words;
    bool may_decide, may_cancel;
};
struct swap_lines {
    const struct swap_line *p;
    size_t n;
};
struct rota_view {
    struct layout layout;
    const char *now_who, *now_phone, *next_who;
    struct turn_lines turns;
    struct swap_lines swaps;
    struct turn_note received, written;
    bool has_received, has_written, may_write, is_late_note, may_ask;
    struct case_lines topics;
    const char *op, *received_by, *written_by;
    struct form_view ask, note;
    const struct err *err;
};

/* ---- Leave ---- */
struct leave_line {
    int64_t id;
    const struct person *p;
    const char *span, *state, *state_class, *substitute, *post, *asked, *decided;
    struct str words;
    bool may_decide, may_cancel, is_now;
};
struct leave_lines {
    const struct leave_line *p;
    size_t n;
};
struct leave_view {
    struct layout layout;
    struct leave_lines waiting, current, past;
    struct calendar_offer calendar; /* of the person who looks */
    struct str person; /* user name the form is for */
    struct str person_name;
    struct form_view form;
    const struct err *err;
    bool is_own;
};

const char *names_of(struct arena *a, const struct registry *r, const int64_t *people, size_t n);

HANDLER(desk_stations);
HANDLER(desk_station);
HANDLER(desk_post_station);
HANDLER(desk_grids);
HANDLER(desk_posts);
HANDLER(desk_rota);
HANDLER(desk_post_rota);
HANDLER(desk_leave);
HANDLER(desk_post_leave);
HANDLER(desk_post_certificate);
HANDLER(calendar_feed);

#endif
