/* 服务快记: what the firm saw and put right by itself. It is registered and completed with proof in one go: two events of one
 * case, so that figures, revisits and the board read it like any other. */
#include "staff_service.h"

#include "crypto.h"
#include "files_page.h"
#include "staff_service.html.h"

const char *
service_error(const struct service_view *v, const char *field)
{
    return field_error(v->err, field);
}

struct str
service_value(const struct service_view *v, const char *field)
{
    return params_get(&v->values, field);
}

/* A person of a firm sees the firm's compounds, a person of a place those below it. */
static bool
is_mine(const struct visit *v, const struct place *p)
{
    for (size_t i = 0; i < v->who.n_postings; i++) {
        const struct posting *q = v->who.postings[i];
        if (q->role == ROLE_PROPERTY ? p->firm == q->org : q->place && place_within(v->area->registry, p->id, q->place))
            return true;
    }
    return false;
}

static struct options
my_compounds(struct request *req)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct option *out = arena_array(req->arena, struct option, (size_t)r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND && !r->places[i].is_closed && is_mine(v, &r->places[i]))
            out[n++] = (struct option){.code = r->places[i].code, .label = r->places[i].name};
    return (struct options){out, n};
}

static void
show(struct request *req, struct response *res, const struct err *err)
{
    const struct visit *v = visit_of(req);
    struct service_view *view = arena_new_of(req->arena, struct service_view);
    uint8_t raw[16];
    struct buf key = {0};
    struct str id, *files = arena_array(req->arena, struct str, LIMIT_PHOTOS);
    crypto_random(raw, sizeof raw);
    buf_hex(&key, raw, sizeof raw);
    view->key = str_z(req->arena, buf_view(&key));
    buf_release(&key);
    view->values = req->method == HTTP_GET ? req->args : req->form;
    view->places = my_compounds(req);
    view->items = options_of(v, req->arena, "item:service", NULL);
    view->phrases = form_phrases(v, req->arena, "quick_service", NULL);
    for (size_t at = 0; view->files.n < LIMIT_PHOTOS && params_each(&view->values, "files", &at, &id);)
        if (id.n)
            files[view->files.n++] = id;
    view->files.p = files;
    view->err = err;
    layout_init(req, &view->layout, "服务快记", "service");
    if (err)
        res->status = err_status(err->kind);
    page_service(&res->body, view);
}

void
desk_service(struct request *req, struct response *res)
{
    show(req, res, NULL);
}

static void
completed(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) { /* registered, not completed: it waits in 待办 and says what is missing */
        flash(req, res, arena_printf(req->arena, "已登记，但还没有办结：%s",
                                     a->err.n_fields ? a->err.fields[0].message : a->err.message));
        response_redirect(req, res, "/desk");
        return;
    }
    flash(req, res, "已记下一件办好的服务");
    response_redirect(req, res, "/desk/service?place=%.*s", (int)params_get(&req->form, "place").n,
                      params_get(&req->form, "place").p);
}

static void
registered(struct request *req, struct response *res, struct action *a)
{
    const struct report_case *r = (const struct report_case *)a;
    if (a->err.kind) {
        show(req, res, &a->err);
        return;
    }
    struct act_on_case *x = arena_new_of(req->arena, struct act_on_case);
    x->case_id = r->case_id;
    x->command = STR("complete_service");
    x->fields = &req->form;
    x->base.idempotency_key = str_of(arena_printf(req->arena, "done-%.*s", (int)a->idempotency_key.n, a->idempotency_key.p));
    page_wait(req, res, &x->base, completed);
    act_on_case(x, visit_of(req)->db);
}

static void
run(struct request *req, struct response *res)
{
    struct err *missing = arena_new_of(req->arena, struct err);
    const struct place *place = registry_place_code(visit_of(req)->area->registry, params_get(&req->form, "place"));
    if (!place || !is_mine(visit_of(req), place))
        err_field(missing, "place", "请选择您负责的小区。");
    if (!params_has(&req->form, "item"))
        err_field(missing, "item", "请选择做了哪一项。");
    if (!params_has(&req->form, "reply"))
        err_field(missing, "reply", "请写明做了什么。");
    if (!params_has(&req->form, "files"))
        err_field(missing, "files", "请上传办好后的照片，没有照片不计入完成数。");
    if (missing->kind) {
        show(req, res, missing);
        return;
    }
    struct report_case *r = arena_new_of(req->arena, struct report_case);
    r->place = params_get(&req->form, "place");
    r->item = params_get(&req->form, "item");
    r->words = params_get(&req->form, "reply");
    r->spot = params_get(&req->form, "spot");
    r->source = STR("property");
    r->is_own_service = true;
    r->base.idempotency_key = params_get(&req->form, "key");
    page_wait(req, res, &r->base, registered);
    report_case(r, visit_of(req)->db);
}

/* Without scripts the photo comes with the form: it is kept first and its id joins the form's. */
static void
photo_kept(struct request *req, struct response *res, struct stored_file *f)
{
    if (f->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        err_field(err, "files", "%s", f->err.message);
        show(req, res, err);
        return;
    }
    params_add(req->arena, &req->form, STR("files"), str_of(arena_printf(req->arena, "%lld", (long long)f->k.id)));
    run(req, res);
}

void
desk_post_service(struct request *req, struct response *res)
{
    const struct upload *photo = file_sent(req, 0);
    if (photo)
        file_store(req, res, photo, STR(""), false, photo_kept, NULL);
    else
        run(req, res);
}
