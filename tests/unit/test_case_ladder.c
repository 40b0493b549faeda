/* The law's order of steps: 劝导 → 责令改正 → 查处, who may take each, with which officers, and what each leaves owed.
 * A step out of order is refused with the article that forbids it. */
#include "check.h"

#include "case_kit.h"

#define TWO "officers=cg01&officers=cg02"
#define TO_CG "\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept"
static const struct start starts[] = {
    {"admitted", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit"},
    {"accepted", "? report resident ZS01 XFL" TO_CG},
    {"persuaded", "@accepted\ncg01 persuade reaction=promised&words=讲了规定"},
    {"persuaded in vain", "@accepted\ncg01 persuade reaction=refused&words=讲了规定"},
    {"ordered", "@persuaded in vain\ncg01 order " TWO "&until=+3&words=关小音量"},
    {"unmet", "@ordered\nat 2026-04-24T10:00\ncg01 recheck result=not_corrected&photos=1"},
    {"filed", "@unmet\ncg01 file filing_no=会立1&" TWO "&words=逾期不改"},
    {"noticed", "@filed\ncg01 notify_party words=拟罚款五百元"},
    {"heard", "@noticed\ncg01 hear_defence result=heard&words=当事人认错"},
    {"told of a hearing", "@filed\ncg01 notify_party hearing=1&words=拟罚款五千元\ncg01 hear_defence result=heard&words=当事人认错"},
    {"five days later", "@told of a hearing\nat 2026-05-09T10:00"},
    {"hearing asked for", "@told of a hearing\ncg01 plan_hearing day=2026-05-08&chair=李审核&words=三楼会议室，已书面通知"},
    {"hearing held", "@hearing asked for\nat 2026-05-08T15:00\ncg01 hear_defence result=hearing&words=已听证"},
    {"fined", "@heard\ncg01 penalise kind=fine&decision_no=会罚1&" TWO "&words=罚款五百元"},
    {"served", "@fined\ncg01 deliver words=当面送达，当事人签收"},
    {"unpaid", "@served\nat 2026-05-13T10:00"},
    {"urged", "@unpaid\ncg01 urge_party until=2026-05-27&words=限期缴纳罚款五百元"},
    {"not heeded", "@urged\nat 2026-05-28T10:00"},
    {"order urged", "@unmet\ncg01 urge_party until=2026-05-12&words=限期自行拆除"},
    {"order not heeded", "@order urged\nat 2026-05-13T10:00"},
    {"ordered twice", "@unmet\ncg01 order " TWO "&until=+2&words=再责令\nat 2026-04-27T10:00\n"
                      "cg01 recheck result=not_corrected&photos=1"},
    {"noise", "? report resident ZS02 XFL" TO_CG},
    {"fire", "? report resident XF02 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=XFJY\nxfjy01 accept"},
    {"wires", "? report resident CD01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=XFJY\nxfjy01 accept"},
    {"dog", "? report resident QC01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=GA\nga01 accept"},
    {"quarrel", "? report resident ZS05 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=GA\nga01 accept"},
    {"strays", "? report resident QC03 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=SQGW\nsqgw01 accept"},
    {"service", "? report resident SV06 XFL"},
    {"service of the city", "@admitted\ncoord01 reclassify item=SV06&note=晾晒"},
    {"supervised", "@accepted\ncg01 supervise_property words=加强巡查"},
    {"by property", "wy01a report property ZS01 XFL dissuaded=劝过不听" TO_CG},
    {"at the yard", "? report resident ZS01 HQDY\nwgz02 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept"},
};

/* ---- 一劝 ---- */

static void
anybody_near_may_persuade_what_counts_is_the_act(void **state)
{
    (void)state;
    static const char fields[] = "reaction=promised&words=讲了规定";
    static const struct row rows[] = {
        {"accepted", "cg01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "cghead", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "assist01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "wgz03", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "worker01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "comm01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "chief01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "liaison01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "wy01b", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"admitted", "wy01b", "persuade", fields, DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"@accepted\ncg01 request_assist org=GA&words=一起去", "ga01", "persuade", fields,
         DONE(HANDLING, "handle@CG answer@CG assist@GA")},
        {"accepted", "wy02a", "persuade", fields, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "xfjy01", "persuade", fields, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "volunteer02", "persuade", fields, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "superv01", "persuade", fields, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "-", "persuade", fields, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "cg01", "persuade", "reaction=promised", REFUSED(FIELDS, "words")},
        {"accepted", "cg01", "persuade", "words=讲了规定", REFUSED(FIELDS, "reaction")},
        {"filed", "cg01", "persuade", fields, DONE(HANDLING, "handle@CG answer@CG")},
        {"ordered", "cg01", "persuade", fields, DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@accepted\nwgz03 persuade reaction=refused&words=讲了规定");
    assert_int_equal(life.c.tiers, 1 << TIER_PERSUADE);
    assert_int_equal(life.c.steps, STEP_PERSUADE);
    assert_int_equal(life.c.persuade_failed, 1);
    assert_int_equal(life.c.handler, 0); /* the handler is who acts for the lead */
    tell(starts, COUNT_OF(starts), "cg02 persuade reaction=fixed&words=当场关小&photos=1");
    assert_int_equal(life.c.persuade_failed, 0);
    assert_int_equal(life.c.after_photos, 1);
    assert_int_equal(life.c.handler, actor_of("cg02").person);
}

static void
what_was_written_is_kept_whole_in_the_record(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@accepted");
    struct buf b = {0};
    for (int i = 0; i < 1999; i++)
        buf_z(&b, "劝");
    buf_z(&b, "完");
    const char *words = str_z(life.arena, buf_view(&b));
    buf_release(&b);
    assert_true(act_by("cg01", "persuade", arena_printf(life.arena, "reaction=promised&words=%s", words)));
    assert_true(str_has(life.fx->event.text, str_of(words)));
    assert_int_equal(utf8_count(life.fx->event.text), 2000 + strlen("劝导答应改正（）：") / 3);
}

/* ---- 责令改正 ---- */

static void
an_order_follows_persuasion_or_a_listed_ground(void **state)
{
    (void)state;
    static const char order[] = TWO "&until=+3&words=关小音量";
    static const struct row rows[] = {
        {"persuaded", "cg01", "order", order, DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"persuaded in vain", "cghead", "order", order, DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"by property", "cg01", "order", order, DONE(AWAITING_RECHECK, "recheck@CG answer@CG")}, /* the firm has persuaded */
        {"accepted", "cg01", "order", order, REFUSED(UNLAWFUL, "《行政处罚法》28、42")},
        {"accepted", "cg01", "order", TWO "&until=+3&words=关小音量&skip_ground=danger",
         DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"accepted", "cg01", "order", TWO "&until=+3&words=关小音量&skip_ground=nice_weather", REFUSED(FIELDS, "skip_ground")},
        /* 生态环境法典 1190: persuade and educate first; there is no ground to skip it. */
        {"noise", "cg01", "order", order, REFUSED(UNLAWFUL, "《生态环境法典》1190")},
        {"noise", "cg01", "order", TWO "&until=+3&words=关小音量&skip_ground=danger", REFUSED(UNLAWFUL, "《生态环境法典》1190")},
        {"@noise\nwy01a persuade reaction=refused&words=讲了规定", "cg01", "order", order,
         DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        /* 消防法 60, 66: an order may come first. */
        {"fire", "xfjy01", "order", "officers=xfjy01&officers=xfjy02&until=+1&words=清走杂物",
         DONE(AWAITING_RECHECK, "recheck@XFJY answer@XFJY")},
        {"wires", "xfjy01", "order", "officers=xfjy01&officers=xfjy02&until=+1&words=收走电线",
         DONE(AWAITING_RECHECK, "recheck@XFJY answer@XFJY")},
        /* Nobody is ordered where the list has no such step, and never on a service item. */
        {"strays", "sqgw01", "order", "officers=sqgw01&officers=sqgw02&until=+1&words=限期", REFUSED(UNLAWFUL, "没有为此事项设")},
        {"dog", "ga01", "order", "officers=ga01&officers=ga02&until=+1&words=拴绳", REFUSED(UNLAWFUL, "没有为此事项设")},
        {"service of the city", "cg01", "order", order, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"service", "wy01a", "order", order, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"persuaded", "assist01", "order", order, REFUSED(FORBIDDEN, "不在您的职责里")}, /* 行政处罚法 42 */
        {"persuaded", "comm01", "order", order, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"persuaded", "xfjy01", "order", order, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"persuaded", "cg01", "order", TWO "&until=-1&words=关小音量", REFUSED(FIELDS, "until")},
        {"persuaded", "cg01", "order", TWO "&until=+91&words=关小音量", REFUSED(FIELDS, "until")},
        {"persuaded", "cg01", "order", TWO "&until=+0&words=关小音量", DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"persuaded", "cg01", "order", TWO "&until=+3", REFUSED(FIELDS, "words")},
        {"ordered twice", "cg01", "order", order, REFUSED(CONFLICT, "已经责令改正 2 次")},
        {"filed", "cg01", "order", order, REFUSED(CONFLICT, "已经立案")},
        {"ordered", "cg01", "order", order, REFUSED(CONFLICT, "待复查")},
    };
    CHECK_ROWS(starts, rows);
}

static void
an_order_on_a_service_item_is_unlawful_even_for_an_officer(void **state)
{
    (void)state;
    static const char *const steps[] = {"order", "investigate", "file", "penalise", "supervise_property"};
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "? report resident SV09 XFL");
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        life.c.lead = registry_org_code(&world.registry, STR("CG"))->id; /* were it ever led by a department */
        struct situation s = situation_now(actor_of("cg01"));
        struct err err = {0};
        assert_false(command_allowed(command_find(str_of(steps[i])), &s, NULL, &err));
        assert_int_equal(err.kind, ERR_UNLAWFUL);
        assert_string_equal(err.article, "《行政处罚法》第四条");
    }
}

static void
two_officers_of_the_lead_with_valid_certificates(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"persuaded", "cg01", "order", "officers=cg01&officers=cg02&until=+3&words=关小音量",
         DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"persuaded", "cg01", "order", "officers=cg01&until=+3&words=关小音量", REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=cg01&until=+3&words=关小音量", /* the same man twice */
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=expired01&until=+3&words=关小音量",
         REFUSED(UNLAWFUL, "执法证已过期")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=xfjy01&until=+3&words=关小音量",
         REFUSED(UNLAWFUL, "没有本单位有效的执法证")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=assist01&until=+3&words=关小音量",
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=cghead&until=+3&words=关小音量", /* a head without a certificate */
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"persuaded", "cg01", "order", "officers=cg01&officers=nobody&until=+3&words=关小音量", REFUSED(FIELDS, "officers")},
        {"persuaded", "cg01", "order", "until=+3&words=关小音量", REFUSED(FIELDS, "officers")},
        {"unmet", "cg01", "file", "filing_no=会立1&officers=cg01&officers=expired01&words=逾期不改",
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"heard", "cg01", "penalise", "kind=fine&decision_no=会罚1&officers=cg01&words=罚款五百元",
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"persuaded in vain", "cg01", "investigate", "officers=cg01&words=录音一段", REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
    };
    CHECK_ROWS(starts, rows);
}

/* LC-03: beside somebody who acts alone he counts, by themselves they do not. */
static void
who_does_not_act_alone_yet_needs_company(void **state)
{
    (void)state;
    static const char *const guided[][2] = {{"cg02", ""}, {"cg01", ""}, {"cg01", "cg02"}};
    struct posting *all = (struct posting *)(uintptr_t)world.registry.postings;
    for (size_t i = 0; i < COUNT_OF(guided); i++) {
        bool is_both = guided[i][1][0] != 0;
        for (size_t k = 0; k < world.registry.n_postings; k++) {
            struct str name = registry_person(&world.registry, all[k].person)->username;
            all[k].is_guided = str_is(name, guided[i][0]) || str_is(name, guided[i][1]);
        }
        life_begin(A_MORNING);
        tell(starts, COUNT_OF(starts), "@persuaded");
        if (act_by("cg01", "order", TWO "&until=+3&words=关小音量") == is_both)
            fail_msg("row %zu: %s", i, life.err.message);
        if (is_both && !err_says(&life.err, "不能独立执法"))
            fail_msg("row %zu: %s", i, life.err.message);
    }
    for (size_t k = 0; k < world.registry.n_postings; k++)
        all[k].is_guided = false;
}

/* A certificate is asked about on the day of the act. */
static void
a_certificate_expires_overnight(void **state)
{
    (void)state;
    life_begin("2028-06-30T09:00"); /* cg02's last day */
    tell(starts, COUNT_OF(starts), "@persuaded");
    assert_true(act_by("cg01", "order", TWO "&until=+3&words=关小音量"));
    life_begin("2028-06-30T09:00");
    tell(starts, COUNT_OF(starts), "@persuaded");
    live_until(moment_of("2028-07-01T00:00"));
    assert_false(act_by("cg01", "order", TWO "&until=+3&words=关小音量"));
    assert_string_equal(life.err.article, "《行政处罚法》第四十二条");
}

/* ---- 到期复查 ---- */

static void
a_recheck_is_owed_on_the_very_date_of_the_order(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ordered", "cg01", "recheck", "result=corrected&photos=1", DONE(HANDLING, "handle@CG answer@CG")}, /* may be early */
        {"ordered", "cg01", "recheck", "result=not_corrected&photos=1", REFUSED(FIELDS, "期限还没有到")},
        {"@ordered\nat 2026-04-24T09:00", "cg01", "recheck", "result=not_corrected&photos=1", DONE(HANDLING, "handle@CG answer@CG")},
        {"ordered", "cg01", "recheck", "result=corrected", REFUSED(FIELDS, "files")},
        {"ordered", "xfjy01", "recheck", "result=corrected&photos=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "cg01", "recheck", "result=corrected&photos=1", REFUSED(CONFLICT, "办理中")},
        {"ordered", "cg01", "close", "outcome=unsolved&reason=civil&reply=办不了了", REFUSED(CONFLICT, "待复查")},
        {"@ordered\nat 2026-04-24T17:30", "comm01", "note", "words=看见还开着",
         DONE(AWAITING_RECHECK, "recheck@CG! answer@CG chase1:recheck@CG/department_head")},
        /* a later date: once, with approval */
        {"ordered", "cg01", "request_order_date", "until=+5&note=材料未到",
         DONE(AWAITING_RECHECK, "recheck@CG answer@CG approve@CG/department_head")},
        {"ordered", "cg01", "request_order_date", "until=+3&note=材料未到", REFUSED(FIELDS, "until")},
        {"@ordered\ncg01 request_order_date until=+5&note=材料未到", "cghead", "approve", "result=yes",
         DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"@ordered\ncg01 request_order_date until=+5&note=材料未到\ncghead approve result=yes", "cg01", "request_order_date",
         "until=+9&note=材料未到", REFUSED(CONFLICT, "已经延过一次")},
        /* rechecked before anybody decided: the request has lost its object */
        {"@ordered\ncg01 request_order_date until=+5&note=材料未到", "cg01", "recheck", "result=corrected&photos=1",
         DONE(HANDLING, "handle@CG answer@CG")},
    };
    CHECK_ROWS(starts, rows);
    life_begin("2026-04-30T09:00"); /* 1 May is a holiday: the date of an order is not shifted */
    tell(starts, COUNT_OF(starts), "@persuaded\ncg01 order " TWO "&until=+1&words=关小音量");
    expect_moment("recheck", open_duty(DUTY_RECHECK)->due, "2026-05-01T17:30");
    assert_int_equal(life.c.order_day, day_of(moment_of("2026-05-01T12:00")));
    check_str(life.fx->event.public_text, "已责令改正，将于 2026-05-01复查");
    tell(starts, COUNT_OF(starts), "cg01 request_order_date until=+6&note=停业整改\ncghead approve result=yes");
    expect_moment("moved", open_duty(DUTY_RECHECK)->due, "2026-05-06T17:30");
    assert_int_equal(ended_as(DUTY_RECHECK), END_SUPERSEDED);
}

/* ---- 三查, 立案, 告知, 决定 ---- */

static void
evidence_is_taken_when_persuasion_has_failed(void **state)
{
    (void)state;
    static const char take[] = TWO "&words=录音一段";
    static const struct row rows[] = {
        {"persuaded in vain", "cg01", "investigate", take, DONE(HANDLING, "handle@CG answer@CG")},
        {"unmet", "cg01", "investigate", take, DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "cg01", "investigate", TWO "&words=录音一段&skip_ground=danger", DONE(HANDLING, "handle@CG answer@CG")},
        {"accepted", "cg01", "investigate", take, REFUSED(UNLAWFUL, "《行政处罚法》第六条")},
        {"persuaded", "cg01", "investigate", take, REFUSED(UNLAWFUL, "《行政处罚法》第六条")}, /* he promised: wait and see */
        {"persuaded in vain", "wy01a", "investigate", take, REFUSED(FORBIDDEN, "不在您的职责里")},
    };
    CHECK_ROWS(starts, rows);
}

static void
filing_needs_an_unmet_order_or_a_listed_ground(void **state)
{
    (void)state;
    static const char file[] = "filing_no=会立1&" TWO "&words=逾期不改";
    static const char fire[] = "filing_no=会立1&officers=xfjy01&officers=xfjy02&words=逾期不改&skip_ground=repeat_after_order";
    static const struct row rows[] = {
        {"unmet", "cg01", "file", file, DONE(HANDLING, "handle@CG answer@CG")},
        {"persuaded in vain", "cg01", "file", file, REFUSED(UNLAWFUL, "《行政处罚法》42、44、45、54")},
        {"persuaded in vain", "cg01", "file", "filing_no=会立1&" TWO "&words=再犯&skip_ground=repeat_after_order",
         DONE(HANDLING, "handle@CG answer@CG")},
        {"wires", "xfjy01", "file", fire, REFUSED(UNLAWFUL, "《消防法》66")}, /* 逾期 is part of the offence */
        {"unmet", "cg01", "file", TWO "&words=逾期不改", REFUSED(FIELDS, "filing_no")},
        {"filed", "cg01", "file", file, REFUSED(CONFLICT, "已经立案")},
        /* 治安管理处罚法: the police's own procedure is never recorded here, only that it was handed over. */
        {"dog", "ga01", "file", "filing_no=1&officers=ga01&officers=ga02&words=伤人&skip_ground=harm",
         REFUSED(CONFLICT, "公安机关另案办理")},
        {"quarrel", "ga01", "file", "filing_no=1&officers=ga01&officers=ga02&words=不听劝", REFUSED(CONFLICT, "公安机关另案办理")},
        {"strays", "sqgw01", "file", "filing_no=1&officers=sqgw01&officers=sqgw02&words=流浪", REFUSED(UNLAWFUL, "没有为此事项设")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@filed");
    expect_moment("行政处罚法 60: ninety days", open_duty(DUTY_HANDLE)->due, "2026-07-23T17:30");
    assert_int_equal(ended_as(DUTY_HANDLE), END_SUPERSEDED);
    check_str(life.c.filing_no, "会立1");
    assert_false(act_by("cg01", "request_extension", "note=来不及")); /* no official may lengthen what the law set */
    assert_int_equal(life.err.kind, ERR_UNLAWFUL);
    assert_string_equal(life.err.article, "《行政处罚法》第六十条");
    tell(starts, COUNT_OF(starts), "cg01 request_extension note=《市场监督管理行政处罚程序规定》第六十四条，案情复杂\ncghead approve result=yes");
    expect_moment("thirty more, once", open_duty(DUTY_HANDLE)->due, "2026-08-24T17:30"); /* 22 August is a Saturday */
    assert_false(act_by("cg01", "request_extension", "note=《市场监督管理行政处罚程序规定》第六十四条"));
}

static void
no_decision_without_notice_and_defence(void **state)
{
    (void)state;
    static const char fine[] = "kind=fine&decision_no=会罚1&" TWO "&words=罚款五百元";
    static const struct row rows[] = {
        {"unmet", "cg01", "penalise", fine, REFUSED(CONFLICT, "请先立案")},
        {"filed", "cg01", "penalise", fine, REFUSED(UNLAWFUL, "《行政处罚法》第六十二条")},
        {"noticed", "cg01", "penalise", fine, REFUSED(UNLAWFUL, "《行政处罚法》第六十二条")},
        {"heard", "cg01", "penalise", fine, DONE(HANDLING, "handle@CG answer@CG deliver@CG")},
        {"heard", "cg01", "penalise", "kind=exempt&ground=minor&decision_no=会不罚1&" TWO "&words=及时改正",
         DONE(HANDLING, "handle@CG answer@CG deliver@CG")},
        {"heard", "cg01", "penalise", "kind=exempt&decision_no=会不罚1&" TWO "&words=及时改正",
         REFUSED(UNLAWFUL, "《行政处罚法》第三十三条")},
        {"fined", "cg01", "close", "outcome=solved&checklist=*&reply=已罚款并改正", REFUSED(UNLAWFUL, "《行政处罚法》第六十一条")},
        {"fined", "cg01", "deliver", "words=当面送达，当事人签收", DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"told of a hearing", "cg01", "penalise", fine, REFUSED(UNLAWFUL, "《行政处罚法》第六十四条")},
        {"@filed\ncg01 notify_party hearing=1&words=拟罚款\ncg01 hear_defence result=no_hearing&words=书面放弃", "cg01", "penalise",
         "kind=fine&reviewer=李审核&decision_no=会罚1&" TWO "&words=罚款五千元", DONE(HANDLING, "handle@CG answer@CG deliver@CG")},
        {"five days later", "cg01", "penalise", "kind=fine&reviewer=李建军&decision_no=会罚1&" TWO "&words=罚款", /* himself */
         REFUSED(UNLAWFUL, "《行政处罚法》第五十八条")},
        {"five days later", "cg01", "penalise", fine, REFUSED(UNLAWFUL, "《行政处罚法》第五十八条")},
        {"five days later", "cg01", "penalise", "kind=fine&reviewer=李审核&decision_no=会罚1&" TWO "&words=罚款五百元",
         DONE(HANDLING, "handle@CG answer@CG deliver@CG")},
        {"hearing held", "cg01", "penalise", "kind=fine&reviewer=李审核&decision_no=会罚1&" TWO "&words=罚款五百元",
         DONE(HANDLING, "handle@CG answer@CG deliver@CG")},
        {"heard", "cg01", "penalise", "decision_no=会罚1&" TWO "&words=罚款五百元", REFUSED(FIELDS, "kind")},
        {"fined", "cg01", "penalise", fine, REFUSED(UNLAWFUL, "《行政处罚法》第二十九条")}, /* not twice for one act */
        {"unmet", "cg01", "notify_party", "words=拟罚款", REFUSED(CONFLICT, "还没有立案")},
        {"noticed", "cg01", "notify_party", "words=拟罚款", REFUSED(CONFLICT, "已经告知")},
        {"filed", "cg01", "hear_defence", "result=waived&words=放弃", REFUSED(CONFLICT, "还没有告知")},
        {"heard", "cg01", "hear_defence", "result=waived&words=放弃", REFUSED(CONFLICT, "已经记录")},
        {"heard", "comm01", "penalise", fine, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"heard", "xfjy01", "penalise", fine, REFUSED(FORBIDDEN, "不在您的职责里")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@heard\ncg01 penalise kind=exempt&ground=first&decision_no=会不罚1&" TWO "&words=及时改正");
    assert_false(life.c.tiers & 1 << TIER_PENALISE); /* 行政处罚法 33: exempt is not a penalty */
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@heard\ncg01 penalise kind=warning&decision_no=会罚1&" TWO "&words=警告");
    assert_true(life.c.tiers & 1 << TIER_PENALISE);
}

/* A hearing that the party asks for in time is announced seven days before, chaired by somebody else, and held (63–65). */
static void
a_hearing_asked_for_is_held(void **state)
{
    (void)state;
    static const char plan[] = "day=2026-05-08&chair=李审核&words=三楼会议室";
    static const struct row rows[] = {
        {"told of a hearing", "cg01", "plan_hearing", plan, DONE(HANDLING, "handle@CG answer@CG hear@CG")},
        {"told of a hearing", "cg01", "plan_hearing", "day=2026-05-07&chair=李审核&words=三楼会议室", /* six working days */
         REFUSED(UNLAWFUL, "《行政处罚法》第六十四条")},
        {"told of a hearing", "cg01", "plan_hearing", "day=2026-04-24&chair=李审核&words=三楼会议室", REFUSED(FIELDS, "day")},
        {"told of a hearing", "cg01", "plan_hearing", "day=2026-08-01&chair=李审核&words=三楼会议室", REFUSED(FIELDS, "day")},
        {"told of a hearing", "comm01", "plan_hearing", plan, REFUSED(FORBIDDEN, "不在您的职责里")},
        {"noticed", "cg01", "plan_hearing", plan, REFUSED(CONFLICT, "没有告知过听证的权利")},
        {"five days later", "cg01", "plan_hearing", "day=2026-05-28&chair=李审核&words=三楼会议室",
         REFUSED(UNLAWFUL, "《行政处罚法》第六十四条")},
        {"hearing asked for", "cg01", "plan_hearing", plan, REFUSED(CONFLICT, "已经安排听证")},
        {"hearing asked for", "cg01", "hear_defence", "result=hearing&words=已听证", REFUSED(UNLAWFUL, "听证日期还没有到")},
        {"hearing asked for", "cg01", "hear_defence", "result=heard&words=电话里听取", REFUSED(CONFLICT, "已经要求听证")},
        {"hearing asked for", "cg01", "hear_defence", "result=no_hearing&words=书面放弃", DONE(HANDLING, "handle@CG answer@CG")},
        {"@hearing asked for\nat 2026-05-08T15:00", "cg01", "hear_defence", "result=hearing&words=已听证",
         DONE(HANDLING, "handle@CG answer@CG")},
        {"noticed", "cg01", "hear_defence", "result=hearing&words=已听证", REFUSED(UNLAWFUL, "《行政处罚法》第六十四条")},
        {"hearing held", "cg01", "plan_hearing", "day=2026-05-28&chair=李审核&words=三楼会议室", REFUSED(CONFLICT, "听证已经举行")},
        /* what was said before it does not count, and nothing is decided meanwhile */
        {"hearing asked for", "cg01", "penalise", "kind=fine&reviewer=李审核&decision_no=会罚1&" TWO "&words=罚款",
         REFUSED(UNLAWFUL, "《行政处罚法》第六十二条")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@hearing asked for");
    expect_moment("hearing", open_duty(DUTY_HEAR)->due, "2026-05-08T17:30");
}

/* From the old law or the lighter new one (37). 生态环境法典 took the place of 噪声污染防治法 on 15 August 2026. */
static void
the_law_of_the_act_or_a_lighter_one(void **state)
{
    (void)state;
#define AUGUST                                                                                                         \
    "? report resident ZS02 XFL" TO_CG "\ncg01 persuade reaction=refused&words=讲了规定\ncg01 order " TWO                 \
    "&until=+1&words=中午停工\nat 2026-08-12T10:00\ncg01 recheck result=not_corrected&photos=1\ncg01 file filing_no=会立1&" TWO  \
    "&words=逾期不改&act_day=2026-08-11\ncg01 notify_party words=拟警告\ncg01 hear_defence result=waived&words=放弃"
#define WARN(more) "kind=warning&decision_no=会罚1&" TWO "&words=警告" more
    static const struct {
        const char *decided, *fields;
        bool ok;
    } rows[] = {
        {"2026-08-13T10:00", WARN(""), true}, /* nothing has changed */
        {"2026-08-17T10:00", WARN(""), false},
        {"2026-08-17T10:00", WARN("&basis=噪声污染防治法 82（三）"), true},
        {"2026-08-17T10:00", WARN("&basis=生态环境法典 1190（三）"), false},
        {"2026-08-17T10:00", WARN("&basis=生态环境法典 1190（三）&lighter=1"), true},
        {"2026-08-13T10:00", WARN("&basis=生态环境法典 1190（三）&lighter=1"), false}, /* not in force yet */
        {"2026-08-17T10:00", WARN("&basis=不存在的法 1&lighter=1"), false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin("2026-08-11T09:00");
        tell(starts, COUNT_OF(starts), AUGUST);
        live_until(moment_of(rows[i].decided));
        bool ok = act_by("cg01", "penalise", rows[i].fields);
        if (ok != rows[i].ok || (!ok && strcmp(life.err.article, "《行政处罚法》第三十七条") != 0))
            fail_msg("row %zu: %s %s", i, life.err.article, life.err.message);
        if (ok && strstr(rows[i].fields, "lighter"))
            assert_true(str_has(life.fx->event.text, STR("依据 生态环境法典 1190（三）（新规定处罚较轻，第三十七条）")));
    }
}

/* After the decision: the party's own time is waited out, then a demand in writing, then execution by day (行政强制法). */
static void
nothing_is_enforced_before_its_time(void **state)
{
    (void)state;
    static const char court[] = "how=court&remedies=1&" TWO "&words=申请强制缴纳";
#define PULL(more) TWO "&words=拆除&" more
    static const struct row rows[] = {
        {"fined", "cg01", "deliver", "words=当面送达", DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"@heard\ncg01 penalise kind=warning&decision_no=1&" TWO "&words=警告", "cg01", "deliver", "words=当面送达",
         DONE(HANDLING, "handle@CG answer@CG")},
        {"served", "cg01", "comply", "result=done&words=凭证12号", DONE(HANDLING, "handle@CG answer@CG")},
        {"served", "cg01", "comply", "result=later&until=+60&words=生活困难", DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"served", "cg01", "comply", "result=later&words=生活困难", REFUSED(FIELDS, "until")},
        {"@served\ncg01 comply result=later&until=+60&words=困难\ncg01 comply result=later&until=+90&words=困难", "cg01", "comply",
         "result=later&until=+120&words=困难", REFUSED(CONFLICT, "延期、分期 2 次")},
        {"served", "cg01", "urge_party", "until=2026-05-27&words=催告", REFUSED(UNLAWFUL, "《行政强制法》第三十四条")},
        {"served", "cg01", "enforce", court, REFUSED(UNLAWFUL, "《行政强制法》第三十五条")},
        {"filed", "comm01", "urge_party", "until=2026-05-27&words=催告", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"fined", "cg01", "urge_party", "until=2026-05-27&words=催告", REFUSED(UNLAWFUL, "《行政强制法》第三十四条")}, /* not served */
        {"filed", "cg01", "urge_party", "until=2026-05-27&words=催告", REFUSED(UNLAWFUL, "《行政强制法》第三十四条")},
        {"persuaded", "cg01", "urge_party", "until=2026-05-27&words=催告", REFUSED(UNLAWFUL, "《行政强制法》第三十四条")},
        {"unpaid", "cg01", "urge_party", "until=2026-05-26&words=催告", REFUSED(UNLAWFUL, "《行政强制法》第五十四条")},
        {"unpaid", "cg01", "urge_party", "until=2026-05-27&words=催告", DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"urged", "cg01", "urge_party", "until=2026-06-27&words=再催", REFUSED(CONFLICT, "已经催告")},
        {"urged", "cg01", "enforce", court, REFUSED(UNLAWFUL, "期限还没有届满")},
        {"not heeded", "cg01", "enforce", "how=court&" TWO "&words=申请", REFUSED(UNLAWFUL, "《行政强制法》第五十三条")},
        {"not heeded", "cg01", "enforce", "how=court&remedies=1&officers=cg01&words=申请", REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        /* the order was not obeyed: no penalty is needed before the demand */
        {"order not heeded", "cg01", "enforce", PULL("how=county&at=2026-05-14T23:00"), REFUSED(UNLAWFUL, "《行政强制法》第四十三条")},
        {"order not heeded", "cg01", "enforce", PULL("how=county&at=2026-05-14T05:59"), REFUSED(UNLAWFUL, "《行政强制法》第四十三条")},
        {"order not heeded", "cg01", "enforce", PULL("how=county&at=2026-06-19T09:00"), REFUSED(UNLAWFUL, "《行政强制法》第四十三条")},
        {"order not heeded", "cg01", "enforce", PULL("how=substitute&at=2026-05-15T09:00"), REFUSED(UNLAWFUL, "《行政强制法》第五十一条")},
        {"order not heeded", "cg01", "enforce", PULL("how=county&structure=1&at=2026-05-14T09:00"),
         REFUSED(UNLAWFUL, "《行政强制法》第四十四条")},
        {"order not heeded", "cg01", "enforce", PULL("how=county&at=2026-05-12T09:00"), REFUSED(FIELDS, "at")},
        {"unmet", "cg01", "enforce", PULL("how=county&at=2026-05-14T09:00"), REFUSED(UNLAWFUL, "《行政强制法》第三十五条")},
        {"dog", "ga01", "urge_party", "until=2026-05-27&words=催告", REFUSED(CONFLICT, "公安机关另案办理")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@served");
    expect_moment("行政处罚法 67, and three days to see", open_duty(DUTY_COMPLY)->due, "2026-05-13T17:30");
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@order not heeded\ncg01 enforce " PULL("how=county&structure=1&remedies=1&at=2026-05-14T09:00"));
    assert_true(life.c.tiers & 1 << TIER_PENALISE);
    assert_false(act_by("cg01", "enforce", PULL("how=county&at=2026-05-14T09:00")));
    tell(starts, COUNT_OF(starts), "cg01 comply result=done&words=已拆除");
    assert_null(open_duty(DUTY_COMPLY));
}

/* What is owed by the party is seen to even when the reporter has had his answer. */
static void
a_closed_case_is_archived_when_the_decision_was_carried_out(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@served\ncg01 close outcome=solved&checklist=*&reply=已依法处理并改正\n"
                                   "comm01 revisit result=solved&grade=1");
    assert_int_equal(life.c.state, CASE_CLOSED);
    tell(starts, COUNT_OF(starts), "cg01 comply result=done&words=凭证12号");
    assert_int_equal(life.c.state, CASE_ARCHIVED);
}

/* 治安管理处罚法 136: whatever the police decided about a person is neither entered nor published. */
static void
what_the_police_decide_stays_with_them(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"@dog\nga01 persuade reaction=refused&words=劝过", "ga01", "close", "outcome=unsolved&reason=civil&reply=已对其罚款五百元",
         REFUSED(UNLAWFUL, "《治安管理处罚法》第一百三十六条")},
        {"@dog\nga01 transfer refer=to110&note=伤人", "ga01", "confirm_transfer", "result=accepted&receipt_no=行政拘留决定书3号",
         REFUSED(UNLAWFUL, "《治安管理处罚法》第一百三十六条")},
        {"@dog\nga01 transfer refer=to110&note=伤人", "ga01", "confirm_transfer", "result=accepted&receipt_no=接报回执3号",
         DONE(TRANSFERRED, "")},
    };
    CHECK_ROWS(starts, rows);
}

/* Each police ladder, whatever went before: no command records a penalty or its enforcement. */
static void
no_step_of_a_penalty_is_taken_for_the_police(void **state)
{
    (void)state;
    static const char *const steps[] = {"file", "penalise_on_spot", "urge_party"};
    for (size_t i = 0; i < world.scheme->n_items; i++) {
        if (!item_for_police(world.scheme, &world.scheme->items[i]))
            continue;
        for (size_t k = 0; k < COUNT_OF(steps); k++) {
            life_begin(A_MORNING);
            tell(starts, COUNT_OF(starts), "@dog");
            life.c.item = world.scheme->items[i].code;
            life.c.tiers = ~0;
            life.c.ordered_unmet = 1;
            struct situation s = situation_now(actor_of("ga01"));
            struct err err = {0};
            assert_false(command_allowed(command_find(str_of(steps[k])), &s, NULL, &err));
            assert_int_equal(err.kind, ERR_CONFLICT);
        }
    }
}

/* Who may be punished, for what, when, and on the spot (行政处罚法 30, 36, 51). */
static void
children_old_acts_and_small_fines(void **state)
{
    (void)state;
#define FILE(more) "filing_no=会立1&" TWO "&words=逾期不改&" more
#define SPOT(more) "decision_no=会当罚1&" TWO "&words=占道经营&skip_ground=repeat_after_order&" more
    static const struct row rows[] = {
        {"unmet", "cg01", "file", FILE("party=child"), REFUSED(UNLAWFUL, "《行政处罚法》第三十条")},
        {"unmet", "cg01", "file", FILE("party=minor"), DONE(HANDLING, "handle@CG answer@CG")},
        {"unmet", "cg01", "file", FILE("act_day=2024-04-20"), REFUSED(UNLAWFUL, "《行政处罚法》第三十六条")},
        {"unmet", "cg01", "file", FILE("act_day=2024-04-25"), DONE(HANDLING, "handle@CG answer@CG")},
        {"unmet", "cg01", "file", FILE("act_day=2026-04-30"), REFUSED(FIELDS, "act_day")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=warning&clear=1"), DONE(HANDLING, "handle@CG answer@CG")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=fine&amount=200&clear=1"), DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=fine&amount=100&collected=1&clear=1"), DONE(HANDLING, "handle@CG answer@CG")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=fine&amount=200&collected=1&clear=1"),
         REFUSED(UNLAWFUL, "《行政处罚法》第六十八条")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=fine&amount=201&clear=1"), REFUSED(UNLAWFUL, "《行政处罚法》第五十一条")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=fine&amount=3000&party=organisation&clear=1"),
         DONE(HANDLING, "handle@CG answer@CG comply@CG")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=warning"), REFUSED(UNLAWFUL, "《行政处罚法》第五十一条")},
        {"unmet", "cg01", "penalise_on_spot", SPOT("kind=warning&clear=1&party=child"), REFUSED(UNLAWFUL, "《行政处罚法》第三十条")},
        {"unmet", "cg01", "penalise_on_spot", "decision_no=1&officers=cg01&words=占道&kind=warning&clear=1",
         REFUSED(UNLAWFUL, "《行政处罚法》第四十二条")},
        {"filed", "cg01", "penalise_on_spot", SPOT("kind=warning&clear=1"), REFUSED(CONFLICT, "已经立案")},
        {"accepted", "cg01", "penalise_on_spot", "decision_no=1&" TWO "&words=占道&kind=warning&clear=1",
         REFUSED(UNLAWFUL, "还没有“责令改正”的记录")},
        {"dog", "ga01", "penalise_on_spot", "decision_no=1&officers=ga01&officers=ga02&words=伤人&kind=warning&clear=1",
         REFUSED(CONFLICT, "公安机关另案办理")},
    };
    CHECK_ROWS(starts, rows);
}

/* What is given up in one round must be given again in the next. */
static void
a_reopened_case_begins_its_procedure_anew(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts),
         "@fined\ncg01 deliver words=当面送达\ncg01 close outcome=solved&checklist=*&reply=已罚款并改正\n- rate solved=no&grade=5");
    assert_int_equal(life.c.state, CASE_HANDLING);
    assert_int_equal(life.c.reopens, 1);
    assert_false(act_by("cg01", "penalise", "kind=fine&decision_no=会罚2&" TWO "&words=再罚"));
    assert_int_equal(life.err.kind, ERR_CONFLICT);
    tell(starts, COUNT_OF(starts),
         "cg01 comply result=done&words=凭证12号\ncg01 order " TWO "&until=+1&words=再责令\nat 2026-04-25T10:00\ncg01 recheck result=not_corrected&photos=1\n"
         "cg01 file filing_no=会立2&" TWO "&words=屡教不改");
    assert_false(act_by("cg01", "penalise", "kind=fine&decision_no=会罚2&" TWO "&words=再罚"));
    assert_int_equal(life.err.kind, ERR_UNLAWFUL);
    tell(starts, COUNT_OF(starts), "cg01 notify_party words=拟罚款" "\ncg01 hear_defence result=waived&words=放弃\n"
                                   "cg01 penalise kind=fine&decision_no=会罚2&" TWO "&words=再罚");
}

/* ---- 二督 ---- */

static void
supervising_the_firm_runs_beside_the_case(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"accepted", "cg01", "supervise_property", "words=加强巡查",
         DONE(HANDLING, "handle@CG answer@CG supervise_property@WY01/property")},
        {"accepted", "wgz03", "supervise_property", "words=加强巡查",
         DONE(HANDLING, "handle@CG answer@CG supervise_property@WY01/property")},
        {"admitted", "coord01", "supervise_property", "words=加强巡查",
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG supervise_property@WY01/property")},
        {"supervised", "cg01", "supervise_property", "words=再督促", REFUSED(CONFLICT, "正在等待答复")},
        {"supervised", "wy01b", "answer_supervision", "words=已加装标识", DONE(HANDLING, "handle@CG answer@CG")},
        {"supervised", "wy02a", "answer_supervision", "words=已加装标识", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"supervised", "cg01", "answer_supervision", "words=已加装标识", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"at the yard", "cg01", "supervise_property", "words=加强巡查", REFUSED(CONFLICT, "没有物业企业")},
        {"accepted", "wy01a", "supervise_property", "words=自己督促", REFUSED(FORBIDDEN, "不在您的职责里")},
        /* it never holds the case up, and is still owed when the case is closed */
        {"@supervised\ncg01 persuade reaction=fixed&words=讲了规定", "cg01", "close",
         "outcome=solved&checklist=*&reply=已经关小了", DONE(CLOSED, "supervise_property@WY01/property revisit@SQ-HQ/community_office")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@supervised\ncg01 persuade reaction=fixed&words=讲了规定\n"
                                   "cg01 close outcome=solved&checklist=*&reply=已经关小了\n"
                                   "comm01 revisit result=solved&grade=1");
    assert_int_equal(life.c.state, CASE_CLOSED);
    tell(starts, COUNT_OF(starts), "wy01a answer_supervision words=已加装标识");
    assert_int_equal(life.c.state, CASE_ARCHIVED);
}

/* 61: neither the lead nor the top ends a case whose decision nobody has served; the top may see to the service itself. What
 * the party owes then outlives the closing and a second round. */
static void
a_decision_is_served_and_carried_out_whatever_becomes_of_the_report(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@fined\nat 2026-08-03T10:00");
    const char *end = "outcome=no_violation&reply=经查不构成违法，已告知您";
    assert_false(act_by("leader01", "end_by_top", end));
    assert_int_equal(life.err.kind, ERR_UNLAWFUL);
    assert_true(act_by("leader01", "deliver", "words=督办后当面送达"));
    assert_false(act_by("leader01", "deliver", "words=再送一次"));
    assert_true(act_by("leader01", "end_by_top", end));
    assert_true(act_by("-", "rate", "solved=no&grade=5&words=还在"));
    assert_int_equal(life.c.state, CASE_HANDLING);
    assert_int_equal(life.c.reopens, 1);
    assert_true(strstr(owes_text(), "comply@CG") != NULL);
}

/* The first round's demand and its day stand in the second; there it is enforced, and no second decision takes its place. */
static void
a_decision_being_carried_out_goes_on_in_the_second_round(void **state)
{
    (void)state;
    static const char court[] = "how=court&remedies=1&" TWO "&words=申请强制缴纳";
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@urged\ncg01 close outcome=solved&checklist=*&reply=已依法处理\n- rate solved=no&grade=5&words=还在");
    assert_int_equal(life.c.state, CASE_HANDLING);
    assert_int_equal(life.c.comply_until, day_number(2026, 5, 27));
    expect_moment("when it is looked at", open_duty(DUTY_COMPLY)->due, "2026-06-01T17:30");
    assert_false(act_by("cg01", "urge_party", "until=2026-06-27&words=再催"));
    assert_false(act_by("cg01", "enforce", court));
    tell(starts, COUNT_OF(starts), "cg01 persuade reaction=refused&words=又劝\ncg01 order " TWO "&until=+3&words=再责令\n"
                                   "at 2026-05-28T10:00\ncg01 recheck result=not_corrected&photos=1");
    assert_false(act_by("cg01", "file", "filing_no=会立2&" TWO "&words=又犯"));
    assert_string_equal(life.err.article, "《行政处罚法》第六十六条");
    assert_true(act_by("cg01", "enforce", court));
}

/* Neither the reporter nor another body nor another case makes a decision undone. */
static void
a_decision_is_dropped_by_no_transfer_merger_or_withdrawal(void **state)
{
    (void)state;
#define ON_SPOT "@unmet\ncg01 penalise_on_spot " SPOT("kind=fine&amount=200&clear=1")
    static const char to[] = "refer=to110&note=不属本清单";
    static const struct row rows[] = {
        {"fined", "cg01", "transfer", to, REFUSED(UNLAWFUL, "《行政处罚法》第六十一条")},
        {"fined", "coord01", "merge", "into=20260421-0002", REFUSED(UNLAWFUL, "《行政处罚法》第六十一条")},
        {"fined", "-", "withdraw", "", REFUSED(CONFLICT, "已经立案")},
        {"served", "cg01", "transfer", to, REFUSED(UNLAWFUL, "《行政处罚法》第六十六条")},
        {"served", "coord01", "merge", "into=20260421-0002", REFUSED(UNLAWFUL, "《行政处罚法》第六十六条")},
        {ON_SPOT, "-", "withdraw", "", REFUSED(CONFLICT, "正在执行，不能撤回")},
        {ON_SPOT, "cg01", "transfer", to, REFUSED(UNLAWFUL, "《行政处罚法》第六十六条")},
        {ON_SPOT, "coord01", "reclassify", "item=ZS02&note=归错了", REFUSED(CONFLICT, "不能再改归类")},
        {ON_SPOT "\ncg01 comply result=done&words=凭证12号", "cg01", "transfer", to, DONE(HANDLING, "transfer@CG answer@CG")},
        /* while another body is asked, nothing is decided here */
        {"@unmet\ncg01 transfer refer=to110&note=不属", "cg01", "file", "filing_no=1&" TWO "&words=立案", REFUSED(CONFLICT, "正在移送")},
        {"@unmet\ncg01 transfer refer=to110&note=不属", "cg01", "penalise_on_spot", SPOT("kind=warning&clear=1"), REFUSED(CONFLICT, "正在移送")},
        {"@unmet\ncg01 transfer refer=to110&note=不属", "cg01", "urge_party", "until=2026-05-20&words=催告", REFUSED(CONFLICT, "正在移送")},
        {"@heard\ncg01 transfer refer=to110&note=不属", "cg01", "penalise", "kind=warning&decision_no=1&" TWO "&words=警告",
         REFUSED(CONFLICT, "正在移送")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@noticed\ncg01 transfer refer=to110&note=不属");
    life.c.accepted_at = 0; /* as after a ruling that nobody had to accept */
    tell(starts, COUNT_OF(starts), "cg01 confirm_transfer result=refused&note=不收");
    assert_int_equal(life.c.state, CASE_HANDLING); /* what is filed is not routed again */
}

/* One line of the public list with two acts: a decision names which law it applies; no other item is like that. */
static void
a_line_of_two_acts_needs_its_basis_named(void **state)
{
    world_close(state);
    assert_int_equal(world_open_of("bagongshan"), 0);
    for (size_t i = 0; i < world.scheme->n_items; i++)
        assert_int_equal(item_has_acts(world.scheme, (int)i), str_is(world.scheme->items[i].code, "BL701"));
    life_begin("2026-09-01T09:00");
    life.c = (struct case_file){.area = 1, .id = 1, .state = CASE_HANDLING, .list = LIST_ENFORCEMENT, .item = STR("BL701"), .opened_at = life.now,
                                .tiers = 1 << TIER_PERSUADE | 1 << TIER_ORDER, .filed_at = life.now, .noticed_at = life.now,
                                .defence = DEFENCE_HEARD, .lead = registry_org_code(&world.registry, STR("CG"))->id, .act_day = day_of(life.now)};
    for (int i = 0; i < CASE_N_TEXTS; i++)
        if (!case_text(&life.c, i)->p)
            *case_text(&life.c, i) = STR("");
    const struct posting *two[2] = {NULL, NULL};
    for (size_t i = 0; i < world.registry.n_postings; i++) {
        const struct posting *p = &world.registry.postings[i];
        if (p->role == ROLE_OFFICER && p->org == life.c.lead && p->cert_until >= day_of(life.now) && !two[1])
            two[two[0] != NULL] = p;
    }
    assert_non_null(two[1]);
    struct str a = registry_person(&world.registry, two[0]->person)->username, b = registry_person(&world.registry, two[1]->person)->username;
    const char *warn = arena_printf(world.arena, "kind=warning&decision_no=1&officers=%.*s&officers=%.*s&words=警告", (int)a.n, a.p, (int)b.n, b.p);
    const char *who = str_z(world.arena, a);
    assert_false(act_by(who, "penalise", warn));
    assert_string_equal(life.err.article, "《行政处罚法》第五十九条");
    assert_true(act_by(who, "penalise", arena_printf(world.arena, "%s&basis=生态环境法典 1190（三）", warn)));
    world_close(state);
    world_open(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anybody_near_may_persuade_what_counts_is_the_act),
        cmocka_unit_test(what_was_written_is_kept_whole_in_the_record),
        cmocka_unit_test(an_order_follows_persuasion_or_a_listed_ground),
        cmocka_unit_test(an_order_on_a_service_item_is_unlawful_even_for_an_officer),
        cmocka_unit_test(two_officers_of_the_lead_with_valid_certificates),
        cmocka_unit_test(who_does_not_act_alone_yet_needs_company),
        cmocka_unit_test(a_certificate_expires_overnight),
        cmocka_unit_test(a_recheck_is_owed_on_the_very_date_of_the_order),
        cmocka_unit_test(evidence_is_taken_when_persuasion_has_failed),
        cmocka_unit_test(filing_needs_an_unmet_order_or_a_listed_ground),
        cmocka_unit_test(no_decision_without_notice_and_defence),
        cmocka_unit_test(a_hearing_asked_for_is_held),
        cmocka_unit_test(the_law_of_the_act_or_a_lighter_one),
        cmocka_unit_test(nothing_is_enforced_before_its_time),
        cmocka_unit_test(a_closed_case_is_archived_when_the_decision_was_carried_out),
        cmocka_unit_test(what_the_police_decide_stays_with_them),
        cmocka_unit_test(no_step_of_a_penalty_is_taken_for_the_police),
        cmocka_unit_test(children_old_acts_and_small_fines),
        cmocka_unit_test(a_reopened_case_begins_its_procedure_anew),
        cmocka_unit_test(supervising_the_firm_runs_beside_the_case),
        cmocka_unit_test(a_decision_is_served_and_carried_out_whatever_becomes_of_the_report),
        cmocka_unit_test(a_decision_being_carried_out_goes_on_in_the_second_round),
        cmocka_unit_test(a_decision_is_dropped_by_no_transfer_merger_or_withdrawal),
        cmocka_unit_test(a_line_of_two_acts_needs_its_basis_named),
    };
    return cmocka_run_group_tests_name("case_ladder", tests, world_open, world_close);
}
