/* A new certificate, or a longer one, and whether its holder acts alone by now (LC-03): entered by the home unit for all posts that the
 * person has of it (LC-09). */
#include "json.h"
#include "posts.h"
#include "registry_store.h"
#include "staff_rights.h"

struct renewed {
    const struct posting *posting;
    struct str no;
    int32_t until;
    bool is_guided;
};

bool
certificate_may(const struct caller *who, const struct posting *of)
{
    return staff_may_post(who->area->registry, STAFF_CERTIFICATE, who->postings, who->n_postings, of);
}

static bool
work_out(const struct renew_certificate *x, struct renewed *out, struct err *err)
{
    const struct action *a = &x->base;
    int32_t today = day_of(app_now(a->app));
    out->posting = registry_posting(a->who->area->registry, x->posting);
    out->no = params_get(x->fields, "cert_no");
    if (!out->posting)
        return err_set(err, ERR_NOT_FOUND, "没有这个任职。");
    if (a->who->person == out->posting->person || !certificate_may(a->who, out->posting) ||
        !may_change_person(a->who, out->posting->person, app_now(a->app)))
        return err_set(err, ERR_FORBIDDEN, "执法证由本单位负责人或统筹协调岗登记。");
    out->is_guided = x->is_guidance ? params_bool(x->fields, "guided") : out->posting->is_guided;
    if (x->is_guidance) {
        out->no = out->posting->cert_no;
        out->until = out->posting->cert_until;
        return out->posting->role == ROLE_OFFICER || err_set(err, ERR_CONFLICT, "只有执法人员有能不能独立执法。");
    }
    if (!out->no.n)
        err_field(err, "cert_no", "请填写执法证号。");
    if (utf8_count(out->no) > 40)
        err_field(err, "cert_no", "最多 40 个字。");
    if (!date_parse(params_get(x->fields, "cert_until"), &out->until))
        err_field(err, "cert_until", "日期请写成 2028-12-31。");
    else if (out->until < today)
        err_field(err, "cert_until", "这个日期已经过了。");
    return err->kind == ERR_NONE;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    struct renewed n;
    return work_out((const struct renew_certificate *)a, &n, err);
}

static bool
set_all(struct db *db, const struct registry *r, const struct renewed *n, bool is_guidance, struct err *err)
{
    for (size_t i = 0; i < r->n_postings; i++) {
        struct posting p = r->postings[i];
        if (p.acting_for || p.person != n->posting->person || p.org != n->posting->org || p.role != n->posting->role)
            continue;
        if (is_guidance)
            p.is_guided = n->is_guided;
        else {
            p.cert_no = n->no;
            p.cert_until = n->until;
        }
        if (!registry_set_posting(db, r->area, &p, err))
            return false;
    }
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    const struct renew_certificate *x = (const struct renew_certificate *)a;
    struct renewed n;
    if (!work_out(x, &n, err))
        return false;
    struct actor who = caller_actor(a->who);
    struct buf body = {0};
    struct json j = {.out = &body};
    json_open_object(&j);
    json_put_int(&j, "posting", n.posting->id);
    json_put_int(&j, "person", n.posting->person);
    if (x->is_guidance)
        json_put_bool(&j, "guided", n.is_guided);
    else {
        json_put_str(&j, "cert_no", n.no);
        json_put_int(&j, "cert_until", n.until);
    }
    json_close_object(&j);
    bool ok = set_all(db, a->who->area->registry, &n, x->is_guidance, err) &&
              registry_event(db, app_keys(a->app), a->who->area->id, app_now(a->app), x->is_guidance ? "guidance_changed" : "certificate_renewed", who.person, who.role,
                             who.org, buf_view(&body), err);
    buf_release(&body);
    if (ok)
        store_data_changed(app_store(a->app));
    return ok;
}

void
renew_certificate(struct renew_certificate *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
renew_certificate_wait(struct renew_certificate *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
