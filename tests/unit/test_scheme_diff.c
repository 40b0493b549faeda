/* Two versions of a scheme: what changes is said in sentences a lawyer reads; past cases are judged again by a draft; what is
 * about to expire or is missing is warned of. */
#include "check.h"

#include "scheme_diff.h"
#include "scheme_diff_replay.h"
#include "scheme_diff_words.h"
#include "scheme_files.h"
#include "scheme_warnings.h"
#include "registry_import.h"

static struct arena *a;

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct tables
small(const char *table, const char *from, const char *to)
{
    struct table_set *set = arena_new_of(a, struct table_set);
    small_tables(a, set, table, from, to);
    return set->all;
}

/* ---- sentences: one change each ---- */

static void
each_change_is_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *table, *from, *to;
        const char *kind, *group, *words;
    } rows[] = {
        {"items", "handle5,0,1", "svc3,0,1", "changed", "清单", "事项 XF01「占用消防车通道」的办结时限由 5 个工作日改为 3 个工作日"},
        {"items", "XFJY,CG|@firm", "CG,CG|@firm", "changed", "清单", "事项 XF01「占用消防车通道」的牵头单位由“小县消防救援大队”改为“小县城市管理局”"},
        {"items", "XFJY,CG|@firm", "XFJY,@firm|@community", "changed", "清单",
         "事项 XF01「占用消防车通道」的配合单位增加：所在社区；去掉：小县城市管理局"},
        {"items", "XFJY,CG|@firm", "XFJY,@firm|CG", "changed", "清单", "事项 XF01「占用消防车通道」的配合单位调整了先后顺序"},
        {"items", "order,0,0,handle5,3", "order,1,0,handle5,3", "changed", "清单", "事项 ZS01「商业噪声」的紧急事项由“否”改为“是”"},
        {"items", "商业噪声", "商铺噪声", "changed", "清单", "事项 ZS01「商业噪声」的名称由“商业噪声”改为“商铺噪声”"},
        {"items", "SV01,service", "SV02,service", "added", "清单",
         "新增事项 SV02「乱停车」（所属清单：服务清单；牵头单位：小区物业；配合单位：所在社区；办结时限：3 个工作日）"},
        {"limits", "handle5,办结,5", "handle5,办结,4", "changed", "时限", "时限「办结」由 5 个工作日改为 4 个工作日，适用于事项 XF01、ZS01"},
        {"limits", "hop4,环节,4,office_hour", "hop4,环节,1,working_day", "changed", "时限",
         "时限「环节」由 4 个办公小时改为 1 个工作日，适用于“派发”环节、“呼叫”环节、“响应”环节"},
        {"bases", "XF01,消防法,28,不得占用通道,,,核\n", "XF01,消防法,28,不得占用通道,,,核\nXF01,消防法,60,罚款,,,核\n", "added", "依据",
         "新增事项 XF01「占用消防车通道」的依据《消防法》第60条（内容：罚款）"},
        {"bases", "2026-08-14", "2026-12-31", "changed", "依据",
         "事项 ZS01「商业噪声」的依据《噪声污染防治法》第61条的失效日期由 2026-08-14 改为 2026-12-31"},
        {"ladders", "filing|notice", "filing|notice|review", "changed", "流程", "处置阶梯 std 的“查处”的必经程序增加：法制审核"},
        {"ladders", "fire,2,order,,", "fire,2,order,persuade,", "changed", "流程", "处置阶梯 fire 的“责令改正”增加之前必须先有的处置：“劝导”"},
        {"hops", "ZBZX,hop4", "CG,hop4", "changed", "流程", "链条 urban 的“派发”环节的责任单位由“小县住房保障中心”改为“小县城市管理局”"},
        {"hops", "urban,2,dispatch,coordinator,ZBZX,hop4,leading_group,\n", "", "removed", "流程", "取消链条 urban 的“派发”环节"},
        {"reasons", "正在检测", "正在检测鉴定", "changed", "理由", "暂停计时的理由「正在检测」的名称由“正在检测”改为“正在检测鉴定”"},
        {"phrases", "ZS01,烧烤店太吵,1\n", "", "removed", "说法", "取消事项 ZS01「商业噪声」的居民说法“烧烤店太吵”"},
        {"scheme", "valid_from,2023-01-01", "valid_from,2026-07-01", "changed", "方案", "方案的生效日期由“2023-01-01”改为“2026-07-01”"},
        {"calendar", "2025-10-01,holiday,国庆\n", "", "removed", "节假日", "取消 2025 年节假日安排：放假 1 天，调休上班 0 天"},
        {"calendar", "2026-02-16,holiday", "2026-02-16,workday", "changed", "节假日", "2026-02-16的安排由“放假”改为“上班”"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scheme_changes all = scheme_diff(a, small(NULL, NULL, NULL), small(rows[i].table, rows[i].from, rows[i].to));
        const struct scheme_change *found = NULL;
        for (size_t k = 0; k < all.n && !found; k++)
            if (str_is(all.p[k].words, rows[i].words))
                found = &all.p[k];
        for (size_t k = 0; k < all.n && !found; k++)
            print_error("found: %.*s\n", (int)all.p[k].words.n, all.p[k].words.p);
        if (!found)
            fail_msg("row %zu: %s", i, rows[i].words);
        assert_string_equal(scheme_change_code(found->kind), rows[i].kind);
        assert_string_equal(found->group, rows[i].group);
        check_str(found->table, rows[i].table);
    }
}

