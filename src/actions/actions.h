/* actions.h — the product's table of contents: what can be done, one struct per use case.
 *
 * Fill the inputs, set base.app/who/arena/done, call action_run(&x.base, db). Inputs borrow from the caller's arena.
 */
#ifndef ACTIONS_ACTIONS_H
#define ACTIONS_ACTIONS_H

#include "app.h"
#include "survey_store.h"
#include "visit_store.h"

/* Opens a case (report_case.c). Files must have been uploaded by the same device or person. */
struct report_case {
    struct action base;
    struct str place, item; /* codes; item may be empty = 待定, place only for hotline */
    struct str words, spot, source, hotline_no, dissuaded;
    instant occurred_at, hotline_due; /* 0 = none */
    bool is_urgent;
    bool is_own_service; /* a service item that the firm saw and does itself: nothing to dissuade */
    struct str contact_name, contact_phone;
    bool keep_secret;
    const int64_t *files;
    size_t n_files;
    /* out */
    int64_t case_id, day, no;
    char query_code[8]; /* six digits */
    char token[48]; /* of the secret link: /t/{token} */
};
void report_case(struct report_case *r, struct db *db);
bool report_case_wait(struct report_case *r, struct err *err); /* for commands and jobs */

/* Runs a command of core/command.h on a case (act_on_case.c). */
struct act_on_case {
    struct action base;
    int64_t case_id;
    struct str command; /* code */
    const struct params *fields;
    int64_t if_version; /* 0 = whatever is there; else: 412 when the command is no longer possible and it has moved on */
    bool is_undo; /* take back the last event instead */
    instant recorded_at; /* when it was done without a network, 0 = now: what is no longer possible is kept as a late record */
    /* out */
    int64_t version;
    bool is_late;
};
void act_on_case(struct act_on_case *x, struct db *db);
bool act_on_case_wait(struct act_on_case *x, struct err *err);

/* Several cases at once; each is its own action, results in order (batch.c). */
struct batch_result {
    int64_t case_id;
    struct err err;
};

/* Adds a follower instead of a second report (follow_case.c). */
struct follow_case {
    struct action base;
    int64_t case_id;
};
void follow_case(struct follow_case *f, struct db *db);

/* Shows a reporter's contact: an event, durable before the answer; needs a purpose (reveal_contact.c). */
struct reveal_contact {
    struct action base;
    int64_t case_id;
    struct str purpose;
    /* out */
    struct str name, phone;
};
void reveal_contact(struct reveal_contact *r, struct db *db);

/* Registers an uploaded file that already lies, sealed and synced, in the content store (keep_file.c). */
struct keep_file {
    struct action base;
    int kind; /* enum media_kind of documents/image_worker.h */
    uint8_t sha256[32], sm3[32]; /* of what was sent */
    uint8_t key[16], address[32]; /* of what lies on the disk (sealed_file.h) */
    int64_t bytes;
    int width, height;
    bool has_gps;
    double lat, lon;
    struct str taken; /* as the camera said, or empty */
    struct str device_hash; /* SHA-256 told by the phone before upload, or empty */
    /* out */
    int64_t id;
};
void keep_file(struct keep_file *f, struct db *db);
bool keep_file_wait(struct keep_file *f, struct err *err);
/* Clears a photo for the reporter's page, or hides it again (publish_file.c). */
struct publish_file {
    struct action base;
    int64_t file_id;
    bool is_public;
    /* out */
    int64_t case_id;
};
void publish_file(struct publish_file *p, struct db *db);
bool publish_file_wait(struct publish_file *p, struct err *err);

