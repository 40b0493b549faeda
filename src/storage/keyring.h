/* keyring.h — the data keys of an installation: wrapped in the database, unwrapped here, used by id (docs/security.md).
 *
 * KEK (DIR/keys/kek) → data encryption keys per area and purpose → one key per case and person. Deleting a case's wrapped
 * key makes its words unreadable for ever while its chain stays verifiable.
 */
#ifndef STORAGE_KEYRING_H
#define STORAGE_KEYRING_H

#include "keys.h"
#include "store.h"

struct keyring;

bool keyring_create(const char *dir, struct err *err); /* makes the KEK file; refuses to overwrite */
struct keyring *keyring_open(const char *dir, struct err *err);
void keyring_free(struct keyring *k);
bool keyring_load(struct keyring *k, struct db *db, struct err *err); /* unwraps all rows of `keys` */
bool keyring_new_area(struct keyring *k, struct db *db, int64_t area, int64_t now, struct err *err); /* on the writer */

/* Working keys of an area, derived once: purposes "case", "person", "file", "contact-index", "search", "history",
 * "query-code", "link", "csrf", "presence". NULL when the area has no keys. */
const uint8_t *keyring_key(struct keyring *k, int64_t area, const char *purpose);

/* Per-case / per-person keys. */
void keyring_make_wrapped(struct keyring *k, int64_t area, int64_t id, uint8_t key[KEY_BYTES], struct buf *wrapped);
bool keyring_unwrap(struct keyring *k, int64_t area, int64_t id, struct str wrapped, uint8_t key[KEY_BYTES]);

/* Column values: 01 | key id | nonce | ciphertext | tag, bound to table, column and row by AAD. */
void seal(const uint8_t key[KEY_BYTES], int64_t area, const char *column, int64_t row, int64_t sub, struct str plain,
          struct buf *out);
bool unseal(const uint8_t key[KEY_BYTES], int64_t area, const char *column, int64_t row, int64_t sub, struct str sealed,
            struct buf *out);

#endif
