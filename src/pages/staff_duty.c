/* What a duty is about when it is about no case. */
#include "routine.h"
#include "slots.h"
#include "staff.h"

static void
vacancy_words(const struct visit *v, struct arena *a, const struct duty *d, struct duty_words *out)
{
    const struct registry *r = v->area->registry;
    struct str code = slot_code(a, d->arg);
    const struct slot *slot = slot_find(v->area->scheme, code);
    out->title = slot ? slot->name : code;
    out->place = d->level ? org_name(r, (int32_t)d->ref) : place_name(r, (int32_t)d->ref);
    out->url = "/desk/posts";
}

static void
certificate_words(const struct visit *v, struct arena *a, const struct duty *d, struct duty_words *out)
{
    const struct registry *r = v->area->registry;
    const struct person *who = registry_person(r, d->ref);
    struct str name = person_name(r, d->ref), org = org_name(r, d->level);
    struct buf until = {0};
    date_format(&until, (int32_t)d->arg);
    out->title = str_of(arena_printf(a, "%.*s的执法证", (int)name.n, name.p));
    out->place = str_of(arena_printf(a, "%.*s，有效到 %s", (int)org.n, org.p, buf_keep(a, &until).p));
    out->url = who ? arena_printf(a, "/desk/people/%.*s#cert", (int)who->username.n, who->username.p) : "/desk/posts";
}

/* 「每周巡查 · 部门巡查 0/1」, and where it is done. */
static void
routine_words(const struct visit *v, struct arena *a, const struct duty *d, struct duty_words *out)
{
    const struct scheme *s = v->area->scheme;
    int i = routine_by_ref(s, d->ref);
    struct buf of = {0};
    if (i < 0)
        return;
    const struct routine *r = &s->routines[i];
    const struct place *p = r->each == EACH_PLACE ? registry_place(v->area->registry, (int32_t)d->subject) : NULL;
    member_words(&of, v->area->registry, r, d->subject);
    out->title = d->need > 1 ? str_of(arena_printf(a, "%.*s（%d/%d）", (int)r->name.n, r->name.p, d->credited, d->need)) : r->name;
    out->place = buf_keep(a, &of);
    out->url = arena_printf(a, "/desk/visits/new?kind=%s%s%.*s", visit_kind_code(r->action), p ? "&place=" : "", p ? (int)p->code.n : 0,
                            p ? p->code.p : "");
}

void
duty_words_of(const struct visit *v, struct arena *a, const struct duty *d, struct duty_words *out)
{
    struct buf whom = {0};
    *out = (struct duty_words){.title = str_of(duty_label(d->kind)), .place = STR(""), .url = "/desk"};
    owner_words(&whom, v->area->registry, &d->owner);
    out->whom = buf_keep(a, &whom);
    if (d->kind == DUTY_FILL)
        vacancy_words(v, a, d, out);
    else if (d->kind == DUTY_RENEW)
        certificate_words(v, a, d, out);
    else if (d->kind == DUTY_ROUTINE)
        routine_words(v, a, d, out);
    else if (d->subject_kind == SUBJECT_VISIT)
        out->url = arena_printf(a, "/desk/visits/%lld", (long long)d->subject);
}
