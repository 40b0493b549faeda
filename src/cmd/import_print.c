/* What became of a file, for a person and for a program. */
#include "import.h"
#include "json.h"
#include "print.h"

#include "cmd.h"

#define S(x) (int)(x).n, (x).p

static const char *
no_of(struct arena *a, int64_t day, int64_t no)
{
    struct buf b = {0};
    if (!no)
        return "—"; /* a trial run has no numbers */
    case_no_format(&b, day, no);
    const char *kept = arena_dup(a, b.p, b.n);
    buf_release(&b);
    return kept;
}

static bool
is_in(const struct import_order *o)
{
    return o->end == IMPORT_TAKEN || o->end == IMPORT_READY;
}

struct totals {
    int64_t clear, unclear, none, placed, early, shortened, phones;
    instant first_due, last_due;
    const struct import_order *any; /* whose owner the queue is */
    int64_t *by_item, *clear_by_item;
};

static struct totals
count_up(const struct import *im)
{
    struct totals t = {.by_item = arena_array(im->a, int64_t, im->area->scheme->n_items + 1),
                       .clear_by_item = arena_array(im->a, int64_t, im->area->scheme->n_items + 1)};
    for (size_t i = 0; i < im->n; i++) {
        const struct import_order *o = &im->orders[i];
        if (!is_in(o))
            continue;
        t.clear += o->is_clear;
        t.unclear += o->n_top && !o->is_clear;
        t.none += !o->n_top;
        t.placed += o->place != NULL;
        t.early += o->wanted_by && o->due && o->wanted_by < o->due;
        t.shortened += o->is_shortened;
        t.phones += o->is_phone_bad;
        if (o->n_top) {
            t.by_item[o->top[0].item]++;
            t.clear_by_item[o->top[0].item] += o->is_clear;
        }
        if (o->due) {
            t.any = o;
            t.first_due = !t.first_due || o->due < t.first_due ? o->due : t.first_due;
            t.last_due = o->due > t.last_due ? o->due : t.last_due;
        }
    }
    return t;
}

/* ---- for a person ---- */

static void
heading(const char *zh, const char *en)
{
    print_line("\n%s", in_tongue(zh, en));
}

static void
print_skipped(const struct import *im)
{
    if (!im->bad && !im->duplicates)
        return;
    heading("跳过的行", "Skipped lines");
    for (size_t i = 0; i < im->n; i++) {
        const struct import_order *o = &im->orders[i];
        struct str id = o->line->cells[IMPORT_ID];
        if (is_in(o))
            continue;
        struct str shown = utf8_valid(id) ? utf8_prefix(id, 40) : STR("");
        print_line(in_tongue("  第 %zu 行%s%.*s：%s%s%s", "  line %zu%s%.*s: %s%s%s"), o->line->number,
                   shown.n ? in_tongue(" 工单 ", " order ") : "", S(shown), o->reason, o->fix ? in_tongue("。", ". ") : "",
                   o->fix ? o->fix : "");
    }
}

static void
print_items(const struct import *im, const struct totals *t)
{
    const struct scheme *s = im->area->scheme;
    struct grid g = {.a = im->a, .columns = 4, .right = 1 | 2};
    grid_addf(&g, "  %s", in_tongue("件", "cases"));
    grid_add(&g, str_of(in_tongue("其中明确", "clear")));
    grid_add(&g, STR(""));
    grid_add(&g, STR(""));
    for (int64_t most = (int64_t)im->n; most > 0; most--) /* most first */
        for (size_t i = 0; i < s->n_items; i++)
            if (t->by_item[i] == most) {
                grid_addf(&g, "%lld", (long long)most);
                grid_addf(&g, "%lld", (long long)t->clear_by_item[i]);
                grid_add(&g, s->items[i].code);
                grid_add(&g, s->items[i].name);
            }
    if (g.n <= g.columns)
        return;
    heading("建议的事项（由人确认后才算归类）", "Suggested items (a person decides)");
    grid_print(&g);
}

static void
print_groups(const struct import *im)
{
    if (!im->n_groups)
        return;
    heading("可能是同一件事（没有合并）", "Perhaps the same matter (nothing was merged)");
    for (size_t i = 0; i < im->n_groups; i++) {
        const struct import_group *g = &im->groups[i];
        struct str item = g->item >= 0 ? im->area->scheme->items[g->item].name : STR("没有建议");
        struct buf b = {0};
        for (size_t k = 0; k < g->n; k++) {
            const struct import_order *o = &im->orders[g->members[k]];
            buf_printf(&b, " %s%s%.*s%s", no_of(im->a, o->day, o->no), in_tongue("（", " ("), S(o->line->cells[IMPORT_ID]),
                       in_tongue("）", ")"));
        }
        for (size_t k = 0; k < g->n_open; k++)
            buf_printf(&b, "%s%s", in_tongue(" 已有 ", " open "), no_of(im->a, g->open_cases[k].day, g->open_cases[k].no));
        const char *why = g->why == SIMILAR_PLACE   ? in_tongue("同一小区", "same compound")
                          : g->why == SIMILAR_WORDS ? in_tongue("原话很像", "much the same words")
                                                    : in_tongue("同一小区、原话很像", "same compound, same words");
        print_line("  %.*s · %s:%.*s", S(item), why, S(buf_view(&b)));
        buf_release(&b);
    }
}

