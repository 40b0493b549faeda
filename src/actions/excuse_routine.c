/* A miss is a fact; who may say so excuses it, with a reason that stays beside it (mechanisms.md 6). Never by who owed it. */
#include "actions.h"
#include "limits.h"
#include "views.h"

static bool
find(struct excuse_routine *x, struct db *db, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_DUTY_BY_ID, &r, err, V_INT(x->base.who->area->id), V_INT(x->duty)))
        return false;
    bool is_there = rows_next(&r, err);
    if (is_there)
        duty_of_row(&r, &x->u);
    rows_end(&r);
    return (is_there && x->u.subject_kind == SUBJECT_ROUTINE) || err_set(err, ERR_NOT_FOUND, "没有这项任务。");
}

/* An operation that had nothing to be for is not missed; while a hard matter is open, it is. */
static bool
has_no_matter(struct excuse_routine *x, struct db *db, struct err *err)
{
    struct action *a = &x->base;
    struct case_rows hard;
    if (!cases_hard(db, a->arena, a->who->area->id, 1, &hard, err))
        return false;
    return !hard.n || err_set(err, ERR_CONFLICT, "还有没办结的疑难事项，不能签“无疑难事项”。请安排一次联合执法。");
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct excuse_routine *x = (struct excuse_routine *)a;
    const struct registry *r = a->who->area->registry;
    int32_t today = day_of(app_now(a->app));
    if (!find(x, db, err))
        return false;
    bool is_above = owner_is(r, &x->u.escalated, a->who->person, today) || caller_has(a->who, ROLE_BIT(ROLE_COORDINATOR));
    if (!is_above || owner_is(r, &x->u.owner, a->who->person, today))
        return err_set(err, ERR_FORBIDDEN, "核免要由上一级来定，本人和本单位不能自己核免。");
    if (utf8_count(str_trim(x->words)) < 4)
        return err_field(err, "words", "请写明为什么可以核免。");
    if (x->u.end == END_EXCUSED || x->u.end == END_DONE || x->u.end == END_DONE_LATE || x->u.end == END_VOID)
        return err_set(err, ERR_CONFLICT, "这项任务已经是“%s”。", duty_end_label(x->u.end));
    return !x->for_no_matter || has_no_matter(x, db, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct excuse_routine *x = (struct excuse_routine *)a;
    const struct area *area = a->who->area;
    int i = routine_by_ref(area->scheme, x->u.ref);
    struct routine_batch b = {.store = app_store(a->app), .keys = app_keys(a->app), .area = area->id, .at = app_now(a->app),
                              .routine = i >= 0 ? area->scheme->routines[i].code : STR(""), .scheme = area->scheme->version,
                              .duties = &x->u, .n = 1};
    return routine_excuse_save(db, &b, caller_actor(a->who), str_trim(x->words), err);
}

void
excuse_routine(struct excuse_routine *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}
