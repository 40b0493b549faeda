/* Judging the whole graph: cycles that only push a case around, ends that the top can force, ends that stay good. */
#include "prove_parts.h"

#include <stdlib.h>

/* ---- no pushing around ---- */

/* By edge: counters that were asked about, and those that forbid it. */
struct guards {
    uint16_t *asked, *guarded;
};

struct scc {
    uint32_t *index, *low, *of, *stack, *work_node, *work_edge;
    uint32_t n_stack, next, n_of;
};

/* Edges of a node lie together: from its first to the next node's first. */
static uint32_t
edges_end(const struct world *w, uint32_t node)
{
    return node + 1 < w->n_nodes ? w->nodes[node + 1].first_edge : (uint32_t)w->n_edges;
}

static bool
is_off(const struct edge *e)
{
    return e->flags & (EDGE_TOP | EDGE_OFF | EDGE_HELD);
}

/* Tarjan, without recursion. */
static void
components_from(struct world *w, struct scc *t, uint32_t root)
{
    uint32_t depth = 0;
    t->work_node[0] = root;
    t->work_edge[0] = w->nodes[root].first_edge;
    t->index[root] = t->low[root] = ++t->next;
    t->stack[t->n_stack++] = root;
    for (;;) {
        uint32_t v = t->work_node[depth];
        bool is_deeper = false;
        while (t->work_edge[depth] < edges_end(w, v) && !is_deeper) {
            const struct edge *e = &w->edges[t->work_edge[depth]++];
            if (is_off(e))
                continue;
            if (!t->index[e->to]) {
                t->index[e->to] = t->low[e->to] = ++t->next;
                t->stack[t->n_stack++] = e->to;
                t->work_node[++depth] = e->to;
                t->work_edge[depth] = w->nodes[e->to].first_edge;
                is_deeper = true;
            } else if (!t->of[e->to] && t->index[e->to] < t->low[v])
                t->low[v] = t->index[e->to];
        }
        if (is_deeper)
            continue;
        if (t->low[v] == t->index[v]) {
            uint32_t u;
            t->n_of++;
            do {
                u = t->stack[--t->n_stack];
                t->of[u] = t->n_of;
            } while (u != v);
        }
        if (!depth)
            return;
        uint32_t above = t->work_node[--depth];
        if (t->low[v] < t->low[above])
            t->low[above] = t->low[v];
    }
}

static void
components(struct world *w, struct scc *t)
{
    memset(t->index, 0, w->n_nodes * sizeof(uint32_t));
    memset(t->of, 0, w->n_nodes * sizeof(uint32_t));
    t->next = t->n_stack = t->n_of = 0;
    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (!t->index[i])
            components_from(w, t, i);
}

static bool
ask_guarded_by(struct world *w, const struct edge *e, int counter)
{
    arena_reset(w->step);
    const struct key *k = &w->nodes[e->from].key;
    if (!call_run(w, k, e->call, VARIANT_PROBE, counter))
        return true;
    struct key to = key_of(w, w->fx, w->nodes[e->to].key.record, 0);
    to.closer = w->nodes[e->to].key.closer;
    return memcmp(&to, &w->nodes[e->to].key, sizeof to) != 0;
}

static bool
is_within(const struct scc *t, const struct edge *e)
{
    return t->of[e->from] == t->of[e->to];
}

/* Does a full counter forbid this step, or lead it elsewhere? Asked once of each edge. */
static bool
is_guarded_by(struct world *w, struct guards *g, size_t edge, int counter)
{
    uint16_t bit = (uint16_t)(1u << counter);
    if (!(g->asked[edge] & bit)) {
        g->asked[edge] |= bit;
        g->guarded[edge] |= ask_guarded_by(w, &w->edges[edge], counter) ? bit : 0;
    }
    return g->guarded[edge] & bit;
}

/* Counters that some step of the component may set back. */
static uint16_t *
set_back_in(struct world *w, const struct scc *t)
{
    uint16_t *set_back = xcalloc(t->n_of + 1, sizeof *set_back);
    for (size_t i = 0; i < w->n_edges; i++)
        if (w->edges[i].from != UINT32_MAX && !is_off(&w->edges[i]) && is_within(t, &w->edges[i]))
            set_back[t->of[w->edges[i].from]] |= w->edges[i].fewer;
    return set_back;
}

/* A step that raises a counter which its round never sets back can recur for ever only on a round without a step that the
 * full counter forbids. So: hold the forbidden steps, look for rounds again, and cut the raising steps that lie on none. */
