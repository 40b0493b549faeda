/* case.h — a matter from report to archive: the current row, its states, and what changed between two rows.
 *
 * The row is a cache of the case's events (docs/architecture.md 2): each event carries the columns it changed, so that
 * replay needs no rule. The clear columns are what lists, boards and figures need; a resident's words never stand here.
 */
#ifndef CORE_CASE_H
#define CORE_CASE_H

#include "duty.h"

#define CASE_STATES(X)                                                                                                 \
    X(REGISTERED, "registered", "待归类", true)                                                                        \
    X(ROUTING, "routing", "待派单", true)                                                                              \
    X(AWAITING_ACCEPT, "awaiting_accept", "待接单", true)                                                              \
    X(HANDLING, "handling", "办理中", true)                                                                            \
    X(CONFERRING, "conferring", "会商中", true)                                                                        \
    X(AWAITING_RECHECK, "awaiting_recheck", "待复查", true)                                                            \
    X(RETURNED, "returned", "退回补充", true)                                                                          \
    X(SUSPENDED, "suspended", "已挂起", true)                                                                          \
    X(CLOSED, "closed", "已办结", false)                                                                               \
    X(ARCHIVED, "archived", "已归档", false)                                                                           \
    X(WITHDRAWN, "withdrawn", "已撤回", false)                                                                         \
    X(MERGED, "merged", "已并案", false)                                                                               \
    X(TRANSFERRED, "transferred", "已移送", false)
enum case_state {
#define X(id, code, label, open) CASE_##id,
    CASE_STATES(X)
#undef X
    CASE_STATE_COUNT
};
const char *case_state_code(int state);
const char *case_state_label(int state);
bool case_state_open(int state);
int case_state_find(struct str code); /* -1 */
#define STATE_BIT(s) (1u << CASE_##s)

enum outcome { OUTCOME_NONE, OUTCOME_SOLVED, OUTCOME_UNSOLVED, OUTCOME_NO_VIOLATION, OUTCOME_NOT_FOUND, OUTCOME_MEDIATED };
enum defence { DEFENCE_NONE, DEFENCE_WAIVED, DEFENCE_HEARD, DEFENCE_DECIDED }; /* and the decision that followed */
enum party { PARTY_ADULT, PARTY_ORGANISATION, PARTY_MINOR, PARTY_CHILD }; /* 行政处罚法 30: a class, never a birthday */
enum solved { SOLVED_UNKNOWN, SOLVED_YES, SOLVED_PARTLY, SOLVED_NO };
enum step { STEP_PERSUADE = 1, STEP_SUPERVISE = 2, STEP_INVESTIGATE = 4 }; /* 一劝二督三查, bits */
const char *outcome_code(int outcome);
const char *outcome_label(int outcome);
const char *tier_code(int tier);
const char *tier_label(int tier);
const char *list_code(int list);
const char *hop_code(int hop);
const char *hop_label(int hop);
enum summons { SUMMONS_NONE, SUMMONS_ON_DUTY, SUMMONS_OFF_DUTY }; /* in the hours when stations are on duty, or not */
struct case_file;
/* 未诉先办 found, 应诉即办 told, 结诉复办 reopened (BG-11); is_found as the channel says. */
const char *case_phase_code(const struct case_file *c, bool is_found);
const char *case_phase_label(const struct case_file *c, bool is_found);
const char *grade_label(int grade); /* 1 非常满意 … 5 非常不满意 */

/* Whole numbers of the row, in storage order. */
#define CASE_NUMBERS(X)                                                                                                \
    X(day) /* of registration; with `no` the case number */                                                            \
    X(no) X(state) X(hop) X(list) X(place) X(lead) X(urgent) X(danger)                                                 \
    X(scheme) /* version the case was opened under */                                                                  \
    X(opened_at) X(opened_by) X(opened_role) X(called_at) X(admitted_at) X(dispatched_at) X(accepted_at)               \
    X(contact_at) /* first time somebody reached the place or the person */                                            \
    X(closed_at) X(archived_at)                                                                                        \
    X(main_kind) X(main_due) X(main_missed) /* the main duty, for lists */                                             \
    X(answer_due) /* the resident's clock; set once at the first report */                                             \
    X(paused_at) X(paused_due) X(suspended_until) X(order_day)                                                         \
    X(tiers) /* bits 1 << tier of the record */                                                                        \
    X(steps) X(tier) /* final, derived at closing */                                                                   \
    X(persuade_failed) X(ordered_unmet) X(filed_at) X(noticed_at) X(defence) X(minor) X(outcome) X(solved) X(grade)     \
    X(rated_at) X(binding) X(refusals) X(refused_by) X(returns) X(pauses) X(extensions) X(orders) X(reclassified)       \
    X(reopens) X(urges) X(urged_day) X(followers) X(visits) X(photos) X(after_photos)                                  \
    X(handler) /* person who last acted for the lead */                                                                \
    X(supervised) /* 督办 */                                                                                           \
    X(reporter) /* person stream with the contact, 0 = none */                                                         \
    X(keep_secret) X(merged_into) X(prior)      /* earlier case of the same place and item, 90 days */                 \
    X(cause) /* of a delay: 1 unclear, 2 split, 3 uncoordinated (HC-00) */                                             \
    X(confers) X(transfers) /* asked for so far: nobody is pushed around for ever */                                   \
    X(whistle) /* level, 1 + row of the scheme's whistles; 0 = none */                                                 \
    X(whistle_at) X(lowered) X(rung) /* of the hop: first contact, second contact … */                                 \
    X(first_org) /* who had it first (首接) */                                                                         \
    X(measured) /* 1 within the limit, 2 above it */                                                                   \
    X(revisit_grade) X(revisit_officer) X(base_grade) X(base_officer) /* 双回访: of the department, of the officer */ \
    X(act_day) X(party) /* of the filing: when it was done, by what sort of party */                                   \
    X(hearing_until) /* the party may ask for a hearing until then; 1 = held or given up */                            \
    X(hotline_due) /* when the hotline wants its answer: shown, no clock of ours */                                    \
    X(comply_until) /* the day named in the written demand (催告); 1 = execution decided */                            \
    X(summoned_at) X(summoned_in) /* the whistle that asks somebody to come (BG-09); enum summons */                   \
    X(arrived_at) X(arrival_grade) /* who answered it was there: when, and how well that is shown (core/proof.h) */
/* Short clear texts. */
#define CASE_TEXTS(X) X(item) X(source) X(chain) X(hotline_no) X(transferred_to) X(receipt_no) X(filing_no)

struct case_file {
    int64_t area, id;
    int64_t version; /* sequence number of the last event */
#define X(name) int64_t name;
    CASE_NUMBERS(X)
#undef X
#define X(name) struct str name;
    CASE_TEXTS(X)
#undef X
    uint8_t head[32]; /* hash of the last event */
};

enum { CASE_N_NUMBERS = 0
#define X(name) +1
       CASE_NUMBERS(X)
#undef X
       , CASE_N_TEXTS = 0
#define X(name) +1
       CASE_TEXTS(X)
#undef X
};

/* Column access by position, for storage, events and replay. */
const char *case_number_name(int i);
int64_t *case_number(struct case_file *c, int i);
const char *case_text_name(int i);
struct str *case_text(struct case_file *c, int i);

/* 「20260421-0037」; the full form has the area in front. */
void case_no_format(struct buf *b, int64_t day, int64_t no);
bool case_no_parse(struct str s, int64_t *area, int32_t *day, int32_t *no); /* area 0 for the short form */

#endif
