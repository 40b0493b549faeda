#include "scheme_standards.h"

#include "files_page.h"
#include "html.h"
#include "scheme_standards.html.h"
#include "workbook.h"

enum { UNITS_SHOWN = 60, ITEMS_SHOWN = 20, KEPT_BYTES = 4 * 1024 * 1024 };

/* What was uploaded, between two pages: file, list, basis, then sheet and rows for each sheet, fault for each cell that could not
 * be taken, name and code for each unit that was given one. */
static struct str
kept_id(struct request *req)
{
    const struct visit *v = visit_of(req);
    return str_of(arena_printf(req->arena, "standards-of-the-desk:%lld:%lld", (long long)v->area->id, (long long)v->who.person));
}

static bool
kept_load(struct request *req, struct params *out)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    return draft_find(v->app, v->db, req->arena, kept_id(req), out, &err) && params_has(out, "rows");
}

static struct str
kept_text(struct arena *a, const struct params *p)
{
    struct buf b = {0};
    for (size_t i = 0; i < p->n; i++) {
        if (i)
            buf_char(&b, '&');
        html_url_part(&b, p->p[i].name);
        buf_char(&b, '=');
        html_url_part(&b, p->p[i].value);
    }
    return buf_keep(a, &b);
}

static void
kept(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind)
        page_fail(req, res, &a->err);
    else
        response_redirect(req, res, "/desk/scheme/standards");
}

static void
keep(struct request *req, struct response *res, struct str text)
{
    struct keep_draft *k = arena_new_of(req->arena, struct keep_draft);
    *k = (struct keep_draft){.id = kept_id(req), .data = text, .most = KEPT_BYTES};
    page_wait(req, res, &k->base, kept);
    keep_draft(k, visit_of(req)->db);
}

/* ---- reading what was kept ---- */

static struct table
units_table(struct arena *a, const struct params *p)
{
    struct str *header = arena_array(a, struct str, 2);
    struct strs *rows = arena_array(a, struct strs, p->n + 1);
    size_t n = 0;
    header[0] = STR("name");
    header[1] = STR("code");
    for (size_t i = 0; i + 1 < p->n; i++)
        if (str_is(p->p[i].name, "name") && str_is(p->p[i + 1].name, "code")) {
            struct str *cells = arena_array(a, struct str, 2);
            cells[0] = p->p[i].value;
            cells[1] = p->p[i + 1].value;
            rows[n++] = (struct strs){cells, 2};
        }
    return (struct table){STR("units"), {header, 2}, rows, n};
}

static struct tables
with_units(struct arena *a, struct tables scheme, const struct params *p)
{
    struct table *all = arena_array(a, struct table, scheme.n + 1);
    if (scheme.n)
        memcpy(all, scheme.p, scheme.n * sizeof *all);
    all[scheme.n] = units_table(a, p);
    return (struct tables){all, scheme.n + 1};
}

static size_t
sheets_of(struct arena *a, const struct params *p, struct standards_sheet *out)
{
    struct scheme_errors errors = {0};
    size_t n = 0;
    for (size_t i = 0; i + 1 < p->n; i++) {
        struct strs *rows;
        if (!str_is(p->p[i].name, "sheet") || !str_is(p->p[i + 1].name, "rows"))
            continue;
        out[n].name = p->p[i].value;
        table_rows(a, out[n].name, p->p[i + 1].value, &rows, &out[n].n_rows, &errors);
        out[n++].rows = rows;
    }
    return n;
}

static bool
is_enforcement(const struct params *p)
{
    return str_is(params_get(p, "list"), "enforcement");
}

static bool
read_kept(struct arena *a, const struct params *p, struct tables scheme, struct standards *out, struct err *err)
{
    struct standards_sheet *sheets = arena_array(a, struct standards_sheet, p->n + 1);
    size_t n = sheets_of(a, p, sheets);
    struct standards_options options = {is_enforcement(p) ? LIST_ENFORCEMENT : LIST_SERVICE, with_units(a, scheme, p),
                                        params_get(p, "basis")};
    return standards_read(a, sheets, n, &options, out, err);
}

