/* Several servers on one database, and a database that breaks off: what only an engine of its own can do. Connections are cut
 * by pg_terminate_backend, which is what a server that goes down looks like from here. */
#include "check.h"

#include "driver.h"
#include "log.h"
#include "note_kit.h"
#include "registry_store.h"

enum { THREADS = 4, REPORTS = 25 };

/* Cuts every connection of the program to this database; how many there were. */
static int64_t
cut_all(void)
{
    PGconn *conn = raw_connect(NULL);
    PGresult *r = PQexec(conn, "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                               "WHERE application_name = 'shaodao' AND datname = current_database()");
    int64_t n = PQntuples(r) == 1 ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : -1;
    PQclear(r);
    PQfinish(conn);
    return n;
}

static struct store *
another_store(void)
{
    struct err err = {0};
    struct store *s = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 2}, &err);
    if (!s)
        fail_msg("%s %s", err.message, err.detail);
    return s;
}

static int
set_up_quietly(void **state)
{
    log_set_level(LOG_QUIET);
    return set_up(state);
}

static int
kit_open_quietly(void **state)
{
    log_set_level(LOG_QUIET);
    return kit_open(state);
}

/* ---- a connection that breaks ---- */

static void
after_an_idle_cut_writing_and_reading_go_on(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(is_noted("a"));
    assert_true(cut_all() >= 4); /* writer, two readers, the extra one */
    assert_true(store_run(store, &note_named("a")->job, &err));
    assert_int_equal(raw_int("SELECT COUNT(*) FROM meta WHERE name = 'a'"), 1);
    struct db *db = store_reader(store, 0);
    struct rows r;
    usleep(400 * 1000);
    assert_true(db_read_begin(db, &err)); /* finds out that the old connection is dead, and makes a new one */
    assert_true(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("a"))) && rows_next(&r, &err));
    rows_end(&r);
    db_read_end(db);
}

struct cutting {
    struct note note;
    int runs, cuts;
};

/* Writes, is cut off so many times, and goes on as if nothing were. */
static bool
apply_cutting(struct db *db, struct job *job, struct err *err)
{
    struct cutting *c = (struct cutting *)job;
    if (!db_exec(db, SQL_META_SET, err, V_TEXT(STR("before")), V_TEXT(STR("1"))) || !db->driver->settle(db, err))
        return false;
    if (c->runs++ < c->cuts)
        cut_all();
    return apply_note(db, job, err);
}

static void
a_batch_cut_in_the_middle_is_saved_whole(void **state)
{
    (void)state;
    for (int cuts = 1; cuts <= 2; cuts++) {
        struct gate gate = GATE;
        struct note *hold = note_named("hold"), *after = note_named("after");
        struct cutting c = {.note = *note_named(arena_printf(kit.arena, "cut%d", cuts)), .cuts = cuts};
        struct err err = {0};
        c.note.job.apply = apply_cutting;
        hold->gate = &gate;
        assert_true(store_submit(store, &hold->job, &err));
        gate_reached(&gate);
        assert_true(store_submit(store, &c.note.job, &err) && store_submit(store, &after->job, &err));
        gate_open(&gate);
        wait_for(after);
        wait_for(&c.note);
        if (c.note.job.err.kind != ERR_NONE || after->job.err.kind != ERR_NONE)
            fail_msg("%s %s", c.note.job.err.message, after->job.err.message);
        assert_int_equal(c.runs, cuts + 1);
        assert_true(c.note.was_visible && after->was_visible);
        assert_int_equal(raw_int("SELECT COUNT(*) FROM meta WHERE name IN ('before', 'hold', 'after')"), 3);
    }
}

/* A snapshot that is gone is said to be gone: it does not go on with another state. */
static void
a_snapshot_cut_between_two_pages_fails_and_the_next_one_is_whole(void **state)
{
    (void)state;
    struct err err = {0};
    struct db *db = store_reader(store, 0);
    struct rows r;
    assert_true(db_read_begin(db, &err));
    assert_int_equal(db_int(db, SQL_CASE_COUNT_ALL, NULL, 0, -1, &err), 0);
    cut_all();
    assert_false(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("a"))));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(db_query(db, SQL_META_GET, &r, &err, V_TEXT(STR("a"))));
    db_read_end(db);
    usleep(400 * 1000);
    err = (struct err){0};
    assert_true(db_read_begin(db, &err));
    assert_int_equal(db_int(db, SQL_CASE_COUNT_ALL, NULL, 0, -1, &err), 0);
    assert_int_equal(err.kind, ERR_NONE);
    db_read_end(db);
}

