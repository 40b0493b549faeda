/* Breadth first over every situation: each command by each kind of person with each kind of input, each deadline missed. */
#include "prove_law.h"
#include "prove_parts.h"

#include <stdlib.h>

struct str
words_of(struct arena *a, const char *fmt, ...)
{
    char tmp[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(tmp, sizeof tmp, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof tmp ? (size_t)n : sizeof tmp - 1;
    return str_dup(a, (struct str){tmp, len});
}

void
give_up(struct world *w, const char *why)
{
    if (!w->is_full)
        w->why_full = why;
    w->is_full = true;
}

void
breach_note(struct world *w, int id, uint32_t node, const struct call *call, struct str what)
{
    struct breach *b = &w->breach[id];
    if (b->is_set)
        return; /* breadth first: the first is the shortest */
    *b = (struct breach){.is_set = true, .node = node, .has_call = call != NULL, .what = what};
    if (call)
        b->call = *call;
}

/* ---- one step ---- */

static void
fresh_effects(struct world *w)
{
    struct effects *fx = w->fx;
    fx->arena = w->step;
    fx->n_duties = fx->n_notices = 0;
    fx->is_new_case = fx->has_words = fx->has_reply = false;
    fx->reply = fx->words = fx->spot = STR("");
}

/* A struct err is several kilobytes: one is used again and again. */
static struct err *
fresh_err(struct world *w)
{
    w->err.kind = ERR_NONE;
    w->err.n_fields = 0;
    return &w->err;
}

static bool
open_report(struct world *w, const struct report_class *rc)
{
    struct case_file none = {.area = 1, .id = 1};
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(&none, i) = STR("");
    struct situation s = {.scheme = w->s, .registry = w->r, .c = &none, .now = w->now, .actor = w->actors[rc->actor]};
    s.actor.is_reporter = false;
    int channel = scheme_channel(w->s, rc->report.source);
    uint64_t roles = w->s->channels[channel].roles;
    for (size_t i = s.actor.n_postings; i-- > 0;)
        if (roles & ROLE_BIT(s.actor.postings[i]->role)) {
            s.actor.role = s.actor.postings[i]->role;
            s.actor.org = s.actor.postings[i]->org;
        }
    return case_open(&s, &rc->report, w->fx, fresh_err(w));
}

static bool
scene_miss(struct world *w, struct scene *sc, int64_t duty)
{
    sc->s.actor = (struct actor){.role = ROLE_CLOCK};
    for (size_t i = 0; i < sc->n_duties; i++)
        if (sc->duties[i].id == duty && sc->duties[i].due > sc->s.now)
            sc->s.now = sc->duties[i].due;
    return case_miss(&sc->s, duty, w->fx, fresh_err(w));
}

/* `as` is what command_allowed said of this actor in this scene. */
static bool
scene_step(struct world *w, struct scene *sc, int cmd, const struct actor *as, const struct input *in)
{
    struct command_input with = {.fields = &in->fields, .photos = in->photos};
    return command_run(&w->commands[cmd], &sc->s, as, &with, w->fx, fresh_err(w));
}

static void
not_missed_yet(struct scene *sc, int64_t id)
{
    enum { SOON_MS = 60 * 1000 };
    sc->s.c = &sc->c;
    sc->s.duties = sc->duties;
    sc->s.other = &sc->other;
    for (size_t i = 0; i < sc->n_duties; i++)
        if (sc->duties[i].id == id && sc->duties[i].missed_at) {
            sc->duties[i].missed_at = 0;
            sc->duties[i].due = sc->s.now + SOON_MS;
        }
}

bool
call_run(struct world *w, const struct key *k, struct call c, int variant, int probe)
{
    fresh_effects(w);
    if (c.cmd == CALL_OPEN)
        return open_report(w, &w->reports[c.input]);
    struct scene fresh, sc;
    scene_make(w, k, variant, probe, &sc);
    if (c.cmd == CALL_MISS) {
        not_missed_yet(&sc, c.input);
        return scene_miss(w, &sc, c.input);
    }
    scene_make(w, k, VARIANT_FRESH, 0, &fresh); /* inputs are numbered by item and lead, which all variants share */
    struct inputs all = *inputs_for(w, c.cmd, &fresh);
    struct actor as;
    sc.s.actor = w->actors[c.actor];
    return c.input < all.n && command_allowed(&w->commands[c.cmd], &sc.s, &as, NULL) && scene_step(w, &sc, c.cmd, &as, &all.p[c.input]);
}

/* ---- the graph ---- */

static uint64_t
key_hash(const struct key *k)
{
    uint64_t h = UINT64_C(1469598103934665603);
    const uint8_t *p = (const uint8_t *)k;
    for (size_t i = 0; i < sizeof *k; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, p + i, sizeof *k - i < sizeof word ? sizeof *k - i : sizeof word);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return h;
}

static uint32_t
node_of(struct world *w, const struct key *k, bool *is_new)
{
    size_t i = key_hash(k) & (w->n_slots - 1);
    for (; w->slots[i]; i = (i + 1) & (w->n_slots - 1))
        if (memcmp(&w->nodes[w->slots[i] - 1].key, k, sizeof *k) == 0) {
            *is_new = false;
            return w->slots[i] - 1;
        }
    *is_new = true;
    if (w->n_nodes == w->max_states) {
        give_up(w, "情形超过上限");
        return 0;
    }
    if (w->n_nodes == w->cap_nodes) {
        w->cap_nodes = w->cap_nodes ? w->cap_nodes * 2 : 4096;
        w->nodes = xrealloc(w->nodes, w->cap_nodes * sizeof *w->nodes);
    }
    w->nodes[w->n_nodes] = (struct node){.key = *k, .by = UINT32_MAX};
    w->slots[i] = (uint32_t)++w->n_nodes;
    return (uint32_t)w->n_nodes - 1;
}

static bool
edges_alike(const struct edge *a, const struct edge *b)
{
    return a->to == b->to && a->call.cmd == b->call.cmd && a->flags == b->flags && a->variants == b->variants &&
           a->more == b->more && a->fewer == b->fewer;
}

static void
edge_add(struct world *w, const struct edge *e, bool is_new_node)
{
    size_t from = e->from == UINT32_MAX ? w->n_edges : w->nodes[e->from].first_edge;
    for (size_t i = from; i < w->n_edges; i++)
        if (edges_alike(&w->edges[i], e))
            return;
    if (w->n_edges == w->cap_edges) {
        w->cap_edges = w->cap_edges ? w->cap_edges * 2 : 16384;
        w->edges = xrealloc(w->edges, w->cap_edges * sizeof *w->edges);
    }
    if (is_new_node)
        w->nodes[e->to].by = (uint32_t)w->n_edges;
    w->edges[w->n_edges++] = *e;
}

/* ---- what is checked at every step ---- */

static void
check_owned(struct world *w, uint32_t from, const struct call *call)
{
    const struct effects *fx = w->fx;
    int state = (int)fx->after.state;
    size_t n_open = 0, n_main = 0, n_carrying = 0;
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty *u = &fx->duties[i].now;
        if (u->end != END_OPEN)
            continue;
        n_open++;
        n_main += duty_is_main(u->kind);
        n_carrying += duty_is_main(u->kind) || u->kind == DUTY_ANSWER || u->kind == DUTY_ARRIVE || u->kind == DUTY_ASSIST;
        if (!fx->duties[i].is_new && !fx->duties[i].is_changed)
            continue;
        if (!owner_is_staffed(w, &u->owner))
            breach_note(w, PROOF_OWNED, from, call, words_of(w->a, "“%s”的责任人没有在岗的人", duty_label(u->kind)));
        if (u->due <= 0)
            breach_note(w, PROOF_OWNED, from, call, words_of(w->a, "“%s”没有时限", duty_label(u->kind)));
    }
    if (case_state_open(state) && n_main != 1)
        breach_note(w, PROOF_OWNED, from, call,
                    words_of(w->a, "事项“%s”，%s", case_state_label(state), n_main ? "却有两项主责" : "却没有人负主责"));
    if (!case_state_open(state) && n_carrying)
        breach_note(w, PROOF_OWNED, from, call, words_of(w->a, "事项“%s”，却还有人欠着办理责任", case_state_label(state)));
    if (state == CASE_CLOSED && !n_open)
        breach_note(w, PROOF_OWNED, from, call, STR("办结以后没有任何责任，也没有归档"));
    if (!case_state_open(state) && state != CASE_CLOSED && n_open)
        breach_note(w, PROOF_OWNED, from, call, words_of(w->a, "事项“%s”，却还有未了的责任", case_state_label(state)));
}

/* What runs beside a case is not in its key: every scene has it open. So it may come up only where scenes have it. */
static void
check_sides(struct world *w)
{
    const struct effects *fx = w->fx;
    uint64_t possible = sides_possible(w, &fx->after);
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty *u = &fx->duties[i].now;
        if (u->end == END_OPEN && duty_is_side(u->kind) && !(possible >> u->kind & 1))
            give_up(w, arena_printf(w->a, "并行的“%s”没有在“%s”的情形里试过", duty_label(u->kind), case_state_label((int)fx->after.state)));
    }
}

