#include "search_names.h"

enum { NAME_LETTERS = 2 }; /* one character names too much */

/* What stands in brackets says what is not meant, or gives examples: 机动车乱停乱放（非消防通道） is no 消防通道. */
static struct str
before_brackets(struct str name)
{
    static const char bracket[] = "（";
    const char *p = memmem(name.p, name.n, bracket, sizeof bracket - 1);
    return p && p > name.p ? (struct str){name.p, (size_t)(p - name.p)} : name;
}

static bool
names(struct str name, struct str code, const struct search_word *w)
{
    struct span at;
    return search_find(before_brackets(name), w, 0, &at) || (search_find(code, w, 0, &at) && at.n == code.n);
}

bool
word_names_place(const struct registry *r, int64_t place, const struct search_word *w)
{
    if (w->n < NAME_LETTERS || !r)
        return false;
    for (const struct place *p = registry_place(r, (int32_t)place); p && p->parent; p = registry_place(r, p->parent))
        if (names(p->name, p->code, w))
            return true;
    return false;
}

bool
word_names_item(const struct scheme *s, struct str item, const struct search_word *w)
{
    int i = s && item.n && w->n >= NAME_LETTERS ? scheme_item(s, item) : -1;
    return i >= 0 && names(s->items[i].name, s->items[i].code, w);
}

size_t
places_named(const struct registry *r, const struct search_word *w, int32_t *out, size_t max)
{
    size_t n = 0;
    for (int32_t i = 1; r && w->n >= NAME_LETTERS && i <= r->n_places && n <= max; i++) {
        const struct place *p = &r->places[i];
        if (p->kind < PLACE_COMPOUND || !word_names_place(r, i, w))
            continue;
        if (n < max)
            out[n] = i;
        n++;
    }
    return n;
}

size_t
items_named(const struct scheme *s, const struct search_word *w, struct str *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; s && w->n >= NAME_LETTERS && i < s->n_items && n <= max; i++) {
        if (!names(s->items[i].name, s->items[i].code, w))
            continue;
        if (n < max)
            out[n] = s->items[i].code;
        n++;
    }
    return n;
}
