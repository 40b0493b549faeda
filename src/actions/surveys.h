/* surveys.h — the register of a community (NH-04, core/survey.h): adding, changing and looking at entries, on the desk or on a visit. */
#ifndef ACTIONS_SURVEYS_H
#define ACTIONS_SURVEYS_H

#include "actions.h"

enum survey_op { SURVEY_ADD, SURVEY_CHANGE, SURVEY_CHECK, SURVEY_CASE /* it becomes a case */, SURVEY_NAME /* who keeps it is shown: an event */ };
enum { SURVEY_OPS = 5 };
struct survey_form { /* what comes with each: of pages, API and the check */
    const char *code, *label;
    const struct field *fields;
    size_t n;
};
extern const struct survey_form survey_forms[SURVEY_OPS];

struct keep_survey {
    struct action base;
    enum survey_op op;
    int64_t id; /* of the entry, unless it is added */
    const struct params *fields;
    /* out */
    int64_t new_id;         /* of the entry */
    int64_t case_day, case_no;
    struct str holder;      /* of SURVEY_NAME */
    struct survey_effects fx; /* below: its own */
    struct loaded_survey before;
    struct effects *opened;
};
void keep_survey(struct keep_survey *x, struct db *db);
bool keep_survey_wait(struct keep_survey *x, struct err *err);

/* Entries at a place and everywhere inside of it that are not gone, the longest unseen first. */
bool surveys_within(struct app *app, struct db *db, struct arena *a, const struct area *area, int32_t place, size_t limit, struct survey_list *out,
                    struct err *err);

/* What a person may see of the register, the longest unseen first. */
struct survey_query {
    int32_t place;   /* with everything inside of it; 0 = everywhere */
    struct str kind; /* empty = all */
    int state;       /* 0 = all, -1 = all that are not gone */
    bool is_due_only;
    instant after_at; /* paging */
    int64_t after_id;
};
bool surveys_visible(struct app *app, struct db *db, struct arena *a, const struct caller *who, const struct survey_query *q, size_t limit,
                     struct survey_list *out, struct err *err);
unsigned survey_rights_of(const struct caller *who, int32_t place); /* bits of enum survey_right */
bool survey_is_kept(const struct caller *who); /* the scheme has a register, and the person may see some place's */

#endif
