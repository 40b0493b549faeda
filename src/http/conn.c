/* One connection: from accept, over the head that we check before evhttp may see it, to the close. */
#include "parts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- bytes coming in */

static struct evbuffer *
input_of(const struct http_conn *c)
{
    return bufferevent_get_input(c->bev);
}

/* Puts bytes into the input as if the client had sent them. libevent keeps the buffer's end frozen between reads. */
static void
put(struct http_conn *c, struct str bytes)
{
    struct evbuffer *in = input_of(c);
    c->is_refilling = true;
    evbuffer_unfreeze(in, 0);
    evbuffer_add(in, bytes.p, bytes.n);
    evbuffer_freeze(in, 0);
    c->is_refilling = false;
}

static void
drop_input(struct http_conn *c)
{
    struct evbuffer *in = input_of(c);
    evbuffer_drain(in, evbuffer_get_length(in));
}

static void
drop_body(struct http_conn *c)
{
    if (c->body)
        evbuffer_free(c->body);
    c->body = NULL;
    sieve_free(c->sieve);
    c->sieve = NULL;
    if (c->counted)
        atomic_fetch_sub(&c->loop->server->bodies, c->counted);
    c->counted = 0;
}

/* The request becomes a harmless one, which evhttp hands to dispatch; there c->refusal decides the answer. With a head
 * that was fine in itself the answer knows path and headers; else it is made for a bare "GET /". */
