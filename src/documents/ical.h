/* ical.h — a calendar that phones and office programs subscribe to (RFC 5545): CRLF, lines folded at 75 octets on borders of
 * characters, civil times of Asia/Shanghai with its VTIMEZONE.
 */
#ifndef DOCUMENTS_ICAL_H
#define DOCUMENTS_ICAL_H

#include "calendar.h"
#include "str.h"

struct ical_event {
    struct str uid;      /* the same for ever, unique in the world */
    instant changed_at;  /* DTSTAMP and LAST-MODIFIED */
    int sequence;        /* grows with each change */
    instant from, to;    /* exclusive end; when is_all_day the days they lie in, `to` the day after the last */
    bool is_all_day, is_cancelled;
    struct str summary, place, description, url; /* the last three may be empty */
};
void ical_begin(struct buf *out, struct str name);
void ical_event(struct buf *out, const struct ical_event *e);
void ical_end(struct buf *out);

#endif
