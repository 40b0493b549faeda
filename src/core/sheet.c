#include "sheet.h"

#define CUT(s) (int)utf8_prefix((s), 40).n, (s).p /* "%.*s" of a value in a message */

/* ---- faults ---- */

static bool
is_noted(const struct scheme_errors *errors, const struct scheme_error *e)
{
    for (size_t i = 0; i < errors->n; i++) {
        const struct scheme_error *o = &errors->p[i];
        if (str_eq(o->cell, e->cell) && str_eq(o->table, e->table) && str_eq(o->message, e->message))
            return true;
    }
    return false;
}

static void
errors_add(struct arena *a, struct scheme_errors *errors, struct scheme_error e)
{
    if (errors->n == errors->cap) {
        size_t cap = errors->cap ? errors->cap * 2 : 16;
        struct scheme_error *more = arena_array(a, struct scheme_error, cap);
        if (errors->n)
            memcpy(more, errors->p, errors->n * sizeof *more);
        errors->p = more;
        errors->cap = cap;
    }
    errors->p[errors->n++] = e;
}

static struct str
format(struct arena *a, const char *fmt, va_list ap)
{
    char text[800];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    struct str s = {text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    return str_dup(a, s);
}

static void
note(struct arena *a, struct scheme_errors *errors, struct str table, struct str cell, const char *fix,
     struct str message)
{
    struct scheme_error e = {table, cell, message, str_of(arena_dup(a, fix, strlen(fix)))};
    if (errors->n > SCHEME_ERRORS_MAX || is_noted(errors, &e))
        return;
    if (errors->n == SCHEME_ERRORS_MAX)
        e = (struct scheme_error){STR(""), STR(""), STR("错误太多，只列出前 500 处"), STR("先改正这些，再检查一遍。")};
    errors_add(a, errors, e);
}

void
scheme_fault(struct arena *a, struct scheme_errors *errors, struct str table, struct str cell, const char *fix,
             const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    note(a, errors, table, cell, fix, format(a, fmt, ap));
    va_end(ap);
}

struct str
cell_name(struct arena *a, size_t column, size_t line)
{
    char letters[8];
    size_t i = sizeof letters;
    letters[--i] = 0;
    for (size_t c = column + 1; c > 0 && i > 0; c = (c - 1) / 26)
        letters[--i] = (char)('A' + (c - 1) % 26);
    return str_of(arena_printf(a, "%s%zu", letters + i, line));
}

static int
column_at(const struct sheet *s, const char *column)
{
    struct str rest = str_of(s->columns), name;
    for (int i = 0; str_cut(&rest, ',', &name); i++) {
        if (name.p[name.n - 1] == '?')
            name.n--;
        if (str_is(name, column))
            return s->at[i];
    }
    return -1;
}

void
sheet_fault(struct sheet *s, const char *column, const char *fix, const char *fmt, ...)
{
    int at = column_at(s, column);
    va_list ap;
    va_start(ap, fmt);
    note(s->a, s->errors, s->t->name, cell_name(s->a, at < 0 ? 0 : (size_t)at, s->row + 2), fix, format(s->a, fmt, ap));
    va_end(ap);
}

/* ---- near words ---- */

enum { WORD_MAX = 32 };

static size_t
letters_of(struct str s, uint32_t *out)
{
    size_t n = 0;
    for (uint32_t c; n < WORD_MAX && (c = utf8_next(&s));)
        out[n++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    return n;
}

/* Edits between two words: insert, delete, replace, or swap two neighbours. Case does not count. */
static int
edit_distance(struct str a, struct str b)
{
    uint32_t x[WORD_MAX], y[WORD_MAX];
    int d[WORD_MAX + 1][WORD_MAX + 1];
    size_t n = letters_of(a, x), m = letters_of(b, y);
    for (size_t i = 0; i <= n; i++)
        d[i][0] = (int)i;
    for (size_t k = 0; k <= m; k++)
        d[0][k] = (int)k;
    for (size_t i = 1; i <= n; i++)
        for (size_t k = 1; k <= m; k++) {
            int best = d[i - 1][k - 1] + (x[i - 1] != y[k - 1]);
            if (d[i - 1][k] + 1 < best)
                best = d[i - 1][k] + 1;
            if (d[i][k - 1] + 1 < best)
                best = d[i][k - 1] + 1;
            if (i > 1 && k > 1 && x[i - 1] == y[k - 2] && x[i - 2] == y[k - 1] && d[i - 2][k - 2] + 1 < best)
                best = d[i - 2][k - 2] + 1;
            d[i][k] = best;
        }
    return d[n][m];
}

int
nearest_word(struct str word, const struct str *list, size_t n)
{
    size_t length = utf8_count(word);
    int best = -1, limit = length <= 2 ? 1 : 2;
    for (size_t i = 0; i < n; i++) {
        int d = edit_distance(word, list[i]);
        if (d <= limit && (size_t)d < length) {
            best = (int)i;
            limit = d - 1;
        }
    }
    return best;
}

/* ---- opening ---- */

static int
column_names(const char *columns, struct str *out)
{
    int n = 0;
    struct str rest = str_of(columns), name;
    while (n < SHEET_COLUMNS_MAX && str_cut(&rest, ',', &name))
        out[n++] = name;
    return n;
}

/* A table by another name is most likely a typing slip: one that no reader asks for, near the name that lacks. */
static const struct table *
missing_table(struct arena *a, struct tables tables, struct str name, const char *columns, struct scheme_errors *errors)
{
    struct str *names = arena_array(a, struct str, tables.n + 1);
    for (size_t i = 0; i < tables.n; i++)
        names[i] = tables.p[i].name;
    int near = nearest_word(name, names, tables.n);
    const char *fix = near < 0
                          ? arena_printf(a, "加上 %.*s.csv（工作簿里同名的工作表），表头是 %s。", CUT(name), columns)
                          : arena_printf(a, "是不是“%.*s”写错了名字？表头是 %s。", CUT(names[near]), columns);
    scheme_fault(a, errors, name, STR(""), fix, "缺少表 %.*s", CUT(name));
    struct table *empty = arena_new_of(a, struct table);
    empty->name = name;
    return empty;
}

/* Work numbers have their own columns; a mobile number anywhere else is somebody's private one. */
static bool
has_mobile_number(struct str s)
{
    size_t run = 0;
    for (size_t i = 0; i <= s.n; i++) {
        bool digit = i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
        if (!digit && run == 11 && s.p[i - 11] == '1' && s.p[i - 10] >= '3')
            return true;
        run = digit ? run + 1 : 0;
    }
    return false;
}

static void
check_no_phones(struct sheet *s)
{
    for (size_t h = 0; h < s->t->header.n; h++) {
        struct str column = s->t->header.p[h];
        if (str_is(column, "phone") || str_is(column, "value"))
            continue;
        while (sheet_next(s))
            if (h < s->t->rows[s->row].n && has_mobile_number(s->t->rows[s->row].p[h]))
                scheme_fault(s->a, s->errors, s->t->name, cell_name(s->a, h, s->row + 2),
                             "去掉手机号；工作电话写在 phone 列。", "这一格里有手机号码");
    }
}

static void
check_columns(struct sheet *s)
{
    struct str names[SHEET_COLUMNS_MAX];
    bool used[SHEET_COLUMNS_MAX] = {false}, optional[SHEET_COLUMNS_MAX] = {false};
    s->n_columns = column_names(s->columns, names);
    for (int i = 0; i < s->n_columns; i++)
        if ((optional[i] = names[i].p[names[i].n - 1] == '?'))
            names[i].n--;
    for (size_t h = 0; h < s->t->header.n; h++) {
        int known = -1;
        for (int i = 0; i < s->n_columns && known < 0; i++)
            if (str_eq(s->t->header.p[h], names[i]))
                known = i;
        if (known >= 0 && !used[known]) {
            used[known] = true;
            s->at[known] = (int)h;
            continue;
        }
        if (known >= 0 || !s->t->header.p[h].n)
            continue; /* table_parse has said so */
        int near = nearest_word(s->t->header.p[h], names, (size_t)s->n_columns);
        const char *fix = near >= 0 ? arena_printf(s->a, "是不是“%.*s”？", CUT(names[near]))
                                    : arena_printf(s->a, "删掉这一列；这张表的列是 %s。", s->columns);
        scheme_fault(s->a, s->errors, s->t->name, cell_name(s->a, h, 1), fix, "不认识的列“%.*s”",
                     CUT(s->t->header.p[h]));
    }
    for (int i = 0; i < s->n_columns; i++)
        if (!used[i] && !optional[i])
            scheme_fault(s->a, s->errors, s->t->name, cell_name(s->a, s->t->header.n, 1),
                         arena_printf(s->a, "在表头加上列 %.*s。", CUT(names[i])), "缺少列“%.*s”", CUT(names[i]));
}

bool
sheet_open(struct sheet *s, struct arena *a, struct tables tables, const char *name, const char *columns,
           struct scheme_errors *errors)
{
    const struct table *t = tables_find(tables, name);
    *s = (struct sheet){.a = a, .is_missing = !t, .errors = errors, .columns = columns};
    for (int i = 0; i < SHEET_COLUMNS_MAX; i++)
        s->at[i] = -1;
    s->t = t ? t : missing_table(a, tables, str_of(name), columns, errors);
    if (t) {
        check_columns(s);
        check_no_phones(s);
    }
    return t != NULL;
}

bool
sheet_next(struct sheet *s)
{
    s->row = s->is_walking ? s->row + 1 : 0;
    s->is_walking = s->row < s->t->n_rows;
    return s->is_walking;
}

/* ---- cells ---- */

struct str
sheet_text(struct sheet *s, const char *column)
{
    int at = column_at(s, column);
    return at >= 0 && (size_t)at < s->t->rows[s->row].n ? str_trim(s->t->rows[s->row].p[at]) : STR("");
}

struct str
sheet_need(struct sheet *s, const char *column)
{
    struct str v = sheet_text(s, column);
    if (!v.n && column_at(s, column) >= 0)
        sheet_fault(s, column, "填写这一格。", "“%s”不能空着", column);
    return v;
}

static bool
is_code(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-.", c)))
            return false;
    }
    return s.n > 0 && s.n <= 40;
}

static void
check_code(struct sheet *s, const char *column, struct str v)
{
    if (v.n && !is_code(v))
        sheet_fault(s, column, "只用英文字母、数字、下划线、短横和点，最长 40 个。", "“%.*s”不能做编码", CUT(v));
}

struct str
sheet_code(struct sheet *s, const char *column)
{
    struct str v = sheet_need(s, column);
    check_code(s, column, v);
    return v;
}

struct str
sheet_origin(struct sheet *s)
{
    struct str v = sheet_text(s, "origin");
    if (!str_is(v, "seed") && !str_is(v, "ours") && column_at(s, "origin") >= 0)
        sheet_fault(s, "origin", "文章写明的写 seed，补充的写 ours。", "没有写明出处");
    return v;
}

struct str
sheet_phone(struct sheet *s, const char *column)
{
    struct str v = sheet_text(s, column);
    bool digits = false, other = false;
    for (size_t i = 0; i < v.n; i++) {
        digits = digits || (v.p[i] >= '0' && v.p[i] <= '9');
        other = other || !strchr("0123456789-+ ()", v.p[i]);
    }
    if (v.n && (!digits || other))
        sheet_fault(s, column, "写成 0797-5622000 或 119 这样，只用数字和短横。", "“%.*s”不是电话号码", CUT(v));
    return v;
}

static void
number_fault(struct sheet *s, const char *column, int64_t min, int64_t max)
{
    sheet_fault(s, column, arena_printf(s->a, "填写 %lld 到 %lld 之间的整数。", (long long)min, (long long)max),
                "“%.*s”不是这里能用的数", CUT(sheet_text(s, column)));
}

int64_t
sheet_number(struct sheet *s, const char *column, int64_t min, int64_t max, int64_t otherwise)
{
    int64_t v;
    struct str text = sheet_text(s, column);
    if (!text.n)
        return otherwise;
    if (str_int(text, &v) && v >= min && v <= max)
        return v;
    number_fault(s, column, min, max);
    return otherwise;
}

int64_t
sheet_need_number(struct sheet *s, const char *column, int64_t min, int64_t max)
{
    return sheet_need(s, column).n ? sheet_number(s, column, min, max, min) : min;
}

/* A plain decimal number; no exponent, no thousands. */
static bool
decimal(struct str s, double *out)
{
    bool minus = s.n && s.p[0] == '-', point = false;
    double v = 0, unit = 1;
    size_t digits = 0;
    for (size_t i = minus; i < s.n; i++) {
        if (s.p[i] == '.' && !point) {
            point = true;
        } else if (s.p[i] >= '0' && s.p[i] <= '9' && digits < 17) {
            v = v * 10 + (s.p[i] - '0');
            unit *= point ? 10 : 1;
            digits++;
        } else {
            return false;
        }
    }
    *out = (minus ? -v : v) / unit;
    return digits > 0;
}

double
sheet_decimal(struct sheet *s, const char *column, double min, double max)
{
    double v;
    struct str text = sheet_text(s, column);
    if (!text.n)
        return 0;
    if (decimal(text, &v) && v >= min && v <= max)
        return v;
    sheet_fault(s, column, arena_printf(s->a, "填写 %g 到 %g 之间的小数，如 115.786000。", min, max),
                "“%.*s”不是这里能用的数", CUT(text));
    return 0;
}

bool
sheet_flag(struct sheet *s, const char *column)
{
    struct str v = sheet_text(s, column);
    if (v.n && !str_is(v, "0") && !str_is(v, "1"))
        sheet_fault(s, column, "是写 1，否写 0。", "“%.*s”不是 1 或 0", CUT(v));
    return str_is(v, "1");
}

int32_t
sheet_date(struct sheet *s, const char *column)
{
    int32_t day = 0;
    struct str v = sheet_text(s, column);
    if (v.n && !date_parse(v, &day))
        sheet_fault(s, column, "写成 2026-04-21 这样，且确有这一天。", "“%.*s”不是日期", CUT(v));
    return day;
}

struct strs
sheet_list(struct sheet *s, const char *column)
{
    struct str rest = sheet_text(s, column), piece;
    if (!rest.n)
        return (struct strs){0};
    size_t n = 1;
    for (size_t i = 0; i < rest.n; i++)
        n += rest.p[i] == '|';
    struct str *p = arena_array(s->a, struct str, n);
    bool blank = rest.p[rest.n - 1] == '|';
    n = 0;
    while (str_cut(&rest, '|', &piece)) {
        piece = str_trim(piece);
        blank = blank || !piece.n;
        if (piece.n)
            p[n++] = piece;
    }
    if (blank)
        sheet_fault(s, column, "删掉多余的“|”。", "“|”之间有空的一项");
    return (struct strs){p, n};
}

/* ---- codes ---- */

struct codes
sheet_codes(struct sheet *s, const char *column, const char *name_column, const char *label)
{
    size_t n = s->t->n_rows;
    struct str *code = arena_array(s->a, struct str, n + 1), *name = arena_array(s->a, struct str, n + 1);
    while (sheet_next(s)) {
        code[s->row] = sheet_need(s, column);
        name[s->row] = name_column ? sheet_text(s, name_column) : STR("");
    }
    struct codes c = {
        s->t->name, label, code, name_column ? name : NULL, n, code_map_of(s->a, code, n), column_at(s, column) < 0};
    while (sheet_next(s)) {
        struct str v = code[s->row];
        check_code(s, column, v);
        int first = code_map_find(&c.map, v);
        if (v.n && first != (int)s->row)
            sheet_fault(s, column, "换一个编码，或删掉重复的行。", "编码“%.*s”与第 %d 行重复", CUT(v), first + 2);
    }
    return c;
}

struct codes
codes_fixed(const struct str *code, const struct str *name, size_t n, const char *label)
{
    return (struct codes){.label = label, .code = code, .name = name, .n = n};
}

int
codes_find(const struct codes *c, struct str code)
{
    if (c->map.slots)
        return code_map_find(&c->map, code);
    for (size_t i = 0; i < c->n; i++)
        if (code.n && str_eq(c->code[i], code))
            return (int)i;
    return -1;
}

static const char *
list_words(struct arena *a, const struct codes *c)
{
    const char *words = "";
    for (size_t i = 0; i < c->n && i < 30; i++)
        words = arena_printf(a, "%s%s%.*s", words, i ? "、" : "", CUT(c->code[i]));
    return words;
}

/* 「是不是“XFJY”（消防救援大队，orgs 第 14 行）？」 — by a near code, or by the name when that was written instead. */
static const char *
reference_fix(struct arena *a, struct str value, const struct codes *to)
{
    int near = -1;
    for (size_t i = 0; to->name && i < to->n && near < 0; i++)
        if (str_eq(to->name[i], value))
            near = (int)i;
    if (near < 0)
        near = nearest_word(value, to->code, to->n);
    if (near < 0 && to->table.n)
        return arena_printf(a, "写 %.*s 表里有的编码，或先在那张表里加一行。", CUT(to->table));
    if (near < 0)
        return arena_printf(a, "可以写 %s。", list_words(a, to));
    struct str name = to->name ? to->name[near] : STR("");
    if (!to->table.n)
        return arena_printf(a, "是不是“%.*s”%s%.*s%s？可以写 %s。", CUT(to->code[near]), name.n ? "（" : "", CUT(name),
                            name.n ? "）" : "", list_words(a, to));
    return arena_printf(a, "是不是“%.*s”（%.*s%s%.*s 第 %d 行）？", CUT(to->code[near]), CUT(name), name.n ? "，" : "",
                        CUT(to->table), near + 2);
}

int
sheet_ref_value(struct sheet *s, const char *column, struct str value, const struct codes *to)
{
    int i = codes_find(to, value);
    if (i >= 0 || !value.n || to->is_missing)
        return i;
    const char *fix = reference_fix(s->a, value, to);
    if (to->table.n)
        sheet_fault(s, column, fix, "%.*s 表里没有%s“%.*s”", CUT(to->table), to->label, CUT(value));
    else
        sheet_fault(s, column, fix, "没有%s“%.*s”", to->label, CUT(value));
    return -1;
}

int
sheet_ref(struct sheet *s, const char *column, const struct codes *to)
{
    return sheet_ref_value(s, column, sheet_text(s, column), to);
}

int
sheet_need_ref(struct sheet *s, const char *column, const struct codes *to)
{
    return sheet_ref_value(s, column, sheet_need(s, column), to);
}

struct strs
sheet_refs(struct sheet *s, const char *column, const struct codes *to)
{
    struct strs list = sheet_list(s, column);
    for (size_t i = 0; i < list.n; i++) {
        sheet_ref_value(s, column, list.p[i], to);
        for (size_t k = 0; k < i; k++)
            if (str_eq(list.p[i], list.p[k]))
                sheet_fault(s, column, "只写一次。", "“%.*s”写了两次", CUT(list.p[i]));
    }
    return list;
}

/* The values of these columns in the current row, or empty when all are blank. */
static struct str
joined_key(struct sheet *s, const char *columns)
{
    const char *key = "";
    bool blank = true;
    struct str rest = str_of(columns), column;
    while (str_cut(&rest, ',', &column)) {
        struct str v = sheet_text(s, str_z(s->a, column));
        key = arena_printf(s->a, "%s%.*s\x1f", key, (int)v.n, v.p);
        blank = blank && !v.n;
    }
    return blank ? STR("") : str_of(key);
}

void
sheet_unique(struct sheet *s, const char *columns)
{
    struct str rest = str_of(columns), column;
    const char *first_column = NULL;
    while (str_cut(&rest, ',', &column)) {
        const char *name = str_z(s->a, column);
        if (column_at(s, name) < 0)
            return;
        first_column = first_column ? first_column : name;
    }
    struct str *keys = arena_array(s->a, struct str, s->t->n_rows + 1);
    while (sheet_next(s))
        keys[s->row] = joined_key(s, columns);
    struct code_map map = code_map_of(s->a, keys, s->t->n_rows);
    while (sheet_next(s)) {
        int first = code_map_find(&map, keys[s->row]);
        if (first >= 0 && first != (int)s->row)
            sheet_fault(s, first_column, "删掉重复的行，或改正其中一行。", "与第 %d 行重复", first + 2);
    }
}
