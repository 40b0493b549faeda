/* What is vacant and whose certificate runs out becomes a duty of somebody, once; when it is put right the duty ends. */
#include <pthread.h>

#include "event_body.h"
#include "json.h"
#include "log.h"
#include "posts.h"
#include "registry_store.h"

enum { AMBER_DAYS = 2, OWNERS_TOLD_MAX = 64 };

/* ---- what is owed, against what is open ---- */

struct looked {
    struct action base;
    struct caller who;
    instant at; /* the moment that is looked at: a clock that jumps looks at every day in turn */
    int32_t day;
    /* what this look changes */
    struct duty *duties;
    size_t n, n_new;
    const struct duty *open;
    size_t n_open;
    struct arena *arena;
};

static bool
is_same_gap(const struct duty *a, const struct duty *b)
{
    return a->kind == b->kind && a->ref == b->ref && a->arg == b->arg && a->level == b->level;
}

static void
owe(struct looked *x, const struct duty *u)
{
    for (size_t i = 0; i < x->n_open; i++)
        if (is_same_gap(&x->open[i], u))
            return;
    x->duties[x->n++] = *u;
    x->n_new++;
}

static struct duty
blank(const struct looked *x, int kind, struct owner owner, instant due)
{
    const struct calendar *c = &x->who.area->scheme->calendar;
    instant now = x->at;
    return (struct duty){.id = store_new_id(app_store(x->base.app), now), .kind = kind, .subject_kind = SUBJECT_POST,
                         .subject = POST_SUBJECT, .owner = owner, .need = 1, .opened_at = now, .window_from = now,
                         .amber_at = limit_amber(c, due, UNIT_WORKING_DAY, AMBER_DAYS), .due = due, .end = END_OPEN,
                         .escalated = {.role = ROLE_NONE}};
}

static void
owe_vacancies(struct looked *x, const struct vacancies *all)
{
    const struct calendar *c = &x->who.area->scheme->calendar;
    for (size_t i = 0; i < all->n; i++) {
        const struct vacancy *v = &all->p[i];
        struct duty u = blank(x, DUTY_FILL, v->owner, limit_due(c, x->at, UNIT_WORKING_DAY, v->slot->days));
        u.ref = v->at;
        u.arg = slot_key(v->slot->code);
        u.level = v->slot->is_of_orgs;
        owe(x, &u);
    }
}

/* Owed until the certificate's last day is over; one that has expired already is missed at once. */
static void
owe_certificates(struct looked *x, const struct expirings *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct posting *p = all->p[i].posting;
        struct duty u = blank(x, DUTY_RENEW, all->p[i].owner, day_start(p->cert_until + 1) - 1);
        u.ref = p->person;
        u.arg = p->cert_until;
        u.level = p->org;
        owe(x, &u);
    }
}

static bool
is_still_owed(const struct duty *u, const struct vacancies *v, const struct expirings *c)
{
    for (size_t i = 0; u->kind == DUTY_FILL && i < v->n; i++)
        if (v->p[i].at == u->ref && slot_key(v->p[i].slot->code) == u->arg && v->p[i].slot->is_of_orgs == (u->level != 0))
            return true;
    for (size_t i = 0; u->kind == DUTY_RENEW && i < c->n; i++)
        if (c->p[i].posting->person == u->ref && c->p[i].posting->cert_until == u->arg && c->p[i].posting->org == u->level)
            return true;
    return false;
}

/* A certificate that is gone with its post, and a slot that the scheme no longer asks for, are not done but void. */
static int
ending_of(const struct looked *x, const struct duty *u, instant now)
{
    const struct registry *r = x->who.area->registry;
    const struct slot *slot = u->kind == DUTY_FILL ? slot_find(x->who.area->scheme, slot_code(x->arena, u->arg)) : NULL;
    bool is_moot = u->kind == DUTY_FILL && !(slot && slot_is_at(slot, r, (int32_t)u->ref));
    if (u->kind == DUTY_RENEW) {
        is_moot = true;
        for (size_t i = 0; i < r->n_postings; i++)
            is_moot &= !(r->postings[i].person == u->ref && r->postings[i].org == u->level && !r->postings[i].acting_for &&
                         r->postings[i].cert_until > u->arg && posting_held(&r->postings[i], x->day));
    }
    return is_moot ? END_VOID : u->missed_at || now > u->due ? END_DONE_LATE : END_DONE;
}

static void
end_settled(struct looked *x, const struct vacancies *v, const struct expirings *c)
{
    instant now = x->at;
    for (size_t i = 0; i < x->n_open; i++) {
        if (is_still_owed(&x->open[i], v, c))
            continue;
        struct duty *u = &x->duties[x->n++];
        *u = x->open[i];
        u->end = ending_of(x, u, now);
        u->credited = u->end != END_VOID;
        u->ended_at = now;
    }
}

static bool
look(struct looked *x, struct db *db, struct err *err)
{
    const struct registry *r = x->who.area->registry;
    x->n = x->n_new = 0;
    x->open = duties_open(db, x->arena, x->who.area->id, POST_SUBJECT, &x->n_open, err);
    if (err->kind != ERR_NONE)
        return false;
    struct vacancies v = slots_vacant(x->arena, r, x->who.area->scheme, x->day);
    struct expirings c = certificates_expiring(x->arena, r, x->day, CERT_NOTICE_DAYS);
    x->duties = arena_array(x->arena, struct duty, v.n + c.n + x->n_open + 1);
    owe_vacancies(x, &v);
    owe_certificates(x, &c);
    end_settled(x, &v, &c);
    return true;
}

/* ---- writing it ---- */

