/* The contract of store.h, on either engine: opening and migrating, one writer that commits many jobs at once, each job alone in its
 * savepoint, a new decision after a conflict, a full queue, ids, snapshots. */
#include "check.h"

#include <sys/wait.h>

#include "driver.h"
#include "limits.h"
#include "note_kit.h"

/* ---- opening ---- */

static void
what_was_written_is_there_after_reopening(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(store_run(store, &note_named("a")->job, &err));
    store_close(store);
    store = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err);
    assert_non_null(store);
    assert_true(is_noted("a"));
}

static void
a_directory_without_a_database_is_not_opened(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(store_open(&(struct store_options){.dir = "/nonexistent/shaodao", .n_readers = 1}, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    err = (struct err){0};
    assert_null(store_open(&(struct store_options){.dir = kit.dir, .database = "postgresql://x/y"}, &err));
    assert_int_not_equal(err.kind, ERR_NONE);
}

/* A database made by the first release, with a note in it. */
static void
make_first_release(void)
{
    if (is_postgres()) {
        char name[64];
        raw_server(arena_printf(kit.arena, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", raw_database_name(name)));
        raw_exec(migrations[0].postgres);
        raw_exec("CREATE TABLE shaodao_schema (number BIGINT NOT NULL); INSERT INTO shaodao_schema (number) VALUES (1)");
    } else {
        fclose(fopen(arena_printf(kit.arena, "%s/shaodao.db", kit.dir), "w"));
        raw_exec(migrations[0].sqlite);
        raw_set_migration(1);
    }
    raw_exec("INSERT INTO meta VALUES ('old', '1')");
}

static void
an_old_database_is_migrated_and_a_newer_one_refused(void **state)
{
    (void)state;
    struct err err = {0};
    int all = migration_count;
    assert_int_equal(raw_migration(), all);
    store_close(store);
    raw_drop();
    remove_dir(kit.dir);
    assert_int_equal(mkdir(kit.dir, 0700), 0);
    raw_name_database();
    make_first_release();
    store = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err);
    if (!store)
        fail_msg("%s %s", err.message, err.detail);
    assert_int_equal(raw_migration(), all);
    assert_true(is_noted("old"));
    store_close(store);
    raw_set_migration(99);
    store = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err);
    assert_null(store);
    assert_int_equal(err.kind, ERR_PRECONDITION);
}

/* Nobody knows what is true when the file is broken: the program ends, and does not go on with something. */
static void
a_broken_file_ends_the_program(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    FILE *f = fopen(arena_printf(kit.arena, "%s/shaodao.db", kit.dir), "r+");
    for (int i = 0; i < 5000; i++)
        fputs("not a database ", f);
    fclose(f);
    unlink(arena_printf(kit.arena, "%s/shaodao.db-wal", kit.dir));
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        freopen("/dev/null", "w", stderr);
        _exit(store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err) ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 74);
}

/* ---- the writer ---- */

static void
many_jobs_share_one_commit_and_done_comes_after_it(void **state)
{
    (void)state;
    struct gate gate = GATE;
    struct note *first = note_named("first"), *more[200];
    struct err err = {0};
    struct store_stats before, after;
    store_statistics(store, &before);
    first->gate = &gate;
    assert_true(store_submit(store, &first->job, &err));
    gate_reached(&gate);
    for (int i = 0; i < 200; i++) {
        more[i] = note_named(arena_printf(kit.arena, "n%d", i));
        assert_true(store_submit(store, &more[i]->job, &err));
    }
    gate_open(&gate);
    for (int i = 0; i < 200; i++) {
        wait_for(more[i]);
        assert_int_equal(more[i]->job.err.kind, ERR_NONE);
        assert_true(more[i]->was_visible);
    }
    store_statistics(store, &after);
    assert_int_equal(after.jobs - before.jobs, 201);
    assert_int_equal(after.commits - before.commits, 2);
}

static void
a_failing_job_undoes_itself_and_nobody_else(void **state)
{
    (void)state;
    struct gate gate = GATE;
    struct note *hold = note_named("hold"), *a = note_named("a"), *b = note_named("b"), *c = note_named("c"), *d = note_named("d");
    struct err err = {0};
    hold->gate = &gate;
    b->fails = ERR_FIELDS;
    d->fails = ERR_UNLAWFUL;
    assert_true(store_submit(store, &hold->job, &err));
    gate_reached(&gate);
    struct note *all[] = {a, b, c, d};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        assert_true(store_submit(store, &all[i]->job, &err));
    gate_open(&gate);
    for (size_t i = 0; i < COUNT_OF(all); i++)
        wait_for(all[i]);
    assert_true(is_noted("a") && is_noted("c"));
    assert_false(is_noted("b") || is_noted("d"));
    assert_int_equal(a->job.err.kind, ERR_NONE);
    assert_int_equal(b->job.err.kind, ERR_FIELDS);
    assert_int_equal(c->job.err.kind, ERR_NONE);
    assert_int_equal(d->job.err.kind, ERR_UNLAWFUL);
    assert_int_equal(b->agains + d->agains, 0);
    assert_false(b->was_visible);
}

static void
a_conflict_is_decided_again_at_most_three_times(void **state)
{
    (void)state;
    static const struct {
        int conflicts;
        bool gives_up;
        enum err_kind end;
        int agains;
    } rows[] = {
        {1, false, ERR_NONE, 1},
        {3, false, ERR_NONE, 3},
        {4, false, ERR_CONFLICT, 3},
        {1, true, ERR_FORBIDDEN, 1}, /* decided again, and now it is not allowed any more */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct note *n = note_named(arena_printf(kit.arena, "c%zu", i));
        struct err err = {0};
        n->conflicts = rows[i].conflicts;
        n->gives_up = rows[i].gives_up;
        assert_int_equal(store_run(store, &n->job, &err), rows[i].end == ERR_NONE);
        assert_int_equal(err.kind, rows[i].end);
        assert_int_equal(n->agains, rows[i].agains);
        assert_int_equal(is_noted(n->name), rows[i].end == ERR_NONE);
    }
    struct store_stats s;
    store_statistics(store, &s);
    assert_int_equal(s.conflicts, 1 + 3 + 3 + 1);
    assert_int_equal(s.failures, 2);
}

static void
a_full_queue_says_so_and_loses_nothing(void **state)
{
    (void)state;
    struct gate gate = GATE;
    struct note *hold = note_named("hold"), **waiting = arena_array(kit.arena, struct note *, LIMIT_WRITE_QUEUE);
    struct err err = {0};
    hold->gate = &gate;
    assert_true(store_submit(store, &hold->job, &err));
    gate_reached(&gate);
    for (int i = 0; i < LIMIT_WRITE_QUEUE; i++) {
        waiting[i] = note_named("same");
        waiting[i]->is_unseen = true;
        assert_true(store_submit(store, &waiting[i]->job, &err));
    }
    struct note *late = note_named("late");
    assert_false(store_submit(store, &late->job, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    struct store_stats s;
    store_statistics(store, &s);
    assert_int_equal(s.queue, LIMIT_WRITE_QUEUE);
    gate_open(&gate);
    wait_for(waiting[LIMIT_WRITE_QUEUE - 1]);
    assert_false(is_noted("late"));
    assert_true(store_run(store, &late->job, &err)); /* there is room again */
}

static void
closing_finishes_what_was_taken(void **state)
{
    (void)state;
    struct err err = {0};
    struct note *n[50];
    for (int i = 0; i < 50; i++) {
        n[i] = note_named(arena_printf(kit.arena, "z%d", i));
        assert_true(store_submit(store, &n[i]->job, &err));
    }
    store_close(store);
    store = NULL;
    for (int i = 0; i < 50; i++)
        assert_true(n[i]->is_done && n[i]->was_visible);
}

struct tampering {
    struct job job;
    const char *sql;
};

static bool
apply_tampering(struct db *db, struct job *job, struct err *err)
{
    return db->driver->script(db, ((struct tampering *)job)->sql, err);
}

static void
done_nothing(struct job *job)
{
    (void)job;
}

static void
the_record_takes_no_change_even_from_the_writer(void **state)
{
    (void)state;
    static const char *const acts[] = {"DELETE FROM event", "UPDATE event SET actor = 1", "TRUNCATE event"};
    raw_exec("INSERT INTO event (area, stream, seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac)"
             " VALUES (1, 1, 1, 1, 1, 'x', 7, 1, 1, X'01', X'01', X'01', X'01')");
    for (size_t i = 0; i < (is_postgres() ? 3 : 2); i++) { /* the embedded engine has no TRUNCATE */
        struct tampering job = {{.apply = apply_tampering, .done = done_nothing}, acts[i]};
        struct err err = {0};
        assert_false(store_run(store, &job.job, &err));
        if (!strstr(err.detail, is_postgres() ? "append-only" : "not authorized"))
            fail_msg("%s: %s", acts[i], err.detail);
        assert_int_equal(raw_int("SELECT actor FROM event"), 7);
    }
}

/* ---- readers ---- */

static void
a_reader_cannot_write(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(db_exec(store_reader(store, 0), SQL_META_SET, &err, V_TEXT(STR("x")), V_TEXT(STR("1"))));
    assert_false(is_noted("x"));
}

static void
a_snapshot_stands_still_and_nests(void **state)
{
    (void)state;
    struct err err = {0};
    struct db *db = store_reader(store, 0);
    assert_true(db_read_begin(db, &err) && db_read_begin(db, &err));
    int64_t before = db_int(db, SQL_CASE_COUNT_ALL, NULL, 0, -1, &err); /* the snapshot begins with the first read */
    assert_int_equal(before, 0);
    assert_true(store_run(store, &note_named("later")->job, &err));
    struct rows r;
    assert_true(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("later"))));
    assert_false(rows_next(&r, &err));
    db_read_end(db);
    assert_true(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("later"))));
    assert_false(rows_next(&r, &err)); /* still inside */
    db_read_end(db);
    assert_true(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("later"))));
    assert_true(rows_next(&r, &err));
    check_str(rows_text(&r, 0), "1");
    rows_end(&r);
    rows_end(&r); /* more than once is fine */
}

