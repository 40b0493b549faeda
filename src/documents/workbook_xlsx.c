/* The parts of an XLSX package: which sheets there are, shared strings, formats of numbers, and the cells. */
#include "workbook_numbers.h"
#include "workbook_xml.h"

struct cell_texts {
    struct str *p;
    size_t n, cap;
};

struct listed_sheet {
    struct str name, id, path;
};

struct package {
    struct arena *a;
    struct workbook_zip *z;
    struct scheme_errors *errors;
    struct str folder; /* "xl/": targets are relative to it */
    struct listed_sheet sheets[LIMIT_WORKBOOK_SHEETS];
    size_t n_sheets;
    struct str strings_path, styles_path;
    bool is_1904, fill_merged;
    struct cell_texts strings;
    struct number_format *formats; /* by style */
    size_t n_formats;
    size_t n_cells; /* of all sheets */
    struct err failed;
};

static void
texts_add(struct arena *a, struct cell_texts *t, struct str s)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        struct str *more = arena_array(a, struct str, cap);
        if (t->n)
            memcpy(more, t->p, t->n * sizeof *more);
        t->p = more;
        t->cap = cap;
    }
    t->p[t->n++] = s;
}

/* ---- relations: which part plays which role ---- */

/* "/xl/a.xml", "a.xml" and "../xl/a.xml" seen from xl/. */
static struct str
part_path(struct arena *a, struct str folder, struct str target)
{
    if (str_starts(target, STR("/")))
        return str_dup(a, str_slice(target, 1, target.n));
    while (str_starts(target, STR("../"))) {
        target = str_slice(target, 3, target.n);
        while (folder.n && folder.p[--folder.n] != '/')
            ;
        while (folder.n && folder.p[folder.n - 1] != '/')
            folder.n--;
    }
    return str_of(arena_printf(a, "%.*s%.*s", (int)folder.n, folder.p, (int)target.n, target.p));
}

static bool
ends_with(const char *type, const char *role)
{
    size_t n = strlen(type), m = strlen(role);
    return n >= m && strcmp(type + n - m, role) == 0;
}

struct relations {
    struct package *pk;
    struct str folder, document; /* out: the workbook's path, from the package's own relations */
};

static void
relation_start(void *ctx, const char *name, const char **attributes)
{
    struct relations *r = ctx;
    const char *id = workbook_xml_attribute(attributes, "Id"), *type = workbook_xml_attribute(attributes, "Type");
    const char *target = workbook_xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target)
        return;
    const char *mode = workbook_xml_attribute(attributes, "TargetMode");
    if (mode && strcmp(mode, "External") == 0)
        return;
    struct package *pk = r->pk;
    struct str path = part_path(pk->a, r->folder, str_of(target));
    if (ends_with(type, "/officeDocument"))
        r->document = path;
    else if (ends_with(type, "/sharedStrings"))
        pk->strings_path = path;
    else if (ends_with(type, "/styles"))
        pk->styles_path = path;
    else if (ends_with(type, "/worksheet"))
        for (size_t i = 0; i < pk->n_sheets; i++)
            if (str_is(pk->sheets[i].id, id))
                pk->sheets[i].path = path;
}

static bool
missing(struct err *err, struct str path)
{
    return REFUSED(err, "文件不完整，缺少里面的 %.*s。请重新保存后再试。", NAMED(path));
}

static bool
read_part(struct package *pk, struct str path, struct workbook_xml x, struct err *err)
{
    const struct workbook_entry *e = workbook_zip_find(pk->z, path);
    x.failed = &pk->failed;
    return e ? workbook_xml_read(pk->z, e, &x, err) : missing(err, path);
}

/* ---- workbook.xml ---- */

