#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "actions.h"
#include "duty_clock.h"
#include "log.h"
#include "registry_import.h"
#include "registry_store.h"
#include "suggest.h"

enum { AREAS_MAX = 64, RETIRED_MAX = 256, RETIRED_KEEP_MS = 10 * 60 * 1000 };

struct snapshot {
    struct area areas[AREAS_MAX];
    size_t n_areas;
    struct arena *arena; /* registries; schemes live for ever */
    instant turns_at;    /* a published version comes into force; 0 = none waits */
    int64_t retired_ms;
};

struct app {
    struct app_options opt;
    char *dir, *clock_file;
    int lock_fd; /* DIR/lock, -1 = not a writer */
    bool is_alone;
    _Atomic int64_t news_seen; /* of store_news */
    struct store *store;
    struct keyring *keys;
    struct arena *schemes;
    const struct scheme *versions[AREAS_MAX][SCHEME_VERSIONS_MAX];
    _Atomic(struct snapshot *) now;
    struct snapshot *retired[RETIRED_MAX];
    size_t n_retired;
    pthread_mutex_t lock; /* reloads, and the extra reader */
    pthread_mutex_t clock_lock;
    _Atomic int64_t set_now, latest;
    bool is_demo;
    struct pw_helper *passwords;
    struct image_pool *images;
    struct thinker *thinker;
};

static int64_t
real_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Schemes: each published version is parsed once. */

static const struct scheme *
load_scheme(struct app *app, struct db *db, int64_t area, int version, struct err *err)
{
    struct rows r;
    struct table *list = arena_array(app->schemes, struct table, 64);
    struct scheme_errors errors = {0};
    size_t n = 0;
    if (!db_query(db, SQL_SCHEME_TABLES, &r, err, V_INT(area), V_INT(version)))
        return NULL;
    while (n < 64 && rows_next(&r, err)) {
        struct str csv = str_dup(app->schemes, rows_text(&r, 1));
        table_parse(app->schemes, str_dup(app->schemes, rows_text(&r, 0)), csv, &list[n++], &errors);
    }
    rows_end(&r);
    struct scheme *s = scheme_read(app->schemes, (struct tables){list, n}, &errors);
    if (!s) {
        err_set(err, ERR_INTERNAL, "工作方案第 %d 版读不出来。", version);
        if (errors.n)
            err_detail(err, "%.*s!%.*s %.*s", (int)errors.p[0].table.n, errors.p[0].table.p, (int)errors.p[0].cell.n,
                       errors.p[0].cell.p, (int)errors.p[0].message.n, errors.p[0].message.p);
        return NULL;
    }
    s->version = version;
    return s;
}

/* The version in force on a day: of those whose date has come the last one published. The first stands in until then. */
static void
choose_in_force(struct snapshot *snap, struct area *a, int32_t today)
{
    if (!a->n_versions)
        return;
    a->scheme = a->versions[0];
    for (int i = 0; i < a->n_versions; i++) {
        const struct scheme *s = a->versions[i];
        if (!s)
            continue;
        if (!a->scheme || s->valid_from <= today)
            a->scheme = s;
        else if (i && (!snap->turns_at || day_start(s->valid_from) < snap->turns_at))
            snap->turns_at = day_start(s->valid_from);
    }
}

struct found_version {
    int64_t area;
    int version;
};

static bool
fill_areas(struct app *app, struct db *db, struct snapshot *snap, struct err *err)
{
    enum { FOUND_MAX = 4096 };
    struct rows r;
    struct found_version *found = arena_array(snap->arena, struct found_version, FOUND_MAX);
    size_t n = 0;
    if (!db_query(db, SQL_AREAS_ALL, &r, err))
        return false;
    while (n < FOUND_MAX && rows_next(&r, err)) {
        found[n].area = rows_int(&r, 0);
        found[n++].version = (int)rows_int(&r, 1);
    }
    rows_end(&r);
    for (size_t i = 0; i < n; i++) {
        if (!snap->n_areas || snap->areas[snap->n_areas - 1].id != found[i].area) {
            if (snap->n_areas == AREAS_MAX)
                break;
            snap->areas[snap->n_areas++] = (struct area){.id = found[i].area};
        }
        size_t at = snap->n_areas - 1;
        struct area *a = &snap->areas[at];
        if (found[i].version < 1 || found[i].version > SCHEME_VERSIONS_MAX)
            continue;
        const struct scheme **slot = &app->versions[at][found[i].version - 1];
        if (!*slot && !(*slot = load_scheme(app, db, a->id, found[i].version, err)))
            return false;
        a->versions = app->versions[at];
        a->n_versions = found[i].version;
    }
    int32_t today = day_of(app_now(app));
    for (size_t i = 0; i < snap->n_areas; i++)
        choose_in_force(snap, &snap->areas[i], today);
    return true;
}

