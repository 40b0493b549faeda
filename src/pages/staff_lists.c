/* The two lists for those who work with them: in residents' words, with ladders and bases, expired ones marked. */
#include "staff_registry.h"

#include "staff_registry.html.h"
#include "suggest.h"

enum { FOUND_MAX = 12, BASES_MAX = 64, PHRASES_SHOWN = 24 };

static void
item_line_of(const struct visit *v, struct arena *a, int i, struct item_line *out)
{
    const struct scheme *s = v->area->scheme;
    const struct item *it = &s->items[i];
    *out = (struct item_line){.code = it->code,
                              .name = it->name,
                              .plain = it->plain,
                              .lead = lead_words(v->area->registry, it->lead, NULL, NULL),
                              .category = it->category >= 0 ? s->categories[it->category].name : STR(""),
                              .limit = limit_words(a, s, it->limit),
                              .is_service = it->list == LIST_SERVICE,
                              .is_urgent = it->urgent};
}

struct item_lines
items_of_org(const struct visit *v, struct arena *a, int32_t org)
{
    const struct scheme *s = v->area->scheme;
    struct item_line *out = arena_array(a, struct item_line, s->n_items + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->n_items; i++)
        if (owner_org(v->area->registry, s->items[i].lead, NULL, 0) == org)
            item_line_of(v, a, (int)i, &out[n++]);
    return (struct item_lines){out, n};
}

static void
find_items(const struct visit *v, struct arena *a, struct str q, struct item_line *out, size_t *n)
{
    const struct scheme *s = v->area->scheme;
    struct suggestion best[FOUND_MAX];
    size_t found = suggest_items(s, q, best, FOUND_MAX);
    for (size_t i = 0; i < found; i++)
        item_line_of(v, a, best[i].item, &out[(*n)++]);
    for (size_t i = 0; i < s->n_items; i++) {
        bool is_there = false;
        for (size_t k = 0; k < found; k++)
            is_there |= best[k].item == (int)i;
        if (!is_there && (str_has(s->items[i].name, q) || str_eq(s->items[i].code, q)))
            item_line_of(v, a, (int)i, &out[(*n)++]);
    }
}

void
desk_lists(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct scheme *s = v->area->scheme;
    struct lists_view *view = arena_new_of(req->arena, struct lists_view);
    struct item_line *out = arena_array(req->arena, struct item_line, s->n_items + FOUND_MAX);
    size_t n = 0;
    view->q = params_get(&req->args, "q");
    view->is_searched = view->q.n > 0;
    if (view->is_searched)
        find_items(v, req->arena, view->q, out, &n);
    for (size_t i = 0; i < s->n_items; i++) {
        if (!view->is_searched)
            item_line_of(v, req->arena, (int)i, &out[n++]);
        *(s->items[i].list == LIST_SERVICE ? &view->n_service : &view->n_enforcement) += 1;
    }
    view->items = (struct item_lines){out, n};
    layout_init(req, &view->layout, "两张清单", "lists");
    page_lists_desk(&res->body, view);
}

/* ---- One item ---- */

static const char *
basis_span(struct arena *a, const struct basis *b)
{
    struct buf t = {0};
    if (b->from) {
        date_format(&t, b->from);
        buf_z(&t, " 起");
    }
    if (b->to) {
        buf_z(&t, b->from ? "，" : "");
        date_format(&t, b->to);
        buf_z(&t, " 止");
    }
    if (!t.n)
        buf_z(&t, "现行有效");
    return buf_keep(a, &t).p;
}

static void
fill_bases(const struct visit *v, struct arena *a, int item, struct item_view *view)
{
    const struct scheme *s = v->area->scheme;
    struct basis_line *out = arena_array(a, struct basis_line, BASES_MAX);
    size_t n = 0;
    int32_t today = day_of(v->now);
    for (size_t i = 0; i < s->n_bases && n < BASES_MAX; i++) {
        const struct basis *b = &s->bases[i];
        if (b->item == item)
            out[n++] = (struct basis_line){.law = b->law,
                                           .article = str_of(arena_printf(a, "第%.*s条", (int)b->article.n, b->article.p)),
                                           .gist = b->gist,
                                           .mark = b->mark,
                                           .span = basis_span(a, b),
                                           .is_expired = b->to && b->to < today};
    }
    view->bases = (struct basis_lines){out, n};
}

