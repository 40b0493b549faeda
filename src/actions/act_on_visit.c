/* What is done to a visit that is planned or going on: come, confirm, answer the checklists, count, finish (core/visit_decide.c). */
#include "presence.h"
#include "run_visit.h"

static bool
read_ask(struct act_on_visit *x, struct db *db, const struct loaded_visit *v, struct visit_ask *ask, struct err *err)
{
    struct action *a = &x->base;
    struct str no = str_trim(params_get(x->fields, "case"));
    *ask = (struct visit_ask){.fields = x->fields, .occurred_at = x->recorded_at};
    if (!presence_moment(x->fields, &ask->occurred_at, err))
        return false;
    if (no.n && !(ask->case_id = case_named(db, a->who->area->id, no, err)))
        return err_field(err, "case", "没有编号为 %.*s 的事项。", (int)no.n, no.p);
    struct proof proof = {0};
    const struct place *at = registry_place(a->who->area->registry, v->v.place);
    if (str_is(x->command, "check_in") && at && !presence_shown(a, at, x->fields, ask->occurred_at, &proof, err))
        return false;
    ask->grade = proof.grade;
    if (!take_shots(a, db, x->fields, &x->shots, err) || (str_is(x->command, "look") && !surveys_take(a, db, &v->v, x->fields, &x->surveys, err)))
        return false;
    ask->shots = x->shots.p;
    ask->n_shots = x->shots.n;
    ask->n_looked = x->surveys.n;
    return true;
}

/* Refused because the visit went on while the phone had no network: then the record is kept (architecture 6). */
static bool
keep_late(struct act_on_visit *x, struct db *db, const struct visit_command *cmd, const struct visit_situation *s, struct err *err)
{
    struct action *a = &x->base;
    if (!x->recorded_at || err->kind != ERR_CONFLICT)
        return false;
    *err = (struct err){0};
    if (!take_shots(a, db, x->fields, &x->shots, err))
        return false;
    struct visit_ask ask = {.fields = presence_stripped(a->arena, x->fields), .occurred_at = x->recorded_at, .shots = x->shots.p, .n_shots = x->shots.n};
    x->is_late = true;
    return visit_keep_late(cmd, s, &ask, &x->fx, err);
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct act_on_visit *x = (struct act_on_visit *)a;
    const struct visit_command *cmd = visit_command_find(x->command);
    struct loaded_visit *v = arena_new_of(a->arena, struct loaded_visit);
    struct visit_ask ask;
    if (!cmd)
        return err_set(err, ERR_NOT_FOUND, "没有“%.*s”这个操作。", (int)x->command.n, x->command.p);
    if (!visit_load(db, app_keys(a->app), a->arena, a->who->area->id, x->id, v, err))
        return false;
    struct visit_situation s = visit_situation_of(a, v);
    if (!visit_visible(&s) && cmd->who != BY_UNIT)
        return err_set(err, ERR_NOT_FOUND, "没有这条记录。");
    x->fx = (struct visit_effects){.arena = a->arena};
    x->found = (struct found_cases){0};
    x->surveys = (struct survey_changes){0};
    x->is_late = false;
    if (!visit_allowed(cmd, &s, err))
        return keep_late(x, db, cmd, &s, err);
    if (!read_ask(x, db, v, &ask, err))
        return false;
    if (!visit_decide(cmd, &s, &ask, &x->fx, err))
        return keep_late(x, db, cmd, &s, err);
    return open_found(a, db, &s.actor, &x->fx, x->fields, &x->found, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct act_on_visit *x = (struct act_on_visit *)a;
    const struct area *area = a->who->area;
    struct visit_save save = {.store = app_store(a->app), .keys = app_keys(a->app), .scheme = area->scheme, .registry = area->registry,
                              .fx = &x->fx, .occurred_at = x->recorded_at, .files = x->shots.files, .n_files = x->shots.n};
    bool ok = save_found(a, db, &x->fx, &x->found, err) && visit_save(db, &save, err) && surveys_put(a, db, &x->surveys, save.id, err);
    a->result = x->is_late ? -save.id : save.id; /* kept with the key */
    x->n_credited = save.n_credited;
    x->credits = save.credits;
    return ok;
}

static void
answer(struct action *a)
{
    struct act_on_visit *x = (struct act_on_visit *)a;
    if (a->is_repeat)
        x->is_late = a->result < 0;
}

void
act_on_visit(struct act_on_visit *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    x->base.answer = answer;
    action_run(&x->base, db);
}

bool
act_on_visit_wait(struct act_on_visit *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    x->base.answer = answer;
    return action_wait(&x->base, err);
}
