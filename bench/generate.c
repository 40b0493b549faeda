/* bench-generate DIR N: fills an installation with N cases spread over three years up to today, through the real actions.
 *
 * DIR comes from `shaodao demo DIR --months 0 --until <three years ago>`. Each logical day has a morning, when its
 * reports come in; before them, those who owe a step since yesterday take it: settle, serve, revisit. In the last days one case in twenty
 * is left to itself, so there are open cases, misses and chases too. Nothing is written except by actions and the clock.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "actions.h"
#include "figures_fold.h"
#include "search_fold.h"

enum { HOUR = 3600 * 1000, DAYS = 3 * 365, LATE_DAYS = 60, AT_ONCE = 256, FOLD_EACH = 10 /* days */, FOLD_AT_ONCE = 100000, SAY_EACH = 10 };

struct filling {
    struct app *app;
    const struct area *area;
    struct arena *arenas[AT_ONCE]; /* one for each action under way: the writer allocates too */
    const struct place **compounds;
    size_t n_compounds;
    int *items;
    size_t n_items;
    struct open_case {
        int64_t id;
        struct owner owner;
        int kind;
    } *open; /* yesterday's */
    size_t n_open, cap_open;
    int64_t reports, acts, refused;
    char last_refusal[1200];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_done = PTHREAD_COND_INITIALIZER;
static size_t n_running;

static uint64_t
dice(uint64_t n)
{
    static uint64_t state = 20260421;
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % n;
}

/* Many actions at once, so that the writer commits them in groups. */

static void
one_done(struct action *a)
{
    (void)a;
    pthread_mutex_lock(&lock);
    if (--n_running == 0)
        pthread_cond_signal(&all_done);
    pthread_mutex_unlock(&lock);
}

static void
begin_one(struct filling *f, struct action *a, struct arena *arena, const struct caller *who)
{
    a->app = f->app;
    a->who = who;
    a->arena = arena;
    a->done = one_done;
    pthread_mutex_lock(&lock);
    n_running++;
    pthread_mutex_unlock(&lock);
}

static void
reset_arenas(struct filling *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        arena_reset(f->arenas[i]);
}

static void
wait_for_all(void)
{
    pthread_mutex_lock(&lock);
    while (n_running)
        pthread_cond_wait(&all_done, &lock);
    pthread_mutex_unlock(&lock);
}

static void
note_refusal(struct filling *f, const char *what, const struct err *err)
{
    f->refused++;
    snprintf(f->last_refusal, sizeof f->last_refusal, "%s: %s %s %s", what, err->message,
             err->n_fields ? err->fields[0].message : "", err->detail);
}

/* ---- Reports */

static struct str
words_for(struct filling *f, struct arena *a, int item)
{
    static const char *const before[] = {"您好，", "我们小区", "反映一个问题：", "", "麻烦看一下，", "住户反映："};
    static const char *const after[] = {"，已经好几天了，请来看看。", "，影响大家生活。", "，请尽快处理，谢谢。",
                                        "，劝过没有用。", "，晚上更严重。", "。"};
    const struct scheme *s = f->area->scheme;
    size_t first = 0, n = 0;
    for (size_t i = 0; i < s->n_phrases; i++)
        if (s->phrases[i].item == item && n++ == 0)
            first = i;
    struct str p = n ? s->phrases[first + dice(n)].text : s->items[item].name;
    return str_of(arena_printf(a, "%s%.*s%s", before[dice(6)], (int)p.n, p.p, after[dice(6)]));
}

static struct report_case *
begin_report(struct filling *f, struct arena *a, struct db *db)
{
    struct report_case *r = arena_new_of(a, struct report_case);
    struct caller *who = arena_new_of(a, struct caller);
    int item = f->items[dice(f->n_items)];
    who->area = f->area;
    *r = (struct report_case){.place = f->compounds[dice(f->n_compounds)]->code,
                              .item = f->area->scheme->items[item].code,
                              .words = words_for(f, a, item),
                              .spot = str_of(arena_printf(a, "%d 栋 %d 单元", 1 + (int)dice(12), 1 + (int)dice(4))),
                              .source = STR("resident"),
                              .keep_secret = true};
    if (dice(2))
        r->contact_phone = str_of(arena_printf(a, "1550000%04d", (int)dice(10000)));
    begin_one(f, &r->base, a, who);
    report_case(r, db);
    return r;
}

/* What the next day has to do. */
static void
remember(struct filling *f, int64_t case_id, const struct effects *fx)
{
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty *u = &fx->duties[i].now;
        bool is_ours = u->kind == DUTY_CALL || u->kind == DUTY_ADMIT || u->kind == DUTY_SERVE || u->kind == DUTY_REVISIT;
        if (!fx->duties[i].is_new || !is_ours)
            continue;
        if (f->n_open == f->cap_open)
            f->open = xrealloc(f->open, (f->cap_open = f->cap_open * 2 + 64) * sizeof *f->open);
        f->open[f->n_open++] = (struct open_case){case_id, u->owner, u->kind};
        return;
    }
}

