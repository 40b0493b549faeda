/* Tables and schemes: the CSV reader, every kind of wrong cell with the place and the fix that it is told, and lookups. */
#include "check.h"

#include "scheme_files.h"

static struct arena *a;

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

/* ---- table_parse ---- */

static void
tables_are_read_as_rfc_4180_says(void **state)
{
    (void)state;
    struct scheme_errors errors = {0};
    struct table t;
    struct str csv = STR("\xEF\xBB\xBF"
                         "a,b,c\r\n1,\"x, \"\"y\"\"\nz\", 3 \r\n4,,6,,\n\n,,\n");
    assert_true(table_parse(a, STR("t"), csv, &t, &errors));
    expect_no_errors(&errors);
    assert_int_equal(t.header.n, 3);
    assert_int_equal(t.n_rows, 2); /* blank rows at the end do not count */
    check_str(table_cell(&t, 0, "a"), "1");
    check_str(table_cell(&t, 0, "b"), "x, \"y\"\nz");
    check_str(table_cell(&t, 0, "c"), "3");
    check_str(table_cell(&t, 1, "b"), "");
    check_str(table_cell(&t, 1, "nothing"), "");
    check_str(table_cell(&t, 9, "a"), "");
    struct tables all = {&t, 1};
    assert_ptr_equal(tables_find(all, "t"), &t);
    assert_null(tables_find(all, "u"));
}

