/* From a file of any accepted kind to the tables of a scheme. */
#include "workbook_parts.h"

enum { TABLES_MAX = LIMIT_WORKBOOK_SHEETS };

struct reading {
    struct arena *a;
    struct table *tables;
    size_t n;
    struct scheme_errors *errors;
};

static struct reading
reading_new(struct arena *a, struct scheme_errors *errors)
{
    return (struct reading){a, arena_array(a, struct table, TABLES_MAX), 0, errors};
}

/* ---- names ---- */

static struct str
base_name(struct str path)
{
    size_t n = path.n;
    while (n && path.p[n - 1] != '/' && path.p[n - 1] != '\\')
        n--;
    return str_slice(path, n, path.n);
}

static bool
has_ending(struct str name, const char *ending)
{
    size_t n = strlen(ending);
    return name.n > n && strncasecmp(name.p + name.n - n, ending, n) == 0;
}

static bool
check_name(struct reading *r, struct str name, struct str table, struct err *err)
{
    if (!workbook_table_is_known(table))
        return REFUSED(err, "不认识工作表“%.*s”；名称请与导出的一致，用不到的请删掉。", NAMED(name));
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->tables[i].name, table))
            return REFUSED(err, "“%.*s”这张表有两张，请只留一张。", NAMED(name));
    return r->n < TABLES_MAX || REFUSED(err, "表太多，最多 %d 张。", TABLES_MAX);
}

static const char *const registry_tables[] = {"orgs", "places", "people", "postings", "demo"};

struct str
workbook_table_name(struct str sheet)
{
    for (size_t i = 0; i < n_scheme_table_words; i++)
        if (str_is(sheet, scheme_table_words[i].label))
            return str_of(scheme_table_words[i].name);
    for (size_t i = 0; i < sizeof registry_tables / sizeof *registry_tables; i++)
        if (str_eq(sheet, workbook_sheet_name(str_of(registry_tables[i]))))
            return str_of(registry_tables[i]);
    return sheet;
}

bool
workbook_table_is_known(struct str table)
{
    for (size_t i = 0; i < sizeof registry_tables / sizeof *registry_tables; i++)
        if (str_is(table, registry_tables[i]))
            return true;
    return table_words_find(table) != NULL;
}

/* ---- rows ---- */

/* Somebody may have put the Chinese labels in the place of the names. */
static void
take_labels(struct strs header, const struct table_words *t)
{
    struct str *cells = (struct str *)(uintptr_t)header.p;
    for (size_t i = 0; t && i < header.n; i++)
        for (const struct column_words *c = t->columns; c->name && !column_words_find(t, cells[i]); c++)
            if (str_is(cells[i], c->label))
                cells[i] = str_of(c->name);
}

/* A spreadsheet does not store empty cells. */
static void
pad_rows(struct arena *a, struct strs *rows, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].n >= width)
            continue;
        struct str *cells = arena_array(a, struct str, width);
        for (size_t k = 0; k < width; k++)
            cells[k] = k < rows[i].n ? rows[i].p[k] : STR("");
        rows[i] = (struct strs){cells, width};
    }
}

static bool
take_rows(struct reading *r, struct str name, struct strs *rows, size_t n, struct err *err)
{
    struct str table = workbook_table_name(name);
    if (!check_name(r, name, table, err))
        return false;
    if (n)
        take_labels(rows[0], table_words_find(table));
    table_of_rows(r->a, table, rows, n, &r->tables[r->n++], r->errors);
    return true;
}

/* ---- CSV ---- */

/* Tabs or semicolons instead of commas: the whole file would be one column. */
static bool
has_commas(struct str text, struct err *err)
{
    size_t end = 0;
    while (end < text.n && text.p[end] != '\n')
        end++;
    struct str header = str_slice(text, 0, end);
    if (str_has(header, STR(",")) || (!str_has(header, STR("\t")) && !str_has(header, STR(";"))))
        return true;
    return REFUSED(err, "单元格之间不是英文逗号。请另存为“CSV UTF-8（逗号分隔）”。");
}

static bool
csv_rows(struct arena *a, struct str name, struct str bytes, struct strs **rows, size_t *n,
         struct scheme_errors *errors, struct err *err)
{
    struct str text;
    if (!workbook_text(a, bytes, &text, err) || !has_commas(text, err))
        return false;
    table_rows(a, workbook_table_name(name), text, rows, n, errors);
    return *n <= LIMIT_WORKBOOK_ROWS || REFUSED(err, "表太大，最多 %d 行。", LIMIT_WORKBOOK_ROWS);
}

static bool
take_csv(struct reading *r, struct str file, struct str bytes, struct err *err)
{
    struct strs *rows;
    size_t n;
    struct str name = has_ending(file, ".csv") ? str_slice(file, 0, file.n - 4) : file;
    if (!workbook_table_is_known(workbook_table_name(name)))
        return REFUSED(err, "不知道“%.*s”是哪张表。文件名请写成 items.csv 或 清单事项.csv 这样。", NAMED(file));
    return csv_rows(r->a, name, bytes, &rows, &n, r->errors, err) && take_rows(r, name, rows, n, err);
}

/* ---- packages ---- */

static bool
is_rubbish(struct str path) /* what macOS puts beside each file */
{
    return str_starts(path, STR("__MACOSX/")) || str_starts(base_name(path), STR("."));
}

