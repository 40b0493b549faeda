/* Staff intake. The words suggest, a person decides; like cases are shown before a second one is opened. */
#include "staff_new.h"

#include "crypto.h"
#include "files_page.h"
#include "staff_new.html.h"

enum { ANSWERS_MAX = 3, SIMILAR_MAX = 3 };

const char *
new_error(const struct new_view *v, const char *field)
{
    return field_error(v->err, field);
}

struct str
new_value(const struct new_view *v, const char *field)
{
    return params_get(&v->values, field);
}

/* ---- Which compound ---- */

static const struct place *
place_typed(const struct registry *r, struct str typed)
{
    const struct place *p = registry_place_code(r, typed);
    if (is_compound(p))
        return p;
    for (int32_t i = 1; typed.n && i <= r->n_places; i++)
        if (is_compound(&r->places[i]) && str_eq(r->places[i].name, typed))
            return &r->places[i];
    return NULL;
}

/* The longest compound name that stands in a text; 「幸福里」 stands for 「幸福里小区」. */
static const struct place *
place_in_words(const struct registry *r, struct str words)
{
    const struct place *best = NULL;
    size_t best_n = 0;
    for (int32_t i = 1; i <= r->n_places; i++) {
        if (!is_compound(&r->places[i]))
            continue;
        struct str name = r->places[i].name, tail = STR("小区");
        if (name.n > tail.n + 3 && str_eq(str_slice(name, name.n - tail.n, name.n), tail))
            name = str_slice(name, 0, name.n - tail.n);
        if (utf8_count(name) >= 2 && name.n > best_n && str_has(words, name)) {
            best = &r->places[i];
            best_n = name.n;
        }
    }
    return best;
}

static const struct place *
place_of(struct request *req)
{
    const struct registry *r = visit_of(req)->area->registry;
    const struct place *p = place_typed(r, params_get(&req->form, "place"));
    return p ? p : params_has(&req->form, "place") ? NULL : place_in_words(r, params_get(&req->form, "words"));
}

/* ---- Hints ---- */

static void
fill_hint(struct request *req, const struct place *p, struct new_hint *h)
{
    const struct visit *v = visit_of(req);
    struct str words = params_get(&req->form, "words");
    struct finding f = {0};
    struct err err = {0};
    struct case_rows rows;
    if (!words.n)
        return;
    find_answers(v, req->arena, words, p, ANSWERS_MAX, &f);
    *h = (struct new_hint){.emergency = f.emergency, .divert = f.divert, .answers = f.answers, .question = f.question,
                           .csrf = v->csrf, .item = params_get(&req->form, "item")};
    if (p && !params_has(&req->form, "place"))
        h->place_found = p->name;
    struct str item = h->item.n ? h->item : f.answers.n ? f.answers.p[0].item->code : STR("");
    if (p && item.n && cases_similar(v->db, req->arena, v->area->id, p->id, item, 0, SIMILAR_MAX, &rows, &err))
        h->similar = case_lines_of(v, req->arena, &rows);
}

void
desk_post_new_hint(struct request *req, struct response *res)
{
    struct new_hint h = {0};
    fill_hint(req, place_of(req), &h);
    page_new_hint(&res->body, &h);
}

/* ---- The form ---- */

static const char *
new_key(struct request *req)
{
    uint8_t raw[16];
    struct buf b = {0};
    crypto_random(raw, sizeof raw);
    buf_hex(&b, raw, sizeof raw);
    return buf_keep(req->arena, &b).p;
}

static struct strs
values_of(struct request *req, const char *name)
{
    struct str *out = arena_array(req->arena, struct str, LIMIT_PHOTOS + 1), value;
    size_t n = 0;
    for (size_t at = 0; n < LIMIT_PHOTOS && params_each(&req->form, name, &at, &value);)
        if (value.n)
            out[n++] = value;
    return (struct strs){out, n};
}

static void
show_new(struct request *req, struct response *res, const struct err *err, bool is_confirming)
{
    const struct visit *v = visit_of(req);
    struct new_view *view = arena_new_of(req->arena, struct new_view);
    const struct params *given = req->method == HTTP_GET ? &req->args : &req->form;
    layout_init(req, &view->layout, "登记反映", "new");
    view->err = err;
    view->values = *given;
    view->sources = options_of(v, req->arena, "channel", NULL);
    view->places = options_of(v, req->arena, "compound", NULL);
    view->items = options_of(v, req->arena, "item", NULL);
    view->phrases = phrases_of(v, req->arena, "quick_dissuade", NULL);
    view->source = params_get(given, "source");
    view->key = new_key(req);
    view->files = values_of(req, "files");
    view->is_confirming = is_confirming;
    const struct place *p = registry_place_code(v->area->registry, params_get(given, "place"));
    for (size_t i = 0; p && i < view->values.n; i++) /* a link brings the code; the field shows the name */
        if (str_is(view->values.p[i].name, "place"))
            view->values.p[i].value = p->name;
    if (req->method != HTTP_GET)
        fill_hint(req, place_of(req), &view->hint);
    if (err)
        res->status = err_status(err->kind);
    page_new(&res->body, view);
}

void
desk_new(struct request *req, struct response *res)
{
    struct err err = {0};
    if (!options_of(visit_of(req), req->arena, "channel", NULL).n) {
        err_set(&err, ERR_FORBIDDEN, "您的岗位没有登记反映的渠道。");
        page_fail(req, res, &err);
        return;
    }
    show_new(req, res, NULL, false);
}

/* ---- Saving ---- */

struct reporting {
    struct report_case report; /* first */
    struct strs ids;
    int64_t files[LIMIT_PHOTOS];
    size_t n_sent; /* photos that came with the form */
};