static void
report_some(struct filling *f, size_t n)
{
    struct report_case *begun[AT_ONCE];
    struct db *db = app_reader_lock(f->app);
    for (size_t i = 0; i < n; i++)
        begun[i] = begin_report(f, f->arenas[i], db);
    wait_for_all();
    app_reader_unlock(f->app);
    for (size_t i = 0; i < n; i++) {
        if (begun[i]->base.err.kind)
            note_refusal(f, "report", &begun[i]->base.err);
        else
            remember(f, begun[i]->case_id, begun[i]->base.save.fx);
    }
    f->reports += (int64_t)n;
}

/* ---- Those who owe a step */

static int64_t
someone_for(struct filling *f, const struct owner *o, int32_t today)
{
    const struct registry *r = f->area->registry;
    for (size_t i = 0; i < r->n_people; i++)
        if (!r->people[i].is_disabled && owner_is(r, o, r->people[i].id, today))
            return r->people[i].id;
    return 0;
}

static struct act_on_case *
begin_settling(struct filling *f, struct arena *a, struct db *db, const struct open_case *c)
{
    int64_t person = someone_for(f, &c->owner, day_of(app_now(f->app)));
    if (!person)
        return NULL;
    struct act_on_case *x = arena_new_of(a, struct act_on_case);
    struct caller *who = arena_new_of(a, struct caller);
    struct params *fields = arena_new_of(a, struct params);
    bool is_service = c->kind == DUTY_SERVE, is_revisit = c->kind == DUTY_REVISIT;
    caller_staff(f->app, NULL, f->area, person, who);
    if (is_revisit) {
        params_add(a, fields, STR("result"), STR("solved"));
        params_add(a, fields, STR("grade"), dice(3) ? STR("1") : STR("2"));
        params_add(a, fields, STR("words"), STR("电话回访，已经解决。"));
    } else {
        params_add(a, fields, STR("outcome"), is_service ? STR("unsolved") : STR("not_found"));
        params_add(a, fields, STR("reply"), STR("已到现场看过，和当事人讲清了要求，谢谢您的反映。如再发生请告诉我们。"));
    }
    *x = (struct act_on_case){.case_id = c->id, .fields = fields,
                              .command = is_revisit ? STR("revisit") : is_service ? STR("complete_service") : STR("settle")};
    begin_one(f, &x->base, a, who);
    act_on_case(x, db);
    return x;
}

static void
settle_open(struct filling *f, bool leaves_some)
{
    struct open_case *open = f->open;
    size_t n_open = f->n_open;
    f->open = NULL;
    f->n_open = f->cap_open = 0;
    for (size_t from = 0; from < n_open; from += AT_ONCE) {
        struct act_on_case *begun[AT_ONCE];
        size_t n = n_open - from < AT_ONCE ? n_open - from : AT_ONCE;
        struct db *db = app_reader_lock(f->app);
        for (size_t i = 0; i < n; i++)
            begun[i] = !leaves_some || dice(20) ? begin_settling(f, f->arenas[i], db, &open[from + i]) : NULL;
        wait_for_all();
        app_reader_unlock(f->app);
        for (size_t i = 0; i < n; i++) {
            f->acts += begun[i] != NULL;
            if (begun[i] && begun[i]->base.err.kind)
                note_refusal(f, "settle", &begun[i]->base.err);
            else if (begun[i])
                remember(f, open[from + i].id, begun[i]->base.save.fx);
        }
        reset_arenas(f, n);
    }
    free(open);
}

