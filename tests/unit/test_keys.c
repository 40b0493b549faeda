/* Keys: what is refused, what opens what, and one spelling per telephone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys.h"

static char dir[64];

static const char *
in_dir(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static int
set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/shaodao-keys-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"keys/kek", "keys/kek.next", "keys/pepper", "keys/elsewhere"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_dir(names[i]));
    rmdir(in_dir("keys"));
    return rmdir(dir);
}

static struct kek *
fresh_kek(void)
{
    assert_true(keys_create(dir, NULL));
    struct kek *kek = kek_load(dir, NULL);
    assert_non_null(kek);
    return kek;
}

static void
refuses(enum err_kind kind)
{
    struct err err = {0};
    assert_null(kek_load(dir, &err));
    assert_int_equal(err.kind, kind);
    assert_true(err.message[0] != '\0');
}

static void
test_create(void **state)
{
    (void)state;
    struct stat st;
    struct err err = {0};
    uint8_t pepper[PEPPER_BYTES] = {0};
    umask(0);
    refuses(ERR_NOT_FOUND);
    kek_free(fresh_kek());
    assert_int_equal(stat(in_dir("keys"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat(in_dir("keys/kek"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 16);
    assert_true(pepper_load(dir, pepper, &err));
    assert_memory_not_equal(pepper, ((uint8_t[PEPPER_BYTES]){0}), PEPPER_BYTES);
    assert_false(keys_create(dir, &err)); /* never writes over a key */
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void
test_create_again_after_a_crash_between(void **state)
{
    (void)state;
    kek_free(fresh_kek());
    unlink(in_dir("keys/kek"));
    uint8_t before[PEPPER_BYTES], after[PEPPER_BYTES];
    assert_true(pepper_load(dir, before, NULL));
    kek_free(fresh_kek());
    assert_true(pepper_load(dir, after, NULL));
    assert_memory_equal(before, after, PEPPER_BYTES);
}

static void
test_refuses_open_files(void **state)
{
    (void)state;
    kek_free(fresh_kek());
    static const mode_t bad[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        chmod(in_dir("keys/kek"), bad[i]);
        refuses(ERR_FORBIDDEN);
    }
    chmod(in_dir("keys/kek"), 0400);
    kek_free(kek_load(dir, NULL));
    chmod(in_dir("keys"), 0770);
    refuses(ERR_FORBIDDEN);
    chmod(in_dir("keys"), 0755);
    struct kek *kek = kek_load(dir, NULL);
    assert_non_null(kek);
    kek_free(kek);
}

static void
test_refuses_other_owner_kind_and_length(void **state)
{
    (void)state;
    kek_free(fresh_kek());
    if (geteuid() == 0) {
        assert_int_equal(chown(in_dir("keys/kek"), 1, 1), 0);
        refuses(ERR_FORBIDDEN);
        assert_int_equal(chown(in_dir("keys/kek"), 0, 0), 0);
    }
    assert_int_equal(truncate(in_dir("keys/kek"), 15), 0);
    refuses(ERR_INTERNAL);
    assert_int_equal(truncate(in_dir("keys/kek"), 17), 0);
    refuses(ERR_INTERNAL);
    char elsewhere[128];
    snprintf(elsewhere, sizeof elsewhere, "%s", in_dir("keys/elsewhere"));
    assert_int_equal(rename(in_dir("keys/kek"), elsewhere), 0);
    assert_int_equal(symlink(elsewhere, in_dir("keys/kek")), 0);
    refuses(ERR_FORBIDDEN);
    unlink(in_dir("keys/kek"));
    assert_int_equal(mkdir(in_dir("keys/kek"), 0700), 0);
    refuses(ERR_FORBIDDEN);
    rmdir(in_dir("keys/kek"));
    refuses(ERR_NOT_FOUND);
}