static struct snapshot *
make_snapshot(struct app *app, struct db *db, struct err *err)
{
    struct snapshot *snap = xcalloc(1, sizeof *snap);
    snap->arena = arena_new();
    bool ok = fill_areas(app, db, snap, err);
    for (size_t i = 0; ok && i < snap->n_areas; i++) {
        struct registry *r = arena_new_of(snap->arena, struct registry);
        ok = registry_load(db, snap->arena, snap->areas[i].id, r, err);
        snap->areas[i].registry = r;
        snap->areas[i].link_key = keyring_key(app->keys, snap->areas[i].id, "link");
        snap->areas[i].code_key = keyring_key(app->keys, snap->areas[i].id, "query-code");
    }
    if (ok)
        return snap;
    arena_free(snap->arena);
    free(snap);
    return NULL;
}

static void
free_snapshot(struct snapshot *s)
{
    if (!s)
        return;
    arena_free(s->arena);
    free(s);
}

/* A retired snapshot is freed when no request can hold it any more. */
static void
retire(struct app *app, struct snapshot *old)
{
    int64_t now = real_ms();
    size_t kept = 0;
    for (size_t i = 0; i < app->n_retired; i++) {
        if (now - app->retired[i]->retired_ms > RETIRED_KEEP_MS)
            free_snapshot(app->retired[i]);
        else
            app->retired[kept++] = app->retired[i];
    }
    app->n_retired = kept;
    if (!old)
        return;
    old->retired_ms = now;
    if (app->n_retired < RETIRED_MAX)
        app->retired[app->n_retired++] = old;
}

struct db *
app_reader_lock(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    return store_reader(app->store, -1);
}

void
app_reader_unlock(struct app *app)
{
    pthread_mutex_unlock(&app->lock);
}

void
app_reload(struct app *app)
{
    struct err err = {0};
    struct snapshot *fresh = make_snapshot(app, app_reader_lock(app), &err);
    if (fresh) {
        struct snapshot *old = atomic_exchange(&app->now, fresh);
        retire(app, old);
    } else
        log_error("reload_failed", "message=%s detail=%s", err.message, err.detail);
    app_reader_unlock(app);
}

/* A version published for a later day comes into force when that day begins, by itself. What another server changed comes here
 * when it has said so. */
static void
turn_schemes(struct app *app, instant now)
{
    const struct snapshot *s = app->now;
    int64_t news = store_news(app->store), seen = app->news_seen;
    bool is_news = news != seen && atomic_compare_exchange_strong(&app->news_seen, &seen, news); /* one of the loops loads */
    if (is_news || (s->turns_at && now >= s->turns_at))
        app_reload(app);
}

void
app_hear(struct app *app)
{
    db_version(app_reader_lock(app)); /* listens */
    app_reader_unlock(app);
    turn_schemes(app, app_now(app));
}

/* Ids must never repeat, also when the injected clock stands still across a restart. */
static void
raise_ids(struct app *app, struct db *db)
{
    static const enum sql_id used[] = {SQL_MAX_CASE_ID, SQL_MAX_DUTY_ID, SQL_MAX_NOTICE_ID, SQL_MAX_FILE_ID, SQL_MAX_COMPLAINT_ID, SQL_MAX_VISIT_ID, SQL_MAX_LEAVE_ID,
                                        SQL_MAX_SWAP_ID, SQL_MAX_SURVEY_ID};
    struct snapshot *snap = app->now;
    struct err err = {0};
    for (size_t i = 0; snap && i < snap->n_areas; i++)
        for (size_t k = 0; k < sizeof used / sizeof *used; k++)
            store_raise_id(app->store, db_int(db, used[k], DB_ARGS(V_INT(snap->areas[i].id)), 0, &err));
}

static bool
read_meta(struct db *db, const char *name, char *out, size_t size, struct err *err)
{
    struct rows r;
    out[0] = 0;
    if (!db_query(db, SQL_META_GET, &r, err, V_TEXT(str_of(name))))
        return false;
    if (rows_next(&r, err)) {
        struct str v = rows_text(&r, 0);
        size_t n = v.n < size - 1 ? v.n : size - 1;
        memcpy(out, v.p, n);
        out[n] = 0;
    }
    rows_end(&r);
    return true;
}

