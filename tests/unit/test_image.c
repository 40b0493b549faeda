/* Sniffing, EXIF, shrinking and decoding: photos made here, then cut, turned, enlarged on paper and poisoned. */
#include <math.h>

#include "photos.h"

/* media */

static void
test_sniff(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        enum media_kind kind;
    } rows[] = {
        {{"\xff\xd8\xff\xe0", 4}, MEDIA_JPEG},
        {{"\xff\xd8", 2}, MEDIA_UNKNOWN},
        {{"\x89PNG\r\n\x1a\n", 8}, MEDIA_PNG},
        {{"\x89PNG\n\x1a\n", 7}, MEDIA_UNKNOWN},
        {{"RIFF\0\0\0\0WEBPVP8 ", 16}, MEDIA_WEBP},
        {{"RIFF\0\0\0\0WAVEfmt ", 16}, MEDIA_WAV},
        {{"RIFF\0\0\0\0AVI LIST", 16}, MEDIA_UNKNOWN},
        {{"%PDF-1.7\n", 9}, MEDIA_PDF},
        {{" %PDF-1.7\n", 10}, MEDIA_UNKNOWN},
        {{"\0\0\0\x18"
          "ftypisom",
          12},
         MEDIA_MP4},
        {{"\0\0\0\x18"
          "ftyp3gp4",
          12},
         MEDIA_MP4},
        {{"\0\0\0\x14"
          "ftypqt  ",
          12},
         MEDIA_MOV},
        {{"\0\0\0\x18"
          "ftypM4A ",
          12},
         MEDIA_M4A},
        {{"\0\0\0\x18"
          "ftypheic",
          12},
         MEDIA_HEIC},
        {{"\0\0\0\x18"
          "ftypavif",
          12},
         MEDIA_UNKNOWN},
        {{"\0\0\0\x18"
          "ftyp",
          8},
         MEDIA_UNKNOWN},
        {{"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", 16}, MEDIA_WEBM},
        {{"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", 16}, MEDIA_UNKNOWN},
        {{"ID3\x04", 4}, MEDIA_MP3},
        {{"\xff\xfb\x90\x64", 4}, MEDIA_MP3},
        {{"\xff\xfb\xf0\x64", 4}, MEDIA_UNKNOWN},
        {{"\xff\xf1\x50\x80", 4}, MEDIA_UNKNOWN}, /* AAC in ADTS */
        {{"#!AMR\n", 6}, MEDIA_AMR},
        {{"#!AMR-WB\n", 9}, MEDIA_AMR},
        {{"OggS\0\2", 6}, MEDIA_OGG},
        {{"GIF89a", 6}, MEDIA_UNKNOWN},
        {{"<svg xmlns", 10}, MEDIA_UNKNOWN},
        {{"<!DOCTYPE html>", 15}, MEDIA_UNKNOWN},
        {{"MZ\x90", 3}, MEDIA_UNKNOWN},
        {{"", 0}, MEDIA_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (media_sniff(rows[i].bytes.p, rows[i].bytes.n) != rows[i].kind)
            fail_msg("row %zu gives %s", i, media_type(media_sniff(rows[i].bytes.p, rows[i].bytes.n)));
    for (int k = 0; k < MEDIA_KIND_COUNT; k++)
        assert_true(media_type((enum media_kind)k) && media_ending((enum media_kind)k));
    assert_true(media_is_photo(MEDIA_WEBP) && !media_is_photo(MEDIA_HEIC));
}

/* exif */

static void
test_exif(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct buf b = {0};
        struct exif e;
        make_exif(&b, big, 6, "NE");
        exif_parse(buf_view(&b), &e);
        assert_int_equal(e.orientation, 6);
        assert_true(e.has_gps);
        assert_int_equal(e.lat_e6, 25600122);
        assert_int_equal(e.lon_e6, 115790111);
        assert_string_equal(e.taken, "2026-04-21 09:05:33");
        b.n = 0;
        make_exif(&b, big, 9, "SW");
        exif_parse(buf_view(&b), &e);
        assert_int_equal(e.orientation, 1);
        assert_int_equal(e.lat_e6, -25600122);
        assert_int_equal(e.lon_e6, -115790111);
        b.n = 0;
        make_exif(&b, big, 1, "N?");
        exif_parse(buf_view(&b), &e);
        assert_false(e.has_gps);
        assert_int_equal(e.lat_e6, 0);
        buf_release(&b);
    }
}

