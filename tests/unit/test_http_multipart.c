/* multipart/form-data: what browsers and libraries send, and what nobody of good will sends. */
#include "check.h"

#include "limits.h"
#include "multipart.h"

#define FIELD(name) "--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_HEAD(rest) "--B\r\nContent-Disposition: form-data; name=\"photo\"; " rest "\r\n\r\n"
#define LAST "--B--\r\n"

static struct arena *arena;
static struct err err;

static bool
parse(struct str body, struct multipart *m)
{
    arena_reset(arena);
    err = (struct err){0};
    return multipart_parse(arena, body, STR("B"), m, &err);
}

static void
fields_and_files(void **state)
{
    (void)state;
    struct multipart m;
    assert_true(parse(STR(FIELD("words") "楼道里有\r\n电动车\r\n" FIELD(
                          "empty") "\r\n"
                                   "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"图 1.jpg\"\r\n"
                                   "Content-Type: image/jpeg\r\n\r\n\xff\xd8\x00\r\n--\r\n-B\r\n" FIELD(
                                       "words") "again\r\n" LAST),
                      &m));
    assert_int_equal(m.fields.n, 3);
    check_str(m.fields.p[0].name, "words");
    check_str(m.fields.p[0].value, "楼道里有\r\n电动车");
    check_str(m.fields.p[1].value, "");
    check_str(m.fields.p[2].value, "again");
    assert_int_equal(m.n_uploads, 1);
    check_str(m.uploads[0].field, "photo");
    check_str(m.uploads[0].filename, "图 1.jpg");
    check_str(m.uploads[0].type, "image/jpeg");
    assert_int_equal(m.uploads[0].bytes.n, 11);
}

static void
names_of_files(void **state)
{
    (void)state;
    static const struct {
        const char *head, *filename;
    } rows[] = {
        {FILE_HEAD("filename=\"a.jpg\""), "a.jpg"},
        {FILE_HEAD("filename=a.jpg"), "a.jpg"},
        {FILE_HEAD("filename=\"a%22b.jpg\""), "a\"b.jpg"},
        {FILE_HEAD("filename=\"a\\\"b.jpg\""), "a\"b.jpg"},
        {FILE_HEAD("filename=\"C:\\dir\\a.jpg\""), "a.jpg"},
        {FILE_HEAD("filename=\"../../etc/passwd\""), "passwd"},
        {FILE_HEAD("filename=\"a%0d%0ab.jpg\""), "a  b.jpg"},
        {FILE_HEAD("filename=\"a%20b.jpg\""), "a%20b.jpg"},
        {FILE_HEAD("filename=\"a;b=c.jpg\""), "a;b=c.jpg"},
        {FILE_HEAD("filename*=UTF-8''%E5%9B%BE.jpg"), "图.jpg"},
        {FILE_HEAD("filename=\"x.jpg\"; filename*=utf-8''%E5%9B%BE.jpg"), "图.jpg"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct multipart m;
        struct buf b = {0};
        buf_printf(&b, "%sbytes\r\n" LAST, rows[i].head);
        assert_true(parse(buf_view(&b), &m));
        assert_int_equal(m.n_uploads, 1);
        check_str(m.uploads[0].filename, rows[i].filename);
        check_str(m.uploads[0].type, "text/plain");
        buf_release(&b);
    }
}

static void
nothing_chosen(void **state)
{
    (void)state;
    struct multipart m;
    assert_true(parse(STR(FILE_HEAD("filename=\"\"") "\r\n" LAST), &m));
    assert_int_equal(m.n_uploads, 0);
    assert_int_equal(m.fields.n, 0);
    assert_true(parse(STR("--B--"), &m));
}

static void
malformed(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "B",
        "--B",
        "--B\r\n",
        "--C\r\n",
        "preamble\r\n" FIELD("a") "b\r\n" LAST,
        FIELD("a") "b",
        FIELD("a") "b\r\n--B",
        FIELD("a") "b\r\n--B-",
        FIELD("a") "b\r\n--BX\r\n",
        FIELD("a") "b\n--B--\r\n",
        FIELD("a") "b\r\n" LAST "epilogue",
        FIELD("a") "b\r\n"
                   "--B \r\n",
        FIELD("a") "\xff\r\n" LAST,
        FIELD("") "b\r\n" LAST,
        "--B\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Type: text/plain\r\n\r\nb\r\n" LAST,
        "--B\nContent-Disposition: form-data; name=\"a\"\n\nb\n--B--\n",
        "--B\r\nContent-Disposition: form-data; name=\"a\"\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\" junk\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; "
        "name=\"b\"\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYg==\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n folded\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nno colon\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"a\x01\"\r\n\r\nb\r\n" LAST,
        "--B\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nb\r\n" LAST,
        FILE_HEAD("filename=\"a\"; filename=\"b\"") "x\r\n" LAST,
        FILE_HEAD("filename*=latin1''a") "x\r\n" LAST,
        FILE_HEAD("filename*=utf-8''%zz") "x\r\n" LAST,
        FILE_HEAD("filename*=utf-8''%00") "x\r\n" LAST,
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct multipart m;
        if (parse(str_of(rows[i]), &m))
            fail_msg("row %zu was taken: %s", i, rows[i]);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_true(err.message[0] && err.detail[0]);
    }
}

