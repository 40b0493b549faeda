#include "standards.h"

#include <stdlib.h>

#include "sheet.h"
#include "standards_words.h"

enum { ARTICLES_MAX = 12, NOTES_MAX = 500, NAME_MAX_CHARS = 30 };

enum heading {
    MAJOR_CODE,
    MAJOR,
    MINOR_CODE,
    MINOR,
    UNIT,
    DEPARTMENT,
    CONDITION,
    CLOSING,
    LIMIT,
    LAW,
    ARTICLE,
    COLLECT,
    HEADING_COUNT
};

static const struct {
    enum heading heading;
    const char *words; /* what such a column is called, with | */
} headings[] = {
    {MAJOR_CODE, "大类代码|大类编码|大类代号|大类编号"},
    {MAJOR, "大类名称|大类"},
    {MINOR_CODE, "小类代码|小类编码|小类代号|小类编号"},
    {MINOR, "小类名称|小类|部件名称|事件名称|事项名称|案件名称"},
    {UNIT, "处置单位|责任主体|责任单位|处置部门|处置责任单位|承办单位|责任部门|主责单位"},
    {DEPARTMENT, "主管部门|监管主体|监管单位|主管单位|监管部门|行业主管部门|监督单位"},
    {CONDITION, "立案条件|立案标准|立案情形|上报条件|问题描述|案件描述"},
    {CLOSING, "结案条件|结案标准|结案要求|处置要求|处置标准"},
    {LIMIT, "处置时限|处理时限|办理时限|办结时限|结案时限|处置时间|时限"},
    {LAW, "法律法规依据|法律依据|政策依据|执法依据|依据"},
    {ARTICLE, "法律法规具体条款|具体条款|法律条款|条款"},
    {COLLECT, "采集要求|采集说明|备注|说明"},
};

/* Whom a list names by part and not by name. */
static const struct {
    const char *word, *expression;
} parts[] = {
    {"所属街办", "@town"},   {"属地街办", "@town"},     {"街道办事处", "@town"},     {"所属街道", "@town"},
    {"属地街道", "@town"},   {"属地镇街", "@town"},     {"所属社区", "@community"},  {"属地社区", "@community"},
    {"社区居委会", "@community"}, {"物业公司", "@firm"}, {"物业服务企业", "@firm"},  {"物业服务公司", "@firm"},
    {"小区物业", "@firm"},
};

struct kind { /* one 小类 */
    struct str code, category;
    struct str major_code, major, minor_code, minor;
    struct str cells[HEADING_COUNT]; /* of its first line */
    size_t line, n_items;
};

struct limit_row {
    struct str code, name, condition;
    struct standards_limit limit;
};

struct rows {
    struct strs *p;
    size_t n, cap;
};

struct work {
    struct arena *a;
    struct standards *out;
    enum list list;
    struct tables orgs;
    /* the sheet being read */
    struct str sheet;
    size_t line;
    char prefix; /* B 部件, S 事件: their codes begin alike */
    int at[HEADING_COUNT];
    struct kind *kind;
    struct str last[HEADING_COUNT]; /* of the line above */
    /* all sheets */
    struct kind *kinds;
    size_t n_kinds;
    struct limit_row *limits;
    size_t n_limits;
    struct standards_unit *units;
    struct standards_note *notes;
    struct rows categories, items, bases;
    size_t most; /* lines of all sheets */
};

static void note(struct work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
note(struct work *w, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct str s = {text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    for (size_t i = 0; i < w->out->n_notes; i++) /* what repeats is told where it is met first */
        if (str_eq(w->notes[i].text, s) && str_eq(w->notes[i].sheet, w->sheet))
            return;
    if (w->out->n_notes == NOTES_MAX)
        return;
    w->notes[w->out->n_notes++] = (struct standards_note){w->sheet, w->line, str_dup(w->a, s)};
}

#define CUT(s) (int)utf8_prefix((s), 40).n, (s).p

/* ---- headings ---- */

/* 处置时限 of "处置时限 \n（工作日）". */
static struct str
plain_heading(struct arena *a, struct str cell)
{
    struct buf b = {0};
    for (struct str next = cell; cell.n; cell = next) {
        uint32_t c = utf8_next(&next);
        if (c == '(' || c == 0xFF08)
            break;
        if (c > ' ' && c != 0x3000 && c != ':' && c != 0xFF1A && c != '*')
            buf_add(&b, cell.p, cell.n - next.n);
    }
    struct str out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return out;
}

static int
heading_of(struct str word)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        struct str rest = str_of(headings[i].words), one;
        while (str_cut(&rest, '|', &one))
            if (str_eq(one, word))
                return (int)headings[i].heading;
    }
    return -1;
}