static void
broken_tables_name_the_cell(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *cell, *message;
    } rows[] = {
        {"a,b\n1,2\nx,y\"z\n", "B3", "单独的英文引号"},
        {"a,b\n\"1\"2,3\n", "A2", "引号后面还有内容"},
        {"a,b\n1,\"open\n", "B2", "引号没有闭合"},
        {"a,b\n1,2,3\n", "C2", "比表头多"},
        {"a,b\n1\n", "B2", "比表头少"},
        {"a,b\n1,2\n\n3,4\n", "A3", "空行"},
        {"a,b\n1,\xC4\xE3\n", "B2", "GBK"},
        {"a,\xC4\xE3\n1,2\n", "B1", "GBK"},
        {"a,,c\n1,2,3\n", "B1", "表头有空格"},
        {"a,b,a\n1,2,3\n", "C1", "同名的列"},
        {"", "A1", "表是空的"},
        {"\n\n", "A1", "表是空的"},
        {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28\n1\n", "B2", "比表头少"},
        {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27\n"
         ",,,,,,,,,,,,,,,,,,,,,,,,,,,28\n",
         "AB2", "比表头多"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scheme_errors errors = {0};
        struct table t;
        assert_false(table_parse(a, STR("t"), str_of(rows[i].csv), &t, &errors));
        expect_error(&errors, rows[i].csv, "t", rows[i].cell, rows[i].message, "。");
    }
}

static void
odd_bytes_are_harmless(void **state)
{
    (void)state;
    static const char bytes[] = "a,b\"\"\n\r,x\xE6\xB6\x88\xFF ";
    struct arena *scratch = arena_new();
    uint32_t seed = 1;
    for (int i = 0; i < 3000; i++) {
        struct buf b = {0};
        for (int k = i % 60; k >= 0; k--) {
            seed = seed * 1664525 + 1013904223;
            buf_char(&b, bytes[(seed >> 16) % (sizeof bytes - 1)]);
        }
        struct scheme_errors errors = {0};
        struct table t;
        bool ok = table_parse(scratch, STR("t"), buf_view(&b), &t, &errors);
        assert_int_equal(ok, errors.n == 0);
        for (size_t row = 0; ok && row < t.n_rows; row++)
            assert_int_equal(t.rows[row].n, t.header.n);
        buf_release(&b);
        arena_reset(scratch);
    }
    arena_free(scratch);
}

/* ---- scheme_read ---- */

static void
a_sound_scheme_is_read(void **state)
{
    (void)state;
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    struct scheme *s = scheme_read(a, set.all, &set.errors);
    expect_no_errors(&set.errors);
    assert_non_null(s);
    check_str(s->name, "small");
    check_str(s->region, "360733");
    assert_int_equal(s->valid_from, day_number(2023, 1, 1));
    assert_int_equal(s->calendar.am_from, 8 * 60 + 30);
    assert_int_equal(s->calendar.pm_to, 17 * 60 + 30);
    assert_int_equal(s->calendar.n_years, 2);
    assert_int_equal(s->calendar.years[0].year, 2025);
    assert_true(is_working_day(&s->calendar, day_number(2026, 2, 14), NULL));
    assert_false(is_working_day(&s->calendar, day_number(2026, 2, 16), NULL));

    int i = scheme_item(s, STR("XF01"));
    assert_int_equal(i, 0);
    const struct item *it = &s->items[i];
    check_str(it->lead, "XFJY");
    assert_int_equal(it->list, LIST_ENFORCEMENT);
    assert_int_equal(it->tier, TIER_ORDER);
    assert_int_equal(it->category, scheme_category(s, STR("XF")));
    assert_int_equal(it->limit, scheme_limit(s, STR("handle5")));
    assert_true(it->urgent);
    assert_false(it->danger);
    assert_int_equal(it->assists.n, 2);
    check_str(it->assists.p[1], "@firm");
    check_str(it->evidence.p[1], "车牌");
    assert_int_equal(s->items[scheme_item(s, STR("SV01"))].ladder_n, 0);
    assert_int_equal(scheme_item(s, STR("XF09")), -1);
    assert_int_equal(scheme_item(s, STR("")), -1);

    const struct channel *c = &s->channels[scheme_channel(s, STR("property"))];
    assert_true(c->roles == (ROLE_BIT(ROLE_PROPERTY) | ROLE_BIT(ROLE_LIAISON)));
    check_str(c->needs.p[0], "dissuade");
    check_str(scheme_wording(s, "slogan"), "哨到人到");
    check_str(scheme_wording(s, "none"), "");
    check_str(scheme_reason(s, "skip", STR("danger"))->name, "有现实危险");
    assert_null(scheme_reason(s, "pause", STR("danger")));
    assert_non_null(s->suggest);
}

static void
rows_are_sorted_where_order_matters(void **state)
{
    (void)state;
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    struct scheme *s = scheme_read(a, set.all, &set.errors);
    assert_non_null(s);
    const struct item *noise = &s->items[scheme_item(s, STR("ZS01"))];
    assert_int_equal(noise->ladder_n, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(s->ladders[noise->ladder_from + i].tier, TIER_PERSUADE + i);
    assert_int_equal(item_ladder_row(s, noise, TIER_ORDER)->after, TIER_PERSUADE);
    assert_null(item_ladder_row(s, &s->items[0], TIER_PENALISE));

    assert_int_equal(scheme_hop(s, STR("urban"), HOP_CALL)->role, ROLE_GRID_CHIEF);
    assert_null(scheme_hop(s, STR("urban"), HOP_ACCEPT));
    assert_null(scheme_hop(s, STR("town"), HOP_CALL));
    assert_int_equal(s->hops[2].kind, HOP_RESPOND);

    const struct basis *out[4];
    int item = scheme_item(s, STR("ZS01"));
    assert_int_equal(item_bases(s, item, day_number(2026, 8, 14), out, 4), 1);
    check_str(out[0]->law, "噪声污染防治法");
    assert_int_equal(item_bases(s, item, day_number(2026, 8, 15), out, 4), 1);
    check_str(out[0]->law, "生态环境法典");
    assert_int_equal(item_bases(s, item, day_number(2020, 1, 1), out, 4), 0);
    assert_int_equal(item_bases(s, scheme_item(s, STR("SV01")), day_number(2020, 1, 1), out, 4), 1);
}

/* One slip at a time in a sound scheme: where it is, what is wrong, what to write. */
static void
every_wrong_cell_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *table, *from, *to; /* the slip */
        const char *in, *cell, *message, *fix;
    } rows[] = {
        {"items", "code,list,category,name,plain", "code,list,category,naem,plain", "items", "D1", "不认识的列“naem”",
         "是不是“name”"},
        {"items", "code,list,category,name,plain", "code,list,category,naem,plain", "items", "X1", "缺少列“name”",
         "加上列 name"},
        {"limits", "basis,origin,note", "basis,origin,remark", "limits", "I1", "不认识的列“remark”",
         "code,name,amount"},
        {"items", "XFJY,CG|@firm", "XFYJ,CG|@firm", "items", "F2", "orgs 表里没有单位“XFYJ”",
         "是不是“XFJY”（小县消防救援大队，orgs 第 4 行）"},
        {"items", "XFJY,CG|@firm", "小县消防救援大队,CG|@firm", "items", "F2", "没有单位", "是不是“XFJY”"},
        {"items", "XFJY,CG|@firm", "@frim,CG|@firm", "items", "F2", "没有责任人写法“@frim”", "是不是“@firm”"},
        {"items", "XFJY,CG|@firm", "@lead,CG|@firm", "items", "F2", "牵头单位不能写", "@firm"},
        {"items", "XFJY,CG|@firm", ",CG|@firm", "items", "F2", "“lead”不能空着", "填写"},
        {"items", "XFJY,CG|@firm", "XFJY,CG|XFJY", "items", "G2", "已经是牵头单位", "去掉"},
        {"items", "XFJY,CG|@firm", "XFJY,CG|GG", "items", "G2", "没有单位“GG”", "是不是“CG”"},
        {"items", "XFJY,CG|@firm", "XFJY,CG||@firm", "items", "G2", "空的一项", "|"},
        {"items", "fire,order,1,0,handle5", "fier,order,1,0,handle5", "items", "H2", "没有执法阶梯", "是不是“fire”"},
        {"items", "fire,order,1,0,handle5", "fire,penalise,1,0,handle5", "items", "I2", "没有这一层", "换"},
        {"items", "fire,order,1,0,handle5", ",order,1,0,handle5", "items", "H2", "不能空着", "填写"},
        {"items", "fire,order,1,0,handle5", "fire,order,是,0,handle5", "items", "J2", "不是 1 或 0", "1"},
        {"items", "fire,order,1,0,handle5", "fire,order,1,0,handle7", "items", "L2", "limits 表里没有时限“handle7”",
         "是不是“handle5”（办结，limits 第 3 行）"},
        {"items", "handle5,0,1,照片", "handle5,三,1,照片", "items", "M2", "“三”不是", "0 到 365"},
        {"items", "XF01,enforcement,XF", "XF01,enforcment,XF", "items", "B2", "没有清单“enforcment”",
         "是不是“enforcement”（执法清单）"},
        {"items", "XF01,enforcement,XF", "XF01,enforcement,SV", "items", "B2", "清单不同", "类别"},
        {"items", "ZS01,enforcement", "XF01,enforcement", "items", "A3", "与第 2 行重复", "换一个编码"},
        {"items", "ZS01,enforcement", "噪声,enforcement", "items", "A3", "不能做编码", "英文字母"},
        {"items", "@community,,,0,0", "@community,std,,0,0", "items", "H4", "服务清单事项不能有执法阶梯", "留空"},
        {"items", "@community,,,0,0", "@community,,order,0,0", "items", "I4", "服务清单事项不能责令", "留空"},
        {"items", ",XF01,1,seed", ",XF10,1,seed", "items", "T4", "没有事项“XF10”", "是不是“XF01”"},
        {"items", ",XF01,1,seed", ",SV01,1,seed", "items", "T4", "不能升级到自己", "另一个"},
        {"items", ",1,ours,", ",1,our,", "items", "V3", "没有写明出处", "seed"},
        {"items", "物业先通知挪车", "打 13807970000 找老王", "items", "R2", "手机号", "phone"},
        {"bases", "SV01,物业管理条例", "XF01,物业管理条例", "items", "A4", "事项“SV01”没有法律依据", "bases"},
        {"bases", "2022-06-05", "2022-06-31", "bases", "E2", "“2022-06-31”不是日期", "2026-04-21"},
        {"bases", "2022-06-05,2026-08-14", "2026-08-15,2026-08-14", "bases", "F2", "在起始日之前", "不早于"},
        {"bases", "XF01,消防法", "XF1,消防法", "bases", "A3", "没有事项",
         "是不是“XF01”（占用消防车通道，items 第 2 行）"},
        {"phrases", "喇叭一直喊,2", "喇叭一直喊,9", "phrases", "C6", "“9”不是", "1 到 5"},
        {"phrases", "XF01,真着火了怎么办,1", "XF01,消防通道,1", "phrases", "A4", "与第 3 行重复", "删掉"},
        {"confusables", "XF01|SV01", "XF01", "confusables", "B2", "只有一个事项", "两个"},
        {"confusables", "有消防标线吗？", "", "confusables", "C2", "不能空着", "填写"},
        {"emergencies", "着火,119", "着火,报警", "emergencies", "B2", "不是电话号码", "119"},
        {"emergencies", "着火,119", "火,119", "emergencies", "A2", "现在是 1 个字", "2 到 20"},
        {"ladders", "std,2,order,persuade", "std,2,order,penalise", "ladders", "D4", "前面没有这一层", "留空"},
        {"ladders", "persuade,danger,2", "persuade,dangr,2", "ladders", "E4", "跳级理由", "是不是“danger”"},
        {"ladders", "std,2,order,persuade,danger", "std,2,order,,danger", "ladders", "E4", "没有可跳过的", "after"},
        {"ladders", "filing|notice", "filling|notice", "ladders", "G3", "没有程序要求", "是不是“filing”"},
        {"ladders", "std,2,order", "std,1,order", "ladders", "A4", "与第 2 行重复", "删掉"},
        {"channels", "property|liaison", "property|liason", "channels", "C3", "没有角色“liason”",
         "是不是“liaison”（社区联络员）"},
        {"channels", "call,dissuade", "call,disuade", "channels", "E3", "没有渠道要求", "dissuade"},
        {"channels", "居民扫码,resident,call", "居民扫码,resident,cal", "channels", "D2", "没有环节“cal”",
         "call、accept"},
        {"hops", "hop4,coordinator,第三条", "hop5,coordinator,第三条", "hops", "F3", "没有时限", "是不是“hop4”"},
        {"hops", "urban,3,respond", "urban,3,accept", "hops", "A2", "没有响应环节", "respond"},
        {"hops", "urban,1,call", "urban,9,call", "hops", "B2", "排在", "先后"},
        {"limits", "5,working_day", "5,workday", "limits", "D3", "没有时限单位“workday”", "working_day"},
        {"limits", "4,office_hour,hop,1", "4,office_hour,hop,5", "limits", "F2", "“5”不是", "0 到 4"},
        {"limits", "4,office_hour,hop,1", "4.5,office_hour,hop,1", "limits", "C2", "“4.5”不是", "0 到 400"},
        {"reasons", "skip,danger", "skipp,danger", "reasons", "A2", "没有理由类别", "是不是“skip”"},
        {"calendar", "2026-02-14,workday", "2026-02-13,workday", "calendar", "B2", "本来就是工作日", "周六或周日"},
        {"calendar", "2026-02-14,workday", "2026-02-16,holiday", "calendar", "A3", "与第 2 行重复", "删掉"},
        {"calendar", "2026-02-14,workday", "2062-02-30,holiday", "calendar", "A2", "不是日期", "2026-04-21"},
        {"wordings", "{due}", "{due", "wordings", "B3", "没有写完整", "{due}"},
        {"scheme", "region,360733", "region,3607", "scheme", "B5", "6 位", "360733"},
        {"scheme", "office_am,08:30-12:00", "office_am,8:30-12:00", "scheme", "B7", "不是一段时间", "08:30-12:00"},
        {"scheme", "office_am,08:30-12:00", "office_am,08:30-15:00", "scheme", "B8", "早于上午结束", "不晚于"},
        {"scheme", "document,FA", "document,FB", "scheme", "B9", "没有文件“FB”", "FA"},
        {"scheme", "valid_from,2023-01-01\n", "", "scheme", "A12", "缺少“valid_from”", "加一行"},
        {"scheme", "host,", "hots,", "scheme", "A10", "不认识“hots”", "是不是“host”"},
        {"documents", "2023-01-01", "2023-1-1", "documents", "D2", "不是日期", "2026-04-21"},
        {"categories", "XF,消防通道,", "XF,,", "categories", "B2", "不能空着", "填写"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table_set set;
        small_tables(a, &set, rows[i].table, rows[i].from, rows[i].to);
        if (scheme_read(a, set.all, &set.errors))
            fail_msg("%s: \"%s\" was taken", rows[i].table, rows[i].to);
        expect_error(&set.errors, rows[i].to, rows[i].in, rows[i].cell, rows[i].message, rows[i].fix);
    }
}

static void
a_missing_table_is_one_error(void **state)
{
    (void)state;
    for (int i = 0; i < SCHEME_TABLES; i++) {
        const char *name = small_scheme[i].name;
        if (strcmp(name, "places") == 0 || strcmp(name, "people") == 0 || strcmp(name, "postings") == 0)
            continue; /* the registry's */
        struct table_set set;
        small_tables(a, &set, NULL, NULL, NULL);
        set.t[i].name = STR("elsewhere");
        assert_null(scheme_read(a, set.all, &set.errors));
        expect_error(&set.errors, name, name, "", "缺少表", name);
        if (set.errors.n != 1)
            fail_msg("%s: %zu errors", name, set.errors.n);
    }
}

static void
all_faults_come_at_once_up_to_500(void **state)
{
    (void)state;
    struct table_set set;
    struct buf b = {0};
    buf_z(&b, "item,phrase,weight\n");
    for (int i = 0; i < 700; i++)
        buf_printf(&b, "NO%d,词语%d,1\n", i, i);
    small_tables(a, &set, NULL, NULL, NULL);
    table_parse(a, STR("phrases"), buf_view(&b), &set.t[9], &set.errors);
    assert_null(scheme_read(a, set.all, &set.errors));
    assert_int_equal(set.errors.n, 501);
    check_str(set.errors.p[499].cell, "A501");
    assert_true(str_has(set.errors.p[500].message, STR("前 500 处")));
    buf_release(&b);
}

static void
a_scheme_by_hand_is_searched(void **state)
{
    (void)state;
    const struct item items[] = {{.code = STR("A")}, {.code = STR("B")}};
    const struct reason reasons[] = {{.kind = STR("skip"), .code = STR("danger")}};
    struct scheme s = {.items = items, .n_items = 2, .reasons = reasons, .n_reasons = 1};
    assert_int_equal(scheme_item(&s, STR("B")), 1);
    assert_int_equal(scheme_item(&s, STR("C")), -1);
    assert_ptr_equal(scheme_reason(&s, "skip", STR("danger")), &reasons[0]);
}

static void
roles_have_codes_and_labels(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++)
        assert_int_equal(role_find(str_of(role_code(i))), i);
    assert_string_equal(role_code(ROLE_GRID_CHIEF), "grid_chief");
    assert_string_equal(role_label(ROLE_GRID_CHIEF), "网格长");
    assert_string_equal(role_code(ROLE_CLOCK), "clock");
    assert_string_equal(role_code(ROLE_NONE), "");
    assert_int_equal(role_find(STR("nobody")), -1);
}

