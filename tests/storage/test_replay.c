/* ledger replay against somebody who has the database and writes in it by hand: every changed byte of the record, of the
 * rows and of the duties is found, and so is what was taken out or put in. */
#include "check.h"

#include "crypto.h"
#include "event_body.h"
#include "registry_store.h"
#include "store_kit.h"

static int64_t a_case, a_confidential, a_photo;

static bool
clear_photo(const char *who, int64_t id, bool is_public, struct err *err)
{
    struct publish_file *p = arena_new_of(kit.arena, struct publish_file);
    *p = (struct publish_file){.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .file_id = id,
                               .is_public = is_public};
    return publish_file_wait(p, err);
}

/* Two cases, one with a contact, some life; everything folded into the database file. */
static int
set_up(void **state)
{
    if (kit_open(state) != 0)
        return -1;
    a_case = eventful_case();
    app_set_now(kit.app, moment_of("2026-04-24T09:00"));
    struct report_case *r = new_report("", "QC04", "小区里有人养鸡");
    r->contact_name = STR("钱女士");
    r->contact_phone = STR("13907971234");
    struct err err = {0};
    a_photo = photo_of("");
    r->files = &a_photo;
    r->n_files = 1;
    if (!report_case_wait(r, &err))
        return -1;
    a_confidential = r->case_id;
    act_ok("wgz03", a_confidential, "settle", /* told to the reporter */
           arena_printf(kit.arena, "outcome=solved&reply=已经请他把鸡送走了&files=%lld", (long long)photo_of("wgz03")));
    if (!clear_photo("wgz03", a_photo, true, &err))
        fail_msg("publish_file: %s", err.message);
    struct params *f = fields_of("username=zhangsan&name=张三&phone=15500000099");
    struct change_registry c = {.base = {.app = kit.app, .who = caller_of("coord01"), .arena = kit.arena},
                                .kind = REGISTRY_PERSON_ADD, .fields = f};
    if (!change_registry_wait(&c, &err))
        return -1;
    app_reload(kit.app);
    return 0;
}

static void
expect_found(const char *what, const char *words)
{
    struct replay_report r = replay_now();
    if (r.differences == 0)
        fail_msg("not found: %s", what);
    if (words && !str_has(r.first, str_of(words)))
        fail_msg("%s was found as \"%.*s\", expected \"%s\"", what, (int)r.first.n, r.first.p, words);
}

/* Does it, looks for it, undoes it. The way back is the same statement with the old value, told by `restore`. */
static void
tamper(const char *sql, const char *restore, const char *words)
{
    raw_exec(sql);
    expect_found(sql, words);
    raw_exec(restore);
    expect_clean_replay();
}

static void
an_untouched_record_replays_clean(void **state)
{
    (void)state;
    struct replay_report r = replay_now();
    assert_int_equal(r.differences, 0);
    assert_int_equal(r.streams, 5); /* registry, two cases, a contact; posts: a certificate of the sample has run out */
    assert_int_equal(r.events, raw_int("SELECT COUNT(*) FROM event"));
    assert_int_equal(r.shredded, 0);
}

/* ---- the record ---- */