/* ---- reports while connections are cut, and from two servers ---- */

struct reporter {
    pthread_t thread;
    struct app *app;
    int64_t ids[REPORTS];
    int n, in_doubt, odd; /* promised; perhaps saved; refused for a reason that is none */
    struct err why;
};

static void *
report_many(void *arg)
{
    struct reporter *me = arg;
    struct arena *a = arena_new();
    struct caller who = {.area = app_area(me->app, 0), .device = STR("device-of-a-thread")};
    for (int tries = 0; me->n < REPORTS && tries < 400; tries++) {
        struct report_case r = {.base = {.app = me->app, .who = &who, .arena = a}, .place = STR("XFL"), .item = STR("ZS01"),
                                .words = STR("太吵"), .source = STR("resident"), .spot = STR("3栋")};
        struct err err = {0};
        if (report_case_wait(&r, &err))
            me->ids[me->n++] = r.case_id;
        else {
            me->why = err;
            me->in_doubt += err.kind == ERR_UNKNOWN;
            me->odd += err.kind != ERR_UNKNOWN && err.kind != ERR_BUSY;
            usleep(20 * 1000);
        }
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

/* Everything that was promised is there once, the numbers have no gaps, the record gives the same rows. Returns how many cases. */
static int64_t
expect_all_there(const struct reporter *all, size_t n)
{
    int64_t cases = raw_int("SELECT COUNT(*) FROM case_file"), promised = 0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < all[i].n; k++, promised++)
            assert_int_equal(raw_int(arena_printf(kit.arena, "SELECT COUNT(*) FROM case_file WHERE id = %lld", (long long)all[i].ids[k])), 1);
    assert_true(cases >= promised);
    assert_int_equal(raw_int("SELECT COUNT(DISTINCT no) FROM case_file"), cases);
    assert_int_equal(raw_int("SELECT MIN(no) FROM case_file"), 1);
    assert_int_equal(raw_int("SELECT MAX(no) FROM case_file"), cases);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE type = 'case_opened'"), cases);
    expect_clean_replay();
    return cases;
}

static void
reports_survive_connections_that_are_cut_again_and_again(void **state)
{
    (void)state;
    static struct reporter all[THREADS];
    memset(all, 0, sizeof all);
    for (int i = 0; i < THREADS; i++) {
        all[i].app = kit.app;
        assert_int_equal(pthread_create(&all[i].thread, NULL, report_many, &all[i]), 0);
    }
    for (int i = 0; i < 12; i++) {
        usleep(60 * 1000);
        cut_all();
    }
    int in_doubt = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(all[i].thread, NULL);
        if (all[i].odd || all[i].n < REPORTS)
            fail_msg("%d promised, then %d: %s %s", all[i].n, all[i].why.kind, all[i].why.message, all[i].why.detail);
        in_doubt += all[i].in_doubt;
    }
    usleep(400 * 1000);
    assert_true(expect_all_there(all, THREADS) <= THREADS * REPORTS + in_doubt); /* what was refused was not saved */
}

static struct app *
another_app(void)
{
    struct err err = {0};
    struct app *other = app_open(&(struct app_options){.dir = kit.dir, .n_readers = 2}, &err);
    if (!other)
        fail_msg("app_open: %s %s", err.message, err.detail);
    app_set_now(other, moment_of(A_MORNING));
    return other;
}

