/* The SVG is read back into modules and compared with what libqrencode made, and with what the standard fixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <qrencode.h>

#include "qr.h"

enum { SIDE_MAX = 177 + 2 * QR_QUIET };

struct picture {
    int side;
    bool dark[SIDE_MAX][SIDE_MAX];
};

/* Draws the path: M x y.5, m dx 0, h n, and nothing else. */
static void
read_back(const struct buf *svg, struct picture *p)
{
    *p = (struct picture){0};
    char *z = malloc(svg->n + 1);
    memcpy(z, svg->p, svg->n);
    z[svg->n] = '\0';
    int a, b, used;
    assert_int_equal(sscanf(strstr(z, "viewBox="), "viewBox=\"0 0 %d %d\"", &a, &b), 2);
    assert_int_equal(a, b);
    assert_in_range(a, 21 + 2 * QR_QUIET, SIDE_MAX);
    p->side = a;
    const char *s = strstr(z, "stroke=\"#000\" d=\"") + 17;
    int x = 0, y = 0;
    while (*s != '"') {
        if (sscanf(s, "M%d %d.5%n", &a, &b, &used) == 2) {
            x = a, y = b;
        } else if (sscanf(s, "m%d 0%n", &a, &used) == 1) {
            x += a;
        } else if (sscanf(s, "h%d%n", &a, &used) == 1) {
            while (a--)
                p->dark[y][x++] = true;
        } else {
            fail_msg("odd path: %.20s", s);
        }
        s += used;
    }
    free(z);
}

static void
check(struct str text, QRecLevel level)
{
    struct buf b = {0};
    struct picture p;
    char *z = malloc(text.n + 1);
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    assert_true(qr_svg(&b, text, NULL, NULL));
    read_back(&b, &p);
    QRcode *q = QRcode_encodeString(z, 0, level, QR_MODE_8, 1);
    assert_int_equal(p.side, q->width + 2 * QR_QUIET);
    for (int y = 0; y < p.side; y++)
        for (int x = 0; x < p.side; x++) {
            int i = x - QR_QUIET, j = y - QR_QUIET;
            bool inside = i >= 0 && j >= 0 && i < q->width && j < q->width;
            if (p.dark[y][x] != (inside && (q->data[j * q->width + i] & 1)))
                fail_msg("module %d,%d", x, y);
        }
    QRcode_free(q);
    free(z);
    buf_release(&b);
}

static void
test_modules(void **state)
{
    (void)state;
    check(STR("https://example.gov.cn/x/360733-A7K2"), QR_ECLEVEL_Q);
    check(STR("1"), QR_ECLEVEL_Q);
    check(STR("受理号 20260421-0037"), QR_ECLEVEL_Q);
    char longer[1500];
    for (size_t i = 0; i < sizeof longer; i++)
        longer[i] = (char)('a' + i % 26);
    check((struct str){longer, QR_LONG_BYTES}, QR_ECLEVEL_Q);
    check((struct str){longer, QR_LONG_BYTES + 1}, QR_ECLEVEL_M);
    check((struct str){longer, sizeof longer}, QR_ECLEVEL_M);
}

static void
test_finder_patterns(void **state)
{
    (void)state;
    struct buf b = {0};
    struct picture p;
    assert_true(qr_svg(&b, STR("https://example.gov.cn/x/A7K2"), NULL, NULL));
    read_back(&b, &p);
    for (int corner = 0; corner < 3; corner++) {
        int x0 = corner == 1 ? p.side - QR_QUIET - 7 : QR_QUIET, y0 = corner == 2 ? p.side - QR_QUIET - 7 : QR_QUIET;
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 7; x++) {
                int ring = x < 6 - x ? x : 6 - x, also = y < 6 - y ? y : 6 - y;
                assert_int_equal(p.dark[y0 + y][x0 + x], (ring < also ? ring : also) != 1);
            }
    }
    buf_release(&b);
}

static void
test_markup(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_z(&b, "<figure>");
    assert_true(qr_svg(&b, STR("x"), "红旗小区 <A & B>", NULL));
    assert_true(
        str_starts(buf_view(&b), STR("<figure><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\"")));
    assert_true(str_has(buf_view(&b), STR("<title>红旗小区 &lt;A &amp; B&gt;</title>")));
    assert_true(str_has(buf_view(&b), STR("<path fill=\"#fff\" d=\"M0 0h29v29H0z\"/>")));
    assert_false(str_has(buf_view(&b), STR("style=")));
    assert_true(str_eq(str_slice(buf_view(&b), b.n - 9, b.n), STR("\"/></svg>")));
    b.n = 0;
    assert_true(qr_svg(&b, STR("x"), NULL, NULL));
    assert_false(str_has(buf_view(&b), STR("title")));
    buf_release(&b);
}

static void
test_refusals(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err err = {0};
    static char longest[3000];
    memset(longest, 'a', sizeof longest);
    assert_false(qr_svg(&b, STR(""), NULL, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_false(qr_svg(&b, STR("a\0b"), NULL, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_true(qr_svg(&b, (struct str){longest, 2331}, NULL, &err));
    b.n = 0;
    assert_false(qr_svg(&b, (struct str){longest, 2332}, NULL, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    assert_int_equal(b.n, 0); /* nothing half written */
    buf_release(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modules),
        cmocka_unit_test(test_finder_patterns),
        cmocka_unit_test(test_markup),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
