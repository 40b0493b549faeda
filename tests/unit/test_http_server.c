/* A real server over real sockets: routes, bodies, what is refused, and what every answer carries. */
#include "test_http_kit.h"

#include <fcntl.h>
#include <sys/un.h>
#include <zlib.h>

#define HOST "Host: a\r\n"
#define END "\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

enum { ANYONE = 1, NOBODY = 2 };

static char file_path[] = "/tmp/shaodao-test-XXXXXX";

/* ---- the site */

static void
get_root(struct request *req, struct response *res)
{
    (void)req;
    buf_z(&res->body, "root");
}

static void
get_hello(struct request *req, struct response *res)
{
    buf_printf(&res->body, "%.*s%s", (int)req->vars[0].n, req->vars[0].p, req->is_head ? "!" : "");
}

static void
get_long(struct request *req, struct response *res)
{
    int64_t n = params_int(&req->args, "n", 5000);
    buf_need(&res->body, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        res->body.p[i] = (char)('a' + i * 7 % 26);
    res->body.n = (size_t)n;
    if (params_has(&req->args, "type"))
        res->content_type = str_z(req->arena, params_get(&req->args, "type"));
}

static void
echo(struct request *req, struct response *res)
{
    const struct params *all[] = {&req->args, &req->form};
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < all[i]->n; k++)
            buf_printf(&res->body, "%.*s=%.*s;", (int)all[i]->p[k].name.n, all[i]->p[k].name.p,
                       (int)all[i]->p[k].value.n, all[i]->p[k].value.p);
    buf_printf(&res->body, "%zu", req->body.n);
}

static void
post_file(struct request *req, struct response *res)
{
    for (size_t i = 0; i < req->n_uploads; i++)
        buf_printf(&res->body, "%.*s:%zu;", (int)req->uploads[i].filename.n, req->uploads[i].filename.p,
                   req->uploads[i].bytes.n);
    echo(req, res);
}

static void
get_cookie(struct request *req, struct response *res)
{
    struct str v = request_cookie(req, "s");
    buf_printf(&res->body, "%.*s", (int)v.n, v.p);
    response_cookie(req, res, "s", STR("a b;哨"), 60, true);
    response_cookie(req, res, "gone", STR(""), -1, false);
}

static void
get_go(struct request *req, struct response *res)
{
    response_redirect(req, res, "%s", str_z(req->arena, params_get(&req->args, "to")));
}

static void
get_me(struct request *req, struct response *res)
{
    struct str x = request_header(req, "x-custom");
    buf_printf(&res->body, "%.*s|%.*s|%.*s|%d%d|%.*s|%.*s", (int)req->host.n, req->host.p, (int)req->address.n,
               req->address.p, (int)req->scheme.n, req->scheme.p, req->is_htmx, req->wants_json, (int)x.n, x.p,
               (int)req->query.n, req->query.p);
}

static void
get_blob(struct request *req, struct response *res)
{
    (void)req;
    res->content_type = "video/mp4";
    res->file_path = file_path;
    res->cacheable = true;
    response_header(res, "ETag", "\"e\"");
}

static void
get_missing(struct request *req, struct response *res)
{
    (void)req;
    res->file_path = "/nowhere/at/all";
}

static void
get_fixed(struct request *req, struct response *res)
{
    (void)req;
    static char bytes[4096];
    memset(bytes, 'z', sizeof bytes);
    res->fixed = (struct str){bytes, sizeof bytes};
    response_header(res, "Content-Encoding", "gzip");
    response_header(res, "Cache-Control", "public, max-age=31536000, immutable");
    response_header(res, "Content-Security-Policy", "default-src 'self'");
    res->cacheable = true;
}

static void
get_nothing(struct request *req, struct response *res)
{
    (void)req;
    res->status = 204;
}

static void
get_split(struct request *req, struct response *res)
{
    (void)req;
    response_header(res, "X-Bad", "a\r\nX-Injected: b");
    response_header(res, "X-Good", "c");
}

static const struct field fields[] = {
    {.name = "words", .label = "内容", .type = FIELD_WORDS, .required = true, .max = 10}};

