#include "print.h"

#include <stdarg.h>

/* Line ends and tabs become blanks, other control characters (C0, DEL, C1) go away. */
static struct str
cleaned(struct arena *a, struct str s)
{
    struct buf b = {0};
    while (s.n) {
        uint32_t c = utf8_next(&s);
        if (c == '\n' || c == '\t' || c == '\r')
            buf_char(&b, ' ');
        else if (c >= ' ' && (c < 0x7F || c > 0x9F))
            buf_utf8(&b, c);
    }
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

void
grid_add(struct grid *g, struct str cell)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 64;
        struct str *more = arena_array(g->a, struct str, cap);
        if (g->n)
            memcpy(more, g->cells, g->n * sizeof *more);
        g->cells = more;
        g->cap = cap;
    }
    g->cells[g->n++] = cleaned(g->a, cell);
}

void
grid_addf(struct grid *g, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    grid_add(g, str_of(text));
}

static void
pad(size_t n)
{
    while (n--)
        putchar(' ');
}

void
grid_print(const struct grid *g)
{
    size_t *widths = arena_array(g->a, size_t, g->columns);
    for (size_t i = 0; i < g->n; i++) {
        size_t w = utf8_width(g->cells[i]);
        if (w > widths[i % g->columns])
            widths[i % g->columns] = w;
    }
    for (size_t i = 0; i < g->n; i++) {
        size_t column = i % g->columns, space = widths[column] - utf8_width(g->cells[i]);
        bool is_right = g->right >> column & 1, is_last = column + 1 == g->columns;
        if (is_right)
            pad(space);
        fwrite(g->cells[i].p, 1, g->cells[i].n, stdout);
        if (!is_last)
            pad(is_right ? 2 : space + 2);
        else
            putchar('\n');
    }
}

void
print_line(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

void
print_text(struct str text, const char *indent)
{
    struct arena *a = arena_new();
    for (struct str line; str_cut(&text, '\n', &line);) {
        struct str clean = cleaned(a, line);
        print_line("%s%.*s", indent, (int)clean.n, clean.p);
    }
    arena_free(a);
}

void
print_out(struct buf *b)
{
    fwrite(b->p, 1, b->n, stdout);
    putchar('\n');
    buf_release(b);
}

const char *
moment_short(struct arena *a, instant at)
{
    struct civil c = civil_of(at);
    return at ? arena_printf(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute) : "—";
}

const char *
day_short(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return day ? arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day) : "—";
}
