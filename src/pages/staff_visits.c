/* The lists of visits: planned ones in the order of their days, done ones the newest first. */
#include "staff_visits.h"

#include "staff_visits.html.h"

enum { PAGE_ROWS = 30, DAY_PLANS_MAX = 100, PLANS_BACK = 60, PLANS_AHEAD = 60, BATCH = 100, BATCHES_MAX = 8, LATE_MS = 30 * 60 * 1000 };

/* ---- Words ---- */

struct visit_situation
visit_situation_for(const struct visit *v, const struct loaded_visit *x)
{
    return (struct visit_situation){.scheme = v->area->scheme, .registry = v->area->registry, .v = &x->v, .duties = x->duties,
                                    .n_duties = x->n_duties, .actor = caller_actor(&v->who), .now = v->now};
}

bool
visit_may_new(const struct visit *v)
{
    for (int k = 0; k < VISIT_KIND_COUNT; k++)
        if (caller_has(&v->who, visit_kind_roles(k)))
            return true;
    return false;
}

static struct str
places_words(const struct visit *v, struct arena *a, const struct field_visit *x)
{
    struct str first = x->place ? place_name(v->area->registry, x->place) : STR("");
    return x->n_places > 1 ? str_of(arena_printf(a, "%.*s等 %zu 处", (int)first.n, first.p, x->n_places)) : first;
}

const char *
visit_title(const struct visit *v, struct arena *a, const struct field_visit *x)
{
    struct str name = x->title.n ? x->title : str_of(visit_kind_label(x->kind)), place = places_words(v, a, x);
    return place.n ? arena_printf(a, "%.*s · %.*s", (int)name.n, name.p, (int)place.n, place.p) : str_z(a, name);
}

static const char *
who_words(const struct visit *v, struct arena *a, const struct field_visit *x)
{
    const struct registry *r = v->area->registry;
    struct str org = x->org ? org_short(r, x->org) : person_name(r, x->by);
    int32_t seen[VISIT_MEMBERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < x->n_members; i++) {
        bool is_known = x->members[i].org == x->org || !x->members[i].org || x->members[i].state == MEMBER_DECLINED;
        for (size_t k = 0; k < n && !is_known; k++)
            is_known = seen[k] == x->members[i].org;
        if (!is_known && n < VISIT_MEMBERS_MAX)
            seen[n++] = x->members[i].org;
    }
    return n ? arena_printf(a, "%.*s，另有 %zu 个单位", (int)org.n, org.p, n) : str_z(a, org);
}

void
visit_line_of(const struct visit *v, struct arena *a, const struct field_visit *x, struct visit_line *out)
{
    static const char *const classes[] = {[VISIT_PLANNED] = "b", [VISIT_GOING] = "t", [VISIT_DONE] = "g", [VISIT_CANCELLED] = "n"};
    *out = (struct visit_line){.id = x->id, .kind = visit_kind_label(x->kind), .when = at_words(a, visit_at(x), v->now),
                               .state = visit_state_label(x->state), .state_class = classes[x->state], .who = who_words(v, a, x),
                               .title = x->title, .place = places_words(v, a, x),
                               .is_late = x->state == VISIT_PLANNED && x->from + LATE_MS < v->now, .n_cases = (int)x->n_cases};
    for (size_t i = 0; i < x->n_cases; i++)
        out->n_found += x->cases[i].is_found;
}

/* ---- The question ---- */

struct asked {
    struct visit_filter f; /* what storage narrows down */
    int32_t org, within;   /* the rest is looked at here */
    int64_t person;
};

static int32_t
day_arg(const struct request *req, const char *name)
{
    int32_t day;
    return date_parse(params_get(&req->args, name), &day) ? day : 0;
}

