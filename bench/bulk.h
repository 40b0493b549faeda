/* bulk.h — rows in bulk, past the store: into the embedded database without waiting for the disk, into PostgreSQL by binary COPY.
 *
 * For benchmarks only: nobody else may have the database open, and a crash meanwhile ruins it. Rows of several tables may come by
 * turns; those of one table best in the order of its key. On PostgreSQL secondary indexes are dropped first and made again at the
 * end; SQLite keeps them, because to make one it would read a table that does not fit into memory from end to end.
 */
#ifndef BENCH_BULK_H
#define BENCH_BULK_H

#include "store.h"

struct bulk;
struct bulk *bulk_open(const char *dir, struct err *err); /* the engine that `dir` says */
/* Empties a table (an index into sql_tables), which is filled from now on. */
bool bulk_empty(struct bulk *b, int table, struct err *err);
/* One value for each column, in the order of the table. Ends the process when the database refuses. */
void bulk_row(struct bulk *b, int table, const struct value *values);
/* Indexes, statistics, end. */
void bulk_close(struct bulk *b);

int bulk_table(const char *name);               /* ends the process when there is none */
int bulk_column(int table, const char *column); /* the same */

#endif
