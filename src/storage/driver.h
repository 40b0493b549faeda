/* driver.h — inside storage only: what an engine must provide. driver_sqlite.c is the embedded engine. */
#ifndef STORAGE_DRIVER_H
#define STORAGE_DRIVER_H

#include "store.h"

struct driver {
    const char *name;
    struct db *(*open)(const struct store_options *opt, bool is_writer, struct err *err);
    void (*close)(struct db *db);
    bool (*exec)(struct db *db, enum sql_id id, const struct value *args, size_t n, struct err *err);
    bool (*query)(struct db *db, enum sql_id id, const struct value *args, size_t n, struct rows *rows, struct err *err);
    bool (*next)(struct rows *r, struct err *err);
    void (*end)(struct rows *r);
    int64_t (*get_int)(const struct rows *r, int column);
    double (*get_real)(const struct rows *r, int column);
    struct str (*get_text)(const struct rows *r, int column);
    bool (*is_null)(const struct rows *r, int column);
    bool (*script)(struct db *db, const char *sql, struct err *err); /* migrations and transaction control */
    bool (*migrated)(struct db *db, int *number, struct err *err); /* highest migration applied */
    void (*checkpoint)(struct db *db);
    uint32_t (*version)(struct db *db);
};
extern const struct driver driver_sqlite;

struct db {
    const struct driver *driver;
    int64_t changes;
    int read_depth;
    bool is_writer;
};

/* Prepares every named statement; called after the migrations. */
bool driver_prepare(struct db *db, struct err *err);

#endif