static const struct route routes[] = {
    ROUTE(HTTP_GET, "/", ANYONE, .handle = get_root),
    ROUTE(HTTP_GET, "/hello/:name", ANYONE, .handle = get_hello),
    ROUTE(HTTP_GET, "/long", ANYONE, .handle = get_long),
    ROUTE(HTTP_GET | HTTP_POST | HTTP_DELETE, "/echo", ANYONE, .handle = echo),
    ROUTE(HTTP_POST, "/file", ANYONE, .flags = ROUTE_BODY_FILE, .handle = post_file),
    ROUTE(HTTP_POST, "/import", ANYONE, .flags = ROUTE_BODY_BIG, .handle = post_file),
    ROUTE(HTTP_POST, "/fields", ANYONE, .fields = fields, .n_fields = 1, .handle = echo),
    ROUTE(HTTP_GET, "/cookie", ANYONE, .handle = get_cookie),
    ROUTE(HTTP_GET, "/go", ANYONE, .handle = get_go),
    ROUTE(HTTP_GET, "/me", ANYONE, .handle = get_me),
    ROUTE(HTTP_GET, "/api/me", ANYONE, .handle = get_me),
    ROUTE(HTTP_GET, "/blob", ANYONE, .handle = get_blob),
    ROUTE(HTTP_GET, "/missing", ANYONE, .handle = get_missing),
    ROUTE(HTTP_GET, "/fixed", ANYONE, .handle = get_fixed),
    ROUTE(HTTP_GET, "/nothing", ANYONE, .handle = get_nothing),
    ROUTE(HTTP_GET, "/split", ANYONE, .handle = get_split),
    ROUTE(HTTP_GET, "/secret", NOBODY, .handle = get_root),
};

static bool
gate(struct request *req, const struct route *route, struct err *err)
{
    (void)req;
    return route->access != NOBODY || err_set(err, ERR_FORBIDDEN, "not yours");
}

static void
refusal_page(struct request *req, struct response *res, const struct err *err)
{
    res->content_type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "%d|%.*s|%s|%d", res->status, (int)req->path.n, req->path.p, err->message, err->n_fields);
}

static _Atomic int n_done;

static void
count_done(struct request *req, const struct response *res, int64_t micros)
{
    (void)req;
    n_done += res->status >= 200 && micros >= 0;
}

static const struct site site = {
    .routes = routes, .n_routes = COUNT_OF(routes), .gate = gate, .fail = refusal_page, .done = count_done};

static void
check_ask(const char *request, int status, const char *body)
{
    struct answer a = ask(request);
    if (a.status != status || (body && !str_is(a.body, body)))
        fail_msg("%s\nfound: %d %.*s\nexpected: %d %s", request, a.status, (int)a.body.n, a.body.p, status,
                 body ? body : "(any)");
}

/* ---- routes */

