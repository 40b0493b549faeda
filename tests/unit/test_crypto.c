/* Known answers, and the promises of crypto.h: a value opens only where it was sealed, and whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gcrypt.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto.h"

static const uint8_t key[KEY_BYTES] = "0123456789abcde";

static void
check_hex(const uint8_t *got, size_t n, const char *want)
{
    struct buf b = {0};
    buf_hex(&b, got, n);
    buf_char(&b, '\0');
    assert_string_equal(b.p, want);
    buf_release(&b);
}

static void
test_self_test(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(crypto_self_test(&err));
}

static void
test_sm3(void **state)
{
    (void)state;
    uint8_t h[HASH_BYTES];
    sm3(STR("abc"), h); /* GB/T 32905 A.1, A.2 */
    check_hex(h, sizeof h, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    sm3(STR("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), h);
    check_hex(h, sizeof h, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    sm3(STR(""), h);
    check_hex(h, sizeof h, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

static void
test_sha256(void **state)
{
    (void)state;
    uint8_t h[HASH_BYTES];
    sha256(STR("abc"), h);
    check_hex(h, sizeof h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256(STR(""), h);
    check_hex(h, sizeof h, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
test_hasher_equals_one_shot(void **state)
{
    (void)state;
    static const uint8_t bytes[100000] = {7};
    for (enum hash_kind kind = HASH_SM3; kind <= HASH_SHA256; kind++) {
        struct hasher *h = hasher_new(kind);
        for (size_t at = 0, step = 1; at < sizeof bytes; at += step, step = step * 3 + 1) {
            if (step > sizeof bytes - at)
                step = sizeof bytes - at;
            hasher_add(h, str_bytes(bytes + at, step));
        }
        uint8_t pieces[HASH_BYTES], whole[HASH_BYTES];
        hasher_end(h, pieces);
        (kind == HASH_SM3 ? sm3 : sha256)(str_bytes(bytes, sizeof bytes), whole);
        assert_memory_equal(pieces, whole, HASH_BYTES);
    }
    hasher_free(hasher_new(HASH_SM3));
    hasher_free(NULL);
}

/* GM/T 0042, D.3 */
static void
test_hmac(void **state)
{
    (void)state;
    uint8_t counting[37], cd[50], b0[32], h[HASH_BYTES];
    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)(i + 1);
    memset(cd, 0xcd, sizeof cd);
    memset(b0, 0x0b, sizeof b0);
    const struct {
        struct str key, text;
        const char *mac;
    } rows[] = {
        {str_bytes(counting, 32),
         STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
             "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
         "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"},
        {str_bytes(counting, 37), str_bytes(cd, sizeof cd),
         "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"},
        {str_bytes(b0, sizeof b0), STR("Hi There"), "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"},
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"},
    };
    for (int round = 0; round < 3; round++) /* keys change and come back: remembered ones must not leak into others */
        for (size_t i = 0; i < 4; i++)
            for (size_t again = 0; again <= i; again++) {
                hmac_sm3(rows[i].key, rows[i].text, h);
                check_hex(h, sizeof h, rows[i].mac);
            }
    uint8_t other[HASH_BYTES];
    hmac_sm3(STR(""), STR("x"), h); /* an empty key is a key of zeros */
    hmac_sm3(str_bytes((uint8_t[16]){0}, 16), STR("x"), other);
    assert_memory_equal(h, other, HASH_BYTES);
}

static void
hkdf_of_libcrypto(struct str secret, struct str salt, struct str info, uint8_t *out, size_t n)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *c = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM with[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){"SM3"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)secret.p, secret.n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.p, salt.n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.p, info.n),
        OSSL_PARAM_END,
    };
    assert_int_equal(EVP_KDF_derive(c, out, n, with), 1);
    EVP_KDF_CTX_free(c);
    EVP_KDF_free(kdf);
}

static void
test_hkdf_agrees_with_libcrypto(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 16, 32, 33, 100, 255 * 32};
    static uint8_t ours[255 * 32], theirs[255 * 32];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        hkdf_sm3(STR("a secret of some length"), STR("salt"), STR("dataperson.phone"), ours, lengths[i]);
        hkdf_of_libcrypto(STR("a secret of some length"), STR("salt"), STR("dataperson.phone"), theirs, lengths[i]);
        assert_memory_equal(ours, theirs, lengths[i]);
    }
    hkdf_sm3(STR("k"), STR(""), STR(""), ours, 40);
    hkdf_of_libcrypto(STR("k"), STR(""), STR(""), theirs, 40);
    assert_memory_equal(ours, theirs, 40);
}

static void
test_pbkdf2_is_iterated_hmac(void **state)
{
    (void)state;
    uint8_t want[HASH_BYTES], u[HASH_BYTES], got[HASH_BYTES];
    hmac_sm3(STR("password"), STR("salt\0\0\0\1"), u);
    memcpy(want, u, sizeof want);
    for (int round = 1; round < 5; round++) {
        hmac_sm3(STR("password"), str_bytes(u, sizeof u), u);
        for (size_t i = 0; i < sizeof want; i++)
            want[i] ^= u[i];
    }
    pbkdf2_sm3(STR("password"), STR("salt"), 5, got);
    assert_memory_equal(got, want, sizeof want);
}

/* GB/T 32907 A.1 and A.2: the block cipher beneath. */
static void
test_sm4_block(void **state)
{
    (void)state;
    uint8_t k[16], b[16];
    assert_true(hex_decode(STR("0123456789abcdeffedcba9876543210"), k, 16));
    memcpy(b, k, 16);
    gcry_cipher_hd_t h;
    assert_int_equal(gcry_cipher_open(&h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_ECB, 0), 0);
    assert_int_equal(gcry_cipher_setkey(h, k, 16), 0);
    gcry_cipher_encrypt(h, b, 16, NULL, 0);
    check_hex(b, 16, "681edf34d206965e86b3e94f536e4246");
    for (int i = 1; i < 1000000; i++)
        gcry_cipher_encrypt(h, b, 16, NULL, 0);
    check_hex(b, 16, "595298c7c6fd271f0402f804c33d3f66");
    gcry_cipher_close(h);
}

static void
test_token_hash(void **state)
{
    (void)state;
    uint8_t k[KEY_BYTES], m[15];
    for (uint8_t i = 0; i < KEY_BYTES; i++)
        k[i] = i;
    for (uint8_t i = 0; i < sizeof m; i++)
        m[i] = i;
    assert_true(token_hash(k, str_bytes(m, sizeof m)) == 0xa129ca6149be45e5u); /* SipHash paper, appendix A */
    assert_true(token_hash(k, STR("楼道")) != token_hash(key, STR("楼道")));
}

static void
test_seal_open_all_lengths(void **state)
{
    (void)state;
    uint8_t plain[300], sealed[300 + SEAL_EXTRA], back[300];
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n <= sizeof plain; n++) {
        sm4gcm_seal(key, STR("here"), str_bytes(plain, n), sealed);
        struct str value = str_bytes(sealed, n + SEAL_EXTRA);
        memset(back, 0xee, sizeof back);
        assert_true(sm4gcm_open(key, STR("here"), value, back));
        assert_memory_equal(back, plain, n);
        for (size_t cut = 0; cut < value.n; cut++)
            assert_false(sm4gcm_open(key, STR("here"), str_slice(value, 0, cut), back));
        if (value.n > SEAL_EXTRA)
            assert_false(sm4gcm_open(key, STR("here"), str_slice(value, 1, value.n), back));
    }
}

static void
test_every_flipped_bit_is_found(void **state)
{
    (void)state;
    uint8_t sealed[11 + SEAL_EXTRA], back[11];
    sm4gcm_seal(key, STR("360733|person|phone|7"), STR("13800000000"), sealed);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(back, 0xee, sizeof back);
        assert_false(sm4gcm_open(key, STR("360733|person|phone|7"), str_bytes(sealed, sizeof sealed), back));
        assert_memory_equal(back, ((uint8_t[11]){0}), 11);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(sm4gcm_open(key, STR("360733|person|phone|7"), str_bytes(sealed, sizeof sealed), back));
    assert_false(sm4gcm_open(key, STR("360733|person|phone|8"), str_bytes(sealed, sizeof sealed), back));
    assert_false(sm4gcm_open(key, STR(""), str_bytes(sealed, sizeof sealed), back));
    assert_false(sm4gcm_open((const uint8_t *)"another key, yes", STR("360733|person|phone|7"),
                             str_bytes(sealed, sizeof sealed), back));
}

static void
test_in_place(void **state)
{
    (void)state;
    uint8_t b[100 + TAG_BYTES] = "some text in a chunk of a file", apart[100 + TAG_BYTES];
    const uint8_t nonce[NONCE_BYTES] = {9};
    sm4gcm_seal_with(key, nonce, STR("f"), str_bytes(b, 100), apart);
    sm4gcm_seal_with(key, nonce, STR("f"), str_bytes(b, 100), b);
    assert_memory_equal(b, apart, sizeof b);
    assert_true(sm4gcm_open_with(key, nonce, STR("f"), str_bytes(b, sizeof b), b));
    assert_string_equal((char *)b, "some text in a chunk of a file");
    assert_false(sm4gcm_open_with(key, nonce, STR("f"), STR("short"), b));
}

/* More keys than are remembered, in every order: each value opens with its own key and no other. */
static void
test_many_keys(void **state)
{
    (void)state;
    enum { KEYS = 9 };
    uint8_t keys[KEYS][KEY_BYTES], sealed[KEYS][4 + SEAL_EXTRA], back[4];
    for (size_t i = 0; i < KEYS; i++) {
        crypto_random(keys[i], KEY_BYTES);
        sm4gcm_seal(keys[i], STR("x"), STR("four"), sealed[i]);
    }
    uint32_t r = 1;
    for (int round = 0; round < 3000; round++) {
        r = r * 1664525 + 1013904223;
        size_t k = (r >> 16) % KEYS, v = (r >> 24) % KEYS;
        assert_int_equal(sm4gcm_open(keys[k], STR("x"), str_bytes(sealed[v], sizeof sealed[v]), back), k == v);
        if (round % 500 == 0)
            crypto_thread_wipe();
    }
}

static void
test_column(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct buf b = {0};
    uint32_t id = 0;
    struct str plain;
    buf_z(&b, "before");
    column_seal(&b, 0x01020304, key, STR("1|person|phone|7"), STR("13800000000"));
    struct str value = str_slice(buf_view(&b), 6, b.n);
    assert_int_equal(value.n, 11 + 33);
    assert_memory_equal(value.p, "\x01\x01\x02\x03\x04", 5);
    assert_true(column_key_id(value, &id));
    assert_int_equal(id, 0x01020304);
    assert_true(column_open(a, key, STR("1|person|phone|7"), value, &plain));
    assert_true(str_is(plain, "13800000000"));
    assert_false(column_open(a, key, STR("1|person|phone|8"), value, &plain)); /* moved to another row */
    for (size_t cut = 0; cut < value.n; cut++)
        assert_false(column_open(a, key, STR("1|person|phone|7"), str_slice(value, 0, cut), &plain));
    b.p[6] = 2;
    assert_false(column_key_id(value, &id));
    assert_false(column_open(a, key, STR("1|person|phone|7"), value, &plain));
    b.n = 0;
    column_seal(&b, 1, key, STR("1|person|name|7"), STR(""));
    assert_int_equal(b.n, 33);
    assert_true(column_open(a, key, STR("1|person|name|7"), buf_view(&b), &plain));
    assert_int_equal(plain.n, 0);
    buf_release(&b);
    arena_free(a);
}

/* The formats are written a second time here, field by field. */
static void
test_event_chain(void **state)
{
    (void)state;
    uint8_t salt[SALT_BYTES] = "salt of sixteen", prev[HASH_BYTES] = {1, 2}, commit[HASH_BYTES], got[HASH_BYTES],
            want[HASH_BYTES], ref[REF_BYTES];
    struct buf b = {0};
    event_commit(salt, STR("body"), commit);
    buf_add(&b, salt, sizeof salt);
    buf_z(&b, "body");
    sm3(buf_view(&b), want);
    assert_memory_equal(commit, want, HASH_BYTES);

    b.n = 0;
    struct event_head head = {.area = 360733,
                              .stream = 0x0102030405060708,
                              .seq = 0x0a0b0c0d,
                              .at_ms = 1776729600123,
                              .type = STR("case.registered"),
                              .actor = 42};
    event_head_hash(&head, commit, prev, got);
    buf_z(&b, "shaodao/event/1");
    buf_add(&b, "\0\0\0\0\0\x05\x81\x1d", 8);
    buf_add(&b, "\1\2\3\4\5\6\7\x8", 8);
    buf_add(&b, "\x0a\x0b\x0c\x0d", 4);
    buf_add(&b, "\x00\x00\x01\x9d\xad\x56\x30\x7b", 8);
    buf_add(&b,
            "\x0f"
            "case.registered",
            16);
    buf_add(&b, "\0\0\0\0\0\0\0\x2a", 8);
    buf_add(&b, commit, sizeof commit);
    buf_add(&b, prev, sizeof prev);
    sm3(buf_view(&b), want);
    assert_memory_equal(got, want, HASH_BYTES);

    event_mac(key, got, (struct event_clear){0x0102030405060708, 25, 0x1122}, want);
    uint8_t mac[HASH_BYTES];
    buf_clear(&b);
    buf_add(&b, got, HASH_BYTES);
    buf_add(&b, "\1\2\3\4\5\6\7\x8\0\0\0\0\0\0\0\x19\0\0\0\0\0\0\x11\x22", 24);
    hmac_sm3(str_bytes(key, KEY_BYTES), buf_view(&b), mac);
    assert_memory_equal(mac, want, HASH_BYTES);

    stream_ref(key, 360733, 7, ref);
    hmac_sm3(str_bytes(key, KEY_BYTES), STR("\0\0\0\0\0\x05\x81\x1d\0\0\0\0\0\0\0\7"), mac);
    assert_memory_equal(ref, mac, REF_BYTES);
    buf_release(&b);

    static char longest[255];
    head.type = str_bytes(longest, sizeof longest);
    event_head_hash(&head, commit, prev, got);
    head.type = STR("");
    event_head_hash(&head, commit, prev, want);
    assert_memory_not_equal(got, want, HASH_BYTES);
}

static void
test_random_is_not_shared_with_a_child(void **state)
{
    (void)state;
    uint8_t ours[NONCE_BYTES], theirs[NONCE_BYTES];
    int fd[2];
    crypto_random(ours, sizeof ours); /* the pool is now filled */
    assert_int_equal(pipe(fd), 0);
    pid_t child = fork();
    if (child == 0) {
        crypto_random(theirs, sizeof theirs);
        _exit(write(fd[1], theirs, sizeof theirs) == sizeof theirs ? 0 : 1);
    }
    crypto_random(ours, sizeof ours);
    assert_int_equal(read(fd[0], theirs, sizeof theirs), sizeof theirs);
    waitpid(child, NULL, 0);
    assert_memory_not_equal(ours, theirs, sizeof ours);
    close(fd[0]);
    close(fd[1]);
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, NONCE_BYTES);
}

