/* A workbook for people in an office: frozen headers, notes, drop-downs, faults in colour. libxlsxwriter does the format. */
#include <sys/mman.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "workbook_parts.h"

enum { VALIDATE_ROWS = 2000, LIST_CHARS = 250 };

static const struct word registry_sheets[] = {{"orgs", "单位"}, {"places", "地点"}, {"people", "人员"}, {"postings", "任职"}};

static const struct table_words *
words_of(struct str table)
{
    for (size_t i = 0; i < n_scheme_table_words; i++)
        if (str_is(table, scheme_table_words[i].name))
            return &scheme_table_words[i];
    return NULL;
}

struct str
workbook_sheet_name(struct str table)
{
    const struct table_words *w = words_of(table);
    if (w)
        return str_of(w->label);
    for (size_t i = 0; i < sizeof registry_sheets / sizeof *registry_sheets; i++)
        if (str_is(table, registry_sheets[i].code))
            return str_of(registry_sheets[i].label);
    return table;
}

const char *
workbook_error_words(struct arena *a, const struct scheme_error *e)
{
    struct str sheet = workbook_sheet_name(e->table);
    if (!e->table.n)
        return arena_printf(a, "%.*s。%.*s", (int)e->message.n, e->message.p, (int)e->fix.n, e->fix.p);
    return arena_printf(a, "工作表「%.*s」%.*s：%.*s。%.*s", (int)sheet.n, sheet.p, (int)e->cell.n, e->cell.p, (int)e->message.n,
                        e->message.p, (int)e->fix.n, e->fix.p);
}

struct writing {
    lxw_workbook *book;
    lxw_format *head, *text, *bad, *wrap;
    struct arena *a;
    struct tables tables;
    const struct scheme_errors *marks;
};

static const char *
z(struct writing *w, struct str s)
{
    return str_z(w->a, s);
}

static const struct column_words *
column_words(const struct table_words *t, struct str name)
{
    for (const struct column_words *c = t ? t->columns : NULL; c && c->name; c++)
        if (str_is(name, c->name))
            return c;
    return NULL;
}

/* One of a fixed vocabulary, or a code of another sheet. A cell that may hold several is left free. */
static void
add_drop_down(struct writing *w, lxw_worksheet *sheet, size_t column, const struct column_words *c)
{
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST, .ignore_blank = LXW_VALIDATION_ON, .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
    const char *list[64];
    size_t n = 0, chars = 0;
    if (c->is_many)
        return;
    for (const struct word *o = c->kind == COLUMN_CHOICE ? c->choices : NULL; o && o->code && n < 63; o++) {
        list[n++] = o->code;
        chars += strlen(o->code) + 1;
    }
    list[n] = NULL;
    const struct table *to = c->kind == COLUMN_REF ? tables_find(w->tables, c->table) : NULL;
    if (to && to->n_rows) {
        struct str other = workbook_sheet_name(to->name);
        v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
        v.value_formula = (char *)(uintptr_t)arena_printf(w->a, "='%.*s'!$A$2:$A$%zu", (int)other.n, other.p, to->n_rows + 1);
    } else if (n && chars < LIST_CHARS)
        v.value_list = (char **)(uintptr_t)list;
    else
        return;
    worksheet_data_validation_range(sheet, 1, (lxw_col_t)column, VALIDATE_ROWS, (lxw_col_t)column, &v);
}

