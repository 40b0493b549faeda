/* The list of cases as XLSX: clear columns only, no words and no contacts. */
#include "staff_cases.h"
#include "staff_xlsx.h"

enum { EXPORT_MAX = 20000 };

static const struct {
    const char *title;
    double width;
} columns[] = {{"编号", 16},   {"事项编码", 9}, {"事项", 30},     {"清单", 10},     {"小区", 18},     {"牵头单位", 18},
               {"来源", 18},   {"状态", 10},    {"登记时间", 18}, {"办理期限", 18}, {"是否超期", 9},  {"督办", 7},
               {"办结时间", 18}, {"结果", 18},  {"处置", 10},     {"满意度", 10}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void
cell_time(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, instant at, lxw_format *format)
{
    if (!at)
        return;
    struct civil t = civil_of(at);
    lxw_datetime when = {t.year, t.month, t.day, t.hour, t.minute, 0};
    worksheet_write_datetime(sheet, row, col, &when, format);
}

static void
write_row(const struct visit *v, lxw_worksheet *sheet, lxw_row_t row, const struct case_file *c, lxw_format *time_format)
{
    struct arena *a = arena_new();
    const char *list = c->list == LIST_SERVICE ? "服务清单" : c->list == LIST_ENFORCEMENT ? "执法清单" : "";
    bool is_late = case_state_open((int)c->state) && c->main_due && v->now >= c->main_due;
    xlsx_text(sheet, row, 0, a, str_of(case_no_words(a, c)), NULL);
    xlsx_text(sheet, row, 1, a, c->item, NULL);
    xlsx_text(sheet, row, 2, a, item_name(v, c), NULL);
    xlsx_text(sheet, row, 3, a, str_of(list), NULL);
    xlsx_text(sheet, row, 4, a, place_title(v, c->place), NULL);
    xlsx_text(sheet, row, 5, a, c->lead ? org_name(v->area->registry, (int32_t)c->lead) : STR(""), NULL);
    xlsx_text(sheet, row, 6, a, source_name(v, c->source), NULL);
    xlsx_text(sheet, row, 7, a, str_of(case_state_label((int)c->state)), NULL);
    cell_time(sheet, row, 8, c->opened_at, time_format);
    cell_time(sheet, row, 9, c->main_due, time_format);
    xlsx_text(sheet, row, 10, a, is_late ? STR("超期") : c->main_missed ? STR("曾超期") : STR(""), NULL);
    xlsx_text(sheet, row, 11, a, c->supervised ? STR("督办") : STR(""), NULL);
    cell_time(sheet, row, 12, c->closed_at, time_format);
    xlsx_text(sheet, row, 13, a, c->outcome ? str_of(outcome_label((int)c->outcome)) : STR(""), NULL);
    xlsx_text(sheet, row, 14, a, c->tier ? str_of(tier_label((int)c->tier)) : STR(""), NULL);
    xlsx_text(sheet, row, 15, a, c->grade ? str_of(grade_label((int)c->grade)) : STR(""), NULL);
    arena_free(a);
}

static bool
write_cases(const struct visit *v, lxw_workbook *book, lxw_worksheet *sheet, lxw_format *head, const void *ctx)
{
    const struct case_rows *rows = ctx;
    lxw_format *time_format = workbook_add_format(book);
    format_set_num_format(time_format, "yyyy-mm-dd hh:mm");
    for (int i = 0; i < COLUMNS; i++)
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
    for (int i = 0; i < COLUMNS; i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, columns[i].title, head);
    worksheet_freeze_panes(sheet, 1, 1);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)rows->n, COLUMNS - 1);
    for (size_t i = 0; i < rows->n; i++)
        write_row(v, sheet, (lxw_row_t)i + 1, &rows->p[i].c, time_format);
    return true;
}

void
desk_cases_xlsx(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct cases_query q;
    struct case_rows *rows = arena_new_of(req->arena, struct case_rows);
    struct xlsx_export *x = arena_new_of(req->arena, struct xlsx_export);
    struct buf day = {0};
    bool sees_any = cases_query_read(req, &q);
    q.f.limit = EXPORT_MAX;
    q.f.after_a = q.f.after_b = 0;
    if (sees_any && !cases_list(v->db, app_keys(v->app), req->arena, &q.f, rows, &err)) {
        page_fail(req, res, &err);
        return;
    }
    compact_date(&day, day_of(v->now));
    x->name = arena_printf(req->arena, "cases-%s", buf_keep(req->arena, &day).p);
    x->sheet = "事项";
    x->rows = rows->n;
    x->write = write_cases;
    x->ctx = rows;
    xlsx_send(req, res, x);
}