/* Every cut and 200,000 random changes: the sanitizers watch the bounds, we watch the ranges. The block lies at the end
 * of its own allocation, so that one byte too far is seen. */
static void
test_exif_damaged(void **state)
{
    (void)state;
    struct buf b = {0};
    struct exif e;
    make_exif(&b, true, 6, "NE");
    for (size_t n = 0; n <= b.n; n++) {
        char *exact = malloc(n ? n : 1);
        memcpy(exact, b.p, n);
        exif_parse((struct str){exact, n}, &e);
        free(exact);
    }
    uint32_t r = 7;
    char *m = malloc(b.n);
    for (int round = 0; round < 200000; round++) {
        memcpy(m, b.p, b.n);
        for (int i = 0; i < 1 + round % 4; i++) {
            r = r * 1664525 + 1013904223;
            m[(r >> 8) % b.n] = (char)(r >> 24);
        }
        exif_parse((struct str){m, b.n}, &e);
        assert_in_range(e.orientation, 1, 8);
        assert_true(e.lat_e6 >= -90000000 && e.lat_e6 <= 90000000 && e.lon_e6 >= -180000000 && e.lon_e6 <= 180000000);
        assert_true(strlen(e.taken) == 0 || strlen(e.taken) == 19);
    }
    free(m);
    buf_release(&b);
}

/* shrink and turn */

static void
test_shrink_is_area_average(void **state)
{
    (void)state;
    static const int sizes[][4] = {{7, 5, 3, 2},     {64, 48, 10, 48}, {100, 1, 33, 1}, {1, 50, 1, 7},
                                   {31, 31, 31, 31}, {200, 100, 1, 1}, {13, 17, 12, 16}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int w = sizes[i][0], h = sizes[i][1], dw = sizes[i][2], dh = sizes[i][3];
        uint8_t *rgb = malloc((size_t)w * (size_t)h * 3);
        for (int k = 0; k < w * h * 3; k++)
            rgb[k] = (uint8_t)(k * 37 + k / 11);
        struct shrink s;
        shrink_start(&s, w, h, dw, dh);
        for (int y = 0; y < h; y++)
            shrink_row(&s, rgb + y * w * 3);
        struct pixels out = shrink_finish(&s);
        double fx = (double)w / dw, fy = (double)h / dh;
        for (int y = 0; y < dh; y++)
            for (int x = 0; x < dw * 3; x++) {
                double sum = 0;
                for (int sy = 0; sy < h; sy++)
                    for (int sx = 0; sx < w; sx++) {
                        double ox = fmin(sx + 1, (x / 3 + 1) * fx) - fmax(sx, x / 3 * fx);
                        double oy = fmin(sy + 1, (y + 1) * fy) - fmax(sy, y * fy);
                        if (ox > 0 && oy > 0)
                            sum += ox * oy * rgb[(sy * w + sx) * 3 + x % 3];
                    }
                assert_true(fabs(sum / (fx * fy) - out.rgb[y * dw * 3 + x]) <= 1.0);
            }
        pixels_release(&out);
        free(rgb);
    }
}

