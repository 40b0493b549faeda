/* ledger replay over two weeks of life: thirty cases that went different ways, a contact, a complaint and its answer. Nothing
 * differs; and each forgery, made on a fresh copy of the database, is found. (test_replay.c goes through every column.) */
#include "store_kit.h"

enum { CASES = 30 };

static struct {
    int64_t eventful, with_contact, last, complaint;
} life;

/* ---- the life ---- */

static void
wake_up(struct action *a)
{
    *(_Atomic bool *)a->ctx = true;
}

static void
wait_for(struct action *a, void (*run)(struct action *a, struct db *db))
{
    _Atomic bool is_done = false;
    a->ctx = &is_done;
    a->done = wake_up;
    run(a, app_reader_lock(kit.app));
    app_reader_unlock(kit.app);
    while (!is_done)
        usleep(1000);
    if (a->err.kind != ERR_NONE)
        fail_msg("%s %s", a->err.message, a->err.n_fields ? a->err.fields[0].message : "");
}

static void
run_complain(struct action *a, struct db *db)
{
    complain((struct complain *)a, db);
}

static void
run_answer(struct action *a, struct db *db)
{
    answer_complaint((struct answer_complaint *)a, db);
}

static void
complain_and_be_answered(void)
{
    struct complain c = {.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = STR("slow"),
                         .org = STR("CG"), .place = STR("XFL"), .words = STR("说好三天来，一直没有人来"), .phone = STR("13907970000")};
    wait_for(&c.base, run_complain);
    life.complaint = raw_int("SELECT MAX(id) FROM complaint");
    struct answer_complaint x = {.base = {.app = kit.app, .who = caller_of("oversight01"), .arena = kit.arena},
                                 .id = life.complaint, .finding = STR("true"), .words = STR("情况属实，已经提醒")};
    wait_for(&x.base, run_answer);
}

static int64_t
report_number(int i)
{
    static const char *const items[] = {"ZS01", "XF01", "QC04", "ZS04", "ZS05"};
    struct report_case *r = new_report("", items[i % 5], arena_printf(kit.arena, "第 %d 件：太吵，睡不着", i));
    int64_t photo = photo_of("");
    struct err err = {0};
    if (i % 3 == 0) {
        r->contact_phone = str_of(arena_printf(kit.arena, "1550000%04d", i));
        r->contact_name = STR("示例居民");
    }
    r->files = &photo;
    r->n_files = i % 4 == 0;
    if (!report_case_wait(r, &err))
        fail_msg("report %d: %s %s", i, err.message, err.n_fields ? err.fields[0].message : "");
    life.with_contact = i % 3 == 0 ? r->case_id : life.with_contact;
    return life.last = r->case_id;
}

static void
handle(int64_t id, bool is_supervised)
{
    act_ok("wgz03", id, "call", "note=属实");
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG&note=由城管先去");
    act_ok("coord01", id, "undo", "");
    act_ok("coord01", id, "dispatch", "lead=CG&assists=GA&note=由城管先去，公安配合");
    act_ok("cg01", id, "accept", "");
    act_ok("cg01", id, "note", "words=现场看过");
    if (is_supervised)
        act_ok("coord01", id, "supervise_case", "note=请尽快办理");
}

static void
live(void)
{
    life.eventful = eventful_case();
    app_set_now(kit.app, moment_of("2026-04-24T09:00"));
    for (int i = 1; i < CASES; i++) {
        int64_t id = report_number(i);
        switch (i % 6) {
        case 1: break; /* nobody comes: its duties are missed */
        case 2:
            act_ok("wgz03", id, "settle", arena_printf(kit.arena, "outcome=solved&reply=已经劝过，当场改正&files=%lld",
                                                       (long long)photo_of("wgz03")));
            act_ok("", id, "rate", i % 4 == 0 ? "solved=yes&grade=1" : "solved=no&grade=5");
            break;
        case 3:
            act_ok("wgz03", id, "return", "note=请补充在几栋几单元");
            act_ok("", id, "supplement", "words=在三栋二单元");
            break;
        case 4: act_ok("", id, "withdraw", "note=已经好了"); break;
        default: handle(id, i % 6 == 5);
        }
    }
    complain_and_be_answered();
    live_until("2026-05-06T12:00");
}

