/* event_append.h — on the writer: one event at the end of a stream, sealed, chained and marked. */
#ifndef STORAGE_EVENT_APPEND_H
#define STORAGE_EVENT_APPEND_H

#include "event_body.h"
#include "keyring.h"

/* Streams that have no row of their own: small numbers, no id is ever so small. REGISTRY_STREAM is 1. */
enum { ROUTINE_STREAM = 2, POSTS_STREAM = 3 };

struct event_to_append {
    int64_t area, stream, seq;
    instant at, occurred_at; /* occurred_at 0 = at */
    const char *type;
    struct actor actor; /* person, role, org */
    const uint8_t *key; /* opens the body */
    struct str json;
};
/* `prev` is the hash of the event before, zeros for the first; `hash` becomes this one's. */
bool event_append(struct db *db, struct keyring *k, const struct event_to_append *e, const uint8_t prev[HASH_BYTES],
                  uint8_t hash[HASH_BYTES], struct err *err);
/* For a stream without a row: reads its end, then appends. ERR_CONFLICT when another was faster. */
bool event_append_next(struct db *db, struct keyring *k, struct event_to_append *e, struct err *err);

/* Notices that an event causes, with what it says of each in `told`. */
bool notices_append(struct db *db, struct store *store, int64_t area, instant at, const struct notice *list, size_t n, struct told *told,
                    struct err *err);

#endif
