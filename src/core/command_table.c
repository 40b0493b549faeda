/* The table of everything that can be done to a case. Flat on purpose: read it from top to bottom. */
#include "decide.h"
#include "limits.h"

#define CHOICES(...) (const struct choice[]){__VA_ARGS__, {NULL, NULL}}
#define FIELDS(list) .fields = list, .n_fields = sizeof list / sizeof *list

#define NOTE(label_, required_)                                                                                        \
    {.name = "note", .label = label_, .type = FIELD_WORDS, .required = required_, .max = 500}
#define WORDS(label_, hint_, quick_)                                                                                   \
    {.name = "words", .label = label_, .hint = hint_, .type = FIELD_WORDS, .required = true, .min = 2, .max = 2000,    \
     .quick = quick_}
#define PHOTOS(label_)                                                                                                 \
    {.name = "files", .label = label_, .type = FIELD_FILES, .max = LIMIT_PHOTOS}
#define OFFICERS                                                                                                       \
    {.name = "officers", .label = "执法人员（两名以上，持有效执法证）", .type = FIELD_MANY, .source = "officer",      \
     .min = 1, .max = 8, .required = true}
#define SKIP                                                                                                           \
    {.name = "skip_ground", .label = "跳过前一步的法定理由（前一步已有记录时不用选）", .type = FIELD_CHOICE,          \
     .source = "reason:skip"}
#define GRADES                                                                                                         \
    CHOICES({"1", "非常满意"}, {"2", "满意"}, {"3", "基本满意"}, {"4", "不满意"}, {"5", "非常不满意"})

static const struct field f_classify[] = {
    {.name = "item", .label = "归到哪一项", .type = FIELD_CHOICE, .source = "item", .required = true},
    {.name = "place", .label = "小区", .type = FIELD_CHOICE, .source = "compound", .hint = "地点已知时不用改"},
};
static const struct field f_call[] = {
    {.name = "note", .label = "核实情况", .hint = "看到了什么、在哪里、有没有劝过", .type = FIELD_WORDS, .max = 500,
     .quick = "quick_call"},
    {.name = "urgent", .label = "情况紧急", .type = FIELD_BOOL},
    PHOTOS("现场照片"),
};
static const struct field f_settle[] = {
    {.name = "outcome", .label = "结果", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"solved", "已劝导解决"}, {"not_found", "现场未发现"}, {"no_violation", "不构成违法"})},
    {.name = "reply", .label = "答复反映人的话", .hint = "平常话，写做了什么、结果怎样", .type = FIELD_WORDS,
     .required = true, .min = 4, .max = 1000, .quick = "reply_settle"},
    PHOTOS("解决后的照片"),
};
static const struct field f_admit[] = {
    {.name = "result", .label = "准入结论", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"admit", "准入：属执法清单，进入派单"}, {"service", "转服务清单，由物业或社区办理"},
                        {"return", "退回反映人补充"}, {"refer", "不属本清单，移送其他单位"})},
    {.name = "gate", .label = "准入核对", .type = FIELD_MANY, .max = 4,
     .choices = CHOICES({"on_list", "在执法清单内"}, {"in_compound", "发生在小区内"}, {"evidence", "有照片或其他证据"},
                        {"persuaded", "物业或社区已经劝导"}),
     .show_when = "result=admit"},
    {.name = "item", .label = "服务事项", .type = FIELD_CHOICE, .source = "item:service", .required = true,
     .show_when = "result=service"},
    {.name = "refer", .label = "移送到", .type = FIELD_CHOICE, .source = "reason:refer", .required = true,
     .show_when = "result=refer"},
    NOTE("说明（退回时写明要补充什么）", false),
};
static const struct field f_return[] = {NOTE("需要反映人补充什么", true)};
static const struct field f_go_on[] = {NOTE("说明", true)};
static const struct field f_dispatch[] = {
    {.name = "lead", .label = "牵头单位", .type = FIELD_CHOICE, .source = "department", .required = true},
    {.name = "assists", .label = "配合单位", .type = FIELD_MANY, .source = "org", .max = 6},
    NOTE("说明（与清单不同时写明理由）", false),
};
static const struct field f_refuse[] = {
    {.name = "item", .label = "依据清单的哪一项", .type = FIELD_CHOICE, .source = "item", .required = true},
    {.name = "instead", .label = "应由谁负责", .type = FIELD_CHOICE, .source = "org", .required = true},
    {.name = "reason", .label = "理由", .type = FIELD_CHOICE, .source = "reason:refuse", .required = true},
    {.name = "note", .label = "说明", .type = FIELD_WORDS, .max = 500, .quick = "quick_refuse"},
};
static const struct field f_rule_lead[] = {
    {.name = "lead", .label = "裁定由谁牵头", .type = FIELD_CHOICE, .source = "department", .required = true},
    NOTE("裁定理由（留作以后派单的先例）", true),
};
static const struct field f_arrive[] = {
    {.name = "proof", .label = "到场码", .hint = "站点或物业手机上的六位码；也可以扫服务牌上的二维码", .type = FIELD_TEXT, .max = LIMIT_PROOF_TEXT},
    {.name = "vouched", .label = "没有码时，谁能证明您在现场", .type = FIELD_CHOICE, .source = "voucher"},
    {.name = "words", .label = "到场情况", .type = FIELD_WORDS, .max = 500, .quick = "quick_arrive"},
    PHOTOS("现场照片"),
    {.name = "lon", .label = "经度", .type = FIELD_TEXT, .max = 24, .by_phone = true},
    {.name = "lat", .label = "纬度", .type = FIELD_TEXT, .max = 24, .by_phone = true},
    {.name = "accuracy", .label = "定位精度（米）", .type = FIELD_INT, .max = 1000 * 1000, .by_phone = true},
    {.name = "crs", .label = "坐标系", .type = FIELD_CHOICE, .by_phone = true,
     .choices = CHOICES({"wgs84", "WGS-84（手机定位）"}, {"cgcs2000", "CGCS2000（天地图）"}, {"gcj02", "GCJ-02（微信、高德）"})},
    {.name = "position_at", .label = "定位时间", .type = FIELD_TEXT, .max = 40, .by_phone = true},
    {.name = "occurred_at", .label = "到场时间（离线记录补传时）", .type = FIELD_TEXT, .max = 40, .by_phone = true},
};
static const struct field f_persuade[] = {
    {.name = "reaction", .label = "对方反应", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"fixed", "当场改正"}, {"promised", "答应改正"}, {"refused", "不改"})},
    WORDS("怎样劝导的", "讲清楚、讲法律、讲要求", "quick_persuade"),
    PHOTOS("照片（改正的请拍改正后）"),
};
static const struct field f_supervise[] = {WORDS("要物业做什么", NULL, "quick_supervise")};
static const struct field f_answer_supervision[] = {WORDS("落实情况", NULL, NULL), PHOTOS("整改照片")};
static const struct field f_investigate[] = {OFFICERS, WORDS("取证情况", "证据名称、来源、数量", NULL), SKIP,
                                             PHOTOS("证据照片")};
