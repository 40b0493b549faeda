/* What the responsible side does: the 721 ladder, 一劝二督三查, pauses and extensions. */
#include "decide.h"

void
touch(struct decision *d)
{
    d->c->photos += d->in->photos;
    if (!d->c->contact_at)
        d->c->contact_at = d->s->now;
    if (d->fx->actor.org == d->c->lead)
        d->c->handler = d->fx->actor.person;
}

MAY(enforcement)
{
    return service_blocks(s, err);
}

MAY(service)
{
    return s->c->list == LIST_SERVICE || err_set(err, ERR_CONFLICT, "这是执法清单事项。");
}

/* 劝 (tier T1): by property, grid, community or department; what counts is the act, not the actor (mechanisms 11). */
DECIDE(persuade)
{
    touch(d);
    record_tier(d, TIER_PERSUADE);
    d->c->steps |= STEP_PERSUADE;
    bool is_refused = arg_is(d, "reaction", "refused");
    d->c->persuade_failed = is_refused;
    if (arg_is(d, "reaction", "fixed"))
        d->c->after_photos += d->in->photos;
    const char *reaction = is_refused ? "对方不改" : arg_is(d, "reaction", "fixed") ? "当场改正" : "答应改正";
    d->fx->event.text = say(d, "劝导（%s）：%.*s", reaction, S(arg(d, "words")));
    d->fx->event.public_text = say(d, "已上门劝导，%s", reaction);
    return true;
}

MAY(property)
{
    if (!service_blocks(s, err))
        return false;
    const struct place *p = registry_place(s->registry, (int32_t)s->c->place);
    if (!p || !p->firm)
        return err_set(err, ERR_CONFLICT, "这个小区没有物业企业。");
    if (duty_is_open(s, DUTY_SUPERVISE))
        return err_set(err, ERR_CONFLICT, "已经督促物业，正在等待答复。");
    return true;
}

/* 督: runs in parallel as the firm's own duty; it never holds the case up (HC-32). */
DECIDE(supervise_property)
{
    d->c->steps |= STEP_SUPERVISE;
    struct owner to = owner_of_org(d->place->firm, ROLE_PROPERTY);
    duty_open(d, DUTY_SUPERVISE, to, limit_named(d->s->scheme, "supervise3"), d->s->now);
    notify_owner(d, to, "supervise_property", false, say(d, "请落实管理责任：%.*s", S(arg(d, "words"))));
    d->fx->event.text = say(d, "督促物业：%.*s", S(arg(d, "words")));
    d->fx->event.public_text = STR("已督促物业落实管理责任");
    return true;
}

DECIDE(answer_supervision)
{
    d->c->photos += d->in->photos;
    duties_end(d, DUTY_SUPERVISE, END_DONE);
    d->fx->event.text = say(d, "物业答复：%.*s", S(arg(d, "words")));
    d->fx->event.public_text = STR("物业已答复整改情况");
    settle_closed(d);
    return true;
}

MAY(investigate)
{
    return service_blocks(s, err);
}

/* 查: enabled when persuasion is on record as failed, or a ground excuses it (HC-32). */
DECIDE(investigate)
{
    if (!d->c->persuade_failed && !(d->c->tiers & 1 << TIER_ORDER) && !arg(d, "skip_ground").n)
        return err_unlawful(err, "《行政处罚法》第六条", "“三查”在劝阻无果之后：请先登记劝导，或选择直接取证的理由。");
    if (!officers_valid(d, 2, err))
        return false;
    touch(d);
    d->c->steps |= STEP_INVESTIGATE;
    d->fx->event.text = say(d, "取证查处：%.*s", S(arg(d, "words")));
    d->fx->event.public_text = STR("执法人员已到场取证");
    return true;
}

MAY(order)
{
    if (!service_blocks(s, err))
        return false;
    if (s->c->measured == 1)
        return err_unlawful(err, "《行政处罚法》第四十条", "检测没有超标，违法事实不能成立，不得责令或处罚；可以调解后如实答复。");
    if (s->c->orders >= 2)
        return err_set(err, ERR_CONFLICT, "已经责令改正 2 次，请立案或办结。");
    if (s->c->filed_at)
        return err_set(err, ERR_CONFLICT, "已经立案，按处罚程序办理。");
    return true;
}

/* 责令限期改正 (行政处罚法 28). The date is the order's own: it is not shifted, and a re-check is owed on it. */
DECIDE(order)
{
    int32_t until = arg_day(d, "until"), today = day_of(d->s->now);
    if (until < today || until > today + 90)
        err_field(err, "until", "改正期限请填今天起 90 日内的日期。");
    if (!arg(d, "words").n)
        err_field(err, "words", "请写明要改正什么。");
    if (err->kind || !ladder_allows(d, TIER_ORDER, err) || !officers_valid(d, 2, err))
        return false;
    touch(d);
    duties_end(d, DUTY_HANDLE, END_DONE);
    record_tier(d, TIER_ORDER);
    d->c->orders++;
    d->c->order_day = until;
    d->c->state = CASE_AWAITING_RECHECK;
    const struct calendar *cal = &d->s->scheme->calendar;
    duty_open_until(d, DUTY_RECHECK, owner_of_org((int32_t)d->c->lead, ROLE_NONE), office_close(cal, until),
                    office_open(cal, until));
    struct buf day = {0};
    date_format(&day, until);
    d->fx->event.text = say(d, "责令改正：%.*s。期限 %.*s", S(arg(d, "words")), S(buf_view(&day)));
    d->fx->event.public_text = say(d, "已责令改正，将于 %.*s复查", S(buf_view(&day)));
    buf_release(&day);
    return true;
}

