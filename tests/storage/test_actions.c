/* Actions through storage: what is saved comes back, the same submission is taken once, numbers have no gaps whoever
 * writes, a mistake is taken back, files belong to one case, contacts lie nowhere in clear, and words are found. */
#include "check.h"

#include <stdatomic.h>

#include "event_body.h"
#include "registry_store.h"
#include "store_kit.h"
#include "suggest.h"
#include "views.h"

static int64_t
area_id(void)
{
    return app_area(kit.app, 0)->id;
}

/* ---- what is saved comes back ---- */

static void
a_case_comes_back_as_it_was_decided(void **state)
{
    (void)state;
    struct report_case *r = report_ok("XF01", "消防通道停满了车");
    const struct effects *fx = r->base.save.fx;
    struct loaded_case *c = load(r->case_id);
    struct case_file is = c->c, was = fx->after;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (*case_number(&is, i) != *case_number(&was, i))
            fail_msg("column %s", case_number_name(i));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        assert_true(str_eq(*case_text(&is, i), *case_text(&was, i)));
    assert_int_equal(is.version, 1);
    check_str(c->words, "消防通道停满了车");
    check_str(c->spot, "3栋");
    check_str(c->reply, "");
    assert_int_equal(c->n_duties, fx->n_duties);
    for (size_t i = 0; i < c->n_duties; i++)
        assert_true(duty_same(&c->duties[i], &fx->duties[i].now));
    assert_int_equal(r->no, 1);
    assert_int_equal(r->day, day_of(moment_of(A_MORNING)));
    assert_int_equal(strlen(r->query_code), 6);
    int64_t area = 0, id = 0;
    assert_true(case_token_open(kit.app, str_of(r->token), &area, &id));
    assert_true(area == area_id() && id == r->case_id);
}

static void
a_story_reads_back_and_survives_a_restart(void **state)
{
    (void)state;
    static const char *const types[] = {"case_opened", "called", "admitted", "dispatched", "accepted", "persuaded", "ordered",
                                        "rechecked", "closed", "rated"};
    int64_t id = eventful_case();
    for (int pass = 0; pass < 2; pass++) {
        struct err err = {0};
        size_t n = 0;
        struct loaded_case *c = load(id);
        struct event_row *e = events_load(app_reader_lock(kit.app), kit.arena, c, &n, &err);
        app_reader_unlock(kit.app);
        assert_int_equal(n, c->c.version);
        size_t at = 0, missed = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(e[i].seq, i + 1);
            if (str_is(e[i].type, "duty_missed"))
                missed++;
            else
                check_str(e[i].type, at < COUNT_OF(types) ? types[at++] : "nothing more");
        }
        assert_int_equal(at, COUNT_OF(types));
        assert_int_equal(missed, 3); /* the acceptance, the assistance, the recheck */
        check_str(c->reply, "已经关小了音量");
        assert_int_equal(c->c.state, CASE_CLOSED);
        assert_int_equal(c->c.after_photos, 1);
        for (size_t i = 0; i < n; i++)
            if (str_is(e[i].type, "rechecked")) {
                assert_int_equal(e[i].n_files, 1);
                check_str(params_get(&e[i].fields, "result"), "corrected");
                check_str(e[i].public_text, "复查：已改正");
                assert_int_equal(e[i].role, ROLE_OFFICER);
            }
        expect_clean_replay();
        reopen_app("2026-04-23T18:00");
    }
}

static void
an_id_is_never_used_twice_over_a_restart(void **state)
{
    (void)state;
    int64_t before = report_ok("ZS01", "喇叭太吵了")->case_id;
    reopen_app(A_MORNING); /* the same moment again */
    int64_t after = report_ok("ZS01", "喇叭还是太吵")->case_id;
    assert_true(after > before);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM (SELECT id FROM duty GROUP BY area, id HAVING COUNT(*) > 1) AS twice"), 0);
}

/* ---- once ---- */

static struct report_case *
keyed_report(const char *key, const char *words)
{
    struct report_case *r = new_report("", "ZS01", words);
    r->base.idempotency_key = str_of(key);
    sm3(str_of(words), r->base.body_hash);
    return r;
}

