/* Categories, ladders, items and their legal bases: the two lists. */
#include <stdlib.h>

#include "scheme_read.h"

static const struct str ladder_needs[] = {STR("filing"), STR("notice"),  STR("defence"), STR("hearing"),
                                          STR("review"), STR("recheck"), STR("handover")};

static void
read_categories(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "categories", "code,name,plain,icon,list,order,origin", r->errors);
    r->categories = sheet_codes(&sh, "code", "name", "类别");
    struct category *rows = arena_array(r->a, struct category, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        rows[sh.row] = (struct category){
            .code = r->categories.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .plain = sheet_need(&sh, "plain"),
            .icon = sheet_text(&sh, "icon"),
            .origin = sheet_origin(&sh),
            .list = (enum list)(sheet_need_ref(&sh, "list", &r->lists) + 1),
            .order = (int)sheet_need_number(&sh, "order", 1, 999),
        };
    }
    r->s->categories = rows;
    r->s->n_categories = sh.t->n_rows;
}

/* ---- ladders ---- */

static int
compare_ladders(const void *a, const void *b)
{
    const struct ladder_row *x = a, *y = b;
    int c = str_cmp(x->ladder, y->ladder);
    return c ? c : x->order - y->order;
}

/* `after` names a tier that an earlier row of the same ladder has. */
static void
check_after(struct sheet *sh, const struct ladder_row *rows)
{
    while (sheet_next(sh)) {
        const struct ladder_row *l = &rows[sh->row];
        bool found = l->after == TIER_NONE;
        for (size_t i = 0; i < sh->t->n_rows; i++)
            found =
                found || (str_eq(rows[i].ladder, l->ladder) && rows[i].order < l->order && rows[i].tier == l->after);
        if (!found)
            sheet_fault(sh, "after", "写本阶梯前面某一行的 tier，或留空。", "本阶梯前面没有这一层");
        if (l->after == TIER_NONE && l->skip_grounds.n)
            sheet_fault(sh, "skip_grounds", "先在 after 写明前一层，或把这里留空。", "没有前一层，就没有可跳过的");
    }
}

static void
read_ladders(struct reader *r)
{
    struct codes needs = codes_fixed(ladder_needs, NULL, sizeof ladder_needs / sizeof *ladder_needs, "程序要求");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "ladders",
               "ladder,order,tier,after,skip_grounds,officers,needs,paper,law,article,note", r->errors);
    sheet_unique(&sh, "ladder,order");
    sheet_unique(&sh, "ladder,tier");
    size_t n = sh.t->n_rows, n_names = 0;
    struct ladder_row *rows = arena_array(r->a, struct ladder_row, n + 1);
    struct str *names = arena_array(r->a, struct str, n + 1);
    while (sheet_next(&sh)) {
        struct ladder_row *l = &rows[sh.row];
        *l = (struct ladder_row){
            .ladder = sheet_code(&sh, "ladder"),
            .order = (int)sheet_need_number(&sh, "order", 1, 99),
            .tier = (enum tier)(sheet_need_ref(&sh, "tier", &r->tiers) + 1),
            .after = (enum tier)(sheet_ref(&sh, "after", &r->tiers) + 1),
            .skip_grounds = sheet_refs(&sh, "skip_grounds", &r->skip_grounds),
            .officers = (int)sheet_number(&sh, "officers", 0, 9, 0),
            .needs = sheet_refs(&sh, "needs", &needs),
            .paper = sheet_need(&sh, "paper"),
            .law = sheet_need(&sh, "law"),
            .article = sheet_need(&sh, "article"),
            .note = sheet_text(&sh, "note"),
        };
    }
    check_after(&sh, rows);
    qsort(rows, n, sizeof *rows, compare_ladders);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !str_eq(rows[i].ladder, rows[i - 1].ladder))
            names[n_names++] = rows[i].ladder;
    r->ladders = codes_fixed(names, NULL, n_names, "执法阶梯（ladders 表）");
    r->ladders.is_missing = sh.is_missing;
    r->s->ladders = rows;
    r->s->n_ladders = n;
}

