/* Who came on which day: the check-ins of 下沉 against what each post owes (K12–K14). */
#include "staff_attendance.h"

#include <stdlib.h>

#include "posts.h"
#include "roster.h"
#include "staff_attendance.html.h"
#include "staff_xlsx.h"

enum { ROWS_SHOWN = 250, ROWS_MAX = 3000, TERM_MAX = 5000, WEEK = 7 };

struct roll { /* the roll that is being filled */
    struct request *req;
    const struct visit *v;
    int32_t from, to; /* days */
    size_t n_days;
    struct attendance_row *rows; /* by posting */
    struct attendance_cell **cells;
    size_t n, max;
    const struct place *place;
    const struct org *org;
    bool sees_all;
    struct attendance_view *view;
};

/* ---- Whom one sees ---- */

/* His own unit's people, and those sent to his community or to the station's. */
static bool
sees_posting(const struct roll *q, const struct posting *p)
{
    const struct registry *r = q->v->area->registry;
    const struct place *at = registry_place(r, p->place);
    if (q->sees_all || p->person == q->v->who.person)
        return true;
    for (size_t i = 0; i < q->v->who.n_postings; i++) {
        const struct posting *own = q->v->who.postings[i];
        const struct org *o = registry_org(r, own->org);
        bool leads_unit = own->role == ROLE_DEPARTMENT_HEAD && own->org == p->org;
        bool is_of_place = at && own->place && own->role != ROLE_OFFICER && own->role != ROLE_ASSISTANT_OFFICER && place_within(r, at->id, own->place);
        bool is_of_station = at && o && own->role != ROLE_OFFICER && (o->kind == ORG_STATION ? station_serves(r, o->id, at) : at->org == o->id);
        if (leads_unit || is_of_place || is_of_station)
            return true;
    }
    return false;
}

static bool
is_asked_for(const struct roll *q, const struct posting *p)
{
    const struct registry *r = q->v->area->registry;
    return (!q->place || (p->place && place_within(r, p->place, q->place->id))) && (!q->org || p->org == q->org->id);
}

/* ---- Rows: the posts that owe presence ---- */

static int
by_posting(const void *x, const void *y)
{
    const struct attendance_row *a = x, *b = y;
    return a->posting->id < b->posting->id ? -1 : a->posting->id > b->posting->id;
}

static struct attendance_row *
row_of(const struct roll *q, int64_t posting)
{
    size_t lo = 0, hi = q->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (q->rows[mid].posting->id < posting)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < q->n && q->rows[lo].posting->id == posting ? &q->rows[lo] : NULL;
}

struct adding {
    struct roll *q;
    const struct routine *r;
};

static bool
add_row(void *ctx, const struct routine_member *m)
{
    struct adding *g = ctx;
    struct roll *q = g->q;
    const struct registry *r = q->v->area->registry;
    const struct posting *p = registry_posting(r, m->id);
    if (!p || !is_asked_for(q, p) || !sees_posting(q, p))
        return true;
    for (size_t i = 0; i < q->n; i++) /* a post that another routine asks for as well has one row */
        if (q->rows[i].posting == p)
            return true;
    if (q->n == q->max) {
        q->view->n_hidden++;
        return true;
    }
    q->rows[q->n++] = (struct attendance_row){.person = registry_person(r, p->person), .posting = p, .place = place_name(r, p->place),
                                              .org = org_short(r, p->org), .routine = g->r};
    return true;
}

static bool
is_presence(const struct routine *r)
{
    return r->action == VISIT_PRESENCE && r->each == EACH_POST;
}

