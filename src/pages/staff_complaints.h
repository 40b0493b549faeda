/* staff_complaints.h — 投诉举报: what residents say of officers and departments. The oversight body reads and answers it,
 * nobody else: not the department, not the coordinator, not the leading group. */
#ifndef PAGES_STAFF_COMPLAINTS_H
#define PAGES_STAFF_COMPLAINTS_H

#include "staff.h"

struct complaint_line {
    int64_t id;
    const char *kind, *opened, *finding; /* finding: NULL = open */
    struct str org, place;
    struct signals sig;
    bool is_missed;
};
struct complaint_lines {
    const struct complaint_line *p;
    size_t n;
};
struct complaints_view {
    struct layout layout;
    bool shows_all;
    struct complaint_lines lines;
    const char *more; /* older ones, NULL = none */
};
struct complaint_view {
    struct layout layout;
    struct complaint_line line;
    struct str words, phone, answer;
    const char *due, *due_class; /* NULL = answered */
    const char *answered; /* when and by whom */
    struct form_view form;
};

#endif
