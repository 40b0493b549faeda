/* Routines: what comes back, who is behind, and the excuse of a miss. */
#include "api.h"
#include "limits.h"
#include "staff.h"

static void
put_routine(struct json *j, const struct routine *r)
{
    static const char *const eaches[EACH_COUNT] = {"area", "org", "post", "place"};
    static const char *const policies[HOLIDAY_POLICY_COUNT] = {"keep", "skip", "move", "lower"};
    json_put_str(j, "code", r->code);
    json_put_str(j, "name", r->name);
    json_put_z(j, "each", eaches[r->each]);
    put_texts(j, "of", r->of);
    json_put_z(j, "action", visit_kind_code(r->action));
    json_put_z(j, "period", routine_period_label(r));
    json_put_int(j, "minimum", r->minimum);
    json_put_int(j, "spacing_days", r->spacing);
    json_put_z(j, "holiday", policies[r->holiday]);
    put_text(j, "clause", r->clause);
}

void
api_routines(struct request *req, struct response *res)
{
    const struct scheme *s = visit_of(req)->area->scheme;
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "routines");
    for (size_t i = 0; i < s->n_routines; i++) {
        json_open_object(&j);
        put_routine(&j, &s->routines[i]);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
}

static void
put_member_duty(struct json *j, const struct visit *v, const struct routine *r, const struct duty *u)
{
    struct buf who = {0};
    member_words(&who, v->area->registry, r, u->subject);
    json_open_object(j);
    json_put_int(j, "id", u->id);
    json_put_int(j, "member", u->subject);
    json_put_str(j, "name", buf_view(&who));
    put_owner(j, "owner", v->area->registry, &u->owner, true);
    put_day(j, "term", u->arg);
    put_time(j, "due", u->due);
    json_put_int(j, "need", u->need);
    json_put_int(j, "credited", u->credited);
    json_put_bool(j, "behind", routine_is_behind(u, v->now));
    json_put_bool(j, "missed", u->missed_at != 0);
    json_put_z(j, "end", duty_end_code(u->end));
    json_close_object(j);
    buf_release(&who);
}

static bool
ask_routine(const struct request *req, const struct scheme *s, const struct routine **out, struct err *err)
{
    struct str code = params_get(&req->args, "routine");
    for (size_t i = 0; i < s->n_routines; i++)
        if (str_eq(s->routines[i].code, code)) {
            *out = &s->routines[i];
            return true;
        }
    return err_field(err, "routine", "请写常态化任务的代码，见 /api/v1/routines。");
}

/* The open duties of one routine whose term has begun, by due; with all=1 those not behind as well. */
void
api_routines_behind(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct routine *r = NULL;
    struct duty_list list;
    size_t limit = 0;
    bool is_all = false;
    int64_t due = 0, id = 0;
    struct err err = {0};
    ask_routine(req, v->area->scheme, &r, &err);
    ask_limit(req, &limit, &err);
    ask_bool(req, "all", &is_all, &err);
    ask_after(req, &due, &id, &err);
    if (err.kind || !routine_duties_open(v->db, req->arena, v->area->id, routine_ref(r->code), due, id, limit, &list, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_object(&j, "routine");
    put_routine(&j, r);
    json_close_object(&j);
    json_put_array(&j, "duties");
    for (size_t i = 0; i < list.n; i++)
        if (list.p[i].window_from <= v->now && (is_all || routine_is_behind(&list.p[i], v->now)))
            put_member_duty(&j, v, r, &list.p[i]);
    json_close_array(&j);
    const struct duty *last = list.n ? &list.p[list.n - 1] : NULL;
    put_next(req, res, &j, API "/routines/behind", !list.has_more, last ? last->due : 0, last ? last->id : 0);
    json_close_object(&j);
}

static void
excused(struct request *req, struct response *res, struct action *a)
{
    const struct excuse_routine *x = (const struct excuse_routine *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_int(&j, "id", x->duty);
    json_put_z(&j, "end", duty_end_code(END_EXCUSED));
    json_close_object(&j);
}

void
api_post_excuse(struct request *req, struct response *res)
{
    struct excuse_routine *x = arena_new_of(req->arena, struct excuse_routine);
    struct err err = {0};
    if (!str_int(req->vars[0], &x->duty))
        err_set(&err, ERR_NOT_FOUND, "没有这项任务。");
    x->words = params_get(&req->form, "words");
    if (err.kind || !api_key(req, &x->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    page_wait(req, res, &x->base, excused);
    excuse_routine(x, visit_of(req)->db);
}