static const struct field f_order[] = {
    OFFICERS,
    {.name = "until", .label = "改正期限", .type = FIELD_DATE, .required = true, .hint = "到期当天要复查"},
    WORDS("责令改正的内容", "要改什么、改到什么程度", "quick_order"),
    SKIP,
    PHOTOS("现场照片"),
};
static const struct field f_recheck[] = {
    {.name = "result", .label = "复查结果", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"corrected", "已改正"}, {"not_corrected", "没有改正"})},
    {.name = "words", .label = "说明", .type = FIELD_WORDS, .max = 1000, .quick = "quick_recheck"},
    {.name = "files", .label = "复查照片", .type = FIELD_FILES, .required = true, .min = 1, .max = LIMIT_PHOTOS},
};
static const struct field f_order_date[] = {
    {.name = "until", .label = "延到哪一天", .type = FIELD_DATE, .required = true}, NOTE("理由", true)};
#define PARTY                                                                                                          \
    {.name = "party", .label = "当事人（不选按成年人）", .type = FIELD_CHOICE,                                         \
     .choices = CHOICES({"adult", "成年人"}, {"organisation", "单位、个体工商户"}, {"minor", "14 至 17 周岁"},         \
                        {"child", "不满 14 周岁"})}
static const struct field f_file[] = {
    {.name = "filing_no", .label = "立案编号", .type = FIELD_TEXT, .required = true, .max = 40},
    OFFICERS,
    WORDS("违法事实和立案理由", NULL, NULL),
    PARTY,
    {.name = "act_day", .label = "行为发生（终了）日期", .type = FIELD_DATE, .hint = "不填按登记当天"},
    SKIP,
};
static const struct field f_notify[] = {
    WORDS("告知内容", "拟作的决定、事实、理由、依据，以及陈述、申辩权利", NULL),
    {.name = "hearing", .label = "属于可以要求听证的（较大数额罚款、没收，吊销，停产停业等）", .type = FIELD_BOOL},
};
static const struct field f_defence[] = {
    {.name = "result", .label = "陈述申辩", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"heard", "已听取并复核"}, {"waived", "当事人放弃"}, {"hearing", "已举行听证"},
                        {"no_hearing", "当事人书面放弃听证，已听取并复核"})},
    WORDS("记录", NULL, NULL),
};
static const struct field f_hearing[] = {
    {.name = "day", .label = "哪一天举行", .type = FIELD_DATE, .required = true, .hint = "七个工作日前通知当事人"},
    {.name = "chair", .label = "主持人（非本案调查人员）", .type = FIELD_TEXT, .required = true, .max = 20},
    WORDS("地点和通知情况", NULL, NULL),
};
static const struct field f_penalise[] = {
    {.name = "kind", .label = "决定", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"warning", "警告"}, {"fine", "罚款"}, {"confiscate", "没收"}, {"stop", "责令停用、停业"},
                        {"exempt", "依法不予处罚（轻微或初次）"})},
    {.name = "decision_no", .label = "决定书编号", .type = FIELD_TEXT, .required = true, .max = 40},
    OFFICERS,
    {.name = "basis", .label = "适用的依据", .type = FIELD_CHOICE, .source = "basis", .hint = "行为以后法律有变化的必须选择"},
    {.name = "lighter", .label = "用新规定，因为处罚较轻或者不认为违法", .type = FIELD_BOOL},
    {.name = "reviewer", .label = "法制审核人", .type = FIELD_TEXT, .max = 20},
    {.name = "ground", .label = "不予处罚的理由", .type = FIELD_CHOICE, .show_when = "kind=exempt",
     .choices = CHOICES({"minor", "轻微并及时改正，没有造成危害后果"}, {"first", "初次违法，危害后果轻微并及时改正"},
                        {"no_fault", "有证据证明没有主观过错"})},
    WORDS("决定内容", NULL, NULL),
};
static const struct field f_on_spot[] = {
    {.name = "kind", .label = "决定", .type = FIELD_CHOICE, .required = true, .choices = CHOICES({"warning", "警告"}, {"fine", "罚款"})},
    {.name = "amount", .label = "罚款（元）", .type = FIELD_INT, .max = 3000, .show_when = "kind=fine"},
    {.name = "collected", .label = "当场收缴（一百元以下，已出具财政票据）", .type = FIELD_BOOL, .show_when = "kind=fine"},
    {.name = "decision_no", .label = "当场处罚决定书编号", .type = FIELD_TEXT, .required = true, .max = 40},
    OFFICERS,
    PARTY,
    {.name = "clear", .label = "违法事实确凿，已出示执法证、告知、听取申辩，决定书当场交付", .type = FIELD_BOOL},
    WORDS("事实、依据和决定", NULL, NULL),
    SKIP,
};
static const struct field f_deliver[] = {WORDS("送达方式、时间和签收情况", "直接、留置、邮寄、委托", NULL)};
static const struct field f_comply[] = {
    {.name = "result", .label = "履行情况", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"done", "已履行"}, {"later", "批准延期或者分期"})},
    {.name = "until", .label = "延到哪一天", .type = FIELD_DATE, .required = true, .show_when = "result=later"},
    WORDS("说明", "缴款凭证号、改正情况", NULL),
};
static const struct field f_urge_party[] = {
    {.name = "until", .label = "催告的履行期限", .type = FIELD_DATE, .required = true, .hint = "至少十个工作日"},
    WORDS("催告内容", "要履行什么、怎样履行，可以陈述和申辩", NULL),
};
static const struct field f_enforce[] = {
    {.name = "how", .label = "怎样执行", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"court", "申请人民法院强制执行"}, {"own", "本机关强制执行（法律授权的）"},
                        {"county", "县政府责成有关部门（违法建设）"}, {"substitute", "代履行"})},
    {.name = "at", .label = "实施时间", .type = FIELD_MOMENT, .required = true, .show_when = "how=own|county|substitute",
     .hint = "夜间和法定节假日不得实施"},
    {.name = "structure", .label = "要拆除建筑物、构筑物", .type = FIELD_BOOL, .show_when = "how=own|county|substitute"},
    {.name = "remedies", .label = "复议和诉讼期限已届满，当事人没有申请（拆除的并已公告限期自拆）", .type = FIELD_BOOL},
    {.name = "urgent", .label = "情况紧急，必须在夜间或者节假日实施", .type = FIELD_BOOL, .show_when = "how=own|county|substitute"},
    OFFICERS,
    WORDS("执行内容和依据", "不得停水、停电、停气、停热", NULL),
};
static const struct field f_request_assist[] = {
    {.name = "org", .label = "请谁配合", .type = FIELD_CHOICE, .source = "org", .required = true},
    WORDS("需要做什么", NULL, NULL),
    {.name = "by", .label = "什么时候以前", .type = FIELD_DATE, .hint = "不填按清单的配合时限"},
};
static const struct field f_assign_team[] = {
    {.name = "members", .label = "派谁去", .hint = "本单位在岗的人；会列进他们自己的待办", .type = FIELD_MANY, .source = "team", .required = true, .min = 1, .max = 8},
    WORDS("去做什么", NULL, NULL),
    {.name = "by", .label = "什么时候以前", .type = FIELD_DATE, .hint = "不填按清单的配合时限"},
};
static const struct field f_finish_assist[] = {WORDS("做了什么", NULL, NULL), PHOTOS("照片")};
static const struct field f_pause[] = {
    {.name = "reason", .label = "挂起原因", .type = FIELD_CHOICE, .source = "reason:pause", .required = true},
    {.name = "until", .label = "到哪一天", .type = FIELD_DATE, .required = true},
    NOTE("说明", true),
};
static const struct field f_extension[] = {NOTE("延期理由", true)};
static const struct field f_approve[] = {
    {.name = "result", .label = "意见", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"yes", "同意"}, {"no", "不同意"})},
    NOTE("说明", false),
};
static const struct field f_resume[] = {NOTE("说明", false)};
static const struct field f_confer[] = {
    {.name = "cause", .label = "难在哪里", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"unclear", "权责不清"}, {"split", "各管各家"}, {"uncoordinated", "协调不畅"})},
    NOTE("要研究解决的问题", true),
};
static const struct field f_conclude[] = {
    {.name = "lead", .label = "由谁落实", .type = FIELD_CHOICE, .source = "department", .required = true},
    {.name = "by", .label = "完成期限", .type = FIELD_DATE, .required = true},
    WORDS("议定的办法", NULL, NULL),
};
static const struct field f_close[] = {
    {.name = "outcome", .label = "结果", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"solved", "已解决"}, {"mediated", "调解达成"}, {"no_violation", "经查不构成违法"},
                        {"unsolved", "未能解决（如实答复）"})},
    {.name = "checklist", .label = "结案条件", .type = FIELD_MANY, .source = "closing", .max = 8,
     .show_when = "outcome=solved"},
    {.name = "reason", .label = "未能解决的原因", .type = FIELD_CHOICE, .source = "reason:unsolved", .required = true,
     .show_when = "outcome=unsolved"},
    {.name = "minor", .label = "属轻微违法", .type = FIELD_BOOL},
    {.name = "reply", .label = "答复反映人的话", .hint = "平常话，写做了什么、结果怎样", .type = FIELD_WORDS,
     .required = true, .min = 4, .max = 1000, .quick = "reply_close"},
    PHOTOS("整改后的照片"),
};
static const struct field f_service[] = {
    PHOTOS("办好后的照片"),
    {.name = "reply", .label = "答复", .type = FIELD_WORDS, .required = true, .min = 4, .max = 1000,
     .quick = "quick_service"},
    {.name = "outcome", .label = "结果", .type = FIELD_CHOICE,
     .choices = CHOICES({"solved", "已办好"}, {"unsolved", "办不了（如实答复）"})},
};
static const struct field f_raise[] = {
    {.name = "item", .label = "升级为执法事项", .type = FIELD_CHOICE, .source = "item:enforcement", .required = true},
    {.name = "note", .label = "已怎样劝阻", .hint = "何时、何人、对方反应", .type = FIELD_WORDS, .required = true, .max = 500},
};
static const struct field f_reclassify[] = {
    {.name = "item", .label = "改归到", .type = FIELD_CHOICE, .source = "item", .required = true}, NOTE("理由", true)};
