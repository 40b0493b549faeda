/* The outbox: urgent notices become mails once, failures are tried again and given up, channels not set up keep theirs. */
#include "check.h"

#include <unistd.h>

#include "actions.h"
#include "log.h"
#include "outbox.h"
#include "scheme_files.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define BEGIN INT64_C(1776646800000) /* 2026-04-20 09:00 in Shanghai */

static struct arena *a;
static struct app *app;
static char dir[64];
static instant now;

static int
set_up(void **state)
{
    (void)state;
    struct err err = {0};
    struct table_set set;
    struct str csv[SCHEME_TABLES];
    a = arena_new();
    log_set_level(LOG_QUIET);
    snprintf(dir, sizeof dir, "/tmp/shaodao-outbox-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    small_tables(a, &set, NULL, NULL, NULL);
    for (int i = 0; i < SCHEME_TABLES; i++)
        csv[i] = str_of(small_scheme[i].csv);
    struct app_init in = {.arena = a, .dir = arena_printf(a, "%s/data", dir), .is_test = true, .tables = set.all, .csv = csv, .now = BEGIN};
    if (!app_init(&in, &set.errors, &err) || !(app = app_open(&(struct app_options){.dir = in.dir, .is_writer = true}, &err))) {
        expect_no_errors(&set.errors);
        fail_msg("%s %s", err.message, err.detail);
    }
    now = BEGIN;
    app_set_now(app, now);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    app_close(app);
    arena_free(a);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

/* ---- a mailer that fails when told, and remembers every attempt ---- */

struct attempt {
    struct str to, subject, text, message_id;
    bool is_sent;
};
struct trying {
    struct mailer base;
    int failures;
    enum err_kind kind;
    struct attempt list[64];
    size_t n;
};

static bool
try_mail(struct mailer *self, const struct mail *m, struct err *err)
{
    struct trying *t = (struct trying *)self;
    if (!mail_check(m, STR("shaodao@example.org"), err))
        return false;
    assert_true(t->n < COUNT_OF(t->list));
    t->list[t->n++] = (struct attempt){str_dup(a, m->to), str_dup(a, m->subject), str_dup(a, m->text), str_dup(a, m->message_id),
                                       t->failures == 0};
    if (!t->failures)
        return true;
    t->failures--;
    return err_set(err, t->kind ? t->kind : ERR_BUSY, "没有回应。");
}

static const struct mail_target targets[] = {
    {.role = "grid_chief", .address = "grid@example.org"},
    {.org = "XFJY", .address = "fire@example.org"},
    {.role = "department_head", .org = "CG", .address = "cg@example.org"},
};
static const struct mail_settings mail_settings = {.url = "file:out", .from = "shaodao@example.org", .to = targets,
                                                   .n_to = COUNT_OF(targets)};
static const struct settings settings = {.base_url = "https://example.org/zhzf", .mail = &mail_settings};

static void
run(struct courier *c)
{
    struct err err = {0};
    if (!courier_round(c, &err))
        fail_msg("%s %s", err.message, err.detail);
}

static void
go_to(instant at)
{
    now = at;
    app_set_now(app, now);
}

/* An urgent matter: the grid chief of the compound is told at once. */
static const char *
report_urgent(void)
{
    struct caller who = {.area = app_area(app, 0)};
    struct err err = {0};
    struct report_case r = {.base = {.app = app, .who = &who, .arena = a}, .place = STR("XFL"), .item = STR("XF01"),
                            .words = STR("消防通道停满了车，我是三栋的李某某"), .source = STR("resident"), .is_urgent = true};
    if (!report_case_wait(&r, &err))
        fail_msg("%s", err.message);
    struct buf no = {0};
    case_no_format(&no, r.day, r.no);
    const char *kept = arena_dup(a, no.p, no.n);
    buf_release(&no);
    return kept;
}

/* ---- the tests; each goes on where the one before stopped ---- */

static void
old_news_is_not_mailed(void **state)
{
    (void)state;
    report_urgent();
    struct trying m = {.base = {try_mail, NULL}};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    run(&c);
    assert_int_equal(m.n, 0);
}

static void
an_urgent_notice_is_mailed_once(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    const char *no = report_urgent();
    run(&c);
    assert_int_equal(m.n, 1);
    check_str(m.list[0].to, "grid@example.org");
    assert_true(str_has(m.list[0].subject, str_of(no)));
    assert_true(str_has(m.list[0].text, str_of(arena_printf(a, "\nhttps://example.org/zhzf/desk/cases/%s\n", no))));
    assert_true(str_has(m.list[0].message_id, STR(".360733@example.org")));
    static const char *const inside[] = {"李某某", "幸福里", "停满"};
    for (size_t i = 0; i < COUNT_OF(inside); i++)
        assert_false(str_has(m.list[0].text, str_of(inside[i])) || str_has(m.list[0].subject, str_of(inside[i])));
    run(&c);
    struct courier after_restart = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&after_restart);
    assert_int_equal(m.n, 1);
    assert_int_equal(c.queued, 1);
    assert_int_equal(c.sent, 1);
}

static void
notices_of_a_rest_are_mailed_unless_stale(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    report_urgent();
    go_to(now + 3 * 24 * HOUR);
    report_urgent();
    go_to(now + 5 * 24 * HOUR); /* the first is eight days old, the second five */
    struct courier after_rest = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&after_rest);
    assert_int_equal(m.n, 1);
}