/* ---- the view ---- */

static const char *
place_of(struct arena *a, struct str sheet, struct str cell)
{
    return sheet.n ? arena_printf(a, "工作表「%.*s」%.*s", (int)sheet.n, sheet.p, (int)cell.n, cell.p) : str_z(a, cell);
}

static void
fill_owners(struct arena *a, struct tables scheme, struct scheme_standards_view *view)
{
    const struct table *orgs = tables_find(scheme, "orgs");
    static const char *const parts[] = {"@town", "@community", "@grid", "@station", "@firm", "@coordinator"};
    struct standards_owner_option *out = arena_array(a, struct standards_owner_option, (orgs ? orgs->n_rows : 0) + 8);
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        out[n++] = (struct standards_owner_option){str_of(parts[i]), str_of(expression_words(str_of(parts[i])))};
    for (size_t i = 0; orgs && i < orgs->n_rows; i++)
        out[n++] = (struct standards_owner_option){table_cell(orgs, i, "code"), table_cell(orgs, i, "name")};
    out[n++] = (struct standards_owner_option){STR("-"), STR("不导入这个名称")};
    view->owners = (struct standards_owner_options){out, n};
}

static bool
is_given(const struct params *p, struct str name)
{
    size_t at = 0;
    struct str given;
    while (params_each(p, "name", &at, &given))
        if (str_eq(given, name))
            return true;
    return false;
}

/* What has no code comes first, then what was given one here. */
static void
fill_units(struct arena *a, const struct params *p, struct scheme_standards_view *view)
{
    const struct standards *s = view->s;
    struct standards_unit_line *out = arena_array(a, struct standards_unit_line, UNITS_SHOWN);
    size_t n = 0, wanted = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->n_units; i++) {
            const struct standards_unit *u = &s->units[i];
            if (pass ? !u->code.n || !is_given(p, u->name) : u->code.n > 0)
                continue;
            wanted++;
            if (n < UNITS_SHOWN)
                out[n++] = (struct standards_unit_line){u, place_of(a, u->sheet, u->cell)};
        }
    view->units = (struct standards_unit_lines){out, n};
    view->n_more_units = wanted - n;
}

static void
fill_notes(struct arena *a, const struct params *p, struct scheme_standards_view *view)
{
    const struct standards *s = view->s;
    struct standards_note_line *out = arena_array(a, struct standards_note_line, s->n_notes + p->n + 1);
    size_t n = 0, at = 0;
    struct str fault;
    while (params_each(p, "fault", &at, &fault)) {
        struct str rest = fault, place = STR(""), text = STR(""), fix = STR("");
        if (str_cut(&rest, '\n', &place) && str_cut(&rest, '\n', &text) && str_cut(&rest, '\n', &fix))
            out[n++] = (struct standards_note_line){str_z(a, place), text, fix, 1};
    }
    for (size_t i = 0; i < s->n_notes; i++)
        out[n++] = (struct standards_note_line){place_of(a, s->notes[i].sheet, s->notes[i].cell), s->notes[i].text, s->notes[i].fix,
                                                s->notes[i].times};
    view->notes = (struct standards_note_lines){out, n};
}

static struct str
row_words(struct tables t, const char *table, const char *key, struct str code, const char *column)
{
    const struct table *rows = tables_find(t, table);
    for (size_t i = 0; rows && i < rows->n_rows; i++)
        if (str_eq(table_cell(rows, i, key), code))
            return table_cell(rows, i, column);
    return STR("");
}

