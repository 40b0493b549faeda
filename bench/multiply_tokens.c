#include <stdlib.h>

#include "multiply.h"
#include "postings.h"

struct token_row {
    uint64_t token;
    int64_t *ids; /* NULL: a free slot */
    uint16_t n, cap;
};

struct token_book {
    int64_t area;
    struct bulk *to;
    int table;
    struct token_row *slots;
    size_t n, cap; /* a power of two */
};

struct token_book *
token_book_new(int64_t area, struct bulk *to)
{
    struct token_book *t = xcalloc(1, sizeof *t);
    *t = (struct token_book){.area = area, .to = to, .table = bulk_table("token_list"), .cap = 1 << 16};
    t->slots = xcalloc(t->cap, sizeof *t->slots);
    return t;
}

static struct token_row *
slot_of(struct token_row *slots, size_t cap, uint64_t token)
{
    size_t at = (token * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (cap - 1);
    while (slots[at].ids && slots[at].token != token)
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static void
grow(struct token_book *t)
{
    size_t cap = t->cap * 2;
    struct token_row *slots = xcalloc(cap, sizeof *slots);
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].ids)
            *slot_of(slots, cap, t->slots[i].token) = t->slots[i];
    free(t->slots);
    t->slots = slots;
    t->cap = cap;
}

/* One row, of as many as fit; the others stay. */
static void
write_list(struct token_book *t, struct token_row *l)
{
    struct buf b = {0};
    size_t n = postings_write(&b, l->ids, l->n);
    bulk_row(t->to, t->table, (struct value[]){V_INT(t->area), V_INT((int64_t)l->token), V_INT(l->ids[0]), V_INT((int64_t)n), V_BLOB(buf_view(&b))});
    memmove(l->ids, l->ids + n, (l->n - n) * sizeof *l->ids);
    l->n -= (uint16_t)n;
    buf_release(&b);
}

void
token_book_add(struct token_book *t, uint64_t token, int64_t case_id)
{
    struct token_row *l = slot_of(t->slots, t->cap, token);
    if (!l->ids) {
        if (t->n * 3 > t->cap * 2) {
            grow(t);
            l = slot_of(t->slots, t->cap, token);
        }
        *l = (struct token_row){.token = token, .cap = 2, .ids = xmalloc(2 * sizeof *l->ids)};
        t->n++;
    }
    if (l->n && l->ids[l->n - 1] == case_id)
        return;
    if (l->n == POSTINGS_MAX)
        write_list(t, l);
    if (l->n == l->cap) {
        l->cap = l->cap * 2 < POSTINGS_MAX ? (uint16_t)(l->cap * 2) : POSTINGS_MAX;
        l->ids = xrealloc(l->ids, l->cap * sizeof *l->ids);
    }
    l->ids[l->n++] = case_id;
}

static int
by_token(const void *a, const void *b)
{
    int64_t x = (int64_t)((const struct token_row *)a)->token, y = (int64_t)((const struct token_row *)b)->token;
    return (x > y) - (x < y);
}

void
token_book_end(struct token_book *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].ids)
            t->slots[n++] = t->slots[i];
    qsort(t->slots, n, sizeof *t->slots, by_token);
    for (size_t i = 0; i < n; i++) {
        while (t->slots[i].n)
            write_list(t, &t->slots[i]);
        free(t->slots[i].ids);
    }
    free(t->slots);
    free(t);
}
