/* Planning and recording a visit: one form for every kind, the checklists as questions, and who goes there already (BG-14). */
#include "files_page.h"
#include "staff_visits.h"
#include "stops.h"

#include "staff_visits.html.h"

enum { STOP_GROUPS_MAX = 60, FIELDS_MAX = 20, CASES_SHOWN = 40, COUNT_ROWS = 6, NEAR_MAX = 60, DAY_MS = 24 * 3600 * 1000 };

/* ---- Checklists and counts ---- */

static struct strs
values_of(struct arena *a, const struct params *values, const char *name)
{
    struct str *out = arena_array(a, struct str, LIMIT_PHOTOS + 1), value;
    size_t n = 0, at = 0;
    while (values && n < LIMIT_PHOTOS && params_each(values, name, &at, &value))
        if (value.n)
            out[n++] = value;
    return (struct strs){out, n};
}

/* What was entered just now, else what the visit has. */
static void
fill_point(struct arena *a, const struct check_point *p, const struct field_visit *x, int32_t place, const struct params *values,
           const struct err *err, struct point_row *out)
{
    const char *name = arena_printf(a, "%.*s.%.*s", (int)p->list.n, p->list.p, (int)p->code.n, p->code.p);
    const char *files = arena_printf(a, "files.%s", name);
    *out = (struct point_row){.p = p, .name = name, .error = field_error(err, files), .files = values_of(a, values, files),
                              .chosen = STR(""), .words = STR("")};
    if (values && params_has(values, arena_printf(a, "answer.%s", name))) {
        out->chosen = params_get(values, arena_printf(a, "answer.%s", name));
        out->words = params_get(values, arena_printf(a, "words.%s", name));
        out->is_settled = params_bool(values, arena_printf(a, "settled.%s", name));
    }
    for (size_t i = 0; x && !out->chosen.n && i < x->n_answers; i++) {
        const struct visit_answer *old = &x->answers[i];
        if (old->place == place && str_eq(old->list, p->list) && str_eq(old->point, p->code) && old->answer != ANSWER_PROBLEM)
            out->chosen = old->answer == ANSWER_OK ? STR("ok") : STR("na");
    }
}

struct point_lists
visit_points(const struct visit *v, struct arena *a, int kind, const struct field_visit *x, int32_t place, const struct params *values,
             const struct err *err)
{
    const struct scheme *s = v->area->scheme;
    struct point_list *lists = arena_array(a, struct point_list, s->n_points + 1);
    struct point_row *rows = arena_array(a, struct point_row, s->n_points + 1);
    size_t n = 0, k = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        const struct check_point *p = &s->points[i];
        if (!(p->kinds & 1u << kind))
            continue;
        if (!k || !str_eq(p->list, rows[k - 1].p->list))
            lists[n++] = (struct point_list){.name = p->list_name, .points = {&rows[k], 0}};
        fill_point(a, p, x, place, values, err, &rows[k++]);
        lists[n - 1].points.n++;
    }
    return (struct point_lists){lists, n};
}

struct count_rows
visit_counts(struct arena *a, const struct params *values)
{
    static const char *const names[] = {"count_item", "count_n", "count_unit"};
    struct count_row *rows = arena_array(a, struct count_row, COUNT_ROWS);
    for (size_t i = 0; i < COUNT_ROWS; i++)
        rows[i] = (struct count_row){STR(""), STR(""), STR("")};
    for (int c = 0; values && c < 3; c++) {
        size_t at = 0;
        struct str value;
        for (size_t i = 0; i < COUNT_ROWS && params_each(values, names[c], &at, &value); i++)
            *(c == 0 ? &rows[i].item : c == 1 ? &rows[i].n : &rows[i].unit) = value;
    }
    return (struct count_rows){rows, COUNT_ROWS};
}

/* A semicolon would end what somebody wrote. */
static void
add_words(struct buf *b, struct str words)
{
    for (size_t i = 0; i < words.n; i++)
        if (words.p[i] == ';')
            buf_z(b, "；");
        else
            buf_char(b, words.p[i]);
}

