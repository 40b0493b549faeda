/* REST v1 in tables: operations, parameters, and the members of what is answered. Read from top to bottom. */
#include "openapi.h"

#define CASE_PROBLEMS "401 403 404"

/* A row is a line. */
/* clang-format off */

const struct tag tags[] = {
    {"cases", "反映的事项：登记、查看、办理"},
    {"actions", "对一件事项能做的每一步；能不能做由状态、岗位和法律决定"},
    {"files", "照片和录音"},
    {"complaints", "监督举报：只到行政执法协调监督，不到被反映的单位"},
    {"duties", "责任：谁在什么时候以前要做什么"},
    {"lists", "工作方案、两张清单、地方和单位"},
    {"figures", "统计数字，每个都能点回它的事项"},
    {"me", "令牌是谁的"},
};
const size_t n_tags = sizeof tags / sizeof *tags;

const struct operation operations[] = {
    {"post", "/cases", "createCase", "cases", "登记一件事项", FOR_ALL | FOR_STAFF, "Idempotency-Key", "new-case", 201, "NewCaseAnswer", "400 401 403 422 429"},
    {"get", "/cases", "listCases", "cases", "事项列表", FOR_STAFF,
     "state list item place lead source overdue supervised reopened tier outcome q from to sort limit after", NULL, 200, "CaseList", "401 422"},
    {"get", "/cases/{no}", "getCase", "cases", "一件事项", FOR_STAFF | FOR_REPORTER, "no", NULL, 200, "Case", CASE_PROBLEMS},
    {"post", "/cases/{no}/undo", "undoLastStep", "cases", "撤销自己刚做的一步（十分钟内）", FOR_STAFF, "no Idempotency-Key", NULL, 200, "Case", CASE_PROBLEMS " 409 422"},
    {"post", "/cases/{no}/contact", "revealContact", "cases", "查看反映人联系方式（会记录是谁、为什么）", FOR_STAFF, "no", "ContactPurpose", 200, "Contact", CASE_PROBLEMS " 410 422"},
    {"put", "/cases/{no}/watch", "watchCase", "cases", "关注", FOR_STAFF, "no", NULL, 200, "Watched", CASE_PROBLEMS},
    {"delete", "/cases/{no}/watch", "unwatchCase", "cases", "不再关注", FOR_STAFF, "no", NULL, 200, "Watched", CASE_PROBLEMS},
    {"post", "/cases/{no}/follow", "followCase", "cases", "又有人遇到同一件事", FOR_STAFF, "no Idempotency-Key", NULL, 200, "Case", CASE_PROBLEMS " 409"},
    {"post", "/files", "uploadFile", "files", "上传一个文件", FOR_ALL | FOR_STAFF | FOR_REPORTER, "Idempotency-Key", "file", 201, "FileAnswer", "400 401 413 415 422 429"},
    {"get", "/files/{id}/{variant}", "getFile", "files", "一个文件", FOR_STAFF | FOR_REPORTER, "id variant", NULL, 200, "image", "401 404"},
    {"put", "/files/{id}/public", "publishFile", "files", "看过以后公开给反映人", FOR_STAFF, "id", NULL, 200, "Published", "401 403 404 409"},
    {"delete", "/files/{id}/public", "hideFile", "files", "不再公开给反映人", FOR_STAFF, "id", NULL, 200, "Published", "401 403 404 409"},
    {"post", "/complaints", "createComplaint", "complaints", "反映执法人员或单位的问题", FOR_ALL, "Idempotency-Key", "NewComplaint", 201, "ComplaintAnswer", "400 401 422 429"},
    {"get", "/complaints", "listComplaints", "complaints", "监督举报列表（只有行政执法协调监督看得到）", FOR_STAFF, "open-complaint after", NULL, 200, "ComplaintList", "401 403 422"},
    {"get", "/complaints/{id}", "getComplaint", "complaints", "一件监督举报", FOR_STAFF, "id", NULL, 200, "Complaint", "401 403 404"},
    {"post", "/complaints/{id}/answer", "answerComplaint", "complaints", "核查结果", FOR_STAFF, "id Idempotency-Key", "ComplaintFinding", 200, "Complaint", "401 403 404 409 422"},
    {"get", "/notices", "listNotices", "duties", "给我和我的岗位的消息", FOR_STAFF, "since", NULL, 200, "NoticeList", "401"},
    {"post", "/sweeps", "recordSweep", "duties", "登记本月摸排过的楼栋", FOR_STAFF, "Idempotency-Key", "NewSweep", 201, "SweepAnswer", "401 403 422"},
    {"post", "/handovers", "handOver", "duties", "把责任移交给别人，到某天或一直", FOR_STAFF, "Idempotency-Key", "NewHandover", 201, "Handover", "401 403 422"},
    {"get", "/duties", "listDuties", "duties", "责任列表", FOR_STAFF, "mine open kind overdue-duty limit after", NULL, 200, "DutyList", "401 422"},
    {"get", "/schemes/current", "currentScheme", "lists", "现行工作方案", FOR_ALL | FOR_STAFF, "", NULL, 200, "Scheme", "401"},
    {"get", "/places", "listPlaces", "lists", "地方", FOR_ALL | FOR_STAFF, "place-kind within name-words", NULL, 200, "PlaceList", "401 422"},
    {"get", "/items", "listItems", "lists", "两张清单的事项", FOR_ALL | FOR_STAFF, "list at-place name-words", NULL, 200, "ItemList", "401 422"},
    {"get", "/orgs", "listOrgs", "lists", "单位", FOR_ALL | FOR_STAFF, "org-kind name-words", NULL, 200, "OrgList", "401 422"},
    {"get", "/figures", "listFigures", "figures", "统计数字的目录", FOR_STAFF, "", NULL, 200, "FigureList", "401 403"},
    {"get", "/figures/{name}", "getFigure", "figures", "一个统计数字", FOR_STAFF, "figure from to compound org by", NULL, 200, "Figure", "401 403 404 422"},
    {"get", "/me", "whoAmI", "me", "我是谁", FOR_STAFF | FOR_REPORTER, "", NULL, 200, "Me", "401"},
};
const size_t n_operations = sizeof operations / sizeof *operations;

