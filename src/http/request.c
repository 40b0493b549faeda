/* A request as handlers see it, made from what evhttp has parsed. */
#include "parts.h"

#include <arpa/inet.h>

#include "json.h"
#include "multipart.h"

static bool
bad(struct err *err, const char *why)
{
    err_set(err, ERR_USAGE, "请求格式不正确。");
    return err_detail(err, "%s", why);
}

/* ---- the head */

struct str
request_header(const struct request *req, const char *name)
{
    const struct exchange *x = exchange_of(req);
    const char *value = x->ev ? evhttp_find_header(evhttp_request_get_input_headers(x->ev), name) : NULL;
    return str_of(value);
}

/* Where from a client that speaks through our own proxy really comes: the proxy overwrites the header, so that it holds
 * one address; of a list only the last was written by it. */
static void
read_forwarded_for(struct exchange *x, struct str value)
{
    struct str last = STR("");
    for (struct str piece; str_cut(&value, ',', &piece);)
        last = str_trim(piece);
    unsigned char scratch[16];
    const char *z = str_z(x->req.arena, last);
    if (inet_pton(AF_INET, z, scratch) == 1 || inet_pton(AF_INET6, z, scratch) == 1)
        x->req.address = (struct str){z, last.n};
}

static bool
accepts_gzip(struct str value)
{
    for (struct str piece; str_cut(&value, ',', &piece);) {
        struct str name, weight = STR("");
        if (!str_cut(&piece, ';', &name) || !wire_same(str_trim(name), "gzip"))
            continue;
        if (piece.p)
            weight = str_trim(piece);
        return !weight.n || !str_has(weight, STR("=0")) || str_has(weight, STR("=0."));
    }
    return false;
}

struct wishes { /* of the headers, until all are read */
    bool is_htmx, is_boosted, is_restore, accepts_json, accepts_html;
};

static void
read_header(struct exchange *x, struct wishes *w, const char *name, const char *value)
{
    struct request *req = &x->req;
    bool is_local = x->conn && x->conn->is_local;
    switch (name[0] | 0x20) {
    case 'h':
        if (!strcasecmp(name, "Host"))
            req->host = str_of(value);
        else if (!strcasecmp(name, "HX-Request"))
            w->is_htmx = true;
        else if (!strcasecmp(name, "HX-Boosted"))
            w->is_boosted = true;
        else if (!strcasecmp(name, "HX-History-Restore-Request"))
            w->is_restore = true;
        break;
    case 'a':
        if (!strcasecmp(name, "Accept")) {
            w->accepts_json = strstr(value, "application/json") != NULL;
            w->accepts_html = strstr(value, "text/html") != NULL;
        } else if (!strcasecmp(name, "Accept-Encoding")) {
            x->accepts_gzip = accepts_gzip(str_of(value));
        }
        break;
    case 'c':
        if (!strcasecmp(name, "Content-Type"))
            req->content_type = str_of(value);
        break;
    case 'x':
        if (is_local && !strcasecmp(name, "X-Forwarded-For"))
            read_forwarded_for(x, str_of(value));
        else if (is_local && !strcasecmp(name, "X-Forwarded-Proto") && !strcasecmp(value, "https"))
            req->scheme = STR("https");
        break;
    default:
        break;
    }
}

void
request_read_blank(struct exchange *x)
{
    struct request *req = &x->req;
    struct http_loop *loop = x->loop;
    req->method = HTTP_GET;
    req->path = STR("/");
    req->query = req->host = req->content_type = req->body = STR("");
    req->scheme = STR("http");
    req->address = x->conn ? str_of(x->conn->peer) : STR("");
    req->site_ctx = loop->server->site.ctx;
    req->loop = loop->index;
    req->conn = x->conn;
}

static bool
has_dot_segment(struct str path)
{
    for (struct str piece; str_cut(&path, '/', &piece);)
        if (str_is(piece, ".") || str_is(piece, ".."))
            return true;
    return false;
}