/* Text that looks like an escape of XLSX (_x000D_) is escaped itself. */
static struct str
escaped(struct writing *w, struct str s)
{
    if (!str_has(s, STR("_x")))
        return s;
    struct buf out = {0};
    for (size_t i = 0; i < s.n; i++) {
        uint8_t code[2];
        if (i + 7 <= s.n && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_' && hex_decode(str_slice(s, i + 2, i + 6), code, 2))
            buf_z(&out, "_x005F");
        buf_char(&out, s.p[i]);
    }
    struct str text = str_dup(w->a, buf_view(&out));
    buf_release(&out);
    return text;
}

/* ---- faults in colour ---- */

/* "C17" to row 16 and column 2. */
static bool
place_of(struct str cell, size_t *row, size_t *column)
{
    size_t i = 0;
    *row = *column = 0;
    for (; i < cell.n && cell.p[i] >= 'A' && cell.p[i] <= 'Z' && i < 3; i++)
        *column = *column * 26 + (size_t)(cell.p[i] - 'A' + 1);
    for (; i < cell.n && cell.p[i] >= '0' && cell.p[i] <= '9' && *row < 1000000; i++)
        *row = *row * 10 + (size_t)(cell.p[i] - '0');
    if (i < cell.n || !*row || !*column)
        return false;
    (*row)--, (*column)--;
    return true;
}

/* All faults of one cell in one note; NULL when it has none. */
static const char *
faults_of(struct writing *w, struct str table, struct str cell)
{
    const char *words = NULL;
    for (size_t i = 0; w->marks && i < w->marks->n; i++) {
        const struct scheme_error *e = &w->marks->p[i];
        if (str_eq(e->cell, cell) && str_eq(e->table, table))
            words = arena_printf(w->a, "%s%s%.*s。\n%.*s", words ? words : "", words ? "\n\n" : "", (int)e->message.n, e->message.p,
                                 (int)e->fix.n, e->fix.p);
    }
    return words;
}

static void
put_note(struct writing *w, lxw_worksheet *sheet, size_t row, size_t column, const char *words)
{
    lxw_comment_options o = {.width = 260, .height = 90};
    worksheet_write_comment_opt(sheet, (lxw_row_t)row, (lxw_col_t)column, z(w, utf8_prefix(str_of(words), 2000)), &o);
}

/* Also cells beyond the last row and in the header; each is written again over what stands there. */
static void
mark_faults(struct writing *w, lxw_worksheet *sheet, const struct table *t)
{
    for (size_t i = 0; w->marks && i < w->marks->n; i++) {
        const struct scheme_error *e = &w->marks->p[i];
        size_t row, column;
        if (!str_eq(e->table, t->name) || !place_of(e->cell, &row, &column))
            continue;
        struct strs cells = row == 0 ? t->header : row <= t->n_rows ? t->rows[row - 1] : (struct strs){0};
        struct str text = column < cells.n ? cells.p[column] : STR("");
        worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, z(w, escaped(w, text)), w->bad);
        put_note(w, sheet, row, column, faults_of(w, e->table, e->cell));
    }
}

/* ---- sheets ---- */

static void
write_table(struct writing *w, const struct table *t)
{
    const struct table_words *words = words_of(t->name);
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, z(w, workbook_sheet_name(t->name)));
    worksheet_freeze_panes(sheet, 1, 1);
    for (size_t i = 0; i < t->header.n; i++) {
        const struct column_words *c = column_words(words, t->header.p[i]);
        bool is_long = c && c->kind == COLUMN_LONG;
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, is_long ? 44 : 16, w->text);
        worksheet_write_string(sheet, 0, (lxw_col_t)i, z(w, escaped(w, t->header.p[i])), w->head);
        if (c) {
            if (!faults_of(w, t->name, cell_name(w->a, i, 1)))
                worksheet_write_comment(sheet, 0, (lxw_col_t)i, c->label);
            add_drop_down(w, sheet, i, c);
        }
    }
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t i = 0; i < t->rows[r].n; i++)
            if (t->rows[r].p[i].n)
                worksheet_write_string(sheet, (lxw_row_t)(r + 1), (lxw_col_t)i, z(w, escaped(w, t->rows[r].p[i])), w->text);
    mark_faults(w, sheet, t);
}

/* What may be written in the cells of a column, with its meaning. */
static lxw_row_t
write_choices(struct writing *w, lxw_worksheet *sheet, lxw_row_t row, const struct table_words *t)
{
    for (const struct column_words *c = t->columns; c->name; c++) {
        const struct word *o = c->choices || c->kind != COLUMN_OWNER ? c->choices : owner_expressions;
        const char *words = c->kind == COLUMN_OWNER ? "单位编码" : "";
        for (; o && o->code; o++)
            words = arena_printf(w->a, "%s%s%s %s", words, *words ? "，" : "", o->code, o->label);
        if (c->kind == COLUMN_ROLE)
            for (int i = 0; i < ROLE_COUNT; i++)
                words = arena_printf(w->a, "%s%s%s %s", words, i ? "，" : "", role_code(i), role_label(i));
        if (c->kind == COLUMN_REF)
            words = arena_printf(w->a, "“%s”表里的编码", workbook_sheet_name(str_of(c->table)).p);
        worksheet_write_string(sheet, row, 0, t->label, NULL);
        worksheet_write_string(sheet, row, 1, c->name, NULL);
        worksheet_write_string(sheet, row, 2, c->is_many ? arena_printf(w->a, "%s（可写几个，用 | 隔开）", c->label) : c->label, NULL);
        worksheet_write_string(sheet, row++, 3, words, w->wrap);
    }
    return row;
}