static void
put_answers(const struct visit *v, struct arena *a, const struct params *in, struct params *out)
{
    const struct scheme *s = v->area->scheme;
    struct buf b = {0};
    for (size_t i = 0; i < s->n_points; i++) {
        const struct check_point *p = &s->points[i];
        const char *name = arena_printf(a, "%.*s.%.*s", (int)p->list.n, p->list.p, (int)p->code.n, p->code.p);
        struct str chosen = params_get(in, arena_printf(a, "answer.%s", name));
        if (!chosen.n)
            continue;
        bool is_problem = str_is(chosen, "problem");
        bool is_settled = is_problem && params_bool(in, arena_printf(a, "settled.%s", name));
        buf_printf(&b, "%s%s=%.*s%s", b.n ? ";" : "", name, (int)chosen.n, chosen.p, is_settled ? "!" : "");
        if (is_problem) {
            buf_char(&b, ':');
            add_words(&b, params_get(in, arena_printf(a, "words.%s", name)));
        }
    }
    if (b.n)
        params_add(a, out, STR("answers"), str_dup(a, buf_view(&b)));
    buf_release(&b);
}

static void
put_counts(struct arena *a, const struct params *in, struct params *out)
{
    struct count_rows rows = visit_counts(a, in);
    struct buf b = {0};
    for (size_t i = 0; i < rows.n; i++) {
        const struct count_row *r = &rows.p[i];
        if (!r->item.n && !r->n.n)
            continue;
        buf_z(&b, b.n ? ";" : "");
        add_words(&b, r->item);
        buf_printf(&b, "=%.*s%.*s", (int)r->n.n, r->n.p, (int)r->unit.n, r->unit.p);
    }
    if (b.n)
        params_add(a, out, STR("counts"), str_dup(a, buf_view(&b)));
    buf_release(&b);
}

/* ---- The form back into what the action reads ---- */

struct forming {
    struct params fields;
    size_t n_sent;
    void (*then)(struct request *req, struct response *res, const struct params *fields, const struct err *err);
};

static bool
is_kept(struct str name)
{
    static const char *const made[] = {"csrf", "form_token", "key", "again", "count_item", "count_n", "count_unit", "new_kind", "new_spot", "new_note"};
    if (str_starts(name, STR("look")))
        return false;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (str_is(name, made[i]))
            return false;
    return true;
}

/* Planned: when it was does not count; recorded: what was planned does not. */
static bool
is_of_other_way(const struct request *req, struct str name)
{
    struct str how = params_get(&req->form, "how");
    bool is_plan = str_is(name, "from") || str_is(name, "to"), is_record = str_is(name, "began_at") || str_is(name, "ended_at");
    return (str_is(how, "record") && is_plan) || (str_is(how, "plan") && is_record);
}

static void
form_done(struct request *req, struct response *res, struct forming *x, const struct err *err)
{
    struct params *out = arena_new_of(req->arena, struct params);
    bool is_plan = str_is(params_get(&req->form, "how"), "plan");
    for (size_t i = 0; i < x->fields.n; i++) {
        struct str name = x->fields.p[i].name;
        bool is_finding = str_starts(name, STR("files")) && is_plan;
        if (err || (is_kept(name) && !is_of_other_way(req, name) && !is_finding))
            params_add(req->arena, out, name, x->fields.p[i].value);
    }
    if (!err && !is_plan) {
        put_answers(visit_of(req), req->arena, &x->fields, out);
        put_counts(req->arena, &x->fields, out);
        survey_put_register(req->arena, &x->fields, out);
    }
    x->then(req, res, out, err);
}

/* "file" → "files", "file.safety.1" → "files.safety.1": photos that came with the form because no script sent them before. */
static const struct upload *
next_upload(const struct request *req, size_t n)
{
    for (size_t i = 0; i < req->n_uploads; i++)
        if (req->uploads[i].bytes.n && str_starts(req->uploads[i].field, STR("file")) && n-- == 0)
            return &req->uploads[i];
    return NULL;
}

static void
photo_kept(struct request *req, struct response *res, struct stored_file *f)
{
    struct forming *x = f->more;
    const struct upload *u = next_upload(req, x->n_sent);
    struct str tail = u && u->field.n > 4 ? str_slice(u->field, 4, u->field.n) : STR("");
    const char *name = arena_printf(req->arena, "files%.*s", (int)tail.n, tail.p);
    if (f->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        err_field(err, name, "%s", f->err.message);
        form_done(req, res, x, err);
        return;
    }
    params_add(req->arena, &x->fields, str_of(name), str_of(arena_printf(req->arena, "%lld", (long long)f->k.id)));
    u = next_upload(req, ++x->n_sent);
    if (u)
        file_store(req, res, u, STR(""), false, photo_kept, x);
    else
        form_done(req, res, x, NULL);
}

