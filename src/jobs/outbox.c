#include "outbox.h"

#include "log.h"
#include "outbox_notices.h"
#include "sleeper.h"

enum { TAKE_MAX = 32, ERROR_MAX = 240 };
enum { NAP_MS = 2000, CLOCK_FILE_NAP_MS = 500, FAULT_NAP_MS = 60 * 1000 };
static const int64_t wait_ms[OUTBOX_TRIES - 1] = {5 * 1000, 5 * 60 * 1000, 30 * 60 * 1000, 2 * 3600 * 1000, 5 * 3600 * 1000};

struct message {
    int64_t id, area;
    struct str channel, text;
    int tries;
};

static size_t
take(struct courier *c, struct arena *a, instant now, struct message *out, struct err *err)
{
    size_t n = 0;
    struct rows r;
    struct db *db = app_reader_lock(c->app);
    if (db_query(db, SQL_OUTBOX_TAKE, &r, err, V_INT(now))) {
        while (n < TAKE_MAX && rows_next(&r, err))
            out[n++] = (struct message){.id = rows_int(&r, 0), .area = rows_int(&r, 1), .channel = str_dup(a, rows_text(&r, 3)),
                                        .text = str_dup(a, rows_text(&r, 6)), .tries = (int)rows_int(&r, 7)};
        rows_end(&r);
    }
    app_reader_unlock(c->app);
    return n;
}

/* ---- what becomes of a message ---- */

struct settling {
    struct job job;
    int64_t id;
    enum outbox_state state;
    int tries;
    instant next_at;
    struct str error, channel;
};

static bool
apply_settle(struct db *db, struct job *job, struct err *err)
{
    const struct settling *s = (const struct settling *)job;
    return db_exec(db, SQL_OUTBOX_SETTLE, err, V_INT(s->state), V_INT(s->tries), V_INT(s->next_at), V_TEXT(s->error),
                   V_INT(s->id));
}

static bool
apply_keep(struct db *db, struct job *job, struct err *err)
{
    const struct settling *s = (const struct settling *)job;
    return db_exec(db, SQL_OUTBOX_KEEP, err, V_TEXT(s->error), V_TEXT(s->channel));
}

static void
nothing(struct job *job)
{
    (void)job;
}

static bool
settle(struct courier *c, struct settling *s, bool (*apply)(struct db *, struct job *, struct err *), struct err *err)
{
    s->job = (struct job){.apply = apply, .done = nothing};
    return store_run(app_store(c->app), &s->job, err);
}

/* All rows of a channel at once: a year of them may wait. */
static bool
keep_channel(struct courier *c, struct str channel, struct err *err)
{
    const char *why = str_is(channel, "sms") ? "未配置短信" : str_is(channel, "mail") ? "未配置邮件" : "未配置这个渠道";
    struct settling s = {.channel = channel, .error = str_of(why)};
    if (!settle(c, &s, apply_keep, err))
        return false;
    c->kept++;
    log_warn("outbox_kept", "channel=%.*s", (int)channel.n, channel.p);
    return true;
}

/* ---- mail ---- */

static bool
is_stopping(const struct courier *c)
{
    return c->is_stopping && atomic_load(c->is_stopping);
}

static bool
send_mail(struct courier *c, struct arena *a, const struct message *m, struct err *err)
{
    struct mail mail;
    struct str domain = str_of(c->settings->mail->from), name;
    str_cut(&domain, '@', &name);
    if (!mail_from_text(m->text, &mail))
        return err_set(err, ERR_FIELDS, "信件不完整。");
    mail.message_id = str_of(arena_printf(a, "%lld.%lld@%.*s", (long long)m->id, (long long)m->area, (int)domain.n, domain.p));
    return c->mailer->send(c->mailer, &mail, err);
}

