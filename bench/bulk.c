#include "bulk.h"

#include <endian.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { TABLES_MAX = 128, ROWS_A_COMMIT = 2000000, COPY_AT_ONCE = 1 << 20, INDEXES_MAX = 256 };

struct bulk {
    struct arena *arena;
    sqlite3 *db;
    sqlite3_stmt *into[TABLES_MAX];
    int64_t waiting; /* rows since the last commit */
    const char *url; /* PostgreSQL: a connection for each table that is being filled */
    PGconn *filled[TABLES_MAX];
    struct buf out[TABLES_MAX];
    const char *indexes[INDEXES_MAX]; /* their definitions */
    size_t n_indexes;
};

static void
give_up(const char *what, const char *why)
{
    fprintf(stderr, "bulk: %s: %s\n", what, why);
    exit(1);
}

int
bulk_table(const char *name)
{
    for (int i = 0; i < sql_table_count; i++)
        if (strcmp(sql_tables[i].name, name) == 0)
            return i;
    give_up(name, "no such table");
    return -1;
}

/* "(a, b, c)" of the statement that fills the table. */
static struct str
columns_of(int table)
{
    const char *sql = sql_texts[sql_tables[table].into].sqlite, *open = strchr(sql, '('), *close = strchr(sql, ')');
    return (struct str){open + 1, (size_t)(close - open - 1)};
}

int
bulk_column(int table, const char *column)
{
    struct str all = columns_of(table), one;
    for (int i = 0; str_cut(&all, ',', &one); i++)
        if (str_is(str_trim(one), column))
            return i;
    give_up(column, "no such column");
    return -1;
}

/* ---- SQLite ---- */

static void
run(struct bulk *b, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(b->db, sql, NULL, NULL, &why) != SQLITE_OK)
        give_up(sql, why);
}

