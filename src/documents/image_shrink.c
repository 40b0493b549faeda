#include <assert.h>

#include "image_parts.h"

void
pixels_release(struct pixels *p)
{
    free(p->rgb);
    *p = (struct pixels){0};
}

static struct pixels
pixels_new(int w, int h)
{
    assert(w > 0 && h > 0 && w <= IMAGE_SIDE_MAX && h <= IMAGE_SIDE_MAX);
    return (struct pixels){w, h, xmalloc((size_t)w * (size_t)h * 3)};
}

void
image_fit(int w, int h, int side, int *fit_w, int *fit_h)
{
    int longer = w > h ? w : h;
    *fit_w = w;
    *fit_h = h;
    if (longer <= side)
        return;
    *fit_w = (int)(((int64_t)w * side + longer / 2) / longer);
    *fit_h = (int)(((int64_t)h * side + longer / 2) / longer);
    if (*fit_w < 1)
        *fit_w = 1;
    if (*fit_h < 1)
        *fit_h = 1;
}

/* Area average in whole numbers: on a common grid a source pixel is dst units wide and a target pixel src units, so
 * each target pixel takes from the source pixels beneath it in proportion. A narrow value has 8 + 8 bits; summed over
 * src_h <= 65,500 it stays below 2^32. */
void
shrink_start(struct shrink *s, int src_w, int src_h, int dst_w, int dst_h)
{
    assert(dst_w <= src_w && dst_h <= src_h && src_w <= IMAGE_SIDE_MAX && src_h <= IMAGE_SIDE_MAX);
    size_t n = (size_t)dst_w * 3;
    *s = (struct shrink){.src_w = src_w, .src_h = src_h, .out = pixels_new(dst_w, dst_h)};
    s->sums = xcalloc(n, sizeof *s->sums);
    s->across = xcalloc(n, sizeof *s->across);
}

static void
narrow(struct shrink *s, const uint8_t *rgb)
{
    if (s->src_w == s->out.w) {
        for (size_t i = 0; i < (size_t)s->out.w * 3; i++)
            s->across[i] = (uint32_t)rgb[i] << 8;
        return;
    }
    const uint32_t src = (uint32_t)s->src_w, dst = (uint32_t)s->out.w;
    uint32_t left = dst; /* units of the source pixel not yet given away */
    for (uint32_t x = 0; x < dst; x++) {
        uint32_t need = src, r = 0, g = 0, b = 0;
        for (;;) {
            uint32_t give = left < need ? left : need;
            r += rgb[0] * give, g += rgb[1] * give, b += rgb[2] * give;
            need -= give;
            left -= give;
            if (!left && (need || x + 1 < dst)) {
                rgb += 3;
                left = dst;
            }
            if (!need)
                break;
        }
        uint32_t *to = s->across + (size_t)x * 3; /* sums are below 255 * 65,500 < 2^24 */
        to[0] = (r << 8) / src;
        to[1] = (g << 8) / src;
        to[2] = (b << 8) / src;
    }
}

static void
add_row(struct shrink *s, uint32_t weight)
{
    size_t n = (size_t)s->out.w * 3;
    for (size_t i = 0; i < n; i++)
        s->sums[i] += s->across[i] * weight;
    s->filled += weight;
    if (s->filled < (uint32_t)s->src_h)
        return;
    uint8_t *to = s->out.rgb + (size_t)s->out_y++ * n;
    uint64_t half = (uint64_t)s->src_h * 128, whole = (uint64_t)s->src_h * 256;
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)((s->sums[i] + half) / whole);
    memset(s->sums, 0, n * sizeof *s->sums);
    s->filled = 0;
}

void
shrink_row(struct shrink *s, const uint8_t *rgb)
{
    assert(s->y < s->src_h);
    s->y++;
    narrow(s, rgb);
    for (uint32_t left = (uint32_t)s->out.h; left;) {
        uint32_t room = (uint32_t)s->src_h - s->filled, give = left < room ? left : room;
        add_row(s, give);
        left -= give;
    }
}

struct pixels
shrink_finish(struct shrink *s)
{
    assert(s->y == s->src_h && s->out_y == s->out.h);
    struct pixels out = s->out;
    s->out = (struct pixels){0};
    shrink_drop(s);
    return out;
}

void
shrink_drop(struct shrink *s)
{
    free(s->sums);
    free(s->across);
    pixels_release(&s->out);
    *s = (struct shrink){0};
}

struct pixels
pixels_shrunk(const struct pixels *p, int side)
{
    int w, h;
    struct shrink s;
    image_fit(p->w, p->h, side, &w, &h);
    shrink_start(&s, p->w, p->h, w, h);
    for (int y = 0; y < p->h; y++)
        shrink_row(&s, p->rgb + (size_t)y * (size_t)p->w * 3);
    return shrink_finish(&s);
}

/* The eight EXIF orientations: where in the source a pixel of the upright picture lies. */
static void
source_of(int orientation, int w, int h, int x, int y, int *sx, int *sy)
{
    switch (orientation) {
    case 2:
        *sx = w - 1 - x, *sy = y;
        break;
    case 3:
        *sx = w - 1 - x, *sy = h - 1 - y;
        break;
    case 4:
        *sx = x, *sy = h - 1 - y;
        break;
    case 5:
        *sx = y, *sy = x;
        break;
    case 6:
        *sx = y, *sy = h - 1 - x;
        break;
    case 7:
        *sx = w - 1 - y, *sy = h - 1 - x;
        break;
    case 8:
        *sx = w - 1 - y, *sy = x;
        break;
    default:
        *sx = x, *sy = y;
        break;
    }
}

struct pixels
pixels_upright(const struct pixels *p, int orientation)
{
    bool turned = orientation >= 5;
    struct pixels out = pixels_new(turned ? p->h : p->w, turned ? p->w : p->h);
    uint8_t *to = out.rgb;
    for (int y = 0; y < out.h; y++)
        for (int x = 0; x < out.w; x++, to += 3) {
            int sx, sy;
            source_of(orientation, p->w, p->h, x, y, &sx, &sy);
            memcpy(to, p->rgb + ((size_t)sy * (size_t)p->w + (size_t)sx) * 3, 3);
        }
    return out;
}
