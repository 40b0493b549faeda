/* CSV in the encodings that offices save: UTF-8, UTF-8 with a mark, GB18030 (and so GBK, GB2312), UTF-16. */
#include <errno.h>
#include <iconv.h>

#include "workbook_parts.h"

static bool
unknown(struct err *err)
{
    return REFUSED(err, "文件的文字编码认不出来；请另存为“CSV UTF-8”或 XLSX。");
}

static bool
convert(const char *from, struct str bytes, struct buf *out)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1)
        return false;
    char *p = (char *)(uintptr_t)bytes.p; /* iconv does not write there */
    size_t n = bytes.n;
    bool ok = true;
    while (n && ok) {
        buf_need(out, n * 2 + 16);
        char *to = out->p + out->n;
        size_t room = out->cap - out->n;
        size_t r = iconv(cd, &p, &n, &to, &room);
        out->n = (size_t)(to - out->p);
        ok = r != (size_t)-1 || errno == E2BIG;
    }
    iconv_close(cd);
    return ok && utf8_valid(buf_view(out));
}

bool
workbook_text(struct arena *a, struct str bytes, struct str *out, struct err *err)
{
    static const struct {
        struct str mark;
        const char *encoding;
    } marks[] = {{STR("\xFF\xFE"), "UTF-16LE"}, {STR("\xFE\xFF"), "UTF-16BE"}};
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = str_slice(bytes, 3, bytes.n);
    if (utf8_valid(bytes)) {
        *out = str_dup(a, bytes);
        return true;
    }
    const char *encoding = "GB18030";
    for (size_t i = 0; i < 2; i++)
        if (str_starts(bytes, marks[i].mark)) {
            encoding = marks[i].encoding;
            bytes = str_slice(bytes, 2, bytes.n);
        }
    struct buf text = {0};
    bool ok = convert(encoding, bytes, &text);
    *out = str_dup(a, buf_view(&text));
    buf_release(&text);
    return ok || unknown(err);
}
