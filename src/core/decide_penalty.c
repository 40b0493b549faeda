/* 查处: filing, notice, defence and hearing, decision, service, in the order that 行政处罚法 sets. Numbers are its articles.
 * Nothing here counts or adds up penalties (74); a party is a class, never a name. */
#include "decide.h"

enum { HEARING_DAYS = 5, ACT_YEARS = 2, ACT_YEARS_SAFETY = 5 }; /* 64, 36 */

MAY(file)
{
    if (!service_blocks(s, err))
        return false;
    if (s->c->measured == 1)
        return err_unlawful(err, "《行政处罚法》第四十条", "检测没有超标，违法事实不能成立，不得立案处罚；可以调解后如实答复。");
    int item = scheme_item(s->scheme, s->c->item);
    if (item >= 0 && item_for_police(s->scheme, &s->scheme->items[item]))
        return err_set(err, ERR_CONFLICT, "此事项的处罚由公安机关另案办理，请用“移送其他单位”登记移送和回执。");
    if (!decision_is_carried_out(s, err) || !not_being_transferred(s, err)) /* a new act is a new case */
        return false;
    return !s->c->filed_at || err_set(err, ERR_CONFLICT, "已经立案。");
}

static enum party
party_arg(const struct decision *d)
{
    return arg_is(d, "party", "child") ? PARTY_CHILD : arg_is(d, "party", "minor") ? PARTY_MINOR
           : arg_is(d, "party", "organisation") ? PARTY_ORGANISATION : PARTY_ADULT;
}

/* Two years since the act, five where life, health or money was at stake (36); an act that goes on counts from its end. */
static bool
act_is_recent(const struct decision *d, int32_t act, struct err *err)
{
    int32_t today = day_of(d->s->now);
    int years = d->c->danger ? ACT_YEARS_SAFETY : ACT_YEARS;
    if (act > today)
        return err_field(err, "act_day", "行为日期不能在今天以后。");
    if (today - act > years * 365 + 1)
        return err_unlawful(err, "《行政处罚法》第三十六条", "违法行为已超过 %d 年未被发现，不再给予行政处罚；行为有连续状态的，填终了之日。", years);
    return true;
}

/* A basis of this item in force on the day of the act, or a newer and lighter one on the day of decision (37). */
static bool
basis_holds(const struct decision *d, int32_t act, struct err *err)
{
    const struct basis *then[32], *now[32];
    int item = (int)(d->item - d->s->scheme->items);
    size_t n_then = item_bases(d->s->scheme, item, act, then, 32), n_now = item_bases(d->s->scheme, item, day_of(d->s->now), now, 32);
    if (!n_then && !n_now)
        return err_unlawful(err, "《行政处罚法》第三十七条", "行为发生时和现在都没有有效的依据，不得处罚；请先核对清单的依据。");
    return true;
}

static bool
in_force(const struct basis *b, int32_t day)
{
    return b && (!b->from || b->from <= day) && (!b->to || b->to >= day);
}

static bool
law_has_changed(const struct decision *d, int32_t act)
{
    const struct basis *then[32], *now[32];
    int item = (int)(d->item - d->s->scheme->items);
    size_t n_then = item_bases(d->s->scheme, item, act, then, 32), n_now = item_bases(d->s->scheme, item, day_of(d->s->now), now, 32);
    return n_then != n_now || memcmp(then, now, n_now * sizeof *now) != 0;
}

