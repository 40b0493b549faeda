#include "str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
str_has(struct str s, struct str part)
{
    return part.n == 0 || (s.n >= part.n && memmem(s.p, s.n, part.p, part.n) != NULL);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct str
str_trim(struct str s)
{
    for (;;) {
        if (s.n && is_blank(s.p[0]))
            s.p++, s.n--;
        else if (s.n >= 3 && memcmp(s.p, "\xE3\x80\x80", 3) == 0)
            s.p += 3, s.n -= 3;
        else
            break;
    }
    for (;;) {
        if (s.n && is_blank(s.p[s.n - 1]))
            s.n--;
        else if (s.n >= 3 && memcmp(s.p + s.n - 3, "\xE3\x80\x80", 3) == 0)
            s.n -= 3;
        else
            break;
    }
    return s;
}

struct str
str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (struct str){s.p + from, to - from};
}

bool
str_int(struct str s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
        s.p++, s.n--;
    if (s.n == 0 || s.n > 18)
        return false;
    int64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *out = minus ? -v : v;
    return true;
}

const char *
str_z(struct arena *a, struct str s)
{
    return arena_dup(a, s.p, s.n);
}

struct str
str_dup(struct arena *a, struct str s)
{
    return (struct str){arena_dup(a, s.p, s.n), s.n};
}

bool
str_cut(struct str *rest, char sep, struct str *piece)
{
    if (!rest->p)
        return false;
    if (rest->n == 0) {
        rest->p = NULL;
        return false;
    }
    const char *at = memchr(rest->p, sep, rest->n);
    if (!at) {
        *piece = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t n = (size_t)(at - rest->p);
    *piece = (struct str){rest->p, n};
    *rest = (struct str){at + 1, rest->n - n - 1};
    return true;
}

/* One code point from p (n > 0): its length, or 0 when the bytes are not well-formed UTF-8. */
static size_t
decode(const unsigned char *p, size_t n, uint32_t *cp)
{
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (!len || len > n || p[0] > 0xF4)
        return 0;
    uint32_t v = p[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3Fu);
    }
    if ((len == 3 && v < 0x800) || (len == 4 && v < 0x10000) || v > 0x10FFFF || (v >= 0xD800 && v < 0xE000))
        return 0;
    *cp = v;
    return len;
}

/* Three bytes that are a character whatever they are: Chinese. */
static bool
is_middle(const unsigned char *p, size_t n)
{
    return n >= 3 && p[0] > 0xE0 && p[0] < 0xED && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

bool
utf8_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        size_t len = p[i] - 1u < 0x7Fu ? 1 : is_middle(p + i, s.n - i) ? 3 : decode(p + i, s.n - i, &cp); /* a NUL is no text */
        if (!len || !p[i])
            return false;
        i += len;
    }
    return true;
}

uint32_t
utf8_next(struct str *s)
{
    while (s->n) {
        uint32_t cp;
        size_t len = decode((const unsigned char *)s->p, s->n, &cp);
        size_t step = len ? len : 1;
        s->p += step;
        s->n -= step;
        if (len)
            return cp;
    }
    return 0;
}

size_t
utf8_count(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

struct str
utf8_prefix(struct str s, size_t code_points)
{
    struct str rest = s;
    while (code_points-- && rest.n)
        utf8_next(&rest);
    return (struct str){s.p, s.n - rest.n};
}

size_t
utf8_width(struct str s)
{
    size_t w = 0;
    for (uint32_t c; (c = utf8_next(&s));)
        w += (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                     (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                     (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD)
                 ? 2
                 : 1;
    return w;
}

/* Apart, so that the question whether there is room costs no call: pages are made of thousands of small pieces. */
static void __attribute__((noinline, cold))
grow(struct buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->n < more)
        cap *= 2;
    b->p = xrealloc(b->p, cap);
    b->cap = cap;
}

void
buf_need(struct buf *b, size_t more)
{
    if (b->cap - b->n < more)
        grow(b, more);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
    if (!n)
        return;
    if (b->cap - b->n < n)
        grow(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void
buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void
buf_z(struct buf *b, const char *z)
{
    if (z)
        buf_add(b, z, strlen(z));
}

void
buf_char(struct buf *b, char c)
{
    if (b->cap == b->n)
        grow(b, 1);
    b->p[b->n++] = c;
}

void
buf_int(struct buf *b, int64_t v)
{
    char tmp[24];
    size_t i = sizeof tmp;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        tmp[--i] = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        tmp[--i] = '-';
    buf_add(b, tmp + i, sizeof tmp - i);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    buf_need(b, 64); /* nearly always enough at once */
    size_t room = b->cap - b->n;
    int n = vsnprintf(b->p + b->n, room, fmt, ap);
    va_end(ap);
    if (n > 0 && (size_t)n >= room) {
        buf_need(b, (size_t)n + 1);
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    }
    if (n > 0)
        b->n += (size_t)n;
    va_end(again);
}

void
buf_utf8(struct buf *b, uint32_t c)
{
    unsigned char t[4];
    size_t n;
    if (c < 0x80)
        t[0] = (unsigned char)c, n = 1;
    else if (c < 0x800)
        t[0] = (unsigned char)(0xC0 | c >> 6), t[1] = (unsigned char)(0x80 | (c & 63)), n = 2;
    else if (c < 0x10000)
        t[0] = (unsigned char)(0xE0 | c >> 12), t[1] = (unsigned char)(0x80 | (c >> 6 & 63)),
        t[2] = (unsigned char)(0x80 | (c & 63)), n = 3;
    else
        t[0] = (unsigned char)(0xF0 | c >> 18), t[1] = (unsigned char)(0x80 | (c >> 12 & 63)),
        t[2] = (unsigned char)(0x80 | (c >> 6 & 63)), t[3] = (unsigned char)(0x80 | (c & 63)), n = 4;
    buf_add(b, t, n);
}

void
buf_clear(struct buf *b)
{
    b->n = 0;
}

void
buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void
buf_hex(struct buf *b, const void *p, size_t n)
{
    const uint8_t *u = p;
    buf_need(b, 2 * n);
    for (size_t i = 0; i < n; i++) {
        b->p[b->n++] = "0123456789abcdef"[u[i] >> 4];
        b->p[b->n++] = "0123456789abcdef"[u[i] & 15];
    }
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
hex_decode(struct str hex, uint8_t *out, size_t n)
{
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = hex_digit(hex.p[2 * i]), lo = hex_digit(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

static void
base64(struct buf *b, const void *p, size_t n, const char *abc, bool pad)
{
    const uint8_t *u = p;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)u[i] << 16 | (i + 1 < n ? (uint32_t)u[i + 1] << 8 : 0) | (i + 2 < n ? u[i + 2] : 0);
        buf_char(b, abc[v >> 18]);
        buf_char(b, abc[v >> 12 & 63]);
        if (i + 1 < n)
            buf_char(b, abc[v >> 6 & 63]);
        else if (pad)
            buf_char(b, '=');
        if (i + 2 < n)
            buf_char(b, abc[v & 63]);
        else if (pad)
            buf_char(b, '=');
    }
}

void
buf_base64(struct buf *b, const void *p, size_t n)
{
    base64(b, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);
}

void
buf_base64url(struct buf *b, const void *p, size_t n)
{
    base64(b, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
}

bool
str_lists(struct str list, struct str part)
{
    struct str piece;
    while (str_cut(&list, '|', &piece))
        if (str_eq(str_trim(piece), part))
            return true;
    return false;
}
