#include "html.h"

static const char *base_path = "";

void
html_set_base_path(const char *path)
{
    base_path = path ? path : "";
}

const char *
html_base_path(void)
{
    return base_path;
}

/* What a byte is to an escaper. One table, one look-up per byte; runs of plain bytes are added in bulk. */
enum { IN_TEXT = 1, IN_JSON = 2, URL_PLAIN = 4 };

/* clang-format off */
static const unsigned char byte_class[256] = {
    [0 ... 31] = IN_JSON,
    ['&'] = IN_TEXT | IN_JSON,
    ['<'] = IN_TEXT | IN_JSON,
    ['>'] = IN_TEXT | IN_JSON,
    ['"'] = IN_TEXT | IN_JSON,
    ['\''] = IN_TEXT,
    ['\\'] = IN_JSON,
    [0x7f] = IN_JSON,
    [0xe2] = IN_JSON, /* may begin U+2028 or U+2029 */
    ['0' ... '9'] = URL_PLAIN,
    ['A' ... 'Z'] = URL_PLAIN,
    ['a' ... 'z'] = URL_PLAIN,
    ['-'] = URL_PLAIN,
    ['.'] = URL_PLAIN,
    ['_'] = URL_PLAIN,
    ['~'] = URL_PLAIN,
};
/* clang-format on */

/* Length of the run at s[from…] whose bytes are not of class `stop`. */
static size_t
plain_run(struct str s, size_t from, unsigned stop)
{
    size_t i = from;
    while (i < s.n && !(byte_class[(unsigned char)s.p[i]] & stop))
        i++;
    return i - from;
}

static struct str
entity(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&#34;");
    default:
        return STR("&#39;");
    }
}

void
html_text(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        size_t run = plain_run(s, i, IN_TEXT);
        buf_add(out, s.p + i, run);
        i += run;
        if (i < s.n)
            buf_str(out, entity(s.p[i]));
    }
}

void
html_text_z(struct buf *out, const char *z)
{
    html_text(out, str_of(z));
}

void
html_int(struct buf *out, int64_t v)
{
    buf_int(out, v);
}

void
html_uint(struct buf *out, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    buf_add(out, digits + at, sizeof digits - at);
}

void
html_bool(struct buf *out, bool v)
{
    buf_z(out, v ? "true" : "false");
}

void
html_raw(struct buf *out, struct html h)
{
    buf_str(out, h.s);
}

static bool
has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

static bool
scheme_is_allowed(struct str scheme)
{
    static const char *const allowed[] = {"http", "https", "tel", "mailto", "sms"};
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (scheme.n == strlen(allowed[i]) && strncasecmp(scheme.p, allowed[i], scheme.n) == 0)
            return true;
    return false;
}

/* Browsers drop tabs and line ends inside a URL and read \ as /, so both are refused before the scheme is looked at. */
static bool
url_is_allowed(struct str s)
{
    if (has_control(s))
        return false;
    if (s.n && s.p[0] == '\\')
        return false;
    if (s.n > 1 && s.p[0] == '/' && (s.p[1] == '/' || s.p[1] == '\\'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '/' || s.p[i] == '?' || s.p[i] == '#')
            return true;
        if (s.p[i] == ':')
            return scheme_is_allowed(str_slice(s, 0, i));
    }
    return true;
}

void
html_url(struct buf *out, struct str s)
{
    if (!url_is_allowed(s)) {
        buf_char(out, '#');
        return;
    }
    if (s.n && s.p[0] == '/')
        html_url_base(out);
    for (struct str piece; s.n;) { /* blanks cannot stand in a URL; the rest is escaped as any attribute */
        bool blank = memchr(s.p, ' ', s.n) != NULL;
        str_cut(&s, ' ', &piece);
        html_text(out, piece);
        if (blank)
            buf_z(out, "%20");
    }
}

void
html_url_z(struct buf *out, const char *z)
{
    html_url(out, str_of(z));
}

void
html_url_base(struct buf *out)
{
    html_text_z(out, base_path);
}

void
html_url_part(struct buf *out, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0, from = 0; i <= s.n; i++) {
        unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
        if (byte_class[c] & URL_PLAIN)
            continue;
        buf_add(out, s.p + from, i - from);
        from = i + 1;
        if (i < s.n)
            buf_add(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

void
html_url_part_z(struct buf *out, const char *z)
{
    html_url_part(out, str_of(z));
}

static void
json_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char *at = c ? strchr("\nn\tt\rr\\\\\"\"", c) : NULL;
    if (at)
        buf_add(out, (char[]){'\\', at[1]}, 2);
    else
        buf_add(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

void
html_json_part(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        size_t run = plain_run(s, i, IN_JSON);
        buf_add(out, s.p + i, run);
        i += run;
        if (i >= s.n)
            return;
        if ((unsigned char)s.p[i] != 0xe2) {
            json_escape(out, (unsigned char)s.p[i]);
        } else if (i + 2 < s.n && s.p[i + 1] == '\x80' && (s.p[i + 2] == '\xa8' || s.p[i + 2] == '\xa9')) {
            buf_z(out, s.p[i + 2] == '\xa8' ? "\\u2028" : "\\u2029");
            i += 2;
        } else {
            buf_char(out, s.p[i]);
        }
    }
}

void
html_json_part_z(struct buf *out, const char *z)
{
    html_json_part(out, str_of(z));
}

void
html_json(struct buf *out, struct str s)
{
    buf_char(out, '"');
    html_json_part(out, s);
    buf_char(out, '"');
}

void
html_json_z(struct buf *out, const char *z)
{
    if (z)
        html_json(out, str_of(z));
    else
        buf_z(out, "null");
}
