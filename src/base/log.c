#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "str.h"

static enum log_level least_level = LOG_INFO;
static int log_fd = 2;
static _Thread_local uint64_t request_id;

void
log_set_level(enum log_level least)
{
    least_level = least;
}

void
log_set_fd(int fd)
{
    log_fd = fd;
}

void
log_set_request(uint64_t id)
{
    request_id = id;
}

static bool
needs_quotes(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    }
    return value.n == 0;
}

static void
add_value(struct buf *line, struct str value)
{
    if (!needs_quotes(value)) {
        buf_str(line, value);
        return;
    }
    buf_char(line, '"');
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c == '\n')
            buf_z(line, "\\n");
        else if (c < ' ' || c == 0x7f)
            buf_printf(line, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            buf_add(line, (char[]){'\\', (char)c}, 2);
        else
            buf_char(line, (char)c);
    }
    buf_char(line, '"');
}

/* A byte that no UTF-8 text holds stands between the pairs while they are formatted, so that blanks inside a value can
 * be told from the blanks between pairs. */
enum { BETWEEN = 0xff, PAIRS_USUAL = 512 };

static void
add_pairs(struct buf *line, const char *fmt, va_list ap)
{
    struct buf pattern = {0}, text = {0};
    size_t expected = *fmt != 0;
    for (const char *f = fmt; *f; f++) {
        buf_char(&pattern, *f == ' ' ? (char)BETWEEN : *f);
        expected += *f == ' ';
    }
    buf_char(&pattern, 0);
    va_list again;
    va_copy(again, ap);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    buf_need(&text, PAIRS_USUAL);
    int n = vsnprintf(text.p, text.cap, pattern.p, ap);
    if (n > 0 && (size_t)n >= text.cap) {
        buf_need(&text, (size_t)n + 1);
        vsnprintf(text.p, (size_t)n + 1, pattern.p, again);
    }
#pragma GCC diagnostic pop
    va_end(again);
    text.n = n < 0 ? 0 : (size_t)n;

    struct str rest = buf_view(&text), pair, key;
    size_t found = text.n != 0;
    for (size_t i = 0; i < text.n; i++)
        found += (unsigned char)text.p[i] == BETWEEN;
    if (found != expected) { /* a value was not UTF-8: keep it in one piece */
        buf_z(line, " text=");
        add_value(line, rest);
    } else {
        while (str_cut(&rest, (char)BETWEEN, &pair)) {
            str_cut(&pair, '=', &key);
            buf_char(line, ' ');
            buf_str(line, key);
            buf_char(line, '=');
            add_value(line, pair);
        }
    }
    buf_release(&pattern);
    buf_release(&text);
}

static void
add_time(struct buf *line)
{
    static _Thread_local time_t second = -1;
    static _Thread_local char text[32]; /* of that second */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != second) {
        struct tm utc;
        gmtime_r(&now.tv_sec, &utc);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
        second = now.tv_sec;
    }
    int ms = (int)(now.tv_nsec / 1000000);
    buf_z(line, "time=");
    buf_z(line, text);
    buf_add(line, (char[]){'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z'}, 5);
}

static void
write_line(enum log_level level, const char *event, const char *fmt, va_list ap)
{
    static const char *const names[] = {"info", "warn", "error"};
    if (level < least_level)
        return;
    int saved = errno;
    struct buf line = {0};
    add_time(&line);
    buf_printf(&line, " level=%s event=%s", names[level], event);
    if (request_id)
        buf_printf(&line, " req=%llu", (unsigned long long)request_id);
    add_pairs(&line, fmt, ap);
    buf_char(&line, '\n');
    ssize_t written = write(log_fd, line.p, line.n); /* nobody is left to tell when the log itself fails */
    (void)written;
    buf_release(&line);
    errno = saved;
}

#define WRITE_LINE(level)                                                                                              \
    do {                                                                                                               \
        va_list ap;                                                                                                    \
        va_start(ap, fmt);                                                                                             \
        write_line((level), event, fmt, ap);                                                                           \
        va_end(ap);                                                                                                    \
    } while (0)

void
log_event(const char *event, const char *fmt, ...)
{
    WRITE_LINE(LOG_INFO);
}

void
log_warn(const char *event, const char *fmt, ...)
{
    WRITE_LINE(LOG_WARN);
}

void
log_error(const char *event, const char *fmt, ...)
{
    WRITE_LINE(LOG_ERROR);
}
