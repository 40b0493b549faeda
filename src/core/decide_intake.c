/* Opening a case, and what happens to it before a department has it: classify, call, admit, return, supplement. */
#include "decide.h"

static bool
channel_takes(const struct situation *s, const struct report *r, const struct channel **out, struct err *err)
{
    int i = scheme_channel(s->scheme, r->source);
    if (i < 0)
        return err_field(err, "source", "没有这个来源渠道：%.*s", S(r->source));
    const struct channel *ch = &s->scheme->channels[i];
    int role = s->actor.role;
    if (role < 0 || role >= ROLE_COUNT || !(ch->roles & ROLE_BIT(role)))
        return err_set(err, ERR_FORBIDDEN, "您的岗位不能用“%.*s”渠道登记。", S(ch->name));
    for (size_t k = 0; k < ch->needs.n; k++) {
        if (str_is(ch->needs.p[k], "dissuade") && r->dissuaded.n == 0 && !r->is_own_service)
            err_field(err, "dissuaded", "请写明已怎样劝阻：何时、何人、对方反应。");
        if (str_is(ch->needs.p[k], "order_no") && r->hotline_no.n == 0)
            err_field(err, "hotline_no", "请填写热线工单编号。");
    }
    *out = ch;
    return err->kind == ERR_NONE;
}

/* 首接: the side that took it in, when somebody of it may end a matter (NH-09). */
static int32_t
first_receiver(const struct situation *s)
{
    static const uint64_t receiving = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_DEPARTMENT_HEAD) | ROLE_BIT(ROLE_COMMUNITY_OFFICE);
    int role = s->actor.role;
    return s->scheme->first_receiver && role >= 0 && role < ROLE_COUNT && (receiving & ROLE_BIT(role)) ? s->actor.org : 0;
}

static void
open_duties(struct decision *d, const struct channel *ch)
{
    struct owner answers = d->c->lead ? owner_of_org((int32_t)d->c->lead, ROLE_NONE) : coordinator_of(d->s->registry);
    struct duty *answer = duty_open(d, DUTY_ANSWER, answers, limit_named(d->s->scheme, "resident"), d->s->now);
    d->c->answer_due = answer->due;
    if (!d->item || !d->place) {
        enter_classify(d);
        return;
    }
    if (d->item->list == LIST_SERVICE) {
        enter_service(d);
        return;
    }
    enter_hop(d, ch->enters_at);
    if (d->c->hop == HOP_RESPOND && d->c->whistle) {
        d->c->dispatched_at = d->s->now;
        enter_level(d, (int)d->c->whistle - 1);
    }
}

bool
case_open(const struct situation *s, const struct report *r, struct effects *fx, struct err *err)
{
    const struct channel *ch = NULL;
    if (utf8_count(str_trim(r->words)) < 2)
        err_field(err, "words", "请用几句话写清楚发生了什么。");
    if (!r->place && !str_is(r->source, "hotline"))
        err_field(err, "place", "请选择小区。");
    if (!channel_takes(s, r, &ch, err) || err->kind)
        return false;
    struct decision d;
    decision_begin(&d, s, fx, "case_opened");
    struct case_file *c = d.c;
    fx->is_new_case = true;
    *c = (struct case_file){.area = s->c->area, .id = s->c->id};
    fx->before = *c;
    d.place = registry_place(s->registry, r->place);
    c->day = day_of(s->now);
    c->place = d.place ? d.place->id : 0;
    c->chain = d.place ? place_chain(s->registry, d.place) : STR("");
    c->source = ch->source;
    c->hotline_no = r->hotline_no;
    c->hotline_due = r->hotline_due;
    c->scheme = s->scheme->version;
    c->opened_at = s->now;
    c->opened_by = s->actor.person;
    c->opened_role = s->actor.role;
    c->urgent = r->urgent;
    c->danger = suggest_emergency(s->scheme, r->words) != NULL;
    c->keep_secret = r->keep_secret;
    c->photos = r->photos;
    c->prior = r->prior;
    c->visits = 0;
    c->first_org = first_receiver(s);
    set_item(&d, r->item);
    if (d.item && d.item->danger)
        c->danger = 1;
    if (r->dissuaded.n) {
        params_add(fx->arena, &fx->event.fields, STR("dissuaded"), r->dissuaded); /* a search finds what people wrote */
        record_tier(&d, TIER_PERSUADE);
        c->steps |= STEP_PERSUADE;
        c->persuade_failed = 1;
        c->contact_at = s->now;
    }
    if (r->occurred_at)
        fx->event.occurred_at = r->occurred_at;
    fx->words = r->words;
    fx->spot = r->spot;
    fx->has_words = true;
    open_duties(&d, ch);
    fx->event.text = say(&d, "%.*s登记：%.*s，%.*s%s%.*s", S(ch->name), S(d.place ? d.place->name : STR("地点待定")),
                         S(d.item ? d.item->name : STR("事项待归类")), r->dissuaded.n ? "。已劝阻：" : "",
                         S(r->dissuaded));
    fx->event.public_text = say(&d, "已收到：%.*s", S(d.item ? d.item->name : STR("事项由工作人员归类")));
    decision_end(&d);
    return true;
}

