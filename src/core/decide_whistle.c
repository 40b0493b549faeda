/* Graded calls (BG-18, LC-28), the rungs of a hop (LC-12), and the talk of a pair (NH-02, NH-05). Levels only rise by themselves;
 * lowering is counted, so nobody is whistled up and down for ever. */
#include "decide.h"

const struct whistle *
whistle_of(const struct decision *d)
{
    int64_t i = d->c->whistle - 1;
    return i >= 0 && i < (int64_t)d->s->scheme->n_whistles ? &d->s->scheme->whistles[i] : NULL;
}

static void
open_level_assists(struct decision *d, const struct whistle *w)
{
    for (size_t i = 0; i < w->assists.n; i++) {
        struct owner to = owner_by(d, w->assists.p[i], ROLE_NONE);
        bool is_there = to.org == d->c->lead;
        for (size_t k = 0; k < d->fx->n_duties; k++) {
            const struct duty *u = &d->fx->duties[k].now;
            is_there |= u->kind == DUTY_ASSIST && u->end == END_OPEN && u->owner.org == to.org;
        }
        if (is_there || to.role == ROLE_COORDINATOR)
            continue;
        duty_open(d, DUTY_ASSIST, to, limit_named(d->s->scheme, "assist2"), d->s->now);
        notify_owner(d, to, "whistle", d->c->urgent != 0, say(d, "%.*s，请到场配合：%.*s", S(w->name), S(d->item->name)));
    }
}

/* The level and the stage where its duty lies. A department that already handles the matter goes on with it. */
void
enter_level(struct decision *d, int level)
{
    const struct whistle *w = &d->s->scheme->whistles[level];
    bool is_in_hand = d->c->state == CASE_HANDLING && d->c->accepted_at && d->c->lead;
    d->c->whistle = level + 1;
    d->c->whistle_at = d->s->now;
    if (w->enters == ENTERS_CONFER)
        enter_confer(d);
    else if (w->enters == HOP_RESPOND && is_in_hand)
        owe_arrival(d);
    else {
        d->c->accepted_at = 0;
        enter_hop(d, (enum hop_kind)w->enters);
    }
    if (w->enters >= HOP_RESPOND)
        open_level_assists(d, w);
}

/* Past a stage that belongs to the present level the matter has outgrown it: the next level begins (LC-28). */
void
pass_hop(struct decision *d, enum hop_kind done, enum hop_kind next)
{
    const struct whistle *w = whistle_of(d);
    if (w && w->enters == (int)done && w->on_miss >= 0) {
        d->c->whistle = w->on_miss + 1;
        d->c->whistle_at = d->s->now;
        if (whistle_of(d)->enters == ENTERS_CONFER) {
            enter_level(d, w->on_miss);
            return;
        }
    }
    enter_hop(d, next);
}

/* Nobody answered in time: the next rung owes, or the next level begins. False when the owner still owes. */
bool
move_on(struct decision *d, int kind)
{
    const struct scheme *s = d->s->scheme;
    const struct hop *hop = scheme_rung(s, d->c->chain, (enum hop_kind)d->c->hop, d->c->rung);
    bool is_hop = kind == DUTY_CALL || kind == DUTY_ADMIT || kind == DUTY_DISPATCH || kind == DUTY_ACCEPT;
    if (is_hop && hop && hop->moves_on && scheme_rung(s, d->c->chain, (enum hop_kind)d->c->hop, d->c->rung + 1)) {
        d->c->rung++;
        enter_rung(d, (enum hop_kind)d->c->hop);
        return true;
    }
    const struct whistle *w = whistle_of(d);
    bool is_outgrown = kind == DUTY_CALL || kind == DUTY_ADMIT || kind == DUTY_HANDLE; /* a late department is chased, not excused */
    if (!w || w->on_miss < 0 || !is_outgrown || d->c->filed_at || d->c->confers >= 2 ||
        !decision_is_carried_out(d->s, NULL))
        return false;
    enter_level(d, w->on_miss);
    return true;
}

MAY(whistle)
{
    if (!s->scheme->n_whistles)
        return err_set(err, ERR_CONFLICT, "本地方案没有分级吹哨。");
    if (s->c->list != LIST_ENFORCEMENT)
        return err_set(err, ERR_CONFLICT, "服务事项不吹哨；需要部门到场时请升级为执法事项。");
    if (s->c->filed_at)
        return err_set(err, ERR_CONFLICT, "已经立案，按处罚程序办理。");
    return decision_is_carried_out(s, err);
}

