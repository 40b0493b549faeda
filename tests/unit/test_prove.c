/* The prover: the shipped scheme holds; each scheme, registry or core that is broken on purpose breaks the promise that it
 * should, and the story says how. */
#include "check.h"

#include <stdlib.h>

#include "decide.h"
#include "prove.h"
#include "visit.h"
#include "registry_import.h"
#include "scheme_files.h"

/* 会昌 as shipped, and a copy of everything that a test may break. */
static struct arena *whole, *one;
static struct scheme *shipped;
static struct registry shipped_registry;

static struct lab {
    struct scheme scheme;
    struct registry registry;
    struct item *items;
    struct channel *channels;
    struct ladder_row *ladders;
    struct person *people;
    struct posting *postings;
    struct table *tables;
    struct command *commands;
    size_t n_commands;
    struct prove_options options;
} lab;

static int
open_whole(void **state)
{
    (void)state;
    static struct table_set set;
    whole = arena_new();
    if (!shipped_tables(whole, &set, "huichang"))
        return -1;
    shipped = scheme_read(whole, set.all, &set.errors);
    bool ok = shipped && registry_from_tables(whole, 360733, set.all, &shipped_registry, &set.errors);
    expect_no_errors(&set.errors);
    one = arena_new();
    return ok ? 0 : -1;
}

static int
close_whole(void **state)
{
    (void)state;
    arena_free(one);
    arena_free(whole);
    return 0;
}

#define COPY(to, from, n)                                                                                              \
    do {                                                                                                               \
        to = arena_alloc(one, ((n) + 1) * sizeof *(from));                                                             \
        memcpy((void *)(to), from, (n) * sizeof *(from));                                                              \
    } while (0)

/* A corner that shows everything quickly:a structure built without leave, with the whole ladder, and a service of the firm. */
static void
begin(void)
{
    static const struct str corner[] = {{"WJ01", 4}, {"SV01", 4}};
    arena_reset(one);
    lab = (struct lab){.scheme = *shipped, .registry = shipped_registry, .n_commands = n_commands};
    COPY(lab.items, shipped->items, shipped->n_items);
    COPY(lab.channels, shipped->channels, shipped->n_channels);
    COPY(lab.ladders, shipped->ladders, shipped->n_ladders);
    COPY(lab.people, shipped_registry.people, shipped_registry.n_people);
    COPY(lab.postings, shipped_registry.postings, shipped_registry.n_postings);
    COPY(lab.commands, commands, n_commands);
    lab.tables = arena_array(one, struct table, shipped->tables.n + 1);
    memcpy(lab.tables, shipped->tables.p, shipped->tables.n * sizeof *lab.tables);
    lab.scheme.tables.p = lab.tables;
    lab.scheme.items = lab.items;
    lab.scheme.channels = lab.channels;
    lab.scheme.ladders = lab.ladders;
    lab.registry.people = lab.people;
    lab.registry.postings = lab.postings;
    lab.registry.arena = one;
    lab.options = (struct prove_options){.only_items = {corner, 2}};
}

static struct proof *
prove(void)
{
    registry_index(&lab.registry);
    lab.options.commands = lab.commands;
    lab.options.n_commands = lab.n_commands;
    return scheme_prove(one, &lab.scheme, &lab.registry, &lab.options);
}

/* ---- what may be broken ---- */

static struct command *
command(const char *code)
{
    for (size_t i = 0; i < lab.n_commands; i++)
        if (strcmp(lab.commands[i].code, code) == 0)
            return &lab.commands[i];
    fail_msg("no command %s", code);
    return NULL;
}

static void
without(const char *code)
{
    command(code)->states = 0;
}

static void
nobody_is(int role)
{
    for (size_t i = 0; i < lab.registry.n_postings; i++)
        for (size_t k = 0; lab.postings[i].role == role && k < lab.registry.n_people; k++)
            lab.people[k].is_disabled |= lab.people[k].id == lab.postings[i].person;
}

static void
nobody_in(const char *org)
{
    const struct org *o = registry_org_code(&shipped_registry, str_of(org));
    for (size_t i = 0; i < lab.registry.n_postings; i++)
        for (size_t k = 0; lab.postings[i].org == o->id && k < lab.registry.n_people; k++)
            lab.people[k].is_disabled |= lab.people[k].id == lab.postings[i].person;
}

/* ---- broken registries ---- */

