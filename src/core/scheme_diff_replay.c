#include "scheme_diff_replay.h"

#include "decide.h"
#include "scheme_diff_words.h"

struct trial {
    struct arena *a;
    const struct scheme *was, *draft;
    const struct registry *r;
    const struct case_file *c;
    const struct place *place;
    int item_was, item_would; /* index or -1 */
    const struct duty *duties;
    size_t n_duties;
    instant now;
    struct replayed_case *out;
};

static void
need(struct trial *t, const char *words)
{
    if (t->out->n_needs < REPLAY_NEEDS_MAX)
        t->out->needs[t->out->n_needs++] = str_of(words);
}

/* ---- who leads ---- */

static void
try_lead(struct trial *t)
{
    struct replayed_case *x = t->out;
    const struct item *was = t->item_was >= 0 ? &t->was->items[t->item_was] : NULL;
    const struct item *would = t->item_would >= 0 ? &t->draft->items[t->item_would] : NULL;
    x->item_gone = was && !would;
    x->list_was = was ? (int)was->list : 0;
    x->list_would = would ? (int)would->list : 0;
    x->lead_was = was ? owner_org(t->r, was->lead, t->place, 0) : 0;
    x->lead_would = would ? owner_org(t->r, would->lead, t->place, 0) : x->lead_was;
}

/* ---- when ---- */

/* Where a step stood when it began. A duty's record says neither its level nor its rung: those that give its due again do. */
struct standing {
    int level; /* index of the whistle, -1 none */
    int rung;
};

static const struct limit *
own_or_named(const struct scheme *s, int limit, const char *otherwise)
{
    return limit >= 0 ? &s->limits[limit] : limit_named(s, otherwise);
}

/* As enter_rung decides: the item's own limit, a rung that moves on, the level's at its own stage, the chain's. */
static const struct limit *
hop_limit(const struct scheme *s, struct str chain, int item, enum hop_kind kind, struct standing at)
{
    static const char *const named[HOP_COUNT] = {"hop_call", "hop_accept", "hop_dispatch", "hop_respond"};
    const struct whistle *w = at.level >= 0 && s->whistles[at.level].enters == (int)kind ? &s->whistles[at.level] : NULL;
    const struct hop *hop = scheme_rung(s, chain, kind, at.rung);
    if (kind == HOP_RESPOND && item >= 0 && s->items[item].accept >= 0)
        return &s->limits[s->items[item].accept];
    if (w && w->owner.n && !str_is(w->owner, "@lead"))
        hop = NULL; /* the level's own people answer, whoever stands in the chain */
    if (hop && hop->limit >= 0 && (hop->moves_on || !w))
        return &s->limits[hop->limit];
    return own_or_named(s, w ? w->limit : -1, named[kind]);
}

static const struct limit *
arrive_limit(const struct scheme *s, const struct case_file *c, const struct duty *u, struct standing at)
{
    const struct whistle *w = at.level >= 0 && s->whistles[at.level].arrive >= 0 ? &s->whistles[at.level] : NULL;
    bool is_off = !in_office_hours(&s->calendar, u->opened_at);
    if (w && !c->urgent)
        return &s->limits[is_off && w->arrive_off >= 0 ? w->arrive_off : w->arrive];
    return limit_named(s, is_off && scheme_limit(s, STR("urgent_arrive_off")) >= 0 ? "urgent_arrive_off" : "urgent_arrive");
}

static const struct limit *
handle_limit(const struct scheme *s, const struct case_file *c, int item, struct standing at)
{
    int of_level = at.level >= 0 && c->list == LIST_ENFORCEMENT ? s->whistles[at.level].handle : -1;
    return own_or_named(s, of_level >= 0 ? of_level : item >= 0 ? s->items[item].limit : -1, "handle5");
}

static const struct limit *
confer_limit(const struct scheme *s)
{
    for (size_t i = 0; i < s->n_whistles; i++)
        if (s->whistles[i].enters == ENTERS_CONFER)
            return own_or_named(s, s->whistles[i].limit, "confer5");
    return limit_named(s, "confer5");
}

