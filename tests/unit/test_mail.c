/* Mail: one contract for the three senders, the bytes on the wire, what SMTP must refuse, and the settings file. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "mail.h"
#include "smtp_sink.h"

#define FROM "shaodao@example.org"

static struct arena *a;
static struct smtp_sink sink;
static char dir[64];

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    snprintf(dir, sizeof dir, "/tmp/shaodao-mail-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    sink_start(&sink);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    sink_stop(&sink);
    arena_free(a);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

/* ---- reading a mail back ---- */

static struct str
base64_text(struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i++) {
        const char *at = s.p[i] ? strchr(letters, s.p[i]) : NULL;
        if (!at)
            continue; /* line ends and padding */
        bits = bits << 6 | (uint32_t)(at - letters);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    return (struct str){out, n};
}

static struct str
header(struct str mail, const char *name)
{
    const char *found = memmem(mail.p, mail.n, name, strlen(name));
    if (!found)
        fail_msg("no %s", name);
    struct str rest = {found + strlen(name), mail.n - (size_t)(found - mail.p) - strlen(name)};
    size_t n = 0;
    while (n + 2 < rest.n && (rest.p[n] != '\r' || rest.p[n + 2] == ' ')) {
        if (rest.p[n] == '\r')
            n += 2;
        n++;
    }
    return str_slice(rest, 0, n);
}