static void
fill_rows(struct roll *q)
{
    const struct scheme *s = q->v->area->scheme;
    int32_t today = day_of(q->v->now), day = q->to < today ? q->to : today;
    q->rows = arena_array(q->req->arena, struct attendance_row, q->max + 1);
    for (size_t i = 0; i < s->n_routines; i++) {
        struct adding g = {q, &s->routines[i]};
        if (!is_presence(g.r))
            continue;
        q->view->has_routines = true;
        routine_members(s, q->v->area->registry, g.r, day < q->from ? q->from : day, add_row, &g);
    }
    qsort(q->rows, q->n, sizeof *q->rows, by_posting);
    for (size_t i = 0; i < q->n; i++) {
        struct attendance_cell *cells = arena_array(q->req->arena, struct attendance_cell, q->n_days);
        q->rows[i].cells = (struct attendance_cells){cells, q->n_days};
    }
}

static struct attendance_cell *
cell_of(const struct roll *q, struct attendance_row *row, int32_t day)
{
    return day < q->from || day > q->to ? NULL : (struct attendance_cell *)(uintptr_t)&row->cells.p[day - q->from];
}

/* ---- What is owed ---- */

static void
count_duty(const struct roll *q, struct attendance_row *row, const struct duty *u)
{
    bool is_over = u->missed_at || q->v->now >= u->due, is_behind = routine_is_behind(u, q->v->now);
    struct attendance_cell *c = row->routine->period == PERIOD_WEEK ? NULL : cell_of(q, row, (int32_t)u->arg);
    if (u->end == END_VOID || u->end == END_SUPERSEDED)
        return;
    if (u->end == END_EXCUSED) {
        if (c)
            *c = (struct attendance_cell){.mark = MARK_EXCUSED, .words = "核免", .class = "v"};
        return;
    }
    row->required += u->need;
    row->is_behind |= is_behind;
    if (u->credited < u->need && (is_over || is_behind))
        row->short_of += u->need - u->credited;
    if (c && u->credited < u->need && u->arg <= day_of(q->v->now))
        *c = is_over ? (struct attendance_cell){.mark = MARK_MISSED, .words = "未到", .class = "r"}
                     : (struct attendance_cell){.mark = MARK_ABSENT, .words = "还没到", .class = "a"};
}

static bool
fill_duties(struct roll *q, struct err *err)
{
    const struct scheme *s = q->v->area->scheme;
    for (size_t i = 0; i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        struct term t;
        for (int32_t d = q->from; is_presence(r) && d <= q->to; d++) {
            struct duty_list list;
            if (!routine_term_of(&s->calendar, r, d, &t) || (t.from < d && d > q->from))
                continue; /* once for each term */
            if (t.from < q->from && q->view->is_month)
                continue; /* a week belongs to the month in which it begins */
            if (!routine_duties_of_term(q->v->db, q->req->arena, q->v->area->id, routine_ref(r->code), t.from, -1, TERM_MAX, &list, err))
                return false;
            for (size_t k = 0; k < list.n; k++) {
                struct attendance_row *row = row_of(q, list.p[k].subject);
                if (row && row->routine == r)
                    count_duty(q, row, &list.p[k]);
            }
        }
    }
    return true;
}

/* ---- Who came ---- */

static const struct {
    const char *words, *class;
} grades[] = {{"自报", "n"}, {"到场码", "g"}, {"扫码定位", "t"}, {"扫码", "b"}};

static void
mark_came(struct roll *q, struct attendance_row *row, const struct presence *p)
{
    struct attendance_cell *c = cell_of(q, row, day_of(p->came_at));
    struct civil t = civil_of(p->came_at);
    int grade = p->grade >= 0 && p->grade <= 3 ? p->grade : 0;
    if (!c || c->mark == MARK_CAME)
        return;
    row->came++;
    *c = (struct attendance_cell){.mark = MARK_CAME, .class = grades[grade].class,
                                  .words = arena_printf(q->req->arena, "%02d:%02d %s", t.hour, t.minute, grades[grade].words),
                                  .url = arena_printf(q->req->arena, "/desk/visits/%lld", (long long)p->visit)};
}

