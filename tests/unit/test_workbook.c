/* Workbooks: what was written is read back; what Excel, WPS and LibreOffice save is understood; what is wrong names its
 * cell; what is hostile is refused with a sentence. */
#include "workbook_kit.h"

#include "limits.h"
#include "scheme_files.h"
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

static struct str
csv_of(const struct table *t)
{
    struct buf b = {0};
    table_write(&b, t);
    struct str s = str_dup(a, buf_view(&b));
    buf_release(&b);
    return s;
}

struct outcome {
    bool ok;
    struct tables tables;
    struct scheme_errors errors;
    struct err err;
};

static struct outcome
read_back(const char *name, struct str bytes)
{
    struct outcome o = {0};
    o.ok = workbook_tables(a, str_of(name), bytes, &o.tables, &o.errors, &o.err);
    assert_true(o.ok || o.err.n_fields == 1);
    return o;
}

static struct outcome
read_sheet(const char *rows)
{
    return read_back("x.xlsx", package_bytes(a, package_new(a, rows)));
}

static void
expect_sound(const struct outcome *o)
{
    if (!o->ok)
        fail_msg("refused: %s", o->err.fields[0].message);
    expect_no_errors(&o->errors);
}

/* ---- round trips ---- */

static void
expect_same_tables(struct tables tables)
{
    struct buf book = {0};
    struct err err = {0};
    assert_true(workbook_write(tables, NULL, &book, &err));
    struct outcome o = read_back("x.xlsx", buf_view(&book));
    expect_sound(&o);
    assert_int_equal(o.tables.n, tables.n);
    for (size_t i = 0; i < tables.n; i++)
        check_str(csv_of(tables_find(o.tables, str_z(a, tables.p[i].name))), str_z(a, csv_of(&tables.p[i])));
    buf_release(&book);
}

static void
a_scheme_comes_back_as_it_was(void **state)
{
    (void)state;
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    expect_no_errors(&set.errors);
    expect_same_tables(set.all);
}

static void
the_shipped_scheme_comes_back_as_it_was(void **state)
{
    (void)state;
    struct table_set set;
    if (shipped_tables(a, &set, "huichang"))
        expect_same_tables(set.all);
}

static void
odd_cells_come_back_as_they_were(void **state)
{
    (void)state;
    static const char csv[] = "code,text\n"
                              "0012,007\n"
                              "a,=1+1\n"
                              "b,+86 797\n"
                              "c,1E5\n"
                              "d,TRUE\n"
                              "e,2026-04-21\n"
                              "f,\"一行\n二行\r\n三行\"\n"
                              "g,\"他说“好”，\"\"行\"\"\"\n"
                              "h,_x000D_ 和 _x0041_ 和 _x00\n"
                              "i,<b>&amp;</b>\n"
                              "j,𠮷野家 😀\n"
                              "k,110101199001011234567890\n"
                              "l,http://example.org/?a=1&b=2\n"
                              "m,\n";
    struct table t;
    struct scheme_errors errors = {0};
    assert_true(table_parse(a, STR("wordings"), str_of(csv), &t, &errors));
    check_str(csv_of(&t), csv);
    expect_same_tables((struct tables){&t, 1});
}

/* ---- what other programs write ---- */