/* Renewed, opened or ended: what "no pushing around" looks for. */
static bool
touches_main(const struct effects *fx)
{
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty_slot *s = &fx->duties[i];
        if (duty_is_main(s->now.kind) &&
            (s->is_new || s->now.end != s->was.end || s->now.due != s->was.due || s->now.owner.org != s->was.owner.org))
            return true;
    }
    return false;
}

static void
see(struct world *w, const struct call *call)
{
    const struct case_file *b = &w->fx->before, *c = &w->fx->after;
    if (call->cmd >= 0 && call->cmd < 256)
        w->commands_seen[call->cmd / 64] |= UINT64_C(1) << (call->cmd % 64);
    w->states_seen |= 1u << c->state;
    if (c->whistle > 0 && c->whistle < 64)
        w->levels_seen |= UINT64_C(1) << c->whistle;
    int64_t gained = c->tiers & ~b->tiers;
    int item = gained && c->item.n ? scheme_item(w->s, c->item) : -1;
    for (int i = 0; gained && item >= 0 && i < w->s->items[item].ladder_n; i++) {
        int row = w->s->items[item].ladder_from + i;
        if (row < 512 && (gained & 1 << w->s->ladders[row].tier))
            w->ladders_seen[row / 64] |= UINT64_C(1) << (row % 64);
    }
    if (c->state == CASE_ROUTING || c->state == CASE_AWAITING_ACCEPT)
        for (size_t i = 0; i < w->s->n_hops && i < 256; i++)
            if ((int64_t)w->s->hops[i].kind == c->hop && str_eq(w->s->hops[i].chain, c->chain))
                w->hops_seen[i / 64] |= UINT64_C(1) << (i % 64);
}

