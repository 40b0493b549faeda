#include "scheme_diff_words.h"

#include "visit.h"

#define TEXT(name, label) {name, label, COLUMN_TEXT}
#define LONG(name, label) {name, label, COLUMN_LONG}
#define NUMBER(name, label) {name, label, COLUMN_NUMBER}
#define FLAG(name, label) {name, label, COLUMN_FLAG}
#define DATE(name, label) {name, label, COLUMN_DATE}
#define MANY(name, label) {name, label, COLUMN_LONG, .is_many = true}
#define REF(name, label, of) {name, label, COLUMN_REF, .table = of}
#define REFS(name, label, of) {name, label, COLUMN_REF, .is_many = true, .table = of}
#define CHOICE(name, label, of) {name, label, COLUMN_CHOICE, .choices = of}
#define CHOICES(name, label, of) {name, label, COLUMN_CHOICE, .is_many = true, .choices = of}
#define ROLE(name, label) {name, label, COLUMN_ROLE}
#define ROLES_OF(name, label) {name, label, COLUMN_ROLE, .is_many = true}
#define OWNER(name, label) {name, label, COLUMN_OWNER}
#define OWNERS(name, label) {name, label, COLUMN_OWNER, .is_many = true}
#define ORIGIN CHOICE("origin", "来源", origins)
#define NOTE LONG("note", "说明")

static const struct word origins[] = {{"seed", "方案原文"}, {"ours", "补充"}, {NULL, NULL}};
static const struct word list_words[] = {{"enforcement", "执法清单"}, {"service", "服务清单"}, {NULL, NULL}};
static const struct word tier_words[] = {{"persuade", "劝导"}, {"order", "责令改正"}, {"penalise", "查处"}, {NULL, NULL}};
static const struct word stages[] = {{"call", "呼叫"},    {"accept", "受理"}, {"dispatch", "派发"},
                                     {"respond", "响应"}, {"confer", "会商"}, {NULL, NULL}};
static const struct word unit_words[] = {{"minute", "分钟"}, {"office_hour", "个办公小时"}, {"working_day", "个工作日"},
                                         {"natural_day", "个自然日"}, {NULL, NULL}};
static const struct word clock_kinds[] = {{"hop", "流转"}, {"duty", "责任"}, {"handling", "办理"}, {"resident", "答复居民"}, {NULL, NULL}};
static const struct word anchors[] = {{"step", "从这一步起"}, {"registration", "从登记起"}, {NULL, NULL}};
static const struct word ladder_needs[] = {{"filing", "立案"},       {"notice", "事先告知"}, {"defence", "听取陈述申辩"},
                                           {"hearing", "听证"},      {"review", "法制审核"}, {"recheck", "到期复查"},
                                           {"handover", "移交"},     {NULL, NULL}};
static const struct word channel_demands[] = {{"dissuade", "先劝阻"}, {"order_no", "工单号"}, {"photo", "照片"},
                                              {"contact", "联系方式"}, {"place", "地点"},     {NULL, NULL}};
static const struct word initiatives[] = {{"told", "有人反映"}, {"found", "主动发现"}, {NULL, NULL}};
static const struct word misses[] = {{"stay", "原责任人继续办"}, {"next", "转给下一位"}, {NULL, NULL}};
static const struct word proofs[] = {{"photo", "照片"}, {"place", "到场位置"}, {NULL, NULL}};
static const struct word audiences[] = {{"resident", "居民"}, {"grassroots", "基层"}, {NULL, NULL}};
static const struct word reason_words[] = {{"skip", "跳级处置"}, {"pause", "暂停计时"},   {"refer", "转交"},   {"refuse", "退单"},
                                           {"return", "退回补充"}, {"cause", "超期原因"}, {"unsolved", "未解决"}, {"withdraw", "撤回"},
                                           {NULL, NULL}};
static const struct word day_words[] = {{"holiday", "放假"}, {"workday", "上班"}, {NULL, NULL}};

const struct word owner_expressions[] = {
    {"@lead", "牵头单位"},     {"@firm", "小区物业"},          {"@community", "所在社区"}, {"@town", "所在镇街"},
    {"@grid", "所在网格"},     {"@station", "社区的站点"},     {"@coordinator", "统筹单位"}, {"@sector", "当月轮值片区长"},
    {"@first", "首接单位"},    {"@contact1", "第一联系人"},    {"@contact2", "第二联系人"}, {"@liaison", "社区联络员"},
    {NULL, NULL}};

