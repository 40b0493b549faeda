/* The papers of the procedure, one row each: which step they belong to, and what they say of it. A paper is offered when its
 * step is on record; the filing sheet, and the sheet that hands a matter to the police, when the step comes next. */
#include "staff_paper.h"

#include "staff_paper.html.h"

struct sheet {
    struct request *req;
    struct arena *a;
    const struct opened *o;
    const struct case_file *c;
    const struct event_row *events, *e; /* e: the step's event, NULL before it */
    size_t n_events;
    struct paper_part *parts;
    struct paper_blank *blanks;
    struct paper_view *view;
};

struct paper {
    const char *code, *label; /* label: the title unless the step says otherwise */
    const char *event;
    bool (*is_due)(const struct opened *o); /* offered before the step; NULL = never */
    bool is_for_party, is_open; /* open: for whoever sees the case; others for the lead's people */
    void (*write)(struct sheet *s);
};

static void
part(struct sheet *s, const char *head, struct str text)
{
    if (s->view->parts.n == PAPER_PARTS_MAX || !text.n)
        return;
    s->parts[s->view->parts.n++] = (struct paper_part){head, text};
}

static void
blank(struct sheet *s, const char *label)
{
    if (s->view->blanks.n < PAPER_BLANKS_MAX)
        s->blanks[s->view->blanks.n++] = (struct paper_blank){label};
}

static struct str
entered(const struct sheet *s, const char *field)
{
    return s->e ? params_get(&s->e->fields, field) : STR("");
}

static struct str
or_line(struct str text)
{
    return text.n ? text : STR("＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿");
}

static struct str
day_entered(const struct sheet *s, const char *field)
{
    int32_t day;
    return date_parse(entered(s, field), &day) ? str_of(paper_day(s->a, day)) : STR("＿＿＿＿年＿＿月＿＿日");
}

static const struct event_row *
last_event(const struct event_row *e, size_t n, const char *type)
{
    while (n > 0)
        if (str_is(e[--n].type, type))
            return &e[n];
    return NULL;
}

/* ---- sentences that several papers share ---- */

/* What somebody typed, with the full stop that a paper needs. */
static struct str
sentence(const struct sheet *s, struct str text)
{
    static const char *const ends[] = {"。", "！", "？", "；"};
    struct str t = str_trim(text);
    struct str last = str_slice(t, t.n >= 3 ? t.n - 3 : 0, t.n);
    bool is_ended = !t.n;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_ended |= str_is(last, ends[i]);
    return is_ended ? t : str_of(arena_printf(s->a, "%.*s。", (int)t.n, t.p));
}

/* 「《行政处罚决定书》（会城罚〔2026〕20号）」 of the decision on record; none when there was only an order. */
static struct str
decision_named(const struct sheet *s)
{
    const struct event_row *e = last_event(s->events, s->n_events, "penalised"), *spot = last_event(s->events, s->n_events, "penalised_on_spot");
    e = e ? e : spot;
    if (!e)
        return STR("");
    struct str no = params_get(&e->fields, "decision_no");
    const char *title = e == spot ? "当场行政处罚决定书" : str_is(params_get(&e->fields, "kind"), "exempt") ? "不予行政处罚决定书" : "行政处罚决定书";
    return str_of(arena_printf(s->a, "《%s》（%.*s）", title, (int)no.n, no.p));
}

/* Everything that the party said, in the order in which it was heard. */
static struct str
defence_words(const struct sheet *s)
{
    struct buf b = {0};
    for (size_t i = 0; i < s->n_events; i++) {
        if (!str_is(s->events[i].type, "defence_heard"))
            continue;
        struct str words = sentence(s, params_get(&s->events[i].fields, "words")), result = params_get(&s->events[i].fields, "result");
        buf_printf(&b, "%s%.*s", str_is(result, "waived")       ? "当事人放弃陈述、申辩。"
                                 : str_is(result, "hearing")    ? "已举行听证："
                                 : str_is(result, "no_hearing") ? "当事人书面放弃听证："
                                                                : "", (int)words.n, words.p);
    }
    return buf_keep(s->a, &b);
}

