#include "resident.h"

#include <stdio.h>

/* ---- the frame ---- */

/* The page's own address without `size`, and with it switched. */
static const char *
size_url(struct request *req, const char *size)
{
    struct buf b = {0};
    buf_str(&b, req->path);
    char sep = '?';
    for (size_t i = 0; req->method == HTTP_GET && i < req->args.n; i++) {
        const struct param *p = &req->args.p[i];
        if (str_is(p->name, "size"))
            continue;
        buf_char(&b, sep);
        html_url_part(&b, p->name);
        buf_char(&b, '=');
        html_url_part(&b, p->value);
        sep = '&';
    }
    buf_char(&b, sep);
    buf_printf(&b, "size=%s", size);
    return buf_keep(req->arena, &b).p;
}

/* 长辈版 is a cookie that a link sets; no script, no form. */
static void
settle_size(struct request *req, struct response *res, struct resident *r)
{
    enum { YEAR_S = 365 * 24 * 3600 };
    struct visit *v = visit_of(req);
    struct str asked = params_get(&req->args, "size");
    bool is_asked = str_is(asked, "large") || str_is(asked, "normal") || str_is(asked, "keep");
    if (is_asked) {
        if (!str_is(asked, "keep"))
            v->is_large = str_is(asked, "large");
        response_cookie(req, res, "size", v->is_large ? STR("large") : STR("normal"), YEAR_S, true);
    }
    r->is_large = v->is_large;
    r->asks_large = !is_asked && !v->is_large && !request_cookie(req, "size").n;
    r->size_url = size_url(req, v->is_large ? "normal" : "large");
}

void
resident_init(struct request *req, struct response *res, struct resident *r, const char *title)
{
    struct visit *v = visit_of(req);
    layout_init(req, &r->l, title, "");
    r->scheme = v->area->scheme;
    r->csrf = v->csrf;
    settle_size(req, res, r);
    if (r->err && r->err->kind)
        res->status = err_status(r->err->kind);
}

const char *
field_error(const struct err *err, const char *field)
{
    for (int i = 0; err && i < err->n_fields; i++)
        if (strcmp(err->fields[i].field, field) == 0)
            return err->fields[i].message;
    return NULL;
}

void
err_forget(struct err *err, const char *field)
{
    int n = 0;
    for (int i = 0; i < err->n_fields; i++)
        if (strcmp(err->fields[i].field, field) != 0)
            err->fields[n++] = err->fields[i];
    err->n_fields = n;
    if (!n && err->kind == ERR_FIELDS)
        err->kind = ERR_NONE;
}

/* ---- who is visiting ---- */

struct visit *
resident_visit(struct request *req)
{
    struct visit *v = visit_of(req);
    v->who.person = 0;
    v->who.n_postings = 0;
    return v;
}

struct visit *
reporter_visit(struct request *req, int64_t case_id)
{
    struct visit *v = resident_visit(req);
    v->who.reporter_of = case_id;
    return v;
}

bool
is_compound(const struct place *p)
{
    return p && p->kind == PLACE_COMPOUND && !p->is_closed;
}

bool
compound_of(struct request *req, struct response *res, const struct place **out)
{
    const struct place *p = registry_place_code(visit_of(req)->area->registry, req->vars[0]);
    if (!is_compound(p)) {
        struct err err = {0};
        err_set(&err, ERR_NOT_FOUND, "没有这个小区的页面。请核对网址，或从首页按名称查找。");
        page_fail(req, res, &err);
        return false;
    }
    *out = p;
    return true;
}

struct str
community_name(const struct registry *r, const struct place *p)
{
    const struct place *c = place_above(r, p, PLACE_COMMUNITY);
    return c ? c->name : STR("");
}

/* 「红旗社区第3网格」 beside its community is 「第3网格」. */
struct str
grid_name(struct arena *a, const struct registry *r, const struct place *p)
{
    (void)a;
    const struct place *g = place_above(r, p, PLACE_GRID);
    if (!g)
        return STR("");
    struct str community = community_name(r, p);
    return community.n && str_starts(g->name, community) ? str_slice(g->name, community.n, g->name.n) : g->name;
}

/* ---- words ---- */

struct str
buf_keep(struct arena *a, struct buf *b)
{
    struct str s = {arena_dup(a, b->p ? b->p : "", b->n), b->n};
    buf_release(b);
    return s;
}

