/* What the columns of a 立案结案标准 are called, and which is which. */
#include "standards_words.h"

enum { HEADING_BYTES = 120 }; /* longer cells are no headings */

static const struct {
    enum heading heading;
    const char *words; /* what such a column is called, with | */
} headings[] = {
    {MAJOR_CODE, "大类代码|大类编码|大类代号|大类编号|大类序号"},
    {MAJOR, "大类名称|大类|类别|类别名称"},
    {MINOR_CODE, "小类代码|小类编码|小类代号|小类编号|小类序号"},
    {MINOR, "小类名称|小类|部件名称|事件名称|事项名称|案件名称"},
    {UNIT, "处置单位|责任主体|责任单位|处置部门|处置责任单位|处置责任主体|承办单位|责任部门|主责单位|牵头单位"},
    {DEPARTMENT, "主管部门|监管主体|监管单位|主管单位|监管部门|行业主管部门|监督单位"},
    {CONDITION, "立案条件|立案标准|立案情形|立案规范|上报条件|问题描述|案件描述"},
    {CLOSING, "结案条件|结案标准|结案要求|结案规范|处置要求|处置标准"},
    {LIMIT, "处置时限|处理时限|办理时限|办结时限|结案时限|处置时间|处置期限|处理期限|时限"},
    {LAW, "法律法规依据|法律依据|政策依据|执法依据|依据|法律法规"},
    {ARTICLE, "法律法规具体条款|具体条款|法律条款|条款"},
    {COLLECT, "采集要求|采集说明|备注|说明"},
};

/* 处置时限 of "处置时限 \n（工作日）". */
static struct str
plain_heading(struct arena *a, struct str cell)
{
    struct buf b = {0};
    for (struct str next = cell; cell.n && cell.n <= HEADING_BYTES; cell = next) {
        uint32_t c = utf8_next(&next);
        if (c == '(' || c == 0xFF08)
            break;
        if (c > ' ' && c != 0x3000 && c != 0xA0 && c != ':' && c != 0xFF1A && c != '*')
            buf_add(&b, cell.p, cell.n - next.n);
    }
    struct str out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return out;
}

static int
heading_of(struct str word)
{
    for (size_t i = 0; word.n && i < sizeof headings / sizeof *headings; i++) {
        struct str rest = str_of(headings[i].words), one;
        while (str_cut(&rest, '|', &one))
            if (str_eq(one, word))
                return (int)headings[i].heading;
    }
    return -1;
}

static struct str
cell_of(struct strs row, size_t i)
{
    return i < row.n ? str_trim(row.p[i]) : STR("");
}

static size_t
width_of(struct strs above, struct strs below)
{
    return above.n > below.n ? above.n : below.n;
}

/* 大类 over 代码 | 名称: a cell merged sideways keeps its text in the first column only. */
static struct str
group_of(struct strs above, size_t i)
{
    while (i > 0 && !cell_of(above, i).n)
        i--;
    return cell_of(above, i);
}

static int
two_line_heading(struct arena *a, struct strs above, struct strs below, size_t i, struct str *name)
{
    struct str over = cell_of(above, i), under = cell_of(below, i);
    if (under.n && !over.n)
        over = group_of(above, i);
    if (!under.n || str_eq(over, under)) {
        *name = over;
        return heading_of(plain_heading(a, over));
    }
    *name = over;
    if (over.n > HEADING_BYTES || under.n > HEADING_BYTES)
        return -1;
    struct str o = plain_heading(a, over), u = plain_heading(a, under);
    *name = str_of(arena_printf(a, "%.*s%.*s", (int)o.n, o.p, (int)u.n, u.p));
    int h = heading_of(*name);
    if (h < 0)
        h = heading_of(u);
    return h < 0 ? heading_of(o) : h;
}

static size_t
map_columns(struct arena *a, struct strs above, struct strs below, struct standards_columns *out)
{
    size_t width = width_of(above, below), n = 0;
    struct str *names = arena_array(a, struct str, width + 1);
    for (int h = 0; h < HEADING_COUNT; h++)
        out->at[h] = -1;
    for (size_t i = 0; i < width; i++) {
        int h = two_line_heading(a, above, below, i, &names[i]);
        if (h < 0 || out->at[h] >= 0)
            continue;
        out->at[h] = (int)i;
        n++;
    }
    out->names = (struct strs){names, width};
    return n;
}

/* 工作日 of 处置时限（单位：工作日）. */
static struct str
unit_in_heading(struct str name)
{
    struct str rest = name;
    for (struct str next = rest; rest.n; rest = next) {
        uint32_t c = utf8_next(&next);
        if (c != '(' && c != 0xFF08)
            continue;
        rest = str_trim(next);
        static const struct str before[] = {STR("单位"), STR("："), STR(":")}, after[] = {STR("）"), STR(")")};
        for (size_t i = 0; i < sizeof before / sizeof *before; i++)
            if (str_starts(rest, before[i]))
                rest = str_slice(rest, before[i].n, rest.n);
        for (size_t i = 0; i < sizeof after / sizeof *after; i++)
            if (rest.n >= after[i].n && str_eq(str_slice(rest, rest.n - after[i].n, rest.n), after[i]))
                rest = str_slice(rest, 0, rest.n - after[i].n);
        rest = str_trim(rest);
        return standards_is_unit(rest) ? rest : STR("");
    }
    return STR("");
}

static bool
is_complete(const struct standards_columns *c, size_t n)
{
    return n >= 3 && c->at[MINOR] >= 0 && c->at[CONDITION] >= 0 && c->at[LIMIT] >= 0;
}

bool
standards_columns(struct arena *a, const struct strs *rows, size_t n, struct standards_columns *out)
{
    struct strs none = {0};
    struct standards_columns two;
    size_t n_one = map_columns(a, rows[0], none, out);
    if (n_one < 2) /* a title, or a line of the list */
        return false;
    size_t n_two = n > 1 ? map_columns(a, rows[0], rows[1], &two) : 0;
    out->n_lines = 1;
    if (n_two > n_one && is_complete(&two, n_two)) {
        *out = two;
        out->n_lines = 2;
    } else if (!is_complete(out, n_one))
        return false;
    size_t limit = (size_t)out->at[LIMIT];
    for (size_t i = 0; i < out->n_lines; i++) {
        struct str unit = unit_in_heading(cell_of(rows[i], limit));
        if (unit.n || i == 0)
            out->limit_unit = unit;
    }
    return true;
}

int
standards_heading(const struct standards_columns *c, size_t column)
{
    for (int h = 0; h < HEADING_COUNT; h++)
        if (c->at[h] == (int)column)
            return h;
    return -1;
}
