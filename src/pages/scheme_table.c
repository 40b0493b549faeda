/* /desk/scheme/:table: the rows of one table in words, one of them open as a form, the faults of the check beside the cells. */
#include "scheme_desk.h"

#include "scheme_desk.html.h"

enum { ROWS_PAGE = 50, COLUMNS_SHOWN = 6, FIELDS_MAX = 40, CHANGES_SHOWN = 60, TEXT_SHOWN = 40 };

/* What a row shows closed; the form shows all. */
static const struct {
    const char *table, *columns;
} shown_columns[] = {
    {"scheme", "key,value"},
    {"documents", "code,title,number,date"},
    {"items", "code,name,lead,limits"},
    {"categories", "code,name,list"},
    {"limits", "name,amount,clock,amber"},
    {"bases", "item,law,article,gist,to"},
    {"ladders", "ladder,tier,after,needs"},
    {"hops", "chain,hop,role,owner,limit"},
    {"whistles", "name,owner,limit,arrive"},
    {"revisits", "audience,owner,role,limit"},
    {"channels", "name,enters_at,roles"},
    {"scopes", "org,work,categories"},
    {"routines", "name,of,action,period,minimum"},
    {"checklists", "list_name,point,text,item"},
    {"slots", "name,role,of,minimum,maximum,owner"},
    {"surveys", "code,name,days,item"},
    {"reasons", "kind,name,basis"},
    {"phrases", "item,phrase,weight"},
    {"confusables", "words,items,question"},
    {"emergencies", "word,phone,advice"},
    {"diverts", "word,where,phone"},
    {"wordings", "code,text"},
    {"calendar", "date,kind,name"},
};

static const char *
shown_of(const struct table_words *w)
{
    for (size_t i = 0; i < sizeof shown_columns / sizeof *shown_columns; i++)
        if (strcmp(shown_columns[i].table, w->name) == 0)
            return shown_columns[i].columns;
    return w->key;
}

/* ---- closed rows ---- */

static struct str
shortened(struct arena *a, struct str s)
{
    struct str head = utf8_prefix(s, TEXT_SHOWN);
    return head.n == s.n ? s : str_of(arena_printf(a, "%.*s…", (int)head.n, head.p));
}

static struct scheme_cells
cells_of(struct arena *a, struct tables all, const struct table_words *w, const struct table *t, int64_t row)
{
    struct scheme_cell *out = arena_array(a, struct scheme_cell, COLUMNS_SHOWN);
    struct str rest = str_of(shown_of(w)), column;
    size_t n = 0;
    while (n < COLUMNS_SHOWN && str_cut(&rest, ',', &column)) {
        const struct column_words *c = column_words_find(w, column);
        struct str v = row < 0 ? STR("") : table_cell(t, (size_t)row, c->name);
        if (row >= 0 && strcmp(w->name, "limits") == 0 && strcmp(c->name, "amount") == 0)
            v = amount_words(a, v, table_cell(t, (size_t)row, "unit"));
        else
            v = cell_words(a, all, c, v);
        out[n++] = (struct scheme_cell){c->label, shortened(a, v)};
    }
    return (struct scheme_cells){out, n};
}

static struct strs
faults_of(struct arena *a, const struct scheme_work *w, const struct table_words *tw, const struct table *t, int64_t row)
{
    struct str *out = arena_array(a, struct str, w->faults.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < w->faults.n; i++) {
        const struct scheme_error *e = &w->faults.p[i];
        int64_t at;
        struct str column;
        if (!str_is(e->table, tw->name))
            continue;
        fault_place(t, e->cell, &at, &column);
        const struct column_words *c = column_words_find(tw, column);
        if (at == row)
            out[n++] = str_of(arena_printf(a, "%s%s%.*s。%.*s", c ? c->label : "", c ? "：" : "", (int)e->message.n, e->message.p,
                                           (int)e->fix.n, e->fix.p));
    }
    return (struct strs){out, n};
}

static void
mark_row(struct arena *a, const struct scheme_work *w, const struct table_words *tw, const struct table *t, struct scheme_row *r)
{
    struct str key = scheme_row_key(a, t, r->row);
    for (size_t i = 0; i < w->changes.n && !r->mark; i++) {
        const struct scheme_change *c = &w->changes.p[i];
        if (!str_is(c->table, tw->name) || !str_eq(c->key, key) || c->kind == CHANGE_REMOVED)
            continue;
        r->mark = c->kind == CHANGE_ADDED ? "新增" : "已改";
        r->mark_class = c->kind == CHANGE_ADDED ? "g" : "b";
    }
}

