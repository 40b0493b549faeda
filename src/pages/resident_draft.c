/* The draft of a report: urlencoded fields in the database under a random id, a day long. */
#include "crypto.h"
#include "resident.h"

enum { DRAFT_BYTES = 18, DRAFT_S = 24 * 3600 };

static struct str
draft_cookie(const struct request *req)
{
    struct str id = request_cookie(req, "draft");
    return id.n == DRAFT_BYTES * 4 / 3 ? id : STR("");
}

bool
draft_load(struct request *req, const char *place, struct draft *out)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    *out = (struct draft){.id = draft_cookie(req)};
    if (!out->id.n || !draft_find(v->app, v->db, req->arena, out->id, &out->p, &err))
        return false;
    return !place || str_is(draft_get(out, "place"), place);
}

struct str
draft_get(const struct draft *d, const char *name)
{
    return params_get(&d->p, name);
}

void
draft_set(struct request *req, struct draft *d, const char *name, struct str value)
{
    size_t n = 0;
    for (size_t i = 0; i < d->p.n; i++)
        if (!str_is(d->p.p[i].name, name))
            d->p.p[n++] = d->p.p[i];
    d->p.n = n;
    draft_add(req, d, name, value);
}

void
draft_add(struct request *req, struct draft *d, const char *name, struct str value)
{
    if (value.n)
        params_add(req->arena, &d->p, str_of(name), str_dup(req->arena, value));
}

struct str
draft_text(struct request *req, const struct draft *d)
{
    struct buf b = {0};
    for (size_t i = 0; i < d->p.n; i++) {
        if (b.n)
            buf_char(&b, '&');
        html_url_part(&b, d->p.p[i].name);
        buf_char(&b, '=');
        html_url_part(&b, d->p.p[i].value);
    }
    return buf_keep(req->arena, &b);
}

struct keeping {
    struct keep_draft k; /* first: the action */
    void *more;
};

static struct str
draft_new_id(struct arena *a)
{
    uint8_t raw[DRAFT_BYTES];
    crypto_random(raw, sizeof raw);
    struct buf b = {0};
    buf_base64url(&b, raw, sizeof raw);
    return buf_keep(a, &b);
}

void
draft_keep(struct request *req, struct response *res, struct draft *d,
           void (*then)(struct request *req, struct response *res, struct action *a), void *more)
{
    struct keeping *k = arena_new_of(req->arena, struct keeping);
    if (!d->id.n)
        d->id = draft_new_id(req->arena);
    *k = (struct keeping){.k.id = d->id, .k.data = draft_text(req, d), .more = more};
    page_wait(req, res, &k->k.base, then);
    keep_draft(&k->k, visit_of(req)->db);
}

void *
draft_more(struct action *a)
{
    return ((struct keeping *)a)->more;
}

static void
saved(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    response_cookie(req, res, "draft", ((struct keeping *)a)->k.id, DRAFT_S, true);
    response_redirect(req, res, "%s", (const char *)draft_more(a));
}

void
draft_save(struct request *req, struct response *res, struct draft *d, const char *next)
{
    draft_keep(req, res, d, saved, (void *)(uintptr_t)next);
}
