/* Where a case comes from and what happens before a department has it: channels, classification, 呼叫 and 受理 with its
 * four results, return and supplement, transfer with its receipt, merging, withdrawing. */
#include "check.h"

#include "case_kit.h"

static const struct start starts[] = {
    {"unclear", "? report resident 0 XFL"},
    {"nowhere", "hotline01 report hotline 0 0 hotline_no=H7"},
    {"reported", "? report resident ZS01 XFL"},
    {"reported in town", "? report resident ZS01 YMJXQ"},
    {"called", "@reported\nwgz03 call note=属实"},
    {"called in town", "@reported in town\nwgz23 call"},
    {"admitted", "@called\ncomm01 admit result=admit"},
    {"returned", "@called\ncomm01 admit result=return&note=哪一栋"},
    {"returned unclear", "@unclear\ncoord01 return note=哪一栋"},
    {"accepted", "@admitted\ncoord01 dispatch lead=CG\ncg01 accept"},
    {"transfer asked", "@called\ncoord01 transfer refer=to12345&note=不属清单"},
    {"transfer unclear", "@unclear\ncoord01 transfer refer=to12345&note=不属清单"},
    {"transfer in hand", "@accepted\ncg01 transfer refer=court&note=民事纠纷"},
    {"service", "? report resident SV01 XFL"},
    {"transfer of a service", "@service\ncoord01 transfer refer=traffic&note=公共道路"},
    {"urgent unclear", "? report resident 0 XFL urgent=1"},
};

/* ---- channels ---- */