void
visit_form_fields(struct request *req, struct response *res,
                  void (*then)(struct request *req, struct response *res, const struct params *fields, const struct err *err))
{
    struct forming *x = arena_new_of(req->arena, struct forming);
    x->then = then;
    for (size_t i = 0; i < req->form.n; i++)
        params_add(req->arena, &x->fields, req->form.p[i].name, req->form.p[i].value);
    const struct upload *first = next_upload(req, 0);
    if (first)
        file_store(req, res, first, STR(""), false, photo_kept, x);
    else
        form_done(req, res, x, NULL);
}

/* ---- Who goes there already ---- */

static bool
is_own(const struct visit *v, const struct field_visit *x)
{
    for (size_t i = 0; i < v->who.n_postings; i++)
        if (x->org && v->who.postings[i]->org == x->org)
            return true;
    return x->by == v->who.person;
}

bool
near_fill(struct request *req, const struct place *p, instant at, struct near_view *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct visit_command *join = visit_command_find(STR("join"));
    struct visit_line *before = arena_array(req->arena, struct visit_line, NEAR_MAX), *after = arena_array(req->arena, struct visit_line, NEAR_MAX);
    struct visits list;
    *out = (struct near_view){.place = p, .days = v->area->scheme->near_days, .csrf = v->csrf, .before = {before, 0}, .after = {after, 0}};
    if (!visits_near(v->db, app_keys(v->app), req->arena, v->area->id, p->id, at, out->days, NEAR_MAX, &list, err))
        return false;
    for (size_t i = 0; i < list.n; i++) {
        const struct field_visit *x = list.p[i];
        const struct loaded_visit loaded = {.v = *x};
        struct visit_situation s = visit_situation_for(v, &loaded);
        if (x->state == VISIT_CANCELLED || (x->state == VISIT_PLANNED && is_own(v, x)))
            continue;
        struct visit_line *line = x->state == VISIT_DONE ? &before[out->before.n++] : &after[out->after.n++];
        visit_line_of(v, req->arena, x, line);
        line->may_join = visit_allowed(join, &s, NULL);
    }
    return true;
}

static instant
moment_asked(const struct visit *v, const struct params *in)
{
    instant at;
    struct str from = params_get(in, "from");
    return from.n && moment_parse(from, &at) ? at : v->now;
}

void
desk_visit_near(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct near_view near = {.days = v->area->scheme->near_days, .csrf = v->csrf};
    const struct place *p = registry_place_code(v->area->registry, params_get(&req->args, "place"));
    struct err err = {0};
    if (p && !near_fill(req, p, moment_asked(v, &req->args), &near, &err)) {
        page_fail(req, res, &err);
        return;
    }
    page_visit_near(&res->body, &near);
}

/* ---- The form ---- */

static const struct choice hows[] = {{"plan", "安排，还没有去"}, {"record", "登记，已经去过"}, {NULL, NULL}};
static const struct choice modes[] = {{"comprehensive", "综合执法"}, {"professional", "专业执法"}, {"joint", "联合执法"}, {NULL, NULL}};

#define KINDS(x) (1u << VISIT_##x)
static const unsigned several_places = KINDS(PATROL) | KINDS(WALK) | KINDS(OPERATION) | KINDS(CAMPAIGN) | KINDS(OUTREACH);
static const unsigned with_counts = KINDS(PATROL) | KINDS(WALK) | KINDS(OPERATION) | KINDS(CAMPAIGN) | KINDS(CHECKUP) | KINDS(OUTREACH) | KINDS(PRESENCE);

struct making {
    struct request *req;
    struct field *p;
    size_t n;
};

static void
add(struct making *m, struct field f)
{
    if (m->n < FIELDS_MAX)
        m->p[m->n++] = f;
}

