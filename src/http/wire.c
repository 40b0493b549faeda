#include "wire.h"

#include "limits.h"

/* What a byte may be: a letter of a token (RFC 9110 5.6.2), of a header value, of a request target. */
enum { TOKEN = 1, VALUE = 2, TARGET = 4, HOST = 8 };

/* The table is made by the compiler: 0x80… are taken here and checked as UTF-8 where they occur. */
#define IN(c, from, to) ((c) >= (from) && (c) <= (to))
#define IS_ALNUM(c) (IN(c, '0', '9') || IN(c, 'A', 'Z') || IN(c, 'a', 'z'))
#define IS_TCHAR(c)                                                                                                    \
    (IS_ALNUM(c) || (c) == '!' || IN(c, '#', '\'') || (c) == '*' || (c) == '+' || (c) == '-' || (c) == '.' ||          \
     (c) == '^' || (c) == '_' || (c) == '`' || (c) == '|' || (c) == '~')
#define KIND(c)                                                                                                        \
    ((IS_TCHAR(c) ? TOKEN : 0) | ((IN(c, 0x20, 0x7E) || (c) == '\t' || (c) >= 0x80) ? VALUE : 0) |                     \
     (((IN(c, 0x21, 0x7E) && (c) != '#') || (c) >= 0x80) ? TARGET : 0) |                                               \
     ((IS_ALNUM(c) || (c) == '-' || (c) == '.' || (c) == '_' || (c) == ':' || (c) == '[' || (c) == ']') ? HOST : 0))
#define KIND4(c) KIND(c), KIND((c) + 1), KIND((c) + 2), KIND((c) + 3)
#define KIND16(c) KIND4(c), KIND4((c) + 4), KIND4((c) + 8), KIND4((c) + 12)
#define KIND64(c) KIND16(c), KIND16((c) + 16), KIND16((c) + 32), KIND16((c) + 48)
static const unsigned char kinds[256] = {KIND64(0), KIND64(64), KIND64(128), KIND64(192)};

static bool
all_are(struct str s, int kind)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(kinds[(unsigned char)s.p[i]] & kind))
            return false;
    return true;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool
wire_same(struct str a, const char *z)
{
    for (size_t i = 0; i < a.n; i++)
        if (!z[i] || lower(a.p[i]) != lower(z[i]))
            return false;
    return z[a.n] == 0;
}

bool
wire_list_has(struct str list, const char *token)
{
    for (struct str piece; str_cut(&list, ',', &piece);)
        if (wire_same(str_trim(piece), token))
            return true;
    return false;
}

static int
hex_value(char c)
{
    return IN(c, '0', '9') ? c - '0' : IN(c, 'a', 'f') ? c - 'a' + 10 : IN(c, 'A', 'F') ? c - 'A' + 10 : -1;
}

ptrdiff_t
wire_unescape(char *out, struct str in, bool plus_is_blank)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '+' && plus_is_blank) {
            c = ' ';
        } else if (c == '%') {
            int hi = i + 2 < in.n ? hex_value(in.p[i + 1]) : -1, lo = i + 2 < in.n ? hex_value(in.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return -1;
            c = (char)(hi << 4 | lo);
            i += 2;
        }
        out[n++] = c;
    }
    return (ptrdiff_t)n;
}

size_t
wire_head_end(struct str bytes)
{
    /* "\n\n" and "\n\r\n" both end it, so that a head with bare line feeds is refused now and not by a time-out. */
    const char *end = bytes.p + bytes.n;
    for (const char *p = bytes.p; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        if (end - p >= 2 && p[1] == '\n')
            return (size_t)(p - bytes.p) + 2;
        if (end - p >= 3 && p[1] == '\r' && p[2] == '\n')
            return (size_t)(p - bytes.p) + 3;
    }
    return 0;
}

bool
wire_may_become_head(struct str bytes)
{
    if (bytes.n && !IN(bytes.p[0], 'A', 'Z'))
        return false;
    return !memchr(bytes.p, 0, bytes.n);
}

static struct refusal
no(int status, const char *why)
{
    return (struct refusal){status, why};
}

static const struct refusal fine = {0};

/* The next line without its CRLF; false when it ends otherwise. */
static bool
cut_line(struct str *rest, struct str *line)
{
    const char *lf = memchr(rest->p, '\n', rest->n);
    if (!lf || lf == rest->p || lf[-1] != '\r')
        return false;
    *line = (struct str){rest->p, (size_t)(lf - rest->p) - 1};
    size_t used = line->n + 2;
    *rest = (struct str){rest->p + used, rest->n - used};
    return true;
}

static struct refusal
check_method(struct str s, struct head *h)
{
    static const struct {
        const char *name;
        enum method method;
    } methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_GET},  {"POST", HTTP_POST},
                   {"PUT", HTTP_PUT}, {"DELETE", HTTP_DELETE}, {"PATCH", HTTP_PATCH}};
    if (!s.n || !all_are(s, TOKEN))
        return no(400, "method is not a token");
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (str_is(s, methods[i].name)) {
            h->method = methods[i].method;
            h->is_head = i == 1;
            return fine;
        }
    return no(501, "unknown method");
}

