#include "parts.h"

enum { POOL_MAX = 128, KEEP_BYTES = 1 << 20, BIG_BYTES = 1 << 20 };

static int64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
exchange_age_us(const struct exchange *x)
{
    return now_us() - x->req.started_us;
}

struct exchange *
exchange_new(struct http_loop *loop, struct http_conn *conn, struct evhttp_request *ev)
{
    struct exchange *x = loop->pool;
    if (x) {
        loop->pool = x->next;
        loop->n_pool--;
    } else {
        x = xcalloc(1, sizeof *x);
        x->req.arena = arena_new();
        x->loop = loop;
    }
    x->next = loop->busy;
    x->link = &loop->busy;
    if (x->next)
        x->next->link = &x->next;
    loop->busy = x;

    x->conn = conn;
    x->ev = ev;
    evhttp_request_own(ev); /* so that it outlives a connection that breaks while the request is parked */
    conn->exchange = x;
    x->req.id = loop->next_id;
    loop->next_id += (uint64_t)loop->server->n_loops;
    x->req.started_us = now_us();
    x->counted = conn->counted;
    conn->counted = 0;
    x->sieve = conn->sieve;
    conn->sieve = NULL;
    exchange_lend(x);
    return x;
}

void
exchange_lend(struct exchange *x)
{
    if (x->res.body.p)
        return;
    x->res.body = x->loop->spare;
    x->loop->spare = (struct buf){0};
}

/* One buffer per loop is enough: only one handler runs at a time, and those that wait hold nothing. */
void
exchange_return(struct exchange *x)
{
    struct buf *body = &x->res.body, *spare = &x->loop->spare;
    if (body->cap > KEEP_BYTES || spare->p) {
        buf_release(body);
        return;
    }
    buf_clear(body);
    *spare = *body;
    *body = (struct buf){0};
}

static void
exchange_free(struct exchange *x)
{
    source_close(&x->res.source);
    sieve_free(x->sieve);
    arena_free(x->req.arena);
    buf_release(&x->res.body);
    if (x->ev)
        evhttp_request_free(x->ev);
    free(x);
}

/* Everything as exchange_new wants to find it; the arena keeps a block. */
static void
clean(struct exchange *x)
{
    struct arena *arena = x->req.arena;
    source_close(&x->res.source);
    sieve_free(x->sieve);
    x->sieve = NULL;
    arena_reset(arena);
    x->req = (struct request){.arena = arena};
    x->res = (struct response){0};
    x->ev = NULL;
    x->conn = NULL;
    x->stream = NULL;
    x->counted = 0;
    x->accepts_gzip = x->closes = false;
    atomic_store_explicit(&x->parked.state, PARK_NONE, memory_order_relaxed);
}

void
exchange_end(struct exchange *x)
{
    struct http_loop *loop = x->loop;
    if (x->conn)
        x->conn->exchange = NULL;
    if (x->ev)
        evhttp_request_free(x->ev);
    if (x->counted > BIG_BYTES)
        loop->wants_trim = true;
    if (x->counted)
        atomic_fetch_sub(&loop->server->bodies, x->counted);
    exchange_return(x);
    clean(x);

    *x->link = x->next;
    if (x->next)
        x->next->link = x->link;
    if (loop->n_pool == POOL_MAX) {
        exchange_free(x);
        return;
    }
    x->next = loop->pool;
    x->link = NULL;
    loop->pool = x;
    loop->n_pool++;
}

void
exchange_free_all(struct http_loop *loop)
{
    for (struct exchange *x; (x = loop->busy); exchange_free(x))
        loop->busy = x->next;
    for (struct exchange *x; (x = loop->pool); exchange_free(x))
        loop->pool = x->next;
    buf_release(&loop->spare);
}
