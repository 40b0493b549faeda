/* An answer on its way: the head, compression, and the bytes to the socket.
 *
 * The head is written here and not by evhttp, in one piece with the security headers; the socket is tried at once,
 * because it nearly always takes the whole answer. What it does not take goes through libevent's buffer. evhttp is told
 * when all is written, so that it goes on with the connection.
 */
#include "parts.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"

struct answer {
    struct str body;
    bool is_zipped, may_be_zipped, has_body, has_length;
    struct file_part file;
    int64_t length;
};

/* ---- the head */

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
    {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
    {405, "Method Not Allowed"}, {409, "Conflict"}, {410, "Gone"}, {412, "Precondition Failed"},
    {413, "Content Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"}, {422, "Unprocessable Content"}, {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"}, {451, "Unavailable For Legal Reasons"}, {500, "Internal Server Error"},
    {501, "Not Implemented"}, {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"},
};

static const char *
phrase_of(int status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Other";
}

/* On every answer, unless the handler says otherwise under the same name (a map page needs other image hosts). */
static const struct {
    const char *name, *value;
} safety[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
     "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
     "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

static void
add_header(struct buf *out, const char *name, const char *value)
{
    buf_z(out, name);
    buf_add(out, ": ", 2);
    buf_z(out, value);
    buf_add(out, "\r\n", 2);
}

static bool
has_control(const char *z)
{
    for (; *z; z++)
        if (((unsigned char)*z < 0x20 && *z != '\t') || *z == 0x7F)
            return true;
    return false;
}

static void
add_own_headers(struct buf *out, const struct response *res)
{
    for (int i = 0; i < res->n_headers; i++) {
        const char *name = res->headers[i].name, *value = res->headers[i].value;
        if (value && !has_control(name) && !has_control(value))
            add_header(out, name, value);
        else
            log_error("bad_header", "name=%s", name);
    }
}

static void
add_site_headers(struct exchange *x, struct buf *out)
{
    const struct response *res = &x->res;
    for (size_t i = 0; i < sizeof safety / sizeof safety[0]; i++)
        if (!response_find(res, safety[i].name))
            add_header(out, safety[i].name, safety[i].value);
    if (str_is(x->req.scheme, "https"))
        buf_z(out, "Strict-Transport-Security: max-age=31536000\r\n");
    if (!res->cacheable && !response_find(res, "Cache-Control"))
        buf_z(out, "Cache-Control: no-store\r\n");
    if ((res->status == 503 || res->status == 429) && !response_find(res, "Retry-After"))
        buf_z(out, "Retry-After: 2\r\n");
    if (x->closes)
        buf_z(out, "Connection: close\r\n");
    else if (x->conn->head.is_old)
        buf_z(out, "Connection: keep-alive\r\n");
}

static void
begin_head(struct exchange *x, struct buf *out)
{
    buf_clear(out);
    if (x->res.status == 200) {
        buf_z(out, "HTTP/1.1 200 OK\r\n");
    } else {
        buf_z(out, "HTTP/1.1 ");
        buf_int(out, x->res.status);
        buf_char(out, ' ');
        buf_z(out, phrase_of(x->res.status));
        buf_z(out, "\r\n");
    }
    buf_z(out, loop_date(x->loop));
}

static void
write_head(struct exchange *x, const struct answer *a, struct buf *out)
{
    begin_head(x, out);
    if (a->has_length && (a->length || response_find(&x->res, "X-Accel-Redirect"))) /* nginx takes the type from here */
        add_header(out, "Content-Type", x->res.content_type);
    if (a->has_length) {
        buf_z(out, "Content-Length: ");
        buf_int(out, a->length);
        buf_z(out, "\r\n");
    }
    if (a->is_zipped)
        buf_z(out, "Content-Encoding: gzip\r\n");
    if (a->may_be_zipped && !response_find(&x->res, "Vary"))
        buf_z(out, "Vary: Accept-Encoding\r\n");
    add_own_headers(out, &x->res);
    add_site_headers(x, out);
    buf_z(out, "\r\n");
}

void
send_stream_head(struct exchange *x, struct buf *out)
{
    x->res.status = 200;
    begin_head(x, out);
    buf_z(out, "Content-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n");
    add_own_headers(out, &x->res);
    add_site_headers(x, out);
    buf_z(out, "\r\n");
}

/* ---- what to send */

/* Apart, because an err is six kilobytes that most answers need not clear. */
static void
open_file(struct exchange *x, struct file_part *part)
{
    struct err err = {0};
    if (!file_open(x, part, &err))
        dispatch_fail(x, &err, 0);
}

static void
settle(struct exchange *x, struct answer *a)
{
    struct response *res = &x->res;
    a->file.fd = -1;
    if (res->file_path)
        open_file(x, &a->file);
    else if (res->source.read)
        source_open(x, &a->file);
    if (!res->status)
        res->status = 200;
    if (!res->content_type)
        res->content_type = "text/html; charset=utf-8";
    x->closes |= x->loop->is_stopping;

    a->has_length = res->status != 204 && res->status != 304 && res->status >= 200;
    a->has_body = a->has_length && !x->req.is_head;
    a->body = res->fixed.n ? res->fixed : buf_view(&res->body);
    if (a->file.fd >= 0 || res->source.read) {
        a->length = a->file.n;
        return;
    }
    a->may_be_zipped = gzip_is_worth(x, a->body);
    if (a->may_be_zipped && x->accepts_gzip) {
        struct str zipped = gzip_body(x->loop->gzip, a->body);
        a->is_zipped = zipped.n > 0;
        if (a->is_zipped)
            a->body = zipped;
    }
    a->length = (int64_t)a->body.n;
}

static void
free_body(const void *data, size_t n, void *whole)
{
    (void)data;
    (void)n;
    free(whole);
}

/* The rest of the body that the socket did not take, without a copy where its bytes can be given away. */
static void
leave_rest(struct exchange *x, struct str body, bool is_zipped, size_t from, struct evbuffer *out)
{
    struct buf *own = &x->res.body;
    struct str rest = str_slice(body, from, body.n);
    if (!rest.n)
        return;
    if (is_zipped) {
        evbuffer_add(out, rest.p, rest.n);
    } else if (x->res.fixed.n) {
        evbuffer_add_reference(out, rest.p, rest.n, NULL, NULL);
    } else if (evbuffer_add_reference(out, rest.p, rest.n, free_body, own->p) == 0) {
        *own = (struct buf){0};
    }
}

static void
push(struct exchange *x, const struct answer *a, struct str head)
{
    struct http_conn *c = x->conn;
    struct evbuffer *out = bufferevent_get_output(c->bev);
    bool has_source = x->res.source.read != NULL;
    struct str body = a->has_body && a->file.fd < 0 && !has_source ? a->body : STR("");
    size_t sent = 0;
    if (!evbuffer_get_length(out)) {
        struct iovec parts[2] = {{(void *)(uintptr_t)head.p, head.n}, {(void *)(uintptr_t)body.p, body.n}};
        struct msghdr m = {.msg_iov = parts, .msg_iovlen = body.n ? 2 : 1};
        ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent = n > 0 ? (size_t)n : 0; /* an error shows again, and ends the connection, when libevent writes */
    }
    if (sent < head.n)
        evbuffer_add(out, head.p + sent, head.n - sent);
    if (has_source && a->has_body && a->file.n)
        source_begin(c, &x->res.source, &a->file);
    else if (a->file.fd < 0)
        leave_rest(x, body, a->is_zipped, sent > head.n ? sent - head.n : 0, out);
    else if (!a->has_body || !a->file.n || evbuffer_add_file(out, a->file.fd, a->file.at, a->file.n) != 0)
        close(a->file.fd);
}

void
send_done(struct exchange *x)
{
    void (*done)(struct request *, const struct response *, int64_t) = x->loop->server->site.done;
    if (done)
        done(&x->req, &x->res, exchange_age_us(x));
}

void
send_answer(struct exchange *x)
{
    struct http_conn *c = x->conn;
    if (c) {
        struct answer a = {0};
        settle(x, &a);
        write_head(x, &a, &x->loop->head);
        push(x, &a, buf_view(&x->loop->head));
    }
    send_done(x);
    if (c)
        conn_send(c, x);
    exchange_end(x);
}
