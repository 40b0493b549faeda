/* Counting answers, and everything else that Prometheus reads. No ids and no personal data in labels. */
#include <stdatomic.h>

#include "log.h"
#include "site.h"
#include "web_gen.h"

enum { SERIES_MAX = 1024, BUCKETS = 9 };
static const double bounds_s[BUCKETS - 1] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

/* One series per route and status; routes are few and never change, so a slot once taken stays. */
struct series {
    _Atomic(const struct route *) route;
    _Atomic int status;
    _Atomic int64_t count;
};
static struct series series[SERIES_MAX];
static const struct route no_route = {.methods = 0, .pattern = "other"};
static _Atomic int64_t buckets[BUCKETS];
static _Atomic int64_t total_us;

static struct series *
series_of(const struct route *route, int status)
{
    size_t from = ((uintptr_t)route / sizeof *route * 31 + (size_t)status) % SERIES_MAX;
    for (size_t i = 0; i < SERIES_MAX; i++) {
        struct series *s = &series[(from + i) % SERIES_MAX];
        const struct route *free_slot = NULL;
        if (atomic_compare_exchange_strong(&s->route, &free_slot, route)) {
            atomic_store(&s->status, status);
            return s;
        }
        if (free_slot == route && atomic_load(&s->status) == status)
            return s;
    }
    return &series[0];
}

/* Of a request, or of a route (which may take several: the first). */
static const char *
method_name(unsigned m)
{
    return !m ? "-" : m & HTTP_GET ? "GET" : m & HTTP_POST ? "POST" : m & HTTP_PUT ? "PUT" : m & HTTP_DELETE ? "DELETE" : "PATCH";
}

/* The pattern is logged, never the path: paths hold secret links. */
void
site_count(struct request *req, const struct response *res, int64_t micros)
{
    const struct route *route = site_route(req);
    atomic_fetch_add(&series_of(route ? route : &no_route, res->status)->count, 1);
    size_t b = 0;
    while (b < BUCKETS - 1 && (double)micros / 1e6 > bounds_s[b])
        b++;
    atomic_fetch_add(&buckets[b], 1);
    atomic_fetch_add(&total_us, micros);
    if (route && (route->flags & ROUTE_QUIET))
        return;
    const struct site_visit *sv = req->session;
    struct str address = sv && sv->v.is_nobody ? STR("-") : req->address;
    log_event("request", "method=%s route=%s status=%d ms=%.1f person=%lld address=%.*s", method_name(req->method),
              route ? route->pattern : "-", res->status, (double)micros / 1000,
              sv && sv->v.person ? (long long)sv->v.person->id : 0LL, (int)address.n, address.p);
}

static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP shaodao_%s %s\n# TYPE shaodao_%s %s\n", name, help, name, type);
}

static void
requests(struct buf *out)
{
    head(out, "http_requests_total", "counter", "Answers by route and status.");
    for (size_t i = 0; i < SERIES_MAX; i++) {
        const struct route *r = atomic_load(&series[i].route);
        if (r)
            buf_printf(out, "shaodao_http_requests_total{route=\"%s\",method=\"%s\",code=\"%d\"} %lld\n", r->pattern,
                       method_name(r->methods), atomic_load(&series[i].status), (long long)atomic_load(&series[i].count));
    }
    head(out, "http_request_duration_seconds", "histogram", "Time from the first byte to the answer.");
    int64_t sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        sum += atomic_load(&buckets[i]);
        if (i < BUCKETS - 1)
            buf_printf(out, "shaodao_http_request_duration_seconds_bucket{le=\"%g\"} %lld\n", bounds_s[i], (long long)sum);
        else
            buf_printf(out, "shaodao_http_request_duration_seconds_bucket{le=\"+Inf\"} %lld\n", (long long)sum);
    }
    buf_printf(out, "shaodao_http_request_duration_seconds_sum %.6f\n", (double)atomic_load(&total_us) / 1e6);
    buf_printf(out, "shaodao_http_request_duration_seconds_count %lld\n", (long long)sum);
}

static void
storage(struct buf *out, struct app *app)
{
    struct store_stats st;
    store_statistics(app_store(app), &st);
    const struct {
        const char *name, *type, *help;
        int64_t value;
    } rows[] = {
        {"store_commits_total", "counter", "Batches made durable.", st.commits},
        {"store_jobs_total", "counter", "Actions saved.", st.jobs},
        {"store_conflicts_total", "counter", "Actions decided again after another one came first.", st.conflicts},
        {"store_failures_total", "counter", "Batches that failed.", st.failures},
        {"store_busy_total", "counter", "Actions refused because the queue was full.", st.busy},
        {"store_queue", "gauge", "Actions that wait for the writer.", st.queue},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        head(out, rows[i].name, rows[i].type, rows[i].help);
        buf_printf(out, "shaodao_%s %lld\n", rows[i].name, (long long)rows[i].value);
    }
}

static void
cases(struct buf *out, struct app *app, struct db *db)
{
    const struct area *areas[16];
    size_t n = app_areas(app, areas, 16);
    struct arena *a = arena_new();
    head(out, "cases_open", "gauge", "Open cases by area and state.");
    struct buf late = {0};
    for (size_t i = 0; i < n; i++) {
        struct group_rows rows = {0};
        struct err err = {0};
        if (!cases_open_by(db, a, areas[i]->id, GROUP_STATE, app_now(app), &rows, &err))
            continue;
        int64_t overdue = 0;
        for (size_t k = 0; k < rows.n; k++) {
            overdue += rows.p[k].overdue;
            buf_printf(out, "shaodao_cases_open{area=\"%lld\",state=\"%s\"} %lld\n", (long long)areas[i]->id,
                       case_state_code((int)rows.p[k].key_n), (long long)rows.p[k].count);
        }
        buf_printf(&late, "shaodao_cases_overdue{area=\"%lld\"} %lld\n", (long long)areas[i]->id, (long long)overdue);
    }
    head(out, "cases_overdue", "gauge", "Open cases past the time of their main duty, by area.");
    buf_str(out, buf_view(&late));
    buf_release(&late);
    arena_free(a);
}

void
site_metrics(struct buf *out, struct app *app, struct db *db)
{
    head(out, "build_info", "gauge", "The running program.");
    buf_printf(out, "shaodao_build_info{assets=\"%s\"} 1\n", ASSET_VERSION);
    requests(out);
    storage(out, app);
    cases(out, app, db);
}