static bool
cut_counted_steps(struct world *w, struct scc *t, struct scc *held, struct guards *g, int counter)
{
    uint16_t *set_back = set_back_in(w, t), bit = (uint16_t)(1u << counter);
    bool *raised = xcalloc(t->n_of + 1, sizeof *raised); /* components where it is worth asking */
    bool is_cut = false;
    for (size_t i = 0; i < w->n_edges; i++)
        if (w->edges[i].from != UINT32_MAX && !is_off(&w->edges[i]) && (w->edges[i].more & bit) && is_within(t, &w->edges[i]))
            raised[t->of[w->edges[i].from]] = !(set_back[t->of[w->edges[i].from]] & bit);
    for (size_t i = 0; i < w->n_edges; i++) {
        struct edge *e = &w->edges[i];
        bool is_idle = e->from == e->to && !(e->more & bit); /* round itself, and counts nothing: it holds nothing together */
        bool is_candidate = !is_idle && e->from != UINT32_MAX && !is_off(e) && is_within(t, e) && raised[t->of[e->from]] &&
                            !(e->variants & 1u << VARIANT_FULL);
        if (is_candidate && is_guarded_by(w, g, i, counter))
            e->flags |= EDGE_HELD;
    }
    components(w, held);
    for (size_t i = 0; i < w->n_edges; i++) {
        struct edge *e = &w->edges[i];
        bool is_held = e->flags & EDGE_HELD;
        e->flags &= (uint8_t)~EDGE_HELD;
        if (e->from == UINT32_MAX || is_off(e) || !(e->more & bit) || !is_within(t, e) || (set_back[t->of[e->from]] & bit))
            continue;
        if (is_held || !is_within(held, e)) {
            e->flags |= EDGE_OFF;
            is_cut = true;
        }
    }
    free(raised);
    free(set_back);
    return is_cut;
}

/* The way back from where the edge leads to where it began, inside the component. */
static void
find_round(struct world *w, const struct scc *t, uint32_t edge, struct breach *b)
{
    uint32_t from = w->edges[edge].from, start = w->edges[edge].to;
    uint32_t *by = arena_array(w->a, uint32_t, w->n_nodes), *queue = arena_array(w->a, uint32_t, w->n_nodes);
    size_t head = 0, tail = 0;
    memset(by, 0xff, w->n_nodes * sizeof *by);
    queue[tail++] = start;
    while (head < tail && start != from && by[from] == UINT32_MAX) {
        uint32_t v = queue[head++];
        for (uint32_t i = w->nodes[v].first_edge; i < edges_end(w, v); i++) {
            const struct edge *e = &w->edges[i];
            if (is_off(e) || !is_within(t, e) || by[e->to] != UINT32_MAX || e->to == start)
                continue;
            by[e->to] = i;
            queue[tail++] = e->to;
        }
    }
    size_t n = 1;
    for (uint32_t v = from; v != start && by[v] != UINT32_MAX; v = w->edges[by[v]].from)
        n++;
    b->round = arena_array(w->a, uint32_t, n);
    b->n_round = n;
    b->round[0] = edge;
    for (uint32_t v = from; v != start && by[v] != UINT32_MAX; v = w->edges[by[v]].from)
        b->round[--n] = by[v];
}

/* Of the main steps that can recur for ever the one that tells most: it sets a counter back, or it counts nothing at all. */
static uint32_t
worst_edge(const struct world *w, const struct scc *t)
{
    uint32_t worst = UINT32_MAX;
    int most = 0;
    for (uint32_t i = 0; i < w->n_edges; i++) {
        const struct edge *e = &w->edges[i];
        if (e->from == UINT32_MAX || is_off(e) || !(e->flags & EDGE_MAIN) || !is_within(t, e))
            continue;
        int tells = e->fewer ? 3 : e->more ? 1 : 2;
        if (tells > most) {
            most = tells;
            worst = i;
        }
    }
    return worst;
}

static void
scc_init(struct scc *t, struct arena *a, size_t n)
{
    uint32_t **all[] = {&t->index, &t->low, &t->of, &t->stack, &t->work_node, &t->work_edge};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = arena_array(a, uint32_t, n + 1);
}

static void
judge_no_pushing(struct world *w)
{
    struct scc t = {0}, held = {0};
    scc_init(&t, w->a, w->n_nodes);
    scc_init(&held, w->a, w->n_nodes);
    struct guards g = {arena_array(w->a, uint16_t, w->n_edges + 1), arena_array(w->a, uint16_t, w->n_edges + 1)};
    components(w, &t);
    for (bool is_cut = true; is_cut;) {
        is_cut = false;
        for (int c = 0; model_counters[c]; c++)
            if (cut_counted_steps(w, &t, &held, &g, c)) {
                is_cut = true;
                components(w, &t);
            }
    }
    uint32_t edge = worst_edge(w, &t);
    if (edge == UINT32_MAX)
        return;
    breach_note(w, PROOF_NO_PUSHING, w->edges[edge].from, NULL, STR("这几步可以无限次重复，主责换来换去，没有人作最后决定"));
    find_round(w, &t, edge, &w->breach[PROOF_NO_PUSHING]);
}

/* ---- ends ---- */

static bool
is_ended(struct world *w, uint32_t node)
{
    return !key_is_open(w, &w->nodes[node].key);
}

