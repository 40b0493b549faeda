/* The writer thread with group commit, the readers, and the engine-neutral calls of store.h. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "limits.h"
#include "log.h"

enum { CHECKPOINT_AFTER = 2000 /* jobs */, IDLE_S = 2, TELL_MS = 250, PATIENCE_MS = 20000 /* with a database that is not there */ };
enum { SERVER_BITS = 5, ID_BITS = 17, NODE_LOCK = 0x5da00000, KEEPER_LOCK = 0x5da10000 };

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
    int node_bits, node; /* of ids, when several servers share the database */
    int64_t told_at, told_commits; /* when the other servers were last told, and of how many */
    int64_t asked_at; /* for the office of keeper */
    int64_t batch;   /* number of the batch being saved: the mark that says whether it was */
    _Atomic bool is_keeper, has_news; /* news: for the other servers */
    _Atomic int64_t data_version, news;
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
    return db->driver->changes(db, NULL);
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
    if ((!db->driver->ready || db->driver->ready(db, err)) && db->driver->control(db, TX_READ, err))
        return true;
    db->read_depth--;
    return false;
}

void
db_read_end(struct db *db)
{
    if (db->is_writer || --db->read_depth > 0)
        return;
    db->driver->control(db, TX_READ_END, NULL);
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
    bool has_mark = drv->control(s->writer, TX_MARK, &err);
    if (has_mark && apply_job(s, job) && drv->settle(s->writer, &err) && drv->control(s->writer, TX_KEEP, &err))
        return;
    if (err.kind != ERR_NONE)
        job->err = err;
    drv->control(s->writer, TX_UNDO, NULL);
}

/* What became of a batch: saved, with the refusals of single jobs in them; or not, with err. In doubt: the answer to the COMMIT was lost. */
enum outcome { SAVED, NOT_SAVED, IN_DOUBT };

/* Each server has a row with the number of its last saved batch, so that a COMMIT whose answer was lost is no riddle: the row is
 * locked by whoever still works on it, and says it afterwards. */
static bool
begin_batch(struct store *s, bool is_in_doubt, bool *was_saved, struct err *err)
{
    const struct driver *drv = s->writer->driver;
    *was_saved = false;
    if (!drv->control(s->writer, TX_WRITE, err))
        return false;
    if (!drv->lock)
        return true;
    if (is_in_doubt) {
        int64_t last = db_int(s->writer, SQL_SERVER_BATCH, DB_ARGS(V_INT(s->node)), -1, err);
        *was_saved = last == s->batch;
        if (*was_saved) /* with a COMMIT, which waits for a standby as the lost one should have */
            return drv->control(s->writer, TX_COMMIT, err);
        if (last < 0) {
            drv->control(s->writer, TX_ROLLBACK, NULL);
            return false;
        }
    }
    return db_exec(s->writer, SQL_SERVER_MARK, err, V_INT(s->batch), V_INT(s->node));
}

/* Nearly always every job of a batch goes through, and a savepoint would copy every page that it touches; so the batch runs
 * without any. When one job fails, all is rolled back and the batch runs again, each job in a savepoint of its own. */
static enum outcome
try_batch(struct store *s, struct job *first, bool is_in_doubt, struct err *err)
{
    const struct driver *drv = s->writer->driver;
    bool was_saved;
    if (!begin_batch(s, is_in_doubt, &was_saved, err))
        return is_in_doubt ? IN_DOUBT : NOT_SAVED;
    if (was_saved)
        return SAVED;
    struct job *job = first;
    while (job && apply_job(s, job))
        job = job->next;
    bool is_late = !job && !drv->settle(s->writer, err); /* somebody's failure came out only now */
    if (job || is_late) {
        if (is_late && !first->next)
            first->err = *err;
        *err = (struct err){0};
        bool is_hopeless = s->writer->is_lost || s->writer->is_transient;
        drv->control(s->writer, TX_ROLLBACK, NULL);
        if (is_hopeless)
            return err_set(err, ERR_BUSY, "现在连不上数据库，请稍后再试。"), NOT_SAVED;
        if (!first->next) /* it was alone: nothing is left to do */
            return SAVED;
        if (!begin_batch(s, false, &was_saved, err))
            return NOT_SAVED;
        for (struct job *j = first; j; j = j->next)
            run_job(s, j);
    }
    if (drv->control(s->writer, TX_COMMIT, err))
        return SAVED;
    if (s->writer->is_lost)
        return IN_DOUBT;
    drv->control(s->writer, TX_ROLLBACK, NULL);
    return NOT_SAVED;
}

