/* The sieve: wherever the network cuts a body, files go to the spool whole, and what is left reads like the body without them. */
#include "check.h"

#include "multipart.h"
#include "parts.h"

static struct buf got[LIMIT_PARTS];
static bool dropped[LIMIT_PARTS], is_full;
static size_t n_open;

static void *
open_spool(void *ctx)
{
    (void)ctx;
    return n_open < LIMIT_PARTS ? &got[n_open++] : NULL;
}

static bool
add_piece(void *spooled, struct str piece)
{
    buf_str(spooled, piece);
    return !is_full;
}

static void
drop(void *spooled)
{
    dropped[(struct buf *)spooled - got] = true;
}

static const struct spool spool = {.open = open_spool, .add = add_piece, .drop = drop};

static void
forget(void)
{
    for (size_t i = 0; i < LIMIT_PARTS; i++)
        buf_release(&got[i]);
    memset(dropped, 0, sizeof dropped);
    n_open = 0;
    is_full = false;
}

#define TYPE "multipart/form-data; boundary=AbC"
#define PART(head) "--AbC\r\nContent-Disposition: form-data; " head "\r\n\r\n"

static struct refusal
feed(struct sieve *s, struct str body, size_t first, size_t rest)
{
    struct refusal why = {0};
    for (size_t at = 0; at < body.n && !why.status;) {
        size_t n = at ? rest : first;
        n = body.n - at < n ? body.n - at : n;
        char *copy = xmalloc(n); /* so that a read beyond the piece is seen */
        memcpy(copy, body.p + at, n);
        why = sieve_feed(s, (struct str){copy, n});
        free(copy);
        at += n;
    }
    return why.status ? why : sieve_end(s);
}

static struct str
form(struct buf *out, size_t n_file)
{
    buf_z(out, PART("name=\"csrf\"") "token\r\n" PART("name=\"file\"; filename=\"a.mp3\""));
    for (size_t i = 0; i < n_file; i++)
        buf_add(out, "\r\n--AbX" + i % 7, 1); /* always about to become the mark */
    buf_z(out, "\r\n" PART("name=\"words\"") "三栋 --AbC 不是分隔\r\n" PART("name=\"more\"; FileName=\"b.jpg\"") "short\r\n"
               PART("name=\"none\"; filename=\"\"") "\r\n--AbC--\r\n");
    return buf_view(out);
}

static void
wherever_it_is_cut_the_parts_are_the_same(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 700};
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        struct buf b = {0};
        struct str body = form(&b, sizes[k]);
        for (size_t first = 1; first <= body.n; first += sizes[k] > 100 ? 7 : 1)
            for (size_t rest = 1; rest < 2000; rest = rest * 3 + 4) {
                struct arena *a = arena_new();
                struct sieve *s = sieve_new(&spool, STR(TYPE));
                assert_int_equal(feed(s, body, first, rest).status, 0);
                struct multipart m;
                struct err err = {0};
                struct request req = {.arena = a, .body = sieve_rest(s)};
                assert_true(multipart_parse(a, req.body, STR("AbC"), &m, &err));
                sieve_measure(s, &req, m.uploads, m.n_uploads);
                check_str(params_get(&m.fields, "csrf"), "token");
                check_str(params_get(&m.fields, "words"), "三栋 --AbC 不是分隔");
                assert_int_equal(m.n_uploads, 2);
                check_str(m.uploads[0].field, "file");
                assert_int_equal(m.uploads[0].size, sizes[k]);
                assert_int_equal(m.uploads[0].bytes.n, sizes[k] < SPOOL_HEAD ? sizes[k] : SPOOL_HEAD);
                check_str(m.uploads[1].bytes, "short");
                assert_int_equal(n_open, sizes[k] ? 2 : 1);
                if (sizes[k]) {
                    assert_int_equal(got[0].n, sizes[k]);
                    for (size_t j = 0; j < sizes[k]; j++)
                        assert_int_equal(got[0].p[j], "\r\n--AbX"[j % 7]);
                }
                check_str(buf_view(&got[n_open - 1]), "short");
                sieve_free(s);
                for (size_t j = 0; j < n_open; j++)
                    assert_true(dropped[j]); /* nobody took them */
                forget();
                arena_free(a);
            }
        buf_release(&b);
    }
}

