/* staff_outbox.h — 消息发送: what was to be told outside the program and was not, why, and what a person does about it. */
#ifndef PAGES_STAFF_OUTBOX_H
#define PAGES_STAFF_OUTBOX_H

#include "staff.h"

struct message_line {
    int64_t id;
    struct str text, error;
    const char *to, *no, *created, *state, *state_class, *next; /* no: NULL = not shown */
    bool can_call, can_retry, can_give_up;
};
struct message_lines {
    const struct message_line *p;
    size_t n;
};
struct outbox_view {
    struct layout layout;
    enum messages_shown shown;
    const char *n[MESSAGES_SHOWN_COUNT]; /* "1000+" */
    bool is_coordinator;
    struct message_lines lines;
    int64_t wrong_id; /* the line whose form was refused */
    const char *wrong;
    const char *more; /* older ones, NULL = none */
};

HANDLER(desk_outbox);
HANDLER(desk_post_outbox);

#endif
