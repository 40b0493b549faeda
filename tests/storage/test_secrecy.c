/* What nobody may read: contacts, words, notes and complaints stand in no file and in no line of the log; what is sealed opens
 * in its own place only; and a contact is shown to those who need it, and to nobody without an event. */
#include "store_kit.h"

#include <fcntl.h>

#include "log.h"

/* ---- nowhere in clear ---- */

static const char *const canaries[] = {
    "13907971234", "8613907971234", "1390797", "赖金丝雀", "后墙的鸽子笼臭得开不了窗", "七栋三单元五零二", "补充一句画眉鸟也养着",
    "内部备注百灵鸟", "已请主人搬走鸽子笼", "投诉的话杜鹃鸟", "13807975678", "查明的话喜鹊", "催着要看猫头鹰",
};

static void
search_file(const char *path)
{
    struct arena *a = arena_new();
    struct str all = read_whole(a, path);
    for (size_t i = 0; i < COUNT_OF(canaries); i++)
        if (str_has(all, str_of(canaries[i])))
            fail_msg("\"%s\" stands in %s", canaries[i], path);
    arena_free(a);
}

static void
search_below(const char *dir, int *files)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char path[512];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_type == DT_DIR) {
            search_below(path, files);
            continue;
        }
        search_file(path);
        ++*files;
    }
    closedir(d);
}

static void
wake_up(struct action *a)
{
    *(_Atomic bool *)a->ctx = true;
}

