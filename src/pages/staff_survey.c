/* 排摸登记: what is registered where, the longest unseen first; one entry with its story; and the rows that a visit asks about. */
#include "staff_survey.h"

#include "staff_survey.html.h"
#include "staff_xlsx.h"

enum { LINES_SHOWN = 100, XLSX_MAX = 5000, ROWS_ON_VISIT = 60, FACTS_MAX = 12 };
#define N(list) (sizeof list / sizeof *list)
#define S(x) (int)(x).n, (x).p

/* ---- Lines ---- */

void
survey_line_of(const struct visit *v, struct arena *a, const struct survey_entry *e, struct survey_line *out)
{
    static const char *const classes[] = {[SURVEY_NORMAL] = "g", [SURVEY_PROBLEM] = "a", [SURVEY_GONE] = "n"};
    const struct scheme *s = v->area->scheme;
    *out = (struct survey_line){.id = e->id, .kind = survey_kind_name(s, e->kind), .spot = e->spot, .note = e->note,
                                .place = place_name(v->area->registry, e->place), .state = survey_state_label(e->state),
                                .state_class = classes[e->state], .seen = day_words(a, e->last_checked, v->now), .due = "",
                                .n_cases = (int)e->n_cases};
    if (survey_is_due(s, e, v->now))
        out->due = arena_printf(a, "该看了，%s 到期", day_words(a, survey_due(s, e), v->now));
}

