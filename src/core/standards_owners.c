/* Whom a 立案结案标准 names: organisations by name, parts of a place by what they are called, or nobody in particular. */
#include "standards_words.h"

/* Whom a list names by part and not by name. */
static const struct {
    const char *word, *expression;
} parts[] = {
    {"所属街办", "@town"},        {"属地街办", "@town"},     {"街道办事处", "@town"},     {"所属街道", "@town"},
    {"属地街道", "@town"},        {"属地镇街", "@town"},     {"属地乡镇", "@town"},       {"所属社区", "@community"},
    {"属地社区", "@community"},   {"社区居委会", "@community"}, {"物业公司", "@firm"},    {"物业服务企业", "@firm"},
    {"物业服务公司", "@firm"},    {"小区物业", "@firm"},
};

bool
standards_names_nobody(struct str name)
{
    return str_starts(name, STR("各")) || str_starts(name, STR("相关")) || str_is(name, "产权单位") || str_is(name, "其他单位") ||
           str_is(name, "权属单位");
}

/* How long the separator here is, 0 when there is none. 及 stands before 各 only: 普及、及时 are no lists. */
static size_t
separator_at(struct str s)
{
    struct str next = s;
    uint32_t c = utf8_next(&next);
    bool is_one = c == 0x3001 || c == 0xFF0C || c == 0xFF1B || c == ',' || c == ';' || c == '\n' || c == '/' || c == '|';
    return is_one || str_starts(s, STR("及各")) ? s.n - next.n : 0;
}

/* 城管局 of 牵头单位：城管局. */
static struct str
without_part(struct str name)
{
    struct str rest = name;
    for (size_t i = 0; rest.n && i < 7; i++) {
        uint32_t c = utf8_next(&rest);
        if (c == ':' || c == 0xFF1A)
            return str_trim(rest);
    }
    return name;
}

struct str
standards_next_name(struct str *rest)
{
    while (rest->n) {
        struct str from = *rest;
        size_t length = 0;
        while (rest->n && !(length = separator_at(*rest)))
            utf8_next(rest);
        struct str name = without_part(str_trim((struct str){from.p, from.n - rest->n}));
        *rest = str_slice(*rest, length, rest->n);
        if (name.n)
            return name;
    }
    return STR("");
}

/* ---- codes ---- */

/* 城市管理局 of 会昌县城市管理局, 县城市管理局. */
static struct str
without_county(const struct standards_owners *o, struct str name)
{
    static const struct str levels[] = {STR("县"), STR("区"), STR("市")};
    if (o->county.n && str_starts(name, o->county) && name.n > o->county.n)
        return str_slice(name, o->county.n, name.n);
    for (size_t i = 0; i < 3; i++)
        if (str_starts(name, levels[i]) && name.n > levels[i].n)
            return str_slice(name, levels[i].n, name.n);
    return name;
}

static bool
is_called(const struct standards_owners *o, const struct table *orgs, size_t row, struct str name)
{
    struct str full = table_cell(orgs, row, "name"), brief = table_cell(orgs, row, "short");
    struct str bare = without_county(o, name);
    return str_eq(full, name) || (brief.n && str_eq(brief, name)) || str_eq(without_county(o, full), bare) ||
           (brief.n && str_eq(without_county(o, brief), bare));
}

static struct str
code_of(const struct standards_owners *o, struct str name)
{
    const struct table *units = tables_find(o->scheme, "units"), *orgs = tables_find(o->scheme, "orgs");
    for (size_t i = 0; units && i < units->n_rows; i++)
        if (str_eq(table_cell(units, i, "name"), name))
            return table_cell(units, i, "code");
    for (size_t i = 0; orgs && i < orgs->n_rows; i++)
        if (is_called(o, orgs, i, name))
            return table_cell(orgs, i, "code");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_is(name, parts[i].word))
            return str_of(parts[i].expression);
    return STR("");
}

/* An organisation whose name holds this one, or the other way round; none when two do. */
static struct str
near_name(const struct standards_owners *o, struct str name)
{
    const struct table *orgs = tables_find(o->scheme, "orgs");
    struct str bare = without_county(o, name), found = STR("");
    for (size_t i = 0; orgs && utf8_count(bare) >= 3 && i < orgs->n_rows; i++) {
        struct str full = table_cell(orgs, i, "name"), brief = table_cell(orgs, i, "short");
        bool is_near = str_has(full, bare) || (utf8_count(brief) >= 3 && str_has(bare, brief)) ||
                       (utf8_count(full) >= 3 && str_has(bare, without_county(o, full)));
        if (is_near && found.n)
            return STR("");
        if (is_near)
            found = full;
    }
    return found;
}

void
standards_owners_init(struct standards_owners *o, struct arena *a, struct tables scheme)
{
    const struct table *head = tables_find(scheme, "scheme");
    *o = (struct standards_owners){.a = a, .scheme = scheme, .county = STR("")};
    for (size_t i = 0; head && i < head->n_rows; i++)
        if (str_is(table_cell(head, i, "key"), "county"))
            o->county = table_cell(head, i, "value");
}

struct standards_unit *
standards_owner(struct standards_owners *o, struct str name)
{
    for (size_t i = 0; i < o->n; i++)
        if (str_eq(o->units[i].name, name))
            return &o->units[i];
    if (o->n == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 32;
        struct standards_unit *more = arena_array(o->a, struct standards_unit, cap);
        if (o->n)
            memcpy(more, o->units, o->n * sizeof *more);
        o->units = more;
        o->cap = cap;
    }
    struct str code = code_of(o, name);
    o->units[o->n] = (struct standards_unit){.name = str_dup(o->a, name), .code = code,
                                             .near = code.n ? STR("") : near_name(o, name)};
    return &o->units[o->n++];
}
