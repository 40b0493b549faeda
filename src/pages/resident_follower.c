/* 我也遇到: the page behind a follower's link. It reads the clear columns only, so that nothing of the reporter can slip in. */
#include "resident_track.html.h"

static const struct duty *
answer_owed(const struct loaded_case *c)
{
    for (size_t i = 0; i < c->n_duties; i++)
        if (c->duties[i].kind == DUTY_ANSWER && c->duties[i].end == END_OPEN)
            return &c->duties[i];
    return NULL;
}

static const char *
how_it_goes(struct request *req, const struct loaded_case *c)
{
    const struct visit *v = visit_of(req);
    const struct duty *u = answer_owed(c);
    struct buf who = {0};
    if (c->c.outcome)
        return arena_printf(req->arena, "结果：%s", outcome_label((int)c->c.outcome));
    if (!case_state_open((int)c->c.state) || !u)
        return "";
    owner_words(&who, v->area->registry, &u->owner);
    return arena_printf(req->arena, "%s应在 %s 前答复%s", buf_keep(req->arena, &who).p, at_words(req->arena, u->due, v->now),
                        u->due < v->now ? "，已经超期，已向上级报告" : "");
}

/* What was put together with another goes on there. */
static bool
load(struct request *req, int64_t area, int64_t id, struct loaded_case *c, struct err *err)
{
    const struct visit *v = visit_of(req);
    return case_load(v->db, app_keys(v->app), req->arena, area, id, c, err) &&
           (!c->c.merged_into || case_load(v->db, app_keys(v->app), req->arena, area, c->c.merged_into, c, err));
}

void
resident_follower(struct request *req, struct response *res)
{
    struct visit *visit = visit_of(req);
    struct follower_view v = {0};
    struct loaded_case c;
    struct err err = {0};
    int64_t area, id;
    if (!follower_token_open(visit->app, req->vars[0], &area, &id) || !(visit->area = app_area(visit->app, area))) {
        visit->area = app_area(visit->app, 0);
        err_set(&err, ERR_NOT_FOUND, "这个链接打不开，请核对是否完整。");
        page_fail(req, res, &err);
        return;
    }
    visit->who.area = visit->area;
    if (!load(req, area, id, &c, &err)) {
        page_fail(req, res, &err);
        return;
    }
    const struct registry *r = visit->area->registry;
    const struct scheme *s = area_scheme(visit->area, c.c.scheme);
    int item = c.c.item.n ? scheme_item(s, c.c.item) : -1;
    v.no = case_no_words(req->arena, &c.c);
    v.r.place = registry_place(r, (int32_t)c.c.place);
    resident_init(req, res, &v.r, arena_printf(req->arena, "办理进度 %s", v.no));
    v.state = state_plain((int)c.c.state);
    v.line = how_it_goes(req, &c);
    v.item = item >= 0 ? s->items[item].name : STR("由工作人员归类");
    v.lead = c.c.lead ? org_name(r, (int32_t)c.c.lead) : STR("");
    v.opened = at_words(req->arena, c.c.opened_at, visit->now);
    v.closed = c.c.closed_at ? at_words(req->arena, c.c.closed_at, visit->now) : "";
    v.followers = c.c.followers;
    page_resident_follower(&res->body, &v);
}
