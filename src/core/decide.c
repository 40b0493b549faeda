#include "decide.h"
#include "proof.h"
#include "roster.h"

void
decision_begin(struct decision *d, const struct situation *s, struct effects *fx, const char *event)
{
    *d = (struct decision){.s = s, .fx = fx, .c = &fx->after};
    fx->actor = s->actor;
    fx->at = s->now;
    fx->before = *s->c;
    fx->after = *s->c;
    fx->event = (struct event){.type = event, .occurred_at = s->now};
    for (size_t i = 0; i < s->n_duties && i < EFFECTS_DUTIES_MAX; i++) {
        struct duty_slot *slot = &fx->duties[fx->n_duties++];
        slot->was = slot->now = s->duties[i];
        slot->is_new = slot->is_changed = false;
    }
    int item = s->c->item.n ? scheme_item(s->scheme, s->c->item) : -1;
    d->item = item >= 0 ? &s->scheme->items[item] : NULL;
    d->place = registry_place(s->registry, (int32_t)s->c->place);
}

void
decision_end(struct decision *d)
{
    struct case_file *c = d->c;
    c->main_kind = 0;
    c->main_due = 0;
    c->main_missed = 0;
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        const struct duty *u = &d->fx->duties[i].now;
        if (u->end != END_OPEN)
            continue;
        if (duty_is_main(u->kind)) {
            c->main_kind = u->kind + 1;
            c->main_due = u->due;
        }
        if (u->missed_at && u->kind != DUTY_CHASE)
            c->main_missed = 1;
    }
}

struct str
arg(const struct decision *d, const char *name)
{
    return d->in && d->in->fields ? params_get(d->in->fields, name) : (struct str){"", 0};
}

bool
arg_is(const struct decision *d, const char *name, const char *value)
{
    return str_is(arg(d, name), value);
}

int64_t
arg_int(const struct decision *d, const char *name)
{
    return d->in && d->in->fields ? params_int(d->in->fields, name, 0) : 0;
}

int32_t
arg_day(const struct decision *d, const char *name)
{
    int32_t day = 0;
    return date_parse(arg(d, name), &day) ? day : 0;
}

struct str
say(struct decision *d, const char *fmt, ...)
{
    if (d->fx->is_mute)
        return str_of(fmt);
    char tmp[1024];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(tmp, sizeof tmp, fmt, ap);
    va_end(ap);
    size_t len = n > 0 ? (size_t)n : 0;
    char *text = arena_alloc(d->fx->arena, len + 1);
    if (len < sizeof tmp)
        memcpy(text, tmp, len);
    else
        vsnprintf(text, len + 1, fmt, again);
    va_end(again);
    return (struct str){text, len};
}

