/* The abstraction: which columns a key keeps, which it forgets, and what they look like when a key is made concrete. */
#include "prove_law.h"
#include "prove_parts.h"

enum how {
    KEEP,    /* every value is its own class */
    FIXED,   /* never read by a decision in a way that matters; always `a` */
    MASKED,  /* forgotten; `a` when fresh, `b` in the other variants: a decision that depends on it shows two ways */
    MASKED_FULL, /* `b` only when everything is full */
    COUNTER, /* forgotten: 0, 1 or full; its bound is proved apart (prove_judge.c) */
    MOMENT,  /* whether it is set; two hours or sixty days ago */
    MASKED_MOMENT,
    DATE,    /* whether it is set; today or in ten days */
    WAIT,    /* none, over (1), or until a moment: in three days, or an hour ago */
    LEAD,
    HANDLER, /* of a closed case */
    MAIN,    /* follows from the duties */
};
/* Columns that are not named here: …_at is a MOMENT, …_day and …_until a DATE, all others are kept as they are. */
struct column_rule {
    const char *name;
    enum how how;
    int64_t a, b;
};
static const struct column_rule rules[] = {
    {"day", FIXED, 0, 0}, {"no", FIXED, 1, 1}, {"lead", LEAD, 0, 0}, {"urgent", MASKED, 0, 1}, {"danger", MASKED, 0, 1},
    {"scheme", FIXED, 1, 1}, {"opened_at", MASKED_MOMENT, 0, 0}, {"opened_by", FIXED, 0, 0}, {"opened_role", FIXED, 0, 0},
    {"called_at", MASKED_MOMENT, 0, 0}, {"admitted_at", MASKED_MOMENT, 0, 0}, {"dispatched_at", MASKED_MOMENT, 0, 0},
    {"contact_at", MASKED_MOMENT, 0, 0}, {"rated_at", MASKED_MOMENT, 0, 0}, {"main_kind", MAIN, 0, 0},
    {"main_due", MAIN, 0, 0}, {"main_missed", MAIN, 0, 0}, {"answer_due", FIXED, 0, 0}, {"paused_due", MAIN, 0, 0},
    {"steps", MASKED, 0, 7}, {"tier", MASKED, 0, 1}, {"persuade_failed", MASKED, 0, 1}, {"minor", MASKED, 0, 1},
    {"grade", MASKED, 0, 5}, {"ordered_unmet", MASKED, 0, 1}, {"binding", MASKED_FULL, 0, 1}, {"solved", MASKED, SOLVED_UNKNOWN, SOLVED_NO}, {"refused_by", FIXED, 0, 0}, {"refusals", COUNTER, 0, 0}, {"returns", COUNTER, 0, 0},
    {"pauses", COUNTER, 0, 0}, {"extensions", COUNTER, 0, 0}, {"orders", COUNTER, 0, 0}, {"reclassified", COUNTER, 0, 0},
    {"reopens", COUNTER, 0, 0}, {"confers", COUNTER, 0, 0}, {"transfers", COUNTER, 0, 0}, {"urges", MASKED, 0, 5},
    {"urged_day", FIXED, 0, 0}, {"followers", MASKED, 0, 5}, {"visits", MASKED, 0, 1}, {"photos", MASKED, 0, 1},
    {"after_photos", MASKED, 0, 1}, {"handler", HANDLER, 0, 0}, {"supervised", MASKED, 0, 1}, {"reporter", FIXED, 1, 1},
    {"keep_secret", MASKED, 0, 1}, {"merged_into", FIXED, 0, 0}, {"prior", FIXED, 0, 0}, {"hotline_due", FIXED, 0, 0}, {"cause", MASKED, 0, 1},
    {"lowered", COUNTER, 0, 0}, {"hearing_until", WAIT, 0, 0}, {"comply_until", MASKED_FULL, 0, 2}, {"act_day", FIXED, 0, 0}, {"party", MASKED, 0, 2}, {"measured", MASKED, 0, 1},
    {"revisit_grade", MASKED, 0, 5}, {"revisit_officer", MASKED, 0, 5}, {"base_grade", MASKED, 0, 5},
    {"base_officer", MASKED, 0, 5}, {"summoned_at", MASKED_MOMENT, 0, 0}, {"summoned_in", MASKED, 0, 1},
    {"arrived_at", MASKED_MOMENT, 0, 0}, {"arrival_grade", MASKED, 0, 1},
};
const char *const model_counters[COUNTERS_MAX] = {"refusals", "returns", "pauses", "extensions", "orders", "reclassified",
                                                  "reopens", "confers", "transfers", "lowered", NULL};

