/* The last page of a report: read it over, send it once, and take the receipt along. */
#include "crypto.h"
#include "rates.h"
#include "resident_report.html.h"

/* ---- the key: the same answers from the same draft are the same report ---- */

static void
draft_hash(struct request *req, const struct draft *d, uint8_t out[HASH_BYTES])
{
    sha256(draft_text(req, d), out);
}

static const char *
report_key(struct request *req, const struct draft *d)
{
    enum { KEPT = 12 };
    uint8_t hash[HASH_BYTES];
    struct buf b = {0};
    draft_hash(req, d, hash);
    buf_str(&b, d->id);
    buf_char(&b, '.');
    buf_hex(&b, hash, KEPT);
    return buf_keep(req->arena, &b).p;
}

/* ---- check ---- */

/* 13812345678 → 138****5678: the page may be looked at over a shoulder. */
static struct str
phone_covered(struct arena *a, struct str phone)
{
    if (phone.n < 8)
        return phone;
    return str_of(arena_printf(a, "%.*s****%.*s", 3, phone.p, 4, phone.p + phone.n - 4));
}

static void
check_show(struct request *req, struct response *res, struct check_view *v)
{
    const struct visit *visit = visit_of(req);
    const struct draft *d = &v->s.d;
    const int64_t *ids;
    int index;
    if (draft_item(visit, d, &index)) {
        struct answer a;
        answer_of(visit, req->arena, index, v->s.r.place, &a);
        v->item = a.item->name;
        v->lead = a.lead;
    }
    v->spot = draft_spot(req, d, false).p;
    v->has_location = draft_get(d, "lat").n > 0;
    v->words = draft_report_words(req, d);
    v->n_photos = draft_files(req, d, &ids);
    v->phone = phone_covered(req->arena, draft_get(d, "contact_phone"));
    v->name = draft_get(d, "contact_name");
    v->keep_secret = draft_get(d, "keep_secret").n > 0;
    v->key = report_key(req, d);
    page_resident_check(&res->body, v);
}

static bool
is_complete(const struct draft *d)
{
    return (draft_get(d, "building").n || draft_get(d, "spot").n) && draft_get(d, "words").n && draft_get(d, "contact").n;
}

void
resident_check(struct request *req, struct response *res)
{
    struct check_view v = {0};
    if (!step_begin(req, res, &v.s, 5, "核对后提交"))
        return;
    if (is_complete(&v.s.d))
        check_show(req, res, &v);
    else
        step_next(req, res, &v.s);
}

static void
check_again(struct request *req, struct response *res, struct step_view *s, const struct err *err)
{
    struct check_view v = {.s = *s};
    v.s.r.err = err;
    step_frame(req, res, &v.s, 5, "核对后提交", "contact");
    check_show(req, res, &v);
}

/* ---- receipt ---- */

static struct str
lead_of(const struct registry *r, const struct case_file *c)
{
    struct str lead = org_short(r, (int32_t)c->lead);
    return lead.n ? lead : org_short(r, owner_org(r, STR("@coordinator"), NULL, 0));
}

/* Who does what by when, from the duties that really are open. */
static void
fill_next(struct request *req, struct receipt_view *v, const struct loaded_case *c)
{
    const struct visit *visit = visit_of(req);
    const struct registry *r = visit->area->registry;
    const char **lines = arena_array(req->arena, const char *, c->n_duties + 2);
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < c->n_duties; i++) {
            const struct duty *u = &c->duties[i];
            bool is_first = u->kind == DUTY_ARRIVE || duty_is_main(u->kind);
            if (u->end != END_OPEN || is_first != (pass == 0) || (!is_first && u->kind != DUTY_ANSWER))
                continue;
            lines[n++] = arena_printf(req->arena, u->kind == DUTY_ANSWER ? "%s最迟在 %s 前%s" : "%s会在 %s 前%s",
                                      owner_text(req->arena, r, &u->owner), at_words(req->arena, u->due, visit->now),
                                      duty_doing(u->kind));
        }
    lines[n++] = "办结后请您评价。没有解决的，会再次办理";
    v->next.p = lines;
    v->next.n = n;
}

