/* html.h — writing values into HTML, JSON in a page, and URLs, escaped for the place they stand in.
 *
 * Templates compile to calls of the emit_… macros below; the compiler (tools/templates.py) picks the right one by
 * position. A type that no macro knows (a double, a struct) is a compile error: the page must say how to print it.
 */
#ifndef BASE_HTML_H
#define BASE_HTML_H

#include "str.h"

/* Markup that trusted code made (the renderer of notes, another template). Only {{{ }}} takes it, and nothing else
 * fits there, so `grep html_trusted` finds every place that promises to be safe. */
struct html {
    struct str s;
};

static inline struct html
html_trusted(struct str s)
{
    return (struct html){s};
}

/* The path under which the site is mounted: "" or "/zhzf". Set once before the first thread reads it; the words must
 * live as long as the process. Every rooted URL that a template writes gets it in front. */
void html_set_base_path(const char *path);
const char *html_base_path(void);

/* Text and double-quoted attributes: & < > " ' become entities. */
void html_text(struct buf *out, struct str s);
void html_text_z(struct buf *out, const char *z); /* NULL writes nothing */
void html_int(struct buf *out, int64_t v);
void html_uint(struct buf *out, uint64_t v);
void html_bool(struct buf *out, bool v); /* true / false, as aria-… attributes want it */
void html_raw(struct buf *out, struct html h);

/* A whole URL in an attribute. Allowed: http, https, tel, mailto, sms, relative, and rooted in this site (the base path
 * is added). Anything else, a foreign "//host" and control bytes included, writes "#". */
void html_url(struct buf *out, struct str s);
void html_url_z(struct buf *out, const char *z);
void html_url_base(struct buf *out); /* the base path, escaped */

/* One component of a URL (path segment, query value): everything but A-Z a-z 0-9 - . _ ~ is percent-encoded. */
void html_url_part(struct buf *out, struct str s);
void html_url_part_z(struct buf *out, const char *z);

/* JSON inside <script type="application/json">: a quoted string, or only its contents where the quotes stand in the
 * template. < > & and U+2028/9 are \u-escaped, so that nothing can end the script. */
void html_json(struct buf *out, struct str s);
void html_json_z(struct buf *out, const char *z); /* NULL writes null */
void html_json_part(struct buf *out, struct str s);
void html_json_part_z(struct buf *out, const char *z);

/* clang-format off */
#define HTML_INTEGERS                                                                                                 \
    signed char: html_int, short: html_int, int: html_int, long: html_int, long long: html_int,                       \
    unsigned char: html_uint, unsigned short: html_uint, unsigned: html_uint, unsigned long: html_uint,               \
    unsigned long long: html_uint

#define emit_text(out, x)                                                                                             \
    _Generic((x), struct str: html_text, const char *: html_text_z, char *: html_text_z, HTML_INTEGERS)(out, x)
#define emit_attr(out, x)                                                                                             \
    _Generic((x), struct str: html_text, const char *: html_text_z, char *: html_text_z, bool: html_bool, HTML_INTEGERS)(out, x)
#define emit_url(out, x)                                                                                              \
    _Generic((x), struct str: html_url, const char *: html_url_z, char *: html_url_z)(out, x)
#define emit_url_part(out, x)                                                                                         \
    _Generic((x), struct str: html_url_part, const char *: html_url_part_z, char *: html_url_part_z, HTML_INTEGERS)(out, x)
#define emit_json(out, x)                                                                                             \
    _Generic((x), struct str: html_json, const char *: html_json_z, char *: html_json_z, bool: html_bool, HTML_INTEGERS)(out, x)
#define emit_json_part(out, x)                                                                                        \
    _Generic((x), struct str: html_json_part, const char *: html_json_part_z, char *: html_json_part_z, HTML_INTEGERS)(out, x)
/* clang-format on */

#endif
