/* JSON: commas and escapes of the writer, strictness of the reader, objects as params. */
#include "check.h"

#include "json.h"
#include "json_read.h"
#include "limits.h"

static void
writes(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json j = {.out = &b};
    json_open_object(&j);
    json_put_z(&j, "no", "20260421-0037");
    json_put_int(&j, "version", 7);
    json_put_bool(&j, "paused", false);
    json_put_none(&j, "tier");
    json_put_str(&j, "words", STR("<a> \"b\"\n"));
    json_put_array(&j, "steps");
    json_z(&j, "persuade");
    json_z(&j, NULL);
    json_open_array(&j);
    json_close_array(&j);
    json_close_array(&j);
    json_put_array(&j, "duties");
    for (int i = 0; i < 2; i++) {
        json_open_object(&j);
        json_put_int(&j, "id", i);
        json_put_object(&j, "owner");
        json_close_object(&j);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_key(&j, "lon");
    json_double(&j, 115.786123);
    json_key(&j, "none");
    json_double(&j, 0.0 / (double)(b.n == 0));
    json_key(&j, "raw");
    json_raw(&j, STR("{\"x\":1}"));
    json_close_object(&j);
    check_buf(&b, "{\"no\":\"20260421-0037\",\"version\":7,\"paused\":false,\"tier\":null,"
                  "\"words\":\"\\u003ca\\u003e \\\"b\\\"\\n\",\"steps\":[\"persuade\",null,[]],"
                  "\"duties\":[{\"id\":0,\"owner\":{}},{\"id\":1,\"owner\":{}}],"
                  "\"lon\":115.786123,\"none\":null,\"raw\":{\"x\":1}}");
    buf_release(&b);
}

static void
what_it_writes_it_reads(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct buf b = {0};
    struct json j = {.out = &b};
    struct err err = {0};
    const char *odd = "\x01\x1f\"\\/</script>&\u2028\u2029中文😀";
    json_open_array(&j);
    for (int depth = 1; depth < LIMIT_JSON_DEPTH; depth++)
        json_open_array(&j);
    json_z(&j, odd);
    while (j.depth)
        json_close_array(&j);
    const json_t *at = json_parse(a, buf_view(&b), &err);
    for (int depth = 0; depth < LIMIT_JSON_DEPTH; depth++)
        at = json_array_get(at, 0);
    assert_string_equal(json_string_value(at), odd);
    buf_release(&b);
    arena_free(a);
}

static void
refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1}x",
        "\"text\"",
        "12",
        "null",
        "{'a':1}",
        "[\"\xff\"]",
        "[\"\\u0000\"]",
        "[\"\\ud800\"]",
        "[1e999]",
        "[99999999999999999999]",
        "[NaN]",
        "{a:1}",
        "[\"a\nb\"]",
        "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = {0};
        if (json_parse(a, str_of(bad[i]), &err))
            print_error("taken: %s\n", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    struct err err = {0};
    assert_non_null(json_parse(a, STR("[\"]]]]]]]]]]]]]]]]]]]]\", \"[[[[[[[[[[[[[[[[[[\\\"[[\"]"), &err));
    assert_null(json_parse(a, STR("{\n\"a\": x}"), &err));
    assert_non_null(strstr(err.message, "第 2 行"));
    arena_free(a);
}

/* What the quick reader takes the library takes too, and both read the same; what it need not know it leaves to the library. */
static void
both_readers_agree(struct str text)
{
    json_t *quick = json_read_common(text), *careful = quick ? json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (quick && !json_equal(quick, careful))
        print_error("read otherwise: %.*s\n", (int)text.n, text.p);
    assert_true(!quick || json_equal(quick, careful));
    json_decref(quick);
    json_decref(careful);
}

