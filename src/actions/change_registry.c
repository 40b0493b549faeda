/* The registry changes any day: each change is an event of the registry stream and a row, in one transaction. */
#include "actions.h"
#include "json.h"
#include "registry_store.h"
#include "slots.h"

#define MAY_CHANGE (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN))

bool
may_change_person(const struct caller *who, int64_t person, instant now)
{
    enum { POSTS_MAX = 64 };
    const struct posting *posts[POSTS_MAX];
    size_t n = registry_postings(who->area->registry, person, day_of(now), posts, POSTS_MAX);
    bool is_control = false;
    for (size_t i = 0; i < n; i++)
        is_control |= (ROLE_BIT(posts[i]->role) & ROLES_CONTROL) != 0;
    return caller_has(who, ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN)) || !is_control;
}

static struct str
text(const struct change_registry *c, const char *name, struct str otherwise)
{
    struct str v = params_get(c->fields, name);
    return v.n ? v : otherwise;
}

static int32_t
org_id(const struct change_registry *c, const char *name, int32_t otherwise, struct err *err)
{
    struct str code = params_get(c->fields, name);
    if (!code.n)
        return otherwise;
    const struct org *o = registry_org_code(c->base.who->area->registry, code);
    if (!o)
        err_field(err, name, "没有这个单位：%.*s", (int)code.n, code.p);
    return o ? o->id : 0;
}

static int32_t
place_id(const struct change_registry *c, const char *name, int32_t otherwise, struct err *err)
{
    struct str code = params_get(c->fields, name);
    if (!code.n)
        return otherwise;
    const struct place *p = registry_place_code(c->base.who->area->registry, code);
    if (!p)
        err_field(err, name, "没有这个地点：%.*s", (int)code.n, code.p);
    return p ? p->id : 0;
}

static int32_t
day_arg(const struct change_registry *c, const char *name, int32_t otherwise, struct err *err)
{
    struct str v = params_get(c->fields, name);
    int32_t day = 0;
    if (!v.n)
        return otherwise;
    if (!date_parse(v, &day))
        err_field(err, name, "日期请写成 2026-04-21。");
    return day;
}

/* The row as it will be; only one of them is used. */
struct changed {
    struct org org;
    struct place place;
    struct person person;
    struct posting posting;
    const char *event;
};

static bool
change_person(const struct change_registry *c, struct changed *out, struct err *err)
{
    const struct registry *r = c->base.who->area->registry;
    const struct person *old = c->kind == REGISTRY_PERSON_ADD ? NULL : registry_person(r, c->id);
    if (c->kind != REGISTRY_PERSON_ADD && !old)
        return err_set(err, ERR_NOT_FOUND, "没有这个人。");
    struct str username = text(c, "username", old ? old->username : STR(""));
    struct str name = text(c, "name", old ? old->name : STR(""));
    const struct person *same = registry_username(r, username);
    if (username.n < 2 || username.n > 32)
        err_field(err, "username", "用户名为 2–32 个字母或数字。");
    if (same && (!old || same->id != old->id))
        err_field(err, "username", "这个用户名已经有人用了。");
    if (!name.n)
        err_field(err, "name", "请填写姓名。");
    int64_t last = r->n_people ? r->people[r->n_people - 1].id : 0;
    out->person = (struct person){.id = old ? old->id : last + 1, .username = username, .name = name,
                                  .phone = text(c, "phone", old ? old->phone : STR("")), .is_sample = old && old->is_sample,
                                  .is_disabled = c->kind == REGISTRY_PERSON_DISABLE};
    out->event = old ? c->kind == REGISTRY_PERSON_DISABLE ? "person_disabled" : "person_changed" : "person_added";
    return err->kind == ERR_NONE;
}

static const struct posting *
find_posting(const struct registry *r, int64_t id)
{
    return registry_posting(r, id);
}

