/* file_store.h — what the database knows of a file under DIR/files: where its bytes lie, and the key that opens them.
 *
 * Each file has a key of its own. The row holds it wrapped: by the area's key until a report or command takes the file, then
 * by the key of that case. So deleting a case's key makes its photos and recordings unreadable with its words, and taking a
 * file wraps sixteen bytes anew and touches nothing on the disk.
 */
#ifndef STORAGE_FILE_STORE_H
#define STORAGE_FILE_STORE_H

#include "effects_save.h"

struct file_seal {
    bool is_sealed; /* false: an old file that lies in clear under its sha256, and key and address mean nothing */
    uint8_t key[KEY_BYTES], address[HASH_BYTES], sha256[HASH_BYTES];
    int64_t case_id;
};
/* ERR_NOT_FOUND; ERR_GONE when the case's key was deleted; ERR_INTERNAL when the row was changed. */
bool file_seal_find(struct db *db, struct keyring *k, int64_t area, int64_t id, struct file_seal *out, struct err *err);

/* The key as the row of file `id` holds it. case_id 0: `by` is the area's key "file". */
void file_key_wrap(const uint8_t by[KEY_BYTES], int64_t area, int64_t id, int64_t case_id, const uint8_t key[KEY_BYTES],
                   struct buf *out);
bool file_key_unwrap(const uint8_t by[KEY_BYTES], int64_t area, int64_t id, int64_t case_id, struct str wrapped,
                     uint8_t key[KEY_BYTES]);
/* On the writer: the wrapped key of a file without a case, as the case will hold it. Empty for an old file in clear. */
bool file_key_rewrap(struct db *db, struct keyring *k, int64_t area, int64_t id, int64_t case_id,
                     const uint8_t case_key[KEY_BYTES], struct buf *out, struct err *err);

/* SM3 over what a file is and where it came from: the event that takes the file keeps it. Not over where it lies. */
bool file_digest(struct db *db, int64_t area, int64_t id, uint8_t out[HASH_BYTES], struct err *err);
void file_facts_digest(const struct rows *r, uint8_t out[HASH_BYTES]); /* of a row that begins with the columns of file_facts */

#endif
