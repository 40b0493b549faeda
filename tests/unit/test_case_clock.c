/* Deadlines: what is missed goes upward and stops at the top, chases end with what they chased, pauses and extensions are
 * bounded, and the resident's clock never moves. */
#include "check.h"

#include "case_kit.h"

static const struct start starts[] = {
    {"reported", "? report resident ZS01 XFL"},
    {"admitted", "@reported\nwgz03 call\ncomm01 admit result=admit"},
    {"dispatched", "@admitted\ncoord01 dispatch lead=CG"},
    {"accepted", "@dispatched\ncg01 accept"},
    {"overdue", "@accepted\nat 2026-04-28T17:30"},
    {"pause asked", "@accepted\ncg01 request_pause reason=testing&until=+9&note=送检"},
    {"paused", "@pause asked\ncghead approve result=yes"},
    {"paused twice", "@paused\ncg01 resume\ncg01 request_pause reason=testing&until=+5&note=再检\ncghead approve result=yes"},
    {"extension asked", "@accepted\ncg01 request_extension note=需检测"},
    {"extended", "@extension asked\ncghead approve result=yes"},
    {"service", "? report resident SV03 XFL"},
    {"service pause asked", "@service\nwy01a request_pause reason=party_unreachable&until=+6&note=找车主"},
    {"service paused", "@service pause asked\ncoord01 approve result=yes"},
    {"supervised", "@accepted\ncoord01 supervise_case note=请说明"},
};

/* ---- what is missed ---- */

/* Each line: live until, then what is owed. */
static void
walk_up(const char *given, const char *const steps[][2], size_t n)
{
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), given);
    for (size_t i = 0; i < n; i++) {
        live_until(moment_of(steps[i][0]));
        if (strcmp(owes_text(), steps[i][1]) != 0)
            fail_msg("%s, at %s:\nfound    %s\nexpected %s", given, steps[i][0], owes_text(), steps[i][1]);
    }
}

static void
a_departments_miss_goes_to_its_head_then_the_coordinator_then_the_leading_group(void **state)
{
    (void)state;
    static const char *const steps[][2] = {
        {"2026-04-21T15:29", "accept@CG answer@CG"},
        {"2026-04-21T15:30", "accept@CG! answer@CG chase1:accept@CG/department_head"},
        {"2026-04-22T17:29", "accept@CG! answer@CG chase1:accept@CG/department_head"},
        {"2026-04-22T17:30",
         "accept@CG! answer@CG chase1:accept@CG/department_head! chase2:accept@ZBZX/coordinator"},
        {"2026-04-23T17:30", "accept@CG! answer@CG chase1:accept@CG/department_head! chase2:accept@ZBZX/coordinator! "
                             "chase3:accept@/leading_group"},
        {"2026-04-24T17:30", "accept@CG! answer@CG chase1:accept@CG/department_head! chase2:accept@ZBZX/coordinator! "
                             "chase3:accept@/leading_group!"}, /* above it there is nobody */
        {"2026-05-06T17:30", "accept@CG! answer@CG chase1:accept@CG/department_head! chase2:accept@ZBZX/coordinator! "
                             "chase3:accept@/leading_group!"},
    };
    walk_up("@dispatched", steps, COUNT_OF(steps));
    assert_true(act_by("cg01", "accept", "")); /* the chases end with what they chased */
    assert_string_equal(owes_text(), "handle@CG answer@CG");
    assert_int_equal(ended_as(DUTY_ACCEPT), END_DONE_LATE);
    expect_moment("handling counts from the dispatch", open_duty(DUTY_HANDLE)->due, "2026-04-28T17:30");
}

static void
everybody_elses_miss_goes_to_the_coordinator_then_the_leading_group(void **state)
{
    (void)state;
    static const char *const grid[][2] = {
        {"2026-04-21T11:00", "call@HQ-G3/grid_chief! answer@CG chase1:call@ZBZX/coordinator"},
        {"2026-04-22T17:30", "call@HQ-G3/grid_chief! answer@CG chase1:call@ZBZX/coordinator! chase2:call@/leading_group"},
        {"2026-04-24T17:30", "call@HQ-G3/grid_chief! answer@CG chase1:call@ZBZX/coordinator! chase2:call@/leading_group!"},
    };
    static const char *const coordinator[][2] = {
        {"2026-04-21T15:30", "dispatch@ZBZX/coordinator! answer@CG chase1:dispatch@/leading_group"},
        {"2026-04-24T17:30", "dispatch@ZBZX/coordinator! answer@CG chase1:dispatch@/leading_group!"},
    };
    static const char *const firm[][2] = {
        {"2026-05-08T17:30", "serve@WY01! answer@WY01 chase1:serve@ZBZX/coordinator"},
    };
    walk_up("@reported", grid, COUNT_OF(grid));
    walk_up("@admitted", coordinator, COUNT_OF(coordinator));
    walk_up("@service", firm, COUNT_OF(firm));
}

