/* prove_law.h — the monitor: what the law demands of the record, said a second time and apart.
 *
 * It watches events and knows neither the scheme's ladders nor the decisions that it judges: it reads the list of bases, the
 * certificates in the registry, and its own memory of what was recorded before.
 */
#ifndef CORE_PROVE_LAW_H
#define CORE_PROVE_LAW_H

#include "effects.h"

enum law_record {
    LAW_PERSUADED = 1,
    LAW_ORDERED = 2,
    LAW_FILED = 4,
    LAW_NOTICED = 8,
    LAW_HEARD = 16,
    LAW_DECIDED = 32,
    LAW_HEARING = 64, /* may be asked for, not held */
};
struct law_watch {
    const struct scheme *scheme;
    const struct registry *registry;
    const struct effects *fx;
    int32_t day;
    int64_t closer; /* who closed it */
    uint8_t record; /* before; after law_judge: after */
};
/* NULL, or what is unlawful about this event, in Chinese. */
const char *law_judge(struct law_watch *w);

#endif