static void
the_shipped_scheme_is_sound(void **state)
{
    (void)state;
    struct table_set set;
    if (!shipped_tables(a, &set, "huichang"))
        skip();
    struct scheme *s = scheme_read(a, set.all, &set.errors);
    expect_no_errors(&set.errors);
    assert_non_null(s);
    size_t enforcement = 0, service = 0;
    for (size_t i = 0; i < s->n_items; i++) {
        enforcement += s->items[i].list == LIST_ENFORCEMENT;
        service += s->items[i].list == LIST_SERVICE;
    }
    assert_int_equal(enforcement, 32);
    assert_int_equal(service, 10);
    /* 国办发明电〔2025〕7号 and the two before */
    static const int working[] = {251, 248, 248};
    for (int y = 0; y < 3; y++)
        assert_int_equal(working_days_between(&s->calendar, day_number(2024 + y, 1, 1) - 1,
                                              day_number(2024 + y, 12, 31)),
                         working[y]);
}

/* How many rows of a shipped table have this value in this column; a `different` column counts each of its values once.
 * -1 when the file cannot be read. */
static int
shipped_count(const char *scheme, const char *name, const char *column, const char *value, const char *different)
{
    const char *root = getenv("SHAODAO_SOURCE_ROOT");
#ifdef TEST_DIR
    root = root ? root : TEST_DIR "/..";
#endif
    FILE *f = fopen(arena_printf(a, "%s/schemes/%s/%s.csv", root ? root : ".", scheme, name), "rb");
    if (!f)
        return -1;
    struct buf b = {0};
    for (size_t got = 1; got; b.n += got) {
        buf_need(&b, 65536);
        got = fread(b.p + b.n, 1, 65536, f);
    }
    fclose(f);
    struct scheme_errors errors = {0};
    struct table t;
    bool ok = table_parse(a, str_of(name), buf_view(&b), &t, &errors);
    int n = 0;
    for (size_t i = 0; ok && i < t.n_rows; i++) {
        bool counts = !column || str_is(table_cell(&t, i, column), value);
        for (size_t k = 0; counts && different && k < i; k++)
            counts = !str_eq(table_cell(&t, k, different), table_cell(&t, i, different)) ||
                     (column && !str_is(table_cell(&t, k, column), value));
        n += counts;
    }
    buf_release(&b);
    return ok ? n : -1;
}

