/* 报到: somebody is there. When, and how well that is shown; a record made without a network counts for its own moment. */
#include "decide.h"
#include "proof.h"

MAY(arrive)
{
    if (!s->c->lead)
        return err_set(err, ERR_CONFLICT, "还没有牵头单位。");
    if (s->c->state == CASE_ROUTING && !s->c->urgent)
        return err_set(err, ERR_CONFLICT, "还没有派单。");
    return true;
}

/* Somebody else who is posted at the place: his word is the third grade. */
static uint64_t
vouching(void)
{
    return ROLE_BIT(ROLE_PROPERTY) | ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER) | ROLE_BIT(ROLE_LIAISON) |
           ROLE_BIT(ROLE_STATION_CHIEF) | ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_COMMUNITY_OFFICE) |
           ROLE_BIT(ROLE_OWNERS_COMMITTEE);
}

bool
posting_vouches(const struct registry *r, const struct place *at, const struct posting *p, int32_t today)
{
    const struct person *who = registry_person(r, p->person);
    if (!at || !(ROLE_BIT(p->role) & vouching()) || !posting_in_force(p, today) || !who || who->is_disabled)
        return false;
    if (p->role == ROLE_PROPERTY && !p->place)
        return at->firm && p->org == at->firm;
    return p->place && place_within(r, at->id, p->place);
}

const struct posting *
voucher_of(const struct registry *r, const struct place *at, struct str username, int64_t other_than, int32_t today)
{
    const struct person *who = registry_username(r, username);
    if (!who || who->id == other_than)
        return NULL;
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].person == who->id && posting_vouches(r, at, &r->postings[i], today))
            return &r->postings[i];
    return NULL;
}

/* The moment that counts. A claim before the whistle is a slip of the pen; one older than the grace counts from now. */
static bool
arrival_moment(const struct decision *d, instant *at, struct err *err)
{
    instant now = d->s->now, claimed = d->in->proof ? d->in->proof->at : 0;
    *at = now;
    if (!claimed || claimed >= now)
        return claimed <= now + CLOCKS_DIFFER_MS || err_field(err, "occurred_at", "到场时间不能晚于现在。");
    if (claimed < d->c->opened_at - CLOCKS_DIFFER_MS)
        return err_field(err, "occurred_at", "到场时间早于这件事的登记时间，请核对手机的时钟。");
    if (within_grace(d->s, claimed))
        *at = claimed < d->c->opened_at ? d->c->opened_at : claimed;
    return true;
}

static struct str
proof_words(struct decision *d, const struct posting *voucher)
{
    static const char *const numerals[PROOF_GRADES] = {"", "一级", "二级", "三级"};
    const struct proof *p = d->in->proof;
    if (!p || !p->grade)
        return STR("没有到场凭据");
    if (voucher)
        return say(d, "到场凭据%s：%.*s证明", numerals[p->grade], S(person_name(d->s->registry, voucher->person)));
    if (p->grade == PROOF_NEAR)
        return say(d, "到场凭据二级：%s，离小区 %d 米以内", proof_label(p->grade), p->distance_m);
    return say(d, "到场凭据%s：%s", numerals[p->grade], proof_label(p->grade));
}

static void
write_arrival(struct decision *d, instant at, const struct posting *voucher)
{
    struct buf when = {0};
    moment_words(&when, at, d->s->now);
    bool is_told_late = at < d->s->now;
    struct str words = arg(d, "words");
    d->fx->event.occurred_at = at;
    d->fx->event.text = say(d, "到场（%.*s%s%.*s）%s%.*s", S(proof_words(d, voucher)), is_told_late ? "；离线记录，到场时间 " : "",
                            is_told_late ? (int)when.n : 0, is_told_late ? when.p : "", words.n ? "：" : "", S(words));
    d->fx->event.public_text = say(d, "%.*s已到现场", S(org_name(d->s->registry, d->fx->actor.org)));
    buf_release(&when);
}

static bool
photo_is_missing(const struct decision *d, struct err *err)
{
    const struct whistle *w = whistle_of(d);
    for (size_t i = 0; w && i < w->proof.n; i++)
        if (str_is(w->proof.p[i], "photo") && !d->in->photos)
            return !err_field(err, "files", "%.*s要拍一张现场照片作为到场凭据。", S(w->name));
    return false;
}

/* An urgent matter is taken over by arriving: the hops it overtakes are superseded. */
DECIDE(arrive)
{
    instant at;
    const struct posting *voucher = NULL;
    struct str vouched = arg(d, "vouched");
    int32_t today = day_of(d->s->now);
    if (photo_is_missing(d, err) || !arrival_moment(d, &at, err))
        return false;
    if (vouched.n && !(voucher = voucher_of(d->s->registry, d->place, vouched, d->fx->actor.person, today)))
        return err_field(err, "vouched", "请选这个小区的物业、网格或社区人员；自己不能给自己证明。");
    if (d->in->proof && d->in->proof->grade != PROOF_WORD)
        voucher = NULL; /* something better was shown */
    touch(d);
    d->c->visits++;
    if (!d->c->arrived_at) {
        d->c->arrived_at = at;
        d->c->arrival_grade = d->in->proof ? d->in->proof->grade : PROOF_NONE;
    }
    duties_end(d, DUTY_ARRIVE, END_DONE);
    if (d->c->state == CASE_ROUTING || d->c->state == CASE_AWAITING_ACCEPT) {
        duties_end(d, DUTY_ACCEPT, END_DONE);
        duties_end_main(d, END_SUPERSEDED);
        d->c->accepted_at = d->s->now;
        if (!d->c->dispatched_at)
            d->c->dispatched_at = d->s->now;
        enter_handling(d, d->s->now);
    }
    if (voucher)
        notify_owner(d, (struct owner){.role = ROLE_NONE, .person = voucher->person}, "vouched", false, say(d, "%.*s登记到场，请您作证；不属实请告诉统筹单位", S(org_name(d->s->registry, d->fx->actor.org))));
    write_arrival(d, at, voucher);
    return true;
}