/* Who is asked is in the duty: the resident within the item's own limit, others within their row's (BG-22). */
static const struct limit *
revisit_limit(const struct scheme *s, int item, const struct duty *u)
{
    int own = item >= 0 ? s->items[item].revisit : -1;
    for (size_t i = 0; i < s->n_revisits; i++)
        if ((int64_t)s->revisits[i].audience == u->arg)
            return own_or_named(s, u->arg == AUDIENCE_RESIDENT && own >= 0 ? own : s->revisits[i].limit, "revisit7");
    return own_or_named(s, own, "revisit7");
}

/* The limit of a step, or NULL for steps that have a date of their own (re-checks, suspensions). */
static const struct limit *
limit_of(const struct scheme *s, const struct case_file *c, int item, const struct duty *u, struct standing at)
{
    static const char *const named[DUTY_KIND_COUNT] = {
        [DUTY_CLASSIFY] = "classify1", [DUTY_COMPLETE] = "complete5",   [DUTY_TRANSFER] = "transfer5", [DUTY_ANSWER] = "resident",
        [DUTY_ASSIST] = "assist2",     [DUTY_SUPERVISE] = "supervise3", [DUTY_RULE_LEAD] = "refusal",  [DUTY_CHASE] = "chase1",
        [DUTY_RULE_REOPEN] = "reopen_decide1", [DUTY_REVIEW_GRADE] = "review_grade3"};
    switch (u->kind) {
    case DUTY_CALL:
        return hop_limit(s, c->chain, item, HOP_CALL, at);
    case DUTY_ADMIT:
        return hop_limit(s, c->chain, item, HOP_ACCEPT, at);
    case DUTY_DISPATCH:
        return hop_limit(s, c->chain, item, HOP_DISPATCH, at);
    case DUTY_ACCEPT:
        return hop_limit(s, c->chain, item, HOP_RESPOND, at);
    case DUTY_HANDLE:
        return handle_limit(s, c, item, at);
    case DUTY_SERVE:
        return own_or_named(s, item >= 0 ? s->items[item].limit : -1, "svc3");
    case DUTY_ARRIVE:
        return arrive_limit(s, c, u, at);
    case DUTY_CONFER:
        return confer_limit(s);
    case DUTY_REVISIT:
        return revisit_limit(s, item, u);
    default:
        return named[u->kind] ? limit_named(s, named[u->kind]) : NULL;
    }
}

/* From the step, or from the registration where the limit is anchored there (BG-19): then nobody is born overdue. */
static instant
due_of(const struct scheme *s, const struct trial *t, const struct limit *l, const struct duty *u, instant from, bool is_fresh)
{
    bool from_start = l->is_from_registration && t->c->opened_at && !is_fresh;
    instant due = limit_due(&s->calendar, from_start ? t->c->opened_at : from, l->unit, l->amount);
    return from_start && due <= u->opened_at ? limit_due(&s->calendar, u->opened_at, UNIT_WORKING_DAY, 1) : due;
}

/* How the recorded due was found: the limit, the moment it was counted from, whether the clock was a fresh one (reopened). */
struct origin {
    const struct limit *limit; /* NULL: nothing gives it again (a pause, an extension) */
    struct standing at;
    instant from;
    bool is_fresh;
};

static bool
gives_it_again(const struct trial *t, const struct limit *l, const struct duty *u, struct origin *o)
{
    const instant from[] = {u->kind == DUTY_HANDLE && t->c->dispatched_at ? t->c->dispatched_at : u->opened_at, u->opened_at,
                            t->c->opened_at};
    for (int fresh = 0; l && fresh <= (l->is_from_registration && t->c->reopens); fresh++)
        for (size_t i = 0; i < sizeof from / sizeof *from; i++)
            if (from[i] && due_of(t->was, t, l, u, from[i], fresh) == u->due) {
                o->limit = l;
                o->from = from[i];
                o->is_fresh = fresh;
                return true;
            }
    return false;
}