/* Complaints about officers and departments (complain.c): no case; read and answered by the oversight body only. */
enum { COMPLAINT_DAYS = 10 }; /* working days to look into it and answer */
struct complain {
    struct action base;
    struct str kind; /* code of complaint_kinds() */
    struct str org, place; /* codes, may be empty */
    struct str words, phone; /* phone may be empty */
    /* out */
    instant opened_at, due; /* the same again for a repeat */
};
bool complaint_check(const struct area *area, const struct complain *c, struct err *err); /* what the action checks first */
bool complaint_org_ok(const struct registry *r, const struct org *o); /* false: the body that reads it, or above that */
void complain(struct complain *c, struct db *db);
bool complain_wait(struct complain *c, struct err *err);
const struct choice *complaint_kinds(void); /* HC-42's six, ends with {NULL} */
const char *complaint_kind_label(struct str code); /* NULL when unknown */
const struct choice *complaint_findings(void); /* ends with {NULL} */
const char *complaint_finding_label(struct str code); /* NULL when unknown */
bool complaints_may_read(const struct caller *who); /* a post of the oversight body, but not the discipline body's */
struct complaint_row {
    int64_t id;
    struct str kind, finding; /* finding: code of complaint_findings(); empty = open */
    int32_t org, place;
    instant opened_at, answered_at, amber_at, due, missed_at;
    struct str words, phone, answer; /* complaint_find only */
    int64_t answered_by;
};
struct complaints {
    const struct complaint_row *p;
    size_t n;
    bool has_more;
};
/* Newest first, those before the id `before` (0 = all). */
bool complaints_list(struct db *db, struct arena *a, const struct caller *who, bool is_open_only, int64_t before,
                     struct complaints *out, struct err *err);
bool complaint_find(struct app *app, struct db *db, struct arena *a, const struct caller *who, int64_t id,
                    struct complaint_row *out, struct err *err);
int64_t complaints_open(struct db *db, const struct caller *who, struct err *err); /* 0 for all who may not read them */
struct answer_complaint {
    struct action base;
    int64_t id;
    struct str finding, words;
};
void answer_complaint(struct answer_complaint *c, struct db *db);
bool answer_complaint_wait(struct answer_complaint *c, struct err *err);
bool complaint_missed(struct action *a, struct db *db, int64_t id, instant at, struct err *err); /* on the writer, by the clock */

/* What is to be told outside the program and was not (settle_message.c): mails to posts, short messages to reporters. */
enum outbox_state {
    OUTBOX_QUEUED, OUTBOX_SENT, OUTBOX_FAILED,
    OUTBOX_KEPT,     /* its channel is not set up: a person decides */
    OUTBOX_TOLD,     /* told by telephone instead */
    OUTBOX_GIVEN_UP,
    OUTBOX_UNKNOWN,  /* handed over, and no answer came: it may have arrived */
};
#define ROLES_OUTBOX (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN))
enum messages_shown { MESSAGES_TO_CALL, MESSAGES_FAILED, MESSAGES_WAITING, MESSAGES_DONE, MESSAGES_SHOWN_COUNT };
struct message_row {
    int64_t id, case_id, day, no;
    struct str kind, text, error; /* text: empty unless the caller may read cases; a mail's is its subject */
    const char *address; /* of a mail, masked */
    bool is_sms;
    instant created, next_at;
    int tries;
    enum outbox_state state;
};
struct messages {
    const struct message_row *p;
    size_t n;
    bool has_more;
};
bool messages_list(struct db *db, struct arena *a, const struct caller *who, enum messages_shown what, int64_t before,
                   struct messages *out, struct err *err);
int64_t messages_count(struct db *db, const struct caller *who, enum messages_shown what, struct err *err); /* up to 1001 a state */
enum message_act { MESSAGE_RETRY, MESSAGE_TOLD, MESSAGE_GIVE_UP };
struct settle_message {
    struct action base;
    int64_t id;
    enum message_act act;
    struct str note; /* told: may be empty; given up: why */
};
void settle_message(struct settle_message *s, struct db *db);

