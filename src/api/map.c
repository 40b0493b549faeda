/* GET /map.geojson: compounds, stations and open whistles as RFC 7946, WGS-84. Nothing in it is about a person. */
#include "api.h"
#include "reach.h"
#include "staff.h"

enum { WHISTLES_MAX = 500 };

static void
begin_feature(struct json *j, struct point at, const char *kind)
{
    json_open_object(j);
    json_put_z(j, "type", "Feature");
    json_put_object(j, "geometry");
    json_put_z(j, "type", "Point");
    json_put_array(j, "coordinates");
    json_double(j, at.lon);
    json_double(j, at.lat);
    json_close_array(j);
    json_close_object(j);
    json_put_object(j, "properties");
    json_put_z(j, "kind", kind);
}

static void
end_feature(struct json *j)
{
    json_close_object(j);
    json_close_object(j);
}

/* Minutes, rounded up; absent where no station is near enough to be named. */
static void
put_minutes(struct json *j, const char *key, const struct station *s, double minutes)
{
    if (s)
        json_put_int(j, key, (int64_t)minutes + 1);
    else
        json_put_none(j, key);
}

static void
put_compound(struct json *j, const struct reached *x, const struct case_rows *open)
{
    int64_t n = 0;
    for (size_t i = 0; i < open->n; i++)
        n += open->p[i].c.place == x->compound->id;
    begin_feature(j, (struct point){x->compound->lon, x->compound->lat}, "compound");
    json_put_str(j, "code", x->compound->code);
    json_put_str(j, "name", x->compound->name);
    json_put_int(j, "open", n);
    put_minutes(j, "minutes", x->nearest, x->nearest_minutes);
    put_minutes(j, "minutes_on_duty", x->on_duty, x->on_duty_minutes);
    put_text(j, "station", x->nearest ? x->nearest->org->code : STR(""));
    json_put_bool(j, "within", x->is_within);
    json_put_bool(j, "within_on_duty", x->is_within_then);
    json_put_bool(j, "beyond", x->is_beyond);
    put_link(j, "url", "/desk/places/%.*s", (int)x->compound->code.n, x->compound->code.p);
    end_feature(j);
}

static void
put_station(struct json *j, const struct station *s, double radius)
{
    begin_feature(j, s->at, "station");
    json_put_str(j, "code", s->org->code);
    json_put_str(j, "name", s->org->name);
    json_put_bool(j, "on_duty", s->is_on_duty);
    json_put_bool(j, "by_roster", s->is_planned);
    json_put_int(j, "radius_m", (int64_t)radius);
    put_link(j, "url", "/desk/orgs/%.*s", (int)s->org->code.n, s->org->code.p);
    end_feature(j);
}

/* A department was called and the case is not over. */
static void
put_whistle(struct request *req, struct json *j, const struct case_file *c)
{
    const struct visit *v = visit_of(req);
    const struct place *p = registry_place(v->area->registry, (int32_t)c->place);
    if (!p || !point_is_known((struct point){p->lon, p->lat}) || c->list != LIST_ENFORCEMENT || !(c->dispatched_at || c->summoned_at))
        return;
    begin_feature(j, (struct point){p->lon, p->lat}, "whistle");
    struct buf no = {0};
    case_no_format(&no, c->day, c->no);
    json_put_str(j, "no", buf_view(&no));
    json_put_str(j, "name", item_name(v, c));
    json_put_str(j, "place", p->name);
    json_put_z(j, "state", case_state_label((int)c->state));
    json_put_bool(j, "urgent", c->urgent != 0);
    json_put_bool(j, "arrived", c->arrived_at != 0);
    put_link(j, "url", "/desk/cases/%.*s", (int)no.n, no.p);
    buf_release(&no);
    end_feature(j);
}

void
api_map(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct case_filter f = {.area = v->area->id, .state = -2, .now = v->now, .sort = SORT_NEWEST, .limit = WHISTLES_MAX};
    struct case_rows open = {0};
    struct reach reach;
    struct str asked = params_get(&req->args, "at");
    instant at = v->now;
    struct err err = {0};
    if (asked.n && !moment_parse(asked, &at)) {
        err_field(&err, "at", "请写成 2026-04-21T09:05:00+08:00。");
        api_fail(req, res, &err);
        return;
    }
    if (visible_filter(v, req->arena, &f) && !cases_list(v->db, app_keys(v->app), req->arena, &f, &open, &err)) {
        api_fail(req, res, &err);
        return;
    }
    reach_of(req->arena, v->area->scheme, v->area->registry, at, &reach);
    struct json j = api_json(res, 200);
    res->content_type = "application/geo+json";
    json_open_object(&j);
    json_put_z(&j, "type", "FeatureCollection");
    json_put_int(&j, "minutes", reach.model.minutes);
    json_put_array(&j, "features");
    for (size_t i = 0; i < reach.stations.n; i++)
        put_station(&j, &reach.stations.p[i], reach_metres(&reach.model));
    for (size_t i = 0; i < reach.n; i++)
        if (reach.p[i].is_placed)
            put_compound(&j, &reach.p[i], &open);
    for (size_t i = 0; i < open.n; i++)
        put_whistle(req, &j, &open.p[i].c);
    json_close_array(&j);
    json_close_object(&j);
}
