/* 立案、处置和结案标准: what counties have becomes items and limits; what cannot be understood is told with its cell. */
#include "workbook_kit.h"

#include "scheme_files.h"
#include "standards.h"
#include "workbook.h"

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

/* ---- limits ---- */

static void
limits_are_read_with_their_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int amount;
        enum limit_unit unit;
        bool is_urgent, is_assumed;
        const char *condition;
    } rows[] = {
        {"30分钟", 30, UNIT_MINUTE, false, false, ""},
        {"2紧急工作时", 120, UNIT_MINUTE, true, false, ""},
        {"4工作时", 4, UNIT_OFFICE_HOUR, false, false, ""},
        {"４ 工作小时", 4, UNIT_OFFICE_HOUR, false, false, ""},
        {"5个工作日内", 5, UNIT_WORKING_DAY, false, false, ""},
        {"不超过 十五 个工作日。", 15, UNIT_WORKING_DAY, false, false, ""},
        {"立案后5工作日内完成", 5, UNIT_WORKING_DAY, false, false, ""},
        {"7自然日", 7, UNIT_NATURAL_DAY, false, false, ""},
        {"二十四小时", 1440, UNIT_MINUTE, false, true, ""},
        {"24h", 1440, UNIT_MINUTE, false, true, ""},
        {"3天", 3, UNIT_NATURAL_DAY, false, true, ""},
        {"两周", 14, UNIT_NATURAL_DAY, false, true, ""},
        {"1个月", 30, UNIT_NATURAL_DAY, false, true, ""},
        {"种植季节15工作日", 15, UNIT_WORKING_DAY, false, false, "种植季节"},
        {"5工作日（冬季）", 5, UNIT_WORKING_DAY, false, false, "（冬季）"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct standards_limit l;
        if (!standards_limit(a, str_of(rows[i].text), &l))
            fail_msg("row %zu: %s is not understood", i, rows[i].text);
        if (l.amount != rows[i].amount || l.unit != rows[i].unit || l.is_urgent != rows[i].is_urgent ||
            l.is_assumed != rows[i].is_assumed || !str_is(l.condition, rows[i].condition))
            fail_msg("row %zu: %s is %d of unit %d, urgent %d, assumed %d, condition %.*s", i, rows[i].text, l.amount, (int)l.unit,
                     l.is_urgent, l.is_assumed, (int)l.condition.n, l.condition.p);
    }
}

static void
what_is_no_single_limit_is_not_understood(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "立即", "5", "3-5个工作日", "一般3天，紧急2小时", "1.5小时", "半天", "工作日", "0工作日",
                                        "401工作日", "31天的次日2时", "721小时", "99999999999工作日"};
    struct standards_limit l;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (standards_limit(a, str_of(texts[i]), &l))
            fail_msg("%s is taken for %d of unit %d", texts[i], l.amount, (int)l.unit);
}

/* ---- sheets ---- */

struct outcome {
    bool ok;
    struct standards s;
    struct err err;
};

static struct outcome
read_with(const char *csv, enum list list, struct tables scheme)
{
    struct standards_sheet sheet = {.name = STR("标准")};
    struct scheme_errors errors = {0};
    struct strs *rows;
    struct outcome o = {0};
    assert_true(table_rows(a, sheet.name, str_of(csv), &rows, &sheet.n_rows, &errors));
    sheet.rows = rows;
    o.ok = standards_read(a, &sheet, 1, &(struct standards_options){list, scheme, STR("")}, &o.s, &o.err);
    return o;
}

static struct outcome
read_sheet(const char *csv)
{
    struct outcome o = read_with(csv, LIST_SERVICE, (struct tables){0});
    if (!o.ok)
        fail_msg("refused: %s", o.err.fields[0].message);
    return o;
}

static struct str
item_cell(const struct outcome *o, size_t row, const char *column)
{
    return table_cell(tables_find(o->s.tables, "items"), row, column);
}