static uint16_t
counters_raised(const struct world *w)
{
    uint16_t more = 0;
    struct effects *fx = w->fx;
    for (int i = 0; model_counters[i]; i++)
        if (w->counter_at[i] >= 0 && *case_number(&fx->after, w->counter_at[i]) > *case_number(&fx->before, w->counter_at[i]))
            more |= (uint16_t)(1u << i);
    return more;
}

static uint16_t
counters_set_back(const struct world *w)
{
    uint16_t fewer = 0;
    struct effects *fx = w->fx;
    for (int i = 0; model_counters[i]; i++)
        if (w->counter_at[i] >= 0 && *case_number(&fx->after, w->counter_at[i]) < *case_number(&fx->before, w->counter_at[i]))
            fewer |= (uint16_t)(1u << i);
    return fewer;
}

static bool
is_good(const struct effects *fx)
{
    int64_t state = fx->after.state;
    if (state == CASE_TRANSFERRED || state == CASE_MERGED)
        return true;
    return (state == CASE_CLOSED || state == CASE_ARCHIVED) && fx->after.outcome != OUTCOME_UNSOLVED;
}

struct outcome_of_step {
    bool is_done;
    struct key key;
    struct edge edge;
};

static void
take(struct world *w, uint32_t from, const struct call *call, struct outcome_of_step *o)
{
    w->steps++;
    uint8_t record = from == UINT32_MAX ? 0 : w->nodes[from].key.record;
    struct law_watch law = {.scheme = w->s, .registry = w->r, .fx = w->fx, .day = w->day, .record = record, .closer = w->closer};
    int64_t closer = law.closer;
    const char *wrong = law_judge(&law);
    if (wrong)
        breach_note(w, PROOF_LAWFUL, from, call, str_of(wrong));
    if (call->cmd == CALL_OPEN && w->reports[call->input].report.dissuaded.n)
        law.record |= LAW_PERSUADED;
    if (!case_state_open((int)w->fx->after.state) && case_state_open((int)w->fx->before.state))
        closer = w->fx->actor.role == ROLE_LEADING_GROUP ? 0 : w->fx->actor.person;
    check_owned(w, from, call);
    check_sides(w);
    see(w, call);
    o->is_done = true;
    o->key = key_of(w, w->fx, law.record, closer);
    o->edge = (struct edge){.from = from, .call = *call, .more = counters_raised(w), .fewer = counters_set_back(w)};
    o->edge.flags |= touches_main(w->fx) ? EDGE_MAIN : 0;
    o->edge.flags |= call->cmd == CALL_MISS ? EDGE_CLOCK : 0;
    o->edge.flags |= call->cmd >= 0 && w->fx->actor.role == ROLE_LEADING_GROUP ? EDGE_TOP : 0;
    o->edge.flags |= is_good(w->fx) ? EDGE_GOOD : 0;
}