/* How many columns of a row are headings, and which. */
static size_t
map_headings(struct work *w, struct strs row, int at[HEADING_COUNT])
{
    size_t n = 0;
    for (int i = 0; i < HEADING_COUNT; i++)
        at[i] = -1;
    for (size_t i = 0; i < row.n; i++) {
        int h = row.p[i].n > 80 ? -1 : heading_of(plain_heading(w->a, row.p[i]));
        if (h < 0 || at[h] >= 0)
            continue;
        at[h] = (int)i;
        n++;
    }
    return n;
}

/* The columns that no heading is known for, and a second column of limits, are told once. */
static void
tell_columns(struct work *w, struct strs row)
{
    for (size_t i = 0; i < row.n; i++) {
        bool is_used = !row.p[i].n;
        for (int h = 0; h < HEADING_COUNT; h++)
            is_used = is_used || w->at[h] == (int)i;
        if (!is_used)
            note(w, "列“%.*s”没有对应，没有导入", CUT(row.p[i]));
    }
}

static bool
is_header(struct work *w, struct strs row)
{
    int at[HEADING_COUNT];
    if (map_headings(w, row, at) < 3 || at[MINOR] < 0 || at[CONDITION] < 0 || at[LIMIT] < 0)
        return false;
    memcpy(w->at, at, sizeof at);
    return true;
}

static struct str
cell(const struct work *w, struct strs row, enum heading h)
{
    int at = w->at[h];
    return at >= 0 && (size_t)at < row.n ? str_trim(row.p[at]) : STR("");
}

/* ---- rows of tables ---- */

static struct str
one_line(struct arena *a, struct str s)
{
    char *p = arena_dup(a, s.p, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t' ? ' ' : s.p[i] == '|' ? '/' : s.p[i];
        if (c != ' ' || (n && p[n - 1] != ' '))
            p[n++] = c;
    }
    return str_trim((struct str){p, n});
}

static void
add_row(struct work *w, struct rows *rows, const struct str *cells, size_t n)
{
    if (rows->n == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 64;
        struct strs *more = arena_array(w->a, struct strs, cap);
        if (rows->n)
            memcpy(more, rows->p, rows->n * sizeof *more);
        rows->p = more;
        rows->cap = cap;
    }
    struct str *copy = arena_array(w->a, struct str, n);
    memcpy(copy, cells, n * sizeof *copy);
    rows->p[rows->n++] = (struct strs){copy, n};
}

#define ADD_ROW(w, rows, ...)                                                                                          \
    do {                                                                                                               \
        struct str cells_[] = {__VA_ARGS__};                                                                           \
        add_row((w), (rows), cells_, sizeof cells_ / sizeof *cells_);                                                  \
    } while (0)

static struct table
table_of(struct arena *a, const char *name, const char *columns, struct rows rows)
{
    struct str *header = arena_array(a, struct str, 40), rest = str_of(columns);
    size_t n = 0;
    while (str_cut(&rest, ',', &header[n]))
        n++;
    return (struct table){str_of(name), {header, n}, rows.p, rows.n};
}

/* ---- units ---- */

static struct str
code_of_unit(struct work *w, struct str name)
{
    const struct table *orgs = tables_find(w->orgs, "orgs");
    for (size_t i = 0; orgs && i < orgs->n_rows; i++)
        if (str_eq(table_cell(orgs, i, "name"), name) || str_eq(table_cell(orgs, i, "short"), name))
            return table_cell(orgs, i, "code");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_is(name, parts[i].word))
            return str_of(parts[i].expression);
    return STR("");
}

