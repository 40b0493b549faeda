/* From the coordinator's desk to a department that answers: dispatch, accept, refuse, the binding ruling, assistance,
 * conferring, urgent arrival, taking back a mistake, and acting for somebody who is away. */
#include "check.h"

#include "case_kit.h"

#define REFUSE "refuse item=QC04&instead=XFJY&reason=not_power&note=不是我们"
static const struct start starts[] = {
    {"admitted", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit"},
    {"dispatched", "@admitted\ncoord01 dispatch lead=CG"},
    {"with assists", "@admitted\ncoord01 dispatch lead=CG&assists=GA&assists=STHJ"},
    {"accepted", "@dispatched\ncg01 accept"},
    {"refused", "@dispatched\ncghead " REFUSE},
    {"sent on", "@refused\ncoord01 dispatch lead=XFJY&note=城管局退单"},
    {"refused twice", "@sent on\nxfjyhead refuse item=ZS01&instead=CG&reason=other_lead"},
    {"ruled", "@refused twice\ncoord01 rule_lead lead=CG&note=按清单"},
    {"ruling missed", "@refused twice\nat 2026-04-22T17:30"},
    {"urgent", "? report resident XF01 XFL"},
    {"urgent called", "@urgent\nwgz03 call"},
    {"urgent dispatched", "@urgent called\ncomm01 admit result=admit\ncoord01 dispatch lead=XFJY"},
    {"urgent refused", "@urgent dispatched\nxfjyhead refuse item=SV01&instead=JJ&reason=other_lead"},
    {"conferring", "@accepted\ncghead confer cause=split&note=几家都管"},
    {"concluded", "@conferring\ncoord01 conclude_confer lead=STHJ&by=+10&words=环境局牵头检测"},
    {"service", "? report resident SV01 XFL"},
};

/* ---- dispatch ---- */

static void
dispatch_names_one_lead_and_says_why_when_it_is_not_the_lists(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"admitted", "coord01", "dispatch", "lead=CG", DONE(AWAITING_ACCEPT, "accept@CG answer@CG")},
        {"admitted", "coord02", "dispatch", "lead=XFJY&note=噪声来自消防泵", DONE(AWAITING_ACCEPT, "accept@XFJY answer@XFJY")},
        {"admitted", "coord01", "dispatch", "lead=XFJY", REFUSED(FIELDS, "请写明理由")},
        {"admitted", "coord01", "dispatch", "", REFUSED(FIELDS, "lead")},
        {"admitted", "coord01", "dispatch", "lead=NOPE", REFUSED(FIELDS, "lead")},
        {"admitted", "coord01", "dispatch", "lead=CG&assists=GA&assists=STHJ",
         DONE(AWAITING_ACCEPT, "accept@CG answer@CG assist@GA assist@STHJ")},
        {"admitted", "coord01", "dispatch", "lead=CG&assists=CG&assists=GA&assists=GA", /* once, and not itself */
         DONE(AWAITING_ACCEPT, "accept@CG answer@CG assist@GA")},
        /* Who leads must be able to end it: a court cooperates and never enforces (HC-24). */
        {"admitted", "coord01", "dispatch", "lead=FY&note=民事", REFUSED(FIELDS, "不能牵头")},
        {"admitted", "coord01", "dispatch", "lead=LDXZ&note=请示", REFUSED(FIELDS, "不能牵头")},
        {"admitted", "coord01", "dispatch", "lead=WY01&note=物业的事", REFUSED(FIELDS, "不能牵头")},
        {"admitted", "coord01", "dispatch", "lead=RX12345&note=热线", REFUSED(FIELDS, "不能牵头")},
        {"admitted", "coord01", "dispatch", "lead=SQ-HQ&note=社区先办", DONE(AWAITING_ACCEPT, "accept@SQ-HQ answer@SQ-HQ")},
        {"admitted", "cghead", "dispatch", "lead=CG", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"admitted", "comm01", "dispatch", "lead=CG", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"dispatched", "coord01", "dispatch", "lead=CG", REFUSED(CONFLICT, "待接单")},
    };
    CHECK_ROWS(starts, rows);
}

