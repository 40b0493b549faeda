/* scheme.h — a locality's rules as values: lists, limits, hops, ladders, channels, reasons, calendar.
 *
 * Read from tables (docs/scheme.md); immutable after scheme_read; everything it points to lives in its arena. Ids of rows
 * are their index; -1 = none. The registry (organisations, places, people) is separate: see registry.h.
 */
#ifndef CORE_SCHEME_H
#define CORE_SCHEME_H

#include "calendar.h"
#include "err.h"
#include "str.h"

/* Roles, in the contract's order. A set of roles is a bit mask of 1 << role. */
#define ROLES(X)                                                                                                       \
    X(RESIDENT, "resident", "居民")                                                                                    \
    X(VOLUNTEER, "volunteer", "协管志愿者")                                                                            \
    X(PROPERTY, "property", "物业人员")                                                                                \
    X(GRID_CHIEF, "grid_chief", "网格长")                                                                              \
    X(GRID_WORKER, "grid_worker", "网格员")                                                                            \
    X(LIAISON, "liaison", "社区联络员")                                                                                \
    X(STATION_CHIEF, "station_chief", "站长")                                                                          \
    X(STATION_DEPUTY, "station_deputy", "副站长")                                                                      \
    X(TOWN_OFFICE, "town_office", "社会事务办")                                                                        \
    X(OFFICER, "officer", "执法人员")                                                                                  \
    X(ASSISTANT_OFFICER, "assistant_officer", "协管队员")                                                              \
    X(LEGAL_REVIEWER, "legal_reviewer", "法制审核")                                                                    \
    X(COMMUNITY_OFFICE, "community_office", "社区")                                                                    \
    X(MERCHANT, "merchant", "商户")                                                                                    \
    X(OWNERS_COMMITTEE, "owners_committee", "业委会")                                                                  \
    X(DEPARTMENT_HEAD, "department_head", "部门负责人")                                                                \
    X(SECTOR_CHIEF, "sector_chief", "轮值片区长")                                                                      \
    X(COORDINATOR, "coordinator", "统筹协调")                                                                          \
    X(SUPERVISOR, "supervisor", "执法监督员")                                                                          \
    X(OVERSIGHT_BODY, "oversight_body", "行政执法协调监督")                                                            \
    X(MEDIATOR, "mediator", "调解员")                                                                                  \
    X(EXPERT, "expert", "专家")                                                                                        \
    X(HOTLINE, "hotline", "12345 热线")                                                                                \
    X(CONTACT_LEADER, "contact_leader", "包保领导")                                                                    \
    X(LEADING_GROUP, "leading_group", "领导小组")                                                                      \
    X(ADMIN, "admin", "系统管理员")                                                                                    \
    X(SECURITY_ADMIN, "security_admin", "安全管理员")                                                                  \
    X(AUDIT_ADMIN, "audit_admin", "审计管理员")
enum role {
#define X(id, code, label) ROLE_##id,
    ROLES(X)
#undef X
    ROLE_COUNT,
    ROLE_CLOCK = 62, /* the duty clock */
    ROLE_NONE = 63
};
#define ROLE_BIT(r) (UINT64_C(1) << (r))
const char *role_code(int role);
const char *role_label(int role);
int role_find(struct str code); /* -1 when unknown */

enum list { LIST_NONE, LIST_ENFORCEMENT, LIST_SERVICE };
enum tier { TIER_NONE, TIER_PERSUADE, TIER_ORDER, TIER_PENALISE, TIER_COUNT };
enum hop_kind { HOP_CALL, HOP_ACCEPT, HOP_DISPATCH, HOP_RESPOND, HOP_COUNT }; /* 呼叫 受理 派发 响应 */

struct strs {
    const struct str *p;
    size_t n;
};

struct limit {
    struct str code, name, clock, basis, origin, note;
    enum limit_unit unit;
    int amount, amber;
    bool is_from_registration; /* 「257」: not from the step that owes, but from the registration (BG-19) */
};

