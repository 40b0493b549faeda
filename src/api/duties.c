/* GET /duties: what I owe, or what is owed in the cases that I see. */
#include "api.h"
#include "limits.h"
#include "staff.h"

struct asked {
    bool is_mine, is_open, is_overdue, has_overdue;
    int kind; /* -1 any */
    size_t limit;
    int64_t after_a, after_b;
};

static bool
ask_duties(const struct request *req, struct asked *q, struct err *err)
{
    struct str kind = params_get(&req->args, "kind");
    *q = (struct asked){.is_mine = true, .is_open = true, .kind = -1};
    if (kind.n && (q->kind = duty_find(kind)) < 0)
        err_field(err, "kind", "没有这种责任：%.*s", (int)(kind.n > 40 ? 40 : kind.n), kind.p);
    ask_bool(req, "mine", &q->is_mine, err);
    ask_bool(req, "open", &q->is_open, err);
    ask_bool(req, "overdue", &q->is_overdue, err);
    q->has_overdue = params_has(&req->args, "overdue");
    ask_limit(req, &q->limit, err);
    ask_after(req, &q->after_a, &q->after_b, err);
    return err->kind == ERR_NONE;
}

static bool
is_wanted(const struct asked *q, const struct duty *d, instant now)
{
    bool is_overdue = d->end == END_OPEN ? d->due <= now : d->missed_at != 0;
    return (q->kind < 0 || d->kind == q->kind) && (!q->is_open || d->end == END_OPEN) &&
           (!q->has_overdue || q->is_overdue == is_overdue);
}

/* ---- Mine and open: by due time ---- */

static bool
list_mine(struct request *req, struct response *res, struct json *j, const struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct owner owners[OWNERS_MAX];
    struct duty_rows of_cases = {0}, others = {0};
    size_t n = owners_of_postings(v->who.postings, v->who.n_postings, owners, OWNERS_MAX), found = 0;
    if (n && (!duties_of_owners(v->db, req->arena, v->area->id, owners, n, q->kind, v->now, LIMIT_LIST_COUNT, &of_cases, err) ||
              !duties_other_of_owners(v->db, req->arena, v->area->id, owners, n, q->kind, v->now, LIMIT_LIST_COUNT, &others, err)))
        return false;
    struct duty_rows rows = duty_rows_joined(req->arena, &of_cases, &others, LIMIT_LIST_COUNT);
    const struct duty *last = NULL;
    bool has_more = false;
    json_put_array(j, "duties");
    for (size_t i = 0; i < rows.n && !has_more; i++) {
        const struct duty *d = &rows.p[i].d;
        bool is_before = d->due < q->after_a || (d->due == q->after_a && d->id <= q->after_b);
        if (is_before || !is_wanted(q, d, v->now))
            continue;
        has_more = found == q->limit;
        if (has_more)
            break;
        put_duty(j, v, d, d->subject_kind == SUBJECT_CASE ? &rows.p[i].c : NULL, false);
        last = d;
        found++;
    }
    json_close_array(j);
    put_next(req, res, j, API "/duties", !has_more || !last, last ? last->due : 0, last ? last->id : 0);
    return true;
}

/* ---- Everything else: case by case; `limit` counts cases ---- */

static bool
is_mine(const struct visit *v, const struct duty *d)
{
    return owner_is(v->area->registry, &d->owner, v->person->id, day_of(v->now));
}

static bool
list_of_case(struct request *req, struct json *j, const struct asked *q, const struct case_file *c, struct err *err)
{
    const struct visit *v = visit_of(req);
    size_t n = 0;
    struct duty *list = duties_all(v->db, req->arena, c->area, c->id, &n, err);
    for (size_t i = 0; i < n; i++)
        if (is_wanted(q, &list[i], v->now) && (!q->is_mine || is_mine(v, &list[i])))
            put_duty(j, v, &list[i], c, false);
    return err->kind == ERR_NONE;
}

static bool
list_by_case(struct request *req, struct response *res, struct json *j, const struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct case_rows rows = {0};
    struct case_filter f = {.state = q->is_open ? -2 : -1,
                            .limit = q->limit,
                            .after_a = q->after_a,
                            .after_b = q->after_b,
                            .sort = q->is_open ? SORT_DUE : SORT_NEWEST,
                            .now = v->now};
    if (visible_filter(v, req->arena, &f) && !cases_list(v->db, app_keys(v->app), req->arena, &f, &rows, err))
        return false;
    json_put_array(j, "duties");
    for (size_t i = 0; i < rows.n; i++)
        if (!list_of_case(req, j, q, &rows.p[i].c, err))
            return false;
    json_close_array(j);
    put_next(req, res, j, API "/duties", !rows.has_more, rows.next_a, rows.next_b);
    return true;
}

void
api_duties(struct request *req, struct response *res)
{
    struct asked q;
    struct err err = {0};
    if (!ask_duties(req, &q, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    bool ok = q.is_mine && q.is_open ? list_mine(req, res, &j, &q, &err) : list_by_case(req, res, &j, &q, &err);
    json_close_object(&j);
    if (!ok)
        api_fail(req, res, &err);
}
