/* outbox.h — what is to be told to people who are not looking: sent by channel, tried again, and never lost.
 *
 * Rows of table `outbox` wait until their time. A mail that fails is tried again after 5 s, 5 min, 30 min, 2 h and 5 h, each
 * time with the same Message-ID, and then stays as failed with what the server said; as unknown when the last answer never came. Channels that are not set up (short
 * messages) keep their rows as state 3, for a person to decide (pages/staff_outbox.c). Urgent notices to a post become mails when the settings name
 * an address for it; such a mail holds a case number and a link, and nothing that anybody wrote.
 */
#ifndef JOBS_OUTBOX_H
#define JOBS_OUTBOX_H

#include "actions.h"
#include "mail.h"

enum { OUTBOX_TRIES = 6, OUTBOX_AREAS = 64 };

/* A thread of its own: a slow mail server must not hold up the duty clock. Reads DIR/shaodao.yaml. */
struct outbox;
struct outbox *outbox_start(struct app *app, struct err *err);
void outbox_stop(struct outbox *o); /* accepts NULL */

/* One round, as the thread makes it. */
struct courier {
    struct app *app;
    const struct settings *settings;
    struct mailer *mailer; /* NULL = no mail */
    const _Atomic bool *is_stopping; /* may be NULL */
    int64_t seen[OUTBOX_AREAS]; /* notices up to here are done with, by the order of app_areas; 0 = ask the database */
    /* out, summed over the rounds */
    int64_t queued, sent, postponed, failed, kept;
};
bool courier_round(struct courier *c, struct err *err);

#endif
