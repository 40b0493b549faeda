/* scheme_desk.h — the scheme at the desk: the version in force, the draft of the next, what it changes, who proposes and approves.
 *
 * One request loads the draft once (struct scheme_work): its tables, the faults of the check and what differs from the last
 * version. Everything works with plain forms; a table is edited row by row, with the faults beside the cells.
 */
#ifndef PAGES_SCHEME_DESK_H
#define PAGES_SCHEME_DESK_H

#include "draft_scheme_replay.h"
#include "scheme_diff.h"
#include "scheme_diff_words.h"
#include "scheme_store.h"
#include "scheme_warnings.h"
#include "staff.h"

struct scheme_work {
    struct scheme_draft draft;
    struct tables tables;        /* the draft's, with today's organisations; without a draft the last version's */
    const struct scheme *last;   /* last version published */
    struct scheme_errors faults; /* of the draft */
    struct scheme_changes changes;
};
bool scheme_work_load(struct request *req, struct scheme_work *w, struct err *err);
/* The row (from 0) and column of a fault's cell; row -1 = the header or the whole table. */
void fault_place(const struct table *t, struct str cell, int64_t *row, struct str *column);

struct scheme_table_line {
    const struct table_words *w;
    size_t rows, faults, changes;
};
struct scheme_table_lines {
    const struct scheme_table_line *p;
    size_t n;
};
struct version_line {
    int64_t version;
    const char *from, *published;
    struct str document, proposer, approver;
    bool is_in_force, is_waiting;
};
struct version_lines {
    const struct version_line *p;
    size_t n;
};
struct change_line {
    const char *group; /* opens a group; NULL = goes on */
    struct str words;
};
struct change_lines {
    const struct change_line *p;
    size_t n;
};
struct change_lines change_lines_of(struct arena *a, const struct scheme_changes *c, size_t max);

struct scheme_desk_view {
    struct layout layout;
    struct scheme_work w;
    struct version_lines versions;
    const struct version_line *in_force;
    struct scheme_warnings warnings;
    struct scheme_table_lines tables;
    struct change_lines changes;
    struct strs faults;
    bool may_edit, may_approve, is_proposer;
    struct str author, proposer;
    const char *proposed, *valid_from;
    struct str document;
    struct form_view propose;
    const struct err *err; /* of an action that was refused */
    struct strs story;     /* how a promise breaks that the draft does not keep, a line a step */
};

struct scheme_cell {
    const char *label;
    struct str words;
};
struct scheme_cells {
    const struct scheme_cell *p;
    size_t n;
};
struct scheme_row {
    size_t row;
    struct scheme_cells cells;
    struct strs faults;
    const char *mark, *mark_class; /* 新增, 已改; NULL = as it was */
    bool is_open;
};
struct scheme_rows {
    const struct scheme_row *p;
    size_t n;
};
struct scheme_table_view {
    struct layout layout;
    const struct table_words *w;
    struct scheme_cells heads;
    struct scheme_rows rows;
    struct strs faults; /* of the table as a whole */
    struct change_lines changes;
    struct strs many; /* names of fields that hold several values */
    struct form_view form;
    const char *form_op; /* set, add; NULL = no form open */
    size_t form_row;
    int64_t rev;
    struct str q;
    const char *only;
    size_t n_found, n_all;
    const char *next, *first;
    bool may_edit, is_draft;
    const struct err *err;
};

struct replay_line {
    const char *no;
    struct str item;
    struct strs words;
};
struct replay_lines {
    const struct replay_line *p;
    size_t n;
};
struct scheme_replay_view {
    struct layout layout;
    struct draft_replay sums;
    struct replay_lines cases;
    const struct visit *visit;
    struct arena *a;
};

HANDLER(desk_scheme);
HANDLER(desk_scheme_replay);
HANDLER(desk_post_scheme);
HANDLER(desk_post_scheme_import);
HANDLER(desk_scheme_export);
HANDLER(desk_scheme_table);
HANDLER(desk_post_scheme_table);

#endif