/* 37: the law of the day of the act, or the one that came later when it is lighter; the choice stands in the record. */
static bool
basis_chosen(const struct decision *d, struct err *err)
{
    struct str code = arg(d, "basis");
    int32_t act = d->c->act_day ? (int32_t)d->c->act_day : day_of(d->s->now);
    int item = (int)(d->item - d->s->scheme->items);
    if (!code.n && item_has_acts(d->s->scheme, item))
        return err_unlawful(err, "《行政处罚法》第五十九条", "此事项包含几种行为，依据各不相同，决定书应当载明依据：请选择适用的依据。");
    if (!code.n)
        return !law_has_changed(d, act) ||
               err_unlawful(err, "《行政处罚法》第三十七条",
                            "行为以后法律有变化，请选择适用的依据：一般用行为时的规定，新规定处罚较轻或者不认为违法的用新规定。");
    const struct basis *b = item_basis(d->s->scheme, item, code);
    if (in_force(b, act))
        return true;
    if (!in_force(b, day_of(d->s->now)))
        return err_unlawful(err, "《行政处罚法》第三十七条", "“%.*s”在行为时和现在都没有效力，不能作为依据。", S(code));
    return arg_is(d, "lighter", "1") ||
           err_unlawful(err, "《行政处罚法》第三十七条", "“%.*s”是行为以后施行的，只有处罚较轻或者不认为违法时才能适用；属于这种情况的请勾选。",
                        S(code));
}

/* 立案 (54); 90 natural days from here (60). */
DECIDE(file)
{
    int32_t act = arg_day(d, "act_day");
    act = act ? act : day_of(d->c->opened_at);
    if (!ladder_allows(d, TIER_PENALISE, err) || !officers_valid(d, 2, err) || !act_is_recent(d, act, err) || !basis_holds(d, act, err))
        return false;
    if (party_arg(d) == PARTY_CHILD)
        return err_unlawful(err, "《行政处罚法》第三十条", "不满十四周岁的人有违法行为的，不予行政处罚；请责令监护人管教，按劝导登记。");
    touch(d);
    duties_end(d, DUTY_HANDLE, END_SUPERSEDED);
    d->c->filed_at = d->s->now;
    d->c->filing_no = str_dup(d->fx->arena, arg(d, "filing_no"));
    d->c->act_day = act;
    d->c->party = party_arg(d);
    d->c->extensions = 0; /* the limit that begins now has one of its own */
    d->c->steps |= STEP_INVESTIGATE;
    d->c->state = CASE_HANDLING;
    duty_open(d, DUTY_HANDLE, owner_of_org((int32_t)d->c->lead, ROLE_NONE), limit_named(d->s->scheme, "penalty90"),
              d->s->now);
    d->fx->event.text = say(d, "立案 %.*s：%.*s", S(d->c->filing_no), S(arg(d, "words")));
    d->fx->event.public_text = STR("已立案调查");
    return true;
}

MAY(notify_party)
{
    if (!s->c->filed_at)
        return err_set(err, ERR_CONFLICT, "还没有立案。");
    return !s->c->noticed_at || err_set(err, ERR_CONFLICT, "已经告知。");
}

/* 44; where a hearing may be asked for (63), the party has five working days (64) and the decision waits for them. */
DECIDE(notify_party)
{
    bool has_hearing = arg_is(d, "hearing", "1");
    touch(d);
    d->c->noticed_at = d->s->now;
    d->c->hearing_until = has_hearing ? limit_due(&d->s->scheme->calendar, d->s->now, UNIT_WORKING_DAY, HEARING_DAYS) : 0;
    d->fx->event.text = say(d, "已告知拟作处罚的内容、事实、理由、依据和陈述申辩权%s：%.*s",
                            has_hearing ? "，以及五日内要求听证的权利" : "", S(arg(d, "words")));
    return true;
}

MAY(hear_defence)
{
    if (!s->c->noticed_at)
        return err_set(err, ERR_CONFLICT, "还没有告知当事人。");
    return !s->c->defence || err_set(err, ERR_CONFLICT, "陈述申辩已经记录。");
}