static void
break_lead_missing(void)
{
    nobody_in("LW");
}
static void
break_no_coordinator(void)
{
    nobody_is(ROLE_COORDINATOR);
}
static void
break_no_deputy(void)
{
    const struct person *second = registry_username(&shipped_registry, STR("coord02"));
    for (size_t k = 0; k < lab.registry.n_people; k++)
        lab.people[k].is_disabled |= lab.people[k].id == second->id;
}
static void
break_no_top(void)
{
    nobody_is(ROLE_LEADING_GROUP);
}
static void
break_no_grid_chief(void)
{
    nobody_is(ROLE_GRID_CHIEF);
}
static void
break_certificates(void)
{
    for (size_t i = 0; i < lab.registry.n_postings; i++)
        lab.postings[i].cert_until = lab.postings[i].cert_until ? 1 : 0;
}

/* ---- broken schemes ---- */

static void
break_whistle(void)
{
    struct whistle *w = arena_new_of(one, struct whistle);
    *w = (struct whistle){.code = STR("assault"), .name = STR("攻坚哨"), .order = 1, .enters = ENTERS_CONFER, .owner = STR("@sector"),
                          .role = ROLE_SECTOR_CHIEF, .limit = 0, .handle = -1, .arrive = -1, .arrive_off = -1, .on_miss = -1};
    lab.scheme.whistles = w;
    lab.scheme.n_whistles = 1;
}
static void
break_assists(void) /* the department answers, and who should come with it has nobody */
{
    static const struct str called[] = {{"CG", 2}, {"NYNC", 4}};
    struct whistle *w = arena_new_of(one, struct whistle);
    *w = (struct whistle){.code = STR("enforcement"), .name = STR("执法哨"), .order = 1, .enters = HOP_RESPOND, .owner = STR("@lead"),
                          .role = -1, .limit = 0, .handle = -1, .arrive = -1, .arrive_off = -1, .assists = {called, 2}, .on_miss = -1};
    lab.scheme.whistles = w;
    lab.scheme.n_whistles = 1;
    nobody_in("NYNC");
}
static void
break_routine(void)
{
    static const struct str departments[] = {{"department", 10}};
    struct routine *r = arena_new_of(one, struct routine);
    *r = (struct routine){.code = STR("patrol"), .name = STR("每天巡查"), .owner = STR("@self"), .each = EACH_ORG, .of = {departments, 1}, .role = -1,
                          .action = VISIT_PATROL, .period = PERIOD_DAY, .minimum = 400, .escalate = -1};
    lab.scheme.routines = r;
    lab.scheme.n_routines = 1;
}
static void
break_routine_owner(void)
{
    break_routine();
    struct routine *r = (struct routine *)(uintptr_t)lab.scheme.routines;
    r->minimum = 1;
    r->role = ROLE_HOTLINE;
}
static void
break_routine_empty(void)
{
    static const struct str nobody[] = {{"court@NOBODY", 12}};
    break_routine_owner();
    struct routine *r = (struct routine *)(uintptr_t)lab.scheme.routines;
    r->each = EACH_POST;
    r->of = (struct strs){nobody, 1};
}
static void
break_routine_day(void) /* every Sunday, holidays left out: it never comes */
{
    break_routine();
    struct routine *r = (struct routine *)(uintptr_t)lab.scheme.routines;
    r->minimum = 1;
    r->period = PERIOD_WEEKDAY;
    r->weekday = 7;
    r->holiday = HOLIDAY_MOVE;
    lab.scheme.calendar.n_years = 0;
}
static void
break_ladder(void) /* the order waits for the penalty, and the penalty for the order */
{
    for (size_t i = 0; i < lab.scheme.n_ladders; i++) {
        struct ladder_row *row = &lab.ladders[i];
        if (!str_is(row->ladder, "direct") || row->tier == TIER_PERSUADE)
            continue;
        row->after = row->tier == TIER_ORDER ? TIER_PENALISE : TIER_ORDER;
        row->skip_grounds.n = 0;
    }
}
static void
break_hop(void) /* a stage that no channel and no other stage leads to */
{
    for (size_t i = 0; i < lab.scheme.n_channels; i++)
        lab.channels[i].enters_at = HOP_DISPATCH;
}
/* ---- a broken core: another decision behind the same command ---- */

