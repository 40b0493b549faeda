/* scheme_diff_words.h — a scheme's tables and columns as people call them: what a difference is said in and what the
 * editor labels its cells with. The tables of the registry are not here: they change any day and have no versions.
 */
#ifndef CORE_SCHEME_DIFF_WORDS_H
#define CORE_SCHEME_DIFF_WORDS_H

#include "scheme.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_LONG, /* a sentence or more */
    COLUMN_NUMBER,
    COLUMN_FLAG, /* 1 or 0 */
    COLUMN_DATE,
    COLUMN_CHOICE, /* of `choices` */
    COLUMN_ROLE,
    COLUMN_OWNER, /* an organisation's code or @lead, @firm … */
    COLUMN_REF,   /* a row of the table `table`, by its first key */
};
struct word {
    const char *code, *label;
};
struct column_words {
    const char *name, *label;
    enum column_kind kind;
    bool is_many;               /* several, with | between them */
    const struct word *choices; /* ends with {NULL} */
    const char *table;          /* COLUMN_REF */
};
struct table_words {
    const char *name, *label; /* items, 清单事项 */
    const char *group;        /* 清单, 时限, 依据 … */
    const char *row;          /* what a row is called: 事项 */
    const char *key;          /* columns that tell rows apart, with commas */
    const char *title;        /* the column that names a row; NULL = the key does */
    const struct column_words *columns; /* ends with {NULL} */
};
extern const struct table_words scheme_table_words[]; /* in the order in which a reader wants them */
extern const size_t n_scheme_table_words;

const struct table_words *table_words_find(struct str name); /* NULL for the registry's and unknown tables */
const struct column_words *column_words_find(const struct table_words *t, struct str column);
/* The columns in the order of docs/scheme.md, with commas; for a table that does not exist yet. */
const char *table_words_header(struct arena *a, const struct table_words *t);

/* What a cell says to a reader: 5 个工作日 for a limit's code, 消防救援大队 for an organisation's, 是 for 1. */
struct str cell_words(struct arena *a, struct tables all, const struct column_words *c, struct str cell);
/* 5 个工作日 */
struct str amount_words(struct arena *a, struct str amount, struct str unit);
/* How an owner expression is called: 网格长 for @grid; NULL when it is none. */
const char *expression_words(struct str expression);
extern const struct word owner_expressions[]; /* ends with {NULL} */

#endif