static void
test_kek_change_survives_repetition(void **state)
{
    (void)state;
    struct kek *old = fresh_kek();
    struct dek_name name = {360733, 1, KEY_DATA};
    struct dek *dek = dek_new(name);
    struct buf under_old = {0}, under_new = {0};
    dek_wrap(old, dek, &under_old);
    assert_false(kek_next_exists(dir));
    struct kek *next = kek_next(dir, NULL), *again = kek_next(dir, NULL);
    assert_non_null(next);
    assert_memory_equal(next, again, KEY_BYTES); /* the interrupted change goes on with the same key */
    assert_true(kek_next_exists(dir));
    dek_wrap(next, dek, &under_new);
    assert_true(kek_promote(dir, NULL));
    assert_true(kek_promote(dir, NULL));
    assert_false(kek_next_exists(dir));
    struct kek *now = kek_load(dir, NULL);
    assert_null(dek_unwrap(now, name, buf_view(&under_old), NULL));
    struct dek *back = dek_unwrap(now, name, buf_view(&under_new), NULL);
    assert_non_null(back);
    dek_free(back);
    dek_free(dek);
    kek_free(old);
    kek_free(next);
    kek_free(again);
    kek_free(now);
    buf_release(&under_old);
    buf_release(&under_new);
}

static void
test_dek_opens_only_under_its_own_name(void **state)
{
    (void)state;
    struct kek *kek = fresh_kek();
    struct dek *dek = dek_new((struct dek_name){360733, 7, KEY_INDEX});
    struct buf w = {0};
    dek_wrap(kek, dek, &w);
    assert_int_equal(w.n, DEK_WRAPPED_BYTES);
    static const struct dek_name wrong[] = {{360734, 7, KEY_INDEX}, {360733, 8, KEY_INDEX}, {360733, 7, KEY_DATA}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        assert_null(dek_unwrap(kek, wrong[i], buf_view(&w), &err));
        assert_int_equal(err.kind, ERR_INTERNAL);
    }
    for (size_t cut = 0; cut < w.n; cut++)
        assert_null(dek_unwrap(kek, dek_name(dek), str_slice(buf_view(&w), 0, cut), NULL));
    struct dek *back = dek_unwrap(kek, dek_name(dek), buf_view(&w), NULL);
    assert_non_null(back);
    uint8_t a[KEY_BYTES], b[KEY_BYTES];
    dek_derive(dek, "person.phone", a);
    dek_derive(back, "person.phone", b);
    assert_memory_equal(a, b, KEY_BYTES);
    dek_derive(back, "person.name", b);
    assert_memory_not_equal(a, b, KEY_BYTES);
    dek_free(dek);
    dek_free(back);
    kek_free(kek);
    buf_release(&w);
}

/* The derivation is a stored format: change it and no database opens any more. */
static void
test_derivation_is_hkdf_of_purpose_and_label(void **state)
{
    (void)state;
    struct kek *kek = fresh_kek();
    uint8_t kek_bytes[KEY_BYTES], secret[DEK_BYTES], sealed[DEK_WRAPPED_BYTES], want[KEY_BYTES], got[KEY_BYTES];
    int fd = open(in_dir("keys/kek"), O_RDONLY);
    assert_int_equal(read(fd, kek_bytes, sizeof kek_bytes), KEY_BYTES);
    close(fd);
    memset(secret, 0x5a, sizeof secret);
    sm4gcm_seal(kek_bytes, STR("shaodao/kek/1|360733|12|session"), str_bytes(secret, sizeof secret), sealed);
    struct dek *dek =
        dek_unwrap(kek, (struct dek_name){360733, 12, KEY_SESSION}, str_bytes(sealed, sizeof sealed), NULL);
    assert_non_null(dek);
    dek_derive(dek, "csrf", got);
    hkdf_sm3(str_bytes(secret, sizeof secret), STR(""), STR("sessioncsrf"), want, sizeof want);
    assert_memory_equal(got, want, KEY_BYTES);
    dek_free(dek);
    kek_free(kek);
}

static void
test_purposes(void **state)
{
    (void)state;
    for (int i = 0; i < KEY_PURPOSE_COUNT; i++) {
        enum key_purpose p = KEY_PURPOSE_COUNT;
        assert_true(key_purpose_parse(str_of(key_purpose_name((enum key_purpose)i)), &p));
        assert_int_equal(p, i);
    }
    enum key_purpose p;
    assert_false(key_purpose_parse(STR("dat"), &p));
}

