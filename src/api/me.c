/* GET /me: who the token is, in which posts, and what he may register. */
#include "api.h"

static void
put_posting(struct json *j, const struct visit *v, const struct posting *p)
{
    const struct registry *r = v->area->registry;
    json_open_object(j);
    json_put_z(j, "role", role_code(p->role));
    json_put_z(j, "label", role_label(p->role));
    put_org(j, "org", r, p->org);
    put_place(j, "place", r, p->place);
    put_text(j, "cert_no", p->cert_no);
    put_day(j, "cert_until", p->cert_until);
    json_put_bool(j, "acts_alone", !p->is_guided);
    json_put_bool(j, "delegated", p->person != v->person->id);
    json_close_object(j);
}

/* From when to when, and who acts for him; null when he is at work. */
static void
put_away(struct json *j, const struct visit *v)
{
    const struct registry *r = v->area->registry;
    const struct leave *x = leave_of(r, v->person->id, day_of(v->now));
    const struct person *other = x ? registry_person(r, x->substitute) : NULL;
    if (!x) {
        json_put_none(j, "away");
        return;
    }
    json_put_object(j, "away");
    put_day(j, "from", x->from);
    put_day(j, "to", x->to);
    if (other) {
        json_put_object(j, "substitute");
        json_put_str(j, "username", other->username);
        json_put_str(j, "name", other->name);
        json_close_object(j);
    } else {
        json_put_none(j, "substitute");
    }
    json_close_object(j);
}

static void
put_person(struct json *j, const struct visit *v)
{
    json_put_object(j, "person");
    json_put_str(j, "username", v->person->username);
    json_put_str(j, "name", v->person->name);
    json_close_object(j);
    json_put_array(j, "roles");
    for (size_t i = 0; i < v->who.n_postings; i++)
        put_posting(j, v, v->who.postings[i]);
    json_close_array(j);
    put_away(j, v);
    json_put_array(j, "sources");
    for (size_t i = 0; i < v->area->scheme->n_channels; i++)
        if (caller_has(&v->who, v->area->scheme->channels[i].roles))
            json_str(j, v->area->scheme->channels[i].source);
    json_close_array(j);
}

static void
put_reporter(struct request *req, struct json *j)
{
    const struct visit *v = visit_of(req);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct err err = {0};
    json_put_none(j, "person");
    json_put_array(j, "roles");
    json_close_array(j);
    json_put_array(j, "sources");
    json_close_array(j);
    json_put_z(j, "reporter_of",
               api_case_load(req, v->who.reporter_of, x, &err) ? api_case_path(req->arena, &x->lc.c) : NULL);
}

void
api_me(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    if (!v->person && !v->who.reporter_of) {
        api_need_login(req, res);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    if (v->person)
        put_person(&j, v);
    else
        put_reporter(req, &j);
    json_put_object(&j, "area");
    json_put_int(&j, "code", v->area->id);
    json_put_str(&j, "county", v->area->scheme->county);
    json_close_object(&j);
    put_time(&j, "now", v->now);
    json_close_object(&j);
}