/* Positions of the columns that are handled by name here. */
enum {
#define X(name) AT_##name,
    CASE_NUMBERS(X)
#undef X
};
enum {
#define X(name) AT_TEXT_##name,
    CASE_TEXTS(X)
#undef X
};

static bool
ends_in(const char *name, const char *tail)
{
    size_t n = strlen(name), t = strlen(tail);
    return n > t && strcmp(name + n - t, tail) == 0;
}

static struct column_rule
rule_for(const char *name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0)
            return rules[i];
    if (ends_in(name, "_at"))
        return (struct column_rule){name, MOMENT, 0, 0};
    if (ends_in(name, "_day") || ends_in(name, "_until"))
        return (struct column_rule){name, DATE, 0, 0};
    return (struct column_rule){name, KEEP, 0, 0};
}

int
model_column(const char *name)
{
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (strcmp(case_number_name(i), name) == 0)
            return i;
    return -1;
}

bool
duty_is_side(int kind)
{
    static const uint64_t side = UINT64_C(1) << DUTY_ANSWER | UINT64_C(1) << DUTY_ARRIVE | UINT64_C(1) << DUTY_ASSIST |
                                 UINT64_C(1) << DUTY_SUPERVISE | UINT64_C(1) << DUTY_CHASE | UINT64_C(1) << DUTY_COMPLAINT |
                                 UINT64_C(1) << DUTY_MESSAGE | UINT64_C(1) << DUTY_RECEIVE | UINT64_C(1) << DUTY_REVIEW_GRADE |
                                 UINT64_C(1) << DUTY_HEAR | UINT64_C(1) << DUTY_COMPLY | UINT64_C(1) << DUTY_LATE;
    return side >> kind & 1;
}

enum { HOUR_MS = 60 * 60 * 1000, DAY_HOURS = 24, LONG_AGO_DAYS = 60, LATER_DAYS = 10, WAIT_DAYS = 3 };

static bool
is_fresh_variant(int variant)
{
    return variant == VARIANT_FRESH || variant == VARIANT_PROBE;
}

static instant
moment_ago(const struct world *w, int variant)
{
    return w->now - (is_fresh_variant(variant) ? (instant)2 * HOUR_MS : (instant)LONG_AGO_DAYS * DAY_HOURS * HOUR_MS);
}

static bool
is_kept(enum how how)
{
    return how == KEEP || how == MOMENT || how == WAIT || how == DATE || how == LEAD || how == HANDLER;
}

static int64_t
blank_number(const struct world *w, const struct column_rule *r, int variant)
{
    bool is_fresh = is_fresh_variant(variant);
    switch (r->how) {
    case FIXED:
        return r->a;
    case MASKED:
        return is_fresh ? r->a : r->b;
    case MASKED_FULL:
        return variant == VARIANT_FULL ? r->b : r->a;
    case COUNTER:
        return is_fresh ? 0 : variant == VARIANT_USED ? 1 : COUNTER_FULL;
    case MASKED_MOMENT:
        return is_fresh ? 0 : moment_ago(w, variant);
    default:
        return 0;
    }
}

static void
make_blank(struct world *w, int variant)
{
    struct case_file *c = &w->blank[variant];
    *c = (struct case_file){.area = 1, .id = 1, .version = 1};
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        *case_number(c, i) = blank_number(w, &w->columns[i], variant);
}

