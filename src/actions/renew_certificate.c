/* A new certificate, or a longer one: entered by the home unit for all posts that the person has of it (LC-09). */
#include "json.h"
#include "posts.h"
#include "registry_store.h"

struct renewed {
    const struct posting *posting;
    struct str no;
    int32_t until;
};

static bool
work_out(const struct renew_certificate *x, struct renewed *out, struct err *err)
{
    const struct action *a = &x->base;
    int32_t today = day_of(app_now(a->app));
    out->posting = registry_posting(a->who->area->registry, x->posting);
    out->no = params_get(x->fields, "cert_no");
    if (!out->posting)
        return err_set(err, ERR_NOT_FOUND, "没有这个任职。");
    if (a->who->person == out->posting->person || !leads_home_unit(a->who, out->posting->person, today) ||
        !may_change_person(a->who, out->posting->person, app_now(a->app)))
        return err_set(err, ERR_FORBIDDEN, "执法证由本单位负责人或统筹协调岗登记。");
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
set_all(struct db *db, const struct registry *r, const struct renewed *n, struct err *err)
{
    for (size_t i = 0; i < r->n_postings; i++) {
        struct posting p = r->postings[i];
        if (p.acting_for || p.person != n->posting->person || p.org != n->posting->org || p.role != n->posting->role)
            continue;
        p.cert_no = n->no;
        p.cert_until = n->until;
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
    json_put_str(&j, "cert_no", n.no);
    json_put_int(&j, "cert_until", n.until);
    json_close_object(&j);
    bool ok = set_all(db, a->who->area->registry, &n, err) &&
              registry_event(db, app_keys(a->app), a->who->area->id, app_now(a->app), "certificate_renewed", who.person, who.role,
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
