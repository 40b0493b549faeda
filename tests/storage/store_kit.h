/* store_kit.h — an installation in a temporary directory for tests of storage: made by app_init with the shipped scheme
 * of 会昌, used through the real actions, looked at through raw_db.h. $SHAODAO_DATABASE makes it one of PostgreSQL. */
#ifndef TESTS_STORE_KIT_H
#define TESTS_STORE_KIT_H

#include "check.h"

#include <dirent.h>
#include <ftw.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "actions.h"
#include "raw_db.h"
#include "scheme_files.h"

#define A_MORNING "2026-04-21T09:00"

static struct {
    char dir[96];
    struct app *app;
    struct arena *arena; /* of one test */
} kit;

static inline int
unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static inline const char *
temporary_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(kit.dir, sizeof kit.dir, "%s/shaodao-storage-XXXXXX", tmp && strlen(tmp) < 60 ? tmp : "/tmp");
    if (!mkdtemp(kit.dir))
        fail_msg("no temporary directory");
    raw_dir = kit.dir;
    return kit.dir;
}

static inline void
remove_dir(const char *dir)
{
    nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct str
read_whole(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct str){"", 0};
    struct buf b = {0};
    for (size_t got = 1; got; b.n += got) {
        buf_need(&b, 65536);
        got = fread(b.p + b.n, 1, 65536, f);
    }
    fclose(f);
    struct str s = str_dup(a, buf_view(&b));
    buf_release(&b);
    return s;
}

static inline instant
moment_of(const char *s)
{
    instant at = 0;
    if (!moment_parse(str_of(s), &at))
        fail_msg("no moment: %s", s);
    return at;
}

static inline bool
make_installation(const char *dir, struct err *err)
{
    struct arena *a = arena_new();
    const char *root = getenv("SHAODAO_SOURCE_ROOT") ? getenv("SHAODAO_SOURCE_ROOT") : TEST_DIR "/..";
    static struct table tables[SCHEME_TABLES + 2];
    struct str csv[SCHEME_TABLES + 2];
    size_t n = SCHEME_TABLES;
    struct scheme_errors errors = {0};
    for (int i = 0; i < SCHEME_TABLES; i++) {
        csv[i] = read_whole(a, arena_printf(a, "%s/schemes/huichang/%s.csv", root, small_scheme[i].name));
        table_parse(a, str_of(small_scheme[i].name), csv[i], &tables[i], &errors);
    }
#ifdef KIT_WITH_ROUTINES
    static const char *const more[] = {"routines", "checklists"};
    for (; n < SCHEME_TABLES + COUNT_OF(more); n++) {
        csv[n] = read_whole(a, arena_printf(a, "%s/schemes/huichang/%s.csv", root, more[n - SCHEME_TABLES]));
        table_parse(a, str_of(more[n - SCHEME_TABLES]), csv[n], &tables[n], &errors);
    }
#endif
    struct app_init in = {.arena = a, .dir = dir, .is_test = true, .tables = {tables, n}, .csv = csv, .now = moment_of(A_MORNING)};
    bool ok = app_init(&in, &errors, err);
    expect_no_errors(&errors);
    arena_free(a);
    return ok;
}

static inline void
open_app_at(const char *moment)
{
    struct err err = {0};
    kit.app = app_open(&(struct app_options){.dir = kit.dir, .n_readers = 2}, &err);
    if (!kit.app)
        fail_msg("app_open: %s %s", err.message, err.detail);
    app_set_now(kit.app, moment_of(moment));
}

/* A fresh installation for each test; making one takes some 50 ms. */
static inline int
kit_open(void **state)
{
    (void)state;
    struct err err = {0};
    kit.arena = arena_new();
    if (!make_installation(temporary_dir(), &err)) {
        print_error("app_init: %s %s\n", err.message, err.detail);
        return -1;
    }
    open_app_at(A_MORNING);
    return 0;
}

static inline int
kit_close(void **state)
{
    (void)state;
    app_close(kit.app);
    kit.app = NULL;
    arena_free(kit.arena);
    raw_drop();
    remove_dir(kit.dir);
    return 0;
}

static inline void
reopen_app(const char *moment)
{
    app_close(kit.app);
    open_app_at(moment);
}

/* ---- acting ---- */

/* A caller by user name; "" is a resident. Lives in the arena. */
static inline struct caller *
caller_of(const char *who)
{
    struct caller *c = arena_new_of(kit.arena, struct caller);
    const struct area *area = app_area(kit.app, 0);
    if (!*who) {
        *c = (struct caller){.area = area, .device = STR("device-of-a-resident")};
        return c;
    }
    const struct person *p = registry_username(area->registry, str_of(who));
    if (!p)
        fail_msg("nobody is called %s", who);
    caller_staff(kit.app, app_reader_lock(kit.app), area, p->id, c);
    app_reader_unlock(kit.app);
    c->device = str_of(arena_printf(kit.arena, "session-%s", who));
    return c;
}

static inline struct report_case *
new_report(const char *who, const char *item, const char *words)
{
    struct report_case *r = arena_new_of(kit.arena, struct report_case);
    *r = (struct report_case){.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .place = STR("XFL"),
                              .item = str_of(item), .words = str_of(words), .source = STR("resident"), .spot = STR("3栋")};
    return r;
}