static void
receipt_show(struct request *req, struct response *res, int64_t case_id)
{
    struct visit *visit = reporter_visit(req, case_id);
    struct arena *a = req->arena;
    const struct scheme *s = visit->area->scheme;
    struct receipt_view v = {0};
    struct loaded_case c;
    struct err err = {0};
    char token[48], code[8];
    if (!case_load(visit->db, app_keys(visit->app), a, visit->area->id, case_id, &c, &err)) {
        page_fail(req, res, &err);
        return;
    }
    case_token(visit->area, case_id, token);
    case_query_code(visit->area, case_id, code);
    resident_init(req, res, &v.r, "已收到");
    v.no = case_no_words(a, &c.c);
    v.code = arena_printf(a, "%s", code);
    v.code_spaced = arena_printf(a, "%.3s %s", code, code + 3);
    v.url = full_url(req, arena_printf(a, "/t/%s", token));
    v.qr = arena_printf(a, "/t/%s/qr.svg", token);
    v.copy = arena_printf(a, "受理号 %s，查询码 %s。查看进度：%s", v.no, code, v.url);
    v.sms = v.copy;
    v.title = wording(a, s, "receipt_title", NULL);
    v.keep_code = wording(a, s, "receipt_keep_code", "code", code, NULL);
    v.danger = c.c.danger || c.c.urgent
                   ? wording(a, s, "receipt_urgent", "org", str_z(a, lead_of(visit->area->registry, &c.c)), NULL)
                   : NULL;
    if (case_load_words(visit->db, a, &c, &err))
        v.emergency = suggest_emergency(s, c.words);
    const struct place *p = registry_place(visit->area->registry, (int32_t)c.c.place);
    v.place_code = p ? p->code : STR("");
    fill_next(req, &v, &c);
    page_resident_receipt(&res->body, &v);
}

void
resident_done(struct request *req, struct response *res)
{
    struct step_view v = {0};
    int64_t id;
    if (!compound_of(req, res, &v.r.place))
        return;
    if (draft_load(req, str_z(req->arena, v.r.place->code), &v.d) && str_int(draft_get(&v.d, "done"), &id))
        receipt_show(req, res, id);
    else
        response_redirect(req, res, "/x/%.*s", (int)v.r.place->code.n, v.r.place->code.p);
}

/* ---- send ---- */

struct sending {
    struct report_case r; /* first: the action */
    struct step_view v;
};

static void
noted(struct request *req, struct response *res, struct action *a)
{
    struct sending *s = draft_more(a);
    if (a->err.kind) /* the case is safe; only the receipt's address is not remembered */
        receipt_show(req, res, s->r.case_id);
    else
        response_redirect(req, res, "%s", step_path(req, s->v.r.place, "done"));
}

static void
reported(struct request *req, struct response *res, struct action *a)
{
    struct sending *s = (struct sending *)a;
    if (a->err.kind) {
        check_again(req, res, &s->v, &a->err);
        return;
    }
    struct draft sent = {.id = s->v.d.id};
    draft_set(req, &sent, "place", s->v.r.place->code);
    draft_set(req, &sent, "done", str_of(arena_printf(req->arena, "%lld", (long long)s->r.case_id)));
    draft_keep(req, res, &sent, noted, s);
}

void
resident_post_check(struct request *req, struct response *res)
{
    struct sending *s = arena_new_of(req->arena, struct sending);
    if (!step_sent(req, res, &s->v))
        return;
    const struct draft *d = &s->v.d;
    const char *key = report_key(req, d);
    struct err err = {0};
    if (!is_complete(d)) {
        step_next(req, res, &s->v);
        return;
    }
    if (!str_is(params_get(&req->form, "key"), key)) {
        err_set(&err, ERR_CONFLICT, "内容刚才有改动，请核对后再提交。");
        check_again(req, res, &s->v, &err);
        return;
    }
    if (!rate_report(req, s->v.r.place->code, &err)) {
        check_again(req, res, &s->v, &err);
        return;
    }
    s->r.place = s->v.r.place->code;
    s->r.item = draft_get(d, "item");
    s->r.words = draft_report_words(req, d);
    s->r.spot = draft_spot(req, d, true);
    s->r.source = STR("resident");
    s->r.contact_name = draft_get(d, "contact_name");
    s->r.contact_phone = draft_get(d, "contact_phone");
    s->r.keep_secret = draft_get(d, "keep_secret").n > 0;
    s->r.n_files = draft_files(req, d, &s->r.files);
    s->r.base.idempotency_key = str_of(key);
    draft_hash(req, d, s->r.base.body_hash);
    page_wait(req, res, &s->r.base, reported);
    report_case(&s->r, visit_of(req)->db);
}
