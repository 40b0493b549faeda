/* qr.h — QR codes as SVG, for boards, cards, letters and receipts.
 *
 * Error correction is Q (a quarter may be dirty or torn) for what goes on walls, and M for long texts such as ledger
 * receipts, which would otherwise become too fine to scan. Around it the four modules of quiet that readers need.
 */
#ifndef DOCUMENTS_QR_H
#define DOCUMENTS_QR_H

#include "err.h"
#include "str.h"

enum {
    QR_QUIET = 4,        /* modules on each side */
    QR_LONG_BYTES = 200, /* longer texts get level M */
};

/* Appends one <svg> element without size, style or script: the page's CSS says how large it is. `title` (may be NULL) is
 * what a screen reader says. ERR_TOO_LARGE when the text does not fit a QR code (about 2,300 bytes), ERR_USAGE when it
 * is empty or has a NUL in it. */
bool qr_svg(struct buf *out, struct str text, const char *title, struct err *err);

#endif
