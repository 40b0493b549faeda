#include "json_read.h"

#include "limits.h"

enum { DIGITS_MAX = 18 };

struct reader {
    const char *p, *end;
    int depth;
    struct buf plain; /* of a string with escapes */
};

static json_t *read_value(struct reader *r);

static void
skip_blanks(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
}

static bool
take(struct reader *r, char c)
{
    bool is_here = r->p < r->end && *r->p == c;
    r->p += is_here;
    return is_here;
}

/* To the end of what needs no look: neither quote, backslash nor control character. */
static void
skip_plain(struct reader *r)
{
    while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
        r->p++;
}

static bool
unescape(struct reader *r)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = r->p < r->end && *r->p ? strchr(from, *r->p) : NULL;
    if (!at)
        return false;
    buf_char(&r->plain, to[at - from]);
    r->p++;
    return true;
}

/* After the opening quote. What it gives lives in the text, or in `plain` until the next string. */
static bool
read_string(struct reader *r, struct str *out)
{
    const char *from = r->p;
    skip_plain(r);
    if (r->p < r->end && *r->p == '"') {
        *out = (struct str){from, (size_t)(r->p++ - from)};
        return true;
    }
    buf_clear(&r->plain);
    for (;;) {
        buf_add(&r->plain, from, (size_t)(r->p - from));
        if (take(r, '"')) {
            *out = buf_view(&r->plain);
            return true;
        }
        if (!take(r, '\\') || !unescape(r))
            return false;
        from = r->p;
        skip_plain(r);
    }
}

static json_t *
read_int(struct reader *r)
{
    bool is_negative = take(r, '-');
    const char *from = r->p;
    uint64_t v = 0;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && r->p - from <= DIGITS_MAX)
        v = v * 10 + (uint64_t)(*r->p++ - '0');
    bool is_rare = r->p == from || r->p - from > DIGITS_MAX || (*from == '0' && r->p - from > 1) ||
                   (r->p < r->end && (*r->p == '.' || *r->p == 'e' || *r->p == 'E'));
    return is_rare ? NULL : json_integer(is_negative ? -(json_int_t)v : (json_int_t)v);
}

static json_t *
read_word(struct reader *r, struct str word, json_t *value)
{
    if (!str_starts((struct str){r->p, (size_t)(r->end - r->p)}, word))
        return NULL;
    r->p += word.n;
    return value;
}

static bool
read_member(struct reader *r, json_t *object)
{
    struct str key;
    char name[64];
    skip_blanks(r);
    if (!take(r, '"') || !read_string(r, &key) || key.n > sizeof name)
        return false;
    memcpy(name, key.p, key.n); /* a nested string may use `plain` again */
    skip_blanks(r);
    if (!take(r, ':'))
        return false;
    json_t *value = read_value(r);
    size_t before = json_object_size(object);
    return value && json_object_setn_new_nocheck(object, name, key.n, value) == 0 && json_object_size(object) > before;
}

static bool
read_element(struct reader *r, json_t *array)
{
    json_t *value = read_value(r);
    return value && json_array_append_new(array, value) == 0;
}

/* After the opening bracket; `into` is given back or released. */
static json_t *
read_list(struct reader *r, json_t *into, bool (*read_one)(struct reader *, json_t *), char close)
{
    bool ok = ++r->depth <= LIMIT_JSON_DEPTH;
    skip_blanks(r);
    if (ok && !take(r, close)) {
        do {
            ok = read_one(r, into);
            skip_blanks(r);
        } while (ok && take(r, ','));
        ok = ok && take(r, close);
    }
    r->depth--;
    if (ok)
        return into;
    json_decref(into);
    return NULL;
}

static json_t *
read_value(struct reader *r)
{
    struct str s;
    skip_blanks(r);
    switch (r->p < r->end ? *r->p : 0) {
    case '{':
        r->p++;
        return read_list(r, json_object(), read_member, '}');
    case '[':
        r->p++;
        return read_list(r, json_array(), read_element, ']');
    case '"':
        r->p++;
        return read_string(r, &s) ? json_stringn_nocheck(s.p, s.n) : NULL;
    case 't':
        return read_word(r, STR("true"), json_true());
    case 'f':
        return read_word(r, STR("false"), json_false());
    case 'n':
        return read_word(r, STR("null"), json_null());
    default:
        return read_int(r);
    }
}

json_t *
json_read_common(struct str text)
{
    struct reader r = {.p = text.p, .end = text.p + text.n};
    if (!utf8_valid(text))
        return NULL;
    skip_blanks(&r);
    json_t *json = r.p < r.end && (*r.p == '{' || *r.p == '[') ? read_value(&r) : NULL;
    skip_blanks(&r);
    if (json && r.p < r.end) {
        json_decref(json);
        json = NULL;
    }
    buf_release(&r.plain);
    return json;
}
