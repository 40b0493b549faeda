/* Workbooks and CSV files from offices: libzip opens, expat reads, and nothing is believed. No DTD, no formulas, bounded sizes. */
#include <iconv.h>
#include <stdlib.h>

#include <expat.h>
#include <zip.h>

#include "calendar.h"
#include "scheme_diff_words.h"
#include "workbook.h"

enum {
    ENTRIES_MAX = 300, ENTRY_BYTES_MAX = 24 * 1024 * 1024, FILE_BYTES_MAX = 20 * 1024 * 1024, RATIO_MAX = 300,
    SHEETS_MAX = 60, ROWS_MAX = 20000, COLUMNS_MAX = 64, CELL_BYTES_MAX = 32767 * 4, STYLES_MAX = 4096, DEPTH_MAX = 40
};

#define REFUSED(err, ...) err_field((err), "file", __VA_ARGS__)

/* ---- the parts of the file ---- */

static bool
entry_bytes(zip_t *z, const char *name, struct buf *out, bool *is_there, struct err *err)
{
    zip_stat_t st;
    *is_there = zip_stat(z, name, 0, &st) == 0;
    if (!*is_there)
        return true;
    if (st.size > ENTRY_BYTES_MAX || (st.comp_size && st.size / st.comp_size > RATIO_MAX))
        return REFUSED(err, "这个文件展开后太大，不像是工作簿。");
    if (st.encryption_method != ZIP_EM_NONE)
        return REFUSED(err, "工作簿有密码，请去掉密码再导入。");
    zip_file_t *f = zip_fopen(z, name, 0);
    if (!f)
        return REFUSED(err, "工作簿损坏了，打不开里面的“%s”。", name);
    char chunk[65536];
    zip_int64_t got;
    while ((got = zip_fread(f, chunk, sizeof chunk)) > 0 && out->n + (size_t)got <= ENTRY_BYTES_MAX)
        buf_add(out, chunk, (size_t)got);
    zip_fclose(f);
    return got == 0 || REFUSED(err, "工作簿损坏了，或者展开后太大。");
}

/* ---- XML ---- */

struct reading {
    struct arena *a;
    XML_Parser parser;
    int depth;
    bool has_doctype;
    struct str *shared; /* texts by number */
    size_t n_shared, cap_shared;
    bool is_date[STYLES_MAX]; /* by style of the cell */
    int n_styles;
    bool in_xfs;
    struct { int id; bool is_date; } formats[256];
    int n_formats;
    struct { struct str name, rid, target; } sheets[SHEETS_MAX];
    int n_sheets;
    /* the sheet being read */
    struct str table;
    struct strs *rows;
    size_t n_rows, row, column;
    char type[12];
    int style;
    bool in_text, in_phonetic, in_value, is_too_large;
    struct buf text;
    struct scheme_errors *errors;
};

