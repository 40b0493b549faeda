/* parts.h — what the files of http/ share and no other folder includes (tests shorten the times).
 *
 * Who owns what, on one page:
 *   server    made and freed by http_start/http_free; owns the loops and the listening sockets.
 *   loop      one thread, one event base, one evhttp. Everything below belongs to exactly one loop and is touched by
 *             its thread alone, except the mailbox.
 *   conn      a client's connection; lives from accept until libevent closes it (on_close in conn.c).
 *   exchange  one request and its answer; taken from the loop's pool, given back when the answer is on its way. It may
 *             outlive its conn (parked, client gone): then exchange->conn is NULL and the answer is dropped.
 * No pointer to a conn or an exchange is held by another thread, except a struct parked, which is part of an exchange
 * that stays alive until it is unparked.
 */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h> /* TAILQ_FOREACH over evhttp's headers */

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

#include "http.h"
#include "limits.h"
#include "router.h"
#include "wire.h"

struct http_loop;

/* Milliseconds. Looked at once a tick, so they are exact to a tick. */
struct http_times {
    int tick;
    int first_byte; /* a new connection that says nothing */
    int inactive;   /* no byte of a request that has begun */
    int whole;      /* a request from its first to its last byte, plus a second for every LEAST_RATE bytes of body */
    int idle;       /* between requests */
    int unread;     /* the client takes nothing of an answer */
    int linger;     /* reads on after a refusal, so that the client sees the answer and not a reset */
    int ping;       /* a comment in a quiet stream */
    int stop;       /* http_stop waits so long for answers in flight */
};
extern struct http_times http_times;
enum { LEAST_RATE = 32 * 1024 };

/* Something another thread wants done on a loop's thread. */
struct mail {
    struct mail *next;
    void (*deliver)(struct http_loop *loop, struct mail *mail);
};

enum park_state { PARK_NONE, PARK_WAITS, PARK_IS_DUE };
struct parked {
    struct mail mail;
    _Atomic int state;
    void (*resume)(struct request *req, struct response *res, void *arg);
    void *arg;
};

struct exchange {
    struct request req; /* first, so that a request is its exchange */
    struct response res;
    struct http_loop *loop;
    struct http_conn *conn; /* NULL: the client has gone */
    struct evhttp_request *ev; /* owns headers and body; ours until the answer is on its way */
    struct parked parked;
    struct http_stream *stream;
    size_t counted; /* bytes of body in the server's count */
    struct sieve *sieve; /* files of the body that were spooled, or NULL */
    bool accepts_gzip, closes;
    struct exchange *next, **link; /* in loop->busy; in loop->pool without link */
};

enum conn_phase {
    CONN_IDLE,    /* waits for the first byte of a request */
    CONN_HEAD,    /* a head is coming; evhttp has not seen it */
    CONN_BODY,    /* evhttp has the head and collects the body */
    CONN_CHUNKS,  /* we collect a chunked body; evhttp has seen nothing */
    CONN_SPOOL,   /* the same of a big body with a length, whose files go to the spool */
    CONN_ANSWER,  /* a handler has it, or it is parked */
    CONN_SENDING, /* the rest of an answer is in libevent's hands */
    CONN_STREAM,
    CONN_LINGER,
};

struct http_conn {
    struct http_loop *loop;
    struct http_conn *next, **link; /* in loop->conns, or in loop->fresh before conn_census */
    struct evhttp_connection *ev; /* NULL until conn_census */
    struct bufferevent *bev;
    int fd;
    enum conn_phase phase;
    int64_t begun_ms; /* the first byte of the request */
    int64_t seen_ms; /* the last byte that came, or went out while sending */
    int64_t deadline_ms;
    size_t unsent; /* at the last tick */
    struct head head; /* of the request being received; its views are empty */
    struct refusal refusal; /* why this request is only to be refused */
    struct buf held; /* head bytes that evhttp may not see yet */
    struct chunks chunks;
    struct evbuffer *body; /* decoded chunks */
    struct sieve *sieve;   /* or here */
    uint64_t spool_left;   /* of a body with a length: bytes to come */
    uint64_t spool_came;   /* of a chunked one */
    size_t counted, limit; /* of the body */
    bool wants_room; /* for a big body that is about to come */
    bool is_refilling; /* we put bytes into the input ourselves */
    bool is_local; /* loopback or Unix socket: may be a proxy of ours */
    bool is_counted; /* in the table of peers */
    struct exchange *exchange;
    struct http_stream *stream;
    struct body_source source; /* of the answer being sent; `close` is NULL when there is none */
    int64_t source_at, source_left;
    char peer[48];
    unsigned char peer_key[16];
};

struct gzip; /* gzip.c */

struct http_loop {
    struct http_server *server;
    int index;
    pthread_t thread;
    bool has_thread, is_stopping, is_accept_paused, has_warned, wants_trim;
    struct event_base *base;
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct event *tick, *wake, *census;
    int wake_fd;
    _Atomic(struct mail *) inbox; /* newest first */
    struct http_conn *conns, *fresh;
    struct http_conn **by_fd;
    size_t n_by_fd, n_conns;
    struct exchange *busy, *pool;
    int n_pool;
    struct buf spare; /* lent to the response being made */
    struct gzip *gzip;
    struct buf head; /* the head of the answer being made */
    char date[40]; /* "Date: …\r\n" of this second */
    time_t date_s;
    uint64_t next_id;
    int64_t stop_by_ms;
    struct err err; /* of the request being handled; kept clean */
};

