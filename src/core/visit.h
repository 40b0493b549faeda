/* visit.h — one piece of routine work: 巡查、联勤入网、下沉、物业巡查、联合执法、专项整治、会商 …
 *
 * Planned or made at once; it says who came and how that is proved, where they went, what the checklists say, what came of it
 * in numbers and cases. A finished visit is a record: it settles the duties of routines (routine.h) and is never taken back.
 * Each change is one event whose body holds the whole visit; storage/visit_store.h makes it true.
 */
#ifndef CORE_VISIT_H
#define CORE_VISIT_H

#include "effects.h"

/* id, code, label, channel of the cases found, what it must have to count at all (bits), unit of counting */
#define VISIT_KINDS(X)                                                                                                 \
    X(PATROL, "patrol", "部门巡查", "patrol", NEEDS_PLACE)                                                             \
    X(JOINT_VISIT, "joint_visit", "联勤入网", "joint_visit", NEEDS_PLACE)                                              \
    X(WALK, "walk", "走访", "grid_sweep", NEEDS_PLACE)                                                                 \
    X(PRESENCE, "presence", "驻点下沉", "liaison_day", NEEDS_PLACE)                                                    \
    X(ROUND, "round", "物业巡查", "property", NEEDS_PLACE)                                                             \
    X(OPERATION, "operation", "联合执法", "patrol", NEEDS_PLACE | TAKES_ORGS)                                          \
    X(CAMPAIGN, "campaign", "专项整治", "patrol", NEEDS_PLACE | TAKES_ORGS)                                            \
    X(CHECKUP, "checkup", "联合体检", "patrol", NEEDS_PLACE | TAKES_ORGS)                                              \
    X(CONSULT, "consult", "会商", "deliberation", NEEDS_WORDS | TAKES_ORGS)                                            \
    X(MEETING, "meeting", "联席会议", "deliberation", NEEDS_WORDS | TAKES_ORGS)                                        \
    X(REVIEW, "review", "月度复盘", "", NEEDS_WORDS)                                                                   \
    X(EVALUATION, "evaluation", "月度评价", "", NEEDS_WORDS)                                                           \
    X(BULLETIN, "bulletin", "通报", "", NEEDS_WORDS)                                                                   \
    X(APPRAISAL, "appraisal", "年终考核", "", NEEDS_WORDS)                                                             \
    X(OUTREACH, "outreach", "普法宣传", "outreach", NEEDS_PLACE)                                                       \
    X(DISPATCH_LOG, "dispatch_log", "领导调度", "", NEEDS_WORDS)
enum { NEEDS_PLACE = 1, NEEDS_WORDS = 2, TAKES_ORGS = 4 };
enum visit_kind {
#define X(id, code, label, source, flags) VISIT_##id,
    VISIT_KINDS(X)
#undef X
    VISIT_KIND_COUNT
};
const char *visit_kind_code(int kind);
const char *visit_kind_label(int kind);
const char *visit_kind_source(int kind); /* channel of a case found then; "" = none */
int visit_kind_flags(int kind);
int visit_kind_find(struct str code); /* -1 */
uint64_t visit_kind_roles(int kind); /* who may plan or record one */
uint64_t visit_plan_roles(int kind); /* who may plan one: also whoever plans a month for others (BG-12, HC-23) */
extern const uint64_t visit_planners; /* who plan for units that are not theirs */

enum visit_state { VISIT_PLANNED = 1, VISIT_GOING, VISIT_DONE, VISIT_CANCELLED };
const char *visit_state_code(int state);
const char *visit_state_label(int state);
int visit_state_find(struct str code); /* -1 */
enum visit_mode { MODE_NONE, MODE_COMPREHENSIVE, MODE_PROFESSIONAL, MODE_JOINT }; /* 综合、专业、联合执法 (LC-19) */
const char *visit_mode_code(int mode);
const char *visit_mode_label(int mode);
int visit_mode_find(struct str code); /* -1 */

