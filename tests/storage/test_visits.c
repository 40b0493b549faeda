/* Visits in storage: which routine duties one settles, the photos that become its own, what replay finds when a row is changed. */
#define KIT_WITH_ROUTINES
#include "store_kit.h"

#include "run_routines.h"
#include "views.h"
#include "visit_store.h"

static void
routines_until(const char *moment)
{
    struct err err = {0};
    instant until = moment_of(moment);
    for (instant at; (at = routines_moment(kit.app, app_area(kit.app, 0), app_now(kit.app), &err)) && at <= until;) {
        app_set_now(kit.app, at);
        if (!routines_run(kit.app, app_area(kit.app, 0), at, &err))
            fail_msg("routines: %s %s", err.message, err.detail);
    }
    app_set_now(kit.app, until);
}

static bool
record(const char *who, const char *fields, struct record_visit *r, struct err *err)
{
    *r = (struct record_visit){.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .fields = fields_of(fields)};
    return record_visit_wait(r, err);
}

static struct record_visit *
record_ok(const char *who, const char *fields)
{
    struct record_visit *r = arena_new_of(kit.arena, struct record_visit);
    struct err err = {0};
    if (!record(who, fields, r, &err))
        fail_msg("%s: %s %s %s", who, err.message, err.detail, err.n_fields ? err.fields[0].message : "");
    return r;
}

static int64_t
patrols_open(void)
{
    return raw_int("SELECT COUNT(*) FROM duty WHERE subject_kind = 3 AND ending = 0 AND need = 1 AND arg = 20570"); /* the week of 27 April, the first whole one */
}

static void
a_record_settles_the_duty_of_its_term_once(void **state)
{
    (void)state;
    routines_until("2026-04-29T10:00");
    int64_t before = patrols_open();
    assert_true(before >= 12);
    assert_int_equal(record_ok("cg01", "kind=patrol&place=XFL&began_at=2026-04-28T09:00&words=看过了")->n_credited, 1);
    assert_int_equal(patrols_open(), before - 1);
    assert_int_equal(record_ok("cg01", "kind=patrol&place=XFL&began_at=2026-04-29T09:00&words=又看了")->n_credited, 0);
    assert_int_equal(record_ok("xfjy01", "kind=patrol&place=XFL&began_at=2026-04-29T09:30&words=看过了")->n_credited, 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM credit"), 2);
    expect_clean_replay();
}

/* The term is over and missed; what was done in it and came late ends the duty, the miss stays. */
static void
what_came_late_counts_and_the_miss_stays(void **state)
{
    (void)state;
    routines_until("2026-05-05T08:00");
    live_until("2026-05-05T08:00");
    assert_true(raw_int("SELECT COUNT(*) FROM duty WHERE subject_kind = 3 AND arg = 20570 AND missed_at > 0 AND need = 1") >= 12);
    assert_int_equal(record_ok("cg01", "kind=patrol&place=XFL&began_at=2026-04-30T10:00&words=没有信号，今天才传上来")->n_credited, 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE subject_kind = 3 AND arg = 20570 AND missed_at > 0 AND ending = 2"), 1);
    expect_clean_replay();
}

static int64_t
visit_with_photos(const char *began, int64_t *before, int64_t *after)
{
    *before = photo_of("cg01");
    *after = photo_of("cg01");
    return record_ok("cg01", arena_printf(kit.arena, "kind=patrol&place=XFL&began_at=%s&words=当场清走&answers=safety.2=problem!:楼道堆物"
                                                     "&files.safety.2=%lld&files.safety.2=%lld&files=%lld",
                                          began, (long long)*before, (long long)*after, (long long)photo_of("cg01")))->id;
}

static void
photos_become_the_visits_own(void **state)
{
    (void)state;
    int64_t before, after;
    int64_t id = visit_with_photos("2026-04-21T08:30", &before, &after);
    struct file_rows files;
    struct record_visit again;
    struct err err = {0};
    struct db *db = app_reader_lock(kit.app);
    assert_true(files_of_visit(db, kit.arena, app_area(kit.app, 0)->id, id, &files, &err));
    app_reader_unlock(kit.app);
    assert_int_equal(files.n, 3);
    for (size_t i = 0; i < files.n; i++) {
        assert_int_equal(files.p[i].visit, id);
        assert_int_equal(files.p[i].case_id, 0);
        assert_int_equal(files.p[i].is_after, files.p[i].id == after);
    }
    assert_false(record("cg01", arena_printf(kit.arena, "kind=patrol&place=XFL&began_at=2026-04-21T08:40&files=%lld", (long long)before), &again, &err));
    assert_string_equal(err.fields[0].field, "files");
    expect_clean_replay();
}

static void
replay_sees_every_change(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE file SET is_after = 1 - is_after WHERE visit > 0",
        "UPDATE file SET visit = 0, event_seq = 0 WHERE visit > 0 AND is_after = 1",
        "UPDATE file SET visit = visit + 1 WHERE visit > 0 AND is_after = 1",
        "UPDATE file SET bytes = bytes + 1 WHERE visit > 0 AND is_after = 1",
        "UPDATE file SET wrapped = ZEROBLOB(40) WHERE visit > 0 AND is_after = 1",
        "UPDATE visit SET version = version + 1",
        "UPDATE visit SET skipped = skipped - 1 WHERE skipped > 0",
        "UPDATE visit SET points = points + 1 WHERE points > 0",
        "DELETE FROM visit_place",
        "UPDATE duty SET credited = 0, ending = 0 WHERE subject_kind = 3 AND credited > 0",
    };
    int64_t before, after;
    routines_until("2026-04-28T09:00");
    visit_with_photos("2026-04-28T08:30", &before, &after);
    record_ok("wy01a", "kind=round&place=HQHY&began_at=2026-04-28T08:00&stops=HQHY-1;HQHY-2");
    expect_clean_replay();
    app_close(kit.app); /* each change on its own copy of the rows */
    kit.app = NULL;
    raw_keep();
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        assert_true(raw_exec(changes[i]) > 0);
        open_app_at("2026-04-28T09:00");
        if (!replay_now().differences)
            fail_msg("not seen: %s", changes[i]);
        app_close(kit.app);
        kit.app = NULL;
        raw_bring_back();
    }
    open_app_at("2026-04-28T09:00");
    expect_clean_replay();
}

