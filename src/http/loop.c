/* A loop: its thread, its clock tick, and its mailbox, through which other threads reach it. */
#include "parts.h"

#include <errno.h>
#include <event2/listener.h>
#include <malloc.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"

struct http_times http_times = {
    .tick = 1000,
    .first_byte = 15 * 1000,
    .inactive = 15 * 1000,
    .whole = 30 * 1000,
    .idle = 75 * 1000,
    .unread = 60 * 1000,
    .linger = 3 * 1000,
    .ping = 20 * 1000,
    .stop = 5 * 1000,
};

static _Thread_local struct http_loop *this_loop;

int64_t
loop_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Built by hand: strftime would write the days in the language of the locale. */
const char *
loop_date(struct http_loop *loop)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct timespec t;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    if (t.tv_sec != loop->date_s) {
        struct tm tm;
        gmtime_r(&t.tv_sec, &tm);
        snprintf(loop->date, sizeof loop->date, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
                 days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon, (tm.tm_year + 1900) % 10000, tm.tm_hour,
                 tm.tm_min, tm.tm_sec);
        loop->date_s = t.tv_sec;
    }
    return loop->date;
}

/* ---- the mailbox: a stack that any thread pushes on and the loop takes whole. Only the push that finds it empty wakes
 * the loop, so that a commit which answers two hundred requests costs one wake-up. */

void
loop_post(struct http_loop *loop, struct mail *mail)
{
    struct mail *head = atomic_load_explicit(&loop->inbox, memory_order_relaxed);
    do
        mail->next = head;
    while (!atomic_compare_exchange_weak(&loop->inbox, &head, mail));
    if (!head) {
        uint64_t one = 1;
        ssize_t n = write(loop->wake_fd, &one, sizeof one); /* fails only when it would overflow: then it is awake */
        (void)n;
    }
}

void
loop_deliver(struct http_loop *loop)
{
    struct mail *newest = atomic_exchange_explicit(&loop->inbox, NULL, memory_order_acquire), *oldest = NULL;
    while (newest) {
        struct mail *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest) {
        struct mail *mail = oldest;
        oldest = mail->next;
        mail->deliver(loop, mail);
    }
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    (void)what;
    uint64_t count;
    ssize_t n = read(fd, &count, sizeof count);
    (void)n;
    loop_deliver(loop);
}

/* ---- the tick */

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    (void)fd;
    (void)what;
    int64_t now = loop_now_ms();
    for (struct http_conn *c = loop->conns, *next; c; c = next) {
        next = c->next; /* a tick closes its own connection and no other */
        conn_tick(c, now);
    }
    if (loop->is_accept_paused && loop->bound) {
        loop->is_accept_paused = false;
        evconnlistener_enable(evhttp_bound_socket_get_listener(loop->bound));
    }
    if (loop->wants_trim) { /* big bodies came and went: give the memory back to the system */
        loop->wants_trim = false;
        malloc_trim(0);
    }
    loop_check_stopped(loop);
}

/* ---- accepting */

/* Out of descriptors: the listener would stay ready and spin. Rest until the next tick; the kernel keeps the queue. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
    struct http_loop *loop = this_loop;
    int why = errno;
    (void)arg; /* evhttp's own */
    evconnlistener_disable(listener);
    if (why == EINVAL)
        return; /* http_stop has shut the socket */
    loop->is_accept_paused = true;
    if (!loop->has_warned)
        log_warn("accept_paused", "why=%s", strerror(why));
    loop->has_warned = true; /* until a connection gets through */
}

