/* presence_page.h — the code that a station's or the property's phone shows, and where a scanned code leads. */
#ifndef PAGES_PRESENCE_PAGE_H
#define PAGES_PRESENCE_PAGE_H

#include "staff_visits.h"

struct code_seat { /* a phone that the person may hold: of a station, or of a compound */
    struct str code, name;
};
struct code_seats {
    const struct code_seat *p;
    size_t n;
};
struct code_view {
    struct layout layout;
    struct code_seats seats;
    const struct code_seat *seat; /* NULL: the person holds none */
    const char *first, *second; /* 123 456 */
    int seconds_left;
    long long step;
};

struct at_view { /* whoever scanned: what asks him to come here */
    struct layout layout;
    struct str name, code;
    const char *proof; /* as scanned */
    bool is_fixed; /* no rotating code was scanned */
    bool is_point, may_round; /* a patrol point; the person walks rounds there */
    struct case_lines cases;
    struct visit_lines visits; /* planned here for today, and not yet checked in to */
};

HANDLER(field_code);
HANDLER(field_code_qr);
HANDLER(field_at);
HANDLER(field_at_qr);

#endif
