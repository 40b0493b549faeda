/* From the coordinator's desk to a department that answers: dispatch, accept, refuse, and the binding ruling. */
#include "decide.h"

static int32_t
org_arg(struct decision *d, const char *name)
{
    const struct org *o = registry_org_code(d->s->registry, arg(d, name));
    return o && !o->is_closed ? o->id : 0;
}

/* Who leads must be able to end the matter: an organisation with somebody who may close a case. A court, a hotline or a
 * property firm cannot (HC-24: the court cooperates and never enforces). */
static int32_t
lead_arg(struct decision *d, struct err *err)
{
    static const int may_close[] = {ROLE_OFFICER, ROLE_DEPARTMENT_HEAD, ROLE_COMMUNITY_OFFICE, ROLE_COORDINATOR};
    int32_t org = org_arg(d, "lead");
    for (size_t i = 0; org && i < sizeof may_close / sizeof *may_close; i++)
        if (registry_filled(d->s->registry, may_close[i], org, 0, day_of(d->s->now)))
            return org;
    if (org)
        err_field(err, "lead", "%.*s没有能办结事项的人员，不能牵头；可以请它配合。", S(org_name(d->s->registry, org)));
    else
        err_field(err, "lead", "请选择牵头单位。");
    return 0;
}

enum { ASSISTS_MAX = 6 };

static size_t
assists_open(const struct decision *d, int32_t of_org)
{
    size_t n = 0;
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        const struct duty *u = &d->fx->duties[i].now;
        n += u->kind == DUTY_ASSIST && u->end == END_OPEN && (!of_org || u->owner.org == of_org);
    }
    return n;
}

static void
open_assists(struct decision *d)
{
    size_t at = 0;
    struct str code;
    while (assists_open(d, 0) < ASSISTS_MAX && params_each(d->in->fields, "assists", &at, &code)) {
        const struct org *o = registry_org_code(d->s->registry, str_trim(code));
        if (!o || o->is_closed || o->id == d->c->lead || assists_open(d, o->id))
            continue;
        struct owner to = owner_of_org(o->id, ROLE_NONE);
        duty_open(d, DUTY_ASSIST, to, limit_named(d->s->scheme, "assist2"), d->s->now);
        notify_owner(d, to, "whistle", d->c->urgent != 0,
                     say(d, "请配合：%.*s，%.*s", S(d->place->name), S(d->item->name)));
    }
}

/* 执法边界 (LC-05): where the scheme draws them, a department gets what lies in its scope. Who coordinates takes the rest. */
static bool
in_scope(const struct decision *d, int32_t lead)
{
    const struct scheme *s = d->s->scheme;
    const struct org *o = registry_org(d->s->registry, lead);
    bool is_limited = false;
    for (size_t i = 0; i < s->n_scopes; i++) {
        if (!str_eq(s->scopes[i].org, o->code))
            continue;
        is_limited = true;
        for (size_t k = 0; k < s->scopes[i].categories.n; k++)
            if (str_eq(s->scopes[i].categories.p[k], s->categories[d->item->category].code))
                return true;
    }
    return !is_limited;
}

/* 派发: exactly one lead (HC-04); another lead than the list's needs a reason. */
DECIDE(dispatch)
{
    int32_t lead = lead_arg(d, err);
    if (!lead)
        return false;
    int32_t listed = owner_org(d->s->registry, d->item->lead, d->place, 0);
    struct str note = arg(d, "note");
    if (!in_scope(d, lead))
        return err_field(err, "lead", "“%.*s”不在%.*s的职责范围；请选别的单位，或请它配合。",
                         S(d->s->scheme->categories[d->item->category].name), S(org_name(d->s->registry, lead)));
    if (lead != listed && !note.n)
        return err_field(err, "note", "牵头单位与清单（%.*s）不同，请写明理由。", S(org_name(d->s->registry, listed)));
    duties_end(d, DUTY_DISPATCH, END_DONE);
    d->c->dispatched_at = d->s->now;
    set_lead(d, lead);
    enter_hop(d, HOP_RESPOND);
    open_assists(d);
    d->fx->event.text = say(d, "派单：牵头 %.*s%s%.*s", S(org_name(d->s->registry, lead)), note.n ? "。" : "", S(note));
    d->fx->event.public_text = say(d, "已派给%.*s", S(org_name(d->s->registry, lead)));
    return true;
}