static void
routing(void **state)
{
    (void)state;
    check_ask("GET / HTTP/1.1\r\n" HOST END, 200, "root");
    check_ask("GET /hello/%E5%93%A8%20a HTTP/1.1\r\n" HOST END, 200, "哨 a");
    check_ask("GET /hello/\xe5\x93\xa8 HTTP/1.1\r\n" HOST END, 200, "哨");
    check_ask("GET /hello/a+b HTTP/1.1\r\n" HOST END, 200, "a+b");
    check_ask("GET /nowhere HTTP/1.1\r\n" HOST END, 404, "404|/nowhere|没有这个页面。|0");
    check_ask("GET /secret HTTP/1.1\r\n" HOST END, 403, "403|/secret|not yours|0");
    check_ask("GET /nothing HTTP/1.1\r\n" HOST END, 204, "");
    struct answer a = ask("PUT /echo HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 405);
    check_str(answer_header(&a, "Allow"), "GET, HEAD, POST, DELETE");
    a = ask("HEAD /hello/x HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 200);
    check_str(answer_header(&a, "Content-Length"), "2");
}

static void
every_answer_is_safe(void **state)
{
    (void)state;
    static const char *const asks[] = {"GET / HTTP/1.1\r\n" HOST END,
                                       "GET /nowhere HTTP/1.1\r\n" HOST END,
                                       "GET /nothing HTTP/1.1\r\n" HOST END,
                                       "GET / HTTP/9.9\r\n" END,
                                       "garbage\r\n\r\n",
                                       "BREW / HTTP/1.1\r\n" HOST END,
                                       "GET /go?to=/ HTTP/1.1\r\n" HOST END};
    for (size_t i = 0; i < COUNT_OF(asks); i++) {
        struct answer a = ask(asks[i]);
        assert_true(a.status);
        check_str(
            answer_header(&a, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src "
            "'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'");
        check_str(answer_header(&a, "X-Content-Type-Options"), "nosniff");
        check_str(answer_header(&a, "Referrer-Policy"), "same-origin");
        check_str(answer_header(&a, "Cross-Origin-Opener-Policy"), "same-origin");
        check_str(answer_header(&a, "Cache-Control"), "no-store");
        assert_true(str_starts(str_slice(answer_header(&a, "Date"), 26, 29), STR("GMT")));
        assert_int_equal(answer_header(&a, "Strict-Transport-Security").n, 0);
    }
    struct answer a = ask("GET /fixed HTTP/1.1\r\n" HOST END);
    check_str(answer_header(&a, "Content-Security-Policy"), "default-src 'self'");
    check_str(answer_header(&a, "Cache-Control"), "public, max-age=31536000, immutable");
    assert_int_equal(a.body.n, 4096);
    a = ask("GET /split HTTP/1.1\r\n" HOST END);
    assert_int_equal(answer_header(&a, "X-Injected").n, 0);
    check_str(answer_header(&a, "X-Good"), "c");
    a = ask("GET / HTTP/1.1\r\n" HOST "X-Forwarded-Proto: https\r\n" END);
    check_str(answer_header(&a, "Strict-Transport-Security"), "max-age=31536000");
}

/* ---- what is refused, over the wire; test_http_wire.c has the long list */

static void
malformed(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"\x16\x03\x01\x02", 400},
        {"\r\n\r\n", 400},
        {"GET / HTTP/1.1\n" HOST "\n", 400},
        {"GET / HTTP/1.1\r\n" END, 400},
        {"GET / HTTP/1.1\r\n" HOST "Host: b\r\n" END, 400},
        {"GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n" END, 400},
        {"GET / HTTP/1.1\r\n" HOST "X : a\r\n" END, 400},
        {"GET / HTTP/1.1\r\n" HOST "X: \x02\r\n" END, 400},
        {"GET /%2 HTTP/1.1\r\n" HOST END, 400},
        {"GET /%00 HTTP/1.1\r\n" HOST END, 400},
        {"GET /%0a HTTP/1.1\r\n" HOST END, 400},
        {"GET /a%2Fb HTTP/1.1\r\n" HOST END, 400},
        {"GET /%c0%af HTTP/1.1\r\n" HOST END, 400},
        {"GET /%ff HTTP/1.1\r\n" HOST END, 400},
        {"GET /a/../b HTTP/1.1\r\n" HOST END, 400},
        {"GET /a/%2e%2e/b HTTP/1.1\r\n" HOST END, 400},
        {"GET /. HTTP/1.1\r\n" HOST END, 400},
        {"GET //a HTTP/1.1\r\n" HOST END, 400},
        {"GET http://a/ HTTP/1.1\r\n" HOST END, 400},
        {"GET /echo?a=%ff HTTP/1.1\r\n" HOST END, 400},
        {"GET /echo?a=%00 HTTP/1.1\r\n" HOST END, 400},
        {"GET / HTTP/3.0\r\n" HOST END, 505},
        {"OPTIONS / HTTP/1.1\r\n" HOST END, 501},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n" END "a", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1x\r\n" END "a", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" END "1\r\na\r\n0\r\n\r\n",
         400},
        {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n" END, 501},
        {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" END "x\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Expect: miracles\r\n" END, 417},
        {"POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 4\r\n" END "a=%4", 400},
        {"POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 3\r\n" END "a=\xff", 400},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n" END "abc", 400},
        {"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n" END "abc", 400},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int fd = dial();
        say(fd, rows[i].request);
        struct answer a = hear_answer(fd, true);
        if (a.status != rows[i].status)
            fail_msg("row %zu: found %d, expected %d: %s", i, a.status, rows[i].status, rows[i].request);
        assert_false(a.is_cut);
        close(fd);
    }
    /* After a refusal on the wire nothing that follows is believed. */
    int fd = dial();
    say(fd, "GET / HTTP/1.1\r\nX : a\r\n\r\nGET / HTTP/1.1\r\n" HOST END);
    struct answer a = hear_answer(fd, true);
    assert_int_equal(a.status, 400);
    check_str(answer_header(&a, "Connection"), "close");
    assert_true(is_closed(fd));
    close(fd);
}

static void
limits(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_z(&b, "GET / HTTP/1.1\r\n" HOST "X: ");
    for (int i = 0; i < LIMIT_HEAD_BYTES; i++)
        buf_char(&b, 'x');
    buf_z(&b, "\r\n\r\n");
    buf_char(&b, 0);
    check_ask(b.p, 431, NULL);
    /* and one that never ends */
    b.n = LIMIT_HEAD_BYTES + 10;
    b.p[b.n++] = 0;
    check_ask(b.p, 431, NULL);
    buf_clear(&b);
    buf_z(&b, "GET /");
    for (int i = 0; i < LIMIT_URL_BYTES; i++)
        buf_char(&b, 'x');
    buf_z(&b, " HTTP/1.1\r\n" HOST END);
    buf_char(&b, 0);
    check_ask(b.p, 414, NULL);
    buf_clear(&b);
    buf_z(&b, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 0; i < LIMIT_HEADERS; i++)
        buf_z(&b, "X: y\r\n");
    buf_z(&b, END);
    buf_char(&b, 0);
    check_ask(b.p, 431, NULL);
    buf_clear(&b);
    buf_z(&b, "GET /echo?");
    for (int i = 0; i <= LIMIT_FORM_FIELDS; i++)
        buf_z(&b, "a&");
    buf_z(&b, " HTTP/1.1\r\n" HOST END);
    buf_char(&b, 0);
    check_ask(b.p, 413, NULL);
    buf_release(&b);
}

/* ---- bodies */

static void
bodies(void **state)
{
    (void)state;
    check_ask("POST /echo?q=1&r=a%26b+c HTTP/1.1\r\n" HOST FORM "Content-Length: 18\r\n" END "a=1&b=%E5%93%A8&a=", 200,
              "q=1;r=a&b c;a=1;b=哨;a=;18");
    check_ask("POST /echo HTTP/1.1\r\n" HOST
              "Content-Type: application/json; charset=utf-8\r\nContent-Length: 37\r\n" END
              "{\"a\":[1,\"x\"],\"b\":{\"c\":true},\"d\":null}",
              200, "a=1;a=x;b.c=1;37");
    check_ask("POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 7\r\n" END "{\"a\":1,",
              400, NULL);
    check_ask("POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 13\r\n" END
              "{\"a\":1,\"a\":2}",
              400, NULL);
    check_ask("POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/xml\r\nContent-Length: 4\r\n" END "<a/>", 200, "4");
    check_ask("POST /echo HTTP/1.1\r\n" HOST END, 200, "0");
    check_ask("DELETE /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 3\r\n" END "a=b", 200, "a=b;3");
    check_ask("POST /fields HTTP/1.1\r\n" HOST FORM "Content-Length: 7\r\n" END "words=a", 200, "words=a;7");
    check_ask("POST /fields HTTP/1.1\r\n" HOST FORM "Content-Length: 1\r\n" END "x", 422,
              "422|/fields|有内容需要修改。|1");
    check_ask("POST /echo HTTP/1.1\r\n" HOST FORM "Transfer-Encoding: chunked\r\n" END "2\r\na=\r\n1\r\nb\r\n0\r\n\r\n",
              200, "a=b;3");
}

static void
multipart(void **state)
{
    (void)state;
    check_ask(
        "POST /file HTTP/1.1\r\n" HOST "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 159\r\n" END
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"p.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
        "12345\r\n--B--\r\n",
        200, "p.jpg:5;a=x;159");
    check_ask("POST /file HTTP/1.1\r\n" HOST
              "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 3\r\n" END "--B",
              400, NULL);
    check_ask("POST /file HTTP/1.1\r\n" HOST "Content-Type: multipart/form-data\r\nContent-Length: 3\r\n" END "--B",
              400, NULL);
}

static struct answer
post_big(const char *path, const char *type, size_t n, bool chunked, const char *extra)
{
    int fd = dial();
    struct buf b = {0};
    buf_printf(&b, "POST %s HTTP/1.1\r\n" HOST "Content-Type: %s\r\n%s", path, type, extra);
    if (chunked)
        buf_z(&b, "Transfer-Encoding: chunked\r\n\r\n");
    else
        buf_printf(&b, "Content-Length: %zu\r\n\r\n", n);
    bool is_open = say_bytes(fd, buf_view(&b));
    static char bytes[64 * 1024];
    for (size_t left = n; left && is_open;) {
        size_t step = left < sizeof bytes ? left : sizeof bytes;
        buf_clear(&b);
        if (chunked)
            buf_printf(&b, "%zx\r\n", step);
        is_open =
            say_bytes(fd, buf_view(&b)) && say_bytes(fd, (struct str){bytes, step}) && (!chunked || say(fd, "\r\n"));
        left -= step;
    }
    if (chunked && is_open)
        say(fd, "0\r\n\r\n");
    buf_release(&b);
    struct answer a = hear_answer(fd, true);
    close(fd);
    return a;
}

static void
big_bodies(void **state)
{
    (void)state;
    const size_t MB = 1024 * 1024;
    static const struct {
        const char *path, *type;
        size_t n;
        int status;
    } rows[] = {
        {"/echo", "text/plain", LIMIT_BODY_BYTES, 200},
        {"/echo", "text/plain", LIMIT_BODY_BYTES + 1, 413},
        {"/echo", "text/plain", 3 << 20, 413},
        {"/nowhere", "text/plain", 1 << 20, 413},
        {"/file", "application/json", 1 << 20, 413},
        {"/file", "image/jpeg", LIMIT_PHOTO_BODY_BYTES, 200},
        {"/file", "image/jpeg", LIMIT_PHOTO_BODY_BYTES + 1, 413},
        {"/file", "video/mp4", 30 << 20, 200},
        {"/file", "video/mp4", LIMIT_RECORDING_BODY_BYTES + 1, 413},
        {"/import", "application/json", 2 << 20, 200},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int chunked = 0; chunked < 2; chunked++) {
            if (rows[i].n > 40 * MB && chunked)
                continue;
            struct answer a = post_big(rows[i].path, rows[i].type, rows[i].n, chunked, "");
            if (a.status != rows[i].status)
                fail_msg("row %zu, chunked %d: found %d, expected %d", i, chunked, a.status, rows[i].status);
        }
    for (int i = 0; i < 500 && atomic_load(&server->bodies); i++)
        sleep_ms(10);
    assert_int_equal(atomic_load(&server->bodies), 0);
    /* The refusal knows which page it is for. */
    struct answer a = post_big("/echo", "text/plain", LIMIT_BODY_BYTES + 1, false, "");
    check_str(a.body, "413|/echo|传来的内容太大。|0");
}

static void
bodies_in_flight(void **state)
{
    (void)state;
    int waiting[2];
    for (int i = 0; i < 2; i++) {
        waiting[i] = dial();
        say(waiting[i], "POST /import HTTP/1.1\r\n" HOST "Content-Length: 60000000\r\n" END "x");
    }
    for (int i = 0; i < 500 && atomic_load(&server->bodies) < 120000000; i++)
        sleep_ms(10);
    assert_int_equal(atomic_load(&server->bodies), 120000000);
    struct answer a = post_big("/import", "text/plain", 20 << 20, false, "");
    assert_int_equal(a.status, 503);
    check_str(answer_header(&a, "Retry-After"), "2");
    for (int i = 0; i < 2; i++)
        close(waiting[i]);
    for (int i = 0; i < 500 && atomic_load(&server->bodies); i++)
        sleep_ms(10);
    assert_int_equal(atomic_load(&server->bodies), 0);
    assert_int_equal(post_big("/import", "text/plain", 20 << 20, false, "").status, 200);
}

/* With Expect the client learns of a refusal before it has sent anything. */
static void
expect_continue(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        int fd = dial();
        say(fd, "POST /echo HTTP/1.1\r\n" HOST FORM "Expect: 100-continue\r\n");
        say(fd, chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 3\r\n\r\n");
        struct answer a = hear_answer(fd, false);
        assert_int_equal(a.status, 100);
        say(fd, chunked ? "3\r\na=b\r\n0\r\n\r\n" : "a=b");
        a = hear_answer(fd, true);
        assert_int_equal(a.status, 200);
        check_str(a.body, "a=b;3");
        close(fd);
    }
    check_ask("POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 99999999\r\n" END, 413, NULL);
}

/* ---- connections */

static void
pieces_and_pipelines(void **state)
{
    (void)state;
    static const char request[] = "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 5\r\n" END "a=b%20"
                                  "GET /hello/x HTTP/1.1\r\n" HOST END "POST /echo HTTP/1.1\r\n" HOST FORM
                                  "Transfer-Encoding: chunked\r\n" END "1\r\na\r\n0\r\n\r\n"
                                  "HEAD / HTTP/1.1\r\n" HOST END "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n" END;
    static const size_t steps[] = {1, 7, 50, sizeof request};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        int fd = dial(), on = 1;
        setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof on);
        struct str rest = {request, sizeof request - 1};
        /* five bytes of body, so that its "0" belongs to nobody: a mistake in counting would show */
        struct buf fixed = {0};
        for (size_t k = 0; k < rest.n; k++)
            buf_char(&fixed, rest.p[k]);
        fixed.p[strstr(request, "Content-Length: 5") - request + 16] = '6';
        rest = buf_view(&fixed);
        while (rest.n) {
            size_t n = rest.n < steps[i] ? rest.n : steps[i];
            say_bytes(fd, str_slice(rest, 0, n));
            rest = str_slice(rest, n, rest.n);
        }
        struct answer a = hear_answer(fd, true);
        check_str(a.body, "a=b ;6");
        a = hear_answer(fd, true);
        check_str(a.body, "x");
        a = hear_answer(fd, true);
        check_str(a.body, "a=;1");
        a = hear_answer(fd, false);
        assert_int_equal(a.status, 200);
        a = hear_answer(fd, true);
        check_str(a.body, "root");
        check_str(answer_header(&a, "Connection"), "close");
        assert_true(is_closed(fd));
        close(fd);
        buf_release(&fixed);
    }
}

