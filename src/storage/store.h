/* store.h — one contract, two engines. Named statements in, rows out; one writer with group commit; pooled readers.
 *
 * Nothing above this header knows an engine. The writer prepares every statement when it opens, so a typo fails at start;
 * readers prepare what they use. Reading happens on the calling thread, each loop thread with its own connection; writing
 * happens in jobs that are pure closures: they may run twice (a failed batch is rolled back and its jobs are replayed one by one).
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "arena.h"
#include "err.h"
#include "sql_gen.h"
#include "str.h"

struct value {
    enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES, VALUE_REAL } kind;
    int64_t i;
    double r;
    struct str s;
};
#define V_INT(x) ((struct value){.kind = VALUE_INT, .i = (int64_t)(x)})
#define V_TEXT(x) ((struct value){.kind = VALUE_TEXT, .s = (x)})
#define V_BYTES(ptr, len) ((struct value){.kind = VALUE_BYTES, .s = {(const char *)(ptr), (len)}})
#define V_BLOB(str_) ((struct value){.kind = VALUE_BYTES, .s = (str_)})
#define V_NULL ((struct value){.kind = VALUE_NULL})
#define V_REAL(x) ((struct value){.kind = VALUE_REAL, .r = (x)})
/* db_exec(db, SQL_X, err, V_INT(1), V_TEXT(s)) */
#define db_exec(db, id, err, ...) db_exec_n((db), (id), DB_ARGS(__VA_ARGS__), (err))
#define db_query(db, id, rows, err, ...) db_query_n((db), (id), DB_ARGS(__VA_ARGS__), (rows), (err))
#define DB_ARGS(...) (const struct value[]){__VA_ARGS__ __VA_OPT__(, ) V_NULL}, sizeof((const struct value[]){__VA_ARGS__ __VA_OPT__(, ) V_NULL}) / sizeof(struct value) - 1

struct db; /* a connection; used by one thread at a time */
bool db_exec_n(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err);
int64_t db_changes(struct db *db); /* rows touched by the last db_exec; -1 = it failed */

/* A running query. Text and bytes are valid until the next rows_next. rows_end may be called at any time, more than once. */
struct rows {
    struct db *db;
    void *stmt;
    enum sql_id id;
    bool has_failed;
};
bool db_query_n(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err);
bool rows_next(struct rows *r, struct err *err); /* false at the end (rows_end done) or on failure (has_failed) */
int64_t rows_int(const struct rows *r, int column);
double rows_real(const struct rows *r, int column);
struct str rows_text(const struct rows *r, int column); /* also bytes; empty for NULL */
bool rows_null(const struct rows *r, int column);
void rows_end(struct rows *r);
/* One integer from the first row; `otherwise` when there is none. */
int64_t db_int(struct db *db, enum sql_id id, const struct value *args, size_t n, int64_t otherwise, struct err *err);

/* A snapshot for several reads of one answer. Nests. */
bool db_read_begin(struct db *db, struct err *err);
void db_read_end(struct db *db);
/* Another number once somebody has written: what was read under the same number still holds. 0 = unknown. */
uint32_t db_version(struct db *db);

struct store;
struct store_options {
    const char *dir;      /* data directory */
    const char *database; /* NULL = what the directory says (the embedded engine, or its file `database`); or postgresql://… */
    int n_readers;        /* connections for loop threads 0…n-1; one more is always there for jobs and commands */
    bool create;          /* init: make the database; else it must exist */
    bool is_bulk;         /* demo and import of a fresh directory: fsync only at the end */
};
/* A server database that does not exist is made with `create` (when the role may). */
struct store *store_open(const struct store_options *opt, struct err *err); /* runs migrations */
void store_stop(struct store *s);  /* the writer ends when what waits is saved; reading goes on; accepts NULL */
void store_close(struct store *s); /* finishes queued jobs first; accepts NULL */
struct db *store_reader(struct store *s, int loop); /* -1 = the extra one (guard it yourself) */

/* A write. `apply` runs on the writer thread inside the batch's transaction; false with ERR_CONFLICT asks for a new
 * decision, other kinds fail the job alone. `done` runs on the writer thread after the commit is durable (or failed);
 * it must be short and must not write. */
struct job {
    bool (*apply)(struct db *db, struct job *job, struct err *err);
    void (*done)(struct job *job);
    /* Asked after a conflict, outside the transaction, on the writer's connection: decide again. False = give up with err. */
    bool (*again)(struct db *db, struct job *job, struct err *err);
    struct err err; /* ERR_NONE when committed */
    int tries;
    struct job *next; /* the queue's */
};
bool store_submit(struct store *s, struct job *job, struct err *err); /* ERR_BUSY when the queue is full */
bool store_run(struct store *s, struct job *job, struct err *err); /* submits and waits; not from the writer thread */

/* Several servers on one database: one of them looks after the clock and the house; always true for the embedded engine. */
bool store_is_keeper(struct store *s);
/* Where the database of a directory is: NULL for the embedded engine. In the arena. */
const char *store_database_of(struct arena *a, const char *dir);
bool store_is_shared(const char *dir); /* several processes may write to it: a server database */
bool store_database_set(const char *dir, const char *database, struct err *err); /* keeps it in the directory, for the owner only */

/* Time-ordered id, unique for this installation, below 2^53 until 2050 so that JSON readers keep it exact: steps of
 * 16 ms since 2020, then a counter of 17 bits (with several servers its first five say which of them). Ids used before this start must be told once. */
int64_t store_new_id(struct store *s, int64_t now_ms);
int64_t store_first_id(int64_t ms); /* no id that is made at this moment or later is smaller */
void store_raise_id(struct store *s, int64_t used);

struct store_stats {
    int64_t commits, jobs, conflicts, failures, queue, busy;
};
void store_statistics(struct store *s, struct store_stats *out);
int64_t store_data_version(struct store *s); /* grows with every registry or scheme commit: snapshots reload */
int64_t store_news(struct store *s); /* the part of it that other servers caused: somebody here must reload */
void store_data_changed(struct store *s);

#endif
