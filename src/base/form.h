/* form.h — named values that came from outside, and the declared fields they must satisfy.
 *
 * The same declaration drives the page's form, the API's JSON Schema and the check before any handler runs, so that
 * a field has one label, one limit and one error message.
 */
#ifndef BASE_FORM_H
#define BASE_FORM_H

#include "err.h"
#include "str.h"

/* Values in the order they came; a name may repeat (check boxes, files). JSON bodies become params too: arrays repeat
 * the name, objects use a dot (contact.phone), true/false are "1"/"0". All bytes are valid UTF-8 without NUL. */
struct param {
    struct str name, value;
};
struct params {
    struct param *p;
    size_t n, cap;
};

void params_add(struct arena *a, struct params *ps, struct str name, struct str value);
struct str params_get(const struct params *ps, const char *name); /* first value, trimmed; empty when absent */
bool params_has(const struct params *ps, const char *name); /* present and not blank */
int64_t params_int(const struct params *ps, const char *name, int64_t otherwise);
bool params_bool(const struct params *ps, const char *name); /* 1, true, on, yes, 是 */
/* Walks the repeated values of one name: start with *at = 0; false at the end. */
bool params_each(const struct params *ps, const char *name, size_t *at, struct str *value);

enum field_type {
    FIELD_TEXT,   /* one line; min..max code points */
    FIELD_WORDS,  /* several lines */
    FIELD_INT,    /* min..max */
    FIELD_BOOL,
    FIELD_DATE,   /* 2026-04-21 */
    FIELD_MOMENT, /* 2026-04-21T09:05, Asia/Shanghai */
    FIELD_CHOICE, /* one of choices, or of the named source */
    FIELD_MANY,   /* several of choices or source; min..max of them */
    FIELD_FILES,  /* ids of uploaded files; min..max of them */
    FIELD_PHONE,  /* Chinese mobile or fixed line, work number */
};

struct choice {
    const char *code, *label;
};

struct field {
    const char *name, *label, *hint;
    enum field_type type;
    bool required;
    int min, max;
    const struct choice *choices; /* ends with {NULL}; or */
    const char *source; /* a list known at run time: "item", "org", "department", "place", "officer", "reason:skip", … */
    const char *show_when; /* "outcome=unsolved": shown and required only then */
    const char *quick; /* a list of ready phrases for this field: wordings code */
    bool by_phone; /* filled by the device, never by hand: a position, the moment of an offline record */
    struct str preset; /* filled at run time where the page knows the answer; not part of the check */
};

/* Checks every field and reports all that is wrong at once. `lookup` (may be NULL) answers whether a code belongs to a
 * run-time source. Unknown names are ignored. */
typedef bool (*form_lookup)(void *ctx, const char *source, struct str code);
bool form_check(const struct field *fields, size_t n, const struct params *in, form_lookup lookup, void *ctx,
                struct err *err);
bool field_is_shown(const struct field *f, const struct params *in);

#endif
