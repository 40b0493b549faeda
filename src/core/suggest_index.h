/* suggest_index.h — inside core only: which features of a text speak for which item and which phrase.
 *
 * A feature is a pair of Han characters, a single one, or an ASCII word. Pairs are also read with one or two characters
 * left out between (遛大狗 has 遛狗), at a lower weight. Weights are learnt from the scheme's own phrases: a feature that
 * few items share weighs more.
 */
#ifndef CORE_SUGGEST_INDEX_H
#define CORE_SUGGEST_INDEX_H

#include "suggest.h"

struct feature_weight {
    uint32_t to; /* item or phrase */
    float weight;
};

struct feature {
    uint64_t key;
    float factor; /* below 1 for characters and pairs that say little: 的, 没有, 小区 */
    uint32_t items, n_items, phrases, n_phrases; /* ranges of the two arrays below */
};

struct suggest_index {
    size_t n_items, n_phrases;
    struct feature *features;
    size_t n_features;
    uint32_t *slots; /* feature + 1 by hash of key */
    size_t mask;
    struct feature_weight *item_weights, *phrase_weights;
    float *phrase_gain; /* what full coverage of the phrase is worth */
};

enum reading { READ_NEXT, READ_SKIP1, READ_SKIP2, READ_SINGLE, READING_COUNT };
extern const float reading_weight[READING_COUNT];

/* Folds a text to letters; everything that is not a letter becomes 0. Returns how many. */
size_t letters_read(struct str text, uint32_t *out, size_t max);
/* Features of a stretch of letters in one reading. ASCII words come with READ_NEXT. Calls back with the key. */
void features_each(const uint32_t *letters, size_t n, enum reading how, void (*take)(void *ctx, uint64_t key),
                   void *ctx);
int feature_find(const struct suggest_index *x, uint64_t key); /* -1 when no phrase has it */

#endif