static struct str
fact_words(const struct sheet *s)
{
    const struct visit *v = visit_of(s->req);
    const struct event_row *filed = last_event(s->events, s->n_events, "filed");
    struct str place = place_title(v, s->c->place), spot = s->o->lc.spot, item = item_name(v, s->c);
    struct str told = filed ? sentence(s, params_get(&filed->fields, "words")) : STR("");
    return str_of(arena_printf(s->a, "经查，当事人在%.*s%s%.*s%s存在“%.*s”的行为。%.*s", (int)place.n, place.p, spot.n ? "（" : "", (int)spot.n,
                               spot.p, spot.n ? "）" : "", (int)item.n, item.p, (int)told.n, told.p));
}

static void
cite(struct sheet *s, struct buf *b, const struct basis *basis)
{
    struct str article = article_words(s->a, basis->article);
    buf_printf(b, "%s%.*s%s《%.*s》%.*s：%.*s", b->n ? "；" : "", (int)basis->act.n, basis->act.p, basis->act.n ? "的，依照" : "", (int)basis->law.n, basis->law.p, (int)article.n, article.p,
               (int)basis->gist.n, basis->gist.p);
}

/* The basis that was chosen (行政处罚法 37), else what was in force on the day of the act. */
static struct str
law_words(struct sheet *s)
{
    enum { CITED = 4 };
    const struct scheme *scheme = s->o->s.scheme;
    int item = scheme_item(scheme, s->c->item);
    struct buf b = {0};
    const struct event_row *decided = last_event(s->events, s->n_events, "penalised");
    struct str code = decided ? params_get(&decided->fields, "basis") : STR("");
    const struct basis *chosen = item >= 0 ? item_basis(scheme, item, code) : NULL, *found[CITED];
    if (chosen)
        cite(s, &b, chosen);
    size_t n = item >= 0 && !chosen ? item_bases(scheme, item, s->c->act_day ? (int32_t)s->c->act_day : day_of(s->c->opened_at), found, CITED) : 0;
    for (size_t i = 0; i < n; i++)
        cite(s, &b, found[i]);
    if (b.n)
        buf_z(&b, "。");
    return buf_keep(s->a, &b);
}

static struct str
remedy_words(const struct sheet *s)
{
    struct str county = visit_of(s->req)->area->scheme->county;
    return str_of(arena_printf(s->a, "如不服本决定，可以自收到之日起六十日内依法申请行政复议（一般向%.*s人民政府提出），或者六个月内依法向人民法院起诉。"
                                     "复议、诉讼期间不停止执行，法律另有规定的除外。", (int)county.n, county.p));
}

/* ---- the papers ---- */

static void
write_record(struct sheet *s)
{
    struct str reaction = entered(s, "reaction");
    part(s, "一、时间、地点和事项", str_of(arena_printf(s->a, "%s。%.*s", paper_moment(s->a, s->e->at), (int)fact_words(s).n, fact_words(s).p)));
    part(s, "二、劝导、教育的内容", sentence(s, entered(s, "words")));
    part(s, "三、对方反应", str_is(reaction, "fixed") ? STR("当场改正。") : str_is(reaction, "refused") ? STR("不改。") : STR("答应改正。"));
    blank(s, "劝导人");
    blank(s, "当事人（可不签）");
}

static const char *
party_words(int64_t party)
{
    static const char *const names[] = {"成年人", "单位、个体工商户", "十四周岁以上不满十八周岁的人", "不满十四周岁的人"};
    return party >= 0 && party < 4 ? names[party] : names[0];
}

static void
write_filing(struct sheet *s)
{
    const char *act = s->c->act_day ? paper_day(s->a, (int32_t)s->c->act_day) : paper_day(s->a, day_of(s->c->opened_at));
    part(s, "一、案由和来源", fact_words(s));
    part(s, "二、行为日期和当事人类别",
         str_of(arena_printf(s->a, "行为发生（终了）日期：%s；当事人：%s。", act, s->e ? party_words(s->c->party) : "＿＿＿＿")));
    part(s, "三、依据", law_words(s));
    if (!s->e)
        part(s, "四、违法事实和立案理由", or_line(STR("")));
    part(s, NULL, STR("依照《中华人民共和国行政处罚法》第五十四条，符合立案标准的应当及时立案；自立案之日起九十日内作出决定（第六十条）。"));
    blank(s, "承办人意见");
    blank(s, "承办机构意见");
    blank(s, "负责人审批");
}

