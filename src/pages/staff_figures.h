/* staff_figures.h — numbers that explain themselves: what they mean, what they are made of, the cases behind them. */
#ifndef PAGES_STAFF_FIGURES_H
#define PAGES_STAFF_FIGURES_H

#include "staff.h"

struct figure_line {
    const struct figure *f;
    const char *value, *parts, *detail, *cases_url; /* detail: what it is made of, in words; NULL = of one piece */
    struct str note;
};
struct figure_lines {
    const struct figure_line *p;
    size_t n;
};
struct bar { /* one month of a series, drawn by the server */
    const char *month, *label, *value, *cases_url;
    int x, y, width, height, middle;
};
struct bars {
    const struct bar *p;
    size_t n;
};
struct chart {
    const char *title, *unit, *spoken;
    struct bars bars;
    int width, height, base;
    bool is_last_partial;
};
/* Bars of a monthly series, at most 12 months. */
bool chart_of(const struct visit *v, struct arena *a, const struct figure *f, int32_t from, int32_t to, struct chart *out,
              struct err *err);
const char *figure_words(struct arena *a, const struct figure *f, const struct figure_value *value);
const char *figure_cases_url(struct arena *a, const struct figure_value *value);

struct figures_view {
    struct layout layout;
    const char *from, *to;
    struct str org, place;
    struct options orgs, places;
    struct figure_lines lines;
};
struct figure_view {
    struct layout layout;
    struct figure_line line;
    const char *from, *to;
    struct chart chart;
};

/* The coordinator's board. */
struct count_line {
    struct str name;
    const char *url, *late_url;
    int64_t count, overdue, width; /* width: 0…100, of the longest */
    int heat; /* 1…5 */
};
struct count_lines {
    const struct count_line *p;
    size_t n;
};
struct share { /* a part of the 7-2-1 bar */
    const char *label, *x, *width, *percent, *url;
    int64_t count;
    int series;
};
struct shares {
    const struct share *p;
    size_t n;
};
struct board_view {
    struct layout layout;
    const char *from, *to, *period;
    int64_t n_open, n_overdue, n_received, n_closed;
    struct figure_line no_lead;
    struct count_lines states, leads, items, places;
    struct shares tiers, reference; /* reference: none where the plan says nothing */
    struct str tiers_title;
    int64_t n_tiers;
    struct chart received, missed;
};

#endif