/* 吹哨、升哨、降哨: who may blow which level is the scheme's; a change has its reason. */
DECIDE(whistle)
{
    const struct scheme *s = d->s->scheme;
    int to = scheme_whistle(s, arg(d, "level"));
    const struct whistle *now = whistle_of(d), *w = to < 0 ? NULL : &s->whistles[to];
    int role = d->fx->actor.role;
    if (!w)
        return err_field(err, "level", "请选择哨级。");
    if (!(role >= 0 && role < ROLE_COUNT && (w->blowers & ROLE_BIT(role))))
        return err_field(err, "level", "您的岗位不能吹%.*s。", S(w->name));
    if (w == now && d->c->whistle_at)
        return err_field(err, "level", "现在就是%.*s。", S(w->name));
    if (w->enters == ENTERS_CONFER && d->c->confers >= 2)
        return err_field(err, "level", "已经会商过 2 次，请按议定办理。");
    bool is_lower = now && w->order < now->order;
    if (is_lower && d->c->lowered)
        return err_field(err, "level", "已经降过一次级，不能再降。");
    if (is_lower && d->c->orders)
        return err_field(err, "level", "已经责令改正，不能降级。");
    d->c->lowered += is_lower;
    enter_level(d, to);
    if (w->enters == HOP_RESPOND && d->c->lead)
        d->c->dispatched_at = d->c->dispatched_at ? d->c->dispatched_at : d->s->now;
    d->fx->event.text = say(d, "%s%.*s：%.*s", is_lower ? "降为" : now && now != w ? "升为" : "吹", S(w->name), S(arg(d, "note")));
    d->fx->event.public_text = w->plain.n ? say(d, "%.*s（%.*s）", S(w->name), S(w->plain)) : w->name;
    return true;
}

/* 检测 (NH-11): within the limit it is no offence by law; then only talking helps. */
DECIDE(measure)
{
    d->c->measured = arg_is(d, "result", "above") ? 2 : 1;
    d->c->photos += d->in->photos;
    d->c->contact_at = d->c->contact_at ? d->c->contact_at : d->s->now;
    d->fx->event.text = say(d, "检测（仪器 %.*s）：测得 %.*s，限值 %.*s，%s。%.*s", S(arg(d, "instrument")), S(arg(d, "value")),
                            S(arg(d, "limit")), d->c->measured == 2 ? "超标" : "未超标", S(arg(d, "words")));
    d->fx->event.public_text = say(d, "现场检测：%s", d->c->measured == 2 ? "超过限值" : "没有超过限值");
    return true;
}

/* ---- the pair: community's liaison and the officer ---- */

MAY(message)
{
    return s->scheme->result_to >= 0 || err_set(err, ERR_CONFLICT, "本地方案没有结对联络。");
}

DECIDE(message)
{
    const struct scheme *s = d->s->scheme;
    bool is_from_lead = d->fx->actor.org == d->c->lead && d->c->lead;
    struct owner to = is_from_lead ? owner_by(d, STR("@liaison"), s->result_to) : owner_by(d, STR("@lead"), ROLE_NONE);
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *slot = &d->fx->duties[i];
        if (slot->now.kind == DUTY_MESSAGE && slot->now.end == END_OPEN && posting_owing_duty(d->s, &slot->now, 0))
            duty_end(d, slot, END_DONE); /* an answer is also the receipt */
    }
    if (!duty_slot_of(d, DUTY_MESSAGE))
        duty_open(d, DUTY_MESSAGE, to, limit_named(s, "message1"), d->s->now);
    notify_owner(d, to, "message", false, STR("有一条结对联络，请查看"));
    d->fx->event.text = say(d, "联络：%.*s", S(arg(d, "words")));
    return true;
}

DECIDE(read_message)
{
    duties_end(d, DUTY_MESSAGE, END_DONE);
    d->fx->event.text = STR("联络已阅");
    return true;
}

/* 结果反馈给社区联络员 (NH-05): the case rests only when the community's side has it. */
DECIDE(receive)
{
    duties_end(d, DUTY_RECEIVE, END_DONE);
    d->fx->event.text = say(d, "已收到办理结果。%.*s", S(arg(d, "note")));
    settle_closed(d);
    return true;
}
