/* What may stand on the wire: heads, chunks, escapes. One row per thing that two programs could read differently. */
#include "check.h"

#include "limits.h"
#include "wire.h"

#define HOST "Host: a\r\n"
#define END "\r\n"

static const struct row {
    const char *head;
    int status; /* 0: taken */
} rows[] = {
    {"GET / HTTP/1.1\r\n" HOST END, 0},
    {"GET / HTTP/1.0\r\n" HOST END, 0},
    {"HEAD /a/b?c=%20d HTTP/1.1\r\n" HOST END, 0},
    {"POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\n" END, 0},
    {"POST /a HTTP/1.1\r\n" HOST "content-length:\t5 \r\n" END, 0},
    {"POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n" END, 0},
    {"GET /\xe5\x93\xa8 HTTP/1.1\r\n" HOST END, 0},
    {"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n" END, 0},
    {"GET / HTTP/1.1\r\n" HOST "X: \xe5\x93\xa8 to\tb\r\n" END, 0},
    {"GET / HTTP/1.1\r\n" HOST "Empty:\r\n" END, 0},
    {"GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n" END, 0},
    /* the request line */
    {"\r\nGET / HTTP/1.1\r\n" HOST END, 400},
    {"GET /\r\n" HOST END, 400},
    {"GET\r\n" HOST END, 400},
    {"GET  / HTTP/1.1\r\n" HOST END, 400},
    {"GET /  HTTP/1.1\r\n" HOST END, 400},
    {"GET / HTTP/1.1 \r\n" HOST END, 400},
    {" GET / HTTP/1.1\r\n" HOST END, 400},
    {"GET /a b HTTP/1.1\r\n" HOST END, 400},
    {"GET /\tHTTP/1.1\r\n" HOST END, 400},
    {"G\"T / HTTP/1.1\r\n" HOST END, 400},
    {"get / HTTP/1.1\r\n" HOST END, 501},
    {"BREW / HTTP/1.1\r\n" HOST END, 501},
    {"TRACE / HTTP/1.1\r\n" HOST END, 501},
    {"CONNECT a:80 HTTP/1.1\r\n" HOST END, 501},
    {"GET / HTTP/2.0\r\n" HOST END, 505},
    {"GET / HTTP/1.2\r\n" HOST END, 505},
    {"GET / http/1.1\r\n" HOST END, 400},
    {"GET / HTTP/1.10\r\n" HOST END, 400},
    {"GET / HTTP/01.1\r\n" HOST END, 400},
    {"GET http://a/ HTTP/1.1\r\n" HOST END, 400},
    {"GET a HTTP/1.1\r\n" HOST END, 400},
    {"GET * HTTP/1.1\r\n" HOST END, 400},
    {"GET //evil/ HTTP/1.1\r\n" HOST END, 400},
    {"GET /a#b HTTP/1.1\r\n" HOST END, 400},
    {"GET /%4 HTTP/1.1\r\n" HOST END, 400},
    {"GET /%zz HTTP/1.1\r\n" HOST END, 400},
    {"GET /?a=% HTTP/1.1\r\n" HOST END, 400},
    {"GET /\x01 HTTP/1.1\r\n" HOST END, 400},
    {"GET /\x7f HTTP/1.1\r\n" HOST END, 400},
    {"GET /\xff HTTP/1.1\r\n" HOST END, 400},
    {"GET /\xc0\xaf HTTP/1.1\r\n" HOST END, 400},
    /* headers */
    {"GET / HTTP/1.1\r\n" END, 400},
    {"GET / HTTP/1.0\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST HOST END, 400},
    {"GET / HTTP/1.1\r\nHost:\r\n" END, 400},
    {"GET / HTTP/1.1\r\nHost: a b\r\n" END, 400},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n" END, 400},
    {"GET / HTTP/1.1\r\nHost: a,b\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X y: z\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X : z\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "no colon\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST ": empty\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST " folded\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\r\n\tfolded\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: \xff\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\nY: b\r\n" END, 400},
    {"GET / HTTP/1.1\n" HOST END, 400},
    {"GET / HTTP/1.1\r\n" HOST "X: a\n\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n" END, 400},
    /* where the message ends */
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n" END, 501},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n" END, 501},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \"chunked\"\r\n" END, 501},
    {"POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Expect: 200-ok\r\n" END, 417},
    {"GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n" END, 400},
    {"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n" END, 400},
    {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" END, 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Type: a/b\r\nContent-Type: c/d\r\n" END, 400},
};

