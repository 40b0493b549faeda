/* demo.h — inside cmd only: a year of sample life, lived through the real actions. */
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
    uint8_t sha256[12][32], sm3[12][32];
    int64_t bytes[12];
    int n;
};
bool demo_photos_make(const char *dir, struct demo_photos *out, struct err *err);

struct demo {
    struct app *app;
    const struct area *area;
    struct dice dice;
    struct demo_photos photos;
    struct arena *arena; /* of one act */
    int64_t reports, acts, refused; /* refused: acts that the core did not allow; 0 in a sound demo */
    char last_refusal[768];
};
/* Lives from day `from` to moment `until`; calls progress with days done. */
bool demo_live(struct demo *d, int32_t from, instant until, void (*progress)(void *ctx, int64_t day), void *ctx, struct err *err);

#endif