void
model_init(struct world *w)
{
    enum { FIRST_OPEN_MS = 90 * 60 * 1000 };
    struct column_rule *rule_of = arena_array(w->a, struct column_rule, CASE_N_NUMBERS);
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        rule_of[i] = rule_for(case_number_name(i));
    w->columns = rule_of;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (is_kept(rule_of[i].how)) {
            w->kept_at[w->n_kept] = (size_t)((char *)case_number(&w->blank[0], i) - (char *)&w->blank[0]);
            w->kept[w->n_kept++] = i;
        }
    for (int i = 0; i < CASE_N_TEXTS; i++)
        w->is_text_kept[i] = i != AT_TEXT_hotline_no && i != AT_TEXT_filing_no && i != AT_TEXT_receipt_no;
    w->at_state = AT_state;
    w->at_outcome = AT_outcome;
    for (int i = 0; model_counters[i]; i++)
        w->counter_at[i] = model_column(model_counters[i]);
    w->day = next_working_day(&w->s->calendar, w->day);
    w->now = office_open(&w->s->calendar, w->day) + FIRST_OPEN_MS;
    w->coordinator = owner_org(w->r, STR("@coordinator"), NULL, 0);
    for (int v = 0; v <= VARIANT_COUNT; v++)
        make_blank(w, v);
}

/* ---- interning: 0 is nothing, 1 is kept for "as listed" ---- */

static uint8_t
number_code(struct world *w, int64_t v)
{
    if (!v)
        return 0;
    bool is_small = v > 0 && v < SMALL_MAX;
    if (is_small && w->small[v])
        return w->small[v];
    for (int i = 0; i < w->n_numbers; i++)
        if (w->numbers[i] == v)
            return (uint8_t)(i + 2);
    if (w->n_numbers == INTERN_MAX) {
        give_up(w, "数值种类太多");
        return 0;
    }
    w->numbers[w->n_numbers] = v;
    uint8_t code = (uint8_t)(w->n_numbers++ + 2);
    if (is_small)
        w->small[v] = code;
    return code;
}

static int64_t
number_of(const struct world *w, uint8_t code)
{
    return code < 2 ? 0 : w->numbers[code - 2];
}

static uint8_t
text_code(struct world *w, struct str v)
{
    if (!v.n)
        return 0;
    for (int i = 0; i < w->n_texts; i++)
        if (str_eq(w->texts[i], v))
            return (uint8_t)(i + 2);
    if (w->n_texts == INTERN_MAX) {
        give_up(w, "文字种类太多");
        return 0;
    }
    w->texts[w->n_texts] = str_dup(w->a, v);
    return (uint8_t)(w->n_texts++ + 2);
}

static struct str
text_of(const struct world *w, uint8_t code)
{
    return code < 2 ? STR("") : w->texts[code - 2];
}

enum { ARG_DAY = 200 }; /* a duty's argument that is a date */

/* Owners that follow from the case are kept as what they are, so that another place makes no other key. */
enum { ORG_OF_LEAD = -1, ORG_OF_COMMUNITY = -2, ORG_OF_STATION = -3, ORG_OF_TOWN = -4, PLACE_OF_GRID = -1 };
static const char *const relations[] = {"@community", "@station", "@town"};

static struct owner
owner_related(struct world *w, struct owner o, const struct case_file *c)
{
    const struct place *p = registry_place(w->r, (int32_t)c->place), *grid = place_above(w->r, p, PLACE_GRID);
    if (grid && o.place == grid->id)
        o.place = PLACE_OF_GRID;
    if (c->lead && o.org == c->lead) {
        o.org = ORG_OF_LEAD;
        return o;
    }
    for (int i = 0; o.org > 0 && p && i < 3; i++)
        if (o.org == owner_org(w->r, str_of(relations[i]), p, 0))
            o.org = ORG_OF_COMMUNITY - i;
    return o;
}

