/* Whether a scheme may be proposed or published: every cell, then the proof, which takes seconds and is bound to what it read. */
#include "actions.h"
#include "prove.h"
#include "scheme_store.h"

void
scheme_check_begin(struct scheme_check *c, const struct action *a, struct tables rules, const struct scheme_errors *faults,
                   int32_t day)
{
    c->faults = *faults;
    c->tables = scheme_with_orgs(a->arena, rules, a->who->area->registry);
    c->day = day;
    if (!c->is_proved) /* decided again after a conflict: the proof is still of what was read first */
        c->data_version = store_data_version(app_store(a->app));
}

static bool
has_no_faults(const struct scheme_errors *errors, struct err *err)
{
    if (!errors->n)
        return true;
    const struct scheme_error *e = &errors->p[0];
    return err_set(err, ERR_FIELDS, "草案还有 %zu 处错误，改好才能发布。第一处：%.*s 表 %.*s，%.*s。", errors->n, (int)e->table.n,
                   e->table.p, (int)e->cell.n, e->cell.p, (int)e->message.n, e->message.p);
}

static bool
refuse(struct scheme_check *c, struct arena *kept, const struct proof *p, struct err *err)
{
    if (!p->is_complete)
        return err_set(err, ERR_CONFLICT, "草案没有通过证明，不能发布。%.*s", (int)p->why_incomplete.n, p->why_incomplete.p);
    int id = 0;
    while (p->property[id].ok)
        id++;
    c->property = str_of(proof_code(id));
    c->story = str_dup(kept, p->property[id].story);
    return err_set(err, ERR_CONFLICT, "草案没有通过证明，不能发布。不成立的是“%s”：%s", proof_title(id), proof_meaning(id));
}

static bool
proves(struct arena *a, struct scheme_check *c, struct arena *kept, const struct registry *r, struct err *err)
{
    struct scheme_errors errors = {0};
    const struct scheme *s = scheme_read(a, c->tables, &errors);
    if (!has_no_faults(&c->faults, err) || !has_no_faults(&errors, err))
        return false;
    const struct proof *proof = scheme_prove(a, s, r, &(struct prove_options){.day = c->day});
    if (!proof->ok)
        return refuse(c, kept, proof, err);
    scheme_tables_digest(c->tables, c->digest);
    c->is_proved = true;
    return true;
}

bool
scheme_check_prove(struct scheme_check *c, const struct action *of, struct err *err)
{
    struct arena *a = arena_new(); /* of its own: a request's lives on for the answer, the states of a proof need not */
    bool ok = proves(a, c, of->arena, of->who->area->registry, err);
    arena_free(a);
    return ok;
}

bool
scheme_check_holds(const struct scheme_check *c, const struct action *a, struct tables rules, struct err *err)
{
    uint8_t now[HASH_BYTES];
    const struct area *area = app_area(a->app, a->who->area->id);
    scheme_tables_digest(scheme_with_orgs(a->arena, rules, a->who->area->registry), now);
    if (!c->is_proved || memcmp(now, c->digest, sizeof now) != 0)
        return err_set(err, ERR_PRECONDITION, "证明期间草案又改了，证明的已不是现在的内容，这次没有保存。请看过最新的内容再试。");
    if (c->data_version != store_data_version(app_store(a->app)) || area->registry != a->who->area->registry)
        return err_set(err, ERR_PRECONDITION, "证明期间单位、人员或方案有变动，要按变动后的情况重新证明，这次没有保存。请再试一次。");
    return true;
}