static void
keep_alive(void **state)
{
    (void)state;
    int fd = dial();
    for (int i = 0; i < 50; i++) {
        say(fd, "GET / HTTP/1.1\r\n" HOST END);
        assert_int_equal(hear_answer(fd, true).status, 200);
        say(fd, "GET /nowhere HTTP/1.1\r\n" HOST END);
        assert_int_equal(hear_answer(fd, true).status, 404);
    }
    close(fd);
    fd = dial();
    say(fd, "GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n" END);
    struct answer a = hear_answer(fd, true);
    check_str(answer_header(&a, "Connection"), "keep-alive");
    say(fd, "GET / HTTP/1.0\r\n" HOST END);
    a = hear_answer(fd, true);
    check_str(answer_header(&a, "Connection"), "close");
    assert_true(is_closed(fd));
    close(fd);
}

/* An answer larger than the socket takes at once, read slowly. */
static void
long_answers(void **state)
{
    (void)state;
    int fd = dial(), small = 64 * 1024;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    say(fd, "GET /long?n=8000000 HTTP/1.1\r\n" HOST END "GET / HTTP/1.1\r\n" HOST END);
    sleep_ms(50);
    struct answer a = hear_answer(fd, true);
    assert_int_equal(a.body.n, 8000000);
    for (size_t i = 0; i < a.body.n; i += 999)
        assert_int_equal(a.body.p[i], 'a' + i * 7 % 26);
    a = hear_answer(fd, true);
    check_str(a.body, "root");
    close(fd);
    /* and one whose reader goes away */
    for (int i = 0; i < 5; i++) {
        fd = dial();
        say(fd, "GET /long?n=8000000 HTTP/1.1\r\n" HOST END);
        sleep_ms(10);
        close(fd);
    }
    check_ask("GET / HTTP/1.1\r\n" HOST END, 200, "root");
}

