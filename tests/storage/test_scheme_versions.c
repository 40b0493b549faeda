/* Versions of a scheme in storage: a draft is edited, proposed and published by two people; the version in force follows the
 * clock; cases keep theirs; a restart changes nothing; the record tells who did it and stays whole. */
#include "check.h"

#include "scheme_store.h"
#include "store_kit.h"

static bool
draft(const char *who, struct draft_scheme x, struct err *err)
{
    struct draft_scheme *kept = arena_new_of(kit.arena, struct draft_scheme);
    *err = (struct err){0};
    *kept = x;
    kept->base = (struct action){.app = kit.app, .who = caller_of(who), .arena = kit.arena};
    return draft_scheme_wait(kept, err);
}

static void
draft_ok(const char *who, struct draft_scheme x)
{
    struct err err;
    if (!draft(who, x, &err))
        fail_msg("draft: %s %s", err.message, err.n_fields ? err.fields[0].message : "");
}

static bool
publish(const char *who, struct err *err)
{
    struct publish_scheme *x = arena_new_of(kit.arena, struct publish_scheme);
    *err = (struct err){0};
    x->base = (struct action){.app = kit.app, .who = caller_of(who), .arena = kit.arena};
    bool ok = publish_scheme_wait(x, err);
    app_reload(kit.app);
    return ok;
}

static struct scheme_draft
draft_now(void)
{
    struct scheme_draft d;
    struct scheme_errors errors = {0};
    struct err err = {0};
    assert_true(scheme_draft_load(app_reader_lock(kit.app), kit.arena, app_area(kit.app, 0)->id, &d, &errors, &err));
    app_reader_unlock(kit.app);
    return d;
}

static size_t
row_of(const char *table, const char *code)
{
    struct scheme_draft d = draft_now();
    const struct table *t = tables_find(d.tables, table);
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_is(table_cell(t, i, "code"), code))
            return i;
    fail_msg("no %s %s", table, code);
    return 0;
}

static void
set_row(const char *table, const char *code, const char *fields)
{
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_ROW_SET, .table = str_of(table), .row = row_of(table, code), .fields = fields_of(fields)});
}

static struct draft_scheme
proposal(const char *day)
{
    struct draft_scheme x = {.op = DRAFT_PROPOSE, .document = STR("FA")};
    assert_true(date_parse(str_of(day), &x.valid_from));
    return x;
}

static int
in_force(void)
{
    return app_area(kit.app, 0)->scheme->version;
}

/* A draft with a shorter limit and a whole document. */
static void
begin_draft(void)
{
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_BEGIN});
    set_row("limits", "handle5", "c_amount=3");
    set_row("documents", "FA", "c_number=8&c_date=2026-04-20");
}

static void
two_people_publish_and_one_cannot(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    assert_false(publish("leader01", &err)); /* nothing is proposed yet */
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(draft("leader01", proposal("2026-05-01"), &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    assert_false(draft("coord01", proposal("2026-04-20"), &err));
    assert_string_equal(err.fields[0].field, "valid_from");
    draft_ok("coord01", proposal("2026-05-01"));
    assert_false(publish("coord01", &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    assert_true(publish("leader01", &err));
    assert_int_equal(draft_now().rev, 0);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE stream = 1 AND type IN ('scheme_proposed', 'scheme_published')"), 2);
    expect_clean_replay();
}

static void
a_published_version_cannot_be_changed_unnoticed(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    draft_ok("coord01", proposal("2026-05-01"));
    assert_true(publish("leader01", &err));
    raw_exec("UPDATE scheme_table SET csv = csv || '\n' WHERE version = 2 AND name = 'limits'");
    struct replay_report r = replay_now();
    assert_int_equal(r.differences, 1);
    assert_true(str_has(r.first, STR("a published scheme")));
}

/* Whoever holds both posts still cannot approve what he proposed. */
static void
the_same_person_with_both_posts_is_refused(void **state)
{
    (void)state;
    struct err err;
    raw_exec("UPDATE posting SET role = (SELECT role FROM posting WHERE person = (SELECT id FROM person WHERE username = 'leader01')) "
             "WHERE person = (SELECT id FROM person WHERE username = 'coord02')");
    begin_draft();
    draft_ok("coord01", proposal("2026-05-01"));
    raw_exec("UPDATE scheme_draft SET proposed_by = (SELECT id FROM person WHERE username = 'coord02')");
    app_reload(kit.app);
    assert_false(publish("coord02", &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
}

static void
it_comes_into_force_by_its_date_and_cases_keep_theirs(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    draft_ok("coord01", proposal("2026-05-01"));
    assert_true(publish("leader01", &err));
    assert_int_equal(in_force(), 1);
    struct report_case *old = report_ok("FW01", "楼上又漏水了");
    live_until("2026-04-30T23:59");
    assert_int_equal(in_force(), 1);
    live_until("2026-05-01T00:00");
    assert_int_equal(in_force(), 2);
    struct report_case *new = report_ok("FW01", "另一户也漏水");
    assert_int_equal(load(old->case_id)->c.scheme, 1);
    assert_int_equal(load(new->case_id)->c.scheme, 2);
    reopen_app("2026-05-02T09:00");
    live_until("2026-05-02T09:00");
    assert_int_equal(in_force(), 2);
    assert_int_equal(app_area(kit.app, 0)->scheme->valid_from, day_number(2026, 5, 1));
    expect_clean_replay();
}

/* A later publication may not come into force before one that waits already. */
static void
dates_do_not_overtake_each_other(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    draft_ok("coord01", proposal("2026-06-01"));
    assert_true(publish("leader01", &err));
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_BEGIN});
    assert_int_equal(draft_now().based_on, 2);
    assert_false(draft("coord01", proposal("2026-05-01"), &err));
    draft_ok("coord01", proposal("2026-06-01"));
    assert_true(publish("leader01", &err));
    live_until("2026-06-01T00:00");
    assert_int_equal(in_force(), 3);
}

static void
a_wrong_cell_is_kept_in_the_draft_and_never_published(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    set_row("limits", "handle5", "c_amount=drei");
    assert_false(draft("coord01", proposal("2026-05-01"), &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    set_row("items", "FW01", "c_lead=NOBODY");
    assert_false(draft("coord01", proposal("2026-05-01"), &err));
    assert_int_equal(draft_now().proposed_by, 0);
}

static void
rows_are_added_changed_and_deleted(void **state)
{
    (void)state;
    struct err err;
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_BEGIN});
    int64_t rev = draft_now().rev;
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_ROW_ADD, .table = STR("limits"), .rev = rev,
             .fields = fields_of("c_code=new1&c_name=新的&c_amount=1&c_unit=working_day&c_clock=duty&c_origin=ours")});
    assert_false(draft("coord01", (struct draft_scheme){.op = DRAFT_ROW_ADD, .table = STR("limits"), .rev = rev, .fields = fields_of("")}, &err));
    assert_int_equal(err.kind, ERR_PRECONDITION);
    set_row("items", "FW01", "c_assists=&c_assists=CG&c_assists=ZJ");
    struct scheme_draft d = draft_now();
    assert_true(str_has(table_cell(tables_find(d.tables, "items"), row_of("items", "FW01"), "assists"), STR("CG")));
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_ROW_DELETE, .table = STR("limits"), .row = row_of("limits", "new1")});
    d = draft_now();
    for (size_t i = 0; i < tables_find(d.tables, "limits")->n_rows; i++)
        assert_false(str_is(table_cell(tables_find(d.tables, "limits"), i, "code"), "new1"));
    assert_false(draft("coord01", (struct draft_scheme){.op = DRAFT_ROW_DELETE, .table = STR("people"), .row = 0}, &err));
    assert_false(draft("coord01", (struct draft_scheme){.op = DRAFT_ROW_DELETE, .table = STR("limits"), .row = 9999}, &err));
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_ROW_ADD, .table = STR("revisits"),
             .fields = fields_of("c_audience=resident&c_owner=@grid&c_role=grid_chief&c_limit=revisit7&c_origin=ours")});
    d = draft_now();
    assert_int_equal(tables_find(d.tables, "revisits")->n_rows, 1);
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_DROP});
    assert_int_equal(draft_now().rev, 0);
}