static void
a_miss_is_recorded_once_and_stays(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@overdue");
    const struct duty *u = open_duty(DUTY_HANDLE);
    assert_string_equal(owes_text(), "handle@CG! answer@CG chase1:handle@CG/department_head");
    expect_moment("missed", u->missed_at, "2026-04-28T17:30");
    assert_int_equal(life.c.main_missed, 1);
    assert_string_equal(life.fx->event.type, "duty_missed");
    check_str(life.fx->event.text, "超期：城管局 未按时办理");
    assert_int_equal(life.fx->actor.role, ROLE_CLOCK);
    assert_false(miss_one(u->id, life.now)); /* not twice */
    assert_false(miss_one(open_duty(DUTY_ANSWER)->id, life.now)); /* and not before its time */
    assert_int_equal(life.err.kind, ERR_CONFLICT);
    tell(starts, COUNT_OF(starts), "cg01 persuade reaction=fixed&words=讲了规定\n"
                                   "cg01 close outcome=solved&checklist=*&reply=已经关小了");
    for (size_t i = 0; i < life.n_ended; i++)
        if (life.ended[i].kind == DUTY_HANDLE) {
            assert_int_equal(life.ended[i].end, END_DONE_LATE); /* both missed and settled */
            expect_moment("still missed", life.ended[i].missed_at, "2026-04-28T17:30");
        }
}

static void
an_answer_settles_the_chases_of_whoever_answers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"overdue", "cghead", "answer_chase", "words=明天办结", DONE(HANDLING, "handle@CG! answer@CG")},
        {"overdue", "coord01", "answer_chase", "words=明天办结", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"overdue", "cg01", "answer_chase", "words=明天办结", REFUSED(FORBIDDEN, "不在您的职责里")},
        /* 督办: one at a time, on the lead, by those entitled */
        {"accepted", "coord01", "supervise_case", "note=请说明", DONE(HANDLING, "handle@CG answer@CG chase0:case@CG")},
        {"accepted", "leader01", "supervise_case", "note=请说明", DONE(HANDLING, "handle@CG answer@CG chase0:case@CG")},
        {"accepted", "oversight01", "supervise_case", "note=请说明", DONE(HANDLING, "handle@CG answer@CG chase0:case@CG")},
        {"accepted", "superv01", "supervise_case", "note=请说明", DONE(HANDLING, "handle@CG answer@CG chase0:case@CG")},
        {"accepted", "superv02", "supervise_case", "note=请说明", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"accepted", "cghead", "supervise_case", "note=请说明", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"supervised", "leader01", "supervise_case", "note=再督办", REFUSED(CONFLICT, "正在等待回复")},
        {"supervised", "cg01", "answer_chase", "words=明天办结", DONE(HANDLING, "handle@CG answer@CG")},
        {"@supervised\nat 2026-04-22T17:30", "cg01", "answer_chase", "words=明天办结", /* and what chased the chase */
         DONE(HANDLING, "handle@CG answer@CG")},
    };
    CHECK_ROWS(starts, rows);
}

/* ---- pauses and extensions ---- */

