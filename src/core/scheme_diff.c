/* Two sets of tables side by side: rows that came, went or changed, each said in one sentence. */
#include "scheme_diff.h"

#include <stdlib.h>

#include "code_map.h"
#include "scheme_diff_words.h"

#define S(x) (int)(x).n, (x).p

enum { NAMED_MAX = 6 }; /* items named one by one in a sentence */

struct side {
    struct tables all;
    const struct table *t;
    struct str *keys; /* per row; the second row of a key has #2 */
    struct code_map map;
};
struct differ {
    struct arena *a;
    const struct table_words *tw;
    struct side was, now;
    struct scheme_change *p;
    size_t n, cap;
};

const char *
scheme_change_code(int kind)
{
    static const char *const codes[] = {"added", "removed", "changed"};
    return codes[kind];
}

/* ---- what a row is called ---- */

static struct str
cell(const struct table *t, size_t row, const char *column)
{
    return table_cell(t, row, column);
}

struct str
scheme_row_key(struct arena *a, const struct table *t, size_t row)
{
    const struct table_words *tw = table_words_find(t->name);
    struct str rest = str_of(tw ? tw->key : "code"), column, out = STR("");
    while (str_cut(&rest, ',', &column)) {
        struct str v = cell(t, row, str_z(a, column));
        out = str_of(arena_printf(a, "%.*s%s%.*s", S(out), out.n ? "/" : "", S(v)));
    }
    return out;
}

static struct str
said(struct arena *a, struct tables all, const struct table *t, size_t row, const char *column)
{
    const struct column_words *c = column_words_find(table_words_find(t->name), str_of(column));
    struct str v = cell(t, row, column);
    return c ? cell_words(a, all, c, v) : v;
}

