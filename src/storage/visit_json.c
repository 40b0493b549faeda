/* A visit as JSON: short keys, numbers in arrays; what the sealed column and the events hold. */
#include "json.h"
#include "visit_store.h"

static void
row(struct json *j, const int64_t *n, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_int(j, n[i]);
}
#define ROW(j, ...) row((j), (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

void
visit_write(struct buf *out, const struct field_visit *v)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_array(&j, "v");
    ROW(&j, v->kind, v->state, v->mode, v->org, v->place, v->by, v->from, v->to, v->began, v->ended, v->photos);
    json_close_array(&j);
    json_put_str(&j, "t", v->title);
    json_put_str(&j, "w", v->words);
    json_put_array(&j, "m");
    for (size_t i = 0; i < v->n_members; i++) {
        const struct visit_member *m = &v->members[i];
        json_open_array(&j);
        ROW(&j, m->org, m->person, m->role, m->state, m->came_at, m->left_at, m->grade);
        json_close_array(&j);
    }
    json_close_array(&j);
    json_put_array(&j, "p");
    for (size_t i = 0; i < v->n_places; i++)
        json_int(&j, v->places[i]);
    json_close_array(&j);
    json_put_array(&j, "a");
    for (size_t i = 0; i < v->n_answers; i++) {
        const struct visit_answer *x = &v->answers[i];
        json_open_array(&j);
        ROW(&j, x->place, x->answer, x->is_settled, x->case_id);
        json_str(&j, x->list);
        json_str(&j, x->point);
        json_str(&j, x->words);
        json_close_array(&j);
    }
    json_close_array(&j);
    json_put_array(&j, "q");
    for (size_t i = 0; i < v->n_counts; i++) {
        json_open_array(&j);
        json_str(&j, v->counts[i].item);
        json_int(&j, v->counts[i].n);
        json_str(&j, v->counts[i].unit);
        json_close_array(&j);
    }
    json_close_array(&j);
    json_put_array(&j, "c");
    for (size_t i = 0; i < v->n_cases; i++) {
        json_open_array(&j);
        ROW(&j, v->cases[i].id, v->cases[i].is_found, v->cases[i].is_settled);
        json_str(&j, v->cases[i].result);
        json_close_array(&j);
    }
    json_close_array(&j);
    if (v->n_shots) {
        json_put_array(&j, "x");
        for (size_t i = 0; i < v->n_shots; i++) {
            json_open_array(&j);
            ROW(&j, v->shots[i].id, v->shots[i].of);
            json_str(&j, v->shots[i].list);
            json_str(&j, v->shots[i].point);
            json_close_array(&j);
        }
        json_close_array(&j);
    }
    if (v->n_stops) {
        json_put_array(&j, "s");
        for (size_t i = 0; i < v->n_stops; i++) {
            json_open_array(&j);
            ROW(&j, v->stops[i].point, v->stops[i].at, v->stops[i].grade);
            json_close_array(&j);
        }
        json_close_array(&j);
    }
    json_close_object(&j);
}

static int64_t
number(const json_t *array, size_t i)
{
    return json_integer_value(json_array_get(array, i));
}

static struct str
text(struct arena *a, const json_t *v)
{
    const char *z = json_string_value(v);
    return z ? str_dup(a, str_of(z)) : STR("");
}

static void
read_shots(struct arena *a, const json_t *x, struct field_visit *v)
{
    struct visit_photo *shots = arena_array(a, struct visit_photo, json_array_size(x) + 1);
    for (size_t i = 0; i < json_array_size(x); i++) {
        const json_t *r = json_array_get(x, i);
        shots[v->n_shots++] = (struct visit_photo){.id = number(r, 0), .of = (int)number(r, 1), .list = text(a, json_array_get(r, 2)),
                                                   .point = text(a, json_array_get(r, 3))};
    }
    v->shots = shots;
}

