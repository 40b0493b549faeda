/* The list as XLSX: clear columns only, no words and no contacts; written by a thread of its own, in constant memory. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "log.h"
#include "staff_cases.h"

enum { EXPORT_MAX = 20000 };

struct exporting {
    struct request *req;
    struct parked *parked;
    struct case_rows rows;
    const char *path;
    bool is_written;
};

static const struct {
    const char *title;
    double width;
} columns[] = {{"编号", 16},   {"事项编码", 9}, {"事项", 30},     {"清单", 10},     {"小区", 18},     {"牵头单位", 18},
               {"来源", 18},   {"状态", 10},    {"登记时间", 18}, {"办理期限", 18}, {"是否超期", 9},  {"督办", 7},
               {"办结时间", 18}, {"结果", 18},  {"处置", 10},     {"满意度", 10}};
enum { COLUMNS = sizeof columns / sizeof *columns, ROW_MAX_CHARS = 32000 };

/* Text cells are always strings: what begins with = + - @ is never a formula. */
static void
cell_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, struct arena *a, struct str s)
{
    worksheet_write_string(sheet, row, col, str_z(a, str_slice(s, 0, ROW_MAX_CHARS)), NULL);
}

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
    cell_text(sheet, row, 0, a, str_of(case_no_words(a, c)));
    cell_text(sheet, row, 1, a, c->item);
    cell_text(sheet, row, 2, a, item_name(v, c));
    cell_text(sheet, row, 3, a, str_of(list));
    cell_text(sheet, row, 4, a, place_title(v, c->place));
    cell_text(sheet, row, 5, a, c->lead ? org_name(v->area->registry, (int32_t)c->lead) : STR(""));
    cell_text(sheet, row, 6, a, source_name(v, c->source));
    cell_text(sheet, row, 7, a, str_of(case_state_label((int)c->state)));
    cell_time(sheet, row, 8, c->opened_at, time_format);
    cell_time(sheet, row, 9, c->main_due, time_format);
    cell_text(sheet, row, 10, a, is_late ? STR("超期") : c->main_missed ? STR("曾超期") : STR(""));
    cell_text(sheet, row, 11, a, c->supervised ? STR("督办") : STR(""));
    cell_time(sheet, row, 12, c->closed_at, time_format);
    cell_text(sheet, row, 13, a, c->outcome ? str_of(outcome_label((int)c->outcome)) : STR(""));
    cell_text(sheet, row, 14, a, c->tier ? str_of(tier_label((int)c->tier)) : STR(""));
    cell_text(sheet, row, 15, a, c->grade ? str_of(grade_label((int)c->grade)) : STR(""));
    arena_free(a);
}

static bool
write_workbook(const struct visit *v, const struct exporting *x)
{
    lxw_workbook_options opt = {.constant_memory = LXW_TRUE, .tmpdir = NULL, .use_zip64 = LXW_FALSE};
    lxw_workbook *book = workbook_new_opt(x->path, &opt);
    lxw_worksheet *sheet = book ? workbook_add_worksheet(book, "事项") : NULL;
    if (!sheet)
        return false;
    lxw_format *head = workbook_add_format(book), *time_format = workbook_add_format(book);
    format_set_bold(head);
    format_set_num_format(time_format, "yyyy-mm-dd hh:mm");
    for (int i = 0; i < COLUMNS; i++)
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
    for (int i = 0; i < COLUMNS; i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, columns[i].title, head);
    worksheet_freeze_panes(sheet, 1, 1);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)x->rows.n, COLUMNS - 1);
    for (size_t i = 0; i < x->rows.n; i++)
        write_row(v, sheet, (lxw_row_t)i + 1, &x->rows.p[i].c, time_format);
    return workbook_close(book) == LXW_NO_ERROR;
}

static bool
read_file(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    buf_need(out, (size_t)st.st_size);
    char piece[65536];
    ssize_t n;
    while ((n = read(fd, piece, sizeof piece)) > 0)
        buf_add(out, piece, (size_t)n);
    close(fd);
    return n == 0;
}

static void
written(struct request *req, struct response *res, void *arg)
{
    struct exporting *x = arg;
    struct buf day = {0};
    struct visit *v = visit_of(req);
    struct err err = {0};
    bool ok = x->is_written && read_file(x->path, &res->body);
    unlink(x->path);
    if (!ok) {
        err_set(&err, ERR_BUSY, "表格没有生成，请稍后再试。");
        page_fail(req, res, &err);
        return;
    }
    log_event("export", "person=%lld rows=%zu", (long long)v->person->id, x->rows.n);
    compact_date(&day, day_of(v->now));
    res->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    response_header(res, "Content-Disposition",
                    arena_printf(req->arena, "attachment; filename=\"cases-%s.xlsx\"", buf_keep(req->arena, &day).p));
}

static void *
write_thread(void *arg)
{
    struct exporting *x = arg;
    x->is_written = write_workbook(visit_of(x->req), x);
    http_unpark(x->parked, written, x);
    return NULL;
}

static bool
make_path(struct request *req, struct exporting *x, struct err *err)
{
    const char *dir = arena_printf(req->arena, "%s/tmp", app_dir(visit_of(req)->app));
    mkdir(dir, 0700);
    char *path = (char *)(uintptr_t)arena_printf(req->arena, "%s/export-XXXXXX", dir);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_BUSY, "磁盘写不了临时文件，表格没有生成。");
    close(fd);
    x->path = path;
    return true;
}

void
desk_cases_xlsx(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct cases_query q;
    struct exporting *x = arena_new_of(req->arena, struct exporting);
    x->req = req;
    bool sees_any = cases_query_read(req, &q);
    q.f.limit = EXPORT_MAX;
    q.f.after_a = q.f.after_b = 0;
    if ((sees_any && !cases_list(v->db, app_keys(v->app), req->arena, &q.f, &x->rows, &err)) || !make_path(req, x, &err)) {
        page_fail(req, res, &err);
        return;
    }
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    x->parked = http_park(req, res);
    if (pthread_create(&thread, &attr, write_thread, x) != 0)
        http_unpark(x->parked, written, x);
    pthread_attr_destroy(&attr);
}