static bool
agree(const struct outcome_of_step *a, const struct outcome_of_step *b)
{
    return a->is_done == b->is_done && (!a->is_done || memcmp(&a->key, &b->key, sizeof a->key) == 0);
}

/* The variants of one step become edges; those that agree become one. In the variants that are not fresh the main duty is
 * missed: what the top may do then, it can wait for. */
static void
join(struct world *w, struct outcome_of_step *o)
{
    uint16_t fewer = 0;
    const struct outcome_of_step *fresh = &o[VARIANT_FRESH], *full = &o[VARIANT_FULL];
    bool is_certain = full->is_done && (agree(fresh, full) || ((full->edge.flags & EDGE_TOP) && agree(&o[VARIANT_USED], full)));
    for (int v = 0; v < VARIANT_COUNT; v++)
        fewer |= o[v].is_done ? o[v].edge.fewer : 0;
    for (int v = 0; v < VARIANT_COUNT; v++) {
        if (!o[v].is_done)
            continue;
        struct edge e = o[v].edge;
        e.variants = (uint8_t)(1u << v);
        for (int u = v + 1; u < VARIANT_COUNT; u++)
            if (o[u].is_done && memcmp(&o[u].key, &o[v].key, sizeof o[v].key) == 0) {
                e.variants |= (uint8_t)(1u << u);
                e.flags |= o[u].edge.flags;
                e.more |= o[u].edge.more;
                o[u].is_done = false;
            }
        e.fewer = fewer;
        e.flags |= is_certain ? EDGE_CERTAIN : 0;
        bool is_new;
        e.to = node_of(w, &o[v].key, &is_new);
        if (w->is_full)
            return;
        edge_add(w, &e, is_new);
        o[v].is_done = false;
    }
}

static void
explore_command(struct world *w, uint32_t from, int cmd, struct scene *scenes)
{
    enum { ACTORS_MAX = 32 };
    const struct command *command = &w->commands[cmd];
    uint16_t who[ACTORS_MAX];
    if (!(command->states & 1u << scenes[0].c.state))
        return;
    size_t n = actors_for(w, command, &scenes[VARIANT_USED].s, who, ACTORS_MAX);
    struct inputs all = {0};
    for (size_t a = 0; a < n; a++) {
        bool may[VARIANT_COUNT], may_any = false;
        struct actor as[VARIANT_COUNT];
        for (int v = 0; v < VARIANT_COUNT; v++) {
            scenes[v].s.actor = w->actors[who[a]];
            may_any |= may[v] = command_allowed(command, &scenes[v].s, &as[v], NULL);
        }
        if (may_any && !all.p)
            all = *inputs_for(w, cmd, &scenes[0]);
        for (size_t i = 0; may_any && i < all.n && !w->is_full; i++) {
            static const int order[VARIANT_COUNT] = {VARIANT_FRESH, VARIANT_FULL, VARIANT_USED};
            struct outcome_of_step o[VARIANT_COUNT];
            for (int n_run = 0; n_run < VARIANT_COUNT; n_run++) {
                int v = order[n_run];
                struct call call = {.cmd = (int16_t)cmd, .actor = who[a], .input = (uint16_t)i, .variant = (uint8_t)v};
                o[v].is_done = false;
                if (v == VARIANT_USED && o[VARIANT_FULL].is_done && agree(&o[VARIANT_FRESH], &o[VARIANT_FULL]))
                    continue; /* nothing in between makes a difference */
                fresh_effects(w);
                if (may[v] && scene_step(w, &scenes[v], cmd, &as[v], &all.p[i]))
                    take(w, from, &call, &o[v]);
            }
            join(w, o);
        }
    }
}

