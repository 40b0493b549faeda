/* code_map.h — from a code to its row: a small hash over an array of codes that somebody else owns. */
#ifndef CORE_CODE_MAP_H
#define CORE_CODE_MAP_H

#include "str.h"

struct code_map {
    const struct str *codes;
    uint32_t *slots; /* index + 1; 0 = free */
    size_t mask;
};

/* Of equal codes the first stays; empty codes are not found. Map and slots live in `a`, the codes must outlive it. */
struct code_map code_map_of(struct arena *a, const struct str *codes, size_t n);
int code_map_find(const struct code_map *m, struct str code); /* index or -1 */

#endif
