/* resident_complain.h — 监督举报: a complaint about officers or departments, without logging in and without a name.
 *
 * Nothing of it is kept in the browser, and neither the device nor a logged-in person is stored with it.
 */
#ifndef PAGES_RESIDENT_COMPLAIN_H
#define PAGES_RESIDENT_COMPLAIN_H

#include "form_view.h"
#include "resident.h"

struct overseer { /* who reads it */
    struct str name, phone, hours;
};
struct complaint_kind {
    struct str code, label, hint;
    bool is_on;
};
struct complain_view {
    struct resident r;
    struct overseer overseer;
    struct str intro;
    struct {
        const struct complaint_kind *p;
        size_t n;
    } kinds;
    struct form_options orgs, places;
    struct str words, phone;
    const char *nonce; /* the same form sent twice is one complaint */
    int days;
};
struct complained_view {
    struct resident r;
    struct overseer overseer;
    const char *due, *sent;
    const char *phone; /* covered; NULL = none was left */
    int days;
};

#endif