/* Steps of the same kind that were missed and passed on before this one began: its rung, unless another gives the due. */
static int
rungs_passed(const struct trial *t, const struct duty *u)
{
    int n = 0;
    for (size_t i = 0; i < t->n_duties; i++) {
        const struct duty *o = &t->duties[i];
        n += o->kind == u->kind && o->missed_at && o->end == END_SUPERSEDED && o->ended_at <= u->opened_at && o->id != u->id;
    }
    return n;
}

static int
usual_level(const struct scheme *s, int item)
{
    return item >= 0 ? s->items[item].whistle : -1;
}

/* The level that stands in the case, the usual one, any other, none: the first that gives the due again. */
static struct origin
origin_of(const struct trial *t, const struct duty *u)
{
    enum { RUNGS = 8, LEVELS = 16 };
    int levels[LEVELS], n = 0, rung = rungs_passed(t, u), n_whistles = (int)t->was->n_whistles;
    levels[n++] = t->c->whistle > 0 && t->c->whistle <= n_whistles ? (int)t->c->whistle - 1 : usual_level(t->was, t->item_was);
    levels[n++] = usual_level(t->was, t->item_was);
    for (int i = 0; i < n_whistles && n < LEVELS - 1; i++)
        levels[n++] = i;
    levels[n++] = -1;
    struct origin o = {.at = {levels[0], rung}};
    for (int r = 0; r < RUNGS; r++)
        for (int k = 0; k < n; k++) {
            struct standing at = {levels[k], (rung + r) % RUNGS};
            if (gives_it_again(t, limit_of(t->was, t->c, t->item_was, u, at), u, &o)) {
                o.at = at;
                return o;
            }
        }
    return o;
}

/* The same standing under the draft: a level by its code, the usual one by the item's; a rung that is gone by the last left. */
static struct standing
standing_would(const struct trial *t, struct standing was, int kind)
{
    static const int hops[DUTY_KIND_COUNT] = {[DUTY_ADMIT] = HOP_ACCEPT, [DUTY_DISPATCH] = HOP_DISPATCH, [DUTY_ACCEPT] = HOP_RESPOND};
    struct standing at = was;
    if (was.level >= 0 && was.level == usual_level(t->was, t->item_was))
        at.level = usual_level(t->draft, t->item_would);
    else if (was.level >= 0)
        at.level = scheme_whistle(t->draft, t->was->whistles[was.level].code);
    while (at.rung > 0 && !scheme_rung(t->draft, t->c->chain, (enum hop_kind)hops[kind], at.rung))
        at.rung--;
    return at;
}

static void
try_duty(struct trial *t, const struct duty *u)
{
    struct replayed_case *x = t->out;
    if (u->end == END_VOID || u->end == END_EXCUSED || (u->end == END_SUPERSEDED && !u->missed_at) || x->n_steps == REPLAY_STEPS_MAX)
        return;
    struct origin o = origin_of(t, u);
    const struct limit *was = limit_of(t->was, t->c, t->item_was, u, o.at);
    const struct limit *would = limit_of(t->draft, t->c, t->item_would, u, standing_would(t, o.at, u->kind));
    if (!was || !would)
        return;
    if (!o.limit && u->kind == DUTY_HANDLE && t->c->filed_at && gives_it_again(t, limit_named(t->was, "penalty90"), u, &o)) {
        was = o.limit; /* a filed matter has the law's own limit */
        would = limit_named(t->draft, "penalty90");
    }
    bool is_estimate = !o.limit;
    instant base = is_estimate ? u->opened_at : o.from, due = due_of(t->draft, t, would, u, base, o.is_fresh);
    if (is_estimate)
        due = u->due + due - due_of(t->was, t, was, u, base, false);
    if (due == u->due)
        return;
    instant end = u->end == END_SUPERSEDED ? INT64_MAX : u->ended_at ? u->ended_at : t->now; /* it passed on: never done */
    x->steps[x->n_steps++] = (struct replayed_step){.kind = u->kind, .due_was = u->due, .due_would = due, .ended_at = u->ended_at,
                                                    .was_late = u->missed_at != 0, .would_be_late = end > due, .is_estimate = is_estimate};
}

