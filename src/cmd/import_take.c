/* Taking the orders in: each is reported through the same action as from the pages, by the hotline's post. */
#include <pthread.h>

#include "import.h"
#include "log.h"
#include "views.h"

enum { WINDOW = 64 };

static bool
hotline_caller(struct import *im, struct caller *who, struct err *err)
{
    const struct registry *r = im->area->registry;
    const struct posting *p = NULL;
    int32_t today = day_of(im->now);
    for (size_t i = 0; i < r->n_postings && !p; i++) {
        const struct posting *q = &r->postings[i];
        const struct person *who_is = registry_person(r, q->person);
        if (q->role == ROLE_HOTLINE && posting_in_force(q, today) && who_is && !who_is->is_disabled)
            p = q;
    }
    if (!p)
        return err_set(err, ERR_NOT_FOUND, "没有人担任 12345 热线岗位：先用 user add … --role hotline --org … 添加一个。");
    *who = (struct caller){.area = im->area, .person = p->person, .postings = {p}, .n_postings = 1};
    return true;
}

/* Already here from an earlier import, or entered by hand. */
static bool
is_known(struct import *im, struct import_order *o, struct err *err)
{
    int64_t id = 0;
    struct loaded_case c = {0};
    struct buf no = {0};
    struct db *db = app_reader_lock(im->app);
    bool found = case_by_hotline_no(db, im->area->id, o->line->cells[IMPORT_ID], &id, err) && id &&
                 case_load(db, app_keys(im->app), im->a, im->area->id, id, &c, err);
    app_reader_unlock(im->app);
    if (!found)
        return false;
    case_no_format(&no, c.c.day, c.c.no);
    o->end = IMPORT_DUPLICATE;
    o->reason = arena_printf(im->a, "已登记为 %.*s", (int)no.n, no.p);
    buf_release(&no);
    return true;
}

static void
read_duty(struct import *im, struct import_order *o, struct err *err)
{
    struct loaded_case c;
    struct db *db = app_reader_lock(im->app);
    bool ok = case_load(db, app_keys(im->app), im->a, im->area->id, o->case_id, &c, err);
    app_reader_unlock(im->app);
    for (size_t i = 0; ok && i < c.n_duties; i++)
        if (duty_is_main(c.duties[i].kind)) {
            o->owner = c.duties[i].owner;
            o->due = c.duties[i].due;
        }
}

/* ---- several at once, so that they share one commit ---- */

struct taking {
    struct report_case r;
    struct import_order *o;
    struct arena *a; /* its own: the writer may decide it again while the next is prepared here */
};

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    size_t open; /* actions that have not been answered */
    struct taking list[WINDOW];
    size_t n;
};

static void
answered(struct action *a)
{
    struct gate *g = a->ctx;
    pthread_mutex_lock(&g->lock);
    if (--g->open == 0)
        pthread_cond_signal(&g->cond);
    pthread_mutex_unlock(&g->lock);
}

static void
submit(struct import *im, const struct caller *who, struct gate *g)
{
    struct db *db = app_reader_lock(im->app);
    g->open = g->n;
    for (size_t i = 0; i < g->n; i++) {
        struct import_order *o = g->list[i].o;
        struct report_case *r = &g->list[i].r;
        *r = (struct report_case){.base = {.app = im->app, .who = who, .arena = g->list[i].a, .done = answered, .ctx = g},
                                  .place = o->place ? o->place->code : STR(""), .words = o->words, .spot = o->spot,
                                  .source = STR("hotline"), .hotline_no = o->line->cells[IMPORT_ID],
                                  .occurred_at = o->occurred_at, .hotline_due = o->wanted_by, .contact_name = o->name, .contact_phone = o->phone,
                                  .keep_secret = true};
        report_case(r, db);
    }
    app_reader_unlock(im->app);
    pthread_mutex_lock(&g->lock);
    while (g->open)
        pthread_cond_wait(&g->cond, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

/* A refusal concerns the line; anything else (a full disk) will meet the next line too. */
static bool
is_about_the_line(enum err_kind kind)
{
    return kind == ERR_FIELDS || kind == ERR_FORBIDDEN || kind == ERR_CONFLICT || kind == ERR_TOO_LARGE;
}

static void
refuse(struct import *im, struct import_order *o, const struct err *why)
{
    o->end = IMPORT_BAD;
    o->reason = arena_printf(im->a, "%s", why->n_fields ? why->fields[0].message : why->message);
    o->fix = "按提示修改这一行，再导入一次：已登记的会跳过。";
}

static bool
keep_answers(struct import *im, const struct gate *g, struct err *err)
{
    for (size_t i = 0; i < g->n; i++) {
        struct import_order *o = g->list[i].o;
        const struct report_case *r = &g->list[i].r;
        struct err why = {0};
        if (r->base.err.kind == ERR_NONE) {
            o->case_id = r->case_id;
            o->day = r->day;
            o->no = r->no;
            o->end = IMPORT_TAKEN;
            read_duty(im, o, &why);
        } else if (is_about_the_line(r->base.err.kind))
            refuse(im, o, &r->base.err);
        else
            *err = r->base.err; /* the others of this window were stored all the same, and are told */
    }
    return err->kind == ERR_NONE;
}

/* What a failure left untouched is told as such. */
static void
give_up_rest(struct import *im)
{
    for (size_t i = 0; i < im->n; i++)
        if (im->orders[i].end == IMPORT_READY) {
            im->orders[i].end = IMPORT_BAD;
            im->orders[i].reason = "导入中断，没有处理";
            im->orders[i].fix = "排除故障后再导入一次：已登记的会跳过。";
        }
}

static void
count(struct import *im)
{
    im->taken = im->bad = im->duplicates = 0;
    for (size_t i = 0; i < im->n; i++) {
        im->taken += im->orders[i].end == IMPORT_TAKEN || im->orders[i].end == IMPORT_READY;
        im->bad += im->orders[i].end == IMPORT_BAD;
        im->duplicates += im->orders[i].end == IMPORT_DUPLICATE;
    }
}

/* The next orders that are to be taken; *at moves behind them. */
static void
fill(struct import *im, struct gate *g, size_t *at)
{
    g->n = 0;
    for (; *at < im->n && g->n < WINDOW; ++*at) {
        struct err why = {0};
        struct import_order *o = &im->orders[*at];
        if (o->end == IMPORT_READY && !is_known(im, o, &why) && !im->is_dry)
            g->list[g->n++] = (struct taking){.o = o, .a = arena_new()};
    }
}

bool
import_take(struct import *im, void (*step)(void *ctx, int64_t done), void *ctx, struct err *err)
{
    struct caller who;
    struct gate g = {.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    bool ok = hotline_caller(im, &who, err);
    for (size_t at = 0; ok && at < im->n;) {
        fill(im, &g, &at);
        submit(im, &who, &g);
        ok = keep_answers(im, &g, err);
        for (size_t i = 0; i < g.n; i++)
            arena_free(g.list[i].a);
        step(ctx, (int64_t)at);
    }
    if (!im->is_dry)
        give_up_rest(im);
    count(im);
    pthread_mutex_destroy(&g.lock);
    pthread_cond_destroy(&g.cond);
    return ok;
}
