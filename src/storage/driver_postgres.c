/* The engine for several servers on one database: PostgreSQL through libpq, always in pipeline mode. What exec asks for goes into the
 * pipe without waiting; a query reads the answers of all that went before it, then its own. Values and results are binary.
 * A connection that breaks is never mended within a transaction: is_lost is set, and the next ready() makes a new one. */
#include "driver.h"

#include <endian.h>
#include <libpq-fe.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

enum {
    WRITER_MS = 5000, READER_MS = 5000, COMMAND_MS = 600 * 1000, /* how long a server may be silent while we wait */
    CONNECT_S = 2, AGAIN_MS = 300, PENDING_MAX = 2000, FLUSH_EACH = 64
};
enum { OID_BOOL = 16, OID_BYTES = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };
#define MIGRATION_LOCK "1571422208"

/* A statement as the server knows it: the types of its values are fixed when it is prepared. */
struct statement {
    struct statement *next;
    char name[24];
    bool is_there;
    int n;
    Oid types[];
};

struct pending {
    enum { P_SYNC, P_PREPARE, P_EXEC, P_QUERY, P_CONTROL } kind;
    enum sql_id id;
    enum control what;
    struct statement *statement;
    bool is_over; /* of a reading that has ended: nobody asks any more */
};

struct slot { /* the rows of a query */
    PGresult *result;
    int row;
};

struct pg_db {
    struct db base;
    PGconn *conn;
    char *url;
    bool is_bulk, in_tx, is_fresh; /* fresh: of the reading that has begun nothing has been asked yet */
    int deadline_ms;
    int64_t again_at; /* not before this is connecting tried again */
    struct statement *statements[SQL_COUNT];
    struct slot slots[SQL_COUNT];
    struct pending *pending;
    size_t n_pending, cap_pending, unflushed;
    uint32_t heard; /* how often others have said that they saved something */
    uint32_t read_version; /* of the reading under way: taken before its snapshot, so that what is kept by it is never taken for newer */
};

static char self[40]; /* what this process signs its news with */

static struct pg_db *
of(const struct db *db)
{
    return (struct pg_db *)(uintptr_t)db;
}

static int64_t
monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- failures ---- */

static bool
lost(struct pg_db *d, const char *what, struct err *err)
{
    if (!d->base.is_lost)
        log_warn("database_lost", "during=%s message=%s", what, d->conn ? PQerrorMessage(d->conn) : "");
    d->base.is_lost = true;
    d->n_pending = 0;
    d->in_tx = false;
    err_set(err, ERR_BUSY, "现在连不上数据库，请稍后再试。");
    return err_detail(err, "%s: %s", what, d->conn ? PQerrorMessage(d->conn) : "no connection");
}

static bool
is_state(const char *state, const char *list)
{
    return state && strstr(list, state) != NULL;
}

/* A server that is going down, or that has become a standby, is as good as gone. */
static bool
fail(struct pg_db *d, const PGresult *r, const char *what, struct err *err)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    d->base.is_transient = is_state(state, "40001 40P01 55P03");
    if (!state || strncmp(state, "08", 2) == 0 || is_state(state, "57P01 57P02 57P03 25006"))
        return lost(d, what, err);
    if (d->base.is_transient || is_state(state, "23505"))
        err_set(err, ERR_CONFLICT, "数据刚被别人改过，请再试一次。");
    else if (is_state(state, "53100"))
        err_set(err, ERR_BUSY, "磁盘已满，暂时不能保存；已有内容不受影响。");
    else if (is_state(state, "57014 53200 53300"))
        err_set(err, ERR_BUSY, "系统正忙，请稍后再试。");
    else
        err_set(err, ERR_INTERNAL, "内部错误，已记录。");
    return err_detail(err, "%s: %s", what, PQresultErrorMessage(r));
}

/* ---- the pipe ---- */

