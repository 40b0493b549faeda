#include "mail.h"

struct mailer *
mailer_open(const struct mail_settings *s, const char *dir, const _Atomic bool *is_stopping, struct err *err)
{
    struct str url = str_of(s->url);
    char folder[4096];
    if (str_starts(url, STR("smtp://")) || str_starts(url, STR("smtps://")))
        return mail_smtp_new(s, dir, is_stopping, err);
    if (str_starts(url, STR("file:"))) {
        settings_path(folder, sizeof folder, dir, s->url + strlen("file:"));
        return mail_file_new(folder, s->from, err);
    }
    err_set(err, ERR_INTERNAL, "不认识的邮件地址：%s", s->url);
    return NULL;
}

void
mailer_free(struct mailer *m)
{
    if (m)
        m->free(m);
}
