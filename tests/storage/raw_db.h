/* raw_db.h — the database of a test's directory in the hands of somebody who knows no rules, on either engine. Statements are
 * written once: X'…' is bytes, ZEROBLOB(n) so many zeros, FLIP(bytes, at) one bit of the byte at `at` turned round (negative: of
 * the middle one). On PostgreSQL no trigger stops him. $SHAODAO_DATABASE says which engine, and where its server is. */
#ifndef TESTS_RAW_DB_H
#define TESTS_RAW_DB_H

#include "check.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto.h"
#include "store.h"

static const char *raw_dir; /* whose database; set by temporary_dir() */

static inline bool
is_postgres(void)
{
    const char *address = getenv("SHAODAO_DATABASE");
    return address && *address;
}

/* ---- PostgreSQL ---- */

/* `database`: another one than the directory's. */
static inline PGconn *
raw_connect(const char *database)
{
    struct arena *a = arena_new();
    const char *address = store_database_of(a, raw_dir);
    if (!address)
        fail_msg("%s/database names no database", raw_dir);
    const char *names[] = {"dbname", "client_encoding", database ? "dbname" : NULL, NULL}, *values[] = {address, "UTF8", database, NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);
    arena_free(a);
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    return conn;
}

/* All results of a script, waited for; how many rows they touched. */
static inline int64_t
raw_script(PGconn *conn, const char *sql)
{
    int64_t n = 0;
    if (!PQsendQuery(conn, sql))
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    for (PGresult *r; (r = PQgetResult(conn)); PQclear(r)) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", sql, PQresultErrorMessage(r));
        if (PQresultStatus(r) == PGRES_COMMAND_OK)
            n += strtoll(PQcmdTuples(r), NULL, 10);
    }
    return n;
}

#define RAW_FUNCTIONS                                                                                                                 \
    "CREATE OR REPLACE FUNCTION zeroblob(BIGINT) RETURNS BYTEA LANGUAGE SQL AS 'SELECT decode(repeat(''00'', $1::INT), ''hex'')';"     \
    "CREATE OR REPLACE FUNCTION flip(v BYTEA, n BIGINT) RETURNS BYTEA LANGUAGE SQL AS 'SELECT set_byte(v, i, get_byte(v, i) # 1) "     \
    "FROM (SELECT (CASE WHEN n < 0 THEN length(v) / 2 ELSE n % length(v) END)::INT AS i) AS x';"

/* X'0a' → '\x0a'::bytea */
static inline char *
raw_words(const char *sql)
{
    struct buf b = {0};
    for (const char *p = sql; *p; p++) {
        bool is_bytes = (*p == 'X' || *p == 'x') && p[1] == '\'' && (p == sql || strchr(" ,=(", p[-1]));
        const char *end = is_bytes ? strchr(p + 2, '\'') : NULL;
        if (!end) {
            buf_char(&b, *p);
            continue;
        }
        buf_printf(&b, "'\\x%.*s'::bytea", (int)(end - p - 2), p + 2);
        p = end;
    }
    buf_char(&b, 0);
    return b.p;
}

static inline PGconn *
raw_forger(const char *sql)
{
    PGconn *conn = raw_connect(NULL);
    raw_script(conn, "SET client_min_messages = warning; SET session_replication_role = replica");
    if (strstr(sql, "ZEROBLOB(") || strstr(sql, "FLIP("))
        raw_script(conn, RAW_FUNCTIONS);
    return conn;
}

/* Asks the server and not the directory's database. */
static inline void
raw_server(const char *sql)
{
    PGconn *conn = raw_connect("postgres");
    raw_script(conn, "SET client_min_messages = warning");
    raw_script(conn, sql);
    PQfinish(conn);
}

/* ---- the embedded engine ---- */

static inline void
raw_flip(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    int bytes = sqlite3_value_bytes(v[0]), at = sqlite3_value_int(v[1]);
    unsigned char *copy = sqlite3_malloc(bytes + 1);
    memcpy(copy, sqlite3_value_blob(v[0]), (size_t)bytes);
    copy[at < 0 ? bytes / 2 : at % bytes] ^= 1;
    sqlite3_result_blob(ctx, copy, bytes, sqlite3_free);
}