/* The note at a cell whose text has these words. */
static const struct standards_note *
note_at(const struct outcome *o, const char *at, const char *words)
{
    for (size_t i = 0; i < o->s.n_notes; i++)
        if (str_is(o->s.notes[i].cell, at) && str_has(o->s.notes[i].text, str_of(words)))
            return &o->s.notes[i];
    for (size_t i = 0; i < o->s.n_notes; i++)
        print_message("# %.*s %.*s\n", (int)o->s.notes[i].cell.n, o->s.notes[i].cell.p, (int)o->s.notes[i].text.n, o->s.notes[i].text.p);
    fail_msg("no note at %s: %s", at, words);
    return NULL;
}

#define HEAD "大类代码,大类名称,小类代码,小类名称,处置单位,主管部门,立案条件,结案条件,处置时限\n"

static void
every_condition_is_an_item_with_its_limit(void **state)
{
    (void)state;
    struct outcome o = read_sheet("某县城市管理立案、处置和结案标准（部件）,,,,,,,,\n" HEAD
                                  "01,公用设施,01,上水井盖,水务局,住建局,缺失、移位,恢复,2紧急工作时\n"
                                  ",,,,,,破损,更换或修复,4工作时\n"
                                  ",,,,,,沉降,修复,5个工作日\n"
                                  ",,02,路灯,城管局,,不亮,修复,7自然日\n"
                                  "02,道路交通,01,护栏,城管局,,倾斜,扶正,45分钟\n");
    assert_int_equal(o.s.n_kinds, 3);
    assert_int_equal(o.s.n_items, 5);
    assert_int_equal(o.s.n_skipped, 2);
    static const struct {
        const char *code, *category, *name, *lead, *limit, *closing, *urgent;
    } rows[] = {
        {"B0101-1", "B01", "上水井盖：缺失、移位", "水务局", "std_m120", "恢复", "1"},
        {"B0101-2", "B01", "上水井盖：破损", "水务局", "std_h4", "更换或修复", "0"},
        {"B0101-3", "B01", "上水井盖：沉降", "水务局", "std_w5", "修复", "0"},
        {"B0102-1", "B01", "路灯：不亮", "城管局", "std_n7", "修复", "0"},
        {"B0201-1", "B02", "护栏：倾斜", "城管局", "std_m45", "扶正", "0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_str(item_cell(&o, i, "code"), rows[i].code);
        check_str(item_cell(&o, i, "category"), rows[i].category);
        check_str(item_cell(&o, i, "name"), rows[i].name);
        check_str(item_cell(&o, i, "lead"), rows[i].lead);
        check_str(item_cell(&o, i, "limits"), rows[i].limit);
        check_str(item_cell(&o, i, "closing"), rows[i].closing);
        check_str(item_cell(&o, i, "urgent"), rows[i].urgent);
        check_str(item_cell(&o, i, "list"), "service");
    }
    const struct table *limits = tables_find(o.s.tables, "limits");
    static const struct {
        const char *code, *amount, *unit;
    } units[] = {{"std_m120", "120", "minute"},
                 {"std_h4", "4", "office_hour"},
                 {"std_w5", "5", "working_day"},
                 {"std_n7", "7", "natural_day"},
                 {"std_m45", "45", "minute"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        check_str(table_cell(limits, i, "code"), units[i].code);
        check_str(table_cell(limits, i, "amount"), units[i].amount);
        check_str(table_cell(limits, i, "unit"), units[i].unit);
        check_str(table_cell(limits, i, "clock"), "handling");
    }
}

static void
headings_are_known_by_many_names_and_in_any_order(void **state)
{
    (void)state;
    static const char *const sheets[] = {
        "处理时限,立案标准,部件名称,责任单位,结案标准\n5工作日,倾斜,护栏,城管局,扶正\n",
        "标题,,,,\n\n*小类名称,立案条件：,结案要求,责任主体,处置时限 （工作日）\n护栏,倾斜,扶正,城管局,5\n",
        "标题,,,,\n\n*小类名称,立案条件：,结案要求,责任主体,处置时限(单位：工作日)\n护栏,倾斜,扶正,城管局,五\n",
        /* 大类 over 代码 and 名称 */
        "大类,,小类,,立案条件,结案条件,处置时限,责任单位\n代码,名称,代码,名称,,,,\n01,道路,01,护栏,倾斜,扶正,5工作日,城管局\n",
    };
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        struct outcome o = read_sheet(sheets[i]);
        assert_int_equal(o.s.n_items, 1);
        check_str(item_cell(&o, 0, "name"), "护栏：倾斜");
        check_str(item_cell(&o, 0, "lead"), "城管局");
        check_str(item_cell(&o, 0, "closing"), "扶正");
        check_str(item_cell(&o, 0, "limits"), "std_w5");
    }
    struct outcome o = read_sheet(sheets[3]);
    check_str(item_cell(&o, 0, "code"), "B0101-1");
    check_str(table_cell(tables_find(o.s.tables, "categories"), 0, "name"), "道路");
}

static void
headings_come_again_on_every_page(void **state)
{
    (void)state;
    struct outcome o = read_sheet(HEAD "01,公用设施,01,井盖,水务局,,缺失,恢复,2工作时\n" HEAD ",,,,,,破损,修复,4工作时\n");
    assert_int_equal(o.s.n_kinds, 1);
    assert_int_equal(o.s.n_items, 2);
    assert_int_equal(o.s.n_notes, 1);
    note_at(&o, "A2", "没有法律依据");
}

static void
what_is_odd_is_told_with_its_cell_and_the_fix(void **state)
{
    (void)state;
    struct outcome o = read_sheet(HEAD "01,公用设施,01,井盖,水务局,,缺失,恢复,尽快\n"     /* 2 */
                                       ",,,,,,破损,修复,尽快\n"                           /* 3 */
                                       ",,,,,,开裂,修复,24小时\n"                         /* 4 */
                                       ",,,,,,沉降,修复,冬季15工作日\n"                   /* 5 */
                                       ",,,,,,松动,紧固,\n"                               /* 6 */
                                       ",,,,,,,验收,\n"                                   /* 7 */
                                       ",,02,路灯,各产权单位,,不亮,修复,\n"               /* 8 */
                                       "01,公共设施,03,电杆,供电公司,,倾斜,扶正,3,多出\n" /* 9 */
                                       "注：本标准自印发之日起施行,,,,,,,,\n"             /* 10 */
                                       "01,公用设施,03,邮筒,邮政公司,,破损,修复,5工作日\n" /* 11 */);
    static const struct {
        const char *cell, *text;
        bool has_fix;
        size_t times;
    } rows[] = {
        {"I2", "时限“尽快”看不懂", true, 2},
        {"I4", "没有写明是不是工作时间", true, 1},
        {"I5", "带有条件“冬季”", true, 2},
        {"I6", "沿用上一行的“冬季15工作日”", true, 1},
        {"H7", "结案条件“验收”并入上一行", false, 1},
        {"E8", "“各产权单位”没有指明", true, 1},
        {"E8", "“路灯”没有写明处置单位", true, 1},
        {"I8", "“路灯”没有写时限", true, 1},
        {"I9", "时限“3”看不懂", true, 1},
        {"J9", "J 列没有表头", true, 1},
        {"B9", "前面叫“公用设施”，这里叫“公共设施”", true, 1},
        {"A10", "注：本标准自印发之日起施行", false, 1},
        {"C11", "小类代码 03 用了两次", true, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct standards_note *n = note_at(&o, rows[i].cell, rows[i].text);
        assert_int_equal(n->fix.n > 0, rows[i].has_fix);
        assert_int_equal(n->times, rows[i].times);
    }
    assert_int_equal(o.s.n_without_limit, 4);
    assert_int_equal(o.s.n_without_owner, 1);
    assert_int_equal(o.s.n_items, 8);
    check_str(item_cell(&o, 4, "closing"), "紧固|验收");
}

static void
columns_without_a_counterpart_are_told(void **state)
{
    (void)state;
    struct outcome o = read_sheet("序号,小类名称,立案条件,处置时限,处置时限\n1,护栏,倾斜,5工作日,3工作日\n");
    note_at(&o, "A1", "列“序号”没有对应");
    note_at(&o, "E1", "列“处置时限”没有对应");
    check_str(item_cell(&o, 0, "limits"), "std_w5");
}

static void
categories_in_lines_of_their_own_are_taken(void **state)
{
    (void)state;
    struct outcome o = read_sheet("小类名称,立案条件,处置时限\n公用设施类,,\n井盖,缺失,2工作时\n道路类,,\n护栏,倾斜,5工作日\n");
    const struct table *c = tables_find(o.s.tables, "categories");
    assert_int_equal(c->n_rows, 2);
    check_str(table_cell(c, 0, "name"), "公用设施类");
    check_str(table_cell(c, 1, "name"), "道路类");
}

static void
a_file_without_such_a_list_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *says;
    } rows[] = {
        {"姓名,电话\n张三,1\n", "没有找到表头"},
        {"", "没有找到表头"},
        {HEAD, "没有内容"},
        {"小类名称,立案条件\n护栏,倾斜\n", "没有找到表头"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome o = read_with(rows[i].csv, LIST_SERVICE, (struct tables){0});
        assert_false(o.ok);
        assert_non_null(strstr(o.err.fields[0].message, rows[i].says));
    }
    struct buf big = {0};
    buf_z(&big, HEAD);
    for (int i = 0; i <= STANDARDS_LINES_MAX; i++)
        buf_printf(&big, "01,公用设施,%d,井盖,水务局,,缺失,恢复,2工作时\n", i);
    struct outcome o = read_with(str_z(a, buf_view(&big)), LIST_SERVICE, (struct tables){0});
    assert_false(o.ok);
    assert_non_null(strstr(o.err.fields[0].message, "太多"));
    buf_release(&big);
}

/* ---- bases ---- */

static void
articles_become_bases(void **state)
{
    (void)state;
    struct outcome o = read_sheet("小类名称,立案条件,处置时限,法律依据,具体条款\n"
                                  "护栏,倾斜,5工作日,《甲条例》,《甲条例》第二十三条，应当修复。《乙法》第十条；第十一条\n"
                                  "井盖,缺失,2工作时,《中华人民共和国刑法》第二百九十一条之二,\n"
                                  "电杆,倾斜,5工作日,有关规定,\n");
    const struct table *b = tables_find(o.s.tables, "bases");
    static const struct {
        const char *item, *law, *article;
    } rows[] = {{"BD1X1-1", "甲条例", "23"}, {"BD1X1-1", "乙法", "10"}, {"BD1X1-1", "乙法", "11"}, {"BD1X2-1", "刑法", "291之二"}};
    assert_int_equal(b->n_rows, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < b->n_rows; i++) {
        check_str(table_cell(b, i, "item"), rows[i].item);
        check_str(table_cell(b, i, "law"), rows[i].law);
        check_str(table_cell(b, i, "article"), rows[i].article);
        assert_true(table_cell(b, i, "gist").n > 0);
    }
    assert_int_equal(o.s.n_without_basis, 1);
    note_at(&o, "E4", "“电杆”没有写明法律条款");
}

static void
the_list_itself_may_stand_as_the_basis(void **state)
{
    (void)state;
    struct standards_sheet sheet = {.name = STR("标准")};
    struct scheme_errors errors = {0};
    struct strs *rows;
    struct outcome o = {0};
    assert_true(table_rows(a, sheet.name, STR(HEAD "01,公用,02,井盖,水务局,,缺失,恢复,2工作时\n"), &rows, &sheet.n_rows, &errors));
    sheet.rows = rows;
    assert_true(standards_read(a, &sheet, 1, &(struct standards_options){LIST_SERVICE, {0}, STR("某县立案结案标准")}, &o.s, &o.err));
    const struct table *b = tables_find(o.s.tables, "bases");
    assert_int_equal(o.s.n_without_basis, 0);
    assert_int_equal(b->n_rows, 1);
    check_str(table_cell(b, 0, "law"), "某县立案结案标准");
    check_str(table_cell(b, 0, "article"), "01-02");
    check_str(table_cell(b, 0, "gist"), "缺失");
}

/* ---- units ---- */

static struct tables
some_scheme(void)
{
    static const char *const texts[][2] = {
        {"scheme", "key,value\ncounty,会昌县\n"},
        {"orgs", "code,name,short\nCG,会昌县城市管理局,城管局\nGA,会昌县公安局,公安局\nSW,会昌县水务集团有限公司,\n"},
        {"units", "name,code\n市政公用中心,CG\n环卫处,-\n"},
    };
    struct table *t = arena_array(a, struct table, 3);
    struct scheme_errors errors = {0};
    for (size_t i = 0; i < 3; i++)
        assert_true(table_parse(a, str_of(texts[i][0]), str_of(texts[i][1]), &t[i], &errors));
    return (struct tables){t, 3};
}

static void
names_get_the_codes_of_a_scheme(void **state)
{
    (void)state;
    static const struct {
        const char *name, *code, *near;
    } rows[] = {
        {"会昌县城市管理局", "CG", ""},   {"城管局", "CG", ""},         {"城市管理局", "CG", ""},     {"县城管局", "CG", ""},
        {"县公安局", "GA", ""},           {"属地街道", "@town", ""},    {"物业公司", "@firm", ""},    {"市政公用中心", "CG", ""},
        {"牵头单位：城管局", "CG", ""},   {"水务集团", "", "会昌县水务集团有限公司"}, {"供电公司", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome o = read_with(arena_printf(a, HEAD "01,甲,01,乙,%s,,丙,丁,5工作日\n", rows[i].name), LIST_SERVICE, some_scheme());
        assert_true(o.ok);
        assert_int_equal(o.s.n_units, 1);
        check_str(o.s.units[0].code, rows[i].code);
        check_str(o.s.units[0].near, rows[i].near);
        check_str(o.s.units[0].cell, "E2");
    }
    struct outcome o = read_with(HEAD "01,甲,01,乙,公安局、城管局，县城管局及各产权单位;环卫处、供电公司,,丙,丁,5工作日\n", LIST_SERVICE, some_scheme());
    check_str(item_cell(&o, 0, "lead"), "GA");
    check_str(item_cell(&o, 0, "assists"), "CG|供电公司");
}

/* ---- workbooks ---- */

#define CELL(at, text) "<c r=\"" at "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"

static void
merged_cells_of_a_workbook_repeat(void **state)
{
    (void)state;
    struct package *p = package_new(a, "");
    package_put(p, "xl/workbook.xml", BOOK("<sheet name=\"事件\" sheetId=\"1\" r:id=\"rId1\"/>"));
    package_put(p, "xl/worksheets/sheet1.xml",
                "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>"
                "<row r=\"1\">" CELL("A1", "某县标准") "</row>"
                "<row r=\"3\">" CELL("A3", "大类") CELL("C3", "小类") CELL("E3", "立案条件") CELL("F3", "处置时限") "</row>"
                "<row r=\"4\">" CELL("A4", "代码") CELL("B4", "名称") CELL("C4", "代码") CELL("D4", "名称") "</row>"
                "<row r=\"5\">" CELL("A5", "01") CELL("B5", "市容") CELL("C5", "01") CELL("D5", "乱堆") CELL("E5", "一方以下") CELL("F5", "4工作时") "</row>"
                "<row r=\"6\">" CELL("E6", "一方以上") "</row>"
                "<row r=\"7\">" CELL("E7", "有人投诉") "<c r=\"F7\" t=\"str\"><f>1+1&amp;\"工作时\"</f><v>2工作时</v></c></row>"
                "</sheetData><mergeCells><mergeCell ref=\"A1:F2\"/><mergeCell ref=\"A3:B3\"/><mergeCell ref=\"C3:D3\"/>"
                "<mergeCell ref=\"E3:E4\"/><mergeCell ref=\"F3:F4\"/><mergeCell ref=\"A5:A7\"/><mergeCell ref=\"B5:B7\"/>"
                "<mergeCell ref=\"C5:C7\"/><mergeCell ref=\"D5:D7\"/><mergeCell ref=\"F5:F6\"/></mergeCells></worksheet>");
    struct workbook_sheet *sheets;
    struct scheme_errors errors = {0};
    struct outcome o = {0};
    size_t n;
    assert_true(workbook_sheets(a, STR("x.xlsx"), package_bytes(a, p), &sheets, &n, &errors, &o.err));
    assert_int_equal(n, 1);
    expect_no_errors(&errors);
    struct standards_sheet sheet = {sheets[0].name, sheets[0].rows, sheets[0].n_rows};
    assert_true(standards_read(a, &sheet, 1, &(struct standards_options){LIST_ENFORCEMENT, {0}, STR("")}, &o.s, &o.err));
    assert_int_equal(o.s.n_kinds, 1);
    assert_int_equal(o.s.n_items, 3);
    static const char *const limits[] = {"std_h4", "std_h4", "std_h2"};
    for (size_t i = 0; i < 3; i++) {
        check_str(item_cell(&o, i, "code"), arena_printf(a, "S0101-%zu", i + 1));
        check_str(item_cell(&o, i, "limits"), limits[i]);
        check_str(item_cell(&o, i, "list"), "enforcement");
    }
}

/* ---- into a scheme ---- */

static void
the_list_joins_a_scheme_that_then_reads(void **state)
{
    (void)state;
    struct table_set *small = arena_new_of(a, struct table_set);
    small_tables(a, small, NULL, NULL, NULL);
    struct str org = table_cell(tables_find(small->all, "orgs"), 0, "name");
    const char *csv = arena_printf(a, "大类名称,小类代码,小类名称,处置单位,立案条件,结案条件,处置时限,法律依据\n"
                                      "公用,01,井盖,%.*s,缺失,恢复,2工作时,《甲条例》第一条\n,,,,破损,修复,5工作日,\n",
                                   (int)org.n, org.p);
    struct outcome o = read_with(csv, LIST_SERVICE, small->all);
    assert_true(o.ok);
    struct standards_merged count;
    struct tables all = standards_merge(a, small->all, o.s.tables, &count);
    assert_int_equal(count.n_added, 2);
    assert_int_equal(count.n_replaced, 0);
    struct scheme_errors errors = {0};
    struct scheme *s = scheme_read(a, all, &errors);
    expect_no_errors(&errors);
    assert_non_null(s);
    size_t before = tables_find(small->all, "items")->n_rows;
    assert_int_equal(s->n_items, before + 2);
    const struct limit *l = &s->limits[s->items[before].limit];
    assert_int_equal(l->amount, 2);
    assert_int_equal(l->unit, UNIT_OFFICE_HOUR);
    /* the same list again changes nothing */
    struct tables again = standards_merge(a, all, o.s.tables, &count);
    assert_int_equal(count.n_added, 0);
    assert_int_equal(count.n_replaced, 2);
    for (size_t i = 0; i < again.n; i++)
        assert_int_equal(again.p[i].n_rows, all.p[i].n_rows);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(limits_are_read_with_their_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_single_limit_is_not_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_condition_is_an_item_with_its_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headings_are_known_by_many_names_and_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headings_come_again_on_every_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_odd_is_told_with_its_cell_and_the_fix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_without_a_counterpart_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(categories_in_lines_of_their_own_are_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_without_such_a_list_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(articles_become_bases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_list_itself_may_stand_as_the_basis, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_get_the_codes_of_a_scheme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(merged_cells_of_a_workbook_repeat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_list_joins_a_scheme_that_then_reads, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