static bool
item_arg(struct decision *d, const char *name, int *item, struct err *err)
{
    *item = scheme_item(d->s->scheme, arg(d, name));
    return *item >= 0 || err_field(err, name, "请从清单中选择一项。");
}

static bool
place_arg(struct decision *d, struct err *err)
{
    struct str code = arg(d, "place");
    if (!code.n)
        return d->place || err_field(err, "place", "请选择小区。");
    const struct place *p = registry_place_code(d->s->registry, code);
    if (!p || p->kind < PLACE_COMPOUND || p->kind == PLACE_POINT)
        return err_field(err, "place", "请选择小区。");
    d->place = p;
    d->c->place = p->id;
    d->c->chain = place_chain(d->s->registry, p);
    return true;
}

/* Exactly one item of one list (HC-08); from here the flow follows. */
DECIDE(classify)
{
    int item;
    if (!item_arg(d, "item", &item, err) || !place_arg(d, err))
        return false;
    duties_end(d, DUTY_CLASSIFY, END_DONE);
    set_item(d, item);
    d->fx->event.text = say(d, "归类为%.*s %.*s", S(d->item->code), S(d->item->name));
    d->fx->event.public_text = say(d, "已归类：%.*s", S(d->item->name));
    int channel = scheme_channel(d->s->scheme, d->c->source);
    if (d->item->list == LIST_SERVICE)
        enter_service(d);
    else
        enter_hop(d, channel >= 0 ? d->s->scheme->channels[channel].enters_at : HOP_CALL);
    return true;
}

MAY(call)
{
    return s->c->item.n || err_set(err, ERR_CONFLICT, "还没有归类，请先归类。");
}

/* 呼叫: the grid chief has looked and calls upward (HC-14, HC-16). */
DECIDE(call)
{
    d->c->called_at = d->s->now;
    d->c->contact_at = d->c->contact_at ? d->c->contact_at : d->s->now;
    d->c->photos += d->in->photos;
    if (arg_is(d, "urgent", "1"))
        d->c->urgent = 1;
    duties_end(d, DUTY_CALL, END_DONE);
    pass_hop(d, HOP_CALL, HOP_ACCEPT);
    struct str note = arg(d, "note");
    d->fx->event.text = say(d, "已核实并呼叫%s%.*s", note.n ? "：" : "", S(note));
    d->fx->event.public_text = STR("网格长已核实，正在请社区受理");
    return true;
}

static bool
admit_to_service(struct decision *d, struct err *err)
{
    int item;
    if (!item_arg(d, "item", &item, err))
        return false;
    if (d->s->scheme->items[item].list != LIST_SERVICE)
        return err_field(err, "item", "请选择服务清单里的事项。");
    if (d->c->orders || d->c->filed_at) /* the paper names the item and its law */
        return err_set(err, ERR_CONFLICT, "已经按此事项责令改正或立案，不能转服务清单。");
    if (d->c->reclassified >= 2)
        return err_set(err, ERR_CONFLICT, "已经改过 2 次归类，请按执法事项办理或提请会商。");
    d->c->reclassified++;
    set_item(d, item);
    enter_service(d);
    d->fx->event.text = say(d, "转服务清单：%.*s", S(d->item->name));
    d->fx->event.public_text = say(d, "由%.*s办理：%.*s", S(org_name(d->s->registry, (int32_t)d->c->lead)), S(d->item->name));
    return true;
}

