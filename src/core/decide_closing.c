/* Closing and looking back: honest ends, the reporter's word, an independent revisit, reopening. */
#include "decide.h"

static enum tier
final_tier(const struct case_file *c)
{
    for (int t = TIER_PENALISE; t > TIER_NONE; t--)
        if (c->tiers & 1 << t)
            return (enum tier)t;
    return TIER_NONE;
}

/* The revisit is owed by somebody who did not handle the case: the community's side (BG-22, HC-11). */
static bool
staffed_without(const struct registry *r, int32_t org, int role, int64_t handler, int32_t day)
{
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        if (p->role == role && p->org == org && p->person != handler && posting_in_force(p, day) && who && !who->is_disabled)
            return true;
    }
    return false;
}

static void
open_revisit(struct decision *d)
{
    const struct registry *r = d->s->registry;
    const struct scheme *s = d->s->scheme;
    for (size_t i = 0; i < s->n_revisits; i++) { /* 双回访: department and officer, seen from two sides (BG-22) */
        const struct revisit_rule *v = &s->revisits[i];
        const struct posting *p;
        struct owner to = owner_by(d, v->owner, v->role);
        bool is_handler = (p = registry_filled(r, to.role, to.org, to.place, day_of(d->s->now))) && p->person == d->c->handler;
        bool has_own = v->audience == AUDIENCE_RESIDENT && d->item && d->item->revisit >= 0;
        struct duty *u = duty_open(d, DUTY_REVISIT, is_handler ? coordinator_of(r) : to,
                                   &s->limits[has_own ? d->item->revisit : v->limit], d->s->now);
        if (u)
            u->arg = v->audience;
    }
    if (s->n_revisits)
        return;
    int32_t org = d->place ? owner_org(r, STR("@community"), d->place, 0) : 0;
    bool is_fit = org && org != d->c->lead &&
                  staffed_without(r, org, ROLE_COMMUNITY_OFFICE, d->c->handler, day_of(d->s->now));
    struct owner to = is_fit ? owner_of_org(org, ROLE_COMMUNITY_OFFICE) : coordinator_of(r);
    bool has_own = d->item && d->item->revisit >= 0;
    duty_open(d, DUTY_REVISIT, to, has_own ? &s->limits[d->item->revisit] : limit_named(s, "revisit7"), d->s->now);
}

bool
close_case(struct decision *d, int outcome, struct str reply, struct err *err)
{
    if (utf8_count(reply) < 4)
        return err_field(err, "reply", "请用几句平常话答复反映人：做了什么，结果怎样。");
    bool was_reopened = d->c->reopens > 0;
    duties_end(d, DUTY_TRANSFER, END_SUPERSEDED);
    duties_end_main(d, END_DONE);
    duties_end(d, DUTY_ANSWER, END_DONE);
    duties_end(d, DUTY_ARRIVE, END_SUPERSEDED);
    duties_end(d, DUTY_ASSIST, END_SUPERSEDED);
    duties_end(d, DUTY_TEAM, END_SUPERSEDED);
    duties_end(d, DUTY_HEAR, END_SUPERSEDED);
    duties_end(d, DUTY_RULE_LEAD, END_SUPERSEDED);
    duties_end(d, DUTY_APPROVE, END_VOID);
    duties_end(d, DUTY_CHASE, END_DONE);
    d->c->state = CASE_CLOSED;
    d->c->outcome = outcome;
    d->c->tier = final_tier(d->c);
    d->c->closed_at = d->s->now;
    d->c->solved = SOLVED_UNKNOWN;
    d->fx->reply = str_dup(d->fx->arena, reply);
    d->fx->has_reply = true;
    notify_reporter(d, "reply", STR("您反映的事项已有办理结果，请打开查询链接查看并评价。"));
    if (d->c->list == LIST_ENFORCEMENT || was_reopened)
        open_revisit(d);
    if (d->s->scheme->result_to >= 0)
        duty_open(d, DUTY_RECEIVE, owner_by(d, STR("@liaison"), d->s->scheme->result_to), limit_named(d->s->scheme, "result1"),
                  d->s->now);
    duties_end(d, DUTY_MESSAGE, END_SUPERSEDED);
    d->fx->event.public_text = say(d, "%s：%.*s", outcome_label(outcome), S(reply));
    settle_closed(d);
    return true;
}

