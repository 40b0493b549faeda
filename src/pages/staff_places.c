/* Compounds and organisations: what they are, what is open there, who looks after them; changed by the coordinator. */
#include "calendar_feed.h"
#include "staff_registry.h"

#include "staff_registry.html.h"

enum { CASES_SHOWN = 10, PEOPLE_SHOWN = 60, FIGURE_DAYS = 30 };
#define N(list) (sizeof list / sizeof *list)

const char *
org_kind_words(int kind)
{
    static const char *const words[ORG_KIND_COUNT] = {
        [ORG_LEADING_GROUP] = "领导小组", [ORG_COORDINATOR] = "统筹协调", [ORG_DEPARTMENT] = "部门",
        [ORG_SQUAD] = "执法队伍",        [ORG_POLICE_POST] = "警务室",   [ORG_STREET_OFFICE] = "街道",
        [ORG_TOWN_OFFICE] = "乡镇",      [ORG_STATION] = "站点",         [ORG_COMMUNITY] = "社区",
        [ORG_PROPERTY_FIRM] = "物业",    [ORG_OWNERS_COMMITTEE] = "业委会", [ORG_OVERSIGHT] = "执法监督",
        [ORG_DISCIPLINE] = "纪检监察",   [ORG_COURT] = "法院",           [ORG_HOTLINE] = "热线",
        [ORG_EXPERT_GROUP] = "专家库"};
    return words[kind];
}

static const char *
number(struct arena *a, int n)
{
    return arena_printf(a, "%d", n);
}

/* ---- Places ---- */

static int64_t
open_at(const struct group_rows *rows, int32_t place)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->p[i].key_n == place)
            return rows->p[i].count;
    return 0;
}

static const char *
above_words(const struct visit *v, struct arena *a, const struct place *p)
{
    struct str community = community_name(v->area->registry, p), grid = grid_name(a, v->area->registry, p);
    return arena_printf(a, "%.*s %.*s", (int)community.n, community.p, (int)grid.n, grid.p);
}

void
desk_places(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct places_view *view = arena_new_of(req->arena, struct places_view);
    struct place_line *out = arena_array(req->arena, struct place_line, r->n_places + 1);
    struct group_rows open = {0};
    struct err err = {0};
    size_t n = 0;
    view->q = params_get(&req->args, "q");
    if (!cases_open_by(v->db, req->arena, v->area->id, GROUP_PLACE, v->now, &open, &err)) {
        page_fail(req, res, &err);
        return;
    }
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (!is_compound(p) || (view->q.n && !str_has(p->name, view->q) && !str_eq(p->code, view->q)))
            continue;
        out[n++] = (struct place_line){.p = p, .indent = above_words(v, req->arena, p),
                                       .firm = p->firm ? org_short(r, p->firm) : STR("没有物业"), .n_open = open_at(&open, p->id)};
    }
    view->places = (struct place_lines){out, n};
    layout_init(req, &view->layout, "小区", "places");
    page_places_desk(&res->body, view);
}

static const struct field place_fields[] = {
    {.name = "name", .label = "名称", .type = FIELD_TEXT, .required = true, .max = 40},
    {.name = "firm", .label = "物业企业", .type = FIELD_CHOICE, .source = "org"},
    {.name = "buildings", .label = "楼栋", .hint = "用 | 隔开，例如 1栋|2栋", .type = FIELD_TEXT, .max = 500},
    {.name = "households", .label = "户数", .type = FIELD_INT, .min = 0, .max = 100000},
    {.name = "parking_supply", .label = "停车位：现有", .type = FIELD_INT, .min = 0, .max = 100000},
    {.name = "parking_demand", .label = "停车位：需要", .type = FIELD_INT, .min = 0, .max = 100000},
    {.name = "charge_supply", .label = "充电位：现有", .type = FIELD_INT, .min = 0, .max = 100000},
    {.name = "charge_demand", .label = "充电位：需要", .type = FIELD_INT, .min = 0, .max = 100000},
};