/* Ending a posting leaves nobody alone: the post must still be filled, or a successor named for it. */
static bool
end_posting(const struct change_registry *c, struct changed *out, struct err *err)
{
    const struct registry *r = c->base.who->area->registry;
    const struct posting *old = find_posting(r, c->id);
    int32_t today = day_of(app_now(c->base.app));
    if (!old)
        return err_set(err, ERR_NOT_FOUND, "没有这个任职。");
    bool is_filled = false;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        is_filled |= p->id != old->id && !p->acting_for && p->role == old->role && p->org == old->org && p->place == old->place &&
                     posting_held(p, today);
    }
    if (!is_filled)
        return err_field(err, "successor", "这个岗位只有这一个人，请先安排接替的人，再结束任职。");
    out->posting = *old;
    out->posting.to = today > old->from ? today - 1 : today;
    out->event = "posting_ended";
    return true;
}

static bool
change_posting(const struct change_registry *c, struct changed *out, struct err *err)
{
    if (c->kind == REGISTRY_POSTING_END)
        return end_posting(c, out, err);
    const struct registry *r = c->base.who->area->registry;
    int64_t last = 0;
    for (size_t i = 0; i < r->n_postings; i++)
        last = r->postings[i].id > last ? r->postings[i].id : last;
    const struct person *who = registry_username(r, params_get(c->fields, "person"));
    int role = role_find(params_get(c->fields, "role"));
    if (!who)
        err_field(err, "person", "没有这个用户名。");
    if (role <= ROLE_RESIDENT)
        err_field(err, "role", "请选择岗位。");
    int32_t today = day_of(app_now(c->base.app));
    out->posting = (struct posting){.id = last + 1, .person = who ? who->id : 0, .role = role,
                                    .org = org_id(c, "org", 0, err), .place = place_id(c, "place", 0, err),
                                    .order = (int)params_int(c->fields, "order", 1), .cert_no = params_get(c->fields, "cert_no"),
                                    .matters = params_get(c->fields, "matters"), .note = params_get(c->fields, "note"),
                                    .cert_until = day_arg(c, "cert_until", 0, err), .from = day_arg(c, "from", today, err),
                                    .is_guided = params_bool(c->fields, "guided")};
    out->event = "posting_added";
    const struct posting *by = NULL;
    const struct slot *full = who && role > ROLE_RESIDENT ? slot_taken(r, c->base.who->area->scheme, &out->posting, today, &by) : NULL;
    if (full)
        err_field(err, "order", "“%.*s”这里每个单位最多 %d 人，第 %d 位是%.*s。", (int)full->name.n, full->name.p, full->maximum, out->posting.order,
                  (int)person_name(r, by->person).n, person_name(r, by->person).p);
    return err->kind == ERR_NONE;
}

static bool
change_org(const struct change_registry *c, struct changed *out, struct err *err)
{
    const struct registry *r = c->base.who->area->registry;
    const struct org *old = c->kind == REGISTRY_ORG_ADD ? NULL : registry_org(r, (int32_t)c->id);
    if (c->kind != REGISTRY_ORG_ADD && !old)
        return err_set(err, ERR_NOT_FOUND, "没有这个单位。");
    struct org o = old ? *old : (struct org){.id = r->n_orgs + 1, .kind = ORG_DEPARTMENT};
    o.code = text(c, "code", o.code);
    o.name = text(c, "name", o.name);
    o.short_name = text(c, "short", o.short_name.n ? o.short_name : o.name);
    o.phone = text(c, "phone", o.phone);
    o.hours = text(c, "hours", o.hours);
    o.address = text(c, "address", o.address);
    o.duty = text(c, "duty", o.duty);
    o.parent = org_id(c, "parent", o.parent, err);
    struct str kind = params_get(c->fields, "kind");
    if (kind.n && org_kind_find(kind) < 0)
        err_field(err, "kind", "没有这种单位类型。");
    else if (kind.n)
        o.kind = (enum org_kind)org_kind_find(kind);
    const struct org *same = registry_org_code(r, o.code);
    if (!o.code.n || (same && same->id != o.id))
        err_field(err, "code", "请填写一个没有用过的代码。");
    if (!o.name.n)
        err_field(err, "name", "请填写单位名称。");
    if (c->kind == REGISTRY_ORG_CLOSE)
        return err_set(err, ERR_CONFLICT, "撤销单位要先把清单和未完成的责任转给别的单位：请发布新的清单版本。");
    out->org = o;
    out->event = old ? "org_changed" : "org_added";
    return err->kind == ERR_NONE;
}

