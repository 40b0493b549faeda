/* A year of a locality: reports come, owners act on their duties in their own time, a few are late. Nothing is written
 * except through the actions that the pages use, so every figure of the demo is explained by its events.
 */
#include <stdlib.h>

#include "cmd.h"
#include "demo.h"
#include "log.h"
#include "suggest.h"
#include "views.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* What will be done when; duty 0 stands for a resident's own step. */
enum step_kind { STEP_REPORT, STEP_DUTY, STEP_POLL, STEP_RATE, STEP_URGE };
struct step_at {
    instant at;
    int64_t order; /* ties: first come, first served */
    enum step_kind kind;
    int64_t case_id, duty;
    int duty_kind, item, tries;
};

struct life {
    struct demo *d;
    struct step_at *heap;
    size_t n, cap;
    int64_t order;
    instant from, until;
    const struct place **compounds;
    size_t n_compounds;
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

/* Work happens in office hours; urgent arrivals at any hour. */
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

static void
plan_duty(struct life *l, const struct duty *u, int item)
{
    struct dice *dice = &l->d->dice;
    if (u->kind == DUTY_ANSWER || u->end != END_OPEN)
        return;
    if (u->kind == DUTY_RESUME) {
        push(l, (struct step_at){.at = u->due + MINUTE, .kind = STEP_POLL, .case_id = u->subject, .item = item});
        return;
    }
    bool is_late = dice_chance(dice, u->kind == DUTY_CHASE ? 100 : 45);
    int64_t span = u->due - u->opened_at;
    int64_t share = is_late ? dice_range(dice, 1050, 1500) : dice_range(dice, 40, 620);
    instant at = u->opened_at + span / 1000 * share;
    if (u->kind == DUTY_RECHECK && !is_late)
        at = u->due - dice_range(dice, 20, 300) * MINUTE;
    if (at <= u->opened_at)
        at = u->opened_at + MINUTE;
    if (u->kind != DUTY_ARRIVE)
        at = at_work(l, at);
    if (at > u->due)
        push(l, (struct step_at){.at = u->due + MINUTE, .kind = STEP_POLL, .case_id = u->subject, .item = item});
    push(l, (struct step_at){.at = at, .kind = STEP_DUTY, .case_id = u->subject, .duty = u->id, .duty_kind = u->kind, .item = item});
}

static void
plan_new_duties(struct life *l, const struct effects *fx, int item)
{
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_new)
            plan_duty(l, &fx->duties[i].now, item);
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

/* Two officers of the lead with valid certificates, as user names. */
static void
add_officers(struct life *l, struct params *fields, int32_t lead)
{
    const struct registry *r = l->d->area->registry;
    int32_t today = day_of(app_now(l->d->app));
    int n = 0;
    for (size_t i = 0; i < r->n_postings && n < 2; i++) {
        const struct posting *p = &r->postings[i];
        if (p->org == lead && p->role == ROLE_OFFICER && p->cert_until >= today) {
            params_add(l->d->arena, fields, STR("officers"), registry_person(r, p->person)->username);
            n++;
        }
    }
}

static int64_t
take_photo(struct life *l, const struct caller *who)
{
    struct demo_photos *ph = &l->d->photos;
    int i = (int)dice_range(&l->d->dice, 0, ph->n - 1);
    struct keep_file f = {.base = {.app = l->d->app, .who = who, .arena = l->d->arena}, .kind = 1, .bytes = ph->bytes[i],
                          .width = 480, .height = 360, .taken = STR("")};
    memcpy(f.sha256, ph->sha256[i], 32);
    memcpy(f.sm3, ph->sm3[i], 32);
    struct err err = {0};
    return keep_file_wait(&f, &err) ? f.id : 0;
}

static void
add_photo(struct life *l, const struct caller *who, struct params *fields)
{
    int64_t id = take_photo(l, who);
    if (id)
        params_add(l->d->arena, fields, STR("files"), str_of(arena_printf(l->d->arena, "%lld", (long long)id)));
}

/* One act by one person; what it opens is planned. */
static bool
act(struct life *l, const struct caller *who, int64_t case_id, const char *command, const struct params *fields, int item)
{
    struct act_on_case *x = arena_new_of(l->d->arena, struct act_on_case);
    *x = (struct act_on_case){.base = {.app = l->d->app, .who = who, .arena = l->d->arena}, .case_id = case_id,
                              .command = str_of(command), .fields = fields};
    struct err err = {0};
    l->d->acts++;
    if (act_on_case_wait(x, &err)) {
        plan_new_duties(l, x->base.save.fx, item);
        return true;
    }
    l->d->refused++;
    snprintf(l->d->last_refusal, sizeof l->d->last_refusal, "%s: %s%s%s", command, err.message, err.n_fields ? " / " : "",
             err.n_fields ? err.fields[0].message : "");
    return false;
}

#define SET(name, value) params_add(l->d->arena, &f, STR(name), str_of(value))

static void
again_later(struct life *l, const struct step_at *s, int64_t hours)
{
    struct step_at later = *s;
    later.at = at_work(l, s->at + hours * HOUR + dice_range(&l->d->dice, 1, 50) * MINUTE);
    later.tries++;
    if (later.tries < 12)
        push(l, later);
}

static const char *
date_plus(struct life *l, int days)
{
    struct buf b = {0};
    date_format(&b, day_of(app_now(l->d->app)) + days);
    const char *z = str_z(l->d->arena, buf_view(&b));
    buf_release(&b);
    return z;
}

static void
close_solved(struct life *l, const struct caller *who, const struct step_at *s, const struct item *it)
{
    struct params f = {0};
    SET("outcome", "solved");
    for (size_t i = 0; i < it->closing.n; i++)
        params_add(l->d->arena, &f, STR("checklist"), it->closing.p[i]);
    SET("minor", "1");
    SET("reply", "您好，您反映的问题已经处理，当事人已改正，请到现场看看。如再发生请随时告诉我们。");
    add_photo(l, who, &f);
    act(l, who, s->case_id, "close", &f, s->item);
}

/* 721 as it happens: persuade; if refused, order with a date; if not obeyed, file and decide. */
static void
handle(struct life *l, const struct caller *who, const struct step_at *s, const struct case_file *c)
{
    const struct scheme *sc = l->d->area->scheme;
    const struct item *it = &sc->items[s->item];
    struct dice *dice = &l->d->dice;
    struct params f = {0};
    bool may_file = item_ladder_row(sc, it, TIER_PENALISE) && item_ladder_row(sc, it, TIER_ORDER);
    if (c->filed_at) {
        SET("words", c->noticed_at ? "当事人的陈述已听取并复核。" : "已送达处罚事先告知书。");
        if (c->noticed_at && !c->defence)
            SET("result", dice_chance(dice, 600) ? "waived" : "heard");
        if (c->defence && !(c->tiers & 1 << TIER_PENALISE)) {
            SET("kind", "fine");
            SET("decision_no", arena_printf(l->d->arena, "会城罚〔%d〕%d号", civil_of(s->at).year, (int)dice_range(dice, 1, 999)));
            add_officers(l, &f, (int32_t)c->lead);
        }
        const char *next = !c->noticed_at ? "notify_party" : !c->defence ? "hear_defence"
                           : !(c->tiers & 1 << TIER_PENALISE) ? "penalise" : NULL;
        if (!next)
            close_solved(l, who, s, it);
        else if (act(l, who, s->case_id, next, &f, s->item))
            again_later(l, s, 30);
        return;
    }
    if (!(c->tiers & 1 << TIER_PERSUADE)) {
        int roll = (int)dice_range(dice, 0, 99);
        SET("reaction", roll < 62 ? "fixed" : roll < 76 ? "promised" : "refused");
        SET("words", "上门说明了有关规定和对邻居的影响，讲清了要求。");
        add_photo(l, who, &f);
        if (act(l, who, s->case_id, "persuade", &f, s->item))
            again_later(l, s, roll < 62 ? 2 : 20);
        return;
    }
    if (c->ordered_unmet && may_file && !dice_chance(dice, 200)) {
        SET("filing_no", arena_printf(l->d->arena, "会立〔%d〕%d号", civil_of(s->at).year, (int)dice_range(dice, 1, 999)));
        SET("words", "经责令限期改正，逾期没有改正。");
        add_officers(l, &f, (int32_t)c->lead);
        if (act(l, who, s->case_id, "file", &f, s->item))
            return;
    }
    if (c->persuade_failed && c->orders == 0 && item_ladder_row(sc, it, TIER_ORDER)) {
        SET("until", date_plus(l, it->order_days > 0 ? it->order_days : 1));
        SET("words", "立即停止违法行为，恢复原状。");
        add_officers(l, &f, (int32_t)c->lead);
        if (act(l, who, s->case_id, "order", &f, s->item))
            return;
    }
    close_solved(l, who, s, it);
}

static void
routing_step(struct life *l, const struct caller *who, const struct step_at *s, const struct case_file *c)
{
    const struct scheme *sc = l->d->area->scheme;
    struct dice *dice = &l->d->dice;
    struct params f = {0};
    /* Over the year more is settled where it arises: from three of ten to eight of ten (HC-54, HC-31). */
    int64_t lived = (s->at - l->from) / DAY, span = (l->until - l->from) / DAY + 1;
    int settled = (int)(300 + 640 * lived / span);
    bool is_first = s->duty_kind == DUTY_CALL || (s->duty_kind == DUTY_ADMIT && !c->called_at);
    if (is_first && dice_chance(dice, settled)) {
        bool is_found = !dice_chance(dice, 90);
        SET("outcome", is_found ? "solved" : "not_found");
        SET("reply", is_found ? "网格长和物业已到现场劝导，问题已经解决，谢谢您的反映。" : "网格长到现场查看没有发现这一情况，若再出现请及时告诉我们。");
        add_photo(l, who, &f);
        act(l, who, s->case_id, "settle", &f, s->item);
    } else if (s->duty_kind == DUTY_CALL) {
        SET("note", "已到现场看过，情况属实，物业劝过没有用。");
        add_photo(l, who, &f);
        act(l, who, s->case_id, "call", &f, s->item);
    } else if (s->duty_kind == DUTY_ADMIT) {
        bool is_back = dice_chance(dice, 25) && c->returns == 0;
        SET("result", is_back ? "return" : "admit");
        SET("note", is_back ? "请补充具体在几栋几单元。" : "属执法清单，准入。");
        act(l, who, s->case_id, "admit", &f, s->item);
    } else {
        int32_t lead = owner_org(l->d->area->registry, sc->items[s->item].lead,
                                 registry_place(l->d->area->registry, (int32_t)c->place), 0);
        const struct org *o = registry_org(l->d->area->registry, lead);
        if (!o)
            return;
        params_add(l->d->arena, &f, STR("lead"), o->code);
        for (size_t i = 0; i < sc->items[s->item].assists.n && i < 2 && dice_chance(dice, 300); i++)
            if (sc->items[s->item].assists.p[i].p[0] != '@')
                params_add(l->d->arena, &f, STR("assists"), sc->items[s->item].assists.p[i]);
        act(l, who, s->case_id, "dispatch", &f, s->item);
    }
}

static void
accept_or_refuse(struct life *l, const struct caller *who, const struct step_at *s, const struct case_file *c)
{
    const struct item *it = &l->d->area->scheme->items[s->item];
    struct params f = {0};
    const struct org *other = NULL;
    for (size_t i = 0; i < it->assists.n && !other; i++)
        other = registry_org_code(l->d->area->registry, it->assists.p[i]);
    if (other && other->id != c->lead && !c->binding && dice_chance(&l->d->dice, 40)) {
        params_add(l->d->arena, &f, STR("item"), it->code);
        params_add(l->d->arena, &f, STR("instead"), other->code);
        const struct scheme *sc = l->d->area->scheme;
        for (size_t i = 0; i < sc->n_reasons; i++)
            if (str_is(sc->reasons[i].kind, "refuse")) {
                params_add(l->d->arena, &f, STR("reason"), sc->reasons[i].code);
                break;
            }
        act(l, who, s->case_id, "refuse", &f, s->item);
    } else
        act(l, who, s->case_id, "accept", &f, s->item);
}

static void
parallel_step(struct life *l, const struct caller *who, const struct step_at *s, const struct case_file *c)
{
    struct dice *dice = &l->d->dice;
    struct params f = {0};
    const struct org *lead = registry_org(l->d->area->registry, (int32_t)c->lead);
    const char *command = NULL;
    SET("words", "已按要求办理，情况属实，已记录。");
    SET("note", "按清单和职责办理。");
    switch (s->duty_kind) {
    case DUTY_ASSIST: command = "finish_assist"; break;
    case DUTY_SUPERVISE: command = "answer_supervision"; break;
    case DUTY_ARRIVE: command = "arrive"; break;
    case DUTY_CHASE: command = "answer_chase"; break;
    case DUTY_REVIEW_GRADE: command = "review_grade"; break;
    case DUTY_COMPLETE: command = "go_on"; break;
    case DUTY_APPROVE:
        SET("result", "yes");
        command = "approve";
        break;
    case DUTY_RULE_LEAD:
        if (lead)
            params_add(l->d->arena, &f, STR("lead"), lead->code);
        command = "rule_lead";
        break;
    case DUTY_RULE_REOPEN:
        SET("result", dice_chance(dice, 500) ? "reopen" : "uphold");
        command = "rule_reopen";
        break;
    case DUTY_REVISIT: {
        int roll = (int)dice_range(dice, 0, 99);
        SET("result", roll < 90 ? "solved" : roll < 97 ? "unreachable" : "not_solved");
        SET("grade", roll < 60 ? "1" : roll < 85 ? "2" : "3");
        command = "revisit";
        break;
    }
    default: return;
    }
    if (act(l, who, s->case_id, command, &f, s->item) && str_is(params_get(&f, "result"), "unreachable"))
        again_later(l, s, 20); /* the duty stays open: somebody tries again */
}

static void
duty_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct err err = {0};
    struct loaded_case c;
    if (!case_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, s->case_id, &c, &err)) {
        app_reader_unlock(d->app);
        return;
    }
    app_reader_unlock(d->app);
    const struct duty *u = NULL;
    for (size_t i = 0; i < c.n_duties; i++)
        if (c.duties[i].id == s->duty)
            u = &c.duties[i];
    if (!u)
        return;
    int64_t person = pick_person(l, &u->owner, u->kind == DUTY_REVISIT ? c.c.handler : 0);
    if (!person) {
        d->refused++;
        snprintf(d->last_refusal, sizeof d->last_refusal, "nobody for %s", duty_label(u->kind));
        return;
    }
    struct caller who;
    caller_staff(d->app, NULL, d->area, person, &who);
    struct params f = {0};
    if (s->duty_kind == DUTY_CLASSIFY) {
        params_add(d->arena, &f, STR("item"), d->area->scheme->items[s->item].code);
        act(l, &who, s->case_id, "classify", &f, s->item);
    } else if (s->duty_kind == DUTY_CALL || s->duty_kind == DUTY_ADMIT || s->duty_kind == DUTY_DISPATCH)
        routing_step(l, &who, s, &c.c);
    else if (s->duty_kind == DUTY_ACCEPT)
        accept_or_refuse(l, &who, s, &c.c);
    else if (s->duty_kind == DUTY_HANDLE)
        handle(l, &who, s, &c.c);
    else if (s->duty_kind == DUTY_SERVE) {
        bool is_done = !dice_chance(&d->dice, 25);
        SET("outcome", is_done ? "solved" : "unsolved");
        SET("reply", is_done ? "已办好，请看照片。" : "这件事物业一家办不了，已告知社区，暂时没能解决，请谅解。");
        add_photo(l, &who, &f);
        act(l, &who, s->case_id, "complete_service", &f, s->item);
    } else if (s->duty_kind == DUTY_RECHECK) {
        SET("result", dice_chance(&d->dice, 840) ? "corrected" : "not_corrected");
        SET("words", "到现场复查。");
        add_photo(l, &who, &f);
        act(l, &who, s->case_id, "recheck", &f, s->item);
    } else
        parallel_step(l, &who, s, &c.c);
}