static const struct params *
place_values(struct request *req, const struct place *p)
{
    struct params *now = arena_new_of(req->arena, struct params);
    struct arena *a = req->arena;
    const struct org *firm = registry_org(visit_of(req)->area->registry, p->firm);
    params_add(a, now, STR("name"), p->name);
    params_add(a, now, STR("firm"), firm ? firm->code : STR(""));
    params_add(a, now, STR("buildings"), p->buildings);
    params_add(a, now, STR("households"), str_of(number(a, p->households)));
    params_add(a, now, STR("parking_supply"), str_of(number(a, p->parking_supply)));
    params_add(a, now, STR("parking_demand"), str_of(number(a, p->parking_demand)));
    params_add(a, now, STR("charge_supply"), str_of(number(a, p->charge_supply)));
    params_add(a, now, STR("charge_demand"), str_of(number(a, p->charge_demand)));
    return now;
}

static void
fill_place_names(struct request *req, struct place_view *view)
{
    const struct registry *r = visit_of(req)->area->registry;
    const struct place *p = view->place;
    view->community = community_name(r, p);
    view->grid = grid_name(req->arena, r, p);
    view->firm = p->firm ? org_name(r, p->firm) : STR("没有物业");
    int32_t station = owner_org(r, STR("@station"), p, 0);
    view->station = station ? org_name(r, station) : STR("—");
    view->qr = arena_printf(req->arena, "/x/%.*s/qr.svg", (int)p->code.n, p->code.p);
    view->calendar = calendar_offer_of(req, p);
    view->url = full_url(req, arena_printf(req->arena, "/x/%.*s", (int)p->code.n, p->code.p));
}

static bool
fill_place_cases(struct request *req, struct place_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct case_filter f = {.state = -2, .place = view->place->id, .now = v->now, .sort = SORT_DUE, .limit = CASES_SHOWN};
    struct case_rows rows = {0};
    int32_t today = day_of(v->now);
    if (visible_filter(v, req->arena, &f) && !cases_list(v->db, app_keys(v->app), req->arena, &f, &rows, err))
        return false;
    view->cases = case_lines_of(v, req->arena, &rows);
    if (!place_figures(v->db, v->area->id, view->place->id, today - FIGURE_DAYS + 1, today, &view->figures, err))
        return false;
    const struct place_figures *g = &view->figures;
    view->days = g->closed ? arena_printf(req->arena, "%.1f 天", (double)g->minutes_sum / (double)g->closed / 1440.0) : "—";
    return true;
}

