/* prove.h — does a scheme keep its promise? Every situation of a case that it can lead to is explored with the very
 * functions the server runs (command_allowed, command_decide, case_open, case_miss), and nine properties are judged.
 *
 * docs/prover.md says what each property means, what is abstracted and what is not proved. The prover reads no clock; it
 * proves the scheme with the registry as it stands on one day. It never passes what it could not explore to the end.
 */
#ifndef CORE_PROVE_H
#define CORE_PROVE_H

#include "command.h"

enum proof_id {
    PROOF_OWNED,      /* 有人管 */
    PROOF_UPWARD,     /* 超期上报 */
    PROOF_NO_PUSHING, /* 不推诿 */
    PROOF_TOP_CAN_END,
    PROOF_STILL_SOLVABLE,
    PROOF_LAWFUL,
    PROOF_NOT_EMPTY,
    PROOF_STAFFED,
    PROOF_FEASIBLE, /* 做得到 */
    PROOF_COUNT
};
const char *proof_code(int id);  /* "no_pushing" */
const char *proof_title(int id); /* 不推诿 */
const char *proof_meaning(int id); /* one Chinese sentence */

struct proof_property {
    bool ok;
    struct str story; /* when broken: the shortest way there, one numbered step a line, and what is wrong. Chinese */
};

struct proof {
    bool ok;
    bool is_complete; /* false: the budget was used up before everything was explored; then ok is false */
    struct str why_incomplete; /* Chinese; empty when complete */
    size_t states, steps;
    struct proof_property property[PROOF_COUNT];
    struct strs notes; /* what never occurs, though no promise is broken by it. Chinese */
};

struct prove_options {
    const struct command *commands; /* NULL: the shipped table */
    size_t n_commands;
    size_t max_states; /* 0: PROVE_STATES_MAX */
    int32_t day;       /* the registry as of this day; 0: 2026-04-21 */
    struct strs only_items; /* codes; for tests, that look at a corner: the proof is of these items at one place */
};
enum { PROVE_STATES_MAX = 200000 };

/* The proof and its stories live in `a`. `o` may be NULL. */
struct proof *scheme_prove(struct arena *a, const struct scheme *s, const struct registry *r, const struct prove_options *o);
/* The first broken property in one sentence, for a refusal: 「不推诿：…」. Empty when the proof holds. */
struct str proof_first(const struct proof *p);

#endif