struct http_server {
    struct site site;
    struct router *router;
    char *base_path, *accel_root, *unix_path;
    bool insecure_lan, is_shared_socket, is_inherited, is_stopped;
    int port;
    int n_loops;
    struct http_loop **loops;
    int *sockets;
    int n_sockets;
    struct peers *peers;
    _Atomic size_t bodies; /* bytes of big bodies on their way in or being handled */
};

static inline struct exchange *
exchange_of(const struct request *req)
{
    return (struct exchange *)(uintptr_t)req;
}

/* loop.c */
int64_t loop_now_ms(void);
struct http_loop *loop_new(struct http_server *s, int index, struct err *err);
bool loop_listen(struct http_loop *loop, int fd, struct err *err);
bool loop_start(struct http_loop *loop, struct err *err);
void loop_post(struct http_loop *loop, struct mail *mail); /* from any thread */
void loop_deliver(struct http_loop *loop); /* on its own thread, or after that has ended */
void loop_stop(struct http_loop *loop);
void loop_join(struct http_loop *loop);
void loop_free(struct http_loop *loop);
void loop_check_stopped(struct http_loop *loop);
const char *loop_date(struct http_loop *loop);

/* peers.c: how many connections each address has, over all loops. */
struct peers;
struct peers *peers_new(void);
void peers_free(struct peers *p);
bool peers_enter(struct peers *p, const unsigned char key[16]); /* false: it has its share; nothing was counted */
void peers_leave(struct peers *p, const unsigned char key[16]);

/* conn.c */
struct bufferevent *conn_accept(struct event_base *base, void *loop); /* evhttp's hook */
void conn_census(evutil_socket_t fd, short what, void *loop);
struct http_conn *conn_of(struct http_loop *loop, struct evhttp_request *ev);
void conn_next(struct http_conn *c); /* the answer is out: wait for another request */
void conn_tick(struct http_conn *c, int64_t now_ms); /* may close it */
void conn_close(struct http_conn *c);
void conn_send(struct http_conn *c, struct exchange *x); /* hands the request back to evhttp: its answer is written */

/* dispatch.c */
void dispatch(struct evhttp_request *ev, void *loop); /* evhttp's hook */
const struct route *dispatch_route(const struct http_server *s, const struct head *head); /* NULL: none, or refused later */
void dispatch_finish(struct exchange *x); /* the handler or a resume has returned */
void dispatch_fail(struct exchange *x, const struct err *err, int status); /* status 0: as the kind says */

/* sieve.c */
struct sieve;
struct sieve *sieve_new(const struct spool *spool, struct str content_type); /* NULL: not a body to be sieved */
struct refusal sieve_feed(struct sieve *s, struct str bytes);
struct refusal sieve_end(struct sieve *s);
struct str sieve_rest(const struct sieve *s); /* what is left of the body, a well-formed body of its own */
bool sieve_is_whole(const struct sieve *s);   /* no multipart: all of it is one file */
void sieve_name_whole(struct sieve *s, struct request *req);
void sieve_measure(const struct sieve *s, struct request *req, struct upload *uploads, size_t n);
void sieve_free(struct sieve *s); /* drops what nobody took; accepts NULL */

/* exchange.c */
struct exchange *exchange_new(struct http_loop *loop, struct http_conn *conn, struct evhttp_request *ev);
void exchange_end(struct exchange *x);
int64_t exchange_age_us(const struct exchange *x);
void exchange_lend(struct exchange *x); /* a buffer for the body, before a handler runs */
void exchange_return(struct exchange *x); /* when nothing is in it */
void exchange_free_all(struct http_loop *loop);

/* request.c */
bool request_read(struct exchange *x, struct err *err); /* the head */
void request_read_blank(struct exchange *x); /* there is no head to speak of */
bool request_read_body(struct exchange *x, struct err *err);
size_t request_body_limit(const struct route *route, struct str content_type);
bool request_is_spooled(const struct route *route, struct str content_type);
ptrdiff_t request_path(char *out, struct str raw); /* decoded and checked; -1: refused */
bool request_is_plain(const struct request *req); /* cookies go without Secure */

/* response.c */
void response_reset(struct response *res);
const char *response_escape(struct arena *a, const char *z, const char *keep);
const char *response_find(const struct response *res, const char *name);

/* send.c */
void send_answer(struct exchange *x);
void send_stream_head(struct exchange *x, struct buf *out);
void send_done(struct exchange *x); /* tells the site that the answer is on its way */

/* file.c */
struct file_part {
    int fd; /* -1: none */
    int64_t at, n;
};
bool file_open(struct exchange *x, struct file_part *part, struct err *err); /* sets status and headers of a range */
void source_open(struct exchange *x, struct file_part *part);                /* the same of a source; fd stays -1 */
void source_begin(struct http_conn *c, struct body_source *source, const struct file_part *part); /* takes the source */
void source_end(struct http_conn *c);
void source_close(struct body_source *source);

/* gzip.c */
struct gzip *gzip_new(void);
void gzip_free(struct gzip *g);
bool gzip_is_worth(const struct exchange *x, struct str body);
struct str gzip_body(struct gzip *g, struct str body); /* valid until the next call; empty: it does not get shorter */

/* stream.c */
void stream_begin(struct exchange *x);
void stream_gone(struct http_stream *s); /* its connection ends */
void stream_tick(struct http_stream *s, int64_t now_ms);

#endif
