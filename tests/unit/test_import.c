/* Reading a hotline's export: encodings, columns, bad lines between good ones, times; and what is alike. */
#include "check.h"

#include <iconv.h>
#include <unistd.h>

#include "import.h"

static struct arena *a;
static char dir[64];

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    snprintf(dir, sizeof dir, "/tmp/shaodao-import-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

static const char *
file_with(const char *name, struct str text)
{
    const char *path = arena_printf(a, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    fwrite(text.p, 1, text.n, f);
    fclose(f);
    return path;
}

static struct import_lines
read_text(const char *name, struct str text, const char *map_path)
{
    struct import_map map;
    struct import_lines lines;
    struct err err = {0};
    if (!import_map_read(a, map_path, &map, &err) || !import_read(a, file_with(name, text), &map, &lines, &err))
        fail_msg("%s", err.message);
    return lines;
}

static const char *
why_not(const char *name, struct str text, const char *map_path)
{
    struct import_map map;
    struct import_lines lines;
    struct err err = {0};
    if (import_map_read(a, map_path, &map, &err) && import_read(a, file_with(name, text), &map, &lines, &err))
        fail_msg("taken: %.*s", (int)text.n, text.p);
    return arena_printf(a, "%s", err.message);
}

static struct str
encoded(const char *to, const char *text)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    size_t in_left = strlen(text), room = 4 * in_left + 16, out_left = room;
    char *in = (char *)(uintptr_t)text, *out = arena_alloc(a, room), *at = out;
    assert_true(iconv(cd, &in, &in_left, &at, &out_left) != (size_t)-1);
    iconv_close(cd);
    return (struct str){out, room - out_left};
}

#define HEAD "工单编号,受理时间,标题,内容,地址,联系电话,来电人,截止时间\r\n"

static void
csv_in_every_encoding_that_excel_writes(void **state)
{
    (void)state;
    const char *text = HEAD "A1,2026-04-20 09:05,太吵了,\"楼下“烧烤店”太吵，\n一直到半夜\",幸福里小区3栋,13800000000,张先生,2026-04-25\r\n";
    const struct str files[] = {str_of(text), str_of(arena_printf(a, "\xEF\xBB\xBF%s", text)), encoded("GB18030", text),
                                encoded("UTF-16", text)};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct import_lines lines = read_text("orders.csv", files[i], NULL);
        assert_int_equal(lines.n, 1);
        const struct import_line *l = &lines.p[0];
        assert_null(l->problem);
        assert_int_equal(l->number, 2);
        check_str(l->cells[IMPORT_ID], "A1");
        check_str(l->cells[IMPORT_TIME], "2026-04-20 09:05");
        check_str(l->cells[IMPORT_TITLE], "太吵了");
        check_str(l->cells[IMPORT_TEXT], "楼下“烧烤店”太吵，\n一直到半夜");
        check_str(l->cells[IMPORT_ADDRESS], "幸福里小区3栋");
        check_str(l->cells[IMPORT_PHONE], "13800000000");
        check_str(l->cells[IMPORT_NAME], "张先生");
        check_str(l->cells[IMPORT_DUE], "2026-04-25");
    }
}

static void
bad_lines_do_not_stop_the_others(void **state)
{
    (void)state;
    struct import_lines lines = read_text("orders.csv",
                                          STR("id,text\n1,好\n\n2,\"没有关上的引号\n3,还是好\n4,\"多了\"东西\n5,a,b\n6,\"写了\"\"两个\"\"引号\"\n7\n"),
                                          NULL);
    static const struct {
        size_t number;
        const char *id, *text, *problem;
    } rows[] = {{2, "1", "好", NULL}, {4, NULL, NULL, "引号不成对"}, {5, "3", "还是好", NULL}, {6, NULL, NULL, "引号不成对"},
                {7, "5", "a", "这一行比表头多出内容"}, {8, "6", "写了\"两个\"引号", NULL}, {9, "7", "", NULL}};
    assert_int_equal(lines.n, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(lines.p[i].number, rows[i].number);
        if (rows[i].problem) {
            assert_string_equal(lines.p[i].problem, rows[i].problem);
            assert_non_null(lines.p[i].fix);
            continue;
        }
        assert_null(lines.p[i].problem);
        check_str(lines.p[i].cells[IMPORT_ID], rows[i].id);
        check_str(lines.p[i].cells[IMPORT_TEXT], rows[i].text);
    }
}

