/* How the engine reads: no statement walks a table that grows, neither openly nor by taking the area for a way in (an
 * installation has one area or a few, so that a seek by area alone reads everything). The plans are those of a database as
 * the program makes it: nothing has measured it, and the numbers of 0005_planner.sql are all that the planner knows. On PostgreSQL: generic plans, as the program's connections make
 * them, of tables that were filled, measured (autovacuum sees to it within minutes) and then said to be a thousand times as large. */
#include "store_kit.h"

#include <jansson.h>

#include "driver.h"

static const char *const growing[] = {"event", "case_file", "duty", "token", "token_list", "notice", "outbox", "file", "person_file",
                                      "complaint", "session", "idempotency", "watch", "sweep", "visit", "visit_place", "visit_member",
                                      "visit_count", "visit_case", "credit", "figure_case", "figure_sum", "figure_spread"};

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
        {SQL_CASES_NEWEST, "PRIMARY KEY (area=? AND id>? AND id<?)"},
        {SQL_CASES_OLDEST, "PRIMARY KEY (area=? AND id>?)"},
        {SQL_CASES_STATE, "case_state (area=? AND state=? AND id>? AND id<?)"},
        {SQL_CASES_STATE_COUNT, "case_state (area=? AND state=? AND id>?)"},
        {SQL_CASES_PLACE, "case_place (area=? AND place=? AND id>? AND id<?)"},
        {SQL_CASES_LEAD, "case_lead (area=? AND lead=? AND id>? AND id<?)"},
        {SQL_CASES_ITEM, "case_item (area=? AND item=? AND id>? AND id<?)"},
        {SQL_CASES_PRIOR, "case_same (area=? AND place=? AND item=? AND id>?)"},
        {SQL_CASES_ACTED_ON, "event_actor (area=? AND actor=?)"},
        {SQL_FIG_PLACE, "case_place (area=? AND place=? AND id>?)"},
        {SQL_FIG_SUMS, "figure_sum USING PRIMARY KEY (area=? AND basis=? AND place=? AND lead=? AND span=? AND day>? AND day<?)"},
        {SQL_FIG_SPREAD_VALUES, "figure_spread USING PRIMARY KEY (area=? AND basis=? AND bucket=? AND day>? AND day<?)"},
        {SQL_FIG_PART_NOW_MARKED, "case_file USING PRIMARY KEY (area=? AND id=?)"},
        {SQL_FIG_PART_NOW_MARKED, "case_prior (area=? AND prior=?)"},
        {SQL_FIG_PART_NOW_MARKED, "case_place (area=? AND place=? AND id>?)"},
        {SQL_FIG_PART_MISSED_MARKED, "duty_subject (area=? AND subject=?)"},
        {SQL_FIG_PART_WAS_MARKED, "figure_case USING PRIMARY KEY (area=? AND case_id=?)"},
        {SQL_FIG_COMPOUNDS_VISITED, "case_contact (area=? AND place=? AND day>? AND day<?)"},
        {SQL_FIG_COMPOUNDS_VISITED, "visit_place USING PRIMARY KEY (area=? AND place=? AND at>? AND at<?)"},
        {SQL_OPEN_BY_STATE, "case_due (area=? AND main_due>?)"},
        {SQL_OPEN_BY_PLACE, "case_due (area=? AND main_due>?)"},
        {SQL_FIG_UNOWNED, "case_state (area=? AND state<?)"},
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

/* ---- PostgreSQL ---- */

struct pg_plan {
    bool sorts, is_limited;
    const char *walked; /* what reads more than its answer */
};

/* Indexes of what is open, or rare: reading one from end to end reads no more than the answer. */
static bool
holds_few(const char *index)
{
    static const char *const few[] = {"case_supervised", "case_reopened", "case_due", "file_unused"};
    for (size_t i = 0; i < COUNT_OF(few); i++)
        if (strcmp(index, few[i]) == 0)
            return true;
    return false;
}

/* Without an index, with all of one, or with the rows of an area, which are nearly all. */
static bool
pg_walks(const json_t *node)
{
    const char *table = json_string_value(json_object_get(node, "Relation Name")), *index = json_string_value(json_object_get(node, "Index Name"));
    const char *cond = json_string_value(json_object_get(node, "Index Cond"));
    bool is_growing = false;
    for (size_t i = 0; table && i < COUNT_OF(growing); i++)
        is_growing |= strcmp(table, growing[i]) == 0;
    const char *type = json_string_value(json_object_get(node, "Node Type"));
    if (!is_growing || strcmp(type, "ModifyTable") == 0 || (index && holds_few(index)))
        return false;
    cond = cond ? cond : json_string_value(json_object_get(node, "Recheck Cond"));
    return !cond || (strncmp(cond, "(area = ", 8) == 0 && !strstr(cond, " AND "));
}

static void
pg_look(const json_t *node, struct pg_plan *out)
{
    const char *type = json_string_value(json_object_get(node, "Node Type"));
    out->sorts |= strstr(type, "Sort") != NULL;
    out->is_limited |= strcmp(type, "Limit") == 0;
    if (pg_walks(node)) {
        const char *index = json_string_value(json_object_get(node, "Index Name")), *cond = json_string_value(json_object_get(node, "Index Cond"));
        out->walked = arena_printf(kit.arena, "%s on %s, %s %s", type, json_string_value(json_object_get(node, "Relation Name")),
                                   index ? index : "", cond ? cond : "");
    }
    size_t i;
    json_t *below;
    json_array_foreach(json_object_get(node, "Plans"), i, below)
        pg_look(below, out);
}

