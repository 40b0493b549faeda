/* bench-bare SAMPLE DIR SECONDS K...: how fast this disk and this engine take the rows of a report, and nothing else.
 *
 * SAMPLE is an installation that has just been under the HTTP load; the rows of its newest reports are read into memory.
 * They are then inserted into DIR, an installation as the load found it, under new ids and numbers: the same statements
 * on the same connection settings, K reports a transaction, the log folded back as often as the server does it. No HTTP,
 * no decision, no encryption, no savepoint, no second thread: what K waiting writers could have at best. Either engine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "driver.h"

enum { SAMPLES = 500, ROWS_MAX = 400, COLUMNS_MAX = 160, CHECKPOINT_AFTER = 2000, LOAD_S = 600 /* the load was not longer ago */ };

/* The tables that a report fills, by their insert; `owner` is the column that names the case. is_whole: it is read from its beginning,
 * because its key does not begin with what grows. */
static const struct {
    const char *name;
    enum sql_id insert;
    const char *owner;
    bool is_whole;
} tables[] = {{"event", SQL_EVENT_INSERT, "stream", false},      {"case_file", SQL_CASE_INSERT, "id", false},
              {"duty", SQL_DUTY_INSERT, "subject", false},       {"notice", SQL_NOTICE_INSERT, "case_id", false},
              {"token", SQL_TOKEN_ADD, "case_id", true},         {"idempotency", SQL_IDEMPOTENCY_INSERT, "case_id", true}};
enum { TABLES = sizeof tables / sizeof tables[0] };

struct row {
    int table, n;
    struct value *values;
};