static int64_t
monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
nap(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* The lock of this server's number, and of the office of keeper: both live as long as the connection. */
static bool
take_locks(struct store *s, struct err *err)
{
    const struct driver *drv = s->writer->driver;
    if (!drv->lock)
        return true;
    for (int i = 0; i < 1 << SERVER_BITS; i++) {
        int node = (s->node + i) % (1 << SERVER_BITS); /* first the one it had */
        if (!drv->lock(s->writer, NODE_LOCK + node))
            continue;
        s->node = node;
        s->is_keeper = drv->lock(s->writer, KEEPER_LOCK);
        return db_exec(s->writer, SQL_SERVER_ADD, err, V_INT(node)) && drv->settle(s->writer, err);
    }
    return err_set(err, ERR_BUSY, "这个数据库上已经有 %d 个服务器。", 1 << SERVER_BITS);
}

/* The connection is there, again if need be. A new one has lost its locks, so the old number can be somebody else's: then a batch in
 * doubt cannot be cleared up any more. */
static bool
is_ready(struct store *s, bool *is_in_doubt, struct err *err)
{
    const struct driver *drv = s->writer->driver;
    bool was_lost = s->writer->is_lost;
    int node = s->node;
    if (!drv->ready || !was_lost)
        return true;
    s->is_keeper = false;
    if (!drv->ready(s->writer, err) || !take_locks(s, err))
        return false;
    log_event("database_again", "node=%d", s->node);
    return node == s->node || !*is_in_doubt || err_set(err, ERR_UNKNOWN, "没能确认是否保存成功，请用同一次提交再试。");
}

static bool
run_batch(struct store *s, struct job *first, struct err *err)
{
    int64_t until = monotonic_ms() + PATIENCE_MS, wait = 20;
    bool is_in_doubt = false;
    s->batch++;
    for (int tries = 0;; tries++) {
        *err = (struct err){0};
        enum outcome o = is_in_doubt ? IN_DOUBT : NOT_SAVED;
        if (is_ready(s, &is_in_doubt, err))
            o = try_batch(s, first, is_in_doubt, err);
        is_in_doubt = o == IN_DOUBT;
        if (o == SAVED)
            return true;
        bool is_worth_it = s->writer->is_lost || (s->writer->is_transient && tries < LIMIT_CONFLICT_TRIES);
        if (!is_worth_it || monotonic_ms() > until || err->kind == ERR_UNKNOWN)
            break;
        nap(wait);
        wait = wait < 500 ? wait * 2 : wait;
    }
    for (struct job *job = first; job; job = job->next)
        job->err = (struct err){0}; /* what they said last was about a state that is gone */
    if (is_in_doubt)
        err_set(err, ERR_UNKNOWN, "没能确认是否保存成功，请用同一次提交再试。");
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
finish(struct store *s, struct job *first, bool committed, const struct err *why)
{
    while (first) {
        struct job *job = first;
        first = job->next;
        job->next = NULL;
        if (!committed && job->err.kind == ERR_NONE) {
            if (why->kind == ERR_BUSY)
                job->err = *why;
            else
                err_set(&job->err, ERR_UNKNOWN, "没能确认是否保存成功，请用同一次提交再试。");
        }
        while (committed && decide_again(s, job)) { /* rare: alone, in a transaction of its own */
            struct err commit = {0};
            if (!run_batch(s, job, &commit))
                job->err = commit;
        }
        if (job->err.kind != ERR_NONE)
            s->failures++;
        job->done(job);
    }
}

static struct timespec
later(struct timespec t, int64_t ms)
{
    t.tv_nsec += ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static struct job *
take_all(struct store *s, bool *stop)
{
    pthread_mutex_lock(&s->lock);
    while (!s->head && !s->is_stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        if (s->node_bits && s->told_commits != s->commits)
            until = later(until, TELL_MS);
        else
            until.tv_sec += IDLE_S;
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

/* Now and then, and after each batch: is the office of keeper free, is there something that the other servers should know. */
static void
look_after(struct store *s)
{
    const struct driver *drv = s->writer->driver;
    struct err err = {0};
    bool is_in_doubt = false;
    if (!drv->lock || !is_ready(s, &is_in_doubt, &err))
        return;
    int64_t now = monotonic_ms();
    bool is_data = atomic_exchange(&s->has_news, false);
    if (is_data || (s->told_commits != s->commits && now - s->told_at >= TELL_MS)) {
        s->told_commits = s->commits;
        s->told_at = now;
        if (!drv->tell(s->writer, is_data, &err))
            s->has_news = is_data;
    }
    if (!s->is_keeper && now - s->asked_at >= IDLE_S * 1000) {
        s->asked_at = now;
        s->is_keeper = drv->lock(s->writer, KEEPER_LOCK);
        if (s->is_keeper)
            log_event("keeper", "node=%d", s->node);
    }
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
            look_after(s);
            continue;
        }
        struct err err = {0};
        bool committed = run_batch(s, first, &err);
        for (const struct job *job = first; job; job = job->next) {
            since_checkpoint++;
            s->jobs++;
        }
        if (!committed)
            log_error("commit_failed", "message=%s detail=%s", err.message, err.detail);
        s->commits++;
        finish(s, first, committed, &err);
        look_after(s);
        if (since_checkpoint >= CHECKPOINT_AFTER && !s->opt.is_bulk) {
            drv->checkpoint(s->writer);
            since_checkpoint = 0;
        }
    }
    look_after(s);
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
    for (int i = 0; i < migration_count; i++)
        if (migrations[i].number > done && !db->driver->migrate(db, &migrations[i], err))
            return false;
    return true;
}

static void
database_path(char *path, size_t size, const char *dir)
{
    snprintf(path, size, "%s/database", dir);
}

const char *
store_database_of(struct arena *a, const char *dir)
{
    char path[4096], line[2048] = "";
    database_path(path, sizeof path, dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return NULL;
    line[strcspn(line, "\r\n")] = 0;
    return *line ? arena_printf(a, "%s", line) : NULL;
}

bool
store_is_shared(const char *dir)
{
    struct arena *a = arena_new();
    bool is_shared = store_database_of(a, dir) != NULL;
    arena_free(a);
    return is_shared;
}

bool
store_database_set(const char *dir, const char *database, struct err *err)
{
    char path[4096];
    database_path(path, sizeof path, dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, database, strlen(database)) == (ssize_t)strlen(database) && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok || err_set(err, ERR_INTERNAL, "不能写 %s：%s", path, strerror(errno));
}

static struct db *
open_one(struct store *s, const struct driver *drv, bool is_writer, struct err *err)
{
    struct db *db = drv->open(&s->opt, is_writer, err);
    if (db) {
        db->news = &s->news;
        db->commits = &s->commits;
    }
    return db;
}

static bool
open_all(struct store *s, struct err *err)
{
    struct arena *a = arena_new();
    if (!s->opt.database)
        s->opt.database = store_database_of(a, s->opt.dir);
    const struct driver *drv = s->opt.database ? &driver_postgres : &driver_sqlite;
    s->node_bits = s->opt.database ? SERVER_BITS : 0;
    s->writer = open_one(s, drv, true, err);
    bool ok = s->writer && migrate(s->writer, err) && drv->prepare(s->writer, err) && take_locks(s, err);
    s->n_readers = s->opt.n_readers + 1;
    s->readers = xcalloc((size_t)s->n_readers, sizeof *s->readers);
    for (int i = 0; ok && i < s->n_readers; i++) /* statements are prepared as they are used: the writer has shown that all can be */
        ok = (s->readers[i] = open_one(s, drv, false, err)) != NULL;
    s->opt.database = NULL; /* the driver keeps what it needs */
    arena_free(a);
    return ok;
}

struct store *
store_open(const struct store_options *opt, struct err *err)
{
    struct store *s = xcalloc(1, sizeof *s);
    s->opt = *opt;
    s->tail = &s->head;
    s->data_version = 1;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    s->batch = (int64_t)now.tv_sec * 1000000; /* not the number of a batch before this start */
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
        if (s->readers[i])
            s->readers[i]->driver->close(s->readers[i]);
    free(s->readers);
    if (s->writer)
        s->writer->driver->close(s->writer);
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

/* Steps of 16 ms, then which server, then a counter. A counter that is used up goes on in the next step. */
int64_t
store_new_id(struct store *s, int64_t now_ms)
{
    int64_t base = store_first_id(now_ms), counter = INT64_C(1) << (ID_BITS - s->node_bits), step = INT64_C(1) << ID_BITS;
    pthread_mutex_lock(&s->lock);
    int64_t first = base + s->node * counter, next = s->last_id + 1;
    if (s->node_bits && next % step / counter != s->node) { /* used up, or told of another server's */
        next = s->last_id / step * step + s->node * counter;
        next += next <= s->last_id ? step : 0;
    }
    s->last_id = first > s->last_id ? first : next;
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
    return s->data_version + s->news;
}

int64_t
store_news(struct store *s)
{
    return s->news;
}

void
store_data_changed(struct store *s)
{
    s->data_version++;
    s->has_news = true; /* look_after sends it on: this is called when a batch has been saved, from its done or after it */
}

bool
store_is_keeper(struct store *s)
{
    return !s->node_bits || s->is_keeper;
}
