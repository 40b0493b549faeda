/* Acting on a case: the form of an action, running it, taking it back, watching, and showing a contact once. */
#include "crypto.h"
#include "files_page.h"
#include "staff_case.h"
#include "staff_case.html.h"
#include "suggest.h"

/* ---- What the page proposes ---- */

static const struct item *
item_of(const struct opened *o)
{
    int i = scheme_item(o->s.scheme, o->lc.c.item);
    return i >= 0 ? &o->s.scheme->items[i] : NULL;
}

static void
propose_dispatch(struct request *req, const struct opened *o, struct params *out)
{
    const struct visit *v = visit_of(req);
    const struct item *it = item_of(o);
    const struct place *p = registry_place(v->area->registry, (int32_t)o->lc.c.place);
    if (!it)
        return;
    const struct org *lead = registry_org(v->area->registry, owner_org(v->area->registry, it->lead, p, 0));
    if (lead)
        params_add(req->arena, out, STR("lead"), lead->code);
    for (size_t i = 0; i < it->assists.n; i++) {
        const struct org *org = registry_org(v->area->registry, owner_org(v->area->registry, it->assists.p[i], p, 0));
        if (org && org != lead)
            params_add(req->arena, out, STR("assists"), org->code);
    }
}

static void
propose_classify(struct request *req, const struct opened *o, struct params *out)
{
    const struct visit *v = visit_of(req);
    struct suggestion best[3];
    if (suggest_items(o->s.scheme, o->lc.words, best, 3))
        params_add(req->arena, out, STR("item"), o->s.scheme->items[best[0].item].code);
    const struct place *p = registry_place(v->area->registry, (int32_t)o->lc.c.place);
    if (p)
        params_add(req->arena, out, STR("place"), p->code);
}

static void
propose_order(struct request *req, const struct opened *o, struct params *out)
{
    const struct item *it = item_of(o);
    struct buf b = {0};
    date_format(&b, day_of(o->s.now) + (it && it->order_days ? it->order_days : 7));
    params_add(req->arena, out, STR("until"), buf_keep(req->arena, &b));
}

static void
propose_admit(struct request *req, const struct opened *o, struct params *out)
{
    const struct item *it = item_of(o);
    bool is_service = it && it->list == LIST_SERVICE;
    params_add(req->arena, out, STR("result"), is_service ? STR("service") : STR("admit"));
    params_add(req->arena, out, STR("gate"), STR("on_list"));
    params_add(req->arena, out, STR("gate"), STR("in_compound"));
    if (o->lc.c.photos)
        params_add(req->arena, out, STR("gate"), STR("evidence"));
    if (o->lc.c.steps & STEP_PERSUADE)
        params_add(req->arena, out, STR("gate"), STR("persuaded"));
}

static void
propose_one(struct request *req, struct params *out, const char *name, const char *value)
{
    params_add(req->arena, out, str_of(name), str_of(value));
}

static struct params *
proposal(struct request *req, const struct opened *o, const struct command *cmd)
{
    struct params *p = arena_new_of(req->arena, struct params);
    struct str code = str_of(cmd->code);
    if (str_is(code, "dispatch"))
        propose_dispatch(req, o, p);
    else if (str_is(code, "classify"))
        propose_classify(req, o, p);
    else if (str_is(code, "order"))
        propose_order(req, o, p);
    else if (str_is(code, "admit"))
        propose_admit(req, o, p);
    else if (str_is(code, "complete_service"))
        propose_one(req, p, "outcome", "solved");
    else if (str_is(code, "arrive")) /* a scanned code leads here (presence_page.c) */
        params_add(req->arena, p, STR("proof"), params_get(&req->args, "proof"));
    else if (str_is(code, "refuse"))
        params_add(req->arena, p, STR("item"), o->lc.c.item);
    return p;
}

/* ---- The form ---- */

const char *
form_key(struct request *req)
{
    uint8_t raw[16];
    struct buf b = {0};
    crypto_random(raw, sizeof raw);
    buf_hex(&b, raw, sizeof raw);
    return buf_keep(req->arena, &b).p;
}

static void
fill_hints(struct request *req, const struct opened *o, struct act_view *view)
{
    const struct visit *v = visit_of(req);
    const struct item *it = item_of(o);
    struct err err = {0};
    struct case_rows rows;
    if (!it || !str_is(str_of(view->cmd->code), "dispatch"))
        return;
    const struct place *p = registry_place(v->area->registry, (int32_t)o->lc.c.place);
    struct str lead = org_name(v->area->registry, owner_org(v->area->registry, it->lead, p, 0));
    view->hint = str_of(arena_printf(req->arena, "清单建议：由%.*s牵头", (int)lead.n, lead.p));
    view->lead_hint = arena_printf(req->arena, "依据执法清单 %.*s %.*s。%.*s", (int)it->code.n, it->code.p, (int)it->name.n,
                                   it->name.p, (int)it->firsthand.n, it->firsthand.p);
    if (cases_precedent(v->db, req->arena, v->area->id, it->code, 5, &rows, &err))
        view->precedents = case_lines_of(v, req->arena, &rows);
}

