/* Sample photos: plain drawn scenes, marked by a diagonal bar, so that nobody takes them for evidence. */
#include <stdio.h>

#include <jpeglib.h>

#include "crypto.h"
#include "demo.h"
#include "sealed_store.h"

enum { WIDE = 480, HIGH = 360 };

static void
draw(unsigned char *rgb, int n)
{
    int hue = n * 37;
    for (int y = 0; y < HIGH; y++)
        for (int x = 0; x < WIDE; x++) {
            unsigned char *p = rgb + 3 * (y * WIDE + x);
            int sky = y < HIGH / 2 ? 200 - y / 4 : 120 + (y - HIGH / 2) / 4;
            bool wall = x > 60 + n * 11 && x < 60 + n * 11 + 180 && y > 90 && y < 260;
            bool window = wall && (x / 30 + y / 36) % 2 == 0;
            bool bar = (x + y) % 240 < 14;
            p[0] = (unsigned char)(bar ? 250 : window ? 90 : wall ? 150 + hue % 60 : sky);
            p[1] = (unsigned char)(bar ? 190 : window ? 110 : wall ? 140 + hue % 40 : sky + 10);
            p[2] = (unsigned char)(bar ? 40 : window ? 140 : wall ? 130 : sky + 20);
        }
}

static size_t
encode(const unsigned char *rgb, unsigned char **out)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr e;
    unsigned long n = 0;
    *out = NULL;
    c.err = jpeg_std_error(&e);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, out, &n);
    c.image_width = WIDE;
    c.image_height = HIGH;
    c.input_components = 3;
    c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 60, TRUE);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(rgb + 3 * WIDE * c.next_scanline);
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return n;
}

bool
demo_photos_make(const char *dir, struct demo_photos *out, struct err *err)
{
    struct arena *a = arena_new();
    unsigned char *rgb = arena_alloc(a, 3 * WIDE * HIGH);
    bool ok = true;
    for (out->n = 0; ok && out->n < 12; out->n++) {
        int i = out->n;
        unsigned char *jpeg;
        draw(rgb, i);
        size_t n = encode(rgb, &jpeg);
        sha256(str_bytes(jpeg, n), out->sha256[i]);
        sm3(str_bytes(jpeg, n), out->sm3[i]);
        out->bytes[i] = (int64_t)n;
        crypto_random(out->key[i], sizeof out->key[i]);
        for (int v = 0; ok && v < STORED_VARIANTS; v++)
            ok = stored_put(dir, out->key[i], (enum stored_variant)v, str_bytes(jpeg, n), out->address[i], err);
        free(jpeg);
    }
    arena_free(a);
    return ok;
}
