/* Leave: asked for by oneself or by the home unit, decided there, with somebody who acts in the posts meanwhile. */
#include "json.h"
#include "posts.h"
#include "registry_store.h"
#include "staff_rights.h"

enum { DAYS_BACK = 7, DAYS_MAX = 366, WORDS_MAX = 200 };

bool
leads_home_unit(const struct caller *who, int64_t person, int32_t day)
{
    const struct registry *r = who->area->registry;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        if (p->person == person && !p->acting_for && posting_held(p, day) && staff_may_post(r, STAFF_LEAVE, who->postings, who->n_postings, p))
            return true;
    }
    return false;
}

static const struct leave *
find_leave(const struct registry *r, int64_t id)
{
    for (size_t i = 0; i < r->n_leaves; i++)
        if (r->leaves[i].id == id)
            return &r->leaves[i];
    return NULL;
}

/* Nobody decides on his own leave, unless nobody stands above him. */
static bool
may_decide(const struct action *a, const struct leave *l)
{
    int32_t today = day_of(app_now(a->app));
    return a->who->person != l->person && leads_home_unit(a->who, l->person, today) && may_change_person(a->who, l->person, app_now(a->app));
}

/* ---- asking ---- */

static bool
works_alongside(const struct registry *r, int64_t person, int64_t other, int32_t day)
{
    for (size_t i = 0; i < r->n_postings; i++)
        for (size_t k = 0; r->postings[i].person == person && posting_held(&r->postings[i], day) && k < r->n_postings; k++) {
            const struct posting *p = &r->postings[i], *q = &r->postings[k];
            if (q->person == other && !q->acting_for && posting_held(q, day) && (q->role == p->role || (p->org && q->org == p->org)))
                return true;
        }
    return false;
}

static bool
overlaps(const struct registry *r, const struct leave *l)
{
    for (size_t i = 0; i < r->n_leaves; i++) {
        const struct leave *o = &r->leaves[i];
        if (o->id != l->id && o->person == l->person && o->state <= ASKED_APPROVED && (!o->posting || !l->posting || o->posting == l->posting) &&
            o->from <= l->to && l->from <= o->to)
            return true;
    }
    return false;
}

static int32_t
day_field(const struct params *fields, const char *name, struct err *err)
{
    int32_t day = 0;
    if (!date_parse(params_get(fields, name), &day))
        err_field(err, name, "日期请写成 2026-04-21。");
    return day;
}

static void
check_substitute(const struct registry *r, const struct leave *l, struct str name, struct err *err)
{
    const struct person *other = registry_person(r, l->substitute);
    if (!name.n)
        return;
    if (!other || other->is_disabled)
        err_field(err, "substitute", "没有这个用户名。");
    else if (other->id == l->person)
        err_field(err, "substitute", "代班的要是另一个人。");
    else if (!works_alongside(r, l->person, other->id, l->from))
        err_field(err, "substitute", "请找同一单位或者同一岗位的人代班。");
    else
        for (int32_t day = l->from; day <= l->to && day - l->from < DAYS_MAX; day++)
            if (on_leave(r, other->id, day)) {
                err_field(err, "substitute", "这个人那几天也请了假。");
                return;
            }
}

static bool
new_leave(const struct ask_leave *x, struct leave *out, struct err *err)
{
    const struct registry *r = x->base.who->area->registry;
    int32_t today = day_of(app_now(x->base.app));
    const struct person *person = registry_username(r, params_get(x->fields, "person"));
    const struct person *other = registry_username(r, params_get(x->fields, "substitute"));
    *out = (struct leave){.person = person ? person->id : 0, .posting = params_int(x->fields, "posting", 0),
                          .substitute = other ? other->id : 0, .from = day_field(x->fields, "from", err),
                          .to = day_field(x->fields, "to", err), .asked_by = x->base.who->person};
    if (!person)
        return err_field(err, "person", "没有这个用户名。");
    if (err->kind)
        return false;
    const struct posting *post = out->posting ? registry_posting(r, out->posting) : NULL;
    if (out->posting && (!post || post->person != person->id))
        err_field(err, "posting", "这不是他的岗位。");
    if (out->from < today - DAYS_BACK)
        err_field(err, "from", "只能补登最近 %d 天的。", DAYS_BACK);
    if (out->to < out->from)
        err_field(err, "to", "结束日期不能早于开始日期。");
    if (out->to - out->from >= DAYS_MAX)
        err_field(err, "to", "一次最多一年；更久的请调整岗位。");
    if (utf8_count(params_get(x->fields, "words")) > WORDS_MAX)
        err_field(err, "words", "最多 %d 个字。", WORDS_MAX);
    if (!err->kind && overlaps(r, out))
        err_field(err, "from", "这几天已经登记过请假。");
    if (!err->kind)
        check_substitute(r, out, params_get(x->fields, "substitute"), err);
    return err->kind == ERR_NONE;
}