static inline sqlite3 *
raw_open(void)
{
    sqlite3 *db = NULL;
    char path[160];
    snprintf(path, sizeof path, "%s/shaodao.db", raw_dir);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        fail_msg("sqlite3_open: %s", sqlite3_errmsg(db));
    sqlite3_busy_timeout(db, 5000);
    sqlite3_create_function(db, "FLIP", 2, SQLITE_UTF8, NULL, raw_flip, NULL, NULL);
    return db;
}

/* ---- either ---- */

/* Returns how many rows were changed. */
static inline int64_t
raw_exec(const char *sql)
{
    int64_t n;
    if (is_postgres()) {
        char *words = raw_words(sql);
        PGconn *conn = raw_forger(sql);
        n = raw_script(conn, words);
        PQfinish(conn);
        free(words);
        return n;
    }
    sqlite3 *db = raw_open();
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    n = sqlite3_total_changes(db);
    sqlite3_close(db);
    return n;
}

/* The first column of each row: numbers, at most `max` of them. */
static inline size_t
raw_ints(const char *sql, int64_t *out, size_t max)
{
    size_t n = 0;
    if (is_postgres()) {
        PGconn *conn = raw_connect(NULL);
        PGresult *r = PQexec(conn, sql);
        if (PQresultStatus(r) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", sql, PQresultErrorMessage(r));
        for (; n < max && n < (size_t)PQntuples(r); n++)
            out[n] = strtoll(PQgetvalue(r, (int)n, 0), NULL, 10);
        PQclear(r);
        PQfinish(conn);
        return n;
    }
    sqlite3 *db = raw_open();
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (n < max && sqlite3_step(st) == SQLITE_ROW)
        out[n++] = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

static inline int64_t
raw_int(const char *sql)
{
    int64_t v;
    return raw_ints(sql, &v, 1) ? v : INT64_MIN;
}

/* One value as it is stored, be it text or bytes. */
static inline struct str
raw_bytes(struct arena *a, const char *sql)
{
    struct str out = {"", 0};
    if (is_postgres()) {
        PGconn *conn = raw_connect(NULL);
        PGresult *r = PQexecParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1);
        if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1)
            fail_msg("%s: %s", sql, PQresultErrorMessage(r));
        out = str_dup(a, (struct str){PQgetvalue(r, 0, 0), (size_t)PQgetlength(r, 0, 0)});
        PQclear(r);
        PQfinish(conn);
        return out;
    }
    sqlite3 *db = raw_open();
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    const char *p = sqlite3_column_blob(st, 0);
    out = p ? str_dup(a, (struct str){p, (size_t)sqlite3_column_bytes(st, 0)}) : out;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return out;
}

