/* Escaping: each emitter against every kind of value, and against every byte. */
#include "check.h"

#include "html.h"

static struct buf b;

static void
text_and_attributes(void **state)
{
    (void)state;
    char array[8] = "<a>";
    emit_text(&b, STR("plain 中文"));
    check_buf(&b, "plain 中文");
    emit_text(&b, STR("<>&\"'"));
    check_buf(&b, "&lt;&gt;&amp;&#34;&#39;");
    emit_attr(&b, "a\"b");
    check_buf(&b, "a&#34;b");
    emit_text(&b, array);
    check_buf(&b, "&lt;a&gt;");
    emit_text(&b, (const char *)NULL);
    emit_text(&b, STR(""));
    check_buf(&b, "");
}

static void
numbers(void **state)
{
    (void)state;
    emit_text(&b, -7);
    emit_text(&b, 7u);
    emit_text(&b, INT64_MIN);
    check_buf(&b, "-77-9223372036854775808");
    emit_text(&b, SIZE_MAX);
    emit_attr(&b, (uint8_t)200);
    emit_attr(&b, (short)-1);
    check_buf(&b, "18446744073709551615200-1");
    emit_attr(&b, (bool)true); /* the macro true is an int */
    emit_json(&b, (bool)false);
    check_buf(&b, "truefalse");
}

static void
urls(void **state)
{
    (void)state;
    static const struct {
        const char *url, *written;
    } rows[] = {
        {"/cases/1?a=b&c='d'", "/zhzf/cases/1?a=b&amp;c=&#39;d&#39;"},
        {"/", "/zhzf/"},
        {"", ""},
        {"cases", "cases"},
        {"../x:y", "../x:y"},
        {"?page=2", "?page=2"},
        {"#c1", "#c1"},
        {"https://example.org/a b", "https://example.org/a%20b"},
        {"http://a/ ", "http://a/%20"},
        {"HTTPS://A/", "HTTPS://A/"},
        {"tel:+8613800000000", "tel:+8613800000000"},
        {"mailto:a@b", "mailto:a@b"},
        {"sms:1", "sms:1"},
        {"javascript:alert(1)", "#"},
        {"JaVaScRiPt:alert(1)", "#"},
        {" javascript:alert(1)", "#"},
        {"java\tscript:alert(1)", "#"},
        {"java\nscript:alert(1)", "#"},
        {"data:text/html,x", "#"},
        {"vbscript:x", "#"},
        {"file:///etc/passwd", "#"},
        {":x", "#"},
        {"//elsewhere/", "#"},
        {"/\\elsewhere/", "#"},
        {"\\\\elsewhere/", "#"},
        {"/\t/elsewhere/", "#"},
        {"中文:x", "#"},
    };
    html_set_base_path("/zhzf");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        emit_url(&b, rows[i].url);
        check_buf(&b, rows[i].written);
    }
    html_set_base_path("");
    emit_url(&b, "/a");
    check_buf(&b, "/a");
    assert_string_equal(html_base_path(), "");
}

static void
url_parts(void **state)
{
    (void)state;
    emit_url_part(&b, STR("AZaz09-._~"));
    check_buf(&b, "AZaz09-._~");
    emit_url_part(&b, "a/b?c=d&e#f%+ :@\"'<>");
    check_buf(&b, "a%2Fb%3Fc%3Dd%26e%23f%25%2B%20%3A%40%22%27%3C%3E");
    emit_url_part(&b, "中");
    emit_url_part(&b, 12);
    check_buf(&b, "%E4%B8%AD12");
}

static void
json(void **state)
{
    (void)state;
    emit_json(&b, STR("a\"b\\c\n\t\r\x01\x7f</script><!--&'中"));
    check_buf(&b, "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f\\u003c/script\\u003e\\u003c!--\\u0026'中\"");
    emit_json(&b, STR("\u2028\u2029\u2027\u201c\xe2\x80"));
    check_buf(&b, "\"\\u2028\\u2029\u2027\u201c\xe2\x80\"");
    emit_json(&b, (const char *)NULL);
    emit_json(&b, -1);
    check_buf(&b, "null-1");
    emit_json_part(&b, "a\"b");
    check_buf(&b, "a\\\"b");
}

/* No byte may leave its place: whatever goes in, the bytes that end the place never come out. */
static void
every_byte_stays_in_its_place(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        struct str s = {(char[]){(char)c, 'x', (char)c}, 3};
        emit_text(&b, s);
        assert_null(memchr(b.p, '<', b.n));
        assert_null(memchr(b.p, '>', b.n));
        assert_null(memchr(b.p, '"', b.n));
        assert_null(memchr(b.p, '\'', b.n));
        buf_clear(&b);
        emit_url(&b, s);
        assert_null(memchr(b.p, '"', b.n));
        assert_null(memchr(b.p, ' ', b.n));
        buf_clear(&b);
        emit_url_part(&b, s);
        for (size_t i = 0; i < b.n; i++)
            assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%", b.p[i]));
        buf_clear(&b);
        emit_json_part(&b, s);
        for (size_t i = 0; i < b.n; i++) {
            assert_null(strchr("<>&\n", b.p[i]));
            assert_true((unsigned char)b.p[i] >= 0x20);
        }
        buf_clear(&b);
    }
}

static void
trusted(void **state)
{
    (void)state;
    html_raw(&b, html_trusted(STR("<b>x</b>")));
    check_buf(&b, "<b>x</b>");
}

static int
release(void **state)
{
    (void)state;
    buf_release(&b);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_attributes),
        cmocka_unit_test(numbers),
        cmocka_unit_test(urls),
        cmocka_unit_test(url_parts),
        cmocka_unit_test(json),
        cmocka_unit_test(every_byte_stays_in_its_place),
        cmocka_unit_test(trusted),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