/* ---- what else would be owed ---- */

static bool
has_need(const struct ladder_row *row, struct str what)
{
    for (size_t i = 0; row && i < row->needs.n; i++)
        if (str_eq(row->needs.p[i], what))
            return true;
    return false;
}

/* One tier of the record against the draft's ladder: an order that nobody persuaded before, a penalty without a review. */
static void
try_tier(struct trial *t, enum tier tier)
{
    const struct item *old = t->item_was >= 0 ? &t->was->items[t->item_was] : NULL, *new = &t->draft->items[t->item_would];
    const struct ladder_row *was = old ? item_ladder_row(t->was, old, tier) : NULL, *would = item_ladder_row(t->draft, new, tier);
    const struct column_words *needs = column_words_find(table_words_find(STR("ladders")), STR("needs"));
    if (!(t->c->tiers & (1 << tier)))
        return;
    if (!would) {
        if (was)
            need(t, arena_printf(t->a, "处置阶梯里没有“%s”，不能这样处置", tier_label(tier)));
        return;
    }
    bool lacks = would->after != TIER_NONE && !(t->c->tiers & (1 << would->after)), lacked = was && was->after == would->after;
    if (lacks && !lacked)
        need(t, arena_printf(t->a, "“%s”之前还要先“%s”，或写明跳级的理由", tier_label(tier), tier_label(would->after)));
    for (size_t i = 0; i < would->needs.n; i++)
        if (!has_need(was, would->needs.p[i])) {
            struct str words = cell_words(t->a, t->draft->tables, needs, would->needs.p[i]);
            need(t, arena_printf(t->a, "“%s”还要%.*s", tier_label(tier), S(words)));
        }
    if (would->officers > (was ? was->officers : 0))
        need(t, arena_printf(t->a, "“%s”要有 %d 名持证执法人员", tier_label(tier), would->officers));
}

static void
try_hops(struct trial *t)
{
    static const int duties[HOP_COUNT] = {DUTY_CALL, DUTY_ADMIT, DUTY_DISPATCH, DUTY_ACCEPT};
    bool has_chain = false;
    for (size_t i = 0; i < t->draft->n_hops; i++)
        has_chain |= str_eq(t->draft->hops[i].chain, t->c->chain);
    if (!has_chain) {
        if (t->c->chain.n)
            need(t, arena_printf(t->a, "链条 %.*s 没有了，所在地方要改用别的链条", S(t->c->chain)));
        return;
    }
    for (int k = 0; k < HOP_COUNT; k++) {
        bool was = scheme_hop(t->was, t->c->chain, (enum hop_kind)k), would = scheme_hop(t->draft, t->c->chain, (enum hop_kind)k);
        if (was != would)
            need(t, arena_printf(t->a, "%s一个环节“%s”", would ? "多" : "少", duty_label(duties[k])));
    }
}

/* A cell of the item's row, read from the tables: columns that some schemes lack. */
static struct str
item_cell(const struct scheme *s, struct str code, const char *column)
{
    const struct table *t = tables_find(s->tables, "items");
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_eq(table_cell(t, i, "code"), code))
            return table_cell(t, i, column);
    return STR("");
}

static void
try_whistle(struct trial *t)
{
    struct str was = item_cell(t->was, t->c->item, "whistle"), would = item_cell(t->draft, t->c->item, "whistle");
    const struct column_words *c = column_words_find(table_words_find(STR("items")), STR("whistle"));
    if (str_eq(was, would))
        return;
    struct str old = cell_words(t->a, t->was->tables, c, was), new = cell_words(t->a, t->draft->tables, c, would);
    need(t, arena_printf(t->a, "哨级：%s → %s", old.n ? str_z(t->a, old) : "无", new.n ? str_z(t->a, new) : "无"));
}