/* ---- items ---- */

static void
find_ladder(struct reader *r, struct item *it)
{
    for (size_t i = 0; i < r->s->n_ladders; i++)
        if (it->ladder.n && str_eq(r->s->ladders[i].ladder, it->ladder) && it->ladder_n++ == 0)
            it->ladder_from = (int)i;
}

/* Enforcement climbs a ladder; a service item never orders or penalises anybody. */
static void
check_ladder(struct reader *r, struct sheet *sh, const struct item *it)
{
    if (it->list == LIST_SERVICE) {
        if (it->ladder.n)
            sheet_fault(sh, "ladder", "服务清单事项的这一格留空。", "服务清单事项不能有执法阶梯");
        if (it->tier > TIER_PERSUADE)
            sheet_fault(sh, "tier", "服务清单事项的这一格留空。", "服务清单事项不能责令或处罚");
        return;
    }
    sheet_need(sh, "ladder");
    sheet_need(sh, "tier");
    sheet_ref(sh, "ladder", &r->ladders);
    if (it->ladder_n && it->tier != TIER_NONE && !item_ladder_row(r->s, it, it->tier))
        sheet_fault(sh, "tier", "换成阶梯里有的层级，或给事项换一个阶梯。", "阶梯“%.*s”没有这一层", (int)it->ladder.n,
                    it->ladder.p);
}

static void
check_owners(struct reader *r, struct sheet *sh, const struct item *it)
{
    if (str_is(it->lead, "@lead") || str_is(it->lead, "@grid"))
        sheet_fault(sh, "lead", "写单位编码，或 @firm、@community、@town、@station、@coordinator。",
                    "牵头单位不能写“%.*s”", (int)it->lead.n, it->lead.p);
    else
        check_owner(r, sh, "lead", it->lead);
    for (size_t i = 0; i < it->assists.n; i++) {
        check_owner(r, sh, "assists", it->assists.p[i]);
        if (str_eq(it->assists.p[i], it->lead))
            sheet_fault(sh, "assists", "从配合单位里去掉牵头单位。", "“%.*s”已经是牵头单位", (int)it->lead.n,
                        it->lead.p);
    }
}

static void
check_category(struct reader *r, struct sheet *sh, const struct item *it)
{
    const struct category *c = it->category < 0 ? NULL : &r->s->categories[it->category];
    if (c && c->list != LIST_NONE && it->list != LIST_NONE && c->list != it->list)
        sheet_fault(sh, "list", "改成与类别相同的清单，或换一个类别。", "与类别“%.*s”的清单不同", (int)c->name.n,
                    c->name.p);
}

static void
check_raise(struct reader *r, struct sheet *sh, const struct item *it)
{
    struct strs to = sheet_refs(sh, "raise_to", &r->items);
    for (size_t i = 0; i < to.n; i++)
        if (str_eq(to.p[i], it->code))
            sheet_fault(sh, "raise_to", "写另一个事项。", "不能升级到自己");
}

