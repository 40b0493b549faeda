/* staff_survey.h — 排摸登记: the register of shops, dogs, poultry, illegal structures … of the places one looks after (NH-04). */
#ifndef PAGES_STAFF_SURVEY_H
#define PAGES_STAFF_SURVEY_H

#include "staff_case.h"
#include "surveys.h"

struct survey_line {
    int64_t id;
    struct str kind, spot, place, note;
    const char *state, *state_class, *seen, *due; /* due: 该看了，应在 … 前; empty = not yet */
    int n_cases;
};
struct survey_lines {
    const struct survey_line *p;
    size_t n;
};
void survey_line_of(const struct visit *v, struct arena *a, const struct survey_entry *e, struct survey_line *out);
struct survey_lines survey_lines_of(const struct visit *v, struct arena *a, const struct survey_list *list);

struct surveys_view {
    struct layout layout;
    struct str place, kind, show; /* as asked; show: "" not gone, due, all */
    struct options places, kinds;
    struct survey_lines lines;
    const char *xlsx, *next, *first;
    bool may_write, has_kinds, is_filtered;
};
struct survey_act {
    const char *code, *label;
};
struct survey_acts {
    const struct survey_act *p;
    size_t n;
};
struct survey_view {
    struct layout layout;
    int64_t id;
    const char *title;
    struct survey_line line;
    struct facts facts;
    struct case_lines cases;
    struct event_lines events;
    struct survey_acts acts; /* what the person may do now */
    struct str holder;       /* only when just shown */
    bool was_shown;
};
struct survey_act_view { /* one of survey_forms */
    struct layout layout;
    int64_t id; /* 0 = a new one */
    const char *title, *what, *path, *back, *key;
    const char *similar; /* perhaps registered already; NULL = not */
    struct form_view form;
};

/* ---- On a visit: what is registered there, as questions; what was new ---- */

struct survey_row {
    struct survey_line line;
    struct str chosen, words;
    const char *name; /* id as text */
};
struct survey_rows {
    const struct survey_row *p;
    size_t n;
    size_t n_due;
    bool is_cut; /* more are registered there */
    struct options kinds; /* empty: the person keeps no register there */
    struct str new_kind, new_spot, new_note;
    const char *error;
};
/* Entries at a place and inside of it, the longest unseen first; `values`: what was entered, or NULL. False = failed. */
bool survey_rows_of(struct request *req, int32_t place, const struct params *values, const struct err *asked, struct survey_rows *out, struct err *err);
/* The answers back into the field `register` (core/survey.h). */
void survey_put_register(struct arena *a, const struct params *in, struct params *out);

HANDLER(desk_surveys);
HANDLER(desk_surveys_xlsx);
HANDLER(desk_survey_new);
HANDLER(desk_post_survey_new);
HANDLER(desk_survey);
HANDLER(desk_survey_act);
HANDLER(desk_post_survey_act);

#endif