enum member_state { MEMBER_ASKED = 1, MEMBER_CONFIRMED, MEMBER_DECLINED, MEMBER_CAME };
const char *member_state_code(int state);
const char *member_state_label(int state);
enum check_answer { ANSWER_OK = 1, ANSWER_PROBLEM, ANSWER_NA };

struct visit_member { /* an organisation asked (person 0), or somebody who is there */
    int32_t org;
    int64_t person;
    int role; /* of the posting, or ROLE_NONE */
    int state;
    instant came_at, left_at;
    int grade; /* of the proof of presence: 1, 2, 3; 0 = said by himself (architecture.md 9) */
};
struct visit_answer { /* a point of a checklist (BG-13) */
    int32_t place;
    struct str list, point;
    int answer;
    bool is_settled; /* a problem closed on the spot (BG-15) */
    int64_t case_id; /* the case that it became */
    struct str words;
};
struct visit_count { /* LC-20: 占道经营 327 处 */
    struct str item; /* code of an item, or words */
    int64_t n;
    struct str unit;
};
enum photo_of { PHOTO_SCENE, PHOTO_BEFORE, PHOTO_AFTER }; /* of the place; of a problem before and after it was settled (BG-15) */
struct visit_photo {       /* a file that belongs to the visit; photos of a problem that became a case belong to the case */
    int64_t id;
    int of;
    struct str list, point; /* of the answer; empty with PHOTO_SCENE */
};
struct visit_stop { /* a patrol point of a round (HC-20) */
    int32_t point;
    instant at; /* 0: open when the round began, and left out (漏点) */
    int grade;  /* of the proof, as of a member */
};
struct visit_case { /* what it was about, or what it settled (HC-24, HC-25) */
    int64_t id;
    bool is_found;   /* by this visit; else a cause */
    bool is_settled; /* its result came from here */
    struct str result;
};

struct field_visit {
    int64_t id, version;
    int kind, state, mode;
    int32_t org, place; /* who organises; where, when it is one place */
    int64_t by;         /* who planned or recorded it */
    instant from, to;   /* planned; 0 = recorded afterwards */
    instant began, ended;
    struct str title, words; /* words: the plan, then the summary */
    int photos;
    const struct visit_member *members;
    size_t n_members;
    const int32_t *places; /* compounds or communities gone to; `place` is among them */
    size_t n_places;
    const struct visit_answer *answers;
    size_t n_answers;
    const struct visit_count *counts;
    size_t n_counts;
    const struct visit_case *cases;
    size_t n_cases;
    const struct visit_photo *shots;
    size_t n_shots;
    const struct visit_stop *stops; /* of a round that is over: in the order of the points */
    size_t n_stops;
};
enum { VISIT_STOPS_MAX = 240, VISIT_SHOTS_MAX = 60, VISIT_MEMBERS_MAX = 60, VISIT_PLACES_MAX = 60, VISIT_ANSWERS_MAX = 400, VISIT_COUNTS_MAX = 60, VISIT_CASES_MAX = 60 };

/* The time that orders it: when it began, else when it is planned. */
instant visit_at(const struct field_visit *v);
bool visit_came(const struct field_visit *v, int64_t person);
bool visit_has_place(const struct field_visit *v, int32_t place);
/* Every point of every list that the kind asks for is answered at this place (BG-13: else it does not count). */
bool visit_checked(const struct scheme *s, const struct field_visit *v, int32_t place);
/* A list that both filled in at one place: inspected twice for the same (BG-14, LC-14). False: none. */
bool visit_repeats(const struct field_visit *v, const struct field_visit *other, int32_t *place, struct str *list);
/* Points that a round left out in a place or inside of it; place 0 = anywhere. */
int visit_skipped(const struct registry *r, const struct field_visit *v, int32_t place);
/* 1 + 1 + N (LC-10): a certified officer, an assistant and somebody of the community came. */
bool visit_is_team(const struct registry *r, const struct field_visit *v, int32_t day);

/* ---- what anybody can do to one ---- */

