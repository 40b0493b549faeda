/* fail.h — how an error looks: a page for people, a fragment for htmx, problem+json for programs. */
#ifndef PAGES_FAIL_H
#define PAGES_FAIL_H

#include "resident.h"

struct fail_view {
    struct layout layout;     /* staff look */
    struct resident resident; /* resident look */
    const struct err *err;
    const char *heading, *advice;
    const char *again; /* URL, NULL = none */
};
/* RFC 9457 body of an error, also used by the API. */
void problem_json(struct buf *out, const struct request *req, const struct err *err, int status);
struct json;
void problem_members(struct json *j, const struct request *req, const struct err *err, int status); /* where more follow */
const char *fail_heading(enum err_kind kind);

#endif
