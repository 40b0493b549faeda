/* The small questions: which item did you mean, is it the same thing, how do we reach you. */
#include "resident_report.html.h"

/* ---- guess: only when nothing was chosen and the words lead somewhere ---- */

static void
guess_fill(struct request *req, struct guess_view *v)
{
    struct finding f;
    find_answers(visit_of(req), req->arena, draft_get(&v->s.d, "words"), v->s.r.place, 3, &f);
    v->answers = f.answers;
    v->question = f.question;
}

void
resident_guess(struct request *req, struct response *res)
{
    struct guess_view v = {0};
    if (!step_begin(req, res, &v.s, 3, "是不是这件事"))
        return;
    v.s.r.l.back = step_path(req, v.s.r.place, "words");
    guess_fill(req, &v);
    page_resident_guess(&res->body, &v);
}

void
resident_post_guess(struct request *req, struct response *res)
{
    struct guess_view v = {0};
    struct err err = {0};
    if (!step_sent(req, res, &v.s))
        return;
    struct str item = params_get(&req->form, "item");
    if (!str_is(item, "none") && scheme_item(visit_of(req)->area->scheme, item) < 0) {
        err_field(&err, "item", "请选最接近的一项，或选“都不是”。");
        v.s.r.err = &err;
        step_frame(req, res, &v.s, 3, "是不是这件事", "words");
        guess_fill(req, &v);
        page_resident_guess(&res->body, &v);
        return;
    }
    draft_set(req, &v.s.d, "guessed", STR("1"));
    draft_set(req, &v.s.d, "item", str_is(item, "none") ? STR("") : item);
    step_next(req, res, &v.s);
}

/* ---- same: only what says nothing about the other reporter ---- */

static void
same_fill(struct request *req, struct same_view *v)
{
    struct case_rows rows;
    const struct visit *visit = visit_of(req);
    const struct item *it = draft_item(visit, &v->s.d, NULL);
    size_t n = similar_cases(req, &v->s, &rows);
    struct same_row *out = arena_array(req->arena, struct same_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct case_file *c = &rows.p[i].c;
        out[i] = (struct same_row){.id = c->id, .when = day_words(req->arena, c->opened_at, visit->now),
                                   .state = state_plain((int)c->state), .tag = state_tag((int)c->state), .followers = c->followers,
                                   .lead = org_short(visit->area->registry, (int32_t)c->lead)};
    }
    v->cases.p = out;
    v->cases.n = n;
    v->item = it ? it->name : STR("");
    v->hint = wording(req->arena, visit->area->scheme, "duplicate_hint", "count", arena_printf(req->arena, "%zu", n), NULL);
}

void
resident_same(struct request *req, struct response *res)
{
    struct same_view v = {0};
    if (!step_begin(req, res, &v.s, 3, "是不是同一件事"))
        return;
    v.s.r.l.back = step_path(req, v.s.r.place, "words");
    same_fill(req, &v);
    page_resident_same(&res->body, &v);
}

static void
followed(struct request *req, struct response *res, struct action *a)
{
    struct followed_view v = {0};
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    v.r.place = registry_place_code(visit_of(req)->area->registry, req->vars[0]);
    resident_init(req, res, &v.r, "已为您记上");
    char token[48];
    follower_token(visit_of(req)->area, ((const struct follow_case *)a)->case_id, token);
    v.path = arena_printf(req->arena, "/f/%s", token);
    v.url = full_url(req, v.path);
    page_resident_followed(&res->body, &v);
}

/* Following counts once from a device, however often the button is pressed. */
static void
follow(struct request *req, struct response *res, int64_t id)
{
    reporter_visit(req, id);
    struct follow_case *f = arena_new_of(req->arena, struct follow_case);
    f->case_id = id;
    f->base.idempotency_key = str_of(arena_printf(req->arena, "follow-%lld", (long long)id));
    page_wait(req, res, &f->base, followed);
    follow_case(f, visit_of(req)->db);
}

void
resident_post_same(struct request *req, struct response *res)
{
    struct step_view v = {0};
    struct case_rows rows;
    if (!step_sent(req, res, &v))
        return;
    int64_t id = params_int(&req->form, "follow", 0);
    size_t n = id ? similar_cases(req, &v, &rows) : 0;
    for (size_t i = 0; i < n; i++)
        if (rows.p[i].c.id == id) {
            follow(req, res, id);
            return;
        }
    draft_set(req, &v.d, "same", draft_get(&v.d, "item"));
    step_next(req, res, &v);
}

/* ---- contact ---- */

static const struct field contact_fields[] = {
    {.name = "contact_name", .label = "称呼", .type = FIELD_TEXT, .max = 20},
    {.name = "contact_phone", .label = "电话", .type = FIELD_PHONE},
};

static void
contact_show(struct request *req, struct response *res, struct contact_view *v, const struct params *from, bool keep_secret)
{
    const struct scheme *s = v->s.r.scheme;
    v->name = params_get(from, "contact_name");
    v->phone = params_get(from, "contact_phone");
    v->keep_secret = keep_secret;
    v->why = scheme_wording(s, "contact_why");
    v->secret = scheme_wording(s, "contact_secret");
    v->privacy = scheme_wording(s, "privacy_short");
    (void)req;
    page_resident_contact(&res->body, v);
}

/* Short numbers are for offices; a resident who leaves one cannot be called. */
static bool
contact_ok(const struct params *in, struct err *err)
{
    enum { DIGITS_MIN = 7 };
    struct str phone = params_get(in, "contact_phone");
    size_t digits = 0;
    for (size_t i = 0; i < phone.n; i++)
        digits += phone.p[i] >= '0' && phone.p[i] <= '9';
    if (!form_check(contact_fields, sizeof contact_fields / sizeof *contact_fields, in, NULL, NULL, err))
        return false;
    if (phone.n && digits < DIGITS_MIN)
        return err_field(err, "contact_phone", "电话号码不全，请填写 11 位手机号，或带区号的座机。");
    return true;
}

void
resident_contact(struct request *req, struct response *res)
{
    struct contact_view v = {0};
    if (!step_begin(req, res, &v.s, 4, "怎么联系您"))
        return;
    bool was_asked = draft_get(&v.s.d, "contact").n > 0;
    contact_show(req, res, &v, &v.s.d.p, !was_asked || draft_get(&v.s.d, "keep_secret").n > 0);
}

void
resident_post_contact(struct request *req, struct response *res)
{
    struct contact_view v = {0};
    struct err err = {0};
    if (!step_sent(req, res, &v.s))
        return;
    if (!contact_ok(&req->form, &err)) {
        v.s.r.err = &err;
        step_frame(req, res, &v.s, 4, "怎么联系您", "words");
        contact_show(req, res, &v, &req->form, params_bool(&req->form, "keep_secret"));
        return;
    }
    draft_set(req, &v.s.d, "contact", STR("1"));
    draft_set(req, &v.s.d, "contact_name", params_get(&req->form, "contact_name"));
    draft_set(req, &v.s.d, "contact_phone", params_get(&req->form, "contact_phone"));
    draft_set(req, &v.s.d, "keep_secret", params_bool(&req->form, "keep_secret") ? STR("1") : STR(""));
    step_next(req, res, &v.s);
}