static void
refuse(struct http_conn *c, struct refusal why, struct str head_bytes)
{
    struct buf plain = {0};
    if (head_bytes.n)
        wire_reframe(&plain, head_bytes, &c->head, 0);
    else
        buf_z(&plain, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    if (!head_bytes.n)
        c->head = (struct head){.method = HTTP_GET};
    drop_input(c);
    drop_body(c);
    buf_release(&c->held);
    put(c, buf_view(&plain));
    buf_release(&plain);
    c->head.closes = true;
    c->refusal = why;
    c->wants_room = false;
    c->phase = CONN_BODY;
}

/* Counts all of a big body; a small one is not worth the shared counter. */
static bool
count_body(struct http_conn *c, size_t total)
{
    if (total <= LIMIT_BODY_BYTES || total <= c->counted)
        return true;
    _Atomic size_t *bodies = &c->loop->server->bodies;
    size_t more = total - c->counted, before = atomic_fetch_add(bodies, more);
    if (before + more > LIMIT_BODIES_IN_FLIGHT_BYTES) {
        atomic_fetch_sub(bodies, more);
        return false;
    }
    c->counted = total;
    return true;
}

/* What is spooled takes disk and no memory, so more of it may be under way at once. */
static struct refusal
weigh_body(struct http_conn *c, uint64_t total)
{
    if (total > c->limit)
        return (struct refusal){413, "body too large"};
    if (!count_body(c, (size_t)(c->sieve ? total / LIMIT_SPOOLED_WEIGHT : total)))
        return (struct refusal){503, "too many bodies in flight"};
    c->deadline_ms = c->begun_ms + http_times.whole + (int64_t)(total * 1000 / LEAST_RATE);
    return (struct refusal){0};
}

/* The rest of a sieved body stands in its place. */
static void
finish_spool(struct http_conn *c)
{
    struct refusal why = sieve_end(c->sieve);
    if (why.status) {
        refuse(c, why, buf_view(&c->held));
        return;
    }
    struct buf head = {0};
    struct str rest = sieve_rest(c->sieve);
    wire_reframe(&head, buf_view(&c->held), &c->head, rest.n);
    c->is_refilling = true;
    evbuffer_prepend(input_of(c), rest.p, rest.n);
    evbuffer_prepend(input_of(c), head.p, head.n);
    c->is_refilling = false;
    buf_release(&head);
    buf_release(&c->held);
    c->phase = CONN_BODY;
}

static void
read_spool(struct http_conn *c)
{
    struct evbuffer *in = input_of(c);
    struct evbuffer_iovec piece;
    while (c->spool_left && evbuffer_peek(in, -1, NULL, &piece, 1) > 0) {
        size_t n = piece.iov_len < c->spool_left ? piece.iov_len : (size_t)c->spool_left;
        struct refusal why = sieve_feed(c->sieve, (struct str){piece.iov_base, n});
        if (why.status) {
            refuse(c, why, buf_view(&c->held));
            return;
        }
        evbuffer_drain(in, n);
        c->spool_left -= n;
    }
    if (!c->spool_left)
        finish_spool(c);
}

static void
finish_chunks(struct http_conn *c)
{
    if (c->sieve) {
        finish_spool(c);
        return;
    }
    struct buf head = {0};
    wire_reframe(&head, buf_view(&c->held), &c->head, evbuffer_get_length(c->body));
    c->is_refilling = true;
    evbuffer_prepend_buffer(input_of(c), c->body);
    evbuffer_prepend(input_of(c), head.p, head.n);
    c->is_refilling = false;
    evbuffer_free(c->body);
    c->body = NULL;
    buf_release(&head);
    buf_release(&c->held);
    c->phase = CONN_BODY;
}

static void
read_chunks(struct http_conn *c)
{
    struct evbuffer *in = input_of(c);
    struct evbuffer_iovec piece;
    while (c->chunks.at != CHUNK_DONE && evbuffer_peek(in, -1, NULL, &piece, 1) > 0) {
        struct str bytes = {piece.iov_base, piece.iov_len}, rest = bytes, data;
        if (!wire_chunk(&c->chunks, &rest, &data)) {
            refuse(c, (struct refusal){400, "malformed chunk"}, buf_view(&c->held));
            return;
        }
        c->spool_came += data.n;
        struct refusal why = weigh_body(c, c->spool_came);
        if (!why.status && c->sieve)
            why = sieve_feed(c->sieve, data);
        if (why.status) {
            refuse(c, why, buf_view(&c->held));
            return;
        }
        if (c->body)
            evbuffer_add(c->body, data.p, data.n);
        evbuffer_drain(in, bytes.n - rest.n);
    }
    if (c->chunks.at == CHUNK_DONE)
        finish_chunks(c);
}

/* A body that we collect ourselves: the head is held, evhttp sees neither until all has come. */
static void
begin_own(struct http_conn *c, struct str head_bytes, enum conn_phase phase)
{
    struct evbuffer *in = input_of(c);
    if (c->held.n) {
        put(c, str_slice(buf_view(&c->held), head_bytes.n, c->held.n));
        c->held.n = head_bytes.n;
    } else {
        buf_str(&c->held, head_bytes);
        evbuffer_drain(in, head_bytes.n);
    }
    c->chunks = (struct chunks){0};
    c->spool_came = 0;
    c->spool_left = c->head.length;
    c->body = c->sieve ? NULL : evbuffer_new();
    c->phase = phase;
    if (evbuffer_get_length(in) && phase == CONN_SPOOL)
        read_spool(c);
    else if (evbuffer_get_length(in))
        read_chunks(c);
    else if (c->head.wants_continue) /* evhttp, which would say so, does not know of the request */
        send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Room for a big body in one piece, when its first bytes are there, saves a copy of all of it in the end. (Before that
 * libevent would throw the empty room away together with the head.) */
static void
make_room(struct http_conn *c)
{
    if (c->wants_room)
        evbuffer_expand(input_of(c), (size_t)c->head.length);
    c->wants_room = false;
}

static void
take_head(struct http_conn *c, struct str head_bytes, const struct head *head)
{
    size_t head_length = head_bytes.n; /* the bytes themselves may move below */
    bool has_body = head->length || head->is_chunked;
    const struct route *route = has_body ? dispatch_route(c->loop->server, head) : NULL;
    struct str type = head->content_type.p ? head->content_type : STR("");
    c->limit = has_body ? request_body_limit(route, type) : 0;
    bool is_big = head->is_chunked || head->length > LIMIT_BODY_BYTES;
    if (is_big && request_is_spooled(route, type) && c->loop->server->site.spool.open)
        c->sieve = sieve_new(&c->loop->server->site.spool, type);
    c->head = *head;
    c->head.target = c->head.content_type = STR("");
    struct refusal why = weigh_body(c, head->length);
    if (why.status) {
        refuse(c, why, head_bytes);
    } else if (head->is_chunked) {
        begin_own(c, head_bytes, CONN_CHUNKS);
    } else if (c->sieve) {
        begin_own(c, head_bytes, CONN_SPOOL);
    } else {
        c->phase = CONN_BODY;
        if (c->held.n)
            put(c, buf_view(&c->held));
        buf_release(&c->held);
        c->wants_room = head->length > LIMIT_BODY_BYTES;
        if (evbuffer_get_length(input_of(c)) > head_length)
            make_room(c);
    }
}

static void
read_head(struct http_conn *c)
{
    struct evbuffer *in = input_of(c);
    size_t n = evbuffer_get_length(in);
    struct str bytes;
    if (c->held.n) {
        buf_need(&c->held, n);
        evbuffer_remove(in, c->held.p + c->held.n, n);
        c->held.n += n;
        bytes = buf_view(&c->held);
    } else {
        size_t look = n < LIMIT_HEAD_BYTES + 1 ? n : LIMIT_HEAD_BYTES + 1;
        bytes = (struct str){(const char *)evbuffer_pullup(in, (ev_ssize_t)look), look};
    }
    size_t end = wire_head_end(str_slice(bytes, 0, LIMIT_HEAD_BYTES + 1));
    if (end > LIMIT_HEAD_BYTES || (!end && bytes.n > LIMIT_HEAD_BYTES)) {
        refuse(c, (struct refusal){431, "head too large"}, STR(""));
    } else if (end) {
        struct head head;
        struct refusal why = wire_head(str_slice(bytes, 0, end), &head);
        if (why.status)
            refuse(c, why, STR(""));
        else
            take_head(c, str_slice(bytes, 0, end), &head);
    } else if (!wire_may_become_head(bytes)) {
        refuse(c, (struct refusal){400, "not HTTP"}, STR(""));
    } else if (!c->held.n) {
        buf_str(&c->held, bytes);
        evbuffer_drain(in, bytes.n);
    }
}

static void
begin_head(struct http_conn *c)
{
    c->phase = CONN_HEAD;
    c->begun_ms = c->seen_ms;
    c->deadline_ms = c->begun_ms + http_times.whole;
    read_head(c);
}

/* Runs inside libevent's read, before evhttp is told that there is something. */
static void
on_input(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    struct http_conn *c = arg;
    (void)in;
    if (!info->n_added || c->is_refilling)
        return;
    if (!c->ev)
        conn_census(-1, 0, c->loop);
    c->seen_ms = loop_now_ms();
    switch (c->phase) {
    case CONN_IDLE:
        begin_head(c);
        break;
    case CONN_HEAD:
        read_head(c);
        break;
    case CONN_CHUNKS:
        read_chunks(c);
        break;
    case CONN_SPOOL:
        read_spool(c);
        break;
    case CONN_BODY:
        make_room(c);
        break;
    case CONN_ANSWER:
    case CONN_SENDING:
    case CONN_STREAM:
    case CONN_LINGER:
        drop_input(c); /* the client may talk on; we listen only to learn when it goes */
        break;
    }
}

/* ---- accept and close */

static void
unlink_conn(struct http_conn *c)
{
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
}

static void
link_conn(struct http_conn *c, struct http_conn **list)
{
    c->next = *list;
    c->link = list;
    if (c->next)
        c->next->link = &c->next;
    *list = c;
}

struct bufferevent *
conn_accept(struct event_base *base, void *arg)
{
    struct http_loop *loop = arg;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
    if (!bev)
        return NULL;
    struct http_conn *c = xcalloc(1, sizeof *c);
    c->loop = loop;
    c->bev = bev;
    c->fd = -1;
    evbuffer_add_cb(bufferevent_get_input(bev), on_input, c);
    bufferevent_incref(bev); /* until the census: evhttp may fail and free it meanwhile */
    link_conn(c, &loop->fresh);
    event_active(loop->census, 0, 0); /* evhttp tells us no more than this; look again when it is done accepting */
    return bev;
}

static void
note_peer(struct http_conn *c)
{
    const struct sockaddr *sa = evhttp_connection_get_addr(c->ev);
    snprintf(c->peer, sizeof c->peer, "127.0.0.1");
    if (sa && sa->sa_family == AF_INET) {
        const struct in_addr *in = &((const struct sockaddr_in *)(const void *)sa)->sin_addr;
        inet_ntop(AF_INET, in, c->peer, sizeof c->peer);
        memcpy(c->peer_key + 12, in, 4);
        c->is_local = (ntohl(in->s_addr) >> 24) == 127;
    } else if (sa && sa->sa_family == AF_INET6) {
        const struct in6_addr *in = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(in);
        inet_ntop(is_mapped ? AF_INET : AF_INET6, is_mapped ? in->s6_addr + 12 : in->s6_addr, c->peer, sizeof c->peer);
        if (is_mapped)
            memcpy(c->peer_key + 12, in->s6_addr + 12, 4);
        else
            memcpy(c->peer_key, in, 8); /* a household or a server has a /64: count that as one */
        c->is_local = IN6_IS_ADDR_LOOPBACK(in) || (is_mapped && in->s6_addr[12] == 127);
    } else {
        c->is_local = true;
    }
}

static void
remember_fd(struct http_loop *loop, struct http_conn *c)
{
    size_t need = (size_t)c->fd + 1;
    if (need > loop->n_by_fd) {
        size_t n = loop->n_by_fd ? loop->n_by_fd : 64;
        while (n < need)
            n *= 2;
        loop->by_fd = xrealloc(loop->by_fd, n * sizeof(struct http_conn *));
        memset(loop->by_fd + loop->n_by_fd, 0, (n - loop->n_by_fd) * sizeof(struct http_conn *));
        loop->n_by_fd = n;
    }
    loop->by_fd[c->fd] = c;
}

struct http_conn *
conn_of(struct http_loop *loop, struct evhttp_request *ev)
{
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evhttp_request_get_connection(ev)));
    return fd >= 0 && (size_t)fd < loop->n_by_fd ? loop->by_fd[fd] : NULL;
}