/* After a miss: the chases it opened, or what an ended pause goes on with. */
static void
poll_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct err err = {0};
    struct loaded_case c;
    bool ok = case_load(app_reader_lock(d->app), app_keys(d->app), d->arena, d->area->id, s->case_id, &c, &err);
    app_reader_unlock(d->app);
    for (size_t i = 0; ok && i < c.n_duties; i++)
        if (c.duties[i].opened_at > s->at - 2 * MINUTE)
            plan_duty(l, &c.duties[i], s->item);
}

static void
rate_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct caller who = {.area = d->area, .reporter_of = s->case_id};
    struct params f = {0};
    int roll = (int)dice_range(&d->dice, 0, 999);
    SET("solved", roll < 900 ? "yes" : roll < 965 ? "partly" : "no");
    SET("grade", roll < 520 ? "1" : roll < 860 ? "2" : roll < 960 ? "3" : roll < 990 ? "4" : "5");
    struct act_on_case *x = arena_new_of(d->arena, struct act_on_case);
    *x = (struct act_on_case){.base = {.app = d->app, .who = &who, .arena = d->arena}, .case_id = s->case_id,
                              .command = STR("rate"), .fields = &f};
    struct err err = {0};
    if (act_on_case_wait(x, &err))
        plan_new_duties(l, x->base.save.fx, s->item);
    else if (s->tries < 8) { /* not closed yet: look again in some days */
        struct step_at later = *s;
        later.tries++;
        later.at += 2 * DAY;
        push(l, later);
    }
}

