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
/* SM3 over all rows of an area's registry, in order: what the last registry event must say. */
bool registry_digest(struct db *db, int64_t area, uint8_t out[HASH_BYTES], struct err *err);
/* Appends an event to the registry stream: what changed, as a JSON object, and the digest of the rows as they are now;
 * chained like every other. */
bool registry_event(struct db *db, struct keyring *k, int64_t area, instant at, const char *type, int64_t actor, int role,
                    int32_t org, struct str json, struct err *err);

#endif