static void
write_notice(struct sheet *s)
{
    part(s, "一、查明的事实", fact_words(s));
    part(s, "二、拟作的决定和理由", sentence(s, entered(s, "words")));
    part(s, "三、依据", law_words(s));
    part(s, "四、权利告知", STR("依照《中华人民共和国行政处罚法》第四十四条、第四十五条，你（单位）有权陈述和申辩，本机关不因陈述、申辩给予更重的处罚。"));
    if (str_is(entered(s, "hearing"), "1"))
        part(s, NULL, STR("依照第六十三条、第六十四条，你（单位）有权要求听证，应当在收到本告知书后五日（工作日）内提出；不承担听证费用。"));
    blank(s, "当事人签收");
    blank(s, "陈述、申辩意见（可另附）");
}

static void
write_hearing(struct sheet *s)
{
    struct str chair = entered(s, "chair"), day = day_entered(s, "day");
    part(s, NULL, str_of(arena_printf(s->a, "你（单位）要求听证，本机关定于%.*s公开举行（涉及国家秘密、商业秘密、个人隐私的除外），主持人：%.*s。", (int)day.n,
                                      day.p, (int)chair.n, chair.p)));
    part(s, "时间、地点和注意事项", sentence(s, entered(s, "words")));
    part(s, NULL, STR("可以亲自参加，也可以委托一至二人代理；认为主持人与本案有直接利害关系的，有权申请回避。无正当理由不出席的，视为放弃听证。"));
    blank(s, "当事人签收");
}

