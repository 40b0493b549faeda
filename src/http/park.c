/* Requests that wait for another thread. */
#include "parts.h"

#include "log.h"

struct parked *
http_park(struct request *req, struct response *res)
{
    struct exchange *x = exchange_of(req);
    atomic_store_explicit(&x->parked.state, PARK_WAITS, memory_order_relaxed);
    res->is_parked = true;
    return &x->parked;
}

static void
resume(struct http_loop *loop, struct mail *mail)
{
    struct parked *p = (struct parked *)(void *)mail; /* its first member */
    struct exchange *x = (struct exchange *)(void *)((char *)p - offsetof(struct exchange, parked));
    (void)loop;
    atomic_store_explicit(&p->state, PARK_NONE, memory_order_relaxed);
    x->res.is_parked = false;
    exchange_lend(x);
    log_set_request(x->req.id);
    p->resume(&x->req, &x->res, p->arg);
    dispatch_finish(x);
    log_set_request(0);
}

void
http_unpark(struct parked *p, void (*then)(struct request *req, struct response *res, void *arg), void *arg)
{
    struct exchange *x = (struct exchange *)(void *)((char *)p - offsetof(struct exchange, parked));
    int state = PARK_WAITS;
    if (!atomic_compare_exchange_strong(&p->state, &state, PARK_IS_DUE)) {
        fputs("shaodao: a request was unparked twice\n", stderr);
        abort();
    }
    p->resume = then;
    p->arg = arg;
    p->mail.deliver = resume;
    loop_post(x->loop, &p->mail);
}