/* Sessions and logins (log_in.c). Passwords are checked by the helper process; real time, not the injected clock. */
struct session {
    int64_t person, area;
    instant created_at, seen_at;
    char csrf[44];
    bool must_change_password;
    int64_t notices_seen; /* last notice id read */
};
bool session_find(struct app *app, struct db *db, struct str token, struct session *out, struct err *err); /* false: none */
struct open_session {
    struct action base;
    int64_t person;
    /* out */
    char token[48];
};
void open_session(struct open_session *o, struct db *db);
struct close_session {
    struct action base;
    struct str token;
};
void close_session(struct close_session *c, struct db *db);
struct touch_session { /* at most once a minute per session, so that reading pages writes little */
    struct action base;
    struct str token;
};
void touch_session(struct touch_session *t, struct db *db);
/* The account row for a user name; fails with the same message and in the same time for unknown names. */
struct account {
    int64_t person;
    struct str password; /* stored hash */
    int failures;
    instant locked_until;
    bool must_change, is_disabled;
};
bool account_find(struct app *app, struct db *db, struct arena *a, const struct area *area, struct str username,
                  struct account *out, struct err *err);
struct note_login { /* counts failures, locks for 15 minutes after five, clears on success */
    struct action base;
    int64_t person;
    bool is_success;
};
void note_login(struct note_login *n, struct db *db);
struct set_password {
    struct action base;
    int64_t person;
    struct str hash;
    bool must_change;
};
void set_password(struct set_password *p, struct db *db);
bool set_password_wait(struct set_password *p, struct err *err); /* for commands */
/* API tokens: SM3 of the token is stored. */
struct make_token {
    struct action base;
    int64_t person;
    struct str name;
    struct str given; /* a fixed token for demo directories, else made */
    /* out */
    char token[48];
};
void make_token(struct make_token *m, struct db *db);
bool make_token_wait(struct make_token *m, struct err *err);
bool token_find(struct app *app, struct db *db, struct str token, int64_t *person, int64_t *area, struct err *err);

/* Registry (change_registry.c): live, any day, each an event of the registry stream. */
enum registry_change_kind {
    REGISTRY_PERSON_ADD, REGISTRY_PERSON_EDIT, REGISTRY_PERSON_DISABLE,
    REGISTRY_POSTING_ADD, REGISTRY_POSTING_END,
    REGISTRY_ORG_ADD, REGISTRY_ORG_EDIT, REGISTRY_ORG_CLOSE,
    REGISTRY_PLACE_ADD, REGISTRY_PLACE_EDIT,
    REGISTRY_POINT_ADD, REGISTRY_POINT_EDIT, REGISTRY_POINT_CLOSE, /* a patrol point: added to the compound `id`; later the point itself */
};
struct change_registry {
    struct action base;
    enum registry_change_kind kind;
    const struct params *fields; /* username,name,phone / person,role,org,place,order,cert_no,cert_until,matters / … */
    int64_t id; /* of the row edited */
    struct str successor; /* posting end, org close: user name or org code that takes every open duty */
    /* out */
    int64_t new_id;
};
void change_registry(struct change_registry *c, struct db *db);
bool change_registry_wait(struct change_registry *c, struct err *err);

/* The next version of the scheme (draft_scheme.c): an area has at most one draft. The coordinator edits and proposes it; what
 * was proposed stays as it is until it is sent back or published. Only proposing and sending back are events. */
#define ROLES_DRAFT ROLE_BIT(ROLE_COORDINATOR)
#define ROLES_APPROVE ROLE_BIT(ROLE_LEADING_GROUP)
#define ROLES_READ_DRAFT (ROLES_DRAFT | ROLES_APPROVE | ROLE_BIT(ROLE_LEGAL_REVIEWER))
enum draft_op {
    DRAFT_BEGIN,      /* from the last version published */
    DRAFT_ROW_SET,    /* table, row, fields by column name */
    DRAFT_ROW_ADD,    /* table, fields */
    DRAFT_ROW_DELETE, /* table, row */
    DRAFT_TABLES,     /* tables replace those of the same name; rows of orgs, places … are not taken */
    DRAFT_DROP,
    DRAFT_PROPOSE,    /* valid_from, document */
    DRAFT_SEND_BACK,  /* remark; the proposer may take it back himself */
};
/* What a proof is bound to (check_scheme.c): begun where the draft is read, proved by whoever has the time, and on the
 * writer the draft and the registry must still be the ones that were proved. */
