/* Records that a phone made without a network and sent late (architecture 6): what is still possible counts for when it was made, what
 * is not is owed a decision. */
#include "check.h"

#include "case_kit.h"

/* The command as the phone sends it: made then, heard of now. */
static bool
sent_late(const char *who, const char *command, const char *fields, const char *recorded)
{
    struct situation s = situation_now(actor_of(who));
    struct effects *fx = fresh_effects();
    int photos;
    struct command_input in = {.fields = fields_of(fields, &photos), .photos = photos, .recorded_at = moment_of(recorded)};
    const struct command *cmd = command_find(str_of(command));
    assert_non_null(cmd);
    life.err = (struct err){0};
    if (!command_decide(cmd, &s, &in, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static bool
kept_late(const char *who, const char *command, const char *fields, const char *recorded)
{
    struct situation s = situation_now(actor_of(who));
    struct effects *fx = fresh_effects();
    int photos;
    const struct late_record l = {.command = command_find(str_of(command)), .fields = fields_of(fields, &photos), .recorded_at = moment_of(recorded)};
    life.err = (struct err){0};
    if (!case_keep_late(&s, &l, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static const struct duty *
ended(int kind)
{
    const struct duty *found = NULL;
    for (size_t i = 0; i < life.n_ended; i++)
        if (life.ended[i].kind == kind)
            found = &life.ended[i];
    return found;
}

/* The grid chief owes the call until 14:30 of that day; the coordinator hears of the miss. */
static void
what_is_still_possible_counts_for_when_it_was_made(void **state)
{
    (void)state;
    static const struct {
        const char *what, *now, *recorded;
        int end;
        bool is_missed;
        int chase; /* END_COUNT: nobody was chased */
    } rows[] = {
        {"before it was due, heard of before it was due", "2026-04-21T10:30", "2026-04-21T09:20", END_DONE, false, END_COUNT},
        {"in time, heard of late", "2026-04-22T09:00", "2026-04-21T10:00", END_LATE_SYNC, true, END_SUPERSEDED},
        {"late, heard of later", "2026-04-22T16:00", "2026-04-22T09:00", END_DONE_LATE, true, END_DONE},
        {"on the last hour of the grace", "2026-04-24T09:59", "2026-04-21T10:00", END_LATE_SYNC, true, END_SUPERSEDED},
        {"after the grace", "2026-04-24T10:01", "2026-04-21T10:00", END_DONE_LATE, true, END_DONE_LATE},
        {"before there was anything to do: a wrong clock", "2026-04-22T09:00", "2026-04-21T08:50", END_DONE_LATE, true, END_DONE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        assert_true(report_by("?", "resident", "QC04", "XFL", ""));
        live_until(moment_of(rows[i].now));
        if (!sent_late("wgz03", "call", "", rows[i].recorded))
            fail_msg("%s: %s", rows[i].what, life.err.message);
        const struct duty *call = ended(DUTY_CALL), *chase = ended(DUTY_CHASE);
        if (!call || call->end != rows[i].end || (call->missed_at != 0) != rows[i].is_missed || call->credited != call->need)
            fail_msg("%s: %s", rows[i].what, call ? duty_end_code(call->end) : "open");
        if ((chase ? chase->end : END_COUNT) != rows[i].chase)
            fail_msg("%s: the chase is %s", rows[i].what, chase ? duty_end_code(chase->end) : "not there");
        assert_null(open_duty(DUTY_CHASE));
    }
}

static void
what_is_no_longer_possible_is_owed_a_decision(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    assert_true(report_by("?", "resident", "QC04", "XFL", ""));
    assert_true(act_by("wgz03", "call", ""));
    int before = (int)life.c.state;
    life.now = moment_of("2026-04-21T11:00");
    assert_true(kept_late("wgz03", "call", "note=鸡笼还在", "2026-04-21T09:30"));
    assert_true(kept_late("wgz03", "call", "note=又看了一次", "2026-04-21T09:40"));
    assert_int_equal(life.c.state, before);
    size_t n = 0;
    for (size_t i = 0; i < life.n; i++)
        n += life.duty[i].kind == DUTY_LATE;
    assert_int_equal(n, 1); /* one look at both */
    const struct duty *u = open_duty(DUTY_LATE);
    assert_int_equal(u->owner.role, ROLE_COMMUNITY_OFFICE); /* who has the case in hand */
    expect_moment("two working days", u->due, "2026-04-23T17:30");
    assert_false(act_by("wgz03", "check_late", "verdict=holds&note=已核对"));
    assert_true(act_by("comm01", "check_late", "verdict=holds&note=电话核对，鸡笼还在，按此派单"));
    assert_int_equal(ended(DUTY_LATE)->end, END_DONE);
    assert_int_equal(life.c.state, before);
}

static void
an_ended_case_owes_nothing(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    assert_true(report_by("?", "resident", "QC04", "XFL", ""));
    assert_true(act_by("-", "withdraw", "note=已经好了"));
    life.now = moment_of("2026-04-21T11:00");
    assert_true(kept_late("wgz03", "call", "note=到过现场", "2026-04-21T09:10"));
    assert_null(open_duty(DUTY_LATE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_still_possible_counts_for_when_it_was_made),
        cmocka_unit_test(what_is_no_longer_possible_is_owed_a_decision),
        cmocka_unit_test(an_ended_case_owes_nothing),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
