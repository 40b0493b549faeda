#include "multipart.h"

#include "limits.h"
#include "wire.h"

static bool
malformed(struct err *err, const char *why)
{
    err_set(err, ERR_USAGE, "表单没有传完整，请重新提交。");
    return err_detail(err, "multipart: %s", why);
}

/* One "; name=value" of a header value. A quoted value keeps its escapes in *value and sets *is_quoted. */
static bool
cut_parameter(struct str *rest, struct str *name, struct str *value, bool *is_quoted)
{
    struct str s = str_trim(*rest);
    if (!s.n || s.p[0] != ';')
        return false;
    s = str_trim(str_slice(s, 1, s.n));
    const char *eq = memchr(s.p, '=', s.n);
    if (!eq)
        return false;
    *name = str_slice(s, 0, (size_t)(eq - s.p));
    s = str_slice(s, name->n + 1, s.n);
    *is_quoted = s.n && s.p[0] == '"';
    if (*is_quoted) {
        size_t i = 1;
        while (i < s.n && s.p[i] != '"')
            i += s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\') ? 2 : 1;
        if (i >= s.n)
            return false;
        *value = str_slice(s, 1, i);
        *rest = str_slice(s, i + 1, s.n);
        return true;
    }
    const char *semi = memchr(s.p, ';', s.n);
    size_t n = semi ? (size_t)(semi - s.p) : s.n;
    *value = str_trim(str_slice(s, 0, n));
    *rest = str_slice(s, n, s.n);
    return true;
}

bool
multipart_boundary(struct str content_type, struct str *boundary)
{
    const char *semi = memchr(content_type.p, ';', content_type.n);
    struct str rest = semi ? str_slice(content_type, (size_t)(semi - content_type.p), content_type.n) : STR("");
    struct str name, value;
    *boundary = STR("");
    for (bool quoted; cut_parameter(&rest, &name, &value, &quoted);)
        if (wire_same(name, "boundary")) {
            if (boundary->n)
                return false;
            *boundary = value;
        }
    if (str_trim(rest).n || !boundary->n || boundary->n > 70 || boundary->p[boundary->n - 1] == ' ')
        return false;
    for (size_t i = 0; i < boundary->n; i++) {
        char c = boundary->p[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alnum && !memchr("'()+_,-./:=? ", c, 13))
            return false;
    }
    return true;
}

/* What the head of one part says. */
struct part {
    struct str name, filename, type;
    bool has_disposition, has_name, has_filename, has_type;
};

/* Browsers write " CR LF in names as %22 %0D %0A and nothing else escaped; older clients put a backslash before ". */
static struct str
unescape_name(struct arena *a, struct str s)
{
    if (!memchr(s.p, '\\', s.n) && !memchr(s.p, '%', s.n))
        return s;
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        struct str three = str_slice(s, i, i + 3);
        if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
            out[n++] = s.p[++i];
        else if (wire_same(three, "%22"))
            out[n++] = '"', i += 2;
        else if (wire_same(three, "%0d") || wire_same(three, "%0a"))
            out[n++] = ' ', i += 2;
        else
            out[n++] = s.p[i];
    }
    return (struct str){out, n};
}

/* filename*=UTF-8''%E5%9B%BE.jpg: RFC 7578 forbids it, some libraries send it all the same. */
static bool
extended_name(struct arena *a, struct str value, struct str *out)
{
    if (value.n < 7 || !wire_same(str_slice(value, 0, 7), "utf-8''"))
        return false;
    struct str escaped = str_slice(value, 7, value.n);
    char *p = arena_alloc(a, escaped.n + 1);
    ptrdiff_t n = wire_unescape(p, escaped, false);
    if (n < 0)
        return false;
    *out = (struct str){p, (size_t)n};
    return utf8_valid(*out);
}

/* Only the last component: some browsers send the whole path of the visitor's disk. */
static struct str
last_component(struct str s)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '/' || s.p[i - 1] == '\\')
            return str_slice(s, i, s.n);
    return s;
}

static bool
has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return true;
    return false;
}

static bool
read_disposition(struct arena *a, struct str value, struct part *part)
{
    const char *semi = memchr(value.p, ';', value.n);
    size_t n = semi ? (size_t)(semi - value.p) : value.n;
    if (part->has_disposition || !wire_same(str_trim(str_slice(value, 0, n)), "form-data"))
        return false;
    part->has_disposition = true;
    struct str rest = str_slice(value, n, value.n), name, param, extended = STR("");
    for (bool quoted; cut_parameter(&rest, &name, &param, &quoted);) {
        if (wire_same(name, "name")) {
            if (part->has_name)
                return false;
            part->has_name = true;
            part->name = quoted ? unescape_name(a, param) : param;
        } else if (wire_same(name, "filename")) {
            if (part->has_filename)
                return false;
            part->has_filename = true;
            part->filename = quoted ? unescape_name(a, param) : param;
        } else if (wire_same(name, "filename*") && !extended_name(a, param, &extended)) {
            return false;
        }
    }
    if (extended.n) {
        part->has_filename = true;
        part->filename = extended;
    }
    part->filename = last_component(part->filename);
    return !str_trim(rest).n && part->has_name && part->name.n && !has_control(part->filename);
}