static void
a_body_that_is_a_file_goes_whole(void **state)
{
    (void)state;
    struct sieve *s = sieve_new(&spool, STR("audio/mpeg"));
    assert_true(sieve_is_whole(s));
    assert_int_equal(feed(s, STR("ID3 and then all the rest of a recording, long enough to be more than its head"), 3, 5).status, 0);
    check_str(buf_view(&got[0]), "ID3 and then all the rest of a recording, long enough to be more than its head");
    assert_int_equal(sieve_rest(s).n, SPOOL_HEAD);
    sieve_free(s);
    forget();
}

/* The strict reader must refuse what it would refuse without a sieve; nothing here may be endless. */
static void
what_is_malformed_stays_so(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "--AbC",
        "--AbC\r\n\r\n\r\n--AbC--",
        "no boundary at all",
        PART("name=\"file\"; filename=\"a\"") "no end",
        PART("name=\"file\"; filename=\"a\"") "x\r\n--AbC",
        PART("name=\"file\"; filename=\"a\"") "x\r\n--AbC-",
        PART("name=\"file\"; filename=\"a\"") "x\r\n--AbCgarbage",
        PART("name=\"file\"; filename=\"a\"") "x\r\n--AbC\nContent-Disposition: form-data; name=\"b\"\r\n\r\ny\r\n--AbC--",
        PART("name=\"file\"; filename=\"a\"") "x\r\n--AbC--\r\ntail",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        for (size_t rest = 1; rest < 40; rest += 6) {
            struct arena *a = arena_new();
            struct multipart m;
            struct err err = {0};
            struct sieve *s = sieve_new(&spool, STR(TYPE));
            bool is_refused = feed(s, str_of(bodies[i]), rest, rest).status != 0;
            if (!is_refused && multipart_parse(a, sieve_rest(s), STR("AbC"), &m, &err))
                fail_msg("taken: %s", bodies[i]);
            sieve_free(s);
            forget();
            arena_free(a);
        }
    assert_null(sieve_new(&spool, STR("multipart/form-data")));
}

static void
a_flood_beside_the_files_is_refused(void **state)
{
    (void)state;
    static char much[300 * 1024];
    memset(much, 'x', sizeof much);
    struct buf b = {0};
    struct sieve *s = sieve_new(&spool, STR(TYPE));
    buf_z(&b, PART("name=\"words\""));
    buf_add(&b, much, sizeof much);
    assert_int_equal(feed(s, buf_view(&b), 1000, 1000).status, 413);
    sieve_free(s);
    buf_clear(&b);
    s = sieve_new(&spool, STR(TYPE));
    buf_z(&b, "--AbC\r\nX: ");
    buf_add(&b, much, sizeof much);
    assert_int_equal(feed(s, buf_view(&b), 1000, 1000).status, 413);
    sieve_free(s);
    buf_clear(&b);
    s = sieve_new(&spool, STR(TYPE));
    for (int i = 0; i < 2 * LIMIT_PARTS; i++)
        buf_z(&b, PART("name=\"file\"; filename=\"a\"") "x\r\n");
    assert_int_equal(feed(s, buf_view(&b), 100, 100).status, 0);
    assert_int_equal(n_open, LIMIT_PARTS);
    sieve_free(s);
    buf_release(&b);
    forget();
}

static void
a_full_disk_is_told_at_once(void **state)
{
    (void)state;
    is_full = true;
    struct sieve *s = sieve_new(&spool, STR("audio/mpeg"));
    assert_int_equal(sieve_feed(s, STR("ID3")).status, 503);
    sieve_free(s);
    assert_true(dropped[0]);
    forget();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wherever_it_is_cut_the_parts_are_the_same),
        cmocka_unit_test(a_body_that_is_a_file_goes_whole),
        cmocka_unit_test(what_is_malformed_stays_so),
        cmocka_unit_test(a_flood_beside_the_files_is_refused),
        cmocka_unit_test(a_full_disk_is_told_at_once),
    };
    return cmocka_run_group_tests_name("http_sieve", tests, NULL, NULL);
}
