/* sealed_store.h — DIR/files: every file sealed under a key of its own, named by the SHA-256 of the sealed bytes.
 *
 * DIR/files/ab/cdef…          what was sent, byte for byte
 * DIR/files/ab/cdef….public   the re-encoded picture, and .thumb, the small one
 * DIR/files/tmp               sealed too, on their way; emptied when the server starts
 *
 * A file is whole and synced before its row is written, and nothing is served without a row: whatever is cut off in between
 * leaves at most bytes that nobody can open. They are removed by housekeeping (seal_files.h in jobs/).
 */
#ifndef ACTIONS_SEALED_STORE_H
#define ACTIONS_SEALED_STORE_H

#include "file_store.h"
#include "sealed_file.h"

enum stored_variant { STORED_ORIGINAL, STORED_PUBLIC, STORED_THUMB, STORED_VARIANTS };
const char *stored_path(struct arena *a, const char *dir, const uint8_t address[HASH_BYTES], enum stored_variant v);
const char *stored_clear_path(struct arena *a, const char *dir, const uint8_t sha256[HASH_BYTES], enum stored_variant v); /* old ones */

/* A file on its way in, sealed and hashed as it comes. One thread at a time; nothing of it is in clear anywhere. */
struct incoming;
struct incoming *incoming_open(const char *dir, struct err *err);
bool incoming_add(struct incoming *in, struct str piece, struct err *err);
struct arrived {
    uint8_t key[KEY_BYTES], address[HASH_BYTES];
    uint8_t sha256[HASH_BYTES], sm3[HASH_BYTES]; /* of what came */
    int64_t bytes;
};
bool incoming_end(struct incoming *in, struct arrived *out, struct err *err); /* at its address, synced; frees, also on failure */
void incoming_drop(struct incoming *in); /* accepts NULL */

/* The original finds its address, the others follow it. Any thread; synced when true. */
bool stored_put(const char *dir, const uint8_t key[KEY_BYTES], enum stored_variant v, struct str bytes,
                uint8_t address[HASH_BYTES], struct err *err);
/* The same from a descriptor, in pieces. */
bool stored_put_fd(const char *dir, const uint8_t key[KEY_BYTES], enum stored_variant v, int fd, uint8_t address[HASH_BYTES],
                   struct err *err);
struct unsealer *stored_open(struct arena *a, const char *dir, const struct file_seal *s, enum stored_variant v, struct err *err);
void stored_remove(const char *dir, const uint8_t address[HASH_BYTES]); /* all three */
void stored_clean_tmp(const char *dir); /* what a crash left; nobody else may be storing */

#endif