static void
a_wrong_number_of_values_is_an_error(void **state)
{
    (void)state;
    struct err err = {0};
    struct rows r;
    assert_false(db_query(store_reader(store, 0), SQL_META_GET, &r, &err, V_TEXT(STR("a")), V_TEXT(STR("b"))));
    assert_int_equal(err.kind, ERR_INTERNAL);
    assert_true(strstr(err.detail, "meta_get") != NULL);
}

/* ---- ids ---- */

static void *
take_ids(void *out)
{
    int64_t *ids = out;
    for (int i = 0; i < 20000; i++)
        ids[i] = store_new_id(store, INT64_C(1776733200000) + i / 500);
    return NULL;
}

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void
ids_are_unique_ordered_by_time_and_exact_in_json(void **state)
{
    (void)state;
    enum { THREADS = 4, EACH = 20000 };
    int64_t *ids = arena_array(kit.arena, int64_t, THREADS * EACH);
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, take_ids, ids + i * EACH), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int k = 1; k < EACH; k++)
            assert_true(ids[i * EACH + k] > ids[i * EACH + k - 1]);
    qsort(ids, THREADS * EACH, sizeof *ids, by_number);
    for (int i = 1; i < THREADS * EACH; i++)
        assert_true(ids[i] > ids[i - 1]);
    assert_true(ids[THREADS * EACH - 1] < INT64_C(1) << 53);
    assert_true(store_new_id(store, moment_of("2049-12-31T23:59")) < INT64_C(1) << 53);
    store_raise_id(store, INT64_C(1) << 52); /* told of one used before: never again */
    assert_true(store_new_id(store, 0) > INT64_C(1) << 52);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_there_after_reopening, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_without_a_database_is_not_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_database_is_migrated_and_a_newer_one_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_jobs_share_one_commit_and_done_comes_after_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failing_job_undoes_itself_and_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_conflict_is_decided_again_at_most_three_times, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_says_so_and_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closing_finishes_what_was_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_record_takes_no_change_even_from_the_writer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_cannot_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_snapshot_stands_still_and_nests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_number_of_values_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_are_unique_ordered_by_time_and_exact_in_json, set_up, tear_down),
    };
    const struct CMUnitTest of_a_file[] = {
        cmocka_unit_test_setup_teardown(a_broken_file_ends_the_program, set_up, tear_down),
    };
    int failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
    return failed + (is_postgres() ? 0 : cmocka_run_group_tests_name("the store's file", of_a_file, NULL, NULL));
}
