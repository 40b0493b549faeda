/* Logging in and out, and changing one's password. Hashes are computed by the helper process while the request waits. */
#include "login.h"

#include "crypto.h"
#include "log.h"
#include "login.html.h"
#include "staff.h"

/* Unknown name, wrong password, locked or disabled: one answer, after the same time. */
static const char refused[] = "用户名或密码不对，或者账号已锁定、停用。连续输错 5 次会锁定 15 分钟。";

static instant
real_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- Login ---- */

enum { FIELD_COOKIE_S = 12 * 3600 };

struct login {
    struct account account;
    const struct area *area;
    bool is_known;
    struct str username;
    const char *next;
    struct parked *parked;
    struct pw_answer answer;
    struct note_login note;
    struct open_session open;
};

static void
show_login(struct request *req, struct response *res, struct str username, const char *next, const char *error, int status)
{
    const struct visit *v = visit_of(req);
    struct login_view view = {.county = v->area->scheme->county,
                              .slogan = scheme_wording(v->area->scheme, "slogan"),
                              .csrf = v->csrf,
                              .next = next,
                              .error = error,
                              .username = username,
                              .is_demo = app_is_demo(v->app),
                              .is_out = params_has(&req->args, "out")};
    res->status = status;
    page_login(&res->body, &view);
}

void
desk_login(struct request *req, struct response *res)
{
    const char *next = safe_next(req, params_get(&req->args, "next"), "/desk");
    if (visit_of(req)->person) {
        response_redirect(req, res, "%s", next);
        return;
    }
    show_login(req, res, STR(""), next, NULL, 200);
}

/* The phone ends the browser whenever it needs room: a day in the field is one login. The session itself ends as always. */
static bool
is_for_phone(const char *next)
{
    return str_is(str_of(next), "/m") || str_starts(str_of(next), STR("/m/"));
}

static void
opened_session(struct request *req, struct response *res, struct action *a)
{
    struct login *l = (struct login *)((char *)a - offsetof(struct login, open.base));
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    response_cookie(req, res, "sid", str_of(l->open.token), is_for_phone(l->next) ? FIELD_COOKIE_S : 0, true);
    log_event("login", "person=%lld", (long long)l->account.person);
    response_redirect(req, res, "%s", l->next);
}

static void
noted(struct request *req, struct response *res, struct action *a)
{
    struct login *l = (struct login *)((char *)a - offsetof(struct login, note.base));
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    if (!l->note.is_success) {
        show_login(req, res, l->username, l->next, refused, 401);
        return;
    }
    l->open.person = l->account.person;
    page_wait(req, res, &l->open.base, opened_session);
    open_session(&l->open, visit_of(req)->db);
}

/* Back on the loop: the password has been compared. */
static void
compared(struct request *req, struct response *res, void *arg)
{
    struct login *l = arg;
    struct site_visit *sv = site_visit_of(req);
    sv->res = res;
    bool ok = l->answer.match && l->is_known && !l->account.is_disabled && l->account.locked_until <= real_now();
    if (l->answer.failed) {
        struct err err = {0};
        err_set(&err, ERR_BUSY, "登录的人太多，请稍后再试。");
        page_fail(req, res, &err);
    } else if (!ok && (!l->is_known || l->account.locked_until > real_now())) {
        rate_take(RATE_LOGIN, req->address, NULL);
        show_login(req, res, l->username, l->next, refused, 401);
    } else {
        if (!ok)
            rate_take(RATE_LOGIN, req->address, NULL);
        sv->v.area = l->area;
        sv->v.who.area = l->area;
        l->note = (struct note_login){.person = l->account.person, .is_success = ok};
        page_wait(req, res, &l->note.base, noted);
        note_login(&l->note, sv->v.db);
    }
    site_settle(sv, res);
}

static void
hash_answered(const struct pw_answer *answer, void *arg)
{
    struct login *l = arg;
    l->answer = *answer;
    http_unpark(l->parked, compared, l);
}

static void
find_account(struct request *req, struct login *l)
{
    const struct visit *v = visit_of(req);
    const struct area *areas[16];
    size_t n = app_areas(v->app, areas, 16);
    for (size_t i = 0; i < n && !l->is_known; i++) {
        struct err err = {0};
        l->area = areas[i];
        l->is_known = account_find(v->app, v->db, req->arena, areas[i], l->username, &l->account, &err);
    }
}

void
desk_post_login(struct request *req, struct response *res)
{
    struct err err = {0};
    struct login *l = arena_new_of(req->arena, struct login);
    l->username = str_slice(params_get(&req->form, "username"), 0, 64);
    l->next = safe_next(req, params_get(&req->form, "next"), "/desk");
    struct str password = params_get(&req->form, "password");
    if (!l->username.n || !password.n) {
        show_login(req, res, l->username, l->next, "请填写用户名和密码。", 422);
        return;
    }
    if (!rate_allows(RATE_LOGIN, req->address, &err)) {
        show_login(req, res, l->username, l->next, err.message, 429);
        return;
    }
    find_account(req, l);
    l->parked = http_park(req, res);
    struct str hash = l->is_known ? l->account.password : STR("");
    if (!app_passwords(site_app(req)) || !pw_verify_async(app_passwords(site_app(req)), hash, password, hash_answered, l, &err)) {
        l->answer = (struct pw_answer){.failed = true};
        http_unpark(l->parked, compared, l);
    }
}

