#include "prove_parts.h"

#include <stdlib.h>

static const struct {
    const char *code, *title, *meaning;
} properties[PROOF_COUNT] = {
    [PROOF_OWNED] = {"owned", "有人管", "没有结束的事项，每时每刻都有一项主责，责任人在岗，有时限；结束以后没有人再欠着办理责任"},
    [PROOF_UPWARD] = {"upward", "超期上报", "每一项责任超期，都一级一级往上报，不重复，最后报到领导小组"},
    [PROOF_NO_PUSHING] = {"no_pushing", "不推诿", "退单、退回、延期、挂起、移送、改归类、复办都有次数，谁也不能让事项无限转圈"},
    [PROOF_TOP_CAN_END] = {"top_can_end", "能了结", "不论别人怎么做，领导小组和时钟总能让事项如实办结"},
    [PROOF_STILL_SOLVABLE] = {"still_solvable", "能解决", "事项没有结束，就还有办法得到解决"},
    [PROOF_LAWFUL] = {"lawful", "合法", "不立案、不告知、不听申辩、少于两人不处罚；服务事项不执法；办理人不回访自己"},
    [PROOF_NOT_EMPTY] = {"not_empty", "不落空", "方案写的每一级阶梯、每一环节、每一种结果都能走到"},
    [PROOF_STAFFED] = {"staffed", "有人手", "方案指到的每一个岗位都有人"},
    [PROOF_FEASIBLE] = {"feasible", "做得到", "每一项常态化任务都有人负责，在岗的人按每天能走的次数做得完（必要条件，不是充分条件）"},
};

const char *
proof_code(int id)
{
    return properties[id].code;
}

const char *
proof_title(int id)
{
    return properties[id].title;
}

const char *
proof_meaning(int id)
{
    return properties[id].meaning;
}

static struct proof *
conclude(struct world *w, struct arena *a)
{
    struct proof *p = arena_new_of(a, struct proof);
    p->is_complete = !w->is_full;
    p->states = w->n_nodes;
    p->steps = w->steps;
    p->ok = p->is_complete;
    if (p->is_complete) {
        judge(w);
        judge_not_empty(w, &p->notes, a);
    } else
        p->why_incomplete = str_of(w->why_full);
    for (int i = 0; i < PROOF_COUNT; i++) {
        p->property[i].ok = !w->breach[i].is_set;
        p->ok &= p->property[i].ok;
        if (w->breach[i].is_set)
            p->property[i].story = story_tell(w, &w->breach[i], a);
    }
    return p;
}

struct proof *
scheme_prove(struct arena *a, const struct scheme *s, const struct registry *r, const struct prove_options *o)
{
    struct prove_options by_default = {0};
    o = o ? o : &by_default;
    struct arena *scratch = arena_new(), *step = arena_new();
    struct world *w = arena_new_of(scratch, struct world);
    *w = (struct world){.a = scratch, .step = step, .s = s, .r = r, .commands = o->commands ? o->commands : commands,
                        .n_commands = o->commands ? o->n_commands : n_commands,
                        .only_items = o->only_items, .max_states = o->max_states ? o->max_states : PROVE_STATES_MAX,
                        .day = o->day ? o->day : day_number(2026, 4, 21)};
    w->fx = arena_new_of(scratch, struct effects);
    w->fx->is_mute = true;
    w->n_slots = 1;
    while (w->n_slots < w->max_states * 2)
        w->n_slots *= 2;
    w->slots = xcalloc(w->n_slots, sizeof *w->slots);
    model_init(w);
    inputs_classes(w);
    explore(w);
    judge_staff(w);
    judge_routines(w);
    struct proof *p = conclude(w, a);
    free(w->slots);
    free(w->nodes);
    free(w->edges);
    arena_free(step);
    arena_free(scratch);
    return p;
}

struct str
proof_first(const struct proof *p)
{
    for (int i = 0; i < PROOF_COUNT; i++)
        if (!p->property[i].ok)
            return p->property[i].story;
    return p->is_complete ? STR("") : p->why_incomplete;
}
