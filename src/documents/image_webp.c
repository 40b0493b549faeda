#include <webp/decode.h>

#include "image_parts.h"

/* RIFF: 12 bytes of head, then chunks of name, size (little-endian) and bytes, padded to even length. */
static struct str
riff_chunk(struct str file, const char *name)
{
    enum { HEAD = 12, CHUNK_HEAD = 8 };
    for (size_t at = HEAD; at <= file.n && file.n - at >= CHUNK_HEAD;) {
        const uint8_t *p = (const uint8_t *)file.p + at;
        size_t n = (size_t)p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 | (size_t)p[7] << 24;
        at += CHUNK_HEAD;
        if (n > file.n - at)
            break;
        if (memcmp(p, name, 4) == 0)
            return str_slice(file, at, at + n);
        at += n + (n & 1);
    }
    return STR("");
}

static void
read_exif(struct str file, struct exif *out)
{
    struct str block = riff_chunk(file, "EXIF");
    if (str_starts(block, STR("Exif\0\0"))) /* some writers keep the head that only JPEG needs */
        block = str_slice(block, 6, block.n);
    exif_parse(block, out);
}

static struct pixels
on_white(const WebPRGBABuffer *b, int w, int h)
{
    struct shrink s; /* of equal size: it only collects the rows */
    uint8_t *rgb = xmalloc((size_t)w * 3);
    shrink_start(&s, w, h, w, h);
    for (int y = 0; y < h; y++) {
        image_rgba_on_white(b->rgba + (ptrdiff_t)y * b->stride, rgb, (size_t)w);
        shrink_row(&s, rgb);
    }
    free(rgb);
    return shrink_finish(&s);
}

enum image_trouble
decode_webp(struct str file, struct image_report *r, struct pixels *out)
{
    WebPDecoderConfig c;
    int w, h;
    if (!WebPInitDecoderConfig(&c) || WebPGetFeatures((const uint8_t *)file.p, file.n, &c.input) != VP8_STATUS_OK)
        return IMAGE_BROKEN;
    if (c.input.has_animation)
        return IMAGE_NOT_TAKEN;
    if (!image_size_allowed((uint64_t)c.input.width, (uint64_t)c.input.height))
        return IMAGE_TOO_LARGE;
    r->width = c.input.width;
    r->height = c.input.height;
    read_exif(file, &r->exif);
    image_fit(r->width, r->height, IMAGE_PUBLIC_SIDE, &w, &h);
    c.options.use_scaling = w != r->width || h != r->height;
    c.options.scaled_width = w;
    c.options.scaled_height = h;
    c.output.colorspace = MODE_RGBA;
    enum image_trouble trouble = IMAGE_BROKEN;
    if (WebPDecode((const uint8_t *)file.p, file.n, &c) == VP8_STATUS_OK && c.output.width == w &&
        c.output.height == h) {
        *out = on_white(&c.output.u.RGBA, w, h);
        trouble = IMAGE_FINE;
    }
    WebPFreeDecBuffer(&c.output);
    return trouble;
}