/* What is registered there, the longest unseen first; those beyond their time are what to look at next. */
static bool
fill_place_surveys(struct request *req, struct place_view *view, struct err *err)
{
    enum { SURVEYS_SHOWN = 10, SURVEYS_COUNTED = 200 };
    const struct visit *v = visit_of(req);
    unsigned rights = survey_rights_of(&v->who, view->place->id);
    struct survey_list list;
    view->has_survey = v->area->scheme->n_survey_kinds && (rights & SURVEY_SEE) && view->place->kind >= PLACE_COMMUNITY && view->place->kind <= PLACE_COMPOUND;
    view->may_survey = view->has_survey && (rights & SURVEY_WRITE);
    if (!view->has_survey)
        return true;
    if (!surveys_within(v->app, v->db, req->arena, v->area, view->place->id, SURVEYS_COUNTED, &list, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        view->n_surveys_due += survey_is_due(v->area->scheme, &list.p[i], v->now);
    view->is_survey_cut = list.n > SURVEYS_SHOWN;
    list.n = view->is_survey_cut ? SURVEYS_SHOWN : list.n;
    view->surveys = survey_lines_of(v, req->arena, &list);
    return true;
}

static const struct place *
place_asked(struct request *req, struct response *res)
{
    const struct place *p = registry_place_code(visit_of(req)->area->registry, req->vars[0]);
    struct err err = {0};
    if (p)
        return p;
    err_set(&err, ERR_NOT_FOUND, "没有这个小区。");
    page_fail(req, res, &err);
    return NULL;
}

static void
show_place(struct request *req, struct response *res, const struct place *p, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct place_view *view = arena_new_of(req->arena, struct place_view);
    struct err err = {0};
    view->place = p;
    fill_place_names(req, view);
    if (!fill_place_cases(req, view, &err) || !fill_place_surveys(req, view, &err) || !round_card_fill(req, p, &view->rounds, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->people = people_of(v, req->arena, 0, p->id, STR(""), PEOPLE_SHOWN);
    view->may_change = may_change_registry(v);
    form_view_init(&view->form, req, place_fields, N(place_fields),
                   &(struct form_about){.values = wrong ? &req->form : place_values(req, p), .err = wrong});
    layout_init(req, &view->layout, str_z(req->arena, p->name), "places");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_place_desk(&res->body, view);
}

void
desk_place(struct request *req, struct response *res)
{
    const struct place *p = place_asked(req, res);
    if (p)
        show_place(req, res, p, NULL);
}

static void
place_changed(struct request *req, struct response *res, struct action *a)
{
    const struct place *p = place_asked(req, res);
    if (!p)
        return;
    if (a->err.kind) {
        show_place(req, res, p, &a->err);
        return;
    }
    flash(req, res, "已保存。");
    response_redirect(req, res, "/desk/places/%.*s", (int)p->code.n, p->code.p);
}

void
desk_post_place(struct request *req, struct response *res)
{
    const struct place *p = place_asked(req, res);
    struct err *err = arena_new_of(req->arena, struct err);
    if (!p)
        return;
    if (!form_check(place_fields, N(place_fields), &req->form, option_lookup, req, err)) {
        show_place(req, res, p, err);
        return;
    }
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = REGISTRY_PLACE_EDIT;
    c->id = p->id;
    c->fields = &req->form;
    page_wait(req, res, &c->base, place_changed);
    change_registry(c, visit_of(req)->db);
}

/* ---- Organisations ---- */

static const struct choice org_kinds[] = {
    {"department", "部门"}, {"squad", "执法队伍"}, {"community", "社区"}, {"station", "站点"}, {"property_firm", "物业"},
    {"owners_committee", "业委会"}, {"town_office", "乡镇"}, {"street_office", "街道"}, {NULL, NULL}};
static const struct field org_fields[] = {
    {.name = "code", .label = "代码", .hint = "字母和数字，登记后不改", .type = FIELD_TEXT, .required = true, .max = 20},
    {.name = "name", .label = "名称", .type = FIELD_TEXT, .required = true, .max = 60},
    {.name = "short", .label = "简称", .type = FIELD_TEXT, .max = 20},
    {.name = "kind", .label = "类别", .type = FIELD_CHOICE, .choices = org_kinds},
    {.name = "phone", .label = "电话", .type = FIELD_PHONE},
    {.name = "hours", .label = "办公时间", .type = FIELD_TEXT, .max = 60},
    {.name = "address", .label = "地址", .type = FIELD_TEXT, .max = 80},
    {.name = "duty", .label = "职责", .type = FIELD_TEXT, .max = 200},
};

static size_t
people_in(const struct visit *v, int32_t org)
{
    const struct registry *r = v->area->registry;
    int32_t today = day_of(v->now);
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings; i++)
        n += r->postings[i].org == org && r->postings[i].from <= today && (!r->postings[i].to || r->postings[i].to >= today);
    return n;
}

static void
show_orgs(struct request *req, struct response *res, const struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct orgs_view *view = arena_new_of(req->arena, struct orgs_view);
    struct org_line *out = arena_array(req->arena, struct org_line, r->n_orgs + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_orgs; i++)
        out[n++] = (struct org_line){&r->orgs[i], org_kind_words(r->orgs[i].kind), people_in(v, i)};
    view->orgs = (struct org_lines){out, n};
    view->may_change = may_change_registry(v);
    form_view_init(&view->form, req, org_fields, N(org_fields),
                   &(struct form_about){.values = err ? &req->form : NULL, .err = err});
    layout_init(req, &view->layout, "单位", "orgs");
    if (err)
        res->status = err_status(err->kind);
    page_orgs(&res->body, view);
}

void
desk_orgs(struct request *req, struct response *res)
{
    show_orgs(req, res, NULL);
}

static void
org_added(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        show_orgs(req, res, &a->err);
        return;
    }
    flash(req, res, "已添加单位。");
    response_redirect(req, res, "/desk/orgs");
}

void
desk_post_orgs(struct request *req, struct response *res)
{
    struct err *err = arena_new_of(req->arena, struct err);
    if (!form_check(org_fields, N(org_fields), &req->form, option_lookup, req, err)) {
        show_orgs(req, res, err);
        return;
    }
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = REGISTRY_ORG_ADD;
    c->fields = &req->form;
    page_wait(req, res, &c->base, org_added);
    change_registry(c, visit_of(req)->db);
}

static const struct org *
org_asked(struct request *req, struct response *res)
{
    const struct org *o = registry_org_code(visit_of(req)->area->registry, req->vars[0]);
    struct err err = {0};
    if (o)
        return o;
    err_set(&err, ERR_NOT_FOUND, "没有这个单位。");
    page_fail(req, res, &err);
    return NULL;
}

static const struct params *
org_values(struct arena *a, const struct org *o)
{
    struct params *now = arena_new_of(a, struct params);
    const struct {
        const char *name;
        struct str value;
    } all[] = {{"code", o->code}, {"name", o->name}, {"short", o->short_name}, {"kind", str_of(org_kind_code(o->kind))},
               {"phone", o->phone}, {"hours", o->hours}, {"address", o->address}, {"duty", o->duty}};
    for (size_t i = 0; i < N(all); i++)
        params_add(a, now, str_of(all[i].name), all[i].value);
    return now;
}

static void
show_org(struct request *req, struct response *res, const struct org *o, const struct err *err)
{
    const struct visit *v = visit_of(req);
    struct org_view *view = arena_new_of(req->arena, struct org_view);
    view->org = o;
    view->kind = org_kind_words(o->kind);
    view->parent = o->parent ? org_name(v->area->registry, o->parent) : STR("");
    view->people = people_of(v, req->arena, o->id, 0, STR(""), PEOPLE_SHOWN);
    view->items = items_of_org(v, req->arena, o->id);
    view->may_change = may_change_registry(v);
    form_view_init(&view->form, req, org_fields, N(org_fields),
                   &(struct form_about){.values = err ? &req->form : org_values(req->arena, o), .err = err});
    layout_init(req, &view->layout, str_z(req->arena, o->name), "orgs");
    if (err)
        res->status = err_status(err->kind);
    page_org(&res->body, view);
}

void
desk_org(struct request *req, struct response *res)
{
    const struct org *o = org_asked(req, res);
    if (o)
        show_org(req, res, o, NULL);
}

static void
org_changed(struct request *req, struct response *res, struct action *a)
{
    const struct org *o = org_asked(req, res);
    if (!o)
        return;
    if (a->err.kind) {
        show_org(req, res, o, &a->err);
        return;
    }
    struct str code = params_get(&req->form, "code");
    flash(req, res, "已保存。");
    response_redirect(req, res, "/desk/orgs/%.*s", (int)code.n, code.p);
}

void
desk_post_org(struct request *req, struct response *res)
{
    const struct org *o = org_asked(req, res);
    struct err *err = arena_new_of(req->arena, struct err);
    if (!o)
        return;
    /* a kind that the form does not offer stays as it is */
    struct params *fields = arena_new_of(req->arena, struct params);
    for (size_t i = 0; i < req->form.n; i++)
        params_add(req->arena, fields, req->form.p[i].name, req->form.p[i].value);
    if (!form_check(org_fields, N(org_fields), fields, option_lookup, req, err)) {
        show_org(req, res, o, err);
        return;
    }
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = REGISTRY_ORG_EDIT;
    c->id = o->id;
    c->fields = fields;
    page_wait(req, res, &c->base, org_changed);
    change_registry(c, visit_of(req)->db);
}