/* A mail that nobody could send is not tried again; one that was cut off by our own end is not counted. */
static bool
deliver(struct courier *c, struct arena *a, const struct message *m, instant now, struct err *err)
{
    struct err why = {0};
    struct settling s = {.id = m->id, .state = OUTBOX_SENT, .tries = m->tries + 1, .next_at = now, .error = STR("")};
    bool is_sent = send_mail(c, a, m, &why);
    if (!is_sent && is_stopping(c))
        return true;
    if (!is_sent) {
        bool is_last = why.kind == ERR_FIELDS || s.tries >= OUTBOX_TRIES;
        s.state = !is_last ? OUTBOX_QUEUED : why.kind == ERR_UNKNOWN ? OUTBOX_UNKNOWN : OUTBOX_FAILED;
        s.next_at = is_last ? now : now + wait_ms[s.tries - 1];
        s.error = utf8_prefix(str_of(why.message), ERROR_MAX);
    }
    if (!settle(c, &s, apply_settle, err))
        return false;
    c->sent += is_sent;
    c->failed += s.state == OUTBOX_FAILED || s.state == OUTBOX_UNKNOWN;
    c->postponed += s.state == OUTBOX_QUEUED;
    if (is_sent)
        log_event("mail_sent", "outbox=%lld tries=%d", (long long)m->id, s.tries);
    else
        log_warn("mail_not_sent", "outbox=%lld tries=%d given_up=%s", (long long)m->id, s.tries,
                 s.state == OUTBOX_QUEUED ? "no" : "yes");
    return true;
}

/* ---- a round ---- */

/* False when there is nothing more, or on failure. */
static bool
next_messages(struct courier *c, instant now, struct err *err)
{
    struct message list[TAKE_MAX];
    struct arena *a = arena_new();
    size_t n = take(c, a, now, list, err);
    bool ok = err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < n && !is_stopping(c); i++) {
        if (str_is(list[i].channel, "mail") && c->mailer) {
            ok = deliver(c, a, &list[i], now, err);
            continue;
        }
        ok = keep_channel(c, list[i].channel, err);
        break; /* the others of this channel are done with too: look again */
    }
    arena_free(a);
    return ok && n > 0 && !is_stopping(c);
}

bool
courier_round(struct courier *c, struct err *err)
{
    instant now = app_now(c->app);
    if (c->mailer && !queue_urgent(c, now, err))
        return false;
    while (next_messages(c, now, err))
        ;
    return err->kind == ERR_NONE;
}

/* ---- the thread ---- */

struct outbox {
    struct sleeper sleeper;
    struct settings *settings;
    struct courier courier;
};

static void *
loop(void *arg)
{
    struct outbox *o = arg;
    for (;;) {
        struct err err = {0};
        int64_t nap = app_has_clock_file(o->courier.app) ? CLOCK_FILE_NAP_MS : NAP_MS;
        if (store_is_keeper(app_store(o->courier.app)) && !courier_round(&o->courier, &err)) {
            log_error("outbox", "message=%s detail=%s", err.message, err.detail);
            nap = FAULT_NAP_MS;
        }
        if (!sleeper_nap(&o->sleeper, nap))
            return NULL;
    }
}

static void
outbox_free(struct outbox *o)
{
    mailer_free(o->courier.mailer);
    settings_free(o->settings);
    free(o);
}

struct outbox *
outbox_start(struct app *app, struct err *err)
{
    struct outbox *o = xcalloc(1, sizeof *o);
    o->settings = settings_load(app_dir(app), err);
    o->courier = (struct courier){.app = app, .settings = o->settings, .is_stopping = &o->sleeper.is_stopping};
    const struct mail_settings *mail = o->settings ? o->settings->mail : NULL;
    if (mail)
        o->courier.mailer = mailer_open(mail, app_dir(app), &o->sleeper.is_stopping, err);
    bool ok = o->settings && (!mail || o->courier.mailer);
    if (ok && mail) /* from here on is news, also what comes before the thread has had its first turn */
        ok = queue_urgent(&o->courier, app_now(app), err);
    if (ok && !sleeper_start(&o->sleeper, loop, o))
        ok = err_set(err, ERR_INTERNAL, "不能启动后台任务。");
    if (ok)
        return o;
    outbox_free(o);
    return NULL;
}

void
outbox_stop(struct outbox *o)
{
    if (!o)
        return;
    sleeper_stop(&o->sleeper);
    outbox_free(o);
}