static void
limits(void **state)
{
    (void)state;
    struct multipart m;
    struct buf b = {0};
    for (int extra = 0; extra < 2; extra++) {
        for (int i = 0; i < LIMIT_PARTS + extra; i++)
            buf_z(&b, FIELD("a") "b\r\n");
        buf_z(&b, LAST);
        assert_int_equal(parse(buf_view(&b), &m), !extra);
        assert_int_equal(err.kind, extra ? ERR_TOO_LARGE : ERR_NONE);
        buf_clear(&b);
    }
    buf_z(&b, "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nX: ");
    for (int i = 0; i < LIMIT_PART_HEAD_BYTES; i++)
        buf_char(&b, 'x');
    buf_z(&b, "\r\n\r\nb\r\n" LAST);
    assert_false(parse(buf_view(&b), &m));
    assert_int_equal(err.kind, ERR_USAGE);
    buf_clear(&b);
    buf_z(&b, FIELD("a"));
    for (int i = 0; i <= LIMIT_BODY_BYTES; i++)
        buf_char(&b, 'x');
    buf_z(&b, "\r\n" LAST);
    assert_false(parse(buf_view(&b), &m));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    buf_release(&b);
}

static void
boundaries(void **state)
{
    (void)state;
    struct str b;
    assert_true(multipart_boundary(STR("multipart/form-data; boundary=----WebKitFormBoundaryx7"), &b));
    check_str(b, "----WebKitFormBoundaryx7");
    assert_true(multipart_boundary(STR("multipart/form-data; charset=utf-8; Boundary=\"a b\""), &b));
    check_str(b, "a b");
    static const char *const bad[] = {"multipart/form-data",
                                      "multipart/form-data; boundary=",
                                      "multipart/form-data; boundary=\"\"",
                                      "multipart/form-data; boundary=a; boundary=b",
                                      "multipart/form-data; boundary=\"a \"",
                                      "multipart/form-data; boundary=a\"b",
                                      "multipart/form-data; boundary=\"a",
                                      "multipart/form-data; boundary",
                                      "multipart/form-data; boundary=a;",
                                      "multipart/form-data; boundary=0123456789012345678901234567890123456789"
                                      "0123456789012345678901234567890"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (multipart_boundary(str_of(bad[i]), &b))
            fail_msg("taken: %s", bad[i]);
}

/* Every prefix of a good body is refused, and none is read beyond its end (the sanitizer watches). */
static void
every_prefix(void **state)
{
    (void)state;
    static const char whole[] = FIELD("a") "b\r\n" FILE_HEAD("filename=\"f\"") "data\r\n--B--";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *exact = xmalloc(n);
        memcpy(exact, whole, n);
        struct multipart m;
        assert_false(parse((struct str){exact, n}, &m));
        free(exact);
    }
}

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files), cmocka_unit_test(names_of_files), cmocka_unit_test(nothing_chosen),
        cmocka_unit_test(malformed),        cmocka_unit_test(limits),         cmocka_unit_test(boundaries),
        cmocka_unit_test(every_prefix),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
