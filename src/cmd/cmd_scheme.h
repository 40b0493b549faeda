/* cmd_scheme.h — inside cmd only: a draft tried on the cases of an installation. */
#ifndef CMD_CMD_SCHEME_H
#define CMD_CMD_SCHEME_H

#include "actions.h"
#include "cmd.h"
#include "json.h"
#include "prove.h"

/* Prints counts and cases, in Chinese or as one JSON document. */
bool scheme_replay_all(struct app *app, const struct scheme *draft, bool as_json, struct err *err);

void scheme_errors_json(struct json *j, const struct scheme_errors *errors); /* the member "errors" of an open object */

/* A proof and how long it took. */
struct proof_run {
    struct proof *proof;
    double seconds;
};
struct proof_run prove_now(struct arena *a, const struct scheme *s, const struct registry *r, int32_t day);
void proof_print(const struct proof_run *run);
void proof_json(struct json *j, const struct proof_run *run); /* members of an open object */

/* Where a scheme comes from: a name, a folder, an installation (DIR, DIR@2, DIR@draft). */
struct scheme_source {
    struct app *app; /* NULL, or open as long as its tables are read: the caller's app_close */
    struct tables tables;
    struct scheme_errors errors;
};
bool scheme_source_open(struct arena *a, const char *words, struct scheme_source *out, struct err *err);

#endif