static void
read_item_table(struct reader *r)
{
    struct sheet sh;
    sheet_open(
        &sh, r->a, r->tables, "items",
        "code,list,category,name,plain,lead,assists,ladder,tier,urgent,danger,limits,order_days,photo_pair,evidence,"
        "closing,questions,firsthand,national,raise_to,public,whistle?,accept?,revisit?,origin,note",
        r->errors);
    r->items = sheet_codes(&sh, "code", "name", "事项");
    struct item *rows = arena_array(r->a, struct item, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        struct item *it = &rows[sh.row];
        *it = (struct item){
            .code = r->items.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .plain = sheet_need(&sh, "plain"),
            .lead = sheet_need(&sh, "lead"),
            .list = (enum list)(sheet_need_ref(&sh, "list", &r->lists) + 1),
            .category = sheet_need_ref(&sh, "category", &r->categories),
            .assists = sheet_list(&sh, "assists"),
            .evidence = sheet_list(&sh, "evidence"),
            .closing = sheet_list(&sh, "closing"),
            .questions = sheet_list(&sh, "questions"),
            .raise_to = sheet_list(&sh, "raise_to"),
            .ladder = sheet_text(&sh, "ladder"),
            .tier = (enum tier)(sheet_ref(&sh, "tier", &r->tiers) + 1),
            .urgent = sheet_flag(&sh, "urgent"),
            .danger = sheet_flag(&sh, "danger"),
            .photo_pair = sheet_flag(&sh, "photo_pair"),
            .is_public = sheet_flag(&sh, "public"),
            .limit = sheet_need_ref(&sh, "limits", &r->limits),
            .whistle = sheet_ref(&sh, "whistle", &r->whistles),
            .accept = sheet_ref(&sh, "accept", &r->limits),
            .revisit = sheet_ref(&sh, "revisit", &r->limits),
            .order_days = (int)sheet_number(&sh, "order_days", 0, 365, 0),
            .firsthand = sheet_text(&sh, "firsthand"),
            .national = sheet_text(&sh, "national"),
            .origin = sheet_origin(&sh),
            .note = sheet_text(&sh, "note"),
        };
        find_ladder(r, it);
        check_ladder(r, &sh, it);
        check_owners(r, &sh, it);
        check_category(r, &sh, it);
        check_raise(r, &sh, it);
    }
    r->s->items = rows;
    r->s->n_items = sh.t->n_rows;
}

/* ---- bases ---- */

static void
check_every_item_has_a_basis(struct reader *r, const bool *has)
{
    const struct table *items = tables_find(r->tables, "items");
    for (size_t i = 0; i < r->items.n; i++)
        if (!has[i] && r->items.code[i].n)
            scheme_fault(r->a, r->errors, items->name, cell_name(r->a, 0, i + 2),
                         arena_printf(r->a, "在 bases 表加一行 item=%.*s。", (int)r->items.code[i].n,
                                      r->items.code[i].p),
                         "事项“%.*s”没有法律依据", (int)r->items.code[i].n, r->items.code[i].p);
}

static void
read_bases(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "bases", "item,law,article,gist,from,to,mark,act?", r->errors);
    sheet_unique(&sh, "item,law,article,from");
    struct basis *rows = arena_array(r->a, struct basis, sh.t->n_rows + 1);
    bool *has = arena_array(r->a, bool, r->items.n + 1);
    while (sheet_next(&sh)) {
        struct basis *b = &rows[sh.row];
        *b = (struct basis){
            .item = sheet_need_ref(&sh, "item", &r->items),
            .law = sheet_need(&sh, "law"),
            .article = sheet_need(&sh, "article"),
            .gist = sheet_need(&sh, "gist"),
            .from = sheet_date(&sh, "from"),
            .to = sheet_date(&sh, "to"),
            .mark = sheet_text(&sh, "mark"),
            .act = sheet_text(&sh, "act"),
        };
        if (b->from && b->to && b->from > b->to)
            sheet_fault(&sh, "to", "截止日不早于起始日。", "截止日在起始日之前");
        if (b->item >= 0)
            has[b->item] = true;
    }
    if (!sh.is_missing && !r->items.is_missing)
        check_every_item_has_a_basis(r, has);
    struct basis *sorted = arena_array(r->a, struct basis, sh.t->n_rows + 1);
    size_t n = 0;
    for (int item = 0; item < (int)r->items.n; item++)
        for (size_t i = 0; i < sh.t->n_rows; i++)
            if (rows[i].item == item)
                sorted[n++] = rows[i];
    r->s->bases = sorted;
    r->s->n_bases = n;
}

void
read_items(struct reader *r)
{
    read_categories(r);
    read_ladders(r);
    read_item_table(r);
    read_bases(r);
}