static void
sent_back_with_a_remark_it_is_open_again(void **state)
{
    (void)state;
    struct err err;
    begin_draft();
    draft_ok("coord01", proposal("2026-05-01"));
    assert_false(draft("coord01", (struct draft_scheme){.op = DRAFT_DROP}, &err));
    draft_ok("leader01", (struct draft_scheme){.op = DRAFT_SEND_BACK, .remark = STR("办结时限再议")});
    check_str(draft_now().remark, "办结时限再议");
    set_row("limits", "handle5", "c_amount=4");
    expect_clean_replay();
}

/* The whole year's figures of what is over: duties missed and done late, as they stand. */
static int64_t
judgement(void)
{
    return raw_int("SELECT COALESCE(SUM(id % 100003 * (CASE WHEN missed_at > 0 THEN 2 ELSE 1 END) + ending * 7 + due % 1000003 + missed_at % 1000003 + "
                   "ended_at % 1000003), 0) FROM duty WHERE ending <> 0");
}

static void
a_calendar_that_comes_later_changes_no_finished_judgement(void **state)
{
    (void)state;
    struct err err;
    eventful_case();
    report_ok("FW01", "群租的又来了");
    live_until("2026-05-20T09:00");
    int64_t was = judgement(), missed = raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0");
    assert_true(was > 0 && missed > 0);
    begin_draft();
    struct scheme_draft d = draft_now();
    struct table notice;
    struct scheme_errors errors = {0};
    /* Says afterwards that days already judged were holidays. */
    assert_true(table_parse(kit.arena, STR("calendar"), STR("date,kind,name\n2026-04-22,holiday,补\n2026-04-23,holiday,补\n2027-01-01,holiday,元旦\n"),
                            &notice, &errors));
    struct table *t = arena_new_of(kit.arena, struct table);
    *t = calendar_with_notice(kit.arena, tables_find(d.tables, "calendar"), &notice);
    draft_ok("coord01", (struct draft_scheme){.op = DRAFT_TABLES, .tables = {t, 1}});
    draft_ok("coord01", proposal("2026-05-20"));
    assert_true(publish("leader01", &err));
    assert_int_equal(in_force(), 2);
    assert_false(is_working_day(&app_area(kit.app, 0)->scheme->calendar, day_number(2026, 4, 22), NULL));
    assert_int_equal(judgement(), was);
    live_until("2026-05-20T09:01");
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0"), missed);
    expect_clean_replay();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_people_publish_and_one_cannot, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_published_version_cannot_be_changed_unnoticed, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(the_same_person_with_both_posts_is_refused, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(it_comes_into_force_by_its_date_and_cases_keep_theirs, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(dates_do_not_overtake_each_other, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_wrong_cell_is_kept_in_the_draft_and_never_published, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(rows_are_added_changed_and_deleted, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(sent_back_with_a_remark_it_is_open_again, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_calendar_that_comes_later_changes_no_finished_judgement, kit_open, kit_close),
    };
    return cmocka_run_group_tests_name("scheme_versions", tests, NULL, NULL);
}