static void
logged_out(struct request *req, struct response *res, struct action *a)
{
    if (a && a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    response_cookie(req, res, "sid", STR(""), -1, true);
    response_redirect(req, res, "/login?out=1");
}

void
desk_post_logout(struct request *req, struct response *res)
{
    struct site_visit *sv = site_visit_of(req);
    if (!sv->token) {
        logged_out(req, res, NULL);
        return;
    }
    struct close_session *c = arena_new_of(req->arena, struct close_session);
    c->token = str_of(sv->token);
    page_wait(req, res, &c->base, logged_out);
    close_session(c, sv->v.db);
}

/* ---- Changing the password ---- */

struct change {
    struct str old, password;
    struct account account;
    struct parked *parked;
    struct pw_answer answer;
    struct set_password set;
};

const char *
password_error(const struct password_view *v, const char *field)
{
    return field_error(v->err, field);
}

static void
show_password(struct request *req, struct response *res, const struct err *err)
{
    struct password_view view = {.err = err, .is_first = visit_of(req)->session.must_change_password};
    layout_init(req, &view.layout, "修改密码", "password");
    if (err)
        res->status = err_status(err->kind);
    page_password(&res->body, &view);
}

void
desk_password(struct request *req, struct response *res)
{
    show_password(req, res, NULL);
}

static void
opened_again(struct request *req, struct response *res, struct action *a)
{
    const struct open_session *o = (const struct open_session *)a;
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    response_cookie(req, res, "sid", str_of(o->token), 0, true);
    flash(req, res, "密码已修改，其他地方的登录都已退出。");
    response_redirect(req, res, "/desk");
}

/* A new password ends every session of the person; this one begins anew. */
static void
password_set(struct request *req, struct response *res, struct action *a)
{
    struct visit *v = visit_of(req);
    if (a->err.kind) {
        show_password(req, res, &a->err);
        return;
    }
    struct open_session *o = arena_new_of(req->arena, struct open_session);
    o->person = v->person->id;
    page_wait(req, res, &o->base, opened_again);
    open_session(o, v->db);
}

static void
fail_change(struct request *req, struct response *res, enum err_kind kind, const char *message)
{
    struct err err = {0};
    if (kind == ERR_FIELDS)
        err_field(&err, "old", "%s", message);
    else
        err_set(&err, kind, "%s", message);
    show_password(req, res, &err);
}

static void
new_hashed(struct request *req, struct response *res, void *arg)
{
    struct change *c = arg;
    struct site_visit *sv = site_visit_of(req);
    sv->res = res;
    if (c->answer.failed) {
        fail_change(req, res, ERR_BUSY, "系统正忙，密码没有修改，请稍后再试。");
    } else {
        c->set = (struct set_password){.person = sv->v.person->id, .hash = str_of(c->answer.hash)};
        page_wait(req, res, &c->set.base, password_set);
        set_password(&c->set, sv->v.db);
    }
    site_settle(sv, res);
}

static void
new_hash_answered(const struct pw_answer *answer, void *arg)
{
    struct change *c = arg;
    c->answer = *answer;
    http_unpark(c->parked, new_hashed, c);
}

static void
old_compared(struct request *req, struct response *res, void *arg)
{
    struct change *c = arg;
    struct site_visit *sv = site_visit_of(req);
    struct err err = {0};
    sv->res = res;
    if (c->answer.failed) {
        fail_change(req, res, ERR_BUSY, "系统正忙，密码没有修改，请稍后再试。");
    } else if (!c->answer.match) {
        rate_take(RATE_LOGIN, req->address, NULL);
        fail_change(req, res, ERR_FIELDS, "现在的密码不对，请重新输入。");
    } else {
        c->parked = http_park(req, res);
        if (!pw_hash_async(app_passwords(sv->v.app), c->password, new_hash_answered, c, &err)) {
            c->answer = (struct pw_answer){.failed = true};
            http_unpark(c->parked, new_hashed, c);
        }
    }
    site_settle(sv, res);
}

static void
old_answered(const struct pw_answer *answer, void *arg)
{
    struct change *c = arg;
    c->answer = *answer;
    http_unpark(c->parked, old_compared, c);
}

static bool
new_password_ok(struct request *req, const struct change *c, struct err *err)
{
    const struct person *p = visit_of(req)->person;
    struct pw_person who = {p->username, p->name, p->phone};
    if (!c->old.n)
        err_field(err, "old", "请填写现在的密码。");
    pw_allowed(PW_RULES_DENGBAO, c->password, &who, err);
    if (!str_eq(c->password, params_get(&req->form, "again")))
        err_field(err, "again", "两次输入的新密码不一样。");
    if (c->old.n && str_eq(c->old, c->password))
        err_field(err, "password", "新密码和现在的一样，请换一个。");
    return err->kind == ERR_NONE;
}

void
desk_post_password(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct err err = {0};
    struct change *c = arena_new_of(req->arena, struct change);
    c->old = params_get(&req->form, "old");
    c->password = params_get(&req->form, "password");
    if (!new_password_ok(req, c, &err) || !rate_allows(RATE_LOGIN, req->address, &err) ||
        !account_find(v->app, v->db, req->arena, v->area, v->person->username, &c->account, &err)) {
        show_password(req, res, &err);
        return;
    }
    c->parked = http_park(req, res);
    if (!app_passwords(site_app(req)) || !pw_verify_async(app_passwords(site_app(req)), c->account.password, c->old, old_answered, c, &err)) {
        c->answer = (struct pw_answer){.failed = true};
        http_unpark(c->parked, old_compared, c);
    }
}