static const struct field f_supplement[] = {
    {.name = "words", .label = "补充说明", .type = FIELD_WORDS, .required = true, .min = 2, .max = 2000}, PHOTOS("照片")};
static const struct field f_withdraw[] = {NOTE("为什么撤回", false)};
static const struct field f_note[] = {WORDS("备注（反映人看不到）", NULL, NULL), PHOTOS("附件")};
static const struct field f_supervise_case[] = {NOTE("督办要求", true)};
static const struct field f_answer_chase[] = {WORDS("督办回复", "原因、现在到哪一步、何时办结", NULL)};
static const struct field f_transfer[] = {
    {.name = "refer", .label = "移送到", .type = FIELD_CHOICE, .source = "reason:refer", .required = true},
    NOTE("为什么不属本清单", true),
};
static const struct field f_confirm_transfer[] = {
    {.name = "result", .label = "对方是否接收", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"accepted", "已接收"}, {"refused", "未接收"})},
    {.name = "receipt_no", .label = "接收编号或回执", .type = FIELD_TEXT, .required = true, .max = 60,
     .show_when = "result=accepted"},
    NOTE("说明", false),
};
static const struct field f_merge[] = {
    {.name = "into", .label = "并入哪一件（编号）", .type = FIELD_TEXT, .required = true, .max = 30}};