static void
a_channel_says_where_a_case_enters_and_who_may_use_it(void **state)
{
    (void)state;
    static const struct {
        const char *who, *source, *item, *place, *more;
        int state;
        const char *owes;
        enum err_kind refused;
        const char *because;
    } rows[] = {
        {"?", "resident", "ZS01", "XFL", "", CASE_ROUTING, "call@HQ-G3/grid_chief answer@CG", 0, NULL},
        {"?", "resident", "ZS01", "YMJXQ", "", CASE_ROUTING, "call@YMJ-G1/grid_chief answer@CG", 0, NULL},
        {"?", "resident", "", "XFL", "", CASE_REGISTERED, "classify@ZBZX/coordinator answer@ZBZX/coordinator", 0, NULL},
        {"?", "resident", "ZS01", "", "", 0, NULL, ERR_FIELDS, "请选择小区"},
        {"?", "resident", "ZS01", "XFL", "words=吵", 0, NULL, ERR_FIELDS, "请用几句话写清楚"},
        {"comm01", "walk_in", "ZS01", "XFL", "", CASE_ROUTING, "admit@SQ-HQ/community_office answer@CG", 0, NULL},
        {"chief01", "walk_in", "ZS01", "XFL", "", CASE_ROUTING, "admit@SQ-HQ/community_office answer@CG", 0, NULL},
        {"town01", "walk_in", "ZS01", "YMJXQ", "", CASE_ROUTING, "admit@WWBSW/town_office answer@CG", 0, NULL},
        {"wgz03", "walk_in", "ZS01", "XFL", "", 0, NULL, ERR_FORBIDDEN, "联络站来访"},
        {"wgz03", "grid_sweep", "ZS01", "XFL", "", CASE_ROUTING, "admit@SQ-HQ/community_office answer@CG", 0, NULL},
        {"cg01", "patrol", "ZS01", "XFL", "", CASE_ROUTING, "dispatch@ZBZX/coordinator answer@CG", 0, NULL},
        {"cg01", "officer_phone", "ZS01", "XFL", "", CASE_ROUTING, "call@HQ-G3/grid_chief answer@CG", 0, NULL},
        {"hotline01", "hotline", "ZS01", "XFL", "hotline_no=H7", CASE_ROUTING, "dispatch@ZBZX/coordinator answer@CG", 0, NULL},
        {"hotline01", "hotline", "ZS01", "XFL", "", 0, NULL, ERR_FIELDS, "hotline_no"},
        {"hotline01", "hotline", "", "", "hotline_no=H7", CASE_REGISTERED,
         "classify@ZBZX/coordinator answer@ZBZX/coordinator", 0, NULL},
        {"hotline01", "hotline", "ZS01", "", "hotline_no=H7", CASE_REGISTERED,
         "classify@ZBZX/coordinator answer@ZBZX/coordinator", 0, NULL},
        {"wy01a", "property", "ZS01", "XFL", "dissuaded=劝过不听", CASE_ROUTING, "call@HQ-G3/grid_chief answer@CG", 0, NULL},
        {"wy01a", "property", "ZS01", "XFL", "", 0, NULL, ERR_FIELDS, "dissuaded"},
        {"?", "property", "ZS01", "XFL", "dissuaded=劝过不听", 0, NULL, ERR_FORBIDDEN, "物业报告"},
        {"superv01", "supervision_phone", "ZS01", "XFL", "", CASE_ROUTING, "dispatch@ZBZX/coordinator answer@CG", 0, NULL},
        {"admin01", "patrol", "ZS01", "XFL", "", 0, NULL, ERR_FORBIDDEN, "部门巡查"},
        {"?", "carrier_pigeon", "ZS01", "XFL", "", 0, NULL, ERR_FIELDS, "没有这个来源"},
        /* A service matter belongs to the firm of the compound, or to the community where there is none (HC-12). */
        {"?", "resident", "SV01", "XFL", "", CASE_HANDLING, "serve@WY01 answer@WY01", 0, NULL},
        {"?", "resident", "SV01", "HQDY", "", CASE_HANDLING, "serve@SQ-HQ answer@SQ-HQ", 0, NULL},
        {"?", "resident", "SV09", "XFL", "", CASE_HANDLING, "serve@SQ-HQ answer@SQ-HQ", 0, NULL},
        /* An urgent matter is not carried from desk to desk first: the lead owes to be there. */
        {"?", "resident", "XF01", "XFL", "", CASE_ROUTING, "call@HQ-G3/grid_chief answer@XFJY arrive@XFJY", 0, NULL},
        {"?", "resident", "ZS01", "XFL", "urgent=1", CASE_ROUTING, "call@HQ-G3/grid_chief answer@CG arrive@CG", 0, NULL},
        {"?", "resident", "SV01", "XFL", "urgent=1", CASE_HANDLING, "serve@WY01 answer@WY01", 0, NULL},
    };
    int bad = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        bool ok = report_by(rows[i].who, rows[i].source, rows[i].item, rows[i].place, rows[i].more);
        bool fits = rows[i].refused ? !ok && life.err.kind == rows[i].refused && err_says(&life.err, rows[i].because)
                                    : ok && life.c.state == rows[i].state && strcmp(owes_text(), rows[i].owes) == 0;
        if (fits)
            continue;
        bad++;
        print_error("row %zu: %s %s %s %s %s\n  expected: %s\n  found:    %s (%d %s %s)\n", i, rows[i].who, rows[i].source,
                    rows[i].item, rows[i].place, rows[i].more, rows[i].refused ? rows[i].because : rows[i].owes, owes_text(),
                    life.err.kind, life.err.message, life.err.n_fields ? life.err.fields[0].message : "");
    }
    assert_int_equal(bad, 0);
}

static void
a_report_is_kept_as_it_came(void **state)
{
    (void)state;
    life_begin("2026-04-21T22:10");
    assert_true(report_by("wy01a", "property", "XF01", "XFL", "dissuaded=通知车主不挪&photos=2&keep_secret=1&words=着火了车堵着"));
    assert_int_equal(life.c.day, day_of(life.now));
    assert_int_equal(life.c.scheme, 1);
    assert_int_equal(life.c.opened_role, ROLE_PROPERTY);
    assert_int_equal(life.c.photos, 2);
    assert_true(life.c.keep_secret && life.c.urgent && life.c.danger && life.c.persuade_failed);
    assert_int_equal(life.c.tiers, 1 << TIER_PERSUADE); /* HC-21: what the property did is tier 1 */
    check_str(life.c.chain, "urban");
    check_str(life.fx->event.public_text, "已收到：占用、堵塞、封闭消防车通道");
    expect_moment("resident's clock", life.c.answer_due, "2026-05-14T17:30"); /* 15 working days over 劳动节 */
    expect_moment("arrival at night", open_duty(DUTY_ARRIVE)->due, "2026-04-22T00:10");
}

