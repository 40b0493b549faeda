/* Who came on which day: the check-ins of 下沉 against what each post owes (K12–K14), and the sign-off of a finished month. */
#include "staff_attendance.h"

#include <stdlib.h>

#include "posts.h"
#include "roster.h"
#include "staff_attendance.html.h"
#include "staff_xlsx.h"

enum { ROWS_SHOWN = 250, ROWS_MAX = 3000, WEEK = 7, SIGNS_MAX = 200 };

struct asked { /* what is looked at */
    struct request *req;
    const struct visit *v;
    struct roll_ask ask;
    const struct org *org;
    bool sees_all;
    size_t n_days, max;
    struct roll roll;
    struct attendance_view *view;
};

/* ---- Whom one sees ---- */

/* His own unit's people, and those sent to his community or to the station's. */
static bool
sees_posting(const struct asked *q, const struct posting *p)
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

/* ---- Rows: what the roll says, in words ---- */

static const struct {
    const char *words, *class;
} grades[] = {{"自报", "n"}, {"到场码", "g"}, {"扫码定位", "t"}, {"扫码", "b"}};

static struct attendance_cell
cell_words(struct arena *a, const struct roll_day *d)
{
    struct civil t = civil_of(d->came_at);
    int grade = d->grade >= 0 && d->grade <= 3 ? d->grade : 0;
    switch (d->mark) {
    case MARK_CAME:
        return (struct attendance_cell){.mark = d->mark, .class = grades[grade].class,
                                        .words = arena_printf(a, "%02d:%02d %s", t.hour, t.minute, grades[grade].words),
                                        .url = arena_printf(a, "/desk/visits/%lld", (long long)d->visit)};
    case MARK_LEAVE:
        return (struct attendance_cell){.mark = d->mark, .words = "请假", .class = "n"};
    case MARK_MISSED:
        return (struct attendance_cell){.mark = d->mark, .words = "未到", .class = "r"};
    case MARK_ABSENT:
        return (struct attendance_cell){.mark = d->mark, .words = "还没到", .class = "a"};
    case MARK_EXCUSED:
        return (struct attendance_cell){.mark = d->mark, .words = "核免", .class = "v"};
    case MARK_NONE:
    case MARK_OFF:
        break;
    }
    return (struct attendance_cell){.mark = d->mark};
}

static struct attendance_cells
cells_of(const struct asked *q, const struct roll_row *row)
{
    struct attendance_cell *cells = arena_array(q->req->arena, struct attendance_cell, q->n_days);
    for (size_t i = 0; i < q->n_days; i++) {
        cells[i] = cell_words(q->req->arena, &row->days[i]);
        cells[i].day = q->view->days.p[i].full;
    }
    return (struct attendance_cells){cells, q->n_days};
}

static void
fill_rows(struct asked *q)
{
    const struct registry *r = q->v->area->registry;
    struct attendance_view *view = q->view;
    size_t room = q->roll.n < q->max ? q->roll.n : q->max, n = 0;
    struct attendance_row *rows = arena_array(q->req->arena, struct attendance_row, room + 1);
    for (size_t i = 0; i < q->roll.n; i++) {
        const struct roll_row *row = &q->roll.rows[i];
        if ((q->org && row->posting->org != q->org->id) || !sees_posting(q, row->posting))
            continue;
        view->required += row->required;
        view->came += row->came;
        view->short_of += row->short_of;
        view->n_behind += row->is_behind;
        if (n == room) {
            view->n_hidden++;
            continue;
        }
        rows[n++] = (struct attendance_row){.r = row, .place = place_name(r, row->posting->place), .org = org_short(r, row->posting->org),
                                            .cells = cells_of(q, row)};
    }
    view->rows = (struct attendance_rows){rows, n};
}

/* ---- Signed months ---- */

static const struct place *
community_of_row(const struct asked *q, const struct roll_row *row)
{
    const struct registry *r = q->v->area->registry;
    const struct place *at = registry_place(r, row->posting->place);
    return at ? place_above(r, at, PLACE_COMMUNITY) : NULL;
}

static struct attendance_sign *
sign_of(struct attendance_signs *all, const struct place *community)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->p[i].place == community)
            return (struct attendance_sign *)(uintptr_t)&all->p[i];
    return NULL;
}