static bool
prepare_ask(const struct ask_leave *x, struct leave *out, const char **event, struct err *err)
{
    const struct caller *who = x->base.who;
    if (!new_leave(x, out, err))
        return false;
    bool is_own = who->person == out->person, decides = may_decide(&x->base, out);
    if (!is_own && !decides)
        return err_set(err, ERR_FORBIDDEN, "请假由本人或者本单位负责人登记。");
    out->state = decides ? ASKED_APPROVED : ASKED_OPEN;
    out->decided_by = decides ? who->person : 0;
    *event = decides ? "leave_given" : "leave_asked";
    return true;
}

/* ---- deciding ---- */

static bool
cancel(const struct ask_leave *x, struct leave *l, const char **event, struct err *err)
{
    int32_t today = day_of(app_now(x->base.app));
    if (x->base.who->person != l->person && x->base.who->person != l->asked_by && !may_decide(&x->base, l))
        return err_set(err, ERR_FORBIDDEN, "只有本人、登记的人和本单位负责人可以取消。");
    if (l->state > ASKED_APPROVED || l->to < today)
        return err_set(err, ERR_CONFLICT, "这次请假已经结束了。");
    bool has_begun = l->state == ASKED_APPROVED && l->from < today;
    if (has_begun)
        l->to = today - 1;
    else
        l->state = ASKED_CANCELLED;
    *event = has_begun ? "leave_ended" : "leave_cancelled";
    return true;
}

static bool
decide(const struct ask_leave *x, struct leave *l, const char **event, struct err *err)
{
    if (!may_decide(&x->base, l))
        return err_set(err, ERR_FORBIDDEN, "请假由本单位负责人批准，不能批自己的。");
    if (l->state != ASKED_OPEN)
        return err_set(err, ERR_CONFLICT, "这次请假%s。", asked_label(l->state));
    l->state = x->op == LEAVE_APPROVE ? ASKED_APPROVED : ASKED_REFUSED;
    l->decided_by = x->base.who->person;
    *event = x->op == LEAVE_APPROVE ? "leave_approved" : "leave_refused";
    return true;
}

static bool
work_out(const struct ask_leave *x, struct leave *out, const char **event, struct err *err)
{
    if (x->op == LEAVE_ASK)
        return prepare_ask(x, out, event, err);
    const struct leave *old = find_leave(x->base.who->area->registry, x->id);
    if (!old)
        return err_set(err, ERR_NOT_FOUND, "没有这次请假。");
    *out = *old;
    out->rev++;
    return x->op == LEAVE_CANCEL ? cancel(x, out, event, err) : decide(x, out, event, err);
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    struct leave l;
    const char *event;
    return work_out((const struct ask_leave *)a, &l, &event, err);
}

static void
write_body(struct buf *out, const struct leave *l, const struct params *fields)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_int(&j, "id", l->id);
    json_put_int(&j, "person", l->person);
    json_put_int(&j, "posting", l->posting);
    json_put_int(&j, "substitute", l->substitute);
    json_put_int(&j, "from", l->from);
    json_put_int(&j, "to", l->to);
    json_put_z(&j, "state", asked_code(l->state));
    json_put_str(&j, "words", fields ? params_get(fields, "words") : STR(""));
    json_close_object(&j);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct ask_leave *x = (struct ask_leave *)a;
    int64_t area = a->who->area->id;
    instant now = app_now(a->app);
    struct leave l;
    const char *event;
    if (!work_out(x, &l, &event, err))
        return false;
    if (x->op == LEAVE_ASK) {
        l.id = store_new_id(app_store(a->app), now);
        l.seq = registry_next_seq(db, area, err);
    }
    l.changed_at = now;
    x->new_id = l.id;
    struct actor who = caller_actor(a->who);
    struct buf body = {0};
    write_body(&body, &l, x->fields);
    bool ok = (l.seq || x->op != LEAVE_ASK) && registry_set_leave(db, area, &l, err) &&
              registry_event(db, app_keys(a->app), area, now, event, who.person, who.role, who.org, buf_view(&body), err);
    buf_release(&body);
    if (ok)
        store_data_changed(app_store(a->app));
    return ok;
}

void
ask_leave(struct ask_leave *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
ask_leave_wait(struct ask_leave *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
