#include "crypto.h"

#include <assert.h>
#include <errno.h>
#include <gcrypt.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/random.h>

enum {
    REMEMBERED_KEYS = 4, /* a value's key and the key that wraps it alternate: both stay prepared */
    POOL_BYTES = 512,
    HMAC_KEY_REMEMBERED = 32,
};

/* A cipher handle prepared for one key. Setting a key costs a third of sealing a short value. */
struct prepared {
    gcry_cipher_hd_t handle;
    uint8_t key[KEY_BYTES];
    uint64_t used; /* 0: holds no key */
};

/* What one thread keeps between calls. */
struct local {
    EVP_MD_CTX *sm3;
    EVP_MAC_CTX *hmac;
    uint8_t hmac_key[HMAC_KEY_REMEMBERED];
    size_t hmac_key_n; /* 0: the context holds no remembered key */
    struct prepared ciphers[REMEMBERED_KEYS];
    uint64_t uses;
    uint8_t pool[POOL_BYTES];
    size_t pool_left;
    unsigned pool_generation;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t local_key;
static _Thread_local struct local *local_here;
static EVP_MD *md_sm3;
static EVP_MAC *mac_hmac;
static unsigned fork_generation; /* only a forked child changes it, before it has threads */

static _Noreturn void
die(const char *what)
{
    fprintf(stderr, "shaodao: cryptography does not work: %s\n", what);
    abort();
}

static void
must(bool fact, const char *what)
{
    if (!fact)
        die(what);
}

static void
forget_keys(struct local *l)
{
    explicit_bzero(l->hmac_key, sizeof l->hmac_key);
    l->hmac_key_n = 0;
    EVP_MAC_CTX_free(l->hmac);
    l->hmac = NULL;
    for (size_t i = 0; i < REMEMBERED_KEYS; i++) {
        gcry_cipher_close(l->ciphers[i].handle); /* wipes; accepts NULL */
        explicit_bzero(&l->ciphers[i], sizeof l->ciphers[i]);
    }
    explicit_bzero(l->pool, sizeof l->pool);
    l->pool_left = 0;
}

static void
local_free(void *p)
{
    struct local *l = p;
    forget_keys(l);
    EVP_MD_CTX_free(l->sm3);
    free(l);
    local_here = NULL;
}

static void
after_fork_in_child(void)
{
    fork_generation++;
}

static void
start(void)
{
    must(sodium_init() >= 0, "libsodium");
    must(gcry_check_version(GCRYPT_VERSION) != NULL, "libgcrypt is older than the one built against");
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
        gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
    md_sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    mac_hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    must(md_sm3 && mac_hmac, "libcrypto has no SM3 or HMAC");
    must(pthread_key_create(&local_key, local_free) == 0, "thread key");
    must(pthread_atfork(NULL, NULL, after_fork_in_child) == 0, "pthread_atfork");
}

static struct local *
local_new(void)
{
    pthread_once(&once, start);
    struct local *l = xcalloc(1, sizeof *l);
    l->sm3 = EVP_MD_CTX_new();
    must(l->sm3 && EVP_DigestInit_ex2(l->sm3, md_sm3, NULL) == 1, "SM3 context");
    must(pthread_setspecific(local_key, l) == 0, "thread storage");
    return local_here = l;
}

static inline struct local *
local(void)
{
    return local_here ? local_here : local_new();
}

void
crypto_thread_wipe(void)
{
    if (local_here)
        forget_keys(local_here);
}

static void
from_kernel(uint8_t *out, size_t n)
{
    while (n) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        must(got > 0, "no randomness");
        out += got;
        n -= (size_t)got;
    }
}

void
crypto_random(void *out, size_t n)
{
    if (n > POOL_BYTES / 4) {
        from_kernel(out, n);
        return;
    }
    struct local *l = local();
    if (l->pool_left < n || l->pool_generation != fork_generation) {
        from_kernel(l->pool, POOL_BYTES);
        l->pool_left = POOL_BYTES;
        l->pool_generation = fork_generation;
    }
    l->pool_left -= n;
    memcpy(out, l->pool + l->pool_left, n);
    explicit_bzero(l->pool + l->pool_left, n);
}