static bool
row_matches(const struct table *t, size_t row, struct scheme_cells cells, struct str q)
{
    bool found = !q.n;
    for (size_t i = 0; i < t->rows[row].n && !found; i++)
        found = str_has(t->rows[row].p[i], q);
    for (size_t i = 0; i < cells.n && !found; i++)
        found = str_has(cells.p[i].words, q);
    return found;
}

static void
fill_rows(struct request *req, const struct scheme_work *w, const struct table *t, struct scheme_table_view *view)
{
    struct arena *a = req->arena;
    int64_t page = params_int(&req->args, "page", 1), open = view->form_op && !strcmp(view->form_op, "set") ? (int64_t)view->form_row : -1;
    bool only_faults = !strcmp(view->only, "faults"), only_changes = !strcmp(view->only, "changes");
    struct scheme_row *out = arena_array(a, struct scheme_row, ROWS_PAGE + 1);
    size_t n = 0, found = 0, from = page > 1 ? (size_t)(page - 1) * ROWS_PAGE : 0;
    view->n_all = t ? t->n_rows : 0;
    for (size_t i = 0; i < view->n_all; i++) {
        struct scheme_row r = {.row = i, .cells = cells_of(a, w->tables, view->w, t, (int64_t)i)};
        if (view->is_draft) {
            r.faults = faults_of(a, w, view->w, t, (int64_t)i);
            mark_row(a, w, view->w, t, &r);
        }
        r.is_open = (int64_t)i == open;
        if (!r.is_open && (!row_matches(t, i, r.cells, view->q) || (only_faults && !r.faults.n) || (only_changes && !r.mark)))
            continue;
        if ((found++ >= from && n < ROWS_PAGE) || r.is_open)
            out[n++] = r;
    }
    view->rows = (struct scheme_rows){out, n};
    view->n_found = found;
    view->faults = view->is_draft ? faults_of(a, w, view->w, t, -1) : (struct strs){0};
    const char *path = arena_printf(a, "/desk/scheme/%s", view->w->name);
    if (from + ROWS_PAGE < found)
        view->next = query_with(req, path, "page", arena_printf(a, "%lld", (long long)(page > 0 ? page : 1) + 1));
    if (from)
        view->first = query_with(req, path, "page", NULL);
}

/* ---- the open row ---- */

static void
add_choice(struct choice *out, size_t *n, const char *code, const char *label)
{
    out[(*n)++] = (struct choice){code, label};
}

static const struct choice *
choices_of(struct arena *a, struct tables all, const struct column_words *c)
{
    const char *of = c->kind == COLUMN_OWNER ? "orgs" : c->table;
    const struct table *t = of ? tables_find(all, of) : NULL;
    struct choice *out = arena_array(a, struct choice, (t ? t->n_rows : 0) + ROLE_COUNT + 32);
    size_t n = 0;
    if (c->kind == COLUMN_FLAG) {
        add_choice(out, &n, "1", "是");
        add_choice(out, &n, "0", "否");
    }
    for (const struct word *w = c->choices || c->kind != COLUMN_OWNER ? c->choices : owner_expressions; w && w->code; w++)
        add_choice(out, &n, w->code, w->label);
    for (int r = 0; c->kind == COLUMN_ROLE && r < ROLE_COUNT; r++)
        add_choice(out, &n, role_code(r), role_label(r));
    bool is_ladder = of && !strcmp(of, "ladders"), is_skip = of && !strcmp(of, "reasons");
    for (size_t i = 0; t && i < t->n_rows; i++) {
        struct str code = table_cell(t, i, is_ladder ? "ladder" : "code");
        struct str name = is_ladder ? STR("") : table_cell(t, i, !strcmp(of, "documents") ? "title" : "name");
        if (!code.n || (is_skip && !str_is(table_cell(t, i, "kind"), "skip")) ||
            (is_ladder && i && str_eq(code, table_cell(t, i - 1, "ladder"))))
            continue;
        if (!strcmp(of, "limits")) {
            struct str amount = amount_words(a, table_cell(t, i, "amount"), table_cell(t, i, "unit"));
            name = str_of(arena_printf(a, "%.*s · %.*s", (int)amount.n, amount.p, (int)name.n, name.p));
        }
        add_choice(out, &n, str_z(a, code), name.n ? arena_printf(a, "%.*s（%.*s）", (int)name.n, name.p, (int)code.n, code.p) : str_z(a, code));
    }
    return out;
}