static void
read_stops(struct arena *a, const json_t *s, struct field_visit *v)
{
    struct visit_stop *stops = arena_array(a, struct visit_stop, json_array_size(s) + 1);
    for (size_t i = 0; i < json_array_size(s); i++) {
        const json_t *r = json_array_get(s, i);
        stops[v->n_stops++] = (struct visit_stop){.point = (int32_t)number(r, 0), .at = number(r, 1), .grade = (int)number(r, 2)};
    }
    v->stops = stops;
}

static void
read_parts(struct arena *a, const json_t *o, struct field_visit *v)
{
    const json_t *m = json_object_get(o, "m"), *p = json_object_get(o, "p"), *x = json_object_get(o, "a"), *q = json_object_get(o, "q"),
                 *c = json_object_get(o, "c");
    struct visit_member *members = arena_array(a, struct visit_member, json_array_size(m) + 1);
    int32_t *places = arena_array(a, int32_t, json_array_size(p) + 1);
    struct visit_answer *answers = arena_array(a, struct visit_answer, json_array_size(x) + 1);
    struct visit_count *counts = arena_array(a, struct visit_count, json_array_size(q) + 1);
    struct visit_case *cases = arena_array(a, struct visit_case, json_array_size(c) + 1);
    for (size_t i = 0; i < json_array_size(m); i++) {
        const json_t *r = json_array_get(m, i);
        members[v->n_members++] = (struct visit_member){.org = (int32_t)number(r, 0), .person = number(r, 1), .role = (int)number(r, 2),
                                                        .state = (int)number(r, 3), .came_at = number(r, 4), .left_at = number(r, 5),
                                                        .grade = (int)number(r, 6)};
    }
    for (size_t i = 0; i < json_array_size(p); i++)
        places[v->n_places++] = (int32_t)number(p, i);
    for (size_t i = 0; i < json_array_size(x); i++) {
        const json_t *r = json_array_get(x, i);
        answers[v->n_answers++] = (struct visit_answer){.place = (int32_t)number(r, 0), .answer = (int)number(r, 1),
                                                        .is_settled = number(r, 2) != 0, .case_id = number(r, 3),
                                                        .list = text(a, json_array_get(r, 4)), .point = text(a, json_array_get(r, 5)),
                                                        .words = text(a, json_array_get(r, 6))};
    }
    for (size_t i = 0; i < json_array_size(q); i++) {
        const json_t *r = json_array_get(q, i);
        counts[v->n_counts++] = (struct visit_count){.item = text(a, json_array_get(r, 0)), .n = number(r, 1), .unit = text(a, json_array_get(r, 2))};
    }
    for (size_t i = 0; i < json_array_size(c); i++) {
        const json_t *r = json_array_get(c, i);
        cases[v->n_cases++] = (struct visit_case){.id = number(r, 0), .is_found = number(r, 1) != 0, .is_settled = number(r, 2) != 0,
                                                  .result = text(a, json_array_get(r, 3))};
    }
    v->members = members;
    v->places = places;
    v->answers = answers;
    v->counts = counts;
    v->cases = cases;
}

bool
visit_read(struct arena *a, struct str json, struct field_visit *out, struct err *err)
{
    const json_t *o = json_parse(a, json, err), *n = json_object_get(o, "v");
    if (!o)
        return false;
    *out = (struct field_visit){.id = out->id, .version = out->version, .kind = (int)number(n, 0), .state = (int)number(n, 1), .mode = (int)number(n, 2),
                          .org = (int32_t)number(n, 3), .place = (int32_t)number(n, 4), .by = number(n, 5), .from = number(n, 6),
                          .to = number(n, 7), .began = number(n, 8), .ended = number(n, 9), .photos = (int)number(n, 10),
                          .title = text(a, json_object_get(o, "t")), .words = text(a, json_object_get(o, "w"))};
    read_parts(a, o, out);
    read_shots(a, json_object_get(o, "x"), out);
    read_stops(a, json_object_get(o, "s"), out);
    bool ok = out->kind >= 0 && out->kind < VISIT_KIND_COUNT && out->state >= VISIT_PLANNED && out->state <= VISIT_CANCELLED;
    return ok || err_set(err, ERR_INTERNAL, "这条记录读不出来。");
}