bool
crypto_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void
put_u32be(uint8_t *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

void
put_u64be(uint8_t *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

uint32_t
get_u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Digests */

static void
sm3_of_two(struct str first, struct str second, uint8_t out[HASH_BYTES])
{
    EVP_MD_CTX *c = local()->sm3;
    must(EVP_DigestInit_ex2(c, NULL, NULL) == 1 && EVP_DigestUpdate(c, first.p, first.n) == 1 &&
             EVP_DigestUpdate(c, second.p, second.n) == 1 && EVP_DigestFinal_ex(c, out, NULL) == 1,
         "SM3");
}

void
sm3(struct str s, uint8_t out[HASH_BYTES])
{
    sm3_of_two(s, STR(""), out);
}

void
sha256(struct str s, uint8_t out[HASH_BYTES])
{
    SHA256((const uint8_t *)s.p, s.n, out);
}

/* The context prepared for `key`: preparing costs as much as a short HMAC, and the same key comes again and again. */
static EVP_MAC_CTX *
hmac_start(struct local *l, struct str key)
{
    if (!l->hmac) {
        OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SM3"}, 0),
                             OSSL_PARAM_END};
        l->hmac = EVP_MAC_CTX_new(mac_hmac);
        must(l->hmac && EVP_MAC_CTX_set_params(l->hmac, with) == 1, "HMAC context");
    }
    if (key.n && key.n == l->hmac_key_n && crypto_equal(key.p, l->hmac_key, key.n)) {
        must(EVP_MAC_init(l->hmac, NULL, 0, NULL) == 1, "HMAC");
        return l->hmac;
    }
    must(EVP_MAC_init(l->hmac, key.n ? (const uint8_t *)key.p : (const uint8_t *)"", key.n, NULL) == 1, "HMAC key");
    l->hmac_key_n = key.n <= HMAC_KEY_REMEMBERED ? key.n : 0;
    if (l->hmac_key_n)
        memcpy(l->hmac_key, key.p, key.n);
    return l->hmac;
}

void
hmac_sm3(struct str key, struct str s, uint8_t out[HASH_BYTES])
{
    EVP_MAC_CTX *c = hmac_start(local(), key);
    size_t n = 0;
    must(EVP_MAC_update(c, (const uint8_t *)s.p, s.n) == 1 && EVP_MAC_final(c, out, &n, HASH_BYTES) == 1 &&
             n == HASH_BYTES,
         "HMAC");
}

void
hkdf_sm3(struct str secret, struct str salt, struct str info, uint8_t *out, size_t n)
{
    assert(n <= (size_t)255 * HASH_BYTES);
    static const uint8_t zeros[HASH_BYTES];
    uint8_t prk[HASH_BYTES], block[HASH_BYTES];
    hmac_sm3(salt.n ? salt : str_bytes(zeros, sizeof zeros), secret, prk);
    struct buf input = {0};
    buf_need(&input, HASH_BYTES + info.n + 1); /* once, so that no copy stays behind */
    for (uint8_t i = 1; n; i++) {
        buf_clear(&input);
        if (i > 1)
            buf_add(&input, block, sizeof block);
        buf_str(&input, info);
        buf_char(&input, (char)i);
        hmac_sm3(str_bytes(prk, sizeof prk), buf_view(&input), block);
        size_t take = n < sizeof block ? n : sizeof block;
        memcpy(out, block, take);
        out += take;
        n -= take;
    }
    explicit_bzero(input.p, input.n);
    buf_release(&input);
    explicit_bzero(prk, sizeof prk);
    explicit_bzero(block, sizeof block);
}

void
pbkdf2_sm3(struct str password, struct str salt, int rounds, uint8_t out[HASH_BYTES])
{
    local();
    must(PKCS5_PBKDF2_HMAC(password.p, (int)password.n, (const uint8_t *)salt.p, (int)salt.n, rounds, md_sm3,
                           HASH_BYTES, out) == 1,
         "PBKDF2");
}

uint64_t
token_hash(const uint8_t key[KEY_BYTES], struct str s)
{
    _Static_assert(crypto_shorthash_KEYBYTES == KEY_BYTES && crypto_shorthash_BYTES == 8, "SipHash-2-4");
    uint8_t h[8];
    crypto_shorthash(h, (const uint8_t *)s.p, s.n, key);
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--)
        v = v << 8 | h[i];
    return v;
}