static const char *
needs_words(struct arena *a, const struct strs *needs)
{
    static const struct {
        const char *code, *words;
    } known[] = {{"filing", "立案"}, {"notice", "事先告知"}, {"defence", "听取陈述申辩"}, {"review", "法制审核"}, {"recheck", "到期复查"}};
    struct buf b = {0};
    for (size_t i = 0; i < needs->n; i++) {
        struct str words = needs->p[i];
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (str_is(needs->p[i], known[k].code))
                words = str_of(known[k].words);
        buf_z(&b, b.n ? "、" : "");
        buf_str(&b, words);
    }
    return b.n ? buf_keep(a, &b).p : NULL;
}

static void
fill_rungs(const struct visit *v, struct arena *a, const struct item *it, struct item_view *view)
{
    struct rung_line *out = arena_array(a, struct rung_line, (size_t)it->ladder_n + 1);
    for (int i = 0; i < it->ladder_n; i++) {
        const struct ladder_row *r = &v->area->scheme->ladders[it->ladder_from + i];
        out[i] = (struct rung_line){.tier = tier_label(r->tier), .needs = needs_words(a, &r->needs), .law = r->law,
                                    .article = str_of(arena_printf(a, "第%.*s条", (int)r->article.n, r->article.p)),
                                    .paper = r->paper, .note = r->note, .officers = r->officers};
    }
    view->rungs = (struct rung_lines){out, (size_t)it->ladder_n};
}

static void
fill_phrases(const struct visit *v, struct arena *a, int item, struct item_view *view)
{
    struct str *out = arena_array(a, struct str, PHRASES_SHOWN);
    size_t n = 0;
    for (size_t i = 0; i < v->area->scheme->n_phrases && n < PHRASES_SHOWN; i++)
        if (v->area->scheme->phrases[i].item == item)
            out[n++] = v->area->scheme->phrases[i].text;
    view->phrases = (struct strs){out, n};
}

static struct str
assists_words(const struct visit *v, struct arena *a, const struct item *it)
{
    struct buf b = {0};
    for (size_t i = 0; i < it->assists.n; i++) {
        buf_z(&b, i ? "、" : "");
        buf_str(&b, lead_words(v->area->registry, it->assists.p[i], NULL, NULL));
    }
    return buf_keep(a, &b);
}

void
desk_list_item(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct scheme *s = v->area->scheme;
    struct err err = {0};
    int i = scheme_item(s, req->vars[0]);
    if (i < 0) {
        err_set(&err, ERR_NOT_FOUND, "两张清单里没有这一项。");
        page_fail(req, res, &err);
        return;
    }
    const struct item *it = &s->items[i];
    struct item_view *view = arena_new_of(req->arena, struct item_view);
    view->item = it;
    view->category = it->category >= 0 ? s->categories[it->category].name : STR("");
    view->lead = lead_words(v->area->registry, it->lead, NULL, NULL);
    view->assists = assists_words(v, req->arena, it);
    view->limit = limit_words(req->arena, s, it->limit);
    view->origin = str_is(it->origin, "seed") ? STR("方案原文") : STR("依据法律补充");
    fill_bases(v, req->arena, i, view);
    fill_rungs(v, req->arena, it, view);
    fill_phrases(v, req->arena, i, view);
    struct case_filter f = {.state = -2, .item = it->code, .now = v->now, .limit = 1};
    if (visible_filter(v, req->arena, &f))
        view->n_open = cases_count(v->db, app_keys(v->app), &f, NULL, &err);
    layout_init(req, &view->layout, str_z(req->arena, it->name), "lists");
    page_list_item(&res->body, view);
}
