/* The way of a request: checks, route, body, gate, fields, handler. */
#include "parts.h"

#include "log.h"

/* ---- refusals */

/* What is said to a person about a message that was refused on the wire. */
static const struct {
    int status;
    enum err_kind kind;
    const char *message;
} refusals[] = {
    {400, ERR_USAGE, "请求格式不正确。"},
    {413, ERR_TOO_LARGE, "传来的内容太大。"},
    {414, ERR_USAGE, "地址太长。"},
    {417, ERR_USAGE, "请求格式不正确。"},
    {431, ERR_USAGE, "请求头太大。"},
    {501, ERR_USAGE, "不支持这种请求方式。"},
    {503, ERR_BUSY, "现在上传的人太多，请稍后再试。"},
    {505, ERR_USAGE, "不支持这个版本的 HTTP。"},
};

void
dispatch_fail(struct exchange *x, const struct err *err, int status)
{
    struct site *site = &x->loop->server->site;
    struct response *res = &x->res;
    response_reset(res);
    res->status = status ? status : err_status(err->kind);
    if (site->fail) {
        site->fail(&x->req, res, err);
    } else {
        res->content_type = "text/plain; charset=utf-8";
        buf_z(&res->body, err->message);
    }
    if (status)
        res->status = status;
}

static void
refuse(struct exchange *x, struct err *err)
{
    struct refusal why = x->conn->refusal;
    if (!request_read(x, err)) {
        *err = (struct err){0};
        request_read_blank(x);
    }
    size_t i = 0;
    while (i + 1 < sizeof refusals / sizeof refusals[0] && refusals[i].status != why.status)
        i++;
    err_set(err, refusals[i].kind, "%s", refusals[i].message);
    err_detail(err, "%s", why.why);
    x->closes = true;
    dispatch_fail(x, err, refusals[i].status);
}

/* ---- the way in */

static void
not_allowed(struct exchange *x, unsigned allowed, struct err *err)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {{HTTP_GET, "GET, HEAD"}, {HTTP_POST, "POST"}, {HTTP_PUT, "PUT"}, {HTTP_DELETE, "DELETE"},
                 {HTTP_PATCH, "PATCH"}};
    const char *list = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (allowed & names[i].method)
            list = arena_printf(x->req.arena, "%s%s%s", list, list[0] ? ", " : "", names[i].name);
    err_set(err, ERR_USAGE, "这个地址不接受这种请求方式。");
    dispatch_fail(x, err, 405);
    response_header(&x->res, "Allow", list);
}

static bool
check_fields(struct exchange *x, const struct route *route, struct err *err)
{
    const struct params *in = x->req.method == HTTP_GET ? &x->req.args : &x->req.form;
    return !route->fields || form_check(route->fields, route->n_fields, in, x->loop->server->site.lookup, &x->req, err);
}

/* False: err says why; the response is still to be made. */
static bool
serve(struct exchange *x, struct err *err)
{
    const struct http_server *s = x->loop->server;
    struct request *req = &x->req;
    if (!request_read(x, err))
        return false;
    if (!req->path.n) {
        req->path = STR("/");
        response_redirect(req, &x->res, "/%s%.*s", req->query.n ? "?" : "", (int)req->query.n, req->query.p);
        return true;
    }
    struct match match;
    router_match(s->router, req->method, req->path, &match);
    if (!match.route) {
        if (!match.allowed)
            return err_set(err, ERR_NOT_FOUND, "没有这个页面。");
        not_allowed(x, match.allowed, err);
        return true;
    }
    const struct route *route = match.route;
    req->route = route;
    memcpy(req->vars, match.vars, (size_t)match.n_vars * sizeof match.vars[0]);
    if (!request_read_body(x, err) || (s->site.gate && !s->site.gate(req, route, err)) || !check_fields(x, route, err))
        return false;
    route->handle(req, &x->res);
    return true;
}

void
dispatch(struct evhttp_request *ev, void *arg)
{
    struct http_loop *loop = arg;
    struct http_conn *c = conn_of(loop, ev);
    struct exchange *x = exchange_new(loop, c, ev);
    struct err *err = &loop->err;
    log_set_request(x->req.id);
    c->phase = CONN_ANSWER;
    x->closes = c->head.closes;
    if (c->refusal.status)
        refuse(x, err);
    else if (!serve(x, err))
        dispatch_fail(x, err, 0);
    if (err->kind != ERR_NONE || err->n_fields)
        *err = (struct err){0}; /* six kilobytes: only when it was used */
    dispatch_finish(x);
    log_set_request(0);
}

void
dispatch_finish(struct exchange *x)
{
    if (x->res.is_parked) {
        if (!x->res.body.n)
            exchange_return(x);
    } else if (x->stream) {
        stream_begin(x);
    } else {
        send_answer(x);
    }
}

const struct route *
dispatch_route(const struct http_server *s, const struct head *head)
{
    char room[LIMIT_URL_BYTES];
    const char *query = memchr(head->target.p, '?', head->target.n);
    struct str raw = str_slice(head->target, 0, query ? (size_t)(query - head->target.p) : head->target.n);
    ptrdiff_t n = request_path(room, raw);
    struct str path = {room, n > 0 ? (size_t)n : 0}, base = str_of(s->base_path);
    struct match match = {0};
    if (str_starts(path, base))
        router_match(s->router, head->method, str_slice(path, base.n, path.n), &match);
    return match.route;
}
