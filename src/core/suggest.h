/* suggest.h — residents' own words to list items, dangers and diversions; bigrams for search and likeness.
 *
 * Suggests only; a person always decides. Pure and fast: the index is built once per scheme.
 */
#ifndef CORE_SUGGEST_H
#define CORE_SUGGEST_H

#include "scheme.h"

struct suggestion {
    int item;
    int score; /* 0…1000, comparable between items of one query */
    struct str because; /* the phrase that matched best */
};

struct suggest_index *suggest_build(struct arena *a, const struct scheme *s);
/* Best items for the words, best first, only those worth showing; 0 when nothing fits. A first line with more below it is
 * a title and weighs more. A single word (狗, 停车) shows all that it could be. */
size_t suggest_items(const struct scheme *s, struct str words, struct suggestion *out, size_t max);
/* True when the best suggestion is clear enough to preselect (it still needs a person's yes). */
bool suggestion_is_clear(const struct suggestion *s, size_t n);
const struct emergency *suggest_emergency(const struct scheme *s, struct str words); /* NULL when none */
const struct divert *suggest_divert(const struct scheme *s, struct str words);
/* The one question that decides between the top candidates, or empty. */
struct str suggest_question(const struct scheme *s, struct str words, const struct suggestion *top, size_t n);

/* Overlapping pairs of each run of Han characters (a single character stands alone), lower-case words of ASCII letters
 * and digits; full-width forms are folded. Calls `take` once per token, in order, repeats included. */
void text_tokens(struct str text, void (*take)(void *ctx, struct str token), void *ctx);
/* Share of common distinct tokens, 0…1000 (Dice). */
int text_likeness(struct str a, struct str b);
/* The same for a text that is compared with many: its distinct tokens, once. */
struct text_set {
    const uint64_t *tokens; /* hashes, ascending */
    size_t n;
};
struct text_set text_set_of(struct arena *a, struct str text);
int text_set_likeness(struct text_set a, struct text_set b);

#endif
