/* A year of a locality: reports come, owners act on their duties in their own time, a few are late. Nothing is written
 * except through the actions that the pages use, so every figure of the demo is explained by its events.
 */
#include <stdlib.h>

#include "cmd.h"
#include "demo.h"
#include "demo_visits.h"
#include "views.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* What will be done when. */
enum step_kind { STEP_REPORT, STEP_DUTY, STEP_POLL, STEP_RATE, STEP_VISIT };
struct step_at {
    instant at;
    int64_t order; /* ties: first come, first served */
    enum step_kind kind;
    int64_t case_id, duty;
    const struct plan_reports *row; /* of the plan, and the item it is about */
    int item, tries;
    int64_t errand; /* of visits: which of l->errands */
};

struct life {
    struct demo *d;
    struct step_at *heap;
    size_t n, cap;
    int64_t order;
    instant from, until;
    struct caps caps;
    const struct place **compounds;
    size_t n_compounds;
    struct demo_visits visits;
    struct demo_errand *errands;
    size_t n_errands, cap_errands;
};

/* Dice: splitmix64. */

uint64_t
dice_next(struct dice *d)
{
    uint64_t z = (d->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

int64_t
dice_range(struct dice *d, int64_t from, int64_t to)
{
    return to <= from ? from : from + (int64_t)(dice_next(d) % (uint64_t)(to - from + 1));
}

bool
dice_chance(struct dice *d, int per_mille)
{
    return dice_range(d, 0, 999) < per_mille;
}

/* The heap of coming steps */

static bool
sooner(const struct step_at *a, const struct step_at *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void
push(struct life *l, struct step_at s)
{
    s.order = l->order++;
    if (s.at > l->until)
        return;
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 1024;
        l->heap = xrealloc(l->heap, l->cap * sizeof *l->heap);
    }
    size_t i = l->n++;
    while (i && sooner(&s, &l->heap[(i - 1) / 2])) {
        l->heap[i] = l->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    l->heap[i] = s;
}

static struct step_at
pop(struct life *l)
{
    struct step_at top = l->heap[0], last = l->heap[--l->n];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= l->n)
            break;
        if (k + 1 < l->n && sooner(&l->heap[k + 1], &l->heap[k]))
            k++;
        if (!sooner(&l->heap[k], &last))
            break;
        l->heap[i] = l->heap[k];
        i = k;
    }
    if (l->n)
        l->heap[i] = last;
    return top;
}

static void
push_errand(void *life, instant at, const struct demo_errand *e)
{
    struct life *l = life;
    if (l->n_errands == l->cap_errands) {
        l->cap_errands = l->cap_errands ? l->cap_errands * 2 : 1024;
        l->errands = xrealloc(l->errands, l->cap_errands * sizeof *l->errands);
    }
    l->errands[l->n_errands] = *e;
    push(l, (struct step_at){.at = at, .kind = STEP_VISIT, .errand = (int64_t)l->n_errands++});
}

static void
remember_recent(struct life *l, const struct step_at *s)
{
    struct demo_visits *v = &l->visits;
    if (s->row->fate != FATE_DEPARTMENT)
        return;
    v->recent[l->order % RECENT_MAX] = s->case_id;
    v->n_recent = RECENT_MAX;
}

/* Work happens in office hours; arrivals at any hour. */
static instant
at_work(struct life *l, instant t)
{
    const struct calendar *c = &l->d->area->scheme->calendar;
    if (in_office_hours(c, t))
        return t;
    int32_t day = day_of(t);
    bool provisional;
    if (!is_working_day(c, day, &provisional) || t > office_close(c, day))
        day = next_working_day(c, day + 1);
    instant open = office_open(c, day);
    return (t > open ? t : open) + dice_range(&l->d->dice, 2, 50) * MINUTE;
}

/* One minute after a duty falls due: the miss is recorded then, and may have opened others. */
static void
plan_poll(struct life *l, const struct step_at *s, instant due)
{
    struct step_at poll = *s;
    poll.at = due + MINUTE;
    poll.kind = STEP_POLL;
    poll.tries = 0;
    push(l, poll);
}

static instant
moment_for(struct life *l, const struct duty *u, const struct step_at *about)
{
    struct dice *dice = &l->d->dice;
    const struct demo_plan *plan = l->d->plan;
    if (about->row->fate == FATE_AT_ONCE)
        return at_work(l, u->opened_at + dice_range(dice, 15, 60) * MINUTE);
    bool is_late = dice_chance(dice, u->kind == DUTY_CHASE ? plan_number(plan, "late_chase", 100) : plan_number(plan, "late", 45));
    int64_t share = is_late ? dice_range(dice, 1050, 1500) : dice_range(dice, 40, plan_number(plan, "pace", 620));
    instant at = u->opened_at + (u->due - u->opened_at) / 1000 * share;
    if (u->kind == DUTY_RECHECK && !is_late)
        at = u->due - dice_range(dice, 20, 300) * MINUTE;
    if (at <= u->opened_at)
        at = u->opened_at + MINUTE;
    return u->kind == DUTY_ARRIVE ? at : at_work(l, at);
}

static void
plan_duty(struct life *l, const struct duty *u, const struct step_at *about)
{
    struct step_at s = {.kind = STEP_DUTY, .case_id = u->subject, .duty = u->id, .row = about->row, .item = about->item};
    if (u->kind == DUTY_ANSWER || u->end != END_OPEN) /* answered by closing */
        return;
    if (u->kind == DUTY_RESUME) { /* a pause ends by itself */
        plan_poll(l, &s, u->due);
        return;
    }
    s.at = moment_for(l, u, about);
    if (s.at >= u->due)
        plan_poll(l, &s, u->due);
    push(l, s);
}

static void
plan_new_duties(struct life *l, const struct effects *fx, const struct step_at *about)
{
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_new)
            plan_duty(l, &fx->duties[i].now, about);
}

