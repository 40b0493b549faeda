/* registry_store.h — the registry as rows: read whole into a snapshot, written row by row inside a registry event. */
#ifndef STORAGE_REGISTRY_STORE_H
#define STORAGE_REGISTRY_STORE_H

#include "keyring.h"
#include "registry.h"

/* Loads everything of an area into the arena and indexes it. */
bool registry_load(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err);
/* On the writer. */
bool registry_set_org(struct db *db, int64_t area, const struct org *o, struct err *err);
bool registry_set_place(struct db *db, int64_t area, const struct place *p, struct err *err);
bool registry_set_person(struct db *db, int64_t area, const struct person *p, struct err *err);
bool registry_set_posting(struct db *db, int64_t area, const struct posting *p, struct err *err);
bool registry_set_leave(struct db *db, int64_t area, const struct leave *l, struct err *err);
bool registry_set_swap(struct db *db, int64_t area, const struct turn_swap *s, struct err *err);
bool registry_set_roster(struct db *db, int64_t area, const struct roster *r, struct err *err);
/* The number that the next registry event will have: a row that points to its words is written before it. 0 = failed. */
int64_t registry_next_seq(struct db *db, int64_t area, struct err *err);
/* A text of a registry event: what somebody wrote when asking or handing over. Empty when there is none. */
struct str registry_event_text(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t seq, const char *name);
/* SM3 over all rows of an area's registry, in order: what the last registry event must say. */
bool registry_digest(struct db *db, int64_t area, uint8_t out[HASH_BYTES], struct err *err);
/* Appends an event to the registry stream: what changed, as a JSON object, and the digest of the rows as they are now;
 * chained like every other. */
bool registry_event(struct db *db, struct keyring *k, int64_t area, instant at, const char *type, int64_t actor, int role,
                    int32_t org, struct str json, struct err *err);

#endif