static void
a_pause_is_asked_for_decided_and_ends_by_itself(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"accepted", "cg01", "request_pause", "reason=testing&until=+9&note=送检",
         DONE(HANDLING, "handle@CG answer@CG approve@CG/department_head")},
        {"accepted", "cg01", "request_pause", "until=+9&note=送检", REFUSED(FIELDS, "reason")},
        {"accepted", "cg01", "request_pause", "reason=holiday&until=+9&note=休假", REFUSED(FIELDS, "reason")},
        {"accepted", "cg01", "request_pause", "reason=testing&until=+0&note=送检", REFUSED(FIELDS, "until")},
        {"accepted", "cg01", "request_pause", "reason=testing&until=+61&note=送检", REFUSED(FIELDS, "until")},
        {"accepted", "comm01", "request_pause", "reason=testing&until=+9&note=送检", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"pause asked", "cg01", "request_pause", "reason=testing&until=+9&note=送检", REFUSED(CONFLICT, "已有一项申请")},
        {"pause asked", "cg01", "request_extension", "note=来不及", REFUSED(CONFLICT, "已有一项申请")},
        {"pause asked", "cghead", "approve", "result=yes", DONE(SUSPENDED, "resume@CG answer@CG")},
        {"pause asked", "cghead", "approve", "result=no&note=先去现场", DONE(HANDLING, "handle@CG answer@CG")},
        {"pause asked", "cg01", "approve", "result=yes", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"pause asked", "coord01", "approve", "result=yes", REFUSED(FORBIDDEN, "不在您的职责里")},
        {"paused", "cg01", "resume", "", DONE(HANDLING, "handle@CG answer@CG")},
        {"paused", "cg01", "close", "outcome=unsolved&reason=civil&reply=办不了了", REFUSED(CONFLICT, "已挂起")},
        {"paused", "coord01", "supervise_case", "note=太久了", DONE(SUSPENDED, "resume@CG answer@CG chase0:case@CG")},
        {"@paused twice\ncg01 resume", "cg01", "request_pause", "reason=testing&until=+5&note=三检", REFUSED(CONFLICT, "最多挂起 2 次")},
        {"@paused\nat 2026-04-30T17:30", "cg01", "note", "words=已到", DONE(HANDLING, "handle@CG answer@CG")}, /* by itself */
        {"service pause asked", "coord01", "approve", "result=yes", DONE(SUSPENDED, "resume@WY01 answer@WY01")},
        {"service paused", "wy01a", "resume", "", DONE(HANDLING, "serve@WY01 answer@WY01")},
        {"@service paused\nat 2026-04-27T17:30", "wy01a", "complete_service", "reply=已经拖走了&photos=1",
         DONE(ARCHIVED, "")},
        /* asked, but the matter has moved on */
        {"@pause asked\ncg01 transfer refer=court&note=民事", "cghead", "approve", "result=yes", REFUSED(FORBIDDEN, "审批")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@paused");
    expect_moment("resume", open_duty(DUTY_RESUME)->due, "2026-04-30T17:30");
    tell(starts, COUNT_OF(starts), "at 2026-04-24T10:00\ncg01 resume note=检测完");
    expect_moment("what was left of it", open_duty(DUTY_HANDLE)->due, "2026-05-06T17:30"); /* 5 days left, from the 24th */
    assert_int_equal(life.c.pauses, 1);
    assert_int_equal(life.c.paused_at, 0);
}

static void
an_extension_comes_once_and_not_when_it_is_late(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"accepted", "cg01", "request_extension", "note=需检测", DONE(HANDLING, "handle@CG answer@CG approve@CG/department_head")},
        {"@accepted\nat 2026-04-28T17:29", "cg01", "request_extension", "note=需检测",
         DONE(HANDLING, "handle@CG answer@CG approve@CG/department_head")},
        {"overdue", "cg01", "request_extension", "note=需检测", REFUSED(CONFLICT, "已经超期")},
        {"extended", "cg01", "request_extension", "note=还不够", REFUSED(CONFLICT, "已经延期过一次")},
        {"extension asked", "cghead", "approve", "result=no&note=抓紧", DONE(HANDLING, "handle@CG answer@CG")},
        {"@service\nwy01a request_extension note=车主在外地", "coord01", "approve", "result=yes",
         DONE(HANDLING, "serve@WY01 answer@WY01")},
    };
    CHECK_ROWS(starts, rows);
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@extended");
    expect_moment("five more", open_duty(DUTY_HANDLE)->due, "2026-05-08T17:30");
    assert_int_equal(ended_as(DUTY_HANDLE), END_SUPERSEDED); /* the old due time stays in the record */
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@service\nwy01a request_extension note=车主在外地\ncoord01 approve result=yes");
    expect_moment("ten more", open_duty(DUTY_SERVE)->due, "2026-05-21T17:30");
}

/* ---- the resident's clock ---- */