static void
read_question(struct request *req, struct visits_view *view, struct asked *q)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    const struct place *p = registry_place_code(r, view->place);
    const struct org *o = registry_org_code(r, view->org);
    const struct person *who = registry_username(r, view->person);
    for (size_t i = 0; !who && view->person.n && i < r->n_people; i++)
        if (str_eq(r->people[i].name, view->person))
            who = &r->people[i];
    if (view->person.n && !who)
        view->person_error = "没有这个人。请写姓名全名或用户名。";
    int32_t from = day_arg(req, "from"), to = day_arg(req, "to");
    int state = visit_state_find(view->state);
    *q = (struct asked){.f = {.kind = visit_kind_find(view->kind), .state = state > 0 ? state : 0, .from = from ? day_start(from) : 0,
                              .to = to ? day_start(to + 1) : 0},
                        .org = o ? o->id : 0, .within = p ? p->id : 0, .person = who ? who->id : 0};
    if (q->person)
        q->f.person = q->person;
    else if (p && p->kind >= PLACE_COMPOUND)
        q->f.place = p->id;
    else if (q->org)
        q->f.org = q->org;
}

static bool
has_org(const struct field_visit *x, int32_t org)
{
    for (size_t i = 0; i < x->n_members; i++)
        if (x->members[i].org == org)
            return true;
    return x->org == org;
}

static bool
is_within(const struct registry *r, const struct field_visit *x, int32_t place)
{
    for (size_t i = 0; i < x->n_places; i++)
        if (place_within(r, x->places[i], place))
            return true;
    return false;
}

static bool
matches(const struct visit *v, const struct asked *q, const struct field_visit *x)
{
    const struct loaded_visit loaded = {.v = *x};
    struct visit_situation s = visit_situation_for(v, &loaded);
    return (!q->org || has_org(x, q->org)) && (!q->within || is_within(v->area->registry, x, q->within)) && visit_visible(&s);
}

/* Walks on, a batch at a time, until a page is full; what the person may not see is passed over. */
static bool
collect(struct request *req, const struct asked *q, size_t max, const struct field_visit **out, size_t *n, bool *has_more, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct visit_filter f = q->f;
    *has_more = true;
    for (int b = 0; b < BATCHES_MAX && *has_more; b++) {
        struct visits list;
        if (!visits_list(v->db, app_keys(v->app), req->arena, v->area->id, &f, BATCH, &list, err))
            return false;
        for (size_t i = 0; i < list.n; i++) {
            if (*n == max)
                return true;
            if (matches(v, q, list.p[i]))
                out[(*n)++] = list.p[i];
            f.after_at = visit_at(list.p[i]);
            f.after_id = list.p[i]->id;
        }
        *has_more = list.has_more;
    }
    return true;
}

static int
soonest_first(const void *x, const void *y)
{
    const struct field_visit *a = *(const struct field_visit *const *)x, *b = *(const struct field_visit *const *)y;
    instant m = visit_at(a), n = visit_at(b);
    return m != n ? (m < n ? -1 : 1) : a->id < b->id ? -1 : a->id > b->id;
}

/* What is planned and what is going on between two moments, added to what is there. */
static bool
collect_between(struct request *req, const struct asked *q, instant from, instant to, const struct field_visit **out, size_t *n, bool *is_cut,
                struct err *err)
{
    static const int states[] = {VISIT_GOING, VISIT_PLANNED};
    struct asked some = *q;
    some.f.from = from;
    some.f.to = to;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        bool more = false;
        some.f.state = states[i];
        if (!collect(req, &some, *n + DAY_PLANS_MAX, out, n, &more, err))
            return false;
        *is_cut |= more;
    }
    return true;
}

/* In the order of their days, whole days until a page is full; what should have begun long ago comes first. *next: the day to go on
 * with, 0 = no more. */
static bool
collect_plans(struct request *req, struct asked *q, const struct field_visit **out, size_t *n, bool *is_cut, int32_t *next, struct err *err)
{
    int32_t today = day_of(visit_of(req)->now), day = q->f.from ? day_of(q->f.from) : today - PLANS_BACK;
    int32_t last = q->f.to ? day_of(q->f.to - 1) : (day > today ? day : today) + PLANS_AHEAD;
    while (day <= last && *n < PAGE_ROWS) {
        int32_t end = day < today && last >= today ? today : day + 1;
        if (!collect_between(req, q, day_start(day), day_start(end), out, n, is_cut, err))
            return false;
        day = end;
    }
    qsort(out, *n, sizeof *out, soonest_first);
    if (q->f.to && day > last)
        return true;
    struct asked later = *q;
    const struct field_visit *one;
    size_t n_later = 0;
    bool more;
    later.f.from = day_start(day);
    later.f.state = VISIT_PLANNED;
    if (!collect(req, &later, 1, &one, &n_later, &more, err))
        return false;
    *next = n_later ? day : 0;
    return true;
}