static void
workbook_start(void *ctx, const char *name, const char **attributes)
{
    struct package *pk = ctx;
    const char *id = workbook_xml_attribute(attributes, "id"), *label = workbook_xml_attribute(attributes, "name");
    const char *epoch = workbook_xml_attribute(attributes, "date1904");
    if (strcmp(name, "workbookPr") == 0 && epoch)
        pk->is_1904 = strcmp(epoch, "1") == 0 || strcmp(epoch, "true") == 0;
    if (strcmp(name, "sheet") != 0 || !id || !label)
        return;
    if (pk->n_sheets == LIMIT_WORKBOOK_SHEETS) {
        REFUSED(&pk->failed, "工作表太多，最多 %d 张。", LIMIT_WORKBOOK_SHEETS);
        return;
    }
    pk->sheets[pk->n_sheets++] = (struct listed_sheet){
        .name = str_dup(pk->a, str_trim(utf8_prefix(str_of(label), 60))), .id = str_dup(pk->a, str_of(id))};
}

static struct str
relations_path(struct arena *a, struct str part, struct str *folder)
{
    size_t n = part.n;
    while (n && part.p[n - 1] != '/')
        n--;
    *folder = str_slice(part, 0, n);
    return str_of(arena_printf(a, "%.*s_rels/%.*s.rels", (int)n, part.p, (int)(part.n - n), part.p + n));
}

static bool
read_outline(struct package *pk, struct err *err)
{
    struct relations package = {.pk = pk};
    if (!read_part(pk, STR("_rels/.rels"), (struct workbook_xml){.start = relation_start, .ctx = &package}, err))
        return false;
    struct str document = package.document.n ? package.document : STR("xl/workbook.xml");
    struct relations inner = {.pk = pk};
    struct str relations = relations_path(pk->a, document, &inner.folder);
    if (!read_part(pk, document, (struct workbook_xml){.start = workbook_start, .ctx = pk}, err) ||
        !read_part(pk, relations, (struct workbook_xml){.start = relation_start, .ctx = &inner}, err))
        return false;
    return pk->n_sheets > 0 || REFUSED(err, "工作簿里没有工作表。");
}

/* ---- shared strings ---- */

struct gathering {
    struct package *pk;
    struct buf text;
    bool is_text, is_reading_aid; /* in <t>, in <rPh> (pinyin above the words) */
};

/* _x000D_ stands for a character that XML cannot hold. */
static struct str
unescaped(struct arena *a, struct str s)
{
    if (!str_has(s, STR("_x")))
        return str_dup(a, s);
    struct buf out = {0};
    for (size_t i = 0; i < s.n; i++) {
        uint8_t code[2];
        bool is_escape = i + 7 <= s.n && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_' &&
                         hex_decode(str_slice(s, i + 2, i + 6), code, 2);
        uint32_t c = is_escape ? (uint32_t)code[0] << 8 | code[1] : 0;
        if (c == 0 || (c >= 0xD800 && c < 0xE000)) {
            buf_char(&out, s.p[i]);
            continue;
        }
        buf_utf8(&out, c);
        i += 6;
    }
    struct str text = str_dup(a, buf_view(&out));
    buf_release(&out);
    return text;
}

static void
string_start(void *ctx, const char *name, const char **attributes)
{
    (void)attributes;
    struct gathering *g = ctx;
    if (strcmp(name, "si") == 0)
        buf_clear(&g->text);
    g->is_reading_aid = g->is_reading_aid || strcmp(name, "rPh") == 0;
    g->is_text = strcmp(name, "t") == 0 && !g->is_reading_aid;
}

static void
string_end(void *ctx, const char *name)
{
    struct gathering *g = ctx;
    g->is_text = false;
    if (strcmp(name, "rPh") == 0)
        g->is_reading_aid = false;
    if (strcmp(name, "si") != 0)
        return;
    texts_add(g->pk->a, &g->pk->strings, unescaped(g->pk->a, buf_view(&g->text)));
    if (g->pk->strings.n > LIMIT_WORKBOOK_CELLS)
        REFUSED(&g->pk->failed, "工作簿里的文字太多。请只留下方案的工作表。");
}

