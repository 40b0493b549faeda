/* All cases: from the URL to a filter that holds only what the person may see, and back to a page. */
#include "staff_cases.h"

#include "staff_cases.html.h"

enum { PAGE_ROWS = 30, CHOSEN_MAX = 16 };

/* ---- Reading the query; names are those of the API and of the figures' links ---- */

static int
state_of(struct str s)
{
    int64_t n;
    if (!s.n)
        return -1;
    if (str_int(s, &n))
        return n >= -3 && n < CASE_STATE_COUNT ? (int)n : -1;
    return case_state_find(s);
}

static int
code_in(struct str s, const char *const *codes, int n, int otherwise)
{
    for (int i = 0; i < n; i++)
        if (str_is(s, codes[i]))
            return i;
    return otherwise;
}

static int32_t
day_arg(const struct request *req, const char *name)
{
    int32_t day;
    return date_parse(params_get(&req->args, name), &day) ? day : 0;
}

static void
read_place(struct request *req, const struct visit *v, struct cases_query *q)
{
    const struct registry *r = v->area->registry;
    const struct place *p = registry_place_code(r, q->place);
    if (!p)
        p = registry_place(r, (int32_t)params_int(&req->args, "place_id", 0));
    if (!p)
        return;
    q->place = p->code;
    if (p->kind >= PLACE_COMPOUND) {
        q->f.place = p->id;
        return;
    }
    int32_t *inside = arena_array(req->arena, int32_t, r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind >= PLACE_COMPOUND && place_within(r, i, p->id))
            inside[n++] = i;
    q->f.places = inside;
    q->f.n_places = n;
}

static void
add_chosen(struct request *req, struct cases_query *q, struct chosen *list, const char *name, struct str label)
{
    if (!params_has(&req->args, name) || q->chosen.n == CHOSEN_MAX || !label.n)
        return;
    list[q->chosen.n++] = (struct chosen){str_z(req->arena, label), query_with(req, "/desk/cases", name, NULL)};
    q->chosen.p = list;
}

static struct str
state_label_of(int state)
{
    return state >= 0 ? str_of(case_state_label(state)) : state == -2 ? STR("未办结") : state == -3 ? STR("已结束") : STR("");
}

static void
read_chosen(struct request *req, const struct visit *v, struct cases_query *q)
{
    struct chosen *list = arena_array(req->arena, struct chosen, CHOSEN_MAX);
    const struct registry *r = v->area->registry;
    int item = scheme_item(v->area->scheme, q->item);
    const struct place *p = registry_place_code(r, q->place);
    add_chosen(req, q, list, "q", q->q);
    add_chosen(req, q, list, "state", state_label_of(q->f.state));
    add_chosen(req, q, list, "place", p ? p->name : STR(""));
    add_chosen(req, q, list, "place_id", p ? p->name : STR(""));
    add_chosen(req, q, list, "item", item >= 0 ? v->area->scheme->items[item].name : STR(""));
    add_chosen(req, q, list, "lead", org_short(r, q->f.lead));
    add_chosen(req, q, list, "lead_id", org_short(r, q->f.lead));
    add_chosen(req, q, list, "source", source_name(v, q->source));
    add_chosen(req, q, list, "list", q->f.list == LIST_SERVICE ? STR("服务清单") : STR("执法清单"));
    add_chosen(req, q, list, "tier", str_of(tier_label(q->f.tier)));
    add_chosen(req, q, list, "outcome", str_of(outcome_label(q->f.outcome)));
    add_chosen(req, q, list, "reopened", STR("复办过"));
    add_chosen(req, q, list, "overdue", STR("只看超期"));
    add_chosen(req, q, list, "supervised", STR("只看督办"));
    const struct figure *figure = figure_find(params_get(&req->args, "figure"));
    add_chosen(req, q, list, "figure", figure ? str_of(figure->title) : STR(""));
    add_chosen(req, q, list, "from", str_of(arena_printf(req->arena, "%.*s 起", (int)q->from.n, q->from.p)));
    add_chosen(req, q, list, "to", str_of(arena_printf(req->arena, "到 %.*s", (int)q->to.n, q->to.p)));
}