/* ---- The page ---- */

static struct options
kind_options(struct arena *a)
{
    struct option *list = arena_array(a, struct option, VISIT_KIND_COUNT);
    for (int k = 0; k < VISIT_KIND_COUNT; k++)
        list[k] = (struct option){.code = str_of(visit_kind_code(k)), .label = str_of(visit_kind_label(k)), .group = STR("")};
    return (struct options){list, VISIT_KIND_COUNT};
}

static void
read_page_key(const struct request *req, struct visit_filter *f)
{
    struct str rest = params_get(&req->args, "after"), first;
    int64_t at, id;
    if (str_cut(&rest, '.', &first) && rest.p && str_int(first, &at) && str_int(rest, &id)) {
        f->after_at = at;
        f->after_id = id;
    }
}

static bool
fill_lines(struct request *req, struct visits_view *view, struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct field_visit **found = arena_array(req->arena, const struct field_visit *, PAGE_ROWS + DAY_PLANS_MAX * 2 + 1);
    size_t n = 0;
    bool has_more = false;
    int32_t next_day = 0;
    read_page_key(req, &q->f);
    bool ok = view->is_plan && !q->f.state ? collect_plans(req, q, found, &n, &has_more, &next_day, err)
                                           : collect(req, q, PAGE_ROWS + 1, found, &n, &has_more, err);
    if (!ok)
        return false;
    bool is_paged = !view->is_plan || view->state.n;
    view->is_cut = !is_paged && has_more;
    if (next_day) {
        struct buf day = {0};
        date_format(&day, next_day);
        view->next = query_with(req, "/desk/visits", "from", buf_keep(req->arena, &day).p);
    }
    if (is_paged && n > PAGE_ROWS) {
        n = PAGE_ROWS;
        view->next = query_with(req, "/desk/visits", "after",
                                arena_printf(req->arena, "%lld.%lld", (long long)visit_at(found[n - 1]), (long long)found[n - 1]->id));
    }
    if (params_has(&req->args, "after"))
        view->first = query_with(req, "/desk/visits", "", NULL);
    struct visit_line *lines = arena_array(req->arena, struct visit_line, n + 1);
    for (size_t i = 0; i < n; i++)
        visit_line_of(v, req->arena, found[i], &lines[i]);
    view->lines = (struct visit_lines){lines, n};
    return true;
}

void
desk_visits(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct params *in = &req->args;
    struct visits_view *view = arena_new_of(req->arena, struct visits_view);
    struct asked q;
    struct err err = {0};
    *view = (struct visits_view){.kind = params_get(in, "kind"), .place = params_get(in, "place"), .org = params_get(in, "org"),
                                 .person = params_get(in, "person"), .state = params_get(in, "state"), .from = params_get(in, "from"),
                                 .to = params_get(in, "to"), .may_new = visit_may_new(v),
                                 .may_propose = caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_SECTOR_CHIEF) | ROLE_BIT(ROLE_STATION_CHIEF))};
    view->is_plan = !str_is(view->state, "done") && !str_is(view->state, "cancelled");
    view->is_filtered = view->kind.n || view->place.n || view->org.n || view->person.n || view->from.n || view->to.n;
    read_question(req, view, &q);
    if (!view->person_error && !fill_lines(req, view, &q, &err)) {
        page_fail(req, res, &err);
        return;
    }
    view->kinds = kind_options(req->arena);
    view->places = options_of(v, req->arena, "place", NULL);
    view->orgs = options_of(v, req->arena, "department", NULL);
    view->tab_plan = query_with(req, "/desk/visits", "state", NULL);
    view->tab_done = query_with(req, "/desk/visits", "state", "done");
    layout_init(req, &view->layout, "巡查和联合执法", "visits");
    page_visits(&res->body, view);
}