struct survey_lines
survey_lines_of(const struct visit *v, struct arena *a, const struct survey_list *list)
{
    struct survey_line *out = arena_array(a, struct survey_line, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        survey_line_of(v, a, &list->p[i], &out[i]);
    return (struct survey_lines){out, list->n};
}

/* ---- The list ---- */

static bool
ask_query(struct request *req, struct survey_query *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct str place = params_get(&req->args, "place"), show = params_get(&req->args, "show"), after = params_get(&req->args, "after"), at = STR("");
    const struct place *p = place.n ? registry_place_code(v->area->registry, place) : NULL;
    *q = (struct survey_query){.kind = params_get(&req->args, "kind"), .state = str_is(show, "all") ? 0 : -1, .is_due_only = str_is(show, "due"),
                               .place = p ? p->id : 0};
    if (place.n && !p)
        return err_set(err, ERR_NOT_FOUND, "没有这个地方。");
    if (after.n && (!str_cut(&after, '-', &at) || !str_int(at, &q->after_at) || !after.p || !str_int(after, &q->after_id)))
        return err_set(err, ERR_NOT_FOUND, "没有这一页。");
    return true;
}

static bool
may_write(const struct visit *v)
{
    const struct registry *r = v->area->registry;
    for (int32_t i = 1; v->area->scheme->n_survey_kinds && i <= r->n_places; i++)
        if (r->places[i].kind >= PLACE_COMMUNITY && r->places[i].kind <= PLACE_COMPOUND && (survey_rights_of(&v->who, i) & SURVEY_WRITE))
            return true;
    return false;
}

void
desk_surveys(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct surveys_view *view = arena_new_of(req->arena, struct surveys_view);
    struct survey_query q;
    struct survey_list list;
    struct err err = {0};
    if (!ask_query(req, &q, &err) || !surveys_visible(v->app, v->db, req->arena, &v->who, &q, LINES_SHOWN, &list, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->place = params_get(&req->args, "place");
    view->kind = q.kind;
    view->show = params_get(&req->args, "show");
    view->places = options_of(v, req->arena, "survey_place:see", NULL);
    view->kinds = options_of(v, req->arena, "survey_kind", NULL);
    view->lines = survey_lines_of(v, req->arena, &list);
    view->xlsx = query_with(req, "/desk/survey.xlsx", "", NULL);
    view->may_write = may_write(v);
    view->has_kinds = v->area->scheme->n_survey_kinds > 0;
    view->is_filtered = view->place.n || view->kind.n || view->show.n;
    const struct survey_entry *last = list.n ? &list.p[list.n - 1] : NULL;
    if (list.has_more)
        view->next = query_with(req, "/desk/survey", "after", arena_printf(req->arena, "%lld-%lld", (long long)last->last_checked, (long long)last->id));
    if (q.after_at)
        view->first = query_with(req, "/desk/survey", "after", NULL);
    layout_init(req, &view->layout, "排摸登记", "survey");
    page_surveys(&res->body, view);
}

static const char *
date_words(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

static bool
write_sheet(const struct visit *v, lxw_workbook *book, lxw_worksheet *sheet, lxw_format *head, const void *ctx)
{
    static const char *const heads[] = {"种类", "地方", "具体位置", "情况", "现在", "第一次登记", "最近看过", "下次看", "转成事项"};
    const struct survey_list *list = ctx;
    struct arena *a = arena_new();
    (void)book;
    for (size_t i = 0; i < N(heads); i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, heads[i], head);
    for (size_t i = 0; i < list->n; i++, arena_reset(a)) {
        const struct survey_entry *e = &list->p[i];
        lxw_row_t at = (lxw_row_t)i + 1;
        instant due = survey_due(v->area->scheme, e);
        const struct str cells[] = {survey_kind_name(v->area->scheme, e->kind), place_name(v->area->registry, e->place), e->spot, e->note,
                                    str_of(survey_state_label(e->state)), str_of(date_words(a, day_of(e->first_seen))),
                                    str_of(date_words(a, day_of(e->last_checked))), due ? str_of(date_words(a, day_of(due))) : STR("")};
        for (size_t c = 0; c < N(cells); c++)
            xlsx_text(sheet, at, (lxw_col_t)c, a, cells[c], NULL);
        worksheet_write_number(sheet, at, N(cells), (double)e->n_cases, NULL);
    }
    arena_free(a);
    return true;
}

/* Who keeps it is never in a file that can be passed on. */
void
desk_surveys_xlsx(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct xlsx_export *x = arena_new_of(req->arena, struct xlsx_export);
    struct survey_list *list = arena_new_of(req->arena, struct survey_list);
    struct survey_query q;
    struct err err = {0};
    if (!ask_query(req, &q, &err) || !surveys_visible(v->app, v->db, req->arena, &v->who, &q, XLSX_MAX, list, &err)) {
        page_fail(req, res, &err);
        return;
    }
    x->name = arena_printf(req->arena, "survey-%s", date_words(req->arena, day_of(v->now)));
    x->sheet = "排摸登记";
    x->rows = list->n;
    x->write = write_sheet;
    x->ctx = list;
    xlsx_send(req, res, x);
}

/* ---- One ---- */

static bool
opened_survey(struct request *req, struct response *res, struct loaded_survey *out)
{
    const struct visit *v = visit_of(req);
    struct err err = {0};
    int64_t id;
    bool ok = str_int(req->vars[0], &id) ? survey_load(v->db, app_keys(v->app), req->arena, v->area->id, id, out, &err)
                                         : err_set(&err, ERR_NOT_FOUND, "没有这条登记。");
    if (ok && (survey_rights_of(&v->who, out->e.place) & SURVEY_SEE))
        return true;
    if (ok)
        err_set(&err, ERR_FORBIDDEN, "这条登记不在您的职责范围内。");
    page_fail(req, res, &err);
    return false;
}

static void
fact(struct facts *f, struct fact *list, const char *label, struct str value, const char *url)
{
    if (value.n && f->n < FACTS_MAX)
        list[f->n++] = (struct fact){.label = label, .value = value, .url = url};
}

static void
fill_facts(struct request *req, const struct loaded_survey *x, struct survey_view *view)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    const struct survey_entry *e = &x->e;
    const struct place *p = registry_place(v->area->registry, e->place);
    struct fact *list = arena_array(a, struct fact, FACTS_MAX);
    instant due = survey_due(v->area->scheme, e);
    view->facts.p = list;
    fact(&view->facts, list, "种类", view->line.kind, NULL);
    fact(&view->facts, list, "地方", view->line.place, p ? arena_printf(a, "/desk/places/%.*s", S(p->code)) : NULL);
    fact(&view->facts, list, "具体位置", e->spot, NULL);
    fact(&view->facts, list, "谁的", e->holder.n ? STR("已登记，加密保存") : STR("没有登记"), NULL);
    fact(&view->facts, list, "第一次登记", str_of(day_words(a, e->first_seen, v->now)), NULL);
    fact(&view->facts, list, "最近看过", str_of(at_words(a, e->last_checked, v->now)), e->visit ? arena_printf(a, "/desk/visits/%lld", (long long)e->visit) : NULL);
    fact(&view->facts, list, "谁看的", e->by ? person_name(v->area->registry, e->by) : STR(""), NULL);
    fact(&view->facts, list, "下次看", due ? str_of(arena_printf(a, "%s 以前", day_words(a, due, v->now))) : STR(""), NULL);
}

static const char *
event_label(struct str type)
{
    static const char *const labels[][2] = {{"survey_added", "登记"}, {"survey_changed", "修改"}, {"survey_checked", "看过"},
                                            {"survey_case", "转成事项"}, {"survey_holder_seen", "查看是谁的"}};
    for (size_t i = 0; i < N(labels); i++)
        if (str_is(type, labels[i][0]))
            return labels[i][1];
    return "办理";
}

static bool
fill_events(struct request *req, const struct loaded_survey *x, struct survey_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct survey_events e;
    if (!survey_events_load(v->db, req->arena, v->area->id, x, &e, err))
        return false;
    struct event_line *out = arena_array(req->arena, struct event_line, e.n + 1);
    for (size_t i = 0; i < e.n; i++) {
        struct str name = person_name(r, e.p[i].actor), org = e.p[i].org ? org_short(r, e.p[i].org) : STR("");
        out[i] = (struct event_line){.label = event_label(e.p[i].type), .kind = "done", .text = e.p[i].text,
                                     .who = arena_printf(req->arena, "%.*s%s%.*s", S(org), org.n ? " " : "", S(name)),
                                     .when = at_words(req->arena, e.p[i].at, v->now), .iso = iso_words(req->arena, e.p[i].at)};
    }
    view->events = (struct event_lines){out, e.n};
    return true;
}

static void
fill_cases(struct request *req, const struct survey_entry *e, struct survey_view *view)
{
    const struct visit *v = visit_of(req);
    struct case_line *out = arena_array(req->arena, struct case_line, e->n_cases + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->n_cases; i++) {
        struct loaded_case c;
        struct situation s;
        struct err err = {0};
        if (!case_load(v->db, app_keys(v->app), req->arena, v->area->id, e->cases[i], &c, &err))
            continue;
        situation_of(v, &c.c, c.duties, c.n_duties, &s);
        if (case_visible(&s))
            case_line_of(v, req->arena, &c.c, &out[n++]);
    }
    view->cases = (struct case_lines){out, n};
}

/* The button is there when the step can be taken. */
static bool
is_possible(const struct visit *v, const struct survey_entry *e, int op)
{
    const struct place *p = registry_place(v->area->registry, e->place);
    unsigned rights = survey_rights_of(&v->who, e->place);
    if (op == SURVEY_ADD)
        return false;
    if (op == SURVEY_NAME)
        return (rights & SURVEY_HOLDER) && e->holder.n;
    bool is_case = op == SURVEY_CASE;
    return (rights & SURVEY_WRITE) && (!is_case || (e->state != SURVEY_GONE && p && p->kind == PLACE_COMPOUND && e->n_cases < SURVEY_CASES_MAX));
}

static const char *
title_of(const struct visit *v, struct arena *a, const struct survey_entry *e)
{
    return arena_printf(a, "%.*s · %.*s", S(survey_kind_name(v->area->scheme, e->kind)), S(e->spot));
}

static void
show_survey(struct request *req, struct response *res, const struct loaded_survey *x, const struct str *holder)
{
    static const int order[] = {SURVEY_CHECK, SURVEY_CASE, SURVEY_CHANGE, SURVEY_NAME};
    const struct visit *v = visit_of(req);
    struct survey_view *view = arena_new_of(req->arena, struct survey_view);
    struct survey_act *acts = arena_array(req->arena, struct survey_act, SURVEY_OPS);
    struct err err = {0};
    view->id = x->e.id;
    view->title = title_of(v, req->arena, &x->e);
    survey_line_of(v, req->arena, &x->e, &view->line);
    fill_facts(req, x, view);
    fill_cases(req, &x->e, view);
    for (size_t i = 0; i < N(order); i++)
        if (is_possible(v, &x->e, order[i]))
            acts[view->acts.n++] = (struct survey_act){survey_forms[order[i]].code, survey_forms[order[i]].label};
    view->acts.p = acts;
    view->was_shown = holder != NULL;
    view->holder = holder ? *holder : STR("");
    if (!fill_events(req, x, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, view->title, "survey");
    page_survey(&res->body, view);
}

void
desk_survey(struct request *req, struct response *res)
{
    struct loaded_survey x;
    if (opened_survey(req, res, &x))
        show_survey(req, res, &x, NULL);
}

/* ---- Adding and acting ---- */

/* "again" is asked only of who has just been told that it may be registered already. */
static void
show_form(struct request *req, struct response *res, int op, const struct survey_entry *e, const struct params *values, const struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct survey_form *f = &survey_forms[op];
    struct survey_act_view *view = arena_new_of(req->arena, struct survey_act_view);
    view->similar = field_error(err, "again");
    size_t n = op == SURVEY_ADD && !view->similar ? f->n - 1 : f->n;
    view->id = e ? e->id : 0;
    view->title = e ? title_of(v, req->arena, e) : "";
    view->what = e ? f->label : "新登记一处";
    view->path = e ? arena_printf(req->arena, "/desk/survey/%lld/do/%s", (long long)e->id, f->code) : "/desk/survey/new";
    view->back = e ? arena_printf(req->arena, "/desk/survey/%lld", (long long)e->id) : "/desk/survey";
    view->key = form_key(req);
    form_view_init(&view->form, req, f->fields, n, &(struct form_about){.values = values, .err = err});
    layout_init(req, &view->layout, view->what, "survey");
    if (err)
        res->status = err_status(err->kind);
    page_survey_act(&res->body, view);
}

void
desk_survey_new(struct request *req, struct response *res)
{
    struct err err = {0};
    if (may_write(visit_of(req))) {
        show_form(req, res, SURVEY_ADD, NULL, &req->args, NULL);
        return;
    }
    err_set(&err, ERR_FORBIDDEN, "排摸登记由社区、网格和下沉的队员记。");
    page_fail(req, res, &err);
}

static int
op_of(struct str code)
{
    for (int i = 0; i < SURVEY_OPS; i++)
        if (str_is(code, survey_forms[i].code))
            return i;
    return -1;
}

static bool
opened_act(struct request *req, struct response *res, struct loaded_survey *x, int *op)
{
    struct err err = {0};
    *op = op_of(req->vars[1]);
    if (!opened_survey(req, res, x))
        return false;
    if (*op >= 0 && is_possible(visit_of(req), &x->e, *op))
        return true;
    err_set(&err, *op < 0 ? ERR_NOT_FOUND : ERR_FORBIDDEN, *op < 0 ? "没有这一步。" : "现在不能做这一步。");
    page_fail(req, res, &err);
    return false;
}

/* What the entry says now; who keeps it is not shown. */
static const struct params *
values_of(struct arena *a, const struct survey_entry *e, int op)
{
    struct params *now = arena_new_of(a, struct params);
    if (op == SURVEY_CHANGE) {
        params_add(a, now, STR("spot"), e->spot);
        params_add(a, now, STR("note"), e->note);
    }
    return now;
}

void
desk_survey_act(struct request *req, struct response *res)
{
    struct loaded_survey x;
    int op;
    if (opened_act(req, res, &x, &op))
        show_form(req, res, op, &x.e, values_of(req->arena, &x.e, op), NULL);
}

static void
refused(struct request *req, struct response *res, const struct keep_survey *x)
{
    struct err *err = arena_new_of(req->arena, struct err);
    *err = x->base.err;
    if (err->n_fields)
        show_form(req, res, x->op, x->op == SURVEY_ADD ? NULL : &x->before.e, &req->form, err);
    else
        page_fail(req, res, err);
}

static void
kept(struct request *req, struct response *res, struct action *a)
{
    static const char *const said[SURVEY_OPS] = {"已登记。", "已修改。", "已记下看过。", "已转成事项。", ""};
    struct keep_survey *x = (struct keep_survey *)a;
    struct loaded_survey now;
    if (a->err.kind) {
        refused(req, res, x);
        return;
    }
    if (x->op == SURVEY_NAME && !a->is_repeat) {
        if (opened_survey(req, res, &now))
            show_survey(req, res, &now, &x->holder);
        return;
    }
    flash(req, res, said[x->op]);
    response_redirect(req, res, "/desk/survey/%lld", (long long)x->new_id);
}

static void
keep(struct request *req, struct response *res, int op, int64_t id)
{
    struct keep_survey *x = arena_new_of(req->arena, struct keep_survey);
    x->op = (enum survey_op)op;
    x->id = id;
    x->fields = &req->form;
    form_idempotency(req, &x->base);
    page_wait(req, res, &x->base, kept);
    keep_survey(x, visit_of(req)->db);
}

void
desk_post_survey_new(struct request *req, struct response *res)
{
    keep(req, res, SURVEY_ADD, 0);
}

void
desk_post_survey_act(struct request *req, struct response *res)
{
    struct loaded_survey x;
    int op;
    if (opened_act(req, res, &x, &op))
        keep(req, res, op, x.e.id);
}

/* ---- On a visit ---- */

bool
survey_rows_of(struct request *req, int32_t place, const struct params *values, const struct err *asked, struct survey_rows *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct survey_list list;
    *out = (struct survey_rows){.new_kind = STR(""), .new_spot = STR(""), .new_note = STR(""), .error = field_error(asked, "register")};
    if (!place || !v->area->scheme->n_survey_kinds || !(survey_rights_of(&v->who, place) & SURVEY_WRITE))
        return true;
    if (!surveys_within(v->app, v->db, a, v->area, place, ROWS_ON_VISIT, &list, err))
        return false;
    struct survey_row *rows = arena_array(a, struct survey_row, list.n + 1);
    for (size_t i = 0; i < list.n; i++) {
        rows[i].name = arena_printf(a, "%lld", (long long)list.p[i].id);
        rows[i].chosen = values ? params_get(values, arena_printf(a, "look.%s", rows[i].name)) : STR("");
        rows[i].words = values ? params_get(values, arena_printf(a, "lookwords.%s", rows[i].name)) : STR("");
        survey_line_of(v, a, &list.p[i], &rows[i].line);
        out->n_due += rows[i].line.due[0] != 0;
    }
    out->p = rows;
    out->n = list.n;
    out->is_cut = list.has_more;
    out->kinds = options_of(v, a, "survey_kind", NULL);
    if (values) {
        out->new_kind = params_get(values, "new_kind");
        out->new_spot = params_get(values, "new_spot");
        out->new_note = params_get(values, "new_note");
    }
    return true;
}

/* What would end a line or a part of it is written in its full form. */
static void
add_words(struct buf *b, struct str words, bool is_spot)
{
    for (size_t i = 0; i < words.n; i++)
        if (words.p[i] == ';')
            buf_z(b, "；");
        else if (is_spot && words.p[i] == ':')
            buf_z(b, "：");
        else
            buf_char(b, words.p[i]);
}

void
survey_put_register(struct arena *a, const struct params *in, struct params *out)
{
    struct buf b = {0};
    for (size_t i = 0; i < in->n; i++) {
        struct str name = in->p[i].name, state = str_trim(in->p[i].value);
        if (!str_starts(name, STR("look.")) || !state.n)
            continue;
        struct str id = str_slice(name, 5, name.n), words = params_get(in, arena_printf(a, "lookwords.%.*s", S(id)));
        buf_printf(&b, "%s%.*s=%.*s", b.n ? ";" : "", S(id), S(state));
        if (words.n) {
            buf_char(&b, ':');
            add_words(&b, words, false);
        }
    }
    struct str kind = params_get(in, "new_kind"), spot = params_get(in, "new_spot"), note = params_get(in, "new_note");
    if (kind.n || spot.n) {
        buf_printf(&b, "%s+%.*s@", b.n ? ";" : "", S(kind));
        add_words(&b, spot, true);
        buf_char(&b, ':');
        add_words(&b, note, false);
    }
    if (b.n)
        params_add(a, out, STR("register"), str_dup(a, buf_view(&b)));
    buf_release(&b);
}