/* Two processes that both write to the embedded database would hand out the same ids and numbers; on a server database they may share
 * even the directory, and is_alone says whether they do. The lock ends with its process, however that
 * ends; the file says who holds it and stays. A directory that is not there is for the next step to report. */
static bool
take_lock(struct app *app, struct err *err)
{
    char path[4096], holder[16] = "";
    snprintf(path, sizeof path, "%s/lock", app->dir);
    app->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (app->lock_fd < 0)
        return errno == ENOENT || err_set(err, ERR_INTERNAL, "不能写 %s：%s", path, strerror(errno));
    bool is_shared = store_is_shared(app->dir);
    app->is_alone = flock(app->lock_fd, LOCK_EX | LOCK_NB) == 0;
    if (is_shared && flock(app->lock_fd, LOCK_SH | LOCK_NB) == 0)
        return true;
    if (app->is_alone) {
        snprintf(holder, sizeof holder, "%d\n", (int)getpid());
        return (ftruncate(app->lock_fd, 0) == 0 && pwrite(app->lock_fd, holder, strlen(holder), 0) > 0) ||
               err_set(err, ERR_INTERNAL, "不能写 %s：%s", path, strerror(errno));
    }
    ssize_t n = pread(app->lock_fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? strcspn(holder, "\n") : 0] = 0;
    return err_set(err, ERR_BUSY, "%s 正由另一个 shaodao 进程%s%s使用（多半是 serve）。一个目录同时只能有一个进程写入："
                   "先停下它，再运行这个命令。", app->dir, holder[0] ? " " : "", holder);
}

static bool
open_parts(struct app *app, struct err *err)
{
    if (app->opt.is_writer && !take_lock(app, err))
        return false;
    struct store_options so = {.dir = app->dir, .n_readers = app->opt.n_readers, .is_bulk = app->opt.is_bulk};
    if (!(app->keys = keyring_open(app->dir, err)) || !(app->store = store_open(&so, err)))
        return false;
    struct db *db = store_reader(app->store, -1);
    char kind[16];
    if (!keyring_load(app->keys, db, err) || !read_meta(db, "kind", kind, sizeof kind, err))
        return false;
    app->is_demo = strcmp(kind, "demo") == 0 || strcmp(kind, "test") == 0;
    if (app->clock_file && !app->is_demo)
        return err_set(err, ERR_USAGE, "--clock-file 只能用于 demo 或 init --test 建立的目录。");
    struct snapshot *snap = make_snapshot(app, db, err);
    if (!snap)
        return false;
    app->now = snap;
    raise_ids(app, db);
    return snap->n_areas > 0 || err_set(err, ERR_NOT_FOUND, "目录里还没有发布任何工作方案。");
}

struct app *
app_open(const struct app_options *opt, struct err *err)
{
    struct app *app = xcalloc(1, sizeof *app);
    app->opt = *opt;
    app->lock_fd = -1;
    app->dir = xstrdup(opt->dir);
    app->clock_file = opt->clock_file ? xstrdup(opt->clock_file) : NULL;
    app->schemes = arena_new();
    pthread_mutex_init(&app->lock, NULL);
    pthread_mutex_init(&app->clock_lock, NULL);
    if (open_parts(app, err))
        return app;
    app_close(app);
    return NULL;
}

void
app_finish(struct app *app)
{
    thinker_stop(app->thinker); /* before the writer, to which it gives */
    app->thinker = NULL;
    store_stop(app->store);
}

void
app_close(struct app *app)
{
    if (!app)
        return;
    app_finish(app);
    store_close(app->store);
    free_snapshot(app->now);
    for (size_t i = 0; i < app->n_retired; i++)
        free_snapshot(app->retired[i]);
    keyring_free(app->keys);
    arena_free(app->schemes);
    if (app->lock_fd >= 0)
        close(app->lock_fd); /* last: nothing writes any more */
    pthread_mutex_destroy(&app->lock);
    pthread_mutex_destroy(&app->clock_lock);
    free(app->clock_file);
    free(app->dir);
    free(app);
}

struct store *
app_store(struct app *app)
{
    return app->store;
}

struct thinker *
app_thinker(struct app *app)
{
    return app->thinker;
}

bool
app_start_thinker(struct app *app, struct err *err)
{
    app->thinker = thinker_start(err);
    return app->thinker != NULL;
}

bool
app_is_alone(struct app *app)
{
    return app->is_alone;
}

struct keyring *
app_keys(struct app *app)
{
    return app->keys;
}