static uint8_t
owner_code(struct world *w, struct owner o, const struct case_file *c)
{
    o = owner_related(w, o, c);
    for (int i = 0; i < w->n_owners; i++) {
        const struct owner *x = &w->owners[i];
        if (x->org == o.org && x->place == o.place && x->role == o.role && x->person == o.person)
            return (uint8_t)i;
    }
    if (w->n_owners == INTERN_MAX) {
        give_up(w, "责任人种类太多");
        return 0;
    }
    w->owners[w->n_owners] = o;
    return (uint8_t)w->n_owners++;
}

static struct owner
owner_from(const struct world *w, uint8_t code, const struct case_file *c)
{
    struct owner o = w->owners[code];
    const struct place *p = registry_place(w->r, (int32_t)c->place), *grid = place_above(w->r, p, PLACE_GRID);
    if (o.place == PLACE_OF_GRID)
        o.place = grid ? grid->id : 0;
    if (o.org == ORG_OF_LEAD)
        o.org = (int32_t)c->lead;
    else if (o.org < 0)
        o.org = owner_org(w->r, str_of(relations[ORG_OF_COMMUNITY - o.org]), p, 0);
    return o;
}

/* ---- who leads ---- */

static int32_t
listed(struct world *w, int item, int32_t place)
{
    const struct place *p = registry_place(w->r, place);
    if (item < 0 || !p)
        return 0;
    const struct item *it = &w->s->items[item];
    int32_t lead = owner_org(w->r, it->lead, p, 0);
    if (lead && !registry_filled(w->r, ROLE_NONE, lead, 0, w->day))
        lead = 0;
    if (it->list != LIST_SERVICE)
        return lead;
    lead = lead ? lead : owner_org(w->r, STR("@community"), p, 0);
    return registry_filled(w->r, ROLE_NONE, lead, 0, w->day) ? lead : w->coordinator;
}

int32_t
lead_listed(struct world *w, int item, int32_t place)
{
    for (int i = 0; i < w->n_leads; i++)
        if (w->leads[i].item == item && w->leads[i].place == place)
            return w->leads[i].lead;
    int32_t lead = listed(w, item, place);
    if (w->n_leads < (int)(sizeof w->leads / sizeof *w->leads))
        w->leads[w->n_leads++] = (struct lead_of){item, place, lead};
    return lead;
}

static bool
may_end_cases(const struct world *w, int32_t org)
{
    return registry_filled(w->r, ROLE_OFFICER, org, 0, w->day) || registry_filled(w->r, ROLE_DEPARTMENT_HEAD, org, 0, w->day);
}

int32_t
other_department(struct world *w, int32_t than)
{
    for (int32_t i = 1; i <= w->r->n_orgs; i++)
        if (w->r->orgs[i].kind == ORG_DEPARTMENT && !w->r->orgs[i].is_closed && i != than && may_end_cases(w, i))
            return i;
    return 0;
}

/* Organisations with officers are alike here: that each of them is staffed is counted apart (prove_staff.c), and each kind
 * of lead has an item of its own (prove_inputs.c). */
static uint8_t
lead_code(struct world *w, int32_t lead, int32_t as_listed)
{
    if (!lead)
        return 0;
    return lead == as_listed || (as_listed && may_end_cases(w, lead) && may_end_cases(w, as_listed)) ? 1 : number_code(w, lead);
}

static int64_t
person_of_lead(struct world *w, int32_t lead)
{
    const struct posting *p = registry_filled(w->r, ROLE_OFFICER, lead, 0, w->day);
    p = p ? p : registry_filled(w->r, ROLE_NONE, lead, 0, w->day);
    return p ? p->person : 0;
}

static uint8_t
person_code(struct world *w, int64_t person, int32_t lead)
{
    for (size_t i = 0; person && lead && i < w->r->n_postings; i++)
        if (w->r->postings[i].person == person && w->r->postings[i].org == lead)
            return 1;
    return number_code(w, person);
}

/* ---- key → scene ---- */

