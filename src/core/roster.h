/* roster.h — 值班表: who is on duty at a station, day by day, for a month.
 *
 * A roster is made in turn from the station's people on working days, never from somebody on leave, and can then be changed
 * shift by shift. It is kept as one text, "20564:510-1050:42 …": day, minutes of the day, person; an x at the end marks a
 * shift that was planned and is not held.
 */
#ifndef CORE_ROSTER_H
#define CORE_ROSTER_H

#include "registry.h"

enum { ROSTER_SHIFTS_MAX = 400, STATION_PEOPLE_MAX = 64 };

bool roster_parse(struct arena *a, struct str text, struct roster *out); /* false: not of that form; fills p and n */
void roster_write(struct buf *b, const struct roster *r);
const struct roster *roster_find(const struct registry *r, int32_t station, int32_t month); /* NULL when none was made */

/* Whoever has a post of the station, then the officers and assistants sent to the communities it serves; in order of call. */
size_t station_people(const struct registry *r, int32_t station, int32_t day, int64_t *out, size_t max);
bool station_serves(const struct registry *r, int32_t station, const struct place *p);

/* The month from day `from` on, one person each working day through the office hours: he who has had fewest, then the next in
 * order. Earlier days stay as they are in `old` (may be NULL). */
struct roster roster_generate(struct arena *a, const struct registry *r, const struct calendar *c, int32_t station, int32_t month,
                              int32_t from, const struct roster *old);
/* Takes shifts away (they stay as cancelled) and adds others; what comes back is no longer cancelled. */
struct roster roster_change(struct arena *a, const struct roster *old, const struct shift *less, size_t n_less,
                            const struct shift *more, size_t n_more);
const struct shift *roster_shift(const struct roster *r, int32_t day, int64_t person); /* held, or NULL */

/* Who is on duty at a moment; for whom is on leave, who stands in for him. */
size_t station_on_duty(const struct registry *r, int32_t station, instant at, int64_t *out, size_t max);
/* Does a roster say who is there at that moment? From its first shift on: what was planned on the 15th tells nothing of the 3rd. */
bool station_is_planned(const struct registry *r, int32_t station, instant at);
/* On duty (BG-09): somebody is, by the roster where there is one, else by office hours. Station 0 has office hours. */
bool station_is_staffed(const struct registry *r, const struct calendar *c, int32_t station, instant at);

#endif