static void
two_servers_hand_out_numbers_without_gaps(void **state)
{
    (void)state;
    static struct reporter all[THREADS];
    memset(all, 0, sizeof all);
    struct app *other = another_app();
    for (int i = 0; i < THREADS; i++) {
        all[i].app = i % 2 ? other : kit.app;
        assert_int_equal(pthread_create(&all[i].thread, NULL, report_many, &all[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(all[i].thread, NULL);
        if (all[i].why.kind)
            fail_msg("%s %s", all[i].why.message, all[i].why.detail);
    }
    assert_int_equal(expect_all_there(all, THREADS), THREADS * REPORTS);
    app_close(other);
}

struct caller_at {
    pthread_t thread;
    struct act_on_case act;
    struct err err;
};

static void *
act_at_once(void *arg)
{
    struct caller_at *c = arg;
    act_on_case_wait(&c->act, &c->err);
    return NULL;
}

/* The same step on two servers at the same time: one does it; the other decides again, against what is there now, and is refused. */
static void
a_step_is_done_on_one_of_two_servers(void **state)
{
    (void)state;
    struct app *apps[] = {kit.app, another_app()};
    for (int round = 0; round < 10; round++) {
        int64_t id = report_ok("ZS01", "喇叭太吵了")->case_id, before = raw_int("SELECT COUNT(*) FROM event");
        struct caller_at c[2] = {0};
        struct arena *arenas[] = {arena_new(), arena_new()};
        for (int i = 0; i < 2; i++) {
            struct app *app = apps[i], *own = kit.app;
            kit.app = app;
            c[i].act = (struct act_on_case){.base = {.app = app, .who = caller_of("wgz03"), .arena = arenas[i]}, .case_id = id,
                                            .command = STR("call"), .fields = fields_of("note=属实")};
            kit.app = own;
        }
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&c[i].thread, NULL, act_at_once, &c[i]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(c[i].thread, NULL);
        bool is_first = c[0].err.kind == ERR_NONE;
        if (is_first == (c[1].err.kind == ERR_NONE))
            fail_msg("round %d: %s | %s", round, c[0].err.message, c[1].err.message);
        assert_int_equal(c[is_first].err.kind, ERR_CONFLICT);
        assert_int_equal(raw_int("SELECT COUNT(*) FROM event"), before + 1);
        arena_free(arenas[0]);
        arena_free(arenas[1]);
    }
    expect_clean_replay();
    app_close(apps[1]);
}

/* ---- who is who ---- */

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void
ids_of_two_servers_are_never_equal(void **state)
{
    (void)state;
    enum { EACH = 30000 };
    struct store *other = another_store();
    int64_t *ids = arena_array(kit.arena, int64_t, 2 * EACH), now = INT64_C(1776733200000);
    for (int i = 0; i < EACH; i++) { /* both at the same moment, and each told of what the other used */
        ids[2 * i] = store_new_id(store, now + i / 500);
        ids[2 * i + 1] = store_new_id(other, now + i / 500);
        if (i % 1000 == 0) {
            store_raise_id(store, ids[2 * i + 1]);
            store_raise_id(other, ids[2 * i]);
        }
        if (i && (ids[2 * i] <= ids[2 * i - 2] || ids[2 * i + 1] <= ids[2 * i - 1]))
            fail_msg("the ids of a server do not grow");
    }
    store_close(other);
    qsort(ids, 2 * EACH, sizeof *ids, by_number);
    for (int i = 1; i < 2 * EACH; i++)
        if (ids[i] == ids[i - 1])
            fail_msg("%lld twice", (long long)ids[i]);
}

static bool
becomes_keeper(struct store *s)
{
    for (int i = 0; i < 80 && !store_is_keeper(s); i++)
        usleep(100 * 1000);
    return store_is_keeper(s);
}

static void
one_is_keeper_and_the_other_becomes_it(void **state)
{
    (void)state;
    struct store *other = another_store();
    assert_true(store_is_keeper(store));
    assert_false(store_is_keeper(other));
    store_close(store);
    store = NULL;
    assert_true(becomes_keeper(other));
    struct store *third = another_store();
    assert_false(store_is_keeper(third));
    cut_all(); /* the office goes with the connection; somebody takes it, and only one */
    assert_true(becomes_keeper(other) || becomes_keeper(third));
    usleep(300 * 1000);
    assert_int_not_equal(store_is_keeper(other), store_is_keeper(third));
    store_close(third);
    store = other;
}

/* What a server says is what another one hears: "w" for something saved, "d" for people, places and schemes, and who says it.
 * Two stores of one process are the same one to themselves, so that the test speaks for the other server. */
static bool
hears(PGconn *conn, char what)
{
    bool is_heard = false;
    for (int i = 0; i < 40 && !is_heard; i++, usleep(50 * 1000)) {
        PQconsumeInput(conn);
        for (PGnotify *n; (n = PQnotifies(conn)); PQfreemem(n))
            is_heard |= *n->extra == what;
    }
    return is_heard;
}

static void
each_hears_what_the_other_saved(void **state)
{
    (void)state;
    PGconn *other = raw_connect(NULL);
    struct db *here = store_reader(store, 0);
    struct err err = {0};
    raw_script(other, "LISTEN shaodao");
    assert_true(store_run(store, &note_named("news")->job, &err));
    assert_true(hears(other, 'w'));
    int64_t own = store_data_version(store);
    store_data_changed(store);
    assert_true(store_run(store, &note_named("more news")->job, &err));
    assert_true(hears(other, 'd'));
    uint32_t version = db_version(here);
    assert_int_equal(store_data_version(store), own + 1); /* and not himself */
    static const struct {
        const char *sql;
        int versions, data;
    } rows[] = {{"NOTIFY shaodao, 'wsomebody'", 1, 0}, {"NOTIFY shaodao, 'dsomebody'", 1, 1}, {"NOTIFY shaodao, 'wa'; NOTIFY shaodao, 'wb'", 2, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        own = store_news(store);
        raw_script(other, rows[i].sql);
        for (int k = 0; k < 40 && db_version(here) != version + (uint32_t)rows[i].versions; k++)
            usleep(50 * 1000);
        assert_int_equal(db_version(here), version + (uint32_t)rows[i].versions);
        assert_int_equal(store_news(store) >= own + rows[i].data, 1);
        version += (uint32_t)rows[i].versions;
    }
    PQfinish(other);
}

/* Somebody new, entered on one server, can be asked about on the other. */
static void
the_registry_of_one_is_the_registry_of_the_other(void **state)
{
    (void)state;
    struct app *other = another_app();
    struct change_registry c = {.base = {.app = kit.app, .who = caller_of("coord01"), .arena = kit.arena}, .kind = REGISTRY_PERSON_ADD,
                                .fields = fields_of("username=zhangsan&name=张三&phone=15500000099")};
    struct err err = {0};
    assert_null(registry_username(app_area(other, 0)->registry, STR("zhangsan")));
    assert_true(change_registry_wait(&c, &err));
    bool is_known = false;
    for (int i = 0; i < 60 && !is_known; i++) {
        usleep(50 * 1000);
        db_version(app_reader_lock(other));
        app_reader_unlock(other);
        app_reload(other);
        is_known = registry_username(app_area(other, 0)->registry, STR("zhangsan")) != NULL;
    }
    assert_true(is_known);
    app_close(other);
}

static void
a_server_too_many_is_refused(void **state)
{
    (void)state;
    struct store *more[40] = {0};
    struct err err = {0};
    size_t n = 0;
    while (n < COUNT_OF(more) && (more[n] = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err)))
        n++;
    assert_int_equal(n, 31);
    assert_int_equal(err.kind, ERR_BUSY);
    for (size_t i = 0; i < n; i++)
        store_close(more[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_an_idle_cut_writing_and_reading_go_on, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_cut_in_the_middle_is_saved_whole, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(a_snapshot_cut_between_two_pages_fails_and_the_next_one_is_whole, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(reports_survive_connections_that_are_cut_again_and_again, kit_open_quietly, kit_close),
        cmocka_unit_test_setup_teardown(two_servers_hand_out_numbers_without_gaps, kit_open_quietly, kit_close),
        cmocka_unit_test_setup_teardown(a_step_is_done_on_one_of_two_servers, kit_open_quietly, kit_close),
        cmocka_unit_test_setup_teardown(ids_of_two_servers_are_never_equal, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(one_is_keeper_and_the_other_becomes_it, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(each_hears_what_the_other_saved, set_up_quietly, tear_down),
        cmocka_unit_test_setup_teardown(the_registry_of_one_is_the_registry_of_the_other, kit_open_quietly, kit_close),
        cmocka_unit_test_setup_teardown(a_server_too_many_is_refused, set_up_quietly, tear_down),
    };
    if (is_postgres())
        return cmocka_run_group_tests_name("servers", tests, NULL, NULL);
    puts("1..1\nok 1 - servers # SKIP the embedded engine has one server; on PostgreSQL they run");
    return 0;
}
