/* The month's plan of visits: what the planner proposes by day and community, how far it is from the fewest possible, what cannot be
 * met and why; adopting the whole or what is ticked. */
#include "staff_visit_plan.h"

#include "staff_visit_plan.html.h"

enum { ROUTINES_MAX = 40, YEAR_FIRST = 2000, YEAR_LAST = 2100 };

/* ---- The question ---- */

static bool
month_parse(struct str code, int32_t *month)
{
    struct str rest = code, year;
    int64_t y, m;
    if (!str_cut(&rest, '-', &year) || !str_int(year, &y) || !str_int(rest, &m) || y < YEAR_FIRST || y >= YEAR_LAST || m < 1 || m > 12)
        return false;
    *month = (int32_t)(y * 12 + m - 1);
    return true;
}

static const char *
month_code(struct arena *a, int32_t month)
{
    return arena_printf(a, "%d-%02d", month / 12, month % 12 + 1);
}

static void
read_routines(struct request *req, const struct params *in, struct proposal_ask *out)
{
    struct str *list = arena_array(req->arena, struct str, ROUTINES_MAX), value;
    size_t at = 0;
    out->routines = list;
    while (out->n_routines < ROUTINES_MAX && params_each(in, "routine", &at, &value))
        if (value.n)
            list[out->n_routines++] = value;
}

bool
plan_asked(struct request *req, const struct params *in, struct proposal_ask *out, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct str month = params_get(in, "month"), place = params_get(in, "place");
    const struct place *p = registry_place_code(v->area->registry, place);
    *out = (struct proposal_ask){.month = month_of(day_of(v->now) + 1), .place = plans_for(&v->who)};
    read_routines(req, in, out);
    if (month.n && !month_parse(month, &out->month))
        err_field(err, "month", "请写成 2026-05。");
    if (place.n && (!p || p->is_closed || p->kind > PLACE_COMPOUND))
        err_field(err, "place", "没有这个地方。");
    else if (p)
        out->place = p->id;
    if (!err->kind && !may_plan_at(&v->who, out->place))
        return err_set(err, ERR_FORBIDDEN, "您只安排本社区的。");
    return err->kind == ERR_NONE;
}

/* ---- Adopting ---- */

struct adopt_step {
    struct adopt_line line; /* first: its action is what the waiting gives back */
    struct adopting *x;
};

static void adopt_next(struct request *req, struct response *res, struct adopting *x);

static void
refuse(struct request *req, struct adopting *x, const struct err *err)
{
    const char *why = err->n_fields ? err->fields[0].message : err->message;
    x->refused[x->n_refused++] = (struct adopt_refusal){x->lines[x->at], arena_printf(req->arena, "%s", why)};
}

static void
adopted(struct request *req, struct response *res, struct action *a)
{
    struct adopt_step *s = (struct adopt_step *)a;
    struct adopting *x = s->x;
    if (a->err.kind)
        refuse(req, x, &a->err);
    else if (a->is_repeat)
        x->n_there++;
    else
        x->ids[x->n_planned++] = s->line.record.id;
    x->at++;
    adopt_next(req, res, x);
}

/* What stands already or is refused needs no waiting; the rest is recorded, and goes on from there. */
static void
adopt_next(struct request *req, struct response *res, struct adopting *x)
{
    const struct visit *v = visit_of(req);
    for (; x->at < x->n; x->at++) {
        struct adopt_step *s = arena_new_of(req->arena, struct adopt_step);
        struct action *a = &s->line.record.base;
        struct err err = {0};
        bool is_there = false;
        s->x = x;
        a->app = v->app;
        a->who = &v->who;
        a->arena = req->arena;
        if (!plan_line_read(req->arena, v->area->registry, x->lines[x->at], &s->line.line, &err) ||
            !adopt_line_prepare(&s->line, v->db, &is_there, &err)) {
            refuse(req, x, &err);
            continue;
        }
        if (is_there) {
            x->n_there++;
            continue;
        }
        page_wait(req, res, a, adopted);
        a->who = &s->line.who;
        record_visit(&s->line.record, v->db);
        return;
    }
    x->then(req, res, x);
}