static void
string_text(void *ctx, const char *p, size_t n)
{
    struct gathering *g = ctx;
    if (g->is_text)
        buf_add(&g->text, p, n);
}

static bool
read_strings(struct package *pk, struct err *err)
{
    if (!pk->strings_path.n)
        return true; /* a workbook of inline strings has none */
    struct gathering g = {.pk = pk};
    struct workbook_xml x = {.start = string_start, .end = string_end, .text = string_text, .ctx = &g};
    bool ok = read_part(pk, pk->strings_path, x, err);
    buf_release(&g.text);
    return ok;
}

/* ---- formats of numbers ---- */

enum { FORMATS_MAX = 70000, CODES_MAX = 2000 };

struct styles {
    struct package *pk;
    struct {
        int id;
        struct str code;
    } *codes;
    size_t n_codes;
    bool is_in_cells; /* <cellXfs>, the formats that cells refer to */
};

static int
number_of(const char *z, int most)
{
    int64_t v;
    return z && str_int(str_of(z), &v) && v >= 0 && v <= most ? (int)v : -1;
}

static void
style_start(void *ctx, const char *name, const char **attributes)
{
    struct styles *s = ctx;
    int id = number_of(workbook_xml_attribute(attributes, "numFmtId"), 1 << 20);
    const char *code = workbook_xml_attribute(attributes, "formatCode");
    if (strcmp(name, "cellXfs") == 0)
        s->is_in_cells = true;
    if (strcmp(name, "numFmt") == 0 && code && s->n_codes < CODES_MAX) {
        s->codes[s->n_codes].id = id;
        s->codes[s->n_codes++].code = str_dup(s->pk->a, str_of(code));
    }
    if (strcmp(name, "xf") != 0 || !s->is_in_cells || s->pk->n_formats == FORMATS_MAX)
        return;
    struct str own = STR("");
    for (size_t i = 0; i < s->n_codes; i++)
        if (s->codes[i].id == id)
            own = s->codes[i].code;
    s->pk->formats[s->pk->n_formats++] = number_format_of(id, own);
}

static void
style_end(void *ctx, const char *name)
{
    struct styles *s = ctx;
    if (strcmp(name, "cellXfs") == 0)
        s->is_in_cells = false;
}

static bool
read_styles(struct package *pk, struct err *err)
{
    if (!pk->styles_path.n)
        return true;
    struct styles s = {.pk = pk, .codes = arena_alloc(pk->a, CODES_MAX * sizeof *s.codes)};
    pk->formats = arena_array(pk->a, struct number_format, FORMATS_MAX);
    return read_part(pk, pk->styles_path, (struct workbook_xml){.start = style_start, .end = style_end, .ctx = &s}, err);
}

/* ---- cells ---- */

enum { ROW_LAST = 1 << 21 }; /* no program writes more */

struct merged {
    size_t row, column, last_row;
};

struct cells {
    struct package *pk;
    struct str table; /* for faults */
    struct strs *rows;
    size_t n_rows, row, column; /* from 0; row and column of the cell being read */
    size_t next_row, next_column;
    struct str line[LIMIT_WORKBOOK_COLUMNS];
    size_t width; /* filled cells of the line */
    bool is_in_row, is_in_value, is_reading_aid, is_formula;
    char type[12];
    int style;
    struct buf text;
    struct merged *merged;
    size_t n_merged, merged_cap;
};

static void
refuse(struct cells *c, const char *why)
{
    if (!c->pk->failed.kind)
        REFUSED(&c->pk->failed, "工作表「%.*s」太大：%s。", NAMED(c->table), why);
}

static void
broken(struct cells *c)
{
    if (!c->pk->failed.kind)
        REFUSED(&c->pk->failed, "工作表「%.*s」损坏了，单元格编号错乱。请重新保存后再试。", NAMED(c->table));
}