static const char *
local(const XML_Char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static int
number_in(const char *digits)
{
    int64_t v;
    return str_int(str_of(digits), &v) && v >= 0 && v < INT32_MAX ? (int)v : 0;
}

static const char *
attribute(const XML_Char **atts, const char *name)
{
    for (; *atts; atts += 2)
        if (strcmp(local(atts[0]), name) == 0)
            return atts[1];
    return "";
}

static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int has_subset)
{
    struct reading *r = ctx;
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    r->has_doctype = true;
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL
on_text(void *ctx, const XML_Char *s, int n)
{
    struct reading *r = ctx;
    if ((r->in_text || r->in_value) && !r->in_phonetic && r->text.n + (size_t)n <= CELL_BYTES_MAX)
        buf_add(&r->text, s, (size_t)n);
}

static bool
parse(struct reading *r, struct str xml, XML_StartElementHandler start, XML_EndElementHandler end, const char *what, struct err *err)
{
    r->parser = XML_ParserCreate(NULL);
    r->depth = 0;
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, start, end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    bool ok = XML_Parse(r->parser, xml.p, (int)xml.n, XML_TRUE) == XML_STATUS_OK;
    int line = (int)XML_GetCurrentLineNumber(r->parser);
    XML_ParserFree(r->parser);
    if (r->has_doctype)
        return REFUSED(err, "工作簿里有不允许的 XML 声明，已拒绝。");
    if (r->is_too_large)
        return REFUSED(err, "工作表太大：最多 %d 行、%d 列。", ROWS_MAX, COLUMNS_MAX);
    return ok || REFUSED(err, "工作簿损坏了（%s 第 %d 行）。", what, line);
}

static void
deeper(struct reading *r)
{
    if (++r->depth > DEPTH_MAX) {
        r->is_too_large = true;
        XML_StopParser(r->parser, XML_FALSE);
    }
}

/* workbook.xml: names in order; workbook.xml.rels: where each lies. */
static void XMLCALL
book_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;
    deeper(r);
    if (strcmp(local(name), "sheet") != 0 || r->n_sheets == SHEETS_MAX)
        return;
    const char *rid = ""; /* r:id, beside sheetId */
    for (const XML_Char **at = atts; *at; at += 2)
        if (strchr(at[0], ':') && strcmp(local(at[0]), "id") == 0)
            rid = at[1];
    r->sheets[r->n_sheets].name = str_dup(r->a, str_of(attribute(atts, "name")));
    r->sheets[r->n_sheets++].rid = str_dup(r->a, str_of(rid));
}

static void XMLCALL
rels_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;
    deeper(r);
    for (int i = 0; strcmp(local(name), "Relationship") == 0 && i < r->n_sheets; i++)
        if (str_is(r->sheets[i].rid, attribute(atts, "Id"))) {
            const char *to = attribute(atts, "Target");
            r->sheets[i].target = str_of(*to == '/' ? arena_printf(r->a, "%s", to + 1) : arena_printf(r->a, "xl/%s", to));
        }
}

static void XMLCALL
plain_end(void *ctx, const XML_Char *name)
{
    (void)name;
    ((struct reading *)ctx)->depth--;
}

/* styles.xml: which cell styles show a number as a date. */
static void XMLCALL
style_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;
    deeper(r);
    if (strcmp(local(name), "numFmt") == 0 && r->n_formats < 256) {
        const char *code = attribute(atts, "formatCode");
        r->formats[r->n_formats].id = number_in(attribute(atts, "numFmtId"));
        r->formats[r->n_formats++].is_date = strchr(code, 'y') || strchr(code, 'd');
    }
    if (strcmp(local(name), "cellXfs") == 0)
        r->in_xfs = true;
    if (r->in_xfs && strcmp(local(name), "xf") == 0 && r->n_styles < STYLES_MAX) {
        int id = number_in(attribute(atts, "numFmtId"));
        bool is_date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
        for (int i = 0; i < r->n_formats; i++)
            is_date |= r->formats[i].id == id && r->formats[i].is_date;
        r->is_date[r->n_styles++] = is_date;
    }
}

static void XMLCALL
style_end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;
    r->depth--;
    if (strcmp(local(name), "cellXfs") == 0)
        r->in_xfs = false;
}

/* sharedStrings.xml: rich text is joined, phonetic guides are left out. */
static void XMLCALL
strings_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;
    (void)atts;
    deeper(r);
    if (strcmp(local(name), "si") == 0)
        buf_clear(&r->text);
    r->in_text |= strcmp(local(name), "t") == 0;
    r->in_phonetic |= strcmp(local(name), "rPh") == 0;
}

static void XMLCALL
strings_end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;
    r->depth--;
    if (strcmp(local(name), "t") == 0)
        r->in_text = false;
    if (strcmp(local(name), "rPh") == 0)
        r->in_phonetic = false;
    if (strcmp(local(name), "si") != 0)
        return;
    if (r->n_shared == r->cap_shared) {
        struct str *more = arena_array(r->a, struct str, r->cap_shared * 2 + 256);
        if (r->n_shared)
            memcpy(more, r->shared, r->n_shared * sizeof *more);
        r->shared = more;
        r->cap_shared = r->cap_shared * 2 + 256;
    }
    r->shared[r->n_shared++] = str_dup(r->a, buf_view(&r->text));
}

