/* JSON: commas and escapes of the writer, strictness of the reader, objects as params. */
#include "check.h"

#include "json.h"
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
        cmocka_unit_test(refuses),         cmocka_unit_test(objects_become_params),
        cmocka_unit_test(too_many_params),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
