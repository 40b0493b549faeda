/* The embedded engine: SQLite, WAL, full sync, one writer connection and one reader per loop. */
#include "driver.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "log.h"

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    sqlite3_stmt *statements[SQL_COUNT]; /* prepared at first use after open; driver_prepare does all */
    sqlite3_stmt *version, *controls[TX_CONTROLS];
};

static struct sqlite_db *
of(const struct db *db)
{
    return (struct sqlite_db *)(uintptr_t)db;
}

/* On the write path a broken disk or file means that nobody knows what is true: end, let the supervisor restart, and let
 * idempotency keys tell (docs/security.md). */
static bool
fail(struct db *db, int code, const char *what, struct err *err)
{
    sqlite3 *h = of(db)->handle;
    int extended = sqlite3_extended_errcode(h), primary = code & 0xff;
    if (db->is_writer && (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)) {
        log_error("storage_broken", "what=%s code=%d message=%s", what, extended, sqlite3_errmsg(h));
        _exit(74);
    }
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
        err_set(err, ERR_CONFLICT, "数据刚被别人改过，请再试一次。");
    else if (primary == SQLITE_FULL)
        err_set(err, ERR_BUSY, "磁盘已满，暂时不能保存；已有内容不受影响。");
    else if (primary == SQLITE_BUSY || primary == SQLITE_INTERRUPT)
        err_set(err, ERR_BUSY, "系统正忙，请稍后再试。");
    else
        err_set(err, ERR_INTERNAL, "内部错误，已记录。");
    return err_detail(err, "%s: %s (%d)", what, sqlite3_errmsg(h), extended);
}

