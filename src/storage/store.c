/* The writer thread with group commit, the readers, and the engine-neutral calls of store.h. */
#include "store.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "driver.h"
#include "limits.h"
#include "log.h"

enum { CHECKPOINT_AFTER = 2000 /* jobs */, IDLE_CHECKPOINT_S = 2 };

struct store {
    struct store_options opt;
    struct db *writer;
    struct db **readers;
    int n_readers;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *head, **tail;
    size_t queued;
    bool is_stopping;
    int64_t last_id; /* under lock */
    _Atomic int64_t data_version;
    _Atomic int64_t commits, jobs, conflicts, failures;
};

/* Engine-neutral calls */

bool
db_exec_n(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    return db->driver->exec(db, id, args, n, err);
}

int64_t
db_changes(struct db *db)
{
    return db->changes;
}

bool
db_query_n(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err)
{
    return db->driver->query(db, id, args, n, rows, err);
}

bool
rows_next(struct rows *r, struct err *err)
{
    return r->db->driver->next(r, err);
}

int64_t
rows_int(const struct rows *r, int column)
{
    return r->db->driver->get_int(r, column);
}

double
rows_real(const struct rows *r, int column)
{
    return r->db->driver->get_real(r, column);
}

struct str
rows_text(const struct rows *r, int column)
{
    return r->db->driver->get_text(r, column);
}

bool
rows_null(const struct rows *r, int column)
{
    return r->db->driver->is_null(r, column);
}

void
rows_end(struct rows *r)
{
    r->db->driver->end(r);
}

int64_t
db_int(struct db *db, enum sql_id id, const struct value *args, size_t n, int64_t otherwise, struct err *err)
{
    struct rows r;
    if (!db_query_n(db, id, args, n, &r, err))
        return otherwise;
    int64_t v = rows_next(&r, err) ? rows_int(&r, 0) : otherwise;
    rows_end(&r);
    return v;
}

bool
db_read_begin(struct db *db, struct err *err)
{
    if (db->is_writer || db->read_depth++ > 0)
        return true;
    return db->driver->script(db, "BEGIN", err);
}

void
db_read_end(struct db *db)
{
    if (db->is_writer || --db->read_depth > 0)
        return;
    db->driver->script(db, "COMMIT", NULL);
}

uint32_t
db_version(struct db *db)
{
    return db->driver->version(db);
}

/* The writer */

static bool
apply_job(struct store *s, struct job *job)
{
    job->err = (struct err){0};
    if (job->apply(s->writer, job, &job->err))
        return true;
    return job->err.kind == ERR_NONE ? err_set(&job->err, ERR_INTERNAL, "内部错误，已记录。") : false;
}

/* Runs one job inside its own savepoint, so that a refusal undoes only itself. */
static void
run_job(struct store *s, struct job *job)
{
    const struct driver *drv = s->writer->driver;
    struct err err = {0};
    bool has_savepoint = drv->script(s->writer, "SAVEPOINT job", &err);
    if (has_savepoint && apply_job(s, job) && drv->script(s->writer, "RELEASE job", &err))
        return;
    if (err.kind != ERR_NONE)
        job->err = err;
    drv->script(s->writer, "ROLLBACK TO job", NULL);
    drv->script(s->writer, "RELEASE job", NULL);
}

/* Nearly always every job of a batch goes through, and a savepoint would copy every page that it touches; so the batch runs
 * without any. When one job fails, all is rolled back and the batch runs again, each job in a savepoint of its own. */
static bool
run_batch(struct store *s, struct job *first, struct err *err)
{
    const struct driver *drv = s->writer->driver;
    if (!drv->script(s->writer, "BEGIN IMMEDIATE", err))
        return false;
    struct job *job = first;
    while (job && apply_job(s, job))
        job = job->next;
    if (job) { /* it failed */
        drv->script(s->writer, "ROLLBACK", NULL);
        if (!first->next) /* it was alone: nothing is left to do */
            return true;
        if (!drv->script(s->writer, "BEGIN IMMEDIATE", err))
            return false;
        for (struct job *j = first; j; j = j->next)
            run_job(s, j);
    }
    if (drv->script(s->writer, "COMMIT", err))
        return true;
    drv->script(s->writer, "ROLLBACK", NULL);
    return false;
}