/* ---- a sheet ---- */

static void
place_of_cell(struct reading *r, const char *ref)
{
    size_t column = 0, row = 0;
    const char *p = ref;
    for (; *p >= 'A' && *p <= 'Z' && column < 10000; p++)
        column = column * 26 + (size_t)(*p - 'A' + 1);
    for (; *p >= '0' && *p <= '9' && row < 10000000; p++)
        row = row * 10 + (size_t)(*p - '0');
    r->column = column ? column - 1 : r->column + 1;
    r->row = row ? row - 1 : r->row;
}

static void
fault_at(struct reading *r, const char *message, const char *fix)
{
    struct scheme_errors *e = r->errors;
    if (e->n == e->cap) {
        struct scheme_error *more = arena_array(r->a, struct scheme_error, e->cap * 2 + 16);
        if (e->n)
            memcpy(more, e->p, e->n * sizeof *more);
        e->p = more;
        e->cap = e->cap * 2 + 16;
    }
    size_t c = r->column;
    const char *cell = c < 26 ? arena_printf(r->a, "%c%zu", (char)('A' + c), r->row + 1)
                              : arena_printf(r->a, "%c%c%zu", (char)('A' + c / 26 - 1), (char)('A' + c % 26), r->row + 1);
    e->p[e->n++] = (struct scheme_error){r->table, str_of(cell), str_of(message), str_of(fix)};
}

static void XMLCALL
sheet_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;
    const char *tag = local(name);
    deeper(r);
    if (strcmp(tag, "row") == 0) {
        int n = number_in(attribute(atts, "r"));
        r->row = n > 0 ? (size_t)n - 1 : r->n_rows;
        r->column = (size_t)-1;
    } else if (strcmp(tag, "c") == 0) {
        place_of_cell(r, attribute(atts, "r"));
        snprintf(r->type, sizeof r->type, "%s", attribute(atts, "t"));
        r->style = number_in(attribute(atts, "s"));
        buf_clear(&r->text);
    } else if (strcmp(tag, "f") == 0)
        fault_at(r, "这一格是公式", "复制后“选择性粘贴—数值”，只留下值。");
    else if (strcmp(tag, "v") == 0)
        r->in_value = true;
    else if (strcmp(tag, "t") == 0)
        r->in_text = true;
    else if (strcmp(tag, "rPh") == 0)
        r->in_phonetic = true;
    if (r->row >= ROWS_MAX || (r->column != (size_t)-1 && r->column >= COLUMNS_MAX)) {
        r->is_too_large = r->row >= ROWS_MAX;
        if (r->is_too_large)
            XML_StopParser(r->parser, XML_FALSE);
    }
}

/* 1899-12-30 is day 0 of spreadsheets. */
static struct str
number_text(struct reading *r, struct str s)
{
    bool is_date = r->style >= 0 && r->style < r->n_styles && r->is_date[r->style];
    char *end;
    double v = strtod(str_z(r->a, s), &end);
    if (*end || s.n == 0)
        return str_dup(r->a, s);
    if (is_date && v >= 1 && v < 2958466) {
        struct buf b = {0};
        date_format(&b, day_number(1899, 12, 30) + (int32_t)v);
        struct str date = str_dup(r->a, buf_view(&b));
        buf_release(&b);
        return date;
    }
    return v == (double)(int64_t)v && v < 1e15 && v > -1e15 ? str_of(arena_printf(r->a, "%lld", (long long)v)) : str_dup(r->a, s);
}

