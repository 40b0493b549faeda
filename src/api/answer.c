/* The small words of every answer: times, codes with their names, links, problems. */
#include "api.h"
#include "html.h"

struct json
api_json(struct response *res, int status)
{
    res->status = status;
    res->content_type = "application/json; charset=utf-8";
    return (struct json){.out = &res->body};
}

void
put_time(struct json *j, const char *key, instant at)
{
    if (!at) {
        json_put_none(j, key);
        return;
    }
    struct buf b = {0};
    moment_format(&b, at);
    json_put_str(j, key, buf_view(&b));
    buf_release(&b);
}

void
put_day(struct json *j, const char *key, int64_t day)
{
    if (!day) {
        json_put_none(j, key);
        return;
    }
    struct buf b = {0};
    date_format(&b, (int32_t)day);
    json_put_str(j, key, buf_view(&b));
    buf_release(&b);
}

void
put_text(struct json *j, const char *key, struct str s)
{
    if (s.n)
        json_put_str(j, key, s);
    else
        json_put_none(j, key);
}

void
put_texts(struct json *j, const char *key, struct strs list)
{
    json_put_array(j, key);
    for (size_t i = 0; i < list.n; i++)
        json_str(j, list.p[i]);
    json_close_array(j);
}

static void
put_pair(struct json *j, const char *key, struct str code, struct str name)
{
    json_put_object(j, key);
    json_put_str(j, "code", code);
    json_put_str(j, "name", name);
    json_close_object(j);
}

void
put_org(struct json *j, const char *key, const struct registry *r, int64_t id)
{
    const struct org *o = registry_org(r, (int32_t)id);
    if (o)
        put_pair(j, key, o->code, org_name(r, o->id));
    else
        json_put_none(j, key);
}

void
put_place(struct json *j, const char *key, const struct registry *r, int64_t id)
{
    const struct place *p = registry_place(r, (int32_t)id);
    if (p)
        put_pair(j, key, p->code, p->name);
    else
        json_put_none(j, key);
}

void
put_item(struct json *j, const char *key, const struct visit *v, const struct case_file *c)
{
    const struct scheme *s = area_scheme(v->area, c->scheme);
    int i = c->item.n ? scheme_item(s, c->item) : -1;
    if (i >= 0)
        put_pair(j, key, s->items[i].code, s->items[i].name);
    else
        json_put_none(j, key);
}

void
put_owner(struct json *j, const char *key, const struct registry *r, const struct owner *o, bool with_person)
{
    const struct org *org = registry_org(r, o->org);
    const struct place *place = registry_place(r, o->place);
    const struct person *person = registry_person(r, o->person);
    struct buf words = {0};
    json_put_object(j, key);
    if (org)
        json_put_str(j, "org", org->code);
    if (place)
        json_put_str(j, "place", place->code);
    if (o->role > ROLE_RESIDENT && o->role < ROLE_COUNT)
        json_put_z(j, "role", role_code(o->role));
    if (person && with_person)
        json_put_str(j, "person", person->username);
    if (!person || with_person) {
        owner_words(&words, r, o);
        json_put_str(j, "name", buf_view(&words));
    }
    json_close_object(j);
    buf_release(&words);
}

void
put_roles(struct json *j, const char *key, uint64_t roles)
{
    json_put_array(j, key);
    for (int i = 0; i < ROLE_COUNT; i++)
        if (roles & ROLE_BIT(i))
            json_z(j, role_code(i));
    json_close_array(j);
}

void
put_link(struct json *j, const char *key, const char *fmt, ...)
{
    char path[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(path, sizeof path, fmt, ap);
    va_end(ap);
    struct buf b = {0};
    buf_z(&b, html_base_path());
    buf_z(&b, path);
    json_put_str(j, key, buf_view(&b));
    buf_release(&b);
}

void
api_fail(struct request *req, struct response *res, const struct err *err)
{
    page_fail(req, res, err);
}

void
api_need_login(struct request *req, struct response *res)
{
    struct err err = {0};
    err_set(&err, ERR_LOGIN, "请带上令牌：Authorization: Bearer <令牌>，或 Case <查询凭证>。");
    api_fail(req, res, &err);
}
