/* scheme standards: a county's 立案、处置和结案标准 becomes the tables of a scheme, with a report of what it could not say. */
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_scheme.h"
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
place_of(struct arena *a, struct str sheet, struct str cell)
{
    return sheet.n ? arena_printf(a, "工作表「%.*s」%.*s", S(sheet), S(cell)) : str_z(a, cell);
}

static void
print_units(struct arena *a, const struct standards *s)
{
    size_t unknown = 0;
    for (size_t i = 0; i < s->n_units; i++)
        unknown += !s->units[i].code.n;
    if (unknown)
        printf("%zu 个单位名称没有对应的编码：用 --scheme 指明方案，用 --units 给一张 name,code 的表，或先在 orgs 表写上。\n", unknown);
    for (size_t i = 0; i < s->n_units; i++) {
        const struct standards_unit *u = &s->units[i];
        if (u->code.n)
            continue;
        printf("  %.*s（%s，%zu 个事项）", S(u->name), place_of(a, u->sheet, u->cell), u->n);
        u->near.n ? printf("：是不是“%.*s”？\n", S(u->near)) : printf("\n");
    }
}

static void
print_words(struct arena *a, const struct standards *s, const struct scheme_errors *faults)
{
    for (size_t i = 0; i < faults->n; i++)
        talk("%s", workbook_error_words(a, &faults->p[i]));
    printf("读到 %zu 行：%zu 个小类，%zu 个事项，%zu 种时限，%zu 条依据；标题和表头等 %zu 行没有算。\n", s->n_lines, s->n_kinds,
           s->n_items, s->n_limits, s->n_bases, s->n_skipped);
    if (s->n_without_limit)
        printf("%zu 个事项没有时限，要补上。\n", s->n_without_limit);
    if (s->n_without_owner)
        printf("%zu 个事项没有处置单位，要补上。\n", s->n_without_owner);
    if (s->n_without_basis)
        printf("%zu 个事项没有法律条款，要补上。\n", s->n_without_basis);
    print_units(a, s);
    for (size_t i = 0; i < s->n_notes; i++) {
        const struct standards_note *n = &s->notes[i];
        printf("%s：%.*s", place_of(a, n->sheet, n->cell), S(n->text));
        n->times > 1 ? printf("，共 %zu 处。%.*s\n", n->times, S(n->fix)) : printf("。%.*s\n", S(n->fix));
    }
    if (s->n_notes_more)
        printf("还有 %zu 处没有列出，改好上面的再看。\n", s->n_notes_more);
}