static void
cell_fault(struct cells *c, const char *fix, const char *message)
{
    if (c->pk->errors->n <= SCHEME_ERRORS_MAX) /* more are not told, so their places need no memory */
        scheme_fault(c->pk->a, c->pk->errors, workbook_table_name(c->table), cell_name(c->pk->a, c->column, c->row + 1),
                     fix, "%s", message);
}

/* "BC17" to column 54 and row 16; false when it is none. */
static bool
parse_reference(const char *z, size_t *column, size_t *row)
{
    size_t letters = 0, digits = 0, c = 0, r = 0;
    for (; *z == '$'; z++)
        ;
    for (; *z >= 'A' && *z <= 'Z' && letters < 4; z++, letters++)
        c = c * 26 + (size_t)(*z - 'A' + 1);
    for (; *z == '$'; z++)
        ;
    for (; *z >= '0' && *z <= '9' && digits < 8; z++, digits++)
        r = r * 10 + (size_t)(*z - '0');
    *column = c - 1;
    *row = r - 1;
    return letters && digits && r && *z == 0;
}

static void
begin_row(struct cells *c, const char *number)
{
    int64_t n = (int64_t)c->next_row + 1;
    if (number && (!str_int(str_of(number), &n) || n < (int64_t)c->next_row + 1)) {
        broken(c);
        return;
    }
    if (n > ROW_LAST) {
        refuse(c, "最多 20000 行");
        return;
    }
    c->row = (size_t)n - 1;
    c->next_row = (size_t)n;
    c->next_column = c->width = 0;
    c->is_in_row = true;
}

static void
begin_cell(struct cells *c, const char **attributes)
{
    const char *reference = workbook_xml_attribute(attributes, "r"), *type = workbook_xml_attribute(attributes, "t");
    size_t row = c->row;
    c->column = c->next_column;
    if (!c->is_in_row || (reference && (!parse_reference(reference, &c->column, &row) || row != c->row ||
                                        c->column < c->next_column))) {
        broken(c);
        return;
    }
    c->next_column = c->column + 1;
    c->is_formula = false;
    c->style = number_of(workbook_xml_attribute(attributes, "s"), FORMATS_MAX);
    snprintf(c->type, sizeof c->type, "%s", type ? type : "n");
    buf_clear(&c->text);
}

static struct str
shared_string(struct cells *c, struct str index)
{
    int64_t i;
    if (str_int(index, &i) && i >= 0 && (size_t)i < c->pk->strings.n)
        return c->pk->strings.p[i];
    broken(c);
    return STR("");
}

static struct str
number(struct cells *c, struct str raw)
{
    const struct package *pk = c->pk;
    struct number_format f = {0};
    if (c->style >= 0 && (size_t)c->style < pk->n_formats)
        f = pk->formats[c->style];
    struct str words;
    enum number_kind kind = number_words(pk->a, raw, f, pk->is_1904, &words);
    if (kind == NUMBER_TOO_LONG)
        cell_fault(c, "把这一格设成“文本”格式，再把号码重新写全。", "数字超过 15 位，保存时后面几位已经变成 0");
    else if (kind == NUMBER_WRONG)
        cell_fault(c, "重新填写这一格。", "这一格的数字是坏的");
    return words;
}

/* What the person sees in the cell. */
static struct str
shown_words(struct cells *c)
{
    struct str raw = buf_view(&c->text);
    if (strcmp(c->type, "s") == 0)
        return raw.n ? shared_string(c, str_trim(raw)) : STR("");
    if (strcmp(c->type, "inlineStr") == 0 || strcmp(c->type, "str") == 0)
        return unescaped(c->pk->a, raw);
    raw = str_trim(raw);
    if (strcmp(c->type, "b") == 0)
        return str_is(raw, "1") || str_is(raw, "true") ? STR("1") : STR("0");
    if (strcmp(c->type, "e") == 0) {
        cell_fault(c, "写上正确的内容。", "这一格是错误值");
        return str_dup(c->pk->a, raw);
    }
    if (strcmp(c->type, "d") == 0) /* 2026-04-21T00:00:00 */
        return str_dup(c->pk->a, raw.n >= 10 && str_has(raw, STR("T00:00:00")) ? str_slice(raw, 0, 10) : raw);
    return raw.n ? number(c, raw) : STR("");
}