static bool
revisits_audience(const struct scheme *s, const char *audience)
{
    const struct table *t = tables_find(s->tables, "revisits");
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_is(table_cell(t, i, "audience"), audience))
            return true;
    return !t && strcmp(audience, "resident") == 0; /* without the table the resident is asked */
}

static void
try_revisits(struct trial *t)
{
    static const struct word audiences[] = {{"resident", "居民"}, {"grassroots", "基层"}};
    for (size_t i = 0; t->c->closed_at && i < sizeof audiences / sizeof *audiences; i++)
        if (!revisits_audience(t->was, audiences[i].code) && revisits_audience(t->draft, audiences[i].code))
            need(t, arena_printf(t->a, "办结后还要回访%s", audiences[i].label));
}

/* ---- all of it ---- */

bool
scheme_replay_case(struct arena *a, const struct scheme *was, const struct scheme *draft, const struct registry *r,
                   const struct case_file *c, const struct duty *duties, size_t n, instant now, struct replayed_case *out)
{
    *out = (struct replayed_case){0};
    struct trial t = {.a = a, .was = was, .draft = draft, .r = r, .c = c, .place = registry_place(r, (int32_t)c->place),
                      .item_was = scheme_item(was, c->item), .item_would = scheme_item(draft, c->item), .duties = duties, .n_duties = n, .now = now, .out = out};
    try_lead(&t);
    for (size_t i = 0; i < n; i++)
        try_duty(&t, &duties[i]);
    for (int tier = TIER_PERSUADE; t.item_would >= 0 && c->list == LIST_ENFORCEMENT && tier < TIER_COUNT; tier++)
        try_tier(&t, (enum tier)tier);
    try_hops(&t);
    try_whistle(&t);
    try_revisits(&t);
    return out->item_gone || out->list_was != out->list_would || out->lead_was != out->lead_would || out->n_steps || out->n_needs;
}

bool
replayed_turns_late(const struct replayed_case *x)
{
    for (size_t i = 0; i < x->n_steps; i++)
        if (!x->steps[i].was_late && x->steps[i].would_be_late)
            return true;
    return false;
}

bool
replayed_turns_on_time(const struct replayed_case *x)
{
    for (size_t i = 0; i < x->n_steps; i++)
        if (x->steps[i].was_late && !x->steps[i].would_be_late)
            return true;
    return false;
}

static const char *
moment_text(struct arena *a, instant at)
{
    struct buf b = {0};
    moment_words(&b, at, at);
    const char *kept = str_z(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

struct strs
replayed_words(struct arena *a, const struct registry *r, const struct replayed_case *x)
{
    static const char *const lists[] = {"无", "执法清单", "服务清单"};
    struct str *out = arena_array(a, struct str, REPLAY_STEPS_MAX + REPLAY_NEEDS_MAX + 3);
    size_t n = 0;
    struct str was = org_name(r, x->lead_was), would = org_name(r, x->lead_would);
    if (x->item_gone)
        out[n++] = STR("事项已不在清单里，要重新归类");
    if (!x->item_gone && x->list_was != x->list_would)
        out[n++] = str_of(arena_printf(a, "清单：%s → %s", lists[x->list_was], lists[x->list_would]));
    if (x->lead_was != x->lead_would)
        out[n++] = str_of(arena_printf(a, "牵头：%.*s → %.*s", S(was), S(would)));
    for (size_t i = 0; i < x->n_steps; i++) {
        const struct replayed_step *s = &x->steps[i];
        const char *verdict = s->was_late == s->would_be_late ? (s->was_late ? "仍超期" : "仍按时")
                              : s->would_be_late ? "按时 → 超期" : "超期 → 按时";
        out[n++] = str_of(arena_printf(a, "%s期限：%s → %s，%s%s", duty_label(s->kind), moment_text(a, s->due_was),
                                       moment_text(a, s->due_would), verdict, s->is_estimate ? "（有暂停或延期，按差额推算）" : ""));
    }
    for (size_t i = 0; i < x->n_needs; i++)
        out[n++] = x->needs[i];
    return (struct strs){out, n};
}