static const struct {
    const char *what, *part, *text, *rows, *csv;
} programs[] = {
    {"Excel: shared strings, rich text, reading aids, escapes", "xl/sharedStrings.xml",
     STRINGS("<si><t>code</t></si><si><r><rPr><b/></rPr><t>na</t></r><r><t xml:space=\"preserve\">me</t></r></si>"
             "<si><t>办结</t><rPh sb=\"0\" eb=\"2\"><t>banjie</t></rPh></si><si><t>一_x000A_二</t></si><si><t/></si>"),
     "<row r=\"1\" spans=\"1:2\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"
     "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" t=\"s\"><v>3</v></c></row>"
     "<row r=\"3\"><c r=\"A3\"><v>5</v></c><c r=\"B3\" t=\"s\"><v>4</v></c></row>",
     "code,name\n办结,\"一\n二\"\n5,\n"},
    {"Excel: numbers, dates, times, codes with leading zeros", "xl/styles.xml",
     STYLES("<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
            "<numFmt numFmtId=\"177\" formatCode=\"000\"/><numFmt numFmtId=\"178\" formatCode=\"0.00&quot;days&quot;\"/>"
            "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
            "<xf numFmtId=\"176\"/><xf numFmtId=\"177\"/><xf numFmtId=\"178\"/><xf numFmtId=\"20\"/><xf numFmtId=\"22\"/>"
            "</cellXfs>"),
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"
     "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>46133</v></c><c r=\"B2\" s=\"2\"><v>46133</v></c></row>"
     "<row r=\"3\"><c r=\"A3\" s=\"3\"><v>7</v></c><c r=\"B3\" s=\"4\"><v>2.5</v></c></row>"
     "<row r=\"4\"><c r=\"A4\" s=\"5\"><v>0.35416666666666669</v></c><c r=\"B4\" s=\"6\"><v>46133.5</v></c></row>"
     "<row r=\"5\"><c r=\"A5\"><v>115.78600000000001</v></c><c r=\"B5\"><v>1.2E+3</v></c></row>",
     "code,name\n2026-04-21,2026-04-21\n007,2.5\n08:30,2026-04-21 12:00\n115.786,1200\n"},
    {"WPS: prefixed names, inline strings, sparse cells", "xl/worksheets/sheet1.xml",
     "<x:worksheet xmlns:x=\"" MAIN_NS "\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>code</x:t></x:is>"
     "</x:c><x:c r=\"B1\" t=\"inlineStr\"><x:is><x:t>name</x:t></x:is></x:c><x:c r=\"C1\" t=\"inlineStr\"><x:is><x:t>note</x:t>"
     "</x:is></x:c></x:row><x:row r=\"2\"><x:c r=\"C2\" t=\"inlineStr\"><x:is><x:r><x:t>备</x:t></x:r><x:r><x:t>注</x:t></x:r>"
     "</x:is></x:c></x:row></x:sheetData></x:worksheet>",
     "", "code,name,note\n,,备注\n"},
    {"LibreOffice: formatted empty rows to the very end, booleans, plain strings", "xl/worksheets/sheet1.xml",
     SHEET("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>code</v></c><c r=\"B1\" t=\"str\"><v>name</v></c><c r=\"C1\" s=\"0\"/></row>"
           "<row r=\"2\"><c r=\"A2\" t=\"b\"><v>1</v></c><c r=\"B2\" t=\"b\"><v>0</v></c></row>"
           "<row r=\"3\"><c r=\"A3\" s=\"0\"/></row><row r=\"1048576\"><c r=\"A1048576\" s=\"0\"/><c r=\"XFD1048576\" s=\"0\"/></row>"),
     "", "code,name\n1,0\n"},
    {"no places written, ISO dates", "xl/worksheets/sheet1.xml",
     SHEET("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c t=\"d\"><v>2026-04-21T00:00:00</v></c><c><v>1</v></c>"
           "</row>"),
     "", "code,name\n2026-04-21,1\n"},
    {"absolute targets", "xl/_rels/workbook.xml.rels",
     "<Relationships xmlns=\"" PACKAGE_NS "\">" RELATION("rId1", "worksheet", "/xl/worksheets/sheet1.xml")
         RELATION("rId2", "sharedStrings", "/xl/sharedStrings.xml") "</Relationships>",
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", "code\n"},
    {"an empty second sheet, instructions", "xl/workbook.xml",
     BOOK(ONE_SHEET "<sheet name=\"Sheet2\" sheetId=\"2\" r:id=\"rId9\"/><sheet name=\"说明\" sheetId=\"3\" r:id=\"rId8\"/>"),
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", "code\n"},
    {"dates from 1904", "xl/workbook.xml",
     "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" OFFICE_NS "\"><workbookPr date1904=\"1\"/><sheets>" ONE_SHEET
     "</sheets></workbook>",
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", "code\n"},
    {"Chinese labels in the place of the names", "xl/sharedStrings.xml", STRINGS("<si><t>代码</t></si><si><t>名称</t></si>"),
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>", "code,name\n"},
};

static void
what_other_programs_save_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        struct package *p = package_new(a, programs[i].rows);
        package_put(p, programs[i].part, programs[i].text);
        struct outcome o = read_back("x.xlsx", package_bytes(a, p));
        if (!o.ok || o.errors.n || o.tables.n != 1)
            print_error("%s\n", programs[i].what);
        expect_sound(&o);
        assert_int_equal(o.tables.n, 1);
        check_str(o.tables.p[0].name, "limits");
        check_str(csv_of(&o.tables.p[0]), programs[i].csv);
    }
}

/* ---- faults of cells ---- */

#define HEAD "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"

static const struct {
    const char *rows, *cell, *message, *fix;
} faults[] = {
    {HEAD "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><f>A2+1</f><v>2</v></c></row>", "B2", "公式", "数值"},
    {HEAD "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>HYPERLINK(\"http://x\")</f><v>x</v></c></row>", "A2", "公式", "数值"},
    {HEAD "<row r=\"2\"><c r=\"A2\" t=\"e\"><v>#REF!</v></c></row>", "A2", "错误值", "正确"},
    {HEAD "<row r=\"2\"><c r=\"B2\"><v>360733199001011234</v></c></row>", "B2", "15 位", "文本"},
    {HEAD "<row r=\"2\"><c r=\"B2\"><v>abc</v></c></row>", "B2", "数字是坏的", "重新"},
    {HEAD "<row r=\"4\"><c r=\"A4\"><v>1</v></c></row>", "A2", "空行", "删掉"},
    {HEAD "<row r=\"2\"><c r=\"C2\"><v>1</v></c></row>", "C2", "多出", ""},
    {"<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>", "A1", "表是空的", "列名"},
    {HEAD "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"3\"/></sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>"
          "<sheetData>",
     "A2", "合并", "取消"},
};

static void
a_wrong_cell_is_named_with_its_fix(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct outcome o = read_sheet(faults[i].rows);
        if (!o.ok)
            fail_msg("row %zu refused: %s", i, o.err.fields[0].message);
        expect_error(&o.errors, faults[i].rows, "limits", faults[i].cell, faults[i].message, faults[i].fix);
        assert_non_null(strstr(workbook_error_words(a, &o.errors.p[0]), "工作表「时限」"));
    }
}

static void
all_faults_come_at_once_and_no_more_than_a_person_reads(void **state)
{
    (void)state;
    struct buf rows = {0};
    buf_z(&rows, "<row r=\"1\">");
    for (int i = 0; i < 60; i++)
        buf_printf(&rows, "<c t=\"str\"><v>c%d</v></c>", i);
    buf_z(&rows, "</row>");
    for (int i = 0; i < 60; i++) {
        buf_printf(&rows, "<row>");
        for (int k = 0; k < 60; k++)
            buf_z(&rows, "<c><f>1</f><v>1</v></c>");
        buf_z(&rows, "</row>");
    }
    buf_char(&rows, 0);
    struct outcome o = read_sheet(rows.p);
    buf_release(&rows);
    assert_int_equal(o.errors.n, 501);
}

/* ---- files that are refused ---- */

static struct str
old_container(const char *inside)
{
    struct buf b = {0};
    buf_add(&b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    for (const char *p = inside; *p; p++) {
        buf_char(&b, *p);
        buf_char(&b, 0);
    }
    struct str s = str_dup(a, buf_view(&b));
    buf_release(&b);
    return s;
}

static void
expect_refused(const char *name, struct str bytes, const char *says)
{
    struct outcome o = read_back(name, bytes);
    if (o.ok)
        fail_msg("%s was taken; expected: %s", name, says);
    if (!strstr(o.err.fields[0].message, says))
        fail_msg("%s: found \"%s\", expected \"%s\"", name, o.err.fields[0].message, says);
    assert_int_equal(o.tables.n, 0);
    assert_true(utf8_valid(str_of(o.err.fields[0].message)));
}

static const struct {
    const char *what, *part, *text, *says; /* text NULL takes the part out */
} hostile[] = {
    {"broken XML", "xl/workbook.xml", "<workbook", "损坏"},
    {"two roots", "xl/worksheets/sheet1.xml", SHEET("") SHEET(""), "损坏"},
    {"not XML", "xl/sharedStrings.xml", "\x01\x02\x03", "损坏"},
    {"entities that grow", "xl/sharedStrings.xml",
     "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><sst xmlns=\"" MAIN_NS "\"><si><t>&b;</t></si></sst>", "XML 声明"},
    {"a file of the server", "xl/worksheets/sheet1.xml",
     "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>", "XML 声明"},
    {"no sheets", "xl/workbook.xml", BOOK(""), "没有工作表"},
    {"no workbook", "xl/workbook.xml", NULL, "xl/workbook.xml"},
    {"no relations", "xl/_rels/workbook.xml.rels", NULL, "缺少"},
    {"no sheet part", "xl/worksheets/sheet1.xml", NULL, "时限"},
    {"no strings part", "xl/sharedStrings.xml", NULL, "sharedStrings"},
    {"a string that is not there", "xl/worksheets/sheet1.xml", SHEET("<row><c t=\"s\"><v>99</v></c></row>"), "错乱"},
    {"rows backwards", "xl/worksheets/sheet1.xml", SHEET("<row r=\"5\"/><row r=\"2\"/>"), "错乱"},
    {"a cell of another row", "xl/worksheets/sheet1.xml", SHEET("<row r=\"2\"><c r=\"A9\"><v>1</v></c></row>"), "错乱"},
    {"a cell outside a row", "xl/worksheets/sheet1.xml", SHEET("<c r=\"A1\"><v>1</v></c>"), "错乱"},
    {"a huge row number", "xl/worksheets/sheet1.xml", SHEET("<row r=\"99999999\"/>"), "太大"},
    {"a row number beyond numbers", "xl/worksheets/sheet1.xml", SHEET("<row r=\"99999999999999999999\"/>"), "错乱"},
    {"a row too many", "xl/worksheets/sheet1.xml", SHEET("<row r=\"20001\"><c r=\"A20001\"><v>1</v></c></row>"), "20000"},
    {"a column too many", "xl/worksheets/sheet1.xml", SHEET("<row r=\"1\"><c r=\"BM1\"><v>1</v></c></row>"), "64"},
    {"an unknown sheet", "xl/workbook.xml", BOOK("<sheet name=\"Sheet9\" sheetId=\"1\" r:id=\"rId1\"/>"), "Sheet9"},
    {"a table twice", "xl/workbook.xml", BOOK(ONE_SHEET "<sheet name=\"limits\" sheetId=\"2\" r:id=\"rId1\"/>"), "只留一张"},
    {"another program's package", "content.xml", "<x/>", ".ods"},
    {"a binary workbook", "xl/workbook.bin", "x", ".xlsb"},
    {"a letter", "word/document.xml", "<x/>", "Word"},
};

static void
hostile_and_broken_packages_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        struct package *p = package_new(a, HEAD);
        package_put(p, hostile[i].part, hostile[i].text);
        expect_refused(hostile[i].what, package_bytes(a, p), hostile[i].says);
    }
}

