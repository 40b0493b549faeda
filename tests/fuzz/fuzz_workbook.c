/* A workbook from outside: it is refused with a sentence, or it becomes tables within the limits that can be written
 * and read again to the same cells; a list of people becomes a 立案结案标准 or is refused.
 *
 * An input that begins with one of the letters of `wrapped` is the text of that part in an otherwise sound package, or
 * mutations would hardly ever get past the checksums of a ZIP file. All else is the file itself. */
#include <assert.h>
#include <zip.h>

#include "limits.h"
#include "standards.h"
#include "workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MAIN_NS "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE_NS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_NS "http://schemas.openxmlformats.org/package/2006/relationships"
#define RELATION(id, kind, target)                                                                                     \
    "<Relationship Id=\"" id "\" Type=\"" OFFICE_NS "/" kind "\" Target=\"" target "\"/>"

static const struct {
    char letter;
    const char *name, *text;
} parts[] = {
    {0, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
    {0, "_rels/.rels", "<Relationships xmlns=\"" PACKAGE_NS "\">" RELATION("rId1", "officeDocument", "xl/workbook.xml") "</Relationships>"},
    {'B', "xl/workbook.xml",
     "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" OFFICE_NS "\"><sheets><sheet name=\"时限\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
    {0, "xl/_rels/workbook.xml.rels",
     "<Relationships xmlns=\"" PACKAGE_NS "\">" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
         RELATION("rId2", "sharedStrings", "sharedStrings.xml") RELATION("rId3", "styles", "styles.xml") "</Relationships>"},
    {'T', "xl/sharedStrings.xml",
     "<sst xmlns=\"" MAIN_NS "\"><si><t>小类名称</t></si><si><t>立案条件</t></si><si><t>处置时限</t></si><si><t>5工作日</t></si></sst>"},
    {'Y', "xl/styles.xml", "<styleSheet xmlns=\"" MAIN_NS "\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"},
    {'S', "xl/worksheets/sheet1.xml",
     "<worksheet xmlns=\"" MAIN_NS "\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
     "<c r=\"C1\" t=\"s\"><v>2</v></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"><v>44197</v></c><c r=\"B2\"><v>1</v></c>"
     "<c r=\"C2\" t=\"s\"><v>3</v></c></row></sheetData></worksheet>"},
};

static bool
is_wrapped(char letter)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (letter && parts[i].letter == letter)
            return true;
    return false;
}

static struct str
package_of(struct arena *a, char letter, struct str text)
{
    zip_error_t why;
    zip_stat_t st;
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_source_keep(to);
    zip_t *zip = zip_open_from_source(to, ZIP_TRUNCATE, &why);
    assert(zip);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct str part = parts[i].letter == letter ? text : str_of(parts[i].text);
        zip_int64_t at = zip_file_add(zip, parts[i].name, zip_source_buffer(zip, part.p, part.n, 0), 0);
        assert(at >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    int failed = zip_close(zip);
    assert(!failed);
    zip_source_stat(to, &st);
    char *bytes = arena_alloc(a, st.size + 1);
    zip_source_open(to);
    zip_int64_t got = zip_source_read(to, bytes, st.size);
    assert(got == (zip_int64_t)st.size);
    zip_source_close(to);
    zip_source_free(to);
    return (struct str){bytes, st.size};
}

/* ---- what must hold ---- */

static void
check_table(const struct table *t)
{
    assert(t->name.n && t->n_rows < LIMIT_WORKBOOK_ROWS);
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t k = 0; k < t->rows[i].n; k++)
            assert(utf8_valid(t->rows[i].p[k]));
}

static void
check_csv(struct arena *a, const struct table *t)
{
    struct buf csv = {0};
    struct table again;
    struct scheme_errors errors = {0};
    table_write(&csv, t);
    if (table_parse(a, t->name, buf_view(&csv), &again, &errors)) {
        assert(again.n_rows == t->n_rows);
        for (size_t i = 0; i < t->n_rows; i++)
            for (size_t k = 0; k < t->rows[i].n; k++)
                assert(str_eq(str_trim(t->rows[i].p[k]), again.rows[i].p[k]));
    }
    buf_release(&csv);
}

/* Every line of the list is an item, and every table of it is whole. */
static void
check_standards(struct arena *a, const struct workbook_sheet *sheets, size_t n)
{
    struct standards_sheet *list = arena_array(a, struct standards_sheet, n + 1);
    struct standards_options options = {LIST_SERVICE, {0}, STR("")};
    struct standards_merged merged;
    struct standards s;
    struct err err = {0};
    for (size_t i = 0; i < n; i++)
        list[i] = (struct standards_sheet){sheets[i].name, sheets[i].rows, sheets[i].n_rows};
    if (!standards_read(a, list, n, &options, &s, &err)) {
        assert(err.n_fields == 1);
        return;
    }
    assert(s.n_items == s.n_lines && s.n_lines <= STANDARDS_LINES_MAX);
    for (size_t i = 0; i < s.tables.n; i++) {
        check_table(&s.tables.p[i]);
        check_csv(a, &s.tables.p[i]);
    }
    struct tables once = standards_merge(a, (struct tables){0}, s.tables, &merged);
    struct tables twice = standards_merge(a, once, s.tables, &merged);
    assert(merged.n_added == 0 && merged.n_replaced == s.n_items);
    for (size_t i = 0; i < once.n; i++)
        assert(twice.p[i].n_rows == once.p[i].n_rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    struct str bytes = {(const char *)data, n};
    struct err err = {0};
    struct scheme_errors errors = {0};
    struct tables tables;
    struct workbook_sheet *sheets;
    size_t n_sheets;
    if (n && is_wrapped((char)data[0]))
        bytes = package_of(a, (char)data[0], str_slice(bytes, 1, n));
    if (workbook_tables(a, STR("items.csv"), bytes, &tables, &errors, &err)) {
        for (size_t i = 0; i < tables.n; i++) {
            check_table(&tables.p[i]);
            if (errors.n == 0)
                check_csv(a, &tables.p[i]);
        }
    } else {
        assert(err.n_fields == 1 && err.fields[0].message[0] && utf8_valid(str_of(err.fields[0].message)));
    }
    err = (struct err){0};
    if (workbook_sheets(a, STR("x.csv"), bytes, &sheets, &n_sheets, &errors, &err))
        check_standards(a, sheets, n_sheets);
    arena_free(a);
    return 0;
}
