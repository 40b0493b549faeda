#include "prove_law.h"

static bool
is_event(const struct law_watch *w, const char *type)
{
    const char *t = w->fx->event.type;
    return t[0] == type[0] && strcmp(t, type) == 0;
}

static struct str
said(const struct law_watch *w, const char *field)
{
    return params_get(&w->fx->event.fields, field);
}

/* 行政处罚法 42: people of the acting organisation with a certificate valid on the day, each counted once. */
static int
certified_officers(const struct law_watch *w)
{
    int64_t seen[16];
    int n = 0;
    size_t at = 0;
    struct str name;
    while (n < 16 && params_each(&w->fx->event.fields, "officers", &at, &name)) {
        const struct person *p = registry_username(w->registry, name);
        bool is_valid = false, is_twice = false;
        for (size_t i = 0; p && i < w->registry->n_postings; i++) {
            const struct posting *post = &w->registry->postings[i];
            is_valid |= post->person == p->id && post->org == w->fx->before.lead && post->cert_no.n &&
                        post->cert_until >= w->day && (post->role == ROLE_OFFICER || post->role == ROLE_DEPARTMENT_HEAD);
        }
        for (int i = 0; p && i < n; i++)
            is_twice |= seen[i] == p->id;
        if (is_valid && !is_twice)
            seen[n++] = p->id;
    }
    return n;
}

static bool
has_basis(const struct law_watch *w, const char *law, const char *article)
{
    int item = w->fx->before.item.n ? scheme_item(w->scheme, w->fx->before.item) : -1;
    for (size_t i = 0; item >= 0 && i < w->scheme->n_bases; i++) {
        const struct basis *b = &w->scheme->bases[i];
        if (b->item == item && str_has(b->law, str_of(law)) && str_has(b->article, str_of(article)))
            return true;
    }
    return false;
}

/* Laws that punish only who did not obey an order. */
static bool
order_must_come_first(const struct law_watch *w)
{
    return has_basis(w, "生态环境法典", "1190") || has_basis(w, "噪声污染防治法", "82") || has_basis(w, "消防法", "66");
}

/* Unless another basis of the same item lets the order come at once: noise of building sites. */
static bool
persuasion_must_come_first(const struct law_watch *w)
{
    bool is_direct = has_basis(w, "生态环境法典", "1185") || has_basis(w, "噪声污染防治法", "77");
    return !is_direct && (has_basis(w, "生态环境法典", "1190") || has_basis(w, "噪声污染防治法", "82"));
}

/* The police punish in their own procedure; nothing of it is recorded here (治安管理处罚法 136). */
static bool
is_for_the_police(const struct law_watch *w)
{
    const struct org *o = registry_org(w->registry, w->fx->actor.org);
    bool is_traffic = o && str_has(o->name, STR("交通警察"));
    return o && !is_traffic && (str_has(o->name, STR("公安")) || str_has(o->name, STR("派出所"))) && has_basis(w, "治安管理处罚法", "");
}

static const char *
judge_penalty(const struct law_watch *w)
{
    if (is_for_the_police(w))
        return "公安机关的治安处罚不得录入本系统（治安管理处罚法第一百三十六条）";
    if (!(w->record & LAW_FILED))
        return "没有立案就作出处罚决定（行政处罚法第五十四条）";
    if (!(w->record & LAW_NOTICED))
        return "没有告知就作出处罚决定（行政处罚法第四十四条）";
    if (!(w->record & LAW_HEARD))
        return "没有听取陈述申辩就作出处罚决定（行政处罚法第四十五条）";
    if (w->record & LAW_DECIDED)
        return "同一违法行为两次处罚（行政处罚法第二十九条）";
    if (w->record & LAW_HEARING && w->fx->before.noticed_at > w->fx->at - (instant)5 * 24 * 60 * 60 * 1000)
        return "当事人可以要求听证，五日没有届满就作出处罚决定（行政处罚法第六十四条）";
    if (order_must_come_first(w) && !(w->record & LAW_ORDERED) && str_is(said(w, "kind"), "fine"))
        return "法律规定责令改正而拒不改正才罚款，这里没有责令的记录";
    return NULL;
}

/* 51: a warning, or up to 200 yuan for a citizen and 3000 for an organisation; never for a child (30). */
static const char *
judge_on_spot(const struct law_watch *w)
{
    enum { CITIZEN_MOST = 200, ORGANISATION_MOST = 3000 };
    int64_t amount = params_int(&w->fx->event.fields, "amount", 0);
    bool is_organisation = str_is(said(w, "party"), "organisation");
    if (is_for_the_police(w))
        return "公安机关的治安处罚不得录入本系统（治安管理处罚法第一百三十六条）";
    if (w->record & LAW_DECIDED)
        return "同一违法行为两次处罚（行政处罚法第二十九条）";
    if (str_is(said(w, "party"), "child"))
        return "对不满十四周岁的人处罚（行政处罚法第三十条）";
    if (str_is(said(w, "kind"), "fine") && amount > (is_organisation ? ORGANISATION_MOST : CITIZEN_MOST))
        return "当场罚款超过限额（行政处罚法第五十一条）";
    if (order_must_come_first(w) && !(w->record & LAW_ORDERED) && str_is(said(w, "kind"), "fine"))
        return "法律规定责令改正而拒不改正才罚款，这里没有责令的记录";
    return NULL;
}

