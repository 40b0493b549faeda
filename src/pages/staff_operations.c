/* Joint operations of a month: what was held and what came of it, the hard matters they are for, and whether the month's own duty is
 * met. A month without a hard matter is signed off by the leading group: the duty is excused with those words (HC-27). */
#include "routine.h"
#include "staff_visits.h"

#include "staff_visits.html.h"

enum { OPERATIONS_MAX = 200, HARD_MAX = 200, TOTALS_MAX = 60, UNTAKEN_MAX = 50, DAY_MS = 24 * 3600 * 1000, UNTAKEN_DAYS = 60 };

static const int kinds[] = {VISIT_OPERATION, VISIT_CAMPAIGN, VISIT_CHECKUP};

static const struct field sign_fields[] = {{.name = "words", .label = "说明", .hint = "怎么核对的，为什么这个月没有需要联合执法的事项", .type = FIELD_WORDS,
                                            .required = true, .min = 4, .max = 300}};

struct month {
    int32_t first, last; /* days */
};

static struct month
month_at(int year, int number)
{
    int y = year + (number - 1) / 12, m = (number - 1) % 12 + 1;
    return (struct month){day_number(y, m, 1), (m == 12 ? day_number(y + 1, 1, 1) : day_number(y, m + 1, 1)) - 1};
}

/* 2026-04; this month when nothing, or nonsense, is asked for. */
static struct month
month_asked(const struct visit *v, struct str code)
{
    struct civil now = civil_of(v->now);
    struct str month = code, year;
    int64_t y, m;
    if (str_cut(&month, '-', &year) && month.p && str_int(year, &y) && str_int(month, &m) && y > 2000 && y < 2100 && m >= 1 && m <= 12)
        return month_at((int)y, (int)m);
    return month_at(now.year, now.month);
}

static const char *
month_code(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return arena_printf(a, "%d-%02d", c.year, c.month);
}

/* ---- What was held ---- */

static void
add_total(struct total_line *list, size_t *n, const struct visit_count *c)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq(list[i].item, c->item) && str_eq(list[i].unit, c->unit)) {
            list[i].n += c->n;
            return;
        }
    if (*n < TOTALS_MAX)
        list[(*n)++] = (struct total_line){c->item, c->unit, c->n};
}

static bool
fill_operations(struct request *req, struct operations_view *view, const struct month *m, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct visit_line *lines = arena_array(req->arena, struct visit_line, OPERATIONS_MAX * 3);
    struct total_line *totals = arena_array(req->arena, struct total_line, TOTALS_MAX);
    size_t n = 0, n_totals = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct visit_filter f = {.kind = kinds[k], .from = day_start(m->first), .to = day_start(m->last + 1)};
        struct visits list;
        if (!visits_list(v->db, app_keys(v->app), req->arena, v->area->id, &f, OPERATIONS_MAX, &list, err))
            return false;
        for (size_t i = 0; i < list.n; i++) {
            const struct field_visit *x = list.p[i];
            const struct loaded_visit loaded = {.v = *x};
            struct visit_situation s = visit_situation_for(v, &loaded);
            if (!visit_visible(&s))
                continue;
            visit_line_of(v, req->arena, x, &lines[n++]);
            view->n_done += x->state == VISIT_DONE && x->kind == VISIT_OPERATION;
            for (size_t c = 0; c < x->n_cases; c++)
                view->n_settled += x->cases[c].is_settled;
            for (size_t c = 0; c < x->n_counts; c++)
                add_total(totals, &n_totals, &x->counts[c]);
        }
    }
    view->operations = (struct visit_lines){lines, n};
    view->totals = (struct total_lines){totals, n_totals};
    return true;
}

/* ---- What they are for ---- */

static const char *
why_hard(struct arena *a, const struct case_file *c)
{
    if (c->state == CASE_CONFERRING)
        return "会商中";
    if (c->refusals + c->returns >= 2)
        return arena_printf(a, "退过 %lld 次", (long long)(c->refusals + c->returns));
    return c->whistle_at ? "升级过" : c->confers ? "会商过" : "几个部门一起办";
}

static bool
is_visible(const struct visit *v, const struct case_file *c)
{
    struct situation s;
    situation_of(v, c, NULL, 0, &s);
    return case_visible(&s);
}

static bool
fill_hard(struct request *req, struct operations_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct hard_line *lines = arena_array(req->arena, struct hard_line, HARD_MAX);
    struct case_line *untaken = arena_array(req->arena, struct case_line, UNTAKEN_MAX);
    struct case_rows rows, left;
    size_t n = 0, n_untaken = 0;
    instant day_ago = day_start(day_of(v->now)) - DAY_MS;
    while (limit_due(&v->area->scheme->calendar, day_ago, UNIT_WORKING_DAY, 1) > v->now && v->now - day_ago < 30 * (instant)DAY_MS)
        day_ago -= DAY_MS; /* a working day has gone by since then */
    if (!cases_hard(v->db, req->arena, v->area->id, HARD_MAX, &rows, err) ||
        !cases_untaken(v->db, req->arena, v->area->id, v->now - UNTAKEN_DAYS * (instant)DAY_MS, day_ago, UNTAKEN_MAX, &left, err))
        return false;
    for (size_t i = 0; i < rows.n; i++)
        if (is_visible(v, &rows.p[i].c)) {
            case_line_of(v, req->arena, &rows.p[i].c, &lines[n].c);
            lines[n++].why = why_hard(req->arena, &rows.p[i].c);
        }
    for (size_t i = 0; i < left.n; i++)
        if (is_visible(v, &left.p[i].c))
            case_line_of(v, req->arena, &left.p[i].c, &untaken[n_untaken++]);
    view->hard = (struct hard_lines){lines, n};
    view->untaken = (struct case_lines){untaken, n_untaken};
    return true;
}