/* 响应: from here the lead's handling clock runs, counted from the dispatch. */
DECIDE(accept)
{
    duties_end(d, DUTY_ACCEPT, END_DONE);
    d->c->accepted_at = d->s->now;
    enter_handling(d, d->c->dispatched_at ? d->c->dispatched_at : d->s->now);
    d->fx->event.text = STR("接单");
    d->fx->event.public_text = say(d, "%.*s已接单", S(org_name(d->s->registry, (int32_t)d->c->lead)));
    notify_reporter(d, "accepted", say(d, "您反映的事项已由%.*s受理。", S(org_name(d->s->registry, (int32_t)d->c->lead))));
    return true;
}

MAY(refuse)
{
    if (s->c->binding)
        return err_set(err, ERR_CONFLICT, "牵头单位已经裁定，不能再退单；有异议请提请会商。");
    if (duty_is_open(s, DUTY_RULE_LEAD)) /* whistled again meanwhile: one ruling answers all refusals */
        return err_set(err, ERR_CONFLICT, "正在裁定由谁牵头，裁定前仍由您单位办理，不能再退单。");
    return true;
}

/* A refusal teaches: the row of the list, the reason, and whom instead. The first goes back to the coordinator; a second
 * leaves the refuser bound while the coordinator rules by a deadline (HC-04; 浙江条例 17 as a model). */
DECIDE(refuse)
{
    int32_t instead = org_arg(d, "instead");
    struct str row = arg(d, "item"), note = arg(d, "note");
    if (scheme_item(d->s->scheme, row) < 0)
        err_field(err, "item", "请指出清单中的哪一项说明应由谁负责。");
    if (!instead || instead == d->c->lead)
        err_field(err, "instead", "请写明应由哪个单位负责。");
    if (err->kind)
        return false;
    const struct reason *r = scheme_reason(d->s->scheme, "refuse", arg(d, "reason"));
    struct str why = r ? r->name : arg(d, "reason");
    duties_end(d, DUTY_ACCEPT, END_DONE);
    d->c->refusals++;
    d->c->cause = 1;
    struct str who = org_name(d->s->registry, (int32_t)d->c->lead);
    d->fx->event.text = say(d, "%.*s退单（%.*s）：依据清单 %.*s，应由%.*s负责。%.*s", S(who), S(why), S(row),
                            S(org_name(d->s->registry, instead)), S(note));
    d->fx->event.public_text = STR("正在确认由哪个部门牵头，仍有人跟进");
    if (d->c->refusals == 1) {
        d->c->refused_by = d->c->lead;
        set_lead(d, 0);
        enter_hop(d, HOP_DISPATCH);
        return true;
    }
    struct owner to = coordinator_of(d->s->registry);
    duty_open(d, DUTY_RULE_LEAD, to, limit_named(d->s->scheme, "refusal"), d->s->now);
    notify_owner(d, to, "rule_lead", true, say(d, "请裁定牵头单位：%.*s", S(d->item->name)));
    d->c->accepted_at = d->s->now;
    enter_handling(d, d->s->now);
    d->fx->event.text = say(d, "%.*s。第二次退单：裁定前仍由%.*s办理", S(d->fx->event.text), S(who));
    return true;
}

/* The ruling binds; who refused against the list is on record, and the next routing shows it as a precedent (HC-39). */
DECIDE(rule_lead)
{
    int32_t lead = lead_arg(d, err);
    if (!lead)
        return false;
    duties_end(d, DUTY_RULE_LEAD, END_DONE);
    d->c->binding = 1;
    if (lead != d->c->lead) {
        duties_end_main(d, END_SUPERSEDED);
        set_lead(d, lead);
        enter_handling(d, d->s->now);
        struct owner to = owner_of_org(lead, ROLE_NONE);
        notify_owner(d, to, "whistle", true, say(d, "裁定由你单位牵头：%.*s", S(d->item->name)));
    }
    d->fx->event.text = say(d, "裁定牵头：%.*s。理由：%.*s", S(org_name(d->s->registry, lead)), S(arg(d, "note")));
    d->fx->event.public_text = say(d, "已确定由%.*s负责", S(org_name(d->s->registry, lead)));
    return true;
}