static void
read_page_key(const struct request *req, struct case_filter *f)
{
    struct str rest = params_get(&req->args, "after"), first;
    int64_t a, b;
    if (str_cut(&rest, '.', &first) && rest.p && str_int(first, &a) && str_int(rest, &b)) {
        f->after_a = a;
        f->after_b = b;
    }
}

bool
cases_query_read(struct request *req, struct cases_query *q)
{
    static const char *const lists[] = {"none", "enforcement", "service"};
    static const char *const tiers[] = {"none", "persuade", "order", "penalise"};
    static const char *const outcomes[] = {"none", "solved", "unsolved", "no_violation", "not_found", "mediated"};
    static const char *const sorts[] = {"newest", "oldest", "due"};
    const struct visit *v = visit_of(req);
    const struct params *in = &req->args;
    *q = (struct cases_query){.q = params_get(in, "q"), .place = params_get(in, "place"), .item = params_get(in, "item"),
                              .state = params_get(in, "state"), .lead = params_get(in, "lead"),
                              .source = params_get(in, "source"), .list = params_get(in, "list"),
                              .sort = params_get(in, "sort"), .from = params_get(in, "from"), .to = params_get(in, "to")};
    const struct org *lead = registry_org_code(v->area->registry, q->lead);
    if (!lead)
        lead = registry_org(v->area->registry, (int32_t)params_int(in, "lead_id", 0));
    q->f = (struct case_filter){.state = state_of(q->state),
                                .item = q->item,
                                .lead = lead ? lead->id : 0,
                                .source = q->source,
                                .list = code_in(q->list, lists, 3, 0),
                                .tier = code_in(params_get(in, "tier"), tiers, 4, 0),
                                .outcome = code_in(params_get(in, "outcome"), outcomes, 6, 0),
                                .is_overdue = params_bool(in, "overdue"),
                                .is_supervised = params_bool(in, "supervised"),
                                .is_reopened = params_bool(in, "reopened"),
                                .from = day_arg(req, "from"),
                                .to = day_arg(req, "to"),
                                .sort = (enum case_sort)code_in(q->sort, sorts, 3, SORT_NEWEST),
                                .now = v->now,
                                .is_counted = true,
                                .limit = PAGE_ROWS};
    const struct figure *figure = figure_find(params_get(in, "figure"));
    if (figure) /* exactly what the figure counted: its condition and its period */
        figure_filter(figure, q->f.from, q->f.to, &q->f);
    if (lead)
        q->lead = lead->code;
    read_place(req, v, q);
    q->f.q = q->q;
    read_page_key(req, &q->f);
    read_chosen(req, v, q);
    q->is_nothing = !visible_filter(v, req->arena, &q->f);
    return !q->is_nothing;
}

/* ---- The page ---- */

static bool
leads_to_case(struct request *req, struct response *res, struct str q)
{
    int64_t area;
    int32_t day, no;
    struct buf b = {0};
    if (!case_no_parse(q, &area, &day, &no))
        return false;
    case_no_format(&b, day, no);
    response_redirect(req, res, "/desk/cases/%s", buf_keep(req->arena, &b).p);
    return true;
}

static void
fill_pager(struct request *req, struct cases_view *v, const struct case_rows *rows)
{
    bool is_part = v->q.f.q.n && (!rows->is_all || params_has(&req->args, "after"));
    v->is_cut = rows->is_cut;
    v->count_words = is_part ? arena_printf(req->arena, "这一部分找到 %zu 条%s", rows->found, rows->is_all ? "" : "，更早的翻页再找")
                     : v->count > LIMIT_LIST_COUNT ? arena_printf(req->arena, "共 %d+ 条", LIMIT_LIST_COUNT)
                                                 : arena_printf(req->arena, "共 %lld 条", (long long)v->count);
    if (rows->has_more)
        v->next = query_with(req, "/desk/cases", "after",
                             arena_printf(req->arena, "%lld.%lld", (long long)rows->next_a, (long long)rows->next_b));
    if (params_has(&req->args, "after"))
        v->first = query_with(req, "/desk/cases", "", NULL);
}