static const char *
kind_words(struct str kind)
{
    static const struct {
        const char *code, *words;
    } kinds[] = {{"warning", "警告"}, {"fine", "罚款"}, {"confiscate", "没收"}, {"stop", "责令停用、停业"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(kind, kinds[i].code))
            return kinds[i].words;
    return "不予处罚";
}

static void
write_exemption(struct sheet *s)
{
    struct str ground = entered(s, "ground"), words = sentence(s, entered(s, "words"));
    const char *why = str_is(ground, "first") ? "初次违法且危害后果轻微并及时改正" : str_is(ground, "no_fault") ? "有证据足以证明没有主观过错"
                                                                                                            : "违法行为轻微并及时改正，没有造成危害后果";
    part(s, "三、决定", str_of(arena_printf(s->a, "%s，依照《中华人民共和国行政处罚法》第三十三条，决定不予行政处罚，并已对当事人进行教育。%.*s", why,
                                          (int)words.n, words.p)));
}

static void
write_decision(struct sheet *s)
{
    struct str kind = entered(s, "kind"), words = sentence(s, entered(s, "words"));
    bool is_exempt = str_is(kind, "exempt");
    struct str said = defence_words(s);
    part(s, "一、事实和证据", fact_words(s));
    part(s, NULL, str_of(arena_printf(s->a, "告知后，当事人的陈述、申辩：%.*s", (int)or_line(said).n, or_line(said).p)));
    part(s, "二、依据", law_words(s));
    if (is_exempt)
        write_exemption(s);
    else
        part(s, "三、决定",
             str_of(arena_printf(s->a, "%s。%.*s%s%s", kind_words(kind), (int)words.n, words.p,
                                 s->c->tiers & 1 << TIER_ORDER ? "" : "同时责令立即改正违法行为（第二十八条）。",
                                 s->c->party == PARTY_MINOR ? "当事人未满十八周岁，已依照第三十条从轻或者减轻。" : "")));
    if (str_is(kind, "fine"))
        part(s, "四、履行", STR("自收到本决定书之日起十五日内到指定的银行或者通过电子支付系统缴纳罚款；到期不缴纳的，每日按罚款数额的百分之三加处罚款，加处的数额不超出罚款的数额（第七十二条）。确有困难的，可以申请延期或者分期（第六十六条）。"));
    else if (!is_exempt && !str_is(kind, "warning"))
        part(s, "四、履行", STR("自收到本决定书之日起＿＿日内履行。"));
    part(s, "权利告知", remedy_words(s));
    blank(s, "当事人签收");
}

static void
write_on_spot(struct sheet *s)
{
    struct str amount = entered(s, "amount"), words = sentence(s, entered(s, "words"));
    bool is_fine = str_is(entered(s, "kind"), "fine");
    part(s, "一、事实和依据", str_of(arena_printf(s->a, "%.*s%.*s", (int)fact_words(s).n, fact_words(s).p, (int)law_words(s).n, law_words(s).p)));
    part(s, "二、决定", str_of(arena_printf(s->a, "依照《中华人民共和国行政处罚法》第五十一条、第五十二条，当场决定：%s%.*s%s。%.*s", is_fine ? "罚款" : "警告",
                                          (int)(is_fine ? amount.n : 0), amount.p, is_fine ? "元" : "", (int)words.n, words.p)));
    if (is_fine)
        part(s, "三、履行", str_is(entered(s, "collected"), "1") ? STR("已当场收缴，出具财政部门统一制发的专用票据（第六十八条、第七十条）。")
                                                                : STR("自收到本决定书之日起十五日内到指定的银行或者通过电子支付系统缴纳（第六十七条）。"));
    part(s, "权利告知", STR("已出示执法证件，告知事实、理由、依据和陈述、申辩的权利。"));
    part(s, NULL, remedy_words(s));
    blank(s, "当事人签收（拒绝签收的注明）");
}

static void
write_service(struct sheet *s)
{
    struct str paper = decision_named(s);
    part(s, "送达的文书", str_of(arena_printf(s->a, "%.*s，共＿＿页。", (int)paper.n, paper.p)));
    part(s, "送达方式、时间和签收情况", or_line(sentence(s, entered(s, "words"))));
    part(s, NULL, STR("决定书应当在宣告后当场交付；当事人不在场的，在七日内送达（《中华人民共和国行政处罚法》第六十一条）。以传真、电子邮件等方式送达的，须有当事人签订的确认书。"));
    blank(s, "送达人");
    blank(s, "受送达人签收");
    blank(s, "见证人（拒收、留置时）");
}

static void
write_demand(struct sheet *s)
{
    struct str day = day_entered(s, "until"), paper = decision_named(s);
    paper = paper.n ? paper : STR("《责令改正通知书》");
    part(s, NULL, str_of(arena_printf(s->a, "本机关的%.*s已经送达，你（单位）在规定的期限内没有履行。依照《中华人民共和国行政强制法》第三十五条、第五十四条，现催告你（单位）于%.*s前履行。",
                                      (int)paper.n, paper.p, (int)day.n, day.p)));
    part(s, "一、要履行的义务", sentence(s, entered(s, "words")));
    part(s, "二、履行的方式", STR("涉及金钱给付的，金额＿＿＿＿元，按决定书载明的银行账户或者电子支付方式缴纳；其他义务自行履行后告知本机关复核。"));
    part(s, "三、权利告知", STR("收到本催告书后有权陈述和申辩，本机关充分听取、记录、复核（第三十六条）。对原决定不服的，仍可以在决定书载明的期限内申请行政复议或者提起行政诉讼。逾期没有正当理由不履行的，依法强制执行或者申请人民法院强制执行。"));
    blank(s, "当事人签收");
}

static void
write_enforcement(struct sheet *s)
{
    struct str how = entered(s, "how"), words = sentence(s, entered(s, "words"));
    instant at = 0;
    bool is_court = str_is(how, "court");
    if (!is_court)
        moment_parse(entered(s, "at"), &at);
    part(s, "一、事由", fact_words(s));
    part(s, "二、决定", str_of(arena_printf(s->a, "经催告，当事人逾期没有正当理由不履行，依照《中华人民共和国行政强制法》%s：%.*s",
                                          is_court ? "第五十三条，申请人民法院强制执行" : "第三十七条，决定强制执行", (int)words.n, words.p)));
    if (at)
        part(s, "三、实施时间", str_of(arena_printf(s->a, "%s。不在夜间和法定节假日实施，不停水、停电、停热、停气（第四十三条）。", paper_moment(s->a, at))));
    if (!is_court)
        part(s, "权利告知", remedy_words(s));
    blank(s, is_court ? "负责人签字（附决定书、催告书、送达回证）" : "当事人签收");
}

static void
write_handover(struct sheet *s)
{
    part(s, "一、移送的事项", fact_words(s));
    part(s, "二、移送理由", or_line(sentence(s, entered(s, "note"))));
    int n_persuaded = 0;
    for (size_t i = 0; i < s->n_events; i++)
        n_persuaded += str_is(s->events[i].type, "persuaded");
    part(s, "三、材料", str_of(arena_printf(s->a, "照片 %d 张，劝导记录 %d 份，录音录像＿＿份，其他：＿＿＿＿。", (int)s->c->photos, n_persuaded)));
    part(s, NULL, STR("本系统只登记移送和是否办结，不录入、不公开公安机关对人的处理（《中华人民共和国治安管理处罚法》第一百三十六条）。"));
    blank(s, "移送人");
    blank(s, "接收人、接收编号");
}

/* ---- which papers ---- */

static const struct item *
item_of(const struct opened *o)
{
    int i = scheme_item(o->s.scheme, o->lc.c.item);
    return i >= 0 ? &o->s.scheme->items[i] : NULL;
}

static bool
is_for_police(const struct opened *o)
{
    const struct item *it = item_of(o);
    return it && item_for_police(o->s.scheme, it);
}

static bool
may_be_filed(const struct opened *o)
{
    const struct item *it = item_of(o);
    return o->lc.c.state == CASE_HANDLING && o->lc.c.list == LIST_ENFORCEMENT && it && item_ladder_row(o->s.scheme, it, TIER_PENALISE) &&
           (o->lc.c.tiers & 1 << TIER_ORDER) && !is_for_police(o);
}

static bool
may_be_handed_over(const struct opened *o)
{
    return is_for_police(o) && o->lc.c.state == CASE_HANDLING;
}

static const struct paper papers[] = {
    {"persuasion", "劝导记录", "persuaded", NULL, false, true, write_record},
    {"filing", "立案审批表", "filed", may_be_filed, false, false, write_filing},
    {"notice", "行政处罚事先告知书", "party_notified", NULL, true, false, write_notice},
    {"hearing", "行政处罚听证通知书", "hearing_planned", NULL, true, false, write_hearing},
    {"decision", "行政处罚决定书", "penalised", NULL, true, false, write_decision},
    {"on-spot", "当场行政处罚决定书", "penalised_on_spot", NULL, true, false, write_on_spot},
    {"service", "送达回证", "delivered", NULL, true, false, write_service},
    {"demand", "履行义务催告书", "party_urged", NULL, true, false, write_demand},
    {"enforcement", "强制执行决定书", "enforced", NULL, true, false, write_enforcement},
    {"handover", "移送公安登记表", "transfer_started", may_be_handed_over, false, false, write_handover},
};
enum { PAPERS = sizeof papers / sizeof *papers };

static bool
is_of_lead(const struct request *req, const struct opened *o)
{
    const struct visit *v = visit_of(req);
    for (size_t i = 0; i < o->s.actor.n_postings; i++)
        if (o->lc.c.lead && o->s.actor.postings[i]->org == o->lc.c.lead)
            return true;
    return caller_has(&v->who, ROLES_SEE_ALL);
}

static bool
is_offered(const struct request *req, const struct opened *o, const struct paper *p, const struct event_row *e, size_t n)
{
    bool has_event = last_event(e, n, p->event) != NULL;
    if (strcmp(p->code, "service") == 0) /* the form goes along before the delivery is entered */
        has_event |= last_event(e, n, "penalised") != NULL;
    if (strcmp(p->code, "handover") == 0)
        has_event = has_event && is_for_police(o);
    return (has_event || (p->is_due && p->is_due(o))) && (p->is_open || is_of_lead(req, o));
}

/* The scheme's own name of the record and of the decision; what the step decided may change it. */
static struct str
title_of(const struct opened *o, const struct paper *p, const struct event_row *e)
{
    const struct item *it = item_of(o);
    bool is_record = strcmp(p->code, "persuasion") == 0;
    const struct ladder_row *row = it && is_record ? item_ladder_row(o->s.scheme, it, TIER_PERSUADE) : NULL;
    if (row && row->paper.n)
        return row->paper;
    if (e && str_is(e->type, "penalised") && str_is(params_get(&e->fields, "kind"), "exempt"))
        return STR("不予行政处罚决定书");
    if (e && str_is(e->type, "enforced") && str_is(params_get(&e->fields, "how"), "court"))
        return STR("强制执行申请书");
    if (e && str_is(e->type, "party_notified") && str_is(params_get(&e->fields, "hearing"), "1"))
        return STR("行政处罚事先告知书（听证告知）");
    return str_of(p->label);
}

struct paper_links
papers_of(const struct request *req, const struct opened *o, const struct event_row *e, size_t n)
{
    struct paper_link *out = arena_array(req->arena, struct paper_link, PAPERS);
    size_t found = 0;
    for (size_t i = 0; i < PAPERS; i++)
        if (is_offered(req, o, &papers[i], e, n))
            out[found++] = (struct paper_link){papers[i].code, title_of(o, &papers[i], last_event(e, n, papers[i].event))};
    return (struct paper_links){out, found};
}

static const char *
number_of(const struct sheet *s)
{
    struct str no = entered(s, "decision_no");
    if (!no.n)
        no = entered(s, "filing_no");
    return no.n ? str_z(s->a, no) : "＿＿＿＿〔　　　〕＿＿号";
}

static void
show_paper(struct request *req, struct response *res, struct opened *o, const struct paper *p, const struct event_row *e, size_t n)
{
    const struct visit *v = visit_of(req);
    const struct event_row *step = last_event(e, n, p->event), *filed = last_event(e, n, "filed");
    int32_t lead = (int32_t)o->lc.c.lead;
    const struct org *org = registry_org(v->area->registry, lead);
    struct paper_view view = {.case_no = o->no,
                              .date = step ? paper_day(req->arena, day_of(step->at)) : "＿＿＿＿年＿＿月＿＿日",
                              .printed = printed_by(req),
                              .title = str_of(str_z(req->arena, title_of(o, p, step))),
                              .org = org ? org->name : STR(""),
                              .is_for_party = p->is_for_party};
    struct sheet s = {.req = req, .a = req->arena, .o = o, .c = &o->lc.c, .events = e, .e = step, .n_events = n,
                      .parts = arena_array(req->arena, struct paper_part, PAPER_PARTS_MAX),
                      .blanks = arena_array(req->arena, struct paper_blank, PAPER_BLANKS_MAX), .view = &view};
    view.parts.p = s.parts;
    view.blanks.p = s.blanks;
    view.number = number_of(&s);
    if (step)
        view.officers = officers_of(req, &step->fields, lead);
    if (!view.officers.n && filed && !p->is_open)
        view.officers = officers_of(req, &filed->fields, lead);
    p->write(&s);
    page_paper(&res->body, &view);
}

void
desk_paper(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct opened o;
    struct err err = {0};
    size_t n = 0;
    if (!opened_case(req, res, &o))
        return;
    const struct event_row *e = events_load(v->db, req->arena, &o.lc, &n, &err);
    const struct paper *p = NULL;
    for (size_t i = 0; !err.kind && i < PAPERS; i++)
        if (str_is(req->vars[1], papers[i].code) && is_offered(req, &o, &papers[i], e, n))
            p = &papers[i];
    if (!err.kind && !p)
        err_set(&err, ERR_NOT_FOUND, "这件事项现在没有这份文书，或者只有承办单位可以打印。");
    if (err.kind || !case_load_words(v->db, req->arena, &o.lc, &err))
        page_fail(req, res, &err);
    else
        show_paper(req, res, &o, p, e, n);
}