static void
fill_items(struct arena *a, struct tables scheme, struct scheme_standards_view *view)
{
    const struct tables list = view->s->tables;
    const struct table *items = tables_find(list, "items");
    size_t n = items->n_rows < ITEMS_SHOWN ? items->n_rows : ITEMS_SHOWN;
    struct standards_item_line *out = arena_array(a, struct standards_item_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct str lead = table_cell(items, i, "lead"), limit = table_cell(items, i, "limits");
        struct str name = row_words(scheme, "orgs", "code", lead, "name");
        const char *expression = expression_words(lead);
        out[i] = (struct standards_item_line){
            .code = table_cell(items, i, "code"), .name = table_cell(items, i, "name"),
            .owner = expression ? str_of(expression) : name.n ? name : lead.n ? lead : STR("没有"),
            .limit = limit.n ? amount_words(a, row_words(list, "limits", "code", limit, "amount"),
                                            row_words(list, "limits", "code", limit, "unit"))
                             : STR("没有")};
    }
    view->items = (struct standards_item_lines){out, n};
}

static bool
fill_list(struct request *req, const struct scheme_work *w, struct scheme_standards_view *view, struct err *err)
{
    struct params p;
    struct standards *s = arena_new_of(req->arena, struct standards);
    if (!kept_load(req, &p))
        return true;
    if (!read_kept(req->arena, &p, w->tables, s, err))
        return false;
    view->s = s;
    view->file = params_get(&p, "file");
    view->list = is_enforcement(&p) ? "执法清单" : "服务清单";
    standards_merge(req->arena, w->tables, s->tables, &view->merged);
    fill_owners(req->arena, w->tables, view);
    fill_units(req->arena, &p, view);
    fill_notes(req->arena, &p, view);
    fill_items(req->arena, w->tables, view);
    return true;
}