/* What the cell says in the version before, when it says something else. */
static const char *
before_words(struct arena *a, const struct scheme_work *w, const struct table_words *tw, const char *column, struct str key)
{
    for (size_t i = 0; i < w->changes.n; i++) {
        const struct scheme_change *c = &w->changes.p[i];
        if (c->kind != CHANGE_CELL || !str_is(c->table, tw->name) || !str_is(c->column, column) || !str_eq(c->key, key))
            continue;
        struct str was = cell_words(a, w->last->tables, column_words_find(tw, str_of(column)), c->was);
        return was.n ? arena_printf(a, "现行：%.*s", (int)was.n, was.p) : "现行：空";
    }
    return NULL;
}

static bool
is_named_by(const struct table_words *tw, const char *column)
{
    struct str rest = str_of(tw->key), piece;
    while (str_cut(&rest, ',', &piece))
        if (str_is(piece, column))
            return true;
    return tw->title && strcmp(tw->title, column) == 0;
}

static void
field_of(struct arena *a, const struct scheme_work *w, const struct column_words *c, bool is_needed, struct field *out)
{
    *out = (struct field){.name = arena_printf(a, "c_%s", c->name), .label = c->label, .type = FIELD_TEXT, .required = is_needed};
    switch (c->kind) {
    case COLUMN_LONG:
        out->type = FIELD_WORDS;
        out->hint = c->is_many ? "几条之间用 | 隔开" : NULL;
        break;
    case COLUMN_DATE:
        out->type = FIELD_DATE;
        break;
    case COLUMN_FLAG:
    case COLUMN_CHOICE:
    case COLUMN_ROLE:
    case COLUMN_OWNER:
    case COLUMN_REF:
        out->type = c->is_many ? FIELD_MANY : FIELD_CHOICE;
        out->choices = choices_of(a, w->tables, c);
        break;
    case COLUMN_TEXT:
    case COLUMN_NUMBER:
        break;
    }
}

static void
add_values(struct arena *a, struct params *ps, const struct column_words *c, const char *name, struct str cell)
{
    struct str piece;
    if (!c->is_many || c->kind == COLUMN_LONG) {
        params_add(a, ps, str_of(name), c->kind == COLUMN_FLAG && !cell.n ? STR("0") : cell);
        return;
    }
    while (str_cut(&cell, '|', &piece))
        params_add(a, ps, str_of(name), str_trim(piece));
}

static void
faults_to_fields(struct arena *a, const struct scheme_work *w, const struct table_words *tw, const struct table *t, int64_t row,
                 struct err *err)
{
    for (size_t i = 0; i < w->faults.n; i++) {
        const struct scheme_error *e = &w->faults.p[i];
        int64_t at;
        struct str column;
        if (!str_is(e->table, tw->name))
            continue;
        fault_place(t, e->cell, &at, &column);
        if (at == row && column.n)
            err_field(err, arena_printf(a, "c_%.*s", (int)column.n, column.p), "%.*s。%.*s", (int)e->message.n, e->message.p,
                      (int)e->fix.n, e->fix.p);
    }
}

static void
fill_form(struct request *req, const struct scheme_work *w, const struct table *t, struct scheme_table_view *view,
          const struct params *sent)
{
    struct arena *a = req->arena;
    bool is_new = !strcmp(view->form_op, "add");
    struct field *fields = arena_array(a, struct field, FIELDS_MAX);
    struct str *many = arena_array(a, struct str, FIELDS_MAX);
    struct params *values = arena_new_of(a, struct params);
    struct err *err = arena_new_of(a, struct err);
    struct str key = is_new ? STR("") : scheme_row_key(a, t, view->form_row);
    size_t n = 0, n_many = 0;
    for (const struct column_words *c = view->w->columns; c->name && n < FIELDS_MAX; c++) {
        field_of(a, w, c, is_named_by(view->w, c->name), &fields[n]);
        if (!is_new) {
            const char *before = before_words(a, w, view->w, c->name, key);
            add_values(a, values, c, fields[n].name, table_cell(t, view->form_row, c->name));
            fields[n].hint = before ? before : fields[n].hint;
        }
        if (fields[n].type == FIELD_MANY)
            many[n_many++] = str_of(fields[n].name);
        n++;
    }
    if (!is_new)
        faults_to_fields(a, w, view->w, t, (int64_t)view->form_row, err);
    view->many = (struct strs){many, n_many};
    const struct err *told = view->err && view->err->n_fields ? view->err : err->kind ? err : NULL;
    form_view_init(&view->form, req, fields, n, &(struct form_about){.values = sent ? sent : is_new ? NULL : values, .err = told});
}