/* One bit of every column of every event, in turn. */
static void
every_flipped_bit_of_an_event_is_found(void **state)
{
    (void)state;
    static const char *const columns[] = {"body", "commitment", "hash", "mac", "type"};
    static const char *const numbers[] = {"at", "occurred_at", "actor", "role", "org"};
    int64_t streams[64], seqs[64];
    size_t n = raw_ints("SELECT stream FROM event ORDER BY stream, seq", streams, COUNT_OF(streams));
    assert_int_equal(raw_ints("SELECT seq, stream FROM event ORDER BY stream, seq", seqs, COUNT_OF(seqs)), n);
    assert_true(n > 15);
    for (size_t i = 0; i < n; i += 1 + (i > 4) * 3) { /* all of the registry's and the first, then each fourth */
        const char *which = arena_printf(kit.arena, "WHERE stream = %lld AND seq = %lld", (long long)streams[i], (long long)seqs[i]);
        for (size_t k = 0; k < COUNT_OF(columns); k++) {
            bool is_text = k == 4;
            struct str was = raw_bytes(kit.arena, arena_printf(kit.arena, "SELECT %s FROM event %s", columns[k], which));
            char *bytes = arena_dup(kit.arena, was.p, was.n);
            bytes[(i * 7 + k * 13) % was.n] ^= (char)(is_text ? 1 : 1 << (i % 8));
            const char *sql = arena_printf(kit.arena, "UPDATE event SET %s = $1 %s", columns[k], which);
            raw_exec_with(sql, (struct str){bytes, was.n}, is_text);
            expect_found(sql, NULL);
            raw_exec_with(sql, was, is_text);
        }
        for (size_t k = 0; k < COUNT_OF(numbers); k++)
            tamper(arena_printf(kit.arena, "UPDATE event SET %s = %s + 1 WHERE stream = %lld AND seq = %lld", numbers[k],
                                numbers[k], (long long)streams[i], (long long)seqs[i]),
                   arena_printf(kit.arena, "UPDATE event SET %s = %s - 1 WHERE stream = %lld AND seq = %lld", numbers[k],
                                numbers[k], (long long)streams[i], (long long)seqs[i]),
                   "an event was changed");
    }
}

/* @ becomes the id of the case. */
static const char *
of_the_case(const char *sql)
{
    const char *out = "";
    struct str rest = str_of(sql), part;
    while (str_cut(&rest, '@', &part))
        out = rest.p ? arena_printf(kit.arena, "%s%.*s%lld", out, (int)part.n, part.p, (long long)a_case)
                     : arena_printf(kit.arena, "%s%.*s", out, (int)part.n, part.p);
    return out;
}

static void
events_taken_out_put_in_or_moved_are_found(void **state)
{
    (void)state;
    raw_exec("CREATE TABLE kept AS SELECT * FROM event");
    static const char *const acts[] = {
        "DELETE FROM event WHERE stream = @ AND seq = 5", /* from the middle */
        "DELETE FROM event WHERE stream = @ AND seq = (SELECT MAX(seq) FROM event WHERE stream = @)", /* the last one */
        "DELETE FROM event WHERE stream = @ AND seq = 1", /* the first */
        "DELETE FROM event WHERE stream = @", /* all */
        "UPDATE event SET seq = 100 WHERE stream = @ AND seq = 4; UPDATE event SET seq = 4 WHERE stream = @ AND seq = 5;"
        "UPDATE event SET seq = 5 WHERE stream = @ AND seq = 100", /* two change places */
        "INSERT INTO event SELECT area, stream, 99, at, occurred_at, type, actor, role, org, body, commitment, hash, mac "
        "FROM event WHERE stream = @ AND seq = 3",
        "UPDATE event SET stream = 77 WHERE stream = @", /* a stream of another name */
    };
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        const char *sql = of_the_case(acts[i]);
        raw_exec(sql);
        expect_found(sql, NULL);
        raw_exec("DELETE FROM event; INSERT INTO event SELECT * FROM kept");
        expect_clean_replay();
    }
}

/* ---- rows ---- */

static void
every_changed_column_of_a_case_is_found(void **state)
{
    (void)state;
    for (int i = 0; i < CASE_N_NUMBERS; i++) {
        const char *name = case_number_name(i);
        tamper(arena_printf(kit.arena, "UPDATE case_file SET %s = %s + 1 WHERE id = %lld", name, name, (long long)a_case),
               arena_printf(kit.arena, "UPDATE case_file SET %s = %s - 1 WHERE id = %lld", name, name, (long long)a_case),
               arena_printf(kit.arena, "column %s", name));
    }
    for (int i = 0; i < CASE_N_TEXTS; i++) {
        const char *name = case_text_name(i);
        tamper(arena_printf(kit.arena, "UPDATE case_file SET %s = %s || 'x' WHERE id = %lld", name, name, (long long)a_case),
               arena_printf(kit.arena, "UPDATE case_file SET %s = SUBSTR(%s, 1, LENGTH(%s) - 1) WHERE id = %lld", name, name, name,
                            (long long)a_case),
               arena_printf(kit.arena, "column %s", name));
    }
    tamper(arena_printf(kit.arena, "UPDATE case_file SET version = version + 1 WHERE id = %lld", (long long)a_case),
           arena_printf(kit.arena, "UPDATE case_file SET version = version - 1 WHERE id = %lld", (long long)a_case), "head of the chain");
}

