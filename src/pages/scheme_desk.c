/* /desk/scheme: versions, the draft, its faults and differences; begin, propose, send back, approve, import and export. */
#include "scheme_desk.h"

#include "fail.h"
#include "files_page.h"
#include "json.h"
#include "scheme_desk.html.h"
#include "workbook.h"

enum { CHANGES_SHOWN = 400, FAULTS_SHOWN = 100 };

static const struct field propose_fields[] = {
    {.name = "document", .label = "公布这一版的文件", .hint = "先在“方案文件”表里写好名称、文号和日期", .type = FIELD_CHOICE, .required = true,
     .choices = NULL},
    {.name = "valid_from", .label = "生效日期", .hint = "从这一天零点起，新登记的事项按这一版办；已登记的仍按原来的", .type = FIELD_DATE,
     .required = true},
};

static const char *
date_of(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

static struct str
document_title(struct arena *a, struct tables t, struct str code)
{
    const struct table *docs = tables_find(t, "documents");
    for (size_t i = 0; docs && i < docs->n_rows; i++)
        if (str_eq(table_cell(docs, i, "code"), code)) {
            struct str title = table_cell(docs, i, "title"), number = table_cell(docs, i, "number");
            return str_of(arena_printf(a, "《%.*s》%.*s", (int)title.n, title.p, (int)number.n, number.p));
        }
    return code;
}

/* ---- the parts of the view ---- */

static bool
fill_versions(struct request *req, struct scheme_desk_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct scheme_versions all;
    if (!scheme_versions(v->db, req->arena, v->area->id, &all, err))
        return false;
    struct version_line *out = arena_array(req->arena, struct version_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct scheme_version *s = &all.p[all.n - 1 - i];
        const struct scheme *of = area_scheme(v->area, s->version);
        struct version_line *l = &out[i];
        *l = (struct version_line){.version = s->version,
                                   .from = date_of(req->arena, s->valid_from),
                                   .published = day_words(req->arena, s->published_at, v->now),
                                   .document = document_title(req->arena, of->tables, s->document.n ? s->document : of->document),
                                   .proposer = s->proposed_by ? person_name(v->area->registry, s->proposed_by) : STR(""),
                                   .approver = s->published_by ? person_name(v->area->registry, s->published_by) : STR("建立系统时"),
                                   .is_in_force = v->area->scheme->version == s->version,
                                   .is_waiting = s->version > 1 && s->valid_from > day_of(v->now)};
        if (l->is_in_force)
            view->in_force = l;
    }
    view->versions = (struct version_lines){out, all.n};
    return true;
}

static void
fill_tables(struct request *req, struct scheme_desk_view *view)
{
    struct scheme_table_line *out = arena_array(req->arena, struct scheme_table_line, n_scheme_table_words);
    for (size_t i = 0; i < n_scheme_table_words; i++) {
        const struct table_words *w = &scheme_table_words[i];
        const struct table *t = tables_find(view->w.tables, w->name);
        out[i] = (struct scheme_table_line){.w = w, .rows = t ? t->n_rows : 0};
        for (size_t k = 0; k < view->w.faults.n; k++)
            out[i].faults += str_is(view->w.faults.p[k].table, w->name);
        for (size_t k = 0; k < view->w.changes.n; k++)
            out[i].changes += str_is(view->w.changes.p[k].table, w->name);
    }
    view->tables = (struct scheme_table_lines){out, n_scheme_table_words};
}

static void
fill_faults(struct request *req, struct scheme_desk_view *view)
{
    struct str *out = arena_array(req->arena, struct str, FAULTS_SHOWN);
    size_t n = 0;
    for (size_t i = 0; i < view->w.faults.n && n < FAULTS_SHOWN; i++) {
        const struct scheme_error *e = &view->w.faults.p[i];
        const struct table_words *w = table_words_find(e->table);
        out[n++] = str_of(arena_printf(req->arena, "“%s”%.*s：%.*s。%.*s", w ? w->label : str_z(req->arena, e->table), (int)e->cell.n,
                                       e->cell.p, (int)e->message.n, e->message.p, (int)e->fix.n, e->fix.p));
    }
    view->faults = (struct strs){out, n};
}

/* The documents of the draft are what may be chosen. */
static void
fill_propose(struct request *req, struct scheme_desk_view *view, const struct params *values, const struct err *err)
{
    const struct table *docs = tables_find(view->w.tables, "documents");
    size_t n = docs ? docs->n_rows : 0;
    struct choice *choices = arena_array(req->arena, struct choice, n + 1);
    struct field *fields = arena_array(req->arena, struct field, 2);
    memcpy(fields, propose_fields, sizeof propose_fields);
    for (size_t i = 0; i < n; i++) {
        struct str code = table_cell(docs, i, "code");
        choices[i] = (struct choice){str_z(req->arena, code), str_z(req->arena, document_title(req->arena, view->w.tables, code))};
    }
    fields[0].choices = choices;
    form_view_init(&view->propose, req, fields, 2, &(struct form_about){.values = values, .err = err});
}

static void
fill_draft(struct request *req, struct scheme_desk_view *view)
{
    const struct visit *v = visit_of(req);
    const struct scheme_draft *d = &view->w.draft;
    view->author = person_name(v->area->registry, d->changed_by);
    view->changes = change_lines_of(req->arena, &view->w.changes, CHANGES_SHOWN);
    if (!d->proposed_by)
        return;
    view->proposer = person_name(v->area->registry, d->proposed_by);
    view->proposed = at_words(req->arena, d->proposed_at, v->now);
    view->valid_from = date_of(req->arena, d->valid_from);
    view->document = document_title(req->arena, view->w.tables, d->document);
    view->is_proposer = d->proposed_by == v->who.person;
}

static struct strs
lines_of(struct arena *a, struct str text)
{
    struct str rest = text, line, *out = arena_array(a, struct str, text.n + 1);
    size_t n = 0;
    while (str_cut(&rest, '\n', &line))
        if (line.n)
            out[n++] = line;
    return (struct strs){out, n};
}

/* For programs: the problem, and with it the promise that is broken and the way there. */
static void
refused_json(struct request *req, struct response *res, const struct err *err, const struct scheme_check *check)
{
    struct json j = {.out = &res->body};
    res->status = err_status(err->kind);
    res->content_type = "application/problem+json";
    json_open_object(&j);
    problem_members(&j, req, err, res->status);
    if (check && check->story.n) {
        json_put_str(&j, "property", check->property);
        json_put_str(&j, "story", check->story);
    }
    json_close_object(&j);
}

/* `values`, `refused` and `check`: of an action that was refused, NULL otherwise. */
static void
show(struct request *req, struct response *res, const struct params *values, const struct err *refused,
     const struct scheme_check *check)
{
    if (refused && req->wants_json) {
        refused_json(req, res, refused, check);
        return;
    }
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct scheme_desk_view *view = arena_new_of(req->arena, struct scheme_desk_view);
    if (!scheme_work_load(req, &view->w, &err) || !fill_versions(req, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->may_edit = caller_has(&v->who, ROLES_DRAFT);
    view->may_approve = caller_has(&v->who, ROLES_APPROVE);
    view->warnings = scheme_warnings(req->arena, v->area->scheme, day_of(v->now));
    view->err = refused;
    if (check)
        view->story = lines_of(req->arena, check->story);
    fill_tables(req, view);
    fill_faults(req, view);
    fill_draft(req, view);
    fill_propose(req, view, values, refused && refused->n_fields ? refused : NULL);
    layout_init(req, &view->layout, "工作方案", "scheme");
    if (refused)
        res->status = err_status(refused->kind);
    page_scheme_desk(&res->body, view);
}

void
desk_scheme(struct request *req, struct response *res)
{
    show(req, res, NULL, NULL, NULL);
}

/* ---- acting ---- */

static void
drafted(struct request *req, struct response *res, struct action *a)
{
    static const char *const words[] = {
        [DRAFT_BEGIN] = "已从最近一版另起一份草案", [DRAFT_TABLES] = "已导入草案", [DRAFT_DROP] = "草案已放弃",
        [DRAFT_PROPOSE] = "已提请领导小组批准",     [DRAFT_SEND_BACK] = "草案已退回修改"};
    const struct draft_scheme *x = (const struct draft_scheme *)a;
    if (a->err.kind) {
        show(req, res, &req->form, &a->err, &x->check);
        return;
    }
    flash(req, res, words[x->op]);
    response_redirect(req, res, "/desk/scheme");
}

static void
published(struct request *req, struct response *res, struct action *a)
{
    const struct publish_scheme *x = (const struct publish_scheme *)a;
    if (a->err.kind) {
        show(req, res, NULL, &a->err, &x->check);
        return;
    }
    flash(req, res, arena_printf(req->arena, "第 %lld 版已发布，%s 起施行", (long long)x->version, date_of(req->arena, x->valid_from)));
    response_redirect(req, res, "/desk/scheme");
}

static void
run_draft(struct request *req, struct response *res, struct draft_scheme x)
{
    struct draft_scheme *kept = arena_new_of(req->arena, struct draft_scheme);
    *kept = x;
    page_wait(req, res, &kept->base, drafted);
    draft_scheme(kept, visit_of(req)->db);
}

void
desk_post_scheme(struct request *req, struct response *res)
{
    static const struct {
        const char *code;
        enum draft_op op;
    } ops[] = {{"begin", DRAFT_BEGIN}, {"drop", DRAFT_DROP}, {"propose", DRAFT_PROPOSE}, {"send_back", DRAFT_SEND_BACK}};
    struct str op = params_get(&req->form, "op");
    struct err err = {0};
    int64_t rev = params_int(&req->form, "rev", 0);
    if (str_is(op, "approve")) {
        struct publish_scheme *p = arena_new_of(req->arena, struct publish_scheme);
        p->rev = rev;
        page_wait(req, res, &p->base, published);
        publish_scheme(p, visit_of(req)->db);
        return;
    }
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (!str_is(op, ops[i].code))
            continue;
        struct draft_scheme x = {.op = ops[i].op, .rev = rev, .document = params_get(&req->form, "document"),
                                 .remark = utf8_prefix(params_get(&req->form, "remark"), 500)};
        if (x.op == DRAFT_PROPOSE && !date_parse(params_get(&req->form, "valid_from"), &x.valid_from)) {
            err_field(&err, "valid_from", "请填写生效日期，例如 2026-07-01。");
            show(req, res, &req->form, &err, NULL);
            return;
        }
        run_draft(req, res, x);
        return;
    }
    err_set(&err, ERR_USAGE, "不认识的操作。");
    page_fail(req, res, &err);
}

/* ---- import and export ---- */

static struct str
table_name_of(const struct upload *u)
{
    struct str name = u->filename;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\')
            name = str_slice(name, i + 1, name.n), i = 0;
    return name.n > 4 && str_is(str_slice(name, name.n - 4, name.n), ".csv") ? str_slice(name, 0, name.n - 4) : name;
}

/* Organisations, places, people and postings are live and change by their own actions. */
static bool
rules_only(struct arena *a, struct tables *tables)
{
    struct table *kept = arena_array(a, struct table, tables->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < tables->n; i++)
        if (table_words_find(tables->p[i].name))
            kept[n++] = tables->p[i];
    *tables = (struct tables){kept, n};
    return n > 0;
}

/* A notice of holidays joins the calendar, whatever the file is called; other tables replace those of their name. */
static bool
tables_sent(struct request *req, const struct upload *u, struct tables *out, struct err *err)
{
    struct scheme_errors errors = {0};
    struct scheme_work w;
    bool is_notice = params_bool(&req->form, "is_notice");
    struct table *t = arena_new_of(req->arena, struct table);
    struct str name = is_notice ? STR("calendar") : str_dup(req->arena, table_name_of(u));
    if (!is_notice) { /* a workbook, or one table in any encoding an office writes */
        if (!workbook_tables(req->arena, u->filename, u->bytes, out, &errors, err))
            return false;
        if (errors.n)
            return err_field(err, "file", "%s", workbook_error_words(req->arena, &errors.p[0]));
        return rules_only(req->arena, out) || err_field(err, "file", "文件里没有方案的表；单位、地点、人员和任职请在“人员和地点”里改。");
    }
    if (!table_parse(req->arena, name, str_dup(req->arena, u->bytes), t, &errors) || errors.n)
        return err_field(err, "file", "文件读不了：%.*s %.*s", errors.n ? (int)errors.p[0].cell.n : 0, errors.n ? errors.p[0].cell.p : "",
                         errors.n ? (int)errors.p[0].message.n : 0, errors.n ? errors.p[0].message.p : "");
    if (is_notice && (!t->n_rows || !table_cell(t, 0, "date").n || !table_cell(t, 0, "kind").n))
        return err_field(err, "file", "节假日安排要有 date,kind,name 三列，每天一行。");
    if (is_notice) {
        if (!scheme_work_load(req, &w, err))
            return false;
        *t = calendar_with_notice(req->arena, tables_find(w.tables, "calendar"), t);
    }
    *out = (struct tables){t, 1};
    return true;
}

void
desk_post_scheme_import(struct request *req, struct response *res)
{
    const struct upload *u = file_sent(req, 0);
    struct err err = {0};
    struct tables tables;
    if (!u)
        err_field(&err, "file", "请选择文件。");
    if (!u || !tables_sent(req, u, &tables, &err)) {
        show(req, res, NULL, &err, NULL);
        return;
    }
    run_draft(req, res, (struct draft_scheme){.op = DRAFT_TABLES, .rev = params_int(&req->form, "rev", 0), .tables = tables});
}

void
desk_scheme_export(struct request *req, struct response *res)
{
    struct scheme_work w;
    struct err err = {0};
    struct str name = req->vars[0];
    if (name.n > 4 && str_is(str_slice(name, name.n - 4, name.n), ".csv"))
        name = str_slice(name, 0, name.n - 4);
    if (!scheme_work_load(req, &w, &err)) {
        page_fail(req, res, &err);
        return;
    }
    if (str_is(name, "workbook.xlsx")) {
        if (!workbook_write(w.tables, NULL, &res->body, &err)) {
            page_fail(req, res, &err);
            return;
        }
        res->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        response_header(res, "Content-Disposition", "attachment; filename=\"scheme.xlsx\"");
        return;
    }
    const struct table *t = table_words_find(name) ? tables_find(w.tables, str_z(req->arena, name)) : NULL;
    if (!t) {
        err_set(&err, ERR_NOT_FOUND, "没有这张表。");
        page_fail(req, res, &err);
        return;
    }
    res->content_type = "text/csv; charset=utf-8";
    buf_z(&res->body, "\xEF\xBB\xBF"); /* or a spreadsheet takes it for another encoding */
    table_write(&res->body, t);
    response_header(res, "Content-Disposition", arena_printf(req->arena, "attachment; filename=\"%s.csv\"", str_z(req->arena, name)));
}