static bool
wrong_refuse(struct decision *d, struct err *err) /* sends it back, counts nothing */
{
    (void)err;
    duties_end(d, DUTY_ACCEPT, END_DONE);
    set_lead(d, 0);
    enter_hop(d, HOP_DISPATCH);
    return true;
}
static void
break_refusal(void)
{
    command("refuse")->decide = wrong_refuse;
    command("refuse")->may = NULL;
}
static bool
may_pause_again(const struct situation *s, struct err *err)
{
    (void)err;
    return !duty_is_open(s, DUTY_APPROVE);
}
static void
break_pauses(void)
{
    command("request_pause")->may = may_pause_again;
}
static bool
wrong_rule_reopen(struct decision *d, struct err *err)
{
    d->c->reopens = 0;
    return decide_rule_reopen(d, err);
}
static void
break_reopening(void)
{
    command("rule_reopen")->decide = wrong_rule_reopen;
}
static bool
wrong_penalise(struct decision *d, struct err *err) /* no notice, no defence */
{
    (void)err;
    d->c->defence = DEFENCE_DECIDED;
    record_tier(d, TIER_PENALISE);
    return true;
}
static void
break_penalty(void)
{
    command("penalise")->decide = wrong_penalise;
    command("penalise")->may = NULL;
}
static bool
wrong_order(struct decision *d, struct err *err) /* one officer will do */
{
    struct str name;
    size_t at = 0;
    (void)err;
    if (!params_each(d->in->fields, "officers", &at, &name))
        return false;
    duties_end(d, DUTY_HANDLE, END_DONE);
    record_tier(d, TIER_ORDER);
    d->c->orders++;
    enter_handling(d, d->s->now);
    return true;
}
static bool
may_order_once(const struct situation *s, struct err *err)
{
    (void)err;
    return s->c->orders == 0 && s->c->list == LIST_ENFORCEMENT;
}
static void
break_officers(void)
{
    command("order")->decide = wrong_order;
    command("order")->may = may_order_once;
}
static bool
wrong_serve(struct decision *d, struct err *err) /* an order is given on a service item */
{
    return decide_complete_service(d, err);
}
static void
break_service(void)
{
    struct command *c = command("complete_service");
    c->event = "ordered";
    c->decide = wrong_serve;
}
static void
break_revisit(void)
{
    command("revisit")->flags &= ~(uint32_t)CMD_NO_HANDLER;
}
static bool
wrong_accept(struct decision *d, struct err *err) /* takes the matter, and nobody owes it */
{
    (void)err;
    duties_end(d, DUTY_ACCEPT, END_DONE);
    d->c->accepted_at = d->s->now;
    d->c->state = CASE_HANDLING;
    return true;
}
static void
break_accept(void)
{
    command("accept")->decide = wrong_accept;
}
static bool
wrong_limit(struct decision *d, struct err *err) /* a duty without a time */
{
    (void)err;
    duties_end(d, DUTY_ACCEPT, END_DONE);
    d->c->accepted_at = d->s->now;
    d->c->state = CASE_HANDLING;
    duty_open_until(d, DUTY_HANDLE, owner_of_org((int32_t)d->c->lead, ROLE_NONE), 0, 0);
    return true;
}
static void
break_limit(void)
{
    command("accept")->decide = wrong_limit;
}
static bool
wrong_close(struct decision *d, struct err *err) /* closed without a word */
{
    if (!decide_close(d, err))
        return false;
    d->fx->has_reply = false;
    return true;
}
static void
break_reply(void)
{
    command("close")->decide = wrong_close;
}
static bool
wrong_transfer(struct decision *d, struct err *err) /* gone without a receipt */
{
    if (!decide_confirm_transfer(d, err))
        return false;
    d->c->receipt_no = STR("");
    return true;
}
static void
break_receipt(void)
{
    command("confirm_transfer")->decide = wrong_transfer;
}
static void
break_top(void)
{
    without("end_by_top");
}
static void
break_solving(void)
{
    static const char *const good[] = {"close", "settle", "merge", "confirm_transfer", "complete_service", "end_by_top"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        without(good[i]);
}

static const struct {
    const char *name;
    void (*breaks)(void);
    int property;
    const char *says;
} broken[] = {
    {"the lead has nobody", break_lead_missing, PROOF_STAFFED, "WJ01"},
    {"nobody coordinates", break_no_coordinator, PROOF_OWNED, "没有在岗的人"},
    {"the coordinator has no deputy", break_no_deputy, PROOF_STAFFED, "副手"},
    {"nobody at the top: a miss stops below", break_no_top, PROOF_UPWARD, "超期"},
    {"no grid chief answers the call", break_no_grid_chief, PROOF_STAFFED, "呼叫"},
    {"all certificates have run out", break_certificates, PROOF_STAFFED, "执法证"},
    {"a whistle that nobody answers", break_whistle, PROOF_STAFFED, "攻坚哨"},
    {"who is called together with the lead is not there", break_assists, PROOF_STAFFED, "农业农村局"},
    {"a routine that the staff cannot do", break_routine, PROOF_FEASIBLE, "每天最多"},
    {"a routine whose owner is not there", break_routine_owner, PROOF_FEASIBLE, "没有在岗的责任人"},
    {"a routine that is about nobody", break_routine_empty, PROOF_FEASIBLE, "没有一个对象"},
    {"a routine on a day on which nobody works", break_routine_day, PROOF_FEASIBLE, "一期也排不到"},
    {"a ladder that bites its tail", break_ladder, PROOF_NOT_EMPTY, "永远走不到"},
    {"a stage that is never entered", break_hop, PROOF_NOT_EMPTY, "呼叫"},
    {"refusals without end", break_refusal, PROOF_NO_PUSHING, "退单"},
    {"pauses without end", break_pauses, PROOF_NO_PUSHING, "挂起"},
    {"reopened without end", break_reopening, PROOF_NO_PUSHING, "复办"},
    {"a penalty without notice", break_penalty, PROOF_LAWFUL, "处罚"},
    {"an order by one officer", break_officers, PROOF_LAWFUL, "少于两人"},
    {"an order on a service item", break_service, PROOF_LAWFUL, "服务清单"},
    {"revisited by the handler", break_revisit, PROOF_LAWFUL, "回访"},
    {"closed without an answer", break_reply, PROOF_LAWFUL, "没有答复"},
    {"transferred without a receipt", break_receipt, PROOF_LAWFUL, "接收编号"},
    {"accepted, and nobody owes it", break_accept, PROOF_OWNED, "没有人负主责"},
    {"a duty without a time", break_limit, PROOF_OWNED, "没有时限"},
    {"the top cannot end it", break_top, PROOF_TOP_CAN_END, "领导小组"},
    {"no good end is left", break_solving, PROOF_STILL_SOLVABLE, "得到解决"},
};

static void
what_is_broken_is_caught_by_the_promise_it_breaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        begin();
        broken[i].breaks();
        struct proof *p = prove();
        const struct proof_property *q = &p->property[broken[i].property];
        for (int k = 0; getenv("SHAODAO_PROOF_STORIES") && k < PROOF_COUNT; k++)
            if (!p->property[k].ok)
                print_message("== %s: %s\n%.*s\n", broken[i].name, proof_code(k), (int)p->property[k].story.n, p->property[k].story.p);
        if (!p->is_complete)
            fail_msg("%s: %.*s", broken[i].name, (int)p->why_incomplete.n, p->why_incomplete.p);
        if (p->ok || q->ok)
            fail_msg("%s: %s should be broken", broken[i].name, proof_code(broken[i].property));
        if (!str_has(q->story, str_of(broken[i].says)))
            fail_msg("%s: the story should speak of %s:\n%.*s", broken[i].name, broken[i].says, (int)q->story.n, q->story.p);
    }
}