/* HC-20: a round that left points out says so and is not counted; one that came by all of them is, and a point that is closed is no
 * longer asked for. Every change of a point is an event, and replay finds the rows as they are. */
static void
a_round_counts_when_every_open_point_was_walked(void **state)
{
    (void)state;
    struct visits left = {0};
    struct err err = {0};
    routines_until("2026-04-28T09:00");
    assert_int_equal(record_ok("wy01a", "kind=round&place=HQHY&began_at=2026-04-27T08:00&stops=HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5")->n_credited, 0);
    struct change_registry close = {.base = {.app = kit.app, .who = caller_of("coord01"), .arena = kit.arena}, .kind = REGISTRY_POINT_CLOSE,
                                    .id = registry_place_code(app_area(kit.app, 0)->registry, STR("HQHY-6"))->id, .fields = fields_of("op=close")};
    if (!change_registry_wait(&close, &err))
        fail_msg("%s", err.message);
    app_reload(kit.app);
    assert_int_equal(record_ok("wy01a", "kind=round&place=HQHY&began_at=2026-04-28T08:30&stops=HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5")->n_credited, 0); /* it was open then */
    routines_until("2026-04-28T11:00");
    assert_int_equal(record_ok("wy01a", "kind=round&place=HQHY&began_at=2026-04-28T10:30&stops=HQHY-1;HQHY-2;HQHY-3;HQHY-4;HQHY-5")->n_credited, 1);
    struct db *db = app_reader_lock(kit.app);
    assert_true(visits_skipped(db, app_keys(kit.app), kit.arena, app_area(kit.app, 0)->id, 0, INT64_MAX, 10, &left, &err));
    app_reader_unlock(kit.app);
    assert_int_equal(left.n, 2);
    assert_int_equal(left.p[0]->n_stops, 6);
    assert_int_equal(left.p[0]->stops[5].at, 0);
    struct change_registry again = close;
    again.base.who = caller_of("coord01");
    err = (struct err){0};
    assert_false(change_registry_wait(&again, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    expect_clean_replay();
}

/* What is done and planned at a place around a day, and the events of a visit in order. */
static void
near_ones_and_events_are_read(void **state)
{
    (void)state;
    struct err err = {0};
    struct visits near;
    struct visit_events events;
    struct loaded_visit x;
    int64_t id = record_ok("cg01", "kind=patrol&place=XFL&from=2026-04-23T09:00")->id;
    struct act_on_visit act = {.base = {.app = kit.app, .who = caller_of("xfjy01"), .arena = kit.arena}, .id = id, .command = STR("join"), .fields = fields_of("")};
    assert_true(act_on_visit_wait(&act, &err));
    const struct area *area = app_area(kit.app, 0);
    int32_t place = registry_place_code(area->registry, STR("XFL"))->id;
    struct db *db = app_reader_lock(kit.app);
    assert_true(visits_near(db, app_keys(kit.app), kit.arena, area->id, place, moment_of("2026-04-17T09:00"), 7, 10, &near, &err));
    assert_int_equal(near.n, 1);
    assert_true(visits_near(db, app_keys(kit.app), kit.arena, area->id, place, moment_of("2026-04-15T09:00"), 7, 10, &near, &err));
    assert_int_equal(near.n, 0);
    assert_true(visit_load(db, app_keys(kit.app), kit.arena, area->id, id, &x, &err));
    assert_true(visit_events_load(db, app_keys(kit.app), kit.arena, area->id, &x.v, &events, &err));
    app_reader_unlock(kit.app);
    assert_int_equal(events.n, 2);
    check_str(events.p[0].type, "visit_planned");
    check_str(events.p[1].type, "visit_joined");
    assert_true(str_has(events.p[1].text, STR("一起去")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_settles_the_duty_of_its_term_once, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(what_came_late_counts_and_the_miss_stays, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(photos_become_the_visits_own, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(replay_sees_every_change, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(near_ones_and_events_are_read, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_round_counts_when_every_open_point_was_walked, kit_open, kit_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
