#include "cmd.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "schemes_gen.h"

bool
says_chinese(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return strncmp(v, "zh", 2) == 0;
    }
    return false;
}

void
talk(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

int
fail_with(const struct err *err)
{
    talk("%s", err->message[0] ? err->message : in_tongue("失败。", "failed."));
    for (int i = 0; i < err->n_fields; i++)
        talk("  %s: %s", err->fields[i].field, err->fields[i].message);
    if (err->detail[0])
        talk("  (%s)", err->detail);
    return err_exit(err->kind == ERR_NONE ? ERR_INTERNAL : err->kind);
}

int
usage_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs(in_tongue("\n用 shaodao help 看用法。\n", "\nSee: shaodao help\n"), stderr);
    return 2;
}

static void
take_out(struct args *a, int at, int n)
{
    for (int i = at; i + n < a->argc; i++)
        a->argv[i] = a->argv[i + n];
    a->argc -= n;
}

const char *
opt_value(struct args *a, const char *name, const char *otherwise)
{
    size_t n = strlen(name);
    for (int i = 0; i < a->argc; i++) {
        if (strncmp(a->argv[i], name, n) != 0)
            continue;
        if (a->argv[i][n] == '=') {
            const char *v = a->argv[i] + n + 1;
            take_out(a, i, 1);
            return v;
        }
        if (a->argv[i][n] == 0 && i + 1 < a->argc) {
            const char *v = a->argv[i + 1];
            take_out(a, i, 2);
            return v;
        }
    }
    return otherwise;
}

bool
opt_flag(struct args *a, const char *name)
{
    for (int i = 0; i < a->argc; i++)
        if (strcmp(a->argv[i], name) == 0) {
            take_out(a, i, 1);
            return true;
        }
    return false;
}

bool
opt_rest(struct args *a, int min, int max)
{
    for (int i = 0; i < a->argc; i++)
        if (strncmp(a->argv[i], "--", 2) == 0) {
            usage_error(in_tongue("不认识的选项：%s", "unknown option: %s"), a->argv[i]);
            return false;
        }
    if (a->argc < min || a->argc > max) {
        usage_error("%s", in_tongue("参数个数不对。", "wrong number of arguments."));
        return false;
    }
    return true;
}

/* Schemes */

static bool
parse_one(struct arena *a, struct str name, struct str text, struct tables *tables, struct str **csv,
          struct scheme_errors *errors)
{
    enum { TABLES_MAX = 64 };
    if (str_is(name, "demo")) /* how a sample year goes: no rule of the locality (scheme_demo_source) */
        return true;
    if (!tables->p) {
        tables->p = arena_array(a, struct table, TABLES_MAX);
        *csv = arena_array(a, struct str, TABLES_MAX);
    }
    if (tables->n == TABLES_MAX)
        return false;
    (*csv)[tables->n] = text;
    struct table *t = (struct table *)(uintptr_t)&tables->p[tables->n++];
    table_parse(a, name, text, t, errors);
    return true;
}

static bool
read_file(struct arena *a, const char *path, struct str *out)
{
    FILE *f = fopen(path, "rb");
    struct buf b = {0};
    char block[16384];
    if (!f)
        return false;
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, block, n);
    fclose(f);
    *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return true;
}

static bool
from_folder(struct arena *a, const char *path, struct tables *tables, struct str **csv, struct scheme_errors *errors,
            struct err *err)
{
    struct dirent **list = NULL;
    int n = scandir(path, &list, NULL, alphasort);
    if (n < 0)
        return err_set(err, ERR_NOT_FOUND, "没有叫 %s 的工作方案，也没有这个文件夹。", path);
    for (int i = 0; i < n; i++) {
        struct str name = str_of(list[i]->d_name), text;
        if (name.n > 4 && str_is(str_slice(name, name.n - 4, name.n), ".csv") && name.p[0] != '.') {
            const char *full = arena_printf(a, "%s/%s", path, list[i]->d_name);
            if (read_file(a, full, &text))
                parse_one(a, str_dup(a, str_slice(name, 0, name.n - 4)), text, tables, csv, errors);
        }
        free(list[i]);
    }
    free(list);
    return tables->n > 0 || err_set(err, ERR_NOT_FOUND, "%s 里没有 .csv 表。", path);
}

bool
scheme_source(struct arena *a, const char *name_or_path, struct tables *tables, struct str **csv,
              struct scheme_errors *errors, struct err *err)
{
    *tables = (struct tables){0};
    struct str prefix = str_of(arena_printf(a, "%s/", name_or_path));
    for (size_t i = 0; i < scheme_file_count; i++) {
        struct str path = str_of(scheme_files[i].path);
        if (!str_starts(path, prefix))
            continue;
        struct str name = str_slice(path, prefix.n, path.n - 4);
        parse_one(a, name, (struct str){(const char *)scheme_files[i].raw, scheme_files[i].raw_n}, tables, csv, errors);
    }
    return tables->n > 0 || from_folder(a, name_or_path, tables, csv, errors, err);
}

bool
scheme_demo_source(struct arena *a, const char *name_or_path, struct table *out, struct scheme_errors *errors)
{
    const struct scheme_file *f = scheme_file_find(str_of(arena_printf(a, "%s/demo.csv", name_or_path)));
    struct str text;
    if (f)
        text = (struct str){(const char *)f->raw, f->raw_n};
    else if (!read_file(a, arena_printf(a, "%s/demo.csv", name_or_path), &text))
        return false;
    return table_parse(a, STR("demo"), text, out, errors);
}

void
print_scheme_errors(const struct scheme_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++) {
        const struct scheme_error *e = &errors->p[i];
        talk("工作表「%.*s」%.*s：%.*s", (int)e->table.n, e->table.p, (int)e->cell.n, e->cell.p, (int)e->message.n,
             e->message.p);
        if (e->fix.n)
            talk("    %.*s", (int)e->fix.n, e->fix.p);
    }
}