static const char *const controls[TX_CONTROLS] = {
    [TX_WRITE] = "BEGIN", [TX_COMMIT] = "COMMIT", [TX_ROLLBACK] = "ROLLBACK", [TX_MARK] = "SAVEPOINT job",
    [TX_KEEP] = "RELEASE SAVEPOINT job", [TX_UNDO] = "ROLLBACK TO SAVEPOINT job",
    [TX_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [TX_READ_END] = "COMMIT"};

static const char *
name_of(const struct pending *p)
{
    return p->kind == P_CONTROL ? controls[p->what] : p->kind == P_SYNC ? "sync" : sql_texts[p->id].name;
}

static void
push(struct pg_db *d, struct pending p)
{
    if (d->n_pending == d->cap_pending) {
        d->cap_pending = d->cap_pending ? d->cap_pending * 2 : 64;
        d->pending = xrealloc(d->pending, d->cap_pending * sizeof *d->pending);
    }
    d->pending[d->n_pending++] = p;
}

/* Waits until something can be read, and writes what is still to be written meanwhile. */
static bool
wait_for(struct pg_db *d, int64_t until)
{
    int unsent = PQflush(d->conn);
    struct pollfd p = {.fd = PQsocket(d->conn), .events = (short)(POLLIN | (unsent == 1 ? POLLOUT : 0))};
    int64_t left = until - monotonic_ms();
    if (unsent < 0 || left <= 0 || p.fd < 0 || poll(&p, 1, (int)left) == 0)
        return false;
    return !(p.revents & (POLLIN | POLLERR | POLLHUP)) || PQconsumeInput(d->conn);
}

/* The next result; *ok = false when the server does not answer. NULL is the end of a statement's results. */
static PGresult *
result(struct pg_db *d, bool *ok)
{
    int64_t until = monotonic_ms() + d->deadline_ms;
    while (PQisBusy(d->conn))
        if (!wait_for(d, until)) {
            *ok = false;
            return NULL;
        }
    return PQgetResult(d->conn);
}

static bool
is_good(struct pg_db *d, const struct pending *p, const PGresult *r, struct err *err)
{
    ExecStatusType status = PQresultStatus(r);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (p->kind == P_PREPARE && !ok)
        p->statement->is_there = false;
    if (p->is_over)
        return true;
    if (status == PGRES_PIPELINE_ABORTED) /* the one that failed has told already */
        return err && err->kind == ERR_NONE ? err_set(err, ERR_INTERNAL, "内部错误，已记录。") : false;
    if (!ok)
        return err && err->kind != ERR_NONE ? false : fail(d, r, name_of(p), err);
    if (p->kind == P_EXEC)
        d->base.changes = strtoll(PQcmdTuples((PGresult *)(uintptr_t)r), NULL, 10);
    if (p->kind == P_CONTROL && p->what == TX_COMMIT && strcmp(PQcmdStatus((PGresult *)(uintptr_t)r), "COMMIT") != 0)
        return err_set(err, ERR_INTERNAL, "内部错误，已记录。"); /* of a transaction that had failed */
    return true;
}

/* Reads the answers to everything in the pipe; the first failure comes out. The rows of a last query go to *answer. */
static bool
drain(struct pg_db *d, PGresult **answer, struct err *err)
{
    bool ok = true, is_there = PQflush(d->conn) >= 0, has_sync = false;
    struct err first = {0};
    for (size_t i = 0; is_there && i < d->n_pending; i++) {
        struct pending *p = &d->pending[i];
        PGresult *r = result(d, &is_there);
        has_sync = p->kind == P_SYNC;
        if (!r || (PQresultStatus(r) == PGRES_FATAL_ERROR && PQstatus(d->conn) == CONNECTION_BAD))
            is_there = false;
        else if (!has_sync && !is_good(d, p, r, &first))
            ok = false;
        bool is_kept = is_there && ok && answer && p->kind == P_QUERY;
        if (is_kept)
            *answer = r;
        else
            PQclear(r);
        if (is_there && !has_sync)
            while ((r = result(d, &is_there)))
                PQclear(r);
    }
    d->n_pending = d->unflushed = 0;
    if (is_there && d->base.is_lost)
        is_there = false;
    if (is_there && !ok && !has_sync) { /* a failure stops the pipe until the next sync */
        PGresult *r = NULL;
        is_there = PQpipelineSync(d->conn) == 1 && (r = result(d, &is_there)) && is_there;
        PQclear(r);
    }
    if (!is_there && answer && *answer) {
        PQclear(*answer);
        *answer = NULL;
    }
    if (!is_there)
        return lost(d, "answer", err);
    if (!ok && err)
        *err = first;
    return ok;
}

/* All that went before is answered for. Outside of a transaction the sync is the end of one. */
static bool
settled(struct pg_db *d, PGresult **answer, struct err *err)
{
    if (d->in_tx ? PQsendFlushRequest(d->conn) != 1 : PQpipelineSync(d->conn) != 1)
        return lost(d, "flush", err);
    if (!d->in_tx)
        push(d, (struct pending){.kind = P_SYNC});
    return drain(d, answer, err);
}

static bool
settle(struct db *db, struct err *err)
{
    struct pg_db *d = of(db);
    return d->base.is_lost ? lost(d, "settle", err) : d->n_pending == 0 || settled(d, NULL, err);
}

/* ---- statements ---- */

static Oid
type_of(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL: return 0;
    case VALUE_INT: return OID_INT8;
    case VALUE_REAL: return OID_FLOAT8;
    case VALUE_TEXT: return OID_TEXT;
    case VALUE_BYTES: return OID_BYTES;
    }
    return 0;
}