/* Marks the nodes from which certain steps of these kinds lead to an end: a node that has ended, or a step of kind `end`. */
static void
reach_back(struct world *w, uint8_t kinds, uint8_t end, bool *marks)
{
    bool is_changed = true;
    for (uint32_t i = 0; i < w->n_nodes; i++)
        marks[i] = !end && is_ended(w, i);
    while (is_changed) {
        is_changed = false;
        for (size_t i = w->n_edges; i-- > 0;) {
            const struct edge *e = &w->edges[i];
            bool leads = e->from != UINT32_MAX && !marks[e->from] && (marks[e->to] || (e->flags & end)) &&
                         (e->flags & EDGE_CERTAIN) && (!kinds || (e->flags & kinds));
            if (leads)
                marks[e->from] = is_changed = true;
        }
    }
}

static void
judge_ends(struct world *w)
{
    bool *marks = xcalloc(w->n_nodes + 1, sizeof *marks);
    reach_back(w, EDGE_TOP | EDGE_CLOCK, 0, marks);
    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (!marks[i])
            breach_note(w, PROOF_TOP_CAN_END, i, NULL, STR("到这一步，别人都不动的话，领导小组和时钟也不能让它如实办结"));
    reach_back(w, 0, EDGE_GOOD, marks);
    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (!marks[i] && !is_ended(w, i))
            breach_note(w, PROOF_STILL_SOLVABLE, i, NULL, STR("到这一步，谁也不能再让事情得到解决"));
    free(marks);
}

void
judge(struct world *w)
{
    judge_no_pushing(w);
    judge_ends(w);
}

/* ---- what never occurs ---- */

enum { NOTES_MAX = 200 };

static void
note_add(struct strs *notes, struct arena *a, struct str s)
{
    struct str *p = (struct str *)(uintptr_t)notes->p;
    if (!p)
        notes->p = p = arena_array(a, struct str, NOTES_MAX);
    if (notes->n < NOTES_MAX)
        p[notes->n++] = s;
}

static bool
is_handed_over(const struct ladder_row *row)
{
    for (size_t i = 0; i < row->needs.n; i++)
        if (str_is(row->needs.p[i], "handover"))
            return true;
    return false;
}

static bool
ladder_is_explored(const struct world *w, size_t row)
{
    for (int i = 0; i < w->n_items; i++)
        if (str_eq(w->s->items[w->items[i]].ladder, w->s->ladders[row].ladder))
            return true;
    return false;
}

static bool
chain_is_used(const struct world *w, struct str chain)
{
    for (int i = 0; i < w->n_places; i++)
        if (str_eq(place_chain(w->r, registry_place(w->r, w->places[i])), chain))
            return true;
    return false;
}

void
judge_not_empty(struct world *w, struct strs *notes, struct arena *a)
{
    for (size_t i = 0; i < w->s->n_ladders && i < 512; i++) {
        const struct ladder_row *row = &w->s->ladders[i];
        if (w->ladders_seen[i / 64] >> (i % 64) & 1 || !ladder_is_explored(w, i))
            continue;
        struct str what = words_of(a, "阶梯 %.*s 的“%s”永远走不到", (int)row->ladder.n, row->ladder.p, tier_label(row->tier));
        if (is_handed_over(row)) /* by design: the police's own procedure */
            note_add(notes, a, words_of(a, "%.*s（由公安机关另案办理）", (int)what.n, what.p));
        else
            breach_note(w, PROOF_NOT_EMPTY, UINT32_MAX, NULL, what);
    }
    for (size_t i = 0; i < w->s->n_hops && i < 256; i++) {
        const struct hop *hop = &w->s->hops[i];
        if (!(w->hops_seen[i / 64] >> (i % 64) & 1) && chain_is_used(w, hop->chain))
            breach_note(w, PROOF_NOT_EMPTY, UINT32_MAX, NULL,
                        words_of(a, "链条 %.*s 的“%s”永远走不到", (int)hop->chain.n, hop->chain.p, hop_label(hop->kind)));
    }
    for (size_t i = 0; i < w->s->n_whistles && i < 64; i++)
        if (!(w->levels_seen >> (i + 1) & 1))
            breach_note(w, PROOF_NOT_EMPTY, UINT32_MAX, NULL,
                        words_of(a, "“%.*s”永远吹不响", (int)w->s->whistles[i].name.n, w->s->whistles[i].name.p));
    static const int finals[] = {CASE_CLOSED, CASE_ARCHIVED, CASE_TRANSFERRED};
    for (size_t i = 0; i < sizeof finals / sizeof *finals; i++)
        if (!(w->states_seen & 1u << finals[i]))
            breach_note(w, PROOF_NOT_EMPTY, UINT32_MAX, NULL, words_of(a, "没有一件事能“%s”", case_state_label(finals[i])));
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        if (!(w->states_seen & 1u << i))
            note_add(notes, a, words_of(a, "状态“%s”不会出现", case_state_label(i)));
    for (size_t i = 0; i < w->n_commands && i < 256; i++)
        if (!(w->commands_seen[i / 64] >> (i % 64) & 1))
            note_add(notes, a, words_of(a, "“%s”永远用不到", w->commands[i].label));
}