static void
end_cell(struct cells *c)
{
    struct package *pk = c->pk;
    if (c->is_formula && !pk->fill_merged)
        cell_fault(c, "复制这一格，用“选择性粘贴—数值”贴回原处。", "这一格是公式，不能导入");
    struct str words = str_trim(shown_words(c));
    if (c->is_formula && !words.n && pk->fill_merged)
        cell_fault(c, "复制这一格，用“选择性粘贴—数值”贴回原处。", "这一格是公式，文件里没有存下结果");
    if (!words.n || pk->failed.kind)
        return;
    if (words.n > LIMIT_WORKBOOK_CELL_BYTES) {
        cell_fault(c, "缩短这一格的内容。", "这一格的文字太长");
        words = utf8_prefix(words, LIMIT_WORKBOOK_CELL_BYTES / 4);
    }
    if (c->row >= LIMIT_WORKBOOK_ROWS)
        refuse(c, "最多 20000 行");
    else if (c->column >= LIMIT_WORKBOOK_COLUMNS)
        refuse(c, "最多 64 列");
    else if (++pk->n_cells > LIMIT_WORKBOOK_CELLS)
        refuse(c, "所有工作表最多 500000 格");
    if (pk->failed.kind)
        return;
    while (c->width <= c->column)
        c->line[c->width++] = STR("");
    c->line[c->column] = words;
}

static void
end_row(struct cells *c)
{
    c->is_in_row = false;
    if (!c->width || c->pk->failed.kind)
        return;
    struct str *copy = arena_array(c->pk->a, struct str, c->width);
    memcpy(copy, c->line, c->width * sizeof *copy);
    c->rows[c->row] = (struct strs){copy, c->width};
    c->n_rows = c->row + 1;
}

static void
note_merged(struct cells *c, const char *reference)
{
    const char *colon = reference ? strchr(reference, ':') : NULL;
    struct merged m;
    size_t column;
    if (!colon || !parse_reference(arena_dup(c->pk->a, reference, (size_t)(colon - reference)), &m.column, &m.row) ||
        !parse_reference(colon + 1, &column, &m.last_row) || m.last_row < m.row)
        return;
    if (c->n_merged == c->merged_cap) {
        c->merged_cap = c->merged_cap ? c->merged_cap * 2 : 64;
        c->merged = xrealloc(c->merged, c->merged_cap * sizeof *c->merged);
    }
    c->merged[c->n_merged++] = m;
}

static void
cells_start(void *ctx, const char *name, const char **attributes)
{
    struct cells *c = ctx;
    if (strcmp(name, "row") == 0)
        begin_row(c, workbook_xml_attribute(attributes, "r"));
    else if (strcmp(name, "c") == 0)
        begin_cell(c, attributes);
    else if (strcmp(name, "f") == 0)
        c->is_formula = true;
    else if (strcmp(name, "rPh") == 0)
        c->is_reading_aid = true;
    else if (strcmp(name, "mergeCell") == 0)
        note_merged(c, workbook_xml_attribute(attributes, "ref"));
    c->is_in_value = c->is_in_row && !c->is_reading_aid && (strcmp(name, "v") == 0 || strcmp(name, "t") == 0);
}

static void
cells_end(void *ctx, const char *name)
{
    struct cells *c = ctx;
    c->is_in_value = false;
    if (strcmp(name, "c") == 0)
        end_cell(c);
    else if (strcmp(name, "row") == 0)
        end_row(c);
    else if (strcmp(name, "rPh") == 0)
        c->is_reading_aid = false;
}

