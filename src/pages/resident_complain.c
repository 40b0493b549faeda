#include "crypto.h"
#include "limits.h"
#include "rates.h"
#include "resident_complain.html.h"

enum { SENT_BYTES = 12, SENT_TEXT = 16 };

/* ---- the form ---- */

static void
find_overseer(const struct visit *v, struct overseer *out)
{
    const struct registry *r = v->area->registry;
    *out = (struct overseer){.name = STR("行政执法协调监督部门"), .phone = v->area->scheme->supervision_phone};
    for (int32_t i = 1; i <= r->n_orgs; i++)
        if (r->orgs[i].kind == ORG_OVERSIGHT && !r->orgs[i].is_closed) {
            *out = (struct overseer){r->orgs[i].name, r->orgs[i].phone, r->orgs[i].hours};
            return;
        }
}

/* 「慢作为：一拖再拖」 is a name and what it means. */
static void
fill_kinds(struct arena *a, struct complain_view *v, struct str chosen)
{
    const struct choice *all = complaint_kinds();
    struct str colon = STR("：");
    size_t n = 0;
    while (all[n].code)
        n++;
    struct complaint_kind *rows = arena_array(a, struct complaint_kind, n);
    for (size_t i = 0; i < n; i++) {
        struct str text = str_of(all[i].label), name = str_of(complaint_kind_label(str_of(all[i].code)));
        size_t from = name.n + (text.n > name.n ? colon.n : 0);
        rows[i] = (struct complaint_kind){str_of(all[i].code), name, str_slice(text, from, text.n),
                                          str_is(chosen, all[i].code)};
    }
    v->kinds.p = rows;
    v->kinds.n = n;
}

static bool
may_complain_of(const struct registry *r, struct str code)
{
    const struct org *o = registry_org_code(r, code);
    return !o || complaint_org_ok(r, o);
}

static struct form_options
list_of(const struct visit *v, struct arena *a, const char *source, struct str chosen)
{
    struct options all = options_of(v, a, source, NULL);
    struct form_option *out = arena_array(a, struct form_option, all.n + 1);
    bool is_org = strcmp(source, "compound") != 0;
    struct str group = STR("");
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        if (is_org && !may_complain_of(v->area->registry, all.p[i].code))
            continue;
        out[n] = (struct form_option){.code = all.p[i].code, .label = all.p[i].label, .is_on = str_eq(all.p[i].code, chosen)};
        if (all.p[i].group.n && !str_eq(group, all.p[i].group)) {
            out[n].group = str_z(a, all.p[i].group);
            if (n && group.n)
                out[n - 1].ends_group = true;
        }
        group = all.p[i].group;
        n++;
    }
    if (n && group.n)
        out[n - 1].ends_group = true;
    return (struct form_options){out, n};
}

static bool
is_nonce(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", s.p[i], 64))
            return false;
    return s.n == SENT_TEXT;
}

static const char *
nonce_of(struct request *req)
{
    struct str kept = params_get(&req->form, "nonce");
    if (is_nonce(kept))
        return str_z(req->arena, kept);
    uint8_t raw[SENT_BYTES];
    struct buf b = {0};
    crypto_random(raw, sizeof raw);
    buf_base64url(&b, raw, sizeof raw);
    return buf_keep(req->arena, &b).p;
}

/* Whoever is logged in on this device complains as a resident, and the log does not say who he is, or where. */
static struct visit *
nobody(struct request *req)
{
    struct visit *v = resident_visit(req);
    v->person = NULL;
    v->is_nobody = true;
    return v;
}

static void
form_show(struct request *req, struct response *res, const struct params *from, struct str place, const struct err *err)
{
    const struct visit *visit = nobody(req);
    struct complain_view v = {.r.err = err, .days = COMPLAINT_DAYS};
    const struct place *p = registry_place_code(visit->area->registry, place);
    v.r.place = is_compound(p) ? p : NULL;
    resident_init(req, res, &v.r, "监督举报");
    v.r.l.back = v.r.place ? arena_printf(req->arena, "/x/%.*s", (int)p->code.n, p->code.p) : "/";
    v.intro = scheme_wording(v.r.scheme, "supervise_intro");
    find_overseer(visit, &v.overseer);
    fill_kinds(req->arena, &v, params_get(from, "kind"));
    v.orgs = list_of(visit, req->arena, "department", params_get(from, "org"));
    v.places = list_of(visit, req->arena, "compound", place);
    v.words = params_get(from, "words");
    v.phone = params_get(from, "phone");
    v.nonce = nonce_of(req);
    page_resident_complain(&res->body, &v);
}

void
resident_supervise(struct request *req, struct response *res)
{
    static const struct params none;
    const struct place *p = NULL;
    if (req->vars[0].n && !compound_of(req, res, &p))
        return;
    form_show(req, res, &none, p ? p->code : STR(""), NULL);
}

/* ---- sending ---- */

static struct str
phone_covered(struct arena *a, struct str phone)
{
    if (phone.n < 8)
        return phone;
    return str_of(arena_printf(a, "%.*s****%.*s", 3, phone.p, 4, phone.p + phone.n - 4));
}

static void
complained(struct request *req, struct response *res, struct action *a)
{
    const struct complain *c = (const struct complain *)a;
    const struct visit *visit = visit_of(req);
    if (a->err.kind) {
        form_show(req, res, &req->form, c->place, &a->err);
        return;
    }
    struct complained_view v = {.days = COMPLAINT_DAYS};
    v.r.place = registry_place_code(visit->area->registry, c->place);
    resident_init(req, res, &v.r, "已收到您的举报");
    find_overseer(visit, &v.overseer);
    v.due = at_words(req->arena, c->due, visit->now);
    v.sent = at_words(req->arena, c->opened_at, visit->now);
    v.phone = c->phone.n ? str_z(req->arena, phone_covered(req->arena, c->phone)) : NULL;
    page_resident_complained(&res->body, &v);
}

/* The key names the form and its words, never the device: with it, an impatient second press is the same complaint. */
static void
set_key(struct request *req, struct complain *c)
{
    const struct str all[] = {c->kind, c->org, c->place, c->words, c->phone};
    struct buf b = {0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        buf_str(&b, all[i]);
        buf_char(&b, '\n');
    }
    sha256(buf_view(&b), c->base.body_hash);
    buf_clear(&b);
    buf_z(&b, nonce_of(req));
    buf_char(&b, '.');
    buf_hex(&b, c->base.body_hash, SENT_BYTES);
    c->base.idempotency_key = buf_keep(req->arena, &b);
}

void
resident_post_supervise(struct request *req, struct response *res)
{
    struct visit *v = nobody(req);
    struct complain *c = arena_new_of(req->arena, struct complain);
    struct err *err = arena_new_of(req->arena, struct err);
    c->kind = params_get(&req->form, "kind");
    c->org = params_get(&req->form, "org");
    c->place = params_get(&req->form, "place");
    c->words = params_get(&req->form, "words");
    c->phone = params_get(&req->form, "phone");
    if (!complaint_check(v->area, c, err) || !rate_report(req, c->place, err)) {
        form_show(req, res, &req->form, c->place, err);
        return;
    }
    set_key(req, c);
    v->who.device = STR("");
    page_wait(req, res, &c->base, complained);
    complain(c, v->db);
}