static void
proxies(void **state)
{
    (void)state;
    check_ask("GET /me HTTP/1.1\r\nHost: b.example:81\r\n" END, 200, "b.example:81|127.0.0.1|http|00||");
    check_ask("GET /me?a=1 HTTP/1.1\r\n" HOST "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
              "X-Custom: y\r\n" END,
              200, "a|192.0.2.7|https|00|y|a=1");
    check_ask("GET /me HTTP/1.1\r\n" HOST "X-Forwarded-For: nonsense\r\n" END, 200, "a|127.0.0.1|http|00||");
    check_ask("GET /me HTTP/1.1\r\n" HOST "HX-Request: true\r\n" END, 200, "a|127.0.0.1|http|10||");
    check_ask("GET /me HTTP/1.1\r\n" HOST "HX-Request: true\r\nHX-Boosted: true\r\n" END, 200, "a|127.0.0.1|http|00||");
    check_ask("GET /me HTTP/1.1\r\n" HOST "Accept: application/json\r\n" END, 200, "a|127.0.0.1|http|01||");
    check_ask("GET /me HTTP/1.1\r\n" HOST "Accept: text/html, application/json\r\n" END, 200, "a|127.0.0.1|http|00||");
    check_ask("GET /api/me HTTP/1.1\r\n" HOST END, 200, "a|127.0.0.1|http|01||");
}