/* ---- copies of the database ---- */

static int
live_once(void **state)
{
    if (kit_open(state) != 0)
        return -1;
    live();
    app_close(kit.app);
    kit.app = NULL;
    raw_keep();
    return 0;
}

static int
fresh_copy(void **state)
{
    (void)state;
    raw_bring_back();
    return 0;
}

/* $e $c $l $k become the ids of the eventful case, one with a contact, the last one, and the complaint. */
static const char *
with_ids(const char *sql)
{
    struct buf b = {0};
    for (; *sql; sql++) {
        int64_t id = sql[0] != '$' ? 0 : sql[1] == 'e' ? life.eventful : sql[1] == 'c' ? life.with_contact
                     : sql[1] == 'l' ? life.last : life.complaint;
        if (id)
            buf_printf(&b, "%lld", (long long)id), sql++;
        else
            buf_char(&b, *sql);
    }
    const char *out = str_z(kit.arena, buf_view(&b));
    buf_release(&b);
    return out;
}

static void
forge(const char *sql)
{
    if (raw_exec(with_ids(sql)) < 1)
        fail_msg("nothing was changed by: %s", sql);
}

/* The store and the keys, and nothing else of a running installation. */
static struct replay_report
replay_file(void)
{
    struct err err = {0};
    struct replay_report r = {0};
    struct store *s = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 1}, &err);
    struct keyring *k = keyring_open(kit.dir, &err);
    if (!s || !k || !keyring_load(k, store_reader(s, 0), &err) ||
        !ledger_replay(store_reader(s, 0), k, kit.arena, NULL, &r, &err))
        fail_msg("replay: %s %s", err.message, err.detail);
    keyring_free(k);
    store_close(s);
    return r;
}

/* ---- the tests ---- */

