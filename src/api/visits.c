/* Visits (巡查、联勤入网、下沉、联合执法 …): plan, record, act, list; and the checklists they answer. */
#include "api.h"
#include "limits.h"
#include "staff.h"

static struct visit_situation
situation_for(const struct visit *v, const struct loaded_visit *x)
{
    return (struct visit_situation){.scheme = v->area->scheme, .registry = v->area->registry, .v = &x->v, .duties = x->duties,
                                    .n_duties = x->n_duties, .actor = caller_actor(&v->who), .now = v->now};
}

static void
put_person(struct json *j, const char *key, const struct registry *r, int64_t id)
{
    const struct person *p = registry_person(r, id);
    if (!p) {
        json_put_none(j, key);
        return;
    }
    json_put_object(j, key);
    json_put_str(j, "username", p->username);
    json_put_str(j, "name", p->name);
    json_close_object(j);
}

static void
put_head(struct json *j, const struct visit *v, const struct field_visit *x)
{
    const struct registry *r = v->area->registry;
    json_put_int(j, "id", x->id);
    json_put_z(j, "kind", visit_kind_code(x->kind));
    json_put_z(j, "kind_label", visit_kind_label(x->kind));
    json_put_z(j, "state", visit_state_code(x->state));
    put_text(j, "mode", str_of(visit_mode_code(x->mode)));
    put_org(j, "org", r, x->org);
    put_place(j, "place", r, x->place);
    put_text(j, "title", x->title);
    put_time(j, "from", x->from);
    put_time(j, "to", x->to);
    put_time(j, "began_at", x->began);
    put_time(j, "ended_at", x->ended);
    json_put_int(j, "version", x->version);
}