struct basis {
    int item;
    struct str law, article, gist, mark;
    struct str act; /* which of several acts of the item this is about; none = all of them */
    int32_t from, to; /* days, inclusive; 0 = open */
};

struct ladder_row {
    struct str ladder;
    int order;
    enum tier tier;
    enum tier after; /* the tier that must be on record before; TIER_NONE = may come first */
    struct strs skip_grounds; /* codes of reasons(kind skip) that excuse the missing earlier tier */
    int officers; /* certified officers needed */
    struct strs needs; /* filing, notice, defence, review, recheck … */
    struct str paper, law, article, note;
};

struct category {
    struct str code, name, plain, icon, origin;
    enum list list;
    int order;
};

struct item {
    struct str code, name, plain, lead; /* lead: org code or @firm, @community, … */
    enum list list;
    int category;
    struct strs assists, evidence, closing, questions, raise_to;
    struct str ladder;
    int ladder_from, ladder_n; /* rows in scheme.ladders */
    enum tier tier; /* typical final tier */
    bool urgent, danger, photo_pair, is_public;
    int limit; /* closing limit */
    int whistle; /* its usual level, or -1 */
    int accept, revisit; /* limits that replace the chain's and `revisit7`, or -1 */
    int order_days;
    struct str firsthand, national, origin, note;
};

struct phrase {
    int item;
    struct str text;
    int weight;
};
struct confusable {
    struct strs words;
    struct strs items; /* codes */
    struct str question;
};
struct emergency {
    struct str word, phone, advice;
};
struct divert {
    struct str word, where, phone, advice;
};

struct hop {
    struct str chain;
    enum hop_kind kind;
    int order, role; /* who acts */
    struct str owner; /* @grid, @community, @town, @lead, or an org code */
    int limit;
    int escalate; /* role to whom a miss goes */
    bool moves_on; /* a miss passes the duty to the next rung: the next row of the same hop (LC-12) */
    struct str clause;
};

/* A level of a graded call: 宣传、应急、执法、攻坚 (BG-18), or 网格、工作站、部门、街道 (LC-28). In the table's order. */
enum { ENTERS_CONFER = HOP_COUNT }; /* else one of enum hop_kind */
struct whistle {
    struct str code, name, plain, owner, origin, note;
    int order, enters, role; /* role -1: as the chain says */
    int limit, handle, arrive, arrive_off; /* of the answer, of closing at this level, of the arrival; or -1 */
    struct strs assists, proof;
    uint64_t blowers;
    int on_miss; /* the level that follows when nobody answers in time, or -1 */
};

enum audience { AUDIENCE_RESIDENT = 1, AUDIENCE_GRASSROOTS = 2 };
const char *audience_code(int audience);
const char *audience_label(int audience);
struct revisit_rule { /* 双回访 (BG-22) */
    enum audience audience;
    struct str owner;
    int role, limit;
};

struct scope_row { /* what a department may be given (LC-05) */
    struct str org, work;
    struct strs categories;
};

/* What comes back (常态化任务, mechanisms.md 6): see routine.h. */
enum routine_each { EACH_AREA, EACH_ORG, EACH_POST, EACH_PLACE, EACH_COUNT };
enum routine_period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_WEEKDAY };
enum holiday_policy { HOLIDAY_KEEP, HOLIDAY_SKIP, HOLIDAY_MOVE, HOLIDAY_LOWER, HOLIDAY_POLICY_COUNT };
enum routine_due { DUE_AT_END, DUE_WORKING_DAYS_AFTER, DUE_NATURAL_DAYS_AFTER, DUE_LAST_WORKING_DAY };
enum routine_need { NEED_CHECKLISTS = 1, NEED_CHECKIN = 2, NEED_TEAM = 4, NEED_PHOTO = 8, NEED_POINTS = 16 };
struct nudge {
    enum { NUDGE_WEEKDAY, NUDGE_MONTHDAY, NUDGE_TIME } by;
    int value; /* ISO weekday, day of the month (both at 09:00), minutes of the first day */
};
enum { NUDGES_MAX = 4 };
struct routine {
    struct str code, name, owner, clause, origin, note;
    enum routine_each each;
    struct strs of; /* kinds or codes of organisations, roles (role@ORG), kinds of places */
    int role;       /* of the owner, or -1 */
    int action;     /* enum visit_kind */
    enum routine_period period;
    int weekday; /* PERIOD_WEEKDAY: 1 = Monday */
    int minimum, spacing; /* records, days between two that count */
    enum holiday_policy holiday;
    struct nudge nudges[NUDGES_MAX];
    int n_nudges;
    enum routine_due due;
    int due_n;
    bool is_owed_late; /* after a miss: still to be done (a bulletin), or over with its term (a patrol) */
    int escalate;      /* role, or -1 */
    int needs;         /* bits of enum routine_need */
};
struct check_point { /* a line of a 必查清单 (BG-13) */
    struct str list, list_name, code, text, item, origin, note;
    uint32_t kinds; /* bits of enum visit_kind: visits that must answer it */
};