/* Every point of the item's closing checklist, and a photo of afterwards where the item asks for the pair. */
static bool
proof_given(struct decision *d, int outcome, struct err *err)
{
    if (outcome != OUTCOME_SOLVED)
        return true;
    d->c->after_photos += d->in->photos;
    if (d->item && d->item->photo_pair && !d->c->after_photos)
        err_field(err, "files", "请上传整改后的照片。");
    size_t ticked = 0, at = 0;
    struct str point;
    while (params_each(d->in->fields, "checklist", &at, &point))
        ticked += point.n > 0;
    if (d->item && ticked < d->item->closing.n)
        err_field(err, "checklist", "结案条件还有 %zu 项没有确认。", d->item->closing.n - ticked);
    return err->kind == ERR_NONE;
}

static int
outcome_arg(const struct decision *d)
{
    for (int o = OUTCOME_SOLVED; o <= OUTCOME_MEDIATED; o++)
        if (arg_is(d, "outcome", outcome_code(o)))
            return o;
    return OUTCOME_NONE;
}

static bool
decision_is_served(struct decision *d, struct err *err)
{
    return !duty_slot_of(d, DUTY_DELIVER) || err_unlawful(err, "《行政处罚法》第六十一条", "决定书还没有送达，请先登记送达。");
}

MAY(close)
{
    if (s->c->list == LIST_SERVICE)
        return err_set(err, ERR_CONFLICT, "服务事项请用“办结服务”。");
    return true;
}

DECIDE(close)
{
    int outcome = outcome_arg(d);
    if (!decision_is_served(d, err))
        return false;
    if (outcome == OUTCOME_UNSOLVED && !arg(d, "reason").n)
        return err_field(err, "reason", "请选择未能解决的原因。");
    bool needs_tier = outcome == OUTCOME_SOLVED && d->c->list == LIST_ENFORCEMENT;
    if (needs_tier && final_tier(d->c) == TIER_NONE)
        return err_set(err, ERR_CONFLICT, "还没有劝导、责令或查处的记录，不能按“已解决”办结。请先登记所做的处置。");
    if (!proof_given(d, outcome, err) || !keeps_police_matters_out(d, arg(d, "reply"), "reply", err))
        return false;
    if (d->fx->actor.org == d->c->lead)
        d->c->handler = d->fx->actor.person;
    d->c->photos += d->in->photos;
    d->c->minor = arg_is(d, "minor", "1");
    d->fx->event.text = say(d, "办结（%s）：%.*s", outcome_label(outcome), S(arg(d, "reply")));
    return close_case(d, outcome, arg(d, "reply"), err);
}

MAY(settle)
{
    return s->c->list == LIST_ENFORCEMENT || err_set(err, ERR_CONFLICT, "服务事项请用“办结服务”。");
}

/* Seven of ten end here (HC-30): the grid or the community persuades on the spot, or finds nothing, and answers. */
DECIDE(settle)
{
    int outcome = outcome_arg(d);
    if (outcome == OUTCOME_SOLVED) {
        record_tier(d, TIER_PERSUADE);
        d->c->steps |= STEP_PERSUADE;
        d->c->after_photos += d->in->photos;
        if (d->item && d->item->photo_pair && !d->c->after_photos)
            return err_field(err, "files", "请上传解决后的照片。");
    }
    d->c->photos += d->in->photos;
    d->c->handler = d->fx->actor.person;
    d->c->minor = 1;
    d->c->contact_at = d->c->contact_at ? d->c->contact_at : d->s->now;
    d->fx->event.text = say(d, "就地办结（%s）：%.*s", outcome_label(outcome), S(arg(d, "reply")));
    return close_case(d, outcome, arg(d, "reply"), err);
}

MAY(end_by_top)
{
    return s->c->main_missed || err_set(err, ERR_CONFLICT, "这件事还没有超期，仍由承办单位办理。要过问，请用“督办”。");
}

/* What nobody below has ended in time, the top can: honestly, with a reply, and no word of praise for the overdue duty. A
 * decision is served first; the top may see to that too. */
DECIDE(end_by_top)
{
    int outcome = outcome_arg(d);
    if (!decision_is_served(d, err))
        return false;
    if (outcome == OUTCOME_UNSOLVED && !arg(d, "reason").n)
        return err_field(err, "reason", "请选择未能解决的原因。");
    duties_end_main(d, END_SUPERSEDED);
    d->fx->event.text = say(d, "领导小组裁定办结（%s）：%.*s", outcome_label(outcome), S(arg(d, "reply")));
    return close_case(d, outcome, arg(d, "reply"), err);
}

