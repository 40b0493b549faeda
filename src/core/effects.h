/* effects.h — what a decision wants to happen: one event, the new row, duties opened or ended, notices to send.
 *
 * A decision builds effects and touches nothing else; storage/effects.h makes them true in one transaction. The event's
 * stored body holds the changed columns and duties, old and new, so replay and undo need no rule.
 */
#ifndef CORE_EFFECTS_H
#define CORE_EFFECTS_H

#include "case.h"
#include "form.h"

enum { EFFECTS_DUTIES_MAX = 64, EFFECTS_NOTICES_MAX = 24, ACTOR_POSTINGS_MAX = 12 };

/* Who acts. The role and organisation of the event are those of the posting that entitles to the command. */
struct actor {
    int64_t person; /* 0 for residents, the clock and the hotline */
    int role;       /* ROLE_RESIDENT with is_reporter, ROLE_CLOCK, or the posting's */
    int32_t org;
    bool is_reporter; /* holds the secret link of this case */
    bool is_away;     /* on leave: sees what his posts see, and does nothing */
    const struct posting *postings[ACTOR_POSTINGS_MAX];
    size_t n_postings;
};

struct notice {
    struct owner to; /* ignored when to_reporter */
    bool to_reporter, urgent;
    const char *kind; /* "whistle", "missed", "reply", "returned", "urged", … */
    struct str text;  /* no personal data; reporter notices ≤ 70 characters without the link */
};

struct event {
    const char *type; /* "case_opened", "dispatched" … */
    instant occurred_at; /* claimed; the server's time is the effects' `at` */
    struct str text;   /* for staff, Chinese, complete */
    struct str public_text; /* for the reporter; empty = the step is not shown to him */
    struct params fields; /* what was entered, as given */
};

struct duty_slot {
    struct duty was, now; /* was.id == 0 && is_new: opened by this decision */
    bool is_new, is_changed;
};

struct effects {
    struct arena *arena;
    struct actor actor;
    instant at;
    bool is_new_case;
    bool is_mute; /* nobody will read its sentences: they are not put together (the prover takes millions of steps) */
    struct case_file before, after;
    struct event event;
    struct duty_slot duties[EFFECTS_DUTIES_MAX]; /* the open ones as loaded, changed here, then new ones */
    size_t n_duties;
    struct notice notices[EFFECTS_NOTICES_MAX];
    size_t n_notices;
    /* Encrypted parts of the row; set only when given. */
    struct str words, spot, reply;
    bool has_words, has_reply;
};

/* Columns that differ, for the event body and for undo. Calls back with the old and the new value as text. */
typedef void (*column_change)(void *ctx, const char *name, bool is_text, int64_t old_n, int64_t new_n, struct str old_t,
                              struct str new_t);
void effects_columns(const struct effects *fx, column_change each, void *ctx);

#endif