static bool
is_same(const struct world *w, uint32_t node, const struct outcome_of_step *o)
{
    return memcmp(&w->nodes[node].key, &o->key, sizeof o->key) == 0;
}

static void
explore_misses(struct world *w, uint32_t from, struct scene *scenes)
{
    const struct scene *used = &scenes[VARIANT_USED]; /* the one that has them all */
    for (size_t i = 0; i < used->n_duties && !w->is_full; i++) {
        const struct duty *u = &used->duties[i];
        static const int order[VARIANT_COUNT] = {VARIANT_FRESH, VARIANT_FULL, VARIANT_USED};
        struct outcome_of_step o[VARIANT_COUNT];
        bool is_side = u->id >= SIDE_ID;
        for (int n_run = 0; n_run < VARIANT_COUNT; n_run++) {
            int v = order[n_run];
            struct call call = {.cmd = CALL_MISS, .input = (uint16_t)u->id, .variant = (uint8_t)v};
            o[v].is_done = false;
            bool is_settled = v == VARIANT_USED && (is_side ? o[VARIANT_FULL].is_done && is_same(w, from, &o[VARIANT_FULL])
                                                            : agree(&o[VARIANT_FRESH], &o[VARIANT_FULL]));
            if (is_settled || (is_side && v == VARIANT_FRESH))
                continue;
            struct scene sc = scenes[v];
            not_missed_yet(&sc, u->id);
            fresh_effects(w);
            if (!scene_miss(w, &sc, u->id))
                continue;
            take(w, from, &call, &o[v]);
            if (v != VARIANT_FRESH) {
                sc.s.now = used->s.now;
                judge_miss(w, from, &call, &sc, u);
            }
        }
        join(w, o);
    }
}

static void
explore_node(struct world *w, uint32_t from)
{
    struct scene scenes[VARIANT_COUNT];
    struct key k = w->nodes[from].key;
    w->nodes[from].first_edge = (uint32_t)w->n_edges;
    w->closer = k.closer ? key_closer(w, &k) : 0;
    int state = (int)key_number(w, &k, w->at_state);
    if (!case_state_open(state) && state != CASE_CLOSED && state != CASE_ARCHIVED)
        return;
    for (int v = 0; v < VARIANT_COUNT; v++)
        scene_make(w, &k, v, 0, &scenes[v]);
    for (int v = 0; v < VARIANT_COUNT; v++) { /* scenes were copied nowhere: their pointers are their own */
        scenes[v].s.c = &scenes[v].c;
        scenes[v].s.duties = scenes[v].duties;
        scenes[v].s.other = &scenes[v].other;
    }
    for (size_t cmd = 0; cmd < w->n_commands && !w->is_full; cmd++)
        explore_command(w, from, (int)cmd, scenes);
    explore_misses(w, from, scenes);
    arena_reset(w->step);
}

static void
explore_reports(struct world *w)
{
    for (size_t i = 0; i < w->n_reports && !w->is_full; i++) {
        struct call call = {.cmd = CALL_OPEN, .input = (uint16_t)i};
        struct outcome_of_step o[VARIANT_COUNT] = {0};
        if (!call_run(w, NULL, call, VARIANT_FRESH, 0))
            continue;
        take(w, UINT32_MAX, &call, &o[0]);
        join(w, o);
    }
}

void
explore(struct world *w)
{
    explore_reports(w);
    for (uint32_t i = 0; i < w->n_nodes && !w->is_full; i++)
        explore_node(w, i);
}