static void
broken_keys_and_words_are_found_and_not_taken_for_lawful_deletion(void **state)
{
    (void)state;
    raw_exec("CREATE TABLE kept AS SELECT * FROM case_file; CREATE TABLE kept_person AS SELECT * FROM person_file");
    static const struct {
        const char *sql, *words;
    } acts[] = {
        {"UPDATE case_file SET head = ZEROBLOB(32)", "head of the chain"},
        {"UPDATE case_file SET wrapped_key = ZEROBLOB(LENGTH(wrapped_key))", "its key does not open"},
        {"UPDATE case_file SET wrapped_key = SUBSTR(wrapped_key, 1, LENGTH(wrapped_key) - 1)", "its key does not open"},
        {"UPDATE case_file SET secret = ZEROBLOB(LENGTH(secret))", "its words do not open"},
        {"UPDATE case_file SET secret = (SELECT k.secret FROM kept k WHERE k.id <> case_file.id)", "its words do not open"},
        {"UPDATE case_file SET wrapped_key = (SELECT k.wrapped_key FROM kept k WHERE k.id <> case_file.id)", "its key does not open"},
        {"DELETE FROM case_file", "its row is gone"},
    };
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        raw_exec(acts[i].sql);
        expect_found(acts[i].sql, acts[i].words);
        raw_exec("DELETE FROM case_file; INSERT INTO case_file SELECT * FROM kept");
        expect_clean_replay();
    }
    static const char *const people[] = {
        "UPDATE person_file SET head = ZEROBLOB(32)",
        "UPDATE person_file SET version = 2",
        "UPDATE person_file SET wrapped_key = ZEROBLOB(LENGTH(wrapped_key))",
        "DELETE FROM person_file",
    };
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        raw_exec(people[i]);
        expect_found(people[i], NULL);
        raw_exec("DELETE FROM person_file; INSERT INTO person_file SELECT * FROM kept_person");
        expect_clean_replay();
    }
}

/* Deleting a key is the lawful way to forget: the chain holds, is counted, and is still watched. */
static void
a_shredded_case_keeps_its_chain(void **state)
{
    (void)state;
    raw_exec(arena_printf(kit.arena, "UPDATE case_file SET wrapped_key = X'' WHERE id = %lld", (long long)a_case));
    struct replay_report r = replay_now();
    assert_int_equal(r.differences, 0);
    assert_int_equal(r.shredded, 1);
    raw_exec(arena_printf(kit.arena, "UPDATE event SET actor = actor + 1 WHERE stream = %lld AND seq = 3", (long long)a_case));
    expect_found("a changed event of a shredded case", "an event was changed");
    raw_exec(arena_printf(kit.arena, "UPDATE event SET actor = actor - 1 WHERE stream = %lld AND seq = 3", (long long)a_case));
    raw_exec(arena_printf(kit.arena, "DELETE FROM event WHERE stream = %lld AND seq = 13", (long long)a_case));
    expect_found("a shorter chain of a shredded case", NULL);
}

