/* A workbook from outside: it is refused with a sentence, or it becomes tables within the limits that can be written
 * and read again to the same cells. */
#include <assert.h>

#include "limits.h"
#include "workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_table(const struct table *t)
{
    assert(t->name.n && t->n_rows < LIMIT_WORKBOOK_ROWS);
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t k = 0; k < t->rows[i].n; k++)
            assert(utf8_valid(t->rows[i].p[k]));
}

static void
check_csv(struct arena *a, const struct table *t)
{
    struct buf csv = {0};
    struct table again;
    struct scheme_errors errors = {0};
    table_write(&csv, t);
    if (table_parse(a, t->name, buf_view(&csv), &again, &errors)) {
        assert(again.n_rows == t->n_rows);
        for (size_t i = 0; i < t->n_rows; i++)
            for (size_t k = 0; k < t->rows[i].n; k++)
                assert(str_eq(str_trim(t->rows[i].p[k]), again.rows[i].p[k]));
    }
    buf_release(&csv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    struct str bytes = {(const char *)data, n};
    struct err err = {0};
    struct scheme_errors errors = {0};
    struct tables tables;
    struct workbook_sheet *sheets;
    size_t n_sheets;
    if (workbook_tables(a, STR("items.csv"), bytes, &tables, &errors, &err)) {
        for (size_t i = 0; i < tables.n; i++) {
            check_table(&tables.p[i]);
            if (errors.n == 0)
                check_csv(a, &tables.p[i]);
        }
    } else {
        assert(err.n_fields == 1 && err.fields[0].message[0] && utf8_valid(str_of(err.fields[0].message)));
    }
    err = (struct err){0};
    workbook_sheets(a, STR("x.csv"), bytes, &sheets, &n_sheets, &errors, &err);
    arena_free(a);
    return 0;
}
