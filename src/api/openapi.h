/* openapi.h — inside api/ only: what REST v1 is, as tables that openapi.c turns into /api/openapi.json.
 *
 * A type is a small word: string, integer, number, boolean, date, moment, object; a Capital name is a schema of
 * `members`; #name is an enumeration of enumerations[]; [x] is an array of x; a trailing ? says that null may stand there.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "api.h"

enum { MAY_LACK = 1 }; /* the member is not always there */
struct member {
    const char *schema, *name, *type, *note;
    int flags;
};
extern const struct member members[]; /* members of one schema stand together */
extern const size_t n_members;

struct parameter {
    const char *name, *in, *type, *note;
};
extern const struct parameter parameters[];
extern const size_t n_parameters;

/* Fills out with codes; returns how many. */
struct enumeration {
    const char *name;
    size_t (*list)(struct arena *a, const char ***out);
};
extern const struct enumeration enumerations[];
extern const size_t n_enumerations;

enum { FOR_ALL = 1, FOR_STAFF = 2, FOR_REPORTER = 4 }; /* who: no token, Bearer, Case */
struct operation {
    const char *method, *path, *id, *tag, *summary;
    int who;
    const char *parameters; /* names, separated by blanks */
    const char *body;       /* schema name; "new-case" and "command" are made from fields; "file" is multipart */
    int status;
    const char *answer;   /* schema name; "image" is a photo */
    const char *problems; /* statuses, separated by blanks */
};
extern const struct operation operations[]; /* without the commands: those are made from commands[] */
extern const size_t n_operations;

struct tag {
    const char *name, *note;
};
extern const struct tag tags[];
extern const size_t n_tags;

#endif
