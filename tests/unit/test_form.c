/* Forms: values by name, and for each type of field what passes and what the person is told. */
#include "check.h"

#include "form.h"

static struct arena *a;
static struct params in;

static void
put(const char *name, const char *value)
{
    params_add(a, &in, str_of(name), str_of(value));
}

static void
values_by_name(void **state)
{
    (void)state;
    in = (struct params){0};
    put("words", " 消防通道\n被占　");
    put("n", "12");
    put("bad", "12x");
    put("file", "a");
    put("blank", "  ");
    put("file", "b");
    put("secret", "on");
    check_str(params_get(&in, "words"), "消防通道\n被占");
    check_str(params_get(&in, "none"), "");
    assert_true(params_has(&in, "n"));
    assert_false(params_has(&in, "blank"));
    assert_false(params_has(&in, "none"));
    assert_int_equal(params_int(&in, "n", -1), 12);
    assert_int_equal(params_int(&in, "bad", -1), -1);
    assert_true(params_bool(&in, "secret"));
    assert_false(params_bool(&in, "n"));
    size_t at = 0;
    struct str value;
    assert_true(params_each(&in, "file", &at, &value));
    check_str(value, "a");
    assert_true(params_each(&in, "file", &at, &value));
    check_str(value, "b");
    assert_false(params_each(&in, "file", &at, &value));
}

static void
grows(void **state)
{
    (void)state;
    in = (struct params){0};
    for (int i = 0; i < 100; i++)
        put(arena_printf(a, "f%d", i), arena_printf(a, "%d", i));
    for (int i = 0; i < 100; i++)
        assert_int_equal(params_int(&in, arena_printf(a, "f%d", i), -1), i);
}

static const struct choice grades[] = {{"good", "好"}, {"bad", "差"}, {NULL, NULL}};

static bool
lookup(void *ctx, const char *source, struct str code)
{
    (void)ctx;
    return strcmp(source, "org") == 0 && str_is(code, "XFJY");
}

/* One field, one value (NULL = not sent), and what the person is told (NULL = it passes). */
static const struct {
    struct field f;
    const char *value, *told;
} rows[] = {
    {{.label = "标题", .type = FIELD_TEXT, .required = true}, NULL, "请填写标题。"},
    {{.label = "标题", .type = FIELD_TEXT, .required = true}, " 　 ", "请填写标题。"},
    {{.label = "标题", .type = FIELD_TEXT}, NULL, NULL},
    {{.label = "标题", .type = FIELD_TEXT, .max = 4}, "四个汉字", NULL},
    {{.label = "标题", .type = FIELD_TEXT, .max = 4}, "五个汉字啊", "标题最多 4 个字，现在是 5 个，请缩短。"},
    {{.label = "标题", .type = FIELD_TEXT, .min = 3}, "二字", "标题至少写 3 个字，现在是 2 个。"},
    {{.label = "标题", .type = FIELD_TEXT}, "两\n行", "标题只写一行，请去掉换行。"},
    {{.label = "内容", .type = FIELD_WORDS, .max = 4}, "两\r\n行", NULL},
    {{.label = "内容", .type = FIELD_WORDS}, "响\a铃", "内容里有看不见的控制字符，请删去后重写。"},
    {{.label = "天数", .type = FIELD_INT, .min = 1, .max = 15}, "15", NULL},
    {{.label = "天数", .type = FIELD_INT, .min = 1, .max = 15}, "16", "天数请填写 1 到 15 之间的整数。"},
    {{.label = "天数", .type = FIELD_INT, .min = 2}, "1", "天数不能小于 2。"},
    {{.label = "天数", .type = FIELD_INT}, "-3", NULL},
    {{.label = "天数", .type = FIELD_INT}, "三", "天数请填写整数，例如 1。"},
    {{.label = "保密", .type = FIELD_BOOL}, "0", NULL},
    {{.label = "保密", .type = FIELD_BOOL}, "maybe", "保密请填写是或否。"},
    {{.label = "同意", .type = FIELD_BOOL, .required = true}, "0", "请勾选同意。"},
    {{.label = "同意", .type = FIELD_BOOL, .required = true}, NULL, "请勾选同意。"},
    {{.label = "日期", .type = FIELD_DATE}, "2026-04-21", NULL},
    {{.label = "日期", .type = FIELD_DATE}, "2028-02-29", NULL},
    {{.label = "日期", .type = FIELD_DATE}, "2026-02-29", "日期请填写日期，例如 2026-04-21。"},
    {{.label = "日期", .type = FIELD_DATE}, "2026-4-1", "日期请填写日期，例如 2026-04-21。"},
    {{.label = "时间", .type = FIELD_MOMENT}, "2026-04-21T09:05", NULL},
    {{.label = "时间", .type = FIELD_MOMENT}, "2026-04-21T24:00", "时间请填写日期和时间，例如 2026-04-21T09:05。"},
    {{.label = "时间", .type = FIELD_MOMENT}, "2026-04-21", "时间请填写日期和时间，例如 2026-04-21T09:05。"},
    {{.label = "评价", .type = FIELD_CHOICE, .choices = grades}, "good", NULL},
    {{.label = "评价", .type = FIELD_CHOICE, .choices = grades}, "best", "评价请从列表中选择。"},
    {{.label = "评价", .type = FIELD_CHOICE, .choices = grades, .required = true}, NULL, "请选择评价。"},
    {{.label = "单位", .type = FIELD_CHOICE, .source = "org"}, "XFJY", NULL},
    {{.label = "单位", .type = FIELD_CHOICE, .source = "org"}, "JJ", "单位请从列表中选择。"},
    {{.label = "照片", .type = FIELD_FILES}, "0a1b-2_c", NULL},
    {{.label = "照片", .type = FIELD_FILES}, "../etc", "照片的文件没有传好，请重新添加。"},
    {{.label = "照片", .type = FIELD_FILES, .required = true}, NULL, "请添加照片。"},
    {{.label = "照片", .type = FIELD_FILES, .min = 2}, "a", "照片至少 2 个，现在是 1 个。"},
    {{.label = "电话", .type = FIELD_PHONE}, "13800000000", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "+86 138-0000-0000", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "0797-5600000", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "(010) 65000000-801", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "400-800-0000", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "12345", NULL},
    {{.label = "电话", .type = FIELD_PHONE}, "12", "电话请填写手机号，或带区号的座机，例如 0797-5600000。"},
    {{.label = "电话", .type = FIELD_PHONE}, "11800000000", "电话请填写手机号，或带区号的座机，例如 0797-5600000。"},
    {{.label = "电话", .type = FIELD_PHONE}, "138000000001", "电话请填写手机号，或带区号的座机，例如 0797-5600000。"},
    {{.label = "电话", .type = FIELD_PHONE}, "电话", "电话请填写手机号，或带区号的座机，例如 0797-5600000。"},
};