/* What the four articles count. */
static void
shipped_schemes_hold_what_the_articles_count(void **state)
{
    (void)state;
    static const struct {
        const char *scheme, *table, *column, *value, *different;
        int n;
    } rows[] = {
        {"huichang", "items", "list", "enforcement", NULL, 32}, /* 9大类32项, 服务清单10项, 10个联络站 */
        {"huichang", "categories", "list", "enforcement", NULL, 9},
        {"huichang", "items", "list", "service", NULL, 10},
        {"huichang", "orgs", "kind", "station", NULL, 10},

        {"bagongshan", "items", "list", "enforcement", NULL, 29}, /* 7类29条, 13个社区26个小区, 22名队员, 6部门轮值 */
        {"bagongshan", "categories", "list", "enforcement", NULL, 7},
        {"bagongshan", "places", "kind", "community", NULL, 13},
        {"bagongshan", "places", "kind", "compound", NULL, 26},
        {"bagongshan", "postings", "role", "officer", "username", 22},
        {"bagongshan", "postings", "role", "sector_chief", "turn", 6},
        {"bagongshan", "postings", "role", "contact_leader", "place", 13}, /* 四大班子联系包保社区全覆盖 */
        {"bagongshan", "postings", "role", "grid_chief", "place", 26},
        {"bagongshan", "whistles", NULL, NULL, "code", 4}, /* 宣传、应急、执法、攻坚 */
        {"bagongshan", "whistles", "arrive", "urgent_arrive", NULL, 1}, /* 15分钟 */
        {"bagongshan", "limits", "anchor", "registration", "amount", 3}, /* 257 */
        {"bagongshan", "revisits", NULL, NULL, "audience", 2}, /* 一案双回访 */

        {"nanhu", "items", "list", "enforcement", NULL, 12},
        {"nanhu", "items", "list", "service", NULL, 8},
        {"nanhu", "items", "lead", "@first", NULL, 8}, /* 没有“局外人” */
        {"nanhu", "places", "kind", "community", NULL, 6},
        {"nanhu", "places", "origin", "seed", NULL, 3}, /* 南湖区, 烟雨, 枫杨 */
        {"nanhu", "postings", "note", "社区联络员，与联居队员一对一", "place", 6},
        {"nanhu", "postings", "note", "联居队员，每周一到社区", "place", 6},

        {"lucheng", "places", "kind", "community", NULL, 12}, /* 12个社区的工作站 */
        {"lucheng", "orgs", "kind", "station", NULL, 12},
        {"lucheng", "postings", "role", "station_chief", "place", 12},
        {"lucheng", "postings", "role", "station_deputy", "place", 12},
        {"lucheng", "scopes", "origin", "seed", "org", 5}, /* 明确执法边界 */
        {"lucheng", "whistles", NULL, NULL, "code", 4},
        {"lucheng", "hops", "hop", "respond", "owner", 3}, /* first contact, second contact, head */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int n = shipped_count(rows[i].scheme, rows[i].table, rows[i].column, rows[i].value, rows[i].different);
        if (n < 0 && i == 0)
            skip();
        if (n != rows[i].n)
            fail_msg("%s %s %s=%s: %d, not %d", rows[i].scheme, rows[i].table, rows[i].column ? rows[i].column : "",
                     rows[i].value ? rows[i].value : "", n, rows[i].n);
    }
}