struct scheme_check {
    struct scheme_errors faults; /* of the tables' form, found while they were read */
    struct tables tables; /* the draft's rules with the organisations of the registry */
    int32_t day;
    int64_t data_version;
    bool is_proved;
    struct str property, story; /* out: the promise that is broken (code of prove.h) and the shortest way there; else empty */
    uint8_t digest[HASH_BYTES]; /* of the tables proved: what is published must have the same */
};
void scheme_check_begin(struct scheme_check *c, const struct action *a, struct tables rules, const struct scheme_errors *faults,
                        int32_t day);
bool scheme_check_prove(struct scheme_check *c, const struct action *a, struct err *err); /* every cell, then the proof */
bool scheme_check_holds(const struct scheme_check *c, const struct action *a, struct tables rules, struct err *err);
struct draft_scheme {
    struct action base;
    enum draft_op op;
    int64_t rev; /* the revision that was looked at; 0 = whatever is there */
    struct str table;
    size_t row;
    const struct params *fields;
    struct tables tables;
    bool is_whole; /* tables that are not among them go */
    int32_t valid_from;
    struct str document, remark;
    struct scheme_check check; /* own; of what is proposed */
    /* out */
    int64_t new_rev;
    size_t new_row;
};
void draft_scheme(struct draft_scheme *x, struct db *db);
bool draft_scheme_wait(struct draft_scheme *x, struct err *err);

/* Rules are the draft's, organisations those of today's registry: what a draft is checked and published with. */
struct tables scheme_with_orgs(struct arena *a, struct tables rules, const struct registry *r);
bool scheme_is_registry_table(struct str name);
/* The calendar with a year's notice (date,kind,name): the notice's years are replaced, others stay (draft_scheme_calendar.c). */
struct table calendar_with_notice(struct arena *a, const struct table *calendar, const struct table *notice);

/* A second person puts a proposed draft into force from its date on (publish_scheme.c). */
struct publish_scheme {
    struct action base;
    int64_t rev;
    struct scheme_check check; /* own */
    /* out */
    int64_t version;
    int32_t valid_from;
};
void publish_scheme(struct publish_scheme *x, struct db *db);
bool publish_scheme_wait(struct publish_scheme *x, struct err *err);

/* Buildings of a compound gone through this month (record_sweep.c); fields: building, repeated. */
struct record_sweep {
    struct action base;
    int32_t place;
    const struct params *fields;
    /* out */
    int64_t n;
};
void record_sweep(struct record_sweep *s, struct db *db);
int64_t sweep_month(instant at);
size_t place_buildings(struct arena *a, const struct place *p, struct str *out, size_t max); /* names of a compound's buildings */

/* Posts of control: the oversight body and the administrators. Only an administrator gives, ends or hands them over for
 * somebody else, or resets a password of theirs: else the coordinator could read what is complained of him. */
#define ROLES_CONTROL                                                                                                  \
    (ROLE_BIT(ROLE_OVERSIGHT_BODY) | ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN) | ROLE_BIT(ROLE_AUDIT_ADMIN))
bool may_change_person(const struct caller *who, int64_t person, instant now);

/* All open duties of a person to another, for good or until a day (hand_over.c). */
struct hand_over {
    struct action base;
    int64_t from, to;
    int32_t until; /* 0 = for good; else a delegation that ends by itself */
    /* out */
    int64_t moved;
};
void hand_over(struct hand_over *h, struct db *db);

