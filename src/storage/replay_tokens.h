/* replay_tokens.h — inside storage only: does the search index hold what the events of the cases say, no more and no less?
 * Both sides are added up, pair by pair of token and case: equal sums, equal sets. */
#ifndef STORAGE_REPLAY_TOKENS_H
#define STORAGE_REPLAY_TOKENS_H

#include "search_tokens.h"

struct token_fold {
    const uint8_t *key; /* NULL: the index is older than what events say (search_rebuild.h); nothing is compared */
    struct tokens *event;
    uint64_t *of_case; /* of the case being read, repeats included */
    size_t n, cap;
    uint64_t sum;
    int64_t pairs;
    int64_t *unread; /* shredded cases: their tokens are neither expected nor wrong; ascending */
    size_t n_unread, cap_unread;
};

void token_fold_event(struct token_fold *t, const struct event_body *b);
void token_fold_case(struct token_fold *t, int64_t case_id); /* its last event was told */
void token_fold_unread(struct token_fold *t, int64_t case_id);
/* Calls `differs` when the index is another one, or not in order. Ends the fold. */
bool token_fold_compare(struct db *db, int64_t area, struct token_fold *t, void (*differs)(void *ctx, const char *what), void *ctx,
                        struct err *err);

#endif
