/* search_text.h — what is asked for, as words, and where they stand in a text.
 *
 * Capitals and full-width forms are the same as small and plain ones. A word is what stands between blanks and signs; it is
 * found as it was typed, not in pieces.
 */
#ifndef CORE_SEARCH_TEXT_H
#define CORE_SEARCH_TEXT_H

#include "str.h"

enum { SEARCH_WORDS_MAX = 6, SEARCH_LETTERS_MAX = 40, SNIPPET_MARKS_MAX = 12 };

struct search_word {
    struct str text; /* as typed */
    uint32_t letters[SEARCH_LETTERS_MAX]; /* folded */
    size_t n;
    bool is_han; /* nothing but Han characters: found byte by byte */
};
struct search_words {
    struct search_word p[SEARCH_WORDS_MAX];
    size_t n;
    struct str phrase; /* from the first word to the end of the last, as typed */
};
void search_split(struct str q, struct search_words *out);

struct span {
    size_t from, n; /* bytes */
};
/* The first place at or behind byte `at`. */
bool search_find(struct str text, const struct search_word *w, size_t at, struct span *out);
bool search_has_all(struct str text, const struct search_words *q);

/* A piece of the text around the first word that stands in it, on one line, with the places of all words in it. */
struct snippet {
    struct str text;
    struct span marks[SNIPPET_MARKS_MAX]; /* ascending, apart from each other */
    size_t n_marks;
};
struct snippet snippet_of(struct arena *a, struct str text, const struct search_words *q);

/* How well the words stand in the texts of a case; lower is better. */
enum search_rank {
    RANK_NUMBER, /* it is the case of this number */
    RANK_PHRASE, /* all words, one behind the other, as they were typed */
    RANK_WORDS,  /* all words in one of its texts, or in its place and item */
    RANK_PIECES, /* here and there */
};
enum search_rank search_rank_in(struct str text, const struct search_words *q); /* RANK_PIECES when a word is missing */

#endif
