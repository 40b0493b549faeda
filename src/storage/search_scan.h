/* search_scan.h — inside storage only: cases that have all that is asked for, newest first, out of the search index.
 *
 * A question is a tree of ALL, ANY and TOKEN. Work is bounded: after so many rows of the index the walk ends early and says
 * how far it has come.
 */
#ifndef STORAGE_SEARCH_SCAN_H
#define STORAGE_SEARCH_SCAN_H

#include "store.h"

enum { SCAN_ROWS_MAX = 1600, SCAN_QUERIES_MAX = 150 };

struct scan {
    struct db *db;
    struct arena *arena;
    int64_t area;
    int64_t rows, queries; /* read of the index so far */
    bool is_cut;           /* the bound was reached */
    struct err *err;
};

struct scan_node;
struct scan_node *scan_token(struct scan *s, uint64_t token);
struct scan_node *scan_node(struct scan *s, bool is_all, size_t room);
void scan_add(struct scan_node *to, struct scan_node *part); /* NULL is left out */
size_t scan_parts(const struct scan_node *n);
/* The newest case at or before `most` that has what the node asks for; 0 = none. With is_cut: none lies above the answer, which
 * may or may not be one. */
int64_t scan_at_most(struct scan *s, struct scan_node *n, int64_t most);

#endif
