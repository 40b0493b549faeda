/* replay_fold.h — inside storage only: a case as its events say it is, one event after the other. */
#ifndef STORAGE_REPLAY_FOLD_H
#define STORAGE_REPLAY_FOLD_H

#include "event_body.h"

struct folded_file {
    struct attachment named;
    int64_t seq;
    bool is_public, has_digest;
};

struct folded {
    struct case_file c;
    struct duty *duties;
    size_t n_duties, cap;
    struct folded_file *files;
    size_t n_files, cap_files;
    bool knows_public; /* false: an older event that cleared a photo does not say which */
    struct told *told;
    size_t n_told, cap_told;
    bool knows_told;
    struct str words, spot, reply;
};

/* Applies one event; what f holds lies in `a` or in the body. */
void fold(struct arena *a, struct folded *f, const struct event_body *b, int64_t seq, struct str type);

#endif