static bool
script(struct db *db, const char *sql, struct err *err)
{
    int rc = sqlite3_exec(of(db)->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK || fail(db, rc, sql, err);
}

static bool
control(struct db *db, enum control what, struct err *err)
{
    static const char *const words[TX_CONTROLS] = {
        [TX_WRITE] = "BEGIN IMMEDIATE", [TX_COMMIT] = "COMMIT", [TX_ROLLBACK] = "ROLLBACK", [TX_MARK] = "SAVEPOINT job",
        [TX_KEEP] = "RELEASE job", [TX_UNDO] = "ROLLBACK TO job", [TX_READ] = "BEGIN", [TX_READ_END] = "COMMIT"};
    sqlite3_stmt **st = &of(db)->controls[what];
    int rc = *st ? SQLITE_OK : sqlite3_prepare_v3(of(db)->handle, words[what], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(*st);
        sqlite3_reset(*st);
    }
    if (rc != SQLITE_OK && rc != SQLITE_DONE)
        return fail(db, rc, words[what], err);
    return what != TX_UNDO || control(db, TX_KEEP, err);
}

static sqlite3_stmt *
statement(struct db *db, enum sql_id id, struct err *err)
{
    struct sqlite_db *d = of(db);
    if (d->statements[id])
        return d->statements[id];
    int rc = sqlite3_prepare_v3(d->handle, sql_texts[id].sqlite, -1, SQLITE_PREPARE_PERSISTENT, &d->statements[id], NULL);
    if (rc != SQLITE_OK) {
        fail(db, rc, sql_texts[id].name, err);
        return NULL;
    }
    return d->statements[id];
}

/* $n are numbered by first appearance, which the generator has made the order of the arguments. */
static bool
bind(struct db *db, sqlite3_stmt *st, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    if ((int)n != sql_texts[id].n_params) {
        err_set(err, ERR_INTERNAL, "内部错误，已记录。");
        return err_detail(err, "%s: %zu values for %d parameters", sql_texts[id].name, n, sql_texts[id].n_params);
    }
    for (size_t i = 0; i < n; i++) {
        int at = (int)i + 1, rc = SQLITE_OK;
        const struct value *v = &args[i];
        const char *p = v->s.p ? v->s.p : "";
        switch (v->kind) {
        case VALUE_NULL: rc = sqlite3_bind_null(st, at); break;
        case VALUE_INT: rc = sqlite3_bind_int64(st, at, v->i); break;
        case VALUE_REAL: rc = sqlite3_bind_double(st, at, v->r); break;
        case VALUE_TEXT: rc = sqlite3_bind_text64(st, at, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8); break;
        case VALUE_BYTES: rc = sqlite3_bind_blob64(st, at, p, v->s.n, SQLITE_STATIC); break;
        }
        if (rc != SQLITE_OK)
            return fail(db, rc, sql_texts[id].name, err);
    }
    return true;
}

static bool
exec(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    sqlite3_stmt *st = statement(db, id, err);
    if (!st || !bind(db, st, id, args, n, err))
        return false;
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        ;
    bool ok = rc == SQLITE_DONE || fail(db, rc, sql_texts[id].name, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    db->changes = sqlite3_changes64(of(db)->handle);
    return ok;
}

static int64_t
changes(struct db *db, struct err *err)
{
    (void)err;
    return db->changes;
}

/* Whatever exec was asked for is done when it answers. */
static bool
settle(struct db *db, struct err *err)
{
    (void)db, (void)err;
    return true;
}

static bool
query(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err)
{
    *rows = (struct rows){.db = db, .id = id};
    sqlite3_stmt *st = statement(db, id, err);
    if (!st)
        return false;
    if (sqlite3_stmt_busy(st)) { /* a caller left early without rows_end */
        sqlite3_reset(st);
    }
    if (!bind(db, st, id, args, n, err))
        return false;
    rows->stmt = st;
    return true;
}

static void
end(struct rows *r)
{
    if (!r->stmt)
        return;
    sqlite3_reset(r->stmt);
    sqlite3_clear_bindings(r->stmt);
    r->stmt = NULL;
}

static bool
next(struct rows *r, struct err *err)
{
    if (!r->stmt)
        return false;
    int rc = sqlite3_step(r->stmt);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE) {
        r->has_failed = true;
        fail(r->db, rc, sql_texts[r->id].name, err);
    }
    end(r);
    return false;
}

static int64_t
get_int(const struct rows *r, int column)
{
    return sqlite3_column_int64(r->stmt, column);
}

static double
get_real(const struct rows *r, int column)
{
    return sqlite3_column_double(r->stmt, column);
}

static struct str
get_text(const struct rows *r, int column)
{
    const char *p = sqlite3_column_blob(r->stmt, column);
    return (struct str){p ? p : "", (size_t)sqlite3_column_bytes(r->stmt, column)};
}

static bool
is_null(const struct rows *r, int column)
{
    return sqlite3_column_type(r->stmt, column) == SQLITE_NULL;
}

static bool
migrated(struct db *db, int *number, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(of(db)->handle, "PRAGMA user_version", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return fail(db, rc, "user_version", err);
    *number = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int(st, 0) : 0;
    sqlite3_finalize(st);
    return true;
}

static bool
migrate(struct db *db, const struct migration *m, struct err *err)
{
    char mark[64];
    snprintf(mark, sizeof mark, "PRAGMA user_version = %d", m->number);
    if (!control(db, TX_WRITE, err))
        return false;
    if (script(db, m->sqlite, err) && script(db, mark, err) && control(db, TX_COMMIT, err))
        return true;
    control(db, TX_ROLLBACK, NULL);
    return false;
}

/* Folding the log in makes the database grow by at most the log. On a disk that is nearly full this would eat the room that the next
 * reports need, and not come to its end: then the log stays and goes on to grow until somebody makes room. */
static bool
has_room_to_fold(sqlite3 *handle)
{
    struct stat log;
    struct statvfs disk;
    char path[4096];
    const char *main_file = sqlite3_db_filename(handle, "main");
    int n = main_file ? snprintf(path, sizeof path, "%s-wal", main_file) : -1;
    if (n < 0 || (size_t)n >= sizeof path || stat(path, &log) != 0 || statvfs(path, &disk) != 0)
        return true;
    return (uint64_t)disk.f_bavail * disk.f_frsize >= (uint64_t)log.st_size;
}

static void
checkpoint(struct db *db)
{
    if (!has_room_to_fold(of(db)->handle))
        return;
    sqlite3_wal_checkpoint_v2(of(db)->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* A statement and not a file control, because only a read takes notice of what others have committed. */
static uint32_t
version(struct db *db)
{
    struct sqlite_db *d = of(db);
    if (!d->version &&
        sqlite3_prepare_v3(d->handle, "PRAGMA data_version", -1, SQLITE_PREPARE_PERSISTENT, &d->version, NULL) != SQLITE_OK)
        return 0;
    uint32_t v = sqlite3_step(d->version) == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(d->version, 0) : 0;
    sqlite3_reset(d->version);
    return v;
}

static void
close_db(struct db *db)
{
    if (!db)
        return;
    struct sqlite_db *d = of(db);
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(d->statements[i]);
    sqlite3_finalize(d->version);
    for (int i = 0; i < TX_CONTROLS; i++)
        sqlite3_finalize(d->controls[i]);
    sqlite3_close(d->handle);
    free(d);
}

/* The event table takes inserts only: a second wall behind the first. */
static int
authorize(void *ctx, int action, const char *table, const char *column, const char *db, const char *trigger)
{
    (void)ctx, (void)column, (void)db, (void)trigger;
    if ((action == SQLITE_UPDATE || action == SQLITE_DELETE) && table && strcmp(table, "event") == 0)
        return SQLITE_DENY;
    return action == SQLITE_ATTACH ? SQLITE_DENY : SQLITE_OK;
}

static bool
configure(struct sqlite_db *d, const struct store_options *opt, struct err *err)
{
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL); /* else some values, once bound, plan anew each time */
    sqlite3_limit(d->handle, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
    sqlite3_busy_timeout(d->handle, 5000);
    sqlite3_extended_result_codes(d->handle, 1);
    if (!script(&d->base, "PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
                          "PRAGMA mmap_size=2147418112; PRAGMA temp_store=MEMORY;", err))
        return false;
    if (!d->base.is_writer)
        return script(&d->base, "PRAGMA query_only=ON; PRAGMA cache_size=-4000;", err);
    sqlite3_set_authorizer(d->handle, authorize, NULL);
    return script(&d->base, opt->is_bulk ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=4000;"
                                           "PRAGMA cache_size=-64000;"
                                         : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                                           "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000;", err);
}

/* The engine's own count of its memory costs a lock at every allocation, and nobody asks for it. */
static void
no_memory_count(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct db *
open_db(const struct store_options *opt, bool is_writer, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, no_memory_count);
    struct sqlite_db *d = xcalloc(1, sizeof *d);
    d->base = (struct db){.driver = &driver_sqlite, .is_writer = is_writer};
    char path[4096];
    snprintf(path, sizeof path, "%s/shaodao.db", opt->dir);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (is_writer && opt->create ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(path, &d->handle, flags, NULL);
    if (rc != SQLITE_OK) {
        err_set(err, ERR_NOT_FOUND, "打不开数据库 %s：%s。请先运行 shaodao init 或 shaodao demo。", path,
                d->handle ? sqlite3_errmsg(d->handle) : "内存不足");
        close_db(&d->base);
        return NULL;
    }
    if (!configure(d, opt, err)) {
        close_db(&d->base);
        return NULL;
    }
    return &d->base;
}

static bool
prepare(struct db *db, struct err *err)
{
    for (int i = 0; i < SQL_NAMED; i++)
        if (!statement(db, (enum sql_id)i, err))
            return false;
    return true;
}

const struct driver driver_sqlite = {
    .name = "sqlite", .open = open_db, .close = close_db, .exec = exec, .changes = changes, .query = query, .next = next, .end = end,
    .get_int = get_int, .get_real = get_real, .get_text = get_text, .is_null = is_null, .control = control, .script = script, .settle = settle,
    .prepare = prepare, .migrated = migrated, .migrate = migrate, .checkpoint = checkpoint, .version = version,
};