static void
show(struct request *req, struct response *res, const struct err *refused)
{
    struct scheme_work w;
    struct err err = {0};
    struct scheme_standards_view *view = arena_new_of(req->arena, struct scheme_standards_view);
    if (!scheme_work_load(req, &w, &err) || !fill_list(req, &w, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->rev = w.draft.rev;
    view->has_draft = w.draft.rev > 0;
    view->may_take = view->has_draft && !w.draft.proposed_by;
    view->err = refused;
    layout_init(req, &view->layout, "导入立案结案标准", "scheme");
    if (refused)
        res->status = err_status(refused->kind);
    page_scheme_standards(&res->body, view);
}

void
desk_scheme_standards(struct request *req, struct response *res)
{
    show(req, res, NULL);
}

/* ---- a file comes ---- */

static void
add(struct request *req, struct params *p, const char *name, struct str value)
{
    params_add(req->arena, p, str_of(name), value);
}

static struct str
sheet_text_of(struct arena *a, const struct workbook_sheet *s)
{
    struct buf b = {0};
    if (s->n_rows)
        table_write(&b, &(struct table){s->name, s->rows[0], s->rows + 1, s->n_rows - 1});
    return buf_keep(a, &b);
}

static struct str
fault_text(struct arena *a, const struct scheme_error *e)
{
    return str_of(arena_printf(a, "%s\n%.*s\n%.*s", place_of(a, e->table, e->cell), (int)e->message.n, e->message.p, (int)e->fix.n,
                               e->fix.p));
}

static bool
take_file(struct request *req, const struct upload *u, struct params *out, struct err *err)
{
    struct scheme_errors errors = {0};
    struct workbook_sheet *sheets;
    struct standards s;
    size_t n;
    *out = (struct params){0};
    if (!workbook_sheets(req->arena, u->filename, u->bytes, &sheets, &n, &errors, err))
        return false;
    add(req, out, "file", u->filename);
    add(req, out, "list", params_get(&req->form, "list"));
    add(req, out, "basis", utf8_prefix(params_get(&req->form, "basis"), 60));
    for (size_t i = 0; i < n; i++) {
        add(req, out, "sheet", sheets[i].name);
        add(req, out, "rows", sheet_text_of(req->arena, &sheets[i]));
    }
    for (size_t i = 0; i < errors.n; i++)
        add(req, out, "fault", fault_text(req->arena, &errors.p[i]));
    return read_kept(req->arena, out, (struct tables){0}, &s, err);
}

void
desk_post_scheme_standards(struct request *req, struct response *res)
{
    const struct upload *u = file_sent(req, 0);
    struct err err = {0};
    struct params p;
    if (!u)
        err_field(&err, "file", "请选择文件。");
    if (!u || !take_file(req, u, &p, &err)) {
        show(req, res, &err);
        return;
    }
    struct str text = kept_text(req->arena, &p);
    if (text.n > KEPT_BYTES) {
        err_field(&err, "file", "内容太多。请只留下标准那几张工作表，再导入。");
        show(req, res, &err);
        return;
    }
    keep(req, res, text);
}

/* ---- into the draft ---- */

/* What was chosen on the page, before what was chosen earlier. */
static struct params
with_choices(struct request *req, const struct params *p)
{
    struct params out = {0};
    for (size_t i = 0; i < UNITS_SHOWN; i++) {
        struct str name = params_get(&req->form, arena_printf(req->arena, "n%zu", i));
        struct str code = params_get(&req->form, arena_printf(req->arena, "u%zu", i));
        if (!name.n)
            continue;
        add(req, &out, "name", name);
        add(req, &out, "code", code);
    }
    struct params chosen = out;
    for (size_t i = 0; i < p->n; i++) {
        bool is_pair = str_is(p->p[i].name, "name") && i + 1 < p->n;
        if (is_pair && is_given(&chosen, p->p[i].value))
            i++;
        else
            params_add(req->arena, &out, p->p[i].name, p->p[i].value);
    }
    return out;
}

struct taking {
    struct draft_scheme x; /* first: the action */
    struct standards_merged merged;
};

static void
taken(struct request *req, struct response *res, struct action *a)
{
    const struct taking *t = (const struct taking *)a;
    if (a->err.kind) {
        show(req, res, &a->err);
        return;
    }
    flash(req, res, arena_printf(req->arena, "已并入草案：新增 %zu 个事项，代替 %zu 个", t->merged.n_added, t->merged.n_replaced));
    response_redirect(req, res, "/desk/scheme");
}

static bool
is_of_the_list(struct str table)
{
    static const char *const names[] = {"categories", "items", "limits", "bases"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(table, names[i]))
            return true;
    return false;
}

static void
take(struct request *req, struct response *res, const struct params *p)
{
    struct scheme_work w;
    struct standards s;
    struct err err = {0};
    struct taking *t = arena_new_of(req->arena, struct taking);
    if (!scheme_work_load(req, &w, &err) || !read_kept(req->arena, p, w.tables, &s, &err)) {
        show(req, res, &err);
        return;
    }
    struct tables all = standards_merge(req->arena, w.tables, s.tables, &t->merged);
    struct table *changed = arena_array(req->arena, struct table, all.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (is_of_the_list(all.p[i].name))
            changed[n++] = all.p[i];
    t->x = (struct draft_scheme){.op = DRAFT_TABLES, .rev = params_int(&req->form, "rev", 0), .tables = {changed, n}};
    page_wait(req, res, &t->x.base, taken);
    draft_scheme(&t->x, visit_of(req)->db);
}

void
desk_post_scheme_standards_take(struct request *req, struct response *res)
{
    struct str op = params_get(&req->form, "op");
    struct err err = {0};
    struct params p;
    if (str_is(op, "drop")) {
        keep(req, res, STR(""));
        return;
    }
    if (!kept_load(req, &p)) {
        err_set(&err, ERR_NOT_FOUND, "没有要导入的表。请先选择文件。");
        show(req, res, &err);
        return;
    }
    p = with_choices(req, &p);
    if (str_is(op, "take"))
        take(req, res, &p);
    else
        keep(req, res, kept_text(req->arena, &p));
}