static bool
send_back(struct decision *d, struct err *err)
{
    struct str what = arg(d, "note");
    if (!what.n)
        return err_field(err, "note", "请写明需要补充什么。");
    if (d->c->returns >= 2)
        return err_set(err, ERR_CONFLICT, "已经退回补充过 2 次，请按现有材料决定。");
    d->c->returns++;
    d->c->state = CASE_RETURNED;
    struct owner to = d->place ? owner_of_org(owner_org(d->s->registry, STR("@community"), d->place, 0), ROLE_NONE)
                               : coordinator_of(d->s->registry);
    if (!to.org)
        to = coordinator_of(d->s->registry);
    duty_open(d, DUTY_COMPLETE, to, limit_named(d->s->scheme, "complete5"), d->s->now);
    d->fx->event.text = say(d, "退回补充：%.*s", S(what));
    d->fx->event.public_text = say(d, "请您补充：%.*s", S(what));
    notify_reporter(d, "returned", STR("您反映的事项需要补充材料，请打开查询链接补充。"));
    return true;
}

static bool
start_transfer(struct decision *d, struct str to, struct str why, struct err *err)
{
    if (!to.n)
        return err_field(err, "refer", "请选择移送到哪里。");
    if (d->c->transfers >= 2)
        return err_set(err, ERR_CONFLICT, "已经移送过 2 次，对方都没有接收，请在这里办理并答复。");
    d->c->transfers++;
    const struct reason *r = scheme_reason(d->s->scheme, "refer", to);
    struct str name = r ? r->name : to;
    bool is_by_lead = d->c->state == CASE_HANDLING && d->c->lead && d->fx->actor.org == d->c->lead;
    struct owner owner = is_by_lead ? owner_of_org((int32_t)d->c->lead, ROLE_NONE) : coordinator_of(d->s->registry);
    duty_open(d, DUTY_TRANSFER, owner, limit_named(d->s->scheme, "transfer5"), d->s->now);
    d->c->transferred_to = name;
    d->fx->event.text = say(d, "拟移送%.*s%s%.*s，等待对方接收回执", S(name), why.n ? "：" : "", S(why));
    d->fx->event.public_text = say(d, "此事由%.*s负责，正在移送；对方接收前仍由我们跟进", S(name));
    return true;
}

/* 准入 (HC-17): on the list? in the compound? evidence? persuaded? — admit, to service, return, or refer elsewhere. */
DECIDE(admit)
{
    struct str result = arg(d, "result");
    d->c->photos += d->in->photos;
    duties_end(d, DUTY_ADMIT, END_DONE);
    if (str_is(result, "service"))
        return admit_to_service(d, err);
    if (str_is(result, "return"))
        return send_back(d, err);
    if (str_is(result, "refer"))
        return start_transfer(d, arg(d, "refer"), arg(d, "note"), err);
    d->c->admitted_at = d->s->now;
    pass_hop(d, HOP_ACCEPT, HOP_DISPATCH);
    struct str note = arg(d, "note");
    d->fx->event.text = say(d, "已受理，准入执法流程%s%.*s", note.n ? "：" : "", S(note));
    d->fx->event.public_text = STR("已受理，正在派给负责的部门");
    return true;
}

DECIDE(return)
{
    duties_end_main(d, END_SUPERSEDED);
    return send_back(d, err);
}

/* Where the case goes on after it has waited for somebody outside. */
static void
go_back(struct decision *d, enum hop_kind hop)
{
    if (!d->item || !d->place)
        enter_classify(d);
    else if (d->c->list == LIST_SERVICE)
        enter_service(d);
    else if ((d->c->accepted_at || d->c->filed_at) && d->c->lead) /* what is filed stays with the body that filed it */
        enter_handling(d, d->s->now);
    else
        enter_hop(d, hop);
}

static void
back_to_work(struct decision *d)
{
    duties_end(d, DUTY_COMPLETE, END_DONE);
    go_back(d, HOP_ACCEPT);
}

DECIDE(supplement)
{
    struct str words = arg(d, "words");
    d->c->photos += d->in->photos;
    if (d->c->state == CASE_RETURNED)
        back_to_work(d);
    else if (d->c->lead)
        notify_owner(d, owner_of_org((int32_t)d->c->lead, ROLE_NONE), "supplement", false, STR("反映人补充了材料"));
    d->fx->event.text = say(d, "补充：%.*s", S(words));
    d->fx->event.public_text = STR("您补充了材料");
    return true;
}