/* The lead calls a cooperating department from the case (HC-10). */
DECIDE(request_assist)
{
    int32_t org = org_arg(d, "org");
    if (!org || org == d->c->lead)
        return err_field(err, "org", "请选择另一个单位。");
    if (assists_open(d, org))
        return err_field(err, "org", "已经请这个单位配合，正在等待。");
    if (assists_open(d, 0) >= ASSISTS_MAX)
        return err_field(err, "org", "已有 %d 个单位在配合，请等它们反馈，或者提请会商。", ASSISTS_MAX);
    int32_t by = arg_day(d, "by");
    struct owner to = owner_of_org(org, ROLE_NONE);
    const struct calendar *cal = &d->s->scheme->calendar;
    if (by) {
        int32_t today = day_of(d->s->now);
        if (by < today || by > today + 90)
            return err_field(err, "by", "请填今天起 90 日内的日期。");
        duty_open_until(d, DUTY_ASSIST, to, office_close(cal, by), office_open(cal, by));
    } else
        duty_open(d, DUTY_ASSIST, to, limit_named(d->s->scheme, "assist2"), d->s->now);
    notify_owner(d, to, "whistle", d->c->urgent != 0, say(d, "请配合：%.*s", S(arg(d, "words"))));
    d->fx->event.text = say(d, "请%.*s配合：%.*s", S(org_name(d->s->registry, org)), S(arg(d, "words")));
    d->fx->event.public_text = say(d, "请%.*s一起处理", S(org_name(d->s->registry, org)));
    return true;
}

DECIDE(finish_assist)
{
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *slot = &d->fx->duties[i];
        if (slot->now.kind == DUTY_ASSIST && slot->now.end == END_OPEN && posting_owing_duty(d->s, &slot->now, 0))
            duty_end(d, slot, END_DONE);
    }
    d->c->photos += d->in->photos;
    notify_owner(d, owner_of_org((int32_t)d->c->lead, ROLE_NONE), "assisted", false, STR("配合单位已反馈"));
    d->fx->event.text = say(d, "配合完成：%.*s", S(arg(d, "words")));
    d->fx->event.public_text = say(d, "%.*s已配合", S(org_name(d->s->registry, d->fx->actor.org)));
    return true;
}

MAY(confer)
{
    if (s->c->list != LIST_ENFORCEMENT)
        return err_set(err, ERR_CONFLICT, "服务事项不用会商；需要部门参与时请升级为执法事项。");
    if (s->c->confers >= 2)
        return err_set(err, ERR_CONFLICT, "已经会商过 2 次，请按议定办理；确实解决不了的如实办结答复。");
    return true;
}

/* To the consultation: the cause of the difficulty is one of three (HC-00). */
DECIDE(confer)
{
    enter_confer(d);
    d->c->cause = arg_is(d, "cause", "unclear") ? 1 : arg_is(d, "cause", "split") ? 2 : 3;
    d->fx->event.text = say(d, "提请会商：%.*s", S(arg(d, "note")));
    d->fx->event.public_text = STR("多部门一起研究");
    return true;
}

DECIDE(conclude_confer)
{
    int32_t lead = lead_arg(d, err), by = arg_day(d, "by");
    int32_t today = day_of(d->s->now);
    if (by < today || by > today + 180)
        err_field(err, "by", "请填写今天起 180 日内的日期。");
    if (err->kind)
        return false;
    duties_end(d, DUTY_CONFER, END_DONE);
    duties_end(d, DUTY_RULE_LEAD, END_SUPERSEDED);
    set_lead(d, lead);
    d->c->binding = 1;
    d->c->accepted_at = d->c->accepted_at ? d->c->accepted_at : d->s->now;
    d->c->state = CASE_HANDLING;
    const struct calendar *cal = &d->s->scheme->calendar;
    instant due = office_close(cal, by);
    struct owner to = owner_of_org(lead, ROLE_NONE);
    duty_open_until(d, DUTY_HANDLE, to, due, limit_amber(cal, due, UNIT_WORKING_DAY, 1));
    owe_arrival(d);
    notify_owner(d, to, "whistle", false, say(d, "会商议定由你单位落实：%.*s", S(d->item->name)));
    d->fx->event.text = say(d, "会商议定：%.*s。由%.*s落实", S(arg(d, "words")), S(org_name(d->s->registry, lead)));
    d->fx->event.public_text = say(d, "会商后由%.*s落实", S(org_name(d->s->registry, lead)));
    return true;
}
