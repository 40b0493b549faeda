/* stops.h — the patrol points of a compound (巡查点, HC-20) and which of them a property round came by.
 *
 * A point is a place inside a compound with a printed code. A round that is over names every point that was open when it began: when
 * somebody came by and how that is proved, or that it was left out (漏点). Points that are closed or opened later change no record.
 */
#ifndef CORE_STOPS_H
#define CORE_STOPS_H

#include "visit.h"

bool point_open_at(const struct place *p, instant at);
/* The points of a compound open at a moment, in the order of a round; at most `max`. */
size_t patrol_points(const struct registry *r, int32_t compound, instant at, const struct place **out, size_t max);

/* Sets the stops of a round from what was written: entries parted by `;`, each a point's code, then the moment (none: when the round
 * began), `qr` when its code was scanned, and a position `lon,lat,accuracy`, which decides the grade and is kept nowhere:
 *   YGLJ-1 2026-04-21T10:05:00+08:00 qr 115.784,25.5997,20;YGLJ-2
 * Refused: a point of another place, a moment outside of the round, points with another kind of work. */
bool visit_put_stops(struct arena *a, const struct registry *r, struct field_visit *v, struct str text, struct err *err);

/* 「巡查点 6 处，漏 1 处：地下车库」; nothing when there are no points. */
void stops_words(struct buf *b, const struct registry *r, const struct field_visit *v);

#endif