static void
one_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct field f = rows[i].f;
        struct err err = {0};
        f.name = "f";
        in = (struct params){0};
        if (rows[i].value)
            put("f", rows[i].value);
        bool ok = form_check(&f, 1, &in, lookup, NULL, &err);
        if (ok != !rows[i].told)
            print_error("row %zu: %s %s: %s\n", i, f.label, rows[i].value, ok ? "passed" : err.fields[0].message);
        assert_int_equal(ok, !rows[i].told);
        if (!rows[i].told)
            continue;
        assert_int_equal(err.kind, ERR_FIELDS);
        assert_int_equal(err.n_fields, 1);
        assert_string_equal(err.fields[0].field, "f");
        assert_string_equal(err.fields[0].message, rows[i].told);
    }
}

static void
several_values(void **state)
{
    (void)state;
    const struct field f = {.name = "g", .label = "评价", .type = FIELD_MANY, .choices = grades, .max = 2};
    struct err err = {0};
    in = (struct params){0};
    put("g", "good");
    put("g", "");
    put("g", "bad");
    assert_true(form_check(&f, 1, &in, NULL, NULL, &err));
    put("g", "good");
    assert_false(form_check(&f, 1, &in, NULL, NULL, &err));
    assert_string_equal(err.fields[0].message, "评价最多 2 项，现在是 3 项，请去掉多余的。");
    put("g", "worst");
    err = (struct err){0};
    assert_false(form_check(&f, 1, &in, NULL, NULL, &err));
    assert_string_equal(err.fields[0].message, "评价请从列表中选择。");
}

static void
shown_only_when(void **state)
{
    (void)state;
    const struct field fields[] = {
        {.name = "outcome", .label = "结果", .type = FIELD_TEXT, .required = true},
        {.name = "why", .label = "原因", .type = FIELD_TEXT, .required = true, .show_when = "outcome=unsolved|refused"},
    };
    struct err err = {0};
    in = (struct params){0};
    put("outcome", "solved");
    assert_true(form_check(fields, 2, &in, NULL, NULL, &err));
    in = (struct params){0};
    put("outcome", "refused");
    assert_true(field_is_shown(&fields[1], &in));
    assert_false(form_check(fields, 2, &in, NULL, NULL, &err));
    assert_string_equal(err.fields[0].field, "why");
}

static void
all_that_is_wrong_at_once(void **state)
{
    (void)state;
    const struct field fields[] = {
        {.name = "a", .label = "甲", .type = FIELD_TEXT, .required = true},
        {.name = "b", .label = "乙", .type = FIELD_INT},
        {.name = "c", .label = "丙", .type = FIELD_DATE, .required = true},
    };
    struct err err = {0};
    in = (struct params){0};
    put("b", "x");
    put("unknown", "ignored");
    assert_false(form_check(fields, 3, &in, NULL, NULL, &err));
    assert_int_equal(err.n_fields, 3);
    assert_string_equal(err.fields[2].field, "c");
}

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_name),  cmocka_unit_test(grows),
        cmocka_unit_test(one_field),       cmocka_unit_test(several_values),
        cmocka_unit_test(shown_only_when), cmocka_unit_test(all_that_is_wrong_at_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
