/* Leave, shifts and vacancies on a real store: every change is an event, the daily look repeats nothing, and whoever writes in
 * the tables by hand is found. */
#include "check.h"

#include "posts.h"
#include "store_kit.h"

static bool
leave(const char *who, enum leave_op op, int64_t id, const char *fields, int64_t *new_id, struct err *err)
{
    struct ask_leave *x = arena_new_of(kit.arena, struct ask_leave);
    *x = (struct ask_leave){.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .op = op, .id = id, .fields = fields_of(fields)};
    *err = (struct err){0};
    bool ok = ask_leave_wait(x, err);
    if (new_id)
        *new_id = x->new_id;
    app_reload(kit.app);
    return ok;
}

static void
tick(void)
{
    struct err err = {0};
    if (!posts_tick(kit.app, app_area(kit.app, 0)->id, app_now(kit.app), &err))
        fail_msg("posts_tick: %s %s", err.message, err.detail);
}

static void
expect_found(const char *sql, const char *restore)
{
    raw_exec(sql);
    if (replay_now().differences == 0)
        fail_msg("not found: %s", sql);
    raw_exec(restore);
    expect_clean_replay();
}

static void
leave_is_asked_approved_and_ended_early(void **state)
{
    (void)state;
    struct err err;
    int64_t id;
    const struct registry *r = app_area(kit.app, 0)->registry;
    int64_t worker = registry_username(r, STR("worker01"))->id, chief = registry_username(r, STR("wgz03"))->id;
    assert_true(leave("wgz03", LEAVE_ASK, 0, "person=wgz03&from=2026-04-21&to=2026-04-23&substitute=worker01&words=探亲", &id, &err));
    const struct {
        const char *who;
        enum leave_op op;
        enum err_kind kind;
    } refused[] = {{"wgz03", LEAVE_APPROVE, ERR_FORBIDDEN}, {"cghead", LEAVE_APPROVE, ERR_FORBIDDEN}, {"cghead", LEAVE_CANCEL, ERR_FORBIDDEN}};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        assert_false(leave(refused[i].who, refused[i].op, id, "", NULL, &err));
        assert_int_equal(err.kind, refused[i].kind);
    }
    assert_false(on_leave(app_area(kit.app, 0)->registry, chief, day_of(app_now(kit.app))));
    assert_true(leave("comm01", LEAVE_APPROVE, id, "", NULL, &err));
    assert_false(leave("comm01", LEAVE_REFUSE, id, "", NULL, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    r = app_area(kit.app, 0)->registry;
    assert_int_equal(substitute_of(r, chief, day_number(2026, 4, 22)), worker);
    app_set_now(kit.app, moment_of("2026-04-22T09:00"));
    assert_true(leave("wgz03", LEAVE_CANCEL, id, "", NULL, &err)); /* back at work */
    r = app_area(kit.app, 0)->registry;
    assert_true(on_leave(r, chief, day_number(2026, 4, 21)));
    assert_false(on_leave(r, chief, day_number(2026, 4, 22)));
    expect_clean_replay();
    expect_found("UPDATE leave SET to_day = to_day + 5", "UPDATE leave SET to_day = to_day - 5");
    expect_found("UPDATE leave SET state = 2", "UPDATE leave SET state = 1");
}

static void
a_substitute_must_be_one(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *field;
    } rows[] = {
        {"person=wgz03&from=2026-04-21&to=2026-04-20", "to"},
        {"person=wgz03&from=2026-01-01&to=2026-04-21", "from"},
        {"person=wgz03&from=2026-04-21&to=2027-06-21", "to"},
        {"person=wgz03&from=2026-04-21&to=2026-04-21&substitute=wgz03", "substitute"},
        {"person=wgz03&from=2026-04-21&to=2026-04-21&substitute=nobody", "substitute"},
        {"person=wgz03&from=2026-04-21&to=2026-04-21&substitute=lw01", "substitute"},
        {"person=nobody&from=2026-04-21&to=2026-04-21", "person"},
        {"person=wgz03&from=soon&to=2026-04-21", "from"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err;
        assert_false(leave("comm01", LEAVE_ASK, 0, rows[i].fields, NULL, &err));
        if (!err.n_fields || strcmp(err.fields[0].field, rows[i].field) != 0)
            fail_msg("%s: %s", rows[i].fields, err.n_fields ? err.fields[0].field : err.message);
    }
}

/* The sample has one certificate that ran out. */
static void
a_certificate_is_owed_once_missed_once_and_then_renewed(void **state)
{
    (void)state;
    struct err err = {0};
    instant next;
    tick();
    tick();
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE subject = -3 AND ending = 0"), 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE stream = 3"), 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM notice WHERE kind = 'post'"), 1);
    assert_true(duty_clock_run(kit.app, app_now(kit.app), &next, &err));
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE subject = -3 AND missed_at > 0"), 1);
    expect_clean_replay();
    expect_found("UPDATE duty SET missed_at = 0 WHERE subject = -3", "UPDATE duty SET missed_at = due WHERE subject = -3");
    const struct registry *r = app_area(kit.app, 0)->registry;
    struct renew_certificate x = {.base = {.app = kit.app, .who = caller_of("coord01"), .arena = kit.arena},
                                  .fields = fields_of("cert_no=示例-新&cert_until=2031-06-30")};
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].person == raw_int("SELECT ref FROM duty WHERE subject = -3") && r->postings[i].cert_no.n)
            x.posting = r->postings[i].id;
    assert_true(renew_certificate_wait(&x, &err));
    app_reload(kit.app);
    tick();
    assert_int_equal(raw_int("SELECT ending FROM duty WHERE subject = -3"), END_DONE_LATE);
    expect_clean_replay();
}

static void
a_roster_is_made_and_changed(void **state)
{
    (void)state;
    struct err err = {0};
    const struct registry *r = app_area(kit.app, 0)->registry;
    struct set_roster *x = arena_new_of(kit.arena, struct set_roster);
    *x = (struct set_roster){.base = {.app = kit.app, .who = caller_of("chief01"), .arena = kit.arena}, .op = ROSTER_GENERATE,
                             .station = registry_org_code(r, STR("LZ-HQ"))->id, .month = 2026 * 12 + 4};
    assert_true(set_roster_wait(x, &err));
    app_reload(kit.app);
    r = app_area(kit.app, 0)->registry;
    const struct roster *made = roster_find(r, x->station, x->month);
    assert_non_null(made);
    assert_true(made->n >= 18);
    *x = (struct set_roster){.base = {.app = kit.app, .who = caller_of("chief02"), .arena = kit.arena}, .op = ROSTER_GENERATE,
                             .station = made->station, .month = made->month};
    assert_false(set_roster_wait(x, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    expect_clean_replay();
    expect_found("UPDATE roster SET rev = rev + 1", "UPDATE roster SET rev = rev - 1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leave_is_asked_approved_and_ended_early, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_substitute_must_be_one, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_certificate_is_owed_once_missed_once_and_then_renewed, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_roster_is_made_and_changed, kit_open, kit_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
