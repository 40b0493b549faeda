/* mail.h — sending a mail: one contract, the real thing over SMTP, and two doubles that keep what they are given.
 *
 * A mail is plain text to one address and carries a Message-ID that the caller chose; a repeat has the same one, so that a
 * mail server or a reader can drop the second copy. All three senders check what they get in the same way, so that a test
 * with a double finds what the real one would refuse. A sender is used by one thread at a time.
 */
#ifndef INTEGRATIONS_MAIL_H
#define INTEGRATIONS_MAIL_H

#include <stdatomic.h>

#include "err.h"
#include "settings.h"
#include "str.h"

struct mail {
    struct str to;         /* one address, without a name: chief@example.org */
    struct str subject;    /* one line */
    struct str text;       /* any number of lines; links stand on a line of their own */
    struct str message_id; /* 4711@example.org, without < > */
};

struct mailer {
    /* Errors: ERR_FIELDS for a mail that nobody could send, ERR_BUSY for everything that a later try may cure. */
    bool (*send)(struct mailer *self, const struct mail *m, struct err *err);
    void (*free)(struct mailer *self);
};
void mailer_free(struct mailer *m); /* accepts NULL */

/* By the settings' URL: smtp, smtps or file. `dir` is where relative paths begin. Sending stops early, as ERR_BUSY, once
 * *is_stopping (may be NULL) is set. */
struct mailer *mailer_open(const struct mail_settings *s, const char *dir, const _Atomic bool *is_stopping, struct err *err);

/* mail_smtp.c: smtp:// with STARTTLS, smtps://; by libcurl, at most half a minute a mail. */
struct mailer *mail_smtp_new(const struct mail_settings *s, const char *dir, const _Atomic bool *is_stopping, struct err *err);
/* mail_file.c: each mail as NAME.eml in a folder, NAME being its Message-ID: for trying out, and where a gateway fetches. */
struct mailer *mail_file_new(const char *folder, const char *from, struct err *err);
/* mail_memory.c: for tests. */
struct mailer *mail_memory_new(const char *from);
size_t mail_memory_count(const struct mailer *m);
const struct mail *mail_memory_get(const struct mailer *m, size_t i); /* as given; valid until the mailer is freed */
void mail_memory_fail(struct mailer *m, int times); /* the next so many sends fail with ERR_BUSY */

/* mail_message.c: the mail as it goes over the wire (RFC 5322, UTF-8, CRLF), dated `at` (UTC milliseconds). */
bool mail_address_ok(struct str address); /* ASCII, one @, nothing that could end a header */
bool mail_check(const struct mail *m, struct str from, struct err *err);
void mail_write(struct buf *out, const struct mail *m, struct str from, int64_t at);
int64_t mail_now(void);

#endif
