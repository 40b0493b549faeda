/* The central promise, walked at random: whatever anybody does to a case, in every open state one main duty is open, its
 * owner is a staffed post that may do what is owed, and it has a due time; at every end nothing is left hanging.
 *
 * 80,000 steps in each of the four localities by all sorts of people with all sorts of fields, under the clock. SHAODAO_WALK_SEED and
 * SHAODAO_WALK_STEPS choose others; a failure prints the story that led to it.
 */
#include "check.h"

#include "case_kit.h"

enum { STEPS_A_WALK = 70, DUTIES_MOST = 52, STORY_MAX = 200 };

static uint64_t dice_state;
static struct buf story[STORY_MAX];
static size_t n_story;
static long done_by_command[64];

static uint64_t
dice(void)
{
    uint64_t z = (dice_state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static int
roll(int n) /* 0 … n - 1 */
{
    return n > 0 ? (int)(dice() % (uint64_t)n) : 0;
}

static bool
chance(int percent)
{
    return roll(100) < percent;
}

/* ---- the story so far ---- */

static struct buf *
story_line(void)
{
    if (n_story == STORY_MAX) {
        struct buf oldest = story[0];
        memmove(story, story + 1, sizeof story - sizeof story[0]);
        story[--n_story] = oldest;
    }
    struct buf *b = &story[n_story++];
    buf_clear(b);
    return b;
}

static void
story_result(struct buf *b, bool is_done)
{
    if (!is_done)
        n_story--; /* what was refused explains nothing */
    else
        buf_printf(b, "\n      → %s: %s", case_state_code((int)life.c.state), owes_text());
}

static void
broken(const char *what)
{
    for (size_t i = 0; i < n_story; i++)
        print_error("  %s%s", buf_view(&story[i]).p, "\n");
    fail_msg("%s (item %.*s, list %lld, lead %lld)", what, (int)life.c.item.n, life.c.item.p, (long long)life.c.list,
             (long long)life.c.lead);
}

/* ---- invariants ---- */

static bool
is_staffed(const struct owner *o)
{
    const struct person *p = o->person ? registry_person(&world.registry, o->person) : NULL;
    return o->person ? p && !p->is_disabled
                     : registry_filled(&world.registry, o->role, o->org, o->place, day_of(life.now)) != NULL;
}

/* What an owner does to settle what is owed, in the states in which it can be done. */
static const struct {
    int kind;
    const char *command;
    uint32_t states;
} settles[] = {
    {DUTY_CLASSIFY, "classify", STATE_BIT(REGISTERED)},
    {DUTY_CALL, "call", STATE_BIT(ROUTING)},
    {DUTY_ADMIT, "admit", STATE_BIT(ROUTING)},
    {DUTY_DISPATCH, "dispatch", STATE_BIT(ROUTING)},
    {DUTY_ACCEPT, "accept", STATE_BIT(AWAITING_ACCEPT)},
    {DUTY_HANDLE, "close", STATE_BIT(HANDLING)},
    {DUTY_SERVE, "complete_service", STATE_BIT(HANDLING)},
    {DUTY_RECHECK, "recheck", STATE_BIT(AWAITING_RECHECK)},
    {DUTY_COMPLETE, "go_on", STATE_BIT(RETURNED)},
    {DUTY_RESUME, "resume", STATE_BIT(SUSPENDED)},
    {DUTY_CONFER, "conclude_confer", STATE_BIT(CONFERRING)},
    {DUTY_TRANSFER, "confirm_transfer", STATE_BIT(REGISTERED) | STATE_BIT(ROUTING) | STATE_BIT(HANDLING)},
    {DUTY_ASSIST, "finish_assist", ~0u},
    {DUTY_TEAM, "finish_team", ~0u},
    {DUTY_SUPERVISE, "answer_supervision", ~0u},
    {DUTY_RULE_LEAD, "rule_lead", ~0u},
    {DUTY_APPROVE, "approve", ~0u},
    {DUTY_RULE_REOPEN, "rule_reopen", STATE_BIT(CLOSED)},
    {DUTY_REVIEW_GRADE, "review_grade", STATE_BIT(CLOSED)},
    {DUTY_CHASE, "answer_chase", ~0u},
    {DUTY_DELIVER, "deliver", ~0u},
    {DUTY_HEAR, "hear_defence", ~0u},
    {DUTY_COMPLY, "comply", ~0u},
    {DUTY_RECEIVE, "receive", STATE_BIT(CLOSED)},
    {DUTY_MESSAGE, "read_message", ~0u},
    {DUTY_LATE, "check_late", ~0u},
};

/* Somebody who owes it may do it. */
static bool
can_be_settled(const struct duty *u, const char *command)
{
    const struct command *cmd = command_find(str_of(command));
    const struct registry *r = &world.registry;
    for (size_t i = 0; i < r->n_people; i++) {
        if (!owner_is(r, &u->owner, r->people[i].id, day_of(life.now)))
            continue;
        struct situation s = situation_now(actor_of(str_z(life.arena, r->people[i].username)));
        if (command_allowed(cmd, &s, NULL, NULL))
            return true;
    }
    return false;
}

static void
check_duty(const struct duty *u)
{
    if (u->due <= 0)
        broken("a duty without a due time");
    if (u->subject != life.c.id || u->end != END_OPEN || u->ended_at)
        broken("a duty of nothing, or an ended one among the open");
    if (u->amber_at > u->due)
        broken("amber after due");
    if (!is_staffed(&u->owner))
        broken(arena_printf(life.arena, "nobody stands behind the owner of \"%s\"", duty_code(u->kind)));
    bool is_fit = false, is_known = false;
    for (size_t i = 0; i < COUNT_OF(settles); i++)
        if (settles[i].kind == u->kind && (settles[i].states >> life.c.state & 1)) {
            is_known = true;
            is_fit |= can_be_settled(u, settles[i].command);
        } else
            is_known |= settles[i].kind == u->kind && !duty_is_main(u->kind);
    bool is_free = u->kind == DUTY_ANSWER || u->kind == DUTY_ARRIVE || u->kind == DUTY_REVISIT;
    if (is_known && !is_fit && !is_free)
        broken(arena_printf(life.arena, "its owner cannot settle \"%s\"", duty_code(u->kind)));
    if (!is_known && !is_free)
        broken(arena_printf(life.arena, "\"%s\" has no place in this state", duty_code(u->kind)));
}

static void
check_invariants(instant answer_due)
{
    int mains = 0, answers = 0;
    for (size_t i = 0; i < life.n; i++) {
        const struct duty *u = &life.duty[i];
        mains += duty_is_main(u->kind);
        answers += u->kind == DUTY_ANSWER;
        check_duty(u);
        if (duty_is_main(u->kind) && (life.c.main_kind != u->kind + 1 || life.c.main_due != u->due))
            broken("the row names another main duty");
    }
    if (case_state_open((int)life.c.state) && mains != 1)
        broken(arena_printf(life.arena, "%d main duties in an open state", mains));
    if (!case_state_open((int)life.c.state) && (mains || life.c.main_kind || life.c.main_due || answers))
        broken("a main duty or an answer owed at the end");
    if (!case_state_open((int)life.c.state) && life.c.state != CASE_CLOSED && life.n)
        broken("duties left hanging at an end");
    if (life.c.state == CASE_CLOSED && !life.n)
        broken("closed, nothing owed, and not archived");
    if (case_state_open((int)life.c.state) && answers != (life.c.reopens ? 0 : 1))
        broken("the resident's clock is gone");
    if (life.c.answer_due != answer_due)
        broken("the resident's clock moved");
    if (life.n > DUTIES_MOST)
        broken("too many open duties");
    if (life.fx->event.text.n == 0 && strcmp(life.fx->event.type, "resumed") != 0)
        broken("an event that says nothing");
}

/* ---- lawful: watched apart from ladder.c, over what was done and entered ---- */

static struct {
    bool is_persuaded, is_ordered, is_filed, is_noticed, is_heard;
} seen;

/* Two different people of the lead, each with a certificate valid today (行政处罚法 42). */
static bool
two_certified(const struct params *f, int64_t lead)
{
    int64_t found[32];
    int n = 0;
    size_t at = 0;
    struct str name;
    while (n < 32 && params_each(f, "officers", &at, &name)) {
        const struct person *p = registry_username(&world.registry, name);
        bool is_valid = false;
        for (size_t i = 0; p && i < world.registry.n_postings; i++) {
            const struct posting *g = &world.registry.postings[i];
            is_valid |= g->person == p->id && g->org == lead && g->cert_no.n && g->cert_until >= day_of(life.now) &&
                        (g->role == ROLE_OFFICER || g->role == ROLE_DEPARTMENT_HEAD);
        }
        bool is_new = is_valid;
        for (int i = 0; i < n; i++)
            is_new &= found[i] != p->id;
        if (is_new)
            found[n++] = p->id;
    }
    return n >= 2;
}

static void
watch_the_law(const char *command, const struct params *f)
{
    bool is_order = strcmp(command, "order") == 0, is_file = strcmp(command, "file") == 0;
    bool is_penalty = strcmp(command, "penalise") == 0, is_exempt = is_penalty && str_is(params_get(f, "kind"), "exempt");
    const struct effects *fx = life.fx;
    int item = scheme_item(world.scheme, fx->before.item);
    struct str ladder = item >= 0 ? world.scheme->items[item].ladder : STR("");
    bool has_ground = params_has(f, "skip_ground");
    if ((is_order || is_file || is_penalty || strcmp(command, "investigate") == 0) &&
        (fx->before.list != LIST_ENFORCEMENT || !two_certified(f, fx->before.lead)))
        broken("enforcement outside of the list, or without two certified officers of the lead");
    if (is_order && str_is(ladder, "noise") && !seen.is_persuaded)
        broken("生态环境法典 1190: an order without persuasion");
    if (is_order && str_is(ladder, "std") && !seen.is_persuaded && !has_ground)
        broken("an order without persuasion or a ground");
    if (is_file && (str_is(ladder, "fire_limit") || str_is(ladder, "noise")) && !seen.is_ordered)
        broken("消防法 66, 生态环境法典 1190: filed without an order");
    if (is_file && (str_is(ladder, "police") || str_is(ladder, "police_order") || str_is(ladder, "strays")))
        broken("a matter of the police, or of nobody, was filed here");
    if (is_penalty && !is_exempt && !(seen.is_filed && seen.is_noticed && seen.is_heard))
        broken("行政处罚法 44, 45, 54: decided without filing, notice or defence");
    bool is_again = fx->after.reopens > fx->before.reopens || strcmp(command, "reclassify") == 0;
    seen.is_persuaded |= fx->after.tiers >> TIER_PERSUADE & 1;
    seen.is_ordered |= is_order;
    seen.is_filed = (seen.is_filed && !is_again) || is_file;
    seen.is_noticed = (seen.is_noticed && !is_again) || strcmp(command, "notify_party") == 0;
    seen.is_heard = (seen.is_heard && !is_again) || strcmp(command, "hear_defence") == 0;
}

/* ---- who acts ---- */

static const char *
username_of_posting(const struct posting *p)
{
    return str_z(life.arena, registry_person(&world.registry, p->person)->username);
}

static const char *
somebody(void)
{
    const struct registry *r = &world.registry;
    int kind = roll(100);
    if (kind < 12)
        return "-";
    if (kind < 14)
        return "?";
    if (kind < 20)
        return str_z(life.arena, r->people[roll((int)r->n_people)].username);
    if (kind < 60 && life.n) { /* one who owes something */
        const struct duty *u = &life.duty[roll((int)life.n)];
        for (size_t i = 0; i < life.n && kind < 45; i++)
            if (duty_is_main(life.duty[i].kind))
                u = &life.duty[i];
        size_t from = (size_t)roll((int)r->n_people);
        for (size_t i = 0; i < r->n_people; i++) {
            const struct person *p = &r->people[(from + i) % r->n_people];
            if (owner_is(r, &u->owner, p->id, day_of(life.now)))
                return str_z(life.arena, p->username);
        }
    }
    size_t from = (size_t)roll((int)r->n_postings);
    for (size_t i = 0; i < r->n_postings; i++) { /* of the lead, of the place, or a coordinator */
        const struct posting *p = &r->postings[(from + i) % r->n_postings];
        bool is_near = kind < 80 ? p->org == life.c.lead : p->place && place_within(r, (int32_t)life.c.place, p->place);
        if (is_near || (kind > 95 && p->role == ROLE_COORDINATOR))
            return username_of_posting(p);
    }
    return "coord01";
}

/* ---- what is entered ---- */

static struct str
some_org(void)
{
    const struct registry *r = &world.registry;
    static const enum org_kind usual[] = {ORG_DEPARTMENT, ORG_DEPARTMENT, ORG_SQUAD, ORG_STREET_OFFICE};
    enum org_kind kind = usual[roll(4)];
    int32_t from = roll(r->n_orgs);
    int item = scheme_item(world.scheme, life.c.item);
    const struct org *listed = item >= 0 ? registry_org_code(r, world.scheme->items[item].lead) : NULL;
    if (listed && chance(40))
        return listed->code;
    bool is_any = chance(15);
    for (int32_t i = 0;; i++) {
        const struct org *o = registry_org(r, 1 + (from + i) % r->n_orgs);
        if (is_any || o->kind == kind)
            return o->code;
    }
}

static struct str
some_officer(void)
{
    const struct registry *r = &world.registry;
    size_t from = (size_t)roll((int)r->n_postings);
    bool is_any = chance(5);
    for (size_t i = 0; i < r->n_postings && !is_any; i++) {
        const struct posting *p = &r->postings[(from + i) % r->n_postings];
        if (p->role == ROLE_OFFICER && p->org == life.c.lead)
            return registry_person(r, p->person)->username;
    }
    return r->people[roll((int)r->n_people)].username;
}

static struct str
from_source(const char *source)
{
    const struct scheme *s = world.scheme;
    if (strcmp(source, "whistle") == 0)
        return s->n_whistles ? s->whistles[roll((int)s->n_whistles)].code : STR("x");
    if (strncmp(source, "item", 4) == 0)
        return s->items[roll((int)s->n_items)].code;
    if (strcmp(source, "officer") == 0)
        return some_officer();
    for (size_t i = 0, from = (size_t)roll((int)world.registry.n_postings); strcmp(source, "team") == 0 && i < world.registry.n_postings; i++) {
        const struct posting *p = &world.registry.postings[(from + i) % world.registry.n_postings];
        if (p->org && p->org == life.c.lead)
            return registry_person(&world.registry, p->person)->username;
    }
    if (strcmp(source, "org") == 0 || strcmp(source, "department") == 0)
        return some_org();
    if (strcmp(source, "compound") == 0)
        return world.registry.places[1 + roll(world.registry.n_places)].code;
    for (int tries = 0; strncmp(source, "reason:", 7) == 0 && tries < 200; tries++) {
        const struct reason *r = &s->reasons[roll((int)s->n_reasons)];
        if (str_is(r->kind, source + 7))
            return r->code;
    }
    int item = scheme_item(s, life.c.item);
    const struct basis *in_force[32];
    if (strcmp(source, "basis") == 0 && item >= 0) {
        size_t n = item_bases(s, item, life.c.act_day ? (int32_t)life.c.act_day : day_of(life.now), in_force, 32);
        const struct basis *b = n ? in_force[roll((int)n)] : NULL;
        return b ? str_of(arena_printf(life.arena, "%.*s %.*s", (int)b->law.n, b->law.p, (int)b->article.n, b->article.p)) : STR("x");
    }
    if (strcmp(source, "closing") == 0 && item >= 0 && s->items[item].closing.n)
        return s->items[item].closing.p[roll((int)s->items[item].closing.n)];
    return STR("x");
}

static struct str
some_value(const struct field *f)
{
    if (f->choices) {
        int n = 0;
        while (f->choices[n].code)
            n++;
        return str_of(f->choices[roll(n)].code);
    }
    if (f->source)
        return from_source(f->source);
    if (f->type == FIELD_DATE)
        return str_of(arena_printf(life.arena, "%+d", chance(80) ? roll(30) : roll(200) - 60));
    if (f->type == FIELD_MOMENT) {
        struct buf b = {0};
        date_format(&b, day_of(life.now) + roll(20));
        const char *at = arena_printf(life.arena, "%.*sT%02d:30", (int)b.n, b.p, roll(24));
        buf_release(&b);
        return str_of(at);
    }
    if (f->type == FIELD_BOOL)
        return STR("1");
    return STR("按规定办理");
}

/* "a=b&c=d" for a command: usually what its form asks for, sometimes less, sometimes nonsense. */
static const char *
some_fields(const struct command *cmd)
{
    struct buf b = {0};
    for (size_t i = 0; i < cmd->n_fields; i++) {
        const struct field *f = &cmd->fields[i];
        if (chance(f->required ? 2 : 40))
            continue;
        if (f->type == FIELD_FILES) {
            buf_printf(&b, "&photos=%d", roll(3));
            continue;
        }
        if (strcmp(f->name, "checklist") == 0 && chance(90)) {
            buf_z(&b, "&checklist=*");
            continue;
        }
        int times = strcmp(f->name, "officers") == 0 ? 2 + roll(4) : f->type == FIELD_MANY ? 1 + roll(2) : 1;
        for (int k = 0; k < times; k++) {
            struct str v = chance(1) ? STR("nonsense") : some_value(f);
            buf_printf(&b, "&%s=%.*s", f->name, (int)v.n, v.p);
        }
    }
    const char *text = str_z(life.arena, buf_view(&b));
    buf_release(&b);
    return text;
}

/* What can always be done would drown the rest, and what ends a case soon would keep the walks short. */
static const struct {
    const char *command;
    int percent;
} seldom[] = {
    {"whistle", 15},  {"message", 10},  {"measure", 15},
    {"note", 10},     {"follow", 10},   {"supplement", 15}, {"urge", 15},   {"supervise_case", 15}, {"confer", 8},
    {"transfer", 10}, {"merge", 4},     {"withdraw", 4},    {"end_by_top", 8}, {"return", 25}, {"answer_chase", 40},   {"request_assist", 30},
    {"reclassify", 15}, {"persuade", 40}, {"request_pause", 40}, {"close", 12}, {"settle", 25}, {"arrive", 40},
};

static bool
is_passed_over(const struct command *cmd)
{
    for (size_t i = 0; i < COUNT_OF(seldom); i++)
        if (strcmp(seldom[i].command, cmd->code) == 0)
            return !chance(seldom[i].percent);
    return false;
}

/* The way that is long to go: half of the time it is gone where it can be. */
static bool
is_favoured(const struct command *cmd)
{
    static const char *const ladder[] = {"accept", "order", "recheck", "file", "notify_party", "hear_defence", "penalise",
                                         "refuse", "rule_lead", "rule_reopen", "investigate", "resume", "plan_hearing", "urge_party",
                                         "enforce", "deliver"};
    for (size_t i = 0; i < COUNT_OF(ladder); i++)
        if (strcmp(ladder[i], cmd->code) == 0)
            return true;
    return false;
}

/* What few cases ever come to: it is done when it can be. */
static bool
is_rare(const struct command *cmd)
{
    static const char *const rare[] = {"file", "notify_party", "hear_defence", "penalise", "deliver", "urge_party", "enforce"};
    for (size_t i = 0; i < COUNT_OF(rare); i++)
        if (strcmp(rare[i], cmd->code) == 0)
            return true;
    return false;
}

/* One that the person may do where there is one, else any. */
static const struct command *
some_command(const char *who)
{
    const struct command *may[64], *favoured[16];
    int n = 0, n_favoured = 0;
    if (chance(8))
        return &commands[roll((int)n_commands)];
    struct situation s = situation_now(actor_of(who));
    for (size_t i = 0; i < n_commands && n < 64; i++) {
        if (is_passed_over(&commands[i]) || !command_allowed(&commands[i], &s, NULL, NULL))
            continue;
        may[n++] = &commands[i];
        if (is_rare(&commands[i]) && chance(strcmp(commands[i].code, "file") == 0 ? 30 : 85)) /* else nothing is left to urge */
            return &commands[i];
        if (is_favoured(&commands[i]))
            favoured[n_favoured++] = &commands[i];
    }
    if (n_favoured && chance(50))
        return favoured[roll(n_favoured)];
    return n ? may[roll(n)] : &commands[roll((int)n_commands)];
}

static bool
begin_case(void)
{
    static const char *const moments[] = {"2026-04-21T09:00", "2026-02-13T17:29", "2026-09-30T23:50", "2026-05-01T03:00",
                                          "2025-12-31T12:15", "2024-02-29T16:00"};
    life_begin(moments[roll(COUNT_OF(moments))]);
    memset(&seen, 0, sizeof seen);
    n_story = 0;
    const struct scheme *s = world.scheme;
    const struct channel *ch = &s->channels[roll((int)s->n_channels)];
    const char *who = "?";
    for (int tries = 0; tries < 300 && !(ch->roles & ROLE_BIT(ROLE_RESIDENT)); tries++) {
        const struct posting *p = &world.registry.postings[roll((int)world.registry.n_postings)];
        who = username_of_posting(p);
        if (ch->roles & ROLE_BIT(p->role))
            break;
    }
    const struct place *place = NULL;
    while (!place || place->kind < PLACE_COMPOUND)
        place = registry_place(&world.registry, 1 + roll(world.registry.n_places));
    bool is_hotline = str_is(ch->source, "hotline");
    int it = roll((int)s->n_items);
    if (s->items[it].list == LIST_SERVICE && chance(60)) /* short lives */
        it = roll((int)s->n_items);
    const char *item = chance(12) ? "" : str_z(life.arena, s->items[it].code);
    const char *at = is_hotline && chance(30) ? "" : str_z(life.arena, place->code);
    const char *more = arena_printf(life.arena, "%s%s%s", chance(80) ? "dissuaded=劝过不听&" : "",
                                    chance(90) ? "hotline_no=H1&" : "", chance(10) ? "urgent=1" : "");
    struct buf *line = story_line();
    buf_printf(line, "%s report %.*s %s %s %s", who, (int)ch->source.n, ch->source.p, item, at, more);
    bool ok = report_by(who, str_z(life.arena, ch->source), item, at, more);
    story_result(line, ok);
    if (ok && life.c.place) /* something to merge into */
        life.other = (struct case_file){.area = life.c.area, .id = 7, .place = life.c.place, .day = life.c.day, .no = 2};
    return ok;
}

/* What the law lets the party wait for: the days to ask for a hearing, the hearing, the days of the decision and of the demand. */
static instant
time_of_party(void)
{
    const struct calendar *cal = &world.scheme->calendar;
    int32_t day = life.c.hearing_until > 1 ? day_of(life.c.hearing_until) : 0;
    for (size_t i = 0; i < life.n; i++)
        if (life.duty[i].kind == DUTY_HEAR)
            return office_open(cal, (int32_t)life.duty[i].arg);
        else if (life.duty[i].kind == DUTY_COMPLY)
            day = (int32_t)life.duty[i].arg;
    day = life.c.comply_until > 1 ? (int32_t)life.c.comply_until : day;
    return day ? office_open(cal, next_working_day(cal, day)) : 0;
}

static void
clock_step(void)
{
    instant to = life.now + (instant)(1 + roll(40)) * HOUR_MS;
    if (chance(60)) { /* just after the next due */
        instant due = 0;
        for (size_t i = 0; i < life.n; i++)
            if (!life.duty[i].missed_at && (!due || life.duty[i].due < due))
                due = life.duty[i].due;
        to = due > life.now ? due : life.now + MINUTE_MS;
    }
    instant party = time_of_party();
    if (party > life.now && chance(60))
        to = party;
    struct buf *line = story_line();
    buf_z(line, "clock to ");
    moment_format(line, to);
    live_until(to);
    story_result(line, true);
}

/* The phone had no network: what it recorded an hour ago comes when it can no longer be done. */
static void
keep_late(const char *who, const struct command *cmd, const char *fields)
{
    struct situation s = situation_now(actor_of(who));
    struct effects *fx = fresh_effects();
    int photos;
    const struct late_record l = {.command = cmd, .fields = fields_of(fields, &photos), .recorded_at = life.now - HOUR_MS};
    struct buf *line = story_line();
    buf_printf(line, "%s %s, kept late", who, cmd->code);
    life.err = (struct err){0};
    bool ok = case_keep_late(&s, &l, fx, &life.err);
    if (ok)
        take_effects(fx);
    story_result(line, ok);
}

static void
act_step(void)
{
    const char *who = somebody();
    const struct command *cmd = some_command(who);
    const char *fields = some_fields(cmd);
    struct buf *line = story_line();
    buf_printf(line, "%s %s %s", who, cmd->code, fields);
    bool ok = act_by(who, cmd->code, fields);
    story_result(line, ok);
    if (!ok && life.err.kind == ERR_CONFLICT && chance(3))
        keep_late(who, cmd, fields);
    if (!ok)
        return;
    done_by_command[cmd - commands]++;
    int photos;
    watch_the_law(cmd->code, fields_of(fields, &photos));
}

static void
undo_step(void)
{
    const char *who = NULL;
    const struct person *p = registry_person(&world.registry, life.undo.by);
    who = p && chance(90) ? str_z(life.arena, p->username) : somebody();
    struct buf *line = story_line();
    buf_printf(line, "%s undo", who);
    story_result(line, undo_by(who));
}

static void
walk_the_scheme(void)
{
    const char *seed = getenv("SHAODAO_WALK_SEED"), *many = getenv("SHAODAO_WALK_STEPS");
    dice_state = seed ? strtoull(seed, NULL, 10) : 20260421;
    long steps = many ? strtol(many, NULL, 10) : 80000, reached[CASE_STATE_COUNT] = {0}, done = 0;
    while (done < steps) {
        if (!begin_case())
            continue;
        instant answer_due = life.c.answer_due;
        check_invariants(answer_due);
        int64_t version = life.c.version;
        int rest = STEPS_A_WALK;
        for (int i = 0; i < rest && done < steps; i++, done++) {
            int kind = roll(100);
            if (kind < 18)
                clock_step();
            else if (kind < 22)
                undo_step();
            else
                act_step();
            if (life.c.version != version)
                check_invariants(answer_due);
            version = life.c.version;
            reached[life.c.state]++;
            if (!case_state_open((int)life.c.state) && chance(life.c.state == CASE_CLOSED ? 10 : 25))
                rest = 0;
        }
    }
    for (int s = 0; getenv("SHAODAO_WALK_COUNTS") && s < CASE_STATE_COUNT; s++)
        print_message("%-20s %ld\n", case_state_code(s), reached[s]);
    for (size_t i = 0; getenv("SHAODAO_WALK_COUNTS") && i < n_commands; i++)
        print_message("%-20s %ld\n", commands[i].code, done_by_command[i]);
    for (int s = 0; s < CASE_STATE_COUNT; s++)
        if (!reached[s])
            fail_msg("the walks never came to \"%s\"", case_state_code(s));
    for (size_t i = 0; i < STORY_MAX; i++)
        buf_release(&story[i]);
    memset(story, 0, sizeof story);
}

static void
in_every_open_state_somebody_owes_the_next_step(void **state)
{
    static const char *const schemes[] = {"huichang", "bagongshan", "nanhu", "lucheng"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        assert_int_equal(world_open_of(schemes[i]), 0);
        walk_the_scheme();
        world_close(state);
    }
    for (size_t i = 0; i < n_commands; i++)
        if (!done_by_command[i] && !getenv("SHAODAO_WALK_STEPS") && !(commands[i].flags & CMD_HIDDEN))
            fail_msg("the walks never did \"%s\"", commands[i].code);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_every_open_state_somebody_owes_the_next_step)};
    return cmocka_run_group_tests_name("case_walk", tests, NULL, NULL);
}