static void
test_shrink_extreme_sides(void **state)
{
    (void)state;
    uint8_t *row = malloc((size_t)IMAGE_SIDE_MAX * 3);
    memset(row, 255, (size_t)IMAGE_SIDE_MAX * 3);
    struct shrink s;
    shrink_start(&s, IMAGE_SIDE_MAX, 1, 1600, 1);
    shrink_row(&s, row);
    struct pixels p = shrink_finish(&s);
    for (int i = 0; i < 1600 * 3; i++)
        assert_int_equal(p.rgb[i], 255);
    pixels_release(&p);
    shrink_start(&s, 1, IMAGE_SIDE_MAX, 1, 1);
    for (int y = 0; y < IMAGE_SIDE_MAX; y++)
        shrink_row(&s, row);
    p = shrink_finish(&s);
    assert_int_equal(p.rgb[0], 255);
    pixels_release(&p);
    free(row);
    int w, h;
    image_fit(IMAGE_SIDE_MAX, 1, 1600, &w, &h);
    assert_true(w == 1600 && h == 1);
    image_fit(4000, 3000, 1600, &w, &h);
    assert_true(w == 1600 && h == 1200);
    image_fit(100, 200, 320, &w, &h);
    assert_true(w == 100 && h == 200);
}

/* The letter F in 3 × 2, as EXIF's eight ways of holding a camera store it; the upright one is always the same. */
static void
test_upright(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        const char *stored;
    } ways[] = {{3, 2, "abcdef"}, {3, 2, "cbafed"}, {3, 2, "fedcba"}, {3, 2, "defabc"},
                {2, 3, "adbecf"}, {2, 3, "cfbead"}, {2, 3, "fcebda"}, {2, 3, "daebfc"}};
    for (int o = 1; o <= 8; o++) {
        uint8_t rgb[18];
        for (int i = 0; i < 18; i++)
            rgb[i] = (uint8_t)ways[o - 1].stored[i / 3];
        struct pixels p = {ways[o - 1].w, ways[o - 1].h, rgb}, up = pixels_upright(&p, o);
        assert_true(up.w == 3 && up.h == 2);
        for (int i = 0; i < 18; i++)
            if (up.rgb[i] != "abcdef"[i / 3])
                fail_msg("orientation %d", o);
        pixels_release(&up);
    }
}

/* decode */

static void
check_painted(const struct pixels *p, int w, int h)
{
    assert_true(p->w == w && p->h == h);
    near(p, w / 6, 0, 255, 0, 0);
    near(p, w / 2, 0, 0, 255, 0);
    near(p, w * 5 / 6, h - 1, 0, 0, 128);
}

static void
test_decode_all_kinds(void **state)
{
    (void)state;
    struct buf f[7] = {0}, exif = {0};
    make_exif(&exif, false, 3, "NE");
    make_jpeg(&f[0], 300, 200, 0, buf_view(&exif));
    make_jpeg(&f[1], 2400, 1000, PROGRESSIVE, buf_view(&exif));
    make_png(&f[2], 300, 200, PNG_COLOR_TYPE_RGB, 8, false, 0, buf_view(&exif));
    make_png(&f[3], 1601, 200, PNG_COLOR_TYPE_RGB, 8, true, 0, buf_view(&exif));
    make_webp(&f[4], 300, 200, false, buf_view(&exif));
    make_webp(&f[5], 2000, 20, true, buf_view(&exif));
    make_jpeg(&f[6], 13000, 10, 0, buf_view(&exif));
    static const int sizes[][4] = {{300, 200, 300, 200},   {2400, 1000, 1600, 667}, {300, 200, 300, 200},
                                   {1601, 200, 1600, 200}, {300, 200, 300, 200},    {2000, 20, 1600, 16},
                                   {13000, 10, 1600, 1}};
    static const enum media_kind kinds[] = {MEDIA_JPEG, MEDIA_JPEG, MEDIA_PNG, MEDIA_PNG,
                                            MEDIA_WEBP, MEDIA_WEBP, MEDIA_JPEG};
    for (size_t i = 0; i < 7; i++) {
        struct image_report r;
        struct pixels p;
        assert_int_equal(decode(buf_view(&f[i]), &r, &p), IMAGE_FINE);
        assert_int_equal(r.kind, kinds[i]);
        assert_true(r.width == sizes[i][0] && r.height == sizes[i][1]);
        if (i < 6)
            check_painted(&p, sizes[i][2], sizes[i][3]);
        assert_int_equal(r.exif.orientation, 3);
        assert_true(r.exif.has_gps);
        assert_string_equal(r.exif.taken, "2026-04-21 09:05:33");
        pixels_release(&p);
        buf_release(&f[i]);
    }
    buf_release(&exif);
}