static void
every_limit_holds(void **state)
{
    (void)state;
    struct package *p = package_new(a, HEAD);
    char *blanks = arena_alloc(a, LIMIT_WORKBOOK_ENTRY_BYTES + 2);
    memset(blanks, ' ', LIMIT_WORKBOOK_ENTRY_BYTES + 1);
    package_put(p, "xl/theme.xml", blanks);
    expect_refused("a part too large", package_bytes(a, p), "展开后太大");

    blanks[2 << 20] = 0;
    package_put(p, "xl/theme.xml", blanks);
    expect_refused("a part packed too well", package_bytes(a, p), "展开后太大");

    p = package_new(a, HEAD);
    for (int i = 0; i < LIMIT_WORKBOOK_ENTRIES; i++)
        package_put(p, arena_printf(a, "%d", i), "x");
    expect_refused("too many parts", package_bytes(a, p), "太多");

    struct buf deep = {0};
    for (int i = 0; i < LIMIT_WORKBOOK_XML_DEPTH; i++)
        buf_z(&deep, "<g>");
    buf_char(&deep, 0);
    expect_refused("too deep", package_bytes(a, package_new(a, deep.p)), "太深");
    buf_release(&deep);

    struct buf sheets = {0};
    for (int i = 0; i <= LIMIT_WORKBOOK_SHEETS; i++)
        buf_z(&sheets, ONE_SHEET);
    buf_char(&sheets, 0);
    p = package_new(a, HEAD);
    package_put(p, "xl/workbook.xml", arena_printf(a, BOOK("%s"), sheets.p));
    expect_refused("too many sheets", package_bytes(a, p), "工作表太多");
    buf_release(&sheets);

    char *large = arena_alloc(a, LIMIT_WORKBOOK_BYTES + 1);
    memcpy(large, "PK\3\4", 4);
    expect_refused("too large", (struct str){large, LIMIT_WORKBOOK_BYTES + 1}, "20 MB");
}

