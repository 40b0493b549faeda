/* The small languages of the lists: numbers, limits, articles. */
#include <stdlib.h>

#include "standards_words.h"

/* ---- numbers ---- */

static int
chinese_digit(uint32_t c)
{
    struct str s = STR("零一二三四五六七八九");
    for (int i = 0; s.n; i++)
        if (utf8_next(&s) == c)
            return i;
    return c == 0x4E24 ? 2 /* 两 */ : c == 0x3007 ? 0 /* 〇 */ : -1;
}

static bool
number_part(uint32_t c, int *digit, int *scale)
{
    *digit = *scale = -1;
    if (c >= '0' && c <= '9')
        *digit = (int)(c - '0');
    else if (c >= 0xFF10 && c <= 0xFF19) /* full-width */
        *digit = (int)(c - 0xFF10);
    else if (c == 0x5341 || c == 0x767E) /* 十, 百 */
        *scale = c == 0x5341 ? 10 : 100;
    else
        *digit = chinese_digit(c);
    return *digit >= 0 || *scale > 0;
}

/* Takes a number off the front: 15, １５, 十五, 一百二十三. False when there is none. */
bool
standards_number(struct str *text, int *out)
{
    struct str rest = *text;
    int total = 0, current = 0, n = 0, digit, scale;
    for (struct str next = rest; next.n; rest = next) {
        if (!number_part(utf8_next(&next), &digit, &scale) || ++n > 6)
            break;
        if (scale > 0) {
            total += (current || total ? current : 1) * scale;
            current = 0;
        } else
            current = current * 10 + digit;
    }
    *out = total + current;
    *text = rest;
    return n > 0;
}

/* ---- limits ---- */

static const struct {
    const char *word;
    enum limit_unit unit;
    int times;
    bool is_urgent, is_assumed;
} unit_words[] = {
    /* longer words before those they begin with */
    {"紧急工作小时", UNIT_MINUTE, 60, true, false},
    {"紧急工作时", UNIT_MINUTE, 60, true, false},
    {"工作小时", UNIT_OFFICE_HOUR, 1, false, false},
    {"工作时", UNIT_OFFICE_HOUR, 1, false, false},
    {"办公小时", UNIT_OFFICE_HOUR, 1, false, false},
    {"工作日", UNIT_WORKING_DAY, 1, false, false},
    {"工作天", UNIT_WORKING_DAY, 1, false, false},
    {"自然日", UNIT_NATURAL_DAY, 1, false, false},
    {"自然天", UNIT_NATURAL_DAY, 1, false, false},
    {"日历日", UNIT_NATURAL_DAY, 1, false, false},
    {"日历天", UNIT_NATURAL_DAY, 1, false, false},
    {"分钟", UNIT_MINUTE, 1, false, false},
    {"小时", UNIT_MINUTE, 60, false, true},
    {"h", UNIT_MINUTE, 60, false, true},
    {"H", UNIT_MINUTE, 60, false, true},
    {"天", UNIT_NATURAL_DAY, 1, false, true},
    {"日", UNIT_NATURAL_DAY, 1, false, true},
    {"周", UNIT_NATURAL_DAY, 7, false, true},
    {"个月", UNIT_NATURAL_DAY, 30, false, true},
    {"月", UNIT_NATURAL_DAY, 30, false, true},
};

static bool
take_word(struct str *s, const char *word)
{
    if (!str_starts(*s, str_of(word)))
        return false;
    *s = str_slice(*s, strlen(word), s->n);
    return true;
}

static bool
take_unit(struct str *s, struct standards_limit *out)
{
    for (int with_measure = 0; with_measure < 2; with_measure++) {
        for (size_t i = 0; i < sizeof unit_words / sizeof *unit_words; i++)
            if (take_word(s, unit_words[i].word)) {
                out->unit = unit_words[i].unit;
                out->amount *= unit_words[i].times;
                out->is_urgent = unit_words[i].is_urgent;
                out->is_assumed = unit_words[i].is_assumed;
                return true;
            }
        if (!take_word(s, "个"))
            break;
    }
    return false;
}

bool
standards_is_unit(struct str word)
{
    struct standards_limit l = {.amount = 1};
    return take_unit(&word, &l) && !word.n;
}

static bool
has_number(struct str s)
{
    int digit, scale;
    while (s.n)
        if (number_part(utf8_next(&s), &digit, &scale))
            return true;
    return false;
}