static void
test_decode_odd_colours(void **state)
{
    (void)state;
    static const struct {
        int color, depth, fill, r, g, b;
    } rows[] = {
        {PNG_COLOR_TYPE_GRAY, 1, 0xff, 255, 255, 255},      {PNG_COLOR_TYPE_GRAY, 8, 77, 77, 77, 77},
        {PNG_COLOR_TYPE_GRAY, 16, 77, 77, 77, 77},          {PNG_COLOR_TYPE_PALETTE, 1, 0xff, 200, 100, 50},
        {PNG_COLOR_TYPE_PALETTE, 8, 0, 10, 20, 30},         {PNG_COLOR_TYPE_RGB, 16, 0x33, 0x33, 0x33, 0x33},
        {PNG_COLOR_TYPE_RGBA, 8, 0, 255, 255, 255}, /* transparent is white */
        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 128, 191, 191, 191},
    };
    struct image_report r;
    struct pixels p;
    struct buf f = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            f.n = 0;
            make_png(&f, 33, 20, rows[i].color, rows[i].depth, interlaced, rows[i].fill, STR(""));
            assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_FINE);
            near(&p, 0, 0, rows[i].r, rows[i].g, rows[i].b);
            near(&p, 32, 19, rows[i].r, rows[i].g, rows[i].b);
            pixels_release(&p);
        }
    f.n = 0;
    make_jpeg(&f, 33, 20, GRAY, STR(""));
    assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_FINE);
    near(&p, 16, 10, 100, 100, 100);
    pixels_release(&p);
    f.n = 0;
    make_jpeg(&f, 33, 20, CMYK, STR(""));
    assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_FINE);
    near(&p, 16, 10, 39, 39, 39);
    pixels_release(&p);
    buf_release(&f);
}

static void
test_cut_off_is_refused(void **state)
{
    (void)state;
    struct buf f[5] = {0};
    make_jpeg(&f[0], 64, 48, 0, STR(""));
    make_jpeg(&f[1], 64, 48, PROGRESSIVE, STR(""));
    make_png(&f[2], 64, 48, PNG_COLOR_TYPE_RGB, 8, false, 0, STR(""));
    make_png(&f[3], 64, 48, PNG_COLOR_TYPE_RGB, 8, true, 0, STR(""));
    make_webp(&f[4], 64, 48, false, STR(""));
    for (size_t i = 0; i < 5; i++) {
        for (size_t n = 0; n < f[i].n; n += n < 40 || n + 40 > f[i].n ? 1 : 7) {
            struct image_report r;
            struct pixels p;
            enum image_trouble t = decode(str_slice(buf_view(&f[i]), 0, n), &r, &p);
            if (t != IMAGE_BROKEN && t != IMAGE_NOT_TAKEN && !(i == 4 && n + 1 == f[i].n)) /* padding of RIFF */
                fail_msg("file %zu cut at %zu of %zu: %d", i, n, f[i].n, (int)t);
            pixels_release(&p);
        }
        buf_release(&f[i]);
    }
}