static void
every_changed_column_of_a_duty_is_found(void **state)
{
    (void)state;
    static const char *const columns[] = {"kind", "subject_kind", "owner_org", "owner_role", "owner_place", "owner_person", "need",
                                          "credited", "spacing", "opened_at", "window_from", "amber_at", "due", "missed_at",
                                          "ended_at", "ending", "up_org", "up_role", "up_place", "ref", "level", "arg"};
    const char *which = arena_printf(kit.arena, "id = (SELECT MIN(id) FROM duty WHERE subject = %lld AND missed_at > 0)", (long long)a_case);
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        tamper(arena_printf(kit.arena, "UPDATE duty SET %s = %s + 1 WHERE %s", columns[i], columns[i], which),
               arena_printf(kit.arena, "UPDATE duty SET %s = %s - 1 WHERE %s", columns[i], columns[i], which), "a duty");
    raw_exec("CREATE TABLE kept AS SELECT * FROM duty");
    static const char *const acts[] = {
        "DELETE FROM duty WHERE id = (SELECT MIN(id) FROM duty)",
        "UPDATE duty SET missed_at = 0 WHERE missed_at > 0",
        "UPDATE duty SET id = -id WHERE id = (SELECT MIN(id) FROM duty)",
        "UPDATE duty SET subject = 12345 WHERE id = (SELECT MIN(id) FROM duty)",
        "INSERT INTO duty SELECT area, 999, kind, subject_kind, subject, owner_org, owner_role, owner_place, owner_person, need,"
        " credited, spacing, opened_at, window_from, amber_at, due, missed_at, ended_at, ending, up_org, up_role, up_place, ref,"
        " level, arg FROM duty LIMIT 1",
        "INSERT INTO duty SELECT area, 999, kind, subject_kind, 12345, owner_org, owner_role, owner_place, owner_person, need,"
        " credited, spacing, opened_at, window_from, amber_at, due, missed_at, ended_at, ending, up_org, up_role, up_place, ref,"
        " level, arg FROM duty LIMIT 1",
    };
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        raw_exec(acts[i]);
        expect_found(acts[i], NULL);
        raw_exec("DELETE FROM duty; INSERT INTO duty SELECT * FROM kept");
        expect_clean_replay();
    }
}

/* A case that is taken out with all that belongs to it leaves a gap in the numbers of its day. */
static void
a_case_that_vanishes_or_appears_is_found(void **state)
{
    (void)state;
    raw_exec(arena_printf(kit.arena, "DELETE FROM event WHERE stream = %lld; DELETE FROM duty WHERE subject = %lld;"
                                     "DELETE FROM case_file WHERE id = %lld; DELETE FROM file WHERE case_id = %lld;"
                                     "DELETE FROM notice WHERE case_id = %lld; DELETE FROM outbox WHERE case_id = %lld",
                          (long long)a_confidential, (long long)a_confidential, (long long)a_confidential,
                          (long long)a_confidential, (long long)a_confidential, (long long)a_confidential));
    expect_found("a vanished case", NULL);
    raw_exec("DELETE FROM event WHERE type = 'contact_set'; DELETE FROM person_file");
    expect_found("a vanished case", "the cases of a day");
}

static void
a_case_without_events_is_found(void **state)
{
    (void)state;
    raw_exec(arena_printf(kit.arena, "CREATE TEMP TABLE t AS SELECT * FROM case_file WHERE id = %lld;"
                                     "UPDATE t SET id = id + 1, no = no + 1; INSERT INTO case_file SELECT * FROM t",
                          (long long)a_case));
    expect_found("a case that nobody reported", "a row without its events");
}

static void
a_changed_registry_is_found(void **state)
{
    (void)state;
    static const char *const acts[][2] = {
        {"UPDATE org SET name = name || 'x' WHERE id = 3", "UPDATE org SET name = SUBSTR(name, 1, LENGTH(name) - 1) WHERE id = 3"},
        {"UPDATE place SET firm = firm + 1 WHERE code = 'XFL'", "UPDATE place SET firm = firm - 1 WHERE code = 'XFL'"},
        {"UPDATE person SET is_disabled = 1 WHERE id = 5", "UPDATE person SET is_disabled = 0 WHERE id = 5"},
        {"UPDATE posting SET cert_until = cert_until + 1000 WHERE id = 30", "UPDATE posting SET cert_until = cert_until - 1000 WHERE id = 30"},
        {"UPDATE posting SET role = role + 1 WHERE id = 12", "UPDATE posting SET role = role - 1 WHERE id = 12"},
        {"UPDATE posting SET turn = 2, turns = 6 WHERE id = 12", "UPDATE posting SET turn = 0, turns = 0 WHERE id = 12"},
        {"CREATE TEMP TABLE t AS SELECT * FROM posting WHERE id = 3; UPDATE t SET id = 9999; INSERT INTO posting SELECT * FROM t",
         "DELETE FROM posting WHERE id = 9999"},
    };
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        tamper(acts[i][0], acts[i][1], "the registry");
}

