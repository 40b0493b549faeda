/* What a line means: its words, times and place, and what the intake would suggest. Reads nothing but the line. */
#include "import.h"
#include "keys.h"
#include "limits.h"

enum { ID_MAX = 64, SPOT_MAX = 100, NAME_LETTERS = 40, SHORT_NAME = 3 /* letters; shorter ones are found everywhere */ };

/* ---- times ---- */

/* The runs of digits, at most six; false when there are more, or something else than what stands between dates. */
static bool
read_numbers(struct str s, int64_t numbers[6], size_t widths[6], int *n)
{
    static const char *const between[] = {"-", "/", ".", ":", " ", "T", "年", "月", "日", "时", "点", "分", "秒"};
    *n = 0;
    while (s.n) {
        size_t digits = 0, skip = 0;
        while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
            digits++;
        if (digits) {
            if (*n == 6 || digits > 14 || !str_int(str_slice(s, 0, digits), &numbers[*n]))
                return false;
            widths[(*n)++] = digits;
            s = str_slice(s, digits, s.n);
            continue;
        }
        for (size_t i = 0; i < sizeof between / sizeof *between && !skip; i++)
            if (str_starts(s, str_of(between[i])))
                skip = strlen(between[i]);
        if (!skip)
            return false;
        s = str_slice(s, skip, s.n);
    }
    return true;
}

/* 20191015221025 and 20191015: one run of digits, cut by position. */
static void
spread(int64_t numbers[6], size_t width, int *n)
{
    int64_t all = numbers[0];
    if (width == 14) {
        for (int i = 5; i > 0; i--, all /= 100)
            numbers[i] = all % 100;
        *n = 6;
    } else {
        numbers[2] = all % 100;
        numbers[1] = all / 100 % 100;
        all /= 10000;
        *n = 3;
    }
    numbers[0] = all;
}

bool
import_time(struct str s, instant *at)
{
    int64_t v[6] = {0};
    size_t widths[6];
    int n;
    s = str_trim(s);
    if (moment_parse(s, at))
        return true;
    if (!read_numbers(s, v, widths, &n))
        return false;
    if (n == 1 && (widths[0] == 14 || widths[0] == 8))
        spread(v, widths[0], &n);
    if (n < 3 || n == 4 || v[0] < 1990 || v[0] > 2100 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[3] > 23 || v[4] > 59 || v[5] > 59)
        return false;
    struct civil c = civil_of_day(day_number((int)v[0], (int)v[1], (int)v[2]));
    if (c.month != v[1] || c.day != v[2])
        return false;
    *at = civil_instant((int)v[0], (int)v[1], (int)v[2], (int)v[3], (int)v[4]) + v[5] * 1000;
    return true;
}

/* ---- words ---- */

/* Line ends as one byte, no control characters. */
static struct str
clean(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
            c = '\n';
        if (c >= ' ' || c == '\n' || c == '\t')
            out[n++] = (char)(c == '\t' ? ' ' : c);
    }
    return str_trim((struct str){out, n});
}

/* Title, then what was said; cut where a report may not be longer, and it says so at its end. */
static void
make_words(struct import *im, struct import_order *o)
{
    struct str title = clean(im->a, o->line->cells[IMPORT_TITLE]), text = clean(im->a, o->line->cells[IMPORT_TEXT]);
    struct buf b = {0};
    buf_str(&b, title);
    if (title.n && text.n)
        buf_char(&b, '\n');
    buf_str(&b, text);
    size_t count = utf8_count(buf_view(&b));
    o->is_shortened = count > LIMIT_WORDS;
    if (o->is_shortened) {
        const char *end = arena_printf(im->a, "…（原文 %zu 字，全文见热线工单）", count);
        b.n = utf8_prefix(buf_view(&b), LIMIT_WORDS - utf8_count(str_of(end))).n;
        buf_z(&b, end);
    }
    o->words = str_dup(im->a, buf_view(&b));
    buf_release(&b);
}

/* ---- place ---- */

/* 「幸福里」 stands for 幸福里小区 when enough of the name is left. */
static struct str
short_name(struct str name)
{
    static const char *const ends[] = {"小区"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        struct str front = name.n > n ? str_slice(name, 0, name.n - n) : name;
        if (name.n > n && str_is(str_slice(name, front.n, name.n), ends[i]) && utf8_count(front) >= SHORT_NAME)
            return front;
    }
    return name;
}

/* The compound that a text names, the longest name first; NULL when it names none, or two. */
static const struct place *
place_in(const struct registry *r, struct str text, bool *is_two)
{
    const struct place *best = NULL;
    struct str best_name = STR("");
    *is_two = false;
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        struct str name = short_name(p->name);
        if (p->kind != PLACE_COMPOUND || p->is_closed || utf8_count(p->name) < SHORT_NAME || !str_has(text, name))
            continue;
        if (best && (str_has(best_name, name) || str_has(name, best_name))) { /* 水东小区 inside 新水东小区 */
            if (name.n > best_name.n)
                best = p, best_name = name;
            continue;
        }
        *is_two = *is_two || best;
        if (!best)
            best = p, best_name = name;
    }
    return *is_two ? NULL : best;
}