static void
jsonl(void **state)
{
    (void)state;
    struct import_lines lines = read_text("orders.jsonl",
                                          STR("{\"id\":\"1\",\"time\":\"2019/10/15 22:10:25\",\"title\":\"吵\",\"text\":\"很吵\"}\n"
                                              "{\"id\":2,\"内容\":\"中文的键也认得\",\"来电人\":null}\n"
                                              "{\"id\":3,\n\n[1]\n{\"id\":\"\xff\"}\n"),
                                          NULL);
    assert_int_equal(lines.n, 5);
    check_str(lines.p[0].cells[IMPORT_TITLE], "吵");
    check_str(lines.p[1].cells[IMPORT_ID], "2");
    check_str(lines.p[1].cells[IMPORT_TEXT], "中文的键也认得");
    check_str(lines.p[1].cells[IMPORT_NAME], "");
    assert_string_equal(lines.p[2].problem, "不是一个完整的 JSON 对象");
    assert_int_equal(lines.p[3].number, 5);
    assert_string_equal(lines.p[3].problem, "不是一个完整的 JSON 对象");
    assert_string_equal(lines.p[4].problem, "文字不是 UTF-8 编码");
}

static void
a_mapping_says_which_column_is_which(void **state)
{
    (void)state;
    const char *map = file_with("map.csv", STR("field,column\nid,流水号\ntext,诉求\nphone,电话一\n"));
    struct import_lines lines = read_text("orders.csv", STR("流水号\t诉求\t电话一\t标题\nA\t路灯坏了\t0797-5600001\t不读\n"), map);
    check_str(lines.p[0].cells[IMPORT_ID], "A");
    check_str(lines.p[0].cells[IMPORT_TEXT], "路灯坏了");
    check_str(lines.p[0].cells[IMPORT_PHONE], "0797-5600001");
    check_str(lines.p[0].cells[IMPORT_TITLE], "");

    struct str any = STR("流水号,诉求\nA,b\n");
    assert_non_null(strstr(why_not("x.csv", any, file_with("m1.csv", STR("id,流水号\n"))), "field,column"));
    assert_non_null(strstr(why_not("x.csv", any, file_with("m2.csv", STR("field,column\nid,流水号\ncolour,诉求\n"))), "第 3 行"));
    assert_non_null(strstr(why_not("x.csv", any, file_with("m3.csv", STR("field,column\nid,流水号\n"))), "text"));
    assert_non_null(strstr(why_not("x.csv", any, "/no/such/map.csv"), "/no/such/map.csv"));
}

static void
a_file_that_is_none_is_told(void **state)
{
    (void)state;
    const char *said = why_not("x.csv", STR("流水号,诉求\nA,b\n"), NULL);
    assert_non_null(strstr(said, "工单编号"));
    assert_non_null(strstr(said, "流水号、诉求"));
    assert_non_null(strstr(why_not("x.csv", STR("id,地址\nA,b\n"), NULL), "内容"));
    assert_non_null(strstr(why_not("x.csv", STR(""), NULL), "列名"));
    assert_non_null(strstr(why_not("x.csv", STR("id,text\n"), NULL), "没有一行"));
    assert_non_null(strstr(why_not("x.xlsx", STR("PK"), NULL), "CSV"));
}

static void
times(void **state)
{
    (void)state;
    static const struct {
        const char *text, *is; /* NULL = none */
    } rows[] = {
        {"2019/10/15 22:10:25", "2019-10-15T22:10:25+08:00"},
        {"2018/6/8 8:12", "2018-06-08T08:12:00+08:00"},
        {"2026-04-21", "2026-04-21T00:00:00+08:00"},
        {"2026年4月21日 9时5分", "2026-04-21T09:05:00+08:00"},
        {"2026.4.21 9点05分03秒", "2026-04-21T09:05:03+08:00"},
        {"20191015221025", "2019-10-15T22:10:25+08:00"},
        {"20191015", "2019-10-15T00:00:00+08:00"},
        {"2026-04-21T01:05:00Z", "2026-04-21T09:05:00+08:00"},
        {" 2026-02-28 23:59:59 ", "2026-02-28T23:59:59+08:00"},
        {"2026-02-29", NULL},
        {"2026-13-01", NULL},
        {"2026-04-21 24:00", NULL},
        {"2026-04-21 9", NULL},
        {"21/04/2026", NULL},
        {"43753.92", NULL},
        {"昨天", NULL},
        {"", NULL},
        {"99999999999999", NULL},
        {"2026-4-21 9:5:1 7", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        instant at = 0;
        struct buf b = {0};
        if (!import_time(str_of(rows[i].text), &at) == !!rows[i].is)
            fail_msg("%s", rows[i].text);
        if (rows[i].is) {
            moment_format(&b, at);
            check_buf(&b, rows[i].is);
        }
        buf_release(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_in_every_encoding_that_excel_writes),
        cmocka_unit_test(bad_lines_do_not_stop_the_others),
        cmocka_unit_test(jsonl),
        cmocka_unit_test(a_mapping_says_which_column_is_which),
        cmocka_unit_test(a_file_that_is_none_is_told),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
