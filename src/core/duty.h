/* duty.h — a duty (责任): somebody owes something by a time, and a record shows whether it was done.
 *
 * Everything promised is a duty (docs/architecture.md 1). Escalation, lights, scorecards and 待办 are readings of this
 * record. `missed` is set once and never cleared; a duty settled late is both missed and settled.
 */
#ifndef CORE_DUTY_H
#define CORE_DUTY_H

#include "registry.h"

/* id, code, label, and what the owner is asked to do. "main" duties carry the case: an open case has one. */
#define DUTY_KINDS(X)                                                                                                  \
    X(CLASSIFY, "classify", "归类", true)                                                                              \
    X(CALL, "call", "核实呼叫", true)                                                                                  \
    X(ADMIT, "admit", "受理", true)                                                                                    \
    X(DISPATCH, "dispatch", "派单", true)                                                                              \
    X(ACCEPT, "accept", "接单", true)                                                                                  \
    X(HANDLE, "handle", "办理", true)                                                                                  \
    X(SERVE, "serve", "服务办理", true)                                                                                \
    X(RECHECK, "recheck", "到期复查", true)                                                                            \
    X(COMPLETE, "complete", "补充跟进", true)                                                                          \
    X(RESUME, "resume", "恢复办理", true)                                                                              \
    X(CONFER, "confer", "会商", true)                                                                                  \
    X(TRANSFER, "transfer", "移送跟进", true)                                                                          \
    X(ANSWER, "answer", "答复居民", false)                                                                             \
    X(ARRIVE, "arrive", "到场", false)                                                                                 \
    X(ASSIST, "assist", "配合", false)                                                                                 \
    X(SUPERVISE, "supervise_property", "物业整改", false)                                                              \
    X(RULE_LEAD, "rule_lead", "裁定牵头", false)                                                                       \
    X(APPROVE, "approve", "审批", false)                                                                               \
    X(REVISIT, "revisit", "回访", false)                                                                               \
    X(RULE_REOPEN, "rule_reopen", "复办裁定", false)                                                                   \
    X(REVIEW_GRADE, "review_grade", "差评核查", false)                                                                 \
    X(CHASE, "chase", "督办", false)                                                                                   \
    X(COMPLAINT, "complaint", "核查投诉", false)                                                                       \
    X(RECEIVE, "receive", "签收结果", false)                                                                           \
    X(MESSAGE, "message", "回应联络", false)                                                                           \
    X(DELIVER, "deliver", "送达决定", false)                                                                            \
    X(HEAR, "hear", "举行听证", false)                                                                                  \
    X(COMPLY, "comply", "督促履行", false)                                                                              \
    X(ROUTINE, "routine", "常态化任务", false)                                                                          \
    X(CONFIRM, "confirm", "确认参加", false)                                                                            \
    X(ATTEND, "attend", "到场参加", false)                                                                              \
    X(CONCLUDE, "conclude", "登记结果", false)                           \
    X(FILL, "fill", "补配岗位", false)                                                                                 \
    X(RENEW, "renew", "证件续期", false)                                                                               \
    X(LATE, "check_late", "核对补传", false)                                                                            \
    X(TEAM, "team", "分队办理", false)
enum duty_kind {
#define X(id, code, label, main) DUTY_##id,
    DUTY_KINDS(X)
#undef X
    DUTY_KIND_COUNT
};
const char *duty_code(int kind);
const char *duty_label(int kind);
bool duty_is_main(int kind);
int duty_find(struct str code); /* -1 */

/* Lapsed: its period is over and it cannot be made good any more; the miss stays (mechanisms K1–K17). Late sync: done in
 * time without a network and received later; the miss stays too, and is no fault. */
enum duty_end {
    END_OPEN, END_DONE, END_DONE_LATE, END_VOID, END_EXCUSED, END_SUPERSEDED, END_LAPSED, END_LATE_SYNC, END_COUNT
};
const char *duty_end_code(int end);
const char *duty_end_label(int end);

/* A routine's duty is about a member of its subject set: an organisation, a posting, a place, or 0 for the area. */
enum subject_kind { SUBJECT_CASE = 1, SUBJECT_COMPLAINT = 2, SUBJECT_ROUTINE = 3, SUBJECT_VISIT = 4, SUBJECT_POST = 5 };
enum { POST_SUBJECT = -3 }; /* of every duty about a post: no id is negative */

struct duty {
    int64_t id; /* given when saved */
    int kind;
    int subject_kind;
    int64_t subject;
    struct owner owner;
    int need, credited; /* how many qualifying records; usually 1 */
    int64_t spacing; /* ms between records that count; 0 = none */
    instant opened_at, window_from, amber_at, due; /* due is never 0 */
    instant missed_at, ended_at; /* 0 = not */
    int end; /* enum duty_end */
    struct owner escalated; /* to whom the miss went; org 0 and role NONE = nobody */
    int64_t ref; /* CHASE: the duty chased; APPROVE: enum request_kind; ROUTINE: routine_ref; FILL: a place or an
                  * organisation; RENEW: the person; others 0 */
    int level; /* CHASE: 1, 2, 3; REVISIT: attempts so far */
    int64_t arg; /* APPROVE: the day asked for; ROUTINE: the first day of its period; FILL: slot_key; RENEW: the last valid day */
};

#endif
