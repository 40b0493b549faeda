/* After the decision: what the party owes, the written demand, and compulsory execution. Numbers are articles of 行政强制法
 * unless another law is named. A party's own time is waited out; no night, no holiday, no building without its notice. */
#include "decide.h"

enum { IN_EXECUTION = 1, AFTER_LAST_DAY = 3 /* working days to see whether it was done */ };

static void
owe_until(struct decision *d, int32_t last)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    int32_t seen = add_working_days(cal, last, AFTER_LAST_DAY);
    duties_end(d, DUTY_COMPLY, END_SUPERSEDED);
    struct duty *u = duty_open_until(d, DUTY_COMPLY, owner_of_org((int32_t)d->c->lead, ROLE_NONE), office_close(cal, seen),
                                     office_open(cal, next_working_day(cal, last)));
    u->arg = last;
}

/* 行政处罚法 67: fifteen days for the party; then the lead looks. */
void
owe_compliance(struct decision *d)
{
    d->c->comply_until = 0; /* a new decision, a demand of its own */
    owe_until(d, day_of(due_from(d, limit_named(d->s->scheme, "pay15"), d->s->now)));
}

static int32_t
last_day_of_party(const struct situation *s)
{
    for (size_t i = 0; i < s->n_duties; i++)
        if (s->duties[i].kind == DUTY_COMPLY)
            return (int32_t)s->duties[i].arg;
    return 0;
}

/* Paid or done; or 行政处罚法 66: later or in parts, twice at most. */
DECIDE(comply)
{
    enum { PUT_OFF_MOST = 2, PUT_OFF_DAYS = 180 };
    struct duty_slot *slot = duty_slot_of(d, DUTY_COMPLY);
    if (!slot)
        return err_set(err, ERR_CONFLICT, "没有等待履行的决定。");
    if (arg_is(d, "result", "done")) {
        duty_end(d, slot, END_DONE);
        d->c->comply_until = 0;
        d->c->ordered_unmet = 0;
        d->fx->event.text = say(d, "当事人已履行：%.*s", S(arg(d, "words")));
        settle_closed(d);
        return true;
    }
    int32_t until = arg_day(d, "until"), today = day_of(d->s->now);
    if (until <= today || until > today + PUT_OFF_DAYS)
        return err_field(err, "until", "请填明天起 %d 日内的日期。", PUT_OFF_DAYS);
    int level = slot->now.level;
    if (level >= PUT_OFF_MOST)
        return err_set(err, ERR_CONFLICT, "已经延期、分期 %d 次；不履行的请催告。", PUT_OFF_MOST);
    owe_until(d, until);
    slot = duty_slot_of(d, DUTY_COMPLY);
    slot->now.level = level + 1;
    d->fx->event.text = say(d, "批准延期或者分期缴纳（行政处罚法第六十六条）：%.*s", S(arg(d, "words")));
    return true;
}

MAY(urge_party)
{
    if (!service_blocks(s, err))
        return false;
    int item = scheme_item(s->scheme, s->c->item);
    if (item >= 0 && item_for_police(s->scheme, &s->scheme->items[item]))
        return err_set(err, ERR_CONFLICT, "此事项由公安机关另案办理，这里不催告、不强制执行。");
    if (s->c->comply_until)
        return err_set(err, ERR_CONFLICT, "已经催告。");
    if (!not_being_transferred(s, err))
        return false;
    bool is_owed = duty_is_open(s, DUTY_COMPLY), is_undecided = s->c->filed_at && s->c->defence != DEFENCE_DECIDED;
    bool is_order_unmet = s->c->ordered_unmet && s->c->state != CASE_CLOSED && !is_undecided && !duty_is_open(s, DUTY_DELIVER);
    if (!is_owed && !is_order_unmet)
        return err_unlawful(err, "《行政强制法》第三十四条", "还没有作出要当事人履行的决定，或者责令改正还没有逾期，不能催告和强制执行。");
    return !is_owed || day_of(s->now) > last_day_of_party(s) ||
           err_unlawful(err, "《行政强制法》第三十四条", "决定给当事人的期限还没有届满，不能催告。");
}

