/* log.h — one line per event on stderr: time, level, event and key=value pairs.
 *
 * Lower layers return errors; the edges log them, once. Each line is one write(2), so that lines of several threads and
 * processes do not mix. Personal data and secrets do not belong here.
 *
 *     log_event("duty_missed", "case=%s id=%lld", no, (long long)id);
 *     time=2026-04-21T01:05:09.120Z level=info event=duty_missed req=52 case=20260421-0037 id=911
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_INFO, LOG_WARN, LOG_ERROR, LOG_QUIET };

/* fmt is "key=%… key=%…", one blank between the pairs; "" when there is nothing to add. A value that is empty or holds
 * a blank, a quote, '=' or a control byte is printed in quotes with \-escapes, so that no value can pose as a pair. */
void log_event(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_error(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void log_set_level(enum log_level least); /* LOG_QUIET writes nothing; set before threads start */
void log_set_fd(int fd);                  /* default 2 */
void log_set_request(uint64_t id);        /* of this thread: adds req=id to its lines; 0 = none */

#endif
