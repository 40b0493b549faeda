/* The rows of a 立案结案标准 join a scheme: what has the same code is replaced where it stands, the rest comes behind. */
#include "code_map.h"
#include "standards.h"

static int
column_of(const struct table *t, struct str name)
{
    for (size_t i = 0; i < t->header.n; i++)
        if (str_eq(t->header.p[i], name))
            return (int)i;
    return -1;
}

/* A row of `from` in the columns of `to`; a column that only the scheme has stays empty. */
static struct strs
row_in_columns(struct arena *a, const struct table *to, const struct table *from, size_t row)
{
    struct str *cells = arena_array(a, struct str, to->header.n + 1);
    for (size_t i = 0; i < to->header.n; i++) {
        int at = column_of(from, to->header.p[i]);
        cells[i] = at >= 0 && (size_t)at < from->rows[row].n ? from->rows[row].p[at] : STR("");
    }
    return (struct strs){cells, to->header.n};
}

static struct code_map
codes_of(struct arena *a, const struct table *t, const char *column)
{
    struct str *codes = arena_array(a, struct str, t->n_rows + 1);
    for (size_t i = 0; i < t->n_rows; i++)
        codes[i] = table_cell(t, i, column);
    return code_map_of(a, codes, t->n_rows);
}

static struct table
merge_by_code(struct arena *a, const struct table *to, const struct table *from, struct standards_merged *count)
{
    struct code_map there = codes_of(a, to, "code");
    struct strs *rows = arena_array(a, struct strs, to->n_rows + from->n_rows + 1);
    size_t n = to->n_rows;
    if (n)
        memcpy(rows, to->rows, n * sizeof *rows);
    for (size_t i = 0; i < from->n_rows; i++) {
        int at = code_map_find(&there, table_cell(from, i, "code"));
        rows[at >= 0 ? (size_t)at : n++] = row_in_columns(a, to, from, i);
        count->n_added += at < 0;
        count->n_replaced += at >= 0;
    }
    return (struct table){to->name, to->header, rows, n};
}

/* The bases of an item that the list has are the list's. */
static struct table
merge_bases(struct arena *a, const struct table *to, const struct table *from, const struct table *items)
{
    struct code_map known = codes_of(a, items, "code");
    struct strs *rows = arena_array(a, struct strs, to->n_rows + from->n_rows + 1);
    size_t n = 0;
    for (size_t i = 0; i < to->n_rows; i++)
        if (code_map_find(&known, table_cell(to, i, "item")) < 0)
            rows[n++] = to->rows[i];
    for (size_t i = 0; i < from->n_rows; i++)
        rows[n++] = row_in_columns(a, to, from, i);
    return (struct table){to->name, to->header, rows, n};
}

struct tables
standards_merge(struct arena *a, struct tables scheme, struct tables list, struct standards_merged *out)
{
    struct table *all = arena_array(a, struct table, scheme.n + list.n + 1);
    size_t n = scheme.n;
    *out = (struct standards_merged){0};
    if (n)
        memcpy(all, scheme.p, n * sizeof *all);
    for (size_t i = 0; i < list.n; i++) {
        const struct table *from = &list.p[i];
        struct standards_merged count = {0}, *to_count = str_is(from->name, "items") ? out : &count;
        size_t at = 0;
        while (at < n && !str_eq(all[at].name, from->name))
            at++;
        if (at == n) { /* such a table was not there at all */
            all[n++] = *from;
            to_count->n_added += from->n_rows;
        } else if (str_is(from->name, "bases"))
            all[at] = merge_bases(a, &all[at], from, tables_find(list, "items"));
        else
            all[at] = merge_by_code(a, &all[at], from, to_count);
    }
    return (struct tables){all, n};
}
