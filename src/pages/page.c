/* What handlers call: waiting for an action, the line after a redirect, the frame of a page, where to go next. */
#include "limits.h"
#include "site.h"

/* ---- Waiting ---- */

struct waiting {
    struct parked *parked;
    struct action *action;
    int64_t data_version; /* of the registry when the action began */
    void (*resume)(struct request *req, struct response *res, struct action *a);
};

/* On the request's loop again, in a new snapshot: what the action wrote can be read. */
static void
woken(struct request *req, struct response *res, void *arg)
{
    struct waiting *w = arg;
    struct site_visit *sv = site_visit_of(req);
    struct err err = {0};
    sv->res = res;
    if (store_data_version(app_store(sv->v.app)) != w->data_version)
        app_reload(sv->v.app); /* the registry has changed, durably: everybody sees it from here on */
    if (!db_read_begin(sv->v.db, &err)) {
        site_fail(req, res, &err);
        return;
    }
    w->resume(req, res, w->action);
    db_read_end(sv->v.db);
    site_settle(sv, res);
}

static void
finished(struct action *a)
{
    struct waiting *w = a->ctx;
    http_unpark(w->parked, woken, w);
}

void
page_wait(struct request *req, struct response *res, struct action *a,
          void (*resume)(struct request *req, struct response *res, struct action *a))
{
    struct visit *v = visit_of(req);
    struct waiting *w = arena_new_of(req->arena, struct waiting);
    *w = (struct waiting){.parked = http_park(req, res), .action = a, .resume = resume,
                          .data_version = store_data_version(app_store(v->app))};
    a->app = v->app;
    a->who = &v->who;
    a->arena = req->arena;
    a->done = finished;
    a->ctx = w;
}

void
page_fail(struct request *req, struct response *res, const struct err *err)
{
    site_fail(req, res, err);
}

/* ---- Flash ---- */

void
flash(struct request *req, struct response *res, const char *text)
{
    struct buf b = {0};
    struct str s = utf8_prefix(str_of(text), 160);
    buf_hex(&b, s.p, s.n);
    response_cookie(req, res, "flash", buf_keep(req->arena, &b), 120, true);
}

static const char *
flash_take(struct site_visit *sv)
{
    if (sv->has_flash || !sv->res)
        return sv->flash;
    sv->has_flash = true;
    struct str kept = request_cookie(sv->req, "flash");
    if (!kept.n || kept.n > 1024)
        return NULL;
    response_cookie(sv->req, sv->res, "flash", STR(""), -1, true);
    char *text = arena_alloc(sv->req->arena, kept.n / 2 + 1);
    struct str s = {text, kept.n / 2};
    sv->flash = hex_decode(kept, (uint8_t *)text, s.n) && utf8_valid(s) ? text : NULL;
    return sv->flash;
}

/* ---- Layout ---- */

enum { OWNERS_MAX = 256, KEPT_NUMBERS = 64 };

size_t
caller_owners(const struct caller *who, struct owner *out, size_t max)
{
    const struct posting *work[ACTOR_POSTINGS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < who->n_postings; i++)
        if (ROLE_BIT(who->postings[i]->role) & ROLES_BUSINESS)
            work[n++] = who->postings[i];
    return n ? owners_of_postings(work, n, out, max) : 0;
}

/* The counts of the menu, kept by each loop until somebody writes or a second has passed: every staff page shows them. */
struct numbers {
    int64_t area, person, second, notices_seen;
    uint32_t version;
    int64_t todo, notices, overdue, complaints;
};

static void
count_numbers(const struct visit *v, struct numbers *l)
{
    struct owner owners[OWNERS_MAX];
    struct err err = {0};
    size_t n = caller_owners(&v->who, owners, OWNERS_MAX);
    struct duty_counts counts = {0};
    if (n && duties_count(v->db, v->area->id, owners, n, v->now, &counts, &err)) {
        l->todo = counts.open;
        l->overdue = counts.overdue;
    }
    struct arena *scratch = arena_new();
    struct notice_rows notices = {0};
    if (n && notices_for(v->db, scratch, v->area->id, owners, n, v->session.notices_seen, LIMIT_PAGE_ROWS, &notices, &err))
        l->notices = (int64_t)notices.n;
    arena_free(scratch);
    l->complaints = complaints_open(v->db, &v->who, &err);
}

static void
staff_numbers(struct layout *l)
{
    static _Thread_local struct numbers kept[KEPT_NUMBERS];
    const struct visit *v = l->visit;
    struct numbers *k = &kept[(uint64_t)v->person->id % KEPT_NUMBERS];
    struct numbers now = {.area = v->area->id, .person = v->person->id, .second = v->now / 1000,
                          .notices_seen = v->session.notices_seen, .version = db_version(v->db)};
    if (k->area != now.area || k->person != now.person || k->second != now.second || k->notices_seen != now.notices_seen ||
        k->version != now.version || !now.version) {
        count_numbers(v, &now);
        *k = now;
    }
    l->n_todo = k->todo;
    l->n_notices = k->notices;
    l->n_overdue = k->overdue;
    l->n_complaints = k->complaints;
    l->reads_complaints = complaints_may_read(&v->who);
}

const char *
away_words(const struct request *req)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->is_away ? v->area->registry : NULL;
    int32_t today = day_of(v->now);
    for (size_t i = 0; r && i < r->n_leaves; i++) {
        const struct leave *x = &r->leaves[i];
        struct civil f = civil_of_day(x->from), t = civil_of_day(x->to);
        if (x->person != v->who.person || x->state != ASKED_APPROVED || today < x->from || today > x->to)
            continue;
        const char *until = arena_printf(req->arena, "您 %d 月 %d 日到 %d 月 %d 日请假，这期间可以查看，不能办理。", f.month, f.day, t.month, t.day);
        struct str name = person_name(r, x->substitute);
        return x->substitute ? arena_printf(req->arena, "%s您的职责由%.*s代理。", until, (int)name.n, name.p)
                             : arena_printf(req->arena, "%s没有安排代理人，请和单位负责人商量由谁代理。", until);
    }
    return r ? "您在请假，这期间可以查看，不能办理。" : NULL;
}

void
layout_init(struct request *req, struct layout *l, const char *title, const char *active)
{
    struct site_visit *sv = site_visit_of(req);
    l->title = title;
    l->active = active;
    l->visit = &sv->v;
    l->flash = flash_take(sv);
    l->away = away_words(req);
    if (sv->v.person && sv->v.area && sv->v.db && str_starts(req->path, STR("/desk")))
        staff_numbers(l);
}

/* Only a path of this site, never another host. */
const char *
safe_next(struct request *req, struct str next, const char *otherwise)
{
    if (next.n < 2 || next.n > 300 || next.p[0] != '/' || next.p[1] == '/' || next.p[1] == '\\')
        return otherwise;
    for (size_t i = 0; i < next.n; i++)
        if ((unsigned char)next.p[i] < 0x21 || next.p[i] == '\\' || next.p[i] == 0x7f)
            return otherwise;
    return str_z(req->arena, next);
}
