/* run_visit.h — inside actions: what recording a visit and acting on one share. */
#ifndef ACTIONS_RUN_VISIT_H
#define ACTIONS_RUN_VISIT_H

#include "actions.h"
#include "case_files.h"

enum { PROOF_LATE_MS = 10 * 60 * 1000 }; /* recorded longer ago: the phone was offline */

struct found_case { /* a problem on a checklist that becomes a case */
    size_t answer;
    struct effects *fx;
    struct sent_files files;
};

bool open_found(struct action *a, struct db *db, const struct actor *who, struct visit_effects *fx, const struct params *fields,
                struct found_cases *out, struct err *err);
/* The photos that stay with the visit: `files` of the place; `files.LIST.POINT` of what was closed on the spot, the first taken
 * before, the others after (BG-15). */
bool take_shots(struct action *a, struct db *db, const struct params *fields, struct visit_shots *out, struct err *err);
/* On the writer, before the visit: the cases, whose ids then stand in the visit. */
bool save_found(struct action *a, struct db *db, struct visit_effects *fx, struct found_cases *found, struct err *err);
/* The kind's own channel where this posting may use it, else any by which he may report what he found; empty = none. */
struct str channel_for(const struct scheme *s, const struct actor *who, int kind);
/* The field `register`: entries of the register that were looked at, and new ones (keep_survey.c); put on the writer after the visit. */
bool surveys_take(struct action *a, struct db *db, const struct field_visit *v, const struct params *fields, struct survey_changes *out, struct err *err);
bool surveys_put(struct action *a, struct db *db, const struct survey_changes *c, int64_t visit, struct err *err);
struct visit_situation visit_situation_of(const struct action *a, const struct loaded_visit *v);
int64_t case_named(struct db *db, int64_t area, struct str no, struct err *err); /* 0 = none */

#endif