/* Routines may also be owed by who they are about. */
static const struct word routine_owners[] = {
    {"@self", "本单位或本人"}, {"@firm", "小区物业"}, {"@community", "所在社区"}, {"@town", "所在镇街"}, {"@grid", "所在网格"},
    {"@station", "社区的站点"}, {"@coordinator", "统筹单位"}, {"@sector", "当月轮值片区长"}, {"@liaison", "社区联络员"}, {NULL, NULL}};
static const struct word routine_eaches[] = {{"area", "全域一次"}, {"org", "每个单位"}, {"post", "每个岗位上的人"}, {"place", "每个地方"}, {NULL, NULL}};
static const struct word routine_periods[] = {{"day", "每天"},     {"week", "每周"},       {"month", "每月"},     {"quarter", "每季度"}, {"year", "每年"},
                                              {"monday", "每周一"}, {"tuesday", "每周二"}, {"wednesday", "每周三"}, {"thursday", "每周四"}, {"friday", "每周五"},
                                              {"saturday", "每周六"}, {"sunday", "每周日"}, {NULL, NULL}};
static const struct word routine_holidays[] = {{"keep", "照常"}, {"skip", "没有工作日就免"}, {"move", "顺延到本周下一个工作日"}, {"lower", "按工作日比例减少"}, {NULL, NULL}};
static const struct word routine_misses[] = {{"lapse", "过期不补"}, {"owe", "仍要补做"}, {NULL, NULL}};
static const struct word routine_needs[] = {{"checklists", "必查清单"}, {"checkin", "到场签到"}, {"team", "三方都到"}, {"photo", "照片"}, {"points", "巡查点走齐"}, {NULL, NULL}};
static const struct word visit_words[] = {
#define X(id, code, label, source, flags) {code, label},
    VISIT_KINDS(X)
#undef X
    {NULL, NULL}};

static const struct column_words scheme_columns[] = {TEXT("key", "项目"), LONG("value", "内容"), {NULL}};
static const struct column_words document_columns[] = {
    TEXT("code", "代码"),   TEXT("title", "名称"), TEXT("number", "文号"), DATE("date", "日期"),
    TEXT("issuer", "发文机关"), ORIGIN,               NOTE,                   {NULL}};
static const struct column_words category_columns[] = {
    TEXT("code", "代码"), TEXT("name", "名称"),           LONG("plain", "通俗说法"), TEXT("icon", "图标"),
    CHOICE("list", "清单", list_words), NUMBER("order", "顺序"), ORIGIN,               {NULL}};
static const struct column_words item_columns[] = {
    TEXT("code", "代码"),
    CHOICE("list", "所属清单", list_words),
    REF("category", "类别", "categories"),
    TEXT("name", "名称"),
    LONG("plain", "通俗说法"),
    OWNER("lead", "牵头单位"),
    OWNERS("assists", "配合单位"),
    REF("ladder", "处置阶梯", "ladders"),
    CHOICE("tier", "通常的处置层级", tier_words),
    FLAG("urgent", "紧急事项"),
    FLAG("danger", "危险事项"),
    REF("limits", "办结时限", "limits"),
    NUMBER("order_days", "责令改正天数"),
    FLAG("photo_pair", "整改前后照片"),
    MANY("evidence", "要取的证据"),
    MANY("closing", "结案条件"),
    MANY("questions", "要问清楚的"),
    LONG("firsthand", "先做什么"),
    TEXT("national", "全国事项编码"),
    OWNERS("raise_to", "升级给"),
    FLAG("public", "对外公布"),
    REF("whistle", "通常的哨级", "whistles"),
    REF("accept", "受理时限", "limits"),
    REF("revisit", "回访时限", "limits"),
    ORIGIN,
    NOTE,
    {NULL}};
static const struct column_words basis_columns[] = {
    REF("item", "事项", "items"), TEXT("law", "法律"),    TEXT("article", "条款"), LONG("gist", "内容"),
    DATE("from", "施行日期"),     DATE("to", "失效日期"), TEXT("mark", "核对情况"),
    TEXT("act", "哪种行为"),        {NULL}};