static void
test_subject_keys(void **state)
{
    (void)state;
    struct dek *dek = dek_new((struct dek_name){360733, 3, KEY_DATA});
    struct dek *other = dek_new((struct dek_name){360733, 3, KEY_DATA});
    uint8_t key[KEY_BYTES], back[KEY_BYTES];
    uint32_t id;
    struct buf w = {0};
    subject_key_new(key);
    subject_key_wrap(dek, KEY_OF_CASE, 1001, key, &w);
    assert_int_equal(w.n, SUBJECT_WRAPPED_BYTES);
    assert_true(column_key_id(buf_view(&w), &id));
    assert_int_equal(id, 3);
    assert_true(subject_key_unwrap(dek, KEY_OF_CASE, 1001, buf_view(&w), back));
    assert_memory_equal(key, back, KEY_BYTES);
    assert_false(subject_key_unwrap(dek, KEY_OF_CASE, 1002, buf_view(&w), back)); /* moved to another row */
    assert_false(subject_key_unwrap(dek, KEY_OF_PERSON, 1001, buf_view(&w), back));
    assert_false(subject_key_unwrap(other, KEY_OF_CASE, 1001, buf_view(&w), back));
    for (size_t cut = 0; cut < w.n; cut++)
        assert_false(subject_key_unwrap(dek, KEY_OF_CASE, 1001, str_slice(buf_view(&w), 0, cut), back));
    buf_char(&w, 'x');
    assert_false(subject_key_unwrap(dek, KEY_OF_CASE, 1001, buf_view(&w), back));
    buf_release(&w);
    dek_free(dek);
    dek_free(other);
}

static void
test_blind_index(void **state)
{
    (void)state;
    static const uint8_t key[KEY_BYTES] = "index key of it";
    uint8_t a[BLIND_BYTES], b[BLIND_BYTES], mac[HASH_BYTES];
    blind_index(key, "phone", STR("13800000000"), a);
    hmac_sm3(str_bytes(key, KEY_BYTES), STR("phone|13800000000"), mac);
    assert_memory_equal(a, mac, BLIND_BYTES);
    blind_index(key, "relay", STR("13800000000"), b);
    assert_memory_not_equal(a, b, BLIND_BYTES);
}

static void
test_phone(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out; /* out NULL: refused */
    } rows[] = {
        {"13800000000", "13800000000"},
        {" 138 0000 0000 ", "13800000000"},
        {"138-0000-0000", "13800000000"},
        {"+8613800000000", "13800000000"},
        {"+86 138 0000 0000", "13800000000"},
        {"＋８６ １３８－００００－００００", "13800000000"},
        {"8613800000000", "13800000000"},
        {"008613800000000", "13800000000"},
        {"(86)13800000000", "13800000000"},
        {"\u202A13800000000\u202C", "13800000000"},
        {"138\u30000000\u00A00000", "13800000000"},
        {"0797-5622345", "07975622345"},
        {"（0797）5622345", "07975622345"},
        {"+86 797 5622345", "07975622345"},
        {"+86-0797-5622345", "07975622345"},
        {"+86 10 12345678", "01012345678"},
        {"5622345", "5622345"},
        {"86561234", "86561234"}, /* a local number that begins like the country code */
        {"12345", "12345"},
        {"110", "110"},
        {"400-123-4567", "4001234567"},
        {"+86 400-123-4567", "4001234567"},
        {"+852 1234 5678", "85212345678"},
        {"01234567890123456789", "01234567890123456789"},
        {"012345678901234567890", NULL},
        {"", NULL},
        {"12", NULL},
        {"+86", NULL},
        {"++8613800000000", NULL},
        {"138+00000000", NULL},
        {"138oooo0000", NULL},
        {"13800000000转1", NULL},
        {"138\xff"
         "0000",
         NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[PHONE_BYTES] = "?";
        bool ok = phone_normalise(str_of(rows[i].in), out);
        if (ok != (rows[i].out != NULL) || strcmp(out, rows[i].out ? rows[i].out : "") != 0)
            fail_msg("row %zu: %s gives %s", i, rows[i].in, out);
    }
}

static void
test_secret_without_right_to_lock(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_MEMLOCK, &none);
        char *p = secret_new(100);
        p[99] = 1;
        secret_free(p);
        secret_free(NULL);
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

int
main(void)
{
#define HERE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        HERE(test_create),
        HERE(test_create_again_after_a_crash_between),
        HERE(test_refuses_open_files),
        HERE(test_refuses_other_owner_kind_and_length),
        HERE(test_kek_change_survives_repetition),
        HERE(test_dek_opens_only_under_its_own_name),
        HERE(test_derivation_is_hkdf_of_purpose_and_label),
        cmocka_unit_test(test_purposes),
        cmocka_unit_test(test_subject_keys),
        cmocka_unit_test(test_blind_index),
        cmocka_unit_test(test_phone),
        cmocka_unit_test(test_secret_without_right_to_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