static void
test_damage_never_crashes(void **state)
{
    (void)state;
    struct buf f[5] = {0}, exif = {0};
    make_exif(&exif, true, 6, "NE");
    make_jpeg(&f[0], 64, 48, 0, buf_view(&exif));
    make_jpeg(&f[1], 64, 48, PROGRESSIVE, STR(""));
    make_png(&f[2], 64, 48, PNG_COLOR_TYPE_RGB, 8, false, 0, buf_view(&exif));
    make_png(&f[3], 64, 48, PNG_COLOR_TYPE_PALETTE, 1, true, 0, STR(""));
    make_webp(&f[4], 64, 48, false, buf_view(&exif));
    uint32_t rnd = 99;
    for (size_t i = 0; i < 5; i++) {
        char *m = malloc(f[i].n);
        for (int round = 0; round < 400; round++) {
            memcpy(m, f[i].p, f[i].n);
            for (int k = 0; k < 1 + round % 5; k++) {
                rnd = rnd * 1664525 + 1013904223;
                size_t at = (rnd >> 4) % f[i].n;
                m[at < 4 ? 4 : at] = (char)(rnd >> 24);
            }
            struct image_report r;
            struct pixels p;
            decode((struct str){m, f[i].n}, &r, &p);
            pixels_release(&p);
        }
        free(m);
        buf_release(&f[i]);
    }
    buf_release(&exif);
}

static void
test_bombs_are_refused_by_their_header(void **state)
{
    (void)state;
    struct image_report r;
    struct pixels p;
    struct buf f = {0};
    static const uint32_t sizes[][2] = {
        {30000, 30000}, {8001, 8000}, {65501, 1}, {0x7fffffff, 0x7fffffff}, {0xffffffff, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        f.n = 0;
        make_png(&f, 4, 4, PNG_COLOR_TYPE_GRAY, 8, false, 0, STR(""));
        for (int k = 0; k < 4; k++) {
            f.p[16 + k] = (char)(sizes[i][0] >> (24 - 8 * k));
            f.p[20 + k] = (char)(sizes[i][1] >> (24 - 8 * k));
        }
        assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_TOO_LARGE);
    }
    f.n = 0;
    make_jpeg(&f, 8, 8, 0, STR(""));
    char *size = memmem(f.p, f.n, "\xff\xc0", 2);
    memcpy(size + 5, "\x75\x30\x75\x30", 4); /* 30000 × 30000 */
    assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_TOO_LARGE);
    f.n = 0;
    make_webp(&f, 8, 8, true, STR(""));
    memcpy(f.p + 21, "\xff\xff\xff\x0f", 4); /* 16384 × 16384 */
    assert_int_equal(decode(buf_view(&f), &r, &p), IMAGE_TOO_LARGE);
    buf_release(&f);
}

static void
test_endless_scans_are_refused(void **state)
{
    (void)state;
    struct buf f = {0}, many = {0};
    struct image_report r;
    struct pixels p;
    make_jpeg(&f, 64, 64, PROGRESSIVE, STR(""));
    char *last = f.p; /* repeat the last scan, with what it needs before it, a thousand times */
    for (char *q; (q = memmem(last + 1, f.n - (size_t)(last + 1 - f.p), "\xff\xda", 2));)
        last = q;
    size_t scan = f.n - 2 - (size_t)(last - f.p);
    buf_add(&many, f.p, f.n - 2);
    for (int i = 0; i < 1000; i++)
        buf_add(&many, last, scan);
    buf_add(&many, "\xff\xd9", 2);
    assert_int_equal(decode(buf_view(&many), &r, &p), IMAGE_BROKEN);
    buf_release(&f);
    buf_release(&many);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sniff),
        cmocka_unit_test(test_exif),
        cmocka_unit_test(test_exif_damaged),
        cmocka_unit_test(test_shrink_is_area_average),
        cmocka_unit_test(test_shrink_extreme_sides),
        cmocka_unit_test(test_upright),
        cmocka_unit_test(test_decode_all_kinds),
        cmocka_unit_test(test_decode_odd_colours),
        cmocka_unit_test(test_cut_off_is_refused),
        cmocka_unit_test(test_damage_never_crashes),
        cmocka_unit_test(test_bombs_are_refused_by_their_header),
        cmocka_unit_test(test_endless_scans_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
