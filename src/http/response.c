/* What handlers say about their answer. */
#include "parts.h"

#include <assert.h>
#include <stdarg.h>

void
response_reset(struct response *res)
{
    struct buf body = res->body;
    source_close(&res->source);
    buf_clear(&body);
    *res = (struct response){.body = body};
}

void
response_header(struct response *res, const char *name, const char *value)
{
    assert(res->n_headers < (int)(sizeof res->headers / sizeof res->headers[0]));
    res->headers[res->n_headers].name = name;
    res->headers[res->n_headers].value = value;
    res->n_headers++;
}

const char *
response_find(const struct response *res, const char *name)
{
    for (int i = 0; i < res->n_headers; i++)
        if (strcasecmp(res->headers[i].name, name) == 0)
            return res->headers[i].value;
    return NULL;
}

/* Percent-encodes what is not in `keep` and neither a letter nor a digit. */
const char *
response_escape(struct arena *a, const char *z, const char *keep)
{
    struct str s = str_of(z);
    char *out = arena_alloc(a, 3 * s.n + 1), *p = out;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (is_alnum || (c && strchr(keep, c))) {
            *p++ = (char)c;
        } else {
            *p++ = '%';
            *p++ = "0123456789ABCDEF"[c >> 4];
            *p++ = "0123456789ABCDEF"[c & 15];
        }
    }
    return out;
}

void
response_cookie(struct request *req, struct response *res, const char *name, struct str value, int64_t max_age_s,
                bool http_only)
{
    bool is_plain = request_is_plain(req);
    const char *base = exchange_of(req)->loop->server->base_path;
    const char *age = "";
    if (max_age_s < 0)
        age = "; Max-Age=0";
    else if (max_age_s > 0)
        age = arena_printf(req->arena, "; Max-Age=%lld", (long long)max_age_s);
    const char *safe = response_escape(req->arena, str_z(req->arena, value), "!#$&'()*+-./:<=>?@[]^_`{|}~");
    response_header(res, "Set-Cookie",
                    arena_printf(req->arena, "%s%s=%s; Path=%s%s; SameSite=Lax%s%s", is_plain ? "" : "__Secure-", name,
                                 safe, base[0] ? base : "/", age, http_only ? "; HttpOnly" : "",
                                 is_plain ? "" : "; Secure"));
}

void
response_redirect(struct request *req, struct response *res, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *path = arena_alloc(req->arena, (size_t)(n > 0 ? n : 0) + 2);
    vsnprintf(path, (size_t)(n > 0 ? n : 0) + 1, fmt, again);
    va_end(again);
    /* "//host" and "/\host" are other sites to a browser. */
    if (path[0] != '/' || path[1] == '/' || path[1] == '\\')
        memcpy(path, "/", 2);
    res->status = 303;
    response_header(res, "Location",
                    arena_printf(req->arena, "%s%s", exchange_of(req)->loop->server->base_path,
                                 response_escape(req->arena, path, "-._~:/?#[]@!$&'()*+,;=%")));
}