DECIDE(recheck)
{
    bool is_fixed = arg_is(d, "result", "corrected");
    if (!d->in->photos)
        return err_field(err, "files", "复查要有现场照片。");
    if (!is_fixed && day_of(d->s->now) < d->c->order_day)
        return err_field(err, "result", "改正期限还没有到，不能认定逾期未改；已经改正的可以提前复查。");
    touch(d);
    d->c->visits++;
    duties_end(d, DUTY_RECHECK, END_DONE);
    d->c->ordered_unmet = !is_fixed;
    if (is_fixed)
        d->c->after_photos += d->in->photos;
    enter_handling(d, d->s->now);
    d->fx->event.text = say(d, "复查：%s。%.*s", is_fixed ? "已改正" : "未改正，应当立案", S(arg(d, "words")));
    d->fx->event.public_text = is_fixed ? STR("复查：已改正") : STR("复查：还没有改正，转入查处");
    return true;
}

static bool
ask_approval(struct decision *d, enum request_kind kind, int32_t until, const char *what)
{
    const struct org *o = registry_org(d->s->registry, (int32_t)d->c->lead);
    struct owner to = o && o->kind == ORG_DEPARTMENT ? owner_of_org(o->id, ROLE_DEPARTMENT_HEAD)
                                                      : coordinator_of(d->s->registry);
    struct duty *u = duty_open(d, DUTY_APPROVE, to, limit_named(d->s->scheme, "pause_decide1"), d->s->now);
    u->ref = kind;
    u->arg = until;
    notify_owner(d, to, "approve", false, say(d, "请审批：%s", what));
    d->fx->event.text = say(d, "%s：%.*s", what, S(arg(d, "note")));
    return true;
}

static bool
no_request_open(const struct situation *s, struct err *err)
{
    if (duty_is_open(s, DUTY_TRANSFER))
        return err_set(err, ERR_CONFLICT, "正在移送，请先登记移送结果。");
    return !duty_is_open(s, DUTY_APPROVE) || err_set(err, ERR_CONFLICT, "已有一项申请在等待审批。");
}

MAY(pause)
{
    if (s->c->pauses >= 2)
        return err_set(err, ERR_CONFLICT, "最多挂起 2 次。");
    return no_request_open(s, err);
}

DECIDE(request_pause)
{
    int32_t until = arg_day(d, "until"), today = day_of(d->s->now);
    if (until <= today || until > today + 60)
        return err_field(err, "until", "请填明天起 60 日内的日期。");
    const struct reason *r = scheme_reason(d->s->scheme, "pause", arg(d, "reason"));
    return ask_approval(d, REQUEST_PAUSE, until, r ? str_z(d->fx->arena, say(d, "申请挂起（%.*s）", S(r->name))) : "申请挂起");
}

MAY(extension)
{
    if (s->c->extensions >= 1)
        return err_set(err, ERR_CONFLICT, "已经延期过一次。");
    if (s->c->defence == DEFENCE_DECIDED)
        return err_set(err, ERR_CONFLICT, "已经作出决定，不用再延期。");
    if (s->c->main_due && s->now >= s->c->main_due)
        return err_set(err, ERR_CONFLICT, "已经超期，不能再申请延期。");
    return no_request_open(s, err);
}

/* 行政处罚法 60: ninety days, unless a law or a rule says otherwise: then it is named. */
DECIDE(request_extension)
{
    if (d->c->filed_at && !str_has(arg(d, "note"), STR("《")))
        return err_unlawful(err, "《行政处罚法》第六十条",
                            "立案后九十日内作出决定，法律、法规、规章另有规定的才能延长：请在理由里写明它的名称（带《》）和条款。");
    return ask_approval(d, REQUEST_EXTENSION, 0, "申请延期一个办理周期");
}

MAY(order_date)
{
    if (s->c->extensions >= 1)
        return err_set(err, ERR_CONFLICT, "改正期限已经延过一次。");
    return no_request_open(s, err);
}

DECIDE(request_order_date)
{
    int32_t until = arg_day(d, "until");
    if (until <= d->c->order_day || until > d->c->order_day + 90)
        return err_field(err, "until", "请填原期限之后 90 日内的日期。");
    return ask_approval(d, REQUEST_ORDER_DATE, until, "申请延长改正期限");
}

/* The main duty while the case is in hand: service matters have one of their own, settled by their own command. */
static int
handling_kind(const struct decision *d)
{
    return d->c->list == LIST_SERVICE ? DUTY_SERVE : DUTY_HANDLE;
}