static void
a_cut_file_never_becomes_a_table(void **state)
{
    (void)state;
    struct str whole = package_bytes(a, package_new(a, HEAD));
    for (size_t n = 0; n < whole.n; n += 7)
        assert_false(read_back("x.xlsx", str_slice(whole, 0, n)).ok);
    for (size_t i = 4; i < whole.n; i += 11) { /* and a changed byte does no harm */
        char *bytes = arena_dup(a, whole.p, whole.n);
        bytes[i] ^= 0x55;
        read_back("x.xlsx", (struct str){bytes, whole.n});
    }
}

static void
files_of_other_kinds_are_told_apart(void **state)
{
    (void)state;
    expect_refused("limits.csv", STR(""), "空的");
    expect_refused("x.xls", old_container("Workbook"), ".xls");
    expect_refused("x.xlsx", old_container("EncryptedPackage"), "密码");
    expect_refused("x.pdf", STR("%PDF-1.7"), "不是表格");
    expect_refused("limits.csv", STR("\x89PNG\r\n"), "不是表格");
    expect_refused("x.xls", STR("<html><table>"), "网页");
    expect_refused("notes.txt", STR("code\n"), "不知道");
    expect_refused("limits.csv", STR("code\tname\n1\t2\n"), "逗号");
    expect_refused("limits.csv", STR("code;name\n1;2\n"), "逗号");
    expect_refused("limits.csv", STR("code,name\n\xFF\xFF\xFF\n"), "编码");
}

