/* crypto.h — the few cryptographic acts of the program, each with one obvious way to call it.
 *
 * Hashes, HMAC and HKDF are SM3 by libcrypto; encryption is SM4-GCM by libgcrypt (libcrypto 3.0 has none). Every
 * function may be called from any thread; contexts are kept per thread, so nothing is fetched or allocated per call.
 * Hashing and sealing cannot fail: a broken library ends the process with one clear line. Opening fails, quietly and
 * without plaintext, when a single bit of key, place or value differs.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include "err.h"
#include "str.h"

enum {
    HASH_BYTES = 32, /* SM3 and SHA-256 */
    KEY_BYTES = 16,  /* SM4 */
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    SEAL_EXTRA = NONCE_BYTES + TAG_BYTES,
    COLUMN_EXTRA = 1 + 4 + SEAL_EXTRA, /* 33: version, key id, nonce, tag */
};

/* Known answers (GB/T 32905, GB/T 32907, RFC 8998). Run once at start; false means: do not serve. */
bool crypto_self_test(struct err *err);

/* Erases the keys that the calling thread's contexts remember. Happens by itself when a thread ends. */
void crypto_thread_wipe(void);

/* Randomness of the kernel, buffered per thread; a forked child never repeats its parent's bytes. */
void crypto_random(void *out, size_t n);

bool crypto_equal(const void *a, const void *b, size_t n); /* takes the same time whatever differs */

/* Digests */
void sm3(struct str s, uint8_t out[HASH_BYTES]);
void sha256(struct str s, uint8_t out[HASH_BYTES]);
void hmac_sm3(struct str key, struct str s, uint8_t out[HASH_BYTES]);
/* RFC 5869 over HMAC-SM3; an empty salt counts as 32 zero bytes; n <= 255 * 32. */
void hkdf_sm3(struct str secret, struct str salt, struct str info, uint8_t *out, size_t n);
/* PBKDF2-HMAC-SM3, for passwords. */
void pbkdf2_sm3(struct str password, struct str salt, int rounds, uint8_t out[HASH_BYTES]);
/* Keyed 64-bit hash (SipHash-2-4) for search tokens: quick, not a signature. */
uint64_t token_hash(const uint8_t key[KEY_BYTES], struct str s);

/* Digest of something that comes in pieces. hasher_end writes the digest and frees; hasher_free is for giving up. */
enum hash_kind { HASH_SM3, HASH_SHA256 };
struct hasher;
struct hasher *hasher_new(enum hash_kind kind);
void hasher_add(struct hasher *h, struct str piece);
void hasher_end(struct hasher *h, uint8_t out[HASH_BYTES]);
void hasher_free(struct hasher *h);

/* SM4-GCM. `bound` is authenticated and not stored: it says where the value belongs.
 * seal:      out = nonce 12 | ciphertext n | tag 16, a fresh random nonce each time (at most 2^32 per key).
 * seal_with: out = ciphertext n | tag 16; the caller promises never to use (key, nonce) twice (chunks of files).
 * open returns false when anything was changed or cut, and then leaves `out` zeroed. The _with forms may work in place;
 * otherwise input and output do not overlap. */
void sm4gcm_seal(const uint8_t key[KEY_BYTES], struct str bound, struct str plain, uint8_t *out);
bool sm4gcm_open(const uint8_t key[KEY_BYTES], struct str bound, struct str sealed, uint8_t *out);
void sm4gcm_seal_with(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], struct str bound,
                      struct str plain, uint8_t *out);
bool sm4gcm_open_with(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], struct str bound,
                      struct str sealed, uint8_t *out);

/* A value in an encrypted column: 01 | key_id u32be | nonce 12 | ciphertext | tag 16.
 * `bound` is area|table|column|row id, so that a value moved to another row does not open. */
enum { BOUND_BYTES = 128 };
struct str column_bound(char out[BOUND_BYTES], int64_t area, const char *table, const char *column, int64_t row);
void column_seal(struct buf *out, uint32_t key_id, const uint8_t key[KEY_BYTES], struct str bound, struct str plain);
bool column_key_id(struct str value, uint32_t *key_id); /* false: not a column value of this version */
bool column_open_into(const uint8_t key[KEY_BYTES], struct str bound, struct str value,
                      uint8_t *out); /* n - 33 bytes */
bool column_open(struct arena *a, const uint8_t key[KEY_BYTES], struct str bound, struct str value, struct str *plain);

/* The event chain. Numbers are big-endian, 8 bytes where no width is named:
 *   commit = SM3(salt16 | body)
 *   hash_n = SM3("shaodao/event/1" | area | stream | seq u32 | at_ms | len8, type | actor | commit | hash_{n-1})
 *   mac    = HMAC-SM3(history key, hash_n | occurred_at | role | org): seals the clear columns that the head leaves out
 *   ref    = HMAC-SM3(history key, area | stream)[0..15] */
enum { SALT_BYTES = 16, REF_BYTES = 16 };
struct event_head {
    int64_t area, stream;
    uint32_t seq;
    int64_t at_ms;
    struct str type; /* at most 255 bytes */
    int64_t actor;
};
void event_commit(const uint8_t salt[SALT_BYTES], struct str body, uint8_t out[HASH_BYTES]);
void event_head_hash(const struct event_head *head, const uint8_t commit[HASH_BYTES], const uint8_t prev[HASH_BYTES],
                     uint8_t out[HASH_BYTES]);
struct event_clear {
    int64_t occurred_at, role, org;
};
void event_mac(const uint8_t key[KEY_BYTES], const uint8_t hash[HASH_BYTES], struct event_clear clear,
               uint8_t out[HASH_BYTES]);
void stream_ref(const uint8_t key[KEY_BYTES], int64_t area, int64_t stream, uint8_t out[REF_BYTES]);

/* Big-endian numbers in bytes, as all formats above write them. */
void put_u32be(uint8_t *p, uint32_t v);
void put_u64be(uint8_t *p, uint64_t v);
uint32_t get_u32be(const uint8_t *p);

/* A view of raw bytes. */
static inline struct str
str_bytes(const void *p, size_t n)
{
    return (struct str){p, n};
}

#endif