static void
cells_text(void *ctx, const char *p, size_t n)
{
    struct cells *c = ctx;
    if (c->is_in_value)
        buf_add(&c->text, p, n);
}

static void
set_cell(struct arena *a, struct strs *row, size_t column, struct str words)
{
    struct str *copy = arena_array(a, struct str, row->n > column ? row->n : column + 1);
    if (row->n)
        memcpy(copy, row->p, row->n * sizeof *copy);
    for (size_t i = row->n; i < column; i++)
        copy[i] = STR("");
    copy[column] = words;
    *row = (struct strs){copy, row->n > column ? row->n : column + 1};
}

/* A merged cell shows one value for several rows. Where rows are records that is a fault, unless the caller reads
 * people's lists, in which it means "the same". */
static void
treat_merged(struct cells *c)
{
    size_t filled = 0;
    for (size_t i = 0; i < c->n_merged && !c->pk->failed.kind; i++) {
        struct merged m = c->merged[i];
        if (m.row >= c->n_rows || m.column >= c->rows[m.row].n || !c->rows[m.row].p[m.column].n)
            continue;
        c->row = m.row;
        c->column = m.column;
        if (!c->pk->fill_merged)
            cell_fault(c, "取消合并，把每一格都填上。", "这里有合并的单元格");
        for (size_t r = m.row + 1; c->pk->fill_merged && r <= m.last_row && r < c->n_rows; r++) {
            set_cell(c->pk->a, &c->rows[r], m.column, c->rows[m.row].p[m.column]);
            if (++filled > LIMIT_WORKBOOK_ROWS * 8)
                refuse(c, "合并的单元格太多");
        }
    }
}

static bool
read_sheet(struct package *pk, const struct listed_sheet *s, struct workbook_sheet *out, struct err *err)
{
    struct cells *c = xcalloc(1, sizeof *c);
    *c = (struct cells){.pk = pk, .table = s->name, .rows = arena_array(pk->a, struct strs, LIMIT_WORKBOOK_ROWS)};
    struct workbook_xml x = {.start = cells_start, .end = cells_end, .text = cells_text, .ctx = c};
    bool ok = workbook_zip_find(pk->z, s->path) ? read_part(pk, s->path, x, err)
                                                : REFUSED(err, "工作簿里缺少工作表“%.*s”。", NAMED(s->name));
    if (ok)
        treat_merged(c);
    if (ok && pk->failed.kind) {
        *err = pk->failed;
        ok = false;
    }
    *out = (struct workbook_sheet){s->name, c->rows, c->n_rows};
    buf_release(&c->text);
    free(c->merged);
    free(c);
    return ok;
}

/* What the writer puts in for people. */
static bool
is_our_talk(struct str sheet)
{
    return str_is(sheet, "说明") || str_is(sheet, "错误");
}

bool
workbook_xlsx(struct arena *a, struct workbook_zip *z, bool fill_merged, struct workbook_sheet **out, size_t *n,
              struct scheme_errors *errors, struct err *err)
{
    struct package *pk = arena_new_of(a, struct package);
    *pk = (struct package){.a = a, .z = z, .errors = errors, .fill_merged = fill_merged};
    if (!read_outline(pk, err) || !read_strings(pk, err) || !read_styles(pk, err))
        return false;
    *out = arena_array(a, struct workbook_sheet, pk->n_sheets);
    *n = 0;
    for (size_t i = 0; i < pk->n_sheets; i++) {
        const struct listed_sheet *s = &pk->sheets[i];
        if (is_our_talk(s->name) || !s->path.n) /* a chart has no cells */
            continue;
        if (!read_sheet(pk, s, &(*out)[(*n)++], err))
            return false;
    }
    return *n > 0 || REFUSED(err, "工作簿里没有方案的工作表。");
}