static void
put_cell(struct reading *r)
{
    struct str text = buf_view(&r->text);
    if (strcmp(r->type, "s") == 0) {
        int64_t i;
        text = str_int(str_trim(text), &i) && i >= 0 && (size_t)i < r->n_shared ? r->shared[i] : STR("");
    } else if (!r->type[0] || strcmp(r->type, "n") == 0)
        text = number_text(r, str_trim(text));
    else if (strcmp(r->type, "e") == 0) {
        fault_at(r, "这一格是错误值", "改成正确的内容。");
        return;
    } else
        text = str_dup(r->a, text);
    text = str_trim(text);
    if (!text.n)
        return;
    if (r->column >= COLUMNS_MAX) {
        r->is_too_large = true;
        return;
    }
    struct strs *row = &r->rows[r->row];
    if (!row->p) {
        struct str *cells = arena_array(r->a, struct str, COLUMNS_MAX);
        for (size_t i = 0; i < COLUMNS_MAX; i++)
            cells[i] = STR("");
        row->p = cells;
    }
    ((struct str *)(uintptr_t)row->p)[r->column] = text;
    if (row->n <= r->column)
        row->n = r->column + 1;
    if (r->n_rows <= r->row)
        r->n_rows = r->row + 1;
}

static void XMLCALL
sheet_end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;
    const char *tag = local(name);
    r->depth--;
    if (strcmp(tag, "v") == 0)
        r->in_value = false;
    else if (strcmp(tag, "t") == 0)
        r->in_text = false;
    else if (strcmp(tag, "rPh") == 0)
        r->in_phonetic = false;
    else if (strcmp(tag, "c") == 0)
        put_cell(r);
}

static struct str
table_of_sheet(struct str sheet)
{
    for (size_t i = 0; i < n_scheme_table_words; i++)
        if (str_is(sheet, scheme_table_words[i].label) || str_is(sheet, scheme_table_words[i].name))
            return str_of(scheme_table_words[i].name);
    static const char *const registry[] = {"orgs", "places", "people", "postings", "demo"};
    for (size_t i = 0; i < sizeof registry / sizeof *registry; i++)
        if (str_is(sheet, registry[i]) || str_eq(sheet, workbook_sheet_name(str_of(registry[i]))))
            return str_of(registry[i]);
    
    return STR("");
}

static bool
read_sheet(struct reading *r, zip_t *z, int i, struct table *t, struct err *err)
{
    struct buf xml = {0};
    bool is_there;
    r->rows = arena_array(r->a, struct strs, ROWS_MAX);
    memset(r->rows, 0, ROWS_MAX * sizeof *r->rows);
    r->n_rows = r->row = 0;
    bool ok = r->sheets[i].target.n && entry_bytes(z, str_z(r->a, r->sheets[i].target), &xml, &is_there, err) && is_there &&
              parse(r, buf_view(&xml), sheet_start, sheet_end, str_z(r->a, r->sheets[i].name), err);
    buf_release(&xml);
    if (!ok)
        return err->kind ? false : REFUSED(err, "工作簿里缺少工作表“%.*s”。", (int)r->sheets[i].name.n, r->sheets[i].name.p);
    size_t width = r->n_rows ? r->rows[0].n : 0;
    for (size_t k = 0; k < r->n_rows; k++) {
        if (!r->rows[k].p && width) {
            struct str *cells = arena_array(r->a, struct str, width);
            for (size_t c = 0; c < width; c++)
                cells[c] = STR("");
            r->rows[k].p = cells;
        }
        if (r->rows[k].n < width)
            r->rows[k].n = width;
    }
    table_of_rows(r->a, r->table, r->rows, r->n_rows, t, r->errors);
    return true;
}

static bool
read_part(struct reading *r, zip_t *z, const char *name, XML_StartElementHandler start, XML_EndElementHandler end, bool is_needed,
          struct err *err)
{
    struct buf xml = {0};
    bool is_there = false;
    bool ok = entry_bytes(z, name, &xml, &is_there, err) && (is_there || !is_needed || REFUSED(err, "这不是 XLSX 工作簿。")) &&
              (!is_there || parse(r, buf_view(&xml), start, end, name, err));
    buf_release(&xml);
    return ok;
}

