/* Searching: what is found, before, between and after folding; who finds what; the index against the record. */
#include "store_kit.h"

#include "postings.h"
#include "search_fold.h"
#include "search_rebuild.h"
#include "views.h"

static int64_t
report_words(const char *item, const char *words)
{
    return report_ok(item, words)->case_id;
}

static struct case_filter
filter_of(const char *q)
{
    const struct area *area = app_area(kit.app, 0);
    return (struct case_filter){.is_counted = true, .area = area->id, .state = -1, .q = str_of(q), .registry = area->registry, .scheme = area->scheme, .limit = 30};
}

static struct case_rows
search_with(const struct case_filter *f)
{
    struct err err = {0};
    struct case_rows rows;
    struct db *db = app_reader_lock(kit.app);
    bool ok = cases_list(db, app_keys(kit.app), kit.arena, f, &rows, &err);
    app_reader_unlock(kit.app);
    if (!ok)
        fail_msg("search: %s %s", err.message, err.detail);
    return rows;
}

static struct case_rows
search(const char *q)
{
    struct case_filter f = filter_of(q);
    return search_with(&f);
}

/* The cases found, in this order; 0 ends the list. */
static void
expect_at(const char *q, const int64_t *ids, int line)
{
    struct case_rows rows = search(q);
    size_t n = 0;
    while (ids[n])
        n++;
    bool is_same = rows.n == n;
    for (size_t i = 0; is_same && i < n; i++)
        is_same = rows.p[i].c.id == ids[i];
    if (!is_same) {
        for (size_t i = 0; i < rows.n; i++)
            print_error("found: %d\n", (int)rows.p[i].c.no);
        fail_msg("line %d: %s: %zu found, %zu expected, or in another order", line, q, rows.n, n);
    }
}
#define expect(q, ...) expect_at((q), (const int64_t[]){__VA_ARGS__ __VA_OPT__(, ) 0}, __LINE__)

static int64_t
fold_all(size_t step)
{
    struct err err = {0};
    int64_t folded;
    if (!search_fold(app_store(kit.app), step, &folded, &err))
        fail_msg("fold: %s %s", err.message, err.detail);
    return folded;
}

static void
every_text_that_people_wrote_is_found(void **state)
{
    (void)state;
    int64_t id = eventful_case();
    for (int folded = 0; folded < 2; folded++) {
        expect("喇叭", id);
        expect("烧烤店 半夜", id);
        expect("3栋", id);
        expect("关小了音量", id); /* the reply */
        expect("属实", id);       /* notes: of the call, of the persuasion, of the order */
        expect("讲了规定", id);
        expect("关小音量", id);
        expect("喇叭 讲了规定", id); /* one word here, one there */
        expect("幸福里", id);        /* the place, by its name and code */
        expect("xfl", id);
        expect("噪声", id); /* the item's name */
        expect("喇叭 没有");
        expect("店喇叭一直喊"); /* not as it stands there */
        expect("半夜 zzz");
        expect("登记"); /* what the program says by itself */
        fold_all(folded ? 1000 : 7);
    }
    assert_int_equal(raw_int("SELECT COUNT(*) FROM token"), 0);
    expect_clean_replay();
}

static void
one_character_is_looked_for_in_the_newest(void **state)
{
    (void)state;
    int64_t a = report_words("ZS01", "噪音很大"), b = report_words("QC04", "有人养鸡");
    expect("噪", a);
    expect("鸡", b);
    expect("有人 鸡", b);
    expect("鹅");
}

static void
a_new_name_of_a_place_finds_its_old_cases(void **state)
{
    (void)state;
    int64_t id = report_words("QC04", "有人养鸡");
    fold_all(1000);
    raw_exec("UPDATE place SET name = '翠竹苑' WHERE code = 'XFL'");
    reopen_app(A_MORNING);
    expect("翠竹苑", id);
    expect("翠竹苑 养鸡", id);
    expect("幸福里");
}

static void
the_best_come_first(void **state)
{
    (void)state;
    int64_t phrase = report_words("QC04", "烧烤店噪声大"), words = report_words("QC04", "噪声来自那家烧烤店");
    int64_t later = report_words("QC04", "又是烧烤店噪声");
    expect("烧烤店 噪声", later, phrase, words);
    struct case_filter f = filter_of("烧烤店 噪声");
    f.sort = SORT_OLDEST;
    struct case_rows rows = search_with(&f);
    assert_int_equal(rows.p[0].c.id, phrase);
    struct report_case *r = new_report("hotline01", "QC04", "工单里说的是垃圾");
    struct err err = {0};
    r->source = STR("hotline");
    r->hotline_no = STR("RX20260421001");
    assert_true(report_case_wait(r, &err));
    int64_t mention = report_words("QC04", "我打过热线，单号 RX20260421001");
    expect("RX20260421001", r->case_id, mention);
    struct loaded_case *lc = load(phrase);
    expect(arena_printf(kit.arena, "20260421-%04d", (int)lc->c.no), phrase);
}