static bool
read_part_header(struct arena *a, struct str line, struct part *part)
{
    const char *colon = memchr(line.p, ':', line.n);
    if (!colon || has_control(line) || !utf8_valid(line))
        return false;
    struct str name = str_slice(line, 0, (size_t)(colon - line.p));
    struct str value = str_trim(str_slice(line, name.n + 1, line.n));
    if (wire_same(name, "content-disposition"))
        return read_disposition(a, value, part);
    if (wire_same(name, "content-type")) {
        bool first = !part->has_type;
        part->has_type = true;
        part->type = value;
        return first;
    }
    if (wire_same(name, "content-transfer-encoding"))
        return wire_same(value, "binary") || wire_same(value, "8bit") || wire_same(value, "7bit");
    return name.n && name.n == str_trim(name).n;
}

/* Cuts the head of a part, its blank line included, off *rest. */
static bool
read_part_head(struct arena *a, struct str *rest, struct part *part, struct err *err)
{
    *part = (struct part){.filename = STR(""), .type = STR("text/plain")};
    struct str window = str_slice(*rest, 0, LIMIT_PART_HEAD_BYTES);
    for (;;) {
        const char *lf = memchr(window.p, '\n', window.n);
        if (!lf)
            return malformed(err, rest->n > LIMIT_PART_HEAD_BYTES ? "part head too long" : "part head cut short");
        size_t n = (size_t)(lf - window.p) + 1;
        if (n < 2 || lf[-1] != '\r')
            return malformed(err, "bare line feed");
        struct str line = str_slice(window, 0, n - 2);
        window = str_slice(window, n, window.n);
        *rest = str_slice(*rest, n, rest->n);
        if (!line.n)
            break;
        if (!read_part_header(a, line, part))
            return malformed(err, "bad part header");
    }
    return part->has_disposition || malformed(err, "part without Content-Disposition");
}

static bool
add_part(struct arena *a, const struct part *part, struct str bytes, struct multipart *out, size_t *text_bytes,
         struct err *err)
{
    if (part->has_filename) {
        if (part->filename.n || bytes.n)
            out->uploads[out->n_uploads++] = (struct upload){part->name, part->filename, part->type, bytes, (int64_t)bytes.n, 0};
        return true;
    }
    *text_bytes += bytes.n;
    if (*text_bytes > LIMIT_BODY_BYTES)
        return err_set(err, ERR_TOO_LARGE, "填写的内容太长。");
    if (!utf8_valid(bytes) || has_control(part->name))
        return malformed(err, "text is not UTF-8");
    params_add(a, &out->fields, part->name, bytes);
    return true;
}

/* After a delimiter: CRLF and another part, or "--" and the end. */
static bool
cut_after_delimiter(struct str *rest, bool *is_last)
{
    *is_last = str_starts(*rest, STR("--"));
    if (!*is_last && !str_starts(*rest, STR("\r\n")))
        return false;
    *rest = str_slice(*rest, 2, rest->n);
    return !*is_last || !rest->n || str_is(*rest, "\r\n");
}

bool
multipart_parse(struct arena *a, struct str body, struct str boundary, struct multipart *out, struct err *err)
{
    *out = (struct multipart){.uploads = arena_array(a, struct upload, LIMIT_PARTS)};
    char delimiter[80] = "\r\n--";
    struct str mark = {delimiter, 4 + boundary.n};
    if (boundary.n > 70)
        return malformed(err, "boundary too long");
    memcpy(delimiter + 4, boundary.p, boundary.n);

    struct str first = str_slice(mark, 2, mark.n), rest = body;
    if (!str_starts(rest, first))
        return malformed(err, "does not begin with the boundary");
    rest = str_slice(rest, first.n, rest.n);
    size_t text_bytes = 0;
    for (int n = 0;; n++) {
        bool is_last;
        if (!cut_after_delimiter(&rest, &is_last))
            return malformed(err, "garbage after a boundary");
        if (is_last)
            return true;
        if (n == LIMIT_PARTS)
            return err_set(err, ERR_TOO_LARGE, "表单的项目太多，一次最多 %d 项。", LIMIT_PARTS);
        struct part part;
        if (!read_part_head(a, &rest, &part, err))
            return false;
        const char *end = rest.n ? memmem(rest.p, rest.n, mark.p, mark.n) : NULL;
        if (!end)
            return malformed(err, "last boundary is missing");
        size_t len = (size_t)(end - rest.p);
        if (!add_part(a, &part, str_slice(rest, 0, len), out, &text_bytes, err))
            return false;
        rest = str_slice(rest, len + mark.n, rest.n);
    }
}