static struct str
head_key_words(struct str key)
{
    static const struct word keys[] = {
        {"name", "代码"},           {"title", "名称"},           {"county", "县（市、区）"}, {"region", "区划代码"},
        {"valid_from", "生效日期"}, {"office_am", "上午办公时间"}, {"office_pm", "下午办公时间"}, {"document", "依据文件"},
        {"host", "主办单位"},       {"first_receiver", "首接负责"}, {"result_to", "结果告知"}, {"team_by", "谁可以派本队的人"},
        {"reach_detour", "绕行系数"}, {"reach_speed_kmh", "路上时速"}, {"reach_minutes", "服务圈分钟数"}, {"offline_grace", "离线补传时限（小时）"}, {"near_days", "综合查一次的天数"}, {"visits_per_day", "每人每天能做几次"}, {"tier_shares", "处置结果的参照比例"},
        {"supervision_phone", "监督电话"}, {"county_phone", "统筹电话"}, {"footer_site_code", "网站标识码"}, {"footer_icp", "备案号"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_is(key, keys[i].code))
            return str_of(keys[i].label);
    return key;
}

struct str
scheme_row_words(struct arena *a, struct tables all, const struct table *t, size_t row)
{
    const struct table_words *tw = table_words_find(t->name);
    struct str key = scheme_row_key(a, t, row), v;
    if (str_is(t->name, "scheme"))
        return str_of(arena_printf(a, "方案的%.*s", S(head_key_words(key))));
    if (str_is(t->name, "bases")) {
        struct str item = said(a, all, t, row, "item"), law = cell(t, row, "law"), article = cell(t, row, "article");
        bool is_number = article.n && article.p[0] >= '0' && article.p[0] <= '9';
        return str_of(arena_printf(a, "事项 %.*s的依据《%.*s》%s%.*s%s", S(item), S(law), is_number ? "第" : "", S(article),
                                   is_number ? "条" : ""));
    }
    if (str_is(t->name, "phrases")) {
        struct str item = said(a, all, t, row, "item"), text = cell(t, row, "phrase");
        return str_of(arena_printf(a, "事项 %.*s的居民说法“%.*s”", S(item), S(text)));
    }
    if (str_is(t->name, "ladders")) {
        struct str tier = said(a, all, t, row, "tier"), ladder = cell(t, row, "ladder");
        return str_of(arena_printf(a, "处置阶梯 %.*s 的“%.*s”", S(ladder), S(tier)));
    }
    if (str_is(t->name, "hops")) {
        struct str hop = said(a, all, t, row, "hop"), chain = cell(t, row, "chain");
        return str_of(arena_printf(a, "链条 %.*s 的“%.*s”环节", S(chain), S(hop)));
    }
    if (str_is(t->name, "revisits")) {
        v = said(a, all, t, row, "audience");
        return str_of(arena_printf(a, "对%.*s的回访", S(v)));
    }
    if (str_is(t->name, "scopes")) {
        struct str org = said(a, all, t, row, "org"), work = cell(t, row, "work");
        return str_of(arena_printf(a, "%.*s的职责“%.*s”", S(org), S(work)));
    }
    if (str_is(t->name, "reasons")) {
        struct str kind = said(a, all, t, row, "kind"), name = cell(t, row, "name");
        return str_of(arena_printf(a, "%.*s的理由「%.*s」", S(kind), S(name)));
    }
    if (str_is(t->name, "calendar"))
        return key;
    v = tw && tw->title ? cell(t, row, tw->title) : STR("");
    if (str_is(t->name, "limits"))
        return str_of(arena_printf(a, "时限「%.*s」", S(v)));
    if (!v.n)
        return str_of(arena_printf(a, "%s“%.*s”", tw ? tw->row : "", S(key)));
    return str_of(arena_printf(a, "%s %.*s「%.*s」", tw->row, S(key), S(v)));
}

/* ---- noting ---- */

static void
note(struct differ *d, struct scheme_change c)
{
    if (d->n == d->cap) {
        size_t cap = d->cap ? d->cap * 2 : 64;
        struct scheme_change *more = arena_array(d->a, struct scheme_change, cap);
        if (d->n)
            memcpy(more, d->p, d->n * sizeof *more);
        d->p = more;
        d->cap = cap;
    }
    c.group = d->tw ? d->tw->group : "其他";
    d->p[d->n++] = c;
}

/* The facts that make a new row clear without opening the table. */
static struct str
details(struct differ *d, const struct side *s, size_t row)
{
    static const struct {
        const char *table, *columns;
    } shown[] = {{"items", "list,lead,assists,limits"}, {"limits", "amount"},        {"bases", "gist"},
                 {"hops", "role,owner,limit"},          {"whistles", "owner,limit"}, {"revisits", "owner,role,limit"},
                 {"ladders", "after,needs,law,article"}, {"scopes", "categories"},   {"calendar", "kind"},
                 {"slots", "role,minimum,maximum,owner"}, {"surveys", "days,item"},
                 {"scheme", "value"},                   {"documents", "number,date"}, {"channels", "roles,enters_at"},
                 {"wordings", "text"}};
    struct str rest = STR(""), column, out = STR("");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (str_is(s->t->name, shown[i].table))
            rest = str_of(shown[i].columns);
    while (str_cut(&rest, ',', &column)) {
        const char *name = str_z(d->a, column);
        const struct column_words *c = column_words_find(d->tw, column);
        struct str v = said(d->a, s->all, s->t, row, name);
        if (strcmp(name, "amount") == 0)
            v = amount_words(d->a, cell(s->t, row, "amount"), cell(s->t, row, "unit"));
        if (v.n)
            out = str_of(arena_printf(d->a, "%.*s%s%s：%.*s", S(out), out.n ? "；" : "", c ? c->label : name, S(v)));
    }
    return out;
}

static void
note_row(struct differ *d, const struct side *s, size_t row, enum scheme_change_kind kind)
{
    struct str who = scheme_row_words(d->a, s->all, s->t, row), more = details(d, s, row);
    bool is_item = str_is(s->t->name, "items"), is_new = kind == CHANGE_ADDED;
    const char *verb = is_new ? "新增" : "取消";
    const char *words = more.n && (is_new || is_item) ? arena_printf(d->a, "%s%.*s（%.*s）", verb, S(who), S(more))
                                                        : arena_printf(d->a, "%s%.*s", verb, S(who));
    note(d, (struct scheme_change){.kind = kind, .table = s->t->name, .key = scheme_row_key(d->a, s->t, row), .words = str_of(words)});
}

/* ---- a cell ---- */

/* The parts of one cell that the other lacks, in words. */
static struct str
parts_beyond(struct differ *d, const struct side *s, const struct column_words *c, struct str all, struct str other)
{
    struct str piece, out = STR("");
    while (str_cut(&all, '|', &piece)) {
        piece = str_trim(piece);
        if (!piece.n || str_lists(other, piece))
            continue;
        struct str word = cell_words(d->a, s->all, c, piece);
        out = str_of(arena_printf(d->a, "%.*s%s%.*s", S(out), out.n ? "、" : "", S(word)));
    }
    return out;
}

static const char *
quoted(struct differ *d, const struct column_words *c, struct str words)
{
    bool is_plain = !c || c->kind == COLUMN_TEXT || c->kind == COLUMN_LONG, is_digit = words.n && words.p[0] >= '0' && words.p[0] <= '9';
    bool ends_in_digit = is_digit && words.p[words.n - 1] >= '0' && words.p[words.n - 1] <= '9';
    return arena_printf(d->a, is_plain || !is_digit ? "“%.*s”" : ends_in_digit ? " %.*s " : " %.*s", S(words));
}

static const char *
trimmed(struct differ *d, const char *s)
{
    return str_z(d->a, str_trim(str_of(s)));
}

static const char *
list_change(struct differ *d, const struct column_words *c, const char *subject, struct str was, struct str now)
{
    struct str more = parts_beyond(d, &d->now, c, now, was), less = parts_beyond(d, &d->was, c, was, now);
    if (!more.n && !less.n)
        return arena_printf(d->a, "%s的%s调整了先后顺序", subject, c->label);
    return arena_printf(d->a, "%s的%s%s%.*s%s%s%.*s", subject, c->label, more.n ? "增加：" : "", S(more),
                        more.n && less.n ? "；" : "", less.n ? "去掉：" : "", S(less));
}

/* Names a limit as well when its length alone would read the same twice. */
static struct str
with_name(struct differ *d, const struct side *s, const struct column_words *c, struct str code, struct str words)
{
    const struct table *t = c && c->table ? tables_find(s->all, c->table) : NULL;
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_eq(cell(t, i, "code"), code)) {
            struct str name = cell(t, i, "name");
            return str_of(arena_printf(d->a, "%.*s（%.*s）", S(words), S(name)));
        }
    return code;
}

