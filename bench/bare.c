/* bench-bare SAMPLE DIR SECONDS K...: how fast this disk and this SQLite take the rows of a report, and nothing else.
 *
 * SAMPLE is an installation that has just been under the HTTP load; the rows of its newest reports are read into memory.
 * They are then inserted into DIR, an installation as the load found it, under new ids and numbers: the same statements
 * on the same connection settings, K reports a transaction, the log folded back as often as the server does it. No HTTP,
 * no decision, no encryption, no savepoint, no second thread: what K waiting writers could have at best.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "driver.h"

enum { SAMPLES = 500, ROWS_MAX = 400, COLUMNS_MAX = 96, CHECKPOINT_AFTER = 2000 };

/* The tables that a report fills, by their insert; `owner` is the column that names the case. */
static const struct {
    enum sql_id insert;
    const char *owner;
} tables[] = {{SQL_EVENT_INSERT, "stream"},   {SQL_CASE_INSERT, "id"},       {SQL_DUTY_INSERT, "subject"},
              {SQL_NOTICE_INSERT, "case_id"}, {SQL_TOKEN_ADD, "case_id"},    {SQL_IDEMPOTENCY_INSERT, "case_id"}};
enum { TABLES = sizeof tables / sizeof tables[0] };

struct row {
    int table, n;
    struct value *values;
};

static struct {
    struct arena *arena;
    int owner_at[TABLES], id_at[TABLES], name_at[TABLES], no_at;
    int64_t ids[SAMPLES]; /* newest first */
    struct row *reports[SAMPLES];
    size_t n_rows[SAMPLES], n_reports;
    int64_t next_id, area, day, n_inserted;
    struct db *db;
} b;

static void
give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench-bare: %s: %s\n", what, why);
    exit(1);
}

static int
column_at(struct str columns, const char *name)
{
    struct str column;
    for (int i = 0; str_cut(&columns, ',', &column); i++) {
        while (column.n && (column.p[0] == ' ' || column.p[0] == '\n'))
            column = str_slice(column, 1, column.n);
        if (str_is(str_trim(column), name))
            return i;
    }
    return -1;
}

/* The insert read backwards: SELECT its columns FROM its table. */
static sqlite3_stmt *
selects(sqlite3 *db, int t)
{
    const char *sql = sql_texts[tables[t].insert].sqlite;
    const char *name = strstr(sql, "INTO ") + 5, *open = strchr(name, '('), *close = strchr(open, ')');
    struct str columns = {open + 1, (size_t)(close - open - 1)};
    b.owner_at[t] = column_at(columns, tables[t].owner);
    b.id_at[t] = column_at(columns, "id");
    b.name_at[t] = column_at(columns, "name");
    if (tables[t].insert == SQL_CASE_INSERT)
        b.no_at = column_at(columns, "no");
    const char *text = arena_printf(b.arena, "SELECT %.*s FROM %.*s WHERE area = ?1 AND %s >= ?2", (int)columns.n, columns.p,
                                    (int)(open - name), name, tables[t].owner);
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK)
        give_up(text, sqlite3_errmsg(db));
    return st;
}

static struct value
value_of(sqlite3_stmt *st, int i)
{
    struct str s = {sqlite3_column_blob(st, i), (size_t)sqlite3_column_bytes(st, i)};
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER: return V_INT(sqlite3_column_int64(st, i));
    case SQLITE_FLOAT: return V_REAL(sqlite3_column_double(st, i));
    case SQLITE_TEXT: return V_TEXT(str_dup(b.arena, s));
    case SQLITE_BLOB: return V_BLOB(str_dup(b.arena, s));
    default: return V_NULL;
    }
}

static void
keep_row(sqlite3_stmt *st, int t)
{
    int64_t owner = sqlite3_column_int64(st, b.owner_at[t]);
    size_t k = 0;
    while (k < b.n_reports && b.ids[k] != owner)
        k++;
    if (k == b.n_reports || b.n_rows[k] == ROWS_MAX)
        return;
    struct row *r = &b.reports[k][b.n_rows[k]++];
    *r = (struct row){t, sqlite3_column_count(st), NULL};
    r->values = arena_array(b.arena, struct value, r->n + 1);
    for (int i = 0; i < r->n; i++)
        r->values[i] = value_of(st, i);
}