static const struct field f_rate[] = {
    {.name = "solved", .label = "解决了吗？", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"yes", "已解决"}, {"partly", "部分解决"}, {"no", "没有解决"})},
    {.name = "grade", .label = "您对办理满意吗？", .type = FIELD_CHOICE, .required = true, .choices = GRADES},
    {.name = "words", .label = "还想说什么（可不填）", .type = FIELD_WORDS, .max = 500},
};
static const struct field f_revisit[] = {
    {.name = "result", .label = "回访结果", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"solved", "确已解决"}, {"not_solved", "没有解决"}, {"unreachable", "没有联系上"})},
    {.name = "grade", .label = "对办理单位的评价", .type = FIELD_CHOICE, .choices = GRADES, .required = true,
     .show_when = "result=solved"},
    {.name = "grade_officer", .label = "对执法人员的评价", .type = FIELD_CHOICE, .choices = GRADES, .show_when = "result=solved"},
    {.name = "audience", .label = "回访的是谁", .type = FIELD_CHOICE, .source = "audience"},
    {.name = "words", .label = "对方怎么说", .type = FIELD_WORDS, .max = 500},
};
static const struct field f_whistle[] = {
    {.name = "level", .label = "吹哪一级", .type = FIELD_CHOICE, .source = "whistle", .required = true},
    NOTE("理由", true),
};
static const struct field f_measure[] = {
    {.name = "result", .label = "检测结果", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"within", "未超标"}, {"above", "超标"})},
    {.name = "value", .label = "测得值", .type = FIELD_TEXT, .required = true, .max = 40, .hint = "如 52 dB(A)"},
    {.name = "limit", .label = "适用限值", .type = FIELD_TEXT, .required = true, .max = 40, .hint = "如 2 类区昼间 60 dB(A)"},
    {.name = "instrument", .label = "仪器编号和检定有效期", .type = FIELD_TEXT, .required = true, .max = 80},
    WORDS("时间、点位和工况", NULL, NULL),
    PHOTOS("检测照片"),
};
static const struct field f_message[] = {WORDS("要联络的话", NULL, NULL)};
static const struct field f_check_late[] = {
    {.name = "verdict", .label = "补传的记录", .type = FIELD_CHOICE, .required = true, .choices = CHOICES({"holds", "情况属实"}, {"void", "不采用"})},
    NOTE("怎样处理（属实的，写按它补办了什么）", true),
};
static const struct field f_receive[] = {NOTE("说明", false)};
static const struct field f_rule_reopen[] = {
    {.name = "result", .label = "裁定", .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"reopen", "再次办理"}, {"uphold", "维持办结，再次答复"})},
    NOTE("理由（会答复反映人）", true),
};
static const struct field f_end_by_top[] = {
    {.name = "outcome", .label = "怎样了结", .hint = "只用于已经超期、下面办不下去的事：领导小组拍板，不再办了，并答复反映人。承办单位的超期照样记着；还要他们办的，请用“督办”",
     .type = FIELD_CHOICE, .required = true,
     .choices = CHOICES({"unsolved", "没能解决，如实告诉反映人"}, {"no_violation", "查过了，不违法，不用再办"})},
    {.name = "reason", .label = "没能解决的原因", .type = FIELD_CHOICE, .source = "reason:unsolved", .required = true,
     .show_when = "outcome=unsolved"},
    {.name = "reply", .label = "答复反映人的话", .hint = "平常话，写做了什么、为什么到此为止、还可以找谁", .type = FIELD_WORDS,
     .required = true, .min = 4, .max = 1000},
};
static const struct field f_review_grade[] = {WORDS("核查情况和改进", NULL, NULL)};

