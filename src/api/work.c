/* What people at work do beside cases: read notices, tick off buildings, hand duties over, clear photos, count followers. */
#include "api.h"
#include "limits.h"
#include "staff.h"

/* ---- Notices ---- */

static void
put_notice(struct json *j, const struct notice_row *n)
{
    struct buf no = {0};
    json_open_object(j);
    json_put_int(j, "id", n->id);
    json_put_str(j, "kind", n->kind);
    json_put_str(j, "text", n->text);
    json_put_bool(j, "urgent", n->is_urgent);
    put_time(j, "at", n->at);
    if (n->case_id)
        case_no_format(&no, n->day, n->no);
    put_text(j, "case", buf_view(&no));
    json_close_object(j);
    buf_release(&no);
}

void
api_notices(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct owner owners[OWNERS_MAX];
    struct notice_rows rows = {0};
    struct err err = {0};
    int64_t since = params_int(&req->args, "since", 0);
    size_t n = owners_of_postings(v->who.postings, v->who.n_postings, owners, OWNERS_MAX);
    if (n && !notices_for(v->db, req->arena, v->area->id, owners, n, since, LIMIT_PAGE_ROWS, &rows, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "notices");
    for (size_t i = 0; i < rows.n; i++)
        put_notice(&j, &rows.p[i]);
    json_close_array(&j);
    json_close_object(&j);
}

/* ---- Sweeps ---- */

static void
swept(struct request *req, struct response *res, struct action *a)
{
    const struct record_sweep *s = (const struct record_sweep *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 201);
    json_open_object(&j);
    json_put_int(&j, "buildings", s->n);
    json_close_object(&j);
}

void
api_post_sweep(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct record_sweep *s = arena_new_of(req->arena, struct record_sweep);
    const struct place *p = registry_place_code(v->area->registry, params_get(&req->form, "place"));
    struct err err = {0};
    if (!p)
        err_field(&err, "place", "请写小区代码。");
    if (err.kind || !api_key(req, &s->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    s->place = p->id;
    s->fields = &req->form;
    page_wait(req, res, &s->base, swept);
    record_sweep(s, v->db);
}

/* ---- Handing over ---- */

static void
handed(struct request *req, struct response *res, struct action *a)
{
    const struct hand_over *h = (const struct hand_over *)a;
    const struct registry *r = visit_of(req)->area->registry;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 201);
    json_open_object(&j);
    json_put_str(&j, "from", registry_person(r, h->from)->username);
    json_put_str(&j, "to", registry_person(r, h->to)->username);
    put_day(&j, "until", h->until);
    json_close_object(&j);
}

static bool
read_handover(struct request *req, struct hand_over *h, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct str from = params_get(&req->form, "from"), until = params_get(&req->form, "until");
    const struct person *of = from.n ? registry_username(r, from) : v->person;
    const struct person *to = registry_username(r, params_get(&req->form, "to"));
    if (!of)
        err_field(err, "from", "没有这个用户名。");
    if (!to)
        err_field(err, "to", "请写接手人的用户名。");
    if (until.n && !date_parse(until, &h->until))
        err_field(err, "until", "请写成日期，例如 2026-04-21；不写为一直。");
    if (err->kind)
        return false;
    h->from = of->id;
    h->to = to->id;
    return api_key(req, &h->base, err);
}

void
api_post_handover(struct request *req, struct response *res)
{
    struct hand_over *h = arena_new_of(req->arena, struct hand_over);
    struct err err = {0};
    if (!read_handover(req, h, &err)) {
        api_fail(req, res, &err);
        return;
    }
    page_wait(req, res, &h->base, handed);
    hand_over(h, visit_of(req)->db);
}

/* ---- Photos that the reporter may see ---- */

static void
published(struct request *req, struct response *res, struct action *a)
{
    const struct publish_file *p = (const struct publish_file *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_int(&j, "id", p->file_id);
    json_put_bool(&j, "public", p->is_public);
    json_close_object(&j);
}

void
api_put_public(struct request *req, struct response *res)
{
    struct publish_file *p = arena_new_of(req->arena, struct publish_file);
    struct err err = {0};
    if (!str_int(req->vars[0], &p->file_id)) {
        err_set(&err, ERR_NOT_FOUND, "没有这个文件。");
        api_fail(req, res, &err);
        return;
    }
    p->is_public = req->method == HTTP_PUT;
    page_wait(req, res, &p->base, published);
    publish_file(p, visit_of(req)->db);
}

/* ---- One more who has the same trouble ---- */

static void
followed(struct request *req, struct response *res, struct action *a)
{
    const struct follow_case *f = (const struct follow_case *)a;
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = a->err;
    if (!err.kind && api_case_load(req, f->case_id, x, &err))
        case_answer(req, res, x, 200);
    else
        api_fail(req, res, &err);
}

void
api_post_follow(struct request *req, struct response *res)
{
    struct follow_case *f = arena_new_of(req->arena, struct follow_case);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    if (!api_case_find(req, req->vars[0], x, &err) || !api_key(req, &f->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    f->case_id = x->lc.c.id;
    page_wait(req, res, &f->base, followed);
    follow_case(f, visit_of(req)->db);
}