bool
loop_listen(struct http_loop *loop, int fd, struct err *err)
{
    struct evconnlistener *listener = evconnlistener_new(loop->base, NULL, loop, LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    loop->bound = listener ? evhttp_bind_listener(loop->http, listener) : NULL;
    if (!loop->bound)
        return err_set(err, ERR_INTERNAL, "could not listen");
    evconnlistener_set_error_cb(listener, on_accept_error);
    return true;
}

/* ---- birth */

static struct event_base *
base_new(void)
{
    struct event_config *config = event_config_new();
    if (!config)
        return NULL;
    /* One thread per base: no locks. (The epoll changelist would save a fifth of the CPU of an empty page, but it tells
     * the kernel about descriptors after they were closed, when another thread may own the number.) */
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static bool
make_events(struct http_loop *loop)
{
    struct timeval every = {http_times.tick / 1000, http_times.tick % 1000 * 1000};
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake_fd < 0)
        return false;
    loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
    loop->census = event_new(loop->base, -1, 0, conn_census, loop);
    return loop->wake && loop->tick && loop->census && event_add(loop->wake, NULL) == 0 &&
           event_add(loop->tick, &every) == 0;
}

static bool
make_http(struct http_loop *loop)
{
    loop->http = evhttp_new(loop->base);
    if (!loop->http)
        return false;
    evhttp_set_allowed_methods(loop->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                               EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH);
    /* The limits that count are ours and stricter (conn.c); these only catch a mistake there. */
    evhttp_set_max_headers_size(loop->http, 2 * LIMIT_HEAD_BYTES);
    evhttp_set_max_body_size(loop->http, LIMIT_RECORDING_BODY_BYTES);
    evhttp_set_bevcb(loop->http, conn_accept, loop);
    evhttp_set_gencb(loop->http, dispatch, loop);
    return true;
}

struct http_loop *
loop_new(struct http_server *s, int index, struct err *err)
{
    struct http_loop *loop = xcalloc(1, sizeof *loop);
    loop->server = s;
    loop->index = index;
    loop->wake_fd = -1;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    loop->next_id = ((uint64_t)t.tv_sec << 20) + (uint64_t)index;
    loop->base = base_new();
    loop->gzip = gzip_new();
    if (!loop->base || !make_events(loop) || !make_http(loop)) {
        err_set(err, ERR_INTERNAL, "could not start a network loop: %s", strerror(errno));
        loop_free(loop);
        return NULL;
    }
    return loop;
}

static void *
run(void *arg)
{
    struct http_loop *loop = arg;
    this_loop = loop;
    event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}

bool
loop_start(struct http_loop *loop, struct err *err)
{
    /* Signals are for the main thread, SIGPIPE for nobody; what a loop breaks itself still ends the process. */
    sigset_t all, old;
    sigfillset(&all);
    static const int own_faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof own_faults / sizeof own_faults[0]; i++)
        sigdelset(&all, own_faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&loop->thread, NULL, run, loop);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    loop->has_thread = !failed;
    return !failed || err_set(err, ERR_INTERNAL, "could not start a thread: %s", strerror(failed));
}

/* ---- end */

void
loop_check_stopped(struct http_loop *loop)
{
    if (loop->is_stopping && (!loop->n_conns || loop_now_ms() > loop->stop_by_ms))
        event_base_loopbreak(loop->base);
}

static void
begin_stop(struct http_loop *loop, struct mail *mail)
{
    free(mail);
    if (loop->bound)
        evhttp_del_accept_socket(loop->http, loop->bound);
    loop->bound = NULL;
    loop->is_stopping = true;
    loop->stop_by_ms = loop_now_ms() + http_times.stop;
    conn_census(-1, 0, loop);
    for (struct http_conn *c = loop->conns, *next; c; c = next) {
        next = c->next;
        if (c->phase == CONN_IDLE || c->phase == CONN_STREAM || c->phase == CONN_LINGER)
            conn_close(c);
    }
    loop_check_stopped(loop);
}

void
loop_stop(struct http_loop *loop)
{
    struct mail *mail = xcalloc(1, sizeof *mail);
    mail->deliver = begin_stop;
    loop_post(loop, mail);
}

void
loop_join(struct http_loop *loop)
{
    if (loop->has_thread)
        pthread_join(loop->thread, NULL);
    loop->has_thread = false;
}

void
loop_free(struct http_loop *loop)
{
    if (!loop)
        return;
    loop_join(loop);
    if (loop->census)
        conn_census(-1, 0, loop);
    if (loop->http)
        evhttp_free(loop->http);
    loop_deliver(loop); /* resumes that came too late: their answers are dropped */
    exchange_free_all(loop);
    struct event *events[] = {loop->tick, loop->wake, loop->census};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (events[i])
            event_free(events[i]);
    if (loop->base)
        event_base_free(loop->base);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    gzip_free(loop->gzip);
    buf_release(&loop->head);
    free(loop->by_fd);
    free(loop);
}
