/* A counter-story: the shortest way to the broken promise, told in the sentences that the record itself would carry. */
#include "prove_parts.h"

static void
tell_who(struct world *w, struct buf *b, const struct call *c)
{
    const struct actor *a = &w->fx->actor;
    if (c->cmd == CALL_MISS) {
        buf_z(b, "时钟");
        return;
    }
    if (a->is_reporter || (!a->person && a->role == ROLE_RESIDENT)) {
        buf_z(b, "反映人");
        return;
    }
    struct owner o = {.org = a->org, .role = a->role};
    owner_words(b, w->r, &o);
}

static void
tell_step(struct world *w, struct buf *b, int number, uint32_t from, const struct call *c)
{
    arena_reset(w->step);
    const struct key *k = from == UINT32_MAX ? NULL : &w->nodes[from].key;
    buf_printf(b, "%d. ", number);
    if (!call_run(w, k, *c, c->variant, 0)) {
        buf_printf(b, "%s\n", c->cmd >= 0 ? w->commands[c->cmd].label : "？");
        return;
    }
    tell_who(w, b, c);
    buf_z(b, "：");
    buf_str(b, w->fx->event.text.n ? w->fx->event.text : str_of(c->cmd >= 0 ? w->commands[c->cmd].label : ""));
    int was = (int)w->fx->before.state, is = (int)w->fx->after.state;
    if (was != is || c->cmd == CALL_OPEN)
        buf_printf(b, "（%s）", case_state_label(is));
    buf_char(b, '\n');
}

struct str
story_tell(struct world *w, const struct breach *b, struct arena *a)
{
    enum { STEPS_MAX = 200 };
    uint32_t way[STEPS_MAX];
    int n = 0, number = 1;
    struct buf out = {0};
    w->fx->is_mute = false;
    if (b->node != UINT32_MAX)
        for (uint32_t v = b->node; n < STEPS_MAX && w->nodes[v].by != UINT32_MAX;) {
            way[n++] = w->nodes[v].by;
            v = w->edges[w->nodes[v].by].from;
            if (v == UINT32_MAX)
                break;
        }
    while (n-- > 0)
        tell_step(w, &out, number++, w->edges[way[n]].from, &w->edges[way[n]].call);
    if (b->has_call)
        tell_step(w, &out, number++, b->node, &b->call);
    if (b->n_round)
        buf_z(&out, "然后一直这样：\n");
    for (size_t i = 0; i < b->n_round; i++)
        tell_step(w, &out, number++, w->edges[b->round[i]].from, &w->edges[b->round[i]].call);
    buf_str(&out, b->what);
    buf_z(&out, "。");
    struct str s = str_dup(a, buf_view(&out));
    buf_release(&out);
    return s;
}
