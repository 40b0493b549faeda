#include "standards.h"

#include <stdlib.h>

#include "sheet.h"
#include "standards_words.h"

enum { ARTICLES_MAX = 12, NOTES_MAX = 500, NAME_MAX_CHARS = 30 };

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
    struct str basis;
    /* the sheet being read */
    struct str sheet;
    size_t line;
    char prefix; /* B 部件, S 事件: their codes begin alike */
    struct standards_columns columns;
    struct kind *kind;
    struct str band;                /* the last line of one cell: 一、公用设施 */
    struct str last[HEADING_COUNT]; /* of the line above */
    /* all sheets */
    struct kind *kinds;
    size_t n_kinds;
    struct limit_row *limits;
    size_t n_limits;
    struct standards_owners owners;
    struct standards_note *notes;
    struct rows categories, items, bases;
};

/* `column` from 0; -1: the line as a whole, or the sheet when line is 0. */
static void note(struct work *w, int column, const char *fix, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
note(struct work *w, int column, const char *fix, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct str s = utf8_prefix((struct str){text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1}, 200);
    for (size_t i = 0; i < w->out->n_notes; i++) /* what repeats is told where it is met first */
        if (str_eq(w->notes[i].text, s) && str_eq(w->notes[i].sheet, w->sheet)) {
            w->notes[i].times++;
            return;
        }
    if (w->out->n_notes == NOTES_MAX) {
        w->out->n_notes_more++;
        return;
    }
    struct str at = w->line ? cell_name(w->a, column < 0 ? 0 : (size_t)column, w->line) : STR("");
    w->notes[w->out->n_notes++] =
        (struct standards_note){w->sheet, w->line, at, str_dup(w->a, s), str_of(arena_printf(w->a, "%s", fix)), 1};
}

#define CUT(s) (int)utf8_prefix((s), 40).n, (s).p

/* ---- columns ---- */

/* The columns that no heading is known for, and a second column of the same, are told once. */
static void
tell_columns(struct work *w)
{
    const struct standards_columns *c = &w->columns;
    for (size_t i = 0; i < c->names.n; i++)
        if (c->names.p[i].n && standards_heading(c, i) < 0)
            note(w, (int)i, "要用的内容，请写进认得的列，或导入以后在方案里补。", "列“%.*s”没有对应，没有导入", CUT(c->names.p[i]));
}

static struct str
cell(const struct work *w, struct strs row, enum heading h)
{
    int at = w->columns.at[h];
    return at >= 0 && (size_t)at < row.n ? str_trim(row.p[at]) : STR("");
}

static void
tell_cells_without_heading(struct work *w, struct strs row)
{
    const struct standards_columns *c = &w->columns;
    for (size_t i = 0; i < row.n; i++)
        if (str_trim(row.p[i]).n && standards_heading(c, i) < 0 && (i >= c->names.n || !c->names.p[i].n)) {
            struct str letters = cell_name(w->a, i, 1);
            note(w, (int)i, "在表头写上列名。", "%.*s 列没有表头，里面的内容没有导入", (int)letters.n - 1, letters.p);
        }
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

/* ---- owners ---- */

/* The first named unit leads, the others assist. A name without a code stays: the check of the scheme asks for it. */
static void
find_owners(struct work *w, enum heading h, struct str names, struct str *lead, struct str *assists)
{
    *lead = *assists = STR("");
    for (struct str name; (name = standards_next_name(&names)).n;) {
        if (standards_names_nobody(name)) {
            note(w, w->columns.at[h], "要由谁办，请写单位的名称。", "“%.*s”没有指明哪一个单位，没有导入", CUT(name));
            continue;
        }
        struct standards_unit *u = standards_owner(&w->owners, name);
        if (!u->n++) {
            u->sheet = w->sheet;
            u->cell = cell_name(w->a, (size_t)w->columns.at[h], w->line);
        }
        if (str_is(u->code, "-"))
            continue;
        struct str code = u->code.n ? u->code : u->name;
        if (!lead->n)
            *lead = code;
        else if (!str_eq(code, *lead) && !str_lists(*assists, code))
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

/* What was made of a limit that does not say all. */
static void
tell_limit(struct work *w, struct str text, const struct standards_limit *l)
{
    int at = w->columns.at[LIMIT];
    if (l->is_assumed)
        note(w, at, "如果说的是工作时间，请写成“工作小时”“工作日”。", "时限“%.*s”没有写明是不是工作时间，按昼夜连续计算", CUT(text));
    if (l->is_urgent)
        note(w, at, "", "时限“%.*s”按昼夜连续计算，事项按紧急事项导入", CUT(text));
    if (l->condition.n)
        note(w, at, "条件不同、时限不同的，请分成几行。", "时限“%.*s”带有条件“%.*s”，条件写在时限的备注里", CUT(text), CUT(l->condition));
}

/* 5 below 处置时限（工作日） is 5工作日. */
static struct str
with_unit(struct work *w, struct str text)
{
    struct str rest = text;
    int amount;
    bool is_number = standards_number(&rest, &amount) && !str_trim(rest).n;
    return is_number && w->columns.limit_unit.n
               ? str_of(arena_printf(w->a, "%.*s%.*s", (int)text.n, text.p, (int)w->columns.limit_unit.n, w->columns.limit_unit.p))
               : text;
}

static struct str
find_limit(struct work *w, struct str text, bool *is_urgent)
{
    struct standards_limit l;
    int at = w->columns.at[LIMIT];
    *is_urgent = false;
    text = with_unit(w, text);
    if (!text.n || !standards_limit(w->a, text, &l)) {
        w->out->n_without_limit++;
        if (text.n)
            note(w, at, "写成 4工作小时、5工作日、24小时、7自然日 这样，一格一个。", "时限“%.*s”看不懂，事项先没有时限", CUT(text));
        else
            note(w, at, "补上时限。", "“%.*s”没有写时限，事项先没有时限", CUT(w->kind->minor));
        return STR("");
    }
    tell_limit(w, text, &l);
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

static const char item_columns[] = "code,list,category,name,plain,lead,assists,ladder,tier,urgent,danger,limits,order_days,"
                                   "photo_pair,evidence,closing,questions,firsthand,national,raise_to,public,origin,note";
enum { CLOSING_COLUMN = 15 }; /* of these */

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
            note(w, w->columns.at[MAJOR], "名称改成一样的，或换一个代码。", "大类 %.*s 在前面叫“%.*s”，这里叫“%.*s”，用前面的", CUT(major_code),
                 CUT(c[1]), CUT(major));
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
    bool is_below_band = w->band.n && w->columns.at[MAJOR] < 0 && w->columns.at[MAJOR_CODE] < 0;
    if (above && !is_below_band && !k->major_code.n && !k->major.n) {
        k->major_code = above->major_code;
        k->major = above->major;
    }
    if (!k->major_code.n && !k->major.n && w->band.n) /* the 大类 stand in lines of their own */
        k->major = w->band;
    if (!k->major_code.n && !k->major.n) {
        k->major = w->sheet;
        note(w, -1, "要分类别的，补上大类。", "没有写大类，类别用工作表的名字“%.*s”", CUT(w->sheet));
    }
    for (int h = 0; h < HEADING_COUNT; h++)
        k->cells[h] = cell(w, row, (enum heading)h);
    k->category = category_code(w, k->major_code, k->major);
    const char *code = str_z(w->a, k->category);
    code = is_code_text(k->minor_code) ? arena_printf(w->a, "%s%.*s", code, (int)k->minor_code.n, k->minor_code.p)
                                       : arena_printf(w->a, "%sX%zu", code, w->n_kinds);
    if (is_taken(w, str_of(code))) {
        note(w, w->columns.at[MINOR_CODE], "一个代码只给一个小类。", "小类代码 %.*s 用了两次，“%.*s”另编代码", CUT(k->minor_code), CUT(k->minor));
        code = arena_printf(w->a, "%s.%zu", code, w->n_kinds);
    }
    k->code = str_of(code);
    if (!k->minor.n)
        note(w, w->columns.at[MINOR], "补上小类名称。", "小类没有名称");
    w->kind = k;
}

static void
add_bases(struct work *w, const struct kind *k, struct str item, struct str condition)
{
    struct standards_article found[ARTICLES_MAX];
    size_t n = standards_articles(w->a, k->cells[ARTICLE], found, ARTICLES_MAX);
    if (!n)
        n = standards_articles(w->a, k->cells[LAW], found, ARTICLES_MAX);
    for (size_t i = 0; i < n; i++)
        ADD_ROW(w, &w->bases, item, found[i].law, found[i].article,
                found[i].gist.n ? one_line(w->a, found[i].gist) : STR("见条文"), STR(""), STR(""), STR(""));
    if (!n && w->basis.n) {
        struct str code = k->minor_code.n ? k->minor_code : k->minor;
        const char *article = arena_printf(w->a, "%.*s%s%.*s", (int)k->major_code.n, k->major_code.p, k->major_code.n ? "-" : "",
                                           (int)code.n, code.p);
        ADD_ROW(w, &w->bases, item, one_line(w->a, w->basis), str_of(article), condition.n ? condition : k->minor, STR(""), STR(""),
                STR(""));
        return;
    }
    if (n)
        return;
    w->out->n_without_basis++;
    int at = w->columns.at[ARTICLE] >= 0 ? w->columns.at[ARTICLE] : w->columns.at[LAW];
    if (at < 0)
        note(w, -1, "在“依据”表补上。", "这张工作表没有法律依据这一列");
    else if (k->n_items == 1)
        note(w, at, "写成《某某条例》第二十三条 这样，或在“依据”表补上。", "“%.*s”没有写明法律条款", CUT(k->minor));
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
    enum heading by = k->cells[UNIT].n ? UNIT : DEPARTMENT;
    find_owners(w, by, k->cells[by], &lead, &assists);
    if (!lead.n) {
        w->out->n_without_owner++;
        note(w, w->columns.at[UNIT], "补上由哪个单位办。", "“%.*s”没有写明处置单位，事项先没有牵头单位", CUT(k->minor));
    }
    const char *code = arena_printf(w->a, "%.*s-%zu", (int)k->code.n, k->code.p, ++k->n_items);
    condition = one_line(w->a, condition);
    struct str brief = utf8_prefix(condition, NAME_MAX_CHARS);
    const char *name = arena_printf(w->a, "%.*s%s%.*s", (int)k->minor.n, k->minor.p, brief.n ? "：" : "", (int)brief.n, brief.p);
    const char *plain = arena_printf(w->a, "%.*s%s%.*s", (int)k->minor.n, k->minor.p, brief.n ? "：" : "", (int)condition.n, condition.p);
    ADD_ROW(w, &w->items, str_of(code), w->list == LIST_SERVICE ? STR("service") : STR("enforcement"),
            k->category, str_of(name), str_of(plain), lead, assists, STR(""), STR(""),
            is_urgent ? STR("1") : STR("0"), STR("0"), limit, STR(""), STR("1"), STR(""), one_line(w->a, closing), STR(""),
            STR(""), STR(""), STR(""), STR("1"), STR("seed"), str_of(remark_of(w, k)));
    add_bases(w, k, str_of(code), condition);
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

static bool
is_same_or_empty(struct str s, struct str above)
{
    return !s.n || str_eq(s, above);
}

/* A merged cell arrives filled in or empty; either way the 小类 goes on. */
static bool
is_same_kind(const struct work *w, struct strs row)
{
    const struct kind *k = w->kind;
    return k && is_same_or_empty(cell(w, row, MINOR_CODE), k->minor_code) &&
           is_same_or_empty(one_line(w->a, cell(w, row, MINOR)), k->minor) &&
           is_same_or_empty(cell(w, row, MAJOR_CODE), k->major_code) && is_same_or_empty(cell(w, row, MAJOR), k->major);
}

/* The closing conditions of the last item, with one more. */
static void
add_closing(struct work *w, struct str closing)
{
    struct str *cells = (struct str *)(uintptr_t)w->items.p[w->items.n - 1].p, more = one_line(w->a, closing);
    if (more.n && !str_lists(cells[CLOSING_COLUMN], more))
        cells[CLOSING_COLUMN] = str_of(arena_printf(w->a, "%.*s%s%.*s", (int)cells[CLOSING_COLUMN].n, cells[CLOSING_COLUMN].p,
                                                    cells[CLOSING_COLUMN].n ? "|" : "", (int)more.n, more.p));
}

/* A line that says nothing of its own: a merged cell taller than its text, or a closing condition that ran on. */
static bool
goes_on(struct work *w, struct str condition, struct str closing, struct str limit)
{
    bool is_empty = !condition.n && !limit.n;
    bool is_same = condition.n && str_eq(condition, w->last[CONDITION]) && is_same_or_empty(limit, w->last[LIMIT]);
    if (!is_empty && !is_same)
        return false;
    if (closing.n && !str_eq(closing, w->last[CLOSING]))
        note(w, w->columns.at[CLOSING], "", "结案条件“%.*s”并入上一行的事项", CUT(closing));
    add_closing(w, closing);
    w->out->n_skipped++;
    return true;
}

static void
take_line(struct work *w, struct strs row)
{
    struct str condition = cell(w, row, CONDITION), closing = cell(w, row, CLOSING), limit = cell(w, row, LIMIT);
    bool is_same = is_same_kind(w, row);
    tell_cells_without_heading(w, row);
    if (!is_same)
        open_kind(w, row);
    else if (goes_on(w, condition, closing, limit))
        return;
    if (is_same && !condition.n) {
        note(w, w->columns.at[CONDITION], "补上立案条件。", "“%.*s”没有写立案条件，沿用上一行的", CUT(w->kind->minor));
        condition = w->last[CONDITION];
    } else if (!condition.n)
        note(w, w->columns.at[CONDITION], "补上立案条件。", "“%.*s”没有写立案条件", CUT(w->kind->minor));
    if (is_same && !limit.n && w->last[LIMIT].n) {
        note(w, w->columns.at[LIMIT], "时限不同的，补上时限。", "“%.*s”没有写时限，沿用上一行的“%.*s”", CUT(w->kind->minor), CUT(w->last[LIMIT]));
        limit = w->last[LIMIT];
        closing = closing.n ? closing : w->last[CLOSING];
    }
    w->last[CONDITION] = condition;
    w->last[LIMIT] = limit;
    w->last[CLOSING] = closing;
    add_item(w, condition, closing, limit);
    w->out->n_lines++;
}

/* 一、公用设施类, 注：…: one cell for the whole line, which stands in the first column or in none of the list's. */
static bool
is_band(const struct work *w, struct strs row)
{
    bool is_first = row.n && str_trim(row.p[0]).n;
    return filled_cells(row) == 1 && !cell(w, row, CONDITION).n && !cell(w, row, CLOSING).n && !cell(w, row, LIMIT).n &&
           (is_first || !cell(w, row, MINOR).n);
}

static void
take_band(struct work *w, struct strs row)
{
    for (size_t i = 0; i < row.n; i++) {
        struct str text = str_trim(row.p[i]);
        if (!text.n)
            continue;
        look_for_prefix(w, text);
        if (!str_starts(text, STR("注")) && !str_starts(text, STR("说明")) && !str_starts(text, STR("备注")))
            w->band = one_line(w->a, text);
        note(w, (int)i, "", "“%.*s”一行只有一格，当作小标题，没有导入", CUT(text));
    }
    w->out->n_skipped++;
}

static bool
take_row(struct work *w, struct strs row, struct err *err)
{
    if (filled_cells(row) == 0)
        return true;
    if (is_band(w, row)) {
        take_band(w, row);
        return true;
    }
    if (w->out->n_lines >= STANDARDS_LINES_MAX)
        return err_field(err, "file", "内容太多，一次最多 %d 行。", STANDARDS_LINES_MAX);
    take_line(w, row);
    return true;
}

static void
begin_sheet(struct work *w, struct str name)
{
    w->sheet = name;
    w->kind = NULL;
    w->band = STR("");
    w->prefix = 'B';
    for (int h = 0; h < HEADING_COUNT; h++)
        w->last[h] = STR("");
    look_for_prefix(w, name);
}

/* Titles stand above the headings, which come again on every page. */
static bool
read_sheet(struct work *w, const struct standards_sheet *s, bool *has_header, struct err *err)
{
    size_t n_filled = 0;
    *has_header = false;
    begin_sheet(w, s->name);
    for (size_t i = 0; i < s->n_rows; i++) {
        struct standards_columns columns;
        w->line = i + 1;
        if (standards_columns(w->a, &s->rows[i], s->n_rows - i, &columns)) {
            w->columns = columns;
            if (!*has_header)
                tell_columns(w);
            *has_header = true;
            w->out->n_skipped += columns.n_lines;
            i += columns.n_lines - 1;
        } else if (!*has_header) {
            for (size_t k = 0; k < s->rows[i].n; k++)
                look_for_prefix(w, s->rows[i].p[k]);
            w->out->n_skipped += filled_cells(s->rows[i]) > 0;
            n_filled += filled_cells(s->rows[i]) > 0;
        } else if (!take_row(w, s->rows[i], err))
            return false;
    }
    w->line = 0;
    if (!*has_header && n_filled)
        note(w, -1, "要导入的，加上“小类名称”“立案条件”“处置时限”这几列。", "这张工作表没有认得的表头，%zu 行都没有导入", n_filled);
    return true;
}

static void
finish(struct work *w)
{
    struct table *t = arena_array(w->a, struct table, 4);
    t[0] = table_of(w->a, "categories", "code,name,plain,icon,list,order,origin", w->categories);
    t[1] = table_of(w->a, "items", item_columns, w->items);
    t[2] = table_of(w->a, "limits", "code,name,amount,unit,clock,amber,basis,origin,note", limit_table(w));
    t[3] = table_of(w->a, "bases", "item,law,article,gist,from,to,mark", w->bases);
    w->out->tables = (struct tables){t, 4};
    w->out->units = w->owners.units;
    w->out->n_units = w->owners.n;
    w->out->notes = w->notes;
    w->out->n_kinds = w->n_kinds;
    w->out->n_items = w->items.n;
    w->out->n_bases = w->bases.n;
}

bool
standards_read(struct arena *a, const struct standards_sheet *sheets, size_t n, const struct standards_options *options,
               struct standards *out, struct err *err)
{
    struct work w = {.a = a, .out = out, .list = options->list, .basis = options->basis};
    *out = (struct standards){0};
    w.kinds = arena_array(a, struct kind, STANDARDS_LINES_MAX + 1);
    w.limits = arena_array(a, struct limit_row, STANDARDS_LINES_MAX + 1);
    w.notes = arena_array(a, struct standards_note, NOTES_MAX);
    standards_owners_init(&w.owners, a, options->scheme);
    size_t n_read = 0;
    for (size_t i = 0; i < n; i++) {
        bool has_header;
        if (!read_sheet(&w, &sheets[i], &has_header, err))
            return false;
        n_read += has_header;
    }
    finish(&w);
    if (!n_read)
        return err_field(err, "file", "没有找到表头：要有“小类名称”“立案条件”“处置时限”这几列。");
    return w.items.n || err_field(err, "file", "表头下面没有内容。");
}