static void
the_same_tables_differ_in_nothing(void **state)
{
    (void)state;
    assert_int_equal(scheme_diff(a, small(NULL, NULL, NULL), small(NULL, NULL, NULL)).n, 0);
}

/* The order of rows means nothing, nor do the tables of the registry. */
static void
order_and_the_registry_do_not_count(void **state)
{
    (void)state;
    struct tables moved = small("phrases", "XF01,消防通道停满车,1\nXF01,消防通道,2", "XF01,消防通道,2\nXF01,消防通道停满车,1");
    assert_int_equal(scheme_diff(a, small(NULL, NULL, NULL), moved).n, 0);
    assert_int_equal(scheme_diff(a, small(NULL, NULL, NULL), small("people", "王网格", "王格网")).n, 0);
}

/* A draft may be full of faults; it is compared all the same, and a table that only one side has is told row by row. */
static void
faulty_and_missing_tables_are_compared(void **state)
{
    (void)state;
    struct tables bad = small("items", "XF01,enforcement,XF", "XF01,nowhere,");
    assert_true(scheme_diff(a, small(NULL, NULL, NULL), bad).n >= 2);
    struct tables few = small(NULL, NULL, NULL);
    struct table *t = (struct table *)(uintptr_t)tables_find(few, "diverts");
    t->name = STR("others");
    struct scheme_changes all = scheme_diff(a, small(NULL, NULL, NULL), few);
    assert_int_equal(all.n, 2);
    check_str(all.p[0].words, "取消引导词语“医保”");
    assert_string_equal(all.p[1].group, "其他");
}

/* ---- what if ---- */

static const struct scheme *
scheme_with(const char *table, const char *from, const char *to)
{
    struct scheme_errors errors = {0};
    const struct scheme *s = scheme_read(a, small(table, from, to), &errors);
    expect_no_errors(&errors);
    return s;
}

static instant
at(const char *s)
{
    instant t = 0;
    assert_true(moment_parse(str_of(s), &t));
    return t;
}

/* A noise case: handled from Monday, due in five working days, closed on Friday; a written order without persuasion. */
static struct replayed_case
replay(const struct scheme *draft, uint32_t tiers, instant closed)
{
    const struct scheme *was = scheme_with(NULL, NULL, NULL);
    struct scheme_errors errors = {0};
    struct registry r;
    assert_true(registry_from_tables(a, 7, small(NULL, NULL, NULL), &r, &errors));
    instant from = at("2026-04-20T09:00");
    struct case_file c = {.item = STR("ZS01"), .list = LIST_ENFORCEMENT, .chain = STR("urban"), .place = registry_place_code(&r, STR("XFL"))->id,
                          .opened_at = from, .dispatched_at = from, .closed_at = closed, .tiers = tiers, .state = CASE_CLOSED};
    instant due = limit_due(&was->calendar, from, UNIT_WORKING_DAY, 5);
    const struct duty duties[] = {
        {.id = 1, .kind = DUTY_HANDLE, .opened_at = at("2026-04-20T10:00"), .due = due, .ended_at = closed,
         .end = closed > due ? END_DONE_LATE : END_DONE, .missed_at = closed > due ? due : 0},
        {.id = 2, .kind = DUTY_CALL, .opened_at = from, .due = at("2026-04-20T15:00"), .ended_at = from, .end = END_SUPERSEDED},
    };
    struct replayed_case x;
    scheme_replay_case(a, was, draft, &r, &c, duties, 2, at("2026-05-20T09:00"), &x);
    return x;
}