static struct standards_unit *
unit_of(struct work *w, struct str name)
{
    struct standards *out = w->out;
    for (size_t i = 0; i < out->n_units; i++)
        if (str_eq(w->units[i].name, name))
            return &w->units[i];
    if (out->n_units == w->most)
        return NULL;
    w->units[out->n_units] = (struct standards_unit){.name = str_dup(w->a, name), .code = code_of_unit(w, name)};
    return &w->units[out->n_units++];
}

/* 各产权单位, 相关部门: nobody in particular. */
static bool
names_nobody(struct str name)
{
    return str_starts(name, STR("各")) || str_starts(name, STR("相关")) || str_is(name, "产权单位") || str_is(name, "其他单位");
}

/* How long the separator here is, 0 when there is none. 及 stands before 各 only: 普及、及时 are no lists. */
static size_t
separator_at(struct str s)
{
    struct str next = s;
    uint32_t c = utf8_next(&next);
    bool is_one = c == 0x3001 || c == 0xFF0C || c == 0xFF1B || c == ',' || c == ';' || c == '\n' || c == '/';
    return is_one || str_starts(s, STR("及各")) ? s.n - next.n : 0;
}

/* The names of a cell: A、B，C及各D, or one a line. */
static struct str
next_name(struct str *rest)
{
    while (rest->n) {
        struct str from = *rest;
        size_t length = 0;
        while (rest->n && !(length = separator_at(*rest)))
            utf8_next(rest);
        struct str name = str_trim((struct str){from.p, from.n - rest->n});
        *rest = str_slice(*rest, length, rest->n);
        if (name.n)
            return name;
    }
    return STR("");
}

/* The first named unit leads, the others assist. A name without a code stays: the check of the scheme asks for it. */
static void
find_owners(struct work *w, struct str names, struct str *lead, struct str *assists)
{
    *lead = *assists = STR("");
    for (struct str name; (name = next_name(&names)).n;) {
        struct standards_unit *u = names_nobody(name) ? NULL : unit_of(w, name);
        if (!u)
            continue;
        struct str code = u->code.n ? u->code : u->name;
        u->n++;
        if (!lead->n)
            *lead = code;
        else if (!str_eq(code, *lead) && !str_has(str_of(arena_printf(w->a, "|%.*s|", (int)assists->n, assists->p)),
                                                  str_of(arena_printf(w->a, "|%.*s|", (int)code.n, code.p))))
            *assists = str_of(arena_printf(w->a, "%.*s%s%.*s", (int)assists->n, assists->p, assists->n ? "|" : "",
                                           (int)code.n, code.p));
    }
}

/* ---- limits ---- */

static const char unit_letters[UNIT_COUNT] = {'m', 'h', 'w', 'n'};
static const struct str unit_codes[UNIT_COUNT] = {STR("minute"), STR("office_hour"), STR("working_day"), STR("natural_day")};

static struct str
limit_code(struct work *w, const struct standards_limit *l, struct str text)
{
    size_t same = 0;
    for (size_t i = 0; i < w->n_limits; i++) {
        const struct limit_row *o = &w->limits[i];
        if (o->limit.amount != l->amount || o->limit.unit != l->unit)
            continue;
        if (str_eq(o->limit.condition, l->condition) && o->limit.is_urgent == l->is_urgent)
            return o->code;
        same++;
    }
    const char *code = arena_printf(w->a, "std_%c%d", unit_letters[l->unit], l->amount);
    if (same)
        code = arena_printf(w->a, "%s_%zu", code, same + 1);
    w->limits[w->n_limits++] = (struct limit_row){str_of(code), one_line(w->a, text), l->condition, *l};
    return str_of(code);
}

static struct str
find_limit(struct work *w, struct str text, bool *is_urgent)
{
    struct standards_limit l;
    *is_urgent = false;
    if (!text.n || !standards_limit(w->a, text, &l)) {
        w->out->n_without_limit++;
        text.n ? note(w, "时限“%.*s”看不懂，事项的 limits 留空", CUT(text)) : note(w, "没有写时限，事项的 limits 留空");
        return STR("");
    }
    if (l.condition.n)
        note(w, "时限“%.*s”带有条件“%.*s”，条件写在时限的备注里", CUT(text), CUT(l.condition));
    *is_urgent = l.is_urgent;
    return limit_code(w, &l, text);
}

