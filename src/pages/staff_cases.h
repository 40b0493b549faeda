/* staff_cases.h — all cases: filters that live in the URL, one page after another, and the same list as XLSX. */
#ifndef PAGES_STAFF_CASES_H
#define PAGES_STAFF_CASES_H

#include "staff.h"

struct chosen { /* a condition in force, with the link that drops it */
    const char *label, *url;
};
struct chosens {
    const struct chosen *p;
    size_t n;
};
struct cases_query {
    struct case_filter f;
    struct chosens chosen;
    bool is_nothing; /* the person may see none of what is asked for */
    struct str q, place, item, state, lead, source, list, sort, from, to; /* as asked, for the form */
};
bool cases_query_read(struct request *req, struct cases_query *out);

struct cases_view {
    struct layout layout;
    struct cases_query q;
    struct options items, places, leads, sources;
    struct case_lines lines;
    int64_t count;
    bool is_cut; /* a search for words looked at so much as one request may */
    const char *count_words, *next, *first, *export_url, *self;
    bool shows_lead;
};

#endif
