/* reach.h — the 15-minute circle (BG-08, BG-09): minutes from a station to a compound, and what no station reaches.
 *
 * The distance model is the scheme's: straight line × detour ÷ speed, against so many minutes. A station stands where the
 * place that it serves stands (the highest one that names it and has a point); on duty as station_is_staffed says.
 */
#ifndef CORE_REACH_H
#define CORE_REACH_H

#include "geo.h"
#include "registry.h"
#include "scheme_warnings.h"

struct reach_model {
    double detour;    /* way ÷ straight line */
    double speed_kmh; /* in town, with traffic lights and parking */
    int minutes;      /* the promise */
};
struct reach_model reach_model_of(const struct scheme *s);
double reach_minutes(const struct reach_model *m, struct point from, struct point to);
double reach_metres(const struct reach_model *m); /* radius of a station's circle, in a straight line */

struct station {
    const struct org *org;
    struct point at;
    bool is_on_duty, is_planned; /* is_planned: a roster says so, else office hours do */
};
struct stations {
    const struct station *p;
    size_t n;
};
/* Stations with a known point, in the order of their ids. A locality without stations has none. */
struct stations stations_of(struct arena *a, const struct registry *r, const struct calendar *cal, instant at);

/* One compound: the nearest station at all, the nearest on duty, and their minutes. */
struct reached {
    const struct place *compound;
    const struct station *nearest, *on_duty; /* NULL = none known */
    double nearest_minutes, on_duty_minutes;
    bool is_placed; /* has coordinates */
    bool is_within, is_within_then; /* of some station; of one on duty at that moment */
    bool is_beyond; /* of those on duty; while none is, of all */
};
struct reach {
    struct reach_model model;
    struct stations stations;
    const struct reached *p; /* open compounds, the farthest first, those without coordinates at the end */
    size_t n;
    size_t n_beyond, n_beyond_then, n_unplaced, n_on_duty /* stations */;
};
void reach_of(struct arena *a, const struct scheme *s, const struct registry *r, instant at, struct reach *out);
/* A locality that promises the circle (reach_minutes) is warned of compounds that lie in none, or nobody knows where. */
void reach_warn(struct arena *a, const struct scheme *s, const struct registry *r, struct scheme_warnings *all);

#endif