/* A conflict asks for a new decision: against the committed state, outside of the transaction. */
static bool
decide_again(struct store *s, struct job *job)
{
    if (job->err.kind != ERR_CONFLICT || !job->again || job->tries >= LIMIT_CONFLICT_TRIES)
        return false;
    job->tries++;
    s->conflicts++;
    struct err err = {0};
    if (job->again(s->writer, job, &err))
        return true;
    job->err = err;
    return false;
}

static void
finish(struct store *s, struct job *first, bool committed)
{
    while (first) {
        struct job *job = first;
        first = job->next;
        job->next = NULL;
        if (!committed && job->err.kind == ERR_NONE)
            err_set(&job->err, ERR_UNKNOWN, "没能确认是否保存成功，请用同一次提交再试。");
        while (committed && decide_again(s, job)) { /* rare: alone, in a transaction of its own */
            const struct driver *drv = s->writer->driver;
            drv->script(s->writer, "BEGIN IMMEDIATE", NULL);
            run_job(s, job);
            struct err commit = {0};
            if (!drv->script(s->writer, "COMMIT", &commit)) {
                job->err = commit;
                drv->script(s->writer, "ROLLBACK", NULL);
            }
        }
        if (job->err.kind != ERR_NONE)
            s->failures++;
        job->done(job);
    }
}

static struct job *
take_all(struct store *s, bool *stop)
{
    pthread_mutex_lock(&s->lock);
    while (!s->head && !s->is_stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += IDLE_CHECKPOINT_S;
        if (pthread_cond_timedwait(&s->wake, &s->lock, &until) != 0 && !s->head)
            break;
    }
    struct job *first = s->head;
    s->head = NULL;
    s->tail = &s->head;
    s->queued = 0;
    *stop = s->is_stopping && !first;
    pthread_mutex_unlock(&s->lock);
    return first;
}

static void *
writer_loop(void *arg)
{
    struct store *s = arg;
    const struct driver *drv = s->writer->driver;
    int64_t since_checkpoint = 0;
    for (bool stop = false;;) {
        struct job *first = take_all(s, &stop);
        if (stop)
            break;
        if (!first) { /* idle: fold the log back in, so that restarts are quick */
            if (since_checkpoint)
                drv->checkpoint(s->writer);
            since_checkpoint = 0;
            continue;
        }
        struct err err = {0};
        bool committed = run_batch(s, first, &err);
        for (const struct job *job = first; job; job = job->next) {
            since_checkpoint++;
            s->jobs++;
        }
        if (!committed)
            log_error("commit_failed", "detail=%s", err.detail);
        s->commits++;
        finish(s, first, committed);
        if (since_checkpoint >= CHECKPOINT_AFTER && !s->opt.is_bulk) {
            drv->checkpoint(s->writer);
            since_checkpoint = 0;
        }
    }
    drv->checkpoint(s->writer);
    return NULL;
}

bool
store_submit(struct store *s, struct job *job, struct err *err)
{
    pthread_mutex_lock(&s->lock);
    bool is_full = s->queued >= LIMIT_WRITE_QUEUE || s->is_stopping;
    if (!is_full) {
        job->next = NULL;
        *s->tail = job;
        s->tail = &job->next;
        if (s->queued++ == 0)
            pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->lock);
    return !is_full || err_set(err, ERR_BUSY, "现在太忙，请过几秒再试；您填的内容没有丢。");
}

struct waiter {
    struct job job;
    struct job *inner;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool is_done;
};

static bool
waiter_apply(struct db *db, struct job *job, struct err *err)
{
    struct waiter *w = (struct waiter *)job;
    return w->inner->apply(db, w->inner, err);
}

static bool
waiter_again(struct db *db, struct job *job, struct err *err)
{
    struct waiter *w = (struct waiter *)job;
    return w->inner->again(db, w->inner, err);
}

