/* staff_sweep.h — 摸排: the compounds of my grid, building by building, this month. */
#ifndef PAGES_STAFF_SWEEP_H
#define PAGES_STAFF_SWEEP_H

#include "staff.h"

struct sweep_building {
    struct str name;
    const char *done; /* 「4 月 21 日 王小芳」, NULL = not yet */
};
struct sweep_buildings {
    const struct sweep_building *p;
    size_t n;
};
struct sweep_place {
    const struct place *place;
    struct sweep_buildings buildings;
    size_t done;
    const char *report; /* address of the intake form, compound and source filled in */
};
struct sweep_places {
    const struct sweep_place *p;
    size_t n;
};
struct sweep_view {
    struct layout layout;
    const char *month;
    struct sweep_places places;
    size_t done, all;
    const char *share;
    const struct err *err;
};

#endif