static bool
take_zip(struct reading *r, struct workbook_zip *z, struct err *err)
{
    const struct workbook_entry *entries;
    size_t n = workbook_zip_entries(z, &entries), taken = 0;
    for (size_t i = 0; i < n; i++) {
        struct str text;
        if (!has_ending(entries[i].name, ".csv") || is_rubbish(entries[i].name))
            continue;
        if (!workbook_zip_text(z, &entries[i], &text, err) || !take_csv(r, base_name(entries[i].name), text, err))
            return false;
        taken++;
    }
    return taken > 0 || REFUSED(err, "压缩包里没有 .csv 文件。");
}

/* Packages of other programs: told apart so that the person knows what to do. */
static bool
is_workbook(const struct workbook_zip *z, bool *is_other, struct err *err)
{
    static const struct {
        const char *entry, *what;
    } others[] = {{"xl/workbook.bin", "这是 .xlsb 文件"},
                  {"content.xml", "这是 .ods 文件"},
                  {"word/document.xml", "这是 Word 文档"},
                  {"ppt/presentation.xml", "这是演示文稿"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (workbook_zip_find(z, str_of(others[i].entry))) {
            *is_other = true;
            return REFUSED(err, "%s。请另存为 .xlsx 后再导入。", others[i].what);
        }
    return workbook_zip_find(z, STR("[Content_Types].xml")) || workbook_zip_find(z, STR("xl/workbook.xml"));
}

static bool
take_sheets(struct reading *r, struct workbook_zip *z, struct err *err)
{
    struct workbook_sheet *sheets;
    size_t n;
    if (!workbook_xlsx(r->a, z, false, &sheets, &n, r->errors, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (sheets[i].n_rows == 0 && !workbook_table_is_known(workbook_table_name(sheets[i].name)))
            continue; /* the empty Sheet1 of a new file */
        pad_rows(r->a, sheets[i].rows, sheets[i].n_rows, sheets[i].n_rows ? sheets[i].rows[0].n : 0);
        if (!take_rows(r, sheets[i].name, sheets[i].rows, sheets[i].n_rows, err))
            return false;
    }
    return r->n > 0 || REFUSED(err, "工作表都是空的。");
}

/* ---- kinds of files ---- */

static bool
looks_like(struct str bytes, const char *magic)
{
    return str_starts(bytes, str_of(magic));
}

/* Old Excel and WPS files, and new ones with a password, are the same kind of container. */
static bool
refuse_old_container(struct str bytes, struct err *err)
{
    if (str_has(bytes, STR("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0")))
        return REFUSED(err, "文件加了密码。请去掉密码，另存后再导入。");
    return REFUSED(err, "这是旧格式的文件（.xls、.et）。请另存为 .xlsx 后再导入。");
}

static bool
check_kind(struct str bytes, struct err *err)
{
    if (bytes.n == 0)
        return REFUSED(err, "文件是空的。");
    if (bytes.n > LIMIT_WORKBOOK_BYTES)
        return REFUSED(err, "文件太大，最多 %d MB。", LIMIT_WORKBOOK_BYTES >> 20);
    if (looks_like(bytes, "\xD0\xCF\x11\xE0"))
        return refuse_old_container(bytes, err);
    if (looks_like(bytes, "%PDF") || looks_like(bytes, "\x89PNG") || looks_like(bytes, "\xFF\xD8\xFF"))
        return REFUSED(err, "这不是表格文件。请用 .xlsx、.csv 或装着 .csv 的 .zip。");
    if (looks_like(bytes, "<") || looks_like(bytes, "\xEF\xBB\xBF<"))
        return REFUSED(err, "这是网页或 XML 文件。请用 Excel 或 WPS 打开，另存为 .xlsx。");
    return true;
}

bool
workbook_tables(struct arena *a, struct str name, struct str bytes, struct tables *out, struct scheme_errors *errors,
                struct err *err)
{
    struct reading r = reading_new(a, errors);
    bool ok = check_kind(bytes, err);
    struct str file = base_name(name);
    if (ok && looks_like(bytes, "PK")) {
        struct workbook_zip *z = workbook_zip_open(a, bytes, err);
        bool is_other = false;
        ok = z != NULL;
        if (ok && is_workbook(z, &is_other, err))
            ok = take_sheets(&r, z, err);
        else if (ok)
            ok = !is_other && take_zip(&r, z, err);
    } else if (ok) {
        ok = take_csv(&r, file, bytes, err);
    }
    *out = (struct tables){r.tables, ok ? r.n : 0};
    return ok;
}

bool
workbook_sheets(struct arena *a, struct str name, struct str bytes, struct workbook_sheet **out, size_t *n,
                struct scheme_errors *errors, struct err *err)
{
    if (!check_kind(bytes, err))
        return false;
    if (looks_like(bytes, "PK")) {
        struct workbook_zip *z = workbook_zip_open(a, bytes, err);
        bool is_other = false;
        if (!z)
            return false;
        if (is_workbook(z, &is_other, err))
            return workbook_xlsx(a, z, true, out, n, errors, err);
        return is_other ? false : REFUSED(err, "这不是表格文件。请用 .xlsx 或 .csv。");
    }
    struct str file = base_name(name);
    if (has_ending(file, ".csv"))
        file = str_slice(file, 0, file.n - 4);
    *out = arena_new_of(a, struct workbook_sheet);
    (*out)->name = str_dup(a, file);
    *n = 1;
    return csv_rows(a, (*out)->name, bytes, &(*out)->rows, &(*out)->n_rows, errors, err);
}