static void
on_close(struct evhttp_connection *ev, void *arg)
{
    struct http_conn *c = arg;
    struct http_loop *loop = c->loop;
    (void)ev;
    unlink_conn(c);
    loop->n_conns--;
    loop->by_fd[c->fd] = NULL;
    evbuffer_remove_cb(input_of(c), on_input, c);
    source_end(c);
    if (c->is_counted)
        peers_leave(loop->server->peers, c->peer_key);
    drop_body(c);
    buf_release(&c->held);
    if (c->exchange)
        c->exchange->conn = c->exchange->req.conn = NULL;
    if (c->stream)
        stream_gone(c->stream);
    free(c);
    loop_check_stopped(loop);
}

/* Gives the connections that evhttp has just accepted their place: peer, limit per address, time-outs. */
void
conn_census(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    (void)fd;
    (void)what;
    loop->has_warned = false;
    for (struct http_conn *c; (c = loop->fresh);) {
        void *ev = NULL;
        unlink_conn(c);
        bufferevent_getcb(c->bev, NULL, NULL, NULL, &ev); /* evhttp's connection, NULL when it gave up */
        bufferevent_decref(c->bev);
        if (!ev) {
            free(c);
            continue;
        }
        c->ev = ev;
        c->fd = bufferevent_getfd(c->bev);
        link_conn(c, &loop->conns);
        loop->n_conns++;
        remember_fd(loop, c);
        evhttp_connection_set_closecb(c->ev, on_close, c);
        c->seen_ms = loop_now_ms();
        c->deadline_ms = c->seen_ms + http_times.first_byte;
        note_peer(c);
        c->is_counted = !c->is_local && peers_enter(loop->server->peers, c->peer_key);
        if (!c->is_local && !c->is_counted)
            conn_close(c);
    }
}

