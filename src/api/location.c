/* Where a phone says the matter is. WGS-84 is kept; the coordinates of Chinese maps (GCJ-02) are turned back. */
#include <math.h>
#include <stdlib.h>

#include "api.h"

static const double west = 73, east = 136, south = 3, north = 54; /* China, generously */

static bool
number(const struct params *form, const char *name, double *out)
{
    char text[32];
    struct str s = params_get(form, name);
    if (!s.n || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    char *end;
    *out = strtod(text, &end);
    return *end == 0 && isfinite(*out);
}

/* The shift of GCJ-02 at a point, in degrees; the published formula over the Krasovsky ellipsoid. */
static struct location
gcj_shift(struct location at)
{
    static const double pi = 3.14159265358979324, a = 6378245.0, ee = 0.00669342162296594323;
    double x = at.lon - 105, y = at.lat - 35, root = sqrt(fabs(x));
    double waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3;
    double north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves +
                     (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 +
                     (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3;
    double east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves +
                    (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 +
                    (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3;
    double rad = at.lat / 180 * pi, m = 1 - ee * sin(rad) * sin(rad), r = sqrt(m);
    return (struct location){.lon = east_m * 180 / (a / r * cos(rad) * pi),
                             .lat = north_m * 180 / (a * (1 - ee) / (m * r) * pi)};
}

static struct location
from_gcj(struct location gcj)
{
    struct location guess = gcj;
    for (int i = 0; i < 4; i++) { /* converges by a factor of some hundred each time */
        struct location shift = gcj_shift(guess);
        guess = (struct location){gcj.lon - shift.lon, gcj.lat - shift.lat};
    }
    return guess;
}

bool
location_ask(const struct params *form, struct location *out, bool *is_given, struct err *err)
{
    struct str crs = params_get(form, "location.crs");
    *is_given = params_has(form, "location.lon") || params_has(form, "location.lat");
    if (!*is_given)
        return true;
    if (!number(form, "location.lon", &out->lon) || out->lon < west || out->lon > east)
        return err_field(err, "location.lon", "经度应当在 %.0f 到 %.0f 之间。", west, east);
    if (!number(form, "location.lat", &out->lat) || out->lat < south || out->lat > north)
        return err_field(err, "location.lat", "纬度应当在 %.0f 到 %.0f 之间。", south, north);
    if (str_is(crs, "gcj02"))
        *out = from_gcj(*out);
    else if (crs.n && !str_is(crs, "wgs84") && !str_is(crs, "cgcs2000"))
        return err_field(err, "location.crs", "坐标系请写 wgs84、cgcs2000 或 gcj02。");
    return true;
}