static enum err_kind
wait_for(struct action *a, void (*run)(struct action *a, struct db *db))
{
    _Atomic bool is_done = false;
    a->ctx = &is_done;
    a->done = wake_up;
    run(a, app_reader_lock(kit.app));
    app_reader_unlock(kit.app);
    while (!is_done)
        usleep(1000);
    return a->err.kind;
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
run_reveal(struct action *a, struct db *db)
{
    reveal_contact((struct reveal_contact *)a, db);
}

static int64_t
report_with_contact(bool keep_secret)
{
    struct report_case *r = new_report("", "QC04", "后墙的鸽子笼臭得开不了窗");
    struct err err = {0};
    r->contact_name = STR("赖金丝雀");
    r->contact_phone = STR("+86 139-0797-1234");
    r->spot = STR("七栋三单元五零二");
    r->keep_secret = keep_secret;
    if (!report_case_wait(r, &err))
        fail_msg("%s %s", err.message, err.n_fields ? err.fields[0].message : "");
    return r->case_id;
}

static struct reveal_contact
reveal(const char *who, int64_t id, const char *purpose)
{
    struct reveal_contact r = {.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .case_id = id,
                               .purpose = str_of(purpose), .name = STR(""), .phone = STR("")};
    wait_for(&r.base, run_reveal);
    return r;
}

static void
nothing_of_it_stands_in_any_file(void **state)
{
    (void)state;
    char log[160];
    snprintf(log, sizeof log, "%s/server.log", kit.dir);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    log_set_fd(fd);
    log_event("begin", "pid=%d", (int)getpid());
    int64_t id = report_with_contact(true);
    act_ok("", id, "supplement", "words=补充一句画眉鸟也养着");
    act_ok("wgz03", id, "call", "note=属实");
    act_ok("comm01", id, "note", "words=内部备注百灵鸟");
    act_ok("comm01", id, "admit", "result=admit&note=催着要看猫头鹰");
    struct err err = {0};
    assert_false(act("", id, "rate", "solved=yes&grade=1&words=13907971234", &err)); /* a refusal tells the log nothing */
    assert_int_equal(reveal("comm01", id, "回访").base.err.kind, ERR_NONE);
    int64_t settled = report_with_contact(false);
    act_ok("wgz03", settled, "settle", arena_printf(kit.arena, "outcome=solved&reply=已请主人搬走鸽子笼&files=%lld",
                                                    (long long)photo_of("wgz03")));
    struct complain c = {.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = STR("rude"),
                         .org = STR("CG"), .words = STR("投诉的话杜鹃鸟"), .phone = STR("13807975678")};
    assert_int_equal(wait_for(&c.base, run_complain), ERR_NONE);
    struct answer_complaint x = {.base = {.app = kit.app, .who = caller_of("oversight01"), .arena = kit.arena},
                                 .id = raw_int("SELECT MAX(id) FROM complaint"), .finding = STR("true"), .words = STR("查明的话喜鹊")};
    assert_int_equal(wait_for(&x.base, run_answer), ERR_NONE);
    live_until("2026-05-20T12:00"); /* everything is missed, chased and told to somebody */
    int files = 0;
    search_below(kit.dir, &files); /* with all of it still in the log of the database */
    for (size_t i = 0; i < COUNT_OF(canaries); i++)
        if (raw_finds(kit.arena, canaries[i]))
            fail_msg("\"%s\" stands in %s", canaries[i], raw_finds(kit.arena, canaries[i]));
    app_close(kit.app);
    kit.app = NULL;
    search_below(kit.dir, &files);
    log_set_fd(2);
    close(fd);
    assert_true(files >= (is_postgres() ? 4 : 6));
    assert_true(str_has(read_whole(kit.arena, log), STR("event=begin")));
    open_app_at("2026-05-20T12:00"); /* and yet it is all there for those who may read it */
    check_str(load(id)->spot, "七栋三单元五零二");
    check_str(load(settled)->reply, "已请主人搬走鸽子笼");
}

/* ---- in its own place only ---- */

static void
what_is_sealed_opens_in_its_own_place_only(void **state)
{
    (void)state;
    const char *column = "case_file.secret";
    uint8_t key[KEY_BYTES] = {1}, other[KEY_BYTES] = {2};
    struct buf sealed = {0}, plain = {0};
    seal(key, 360733, column, 7, 3, STR("只在这里"), &sealed);
    const struct {
        const uint8_t *key;
        int64_t area;
        const char *column;
        int64_t row, sub;
        bool opens;
    } rows[] = {
        {key, 360733, column, 7, 3, true},  {other, 360733, column, 7, 3, false}, {key, 360734, column, 7, 3, false},
        {key, 360733, column, 8, 3, false}, {key, 360733, column, 7, 4, false},   {key, 360733, "event.body", 7, 3, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_clear(&plain);
        if (unseal(rows[i].key, rows[i].area, rows[i].column, rows[i].row, rows[i].sub, buf_view(&sealed), &plain) != rows[i].opens)
            fail_msg("row %zu", i);
    }
    for (size_t n = 0; n < sealed.n; n++) { /* cut short anywhere, or changed in one bit */
        buf_clear(&plain);
        assert_false(unseal(key, 360733, column, 7, 3, str_slice(buf_view(&sealed), 0, n), &plain));
        sealed.p[n] ^= 4;
        assert_false(unseal(key, 360733, column, 7, 3, buf_view(&sealed), &plain));
        sealed.p[n] ^= 4;
    }
    buf_release(&sealed);
    buf_release(&plain);
}

static bool
words_open(int64_t id)
{
    struct loaded_case c;
    struct err err = {0};
    struct db *db = app_reader_lock(kit.app);
    bool ok = case_load(db, app_keys(kit.app), kit.arena, app_area(kit.app, 0)->id, id, &c, &err) &&
              case_load_words(db, kit.arena, &c, &err) && str_is(c.words, "后墙的鸽子笼臭得开不了窗");
    app_reader_unlock(kit.app);
    return ok;
}

static void
a_sealed_value_moved_to_another_row_does_not_open(void **state)
{
    (void)state;
    int64_t a = report_with_contact(false), b = report_with_contact(false);
    assert_true(words_open(a) && words_open(b));
    raw_exec("CREATE TABLE kept AS SELECT * FROM case_file; CREATE TABLE kept_person AS SELECT * FROM person_file");
    static const char *const moves[] = {
        "UPDATE case_file SET secret = (SELECT secret FROM kept WHERE kept.id <> case_file.id)",
        "UPDATE case_file SET wrapped_key = (SELECT wrapped_key FROM kept WHERE kept.id <> case_file.id)",
        "UPDATE case_file SET (secret, wrapped_key) = (SELECT secret, wrapped_key FROM kept WHERE kept.id <> case_file.id)",
    };
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        raw_exec(moves[i]);
        if (words_open(a) || words_open(b))
            fail_msg("opens after: %s", moves[i]);
        raw_exec("DELETE FROM case_file; INSERT INTO case_file SELECT * FROM kept");
        assert_true(words_open(a));
    }
    raw_exec("UPDATE person_file SET contact = (SELECT contact FROM kept_person k WHERE k.id <> person_file.id)");
    assert_int_equal(reveal("comm01", a, "回访").base.err.kind, ERR_GONE);
    raw_exec("UPDATE person_file SET (contact, wrapped_key) = (SELECT contact, wrapped_key FROM kept_person k WHERE k.id <> person_file.id)");
    assert_int_equal(reveal("comm01", a, "回访").base.err.kind, ERR_GONE);
    assert_int_equal(load(a)->c.version, 1); /* nothing was shown, so nobody is said to have looked */
}

/* ---- to those who need it ---- */

static void
a_contact_is_shown_to_those_who_need_it(void **state)
{
    (void)state;
    int64_t open = report_with_contact(false), secret = report_with_contact(true), none = report_ok("QC04", "有人养鸡")->case_id;
    int64_t all[] = {open, secret};
    for (size_t i = 0; i < 2; i++) {
        act_ok("wgz03", all[i], "call", "");
        act_ok("comm01", all[i], "admit", "result=admit");
        act_ok("coord01", all[i], "dispatch", "lead=CG&note=城管牵头");
        act_ok("cg01", all[i], "accept", "");
    }
    const struct {
        const char *who;
        int64_t id;
        const char *purpose;
        enum err_kind kind;
    } rows[] = {
        {"wgz03", open, "上门核实", ERR_NONE},
        {"comm01", open, "回访", ERR_NONE},
        {"coord01", open, "核实", ERR_NONE},
        {"hotline01", open, "回访", ERR_NONE},
        {"cg01", open, "约时间上门", ERR_NONE},
        {"cg01", secret, "约时间上门", ERR_FORBIDDEN}, /* he asked to be kept from those who handle it */
        {"comm01", secret, "回访", ERR_NONE},
        {"wy01a", open, "回访", ERR_FORBIDDEN}, /* property staff never, be it their own compound */
        {"wy01b", secret, "回访", ERR_FORBIDDEN},
        {"ga01", open, "看看", ERR_FORBIDDEN},  /* a department that has nothing to do with it */
        {"wgz01", open, "看看", ERR_FORBIDDEN}, /* the grid chief of another grid */
        {"oversight01", open, "看看", ERR_FORBIDDEN},
        {"admin01", open, "看看", ERR_FORBIDDEN},
        {"", open, "看看", ERR_FORBIDDEN},
        {"comm01", open, "", ERR_FIELDS}, /* to what end? */
        {"comm01", none, "回访", ERR_FORBIDDEN},
        {"comm01", 12345, "回访", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t before = raw_int("SELECT COUNT(*) FROM event WHERE type = 'contact_revealed'");
        struct reveal_contact r = reveal(rows[i].who, rows[i].id, rows[i].purpose);
        bool is_shown = rows[i].kind == ERR_NONE;
        if (r.base.err.kind != rows[i].kind)
            fail_msg("row %zu, %s: found %d (%s), expected %d", i, rows[i].who, r.base.err.kind, r.base.err.message, rows[i].kind);
        check_str(r.name, is_shown ? "赖金丝雀" : "");
        check_str(r.phone, is_shown ? "+86 139-0797-1234" : "");
        assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE type = 'contact_revealed'"), before + is_shown);
    }
    struct loaded_case *c = load(open);
    struct err err = {0};
    size_t n;
    struct event_row *e = events_load(app_reader_lock(kit.app), kit.arena, c, &n, &err);
    app_reader_unlock(kit.app);
    check_str(e[n - 1].type, "contact_revealed"); /* who looked, and why; the reporter's page does not show it */
    assert_true(str_has(e[n - 1].text, STR("约时间上门")));
    assert_int_equal(e[n - 1].actor, registry_username(app_area(kit.app, 0)->registry, STR("cg01"))->id);
    assert_int_equal(e[n - 1].public_text.n, 0);
    expect_clean_replay();
}

/* 已依法删除: with the key of the contact the contact is gone, and the case goes on. */
static void
a_shredded_contact_is_gone_for_everybody(void **state)
{
    (void)state;
    int64_t id = report_with_contact(false);
    raw_exec("UPDATE person_file SET wrapped_key = X''");
    struct reveal_contact r = reveal("comm01", id, "回访");
    assert_int_equal(r.base.err.kind, ERR_GONE);
    check_str(r.phone, "");
    act_ok("wgz03", id, "call", "note=属实");
    struct replay_report p = replay_now();
    assert_int_equal(p.differences, 0);
    assert_int_equal(p.shredded, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_of_it_stands_in_any_file, kit_open, kit_close),
        cmocka_unit_test(what_is_sealed_opens_in_its_own_place_only),
        cmocka_unit_test_setup_teardown(a_sealed_value_moved_to_another_row_does_not_open, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_contact_is_shown_to_those_who_need_it, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_shredded_contact_is_gone_for_everybody, kit_open, kit_close),
    };
    return cmocka_run_group_tests_name("secrecy", tests, NULL, NULL);
}