static bool
suits(const struct statement *st, const struct value *args)
{
    for (int i = 0; i < st->n; i++)
        if (args[i].kind != VALUE_NULL && st->types[i] != type_of(&args[i]))
            return false;
    return true;
}

/* NULL says nothing of its type: what another variant knows is taken over. */
static struct statement *
new_statement(struct pg_db *d, enum sql_id id, const struct value *args, int n)
{
    int variant = 0;
    for (struct statement *s = d->statements[id]; s; s = s->next)
        variant++;
    struct statement *st = xcalloc(1, sizeof *st + (size_t)n * sizeof *st->types);
    snprintf(st->name, sizeof st->name, "s%d_%d", (int)id, variant);
    st->n = n;
    for (int i = 0; i < n; i++)
        st->types[i] = args[i].kind != VALUE_NULL ? type_of(&args[i]) : d->statements[id] ? d->statements[id]->types[i] : 0;
    st->next = d->statements[id];
    return d->statements[id] = st;
}

static struct statement *
statement(struct pg_db *d, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    if ((int)n != sql_texts[id].n_params) {
        err_set(err, ERR_INTERNAL, "内部错误，已记录。");
        err_detail(err, "%s: %zu values for %d parameters", sql_texts[id].name, n, sql_texts[id].n_params);
        return NULL;
    }
    struct statement *st = d->statements[id];
    while (st && !suits(st, args))
        st = st->next;
    st = st ? st : new_statement(d, id, args, (int)n);
    if (st->is_there)
        return st;
    if (PQsendPrepare(d->conn, st->name, sql_texts[id].postgres, st->n, st->types) != 1) {
        lost(d, sql_texts[id].name, err);
        return NULL;
    }
    st->is_there = true;
    push(d, (struct pending){.kind = P_PREPARE, .id = id, .statement = st});
    return st;
}

static uint32_t version(struct db *db);
static bool send_control(struct pg_db *d, enum control what, struct err *err);
static bool ready(struct db *db, struct err *err);

