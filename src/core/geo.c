#include "geo.h"

#include <math.h>

static const double pi = 3.14159265358979324;

bool
point_is_known(struct point p)
{
    return p.lon != 0 || p.lat != 0;
}

bool
point_in_china(struct point p)
{
    return p.lon >= 73 && p.lon <= 136 && p.lat >= 3 && p.lat <= 54;
}

double
metres_between(struct point a, struct point b)
{
    static const double earth = 6371008.8;
    double lat_a = a.lat / 180 * pi, lat_b = b.lat / 180 * pi;
    double up = sin((lat_b - lat_a) / 2), across = sin((b.lon - a.lon) / 360 * pi);
    double h = up * up + cos(lat_a) * cos(lat_b) * across * across;
    return 2 * earth * asin(sqrt(h < 1 ? h : 1));
}

/* The shift of GCJ-02 at a point, in degrees; the published formula over the Krasovsky ellipsoid. */
static struct point
gcj_shift(struct point at)
{
    static const double a = 6378245.0, ee = 0.00669342162296594323;
    double x = at.lon - 105, y = at.lat - 35, root = sqrt(fabs(x));
    double waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3;
    double north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves +
                     (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 +
                     (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3;
    double east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves +
                    (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 +
                    (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3;
    double rad = at.lat / 180 * pi, m = 1 - ee * sin(rad) * sin(rad), r = sqrt(m);
    return (struct point){.lon = east_m * 180 / (a / r * cos(rad) * pi), .lat = north_m * 180 / (a * (1 - ee) / (m * r) * pi)};
}

struct point
point_from_gcj(struct point gcj)
{
    struct point guess = gcj;
    for (int i = 0; i < 4; i++) { /* converges by a factor of some hundred each time */
        struct point shift = gcj_shift(guess);
        guess = (struct point){gcj.lon - shift.lon, gcj.lat - shift.lat};
    }
    return guess;
}