static void
a_case_judged_by_its_own_scheme_stays_as_it_was(void **state)
{
    (void)state;
    struct replayed_case x = replay(scheme_with(NULL, NULL, NULL), 1 << TIER_ORDER, at("2026-04-24T10:00"));
    assert_int_equal(x.n_steps + x.n_needs, 0);
    assert_int_equal(x.lead_was, x.lead_would);
}

static void
a_shorter_limit_makes_late_what_was_on_time(void **state)
{
    (void)state;
    const struct scheme *draft = scheme_with("limits", "handle5,办结,5", "handle5,办结,3");
    struct replayed_case x = replay(draft, 0, at("2026-04-24T10:00"));
    assert_int_equal(x.n_steps, 1);
    assert_int_equal(x.steps[0].due_would, at("2026-04-23T17:30"));
    assert_true(replayed_turns_late(&x) && !replayed_turns_on_time(&x) && !x.steps[0].is_estimate);
    x = replay(draft, 0, at("2026-04-22T10:00"));
    assert_false(replayed_turns_late(&x));
    x = replay(scheme_with("limits", "handle5,办结,5", "handle5,办结,9"), 0, at("2026-04-29T10:00"));
    assert_true(replayed_turns_on_time(&x));
}

static void
another_lead_and_a_further_step_are_told(void **state)
{
    (void)state;
    struct replayed_case x = replay(scheme_with("items", "店铺太吵,CG,", "店铺太吵,XFJY,"), 0, at("2026-04-22T10:00"));
    assert_int_not_equal(x.lead_was, x.lead_would);
    struct scheme short_list = *scheme_with(NULL, NULL, NULL);
    short_list.index = NULL; /* by hand: only its first item is left */
    short_list.n_items = 1;
    x = replay(&short_list, 0, at("2026-04-22T10:00"));
    assert_true(x.item_gone);
    x = replay(scheme_with("ladders", "filing|notice", "filing|notice|review"), 1 << TIER_PERSUADE | 1 << TIER_ORDER | 1 << TIER_PENALISE,
               at("2026-04-22T10:00"));
    assert_int_equal(x.n_needs, 1);
    check_str(x.needs[0], "“查处”还要法制审核");
    x = replay(scheme_with("hops", "urban,2,dispatch,coordinator,ZBZX,hop4,leading_group,\n", ""), 0, at("2026-04-22T10:00"));
    check_str(x.needs[0], "少一个环节“派单”");
}

/* The fire ladder allows an order at once; under the standard one persuasion, or a reason, would have been owed. */
static void
an_order_without_persuasion_needs_a_reason(void **state)
{
    (void)state;
    const struct scheme *was = scheme_with("items", "@community,std", "@community,fire"), *draft = scheme_with(NULL, NULL, NULL);
    struct scheme_errors errors = {0};
    struct registry r;
    struct replayed_case x;
    assert_true(registry_from_tables(a, 7, small(NULL, NULL, NULL), &r, &errors));
    struct case_file c = {.item = STR("ZS01"), .list = LIST_ENFORCEMENT, .chain = STR("urban"), .tiers = 1 << TIER_ORDER};
    assert_true(scheme_replay_case(a, was, draft, &r, &c, NULL, 0, at("2026-05-20T09:00"), &x));
    check_str(x.needs[0], "“责令改正”之前还要先“劝导”，或写明跳级的理由");
    c.tiers |= 1 << TIER_PERSUADE;
    assert_false(scheme_replay_case(a, was, draft, &r, &c, NULL, 0, at("2026-05-20T09:00"), &x));
}