static void
urgent_arrival_is_a_quarter_of_an_hour_in_duty_hours(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    assert_true(report_by("?", "resident", "XF01", "XFL", ""));
    expect_moment("arrival", open_duty(DUTY_ARRIVE)->due, "2026-04-21T09:15");
}

/* ---- classification ---- */

static void
classification_puts_a_case_on_exactly_one_list(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"unclear", "coord01", "classify", "item=ZS01", DONE(ROUTING, "call@HQ-G3/grid_chief answer@CG")},
        {"unclear", "wgz03", "classify", "item=ZS01", DONE(ROUTING, "call@HQ-G3/grid_chief answer@CG")},
        {"unclear", "coord01", "classify", "item=SV01", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"unclear", "coord01", "classify", "item=XF01",
         DONE(ROUTING, "call@HQ-G3/grid_chief answer@XFJY arrive@XFJY")}, /* urgency comes with the item */
        {"unclear", "coord01", "classify", "item=ZS01&place=YMJXQ", DONE(ROUTING, "call@YMJ-G1/grid_chief answer@CG")},
        {"nowhere", "coord01", "classify", "item=ZS01&place=XFL", DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"comm01 report walk_in 0 XFL\n", "coord01", "classify", "item=ZS01", /* enters where its channel enters */
         DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"nowhere", "coord01", "classify", "item=ZS01", REFUSED(FIELDS, "请选择小区")},
        {"nowhere", "coord01", "classify", "item=ZS01&place=HQ-G3", REFUSED(FIELDS, "请选择小区")},
        {"unclear", "coord01", "classify", "item=NOPE", REFUSED(FIELDS, "item")},
        {"unclear", "cg01", "classify", "item=ZS01", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"unclear", "-", "classify", "item=ZS01", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"unclear", "wgz01", "classify", "item=ZS01", REFUSED(FORBIDDEN, "不在您的职责里")}, /* another grid's chief */
        {"reported", "coord01", "classify", "item=ZS01", REFUSED(CONFLICT, "待派单")},
        {"unclear", "wgz03", "call", "", REFUSED(CONFLICT, "待归类")},
    };
    CHECK_ROWS(starts, rows);
}