/* Three taps: photo, ready words, done (HC-12, HC-22: more than twenty of these for each enforcement report). */
DECIDE(complete_service)
{
    bool is_done = !arg_is(d, "outcome", "unsolved");
    if (is_done && !d->in->photos && d->item && d->item->photo_pair)
        return err_field(err, "files", "请上传办好后的照片。");
    d->c->photos += d->in->photos;
    d->c->after_photos += is_done ? d->in->photos : 0;
    d->c->handler = d->fx->actor.person;
    d->c->contact_at = d->c->contact_at ? d->c->contact_at : d->s->now;
    d->fx->event.text = say(d, "服务办结：%.*s", S(arg(d, "reply")));
    return close_case(d, is_done ? OUTCOME_SOLVED : OUTCOME_UNSOLVED, arg(d, "reply"), err);
}

/* A decision that was served is carried out whatever becomes of the report (行政处罚法 66, 72), by the days that the party was
 * told; one that was not yet served keeps its case from being closed, so none is left here. */
static void
end_all_but_compliance(struct decision *d)
{
    for (int k = 0; k < DUTY_KIND_COUNT; k++)
        if (k != DUTY_COMPLY)
            duties_end(d, k, END_SUPERSEDED);
}

bool
reopen(struct decision *d, struct str why)
{
    d->c->reopens++;
    end_all_but_compliance(d);
    d->c->state = CASE_HANDLING;
    d->c->outcome = OUTCOME_NONE;
    d->c->tier = TIER_NONE;
    d->c->closed_at = 0;
    d->c->archived_at = 0;
    d->c->orders = 0; /* a second round: its own order, its own filing and procedure */
    d->c->ordered_unmet = 0;
    d->c->filed_at = 0;
    d->c->filing_no = STR("");
    d->c->noticed_at = 0;
    d->c->defence = 0;
    d->c->measured = 0;
    d->c->hearing_until = 0;
    if (!duty_slot_of(d, DUTY_COMPLY)) /* else the first decision is still being carried out: its demand and its day stand */
        d->c->comply_until = 0;
    if (!d->item || !d->place) /* ended from above before anybody knew what and where */
        enter_classify(d);
    else if (d->c->list == LIST_SERVICE)
        enter_service(d);
    else if (!d->c->lead) /* settled before anybody led it: now somebody is named */
        enter_hop(d, HOP_DISPATCH);
    else {
        d->c->accepted_at = d->c->accepted_at ? d->c->accepted_at : d->s->now; /* in the lead's hands: not routed again */
        enter_handling(d, d->s->now);
    }
    struct owner to = d->c->lead ? owner_of_org((int32_t)d->c->lead, ROLE_NONE) : coordinator_of(d->s->registry);
    notify_owner(d, to, "reopened", true, say(d, "群众反映没有解决，已复办：%.*s", S(why)));
    notify_owner(d, coordinator_of(d->s->registry), "reopened", false, STR("有事项复办"));
    return true;
}

enum { REOPENS_MAX = 2 };

/* The first "not solved" reopens by itself; the second opens a decision that binds (docs/architecture.md 9). After a round
 * that a ruling ordered there is no third: the word is on record, and the top hears of it. */
static void
not_solved(struct decision *d, struct str why)
{
    if (d->c->reopens == 0) {
        reopen(d, why);
        return;
    }
    if (d->c->reopens >= REOPENS_MAX) {
        notify_owner(d, owner_of_org(0, ROLE_LEADING_GROUP), "not_solved", false, STR("复办裁定以后，群众仍反映没有解决"));
        return;
    }
    if (duty_slot_of(d, DUTY_RULE_REOPEN))
        return;
    d->c->state = CASE_CLOSED;
    d->c->archived_at = 0;
    struct owner to = coordinator_of(d->s->registry);
    duty_open(d, DUTY_RULE_REOPEN, to, limit_named(d->s->scheme, "reopen_decide1"), d->s->now);
    notify_owner(d, to, "rule_reopen", true, STR("群众第二次反映没有解决，请裁定"));
}

MAY(rate)
{
    enum { RATE_DAYS = 30 };
    if (s->c->outcome == OUTCOME_NONE)
        return err_set(err, ERR_CONFLICT, "这件事项没有办理结果可以评价。");
    if (day_of(s->now) - day_of(s->c->closed_at) > RATE_DAYS)
        return err_set(err, ERR_CONFLICT, "办结已超过 30 天。问题还在的话，请重新反映。");
    if (s->c->solved != SOLVED_UNKNOWN) /* closing makes it unknown again; instants may be equal */
        return err_set(err, ERR_CONFLICT, "您已经评价过了。");
    return true;
}

