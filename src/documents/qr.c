#include "qr.h"

#include <errno.h>
#include <qrencode.h>

static QRcode *
encode(struct str text)
{
    char *z = xmalloc(text.n + 1);
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    QRcode *q = QRcode_encodeString(z, 0, text.n > QR_LONG_BYTES ? QR_ECLEVEL_M : QR_ECLEVEL_Q, QR_MODE_8, 1);
    int why = errno;
    free(z);
    errno = why;
    return q;
}

static void
escaped(struct buf *out, const char *z)
{
    for (; *z; z++) {
        if (*z == '&')
            buf_z(out, "&amp;");
        else if (*z == '<')
            buf_z(out, "&lt;");
        else if (*z == '>')
            buf_z(out, "&gt;");
        else
            buf_char(out, *z);
    }
}

/* A row is a thick horizontal line with gaps: "M4 4.5h7m2 0h1" draws seven modules, leaves two out, draws one. */
static void
draw_row(struct buf *out, const unsigned char *row, int width, int y)
{
    int pen = -1; /* where the last stroke ended, -1: none yet */
    for (int x = 0; x < width;) {
        int from = x;
        while (x < width && (row[x] & 1))
            x++;
        if (x > from) {
            if (pen < 0)
                buf_printf(out, "M%d %d.5h%d", from + QR_QUIET, y + QR_QUIET, x - from);
            else
                buf_printf(out, "m%d 0h%d", from - pen, x - from);
            pen = x;
        } else {
            x++;
        }
    }
}

bool
qr_svg(struct buf *out, struct str text, const char *title, struct err *err)
{
    if (text.n == 0 || memchr(text.p, '\0', text.n))
        return err_set(err, ERR_USAGE, "二维码没有可用的内容");
    QRcode *q = encode(text);
    if (!q)
        return err_set(err, errno == ERANGE ? ERR_TOO_LARGE : ERR_INTERNAL, "内容太长，放不进一个二维码");
    int side = q->width + 2 * QR_QUIET;
    buf_printf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" shape-rendering=\"crispEdges\">",
        side, side);
    if (title) {
        buf_z(out, "<title>");
        escaped(out, title);
        buf_z(out, "</title>");
    }
    buf_printf(out, "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path stroke=\"#000\" d=\"", side, side);
    for (int y = 0; y < q->width; y++)
        draw_row(out, q->data + (size_t)y * (size_t)q->width, q->width, y);
    buf_z(out, "\"/></svg>");
    QRcode_free(q);
    return true;
}
