#include "scheme_read.h"

/* ---- roles ---- */

static const struct {
    const char *code, *label;
} roles[ROLE_COUNT] = {
#define X(id, code, label) {code, label},
    ROLES(X)
#undef X
};

const char *
role_code(int role)
{
    return role >= 0 && role < ROLE_COUNT ? roles[role].code : role == ROLE_CLOCK ? "clock" : "";
}

const char *
role_label(int role)
{
    return role >= 0 && role < ROLE_COUNT ? roles[role].label : role == ROLE_CLOCK ? "系统时钟" : "";
}

int
role_find(struct str code)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (str_is(code, roles[i].code))
            return i;
    return -1;
}

/* ---- looking up ---- */

/* Rows by code. A scheme put together by hand (a test) has none and is searched from end to end. */
struct scheme_index {
    struct code_map items, limits, channels, categories, reasons, wordings;
};

enum { REASON_KEY_MAX = 96 };

/* "skip/danger" in the caller's buffer; empty when it cannot be a key. */
static struct str
reason_key(char buf[REASON_KEY_MAX], struct str kind, struct str code)
{
    if (kind.n + code.n + 1 > REASON_KEY_MAX || !code.n)
        return STR("");
    memcpy(buf, kind.p, kind.n);
    buf[kind.n] = '/';
    memcpy(buf + kind.n + 1, code.p, code.n);
    return (struct str){buf, kind.n + code.n + 1};
}

#define MAP_OF(a, rows, n, field, out)                                                                                 \
    do {                                                                                                               \
        struct str *codes = arena_array((a), struct str, (n) + 1);                                                     \
        for (size_t i_ = 0; i_ < (n); i_++)                                                                            \
            codes[i_] = (rows)[i_].field;                                                                              \
        *(out) = code_map_of((a), codes, (n));                                                                         \
    } while (0)

void
scheme_index(struct scheme *s)
{
    struct scheme_index *x = arena_new_of(s->arena, struct scheme_index);
    MAP_OF(s->arena, s->items, s->n_items, code, &x->items);
    MAP_OF(s->arena, s->limits, s->n_limits, code, &x->limits);
    MAP_OF(s->arena, s->channels, s->n_channels, source, &x->channels);
    MAP_OF(s->arena, s->categories, s->n_categories, code, &x->categories);
    MAP_OF(s->arena, s->wordings, s->n_wordings, code, &x->wordings);
    struct str *keys = arena_array(s->arena, struct str, s->n_reasons + 1);
    for (size_t i = 0; i < s->n_reasons; i++) {
        char buf[REASON_KEY_MAX];
        keys[i] = str_dup(s->arena, reason_key(buf, s->reasons[i].kind, s->reasons[i].code));
    }
    x->reasons = code_map_of(s->arena, keys, s->n_reasons);
    s->index = x;
}

#define LOOK_UP(s, map, rows, n, field, code)                                                                          \
    do {                                                                                                               \
        if ((s)->index)                                                                                                \
            return code_map_find(&(s)->index->map, (code));                                                            \
        for (size_t i_ = 0; i_ < (n); i_++)                                                                            \
            if (str_eq((rows)[i_].field, (code)))                                                                      \
                return (int)i_;                                                                                        \
        return -1;                                                                                                     \
    } while (0)

int
scheme_item(const struct scheme *s, struct str code)
{
    LOOK_UP(s, items, s->items, s->n_items, code, code);
}

int
scheme_limit(const struct scheme *s, struct str code)
{
    LOOK_UP(s, limits, s->limits, s->n_limits, code, code);
}

int
scheme_channel(const struct scheme *s, struct str source)
{
    LOOK_UP(s, channels, s->channels, s->n_channels, source, source);
}

int
scheme_category(const struct scheme *s, struct str code)
{
    LOOK_UP(s, categories, s->categories, s->n_categories, code, code);
}

static int
find_wording(const struct scheme *s, struct str code)
{
    LOOK_UP(s, wordings, s->wordings, s->n_wordings, code, code);
}