static size_t
count_byte(struct str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

ptrdiff_t
request_path(char *out, struct str raw)
{
    ptrdiff_t n = wire_unescape(out, raw, false);
    struct str path = {out, n > 0 ? (size_t)n : 0};
    if (n <= 0 || !utf8_valid(path) || has_dot_segment(path))
        return -1;
    for (ptrdiff_t i = 0; i < n; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7F)
            return -1;
    /* %2F would be a slash for us and a letter for the proxy in front. */
    return count_byte(path, '/') == count_byte(raw, '/') ? n : -1;
}

/* Pairs of a query or an urlencoded body. */
static bool
read_pairs(struct arena *a, struct str s, struct params *out, struct err *err)
{
    if (!s.n)
        return true;
    char *room = arena_alloc(a, s.n + 1);
    for (struct str pair; str_cut(&s, '&', &pair);) {
        if (!pair.n)
            continue;
        const char *eq = memchr(pair.p, '=', pair.n);
        size_t at = eq ? (size_t)(eq - pair.p) : pair.n;
        ptrdiff_t n_name = wire_unescape(room, str_slice(pair, 0, at), true);
        struct str name = {room, n_name > 0 ? (size_t)n_name : 0};
        room += name.n;
        ptrdiff_t n_value = wire_unescape(room, str_slice(pair, at + 1, pair.n), true);
        struct str value = {room, n_value > 0 ? (size_t)n_value : 0};
        room += value.n;
        if (n_name < 0 || n_value < 0)
            return bad(err, "bad percent-encoding");
        if (!utf8_valid(name) || !utf8_valid(value))
            return bad(err, "not UTF-8");
        if (out->n == LIMIT_FORM_FIELDS)
            return err_set(err, ERR_TOO_LARGE, "内容太多，一次最多 %d 项。", LIMIT_FORM_FIELDS);
        params_add(a, out, name, value);
    }
    return true;
}

/* Takes the base path off; "" is left of the bare base path, which dispatch redirects. */
static bool
strip_base_path(struct request *req, struct str base, struct err *err)
{
    if (!base.n)
        return true;
    struct str rest = str_slice(req->path, base.n, req->path.n);
    if (!str_starts(req->path, base) || (rest.n && rest.p[0] != '/'))
        return err_set(err, ERR_NOT_FOUND, "没有这个页面。");
    req->path = rest;
    return true;
}

static bool
ends_with(struct str s, struct str end)
{
    return s.n >= end.n && str_eq(str_slice(s, s.n - end.n, s.n), end);
}

bool
request_read(struct exchange *x, struct err *err)
{
    struct request *req = &x->req;
    request_read_blank(x);
    req->method = x->conn->head.method;
    req->is_head = x->conn->head.is_head;

    struct wishes w = {0};
    const struct evkeyval *h;
    TAILQ_FOREACH (h, evhttp_request_get_input_headers(x->ev), next)
        read_header(x, &w, h->key, h->value);
    req->is_htmx = w.is_htmx && !w.is_boosted && !w.is_restore; /* those two want whole pages */

    struct str target = str_of(evhttp_request_get_uri(x->ev)), raw = STR("/");
    str_cut(&target, '?', &raw);
    req->query = target.p ? target : STR("");
    char *path = arena_alloc(req->arena, raw.n + 1);
    ptrdiff_t n = request_path(path, raw);
    if (n < 0)
        return bad(err, "bad path");
    req->path = (struct str){path, (size_t)n};
    if (!strip_base_path(req, str_of(x->loop->server->base_path), err))
        return false;
    req->wants_json = str_starts(req->path, STR("/api/")) || ends_with(req->path, STR(".json")) ||
                      (w.accepts_json && !w.accepts_html);
    return read_pairs(req->arena, req->query, &req->args, err);
}

/* ---- cookies */

static struct str
cookie_value(const struct request *req, struct str raw)
{
    raw = str_trim(raw);
    if (raw.n >= 2 && raw.p[0] == '"' && raw.p[raw.n - 1] == '"')
        raw = str_slice(raw, 1, raw.n - 1);
    if (!memchr(raw.p, '%', raw.n))
        return raw;
    char *out = arena_alloc(req->arena, raw.n + 1);
    ptrdiff_t n = wire_unescape(out, raw, false);
    return n >= 0 && utf8_valid((struct str){out, (size_t)n}) ? (struct str){out, (size_t)n} : raw;
}

/* Over TLS only the prefixed name counts: another site on the domain, or plain HTTP, cannot have set that one. */
struct str
request_cookie(const struct request *req, const char *name)
{
    const struct exchange *x = exchange_of(req);
    struct str prefix = request_is_plain(req) ? STR("") : STR("__Secure-"), wanted = str_of(name);
    const struct evkeyval *h;
    if (!x->ev)
        return STR("");
    TAILQ_FOREACH (h, evhttp_request_get_input_headers(x->ev), next) {
        struct str rest = str_of(h->value);
        if (strcasecmp(h->key, "Cookie") != 0)
            continue;
        for (struct str pair, key; str_cut(&rest, ';', &pair);) {
            pair = str_trim(pair);
            if (str_cut(&pair, '=', &key) && pair.p && str_starts(key, prefix) &&
                str_eq(str_slice(key, prefix.n, key.n), wanted))
                return cookie_value(req, pair);
        }
    }
    return STR("");
}

bool
request_is_plain(const struct request *req)
{
    if (str_is(req->scheme, "https"))
        return false;
    bool is_loopback = str_starts(req->address, STR("127.")) || str_is(req->address, "::1");
    return is_loopback || exchange_of(req)->loop->server->insecure_lan;
}

/* ---- the body */

static struct str
media_type(struct str content_type)
{
    const char *semi = memchr(content_type.p, ';', content_type.n);
    return str_trim(str_slice(content_type, 0, semi ? (size_t)(semi - content_type.p) : content_type.n));
}

static bool
is_recording(struct str type)
{
    return str_starts(type, STR("audio/")) || str_starts(type, STR("video/"));
}

size_t
request_body_limit(const struct route *route, struct str content_type)
{
    struct str type = media_type(content_type);
    if (!route || !(route->flags & (ROUTE_BODY_BIG | ROUTE_BODY_FILE)))
        return LIMIT_BODY_BYTES;
    if ((route->flags & ROUTE_BODY_BIG) || wire_same(type, "multipart/form-data") || is_recording(type))
        return LIMIT_RECORDING_BODY_BYTES; /* of a multipart body, the parts are weighed later */
    if (wire_same(type, "application/x-www-form-urlencoded") || wire_same(type, "application/json"))
        return LIMIT_BODY_BYTES;
    return LIMIT_PHOTO_BODY_BYTES;
}

/* Whatever a file route may carry but forms, which are small and wanted whole. */
bool
request_is_spooled(const struct route *route, struct str content_type)
{
    struct str type = media_type(content_type);
    return route && (route->flags & ROUTE_SPOOL) && !wire_same(type, "application/x-www-form-urlencoded") &&
           !wire_same(type, "application/json");
}

static bool
weigh_uploads(const struct multipart *m, struct err *err)
{
    for (size_t i = 0; i < m->n_uploads; i++) {
        bool is_long = is_recording(m->uploads[i].type);
        size_t limit = is_long ? LIMIT_RECORDING_BYTES : LIMIT_PHOTO_BYTES;
        if ((size_t)m->uploads[i].size > limit)
            return err_set(err, ERR_TOO_LARGE, "%s不能超过 %d MB。", is_long ? "录音录像" : "照片或文件",
                           (int)(limit >> 20));
    }
    return true;
}

static bool
read_multipart(struct request *req, struct err *err)
{
    struct str boundary;
    struct multipart m;
    if (!multipart_boundary(req->content_type, &boundary))
        return bad(err, "multipart without boundary");
    if (!multipart_parse(req->arena, req->body, boundary, &m, err))
        return false;
    req->form = m.fields;
    req->uploads = m.uploads;
    req->n_uploads = m.n_uploads;
    if (exchange_of(req)->sieve)
        sieve_measure(exchange_of(req)->sieve, req, m.uploads, m.n_uploads);
    return (req->route->flags & ROUTE_BODY_BIG) || weigh_uploads(&m, err);
}

static bool
read_json(struct request *req, struct err *err)
{
    json_t *json = json_parse(req->arena, req->body, err);
    return json && json_to_params(req->arena, json, &req->form, err);
}

bool
request_read_body(struct exchange *x, struct err *err)
{
    struct request *req = &x->req;
    struct evbuffer *in = evhttp_request_get_input_buffer(x->ev);
    size_t n = evbuffer_get_length(in);
    if (!n)
        return true;
    /* The one copy of a body, and only when it came in pieces. */
    req->body = (struct str){(const char *)evbuffer_pullup(in, -1), n};
    struct str type = media_type(req->content_type);
    if (n > request_body_limit(req->route, req->content_type))
        return err_set(err, ERR_TOO_LARGE, "内容太大。");
    if (wire_same(type, "multipart/form-data"))
        return read_multipart(req, err);
    if (x->sieve && sieve_is_whole(x->sieve)) {
        sieve_name_whole(x->sieve, req);
        sieve_measure(x->sieve, req, (struct upload *)(uintptr_t)req->uploads, req->n_uploads);
        return true;
    }
    if (req->route->flags & ROUTE_BODY_BIG)
        return true; /* the handler reads it as it comes */
    if (wire_same(type, "application/x-www-form-urlencoded"))
        return read_pairs(req->arena, req->body, &req->form, err);
    if (wire_same(type, "application/json"))
        return read_json(req, err);
    return true;
}