/* ---- the page ---- */

static struct scheme_changes
changes_here(struct arena *a, const struct scheme_work *w, const struct table_words *tw)
{
    struct scheme_change *out = arena_array(a, struct scheme_change, w->changes.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < w->changes.n; i++)
        if (str_is(w->changes.p[i].table, tw->name))
            out[n++] = w->changes.p[i];
    return (struct scheme_changes){out, n};
}

static void
open_form(struct request *req, const struct table *t, struct scheme_table_view *view)
{
    int64_t row = params_int(&req->args, "row", -1);
    if (!view->may_edit)
        return;
    if (str_is(params_get(&req->args, "row"), "new"))
        view->form_op = "add";
    else if (t && row >= 0 && row < (int64_t)t->n_rows) {
        view->form_op = "set";
        view->form_row = (size_t)row;
    }
}

static void
show(struct request *req, struct response *res, const struct params *sent, const struct err *refused)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct scheme_work w;
    struct scheme_table_view *view = arena_new_of(req->arena, struct scheme_table_view);
    view->w = table_words_find(req->vars[0]);
    if (!view->w)
        err_set(&err, ERR_NOT_FOUND, "方案里没有这张表。");
    if (!view->w || !scheme_work_load(req, &w, &err)) {
        page_fail(req, res, &err);
        return;
    }
    const struct table *t = tables_find(w.tables, view->w->name);
    view->is_draft = w.draft.rev > 0;
    view->may_edit = caller_has(&v->who, ROLES_DRAFT) && view->is_draft && !w.draft.proposed_by;
    view->rev = w.draft.rev;
    view->q = params_get(&req->args, "q");
    view->only = str_z(req->arena, params_get(&req->args, "only"));
    view->err = refused;
    open_form(req, t, view);
    if (view->form_op)
        fill_form(req, &w, t, view, sent);
    view->heads = cells_of(req->arena, w.tables, view->w, t, -1);
    fill_rows(req, &w, t, view);
    struct scheme_changes here = changes_here(req->arena, &w, view->w);
    view->changes = change_lines_of(req->arena, &here, CHANGES_SHOWN);
    layout_init(req, &view->layout, view->w->label, "scheme");
    if (refused)
        res->status = err_status(refused->kind);
    page_scheme_table(&res->body, view);
}

void
desk_scheme_table(struct request *req, struct response *res)
{
    show(req, res, NULL, NULL);
}

static void
saved(struct request *req, struct response *res, struct action *a)
{
    const struct draft_scheme *x = (const struct draft_scheme *)a;
    if (a->err.kind) {
        show(req, res, &req->form, &a->err);
        return;
    }
    flash(req, res, x->op == DRAFT_ROW_DELETE ? "已从草案删除一行" : "已存入草案");
    if (x->op == DRAFT_ROW_DELETE)
        response_redirect(req, res, "/desk/scheme/%.*s", (int)x->table.n, x->table.p);
    else
        response_redirect(req, res, "/desk/scheme/%.*s?row=%zu#open", (int)x->table.n, x->table.p, x->new_row);
}

void
desk_post_scheme_table(struct request *req, struct response *res)
{
    struct str op = params_get(&req->form, "op");
    struct err err = {0};
    struct draft_scheme *x = arena_new_of(req->arena, struct draft_scheme);
    bool is_set = str_is(op, "set"), is_add = str_is(op, "add");
    if (!is_set && !is_add && !str_is(op, "delete")) {
        err_set(&err, ERR_USAGE, "不认识的操作。");
        page_fail(req, res, &err);
        return;
    }
    x->op = is_set ? DRAFT_ROW_SET : is_add ? DRAFT_ROW_ADD : DRAFT_ROW_DELETE;
    x->rev = params_int(&req->form, "rev", 0);
    x->table = str_dup(req->arena, req->vars[0]);
    x->row = (size_t)params_int(&req->form, "row", -1);
    x->fields = &req->form;
    page_wait(req, res, &x->base, saved);
    draft_scheme(x, visit_of(req)->db);
}
