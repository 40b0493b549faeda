/* scheme_diff.h — what changes from one scheme to another: as values for machines, as sentences that a lawyer reads.
 *
 * It compares tables, not what they mean, so that a draft with faults can be compared too. Rows are told apart by their
 * keys; their order does not count. Organisations, places, people and posts are the registry's and are left out.
 */
#ifndef CORE_SCHEME_DIFF_H
#define CORE_SCHEME_DIFF_H

#include "scheme.h"

enum scheme_change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CELL };
const char *scheme_change_code(int kind); /* added, removed, changed */

struct scheme_change {
    enum scheme_change_kind kind;
    const char *group;      /* 清单, 时限, 依据, 流程, 哨级, 回访 … */
    struct str table, key;  /* items, XF01 */
    struct str column;      /* CHANGE_CELL: limits */
    struct str was, now;    /* cells as they stand; empty for whole rows */
    struct str words;       /* 事项 XF01「占用消防车通道」的办结时限由 5 个工作日改为 3 个工作日 */
};
struct scheme_changes {
    const struct scheme_change *p;
    size_t n;
};

/* Group by group in the order of scheme_diff_words.h. Everything lies in `a` or in the tables. */
struct scheme_changes scheme_diff(struct arena *a, struct tables was, struct tables now);

/* The key of a row as it is told apart: its key cells with / between them. */
struct str scheme_row_key(struct arena *a, const struct table *t, size_t row);
/* How a row is called: 事项 XF01「占用消防车通道」. */
struct str scheme_row_words(struct arena *a, struct tables all, const struct table *t, size_t row);

#endif
