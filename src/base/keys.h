/* keys.h — the keys of an installation: KEK in a file, DEKs wrapped by it, and the keys that follow from a DEK.
 *
 * The KEK (16 bytes) lies in DIR/keys/kek and nowhere else; the rows of table `keys` hold DEKs (32 bytes) wrapped by it;
 * a working key comes from a DEK by HKDF; cases and persons have keys of their own, wrapped by a data DEK. KEK and DEKs
 * live in memory that is locked, left out of core dumps, fenced by guard pages and wiped when freed.
 */
#ifndef BASE_KEYS_H
#define BASE_KEYS_H

#include "crypto.h"

/* Memory for secrets: zeroed, locked as far as the system allows, wiped by secret_free, which accepts NULL. */
void *secret_new(size_t n);
void secret_free(void *p);

/* The key files. */
enum { PEPPER_BYTES = 32 };
struct kek;

/* Makes DIR/keys (0700) with kek and pepper (0600), all synced to disk. ERR_CONFLICT when a key is already there. */
bool keys_create(const char *dir, struct err *err);
/* Refuses a file that is missing, of another length, not ours, or open to group or others. */
struct kek *kek_load(const char *dir, struct err *err);
void kek_free(struct kek *kek);
/* The pepper of password hashes: outside the database, and not a child of the KEK, so that the KEK can be changed. */
bool pepper_load(const char *dir, uint8_t out[PEPPER_BYTES], struct err *err);

/* Changing the KEK: kek_next makes keys/kek.next or takes up the one an interrupted change left; the caller rewraps all
 * rows in one transaction; kek_promote puts it in place. A row that does not unwrap while kek.next exists is tried with
 * that: kek_next_exists. Any step can be repeated. */
struct kek *kek_next(const char *dir, struct err *err);
bool kek_next_exists(const char *dir);
bool kek_promote(const char *dir, struct err *err);

/* DEKs. */
enum key_purpose { KEY_DATA, KEY_INDEX, KEY_HISTORY, KEY_SESSION, KEY_PURPOSE_COUNT };
const char *key_purpose_name(enum key_purpose p); /* data, index, history, session */
bool key_purpose_parse(struct str s, enum key_purpose *p);

struct dek_name {
    int64_t area;
    uint32_t id; /* row of `keys`, and key_id in column values */
    enum key_purpose purpose;
};
struct dek;

enum { DEK_BYTES = 32, DEK_WRAPPED_BYTES = DEK_BYTES + SEAL_EXTRA };
struct dek *dek_new(struct dek_name name); /* fresh and random; never NULL */
void dek_wrap(const struct kek *kek, const struct dek *dek, struct buf *out);
struct dek *dek_unwrap(const struct kek *kek, struct dek_name name, struct str wrapped, struct err *err);
struct dek_name dek_name(const struct dek *dek);
void dek_free(struct dek *dek);

/* Working key = HKDF-SM3(dek, info = purpose name | label)[0..15]; label is "table.column" or another fixed word.
 * Costs 3 µs: keep the result, in secret memory where it lives long. */
void dek_derive(const struct dek *dek, const char *label, uint8_t out[KEY_BYTES]);

/* The key of one case or person: 16 random bytes, wrapped by a data DEK as the column value area|case_key|wrapped|id.
 * Deleting the wrapped row is what erases the words and contacts. */
enum key_subject { KEY_OF_CASE, KEY_OF_PERSON };
enum { SUBJECT_WRAPPED_BYTES = KEY_BYTES + COLUMN_EXTRA };
void subject_key_new(uint8_t out[KEY_BYTES]);
void subject_key_wrap(const struct dek *dek, enum key_subject of, int64_t id, const uint8_t key[KEY_BYTES],
                      struct buf *out);
bool subject_key_unwrap(const struct dek *dek, enum key_subject of, int64_t id, struct str wrapped,
                        uint8_t out[KEY_BYTES]);

/* Blind index: equal values of one purpose have equal indexes, and only the key's owner can compute them.
 * HMAC-SM3(key, purpose | "|" | normalised)[0..15]. */
enum { BLIND_BYTES = 16 };
void blind_index(const uint8_t key[KEY_BYTES], const char *purpose, struct str normalised, uint8_t out[BLIND_BYTES]);

/* One spelling per telephone: blanks, hyphens, brackets, full-width forms and the country code are taken away.
 * "+86 138-0000 0000" → "13800000000", "(0797)5622345" → "07975622345". False, and out empty, when something else than
 * a number of 3 to 20 digits is in it. */
enum { PHONE_BYTES = 24 };
bool phone_normalise(struct str in, char out[PHONE_BYTES]);

#endif