/* A hearing that was asked for is held or given up in writing; nothing else ends it. */
static bool
hearing_is_settled(struct decision *d, struct err *err)
{
    const struct duty_slot *hear = duty_slot_of(d, DUTY_HEAR);
    if (arg_is(d, "result", "no_hearing"))
        return true;
    if (!arg_is(d, "result", "hearing"))
        return !hear || err_set(err, ERR_CONFLICT, "当事人已经要求听证：请举行后登记，或者登记当事人书面放弃。");
    if (!hear)
        return err_unlawful(err, "《行政处罚法》第六十四条", "还没有安排听证：举行的七日前要把时间、地点通知当事人，请先登记安排。");
    if (day_of(d->s->now) < hear->now.arg)
        return err_unlawful(err, "《行政处罚法》第六十四条", "通知当事人的听证日期还没有到。");
    return true;
}

DECIDE(hear_defence)
{
    if (!hearing_is_settled(d, err))
        return false;
    touch(d);
    bool is_hearing = arg_is(d, "result", "hearing"), is_given_up = arg_is(d, "result", "no_hearing");
    d->c->defence = arg_is(d, "result", "waived") ? DEFENCE_WAIVED : DEFENCE_HEARD;
    duties_end(d, DUTY_HEAR, is_hearing ? END_DONE : END_VOID);
    if (is_hearing || is_given_up)
        d->c->hearing_until = d->c->hearing_until ? 1 : 0; /* nothing more to wait for */
    const char *what = is_hearing                             ? "已举行听证"
                       : is_given_up                          ? "当事人书面放弃听证，已听取并复核"
                       : d->c->defence == DEFENCE_WAIVED      ? "当事人放弃"
                                                              : "已听取并复核";
    d->fx->event.text = say(d, "陈述申辩：%s。%.*s", what, S(arg(d, "words")));
    return true;
}

MAY(plan_hearing)
{
    if (!s->c->noticed_at || s->c->hearing_until <= 1)
        return err_set(err, ERR_CONFLICT, "没有告知过听证的权利，或者听证已经举行、放弃。");
    if (s->c->defence == DEFENCE_DECIDED)
        return err_set(err, ERR_CONFLICT, "已经作出决定。");
    if (duty_is_open(s, DUTY_HEAR))
        return err_set(err, ERR_CONFLICT, "已经安排听证。");
    return s->now <= s->c->hearing_until ||
           err_unlawful(err, "《行政处罚法》第六十四条", "要求听证应当在告知后五日内提出，期限已经届满。");
}

/* 64: the party hears of time and place seven days before, and the chair is nobody who investigated. */
DECIDE(plan_hearing)
{
    enum { NOTICE_DAYS = 7, HEARING_WITHIN = 60 };
    int32_t day = arg_day(d, "day"), today = day_of(d->s->now);
    const struct calendar *cal = &d->s->scheme->calendar;
    if (day > today + HEARING_WITHIN || day <= today)
        return err_field(err, "day", "请填明天起 %d 日内的日期。", HEARING_WITHIN);
    if (day < add_working_days(cal, today, NOTICE_DAYS))
        return err_unlawful(err, "《行政处罚法》第六十四条", "举行听证的七日（工作日）前要通知当事人，请另定日期。");
    const struct person *handler = registry_person(d->s->registry, d->c->handler);
    const struct person *actor = registry_person(d->s->registry, d->fx->actor.person);
    struct str chair = arg(d, "chair");
    if ((handler && str_eq(handler->name, chair)) || (actor && str_eq(actor->name, chair)))
        return err_unlawful(err, "《行政处罚法》第六十四条", "听证由非本案调查人员主持，%.*s办理本案。", S(chair));
    touch(d);
    d->c->defence = DEFENCE_NONE; /* what is said at the hearing counts */
    struct duty *u = duty_open_until(d, DUTY_HEAR, owner_of_org((int32_t)d->c->lead, ROLE_NONE), office_close(cal, day),
                                     office_open(cal, day));
    u->arg = day;
    struct buf words = {0};
    date_format(&words, day);
    d->fx->event.text = say(d, "当事人要求听证，定于 %.*s 举行，主持人 %.*s：%.*s", S(buf_view(&words)), S(chair), S(arg(d, "words")));
    buf_release(&words);
    return true;
}

