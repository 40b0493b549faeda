/* Which orders may be one matter. Compared are those with the same suggestion: same compound, or much the same words. */
#include "import.h"
#include "views.h"

enum { ALIKE = 400 /* of 1000, set on real orders */, WINDOW = 300 /* a busy item is compared with the latest ones */, OPEN_MAX = 8 };

struct comparing {
    struct import *im;
    size_t *parent; /* of the union–find; roots point at themselves */
    int *why;       /* of the root */
    size_t *before; /* the earlier order with the same suggestion + 1 */
    struct text_set *words;
};

static size_t
root_of(struct comparing *c, size_t i)
{
    while (c->parent[i] != i)
        i = c->parent[i] = c->parent[c->parent[i]];
    return i;
}

static void
join(struct comparing *c, size_t x, size_t y, int why)
{
    size_t a = root_of(c, x), b = root_of(c, y);
    size_t low = a < b ? a : b, high = a < b ? b : a;
    c->parent[high] = low;
    c->why[low] |= c->why[high] | why;
}

static int
item_of(const struct import_order *o)
{
    return o->n_top ? o->top[0].item : -1;
}

static bool
counts(const struct import_order *o)
{
    return o->end == IMPORT_TAKEN || o->end == IMPORT_READY;
}

/* Without a suggestion the compound alone says nothing. */
static int
alike(const struct comparing *c, size_t i, size_t k)
{
    const struct import_order *x = &c->im->orders[i], *y = &c->im->orders[k];
    if (item_of(x) >= 0 && x->place && x->place == y->place)
        return SIMILAR_PLACE;
    if (x->place && y->place && x->place != y->place)
        return 0;
    return text_set_likeness(c->words[i], c->words[k]) >= ALIKE ? SIMILAR_WORDS : 0;
}

static void
compare_all(struct comparing *c)
{
    const struct import *im = c->im;
    size_t *last = arena_array(im->a, size_t, im->area->scheme->n_items + 1); /* by item + 1; order + 1 */
    for (size_t i = 0; i < im->n; i++) {
        c->parent[i] = i;
        if (!counts(&im->orders[i]))
            continue;
        c->words[i] = text_set_of(im->a, im->orders[i].words);
        size_t *of_item = &last[item_of(&im->orders[i]) + 1];
        c->before[i] = *of_item;
        *of_item = i + 1;
        size_t k = c->before[i];
        for (int seen = 0; k && seen < WINDOW; k = c->before[k - 1], seen++) {
            int why = alike(c, i, k - 1);
            if (why)
                join(c, i, k - 1, why);
        }
    }
}

/* Cases that were here before, classified as what is suggested now. */
static bool
find_open(struct import *im, struct import_group *g, struct err *err)
{
    const struct import_order *o = &im->orders[g->members[0]];
    if (!im->app || g->item < 0 || !o->place)
        return true;
    struct case_rows rows;
    struct db *db = app_reader_lock(im->app);
    bool ok = cases_similar(db, im->a, im->area->id, o->place->id, im->area->scheme->items[g->item].code, 0, OPEN_MAX, &rows, err);
    app_reader_unlock(im->app);
    if (!ok)
        return false;
    g->open_cases = arena_array(im->a, struct case_file, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        g->open_cases[g->n_open++] = rows.p[i].c;
    if (g->n_open)
        g->why |= SIMILAR_PLACE;
    return true;
}

static bool
collect(struct comparing *c, struct err *err)
{
    struct import *im = c->im;
    size_t *sizes = arena_array(im->a, size_t, im->n + 1), *slot = arena_array(im->a, size_t, im->n + 1);
    for (size_t i = 0; i < im->n; i++)
        sizes[root_of(c, i)]++;
    im->groups = arena_array(im->a, struct import_group, im->n + 1);
    for (size_t i = 0; i < im->n; i++) {
        if (!counts(&im->orders[i]))
            continue;
        size_t root = root_of(c, i);
        struct import_group *g;
        if (root == i) {
            slot[i] = im->n_groups++;
            g = &im->groups[slot[i]];
            *g = (struct import_group){.item = item_of(&im->orders[i]), .why = c->why[i],
                                       .members = arena_array(im->a, size_t, sizes[i])};
        }
        g = &im->groups[slot[root]];
        g->members[g->n++] = i;
    }
    size_t kept = 0;
    for (size_t i = 0; i < im->n_groups; i++) {
        if (!find_open(im, &im->groups[i], err))
            return false;
        if (im->groups[i].n + im->groups[i].n_open > 1)
            im->groups[kept++] = im->groups[i];
    }
    im->n_groups = kept;
    return true;
}

bool
import_compare(struct import *im, struct err *err)
{
    struct comparing c = {.im = im, .parent = arena_array(im->a, size_t, im->n + 1), .why = arena_array(im->a, int, im->n + 1),
                          .before = arena_array(im->a, size_t, im->n + 1),
                          .words = arena_array(im->a, struct text_set, im->n + 1)};
    compare_all(&c);
    return collect(&c, err);
}