static void
cookies(void **state)
{
    (void)state;
    struct answer a = ask("GET /cookie HTTP/1.1\r\n" HOST "Cookie: x=1; s=abc; __Secure-s=tls\r\n" END);
    check_str(a.body, "abc");
    check_str(answer_header(&a, "Set-Cookie"), "s=a%20b%3B%E5%93%A8; Path=/; Max-Age=60; SameSite=Lax; HttpOnly");
    assert_true(str_has(a.head, STR("Set-Cookie: gone=; Path=/; Max-Age=0; SameSite=Lax\r\n")));
    a = ask("GET /cookie HTTP/1.1\r\n" HOST "X-Forwarded-Proto: https\r\nCookie: s=abc; __Secure-s=t%6cs\r\n" END);
    check_str(a.body, "tls");
    check_str(answer_header(&a, "Set-Cookie"),
              "__Secure-s=a%20b%3B%E5%93%A8; Path=/; Max-Age=60; SameSite=Lax; HttpOnly; Secure");
    /* plain HTTP from elsewhere: a cookie that a browser will not take, rather than one that travels in the clear */
    a = ask("GET /cookie HTTP/1.1\r\n" HOST "X-Forwarded-For: 192.0.2.7\r\nCookie: s=abc\r\n" END);
    check_str(a.body, "");
    assert_true(str_starts(answer_header(&a, "Set-Cookie"), STR("__Secure-s=")));
    check_ask("GET /cookie HTTP/1.1\r\n" HOST "Cookie: ss=1; s =2; s=\"q\"; s=3\r\n" END, 200, "q");
    check_ask("GET /cookie HTTP/1.1\r\n" HOST "Cookie: a=1\r\nCookie: s=2\r\n" END, 200, "2");
}