static void
the_same_submission_gets_the_first_answer_and_another_body_422(void **state)
{
    (void)state;
    struct err err = {0};
    struct report_case *a = keyed_report("k1", "喇叭太吵了"), *b = keyed_report("k1", "喇叭太吵了");
    struct report_case *c = keyed_report("k1", "改了内容"), *d = keyed_report("k2", "喇叭太吵了");
    assert_true(report_case_wait(a, &err));
    assert_true(report_case_wait(b, &err));
    assert_true(b->base.is_repeat);
    assert_int_equal(a->case_id, b->case_id);
    assert_int_equal(a->no, b->no);
    assert_int_equal(a->day, b->day);
    assert_string_equal(a->token, b->token);
    assert_string_equal(a->query_code, b->query_code);
    assert_false(report_case_wait(c, &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    assert_string_equal(err.fields[0].field, "Idempotency-Key");
    assert_true(report_case_wait(d, &err));
    assert_int_not_equal(d->case_id, a->case_id);
    struct report_case *other = keyed_report("k1", "喇叭太吵了"); /* another device's k1 is another key */
    ((struct caller *)(uintptr_t)other->base.who)->device = STR("another-device");
    assert_true(report_case_wait(other, &err));
    assert_int_not_equal(other->case_id, a->case_id);
    reopen_app(A_MORNING);
    struct report_case *late = keyed_report("k1", "喇叭太吵了");
    assert_true(report_case_wait(late, &err)); /* also after a restart */
    assert_int_equal(late->case_id, a->case_id);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM case_file"), 3);
}

static void
a_refused_submission_is_not_remembered(void **state)
{
    (void)state;
    struct err err = {0};
    struct report_case *bad = keyed_report("k1", "吵"), *good = keyed_report("k1", "喇叭太吵了");
    assert_false(report_case_wait(bad, &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    assert_true(report_case_wait(good, &err));
}

/* The same submission from two threads at once: whoever is second gets the answer of the first. */
struct racer {
    struct report_case *r;
    struct err err;
    bool ok;
};

static void *
race(void *arg)
{
    struct racer *x = arg;
    x->ok = report_case_wait(x->r, &x->err);
    return NULL;
}

static void
a_double_click_opens_one_case(void **state)
{
    (void)state;
    enum { RACERS = 8 };
    struct racer racers[RACERS];
    pthread_t t[RACERS];
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.r = keyed_report("double", "喇叭太吵了")};
        racers[i].r->base.arena = arena_new(); /* an arena belongs to one thread */
    }
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < RACERS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < RACERS; i++) {
        if (!racers[i].ok)
            fail_msg("%s %s", racers[i].err.message, racers[i].err.detail);
        assert_int_equal(racers[i].r->case_id, racers[0].r->case_id);
        assert_int_equal(racers[i].r->no, 1);
        arena_free(racers[i].r->base.arena);
    }
    assert_int_equal(raw_int("SELECT COUNT(*) FROM case_file"), 1);
}

/* ---- many at once ---- */

struct reporter {
    int n;
    int64_t day[200], no[200];
};

static void *
report_many(void *arg)
{
    struct reporter *p = arg;
    for (int i = 0; i < p->n; i++) {
        struct arena *a = arena_new();
        struct caller who = {.area = app_area(kit.app, 0), .device = STR("d")};
        struct report_case r = {.base = {.app = kit.app, .who = &who, .arena = a}, .place = STR("XFL"), .item = STR("ZS01"),
                                .words = STR("喇叭太吵了"), .source = i % 7 == 3 ? STR("nowhere") : STR("resident")};
        struct err err = {0};
        if (report_case_wait(&r, &err)) {
            p->day[i] = r.day;
            p->no[i] = r.no;
        }
        arena_free(a);
    }
    return NULL;
}

static void
case_numbers_have_no_gaps_whoever_writes(void **state)
{
    (void)state;
    enum { THREADS = 8, EACH = 60 };
    static struct reporter p[THREADS];
    pthread_t t[THREADS];
    bool seen[THREADS * EACH + 1] = {false};
    int accepted = 0;
    for (int i = 0; i < THREADS; i++) {
        p[i] = (struct reporter){.n = EACH};
        assert_int_equal(pthread_create(&t[i], NULL, report_many, &p[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int k = 0; k < EACH; k++) {
            if (!p[i].no[k])
                continue; /* refused: it took no number */
            assert_true(p[i].no[k] <= THREADS * EACH && !seen[p[i].no[k]]);
            seen[p[i].no[k]] = true;
            accepted++;
        }
    assert_int_equal(accepted, THREADS * (EACH - 9));
    for (int no = 1; no <= accepted; no++)
        assert_true(seen[no]);
    expect_clean_replay();
}

struct presser {
    int64_t id;
    const char *who, *command, *fields;
    bool ok;
    struct err err;
};

static void *
press(void *arg)
{
    struct presser *p = arg;
    struct arena *a = arena_new();
    struct caller who = {0};
    const struct area *area = app_area(kit.app, 0);
    caller_staff(kit.app, NULL, area, registry_username(area->registry, str_of(p->who))->id, &who);
    struct params f = {0};
    struct str rest = str_of(p->fields), pair;
    while (str_cut(&rest, '&', &pair)) {
        struct str value = pair, name;
        if (str_cut(&value, '=', &name))
            params_add(a, &f, name, value);
    }
    struct act_on_case x = {.base = {.app = kit.app, .who = &who, .arena = a}, .case_id = p->id, .command = str_of(p->command),
                            .fields = &f};
    p->ok = act_on_case_wait(&x, &p->err);
    arena_free(a);
    return NULL;
}

/* Two people press the same button: one does it, the other hears how it stands now. */
static void
a_lost_race_is_decided_again_on_what_is_there(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "喇叭太吵了")->case_id;
    act_ok("wgz03", id, "call", "");
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG");
    for (int round = 0; round < 4; round++) {
        enum { PRESSERS = 6 };
        struct presser p[PRESSERS];
        pthread_t t[PRESSERS];
        int done = 0;
        for (int i = 0; i < PRESSERS; i++) {
            p[i] = round == 0 ? (struct presser){.id = id, .who = i % 2 ? "cg01" : "cg02", .command = "accept", .fields = ""}
                              : (struct presser){.id = id, .who = "cg01", .command = "note", .fields = "words=现场看过"};
            assert_int_equal(pthread_create(&t[i], NULL, press, &p[i]), 0);
        }
        for (int i = 0; i < PRESSERS; i++) {
            pthread_join(t[i], NULL);
            done += p[i].ok;
            if (!p[i].ok)
                assert_int_equal(p[i].err.kind, ERR_CONFLICT);
        }
        assert_int_equal(done, round == 0 ? 1 : PRESSERS); /* a note is always possible: each is written, one after another */
    }
    assert_int_equal(load(id)->c.version, 4 + 1 + 3 * 6);
    expect_clean_replay();
}

/* ---- taking back ---- */

static void
an_undone_dispatch_leaves_the_duties_as_they_were(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "喇叭太吵了")->case_id;
    act_ok("wgz03", id, "call", "");
    act_ok("comm01", id, "admit", "result=admit");
    struct loaded_case *before = load(id);
    act_ok("coord01", id, "dispatch", "lead=XFJY&note=消防泵&assists=GA");
    assert_int_equal(load(id)->n_duties, 3);
    struct err err = {0};
    assert_false(act("coord02", id, "undo", "", &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    act_ok("coord01", id, "undo", "");
    struct loaded_case *after = load(id);
    assert_int_equal(after->c.version, before->c.version + 2);
    assert_int_equal(after->n_duties, before->n_duties);
    for (size_t i = 0; i < after->n_duties; i++)
        assert_true(duty_same(&after->duties[i], &before->duties[i]));
    struct case_file a = after->c, b = before->c;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        assert_int_equal(*case_number(&a, i), *case_number(&b, i));
    expect_clean_replay();
    assert_false(act("coord01", id, "undo", "", &err)); /* not twice */
}

/* ---- files ---- */

static void
a_file_belongs_to_one_case_and_to_whoever_sent_it(void **state)
{
    (void)state;
    int64_t mine = photo_of(""), theirs = photo_of("cg01");
    struct report_case *r = new_report("", "QC04", "小区里有人养鸡");
    struct err err = {0};
    r->files = &theirs;
    r->n_files = 1;
    assert_false(report_case_wait(r, &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    r = new_report("", "QC04", "小区里有人养鸡");
    r->files = &mine;
    r->n_files = 1;
    assert_true(report_case_wait(r, &err));
    assert_int_equal(load(r->case_id)->c.photos, 1);
    struct report_case *again = new_report("", "QC04", "又有人养鸡");
    again->files = &mine;
    again->n_files = 1;
    assert_false(report_case_wait(again, &err));
    struct file_rows files;
    assert_true(files_of_case(app_reader_lock(kit.app), kit.arena, area_id(), r->case_id, &files, &err));
    app_reader_unlock(kit.app);
    assert_int_equal(files.n, 1);
    assert_int_equal(files.p[0].event_seq, 1);
    assert_false(files.p[0].is_public);
}

/* ---- contacts ---- */

static bool
a_file_has(const char *path, const char *words)
{
    struct arena *a = arena_new();
    bool has = str_has(read_whole(a, path), str_of(words));
    arena_free(a);
    return has;
}

static void
no_file_below_has(const char *dir, const char *words)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char path[512];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_type == DT_DIR)
            no_file_below_has(path, words);
        else if (a_file_has(path, words))
            fail_msg("\"%s\" stands in %s", words, path);
    }
    closedir(d);
}

static void
a_contact_and_the_words_stand_nowhere_in_clear(void **state)
{
    (void)state;
    static const char *const secrets[] = {"13907971234", "钱多多女士", "隔壁老王天天半夜唱歌", "七栋三单元", "请您不要再唱歌了"};
    struct report_case *r = new_report("", "ZS05", "隔壁老王天天半夜唱歌");
    struct err err = {0};
    r->contact_name = STR("钱多多女士");
    r->contact_phone = STR("+86 139 0797 1234");
    r->spot = STR("七栋三单元");
    assert_true(report_case_wait(r, &err));
    act_ok("wgz03", r->case_id, "settle", "outcome=solved&reply=请您不要再唱歌了");
    for (int pass = 0; pass < 3; pass++) { /* with the log full, folded in, and after a restart */
        for (size_t i = 0; i < COUNT_OF(secrets); i++) {
            no_file_below_has(kit.dir, secrets[i]);
            const char *where = raw_finds(kit.arena, secrets[i]);
            if (where)
                fail_msg("\"%s\" stands in %s", secrets[i], where);
        }
        if (pass == 0 && !is_postgres())
            raw_exec("PRAGMA wal_checkpoint(TRUNCATE)");
        else
            reopen_app(A_MORNING);
    }
    struct loaded_case *c = load(r->case_id); /* and yet they are there */
    check_str(c->words, "隔壁老王天天半夜唱歌");
    check_str(c->reply, "请您不要再唱歌了");
    assert_true(c->c.reporter != 0);
    assert_true(raw_finds(kit.arena, "城管局") || a_file_has(arena_printf(kit.arena, "%s/shaodao.db", kit.dir), "城管局")); /* the search itself works */
    expect_clean_replay();
}

static struct str revealed_name, revealed_phone;
static _Atomic bool is_revealed;

static void
keep_revealed(struct action *a)
{
    const struct reveal_contact *v = (const struct reveal_contact *)a;
    revealed_name = v->name;
    revealed_phone = v->phone;
    is_revealed = true;
}

static void
revealing_a_contact_is_an_event_before_it_is_an_answer(void **state)
{
    (void)state;
    struct report_case *r = new_report("", "ZS05", "楼上半夜拖椅子");
    struct err err = {0};
    r->contact_name = STR("钱女士");
    r->contact_phone = STR("13907971234");
    assert_true(report_case_wait(r, &err));
    int64_t before = load(r->case_id)->c.version;
    struct reveal_contact v = {.base = {.app = kit.app, .who = caller_of("comm01"), .arena = kit.arena, .done = keep_revealed},
                               .case_id = r->case_id, .purpose = STR("回访")};
    is_revealed = false;
    reveal_contact(&v, app_reader_lock(kit.app));
    app_reader_unlock(kit.app);
    while (!is_revealed)
        usleep(1000);
    assert_int_equal(v.base.err.kind, ERR_NONE);
    check_str(revealed_name, "钱女士");
    check_str(revealed_phone, "13907971234");
    assert_int_equal(load(r->case_id)->c.version, before + 1);
    struct reveal_contact no = {.base = {.app = kit.app, .who = caller_of("wy01a"), .arena = kit.arena, .done = keep_revealed},
                                .case_id = r->case_id, .purpose = STR("回访")};
    is_revealed = false;
    reveal_contact(&no, app_reader_lock(kit.app));
    app_reader_unlock(kit.app);
    while (!is_revealed)
        usleep(1000);
    assert_int_equal(no.base.err.kind, ERR_FORBIDDEN);
    expect_clean_replay();
}

/* ---- searching ---- */

static size_t
found(const char *q, int64_t *first)
{
    struct case_filter f = {.area = area_id(), .state = -1, .q = str_of(q), .limit = 50, .to = INT32_MAX, .now = app_now(kit.app)};
    struct case_rows rows = {0};
    struct err err = {0};
    if (!cases_list(app_reader_lock(kit.app), app_keys(kit.app), kit.arena, &f, &rows, &err))
        fail_msg("search: %s %s", err.message, err.detail);
    app_reader_unlock(kit.app);
    *first = rows.n ? rows.p[0].c.id : 0;
    return rows.n;
}

static void
words_are_found_though_no_word_is_stored(void **state)
{
    (void)state;
    int64_t stove = report_ok("ZS01", "楼下烧烤店的喇叭一直喊到半夜")->case_id;
    int64_t dance = report_ok("ZS04", "广场舞的喇叭声音太大了")->case_id;
    int64_t hens = report_ok("QC04", "有人在绿化带里养鸡，早上打鸣")->case_id;
    act_ok("wgz03", hens, "settle", "outcome=not_found&reply=到现场没有发现有人养鸡");
    static const struct {
        const char *q;
        int n;
        int which;
    } rows[] = {
        {"烧烤店", 1, 0},   {"喇叭", 2, 1},         {"广场舞", 1, 1},   {"养鸡", 1, 2},   {"打鸣", 1, 2},
        {"没有发现", 1, 2}, {"烧烤店 喇叭", 1, 0}, {"烧烤 养鸡", 0, 0}, {"老鼠", 0, 0}, {"喇叭一直喊到半夜", 1, 0},
        {"叭喇", 0, 0}, {"words", 0, 0}, {"reply 喇叭", 0, 0}, {"3栋", 3, 2}, {"3栋 养鸡", 1, 2}, {" 养鸡  打鸣 ", 1, 2},
    };
    const int64_t ids[] = {stove, dance, hens};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t first;
        size_t n = found(rows[i].q, &first);
        if (n != (size_t)rows[i].n || (n && first != ids[rows[i].which]))
            fail_msg("\"%s\": %zu found, expected %d", rows[i].q, n, rows[i].n);
    }
    assert_int_equal(raw_int(is_postgres() ? "SELECT COUNT(*) FROM token WHERE pg_typeof(token) <> 'bigint'::regtype"
                                           : "SELECT COUNT(*) FROM token WHERE typeof(token) <> 'integer'"), 0);
}

/* ---- the duty clock ---- */

static void
the_clock_fires_in_order_each_at_its_own_moment(void **state)
{
    (void)state;
    int64_t a = report_ok("ZS01", "喇叭太吵了")->case_id, b = report_ok("XF01", "消防通道堵了")->case_id;
    live_until("2026-04-24T12:00");
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0 AND missed_at <> due"), 0);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE ending = 0 AND missed_at = 0 AND due <= 1777003200000"), 0);
    assert_int_equal(raw_int(arena_printf(kit.arena, "SELECT COUNT(*) FROM event WHERE stream = %lld AND type = 'duty_missed' AND at > 1776733200000",
                                          (long long)a)), 3); /* the call, its chase, and the chase of the leading group */
    assert_int_equal(raw_int(arena_printf(kit.arena, "SELECT missed_at FROM duty WHERE subject = %lld AND kind = %d",
                                          (long long)b, DUTY_ARRIVE)), moment_of("2026-04-21T09:15"));
    struct err err = {0};
    instant next = 0;
    assert_true(duty_clock_run(kit.app, moment_of("2026-04-24T12:00"), &next, &err)); /* nothing is left to do */
    assert_true(next > moment_of("2026-04-24T12:00"));
    expect_clean_replay();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_case_comes_back_as_it_was_decided, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_story_reads_back_and_survives_a_restart, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(an_id_is_never_used_twice_over_a_restart, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(the_same_submission_gets_the_first_answer_and_another_body_422, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_refused_submission_is_not_remembered, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_double_click_opens_one_case, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(case_numbers_have_no_gaps_whoever_writes, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_lost_race_is_decided_again_on_what_is_there, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(an_undone_dispatch_leaves_the_duties_as_they_were, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_file_belongs_to_one_case_and_to_whoever_sent_it, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_contact_and_the_words_stand_nowhere_in_clear, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(revealing_a_contact_is_an_event_before_it_is_an_answer, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(words_are_found_though_no_word_is_stored, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(the_clock_fires_in_order_each_at_its_own_moment, kit_open, kit_close),
    };
    return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