static void
the_lead_answers_and_its_clock_runs_from_the_dispatch(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"dispatched", "cghead", "accept", "", DONE(HANDLING, "handle@CG answer@CG")},
        {"dispatched", "cg04", "accept", "", DONE(HANDLING, "handle@CG answer@CG")},
        {"dispatched", "xfjyhead", "accept", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"dispatched", "coord01", "accept", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "cg01", "accept", "", REFUSED(CONFLICT, "办理中")},
        {"dispatched", "cg01", "arrive", "words=到了", DONE(HANDLING, "handle@CG answer@CG")}, /* being there is accepting */
    };
    CHECK_ROWS(starts, rows);
    life_begin("2026-04-21T16:00");
    tell(starts, COUNT_OF(starts), "@dispatched\nat 2026-04-22T09:00\ncg01 accept");
    expect_moment("handling", open_duty(DUTY_HANDLE)->due, "2026-04-28T17:30"); /* 5 working days from the 21st */
}

/* ---- refusing ---- */

static void
a_refusal_teaches_and_the_second_one_binds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"dispatched", "cghead", "refuse", "item=QC04&instead=XFJY&reason=not_power",
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@ZBZX/coordinator")},
        {"dispatched", "cghead", "refuse", "instead=XFJY&reason=not_power", REFUSED(FIELDS, "item")},
        {"dispatched", "cghead", "refuse", "item=QC04&reason=not_power", REFUSED(FIELDS, "instead")},
        {"dispatched", "cghead", "refuse", "item=QC04&instead=CG&reason=not_power", REFUSED(FIELDS, "instead")},
        {"dispatched", "cghead", "refuse", "item=QC04&instead=XFJY", REFUSED(FIELDS, "reason")},
        {"dispatched", "xfjyhead", "refuse", "item=QC04&instead=GA&reason=not_power", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "cghead", "refuse", "item=QC04&instead=XFJY&reason=not_power", REFUSED(CONFLICT, "办理中")},
        /* The first goes to the coordinator, never back to the resident. */
        {"refused", "coord01", "dispatch", "lead=CG", DONE(AWAITING_ACCEPT, "accept@CG answer@CG")},
        /* The second leaves the refuser in charge while the coordinator rules. */
        {"sent on", "xfjyhead", "refuse", "item=ZS01&instead=CG&reason=other_lead",
         DONE(HANDLING, "handle@XFJY answer@XFJY rule_lead@ZBZX/coordinator")},
        {"refused twice", "coord01", "rule_lead", "lead=XFJY&note=消防泵噪声",
         DONE(HANDLING, "handle@XFJY answer@XFJY")},
        {"refused twice", "coord01", "rule_lead", "lead=CG&note=按清单", DONE(HANDLING, "handle@CG answer@CG")},
        {"refused twice", "coord01", "rule_lead", "lead=CG", REFUSED(FIELDS, "note")},
        {"refused twice", "coord01", "rule_lead", "lead=FY&note=民事", REFUSED(FIELDS, "不能牵头")},
        {"refused twice", "xfjyhead", "rule_lead", "lead=CG&note=按清单", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"ruled", "coord01", "rule_lead", "lead=GA&note=再改", REFUSED(CONFLICT, "已经做过")},
        /* Missed: who has it keeps it. */
        {"ruling missed", "xfjy01", "persuade", "reaction=promised&words=讲明了",
         DONE(HANDLING, "handle@XFJY answer@XFJY rule_lead@ZBZX/coordinator! chase1:rule_lead@/leading_group")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@refused");
    assert_int_equal(life.c.refusals, 1);
    assert_int_equal(life.c.cause, 1); /* HC-00: responsibility unclear */
    assert_int_equal(life.c.refused_by, registry_org_code(&world.registry, STR("CG"))->id);
    assert_int_equal(life.c.lead, 0);
    tell(starts, COUNT_OF(starts), "@ruling missed");
    assert_int_equal(life.c.binding, 1);
    assert_int_equal(life.c.lead, registry_org_code(&world.registry, STR("XFJY"))->id);
}

/* A lead that was ruled may be called upon again for the same case; then it may not refuse. */
static void
a_ruling_forbids_refusing(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@ruled\ncoord01 reclassify item=QC04&note=实为养鸡\ncoord01 dispatch lead=CG");
    assert_int_equal(life.c.state, CASE_AWAITING_ACCEPT);
    assert_false(act_by("cghead", "refuse", "item=QC04&instead=XFJY&reason=not_power"));
    assert_int_equal(life.err.kind, ERR_CONFLICT);
    assert_true(err_says(&life.err, "已经裁定，不能再退单"));
    assert_true(act_by("cghead", "accept", ""));
}

/* ---- urgent ---- */