static bool
send(struct pg_db *d, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    enum { FEW = 96 };
    if (d->base.is_lost && (d->in_tx || d->base.read_depth || d->base.is_writer || !ready(&d->base, err)))
        return lost(d, sql_texts[id].name, err);
    const struct statement *st = statement(d, id, args, n, err);
    if (!st)
        return false;
    const char *few_values[FEW];
    int few_lengths[FEW], few_formats[FEW];
    uint64_t few_numbers[FEW];
    void *many = n > FEW ? xcalloc(n, sizeof *few_values + sizeof *few_numbers + 2 * sizeof *few_lengths) : NULL;
    const char **values = many ? many : few_values;
    uint64_t *numbers = many ? (uint64_t *)(values + n) : few_numbers;
    int *lengths = many ? (int *)(numbers + n) : few_lengths, *formats = many ? lengths + n : few_formats;
    for (size_t i = 0; i < n; i++) {
        const struct value *v = &args[i];
        formats[i] = 1;
        lengths[i] = sizeof numbers[i];
        values[i] = (const char *)&numbers[i];
        if (v->kind == VALUE_NULL)
            values[i] = NULL;
        else if (v->kind == VALUE_INT)
            numbers[i] = htobe64((uint64_t)v->i);
        else if (v->kind == VALUE_REAL) {
            memcpy(&numbers[i], &v->r, sizeof v->r);
            numbers[i] = htobe64(numbers[i]);
        } else {
            values[i] = v->s.p ? v->s.p : "";
            lengths[i] = (int)v->s.n;
        }
    }
    int sent = PQsendQueryPrepared(d->conn, st->name, (int)n, values, lengths, formats, 1);
    free(many);
    return sent == 1 || lost(d, sql_texts[id].name, err);
}

static bool
exec(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err)
{
    struct pg_db *d = of(db);
    if (!send(d, id, args, n, err))
        return false;
    push(d, (struct pending){.kind = P_EXEC, .id = id});
    if (!d->in_tx || d->n_pending >= PENDING_MAX)
        return settled(d, NULL, err);
    if (++d->unflushed >= FLUSH_EACH) { /* the server works while we go on */
        d->unflushed = 0;
        if (PQflush(d->conn) < 0)
            return lost(d, sql_texts[id].name, err);
    }
    return true;
}

static int64_t
changes(struct db *db, struct err *err)
{
    return settle(db, err) ? db->changes : -1;
}

static void
clear(struct slot *s)
{
    PQclear(s->result);
    *s = (struct slot){0};
}

static bool
query_once(struct pg_db *d, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err)
{
    if (!send(d, id, args, n, err))
        return false;
    push(d, (struct pending){.kind = P_QUERY, .id = id});
    PGresult *answer = NULL;
    if (!settled(d, &answer, err)) {
        PQclear(answer);
        return false;
    }
    d->slots[id] = (struct slot){answer, -1};
    rows->stmt = &d->slots[id];
    return true;
}

/* A connection that was cut while it rested is found out by the first question of a reading: it is put again, on a new one, because
 * nothing has been read yet that must fit. */
static bool
query(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err)
{
    struct pg_db *d = of(db);
    bool is_reading = db->read_depth > 0, is_first = !db->is_writer && (d->is_fresh || !is_reading);
    *rows = (struct rows){.db = db, .id = id};
    d->is_fresh = false;
    clear(&d->slots[id]); /* a caller may have left early without rows_end */
    if (query_once(d, id, args, n, rows, err))
        return true;
    d->again_at = 0;
    if (!is_first || !d->base.is_lost || !ready(db, NULL))
        return false;
    if (err)
        *err = (struct err){0};
    d->in_tx = is_reading;
    return (!is_reading || send_control(d, TX_READ, err)) && query_once(d, id, args, n, rows, err);
}

static void
end(struct rows *r)
{
    if (r->stmt)
        clear(r->stmt);
    r->stmt = NULL;
}

static bool
next(struct rows *r, struct err *err)
{
    struct slot *s = r->stmt;
    (void)err;
    if (s && s->result && ++s->row < PQntuples(s->result))
        return true;
    end(r);
    return false;
}

/* ---- reading values ---- */