/* The rows of the newest reports, each table read once from the oldest of them on. */
static void
read_samples(const char *dir)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *newest = NULL;
    const char *path = arena_printf(b.arena, "%s/shaodao.db", dir);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT area, day, id FROM case_file ORDER BY area DESC, id DESC LIMIT ?1", -1, &newest, NULL) != SQLITE_OK)
        give_up(path, sqlite3_errmsg(db));
    sqlite3_bind_int(newest, 1, SAMPLES);
    while (sqlite3_step(newest) == SQLITE_ROW) {
        b.area = sqlite3_column_int64(newest, 0);
        b.day = sqlite3_column_int64(newest, 1);
        b.reports[b.n_reports] = arena_array(b.arena, struct row, ROWS_MAX);
        b.ids[b.n_reports++] = sqlite3_column_int64(newest, 2);
    }
    sqlite3_finalize(newest);
    for (int t = 0; b.n_reports && t < TABLES; t++) {
        sqlite3_stmt *st = selects(db, t);
        sqlite3_bind_int64(st, 1, b.area);
        sqlite3_bind_int64(st, 2, b.ids[b.n_reports - 1]);
        while (sqlite3_step(st) == SQLITE_ROW)
            keep_row(st, t);
        sqlite3_finalize(st);
    }
    sqlite3_close(db);
}

/* New ids in the order of time, beyond all that are there. */
static int64_t
first_free_id(void)
{
    struct err err = {0};
    int64_t at = store_first_id((int64_t)time(NULL) * 1000), used = db_int(b.db, SQL_MAX_NOTICE_ID, DB_ARGS(V_INT(b.area)), 0, &err);
    return at > used ? at : used;
}

static void
insert_report(void)
{
    struct err err = {0};
    size_t which = (size_t)b.n_inserted++ % b.n_reports;
    int64_t id = ++b.next_id, no;
    char name[64];
    no = db_int(b.db, SQL_COUNTER_NEXT, DB_ARGS(V_INT(b.area), V_TEXT(STR("case")), V_INT(b.day)), 0, &err);
    for (size_t i = 0; i < b.n_rows[which]; i++) {
        const struct row *r = &b.reports[which][i];
        struct value values[COLUMNS_MAX];
        memcpy(values, r->values, (size_t)r->n * sizeof *values);
        if (b.id_at[r->table] >= 0)
            values[b.id_at[r->table]].i = ++b.next_id;
        values[b.owner_at[r->table]].i = id;
        if (b.name_at[r->table] >= 0)
            values[b.name_at[r->table]].s = (struct str){name, (size_t)snprintf(name, sizeof name, "bench-%lld", (long long)id)};
        if (tables[r->table].insert == SQL_CASE_INSERT)
            values[b.no_at].i = no;
        if (!db_exec_n(b.db, tables[r->table].insert, values, (size_t)r->n, &err))
            give_up("insert", err.detail);
    }
}

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
measure(int k, double seconds)
{
    struct err err = {0};
    double from = now_s(), spent = 0;
    int64_t n = 0;
    for (int64_t since = 0; spent < seconds; spent = now_s() - from) {
        bool ok = driver_sqlite.script(b.db, "BEGIN IMMEDIATE", &err);
        for (int i = 0; ok && i < k; i++, n++, since++)
            insert_report();
        if (!ok || !driver_sqlite.script(b.db, "COMMIT", &err))
            give_up("commit", err.detail);
        if (since >= CHECKPOINT_AFTER) {
            driver_sqlite.checkpoint(b.db);
            since = 0;
        }
    }
    return (double)n / spent;
}

int
main(int argc, char **argv)
{
    struct err err = {0};
    if (argc < 5)
        return 2;
    b.arena = arena_new();
    read_samples(argv[1]);
    if (!b.n_reports)
        give_up(argv[1], "no reports");
    b.db = driver_sqlite.open(&(struct store_options){.dir = argv[2]}, true, &err);
    if (!b.db || !driver_prepare(b.db, &err))
        give_up(argv[2], err.message);
    b.next_id = first_free_id();
    printf("{");
    for (int i = 4; i < argc; i++)
        printf("\"%s\": %.1f, ", argv[i], measure((int)strtol(argv[i], NULL, 10), strtod(argv[3], NULL)));
    size_t rows = 0;
    for (size_t i = 0; i < b.n_reports; i++)
        rows += b.n_rows[i];
    printf("\"rows_per_report\": %.1f}\n", (double)rows / (double)b.n_reports + 1);
    driver_sqlite.close(b.db);
    arena_free(b.arena);
    return 0;
}