static bool
fill_presences(struct roll *q, struct err *err)
{
    const struct registry *r = q->v->area->registry;
    struct presences all;
    if (!presences_between(q->v->db, q->req->arena, q->v->area->id, VISIT_PRESENCE, day_start(q->from), day_start(q->to + 1), &all, err))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        const struct posting *list[ACTOR_POSTINGS_MAX];
        const struct presence *p = &all.p[i];
        size_t n = registry_postings(r, p->person, day_of(p->came_at), list, ACTOR_POSTINGS_MAX);
        for (size_t k = 0; k < n; k++) {
            struct attendance_row *row = row_of(q, list[k]->id);
            if (row && (!list[k]->place || place_within(r, p->place, list[k]->place)))
                mark_came(q, row, p);
        }
    }
    return true;
}

static void
fill_rest(struct roll *q)
{
    const struct registry *r = q->v->area->registry;
    for (size_t i = 0; i < q->n; i++)
        for (int32_t d = q->from; d <= q->to; d++) {
            struct attendance_cell *c = cell_of(q, &q->rows[i], d);
            c->day = q->view->days.p[d - q->from].full;
            if (c->mark == MARK_NONE && on_leave(r, q->rows[i].person->id, d))
                *c = (struct attendance_cell){.mark = MARK_LEAVE, .words = "请假", .class = "n", .day = c->day};
            else if (c->mark == MARK_NONE && q->view->days.p[d - q->from].is_off)
                c->mark = MARK_OFF;
        }
}

/* ---- The page ---- */

static void
fill_heads(struct roll *q)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    struct attendance_head *heads = arena_array(q->req->arena, struct attendance_head, q->n_days);
    for (int32_t d = q->from; d <= q->to; d++) {
        struct civil t = civil_of_day(d);
        heads[d - q->from] = (struct attendance_head){
            .weekday = weekdays[t.weekday], .day = arena_printf(q->req->arena, "%d", t.day),
            .full = arena_printf(q->req->arena, "%d 月 %d 日 周%s", t.month, t.day, weekdays[t.weekday]),
            .is_off = !is_working_day(&q->v->area->scheme->calendar, d, NULL), .is_today = d == day_of(q->v->now)};
    }
    q->view->days = (struct attendance_heads){heads, q->n_days};
}

static int
by_place(const void *x, const void *y)
{
    const struct attendance_row *a = x, *b = y;
    if (a->posting->place != b->posting->place)
        return a->posting->place < b->posting->place ? -1 : 1;
    if (a->posting->org != b->posting->org)
        return a->posting->org < b->posting->org ? -1 : 1;
    return a->posting->order != b->posting->order ? (a->posting->order < b->posting->order ? -1 : 1) : by_posting(x, y);
}