const char *
at_words(struct arena *a, instant at, instant now)
{
    struct buf b = {0};
    moment_words(&b, at, now);
    return buf_keep(a, &b).p;
}

const char *
day_words(struct arena *a, instant at, instant now)
{
    struct civil t = civil_of(at), today = civil_of(now);
    return t.year == today.year ? arena_printf(a, "%d 月 %d 日", t.month, t.day)
                                : arena_printf(a, "%d 年 %d 月 %d 日", t.year, t.month, t.day);
}

const char *
iso_words(struct arena *a, instant at)
{
    struct buf b = {0};
    moment_format(&b, at);
    return buf_keep(a, &b).p;
}

const char *
due_left_words(struct arena *a, const struct calendar *c, instant due, instant now)
{
    if (due < now) {
        struct buf b = {0};
        clock_words(&b, c, due, now);
        return buf_keep(a, &b).p;
    }
    int days = working_days_between(c, day_of(now), day_of(due));
    if (days == 0)
        return day_of(due) == day_of(now) ? "今天" : "下一个工作日前";
    return arena_printf(a, "还有 %d 个工作日", days);
}

const char *
limit_words(struct arena *a, const struct scheme *s, int limit)
{
    if (limit < 0 || (size_t)limit >= s->n_limits)
        return "";
    static const char *const units[UNIT_COUNT] = {[UNIT_MINUTE] = "分钟", [UNIT_OFFICE_HOUR] = "个工作小时",
                                                  [UNIT_WORKING_DAY] = "个工作日", [UNIT_NATURAL_DAY] = "天"};
    const struct limit *l = &s->limits[limit];
    return arena_printf(a, "%d %s内", l->amount, units[l->unit]);
}

const char *
case_no_words(struct arena *a, const struct case_file *c)
{
    struct buf b = {0};
    case_no_format(&b, c->day, c->no);
    return buf_keep(a, &b).p;
}

/* A delegation names a person; to the resident the organisation answers. */
const char *
owner_text(struct arena *a, const struct registry *r, const struct owner *o)
{
    struct owner shown = *o;
    shown.person = 0;
    struct buf b = {0};
    owner_words(&b, r, &shown);
    return buf_keep(a, &b).p;
}

const char *
duty_doing(int kind)
{
    static const char *const words[DUTY_KIND_COUNT] = {
        [DUTY_CLASSIFY] = "确定由谁来办", [DUTY_CALL] = "到现场或电话核实", [DUTY_ADMIT] = "受理",
        [DUTY_DISPATCH] = "派给负责的部门", [DUTY_ACCEPT] = "接单", [DUTY_HANDLE] = "办结", [DUTY_SERVE] = "办好",
        [DUTY_RECHECK] = "到现场复查", [DUTY_COMPLETE] = "根据补充的材料继续办理", [DUTY_RESUME] = "恢复办理",
        [DUTY_CONFER] = "研究出办法", [DUTY_TRANSFER] = "移送并告诉您结果", [DUTY_ANSWER] = "答复您", [DUTY_ARRIVE] = "到现场",
    };
    return kind >= 0 && kind < DUTY_KIND_COUNT && words[kind] ? words[kind] : "办理";
}

static const struct {
    const char *words, *tag;
} states[CASE_STATE_COUNT] = {
    [CASE_REGISTERED] = {"已收到，正在分派", "n"},     [CASE_ROUTING] = {"已收到，正在分派", "n"},
    [CASE_AWAITING_ACCEPT] = {"已派单，等待接单", "n"}, [CASE_HANDLING] = {"正在办理", "b"},
    [CASE_CONFERRING] = {"多部门一起研究", "v"},       [CASE_AWAITING_RECHECK] = {"已要求整改，等待复查", "t"},
    [CASE_RETURNED] = {"请您补充", "a"},               [CASE_SUSPENDED] = {"暂缓办理", "d"},
    [CASE_CLOSED] = {"已办结", "g"},                   [CASE_ARCHIVED] = {"已办结", "g"},
    [CASE_WITHDRAWN] = {"您已撤回", "n"},              [CASE_MERGED] = {"已合并办理", "n"},
    [CASE_TRANSFERRED] = {"已转其他单位办理", "n"},
};

const char *
state_plain(int state)
{
    return state >= 0 && state < CASE_STATE_COUNT ? states[state].words : "";
}

const char *
state_tag(int state)
{
    return state >= 0 && state < CASE_STATE_COUNT ? states[state].tag : "n";
}