/* Open cases of the place, and those that the link names: what the operation is about. */
static const struct choice *
case_choices(struct request *req, const struct place *p, const struct params *values)
{
    const struct visit *v = visit_of(req);
    struct case_filter f = {.state = -2, .place = p && p->kind >= PLACE_COMPOUND ? p->id : 0, .sort = SORT_NEWEST, .now = v->now, .limit = CASES_SHOWN};
    struct choice *list = arena_array(req->arena, struct choice, CASES_SHOWN * 2 + 1);
    struct case_rows rows = {0};
    struct err err = {0};
    size_t n = 0, at = 0;
    struct str no;
    while (values && n < CASES_SHOWN && params_each(values, "cases", &at, &no)) {
        struct opened o;
        if (!opened_load(req, no, &o, &err))
            continue;
        struct str item = item_name(v, &o.lc.c), where = place_title(v, o.lc.c.place);
        list[n++] = (struct choice){o.no, arena_printf(req->arena, "%s %.*s（%.*s）", o.no, (int)item.n, item.p, (int)where.n, where.p)};
    }
    if (!f.place || !visible_filter(v, req->arena, &f) || !cases_list(v->db, app_keys(v->app), req->arena, &f, &rows, &err))
        return n ? list : NULL;
    for (size_t i = 0; i < rows.n; i++) {
        const char *code = case_no_words(req->arena, &rows.p[i].c);
        struct str item = item_name(v, &rows.p[i].c);
        bool is_there = false;
        for (size_t k = 0; k < n; k++)
            is_there |= strcmp(list[k].code, code) == 0;
        if (!is_there)
            list[n++] = (struct choice){code, arena_printf(req->arena, "%s %.*s", code, (int)item.n, item.p)};
    }
    return n ? list : NULL;
}

static void
add_when(struct making *m)
{
    add(m, (struct field){.name = "from", .label = "计划开始", .type = FIELD_MOMENT, .required = true, .show_when = "how=plan"});
    add(m, (struct field){.name = "to", .label = "计划结束", .type = FIELD_MOMENT, .show_when = "how=plan"});
    add(m, (struct field){.name = "began_at", .label = "开始时间", .hint = "三十天以内的可以补记", .type = FIELD_MOMENT, .required = true, .show_when = "how=record"});
    add(m, (struct field){.name = "ended_at", .label = "结束时间", .type = FIELD_MOMENT, .show_when = "how=record"});
}

static void
add_who(struct making *m, int kind, const struct visit *v)
{
    int flags = visit_kind_flags(kind);
    if ((flags & TAKES_ORGS) || kind == VISIT_JOINT_VISIT)
        add(m, (struct field){.name = "asked", .label = "请哪些单位参加", .hint = "安排时会请他们在一个工作日内确认；已经做完的，来了的单位自己补报到。法院只配合，不牵头", .type = FIELD_MANY,
                              .source = "force"});
    add(m, (struct field){.name = "members", .label = "同去的人", .hint = "本单位的；别的单位的人自己报到", .type = FIELD_MANY,
                          .source = arena_printf(m->req->arena, "colleague:%.*s", (int)v->person->username.n, v->person->username.p)});
}

static void
add_about(struct making *m, int kind, const struct place *p, const struct params *values)
{
    int flags = visit_kind_flags(kind);
    const struct choice *cases = flags & TAKES_ORGS ? case_choices(m->req, p, values) : NULL;
    if (cases)
        add(m, (struct field){.name = "cases", .label = "针对的事项", .type = FIELD_MANY, .choices = cases});
    else if (flags & TAKES_ORGS)
        add(m, (struct field){.name = "cases", .label = "针对的事项", .hint = "编号，多件用 | 分开；先选地方再打开本页可以直接勾选", .type = FIELD_TEXT, .max = 2000});
    if (flags & NEEDS_PLACE) {
        add(m, (struct field){.name = "proof", .label = "到场码", .hint = "站点或物业手机上显示的六位数字；没有可不填", .type = FIELD_TEXT, .max = 200, .show_when = "how=record"});
        if (p)
            add(m, (struct field){.name = "vouched", .label = "谁可以证明", .type = FIELD_CHOICE, .source = "voucher", .show_when = "how=record"});
    }
    add(m, (struct field){.name = "words", .label = flags & NEEDS_WORDS ? "内容和结果" : "情况", .hint = flags & NEEDS_WORDS ? "安排时写议题；登记时写内容和结论" : "没有发现问题也请写一句",
                          .type = FIELD_WORDS, .max = 2000});
    add(m, (struct field){.name = "files", .label = "现场照片", .type = FIELD_FILES, .max = LIMIT_PHOTOS, .show_when = "how=record"});
}

