/* The shell of /m is the same for everybody, so that a phone may keep it; who is logged in is asked of /api/v1/field. */
#include "field.h"

#include "field.html.h"

static void
show(struct request *req, struct response *res)
{
    const struct area *area = visit_of(req)->area;
    const struct field_view view = {.county = area->scheme->county, .is_large = visit_of(req)->is_large};
    page_field(&res->body, &view);
}

void
field_page(struct request *req, struct response *res)
{
    show(req, res);
}

void
field_shell(struct request *req, struct response *res)
{
    show(req, res);
}

/* Its text begins with the version of all files: a new build is a new worker, which fetches the new files. */
void
field_worker(struct request *req, struct response *res)
{
    const struct asset *as = asset_find(STR("field-sw.js"));
    struct err err = {0};
    if (!as) {
        err_set(&err, ERR_NOT_FOUND, "没有这个文件。");
        page_fail(req, res, &err);
        return;
    }
    res->content_type = as->mime;
    res->cacheable = true;
    response_header(res, "Cache-Control", "no-cache");
    response_header(res, "Service-Worker-Allowed", arena_printf(req->arena, "%s/m", html_base_path()));
    buf_printf(&res->body, "const VERSION = \"%s\", BASE = \"%s\";\n", ASSET_VERSION, html_base_path());
    buf_str(&res->body, (struct str){(const char *)as->raw, as->raw_n});
}

void
field_manifest(struct request *req, struct response *res)
{
    const struct asset *as = asset_find(STR("field.webmanifest"));
    struct err err = {0};
    if (!as) {
        err_set(&err, ERR_NOT_FOUND, "没有这个文件。");
        page_fail(req, res, &err);
        return;
    }
    res->content_type = as->mime;
    buf_str(&res->body, (struct str){(const char *)as->raw, as->raw_n});
}