static void
put_members(struct json *j, const struct registry *r, const struct field_visit *x)
{
    json_put_array(j, "members");
    for (size_t i = 0; i < x->n_members; i++) {
        const struct visit_member *m = &x->members[i];
        json_open_object(j);
        put_org(j, "org", r, m->org);
        put_person(j, "person", r, m->person);
        put_text(j, "role", m->role == ROLE_NONE ? STR("") : str_of(role_code(m->role)));
        json_put_z(j, "state", member_state_code(m->state));
        put_time(j, "came_at", m->came_at);
        put_time(j, "left_at", m->left_at);
        json_put_int(j, "grade", m->grade);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_case_no(struct json *j, struct request *req, const struct visit *v, const char *key, int64_t id)
{
    struct loaded_case c;
    struct err err = {0};
    struct buf no = {0};
    if (id && case_load(v->db, app_keys(v->app), req->arena, v->area->id, id, &c, &err))
        case_no_format(&no, c.c.day, c.c.no);
    put_text(j, key, buf_view(&no));
    buf_release(&no);
}

static void
put_findings(struct json *j, struct request *req, const struct visit *v, const struct field_visit *x)
{
    static const char *const answers[] = {"", "ok", "problem", "na"};
    json_put_array(j, "answers");
    for (size_t i = 0; i < x->n_answers; i++) {
        const struct visit_answer *a = &x->answers[i];
        json_open_object(j);
        json_put_str(j, "list", a->list);
        json_put_str(j, "point", a->point);
        put_place(j, "place", v->area->registry, a->place);
        json_put_z(j, "answer", answers[a->answer]);
        json_put_bool(j, "settled", a->is_settled);
        put_text(j, "words", a->words);
        put_case_no(j, req, v, "case", a->case_id);
        json_close_object(j);
    }
    json_close_array(j);
    json_put_array(j, "stops");
    for (size_t i = 0; i < x->n_stops; i++) {
        json_open_object(j);
        put_place(j, "point", v->area->registry, x->stops[i].point);
        put_time(j, "at", x->stops[i].at);
        json_put_int(j, "grade", x->stops[i].grade);
        json_put_bool(j, "skipped", !x->stops[i].at);
        json_close_object(j);
    }
    json_close_array(j);
    json_put_array(j, "counts");
    for (size_t i = 0; i < x->n_counts; i++) {
        json_open_object(j);
        json_put_str(j, "item", x->counts[i].item);
        json_put_int(j, "n", x->counts[i].n);
        json_put_str(j, "unit", x->counts[i].unit);
        json_close_object(j);
    }
    json_close_array(j);
    json_put_array(j, "cases");
    for (size_t i = 0; i < x->n_cases; i++) {
        json_open_object(j);
        put_case_no(j, req, v, "no", x->cases[i].id);
        json_put_bool(j, "found", x->cases[i].is_found);
        json_put_bool(j, "settled", x->cases[i].is_settled);
        put_text(j, "result", x->cases[i].result);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_photos(struct json *j, const struct field_visit *x)
{
    static const char *const of[] = {[PHOTO_SCENE] = "scene", [PHOTO_BEFORE] = "before", [PHOTO_AFTER] = "after"};
    json_put_array(j, "photos");
    for (size_t i = 0; i < x->n_shots; i++) {
        struct buf url = {0};
        buf_printf(&url, API "/files/%lld/public", (long long)x->shots[i].id);
        json_open_object(j);
        json_put_int(j, "id", x->shots[i].id);
        json_put_z(j, "of", of[x->shots[i].of]);
        put_text(j, "list", x->shots[i].list);
        put_text(j, "point", x->shots[i].point);
        json_put_str(j, "url", buf_view(&url));
        json_close_object(j);
        buf_release(&url);
    }
    json_close_array(j);
}

/* ---- 综合查一次 (BG-14) ---- */

static void
put_near(struct json *j, const struct visit *v, const struct field_visit *x)
{
    const struct loaded_visit loaded = {.v = *x};
    struct visit_situation s = situation_for(v, &loaded);
    const struct registry *r = v->area->registry;
    json_open_object(j);
    json_put_int(j, "id", x->id);
    json_put_z(j, "kind", visit_kind_code(x->kind));
    json_put_z(j, "kind_label", visit_kind_label(x->kind));
    json_put_z(j, "state", visit_state_code(x->state));
    put_org(j, "org", r, x->org);
    put_text(j, "title", x->title);
    put_time(j, "from", x->from);
    put_time(j, "began_at", x->began);
    json_put_bool(j, "may_join", visit_allowed(visit_command_find(STR("join")), &s, NULL));
    json_close_object(j);
}

enum { NEAR_MAX = 60 };

static bool
put_repeats(struct json *j, struct request *req, const struct visit *v, const struct field_visit *x, struct err *err)
{
    json_put_array(j, "repeats");
    for (size_t k = 0; k < x->n_places && x->n_answers; k++) {
        struct visits near = {0};
        int32_t place;
        struct str list;
        if (!visits_near(v->db, app_keys(v->app), req->arena, v->area->id, x->places[k], visit_at(x), v->area->scheme->near_days, NEAR_MAX, &near, err))
            return false;
        for (size_t i = 0; i < near.n; i++) {
            if (near.p[i]->state == VISIT_CANCELLED || !visit_repeats(x, near.p[i], &place, &list) || place != x->places[k])
                continue;
            json_open_object(j);
            json_put_int(j, "id", near.p[i]->id);
            json_put_z(j, "kind", visit_kind_code(near.p[i]->kind));
            put_org(j, "org", v->area->registry, near.p[i]->org);
            put_place(j, "place", v->area->registry, place);
            json_put_str(j, "list", list);
            put_time(j, "at", visit_at(near.p[i]));
            json_close_object(j);
        }
    }
    json_close_array(j);
    return true;
}

/* What others planned or did at a place around a moment; of the caller's own too, and who goes may be joined. */
void
api_visits_near(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct place *place = NULL;
    struct str asked = params_get(&req->args, "at");
    struct visits list = {0};
    instant at = v->now;
    struct err err = {0};
    ask_place(req, "place", &place, &err);
    if (!place && !err.kind)
        err_field(&err, "place", "请写地方的代码。");
    if (asked.n && !moment_parse(asked, &at))
        err_field(&err, "at", "请写成 2026-04-21T09:05:00+08:00。");
    if (err.kind || !visits_near(v->db, app_keys(v->app), req->arena, v->area->id, place->id, at, v->area->scheme->near_days, NEAR_MAX, &list, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    put_place(&j, "place", v->area->registry, place->id);
    json_put_int(&j, "days", v->area->scheme->near_days);
    json_put_array(&j, "visits");
    for (size_t i = 0; i < list.n; i++)
        if (list.p[i]->state != VISIT_CANCELLED)
            put_near(&j, v, list.p[i]);
    json_close_array(&j);
    json_close_object(&j);
}

static void
put_visit_allowed(struct json *j, struct request *req, const struct visit *v, const struct visit_situation *s)
{
    const struct schema_about about = {.visit = v, .arena = req->arena};
    json_put_array(j, "allowed");
    for (size_t i = 0; i < n_visit_commands; i++) {
        const struct visit_command *c = &visit_commands[i];
        if (!visit_allowed(c, s, NULL))
            continue;
        json_open_object(j);
        json_put_z(j, "action", c->code);
        json_put_z(j, "label", c->label);
        json_key(j, "fields");
        put_schema(j, c->fields, c->n_fields, &about);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_credit(struct json *j, const struct visit *v, const struct visit_credit *c)
{
    struct buf of = {0};
    json_open_object(j);
    json_put_str(j, "routine", c->routine->code);
    json_put_str(j, "name", c->routine->name);
    if (c->member)
        member_words(&of, v->area->registry, c->routine, c->member);
    put_text(j, "of", buf_view(&of));
    if (c->why.n)
        json_put_str(j, "why", c->why);
    else {
        json_put_int(j, "credited", c->credited);
        json_put_int(j, "need", c->need);
    }
    json_close_object(j);
    buf_release(&of);
}

static void
put_credits(struct json *j, struct request *req, const struct visit *v, const struct visit_credits *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        n += list->p[i].why.n == 0;
    json_put_int(j, "credited", (int64_t)n);
    for (int is_why = 0; is_why < 2; is_why++) {
        json_put_array(j, is_why ? "not_credited" : "credits");
        for (size_t i = 0; i < list->n; i++)
            if ((list->p[i].why.n > 0) == is_why)
                put_credit(j, v, &list->p[i]);
        json_close_array(j);
    }
    put_text(j, "credit_words", visit_credit_words(req->arena, list));
}

static bool
answer_visit(struct request *req, struct response *res, int64_t id, int status, const struct visit_credits *credits, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct loaded_visit x;
    if (!visit_load(v->db, app_keys(v->app), req->arena, v->area->id, id, &x, err))
        return false;
    struct visit_situation s = situation_for(v, &x);
    if (!visit_visible(&s))
        return err_set(err, ERR_NOT_FOUND, "没有这条记录。");
    struct json j = api_json(res, status);
    json_open_object(&j);
    put_head(&j, v, &x.v);
    put_text(&j, "words", x.v.words);
    put_person(&j, "by", v->area->registry, x.v.by);
    json_put_array(&j, "places");
    for (size_t i = 0; i < x.v.n_places; i++)
        json_str(&j, registry_place(v->area->registry, x.v.places[i])->code);
    json_close_array(&j);
    put_members(&j, v->area->registry, &x.v);
    put_findings(&j, req, v, &x.v);
    put_photos(&j, &x.v);
    if (!put_repeats(&j, req, v, &x.v, err)) {
        buf_clear(&res->body);
        return false;
    }
    json_put_array(&j, "duties");
    for (size_t i = 0; i < x.n_duties; i++)
        put_duty(&j, v, &x.duties[i], NULL, false);
    json_close_array(&j);
    if (credits)
        put_credits(&j, req, v, credits);
    put_visit_allowed(&j, req, v, &s);
    json_close_object(&j);
    return true;
}

static bool
visit_id(const struct request *req, int64_t *id, struct err *err)
{
    return (str_int(req->vars[0], id) && *id > 0) || err_set(err, ERR_NOT_FOUND, "没有这条记录。");
}

void
api_visit(struct request *req, struct response *res)
{
    struct err err = {0};
    int64_t id;
    if (!visit_id(req, &id, &err) || !answer_visit(req, res, id, 200, NULL, &err))
        api_fail(req, res, &err);
}

/* ---- List ---- */

static bool
ask_visits(const struct request *req, struct visit_filter *f, size_t *limit, struct err *err)
{
    const struct visit *v = visit_of((struct request *)req);
    const struct place *place = NULL;
    const struct org *org = NULL;
    struct str kind = params_get(&req->args, "kind"), state = params_get(&req->args, "state"), who = params_get(&req->args, "person");
    int32_t from = 0, to = 0;
    *f = (struct visit_filter){.kind = -1};
    ask_place(req, "place", &place, err);
    ask_org(req, "org", &org, err);
    ask_day(req, "from", &from, err);
    ask_day(req, "to", &to, err);
    ask_limit(req, limit, err);
    ask_after(req, &f->after_at, &f->after_id, err);
    if (kind.n && (f->kind = visit_kind_find(kind)) < 0)
        err_field(err, "kind", "没有这种工作。");
    if (state.n && (f->state = visit_state_find(state)) < 0)
        err_field(err, "state", "写 planned、going、done 或 cancelled。");
    const struct person *p = who.n ? registry_username(v->area->registry, who) : NULL;
    if (who.n && !p)
        err_field(err, "person", "没有这个用户名。");
    f->place = place ? place->id : 0;
    f->org = org ? org->id : 0;
    f->person = p ? p->id : 0;
    f->from = from ? day_start(from) : 0;
    f->to = to ? day_start(to + 1) : 0;
    return err->kind == ERR_NONE;
}

void
api_visits(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct visit_filter f;
    struct visits list;
    size_t limit = 0;
    struct err err = {0};
    if (!ask_visits(req, &f, &limit, &err) ||
        !visits_list(v->db, app_keys(v->app), req->arena, v->area->id, &f, limit, &list, &err)) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "visits");
    for (size_t i = 0; i < list.n; i++) {
        const struct loaded_visit x = {.v = *list.p[i]};
        struct visit_situation s = situation_for(v, &x);
        if (!visit_visible(&s))
            continue;
        json_open_object(&j);
        put_head(&j, v, list.p[i]);
        json_close_object(&j);
    }
    json_close_array(&j);
    const struct field_visit *last = list.n ? list.p[list.n - 1] : NULL;
    put_next(req, res, &j, API "/visits", !list.has_more, last ? visit_at(last) : 0, last ? last->id : 0);
    json_close_object(&j);
}

/* ---- Plan, record, act ---- */

static void
recorded(struct request *req, struct response *res, struct action *a)
{
    const struct record_visit *r = (const struct record_visit *)a;
    struct err err = a->err;
    if (err.kind || !answer_visit(req, res, r->id, 201, a->is_repeat ? NULL : &r->credits, &err))
        api_fail(req, res, &err);
}

void
api_post_visit(struct request *req, struct response *res)
{
    struct record_visit *r = arena_new_of(req->arena, struct record_visit);
    struct err err = {0};
    if (!api_key(req, &r->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    r->fields = &req->form;
    page_wait(req, res, &r->base, recorded);
    record_visit(r, visit_of(req)->db);
}

/* 202: too late to be done, kept for whoever organises it to decide. */
static void
answer_late(struct response *res, int64_t id)
{
    struct json j = api_json(res, 202);
    json_open_object(&j);
    json_put_z(&j, "kept", "late");
    json_put_int(&j, "id", id);
    json_put_z(&j, "detail", "这次工作已经有变化，这条记录留在里面，由组织单位决定。");
    json_close_object(&j);
}

static void
acted(struct request *req, struct response *res, struct action *a)
{
    const struct act_on_visit *x = (const struct act_on_visit *)a;
    struct err err = a->err;
    if (!err.kind && x->is_late) {
        answer_late(res, x->id);
        return;
    }
    if (err.kind || !answer_visit(req, res, x->id, 200, a->is_repeat ? NULL : &x->credits, &err))
        api_fail(req, res, &err);
}

void
api_post_visit_action(struct request *req, struct response *res)
{
    struct act_on_visit *x = arena_new_of(req->arena, struct act_on_visit);
    struct err err = {0};
    if (!visit_id(req, &x->id, &err) || !api_recorded_at(req, &x->recorded_at, &err) || !api_key(req, &x->base, &err)) {
        api_fail(req, res, &err);
        return;
    }
    x->command = req->vars[1];
    x->fields = &req->form;
    page_wait(req, res, &x->base, acted);
    act_on_visit(x, visit_of(req)->db);
}

/* ---- Checklists ---- */

static void
put_point(struct json *j, const struct scheme *s, const struct check_point *p)
{
    int item = p->item.n ? scheme_item(s, p->item) : -1;
    json_open_object(j);
    json_put_str(j, "code", p->code);
    json_put_str(j, "text", p->text);
    put_text(j, "item", p->item);
    put_text(j, "item_name", item >= 0 ? s->items[item].name : STR(""));
    json_close_object(j);
}

void
api_checklists(struct request *req, struct response *res)
{
    const struct scheme *s = visit_of(req)->area->scheme;
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "checklists");
    for (size_t i = 0; i < s->n_points; i++) {
        bool is_first = i == 0 || !str_eq(s->points[i].list, s->points[i - 1].list);
        if (is_first) {
            json_open_object(&j);
            json_put_str(&j, "list", s->points[i].list);
            json_put_str(&j, "name", s->points[i].list_name);
            json_put_array(&j, "kinds");
            for (int k = 0; k < VISIT_KIND_COUNT; k++)
                if (s->points[i].kinds & 1u << k)
                    json_z(&j, visit_kind_code(k));
            json_close_array(&j);
            json_put_array(&j, "points");
        }
        put_point(&j, s, &s->points[i]);
        if (i + 1 == s->n_points || !str_eq(s->points[i + 1].list, s->points[i].list)) {
            json_close_array(&j);
            json_close_object(&j);
        }
    }
    json_close_array(&j);
    json_close_object(&j);
}
