/* The CSV reader of RFC 4180. Row and column numbers in errors are those a person sees in a spreadsheet. */
#include "sheet.h"
#include "table.h"

enum { TABLE_COLUMNS_MAX = 256 };

struct csv {
    struct arena *a;
    struct str name;
    struct scheme_errors *errors;
    char *p, *end;       /* the arena's own copy: quoted cells shrink in place */
    size_t line, column; /* of the cell being read; line 1 is the header */
    bool failed;
};

static void
fault(struct csv *c, size_t column, const char *fix, const char *message)
{
    scheme_fault(c->a, c->errors, c->name, cell_name(c->a, column, c->line), fix, "%s", message);
    c->failed = true;
}

static bool
at_cell_end(const struct csv *c)
{
    return c->p == c->end || *c->p == ',' || *c->p == '\r' || *c->p == '\n';
}

static struct str
read_plain(struct csv *c)
{
    const char *from = c->p;
    bool quoted = false;
    for (; !at_cell_end(c); c->p++)
        quoted = quoted || *c->p == '"';
    if (quoted)
        fault(c, c->column, "含引号的内容整格用英文引号括起来，里面的引号写两个。", "单元格里有单独的英文引号");
    return (struct str){from, (size_t)(c->p - from)};
}

static struct str
read_quoted(struct csv *c)
{
    char *from = ++c->p, *to = from;
    for (;; c->p++) {
        if (c->p == c->end) {
            fault(c, c->column, "在单元格末尾补上英文引号。", "引号没有闭合");
            break;
        }
        if (*c->p == '"') {
            c->p++;
            if (c->p == c->end || *c->p != '"')
                break;
        }
        *to++ = *c->p;
    }
    if (!at_cell_end(c)) {
        fault(c, c->column, "引号要括住整个单元格，里面的引号写两个。", "引号后面还有内容");
        while (!at_cell_end(c))
            c->p++;
    }
    return (struct str){from, (size_t)(to - from)};
}

static void
take_line_end(struct csv *c)
{
    if (c->p < c->end && *c->p == '\r')
        c->p++;
    if (c->p < c->end && *c->p == '\n')
        c->p++;
}

struct cells {
    struct str *p;
    size_t n, cap;
};

static void
cells_add(struct arena *a, struct cells *cells, struct str cell)
{
    if (cells->n == cells->cap) {
        struct str *more = arena_array(a, struct str, cells->cap ? cells->cap * 2 : 32);
        if (cells->n)
            memcpy(more, cells->p, cells->n * sizeof *more);
        cells->cap = cells->cap ? cells->cap * 2 : 32;
        cells->p = more;
    }
    cells->p[cells->n++] = cell;
}

static struct strs
read_row(struct csv *c, struct cells *scratch)
{
    scratch->n = 0;
    for (;;) {
        c->column = scratch->n;
        struct str cell = c->p < c->end && *c->p == '"' ? read_quoted(c) : read_plain(c);
        cells_add(c->a, scratch, str_trim(cell));
        if (c->p == c->end || *c->p != ',')
            break;
        c->p++;
    }
    take_line_end(c);
    struct str *copy = arena_array(c->a, struct str, scratch->n);
    memcpy(copy, scratch->p, scratch->n * sizeof *copy);
    return (struct strs){copy, scratch->n};
}

static size_t
count_lines(struct str csv)
{
    size_t n = 2;
    for (size_t i = 0; i < csv.n; i++)
        n += csv.p[i] == '\n' || csv.p[i] == '\r';
    return n;
}

/* The first cell that is not UTF-8 tells enough: such a file is wrong as a whole. */
static bool
check_utf8(struct csv *c, struct strs row)
{
    for (size_t i = 0; i < row.n; i++)
        if (!utf8_valid(row.p[i])) {
            fault(c, i, "用“CSV UTF-8”格式另存这张表。", "文字不是 UTF-8 编码（可能是 GBK）");
            return false;
        }
    return true;
}

bool
table_rows(struct arena *a, struct str name, struct str csv, struct strs **rows, size_t *n,
           struct scheme_errors *errors)
{
    if (str_starts(csv, STR("\xEF\xBB\xBF")))
        csv = str_slice(csv, 3, csv.n);
    char *text = arena_dup(a, csv.p, csv.n);
    struct csv c = {.a = a, .name = str_dup(a, name), .errors = errors, .p = text, .end = text + csv.n};
    struct cells scratch = {0};
    *rows = arena_array(a, struct strs, count_lines(csv));
    for (*n = 0; c.p < c.end; (*n)++) {
        c.line = *n + 1;
        (*rows)[*n] = read_row(&c, &scratch);
        if (!check_utf8(&c, (*rows)[*n]))
            return false;
    }
    return !c.failed;
}