/* ---- Three years */

/* What housekeeping does at night: else the search index waits in rows that are many times larger than its lists. */
static bool
fold(struct filling *f, struct err *err)
{
    int64_t folded;
    bool is_done;
    return search_fold(app_store(f->app), FOLD_AT_ONCE, &folded, err) &&
           figures_fold(app_store(f->app), f->area->id, INT32_MAX, &is_done, err);
}

static double
seconds_since(const struct timespec *began)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static bool
live(struct filling *f, int64_t n, int32_t today, struct err *err)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int day = 0; day < DAYS; day++) {
        instant morning = day_start(today - DAYS + 1 + day) + 9 * (instant)HOUR;
        app_set_now(f->app, morning - HOUR);
        if (!duty_clock_run(f->app, morning - HOUR, NULL, err))
            return false;
        settle_open(f, day >= DAYS - LATE_DAYS);
        int64_t until = n * (day + 1) / DAYS;
        for (int64_t at_once; f->reports < until; reset_arenas(f, (size_t)at_once)) {
            at_once = until - f->reports < AT_ONCE ? until - f->reports : AT_ONCE;
            app_set_now(f->app, morning + f->reports % 60 * 60000);
            report_some(f, (size_t)at_once);
        }
        if ((day % FOLD_EACH == FOLD_EACH - 1 || day == DAYS - 1) && !fold(f, err))
            return false;
        if (day % SAY_EACH == SAY_EACH - 1)
            fprintf(stderr, "\r%lld of %lld cases, %.0f s", (long long)f->reports, (long long)n, seconds_since(&began));
    }
    fprintf(stderr, "\r%lld cases, %lld acts, %lld refused%s%s\n", (long long)f->reports, (long long)f->acts,
            (long long)f->refused, f->refused ? ", the last: " : "", f->last_refusal);
    return true;
}

static void
find_places_and_items(struct filling *f)
{
    const struct registry *r = f->area->registry;
    const struct scheme *s = f->area->scheme;
    f->compounds = xcalloc((size_t)r->n_places + 1, sizeof *f->compounds);
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND && r->places[i].firm)
            f->compounds[f->n_compounds++] = &r->places[i];
    f->items = xcalloc(s->n_items + 1, sizeof *f->items);
    for (size_t i = 0; i < s->n_items; i++)
        if (!s->items[i].urgent)
            f->items[f->n_items++] = (int)i;
}

int
main(int argc, char **argv)
{
    int64_t n = 100000;
    if (argc < 2 || (argc > 2 && !str_int(str_of(argv[2]), &n))) {
        fprintf(stderr, "usage: bench-generate DIR [CASES]\n");
        return 2;
    }
    struct err err = {0};
    struct filling f = {0};
    for (size_t i = 0; i < AT_ONCE; i++)
        f.arenas[i] = arena_new();
    f.app = app_open(&(struct app_options){.dir = argv[1], .is_bulk = true, .is_writer = true}, &err);
    bool ok = f.app != NULL;
    if (ok) {
        f.area = app_area(f.app, 0);
        find_places_and_items(&f);
        ok = f.n_compounds && f.n_items && live(&f, n, day_of((instant)time(NULL) * 1000), &err);
    }
    if (!ok)
        fprintf(stderr, "bench-generate: %s %s\n", err.message, err.detail);
    app_close(f.app);
    for (size_t i = 0; i < AT_ONCE; i++)
        arena_free(f.arenas[i]);
    free(f.compounds);
    free(f.items);
    free(f.open);
    return ok && f.refused == 0 ? 0 : 1;
}
