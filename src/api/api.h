/* api.h — inside api/ only: what the resources of REST v1 share. openapi.c tells programs what there is.
 *
 * Every handler reads inside the snapshot that the site opened, or runs an action and answers in its resume. JSON is
 * written with base/json.h; errors are RFC 9457 problems. A row of routes.c, an operation of openapi_tables.c and a
 * handler here belong together: tests/scenario/openapi.test.mjs walks them.
 */
#ifndef API_API_H
#define API_API_H

#include "json.h"
#include "site.h"

#define API "/api/v1"
#define HANDLER(name) void name(struct request *req, struct response *res)

/* ---- Answers (answer.c) ---- */

struct json api_json(struct response *res, int status);       /* begins an answer: status, content type, a writer */
void put_time(struct json *j, const char *key, instant at);   /* RFC 3339 with +08:00; null when 0 */
void put_day(struct json *j, const char *key, int64_t day);   /* 2026-04-21; null when 0 */
void put_text(struct json *j, const char *key, struct str s); /* null when empty */
void put_texts(struct json *j, const char *key, struct strs list);
void put_org(struct json *j, const char *key, const struct registry *r, int64_t id); /* {code, name} or null */
void put_place(struct json *j, const char *key, const struct registry *r, int64_t id);
void put_item(struct json *j, const char *key, const struct visit *v, const struct case_file *c);
void put_owner(struct json *j, const char *key, const struct registry *r, const struct owner *o, bool with_person);
void put_roles(struct json *j, const char *key, uint64_t roles);
void put_link(struct json *j, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void api_fail(struct request *req, struct response *res, const struct err *err);
/* Like api_fail, for a caller who must log in first. */
void api_need_login(struct request *req, struct response *res);

/* ---- Requests (ask.c) ---- */

/* Who stands behind uploads and repeated keys: a person, a reporter by his case, else the device cookie or, for programs
 * that keep no cookies, the address. */
void api_settle_device(struct request *req);
/* Idempotency-Key, and the hash of path and fields that it stands for. */
bool api_key(struct request *req, struct action *a, struct err *err);
/* X-Recorded-At, or the field occurred_at: when it was done, told by a phone that had no network. 0 when absent; a clock a few
 * minutes ahead means now; not older than thirty days. */
bool api_recorded_at(const struct request *req, instant *at, struct err *err);
/* If-Match: a version, quoted or not; 0 when absent or "*". */
bool api_version(const struct request *req, int64_t *version, struct err *err);
/* Query parameters; a wrong one is an error beside its name. */
bool ask_day(const struct request *req, const char *name, int32_t *day, struct err *err); /* untouched when absent */
bool ask_place(const struct request *req, const char *name, const struct place **p, struct err *err);
bool ask_org(const struct request *req, const char *name, const struct org **o, struct err *err);
bool ask_bool(const struct request *req, const char *name, bool *b, struct err *err);
bool ask_limit(const struct request *req, size_t *limit, struct err *err); /* 20 when absent, at most LIMIT_PAGE_ROWS */
bool ask_after(const struct request *req, int64_t *a, int64_t *b, struct err *err); /* 0, 0 when absent */
/* "next": the same question after the row with this key, in the body and as a Link header; null when is_last. */
void put_next(struct request *req, struct response *res, struct json *j, const char *path, bool is_last, int64_t a,
              int64_t b);

/* ---- A case (api_case.c, case_json.c, case_schema.c) ---- */

struct api_case {
    struct loaded_case lc;
    struct situation s;
    bool is_reporter; /* the caller holds its secret link */
};
/* By number, for those who may see it: LOGIN, FORBIDDEN, NOT_FOUND. The result stays where it is: s points into it. */
bool api_case_find(struct request *req, struct str no, struct api_case *out, struct err *err);
/* By id, for the one who has just acted. */
bool api_case_load(struct request *req, int64_t id, struct api_case *out, struct err *err);
const char *api_case_path(struct arena *a, const struct case_file *c); /* with the base path */

void case_brief(struct json *j, const struct visit *v, const struct case_file *c); /* an entry of a list */
void case_brief_found(struct json *j, const struct visit *v, const struct case_row *row); /* with the words that a search found */
bool case_write(struct request *req, struct json *j, const struct api_case *x, struct err *err);   /* the whole of it */
void case_answer(struct request *req, struct response *res, const struct api_case *x, int status); /* or its problem */
void put_duty(struct json *j, const struct visit *v, const struct duty *d, const struct case_file *of,
              bool is_reporter);
void put_event(struct json *j, const struct visit *v, const struct event_row *e, bool is_reporter);

/* A JSON Schema of fields. With a visit, run-time sources are listed as enum and ready phrases are examples; without
 * (openapi.c), they are only named. */
struct schema_about {
    const struct visit *visit; /* may be NULL */
    bool is_brief; /* sources are only named all the same: field.c lists each once */
    struct arena *arena;
    const struct case_file *c;
};
void put_schema(struct json *j, const struct field *fields, size_t n, const struct schema_about *about);
void put_allowed(struct json *j, const struct visit *v, struct arena *a, const struct situation *s, bool is_brief);

/* ---- Places of a report (location.c) ---- */

struct location {
    double lon, lat; /* WGS-84 */
};
bool location_ask(const struct params *form, struct location *out, bool *is_given, struct err *err);

/* ---- Handlers, named in routes.c ---- */

HANDLER(api_post_case);
HANDLER(api_cases);
HANDLER(api_case);
HANDLER(api_post_action);
HANDLER(api_post_undo);
HANDLER(api_post_contact);
HANDLER(api_put_watch);
HANDLER(api_post_file);
HANDLER(api_file);
HANDLER(api_duties);
HANDLER(api_scheme);
HANDLER(api_visits);
HANDLER(api_visits_near);
HANDLER(api_visit_plan);
HANDLER(api_post_visit_plan);
HANDLER(api_visit);
HANDLER(api_post_visit);
HANDLER(api_post_visit_action);
HANDLER(api_checklists);
HANDLER(api_routines);
HANDLER(api_routines_behind);
HANDLER(api_post_excuse);
HANDLER(api_surveys);
HANDLER(api_survey);
HANDLER(api_post_survey);
HANDLER(api_post_survey_change);
HANDLER(api_post_survey_check);
HANDLER(api_post_survey_case);
HANDLER(api_post_survey_holder);
HANDLER(api_places);
HANDLER(api_items);
HANDLER(api_orgs);
HANDLER(api_figures);
HANDLER(api_figure);
HANDLER(api_me);
HANDLER(api_field);
HANDLER(api_post_service);
HANDLER(api_notices);
HANDLER(api_post_sweep);
HANDLER(api_post_handover);
HANDLER(api_put_public);
HANDLER(api_post_follow);
HANDLER(api_post_complaint);
HANDLER(api_complaints);
HANDLER(api_complaint);
HANDLER(api_post_complaint_answer);
HANDLER(api_openapi);
HANDLER(api_map);

/* The fields of POST /cases and POST /complaints; also their schemas. */
enum { N_NEW_CASE_FIELDS = 19, N_COMPLAINT_FIELDS = 5, N_SERVICE_FIELDS = 5 };
extern const struct field new_case_fields[N_NEW_CASE_FIELDS];
extern const struct field service_fields[N_SERVICE_FIELDS];
extern const struct field complaint_fields[N_COMPLAINT_FIELDS];

#endif
