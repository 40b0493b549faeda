/* staff_rights.h — "市属、街道管、社区用" (LC-09): of the three organisations of somebody who was sent to a community, which decides what.
 *
 * The home unit owns: certificates, and leave (LC-11). The street manages: the roster of the stations in it. The community uses: the
 * roster of its station, and the evaluation of each month (LC-07). The table in staff_rights.c says it; handlers only ask.
 */
#ifndef CORE_STAFF_RIGHTS_H
#define CORE_STAFF_RIGHTS_H

#include "slots.h"

enum staff_right { STAFF_CERTIFICATE, STAFF_LEAVE, STAFF_ROSTER, STAFF_EVALUATION, STAFF_RIGHT_COUNT };

/* Of a post: over certificates and leave of who holds it. */
bool staff_may_post(const struct registry *r, enum staff_right right, const struct posting *const *who, size_t n, const struct posting *of);
/* Of a station: over its roster and the evaluation of who was sent to it. */
bool staff_may_station(const struct registry *r, enum staff_right right, const struct posting *const *who, size_t n, int32_t station);

#endif