static bool
escapes_are_whole(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '%' && (i + 2 >= s.n || hex_value(s.p[i + 1]) < 0 || hex_value(s.p[i + 2]) < 0))
            return false;
    return true;
}

static struct refusal
check_target(struct str s, struct head *h)
{
    if (s.n > LIMIT_URL_BYTES)
        return no(414, "target too long");
    if (!s.n || s.p[0] != '/')
        return no(400, "target is not a path");
    if (s.n > 1 && s.p[1] == '/')
        return no(400, "target begins with //"); /* evhttp would read a host name there */
    if (!all_are(s, TARGET) || !utf8_valid(s))
        return no(400, "bad byte in target");
    if (!escapes_are_whole(s))
        return no(400, "bad percent-encoding in target");
    h->target = s;
    return fine;
}

static struct refusal
check_request_line(struct str line, struct head *h)
{
    struct str method, target;
    const char *sp = memchr(line.p, ' ', line.n);
    if (!sp)
        return no(400, "request line has no blank");
    method = (struct str){line.p, (size_t)(sp - line.p)};
    struct str rest = str_slice(line, method.n + 1, line.n);
    sp = memrchr(rest.p, ' ', rest.n);
    if (!sp)
        return no(400, "request line has no version");
    target = (struct str){rest.p, (size_t)(sp - rest.p)};
    struct str version = str_slice(rest, target.n + 1, rest.n);
    if (version.n != 8 || !str_starts(version, STR("HTTP/")) || version.p[6] != '.')
        return no(400, "bad version");
    if (!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0"))
        return no(505, "unknown version");
    h->is_old = version.p[7] == '0';
    struct refusal r = check_method(method, h);
    return r.status ? r : check_target(target, h);
}

/* What is known of a head while its lines are read. */
struct reading {
    struct head *head;
    unsigned seen; /* bits: headers that must not repeat */
    bool keep_alive, close;
};
enum { SEEN_HOST = 1, SEEN_LENGTH = 2, SEEN_CODING = 4, SEEN_EXPECT = 8, SEEN_TYPE = 16, SEEN_AUTHORIZATION = 32 };

static bool
once(struct reading *r, unsigned bit)
{
    bool first = !(r->seen & bit);
    r->seen |= bit;
    return first;
}

static struct refusal
check_host(struct reading *r, struct str value)
{
    if (!once(r, SEEN_HOST))
        return no(400, "Host repeated");
    if (!value.n || value.n > 255 || !all_are(value, HOST))
        return no(400, "bad Host");
    return fine;
}

static struct refusal
check_length(struct reading *r, struct str value, size_t at, size_t n)
{
    if (!once(r, SEEN_LENGTH))
        return no(400, "Content-Length repeated");
    if (!value.n || value.n > 18)
        return no(400, "odd Content-Length");
    uint64_t v = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (!IN(value.p[i], '0', '9'))
            return no(400, "odd Content-Length");
        v = v * 10 + (uint64_t)(value.p[i] - '0');
    }
    r->head->length = v;
    r->head->framing.at = at;
    r->head->framing.n = n;
    return fine;
}

static struct refusal
check_coding(struct reading *r, struct str value, size_t at, size_t n)
{
    if (!once(r, SEEN_CODING))
        return no(400, "Transfer-Encoding repeated");
    if (!wire_same(value, "chunked"))
        return no(501, "unknown Transfer-Encoding");
    if (r->head->is_old)
        return no(400, "Transfer-Encoding in HTTP/1.0");
    r->head->is_chunked = true;
    r->head->framing.at = at;
    r->head->framing.n = n;
    return fine;
}

static struct refusal
check_expect(struct reading *r, struct str value, size_t at, size_t n)
{
    if (!once(r, SEEN_EXPECT))
        return no(400, "Expect repeated");
    if (!wire_same(value, "100-continue"))
        return no(417, "unknown Expect");
    r->head->wants_continue = !r->head->is_old;
    r->head->expect.at = at;
    r->head->expect.n = n;
    return fine;
}

/* The headers that say where a message ends, or that two programs could read differently when they repeat. */
static struct refusal
check_known(struct reading *r, struct str name, struct str value, size_t at, size_t n)
{
    switch (name.n) {
    case 4:
        return wire_same(name, "host") ? check_host(r, value) : fine;
    case 6:
        return wire_same(name, "expect") ? check_expect(r, value, at, n) : fine;
    case 10:
        if (wire_same(name, "connection")) {
            r->close |= wire_list_has(value, "close");
            r->keep_alive |= wire_list_has(value, "keep-alive");
        }
        return fine;
    case 12:
        if (wire_same(name, "content-type")) {
            if (!once(r, SEEN_TYPE))
                return no(400, "Content-Type repeated");
            r->head->content_type = value;
        }
        return fine;
    case 13:
        if (wire_same(name, "authorization") && !once(r, SEEN_AUTHORIZATION))
            return no(400, "Authorization repeated");
        return fine;
    case 14:
        return wire_same(name, "content-length") ? check_length(r, value, at, n) : fine;
    case 17:
        return wire_same(name, "transfer-encoding") ? check_coding(r, value, at, n) : fine;
    default:
        return fine;
    }
}

