/* Mails kept in memory, for tests of what sends them. */
#include "mail.h"

struct memory_mailer {
    struct mailer base;
    struct arena *arena;
    const char *from;
    struct mail *mails;
    size_t n, cap;
    int failures;
};

static bool
keep(struct mailer *self, const struct mail *m, struct err *err)
{
    struct memory_mailer *x = (struct memory_mailer *)self;
    if (!mail_check(m, str_of(x->from), err))
        return false;
    if (x->failures > 0) {
        x->failures--;
        return err_set(err, ERR_BUSY, "邮件服务器没有回应。");
    }
    if (x->n == x->cap) {
        x->cap = x->cap ? 2 * x->cap : 16;
        x->mails = xrealloc(x->mails, x->cap * sizeof *x->mails);
    }
    x->mails[x->n++] = (struct mail){str_dup(x->arena, m->to), str_dup(x->arena, m->subject), str_dup(x->arena, m->text),
                                     str_dup(x->arena, m->message_id)};
    return true;
}

static void
forget(struct mailer *self)
{
    struct memory_mailer *x = (struct memory_mailer *)self;
    free(x->mails);
    arena_free(x->arena);
    free(x);
}

struct mailer *
mail_memory_new(const char *from)
{
    struct memory_mailer *x = xcalloc(1, sizeof *x);
    x->base = (struct mailer){keep, forget};
    x->arena = arena_new();
    x->from = arena_dup(x->arena, from, strlen(from));
    return &x->base;
}

size_t
mail_memory_count(const struct mailer *m)
{
    return ((const struct memory_mailer *)m)->n;
}

const struct mail *
mail_memory_get(const struct mailer *m, size_t i)
{
    const struct memory_mailer *x = (const struct memory_mailer *)m;
    return i < x->n ? &x->mails[i] : NULL;
}

void
mail_memory_fail(struct mailer *m, int times)
{
    ((struct memory_mailer *)m)->failures = times;
}