static bool
open_sqlite(struct bulk *b, const char *dir, struct err *err)
{
    const char *path = arena_printf(b->arena, "%s/shaodao.db", dir);
    if (sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return err_set(err, ERR_NOT_FOUND, "%s: %s", path, sqlite3_errmsg(b->db));
    run(b, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-3000000; BEGIN");
    return true;
}

static void
row_to_sqlite(struct bulk *b, int table, const struct value *values)
{
    sqlite3_stmt *st = b->into[table];
    for (int i = 0; i < sql_tables[table].n_columns; i++) {
        const struct value *v = &values[i];
        const char *p = v->s.p ? v->s.p : "";
        switch (v->kind) {
        case VALUE_NULL: sqlite3_bind_null(st, i + 1); break;
        case VALUE_INT: sqlite3_bind_int64(st, i + 1, v->i); break;
        case VALUE_REAL: sqlite3_bind_double(st, i + 1, v->r); break;
        case VALUE_TEXT: sqlite3_bind_text64(st, i + 1, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8); break;
        case VALUE_BYTES: sqlite3_bind_blob64(st, i + 1, p, v->s.n, SQLITE_STATIC); break;
        }
    }
    if (sqlite3_step(st) != SQLITE_DONE)
        give_up(sql_tables[table].name, sqlite3_errmsg(b->db));
    sqlite3_reset(st);
    if (++b->waiting >= ROWS_A_COMMIT) {
        run(b, "COMMIT; BEGIN");
        b->waiting = 0;
    }
}

static void
close_sqlite(struct bulk *b)
{
    run(b, "COMMIT");
    for (int i = 0; i < sql_table_count; i++)
        sqlite3_finalize(b->into[i]);
    run(b, "PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL");
    sqlite3_close(b->db);
}

/* ---- PostgreSQL ---- */

static PGresult *
ask(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_COPY_IN)
        give_up(sql, PQerrorMessage(c));
    return r;
}

static void
tell(PGconn *c, const char *sql)
{
    PQclear(ask(c, sql));
}

static PGconn *
dial(struct bulk *b)
{
    PGconn *c = PQconnectdb(b->url);
    if (PQstatus(c) != CONNECTION_OK)
        give_up(b->url, PQerrorMessage(c));
    tell(c, "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET client_min_messages = warning");
    return c;
}

/* All in one transaction, so that a server with wal_level=minimal need not log the rows. */
static void
begin_copy(struct bulk *b, int table)
{
    PGconn *c = b->filled[table] = dial(b);
    const char *name = sql_tables[table].name;
    struct str columns = columns_of(table);
    tell(c, arena_printf(b->arena, "BEGIN; TRUNCATE %s", name));
    PGresult *r = ask(c, arena_printf(b->arena, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = '%s' AND "
                                                "indexname NOT IN (SELECT conname FROM pg_constraint)", name));
    for (int i = 0; i < PQntuples(r) && b->n_indexes < INDEXES_MAX; i++) {
        b->indexes[b->n_indexes++] = arena_printf(b->arena, "%s", PQgetvalue(r, i, 1));
        tell(c, arena_printf(b->arena, "DROP INDEX %s", PQgetvalue(r, i, 0)));
    }
    PQclear(r);
    tell(c, arena_printf(b->arena, "COPY %s (%.*s) FROM STDIN (FORMAT binary)", name, (int)columns.n, columns.p));
    buf_add(&b->out[table], "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
}

static void
put16(struct buf *out, int v)
{
    uint16_t n = htobe16((uint16_t)v);
    buf_add(out, &n, sizeof n);
}

static void
put32(struct buf *out, int64_t v)
{
    uint32_t n = htobe32((uint32_t)v);
    buf_add(out, &n, sizeof n);
}

static void
put_value(struct buf *out, const struct value *v)
{
    uint64_t n;
    switch (v->kind) {
    case VALUE_NULL: put32(out, -1); return;
    case VALUE_INT: n = htobe64((uint64_t)v->i); break;
    case VALUE_REAL:
        memcpy(&n, &v->r, sizeof n);
        n = htobe64(n);
        break;
    default:
        put32(out, (int64_t)v->s.n);
        buf_str(out, v->s);
        return;
    }
    put32(out, sizeof n);
    buf_add(out, &n, sizeof n);
}

static void
send_rows(struct bulk *b, int table)
{
    struct buf *out = &b->out[table];
    if (PQputCopyData(b->filled[table], out->p, (int)out->n) != 1)
        give_up(sql_tables[table].name, PQerrorMessage(b->filled[table]));
    out->n = 0;
}

static void
row_to_postgres(struct bulk *b, int table, const struct value *values)
{
    struct buf *out = &b->out[table];
    put16(out, sql_tables[table].n_columns);
    for (int i = 0; i < sql_tables[table].n_columns; i++)
        put_value(out, &values[i]);
    if (out->n >= COPY_AT_ONCE)
        send_rows(b, table);
}

static void
end_copy(struct bulk *b, int table)
{
    PGconn *c = b->filled[table];
    put16(&b->out[table], -1);
    send_rows(b, table);
    if (PQputCopyEnd(c, NULL) != 1)
        give_up(sql_tables[table].name, PQerrorMessage(c));
    for (PGresult *r; (r = PQgetResult(c)); PQclear(r))
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            give_up(sql_tables[table].name, PQresultErrorMessage(r));
    tell(c, "COMMIT");
    PQfinish(c);
    buf_release(&b->out[table]);
}

static void
close_postgres(struct bulk *b)
{
    for (int i = 0; i < sql_table_count; i++)
        if (b->filled[i])
            end_copy(b, i);
    PGconn *c = dial(b);
    for (size_t i = 0; i < b->n_indexes; i++)
        tell(c, b->indexes[i]);
    tell(c, "VACUUM ANALYZE");
    PQfinish(c);
}

/* ---- both ---- */

struct bulk *
bulk_open(const char *dir, struct err *err)
{
    struct bulk *b = xcalloc(1, sizeof *b);
    b->arena = arena_new();
    b->url = store_database_of(b->arena, dir);
    if (sql_table_count <= TABLES_MAX && (b->url || open_sqlite(b, dir, err)))
        return b;
    arena_free(b->arena);
    free(b);
    return NULL;
}

bool
bulk_empty(struct bulk *b, int table, struct err *err)
{
    if (b->url) {
        begin_copy(b, table);
        return true;
    }
    run(b, arena_printf(b->arena, "DELETE FROM %s", sql_tables[table].name));
    if (sqlite3_prepare_v2(b->db, sql_texts[sql_tables[table].into].sqlite, -1, &b->into[table], NULL) == SQLITE_OK)
        return true;
    return err_set(err, ERR_INTERNAL, "%s", sqlite3_errmsg(b->db));
}

void
bulk_row(struct bulk *b, int table, const struct value *values)
{
    (b->url ? row_to_postgres : row_to_sqlite)(b, table, values);
}

void
bulk_close(struct bulk *b)
{
    (b->url ? close_postgres : close_sqlite)(b);
    arena_free(b->arena);
    free(b);
}
