/* staff_visits.h — 巡查、联勤入网、下沉、联合执法 …: what is planned and what was done, planning and recording one, and acting on it.
 *
 * The domain's visit is struct field_visit (core/visit.h); `visit` alone is the request's context. Buttons come from
 * visit_commands, so the page shows what the core allows and nothing else.
 */
#ifndef PAGES_STAFF_VISITS_H
#define PAGES_STAFF_VISITS_H

#include "staff_case.h"
#include "staff_survey.h"

/* ---- Lists ---- */

struct visit_line {
    int64_t id;
    const char *kind, *when, *state, *state_class;
    const char *who; /* who organises, and how many units are with them */
    struct str title, place;
    bool is_late; /* should have begun */
    bool may_join;
    int n_cases, n_found;
};
struct visit_lines {
    const struct visit_line *p;
    size_t n;
};
void visit_line_of(const struct visit *v, struct arena *a, const struct field_visit *x, struct visit_line *out);

struct visits_view {
    struct layout layout;
    struct str kind, place, org, person, state, from, to; /* as asked */
    struct options kinds, places, orgs;
    struct visit_lines lines;
    const char *tab_plan, *tab_done; /* the same question of the other tab */
    const char *next, *first;
    bool is_plan, may_new, may_propose, is_cut, is_filtered; /* cut: more match than are shown */
    const char *person_error;
};

/* ---- What others do at the same place (BG-14) ---- */

struct near_view {
    struct visit_lines before, after; /* done, and planned */
    const struct place *place;        /* NULL = none chosen yet */
    int days;
    const char *csrf;
};
/* Visits of others at the place of `days` (the scheme's) before and after a moment; the caller's own plans are left out. */
bool near_fill(struct request *req, const struct place *p, instant at, struct near_view *out, struct err *err);

/* ---- Checklists and counts as a form; visit_form_fields turns it back into what the action reads ---- */

struct point_row {
    const struct check_point *p;
    const char *name; /* safety.1 */
    struct str chosen, words; /* ok, problem, na */
    bool is_settled;
    struct strs files;
    const char *error;
};
struct point_rows {
    const struct point_row *p;
    size_t n;
};
struct point_list {
    struct str name;
    struct point_rows points;
};
struct point_lists {
    const struct point_list *p;
    size_t n;
};
struct count_row {
    struct str item, n, unit;
};
struct count_rows {
    const struct count_row *p;
    size_t n;
};
/* `x`: what is answered already, or NULL; `values`: what was entered, or NULL. */
struct point_lists visit_points(const struct visit *v, struct arena *a, int kind, const struct field_visit *x, int32_t place,
                                const struct params *values, const struct err *err);
struct count_rows visit_counts(struct arena *a, const struct params *values);
/* Photos that came with the form are stored first; then `then` gets the fields as the action reads them. */
void visit_form_fields(struct request *req, struct response *res, void (*then)(struct request *req, struct response *res, const struct params *fields, const struct err *err));

struct stop_choice { /* a patrol point that may have been walked */
    const struct place *p;
    bool is_chosen;
};
struct stop_choices {
    const struct stop_choice *p;
    size_t n;
};
struct stop_group { /* of one compound */
    const struct place *at;
    struct stop_choices points;
};
struct stop_groups {
    const struct stop_group *p;
    size_t n;
};
struct visit_new_view {
    struct layout layout;
    struct options kinds; /* what the caller's posts may; shown while none is chosen */
    const char *kind, *label, *key; /* kind NULL = not chosen yet */
    struct form_view form;
    struct point_lists lists;
    struct count_rows counts;
    struct survey_rows surveys;
    struct stop_groups stops; /* of a round */
    const char *answers_error, *counts_error, *stops_error;
    struct near_view near;
    bool is_confirming; /* others go there: shown before it is planned */
    bool has_counts;
};

/* ---- One ---- */

struct visitor_line {
    struct str org;
    const char *who, *state, *state_class, *came;
};
struct visitor_lines {
    const struct visitor_line *p;
    size_t n;
};
struct answer_line {
    struct str text, words;
    const char *answer, *answer_class, *case_no; /* case_no NULL = none */
    struct shots shots;
};
struct answer_lines {
    const struct answer_line *p;
    size_t n;
};
struct answer_list {
    struct str name, place;
    struct answer_lines answers;
    int n_open; /* points not filled in */
};
struct answer_lists {
    const struct answer_list *p;
    size_t n;
};
struct visit_case_line {
    const char *no, *kind; /* kind: 起因, 现场发现 */
    struct str item, result;
    struct signals sig;
    bool is_settled, may_see;
};
struct visit_case_lines {
    const struct visit_case_line *p;
    size_t n;
};
struct count_lines {
    const struct visit_count *p;
    size_t n;
};
struct stop_line {
    struct str name;
    const char *when, *proof; /* when NULL: left out */
};
struct stop_lines {
    const struct stop_line *p;
    size_t n;
};
struct visit_view {
    struct layout layout;
    int64_t id;
    struct str title;
    struct signals sig;
    struct facts facts;
    struct visitor_lines members;
    struct answer_lists lists;
    struct stop_lines stops; /* patrol points of a round */
    int n_skipped;
    struct count_lines counts;
    struct visit_case_lines cases;
    struct survey_lines to_look, looked; /* of the register: beyond their time; looked at on this visit */
    struct duty_lines duties;
    struct event_lines events;
    struct shots shots; /* of the place */
    struct visit_lines repeats; /* the same list at the same place within the window */
    int days;
    struct str words;
    struct act_line primary; /* code NULL = none */
    struct act_lines acts;
};
struct visit_act_view {
    struct layout layout;
    int64_t id;
    const char *key;
    struct str title;
    const struct visit_command *cmd;
    struct form_view form;
    struct point_lists lists;
    struct count_rows counts;
    struct survey_rows surveys;
    const char *answers_error, *counts_error;
    bool has_counts;
};

/* ---- 联合执法 of a month (HC-24, HC-25, HC-27) ---- */

struct total_line {
    struct str item, unit;
    int64_t n;
};
struct total_lines {
    const struct total_line *p;
    size_t n;
};
struct hard_line {
    struct case_line c;
    const char *why;
};
struct hard_lines {
    const struct hard_line *p;
    size_t n;
};
struct operations_view {
    struct layout layout;
    const char *month, *month_code, *before, *after; /* 2026 年 4 月; codes of the months beside it */
    struct visit_lines operations;
    struct total_lines totals;
    int n_done, n_settled; /* operations held; cases whose result came from one */
    struct hard_lines hard;
    struct case_lines untaken; /* found on a visit, nobody has taken them on for a working day */
    const char *duty, *duty_class; /* the month's own duty; NULL = the scheme has none */
    const char *duty_words;
    int64_t duty_id;
    bool may_plan, may_sign, is_now;
    struct form_view sign;
};

struct visit_situation visit_situation_for(const struct visit *v, const struct loaded_visit *x);
/* The visit of /desk/visits/:id; false = answered. One that may be joined is opened for anybody who could. */
bool opened_visit(struct request *req, struct response *res, struct loaded_visit *out);
const char *visit_title(const struct visit *v, struct arena *a, const struct field_visit *x); /* 联合执法 · 幸福里小区 */
bool visit_may_new(const struct visit *v); /* some kind is open to the caller */

HANDLER(desk_visits);
HANDLER(desk_visit_near);
HANDLER(desk_visit_new);
HANDLER(desk_post_visit_new);
HANDLER(desk_visit);
HANDLER(desk_visit_act);
HANDLER(desk_post_visit_act);
HANDLER(desk_operations);
HANDLER(desk_post_operations);

#endif
