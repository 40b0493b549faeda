/* scheme export and import: the tables as a workbook, and back into a folder of CSV files. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_scheme.h"
#include "json.h"
#include "registry_import.h"
#include "slots.h"
#include "workbook.h"

enum { FILE_MOST = 64 * 1024 * 1024 };

static bool
write_file(const char *path, struct str bytes, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0;
    for (size_t done = 0; ok && done < bytes.n;) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok || err_set(err, ERR_INTERNAL, "不能写 %s。", path);
}

static bool
read_file(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char chunk[65536];
    ssize_t n = -1;
    while (fd >= 0 && (n = read(fd, chunk, sizeof chunk)) > 0 && out->n <= FILE_MOST)
        buf_add(out, chunk, (size_t)n);
    if (fd >= 0)
        close(fd);
    return n == 0 || err_set(err, ERR_NOT_FOUND, "读不了文件 %s。", path);
}

int
cmd_scheme_export(struct args *a)
{
    const char *to = opt_value(a, "--out", "");
    if (!opt_rest(a, 1, 1))
        return 2;
    struct arena *arena = arena_new();
    struct err err = {0};
    struct scheme_source source;
    struct buf book = {0};
    bool ok = scheme_source_open(arena, a->argv[0], &source, &err);
    const char *path = *to ? to : arena_printf(arena, "%s.xlsx", a->argv[0]);
    ok = ok && workbook_write(source.tables, NULL, &book, &err) && write_file(path, buf_view(&book), &err);
    if (ok)
        printf("%s\n", path);
    print_scheme_errors(&source.errors);
    app_close(source.app);
    buf_release(&book);
    arena_free(arena);
    return ok ? 0 : err.kind ? fail_with(&err) : 1;
}

static void
print_faults(struct arena *a, const struct scheme_errors *errors, bool as_json)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    if (!as_json) {
        for (size_t i = 0; i < errors->n; i++)
            talk("%s", workbook_error_words(a, &errors->p[i]));
        return;
    }
    json_open_object(&j);
    json_put_bool(&j, "ok", errors->n == 0);
    scheme_errors_json(&j, errors);
    json_close_object(&j);
    printf("%.*s\n", (int)out.n, out.p);
    buf_release(&out);
}

static bool
write_folder(struct arena *a, const char *folder, struct tables tables, struct err *err)
{
    if (mkdir(folder, 0755) && access(folder, W_OK))
        return err_set(err, ERR_INTERNAL, "不能建立文件夹 %s。", folder);
    for (size_t i = 0; i < tables.n; i++) {
        struct buf csv = {0};
        table_write(&csv, &tables.p[i]);
        bool ok = write_file(arena_printf(a, "%s/%s.csv", folder, str_z(a, tables.p[i].name)), buf_view(&csv), err);
        buf_release(&csv);
        if (!ok)
            return false;
    }
    return true;
}

/* Nothing is written while a cell is wrong, except the marked copy. */
int
cmd_scheme_import(struct args *a)
{
    bool as_json = opt_flag(a, "--json");
    const char *folder = opt_value(a, "--out", ""), *marked = opt_value(a, "--marked", "");
    if (!opt_rest(a, 1, 1))
        return 2;
    if (!*folder)
        return usage_error(in_tongue("请用 --out 写出放 CSV 的文件夹", "name the folder for the CSV files with --out"));
    struct arena *arena = arena_new();
    struct scheme_errors errors = {0};
    struct err err = {0};
    struct tables tables;
    struct buf bytes = {0}, copy = {0};
    bool ok = read_file(a->argv[0], &bytes, &err) && workbook_tables(arena, str_of(a->argv[0]), buf_view(&bytes), &tables, &errors, &err);
    if (ok) {
        struct registry r;
        struct scheme *s = scheme_read(arena, tables, &errors);
        bool is_sound = registry_from_tables(arena, 1, tables, &r, &errors) && s && !errors.n;
        if (is_sound)
            slots_check(arena, &r, s, &errors);
        is_sound = is_sound && !errors.n;
        print_faults(arena, &errors, as_json);
        ok = is_sound ? write_folder(arena, folder, tables, &err)
                      : !*marked || (workbook_write(tables, &errors, &copy, &err) && write_file(marked, buf_view(&copy), &err));
        ok = ok && is_sound;
    }
    buf_release(&bytes);
    buf_release(&copy);
    arena_free(arena);
    return ok ? 0 : err.kind ? fail_with(&err) : 1;
}
