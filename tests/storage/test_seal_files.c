/* Files under DIR/files: old ones in clear become sealed ones under the key of their case, what nobody names goes, and what a
 * case's key no longer opens is closed for good. */
#include "check.h"

#include "housekeeping.h"
#include "log.h"
#include "seal_files.h"
#include "sealed_store.h"
#include "store_kit.h"
#include "views.h"

static int
set_up(void **state)
{
    log_set_level(LOG_QUIET);
    return kit_open(state);
}

static int64_t
area_id(void)
{
    return app_area(kit.app, 0)->id;
}

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
write_clear(const uint8_t sha[HASH_BYTES], enum stored_variant v, const char *text)
{
    const char *path = stored_clear_path(kit.arena, kit.dir, sha, v);
    char *folder = arena_dup(kit.arena, path, (size_t)(strrchr(path, '/') - path));
    mkdir(folder, 0700);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* A file as versions before this one kept it: in clear, under the hash of its content. */
static int64_t
old_file(const char *content, uint8_t sha[HASH_BYTES])
{
    sha256(str_of(content), sha);
    write_clear(sha, STORED_ORIGINAL, content);
    write_clear(sha, STORED_PUBLIC, "the public version");
    write_clear(sha, STORED_THUMB, "the small version");
    struct keep_file f = {.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = 1,
                          .bytes = (int64_t)strlen(content), .width = 4, .height = 3, .taken = STR("")};
    memcpy(f.sha256, sha, HASH_BYTES);
    struct err err = {0};
    assert_true(keep_file_wait(&f, &err));
    raw_exec(arena_printf(kit.arena, "UPDATE file SET is_sealed = 0, address = X'', wrapped = X'' WHERE id = %lld", (long long)f.id));
    return f.id;
}

static int64_t
new_file(const char *content, struct arrived *is)
{
    struct err err = {0};
    struct incoming *in = incoming_open(kit.dir, &err);
    assert_true(incoming_add(in, str_of(content), &err));
    assert_true(incoming_end(in, is, &err));
    struct keep_file f = {.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = 9, .bytes = is->bytes, .taken = STR("")};
    memcpy(f.sha256, is->sha256, HASH_BYTES);
    memcpy(f.sm3, is->sm3, HASH_BYTES);
    memcpy(f.key, is->key, KEY_BYTES);
    memcpy(f.address, is->address, HASH_BYTES);
    assert_true(keep_file_wait(&f, &err));
    return f.id;
}

static int64_t
report_with(int64_t file)
{
    struct report_case *r = new_report("", "QC04", "小区里有人养鸡");
    struct err err = {0};
    r->files = &file;
    r->n_files = 1;
    if (!report_case_wait(r, &err))
        fail_msg("report: %s %s", err.message, err.n_fields ? err.fields[0].message : err.detail);
    return r->case_id;
}

static bool
seal_of(int64_t id, struct file_seal *out, struct err *err)
{
    struct db *db = app_reader_lock(kit.app);
    bool ok = file_seal_find(db, app_keys(kit.app), area_id(), id, out, err);
    app_reader_unlock(kit.app);
    return ok;
}

static void
expect_content(int64_t id, enum stored_variant v, const char *want)
{
    struct file_seal s;
    struct err err = {0};
    char got[200];
    if (!seal_of(id, &s, &err))
        fail_msg("file_seal_find: %s %s", err.message, err.detail);
    assert_true(s.is_sealed);
    struct unsealer *u = stored_open(kit.arena, kit.dir, &s, v, &err);
    assert_non_null(u);
    assert_true(unsealer_check(u, v == STORED_ORIGINAL ? s.address : NULL, &err));
    size_t n = (size_t)unsealer_size(u);
    assert_true(n < sizeof got && unsealer_read(u, 0, got, n, &err));
    unsealer_close(u);
    struct str found = {got, n};
    check_str(found, want);
}

static void
old_files_are_sealed_once_and_for_all(void **state)
{
    (void)state;
    uint8_t a[HASH_BYTES], b[HASH_BYTES];
    int64_t of_case = old_file("照片：三栋的鸡笼", a), loose = old_file("还没有用的照片", b);
    int64_t case_id = report_with(of_case);
    struct file_seal s;
    struct err err = {0};
    assert_true(seal_of(of_case, &s, &err));
    assert_false(s.is_sealed); /* until then it is read as it lies */
    assert_memory_equal(s.sha256, a, HASH_BYTES);
    assert_int_equal(seal_old_files(kit.app), 2);
    assert_int_equal(seal_old_files(kit.app), 0);
    for (int v = 0; v < STORED_VARIANTS; v++) {
        assert_false(is_there(stored_clear_path(kit.arena, kit.dir, a, (enum stored_variant)v)));
        assert_false(is_there(stored_clear_path(kit.arena, kit.dir, b, (enum stored_variant)v)));
    }
    expect_content(of_case, STORED_ORIGINAL, "照片：三栋的鸡笼");
    expect_content(of_case, STORED_THUMB, "the small version");
    expect_content(loose, STORED_PUBLIC, "the public version");
    assert_int_equal(remove_orphans(kit.app, INT64_MAX), 0);
    expect_clean_replay();
    assert_int_equal(load(case_id)->c.photos, 1);
}

/* Two rows, one content, one clear file: it goes when the second is sealed. */
static void
clear_bytes_stay_while_another_row_needs_them(void **state)
{
    (void)state;
    uint8_t a[HASH_BYTES], b[HASH_BYTES];
    int64_t first = old_file("同一张照片", a), second = old_file("同一张照片", b);
    assert_int_equal(seal_old_files(kit.app), 2);
    expect_content(first, STORED_ORIGINAL, "同一张照片");
    expect_content(second, STORED_ORIGINAL, "同一张照片");
    struct file_seal x, y;
    struct err err = {0};
    assert_true(seal_of(first, &x, &err) && seal_of(second, &y, &err));
    assert_memory_not_equal(x.address, y.address, HASH_BYTES);
    assert_false(is_there(stored_clear_path(kit.arena, kit.dir, a, STORED_ORIGINAL)));
}

static void
a_forgery_is_not_sealed_as_if_it_were_the_original(void **state)
{
    (void)state;
    uint8_t a[HASH_BYTES], b[HASH_BYTES];
    int64_t forged = old_file("原来的证据", a);
    old_file("不见了的证据", b);
    write_clear(a, STORED_ORIGINAL, "改过的证据");
    unlink(stored_clear_path(kit.arena, kit.dir, b, STORED_ORIGINAL));
    assert_int_equal(seal_old_files(kit.app), 0);
    struct file_seal s;
    struct err err = {0};
    assert_true(seal_of(forged, &s, &err));
    assert_false(s.is_sealed);
    assert_true(is_there(stored_clear_path(kit.arena, kit.dir, a, STORED_ORIGINAL))); /* for a person to look at */
    assert_int_equal(remove_orphans(kit.app, INT64_MAX), 0);
}

static void
taking_a_file_wraps_its_key_and_leaves_its_bytes(void **state)
{
    (void)state;
    struct arrived is;
    int64_t id = new_file("一段录音", &is);
    struct file_seal s;
    struct err err = {0};
    assert_true(seal_of(id, &s, &err));
    assert_memory_equal(s.key, is.key, KEY_BYTES);
    int64_t before = raw_int(arena_printf(kit.arena, "SELECT LENGTH(wrapped) FROM file WHERE id = %lld", (long long)id));
    assert_int_equal(before, KEY_BYTES + COLUMN_EXTRA);
    raw_exec("CREATE TABLE kept AS SELECT * FROM file");
    int64_t case_id = report_with(id);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM file JOIN kept ON kept.id = file.id WHERE file.wrapped <> kept.wrapped"), 1);
    expect_content(id, STORED_ORIGINAL, "一段录音");
    raw_exec("UPDATE file SET wrapped = (SELECT wrapped FROM kept)"); /* the area's wrapping does not do any more */
    assert_false(seal_of(id, &s, &err));
    assert_int_equal(err.kind, ERR_INTERNAL);
    raw_exec(arena_printf(kit.arena, "UPDATE case_file SET wrapped_key = X'' WHERE id = %lld", (long long)case_id));
    err = (struct err){0};
    assert_false(seal_of(id, &s, &err)); /* and without the case's key nothing does */
    assert_int_equal(err.kind, ERR_GONE);
}

static void
what_no_report_took_goes_after_a_day(void **state)
{
    (void)state;
    struct arrived loose, taken;
    new_file("没有人用", &loose);
    report_with(new_file("用了的", &taken));
    housekeeping_run(kit.app, moment_of(A_MORNING));
    assert_true(is_there(stored_path(kit.arena, kit.dir, loose.address, STORED_ORIGINAL)));
    housekeeping_run(kit.app, moment_of("2026-04-23T09:00"));
    assert_false(is_there(stored_path(kit.arena, kit.dir, loose.address, STORED_ORIGINAL)));
    assert_true(is_there(stored_path(kit.arena, kit.dir, taken.address, STORED_ORIGINAL)));
}

static void
bytes_without_a_row_go_and_nothing_else(void **state)
{
    (void)state;
    struct arrived kept, orphan;
    struct err err = {0};
    report_with(new_file("有登记的", &kept));
    struct incoming *in = incoming_open(kit.dir, &err);
    assert_true(incoming_add(in, STR("没有登记的"), &err) && incoming_end(in, &orphan, &err));
    const char *foreign = arena_printf(kit.arena, "%s/files/ab/readme.txt", kit.dir);
    mkdir(arena_printf(kit.arena, "%s/files/ab", kit.dir), 0700);
    fclose(fopen(foreign, "w"));
    assert_int_equal(remove_orphans(kit.app, 0), 0); /* too young */
    assert_int_equal(remove_orphans(kit.app, INT64_MAX), 1);
    assert_false(is_there(stored_path(kit.arena, kit.dir, orphan.address, STORED_ORIGINAL)));
    assert_true(is_there(stored_path(kit.arena, kit.dir, kept.address, STORED_ORIGINAL)));
    assert_true(is_there(foreign)); /* not ours */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(old_files_are_sealed_once_and_for_all, set_up, kit_close),
        cmocka_unit_test_setup_teardown(clear_bytes_stay_while_another_row_needs_them, set_up, kit_close),
        cmocka_unit_test_setup_teardown(a_forgery_is_not_sealed_as_if_it_were_the_original, set_up, kit_close),
        cmocka_unit_test_setup_teardown(taking_a_file_wraps_its_key_and_leaves_its_bytes, set_up, kit_close),
        cmocka_unit_test_setup_teardown(what_no_report_took_goes_after_a_day, set_up, kit_close),
        cmocka_unit_test_setup_teardown(bytes_without_a_row_go_and_nothing_else, set_up, kit_close),
    };
    return cmocka_run_group_tests_name("seal_files", tests, NULL, NULL);
}
