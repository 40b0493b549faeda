/* resident_board.h — the page behind the QR code at a compound's gate. */
#ifndef PAGES_RESIDENT_BOARD_H
#define PAGES_RESIDENT_BOARD_H

#include "resident.h"

struct contact_row { /* somebody who can be called */
    struct str title, name, matters, hours, phone;
};
struct contact_rows {
    const struct contact_row *p;
    size_t n;
};
struct board_view {
    struct resident r;
    struct str community, grid, firm;
    struct contact_rows near, departments; /* grid, firm, community, station, its chief, the pair, who answers for them; then the departments */
    bool has_figures;
    struct place_figures f;
    const char *average; /* "" when nothing was closed */
    const char *next; /* 5 月 6 日，联合执法; NULL = nothing is planned */
    const char *from, *to; /* the 30 days */
    int x2, x3, w1, w2, w3; /* of the 7-2-1 bar, in thousandths */
    struct {
        const struct category *p;
        size_t n;
    } categories;
};

#endif
