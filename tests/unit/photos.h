/* photos.h — photos made for the tests with the libraries, and a look at what comes out. */
#ifndef TESTS_PHOTOS_H
#define TESTS_PHOTOS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#include "image_parts.h"

/* Left third red, middle green, right blue, getting darker downwards: orientation and order can be seen. */
static inline void
paint(uint8_t *rgb, int w, int h)
{
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int k = 0; k < 3; k++)
                *rgb++ = (uint8_t)(x * 3 / w == k ? 255 - 127 * y / h : 0);
}

enum { PROGRESSIVE = 1, GRAY = 2, CMYK = 4 };

static inline void
make_jpeg(struct buf *out, int w, int h, int how, struct str exif)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    uint8_t *rgb = malloc((size_t)w * (size_t)h * 4);
    memset(rgb, 100, (size_t)w * (size_t)h * 4);
    if (!(how & (GRAY | CMYK)))
        paint(rgb, w, h);
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &bytes, &n);
    c.image_width = (JDIMENSION)w;
    c.image_height = (JDIMENSION)h;
    c.input_components = how & GRAY ? 1 : how & CMYK ? 4 : 3;
    c.in_color_space = how & GRAY ? JCS_GRAYSCALE : how & CMYK ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 95, TRUE);
    if (how & PROGRESSIVE)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    if (exif.n) {
        struct buf m = {0};
        buf_add(&m, "Exif\0", 6);
        buf_str(&m, exif);
        jpeg_write_marker(&c, JPEG_APP0 + 1, (const JOCTET *)m.p, (unsigned)m.n);
        buf_release(&m);
    }
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = rgb + (size_t)c.next_scanline * (size_t)w * (size_t)c.input_components;
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    buf_add(out, bytes, n);
    free(bytes);
    free(rgb);
}

static inline void
png_to_buf(png_structp png, png_bytep p, size_t n)
{
    buf_add(png_get_io_ptr(png), p, n);
}

static inline void
png_no_flush(png_structp png)
{
    (void)png;
}

/* Colour type as libpng names it; all bytes of the picture equal `fill`, except for RGB, which is painted. */
static inline void
make_png(struct buf *out, int w, int h, int color, int depth, bool interlaced, int fill, struct str exif)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, out, png_to_buf, png_no_flush);
    png_set_compression_level(png, 1);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, depth, color, interlaced ? PNG_INTERLACE_ADAM7 : 0, 0, 0);
    png_color palette[2] = {{10, 20, 30}, {200, 100, 50}};
    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    if (exif.n)
        png_set_eXIf_1(png, info, (png_uint_32)exif.n, (png_bytep)(uintptr_t)exif.p);
    png_write_info(png, info);
    size_t row = png_get_rowbytes(png, info);
    uint8_t *bytes = malloc(row * (size_t)h);
    png_bytep *rows = malloc(sizeof *rows * (size_t)h);
    memset(bytes, fill, row * (size_t)h);
    if (color == PNG_COLOR_TYPE_RGB && depth == 8)
        paint(bytes, w, h);
    for (int y = 0; y < h; y++)
        rows[y] = bytes + row * (size_t)y;
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(bytes);
    free(rows);
}

static inline void
put_u32le(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++, v >>= 8)
        buf_char(b, (char)v);
}

static inline void
make_webp(struct buf *out, int w, int h, bool lossless, struct str exif)
{
    uint8_t *rgb = malloc((size_t)w * (size_t)h * 3), *bytes = NULL;
    paint(rgb, w, h);
    size_t n = lossless ? WebPEncodeLosslessRGB(rgb, w, h, w * 3, &bytes) : WebPEncodeRGB(rgb, w, h, w * 3, 90, &bytes);
    struct buf b = {0}; /* with an EXIF chunk: RIFF head, VP8X, picture, EXIF */
    if (exif.n) {
        buf_add(&b, "RIFF", 4);
        put_u32le(&b, (uint32_t)(4 + 18 + n - 12 + 8 + exif.n + (exif.n & 1)));
        buf_add(&b, "WEBPVP8X\x0a\0\0\0\x08\0\0\0", 16);
        put_u32le(&b, (uint32_t)(w - 1));
        b.n--;
        put_u32le(&b, (uint32_t)(h - 1));
        b.n--;
        buf_add(&b, bytes + 12, n - 12);
        buf_add(&b, "EXIF", 4);
        put_u32le(&b, (uint32_t)exif.n);
        buf_str(&b, exif);
        if (exif.n & 1)
            buf_char(&b, 0);
    } else {
        buf_add(&b, bytes, n);
    }
    buf_str(out, buf_view(&b));
    buf_release(&b);
    WebPFree(bytes);
    free(rgb);
}