static void
redirects(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"/a?b=c", "/a?b=c"}, {"/x/%E5%93%A8", "/x/%E5%93%A8"},
                                          {"//evil", "/"},      {"https://evil/", "/"},
                                          {"/%5Cevil", "/"},    {"/a%0d%0ab", "/a%0D%0Ab"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b = {0};
        buf_printf(&b, "GET /go?to=%s HTTP/1.1\r\n" HOST END, rows[i][0]);
        buf_char(&b, 0);
        struct answer a = ask(b.p);
        assert_int_equal(a.status, 303);
        check_str(answer_header(&a, "Location"), rows[i][1]);
        buf_release(&b);
    }
}

/* ---- compression and files */

static void
gzip(void **state)
{
    (void)state;
    struct answer a = ask("GET /long HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip;q=0.8\r\n" END);
    check_str(answer_header(&a, "Content-Encoding"), "gzip");
    check_str(answer_header(&a, "Vary"), "Accept-Encoding");
    assert_true(a.body.n < 1000);
    static unsigned char out[6000];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)a.body.p,
                  .avail_in = (uInt)a.body.n,
                  .next_out = out,
                  .avail_out = sizeof out};
    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(out[i], 'a' + i * 7 % 26);
    inflateEnd(&z);
    static const char *const plain[] = {
        "GET /long HTTP/1.1\r\n" HOST END,
        "GET /long HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0\r\n" END,
        "GET /long HTTP/1.1\r\n" HOST "Accept-Encoding: gzipx\r\n" END,
        "GET /long?n=1000 HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n" END,
        "GET /long?type=image/png HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n" END,
        "GET /blob HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n" END,
    };
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        a = ask(plain[i]);
        assert_int_equal(answer_header(&a, "Content-Encoding").n, 0);
    }
}

