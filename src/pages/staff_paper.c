/* Papers of a case. Everything that binds is left to the signature and the seal: the order says that it is a draft. */
#include "staff_paper.h"

#include "staff_paper.html.h"

const char *
paper_day(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return arena_printf(a, "%d年%d月%d日", c.year, c.month, c.day);
}

const char *
paper_moment(struct arena *a, instant at)
{
    struct civil c = civil_of(at);
    return arena_printf(a, "%d年%d月%d日 %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

const char *
printed_by(struct request *req)
{
    const struct visit *v = visit_of(req);
    return arena_printf(req->arena, "%.*s %s 打印", (int)v->person->name.n, v->person->name.p,
                        paper_moment(req->arena, v->now));
}

/* ---- 责令限期改正通知书 ---- */

static struct str
org_full_name(const struct registry *r, int32_t id)
{
    const struct org *o = registry_org(r, id);
    return o ? o->name : STR("");
}

/* 1…999 as a law writes it: 四十二, 一百零三. */
static void
han_number(struct buf *b, int n)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (n >= 100) {
        buf_z(b, digits[n / 100]);
        buf_z(b, "百");
        if (n % 100 && n % 100 < 10)
            buf_z(b, "零");
    }
    int tens = n % 100 / 10;
    if (tens) {
        if (tens > 1 || n >= 100)
            buf_z(b, digits[tens]);
        buf_z(b, "十");
    }
    if (n % 10 || n == 0)
        buf_z(b, digits[n % 10]);
}

/* 「60（五）」 → 「第六十条（五）」, 「28、42」 → 「第二十八条、第四十二条」. */
struct str
article_words(struct arena *a, struct str article)
{
    struct buf b = {0};
    for (size_t i = 0; i < article.n;) {
        if (article.p[i] < '0' || article.p[i] > '9') {
            buf_char(&b, article.p[i++]);
            continue;
        }
        int n = 0;
        while (i < article.n && article.p[i] >= '0' && article.p[i] <= '9')
            n = n * 10 + article.p[i++] - '0';
        buf_z(&b, "第");
        han_number(&b, n % 1000);
        buf_z(&b, "条");
    }
    return buf_keep(a, &b);
}

struct officer_lines
officers_of(struct request *req, const struct params *fields, int32_t org)
{
    const struct registry *r = visit_of(req)->area->registry;
    struct officer_line *out = arena_array(req->arena, struct officer_line, 8);
    size_t n = 0;
    struct str name;
    for (size_t at = 0; n < 8 && params_each(fields, "officers", &at, &name);) {
        const struct person *p = registry_username(r, name);
        if (!p)
            continue;
        out[n] = (struct officer_line){.name = p->name};
        for (size_t i = 0; i < r->n_postings; i++)
            if (r->postings[i].person == p->id && r->postings[i].cert_no.n && (!org || r->postings[i].org == org))
                out[n].cert_no = r->postings[i].cert_no;
        n++;
    }
    return (struct officer_lines){out, n};
}

static void
fill_order_law(struct request *req, const struct opened *o, struct order_view *view)
{
    enum { CITED = 4 };
    const struct scheme *s = o->s.scheme;
    int item = scheme_item(s, o->lc.c.item);
    view->order_law = STR("《中华人民共和国行政处罚法》第二十八条第一款");
    if (item < 0)
        return;
    const struct basis *found[CITED];
    size_t n = item_bases(s, item, day_of(o->lc.c.opened_at), found, CITED);
    struct law_line *out = arena_array(req->arena, struct law_line, CITED);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct law_line){.law = found[i]->law,
                                   .article = article_words(req->arena, found[i]->article),
                                   .gist = !found[i]->act.n ? found[i]->gist
                                                            : str_of(arena_printf(req->arena, "（%.*s）%.*s", (int)found[i]->act.n, found[i]->act.p,
                                                                                  (int)found[i]->gist.n, found[i]->gist.p))};
    view->laws = (struct law_lines){out, n};
}

static const struct event_row *
last_order(const struct event_row *events, size_t n, int *number)
{
    const struct event_row *found = NULL;
    *number = 0;
    for (size_t i = 0; i < n; i++)
        if (str_is(events[i].type, "ordered")) {
            found = &events[i];
            (*number)++;
        }
    return found;
}

void
desk_order_paper(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct opened o;
    struct err err = {0};
    if (!opened_case(req, res, &o))
        return;
    size_t n = 0;
    int number;
    const struct event_row *events = events_load(v->db, req->arena, &o.lc, &n, &err);
    const struct event_row *e = err.kind ? NULL : last_order(events, n, &number);
    if (!err.kind && !e)
        err_set(&err, ERR_NOT_FOUND, "这件事项还没有责令改正，没有可以打印的通知书。");
    if (err.kind || !case_load_words(v->db, req->arena, &o.lc, &err)) {
        page_fail(req, res, &err);
        return;
    }
    int32_t until;
    struct order_view view = {
        .case_no = o.no,
        .number = arena_printf(req->arena, "%s-%d", o.no, number),
        .date = paper_day(req->arena, day_of(e->at)),
        .until = date_parse(params_get(&e->fields, "until"), &until) ? paper_day(req->arena, until) : "＿＿＿＿",
        .printed = printed_by(req),
        .org = org_full_name(v->area->registry, e->org ? e->org : (int32_t)o.lc.c.lead),
        .county = v->area->scheme->county,
        .item = item_name(v, &o.lc.c),
        .place = place_title(v, o.lc.c.place),
        .spot = o.lc.spot,
        .words = params_get(&e->fields, "words"),
        .officers = officers_of(req, &e->fields, (int32_t)o.lc.c.lead)};
    int item = scheme_item(o.s.scheme, o.lc.c.item);
    const struct ladder_row *row = item >= 0 ? item_ladder_row(o.s.scheme, &o.s.scheme->items[item], TIER_ORDER) : NULL;
    view.title = row && row->paper.n ? str_of(str_z(req->arena, row->paper)) : STR("责令限期改正通知书");
    fill_order_law(req, &o, &view);
    page_order(&res->body, &view);
}

/* ---- 受理回执 ---- */

void
desk_receipt_paper(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct opened o;
    struct err err = {0};
    if (!opened_case(req, res, &o))
        return;
    const struct case_file *c = &o.lc.c;
    if (!contact_revealable(&o.s) && c->opened_by != v->who.person) {
        err_set(&err, ERR_FORBIDDEN, "回执上有反映人的查询码，只有受理的岗位和登记人可以打印。");
        page_fail(req, res, &err);
        return;
    }
    char token[48], code[8];
    case_token(v->area, c->id, token);
    case_query_code(v->area, c->id, code);
    struct receipt_view view = {.case_no = o.no,
                                .code = arena_printf(req->arena, "%.3s %s", code, code + 3),
                                .url = full_url(req, "/t"),
                                .qr = arena_printf(req->arena, "/t/%s/qr.svg", token),
                                .opened = paper_moment(req->arena, c->opened_at),
                                .due = c->answer_due ? paper_moment(req->arena, c->answer_due) : NULL,
                                .printed = printed_by(req),
                                .county = v->area->scheme->county,
                                .item = item_name(v, c),
                                .place = place_title(v, c->place),
                                .phone = v->area->scheme->county_phone};
    for (size_t i = 0; i < o.lc.n_duties && !view.next.n; i++)
        if (duty_is_main(o.lc.duties[i].kind))
            view.next = str_of(owner_text(req->arena, v->area->registry, &o.lc.duties[i].owner));
    page_receipt(&res->body, &view);
}
