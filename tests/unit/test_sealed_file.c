/* Sealed files: any size comes back as it was, from any place; any change of the bytes on the disk is noticed. */
#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sealed_file.h"

static const uint8_t key[KEY_BYTES] = "a key of a file";
static char path[] = "/tmp/shaodao-sealed-XXXXXX";

static int
set_up(void **state)
{
    (void)state;
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int fd = mkstemp(path);
    close(fd);
    return unlink(path);
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static char
byte_at(size_t i)
{
    return (char)(i * 31 + i / 251);
}

static void
write_sealed(size_t n, size_t piece, uint8_t address[HASH_BYTES])
{
    struct err err = {0};
    struct sealer *s = sealer_open(path, key, "original", &err);
    assert_non_null(s);
    char *bytes = malloc(piece);
    for (size_t at = 0; at < n;) {
        size_t m = n - at < piece ? n - at : piece;
        for (size_t i = 0; i < m; i++)
            bytes[i] = byte_at(at + i);
        assert_true(sealer_add(s, (struct str){bytes, m}, &err));
        at += m;
    }
    free(bytes);
    assert_true(sealer_end(s, address, &err));
}

/* Reads all of it; false with err when it does not open. */
static bool
opens(const char *variant, const uint8_t *with, size_t *n, const uint8_t *address, struct err *err)
{
    struct unsealer *u = unsealer_open(path, with, variant, err);
    bool ok = u && unsealer_check(u, address, err);
    if (ok) {
        *n = (size_t)unsealer_size(u);
        char *all = malloc(*n + 1);
        ok = unsealer_read(u, 0, all, *n, err);
        for (size_t i = 0; ok && i < *n; i++)
            assert_int_equal(all[i], byte_at(i));
        free(all);
    }
    unsealer_close(u);
    return ok;
}

static void
every_size_comes_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, SEALED_CHUNK - 1, SEALED_CHUNK, SEALED_CHUNK + 1, 2 * SEALED_CHUNK, 3 * SEALED_CHUNK + 77};
    static const size_t pieces[] = {1000, SEALED_CHUNK, 1 << 20};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (size_t k = 0; k < COUNT_OF(pieces); k++) {
            uint8_t address[HASH_BYTES], is[HASH_BYTES];
            struct err err = {0};
            size_t n = 99;
            struct stat st;
            write_sealed(sizes[i], pieces[k], address);
            assert_true(opens("original", key, &n, address, &err));
            assert_int_equal(n, sizes[i]);
            assert_int_equal(stat(path, &st), 0);
            assert_int_equal(st.st_mode & 0777, 0600);
            char *raw = malloc((size_t)st.st_size);
            int fd = open(path, O_RDONLY);
            assert_int_equal(read(fd, raw, (size_t)st.st_size), st.st_size);
            close(fd);
            sha256((struct str){raw, (size_t)st.st_size}, is);
            free(raw);
            assert_memory_equal(is, address, HASH_BYTES);
            unlink(path);
        }
}

static void
any_part_is_read_without_the_rest(void **state)
{
    (void)state;
    enum { N = 3 * SEALED_CHUNK + 77 };
    static const struct {
        int64_t at;
        size_t n;
    } parts[] = {{0, 1}, {SEALED_CHUNK - 1, 2}, {N - 1, 1}, {100, 2 * SEALED_CHUNK}, {N - 78, 78}, {N, 0}, {2 * SEALED_CHUNK, SEALED_CHUNK}};
    uint8_t address[HASH_BYTES];
    struct err err = {0};
    write_sealed(N, 4096, address);
    struct unsealer *u = unsealer_open(path, key, "original", &err);
    assert_int_equal(unsealer_size(u), N);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char *p = malloc(parts[i].n + 1);
        assert_true(unsealer_read(u, parts[i].at, p, parts[i].n, &err));
        for (size_t k = 0; k < parts[i].n; k++)
            assert_int_equal(p[k], byte_at((size_t)parts[i].at + k));
        free(p);
    }
    char two[2];
    assert_false(unsealer_read(u, N - 1, two, 2, &err));
    unsealer_close(u);
    unlink(path);
}