bool
adopting_read(struct request *req, const char *name, struct adopting *out, struct err *err)
{
    struct str value, piece;
    size_t at = 0;
    out->lines = arena_array(req->arena, struct str, PLAN_LINES_MAX);
    out->refused = arena_array(req->arena, struct adopt_refusal, PLAN_LINES_MAX);
    while (params_each(&req->form, name, &at, &value))
        while (str_cut(&value, '|', &piece)) {
            if (!str_trim(piece).n)
                continue;
            if (out->n == PLAN_LINES_MAX)
                return err_field(err, name, "一次最多采用 %d 行，请按街道或社区分开排。", PLAN_LINES_MAX);
            out->lines[out->n++] = str_trim(piece);
        }
    return out->n || err_field(err, name, "请至少选一行。");
}

void
adopt_lines(struct request *req, struct response *res, struct adopting *x)
{
    adopt_next(req, res, x);
}

/* ---- The page ---- */

static const char *
day_title(struct arena *a, const struct calendar *c, int32_t day)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    struct civil t = civil_of_day(day);
    bool provisional, works = is_working_day(c, day, &provisional);
    return arena_printf(a, "%d 月 %d 日 周%s%s", t.month, t.day, weekdays[t.weekday], works ? "" : "（放假）");
}

static const char *
who_words(struct arena *a, const struct registry *r, const struct plan_line *line)
{
    struct buf b = {0};
    for (size_t i = 0; i <= line->n_asked; i++) {
        const struct org *o = registry_org(r, i ? line->asked[i - 1] : line->org);
        if (!o)
            continue;
        buf_z(&b, b.n ? "、" : "");
        buf_str(&b, o->short_name.n ? o->short_name : o->name);
    }
    const char *words = b.n ? arena_dup(a, b.p, b.n) : "采用的人所在单位";
    buf_release(&b);
    return words;
}

static void
add_rows(struct request *req, const struct proposed_visit *x, struct plan_row *rows, size_t *n)
{
    const struct registry *r = visit_of(req)->area->registry;
    struct plan_row row = {.place = place_name(r, x->place), .community = place_name(r, x->community), .serves = x->serves};
    row.url = x->stands_as ? arena_printf(req->arena, "/desk/visits/%lld", (long long)x->stands_as) : NULL;
    if (!x->n_lines)
        rows[(*n)++] = row;
    for (size_t i = 0; i < x->n_lines; i++) {
        struct civil c = civil_of(x->lines[i].line.from);
        row.code = x->lines[i].code;
        row.kind = str_of(visit_kind_label(x->lines[i].line.kind));
        row.serves = x->lines[i].serves;
        row.who = who_words(req->arena, r, &x->lines[i].line);
        row.when = arena_printf(req->arena, "%02d:%02d", c.hour, c.minute);
        rows[(*n)++] = row;
    }
}

static void
fill_days(struct request *req, struct visit_plan_view *view)
{
    const struct visit *v = visit_of(req);
    const struct visit_proposal *x = view->x;
    struct plan_day *days = arena_array(req->arena, struct plan_day, PLAN_DAYS_MAX + 1);
    struct plan_row *rows = arena_array(req->arena, struct plan_row, x->n_lines + x->n_visits + 1);
    struct buf every = {0};
    size_t n = 0, n_rows = 0;
    for (size_t i = 0; i < x->n_visits; i++) {
        if (!i || x->visits[i].day != x->visits[i - 1].day)
            days[n++] = (struct plan_day){.words = day_title(req->arena, &v->area->scheme->calendar, x->visits[i].day), .rows = {rows + n_rows, 0}};
        size_t before = n_rows;
        add_rows(req, &x->visits[i], rows, &n_rows);
        days[n - 1].rows.n += n_rows - before;
        days[n - 1].n_visits++;
        for (size_t k = 0; k < x->visits[i].n_lines; k++)
            buf_printf(&every, "%s%s", every.n ? "|" : "", x->visits[i].lines[k].code);
    }
    view->days = (struct plan_days_view){days, n};
    view->every = arena_dup(req->arena, buf_view(&every).p, every.n);
    buf_release(&every);
}

static struct options
plan_places(struct request *req)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct option *list = arena_array(req->arena, struct option, (size_t)r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (!p->is_closed && p->kind >= PLACE_STREET && p->kind <= PLACE_COMMUNITY && may_plan_at(&v->who, p->id))
            list[n++] = (struct option){.code = p->code, .label = p->name, .group = str_of(place_label(p))};
    }
    return (struct options){list, n};
}