static int64_t
number_made(const struct world *w, const struct key *k, int i, int variant, int32_t as_listed)
{
    switch (w->columns[i].how) {
    case KEEP:
        return number_of(w, k->n[i]);
    case MOMENT:
        return k->n[i] ? moment_ago(w, variant) : 0;
    case DATE:
        return !k->n[i] ? 0 : is_fresh_variant(variant) ? w->day : w->day + LATER_DAYS;
    case WAIT:
        return k->n[i] < 2 ? k->n[i] : is_fresh_variant(variant) ? w->now + WAIT_DAYS * DAY_HOURS * HOUR_MS : w->now - HOUR_MS;
    case LEAD:
        return k->n[i] == 1 ? as_listed : number_of(w, k->n[i]);
    default:
        return 0; /* HANDLER: scene_make */
    }
}

static void
add_duty(struct scene *out, int64_t id, int kind, struct owner o, instant now, bool is_missed)
{
    out->duties[out->n_duties++] = (struct duty){
        .id = id, .kind = kind, .subject_kind = SUBJECT_CASE, .subject = 1, .owner = o, .need = 1,
        .opened_at = now - 2 * HOUR_MS, .due = is_missed ? now - HOUR_MS : now + HOUR_MS,
        .amber_at = now - HOUR_MS, .missed_at = is_missed ? now - HOUR_MS : 0, .escalated = {.role = ROLE_NONE}};
}

#define SIDE(kind) (UINT64_C(1) << DUTY_##kind)

/* What may run beside the case: any of them, at any time. */
uint64_t
sides_possible(struct world *w, const struct case_file *c)
{
    const struct place *p = registry_place(w->r, (int32_t)c->place);
    bool is_open = case_state_open((int)c->state), is_closed = c->state == CASE_CLOSED;
    bool is_enforcement = c->list == LIST_ENFORCEMENT;
    struct owner liaison = {.role = ROLE_LIAISON, .place = (int32_t)c->place};
    uint64_t kinds = 0;
    if (p && p->firm && is_enforcement && (is_open || is_closed))
        kinds |= SIDE(SUPERVISE);
    if (is_closed && w->s->result_to >= 0 && owner_is_staffed(w, &liaison))
        kinds |= SIDE(RECEIVE);
    if (is_closed)
        kinds |= SIDE(REVIEW_GRADE);
    bool is_in_hand = c->state == CASE_HANDLING || c->state == CASE_AWAITING_RECHECK || c->state == CASE_SUSPENDED ||
                      c->state == CASE_CONFERRING;
    if (is_enforcement && c->lead && (is_closed || is_in_hand))
        kinds |= SIDE(COMPLY);
    if (is_open || is_closed)
        kinds |= SIDE(CHASE) | SIDE(LATE);
    if (!is_open)
        return kinds;
    kinds |= SIDE(ANSWER);
    if (w->s->result_to >= 0)
        kinds |= SIDE(MESSAGE);
    if (other_department(w, (int32_t)c->lead))
        kinds |= SIDE(ASSIST);
    if (is_enforcement && c->lead)
        kinds |= SIDE(ARRIVE);
    if (c->hearing_until > 1)
        kinds |= SIDE(HEAR);
    return kinds;
}

static struct owner
side_owner(struct world *w, int kind, const struct case_file *c)
{
    const struct place *p = registry_place(w->r, (int32_t)c->place);
    if (kind == DUTY_SUPERVISE)
        return owner_of_org(p->firm, ROLE_PROPERTY);
    if (kind == DUTY_RECEIVE)
        return (struct owner){.role = ROLE_LIAISON, .place = (int32_t)c->place};
    if (kind == DUTY_ASSIST)
        return owner_of_org(other_department(w, (int32_t)c->lead), ROLE_NONE);
    return c->lead && kind != DUTY_REVIEW_GRADE ? owner_of_org((int32_t)c->lead, ROLE_NONE) : coordinator_of(w->r);
}

