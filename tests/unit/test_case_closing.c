/* Honest ends: what closing needs, the tier derived from the record, the reporter's word, an independent revisit, one
 * reopening by itself, then a ruling that binds. */
#include "check.h"

#include "case_kit.h"

#define TWO "officers=cg01&officers=cg02"
#define SOLVED "close outcome=solved&checklist=*&reply=已经关小了音量"
#define TO_CG "\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept"
static const struct start starts[] = {
    {"accepted", "? report resident ZS01 XFL" TO_CG},
    {"persuaded", "@accepted\ncg01 persuade reaction=fixed&words=讲了规定"},
    {"ordered and met", "@accepted\ncg01 persuade reaction=refused&words=讲了规定\n"
                        "cg01 order " TWO "&until=+1&words=关小音量\ncg01 recheck result=corrected&photos=1"},
    {"hens", "? report resident QC04 XFL" TO_CG "\ncg01 persuade reaction=promised&words=讲了规定"}, /* asks for a photo pair */
    {"closed", "@persuaded\ncg01 " SOLVED},
    {"closed unsolved", "@accepted\ncg01 close outcome=unsolved&reason=civil&reply=属于民事纠纷，请到社区调解"},
    {"revisited", "@closed\ncomm01 revisit result=solved&grade=1"},
    {"not solved", "@closed\n- rate solved=no&grade=5&words=晚上又响了"},
    {"closed again", "@not solved\ncg02 persuade reaction=fixed&words=又讲了\ncg02 " SOLVED},
    {"not solved again", "@closed again\n- rate solved=no&grade=5&words=还在响"},
    {"service", "? report resident SV01 XFL"},
    {"service done", "@service\nwy01a complete_service reply=车已挪走&photos=1"},
    {"quarrel", "? report resident SV09 XFL"},
    {"settled by the grid", "? report resident ZS01 XFL\nwgz03 settle outcome=solved&reply=已经劝住了"},
};

/* ---- closing ---- */

static void
closing_needs_the_record_the_checklist_the_photo_and_a_reply(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"persuaded", "cg01", "close", "outcome=solved&checklist=*&reply=已经关小了音量", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"persuaded", "cghead", "close", "outcome=solved&checklist=*&reply=已经关小了音量", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"ordered and met", "cg01", "close", "outcome=solved&checklist=*&reply=已经关小了音量",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"accepted", "cg01", "close", "outcome=solved&checklist=*&reply=已经关小了音量", /* nothing was done */
         REFUSED(CONFLICT, "还没有劝导、责令或查处的记录")},
        {"persuaded", "cg01", "close", "outcome=solved&reply=已经关小了音量", REFUSED(FIELDS, "结案条件还有")},
        {"persuaded", "cg01", "close", "outcome=solved&checklist=*&reply=好了", REFUSED(FIELDS, "reply")},
        {"persuaded", "cg01", "close", "checklist=*&reply=已经关小了音量", REFUSED(FIELDS, "outcome")},
        {"hens", "cg01", "close", "outcome=solved&checklist=*&reply=鸡已经移走了", REFUSED(FIELDS, "请上传整改后的照片")},
        {"hens", "cg01", "close", "outcome=solved&checklist=*&reply=鸡已经移走了&photos=1",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"@hens\ncg01 persuade reaction=fixed&words=当场移走&photos=1", "cg01", "close", /* it has its photo already */
         "outcome=solved&checklist=*&reply=鸡已经移走了", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"accepted", "cg01", "close", "outcome=unsolved&reason=civil&reply=属于民事纠纷，请到社区调解",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"accepted", "cg01", "close", "outcome=unsolved&reply=办不了", REFUSED(FIELDS, "reason")},
        {"accepted", "cg01", "close", "outcome=unsolved&reason=too_hard&reply=办不了了", REFUSED(FIELDS, "reason")},
        {"accepted", "cg01", "close", "outcome=mediated&reply=双方已经谈好", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"accepted", "cg01", "close", "outcome=no_violation&reply=检测未超标准", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"persuaded", "comm01", "close", "outcome=solved&checklist=*&reply=已经关小了音量", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"persuaded", "wy01a", "close", "outcome=solved&checklist=*&reply=已经关小了音量", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"persuaded", "assist01", "close", "outcome=solved&checklist=*&reply=已经关小了音量", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"closed", "cg01", "close", "outcome=solved&checklist=*&reply=已经关小了音量", REFUSED(CONFLICT, "已办结")},
        /* whoever helped or was asked to decide has nothing more to do */
        {"@persuaded\ncg01 request_assist org=GA&words=一起去\ncg01 request_extension note=需检测", "cg01", "close",
         "outcome=solved&checklist=*&reply=已经关小了音量", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@closed");
    assert_int_equal(life.c.outcome, OUTCOME_SOLVED);
    assert_int_equal(life.c.closed_at, life.now);
    assert_int_equal(ended_as(DUTY_ANSWER), END_DONE); /* the reply settles the answer owed */
    assert_int_equal(ended_as(DUTY_HANDLE), END_DONE);
    check_str(life.fx->reply, "已经关小了音量");
    check_str(life.fx->event.public_text, "已解决：已经关小了音量");
    assert_int_equal(life.fx->n_notices, 1);
    assert_true(life.fx->notices[0].to_reporter);
}