/* Whole tables in place of the small scheme's, or beside them. */
struct swap {
    const char *table, *csv;
};

static const struct scheme *
scheme_swapped(const struct swap *swaps, size_t n)
{
    struct table_set *set = arena_new_of(a, struct table_set);
    small_tables(a, set, NULL, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < set->all.n && !str_is(set->t[k].name, swaps[i].table))
            k++;
        set->all.n += k == set->all.n;
        assert_true(table_parse(a, str_of(swaps[i].table), str_of(swaps[i].csv), &set->t[k], &set->errors));
    }
    const struct scheme *s = scheme_read(a, set->all, &set->errors);
    expect_no_errors(&set->errors);
    return s;
}

#define LIMITS "code,name,amount,unit,clock,amber,anchor,basis,origin,note\nhop4,环节,4,office_hour,hop,1,,,ours,\n"
#define HOPS "chain,order,hop,role,owner,limit,escalate,on_miss,clause\n"
#define ITEMS                                                                                                          \
    "code,list,category,name,plain,lead,assists,ladder,tier,urgent,danger,limits,order_days,photo_pair,evidence,closing,questions," \
    "firsthand,national,raise_to,public,whistle,accept,revisit,origin,note\n"
#define WHISTLES "code,name,order,enters,owner,role,limit,handle,arrive,arrive_off,assists,blowers,on_miss,proof,plain,origin,note\n"

/* LC-12, BG-18, BG-19: three contacts one after the other, two levels, limits that run from the registration. */
static const struct scheme *
graded(const char *contact2, const char *close, const char *called, const char *level_of_item)
{
    const struct swap swaps[] = {
        {"limits", arena_printf(a, LIMITS "handle5,办结,5,working_day,handling,1,,,ours,\nsvc3,服务,3,working_day,handling,1,,,ours,\n"
                                   "c1,第一联系人,1,office_hour,hop,0,,,ours,\nc2,第二联系人,%s,hop,0,,,ours,\n"
                                   "close257,办结反馈,%s,handling,1,registration,,seed,\nfast,快办,2,working_day,handling,0,,,ours,\n"
                                   "there1,到场,%s,duty,0,,,ours,\n", contact2, close, called)},
        {"hops", HOPS "urban,1,call,grid_chief,@grid,hop4,coordinator,,\nurban,2,respond,officer,@contact1,c1,department_head,next,\n"
                      "urban,3,respond,officer,@contact2,c2,department_head,next,\n"
                      "urban,4,respond,department_head,@lead,hop4,coordinator,stay,\n"},
        {"items", arena_printf(a, ITEMS "XF01,enforcement,XF,占道,堵了,XFJY,,fire,order,1,0,close257,0,1,,,,,,,1,,,,seed,\n"
                                  "ZS01,enforcement,XF,商业噪声,店铺太吵,CG,,std,order,0,0,close257,3,0,,,,,,,1,%s,,,ours,\n"
                                  "SV01,service,SV,乱停车,车乱停,@firm,,,,0,0,svc3,,0,,,,,,XF01,1,,,,seed,\n", level_of_item)},
        {"whistles", WHISTLES "plain,执法哨,1,respond,@lead,,hop4,,there1,,,coordinator,,,,ours,\n"
                              "quick,应急哨,2,respond,@lead,,hop4,fast,there1,,,coordinator,,,,ours,\n"},
    };
    return scheme_swapped(swaps, COUNT_OF(swaps));
}