static void
an_urgent_matter_is_taken_over_by_being_there(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"urgent", "xfjy01", "arrive", "words=已到场&photos=1", DONE(HANDLING, "handle@XFJY answer@XFJY")},
        {"urgent called", "xfjy01", "arrive", "", DONE(HANDLING, "handle@XFJY answer@XFJY")},
        {"urgent dispatched", "xfjy01", "arrive", "", DONE(HANDLING, "handle@XFJY answer@XFJY")},
        {"urgent", "cg01", "arrive", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"admitted", "cg01", "arrive", "", REFUSED(CONFLICT, "还没有派单")},
        /* An acceptance does not settle the arrival. */
        {"urgent dispatched", "xfjy01", "accept", "", DONE(HANDLING, "handle@XFJY answer@XFJY arrive@XFJY")},
        /* Refused: nobody is the lead, and the next one owes its own arrival. */
        {"urgent refused", "coord01", "dispatch", "lead=JJ&note=公共道路",
         DONE(AWAITING_ACCEPT, "accept@JJ answer@JJ arrive@JJ")},
        {"urgent refused", "xfjy01", "arrive", "", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"@urgent refused\ncoord01 dispatch lead=JJ&note=公共道路\njjhead refuse item=XF01&instead=XFJY&reason=other_lead", "coord01",
         "rule_lead", "lead=XFJY&note=消防通道", DONE(HANDLING, "handle@XFJY answer@XFJY arrive@XFJY")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@urgent\nxfjy01 arrive");
    assert_int_equal(ended_as(DUTY_CALL), END_SUPERSEDED);
    assert_int_equal(ended_as(DUTY_ARRIVE), END_DONE);
    assert_true(life.c.accepted_at == life.now && life.c.dispatched_at == life.now);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@urgent\nat 2026-04-21T09:15");
    assert_string_equal(owes_text(),
                        "call@HQ-G3/grid_chief answer@XFJY arrive@XFJY! chase1:arrive@XFJY/department_head");
    assert_true(act_by("xfjyhead", "arrive", ""));
    assert_string_equal(owes_text(), "handle@XFJY answer@XFJY"); /* the chase ends with what it chased */
    assert_int_equal(ended_as(DUTY_ARRIVE), END_DONE_LATE);
}

/* ---- others help ---- */

static void
a_department_is_asked_once_and_six_at_most(void **state)
{
    (void)state;
    static const struct start more[] = {
        {"accepted", "? report resident ZS01 XFL\nwgz03 call\ncomm01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept"},
        {"six asked", "@accepted\ncg01 request_assist org=GA&words=一起去\ncg01 request_assist org=JJ&words=一起去\n"
                      "cg01 request_assist org=ZJ&words=一起去\ncg01 request_assist org=SF&words=一起去\n"
                      "cg01 request_assist org=YJ&words=一起去\ncg01 request_assist org=FY&words=一起去"},
    };
    static const struct row rows[] = {
        {"accepted", "cg01", "request_assist", "org=STHJ&words=请检测", DONE(HANDLING, "handle@CG answer@CG assist@STHJ")},
        {"accepted", "cg01", "request_assist", "org=CG&words=请检测", REFUSED(FIELDS, "另一个单位")},
        {"accepted", "cg01", "request_assist", "org=STHJ&words=请检测&by=-1", REFUSED(FIELDS, "by")},
        {"accepted", "cg01", "request_assist", "org=STHJ&words=请检测&by=+91", REFUSED(FIELDS, "by")},
        {"accepted", "gahead", "request_assist", "org=STHJ&words=请检测", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"six asked", "cg01", "request_assist", "org=GA&words=再请", REFUSED(FIELDS, "已经请这个单位配合")},
        {"six asked", "cg01", "request_assist", "org=LW&words=再请", REFUSED(FIELDS, "已有 6 个单位")},
        {"six asked", "ga01", "finish_assist", "words=已出警",
         DONE(HANDLING, "handle@CG answer@CG assist@JJ assist@ZJ assist@SF assist@YJ assist@FY")},
        {"six asked", "lw01", "finish_assist", "words=已出警", REFUSED(FORBIDDEN, "不在您的职责里")},
    };
    CHECK_ROWS(more, rows);
    /* HC-10: the miss is the helper's own. */
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@with assists\ncg01 accept\nsthj01 finish_assist words=已检测\nat 2026-04-23T17:30");
    assert_string_equal(owes_text(), "handle@CG answer@CG assist@GA! chase1:assist@GA/department_head");
}

/* ---- conferring ---- */