/* Names with a hyphen are only ours: what is sent is said in parameter_name (openapi.c), the part before it. */
const struct parameter parameters[] = {
    {"no", "path", "string", "事项编号，例如 20260421-0037，或带区划前缀的全号"},
    {"id", "path", "integer", "上传后得到的编号"},
    {"variant", "path", "#variant", "thumb 缩略图，public 去掉隐私的图，original 原件"},
    {"figure", "path", "string", "目录里的 name"},
    {"Idempotency-Key", "header", "string", "同一次提交用同一个编号（8–200 个字符，例如 UUID），重复提交得到第一次的回答"},
    {"If-Match", "header", "string", "看到的 version；事项已经变化、这一步又不能做时回答 412"},
    {"state", "query", "string", "状态代码，或 open（未办结）、final（已结束）"},
    {"list", "query", "#list", "哪张清单"},
    {"item", "query", "string", "事项代码"},
    {"place", "query", "string", "地方代码；小区以上的包含其下全部小区"},
    {"lead", "query", "string", "牵头单位代码"},
    {"source", "query", "string", "来源渠道"},
    {"overdue", "query", "boolean", "主责任已超期"},
    {"supervised", "query", "boolean", "被督办"},
    {"reopened", "query", "boolean", "复办过"},
    {"tier", "query", "#tier", "最终处置"},
    {"outcome", "query", "#outcome", "办理结果"},
    {"q", "query", "string", "编号，或反映内容里的词"},
    {"from", "query", "date", "从哪天（登记日）"},
    {"to", "query", "date", "到哪天"},
    {"sort", "query", "#sort", "排序"},
    {"limit", "query", "integer", "每页几条，1–100，不写为 20"},
    {"after", "query", "string", "上一页 next 里的值，原样使用"},
    {"mine", "query", "boolean", "只看我的责任；不写为 true"},
    {"open", "query", "boolean", "只看未完成的；不写为 true"},
    {"kind", "query", "#duty", "责任种类"},
    {"overdue-duty", "query", "boolean", "true 只看超期的，false 只看没超期的"},
    {"place-kind", "query", "#place_kind", "哪种地方"},
    {"within", "query", "string", "在哪个地方以内"},
    {"name-words", "query", "string", "名称里的词，或代码"},
    {"at-place", "query", "string", "在这个小区由谁牵头"},
    {"org-kind", "query", "#org_kind", "哪种单位"},
    {"compound", "query", "string", "小区代码"},
    {"org", "query", "string", "牵头单位代码"},
    {"by", "query", "#by", "再分月列出"},
    {"since", "query", "integer", "只看这个编号以后的消息"},
    {"open-complaint", "query", "boolean", "只看没有答复的"},
};
const size_t n_parameters = sizeof parameters / sizeof *parameters;

