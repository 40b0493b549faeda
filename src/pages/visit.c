/* Who is visiting: a person with a session or a token, a reporter with his secret link, or an anonymous device. */
#include <pthread.h>

#include "crypto.h"
#include "log.h"
#include "site.h"

enum { DEVICE_BYTES = 16, DEVICE_TEXT = 22 };

struct app *
site_app(const struct request *req)
{
    return req->site_ctx;
}

static struct str
signature(const struct visit *v, struct arena *a, const char *purpose, struct str what)
{
    const uint8_t *key = v->area ? keyring_key(app_keys(v->app), v->area->id, "csrf") : NULL;
    static const uint8_t none[KEY_BYTES];
    uint8_t mac[HASH_BYTES];
    const char *text = arena_printf(a, "%s|%.*s", purpose, (int)what.n, what.p);
    hmac_sm3(str_bytes(key ? key : none, KEY_BYTES), str_of(text), mac);
    struct buf b = {0};
    buf_base64url(&b, mac, 24);
    return buf_keep(a, &b);
}

static bool
same_text(struct str a, struct str b)
{
    return a.n == b.n && a.n > 0 && crypto_equal(a.p, b.p, a.n);
}

static bool
device_read(const struct visit *v, const struct request *req, struct str *id)
{
    struct str rest = request_cookie(req, "dev"), sig;
    if (!str_cut(&rest, '.', id) || id->n != DEVICE_TEXT)
        return false;
    sig = rest.p ? rest : STR("");
    return same_text(sig, signature(v, req->arena, "device", *id));
}

static struct str
device_make(struct site_visit *sv)
{
    uint8_t raw[DEVICE_BYTES];
    crypto_random(raw, sizeof raw);
    struct buf b = {0};
    buf_base64url(&b, raw, sizeof raw);
    struct str id = buf_keep(sv->req->arena, &b);
    struct str sig = signature(&sv->v, sv->req->arena, "device", id);
    sv->device_cookie = arena_printf(sv->req->arena, "%.*s.%.*s", (int)id.n, id.p, (int)sig.n, sig.p);
    return id;
}

/* Everybody has a form token: staff from the session, others from the signed device cookie. */
static void
as_anonymous(struct site_visit *sv)
{
    struct visit *v = &sv->v;
    struct str id;
    if (!device_read(v, sv->req, &id))
        id = device_make(sv);
    v->who.device = str_dup(sv->req->arena, id);
    v->csrf = str_z(sv->req->arena, signature(v, sv->req->arena, "form", id));
}

static bool
as_person(struct site_visit *sv, int64_t person, int64_t area)
{
    struct visit *v = &sv->v;
    const struct area *of = app_area(v->app, area);
    const struct person *p = of ? registry_person(of->registry, person) : NULL;
    if (!p || p->is_disabled)
        return false;
    v->area = of;
    v->person = p;
    caller_staff(v->app, v->db, of, person, &v->who);
    v->is_away = caller_rests(of, day_of(v->now), &v->who);
    if (v->is_away && sv->req->method != HTTP_GET) { /* what rests does nothing */
        v->who.n_postings = 0;
        v->who.is_away = false;
    }
    v->who.area = of;
    v->who.person = person;
    v->who.device = str_of(arena_printf(sv->req->arena, "p%lld", (long long)person));
    return true;
}

/* Reading pages keeps a session alive; the write is not waited for. */
struct touching {
    struct touch_session touch; /* first */
    struct caller who;
    struct arena *arena;
};

static void
touched(struct action *a)
{
    arena_free(((struct touching *)a)->arena);
}

static void
touch(struct visit *v, struct str token)
{
    struct arena *own = arena_new();
    struct touching *t = arena_new_of(own, struct touching);
    *t = (struct touching){.arena = own, .who = v->who};
    t->touch.token = str_dup(own, token);
    t->touch.base.app = v->app;
    t->touch.base.who = &t->who;
    t->touch.base.arena = own;
    t->touch.base.done = touched;
    touch_session(&t->touch, v->db);
}

