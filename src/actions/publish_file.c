/* A photo is shown to the reporter only after somebody of the handling side has looked at it and cleared it: no faces, plates
 * or door numbers of others (个人信息保护法 25). The clearing is an event of the case. */
#include "actions.h"
#include "views.h"

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct publish_file *p = (struct publish_file *)a;
    int64_t area = a->who->area->id;
    struct file_row f;
    if (!file_find(db, a->arena, area, p->file_id, &f, err))
        return false;
    if (!f.case_id || f.kind < 1 || f.kind > 3)
        return err_set(err, ERR_CONFLICT, "只有已归入事项的照片可以公开给反映人。");
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    if (!case_load(db, app_keys(a->app), a->arena, area, f.case_id, c, err))
        return false;
    struct situation s = {.scheme = area_scheme(a->who->area, c->c.scheme), .registry = a->who->area->registry, .c = &c->c,
                          .duties = c->duties, .n_duties = c->n_duties, .actor = caller_actor(a->who), .now = app_now(a->app)};
    bool is_official = false; /* the firm sees the case, but clearing is an official's decision */
    for (size_t i = 0; i < a->who->n_postings; i++)
        is_official |= a->who->postings[i]->role != ROLE_PROPERTY && a->who->postings[i]->role != ROLE_VOLUNTEER;
    if (!is_official || !case_visible(&s))
        return err_set(err, ERR_FORBIDDEN, "这件事项不在您的职责里。");
    struct effects *fx = arena_new_of(a->arena, struct effects);
    *fx = (struct effects){.arena = a->arena, .actor = s.actor, .at = s.now, .before = c->c, .after = c->c};
    fx->event = (struct event){.type = p->is_public ? "photo_cleared" : "photo_hidden", .occurred_at = s.now,
                               .text = p->is_public ? STR("一张照片经查看，公开给反映人") : STR("一张照片不再公开给反映人")};
    params_add(a->arena, &fx->event.fields, STR("file"), str_of(arena_printf(a->arena, "%lld", (long long)p->file_id)));
    a->save.fx = fx;
    p->case_id = f.case_id;
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct publish_file *p = (struct publish_file *)a;
    return effects_save(db, &a->save, err) &&
           db_exec(db, SQL_FILE_PUBLISH, err, V_INT(p->is_public), V_INT(a->who->area->id), V_INT(p->file_id));
}

void
publish_file(struct publish_file *p, struct db *db)
{
    p->base.prepare = prepare;
    p->base.apply = apply;
    action_run(&p->base, db);
}

bool
publish_file_wait(struct publish_file *p, struct err *err)
{
    p->base.prepare = prepare;
    p->base.apply = apply;
    return action_wait(&p->base, err);
}