static uint64_t
big_endian(const char *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

/* A numeric that is a whole number: sums of INT8. ndigits, weight, sign, scale, then digits to the base 10,000. */
static int64_t
whole_number(const char *p)
{
    int digits = (int16_t)big_endian(p, 2), weight = (int16_t)big_endian(p + 2, 2);
    int64_t v = 0;
    for (int i = 0; i <= weight; i++)
        v = v * 10000 + (i < digits ? (int64_t)big_endian(p + 8 + 2 * i, 2) : 0);
    return big_endian(p + 4, 2) == 0x4000 ? -v : v;
}

static double
as_double(const char *p)
{
    uint64_t bits = big_endian(p, 8);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static int64_t
get_int(const struct rows *r, int column)
{
    const struct slot *s = r->stmt;
    if (PQgetisnull(s->result, s->row, column))
        return 0;
    const char *p = PQgetvalue(s->result, s->row, column);
    switch (PQftype(s->result, column)) {
    case OID_INT8: return (int64_t)big_endian(p, 8);
    case OID_INT4: return (int32_t)big_endian(p, 4);
    case OID_INT2: return (int16_t)big_endian(p, 2);
    case OID_BOOL: return *p;
    case OID_NUMERIC: return whole_number(p);
    case OID_FLOAT8: return (int64_t)as_double(p);
    default: return strtoll(p, NULL, 10);
    }
}

static double
get_real(const struct rows *r, int column)
{
    const struct slot *s = r->stmt;
    bool is_real = PQftype(s->result, column) == OID_FLOAT8 && !PQgetisnull(s->result, s->row, column);
    return is_real ? as_double(PQgetvalue(s->result, s->row, column)) : (double)get_int(r, column);
}

/* Numbers read as text look as the embedded engine writes them: the registry's digest is made of them. */
static struct str
number_text(const struct rows *r, int column)
{
    const struct slot *s = r->stmt;
    char *out = PQresultAlloc(s->result, 40);
    if (!out)
        return (struct str){"", 0};
    if (PQftype(s->result, column) != OID_FLOAT8)
        snprintf(out, 40, "%lld", (long long)get_int(r, column));
    else {
        int n = snprintf(out, 32, "%.15g", get_real(r, column));
        if (!strpbrk(out, ".en"))
            memcpy(out + n, ".0", 3);
    }
    return str_of(out);
}

static struct str
get_text(const struct rows *r, int column)
{
    const struct slot *s = r->stmt;
    if (PQgetisnull(s->result, s->row, column))
        return (struct str){"", 0};
    switch (PQftype(s->result, column)) {
    case OID_INT8: case OID_INT4: case OID_INT2: case OID_NUMERIC: case OID_FLOAT8: return number_text(r, column);
    default: return (struct str){PQgetvalue(s->result, s->row, column), (size_t)PQgetlength(s->result, s->row, column)};
    }
}

static bool
is_null(const struct rows *r, int column)
{
    const struct slot *s = r->stmt;
    return PQgetisnull(s->result, s->row, column);
}

/* ---- transactions ---- */

static bool
send_control(struct pg_db *d, enum control what, struct err *err)
{
    if (PQsendQueryParams(d->conn, controls[what], 0, NULL, NULL, NULL, NULL, 1) != 1)
        return lost(d, controls[what], err);
    push(d, (struct pending){.kind = P_CONTROL, .what = what});
    return true;
}

static void
forget_pending(struct pg_db *d)
{
    for (size_t i = 0; i < d->n_pending; i++)
        d->pending[i].is_over = true;
}

/* What stands in the pipe may fail: it is undone anyway. */
static bool
go_back(struct pg_db *d, enum control what, struct err *err)
{
    forget_pending(d);
    if (PQpipelineSync(d->conn) != 1)
        return lost(d, controls[what], err);
    push(d, (struct pending){.kind = P_SYNC});
    if (!drain(d, NULL, err) || !send_control(d, what, err))
        return false;
    if (what == TX_UNDO && !send_control(d, TX_KEEP, err))
        return false;
    d->in_tx = what == TX_UNDO;
    return settled(d, NULL, err);
}

/* Nobody waits for the end of a reading. */
static bool
end_reading(struct pg_db *d, struct err *err)
{
    d->in_tx = false;
    if (!send_control(d, TX_READ_END, err) || PQpipelineSync(d->conn) != 1)
        return lost(d, "COMMIT", err);
    push(d, (struct pending){.kind = P_SYNC});
    forget_pending(d);
    return PQflush(d->conn) >= 0 || lost(d, "COMMIT", err);
}

static bool
control(struct db *db, enum control what, struct err *err)
{
    struct pg_db *d = of(db);
    if (d->base.is_lost)
        return lost(d, controls[what], err);
    switch (what) {
    case TX_WRITE:
        d->base.is_transient = false;
        d->in_tx = true;
        return send_control(d, what, err);
    case TX_READ:
        d->read_version = version(db); /* listens */
        if (d->base.is_lost && !ready(db, err))
            return false;
        d->in_tx = d->is_fresh = true;
        return send_control(d, what, err);
    case TX_MARK: case TX_KEEP:
        return send_control(d, what, err);
    case TX_COMMIT:
        if (!send_control(d, what, err))
            return false;
        d->in_tx = false;
        return settled(d, NULL, err);
    case TX_ROLLBACK: case TX_UNDO:
        return go_back(d, what, err);
    case TX_READ_END:
        return end_reading(d, err);
    case TX_CONTROLS:
        break;
    }
    return false;
}

/* ---- connecting ---- */

/* Several statements in the old protocol, waited for without a deadline: making an index takes its time. */
static bool
script(struct db *db, const char *sql, struct err *err)
{
    struct pg_db *d = of(db);
    if (!settle(db, err))
        return false;
    if (PQexitPipelineMode(d->conn) != 1)
        return lost(d, "script", err);
    PGresult *r = PQexec(d->conn, sql);
    ExecStatusType status = PQresultStatus(r);
    bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    bool ok = is_done || fail(d, r, "script", err);
    PQclear(r);
    return (d->base.is_lost || PQenterPipelineMode(d->conn) == 1 || lost(d, "script", err)) && ok;
}

/* Statements are written for their indexes; the planner must not think otherwise while a table is small or its numbers are old. */
const char postgres_settings[] = "SET client_min_messages = warning; SET jit = off; SET plan_cache_mode = force_generic_plan;"
                                 "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
                                 "SET enable_material = off; SET enable_memoize = off; SET random_page_cost = 1.1;"
                                 "SET max_parallel_workers_per_gather = 0";

static bool
configure(struct pg_db *d, struct err *err)
{
    bool ok = script(&d->base, postgres_settings, err);
    if (ok && d->base.is_writer)
        ok = script(&d->base, d->is_bulk ? "SET synchronous_commit = off" : "SET lock_timeout = '4s'", err);
    return ok && (d->base.is_writer || script(&d->base, "SET default_transaction_read_only = on; LISTEN shaodao", err));
}

static PGconn *
dial(const char *url, const char *database)
{
    char seconds[8];
    snprintf(seconds, sizeof seconds, "%d", CONNECT_S);
    const char *names[] = {"connect_timeout", "target_session_attrs", "tcp_user_timeout", "application_name", "client_encoding", "dbname",
                           database ? "dbname" : NULL, NULL};
    const char *values[] = {seconds, "read-write", "5000", "shaodao", "UTF8", url, database, NULL};
    return PQconnectdbParams(names, values, 1);
}

/* What the server says aside (warnings, that it is going down) comes again as a failure where it matters. */
static void
ignore_notice(void *ctx, const char *message)
{
    (void)ctx, (void)message;
}

static bool
connect_to(struct pg_db *d, struct err *err)
{
    for (int i = 0; i < SQL_COUNT; i++)
        for (struct statement *st = d->statements[i]; st; st = st->next)
            st->is_there = false;
    d->n_pending = d->unflushed = 0;
    d->in_tx = false;
    PQfinish(d->conn);
    d->conn = dial(d->url, NULL);
    if (PQstatus(d->conn) != CONNECTION_OK || PQsetnonblocking(d->conn, 1) != 0 || PQenterPipelineMode(d->conn) != 1) {
        d->base.is_lost = true;
        err_set(err, ERR_BUSY, "现在连不上数据库，请稍后再试。");
        return err_detail(err, "%s", PQerrorMessage(d->conn));
    }
    PQsetNoticeProcessor(d->conn, ignore_notice, NULL);
    d->base.is_lost = false;
    return configure(d, err);
}

static bool
ready(struct db *db, struct err *err)
{
    struct pg_db *d = of(db);
    if (!d->base.is_lost)
        return true;
    if (monotonic_ms() < d->again_at)
        return err_set(err, ERR_BUSY, "现在连不上数据库，请稍后再试。");
    bool ok = connect_to(d, err);
    if (ok)
        d->heard++; /* whatever was missed meanwhile */
    if (ok && d->base.news)
        (*d->base.news)++;
    d->again_at = monotonic_ms() + AGAIN_MS;
    return ok;
}

/* What other servers said: "w" = something was saved, "d" = people, places or schemes changed; and who. */
static void
listen_and_look(struct pg_db *d)
{
    if (d->n_pending) /* the end of the last reading stands before the news */
        drain(d, NULL, NULL);
    /* Twice: a server that goes says so first, and only the next look finds that it is gone. */
    if (!d->base.is_lost && (!PQconsumeInput(d->conn) || !PQconsumeInput(d->conn)))
        lost(d, "idle", NULL);
    if (d->base.is_lost)
        return;
    for (PGnotify *n; (n = PQnotifies(d->conn)); PQfreemem(n)) {
        if (strcmp(n->extra + (*n->extra ? 1 : 0), self) == 0)
            continue;
        d->heard++;
        if (*n->extra == 'd' && d->base.news)
            (*d->base.news)++;
    }
}

static uint32_t
version(struct db *db)
{
    struct pg_db *d = of(db);
    if (d->in_tx)
        return d->read_version;
    if (!d->base.is_lost)
        listen_and_look(d);
    return d->heard + (d->base.commits ? (uint32_t)*d->base.commits : 0);
}

/* One number from the server, by a statement that is the engine's own. */
static int64_t
ask(struct pg_db *d, const char *sql, struct err *err)
{
    if (!settle(&d->base, err) || PQsendQueryParams(d->conn, sql, 0, NULL, NULL, NULL, NULL, 1) != 1)
        return -1;
    push(d, (struct pending){.kind = P_QUERY, .id = 0});
    PGresult *r = NULL;
    if (!settled(d, &r, err) || PQntuples(r) != 1) {
        PQclear(r);
        return -1;
    }
    struct slot s = {r, 0};
    struct rows rows = {.db = &d->base, .stmt = &s};
    int64_t v = get_int(&rows, 0);
    PQclear(r);
    return v;
}

static bool
lock(struct db *db, int64_t number)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%lld)", (long long)number);
    return ask(of(db), sql, NULL) == 1;
}