static void
the_final_tier_is_what_the_record_says(void **state)
{
    (void)state;
    static const struct {
        const char *story;
        int tier, minor;
    } rows[] = {
        {"@persuaded\ncg01 " SOLVED "&minor=1", TIER_PERSUADE, 1},
        {"@ordered and met\ncg01 " SOLVED, TIER_ORDER, 0},
        {"@closed unsolved", TIER_NONE, 0},
        {"settled by the grid", TIER_PERSUADE, 1},
        {"? report resident ZS01 XFL\nwgz03 settle outcome=not_found&reply=到现场没有发现", TIER_NONE, 1},
        {"@accepted\ncg01 persuade reaction=refused&words=讲了规定\ncg01 order " TWO "&until=+0&words=关小音量\n"
         "cg01 recheck result=not_corrected&photos=1\ncg01 file filing_no=1&" TWO "&words=逾期不改\n"
         "cg01 notify_party words=拟罚款\ncg01 hear_defence result=waived&words=放弃\n"
         "cg01 penalise kind=fine&decision_no=1&" TWO "&words=罚款\ncg01 deliver words=当面送达\ncg01 " SOLVED, TIER_PENALISE, 0},
        {"@accepted\ncg01 persuade reaction=refused&words=讲了规定\ncg01 order " TWO "&until=+0&words=关小音量\n"
         "cg01 recheck result=not_corrected&photos=1\ncg01 file filing_no=1&" TWO "&words=逾期不改\n"
         "cg01 notify_party words=拟罚款\ncg01 hear_defence result=waived&words=放弃\n"
         "cg01 penalise kind=exempt&ground=minor&decision_no=1&" TWO "&words=不罚\ncg01 deliver words=当面送达\ncg01 " SOLVED, TIER_ORDER, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        tell(starts, COUNT_OF(starts), strcmp(rows[i].story, "settled by the grid") ? rows[i].story : "@settled by the grid");
        if (life.c.tier != rows[i].tier || life.c.minor != rows[i].minor)
            fail_msg("row %zu: tier %d, minor %d", i, (int)life.c.tier, (int)life.c.minor);
    }
}

static void
a_service_is_done_with_a_photo_or_honestly_not(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"service", "wy01a", "complete_service", "reply=车已挪走&photos=1", DONE(ARCHIVED, "")},
        {"service", "wy01a", "complete_service", "reply=车已挪走", REFUSED(FIELDS, "请上传办好后的照片")},
        {"service", "wy01a", "complete_service", "reply=车已挪走&photos=1&outcome=solved", DONE(ARCHIVED, "")},
        {"service", "wy01a", "complete_service", "reply=联系不上车主&outcome=unsolved", DONE(ARCHIVED, "")},
        {"service", "wy01a", "complete_service", "photos=1", REFUSED(FIELDS, "reply")},
        {"service", "wy02a", "complete_service", "reply=车已挪走&photos=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"service", "comm01", "complete_service", "reply=车已挪走&photos=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"service", "wy01a", "close", "outcome=mediated&reply=双方已经谈好", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"quarrel", "comm01", "close", "outcome=mediated&reply=双方已经谈好", REFUSED(CONFLICT, "请用“办结服务”")},
        {"quarrel", "comm01", "complete_service", "reply=双方已经谈好", DONE(ARCHIVED, "")},
        {"accepted", "cg01", "complete_service", "reply=车已挪走&photos=1", REFUSED(CONFLICT, "")},
        /* refused in vain: it becomes a matter of enforcement and keeps its history */
        {"service", "wy01a", "raise", "item=XF01&note=通知三次不挪", DONE(ROUTING, "admit@SQ-HQ/community_office answer@XFJY arrive@XFJY")},
        {"service", "wgz03", "raise", "item=ZS01&note=劝过不听", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"service", "wy01a", "raise", "item=SV02&note=劝过不听", REFUSED(FIELDS, "item")},
        {"service", "wy01a", "raise", "item=XF01", REFUSED(FIELDS, "note")},
        {"accepted", "coord01", "raise", "item=XF01&note=劝过不听", REFUSED(CONFLICT, "执法清单事项")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@service\nwy01a raise item=ZS01&note=劝过不听");
    assert_int_equal(life.c.tiers, 1 << TIER_PERSUADE); /* what the firm did is tier 1 */
    assert_int_equal(life.c.list, LIST_ENFORCEMENT);
}

/* ---- looking back ---- */

static void
a_revisit_is_made_by_somebody_who_did_not_handle_it(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"closed", "comm01", "revisit", "result=solved&grade=1", DONE(ARCHIVED, "")},
        {"closed", "wgz03", "revisit", "result=solved&grade=2", DONE(ARCHIVED, "")},
        {"closed", "coord01", "revisit", "result=solved&grade=2", DONE(ARCHIVED, "")},
        {"closed", "comm01", "revisit", "result=solved", REFUSED(FIELDS, "grade")},
        {"closed", "cg01", "revisit", "result=solved&grade=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"closed", "comm02", "revisit", "result=solved&grade=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"settled by the grid", "wgz03", "revisit", "result=solved&grade=1", REFUSED(FORBIDDEN, "请由别人")},
        {"settled by the grid", "fwgz03", "revisit", "result=solved&grade=1", DONE(ARCHIVED, "")},
        {"revisited", "comm01", "revisit", "result=solved&grade=1", REFUSED(CONFLICT, "已归档")},
        {"closed", "comm01", "revisit", "result=unreachable", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"@closed\ncomm01 revisit result=unreachable\ncomm01 revisit result=unreachable", "comm01", "revisit",
         "result=unreachable", DONE(ARCHIVED, "")}, /* the third time it is said so */
        {"closed", "comm01", "revisit", "result=not_solved&words=还在响", DONE(HANDLING, "handle@CG")},
        {"closed again", "comm01", "revisit", "result=not_solved&words=还在响", DONE(CLOSED, "rule_reopen@ZBZX/coordinator")},
    };
    CHECK_ROWS(starts, rows);
}

