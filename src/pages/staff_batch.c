/* Several cases at once: each is its own action with its own event; what could not be done says why. */
#include "staff_desk.h"
#include "staff_desk.html.h"

enum { BATCH_MAX = 100 };

struct batch {
    const struct command *cmd;
    struct opened *cases;
    size_t n, at;
    const struct params *fields; /* of the form */
    struct batch_row *rows;
    bool by_list;
};

static const struct command *
batch_command(struct str code, struct err *err)
{
    const struct command *cmd = command_find(code);
    if (cmd && (cmd->flags & CMD_BATCH))
        return cmd;
    err_set(err, ERR_USAGE, "这一步不能批量办理。");
    return NULL;
}

/* Files belong to one case, so a batch has none. */
static size_t
fields_without_files(struct arena *a, const struct command *cmd, bool by_list, struct field **out)
{
    *out = arena_array(a, struct field, cmd->n_fields + 1);
    size_t n = 0;
    for (size_t i = 0; i < cmd->n_fields; i++) {
        if (cmd->fields[i].type == FIELD_FILES)
            continue;
        (*out)[n] = cmd->fields[i];
        if (by_list && strcmp(cmd->fields[i].name, "lead") == 0)
            (*out)[n].required = false;
        n++;
    }
    return n;
}

static int32_t
listed_lead(const struct visit *v, const struct case_file *c)
{
    const struct scheme *s = area_scheme(v->area, c->scheme);
    int i = scheme_item(s, c->item);
    const struct place *p = registry_place(v->area->registry, (int32_t)c->place);
    return i >= 0 ? owner_org(v->area->registry, s->items[i].lead, p, 0) : 0;
}

static bool
load_batch(struct request *req, const struct params *from, struct batch *b, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct str no;
    b->cases = arena_array(req->arena, struct opened, BATCH_MAX);
    b->rows = arena_array(req->arena, struct batch_row, BATCH_MAX);
    for (size_t at = 0; b->n < BATCH_MAX && params_each(from, "ids", &at, &no);) {
        struct opened *o = &b->cases[b->n];
        bool is_twice = false;
        for (size_t i = 0; i < b->n; i++)
            is_twice |= str_is(no, b->cases[i].no);
        if (is_twice)
            continue;
        if (!opened_load(req, no, o, err))
            return false;
        struct err unread = {0};
        if (str_is(str_of(b->cmd->code), "classify"))
            case_load_words(v->db, req->arena, &o->lc, &unread);
        int32_t lead = listed_lead(v, &o->lc.c);
        struct str name = org_name(v->area->registry, lead);
        b->rows[b->n++] = (struct batch_row){.no = o->no,
                                             .item = item_name(v, &o->lc.c),
                                             .place = place_title(v, o->lc.c.place),
                                             .words = utf8_prefix(o->lc.words, 60),
                                             .note = arena_printf(req->arena, "%.*s", (int)name.n, name.p)};
    }
    return b->n > 0 || err_set(err, ERR_USAGE, "请先勾选要办的事项。");
}

static void
show_batch(struct request *req, struct response *res, const struct batch *b, const struct params *values,
           const struct err *err, bool is_done)
{
    struct batch_view *view = arena_new_of(req->arena, struct batch_view);
    struct field *fields;
    size_t n = fields_without_files(req->arena, b->cmd, b->by_list, &fields);
    layout_init(req, &view->layout, arena_printf(req->arena, "批量%s", b->cmd->label), "desk");
    view->cmd = b->cmd;
    view->rows = (struct batch_rows){b->rows, b->n};
    view->offers_list = strcmp(b->cmd->code, "dispatch") == 0;
    view->by_list = b->by_list;
    view->is_done = is_done;
    for (size_t i = 0; i < b->n; i++)
        view->n_ok += !b->rows[i].message;
    if (view->offers_list) /* the box above stands for the choice */
        for (size_t i = 0; i < n; i++)
            fields[i].required = false;
    form_view_init(&view->form, req, fields, n, &(struct form_about){.values = values, .err = err});
    if (err)
        res->status = err_status(err->kind);
    page_batch(&res->body, view);
}

void
desk_batch(struct request *req, struct response *res)
{
    struct err err = {0};
    struct batch b = {.cmd = batch_command(params_get(&req->args, "command"), &err)};
    if (!b.cmd || !load_batch(req, &req->args, &b, &err)) {
        page_fail(req, res, &err);
        return;
    }
    b.by_list = strcmp(b.cmd->code, "dispatch") == 0;
    show_batch(req, res, &b, NULL, NULL, false);
}

/* ---- Running: one after the other, so that each sees what the one before did ---- */

static void run_next(struct request *req, struct response *res, struct batch *b);

struct batch_act { /* the action, and the batch it belongs to */
    struct act_on_case act;
    struct batch *batch;
};

static void
one_done(struct request *req, struct response *res, struct action *a)
{
    struct batch *b = ((struct batch_act *)a)->batch;
    if (a->err.kind)
        b->rows[b->at].message = a->err.n_fields ? arena_printf(req->arena, "%s", a->err.fields[0].message)
                                                 : arena_printf(req->arena, "%s", a->err.message);
    b->at++;
    run_next(req, res, b);
}

static const struct params *
fields_of_one(struct request *req, const struct batch *b)
{
    if (!b->by_list)
        return b->fields;
    const struct visit *v = visit_of(req);
    const struct org *lead = registry_org(v->area->registry, listed_lead(v, &b->cases[b->at].lc.c));
    struct params *own = arena_new_of(req->arena, struct params);
    params_add(req->arena, own, STR("lead"), lead ? lead->code : STR(""));
    params_add(req->arena, own, STR("note"), params_get(b->fields, "note"));
    return own;
}

static void
run_next(struct request *req, struct response *res, struct batch *b)
{
    if (b->at == b->n) {
        show_batch(req, res, b, b->fields, NULL, true);
        return;
    }
    struct batch_act *x = arena_new_of(req->arena, struct batch_act);
    x->batch = b;
    x->act.case_id = b->cases[b->at].lc.c.id;
    x->act.command = str_of(b->cmd->code);
    x->act.fields = fields_of_one(req, b);
    page_wait(req, res, &x->act.base, one_done);
    act_on_case(&x->act, visit_of(req)->db);
}

void
desk_post_batch(struct request *req, struct response *res)
{
    struct err err = {0};
    struct batch *b = arena_new_of(req->arena, struct batch);
    b->cmd = batch_command(params_get(&req->form, "command"), &err);
    if (!b->cmd || !load_batch(req, &req->form, b, &err)) {
        page_fail(req, res, &err);
        return;
    }
    b->by_list = params_bool(&req->form, "by_list") && strcmp(b->cmd->code, "dispatch") == 0;
    b->fields = &req->form;
    struct field *fields;
    size_t n = fields_without_files(req->arena, b->cmd, b->by_list, &fields);
    if (!form_check(fields, n, &req->form, option_lookup, req, &err)) {
        show_batch(req, res, b, &req->form, &err, false);
        return;
    }
    run_next(req, res, b);
}
