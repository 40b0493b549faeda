/* staff_desk.h — 待办: what I owe, by when; what I have done and what I watch; several at once. */
#ifndef PAGES_STAFF_DESK_H
#define PAGES_STAFF_DESK_H

#include "staff_routines.h"

enum desk_tab { TAB_TODO, TAB_DONE, TAB_WATCH, TAB_CHASE, TAB_COUNT };

struct desk_row {
    struct case_line line;
    const char *owed, *by; /* duty label, 4 月 21 日 17:30 */
    const char *url;       /* where a duty without a case is done; NULL = the case's page */
    bool can_batch;
};
struct desk_rows {
    const struct desk_row *p;
    size_t n;
};
struct desk_chip {
    const char *url, *label;
    int64_t count;
    bool is_on;
};
struct desk_chips {
    const struct desk_chip *p;
    size_t n;
};
struct batch_button {
    const char *code, *label;
};
struct batch_buttons {
    const struct batch_button *p;
    size_t n;
};
struct desk_view {
    struct layout layout;
    struct duty_counts counts;
    enum desk_tab tab;
    struct str due; /* overdue, soon or empty */
    struct desk_chips kinds;
    struct desk_rows rows;
    struct batch_buttons batch;
    bool has_more, is_filtered;
    const char *self;
    const char *scheme_note; /* for the coordinator: what the scheme will soon lack; NULL = nothing */
    size_t n_warnings;
    struct routine_totals routines; /* for who watches over others */
    bool awaits_approval; /* a proposed draft of the scheme, for the leading group */
};

/* Several cases at once. */
struct batch_row {
    const char *no, *message; /* message: NULL = done */
    struct str item, place;
    const char *note; /* what will be done: 牵头 消防救援大队 */
    struct str words; /* classifying needs them */
};
struct batch_rows {
    const struct batch_row *p;
    size_t n;
};
struct batch_view {
    struct layout layout;
    const struct command *cmd;
    struct form_view form;
    struct batch_rows rows;
    bool by_list; /* dispatch: each to the lead of its own list row */
    bool offers_list;
    bool is_done;
    size_t n_ok;
};

#endif