static void
not_solved_reopens_once_then_somebody_decides(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"closed", "-", "rate", "solved=no&grade=5&words=还在响", DONE(HANDLING, "handle@CG")},
        {"revisited", "-", "rate", "solved=no&grade=5", DONE(HANDLING, "handle@CG")}, /* from the archive too */
        {"service done", "-", "rate", "solved=no&grade=4", DONE(HANDLING, "serve@WY01")},
        {"closed again", "-", "rate", "solved=no&grade=5",
         DONE(CLOSED, "revisit@SQ-HQ/community_office rule_reopen@ZBZX/coordinator")},
        {"@closed again\ncomm01 revisit result=solved&grade=3", "-", "rate", "solved=no&grade=5",
         DONE(CLOSED, "rule_reopen@ZBZX/coordinator")},
        {"not solved again", "coord01", "rule_reopen", "result=reopen&note=确实还在响", DONE(HANDLING, "handle@CG")},
        {"not solved again", "coord01", "rule_reopen", "result=uphold&note=检测未超标",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"not solved again", "coord01", "rule_reopen", "result=uphold", REFUSED(FIELDS, "note")},
        {"not solved again", "cghead", "rule_reopen", "result=uphold&note=检测未超标", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"not solved again", "-", "rate", "solved=no&grade=5", REFUSED(CONFLICT, "已经评价过")},
        {"@not solved again\nat 2026-04-22T17:30", "coord01", "rule_reopen", "result=reopen&note=确实还在响", DONE(HANDLING, "handle@CG")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@closed\nat 2026-04-25T20:00\n- rate solved=no&grade=5&words=晚上又响了");
    assert_int_equal(life.c.reopens, 1);
    assert_int_equal(life.c.outcome, OUTCOME_NONE);
    assert_int_equal(life.c.tier, TIER_NONE);
    expect_moment("a second clock of its own", open_duty(DUTY_HANDLE)->due, "2026-05-06T17:30");
    expect_moment("the resident's stays", life.c.answer_due, "2026-05-14T17:30");
}

