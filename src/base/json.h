/* json.h — writing JSON into a buf, and reading JSON that came from outside.
 *
 * The writer puts the commas itself. Its text is also safe inside <script type="application/json">: < > & are escaped.
 * (json_none, not json_null, and json_open_…: jansson, which reads, already owns those names.)
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "err.h"
#include "form.h"
#include "str.h"

enum { JSON_DEPTH_MAX = 32 };

struct json { /* struct json j = {.out = &out}; json_open_object(&j); … */
    struct buf *out;
    int depth;
    uint64_t begun; /* bit d: the level d has a member already */
    bool after_key;
};

void json_open_object(struct json *j);
void json_close_object(struct json *j);
void json_open_array(struct json *j);
void json_close_array(struct json *j);
void json_key(struct json *j, const char *key);
void json_str(struct json *j, struct str s);
void json_z(struct json *j, const char *z); /* NULL becomes null */
void json_int(struct json *j, int64_t v);
void json_double(struct json *j, double v); /* nine digits; what is not finite becomes null */
void json_bool(struct json *j, bool v);
void json_none(struct json *j);                 /* null */
void json_raw(struct json *j, struct str text); /* a whole JSON value made elsewhere */

/* Key and value in one: most members of an object are one of these. */
void json_put_str(struct json *j, const char *key, struct str s);
void json_put_z(struct json *j, const char *key, const char *z);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_bool(struct json *j, const char *key, bool v);
void json_put_none(struct json *j, const char *key);
void json_put_object(struct json *j, const char *key); /* opens it */
void json_put_array(struct json *j, const char *key);

/* Reads an object or array strictly: valid UTF-8, no repeated keys, at most LIMIT_JSON_DEPTH levels. What it returns is
 * released when the arena ends; NULL = ERR_USAGE in err. */
json_t *json_parse(struct arena *a, struct str text, struct err *err);

/* An object becomes params as form.h says: an array repeats its name, an object's members get "name.member", true and
 * false become 1 and 0, null is left out. The texts borrow the json_t. */
bool json_to_params(struct arena *a, const json_t *object, struct params *out, struct err *err);

#endif
