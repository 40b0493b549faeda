/* A CSV reader that goes on after a bad line. Tables of a scheme are read by core/table.c, which wants every cell right. */
#include "import.h"

struct cells {
    struct str *p;
    size_t n, cap;
};

static void
cells_add(struct arena *a, struct cells *c, struct str cell)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 16;
        struct str *more = arena_array(a, struct str, cap);
        if (c->n)
            memcpy(more, c->p, c->n * sizeof *more);
        c->p = more;
        c->cap = cap;
    }
    c->p[c->n++] = str_trim(cell);
}

static size_t
line_length(struct str s)
{
    const char *end = s.n ? memchr(s.p, '\n', s.n) : NULL;
    return end ? (size_t)(end - s.p) + 1 : s.n;
}

/* From behind the opening quote to behind the closing one; doubled quotes become one. False: it never closes. */
static bool
quoted(struct arena *a, struct str *rest, struct str *cell)
{
    char *out = arena_alloc(a, rest->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < rest->n; i++) {
        if (rest->p[i] == '"') {
            if (i + 1 == rest->n || rest->p[i + 1] != '"') {
                *cell = (struct str){out, n};
                *rest = str_slice(*rest, i + 1, rest->n);
                return true;
            }
            i++;
        }
        out[n++] = rest->p[i];
    }
    return false;
}

static struct str
plain(struct str *rest, char separator)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != separator && rest->p[n] != '\n')
        n++;
    struct str cell = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n, rest->n);
    return cell;
}

static bool
unpaired(struct csv_record *out)
{
    out->problem = "引号不成对";
    out->fix = "引号要括住整个单元格；内容里的英文引号写两个。";
    return false;
}

/* Reads one record off *rest; false when it is not one. */
static bool
record(struct arena *a, struct str *rest, char separator, struct cells *cells, struct csv_record *out)
{
    for (;;) {
        struct str cell;
        if (rest->n && rest->p[0] == '"') {
            *rest = str_slice(*rest, 1, rest->n);
            if (!quoted(a, rest, &cell))
                return unpaired(out);
            if (str_starts(*rest, STR("\r")))
                *rest = str_slice(*rest, 1, rest->n);
        } else
            cell = plain(rest, separator);
        cells_add(a, cells, cell);
        if (!rest->n)
            return true;
        char c = rest->p[0];
        if (c != separator && c != '\n')
            return unpaired(out);
        *rest = str_slice(*rest, 1, rest->n);
        if (c == '\n')
            return true;
    }
}

bool
csv_next(struct arena *a, struct csv_text *csv, struct csv_record *out)
{
    *out = (struct csv_record){0};
    csv->line = csv->next_line ? csv->next_line : 1;
    if (!csv->rest.n)
        return false;
    struct cells cells = {0};
    struct str before = csv->rest, rest = csv->rest;
    if (!record(a, &rest, csv->separator, &cells, out))
        rest = str_slice(before, line_length(before), before.n);
    size_t used = before.n - rest.n;
    csv->next_line = csv->line;
    for (size_t i = 0; i < used; i++)
        csv->next_line += before.p[i] == '\n';
    csv->rest = rest;
    out->cells = (struct strs){cells.p, cells.n};
    return true;
}