/* Watching a case (我关注) and reading notices. */
struct watch_case {
    struct action base;
    int64_t case_id;
    bool is_on;
};
void watch_case(struct watch_case *w, struct db *db);
struct read_notices {
    struct action base;
    int64_t up_to;
};
void read_notices(struct read_notices *r, struct db *db);
bool read_notices_wait(struct read_notices *r, struct err *err);

/* Drafts of the resident's flow, 24 hours (keep_draft.c). */
struct keep_draft {
    struct action base;
    size_t most; /* bytes; 0 = what a report may have */
    struct str id;   /* random, from the cookie */
    struct str data; /* urlencoded fields; empty = forget */
};
void keep_draft(struct keep_draft *d, struct db *db);
bool draft_find(struct app *app, struct db *db, struct arena *a, struct str id, struct params *out, struct err *err);

/* Secret link and query code: keyed hashes of the case id; nothing is stored. */
void case_token(const struct area *area, int64_t case_id, char out[48]);
bool case_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id);
void case_query_code(const struct area *area, int64_t case_id, char out[8]);
/* Who met the same thing sees how it goes and ends, and nothing that the reporter wrote or was told. */
void follower_token(const struct area *area, int64_t case_id, char out[48]);
bool follower_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id);
/* The calendar of a person, or of a place (/cal/{token}.ics). */
bool calendar_token(struct db *db, const struct area *area, bool is_person, int64_t id, char out[48]); /* false: it was stopped */
bool calendar_token_open(struct app *app, struct db *db, struct str token, int64_t *area, int64_t *id, bool *is_person);
/* A new address instead of the old one, or none (renew_calendar.c): of one's own calendar, or of a place's by who keeps the registry. */
struct renew_calendar {
    struct action base;
    int32_t place; /* 0 = the person's own */
    bool is_off;
};
void renew_calendar(struct renew_calendar *x, struct db *db);
bool renew_calendar_wait(struct renew_calendar *x, struct err *err);
bool calendar_may_renew(const struct caller *who, int32_t place);

/* ---- visits and routines (core/visit.h, core/routine.h) ---- */

struct found_cases { /* cases that a checklist opened */
    struct found_case *p;
    size_t n;
};
struct visit_shots { /* photos that a visit takes, as it keeps them and as its event names them */
    struct visit_photo *p;
    struct attachment *files;
    size_t n;
};
struct survey_changes { /* entries of the register that a visit looked at or found */
    struct survey_effects *fx;
    const struct loaded_survey **before;
    size_t n;
};
extern const struct field visit_fields[]; /* of POST /visits and the form */
extern const size_t n_visit_fields;
struct record_visit {
    struct action base;
    const struct params *fields;
    int64_t id;     /* out */
    int n_credited; /* out: routine duties that it counts for; not with a repeat */
    struct visit_credits credits; /* out */
    struct visit_effects fx; /* below: its own */
    struct found_cases found;
    struct visit_shots shots;
    struct survey_changes surveys;
};
void record_visit(struct record_visit *r, struct db *db);
bool record_visit_wait(struct record_visit *r, struct err *err);
struct act_on_visit {
    struct action base;
    int64_t id;
    struct str command;
    const struct params *fields;
    instant recorded_at; /* by a phone without a network; 0 = now */
    int n_credited;      /* out */
    struct visit_credits credits; /* out */
    bool is_late;        /* out: no longer possible, kept as a late record */
    struct visit_effects fx; /* below: its own */
    struct found_cases found;
    struct visit_shots shots;
    struct survey_changes surveys;
};
void act_on_visit(struct act_on_visit *x, struct db *db);
bool act_on_visit_wait(struct act_on_visit *x, struct err *err);
struct excuse_routine {
    struct action base;
    int64_t duty;
    struct str words;
    bool for_no_matter; /* 无疑难事项 (HC-27): only while there is none */
    struct duty u;      /* its own */
};
void excuse_routine(struct excuse_routine *x, struct db *db);

#endif