/* The address knows best, then the title, then what was said. */
static const struct place *
find_place(const struct registry *r, const struct import_line *line)
{
    static const enum import_field order[] = {IMPORT_ADDRESS, IMPORT_TITLE, IMPORT_TEXT};
    bool is_two = false;
    for (size_t i = 0; i < 3 && !is_two; i++) {
        const struct place *p = place_in(r, line->cells[order[i]], &is_two);
        if (p)
            return p;
    }
    return NULL;
}

/* ---- a line ---- */

static bool
bad(struct import_order *o, const char *reason, const char *fix)
{
    o->end = IMPORT_BAD;
    o->reason = reason;
    o->fix = fix;
    return false;
}

static bool
check_line(struct import *im, struct import_order *o)
{
    const struct import_line *line = o->line;
    if (line->problem)
        return bad(o, line->problem, line->fix);
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (!utf8_valid(line->cells[i]))
            return bad(o, "文字不是 UTF-8 编码", "另存为“CSV UTF-8”再导入。");
    struct str id = line->cells[IMPORT_ID], time = line->cells[IMPORT_TIME], due = line->cells[IMPORT_DUE];
    if (!id.n || utf8_count(id) > ID_MAX)
        return bad(o, id.n ? "工单编号太长" : "没有工单编号", "补上热线给的编号；没有编号的请在网页登记。");
    if (time.n && !import_time(time, &o->occurred_at))
        return bad(o, arena_printf(im->a, "看不懂受理时间“%.*s”", (int)utf8_prefix(time, 30).n, time.p),
                   "写成 2026-04-21 09:05。");
    if (o->occurred_at > im->now)
        return bad(o, "受理时间在将来", "检查年份；写成 2026-04-21 09:05。");
    if (due.n && !import_time(due, &o->wanted_by))
        return bad(o, arena_printf(im->a, "看不懂截止时间“%.*s”", (int)utf8_prefix(due, 30).n, due.p),
                   "写成 2026-04-25 17:30。");
    return true;
}

static void
understand(struct import *im, struct import_order *o)
{
    const struct scheme *s = im->area->scheme;
    char digits[PHONE_BYTES];
    if (!check_line(im, o))
        return;
    make_words(im, o);
    if (utf8_count(o->words) < 2) {
        bad(o, "没有内容", "补上标题或内容。");
        return;
    }
    struct str phone = o->line->cells[IMPORT_PHONE];
    o->is_phone_bad = phone.n && !phone_normalise(phone, digits);
    o->phone = o->is_phone_bad ? STR("") : phone;
    o->name = utf8_prefix(clean(im->a, o->line->cells[IMPORT_NAME]), NAME_LETTERS);
    o->spot = utf8_prefix(clean(im->a, o->line->cells[IMPORT_ADDRESS]), SPOT_MAX);
    o->place = find_place(im->area->registry, o->line);
    o->n_top = suggest_items(s, o->words, o->top, IMPORT_TOP);
    o->is_clear = suggestion_is_clear(o->top, o->n_top);
    o->danger = suggest_emergency(s, o->words);
    o->elsewhere = suggest_divert(s, o->words);
    o->end = IMPORT_READY;
}

/* ---- repeats inside the file ---- */

static int
by_id(const void *x, const void *y)
{
    const struct import_order *a = *(const struct import_order *const *)x, *b = *(const struct import_order *const *)y;
    int c = str_cmp(a->line->cells[IMPORT_ID], b->line->cells[IMPORT_ID]);
    return c ? c : a < b ? -1 : a > b;
}

static void
mark_repeats(struct import *im)
{
    struct import_order **sorted = arena_array(im->a, struct import_order *, im->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < im->n; i++)
        if (im->orders[i].end == IMPORT_READY)
            sorted[n++] = &im->orders[i];
    qsort(sorted, n, sizeof *sorted, by_id);
    const struct import_order *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (first && str_eq(first->line->cells[IMPORT_ID], sorted[i]->line->cells[IMPORT_ID])) {
            sorted[i]->end = IMPORT_DUPLICATE;
            sorted[i]->reason = arena_printf(im->a, "与第 %zu 行的工单编号相同", first->line->number);
        } else
            first = sorted[i];
    }
}

void
import_understand(struct import *im, const struct import_lines *lines)
{
    im->n = lines->n;
    im->orders = arena_array(im->a, struct import_order, lines->n);
    for (size_t i = 0; i < lines->n; i++) {
        im->orders[i].line = &lines->p[i];
        understand(im, &im->orders[i]);
    }
    mark_repeats(im);
}