struct hasher {
    EVP_MD_CTX *c;
};

struct hasher *
hasher_new(enum hash_kind kind)
{
    local();
    struct hasher *h = xcalloc(1, sizeof *h);
    h->c = EVP_MD_CTX_new();
    must(h->c && EVP_DigestInit_ex2(h->c, kind == HASH_SM3 ? md_sm3 : EVP_sha256(), NULL) == 1, "hash context");
    return h;
}

void
hasher_add(struct hasher *h, struct str piece)
{
    must(EVP_DigestUpdate(h->c, piece.p, piece.n) == 1, "hash");
}

void
hasher_end(struct hasher *h, uint8_t out[HASH_BYTES])
{
    must(EVP_DigestFinal_ex(h->c, out, NULL) == 1, "hash");
    hasher_free(h);
}

void
hasher_free(struct hasher *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->c);
    free(h);
}

/* SM4-GCM */

static gcry_cipher_hd_t
cipher_for(const uint8_t key[KEY_BYTES])
{
    struct local *l = local();
    struct prepared *oldest = &l->ciphers[0];
    l->uses++;
    for (size_t i = 0; i < REMEMBERED_KEYS; i++) {
        struct prepared *p = &l->ciphers[i];
        if (p->used && crypto_equal(p->key, key, KEY_BYTES)) {
            p->used = l->uses;
            must(gcry_cipher_reset(p->handle) == 0, "SM4-GCM reset");
            return p->handle;
        }
        if (p->used < oldest->used)
            oldest = p;
    }
    if (!oldest->handle)
        must(gcry_cipher_open(&oldest->handle, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0) == 0,
             "libgcrypt has no SM4-GCM");
    must(gcry_cipher_setkey(oldest->handle, key, KEY_BYTES) == 0, "SM4 key");
    memcpy(oldest->key, key, KEY_BYTES);
    oldest->used = l->uses;
    return oldest->handle;
}

static gcry_cipher_hd_t
gcm_start(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], struct str bound)
{
    gcry_cipher_hd_t h = cipher_for(key);
    must(gcry_cipher_setiv(h, nonce, NONCE_BYTES) == 0, "SM4-GCM nonce");
    must(bound.n == 0 || gcry_cipher_authenticate(h, bound.p, bound.n) == 0, "SM4-GCM bound data");
    return h;
}

void
sm4gcm_seal_with(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], struct str bound, struct str plain,
                 uint8_t *out)
{
    gcry_cipher_hd_t h = gcm_start(key, nonce, bound);
    bool in_place = (const char *)out == plain.p; /* libgcrypt wants this said by a NULL input */
    must(gcry_cipher_encrypt(h, out, plain.n, in_place ? NULL : plain.p, in_place ? 0 : plain.n) == 0, "SM4-GCM");
    must(gcry_cipher_gettag(h, out + plain.n, TAG_BYTES) == 0, "SM4-GCM tag");
}

bool
sm4gcm_open_with(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], struct str bound, struct str sealed,
                 uint8_t *out)
{
    if (sealed.n < TAG_BYTES)
        return false;
    size_t n = sealed.n - TAG_BYTES;
    uint8_t tag[TAG_BYTES];
    memcpy(tag, sealed.p + n, TAG_BYTES);
    gcry_cipher_hd_t h = gcm_start(key, nonce, bound);
    bool in_place = (const char *)out == sealed.p;
    must(gcry_cipher_decrypt(h, out, n, in_place ? NULL : sealed.p, in_place ? 0 : n) == 0, "SM4-GCM");
    if (gcry_cipher_checktag(h, tag, TAG_BYTES) == 0)
        return true;
    explicit_bzero(out, n);
    return false;
}