static struct plan_routine_rows
routine_rows(struct arena *a, const struct visit_proposal *x)
{
    struct plan_routine_row *rows = arena_array(a, struct plan_routine_row, x->n_routines + 1);
    for (size_t i = 0; i < x->n_routines; i++)
        rows[i] = (struct plan_routine_row){x->routines[i].r, x->routines[i].is_chosen};
    return (struct plan_routine_rows){rows, x->n_routines};
}

/* &place=…&routine=…: the question without its month. */
static const char *
query_of(struct request *req, const struct proposal_ask *ask)
{
    const struct place *p = registry_place(visit_of(req)->area->registry, ask->place);
    struct buf b = {0};
    if (p)
        buf_printf(&b, "&place=%.*s", (int)p->code.n, p->code.p);
    for (size_t i = 0; i < ask->n_routines; i++)
        for (size_t k = 0; k < visit_of(req)->area->scheme->n_routines; k++)
            if (str_eq(visit_of(req)->area->scheme->routines[k].code, ask->routines[i]))
                buf_printf(&b, "&routine=%.*s", (int)ask->routines[i].n, ask->routines[i].p);
    const char *query = arena_dup(req->arena, buf_view(&b).p, b.n);
    buf_release(&b);
    return query;
}

static void
show_plan(struct request *req, struct response *res, const struct params *in, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct visit_plan_view *view = arena_new_of(req->arena, struct visit_plan_view);
    struct visit_proposal *x = arena_new_of(req->arena, struct visit_proposal);
    struct proposal_ask ask;
    struct err err = {0};
    if (!plan_asked(req, in, &ask, &err) || !propose_visits(v->db, app_keys(v->app), req->arena, v->area, v->now, &ask, x, &err)) {
        page_fail(req, res, &err);
        return;
    }
    const struct place *p = registry_place(v->area->registry, ask.place);
    *view = (struct visit_plan_view){.month = month_words(req->arena, ask.month / 12, ask.month % 12 + 1), .month_code = month_code(req->arena, ask.month),
                                     .before = month_code(req->arena, ask.month - 1), .after = month_code(req->arena, ask.month + 1),
                                     .query = query_of(req, &ask), .place = p ? p->code : STR(""), .places = plan_places(req), .x = x, .err = wrong,
                                     .misses = {x->plan.misses, x->plan.n_misses}, .is_past = x->from > x->to,
                                     .is_long = x->n_lines > PLAN_LINES_MAX, .has_ticks = x->n_lines <= PLAN_TICKS_MAX};
    view->gap = arena_printf(req->arena, "%.1f%%", x->n_bound ? 100.0 * (double)(x->n_separate - x->n_bound) / (double)x->n_bound : 0.0);
    view->routines = routine_rows(req->arena, x);
    fill_days(req, view);
    layout_init(req, &view->layout, "月度排期", "visit_plan");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_visit_plan(&res->body, view);
}

void
desk_visit_plan(struct request *req, struct response *res)
{
    show_plan(req, res, &req->args, NULL);
}

static void
all_adopted(struct request *req, struct response *res, struct adopting *x)
{
    struct proposal_ask ask;
    struct err err = {0};
    const char *said = arena_printf(req->arena, "已安排 %zu 次，请来的单位会收到提醒。", x->n_planned);
    if (x->n_there)
        said = arena_printf(req->arena, "%s%zu 次本来就有，没有再排。", x->n_planned ? said : "", x->n_there);
    if (x->n_refused) {
        struct err *wrong = arena_new_of(req->arena, struct err);
        err_set(wrong, ERR_FIELDS, "已安排 %zu 次，%zu 次没有安排：%s", x->n_planned, x->n_refused, x->refused[0].message);
        show_plan(req, res, &req->form, wrong);
        return;
    }
    flash(req, res, said);
    if (plan_asked(req, &req->form, &ask, &err))
        response_redirect(req, res, "/desk/visits/plan?month=%s%s", month_code(req->arena, ask.month), query_of(req, &ask));
    else
        response_redirect(req, res, "/desk/visits/plan");
}

void
desk_post_visit_plan(struct request *req, struct response *res)
{
    struct adopting *x = arena_new_of(req->arena, struct adopting);
    struct err *err = arena_new_of(req->arena, struct err);
    x->then = all_adopted;
    if (!adopting_read(req, params_bool(&req->form, "all") ? "every" : "line", x, err)) {
        struct err *wrong = arena_new_of(req->arena, struct err);
        err_set(wrong, ERR_FIELDS, "%s", err->fields[0].message);
        show_plan(req, res, &req->form, wrong);
        return;
    }
    adopt_lines(req, res, x);
}
