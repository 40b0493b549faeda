/* GET /cases/{no}, and what may be done to it. A refusal says which state the case is in and what is possible instead. */
#include "api.h"
#include "fail.h"

void
api_case(struct request *req, struct response *res)
{
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    if (api_case_find(req, req->vars[0], x, &err))
        case_answer(req, res, x, 200);
    else
        api_fail(req, res, &err);
}

/* ---- Refusals ---- */

static void
put_possible(struct json *j, const struct api_case *x)
{
    json_put_z(j, "state", case_state_code((int)x->lc.c.state));
    json_put_z(j, "state_label", case_state_label((int)x->lc.c.state));
    json_put_int(j, "version", x->lc.c.version);
    json_put_array(j, "allowed");
    for (size_t i = 0; i < n_commands; i++)
        if (!(commands[i].flags & CMD_HIDDEN) && command_allowed(&commands[i], &x->s, NULL, NULL))
            json_z(j, commands[i].code);
    json_close_array(j);
}

/* 412: what has happened since the version that the caller had seen. */
static void
put_changes(struct request *req, struct json *j, const struct api_case *x, int64_t since)
{
    const struct visit *v = visit_of(req);
    struct err err = {0};
    size_t n = 0;
    struct event_row *events = events_load(v->db, req->arena, &x->lc, &n, &err);
    json_put_array(j, "changes");
    for (size_t i = 0; i < n; i++)
        if (events[i].seq > since && (!x->is_reporter || events[i].public_text.n))
            put_event(j, v, &events[i], x->is_reporter);
    json_close_array(j);
}

static void
refuse(struct request *req, struct response *res, const struct err *err, const struct api_case *x, int64_t since)
{
    api_fail(req, res, err);
    if (err->kind != ERR_CONFLICT && err->kind != ERR_PRECONDITION)
        return;
    while (res->body.n && res->body.p[res->body.n - 1] != '}')
        res->body.n--;
    if (!res->body.n)
        return;
    res->body.n--; /* the problem's object stays open for what follows */
    struct json j = {.out = &res->body, .depth = 1, .begun = 2};
    put_possible(&j, x);
    if (err->kind == ERR_PRECONDITION)
        put_changes(req, &j, x, since);
    json_close_object(&j);
}

/* ---- Acting ---- */

/* 202: too late to be done, kept for a person to decide. The case itself may be none of his business any more. */
static void
answer_late(struct request *req, struct response *res, const struct act_on_case *act)
{
    struct buf no = {0};
    struct loaded_case c;
    struct err err = {0};
    if (!case_load(visit_of(req)->db, app_keys(visit_of(req)->app), req->arena, visit_of(req)->area->id, act->case_id, &c, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 202);
    case_no_format(&no, c.c.day, c.c.no);
    json_open_object(&j);
    json_put_z(&j, "kept", "late");
    json_put_str(&j, "no", buf_view(&no));
    json_put_int(&j, "version", act->version);
    json_put_z(&j, "detail", "事项已经有变化，这条记录留在事项里，由承办人员决定。");
    json_close_object(&j);
    buf_release(&no);
}

static void
acted(struct request *req, struct response *res, struct action *a)
{
    const struct act_on_case *act = (const struct act_on_case *)a;
    if (!a->err.kind && act->is_late) {
        answer_late(req, res, act);
        return;
    }
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    rate_proof_wrong(req, &a->err);
    if (!api_case_load(req, act->case_id, x, &err))
        api_fail(req, res, a->err.kind ? &a->err : &err);
    else if (a->err.kind)
        refuse(req, res, &a->err, x, act->if_version);
    else
        case_answer(req, res, x, 200);
}

/* Who recorded something without a network may have lost sight of the case meanwhile: the action asks what he had to do with it. */
static bool
find_to_act(struct request *req, struct api_case *x, instant recorded_at, struct err *err)
{
    struct err why = {0};
    if (api_case_find(req, req->vars[0], x, &why) || (recorded_at && why.kind == ERR_FORBIDDEN && x->lc.c.id))
        return true;
    *err = why;
    return false;
}

static void
act(struct request *req, struct response *res, struct str command, bool is_undo)
{
    struct act_on_case *a = arena_new_of(req->arena, struct act_on_case);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    if (!api_recorded_at(req, &a->recorded_at, &err) || !find_to_act(req, x, a->recorded_at, &err) ||
        !api_version(req, &a->if_version, &err) || !api_key(req, &a->base, &err) ||
        !rate_proof(req, params_get(&req->form, "proof"), &err)) {
        api_fail(req, res, &err);
        return;
    }
    api_settle_device(req);
    a->case_id = x->lc.c.id;
    a->command = command;
    a->fields = &req->form;
    a->is_undo = is_undo;
    page_wait(req, res, &a->base, acted);
    act_on_case(a, visit_of(req)->db);
}

void
api_post_action(struct request *req, struct response *res)
{
    act(req, res, req->vars[1], false);
}

void
api_post_undo(struct request *req, struct response *res)
{
    act(req, res, STR(""), true);
}

/* ---- The reporter's contact: shown once, with a purpose, and recorded ---- */

static void
revealed(struct request *req, struct response *res, struct action *a)
{
    const struct reveal_contact *r = (const struct reveal_contact *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    put_text(&j, "name", r->name);
    put_text(&j, "phone", r->phone);
    json_close_object(&j);
}

void
api_post_contact(struct request *req, struct response *res)
{
    struct reveal_contact *r = arena_new_of(req->arena, struct reveal_contact);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    if (!api_case_find(req, req->vars[0], x, &err)) {
        api_fail(req, res, &err);
        return;
    }
    r->case_id = x->lc.c.id;
    r->purpose = params_get(&req->form, "purpose");
    page_wait(req, res, &r->base, revealed);
    reveal_contact(r, visit_of(req)->db);
}

/* ---- Watching ---- */

static void
watched(struct request *req, struct response *res, struct action *a)
{
    const struct watch_case *w = (const struct watch_case *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_bool(&j, "watched", w->is_on);
    json_close_object(&j);
}

void
api_put_watch(struct request *req, struct response *res)
{
    struct watch_case *w = arena_new_of(req->arena, struct watch_case);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    if (!api_case_find(req, req->vars[0], x, &err)) {
        api_fail(req, res, &err);
        return;
    }
    w->case_id = x->lc.c.id;
    w->is_on = req->method == HTTP_PUT;
    page_wait(req, res, &w->base, watched);
    watch_case(w, visit_of(req)->db);
}