static void
the_corner_itself_holds(void **state)
{
    (void)state;
    begin();
    struct proof *p = prove();
    for (int i = 0; i < PROOF_COUNT; i++)
        if (!p->property[i].ok)
            fail_msg("%s:\n%.*s", proof_code(i), (int)p->property[i].story.n, p->property[i].story.p);
    assert_true(p->ok && p->is_complete);
    assert_int_equal(proof_first(p).n, 0);
}

static void
what_was_not_explored_to_the_end_is_not_proved(void **state)
{
    (void)state;
    begin();
    lab.options.max_states = 100;
    struct proof *p = prove();
    assert_false(p->ok);
    assert_false(p->is_complete);
    assert_true(proof_first(p).n > 0);
}

/* Breadth first: the shortest way to a duty that nobody owes is report, … dispatch, accept. */
static void
a_story_is_the_shortest_one(void **state)
{
    (void)state;
    begin();
    command("accept")->decide = wrong_accept;
    struct str story = prove()->property[PROOF_OWNED].story;
    size_t steps = 0;
    for (size_t i = 0; i < story.n; i++)
        steps += story.p[i] == '\n';
    assert_int_equal(steps, 3); /* 12345 hands it over, the coordinator dispatches, the department accepts */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corner_itself_holds),
        cmocka_unit_test(what_is_broken_is_caught_by_the_promise_it_breaks),
        cmocka_unit_test(what_was_not_explored_to_the_end_is_not_proved),
        cmocka_unit_test(a_story_is_the_shortest_one),
    };
    return cmocka_run_group_tests_name("prove", tests, open_whole, close_whole);
}
