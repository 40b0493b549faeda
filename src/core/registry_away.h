/* registry_away.h — inside core only: what leave and swapped months do to the postings of a snapshot. */
#ifndef CORE_REGISTRY_AWAY_H
#define CORE_REGISTRY_AWAY_H

#include "registry.h"

/* Before the index is made: every post learns when its holder is away and which months were swapped, and whoever stands in
 * gets a post of the same id that holds only then. Posts of control rest for nobody and pass to nobody. */
void registry_apply_leaves(struct registry *r);
bool posting_has_turn(const struct posting *p, int32_t day);
bool posting_is_absent(const struct posting *p, int32_t day);

#endif