static bool
is_blank_row(struct strs row)
{
    for (size_t i = 0; i < row.n; i++)
        if (row.p[i].n)
            return false;
    return true;
}

static void
check_header(struct csv *c, struct strs header)
{
    for (size_t i = 0; i < header.n; i++) {
        if (!header.p[i].n)
            fault(c, i, "写上列名，或删掉这一列。", "表头有空格");
        for (size_t k = 0; k < i; k++)
            if (header.p[i].n && str_eq(header.p[i], header.p[k])) {
                fault(c, i, "删掉重复的一列。", "表头里有两个同名的列");
                break;
            }
    }
}

/* Cells beyond the header are a fault, unless they are empty (spreadsheets write them); so are cells that lack. */
static struct strs
fit_row(struct csv *c, struct strs row, size_t width)
{
    while (row.n > width && !row.p[row.n - 1].n)
        row.n--;
    if (row.n > width)
        fault(c, width, "检查这一行是否多写了逗号；含逗号的内容用英文引号括起来。", "这一行比表头多出内容");
    else if (row.n < width)
        fault(c, row.n, "补上缺少的逗号；空着的单元格也要占位。", "这一行的单元格比表头少");
    return row;
}

bool
table_of_rows(struct arena *a, struct str name, struct strs *rows, size_t n, struct table *out,
              struct scheme_errors *errors)
{
    struct csv c = {.a = a, .name = str_dup(a, name), .errors = errors, .line = 1};
    *out = (struct table){.name = c.name};
    if (n == 0 || is_blank_row(rows[0])) {
        fault(&c, 0, "第一行写列名。", "表是空的");
        return false;
    }
    out->header = rows[0];
    if (out->header.n > TABLE_COLUMNS_MAX) {
        fault(&c, TABLE_COLUMNS_MAX, "检查第一行是不是表头。", "列太多");
        return false;
    }
    check_header(&c, out->header);
    size_t filled = 1; /* rows after the last filled one do not count */
    for (size_t i = 1; i < n; i++) {
        if (is_blank_row(rows[i]))
            continue;
        for (; filled < i; filled++) {
            c.line = filled + 1;
            fault(&c, 0, "删掉空行。", "表中间有空行");
        }
        c.line = i + 1;
        rows[i] = fit_row(&c, rows[i], out->header.n);
        filled = i + 1;
    }
    out->rows = rows + 1;
    out->n_rows = filled - 1;
    return !c.failed;
}

/* What could be read is given even when a quote is wrong, so that the faults of its cells are told in the same pass. */
bool
table_parse(struct arena *a, struct str name, struct str csv, struct table *out, struct scheme_errors *errors)
{
    struct strs *rows;
    size_t n;
    bool ok = table_rows(a, name, csv, &rows, &n, errors);
    if (!ok && n == 0) {
        *out = (struct table){.name = str_dup(a, name)};
        return false;
    }
    return table_of_rows(a, name, rows, n, out, errors) && ok;
}

static void
write_cell(struct buf *out, struct str cell)
{
    bool quoted = false;
    for (size_t i = 0; i < cell.n; i++)
        quoted = quoted || strchr("\",\r\n", cell.p[i]);
    if (!quoted) {
        buf_str(out, cell);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, cell.p[i]);
    }
    buf_char(out, '"');
}

static void
write_row(struct buf *out, struct strs row)
{
    for (size_t i = 0; i < row.n; i++) {
        if (i)
            buf_char(out, ',');
        write_cell(out, row.p[i]);
    }
    buf_char(out, '\n');
}

void
table_write(struct buf *out, const struct table *t)
{
    write_row(out, t->header);
    for (size_t i = 0; i < t->n_rows; i++)
        write_row(out, t->rows[i]);
}

const struct table *
tables_find(struct tables t, const char *name)
{
    for (size_t i = 0; i < t.n; i++)
        if (str_is(t.p[i].name, name))
            return &t.p[i];
    return NULL;
}

struct str
table_cell(const struct table *t, size_t row, const char *column)
{
    for (size_t i = 0; i < t->header.n; i++)
        if (str_is(t->header.p[i], column))
            return row < t->n_rows && i < t->rows[row].n ? str_trim(t->rows[row].p[i]) : STR("");
    return STR("");
}
