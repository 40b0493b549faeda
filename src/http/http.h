/* http.h — everything the rest of the program sees of HTTP. The library behind it (libevent's evhttp) shows nowhere else.
 *
 * One loop thread per core, each with its own listening socket (SO_REUSEPORT). A handler runs on a loop thread, must not
 * block, and either fills the response and returns, or parks the request and lets another thread unpark it later.
 * The dispatcher runs, in this order: limits and header checks, route match, body parsing, site->gate (session,
 * permission, CSRF), declared fields, handler. A handler holds only the happy path and its domain errors.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "err.h"
#include "form.h"
#include "str.h"

enum method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_DELETE = 8, HTTP_PATCH = 16 }; /* HEAD is served as GET */

struct upload { /* one file part of a multipart body; bytes borrow the request's body */
    struct str field, filename, type, bytes;
    int64_t size; /* of the whole file */
    int spooled;  /* not 0: bytes are only its first SPOOL_HEAD, all of it is what upload_take gives */
};
enum { SPOOL_HEAD = 64 };

struct request {
    struct arena *arena; /* lives until the answer is on its way */
    enum method method;
    bool is_head;
    struct str path;  /* percent-decoded, base path removed, starts with '/' */
    struct str query; /* raw */
    struct str host;  /* as sent, checked */
    struct str scheme; /* "http", or what the trusted proxy said */
    struct str address; /* the client's: by X-Forwarded-For of a proxy that is a loopback or Unix socket peer */
    struct str content_type;
    struct str body; /* raw bytes */
    struct params args; /* query parameters */
    struct params form; /* urlencoded or multipart fields, or a JSON object (see form.h; not with ROUTE_BODY_BIG) */
    const struct upload *uploads;
    size_t n_uploads;
    struct str vars[6]; /* values of :name and *rest in the route's pattern, in order */
    const struct route *route;
    uint64_t id; /* for the log */
    int64_t started_us; /* monotonic */
    void *session; /* site->gate puts who is asking here */
    void *site_ctx;
    int loop; /* number of the loop thread, 0…n-1: index of per-thread reader connections */
    bool is_htmx; /* asks for a fragment */
    bool wants_json; /* path or Accept says so */
    struct http_conn *conn; /* private to http/ */
};

/* The spool of a file that came in a big body; from now on the caller's. NULL when it was not spooled, or taken before. */
void *upload_take(struct request *req, const struct upload *u);

struct str request_header(const struct request *req, const char *name); /* empty when absent */
struct str request_cookie(const struct request *req, const char *name);

/* A body that is made while it is sent, a piece at a time and in order from any place: large files that lie encrypted. */
struct body_source {
    int64_t size; /* of all of it; a range of it may be asked for */
    bool (*read)(void *arg, int64_t at, void *out, size_t n); /* on the loop; false: the connection is cut off */
    void (*close)(void *arg); /* exactly once, however the answer ends */
    void *arg;
};

struct response {
    int status; /* 200 unless set */
    const char *content_type; /* default text/html; charset=utf-8 */
    struct buf body;
    struct {
        const char *name, *value; /* in the request's arena, or static */
    } headers[16];
    int n_headers;
    const char *file_path; /* send this file instead of body: by X-Accel-Redirect in production, else by us with ranges */
    struct body_source source; /* with `read` set: instead of body, with ranges */
    struct str fixed; /* static bytes instead of body: no copy */
    bool is_parked;
    bool cacheable; /* else Cache-Control: no-store is sent */
};

void response_header(struct response *res, const char *name, const char *value); /* value lives as long as the request */
void response_cookie(struct request *req, struct response *res, const char *name, struct str value, int64_t max_age_s,
                     bool http_only); /* max_age 0 = session, -1 = delete; Secure and prefix by scheme (docs/security) */
void response_redirect(struct request *req, struct response *res, const char *fmt, ...)
    __attribute__((format(printf, 3, 4))); /* 303 within the site; the base path is added */

/* A route: one row says everything a reviewer must know. `access` is a bit set that only the site's gate understands.
 * A route without access bits does not compile into the table (see ROUTE below). */
struct route {
    uint8_t methods;
    const char *pattern; /* "/cases/:no/actions/:action"; a last segment "*rest" takes all that follows */
    uint64_t access;
    const struct field *fields; /* checked before the handler; NULL when there are none or they depend on the case */
    size_t n_fields;
    uint32_t flags;
    void (*handle)(struct request *req, struct response *res);
};
/* How rows are written; a row with access 0 does not compile (and http_start refuses it).
 *     ROUTE(HTTP_GET, "/cases/:no", MAY_READ_CASES, .handle = get_case), */