static void
files(void **state)
{
    (void)state;
    struct answer a = ask("GET /blob HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.body.n, 100000);
    assert_int_equal(a.body.p[77777], 'a' + 77777 % 23);
    check_str(answer_header(&a, "Content-Type"), "video/mp4");
    check_str(answer_header(&a, "Accept-Ranges"), "bytes");
    assert_int_equal(answer_header(&a, "Cache-Control").n, 0);
    a = ask("HEAD /blob HTTP/1.1\r\n" HOST END);
    check_str(answer_header(&a, "Content-Length"), "100000");
    static const struct {
        const char *range;
        int status;
        size_t at, n;
    } rows[] = {
        {"bytes=0-9", 206, 0, 10},          {"bytes=99990-", 206, 99990, 10},
        {"bytes=-10", 206, 99990, 10},      {"bytes=5-5", 206, 5, 1},
        {"bytes=0-999999", 206, 0, 100000}, {"bytes=-999999", 206, 0, 100000},
        {"bytes=100000-", 416, 0, 0},       {"bytes=-0", 416, 0, 0},
        {"bytes=9-5", 200, 0, 100000},      {"bytes=0-1,5-6", 200, 0, 100000},
        {"lines=0-1", 200, 0, 100000},      {"bytes=a-b", 200, 0, 100000},
        {"bytes=-", 200, 0, 100000},        {"bytes=--5", 200, 0, 100000},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b = {0};
        buf_printf(&b, "GET /blob HTTP/1.1\r\n" HOST "Range: %s\r\n" END, rows[i].range);
        buf_char(&b, 0);
        a = ask(b.p);
        print_message("%s\n", rows[i].range);
        assert_int_equal(a.status, rows[i].status);
        assert_int_equal(a.body.n, rows[i].n);
        if (a.body.n)
            assert_int_equal(a.body.p[0], 'a' + rows[i].at % 23);
        buf_release(&b);
    }
    a = ask("GET /blob HTTP/1.1\r\n" HOST "Range: bytes=0-9\r\nIf-Range: \"e\"\r\n" END);
    check_str(answer_header(&a, "Content-Range"), "bytes 0-9/100000");
    assert_int_equal(ask("GET /blob HTTP/1.1\r\n" HOST "Range: bytes=0-9\r\nIf-Range: \"old\"\r\n" END).status, 200);
    check_ask("GET /missing HTTP/1.1\r\n" HOST END, 404, NULL);
}

/* ---- set-ups of their own */

static void
base_path(void **state)
{
    (void)state;
    end_server();
    start_server(
        &(struct http_options){.listen = "127.0.0.1:0", .base_path = "/zhzf", .n_loops = 2, .accel_root = "/tmp"},
        &site);
    assert_string_equal(http_base_path(server), "/zhzf");
    check_ask("GET /zhzf/ HTTP/1.1\r\n" HOST END, 200, "root");
    check_ask("GET /zhzf/hello/x HTTP/1.1\r\n" HOST END, 200, "x");
    check_ask("GET / HTTP/1.1\r\n" HOST END, 404, NULL);
    check_ask("GET /hello/x HTTP/1.1\r\n" HOST END, 404, NULL);
    check_ask("GET /zhzfx/hello/x HTTP/1.1\r\n" HOST END, 404, NULL);
    struct answer a = ask("GET /zhzf?a=1 HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 303);
    check_str(answer_header(&a, "Location"), "/zhzf/?a=1");
    a = ask("GET /zhzf/go?to=/a HTTP/1.1\r\n" HOST END);
    check_str(answer_header(&a, "Location"), "/zhzf/a");
    a = ask("GET /zhzf/cookie HTTP/1.1\r\n" HOST "X-Forwarded-Proto: https\r\n" END);
    assert_true(str_has(answer_header(&a, "Set-Cookie"), STR("; Path=/zhzf;")));
    a = ask("GET /zhzf/blob HTTP/1.1\r\n" HOST END);
    assert_true(str_starts(answer_header(&a, "X-Accel-Redirect"), STR("/blob/shaodao-test-")));
    assert_int_equal(a.body.n, 0);
    assert_int_equal(post_big("/zhzf/file", "image/jpeg", 1 << 20, false, "").status, 200);
    assert_int_equal(post_big("/file", "image/jpeg", 1 << 20, false, "").status, 413);
}

static void
unix_socket(void **state)
{
    (void)state;
    end_server();
    char name[] = "/tmp/shaodao-sock-XXXXXX";
    struct buf listen_at = {0};
    assert_non_null(mkdtemp(name));
    buf_printf(&listen_at, "unix:%s/s", name);
    buf_char(&listen_at, 0);
    struct http_options opt = {.listen = listen_at.p, .n_loops = 2};
    start_server(&opt, &site);
    struct err err = {0};
    assert_null(http_start(&opt, &site, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    for (int i = 0; i < 10; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        struct sockaddr_un sa = {.sun_family = AF_UNIX};
        memcpy(sa.sun_path, listen_at.p + 5, listen_at.n - 5);
        assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
        say(fd, "GET /me HTTP/1.1\r\n" HOST "X-Forwarded-For: 192.0.2.9\r\n" END);
        struct answer a = hear_answer(fd, true);
        check_str(a.body, "a|192.0.2.9|http|00||");
        close(fd);
    }
    end_server();
    assert_int_equal(access(listen_at.p + 5, F_OK), -1);
    rmdir(name);
    buf_release(&listen_at);
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
}

static void
refused_options(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{"127.0.0.1", ""},    {"nonsense:x", ""},      {"127.0.0.1:99999x", ""},
                                         {"fd:x", ""},         {"fd:999", ""},          {"127.0.0.1:0", "/a/"},
                                         {"127.0.0.1:0", "a"}, {"127.0.0.1:0", "/a b"}, {"unix:/nowhere/at/all", ""}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = {0};
        assert_null(http_start(&(struct http_options){.listen = bad[i][0], .base_path = bad[i][1]}, &site, &err));
        assert_true(err.kind != ERR_NONE && err.message[0]);
    }
    struct err err = {0};
    struct buf taken = {0};
    buf_printf(&taken, "127.0.0.1:%d", http_port(server));
    buf_char(&taken, 0);
    assert_null(http_start(&(struct http_options){.listen = taken.p}, &site, &err));
    assert_true(str_has(str_of(err.message), STR("in use")));
    buf_release(&taken);
}

static void
all_were_told(void **state)
{
    (void)state;
    assert_true(n_done > 100);
}

static int
set_up(void **state)
{
    (void)state;
    int fd = mkstemp(file_path);
    static char bytes[100000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)('a' + i % 23);
    if (write(fd, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
        return 1;
    close(fd);
    http_times.linger = 300;
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    end_server();
    unlink(file_path);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routing),         cmocka_unit_test(every_answer_is_safe),
        cmocka_unit_test(malformed),       cmocka_unit_test(limits),
        cmocka_unit_test(bodies),          cmocka_unit_test(multipart),
        cmocka_unit_test(big_bodies),      cmocka_unit_test(bodies_in_flight),
        cmocka_unit_test(expect_continue), cmocka_unit_test(pieces_and_pipelines),
        cmocka_unit_test(keep_alive),      cmocka_unit_test(long_answers),
        cmocka_unit_test(proxies),         cmocka_unit_test(cookies),
        cmocka_unit_test(redirects),       cmocka_unit_test(gzip),
        cmocka_unit_test(files),           cmocka_unit_test(base_path),
        cmocka_unit_test(unix_socket),     cmocka_unit_test(refused_options),
        cmocka_unit_test(all_were_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
