/* table.h — inside the program: rows of cells become a table, and a table becomes CSV again.
 *
 * A spreadsheet and a CSV file pass the same checks, so the same slip is told in the same words. Line numbers are those
 * a person sees: line 1 is the header. The CSV written here is the canonical form: quotes only where needed, "\n" ends.
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include "scheme.h"

/* All lines of a CSV text as they stand, ragged and blank ones too; cells are trimmed. Faults: quoting and encoding.
 * The rows are writable so that a reader may fill merged cells. */
bool table_rows(struct arena *a, struct str name, struct str csv, struct strs **rows, size_t *n,
                struct scheme_errors *errors);
/* The first row is the header; blank rows in the middle, cells beyond the header and rows that lack cells are faults. */
bool table_of_rows(struct arena *a, struct str name, struct strs *rows, size_t n, struct table *out,
                   struct scheme_errors *errors);
void table_write(struct buf *out, const struct table *t);

#endif
