/* A form filled in as a person would: every field that is asked for, from what the case knows, the plan's choices and plain
 * sentences. A new command needs nothing here as long as its fields say what they want.
 */
#include "demo.h"

/* What is written into which field; the first row that fits. */
static const struct {
    const char *command, *field, *when, *text; /* when: "outcome=solved" or NULL */
} sentences[] = {
    {"call", "note", NULL, "已到现场看过，情况属实，物业劝过没有用。"},
    {"settle", "reply", "outcome=solved", "网格长和物业已到现场劝导，问题已经解决，谢谢您的反映。"},
    {"settle", "reply", "outcome=not_found", "网格长到现场查看没有发现这一情况，若再出现请及时告诉我们。"},
    {"settle", "reply", NULL, "到现场核实，这一情况不违反规定，已向对方说明您的感受。"},
    {"admit", "note", "result=return", "请补充具体在几栋几单元。"},
    {"admit", "note", NULL, "属执法清单，准入。"},
    {"arrive", "words", NULL, "已到现场，正在核实。"},
    {"persuade", "words", NULL, "上门说明了有关规定和对邻居的影响，讲清了要求。"},
    {"order", "words", NULL, "立即停止违法行为，恢复原状。"},
    {"recheck", "words", "result=corrected", "到现场复查，已按要求改正。"},
    {"recheck", "words", NULL, "到现场复查，还没有改正。"},
    {"file", "words", NULL, "经责令限期改正，逾期没有改正。"},
    {"notify_party", "words", NULL, "已送达处罚事先告知书，告知陈述、申辩的权利。"},
    {"hear_defence", "words", NULL, "当事人的意见已记录并复核。"},
    {"penalise", "words", NULL, "依法作出处理决定，已送达当事人。"},
    {"close", "reply", "outcome=solved", "您好，您反映的问题已经处理，当事人已改正，请到现场看看。如再发生请随时告诉我们。"},
    {"close", "reply", "outcome=mediated", "您好，经调解双方已经达成一致，请留意以后的情况。"},
    {"close", "reply", NULL, "您好，这件事目前还没能完全解决，原因已经向您说明，我们会继续跟进。"},
    {"complete_service", "reply", "outcome=unsolved", "这件事一家办不了，已告知社区，暂时没能解决，请谅解。"},
    {"complete_service", "reply", NULL, "已办好，请看照片。"},
    {"rule_reopen", "note", "result=reopen", "到现场看过，问题确实又出现，重新办理。"},
    {"rule_reopen", "note", NULL, "到现场看过，问题已经解决，维持办理结果。"},
    {"go_on", "note", NULL, "按现有材料继续办理。"},
    {"refuse", "note", NULL, "清单上由另一单位牵头，请核实后改派。"},
    {"dispatch", "note", NULL, "按清单和职责派单。"},
    {"rule_lead", "note", NULL, "按清单和三定职责裁定。"},
    {"conclude_confer", "words", NULL, "会上议定：牵头单位先到现场，配合单位同去，限期办结。"},
    {"answer_supervision", "words", NULL, "已安排专人巡查，问题已整改。"},
    {"finish_assist", "words", NULL, "已到现场配合，情况已告知牵头单位。"},
    {"answer_chase", "words", NULL, "已催办，正在办理，将按期答复。"},
    {"review_grade", "words", NULL, "已了解不满意的原因，向反映人作了说明。"},
};

static bool
holds(const char *when, const struct params *in)
{
    struct field asked = {.show_when = when};
    return !when || field_is_shown(&asked, in);
}

static struct str
sentence(const char *command, const char *field, const struct params *in)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i].command, command) == 0 && strcmp(sentences[i].field, field) == 0 && holds(sentences[i].when, in))
            return str_of(sentences[i].text);
    return STR("已按要求办理，情况属实，已记录。");
}

static struct str
text_for(struct turn *t, const char *field)
{
    const char *mark = strcmp(field, "filing_no") == 0 ? "示立" : strcmp(field, "decision_no") == 0 ? "示罚" : "示例";
    return str_of(arena_printf(t->d->arena, "%s〔%d〕%d号", mark, civil_of(t->s->now).year, (int)dice_range(&t->d->dice, 1, 9999)));
}