static void
refused(struct life *l, const char *what, const struct err *err)
{
    struct demo *d = l->d;
    d->refused++;
    snprintf(d->last_refusal, sizeof d->last_refusal, "%s: %s%s%s", what, err->message, err->n_fields ? " / " : "",
             err->n_fields ? err->fields[0].message : "");
}

/* People */

static int64_t
pick_person(struct life *l, const struct owner *o, int64_t not_person)
{
    const struct registry *r = l->d->area->registry;
    int32_t today = day_of(app_now(l->d->app));
    int64_t found[8];
    int n = 0;
    for (int pass = 0; pass < 2 && !n; pass++) /* officers first, where an organisation as such owes */
        for (size_t i = 0; i < r->n_people && n < 8; i++) {
            int64_t id = r->people[i].id;
            const struct posting *p[4];
            bool is_officer = registry_postings(r, id, today, p, 4) > 0 && p[0]->role == ROLE_OFFICER;
            if (id != not_person && owner_is(r, o, id, today) && (pass || is_officer || o->role != ROLE_NONE) &&
                !str_is(r->people[i].username, "expired01"))
                found[n++] = id;
        }
    return n ? found[dice_range(&l->d->dice, 0, n > 2 ? 2 : n - 1)] : 0;
}

int64_t
demo_photo(struct demo *d, const struct caller *who)
{
    struct demo_photos *ph = &d->photos;
    int i = (int)dice_range(&d->dice, 0, ph->n - 1);
    struct keep_file f = {.base = {.app = d->app, .who = who, .arena = d->arena}, .kind = 1, .bytes = ph->bytes[i],
                          .width = 480, .height = 360, .taken = STR("")};
    memcpy(f.sha256, ph->sha256[i], 32);
    memcpy(f.sm3, ph->sm3[i], 32);
    memcpy(f.key, ph->key[i], sizeof f.key);
    memcpy(f.address, ph->address[i], sizeof f.address);
    struct err err = {0};
    return keep_file_wait(&f, &err) ? f.id : 0;
}

/* Acts */

static void
again_later(struct life *l, const struct step_at *s, const struct duty *u, int64_t hours)
{
    enum { TRIES_MAX = 400 };
    struct step_at later = *s;
    later.at = at_work(l, s->at + hours * HOUR + dice_range(&l->d->dice, 1, 50) * MINUTE);
    later.tries++;
    if (later.tries >= TRIES_MAX)
        return;
    if (later.at >= u->due && s->at < u->due)
        plan_poll(l, s, u->due);
    push(l, later);
}