static const char *
cell_change(struct differ *d, const struct column_words *c, const char *column, const char *subject, struct str was, struct str now)
{
    const char *label = c ? c->label : column;
    if (c && c->is_many)
        return list_change(d, c, subject, was, now);
    struct str old = c ? cell_words(d->a, d->was.all, c, was) : was, new = c ? cell_words(d->a, d->now.all, c, now) : now;
    if (was.n && now.n && str_eq(old, new)) {
        old = with_name(d, &d->was, c, was, old);
        new = with_name(d, &d->now, c, now, new);
    }
    bool is_flag = c && c->kind == COLUMN_FLAG;
    if (!was.n && !is_flag)
        return arena_printf(d->a, "%s增加%s：%s", subject, label, trimmed(d, quoted(d, c, new)));
    if (!now.n && !is_flag)
        return arena_printf(d->a, "%s取消%s（原为%s）", subject, label, trimmed(d, quoted(d, c, old)));
    return arena_printf(d->a, "%s的%s由%s改为%s", subject, label, quoted(d, c, old), quoted(d, c, new));
}

static void
note_cell(struct differ *d, size_t row_was, size_t row_now, const char *column)
{
    const struct column_words *c = column_words_find(d->tw, str_of(column));
    struct str was = cell(d->was.t, row_was, column), now = cell(d->now.t, row_now, column);
    const char *subject = str_z(d->a, scheme_row_words(d->a, d->was.all, d->was.t, row_was)); /* by the name it had */
    const char *words = str_is(d->now.t->name, "scheme")
                            ? arena_printf(d->a, "%s由“%.*s”改为“%.*s”", subject, S(was), S(now))
                            : cell_change(d, c, column, subject, was, now);
    note(d, (struct scheme_change){.kind = CHANGE_CELL, .table = d->now.t->name, .key = scheme_row_key(d->a, d->now.t, row_now),
                                   .column = str_of(column), .was = was, .now = now,
                                   .words = str_of(trimmed(d, words))});
}