/* ---- The month's own duty ---- */

static const struct routine *
routine_of_operations(const struct scheme *s)
{
    for (size_t i = 0; i < s->n_routines; i++)
        if (s->routines[i].action == VISIT_OPERATION && s->routines[i].each == EACH_AREA && s->routines[i].period == PERIOD_MONTH)
            return &s->routines[i];
    return NULL;
}

static void
word_duty(struct request *req, struct operations_view *view, const struct duty *u)
{
    const struct visit *v = visit_of(req);
    bool is_planned = false;
    for (size_t i = 0; i < view->operations.n; i++)
        is_planned |= strcmp(view->operations.p[i].state, visit_state_label(VISIT_PLANNED)) == 0;
    if (u->end == END_DONE || u->end == END_DONE_LATE) {
        view->duty = u->end == END_DONE ? "已完成" : "已补做";
        view->duty_class = "g";
        view->duty_words = arena_printf(req->arena, "要求 %d 次，已有 %d 次。", u->need, u->credited);
    } else if (u->end == END_EXCUSED) {
        view->duty = "已签无疑难事项";
        view->duty_class = "v";
        view->duty_words = "上一级签过字，理由在“谁还没做”的记录里。";
    } else if (u->missed_at) {
        view->duty = "没有做";
        view->duty_class = "r";
        view->duty_words = "这个月没有开展联合执法，也没有签“无疑难事项”。";
    } else {
        view->duty = is_planned ? "已安排" : "还没有安排";
        view->duty_class = is_planned ? "b" : "a";
        view->duty_words = arena_printf(req->arena, "要求 %d 次，已有 %d 次，%s 前完成。", u->need, u->credited, at_words(req->arena, u->due, v->now));
    }
}

static bool
fill_duty(struct request *req, struct operations_view *view, const struct month *m, const struct err *wrong, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct routine *r = routine_of_operations(v->area->scheme);
    struct duty_list list = {0};
    form_view_init(&view->sign, req, sign_fields, 1, &(struct form_about){.values = wrong ? &req->form : NULL, .err = wrong});
    if (!r)
        return true;
    if (!routine_duties_of_member(v->db, req->arena, v->area->id, routine_ref(r->code), 0, m->first, m->last + 1, &list, err))
        return false;
    if (!list.n || list.p[0].end == END_VOID)
        return true;
    const struct duty *u = &list.p[0];
    bool is_above = owner_is(v->area->registry, &u->escalated, v->person->id, day_of(v->now));
    bool is_unmet = u->end == END_OPEN || u->end == END_LAPSED;
    word_duty(req, view, u);
    view->duty_id = u->id;
    view->may_sign = is_above && is_unmet && !view->hard.n && day_start(m->first) <= v->now;
    return true;
}

/* ---- The page ---- */

static void
show_operations(struct request *req, struct response *res, struct str asked, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct operations_view *view = arena_new_of(req->arena, struct operations_view);
    struct month m = month_asked(v, asked);
    int32_t today = day_of(v->now);
    struct err err = {0};
    *view = (struct operations_view){.month_code = month_code(req->arena, m.first), .before = month_code(req->arena, m.first - 1),
                                     .is_now = m.first <= today && today <= m.last, .may_plan = caller_has(&v->who, visit_kind_roles(VISIT_OPERATION))};
    view->month = month_words(req->arena, civil_of_day(m.first).year, civil_of_day(m.first).month);
    if (m.first <= today)
        view->after = month_code(req->arena, m.last + 1);
    if (!fill_operations(req, view, &m, &err) || !fill_hard(req, view, &err) || !fill_duty(req, view, &m, wrong, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "联合执法", "operations");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_operations(&res->body, view);
}

void
desk_operations(struct request *req, struct response *res)
{
    show_operations(req, res, params_get(&req->args, "month"), NULL);
}

static void
signed_off(struct request *req, struct response *res, struct action *a)
{
    struct str month = params_get(&req->form, "month");
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        show_operations(req, res, month, err);
        return;
    }
    flash(req, res, "已签，这个月记为无疑难事项。");
    response_redirect(req, res, "/desk/operations?month=%.*s", (int)month.n, month.p);
}

/* Only the duty of operations is signed off here. */
static bool
is_of_operations(struct request *req, int64_t duty, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct routine *r = routine_of_operations(v->area->scheme);
    struct month m = month_asked(v, params_get(&req->form, "month"));
    struct duty_list list = {0};
    bool ok = r && routine_duties_of_member(v->db, req->arena, v->area->id, routine_ref(r->code), 0, m.first, m.last + 1, &list, err);
    return (ok && list.n && list.p[0].id == duty) || err_set(err, ERR_NOT_FOUND, "没有这项任务。");
}

void
desk_post_operations(struct request *req, struct response *res)
{
    struct excuse_routine *x = arena_new_of(req->arena, struct excuse_routine);
    struct err err = {0};
    struct str words = params_get(&req->form, "words");
    x->duty = params_int(&req->form, "duty", 0);
    x->for_no_matter = true;
    if (!is_of_operations(req, x->duty, &err)) {
        page_fail(req, res, &err);
        return;
    }
    x->words = words.n ? str_of(arena_printf(req->arena, "无疑难事项：%.*s", (int)words.n, words.p)) : words;
    page_wait(req, res, &x->base, signed_off);
    excuse_routine(x, visit_of(req)->db);
}