/* Reports */

static int
pick_item(struct life *l, enum list list)
{
    const struct scheme *s = l->d->area->scheme;
    for (;;) {
        int i = (int)dice_range(&l->d->dice, 0, (int64_t)s->n_items - 1);
        /* Some matters are everyday, others rare: the square of a second throw leans to the front of the list. */
        int k = (int)dice_range(&l->d->dice, 0, (int64_t)s->n_items - 1);
        i = (i * 7 + k * k / (int)s->n_items) % (int)s->n_items;
        if (s->items[i].list == list)
            return i;
    }
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

static int64_t
person_for(struct life *l, const struct place *p, const char *source)
{
    const struct registry *r = l->d->area->registry;
    struct owner o = {.role = ROLE_NONE};
    if (strcmp(source, "property") == 0)
        o = (struct owner){.org = p->firm, .role = ROLE_PROPERTY};
    else if (strcmp(source, "grid_sweep") == 0)
        o = (struct owner){.place = place_above(r, p, PLACE_GRID)->id, .role = ROLE_GRID_CHIEF};
    else if (strcmp(source, "walk_in") == 0)
        o = (struct owner){.org = p->station, .role = ROLE_STATION_CHIEF};
    else if (strcmp(source, "hotline") == 0)
        o = (struct owner){.org = 0, .role = ROLE_HOTLINE};
    return o.role == ROLE_NONE ? 0 : pick_person(l, &o, 0);
}

static void
report_step(struct life *l, const struct step_at *s)
{
    struct demo *d = l->d;
    struct dice *dice = &d->dice;
    const struct item *it = &d->area->scheme->items[s->item];
    const struct place *p = l->compounds[dice_range(dice, 0, (int64_t)l->n_compounds - 1)];
    int roll = (int)dice_range(dice, 0, 99);
    const char *source = it->list == LIST_SERVICE ? roll < 45 && p->firm ? "property" : "resident"
                         : roll < 50 ? "resident" : roll < 66 && p->firm ? "property" : roll < 80 ? "grid_sweep"
                         : roll < 93 ? "walk_in" : "hotline";
    int64_t person = person_for(l, p, source);
    if (!person)
        source = "resident";
    struct caller who = {.area = d->area};
    if (person)
        caller_staff(d->app, NULL, d->area, person, &who);
    bool has_contact = !person && dice_chance(dice, 550), is_vague = dice_chance(dice, 60);
    struct report_case r = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .place = p->code,
                            .item = is_vague ? STR("") : it->code, .words = words_for(l, s->item), .source = str_of(source),
                            .spot = str_of(arena_printf(d->arena, "%d 栋", (int)dice_range(dice, 1, 12))), .keep_secret = true};
    if (has_contact) {
        r.contact_phone = str_of(arena_printf(d->arena, "1550000%04d", (int)dice_range(dice, 0, 9999)));
        r.contact_name = STR("示例居民");
    }
    if (strcmp(source, "property") == 0)
        r.dissuaded = STR("值班保安当场劝阻，对方没有听。");
    if (strcmp(source, "hotline") == 0)
        r.hotline_no = str_of(arena_printf(d->arena, "HC%lld", (long long)(l->order + 100000)));
    int64_t photo = dice_chance(dice, 700) ? take_photo(l, &who) : 0;
    r.files = &photo;
    r.n_files = photo ? 1 : 0;
    struct err err = {0};
    d->reports++;
    if (!report_case_wait(&r, &err)) {
        d->refused++;
        snprintf(d->last_refusal, sizeof d->last_refusal, "report: %s %s", err.message, err.n_fields ? err.fields[0].message : "");
        return;
    }
    plan_new_duties(l, r.base.save.fx, s->item);
    if (!person && dice_chance(dice, 450))
        push(l, (struct step_at){.at = s->at + dice_range(dice, 3, 12) * DAY, .kind = STEP_RATE, .case_id = r.case_id, .item = s->item});
}