static PGresult *
pg_run(PGconn *conn, const char *first, const struct sql_text *t, const char *each, const char *last)
{
    struct buf b = {0};
    buf_printf(&b, "%s", first);
    for (int i = 0; each && i < t->n_params; i++)
        buf_printf(&b, "%s%s%s", i ? ", " : "(", each, i + 1 < t->n_params ? "" : ")");
    buf_printf(&b, "%s", last);
    buf_char(&b, 0);
    PGresult *r = PQexec(conn, b.p);
    buf_release(&b);
    return r;
}

/* The types of the values are those of the columns that they meet; where they meet none they are numbers, as nearly all are. */
static PGresult *
pg_explain(PGconn *conn, const struct sql_text *t)
{
    const char *body = arena_printf(kit.arena, " AS %s", t->postgres);
    PGresult *r = pg_run(conn, "PREPARE p", t, NULL, body);
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "42P18") == 0) { /* indeterminate_datatype */
        PQclear(r);
        r = pg_run(conn, "PREPARE p", t, "BIGINT", body);
    }
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return r;
    PQclear(r);
    return pg_run(conn, "EXPLAIN (FORMAT JSON) EXECUTE p", t, "NULL", "");
}

static bool
pg_is_bad(PGconn *conn, const struct sql_text *t)
{
    struct pg_plan plan = {0};
    PGresult *r = pg_explain(conn, t);
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;
    json_t *all = ok ? json_loads(PQgetvalue(r, 0, 0), 0, NULL) : NULL;
    if (!ok)
        print_error("%s:%d: %s: %s\n", t->file, t->line, t->name, PQresultErrorMessage(r));
    if (all)
        pg_look(json_object_get(json_array_get(all, 0), "Plan"), &plan);
    json_decref(all);
    PQclear(r);
    PQclear(PQexec(conn, "DEALLOCATE ALL"));
    bool is_walk = plan.walked && !t->scan_ok && !(plan.is_limited && !plan.sorts);
    if (is_walk)
        print_error("%s:%d: %s: %s%s\n", t->file, t->line, t->name, plan.walked, plan.sorts ? ", sorted" : "");
    return !ok || is_walk;
}

/* Rows of which the planner can learn: one area, a few kinds and states of each thing, and everything else all different. */
static void
grow(void)
{
    PGconn *conn = raw_connect(NULL);
    raw_script(conn, "SET session_replication_role = replica");
    for (size_t i = 0; i < COUNT_OF(growing); i++) {
        struct str insert = raw_bytes(kit.arena, arena_printf(kit.arena,
            "SELECT 'INSERT INTO %s SELECT ' || string_agg(CASE WHEN column_name = 'area' THEN '360733' "
            "WHEN data_type = 'text' THEN 'to_char(i, ''99999'')' WHEN data_type = 'bytea' THEN 'decode(md5(i::text), ''hex'')' "
            "WHEN table_name = 'case_file' AND column_name = 'state' THEN 'CASE WHEN i %% 50 = 0 THEN 1 ELSE 11 END' "
            "WHEN column_name = 'main_due' THEN 'CASE WHEN i %% 50 = 0 THEN i ELSE 0 END' WHEN data_type = 'double precision' THEN 'i / 1000.0' "
            "WHEN column_name ~ '^(is_|has_)|^(state|hop|list|kind|subject_kind|ending|need|level|role|owner_role|up_role)$' THEN 'i %% 5' "
            "ELSE 'i' END, ', ' ORDER BY ordinal_position) || ' FROM generate_series(1, 3000) AS i ON CONFLICT DO NOTHING' "
            "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'", growing[i], growing[i]));
        if (insert.n == 0)
            fail_msg("there is no table %s", growing[i]);
        raw_script(conn, str_z(kit.arena, insert));
    }
    raw_script(conn, "ANALYZE");
    raw_script(conn, "UPDATE pg_class SET reltuples = reltuples * 1000 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')");
    PQfinish(conn);
}

static void
no_statement_of_postgres_walks_a_table_that_grows(void **state)
{
    (void)state;
    eventful_case();
    grow();
    PGconn *conn = raw_connect(NULL);
    raw_script(conn, postgres_settings);
    int bad = 0;
    for (int i = 0; i < SQL_COUNT; i++)
        bad += pg_is_bad(conn, &sql_texts[i]);
    PQfinish(conn);
    if (bad)
        fail_msg("%d of %d statements", bad, SQL_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_walks_a_table_that_grows, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(the_important_statements_use_their_index, kit_open, kit_close),
    };
    const struct CMUnitTest postgres[] = {
        cmocka_unit_test_setup_teardown(no_statement_of_postgres_walks_a_table_that_grows, kit_open, kit_close),
    };
    return is_postgres() ? cmocka_run_group_tests_name("plans", postgres, NULL, NULL) : cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
