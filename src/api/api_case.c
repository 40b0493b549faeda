/* The case of a request: found by its number, for staff who may see it and for the reporter who holds its secret link. */
#include "api.h"
#include "html.h"

const char *
api_case_path(struct arena *a, const struct case_file *c)
{
    struct buf b = {0};
    buf_z(&b, html_base_path());
    buf_z(&b, API "/cases/");
    case_no_format(&b, c->day, c->no);
    return buf_keep(a, &b).p;
}

bool
api_case_load(struct request *req, int64_t id, struct api_case *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    *out = (struct api_case){0};
    if (!case_load(v->db, app_keys(v->app), req->arena, v->area->id, id, &out->lc, err))
        return false;
    out->is_reporter = v->who.reporter_of == id;
    out->s = (struct situation){.scheme = area_scheme(v->area, out->lc.c.scheme),
                                .registry = v->area->registry,
                                .c = &out->lc.c,
                                .duties = out->lc.duties,
                                .n_duties = out->lc.n_duties,
                                .actor = caller_actor(&v->who),
                                .now = v->now};
    out->s.actor.is_reporter = out->is_reporter;
    return true;
}

bool
api_case_find(struct request *req, struct str no, struct api_case *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    int64_t area, id = 0;
    int32_t day, n;
    if (!v->person && !v->who.reporter_of)
        return err_set(err, ERR_LOGIN, "请带上令牌：Authorization: Bearer <令牌>，或 Case <查询凭证>。");
    if (case_no_parse(no, &area, &day, &n) && (!area || area == v->area->id))
        id = case_find_no(v->db, v->area->id, day, n, err);
    if (err->kind)
        return false;
    if (v->who.reporter_of && id != v->who.reporter_of)
        return err_set(err, ERR_FORBIDDEN, "这个查询凭证只能看它自己的事项。");
    if (!id)
        return err_set(err, ERR_NOT_FOUND, "没有编号为 %.*s 的事项。", (int)(no.n > 40 ? 40 : no.n), no.p);
    if (!api_case_load(req, id, out, err))
        return false;
    return out->is_reporter || case_visible(&out->s) || err_set(err, ERR_FORBIDDEN, "这件事项不在您的职责范围内。");
}