/* The digest of a registry that uses no later column is the one that was recorded before the column came: length, colon and
 * text of each column of the first release, row by row. */
static void
what_was_recorded_before_a_column_came_still_holds(void **state)
{
    (void)state;
    static const struct {
        enum sql_id id;
        int columns;
    } first_release[] = {{SQL_ORGS_ALL, 12}, {SQL_PLACES_ALL, 19}, {SQL_PEOPLE_ALL, 6}, {SQL_POSTINGS_ALL, 12}};
    struct err err = {0};
    struct buf all = {0};
    struct db *db = app_reader_lock(kit.app);
    int64_t area = app_area(kit.app, 0)->id;
    for (size_t i = 0; i < COUNT_OF(first_release); i++) {
        struct rows r;
        assert_true(db_query(db, first_release[i].id, &r, &err, V_INT(area)));
        while (rows_next(&r, &err))
            for (int c = 0; c < first_release[i].columns; c++) {
                struct str v = rows_text(&r, c);
                buf_printf(&all, "%zu:%.*s", v.n, (int)v.n, v.p);
            }
    }
    uint8_t was[HASH_BYTES], is[HASH_BYTES];
    sm3(buf_view(&all), was);
    assert_true(registry_digest(db, area, is, &err));
    app_reader_unlock(kit.app);
    buf_release(&all);
    assert_memory_equal(was, is, HASH_BYTES);
}

/* ---- files ---- */

/* What an event keeps of a file is all of its row but where it lies and what opens it, and those open it or do not. */
static void
every_changed_column_of_a_file_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *set, *words;
    } acts[] = {
        {"sha256 = ZEROBLOB(32)", "a file"},
        {"sm3 = X'01'", "a file"},
        {"kind = kind + 1", "a file"},
        {"bytes = bytes + 1", "a file"},
        {"width = width + 1", "a file"},
        {"height = height - 1", "a file"},
        {"uploader = uploader + 1", "a file"},
        {"device = device || 'x'", "a file"},
        {"at = at - 60000", "a file"},
        {"has_gps = 1", "a file"},
        {"lat = lat + 0.000001", "a file"},
        {"lon = lon + 0.000001", "a file"},
        {"taken = '2026-04-20 09:00:00'", "a file"},
        {"event_seq = event_seq + 1", "a file"},
        {"is_after = 1 - is_after", "a file"},
        {"is_public = 1 - is_public", "what of a file is public"},
        {"wrapped = ZEROBLOB(LENGTH(wrapped))", "the key of a file"},
        {"wrapped = (SELECT k.wrapped FROM kept k WHERE k.id <> file.id LIMIT 1)", "the key of a file"},
        {"case_id = (SELECT k.case_id FROM kept k WHERE k.case_id <> file.case_id LIMIT 1)", NULL},
        {"case_id = 0", "the number of files"},
        {"case_id = 12345", NULL},
        {"id = id + 1", "a file that no event names"},
    };
    raw_exec("CREATE TABLE kept AS SELECT * FROM file");
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        const char *sql = arena_printf(kit.arena, "UPDATE file SET %s WHERE id = %lld", acts[i].set, (long long)a_photo);
        raw_exec(sql);
        expect_found(sql, acts[i].words);
        raw_exec("DELETE FROM file; INSERT INTO file SELECT * FROM kept");
        expect_clean_replay();
    }
    raw_exec("DELETE FROM file WHERE case_id > 0");
    expect_found("vanished files", "the number of files");
}