static void
heads(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct head head;
        struct refusal found = wire_head(str_of(rows[i].head), &head);
        if (found.status != rows[i].status) {
            print_error("row %zu: found %d (%s), expected %d:\n%s\n", i, found.status, found.why ? found.why : "",
                        rows[i].status, rows[i].head);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
facts_of_a_head(void **state)
{
    (void)state;
    struct head h;
    struct str bytes = STR("POST /a?b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: TE, Close\r\n"
                           "Content-Type: text/x; y\r\nContent-Length: 17\r\nX: y\r\n\r\n");
    assert_int_equal(wire_head(bytes, &h).status, 0);
    assert_int_equal(h.method, HTTP_POST);
    assert_true(h.closes && h.wants_continue && !h.is_chunked && !h.is_head);
    assert_int_equal(h.length, 17);
    check_str(h.target, "/a?b");
    check_str(h.content_type, "text/x; y");
    struct buf b = {0};
    wire_reframe(&b, bytes, &h, 3);
    check_buf(&b, "POST /a?b HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\nContent-Type: text/x; y\r\nX: y\r\n"
                  "Content-Length: 3\r\n\r\n");
    bytes = STR("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(wire_head(bytes, &h).status, 0);
    assert_true(h.is_chunked && !h.closes);
    wire_reframe(&b, bytes, &h, 0);
    check_buf(&b, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    bytes = STR("HEAD / HTTP/1.0\r\nHost: a\r\n\r\n");
    assert_int_equal(wire_head(bytes, &h).status, 0);
    assert_true(h.is_head && h.is_old && h.closes);
    wire_reframe(&b, bytes, &h, 0);
    check_buf(&b, "HEAD / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    buf_release(&b);
}

static void
limits_of_a_head(void **state)
{
    (void)state;
    struct head h;
    struct buf b = {0};
    for (int extra = 0; extra < 2; extra++) {
        buf_z(&b, "GET / HTTP/1.1\r\n" HOST);
        for (int i = 1; i < LIMIT_HEADERS + extra; i++)
            buf_printf(&b, "X%d: y\r\n", i);
        buf_z(&b, END);
        assert_int_equal(wire_head(buf_view(&b), &h).status, extra ? 431 : 0);
        buf_clear(&b);
        buf_z(&b, "GET /");
        for (int i = 1; i < LIMIT_URL_BYTES + extra; i++)
            buf_char(&b, 'a');
        buf_z(&b, " HTTP/1.1\r\n" HOST END);
        assert_int_equal(wire_head(buf_view(&b), &h).status, extra ? 414 : 0);
        buf_clear(&b);
    }
    buf_release(&b);
}

static void
end_of_a_head(void **state)
{
    (void)state;
    assert_int_equal(wire_head_end(STR("")), 0);
    assert_int_equal(wire_head_end(STR("GET / HTTP/1.1\r\nHost: a\r\n\r")), 0);
    assert_int_equal(wire_head_end(STR("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody")), 27);
    assert_int_equal(wire_head_end(STR("a\n\nb")), 3);
    assert_int_equal(wire_head_end(STR("a\n\r\nb")), 4);
    assert_true(wire_may_become_head(STR("GE")));
    assert_false(wire_may_become_head(STR("\x16\x03\x01")));
    assert_false(wire_may_become_head(STR("GET \0")));
    assert_false(wire_may_become_head(STR("\r\n")));
}

/* Decodes in pieces of every size; the result must not depend on how the bytes arrive. */
static bool
decode(struct str in, size_t step, struct buf *out, size_t *left)
{
    struct chunks c = {0};
    while (in.n && c.at != CHUNK_DONE) {
        size_t n = in.n < step ? in.n : step;
        struct str piece = str_slice(in, 0, n), data;
        do {
            if (!wire_chunk(&c, &piece, &data))
                return false;
            buf_str(out, data);
        } while (piece.n && c.at != CHUNK_DONE);
        in = str_slice(in, n - piece.n, in.n);
    }
    *left = in.n;
    return c.at == CHUNK_DONE;
}

static void
chunked_bodies(void **state)
{
    (void)state;
    static const char *const good[] = {"5\r\nhello\r\n0\r\n\r\n", "05\r\nhello\r\n00\r\n\r\nGET",
                                       "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"};
    static const char *const bad[] = {"5;x=y\r\nhello\r\n0\r\n\r\n",
                                      "\r\n",
                                      "g\r\n",
                                      "5\nhello",
                                      "5\r\nhelloX\r\n0\r\n\r\n",
                                      "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
                                      "+5\r\nhello\r\n0\r\n\r\n",
                                      "0x5\r\n",
                                      " 5\r\nhello",
                                      "123456789\r\n",
                                      "5\r\nhello\n0\r\n\r\n",
                                      "-1\r\n",
                                      "5 \r\nhello\r\n0\r\n\r\n"};
    struct buf b = {0};
    size_t left;
    for (size_t step = 1; step < 20; step++) {
        for (size_t i = 0; i < COUNT_OF(good); i++) {
            assert_true(decode(str_of(good[i]), step, &b, &left));
            check_buf(&b, "hello");
            assert_int_equal(left, i == 1 ? 3 : 0);
        }
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
            if (decode(str_of(bad[i]), step, &b, &left))
                fail_msg("taken: %s", bad[i]);
            buf_clear(&b);
        }
    }
    buf_release(&b);
}

static void
escapes(void **state)
{
    (void)state;
    char out[64];
    assert_int_equal(wire_unescape(out, STR("a%20b+c%E5%93%A8"), true), 8);
    assert_memory_equal(out, "a b c\xe5\x93\xa8", 8);
    assert_int_equal(wire_unescape(out, STR("+"), false), 1);
    assert_int_equal(out[0], '+');
    assert_int_equal(wire_unescape(out, STR("%"), false), -1);
    assert_int_equal(wire_unescape(out, STR("%1"), false), -1);
    assert_int_equal(wire_unescape(out, STR("%1g"), false), -1);
    assert_int_equal(wire_unescape(out, STR(""), false), 0);
    assert_true(wire_list_has(STR("a, Close ,b"), "close"));
    assert_false(wire_list_has(STR("closed"), "close"));
    assert_true(wire_same(STR("HOST"), "host"));
    assert_false(wire_same(STR("hos"), "host"));
    assert_false(wire_same(STR("hostx"), "host"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),         cmocka_unit_test(facts_of_a_head), cmocka_unit_test(limits_of_a_head),
        cmocka_unit_test(end_of_a_head), cmocka_unit_test(chunked_bodies),  cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