/* ---- a limit's length concerns whoever uses it ---- */

static struct str
users_of_limit(struct differ *d, struct str code)
{
    const struct table *items = tables_find(d->now.all, "items"), *hops = tables_find(d->now.all, "hops");
    struct str out = STR("");
    size_t n = 0;
    for (size_t i = 0; items && i < items->n_rows; i++) {
        if (!str_eq(cell(items, i, "limits"), code))
            continue;
        struct str item = cell(items, i, "code");
        if (n++ < NAMED_MAX)
            out = str_of(arena_printf(d->a, "%.*s%s%.*s", S(out), out.n ? "、" : "事项 ", S(item)));
    }
    if (n > NAMED_MAX)
        out = str_of(arena_printf(d->a, "%.*s 等 %zu 项", S(out), n));
    for (size_t i = 0; hops && i < hops->n_rows; i++)
        if (str_eq(cell(hops, i, "limit"), code)) {
            struct str hop = said(d->a, d->now.all, hops, i, "hop");
            const char *part = arena_printf(d->a, "“%.*s”环节", S(hop));
            if (!str_has(out, str_of(part)))
                out = str_of(arena_printf(d->a, "%.*s%s%s", S(out), out.n ? "、" : "", part));
        }
    return out;
}

static void
note_amount(struct differ *d, size_t row_was, size_t row_now)
{
    struct arena *a = d->a;
    const struct table *t = d->was.t, *u = d->now.t;
    struct str was = amount_words(a, cell(t, row_was, "amount"), cell(t, row_was, "unit"));
    struct str now = amount_words(a, cell(u, row_now, "amount"), cell(u, row_now, "unit"));
    if (str_eq(was, now))
        return;
    struct str who = scheme_row_words(a, d->now.all, u, row_now), users = users_of_limit(d, cell(u, row_now, "code"));
    const char *words = arena_printf(a, "%.*s由 %.*s改为 %.*s%s%.*s", S(who), S(was), S(now), users.n ? "，适用于" : "", S(users));
    note(d, (struct scheme_change){.kind = CHANGE_CELL, .table = u->name, .key = cell(u, row_now, "code"), .column = STR("amount"),
                                   .was = was, .now = now, .words = str_of(words)});
}

/* ---- rows and tables ---- */

static bool
column_stands(const struct table *t, struct str column)
{
    for (size_t i = 0; i < t->header.n; i++)
        if (str_eq(t->header.p[i], column))
            return true;
    return false;
}

static bool
is_key(const struct table_words *tw, struct str column)
{
    struct str rest = str_of(tw ? tw->key : "code"), piece;
    while (str_cut(&rest, ',', &piece))
        if (str_eq(piece, column))
            return true;
    return false;
}

static void
compare_rows(struct differ *d, size_t row_was, size_t row_now)
{
    bool is_limits = str_is(d->now.t->name, "limits");
    if (is_limits)
        note_amount(d, row_was, row_now);
    for (size_t side = 0; side < 2; side++) {
        const struct table *t = side ? d->was.t : d->now.t;
        for (size_t i = 0; i < t->header.n; i++) {
            struct str column = t->header.p[i];
            const char *name = str_z(d->a, column);
            bool is_told = is_key(d->tw, column) || (is_limits && (str_is(column, "amount") || str_is(column, "unit")));
            if (is_told || (side && column_stands(d->now.t, column)) || str_is(column, "order"))
                continue;
            if (!str_eq(cell(d->was.t, row_was, name), cell(d->now.t, row_now, name)))
                note_cell(d, row_was, row_now, name);
        }
    }
}