MAY(penalise)
{
    if (!service_blocks(s, err))
        return false;
    if (s->c->defence == DEFENCE_DECIDED)
        return err_unlawful(err, "《行政处罚法》第二十九条", "这件案子已经作出决定，同一个违法行为不得再罚。");
    if (!not_being_transferred(s, err))
        return false;
    return s->c->filed_at || err_set(err, ERR_CONFLICT, "请先立案。");
}

/* 33: three grounds, and who is not penalised is educated. */
static bool
exempt_ground(const struct decision *d, struct err *err)
{
    if (!arg(d, "ground").n)
        return err_unlawful(err, "《行政处罚法》第三十三条", "不予处罚要写明法定理由：轻微并及时改正、初次且危害后果轻微并及时改正，或者没有主观过错。");
    if (!(d->c->tiers & 1 << TIER_PERSUADE))
        return err_unlawful(err, "《行政处罚法》第三十三条", "不予处罚的，应当对当事人进行教育：请先登记劝导。");
    return true;
}

/* 58: the review is made by somebody who did not handle the matter. */
static bool
reviewer_is_apart(const struct decision *d, struct err *err)
{
    struct str reviewer = arg(d, "reviewer"), name;
    for (size_t at = 0; reviewer.n && params_each(d->in->fields, "officers", &at, &name);) {
        const struct person *p = registry_username(d->s->registry, str_trim(name));
        if (p && str_eq(p->name, reviewer))
            return err_unlawful(err, "《行政处罚法》第五十八条", "法制审核由办案人员以外的人做，%.*s是办案人员。", S(reviewer));
    }
    return true;
}

/* No decision without notice and defence (44, 45, 62), two certified officers (42), the hearing's time (64) and review (58). */
DECIDE(penalise)
{
    bool is_exempt = arg_is(d, "kind", "exempt");
    if (!d->c->noticed_at || !d->c->defence)
        return err_unlawful(err, "《行政处罚法》第六十二条", "没有告知或没有听取陈述申辩，不得作出处罚决定。");
    if (duty_slot_of(d, DUTY_HEAR) && !is_exempt)
        return err_unlawful(err, "《行政处罚法》第六十五条", "当事人要求的听证还没有举行，应当根据听证笔录作出决定。");
    if (d->c->hearing_until > d->s->now && !is_exempt)
        return err_unlawful(err, "《行政处罚法》第六十四条", "当事人要求听证的五日期限还没有届满，不得作出决定；已举行听证的请登记。");
    if (d->c->hearing_until && !is_exempt && !arg(d, "reviewer").n)
        return err_unlawful(err, "《行政处罚法》第五十八条", "属于听证范围的决定，作出前应当经法制审核：请填法制审核人。");
    if (!ladder_allows(d, TIER_PENALISE, err) || !officers_valid(d, 2, err) || (is_exempt && !exempt_ground(d, err)) ||
        !basis_chosen(d, err) || !reviewer_is_apart(d, err))
        return false;
    bool was_ordered = d->c->tiers & 1 << TIER_ORDER, has_to_do = !is_exempt && !arg_is(d, "kind", "warning");
    touch(d);
    d->c->defence = DEFENCE_DECIDED;
    if (!is_exempt)
        record_tier(d, TIER_PENALISE);
    struct duty *u = duty_open(d, DUTY_DELIVER, owner_of_org((int32_t)d->c->lead, ROLE_NONE), limit_named(d->s->scheme, "serve7"),
                               d->s->now); /* 61 */
    u->arg = has_to_do;
    struct str basis = arg(d, "basis");
    d->fx->event.text =
        say(d, "%s %.*s%s%s%.*s%s%s：%.*s", is_exempt ? "不予处罚（行政处罚法第三十三条）" : "作出决定", S(arg(d, "decision_no")),
            d->c->party == PARTY_MINOR && !is_exempt ? "（未满十八周岁，依第三十条从轻或减轻）" : "", basis.n ? "，依据 " : "", S(basis),
            basis.n && arg_is(d, "lighter", "1") ? "（新规定处罚较轻，第三十七条）" : "",
            is_exempt || was_ordered ? "" : "，同时责令改正（第二十八条）", S(arg(d, "words")));
    d->fx->event.public_text = is_exempt ? STR("已教育，依法不予处罚") : STR("已依法作出处理决定");
    return true;
}