/* EXIF blocks */

struct maker {
    struct buf b;
    bool big;
};

static inline void
put16(struct maker *m, unsigned v)
{
    buf_char(&m->b, (char)(m->big ? v >> 8 : v));
    buf_char(&m->b, (char)(m->big ? v : v >> 8));
}

static inline void
put32(struct maker *m, uint32_t v)
{
    put16(m, m->big ? v >> 16 : v & 0xFFFF);
    put16(m, m->big ? v & 0xFFFF : v >> 16);
}

static inline void
entry(struct maker *m, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    put16(m, tag);
    put16(m, type);
    put32(m, count);
    if (type == 3) {
        put16(m, value);
        put16(m, 0);
    } else {
        put32(m, value);
    }
}

static inline void
letter(struct maker *m, unsigned tag, char c)
{
    put16(m, tag);
    put16(m, 2);
    put32(m, 2);
    buf_add(&m->b, (char[4]){c, 0, 0, 0}, 4);
}

/* 25°36'0.44" and 115°47'24.4", 2026-04-21 09:05:33 */
static inline void
make_exif(struct buf *out, bool big, int orientation, const char *halves)
{
    enum { IFD0 = 8, EXIF = IFD0 + 2 + 3 * 12 + 4, GPS = EXIF + 2 + 12 + 4, DATA = GPS + 2 + 4 * 12 + 4 };
    struct maker m = {.big = big};
    buf_z(&m.b, big ? "MM" : "II");
    put16(&m, 42);
    put32(&m, IFD0);
    put16(&m, 3);
    entry(&m, 0x0112, 3, 1, (uint32_t)orientation);
    entry(&m, 0x8769, 4, 1, EXIF);
    entry(&m, 0x8825, 4, 1, GPS);
    put32(&m, 0);
    put16(&m, 1);
    entry(&m, 0x9003, 2, 20, DATA);
    put32(&m, 0);
    put16(&m, 4);
    letter(&m, 1, halves[0]);
    entry(&m, 2, 5, 3, DATA + 20);
    letter(&m, 3, halves[1]);
    entry(&m, 4, 5, 3, DATA + 44);
    put32(&m, 0);
    buf_add(&m.b, "2026:04:21 09:05:33", 20);
    static const uint32_t position[] = {25, 1, 36, 1, 44, 100, 115, 1, 47, 1, 2440, 100};
    for (size_t i = 0; i < 12; i++)
        put32(&m, position[i]);
    buf_str(out, buf_view(&m.b));
    buf_release(&m.b);
}

/* Looking at what comes out */

static inline enum image_trouble
decode(struct str file, struct image_report *r, struct pixels *p)
{
    char *exact = malloc(file.n ? file.n : 1); /* reading past the end is seen */
    memcpy(exact, file.p, file.n);
    *r = (struct image_report){0};
    *p = (struct pixels){0};
    enum image_trouble t = image_decode((struct str){exact, file.n}, r, p);
    free(exact);
    if (t != IMAGE_FINE)
        assert_null(p->rgb);
    return t;
}

static inline void
near(const struct pixels *p, int x, int y, int r, int g, int b)
{
    const uint8_t *at = p->rgb + ((size_t)y * (size_t)p->w + (size_t)x) * 3;
    if (abs(at[0] - r) > 12 || abs(at[1] - g) > 12 || abs(at[2] - b) > 12)
        fail_msg("at %d,%d: %d %d %d", x, y, at[0], at[1], at[2]);
}

#endif