static void
show_act(struct request *req, struct response *res, struct opened *o, const struct command *cmd,
         const struct params *values, const struct err *err)
{
    const struct visit *v = visit_of(req);
    struct act_view *view = arena_new_of(req->arena, struct act_view);
    view->cmd = cmd;
    view->no = o->no;
    view->key = form_key(req);
    view->version = o->lc.c.version;
    view->item = item_name(v, &o->lc.c);
    view->place = place_title(v, o->lc.c.place);
    view->is_drawer = in_drawer(req);
    struct err unread = {0};
    if (o->lc.words.n || case_load_words(v->db, req->arena, &o->lc, &unread)) {
        view->words = o->lc.words;
        view->spot = o->lc.spot;
    }
    signals_of(v, req->arena, &o->lc.c, NULL, &view->sig);
    fill_hints(req, o, view);
    struct form_about about = {.values = values, .err = err, .c = &o->lc.c, .is_raw = true};
    form_view_init(&view->form, req, cmd->fields, cmd->n_fields, &about);
    layout_init(req, &view->layout, arena_printf(req->arena, "%s %s", cmd->label, o->no), "cases");
    if (err)
        res->status = err_status(err->kind);
    if (view->is_drawer)
        page_act_drawer(&res->body, view);
    else
        page_act(&res->body, view);
}

static const struct command *
command_of(struct request *req, struct response *res)
{
    const struct command *cmd = command_find(req->vars[1]);
    if (cmd && !(cmd->flags & CMD_HIDDEN))
        return cmd;
    struct err err = {0};
    err_set(&err, ERR_NOT_FOUND, "没有这一步办理。");
    page_fail(req, res, &err);
    return NULL;
}

void
desk_act(struct request *req, struct response *res)
{
    struct opened o;
    struct err err = {0};
    const struct command *cmd = command_of(req, res);
    if (!cmd || !opened_case(req, res, &o))
        return;
    if (!command_allowed(cmd, &o.s, NULL, &err) || !case_load_words(visit_of(req)->db, req->arena, &o.lc, &err)) {
        page_fail(req, res, &err);
        return;
    }
    show_act(req, res, &o, cmd, proposal(req, &o, cmd), NULL);
}

/* ---- Running it ---- */

struct acting {
    struct act_on_case act; /* first */
    const struct command *cmd;
    struct params fields; /* the form, and the ids of photos that came with it */
    struct str no;
    size_t n_photos;
};

static void
back_to_case(struct request *req, struct response *res, struct str no)
{
    if (in_drawer(req))
        response_header(res, "HX-Trigger", "list-changed");
    response_redirect(req, res, "/desk/cases/%.*s", (int)no.n, no.p);
}

static void
acted(struct request *req, struct response *res, struct action *a)
{
    struct acting *x = (struct acting *)a;
    struct opened o;
    struct err err = {0};
    if (!a->err.kind) {
        flash(req, res, arena_printf(req->arena, "%s：已办好。%s", x->cmd->label,
                                     x->cmd->flags & CMD_UNDOABLE ? "10 分钟内可以撤销。" : ""));
        back_to_case(req, res, x->no);
        return;
    }
    rate_proof_wrong(req, &a->err);
    if (!opened_load(req, x->no, &o, &err)) {
        page_fail(req, res, &err);
        return;
    }
    show_act(req, res, &o, x->cmd, &x->fields, &a->err);
}

/* A repeat is told by the form's key and what was sent. */
void
form_idempotency(struct request *req, struct action *a)
{
    struct str key = params_get(&req->form, "key");
    if (key.n < 16 || key.n > 64)
        return;
    struct hasher *h = hasher_new(HASH_SM3);
    hasher_add(h, req->path);
    for (size_t i = 0; i < req->form.n; i++) {
        if (str_is(req->form.p[i].name, "csrf") || str_is(req->form.p[i].name, "form_token"))
            continue;
        hasher_add(h, req->form.p[i].name);
        hasher_add(h, STR("\n"));
        hasher_add(h, req->form.p[i].value);
        hasher_add(h, STR("\n"));
    }
    hasher_end(h, a->body_hash);
    a->idempotency_key = key;
}