static void
put_byte(int64_t at, uint8_t x)
{
    uint8_t b;
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &b, 1, at), 1);
    b ^= x;
    assert_int_equal(pwrite(fd, &b, 1, at), 1);
    close(fd);
}

static void
expect_damaged(const char *what)
{
    struct err err = {0};
    size_t n;
    if (opens("original", key, &n, NULL, &err))
        fail_msg("not noticed: %s", what);
    assert_true(sealed_is_damaged(&err));
}

static void
every_change_is_noticed(void **state)
{
    (void)state;
    enum { N = 2 * SEALED_CHUNK + 10, FULL = SEALED_CHUNK + TAG_BYTES, LENGTH = SEALED_HEAD + 2 * FULL + 10 + TAG_BYTES };
    uint8_t address[HASH_BYTES];
    write_sealed(N, 4096, address);
    static const int64_t places[] = {0, 7, 8, 14, 15, 16, 1000, SEALED_HEAD + SEALED_CHUNK, SEALED_HEAD + FULL - 1, SEALED_HEAD + FULL,
                                     LENGTH - TAG_BYTES - 1, LENGTH - 1};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        put_byte(places[i], 0x40);
        expect_damaged("a flipped bit");
        put_byte(places[i], 0x40);
    }
    static char all[LENGTH];
    int fd = open(path, O_RDWR);
    assert_int_equal(read(fd, all, LENGTH), LENGTH);
    static const int64_t lengths[] = {0, 3, SEALED_HEAD, SEALED_HEAD + TAG_BYTES, SEALED_HEAD + FULL, SEALED_HEAD + 2 * FULL, LENGTH - 1, LENGTH + 1};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_int_equal(ftruncate(fd, lengths[i]), 0);
        expect_damaged("another length");
        assert_int_equal(pwrite(fd, all, LENGTH, 0), LENGTH);
        assert_int_equal(ftruncate(fd, LENGTH), 0);
    }
    assert_int_equal(pwrite(fd, all + SEALED_HEAD + FULL, FULL, SEALED_HEAD), FULL); /* the second chunk twice */
    expect_damaged("a chunk of another place");
    assert_int_equal(pwrite(fd, all, LENGTH, 0), LENGTH);
    close(fd);
    struct err err = {0};
    size_t n;
    assert_true(opens("original", key, &n, address, &err));
    address[3] ^= 1;
    assert_false(opens("original", key, &n, address, &err)); /* another file under this name */
    assert_true(sealed_is_damaged(&err));
}

static void
only_its_key_and_variant_open_it(void **state)
{
    (void)state;
    uint8_t address[HASH_BYTES], other[KEY_BYTES] = "another key ...";
    struct err err = {0};
    size_t n;
    write_sealed(100, 100, address);
    assert_false(opens("thumb", key, &n, NULL, &err));
    assert_false(opens("original", other, &n, NULL, &err));
}

static void
what_was_given_up_or_could_not_be_written_leaves_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct sealer *s = sealer_open(path, key, "original", &err);
    assert_true(sealer_add(s, STR("abc"), &err));
    assert_null(sealer_open(path, key, "original", &err)); /* never over another */
    sealer_drop(s);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_null(unsealer_open(path, key, "original", &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

/* 100 MB need the memory of a chunk. */
static void
a_long_one_needs_little_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    uint8_t address[HASH_BYTES];
    struct err err = {0};
    getrusage(RUSAGE_SELF, &before);
    write_sealed((size_t)100 << 20, 1 << 16, address);
    struct unsealer *u = unsealer_open(path, key, "original", &err);
    assert_true(unsealer_check(u, address, &err));
    unsealer_close(u);
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 8 * 1024);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_one_needs_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_size_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_part_is_read_without_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_change_is_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_its_key_and_variant_open_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_given_up_or_could_not_be_written_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("sealed_file", tests, NULL, NULL);
}