static void
a_conference_ends_with_who_and_by_when(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"accepted", "cghead", "confer", "cause=split&note=几家都管", DONE(CONFERRING, "confer@ZBZX/coordinator answer@CG")},
        {"admitted", "coord01", "confer", "cause=unclear&note=清单没写", DONE(CONFERRING, "confer@ZBZX/coordinator answer@CG")},
        {"accepted", "cghead", "confer", "note=几家都管", REFUSED(FIELDS, "cause")},
        {"@concluded\nsthjhead confer cause=split&note=还是不清\ncoord01 conclude_confer lead=CG&by=+9&words=城管局落实", "cghead",
         "confer", "cause=split&note=再议", REFUSED(CONFLICT, "已经会商过 2 次")}, /* nobody is pushed around for ever */
        {"service", "coord01", "confer", "cause=split&note=几家都管", REFUSED(CONFLICT, "服务事项不用会商")},
        {"conferring", "coord01", "conclude_confer", "lead=STHJ&by=+10&words=环境局牵头",
         DONE(HANDLING, "handle@STHJ answer@STHJ")},
        {"conferring", "coord01", "conclude_confer", "lead=CG&by=-1&words=照旧", REFUSED(FIELDS, "by")},
        {"conferring", "coord01", "conclude_confer", "lead=CG&by=+181&words=照旧", REFUSED(FIELDS, "by")}, /* not for ever */
        {"conferring", "coord01", "conclude_confer", "lead=FY&by=+5&words=照旧", REFUSED(FIELDS, "不能牵头")},
        {"conferring", "cghead", "conclude_confer", "lead=STHJ&by=+10&words=环境局牵头", REFUSED(FORBIDDEN, "不在您的职责里")},
        /* what was decided together, nobody rules upon any more */
        {"@refused twice\nxfjyhead confer cause=unclear&note=不清楚", "coord01", "conclude_confer", "lead=CG&by=+5&words=城管局落实",
         DONE(HANDLING, "handle@CG answer@CG")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@concluded");
    expect_moment("agreed", open_duty(DUTY_HANDLE)->due, "2026-05-01T17:30"); /* the date that was agreed is not moved */
    assert_int_equal(life.c.binding, 1);
    assert_int_equal(life.c.cause, 2);
}

/* ---- taking back ---- */

static void
a_mistake_is_taken_back_by_its_author_within_ten_minutes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"dispatched", "coord01", "undo", NULL, DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"with assists", "coord01", "undo", NULL, DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")},
        {"accepted", "cg01", "undo", NULL, DONE(AWAITING_ACCEPT, "accept@CG answer@CG")},
        {"refused", "cghead", "undo", NULL, DONE(AWAITING_ACCEPT, "accept@CG answer@CG")},
        {"refused twice", "xfjyhead", "undo", NULL, DONE(AWAITING_ACCEPT, "accept@XFJY answer@XFJY")},
        {"urgent refused", "xfjyhead", "undo", NULL, DONE(AWAITING_ACCEPT, "accept@XFJY answer@XFJY arrive@XFJY")},
        {"? report resident 0 XFL\ncoord01 classify item=XF01", "coord01", "undo", NULL,
         DONE(REGISTERED, "classify@ZBZX/coordinator answer@ZBZX/coordinator")},
        {"@accepted\ncoord01 reclassify item=SV06&note=晾晒", "coord01", "undo", NULL, DONE(HANDLING, "handle@CG answer@CG")},
        {"dispatched", "coord02", "undo", NULL, REFUSED(FORBIDDEN, "只有操作人自己")},
        {"dispatched", "-", "undo", NULL, REFUSED(FORBIDDEN, "只有操作人自己")},
        {"@dispatched\nat 2026-04-21T09:11", "coord01", "undo", NULL, REFUSED(CONFLICT, "超过 10 分钟")},
        {"ruled", "coord01", "undo", NULL, REFUSED(CONFLICT, "不能撤销")}, /* a ruling stands */
        {"admitted", "comm01", "undo", NULL, REFUSED(CONFLICT, "不能撤销")},
        {"conferring", "cghead", "undo", NULL, REFUSED(CONFLICT, "不能撤销")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@refused");
    struct case_file after_refusal = life.c;
    assert_true(undo_by("cghead"));
    assert_int_equal(life.c.refusals, 0);
    assert_int_equal(life.c.refused_by, 0);
    assert_int_not_equal(life.c.version, after_refusal.version); /* taking back is an event of its own */
    expect_moment("the old due time", open_duty(DUTY_ACCEPT)->due, "2026-04-21T15:30");
    assert_false(undo_by("cghead")); /* and is not taken back itself */
    assert_int_equal(life.err.kind, ERR_CONFLICT);
}