static void
print_warnings(const struct import *im)
{
    bool has_danger = false, has_elsewhere = false;
    for (size_t i = 0; i < im->n; i++) {
        const struct import_order *o = &im->orders[i];
        if (!is_in(o) || !o->danger)
            continue;
        if (!has_danger)
            heading("可能有危险，请先看", "Perhaps dangerous: look at these first");
        has_danger = true;
        print_line("  %s%s%.*s%s %.*s → %.*s", no_of(im->a, o->day, o->no), in_tongue("（", " ("), S(o->line->cells[IMPORT_ID]),
                   in_tongue("）", ")"), S(o->danger->word), S(o->danger->phone));
    }
    for (size_t i = 0; i < im->n; i++) {
        const struct import_order *o = &im->orders[i];
        if (!is_in(o) || !o->elsewhere)
            continue;
        if (!has_elsewhere)
            heading("可能不归两张清单", "Perhaps for somebody else");
        has_elsewhere = true;
        print_line("  %s%s%.*s%s %.*s → %.*s", no_of(im->a, o->day, o->no), in_tongue("（", " ("), S(o->line->cells[IMPORT_ID]),
                   in_tongue("）", ")"), S(o->elsewhere->word), S(o->elsewhere->where));
    }
}

static void
print_queue(const struct import *im, const struct totals *t)
{
    struct buf owner = {0};
    if (!t->any)
        return;
    owner_words(&owner, im->area->registry, &t->any->owner);
    print_line(in_tongue("\n%lld 件在%.*s的待办里等待归类，%s 前归类%s%s。", "\n%lld cases wait for %.*s to classify them, due %s%s%s."),
               (long long)im->taken, S(buf_view(&owner)), moment_short(im->a, t->first_due),
               t->first_due == t->last_due ? "" : in_tongue(" 起，最晚 ", " to "),
               t->first_due == t->last_due ? "" : moment_short(im->a, t->last_due));
    buf_release(&owner);
}

void
import_print(const struct import *im)
{
    struct totals t = count_up(im);
    print_line(im->is_dry ? in_tongue("%s：试读 %zu 行，可登记 %lld 件，重复 %lld 行，不能用 %lld 行。没有登记任何事项。",
                                      "%s: %zu lines tried, %lld could be taken, %lld duplicates, %lld bad. Nothing was stored.")
                          : in_tongue("%s：%zu 行，登记 %lld 件，重复 %lld 行，不能用 %lld 行。",
                                      "%s: %zu lines, %lld taken, %lld duplicates, %lld bad."),
               im->file, im->n, (long long)im->taken, (long long)im->duplicates, (long long)im->bad);
    print_line(in_tongue("建议：明确 %lld 件，不明确 %lld 件，没有 %lld 件。小区：认出 %lld 件，其余待定。",
                         "Suggestions: %lld clear, %lld unclear, %lld none. Compound found: %lld."),
               (long long)t.clear, (long long)t.unclear, (long long)t.none, (long long)t.placed);
    if (t.early)
        print_line(in_tongue("热线要求的时间早于本系统期限的有 %lld 件：看各件的“热线期限”。",
                             "%lld are wanted by the hotline before they are due here: see the limit on each case."), (long long)t.early);
    if (t.shortened)
        print_line(in_tongue("超过 4000 字而截短的有 %lld 件。", "%lld were shortened to 4000 letters."), (long long)t.shortened);
    if (t.phones)
        print_line(in_tongue("电话不对、没有登记电话的有 %lld 件。", "%lld had a telephone that is none; it was left out."),
                   (long long)t.phones);
    print_skipped(im);
    print_items(im, &t);
    print_groups(im);
    print_warnings(im);
    print_queue(im, &t);
}

/* ---- for a program ---- */

static void
put_moment(struct json *j, const char *key, instant at)
{
    struct buf b = {0};
    if (at)
        moment_format(&b, at);
    json_key(j, key);
    if (at)
        json_str(j, buf_view(&b));
    else
        json_none(j);
    buf_release(&b);
}

static void
put_text(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    if (s.n && utf8_valid(s))
        json_str(j, s);
    else
        json_none(j);
}