/* Would the core take it? What it answers is nobody's mistake when the moment has not come: then another step is tried, or
 * the same one later. A form that is filled in wrongly is a mistake of the demo. */
static bool
would_do(struct life *l, struct turn *t, const struct command *cmd, const struct params *fields)
{
    struct effects *fx = arena_new_of(l->d->arena, struct effects);
    struct command_input in = {.fields = fields};
    struct err why = {0};
    size_t at = 0;
    struct str file;
    while (params_each(fields, "files", &at, &file))
        in.photos += file.n > 0;
    fx->arena = l->d->arena;
    if (command_decide(cmd, t->s, &in, fx, &why))
        return true;
    if (why.kind == ERR_FIELDS)
        refused(l, cmd->code, &why);
    return false;
}

static bool
run(struct life *l, struct turn *t, const struct step_at *s, const struct command *cmd, const struct params *fields)
{
    struct demo *d = l->d;
    struct err err = {0};
    struct act_on_case *x = arena_new_of(d->arena, struct act_on_case);
    *x = (struct act_on_case){.base = {.app = d->app, .who = t->who, .arena = d->arena}, .case_id = s->case_id,
                              .command = str_of(cmd->code), .fields = fields};
    d->acts++;
    if (!act_on_case_wait(x, &err)) {
        refused(l, cmd->code, &err);
        return false;
    }
    const struct effects *fx = x->base.save.fx;
    caps_note(&l->caps, &fx->before, &fx->after);
    plan_new_duties(l, fx, s);
    for (size_t i = 0; i < fx->n_duties; i++) /* what leaves the duty open is taken up again */
        if (fx->duties[i].now.id == s->duty && fx->duties[i].now.end == END_OPEN)
            again_later(l, s, &fx->duties[i].now, s->row->fate == FATE_AT_ONCE ? 1 : strcmp(cmd->code, "persuade") == 0 ? 4 : 22);
    return true;
}

/* Every step is one command of the core's table by somebody who owes the duty. */
static void
act(struct life *l, struct turn *t, const struct step_at *s)
{
    struct offers offers = turn_offers(t);
    for (size_t i = 0; i < offers.n; i++) {
        struct params fields = {0};
        if (caps_forbid(&l->caps, t->c, offers.p[i]->code))
            break;
        turn_fill(t, offers.p[i], &fields);
        if (would_do(l, t, offers.p[i], &fields) && run(l, t, s, offers.p[i], &fields))
            return;
    }
    again_later(l, s, t->duty, 24);
}

static bool
load(struct life *l, int64_t case_id, struct loaded_case *c)
{
    struct demo *d = l->d;
    struct err err = {0};
    bool ok = case_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, case_id, c, &err);
    app_reader_unlock(d->app);
    return ok;
}

static void
duty_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct loaded_case *c = arena_new_of(d->arena, struct loaded_case);
    const struct duty *u = NULL;
    bool ok = load(l, s->case_id, c);
    for (size_t i = 0; ok && i < c->n_duties; i++)
        if (c->duties[i].id == s->duty)
            u = &c->duties[i];
    if (!u) /* somebody else has settled it */
        return;
    int64_t person = pick_person(l, &u->owner, u->kind == DUTY_REVISIT ? c->c.handler : 0);
    if (!person) {
        struct err err = {0};
        err_set(&err, ERR_NOT_FOUND, "没有人可以承担。");
        refused(l, duty_label(u->kind), &err);
        return;
    }
    struct caller who;
    caller_staff(d->app, NULL, d->area, person, &who);
    struct situation situation = {.scheme = area_scheme(d->area, c->c.scheme), .registry = d->area->registry, .c = &c->c,
                                  .duties = c->duties, .n_duties = c->n_duties, .actor = caller_actor(&who),
                                  .now = app_now(d->app)};
    int item = c->c.item.n ? scheme_item(situation.scheme, c->c.item) : s->item;
    struct turn t = {.d = d, .who = &who, .c = &c->c, .duty = u, .s = &situation, .row = s->row,
                     .item = item >= 0 ? &situation.scheme->items[item] : NULL};
    act(l, &t, s);
}