static void
write_instructions(struct writing *w)
{
    static const char *const lines[] = {
        "一张工作表是一张表；第一行是列名，请不要改动；鼠标停在列名上可以看到它的中文名。",
        "一格里有几个值时用竖线 | 隔开，例如 CG|XFJY。",
        "编码用英文字母和数字；引用别的表的编码时，从下拉框里选。",
        "日期写成 2026-08-15；是和否写成 1 和 0；时限的单位是 minute（分钟）、office_hour（办公小时）、working_day（工作日）、natural_day（自然日）。",
        "origin 一列：seed 表示文件或文章里有，ours 表示自己补充的。sample 一列：1 表示示例。",
        "不要写公式，不要合并单元格，不要在中间留空行。单位、地点、人员、任职四张表只能在最后加行，不能在中间插行。",
        "改好以后，用 shaodao scheme import 或网页“方案”里的“导入”读回来；所有错误会一次列出，写明在哪张工作表的哪一格、怎么改。",
    };
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, "说明");
    static const struct {
        const char *label;
        double width;
    } heads[] = {{"工作表", 16}, {"列", 14}, {"中文名", 34}, {"可以写什么", 90}};
    lxw_row_t row = 0;
    for (; row < sizeof lines / sizeof *lines; row++)
        worksheet_write_string(sheet, row, 0, lines[row], NULL);
    row++;
    for (lxw_col_t i = 0; i < 4; i++) {
        worksheet_set_column(sheet, i, i, heads[i].width, NULL);
        worksheet_write_string(sheet, row, i, heads[i].label, w->head);
    }
    row++;
    for (size_t i = 0; i < n_scheme_table_words; i++)
        row = write_choices(w, sheet, row, &scheme_table_words[i]);
}

static void
write_faults(struct writing *w)
{
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, "错误");
    worksheet_set_column(sheet, 0, 0, 110, NULL);
    for (size_t i = 0; i < w->marks->n; i++)
        worksheet_write_string(sheet, (lxw_row_t)i, 0, workbook_error_words(w->a, &w->marks->p[i]), NULL);
}

/* ---- the file ---- */

static void
make_formats(struct writing *w)
{
    w->head = workbook_add_format(w->book);
    format_set_bold(w->head);
    format_set_bg_color(w->head, 0xE8EEF4);
    w->text = workbook_add_format(w->book);
    format_set_num_format(w->text, "@");
    w->bad = workbook_add_format(w->book);
    format_set_num_format(w->bad, "@");
    format_set_bg_color(w->bad, 0xFFC7CE);
    w->wrap = workbook_add_format(w->book);
    format_set_text_wrap(w->wrap);
}

static bool
write_book(struct writing *w, const char *path)
{
    w->book = workbook_new(path);
    if (!w->book)
        return false;
    make_formats(w);
    write_instructions(w);
    if (w->marks && w->marks->n)
        write_faults(w);
    for (size_t i = 0; i < w->tables.n; i++)
        write_table(w, &w->tables.p[i]);
    return workbook_close(w->book) == LXW_NO_ERROR;
}

static bool
take_file(int fd, struct buf *out)
{
    char chunk[65536];
    ssize_t n;
    for (off_t at = 0; (n = pread(fd, chunk, sizeof chunk, at)) > 0; at += n)
        buf_add(out, chunk, (size_t)n);
    return n == 0;
}

bool
workbook_write(struct tables tables, const struct scheme_errors *marks, struct buf *out, struct err *err)
{
    int fd = memfd_create("workbook", MFD_CLOEXEC); /* the library writes files only; people's names stay in memory */
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct writing w = {.a = arena_new(), .tables = tables, .marks = marks};
    bool ok = fd >= 0 && write_book(&w, path) && take_file(fd, out);
    if (fd >= 0)
        close(fd);
    arena_free(w.a);
    return ok || err_set(err, ERR_INTERNAL, "不能生成工作簿。");
}
