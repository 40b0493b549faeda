/* How the engine reads: no statement walks a table that grows, neither openly nor by taking the area for a way in (an
 * installation has one area or a few, so that a seek by area alone reads everything). The plans are those of a database as
 * the program makes it: nothing has measured it, and the numbers of 0005_planner.sql are all that the planner knows. */
#include "store_kit.h"

static const char *const growing[] = {"event", "case_file", "duty", "token", "notice", "outbox", "file", "person_file",
                                      "complaint", "session", "idempotency", "watch", "sweep", "visit", "visit_place", "visit_member",
                                      "visit_count", "visit_case", "credit"};

/* What a step of a plan reads when it reads more than its answer: the name as the statement has it, or "". */
static struct str
walks(const char *step)
{
    struct str line = str_of(step), kind, name, rest;
    if (!str_cut(&line, ' ', &kind) || !(str_is(kind, "SCAN") || str_is(kind, "SEARCH")))
        return STR("");
    str_cut(&line, ' ', &name);
    if (str_is(kind, "SCAN"))
        return name;
    if (strstr(step, "INDEX case_supervised ") || strstr(step, "INDEX case_reopened ")) /* hold the few, and nothing else */
        return STR("");
    const char *key = strchr(step, '(');
    rest = key ? str_of(key) : STR("");
    bool is_area_only = str_is(rest, "(area=?)") || str_is(rest, "(area=? AND id<?)") || str_is(rest, "(area=? AND id>?)");
    return is_area_only ? name : STR("");
}

/* Is `name` one of the growing tables, by its own name or by one that the statement gives it? */
static bool
grows(const char *sql, struct str name)
{
    for (size_t i = 0; name.n && i < COUNT_OF(growing); i++) {
        if (str_is(name, growing[i]))
            return true;
        for (int k = 0; k < 4; k++) { /* "case_file c ", "case_file AS c)" */
            char *said = sqlite3_mprintf(" %s%s %.*s%s", growing[i], k < 2 ? "" : " AS", (int)name.n, name.p, k % 2 ? ")" : " ");
            bool is_said = strstr(sql, said) != NULL;
            sqlite3_free(said);
            if (is_said)
                return true;
        }
    }
    return false;
}

/* The first few in the order of an index, or its last, are read and no more: a LIMIT without a sort, or MAX of a key. */
static bool
stops_early(const char *sql, bool sorts)
{
    return (strstr(sql, "ORDER BY") && strstr(sql, "LIMIT") && !sorts) || strncmp(sql, "SELECT COALESCE(MAX(", 20) == 0;
}

static int
check(sqlite3 *db, const struct sql_text *t)
{
    sqlite3_stmt *st = NULL;
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", t->sqlite), *walked = NULL;
    if (sqlite3_prepare_v2(db, explain, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", t->name, sqlite3_errmsg(db));
    sqlite3_free(explain);
    bool sorts = false;
    int n = 0;
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(st, 3);
        sorts |= strstr(step, "TEMP B-TREE") != NULL;
        if (grows(t->sqlite, walks(step))) {
            n++;
            sqlite3_free(walked);
            walked = sqlite3_mprintf("%s", step);
        }
    }
    sqlite3_finalize(st);
    bool is_bad = n && !t->scan_ok && !stops_early(t->sqlite, sorts);
    if (is_bad)
        print_error("%s:%d: %s: %s\n", t->file, t->line, t->name, walked);
    sqlite3_free(walked);
    return is_bad;
}

static void
no_statement_walks_a_table_that_grows(void **state)
{
    (void)state;
    eventful_case();
    sqlite3 *db = raw_open();
    int bad = 0;
    for (int i = 0; i < SQL_COUNT; i++)
        bad += check(db, &sql_texts[i]);
    sqlite3_close(db);
    if (bad)
        fail_msg("%d of %d statements", bad, SQL_COUNT);
}

/* The ways in that everything stands on, by name: a case's duties and files, a person's desk, the clock, the lists. */
static void
the_important_statements_use_their_index(void **state)
{
    (void)state;
    static const struct {
        enum sql_id id;
        const char *step;
    } rows[] = {
        {SQL_EVENTS_OF_STREAM, "event USING PRIMARY KEY (area=? AND stream=? AND seq>?)"},
        {SQL_DUTIES_OPEN_OF_SUBJECT, "duty_subject (area=? AND subject=?)"},
        {SQL_DUTIES_OF_SUBJECT, "duty_subject (area=? AND subject=?)"},
        {SQL_DUTIES_OPEN_OF_OWNER, "duty_owner (area=? AND owner_org=? AND owner_role=? AND owner_place=? AND owner_person=?)"},
        {SQL_DUTIES_DUE, "duty_clock (due<?)"},
        {SQL_DUTY_NEXT_DUE, "duty_clock"},
        {SQL_FILES_OF_CASE, "file_case (area=? AND case_id=?)"},
        {SQL_NOTICES_OF_OWNER, "notice_owner (area=? AND owner_org=? AND owner_role=? AND owner_place=? AND owner_person=? AND id>?)"},
        {SQL_CASE_ID_BY_NUMBER, "case_number (area=? AND day=? AND no=?)"},
        {SQL_CASES_NEWEST, "PRIMARY KEY (area=? AND id<?)"},
        {SQL_CASES_OLDEST, "PRIMARY KEY (area=? AND id>?)"},
        {SQL_CASES_STATE, "case_state (area=? AND state=? AND id<?)"},
        {SQL_CASES_STATE_COUNT, "case_state (area=? AND state=?)"},
        {SQL_CASES_PLACE, "case_place (area=? AND place=? AND id<?)"},
        {SQL_CASES_LEAD, "case_lead (area=? AND lead=? AND id<?)"},
        {SQL_CASES_ITEM, "case_item (area=? AND item=? AND id<?)"},
        {SQL_CASES_PRIOR, "case_same (area=? AND place=? AND item=? AND id>?)"},
        {SQL_CASES_ACTED_ON, "event_actor (area=? AND actor=?)"},
        {SQL_FIG_PLACE, "case_place (area=? AND place=? AND id>?)"},
    };
    sqlite3 *db = raw_open();
    int bad = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct sql_text *t = &sql_texts[rows[i].id];
        sqlite3_stmt *st = NULL;
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", t->sqlite);
        assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &st, NULL), SQLITE_OK);
        sqlite3_free(explain);
        bool is_there = false;
        const char *steps = "";
        while (sqlite3_step(st) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(st, 3);
            is_there |= strstr(step, rows[i].step) != NULL;
            steps = arena_printf(kit.arena, "%s\n    %s", steps, step);
        }
        sqlite3_finalize(st);
        if (!is_there)
            print_error("%s:%d: %s: expected %s, found%s\n", t->file, t->line, t->name, rows[i].step, steps);
        bad += !is_there;
    }
    sqlite3_close(db);
    assert_int_equal(bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_walks_a_table_that_grows, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(the_important_statements_use_their_index, kit_open, kit_close),
    };
    return cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