static void
reported(struct request *req, struct response *res, struct action *a)
{
    struct report_case *r = (struct report_case *)a;
    struct buf no = {0};
    if (a->err.kind) {
        for (int i = 0; i < a->err.n_fields; i++) /* the API's contact.phone is contact_phone in the form */
            for (char *p = a->err.fields[i].field; *p; p++)
                *p = *p == '.' ? '_' : *p;
        show_new(req, res, &a->err, false);
        return;
    }
    case_no_format(&no, r->day, r->no);
    response_redirect(req, res, "/desk/new/%s", buf_keep(req->arena, &no).p);
}

/* The hotline wants its answer by the end of that day. */
static instant
hotline_due(const struct request *req)
{
    int32_t day;
    bool is_given = str_is(params_get(&req->form, "source"), "hotline") && date_parse(params_get(&req->form, "deadline"), &day);
    return is_given ? day_start(day + 1) - 60 * 1000 : 0;
}

static void
run_report(struct request *req, struct response *res, struct reporting *x)
{
    const struct params *f = &req->form;
    const struct place *p = place_of(req);
    struct str key = params_get(f, "key");
    struct report_case *r = &x->report;
    r->place = p ? p->code : params_get(f, "place");
    r->item = params_get(f, "item");
    r->words = params_get(f, "words");
    r->hotline_due = hotline_due(req);
    r->spot = params_get(f, "spot");
    r->source = params_get(f, "source");
    r->hotline_no = params_get(f, "hotline_no");
    r->dissuaded = str_is(r->source, "property") ? params_get(f, "dissuaded") : STR("");
    r->is_urgent = params_bool(f, "urgent");
    r->contact_name = params_get(f, "contact_name");
    r->contact_phone = params_get(f, "contact_phone");
    r->keep_secret = params_bool(f, "keep_secret");
    r->files = x->files;
    if (key.n >= 16 && key.n <= 64) {
        r->base.idempotency_key = key;
        sm3(r->words, r->base.body_hash);
    }
    page_wait(req, res, &r->base, reported);
    report_case(r, visit_of(req)->db);
}

static void
photo_kept(struct request *req, struct response *res, struct stored_file *f)
{
    struct reporting *x = f->more;
    if (f->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        err_field(err, "files", "%s", f->err.message);
        show_new(req, res, err, false);
        return;
    }
    x->files[x->report.n_files++] = f->k.id;
    x->n_sent++;
    const struct upload *next = file_sent(req, x->n_sent);
    if (next && x->report.n_files < LIMIT_PHOTOS)
        file_store(req, res, next, STR(""), false, photo_kept, x);
    else
        run_report(req, res, x);
}

static bool
has_similar(struct request *req)
{
    const struct visit *v = visit_of(req);
    const struct place *p = place_of(req);
    struct str item = params_get(&req->form, "item");
    struct case_rows rows;
    struct err err = {0};
    return p && item.n && !params_bool(&req->form, "again") &&
           cases_similar(v->db, req->arena, v->area->id, p->id, item, 0, 1, &rows, &err) && rows.n;
}

void
desk_post_new(struct request *req, struct response *res)
{
    struct reporting *x = arena_new_of(req->arena, struct reporting);
    if (has_similar(req)) {
        show_new(req, res, NULL, true);
        return;
    }
    x->ids = values_of(req, "files");
    for (size_t i = 0; i < x->ids.n; i++)
        if (str_int(x->ids.p[i], &x->files[x->report.n_files]))
            x->report.n_files++;
    const struct upload *first = file_sent(req, 0);
    if (first && x->report.n_files < LIMIT_PHOTOS)
        file_store(req, res, first, STR(""), false, photo_kept, x);
    else
        run_report(req, res, x);
}

/* ---- After saving ---- */

void
desk_new_done(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct opened o;
    if (!opened_case(req, res, &o))
        return;
    struct new_done_view *view = arena_new_of(req->arena, struct new_done_view);
    char code[8];
    layout_init(req, &view->layout, "已登记", "new");
    view->no = o.no;
    view->item = item_name(v, &o.lc.c);
    view->place = place_title(v, o.lc.c.place);
    signals_of(v, req->arena, &o.lc.c, NULL, &view->sig);
    view->may_print = o.lc.c.opened_by == v->who.person || contact_revealable(&o.s);
    if (view->may_print) {
        case_query_code(v->area, o.lc.c.id, code);
        view->code = arena_printf(req->arena, "%.3s %s", code, code + 3);
    }
    for (size_t i = 0; i < o.lc.n_duties && !view->next.n; i++)
        if (duty_is_main(o.lc.duties[i].kind)) {
            const char *owner = owner_text(req->arena, v->area->registry, &o.lc.duties[i].owner);
            view->next = str_of(arena_printf(req->arena, "%s%s", owner, duty_doing(o.lc.duties[i].kind)));
            view->due = at_words(req->arena, o.lc.duties[i].due, v->now);
        }
    page_new_done(&res->body, view);
}

static void
followed(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    flash(req, res, "已在这件事项上加了一人，没有另外登记。");
    response_redirect(req, res, "/desk/cases/%.*s", (int)req->vars[0].n, req->vars[0].p);
}

void
desk_post_follow(struct request *req, struct response *res)
{
    struct opened o;
    if (!opened_case(req, res, &o))
        return;
    struct follow_case *f = arena_new_of(req->arena, struct follow_case);
    f->case_id = o.lc.c.id;
    page_wait(req, res, &f->base, followed);
    follow_case(f, visit_of(req)->db);
}