static void
rungs_levels_and_anchors_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int kind;
        int64_t whistle, reopens;                   /* of the case: level as in the row, 1 = 执法哨 */
        const char *opened, *due, *ended;           /* of the duty; registered on Monday at nine, dispatched at two */
        const char *contact2, *close, *called, *item; /* of the draft */
        const char *would;                          /* NULL: nothing is otherwise */
        bool turns_late;
    } rows[] = {
        {"its own scheme", DUTY_ACCEPT, 1, 0, "2026-04-20T15:00", "2026-04-20T17:00", "2026-04-20T16:50", "2,office_hour",
         "5,working_day", "60,minute", "plain", NULL, false},
        {"the second rung has less time", DUTY_ACCEPT, 1, 0, "2026-04-20T15:00", "2026-04-20T17:00", "2026-04-20T16:50",
         "90,minute", "5,working_day", "60,minute", "plain", "2026-04-20T16:30", true},
        {"the first rung is not the second", DUTY_ACCEPT, 1, 0, "2026-04-20T14:30", "2026-04-20T15:30", "2026-04-20T15:10",
         "90,minute", "5,working_day", "60,minute", "plain", NULL, false},
        {"a level's arrival", DUTY_ARRIVE, 1, 0, "2026-04-20T15:00", "2026-04-20T16:00", "2026-04-20T15:50", "2,office_hour",
         "5,working_day", "30,minute", "plain", "2026-04-20T15:30", true},
        {"closing from the registration", DUTY_HANDLE, 1, 0, "2026-04-22T09:00", "2026-04-27T17:30", "2026-04-27T10:00",
         "2,office_hour", "4,working_day", "60,minute", "plain", "2026-04-24T17:30", true},
        {"nobody is born overdue", DUTY_HANDLE, 1, 0, "2026-04-24T09:00", "2026-04-27T17:30", "2026-04-27T10:00",
         "2,office_hour", "3,working_day", "60,minute", "plain", NULL, false},
        {"reopened: a fresh clock", DUTY_HANDLE, 1, 1, "2026-05-11T09:00", "2026-05-18T17:30", "2026-05-18T10:00",
         "2,office_hour", "4,working_day", "60,minute", "plain", "2026-05-15T17:30", true},
        {"the draft's usual level has its own closing limit", DUTY_HANDLE, 1, 0, "2026-04-20T15:00", "2026-04-27T17:30",
         "2026-04-24T10:00", "2,office_hour", "5,working_day", "60,minute", "quick", "2026-04-22T17:30", true},
        {"a level blown by hand stays", DUTY_HANDLE, 2, 0, "2026-04-20T15:00", "2026-04-22T17:30", "2026-04-22T10:00",
         "2,office_hour", "4,working_day", "60,minute", "plain", NULL, false},
    };
    const struct scheme *was = graded("2,office_hour", "5,working_day", "60,minute", "plain");
    struct scheme_errors errors = {0};
    struct registry r;
    assert_true(registry_from_tables(a, 7, small(NULL, NULL, NULL), &r, &errors));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scheme *draft = graded(rows[i].contact2, rows[i].close, rows[i].called, rows[i].item);
        struct case_file c = {.item = STR("ZS01"), .list = LIST_ENFORCEMENT, .chain = STR("urban"), .whistle = rows[i].whistle,
                              .place = registry_place_code(&r, STR("XFL"))->id, .opened_at = at("2026-04-20T09:00"),
                              .dispatched_at = at("2026-04-20T14:30"), .reopens = rows[i].reopens, .state = CASE_CLOSED};
        struct duty u = {.id = 1, .kind = rows[i].kind, .opened_at = at(rows[i].opened), .due = at(rows[i].due),
                         .ended_at = at(rows[i].ended), .end = END_DONE};
        struct replayed_case x;
        scheme_replay_case(a, was, draft, &r, &c, &u, 1, at("2026-06-20T09:00"), &x);
        bool is_right = x.n_steps == (rows[i].would ? 1 : 0);
        if (is_right && rows[i].would)
            is_right = x.steps[0].due_would == at(rows[i].would) && !x.steps[0].is_estimate && replayed_turns_late(&x) == rows[i].turns_late;
        if (is_right)
            continue;
        struct strs said = replayed_words(a, &r, &x);
        for (size_t k = 0; k < said.n; k++)
            print_error("%.*s\n", (int)said.p[k].n, said.p[k].p);
        fail_msg("row %zu: %s", i, rows[i].what);
    }
}