/* =?UTF-8?B?…?= words, with the folds between them. */
static struct str
decoded(struct str s)
{
    struct buf b = {0};
    while (str_starts(s, STR("=?UTF-8?B?"))) {
        const char *end = memmem(s.p, s.n, "?=", 2);
        assert_non_null(end);
        assert_true(end - s.p + 2 <= 75);
        struct str word = base64_text(str_slice(s, 10, (size_t)(end - s.p)));
        assert_true(utf8_valid(word));
        buf_str(&b, word);
        s = str_trim(str_slice(s, (size_t)(end - s.p) + 2, s.n));
    }
    buf_str(&b, s);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

static struct mail
read_mail(struct str raw)
{
    const char *body = memmem(raw.p, raw.n, "\r\n\r\n", 4);
    assert_non_null(body);
    for (size_t i = 0, line = 0; i < raw.n; i++) { /* RFC 5322 2.1.1 */
        line = raw.p[i] == '\n' ? 0 : line + 1;
        assert_true(line <= 79);
        assert_true((unsigned char)raw.p[i] < 128);
    }
    struct str text = base64_text(str_slice(raw, (size_t)(body - raw.p), raw.n));
    char *lf = arena_alloc(a, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\r')
            lf[n++] = text.p[i];
    struct str to = header(raw, "\r\nTo: "), id = header(raw, "\r\nMessage-ID: ");
    return (struct mail){.to = str_slice(to, 1, to.n - 1), .message_id = str_slice(id, 1, id.n - 1), .text = {lf, n},
                         .subject = decoded(header(raw, "\r\nSubject: "))};
}

static struct str
read_file(const char *path)
{
    struct buf b = {0};
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("no file %s", path);
    buf_need(&b, 1 << 20);
    b.n = fread(b.p, 1, 1 << 20, f);
    fclose(f);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

/* ---- the contract: each sender, and how a test sees what arrived last ---- */

static struct mailer *
make_memory(void)
{
    return mail_memory_new(FROM);
}

static struct mail
last_in_memory(const struct mailer *m, const struct mail *sent)
{
    (void)sent;
    return *mail_memory_get(m, mail_memory_count(m) - 1);
}

static struct mailer *
make_file(void)
{
    struct err err = {0};
    struct mailer *m = mailer_open(&(struct mail_settings){.url = "file:out", .from = FROM}, dir, NULL, &err);
    assert_non_null(m);
    return m;
}

static struct mail
last_in_file(const struct mailer *m, const struct mail *sent)
{
    (void)m;
    return read_mail(read_file(arena_printf(a, "%s/out/%.*s.eml", dir, (int)sent->message_id.n, sent->message_id.p)));
}

static struct mailer *
smtp_with(struct mail_settings s, const _Atomic bool *is_stopping)
{
    struct err err = {0};
    s.url = s.url ? s.url : arena_printf(a, "smtp://127.0.0.1:%d", sink.port);
    s.from = FROM;
    struct mailer *m = mailer_open(&s, dir, is_stopping, &err);
    if (!m)
        fail_msg("%s", err.message);
    return m;
}

static struct mailer *
make_smtp(void)
{
    return smtp_with((struct mail_settings){0}, NULL);
}

static struct mail
last_in_sink(const struct mailer *m, const struct mail *sent)
{
    (void)m, (void)sent;
    sink_settle(&sink);
    check_str(buf_view(&sink.from), "<" FROM ">");
    return read_mail(buf_view(&sink.data));
}

static const struct sender {
    const char *name;
    struct mailer *(*make)(void);
    struct mail (*last)(const struct mailer *m, const struct mail *sent);
} senders[] = {
    {"memory", make_memory, last_in_memory},
    {"file", make_file, last_in_file},
    {"smtp", make_smtp, last_in_sink},
};

static const struct mail plain = {STR("chief@example.org"), STR("Urgent"), STR("Open the page:\nhttps://example.org/x\n"),
                                  STR("1@example.org")};

static void
delivers_what_it_was_given(void **state)
{
    (void)state;
    struct buf longest = {0};
    for (int i = 0; i < 3000; i++)
        buf_z(&longest, i % 50 ? "很长的一行" : "\n.以点开头\n.\n\n");
    const struct mail mails[] = {
        plain,
        {STR("a+b_c@mail.example.org"), STR("【哨到】紧急哨：20260421-0037，请在一小时内到场并登记处置情况，谢谢配合😀"),
         STR("有一件紧急事项。\n\n.\n..\nhttps://example.org/desk/cases/20260421-0037\n"), STR("2@example.org")},
        {STR("c@example.org"), STR("=?UTF-8?B?5L2g?= is no word of mine"), buf_view(&longest), STR("3@example.org")},
    };
    for (size_t k = 0; k < COUNT_OF(senders); k++) {
        struct mailer *m = senders[k].make();
        for (size_t i = 0; i < COUNT_OF(mails); i++) {
            struct err err = {0};
            if (!m->send(m, &mails[i], &err))
                fail_msg("%s: %s", senders[k].name, err.message);
            struct mail got = senders[k].last(m, &mails[i]);
            assert_true(str_eq(got.to, mails[i].to));
            assert_true(str_eq(got.subject, mails[i].subject));
            assert_true(str_eq(got.text, mails[i].text));
            assert_true(str_eq(got.message_id, mails[i].message_id));
        }
        mailer_free(m);
    }
    buf_release(&longest);
}

static void
a_repeat_is_the_same_mail(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(senders); k++) {
        struct mailer *m = senders[k].make();
        for (int i = 0; i < 2; i++) {
            struct err err = {0};
            assert_true(m->send(m, &plain, &err));
            check_str(senders[k].last(m, &plain).message_id, "1@example.org");
        }
        mailer_free(m);
    }
}

static void
refuses_what_nobody_could_send(void **state)
{
    (void)state;
    struct buf long_subject = {0};
    for (int i = 0; i < 201; i++)
        buf_z(&long_subject, "长");
    struct mail bad[12];
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        bad[i] = plain;
    bad[0].to = STR("chief@example.org\r\nBcc: all@example.org");
    bad[1].to = STR("chief");
    bad[2].to = STR("chief@@example.org");
    bad[3].to = STR("the chief@example.org");
    bad[4].to = STR("");
    bad[5].subject = STR("one\nBcc: all@example.org");
    bad[6].subject = STR("");
    bad[7].subject = buf_view(&long_subject);
    bad[8].text = STR("");
    bad[9].text = STR("\xff\xfe");
    bad[10].message_id = STR("1>@example.org");
    bad[11].to = STR("chief@example.org>");
    int before = sink.mails;
    for (size_t k = 0; k < COUNT_OF(senders); k++) {
        struct mailer *m = senders[k].make();
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
            struct err err = {0};
            if (m->send(m, &bad[i], &err))
                fail_msg("%s takes bad mail %zu", senders[k].name, i);
            assert_int_equal(err.kind, ERR_FIELDS);
            assert_true(err.message[0]);
        }
        mailer_free(m);
    }
    assert_int_equal(sink.mails, before);
    buf_release(&long_subject);
}

/* ---- the bytes ---- */

static void
writes_headers_in_order(void **state)
{
    (void)state;
    struct buf b = {0};
    mail_write(&b, &plain, STR(FROM), INT64_C(1776733509000));
    check_buf(&b, "Date: Tue, 21 Apr 2026 09:05:09 +0800\r\n"
                  "From: =?UTF-8?B?5ZOo5Yiw?= <shaodao@example.org>\r\n"
                  "To: <chief@example.org>\r\n"
                  "Subject: Urgent\r\n"
                  "Message-ID: <1@example.org>\r\n"
                  "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=UTF-8\r\n"
                  "Content-Transfer-Encoding: base64\r\n"
                  "\r\n"
                  "T3BlbiB0aGUgcGFnZToNCmh0dHBzOi8vZXhhbXBsZS5vcmcveA0K\r\n");
    buf_release(&b);
}

/* ---- SMTP alone ---- */

static bool
try_plain(struct mailer *m, struct err *err)
{
    *err = (struct err){0};
    bool ok = m->send(m, &plain, err);
    mailer_free(m);
    return ok;
}

static void
smtp_tells_what_the_server_said(void **state)
{
    (void)state;
    struct err err;
    sink.rcpt_answer = "550 no such mailbox";
    assert_false(try_plain(make_smtp(), &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_non_null(strstr(err.message, "550"));
    sink.rcpt_answer = NULL;
    assert_true(try_plain(make_smtp(), &err));
    assert_false(try_plain(smtp_with((struct mail_settings){.url = "smtp://127.0.0.1:1"}, NULL), &err));
    assert_int_equal(err.kind, ERR_BUSY);
}

static void
smtp_needs_encryption_where_it_is_asked(void **state)
{
    (void)state;
    struct err err;
    int before = sink.mails;
    assert_false(try_plain(smtp_with((struct mail_settings){.tls = "required"}, NULL), &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_int_equal(sink.mails, before);
    /* Another name of this machine is not known to be this machine. */
    assert_false(try_plain(smtp_with((struct mail_settings){.url = arena_printf(a, "smtp://127.0.0.2:%d", sink.port)}, NULL), &err));
    assert_int_equal(sink.mails, before);
}

static void
write_text(const char *name, const char *text, mode_t mode)
{
    const char *path = arena_printf(a, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static void
smtp_logs_in(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_settings s = {.user = "shaodao", .password_file = "mail.pw"};
    write_text("mail.pw", "p w\n", 0600);
    assert_true(try_plain(smtp_with(s, NULL), &err));
    sink_settle(&sink);
    struct str word = buf_view(&sink.auth);
    if (str_starts(word, STR("AUTH PLAIN ")))
        word = str_slice(word, strlen("AUTH PLAIN "), word.n);
    struct str said = base64_text(word);
    assert_int_equal(said.n, 12);
    assert_memory_equal(said.p, "\0shaodao\0p w", 12);

    s.url = "smtp://127.0.0.1:25";
    s.from = FROM;
    write_text("mail.pw", "p w\n", 0644);
    assert_null(mailer_open(&s, dir, NULL, &err));
    assert_non_null(strstr(err.message, "chmod 600"));
    write_text("mail.pw", "\n", 0600);
    assert_null(mailer_open(&s, dir, NULL, &err));
    s.password_file = "missing";
    assert_null(mailer_open(&s, dir, NULL, &err));
}

/* The mail is there, or it is not: nobody knows, and a page must not say that it failed. */
static void
smtp_does_not_know_what_was_not_answered(void **state)
{
    (void)state;
    struct err err = {0};
    sink.hangs_up = true;
    assert_false(try_plain(smtp_with((struct mail_settings){0}, NULL), &err));
    sink.hangs_up = false;
    sink_settle(&sink);
    assert_int_equal(err.kind, ERR_UNKNOWN);
    assert_non_null(strstr(err.message, "不能确定"));
}

static void *
set_after_a_moment(void *flag)
{
    nanosleep(&(struct timespec){.tv_nsec = 200 * 1000 * 1000}, NULL);
    atomic_store((_Atomic bool *)flag, true);
    return NULL;
}

static void
smtp_stops_when_told(void **state)
{
    (void)state;
    struct err err;
    struct timespec from, to;
    pthread_t thread;
    static _Atomic bool is_stopping;
    sink.is_silent = true;
    pthread_create(&thread, NULL, set_after_a_moment, &is_stopping);
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_false(try_plain(smtp_with((struct mail_settings){0}, &is_stopping), &err));
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_true(to.tv_sec - from.tv_sec < 10);
    pthread_join(thread, NULL);
    sink.is_silent = false;
}

static void
memory_can_be_told_to_fail(void **state)
{
    (void)state;
    struct mailer *m = make_memory();
    struct err err = {0};
    mail_memory_fail(m, 2);
    assert_false(m->send(m, &plain, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(m->send(m, &plain, &err));
    assert_true(m->send(m, &plain, &err));
    assert_int_equal(mail_memory_count(m), 1);
    mailer_free(m);
}

static void
file_says_when_it_cannot(void **state)
{
    (void)state;
    struct err err = {0};
    write_text("taken", "", 0600);
    assert_null(mail_file_new(arena_printf(a, "%s/no/such", dir), FROM, &err));
    struct mailer *m = mail_file_new(arena_printf(a, "%s/taken", dir), FROM, &err);
    if (m) { /* EEXIST: a file, seen when writing */
        assert_false(m->send(m, &plain, &err));
        assert_int_equal(err.kind, ERR_BUSY);
    }
    mailer_free(m);
}

/* ---- settings ---- */

#define MAIL "mail:\n  url: smtp://mail.example.org:587\n  from: " FROM "\n"

static void
settings_are_read(void **state)
{
    (void)state;
    struct err err = {0};
    struct settings *s = settings_parse(STR("# 说明\nbase_url: https://example.org/zhzf/\n" MAIL "  user: shaodao\n  password_file: mail.pw\n"
                                            "  to:\n    - {role: coordinator, address: zx@example.org}\n"
                                            "    - role: department_head\n      org: CG\n      address: cg@example.org\n"
                                            "    - {org: XFJY, address: xf@example.org}\n"),
                                        "shaodao.yaml", &err);
    if (!s)
        fail_msg("%s (%s)", err.message, err.detail);
    assert_string_equal(s->base_url, "https://example.org/zhzf");
    assert_string_equal(s->mail->user, "shaodao");
    assert_int_equal(s->mail->n_to, 3);
    assert_string_equal(s->mail->to[1].org, "CG");
    assert_null(s->mail->to[2].role);
    settings_free(s);
    static const char *const empty[] = {"", "# nothing\n", "{}\n"};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        s = settings_parse(str_of(empty[i]), "shaodao.yaml", &err);
        assert_non_null(s);
        assert_null(s->mail);
        assert_null(s->base_url);
        settings_free(s);
    }
    s = settings_load(dir, &err); /* no such file */
    assert_non_null(s);
    settings_free(s);
}

static void
settings_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says[2];
    } rows[] = {
        {"base_url: https://example.org\ncolour: red\n", {"第 2 行", "“colour”"}},
        {MAIL "  port: 25\n", {"第 4 行", "“port”"}},
        {"mail:\n  url: smtp://x\n", {"缺少", "“from”"}},
        {"mail: yes\n", {"第 1 行", "写法不对"}},
        {"base_url：https://example.org\n", {"写法不对", "英文"}},
        {"base_url: \"https://example.org\n", {"写法不对", ""}},
        {"base_url: https://a.org\nbase_url: https://b.org\n", {"“base_url”", "两次"}},
        {"base_url: example.org\n", {"第 1 行", "https://"}},
        {"mail:\n  url: mail.example.org\n  from: " FROM "\n", {"第 2 行", "smtp://"}},
        {"mail:\n  url: smtp://me@example.org\n  from: " FROM "\n", {"第 2 行", "user"}},
        {"mail:\n  url: smtp://example.org\n  from: me\n", {"第 3 行", "不是邮件地址"}},
        {MAIL "  tls: maybe\n", {"第 4 行", "optional"}},
        {MAIL "  password_file: x\n", {"第 4 行", "user"}},
        {MAIL "  to:\n    - {role: coordinator, address: a@example.org}\n", {"base_url", "链接"}},
        {"base_url: https://example.org\n" MAIL "  to:\n    - {role: boss, address: a@example.org}\n", {"第 6 行", "岗位代码"}},
        {"base_url: https://example.org\n" MAIL "  to:\n    - {role: coordinator, address: a}\n", {"第 6 行", "不是邮件地址"}},
        {"base_url: https://example.org\n" MAIL "  to:\n    - {address: a@example.org}\n", {"第 6 行", "role 或 org"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct settings *s = settings_parse(str_of(rows[i].yaml), "shaodao.yaml", &err);
        if (s)
            fail_msg("taken:\n%s", rows[i].yaml);
        for (int k = 0; k < 2; k++)
            if (!strstr(err.message, rows[i].says[k]))
                fail_msg("%s\nsays: %s\nwithout: %s", rows[i].yaml, err.message, rows[i].says[k]);
        assert_non_null(strstr(err.message, "shaodao.yaml"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivers_what_it_was_given), cmocka_unit_test(a_repeat_is_the_same_mail),
        cmocka_unit_test(refuses_what_nobody_could_send), cmocka_unit_test(writes_headers_in_order),
        cmocka_unit_test(smtp_tells_what_the_server_said), cmocka_unit_test(smtp_needs_encryption_where_it_is_asked),
        cmocka_unit_test(smtp_does_not_know_what_was_not_answered),
        cmocka_unit_test(smtp_logs_in), cmocka_unit_test(smtp_stops_when_told),
        cmocka_unit_test(memory_can_be_told_to_fail), cmocka_unit_test(file_says_when_it_cannot),
        cmocka_unit_test(settings_are_read), cmocka_unit_test(settings_name_the_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