static void
a_failure_is_tried_again_with_the_same_id(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}, .failures = 2};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    report_urgent();
    instant first = now;
    run(&c);
    assert_int_equal(m.n, 1);
    go_to(first + 4 * 1000);
    run(&c);
    assert_int_equal(m.n, 1);
    go_to(first + 5 * 1000);
    run(&c);
    assert_int_equal(m.n, 2);
    go_to(now + 5 * MINUTE);
    run(&c);
    assert_int_equal(m.n, 3);
    assert_true(m.list[2].is_sent);
    for (size_t i = 1; i < 3; i++)
        assert_true(str_eq(m.list[i].message_id, m.list[0].message_id));
    assert_int_equal(c.postponed, 2);
    assert_int_equal(c.sent, 1);
}

static void
the_sixth_failure_is_the_last(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}, .failures = 100};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    report_urgent();
    static const int64_t waits[] = {0, 5 * 1000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR};
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        if (waits[i]) {
            go_to(now + waits[i] - 1);
            run(&c);
            assert_int_equal(m.n, i);
            go_to(now + 1);
        }
        run(&c);
        assert_int_equal(m.n, i + 1);
    }
    assert_int_equal(c.failed, 1);
    go_to(now + 48 * HOUR);
    run(&c);
    assert_int_equal(m.n, COUNT_OF(waits));
}

/* A last try without an answer is not called a failure: the mail may lie in the other's box. */
static void
an_unanswered_last_try_stays_unknown(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}, .failures = 100, .kind = ERR_UNKNOWN};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    report_urgent();
    for (size_t i = 0; i < OUTBOX_TRIES; i++) {
        go_to(now + 6 * HOUR);
        run(&c);
    }
    assert_int_equal(m.n, OUTBOX_TRIES);
    struct err err = {0};
    struct messages list;
    const struct area *area = app_area(app, 0);
    static const struct posting admin = {.role = ROLE_ADMIN};
    const struct caller who = {.area = area, .person = 1, .postings = {&admin}, .n_postings = 1};
    assert_true(messages_list(app_reader_lock(app), a, &who, MESSAGES_FAILED, 0, &list, &err));
    app_reader_unlock(app);
    assert_true(list.n >= 1); /* the newest; one of the test before may stand behind it */
    assert_int_equal(list.p[0].state, OUTBOX_UNKNOWN);
    check_str(list.p[0].text, "");
}

static void
what_nobody_could_send_is_not_tried_again(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}, .failures = 1, .kind = ERR_FIELDS};
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
    run(&c);
    report_urgent();
    run(&c);
    go_to(now + 24 * HOUR);
    run(&c);
    assert_int_equal(m.n, 1);
    assert_int_equal(c.failed, 1);
}

static void
a_stop_is_no_failure(void **state)
{
    (void)state;
    struct trying m = {.base = {try_mail, NULL}, .failures = 1};
    _Atomic bool is_stopping = false;
    struct courier c = {.app = app, .settings = &settings, .mailer = &m.base, .is_stopping = &is_stopping};
    run(&c);
    report_urgent();
    atomic_store(&is_stopping, true); /* while the mail is on its way */
    run(&c);
    assert_int_equal(c.postponed, 0);
    atomic_store(&is_stopping, false);
    m.failures = 0;
    run(&c);
    assert_int_equal(c.sent, 1);
}

/* ---- who is mailed ---- */

struct noticing {
    struct job job;
    int32_t org;
    int role;
    bool is_urgent;
};

static bool
add_notice(struct db *db, struct job *job, struct err *err)
{
    const struct noticing *x = (const struct noticing *)job;
    return db_exec(db, SQL_NOTICE_INSERT, err, V_INT(360733), V_INT(store_new_id(app_store(app), now)), V_INT(x->org),
                   V_INT(x->role), V_INT(0), V_INT(0), V_INT(0), V_TEXT(STR("missed")), V_TEXT(STR("一件投诉超期")),
                   V_INT(x->is_urgent), V_INT(now));
}

static void
nothing(struct job *job)
{
    (void)job;
}

