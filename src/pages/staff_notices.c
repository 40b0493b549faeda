/* 消息: what the duties told me and my posts. */
#include "staff_notices.h"

#include "staff_notices.html.h"

void
desk_notices(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct owner owners[OWNERS_MAX];
    struct notice_rows rows = {0};
    struct err err = {0};
    struct notices_view *view = arena_new_of(req->arena, struct notices_view);
    size_t n = caller_owners(&v->who, owners, OWNERS_MAX);
    if (n && !notices_for(v->db, req->arena, v->area->id, owners, n, 0, LIMIT_PAGE_ROWS, &rows, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "消息", "notices");
    struct notice_line *out = arena_array(req->arena, struct notice_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct notice_row *r = &rows.p[i];
        struct case_file c = {.day = r->day, .no = r->no};
        out[i] = (struct notice_line){.text = r->text,
                                      .url = r->case_id ? arena_printf(req->arena, "/desk/cases/%s", case_no_words(req->arena, &c))
                                             : str_is(r->kind, "complaint") && view->layout.reads_complaints ? "/desk/complaints"
                                             : str_is(r->kind, "turn_begins") || str_is(r->kind, "turn_note")        ? "/desk/rota" : NULL,
                                      .when = at_words(req->arena, r->at, v->now),
                                      .is_urgent = r->is_urgent,
                                      .is_unread = r->id > v->session.notices_seen};
        view->has_unread |= out[i].is_unread;
        if (r->id > view->newest)
            view->newest = r->id;
    }
    view->lines = (struct notice_lines){out, rows.n};
    page_notices(&res->body, view);
}

static void
marked(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind)
        flash(req, res, a->err.message);
    response_redirect(req, res, "/desk/notices");
}

void
desk_post_notices(struct request *req, struct response *res)
{
    struct read_notices *r = arena_new_of(req->arena, struct read_notices);
    r->up_to = params_int(&req->form, "up_to", 0);
    page_wait(req, res, &r->base, marked);
    read_notices(r, visit_of(req)->db);
}
