/* The month's plan of visits: proposed, and adopted line by line (actions/propose_visits.h). */
#include "api.h"
#include "staff_visit_plan.h"

static void
put_org_code(struct json *j, const char *key, const struct registry *r, int32_t id)
{
    const struct org *o = registry_org(r, id);
    put_text(j, key, o ? o->code : STR(""));
}

static void
put_line(struct json *j, const struct registry *r, const struct proposed_line *x)
{
    json_open_object(j);
    json_put_z(j, "line", x->code);
    json_put_z(j, "kind", visit_kind_code(x->line.kind));
    put_time(j, "from", x->line.from);
    put_org_code(j, "org", r, x->line.org);
    json_put_array(j, "asked");
    for (size_t i = 0; i < x->line.n_asked; i++)
        json_str(j, registry_org(r, x->line.asked[i])->code);
    json_close_array(j);
    put_text(j, "serves", x->serves);
    json_close_object(j);
}

static void
put_visits(struct json *j, const struct registry *r, const struct visit_proposal *x)
{
    json_put_array(j, "visits");
    for (size_t i = 0; i < x->n_visits; i++) {
        const struct proposed_visit *p = &x->visits[i];
        json_open_object(j);
        put_day(j, "day", p->day);
        put_place(j, "place", r, p->place);
        put_place(j, "community", r, p->community);
        if (p->stands_as)
            json_put_int(j, "stands", p->stands_as);
        else
            json_put_none(j, "stands");
        put_text(j, "serves", p->serves);
        json_put_array(j, "lines");
        for (size_t k = 0; k < p->n_lines; k++)
            put_line(j, r, &p->lines[k]);
        json_close_array(j);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_figures(struct json *j, const struct visit_proposal *x)
{
    json_put_int(j, "separate", (int64_t)x->n_separate);
    json_put_int(j, "apart", (int64_t)x->plan.n_apart);
    json_put_int(j, "bound", (int64_t)x->n_bound);
    put_text(j, "bound_words", x->plan.bound_words);
    json_put_int(j, "outings", (int64_t)x->plan.n_outings);
    json_put_int(j, "outings_bound", (int64_t)x->plan.outings_bound);
    json_put_bool(j, "proved", x->plan.is_proved);
}

static void
put_demands(struct json *j, const struct visit_proposal *x)
{
    static const char *const why[] = {[PLAN_NO_DAY] = "no_day", [PLAN_TEAM_AWAY] = "team_away", [PLAN_TOO_CLOSE] = "too_close",
                                      [PLAN_TEAM_FULL] = "team_full", [PLAN_GROUP_FULL] = "group_full", [PLAN_NOT_FOUND] = "not_found"};
    json_put_array(j, "routines");
    for (size_t i = 0; i < x->n_routines; i++) {
        json_open_object(j);
        json_put_str(j, "code", x->routines[i].r->code);
        json_put_str(j, "name", x->routines[i].r->name);
        json_put_bool(j, "chosen", x->routines[i].is_chosen);
        json_put_int(j, "demands", (int64_t)x->routines[i].n_demands);
        json_close_object(j);
    }
    json_close_array(j);
    json_put_array(j, "missing");
    for (size_t i = 0; i < x->plan.n_misses; i++) {
        json_open_object(j);
        json_put_int(j, "times", x->plan.misses[i].missing);
        json_put_z(j, "why", why[x->plan.misses[i].why]);
        json_put_str(j, "words", x->plan.misses[i].words);
        json_close_object(j);
    }
    json_close_array(j);
}

void
api_visit_plan(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct proposal_ask ask;
    struct visit_proposal x;
    struct err err = {0};
    if (!plan_asked(req, &req->args, &ask, &err) || !propose_visits(v->db, app_keys(v->app), req->arena, v->area, v->now, &ask, &x, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    put_place(&j, "place", v->area->registry, ask.place);
    put_day(&j, "from", x.from);
    put_day(&j, "to", x.to);
    put_figures(&j, &x);
    put_demands(&j, &x);
    put_visits(&j, v->area->registry, &x);
    json_close_object(&j);
}

static void
answer_adopted(struct request *req, struct response *res, struct adopting *x)
{
    (void)req;
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "planned");
    for (size_t i = 0; i < x->n_planned; i++)
        json_int(&j, x->ids[i]);
    json_close_array(&j);
    json_put_int(&j, "there", (int64_t)x->n_there);
    json_put_array(&j, "refused");
    for (size_t i = 0; i < x->n_refused; i++) {
        json_open_object(&j);
        json_put_str(&j, "line", x->refused[i].line);
        json_put_z(&j, "message", x->refused[i].message);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
}

void
api_post_visit_plan(struct request *req, struct response *res)
{
    struct adopting *x = arena_new_of(req->arena, struct adopting);
    struct err err = {0};
    x->then = answer_adopted;
    if (!adopting_read(req, "lines", x, &err))
        api_fail(req, res, &err);
    else
        adopt_lines(req, res, x);
}