static void
an_address_is_for_a_role_or_an_organisation(void **state)
{
    (void)state;
    static const struct {
        const char *org;
        int role;
        const char *to; /* NULL = nobody */
    } rows[] = {
        {"", ROLE_GRID_CHIEF, "grid@example.org"},
        {"SQ", ROLE_GRID_CHIEF, "grid@example.org"},
        {"SQ", ROLE_NONE, NULL},
        {"XFJY", ROLE_NONE, "fire@example.org"},
        {"XFJY", ROLE_OFFICER, "fire@example.org"},
        {"CG", ROLE_DEPARTMENT_HEAD, "cg@example.org"},
        {"CG", ROLE_NONE, "cg@example.org"},
        {"CG", ROLE_OFFICER, NULL},
        {"ZBZX", ROLE_DEPARTMENT_HEAD, NULL},
        {"", ROLE_COORDINATOR, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int urgent = 0; urgent < 2; urgent++) {
            const struct org *o = registry_org_code(app_area(app, 0)->registry, str_of(rows[i].org));
            struct trying m = {.base = {try_mail, NULL}};
            struct courier c = {.app = app, .settings = &settings, .mailer = &m.base};
            struct noticing x = {.job = {.apply = add_notice, .done = nothing}, .org = o ? o->id : 0, .role = rows[i].role,
                                 .is_urgent = urgent != 0};
            struct err err = {0};
            run(&c);
            assert_true(store_run(app_store(app), &x.job, &err));
            run(&c);
            if (m.n != (urgent && rows[i].to ? 1 : 0))
                fail_msg("row %zu urgent %d: %zu mails", i, urgent, m.n);
            if (m.n) {
                check_str(m.list[0].to, rows[i].to);
                assert_true(str_has(m.list[0].text, STR("\nhttps://example.org/zhzf/desk\n")));
                assert_false(str_has(m.list[0].text, STR("投诉")));
            }
        }
}

/* ---- channels that are not set up ---- */

struct adding {
    struct job job;
    int64_t id;
    const char *channel;
};

static bool
add_row(struct db *db, struct job *job, struct err *err)
{
    struct adding *x = (struct adding *)job;
    x->id = store_new_id(app_store(app), now);
    return db_exec(db, SQL_OUTBOX_INSERT, err, V_INT(x->id), V_INT(360733), V_INT(0), V_TEXT(str_of(x->channel)), V_INT(0),
                   V_TEXT(STR("reply")), V_TEXT(STR("您反映的事项已办结。")), V_INT(now), V_INT(now));
}

static int64_t
due_rows(void)
{
    struct err err = {0};
    struct rows r;
    int64_t n = 0;
    struct db *db = app_reader_lock(app);
    assert_true(db_query(db, SQL_OUTBOX_TAKE, &r, &err, V_INT(now + 1000 * HOUR)));
    while (rows_next(&r, &err))
        n++;
    app_reader_unlock(app);
    return n;
}

static void
a_channel_not_set_up_keeps_its_rows(void **state)
{
    (void)state;
    static const char *const channels[] = {"sms", "sms", "mail", "pigeon", "sms"};
    for (size_t i = 0; i < COUNT_OF(channels); i++) {
        struct adding x = {.job = {.apply = add_row, .done = nothing}, .channel = channels[i]};
        struct err err = {0};
        assert_true(store_run(app_store(app), &x.job, &err));
    }
    static const struct settings none = {0};
    struct courier c = {.app = app, .settings = &none};
    run(&c);
    assert_int_equal(c.kept, 3); /* channels */
    assert_int_equal(due_rows(), 0);
    assert_int_equal(c.failed + c.sent, 0);
}

static void
one_process_writes(void **state)
{
    (void)state;
    struct err err = {0};
    const char *data = app_dir(app);
    assert_null(app_open(&(struct app_options){.dir = data, .is_writer = true}, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_true(strstr(err.message, arena_printf(a, "%d", (int)getpid())));
    struct app *reader = app_open(&(struct app_options){.dir = data}, &err);
    assert_non_null(reader);
    app_close(reader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_news_is_not_mailed),
        cmocka_unit_test(an_urgent_notice_is_mailed_once),
        cmocka_unit_test(notices_of_a_rest_are_mailed_unless_stale),
        cmocka_unit_test(a_failure_is_tried_again_with_the_same_id),
        cmocka_unit_test(the_sixth_failure_is_the_last),
        cmocka_unit_test(an_unanswered_last_try_stays_unknown),
        cmocka_unit_test(what_nobody_could_send_is_not_tried_again),
        cmocka_unit_test(a_stop_is_no_failure),
        cmocka_unit_test(an_address_is_for_a_role_or_an_organisation),
        cmocka_unit_test(a_channel_not_set_up_keeps_its_rows),
        cmocka_unit_test(one_process_writes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
