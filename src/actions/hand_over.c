/* All duties of a person to another, until a day or until taken back: while it stands, the other acts in his posts too. */
#include "actions.h"
#include "registry_store.h"

/* A head hands over within the own organisation only; the coordinator and an administrator for everybody. */
static bool
is_head_of(const struct caller *who, const struct registry *r, int64_t person, int32_t today)
{
    const struct posting *p[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(r, person, today, p, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < who->n_postings; i++)
        for (size_t k = 0; who->postings[i]->role == ROLE_DEPARTMENT_HEAD && k < n; k++)
            if (p[k]->org == who->postings[i]->org)
                return true;
    return false;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    const struct hand_over *h = (const struct hand_over *)a;
    const struct registry *r = a->who->area->registry;
    bool is_own = a->who->person == h->from;
    bool is_for_all = caller_has(a->who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN));
    if (!is_own && !is_for_all && !is_head_of(a->who, r, h->from, day_of(app_now(a->app))))
        return err_set(err, ERR_FORBIDDEN, "只能移交自己的责任，或由本部门负责人、统筹协调岗移交。");
    if (!is_own && !may_change_person(a->who, h->from, app_now(a->app)))
        return err_set(err, ERR_FORBIDDEN, "监督和管理岗位只能由本人或系统管理员移交。");
    const struct person *to = registry_person(r, h->to);
    if (!to || to->is_disabled || h->to == h->from)
        return err_field(err, "to", "请选择另一个在岗的人。");
    if (h->until && h->until < day_of(app_now(a->app)))
        return err_field(err, "until", "日期不能早于今天。");
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct hand_over *h = (struct hand_over *)a;
    int64_t area = a->who->area->id;
    instant now = app_now(a->app);
    struct actor who = caller_actor(a->who);
    struct buf text = {0};
    buf_printf(&text, "{\"from\":%lld,\"to\":%lld,\"until\":%d}", (long long)h->from, (long long)h->to, (int)h->until);
    bool ok = db_exec(db, SQL_DELEGATION_SET, err, V_INT(area), V_INT(h->from), V_INT(h->to), V_INT(h->until), V_INT(now)) &&
              registry_event(db, app_keys(a->app), area, now, "handed_over", who.person, who.role, who.org, buf_view(&text), err);
    buf_release(&text);
    return ok;
}

void
hand_over(struct hand_over *h, struct db *db)
{
    h->base.prepare = prepare;
    h->base.apply = apply;
    action_run(&h->base, db);
}
