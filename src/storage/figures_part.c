#include "figures_part.h"

#include <stdlib.h>

int
value_bucket(int64_t value)
{
    if (value < EXACT_VALUES)
        return value < 0 ? 0 : (int)value;
    int doubling = 63 - __builtin_clzll((uint64_t)value), above = doubling - 8;
    if (above >= DOUBLINGS)
        return BUCKETS - 1;
    return EXACT_VALUES + above * BUCKETS_A_DOUBLING + (int)(value >> (doubling - 7)) - BUCKETS_A_DOUBLING;
}

/* ---- reading ---- */

static struct part *
next_part(struct rows *r, struct arena *a, struct parts *list, size_t *cap)
{
    if (list->n == *cap) {
        struct part *more = arena_array(a, struct part, *cap * 2 + 16);
        if (list->n)
            memcpy(more, list->p, list->n * sizeof *more);
        list->p = more;
        *cap = *cap * 2 + 16;
    }
    struct part *p = &list->p[list->n++];
    *p = (struct part){.id = rows_int(r, 0),
                       .day = (int32_t)rows_int(r, 1),
                       .place = (int32_t)rows_int(r, 2),
                       .lead = (int32_t)rows_int(r, 3),
                       .closed_at = rows_int(r, 4),
                       .opened = rows_int(r, 5),
                       .closed = rows_int(r, 6),
                       .minutes = rows_int(r, 7),
                       .seconds = rows_int(r, 8)};
    return p;
}

static void
unpack_missed(struct str packed, struct arena *a, struct part *p)
{
    struct missed_duty *list = arena_array(a, struct missed_duty, packed.n / sizeof *list + 1);
    p->n_missed = packed.n / sizeof *list;
    for (size_t i = 0; i < 2 * p->n_missed; i++) {
        const uint8_t *b = (const uint8_t *)packed.p + 4 * i;
        int32_t v = (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
        *(i % 2 ? &list[i / 2].org : &list[i / 2].day) = v;
    }
    p->missed = list;
}

void
part_pack_missed(const struct part *p, struct buf *out)
{
    for (size_t i = 0; i < 2 * p->n_missed; i++) {
        uint32_t v = (uint32_t)(i % 2 ? p->missed[i / 2].org : p->missed[i / 2].day);
        const uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
        buf_add(out, b, sizeof b);
    }
}

bool
parts_read_kept(struct rows *r, struct arena *a, struct parts *out, struct err *err)
{
    size_t cap = 0;
    *out = (struct parts){0};
    while (rows_next(r, err)) {
        struct part *p = next_part(r, a, out, &cap);
        unpack_missed(rows_text(r, 9), a, p);
    }
    return !r->has_failed;
}

bool
parts_read_now(struct rows *r, struct arena *a, struct parts *out, struct err *err)
{
    size_t cap = 0;
    *out = (struct parts){0};
    while (rows_next(r, err))
        next_part(r, a, out, &cap);
    return !r->has_failed;
}

/* Rows of one case follow each other, and cases come by id. */
bool
parts_add_missed(struct rows *r, struct arena *a, struct parts *io, struct err *err)
{
    struct part *p = NULL;
    size_t cap = 0;
    while (rows_next(r, err)) {
        int64_t id = rows_int(r, 0);
        if (!p || p->id != id) {
            p = (struct part *)part_find(io, id);
            cap = 0;
        }
        if (!p)
            continue;
        if (p->n_missed == cap) {
            struct missed_duty *more = arena_array(a, struct missed_duty, cap * 2 + 4);
            if (cap)
                memcpy(more, p->missed, cap * sizeof *more);
            p->missed = more;
            cap = cap * 2 + 4;
        }
        ((struct missed_duty *)p->missed)[p->n_missed++] = (struct missed_duty){day_of(rows_int(r, 1)), (int32_t)rows_int(r, 2)};
    }
    return !r->has_failed;
}

const struct part *
part_find(const struct parts *list, int64_t id)
{
    size_t lo = 0, hi = list->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (list->p[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < list->n && list->p[lo].id == id ? &list->p[lo] : NULL;
}

bool
part_same(const struct part *a, const struct part *b)
{
    return a->id == b->id && a->place == b->place && a->lead == b->lead && a->day == b->day && a->closed_at == b->closed_at &&
           a->opened == b->opened && a->closed == b->closed && a->minutes == b->minutes && a->seconds == b->seconds &&
           a->n_missed == b->n_missed && (!a->n_missed || memcmp(a->missed, b->missed, a->n_missed * sizeof *a->missed) == 0);
}

/* ---- counting ---- */

static void
add_change(struct arena *a, struct changes *out, struct change c)
{
    if (out->n == out->cap) {
        struct change *more = arena_array(a, struct change, out->cap * 2 + 256);
        if (out->n)
            memcpy(more, out->p, out->n * sizeof *more);
        out->p = more;
        out->cap = out->cap * 2 + 256;
    }
    out->p[out->n++] = c;
}

void
part_changes(const struct part *p, int sign, struct arena *a, struct changes *out)
{
    struct change c = {.basis = BASIS_OPENED, .place = p->place, .lead = p->lead, .day = p->day, .n = sign};
    for (c.counter = 0; c.counter < SUM_BITS; c.counter++)
        if (p->opened >> c.counter & 1)
            add_change(a, out, c);
    c.counter = SUM_BITS + value_bucket(p->seconds);
    if (p->seconds >= 0)
        add_change(a, out, c);
    c.basis = BASIS_CLOSED;
    c.day = day_of(p->closed_at);
    for (c.counter = 0; p->closed_at && c.counter < SUM_BITS; c.counter++)
        if (p->closed >> c.counter & 1)
            add_change(a, out, c);
    c.counter = SUM_BITS + value_bucket(p->minutes);
    if (p->closed_at && p->minutes >= 0)
        add_change(a, out, c);
    for (size_t i = 0; i < p->n_missed; i++) /* by whom it was owed, wherever */
        add_change(a, out, (struct change){.basis = BASIS_MISSED, .lead = p->missed[i].org, .day = p->missed[i].day, .counter = MISSED_DUTIES, .n = sign});
}

/* ---- packing ---- */

static void
put_number(struct buf *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_char(out, (char)(v | 0x80));
    buf_char(out, (char)v);
}

void
counts_pack(const struct count *list, size_t n, struct buf *out)
{
    int before = -1;
    for (size_t i = 0; i < n; i++) {
        put_number(out, (uint64_t)(list[i].counter - before));
        put_number(out, (uint64_t)list[i].n << 1 ^ (uint64_t)(list[i].n >> 63));
        before = list[i].counter;
    }
}

static bool
take_number(struct str *s, uint64_t *v)
{
    *v = 0;
    for (int shift = 0; s->n && shift < 64; shift += 7) {
        uint8_t b = (uint8_t)*s->p++;
        s->n--;
        *v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80)
            return true;
    }
    return false;
}

size_t
counts_unpack(struct str packed, struct count out[COUNTERS])
{
    size_t n = 0;
    int64_t at = -1;
    uint64_t step, v;
    while (n < COUNTERS && take_number(&packed, &step) && take_number(&packed, &v)) {
        if (step == 0 || step > COUNTERS || at + (int64_t)step >= COUNTERS)
            break;
        at += (int64_t)step;
        out[n++] = (struct count){(int)at, (int64_t)(v >> 1) ^ -(int64_t)(v & 1)};
    }
    return n;
}