/* Each owner is told once, however much fell to him. */
static size_t
tell_owners(struct looked *x, struct notice_facts *out)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n_new; i++) {
        const struct duty *u = &x->duties[i];
        struct notice_facts *told = NULL;
        for (size_t k = 0; k < n && !told; k++)
            if (out[k].to.org == u->owner.org && out[k].to.role == u->owner.role && out[k].to.place == u->owner.place)
                told = &out[k];
        if (told || n == OWNERS_TOLD_MAX)
            continue;
        out[n++] = (struct notice_facts){.area = x->who.area->id, .id = store_new_id(app_store(x->base.app), u->opened_at),
                                         .at = u->opened_at, .to = u->owner, .kind = STR("post"),
                                         .text = STR("有岗位要补配或执法证要续期，请在待办里查看")};
    }
    return n;
}

static void
write_body(struct buf *out, const struct duty *duties, size_t n, const struct notice_facts *told, size_t n_told)
{
    struct json j = {.out = out};
    struct buf hex = {0};
    json_open_object(&j);
    json_put_array(&j, "d");
    for (size_t i = 0; i < n; i++)
        json_duty(&j, &duties[i]);
    json_close_array(&j);
    json_put_array(&j, "n");
    for (size_t i = 0; i < n_told; i++) {
        uint8_t digest[HASH_BYTES];
        notice_digest(&told[i], digest);
        buf_clear(&hex);
        buf_hex(&hex, digest, TOLD_BYTES);
        json_open_array(&j);
        json_int(&j, told[i].id);
        json_str(&j, buf_view(&hex));
        json_int(&j, 0);
        json_close_array(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
    buf_release(&hex);
}

static bool
record(struct action *a, struct db *db, const char *type, instant at, const struct duty *duties, size_t n,
       const struct notice_facts *told, size_t n_told, struct err *err)
{
    int64_t area = a->who->area->id;
    struct buf body = {0};
    write_body(&body, duties, n, told, n_told);
    struct event_to_append e = {.area = area, .stream = POSTS_STREAM, .at = at, .type = type, .actor = {.role = ROLE_CLOCK},
                                .key = keyring_key(app_keys(a->app), area, "registry"), .json = buf_view(&body)};
    bool ok = event_append_next(db, app_keys(a->app), &e, err);
    buf_release(&body);
    for (size_t i = 0; ok && i < n_told; i++)
        ok = db_exec(db, SQL_NOTICE_INSERT, err, V_INT(area), V_INT(told[i].id), V_INT(told[i].to.org), V_INT(told[i].to.role),
                     V_INT(told[i].to.place), V_INT(told[i].to.person), V_INT(0), V_TEXT(told[i].kind), V_TEXT(told[i].text),
                     V_INT(told[i].is_urgent), V_INT(told[i].at));
    return ok;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct looked *x = (struct looked *)a;
    if (!look(x, db, err))
        return false;
    a->writes_nothing = x->n == 0;
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct looked *x = (struct looked *)a;
    int64_t area = a->who->area->id;
    struct notice_facts told[OWNERS_TOLD_MAX];
    if (!look(x, db, err)) /* again: on the writer nobody opens the same twice */
        return false;
    if (!x->n)
        return true;
    size_t n_told = tell_owners(x, told);
    bool ok = record(a, db, "posts_checked", x->at, x->duties, x->n, told, n_told, err);
    for (size_t i = 0; ok && i < x->n; i++)
        ok = i < x->n_new ? duty_insert(db, area, &x->duties[i], err) : duty_update(db, area, &x->duties[i], err);
    return ok;
}

bool
posts_tick(struct app *app, int64_t area_id, instant at, struct err *err)
{
    const struct area *area = app_area(app, area_id);
    if (!area)
        return err_set(err, ERR_NOT_FOUND, "没有这个区域。");
    struct looked x = {.who = {.area = area}, .at = at, .day = day_of(at), .arena = arena_new()};
    x.base = (struct action){.app = app, .who = &x.who, .arena = x.arena, .prepare = prepare, .apply = apply};
    bool ok = action_wait(&x.base, err);
    arena_free(x.arena);
    return ok;
}

void
posts_watch(struct app *app, instant now)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int64_t done_version = -1;
    const struct area *areas[64];
    int64_t version = store_data_version(app_store(app));
    bool ok = true;
    pthread_mutex_lock(&lock);
    bool is_due = version != done_version;
    if (is_due)
        app_reload(app); /* who changed it may still be on its way to do so */
    size_t n = is_due ? app_areas(app, areas, 64) : 0;
    for (size_t i = 0; i < n; i++) {
        struct err err = {0};
        if (!posts_tick(app, areas[i]->id, now, &err)) {
            log_error("posts_tick", "message=%s detail=%s", err.message, err.detail);
            ok = false;
        }
    }
    if (ok)
        done_version = version;
    pthread_mutex_unlock(&lock);
}

/* ---- not put right in time ---- */

bool
post_duty_missed(struct action *a, struct db *db, int64_t duty, instant at, struct err *err)
{
    int64_t area = a->who->area->id;
    struct duty u;
    if (!duty_find_id(db, area, duty, &u, err))
        return false;
    if (u.missed_at || u.end != END_OPEN)
        return true;
    bool is_top = u.owner.role == ROLE_COORDINATOR;
    u.missed_at = at;
    u.escalated = (struct owner){.role = is_top ? ROLE_LEADING_GROUP : ROLE_COORDINATOR};
    struct notice_facts told = {.area = area, .id = store_new_id(app_store(a->app), at), .at = at, .to = u.escalated,
                                .kind = STR("missed"),
                                .text = u.kind == DUTY_FILL ? STR("有岗位到期还没有补配") : STR("有人的执法证已经过期")};
    return record(a, db, "post_missed", at, &u, 1, &told, 1, err) && duty_update(db, area, &u, err);
}
