/* Complaints about officers and departments: anybody may send one, only the oversight body reads and answers. */
#include "api.h"
#include "limits.h"
#include "resident.h"

const struct field complaint_fields[N_COMPLAINT_FIELDS] = {
    {.name = "kind", .label = "哪一种情况", .type = FIELD_TEXT, .required = true, .max = 20},
    {.name = "org", .label = "单位代码", .type = FIELD_TEXT, .max = 40},
    {.name = "place", .label = "小区代码", .type = FIELD_TEXT, .max = 40},
    {.name = "words", .label = "时间、地点和经过", .type = FIELD_WORDS, .required = true, .min = 5, .max = LIMIT_WORDS},
    {.name = "phone", .label = "联系电话", .type = FIELD_PHONE},
};

static void
sent(struct request *req, struct response *res, struct action *a)
{
    const struct complain *c = (const struct complain *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 201);
    json_open_object(&j);
    put_time(&j, "opened_at", c->opened_at);
    put_time(&j, "due", c->due);
    json_close_object(&j);
}

/* Whoever holds the token: a complaint comes from a resident, never from a post. */
void
api_post_complaint(struct request *req, struct response *res)
{
    struct visit *v = resident_visit(req);
    struct complain *c = arena_new_of(req->arena, struct complain);
    struct err err = {0};
    c->kind = params_get(&req->form, "kind");
    c->org = params_get(&req->form, "org");
    c->place = params_get(&req->form, "place");
    c->words = params_get(&req->form, "words");
    c->phone = params_get(&req->form, "phone");
    if (!complaint_check(v->area, c, &err) || !api_key(req, &c->base, &err) || !rate_report(req, c->place, &err)) {
        api_fail(req, res, &err);
        return;
    }
    api_settle_device(req);
    page_wait(req, res, &c->base, sent);
    complain(c, v->db);
}

/* ---- Reading ---- */

static void
put_complaint(struct json *j, const struct visit *v, const struct complaint_row *c, bool is_whole)
{
    const struct registry *r = v->area->registry;
    json_open_object(j);
    json_put_int(j, "id", c->id);
    json_put_str(j, "kind", c->kind);
    put_org(j, "org", r, c->org);
    put_place(j, "place", r, c->place);
    put_time(j, "opened_at", c->opened_at);
    put_time(j, "due", c->due);
    json_put_bool(j, "missed", c->missed_at != 0);
    put_time(j, "answered_at", c->answered_at);
    put_text(j, "finding", c->finding);
    if (is_whole) {
        json_put_str(j, "words", c->words);
        put_text(j, "phone", c->phone);
        put_text(j, "answer", c->answer);
    } else
        put_link(j, "url", API "/complaints/%lld", (long long)c->id);
    json_close_object(j);
}

void
api_complaints(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct complaints list = {0};
    int64_t after, unused;
    bool is_open = false;
    struct err err = {0};
    ask_bool(req, "open", &is_open, &err);
    ask_after(req, &after, &unused, &err);
    if (err.kind || !complaints_list(v->db, req->arena, &v->who, is_open, after, &list, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "complaints");
    for (size_t i = 0; i < list.n; i++)
        put_complaint(&j, v, &list.p[i], false);
    json_close_array(&j);
    put_next(req, res, &j, API "/complaints", !list.has_more, list.n ? list.p[list.n - 1].id : 0, 0);
    json_close_object(&j);
}

static bool
find(struct request *req, struct complaint_row *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    int64_t id;
    if (!str_int(req->vars[0], &id))
        return err_set(err, ERR_NOT_FOUND, "没有这件监督举报。");
    return complaint_find(v->app, v->db, req->arena, &v->who, id, out, err);
}

static void
show(struct request *req, struct response *res)
{
    struct complaint_row row = {0};
    struct err err = {0};
    if (!find(req, &row, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    put_complaint(&j, visit_of(req), &row, true);
}

void
api_complaint(struct request *req, struct response *res)
{
    show(req, res);
}

static void
answered(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind)
        api_fail(req, res, &a->err);
    else
        show(req, res);
}

void
api_post_complaint_answer(struct request *req, struct response *res)
{
    struct answer_complaint *c = arena_new_of(req->arena, struct answer_complaint);
    struct complaint_row row = {0};
    struct err err = {0};
    if (!find(req, &row, &err) || !api_key(req, &c->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    c->id = row.id;
    c->finding = params_get(&req->form, "finding");
    c->words = params_get(&req->form, "words");
    page_wait(req, res, &c->base, answered);
    answer_complaint(c, visit_of(req)->db);
}