static bool
tell(struct db *db, bool is_data, struct err *err)
{
    char sql[96]; /* not by script(), which waits for ever */
    snprintf(sql, sizeof sql, "SELECT count(pg_notify('shaodao', '%c%s'))", is_data ? 'd' : 'w', self);
    return ask(of(db), sql, err) >= 0;
}

static bool
migrated(struct db *db, int *number, struct err *err)
{
    if (!script(db, "BEGIN; SELECT pg_advisory_xact_lock(" MIGRATION_LOCK "); CREATE TABLE IF NOT EXISTS shaodao_schema (number BIGINT NOT NULL);"
                    "INSERT INTO shaodao_schema SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM shaodao_schema); COMMIT", err))
        return false;
    *number = (int)ask(of(db), "SELECT number FROM shaodao_schema", err);
    return *number >= 0;
}

static bool
migrate(struct db *db, const struct migration *m, struct err *err)
{
    char mark[96];
    snprintf(mark, sizeof mark, "UPDATE shaodao_schema SET number = %d; COMMIT", m->number);
    if (!script(db, "BEGIN; SELECT pg_advisory_xact_lock(" MIGRATION_LOCK ")", err))
        return false;
    of(db)->in_tx = true;
    int64_t done = ask(of(db), "SELECT number FROM shaodao_schema", err);
    of(db)->in_tx = false;
    bool ok = done >= 0 && (done >= m->number ? script(db, "COMMIT", err) : script(db, m->postgres, err) && script(db, mark, err));
    if (!ok)
        script(db, "ROLLBACK", NULL);
    return ok;
}