/* Blanks and line ends say nothing inside a limit. */
static struct str
without_blanks(struct arena *a, struct str s)
{
    struct buf b = {0};
    for (struct str next = s; s.n; s = next) {
        uint32_t c = utf8_next(&next);
        if (c && c > ' ' && c != 0x3000 && c != 0xA0)
            buf_add(&b, s.p, s.n - next.n);
    }
    struct str out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return out;
}

/* 不超过, 立案后: words that say nothing about when a limit holds. */
static struct str
without_padding(struct str before)
{
    static const char *const padding[] = {"不超过", "不得超过", "应在", "须在", "限时", "限期", "限", "立案后", "派遣后", "接单后",
                                          "自立案之日起", "自接单之日起", "时限", "为", "：", ":", "≤"};
    for (size_t i = 0; before.n && i < sizeof padding / sizeof *padding; i++)
        if (take_word(&before, padding[i]))
            i = (size_t)-1; /* from the first again */
    return before;
}

bool
standards_limit(struct arena *a, struct str text, struct standards_limit *out)
{
    static const int64_t most[UNIT_COUNT] = {30 * 24 * 60, 400, 400, 3660}; /* as the reader of limits has it */
    struct str rest = without_blanks(a, text), before = rest;
    *out = (struct standards_limit){.condition = STR("")};
    int digit, scale;
    for (struct str next = rest; rest.n; rest = next)
        if (number_part(utf8_next(&next), &digit, &scale))
            break;
    before.n -= rest.n;
    before = without_padding(before);
    if (!standards_number(&rest, &out->amount) || !take_unit(&rest, out))
        return false;
    while (take_word(&rest, "之内") || take_word(&rest, "以内") || take_word(&rest, "内") || take_word(&rest, "完成") ||
           take_word(&rest, "。"))
        ;
    if (has_number(rest)) /* two limits in one cell */
        return false;
    out->condition = str_of(arena_printf(a, "%.*s%.*s", (int)before.n, before.p, (int)rest.n, rest.p));
    return out->amount > 0 && out->amount <= most[out->unit];
}

/* ---- articles ---- */

/* Takes 第二十三条 or 第二百九十一条之二 off the front: 23, 291之二. */
static bool
take_article(struct arena *a, struct str *s, struct str *article)
{
    struct str rest = *s, after;
    int number, more;
    if (!take_word(&rest, "第") || !standards_number(&rest, &number) || !take_word(&rest, "条") || number < 1)
        return false;
    *article = str_of(arena_printf(a, "%d", number));
    after = rest;
    if (take_word(&after, "之") && standards_number(&after, &more)) {
        *article = str_of(arena_printf(a, "%d%.*s", number, (int)(rest.n - after.n), rest.p));
        rest = after;
    }
    *s = rest;
    return true;
}

static struct str
gist_of(struct arena *a, struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '\n')
        n++;
    s = str_slice(s, 0, n);
    while (take_word(&s, "，") || take_word(&s, "：") || take_word(&s, "、") || take_word(&s, ":") || take_word(&s, " ") ||
           take_word(&s, "　") || take_word(&s, "规定"))
        ;
    return str_dup(a, utf8_prefix(str_trim(s), 200));
}

/* 消防法 of 中华人民共和国消防法, as schemes have it. */
static struct str
law_name(struct arena *a, struct str name)
{
    struct str law = without_blanks(a, name);
    take_word(&law, "中华人民共和国");
    return law;
}

size_t
standards_articles(struct arena *a, struct str text, struct standards_article *out, size_t most)
{
    size_t n = 0;
    struct str law = STR("");
    for (struct str rest = text; rest.n && n < most;) {
        struct str name = rest, number;
        if (take_word(&name, "《")) {
            size_t end = 0; /* an open one ends before the next, or long texts would be read again and again */
            while (end < name.n && !str_starts(str_slice(name, end, name.n), STR("》")) &&
                   !str_starts(str_slice(name, end, name.n), STR("《")))
                end++;
            rest = str_slice(name, end, name.n);
            struct str after = rest;
            take_word(&after, "》");
            if (str_starts(str_trim(after), STR("第")) || !law.n)
                law = law_name(a, str_slice(name, 0, end));
            continue;
        }
        if (!law.n || !take_article(a, &rest, &number)) {
            utf8_next(&rest);
            continue;
        }
        bool is_new = true;
        for (size_t i = 0; i < n; i++)
            is_new = is_new && !(str_eq(out[i].law, law) && str_eq(out[i].article, number));
        if (is_new)
            out[n++] = (struct standards_article){law, number, gist_of(a, rest)};
    }
    return n;
}