const struct member members[] = {
    {"Code", "code", "string", "代码", 0},
    {"Code", "name", "string", "名称", 0},

    {"NewCaseAnswer", "no", "string", "编号", 0},
    {"NewCaseAnswer", "query_code", "string", "六位查询码", 0},
    {"NewCaseAnswer", "url", "string", "反映人的秘密链接", 0},
    {"NewCaseAnswer", "token", "string", "查询凭证：Authorization: Case <token>", 0},
    {"NewCaseAnswer", "case", "string", "这件事项的地址", 0},

    {"CaseHead", "no", "string", "编号", 0},
    {"CaseHead", "state", "#state", "状态", 0},
    {"CaseHead", "steps", "[#step]", "一劝二督三查走过的步骤", 0},
    {"CaseHead", "tier", "#tier?", "最终处置", 0},
    {"CaseHead", "list", "#list?", "哪张清单；没有归类时为 null", 0},
    {"CaseHead", "item", "Code?", "事项", 0},
    {"CaseHead", "place", "Code?", "小区", 0},
    {"CaseHead", "lead", "Code?", "牵头单位", 0},
    {"CaseHead", "source", "string", "来源渠道", 0},
    {"CaseHead", "opened_at", "moment", "登记时间", 0},
    {"CaseHead", "closed_at", "moment?", "结束时间", 0},
    {"CaseHead", "outcome", "#outcome?", "办理结果", 0},
    {"CaseHead", "urgent", "boolean", "紧急", 0},
    {"CaseHead", "danger", "boolean", "有危险", 0},
    {"CaseHead", "followers", "integer", "还有几人也遇到", 0},
    {"CaseHead", "reopens", "integer", "复办次数", 0},
    {"CaseHead", "clocks", "Clocks", "两个时钟", 0},
    {"CaseHead", "version", "integer", "版本，每一步加一", 0},
    {"CaseHead", "supervised", "boolean", "被督办（反映人看不到）", MAY_LACK},
    {"CaseHead", "overdue", "boolean", "主责任现在已超期", MAY_LACK},
    {"CaseHead", "missed", "boolean", "未完成的责任里有超过期的", MAY_LACK},
    {"CaseHead", "main_duty", "#duty?", "主责任的种类", MAY_LACK},
    {"CaseHead", "url", "string", "这件事项的地址（列表里）", MAY_LACK},

    {"Clocks", "handling", "HandlingClock?", "办理时钟；结束后为 null", 0},
    {"Clocks", "resident", "ResidentClock", "居民的时钟：从第一次反映起，不暂停、不重置", 0},
    {"HandlingClock", "due", "moment?", "主责任的期限", 0},
    {"HandlingClock", "paused", "boolean", "挂起中", 0},
    {"HandlingClock", "until", "date?", "挂起到哪天", MAY_LACK},
    {"ResidentClock", "due", "moment?", "答复居民的期限", 0},

    {"CaseBody", "assists", "[Code]", "配合单位", 0},
    {"CaseBody", "words", "string", "反映的原话", 0},
    {"CaseBody", "spot", "string?", "具体位置", 0},
    {"CaseBody", "reply", "string?", "答复", 0},
    {"CaseBody", "solved", "#solved?", "反映人说解决了吗", 0},
    {"CaseBody", "grade", "integer?", "1 非常满意 … 5 非常不满意", 0},
    {"CaseBody", "transferred_to", "string?", "移送到哪里", 0},
    {"CaseBody", "receipt_no", "string?", "对方接收编号", 0},
    {"CaseBody", "urges", "integer", "催办次数", 0},
    {"CaseBody", "scheme", "SchemeRef", "按哪一版方案办理", 0},
    {"CaseBody", "tiers", "[#tier]", "有记录的处置", MAY_LACK},
    {"CaseBody", "called_at", "moment?", "呼叫", MAY_LACK},
    {"CaseBody", "admitted_at", "moment?", "受理", MAY_LACK},
    {"CaseBody", "dispatched_at", "moment?", "派发", MAY_LACK},
    {"CaseBody", "accepted_at", "moment?", "响应", MAY_LACK},
    {"CaseBody", "order_until", "date?", "责令改正的期限", MAY_LACK},
    {"CaseBody", "filed_at", "moment?", "立案", MAY_LACK},
    {"CaseBody", "filing_no", "string?", "立案编号", MAY_LACK},
    {"CaseBody", "binding", "boolean", "牵头已裁定，不得再退", MAY_LACK},
    {"CaseBody", "refusals", "integer", "退单次数", MAY_LACK},
    {"CaseBody", "refused_by", "Code?", "第一次退单的单位", MAY_LACK},
    {"CaseBody", "pauses", "integer", "挂起次数", MAY_LACK},
    {"CaseBody", "extensions", "integer", "延期次数", MAY_LACK},
    {"CaseBody", "cause", "#cause?", "难在哪里", MAY_LACK},
    {"CaseBody", "hotline_no", "string?", "热线工单编号", MAY_LACK},
    {"CaseBody", "hotline_due", "moment?", "热线要求的答复时间", MAY_LACK},
    {"CaseBody", "phase", "string", "found 未诉先办，told 应诉即办，reopened 结诉复办", MAY_LACK},
    {"CaseBody", "whistle", "Code?", "哨级", MAY_LACK},
    {"CaseBody", "measured", "string?", "检测：within 未超标，above 超标", MAY_LACK},
    {"CaseBody", "contact", "ContactState", "反映人留了联系方式吗", MAY_LACK},
    {"CaseBody", "duties", "[Duty]", "全部责任", 0},
    {"CaseBody", "allowed", "[Allowed]", "您现在能做什么", 0},
    {"CaseBody", "events", "[Event]", "经过", 0},
    {"CaseBody", "files", "[File]", "照片和文件", 0},

    {"SchemeRef", "name", "string", "方案代码", 0},
    {"SchemeRef", "version", "integer", "版本", 0},
    {"ContactState", "given", "boolean", "留了", 0},
    {"ContactState", "keep_secret", "boolean", "要求保密", 0},
    {"ContactPurpose", "purpose", "string", "为什么要查看", 0},
    {"Contact", "name", "string?", "姓名", 0},
    {"Contact", "phone", "string?", "电话", 0},
    {"Watched", "watched", "boolean", "正在关注", 0},

    {"Owner", "org", "string", "单位代码", MAY_LACK},
    {"Owner", "place", "string", "地方代码", MAY_LACK},
    {"Owner", "role", "#role", "岗位", MAY_LACK},
    {"Owner", "person", "string", "用户名（交给个人时）", MAY_LACK},
    {"Owner", "name", "string", "怎么称呼", MAY_LACK},
    {"Duty", "id", "integer", "编号", 0},
    {"Duty", "kind", "#duty", "种类", 0},
    {"Duty", "label", "string", "要做什么", 0},
    {"Duty", "case", "CaseRef", "哪件事项（责任列表里）", MAY_LACK},
    {"Duty", "owner", "Owner", "谁的责任", 0},
    {"Duty", "opened_at", "moment", "从什么时候起", 0},
    {"Duty", "due", "moment", "到什么时候", 0},
    {"Duty", "window_from", "moment?", "最早什么时候做才算", 0},
    {"Duty", "need", "integer", "要几次", 0},
    {"Duty", "credited", "integer", "已有几次", 0},
    {"Duty", "settled_at", "moment?", "什么时候了结", 0},
    {"Duty", "missed", "boolean", "超过期；记下就不再抹去", 0},
    {"Duty", "end", "#end", "怎样了结", 0},
    {"Duty", "main", "boolean", "主责任", MAY_LACK},
    {"Duty", "missed_at", "moment?", "什么时候超期", MAY_LACK},
    {"Duty", "level", "integer", "督办第几级，或回访第几次", MAY_LACK},
    {"Duty", "chases", "integer", "督的是哪一项责任", MAY_LACK},
    {"Duty", "escalated", "Owner", "超期后报到哪里", MAY_LACK},
    {"CaseRef", "no", "string", "编号", 0},
    {"CaseRef", "state", "#state", "状态", 0},
    {"CaseRef", "item", "Code?", "事项", 0},
    {"CaseRef", "place", "Code?", "小区", 0},

    {"Allowed", "action", "#action", "操作代码", 0},
    {"Allowed", "label", "string", "按钮上的字", 0},
    {"Allowed", "primary", "boolean", "通常的下一步", 0},
    {"Allowed", "undoable", "boolean", "十分钟内可撤销", 0},
    {"Allowed", "fields", "object", "要填的内容，JSON Schema", 0},

    {"Actor", "role", "string", "岗位；clock 是系统时钟", 0},
    {"Actor", "org", "string", "单位代码", MAY_LACK},
    {"Actor", "name", "string", "姓名（反映人看不到）", MAY_LACK},
    {"Event", "seq", "integer", "第几步", 0},
    {"Event", "at", "moment", "什么时候", 0},
    {"Event", "type", "string", "发生了什么", 0},
    {"Event", "actor", "Actor", "谁做的", 0},
    {"Event", "text", "string", "经过", 0},
    {"Event", "occurred_at", "moment?", "自称的发生时间", MAY_LACK},
    {"Event", "public", "boolean", "反映人看得到这一步", MAY_LACK},
    {"Event", "files", "[integer]", "附的文件", MAY_LACK},

    {"File", "id", "integer", "编号", 0},
    {"File", "type", "string", "媒体类型", 0},
    {"File", "width", "integer", "宽", 0},
    {"File", "height", "integer", "高", 0},
    {"File", "at", "moment", "上传时间", 0},
    {"File", "after", "boolean", "整改以后的", 0},
    {"File", "url", "string", "去掉隐私的图", 0},
    {"File", "sha256", "string", "原件的 SHA-256", MAY_LACK},
    {"File", "bytes", "integer", "原件大小", MAY_LACK},
    {"File", "public", "boolean", "反映人看得到", MAY_LACK},
    {"File", "event", "integer", "随哪一步", MAY_LACK},
    {"File", "original", "string", "原件", MAY_LACK},
    {"FileAnswer", "id", "integer", "登记、办理时写进 files", 0},
    {"FileAnswer", "sha256", "string", "收到的内容的 SHA-256", 0},
    {"FileAnswer", "width", "integer", "宽；不是照片为 0", 0},
    {"FileAnswer", "height", "integer", "高", 0},
    {"FileAnswer", "bytes", "integer", "大小", 0},

    {"Published", "id", "integer", "文件编号", 0},
    {"Published", "public", "boolean", "反映人看得到", 0},

    {"ComplaintAnswer", "opened_at", "moment", "收到的时间", 0},
    {"ComplaintAnswer", "due", "moment", "什么时候以前核查", 0},
    {"ComplaintHead", "id", "integer", "编号", 0},
    {"ComplaintHead", "kind", "#complaint", "哪一种情况", 0},
    {"ComplaintHead", "org", "Code?", "哪个单位", 0},
    {"ComplaintHead", "place", "Code?", "哪个小区", 0},
    {"ComplaintHead", "opened_at", "moment", "收到的时间", 0},
    {"ComplaintHead", "due", "moment?", "什么时候以前核查", 0},
    {"ComplaintHead", "missed", "boolean", "超过期", 0},
    {"ComplaintHead", "answered_at", "moment?", "答复的时间", 0},
    {"ComplaintHead", "finding", "#finding?", "核查结果", 0},
    {"ComplaintHead", "url", "string", "地址（列表里）", MAY_LACK},
    {"ComplaintBody", "words", "string", "原话", 0},
    {"ComplaintBody", "phone", "string?", "联系电话", 0},
    {"ComplaintBody", "answer", "string?", "核查情况", 0},
    {"ComplaintList", "complaints", "[ComplaintHead]", "监督举报", 0},
    {"ComplaintList", "next", "string?", "下一页；最后一页为 null", 0},
    {"ComplaintFinding", "finding", "#finding", "核查结果", 0},
    {"ComplaintFinding", "words", "string", "核查情况", 0},

    {"NoticeList", "notices", "[Notice]", "消息，新的在前", 0},
    {"Notice", "id", "integer", "编号", 0},
    {"Notice", "kind", "string", "种类", 0},
    {"Notice", "text", "string", "内容", 0},
    {"Notice", "urgent", "boolean", "紧急", 0},
    {"Notice", "at", "moment", "时间", 0},
    {"Notice", "case", "string?", "哪件事项", 0},
    {"NewSweep", "place", "string", "小区代码", 0},
    {"NewSweep", "building", "[string]", "哪些楼栋", 0},
    {"SweepAnswer", "buildings", "integer", "登记了几栋", 0},
    {"NewHandover", "from", "string", "谁的；不写为自己", MAY_LACK},
    {"NewHandover", "to", "string", "接手人的用户名", 0},
    {"NewHandover", "until", "date", "到哪天；不写为一直", MAY_LACK},
    {"Handover", "from", "string", "谁的", 0},
    {"Handover", "to", "string", "接手人", 0},
    {"Handover", "until", "date?", "到哪天", 0},

    {"CaseList", "cases", "[CaseHead]", "事项", 0},
    {"CaseList", "next", "string?", "下一页；最后一页为 null", 0},
    {"DutyList", "duties", "[Duty]", "责任", 0},
    {"DutyList", "next", "string?", "下一页；最后一页为 null", 0},

    {"Scheme", "name", "string", "方案代码", 0},
    {"Scheme", "version", "integer", "版本", 0},
    {"Scheme", "title", "string", "名称", 0},
    {"Scheme", "county", "string", "县区", 0},
    {"Scheme", "region", "string", "区划代码", 0},
    {"Scheme", "valid_from", "date?", "施行日期", 0},
    {"Scheme", "supervision_phone", "string?", "监督举报电话", 0},
    {"Scheme", "lists", "ListCounts", "两张清单各有多少", 0},
    {"Scheme", "limits", "[Limit]", "时限", 0},
    {"Scheme", "hops", "[Hop]", "呼叫、受理、派发、响应", 0},
    {"Scheme", "sources", "[Source]", "来源渠道", 0},
    {"ListCounts", "enforcement", "ListCount", "执法清单", 0},
    {"ListCounts", "service", "ListCount", "服务清单", 0},
    {"ListCount", "categories", "integer", "几大类", 0},
    {"ListCount", "items", "integer", "几项", 0},
    {"Limit", "code", "string", "代码", 0},
    {"Limit", "name", "string", "名称", 0},
    {"Limit", "amount", "integer", "多少", 0},
    {"Limit", "unit", "#unit", "单位", 0},
    {"Limit", "amber", "integer", "提前多少提醒", 0},
    {"Limit", "clock", "string", "哪个时钟", 0},
    {"Limit", "basis", "string?", "依据", 0},
    {"Limit", "origin", "string?", "来源：seed 文章，ours 建议值", 0},
    {"Hop", "chain", "string", "哪条链", 0},
    {"Hop", "order", "integer", "第几步", 0},
    {"Hop", "hop", "#hop", "哪一步", 0},
    {"Hop", "role", "#role", "哪个岗位", 0},
    {"Hop", "owner", "string", "哪个单位", 0},
    {"Hop", "limit", "string?", "时限代码", 0},
    {"Hop", "escalate", "#role?", "超期报给谁", 0},
    {"Hop", "clause", "string?", "方案条文", 0},
    {"Source", "code", "string", "代码", 0},
    {"Source", "name", "string", "名称", 0},
    {"Source", "roles", "[#role]", "哪些岗位能用", 0},
    {"Source", "enters_at", "#hop", "从哪一步进入", 0},
    {"Source", "needs", "[string]", "必须填什么", 0},

    {"PlaceList", "places", "[Place]", "地方", 0},
    {"Place", "code", "string", "代码", 0},
    {"Place", "name", "string", "名称", 0},
    {"Place", "kind", "#place_kind", "种类", 0},
    {"Place", "kind_label", "string", "种类的叫法", 0},
    {"Place", "parent", "string?", "上一级的代码", 0},
    {"Place", "chain", "string?", "走哪条链", 0},
    {"Place", "org", "Code?", "管它的单位", 0},
    {"Place", "station", "Code?", "联络站", 0},
    {"Place", "firm", "Code?", "物业企业", 0},
    {"Place", "buildings", "string?", "楼栋", 0},
    {"Place", "households", "integer", "户数；0 为不知道", 0},
    {"Place", "location", "Location?", "WGS-84", 0},
    {"Location", "lon", "number", "经度", 0},
    {"Location", "lat", "number", "纬度", 0},

    {"ItemList", "items", "[Item]", "事项", 0},
    {"Item", "code", "string", "代码", 0},
    {"Item", "name", "string", "名称", 0},
    {"Item", "plain", "string", "平常话", 0},
    {"Item", "list", "#list", "哪张清单", 0},
    {"Item", "category", "string?", "大类代码", 0},
    {"Item", "category_name", "string?", "大类", 0},
    {"Item", "lead", "string", "牵头：单位代码，或 @firm、@community 等", 0},
    {"Item", "lead_org", "Code?", "在这个小区是谁（写了 place 时）", 0},
    {"Item", "assists", "[string]", "配合", 0},
    {"Item", "ladder", "string?", "处置阶梯", 0},
    {"Item", "tier", "#tier?", "通常的处置", 0},
    {"Item", "urgent", "boolean", "紧急", 0},
    {"Item", "danger", "boolean", "有危险", 0},
    {"Item", "photo_pair", "boolean", "办结要有前后照片", 0},
    {"Item", "limit", "string?", "时限代码", 0},
    {"Item", "evidence", "[string]", "要什么证据", 0},
    {"Item", "closing", "[string]", "结案条件", 0},
    {"Item", "questions", "[string]", "会问反映人什么", 0},
    {"Item", "raise_to", "[string]", "服务事项可升级为", 0},
    {"Item", "bases", "[Basis]", "今天有效的依据", 0},
    {"Basis", "law", "string", "法律法规", 0},
    {"Basis", "article", "string", "条", 0},
    {"Basis", "gist", "string", "大意", 0},

    {"OrgList", "orgs", "[Org]", "单位", 0},
    {"Org", "code", "string", "代码", 0},
    {"Org", "name", "string", "名称", 0},
    {"Org", "short_name", "string", "简称", 0},
    {"Org", "kind", "#org_kind", "种类", 0},
    {"Org", "parent", "string?", "上级的代码", 0},
    {"Org", "phone", "string?", "电话", 0},
    {"Org", "hours", "string?", "办公时间", 0},
    {"Org", "address", "string?", "地址", 0},
    {"Org", "duty", "string?", "管什么", 0},

    {"FigureList", "figures", "[FigureEntry]", "目录", 0},
    {"FigureEntry", "name", "string", "代码", 0},
    {"FigureEntry", "title", "string", "名称", 0},
    {"FigureEntry", "unit", "string", "单位", 0},
    {"FigureEntry", "definition", "string", "怎样算", 0},
    {"FigureEntry", "version", "integer", "定义的版本", 0},
    {"FigureEntry", "seed", "string", "对应的工作机制", 0},
    {"FigureEntry", "url", "string", "地址", 0},
    {"Figure", "name", "string", "代码", 0},
    {"Figure", "title", "string", "名称", 0},
    {"Figure", "unit", "string", "单位", 0},
    {"Figure", "definition", "string", "怎样算", 0},
    {"Figure", "version", "integer", "定义的版本", 0},
    {"Figure", "seed", "string", "对应的工作机制", 0},
    {"Figure", "from", "date", "从", 0},
    {"Figure", "to", "date", "到", 0},
    {"Figure", "place", "string?", "小区", 0},
    {"Figure", "org", "string?", "单位", 0},
    {"Figure", "value", "number?", "数值；样本为 0 时为 null", 0},
    {"Figure", "numerator", "integer", "分子", 0},
    {"Figure", "denominator", "integer", "分母", 0},
    {"Figure", "note", "string?", "例如样本不足", 0},
    {"Figure", "cases", "string", "分子是哪些事项", 0},
    {"Figure", "months", "[FigureMonth]", "分月（by=month 时）", MAY_LACK},
    {"FigureMonth", "month", "string", "2026-04", 0},
    {"FigureMonth", "value", "number?", "数值", 0},
    {"FigureMonth", "numerator", "integer", "分子", 0},
    {"FigureMonth", "denominator", "integer", "分母", 0},
    {"FigureMonth", "note", "string?", "例如样本不足", 0},

    {"Me", "person", "Person?", "工作人员；反映人为 null", 0},
    {"Me", "roles", "[Posting]", "岗位", 0},
    {"Me", "sources", "[string]", "能用的来源渠道", 0},
    {"Me", "reporter_of", "string?", "查询凭证是哪件事项的", MAY_LACK},
    {"Me", "area", "Area", "哪个县区", 0},
    {"Me", "now", "moment", "服务器的时间", 0},
    {"Person", "username", "string", "用户名", 0},
    {"Person", "name", "string", "姓名", 0},
    {"Posting", "role", "#role", "岗位", 0},
    {"Posting", "label", "string", "岗位的叫法", 0},
    {"Posting", "org", "Code?", "单位", 0},
    {"Posting", "place", "Code?", "管哪里", 0},
    {"Posting", "cert_no", "string?", "执法证号", 0},
    {"Posting", "cert_until", "date?", "执法证有效至", 0},
    {"Posting", "delegated", "boolean", "别人移交来的", 0},
    {"Area", "code", "integer", "区划代码", 0},
    {"Area", "county", "string", "县区", 0},

    {"Problem", "type", "string", "RFC 9457", 0},
    {"Problem", "title", "string", "一句话", 0},
    {"Problem", "status", "integer", "HTTP 状态", 0},
    {"Problem", "detail", "string", "为什么，怎么办", 0},
    {"Problem", "instance", "string", "请求的地址", 0},
    {"Problem", "errors", "[FieldProblem]", "哪个字段、为什么（422）", MAY_LACK},
    {"Problem", "article", "string", "哪部法律哪一条（451）", MAY_LACK},
    {"Problem", "state", "#state", "事项现在的状态（409、412）", MAY_LACK},
    {"Problem", "state_label", "string", "状态的叫法", MAY_LACK},
    {"Problem", "version", "integer", "事项现在的版本", MAY_LACK},
    {"Problem", "allowed", "[#action]", "现在能做什么", MAY_LACK},
    {"Problem", "changes", "[Event]", "您看过以后发生了什么（412）", MAY_LACK},
    {"FieldProblem", "field", "string", "字段", 0},
    {"FieldProblem", "message", "string", "要怎样改", 0},
};
const size_t n_members = sizeof members / sizeof *members;

