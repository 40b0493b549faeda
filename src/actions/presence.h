/* presence.h — what a phone sent to show that somebody is there, turned into a grade; the position itself goes no further.
 *
 * Fields: proof (typed or scanned), vouched (a user name), lon, lat, crs, accuracy, position_at, occurred_at. Used by
 * whatever records a presence: the arrival at a case, the check-in of a visit.
 */
#ifndef ACTIONS_PRESENCE_H
#define ACTIONS_PRESENCE_H

#include "actions.h"
#include "proof.h"

/* False with a sentence on the field: a code that is wrong or of another place, a moment that cannot be read. What was
 * recorded without a network and comes late is never refused for its proof: then the proof counts for nothing. */
bool presence_shown(const struct action *a, const struct place *at, const struct params *fields, instant recorded_at,
                    struct proof *out, struct err *err);
bool presence_moment(const struct params *fields, instant *at, struct err *err); /* occurred_at, when *at is not known yet */
/* The same fields without the position and the code: nobody is tracked. */
const struct params *presence_stripped(struct arena *a, const struct params *fields);

/* The phone that shows a code: the property's in a compound, or a station's. False: no such place or station. */
bool presence_seat(const struct registry *r, struct str code, struct proof_seat *seat);
void presence_code(struct app *app, int64_t area, struct proof_seat seat, instant now, char out[PROOF_CODE_DIGITS + 1]);

#endif
