/* Every named statement, as the engine plans it: none reads a whole table of those that grow, except where its text says
 * why it may. Plans are made without ANALYZE: statistics must not be what saves us. */
#include "check.h"

#include "store_kit.h"

static const char *const growing[] = {"event", "case_file", "duty", "token", "notice", "file", "person_file", "outbox",
                                      "idempotency", "complaint", "session", "watch"};

/* "SCAN case_file", and no better "SCAN case_file USING INDEX x": all of the index. */
static bool
scans_what_grows(const char *detail)
{
    for (size_t i = 0; i < COUNT_OF(growing); i++) {
        size_t n = strlen(growing[i]);
        if (strncmp(detail, "SCAN ", 5) == 0 && strncmp(detail + 5, growing[i], n) == 0 &&
            (detail[5 + n] == '\0' || detail[5 + n] == ' '))
            return true;
    }
    return false;
}

/* One statement: how many of its steps read a whole table. The first few rows in an index's own order are no scan. */
static int
scans_of(sqlite3 *db, const struct sql_text *text)
{
    sqlite3_stmt *st = NULL;
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text->sqlite);
    if (sqlite3_prepare_v2(db, explain, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text->name, sqlite3_errmsg(db));
    sqlite3_free(explain);
    int scans = 0, in_order = 0, sorts = 0;
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(st, 3);
        sorts += strstr(detail, "TEMP B-TREE") != NULL;
        if (!scans_what_grows(detail))
            continue;
        scans++;
        in_order += strstr(detail, "INDEX") != NULL;
        if (!text->scan_ok)
            print_message("%s: %s\n", text->name, detail);
    }
    sqlite3_finalize(st);
    bool is_first_few = scans == 1 && in_order == 1 && !sorts && strstr(text->sqlite, "ORDER BY") && strstr(text->sqlite, "LIMIT");
    return is_first_few ? 0 : scans;
}

static void
no_statement_reads_a_whole_table_that_grows(void **state)
{
    (void)state;
    sqlite3 *db = raw_open();
    int bad = 0;
    for (int i = 0; i < SQL_COUNT; i++)
        bad += !sql_texts[i].scan_ok && scans_of(db, &sql_texts[i]) > 0;
    sqlite3_close(db);
    assert_int_equal(bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_reads_a_whole_table_that_grows, kit_open, kit_close),
    };
    return cmocka_run_group_tests_name("sql_plans", tests, NULL, NULL);
}
