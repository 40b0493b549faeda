/* Where a phone says the matter is. WGS-84 is kept; the coordinates of Chinese maps (GCJ-02) are turned back. */
#include <math.h>
#include <stdlib.h>

#include "api.h"
#include "geo.h"

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
    struct point gcj = {out->lon, out->lat};
    if (str_is(crs, "gcj02"))
        *out = (struct location){.lon = point_from_gcj(gcj).lon, .lat = point_from_gcj(gcj).lat};
    else if (crs.n && !str_is(crs, "wgs84") && !str_is(crs, "cgcs2000"))
        return err_field(err, "location.crs", "坐标系请写 wgs84、cgcs2000 或 gcj02。");
    return true;
}