/* After a miss: the chases it opened, the next rung, or what an ended pause goes on with. */
static void
poll_step(struct life *l, const struct step_at *s)
{
    struct loaded_case *c = arena_new_of(l->d->arena, struct loaded_case);
    bool ok = load(l, s->case_id, c);
    for (size_t i = 0; ok && i < c->n_duties; i++)
        if (c->duties[i].opened_at >= s->at - MINUTE && c->duties[i].opened_at < s->at)
            plan_duty(l, &c->duties[i], s);
}

/* The reporter's own word, through the same form as on the tracking page. */
static void
rate_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct caller who = {.area = d->area, .reporter_of = s->case_id};
    struct params fields = {0};
    struct loaded_case *c = arena_new_of(d->arena, struct loaded_case);
    if (!load(l, s->case_id, c))
        return;
    struct situation situation = {.scheme = area_scheme(d->area, c->c.scheme), .registry = d->area->registry, .c = &c->c,
                                  .actor = caller_actor(&who), .now = app_now(d->app)};
    situation.actor.is_reporter = true;
    const struct command *rate = command_find(STR("rate"));
    struct err err = {0};
    if (!command_allowed(rate, &situation, NULL, &err)) {
        struct step_at later = *s;
        later.at += 2 * DAY;
        if (++later.tries < 10 && !c->c.outcome) /* not closed yet: look again in some days */
            push(l, later);
        return;
    }
    struct turn t = {.d = d, .who = &who, .c = &c->c, .s = &situation, .row = s->row};
    turn_fill(&t, rate, &fields);
    struct act_on_case *x = arena_new_of(d->arena, struct act_on_case);
    *x = (struct act_on_case){.base = {.app = d->app, .who = &who, .arena = d->arena}, .case_id = s->case_id,
                              .command = STR("rate"), .fields = &fields};
    d->acts++;
    if (act_on_case_wait(x, &err)) {
        caps_note(&l->caps, &x->base.save.fx->before, &x->base.save.fx->after);
        plan_new_duties(l, x->base.save.fx, s);
    } else
        refused(l, "rate", &err);
}

/* Reports */

/* Some matters are everyday, others rare: the square of a throw leans to the front of the list. */
static int
pick_item(struct life *l, const struct plan_reports *row)
{
    struct dice *dice = &l->d->dice;
    int64_t n = (int64_t)row->n_items, i = dice_range(dice, 0, n - 1), k = dice_range(dice, 0, n - 1);
    return row->items[(i * 7 + k * k / n) % n];
}

static struct str
words_for(struct life *l, int item)
{
    static const char *const before[] = {"您好，", "我们小区", "反映一个问题：", "", "麻烦看一下，", "住户反映："};
    static const char *const after[] = {"，已经好几天了，请来看看。", "，影响大家生活。", "，请尽快处理，谢谢。", "，劝过没有用。", "，晚上更严重。", "。"};
    const struct scheme *s = l->d->area->scheme;
    size_t first = 0, n = 0;
    for (size_t i = 0; i < s->n_phrases; i++)
        if (s->phrases[i].item == item && n++ == 0)
            first = i;
    struct str phrase = n ? s->phrases[first + (size_t)dice_range(&l->d->dice, 0, (int64_t)n - 1)].text : s->items[item].name;
    return str_of(arena_printf(l->d->arena, "%s%.*s%s", before[dice_range(&l->d->dice, 0, 5)], (int)phrase.n, phrase.p,
                               after[dice_range(&l->d->dice, 0, 5)]));
}

