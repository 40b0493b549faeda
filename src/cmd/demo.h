/* demo.h — inside cmd only: a year of sample life, lived through the real actions.
 *
 * What happens comes from the scheme's demo.csv (demo_plan.c); when it happens, from dice (demo_life.c); who does it and with
 * which command, from the duties and the table of commands (demo_policy.c); what is written into the form, from the
 * command's fields (demo_fill.c).
 */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "actions.h"

/* A deterministic stream of numbers: the same seed gives the same life. */
struct dice {
    uint64_t state;
};
uint64_t dice_next(struct dice *d);
int64_t dice_range(struct dice *d, int64_t from, int64_t to); /* inclusive */
bool dice_chance(struct dice *d, int per_mille);

/* Photos: a few drawn pictures with the word SAMPLE-like bars, registered anew for each use. */
struct demo_photos {
    uint8_t sha256[12][32], sm3[12][32], key[12][16], address[12][32];
    int64_t bytes[12];
    int n;
};
bool demo_photos_make(const char *dir, struct demo_photos *out, struct err *err);

/* ---- demo.csv (docs/scheme.md) ---- */

enum { DEMO_STEPS_MAX = 60 };
/* Ends where it arises; needs a department; is a service matter; a told story: a department that comes at once. */
enum fate { FATE_SETTLE, FATE_DEPARTMENT, FATE_SERVICE, FATE_AT_ONCE };

struct plan_reports {
    struct str source, place, words; /* place, words: empty = any */
    enum fate fate;
    int *items; /* scheme indexes to choose from */
    size_t n_items;
    double monthly[DEMO_STEPS_MAX]; /* reports a month, over equal parts of the whole time */
    int n_monthly;
};
struct plan_number {
    struct str name;
    int amount;
};
struct plan_weight {
    struct str value;
    int weight;
};
struct plan_choice { /* what is chosen in a field of a command: "persuade.reaction" */
    struct str field;
    struct plan_weight p[8];
    size_t n;
};
struct plan_routine { /* how many of a routine's duties are done, in per mille */
    int routine; /* index in the scheme */
    int per_mille;
};
struct plan_visits { /* visits that no routine asks for; n is filled by demo_visits_begin */
    int kind, role, party; /* who goes, and how many */
    int64_t yearly, settles, n;
    bool is_joint; /* planned, with departments asked */
};
struct plan_quantity { /* 占道经营 327 处, over the visits of a kind in twelve months */
    int kind;
    struct str item, unit;
    int64_t total;
};
struct demo_plan {
    struct plan_reports *reports;
    size_t n_reports;
    struct plan_number *numbers; /* shares in per mille, and settings */
    size_t n_numbers;
    struct plan_number *caps; /* of demo_caps.c: no more than this many in the last twelve months */
    size_t n_caps;
    struct plan_choice *choices;
    size_t n_choices;
    struct plan_routine *routines;
    size_t n_routines;
    struct plan_visits *visits;
    size_t n_visits;
    struct plan_quantity *quantities;
    size_t n_quantities;
};
/* The plan of a scheme's demo.csv, or of anywhere when t is NULL. Faults are noted with their cells. */
bool demo_plan_read(struct arena *a, const struct table *t, const struct scheme *s, const struct registry *r,
                    struct demo_plan *out, struct scheme_errors *errors);
int plan_number(const struct demo_plan *p, const char *name, int otherwise);
const struct plan_choice *plan_choice(const struct demo_plan *p, const char *command, const char *field);

/* ---- the life ---- */

struct demo {
    struct app *app;
    const struct area *area;
    const struct demo_plan *plan;
    struct dice dice;
    struct demo_photos photos;
    struct arena *arena; /* of one act */
    int64_t reports, acts, visits, refused; /* refused: acts that the core did not allow; 0 in a sound demo */
    char last_refusal[768];
};
/* Lives from day `from` to moment `until`; calls progress with days done. */
bool demo_live(struct demo *d, int32_t from, instant until, void (*progress)(void *ctx, int64_t day), void *ctx, struct err *err);

/* One person before one duty. */
struct turn {
    struct demo *d;
    const struct caller *who;
    const struct case_file *c;
    const struct duty *duty;
    const struct situation *s;
    const struct item *item;
    const struct plan_reports *row; /* NULL: not of the plan */
};
/* The commands by which this person settles the duty or takes it a step further, the best first; none when the core allows
 * none just now. */
struct offers {
    const struct command *p[8];
    size_t n;
};
struct offers turn_offers(struct turn *t);
/* Every field the command needs, as a person would fill it in. */
void turn_fill(struct turn *t, const struct command *cmd, struct params *out);
int64_t demo_photo(struct demo *d, const struct caller *who); /* 0 when it could not be kept */
/* Two officers of the lead whose certificates are valid, as user names; returns how many there are (at most 2). */
size_t lead_officers(const struct registry *r, int32_t lead, int32_t day, struct str out[2]);
/* The organisation that the list names as lead for this place, when it can lead; else the coordinator. */
const struct org *listed_lead(const struct turn *t);

/* Numbers that the locality's articles tell: a demo does not go beyond them (demo_caps.c). */
struct caps {
    const struct demo_plan *plan;
    const struct scheme *scheme;
    int32_t from; /* day from which it counts */
    double part;  /* of twelve months */
    int64_t now[8];
};
bool caps_known(struct str name);
bool caps_forbid(const struct caps *k, const struct case_file *c, const char *command);
void caps_note(struct caps *k, const struct case_file *before, const struct case_file *after);

/* How an arrival is shown (demo_proof.c): fields of the same form as a phone sends. `when`: the moment that the action grades by. */
struct presence_shown_by {
    int32_t place;
    int64_t person, salt; /* salt: of the case or the moment */
    bool may_be_vouched;  /* the form has a field for somebody else's word */
};
void demo_show_presence(struct demo *d, const struct presence_shown_by *who, instant when, struct params *p);
bool demo_rosters(struct demo *d, instant until, struct err *err); /* demo_rosters.c */

#endif