static struct rows
limit_table(struct work *w)
{
    struct rows rows = {0};
    for (size_t i = 0; i < w->n_limits; i++) {
        const struct limit_row *l = &w->limits[i];
        const char *remark = l->limit.is_assumed ? "原文没有写明是不是工作时间，按昼夜连续计算，请核对" : "";
        if (l->condition.n)
            remark = arena_printf(w->a, "%s%s条件：%.*s", remark, *remark ? "；" : "", CUT(l->condition));
        ADD_ROW(w, &rows, l->code, l->name, str_of(arena_printf(w->a, "%d", l->limit.amount)), unit_codes[l->limit.unit],
                STR("handling"), STR(""), STR("立案、处置和结案标准"), STR("seed"), str_of(remark));
    }
    w->out->n_limits = rows.n;
    return rows;
}

/* ---- items ---- */

static bool
is_code_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z')))
            return false;
    return s.n > 0 && s.n <= 12;
}

static struct str
category_code(struct work *w, struct str major_code, struct str major)
{
    for (size_t i = 0; i < w->categories.n; i++) {
        const struct str *c = w->categories.p[i].p;
        bool is_same_code = is_code_text(major_code) &&
                            str_is(c[0], arena_printf(w->a, "%c%.*s", w->prefix, (int)major_code.n, major_code.p));
        if (is_same_code && major.n && !str_eq(c[1], one_line(w->a, major)))
            note(w, "大类 %.*s 在前面叫“%.*s”，这里叫“%.*s”，用前面的", CUT(major_code), CUT(c[1]), CUT(major));
        if (is_same_code || (!is_code_text(major_code) && str_eq(c[1], one_line(w->a, major))))
            return c[0];
    }
    const char *code = is_code_text(major_code) ? arena_printf(w->a, "%c%.*s", w->prefix, (int)major_code.n, major_code.p)
                                                : arena_printf(w->a, "%cD%zu", w->prefix, w->categories.n + 1);
    struct str name = major.n ? one_line(w->a, major) : str_of(code);
    ADD_ROW(w, &w->categories, str_of(code), name, name, STR(""), w->list == LIST_SERVICE ? STR("service") : STR("enforcement"),
            str_of(arena_printf(w->a, "%zu", w->categories.n + 1)), STR("seed"));
    return str_of(code);
}

static bool
is_taken(const struct work *w, struct str code)
{
    for (size_t i = 0; i + 1 < w->n_kinds; i++)
        if (str_eq(w->kinds[i].code, code))
            return true;
    return false;
}

static void
open_kind(struct work *w, struct strs row)
{
    struct kind *k = &w->kinds[w->n_kinds++];
    const struct kind *above = w->kind;
    *k = (struct kind){.major_code = cell(w, row, MAJOR_CODE), .major = cell(w, row, MAJOR),
                       .minor_code = cell(w, row, MINOR_CODE), .minor = one_line(w->a, cell(w, row, MINOR)), .line = w->line};
    if (above && !k->major_code.n && !k->major.n) {
        k->major_code = above->major_code;
        k->major = above->major;
    }
    for (int h = 0; h < HEADING_COUNT; h++)
        k->cells[h] = cell(w, row, (enum heading)h);
    k->category = category_code(w, k->major_code, k->major);
    const char *code = str_z(w->a, k->category);
    code = is_code_text(k->minor_code) ? arena_printf(w->a, "%s%.*s", code, (int)k->minor_code.n, k->minor_code.p)
                                       : arena_printf(w->a, "%sX%zu", code, w->n_kinds);
    if (is_taken(w, str_of(code))) {
        note(w, "小类代码 %.*s 用了两次，“%.*s”另编代码", CUT(k->minor_code), CUT(k->minor));
        code = arena_printf(w->a, "%s.%zu", code, w->n_kinds);
    }
    k->code = str_of(code);
    if (!k->minor.n)
        note(w, "小类没有名称");
    w->kind = k;
}