const char *
app_dir(struct app *app)
{
    return app->dir;
}

bool
app_is_demo(struct app *app)
{
    return app->is_demo;
}

bool
app_has_clock_file(struct app *app)
{
    return app->clock_file != NULL;
}

struct pw_helper *
app_passwords(struct app *app)
{
    return app->passwords;
}

struct image_pool *
app_images(struct app *app)
{
    return app->images;
}

void
app_set_helpers(struct app *app, struct pw_helper *passwords, struct image_pool *images)
{
    app->passwords = passwords;
    app->images = images;
}

/* Time that goes backwards is not believed: the latest moment seen stands. */
instant
app_now(struct app *app)
{
    if (app->set_now)
        return app->set_now;
    if (!app->clock_file)
        return real_ms();
    char text[64];
    int fd = open(app->clock_file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0)
        close(fd);
    instant at = 0;
    if (n > 0 && moment_parse(str_trim((struct str){text, (size_t)n}), &at) && at > app->latest)
        app->latest = at;
    return app->latest ? app->latest : real_ms();
}

void
app_set_now(struct app *app, instant now)
{
    app->set_now = now;
}

const struct area *
app_area(struct app *app, int64_t id)
{
    struct snapshot *s = app->now;
    for (size_t i = 0; i < s->n_areas; i++)
        if (!id || s->areas[i].id == id)
            return &s->areas[i];
    return NULL;
}

size_t
app_areas(struct app *app, const struct area **out, size_t max)
{
    struct snapshot *s = app->now;
    size_t n = s->n_areas < max ? s->n_areas : max;
    for (size_t i = 0; i < n; i++)
        out[i] = &s->areas[i];
    return n;
}

const struct scheme *
area_scheme(const struct area *area, int64_t version)
{
    if (version >= 1 && version <= area->n_versions && area->versions[version - 1])
        return area->versions[version - 1];
    return area->scheme;
}

/* Callers */

/* Posts of those who handed over to this person count as his own while the delegation stands. */
static void
add_delegated(struct db *db, const struct area *area, int32_t today, struct caller *out)
{
    struct rows r;
    struct err err = {0};
    if (!db_query(db, SQL_DELEGATIONS_TO, &r, &err, V_INT(area->id), V_INT(out->person)))
        return;
    while (rows_next(&r, &err)) {
        int64_t until = rows_int(&r, 1);
        if (!until || until >= today)
            out->n_postings += registry_postings_even_away(area->registry, rows_int(&r, 0), today, out->postings + out->n_postings,
                                                           ACTOR_POSTINGS_MAX - out->n_postings);
    }
}

void
caller_staff(struct app *app, struct db *db, const struct area *area, int64_t person, struct caller *out)
{
    int32_t today = day_of(app_now(app));
    *out = (struct caller){.area = area, .person = person};
    out->n_postings = registry_postings(area->registry, person, today, out->postings, ACTOR_POSTINGS_MAX);
    if (db)
        add_delegated(db, area, today, out);
}

bool
caller_rests(const struct area *area, int32_t today, struct caller *who)
{
    if (who->n_postings)
        return false;
    who->n_postings = registry_postings_even_away(area->registry, who->person, today, who->postings, ACTOR_POSTINGS_MAX);
    who->is_away = who->n_postings > 0;
    return who->is_away;
}

struct actor
caller_actor(const struct caller *who)
{
    struct actor a = {.person = who->person, .role = ROLE_RESIDENT, .is_reporter = who->reporter_of != 0, .is_away = who->is_away};
    a.n_postings = who->n_postings;
    memcpy(a.postings, who->postings, sizeof a.postings);
    if (who->n_postings) {
        a.role = who->postings[0]->role;
        a.org = who->postings[0]->org;
    }
    return a;
}

bool
caller_has(const struct caller *who, uint64_t roles)
{
    for (size_t i = 0; i < who->n_postings; i++)
        if (roles & ROLE_BIT(who->postings[i]->role))
            return true;
    return false;
}

/* For the duty clock (duty_clock.c), which runs once at a time. */

void
app_clock_lock(struct app *app)
{
    pthread_mutex_lock(&app->clock_lock);
}

void
app_clock_unlock(struct app *app)
{
    pthread_mutex_unlock(&app->clock_lock);
}

void
app_turn_schemes(struct app *app, instant now)
{
    turn_schemes(app, now);
}

instant
app_schemes_turn_at(struct app *app)
{
    return ((const struct snapshot *)app->now)->turns_at;
}