struct str
scheme_wording(const struct scheme *s, const char *code)
{
    int i = find_wording(s, str_of(code));
    return i < 0 ? STR("") : s->wordings[i].text;
}

const struct reason *
scheme_reason(const struct scheme *s, const char *kind, struct str code)
{
    if (s->index) {
        char buf[REASON_KEY_MAX];
        int i = code_map_find(&s->index->reasons, reason_key(buf, str_of(kind), code));
        return i < 0 ? NULL : &s->reasons[i];
    }
    for (size_t i = 0; i < s->n_reasons; i++)
        if (str_eq(s->reasons[i].code, code) && str_is(s->reasons[i].kind, kind))
            return &s->reasons[i];
    return NULL;
}

const struct hop *
scheme_rung(const struct scheme *s, struct str chain, enum hop_kind kind, int64_t n)
{
    for (size_t i = 0; i < s->n_hops; i++)
        if (s->hops[i].kind == kind && str_eq(s->hops[i].chain, chain) && n-- == 0)
            return &s->hops[i];
    return NULL;
}

const struct hop *
scheme_hop(const struct scheme *s, struct str chain, enum hop_kind kind)
{
    return scheme_rung(s, chain, kind, 0);
}

int
scheme_whistle(const struct scheme *s, struct str code)
{
    for (size_t i = 0; i < s->n_whistles; i++)
        if (str_eq(s->whistles[i].code, code))
            return (int)i;
    return -1;
}

const struct ladder_row *
item_ladder_row(const struct scheme *s, const struct item *it, enum tier tier)
{
    for (int i = 0; i < it->ladder_n; i++)
        if (s->ladders[it->ladder_from + i].tier == tier)
            return &s->ladders[it->ladder_from + i];
    return NULL;
}

bool
item_for_police(const struct scheme *s, const struct item *it)
{
    const struct ladder_row *row = item_ladder_row(s, it, TIER_PENALISE);
    for (size_t i = 0; row && i < row->needs.n; i++)
        if (str_is(row->needs.p[i], "handover"))
            return true;
    return false;
}

static size_t
first_basis(const struct scheme *s, int item)
{
    size_t from = 0, to = s->n_bases;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (s->bases[mid].item < item)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

size_t
item_bases(const struct scheme *s, int item, int32_t day, const struct basis **out, size_t max)
{
    size_t n = 0;
    for (size_t i = first_basis(s, item); i < s->n_bases && s->bases[i].item == item && n < max; i++) {
        const struct basis *b = &s->bases[i];
        if ((!b->from || b->from <= day) && (!b->to || day <= b->to))
            out[n++] = b;
    }
    return n;
}

bool
item_has_acts(const struct scheme *s, int item)
{
    struct str act = {0};
    for (size_t i = first_basis(s, item); i < s->n_bases && s->bases[i].item == item; i++) {
        if (act.n && s->bases[i].act.n && !str_eq(act, s->bases[i].act))
            return true;
        act = s->bases[i].act.n ? s->bases[i].act : act;
    }
    return false;
}

const char *
audience_code(int audience)
{
    return audience == AUDIENCE_GRASSROOTS ? "grassroots" : "resident";
}

const char *
audience_label(int audience)
{
    return audience == AUDIENCE_GRASSROOTS ? "社区、网格一方" : "反映人";
}

struct str
basis_code(struct arena *a, const struct basis *b)
{
    return str_of(arena_printf(a, "%.*s %.*s", (int)b->law.n, b->law.p, (int)b->article.n, b->article.p));
}

static bool
is_called(const struct basis *b, struct str code)
{
    return code.n == b->law.n + 1 + b->article.n && str_starts(code, b->law) && code.p[b->law.n] == ' ' &&
           str_eq(str_slice(code, b->law.n + 1, code.n), b->article);
}

const struct basis *
item_basis(const struct scheme *s, int item, struct str code)
{
    for (size_t i = item >= 0 ? first_basis(s, item) : s->n_bases; i < s->n_bases && s->bases[i].item == item; i++)
        if (is_called(&s->bases[i], code))
            return &s->bases[i];
    return NULL;
}