/* All of them. But a hearing keeps the decision waiting, and a decision that is carried out keeps the case where it is: only the
 * used variant has these two, so that the full one meets the steps that they forbid. Their days have come. */
static void
add_side_duties(struct world *w, struct scene *out, int variant)
{
    uint64_t kinds = sides_possible(w, &out->c);
    if (variant == VARIANT_FULL)
        kinds &= ~(SIDE(HEAR) | SIDE(COMPLY));
    for (int k = 0; k < DUTY_KIND_COUNT; k++) {
        if (!(kinds >> k & 1))
            continue;
        add_duty(out, SIDE_ID + k, k, side_owner(w, k, &out->c), w->now, false);
        if (k == DUTY_CHASE && out->c.state == CASE_CLOSED) /* what was chased before ended with the case; this is about what is still owed */
            out->duties[out->n_duties - 1].ref = SIDE_ID + DUTY_REVIEW_GRADE;
        out->duties[out->n_duties - 1].arg = k == DUTY_COMPLY ? w->day - 1 : k == DUTY_HEAR ? w->day : 0;
    }
}

static bool
is_closed_state(int64_t state)
{
    return state == CASE_CLOSED || state == CASE_ARCHIVED;
}

static void
make_main(struct scene *out, instant now)
{
    struct case_file *c = &out->c;
    for (size_t i = 0; i < out->n_duties; i++) {
        const struct duty *u = &out->duties[i];
        if (duty_is_main(u->kind)) {
            c->main_kind = u->kind + 1;
            c->main_due = u->due;
        }
        c->main_missed |= u->missed_at && u->kind != DUTY_CHASE;
    }
    c->paused_due = c->paused_at ? now + HOUR_MS : 0;
    c->day = day_of(now);
    c->opened_at = c->opened_at ? c->opened_at : now - 2 * HOUR_MS;
    c->answer_due = now + HOUR_MS;
}

void
scene_make(struct world *w, const struct key *k, int variant, int probe, struct scene *out)
{
    out->c = w->blank[variant];
    out->n_duties = 0;
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(&out->c, i) = text_of(w, k->t[i]);
    int item = out->c.item.n ? scheme_item(w->s, out->c.item) : -1;
    int32_t as_listed = lead_listed(w, item, (int32_t)number_of(w, k->n[AT_place]));
    for (int i = 0; i < w->n_kept; i++) {
        int64_t v = number_made(w, k, w->kept[i], variant, as_listed);
        memcpy((char *)&out->c + w->kept_at[i], &v, sizeof v);
    }
    if (variant == VARIANT_PROBE && w->counter_at[probe] >= 0)
        *case_number(&out->c, w->counter_at[probe]) = COUNTER_FULL;
    struct case_file *c = &out->c;
    bool is_fresh = is_fresh_variant(variant);
    if (!c->source.n)
        c->source = w->s->channels[is_fresh ? 0 : w->s->n_channels - 1].source;
    if (is_closed_state(c->state)) {
        c->whistle = is_fresh ? 0 : (int64_t)w->s->n_whistles;
        c->whistle_at = is_fresh || !c->whistle ? 0 : moment_ago(w, variant);
        uint8_t h = k->n[AT_handler];
        c->handler = h == 1 ? person_of_lead(w, (int32_t)c->lead) : number_of(w, h);
        c->filed_at = c->noticed_at = is_fresh ? 0 : moment_ago(w, variant); /* the round is over: forgotten */
        c->defence = is_fresh ? 0 : DEFENCE_DECIDED;
    }
    if (c->state != CASE_AWAITING_RECHECK)
        c->order_day = is_fresh ? 0 : w->day;
    if (c->state != CASE_ROUTING && c->state != CASE_AWAITING_ACCEPT)
        c->hop = is_fresh ? HOP_CALL : HOP_RESPOND;
    for (int i = 0; i < k->n_duties; i++) {
        const struct key_duty *u = &k->duty[i];
        add_duty(out, i + 1, u->kind, owner_from(w, u->owner, c), w->now, !is_fresh && duty_is_main(u->kind));
        struct duty *made = &out->duties[out->n_duties - 1];
        made->level = u->kind != DUTY_REVISIT ? u->level : is_fresh ? 0 : variant; /* attempts: any number of them */
        made->ref = u->ref;
        made->arg = u->arg == ARG_DAY ? w->day + LATER_DAYS * 2 : u->arg;
    }
    bool is_held_open = c->state == CASE_CLOSED && !k->n_duties; /* else it would have been archived */
    if (variant == VARIANT_USED || variant == VARIANT_FULL || is_held_open)
        add_side_duties(w, out, variant);
    make_main(out, w->now);
    out->other = (struct case_file){.area = 1, .id = 2, .state = CASE_HANDLING, .place = c->place, .day = c->day, .no = 2};
    out->s = (struct situation){.scheme = w->s, .registry = w->r, .c = c, .duties = out->duties,
                                .n_duties = out->n_duties, .now = w->now, .other = &out->other};
}

