#include "scheme_warnings.h"

#define S(x) (int)(x).n, (x).p

enum { NOTICE_MONTH = 10 };

const char *
warning_code(int kind)
{
    static const char *const codes[] = {"calendar", "no_basis", "expired", "expires_soon", "reach"};
    return codes[kind];
}

static bool
knows_year(const struct calendar *c, int year)
{
    for (int i = 0; i < c->n_years; i++)
        if (c->years[i].year == year)
            return true;
    return false;
}

int
calendar_year_missing(const struct calendar *c, int32_t today)
{
    struct civil d = civil_of_day(today);
    if (!knows_year(c, d.year))
        return d.year;
    return d.month >= NOTICE_MONTH && !knows_year(c, d.year + 1) ? d.year + 1 : 0;
}

struct warned {
    struct arena *a;
    struct scheme_warning *p;
    size_t n;
};

static void
warn(struct warned *l, enum warning_kind kind, const char *table, struct str key, const char *words)
{
    l->p[l->n++] = (struct scheme_warning){kind, str_of(table), key, str_of(words)};
}

static struct str
date_words(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

static void
warn_items_without(struct warned *l, const struct scheme *s, int32_t today)
{
    for (size_t i = 0; i < s->n_items; i++) {
        const struct item *it = &s->items[i];
        const struct basis *any[1];
        if (it->list == LIST_ENFORCEMENT && item_bases(s, (int)i, today, any, 1) == 0)
            warn(l, WARNING_NO_BASIS, "items", it->code,
                 arena_printf(l->a, "事项 %.*s「%.*s」今天没有一条有效的法律依据，不能作出责令和处罚。请在“法律依据”表里补上现行条文",
                              S(it->code), S(it->name)));
    }
}

static void
warn_bases(struct warned *l, const struct scheme *s, int32_t today, enum warning_kind kind)
{
    for (size_t i = 0; i < s->n_bases; i++) {
        const struct basis *b = &s->bases[i];
        bool is_expired = b->to && b->to < today, is_soon = b->to && !is_expired && b->to - today <= BASIS_SOON_DAYS;
        if (b->item < 0 || !(kind == WARNING_EXPIRED ? is_expired : is_soon))
            continue;
        const struct item *it = &s->items[b->item];
        struct str until = date_words(l->a, b->to);
        warn(l, kind, "bases", it->code,
             arena_printf(l->a, "事项 %.*s「%.*s」的依据《%.*s》%.*s %s %.*s 失效%s", S(it->code), S(it->name), S(b->law), S(b->article),
                          is_expired ? "已于" : "将于", S(until), is_expired ? "；之后的行为不再引用它" : ""));
    }
}

struct scheme_warnings
scheme_warnings(struct arena *a, const struct scheme *s, int32_t today)
{
    struct warned l = {.a = a, .p = arena_array(a, struct scheme_warning, s->n_items + 2 * s->n_bases + 1)};
    int year = calendar_year_missing(&s->calendar, today);
    if (year)
        warn(&l, WARNING_CALENDAR, "calendar", str_of(arena_printf(a, "%d", year)),
             arena_printf(a, "节假日表里还没有 %d 年的安排，按周一至周五暂算。国务院办公厅的通知公布后请导入", year));
    warn_items_without(&l, s, today);
    warn_bases(&l, s, today, WARNING_EXPIRED);
    warn_bases(&l, s, today, WARNING_EXPIRES_SOON);
    return (struct scheme_warnings){l.p, l.n};
}
