/* standards.h — a county's 立案、处置和结案标准 becomes items and limits of a scheme.
 *
 * Such a list is made for people: title rows, headings in any order and wording, cells merged or left empty where they
 * repeat, several conditions with limits of their own under one 小类. Every condition becomes an item, so each keeps its
 * own limit and closing condition. Nothing is guessed silently and nothing is dropped silently: what was assumed, what
 * has no counterpart and what was left out is noted with its cell and what to do.
 */
#ifndef CORE_STANDARDS_H
#define CORE_STANDARDS_H

#include "scheme.h"

enum { STANDARDS_LINES_MAX = 5000 }; /* of all sheets, headings and titles aside */

struct standards_sheet {
    struct str name;
    const struct strs *rows;
    size_t n_rows;
};

struct standards_note {
    struct str sheet;
    size_t line;          /* as a spreadsheet counts; 0 = the sheet as a whole */
    struct str cell;      /* G17; empty for a sheet */
    struct str text, fix; /* fix may be empty: nothing has to be done */
    size_t times;         /* the same was met so often; cell is the first */
};

struct standards_unit { /* whom the list names */
    struct str name;
    struct str code; /* an organisation's, or an expression as @town; empty = nobody by this name */
    struct str near; /* the name of an organisation that may be meant; empty when none is near */
    struct str sheet, cell;
    size_t n; /* items that name it */
};

struct standards {
    struct tables tables; /* categories, items, limits, bases: as in docs/scheme.md */
    size_t n_lines, n_skipped, n_kinds, n_items, n_limits, n_bases;
    size_t n_without_limit, n_without_basis, n_without_owner; /* items to be completed by hand */
    const struct standards_unit *units;                       /* in the order of their first appearance */
    size_t n_units;
    const struct standards_note *notes;
    size_t n_notes, n_notes_more; /* more: beyond what is kept */
};

struct standards_options {
    enum list list;
    struct tables scheme; /* its tables orgs and scheme give names their codes; a table units (name,code) says what the
                             list's own names mean and goes before; a code "-" there means nobody */
    struct str basis; /* what stands as the basis of an item without an article: the list itself, by its title; or empty */
};
/* False, with err, when no sheet has the headings 小类名称, 立案条件 and 处置时限 (or other words for them). */
bool standards_read(struct arena *a, const struct standards_sheet *sheets, size_t n, const struct standards_options *options,
                    struct standards *out, struct err *err);

struct standards_merged {
    size_t n_added, n_replaced; /* items */
};
/* The scheme with the list's rows: rows of a code that is there take its place (with their bases), others come behind. */
struct tables standards_merge(struct arena *a, struct tables scheme, struct tables list, struct standards_merged *out);

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