static bool
fill_sign(struct asked *q, struct attendance_sign *x, struct err *err)
{
    const struct visit *v = q->v;
    const struct registry *r = v->area->registry;
    struct arena *a = q->req->arena;
    int32_t month = month_of(q->ask.from);
    if (!attendance_signed(v->db, a, v->area->id, x->place->id, month, &x->s, err))
        return false;
    x->is_signed = x->s.rev >= 0;
    x->n_changed = x->is_signed ? attendance_changed(r, &q->roll, x->place->id, &x->s) : 0;
    x->may_sign = attendance_may_sign(&v->who, x->place) && day_of(v->now) > attendance_month_ends(v->area->scheme, month) &&
                  (!x->is_signed || x->n_changed);
    if (x->is_signed) {
        struct buf when = {0};
        moment_words(&when, x->s.at, v->now);
        x->when = buf_keep(a, &when).p;
        x->who = person_name(r, x->s.by);
        x->role = role_label(x->s.role);
    }
    for (size_t i = 0; i < q->roll.n; i++)
        if (community_of_row(q, &q->roll.rows[i]) == x->place) {
            x->required += q->roll.rows[i].required;
            x->came += q->roll.rows[i].came;
            x->short_of += q->roll.rows[i].short_of;
        }
    return true;
}

/* Only where the roll holds whole communities: a month, and no part of one. */
static bool
fill_signs(struct asked *q, struct err *err)
{
    struct attendance_view *view = q->view;
    struct attendance_sign *list = arena_array(q->req->arena, struct attendance_sign, SIGNS_MAX);
    struct attendance_row *rows = (struct attendance_row *)(uintptr_t)view->rows.p;
    view->signs.p = list;
    if (!view->is_month || (q->ask.place && q->ask.place->kind > PLACE_COMMUNITY))
        return true;
    for (size_t i = 0; i < view->rows.n; i++) {
        const struct place *c = community_of_row(q, rows[i].r);
        struct attendance_sign *x = c ? sign_of(&view->signs, c) : NULL;
        if (c && !x && view->signs.n < SIGNS_MAX) {
            x = &list[view->signs.n++];
            *x = (struct attendance_sign){.place = c};
            if (!fill_sign(q, x, err))
                return false;
        }
        if (x && x->is_signed && roll_row_is_changed(rows[i].r, &x->s)) {
            rows[i].was = signed_row_of(&x->s, rows[i].r->posting->id);
            rows[i].is_changed = true;
        }
    }
    int32_t end = attendance_month_ends(q->v->area->scheme, month_of(q->ask.from));
    struct civil c = civil_of_day(end);
    view->is_over = day_of(q->v->now) > end;
    view->signed_from = arena_printf(q->req->arena, "%d 月 %d 日", c.month, c.day);
    return true;
}

/* ---- The page ---- */

static void
fill_heads(struct asked *q)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    struct attendance_head *heads = arena_array(q->req->arena, struct attendance_head, q->n_days);
    for (int32_t d = q->ask.from; d <= q->ask.to; d++) {
        struct civil t = civil_of_day(d);
        heads[d - q->ask.from] = (struct attendance_head){
            .weekday = weekdays[t.weekday], .day = arena_printf(q->req->arena, "%d", t.day),
            .full = arena_printf(q->req->arena, "%d 月 %d 日 周%s", t.month, t.day, weekdays[t.weekday]),
            .is_off = !is_working_day(&q->v->area->scheme->calendar, d, NULL), .is_today = d == day_of(q->v->now)};
    }
    q->view->days = (struct attendance_heads){heads, q->n_days};
}