static struct str
date_for(struct turn *t, const struct command *cmd)
{
    int days = strcmp(cmd->code, "order") == 0 && t->item && t->item->order_days > 0 ? t->item->order_days : 3;
    struct buf b = {0};
    date_format(&b, day_of(t->s->now) + days);
    struct str kept = str_dup(t->d->arena, buf_view(&b));
    buf_release(&b);
    return kept;
}

static struct str
weighed(struct turn *t, const struct plan_choice *c)
{
    int all = 0;
    for (size_t i = 0; i < c->n; i++)
        all += c->p[i].weight;
    int64_t roll = dice_range(&t->d->dice, 0, all - 1);
    for (size_t i = 0; i < c->n; i++)
        if ((roll -= c->p[i].weight) < 0)
            return c->p[i].value;
    return STR("");
}

static struct str
any_reason(struct turn *t, const char *kind)
{
    const struct scheme *s = t->s->scheme;
    size_t n = 0;
    for (size_t i = 0; i < s->n_reasons; i++)
        n += str_is(s->reasons[i].kind, kind);
    int64_t k = n ? dice_range(&t->d->dice, 0, (int64_t)n - 1) : 0;
    for (size_t i = 0; i < s->n_reasons; i++)
        if (str_is(s->reasons[i].kind, kind) && k-- == 0)
            return s->reasons[i].code;
    return STR("");
}

/* Whom the list names beside the lead. */
static struct str
another_org(const struct turn *t)
{
    const struct registry *r = t->s->registry;
    for (size_t i = 0; t->item && i < t->item->assists.n; i++) {
        const struct org *o = registry_org_code(r, t->item->assists.p[i]);
        if (o && o->id != t->c->lead)
            return o->code;
    }
    for (int32_t i = 1; i <= r->n_orgs; i++)
        if (r->orgs[i].kind == ORG_DEPARTMENT && i != t->c->lead)
            return r->orgs[i].code;
    return STR("");
}

const struct org *
listed_lead(const struct turn *t)
{
    static const int may_close[] = {ROLE_OFFICER, ROLE_DEPARTMENT_HEAD, ROLE_COMMUNITY_OFFICE, ROLE_COORDINATOR};
    const struct registry *r = t->s->registry;
    int32_t listed = t->item ? owner_org(r, t->item->lead, registry_place(r, (int32_t)t->c->place), 0) : 0;
    for (size_t i = 0; listed && i < sizeof may_close / sizeof *may_close; i++)
        if (registry_filled(r, may_close[i], listed, 0, day_of(t->s->now)))
            return registry_org(r, listed);
    return registry_org(r, owner_org(r, STR("@coordinator"), NULL, 0));
}

static struct str
one_of(struct turn *t, const struct command *cmd, const struct field *f)
{
    const struct plan_choice *c = plan_choice(t->d->plan, cmd->code, f->name);
    if (c && c->n && !(t->row && t->row->fate == FATE_AT_ONCE))
        return weighed(t, c);
    if (f->choices)
        return str_of(f->choices[0].code); /* the good end stands first */
    const struct org *lead = listed_lead(t);
    if (strcmp(f->source, "department") == 0)
        return lead ? lead->code : STR("");
    if (strcmp(f->source, "org") == 0)
        return another_org(t);
    if (strcmp(f->source, "compound") == 0) {
        const struct place *p = registry_place(t->s->registry, (int32_t)t->c->place);
        return p ? p->code : STR("");
    }
    if (strncmp(f->source, "reason:", 7) == 0)
        return any_reason(t, f->source + 7);
    if (strcmp(f->source, "item:service") == 0)
        for (size_t i = 0; i < t->s->scheme->n_items; i++)
            if (t->s->scheme->items[i].list == LIST_SERVICE)
                return t->s->scheme->items[i].code;
    if (strncmp(f->source, "item", 4) == 0 && t->item)
        return t->item->code;
    return STR("");
}

