#include "staff_xlsx.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

enum { CELL_MAX_BYTES = 32000 };

void
xlsx_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, struct arena *a, struct str s, lxw_format *format)
{
    worksheet_write_string(sheet, row, col, str_z(a, str_slice(s, 0, CELL_MAX_BYTES)), format);
}

static bool
write_workbook(const struct visit *v, const struct xlsx_export *x)
{
    lxw_workbook_options opt = {.constant_memory = LXW_TRUE, .tmpdir = NULL, .use_zip64 = LXW_FALSE};
    lxw_workbook *book = workbook_new_opt(x->path, &opt);
    lxw_worksheet *sheet = book ? workbook_add_worksheet(book, x->sheet) : NULL;
    if (!sheet)
        return false;
    lxw_format *head = workbook_add_format(book);
    format_set_bold(head);
    bool ok = x->write(v, book, sheet, head, x->ctx);
    return workbook_close(book) == LXW_NO_ERROR && ok;
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
    struct xlsx_export *x = arg;
    struct visit *v = visit_of(req);
    struct err err = {0};
    bool ok = x->is_written && read_file(x->path, &res->body);
    unlink(x->path);
    if (!ok) {
        err_set(&err, ERR_BUSY, "表格没有生成，请稍后再试。");
        page_fail(req, res, &err);
        return;
    }
    log_event("export", "person=%lld what=%s rows=%zu", (long long)v->person->id, x->name, x->rows);
    res->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    response_header(res, "Content-Disposition", arena_printf(req->arena, "attachment; filename=\"%s.xlsx\"", x->name));
}

static void *
write_thread(void *arg)
{
    struct xlsx_export *x = arg;
    x->is_written = write_workbook(visit_of(x->req), x);
    http_unpark(x->parked, written, x);
    return NULL;
}

static bool
make_path(struct request *req, struct xlsx_export *x, struct err *err)
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
xlsx_send(struct request *req, struct response *res, struct xlsx_export *x)
{
    struct err err = {0};
    pthread_t thread;
    pthread_attr_t attr;
    x->req = req;
    if (!make_path(req, x, &err)) {
        page_fail(req, res, &err);
        return;
    }
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    x->parked = http_park(req, res);
    if (pthread_create(&thread, &attr, write_thread, x) != 0)
        http_unpark(x->parked, written, x);
    pthread_attr_destroy(&attr);
}