static const struct column_words phrase_columns[] = {REF("item", "事项", "items"), TEXT("phrase", "说法"), NUMBER("weight", "分量"), {NULL}};
static const struct column_words confusable_columns[] = {MANY("words", "词语"), REFS("items", "事项", "items"), LONG("question", "追问"), {NULL}};
static const struct column_words emergency_columns[] = {TEXT("word", "词语"), TEXT("phone", "电话"), LONG("advice", "提示"), {NULL}};
static const struct column_words divert_columns[] = {TEXT("word", "词语"), TEXT("where", "去处"), TEXT("phone", "电话"), LONG("advice", "提示"), {NULL}};
static const struct column_words ladder_columns[] = {
    TEXT("ladder", "阶梯"),
    NUMBER("order", "顺序"),
    CHOICE("tier", "处置层级", tier_words),
    CHOICE("after", "之前必须先有的处置", tier_words),
    {"skip_grounds", "可以跳级的理由", COLUMN_REF, .is_many = true, .table = "reasons"},
    NUMBER("officers", "持证执法人员人数"),
    CHOICES("needs", "必经程序", ladder_needs),
    TEXT("paper", "文书"),
    TEXT("law", "法律"),
    TEXT("article", "条款"),
    NOTE,
    {NULL}};
static const struct column_words channel_columns[] = {
    TEXT("source", "代码"), TEXT("name", "名称"),
    ROLES_OF("roles", "可以使用的岗位"), CHOICE("enters_at", "进入的环节", stages),
    CHOICES("needs", "登记要求", channel_demands), CHOICE("initiative", "主动性", initiatives),
    NOTE, {NULL}};
static const struct column_words hop_columns[] = {
    TEXT("chain", "链条"),  NUMBER("order", "顺序"),       CHOICE("hop", "环节", stages),
    ROLE("role", "岗位"),   OWNER("owner", "责任单位"),    REF("limit", "时限", "limits"),
    ROLE("escalate", "超期上报"), CHOICE("on_miss", "超期以后", misses), LONG("clause", "方案条文"),
    {NULL}};
static const struct column_words whistle_columns[] = {
    TEXT("code", "代码"),
    TEXT("name", "名称"),
    NUMBER("order", "级次"),
    CHOICE("enters", "进入的环节", stages),
    OWNER("owner", "责任单位"),
    ROLE("role", "岗位"),
    REF("limit", "响应时限", "limits"),
    REF("handle", "办结时限", "limits"),
    REF("arrive", "值班时间到场时限", "limits"),
    REF("arrive_off", "非值班时间到场时限", "limits"),
    OWNERS("assists", "一同到场的单位"),
    ROLES_OF("blowers", "可以吹哨的岗位"),
    REF("on_miss", "无人响应转为", "whistles"),
    CHOICES("proof", "到场凭证", proofs),
    LONG("plain", "通俗说法"),
    ORIGIN,
    NOTE,
    {NULL}};
static const struct column_words revisit_columns[] = {
    CHOICE("audience", "回访对象", audiences), OWNER("owner", "回访单位"), ROLE("role", "岗位"), REF("limit", "时限", "limits"),
    ORIGIN, NOTE, {NULL}};
static const struct column_words scope_columns[] = {
    OWNER("org", "单位"), LONG("work", "职责"), REFS("categories", "可以派的类别", "categories"), ORIGIN, NOTE, {NULL}};
static const struct word slot_ranges[] = {{"place", "每个地方"}, {"org", "每个单位"}, {NULL, NULL}};
static const struct column_words routine_columns[] = {
    TEXT("code", "代码"),
    TEXT("name", "名称"),
    CHOICE("each", "谁各做一次", routine_eaches),
    MANY("of", "哪些单位、岗位或地方"),
    {"owner", "责任人", COLUMN_OWNER, .choices = routine_owners},
    ROLE("role", "责任人的岗位"),
    CHOICE("action", "做什么", visit_words),
    CHOICE("period", "周期", routine_periods),
    NUMBER("minimum", "至少几次"),
    NUMBER("spacing", "两次至少隔几天"),
    CHOICE("holiday", "遇放假", routine_holidays),
    MANY("nudge", "提醒时刻"),
    TEXT("due", "期限"),
    CHOICE("after_miss", "过期以后", routine_misses),
    ROLE("escalate", "没做报给谁"),
    CHOICES("needs", "怎样才算数", routine_needs),
    LONG("clause", "方案条文"),
    ORIGIN,
    NOTE,
    {NULL}};
