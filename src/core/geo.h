/* geo.h — points on the ground: how far apart, and the coordinates of Chinese maps turned back.
 *
 * WGS-84 is kept everywhere (CGCS2000 is the same for our purposes). GCJ-02, which phones' map services give, lies some
 * hundred metres off: mixed up silently, it is another compound.
 */
#ifndef CORE_GEO_H
#define CORE_GEO_H

#include <stdbool.h>

struct point {
    double lon, lat;
};

bool point_is_known(struct point p); /* 0,0 = nobody has entered it */
bool point_in_china(struct point p); /* generously */
double metres_between(struct point a, struct point b); /* great circle */
struct point point_from_gcj(struct point gcj);

#endif