static void
add_bases(struct work *w, const struct kind *k, struct str item)
{
    struct standards_article found[ARTICLES_MAX];
    size_t n = standards_articles(w->a, k->cells[ARTICLE], found, ARTICLES_MAX);
    if (!n)
        n = standards_articles(w->a, k->cells[LAW], found, ARTICLES_MAX);
    for (size_t i = 0; i < n; i++)
        ADD_ROW(w, &w->bases, item, found[i].law, found[i].article,
                found[i].gist.n ? one_line(w->a, found[i].gist) : STR("见条文"), STR(""), STR(""), STR(""));
    if (n)
        return;
    w->out->n_without_basis++;
    if (k->n_items == 1)
        note(w, "“%.*s”没有写明法律条款，请在 bases 表补上", CUT(k->minor));
}

static const char *
remark_of(struct work *w, const struct kind *k)
{
    struct str department = one_line(w->a, k->cells[DEPARTMENT]), collect = one_line(w->a, k->cells[COLLECT]);
    const char *text = arena_printf(w->a, "标准代码 %.*s-%.*s", CUT(k->major_code), CUT(k->minor_code));
    if (department.n)
        text = arena_printf(w->a, "%s；主管：%.*s", text, (int)department.n, department.p);
    if (collect.n)
        text = arena_printf(w->a, "%s；采集：%.*s", text, (int)collect.n, collect.p);
    return text;
}

static void
add_item(struct work *w, struct str condition, struct str closing, struct str limit_text)
{
    struct kind *k = w->kind;
    bool is_urgent;
    struct str limit = find_limit(w, limit_text, &is_urgent), lead, assists;
    find_owners(w, k->cells[UNIT].n ? k->cells[UNIT] : k->cells[DEPARTMENT], &lead, &assists);
    if (!lead.n)
        note(w, "“%.*s”没有写明处置单位，事项的 lead 留空", CUT(k->minor));
    const char *code = arena_printf(w->a, "%.*s-%zu", (int)k->code.n, k->code.p, ++k->n_items);
    condition = one_line(w->a, condition);
    struct str brief = utf8_prefix(condition, NAME_MAX_CHARS);
    const char *name = arena_printf(w->a, "%.*s%s%.*s", (int)k->minor.n, k->minor.p, brief.n ? "：" : "", (int)brief.n, brief.p);
    const char *plain = arena_printf(w->a, "%.*s%s%.*s", (int)k->minor.n, k->minor.p, brief.n ? "：" : "", (int)condition.n, condition.p);
    ADD_ROW(w, &w->items, str_of(code), w->list == LIST_SERVICE ? STR("service") : STR("enforcement"),
            k->category, str_of(name), str_of(plain), lead, assists, STR(""), STR(""),
            is_urgent ? STR("1") : STR("0"), STR("0"), limit, STR(""), STR("1"), STR(""), one_line(w->a, closing), STR(""),
            STR(""), STR(""), STR(""), STR("1"), STR("seed"), str_of(remark_of(w, k)));
    add_bases(w, k, str_of(code));
}

/* ---- lines ---- */

static size_t
filled_cells(struct strs row)
{
    size_t n = 0;
    for (size_t i = 0; i < row.n; i++)
        n += str_trim(row.p[i]).n > 0;
    return n;
}

/* 一、部件 … / 二、事件 …: which codes follow. */
static void
look_for_prefix(struct work *w, struct str text)
{
    bool is_part = str_has(text, STR("部件")), is_event = str_has(text, STR("事件"));
    if (is_part != is_event)
        w->prefix = is_part ? 'B' : 'S';
}

/* A merged cell arrives filled in or empty; either way the 小类 goes on. */
static bool
is_same_kind(const struct work *w, struct strs row)
{
    struct str minor_code = cell(w, row, MINOR_CODE), minor = cell(w, row, MINOR), major_code = cell(w, row, MAJOR_CODE);
    if (!w->kind)
        return false;
    if (!minor_code.n && !minor.n)
        return true;
    return str_eq(minor_code, w->kind->minor_code) && str_eq(one_line(w->a, minor), w->kind->minor) &&
           (!major_code.n || str_eq(major_code, w->kind->major_code));
}