static void
quick_reader(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_common;
    } rows[] = {
        {"{\"t\":\"楼道\\n堆物 \\\"A\\\" \\/ \\t\\\\\",\"p\":\"\",\"f\":[\"a\",\"b\"],\"c\":{},\"x\":[[12,\"ab\",0]]}", true},
        {" [ 1 , -2 ,0, -0, true , false,null, [ ] , { } ] \r\n\t", true},
        {"[999999999999999999, -999999999999999999]", true},
        {"{\"\": \"😀\"}", true},
        {"[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", true},
        {"[1000000000000000000]", false},
        {"[1.5]", false},
        {"[1e3]", false},
        {"[\"\\u4e2d\"]", false},
        {"[-]", false},
        {"[01]", false},
        {"[-01]", false},
        {"[truefalse]", false},
        {"[1 2]", false},
        {"[,]", false},
        {"{\"a\"}", false},
        {"{\"a\":1,}", false},
        {"{\"a\":1,\"a\":1}", false},
        {"[\"\t\"]", false},
        {"[\"\x7f\"]", true},
        {"[\"\xc0\x80\"]", false},
        {"[\"\xed\xa0\x80\"]", false},
        {"[\"\\x\"]", false},
        {"[\"\\", false},
        {"[\"", false},
        {"7", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *quick = json_read_common(str_of(rows[i].text));
        if ((quick != NULL) != rows[i].is_common)
            print_error("row %zu: %s\n", i, rows[i].text);
        assert_int_equal(quick != NULL, rows[i].is_common);
        json_decref(quick);
        both_readers_agree(str_of(rows[i].text));
    }
    both_readers_agree((struct str){"[\"a\0b\"]", 7});
    assert_null(json_read_common((struct str){"[1]\0", 4}));
    /* Each text with bytes changed, doubled and cut out at random. */
    static const char odd[] = "{}[]\",:\\-0129.eE+tfn \n\x80\xe4\xff/u";
    uint64_t dice = 20260421;
    for (int round = 0; round < 20000; round++) {
        char text[256];
        struct str from = str_of(rows[(size_t)round % COUNT_OF(rows)].text);
        size_t n = from.n;
        memcpy(text, from.p, n);
        for (int changes = 1 + round % 3; changes && n > 1 && n < sizeof text - 1; changes--) {
            dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
            size_t at = (dice >> 33) % n;
            if (dice >> 62 == 0)
                memmove(text + at, text + at + 1, --n - at);
            else if (dice >> 62 == 1)
                memmove(text + at + 1, text + at, n++ - at);
            else
                text[at] = odd[(dice >> 20) % (sizeof odd - 1)];
        }
        both_readers_agree((struct str){text, n});
    }
}

static void
objects_become_params(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct params ps = {0};
    struct err err = {0};
    json_t *json = json_parse(a,
                              STR("{\"words\":\"路灯不亮\",\"n\":-3,\"lon\":115.78,\"yes\":true,\"no\":false,"
                                  "\"gone\":null,\"files\":[\"a\",\"b\"],"
                                  "\"contact\":{\"name\":\"张\",\"more\":{\"x\":1}}}"),
                              &err);
    assert_true(json_to_params(a, json, &ps, &err));
    assert_int_equal(ps.n, 9);
    check_str(params_get(&ps, "words"), "路灯不亮");
    assert_int_equal(params_int(&ps, "n", 0), -3);
    check_str(params_get(&ps, "lon"), "115.78");
    assert_true(params_bool(&ps, "yes"));
    check_str(params_get(&ps, "no"), "0");
    assert_false(params_has(&ps, "gone"));
    check_str(params_get(&ps, "contact.name"), "张");
    check_str(params_get(&ps, "contact.more.x"), "1");
    size_t at = 0, files = 0;
    for (struct str value; params_each(&ps, "files", &at, &value);)
        files++;
    assert_int_equal(files, 2);
    assert_false(json_to_params(a, json_parse(a, STR("[1]"), &err), &ps, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    arena_free(a);
}

static void
too_many_params(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct params ps = {0};
    struct err err = {0};
    struct buf b = {0};
    struct json j = {.out = &b};
    json_open_object(&j);
    json_put_array(&j, "x");
    for (int i = 0; i <= LIMIT_FORM_FIELDS; i++)
        json_int(&j, i);
    json_close_array(&j);
    json_close_object(&j);
    assert_false(json_to_params(a, json_parse(a, buf_view(&b), &err), &ps, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
    buf_release(&b);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes),          cmocka_unit_test(what_it_writes_it_reads),
        cmocka_unit_test(refuses),         cmocka_unit_test(quick_reader),
        cmocka_unit_test(objects_become_params),
        cmocka_unit_test(too_many_params),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