/* Somebody in a post that may use the channel and that stands for this place; 0 = the resident himself. */
static int64_t
person_for(struct life *l, const struct place *p, const struct channel *ch, const struct item *it)
{
    const struct registry *r = l->d->area->registry;
    int32_t today = day_of(app_now(l->d->app)), lead = owner_org(r, it->lead, p, 0);
    int64_t found[16];
    int n = 0;
    if (ch->roles & ROLE_BIT(ROLE_RESIDENT))
        return 0;
    for (size_t i = 0; i < r->n_postings && n < 16; i++) {
        const struct posting *at = &r->postings[i];
        const struct person *who = registry_person(r, at->person);
        bool is_channel = at->role < ROLE_COUNT && (ch->roles & ROLE_BIT(at->role)) && posting_in_force(at, today);
        bool is_here = at->place ? place_within(r, p->id, at->place)
                       : at->org ? at->org == p->firm || at->org == lead || at->org == owner_org(r, STR("@community"), p, 0) ||
                                       at->org == owner_org(r, STR("@station"), p, 0) || at->role == ROLE_HOTLINE ||
                                       at->role == ROLE_OVERSIGHT_BODY || at->role == ROLE_COORDINATOR
                                 : true;
        if (at->role == ROLE_PROPERTY)
            is_here = at->org == p->firm;
        if (is_channel && is_here && who && !who->is_disabled && !str_is(who->username, "expired01"))
            found[n++] = at->person;
    }
    return n ? found[dice_range(&l->d->dice, 0, n - 1)] : 0;
}

static const struct place *
place_for(struct life *l, const struct step_at *s, bool needs_firm)
{
    if (s->row->place.n)
        return registry_place_code(l->d->area->registry, s->row->place);
    for (int i = 0; i < 50; i++) {
        const struct place *p = l->compounds[dice_range(&l->d->dice, 0, (int64_t)l->n_compounds - 1)];
        if (!needs_firm || p->firm)
            return p;
    }
    return l->compounds[0];
}

static bool
channel_needs(const struct channel *ch, const char *what)
{
    for (size_t i = 0; i < ch->needs.n; i++)
        if (str_is(ch->needs.p[i], what))
            return true;
    return false;
}

static void
report_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct dice *dice = &d->dice;
    const struct scheme *scheme = d->area->scheme;
    const struct item *it = &scheme->items[s->item];
    int channel = scheme_channel(scheme, s->row->source);
    const struct channel *ch = &scheme->channels[channel];
    const struct place *p = place_for(l, s, ch->roles == ROLE_BIT(ROLE_PROPERTY));
    int64_t person = person_for(l, p, ch, it);
    if (!person && !(ch->roles & ROLE_BIT(ROLE_RESIDENT))) { /* nobody holds that post here: the resident writes himself */
        channel = scheme_channel(scheme, STR("resident"));
        ch = &scheme->channels[channel];
    }
    struct caller who = {.area = d->area};
    if (person)
        caller_staff(d->app, NULL, d->area, person, &who);
    bool has_contact = !person && dice_chance(dice, plan_number(d->plan, "contact", 550));
    bool is_vague = !person && dice_chance(dice, plan_number(d->plan, "vague", 60)) && s->row->fate != FATE_SETTLE;
    struct report_case r = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .place = p->code,
                            .item = is_vague ? STR("") : it->code, .source = ch->source,
                            .words = s->row->words.n ? s->row->words : words_for(l, s->item),
                            .spot = str_of(arena_printf(d->arena, "%d 栋", (int)dice_range(dice, 1, 12))), .keep_secret = true};
    if (has_contact) {
        r.contact_phone = str_of(arena_printf(d->arena, "1550000%04d", (int)dice_range(dice, 0, 9999)));
        r.contact_name = STR("示例居民");
    }
    if (channel_needs(ch, "dissuade"))
        r.dissuaded = STR("值班保安当场劝阻，对方没有听。");
    if (channel_needs(ch, "order_no"))
        r.hotline_no = str_of(arena_printf(d->arena, "RX%lld", (long long)(l->order + 100000)));
    int64_t photo = dice_chance(dice, plan_number(d->plan, "photo", 700)) ? demo_photo(d, &who) : 0;
    r.files = &photo;
    r.n_files = photo ? 1 : 0;
    struct err err = {0};
    d->reports++;
    if (!report_case_wait(&r, &err)) {
        refused(l, "report", &err);
        return;
    }
    struct step_at about = *s;
    about.case_id = r.case_id;
    remember_recent(l, &about);
    caps_note(&l->caps, &r.base.save.fx->before, &r.base.save.fx->after);
    plan_new_duties(l, r.base.save.fx, &about);
    about.kind = STEP_RATE;
    about.at = s->at + dice_range(dice, 3, 12) * DAY;
    if (!person && dice_chance(dice, plan_number(d->plan, "rate", 450)))
        push(l, about);
}

