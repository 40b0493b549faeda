/* Leave: one's own, and what the home unit decides; and a certificate that is renewed. */
#include "calendar_feed.h"
#include "registry_store.h"
#include "staff_posts.h"
#include "staff_posts.html.h"

enum { PAST_SHOWN = 30, SHOWN = 100 };
#define N(list) (sizeof list / sizeof *list)

static struct field *
leave_fields(struct request *req, struct str username)
{
    const struct field all[] = {
        {.name = "from", .label = "从哪一天", .type = FIELD_DATE, .required = true},
        {.name = "to", .label = "到哪一天", .hint = "包括这一天", .type = FIELD_DATE, .required = true},
        {.name = "substitute", .label = "谁代班", .hint = "请假期间由他以这个岗位办事；不选就没有人代班", .type = FIELD_CHOICE,
         .source = arena_printf(req->arena, "colleague:%.*s", (int)username.n, username.p)},
        {.name = "words", .label = "说明", .hint = "只有本人和批准的人看得到；不要写病情", .type = FIELD_TEXT, .max = 200},
    };
    struct field *f = arena_array(req->arena, struct field, N(all));
    memcpy(f, all, sizeof all);
    return f;
}
enum { LEAVE_FIELDS = 4 };

static const char *
span_of(struct arena *a, const struct leave *l)
{
    struct buf b = {0};
    date_format(&b, l->from);
    if (l->to != l->from) {
        buf_z(&b, " 至 ");
        date_format(&b, l->to);
    }
    return buf_keep(a, &b).p;
}

static void
leave_line_of(const struct visit *v, struct arena *a, const struct leave *l, struct leave_line *out)
{
    const struct registry *r = v->area->registry;
    int32_t today = day_of(v->now);
    struct str decided = person_name(r, l->decided_by), asked = person_name(r, l->asked_by);
    const struct posting *post = l->posting ? registry_posting(r, l->posting) : NULL;
    bool leads = leads_home_unit(&v->who, l->person, today) && v->person->id != l->person, is_own = v->person->id == l->person;
    bool is_over = l->state > ASKED_APPROVED || l->to < today;
    *out = (struct leave_line){
        .id = l->id, .p = registry_person(r, l->person), .span = span_of(a, l), .state = asked_label(l->state),
        .state_class = l->state == ASKED_APPROVED ? "g" : l->state == ASKED_OPEN ? "a" : "n",
        .substitute = l->substitute ? str_z(a, person_name(r, l->substitute)) : "没有人代班", .post = post ? role_label(post->role) : "",
        .asked = l->asked_by != l->person ? arena_printf(a, "%.*s 登记", (int)asked.n, asked.p) : "",
        .decided = l->decided_by ? str_z(a, decided) : "",
        .words = leads || is_own || v->person->id == l->asked_by ? registry_event_text(v->db, app_keys(v->app), a, v->area->id, l->seq, "words") : STR(""),
        .may_decide = l->state == ASKED_OPEN && leads && may_change_person(&v->who, l->person, v->now),
        .may_cancel = !is_over && (is_own || leads || v->person->id == l->asked_by),
        .is_now = l->state == ASKED_APPROVED && l->from <= today && today <= l->to};
}

static void
show_leave(struct request *req, struct response *res, const struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct leave_view *view = arena_new_of(req->arena, struct leave_view);
    struct leave_line *waiting = arena_array(req->arena, struct leave_line, SHOWN), *current = arena_array(req->arena, struct leave_line, SHOWN),
                      *past = arena_array(req->arena, struct leave_line, PAST_SHOWN);
    int32_t today = day_of(v->now);
    struct str asked = params_has(&req->form, "person") ? params_get(&req->form, "person") : params_get(&req->args, "person");
    const struct person *who = registry_username(r, asked);
    if (!who)
        who = v->person;
    for (size_t i = r->n_leaves; i > 0; i--) {
        const struct leave *l = &r->leaves[i - 1];
        if (l->person != v->person->id && l->asked_by != v->person->id && l->substitute != v->person->id && !leads_home_unit(&v->who, l->person, today))
            continue;
        bool is_over = l->state > ASKED_APPROVED || l->to < today;
        struct leave_lines *to = is_over ? &view->past : l->state == ASKED_OPEN ? &view->waiting : &view->current;
        struct leave_line *list = is_over ? past : l->state == ASKED_OPEN ? waiting : current;
        if (to->n < (is_over ? (size_t)PAST_SHOWN : (size_t)SHOWN))
            leave_line_of(v, req->arena, l, &list[to->n++]);
        to->p = list;
    }
    view->person = who->username;
    view->person_name = who->name;
    view->is_own = who->id == v->person->id;
    view->err = err;
    view->calendar = calendar_offer_of(req, NULL);
    form_view_init(&view->form, req, leave_fields(req, who->username), LEAVE_FIELDS, &(struct form_about){.values = err ? &req->form : NULL, .err = err});
    layout_init(req, &view->layout, "请假和代班", "leave");
    if (err)
        res->status = err_status(err->kind);
    page_leave(&res->body, view);
}

void
desk_leave(struct request *req, struct response *res)
{
    show_leave(req, res, NULL);
}

static void
leave_changed(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        show_leave(req, res, err);
        return;
    }
    bool is_ask = str_is(params_get(&req->form, "op"), "ask");
    flash(req, res, is_ask ? "请假已登记。" : "已保存。");
    response_redirect(req, res, "/desk/leave");
}

void
desk_post_leave(struct request *req, struct response *res)
{
    static const char *const ops[] = {"ask", "approve", "refuse", "cancel"};
    struct err *err = arena_new_of(req->arena, struct err);
    struct ask_leave *x = arena_new_of(req->arena, struct ask_leave);
    size_t op = 0;
    while (op < N(ops) && !str_is(params_get(&req->form, "op"), ops[op]))
        op++;
    if (op == N(ops)) {
        err_set(err, ERR_USAGE, "请选择要做什么。");
        page_fail(req, res, err);
        return;
    }
    if (op == LEAVE_ASK && !form_check(leave_fields(req, params_get(&req->form, "person")), LEAVE_FIELDS, &req->form, option_lookup, req, err)) {
        show_leave(req, res, err);
        return;
    }
    x->op = (enum leave_op)op;
    x->fields = &req->form;
    x->id = params_int(&req->form, "id", 0);
    page_wait(req, res, &x->base, leave_changed);
    ask_leave(x, visit_of(req)->db);
}

/* ---- certificates: on the page of the person ---- */

static void
renewed(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        struct err err = a->err;
        if (err.n_fields)
            err_set(&err, ERR_CONFLICT, "%s", a->err.fields[0].message), err.n_fields = 0;
        page_fail(req, res, &err);
        return;
    }
    flash(req, res, str_is(params_get(&req->form, "op"), "guided") ? "已记下，有没有独立执法资格从现在起按这个算。" : "执法证已更新。");
    response_redirect(req, res, "/desk/people/%.*s#cert", (int)req->vars[0].n, req->vars[0].p);
}

void
desk_post_certificate(struct request *req, struct response *res)
{
    struct renew_certificate *x = arena_new_of(req->arena, struct renew_certificate);
    x->posting = params_int(&req->form, "id", 0);
    x->is_guidance = str_is(params_get(&req->form, "op"), "guided");
    x->fields = &req->form;
    page_wait(req, res, &x->base, renewed);
    renew_certificate(x, visit_of(req)->db);
}
