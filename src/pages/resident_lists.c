#include "resident_lists.html.h"
#include "scheme_public.h"

enum { BASES_MAX = 16, RUNGS_MAX = 4 };

static const struct place *
place_asked(const struct request *req)
{
    const struct place *p = registry_place_code(visit_of(req)->area->registry, params_get(&req->args, "x"));
    return is_compound(p) ? p : NULL;
}

static void
fill_groups(struct request *req, struct lists_view *v)
{
    const struct visit *visit = visit_of(req);
    const struct scheme *s = visit->area->scheme;
    struct category_group *rows = arena_array(req->arena, struct category_group, s->n_categories + 1);
    int open = scheme_category(s, params_get(&req->args, "cat"));
    for (size_t i = 0; i < s->n_categories; i++) {
        rows[i] = (struct category_group){.c = &s->categories[i], .is_open = (int)i == open};
        struct answer *items = arena_array(req->arena, struct answer, s->n_items + 1);
        for (size_t k = 0; k < s->n_items; k++) {
            if (s->items[k].category != (int)i)
                continue;
            if (rows[i].is_open)
                answer_of(visit, req->arena, (int)k, v->r.place, &items[rows[i].count]);
            rows[i].count++;
        }
        if (rows[i].is_open)
            rows[i].items = (struct answers){items, rows[i].count};
        *(s->categories[i].list == LIST_SERVICE ? &v->n_service : &v->n_enforcement) += (int)rows[i].count;
    }
    v->groups.p = rows;
    v->groups.n = s->n_categories;
}

/* Who does the service items, each once, in the order of the list. */
static struct str
servants_words(const struct visit *v, struct arena *a, const struct place *p)
{
    enum { SAID_MAX = 3 };
    const struct scheme *s = v->area->scheme;
    struct str said[SAID_MAX];
    struct buf b = {0};
    size_t n = 0;
    for (size_t i = 0; i < s->n_items; i++) {
        struct str who = lead_words(v->area->registry, s->items[i].lead, p, NULL);
        size_t k = 0;
        while (k < n && !str_eq(said[k], who))
            k++;
        if (s->items[i].list != LIST_SERVICE || k < n)
            continue;
        if (n == SAID_MAX) {
            buf_z(&b, "等");
            break;
        }
        said[n++] = who;
        buf_printf(&b, "%s%.*s", n > 1 ? "、" : "", (int)who.n, who.p);
    }
    return buf_keep(a, &b);
}

void
resident_lists(struct request *req, struct response *res)
{
    struct lists_view v = {.r.place = place_asked(req)};
    const struct visit *visit = visit_of(req);
    resident_init(req, res, &v.r, "两张清单");
    v.r.l.back = v.r.place ? arena_printf(req->arena, "/x/%.*s", (int)v.r.place->code.n, v.r.place->code.p) : "/";
    find_answers(visit, req->arena, utf8_prefix(params_get(&req->args, "q"), 200), v.r.place, 6, &v.f);
    v.version = version_words(req->arena, visit->area->scheme);
    fill_groups(req, &v);
    v.servants = servants_words(visit, req->arena, v.r.place);
    page_resident_lists(&res->body, &v);
}

/* The ladder of the item, the tiers it really has, in words a neighbour would use (721). */
static void
fill_rungs(const struct visit *v, struct arena *a, const struct item *it, struct item_view *out)
{
    static const struct {
        const char *title, *words;
    } plain[TIER_COUNT] = {
        [TIER_PERSUADE] = {"先劝", "讲道理、讲规定，当场改了就好。大多数事情到这一步就解决了。"},
        [TIER_ORDER] = {"再责令改正", "劝不听的，执法人员书面要求在期限内改正，到期到现场复查。"},
        [TIER_PENALISE] = {"仍不改的，依法处罚或强制", "先立案、告知、听取申辩，再作决定。"},
    };
    struct rung *rows = arena_array(a, struct rung, RUNGS_MAX);
    size_t n = 0;
    for (int t = TIER_PERSUADE; t < TIER_COUNT && n < RUNGS_MAX; t++) {
        const struct ladder_row *l = item_ladder_row(v->area->scheme, it, (enum tier)t);
        if (l)
            rows[n++] = (struct rung){plain[t].title, plain[t].words};
    }
    out->rungs.p = rows;
    out->rungs.n = n;
}

/* 40 → 第 40 条; 5（一） → 第 5 条（一）; 表 1 stays. */
static const char *
article_words(struct arena *a, struct str s)
{
    struct str clause = STR("（");
    size_t at = s.n;
    if (!s.n || s.p[0] < '0' || s.p[0] > '9')
        return str_z(a, s);
    for (size_t i = 0; i + clause.n <= s.n && at == s.n; i++)
        if (memcmp(s.p + i, clause.p, clause.n) == 0)
            at = i;
    return arena_printf(a, "第 %.*s 条%.*s", (int)at, s.p, (int)(s.n - at), s.p + at);
}

static void
fill_bases(const struct visit *v, struct arena *a, int item, struct item_view *out)
{
    const struct basis *bases[BASES_MAX];
    size_t n = item_bases(v->area->scheme, item, day_of(v->now), bases, BASES_MAX);
    struct law_row *rows = arena_array(a, struct law_row, n + 1);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct law_row){bases[i]->law, bases[i]->gist, bases[i]->mark, article_words(a, bases[i]->article)};
    out->bases.p = rows;
    out->bases.n = n;
}

void
resident_item(struct request *req, struct response *res)
{
    struct item_view v = {.r.place = place_asked(req)};
    const struct visit *visit = visit_of(req);
    const struct scheme *s = visit->area->scheme;
    int item = scheme_item(s, req->vars[0]);
    if (item < 0) {
        struct err err = {0};
        err_set(&err, ERR_NOT_FOUND, "清单里没有这一项。请从两张清单里查找。");
        page_fail(req, res, &err);
        return;
    }
    const struct item *it = &s->items[item];
    resident_init(req, res, &v.r, str_z(req->arena, it->name));
    v.r.l.back = v.r.place ? arena_printf(req->arena, "/lists?x=%.*s", (int)v.r.place->code.n, v.r.place->code.p) : "/lists";
    answer_of(visit, req->arena, item, v.r.place, &v.a);
    fill_rungs(visit, req->arena, it, &v);
    fill_bases(visit, req->arena, item, &v);
    v.category = it->category >= 0 ? s->categories[it->category].name : STR("");
    v.tier_note = scheme_wording(s, "tier_note");
    v.today = day_words(req->arena, visit->now, visit->now);
    page_resident_item(&res->body, &v);
}
