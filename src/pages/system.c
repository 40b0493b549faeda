/* What serves machines: static files, health, metrics, icon and manifest. */
#include "log.h"
#include "site.h"
#include "web_gen.h"

enum { ONE_YEAR_S = 365 * 24 * 3600, TEN_MINUTES_S = 600 };

/* ---- Static files ---- */

static bool
takes_gzip(const struct request *req)
{
    return str_has(request_header(req, "Accept-Encoding"), STR("gzip"));
}

static bool
is_known_to_client(const struct request *req, const char *etag)
{
    struct str have = request_header(req, "If-None-Match");
    return have.n && (str_has(have, str_of(etag)) || str_is(have, "*"));
}

static void
send_asset(struct request *req, struct response *res, const struct asset *as)
{
    bool is_fixed = params_has(&req->args, "v"); /* the version is in the URL: it never changes */
    bool is_gz = as->gz && takes_gzip(req);
    const char *etag = arena_printf(req->arena, "\"%s%s\"", as->etag, is_gz ? "-gz" : "");
    res->cacheable = true;
    response_header(res, "Cache-Control",
                    is_fixed ? arena_printf(req->arena, "public, max-age=%d, immutable", ONE_YEAR_S)
                             : arena_printf(req->arena, "public, max-age=%d", TEN_MINUTES_S));
    response_header(res, "ETag", etag);
    if (as->gz)
        response_header(res, "Vary", "Accept-Encoding");
    if (is_known_to_client(req, etag)) {
        res->status = 304;
        return;
    }
    res->content_type = as->mime;
    if (is_gz)
        response_header(res, "Content-Encoding", "gzip");
    res->fixed = is_gz ? (struct str){(const char *)as->gz, as->gz_n} : (struct str){(const char *)as->raw, as->raw_n};
}

static void
send_asset_named(struct request *req, struct response *res, struct str path)
{
    const struct asset *as = asset_find(path);
    if (as) {
        send_asset(req, res, as);
        return;
    }
    struct err err = {0};
    err_set(&err, ERR_NOT_FOUND, "没有这个文件。");
    page_fail(req, res, &err);
}

static void
get_asset(struct request *req, struct response *res)
{
    send_asset_named(req, res, req->vars[0]);
}

static void
get_favicon(struct request *req, struct response *res)
{
    send_asset_named(req, res, STR("favicon.svg"));
}

static void
get_manifest(struct request *req, struct response *res)
{
    send_asset_named(req, res, STR("manifest.webmanifest"));
}

/* ---- Health ---- */

static void
say(struct response *res, int status, const char *text)
{
    res->status = status;
    res->content_type = "text/plain; charset=utf-8";
    buf_z(&res->body, text);
}

static void
get_health(struct request *req, struct response *res)
{
    (void)req;
    say(res, 200, "ok\n");
}

/* Ready: an area is published and the database answers. */
static void
get_ready(struct request *req, struct response *res)
{
    struct app *app = site_app(req);
    struct err err = {0};
    const struct area *area = app_area(app, 0);
    struct db *db = store_reader(app_store(app), req->loop);
    struct group_rows rows;
    if (!area || !area->scheme) {
        say(res, 503, "no area published\n");
        return;
    }
    if (!db_read_begin(db, &err) || !cases_open_by(db, req->arena, area->id, GROUP_STATE, app_now(app), &rows, &err)) {
        log_warn("not_ready", "error=%s detail=%s", err.message, err.detail);
        say(res, 503, "database does not answer\n");
        return;
    }
    db_read_end(db);
    say(res, 200, "ready\n");
}

/* Only for this machine, or with an API token: numbers are for those who run the server. */
static void
get_metrics(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct str a = req->address;
    bool is_local = str_is(a, "127.0.0.1") || str_is(a, "::1") || !a.n;
    if (!is_local && !v->person) {
        struct err err = {0};
        err_set(&err, ERR_FORBIDDEN, "只有本机或持令牌的程序可以读取。");
        page_fail(req, res, &err);
        return;
    }
    res->content_type = "text/plain; version=0.0.4; charset=utf-8";
    site_metrics(&res->body, v->app, v->db);
}

const struct route system_routes[] = {
    {HTTP_GET, "/a/*path", ACCESS_PUBLIC, NULL, 0, ROUTE_QUIET, get_asset},
    {HTTP_GET, "/favicon.ico", ACCESS_PUBLIC, NULL, 0, ROUTE_QUIET, get_favicon},
    {HTTP_GET, "/manifest.webmanifest", ACCESS_PUBLIC, NULL, 0, ROUTE_QUIET, get_manifest},
    {HTTP_GET, "/healthz", ACCESS_PUBLIC, NULL, 0, ROUTE_QUIET, get_health},
    {HTTP_GET, "/readyz", ACCESS_PUBLIC, NULL, 0, ROUTE_QUIET, get_ready},
    {HTTP_GET, "/metrics", ACCESS_PUBLIC, NULL, 0, 0, get_metrics},
};
const size_t n_system_routes = sizeof system_routes / sizeof *system_routes;