static void
json_units(struct json *j, const struct standards *s)
{
    json_put_array(j, "units");
    for (size_t i = 0; i < s->n_units; i++) {
        json_open_object(j);
        json_put_str(j, "name", s->units[i].name);
        json_put_str(j, "code", s->units[i].code);
        json_put_str(j, "near", s->units[i].near);
        json_put_str(j, "sheet", s->units[i].sheet);
        json_put_str(j, "cell", s->units[i].cell);
        json_put_int(j, "items", (int64_t)s->units[i].n);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
json_notes(struct json *j, const struct standards *s)
{
    json_put_array(j, "notes");
    for (size_t i = 0; i < s->n_notes; i++) {
        const struct standards_note *n = &s->notes[i];
        json_open_object(j);
        json_put_str(j, "sheet", n->sheet);
        json_put_str(j, "cell", n->cell);
        json_put_int(j, "line", (int64_t)n->line);
        json_put_str(j, "text", n->text);
        json_put_str(j, "fix", n->fix);
        json_put_int(j, "times", (int64_t)n->times);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
print_json(const struct standards *s, const struct scheme_errors *faults)
{
    const struct {
        const char *name;
        size_t n;
    } counts[] = {{"lines", s->n_lines},   {"skipped", s->n_skipped}, {"kinds", s->n_kinds}, {"items", s->n_items},
                  {"limits", s->n_limits}, {"bases", s->n_bases},     {"without_limit", s->n_without_limit},
                  {"without_owner", s->n_without_owner}, {"without_basis", s->n_without_basis},
                  {"notes_more", s->n_notes_more}};
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_put_int(&j, counts[i].name, (int64_t)counts[i].n);
    json_units(&j, s);
    json_notes(&j, s);
    scheme_errors_json(&j, faults);
    json_close_object(&j);
    printf("%.*s\n", (int)out.n, out.p);
    buf_release(&out);
}

/* The organisations of a scheme give units their codes, and so does a table name,code; without either the names stay. */
static bool
find_scheme(struct arena *a, const char *scheme, const char *units, struct tables *out, struct err *err)
{
    struct scheme_errors errors = {0};
    struct str *csv, bytes;
    *out = (struct tables){0};
    if (*scheme && !scheme_source(a, scheme, out, &csv, &errors, err))
        return false;
    if (!*units)
        return true;
    struct table *all = arena_array(a, struct table, out->n + 1);
    if (out->n)
        memcpy(all, out->p, out->n * sizeof *all);
    if (!read_file(a, units, &bytes, err))
        return false;
    if (!table_parse(a, STR("units"), bytes, &all[out->n], &errors))
        return err_set(err, ERR_USAGE, "%s：%s", units, workbook_error_words(a, &errors.p[0]));
    *out = (struct tables){all, out->n + 1};
    return true;
}

static bool
read_standards(struct arena *a, const char *path, const struct standards_options *options, struct standards *out,
               struct scheme_errors *faults, struct err *err)
{
    struct workbook_sheet *sheets;
    struct str bytes;
    size_t n;
    if (!read_file(a, path, &bytes, err) || !workbook_sheets(a, str_of(path), bytes, &sheets, &n, faults, err))
        return false;
    struct standards_sheet *list_of = arena_array(a, struct standards_sheet, n);
    for (size_t i = 0; i < n; i++)
        list_of[i] = (struct standards_sheet){sheets[i].name, sheets[i].rows, sheets[i].n_rows};
    return standards_read(a, list_of, n, options, out, err);
}

/* Without the table units, which is none of a scheme's. */
static struct tables
merged_with(struct arena *a, struct tables scheme, const struct standards *s)
{
    struct standards_merged merged;
    struct table *kept = arena_array(a, struct table, scheme.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < scheme.n; i++)
        if (!str_is(scheme.p[i].name, "units"))
            kept[n++] = scheme.p[i];
    struct tables all = standards_merge(a, (struct tables){kept, n}, s->tables, &merged);
    talk("并入方案：新增 %zu 个事项，代替 %zu 个。", merged.n_added, merged.n_replaced);
    return all;
}

int
cmd_scheme_standards(struct args *args)
{
    bool as_json = opt_flag(args, "--json"), is_merge = opt_flag(args, "--merge");
    const char *folder = opt_value(args, "--out", ""), *scheme = opt_value(args, "--scheme", "");
    const char *list = opt_value(args, "--list", "service"), *units = opt_value(args, "--units", "");
    const char *basis = opt_value(args, "--basis", "");
    if (!opt_rest(args, 1, 1))
        return 2;
    bool is_enforcement = strcmp(list, "enforcement") == 0;
    if (!is_enforcement && strcmp(list, "service") != 0)
        return usage_error(in_tongue("--list 写 service 或 enforcement", "--list is service or enforcement"));
    if (is_merge && (!*scheme || !*folder))
        return usage_error(in_tongue("--merge 要有 --scheme 和 --out", "--merge needs --scheme and --out"));
    struct arena *a = arena_new();
    struct err err = {0};
    struct standards_options options = {is_enforcement ? LIST_ENFORCEMENT : LIST_SERVICE, {0}, str_of(basis)};
    struct scheme_errors faults = {0}; /* cells that could not be taken */
    struct standards s;
    bool ok = find_scheme(a, scheme, units, &options.scheme, &err) && read_standards(a, args->argv[0], &options, &s, &faults, &err);
    if (ok)
        as_json ? print_json(&s, &faults) : print_words(a, &s, &faults);
    if (ok && *folder)
        ok = write_tables(a, folder, is_merge ? merged_with(a, options.scheme, &s) : s.tables, &err);
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}