struct str
org_short(const struct registry *r, int32_t id)
{
    const struct org *o = registry_org(r, id);
    return !o ? STR("") : o->short_name.n ? o->short_name : o->name;
}

struct str
lead_words(const struct registry *r, struct str expression, const struct place *p, const struct org **org)
{
#define W(z) {"" z, sizeof(z) - 1}
    static const struct {
        const char *expression;
        struct str words;
    } general[] = {{"@firm", W("小区物业")},      {"@community", W("社区居委会")}, {"@town", W("乡镇")},
                   {"@station", W("社区的站点")}, {"@grid", W("网格长")},          {"@coordinator", W("统筹协调单位")},
                   {"@first", W("首先接到的单位")}, {"@sector", W("当月轮值片区长")}};
#undef W
    int32_t id = expression.n && (p || expression.p[0] != '@') ? owner_org(r, expression, p, 0) : 0;
    if (!id && str_is(expression, "@firm") && p)
        id = owner_org(r, STR("@community"), p, 0);
    const struct org *o = registry_org(r, id);
    if (org)
        *org = o;
    if (o)
        return org_short(r, id);
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        if (str_is(expression, general[i].expression))
            return general[i].words;
    return expression;
}

struct str
station_words(const struct scheme *s)
{
    struct str own = scheme_wording(s, "station");
    return own.n ? own : STR("社区工作站");
}

const char *
wording(struct arena *a, const struct scheme *s, const char *code, ...)
{
    struct str text = scheme_wording(s, code);
    struct buf b = {0};
    while (text.n) {
        size_t open = 0;
        while (open < text.n && text.p[open] != '{')
            open++;
        buf_add(&b, text.p, open);
        text = str_slice(text, open, text.n);
        const char *close = text.n ? memchr(text.p, '}', text.n) : NULL;
        if (!close)
            break;
        struct str name = {text.p + 1, (size_t)(close - text.p) - 1};
        va_list ap;
        va_start(ap, code);
        for (const char *n; (n = va_arg(ap, const char *));) {
            const char *value = va_arg(ap, const char *);
            if (str_is(name, n))
                buf_z(&b, value);
        }
        va_end(ap);
        text = str_slice(text, name.n + 2, text.n);
    }
    return buf_keep(a, &b).p;
}

const char *
full_url(struct request *req, const char *path)
{
    return arena_printf(req->arena, "%.*s://%.*s%s%s", (int)req->scheme.n, req->scheme.p, (int)req->host.n, req->host.p,
                        html_base_path(), path);
}

/* ---- 谁来管 ---- */

static struct str
assists_words(const struct registry *r, struct arena *a, const struct item *it, const struct place *p)
{
    struct buf b = {0};
    for (size_t i = 0; i < it->assists.n; i++) {
        if (b.n)
            buf_z(&b, "、");
        buf_str(&b, lead_words(r, it->assists.p[i], p, NULL));
    }
    return buf_keep(a, &b);
}

void
answer_of(const struct visit *v, struct arena *a, int item, const struct place *p, struct answer *out)
{
    const struct scheme *s = v->area->scheme;
    const struct registry *r = v->area->registry;
    const struct item *it = &s->items[item];
    const struct org *lead = NULL;
    *out = (struct answer){.item = it, .is_service = it->list == LIST_SERVICE};
    out->lead = lead_words(r, it->lead, p, &lead);
    out->phone = lead ? lead->phone : STR("");
    out->assists = assists_words(r, a, it, p);
    out->limit = limit_words(a, s, it->limit);
    if (it->category >= 0 && (size_t)it->category < s->n_categories)
        out->icon = s->categories[it->category].icon;
}

void
find_answers(const struct visit *v, struct arena *a, struct str words, const struct place *p, size_t max,
             struct finding *out)
{
    const struct scheme *s = v->area->scheme;
    struct suggestion top[8];
    *out = (struct finding){.words = words, .place = p};
    if (!words.n)
        return;
    out->emergency = suggest_emergency(s, words);
    out->divert = suggest_divert(s, words);
    size_t n = suggest_items(s, words, top, max < 8 ? max : 8);
    out->question = n > 1 && !suggestion_is_clear(top, n) ? suggest_question(s, words, top, n) : STR("");
    struct answer *p_answers = arena_array(a, struct answer, n + 1);
    for (size_t i = 0; i < n; i++)
        answer_of(v, a, top[i].item, p, &p_answers[i]);
    out->answers = (struct answers){p_answers, n};
}