static void
take_line(struct work *w, struct strs row)
{
    struct str condition = cell(w, row, CONDITION), closing = cell(w, row, CLOSING), limit = cell(w, row, LIMIT);
    bool is_same = is_same_kind(w, row);
    if (!is_same)
        open_kind(w, row);
    if (is_same && !condition.n && !limit.n) { /* a cell that ran over a page */
        if (closing.n)
            note(w, "这一行只有结案条件“%.*s”，没有导入", CUT(closing));
        w->out->n_skipped++;
        return;
    }
    if (is_same && !limit.n && w->last[LIMIT].n) {
        note(w, "没有写时限，沿用上一行的“%.*s”", CUT(w->last[LIMIT]));
        limit = w->last[LIMIT];
        closing = closing.n ? closing : w->last[CLOSING];
    }
    w->last[LIMIT] = limit;
    w->last[CLOSING] = closing;
    add_item(w, condition, closing, limit);
    w->out->n_lines++;
}

static bool
read_sheet(struct work *w, const struct standards_sheet *s)
{
    bool has_header = false;
    w->sheet = s->name;
    w->kind = NULL;
    w->prefix = 'B';
    look_for_prefix(w, s->name);
    for (size_t i = 0; i < s->n_rows; i++) {
        struct strs row = s->rows[i];
        size_t filled = filled_cells(row);
        w->line = i + 1;
        if (is_header(w, row)) { /* again on every page */
            if (!has_header)
                tell_columns(w, row);
            has_header = true;
            w->out->n_skipped++;
        } else if (!has_header || filled == 0 || (filled == 1 && !cell(w, row, CONDITION).n && !cell(w, row, CLOSING).n)) {
            for (size_t k = 0; k < row.n; k++)
                look_for_prefix(w, row.p[k]);
            w->out->n_skipped += filled > 0;
        } else
            take_line(w, row);
    }
    return has_header;
}

static void
finish(struct work *w)
{
    static const char item_columns[] = "code,list,category,name,plain,lead,assists,ladder,tier,urgent,danger,limits,order_days,"
                                       "photo_pair,evidence,closing,questions,firsthand,national,raise_to,public,origin,note";
    struct table *t = arena_array(w->a, struct table, 4);
    t[0] = table_of(w->a, "categories", "code,name,plain,icon,list,order,origin", w->categories);
    t[1] = table_of(w->a, "items", item_columns, w->items);
    t[2] = table_of(w->a, "limits", "code,name,amount,unit,clock,amber,basis,origin,note", limit_table(w));
    t[3] = table_of(w->a, "bases", "item,law,article,gist,from,to,mark", w->bases);
    w->out->tables = (struct tables){t, 4};
    w->out->units = w->units;
    w->out->notes = w->notes;
    w->out->n_kinds = w->n_kinds;
    w->out->n_items = w->items.n;
    w->out->n_bases = w->bases.n;
}

bool
standards_read(struct arena *a, const struct standards_sheet *sheets, size_t n, enum list list, struct tables orgs,
               struct standards *out, struct err *err)
{
    struct work w = {.a = a, .out = out, .list = list, .orgs = orgs, .most = 1};
    *out = (struct standards){0};
    for (size_t i = 0; i < n; i++)
        w.most += sheets[i].n_rows;
    w.kinds = arena_array(a, struct kind, w.most);
    w.limits = arena_array(a, struct limit_row, w.most);
    w.units = arena_array(a, struct standards_unit, w.most);
    w.notes = arena_array(a, struct standards_note, NOTES_MAX);
    size_t read = 0;
    for (size_t i = 0; i < n; i++)
        read += read_sheet(&w, &sheets[i]);
    finish(&w);
    return (read && w.items.n) ||
           err_field(err, "file", "没有找到表头：要有“小类名称”“立案条件”“处置时限”这几列。");
}