/* ---- effects → key ---- */

/* Which of the record's tiers a later step may ask for. Order stays; persuasion goes where the ladder does not ask for it
 * and something else is on record (it can be done again at any time); a penalty only counts when it is alone. */
static int64_t
tiers_that_count(const struct world *w, const struct case_file *c, int item)
{
    int64_t persuade = 1 << TIER_PERSUADE, penalise = 1 << TIER_PENALISE, left = c->tiers;
    bool is_asked = item < 0;
    for (int i = 0; item >= 0 && i < w->s->items[item].ladder_n; i++)
        is_asked |= w->s->ladders[w->s->items[item].ladder_from + i].after == TIER_PERSUADE;
    if (!is_asked && left != persuade)
        left &= ~persuade;
    return left != penalise ? left & ~penalise : left;
}

static uint8_t
column_code(struct world *w, int i, int64_t v, const struct case_file *c, int32_t as_listed)
{
    switch (w->columns[i].how) {
    case KEEP:
        return number_code(w, v);
    case MOMENT:
    case DATE:
        return v != 0;
    case WAIT:
        return v == 0 ? 0 : v == 1 ? 1 : 2;
    case LEAD:
        return lead_code(w, (int32_t)v, as_listed);
    case HANDLER:
        return is_closed_state(c->state) ? person_code(w, v, (int32_t)c->lead) : 0;
    default:
        return 0;
    }
}

/* Of what is kept, the part that nothing will ask about from here. */
static void
forget_numbers(const struct world *w, const struct case_file *c, int item, struct key *k)
{
    bool is_closed = is_closed_state(c->state);
    if (is_closed)
        k->n[AT_filed_at] = k->n[AT_noticed_at] = k->n[AT_defence] = k->n[AT_hearing_until] = 0;
    if (c->state != CASE_ROUTING && c->state != CASE_AWAITING_ACCEPT)
        k->n[AT_hop] = k->n[AT_rung] = 0; /* where it was: only for the eye */
    if (item != w->shortest || is_closed)
        k->n[AT_whistle_at] = 0; /* asked when somebody whistles: tried with the shortest ladder */
    if ((item != w->shortest && item != w->first) || is_closed) /* closed: none or the last, both are tried */
        k->n[AT_whistle] = 0; /* levels meet two ladders: prove_inputs.c */
    if (c->state != CASE_AWAITING_RECHECK)
        k->n[AT_order_day] = 0; /* the order's date matters while the re-check is owed */
}

static void
key_numbers(struct world *w, const struct case_file *c, int item, int32_t as_listed, struct key *k)
{
    for (int n = 0; n < w->n_kept; n++) {
        int64_t v;
        memcpy(&v, (const char *)c + w->kept_at[n], sizeof v);
        k->n[w->kept[n]] = v ? column_code(w, w->kept[n], v, c, as_listed) : 0;
    }
    forget_numbers(w, c, item, k);
    k->n[AT_tiers] = number_code(w, tiers_that_count(w, c, item));
    k->n[AT_outcome] = number_code(w, c->outcome ? OUTCOME_SOLVED : OUTCOME_NONE);
}

