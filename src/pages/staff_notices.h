/* staff_notices.h — messages to me and my posts, newest first; and the desks that hear them live. */
#ifndef PAGES_STAFF_NOTICES_H
#define PAGES_STAFF_NOTICES_H

#include "staff.h"

struct notice_line {
    struct str text;
    const char *url, *when;
    bool is_urgent, is_unread;
};
struct notice_lines {
    const struct notice_line *p;
    size_t n;
};
struct notices_view {
    struct layout layout;
    struct notice_lines lines;
    int64_t newest; /* id of the first, for "all read" */
    bool has_unread;
};

#endif
