/* GET /cases: the lists of the desk, narrowed to what the caller may see. */
#include "api.h"
#include "limits.h"
#include "staff.h"

struct asked {
    struct case_filter f;
    int32_t lead; /* as asked: visible_filter may put the caller's own in its place */
};

static bool
ask_state(const struct request *req, struct case_filter *f, struct err *err)
{
    struct str s = params_get(&req->args, "state");
    f->state = str_is(s, "open") ? -2 : str_is(s, "final") ? -3 : s.n ? case_state_find(s) : -1;
    return !s.n || f->state != -1 || err_field(err, "state", "请写状态代码，或 open（未办结）、final（已结束）。");
}

static bool
ask_list(const struct request *req, struct case_filter *f, struct err *err)
{
    struct str s = params_get(&req->args, "list");
    f->list = str_is(s, "enforcement") ? LIST_ENFORCEMENT : str_is(s, "service") ? LIST_SERVICE : LIST_NONE;
    return !s.n || f->list || err_field(err, "list", "请写 enforcement 或 service。");
}

static bool
ask_tier(const struct request *req, struct case_filter *f, struct err *err)
{
    struct str s = params_get(&req->args, "tier");
    for (int t = TIER_PERSUADE; t < TIER_COUNT; t++)
        if (str_is(s, tier_code(t)))
            f->tier = t;
    return !s.n || f->tier || err_field(err, "tier", "请写 persuade、order 或 penalise。");
}

static bool
ask_outcome(const struct request *req, struct case_filter *f, struct err *err)
{
    struct str s = params_get(&req->args, "outcome");
    for (int o = OUTCOME_SOLVED; o <= OUTCOME_MEDIATED; o++)
        if (str_is(s, outcome_code(o)))
            f->outcome = o;
    return !s.n || f->outcome ||
           err_field(err, "outcome", "请写 solved、unsolved、no_violation、not_found 或 mediated。");
}

static bool
ask_sort(const struct request *req, struct case_filter *f, struct err *err)
{
    static const char *const codes[] = {"newest", "oldest", "due"};
    struct str s = params_get(&req->args, "sort");
    for (int i = 0; i < 3; i++)
        if (str_is(s, codes[i])) {
            f->sort = (enum case_sort)i;
            return true;
        }
    return !s.n || err_field(err, "sort", "请写 newest、oldest 或 due。");
}

static bool
ask_item(const struct request *req, struct case_filter *f, struct err *err)
{
    f->item = params_get(&req->args, "item");
    return !f->item.n || scheme_item(visit_of(req)->area->scheme, f->item) >= 0 ||
           err_field(err, "item", "清单里没有 %.*s 这一项。", (int)(f->item.n > 40 ? 40 : f->item.n), f->item.p);
}

/* A higher place means all its compounds; the top, a county or a district, means everywhere, cases without a place included. */
static bool
ask_where(struct request *req, struct case_filter *f, struct err *err)
{
    const struct registry *r = visit_of(req)->area->registry;
    const struct place *p;
    if (!ask_place(req, "place", &p, err))
        return false;
    if (!p || !p->parent)
        return true;
    if (p->kind >= PLACE_COMPOUND) {
        f->place = p->id;
        return true;
    }
    int32_t *ids = arena_array(req->arena, int32_t, r->n_places + 2);
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind >= PLACE_COMPOUND && place_within(r, r->places[i].id, p->id))
            ids[f->n_places++] = r->places[i].id;
    if (!f->n_places)
        ids[f->n_places++] = -1; /* a place without compounds has no cases */
    f->places = ids;
    return true;
}

static bool
ask_cases(struct request *req, struct asked *q, struct err *err)
{
    struct case_filter *f = &q->f;
    const struct org *lead;
    ask_state(req, f, err);
    ask_list(req, f, err);
    ask_tier(req, f, err);
    ask_outcome(req, f, err);
    ask_sort(req, f, err);
    ask_item(req, f, err);
    ask_where(req, f, err);
    if (ask_org(req, "lead", &lead, err) && lead)
        q->lead = f->lead = lead->id;
    ask_bool(req, "overdue", &f->is_overdue, err);
    ask_bool(req, "supervised", &f->is_supervised, err);
    ask_bool(req, "reopened", &f->is_reopened, err);
    ask_day(req, "from", &f->from, err);
    ask_day(req, "to", &f->to, err);
    ask_limit(req, &f->limit, err);
    ask_after(req, &f->after_a, &f->after_b, err);
    f->source = params_get(&req->args, "source");
    f->q = utf8_prefix(params_get(&req->args, "q"), LIMIT_QUERY);
    f->now = visit_of(req)->now;
    f->area = visit_of(req)->area->id;
    const struct figure *figure = figure_find(params_get(&req->args, "figure"));
    if (figure)
        figure_filter(figure, f->from, f->to, f);
    return err->kind == ERR_NONE;
}

/* A case number in q is the case itself. */
static bool
find_by_no(struct request *req, const struct asked *q, struct case_rows *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    int64_t area;
    int32_t day, no;
    *out = (struct case_rows){0};
    if (!case_no_parse(q->f.q, &area, &day, &no))
        return false;
    int64_t id = case_find_no(v->db, v->area->id, day, no, err);
    struct api_case *x = arena_new_of(req->arena, struct api_case);
    struct case_row *row = arena_new_of(req->arena, struct case_row);
    struct err why = {0};
    if (id && (!area || area == v->area->id) && api_case_load(req, id, x, &why) && case_visible(&x->s)) {
        row->c = x->lc.c;
        *out = (struct case_rows){.p = row, .n = 1};
    }
    return true;
}

void
api_cases(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct asked q = {0};
    struct case_rows rows = {0};
    struct err err = {0};
    if (ask_cases(req, &q, &err) && !find_by_no(req, &q, &rows, &err) && visible_filter(v, req->arena, &q.f) &&
        (!q.lead || q.f.lead == q.lead))
        cases_list(v->db, app_keys(v->app), req->arena, &q.f, &rows, &err);
    if (err.kind) {
        api_fail(req, res, &err);
        return;
    }
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "cases");
    for (size_t i = 0; i < rows.n; i++)
        case_brief_found(&j, v, &rows.p[i]);
    json_close_array(&j);
    put_next(req, res, &j, API "/cases", !rows.has_more, rows.next_a, rows.next_b);
    json_close_object(&j);
}
