/* store_copy.h — moves every row of an installation from one store to another, of either engine, and compares both at the end. */
#ifndef STORAGE_STORE_COPY_H
#define STORAGE_STORE_COPY_H

#include "store.h"

struct copy_report {
    int64_t rows, tables, differences;
    const char *first; /* table that differs; NULL = none */
};
typedef void copy_step(void *ctx, int64_t done, int64_t all); /* rows written and then rows compared: `all` counts each twice */

/* `to` must be empty (its tables made, no rows): ERR_CONFLICT else. `from` is read as of one moment. The rows that say that an
 * installation is there come last, so what was interrupted is none. */
bool store_copy(struct store *from, struct store *to, copy_step *step, void *ctx, struct copy_report *out, struct err *err);

#endif