static struct making
fields_for(struct request *req, int kind, const struct place *p, const struct params *values)
{
    const struct visit *v = visit_of(req);
    struct making m = {req, arena_array(req->arena, struct field, FIELDS_MAX), 0};
    int flags = visit_kind_flags(kind);
    const char *source = kind == VISIT_PRESENCE || !(flags & NEEDS_PLACE) ? "place" : "compound";
    add(&m, (struct field){.name = "how", .label = "现在要做什么", .type = FIELD_CHOICE, .required = true, .choices = hows});
    add(&m, (struct field){.name = "place", .label = flags & NEEDS_PLACE ? "去哪里" : "在哪里", .type = FIELD_CHOICE, .required = (flags & NEEDS_PLACE) != 0, .source = source});
    if (several_places & 1u << kind)
        add(&m, (struct field){.name = "places", .label = "还去哪些小区", .type = FIELD_MANY, .source = "compound"});
    if (flags & TAKES_ORGS)
        add(&m, (struct field){.name = "title", .label = "名称", .type = FIELD_TEXT, .max = 60});
    if ((flags & TAKES_ORGS) && (flags & NEEDS_PLACE))
        add(&m, (struct field){.name = "mode", .label = "执法方式", .type = FIELD_CHOICE, .choices = modes});
    add_when(&m);
    add_who(&m, kind, v);
    add_about(&m, kind, p, values);
    return m;
}

static struct options
own_kinds(const struct visit *v, struct arena *a)
{
    struct option *list = arena_array(a, struct option, VISIT_KIND_COUNT);
    size_t n = 0;
    for (int k = 0; k < VISIT_KIND_COUNT; k++)
        if (caller_has(&v->who, visit_kind_roles(k)))
            list[n++] = (struct option){.code = str_of(visit_kind_code(k)), .label = str_of(visit_kind_label(k)), .group = STR("")};
    return (struct options){list, n};
}

/* The place of the first case that the link names, unless one is named. */
static const struct params *
with_place(struct request *req, const struct params *values)
{
    struct opened o;
    struct err ignored = {0};
    if (params_has(values, "place") || !params_has(values, "cases") || !opened_load(req, params_get(values, "cases"), &o, &ignored))
        return values;
    const struct place *p = registry_place(visit_of(req)->area->registry, (int32_t)o.lc.c.place);
    struct params *out = arena_new_of(req->arena, struct params);
    for (size_t i = 0; i < values->n; i++)
        params_add(req->arena, out, values->p[i].name, values->p[i].value);
    if (p)
        params_add(req->arena, out, STR("place"), p->code);
    return out;
}

static bool
was_chosen(const struct params *values, struct str code)
{
    struct str value;
    for (size_t at = 0; params_each(values, "stops", &at, &value);)
        if (str_eq(str_trim(value), code))
            return true;
    return false;
}

/* The patrol points of the compounds of one's own firm; where there are none, nothing is asked. */
static struct stop_groups
stop_groups_of(const struct visit *v, struct arena *a, const struct params *values)
{
    const struct registry *r = v->area->registry;
    struct stop_group *out = arena_array(a, struct stop_group, STOP_GROUPS_MAX);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places && n < STOP_GROUPS_MAX; i++) {
        const struct place *points[VISIT_STOPS_MAX], *c = &r->places[i];
        bool is_mine = false;
        for (size_t k = 0; c->kind == PLACE_COMPOUND && c->firm && k < v->who.n_postings; k++)
            is_mine |= v->who.postings[k]->role == ROLE_PROPERTY && v->who.postings[k]->org == c->firm;
        size_t n_points = is_mine ? patrol_points(r, i, v->now, points, VISIT_STOPS_MAX) : 0;
        struct stop_choice *list = arena_array(a, struct stop_choice, n_points + 1);
        for (size_t k = 0; k < n_points; k++)
            list[k] = (struct stop_choice){points[k], was_chosen(values, points[k]->code)};
        if (n_points)
            out[n++] = (struct stop_group){c, {list, n_points}};
    }
    return (struct stop_groups){out, n};
}