static const char *
day_code(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

/* The week or the month around the day asked for. */
static void
find_span(struct roll *q)
{
    struct attendance_view *view = q->view;
    int32_t today = day_of(q->v->now), day;
    if (!date_parse(params_get(&q->req->args, "day"), &day) || day < today - 3660 || day > today + 366)
        day = today;
    view->is_month = str_is(params_get(&q->req->args, "span"), "month");
    q->from = view->is_month ? month_first_day(month_of(day)) : day - (civil_of_day(day).weekday - 1);
    q->to = view->is_month ? month_first_day(month_of(day) + 1) - 1 : q->from + WEEK - 1;
    q->n_days = (size_t)(q->to - q->from + 1);
    struct civil f = civil_of_day(q->from), l = civil_of_day(q->to);
    view->span = view->is_month ? month_words(q->req->arena, f.year, f.month)
                                : arena_printf(q->req->arena, "%d 月 %d 日—%d 月 %d 日", f.month, f.day, l.month, l.day);
    view->before = query_with(q->req, "/desk/attendance", "day", day_code(q->req->arena, q->from - 1));
    view->after = query_with(q->req, "/desk/attendance", "day", day_code(q->req->arena, q->to + 1));
    view->other = query_with(q->req, "/desk/attendance", "span", view->is_month ? NULL : "month");
    view->xlsx = query_with(q->req, "/desk/attendance.xlsx", "", NULL);
}

static struct options
communities_of(const struct visit *v, struct arena *a)
{
    const struct registry *r = v->area->registry;
    struct option *out = arena_array(a, struct option, r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMMUNITY && !r->places[i].is_closed)
            out[n++] = (struct option){r->places[i].code, r->places[i].name, STR("")};
    return (struct options){out, n};
}

bool
attendance_load(struct request *req, size_t max, struct attendance_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct roll q = {.req = req, .v = v, .max = max, .view = view, .sees_all = sees_all(v)};
    view->place = params_get(&req->args, "place");
    view->org = params_get(&req->args, "org");
    q.place = registry_place_code(v->area->registry, view->place);
    q.org = registry_org_code(v->area->registry, view->org);
    find_span(&q);
    fill_heads(&q);
    fill_rows(&q);
    if (!fill_duties(&q, err) || !fill_presences(&q, err))
        return false;
    fill_rest(&q);
    for (size_t i = 0; i < q.n; i++) {
        view->required += q.rows[i].required;
        view->came += q.rows[i].came;
        view->short_of += q.rows[i].short_of;
        view->n_behind += q.rows[i].is_behind;
    }
    qsort(q.rows, q.n, sizeof *q.rows, by_place);
    view->rows = (struct attendance_rows){q.rows, q.n};
    view->places = communities_of(v, req->arena);
    view->orgs = options_of(v, req->arena, "department", NULL);
    return true;
}

void
desk_attendance(struct request *req, struct response *res)
{
    struct attendance_view *view = arena_new_of(req->arena, struct attendance_view);
    struct err err = {0};
    if (!attendance_load(req, ROWS_SHOWN, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "下沉考勤", "attendance");
    page_attendance(&res->body, view);
}

/* ---- The same as a sheet ---- */

static bool
write_sheet(const struct visit *v, lxw_workbook *book, lxw_worksheet *sheet, lxw_format *head, const void *ctx)
{
    static const char *const titles[] = {"社区", "单位", "姓名", "应到", "已到", "还差"};
    const struct attendance_view *view = ctx;
    struct arena *a = arena_new();
    lxw_col_t fixed = sizeof titles / sizeof *titles;
    (void)v, (void)book;
    worksheet_set_column(sheet, 0, 2, 16, NULL);
    worksheet_set_column(sheet, fixed, (lxw_col_t)(fixed + view->days.n), 13, NULL);
    for (lxw_col_t i = 0; i < fixed; i++)
        worksheet_write_string(sheet, 0, i, titles[i], head);
    for (size_t i = 0; i < view->days.n; i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)(fixed + i), view->days.p[i].full, head);
    worksheet_freeze_panes(sheet, 1, 3);
    for (size_t i = 0; i < view->rows.n; i++) {
        const struct attendance_row *row = &view->rows.p[i];
        lxw_row_t at = (lxw_row_t)i + 1;
        xlsx_text(sheet, at, 0, a, row->place, NULL);
        xlsx_text(sheet, at, 1, a, row->org, NULL);
        xlsx_text(sheet, at, 2, a, row->person->name, NULL);
        worksheet_write_number(sheet, at, 3, row->required, NULL);
        worksheet_write_number(sheet, at, 4, row->came, NULL);
        worksheet_write_number(sheet, at, 5, row->short_of, NULL);
        for (size_t k = 0; k < row->cells.n; k++)
            if (row->cells.p[k].words)
                worksheet_write_string(sheet, at, (lxw_col_t)(fixed + k), row->cells.p[k].words, NULL);
    }
    arena_free(a);
    return true;
}

void
desk_attendance_xlsx(struct request *req, struct response *res)
{
    struct attendance_view *view = arena_new_of(req->arena, struct attendance_view);
    struct xlsx_export *x = arena_new_of(req->arena, struct xlsx_export);
    struct err err = {0};
    if (!attendance_load(req, ROWS_MAX, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    x->name = arena_printf(req->arena, "attendance-%s", day_code(req->arena, day_of(visit_of(req)->now)));
    x->sheet = "下沉考勤";
    x->rows = view->rows.n;
    x->write = write_sheet;
    x->ctx = view;
    xlsx_send(req, res, x);
}