/* 35, 54: a written demand that names the last day, ten working days away at least; what the party then says is heard (36). */
DECIDE(urge_party)
{
    enum { DEMAND_DAYS = 10, DEMAND_MOST = 90 };
    int32_t until = arg_day(d, "until"), today = day_of(d->s->now);
    if (until > today + DEMAND_MOST)
        return err_field(err, "until", "请填 %d 日内的日期。", DEMAND_MOST);
    if (until < add_working_days(&d->s->scheme->calendar, today, DEMAND_DAYS))
        return err_unlawful(err, "《行政强制法》第五十四条", "催告要给当事人至少十日（工作日），请把期限往后定。");
    touch(d);
    d->c->comply_until = until;
    owe_until(d, until);
    struct buf day = {0};
    date_format(&day, until);
    d->fx->event.text = say(d, "书面催告，限 %.*s 前履行，告知陈述、申辩的权利：%.*s", S(buf_view(&day)), S(arg(d, "words")));
    buf_release(&day);
    return true;
}

MAY(enforce)
{
    if (!service_blocks(s, err))
        return false;
    if (!s->c->comply_until)
        return err_unlawful(err, "《行政强制法》第三十五条", "强制执行前应当先书面催告当事人。");
    if (s->c->comply_until == IN_EXECUTION)
        return err_set(err, ERR_CONFLICT, "已经决定强制执行。");
    if (!not_being_transferred(s, err))
        return false;
    return day_of(s->now) > s->c->comply_until ||
           err_unlawful(err, "《行政强制法》第三十五条", "催告的期限还没有届满。");
}

/* 43: not at night and not on a public holiday, unless it is urgent. */
static bool
slot_is_lawful(const struct decision *d, instant at, struct err *err)
{
    enum { MORNING = 6, NIGHT = 22, SUBSTITUTE_DAYS = 3 };
    struct civil t = civil_of(at);
    bool is_night = t.hour < MORNING || t.hour >= NIGHT;
    if (at <= d->s->now)
        return err_field(err, "at", "请填以后的日期和时间。");
    if ((is_night || is_holiday(&d->s->scheme->calendar, day_of(at))) && !arg_is(d, "urgent", "1"))
        return err_unlawful(err, "《行政强制法》第四十三条", "不得在夜间或者法定节假日实施强制执行；情况紧急的请勾选并写明。");
    if (arg_is(d, "how", "substitute") && day_of(at) < day_of(d->s->now) + SUBSTITUTE_DAYS)
        return err_unlawful(err, "《行政强制法》第五十一条", "代履行三日前要催告当事人，请另定时间。");
    return true;
}

/* 37, 44, 53: by the body that the law names, by somebody else at the party's cost, or through the court. */
DECIDE(enforce)
{
    bool is_court = arg_is(d, "how", "court"), is_final = arg_is(d, "remedies", "1");
    instant at = 0;
    if (!is_court && !moment_parse(arg(d, "at"), &at))
        return err_field(err, "at", "请填实施的日期和时间。");
    if (is_court && !is_final)
        return err_unlawful(err, "《行政强制法》第五十三条", "申请法院强制执行，要等复议和诉讼期限届满、当事人没有申请。");
    if (!is_court && arg_is(d, "structure", "1") && !is_final)
        return err_unlawful(err, "《行政强制法》第四十四条", "强制拆除建筑物、构筑物，要先公告限期自拆，并等复议和诉讼期限届满、当事人没有申请。");
    if (!ladder_allows(d, TIER_PENALISE, err) || !officers_valid(d, 2, err) || (!is_court && !slot_is_lawful(d, at, err)))
        return false;
    touch(d);
    record_tier(d, TIER_PENALISE);
    d->c->comply_until = IN_EXECUTION;
    owe_until(d, day_of(is_court ? due_from(d, limit_named(d->s->scheme, "court90"), d->s->now) : at));
    struct buf when = {0};
    if (!is_court)
        moment_words(&when, at, d->s->now);
    const char *how = is_court                              ? "申请人民法院强制执行"
                      : arg_is(d, "how", "county")          ? "县政府责成有关部门强制执行"
                      : arg_is(d, "how", "substitute")      ? "代履行"
                                                            : "强制执行";
    d->fx->event.text = say(d, "决定%s%s%.*s：%.*s", how, is_court ? "" : "，时间 ", S(buf_view(&when)), S(arg(d, "words")));
    d->fx->event.public_text = STR("已依法进入强制执行程序");
    buf_release(&when);
    return true;
}
