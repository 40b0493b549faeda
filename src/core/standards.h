/* standards.h — a county's 立案、处置和结案标准 becomes items and limits of a scheme.
 *
 * Such a list is made for people: title rows, headings in any order and wording, cells merged or left empty where they
 * repeat, several conditions with limits of their own under one 小类. Every condition becomes an item, so each keeps its
 * own limit and closing condition. Nothing is guessed silently: what was assumed and what has no counterpart is noted
 * with its line. Lists that say "unit" (处置单位) by name get codes where a scheme's organisations are given.
 */
#ifndef CORE_STANDARDS_H
#define CORE_STANDARDS_H

#include "scheme.h"

struct standards_sheet {
    struct str name;
    const struct strs *rows;
    size_t n_rows;
};

struct standards_note {
    struct str sheet;
    size_t line; /* as a spreadsheet counts */
    struct str text;
};

struct standards_unit {
    struct str name, code; /* code: an organisation's or an expression's; empty = nobody by this name */
    size_t n;              /* items that name it */
};

struct standards {
    struct tables tables; /* categories, items, limits, bases: as in docs/scheme.md */
    size_t n_lines, n_skipped, n_kinds, n_items, n_limits, n_bases;
    size_t n_without_limit, n_without_basis; /* items to be completed by hand */
    const struct standards_unit *units;      /* in the order of their first appearance */
    size_t n_units;
    const struct standards_note *notes;
    size_t n_notes;
};

/* False, with err, when no sheet has the headings 小类名称, 立案条件 and 处置时限 (or other words for them). */
bool standards_read(struct arena *a, const struct standards_sheet *sheets, size_t n, enum list list,
                    struct tables orgs, struct standards *out, struct err *err);

/* 2紧急工作时, 4 工作时, 五个工作日, 24小时内 … */
struct standards_limit {
    int amount;
    enum limit_unit unit;
    bool is_urgent;       /* 紧急: counted day and night */
    bool is_assumed;      /* 小时 without 工作, 天, 周, 月 */
    struct str condition; /* 种植季节, （冬季） */
};
bool standards_limit(struct arena *a, struct str text, struct standards_limit *out); /* false: not understood */

#endif