static void
the_reporters_word_counts_for_thirty_days_and_once(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"closed", "-", "rate", "solved=yes&grade=1", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"closed", "-", "rate", "solved=partly&grade=3", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"revisited", "-", "rate", "solved=yes&grade=2", DONE(ARCHIVED, "")},
        {"closed", "-", "rate", "solved=yes", REFUSED(FIELDS, "grade")},
        {"closed", "-", "rate", "solved=yes&grade=6", REFUSED(FIELDS, "grade")},
        {"closed", "?", "rate", "solved=yes&grade=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"closed", "cg01", "rate", "solved=yes&grade=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "-", "rate", "solved=yes&grade=1", REFUSED(CONFLICT, "办理中")},
        {"@closed\n- rate solved=yes&grade=1", "-", "rate", "solved=no&grade=5", REFUSED(CONFLICT, "已经评价过")},
        {"closed again", "-", "rate", "solved=yes&grade=1", DONE(CLOSED, "revisit@SQ-HQ/community_office")}, /* a new end, a new word */
        {"@revisited\nat 2026-05-21T23:59", "-", "rate", "solved=yes&grade=1", DONE(ARCHIVED, "")},
        {"@revisited\nat 2026-05-22T00:00", "-", "rate", "solved=yes&grade=1", REFUSED(CONFLICT, "已超过 30 天")},
        /* a low grade alone is looked into by the department's head */
        {"closed", "-", "rate", "solved=yes&grade=4", DONE(CLOSED, "revisit@SQ-HQ/community_office review_grade@CG/department_head")},
        {"revisited", "-", "rate", "solved=partly&grade=5", DONE(CLOSED, "review_grade@CG/department_head")},
        {"service done", "-", "rate", "solved=yes&grade=5", DONE(CLOSED, "review_grade@ZBZX/coordinator")},
        {"@revisited\n- rate solved=yes&grade=4", "cghead", "review_grade", "words=已向反映人致歉", DONE(ARCHIVED, "")},
        {"@revisited\n- rate solved=yes&grade=4", "cg01", "review_grade", "words=已向反映人致歉", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"@revisited\n- rate solved=yes&grade=4", "coord01", "review_grade", "words=已向反映人致歉", REFUSED(FORBIDDEN, "不在您的职责里")},
    };
    CHECK_ROWS(starts, rows);
}

/* A closed case owes its revisit like any other duty. */
static void
a_missed_revisit_goes_upward_too(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@closed\nat 2026-04-23T17:30");
    assert_string_equal(owes_text(), "revisit@SQ-HQ/community_office! chase1:revisit@ZBZX/coordinator");
    tell(starts, COUNT_OF(starts), "coord01 answer_chase words=今天回访");
    assert_string_equal(owes_text(), "revisit@SQ-HQ/community_office!");
    tell(starts, COUNT_OF(starts), "comm01 revisit result=solved&grade=1");
    assert_int_equal(life.c.state, CASE_ARCHIVED);
    assert_int_equal(life.c.archived_at, life.now);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_needs_the_record_the_checklist_the_photo_and_a_reply),
        cmocka_unit_test(the_final_tier_is_what_the_record_says),
        cmocka_unit_test(a_service_is_done_with_a_photo_or_honestly_not),
        cmocka_unit_test(a_revisit_is_made_by_somebody_who_did_not_handle_it),
        cmocka_unit_test(not_solved_reopens_once_then_somebody_decides),
        cmocka_unit_test(the_reporters_word_counts_for_thirty_days_and_once),
        cmocka_unit_test(a_missed_revisit_goes_upward_too),
    };
    return cmocka_run_group_tests_name("case_closing", tests, world_open, world_close);
}
