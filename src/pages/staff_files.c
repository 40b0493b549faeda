/* A photo of a case is cleared for the reporter's page, or hidden again. */
#include "staff.h"

static void
published(struct request *req, struct response *res, struct action *a)
{
    const struct publish_file *p = (const struct publish_file *)a;
    const struct visit *v = visit_of(req);
    struct loaded_case c;
    struct err err = a->err;
    if (err.kind || !case_load(v->db, app_keys(v->app), req->arena, v->area->id, p->case_id, &c, &err)) {
        page_fail(req, res, &err);
        return;
    }
    flash(req, res, p->is_public ? "这张照片已公开给反映人。" : "这张照片不再公开。");
    response_redirect(req, res, "/desk/cases/%s", case_no_words(req->arena, &c.c));
}

void
desk_post_publish(struct request *req, struct response *res)
{
    struct publish_file *p = arena_new_of(req->arena, struct publish_file);
    if (!str_int(req->vars[0], &p->file_id))
        p->file_id = 0;
    p->is_public = params_bool(&req->form, "on");
    page_wait(req, res, &p->base, published);
    publish_file(p, visit_of(req)->db);
}