#define R(id) ROLE_BIT(ROLE_##id)
#define COORDINATES {SCOPE_AREA, R(COORDINATOR), 0}
#define OWES(kind) {SCOPE_DUTY, 0, DUTY_##kind}
#define LEADS {SCOPE_LEAD, R(OFFICER) | R(DEPARTMENT_HEAD), 0}
#define LEADS_ANY {SCOPE_LEAD, R(OFFICER) | R(DEPARTMENT_HEAD) | R(COMMUNITY_OFFICE) | R(PROPERTY) | R(COORDINATOR), 0}
#define GRASS_ROOTS {SCOPE_PLACE, R(GRID_CHIEF) | R(GRID_WORKER) | R(COMMUNITY_OFFICE) | R(STATION_CHIEF) | R(STATION_DEPUTY) | R(LIAISON) | R(TOWN_OFFICE), 0}
#define FIRM {SCOPE_FIRM, 0, 0}
#define REPORTER {SCOPE_REPORTER, 0, 0}
#define IN(s) STATE_BIT(s)
#define OPEN_STATES                                                                                                    \
    (IN(REGISTERED) | IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING) | IN(CONFERRING) | IN(AWAITING_RECHECK) |       \
     IN(RETURNED) | IN(SUSPENDED))
#define DO(f) .decide = decide_##f
#define IF(f) .may = may_##f