static void
open_side(struct differ *d, struct side *s, struct tables all, const char *name)
{
    static const struct table none;
    s->all = all;
    s->t = tables_find(all, name);
    if (!s->t)
        s->t = &none;
    s->keys = arena_array(d->a, struct str, s->t->n_rows + 1);
    for (size_t i = 0; i < s->t->n_rows; i++)
        s->keys[i] = scheme_row_key(d->a, s->t, i);
    s->map = code_map_of(d->a, s->keys, s->t->n_rows);
    for (size_t i = 0; i < s->t->n_rows; i++) { /* the second of a key is told apart by its place */
        int first = code_map_find(&s->map, s->keys[i]);
        int nth = 1;
        for (size_t k = first < 0 ? i : (size_t)first; k < i; k++)
            nth += str_eq(scheme_row_key(d->a, s->t, k), s->keys[i]);
        if (nth > 1)
            s->keys[i] = str_of(arena_printf(d->a, "%.*s#%d", S(s->keys[i]), nth));
    }
    s->map = code_map_of(d->a, s->keys, s->t->n_rows);
}

/* A year of the calendar that comes or goes as a whole is one sentence. */
static bool
note_year(struct differ *d, const struct side *s, const struct side *other, size_t row, enum scheme_change_kind kind)
{
    struct str date = cell(s->t, row, "date"), year = str_slice(date, 0, 4);
    int off = 0, on = 0;
    for (size_t i = 0; i < other->t->n_rows; i++)
        if (str_starts(cell(other->t, i, "date"), year))
            return false;
    for (size_t i = 0; i < s->t->n_rows; i++) {
        if (!str_starts(cell(s->t, i, "date"), year))
            continue;
        if (i < row)
            return true; /* told with its first day */
        *(str_is(cell(s->t, i, "kind"), "workday") ? &on : &off) += 1;
    }
    note(d, (struct scheme_change){.kind = kind, .table = s->t->name, .key = year,
                                   .words = str_of(arena_printf(d->a, "%s %.*s 年节假日安排：放假 %d 天，调休上班 %d 天",
                                                                kind == CHANGE_ADDED ? "新增" : "取消", S(year), off, on))});
    return true;
}

static void
compare_tables(struct differ *d)
{
    bool is_calendar = d->tw && strcmp(d->tw->name, "calendar") == 0;
    for (size_t i = 0; i < d->now.t->n_rows; i++) {
        int was = code_map_find(&d->was.map, d->now.keys[i]);
        if (was >= 0)
            compare_rows(d, (size_t)was, i);
        else if (!is_calendar || !note_year(d, &d->now, &d->was, i, CHANGE_ADDED))
            note_row(d, &d->now, i, CHANGE_ADDED);
    }
    for (size_t i = 0; i < d->was.t->n_rows; i++)
        if (code_map_find(&d->now.map, d->was.keys[i]) < 0 &&
            (!is_calendar || !note_year(d, &d->was, &d->now, i, CHANGE_REMOVED)))
            note_row(d, &d->was, i, CHANGE_REMOVED);
}

static bool
is_registry_table(struct str name)
{
    static const char *const names[] = {"orgs", "places", "people", "postings"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* Tables that this program has no words for are compared under their own names. */
static void
compare_unknown(struct differ *d, struct tables of, struct tables was, struct tables now, bool is_second)
{
    for (size_t i = 0; i < of.n; i++) {
        const char *name = str_z(d->a, of.p[i].name);
        if (table_words_find(of.p[i].name) || is_registry_table(of.p[i].name) || (is_second && tables_find(was, name)))
            continue;
        d->tw = NULL;
        open_side(d, &d->was, was, name);
        open_side(d, &d->now, now, name);
        compare_tables(d);
    }
}

struct scheme_changes
scheme_diff(struct arena *a, struct tables was, struct tables now)
{
    struct differ d = {.a = a};
    for (size_t i = 0; i < n_scheme_table_words; i++) {
        d.tw = &scheme_table_words[i];
        open_side(&d, &d.was, was, d.tw->name);
        open_side(&d, &d.now, now, d.tw->name);
        compare_tables(&d);
    }
    compare_unknown(&d, was, was, now, false);
    compare_unknown(&d, now, was, now, true);
    return (struct scheme_changes){d.p, d.n};
}