void
sm4gcm_seal(const uint8_t key[KEY_BYTES], struct str bound, struct str plain, uint8_t *out)
{
    uint8_t nonce[NONCE_BYTES];
    crypto_random(nonce, sizeof nonce);
    sm4gcm_seal_with(key, nonce, bound, plain, out + NONCE_BYTES);
    memcpy(out, nonce, sizeof nonce);
}

bool
sm4gcm_open(const uint8_t key[KEY_BYTES], struct str bound, struct str sealed, uint8_t *out)
{
    if (sealed.n < SEAL_EXTRA)
        return false;
    return sm4gcm_open_with(key, (const uint8_t *)sealed.p, bound, str_slice(sealed, NONCE_BYTES, sealed.n), out);
}

/* Column values */

enum { COLUMN_VERSION = 1, COLUMN_HEAD = 5 };

struct str
column_bound(char out[BOUND_BYTES], int64_t area, const char *table, const char *column, int64_t row)
{
    int n = snprintf(out, BOUND_BYTES, "%lld|%s|%s|%lld", (long long)area, table, column, (long long)row);
    assert(n > 0 && n < BOUND_BYTES);
    return str_bytes(out, (size_t)n);
}

void
column_seal(struct buf *out, uint32_t key_id, const uint8_t key[KEY_BYTES], struct str bound, struct str plain)
{
    buf_need(out, plain.n + COLUMN_EXTRA);
    uint8_t *p = (uint8_t *)out->p + out->n;
    p[0] = COLUMN_VERSION;
    put_u32be(p + 1, key_id);
    sm4gcm_seal(key, bound, plain, p + COLUMN_HEAD);
    out->n += plain.n + COLUMN_EXTRA;
}

bool
column_key_id(struct str value, uint32_t *key_id)
{
    if (value.n < COLUMN_EXTRA || value.p[0] != COLUMN_VERSION)
        return false;
    *key_id = get_u32be((const uint8_t *)value.p + 1);
    return true;
}

bool
column_open_into(const uint8_t key[KEY_BYTES], struct str bound, struct str value, uint8_t *out)
{
    uint32_t key_id;
    return column_key_id(value, &key_id) && sm4gcm_open(key, bound, str_slice(value, COLUMN_HEAD, value.n), out);
}

bool
column_open(struct arena *a, const uint8_t key[KEY_BYTES], struct str bound, struct str value, struct str *plain)
{
    uint32_t key_id;
    if (!column_key_id(value, &key_id))
        return false;
    size_t n = value.n - COLUMN_EXTRA;
    char *p = arena_alloc(a, n + 1);
    if (!column_open_into(key, bound, value, (uint8_t *)p))
        return false;
    *plain = (struct str){p, n};
    return true;
}

/* The event chain */

void
event_commit(const uint8_t salt[SALT_BYTES], struct str body, uint8_t out[HASH_BYTES])
{
    sm3_of_two(str_bytes(salt, SALT_BYTES), body, out);
}

void
event_head_hash(const struct event_head *head, const uint8_t commit[HASH_BYTES], const uint8_t prev[HASH_BYTES],
                uint8_t out[HASH_BYTES])
{
    static const char label[15] = {'s', 'h', 'a', 'o', 'd', 'a', 'o', '/', 'e', 'v', 'e', 'n', 't', '/', '1'};
    assert(head->type.n <= 255);
    uint8_t m[sizeof label + 8 + 8 + 4 + 8 + 1 + 255 + 8 + 2 * HASH_BYTES], *p = m;
    memcpy(p, label, sizeof label);
    put_u64be(p += sizeof label, (uint64_t)head->area);
    put_u64be(p += 8, (uint64_t)head->stream);
    put_u32be(p += 8, head->seq);
    put_u64be(p += 4, (uint64_t)head->at_ms);
    *(p += 8) = (uint8_t)head->type.n;
    p++;
    if (head->type.n)
        memcpy(p, head->type.p, head->type.n);
    put_u64be(p += head->type.n, (uint64_t)head->actor);
    memcpy(p += 8, commit, HASH_BYTES);
    memcpy(p += HASH_BYTES, prev, HASH_BYTES);
    p += HASH_BYTES;
    sm3(str_bytes(m, (size_t)(p - m)), out);
}

