/* staff_new.h — staff take in what people say at the counter, on the phone, in a chat, on patrol: one screen for all. */
#ifndef PAGES_STAFF_NEW_H
#define PAGES_STAFF_NEW_H

#include "staff.h"

struct new_hint { /* what the words lead to; never decides */
    const struct emergency *emergency;
    const struct divert *divert;
    struct answers answers;
    struct str question, place_found; /* place_found: compound read out of pasted text */
    struct case_lines similar;
    const char *csrf;
    struct str item; /* the one chosen in the form */
};
struct new_view {
    struct layout layout;
    const struct err *err;
    struct params values;
    struct options sources, places, items;
    struct form_phrases phrases;
    struct new_hint hint;
    struct str source;
    const char *key;
    struct strs files;
    bool is_confirming; /* there are like cases: asks once */
};
const char *new_error(const struct new_view *v, const char *field);
struct str new_value(const struct new_view *v, const char *field);

struct new_done_view {
    struct layout layout;
    const char *no, *code;
    struct str item, place, next;
    const char *due;
    struct signals sig;
    bool may_print;
};

#endif