static void
run(struct request *req, struct response *res, struct acting *x)
{
    x->act.fields = &x->fields;
    form_idempotency(req, &x->act.base);
    page_wait(req, res, &x->act.base, acted);
    act_on_case(&x->act, visit_of(req)->db);
}

/* Without scripts the photos come with the form: each is kept first, then the action names them. */
static void
photo_kept(struct request *req, struct response *res, struct stored_file *f)
{
    struct acting *x = f->more;
    if (f->err.kind) {
        x->act.base.err = (struct err){0};
        err_field(&x->act.base.err, "files", "%s", f->err.message);
        acted(req, res, &x->act.base);
        return;
    }
    params_add(req->arena, &x->fields, STR("files"),
               str_of(arena_printf(req->arena, "%lld", (long long)f->k.id)));
    x->n_photos++;
    const struct upload *next = file_sent(req, x->n_photos);
    if (next && x->n_photos < LIMIT_PHOTOS)
        file_store(req, res, next, STR(""), true, photo_kept, x);
    else
        run(req, res, x);
}

void
desk_post_act(struct request *req, struct response *res)
{
    struct opened o;
    struct err err = {0};
    const struct command *cmd = command_of(req, res);
    if (!cmd || !opened_case(req, res, &o))
        return;
    if (!rate_proof(req, params_get(&req->form, "proof"), &err)) {
        page_fail(req, res, &err);
        return;
    }
    struct acting *x = arena_new_of(req->arena, struct acting);
    x->cmd = cmd;
    x->no = str_dup(req->arena, req->vars[0]);
    x->act.case_id = o.lc.c.id;
    x->act.command = str_of(cmd->code);
    x->act.if_version = params_int(&req->form, "version", 0);
    for (size_t i = 0; i < req->form.n; i++)
        params_add(req->arena, &x->fields, req->form.p[i].name, req->form.p[i].value);
    const struct upload *first = file_sent(req, 0);
    if (first)
        file_store(req, res, first, STR(""), true, photo_kept, x);
    else
        run(req, res, x);
}

static void
undone(struct request *req, struct response *res, struct action *a)
{
    flash(req, res, a->err.kind ? a->err.message : "已撤销，事项回到上一步。");
    back_to_case(req, res, req->vars[0]);
}

void
desk_post_undo(struct request *req, struct response *res)
{
    struct opened o;
    if (!opened_case(req, res, &o))
        return;
    static const struct params none;
    struct acting *x = arena_new_of(req->arena, struct acting);
    x->act.case_id = o.lc.c.id;
    x->act.is_undo = true;
    x->act.fields = &none;
    page_wait(req, res, &x->act.base, undone);
    act_on_case(&x->act, visit_of(req)->db);
}

/* ---- Watching ---- */

static void
watched(struct request *req, struct response *res, struct action *a)
{
    const struct watch_case *w = (const struct watch_case *)a;
    flash(req, res, a->err.kind ? a->err.message : w->is_on ? "已关注，进展在“我关注”里。" : "已取消关注。");
    back_to_case(req, res, req->vars[0]);
}

void
desk_post_watch(struct request *req, struct response *res)
{
    struct opened o;
    if (!opened_case(req, res, &o))
        return;
    struct watch_case *w = arena_new_of(req->arena, struct watch_case);
    w->case_id = o.lc.c.id;
    w->is_on = params_bool(&req->form, "on");
    page_wait(req, res, &w->base, watched);
    watch_case(w, visit_of(req)->db);
}

/* ---- The reporter's contact, once ---- */

static void
revealed(struct request *req, struct response *res, struct action *a)
{
    const struct reveal_contact *r = (const struct reveal_contact *)a;
    struct opened o;
    struct err err = {0};
    struct case_view *v = arena_new_of(req->arena, struct case_view);
    if (!opened_load(req, req->vars[0], &o, &err) || !case_view_fill(req, &o, v, &err)) {
        page_fail(req, res, &err);
        return;
    }
    if (a->err.kind) {
        res->status = err_status(a->err.kind);
        v->contact_error = a->err.n_fields ? a->err.fields[0].message : a->err.message;
    } else {
        v->is_revealed = true;
        v->contact_name = r->name.n ? r->name : STR("未留姓名");
        v->contact_phone = r->phone;
    }
    case_show(req, res, v);
}

void
desk_post_contact(struct request *req, struct response *res)
{
    struct opened o;
    if (!opened_case(req, res, &o))
        return;
    struct reveal_contact *r = arena_new_of(req->arena, struct reveal_contact);
    r->case_id = o.lc.c.id;
    r->purpose = params_get(&req->form, "purpose");
    page_wait(req, res, &r->base, revealed);
    reveal_contact(r, visit_of(req)->db);
}
