/* POST /services: what the firm saw and put right by itself, registered and completed in one go (like /desk/service). */
#include "api.h"
#include "limits.h"

const struct field service_fields[N_SERVICE_FIELDS] = {
    {.name = "place", .label = "小区代码", .type = FIELD_TEXT, .required = true, .max = 40},
    {.name = "item", .label = "服务清单的事项代码", .type = FIELD_TEXT, .required = true, .max = 20},
    {.name = "spot", .label = "具体位置", .type = FIELD_TEXT, .max = 200},
    {.name = "reply", .label = "做了什么", .type = FIELD_WORDS, .required = true, .min = 4, .max = 1000},
    {.name = "files", .label = "办好后的照片", .type = FIELD_FILES, .required = true, .min = 1, .max = LIMIT_PHOTOS},
};

struct service {
    struct report_case report;
    struct act_on_case act;
};

static void
answer_service(struct response *res, const struct service *s, const struct err *why)
{
    struct buf no = {0};
    case_no_format(&no, s->report.day, s->report.no);
    struct json j = api_json(res, 201);
    json_open_object(&j);
    json_put_str(&j, "no", buf_view(&no));
    json_put_bool(&j, "completed", !why->kind);
    put_text(&j, "missing", why->kind ? str_of(why->n_fields ? why->fields[0].message : why->message) : STR(""));
    json_close_object(&j);
    buf_release(&no);
}

/* Registered, not completed: it waits among the firm's duties and says what is missing. */
static void
completed(struct request *req, struct response *res, struct action *a)
{
    const struct service *s = (const struct service *)((char *)a - offsetof(struct service, act.base));
    if (a->err.kind == ERR_BUSY || a->err.kind == ERR_UNKNOWN || a->err.kind == ERR_INTERNAL)
        api_fail(req, res, &a->err);
    else
        answer_service(res, s, &a->err);
}

static void
registered(struct request *req, struct response *res, struct action *a)
{
    struct service *s = (struct service *)((char *)a - offsetof(struct service, report.base));
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct str key = a->idempotency_key;
    s->act.case_id = s->report.case_id;
    s->act.command = STR("complete_service");
    s->act.fields = &req->form;
    s->act.recorded_at = s->report.occurred_at;
    page_wait(req, res, &s->act.base, completed);
    if (key.n) {
        s->act.base.idempotency_key = str_of(arena_printf(req->arena, "done-%.*s", (int)key.n, key.p));
        memcpy(s->act.base.body_hash, a->body_hash, sizeof a->body_hash);
    }
    act_on_case(&s->act, visit_of(req)->db);
}

static bool
is_of_my_firm(const struct visit *v, struct str code)
{
    const struct place *p = registry_place_code(v->area->registry, code);
    for (size_t i = 0; p && i < v->who.n_postings; i++)
        if (v->who.postings[i]->role == ROLE_PROPERTY && p->firm && p->firm == v->who.postings[i]->org)
            return true;
    return false;
}

void
api_post_service(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct service *s = arena_new_of(req->arena, struct service);
    struct report_case *r = &s->report;
    struct err err = {0};
    r->place = params_get(&req->form, "place");
    r->item = params_get(&req->form, "item");
    r->spot = params_get(&req->form, "spot");
    r->words = params_get(&req->form, "reply");
    r->source = STR("property");
    r->is_own_service = true;
    if (!is_of_my_firm(v, r->place))
        err_field(&err, "place", "请选择您负责的小区。");
    if (err.kind || !api_recorded_at(req, &r->occurred_at, &err) || !api_key(req, &r->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    page_wait(req, res, &r->base, registered);
    report_case(r, v->db);
}
