#include "reach.h"

#include <stdlib.h>

#include "roster.h"

struct reach_model
reach_model_of(const struct scheme *s)
{
    return (struct reach_model){.detour = s->reach_detour > 0 ? s->reach_detour : 1.4,
                                .speed_kmh = s->reach_speed_kmh > 0 ? s->reach_speed_kmh : 25,
                                .minutes = s->reach_minutes > 0 ? s->reach_minutes : 15};
}

static const double metres_a_minute_per_kmh = 1000.0 / 60;

double
reach_minutes(const struct reach_model *m, struct point from, struct point to)
{
    return metres_between(from, to) * m->detour / (m->speed_kmh * metres_a_minute_per_kmh);
}

double
reach_metres(const struct reach_model *m)
{
    return m->minutes * m->speed_kmh * metres_a_minute_per_kmh / m->detour;
}

/* The highest place that names the station and has a point: its community, else the first of its compounds. */
static struct point
station_point(const struct registry *r, int32_t org)
{
    const struct place *best = NULL;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (p->station == org && !p->is_closed && point_is_known((struct point){p->lon, p->lat}) && (!best || p->kind < best->kind))
            best = p;
    }
    return best ? (struct point){best->lon, best->lat} : (struct point){0, 0};
}

struct stations
stations_of(struct arena *a, const struct registry *r, const struct calendar *cal, instant at)
{
    struct station *list = arena_array(a, struct station, (size_t)r->n_orgs + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        const struct org *o = &r->orgs[i];
        struct point where = o->kind == ORG_STATION && !o->is_closed ? station_point(r, i) : (struct point){0, 0};
        if (point_is_known(where))
            list[n++] = (struct station){.org = o, .at = where, .is_on_duty = station_is_staffed(r, cal, i, at),
                                         .is_planned = station_is_planned(r, i, at)};
    }
    return (struct stations){list, n};
}

static void
reach_one(const struct reach_model *m, const struct stations *all, struct reached *x)
{
    struct point at = {x->compound->lon, x->compound->lat};
    x->is_placed = point_is_known(at);
    for (size_t i = 0; x->is_placed && i < all->n; i++) {
        const struct station *s = &all->p[i];
        double minutes = reach_minutes(m, s->at, at);
        if (!x->nearest || minutes < x->nearest_minutes) {
            x->nearest = s;
            x->nearest_minutes = minutes;
        }
        if (s->is_on_duty && (!x->on_duty || minutes < x->on_duty_minutes)) {
            x->on_duty = s;
            x->on_duty_minutes = minutes;
        }
    }
    x->is_within = x->nearest && x->nearest_minutes <= m->minutes;
    x->is_within_then = x->on_duty && x->on_duty_minutes <= m->minutes;
}

static int
farthest_first(const void *a, const void *b)
{
    const struct reached *x = a, *y = b;
    if (x->is_placed != y->is_placed)
        return x->is_placed ? -1 : 1;
    if (x->nearest_minutes > y->nearest_minutes || x->nearest_minutes < y->nearest_minutes)
        return x->nearest_minutes > y->nearest_minutes ? -1 : 1;
    return x->compound->id - y->compound->id;
}

void
reach_of(struct arena *a, const struct scheme *s, const struct registry *r, instant at, struct reach *out)
{
    *out = (struct reach){.model = reach_model_of(s), .stations = stations_of(a, r, &s->calendar, at)};
    struct reached *list = arena_array(a, struct reached, (size_t)r->n_places + 1);
    for (size_t i = 0; i < out->stations.n; i++)
        out->n_on_duty += out->stations.p[i].is_on_duty;
    for (int32_t i = 1; i <= r->n_places; i++) {
        if (r->places[i].kind != PLACE_COMPOUND || r->places[i].is_closed)
            continue;
        struct reached *x = &list[out->n++];
        *x = (struct reached){.compound = &r->places[i]};
        reach_one(&out->model, &out->stations, x);
        out->n_unplaced += !x->is_placed;
        out->n_beyond += x->is_placed && !x->is_within;
        out->n_beyond_then += x->is_placed && !x->is_within_then;
        x->is_beyond = x->is_placed && !(out->n_on_duty ? x->is_within_then : x->is_within);
    }
    if (out->n)
        qsort(list, out->n, sizeof *list, farthest_first);
    out->p = list;
}

void
reach_warn(struct arena *a, const struct scheme *s, const struct registry *r, struct scheme_warnings *all)
{
    struct reach reach;
    if (!s->reach_minutes)
        return;
    reach_of(a, s, r, 0, &reach);
    struct scheme_warning *list = arena_array(a, struct scheme_warning, all->n + reach.n + 1);
    if (all->n)
        memcpy(list, all->p, all->n * sizeof *list);
    for (size_t i = 0; i < reach.n; i++) {
        const struct reached *x = &reach.p[i];
        struct str name = x->compound->name;
        if (x->is_within)
            continue;
        const char *words = !x->is_placed ? arena_printf(a, "小区“%.*s”没有坐标，不知道在不在 %d 分钟服务圈内：在 places 里补上 lon、lat", (int)name.n, name.p, reach.model.minutes)
                            : !x->nearest ? arena_printf(a, "小区“%.*s”附近没有站点：给站点服务的社区补上坐标，或者设站点", (int)name.n, name.p)
                                          : arena_printf(a, "小区“%.*s”离最近的站点约 %d 分钟，在 %d 分钟服务圈以外", (int)name.n, name.p, (int)x->nearest_minutes + 1, reach.model.minutes);
        list[all->n++] = (struct scheme_warning){WARNING_REACH, STR("places"), x->compound->code, str_of(words)};
    }
    all->p = list;
}