/* clang-format on */

/* ---- Enumerations: the codes of core, walked ---- */

#define LIST(name_, count, code)                                                                                       \
    static size_t list_##name_(struct arena *a, const char ***out)                                                     \
    {                                                                                                                  \
        const char **list = arena_array(a, const char *, count);                                                       \
        size_t n = 0;                                                                                                  \
        for (int i = 0; i < (int)(count); i++)                                                                         \
            list[n++] = code;                                                                                          \
        *out = list;                                                                                                   \
        return n;                                                                                                      \
    }
#define WORDS(name_, ...)                                                                                              \
    static size_t list_##name_(struct arena *a, const char ***out)                                                     \
    {                                                                                                                  \
        static const char *words[] = {__VA_ARGS__};                                                                    \
        (void)a;                                                                                                       \
        *out = words;                                                                                                  \
        return sizeof words / sizeof *words;                                                                           \
    }

LIST(state, CASE_STATE_COUNT, case_state_code(i))
LIST(outcome, OUTCOME_MEDIATED, outcome_code(i + OUTCOME_SOLVED))
LIST(tier, TIER_COUNT - 1, tier_code(i + TIER_PERSUADE))
LIST(duty, DUTY_KIND_COUNT, duty_code(i))
LIST(end, END_COUNT, duty_end_code(i))
LIST(role, ROLE_COUNT, role_code(i))
LIST(hop, HOP_COUNT, hop_code(i))
LIST(place_kind, PLACE_KIND_COUNT, place_kind_code(i))
LIST(org_kind, ORG_KIND_COUNT, org_kind_code(i))
WORDS(list, "enforcement", "service")
WORDS(step, "persuade", "supervise_property", "investigate")
WORDS(solved, "yes", "partly", "no")
WORDS(cause, "unclear", "split", "uncoordinated")
WORDS(unit, "minute", "office_hour", "working_day", "natural_day")
WORDS(variant, "thumb", "public", "original")
WORDS(sort, "newest", "oldest", "due")
WORDS(by, "month")

