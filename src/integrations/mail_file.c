/* Each mail as a file of its own, complete or not there: written beside, synced, then renamed. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail.h"

struct file_mailer {
    struct mailer base;
    char *folder, *from;
};

static bool
write_all(int fd, struct str s)
{
    for (size_t at = 0; at < s.n;) {
        ssize_t n = write(fd, s.p + at, s.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return fsync(fd) == 0;
}

/* A repeat has the same name and so replaces the first copy. A Message-ID may hold a slash; a name may not. */
static void
name_of(char *out, size_t n, const struct file_mailer *x, struct str id, const char *end)
{
    int from = snprintf(out, n, "%s/", x->folder);
    snprintf(out + from, n - (size_t)from, "%.*s%s", (int)id.n, id.p, end);
    for (char *p = out + from; *p; p++)
        if (*p == '/')
            *p = '_';
}

static bool
put(struct mailer *self, const struct mail *m, struct err *err)
{
    struct file_mailer *x = (struct file_mailer *)self;
    if (!mail_check(m, str_of(x->from), err))
        return false;
    char part[4096 + 400], whole[4096 + 400];
    name_of(part, sizeof part, x, m->message_id, ".part");
    name_of(whole, sizeof whole, x, m->message_id, ".eml");
    struct buf b = {0};
    mail_write(&b, m, str_of(x->from), mail_now());
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_all(fd, buf_view(&b));
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && rename(part, whole) == 0;
    buf_release(&b);
    return ok || err_set(err, ERR_BUSY, "写不了邮件文件 %s：%s", whole, strerror(errno));
}

static void
end(struct mailer *self)
{
    struct file_mailer *x = (struct file_mailer *)self;
    free(x->folder);
    free(x->from);
    free(x);
}

struct mailer *
mail_file_new(const char *folder, const char *from, struct err *err)
{
    if (strlen(folder) > 4000 || (mkdir(folder, 0700) != 0 && errno != EEXIST)) {
        err_set(err, ERR_INTERNAL, "不能建立邮件文件夹 %s：%s", folder, strerror(errno));
        return NULL;
    }
    struct file_mailer *x = xcalloc(1, sizeof *x);
    x->base = (struct mailer){put, end};
    x->folder = xstrdup(folder);
    x->from = xstrdup(from);
    return &x->base;
}