/* 120余名工作人员下沉到12个社区: who works for a department and is posted to a community. */
static void
every_community_of_lucheng_has_ten_seconded_officers(void **state)
{
    (void)state;
    struct table_set set;
    if (!shipped_tables(a, &set, "lucheng"))
        skip();
    const struct table *places = tables_find(set.all, "places"), *postings = tables_find(set.all, "postings");
    int all = 0;
    for (size_t p = 0; p < places->n_rows; p++) {
        if (!str_is(table_cell(places, p, "kind"), "community"))
            continue;
        int here = 0, contacts = 0;
        for (size_t i = 0; i < postings->n_rows; i++) {
            bool is_theirs = str_is(table_cell(postings, i, "role"), "officer") &&
                             str_eq(table_cell(postings, i, "place"), table_cell(places, p, "code"));
            struct str order = table_cell(postings, i, "order");
            here += is_theirs;
            contacts += is_theirs && (str_is(order, "1") || str_is(order, "2"));
            if (is_theirs && !table_cell(postings, i, "cert_no").n)
                fail_msg("postings row %zu: seconded without a certificate", i + 2);
        }
        assert_int_equal(here, 10);
        assert_int_equal(contacts, 8); /* 1至2名“挂点联系”人员 of each of four departments */
        all += here;
    }
    assert_int_equal(all, 120);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_as_rfc_4180_says),
        cmocka_unit_test(broken_tables_name_the_cell),
        cmocka_unit_test(odd_bytes_are_harmless),
        cmocka_unit_test(a_sound_scheme_is_read),
        cmocka_unit_test(rows_are_sorted_where_order_matters),
        cmocka_unit_test(every_wrong_cell_is_found),
        cmocka_unit_test(a_missing_table_is_one_error),
        cmocka_unit_test(all_faults_come_at_once_up_to_500),
        cmocka_unit_test(a_scheme_by_hand_is_searched),
        cmocka_unit_test(roles_have_codes_and_labels),
        cmocka_unit_test(the_shipped_scheme_is_sound),
        cmocka_unit_test(shipped_schemes_hold_what_the_articles_count),
        cmocka_unit_test(every_community_of_lucheng_has_ten_seconded_officers),
    };
    return cmocka_run_group_tests_name("scheme", tests, set_up, tear_down);
}