/* About 50 enforcement reports and 190 service matters a month, fewer at night (HC-22, HC-54: tens and hundreds). */
static void
plan_day(struct life *l, int32_t day)
{
    struct dice *dice = &l->d->dice;
    int64_t enforcement = dice_range(dice, 0, 3), service = dice_range(dice, 3, 9);
    for (int64_t i = 0; i < enforcement + service; i++) {
        instant at = day_start(day) + dice_range(dice, 7 * 60, 21 * 60 + 59) * MINUTE;
        push(l, (struct step_at){.at = at, .kind = STEP_REPORT, .item = pick_item(l, i < enforcement ? LIST_ENFORCEMENT : LIST_SERVICE)});
    }
}

static void
find_compounds(struct life *l)
{
    const struct registry *r = l->d->area->registry;
    l->compounds = xcalloc((size_t)r->n_places + 1, sizeof *l->compounds);
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND)
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
    case STEP_URGE: break;
    }
    return true;
}

bool
demo_live(struct demo *d, int32_t from, instant until, void (*progress)(void *ctx, int64_t day), void *ctx, struct err *err)
{
    struct life l = {.d = d, .from = day_start(from), .until = until};
    find_compounds(&l);
    bool ok = l.n_compounds > 0;
    int32_t last = day_of(until);
    for (int32_t day = from; ok && day <= last; day++) {
        plan_day(&l, day);
        while (ok && l.n && l.heap[0].at < day_start(day + 1) && l.heap[0].at <= until) {
            struct step_at s = pop(&l);
            ok = live_one(&l, &s, err);
            arena_reset(d->arena);
        }
        progress(ctx, day - from + 1);
    }
    ok = ok && duty_clock_run(d->app, until, NULL, err);
    free(l.heap);
    free(l.compounds);
    return ok;
}
