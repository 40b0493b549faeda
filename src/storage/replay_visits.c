#include "replay_visits.h"

#include <stdlib.h>

#include "rows_case.h"

struct folded_routine {
    struct duty u;
    int end; /* by a visit; END_OPEN = by none */
    instant ended_at;
};

static struct folded_routine *
find(const struct routine_fold *f, int64_t id)
{
    size_t lo = 0, hi = f->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (f->p[mid].u.id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < f->n && f->p[lo].u.id == id ? &f->p[lo] : NULL;
}

/* Ids only grow, so a new one comes at the end. */
static void
add(struct arena *lasting, struct routine_fold *f, const struct duty *u)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 1024;
        struct folded_routine *more = arena_array(lasting, struct folded_routine, cap);
        if (f->n)
            memcpy(more, f->p, f->n * sizeof *more);
        f->p = more;
        f->cap = cap;
    }
    f->p[f->n++] = (struct folded_routine){.u = *u, .end = END_OPEN};
}

void
routine_fold_event(struct arena *lasting, struct routine_fold *f, const json_t *body)
{
    const json_t *d = json_object_get(body, "d");
    for (size_t i = 0; i < json_array_size(d); i++) {
        struct duty u;
        if (!duty_of_json(json_array_get(d, i), &u))
            continue;
        struct folded_routine *x = find(f, u.id);
        if (x) {
            int credited = x->u.credited > u.credited ? x->u.credited : u.credited;
            x->u = u;
            x->u.credited = credited;
        } else if (!f->n || f->p[f->n - 1].u.id < u.id)
            add(lasting, f, &u);
    }
}

void
routine_fold_credits(struct routine_fold *f, const json_t *body)
{
    const json_t *k = json_object_get(body, "k");
    for (size_t i = 0; i < json_array_size(k); i++) {
        const json_t *row = json_array_get(k, i);
        struct folded_routine *x = find(f, json_integer_value(json_array_get(row, 0)));
        int credited = (int)json_integer_value(json_array_get(row, 1)), end = (int)json_integer_value(json_array_get(row, 2));
        if (!x)
            continue;
        x->u.credited = x->u.credited > credited ? x->u.credited : credited;
        if (end != END_OPEN) {
            x->end = end;
            x->ended_at = json_integer_value(json_array_get(row, 3));
        }
    }
}

bool
routine_fold_compare(struct db *db, int64_t area, const struct routine_fold *f, void (*differ)(void *ctx, int64_t duty), void *ctx,
                     struct err *err)
{
    int64_t after = 0;
    size_t seen = 0;
    for (bool more = true; more;) {
        struct rows r;
        more = false;
        if (!db_query(db, SQL_ROUTINE_DUTIES_ALL, &r, err, V_INT(area), V_INT(after)))
            return false;
        while (rows_next(&r, err)) {
            struct duty is;
            read_duty_columns(&r, 0, &is);
            const struct folded_routine *x = find(f, is.id);
            struct duty said = x ? x->u : (struct duty){0};
            if (x && x->end != END_OPEN) {
                said.end = x->end;
                said.ended_at = x->ended_at;
            }
            if (!x || !duty_same(&said, &is))
                differ(ctx, is.id);
            after = is.id;
            seen++;
            more = true;
        }
        if (r.has_failed)
            return false;
    }
    if (seen != f->n)
        differ(ctx, 0);
    return true;
}

size_t
told_of_json(const json_t *body, struct told *out, size_t max)
{
    const json_t *n = json_object_get(body, "n");
    size_t k = 0;
    for (size_t i = 0; i < json_array_size(n) && k < max; i++) {
        const json_t *row = json_array_get(n, i);
        const char *hex = json_string_value(json_array_get(row, 1));
        out[k] = (struct told){.id = json_integer_value(json_array_get(row, 0)), .is_outbox = json_integer_value(json_array_get(row, 2)) != 0};
        hex_decode(str_of(hex ? hex : ""), out[k++].digest, TOLD_BYTES);
    }
    return k;
}
