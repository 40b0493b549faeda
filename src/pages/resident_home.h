/* resident_home.h — views of the first page and of the list of compounds. */
#ifndef PAGES_RESIDENT_HOME_H
#define PAGES_RESIDENT_HOME_H

#include "resident.h"

struct community {
    struct str code, name;
    int32_t id;
    int n; /* compounds */
};
struct communities {
    const struct community *p;
    size_t n;
};
struct home_view {
    struct resident r;
    struct str slogan;
    struct communities communities;
    int n_enforcement, n_service;
};
struct compound_row {
    const struct place *place;
    struct str community;
};
struct places_view {
    struct resident r;
    struct str q, heading;
    bool for_report, is_list;
    struct communities communities;
    struct {
        const struct compound_row *p;
        size_t n;
    } compounds;
};

#endif