struct visit_situation {
    const struct scheme *scheme;
    const struct registry *registry;
    const struct field_visit *v; /* NULL for a new one */
    const struct duty *duties; /* open ones of this visit */
    size_t n_duties;
    struct actor actor;
    instant now;
};
struct visit_effects {
    struct arena *arena;
    struct actor actor;
    instant at;
    instant claimed, grace; /* when a phone says that it was done, 0 = now; for how long such a word holds (ms) */
    bool is_new;
    struct field_visit after;
    const char *type; /* of the event */
    struct str text;
    struct duty_slot duties[EFFECTS_DUTIES_MAX];
    size_t n_duties;
    struct notice notices[EFFECTS_NOTICES_MAX];
    size_t n_notices;
};

/* What somebody enters about a visit, read from a form and resolved by the action; sizes as in struct field_visit. */
struct visit_input {
    int kind, mode;
    int32_t org;
    instant from, to, began, ended;
    struct str title, words, answers, counts, stops; /* the last three as written: visit_read_answers, stops.h */
    const int32_t *places, *asked;
    size_t n_places, n_asked;
    const int64_t *people, *cases;
    size_t n_people, n_cases;
    int grade; /* of the proof that came with it */
    const struct visit_photo *shots;
    size_t n_shots;
};
/* Plans (from given) or records (began given) one. Refusals name the field: no place, no time, nobody came, a time to come, a court in
 * the lead (HC-24: it cooperates and never enforces), more than the maxima. */
bool visit_open(const struct visit_situation *s, const struct visit_input *in, struct visit_effects *fx, struct err *err);

/* What comes with a command: its fields as checked, and what the action found out about them. */
struct visit_ask {
    const struct params *fields;
    int grade;           /* of the proof of presence */
    const struct visit_photo *shots;
    size_t n_shots;
    instant occurred_at; /* claimed by a phone that was offline; else now */
    int64_t case_id;     /* the case that a field `case` names */
    size_t n_looked;     /* entries of the register that came with it */
};
enum visit_who {
    BY_ORGANISER, /* the organising unit, who made it, the coordinator */
    BY_ASKED,     /* a unit that is asked */
    BY_INVOLVED,  /* any unit or person in it */
    BY_UNIT,      /* any unit that is not yet in it */
};
struct visit_command {
    const char *code, *label, *event;
    uint32_t states; /* bits of enum visit_state */
    enum visit_who who;
    const struct field *fields;
    size_t n_fields;
    uint32_t flags; /* enum command_flag */
    bool (*decide)(struct visit_effects *fx, const struct visit_situation *s, const struct visit_ask *ask, struct err *err);
};
extern const struct visit_command visit_commands[];
extern const size_t n_visit_commands;
const struct visit_command *visit_command_find(struct str code); /* NULL when absent */
bool visit_allowed(const struct visit_command *c, const struct visit_situation *s, struct err *err); /* err may be NULL */
bool visit_decide(const struct visit_command *c, const struct visit_situation *s, const struct visit_ask *ask, struct visit_effects *fx,
                  struct err *err);
/* What a phone recorded without a network and can no longer be done stays with the visit as an event that changes nothing else; who
 * organises it is told. */
bool visit_keep_late(const struct visit_command *c, const struct visit_situation *s, const struct visit_ask *ask, struct visit_effects *fx,
                     struct err *err);
/* A duty of a visit fell due: nobody confirmed, nobody came, no result. */
bool visit_miss(const struct visit_situation *s, int64_t duty_id, struct visit_effects *fx, struct err *err);
/* May the person see it: those of the organisations in it, of the place, and who sees the whole area. */
bool visit_visible(const struct visit_situation *s);

/* "safety.1=ok;safety.2=problem:消防栓无水;sanitation.1=na" → answers for a place. "problem!" was settled on the spot. */
bool visit_read_answers(struct arena *a, const struct scheme *s, int32_t place, struct str text, struct visit_answer *out, size_t *n,
                        size_t max, struct err *err);
/* "LH07=12处;占道经营=5处" */
bool visit_read_counts(struct arena *a, const struct scheme *s, struct str text, struct visit_count *out, size_t *n, size_t max,
                       struct err *err);

#endif