DECIDE(go_on)
{
    back_to_work(d);
    d->fx->event.text = say(d, "未等到补充，按现有材料继续：%.*s", S(arg(d, "note")));
    d->fx->event.public_text = STR("按现有材料继续办理");
    return true;
}

MAY(withdraw)
{
    if (s->c->filed_at)
        return err_set(err, ERR_CONFLICT, "已经立案，不能撤回；您可以补充说明。");
    return (!duty_is_open(s, DUTY_DELIVER) && !duty_is_open(s, DUTY_COMPLY)) ||
           err_set(err, ERR_CONFLICT, "已经作出处理决定，正在执行，不能撤回；您可以补充说明。");
}

DECIDE(withdraw)
{
    duties_end_all(d, END_VOID);
    d->c->state = CASE_WITHDRAWN;
    d->c->closed_at = d->s->now;
    d->fx->event.text = say(d, "反映人撤回：%.*s", S(arg(d, "note")));
    d->fx->event.public_text = STR("您已撤回");
    return true;
}

MAY(urge)
{
    if (s->c->urged_day == day_of(s->now))
        return err_set(err, ERR_CONFLICT, "今天已经催办过了，明天可以再催一次。");
    return true;
}

DECIDE(urge)
{
    d->c->urges++;
    d->c->urged_day = day_of(d->s->now);
    for (size_t i = 0; i < d->fx->n_duties; i++)
        if (duty_is_main(d->fx->duties[i].now.kind) && d->fx->duties[i].now.end == END_OPEN)
            notify_owner(d, d->fx->duties[i].now.owner, "urged", false, STR("反映人催办，请尽快办理并答复"));
    d->fx->event.text = say(d, "反映人催办（第 %d 次）", (int)d->c->urges);
    d->fx->event.public_text = STR("您催办了一次，已提醒承办单位");
    return true;
}

DECIDE(follow)
{
    d->c->followers++;
    d->fx->event.text = say(d, "又有居民反映同一件事（共 %d 人关注）", (int)d->c->followers);
    return true;
}

DECIDE(note)
{
    d->c->photos += d->in->photos;
    d->fx->event.text = say(d, "备注：%.*s", S(arg(d, "words")));
    return true;
}

MAY(transfer)
{
    if (s->scheme->first_receiver && s->c->list == LIST_SERVICE) /* NH-14: no outsider, only who is responsible */
        return err_set(err, ERR_CONFLICT, "清单内的服务事项由首接单位负责到底；需要其他部门时请用“请求配合”。");
    if (!decision_is_carried_out(s, err))
        return false;
    return !duty_is_open(s, DUTY_TRANSFER) || err_set(err, ERR_CONFLICT, "已经在移送，正在等对方接收；请先登记移送结果。");
}

DECIDE(transfer)
{
    duties_end_main(d, END_SUPERSEDED);
    return start_transfer(d, arg(d, "refer"), arg(d, "note"), err);
}

/* A transfer ends only with the receiver's acceptance and number (docs/architecture.md 9). */
DECIDE(confirm_transfer)
{
    if (arg_is(d, "result", "refused")) {
        duties_end(d, DUTY_TRANSFER, END_DONE);
        d->c->transferred_to = STR("");
        d->fx->event.text = say(d, "对方未接收，退回继续办理：%.*s", S(arg(d, "note")));
        d->fx->event.public_text = STR("对方未接收，我们继续办理");
        go_back(d, HOP_DISPATCH);
        return true;
    }
    if (!arg(d, "receipt_no").n)
        return err_field(err, "receipt_no", "请填写对方的接收编号或回执。");
    if (!keeps_police_matters_out(d, arg(d, "note"), "note", err) ||
        !keeps_police_matters_out(d, arg(d, "receipt_no"), "receipt_no", err))
        return false;
    duties_end(d, DUTY_TRANSFER, END_DONE);
    duties_end(d, DUTY_ANSWER, END_DONE);
    duties_end_all(d, END_SUPERSEDED);
    d->c->receipt_no = str_dup(d->fx->arena, arg(d, "receipt_no"));
    d->c->state = CASE_TRANSFERRED;
    d->c->closed_at = d->s->now;
    d->fx->event.text = say(d, "已移送%.*s，接收编号 %.*s", S(d->c->transferred_to), S(d->c->receipt_no));
    d->fx->event.public_text = say(d, "已转%.*s办理，接收编号 %.*s", S(d->c->transferred_to), S(d->c->receipt_no));
    notify_reporter(d, "transferred", say(d, "您反映的事项已转%.*s办理。", S(d->c->transferred_to)));
    return true;
}

