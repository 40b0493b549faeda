#include "postings.h"

enum { STEP_BITS = 17 };
static const int64_t low_mask = (INT64_C(1) << STEP_BITS) - 1;

static size_t
put_number(unsigned char *p, uint64_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        p[n++] = (unsigned char)(v | 0x80);
    p[n++] = (unsigned char)v;
    return n;
}

/* One form for each number: no zero at the end of a longer one. NULL = no number. */
static const unsigned char *
take_number(const unsigned char *p, const unsigned char *end, uint64_t *v)
{
    if (p < end && *p < 0x80) {
        *v = *p;
        return p + 1;
    }
    *v = 0;
    for (int shift = 0; p < end && shift < 63; p++, shift += 7) {
        *v |= (uint64_t)(*p & 0x7f) << shift;
        if (*p < 0x80)
            return *p ? p + 1 : NULL;
    }
    return NULL;
}

size_t
postings_write(struct buf *out, const int64_t *ids, size_t n)
{
    size_t i = n ? 1 : 0, from = out->n;
    for (; i < n && i < POSTINGS_MAX; i++) {
        unsigned char p[POSTING_BYTES_MAX * 2];
        int64_t steps = (ids[i] >> STEP_BITS) - (ids[i - 1] >> STEP_BITS);
        size_t len = put_number(p, (uint64_t)steps);
        len += put_number(p + len, (uint64_t)(steps ? ids[i] & low_mask : ids[i] - ids[i - 1]));
        if (out->n - from + len > POSTINGS_BYTES)
            break;
        buf_add(out, p, len);
    }
    return i;
}

size_t
postings_read(int64_t first, struct str bytes, int64_t out[POSTINGS_MAX])
{
    const unsigned char *p = (const unsigned char *)bytes.p, *end = p + bytes.n;
    int64_t step = first >> STEP_BITS, low = first & low_mask;
    size_t n = 0;
    if (first < 0)
        return 0;
    for (out[n++] = first; p < end; out[n++] = step << STEP_BITS | low) {
        uint64_t steps, rest;
        if (n == POSTINGS_MAX || !(p = take_number(p, end, &steps)) || !(p = take_number(p, end, &rest)) || rest > (uint64_t)low_mask ||
            steps > (uint64_t)((INT64_MAX >> STEP_BITS) - step))
            return 0;
        step += (int64_t)steps;
        low = (steps ? 0 : low) + (int64_t)rest;
        if (low > low_mask || (!steps && !rest))
            return 0;
    }
    return n;
}
