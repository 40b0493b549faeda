/* Server-sent events. A stream belongs to its loop; other threads only put messages for it into the loop's mailbox. */
#include "parts.h"

enum { SLOW_BYTES = 256 * 1024 }; /* a client that lets so much wait is dropped; it will connect again */

struct http_stream {
    struct http_loop *loop;
    struct http_conn *conn; /* NULL: not begun, or gone */
    struct evhttp_request *ev; /* evhttp frees it with the connection */
    void (*gone)(void *arg);
    void *arg;
    int64_t sent_ms;
    _Atomic int refs; /* the stream's own, and one per message under way */
    _Atomic bool is_gone;
};

struct message {
    struct mail mail;
    struct http_stream *stream;
    size_t n;
    char bytes[];
};

struct http_stream *
http_stream_open(struct request *req, struct response *res, void (*gone)(void *arg), void *arg)
{
    struct exchange *x = exchange_of(req);
    struct http_stream *s = xcalloc(1, sizeof *s);
    (void)res;
    s->loop = x->loop;
    s->gone = gone;
    s->arg = arg;
    atomic_init(&s->refs, 1);
    x->stream = s;
    return s;
}

static void
release(struct http_stream *s)
{
    if (atomic_fetch_sub(&s->refs, 1) == 1)
        free(s);
}

void
stream_gone(struct http_stream *s)
{
    s->conn = NULL;
    atomic_store(&s->is_gone, true);
    if (s->gone)
        s->gone(s->arg);
    release(s);
}

static void
write_bytes(struct http_stream *s, const void *p, size_t n)
{
    struct evbuffer *bytes = evbuffer_new();
    evbuffer_add(bytes, p, n);
    evhttp_send_reply_chunk(s->ev, bytes); /* plain bytes: the request is not marked as chunked */
    evbuffer_free(bytes);
    s->sent_ms = loop_now_ms();
}

void
stream_begin(struct exchange *x)
{
    struct http_stream *s = x->stream;
    struct http_conn *c = x->conn;
    if (!c || x->req.is_head) {
        stream_gone(s);
        x->stream = NULL;
        x->res.content_type = "text/event-stream";
        send_answer(x);
        return;
    }
    x->closes = true; /* its end is the end of the connection */
    send_stream_head(x, &x->loop->head);
    s->conn = c;
    s->ev = x->ev;
    c->stream = s;
    c->phase = CONN_STREAM;
    c->exchange = NULL;
    c->head.closes = true;
    c->seen_ms = loop_now_ms();
    x->conn = NULL;
    x->ev->flags &= ~EVHTTP_USER_OWNED;
    x->ev->userdone = 1;
    x->ev->chunked = 0;
    write_bytes(s, x->loop->head.p, x->loop->head.n);
    send_done(x);
    x->ev = NULL;
    exchange_end(x);
}

static struct message *
message_new(struct http_stream *s, struct str bytes, void (*deliver)(struct http_loop *, struct mail *))
{
    struct message *m = xmalloc(sizeof *m + bytes.n);
    m->mail.deliver = deliver;
    m->stream = s;
    m->n = bytes.n;
    if (bytes.n)
        memcpy(m->bytes, bytes.p, bytes.n);
    atomic_fetch_add(&s->refs, 1);
    return m;
}

static void
deliver_event(struct http_loop *loop, struct mail *mail)
{
    struct message *m = (struct message *)(void *)mail;
    struct http_stream *s = m->stream;
    (void)loop;
    if (s->conn) {
        size_t waiting = evbuffer_get_length(bufferevent_get_output(s->conn->bev));
        if (waiting + m->n > SLOW_BYTES)
            conn_close(s->conn); /* calls stream_gone; our reference keeps s */
        else
            write_bytes(s, m->bytes, m->n);
    }
    release(s);
    free(m);
}

bool
http_stream_send(struct http_stream *s, const char *event, struct str data)
{
    struct buf b = {0};
    if (atomic_load(&s->is_gone))
        return false;
    if (event && event[0]) {
        buf_z(&b, "event: ");
        buf_z(&b, event);
        buf_char(&b, '\n');
    }
    /* Each line of the data is a line of its own; a CR would end one for the browser, too. */
    do {
        struct str line = STR("");
        str_cut(&data, '\n', &line);
        buf_z(&b, "data: ");
        for (size_t i = 0; i < line.n; i++)
            if (line.p[i] != '\r')
                buf_char(&b, line.p[i]);
        buf_char(&b, '\n');
    } while (data.p && data.n);
    buf_char(&b, '\n');
    loop_post(s->loop, &message_new(s, buf_view(&b), deliver_event)->mail);
    buf_release(&b);
    return true;
}

static void
deliver_close(struct http_loop *loop, struct mail *mail)
{
    struct message *m = (struct message *)(void *)mail;
    struct http_stream *s = m->stream;
    struct http_conn *c = s->conn;
    (void)loop;
    if (c) {
        c->stream = NULL;
        c->phase = CONN_SENDING;
        evhttp_add_header(evhttp_request_get_output_headers(s->ev), "Connection", "close");
        struct evhttp_request *ev = s->ev;
        stream_gone(s);
        evhttp_send_reply_end(ev); /* what was sent before still goes out */
    }
    release(s);
    free(m);
}

void
http_stream_close(struct http_stream *s)
{
    if (!atomic_load(&s->is_gone))
        loop_post(s->loop, &message_new(s, STR(""), deliver_close)->mail);
}

void
stream_tick(struct http_stream *s, int64_t now_ms)
{
    if (now_ms - s->sent_ms >= http_times.ping)
        write_bytes(s, ":\n\n", 3);
}