static size_t
list_action(struct arena *a, const char ***out)
{
    const char **list = arena_array(a, const char *, n_commands);
    size_t n = 0;
    for (size_t i = 0; i < n_commands; i++)
        if (!(commands[i].flags & CMD_HIDDEN))
            list[n++] = commands[i].code;
    *out = list;
    return n;
}

static size_t
list_choices(struct arena *a, const struct choice *choices, const char ***out)
{
    size_t n = 0;
    while (choices[n].code)
        n++;
    const char **list = arena_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        list[i] = choices[i].code;
    *out = list;
    return n;
}

static size_t
list_complaint(struct arena *a, const char ***out)
{
    return list_choices(a, complaint_kinds(), out);
}

static size_t
list_finding(struct arena *a, const char ***out)
{
    return list_choices(a, complaint_findings(), out);
}

#define E(name)                                                                                                        \
    {                                                                                                                  \
#name, list_##name                                                                                             \
    }
const struct enumeration enumerations[] = {
    E(state), E(outcome), E(tier),  E(duty), E(end),     E(role), E(hop), E(place_kind), E(org_kind),  E(list),
    E(step),  E(solved),  E(cause), E(unit), E(variant), E(sort), E(by),  E(action),     E(complaint), E(finding),
};
const size_t n_enumerations = sizeof enumerations / sizeof *enumerations;