MAY(merge)
{
    return decision_is_carried_out(s, err);
}

DECIDE(merge)
{
    const struct case_file *to = d->s->other;
    if (!to || to->id == d->c->id)
        return err_field(err, "into", "请填写要并入的另一件事项的编号。");
    if (!case_state_open((int)to->state))
        return err_field(err, "into", "要并入的事项已经结束，不能并案。");
    if (to->place != d->c->place || !to->place)
        return err_field(err, "into", "两件事不在同一个小区，不能并案。");
    duties_end_all(d, END_SUPERSEDED);
    d->c->state = CASE_MERGED;
    d->c->merged_into = to->id;
    d->c->closed_at = d->s->now;
    struct buf no = {0};
    case_no_format(&no, to->day, to->no);
    d->fx->event.text = say(d, "并入 %.*s", S(buf_view(&no)));
    d->fx->event.public_text = say(d, "与同一件事合并办理（%.*s）", S(buf_view(&no)));
    buf_release(&no);
    return true;
}

MAY(reclassify)
{
    bool is_decided = s->c->defence == DEFENCE_DECIDED || duty_is_open(s, DUTY_COMPLY);
    if (s->c->orders || s->c->filed_at || is_decided) /* the paper names the item and its law */
        return err_set(err, ERR_CONFLICT, "已经按此事项责令改正、立案或作出决定，不能再改归类。");
    if (s->c->reclassified >= 2)
        return err_set(err, ERR_CONFLICT, "已经改过 2 次归类，请提请会商决定。");
    return true;
}

/* Recomputed from registration; the old due stays in the record (docs/architecture.md 6). */
DECIDE(reclassify)
{
    int item;
    if (!item_arg(d, "item", &item, err))
        return false;
    if (d->item == &d->s->scheme->items[item])
        return err_field(err, "item", "已经是这一项了。");
    struct str old = d->item ? d->item->name : STR("待定");
    d->c->reclassified++;
    d->c->accepted_at = 0;
    duties_end_main(d, END_SUPERSEDED);
    duties_end(d, DUTY_ASSIST, END_SUPERSEDED);
    duties_end(d, DUTY_TEAM, END_SUPERSEDED);
    duties_end(d, DUTY_RULE_LEAD, END_SUPERSEDED);
    set_item(d, item);
    if (d->item->list == LIST_SERVICE)
        enter_service(d);
    else
        enter_hop(d, HOP_DISPATCH);
    d->fx->event.text = say(d, "改归类：%.*s → %.*s。理由：%.*s", S(old), S(d->item->name), S(arg(d, "note")));
    d->fx->event.public_text = say(d, "归类调整为：%.*s", S(d->item->name));
    return true;
}

/* A service item that turns out to be a matter for enforcement keeps its history (HC-12). */
DECIDE(raise)
{
    int item;
    if (!item_arg(d, "item", &item, err))
        return false;
    if (d->s->scheme->items[item].list != LIST_ENFORCEMENT)
        return err_field(err, "item", "请选择执法清单里的事项。");
    duties_end_main(d, END_SUPERSEDED);
    d->c->accepted_at = 0;
    set_item(d, item);
    if (arg(d, "note").n) {
        record_tier(d, TIER_PERSUADE);
        d->c->steps |= STEP_PERSUADE;
        d->c->persuade_failed = 1;
    }
    enter_hop(d, HOP_ACCEPT);
    d->fx->event.text = say(d, "升级为执法事项 %.*s：%.*s", S(d->item->name), S(arg(d, "note")));
    d->fx->event.public_text = say(d, "已升级为执法事项，由%.*s负责", S(org_name(d->s->registry, (int32_t)d->c->lead)));
    return true;
}