static void
pages_hold_each_hit_once(void **state)
{
    (void)state;
    int64_t ids[9];
    for (int i = 0; i < 9; i++)
        ids[i] = report_words("QC04", "公鸡天天打鸣");
    fold_all(1000);
    struct case_filter f = filter_of("公鸡");
    f.limit = 4;
    f.is_counted = true;
    size_t seen = 0;
    for (bool more = true; more;) {
        struct case_rows rows = search_with(&f);
        for (size_t i = 0; i < rows.n; i++)
            assert_int_equal(rows.p[i].c.id, ids[8 - seen++]);
        report_words("QC04", "公鸡又来了"); /* newer than the first page: not in the way of the next */
        more = rows.has_more;
        f.after_a = rows.next_a;
        f.after_b = rows.next_b;
        assert_int_equal(rows.found, 9);
        assert_true(rows.is_all);
    }
    assert_int_equal(seen, 9);
}

static void
who_may_not_see_a_place_finds_nothing_there(void **state)
{
    (void)state;
    int64_t here = report_words("QC04", "公鸡天天打鸣");
    struct report_case *r = new_report("", "QC04", "公鸡天天打鸣");
    struct err err = {0};
    r->place = app_area(kit.app, 0)->registry->places[load(here)->c.place + 1].code;
    assert_true(report_case_wait(r, &err));
    for (int folded = 0; folded < 2; folded++) {
        struct case_filter f = filter_of("公鸡");
        int32_t places[300] = {(int32_t)load(here)->c.place};
        f.places = places;
        for (f.n_places = 1; f.n_places <= 300; f.n_places += 299) { /* by the index, and one by one */
            struct case_rows rows = search_with(&f);
            assert_int_equal(rows.n, 1);
            assert_int_equal(rows.p[0].c.id, here);
        }
        f = filter_of("公鸡");
        f.state = CASE_CLOSED;
        assert_int_equal(search_with(&f).n, 0);
        fold_all(1000);
    }
    expect("公鸡", r->case_id, here);
}

/* ---- Folding ---- */

static int64_t
listed(void)
{
    return raw_int("SELECT COALESCE(SUM(n), 0) FROM token_list");
}

static void
folding_moves_and_loses_nothing(void **state)
{
    (void)state;
    eventful_case();
    int64_t all = raw_int("SELECT COUNT(*) FROM token");
    assert_int_equal(fold_all(10), all);
    assert_int_equal(listed(), all);
    raw_exec("INSERT INTO token (area, token, case_id) SELECT area, token, part FROM token_list"); /* written again */
    expect_clean_replay();
    fold_all(10);
    assert_int_equal(listed(), all);
    assert_int_equal(fold_all(10), 0);
    expect_clean_replay();
}

/* Thousands of cases of one token, in the order of time and not, in steps of many sizes: always the same set. */
static void
lists_split_and_stay_in_order(void **state)
{
    (void)state;
    static const int steps[] = {1, 3, 50, 400, 2000};
    int64_t all = 0;
    for (size_t round = 0; round < COUNT_OF(steps); round++) {
        raw_exec(arena_printf(kit.arena, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO token "
                              "SELECT 1, 77, CAST((i * 7919 + %zu * 131) %% 40009 AS BIGINT) * 131072 + i %% 3 FROM n WHERE true ON CONFLICT DO NOTHING",
                              steps[round] == 1 ? 40 : 900, round + 1));
        fold_all((size_t)steps[round]);
        int64_t n = raw_int("SELECT SUM(n) FROM token_list WHERE token = 77");
        assert_true(n > all);
        all = n;
    }
    assert_int_equal(raw_int("SELECT COUNT(*) FROM token_list a JOIN token_list b ON b.token = a.token AND b.part > a.part AND "
                             "a.token = 77 AND b.part <= a.part"), 0);
    assert_true(raw_int("SELECT MAX(length(cases)) FROM token_list") <= POSTINGS_BYTES);
    assert_true(raw_int("SELECT COUNT(*) FROM token_list WHERE token = 77") < all / 60);
    raw_exec("DELETE FROM token_list WHERE token = 77");
    expect_clean_replay();
}

