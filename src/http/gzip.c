#include "parts.h"

#include <zlib.h>

enum { WORTH_FROM = 1024, LEVEL = 1, KEEP = 1 << 20 };

struct gzip {
    z_stream z;
    struct buf out;
};

struct gzip *
gzip_new(void)
{
    struct gzip *g = xcalloc(1, sizeof *g);
    if (deflateInit2(&g->z, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK)
        return g;
    free(g);
    return NULL;
}

void
gzip_free(struct gzip *g)
{
    if (!g)
        return;
    deflateEnd(&g->z);
    buf_release(&g->out);
    free(g);
}

bool
gzip_is_worth(const struct exchange *x, struct str body)
{
    static const char *const types[] = {"text/", "application/json", "application/problem+json", "application/xml",
                                        "application/javascript", "application/manifest+json", "image/svg+xml"};
    if (body.n < WORTH_FROM || response_find(&x->res, "Content-Encoding"))
        return false;
    struct str type = str_of(x->res.content_type);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_starts(type, str_of(types[i])))
            return true;
    return false;
}

struct str
gzip_body(struct gzip *g, struct str body)
{
    struct str nothing = {"", 0};
    if (!g || body.n > UINT32_MAX / 2 || deflateReset(&g->z) != Z_OK)
        return nothing;
    if (g->out.cap > KEEP)
        buf_release(&g->out);
    buf_clear(&g->out);
    buf_need(&g->out, body.n); /* what does not fit here was not worth it */
    g->z.next_in = (Bytef *)(uintptr_t)body.p;
    g->z.avail_in = (uInt)body.n;
    g->z.next_out = (Bytef *)g->out.p;
    g->z.avail_out = (uInt)body.n;
    if (deflate(&g->z, Z_FINISH) != Z_STREAM_END)
        return nothing;
    g->out.n = body.n - g->z.avail_out;
    return buf_view(&g->out);
}
