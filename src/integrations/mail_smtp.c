/* Mail by SMTP: libcurl speaks it, this says how careful to be.
 *
 * smtp:// asks for STARTTLS and does without only towards this machine or where the settings say tls: optional; smtps:// is
 * encrypted from the first byte. Certificates are always checked. Each mail has a connection of its own: some dozens a day
 * do not need more, and a connection that lies idle is one more thing that can hang.
 */
#include <curl/curl.h>
#include <sys/stat.h>

#include "mail.h"

enum { CONNECT_MS = 10 * 1000, SEND_MS = 30 * 1000, PASSWORD_MAX = 256 };

struct smtp_mailer {
    struct mailer base;
    char *url, *from, *user, *password, *ca_file;
    bool is_tls_required;
    const _Atomic bool *is_stopping;
};

struct reading {
    struct str rest;
};

static size_t
give(char *to, size_t size, size_t n, void *ctx)
{
    struct reading *r = ctx;
    size_t most = size * n, take = r->rest.n < most ? r->rest.n : most;
    memcpy(to, r->rest.p, take);
    r->rest = str_slice(r->rest, take, r->rest.n);
    return take;
}

/* libcurl asks at least once a second, also while it waits. */
static int
go_on(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    const struct smtp_mailer *x = ctx;
    return x->is_stopping && atomic_load(x->is_stopping);
}

static void
set_connection(CURL *c, struct smtp_mailer *x)
{
    curl_easy_setopt(c, CURLOPT_URL, x->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_USE_SSL, x->is_tls_required ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    if (x->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, x->ca_file);
    if (x->user) {
        curl_easy_setopt(c, CURLOPT_USERNAME, x->user);
        curl_easy_setopt(c, CURLOPT_PASSWORD, x->password ? x->password : "");
    }
    curl_easy_setopt(c, CURLOPT_PROXY, ""); /* the environment's proxies are for web pages */
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
}

static bool
explain(CURL *c, CURLcode code, const char *said, bool is_handed_over, struct err *err)
{
    long answer = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
    const char *why = said[0] ? said : curl_easy_strerror(code);
    err_detail(err, "curl=%d answer=%ld %s", (int)code, answer, why);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, ERR_BUSY, "正在停止，没有发送。");
    bool is_cut_off = code == CURLE_OPERATION_TIMEDOUT || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    if (is_handed_over && is_cut_off) /* all of it went out, and no answer came */
        return err_set(err, ERR_UNKNOWN, "不能确定邮件是否已发出：%s", why);
    return err_set(err, ERR_BUSY, "邮件没有发出：%s", why);
}

static bool
send_mail(struct mailer *self, const struct mail *m, struct err *err)
{
    struct smtp_mailer *x = (struct smtp_mailer *)self;
    if (!mail_check(m, str_of(x->from), err))
        return false;
    CURL *c = curl_easy_init();
    if (!c)
        return err_set(err, ERR_BUSY, "不能准备发送邮件。");
    char said[CURL_ERROR_SIZE] = "", to[300];
    snprintf(to, sizeof to, "<%.*s>", (int)m->to.n, m->to.p);
    struct buf b = {0};
    mail_write(&b, m, str_of(x->from), mail_now());
    struct reading reading = {buf_view(&b)};
    struct curl_slist *rcpt = curl_slist_append(NULL, to);
    set_connection(c, x);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, said);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, x->from);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, rcpt);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(c, CURLOPT_READDATA, &reading);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    CURLcode code = curl_easy_perform(c);
    bool ok = code == CURLE_OK || explain(c, code, said, reading.rest.n == 0, err);
    curl_slist_free_all(rcpt);
    curl_easy_cleanup(c);
    buf_release(&b);
    return ok;
}

static void
end(struct mailer *self)
{
    struct smtp_mailer *x = (struct smtp_mailer *)self;
    if (x->password)
        explicit_bzero(x->password, strlen(x->password));
    free(x->url);
    free(x->from);
    free(x->user);
    free(x->password);
    free(x->ca_file);
    free(x);
}

/* The first line of a file that nobody else may read. */
static char *
read_password(const char *path, struct err *err)
{
    char line[PASSWORD_MAX + 2];
    struct stat st;
    FILE *f = fopen(path, "re");
    if (!f || fstat(fileno(f), &st) != 0) {
        if (f)
            fclose(f);
        err_set(err, ERR_INTERNAL, "读不到邮件密码文件 %s。", path);
        return NULL;
    }
    bool is_ours = (st.st_mode & 077) == 0, has_line = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    size_t n = has_line ? strcspn(line, "\r\n") : 0;
    if (!is_ours || !n || n > PASSWORD_MAX) {
        explicit_bzero(line, sizeof line);
        err_set(err, ERR_INTERNAL, is_ours ? "邮件密码文件 %s 是空的或太长：只写一行密码。"
                                           : "邮件密码文件 %s 别人也能读：请运行 chmod 600。", path);
        return NULL;
    }
    line[n] = 0;
    char *kept = xstrdup(line);
    explicit_bzero(line, sizeof line);
    return kept;
}

/* Nobody listens between a program and a relay on the same machine. */
static bool
is_this_machine(struct str url)
{
    struct str host = str_slice(url, strlen("smtp://"), url.n);
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_of(names[i]);
        if (str_starts(host, name) && (host.n == name.n || host.p[name.n] == ':' || host.p[name.n] == '/'))
            return true;
    }
    return false;
}

struct mailer *
mail_smtp_new(const struct mail_settings *s, const char *dir, const _Atomic bool *is_stopping, struct err *err)
{
    struct smtp_mailer *x = xcalloc(1, sizeof *x);
    char path[4096];
    x->base = (struct mailer){send_mail, end};
    x->url = xstrdup(s->url);
    x->from = xstrdup(s->from);
    x->user = s->user ? xstrdup(s->user) : NULL;
    x->is_stopping = is_stopping;
    x->is_tls_required = s->tls ? strcmp(s->tls, "required") == 0 : !is_this_machine(str_of(s->url));
    if (s->ca_file) {
        settings_path(path, sizeof path, dir, s->ca_file);
        x->ca_file = xstrdup(path);
    }
    if (s->password_file) {
        settings_path(path, sizeof path, dir, s->password_file);
        x->password = read_password(path, err);
        if (!x->password) {
            end(&x->base);
            return NULL;
        }
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return &x->base;
}
