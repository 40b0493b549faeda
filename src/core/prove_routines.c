/* 做得到: can what comes back be done by those who are there? A bound by counting, over the registry of one day.
 *
 * Necessary, not sufficient: people are on leave together, ways are long, and somebody who answers for two units counts in both.
 * What breaks it cannot be done whatever anybody tries.
 */
#include "prove_parts.h"
#include "routine.h"

/* Working days that a period has at most where nothing is holiday; loads are counted in visits a year of them. */
enum { WEEK_DAYS = 5, MONTH_DAYS = 23, QUARTER_DAYS = 66, YEAR_DAYS = 250, LOOK_AHEAD = 400 };

struct load { /* what one owner must do */
    struct owner owner;
    double a_day; /* visits in a working day */
    const struct routine *most; /* asks most of it */
    double most_a_day;
};
struct loads {
    struct world *w;
    const struct routine *r;
    struct load *p;
    size_t n, cap;
    size_t n_members;
};

static void
cannot(struct world *w, struct str what)
{
    breach_note(w, PROOF_FEASIBLE, UINT32_MAX, NULL, what);
}

static int
days_of(const struct routine *r)
{
    switch (r->period) {
    case PERIOD_DAY:
    case PERIOD_WEEKDAY:
        return 1;
    case PERIOD_WEEK:
        return WEEK_DAYS;
    case PERIOD_MONTH:
        return MONTH_DAYS;
    case PERIOD_QUARTER:
        return QUARTER_DAYS;
    default:
        return YEAR_DAYS;
    }
}

static bool
is_same_owner(const struct owner *a, const struct owner *b)
{
    return a->org == b->org && a->role == b->role && a->place == b->place && a->person == b->person;
}

static struct load *
load_of(struct loads *all, const struct owner *o)
{
    for (size_t i = all->n; i-- > 0;) /* members of one owner stand together */
        if (is_same_owner(&all->p[i].owner, o))
            return &all->p[i];
    if (all->n == all->cap) {
        size_t cap = all->cap ? all->cap * 2 : 128;
        struct load *more = arena_array(all->w->a, struct load, cap);
        if (all->n)
            memcpy(more, all->p, all->n * sizeof *more);
        all->p = more;
        all->cap = cap;
    }
    all->p[all->n] = (struct load){.owner = *o};
    return &all->p[all->n++];
}

static bool
is_staffed(struct world *w, const struct routine *r, const struct owner *o)
{
    bool is_fallback = o->role == ROLE_COORDINATOR && !o->org && r->role != ROLE_COORDINATOR && !str_is(r->owner, "@coordinator");
    return !is_fallback && owner_is_staffed(w, o);
}

static bool
take_member(void *ctx, const struct routine_member *m)
{
    struct loads *all = ctx;
    const struct routine *r = all->r;
    double a_day = (double)r->minimum / days_of(r);
    all->n_members++;
    if (!is_staffed(all->w, r, &m->owner)) {
        struct buf name = {0};
        member_words(&name, all->w->r, r, m->id);
        cannot(all->w, words_of(all->w->a, "常态化任务“%.*s”：%.*s没有在岗的责任人（%.*s）", (int)r->name.n, r->name.p, (int)name.n, name.p,
                                (int)r->owner.n, r->owner.p));
        buf_release(&name);
        return false; /* one is enough to tell */
    }
    struct load *l = load_of(all, &m->owner);
    l->a_day += a_day;
    if (!l->most || a_day > l->most_a_day) {
        l->most = r;
        l->most_a_day = a_day;
    }
    return true;
}

static bool
is_filler(const struct world *w, const struct posting *p, const struct owner *o)
{
    const struct person *who = registry_person(w->r, p->person);
    return who && !who->is_disabled && posting_in_force(p, w->day) && (!o->person || p->person == o->person) && (!o->org || p->org == o->org) &&
           (!o->place || p->place == o->place) && (o->role == ROLE_NONE || p->role == o->role);
}

/* Postings are ordered by person. */
static int
people_of(const struct world *w, const struct owner *o)
{
    int64_t last = 0;
    int n = 0;
    if (o->person)
        return 1;
    for (size_t i = 0; i < w->r->n_postings; i++)
        if (w->r->postings[i].person != last && is_filler(w, &w->r->postings[i], o)) {
            last = w->r->postings[i].person;
            n++;
        }
    return n;
}

static void
judge_load(struct world *w, const struct load *l)
{
    int people = people_of(w, &l->owner), most = people * w->s->visits_per_day;
    struct buf who = {0};
    if (l->a_day <= most)
        return;
    owner_words(&who, w->r, &l->owner);
    cannot(w, words_of(w->a, "%.*s每个工作日平均要做 %.1f 次（多在“%.*s”），在岗 %d 人，每人每天最多 %d 次，只能做 %d 次", (int)who.n, who.p, l->a_day,
                       (int)l->most->name.n, l->most->name.p, people, w->s->visits_per_day, most));
    buf_release(&who);
}

/* A weekday on which nobody works, with holidays left out: the term never comes. */
static bool
has_term(const struct world *w, const struct routine *r)
{
    struct term t;
    for (int32_t d = w->day; d < w->day + LOOK_AHEAD; d++)
        if (routine_term_begins(&w->s->calendar, r, d, &t))
            return true;
    return false;
}

void
judge_routines(struct world *w)
{
    struct loads all = {.w = w};
    for (size_t i = 0; i < w->s->n_routines; i++) {
        const struct routine *r = all.r = &w->s->routines[i];
        int code = (int)r->name.n;
        all.n_members = 0;
        routine_members(w->s, w->r, r, w->day, take_member, &all);
        if (!all.n_members)
            cannot(w, words_of(w->a, "常态化任务“%.*s”：没有一个对象，谁也不用做", code, r->name.p));
        if (!has_term(w, r))
            cannot(w, words_of(w->a, "常态化任务“%.*s”：%s按放假规定一期也排不到", code, r->name.p, routine_period_label(r)));
        if (r->spacing > 1 && r->period != PERIOD_DAY && (r->minimum - 1) * r->spacing >= days_of(r) * 7 / WEEK_DAYS + 1)
            cannot(w, words_of(w->a, "常态化任务“%.*s”：%s %d 次，两次之间隔 %d 天，一期里排不下", code, r->name.p, routine_period_label(r), r->minimum,
                               r->spacing));
    }
    for (size_t i = 0; i < all.n; i++)
        judge_load(w, &all.p[i]);
}