/* 当场处罚 (51, 52): a warning or a small fine for a clear fact, decided and handed over on the spot by two. */
DECIDE(penalise_on_spot)
{
    enum { CITIZEN_MOST = 200, ORGANISATION_MOST = 3000, COLLECTED_MOST = 100 };
    enum party party = party_arg(d);
    int64_t amount = arg_int(d, "amount"), most = party == PARTY_ORGANISATION ? ORGANISATION_MOST : CITIZEN_MOST;
    if (!arg_is(d, "clear", "1"))
        return err_unlawful(err, "《行政处罚法》第五十一条", "当场处罚只用于违法事实确凿、有法定依据的；有疑问的请立案。");
    if (party == PARTY_CHILD)
        return err_unlawful(err, "《行政处罚法》第三十条", "不满十四周岁的人不予行政处罚；请责令监护人管教。");
    if (arg_is(d, "kind", "fine") && (amount <= 0 || amount > most))
        return err_unlawful(err, "《行政处罚法》第五十一条", "当场罚款：公民二百元以下，法人或者其他组织三千元以下；超过的请立案。");
    bool is_fine = arg_is(d, "kind", "fine"), is_collected = is_fine && arg_is(d, "collected", "1");
    if (is_collected && amount > COLLECTED_MOST)
        return err_unlawful(err, "《行政处罚法》第六十八条", "当场收缴限一百元以下的罚款；超过的由当事人十五日内到银行或者电子支付缴纳。");
    if (!ladder_allows(d, TIER_PENALISE, err) || !officers_valid(d, 2, err) || !basis_holds(d, day_of(d->s->now), err))
        return false;
    bool was_ordered = d->c->tiers & 1 << TIER_ORDER;
    touch(d);
    d->c->party = party;
    d->c->defence = DEFENCE_DECIDED;
    d->c->steps |= STEP_INVESTIGATE;
    record_tier(d, TIER_PENALISE);
    if (is_fine && !is_collected)
        owe_compliance(d);
    d->fx->event.text = say(d, "当场处罚 %.*s（已口头告知、听取申辩，当场交付%s）%s：%.*s", S(arg(d, "decision_no")),
                            is_collected ? "，当场收缴，罚款二日内交单位" : "", was_ordered ? "" : "，同时责令改正（第二十八条）",
                            S(arg(d, "words")));
    d->fx->event.public_text = STR("已依法作出处理决定");
    return true;
}

MAY(penalise_on_spot)
{
    if (s->c->filed_at)
        return err_set(err, ERR_CONFLICT, "已经立案，按普通程序办理。");
    if (s->c->defence == DEFENCE_DECIDED)
        return err_unlawful(err, "《行政处罚法》第二十九条", "这件案子已经作出决定，同一个违法行为不得再罚。");
    return may_file(s, err);
}

MAY(deliver)
{
    return duty_is_open(s, DUTY_DELIVER) || err_set(err, ERR_CONFLICT, "没有等待送达的决定书。");
}

/* 送达 (61): at once when the party is present, else within seven days. */
DECIDE(deliver)
{
    const struct duty_slot *slot = duty_slot_of(d, DUTY_DELIVER);
    bool has_to_do = slot && slot->now.arg;
    duties_end(d, DUTY_DELIVER, END_DONE);
    if (has_to_do)
        owe_compliance(d);
    d->fx->event.text = say(d, "决定书已送达：%.*s", S(arg(d, "words")));
    settle_closed(d);
    return true;
}