static void
what_was_lived_replays_without_a_difference(void **state)
{
    (void)state;
    struct replay_report r = replay_file();
    if (r.differences)
        fail_msg("%lld differences, the first: %.*s", (long long)r.differences, (int)r.first.n, r.first.p);
    assert_int_equal(r.events, raw_int("SELECT COUNT(*) FROM event"));
    assert_int_equal(r.streams, raw_int("SELECT COUNT(DISTINCT stream) FROM event"));
    assert_int_equal(r.shredded, 0);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM case_file"), CASES);
    assert_true(raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0") > 20);
    assert_true(raw_int("SELECT COUNT(DISTINCT type) FROM event") >= 20);
}

static void
every_forgery_is_found(void **state)
{
    (void)state;
#define CONTACT " WHERE id = (SELECT reporter FROM case_file WHERE id = $c)"
    static const struct {
        const char *what, *sql;
    } rows[] = {
        {"a body", "UPDATE event SET body = FLIP(body, -1) WHERE stream = $e AND seq = 3"},
        {"the last body of a case", "UPDATE event SET body = FLIP(body, -1) WHERE stream = $l AND seq = (SELECT version FROM case_file WHERE id = $l)"},
        {"a body of another case", "UPDATE event SET body = (SELECT body FROM event WHERE stream = $l AND seq = 1) WHERE stream = $e AND seq = 1"},
        {"a hash", "UPDATE event SET hash = FLIP(hash, 0) WHERE stream = $e AND seq = 3"},
        {"no hash", "UPDATE event SET hash = X'' WHERE stream = $e AND seq = 3"},
        {"a commitment", "UPDATE event SET commitment = FLIP(commitment, 5) WHERE stream = $e AND seq = 3"},
        {"a mac", "UPDATE event SET mac = FLIP(mac, 31) WHERE stream = $e AND seq = 3"},
        {"a shorter mac", "UPDATE event SET mac = substr(mac, 1, 31) WHERE stream = $e AND seq = 3"},
        {"an event less", "DELETE FROM event WHERE stream = $e AND seq = 4"},
        {"the last event less, and the row says so", "DELETE FROM event WHERE stream = $e AND seq = (SELECT version FROM case_file WHERE id = $e);"
         "UPDATE case_file SET version = version - 1, head = (SELECT hash FROM event WHERE stream = $e ORDER BY seq DESC LIMIT 1) WHERE id = $e"},
        {"a case less", "DELETE FROM case_file WHERE id = $l; DELETE FROM duty WHERE subject = $l; DELETE FROM event WHERE stream = $l"},
        {"the state", "UPDATE case_file SET state = 8 WHERE id = $l"},
        {"a bit of the words", "UPDATE case_file SET secret = FLIP(secret, -1) WHERE id = $e"},
        {"a duty's due", "UPDATE duty SET due = due + 86400000 WHERE id = (SELECT MIN(id) FROM duty WHERE subject = $e)"},
        {"a miss", "UPDATE duty SET missed_at = 0 WHERE id = (SELECT MIN(id) FROM duty WHERE missed_at > 0)"},
        {"a counter", "UPDATE counter SET n = n + 1 WHERE name = 'case'"},
        {"a bit of a contact", "UPDATE person_file SET contact = FLIP(contact, -1)" CONTACT},
        {"the contact of somebody else", "UPDATE person_file SET contact = (SELECT o.contact FROM person_file o WHERE o.id <> person_file.id LIMIT 1)" CONTACT},
        {"the index of a phone", "UPDATE person_file SET phone_index = FLIP(phone_index, 0)" CONTACT},
        {"the chain of a contact", "UPDATE event SET hash = FLIP(hash, 0) WHERE stream = (SELECT reporter FROM case_file WHERE id = $c)"},
        {"a bit of a complaint", "UPDATE complaint SET secret = FLIP(secret, -1) WHERE id = $k"},
        {"an answer taken back", "UPDATE complaint SET version = 1, answered_at = 0, finding = '' WHERE id = $k"},
        {"a finding", "UPDATE complaint SET finding = 'untrue' WHERE id = $k"},
        {"when it was answered", "UPDATE complaint SET answered_at = answered_at - 1 WHERE id = $k"},
        {"when it was opened", "UPDATE complaint SET opened_at = opened_at + 1 WHERE id = $k"},
        {"whom it is about", "UPDATE complaint SET org = org + 1 WHERE id = $k"},
        {"where it was", "UPDATE complaint SET place = 0 WHERE id = $k"},
        {"of what kind it is", "UPDATE complaint SET kind = 'rude' WHERE id = $k"},
        {"a post", "UPDATE posting SET role = role + 1 WHERE id = (SELECT MAX(id) FROM posting)"},
        {"somebody new", "INSERT INTO person SELECT area, id + 1000, 'nobody', name, phone, is_sample, 0 FROM person WHERE id = 1"},
    };
    int bad = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(fresh_copy(NULL), 0);
        forge(rows[i].sql);
        if (replay_file().differences > 0)
            continue;
        print_error("not found: %s\n", rows[i].what);
        bad++;
    }
    if (bad)
        fail_msg("%d of %zu forgeries were not found", bad, COUNT_OF(rows));
}

/* Older words, sealed by the program itself and put back: they open, and yet they are not what was said last. */
static void
words_put_back_are_found(void **state)
{
    (void)state;
    open_app_at("2026-05-06T12:00");
    int64_t id = report_ok("ZS01", "第一次说的话")->case_id;
    raw_exec(arena_printf(kit.arena, "CREATE TABLE kept AS SELECT secret FROM case_file WHERE id = %lld", (long long)id));
    act_ok("wgz03", id, "settle", arena_printf(kit.arena, "outcome=solved&reply=已经劝过，当场改正&files=%lld",
                                               (long long)photo_of("wgz03")));
    expect_clean_replay();
    raw_exec(arena_printf(kit.arena, "UPDATE case_file SET secret = (SELECT secret FROM kept) WHERE id = %lld", (long long)id));
    struct replay_report r = replay_now();
    assert_true(r.differences > 0);
    assert_true(str_has(r.first, STR("the words")));
    app_close(kit.app);
    kit.app = NULL;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_was_lived_replays_without_a_difference, fresh_copy),
        cmocka_unit_test_setup(every_forgery_is_found, fresh_copy),
        cmocka_unit_test_setup(words_put_back_are_found, fresh_copy),
    };
    return cmocka_run_group_tests_name("ledger", tests, live_once, kit_close);
}