static int
by_place(const void *x, const void *y)
{
    const struct posting *a = ((const struct attendance_row *)x)->r->posting, *b = ((const struct attendance_row *)y)->r->posting;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (a->org != b->org)
        return a->org < b->org ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
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
find_span(struct asked *q)
{
    struct attendance_view *view = q->view;
    int32_t today = day_of(q->v->now), day;
    if (!date_parse(params_get(&q->req->args, "day"), &day) || day < today - 3660 || day > today + 366)
        day = today;
    view->is_month = str_is(params_get(&q->req->args, "span"), "month");
    q->ask.from = view->is_month ? month_first_day(month_of(day)) : day - (civil_of_day(day).weekday - 1);
    q->ask.to = view->is_month ? month_first_day(month_of(day) + 1) - 1 : q->ask.from + WEEK - 1;
    q->n_days = (size_t)(q->ask.to - q->ask.from + 1);
    struct civil f = civil_of_day(q->ask.from), l = civil_of_day(q->ask.to);
    view->span = view->is_month ? month_words(q->req->arena, f.year, f.month)
                                : arena_printf(q->req->arena, "%d 月 %d 日—%d 月 %d 日", f.month, f.day, l.month, l.day);
    q->ask.is_month = view->is_month;
    view->month_code = arena_printf(q->req->arena, "%04d-%02d", f.year, f.month);
    view->before = query_with(q->req, "/desk/attendance", "day", day_code(q->req->arena, q->ask.from - 1));
    view->after = query_with(q->req, "/desk/attendance", "day", day_code(q->req->arena, q->ask.to + 1));
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
    struct asked q = {.req = req, .v = v, .max = max, .view = view, .sees_all = sees_all(v), .ask = {.area = v->area, .now = v->now}};
    view->place = params_get(&req->args, "place");
    view->org = params_get(&req->args, "org");
    q.ask.place = registry_place_code(v->area->registry, view->place);
    q.org = registry_org_code(v->area->registry, view->org);
    find_span(&q);
    fill_heads(&q);
    if (!attendance_roll(v->db, req->arena, &q.ask, &q.roll, err))
        return false;
    view->has_routines = q.roll.has_routines;
    fill_rows(&q);
    if (!fill_signs(&q, err))
        return false;
    if (view->rows.n)
        qsort((void *)(uintptr_t)view->rows.p, view->rows.n, sizeof *view->rows.p, by_place);
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

/* ---- Signing ---- */

static void
month_signed(struct request *req, struct response *res, struct action *a)
{
    struct str place = str_trim(params_get(&req->form, "place")), month = str_trim(params_get(&req->form, "month"));
    if (a->err.kind) {
        page_fail(req, res, &a->err);
        return;
    }
    flash(req, res, "考勤已签认。");
    response_redirect(req, res, "/desk/attendance?span=month&day=%.*s-01&place=%.*s#signs", (int)month.n, month.p, (int)place.n, place.p);
}

void
desk_post_attendance_sign(struct request *req, struct response *res)
{
    struct sign_attendance *x = arena_new_of(req->arena, struct sign_attendance);
    x->place = params_get(&req->form, "place");
    x->month = params_get(&req->form, "month");
    x->seen = params_get(&req->form, "seen");
    page_wait(req, res, &x->base, month_signed);
    sign_attendance(x, visit_of(req)->db);
}

/* ---- The same as a sheet ---- */

static const char *
was_words(struct arena *a, const struct attendance_row *row)
{
    return row->was ? arena_printf(a, "签认时应到 %d，已到 %d，还差 %d", row->was->required, row->was->came, row->was->short_of) : "签认时不在册";
}

/* Who signed which community, when, and what it said then. */
static bool
write_signs(lxw_workbook *book, lxw_format *head, struct arena *a, const struct attendance_view *view)
{
    static const char *const titles[] = {"社区", "月份", "签认", "签认人", "岗位", "签认时间", "签认时应到", "签认时已到", "签认时还差", "签后更改人数", "现在应到", "现在已到", "现在还差"};
    enum { COLUMNS = sizeof titles / sizeof *titles };
    lxw_worksheet *sheet = workbook_add_worksheet(book, "签认");
    if (!sheet)
        return false;
    worksheet_set_column(sheet, 0, COLUMNS - 1, 14, NULL);
    for (lxw_col_t i = 0; i < COLUMNS; i++)
        worksheet_write_string(sheet, 0, i, titles[i], head);
    for (size_t i = 0; i < view->signs.n; i++) {
        const struct attendance_sign *x = &view->signs.p[i];
        lxw_row_t at = (lxw_row_t)i + 1;
        const int64_t counts[] = {x->s.required, x->s.came, x->s.short_of, (int64_t)x->n_changed, x->required, x->came, x->short_of};
        xlsx_text(sheet, at, 0, a, x->place->name, NULL);
        worksheet_write_string(sheet, at, 1, view->span, NULL);
        worksheet_write_string(sheet, at, 2, !x->is_signed ? "未签认" : x->n_changed ? "已签认，签后更改" : "已签认", NULL);
        if (x->is_signed) {
            xlsx_text(sheet, at, 3, a, x->who, NULL);
            worksheet_write_string(sheet, at, 4, x->role, NULL);
            worksheet_write_string(sheet, at, 5, x->when, NULL);
        }
        for (lxw_col_t k = 0; k < 7; k++)
            if (x->is_signed || k > 3)
                worksheet_write_number(sheet, at, (lxw_col_t)(6 + k), (double)counts[k], NULL);
    }
    return true;
}

static bool
write_sheet(const struct visit *v, lxw_workbook *book, lxw_worksheet *sheet, lxw_format *head, const void *ctx)
{
    static const char *const titles[] = {"社区", "单位", "姓名", "应到", "已到", "还差", "签后更改"};
    const struct attendance_view *view = ctx;
    struct arena *a = arena_new();
    lxw_col_t fixed = (lxw_col_t)(sizeof titles / sizeof *titles) - !view->signs.n;
    (void)v;
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
        xlsx_text(sheet, at, 2, a, row->r->person->name, NULL);
        worksheet_write_number(sheet, at, 3, row->r->required, NULL);
        worksheet_write_number(sheet, at, 4, row->r->came, NULL);
        worksheet_write_number(sheet, at, 5, row->r->short_of, NULL);
        if (row->is_changed)
            worksheet_write_string(sheet, at, 6, was_words(a, row), NULL);
        for (size_t k = 0; k < row->cells.n; k++)
            if (row->cells.p[k].words)
                worksheet_write_string(sheet, at, (lxw_col_t)(fixed + k), row->cells.p[k].words, NULL);
    }
    bool ok = !view->signs.n || write_signs(book, head, a, view);
    arena_free(a);
    return ok;
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