void
event_mac(const uint8_t key[KEY_BYTES], const uint8_t hash[HASH_BYTES], struct event_clear clear, uint8_t out[HASH_BYTES])
{
    uint8_t m[HASH_BYTES + 24];
    memcpy(m, hash, HASH_BYTES);
    put_u64be(m + HASH_BYTES, (uint64_t)clear.occurred_at);
    put_u64be(m + HASH_BYTES + 8, (uint64_t)clear.role);
    put_u64be(m + HASH_BYTES + 16, (uint64_t)clear.org);
    hmac_sm3(str_bytes(key, KEY_BYTES), str_bytes(m, sizeof m), out);
}

void
stream_ref(const uint8_t key[KEY_BYTES], int64_t area, int64_t stream, uint8_t out[REF_BYTES])
{
    uint8_t m[16], mac[HASH_BYTES];
    put_u64be(m, (uint64_t)area);
    put_u64be(m + 8, (uint64_t)stream);
    hmac_sm3(str_bytes(key, KEY_BYTES), str_bytes(m, sizeof m), mac);
    memcpy(out, mac, REF_BYTES);
}

/* Self test */

static const struct {
    const char *of, *digest;
} sm3_answers[] = {
    {"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
     "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
};

static bool
sm3_answers_right(void)
{
    for (size_t i = 0; i < sizeof sm3_answers / sizeof *sm3_answers; i++) {
        uint8_t want[HASH_BYTES], got[HASH_BYTES];
        sm3(str_of(sm3_answers[i].of), got);
        if (!hex_decode(str_of(sm3_answers[i].digest), want, HASH_BYTES) || memcmp(want, got, HASH_BYTES) != 0)
            return false;
    }
    return true;
}

/* GM/T 0042, D.3 */
static bool
hmac_answer_right(void)
{
    uint8_t want[HASH_BYTES], got[HASH_BYTES];
    hmac_sm3(STR("Jefe"), STR("what do ya want for nothing?"), got);
    return hex_decode(STR("2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"), want, HASH_BYTES) &&
           memcmp(want, got, HASH_BYTES) == 0;
}

/* RFC 8998, A.1 */
static bool
sm4gcm_answer_right(void)
{
    uint8_t key[KEY_BYTES], nonce[NONCE_BYTES], bound[20], plain[64], want[80], got[80];
    bool read = hex_decode(STR("0123456789abcdeffedcba9876543210"), key, sizeof key) &&
                hex_decode(STR("00001234567800000000abcd"), nonce, sizeof nonce) &&
                hex_decode(STR("feedfacedeadbeeffeedfacedeadbeefabaddad2"), bound, sizeof bound) &&
                hex_decode(STR("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
                               "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"),
                           plain, sizeof plain) &&
                hex_decode(STR("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                               "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
                               "83de3541e4c2b58177e065a9bf7b62ec"),
                           want, sizeof want);
    struct str bounds = str_bytes(bound, sizeof bound);
    sm4gcm_seal_with(key, nonce, bounds, str_bytes(plain, sizeof plain), got);
    return read && memcmp(want, got, sizeof want) == 0 &&
           sm4gcm_open_with(key, nonce, bounds, str_bytes(want, sizeof want), got) &&
           memcmp(plain, got, sizeof plain) == 0;
}

bool
crypto_self_test(struct err *err)
{
    if (!sm3_answers_right())
        return err_set(err, ERR_INTERNAL, "密码自检失败：SM3");
    if (!hmac_answer_right())
        return err_set(err, ERR_INTERNAL, "密码自检失败：HMAC-SM3");
    if (!sm4gcm_answer_right())
        return err_set(err, ERR_INTERNAL, "密码自检失败：SM4-GCM");
    return true;
}
