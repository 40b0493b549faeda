/* print.h — inside cmd only: what goes to stdout for people. Columns line up by display width, a Han character counting two.
 *
 * Words that residents wrote may hold control bytes; a terminal never sees them.
 */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "calendar.h"
#include "str.h"

/* Cells are added one after the other; a row is `columns` of them. The last column is as wide as its text. */
struct grid {
    struct arena *a;
    size_t columns;
    uint64_t right; /* bits of the columns that are numbers */
    struct str *cells;
    size_t n, cap;
};
void grid_add(struct grid *g, struct str cell);
void grid_addf(struct grid *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void grid_print(const struct grid *g);

void print_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void print_text(struct str text, const char *indent); /* several lines, each behind the indent */
void print_out(struct buf *b); /* a JSON document and a line end; releases it */

const char *moment_short(struct arena *a, instant at); /* 2026-04-21 09:05; "—" for none */
const char *day_short(struct arena *a, int32_t day);

#endif