struct survey_kind { /* what a community keeps a register of (NH-04), see survey.h */
    struct str code, name, item, origin, note; /* item: of a case that an entry becomes; may be empty */
    int days;                                  /* it is looked at again within so many natural days */
};

/* A post that must be filled (一长六员 LC-30, 联居结对 NH-02, 包保领导 BG-01 …): so many people at each place, or in each
 * organisation, of some kinds. Its code has at most eight characters: a duty names it by them. */
struct slot {
    struct str code, name, clause, origin, note, owner;
    int role, minimum, maximum, owner_role, days; /* maximum 0 = none; owner_role -1: anybody of the owner; days: working days to fill it */
    bool is_of_orgs;
    uint64_t of;      /* bits of enum place_kind, or of enum org_kind */
    struct strs orgs; /* whose people may fill it: codes or kinds of organisations; empty = anybody's */
};

struct channel {
    struct str source, name, note;
    uint64_t roles;
    bool is_found; /* before anybody complained: 未诉先办 (BG-11) */
    enum hop_kind enters_at;
    struct strs needs; /* dissuade, order_no … */
};

struct reason {
    struct str kind, code, name, basis, note;
};
struct wording {
    struct str code, text;
};
struct document {
    struct str code, title, number, date, issuer, origin, note;
};

/* A parsed CSV table: header and rows of cells, all borrowed from the arena. */
struct table {
    struct str name; /* "items" */
    struct strs header;
    const struct strs *rows;
    size_t n_rows;
};
struct tables {
    const struct table *p;
    size_t n;
};

struct scheme {
    struct arena *arena;
    int version; /* 1… as published in an area; 0 = not published */
    struct str name, title, county, region, host, supervision_phone, county_phone, site_code, icp, document;
    int32_t valid_from;
    bool first_receiver; /* 首接负责 (NH-09, NH-14) */
    uint64_t team_by; /* roles of the lead that may name the members of its team who go (NH-05); 0 = nobody */
    int result_to; /* role of the community that must have received a result (NH-05), or -1 */
    double reach_detour, reach_speed_kmh; /* the way from a station (BG-09), see reach.h; 0 = usual */
    int reach_minutes;
    int tier_shares[3]; /* what the plan expects to be persuaded, ordered, penalised (七二一), in per cent; all 0 = it says nothing */
    int visits_per_day; /* what one person can do in a working day: the bound of the prover (feasible) */
    int near_days;     /* 综合查一次 (BG-14): within how many days a visit to the same place is shown before another is planned */
    int offline_grace; /* hours within which a record made offline still counts for its duty */
    struct calendar calendar;
    struct tables tables; /* the source, for export, registry import and storage */

