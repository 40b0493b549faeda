/* A second person puts the proposed draft into force: what was proved is what is stored, and it comes into force by its date. */
#include "actions.h"
#include "json.h"
#include "registry_store.h"
#include "scheme_store.h"

static bool
load(struct publish_scheme *x, struct db *db, struct scheme_draft *d, struct scheme_errors *errors, struct err *err)
{
    const struct caller *who = x->base.who;
    if (!caller_has(who, ROLES_APPROVE))
        return err_set(err, ERR_FORBIDDEN, "工作方案由领导小组批准发布。");
    if (!scheme_draft_load(db, x->base.arena, who->area->id, d, errors, err))
        return false;
    if (!d->rev || !d->proposed_by)
        return err_set(err, ERR_CONFLICT, "没有提请批准的草案。");
    if (x->rev && x->rev != d->rev)
        return err_set(err, ERR_PRECONDITION, "草案刚刚被改过。请看过最新的内容再批准。");
    if (d->proposed_by == who->person || !who->person)
        return err_set(err, ERR_FORBIDDEN, "提请的人不能自己批准，要由第二个人批准。");
    if (d->valid_from < day_of(app_now(x->base.app)))
        return err_field(err, "valid_from", "提请的生效日期已经过了。请退回，改一个今天或以后的日期。");
    return true;
}

static bool
prepare(struct action *base, struct db *db, struct err *err)
{
    struct publish_scheme *x = (struct publish_scheme *)base;
    struct scheme_draft d;
    struct scheme_errors errors = {0};
    if (!load(x, db, &d, &errors, err))
        return false;
    x->rev = d.rev; /* what the writer stores is what is checked here */
    scheme_check_begin(&x->check, base, d.tables, &errors, d.valid_from);
    return true;
}

static bool
study(struct action *base, struct err *err)
{
    return scheme_check_prove(&((struct publish_scheme *)base)->check, base, err);
}

static struct str
scheme_name(const struct scheme_draft *d)
{
    const struct table *t = tables_find(d->tables, "scheme");
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_is(table_cell(t, i, "key"), "name"))
            return table_cell(t, i, "value");
    return STR("");
}

static bool
event(struct publish_scheme *x, struct db *db, const struct scheme_version *v, struct err *err)
{
    struct buf b = {0}, hex = {0};
    struct json j = {.out = &b};
    uint8_t digest[HASH_BYTES];
    struct actor who = caller_actor(x->base.who);
    if (!scheme_version_digest(db, x->base.who->area->id, v->version, digest, err))
        return false;
    if (memcmp(digest, x->check.digest, sizeof digest) != 0)
        return err_set(err, ERR_INTERNAL, "存下的方案和证明的不一样，没有发布。");
    buf_hex(&hex, digest, sizeof digest);
    json_open_object(&j);
    json_put_int(&j, "version", v->version);
    json_put_int(&j, "valid_from", v->valid_from);
    json_put_str(&j, "document", v->document);
    json_put_int(&j, "proposed_by", v->proposed_by);
    json_put_str(&j, "tables", buf_view(&hex));
    json_close_object(&j);
    bool ok = registry_event(db, app_keys(x->base.app), x->base.who->area->id, v->published_at, "scheme_published", who.person,
                             ROLE_LEADING_GROUP, who.org, buf_view(&b), err);
    buf_release(&b);
    buf_release(&hex);
    return ok;
}

static bool
apply(struct action *base, struct db *db, struct err *err)
{
    struct publish_scheme *x = (struct publish_scheme *)base;
    int64_t area = base->who->area->id;
    struct scheme_draft d;
    struct scheme_errors errors = {0};
    if (!load(x, db, &d, &errors, err) || !scheme_check_holds(&x->check, base, d.tables, err))
        return false;
    struct scheme_version v = {.version = db_int(db, SQL_SCHEME_VERSION_NEXT, DB_ARGS(V_INT(area)), 0, err),
                               .name = scheme_name(&d), .document = d.document, .valid_from = d.valid_from,
                               .published_at = app_now(base->app), .published_by = base->who->person, .proposed_by = d.proposed_by};
    if (v.version < 1 || v.version > SCHEME_VERSIONS_MAX)
        return err_set(err, ERR_TOO_LARGE, "已经发布了 %d 版，不能再多。", SCHEME_VERSIONS_MAX);
    struct tables tables = scheme_with_orgs(base->arena, d.tables, base->who->area->registry);
    if (!scheme_publish_rows(db, area, &v, tables, err) || !event(x, db, &v, err) || !scheme_draft_drop(db, area, err))
        return false;
    x->version = v.version;
    x->valid_from = v.valid_from;
    store_data_changed(app_store(base->app));
    return true;
}

void
publish_scheme(struct publish_scheme *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.study = study;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
publish_scheme_wait(struct publish_scheme *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.study = study;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