static const struct column_words checklist_columns[] = {
    TEXT("list", "清单代码"),     TEXT("list_name", "清单名称"), TEXT("point", "条目代码"), LONG("text", "查什么"),
    REF("item", "有问题时的事项", "items"), CHOICES("kinds", "哪些工作要查", visit_words), ORIGIN, NOTE, {NULL}};
static const struct column_words slot_columns[] = {
    TEXT("code", "代码"),
    TEXT("name", "名称"),
    ROLE("role", "岗位"),
    CHOICE("each", "范围", slot_ranges),
    MANY("of", "地方或单位类别"),
    OWNERS("orgs", "从哪些单位派"),
    NUMBER("minimum", "至少几人"),
    OWNER("owner", "谁负责补配"),
    ROLE("owner_role", "补配岗位"),
    NUMBER("days", "补配工作日"),
    LONG("clause", "方案条文"),
    ORIGIN,
    NOTE,
    {NULL}};
static const struct column_words survey_columns[] = {
    TEXT("code", "代码"), TEXT("name", "名称"), NUMBER("days", "几天内看一次"), REF("item", "转成的事项", "items"), ORIGIN, NOTE, {NULL}};
static const struct column_words limit_columns[] = {
    TEXT("code", "代码"),
    TEXT("name", "名称"),
    NUMBER("amount", "数量"),
    CHOICE("unit", "单位", unit_words),
    CHOICE("clock", "时钟", clock_kinds),
    NUMBER("amber", "提前提醒"),
    CHOICE("anchor", "起算点", anchors),
    LONG("basis", "出处"),
    ORIGIN,
    NOTE,
    {NULL}};
static const struct column_words reason_columns[] = {
    CHOICE("kind", "类别", reason_words), TEXT("code", "代码"), TEXT("name", "名称"), LONG("basis", "依据"), NOTE, {NULL}};
static const struct column_words calendar_columns[] = {DATE("date", "日期"), CHOICE("kind", "安排", day_words), TEXT("name", "名称"), {NULL}};
static const struct column_words wording_columns[] = {TEXT("code", "代码"), LONG("text", "文字"), {NULL}};

const struct table_words scheme_table_words[] = {
    {"scheme", "方案概况", "方案", "方案的", "key", NULL, scheme_columns},
    {"documents", "方案文件", "方案", "文件", "code", "title", document_columns},
    {"items", "清单事项", "清单", "事项", "code", "name", item_columns},
    {"categories", "清单类别", "清单", "类别", "code", "name", category_columns},
    {"limits", "时限", "时限", "时限", "code", "name", limit_columns},
    {"bases", "法律依据", "依据", "依据", "item,law,article", NULL, basis_columns},
    {"ladders", "处置阶梯", "流程", "处置阶梯", "ladder,tier", NULL, ladder_columns},
    {"hops", "流转环节", "流程", "环节", "chain,hop", NULL, hop_columns},
    {"whistles", "哨级", "哨级", "哨级", "code", "name", whistle_columns},
    {"revisits", "回访", "回访", "回访", "audience", NULL, revisit_columns},
    {"channels", "来源渠道", "渠道", "渠道", "source", "name", channel_columns},
    {"scopes", "部门职责范围", "职责", "职责范围", "org,work", NULL, scope_columns},
    {"routines", "常态化任务", "常态化", "常态化任务", "code", "name", routine_columns},
    {"checklists", "必查清单", "常态化", "必查条目", "list,point", "text", checklist_columns},
    {"slots", "必配岗位", "岗位", "必配岗位", "code", "name", slot_columns},
    {"surveys", "排摸登记", "常态化", "排摸种类", "code", "name", survey_columns},
    {"reasons", "理由", "理由", "理由", "kind,code", "name", reason_columns},
    {"phrases", "居民说法", "说法", "说法", "item,phrase", NULL, phrase_columns},
    {"confusables", "易混说法", "说法", "易混说法", "words", NULL, confusable_columns},
    {"emergencies", "紧急提示", "说法", "紧急词语", "word", NULL, emergency_columns},
    {"diverts", "引导", "说法", "引导词语", "word", NULL, divert_columns},
    {"wordings", "用语", "用语", "用语", "code", NULL, wording_columns},
    {"calendar", "节假日", "节假日", "日期", "date", "name", calendar_columns},
};
const size_t n_scheme_table_words = sizeof scheme_table_words / sizeof *scheme_table_words;