static void
a_file_put_into_a_case_by_hand_is_found(void **state)
{
    (void)state;
    int64_t other = report_ok("ZS01", "喇叭又响了")->case_id;
    expect_clean_replay();
    raw_exec(arena_printf(kit.arena, "CREATE TEMP TABLE t AS SELECT * FROM file WHERE id = %lld; UPDATE t SET id = id + 1, case_id = %lld;"
                                     "INSERT INTO file SELECT * FROM t", (long long)a_photo, (long long)other));
    expect_found("evidence of nobody", "a file that no event names");
}

static void
clearing_and_hiding_a_photo_replays(void **state)
{
    (void)state;
    struct err err = {0};
    for (int on = 0; on < 2; on++) {
        assert_true(clear_photo("wgz03", a_photo, on, &err));
        expect_clean_replay();
    }
}

/* ---- notices ---- */

static void
every_changed_column_of_a_notice_is_found(void **state)
{
    (void)state;
    static const char *const columns[] = {"owner_org", "owner_role", "owner_place", "owner_person", "is_urgent", "at"};
    const char *which = arena_printf(kit.arena, "id = (SELECT MIN(id) FROM notice WHERE case_id = %lld)", (long long)a_case);
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        tamper(arena_printf(kit.arena, "UPDATE notice SET %s = %s + 1 WHERE %s", columns[i], columns[i], which),
               arena_printf(kit.arena, "UPDATE notice SET %s = %s - 1 WHERE %s", columns[i], columns[i], which), "a notice");
    raw_exec("CREATE TABLE kept AS SELECT * FROM notice; CREATE TABLE kept_outbox AS SELECT * FROM outbox");
    assert_true(raw_int("SELECT COUNT(*) FROM outbox WHERE channel = 'sms'") > 0);
    static const struct {
        const char *sql, *words;
    } acts[] = {
        {"UPDATE notice SET kind = 'missed' WHERE id = (SELECT MIN(id) FROM notice)", "a notice"},
        {"UPDATE notice SET text = text || '。' WHERE id = (SELECT MAX(id) FROM notice)", "a notice"},
        {"UPDATE notice SET case_id = case_id + 1 WHERE id = (SELECT MIN(id) FROM notice)", "a notice"},
        {"DELETE FROM notice WHERE id = (SELECT MAX(id) FROM notice)", "a notice is gone"},
        {"INSERT INTO notice SELECT area, id + 1, owner_org, owner_role, owner_place, owner_person, case_id, kind, '请到局里来一下', 1, at"
         " FROM notice WHERE id = (SELECT MAX(id) FROM notice)", "a notice that no event caused"},
        {"UPDATE outbox SET text = '请加这个号码'", "a notice"},
        {"UPDATE outbox SET person = person + 1", "a notice"},
        {"UPDATE outbox SET channel = 'mail'", "a notice that no event caused"},
        {"DELETE FROM outbox", "a notice is gone"},
    };
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        raw_exec(acts[i].sql);
        expect_found(acts[i].sql, acts[i].words);
        raw_exec("DELETE FROM notice; INSERT INTO notice SELECT * FROM kept;"
                 "DELETE FROM outbox; INSERT INTO outbox SELECT * FROM kept_outbox");
        expect_clean_replay();
    }
    raw_exec("UPDATE outbox SET state = 1, tries = 3, last_error = 'x'"); /* how sending it went is no part of the record */
    expect_clean_replay();
}

/* ---- the duty of a complaint ---- */

static int64_t
a_complaint(void)
{
    struct err err = {0};
    struct complain *c = arena_new_of(kit.arena, struct complain);
    *c = (struct complain){.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = STR("rude"), .org = STR("CG"),
                           .place = STR("XFL"), .words = STR("上门的人说话很难听，还摔门"), .phone = STR("")};
    if (!complain_wait(c, &err))
        fail_msg("complain: %s %s", err.message, err.detail);
    return raw_int("SELECT MAX(id) FROM complaint");
}