/* Prepared as they are used, when the types of their values are known: tests/storage runs every one. */
static bool
prepare(struct db *db, struct err *err)
{
    (void)db, (void)err;
    return true;
}

static void
checkpoint(struct db *db)
{
    (void)db;
}

static void
close_db(struct db *db)
{
    if (!db)
        return;
    struct pg_db *d = of(db);
    if (d->is_bulk && d->base.is_writer && d->conn && !d->base.is_lost) /* one commit that waits, for all that did not */
        script(db, "SET synchronous_commit = on; UPDATE shaodao_schema SET number = number", NULL);
    for (int i = 0; i < SQL_COUNT; i++) {
        clear(&d->slots[i]);
        for (struct statement *st = d->statements[i], *after; st; st = after) {
            after = st->next;
            free(st);
        }
    }
    PQfinish(d->conn);
    free(d->pending);
    free(d->url);
    free(d);
}

/* Makes the database when the server has none of this name. Whatever goes wrong here shows when it is opened. */
static void
make_database(const char *url)
{
    char *why = NULL, *name = NULL;
    PQconninfoOption *all = PQconninfoParse(url, &why);
    PQfreemem(why);
    for (PQconninfoOption *o = all; o && o->keyword; o++)
        if (strcmp(o->keyword, "dbname") == 0)
            name = o->val;
    PGconn *conn = name ? dial(url, "postgres") : NULL;
    if (conn && PQstatus(conn) == CONNECTION_OK) {
        const char *values[] = {name};
        PGresult *r = PQexecParams(conn, "SELECT 1 FROM pg_database WHERE datname = $1", 1, NULL, values, NULL, NULL, 0);
        bool is_missing = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 0;
        PQclear(r);
        char *quoted = is_missing ? PQescapeIdentifier(conn, name, strlen(name)) : NULL, sql[256];
        if (quoted && snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", quoted) < (int)sizeof sql)
            PQclear(PQexec(conn, sql));
        PQfreemem(quoted);
    }
    PQfinish(conn);
    PQconninfoFree(all);
}

static struct db *
open_db(const struct store_options *opt, bool is_writer, struct err *err)
{
    if (!*self)
        snprintf(self, sizeof self, "%d-%lld", (int)getpid(), (long long)monotonic_ms());
    struct pg_db *d = xcalloc(1, sizeof *d);
    d->base = (struct db){.driver = &driver_postgres, .is_writer = is_writer};
    d->url = xstrdup(opt->database);
    d->is_bulk = opt->is_bulk;
    d->deadline_ms = opt->n_readers < 2 || opt->is_bulk ? COMMAND_MS : is_writer ? WRITER_MS : READER_MS;
    if (is_writer && opt->create)
        make_database(opt->database);
    if (connect_to(d, err))
        return &d->base;
    err_set(err, ERR_NOT_FOUND, "连不上数据库：%s", d->conn ? PQerrorMessage(d->conn) : "内存不足");
    close_db(&d->base);
    return NULL;
}

const struct driver driver_postgres = {
    .name = "postgres", .open = open_db, .close = close_db, .exec = exec, .changes = changes, .query = query, .next = next, .end = end,
    .get_int = get_int, .get_real = get_real, .get_text = get_text, .is_null = is_null, .control = control, .script = script,
    .settle = settle, .prepare = prepare, .migrated = migrated, .migrate = migrate, .checkpoint = checkpoint, .version = version,
    .ready = ready, .lock = lock, .tell = tell,
};