void
conn_close(struct http_conn *c)
{
    evhttp_connection_free(c->ev); /* calls on_close */
}

/* ---- between requests */

void
conn_next(struct http_conn *c)
{
    c->phase = CONN_IDLE;
    c->refusal = (struct refusal){0};
    c->seen_ms = loop_now_ms();
    c->deadline_ms = c->seen_ms + http_times.idle;
    if (evbuffer_get_length(input_of(c)))
        begin_head(c); /* pipelined */
}

static void
on_sent(struct evhttp_request *ev, void *arg)
{
    (void)ev;
    struct http_conn *c = arg;
    source_end(c);
    if (!c->head.closes)
        conn_next(c);
}

/* The whole answer is in the kernel. Whoever is refused may still be talking; a close with unread bytes would reset the
 * connection and destroy the answer under way: so listen on for a while. evhttp frees both together. */
static void
linger(struct http_conn *c, struct evhttp_request *ev)
{
    bufferevent_data_cb on_write;
    bufferevent_event_cb on_event;
    void *arg;
    ev->userdone = 1;
    drop_input(c);
    shutdown(c->fd, SHUT_WR);
    bufferevent_getcb(c->bev, NULL, &on_write, &on_event, &arg);
    bufferevent_setcb(c->bev, NULL, on_write, on_event, arg); /* evhttp must not read: it would call this illegal */
    bufferevent_disable(c->bev, EV_WRITE);
    bufferevent_enable(c->bev, EV_READ);
    c->phase = CONN_LINGER;
    c->deadline_ms = loop_now_ms() + http_times.linger;
}