static void
the_residents_clock_never_moves_and_follows_the_lead(void **state)
{
    (void)state;
    static const struct {
        const char *more, *owner;
    } steps[] = {
        {"? report resident ZS01 XFL", "CG"},
        {"wgz03 call", "CG"},
        {"comm01 admit result=return&note=哪一栋", "CG"},
        {"- supplement words=三栋", "CG"},
        {"comm01 admit result=admit", "CG"},
        {"coord01 dispatch lead=STHJ&note=设备噪声", "STHJ"},
        {"sthjhead refuse item=ZS01&instead=CG&reason=not_power", "ZBZX/coordinator"},
        {"coord01 dispatch lead=CG", "CG"},
        {"cg01 accept", "CG"},
        {"cg01 request_pause reason=testing&until=+2&note=送检", "CG"},
        {"cghead approve result=yes", "CG"},
        {"at 2026-04-24T09:00", "CG"},
        {"cg01 request_extension note=需检测", "CG"},
        {"cghead approve result=yes", "CG"},
        {"cghead confer cause=split&note=几家都管", "CG"},
        {"coord01 conclude_confer lead=GA&by=+9&words=公安落实", "GA"},
        {"coord01 reclassify item=SV09&note=调解更好", "SQ-HQ"},
        {"comm01 raise item=ZS04&note=劝过不听", "GA"},
    };
    life_begin(A_MORNING);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        tell(starts, COUNT_OF(starts), steps[i].more);
        const struct duty *u = open_duty(DUTY_ANSWER);
        assert_non_null(u);
        expect_moment(steps[i].more, u->due, "2026-05-14T17:30");
        struct buf b = {0};
        write_owner(&b, &u->owner);
        const char *owner = str_z(life.arena, buf_view(&b));
        buf_release(&b);
        if (strcmp(owner, steps[i].owner) != 0)
            fail_msg("after \"%s\" %s answers, expected %s", steps[i].more, owner, steps[i].owner);
    }
    assert_int_equal(life.c.answer_due, moment_of("2026-05-14T17:30"));
    live_until(moment_of("2026-05-14T17:30"));
    assert_true(open_duty(DUTY_ANSWER)->missed_at > 0);
}

static void
a_missed_answer_is_told_to_the_reporter(void **state)
{
    (void)state;
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "@accepted");
    const struct duty answer = *open_duty(DUTY_ANSWER);
    assert_true(miss_one(answer.id, answer.due));
    check_str(life.fx->event.public_text, "答复已超过承诺时间，已向上级报告");
}

/* ---- steps that pass a post which nobody holds ---- */

/* A head's post that stands empty is skipped; what is owed always has somebody behind it. */
static void
an_empty_post_is_passed_over(void **state)
{
    (void)state;
    struct posting *postings = arena_array(world.arena, struct posting, world.registry.n_postings);
    memcpy(postings, world.registry.postings, world.registry.n_postings * sizeof *postings);
    const struct registry full = world.registry;
    for (size_t i = 0; i < full.n_postings; i++)
        if (postings[i].role == ROLE_DEPARTMENT_HEAD || postings[i].role == ROLE_COMMUNITY_OFFICE)
            postings[i].to = day_of(moment_of("2026-01-01T00:00"));
    world.registry.postings = postings;
    static const struct row rows[] = {
        {"? report resident ZS01 XFL\nwgz03 call\n", "coord01", "admit", "result=admit",
         DONE(ROUTING, "dispatch@ZBZX/coordinator answer@CG")}, /* nobody in the community: the coordinator admits */
        {"? report resident ZS01 XFL\nwgz03 call\ncoord01 admit result=admit\ncoord01 dispatch lead=CG\n"
         "at 2026-04-21T15:30", "cg01", "accept", "", DONE(HANDLING, "handle@CG answer@CG")},
        {"? report resident ZS01 XFL\nwgz03 call\ncoord01 admit result=admit\ncoord01 dispatch lead=CG\ncg01 accept",
         "cg01", "request_extension", "note=需检测", DONE(HANDLING, "handle@CG answer@CG approve@ZBZX/coordinator")},
        {"? report resident ZS01 XFL\nwgz03 call\ncoord01 admit result=admit\n", "coord01", "dispatch", "lead=SQ-HQ&note=社区办",
         REFUSED(FIELDS, "不能牵头")},
    };
    check_rows(starts, COUNT_OF(starts), rows, COUNT_OF(rows));
    life_begin(A_MORNING);
    tell(starts, COUNT_OF(starts), "? report resident ZS01 XFL\nwgz03 call\ncoord01 admit result=admit\n"
                                   "coord01 dispatch lead=CG\nat 2026-04-21T15:30");
    assert_string_equal(owes_text(), "accept@CG! answer@CG chase1:accept@ZBZX/coordinator");
    world.registry = full;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_departments_miss_goes_to_its_head_then_the_coordinator_then_the_leading_group),
        cmocka_unit_test(everybody_elses_miss_goes_to_the_coordinator_then_the_leading_group),
        cmocka_unit_test(a_miss_is_recorded_once_and_stays),
        cmocka_unit_test(an_answer_settles_the_chases_of_whoever_answers),
        cmocka_unit_test(a_pause_is_asked_for_decided_and_ends_by_itself),
        cmocka_unit_test(an_extension_comes_once_and_not_when_it_is_late),
        cmocka_unit_test(the_residents_clock_never_moves_and_follows_the_lead),
        cmocka_unit_test(a_missed_answer_is_told_to_the_reporter),
        cmocka_unit_test(an_empty_post_is_passed_over),
    };
    return cmocka_run_group_tests_name("case_clock", tests, world_open, world_close);
}
