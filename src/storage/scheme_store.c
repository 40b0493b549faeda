#include "scheme_store.h"

#include "rows_case.h"

enum { VERSIONS_READ = 256, TABLES_READ = 64, REPLAY_PAGE = 500 };

bool
scheme_versions(struct db *db, struct arena *a, int64_t area, struct scheme_versions *out, struct err *err)
{
    struct rows r;
    struct scheme_version *list = arena_array(a, struct scheme_version, VERSIONS_READ);
    size_t n = 0;
    if (!db_query(db, SQL_SCHEME_VERSIONS, &r, err, V_INT(area)))
        return false;
    while (n < VERSIONS_READ && rows_next(&r, err))
        list[n++] = (struct scheme_version){.version = rows_int(&r, 0),
                                            .name = str_dup(a, rows_text(&r, 1)),
                                            .valid_from = (int32_t)rows_int(&r, 2),
                                            .published_at = rows_int(&r, 3),
                                            .published_by = rows_int(&r, 4),
                                            .document = str_dup(a, rows_text(&r, 5)),
                                            .proposed_by = rows_int(&r, 6)};
    rows_end(&r);
    *out = (struct scheme_versions){list, n};
    return !r.has_failed;
}

bool
scheme_draft_head(struct db *db, struct arena *a, int64_t area, struct scheme_draft *out, struct err *err)
{
    struct rows r;
    *out = (struct scheme_draft){.document = STR(""), .remark = STR("")};
    if (!db_query(db, SQL_SCHEME_DRAFT_GET, &r, err, V_INT(area)))
        return false;
    if (rows_next(&r, err))
        *out = (struct scheme_draft){.rev = rows_int(&r, 0),
                                     .based_on = rows_int(&r, 1),
                                     .author = rows_int(&r, 2),
                                     .changed_by = rows_int(&r, 3),
                                     .changed_at = rows_int(&r, 4),
                                     .proposed_by = rows_int(&r, 5),
                                     .proposed_at = rows_int(&r, 6),
                                     .valid_from = (int32_t)rows_int(&r, 7),
                                     .document = str_dup(a, rows_text(&r, 8)),
                                     .remark = str_dup(a, rows_text(&r, 9))};
    rows_end(&r);
    return !r.has_failed;
}

bool
scheme_draft_load(struct db *db, struct arena *a, int64_t area, struct scheme_draft *out, struct scheme_errors *errors,
                  struct err *err)
{
    struct rows r;
    if (!scheme_draft_head(db, a, area, out, err))
        return false;
    struct table *list = arena_array(a, struct table, TABLES_READ);
    size_t n = 0;
    if (!out->rev)
        return true;
    if (!db_query(db, SQL_SCHEME_DRAFT_TABLES, &r, err, V_INT(area)))
        return false;
    while (n < TABLES_READ && rows_next(&r, err)) {
        struct str csv = str_dup(a, rows_text(&r, 1));
        table_parse(a, str_dup(a, rows_text(&r, 0)), csv, &list[n++], errors);
    }
    rows_end(&r);
    out->tables = (struct tables){list, n};
    return !r.has_failed;
}

bool
scheme_draft_save(struct db *db, int64_t area, const struct scheme_draft *d, struct err *err)
{
    return db_exec(db, SQL_SCHEME_DRAFT_SET, err, V_INT(area), V_INT(d->rev), V_INT(d->based_on), V_INT(d->author),
                   V_INT(d->changed_by), V_INT(d->changed_at), V_INT(d->proposed_by), V_INT(d->proposed_at),
                   V_INT(d->valid_from), V_TEXT(d->document), V_TEXT(d->remark));
}

bool
scheme_draft_save_table(struct db *db, int64_t area, const struct table *t, struct err *err)
{
    struct buf csv = {0};
    table_write(&csv, t);
    bool ok = db_exec(db, SQL_SCHEME_DRAFT_TABLE_SET, err, V_INT(area), V_TEXT(t->name), V_TEXT(buf_view(&csv)));
    buf_release(&csv);
    return ok;
}

bool
scheme_draft_drop(struct db *db, int64_t area, struct err *err)
{
    return db_exec(db, SQL_SCHEME_DRAFT_TABLES_DELETE, err, V_INT(area)) &&
           db_exec(db, SQL_SCHEME_DRAFT_DELETE, err, V_INT(area));
}

bool
scheme_publish_rows(struct db *db, int64_t area, const struct scheme_version *v, struct tables tables, struct err *err)
{
    bool ok = db_exec(db, SQL_SCHEME_VERSION_PUBLISH, err, V_INT(area), V_INT(v->version), V_TEXT(v->name), V_INT(v->valid_from),
                      V_INT(v->published_at), V_INT(v->published_by), V_TEXT(v->document), V_INT(v->proposed_by));
    for (size_t i = 0; ok && i < tables.n; i++) {
        struct buf csv = {0};
        table_write(&csv, &tables.p[i]);
        ok = db_exec(db, SQL_SCHEME_TABLE_INSERT, err, V_INT(area), V_INT(v->version), V_TEXT(tables.p[i].name), V_TEXT(buf_view(&csv)));
        buf_release(&csv);
    }
    return ok;
}

static int
by_name(const void *x, const void *y)
{
    const struct table *const *a = x, *const *b = y;
    return str_cmp((*a)->name, (*b)->name);
}

static void
digest_add(struct buf *all, struct str name, struct str csv)
{
    buf_printf(all, "%.*s %zu\n", (int)name.n, name.p, csv.n);
    buf_str(all, csv);
}

void
scheme_tables_digest(struct tables tables, uint8_t out[HASH_BYTES])
{
    const struct table **sorted = xcalloc(tables.n + 1, sizeof *sorted);
    struct buf all = {0};
    for (size_t i = 0; i < tables.n; i++)
        sorted[i] = &tables.p[i];
    qsort(sorted, tables.n, sizeof *sorted, by_name);
    for (size_t i = 0; i < tables.n; i++) {
        struct buf csv = {0};
        table_write(&csv, sorted[i]);
        digest_add(&all, sorted[i]->name, buf_view(&csv));
        buf_release(&csv);
    }
    sm3(buf_view(&all), out);
    buf_release(&all);
    free(sorted);
}

bool
scheme_version_digest(struct db *db, int64_t area, int64_t version, uint8_t out[HASH_BYTES], struct err *err)
{
    struct rows r;
    struct buf all = {0};
    if (!db_query(db, SQL_SCHEME_TABLES, &r, err, V_INT(area), V_INT(version)))
        return false;
    while (rows_next(&r, err)) {
        digest_add(&all, rows_text(&r, 0), rows_text(&r, 1));
    }
    sm3(buf_view(&all), out);
    buf_release(&all);
    return !r.has_failed;
}

bool
scheme_replay_cases(struct db *db, struct arena *a, int64_t area, int64_t before, struct case_file *out, size_t *n,
                    struct err *err)
{
    struct rows r;
    *n = 0;
    if (!db_query(db, SQL_SCHEME_REPLAY_CASES, &r, err, V_INT(area), V_INT(before)))
        return false;
    while (*n < REPLAY_PAGE && rows_next(&r, err))
        read_case_columns(&r, 0, area, a, &out[(*n)++]);
    rows_end(&r);
    return !r.has_failed;
}