static void
suspend_case(struct decision *d, int32_t until)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    struct duty_slot *handle = duty_slot_of(d, handling_kind(d));
    d->c->paused_at = d->s->now;
    d->c->paused_due = handle ? handle->now.due : d->s->now;
    d->c->pauses++;
    duties_end_main(d, END_SUPERSEDED);
    d->c->state = CASE_SUSPENDED;
    d->c->suspended_until = until;
    duty_open_until(d, DUTY_RESUME, owner_of_org((int32_t)d->c->lead, ROLE_NONE), office_close(cal, until),
                    office_open(cal, until));
}

static void
extend(struct decision *d)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    struct duty_slot *handle = duty_slot_of(d, handling_kind(d));
    if (!handle)
        return;
    const struct limit *l = d->c->filed_at ? limit_named(d->s->scheme, "penalty_more30") : closing_limit(d);
    instant due = limit_due(cal, handle->now.due, l->unit, l->amount);
    duty_end(d, handle, END_SUPERSEDED);
    d->c->extensions++;
    duty_open_until(d, handling_kind(d), owner_of_org((int32_t)d->c->lead, ROLE_NONE), due,
                    limit_amber(cal, due, l->unit, l->amber));
}

static void
move_order(struct decision *d, int32_t until)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    duties_end(d, DUTY_RECHECK, END_SUPERSEDED);
    d->c->extensions++;
    d->c->order_day = until;
    duty_open_until(d, DUTY_RECHECK, owner_of_org((int32_t)d->c->lead, ROLE_NONE), office_close(cal, until),
                    office_open(cal, until));
}

/* Pause, extension, later order date: bounded, approved by the department's head, visible. */
DECIDE(approve)
{
    struct duty_slot *ask = duty_slot_of(d, DUTY_APPROVE);
    if (!ask)
        return err_set(err, ERR_CONFLICT, "没有等待审批的申请。");
    int64_t kind = ask->now.ref;
    int32_t until = (int32_t)ask->now.arg;
    bool is_yes = arg_is(d, "result", "yes");
    duty_end(d, ask, END_DONE);
    if (is_yes && kind == REQUEST_PAUSE && d->c->state == CASE_HANDLING)
        suspend_case(d, until);
    else if (is_yes && kind == REQUEST_EXTENSION)
        extend(d);
    else if (is_yes && kind == REQUEST_ORDER_DATE)
        move_order(d, until);
    static const char *const what[] = {"", "挂起", "延期", "延长改正期限"};
    d->fx->event.text = say(d, "%s%s。%.*s", is_yes ? "同意" : "不同意", what[kind & 3], S(arg(d, "note")));
    if (is_yes && kind == REQUEST_PAUSE)
        d->fx->event.public_text = STR("暂缓办理，到期自动恢复；您的答复时限不受影响");
    return true;
}

/* The handling clock goes on with what was left of it; the resident's clock has never stopped. */
DECIDE(resume)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    const struct limit *l = closing_limit(d);
    instant due = limit_due_after_pause(cal, d->c->paused_due, l->unit, d->c->paused_at, d->s->now);
    duties_end(d, DUTY_RESUME, END_DONE);
    d->c->state = CASE_HANDLING;
    d->c->suspended_until = 0;
    d->c->paused_at = 0;
    duty_open_until(d, handling_kind(d), owner_of_org((int32_t)d->c->lead, ROLE_NONE), due,
                    limit_amber(cal, due, l->unit, l->amber));
    struct str note = arg(d, "note");
    d->fx->event.text = say(d, "恢复办理%s%.*s", note.n ? "：" : "", S(note));
    d->fx->event.public_text = STR("已恢复办理");
    return true;
}

MAY(supervise_case)
{
    for (size_t i = 0; i < s->n_duties; i++)
        if (s->duties[i].kind == DUTY_CHASE && !s->duties[i].ref)
            return err_set(err, ERR_CONFLICT, "已经督办，正在等待回复。");
    return true;
}

/* 督办: a duty to answer, on the lead; the flag is a signal of its own, apart from state and clock. */
DECIDE(supervise_case)
{
    struct owner to = d->c->lead ? owner_of_org((int32_t)d->c->lead, ROLE_NONE) : coordinator_of(d->s->registry);
    d->c->supervised = 1;
    duty_open(d, DUTY_CHASE, to, limit_named(d->s->scheme, "chase1"), d->s->now);
    notify_owner(d, to, "supervised", true, say(d, "督办：%.*s", S(arg(d, "note"))));
    d->fx->event.text = say(d, "督办：%.*s", S(arg(d, "note")));
    return true;
}

DECIDE(answer_chase)
{
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *slot = &d->fx->duties[i];
        if (slot->now.kind == DUTY_CHASE && slot->now.end == END_OPEN && posting_owing_duty(d->s, &slot->now, 0))
            duty_end(d, slot, END_DONE);
    }
    d->fx->event.text = say(d, "督办回复：%.*s", S(arg(d, "words")));
    return true;
}
