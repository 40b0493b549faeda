/* sealed_file.h — files as they lie on the disk: encrypted in chunks, so that one of any size is written and read with
 * little memory, from any place, and a byte that was changed, moved, cut off or added is noticed before it is used.
 *
 *   head   "SHAODAO" 01 | nonce prefix 7 | 00                                     16 bytes
 *   chunk  SM4-GCM of 64 KiB, the last one shorter (perhaps empty) | tag 16
 *          nonce = prefix 7 | number u32be | 1 for the last chunk, else 0         (STREAM of Hoang, Reyhanitabar, Rogaway, Vizár)
 *          bound = head | variant
 *
 * The key of a chunk is HKDF-SM3(file key, "shaodao/file/1|" variant): the versions of one file share its key and are never
 * taken for one another. The address is the SHA-256 of all bytes as they lie there: it can be checked without any key and
 * says nothing of the content, because every file has a key of its own.
 */
#ifndef BASE_SEALED_FILE_H
#define BASE_SEALED_FILE_H

#include "crypto.h"
#include "err.h"

enum { SEALED_CHUNK = 64 * 1024, SEALED_HEAD = 16 };

/* Writes path, which must not exist (0600). Nobody reads it under that name: it is renamed to its address after the end. */
struct sealer;
struct sealer *sealer_open(const char *path, const uint8_t key[KEY_BYTES], const char *variant, struct err *err);
bool sealer_add(struct sealer *s, struct str piece, struct err *err);
/* Last chunk, fsync, close. Frees the sealer; on failure the file is gone. */
bool sealer_end(struct sealer *s, uint8_t address[HASH_BYTES], struct err *err);
void sealer_drop(struct sealer *s); /* gives up and removes the file; accepts NULL */

/* Reads. The length is checked when it opens, each chunk when it is read; ERR_INTERNAL and sealed_is_damaged(err) when the
 * bytes are not what was written. One thread at a time. */
struct unsealer;
struct unsealer *unsealer_open(const char *path, const uint8_t key[KEY_BYTES], const char *variant, struct err *err);
int64_t unsealer_size(const struct unsealer *u); /* of the plain content */
bool unsealer_read(struct unsealer *u, int64_t at, void *out, size_t n, struct err *err); /* at + n <= size */
/* All of it once: every chunk opens, and the bytes have this address (NULL = not asked). */
bool unsealer_check(struct unsealer *u, const uint8_t address[HASH_BYTES], struct err *err);
void unsealer_close(struct unsealer *u); /* accepts NULL */

bool sealed_is_damaged(const struct err *err);

#endif
