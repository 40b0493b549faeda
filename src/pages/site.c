/* The whole site: the route tables joined, a wrapper around every handler, and the server that runs them. */
#include "site.h"

#include "files_page.h"
#include "log.h"

enum { ROUTES_MAX = 400, DEVICE_COOKIE_S = 400 * 24 * 3600 };

static struct route joined[ROUTES_MAX];
static const struct route *originals[ROUTES_MAX];
static size_t n_joined;

const struct route *
site_route(const struct request *req)
{
    size_t i = req->route ? (size_t)(req->route - joined) : n_joined;
    return i < n_joined ? originals[i] : NULL;
}

/* ---- What every page has ---- */

static bool
is_page(const struct response *res)
{
    return !res->cacheable && !res->fixed.p && !res->file_path && !res->source.read &&
           (!res->content_type || strncmp(res->content_type, "text/html", 9) == 0);
}

void
site_settle(struct site_visit *sv, struct response *res)
{
    if (res->is_parked || !is_page(res))
        return;
    if (sv->device_cookie) {
        response_cookie(sv->req, res, "dev", str_of(sv->device_cookie), DEVICE_COOKIE_S, true);
        sv->device_cookie = NULL;
    }
}

/* ---- Around a handler ---- */

static void
serve_route(struct request *req, struct response *res)
{
    const struct route *route = site_route(req);
    if ((route->flags & ROUTE_QUIET) && (route->access & ACCESS_PUBLIC)) {
        route->handle(req, res);
        return;
    }
    struct site_visit *sv = site_visit_of(req);
    struct err err = {0};
    sv->res = res;
    if (!db_read_begin(sv->v.db, &err)) {
        site_fail(req, res, &err);
        return;
    }
    route->handle(req, res);
    db_read_end(sv->v.db);
    site_settle(sv, res);
}

static void
join(const struct route *routes, size_t n)
{
    for (size_t i = 0; i < n && n_joined < ROUTES_MAX; i++) {
        joined[n_joined] = routes[i];
        joined[n_joined].handle = serve_route;
        originals[n_joined++] = &routes[i];
    }
}

bool
site_start(struct app *app, const struct http_options *opt, struct http_server **out, struct err *err)
{
    n_joined = 0;
    join(system_routes, n_system_routes);
    join(staff_routes, n_staff_routes);
    join(api_routes, n_api_routes);
    join(resident_routes, n_resident_routes);
    if (n_joined == ROUTES_MAX)
        return err_set(err, ERR_INTERNAL, "too many routes for site.c");
    static struct site site;
    site = (struct site){.routes = joined,
                         .n_routes = n_joined,
                         .ctx = app,
                         .gate = site_gate,
                         .lookup = option_lookup,
                         .fail = site_fail,
                         .done = site_count,
                         .spool = files_spool(app)};
    html_set_base_path(opt->base_path ? opt->base_path : "");
    if (!live_start(app, err))
        return false;
    *out = http_start(opt, &site, err);
    if (!*out)
        live_stop();
    return *out != NULL;
}
