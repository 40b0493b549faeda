/* 由执法队员协调分队人员前往处理 (NH-05): whoever has the matter for the lead names colleagues by name; each owes it himself, sees it in
 * his own list and may act, and says what came of it. Which roles may name others is the scheme's to say (team_by). */
#include "decide.h"

enum { TEAM_MAX = 8, AHEAD_DAYS = 90 };

static bool
is_of_team(const struct situation *s, int64_t person)
{
    const struct posting *p[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(s->registry, person, day_of(s->now), p, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < n; i++)
        if (p[i]->org && p[i]->org == s->c->lead)
            return true;
    return false;
}

MAY(assign_team)
{
    if (!s->scheme->team_by)
        return err_set(err, ERR_CONFLICT, "本地方案没有由牵头队员派本队的人。");
    for (size_t i = 0; i < s->actor.n_postings; i++)
        if (s->actor.postings[i]->org == s->c->lead && (s->scheme->team_by & ROLE_BIT(s->actor.postings[i]->role)))
            return true;
    return err_set(err, ERR_FORBIDDEN, "派本队的人由方案写明的岗位来做。");
}

static bool
is_named(const struct decision *d, int64_t person)
{
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        const struct duty *u = &d->fx->duties[i].now;
        if (u->kind == DUTY_TEAM && u->end == END_OPEN && u->owner.person == person)
            return true;
    }
    return false;
}

static size_t
n_named(const struct decision *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->fx->n_duties; i++)
        n += d->fx->duties[i].now.kind == DUTY_TEAM && d->fx->duties[i].now.end == END_OPEN;
    return n;
}

static void
name_one(struct decision *d, int64_t person, int32_t by)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    struct owner to = {.role = ROLE_NONE, .person = person};
    if (by)
        duty_open_until(d, DUTY_TEAM, to, office_close(cal, by), office_open(cal, by));
    else
        duty_open(d, DUTY_TEAM, to, limit_named(d->s->scheme, "assist2"), d->s->now);
    notify_owner(d, to, "assigned", d->c->urgent != 0,
                 say(d, "派您去：%.*s，%.*s。%.*s", S(d->place ? d->place->name : STR("地点待定")), S(d->item ? d->item->name : STR("待归类")), S(arg(d, "words"))));
}

DECIDE(assign_team)
{
    struct str username, names = STR("");
    int32_t by = arg_day(d, "by"), today = day_of(d->s->now);
    if (by && (by < today || by > today + AHEAD_DAYS))
        return err_field(err, "by", "请填今天起 %d 日内的日期。", AHEAD_DAYS);
    for (size_t at = 0; params_each(d->in->fields, "members", &at, &username);) {
        const struct person *who = registry_username(d->s->registry, str_trim(username));
        if (!who || who->is_disabled || !is_of_team(d->s, who->id))
            return err_field(err, "members", "“%.*s”不是本单位在岗的人。", S(username));
        if (is_named(d, who->id))
            return err_field(err, "members", "已经派了%.*s，正在等他的反馈。", S(who->name));
        if (n_named(d) == TEAM_MAX)
            return err_field(err, "members", "一件事最多派 %d 个人。", TEAM_MAX);
        name_one(d, who->id, by);
        names = say(d, "%.*s%s%.*s", S(names), names.n ? "、" : "", S(who->name));
    }
    d->fx->event.text = say(d, "派%.*s前往：%.*s", S(names), S(arg(d, "words")));
    d->fx->event.public_text = STR("已派队员前往处理");
    return true;
}

DECIDE(finish_team)
{
    (void)err;
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *slot = &d->fx->duties[i];
        if (slot->now.kind == DUTY_TEAM && slot->now.end == END_OPEN && posting_owing_duty(d->s, &slot->now, 0))
            duty_end(d, slot, END_DONE);
    }
    d->c->photos += d->in->photos;
    notify_owner(d, owner_of_org((int32_t)d->c->lead, ROLE_NONE), "assisted", false, say(d, "派去的人已反馈：%.*s", S(arg(d, "words"))));
    d->fx->event.text = say(d, "去过了：%.*s", S(arg(d, "words")));
    d->fx->event.public_text = STR("队员到过现场");
    return true;
}
