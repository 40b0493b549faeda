/* str.h — views for reading text, buf for building it, and the few text questions everybody asks.
 *
 * A struct str borrows its bytes and is never NUL-terminated by promise; a struct buf owns its bytes.
 * Text is UTF-8 throughout; widths are counted in code points or in display cells where said.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

static inline struct str
str_of(const char *z)
{
    return (struct str){z ? z : "", z ? strlen(z) : 0};
}

static inline bool
str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_is(struct str a, const char *z)
{
    return str_eq(a, str_of(z));
}

int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_lists(struct str list, struct str part); /* a|b|c has this part, blanks around it aside */
bool str_has(struct str s, struct str part); /* contains; an empty part is contained */
struct str str_trim(struct str s); /* ASCII blanks and the full-width space U+3000 */
struct str str_slice(struct str s, size_t from, size_t to); /* bytes, clamped */
bool str_int(struct str s, int64_t *out); /* whole decimal number, optional sign, nothing else */
const char *str_z(struct arena *a, struct str s); /* NUL-terminated copy */
struct str str_dup(struct arena *a, struct str s);

/* Cuts the next piece up to `sep` off *rest; false when *rest is used up. "a||b" gives a, "", b; "" gives nothing. */
bool str_cut(struct str *rest, char sep, struct str *piece);

/* UTF-8 */
bool utf8_valid(struct str s); /* refuses overlong forms, surrogates and NUL */
size_t utf8_count(struct str s); /* code points */
struct str utf8_prefix(struct str s, size_t code_points);
uint32_t utf8_next(struct str *s); /* next code point, 0 at the end or on a bad byte (which is skipped) */
size_t utf8_width(struct str s); /* display cells, CJK counts 2 */

/* buf: an owned, growing byte string. Zero-initialise; buf_release when done. Never fails (see arena.h). */
struct buf {
    char *p;
    size_t n, cap;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_z(struct buf *b, const char *z);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_utf8(struct buf *b, uint32_t code_point);
void buf_need(struct buf *b, size_t more); /* capacity for `more` bytes beyond n */
void buf_clear(struct buf *b); /* keeps the memory */
void buf_release(struct buf *b);
static inline struct str
buf_view(const struct buf *b)
{
    return (struct str){b->p ? b->p : "", b->n};
}

/* Hex and base64url, for tokens, hashes and keys. The decoders refuse anything that is not exactly right. */
void buf_hex(struct buf *b, const void *p, size_t n);
bool hex_decode(struct str hex, uint8_t *out, size_t n);
void buf_base64(struct buf *b, const void *p, size_t n); /* standard alphabet, padded */
void buf_base64url(struct buf *b, const void *p, size_t n); /* no padding */

#endif