size_t
lead_officers(const struct registry *r, int32_t lead, int32_t day, struct str out[2])
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings && n < 2; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *who = registry_person(r, p->person);
        bool is_new = who && (n == 0 || !str_eq(out[0], who->username));
        if (p->org == lead && p->role == ROLE_OFFICER && p->cert_until >= day && is_new && !who->is_disabled)
            out[n++] = who->username;
    }
    return n;
}

static void
add_many(struct turn *t, const struct field *f, struct params *out)
{
    struct str name = str_of(f->name), officers[2];
    if (f->choices) {
        for (const struct choice *c = f->choices; c->code; c++)
            params_add(t->d->arena, out, name, str_of(c->code));
    } else if (strcmp(f->source, "officer") == 0) {
        size_t n = lead_officers(t->s->registry, (int32_t)t->c->lead, day_of(t->s->now), officers);
        for (size_t i = 0; i < n; i++)
            params_add(t->d->arena, out, name, officers[i]);
    } else if (strcmp(f->source, "closing") == 0) {
        for (size_t i = 0; t->item && i < t->item->closing.n; i++)
            params_add(t->d->arena, out, name, t->item->closing.p[i]);
    } else if (strcmp(f->source, "org") == 0) {
        int n = 0;
        for (size_t i = 0; t->item && i < t->item->assists.n && n < 2; i++)
            if (t->item->assists.p[i].p[0] != '@' && dice_chance(&t->d->dice, plan_number(t->d->plan, "assist", 250))) {
                params_add(t->d->arena, out, name, t->item->assists.p[i]);
                n++;
            }
    }
}

/* Photos are taken where they are asked for or where the item's pair of pictures wants the second. */
static bool
wants_photo(struct turn *t, const struct command *cmd, const struct field *f)
{
    static const char *const always[] = {"close", "settle", "complete_service", "arrive", "recheck"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strcmp(cmd->code, always[i]) == 0)
            return true;
    return f->required || dice_chance(&t->d->dice, plan_number(t->d->plan, "photo", 700));
}

static void
add(struct turn *t, const struct field *f, struct params *out, struct str value)
{
    if (value.n)
        params_add(t->d->arena, out, str_of(f->name), value);
}

static void
fill_one(struct turn *t, const struct command *cmd, const struct field *f, struct params *out)
{
    bool is_planned = plan_choice(t->d->plan, cmd->code, f->name) != NULL;
    switch (f->type) {
    case FIELD_WORDS:
        add(t, f, out, sentence(cmd->code, f->name, out));
        break;
    case FIELD_TEXT:
    case FIELD_PHONE:
        if (f->required)
            add(t, f, out, text_for(t, f->name));
        break;
    case FIELD_DATE:
    case FIELD_MOMENT:
        if (f->required)
            add(t, f, out, date_for(t, cmd));
        break;
    case FIELD_CHOICE:
        if (f->required || is_planned)
            add(t, f, out, one_of(t, cmd, f));
        break;
    case FIELD_BOOL:
        if (is_planned)
            add(t, f, out, weighed(t, plan_choice(t->d->plan, cmd->code, f->name)));
        break;
    case FIELD_INT:
        if (f->required)
            add(t, f, out, str_of(arena_printf(t->d->arena, "%d", f->min)));
        break;
    case FIELD_MANY:
        add_many(t, f, out);
        break;
    case FIELD_FILES:
        if (wants_photo(t, cmd, f)) {
            int64_t id = demo_photo(t->d, t->who);
            add(t, f, out, id ? str_of(arena_printf(t->d->arena, "%lld", (long long)id)) : STR(""));
        }
        break;
    }
}

/* Sentences come last: they say what was chosen. */
void
turn_fill(struct turn *t, const struct command *cmd, struct params *out)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < cmd->n_fields; i++) {
            const struct field *f = &cmd->fields[i];
            if ((f->type == FIELD_WORDS) == (pass == 1) && field_is_shown(f, out))
                fill_one(t, cmd, f, out);
        }
    if (strcmp(cmd->code, "arrive") == 0)
        demo_show_presence(t->d, &(struct presence_shown_by){(int32_t)t->c->place, t->who->person, t->c->id * 31 + t->c->visits, true}, t->s->now, out);
}
