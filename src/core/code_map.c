#include "code_map.h"

static uint32_t
hash_of(struct str s)
{
    uint32_t h = 2166136261u; /* FNV-1a: codes are short */
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 16777619u;
    return h ^ h >> 15;
}

static size_t
slot_of(const struct code_map *m, struct str code)
{
    size_t at = hash_of(code) & m->mask;
    while (m->slots[at] && !str_eq(m->codes[m->slots[at] - 1], code))
        at = (at + 1) & m->mask;
    return at;
}

struct code_map
code_map_of(struct arena *a, const struct str *codes, size_t n)
{
    size_t size = 8;
    while (size < 2 * n)
        size *= 2;
    struct code_map m = {codes, arena_array(a, uint32_t, size), size - 1};
    for (size_t i = 0; i < n; i++) {
        size_t at = slot_of(&m, codes[i]);
        if (!m.slots[at] && codes[i].n)
            m.slots[at] = (uint32_t)i + 1;
    }
    return m;
}

int
code_map_find(const struct code_map *m, struct str code)
{
    return m->slots ? (int)m->slots[slot_of(m, code)] - 1 : -1;
}
