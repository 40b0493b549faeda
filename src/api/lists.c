/* What everybody may look up: the scheme in force, places, the two lists, organisations. No personal data. */
#include "api.h"
#include "html.h"

/* ---- GET /schemes/current ---- */

static const char *
unit_code(enum limit_unit unit)
{
    static const char *const codes[UNIT_COUNT] = {"minute", "office_hour", "working_day", "natural_day"};
    return codes[unit];
}

static void
put_limits(struct json *j, const struct scheme *s)
{
    json_put_array(j, "limits");
    for (size_t i = 0; i < s->n_limits; i++) {
        const struct limit *l = &s->limits[i];
        json_open_object(j);
        json_put_str(j, "code", l->code);
        json_put_str(j, "name", l->name);
        json_put_int(j, "amount", l->amount);
        json_put_z(j, "unit", unit_code(l->unit));
        json_put_int(j, "amber", l->amber);
        json_put_str(j, "clock", l->clock);
        put_text(j, "basis", l->basis);
        put_text(j, "origin", l->origin);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_hops(struct json *j, const struct scheme *s)
{
    json_put_array(j, "hops");
    for (size_t i = 0; i < s->n_hops; i++) {
        const struct hop *h = &s->hops[i];
        json_open_object(j);
        json_put_str(j, "chain", h->chain);
        json_put_int(j, "order", h->order);
        json_put_z(j, "hop", hop_code((int)h->kind));
        json_put_z(j, "role", role_code(h->role));
        json_put_str(j, "owner", h->owner);
        put_text(j, "limit", h->limit >= 0 ? s->limits[h->limit].code : STR(""));
        json_put_z(j, "escalate", h->escalate >= 0 && h->escalate < ROLE_COUNT ? role_code(h->escalate) : NULL);
        put_text(j, "clause", h->clause);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_channels(struct json *j, const struct scheme *s)
{
    json_put_array(j, "sources");
    for (size_t i = 0; i < s->n_channels; i++) {
        const struct channel *c = &s->channels[i];
        json_open_object(j);
        json_put_str(j, "code", c->source);
        json_put_str(j, "name", c->name);
        put_roles(j, "roles", c->roles);
        json_put_z(j, "enters_at", hop_code((int)c->enters_at));
        put_texts(j, "needs", c->needs);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_counts(struct json *j, const struct scheme *s)
{
    static const char *const names[] = {NULL, "enforcement", "service"};
    json_put_object(j, "lists");
    for (int list = LIST_ENFORCEMENT; list <= LIST_SERVICE; list++) {
        int64_t items = 0, categories = 0;
        for (size_t i = 0; i < s->n_items; i++)
            items += (int)s->items[i].list == list;
        for (size_t i = 0; i < s->n_categories; i++)
            categories += (int)s->categories[i].list == list;
        json_put_object(j, names[list]);
        json_put_int(j, "categories", categories);
        json_put_int(j, "items", items);
        json_close_object(j);
    }
    json_close_object(j);
}

void
api_scheme(struct request *req, struct response *res)
{
    const struct scheme *s = visit_of(req)->area->scheme;
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_str(&j, "name", s->name);
    json_put_int(&j, "version", s->version);
    json_put_str(&j, "title", s->title);
    json_put_str(&j, "county", s->county);
    json_put_str(&j, "region", s->region);
    put_day(&j, "valid_from", s->valid_from);
    put_text(&j, "supervision_phone", s->supervision_phone);
    put_counts(&j, s);
    put_limits(&j, s);
    put_hops(&j, s);
    put_channels(&j, s);
    json_close_object(&j);
}

/* ---- GET /places ---- */

static void
put_whole_place(struct json *j, const struct registry *r, const struct place *p)
{
    const struct place *up = registry_place(r, p->parent);
    json_open_object(j);
    json_put_str(j, "code", p->code);
    json_put_str(j, "name", p->name);
    json_put_z(j, "kind", place_kind_code((int)p->kind));
    json_put_z(j, "kind_label", place_label(p));
    put_text(j, "parent", up ? up->code : STR(""));
    put_text(j, "chain", place_chain(r, p));
    put_org(j, "org", r, p->org);
    put_org(j, "station", r, owner_org(r, STR("@station"), p, 0));
    put_org(j, "firm", r, p->firm);
    put_text(j, "buildings", p->buildings);
    json_put_int(j, "households", p->households);
    if (p->lon != 0 || p->lat != 0) {
        json_put_object(j, "location");
        json_key(j, "lon");
        json_double(j, p->lon);
        json_key(j, "lat");
        json_double(j, p->lat);
        json_close_object(j);
    } else
        json_put_none(j, "location");
    json_close_object(j);
}

static bool
has_words(struct str q, struct str code, struct str name)
{
    return !q.n || str_has(name, q) || str_eq(code, q);
}

void
api_places(struct request *req, struct response *res)
{
    const struct registry *r = visit_of(req)->area->registry;
    struct str kind = params_get(&req->args, "kind"), q = params_get(&req->args, "q");
    const struct place *within;
    struct err err = {0};
    int only = kind.n ? place_kind_find(kind) : -1;
    if (kind.n && only < 0)
        err_field(&err, "kind", "没有这种地方，例如 compound、community、grid。");
    ask_place(req, "within", &within, &err);
    if (err.kind) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "places");
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (!p->is_closed && (only < 0 || (int)p->kind == only) && has_words(q, p->code, p->name) &&
            (!within || place_within(r, p->id, within->id)))
            put_whole_place(&j, r, p);
    }
    json_close_array(&j);
    json_close_object(&j);
}

/* ---- GET /items ---- */

static void
put_bases(struct json *j, const struct visit *v, const struct scheme *s, int item)
{
    enum { BASES_MAX = 32 };
    const struct basis *list[BASES_MAX];
    size_t n = item_bases(s, item, day_of(v->now), list, BASES_MAX);
    json_put_array(j, "bases");
    for (size_t i = 0; i < n && i < BASES_MAX; i++) {
        json_open_object(j);
        json_put_str(j, "law", list[i]->law);
        json_put_str(j, "article", list[i]->article);
        json_put_str(j, "gist", list[i]->gist);
        json_close_object(j);
    }
    json_close_array(j);
}

/* The lead as the list says it (@firm, @community …), and who that is at the place asked for. */
static void
put_lead(struct json *j, const struct visit *v, const struct item *it, const struct place *at)
{
    const struct registry *r = v->area->registry;
    json_put_str(j, "lead", it->lead);
    bool is_relative = it->lead.n && it->lead.p[0] == '@';
    put_org(j, "lead_org", r, at || !is_relative ? owner_org(r, it->lead, at, 0) : 0);
}

static void
put_whole_item(struct json *j, const struct visit *v, int i, const struct place *at)
{
    const struct scheme *s = v->area->scheme;
    const struct item *it = &s->items[i];
    const struct category *c = it->category >= 0 ? &s->categories[it->category] : NULL;
    json_open_object(j);
    json_put_str(j, "code", it->code);
    json_put_str(j, "name", it->name);
    json_put_str(j, "plain", it->plain);
    json_put_z(j, "list", list_code((int)it->list));
    put_text(j, "category", c ? c->code : STR(""));
    put_text(j, "category_name", c ? c->name : STR(""));
    put_lead(j, v, it, at);
    put_texts(j, "assists", it->assists);
    put_text(j, "ladder", it->ladder);
    json_put_z(j, "tier", it->tier ? tier_code((int)it->tier) : NULL);
    json_put_bool(j, "urgent", it->urgent);
    json_put_bool(j, "danger", it->danger);
    json_put_bool(j, "photo_pair", it->photo_pair);
    put_text(j, "limit", it->limit >= 0 ? s->limits[it->limit].code : STR(""));
    put_texts(j, "evidence", it->evidence);
    put_texts(j, "closing", it->closing);
    put_texts(j, "questions", it->questions);
    put_texts(j, "raise_to", it->raise_to);
    put_bases(j, v, s, i);
    json_close_object(j);
}

void
api_items(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct scheme *s = v->area->scheme;
    struct str list = params_get(&req->args, "list"), q = params_get(&req->args, "q");
    const struct place *at;
    struct err err = {0};
    if (list.n && !str_is(list, "enforcement") && !str_is(list, "service"))
        err_field(&err, "list", "请写 enforcement 或 service。");
    ask_place(req, "place", &at, &err);
    if (err.kind) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "items");
    for (size_t i = 0; i < s->n_items; i++) {
        const struct item *it = &s->items[i];
        if ((!list.n || str_is(list, list_code((int)it->list))) &&
            (has_words(q, it->code, it->name) || str_has(it->plain, q)))
            put_whole_item(&j, v, (int)i, at);
    }
    json_close_array(&j);
    json_close_object(&j);
}

/* ---- GET /orgs ---- */

static void
put_whole_org(struct json *j, const struct registry *r, const struct org *o)
{
    const struct org *up = registry_org(r, o->parent);
    json_open_object(j);
    json_put_str(j, "code", o->code);
    json_put_str(j, "name", o->name);
    json_put_str(j, "short_name", org_name(r, o->id));
    json_put_z(j, "kind", org_kind_code((int)o->kind));
    put_text(j, "parent", up ? up->code : STR(""));
    put_text(j, "phone", o->phone);
    put_text(j, "hours", o->hours);
    put_text(j, "address", o->address);
    put_text(j, "duty", o->duty);
    json_close_object(j);
}

void
api_orgs(struct request *req, struct response *res)
{
    const struct registry *r = visit_of(req)->area->registry;
    struct str kind = params_get(&req->args, "kind"), q = params_get(&req->args, "q");
    int only = kind.n ? org_kind_find(kind) : -1;
    struct err err = {0};
    if (kind.n && only < 0) {
        err_field(&err, "kind", "没有这种单位，例如 department、station、property_firm。");
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "orgs");
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        const struct org *o = &r->orgs[i];
        if (!o->is_closed && (only < 0 || (int)o->kind == only) && has_words(q, o->code, o->name))
            put_whole_org(&j, r, o);
    }
    json_close_array(&j);
    json_close_object(&j);
}
