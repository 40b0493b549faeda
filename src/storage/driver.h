/* driver.h — inside storage only: what an engine must provide. driver_sqlite.c is the embedded engine, driver_postgres.c the one
 * for several servers on one database. An engine may do what exec asks for later and tell of failures later, but a query, changes,
 * settle and every control except BEGIN answer for all that went before. */
#ifndef STORAGE_DRIVER_H
#define STORAGE_DRIVER_H

#include "store.h"

enum control {
    TX_WRITE,    /* begin, to write */
    TX_COMMIT,
    TX_ROLLBACK,
    TX_MARK,     /* savepoint */
    TX_KEEP,     /* release it */
    TX_UNDO,     /* back to it, and release it */
    TX_READ,     /* begin, to read one state of everything */
    TX_READ_END,
    TX_CONTROLS
};

struct driver {
    const char *name;
    struct db *(*open)(const struct store_options *opt, bool is_writer, struct err *err);
    void (*close)(struct db *db);
    bool (*exec)(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err);
    int64_t (*changes)(struct db *db, struct err *err);
    bool (*query)(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err);
    bool (*next)(struct rows *r, struct err *err);
    void (*end)(struct rows *r);
    int64_t (*get_int)(const struct rows *r, int column);
    double (*get_real)(const struct rows *r, int column);
    struct str (*get_text)(const struct rows *r, int column);
    bool (*is_null)(const struct rows *r, int column);
    bool (*control)(struct db *db, enum control what, struct err *err);
    bool (*script)(struct db *db, const char *sql, struct err *err); /* several statements, for migrations and tests */
    bool (*settle)(struct db *db, struct err *err); /* all that exec was asked for is done, or the failure comes out */
    bool (*prepare)(struct db *db, struct err *err); /* every named statement can be run; called after the migrations */
    bool (*migrated)(struct db *db, int *number, struct err *err); /* highest migration applied */
    bool (*migrate)(struct db *db, const struct migration *m, struct err *err); /* unless it is done meanwhile */
    void (*checkpoint)(struct db *db);
    uint32_t (*version)(struct db *db); /* another number when somebody else has committed */
    /* Of engines that stand elsewhere; NULL for the embedded one. */
    bool (*ready)(struct db *db, struct err *err); /* connected, again if need be */
    bool (*lock)(struct db *db, int64_t number);   /* for as long as this connection lasts; false = somebody else has it */
    bool (*tell)(struct db *db, bool is_data, struct err *err); /* the other servers: something was saved; data: people, places, schemes */
};
extern const struct driver driver_sqlite, driver_postgres;
extern const char postgres_settings[]; /* of every connection: how its planner is to think */

struct db {
    const struct driver *driver;
    int64_t changes;
    int read_depth;
    bool is_writer;
    bool is_lost;      /* the connection broke: nothing of the open transaction will be saved, and a COMMIT under way is in doubt */
    bool is_transient; /* the last failure goes away when the same is done again: deadlock, no serial order */
    const _Atomic int64_t *commits; /* the store's own */
    _Atomic int64_t *news; /* the store's; grows when another server says that people, places or schemes have changed */
};

#endif
