/* outbox_notices.h — inside jobs only: urgent notices to posts become mails to the addresses that the settings name. */
#ifndef JOBS_OUTBOX_NOTICES_H
#define JOBS_OUTBOX_NOTICES_H

#include "outbox.h"

/* Looks for notices that came since the last look; each matching address gets a row of its own, once. */
bool queue_urgent(struct courier *c, instant now, struct err *err);

/* The text of a row with channel mail: "To: ADDRESS\nSubject: LINE\n\nTEXT". */
void mail_to_text(struct buf *out, const struct mail *m);
bool mail_from_text(struct str text, struct mail *m); /* borrows the text */

#endif