static void
reclassification_is_bounded_and_ends_with_a_formal_act(void **state)
{
    (void)state;
    static const struct start more[] = {
        {"accepted", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG&assists=GA\ncg01 accept"},
        {"twice", "@accepted\ncoord01 reclassify item=QC04&note=实为养鸡\ncoord01 reclassify item=HJ02&note=实为垃圾"},
        {"ordered", "@accepted\ncg01 persuade reaction=refused&words=讲了\n"
                    "cg01 order officers=cg01&officers=cg02&until=+3&words=关小\n"
                    "at 2026-04-24T10:00\ncg01 recheck result=not_corrected&photos=1"},
        {"urgent", "? report resident XF01 XFL"},
        {"paused", "@accepted\ncg01 request_extension note=需检测"},
    };
    static const struct row rows[] = {
        {"accepted", "coord01", "reclassify", "item=QC04&note=实为养鸡", DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"accepted", "coord01", "reclassify", "item=XF02&note=实为堆物", DONE(ROUTING, "dispatch@ZBZX/coordinator answer@XFJY")},
        {"accepted", "coord01", "reclassify", "item=SV06&note=晾晒", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"accepted", "coord01", "reclassify", "item=ZS01&note=同上", REFUSED(FIELDS, "已经是这一项")},
        {"accepted", "cg01", "reclassify", "item=QC04&note=养鸡", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"twice", "coord01", "reclassify", "item=ZS02&note=装修", REFUSED(CONFLICT, "已经改过 2 次")},
        {"ordered", "coord01", "reclassify", "item=QC04&note=养鸡", REFUSED(CONFLICT, "不能再改归类")},
        {"urgent", "coord01", "reclassify", "item=SV01&note=不是消防通道", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"urgent", "coord01", "reclassify", "item=ZS01&note=实为噪声", /* still urgent: the new lead owes to be there */
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG arrive@CG")},
        {"paused", "coord01", "reclassify", "item=QC04&note=养鸡", DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
    };
    CHECK_ROWS(more, rows);
}

/* ---- 呼叫 and 受理 ---- */

static void
the_grid_chief_looks_and_calls(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"reported", "wgz03", "call", "note=属实&photos=1", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"reported", "fwgz03", "call", "", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")}, /* the deputy */
        {"reported", "wgz03", "call", "urgent=1", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG arrive@CG")},
        {"reported in town", "wgz23", "call", "", DONE(ROUTING, "admit@WWBSW/town_office answer@CG")},
        {"reported", "wgz02", "call", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"reported", "comm01", "call", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"reported", "coord01", "call", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"called", "wgz03", "call", "", REFUSED(CONFLICT, "已经做过")},
        /* Seven of ten end here (HC-30). */
        {"reported", "wgz03", "settle", "outcome=solved&reply=已劝导改正&photos=1",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"reported", "wgz03", "settle", "outcome=not_found&reply=现场没有发现", DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"reported", "wgz03", "settle", "outcome=solved&reply=好", REFUSED(FIELDS, "reply")},
        {"? report resident QC04 XFL\n", "wgz03", "settle", "outcome=solved&reply=已劝导改正", REFUSED(FIELDS, "照片")},
        /* who settled it may not be the one to revisit */
        {"called", "comm01", "settle", "outcome=solved&reply=已劝导改正", DONE(CLOSED, "revisit@ZBZX/coordinator")},
        {"service", "wgz03", "settle", "outcome=solved&reply=已劝导改正", REFUSED(CONFLICT, "办理中")},
        {"admitted", "coord01", "settle", "outcome=solved&reply=已劝导改正", REFUSED(FORBIDDEN, "不在您的职责里")},
    };
    CHECK_ROWS(starts, rows);
}

static void
admission_has_four_results(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"called", "comm01", "admit", "result=admit&gate=on_list&gate=evidence",
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"called", "comm01", "admit", "result=service&item=SV09", DONE(HANDLING, "serve@SQ-HQ answer@SQ-HQ")},
        {"called", "comm01", "admit", "result=service&item=SV06", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"called", "comm01", "admit", "result=return&note=哪一栋", DONE(RETURNED, "complete@SQ-HQ answer@CG")},
        {"called", "comm01", "admit", "result=refer&refer=court", DONE(ROUTING, "transfer@ZBZX/coordinator answer@CG")},
        {"called", "comm01", "admit", "result=service&item=ZS02", REFUSED(FIELDS, "item")},
        {"called", "comm01", "admit", "result=service", REFUSED(FIELDS, "item")},
        {"called", "comm01", "admit", "result=return", REFUSED(FIELDS, "请写明需要补充什么")},
        {"called", "comm01", "admit", "result=refer", REFUSED(FIELDS, "refer")},
        {"called", "comm01", "admit", "", REFUSED(FIELDS, "result")},
        {"called", "comm02", "admit", "result=admit", REFUSED(FORBIDDEN, "不在您的职责里")}, /* another community */
        {"called in town", "town01", "admit", "result=admit", DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"called in town", "comm08", "admit", "result=admit", REFUSED(CONFLICT, "还没有轮到")},
    };
    CHECK_ROWS(starts, rows);
}

/* ---- waiting for somebody outside ---- */

static void
a_returned_case_is_still_followed_by_somebody(void **state)
{
    (void)state;
    static const struct start more[] = {
        {"returned", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=return&note=哪一栋"},
        {"returned twice", "@returned\n- supplement words=三栋\ncomm01 admit result=return&note=几楼"},
        {"and back", "@returned twice\n- supplement words=二楼"},
        {"returned unclear", "? report resident 0 XFL\ncoord01 return note=哪一栋"},
        {"returned after reclassification",
         "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept\n"
         "coord01 reclassify item=XF02&note=堆物\ncoord01 return note=几楼"},
    };
    static const struct row rows[] = {
        {"returned", "-", "supplement", "words=三栋二单元", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"returned", "hotline01", "supplement", "words=三栋", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"returned", "comm01", "go_on", "note=打电话问到了", DONE(ROUTING, "admit@SQ-HQ/community_office answer@CG")},
        {"returned", "comm01", "go_on", "", REFUSED(FIELDS, "note")},
        {"returned", "cg01", "go_on", "note=不等", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"returned unclear", "-", "supplement", "words=三栋", DONE(REGISTERED, "classify@ZBZX/coordinator answer@ZBZX/coordinator")},
        {"and back", "comm01", "admit", "result=return&note=再补", REFUSED(CONFLICT, "已经退回补充过 2 次")},
        /* another department's turn: it has not accepted anything yet */
        {"returned after reclassification", "-", "supplement", "words=三楼",
         DONE(ROUTING, "admit@SQ-HQ/community_office answer@XFJY")},
    };
    CHECK_ROWS(more, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@returned\nat 2026-04-28T17:30");
    assert_string_equal(owes_text(), "complete@SQ-HQ! answer@CG chase1:complete@ZBZX/coordinator");
}

static void
a_transfer_ends_only_with_the_receivers_number(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"called", "coord01", "transfer", "refer=to12345&note=不属清单", DONE(ROUTING, "transfer@ZBZX/coordinator answer@CG")},
        {"unclear", "coord01", "transfer", "refer=to110&note=涉嫌治安",
         DONE(REGISTERED, "transfer@ZBZX/coordinator answer@ZBZX/coordinator")},
        {"accepted", "cg01", "transfer", "refer=court&note=民事纠纷", DONE(HANDLING, "transfer@CG answer@CG")},
        {"called", "wgz03", "transfer", "refer=to12345&note=不属清单", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"transfer asked", "coord01", "transfer", "refer=to110&note=再移", REFUSED(CONFLICT, "已经在移送")},
        {"transfer asked", "coord01", "confirm_transfer", "result=accepted&receipt_no=12345-88", DONE(TRANSFERRED, "")},
        {"transfer asked", "coord01", "confirm_transfer", "result=accepted", REFUSED(FIELDS, "receipt_no")},
        {"transfer asked", "wgz03", "confirm_transfer", "result=accepted&receipt_no=1", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"transfer in hand", "cg02", "confirm_transfer", "result=accepted&receipt_no=FY-1", DONE(TRANSFERRED, "")},
        /* not taken: the case goes on where it stood */
        {"transfer asked", "coord01", "confirm_transfer", "result=refused&note=不收",
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"transfer unclear", "coord01", "confirm_transfer", "result=refused&note=不收",
         DONE(REGISTERED, "classify@ZBZX/coordinator answer@ZBZX/coordinator")},
        {"transfer in hand", "cg01", "confirm_transfer", "result=refused&note=不收", DONE(HANDLING, "handle@CG answer@CG")},
        {"transfer of a service", "coord01", "confirm_transfer", "result=refused&note=不收", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"@transfer in hand\ncg01 confirm_transfer result=refused&note=不收\ncg01 transfer refer=petition&note=信访\n"
         "cg01 confirm_transfer result=refused&note=不收", "cg01", "transfer", "refer=court&note=民事", REFUSED(CONFLICT, "已经移送过 2 次")},
        /* while it waits, the work may go on: then nothing is transferred any more */
        {"transfer unclear", "coord01", "classify", "item=ZS01", DONE(ROUTING, "call@HQ-G3/grid_chief answer@CG")},
        {"@transfer in hand\ncg01 persuade reaction=refused&words=讲了", "cg01", "order",
         "officers=cg01&officers=cg02&until=+3&words=改正", DONE(AWAITING_RECHECK, "recheck@CG answer@CG")},
        {"transfer in hand", "cg01", "close", "outcome=mediated&reply=双方已经谈好",
         DONE(CLOSED, "revisit@SQ-HQ/community_office")},
        {"transfer in hand", "cg01", "request_pause", "reason=testing&until=+5&note=检测", REFUSED(CONFLICT, "正在移送")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@transfer asked");
    check_str(life.c.transferred_to, "12345 政务服务热线");
    tell(starts, COUNT_OF(starts), "coord01 confirm_transfer result=accepted&receipt_no=12345-88");
    check_str(life.c.receipt_no, "12345-88");
    assert_int_equal(ended_as(DUTY_ANSWER), END_DONE);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@transfer unclear\ncoord01 classify item=ZS01");
    check_str(life.c.transferred_to, "");
    assert_int_equal(ended_as(DUTY_TRANSFER), END_SUPERSEDED);
}

/* ---- merging, withdrawing, urging ---- */

static void
only_the_same_place_is_merged(void **state)
{
    (void)state;
    static const struct {
        const char *given, *place; /* of the other case */
        int state;
        bool is_itself, is_done;
        const char *because;
    } rows[] = {
        {"called", "XFL", CASE_HANDLING, false, true, NULL},
        {"called", "YMJXQ", CASE_HANDLING, false, false, "不在同一个小区"},
        {"called", "XFL", CASE_CLOSED, false, false, "已经结束"},
        {"called", "XFL", CASE_MERGED, false, false, "已经结束"},
        {"called", "XFL", CASE_HANDLING, true, false, "另一件"},
        {"called", NULL, CASE_HANDLING, false, false, "另一件"},
        {"nowhere", "", CASE_REGISTERED, false, false, "不在同一个小区"}, /* two unknown places are not one */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        tell(starts, COUNT_OF(starts), arena_printf(life.arena, "@%s", rows[i].given));
        const struct place *p = registry_place_code(&world.registry, str_of(rows[i].place));
        if (rows[i].place)
            life.other = (struct case_file){.id = rows[i].is_itself ? life.c.id : 7, .place = p ? p->id : 0,
                                            .state = rows[i].state, .day = life.c.day, .no = 12};
        bool ok = act_by(i == 6 ? "coord01" : "comm01", "merge", "into=20260421-0012");
        if (ok != rows[i].is_done || (!ok && !err_says(&life.err, rows[i].because)))
            fail_msg("row %zu: %d %s", i, life.err.kind, life.err.n_fields ? life.err.fields[0].message : life.err.message);
        if (!ok)
            continue;
        assert_int_equal(life.c.state, CASE_MERGED);
        assert_int_equal(life.c.merged_into, 7);
        assert_string_equal(owes_text(), "");
        check_str(life.fx->event.public_text, "与同一件事合并办理（20260421-0012）");
    }
}

static void
the_reporter_may_withdraw_until_it_is_filed(void **state)
{
    (void)state;
    static const struct start more[] = {
        {"accepted", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept"},
        {"filed", "@accepted\ncg01 persuade reaction=refused&words=讲了\n"
                  "cg01 order officers=cg01&officers=cg02&until=+1&words=关小\nat 2026-04-22T10:00\n"
                  "cg01 recheck result=not_corrected&photos=1\n"
                  "cg01 file filing_no=会立1&officers=cg01&officers=cg02&words=逾期不改"},
    };
    static const struct row rows[] = {
        {"accepted", "-", "withdraw", "note=已经好了", DONE(WITHDRAWN, "")},
        {"accepted", "?", "withdraw", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "comm01", "withdraw", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"filed", "-", "withdraw", "", REFUSED(CONFLICT, "已经立案")},
    };
    CHECK_ROWS(more, rows);
}

static void
urging_once_a_day_reminds_whoever_has_it(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@accepted\n- urge");
    assert_int_equal(life.c.urges, 1);
    assert_int_equal(life.fx->n_notices, 1);
    assert_string_equal(life.fx->notices[0].kind, "urged");
    assert_int_equal(life.fx->notices[0].to.org, life.c.lead);
    assert_false(act_by("-", "urge", ""));
    assert_int_equal(life.err.kind, ERR_CONFLICT);
    live_until(moment_of("2026-04-22T08:00"));
    assert_true(act_by("-", "urge", ""));
    assert_true(act_by("-", "follow", ""));
    assert_int_equal(life.c.followers, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_says_where_a_case_enters_and_who_may_use_it),
        cmocka_unit_test(a_report_is_kept_as_it_came),
        cmocka_unit_test(urgent_arrival_is_a_quarter_of_an_hour_in_duty_hours),
        cmocka_unit_test(classification_puts_a_case_on_exactly_one_list),
        cmocka_unit_test(reclassification_is_bounded_and_ends_with_a_formal_act),
        cmocka_unit_test(the_grid_chief_looks_and_calls),
        cmocka_unit_test(admission_has_four_results),
        cmocka_unit_test(a_returned_case_is_still_followed_by_somebody),
        cmocka_unit_test(a_transfer_ends_only_with_the_receivers_number),
        cmocka_unit_test(only_the_same_place_is_merged),
        cmocka_unit_test(the_reporter_may_withdraw_until_it_is_filed),
        cmocka_unit_test(urging_once_a_day_reminds_whoever_has_it),
    };
    return cmocka_run_group_tests_name("case_intake", tests, world_open, world_close);
}