/* The first contact did not answer and the second did: both are judged, and the first never acted. */
static void
a_rung_that_passed_on_is_still_late(void **state)
{
    (void)state;
    const struct scheme *was = graded("2,office_hour", "5,working_day", "60,minute", "plain");
    const struct scheme *draft = graded("90,minute", "5,working_day", "60,minute", "plain");
    struct scheme_errors errors = {0};
    struct registry r;
    struct replayed_case x;
    assert_true(registry_from_tables(a, 7, small(NULL, NULL, NULL), &r, &errors));
    struct case_file c = {.item = STR("ZS01"), .list = LIST_ENFORCEMENT, .chain = STR("urban"), .opened_at = at("2026-04-20T09:00")};
    const struct duty duties[] = {
        {.id = 1, .kind = DUTY_ACCEPT, .opened_at = at("2026-04-20T14:30"), .due = at("2026-04-20T15:30"), .end = END_SUPERSEDED,
         .ended_at = at("2026-04-20T15:30"), .missed_at = at("2026-04-20T15:30")},
        {.id = 2, .kind = DUTY_ACCEPT, .opened_at = at("2026-04-20T15:30"), .due = at("2026-04-20T17:30"), .end = END_DONE,
         .ended_at = at("2026-04-20T16:00")},
    };
    scheme_replay_case(a, was, draft, &r, &c, duties, 2, at("2026-05-20T09:00"), &x);
    assert_int_equal(x.n_steps, 1);
    assert_int_equal(x.steps[0].due_was, at("2026-04-20T17:30"));
    assert_int_equal(x.steps[0].due_would, at("2026-04-20T17:00"));
    assert_false(x.steps[0].would_be_late);
}

/* ---- warnings ---- */

static bool
is_warned(const struct scheme *s, int32_t day, enum warning_kind kind, const char *key)
{
    struct scheme_warnings all = scheme_warnings(a, s, day);
    for (size_t i = 0; i < all.n; i++)
        if (all.p[i].kind == kind && str_is(all.p[i].key, key))
            return true;
    return false;
}

static void
expired_bases_and_a_missing_year_are_warned_of(void **state)
{
    (void)state;
    const struct scheme *s = scheme_with(NULL, NULL, NULL), *gap = scheme_with("bases", "2026-08-15,,核", "2026-08-20,,核");
    static const struct {
        int year, month, day;
        enum warning_kind kind;
        const char *key;
        bool expect, expect_gap;
    } rows[] = {
        {2026, 6, 1, WARNING_EXPIRES_SOON, "ZS01", false, false},
        {2026, 6, 15, WARNING_EXPIRES_SOON, "ZS01", true, true},
        {2026, 8, 14, WARNING_EXPIRED, "ZS01", false, false},
        {2026, 8, 15, WARNING_EXPIRED, "ZS01", true, true},
        {2026, 8, 16, WARNING_NO_BASIS, "ZS01", false, true},
        {2026, 8, 20, WARNING_NO_BASIS, "ZS01", false, false},
        {2026, 9, 30, WARNING_CALENDAR, "2027", false, false},
        {2026, 10, 1, WARNING_CALENDAR, "2027", true, true},
        {2027, 1, 1, WARNING_CALENDAR, "2027", true, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t day = day_number(rows[i].year, rows[i].month, rows[i].day);
        if (is_warned(s, day, rows[i].kind, rows[i].key) != rows[i].expect || is_warned(gap, day, rows[i].kind, rows[i].key) != rows[i].expect_gap)
            fail_msg("row %zu: %s %s", i, warning_code(rows[i].kind), rows[i].key);
    }
}

/* ---- words ---- */

static void
every_column_that_the_reader_knows_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < SCHEME_TABLES; i++) {
        const struct table_words *tw = table_words_find(str_of(small_scheme[i].name));
        struct table_set set;
        if (!tw)
            continue; /* the registry's */
        small_tables(a, &set, NULL, NULL, NULL);
        for (size_t k = 0; k < set.t[i].header.n; k++)
            if (!column_words_find(tw, set.t[i].header.p[k]))
                fail_msg("%s has no word for %.*s", tw->name, (int)set.t[i].header.p[k].n, set.t[i].header.p[k].p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_change_is_one_sentence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_tables_differ_in_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_and_the_registry_do_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faulty_and_missing_tables_are_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_case_judged_by_its_own_scheme_stays_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shorter_limit_makes_late_what_was_on_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_lead_and_a_further_step_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_order_without_persuasion_needs_a_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rungs_levels_and_anchors_are_judged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rung_that_passed_on_is_still_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expired_bases_and_a_missing_year_are_warned_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_column_that_the_reader_knows_has_a_name, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("scheme_diff", tests, NULL, NULL);
}
