/* staff_components.h — one page with every part of the console in all its states, for eyes, screenshots and axe. */
#ifndef PAGES_STAFF_COMPONENTS_H
#define PAGES_STAFF_COMPONENTS_H

#include "staff.h"

struct signals_list {
    const struct signals *p;
    size_t n;
};
struct components_view {
    struct layout layout;
    struct signals_list signals;
    struct form_view form, wrong;
    struct case_lines lines;
};

#endif
