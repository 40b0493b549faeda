#include "ical.h"

enum { LINE_OCTETS = 75 };

/* One content line, whatever its length: the next piece begins with a blank and never in the middle of a character. */
static void
put_line(struct buf *out, struct str line)
{
    size_t room = LINE_OCTETS;
    while (line.n > room) {
        size_t n = room;
        while (n && ((unsigned char)line.p[n] & 0xc0) == 0x80)
            n--;
        buf_str(out, str_slice(line, 0, n));
        buf_z(out, "\r\n ");
        line = str_slice(line, n, line.n);
        room = LINE_OCTETS - 1; /* the blank counts */
    }
    buf_str(out, line);
    buf_z(out, "\r\n");
}

static void
put_z(struct buf *out, const char *line)
{
    put_line(out, str_of(line));
}

/* TEXT: backslash, comma, semicolon and line ends are escaped, other control characters left out. */
static void
put_text(struct buf *out, const char *name, struct str text)
{
    struct buf line = {0};
    if (!text.n)
        return;
    buf_z(&line, name);
    buf_char(&line, ':');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n')
            buf_z(&line, "\\n");
        else if (c == '\\' || c == ',' || c == ';') {
            buf_char(&line, '\\');
            buf_char(&line, c);
        } else if ((unsigned char)c >= 0x20 && c != 0x7f)
            buf_char(&line, c);
    }
    put_line(out, buf_view(&line));
    buf_release(&line);
}

static void
put_utc(struct buf *out, const char *name, instant at)
{
    struct civil c = civil_of(at - 8 * 3600 * (instant)1000); /* civil_of reads it as Shanghai's */
    struct buf line = {0};
    buf_printf(&line, "%s:%04d%02d%02dT%02d%02d%02dZ", name, c.year, c.month, c.day, c.hour, c.minute, c.second);
    put_line(out, buf_view(&line));
    buf_release(&line);
}

static void
put_time(struct buf *out, const char *name, instant at, bool is_all_day)
{
    struct civil c = civil_of(at);
    struct buf line = {0};
    if (is_all_day)
        buf_printf(&line, "%s;VALUE=DATE:%04d%02d%02d", name, c.year, c.month, c.day);
    else
        buf_printf(&line, "%s;TZID=Asia/Shanghai:%04d%02d%02dT%02d%02d%02d", name, c.year, c.month, c.day, c.hour, c.minute, c.second);
    put_line(out, buf_view(&line));
    buf_release(&line);
}

void
ical_begin(struct buf *out, struct str name)
{
    put_z(out, "BEGIN:VCALENDAR");
    put_z(out, "VERSION:2.0");
    put_z(out, "PRODID:-//Shaodao//Shaodao//ZH");
    put_z(out, "CALSCALE:GREGORIAN");
    put_z(out, "METHOD:PUBLISH");
    put_text(out, "X-WR-CALNAME", name);
    put_z(out, "X-WR-TIMEZONE:Asia/Shanghai");
    put_z(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    put_z(out, "X-PUBLISHED-TTL:PT1H");
    put_z(out, "BEGIN:VTIMEZONE");
    put_z(out, "TZID:Asia/Shanghai");
    put_z(out, "BEGIN:STANDARD");
    put_z(out, "DTSTART:19910915T000000"); /* no summer time since */
    put_z(out, "TZOFFSETFROM:+0800");
    put_z(out, "TZOFFSETTO:+0800");
    put_z(out, "TZNAME:CST");
    put_z(out, "END:STANDARD");
    put_z(out, "END:VTIMEZONE");
}

void
ical_event(struct buf *out, const struct ical_event *e)
{
    struct buf sequence = {0};
    put_z(out, "BEGIN:VEVENT");
    put_text(out, "UID", e->uid);
    put_utc(out, "DTSTAMP", e->changed_at);
    put_utc(out, "LAST-MODIFIED", e->changed_at);
    buf_printf(&sequence, "SEQUENCE:%d", e->sequence);
    put_line(out, buf_view(&sequence));
    buf_release(&sequence);
    put_time(out, "DTSTART", e->from, e->is_all_day);
    put_time(out, "DTEND", e->to, e->is_all_day);
    put_text(out, "SUMMARY", e->summary);
    put_text(out, "LOCATION", e->place);
    put_text(out, "DESCRIPTION", e->description);
    if (e->url.n)
        put_text(out, "URL", e->url);
    put_z(out, e->is_cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    put_z(out, "TRANSP:TRANSPARENT");
    put_z(out, "END:VEVENT");
}

void
ical_end(struct buf *out)
{
    put_z(out, "END:VCALENDAR");
}