struct folding {
    pthread_t thread;
    _Atomic bool stop;
};

static void *
fold_on(void *arg)
{
    struct folding *f = arg;
    while (!f->stop) {
        struct err err = {0};
        int64_t folded;
        search_fold(app_store(kit.app), 5, &folded, &err);
    }
    return NULL;
}

static void
folding_while_others_save(void **state)
{
    (void)state;
    struct folding f = {0};
    assert_int_equal(pthread_create(&f.thread, NULL, fold_on, &f), 0);
    int64_t ids[41] = {0};
    for (int i = 39; i >= 0; i--) {
        ids[i] = report_words("QC04", "公鸡天天打鸣");
        struct case_rows rows = search("公鸡");
        assert_int_equal(rows.found, 40 - i);
        if (i % 10 == 0)
            act_ok("coord01", ids[i], "note", "words=催过一次公鸡");
    }
    f.stop = true;
    pthread_join(f.thread, NULL);
    struct case_filter q = filter_of("公鸡");
    q.limit = 50;
    struct case_rows rows = search_with(&q);
    assert_int_equal(rows.n, 40);
    fold_all(1000);
    assert_int_equal(search_with(&q).n, 40);
    expect_clean_replay();
}

/* ---- The index and the record ---- */

static void
expect_differs(const char *sql)
{
    expect_clean_replay();
    raw_exec(sql);
    struct replay_report r = replay_now();
    if (!r.differences || !str_has(r.first, STR("search index")))
        fail_msg("%s: %.*s", sql, (int)r.first.n, r.first.p);
}

static void
replay_sees_a_token_too_few(void **state)
{
    (void)state;
    eventful_case();
    expect_differs("DELETE FROM token WHERE token = (SELECT MIN(token) FROM token)");
}

static void
replay_sees_a_token_too_many(void **state)
{
    (void)state;
    eventful_case();
    expect_differs("INSERT INTO token (area, token, case_id) SELECT area, 1, case_id FROM token LIMIT 1");
}

static void
replay_sees_a_changed_list(void **state)
{
    (void)state;
    eventful_case();
    report_words("QC04", "有人养鸡");
    fold_all(1000);
    expect_differs("UPDATE token_list SET part = part + 1 WHERE token = (SELECT MIN(token) FROM token_list)");
}

static void
replay_sees_a_broken_list_and_a_search_says_so(void **state)
{
    (void)state;
    eventful_case();
    fold_all(1000);
    expect_differs("UPDATE token_list SET cases = substr(head, 1, 1) FROM case_file WHERE token_list.area = case_file.area");
    struct case_filter f = filter_of("喇叭");
    struct case_rows rows;
    struct err err = {0};
    struct db *db = app_reader_lock(kit.app);
    bool ok = cases_list(db, app_keys(kit.app), kit.arena, &f, &rows, &err);
    app_reader_unlock(kit.app);
    assert_false(ok);
}

/* An installation of an earlier version: words and replies are there, nothing else, and nobody knows of lists. */
static void
an_older_index_is_made_whole(void **state)
{
    (void)state;
    int64_t id = eventful_case();
    raw_exec("DELETE FROM meta WHERE name = 'search_index'");
    raw_exec("DELETE FROM token");
    expect_clean_replay(); /* it says nothing of an index that is not whole */
    expect("讲了规定");
    bool is_whole = false;
    struct err err = {0};
    for (int i = 0; i < 10 && !is_whole; i++)
        assert_true(search_rebuild(app_store(kit.app), app_keys(kit.app), 1, &is_whole, &err));
    assert_true(is_whole);
    expect("讲了规定", id);
    expect("幸福里", id);
    expect_clean_replay();
    assert_true(raw_int("SELECT COUNT(*) FROM token") > 30);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_open, kit_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_text_that_people_wrote_is_found),
        TEST(one_character_is_looked_for_in_the_newest),
        TEST(a_new_name_of_a_place_finds_its_old_cases),
        TEST(the_best_come_first),
        TEST(pages_hold_each_hit_once),
        TEST(who_may_not_see_a_place_finds_nothing_there),
        TEST(folding_moves_and_loses_nothing),
        TEST(lists_split_and_stay_in_order),
        TEST(folding_while_others_save),
        TEST(replay_sees_a_token_too_few),
        TEST(replay_sees_a_token_too_many),
        TEST(replay_sees_a_changed_list),
        TEST(replay_sees_a_broken_list_and_a_search_says_so),
        TEST(an_older_index_is_made_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