/* Only compounds that the person may see are offered. */
static struct options
visible_places(struct request *req, const struct visit *v)
{
    struct options all = options_of(v, req->arena, "compound", NULL);
    struct case_filter f = {0};
    if (sees_all(v) || !visible_filter(v, req->arena, &f) || !f.n_places)
        return all;
    struct option *out = arena_array(req->arena, struct option, all.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const struct place *p = registry_place_code(v->area->registry, all.p[i].code);
        for (size_t k = 0; p && k < f.n_places; k++)
            if (f.places[k] == p->id)
                out[n++] = all.p[i];
    }
    return (struct options){out, n};
}

/* How many there are costs as much as the page, so each loop keeps it until somebody writes, whoever asked. Not kept: what is
 * overdue, which changes by itself, and lists of places, which are long. */
static int64_t
count_of(const struct visit *v, const struct case_filter *f, struct err *err)
{
    enum { KEPT = 16 };
    static _Thread_local struct {
        uint32_t version;
        char key[256];
        int64_t n;
    } kept[KEPT];
    char key[sizeof kept->key];
    int k = snprintf(key, sizeof key, "%lld %d %d %d %d %d %d%d %d %d %d %d %lld %lld %d %zu %.*s %.*s", (long long)f->area, f->sort, f->state, f->place, f->lead, f->list,
                     f->is_supervised, f->is_reopened, f->tier, f->outcome, f->from, f->to, (long long)f->closed_from, (long long)f->closed_to, f->figure,
                     f->item.n, (int)f->item.n, f->item.n ? f->item.p : "", (int)f->source.n, f->source.n ? f->source.p : "");
    uint32_t version = db_version(v->db), at = 0;
    if (!version || f->is_overdue || f->n_places || k < 0 || (size_t)k >= sizeof key)
        return cases_count(v->db, app_keys(v->app), f, NULL, err);
    for (int i = 0; i < k; i++)
        at = at * 31 + (unsigned char)key[i];
    at %= KEPT;
    if (kept[at].version != version || strcmp(kept[at].key, key) != 0) {
        kept[at].version = 0;
        kept[at].n = cases_count(v->db, app_keys(v->app), f, NULL, err);
        if (err->kind)
            return kept[at].n;
        kept[at].version = version;
        memcpy(kept[at].key, key, sizeof key);
    }
    return kept[at].n;
}

void
desk_cases(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct case_rows rows = {0};
    if (leads_to_case(req, res, params_get(&req->args, "q")))
        return;
    struct cases_view *view = arena_new_of(req->arena, struct cases_view);
    layout_init(req, &view->layout, "全部事项", "cases");
    if (cases_query_read(req, &view->q)) {
        if (!cases_list(v->db, app_keys(v->app), req->arena, &view->q.f, &rows, &err)) {
            page_fail(req, res, &err);
            return;
        }
        view->count = view->q.f.q.n ? (int64_t)rows.found : count_of(v, &view->q.f, &err);
    }
    view->lines = case_lines_of(v, req->arena, &rows);
    view->items = options_of(v, req->arena, "item", NULL);
    view->places = visible_places(req, v);
    view->leads = options_of(v, req->arena, "department", NULL);
    struct visit everybody = *v;
    everybody.person = NULL;
    view->sources = options_of(&everybody, req->arena, "channel", NULL);
    view->shows_lead = sees_all(v);
    view->export_url = query_with(req, "/desk/cases.xlsx", "", NULL);
    view->self = query_with(req, "/desk/cases", "", NULL);
    fill_pager(req, view, &rows);
    page_cases(&res->body, view);
}