void
conn_send(struct http_conn *c, struct exchange *x)
{
    struct evhttp_request *ev = x->ev;
    size_t unsent = evbuffer_get_length(bufferevent_get_output(c->bev));
    x->ev = NULL;
    x->conn = NULL;
    c->exchange = NULL;
    ev->flags &= ~EVHTTP_USER_OWNED;
    ev->chunked = 0;
    c->head.closes = x->closes;
    if (c->refusal.status && !unsent) {
        linger(c, ev);
        return;
    }
    if (x->closes)
        evhttp_add_header(evhttp_request_get_output_headers(ev), "Connection", "close");
    evhttp_request_set_on_complete_cb(ev, on_sent, c);
    c->phase = CONN_SENDING;
    c->unsent = unsent;
    c->seen_ms = loop_now_ms();
    if (unsent)
        bufferevent_enable(c->bev, EV_WRITE);
    evhttp_send_reply_end(ev); /* at once when nothing is unsent; c may be gone after this */
}

void
conn_tick(struct http_conn *c, int64_t now_ms)
{
    bool is_late = false;
    switch (c->phase) {
    case CONN_HEAD:
    case CONN_BODY:
    case CONN_CHUNKS:
    case CONN_SPOOL:
        is_late = now_ms > c->deadline_ms || now_ms > c->seen_ms + http_times.inactive;
        break;
    case CONN_IDLE:
    case CONN_LINGER:
        is_late = now_ms > c->deadline_ms;
        break;
    case CONN_STREAM:
        stream_tick(c->stream, now_ms); /* fall through */
    case CONN_SENDING: {
        size_t unsent = evbuffer_get_length(bufferevent_get_output(c->bev));
        if (unsent != c->unsent || !unsent)
            c->seen_ms = now_ms;
        c->unsent = unsent;
        is_late = now_ms > c->seen_ms + http_times.unread;
        break;
    }
    case CONN_ANSWER:
        break;
    }
    if (is_late)
        conn_close(c);
}
