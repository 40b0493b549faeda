#include "form.h"

#include "limits.h"

void
params_add(struct arena *a, struct params *ps, struct str name, struct str value)
{
    if (ps->n == ps->cap) {
        size_t cap = ps->cap ? ps->cap * 2 : 16;
        struct param *grown = arena_array(a, struct param, cap);
        if (ps->n)
            memcpy(grown, ps->p, ps->n * sizeof *grown);
        ps->p = grown;
        ps->cap = cap;
    }
    ps->p[ps->n++] = (struct param){name, value};
}

bool
params_each(const struct params *ps, const char *name, size_t *at, struct str *value)
{
    while (*at < ps->n) {
        const struct param *p = &ps->p[(*at)++];
        if (!str_is(p->name, name))
            continue;
        *value = str_trim(p->value);
        return true;
    }
    return false;
}

struct str
params_get(const struct params *ps, const char *name)
{
    size_t at = 0;
    struct str value;
    return params_each(ps, name, &at, &value) ? value : STR("");
}

bool
params_has(const struct params *ps, const char *name)
{
    struct str value;
    for (size_t at = 0; params_each(ps, name, &at, &value);)
        if (value.n)
            return true;
    return false;
}

int64_t
params_int(const struct params *ps, const char *name, int64_t otherwise)
{
    int64_t v;
    return str_int(params_get(ps, name), &v) ? v : otherwise;
}

bool
params_bool(const struct params *ps, const char *name)
{
    static const char *const yes[] = {"1", "true", "on", "yes", "是"};
    struct str value = params_get(ps, name);
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (str_is(value, yes[i]))
            return true;
    return false;
}

/* "outcome=unsolved" or "outcome=unsolved|refused": one of the values sent under that name is one of these. */
bool
field_is_shown(const struct field *f, const struct params *in)
{
    if (!f->show_when)
        return true;
    struct str rest = str_of(f->show_when), name_part, wanted, value;
    str_cut(&rest, '=', &name_part);
    char name[64];
    if (name_part.n >= sizeof name)
        return false;
    memcpy(name, name_part.p, name_part.n);
    name[name_part.n] = 0;
    while (str_cut(&rest, '|', &wanted))
        for (size_t at = 0; params_each(in, name, &at, &value);)
            if (str_eq(value, wanted))
                return true;
    return false;
}

/* What one check needs to know; the functions below refuse by naming the field and the way out. */
struct check {
    const struct field *f;
    const struct params *in;
    form_lookup lookup;
    void *ctx;
    struct err *err;
};

#define refuse(c, ...) err_field((c)->err, (c)->f->name, __VA_ARGS__)

static bool
has_control(struct str s, const char *allowed)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char byte = (unsigned char)s.p[i];
        if ((byte < 0x20 && !(byte && strchr(allowed, byte))) || byte == 0x7f)
            return true;
    }
    return false;
}

/* Browsers send a line end as CR LF; people count it once. */
static size_t
count_letters(struct str s)
{
    size_t n = utf8_count(s);
    for (size_t i = 0; i < s.n; i++)
        n -= s.p[i] == '\r';
    return n;
}

static bool
check_length(const struct check *c, struct str value)
{
    size_t n = count_letters(value);
    size_t max = c->f->max > 0 ? (size_t)c->f->max : LIMIT_WORDS;
    if (n > max)
        return refuse(c, "%s最多 %zu 个字，现在是 %zu 个，请缩短。", c->f->label, max, n);
    if (c->f->min > 0 && n < (size_t)c->f->min)
        return refuse(c, "%s至少写 %d 个字，现在是 %zu 个。", c->f->label, c->f->min, n);
    return true;
}

static bool
check_text(const struct check *c, struct str value)
{
    if (has_control(value, ""))
        return refuse(c, "%s只写一行，请去掉换行。", c->f->label);
    return check_length(c, value);
}

static bool
check_words(const struct check *c, struct str value)
{
    if (has_control(value, "\n\r\t"))
        return refuse(c, "%s里有看不见的控制字符，请删去后重写。", c->f->label);
    return check_length(c, value);
}

static bool
check_int(const struct check *c, struct str value)
{
    int64_t v;
    int min = c->f->min, max = c->f->max;
    if (!str_int(value, &v))
        return refuse(c, "%s请填写整数，例如 %d。", c->f->label, min > 0 ? min : 1);
    if (max > min && (v < min || v > max))
        return refuse(c, "%s请填写 %d 到 %d 之间的整数。", c->f->label, min, max);
    if (max <= min && min != 0 && v < min)
        return refuse(c, "%s不能小于 %d。", c->f->label, min);
    return true;
}

static bool
check_bool(const struct check *c, struct str value)
{
    static const char *const known[] = {"1", "true", "on", "yes", "是", "0", "false", "off", "no", "否"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!str_is(value, known[i]))
            continue;
        if (c->f->required && i >= 5)
            return refuse(c, "请勾选%s。", c->f->label);
        return true;
    }
    return refuse(c, "%s请填写是或否。", c->f->label);
}