static void
key_texts(struct world *w, const struct case_file *c, struct key *k)
{
    for (int i = 0; i < CASE_N_TEXTS; i++) {
        struct str v = *case_text((struct case_file *)(uintptr_t)c, i);
        bool is_forgotten = !w->is_text_kept[i] || (i == AT_TEXT_source && c->item.n && c->place);
        k->t[i] = is_forgotten ? 0 : text_code(w, v);
    }
}

static int
duty_order(const struct key_duty *a, const struct key_duty *b)
{
    return memcmp(a, b, sizeof *a);
}

static void
key_duties(struct world *w, const struct effects *fx, const struct case_file *c, struct key *k)
{
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty *u = &fx->duties[i].now;
        if (u->end != END_OPEN || duty_is_side(u->kind))
            continue;
        if (k->n_duties == KEY_DUTIES_MAX) {
            give_up(w, "同时的责任太多");
            return;
        }
        struct key_duty d = {.kind = (uint8_t)u->kind, .owner = owner_code(w, u->owner, c),
                             .level = (uint8_t)(u->kind == DUTY_REVISIT ? 0 : u->level),
                             .ref = (uint8_t)(u->ref > 0 && u->ref < SIDE_ID ? u->ref : 0), .arg = (uint8_t)(u->arg < 0 || u->arg >= ARG_DAY ? ARG_DAY : u->arg)};
        int at = k->n_duties++;
        for (; at > 0 && duty_order(&d, &k->duty[at - 1]) < 0; at--)
            k->duty[at] = k->duty[at - 1];
        k->duty[at] = d;
    }
}

static bool
is_past_routing(const struct case_file *c)
{
    return c->list == LIST_ENFORCEMENT && c->place && c->item.n && c->accepted_at && c->state != CASE_ROUTING &&
           c->state != CASE_AWAITING_ACCEPT && c->state != CASE_REGISTERED && c->state != CASE_RETURNED;
}

struct key
key_of(struct world *w, const struct effects *fx, uint8_t record, int64_t closer)
{
    struct key k;
    memset(&k, 0, sizeof k);
    const struct case_file *c = &fx->after;
    if (c->state == CASE_WITHDRAWN || c->state == CASE_MERGED || c->state == CASE_TRANSFERRED) { /* nothing follows */
        k.n[AT_state] = number_code(w, c->state);
        return k;
    }
    int item = c->item.n ? scheme_item(w->s, c->item) : -1;
    key_numbers(w, c, item, lead_listed(w, item, (int32_t)c->place), &k);
    key_texts(w, c, &k);
    if (is_past_routing(c) && w->n_places) { /* nothing reads the chain or the place any more, but as relations */
        k.n[AT_place] = number_code(w, w->places[0]);
        k.t[AT_TEXT_chain] = text_code(w, place_chain(w->r, registry_place(w->r, w->places[0])));
    }
    key_duties(w, fx, c, &k);
    k.record = c->tiers & 1 << TIER_PERSUADE && !(key_number(w, &k, AT_tiers) & 1 << TIER_PERSUADE) ? record & ~LAW_PERSUADED : record;
    k.closer = is_closed_state(c->state) ? person_code(w, closer, (int32_t)c->lead) : 0;
    return k;
}

int64_t
key_number(struct world *w, const struct key *k, int at)
{
    return number_of(w, k->n[at]);
}

bool
key_is_open(struct world *w, const struct key *k)
{
    return case_state_open((int)key_number(w, k, AT_state));
}

int64_t
key_closer(struct world *w, const struct key *k)
{
    if (k->closer != 1)
        return number_of(w, k->closer);
    struct scene sc;
    scene_make(w, k, VARIANT_FRESH, 0, &sc);
    return person_of_lead(w, (int32_t)sc.c.lead);
}
