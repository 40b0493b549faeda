/* Lists of case ids of the search index: what is written is read again, and nothing else is. */
#include "check.h"

#include <stdlib.h>

#include "postings.h"

static uint64_t
dice(uint64_t n)
{
    static uint64_t state = 7;
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (state >> 33) % n;
}

/* Ids as store_new_id makes them: some share a step of 16 ms, some lie a year apart. */
static size_t
some_ids(int64_t *out, size_t n)
{
    static const int64_t gaps[] = {1, 2, 130, INT64_C(1) << 17, INT64_C(3) << 20, (INT64_C(1) << 48) + 5};
    int64_t id = (int64_t)dice(1u << 30);
    for (size_t i = 0; i < n; i++)
        out[i] = id += gaps[dice(COUNT_OF(gaps))] + (int64_t)dice(2);
    return n;
}

static void
what_is_written_is_read_again(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        int64_t ids[POSTINGS_MAX + 40], back[POSTINGS_MAX];
        size_t n = some_ids(ids, 1 + (size_t)dice(POSTINGS_MAX + 40)), at = 0;
        while (at < n) {
            struct buf b = {0};
            size_t done = postings_write(&b, ids + at, n - at);
            assert_true(done >= 1 && done <= n - at && done <= POSTINGS_MAX && b.n <= POSTINGS_BYTES);
            assert_int_equal(postings_read(ids[at], buf_view(&b), back), done);
            assert_memory_equal(back, ids + at, done * sizeof *ids);
            at += done;
            buf_release(&b);
        }
    }
}

static void
a_case_alone_takes_no_bytes(void **state)
{
    (void)state;
    struct buf b = {0};
    int64_t id = 5, back[POSTINGS_MAX];
    assert_int_equal(postings_write(&b, &id, 1), 1);
    assert_int_equal(b.n, 0);
    assert_int_equal(postings_read(5, STR(""), back), 1);
    assert_int_equal(back[0], 5);
    assert_int_equal(postings_write(&b, &id, 0), 0);
}

static void
what_is_no_list_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what, *bytes;
        size_t n;
    } rows[] = {
        {"a number without its second", "\x01", 1},
        {"a number that goes on", "\x01\x80", 2},
        {"the same case again", "\x00\x00", 2},
        {"a longer form of a short number", "\x81\x00\x01", 3},
        {"beyond the last step", "\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01", 10},
        {"a low part above 17 bits", "\x01\x80\x80\x08", 4},
        {"out of its step", "\x00\xff\xff\x07", 4},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t back[POSTINGS_MAX];
        if (postings_read(131071, (struct str){rows[i].bytes, rows[i].n}, back) != 0)
            fail_msg("read: %s", rows[i].what);
    }
    char many[2 * POSTINGS_MAX];
    int64_t back[POSTINGS_MAX];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = 1;
    assert_int_equal(postings_read(0, (struct str){many, sizeof many - 2}, back), POSTINGS_MAX);
    assert_int_equal(postings_read(0, (struct str){many, sizeof many}, back), 0);
    assert_int_equal(postings_read(-1, STR(""), back), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_case_alone_takes_no_bytes),
        cmocka_unit_test(what_is_no_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