static const char *
judge_order(const struct law_watch *w)
{
    int32_t until = 0;
    if (!date_parse(said(w, "until"), &until) || until < w->day)
        return "责令改正没有写明尚未过去的期限（行政处罚法第二十八条）";
    if (persuasion_must_come_first(w) && !(w->record & LAW_PERSUADED))
        return "法律规定先说服教育再责令改正，这里没有劝导的记录";
    return NULL;
}

static const char *
judge_enforcement(const struct law_watch *w)
{
    bool is_step = is_event(w, "ordered") || is_event(w, "filed") || is_event(w, "investigated") || is_event(w, "penalised") ||
                   is_event(w, "penalised_on_spot") || is_event(w, "party_notified") || is_event(w, "defence_heard") ||
                   is_event(w, "hearing_planned") || is_event(w, "party_urged") || is_event(w, "enforced");
    if (!is_step)
        return NULL;
    if (w->fx->before.list != LIST_ENFORCEMENT)
        return "对服务清单事项采取了执法措施（行政处罚法第四条）";
    if (!w->fx->before.lead || w->fx->actor.org != w->fx->before.lead)
        return "不是牵头单位的人采取了执法措施";
    if (w->fx->actor.role != ROLE_OFFICER && w->fx->actor.role != ROLE_DEPARTMENT_HEAD)
        return "不是执法人员采取了执法措施（行政处罚法第四十二条）";
    bool needs_two = is_event(w, "ordered") || is_event(w, "filed") || is_event(w, "investigated") || is_event(w, "penalised") ||
                     is_event(w, "penalised_on_spot") || is_event(w, "enforced");
    if (needs_two && certified_officers(w) < 2)
        return "执法时持有效执法证的人员少于两人（行政处罚法第四十二条）";
    if (is_event(w, "party_notified") && !(w->record & LAW_FILED))
        return "没有立案就告知处罚（行政处罚法第五十四条）";
    if (is_event(w, "defence_heard") && !(w->record & LAW_NOTICED))
        return "没有告知就听取陈述申辩（行政处罚法第四十四条）";
    if (is_event(w, "penalised") && !str_is(said(w, "kind"), "exempt"))
        return judge_penalty(w);
    if (is_event(w, "filed") && str_is(said(w, "party"), "child"))
        return "对不满十四周岁的人立案处罚（行政处罚法第三十条）";
    if (is_event(w, "penalised_on_spot"))
        return judge_on_spot(w);
    return is_event(w, "ordered") ? judge_order(w) : NULL;
}

static const char *
judge_end(const struct law_watch *w)
{
    bool is_closing = case_state_open((int)w->fx->before.state) && !w->fx->is_new_case &&
                      (w->fx->after.state == CASE_CLOSED || w->fx->after.state == CASE_ARCHIVED);
    if (is_closing && (!w->fx->has_reply || !w->fx->reply.n))
        return "没有答复反映人就办结";
    if (is_closing && w->fx->after.outcome == OUTCOME_NONE)
        return "没有写明结果就办结";
    if (w->fx->after.state == CASE_TRANSFERRED && w->fx->before.state != CASE_TRANSFERRED && !w->fx->after.receipt_no.n)
        return "没有对方的接收编号就算移送完毕";
    if (is_event(w, "revisited") && w->fx->actor.person && w->fx->actor.person == w->closer)
        return "由办理人自己回访";
    if (is_event(w, "rechecked") && str_is(said(w, "result"), "not_corrected") && w->day < w->fx->before.order_day)
        return "改正期限还没有到就认定逾期未改";
    if (w->fx->after.state == CASE_WITHDRAWN && (w->record & LAW_FILED) && w->fx->before.state != CASE_WITHDRAWN)
        return "已经立案的案件被反映人撤回";
    return NULL;
}

static void
remember(struct law_watch *w)
{
    static const struct {
        const char *event;
        uint8_t bit;
    } bits[] = {{"persuaded", LAW_PERSUADED},  {"raised", LAW_PERSUADED},  {"ordered", LAW_ORDERED},
                {"filed", LAW_FILED},          {"party_notified", LAW_NOTICED}, {"defence_heard", LAW_HEARD}};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (is_event(w, bits[i].event))
            w->record |= bits[i].bit;
    if (is_event(w, "penalised") || is_event(w, "penalised_on_spot"))
        w->record |= LAW_DECIDED;
    if (is_event(w, "party_notified") && str_is(said(w, "hearing"), "1"))
        w->record |= LAW_HEARING;
    if (is_event(w, "defence_heard") && (str_is(said(w, "result"), "hearing") || str_is(said(w, "result"), "no_hearing")))
        w->record &= (uint8_t)~LAW_HEARING;
    if (w->fx->before.state == CASE_ROUTING && w->fx->after.outcome == OUTCOME_SOLVED) /* settled by persuading */
        w->record |= LAW_PERSUADED;
    if (!case_state_open((int)w->fx->after.state)) /* the round is over; a second one has its own procedure */
        w->record &= LAW_ORDERED | LAW_PERSUADED;
}

const char *
law_judge(struct law_watch *w)
{
    const char *wrong = judge_enforcement(w);
    if (!wrong)
        wrong = judge_end(w);
    remember(w);
    return wrong;
}