    const struct document *documents;
    size_t n_documents;
    const struct category *categories;
    size_t n_categories;
    const struct item *items;
    size_t n_items;
    const struct basis *bases; /* ordered by item */
    size_t n_bases;
    const struct phrase *phrases;
    size_t n_phrases;
    const struct confusable *confusables;
    size_t n_confusables;
    const struct emergency *emergencies;
    size_t n_emergencies;
    const struct divert *diverts;
    size_t n_diverts;
    const struct ladder_row *ladders;
    size_t n_ladders;
    const struct hop *hops; /* ordered by chain, order */
    size_t n_hops;
    const struct channel *channels;
    size_t n_channels;
    const struct whistle *whistles;
    size_t n_whistles;
    const struct revisit_rule *revisits;
    size_t n_revisits;
    const struct scope_row *scopes;
    size_t n_scopes;
    const struct routine *routines;
    size_t n_routines;
    const struct check_point *points; /* ordered by list */
    size_t n_points;
    const struct slot *slots;
    size_t n_slots;
    const struct survey_kind *survey_kinds;
    size_t n_survey_kinds;
    const struct limit *limits;
    size_t n_limits;
    const struct reason *reasons;
    size_t n_reasons;
    const struct wording *wordings;
    size_t n_wordings;
    struct suggest_index *suggest; /* see suggest.h */
    struct scheme_index *index; /* rows by code; NULL in a scheme put together by hand, lookups then search */
};

enum { OFFLINE_GRACE_HOURS = 72, NEAR_DAYS = 7, VISITS_PER_DAY = 4 }; /* where the scheme does not say */

struct scheme_error {
    struct str table, cell; /* "items", "C17" */
    struct str message, fix; /* Chinese */
};
struct scheme_errors {
    struct scheme_error *p;
    size_t n, cap;
};

/* Reads all tables; reports every wrong cell at once, up to 500. Returns NULL when there are errors, those that
 * table_parse noted before included. The scheme owns nothing but what lies in `a`, and borrows the tables. Table names
 * are file names without .csv. Places, people and postings are checked by registry_from_tables. */
struct scheme *scheme_read(struct arena *a, struct tables tables, struct scheme_errors *errors);

int scheme_item(const struct scheme *s, struct str code); /* index or -1 */
int scheme_limit(const struct scheme *s, struct str code);
int scheme_channel(const struct scheme *s, struct str source);
int scheme_category(const struct scheme *s, struct str code);
const struct reason *scheme_reason(const struct scheme *s, const char *kind, struct str code); /* NULL when absent */
struct str scheme_wording(const struct scheme *s, const char *code); /* empty when absent */
/* The hop of a chain at a stage, or NULL when the chain has none (then the next stage is used). */
const struct hop *scheme_hop(const struct scheme *s, struct str chain, enum hop_kind kind);
/* The n-th rung (from 0) of a hop, or NULL. */
const struct hop *scheme_rung(const struct scheme *s, struct str chain, enum hop_kind kind, int64_t n);
int scheme_whistle(const struct scheme *s, struct str code); /* index or -1 */
const struct ladder_row *item_ladder_row(const struct scheme *s, const struct item *it, enum tier tier); /* or NULL */
/* The police punish in their own procedure (治安管理处罚法): such a matter is handed over and no more is recorded. */
bool item_for_police(const struct scheme *s, const struct item *it);
/* Bases of an item in force on a day (the day of the act), into out; returns how many. */
size_t item_bases(const struct scheme *s, int item, int32_t day, const struct basis **out, size_t max);
bool item_has_acts(const struct scheme *s, int item); /* its bases are about more than one act */
/* 「城乡规划法 64」: how forms and the record name a basis. */
struct str basis_code(struct arena *a, const struct basis *b);
const struct basis *item_basis(const struct scheme *s, int item, struct str code); /* in force or not; NULL when not listed */
struct table_ref {
    const struct table *t;
};
const struct table *tables_find(struct tables t, const char *name);
struct str table_cell(const struct table *t, size_t row, const char *column); /* trimmed; empty when absent */

/* RFC 4180 reader; UTF-8 with or without BOM. Bare quotes, ragged rows and bad UTF-8 are errors with a cell. */
bool table_parse(struct arena *a, struct str name, struct str csv, struct table *out, struct scheme_errors *errors);

#endif