static struct refusal
check_header(struct reading *r, struct str line, size_t at)
{
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return no(400, "folded header");
    const char *colon = memchr(line.p, ':', line.n);
    if (!colon)
        return no(400, "header without colon");
    struct str name = {line.p, (size_t)(colon - line.p)};
    struct str value = str_slice(line, name.n + 1, line.n);
    if (!name.n || !all_are(name, TOKEN))
        return no(400, "bad header name");
    if (!all_are(value, VALUE) || !utf8_valid(value))
        return no(400, "bad byte in a header");
    while (value.n && (value.p[0] == ' ' || value.p[0] == '\t'))
        value.p++, value.n--;
    while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t'))
        value.n--;
    return check_known(r, name, value, at, line.n + 2);
}

static struct refusal
check_together(const struct reading *r)
{
    const struct head *h = r->head;
    if (!(r->seen & SEEN_HOST))
        return no(400, "Host missing");
    if ((r->seen & SEEN_LENGTH) && (r->seen & SEEN_CODING))
        return no(400, "Content-Length with Transfer-Encoding");
    /* evhttp would take the body of a HEAD for the next request. */
    if (h->method == HTTP_GET && (h->length || h->is_chunked))
        return no(400, "GET with a body");
    return fine;
}

struct refusal
wire_head(struct str bytes, struct head *head)
{
    *head = (struct head){0};
    struct reading r = {.head = head};
    struct str rest = bytes, line;
    if (!cut_line(&rest, &line))
        return no(400, "line does not end with CRLF");
    struct refusal why = check_request_line(line, head);
    for (int n = 0; !why.status; n++) {
        size_t at = bytes.n - rest.n;
        if (!cut_line(&rest, &line))
            return no(400, "line does not end with CRLF");
        if (line.n == 0)
            break;
        if (n == LIMIT_HEADERS)
            return no(431, "too many headers");
        why = check_header(&r, line, at);
    }
    if (why.status)
        return why;
    head->closes = r.close || (head->is_old && !r.keep_alive);
    return check_together(&r);
}

void
wire_reframe(struct buf *out, struct str bytes, const struct head *head, uint64_t length)
{
    /* The two lines to leave out, in the order in which they stand; an absent one is empty. */
    size_t a = head->framing.at, a_end = a + head->framing.n, b = head->expect.at, b_end = b + head->expect.n;
    if (b < a) {
        size_t t = a, t_end = a_end;
        a = b, a_end = b_end, b = t, b_end = t_end;
    }
    buf_str(out, str_slice(bytes, 0, a));
    buf_str(out, str_slice(bytes, a_end, b));
    buf_str(out, str_slice(bytes, b_end > a_end ? b_end : a_end, bytes.n - 2));
    buf_z(out, "Content-Length: ");
    buf_int(out, (int64_t)length);
    buf_z(out, "\r\n\r\n");
}

static bool
chunk_size_byte(struct chunks *c, char byte)
{
    int v = hex_value(byte);
    if (v >= 0) {
        c->left = c->left << 4 | (uint64_t)v;
        return ++c->digits <= 8;
    }
    c->at = CHUNK_SIZE_LF;
    return byte == '\r' && c->digits; /* extensions are refused: nobody of good will sends them */
}

static bool
chunk_byte(struct chunks *c, char byte)
{
    switch (c->at) {
    case CHUNK_SIZE:
        return chunk_size_byte(c, byte);
    case CHUNK_SIZE_LF:
        c->at = c->left ? CHUNK_DATA : CHUNK_END_CR;
        return byte == '\n';
    case CHUNK_DATA_CR:
        c->at = CHUNK_DATA_LF;
        return byte == '\r';
    case CHUNK_DATA_LF:
        c->at = CHUNK_SIZE;
        c->digits = 0;
        return byte == '\n';
    case CHUNK_END_CR: /* trailers are refused, as extensions are */
        c->at = CHUNK_END_LF;
        return byte == '\r';
    case CHUNK_END_LF:
        c->at = CHUNK_DONE;
        return byte == '\n';
    case CHUNK_DATA:
    case CHUNK_DONE:
        break;
    }
    return false;
}

bool
wire_chunk(struct chunks *c, struct str *in, struct str *data)
{
    *data = (struct str){in->p, 0};
    while (in->n && c->at != CHUNK_DONE) {
        if (c->at == CHUNK_DATA) {
            size_t n = in->n < c->left ? in->n : (size_t)c->left;
            *data = (struct str){in->p, n};
            *in = (struct str){in->p + n, in->n - n};
            c->left -= n;
            if (!c->left)
                c->at = CHUNK_DATA_CR;
            return true;
        }
        char byte = in->p[0];
        *in = (struct str){in->p + 1, in->n - 1};
        if (!chunk_byte(c, byte))
            return false;
    }
    return true;
}