static inline struct report_case *
report_ok(const char *item, const char *words)
{
    struct report_case *r = new_report("", item, words);
    struct err err = {0};
    if (!report_case_wait(r, &err))
        fail_msg("report: %s %s %s", err.message, err.detail, err.n_fields ? err.fields[0].message : "");
    return r;
}

/* "a=b&c=d"; officers and checklist may repeat. */
static inline struct params *
fields_of(const char *text)
{
    struct params *out = arena_new_of(kit.arena, struct params);
    struct str rest = str_dup(kit.arena, str_of(text)), pair;
    while (str_cut(&rest, '&', &pair)) {
        struct str value = pair, name;
        if (str_cut(&value, '=', &name))
            params_add(kit.arena, out, name, value.p ? value : STR(""));
    }
    return out;
}

static inline bool
act(const char *who, int64_t case_id, const char *command, const char *fields, struct err *err)
{
    struct act_on_case *x = arena_new_of(kit.arena, struct act_on_case);
    struct caller *c = caller_of(who);
    c->reporter_of = *who ? 0 : case_id;
    *x = (struct act_on_case){.base = {.app = kit.app, .who = c, .arena = kit.arena}, .case_id = case_id,
                              .command = str_of(command), .fields = fields_of(fields),
                              .is_undo = strcmp(command, "undo") == 0};
    return act_on_case_wait(x, err);
}

static inline void
act_ok(const char *who, int64_t case_id, const char *command, const char *fields)
{
    struct err err = {0};
    if (!act(who, case_id, command, fields, &err))
        fail_msg("%s %s: %s %s %s", who, command, err.message, err.detail, err.n_fields ? err.fields[0].message : "");
}

static inline void
live_until(const char *moment)
{
    struct err err = {0};
    app_set_now(kit.app, moment_of(moment));
    if (!duty_clock_run(kit.app, moment_of(moment), NULL, &err))
        fail_msg("duty clock: %s %s", err.message, err.detail);
}

/* A photo of the person's own, already in the content store as far as the database knows. */
static inline int64_t
photo_of(const char *who)
{
    struct keep_file f = {.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .kind = 1, .bytes = 1000,
                          .width = 4, .height = 3, .taken = STR("")};
    struct err err = {0};
    crypto_random(f.sha256, sizeof f.sha256);
    if (!keep_file_wait(&f, &err))
        fail_msg("keep_file: %s", err.message);
    return f.id;
}

static inline struct loaded_case *
load(int64_t id)
{
    struct loaded_case *c = arena_new_of(kit.arena, struct loaded_case);
    struct err err = {0};
    struct db *db = app_reader_lock(kit.app);
    bool ok = case_load(db, app_keys(kit.app), kit.arena, app_area(kit.app, 0)->id, id, c, &err) &&
              case_load_words(db, kit.arena, c, &err);
    app_reader_unlock(kit.app);
    if (!ok)
        fail_msg("case_load: %s %s", err.message, err.detail);
    return c;
}

static inline struct replay_report
replay_now(void)
{
    struct replay_report r;
    struct err err = {0};
    struct db *db = app_reader_lock(kit.app);
    bool ok = ledger_replay(db, app_keys(kit.app), kit.arena, NULL, &r, &err);
    app_reader_unlock(kit.app);
    if (!ok)
        fail_msg("replay: %s %s", err.message, err.detail);
    return r;
}

static inline void
expect_clean_replay(void)
{
    struct replay_report r = replay_now();
    if (r.differences)
        fail_msg("%lld differences, the first: %.*s", (long long)r.differences, (int)r.first.n, r.first.p);
}

/* One case that has been through much: 14 events, missed duties, files, a reply. Returns its id. */
static inline int64_t
eventful_case(void)
{
    app_set_now(kit.app, moment_of(A_MORNING));
    int64_t id = report_ok("ZS01", "楼下烧烤店的喇叭一直喊到半夜")->case_id;
    act_ok("wgz03", id, "call", "note=属实");
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG&assists=GA");
    live_until("2026-04-21T16:00"); /* the acceptance is missed */
    act_ok("cg01", id, "accept", "");
    act_ok("cg01", id, "persuade", "reaction=refused&words=讲了规定");
    act_ok("cg01", id, "order", "officers=cg01&officers=cg02&until=2026-04-23&words=关小音量");
    live_until("2026-04-23T18:00");
    act_ok("cg01", id, "recheck", arena_printf(kit.arena, "result=corrected&files=%lld", (long long)photo_of("cg01")));
    act_ok("cg01", id, "close", "outcome=solved&checklist=已采取降噪措施或调整时段&checklist=复测或回访确认不再扰民&reply=已经关小了音量");
    act_ok("", id, "rate", "solved=yes&grade=2");
    return id;
}

/* ---- waiting ---- */

struct gate { /* holds the writer until it is opened */
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool is_reached, is_open;
};
#define GATE ((struct gate){.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER})

static inline void
gate_wait(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->is_reached = true;
    pthread_cond_broadcast(&g->cond);
    while (!g->is_open)
        pthread_cond_wait(&g->cond, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static inline void
gate_reached(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->is_reached)
        pthread_cond_wait(&g->cond, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static inline void
gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->is_open = true;
    pthread_cond_broadcast(&g->cond);
    pthread_mutex_unlock(&g->lock);
}

#endif