/* A stream's monthly numbers are spread over equal parts of the whole time, so that a month lived shows the year's course. */
static void
plan_stream(struct life *l, const struct plan_reports *row)
{
    static const double month = 365.25 / 12;
    struct dice *dice = &l->d->dice;
    double days = (double)(l->until - l->from) / DAY, part = days / row->n_monthly, sum = 0;
    int64_t planned = 0;
    for (int k = 0; k < row->n_monthly; k++) {
        sum += row->monthly[k] * part / month;
        for (; planned < (int64_t)(sum + 0.5); planned++) {
            int32_t day = day_of(l->from) + (int32_t)((k + (double)dice_range(dice, 0, 999) / 1000) * part);
            instant at = day_start(day) + dice_range(dice, 7 * 60, 21 * 60 + 59) * MINUTE;
            if (row->fate == FATE_AT_ONCE) /* told in the morning of a working day */
                at = office_open(&l->d->area->scheme->calendar, next_working_day(&l->d->area->scheme->calendar, day)) + 20 * MINUTE;
            if (at > l->until)
                at = l->until - dice_range(dice, 5, 300) * MINUTE;
            push(l, (struct step_at){.at = at, .kind = STEP_REPORT, .row = row, .item = pick_item(l, row)});
        }
    }
}

static void
find_compounds(struct life *l)
{
    const struct registry *r = l->d->area->registry;
    l->compounds = xcalloc((size_t)r->n_places + 1, sizeof *l->compounds);
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND && !r->places[i].is_closed)
            l->compounds[l->n_compounds++] = &r->places[i];
}

static bool
live_one(struct life *l, const struct step_at *s, struct err *err)
{
    app_set_now(l->d->app, s->at);
    if (!duty_clock_run(l->d->app, s->at, NULL, err))
        return false;
    switch (s->kind) {
    case STEP_REPORT: report_step(l, s); break;
    case STEP_DUTY: duty_step(l, s); break;
    case STEP_POLL: poll_step(l, s); break;
    case STEP_RATE: rate_step(l, s); break;
    case STEP_VISIT: {
        struct demo_errand e = l->errands[s->errand]; /* the step may push others */
        demo_visit_step(&l->visits, &e, s->at);
        break;
    }
    }
    return true;
}

/* The day a year before `until`, or the first when that is later: from there the articles' numbers are counted. */
static void
begin_caps(struct life *l, int32_t from)
{
    int32_t last = day_of(l->until), year_ago = last - 364;
    l->caps = (struct caps){.plan = l->d->plan, .scheme = l->d->area->scheme, .from = from > year_ago ? from : year_ago};
    l->caps.part = (double)(last - l->caps.from + 1) / 365;
}

bool
demo_live(struct demo *d, int32_t from, instant until, void (*progress)(void *ctx, int64_t day), void *ctx, struct err *err)
{
    struct life l = {.d = d, .from = day_start(from), .until = until};
    find_compounds(&l);
    bool ok = l.n_compounds > 0;
    begin_caps(&l, from);
    l.visits = (struct demo_visits){.d = d, .life = &l, .push = push_errand};
    for (size_t i = 0; ok && i < d->plan->n_reports; i++)
        plan_stream(&l, &d->plan->reports[i]);
    if (ok)
        demo_visits_begin(&l.visits, from, day_of(until));
    for (int32_t day = from; ok && day <= day_of(until); day++) {
        while (ok && l.n && l.heap[0].at < day_start(day + 1) && l.heap[0].at <= until) {
            struct step_at s = pop(&l);
            ok = live_one(&l, &s, err);
            arena_reset(d->arena);
        }
        progress(ctx, day - from + 1);
    }
    ok = ok && duty_clock_run(d->app, until, NULL, err);
    free(l.heap);
    free(l.errands);
    free(l.compounds);
    return ok;
}