const struct table_words *
table_words_find(struct str name)
{
    for (size_t i = 0; i < n_scheme_table_words; i++)
        if (str_is(name, scheme_table_words[i].name))
            return &scheme_table_words[i];
    return NULL;
}

const struct column_words *
column_words_find(const struct table_words *t, struct str column)
{
    for (const struct column_words *c = t ? t->columns : NULL; c && c->name; c++)
        if (str_is(column, c->name))
            return c;
    return NULL;
}

const char *
table_words_header(struct arena *a, const struct table_words *t)
{
    const char *all = "";
    for (const struct column_words *c = t->columns; c->name; c++)
        all = arena_printf(a, "%s%s%s", all, all[0] ? "," : "", c->name);
    return all;
}

static const char *
label_of(const struct word *words, struct str code)
{
    for (; words && words->code; words++)
        if (str_is(code, words->code))
            return words->label;
    return NULL;
}

const char *
expression_words(struct str expression)
{
    const char *label = label_of(owner_expressions, expression);
    return label ? label : label_of(routine_owners, expression);
}

struct str
amount_words(struct arena *a, struct str amount, struct str unit)
{
    const char *label = label_of(unit_words, unit);
    if (!label)
        return str_of(arena_printf(a, "%.*s %.*s", (int)amount.n, amount.p, (int)unit.n, unit.p));
    return str_of(arena_printf(a, "%.*s %s", (int)amount.n, amount.p, label));
}

/* The row of a table whose column says this; -1 when there is none. */
static int64_t
row_of(const struct table *t, const char *column, struct str code)
{
    for (size_t i = 0; t && i < t->n_rows; i++)
        if (str_eq(table_cell(t, i, column), code))
            return (int64_t)i;
    return -1;
}

static struct str
ref_words(struct arena *a, struct tables all, const char *table, struct str code)
{
    const struct table *t = tables_find(all, table);
    const char *key = strcmp(table, "ladders") == 0 ? "ladder" : "code";
    int64_t row = row_of(t, key, code);
    if (row < 0 || strcmp(table, "ladders") == 0)
        return code;
    if (strcmp(table, "limits") == 0)
        return amount_words(a, table_cell(t, (size_t)row, "amount"), table_cell(t, (size_t)row, "unit"));
    struct str name = table_cell(t, (size_t)row, strcmp(table, "documents") == 0 ? "title" : "name");
    if (strcmp(table, "items") == 0)
        return str_of(arena_printf(a, "%.*s「%.*s」", (int)code.n, code.p, (int)name.n, name.p));
    return name.n ? name : code;
}

static struct str
one_word(struct arena *a, struct tables all, const struct column_words *c, struct str cell)
{
    const char *label = NULL;
    int role;
    int64_t org;
    switch (c->kind) {
    case COLUMN_FLAG:
        return str_is(cell, "1") ? STR("是") : STR("否");
    case COLUMN_CHOICE:
        label = label_of(c->choices, cell);
        return label ? str_of(label) : cell;
    case COLUMN_ROLE:
        role = role_find(cell);
        return role >= 0 ? str_of(role_label(role)) : cell;
    case COLUMN_OWNER:
        label = expression_words(cell);
        org = label ? -1 : row_of(tables_find(all, "orgs"), "code", cell);
        return label ? str_of(label) : org >= 0 ? table_cell(tables_find(all, "orgs"), (size_t)org, "name") : cell;
    case COLUMN_REF:
        return ref_words(a, all, c->table, cell);
    default:
        return cell;
    }
}

struct str
cell_words(struct arena *a, struct tables all, const struct column_words *c, struct str cell)
{
    if (!c->is_many || !cell.n)
        return cell.n || c->kind == COLUMN_FLAG ? one_word(a, all, c, cell) : cell;
    struct str rest = cell, piece, out = STR("");
    while (str_cut(&rest, '|', &piece)) {
        struct str word = one_word(a, all, c, str_trim(piece));
        out = str_of(arena_printf(a, "%.*s%s%.*s", (int)out.n, out.p, out.n ? "、" : "", (int)word.n, word.p));
    }
    return out;
}
