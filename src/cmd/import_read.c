/* A file of orders to lines: its encoding, its columns, and one line after the other. */
#include <errno.h>
#include <iconv.h>

#include "import.h"
#include "json.h"

static const struct {
    const char *code, *label, *names;
} fields[IMPORT_FIELD_COUNT] = {
#define X(id, code, label, names) {code, label, names},
    IMPORT_FIELDS(X)
#undef X
};

struct import_line *
import_line_add(struct arena *a, struct import_lines *lines, size_t number)
{
    if (lines->n == lines->cap) {
        size_t cap = lines->cap ? lines->cap * 2 : 256;
        struct import_line *more = arena_array(a, struct import_line, cap);
        if (lines->n)
            memcpy(more, lines->p, lines->n * sizeof *more);
        lines->p = more;
        lines->cap = cap;
    }
    struct import_line *line = &lines->p[lines->n++];
    *line = (struct import_line){.number = number};
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        line->cells[i] = STR("");
    return line;
}

/* ---- bytes ---- */

static bool
read_bytes(struct arena *a, const char *path, struct str *out, struct err *err)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set(err, ERR_NOT_FOUND, "不能读 %s：%s", path, strerror(errno));
    struct buf b = {0};
    char block[65536];
    for (size_t n; b.n <= IMPORT_FILE_MAX && (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, block, n);
    bool ok = !ferror(f) && b.n <= IMPORT_FILE_MAX;
    if (!ok)
        err_set(err, ERR_TOO_LARGE, ferror(f) ? "读 %s 出错。" : "%s 太大：最多 64 MB，请分成几份。", path);
    fclose(f);
    *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return ok;
}

static bool
convert(struct arena *a, struct str *text, const char *from)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1)
        return false;
    size_t room = text->n * 3 + 4, in_left = text->n, out_left = room;
    char *in = (char *)(uintptr_t)text->p, *out = arena_alloc(a, room), *to = out;
    bool ok = iconv(cd, &in, &in_left, &to, &out_left) != (size_t)-1;
    iconv_close(cd);
    if (ok)
        *text = (struct str){out, room - out_left};
    return ok;
}

/* Excel on Chinese Windows writes GBK as "CSV" and UTF-16 as "Unicode text". Text that is neither stays as it is: its bad
 * lines will be named one by one. */
static struct str
as_utf8(struct arena *a, struct str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        return str_slice(text, 3, text.n);
    if (str_starts(text, STR("\xFF\xFE")) || str_starts(text, STR("\xFE\xFF")))
        convert(a, &text, "UTF-16");
    else if (!utf8_valid(text))
        convert(a, &text, "GB18030");
    return text;
}

/* ---- mapping ---- */

static int
field_named(struct str code)
{
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (str_is(code, fields[i].code))
            return i;
    return -1;
}

static bool
read_map_rows(struct arena *a, struct csv_text *csv, const char *path, struct import_map *out, struct err *err)
{
    for (struct csv_record r; csv_next(a, csv, &r);) {
        if (r.cells.n == 1 && !r.cells.p[0].n)
            continue;
        int field = r.cells.n == 2 ? field_named(r.cells.p[0]) : -1;
        if (field < 0 || !r.cells.p[1].n)
            return err_set(err, ERR_USAGE, "%s 第 %zu 行：每行写“字段,列名”，字段有 id、time、title、text、address、phone、"
                           "name、due。", path, csv->line);
        out->names[field] = r.cells.p[1];
    }
    return true;
}

bool
import_map_read(struct arena *a, const char *path, struct import_map *out, struct err *err)
{
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        out->names[i] = path ? STR("") : str_of(fields[i].names);
    if (!path)
        return true;
    struct str text;
    if (!read_bytes(a, path, &text, err))
        return false;
    struct csv_text csv = {.rest = as_utf8(a, text), .separator = ','};
    struct csv_record head;
    if (!csv_next(a, &csv, &head) || head.cells.n != 2 || !str_is(head.cells.p[0], "field") || !str_is(head.cells.p[1], "column"))
        return err_set(err, ERR_USAGE, "%s 的第一行应为 field,column。", path);
    if (!read_map_rows(a, &csv, path, out, err))
        return false;
    if (!out->names[IMPORT_ID].n || (!out->names[IMPORT_TEXT].n && !out->names[IMPORT_TITLE].n))
        return err_set(err, ERR_USAGE, "%s 至少要写 id，以及 title 或 text。", path);
    return true;
}

/* ---- CSV ---- */

static int
column_of(struct strs header, struct str names)
{
    for (struct str name; str_cut(&names, '|', &name);)
        for (size_t i = 0; i < header.n; i++)
            if (str_eq(header.p[i], name))
                return (int)i;
    return -1;
}

