/* scheme_standards.h — a county's 立案结案标准 at the desk: uploaded, looked at with what was found, its names given to
 * organisations, and taken into the draft. What was uploaded waits a day, for the one who uploaded it.
 */
#ifndef PAGES_SCHEME_STANDARDS_H
#define PAGES_SCHEME_STANDARDS_H

#include "scheme_desk.h"
#include "standards.h"

struct standards_unit_line {
    const struct standards_unit *u;
    const char *place; /* 工作表「部件」I3 */
};
struct standards_unit_lines {
    const struct standards_unit_line *p;
    size_t n;
};
struct standards_note_line {
    const char *place;
    struct str text, fix;
    size_t times;
};
struct standards_note_lines {
    const struct standards_note_line *p;
    size_t n;
};
struct standards_item_line {
    struct str code, name, owner, limit;
};
struct standards_item_lines {
    const struct standards_item_line *p;
    size_t n;
};
struct standards_owner_option {
    struct str code, label;
};
struct standards_owner_options {
    const struct standards_owner_option *p;
    size_t n;
};

struct scheme_standards_view {
    struct layout layout;
    int64_t rev;
    bool has_draft, may_take; /* there is a draft, and it can be changed */
    const struct standards *s; /* NULL: nothing was uploaded */
    struct str file;
    const char *list;
    struct standards_merged merged;
    struct standards_unit_lines units; /* whose codes the names do not give */
    size_t n_more_units;
    struct standards_owner_options owners;
    struct standards_note_lines notes;
    struct standards_item_lines items;
    const struct err *err;
};

HANDLER(desk_scheme_standards);
HANDLER(desk_post_scheme_standards);
HANDLER(desk_post_scheme_standards_take);

#endif