static bool
change_place(const struct change_registry *c, struct changed *out, struct err *err)
{
    const struct registry *r = c->base.who->area->registry;
    const struct place *old = c->kind == REGISTRY_PLACE_ADD ? NULL : registry_place(r, (int32_t)c->id);
    if (c->kind != REGISTRY_PLACE_ADD && !old)
        return err_set(err, ERR_NOT_FOUND, "没有这个地点。");
    struct place p = old ? *old : (struct place){.id = r->n_places + 1, .kind = PLACE_COMPOUND};
    p.code = text(c, "code", p.code);
    p.name = text(c, "name", p.name);
    p.buildings = text(c, "buildings", p.buildings);
    p.parent = place_id(c, "parent", p.parent, err);
    p.firm = org_id(c, "firm", p.firm, err);
    p.station = org_id(c, "station", p.station, err);
    p.households = (int)params_int(c->fields, "households", p.households);
    p.parking_supply = (int)params_int(c->fields, "parking_supply", p.parking_supply);
    p.parking_demand = (int)params_int(c->fields, "parking_demand", p.parking_demand);
    p.charge_supply = (int)params_int(c->fields, "charge_supply", p.charge_supply);
    p.charge_demand = (int)params_int(c->fields, "charge_demand", p.charge_demand);
    const struct place *same = registry_place_code(r, p.code), *up = registry_place(r, p.parent);
    if (!p.code.n || (same && same->id != p.id))
        err_field(err, "code", "请填写一个没有用过的代码。");
    if (!p.name.n)
        err_field(err, "name", "请填写名称。");
    if (p.kind == PLACE_COMPOUND && (!up || up->kind != PLACE_GRID))
        err_field(err, "parent", "小区要放在一个网格里，这样才有网格长。");
    out->place = p;
    out->event = old ? "place_changed" : "place_added";
    return err->kind == ERR_NONE;
}

static bool
close_point(const struct change_registry *c, const struct place *p, struct changed *out, struct err *err)
{
    if (p->is_closed)
        return err_set(err, ERR_CONFLICT, "这个巡查点已经停用。");
    out->place = *p;
    out->place.is_closed = true;
    out->place.closed_at = app_now(c->base.app);
    out->event = "point_closed";
    return true;
}

/* A code is printed and hangs on a wall, so it never changes; a point that is closed stays closed. */
static bool
change_point(const struct change_registry *c, struct changed *out, struct err *err)
{
    const struct registry *r = c->base.who->area->registry;
    const struct place *at = registry_place(r, (int32_t)c->id);
    bool is_new = c->kind == REGISTRY_POINT_ADD;
    if (!at || at->kind != (is_new ? PLACE_COMPOUND : PLACE_POINT) || (is_new && at->is_closed))
        return err_set(err, ERR_NOT_FOUND, is_new ? "没有这个小区。" : "没有这个巡查点。");
    if (c->kind == REGISTRY_POINT_CLOSE)
        return close_point(c, at, out, err);
    struct place p = is_new ? (struct place){.id = r->n_places + 1, .kind = PLACE_POINT, .parent = at->id, .opened_at = app_now(c->base.app)} : *at;
    p.code = is_new ? params_get(c->fields, "code") : p.code;
    p.name = text(c, "name", p.name);
    p.rank = (int)params_int(c->fields, "order", p.rank);
    for (size_t i = 0; i < p.code.n; i++)
        if (!((p.code.p[i] >= '0' && p.code.p[i] <= '9') || (p.code.p[i] >= 'A' && p.code.p[i] <= 'Z') ||
              (p.code.p[i] >= 'a' && p.code.p[i] <= 'z') || p.code.p[i] == '-' || p.code.p[i] == '_'))
            return err_field(err, "code", "代码只用字母、数字和 -。");
    if (is_new && (!p.code.n || registry_place_code(r, p.code)))
        err_field(err, "code", "请填写一个没有用过的代码。");
    if (!p.name.n)
        err_field(err, "name", "请填写名称。");
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].parent == p.parent && i != p.id && !r->places[i].is_closed && str_eq(r->places[i].name, p.name))
            err_field(err, "name", "这个小区已经有“%.*s”。", (int)p.name.n, p.name.p);
    out->place = p;
    out->event = is_new ? "point_added" : "point_changed";
    return err->kind == ERR_NONE;
}

