/* What the prover found: each a story that once had no end, or an end that was not lawful. */
#include "case_kit.h"


static bool
told(const char *story)
{
    life_begin(A_MORNING);
    tell(NULL, 0, story);
    return true;
}

static void
expect_refused(const char *who, const char *command, const char *fields, enum err_kind kind)
{
    if (act_by(who, command, fields) || life.err.kind != kind)
        fail_msg("%s %s: refused as %d expected, found %d %s", who, command, (int)kind, (int)life.err.kind, life.err.message);
}

static void
the_top_ends_what_nobody_below_has_ended_in_time(void **state)
{
    (void)state;
    told("? report resident ZS01 XFL\nwgz03 call");
    expect_refused("leader01", "end_by_top", "outcome=unsolved&reason=civil&reply=请到法院起诉", ERR_CONFLICT);
    live_until(life.now + 72 * (instant)HOUR_MS);
    expect_refused("coord01", "end_by_top", "outcome=unsolved&reason=civil&reply=请到法院起诉", ERR_FORBIDDEN);
    assert_false(act_by("leader01", "end_by_top", "outcome=unsolved&reply=请到法院起诉")); /* why not solved */
    assert_true(act_by("leader01", "end_by_top", "outcome=unsolved&reason=civil&reply=请到法院起诉"));
    assert_int_equal(life.c.state, CASE_CLOSED);
    assert_int_equal(ended_as(DUTY_ADMIT), END_SUPERSEDED); /* no praise for who was late */
    assert_int_equal(ended_as(DUTY_ANSWER), END_DONE);
}

static void
what_was_ended_unclassified_is_classified_when_it_comes_back(void **state)
{
    (void)state;
    told("? report resident  XFL");
    live_until(life.now + 72 * (instant)HOUR_MS);
    assert_true(act_by("leader01", "end_by_top", "outcome=no_violation&reply=说不清是什么事情"));
    assert_true(act_by("-", "rate", "solved=no&grade=5"));
    assert_int_equal(life.c.state, CASE_REGISTERED);
    assert_non_null(open_duty(DUTY_CLASSIFY));
}

/* Settled by the grid, reopened, filed, transferred in vain: it stays with its item and in its lead's hands. */
static void
a_filed_case_never_goes_back_to_routing(void **state)
{
    (void)state;
    told("? report resident WJ01 XFL\nwgz03 settle outcome=solved&reply=已经劝停拆除&photos=1");
    assert_true(act_by("-", "rate", "solved=no&grade=5"));
    assert_int_equal(life.c.state, CASE_HANDLING);
    assert_true(act_by("lw01", "order", "officers=lw01&officers=lw02&until=+0&words=限期拆除"));
    assert_true(act_by("lw01", "recheck", "result=not_corrected&photos=1"));
    assert_true(act_by("lw01", "file", "filing_no=1&officers=lw01&officers=lw02&words=逾期不拆"));
    assert_true(act_by("lw01", "transfer", "refer=court&note=已起诉"));
    assert_true(act_by("lw01", "confirm_transfer", "result=refused&note=不予受理"));
    assert_int_equal(life.c.state, CASE_HANDLING);
    expect_refused("coord01", "reclassify", "item=SV01&note=改为服务", ERR_CONFLICT);
}

static void
nobody_sends_a_matter_to_and_fro_between_the_two_lists(void **state)
{
    (void)state;
    told("? report resident SV01 XFL");
    for (int round = 0; round < 2; round++) {
        assert_true(act_by("wy01a", "raise", "item=ZS01&note=劝过三次不听"));
        assert_true(act_by("comm01", "admit", "result=service&item=SV01"));
    }
    assert_true(act_by("wy01a", "raise", "item=ZS01&note=劝过三次不听"));
    expect_refused("comm01", "admit", "result=service&item=SV01", ERR_CONFLICT);
    assert_true(act_by("comm01", "admit", "result=admit"));
}

#define CLOSE "outcome=mediated&reply=双方已经谈好"

static void
after_the_round_that_was_ruled_there_is_no_third(void **state)
{
    (void)state;
    told("? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept");
    assert_true(act_by("cg01", "close", CLOSE));
    assert_true(act_by("-", "rate", "solved=no&grade=5")); /* the first: by itself */
    assert_true(act_by("cg01", "close", CLOSE));
    assert_true(act_by("-", "rate", "solved=no&grade=5")); /* the second: a ruling */
    assert_true(act_by("coord01", "rule_reopen", "result=reopen&note=再办一次"));
    assert_true(act_by("cg01", "close", CLOSE));
    assert_true(act_by("-", "rate", "solved=no&grade=5")); /* the third is on record */
    assert_int_equal(life.c.state, CASE_CLOSED);
    assert_null(open_duty(DUTY_RULE_REOPEN));
    assert_int_equal(life.c.solved, SOLVED_NO);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_top_ends_what_nobody_below_has_ended_in_time),
        cmocka_unit_test(what_was_ended_unclassified_is_classified_when_it_comes_back),
        cmocka_unit_test(a_filed_case_never_goes_back_to_routing),
        cmocka_unit_test(nobody_sends_a_matter_to_and_fro_between_the_two_lists),
        cmocka_unit_test(after_the_round_that_was_ruled_there_is_no_third),
    };
    return cmocka_run_group_tests_name("case_bounds", tests, world_open, world_close);
}
