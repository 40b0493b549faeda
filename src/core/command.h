/* command.h — everything anybody can do to a case: one table, one way to ask "may I?", one way to decide.
 *
 * (scheme, registry, row, open duties, actor, fields, now) → effects, or a refusal that says why and what to do instead.
 * The table is what pages, the API's `allowed`, the permission check and the prover read.
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include "effects.h"

struct situation {
    const struct scheme *scheme; /* the version the case was opened under */
    const struct registry *registry;
    const struct case_file *c;
    const struct duty *duties; /* open ones */
    size_t n_duties;
    struct actor actor;
    instant now;
    const struct case_file *other; /* merge: the case to merge into; else NULL */
};

struct command_input {
    const struct params *fields; /* already checked against the command's fields */
    int photos;                  /* photos among the files sent with this command */
    const struct proof *proof;   /* arrive: what shows the presence; NULL = nothing does */
    instant recorded_at;         /* made without a network at that moment and heard of now; 0 = made now */
};

/* Who may: any row that matches. */
enum scope {
    SCOPE_NONE,
    SCOPE_DUTY,     /* owner (or escalated-to) of an open duty of kind `duty` */
    SCOPE_LEAD,     /* a role of the lead organisation */
    SCOPE_ASSIST,   /* a role of an organisation with an open assist duty, or somebody whom the lead named */
    SCOPE_PLACE,    /* a role whose posting covers the place */
    SCOPE_FIRM,     /* property staff of the compound's firm */
    SCOPE_AREA,     /* a role anywhere in the area */
    SCOPE_REPORTER, /* holds the secret link */
    SCOPE_INVOLVED, /* anybody who may see the case */
};
struct who {
    enum scope scope;
    uint64_t roles; /* 0 = any role (SCOPE_DUTY) */
    int duty;
};

enum command_flag {
    CMD_PRIMARY = 1,   /* the filled button */
    CMD_UNDOABLE = 2,  /* its author may take it back within ten minutes */
    CMD_CAREFUL = 4,   /* the page asks once more */
    CMD_RESIDENT = 8,  /* offered on the tracking page */
    CMD_BATCH = 16,    /* may be done for several cases at once */
    CMD_NO_HANDLER = 32, /* not by the person who handled the case */
    CMD_HIDDEN = 64,   /* not in the list of buttons (has its own page) */
};

struct decision;
struct command {
    const char *code, *label, *event; /* event type */
    uint32_t states;                  /* bits of enum case_state */
    struct who who[5];
    const struct field *fields;
    size_t n_fields;
    uint32_t flags;
    bool (*may)(const struct situation *s, struct err *err); /* beyond state and who; NULL = always */
    bool (*decide)(struct decision *d, struct err *err);
};

extern const struct command commands[];
extern const size_t n_commands;
const struct command *command_find(struct str code); /* NULL when absent */

/* True when the actor may do it now; err then untouched. Kinds: FORBIDDEN, CONFLICT, UNLAWFUL. On success *as (may be
 * NULL) becomes the actor in the entitling role. */
bool command_allowed(const struct command *cmd, const struct situation *s, struct actor *as, struct err *err);
/* Checks command_allowed, then decides. fx->arena must be set; everything in fx lives there or in the situation. */
bool command_decide(const struct command *cmd, const struct situation *s, const struct command_input *in,
                    struct effects *fx, struct err *err);

/* The second half alone, for who has just been allowed: *as is what command_allowed said. */
bool command_run(const struct command *cmd, const struct situation *s, const struct actor *as, const struct command_input *in,
                 struct effects *fx, struct err *err);

/* May the person see this case at all (staff)? The reporter's own page does not ask this. */
bool case_visible(const struct situation *s);
/* May the person see the reporter's contact reveal button: acceptance posts of the place and the lead, never property. */
bool contact_revealable(const struct situation *s);

/* A new case. The channel decides where it enters (schemes: channels). */
struct report {
    int item;  /* scheme index or -1 = 待定 */
    int32_t place; /* 0 = 待定, hotline orders only */
    struct str words, spot, source, hotline_no;
    struct str dissuaded; /* property: what was done to stop it (HC-21) */
    instant occurred_at, hotline_due; /* hotline_due: of the order, 0 = none */
    bool is_own_service; /* seen and done by the firm itself: the channel's proof of dissuasion is not asked */
    bool urgent; /* the reporter or the form says so */
    bool has_contact, keep_secret;
    int photos;
    int64_t prior; /* earlier case of the same place and item */
};
bool case_open(const struct situation *s, const struct report *r, struct effects *fx, struct err *err);

/* The duty clock: one open duty of s->duties whose due is <= s->now becomes missed (or runs its automatic end). */
bool case_miss(const struct situation *s, int64_t duty_id, struct effects *fx, struct err *err);

/* Takes back the last event: `changes` are its recorded columns and duties (storage reads them from the event body). */
struct undo_column {
    struct str name;
    bool is_text;
    int64_t old_n;
    struct str old_t;
};
struct undo {
    const char *event;
    instant at;
    int64_t by;
    const struct undo_column *columns;
    size_t n_columns;
    const struct duty *duties_before; /* of duties it changed: as they were */
    size_t n_before;
    const int64_t *duties_opened;
    size_t n_opened;
};
bool case_undo(const struct situation *s, const struct undo *u, struct effects *fx, struct err *err);
enum { UNDO_MS = 10 * 60 * 1000 };

/* What was recorded without a network and can no longer be done (decide_late.c): an event that changes nothing of the case, and a duty of
 * whoever carries it to decide what the record still means; once the case has ended a notice only. */
struct late_record {
    const struct command *command;
    const struct params *fields;
    instant recorded_at;
};
/* 「；核实情况：鸡笼还在」: every field as it was entered, files and numbers from the phone apart. */
void late_field_words(struct buf *b, const struct field *fields, size_t n, const struct params *values);
bool case_keep_late(const struct situation *s, const struct late_record *l, struct effects *fx, struct err *err);

enum request_kind { REQUEST_NONE, REQUEST_PAUSE, REQUEST_EXTENSION, REQUEST_ORDER_DATE };

#endif
