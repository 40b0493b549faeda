#include "map_page.h"

#include <sys/stat.h>

#include "map_page.html.h"
#include "settings.h"

enum { WHISTLES_SHOWN = 30, GROUND_BYTES_MAX = 8 * 1024 * 1024, YEAR_DAYS = 366 };

static const char *
minutes_words(struct arena *a, const struct station *s, double minutes)
{
    return s ? arena_printf(a, "约 %d 分钟", (int)minutes + 1) : "—";
}

/* The moment whose duty counts: a year back or ahead at most, because rosters reach no further. */
static void
find_moment(struct request *req, struct map_view *view)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct str asked = params_get(&req->args, "at");
    int32_t today = day_of(v->now);
    instant at;
    view->is_asked = asked.n && moment_parse(asked, &at) && day_of(at) >= today - YEAR_DAYS && day_of(at) <= today + YEAR_DAYS;
    view->is_wrong = asked.n && !view->is_asked;
    view->at = view->is_asked ? at : v->now;
    struct civil t = civil_of(view->at);
    view->when = view->is_asked ? arena_printf(a, "%d 年 %d 月 %d 日 %02d:%02d", t.year, t.month, t.day, t.hour, t.minute) : "现在";
    view->at_code = arena_printf(a, "%04d-%02d-%02dT%02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

static const char *
standing(const struct reach *r, const struct reached *x)
{
    return !x->is_placed                        ? "没有坐标"
           : !x->is_within                      ? "圈外"
           : r->n_on_duty && !x->is_within_then ? "圈外：就近的站点不值班"
           : !r->n_on_duty                      ? "圈内，没有站点值班"
                                                : "圈内";
}

static void
fill_reach(struct request *req, struct map_view *view)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    reach_of(a, v->area->scheme, v->area->registry, view->at, &view->reach);
    const struct reach *r = &view->reach;
    struct reach_line *outside = arena_array(a, struct reach_line, r->n + 1), *inside = arena_array(a, struct reach_line, r->n + 1);
    struct station_line *stations = arena_array(a, struct station_line, r->stations.n + 1);
    for (size_t i = 0; i < r->stations.n; i++) {
        stations[i] = (struct station_line){.s = &r->stations.p[i]};
        view->n_planned += r->stations.p[i].is_planned;
    }
    for (size_t i = 0; i < r->n; i++) {
        const struct reached *x = &r->p[i];
        bool is_inside = x->is_placed && !x->is_beyond;
        struct reach_lines *list = is_inside ? &view->inside : &view->outside;
        struct reach_line *line = &(is_inside ? inside : outside)[list->n++];
        *line = (struct reach_line){.x = x, .minutes = minutes_words(a, x->nearest, x->nearest_minutes),
                                       .minutes_then = minutes_words(a, x->on_duty, x->on_duty_minutes), .standing = standing(r, x),
                                       .community = community_name(v->area->registry, x->compound),
                                       .station = x->nearest ? x->nearest->org->name : STR("—")};
        if (x->nearest)
            stations[x->nearest - r->stations.p].n_compounds++;
    }
    view->outside.p = outside;
    view->inside.p = inside;
    view->stations = (struct station_lines){stations, r->stations.n};
    view->model = arena_printf(a, "分钟数 = 直线距离 × 绕行系数 %g ÷ 时速 %g 公里，是估算，不是导航；系数和分钟数由工作方案定。",
                               r->model.detour, r->model.speed_kmh);
}

/* Urgent ones first, each as any list shows it. */
static bool
fill_whistles(struct request *req, struct map_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct case_filter f = {.area = v->area->id, .state = -2, .list = LIST_ENFORCEMENT, .now = v->now, .sort = SORT_DUE, .limit = LIMIT_PAGE_ROWS};
    struct case_rows rows = {0};
    if (visible_filter(v, req->arena, &f) && !cases_list(v->db, app_keys(v->app), req->arena, &f, &rows, err))
        return false;
    struct case_line *out = arena_array(req->arena, struct case_line, rows.n + 1);
    size_t n = 0;
    for (int urgent = 1; urgent >= 0; urgent--)
        for (size_t i = 0; i < rows.n && n < WHISTLES_SHOWN; i++) {
            const struct case_file *c = &rows.p[i].c;
            if ((c->urgent != 0) == urgent && (c->dispatched_at || c->summoned_at))
                case_line_of(v, req->arena, c, &out[n++]);
        }
    view->whistles = (struct case_lines){out, n};
    return true;
}

/* ---- The ground: nothing, the county's own outlines, or tiles of 天地图 ---- */

static const char *
ground_path(struct request *req)
{
    return arena_printf(req->arena, "%s/map.geojson", app_dir(visit_of(req)->app));
}

static bool
has_ground(struct request *req)
{
    struct stat st;
    return stat(ground_path(req), &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= GROUND_BYTES_MAX;
}

static void
fill_ground(struct request *req, struct response *res, struct map_view *view)
{
    struct err err = {0};
    struct settings *s = settings_load(app_dir(visit_of(req)->app), &err);
    view->has_ground = has_ground(req);
    if (s && s->map && s->map->tianditu_key) {
        view->tianditu_key = arena_printf(req->arena, "%s", s->map->tianditu_key);
        view->approval = s->map->approval ? arena_printf(req->arena, "%s", s->map->approval) : NULL;
        response_header(res, "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; "
                        "img-src 'self' data: blob: https://*.tianditu.gov.cn; connect-src 'self'; font-src 'self'; "
                        "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        response_header(res, "Referrer-Policy", "origin"); /* a browser's key of 天地图 is bound to the site's address */
    }
    settings_free(s);
}

void
desk_map_ground(struct request *req, struct response *res)
{
    struct err err = {0};
    FILE *f = has_ground(req) ? fopen(ground_path(req), "re") : NULL;
    if (!f) {
        err_set(&err, ERR_NOT_FOUND, "没有底图文件。");
        page_fail(req, res, &err);
        return;
    }
    char piece[16 * 1024];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0 && res->body.n <= GROUND_BYTES_MAX;)
        buf_add(&res->body, piece, n);
    fclose(f);
    res->content_type = "application/geo+json";
}

void
desk_map(struct request *req, struct response *res)
{
    struct map_view *view = arena_new_of(req->arena, struct map_view);
    struct err err = {0};
    find_moment(req, view);
    fill_reach(req, view);
    if (!fill_whistles(req, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    fill_ground(req, res, view);
    layout_init(req, &view->layout, "地图", "map");
    page_desk_map(&res->body, view);
}