/* ---- CSV ---- */

#define UTF16LE_TEXT "\xFF\xFE" "c\0,\0n\0\n\0" "1\0,\0\x9E\x52\n\0"

static void
csv_in_every_encoding_of_offices(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct str bytes;
    } files[] = {
        {"limits.csv", STR("c,n\n1,办\n")},
        {"LIMITS/时限.CSV", STR("\xEF\xBB\xBF" "c,n\r\n1,办\r\n")},
        {"C:\\方案\\时限.csv", STR("c,n\n1,\xB0\xEC\n")}, /* GB18030 */
        {"limits.csv", STR(UTF16LE_TEXT)},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct outcome o = read_back(files[i].name, files[i].bytes);
        expect_sound(&o);
        check_str(o.tables.p[0].name, "limits");
        check_str(csv_of(&o.tables.p[0]), "c,n\n1,办\n");
    }
}

static void
a_zip_of_csv_is_a_scheme(void **state)
{
    (void)state;
    struct package *p = arena_new_of(a, struct package);
    package_put(p, "方案/时限.csv", "c,n\n1,\xB0\xEC\n");
    package_put(p, "items.csv", "\xEF\xBB\xBF" "code\nA\n");
    package_put(p, "__MACOSX/._items.csv", "\x01\x02");
    package_put(p, "readme.txt", "hello");
    struct outcome o = read_back("x.zip", package_bytes(a, p));
    expect_sound(&o);
    assert_int_equal(o.tables.n, 2);
    check_str(csv_of(tables_find(o.tables, "limits")), "c,n\n1,办\n");
    check_str(csv_of(tables_find(o.tables, "items")), "code\nA\n");
    p = arena_new_of(a, struct package);
    package_put(p, "readme.txt", "hello");
    expect_refused("x.zip", package_bytes(a, p), "没有 .csv");
}