static void
show_new(struct request *req, struct response *res, const struct params *values, const struct err *err, bool is_confirming)
{
    const struct visit *v = visit_of(req);
    struct visit_new_view *view = arena_new_of(req->arena, struct visit_new_view);
    struct err ignored = {0};
    *view = (struct visit_new_view){.kinds = own_kinds(v, req->arena), .key = form_key(req), .is_confirming = is_confirming};
    struct str code = params_get(values, "kind");
    int kind = visit_kind_find(code.n || view->kinds.n != 1 ? code : view->kinds.p[0].code);
    if (kind >= 0 && !caller_has(&v->who, visit_kind_roles(kind))) {
        struct err no = {0};
        err_set(&no, ERR_FORBIDDEN, "您的岗位不能登记“%s”。", visit_kind_label(kind));
        page_fail(req, res, &no);
        return;
    }
    const struct place *p = registry_place_code(v->area->registry, params_get(values, "place"));
    view->near = (struct near_view){.days = v->area->scheme->near_days, .csrf = v->csrf};
    if (p && !near_fill(req, p, moment_asked(v, values), &view->near, &ignored))
        view->near.place = NULL;
    if (kind >= 0) {
        struct making m = fields_for(req, kind, p, values);
        struct case_file at_place = {.place = p ? p->id : 0};
        struct form_about about = {.values = values, .err = err, .c = p ? &at_place : NULL};
        view->kind = visit_kind_code(kind);
        view->label = visit_kind_label(kind);
        form_view_init(&view->form, req, m.p, m.n, &about);
        view->form.has_files = true;
        view->lists = visit_points(v, req->arena, kind, NULL, p ? p->id : 0, values, err);
        view->has_counts = (with_counts & 1u << kind) != 0;
        if (kind == VISIT_ROUND)
            view->stops = stop_groups_of(v, req->arena, values);
        view->stops_error = field_error(err, "stops");
        view->counts = visit_counts(req->arena, values);
        if (p && (visit_kind_flags(kind) & NEEDS_PLACE) && !survey_rows_of(req, p->id, values, err, &view->surveys, &ignored))
            view->surveys = (struct survey_rows){0};
        view->answers_error = field_error(err, "answers");
        view->counts_error = field_error(err, "counts");
    }
    layout_init(req, &view->layout, kind >= 0 ? visit_kind_label(kind) : "安排或登记", "visits");
    if (err)
        res->status = err_status(err->kind);
    page_visit_new(&res->body, view);
}

void
desk_visit_new(struct request *req, struct response *res)
{
    struct err err = {0};
    if (!visit_may_new(visit_of(req))) {
        err_set(&err, ERR_FORBIDDEN, "您的岗位没有要安排或登记的工作。");
        page_fail(req, res, &err);
        return;
    }
    show_new(req, res, with_place(req, &req->args), NULL, false);
}

static void
recorded(struct request *req, struct response *res, struct action *a)
{
    const struct record_visit *r = (const struct record_visit *)a;
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        struct params *shown = arena_new_of(req->arena, struct params);
        for (size_t i = 0; i < req->form.n; i++)
            if (!str_starts(req->form.p[i].name, STR("files")))
                params_add(req->arena, shown, req->form.p[i].name, req->form.p[i].value);
        for (size_t i = 0; i < r->fields->n; i++) /* photos that came with the form are kept by now */
            if (str_starts(r->fields->p[i].name, STR("files")))
                params_add(req->arena, shown, r->fields->p[i].name, r->fields->p[i].value);
        show_new(req, res, shown, err, false);
        return;
    }
    bool is_plan = str_is(params_get(&req->form, "how"), "plan");
    struct str counts = a->is_repeat ? STR("") : visit_credit_words(req->arena, &r->credits);
    flash(req, res, is_plan ? "已安排，请来的单位会收到提醒。" : counts.n ? arena_printf(req->arena, "已登记。%.*s。", (int)counts.n, counts.p) : "已登记。");
    response_redirect(req, res, "/desk/visits/%lld", (long long)r->id);
}

/* Planned by others at the place within the window, and nobody has said that it is known. */
static bool
others_go(struct request *req, const struct params *fields)
{
    const struct visit *v = visit_of(req);
    const struct place *p = registry_place_code(v->area->registry, params_get(fields, "place"));
    struct near_view near;
    struct err err = {0};
    bool is_plan = str_is(params_get(&req->form, "how"), "plan") && !params_bool(&req->form, "again");
    return is_plan && p && near_fill(req, p, moment_asked(v, fields), &near, &err) && near.after.n > 0;
}

static void
record_with(struct request *req, struct response *res, const struct params *fields, const struct err *err)
{
    struct err *missing = arena_new_of(req->arena, struct err);
    struct str how = params_get(&req->form, "how");
    if (!err && !str_is(how, "plan") && !str_is(how, "record")) {
        err_field(missing, "how", "请选择是安排还是登记。");
        err = missing;
    }
    if (err || others_go(req, fields)) {
        show_new(req, res, &req->form, err, !err);
        return;
    }
    struct record_visit *r = arena_new_of(req->arena, struct record_visit);
    r->fields = fields;
    form_idempotency(req, &r->base);
    page_wait(req, res, &r->base, recorded);
    record_visit(r, visit_of(req)->db);
}

void
desk_post_visit_new(struct request *req, struct response *res)
{
    visit_form_fields(req, res, record_with);
}