DECIDE(rate)
{
    int solved = arg_is(d, "solved", "yes") ? SOLVED_YES : arg_is(d, "solved", "partly") ? SOLVED_PARTLY : SOLVED_NO;
    d->c->solved = solved;
    d->c->grade = arg_int(d, "grade");
    d->c->rated_at = d->s->now;
    static const char *const says[] = {"", "已解决", "部分解决", "没有解决"};
    struct str words = arg(d, "words");
    d->fx->event.text = say(d, "反映人评价：%s，%s。%.*s", says[solved], grade_label((int)d->c->grade), S(words));
    d->fx->event.public_text = say(d, "您的评价：%s，%s", says[solved], grade_label((int)d->c->grade));
    if (solved == SOLVED_NO) {
        not_solved(d, words);
        return true;
    }
    if (d->c->grade >= 4 && !duty_slot_of(d, DUTY_REVIEW_GRADE)) {
        const struct org *o = registry_org(d->s->registry, (int32_t)d->c->lead);
        struct owner to = o && o->kind == ORG_DEPARTMENT ? owner_of_org(o->id, ROLE_DEPARTMENT_HEAD)
                                                          : coordinator_of(d->s->registry);
        duty_open(d, DUTY_REVIEW_GRADE, to, limit_named(d->s->scheme, "review_grade3"), d->s->now);
        if (d->c->state == CASE_ARCHIVED) {
            d->c->state = CASE_CLOSED;
            d->c->archived_at = 0;
        }
    }
    return true;
}

/* Which of two: the one named, else the actor's own, else the first. */
static struct duty_slot *
revisit_asked(struct decision *d)
{
    int audience = 0;
    for (int i = AUDIENCE_RESIDENT; i <= AUDIENCE_GRASSROOTS; i++)
        audience = arg_is(d, "audience", audience_code(i)) ? i : audience;
    struct duty_slot *own = NULL, *first = duty_slot_of(d, DUTY_REVISIT);
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *slot = &d->fx->duties[i];
        if (slot->now.kind != DUTY_REVISIT || slot->now.end != END_OPEN)
            continue;
        if (audience && slot->now.arg == audience)
            return slot;
        if (!own && posting_owing_duty(d->s, &slot->now, 0))
            own = slot;
    }
    return audience && first && first->now.arg ? NULL : own ? own : first;
}

/* By somebody else than the handler; three attempts, then honestly "could not be reached". */
DECIDE(revisit)
{
    struct duty_slot *slot = revisit_asked(d);
    if (!slot)
        return err_set(err, ERR_CONFLICT, "没有待完成的回访。");
    struct str words = arg(d, "words");
    if (arg_is(d, "result", "unreachable")) {
        slot->now.level++;
        slot->is_changed = true;
        d->fx->event.text = say(d, "回访：第 %d 次没有联系上。%.*s", slot->now.level, S(words));
        if (slot->now.level >= 3)
            duty_end(d, slot, END_DONE);
        settle_closed(d);
        return true;
    }
    duty_end(d, slot, END_DONE);
    bool is_solved = !arg_is(d, "result", "not_solved"), is_base = slot->now.arg == AUDIENCE_GRASSROOTS;
    *(is_base ? &d->c->base_grade : &d->c->revisit_grade) = arg_int(d, "grade");
    *(is_base ? &d->c->base_officer : &d->c->revisit_officer) = arg_int(d, "grade_officer");
    d->fx->event.text = say(d, "回访：%s，对办理单位 %s。%.*s", is_solved ? "已解决" : "没有解决",
                            grade_label((int)arg_int(d, "grade")), S(words));
    d->fx->event.public_text = STR("已回访");
    if (!is_solved)
        not_solved(d, words);
    settle_closed(d);
    return true;
}

DECIDE(rule_reopen)
{
    duties_end(d, DUTY_RULE_REOPEN, END_DONE);
    bool is_reopened = arg_is(d, "result", "reopen");
    struct str why = arg(d, "note");
    if (is_reopened) {
        d->c->binding = 1;
        reopen(d, why);
    }
    d->fx->event.text = say(d, "裁定：%s。%.*s", is_reopened ? "复办" : "维持办结", S(why));
    d->fx->event.public_text = say(d, "%s：%.*s", is_reopened ? "决定再次办理" : "经核查维持办理结果", S(why));
    notify_reporter(d, "ruled", is_reopened ? STR("您反映的事项已决定再次办理。") : STR("您反映的事项已有复核结果，请查看。"));
    settle_closed(d);
    return true;
}

DECIDE(review_grade)
{
    duties_end(d, DUTY_REVIEW_GRADE, END_DONE);
    d->fx->event.text = say(d, "差评核查：%.*s", S(arg(d, "words")));
    settle_closed(d);
    return true;
}