/* A statement with one value, $1. */
static inline void
raw_exec_with(const char *sql, struct str value, bool is_text)
{
    if (is_postgres()) {
        enum { BYTES = 17, TEXT = 25 };
        PGconn *conn = raw_forger(sql);
        const Oid type = is_text ? TEXT : BYTES;
        const int length = (int)value.n, is_binary = 1;
        PGresult *r = PQexecParams(conn, sql, 1, &type, &value.p, &length, &is_binary, 1);
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", sql, PQresultErrorMessage(r));
        PQclear(r);
        PQfinish(conn);
        return;
    }
    sqlite3 *db = raw_open();
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    if (is_text)
        sqlite3_bind_text(st, 1, value.p, (int)value.n, SQLITE_TRANSIENT);
    else
        sqlite3_bind_blob(st, 1, value.p, (int)value.n, SQLITE_TRANSIENT);
    if (sqlite3_step(st) != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* The number of the last migration, as each engine keeps it. */
static inline int64_t
raw_migration(void)
{
    return raw_int(is_postgres() ? "SELECT number FROM shaodao_schema" : "PRAGMA user_version");
}

static inline void
raw_set_migration(int number)
{
    char sql[80];
    snprintf(sql, sizeof sql, is_postgres() ? "UPDATE shaodao_schema SET number = %d" : "PRAGMA user_version = %d", number);
    raw_exec(sql);
}

/* Where these words stand in clear: "table.column" or NULL. Of the embedded engine the files below the directory tell. */
static inline const char *
raw_finds(struct arena *a, const char *words)
{
    if (!is_postgres())
        return NULL;
    const char *out = NULL;
    PGconn *conn = raw_connect(NULL);
    PGresult *columns = PQexec(conn, "SELECT table_name, column_name, data_type FROM information_schema.columns "
                                     "WHERE table_schema = 'public' AND data_type IN ('text', 'bytea')");
    for (int i = 0; !out && i < PQntuples(columns); i++) {
        const char *table = PQgetvalue(columns, i, 0), *column = PQgetvalue(columns, i, 1);
        bool is_text = strcmp(PQgetvalue(columns, i, 2), "text") == 0;
        PGresult *r = PQexecParams(conn, arena_printf(a, "SELECT 1 FROM %s WHERE position(%s IN %s) > 0 LIMIT 1", table,
                                   is_text ? "$1::text" : "convert_to($1, 'UTF8')", column), 1, NULL, &words, NULL, NULL, 0);
        if (PQresultStatus(r) != PGRES_TUPLES_OK)
            fail_msg("%s.%s: %s", table, column, PQresultErrorMessage(r));
        out = PQntuples(r) ? arena_printf(a, "%s.%s", table, column) : NULL;
        PQclear(r);
    }
    PQclear(columns);
    PQfinish(conn);
    return out;
}

/* ---- whole databases; nobody else may have them open ---- */

static inline const char *
raw_database_name(char out[64])
{
    struct arena *a = arena_new();
    const char *address = store_database_of(a, raw_dir), *name = address + strcspn(address, "?");
    while (name[-1] != '/')
        name--;
    snprintf(out, 64, "%.*s", (int)strcspn(name, "?"), name);
    arena_free(a);
    return out;
}

static inline void
raw_copy_file(const char *from, const char *to)
{
    char bytes[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in && out);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in));)
        assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(in) | fclose(out), 0);
}

/* Keeps a copy of everything, to be brought back as often as wanted. */
static inline void
raw_keep(void)
{
    char sql[256], name[64];
    if (is_postgres()) {
        raw_database_name(name);
        snprintf(sql, sizeof sql, "CREATE DATABASE %s_kept TEMPLATE %s", name, name);
        raw_server(sql);
    } else {
        snprintf(sql, sizeof sql, "VACUUM INTO '%s/kept.db'", raw_dir);
        raw_exec(sql);
    }
}

static inline void
raw_bring_back(void)
{
    char sql[256], name[64], kept[160], used[160];
    if (is_postgres()) {
        raw_database_name(name);
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
        raw_server(sql);
        snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s_kept", name, name);
        raw_server(sql);
        return;
    }
    static const char *const logs[] = {"-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(logs); i++) {
        snprintf(used, sizeof used, "%s/shaodao.db%s", raw_dir, logs[i]);
        unlink(used);
    }
    snprintf(kept, sizeof kept, "%s/kept.db", raw_dir);
    snprintf(used, sizeof used, "%s/shaodao.db", raw_dir);
    raw_copy_file(kept, used);
}

/* A fresh name for the directory's database, when the engine needs one; store_open with `create` makes it. */
static inline void
raw_name_database(void)
{
    if (!is_postgres())
        return;
    struct arena *a = arena_new();
    const char *server = getenv("SHAODAO_DATABASE");
    int n = (int)strcspn(server, "?");
    uint32_t number;
    struct err err = {0};
    crypto_random(&number, sizeof number);
    const char *address = arena_printf(a, "%.*sstore_%08x%s", n, server, number, server + n);
    if (!store_database_set(raw_dir, address, &err))
        fail_msg("%s", err.message);
    arena_free(a);
}

static inline void
raw_drop(void)
{
    char sql[160], name[64], path[160];
    snprintf(path, sizeof path, "%s/database", raw_dir);
    if (!is_postgres() || access(path, F_OK) != 0)
        return;
    raw_database_name(name);
    static const char *const which[] = {"", "_kept"};
    for (size_t i = 0; i < COUNT_OF(which); i++) {
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s%s WITH (FORCE)", name, which[i]);
        raw_server(sql);
    }
}

#endif