/* ---- acting for somebody ---- */

/* While a delegation stands, the other acts in his posts too: the actor carries both people's posts. */
static void
whoever_stands_in_acts_in_the_post_of_the_absent(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@with assists");
    struct situation s = situation_now(actor_of("wgz01")); /* a grid chief who stands in for 公安局's head */
    const struct command *cmd = command_find(STR("finish_assist"));
    assert_false(command_allowed(cmd, &s, NULL, NULL));
    struct actor head = actor_of("gahead"), as;
    s.actor.postings[s.actor.n_postings++] = head.postings[0];
    assert_true(command_allowed(cmd, &s, &as, NULL));
    assert_int_equal(as.person, actor_of("wgz01").person);
    assert_int_equal(as.role, ROLE_DEPARTMENT_HEAD);
    assert_int_equal(as.org, registry_org_code(&world.registry, STR("GA"))->id);
    struct effects *fx = fresh_effects();
    int photos;
    struct command_input in = {.fields = fields_of("words=已出警", &photos)};
    assert_true(command_decide(cmd, &s, &in, fx, &life.err));
    take_effects(fx);
    assert_string_equal(owes_text(), "accept@CG answer@CG assist@STHJ");
    assert_int_equal(life.fx->actor.person, actor_of("wgz01").person);
}

/* ---- who sees it ---- */

static void
a_case_is_seen_by_those_whom_it_concerns(void **state)
{
    (void)state;
    static const struct {
        const char *given, *who;
        bool is_seen, is_revealed; /* revealed: the reporter's contact */
    } rows[] = {
        {"dispatched", "wgz03", true, true},     {"dispatched", "wgz01", false, false},
        {"dispatched", "comm01", true, true},    {"dispatched", "comm02", false, false},
        {"dispatched", "coord01", true, true},   {"dispatched", "cg01", true, true},
        {"dispatched", "assist01", true, false}, {"dispatched", "xfjy01", false, false},
        {"dispatched", "wy01a", false, false},   {"with assists", "ga01", true, false},
        {"service", "wy01a", true, false},       {"service", "wy02a", false, false},
        {"dispatched", "leader01", true, false}, {"dispatched", "superv01", true, false},
        {"dispatched", "superv02", false, false}, {"dispatched", "oversight01", true, false},
        {"dispatched", "volunteer01", false, false}, {"dispatched", "admin01", false, false},
        {"dispatched", "hotline01", true, true}, {"dispatched", "merchant01", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        life_begin(A_MORNING);
        tell(starts, COUNT_OF(starts), arena_printf(life.arena, "@%s", rows[i].given));
        life.c.reporter = 77;
        struct situation s = situation_now(actor_of(rows[i].who));
        bool seen = case_visible(&s), revealed = contact_revealable(&s);
        if (seen != rows[i].is_seen || revealed != rows[i].is_revealed)
            fail_msg("%s, %s: seen %d, revealed %d", rows[i].given, rows[i].who, seen, revealed);
        life.c.keep_secret = 1; /* a confidential reporter is not known to the department either */
        s = situation_now(actor_of(rows[i].who));
        bool is_acceptance = rows[i].is_revealed && strcmp(rows[i].who, "cg01") != 0;
        assert_int_equal(contact_revealable(&s), is_acceptance);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispatch_names_one_lead_and_says_why_when_it_is_not_the_lists),
        cmocka_unit_test(the_lead_answers_and_its_clock_runs_from_the_dispatch),
        cmocka_unit_test(a_refusal_teaches_and_the_second_one_binds),
        cmocka_unit_test(a_ruling_forbids_refusing),
        cmocka_unit_test(an_urgent_matter_is_taken_over_by_being_there),
        cmocka_unit_test(a_department_is_asked_once_and_six_at_most),
        cmocka_unit_test(a_conference_ends_with_who_and_by_when),
        cmocka_unit_test(a_mistake_is_taken_back_by_its_author_within_ten_minutes),
        cmocka_unit_test(whoever_stands_in_acts_in_the_post_of_the_absent),
        cmocka_unit_test(a_case_is_seen_by_those_whom_it_concerns),
    };
    return cmocka_run_group_tests_name("case_routing", tests, world_open, world_close);
}