static bool
missing_columns(struct strs header, const struct import_map *map, const int *at, struct err *err)
{
    struct buf there = {0};
    for (size_t i = 0; i < header.n && i < 20; i++)
        buf_printf(&there, "%s%.*s", i ? "、" : "", (int)(header.p[i].n < 60 ? header.p[i].n : 60), header.p[i].p);
    int lacks = at[IMPORT_ID] < 0 ? IMPORT_ID : IMPORT_TEXT;
    err_set(err, ERR_USAGE, "表头里找不到“%s”（认得：%.*s）。这个文件的列有：%.*s。用 --map 写明哪一列是什么。",
            fields[lacks].label, (int)map->names[lacks].n, map->names[lacks].p, (int)there.n, there.p);
    buf_release(&there);
    return false;
}

static void
fill_line(struct import_line *line, const struct csv_record *r, size_t width, const int *at)
{
    line->problem = r->problem;
    line->fix = r->fix;
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (at[i] >= 0 && (size_t)at[i] < r->cells.n)
            line->cells[i] = r->cells.p[at[i]];
    for (size_t i = width; i < r->cells.n && !line->problem; i++)
        if (r->cells.p[i].n) {
            line->problem = "这一行比表头多出内容";
            line->fix = "含逗号的内容用英文引号括起来。";
        }
}

static bool
is_blank(struct strs cells)
{
    for (size_t i = 0; i < cells.n; i++)
        if (cells.p[i].n)
            return false;
    return true;
}

static bool
too_many(const struct import_lines *lines, struct err *err)
{
    return lines->n >= IMPORT_LINES_MAX && !err_set(err, ERR_TOO_LARGE, "最多一次导入 %d 行，请分成几份。", IMPORT_LINES_MAX);
}

static bool
read_csv(struct arena *a, struct str text, const struct import_map *map, struct import_lines *out, struct err *err)
{
    size_t first = 0;
    while (first < text.n && text.p[first] != '\n')
        first++;
    bool has_tabs = memchr(text.p, '\t', first) && !memchr(text.p, ',', first);
    struct csv_text csv = {.rest = text, .separator = has_tabs ? '\t' : ','};
    struct csv_record r;
    int at[IMPORT_FIELD_COUNT];
    if (!csv_next(a, &csv, &r) || r.problem || is_blank(r.cells))
        return err_set(err, ERR_USAGE, "第一行应为列名。");
    struct strs header = r.cells;
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        at[i] = column_of(header, map->names[i]);
    if (at[IMPORT_ID] < 0 || (at[IMPORT_TEXT] < 0 && at[IMPORT_TITLE] < 0))
        return missing_columns(header, map, at, err);
    while (csv_next(a, &csv, &r)) {
        if (!r.problem && is_blank(r.cells))
            continue;
        if (too_many(out, err))
            return false;
        fill_line(import_line_add(a, out, csv.line), &r, header.n, at);
    }
    return true;
}

/* ---- JSON, an object a line ---- */

static struct str
value_text(struct arena *a, const json_t *v)
{
    if (json_is_string(v))
        return (struct str){json_string_value(v), json_string_length(v)};
    if (json_is_integer(v))
        return str_of(arena_printf(a, "%lld", (long long)json_integer_value(v)));
    return STR("");
}

static void
fill_object(struct arena *a, struct import_line *line, struct str text, const struct import_map *map)
{
    struct err why = {0};
    const json_t *object = utf8_valid(text) ? json_parse(a, text, &why) : NULL;
    if (!json_is_object(object)) {
        line->problem = utf8_valid(text) ? "不是一个完整的 JSON 对象" : "文字不是 UTF-8 编码";
        line->fix = utf8_valid(text) ? "每行写一个 {…}，用英文引号和逗号。" : "另存为 UTF-8 再导入。";
        return;
    }
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        for (struct str names = map->names[i], name; !line->cells[i].n && str_cut(&names, '|', &name);)
            line->cells[i] = str_trim(value_text(a, json_object_get(object, str_z(a, name))));
}

static bool
read_jsonl(struct arena *a, struct str text, const struct import_map *map, struct import_lines *out, struct err *err)
{
    size_t number = 0;
    for (struct str one; str_cut(&text, '\n', &one);) {
        number++;
        one = str_trim(one);
        if (!one.n)
            continue;
        if (too_many(out, err))
            return false;
        fill_object(a, import_line_add(a, out, number), one, map);
    }
    return true;
}

static bool
ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcasecmp(path + n - m, end) == 0;
}

bool
import_read(struct arena *a, const char *path, const struct import_map *map, struct import_lines *out, struct err *err)
{
    bool is_jsonl = ends_with(path, ".jsonl") || ends_with(path, ".ndjson");
    struct str text;
    *out = (struct import_lines){0};
    if (!is_jsonl && !ends_with(path, ".csv"))
        return err_set(err, ERR_USAGE, "只认得 .csv 和 .jsonl：%s。表格请另存为 CSV（UTF-8）。", path);
    if (!read_bytes(a, path, &text, err))
        return false;
    text = as_utf8(a, text);
    if (!(is_jsonl ? read_jsonl(a, text, map, out, err) : read_csv(a, text, map, out, err)))
        return false;
    return out->n > 0 || err_set(err, ERR_USAGE, "%s 里没有一行工单。", path);
}
