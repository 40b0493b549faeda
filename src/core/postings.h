/* postings.h — packed lists of case ids, ascending: what stands beside a token in the search index.
 *
 * The first id is the key of the row (`part`) and not repeated. Each further id is written as two numbers of seven bits a
 * byte: how many steps of 2^17 it lies behind the one before it (store_new_id), then its last 17 bits, or, in the same
 * step, the difference. A list never outgrows a page of the database.
 */
#ifndef CORE_POSTINGS_H
#define CORE_POSTINGS_H

#include "str.h"

enum { POSTINGS_MAX = 250, POSTINGS_BYTES = 880, POSTING_BYTES_MAX = 12 };

/* How many of ids[0…n) fit into one list; at least one of any. Appends the packed form of those, without the first. */
size_t postings_write(struct buf *out, const int64_t *ids, size_t n);
/* Reads what stands behind `first` into out[0…]; returns how many ids there are with it, 0 when the bytes are no such list. */
size_t postings_read(int64_t first, struct str bytes, int64_t out[POSTINGS_MAX]);

#endif
