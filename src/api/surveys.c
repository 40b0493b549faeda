/* 排摸登记 (NH-04): the register of the places one looks after. Who keeps it is told by its own operation, which leaves a record. */
#include "api.h"
#include "surveys.h"

/* Entries whose cases the caller may not see are counted all the same. */
static void
put_cases(struct json *j, struct request *req, const struct survey_entry *e)
{
    json_put_array(j, "cases");
    for (size_t i = 0; i < e->n_cases; i++) {
        struct api_case *x = arena_new_of(req->arena, struct api_case);
        struct err err = {0};
        struct buf no = {0};
        if (!api_case_load(req, e->cases[i], x, &err) || !case_visible(&x->s))
            continue;
        case_no_format(&no, x->lc.c.day, x->lc.c.no);
        json_str(j, buf_view(&no));
        buf_release(&no);
    }
    json_close_array(j);
}

static void
put_entry(struct json *j, struct request *req, const struct survey_entry *e)
{
    const struct visit *v = visit_of(req);
    const struct scheme *s = v->area->scheme;
    const struct survey_kind *k = survey_kind_find(s, e->kind);
    json_open_object(j);
    json_put_int(j, "id", e->id);
    json_put_object(j, "kind");
    json_put_str(j, "code", e->kind);
    json_put_str(j, "name", survey_kind_name(s, e->kind));
    json_close_object(j);
    put_place(j, "place", v->area->registry, e->place);
    json_put_str(j, "spot", e->spot);
    put_text(j, "note", e->note);
    json_put_z(j, "state", survey_state_code(e->state));
    json_put_bool(j, "has_holder", e->holder.n > 0);
    put_time(j, "first_seen", e->first_seen);
    put_time(j, "last_checked", e->last_checked);
    put_time(j, "due", survey_due(s, e));
    json_put_bool(j, "is_due", survey_is_due(s, e, v->now));
    put_text(j, "item", k ? k->item : STR(""));
    if (e->visit)
        json_put_int(j, "visit", e->visit);
    else
        json_put_none(j, "visit");
    put_cases(j, req, e);
    json_put_int(j, "version", e->version);
    json_close_object(j);
}

/* ---- Reading ---- */

static bool
ask_query(struct request *req, struct survey_query *q, size_t *limit, struct err *err)
{
    const struct place *place = NULL;
    struct str state = params_get(&req->args, "state");
    *q = (struct survey_query){.kind = params_get(&req->args, "kind"), .state = -1};
    ask_place(req, "place", &place, err);
    ask_bool(req, "due", &q->is_due_only, err);
    ask_limit(req, limit, err);
    ask_after(req, &q->after_at, &q->after_id, err);
    q->place = place ? place->id : 0;
    if (state.n && !str_is(state, "all") && (q->state = survey_state_find(state)) < 0)
        err_field(err, "state", "写 normal、problem、gone 或 all。");
    if (str_is(state, "all"))
        q->state = 0;
    if (q->kind.n && !survey_kind_find(visit_of(req)->area->scheme, q->kind))
        err_field(err, "kind", "没有这一种登记。");
    return err->kind == ERR_NONE;
}

void
api_surveys(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct survey_query q;
    struct survey_list list;
    size_t limit = 0;
    struct err err = {0};
    if (!ask_query(req, &q, &limit, &err) || !surveys_visible(v->app, v->db, req->arena, &v->who, &q, limit, &list, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "surveys");
    for (size_t i = 0; i < list.n; i++)
        put_entry(&j, req, &list.p[i]);
    json_close_array(&j);
    const struct survey_entry *last = list.n ? &list.p[list.n - 1] : NULL;
    put_next(req, res, &j, API "/surveys", !list.has_more, last ? last->last_checked : 0, last ? last->id : 0);
    json_close_object(&j);
}

static bool
load(struct request *req, int64_t id, struct loaded_survey *x, struct err *err)
{
    const struct visit *v = visit_of(req);
    if (!survey_load(v->db, app_keys(v->app), req->arena, v->area->id, id, x, err))
        return false;
    return (survey_rights_of(&v->who, x->e.place) & SURVEY_SEE) || err_set(err, ERR_FORBIDDEN, "这条登记不在您的职责范围内。");
}

static void
answer_entry(struct request *req, struct response *res, int64_t id, int status)
{
    struct loaded_survey x;
    struct err err = {0};
    if (!load(req, id, &x, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, status);
    put_entry(&j, req, &x.e);
}

static bool
id_asked(const struct request *req, int64_t *id, struct err *err)
{
    return (str_int(req->vars[0], id) && *id > 0) || err_set(err, ERR_NOT_FOUND, "没有这条登记。");
}

void
api_survey(struct request *req, struct response *res)
{
    int64_t id;
    struct err err = {0};
    if (id_asked(req, &id, &err))
        answer_entry(req, res, id, 200);
    else
        api_fail(req, res, &err);
}

/* ---- Keeping ---- */

static void
kept(struct request *req, struct response *res, struct action *a)
{
    const struct keep_survey *x = (const struct keep_survey *)a;
    if (a->err.kind)
        api_fail(req, res, &a->err);
    else
        answer_entry(req, res, x->new_id, x->op == SURVEY_ADD ? 201 : 200);
}

static void
shown(struct request *req, struct response *res, struct action *a)
{
    const struct keep_survey *x = (const struct keep_survey *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    put_text(&j, "holder", x->holder);
    json_close_object(&j);
}

static void
keep(struct request *req, struct response *res, enum survey_op op)
{
    struct keep_survey *x = arena_new_of(req->arena, struct keep_survey);
    struct err err = {0};
    if ((op != SURVEY_ADD && !id_asked(req, &x->id, &err)) || !api_key(req, &x->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    x->op = op;
    x->fields = &req->form;
    page_wait(req, res, &x->base, op == SURVEY_NAME ? shown : kept);
    keep_survey(x, visit_of(req)->db);
}

void
api_post_survey(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_ADD);
}

void
api_post_survey_change(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_CHANGE);
}

void
api_post_survey_check(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_CHECK);
}

void
api_post_survey_case(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_CASE);
}

void
api_post_survey_holder(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_NAME);
}
