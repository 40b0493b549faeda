/* search_rebuild.h — the search index of an installation that is older than what the index holds: notes, places, items and leads.
 *
 * Cases are walked from the first, a few in each transaction, and what their events say is written again; what stands there
 * stays. `meta` remembers how far that came, so it goes on after a restart. Until it is through, a search finds what older
 * versions found.
 */
#ifndef STORAGE_SEARCH_REBUILD_H
#define STORAGE_SEARCH_REBUILD_H

#include "keyring.h"

bool search_index_is_new(struct db *db, struct err *err);    /* on the writer of a fresh installation: nothing is missing */
bool search_index_is_whole(struct db *db, struct err *err);
/* On the writer. *is_whole: nothing is left to do. */
bool search_rebuild_step(struct db *db, struct keyring *k, int64_t cases, bool *is_whole, struct err *err);
/* One step; waits for the writer. */
bool search_rebuild(struct store *s, struct keyring *k, int64_t cases, bool *is_whole, struct err *err);

#endif
