/* search_tokens.h — inside storage only: by which tokens a case is found. Keyed hashes (docs/security.md): of pairs of characters
 * and words that stand in its texts, and of the place, item and lead that it has or had.
 *
 * Of an event those texts count that people wrote and that its own sentence shows to everybody who may open the case; what
 * the program says by itself does not. Names are not written, only who bears them: whoever looks for a name asks the
 * registry and the scheme of today.
 */
#ifndef STORAGE_SEARCH_TOKENS_H
#define STORAGE_SEARCH_TOKENS_H

#include "event_body.h"

enum { TOKENS_MAX = 6000 };
struct tokens {
    uint64_t p[TOKENS_MAX];
    size_t n;
    const uint8_t *key;
};

/* Of a save, and of the same event read back. Distinct, ascending. */
void tokens_of_effects(struct tokens *t, const struct effects *fx);
void tokens_of_body(struct tokens *t, const struct event_body *b);

uint64_t token_of_place(const uint8_t key[KEY_BYTES], int64_t place);
uint64_t token_of_item(const uint8_t key[KEY_BYTES], struct str item);
uint64_t token_of_lead(const uint8_t key[KEY_BYTES], int64_t org);

/* Of an event: what somebody wrote and its sentence shows. Walks like params_each. */
bool next_note(const struct params *fields, struct str shown, size_t *at, struct str *note);

#endif