/* ---- marks ---- */

static struct str
part_of(struct str book, const char *name)
{
    zip_error_t why;
    zip_t *zip = zip_open_from_source(zip_source_buffer_create(book.p, book.n, 0, &why), ZIP_RDONLY, &why);
    zip_stat_t st;
    assert_non_null(zip);
    if (zip_stat(zip, name, 0, &st) != 0)
        fail_msg("no part %s", name);
    char *bytes = arena_alloc(a, st.size + 1);
    zip_file_t *f = zip_fopen(zip, name, 0);
    assert_int_equal(zip_fread(f, bytes, st.size), st.size);
    zip_fclose(f);
    zip_discard(zip);
    return (struct str){bytes, st.size};
}

static void
a_marked_copy_says_what_is_wrong_and_reads_the_same(void **state)
{
    (void)state;
    struct table_set set;
    small_tables(a, &set, "limits", "office_hour", "office_huor");
    assert_null(scheme_read(a, set.all, &set.errors));
    expect_error(&set.errors, "unit", "limits", "D2", "office_huor", "office_hour");
    struct scheme_error beyond = {STR("limits"), STR("A99"), STR("缺少一行"), STR("加上。")};
    struct scheme_error more[] = {set.errors.p[0], beyond, beyond};
    struct scheme_errors marks = {more, 3, 3};
    struct buf book = {0};
    struct err err = {0};
    assert_true(workbook_write(set.all, &marks, &book, &err));
    struct outcome o = read_back("x.xlsx", buf_view(&book));
    expect_sound(&o);
    check_str(csv_of(tables_find(o.tables, "limits")), str_z(a, csv_of(tables_find(set.all, "limits"))));
    struct str strings = part_of(buf_view(&book), "xl/sharedStrings.xml");
    assert_true(str_has(strings, STR("工作表「时限」D2")));
    bool is_in_comment = false;
    for (int i = 1; i <= SCHEME_TABLES && !is_in_comment; i++)
        is_in_comment = str_has(part_of(buf_view(&book), arena_printf(a, "xl/comments%d.xml", i)), STR("office_huor"));
    assert_true(is_in_comment);
    buf_release(&book);
}

static void
lists_of_people_keep_their_merged_cells(void **state)
{
    (void)state;
    struct package *p = package_new(a, HEAD "<row r=\"2\"><c r=\"A2\"><v>7</v></c><c r=\"B2\"><v>1</v></c></row><row r=\"3\"><c r=\"B3\">"
                                            "<v>2</v></c></row></sheetData><mergeCells><mergeCell ref=\"A2:A3\"/>"
                                            "</mergeCells><sheetData>");
    struct workbook_sheet *sheets;
    size_t n;
    struct scheme_errors errors = {0};
    struct err err = {0};
    assert_true(workbook_sheets(a, STR("x.xlsx"), package_bytes(a, p), &sheets, &n, &errors, &err));
    assert_int_equal(n, 1);
    check_str(sheets[0].name, "时限");
    assert_int_equal(sheets[0].n_rows, 3);
    check_str(sheets[0].rows[2].p[0], "7");
    check_str(sheets[0].rows[2].p[1], "2");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_scheme_comes_back_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_shipped_scheme_comes_back_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_cells_come_back_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_other_programs_save_is_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_cell_is_named_with_its_fix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_faults_come_at_once_and_no_more_than_a_person_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_and_broken_packages_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_limit_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_file_never_becomes_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_of_other_kinds_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(csv_in_every_encoding_of_offices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_zip_of_csv_is_a_scheme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_marked_copy_says_what_is_wrong_and_reads_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_of_people_keep_their_merged_cells, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