static void
test_random_does_not_repeat(void **state)
{
    (void)state;
    enum { N = 20000 };
    static uint8_t all[N][NONCE_BYTES], large[5000];
    for (size_t i = 0; i < N; i++)
        crypto_random(all[i], NONCE_BYTES);
    qsort(all, N, NONCE_BYTES, by_bytes);
    for (size_t i = 1; i < N; i++)
        assert_memory_not_equal(all[i - 1], all[i], NONCE_BYTES);
    crypto_random(large, sizeof large);
    assert_memory_not_equal(large, large + 2500, 2500);
    crypto_random(large, 0);
}

static void *
seal_and_open(void *arg)
{
    uint8_t k[KEY_BYTES], sealed[50 + SEAL_EXTRA], back[50], h[HASH_BYTES];
    bool *ok = arg;
    *ok = true;
    for (int i = 0; i < 2000; i++) {
        if (i % 50 == 0)
            crypto_random(k, sizeof k);
        sm4gcm_seal(k, STR("t"), str_bytes(back, sizeof back), sealed);
        *ok = *ok && sm4gcm_open(k, STR("t"), str_bytes(sealed, sizeof sealed), back);
        sm3(STR("abc"), h);
        *ok = *ok && h[0] == 0x66 && h[31] == 0xe0;
        hmac_sm3(STR("Jefe"), STR("what do ya want for nothing?"), h);
        *ok = *ok && h[0] == 0x2e && h[31] == 0x82;
    }
    return NULL;
}

static void
test_threads(void **state)
{
    (void)state;
    pthread_t t[8];
    bool ok[8];
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&t[i], NULL, seal_and_open, &ok[i]), 0);
    for (size_t i = 0; i < 8; i++) {
        pthread_join(t[i], NULL);
        assert_true(ok[i]);
    }
}

static void
test_equal(void **state)
{
    (void)state;
    assert_true(crypto_equal("same", "same", 4));
    assert_false(crypto_equal("same", "samf", 4));
    assert_true(crypto_equal("a", "b", 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_test),
        cmocka_unit_test(test_sm3),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hasher_equals_one_shot),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_hkdf_agrees_with_libcrypto),
        cmocka_unit_test(test_pbkdf2_is_iterated_hmac),
        cmocka_unit_test(test_sm4_block),
        cmocka_unit_test(test_token_hash),
        cmocka_unit_test(test_seal_open_all_lengths),
        cmocka_unit_test(test_every_flipped_bit_is_found),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_column),
        cmocka_unit_test(test_event_chain),
        cmocka_unit_test(test_random_is_not_shared_with_a_child),
        cmocka_unit_test(test_random_does_not_repeat),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