/* Reads exactly `n` digits at s[at…]; -1 when one is missing. */
static int
digits(struct str s, size_t at, size_t n)
{
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

static bool
is_date(struct str s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    int year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
    if (year < 1900 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool
is_moment(struct str s)
{
    if (s.n != 16 || s.p[10] != 'T' || s.p[13] != ':' || !is_date(str_slice(s, 0, 10)))
        return false;
    int hour = digits(s, 11, 2), minute = digits(s, 14, 2);
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

static bool
check_date(const struct check *c, struct str value)
{
    return is_date(value) || refuse(c, "%s请填写日期，例如 2026-04-21。", c->f->label);
}

static bool
check_moment(const struct check *c, struct str value)
{
    return is_moment(value) || refuse(c, "%s请填写日期和时间，例如 2026-04-21T09:05。", c->f->label);
}

static bool
is_listed(const struct check *c, struct str code)
{
    if (c->f->choices) {
        for (const struct choice *o = c->f->choices; o->code; o++)
            if (str_is(code, o->code))
                return true;
        return false;
    }
    return !c->f->source || !c->lookup || c->lookup(c->ctx, c->f->source, code);
}

static bool
check_choice(const struct check *c, struct str value)
{
    return is_listed(c, value) || refuse(c, "%s请从列表中选择。", c->f->label);
}

/* Counts the values that are not blank; each must satisfy `is_good`. */
static bool
check_several(const struct check *c, bool (*is_good)(const struct check *, struct str), const char *bad,
              const char *measure)
{
    size_t n = 0;
    struct str value;
    for (size_t at = 0; params_each(c->in, c->f->name, &at, &value);) {
        if (!value.n)
            continue;
        if (!is_good(c, value))
            return refuse(c, "%s%s", c->f->label, bad);
        n++;
    }
    if (c->f->max > 0 && n > (size_t)c->f->max)
        return refuse(c, "%s最多 %d %s，现在是 %zu %s，请去掉多余的。", c->f->label, c->f->max, measure, n, measure);
    if (c->f->min > 0 && n < (size_t)c->f->min)
        return refuse(c, "%s至少 %d %s，现在是 %zu %s。", c->f->label, c->f->min, measure, n, measure);
    return true;
}

static bool
check_many(const struct check *c, struct str value)
{
    (void)value;
    return check_several(c, is_listed, "请从列表中选择。", "项");
}

static bool
is_file_id(const struct check *c, struct str value)
{
    if (value.n > 80)
        return false;
    for (size_t i = 0; i < value.n; i++) {
        char b = value.p[i];
        if (!((b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || strchr("-_.", b)))
            return false;
    }
    return is_listed(c, value);
}

static bool
check_files(const struct check *c, struct str value)
{
    (void)value;
    return check_several(c, is_file_id, "的文件没有传好，请重新添加。", "个");
}

/* A mobile number, a fixed line with or without its area code, 400/800, or a short work number; blanks, hyphens,
 * brackets and +86 are let pass. */
static bool
is_phone(struct str s)
{
    char d[24];
    size_t n = 0;
    if (str_starts(s, STR("+86")))
        s = str_slice(s, 3, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            if (n == sizeof d)
                return false;
            d[n++] = s.p[i];
        } else if (!strchr(" -()", s.p[i])) {
            return false;
        }
    }
    if (n < 3)
        return false;
    if (n == 11 && d[0] == '1')
        return d[1] >= '3';
    if (d[0] == '0') /* area code of 3 or 4 digits, number of 7 or 8, extension of up to 6 */
        return n >= 10 && n <= 18 && d[1] != '0';
    if (n == 10)
        return (d[0] == '4' || d[0] == '8') && d[1] == '0' && d[2] == '0';
    return n <= 8;
}

static bool
check_phone(const struct check *c, struct str value)
{
    return is_phone(value) || refuse(c, "%s请填写手机号，或带区号的座机，例如 0797-5600000。", c->f->label);
}

static const struct {
    bool (*check)(const struct check *c, struct str value);
    const char *verb; /* what a missing field asks for */
} types[] = {
    [FIELD_TEXT] = {check_text, "填写"},     [FIELD_WORDS] = {check_words, "填写"},
    [FIELD_INT] = {check_int, "填写"},       [FIELD_BOOL] = {check_bool, "勾选"},
    [FIELD_DATE] = {check_date, "填写"},     [FIELD_MOMENT] = {check_moment, "填写"},
    [FIELD_CHOICE] = {check_choice, "选择"}, [FIELD_MANY] = {check_many, "选择"},
    [FIELD_FILES] = {check_files, "添加"},   [FIELD_PHONE] = {check_phone, "填写"},
};

static bool
check_field(const struct check *c)
{
    const struct field *f = c->f;
    if (!field_is_shown(f, c->in))
        return true;
    if (params_has(c->in, f->name))
        return types[f->type].check(c, params_get(c->in, f->name));
    return !f->required || refuse(c, "请%s%s。", types[f->type].verb, f->label);
}

bool
form_check(const struct field *fields, size_t n, const struct params *in, form_lookup lookup, void *ctx,
           struct err *err)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok &= check_field(&(struct check){&fields[i], in, lookup, ctx, err});
    return ok;
}