static void
every_changed_column_of_a_complaints_duty_is_found(int64_t id)
{
    static const char *const columns[] = {"kind", "owner_org", "owner_role", "owner_place", "owner_person", "need", "credited", "spacing",
                                          "opened_at", "window_from", "amber_at", "due", "missed_at", "ended_at", "ending", "up_org",
                                          "up_role", "up_place", "ref", "level", "arg"};
    expect_clean_replay();
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        tamper(arena_printf(kit.arena, "UPDATE duty SET %s = %s + 1 WHERE subject = %lld", columns[i], columns[i], (long long)id),
               arena_printf(kit.arena, "UPDATE duty SET %s = %s - 1 WHERE subject = %lld", columns[i], columns[i], (long long)id),
               "the duty of a complaint");
    raw_exec("CREATE TABLE kept AS SELECT * FROM duty");
    raw_exec(arena_printf(kit.arena, "DELETE FROM duty WHERE subject = %lld", (long long)id));
    expect_found("a complaint without a clock", "the duty of a complaint");
    raw_exec("DELETE FROM duty; INSERT INTO duty SELECT * FROM kept; DROP TABLE kept");
}

/* Open, missed, answered late: each is said by an event, and after each nothing can be moved unseen. */
static void
the_duty_of_a_complaint_replays_through_its_life(void **state)
{
    (void)state;
    int64_t id = a_complaint();
    every_changed_column_of_a_complaints_duty_is_found(id);
    live_until("2026-06-01T09:00");
    assert_true(raw_int(arena_printf(kit.arena, "SELECT missed_at FROM duty WHERE subject = %lld", (long long)id)) > 0);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE type = 'complaint_missed'"), 1);
    every_changed_column_of_a_complaints_duty_is_found(id);
    struct err err = {0};
    struct answer_complaint *c = arena_new_of(kit.arena, struct answer_complaint);
    *c = (struct answer_complaint){.base = {.app = kit.app, .who = caller_of("oversight01"), .arena = kit.arena}, .id = id,
                                   .finding = STR("partly"), .words = STR("已谈话提醒，本人道歉。")};
    if (!answer_complaint_wait(c, &err))
        fail_msg("answer: %s %s", err.message, err.detail);
    every_changed_column_of_a_complaints_duty_is_found(id);
    tamper("UPDATE notice SET text = text || '！' WHERE kind = 'complaint'", "UPDATE notice SET text = SUBSTR(text, 1, LENGTH(text) - 1) WHERE kind = 'complaint'",
           "a notice");
    tamper("UPDATE complaint SET finding = 'untrue'", "UPDATE complaint SET finding = 'partly'", "the finding of a complaint");
}

/* Its key deleted while it is open: its stream is closed, and the clock goes on for everybody else. */
static void
a_shredded_complaint_does_not_stop_the_clock(void **state)
{
    (void)state;
    int64_t id = a_complaint();
    raw_exec("UPDATE complaint SET wrapped_key = X''");
    live_until("2026-06-01T09:00");
    assert_true(raw_int(arena_printf(kit.arena, "SELECT missed_at FROM duty WHERE subject = %lld", (long long)id)) > 0);
    expect_clean_replay();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_untouched_record_replays_clean, set_up, kit_close),
        cmocka_unit_test_setup_teardown(every_flipped_bit_of_an_event_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(events_taken_out_put_in_or_moved_are_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(every_changed_column_of_a_case_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(broken_keys_and_words_are_found_and_not_taken_for_lawful_deletion, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_shredded_case_keeps_its_chain, set_up, kit_close),
        cmocka_unit_test_setup_teardown(every_changed_column_of_a_duty_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_case_that_vanishes_or_appears_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_case_without_events_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_changed_registry_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(what_was_recorded_before_a_column_came_still_holds, set_up, kit_close),
        cmocka_unit_test_setup_teardown(every_changed_column_of_a_file_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_file_put_into_a_case_by_hand_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(clearing_and_hiding_a_photo_replays, set_up, kit_close),
        cmocka_unit_test_setup_teardown(every_changed_column_of_a_notice_is_found, set_up, kit_close),
        cmocka_unit_test_setup_teardown(the_duty_of_a_complaint_replays_through_its_life, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_shredded_complaint_does_not_stop_the_clock, set_up, kit_close),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
