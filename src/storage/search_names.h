/* search_names.h — inside storage only: which places and items of today a word names. */
#ifndef STORAGE_SEARCH_NAMES_H
#define STORAGE_SEARCH_NAMES_H

#include "registry.h"
#include "search_text.h"

/* Is the place, or one that it lies in below the top, called so? */
bool word_names_place(const struct registry *r, int64_t place, const struct search_word *w);
bool word_names_item(const struct scheme *s, struct str item, const struct search_word *w);
/* Places that cases are about (compounds and what lies below) and items, up to `max`; more than `max` gives max + 1. */
size_t places_named(const struct registry *r, const struct search_word *w, int32_t *out, size_t max);
size_t items_named(const struct scheme *s, const struct search_word *w, struct str *out, size_t max);

#endif