static void
waiter_done(struct job *job)
{
    struct waiter *w = (struct waiter *)job;
    pthread_mutex_lock(&w->lock);
    w->is_done = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

bool
store_run(struct store *s, struct job *job, struct err *err)
{
    struct waiter w = {.job = {.apply = waiter_apply, .done = waiter_done, .again = job->again ? waiter_again : NULL},
                       .inner = job, .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    if (!store_submit(s, &w.job, err))
        return false;
    pthread_mutex_lock(&w.lock);
    while (!w.is_done)
        pthread_cond_wait(&w.cond, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.cond);
    job->err = w.job.err;
    if (job->err.kind != ERR_NONE && err)
        *err = job->err;
    return job->err.kind == ERR_NONE;
}

/* Opening and closing */

static bool
migrate(struct db *db, struct err *err)
{
    int done = 0;
    if (!db->driver->migrated(db, &done, err))
        return false;
    if (done > migration_count)
        return err_set(err, ERR_PRECONDITION, "数据库来自更新的版本（%d），请换用新程序。", done);
    for (int i = 0; i < migration_count; i++) {
        if (migrations[i].number <= done)
            continue;
        char mark[64];
        snprintf(mark, sizeof mark, "PRAGMA user_version = %d", migrations[i].number);
        if (!db->driver->script(db, "BEGIN IMMEDIATE", err))
            return false;
        if (!db->driver->script(db, migrations[i].sqlite, err) || !db->driver->script(db, mark, err) ||
            !db->driver->script(db, "COMMIT", err)) {
            db->driver->script(db, "ROLLBACK", NULL);
            return false;
        }
    }
    return true;
}

static bool
open_all(struct store *s, struct err *err)
{
    const struct driver *drv = &driver_sqlite;
    if (s->opt.database)
        return err_set(err, ERR_USAGE, "这个版本只有内嵌数据库；PostgreSQL 尚未提供。");
    s->writer = drv->open(&s->opt, true, err);
    if (!s->writer || !migrate(s->writer, err) || !driver_prepare(s->writer, err))
        return false;
    s->n_readers = s->opt.n_readers + 1;
    s->readers = xcalloc((size_t)s->n_readers, sizeof *s->readers);
    for (int i = 0; i < s->n_readers; i++) {
        s->readers[i] = drv->open(&s->opt, false, err);
        if (!s->readers[i]) /* statements are prepared as they are used: the writer has shown that all can be */
            return false;
    }
    return true;
}

struct store *
store_open(const struct store_options *opt, struct err *err)
{
    struct store *s = xcalloc(1, sizeof *s);
    s->opt = *opt;
    s->tail = &s->head;
    s->data_version = 1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    if (!open_all(s, err) || pthread_create(&s->thread, NULL, writer_loop, s) != 0) {
        if (err && err->kind == ERR_NONE)
            err_set(err, ERR_INTERNAL, "不能启动写入线程。");
        store_close(s);
        return NULL;
    }
    s->is_running = true;
    return s;
}

void
store_stop(struct store *s)
{
    if (!s || !s->is_running)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    s->is_running = false;
}

void
store_close(struct store *s)
{
    if (!s)
        return;
    store_stop(s);
    for (int i = 0; i < s->n_readers && s->readers; i++)
        driver_sqlite.close(s->readers[i]);
    free(s->readers);
    driver_sqlite.close(s->writer);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    free(s);
}

struct db *
store_reader(struct store *s, int loop)
{
    return s->readers[loop < 0 || loop >= s->n_readers - 1 ? s->n_readers - 1 : loop];
}

int64_t
store_first_id(int64_t ms)
{
    const int64_t epoch = INT64_C(1577836800000); /* 2020-01-01 */
    return (ms > epoch ? ms - epoch : 0) / 16 << 17;
}

int64_t
store_new_id(struct store *s, int64_t now_ms)
{
    int64_t base = store_first_id(now_ms);
    pthread_mutex_lock(&s->lock);
    s->last_id = base > s->last_id ? base : s->last_id + 1;
    int64_t id = s->last_id;
    pthread_mutex_unlock(&s->lock);
    return id;
}

void
store_raise_id(struct store *s, int64_t used)
{
    pthread_mutex_lock(&s->lock);
    if (used > s->last_id)
        s->last_id = used;
    pthread_mutex_unlock(&s->lock);
}

void
store_statistics(struct store *s, struct store_stats *out)
{
    pthread_mutex_lock(&s->lock);
    int64_t queued = (int64_t)s->queued;
    pthread_mutex_unlock(&s->lock);
    *out = (struct store_stats){.commits = s->commits, .jobs = s->jobs, .conflicts = s->conflicts,
                                .failures = s->failures, .queue = queued};
}

int64_t
store_data_version(struct store *s)
{
    return s->data_version;
}

void
store_data_changed(struct store *s)
{
    s->data_version++;
}