const struct command commands[] = {
    {"classify", "归类", "classified", IN(REGISTERED), {OWES(CLASSIFY), COORDINATES, {SCOPE_PLACE, R(GRID_CHIEF), 0}},
     FIELDS(f_classify), CMD_PRIMARY | CMD_UNDOABLE | CMD_BATCH, NULL, DO(classify)},
    {"call", "核实并呼叫", "called", IN(ROUTING), {OWES(CALL)}, FIELDS(f_call), CMD_PRIMARY | CMD_BATCH, IF(call), DO(call)},
    {"settle", "就地解决并办结", "closed", IN(ROUTING), {OWES(CALL), OWES(ADMIT)}, FIELDS(f_settle), 0, IF(settle), DO(settle)},
    {"admit", "受理", "admitted", IN(ROUTING), {OWES(ADMIT)}, FIELDS(f_admit), CMD_PRIMARY, NULL, DO(admit)},
    {"return", "退回补充", "returned", IN(REGISTERED) | IN(ROUTING), {OWES(CLASSIFY), OWES(CALL), COORDINATES},
     FIELDS(f_return), 0, NULL, DO(return)},
    {"go_on", "不等补充，继续办理", "went_on", IN(RETURNED), {OWES(COMPLETE), COORDINATES}, FIELDS(f_go_on), CMD_PRIMARY,
     NULL, DO(go_on)},
    {"dispatch", "派单", "dispatched", IN(ROUTING), {OWES(DISPATCH)}, FIELDS(f_dispatch),
     CMD_PRIMARY | CMD_UNDOABLE | CMD_BATCH, NULL, DO(dispatch)},
    {"accept", "接单", "accepted", IN(AWAITING_ACCEPT), {OWES(ACCEPT), {SCOPE_LEAD, R(DEPARTMENT_HEAD), 0}}, .flags = CMD_PRIMARY | CMD_UNDOABLE | CMD_BATCH, DO(accept)},
    {"refuse", "退单", "refused", IN(AWAITING_ACCEPT), {OWES(ACCEPT)}, FIELDS(f_refuse), CMD_UNDOABLE, IF(refuse), DO(refuse)},
    {"rule_lead", "裁定牵头", "lead_ruled", OPEN_STATES, {OWES(RULE_LEAD)}, FIELDS(f_rule_lead), CMD_PRIMARY, NULL, DO(rule_lead)},
    {"arrive", "到场", "arrived", IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING) | IN(AWAITING_RECHECK),
     {OWES(ARRIVE), LEADS, OWES(TEAM)}, FIELDS(f_arrive), 0, IF(arrive), DO(arrive)},
    {"persuade", "登记劝导（一劝）", "persuaded", IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING) | IN(AWAITING_RECHECK),
     {LEADS_ANY, {SCOPE_ASSIST, 0, 0}, GRASS_ROOTS, FIRM, {SCOPE_LEAD, R(ASSISTANT_OFFICER), 0}}, FIELDS(f_persuade),
     CMD_PRIMARY, NULL, DO(persuade)},
    {"supervise_property", "督促物业（二督）", "property_supervised", IN(HANDLING) | IN(AWAITING_RECHECK) | IN(ROUTING),
     {LEADS, GRASS_ROOTS, COORDINATES}, FIELDS(f_supervise), 0, IF(property), DO(supervise_property)},
    {"answer_supervision", "答复督促", "property_answered", OPEN_STATES | IN(CLOSED), {OWES(SUPERVISE)},
     FIELDS(f_answer_supervision), CMD_PRIMARY, NULL, DO(answer_supervision)},
    {"investigate", "取证查处（三查）", "investigated", IN(HANDLING), {LEADS}, FIELDS(f_investigate), 0, IF(investigate), DO(investigate)},
    {"order", "责令限期改正", "ordered", IN(HANDLING), {LEADS}, FIELDS(f_order), CMD_CAREFUL, IF(order), DO(order)},
    {"recheck", "复查", "rechecked", IN(AWAITING_RECHECK), {LEADS, OWES(RECHECK)}, FIELDS(f_recheck), CMD_PRIMARY, NULL, DO(recheck)},
    {"request_order_date", "申请延长改正期限", "order_date_asked", IN(AWAITING_RECHECK), {LEADS}, FIELDS(f_order_date), 0,
     IF(order_date), DO(request_order_date)},
    {"file", "立案", "filed", IN(HANDLING), {LEADS}, FIELDS(f_file), CMD_CAREFUL, IF(file), DO(file)},
    {"notify_party", "处罚前告知", "party_notified", IN(HANDLING), {LEADS}, FIELDS(f_notify), 0, IF(notify_party), DO(notify_party)},
    {"hear_defence", "陈述申辩", "defence_heard", IN(HANDLING) | IN(SUSPENDED) | IN(CONFERRING), {LEADS, OWES(HEAR)}, FIELDS(f_defence), 0, IF(hear_defence), DO(hear_defence)},
    {"plan_hearing", "安排听证", "hearing_planned", IN(HANDLING), {LEADS}, FIELDS(f_hearing), 0, IF(plan_hearing), DO(plan_hearing)},
    {"penalise", "作出决定", "penalised", IN(HANDLING), {LEADS}, FIELDS(f_penalise), CMD_CAREFUL, IF(penalise), DO(penalise)},
    {"penalise_on_spot", "当场处罚", "penalised_on_spot", IN(HANDLING), {LEADS}, FIELDS(f_on_spot), CMD_CAREFUL, IF(penalise_on_spot),
     DO(penalise_on_spot)},
    {"deliver", "登记送达", "delivered", OPEN_STATES | IN(CLOSED), {OWES(DELIVER), {SCOPE_AREA, R(LEADING_GROUP), 0}}, FIELDS(f_deliver),
     CMD_PRIMARY, IF(deliver), DO(deliver)},
    {"comply", "登记履行情况", "complied", OPEN_STATES | IN(CLOSED), {OWES(COMPLY)}, FIELDS(f_comply), 0, NULL, DO(comply)},
    {"urge_party", "催告履行", "party_urged", IN(HANDLING) | IN(CLOSED), {LEADS}, FIELDS(f_urge_party), 0,
     IF(urge_party), DO(urge_party)},
    {"enforce", "强制执行", "enforced", IN(HANDLING) | IN(CLOSED), {LEADS}, FIELDS(f_enforce), CMD_CAREFUL,
     IF(enforce), DO(enforce)},
    {"request_assist", "请求配合", "assist_asked", IN(HANDLING) | IN(AWAITING_RECHECK), {LEADS_ANY}, FIELDS(f_request_assist), 0,
     NULL, DO(request_assist)},
    {"finish_assist", "配合完成", "assisted", OPEN_STATES, {OWES(ASSIST)}, FIELDS(f_finish_assist), CMD_PRIMARY, NULL, DO(finish_assist)},
    {"assign_team", "派本队的人", "team_assigned", IN(AWAITING_ACCEPT) | IN(HANDLING) | IN(AWAITING_RECHECK),
     {{SCOPE_LEAD, ~UINT64_C(0), 0}}, FIELDS(f_assign_team), 0, IF(assign_team), DO(assign_team)},
    {"finish_team", "去过了，办理情况", "team_done", OPEN_STATES, {OWES(TEAM)}, FIELDS(f_finish_assist), CMD_PRIMARY, NULL, DO(finish_team)},
    {"request_pause", "申请挂起", "pause_asked", IN(HANDLING), {LEADS_ANY}, FIELDS(f_pause), 0, IF(pause), DO(request_pause)},
    {"request_extension", "申请延期", "extension_asked", IN(HANDLING), {LEADS_ANY}, FIELDS(f_extension), 0, IF(extension), DO(request_extension)},
    {"approve", "审批", "decided", OPEN_STATES, {OWES(APPROVE)}, FIELDS(f_approve), CMD_PRIMARY, NULL, DO(approve)},
    {"resume", "恢复办理", "resumed", IN(SUSPENDED), {LEADS_ANY}, FIELDS(f_resume), CMD_PRIMARY, NULL, DO(resume)},
    {"confer", "提请会商", "conferred", IN(ROUTING) | IN(HANDLING), {LEADS, COORDINATES, OWES(DISPATCH)}, FIELDS(f_confer), 0,
     IF(confer), DO(confer)},
    {"conclude_confer", "登记会商结论", "confer_concluded", IN(CONFERRING), {OWES(CONFER), COORDINATES}, FIELDS(f_conclude),
     CMD_PRIMARY, NULL, DO(conclude_confer)},
    {"close", "办结答复", "closed", IN(HANDLING), {LEADS, {SCOPE_LEAD, R(COORDINATOR) | R(COMMUNITY_OFFICE), 0}}, FIELDS(f_close),
     CMD_PRIMARY, IF(close), DO(close)},
    {"end_by_top", "超期太久，由领导小组了结", "closed", OPEN_STATES, {{SCOPE_AREA, R(LEADING_GROUP), 0}}, FIELDS(f_end_by_top),
     CMD_CAREFUL, IF(end_by_top), DO(end_by_top)},
    {"complete_service", "办结服务", "closed", IN(HANDLING), {OWES(SERVE)}, FIELDS(f_service), CMD_PRIMARY | CMD_BATCH,
     IF(service), DO(complete_service)},
    {"raise", "升级为执法事项", "raised", IN(HANDLING), {OWES(SERVE), GRASS_ROOTS, COORDINATES}, FIELDS(f_raise), 0,
     IF(service), DO(raise)},
    {"reclassify", "改归类", "reclassified", IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING),
     {COORDINATES, OWES(ADMIT), OWES(CALL)}, FIELDS(f_reclassify), CMD_UNDOABLE, IF(reclassify), DO(reclassify)},
    {"transfer", "移送其他单位", "transfer_started", IN(REGISTERED) | IN(ROUTING) | IN(HANDLING), {COORDINATES, LEADS},
     FIELDS(f_transfer), 0, IF(transfer), DO(transfer)},
    {"confirm_transfer", "登记移送回执", "transfer_confirmed", OPEN_STATES, {OWES(TRANSFER)}, FIELDS(f_confirm_transfer),
     CMD_PRIMARY, NULL, DO(confirm_transfer)},
    {"merge", "并案", "merged", IN(REGISTERED) | IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING),
     {COORDINATES, OWES(CALL), OWES(ADMIT)}, FIELDS(f_merge), CMD_CAREFUL, IF(merge), DO(merge)},
    {"whistle", "吹哨（升级、降级）", "whistled", IN(ROUTING) | IN(AWAITING_ACCEPT) | IN(HANDLING),
     {GRASS_ROOTS, FIRM, LEADS,
      {SCOPE_AREA, R(COORDINATOR) | R(SECTOR_CHIEF) | R(HOTLINE) | R(CONTACT_LEADER) | R(LEADING_GROUP), 0}},
     FIELDS(f_whistle), 0, IF(whistle), DO(whistle)},
    {"measure", "登记检测", "measured", IN(HANDLING), {LEADS}, FIELDS(f_measure), 0, IF(enforcement), DO(measure)},
    {"message", "结对联络", "messaged", OPEN_STATES, {LEADS, GRASS_ROOTS}, FIELDS(f_message), 0, IF(message), DO(message)},
    {"read_message", "联络已阅", "message_read", OPEN_STATES, {OWES(MESSAGE)}, .flags = 0, DO(read_message)},
    {"receive", "签收结果", "received", IN(CLOSED), {OWES(RECEIVE)}, FIELDS(f_receive), CMD_PRIMARY, NULL, DO(receive)},
    {"check_late", "核对补传", "late_checked", OPEN_STATES | IN(CLOSED), {OWES(LATE)}, FIELDS(f_check_late), 0, NULL, DO(check_late)},
    {"supervise_case", "督办", "supervised", OPEN_STATES,
     {COORDINATES, {SCOPE_AREA, R(LEADING_GROUP) | R(OVERSIGHT_BODY) | R(CONTACT_LEADER), 0}, {SCOPE_PLACE, R(SUPERVISOR), 0}},
     FIELDS(f_supervise_case), 0, IF(supervise_case), DO(supervise_case)},
    {"answer_chase", "督办回复", "chase_answered", OPEN_STATES | IN(CLOSED), {OWES(CHASE)}, FIELDS(f_answer_chase), 0, NULL, DO(answer_chase)},
    {"note", "加备注", "noted", OPEN_STATES | IN(CLOSED), {{SCOPE_INVOLVED, 0, 0}}, FIELDS(f_note), 0, NULL, DO(note)},
    {"revisit", "登记回访", "revisited", IN(CLOSED), {OWES(REVISIT), {SCOPE_PLACE, R(GRID_CHIEF) | R(GRID_WORKER), 0}, COORDINATES},
     FIELDS(f_revisit), CMD_PRIMARY | CMD_NO_HANDLER, NULL, DO(revisit)},
    {"rule_reopen", "复办裁定", "reopen_ruled", IN(CLOSED), {OWES(RULE_REOPEN)}, FIELDS(f_rule_reopen), CMD_PRIMARY, NULL, DO(rule_reopen)},
    {"review_grade", "差评核查", "grade_reviewed", IN(CLOSED), {OWES(REVIEW_GRADE)}, FIELDS(f_review_grade), CMD_PRIMARY, NULL, DO(review_grade)},
    {"supplement", "补充材料", "supplemented", OPEN_STATES, {REPORTER, GRASS_ROOTS, {SCOPE_AREA, R(HOTLINE), 0}},
     FIELDS(f_supplement), CMD_RESIDENT, NULL, DO(supplement)},
    {"urge", "催办", "urged", OPEN_STATES, {REPORTER, {SCOPE_AREA, R(HOTLINE), 0}}, .flags = CMD_RESIDENT, IF(urge), DO(urge)},
    {"withdraw", "撤回", "withdrawn", OPEN_STATES, {REPORTER}, FIELDS(f_withdraw), CMD_RESIDENT | CMD_CAREFUL, IF(withdraw), DO(withdraw)},
    {"rate", "评价", "rated", IN(CLOSED) | IN(ARCHIVED), {REPORTER}, FIELDS(f_rate), CMD_RESIDENT | CMD_PRIMARY, IF(rate), DO(rate)},
    {"follow", "我也遇到", "followed", OPEN_STATES, {REPORTER}, .flags = CMD_HIDDEN, DO(follow)},
};
const size_t n_commands = sizeof commands / sizeof *commands;