static struct {
    struct arena *arena;
    int owner_at[TABLES], id_at[TABLES], name_at[TABLES], no_at;
    int64_t ids[SAMPLES]; 
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

static struct str
columns_of(enum sql_id insert)
{
    const char *open = strchr(strstr(sql_texts[insert].sqlite, "INTO "), '('), *close = strchr(open, ')');
    return (struct str){open + 1, (size_t)(close - open - 1)};
}

static const struct sql_table *
table_named(const char *name)
{
    for (int i = 0; i < sql_table_count; i++)
        if (strcmp(sql_tables[i].name, name) == 0)
            return &sql_tables[i];
    give_up(name, "no such table");
    return NULL;
}

static struct value
value_of(const struct rows *r, int i, char type)
{
    if (rows_null(r, i))
        return V_NULL;
    switch (type) {
    case 'i': return V_INT(rows_int(r, i));
    case 'r': return V_REAL(rows_real(r, i));
    case 't': return V_TEXT(str_dup(b.arena, rows_text(r, i)));
    default: return V_BLOB(str_dup(b.arena, rows_text(r, i)));
    }
}

/* A row as its insert wants it: the columns of the table in the order of the insert. */
static void
keep_row(const struct rows *r, const struct sql_table *table, int t, int owner_at)
{
    size_t k = 0;
    while (k < b.n_reports && b.ids[k] != rows_int(r, owner_at))
        k++;
    if (k == b.n_reports || b.n_rows[k] == ROWS_MAX)
        return;
    struct str wanted = columns_of(tables[t].insert), have = columns_of(table->into), column;
    struct row *row = &b.reports[k][b.n_rows[k]++];
    *row = (struct row){t, 0, arena_array(b.arena, struct value, COLUMNS_MAX)};
    while (str_cut(&wanted, ',', &column)) {
        char name[64];
        column = str_trim(column);
        snprintf(name, sizeof name, "%.*s", (int)column.n, column.p);
        int at = column_at(have, name);
        row->values[row->n++] = at >= 0 ? value_of(r, at, table->types[at]) : V_NULL;
    }
}

/* From the oldest of the reports on, or from the beginning. */
static void
read_table(struct db *db, int t, int64_t from)
{
    struct err err = {0};
    const struct sql_table *table = table_named(tables[t].name);
    int owner_at = column_at(columns_of(table->into), tables[t].owner), n = 0;
    struct value args[8];
    for (; n < table->n_key; n++)
        args[n] = table->types[table->key[n]] == 't' ? V_TEXT(STR("")) : V_INT(n == 0 ? b.area : n == 1 && !tables[t].is_whole ? from - 1 : INT64_MIN);
    args[n++] = V_INT(INT64_MAX);
    struct rows r;
    if (!db_query_n(db, table->after, args, (size_t)n, &r, &err))
        give_up(table->name, err.detail);
    while (rows_next(&r, &err))
        keep_row(&r, table, t, owner_at);
    b.owner_at[t] = column_at(columns_of(tables[t].insert), tables[t].owner);
    b.id_at[t] = column_at(columns_of(tables[t].insert), "id");
    b.name_at[t] = column_at(columns_of(tables[t].insert), "name");
    if (tables[t].insert == SQL_CASE_INSERT)
        b.no_at = column_at(columns_of(tables[t].insert), "no");
}

static struct db *
open_dir(const char *dir, bool is_writer)
{
    struct err err = {0};
    const char *database = store_database_of(b.arena, dir);
    const struct driver *driver = database ? &driver_postgres : &driver_sqlite;
    struct db *db = driver->open(&(struct store_options){.dir = dir, .database = database}, is_writer, &err);
    if (!db)
        give_up(dir, err.message);
    return db;
}

/* The rows of reports of the load, each table read once from the first of them on. */
static void
read_samples(const char *dir)
{
    struct err err = {0};
    struct db *db = open_dir(dir, false);
    const struct sql_table *cases = table_named("case_file");
    int id_at = column_at(columns_of(cases->into), "id"), day_at = column_at(columns_of(cases->into), "day");
    struct rows r;
    if (!db_query(db, SQL_AREAS_ALL, &r, &err) || !rows_next(&r, &err))
        give_up(dir, err.detail);
    b.area = rows_int(&r, 0);
    rows_end(&r);
    int64_t from = store_first_id(((int64_t)time(NULL) - LOAD_S) * 1000);
    if (!db_query(db, cases->after, &r, &err, V_INT(b.area), V_INT(from), V_INT(INT64_MAX)))
        give_up(dir, err.detail);
    for (; b.n_reports < SAMPLES && rows_next(&r, &err); b.n_reports++) {
        b.day = rows_int(&r, day_at);
        b.reports[b.n_reports] = arena_array(b.arena, struct row, ROWS_MAX);
        b.ids[b.n_reports] = rows_int(&r, id_at);
    }
    rows_end(&r);
    for (int t = 0; b.n_reports && t < TABLES; t++)
        read_table(db, t, b.ids[0]);
    db->driver->close(db);
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
        bool ok = b.db->driver->control(b.db, TX_WRITE, &err);
        for (int i = 0; ok && i < k; i++, n++, since++)
            insert_report();
        if (!ok || !b.db->driver->control(b.db, TX_COMMIT, &err))
            give_up("commit", err.detail);
        if (since >= CHECKPOINT_AFTER) {
            b.db->driver->checkpoint(b.db);
            since = 0;
        }
    }
    return (double)n / spent;
}

int
main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    b.arena = arena_new();
    read_samples(argv[1]);
    if (!b.n_reports)
        give_up(argv[1], "no reports");
    b.db = open_dir(argv[2], true);
    b.next_id = first_free_id();
    printf("{");
    for (int i = 4; i < argc; i++)
        printf("\"%s\": %.1f, ", argv[i], measure((int)strtol(argv[i], NULL, 10), strtod(argv[3], NULL)));
    size_t rows = 0;
    for (size_t i = 0; i < b.n_reports; i++)
        rows += b.n_rows[i];
    printf("\"rows_per_report\": %.1f}\n", (double)rows / (double)b.n_reports + 1);
    b.db->driver->close(b.db);
    arena_free(b.arena);
    return 0;
}
