/* prove_parts.h — inside the prover: how a situation becomes a key and a key a situation again, and the graph of keys.
 *
 * A key holds everything that decisions may depend on and nothing else; a situation is made from a key alone, so no concrete
 * time, id or counter leaks from one step into the next. Each key is made concrete in three ways (variants) that differ in
 * whatever the key leaves out; a step counts when it is possible in any of them, and as certain when all three agree.
 */
#ifndef CORE_PROVE_PARTS_H
#define CORE_PROVE_PARTS_H

#include "decide.h"
#include "prove.h"

enum variant { VARIANT_FRESH, VARIANT_USED, VARIANT_FULL, VARIANT_COUNT, VARIANT_PROBE = VARIANT_COUNT };
enum { KEY_DUTIES_MAX = 8, INTERN_MAX = 250, SMALL_MAX = 256, COUNTERS_MAX = 16, COUNTER_FULL = 9, SIDE_ID = 50, ITEM_CLASSES_MAX = 96,
       PLACE_CLASSES_MAX = 24 };

struct key_duty {
    uint8_t kind, owner, level, ref, arg;
};
struct key {
    uint8_t n[CASE_N_NUMBERS], t[CASE_N_TEXTS];
    uint8_t record; /* the monitor's own memory: prove_law.h */
    uint8_t closer; /* who closed it, for the monitor */
    uint8_t n_duties;
    struct key_duty duty[KEY_DUTIES_MAX];
};

/* A key made concrete. */
struct scene {
    struct case_file c, other;
    struct duty duties[KEY_DUTIES_MAX + 12];
    size_t n_duties;
    struct situation s;
};

struct input {
    struct params fields;
    int photos;
};
struct inputs {
    struct inputs *next; /* of the same command */
    struct str item;
    int32_t lead, place;
    struct input *p;
    size_t n;
};

/* What somebody does: a command (>= 0), or one of these. */
enum { CALL_OPEN = -1, CALL_MISS = -2, CALL_NONE = -3 };
struct call {
    int16_t cmd;
    uint16_t actor, input; /* CALL_OPEN: input is the report's number; CALL_MISS: the duty's id */
    uint8_t variant;
};

enum edge_flag { EDGE_CERTAIN = 1, EDGE_TOP = 2, EDGE_CLOCK = 4, EDGE_MAIN = 8, EDGE_OFF = 16, EDGE_GOOD = 32, EDGE_HELD = 64 };
struct edge {
    uint32_t from, to;
    struct call call;
    uint8_t flags, variants;
    uint16_t more, fewer; /* counters that it raises, or may set back */
};
struct node {
    struct key key;
    uint32_t by; /* edge on the shortest way here; the first is its own */
    uint32_t first_edge;
};

struct report_class {
    struct report report;
    uint16_t actor;
};

struct breach {
    bool is_set;
    uint32_t node;    /* the way leads here */
    struct call call; /* then this; CALL_NONE = nothing */
    bool has_call;
    struct str what;
    uint32_t *round; /* edges that then go round for ever */
    size_t n_round;
};

struct found {
    uint64_t key;
    uint16_t who[2]; /* actor numbers + 1; 0 = nobody */
};
enum { FOUND_SLOTS = 1 << 12 };

struct world {
    struct arena *a, *step; /* scratch: the whole proof, one state */
    const struct scheme *s;
    const struct registry *r;
    const struct command *commands;
    size_t n_commands, max_states;
    struct strs only_items;
    instant now;
    int32_t day, coordinator;
    struct effects *fx;
    struct err err; /* why the last step was refused; nobody reads it */
    bool is_full; /* more than we hold: nothing is proved */
    const char *why_full;

    const struct column_rule *columns; /* prove_model.c */
    int kept[CASE_N_NUMBERS], n_kept; /* columns that a key holds */
    size_t kept_at[CASE_N_NUMBERS];   /* where they lie in a row */
    bool is_text_kept[CASE_N_TEXTS];
    struct case_file blank[VARIANT_COUNT + 1]; /* all other columns, by variant */
    int64_t closer; /* of the node at hand */
    int counter_at[COUNTERS_MAX], at_state, at_outcome;
    int64_t numbers[INTERN_MAX];
    uint8_t small[SMALL_MAX]; /* codes of small numbers; 0 = none yet */
    struct str texts[INTERN_MAX];
    struct owner owners[INTERN_MAX];
    int n_numbers, n_texts, n_owners;

