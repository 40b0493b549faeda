#include "stops.h"

#include <math.h>
#include <stdlib.h>

#include "proof.h"

enum { TOLERANCE_MS = 5 * 60 * 1000 };

bool
point_open_at(const struct place *p, instant at)
{
    return p->kind == PLACE_POINT && p->opened_at <= at && (p->closed_at ? at < p->closed_at : !p->is_closed);
}

static int
compare_points(const void *a, const void *b)
{
    const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
    if (x->rank != y->rank)
        return !x->rank ? 1 : !y->rank ? -1 : x->rank < y->rank ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

size_t
patrol_points(const struct registry *r, int32_t compound, instant at, const struct place **out, size_t max)
{
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places && n < max; i++)
        if (r->places[i].parent == compound && point_open_at(&r->places[i], at))
            out[n++] = &r->places[i];
    qsort(out, n, sizeof *out, compare_points);
    return n;
}

int
visit_skipped(const struct registry *r, const struct field_visit *v, int32_t place)
{
    int n = 0;
    for (size_t i = 0; i < v->n_stops; i++)
        n += !v->stops[i].at && place_within(r, v->stops[i].point, place);
    return n;
}

/* ---- what was written ---- */

static bool
read_degrees(struct str s, double *out)
{
    char text[32], *end;
    if (!s.n || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out = strtod(text, &end);
    return *end == 0 && isfinite(*out);
}

/* "115.784,25.5997,20"; one that cannot be read says nothing. */
static void
read_position(struct str s, struct proof_input *in)
{
    struct str rest = s, lon = STR(""), lat = STR("");
    int64_t metres = 0;
    if (!str_cut(&rest, ',', &lon) || !str_cut(&rest, ',', &lat) || !read_degrees(lon, &in->position.lon) ||
        !read_degrees(lat, &in->position.lat) || !point_in_china(in->position))
        return;
    in->has_position = true;
    in->accuracy_m = rest.p && str_int(rest, &metres) && metres > 0 && metres < 100000 ? (int)metres : 0;
}

/* Where a point has no coordinates of its own, near the compound is near the point. */
static struct point
where(const struct registry *r, const struct place *p)
{
    const struct place *up = registry_place(r, p->parent);
    struct point own = {p->lon, p->lat};
    return point_is_known(own) || !up ? own : (struct point){up->lon, up->lat};
}

static bool
read_stop(const struct registry *r, const struct field_visit *v, struct str text, struct visit_stop *out, struct err *err)
{
    struct str rest = text, word;
    struct proof_input in = {.accuracy_m = 0};
    instant at = v->began;
    str_cut(&rest, ' ', &word);
    const struct place *p = registry_place_code(r, word);
    if (!p || p->kind != PLACE_POINT || !visit_has_place(v, p->parent))
        return err_field(err, "stops", "这里没有“%.*s”这个巡查点。", (int)word.n, word.p);
    while (rest.p && str_cut(&rest, ' ', &word)) {
        if (str_is(word, "qr"))
            in.is_qr_right = true;
        else if (str_has(word, STR(",")))
            read_position(word, &in);
        else if (word.n && !moment_parse(word, &at))
            return err_field(err, "stops", "“%.*s”的时间请写成 2026-04-21T09:05。", (int)p->name.n, p->name.p);
    }
    if (at < v->began - TOLERANCE_MS || at > v->ended + TOLERANCE_MS)
        return err_field(err, "stops", "“%.*s”的时间不在这次巡查的开始和结束之间。", (int)p->name.n, p->name.p);
    in.place = where(r, p);
    *out = (struct visit_stop){.point = p->id, .at = at, .grade = proof_grade(&in).grade};
    return true;
}

static struct visit_stop *
stop_of(struct visit_stop *list, size_t n, int32_t point)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].point == point)
            return &list[i];
    return NULL;
}

static bool
read_stops(const struct registry *r, const struct field_visit *v, struct str text, struct visit_stop *list, size_t *n, struct err *err)
{
    struct str rest = text, one;
    while (str_cut(&rest, ';', &one)) {
        struct visit_stop stop;
        if (!str_trim(one).n)
            continue;
        if (!read_stop(r, v, str_trim(one), &stop, err))
            return false;
        struct visit_stop *same = stop_of(list, *n, stop.point);
        if (same)
            same->grade = !same->grade || (stop.grade && stop.grade < same->grade) ? stop.grade : same->grade;
        else if (*n < VISIT_STOPS_MAX)
            list[(*n)++] = stop;
    }
    return true;
}

bool
visit_put_stops(struct arena *a, const struct registry *r, struct field_visit *v, struct str text, struct err *err)
{
    const struct place **points = arena_array(a, const struct place *, VISIT_STOPS_MAX);
    struct visit_stop *came = arena_array(a, struct visit_stop, VISIT_STOPS_MAX), *out = arena_array(a, struct visit_stop, 2 * VISIT_STOPS_MAX);
    size_t n_came = 0, n = 0;
    if (v->kind != VISIT_ROUND)
        return !str_trim(text).n || err_field(err, "stops", "只有物业巡查走巡查点。");
    if (!read_stops(r, v, text, came, &n_came, err))
        return false;
    for (size_t k = 0; k < v->n_places; k++) {
        size_t n_points = patrol_points(r, v->places[k], v->began, points, VISIT_STOPS_MAX);
        for (size_t i = 0; i < n_points && n < VISIT_STOPS_MAX; i++) {
            const struct visit_stop *at = stop_of(came, n_came, points[i]->id);
            out[n++] = at ? *at : (struct visit_stop){.point = points[i]->id};
        }
    }
    for (size_t i = 0; i < n_came && n < VISIT_STOPS_MAX; i++) /* opened on the way, or closed meanwhile */
        if (!stop_of(out, n, came[i].point))
            out[n++] = came[i];
    v->stops = out;
    v->n_stops = n;
    return true;
}

void
stops_words(struct buf *b, const struct registry *r, const struct field_visit *v)
{
    int skipped = visit_skipped(r, v, 0), said = 0;
    if (!v->n_stops)
        return;
    buf_printf(b, "巡查点 %d 处", (int)v->n_stops);
    if (!skipped) {
        buf_z(b, "，都走到了");
        return;
    }
    buf_printf(b, "，漏 %d 处：", skipped);
    for (size_t i = 0; i < v->n_stops; i++)
        if (!v->stops[i].at) {
            buf_z(b, said++ ? "、" : "");
            buf_str(b, place_name(r, v->stops[i].point));
        }
}
