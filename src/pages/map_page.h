/* map_page.h — 地图: compounds, stations and open whistles; without scripts the same as a list (BG-09). */
#ifndef PAGES_MAP_PAGE_H
#define PAGES_MAP_PAGE_H

#include "reach.h"
#include "staff.h"

struct reach_line {
    const struct reached *x;
    const char *minutes, *minutes_then; /* 约 4 分钟, — */
    const char *standing;               /* 圈内, 圈外 … */
    struct str community, station;
};
struct reach_lines {
    const struct reach_line *p;
    size_t n;
};
struct station_line {
    const struct station *s;
    size_t n_compounds; /* that have it as the nearest */
};
struct station_lines {
    const struct station_line *p;
    size_t n;
};
struct map_view {
    struct layout layout;
    struct reach reach;
    instant at; /* whose duty counts: now, or what was asked */
    bool is_asked, is_wrong; /* is_wrong: asked, and no moment that has rosters */
    const char *when, *at_code; /* 现在, or the moment in words; for the form */
    size_t n_planned; /* stations whose roster says who is there then */
    struct reach_lines outside, inside;
    struct station_lines stations;
    struct case_lines whistles;
    const char *model;   /* how the minutes are reckoned, in words */
    bool has_ground;     /* DIR/map.geojson */
    const char *tianditu_key, *approval; /* NULL = none configured */
};

HANDLER(desk_map);
HANDLER(desk_map_ground);

#endif