static void
put_case(struct json *j, const struct import *im, const struct import_order *o)
{
    const struct scheme *s = im->area->scheme;
    json_open_object(j);
    json_put_int(j, "line", (int64_t)o->line->number);
    put_text(j, "hotline_no", o->line->cells[IMPORT_ID]);
    put_text(j, "no", o->no ? str_of(no_of(im->a, o->day, o->no)) : STR(""));
    put_text(j, "place", o->place ? o->place->code : STR(""));
    json_put_bool(j, "clear", o->is_clear);
    json_put_array(j, "suggestions");
    for (size_t i = 0; i < o->n_top; i++) {
        json_open_object(j);
        json_put_str(j, "item", s->items[o->top[i].item].code);
        json_put_int(j, "score", o->top[i].score);
        json_put_str(j, "because", o->top[i].because);
        json_close_object(j);
    }
    json_close_array(j);
    put_text(j, "emergency", o->danger ? o->danger->word : STR(""));
    put_text(j, "elsewhere", o->elsewhere ? o->elsewhere->where : STR(""));
    put_moment(j, "occurred_at", o->occurred_at);
    put_moment(j, "wanted_by", o->wanted_by);
    put_moment(j, "due", o->due);
    json_put_bool(j, "shortened", o->is_shortened);
    json_put_bool(j, "phone_left_out", o->is_phone_bad);
    json_close_object(j);
}

static void
put_skipped(struct json *j, const struct import_order *o)
{
    json_open_object(j);
    json_put_int(j, "line", (int64_t)o->line->number);
    put_text(j, "hotline_no", o->line->cells[IMPORT_ID]);
    json_put_z(j, "kind", o->end == IMPORT_DUPLICATE ? "duplicate" : "bad");
    json_put_z(j, "reason", o->reason);
    json_put_z(j, "fix", o->fix);
    json_close_object(j);
}

static void
put_group(struct json *j, const struct import *im, const struct import_group *g)
{
    json_open_object(j);
    put_text(j, "item", g->item >= 0 ? im->area->scheme->items[g->item].code : STR(""));
    json_put_bool(j, "same_place", (g->why & SIMILAR_PLACE) != 0);
    json_put_bool(j, "same_words", (g->why & SIMILAR_WORDS) != 0);
    json_put_array(j, "hotline_nos");
    for (size_t i = 0; i < g->n; i++)
        json_str(j, im->orders[g->members[i]].line->cells[IMPORT_ID]);
    json_close_array(j);
    json_put_array(j, "open_cases");
    for (size_t i = 0; i < g->n_open; i++)
        json_z(j, no_of(im->a, g->open_cases[i].day, g->open_cases[i].no));
    json_close_array(j);
    json_close_object(j);
}

static void
put_counts(struct json *j, const struct import *im, const struct totals *t)
{
    json_put_int(j, "lines", (int64_t)im->n);
    json_put_int(j, "taken", im->taken);
    json_put_int(j, "duplicates", im->duplicates);
    json_put_int(j, "bad", im->bad);
    json_put_object(j, "suggestions");
    json_put_int(j, "clear", t->clear);
    json_put_int(j, "unclear", t->unclear);
    json_put_int(j, "none", t->none);
    json_close_object(j);
    json_put_int(j, "places_found", t->placed);
    json_put_object(j, "items");
    for (size_t i = 0; i < im->area->scheme->n_items; i++)
        if (t->by_item[i])
            json_put_int(j, str_z(im->a, im->area->scheme->items[i].code), t->by_item[i]);
    json_close_object(j);
}

void
import_print_json(const struct import *im)
{
    struct totals t = count_up(im);
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_z(&j, "file", im->file);
    json_put_bool(&j, "dry_run", im->is_dry);
    put_counts(&j, im, &t);
    json_put_array(&j, "cases");
    for (size_t i = 0; i < im->n; i++)
        if (is_in(&im->orders[i]))
            put_case(&j, im, &im->orders[i]);
    json_close_array(&j);
    json_put_array(&j, "skipped");
    for (size_t i = 0; i < im->n; i++)
        if (!is_in(&im->orders[i]))
            put_skipped(&j, &im->orders[i]);
    json_close_array(&j);
    json_put_array(&j, "similar");
    for (size_t i = 0; i < im->n_groups; i++)
        put_group(&j, im, &im->groups[i]);
    json_close_array(&j);
    json_put_object(&j, "queue");
    struct buf owner = {0};
    if (t.any)
        owner_words(&owner, im->area->registry, &t.any->owner);
    put_text(&j, "owner", buf_view(&owner));
    put_moment(&j, "due_first", t.first_due);
    put_moment(&j, "due_last", t.last_due);
    json_close_object(&j);
    json_close_object(&j);
    buf_release(&owner);
    print_out(&out);
}