static bool
work_out(const struct change_registry *c, struct changed *out, struct err *err)
{
    *out = (struct changed){0};
    switch (c->kind) {
    case REGISTRY_PERSON_ADD:
    case REGISTRY_PERSON_EDIT:
    case REGISTRY_PERSON_DISABLE:
        return change_person(c, out, err);
    case REGISTRY_POSTING_ADD:
    case REGISTRY_POSTING_END:
        return change_posting(c, out, err);
    case REGISTRY_ORG_ADD:
    case REGISTRY_ORG_EDIT:
    case REGISTRY_ORG_CLOSE:
        return change_org(c, out, err);
    case REGISTRY_PLACE_ADD:
    case REGISTRY_PLACE_EDIT:
        return change_place(c, out, err);
    case REGISTRY_POINT_ADD:
    case REGISTRY_POINT_EDIT:
    case REGISTRY_POINT_CLOSE:
        return change_point(c, out, err);
    }
    return false;
}

/* Whom a change of people or posts is about; 0 = nobody. */
static int64_t
person_touched(const struct change_registry *c)
{
    const struct registry *r = c->base.who->area->registry;
    const struct posting *post = c->kind == REGISTRY_POSTING_END ? find_posting(r, c->id) : NULL;
    const struct person *who = c->kind == REGISTRY_POSTING_ADD ? registry_username(r, params_get(c->fields, "person")) : NULL;
    bool is_person = c->kind == REGISTRY_PERSON_EDIT || c->kind == REGISTRY_PERSON_DISABLE;
    return is_person ? c->id : post ? post->person : who ? who->id : 0;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    const struct change_registry *c = (const struct change_registry *)a;
    struct changed out;
    if (!caller_has(a->who, MAY_CHANGE))
        return err_set(err, ERR_FORBIDDEN, "只有统筹协调岗和管理员可以修改单位、人员和地点。");
    if (!work_out(c, &out, err))
        return false;
    bool gives_control = c->kind == REGISTRY_POSTING_ADD && (ROLE_BIT(out.posting.role) & ROLES_CONTROL);
    bool is_admin = caller_has(a->who, ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN));
    if ((gives_control && !is_admin) || !may_change_person(a->who, person_touched(c), app_now(a->app)))
        return err_set(err, ERR_FORBIDDEN, "监督和管理岗位的人员只能由系统管理员变动。");
    return true;
}

static struct str
as_json(struct arena *a, const struct change_registry *c, int64_t id)
{
    struct buf b = {0};
    struct json j = {.out = &b};
    json_open_object(&j);
    json_put_int(&j, "id", id);
    for (size_t i = 0; i < c->fields->n; i++)
        if (!str_is(c->fields->p[i].name, "csrf")) {
            json_key(&j, str_z(a, c->fields->p[i].name));
            json_str(&j, c->fields->p[i].value);
        }
    json_close_object(&j);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct change_registry *c = (struct change_registry *)a;
    struct changed out;
    int64_t area = a->who->area->id;
    if (!work_out(c, &out, err))
        return false;
    bool ok = out.person.id    ? registry_set_person(db, area, &out.person, err)
              : out.posting.id ? registry_set_posting(db, area, &out.posting, err)
              : out.org.id     ? registry_set_org(db, area, &out.org, err)
                               : registry_set_place(db, area, &out.place, err);
    c->new_id = out.person.id ? out.person.id : out.posting.id ? out.posting.id : out.org.id ? out.org.id : out.place.id;
    struct actor who = caller_actor(a->who);
    ok = ok && registry_event(db, app_keys(a->app), area, app_now(a->app), out.event, who.person, who.role, who.org,
                              as_json(a->arena, c, c->new_id), err);
    if (ok)
        store_data_changed(app_store(a->app));
    return ok;
}

void
change_registry(struct change_registry *c, struct db *db)
{
    c->base.prepare = prepare;
    c->base.apply = apply;
    action_run(&c->base, db);
}

bool
change_registry_wait(struct change_registry *c, struct err *err)
{
    c->base.prepare = prepare;
    c->base.apply = apply;
    return action_wait(&c->base, err);
}