static bool
read_book(struct reading *r, zip_t *z, struct tables *out, struct err *err)
{
    if (zip_get_num_entries(z, 0) > ENTRIES_MAX)
        return REFUSED(err, "工作簿里的部件太多，已拒绝。");
    if (!read_part(r, z, "xl/workbook.xml", book_start, plain_end, true, err) ||
        !read_part(r, z, "xl/_rels/workbook.xml.rels", rels_start, plain_end, true, err) ||
        !read_part(r, z, "xl/styles.xml", style_start, style_end, false, err) ||
        !read_part(r, z, "xl/sharedStrings.xml", strings_start, strings_end, false, err))
        return false;
    struct table *tables = arena_array(r->a, struct table, SHEETS_MAX);
    size_t n = 0;
    for (int i = 0; i < r->n_sheets; i++) {
        struct str name = str_trim(r->sheets[i].name);
        if (str_is(name, "说明") || str_is(name, "错误"))
            continue;
        r->table = table_of_sheet(name);
        if (!r->table.n)
            return REFUSED(err, "不认识工作表“%.*s”；工作表名请与导出的一致，用不到的请删掉。", (int)name.n, name.p);
        if (!read_sheet(r, z, i, &tables[n], err))
            return false;
        n++;
    }
    *out = (struct tables){tables, n};
    return n || REFUSED(err, "工作簿里没有工作表。");
}

static bool
read_xlsx(struct arena *a, struct str bytes, struct tables *out, struct scheme_errors *errors, struct err *err)
{
    zip_error_t ze;
    zip_error_init(&ze);
    zip_source_t *src = zip_source_buffer_create(bytes.p, bytes.n, 0, &ze);
    zip_t *z = src ? zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, &ze) : NULL;
    if (!z) {
        if (src)
            zip_source_free(src);
        zip_error_fini(&ze);
        return REFUSED(err, "文件打不开：不是完整的 XLSX。");
    }
    struct reading *r = arena_new_of(a, struct reading);
    r->a = a;
    r->errors = errors;
    bool ok = read_book(r, z, out, err);
    buf_release(&r->text);
    zip_discard(z);
    return ok;
}

/* ---- CSV ---- */

/* What is not UTF-8 is taken for GB18030, as spreadsheets in Chinese offices write it. */
static bool
to_utf8(struct arena *a, struct str *text, struct err *err)
{
    if (utf8_valid(*text))
        return true;
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    size_t room = text->n * 3 + 16, left = text->n;
    char *out = arena_alloc(a, room), *to = out, *from = (char *)(uintptr_t)text->p;
    bool ok = cd != (iconv_t)-1 && iconv(cd, &from, &left, &to, &room) != (size_t)-1 && !left;
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    *text = (struct str){out, (size_t)(to - out)};
    return (ok && utf8_valid(*text)) || REFUSED(err, "文件的文字编码认不出来；请另存为“CSV UTF-8”或 XLSX。");
}

static struct str
table_of_file(struct str name)
{
    for (size_t i = name.n; i-- > 0;)
        if (name.p[i] == '/' || name.p[i] == '\\') {
            name = str_slice(name, i + 1, name.n);
            break;
        }
    if (name.n > 4 && str_is(str_slice(name, name.n - 4, name.n), ".csv"))
        name = str_slice(name, 0, name.n - 4);
    return table_of_sheet(name);
}

bool
workbook_tables(struct arena *a, struct str name, struct str bytes, struct tables *out, struct scheme_errors *errors, struct err *err)
{
    if (bytes.n > FILE_BYTES_MAX)
        return REFUSED(err, "文件太大，最多 20 MB。");
    if (str_starts(bytes, STR("PK")))
        return read_xlsx(a, bytes, out, errors, err);
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0")))
        return REFUSED(err, "这是旧的 .xls 或加了密码的文件；请另存为没有密码的 .xlsx。");
    struct str table = table_of_file(name), text = str_dup(a, bytes);
    if (!table.n)
        return REFUSED(err, "不知道“%.*s”是哪张表。文件名请写成 items.csv 或 清单事项.csv 这样。", (int)name.n, name.p);
    if (!to_utf8(a, &text, err))
        return false;
    struct table *t = arena_new_of(a, struct table);
    table_parse(a, table, text, t, errors);
    *out = (struct tables){t, 1};
    return true;
}