static instant
real_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
by_session(struct site_visit *sv)
{
    enum { ADMIN_IDLE_MS = 15 * 60 * 1000, TOUCH_MS = 60 * 1000 };
    struct visit *v = &sv->v;
    struct str token = request_cookie(sv->req, "sid");
    struct err err = {0};
    if (!token.n || !v->db || !session_find(v->app, v->db, token, &v->session, &err)) {
        sv->login_err = err; /* nothing, unless the database did not answer: then nobody is sent to log in again */
        return false;
    }
    if (!as_person(sv, v->session.person, v->session.area))
        return false;
    instant idle = real_now() - v->session.seen_at;
    if (caller_has(&v->who, ROLES_ADMIN) && idle > ADMIN_IDLE_MS) {
        v->person = NULL;
        v->who = (struct caller){.area = v->area};
        return false;
    }
    if (idle > TOUCH_MS && sv->req->route && !(sv->req->route->flags & ROUTE_STREAM))
        touch(v, token);
    sv->token = str_z(sv->req->arena, token);
    v->csrf = v->session.csrf;
    return true;
}

static void
by_header(struct site_visit *sv, struct str header)
{
    struct visit *v = &sv->v;
    struct str rest = header, kind;
    int64_t person, area, case_id;
    str_cut(&rest, ' ', &kind);
    struct str token = rest.p ? str_trim(rest) : STR("");
    if (str_is(kind, "Bearer") && v->db) {
        v->is_token = true;
        bool is_known = token_find(v->app, v->db, token, &person, &area, &sv->login_err);
        if (sv->login_err.kind == ERR_NONE && (!is_known || !as_person(sv, person, area)))
            err_set(&sv->login_err, ERR_LOGIN, "令牌无效或已停用。");
    } else if (str_is(kind, "Case")) {
        v->is_token = true;
        if (!case_token_open(v->app, token, &area, &case_id) || !app_area(v->app, area)) {
            err_set(&sv->login_err, ERR_LOGIN, "查询凭证无效。");
            return;
        }
        v->area = app_area(v->app, area);
        v->who.area = v->area;
        v->who.reporter_of = case_id;
    } else {
        err_set(&sv->login_err, ERR_LOGIN, "只认 Authorization: Bearer 或 Case。");
    }
}

/* Our own pages call the API with the session's cookie and its form token; a program without the token has no cookie. */
static bool
is_page_call(const struct request *req)
{
    return request_header(req, "X-CSRF").n > 0;
}

static bool
may_use_cookie(const struct request *req)
{
    return !req->route || !(req->route->flags & ROUTE_NO_CSRF) || req->method == HTTP_GET || is_page_call(req);
}

static struct site_visit *
visit_make(struct request *req)
{
    struct site_visit *sv = arena_new_of(req->arena, struct site_visit);
    struct visit *v = &sv->v;
    sv->req = req;
    v->app = site_app(req);
    v->area = app_area(v->app, 0);
    v->db = store_reader(app_store(v->app), req->loop);
    v->now = app_now(v->app);
    v->is_large = str_is(request_cookie(req, "size"), "large");
    v->who = (struct caller){.area = v->area, .address = req->address};
    struct str header = request_header(req, "Authorization");
    if (header.n)
        by_header(sv, header);
    else if (may_use_cookie(req))
        by_session(sv);
    v->who.address = req->address;
    if (!v->person)
        as_anonymous(sv);
    else if (!v->csrf)
        v->csrf = "";
    return sv;
}

struct site_visit *
site_visit_of(const struct request *req)
{
    if (!req->session) {
        struct request *own = (struct request *)(uintptr_t)req;
        own->session = visit_make(own);
    }
    return req->session;
}

struct visit *
visit_of(const struct request *req)
{
    return &site_visit_of(req)->v;
}

/* ---- May he? ---- */

