/* search.h — inside storage only: the cases that have the words asked for. docs/search.md says what is found and in which order. */
#ifndef STORAGE_SEARCH_H
#define STORAGE_SEARCH_H

#include "views.h"

bool cases_search(struct db *db, struct keyring *k, struct arena *a, const struct case_filter *f, struct case_rows *out,
                  struct err *err);

/* The values of {case_filter}, of at most PLACES_MAX places. */
enum { PLACES_MAX = 256, FILTER_ARGS = 20 + PLACES_MAX };
size_t filter_args(const struct case_filter *f, struct value *v);

#endif
