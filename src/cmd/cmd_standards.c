/* scheme standards: a county's 立案、处置和结案标准 becomes the tables of a scheme, with a report of what it could not say. */
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "limits.h"
#include "standards.h"
#include "workbook.h"

#define S(s) (int)(s).n, (s).p

static bool
read_file(struct arena *a, const char *path, struct str *out, struct err *err)
{
    FILE *f = fopen(path, "rb");
    struct buf b = {0};
    char block[16384];
    if (!f)
        return err_set(err, ERR_NOT_FOUND, "打不开文件 %s。", path);
    for (size_t n; b.n <= LIMIT_WORKBOOK_BYTES && (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, block, n);
    bool ok = !ferror(f) || err_set(err, ERR_NOT_FOUND, "读不了文件 %s。", path);
    fclose(f);
    *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return ok;
}

static bool
write_table(struct arena *a, const char *folder, const struct table *t, struct err *err)
{
    const char *path = arena_printf(a, "%s/%.*s.csv", folder, S(t->name));
    struct buf csv = {0};
    table_write(&csv, t);
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(csv.p, 1, csv.n, f) == csv.n;
    ok = (!f || fclose(f) == 0) && ok;
    buf_release(&csv);
    return ok || err_set(err, ERR_INTERNAL, "不能写 %s。", path);
}

static bool
write_tables(struct arena *a, const char *folder, struct tables tables, struct err *err)
{
    bool ok = mkdir(folder, 0755) == 0 || access(folder, W_OK) == 0 || err_set(err, ERR_INTERNAL, "不能建立文件夹 %s。", folder);
    for (size_t i = 0; ok && i < tables.n; i++)
        ok = write_table(a, folder, &tables.p[i], err);
    return ok;
}

static const char *
place_of(struct arena *a, const struct standards_note *n)
{
    return n->sheet.n ? arena_printf(a, "工作表「%.*s」第 %zu 行", S(n->sheet), n->line) : arena_printf(a, "第 %zu 行", n->line);
}

static void
print_words(struct arena *a, const struct standards *s)
{
    printf("读到 %zu 行：%zu 个小类，%zu 个事项，%zu 种时限，%zu 条依据；标题和表头等 %zu 行没有算。\n", s->n_lines, s->n_kinds,
           s->n_items, s->n_limits, s->n_bases, s->n_skipped);
    size_t unknown = 0;
    for (size_t i = 0; i < s->n_units; i++)
        unknown += !s->units[i].code.n;
    if (s->n_without_limit)
        printf("%zu 个事项没有时限，要补上。\n", s->n_without_limit);
    if (s->n_without_basis)
        printf("%zu 个事项没有法律条款，要补上。\n", s->n_without_basis);
    if (unknown)
        printf("%zu 个单位名称没有对应的编码：先在 orgs 表写上，或用 --scheme 指明方案。\n", unknown);
    for (size_t i = 0; i < s->n_units; i++)
        if (!s->units[i].code.n)
            printf("  %.*s（%zu 个事项）\n", S(s->units[i].name), s->units[i].n);
    for (size_t i = 0; i < s->n_notes; i++)
        printf("%s：%.*s。\n", place_of(a, &s->notes[i]), S(s->notes[i].text));
}

static void
json_units(struct json *j, const struct standards *s)
{
    json_put_array(j, "units");
    for (size_t i = 0; i < s->n_units; i++) {
        json_open_object(j);
        json_put_str(j, "name", s->units[i].name);
        json_put_str(j, "code", s->units[i].code);
        json_put_int(j, "items", (int64_t)s->units[i].n);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
print_json(const struct standards *s)
{
    const struct {
        const char *name;
        size_t n;
    } counts[] = {{"lines", s->n_lines},   {"skipped", s->n_skipped}, {"kinds", s->n_kinds}, {"items", s->n_items},
                  {"limits", s->n_limits}, {"bases", s->n_bases},     {"without_limit", s->n_without_limit},
                  {"without_basis", s->n_without_basis}};
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_put_int(&j, counts[i].name, (int64_t)counts[i].n);
    json_units(&j, s);
    json_put_array(&j, "notes");
    for (size_t i = 0; i < s->n_notes; i++) {
        json_open_object(&j);
        json_put_str(&j, "sheet", s->notes[i].sheet);
        json_put_int(&j, "line", (int64_t)s->notes[i].line);
        json_put_str(&j, "text", s->notes[i].text);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
    printf("%.*s\n", (int)out.n, out.p);
    buf_release(&out);
}

/* The organisations of a scheme give units their codes; without one the names stay. */
static bool
find_orgs(struct arena *a, const char *scheme, struct tables *orgs, struct err *err)
{
    struct scheme_errors errors = {0};
    struct str *csv;
    *orgs = (struct tables){0};
    return !*scheme || scheme_source(a, scheme, orgs, &csv, &errors, err);
}

static bool
read_standards(struct arena *a, const char *path, enum list list, struct tables orgs, struct standards *out, struct err *err)
{
    struct scheme_errors errors = {0};
    struct workbook_sheet *sheets;
    struct str bytes;
    size_t n;
    if (!read_file(a, path, &bytes, err) || !workbook_sheets(a, str_of(path), bytes, &sheets, &n, &errors, err))
        return false;
    for (size_t i = 0; i < errors.n; i++)
        talk("%s", workbook_error_words(a, &errors.p[i]));
    struct standards_sheet *list_of = arena_array(a, struct standards_sheet, n);
    for (size_t i = 0; i < n; i++)
        list_of[i] = (struct standards_sheet){sheets[i].name, sheets[i].rows, sheets[i].n_rows};
    return standards_read(a, list_of, n, list, orgs, out, err);
}

int
cmd_scheme_standards(struct args *args)
{
    bool as_json = opt_flag(args, "--json");
    const char *folder = opt_value(args, "--out", ""), *scheme = opt_value(args, "--scheme", "");
    const char *list = opt_value(args, "--list", "service");
    if (!opt_rest(args, 1, 1))
        return 2;
    bool is_enforcement = strcmp(list, "enforcement") == 0;
    if (!is_enforcement && strcmp(list, "service") != 0)
        return usage_error(in_tongue("--list 写 service 或 enforcement", "--list is service or enforcement"));
    struct arena *a = arena_new();
    struct err err = {0};
    struct tables orgs;
    struct standards s;
    bool ok = find_orgs(a, scheme, &orgs, &err) &&
              read_standards(a, args->argv[0], is_enforcement ? LIST_ENFORCEMENT : LIST_SERVICE, orgs, &s, &err);
    if (ok)
        as_json ? print_json(&s) : print_words(a, &s);
    ok = ok && (!*folder || write_tables(a, folder, s.tables, &err));
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}