    int items[ITEM_CLASSES_MAX]; /* one of each class */
    int n_items, first, shortest; /* of enforcement: the first, and the one whose ladder is shortest */
    int32_t places[PLACE_CLASSES_MAX];
    int n_places;
    struct actor *actors; /* 0 is the reporter */
    size_t n_actors, cap_actors;
    struct found *found;
    struct inputs **inputs; /* by command */
    struct report_class *reports;
    size_t n_reports;
    struct lead_of {
        int item;
        int32_t place, lead;
    } leads[512];
    int n_leads;

    struct node *nodes;
    size_t n_nodes, cap_nodes;
    uint32_t *slots; /* by hash of the key: node number + 1 */
    size_t n_slots;
    struct edge *edges;
    size_t n_edges, cap_edges;
    size_t steps;

    uint64_t commands_seen[4];
    uint64_t ladders_seen[8]; /* rows of s->ladders */
    uint32_t states_seen;
    uint64_t hops_seen[4]; /* rows of s->hops */
    uint64_t levels_seen; /* 1 + row of s->whistles */
    uint64_t upward[512]; /* duties whose way to the top is known */
    size_t n_upward;
    struct breach breach[PROOF_COUNT];
};

/* prove_model.c */
void model_init(struct world *w);
extern const char *const model_counters[COUNTERS_MAX]; /* names; NULL at the end */
int model_column(const char *name); /* position in CASE_NUMBERS, or -1 */
bool duty_is_side(int kind); /* runs beside the case; in a scene it may be open at any time */
uint64_t sides_possible(struct world *w, const struct case_file *c); /* bits of the kinds that a scene of this case has open */
void scene_make(struct world *w, const struct key *k, int variant, int probe, struct scene *out);
struct key key_of(struct world *w, const struct effects *fx, uint8_t record, int64_t closer);
int64_t key_closer(struct world *w, const struct key *k);
int64_t key_number(struct world *w, const struct key *k, int at); /* a kept column, by position */
bool key_is_open(struct world *w, const struct key *k);
int32_t lead_listed(struct world *w, int item, int32_t place);
int32_t other_department(struct world *w, int32_t than);

/* prove_people.c */
size_t actors_for(struct world *w, const struct command *cmd, const struct situation *s, uint16_t *out, size_t max);
uint16_t actor_number(struct world *w, int64_t person);
const uint16_t *actors_filling(struct world *w, int role, int32_t org, int32_t place); /* two numbers + 1 */
bool owner_is_staffed(struct world *w, const struct owner *o);

/* prove_classes.c */
void inputs_classes(struct world *w); /* items, places, reports */
bool has_shortest_ladder(const struct world *w, int item);
bool is_paired(const struct world *w, int item, int32_t place); /* explored together */

/* prove_inputs.c */
const struct inputs *inputs_for(struct world *w, int cmd, const struct scene *sc);

/* prove_explore.c */
void give_up(struct world *w, const char *why);
bool call_run(struct world *w, const struct key *k, struct call c, int variant, int probe); /* into w->fx */
void explore(struct world *w);
void breach_note(struct world *w, int id, uint32_t node, const struct call *call, struct str what);
struct str words_of(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* prove_judge.c */
void judge(struct world *w);
void judge_not_empty(struct world *w, struct strs *notes, struct arena *a);
/* prove_upward.c */
void judge_miss(struct world *w, uint32_t node, const struct call *call, const struct scene *sc, const struct duty *missed);
/* prove_staff.c */
void judge_staff(struct world *w);
/* prove_routines.c */
void judge_routines(struct world *w);
/* prove_story.c */
struct str story_tell(struct world *w, const struct breach *b, struct arena *a);

#endif
