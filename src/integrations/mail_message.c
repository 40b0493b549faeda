/* A mail as bytes: headers that cannot be broken out of, a subject in encoded words, the text in base64. */
#include <time.h>

#include "calendar.h"
#include "mail.h"

enum {
    ADDRESS_MAX = 254, LOCAL_MAX = 64, /* RFC 5321 4.5.3.1 */
    SUBJECT_MAX = 200, TEXT_MAX = 100 * 1024,
    WORD_BYTES = 39, /* a line with encoded words has at most 76 characters (RFC 2047 2), the header's name included */
    LINE_BYTES = 57, /* 76 characters of base64 */
    PLAIN_MAX = 60,
};

int64_t
mail_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool
mail_address_ok(struct str s)
{
    struct str domain = s, local;
    if (s.n > ADDRESS_MAX || !str_cut(&domain, '@', &local) || !local.n || local.n > LOCAL_MAX || !domain.n)
        return false;
    for (size_t i = 0; i < local.n; i++)
        if (!is_letter_or_digit(local.p[i]) && !memchr(".!#$%&'*+/=?^_`{|}~-", local.p[i], 20))
            return false;
    for (size_t i = 0; i < domain.n; i++)
        if (!is_letter_or_digit(domain.p[i]) && domain.p[i] != '.' && domain.p[i] != '-')
            return false;
    return is_letter_or_digit(domain.p[0]) && is_letter_or_digit(domain.p[domain.n - 1]);
}

static bool
is_one_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            return false;
    return utf8_valid(s);
}

bool
mail_check(const struct mail *m, struct str from, struct err *err)
{
    if (!mail_address_ok(from))
        return err_set(err, ERR_FIELDS, "发件地址不对：%.*s", (int)from.n, from.p);
    if (!mail_address_ok(m->to))
        return err_set(err, ERR_FIELDS, "收件地址不对：%.*s", (int)(m->to.n < 100 ? m->to.n : 100), m->to.p);
    if (!mail_address_ok(m->message_id))
        return err_set(err, ERR_FIELDS, "邮件编号不对。");
    if (!m->subject.n || utf8_count(m->subject) > SUBJECT_MAX || !is_one_line(m->subject))
        return err_set(err, ERR_FIELDS, "邮件标题要写成一行，最多 %d 个字。", SUBJECT_MAX);
    if (!m->text.n || m->text.n > TEXT_MAX || !utf8_valid(m->text))
        return err_set(err, ERR_FIELDS, "邮件内容是空的、太长，或不是 UTF-8 文字。");
    return true;
}

static bool
is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > '~')
            return false;
    return s.n <= PLAIN_MAX && !str_has(s, STR("=?"));
}

/* Words are cut between characters, each on a line of its own. */
static void
write_words(struct buf *out, struct str s)
{
    if (is_plain(s)) {
        buf_str(out, s);
        return;
    }
    for (bool is_first = true; s.n; is_first = false) {
        struct str rest = s;
        size_t n = 0;
        while (rest.n && utf8_next(&rest) && s.n - rest.n <= WORD_BYTES)
            n = s.n - rest.n;
        buf_z(out, is_first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        buf_base64(out, s.p, n);
        buf_z(out, "?=");
        s = str_slice(s, n, s.n);
    }
}

static void
write_date(struct buf *out, int64_t at)
{
    static const char days[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = civil_of(at);
    buf_printf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0800\r\n", days + 3 * (c.weekday - 1), c.day,
               months + 3 * (c.month - 1), c.year, c.hour, c.minute, c.second);
}

/* Lines end with CRLF inside the encoded text too (RFC 2045 6.8). */
static void
write_text(struct buf *out, struct str text)
{
    struct buf b = {0};
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n')
            buf_z(&b, "\r\n");
        else if (text.p[i] != '\r')
            buf_char(&b, text.p[i]);
    }
    for (size_t i = 0; i < b.n; i += LINE_BYTES) {
        buf_base64(out, b.p + i, b.n - i < LINE_BYTES ? b.n - i : LINE_BYTES);
        buf_z(out, "\r\n");
    }
    buf_release(&b);
}

void
mail_write(struct buf *out, const struct mail *m, struct str from, int64_t at)
{
    write_date(out, at);
    buf_z(out, "From: ");
    write_words(out, STR("哨到"));
    buf_printf(out, " <%.*s>\r\nTo: <%.*s>\r\nSubject: ", (int)from.n, from.p, (int)m->to.n, m->to.p);
    write_words(out, m->subject);
    buf_printf(out, "\r\nMessage-ID: <%.*s>\r\n", (int)m->message_id.n, m->message_id.p);
    buf_z(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\n");
    write_text(out, m->text);
}