/* Limits that the machinery needs even where a scheme does not set them; a scheme's row of the same code wins. */
#define LIMIT(z, n, u, amb) {.code = {z, sizeof z - 1}, .amount = n, .unit = u, .amber = amb}
static const struct limit built_in[] = {
    LIMIT("handle5", 5, UNIT_WORKING_DAY, 1), /* first: the answer for a code nobody knows */
    LIMIT("classify1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("hop_call", 4, UNIT_OFFICE_HOUR, 1),
    LIMIT("hop_accept", 4, UNIT_OFFICE_HOUR, 1),
    LIMIT("hop_dispatch", 4, UNIT_OFFICE_HOUR, 1),
    LIMIT("hop_respond", 1, UNIT_WORKING_DAY, 0),
    LIMIT("refusal", 1, UNIT_WORKING_DAY, 0),
    LIMIT("svc3", 3, UNIT_WORKING_DAY, 1),
    LIMIT("resident", 10, UNIT_WORKING_DAY, 1),
    LIMIT("assist2", 2, UNIT_WORKING_DAY, 1),
    LIMIT("supervise3", 3, UNIT_WORKING_DAY, 1),
    LIMIT("complete5", 5, UNIT_WORKING_DAY, 1),
    LIMIT("transfer5", 5, UNIT_WORKING_DAY, 1),
    LIMIT("pause_decide1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("reopen_decide1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("review_grade3", 3, UNIT_WORKING_DAY, 1),
    LIMIT("revisit7", 2, UNIT_WORKING_DAY, 1),
    LIMIT("urgent_arrive", 15, UNIT_MINUTE, 5),
    LIMIT("chase1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("confer5", 5, UNIT_WORKING_DAY, 1),
    LIMIT("penalty90", 90, UNIT_NATURAL_DAY, 15), /* 行政处罚法 60 */
    LIMIT("penalty_more30", 30, UNIT_NATURAL_DAY, 5), /* where a rule allows it */
    LIMIT("serve7", 7, UNIT_WORKING_DAY, 1), /* 61 */
    LIMIT("pay15", 15, UNIT_NATURAL_DAY, 3), /* 67 */
    LIMIT("court90", 90, UNIT_NATURAL_DAY, 15),
    LIMIT("result1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("message1", 1, UNIT_WORKING_DAY, 0),
    LIMIT("late2", 2, UNIT_WORKING_DAY, 1),
};

const struct limit *
limit_named(const struct scheme *s, const char *code)
{
    int i = scheme_limit(s, str_of(code));
    if (i >= 0)
        return &s->limits[i];
    for (size_t k = 0; k < sizeof built_in / sizeof *built_in; k++)
        if (str_is(built_in[k].code, code))
            return &built_in[k];
    return &built_in[0];
}

instant
due_from(const struct decision *d, const struct limit *l, instant from)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    bool from_start = l->is_from_registration && d->c->opened_at && !d->c->reopens; /* reopened: a fresh clock */
    instant due = limit_due(cal, from_start ? d->c->opened_at : from, l->unit, l->amount);
    if (from_start && due <= d->s->now) /* others were late: nobody is born overdue */
        due = limit_due(cal, d->s->now, UNIT_WORKING_DAY, 1);
    return due;
}

struct owner
owner_of_org(int32_t org, int role)
{
    return (struct owner){.org = org, .role = role};
}

struct owner
coordinator_of(const struct registry *r)
{
    int32_t org = owner_org(r, STR("@coordinator"), NULL, 0);
    return (struct owner){.org = org, .role = ROLE_COORDINATOR};
}

/* The lead's named officer for this community, by order of call (LC-12); role NONE and org 0 when there is none. */
static struct owner
contact_of(const struct decision *d, const struct place *community, int order)
{
    const struct registry *r = d->s->registry;
    int32_t today = day_of(d->s->now);
    for (size_t i = 0; community && i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        if (p->role == ROLE_OFFICER && p->org == d->c->lead && p->place == community->id && p->order == order &&
            posting_in_force(p, today) && who && !who->is_disabled)
            return (struct owner){.org = p->org, .role = ROLE_OFFICER, .person = p->person};
    }
    return (struct owner){.role = ROLE_NONE};
}

struct owner
owner_by(const struct decision *d, struct str expression, int role)
{
    const struct registry *r = d->s->registry;
    if (str_is(expression, "@grid") && d->place) {
        const struct place *grid = place_above(r, d->place, PLACE_GRID);
        if (grid)
            return (struct owner){.place = grid->id, .role = role};
    }
    if (str_is(expression, "@coordinator"))
        return coordinator_of(r);
    if (str_is(expression, "@sector"))
        return (struct owner){.role = ROLE_SECTOR_CHIEF};
    if (str_is(expression, "@liaison") || str_starts(expression, STR("@contact"))) {
        const struct place *community = place_above(r, d->place, PLACE_COMMUNITY);
        if (str_is(expression, "@liaison") && community)
            return (struct owner){.place = community->id, .role = role == ROLE_NONE ? ROLE_LIAISON : role};
        return contact_of(d, community, str_is(expression, "@contact1") ? 1 : 2);
    }
    int32_t org = owner_org(r, expression, d->place, (int32_t)d->c->lead);
    if (!org)
        return coordinator_of(r);
    const struct org *o = registry_org(r, org);
    if (o && o->kind == ORG_DEPARTMENT && role == ROLE_OFFICER)
        role = ROLE_NONE;
    return (struct owner){.org = org, .role = role};
}

/* A post that nobody fills cannot owe: then the coordinator does, who can always put it right. */
static struct owner
staffed(const struct decision *d, struct owner to)
{
    bool is_filled = to.person || registry_filled(d->s->registry, to.role, to.org, to.place, day_of(d->s->now));
    return is_filled ? to : coordinator_of(d->s->registry);
}

/* One main duty carries the case: a new one takes the place of the old, and what was asked about the old falls away. */
struct duty *
duty_open_until(struct decision *d, int kind, struct owner to, instant due, instant amber)
{
    struct effects *fx = d->fx;
    if (duty_is_main(kind)) {
        duties_end_main(d, END_SUPERSEDED);
        duties_end(d, DUTY_APPROVE, END_VOID);
    }
    if (fx->n_duties == EFFECTS_DUTIES_MAX)
        return NULL;
    to = staffed(d, to);
    struct duty_slot *slot = &fx->duties[fx->n_duties++];
    *slot = (struct duty_slot){.is_new = true, .is_changed = true};
    slot->now = (struct duty){.kind = kind, .subject_kind = SUBJECT_CASE, .subject = d->c->id, .owner = to, .need = 1,
                              .opened_at = d->s->now, .due = due, .amber_at = amber, .escalated = {.role = ROLE_NONE}};
    return &slot->now;
}

struct duty *
duty_open(struct decision *d, int kind, struct owner to, const struct limit *l, instant from)
{
    const struct calendar *cal = &d->s->scheme->calendar;
    instant due = due_from(d, l, from);
    return duty_open_until(d, kind, to, due, limit_amber(cal, due, l->unit, l->amber));
}

struct duty_slot *
duty_slot_of(struct decision *d, int kind)
{
    for (size_t i = 0; i < d->fx->n_duties; i++)
        if (d->fx->duties[i].now.kind == kind && d->fx->duties[i].now.end == END_OPEN)
            return &d->fx->duties[i];
    return NULL;
}

bool
duty_is_open(const struct situation *s, int kind)
{
    for (size_t i = 0; i < s->n_duties; i++)
        if (s->duties[i].kind == kind && s->duties[i].end == END_OPEN)
            return true;
    return false;
}

void
duty_end(struct decision *d, struct duty_slot *slot, enum duty_end end)
{
    struct duty *u = &slot->now;
    if (end == END_DONE) {
        u->credited = u->need;
        if (u->missed_at || d->s->now > u->due)
            end = done_in_time(d, u) ? END_LATE_SYNC : END_DONE_LATE;
    }
    u->end = end;
    u->ended_at = d->s->now;
    slot->is_changed = true;
    if (u->kind == DUTY_TRANSFER && end != END_DONE && end != END_DONE_LATE && end != END_LATE_SYNC)
        d->c->transferred_to = STR("");
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        struct duty_slot *chase = &d->fx->duties[i];
        if (chase->now.kind == DUTY_CHASE && chase->now.end == END_OPEN && chase->now.ref == u->id && u->id)
            duty_end(d, chase, end == END_LATE_SYNC ? END_SUPERSEDED : END_DONE);
    }
}

void
duties_end(struct decision *d, int kind, enum duty_end end)
{
    for (size_t i = 0; i < d->fx->n_duties; i++)
        if (d->fx->duties[i].now.kind == kind && d->fx->duties[i].now.end == END_OPEN)
            duty_end(d, &d->fx->duties[i], end);
}

static uint64_t
kinds_open(const struct decision *d)
{
    uint64_t kinds = 0;
    for (size_t i = 0; i < d->fx->n_duties; i++)
        if (d->fx->duties[i].now.end == END_OPEN)
            kinds |= UINT64_C(1) << d->fx->duties[i].now.kind;
    return kinds;
}

void
duties_end_main(struct decision *d, enum duty_end end)
{
    uint64_t open = kinds_open(d);
    for (int k = 0; open >> k; k++)
        if ((open >> k & 1) && duty_is_main(k))
            duties_end(d, k, end);
}

void
duties_end_all(struct decision *d, enum duty_end end)
{
    uint64_t open = kinds_open(d);
    for (int k = 0; open >> k; k++)
        if (open >> k & 1)
            duties_end(d, k, end);
}

void
notify_owner(struct decision *d, struct owner to, const char *kind, bool urgent, struct str text)
{
    if (d->fx->n_notices < EFFECTS_NOTICES_MAX)
        d->fx->notices[d->fx->n_notices++] = (struct notice){.to = to, .kind = kind, .urgent = urgent, .text = text};
}

void
notify_reporter(struct decision *d, const char *kind, struct str text)
{
    if (d->fx->n_notices < EFFECTS_NOTICES_MAX)
        d->fx->notices[d->fx->n_notices++] = (struct notice){.to_reporter = true, .kind = kind, .text = text};
}

static struct str
where_and_what(struct decision *d)
{
    return say(d, "%.*s：%.*s", S(d->place ? d->place->name : STR("地点待定")),
               S(d->item ? d->item->name : STR("事项待归类")));
}

void
enter_classify(struct decision *d)
{
    d->c->state = CASE_REGISTERED;
    struct owner to = coordinator_of(d->s->registry);
    duty_open(d, DUTY_CLASSIFY, to, limit_named(d->s->scheme, "classify1"), d->s->now);
    notify_owner(d, to, "classify", false, say(d, "待归类：%.*s", S(where_and_what(d))));
}

/* The station that serves the place is on duty, by its roster or in office hours (BG-09). */
static bool
is_duty_time(const struct decision *d)
{
    const struct registry *r = d->s->registry;
    int32_t station = owner_org(r, STR("@station"), registry_place(r, (int32_t)d->c->place), 0);
    return station_is_staffed(r, &d->s->scheme->calendar, station, d->s->now);
}

/* An urgent matter is not carried from desk to desk first: the lead owes to be there, whoever it is by now. */
void
owe_arrival(struct decision *d)
{
    const struct scheme *s = d->s->scheme;
    const struct whistle *w = whistle_of(d);
    bool is_called = w && w->arrive >= 0 && d->c->hop == HOP_RESPOND;
    if ((!d->c->urgent && !is_called) || !d->c->lead || d->c->list != LIST_ENFORCEMENT || d->c->visits ||
        duty_slot_of(d, DUTY_ARRIVE))
        return;
    bool is_off = !is_duty_time(d);
    bool is_night = is_off && scheme_limit(s, STR("urgent_arrive_off")) >= 0;
    const struct limit *l = d->c->urgent || !is_called ? limit_named(s, is_night ? "urgent_arrive_off" : "urgent_arrive")
                            : &s->limits[is_off && w->arrive_off >= 0 ? w->arrive_off : w->arrive];
    struct owner to = owner_of_org((int32_t)d->c->lead, ROLE_NONE);
    duty_open(d, DUTY_ARRIVE, to, l, d->s->now);
    d->c->summoned_at = d->s->now;
    d->c->summoned_in = is_off ? SUMMONS_OFF_DUTY : SUMMONS_ON_DUTY;
    d->c->arrived_at = 0;
    d->c->arrival_grade = PROOF_NONE;
    notify_owner(d, to, "whistle", d->c->urgent != 0, say(d, "%s：%.*s", d->c->urgent ? "紧急到场" : "请到场", S(where_and_what(d))));
}

static const int hop_duties[HOP_COUNT] = {DUTY_CALL, DUTY_ADMIT, DUTY_DISPATCH, DUTY_ACCEPT};

/* 呼叫→受理→派发→响应 (HC-16). A chain may lack a stage: then the next one is entered. */
void
enter_hop(struct decision *d, enum hop_kind kind)
{
    const struct scheme *s = d->s->scheme;
    while (!scheme_hop(s, d->c->chain, kind) && kind != HOP_RESPOND)
        kind++;
    if (kind == HOP_RESPOND && !d->c->lead) /* nobody to respond yet: somebody names one */
        kind = HOP_DISPATCH;
    d->c->rung = 0;
    enter_rung(d, kind);
}

/* Who answers: the level's owner at the level's own stage, else the rung's; a contact that nobody fills is passed over. */
static struct owner
hop_owner(struct decision *d, enum hop_kind kind, const struct whistle *w, const struct hop **hop)
{
    const struct scheme *s = d->s->scheme;
    if (w && w->owner.n && !str_is(w->owner, "@lead"))
        return owner_by(d, w->owner, w->role >= 0 ? w->role : ROLE_NONE);
    *hop = scheme_rung(s, d->c->chain, kind, d->c->rung);
    while (*hop && str_starts((*hop)->owner, STR("@contact"))) {
        struct owner to = owner_by(d, (*hop)->owner, (*hop)->role);
        if (to.person)
            return to;
        *hop = scheme_rung(s, d->c->chain, kind, ++d->c->rung);
    }
    if (kind == HOP_RESPOND)
        return owner_of_org((int32_t)d->c->lead, ROLE_NONE);
    return owner_by(d, *hop ? (*hop)->owner : STR("@coordinator"), *hop ? (*hop)->role : ROLE_COORDINATOR);
}

void
enter_rung(struct decision *d, enum hop_kind kind)
{
    static const char *const limits[HOP_COUNT] = {"hop_call", "hop_accept", "hop_dispatch", "hop_respond"};
    const struct scheme *s = d->s->scheme;
    const struct whistle *w = whistle_of(d);
    if (w && w->enters != (int)kind)
        w = NULL; /* this stage is not the level's own */
    d->c->hop = kind;
    d->c->state = kind == HOP_RESPOND ? CASE_AWAITING_ACCEPT : CASE_ROUTING;
    if (kind == HOP_RESPOND && !d->c->dispatched_at) /* a chain that goes straight to the department (NH-05) */
        d->c->dispatched_at = d->s->now;
    const struct hop *hop = NULL;
    struct owner to = hop_owner(d, kind, w, &hop);
    const struct limit *l = kind == HOP_RESPOND && d->item && d->item->accept >= 0 ? &s->limits[d->item->accept]
                            : hop && (hop->moves_on || !w)                         ? &s->limits[hop->limit]
                            : w                                                    ? &s->limits[w->limit]
                                                                                   : limit_named(s, limits[kind]);
    duty_open(d, hop_duties[kind], to, l, d->s->now);
    notify_owner(d, to, kind == HOP_RESPOND ? "whistle" : duty_code(hop_duties[kind]), d->c->urgent != 0,
                 say(d, "请%s：%.*s", duty_label(hop_duties[kind]), S(where_and_what(d))));
    owe_arrival(d);
}

void
enter_handling(struct decision *d, instant from)
{
    d->c->state = CASE_HANDLING;
    duty_open(d, DUTY_HANDLE, owner_of_org((int32_t)d->c->lead, ROLE_NONE), closing_limit(d), from);
    owe_arrival(d);
}

/* To the consultation, convened by the level's owner (the sector chief, BG-18; the street, LC-28) or the coordinator. */
void
enter_confer(struct decision *d)
{
    const struct scheme *s = d->s->scheme;
    const struct whistle *w = NULL;
    for (size_t i = 0; i < s->n_whistles && !w; i++)
        if (s->whistles[i].enters == ENTERS_CONFER) {
            w = &s->whistles[i];
            d->c->whistle = (int64_t)i + 1;
        }
    duties_end_main(d, END_SUPERSEDED);
    duties_end(d, DUTY_ARRIVE, END_SUPERSEDED);
    d->c->confers++;
    d->c->state = CASE_CONFERRING;
    struct owner to = w ? owner_by(d, w->owner, w->role >= 0 ? w->role : ROLE_NONE) : coordinator_of(d->s->registry);
    duty_open(d, DUTY_CONFER, to, w ? &s->limits[w->limit] : limit_named(s, "confer5"), d->s->now);
    notify_owner(d, to, "confer", false, say(d, "提请会商：%.*s", S(d->item ? d->item->name : STR("待归类"))));
}

const struct limit *
closing_limit(const struct decision *d)
{
    const struct whistle *w = whistle_of(d);
    if (w && w->handle >= 0 && d->c->list == LIST_ENFORCEMENT)
        return &d->s->scheme->limits[w->handle];
    return d->item && d->item->limit >= 0 ? &d->s->scheme->limits[d->item->limit] : limit_named(d->s->scheme, "handle5");
}

/* A service item belongs to the property firm, or to the community where there is none (HC-12). */
void
enter_service(struct decision *d)
{
    const struct scheme *s = d->s->scheme;
    d->c->state = CASE_HANDLING;
    const struct limit *l = d->item && d->item->limit >= 0 ? &s->limits[d->item->limit] : limit_named(s, "svc3");
    struct owner to = owner_of_org((int32_t)d->c->lead, ROLE_NONE);
    duties_end(d, DUTY_ARRIVE, END_SUPERSEDED);
    duty_open(d, DUTY_SERVE, to, l, d->s->now);
    notify_owner(d, to, "serve", false, say(d, "请办理：%.*s", S(where_and_what(d))));
}

/* The resident's clock never pauses and never restarts; only its owner follows the lead. */
void
set_lead(struct decision *d, int32_t org)
{
    if (d->c->lead == org)
        return;
    d->c->lead = org;
    duties_end(d, DUTY_ARRIVE, END_SUPERSEDED); /* the next lead owes its own */
    duties_end(d, DUTY_TEAM, END_SUPERSEDED);
    static const int follow[] = {DUTY_ANSWER, DUTY_HEAR};
    for (size_t i = 0; i < sizeof follow / sizeof *follow; i++) {
        struct duty_slot *slot = duty_slot_of(d, follow[i]);
        if (!slot)
            continue;
        slot->now.owner = org ? staffed(d, owner_of_org(org, ROLE_NONE)) : coordinator_of(d->s->registry);
        slot->is_changed = true;
    }
}

void
set_item(struct decision *d, int item)
{
    const struct scheme *s = d->s->scheme;
    d->item = item >= 0 ? &s->items[item] : NULL;
    d->c->item = d->item ? d->item->code : STR("");
    d->c->list = d->item ? (int64_t)d->item->list : LIST_NONE;
    if (d->item && d->item->urgent)
        d->c->urgent = 1;
    if (d->item && d->item->list == LIST_ENFORCEMENT && d->item->whistle >= 0)
        d->c->whistle = d->item->whistle + 1;
    int32_t lead = d->item && d->place ? owner_org(d->s->registry, d->item->lead, d->place, 0) : 0;
    if (d->item && str_is(d->item->lead, "@first"))
        lead = (int32_t)d->c->first_org;
    bool is_service = d->item && d->item->list == LIST_SERVICE;
    int32_t today = day_of(d->s->now);
    if (lead && !registry_filled(d->s->registry, ROLE_NONE, lead, 0, today))
        lead = 0; /* listed, but nobody is there: the coordinator will name another */
    if (is_service && d->place && !lead)
        lead = owner_org(d->s->registry, STR("@community"), d->place, 0);
    if (is_service && d->place && !registry_filled(d->s->registry, ROLE_NONE, lead, 0, today))
        lead = coordinator_of(d->s->registry).org;
    set_lead(d, lead);
}

void
record_tier(struct decision *d, enum tier tier)
{
    d->c->tiers |= 1 << tier;
}

void
settle_closed(struct decision *d)
{
    static const int owed[] = {DUTY_REVISIT, DUTY_RECEIVE, DUTY_DELIVER, DUTY_COMPLY, DUTY_RULE_REOPEN, DUTY_REVIEW_GRADE, DUTY_SUPERVISE, DUTY_LATE};
    if (d->c->state != CASE_CLOSED)
        return;
    for (size_t i = 0; i < sizeof owed / sizeof *owed; i++)
        if (duty_slot_of(d, owed[i]))
            return;
    d->c->state = CASE_ARCHIVED;
    d->c->archived_at = d->s->now;
}