#define ROUTE(methods_, pattern_, access_, ...)                                                                        \
    {                                                                                                                  \
        .methods = (methods_), .pattern = (pattern_),                                                                  \
        .access = (access_) + 0 * sizeof(char[(access_) ? 1 : -1]), __VA_ARGS__                                        \
    }
enum route_flag {
    ROUTE_BODY_FILE = 1,  /* may carry one photo or recording: body limit 21 MB / 101 MB instead of 64 KB */
    ROUTE_BODY_BIG = 2,   /* 101 MB of anything; only multipart is parsed, the rest is left in `body` */
    ROUTE_NO_CSRF = 4,    /* token-authenticated API and Open311 only */
    ROUTE_SAME_ORIGIN = 8, /* anonymous forms: Origin / Sec-Fetch-Site must be ours and a form token must match */
    ROUTE_STREAM = 16,    /* server-sent events */
    ROUTE_QUIET = 32,     /* not logged: health checks */
    ROUTE_SPOOL = 64,     /* files of a body beyond 64 KB go to the site's spool while they come, not into memory */
};

/* Where files of big bodies go while they come. All on the loop's thread; add appends, drop forgets it all. */
struct spool {
    void *(*open)(void *ctx); /* NULL: no room */
    bool (*add)(void *spooled, struct str piece);
    void (*drop)(void *spooled);
    void *ctx;
};

struct site {
    const struct route *routes;
    size_t n_routes;
    void *ctx;
    /* Session, permission, CSRF. False = err says why. Runs before the declared fields are checked. */
    bool (*gate)(struct request *req, const struct route *route, struct err *err);
    form_lookup lookup; /* for FIELD_CHOICE sources; ctx is the request */
    /* Writes an error answer in the site's manner (page, fragment or problem+json). Also used for 404 and limits:
     * res->status holds the status already (405, 414, 431 have no kind of their own), req->route is NULL when none was
     * found, and of a request that was too malformed to read there are only empty fields and the path "/". */
    void (*fail)(struct request *req, struct response *res, const struct err *err);
    void (*done)(struct request *req, const struct response *res, int64_t micros); /* log and metrics, may be NULL */
    struct spool spool; /* without open: ROUTE_SPOOL means nothing */
};

struct http_options {
    const char *listen;    /* "127.0.0.1:8080", "[::1]:0", "unix:/run/shaodao/http.sock", "fd:3" (from systemd) */
    const char *base_path; /* "" or "/zhzf" */
    int n_loops;           /* 0 = number of cores, at most 8 */
    bool insecure_lan;     /* plain HTTP beyond loopback: cookies without Secure */
    const char *accel_root; /* when set, files below this directory are handed to nginx: X-Accel-Redirect: /blob/… */
};

struct http_server;
struct http_server *http_start(const struct http_options *opt, const struct site *site, struct err *err);
int http_port(const struct http_server *s); /* the port really bound */
const char *http_base_path(const struct http_server *s);
void http_stop(struct http_server *s); /* stops accepting, lets answers in flight finish (5 s), joins the loops */
void http_free(struct http_server *s); /* after whoever unparks has ended: http_stop, writer, http_free */

/* Parking: the handler returns with res->is_parked set, the loop goes on. http_unpark must be called once, from any
 * thread, even before the handler has returned; `resume` then runs on the request's own loop, fills the response (or
 * parks again). When the client has gone meanwhile, resume still runs and its answer is dropped, so nothing is leaked;
 * after http_stop, http_free runs it. */
struct parked;
struct parked *http_park(struct request *req, struct response *res);
void http_unpark(struct parked *p, void (*resume)(struct request *req, struct response *res, void *arg), void *arg);

/* Server-sent events. http_stream_open is called by a ROUTE_STREAM handler instead of filling the response; the stream
 * lives until the client goes or http_stream_close. Send and close are thread-safe and never block; a slow client is
 * dropped. A comment line is sent every 20 s by http/ itself. `gone` runs exactly once, on the loop's thread, however
 * the stream ends; afterwards the pointer is dead. So whoever sends holds the lock under which `gone` forgets it. */
struct http_stream;
struct http_stream *http_stream_open(struct request *req, struct response *res, void (*gone)(void *arg), void *arg);
bool http_stream_send(struct http_stream *s, const char *event, struct str data);
void http_stream_close(struct http_stream *s);

#endif
