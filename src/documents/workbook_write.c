/* A workbook for people in an office: frozen headers, notes, drop-downs, faults in colour. libxlsxwriter does the format. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "scheme_diff_words.h"
#include "workbook.h"

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
    return arena_printf(a, "工作表「%.*s」%.*s：%.*s。%.*s", (int)sheet.n, sheet.p, (int)e->cell.n, e->cell.p, (int)e->message.n,
                        e->message.p, (int)e->fix.n, e->fix.p);
}

struct writing {
    lxw_workbook *book;
    lxw_format *head, *text, *bad;
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

static const char *
column_letters(struct writing *w, size_t column)
{
    return column < 26 ? arena_printf(w->a, "$%c", (char)('A' + column))
                       : arena_printf(w->a, "$%c%c", (char)('A' + column / 26 - 1), (char)('A' + column % 26));
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

static lxw_format *
format_at(struct writing *w, lxw_worksheet *sheet, const struct table *t, size_t row, size_t column)
{
    const char *letters = column_letters(w, column) + 1;
    for (size_t i = 0; w->marks && i < w->marks->n; i++) {
        const struct scheme_error *e = &w->marks->p[i];
        if (!str_eq(e->table, t->name) || !str_is(e->cell, arena_printf(w->a, "%s%zu", letters, row + 1)))
            continue;
        worksheet_write_comment(sheet, (lxw_row_t)row, (lxw_col_t)column,
                                arena_printf(w->a, "%.*s\n%.*s", (int)e->message.n, e->message.p, (int)e->fix.n, e->fix.p));
        return w->bad;
    }
    return w->text;
}

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
        worksheet_write_string(sheet, 0, (lxw_col_t)i, z(w, t->header.p[i]), w->head);
        if (c) {
            worksheet_write_comment(sheet, 0, (lxw_col_t)i, c->label);
            add_drop_down(w, sheet, i, c);
        }
    }
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t i = 0; i < t->rows[r].n; i++) {
            lxw_format *f = format_at(w, sheet, t, r + 1, i);
            if (t->rows[r].p[i].n || f == w->bad)
                worksheet_write_string(sheet, (lxw_row_t)(r + 1), (lxw_col_t)i, z(w, t->rows[r].p[i]), f);
        }
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
    worksheet_set_column(sheet, 0, 0, 110, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        worksheet_write_string(sheet, (lxw_row_t)i, 0, lines[i], NULL);
}

static void
write_faults(struct writing *w)
{
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, "错误");
    worksheet_set_column(sheet, 0, 0, 110, NULL);
    for (size_t i = 0; i < w->marks->n; i++)
        worksheet_write_string(sheet, (lxw_row_t)i, 0, workbook_error_words(w->a, &w->marks->p[i]), NULL);
}

bool
workbook_write(struct tables tables, const struct scheme_errors *marks, struct buf *out, struct err *err)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/shaodao-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path); /* the library writes files only */
    struct writing w = {.book = fd < 0 ? NULL : workbook_new(path), .a = arena_new(), .tables = tables, .marks = marks};
    if (!w.book) {
        if (fd >= 0)
            close(fd);
        arena_free(w.a);
        return err_set(err, ERR_INTERNAL, "不能生成工作簿：临时目录写不了。");
    }
    w.head = workbook_add_format(w.book);
    format_set_bold(w.head);
    format_set_bg_color(w.head, 0xE8EEF4);
    w.text = workbook_add_format(w.book);
    format_set_num_format(w.text, "@");
    w.bad = workbook_add_format(w.book);
    format_set_num_format(w.bad, "@");
    format_set_bg_color(w.bad, 0xFFC7CE);
    write_instructions(&w);
    if (marks && marks->n)
        write_faults(&w);
    for (size_t i = 0; i < tables.n; i++)
        write_table(&w, &tables.p[i]);
    bool ok = workbook_close(w.book) == LXW_NO_ERROR;
    ssize_t got = 1;
    int in = open(path, O_RDONLY | O_CLOEXEC); /* by name again: the library may have replaced the file */
    for (char chunk[65536]; ok && in >= 0 && (got = read(in, chunk, sizeof chunk)) > 0;)
        buf_add(out, chunk, (size_t)got);
    ok = ok && in >= 0 && got == 0;
    unlink(path);
    if (in >= 0)
        close(in);
    close(fd);
    arena_free(w.a);
    return ok || err_set(err, ERR_INTERNAL, "不能生成工作簿。");
}