static bool
from_our_pages(const struct request *req)
{
    struct str site = request_header(req, "Sec-Fetch-Site");
    if (site.n)
        return str_is(site, "same-origin");
    struct str origin = request_header(req, "Origin");
    if (!origin.n)
        return true; /* an old browser: the form token alone decides */
    const char *ours = arena_printf(req->arena, "://%.*s", (int)req->host.n, req->host.p);
    size_t n = strlen(ours);
    return origin.n > n && str_is(str_slice(origin, origin.n - n, origin.n), ours) &&
           (str_starts(origin, STR("http:")) || str_starts(origin, STR("https:")));
}

static bool
has_form_token(const struct request *req, const char *expected)
{
    struct str sent = request_header(req, "X-CSRF");
    if (!sent.n)
        sent = request_header(req, "X-Form-Token");
    if (!sent.n)
        sent = params_get(&req->form, "csrf");
    if (!sent.n)
        sent = params_get(&req->form, "form_token");
    return same_text(sent, str_of(expected));
}

static bool
csrf_ok(const struct request *req, const struct route *route, struct err *err)
{
    const struct visit *v = visit_of(req);
    bool is_program = (route->flags & ROUTE_NO_CSRF) && !is_page_call(req);
    if (req->method == HTTP_GET || v->is_token || is_program)
        return true;
    if ((route->flags & ROUTE_NO_CSRF) && !v->person) /* never quietly a resident: what was recorded is somebody's */
        return err_set(err, ERR_LOGIN, "登录已过期，请重新登录。");
    if (!from_our_pages(req))
        return err_set(err, ERR_FORBIDDEN, "这个请求不是从本站页面发出的，没有办理。");
    if (!has_form_token(req, v->csrf))
        return err_set(err, ERR_FORBIDDEN, "页面放得太久了，请刷新后再提交一次。");
    return true;
}

static bool
access_ok(const struct request *req, const struct route *route, struct err *err)
{
    const struct visit *v = visit_of(req);
    if (route->access & ACCESS_PUBLIC)
        return true;
    if (!v->person)
        return err_set(err, ERR_LOGIN, "请先登录。");
    if ((route->access & ACCESS_STAFF) || caller_has(&v->who, route->access & (ROLE_BIT(ROLE_COUNT) - 1)))
        return true;
    return err_set(err, ERR_FORBIDDEN, v->is_away ? "您在请假，这期间只能查看，不能办理。" : "这一页不在您的职责里。");
}

/* A first password must be changed before anything else is done. */
static bool
password_ok(const struct request *req, const struct route *route, struct err *err)
{
    const struct visit *v = visit_of(req);
    if (v->is_token || !v->person || !v->session.must_change_password || (route->access & ACCESS_PUBLIC) ||
        str_is(str_of(route->pattern), "/desk/password"))
        return true;
    return err_set(err, ERR_FORBIDDEN, "请先修改初始密码。");
}

/* Domain time is read from a file: the duties catch up before anybody looks. */
static void
catch_up(struct app *app)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int64_t done_until_s;
    if (!app_has_clock_file(app))
        return;
    instant now = app_now(app);
    pthread_mutex_lock(&lock);
    if (now / 1000 > done_until_s) {
        struct err err = {0};
        instant next;
        if (duty_clock_run(app, now, &next, &err))
            done_until_s = now / 1000;
        else
            log_warn("duty_clock", "error=%s detail=%s", err.message, err.detail);
    }
    pthread_mutex_unlock(&lock);
}

bool
site_gate(struct request *req, const struct route *route, struct err *err)
{
    if ((route->flags & ROUTE_QUIET) && (route->access & ACCESS_PUBLIC))
        return true; /* assets and health checks: nobody is asked for */
    catch_up(site_app(req));
    const struct site_visit *sv = site_visit_of(req);
    if (!sv->v.area)
        return err_set(err, ERR_BUSY, "系统还没有启用任何区域，请管理员先发布方案。");
    if (sv->login_err.kind) {
        *err = sv->login_err;
        return false;
    }
    return access_ok(req, route, err) && csrf_ok(req, route, err) && password_ok(req, route, err);
}
