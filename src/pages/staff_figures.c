/* Figures and the coordinator's board. Every number is a link to its cases. */
#include "staff_figures.h"

#include "routine.h"

#include "staff_figures.html.h"

enum { PERIOD_DAYS = 30, CHART_MONTHS = 12, TOP = 10, PLACES_SHOWN = 15, CHART_STEP = 35, CHART_LEFT = 10 };

/* ---- Periods and words ---- */

static const char *
iso_day(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

static void
period_of(const struct request *req, instant now, int32_t *from, int32_t *to)
{
    if (!date_parse(params_get(&req->args, "to"), to))
        *to = day_of(now);
    if (!date_parse(params_get(&req->args, "from"), from) || *from > *to)
        *from = *to - PERIOD_DAYS + 1;
}

const char *
figure_words(struct arena *a, const struct figure *f, const struct figure_value *value)
{
    if (!value->is_defined)
        return "样本不足";
    bool is_whole = strcmp(f->unit, "%") != 0 && strcmp(f->unit, "小时") != 0 && strcmp(f->unit, "分钟") != 0 && strcmp(f->unit, "人次/月") != 0;
    if (is_whole)
        return arena_printf(a, "%lld %s", (long long)value->numerator, f->unit);
    return arena_printf(a, "%.1f%s%s", value->value, strcmp(f->unit, "%") == 0 ? "" : " ", f->unit);
}

const char *
figure_cases_url(struct arena *a, const struct figure_value *value)
{
    if (value->list.n)
        return str_z(a, value->list);
    return value->cases.n ? arena_printf(a, "/desk/cases?%.*s", (int)value->cases.n, value->cases.p) : NULL;
}

/* A figure of one place or unit leads to the list of that place or unit. The page of operations shows a month of all of them. */
static const char *
filtered_url(struct arena *a, const char *url, struct str place, struct str org)
{
    static const char operations[] = "/desk/operations?";
    if (!url || (!place.n && !org.n) || strncmp(url, "/desk/cases", sizeof "/desk/cases" - 1) == 0)
        return url;
    if (strncmp(url, operations, sizeof operations - 1) == 0)
        url = arena_printf(a, "/desk/visits?state=done&%s", url + sizeof operations - 1);
    char next = strchr(url, '?') ? '&' : '?';
    if (place.n) {
        url = arena_printf(a, "%s%cplace=%.*s", url, next, (int)place.n, place.p);
        next = '&';
    }
    return org.n ? arena_printf(a, "%s%corg=%.*s", url, next, (int)org.n, org.p) : url;
}

/* 「占道经营 327 处」「城管局 12 人」「部门每周巡查 11 ÷ 12」 */
static const char *
parts_words(const struct visit *v, struct arena *a, const struct figure_value *value)
{
    const struct scheme *s = v->area->scheme;
    struct buf b = {0};
    for (size_t i = 0; i < value->n_parts; i++) {
        const struct figure_part *p = &value->parts[i];
        int item = p->kind == PART_ITEM ? scheme_item(s, p->text) : -1, routine = p->kind == PART_ROUTINE ? routine_by_ref(s, p->id) : -1;
        struct str name = p->kind == PART_ORG ? org_short(v->area->registry, (int32_t)p->id) : item >= 0 ? s->items[item].name
                          : routine >= 0 ? s->routines[routine].name : p->kind == PART_ROUTINE ? STR("已停用的任务") : p->text;
        buf_printf(&b, "%s%.*s %lld", i ? "，" : "", (int)name.n, name.p, (long long)p->n);
        if (p->kind == PART_ROUTINE)
            buf_printf(&b, " ÷ %lld", (long long)p->of);
        else
            buf_printf(&b, " %.*s", (int)p->unit.n, p->unit.p);
    }
    return buf_keep(a, &b).p;
}

static void
figure_line_of(const struct visit *v, struct arena *a, const struct figure *f, const struct figure_value *value, struct figure_line *out)
{
    *out = (struct figure_line){.f = f, .value = figure_words(a, f, value), .cases_url = figure_cases_url(a, value),
                                .note = value->note};
    if (strcmp(f->unit, "%") == 0)
        out->parts = arena_printf(a, "%lld ÷ %lld", (long long)value->numerator, (long long)value->denominator);
    else if (strcmp(f->unit, "小时") == 0)
        out->parts = arena_printf(a, "%lld 件办结", (long long)value->numerator);
    else if (strcmp(f->unit, "分钟") == 0)
        out->parts = arena_printf(a, "%lld 件到场", (long long)value->numerator);
    else if (strcmp(f->unit, "人次/月") == 0)
        out->parts = arena_printf(a, "%lld 人次 ÷ %lld 个整月", (long long)value->numerator, (long long)value->denominator);
    if (value->n_parts)
        out->detail = parts_words(v, a, value);
}

/* ---- Charts ---- */

static int32_t
months_back(int32_t day, int months)
{
    struct civil c = civil_of_day(day);
    int at = c.year * 12 + c.month - 1 - months;
    return day_number(at / 12, at % 12 + 1, 1);
}

static void
draw_bar(const struct visit *v, struct arena *a, const struct figure *f, const struct figure_month *m, double top, size_t i,
         const struct chart *c, struct bar *out)
{
    enum { STEP = CHART_STEP, WIDE = 22, HIGH = 110 };
    int height = top > 0 ? (int)(m->v.value / top * HIGH + 0.5) : 0;
    *out = (struct bar){.month = month_words(a, m->year, m->month),
                        .label = arena_printf(a, "%d 月", m->month),
                        .value = m->v.is_defined ? arena_printf(a, strcmp(f->unit, "件") == 0 || strcmp(f->unit, "项") == 0 ? "%.0f" : "%.1f", m->v.value) : "—",
                        .cases_url = figure_cases_url(a, &m->v),
                        .x = CHART_LEFT + (int)i * STEP + (STEP - WIDE) / 2,
                        .y = c->base - height,
                        .width = WIDE,
                        .height = height,
                        .middle = CHART_LEFT + (int)i * STEP + STEP / 2};
    (void)v;
}

bool
chart_of(const struct visit *v, struct arena *a, const struct figure *f, int32_t from, int32_t to, struct chart *out,
         struct err *err)
{
    struct figure_months months;
    if (!figure_series(v->db, a, v->area->id, f, from, to, &months, err))
        return false;
    size_t skip = months.n > CHART_MONTHS ? months.n - CHART_MONTHS : 0, n = months.n - skip;
    struct bar *bars = arena_array(a, struct bar, n + 1);
    *out = (struct chart){.title = arena_printf(a, "%s（按月）", f->title), .unit = f->unit, .width = 2 * CHART_LEFT + CHART_STEP * CHART_MONTHS,
                          .height = 164, .base = 136, .is_last_partial = true};
    double top = 0;
    struct buf spoken = {0};
    for (size_t i = 0; i < n; i++)
        top = months.p[skip + i].v.value > top ? months.p[skip + i].v.value : top;
    for (size_t i = 0; i < n; i++) {
        draw_bar(v, a, f, &months.p[skip + i], top, i, out, &bars[i]);
        buf_printf(&spoken, "%s%s %s", i ? "，" : "", bars[i].month, bars[i].value);
    }
    out->bars = (struct bars){bars, n};
    out->spoken = buf_keep(a, &spoken).p;
    return true;
}

/* ---- The catalogue ---- */

void
desk_figures(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct figures_view *view = arena_new_of(req->arena, struct figures_view);
    int32_t from, to;
    period_of(req, v->now, &from, &to);
    view->org = params_get(&req->args, "org");
    view->place = params_get(&req->args, "place");
    const struct org *org = registry_org_code(v->area->registry, view->org);
    const struct place *place = registry_place_code(v->area->registry, view->place);
    struct figure_line *out = arena_array(req->arena, struct figure_line, n_figures);
    struct figures *set = figures_begin(v->db, req->arena, v->area->id, false, &err);
    for (size_t i = 0; i < n_figures; i++) {
        struct figure_value value;
        if (!set || !figure_of(set, &figures[i], from, to, place ? place->id : 0, org ? org->id : 0, &value, &err)) {
            page_fail(req, res, &err);
            return;
        }
        figure_line_of(v, req->arena, &figures[i], &value, &out[i]);
        out[i].cases_url = filtered_url(req->arena, out[i].cases_url, place ? place->code : STR(""), org ? org->code : STR(""));
    }
    layout_init(req, &view->layout, "统计指标", "figures");
    view->lines = (struct figure_lines){out, n_figures};
    view->from = iso_day(req->arena, from);
    view->to = iso_day(req->arena, to);
    view->orgs = options_of(v, req->arena, "department", NULL);
    view->places = options_of(v, req->arena, "compound", NULL);
    page_figures(&res->body, view);
}

void
desk_figure(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct figure_view *view = arena_new_of(req->arena, struct figure_view);
    const struct figure *f = figure_find(req->vars[0]);
    struct figure_value value;
    int32_t from, to;
    period_of(req, v->now, &from, &to);
    if (!f)
        err_set(&err, ERR_NOT_FOUND, "没有这个指标。");
    if (!f || !figure_compute(v->db, req->arena, v->area->id, f, from, to, 0, 0, &value, &err) ||
        !chart_of(v, req->arena, f, months_back(to, CHART_MONTHS - 1), to, &view->chart, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, f->title, "figures");
    figure_line_of(v, req->arena, f, &value, &view->line);
    view->from = iso_day(req->arena, from);
    view->to = iso_day(req->arena, to);
    page_figure(&res->body, view);
}

/* ---- The board ---- */

static int
by_count(const void *a, const void *b)
{
    const struct group_row *x = a, *y = b;
    return x->count > y->count ? -1 : x->count < y->count ? 1 : 0;
}

static const char *
group_name(const struct visit *v, struct arena *a, enum group_by by, const struct group_row *g, struct str *name)
{
    static const char *const open_query = "state=-2";
    switch (by) {
    case GROUP_STATE:
        *name = str_of(case_state_label((int)g->key_n));
        return arena_printf(a, "state=%s", case_state_code((int)g->key_n));
    case GROUP_LEAD:
        *name = g->key_n ? org_name(v->area->registry, (int32_t)g->key_n) : STR("还没有派单");
        return g->key_n ? arena_printf(a, "%s&lead_id=%lld", open_query, (long long)g->key_n) : "state=routing";
    case GROUP_ITEM: {
        int i = scheme_item(v->area->scheme, g->key_t);
        *name = i >= 0 ? v->area->scheme->items[i].name : STR("待归类");
        return g->key_t.n ? arena_printf(a, "%s&item=%.*s", open_query, (int)g->key_t.n, g->key_t.p) : "state=registered";
    }
    default:
        *name = place_title(v, g->key_n);
        return arena_printf(a, "%s&place_id=%lld", open_query, (long long)g->key_n);
    }
}

/* Fixed steps, so that a colour means the same every day. */
static int
heat_of(int64_t count)
{
    return count > 10 ? 5 : count > 6 ? 4 : count > 3 ? 3 : count > 1 ? 2 : 1;
}

static bool
count_lines_of(const struct visit *v, struct arena *a, enum group_by by, size_t max, struct count_lines *out, struct err *err)
{
    struct group_rows rows;
    if (!cases_open_by(v->db, a, v->area->id, by, v->now, &rows, err))
        return false;
    struct group_row *sorted = arena_array(a, struct group_row, rows.n + 1);
    if (rows.n)
        memcpy(sorted, rows.p, rows.n * sizeof *sorted);
    if (by != GROUP_STATE)
        qsort(sorted, rows.n, sizeof *sorted, by_count);
    size_t n = rows.n < max ? rows.n : max;
    struct count_line *lines = arena_array(a, struct count_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *query = group_name(v, a, by, &sorted[i], &lines[i].name);
        lines[i].count = sorted[i].count;
        lines[i].overdue = sorted[i].overdue;
        lines[i].url = arena_printf(a, "/desk/cases?%s", query);
        lines[i].late_url = arena_printf(a, "/desk/cases?%s&overdue=1", query);
        lines[i].heat = heat_of(sorted[i].count);
    }
    *out = (struct count_lines){lines, n};
    return true;
}

static void
share_of(struct arena *a, struct share *s, const char *label, int series, double x, double width, int64_t count, const char *url)
{
    *s = (struct share){.label = label,
                        .x = arena_printf(a, "%.2f", x),
                        .width = arena_printf(a, "%.2f", width),
                        .percent = arena_printf(a, "%.0f%%", width),
                        .url = url,
                        .count = count,
                        .series = series};
}

/* Descriptive only: what the outcomes were, beside the shares that the plan mentions, where it does. */
static bool
fill_tiers(const struct visit *v, struct arena *a, int32_t from, int32_t to, struct board_view *view, struct err *err)
{
    static const char *const names[] = {"tier_persuade", "tier_order", "tier_penalise"};
    static const char *const labels[] = {"劝导", "责令改正", "查处"};
    const int *reference = v->area->scheme->tier_shares;
    struct share *actual = arena_array(a, struct share, 3), *planned = arena_array(a, struct share, 3);
    struct figure_value values[3];
    struct figures *set = figures_begin(v->db, a, v->area->id, false, err);
    double x = 0, y = 0;
    for (int i = 0; i < 3; i++) {
        const struct figure *f = figure_find(str_of(names[i]));
        if (!set || !f || !figure_of(set, f, from, to, 0, 0, &values[i], err))
            return false;
        view->n_tiers += values[i].numerator;
    }
    for (int i = 0; i < 3; i++) {
        double width = view->n_tiers ? 100.0 * (double)values[i].numerator / (double)view->n_tiers : 0;
        share_of(a, &actual[i], labels[i], i + 1, x, width, values[i].numerator, figure_cases_url(a, &values[i]));
        share_of(a, &planned[i], labels[i], i + 1, y, reference[i], 0, NULL);
        x += width;
        y += reference[i];
    }
    view->tiers = (struct shares){actual, 3};
    view->reference = (struct shares){planned, reference[0] + reference[1] + reference[2] ? 3 : 0};
    view->tiers_title = scheme_wording(v->area->scheme, "tiers_title");
    return true;
}

static bool
fill_totals(const struct visit *v, struct arena *a, int32_t from, int32_t to, struct board_view *view, struct err *err)
{
    struct figure_value value;
    const struct figure *received = figure_find(STR("received")), *closed = figure_find(STR("closed"));
    const struct figure *no_lead = figure_find(STR("no_lead")), *missed = figure_find(STR("duties_missed"));
    for (size_t i = 0; i < view->states.n; i++) {
        view->n_open += view->states.p[i].count;
        view->n_overdue += view->states.p[i].overdue;
    }
    if (!received || !closed || !no_lead || !missed)
        return err_set(err, ERR_INTERNAL, "指标目录不完整。");
    if (!figure_compute(v->db, a, v->area->id, received, from, to, 0, 0, &value, err))
        return false;
    view->n_received = value.numerator;
    if (!figure_compute(v->db, a, v->area->id, closed, from, to, 0, 0, &value, err))
        return false;
    view->n_closed = value.numerator;
    if (!figure_compute(v->db, a, v->area->id, no_lead, from, to, 0, 0, &value, err))
        return false;
    figure_line_of(v, a, no_lead, &value, &view->no_lead);
    if (!value.numerator)
        view->no_lead.f = NULL; /* nothing to warn of */
    int32_t first = months_back(to, CHART_MONTHS - 1);
    return chart_of(v, a, received, first, to, &view->received, err) && chart_of(v, a, missed, first, to, &view->missed, err);
}

void
desk_board(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct err err = {0};
    struct board_view *view = arena_new_of(a, struct board_view);
    int32_t from, to;
    period_of(req, v->now, &from, &to);
    view->from = iso_day(a, from);
    view->to = iso_day(a, to);
    view->period = arena_printf(a, "%s 至 %s", day_words(a, day_start(from), v->now), day_words(a, day_start(to), v->now));
    if (!count_lines_of(v, a, GROUP_STATE, CASE_STATE_COUNT, &view->states, &err) ||
        !count_lines_of(v, a, GROUP_LEAD, 50, &view->leads, &err) ||
        !count_lines_of(v, a, GROUP_ITEM, TOP, &view->items, &err) ||
        !count_lines_of(v, a, GROUP_PLACE, PLACES_SHOWN, &view->places, &err) ||
        !fill_tiers(v, a, from, to, view, &err) || !fill_totals(v, a, from, to, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "调度看板", "board");
    page_board(&res->body, view);
}
