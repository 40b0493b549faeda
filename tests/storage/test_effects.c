/* What an action leaves behind, step by step; two who act at exactly the same time, held at the gate of the writer; numbers
 * without gaps; and taking back. (test_actions.c tells the stories.) */
#include "store_kit.h"

#include "views.h"

static int64_t
count_events(int64_t id)
{
    return raw_int(arena_printf(kit.arena, "SELECT COUNT(*) FROM event WHERE stream = %lld", (long long)id));
}

static const struct duty *
find_duty(const struct loaded_case *c, int kind)
{
    for (size_t i = 0; i < c->n_duties; i++)
        if (c->duties[i].kind == kind)
            return &c->duties[i];
    return NULL;
}

static struct duty *
all_duties(int64_t id, size_t *n)
{
    struct err err = {0};
    struct duty *d = duties_all(app_reader_lock(kit.app), kit.arena, app_area(kit.app, 0)->id, id, n, &err);
    app_reader_unlock(kit.app);
    assert_int_equal(err.kind, ERR_NONE);
    return d;
}

/* "accept@CG answer@CG": the open duties, by kind. */
static const char *
owes(const struct loaded_case *c)
{
    const char *text = "";
    for (int kind = 0; kind < DUTY_KIND_COUNT; kind++)
        for (size_t i = 0; i < c->n_duties; i++)
            if (c->duties[i].kind == kind) {
                const struct org *o = registry_org(app_area(kit.app, 0)->registry, c->duties[i].owner.org);
                text = arena_printf(kit.arena, "%s%s%s@%.*s", text, *text ? " " : "", duty_code(kind), o ? (int)o->code.n : 1,
                                    o ? o->code.p : "-");
            }
    return text;
}

/* ---- what is there afterwards ---- */

static void
each_act_is_one_event_one_version_and_the_duties_it_says(void **state)
{
    (void)state;
    static const struct {
        const char *who, *command, *fields;
        int state;
        const char *owes;
    } rows[] = {
        {"wgz03", "call", "note=属实", CASE_ROUTING, "admit@SQ-HQ answer@CG"},
        {"comm01", "admit", "result=admit", CASE_ROUTING, "dispatch@ZBZX answer@CG"},
        {"coord01", "dispatch", "lead=CG&assists=GA", CASE_AWAITING_ACCEPT, "accept@CG answer@CG assist@GA"},
        {"cg01", "accept", "", CASE_HANDLING, "handle@CG answer@CG assist@GA"},
        {"ga01", "finish_assist", "words=一起到了现场", CASE_HANDLING, "handle@CG answer@CG"},
        {"cg01", "persuade", "reaction=fixed&words=讲了规定", CASE_HANDLING, "handle@CG answer@CG"},
    };
    int64_t id = report_ok("ZS01", "楼下烧烤店太吵")->case_id;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        act_ok(rows[i].who, id, rows[i].command, rows[i].fields);
        struct loaded_case *c = load(id);
        if (c->c.state != rows[i].state || strcmp(owes(c), rows[i].owes) != 0)
            fail_msg("%s: found %s: %s, expected %s: %s", rows[i].command, case_state_code((int)c->c.state), owes(c),
                     case_state_code(rows[i].state), rows[i].owes);
        assert_int_equal(c->c.version, i + 2);
        assert_int_equal(count_events(id), i + 2);
    }
    size_t n;
    struct duty *d = all_duties(id, &n); /* the record keeps what has ended */
    assert_true(n >= 6);
    for (size_t i = 0; i < n; i++)
        if (d[i].kind == DUTY_CALL || d[i].kind == DUTY_ACCEPT)
            assert_int_equal(d[i].end, END_DONE);
    expect_clean_replay();
}

static void
what_is_refused_leaves_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *who, *command, *fields;
        enum err_kind kind;
    } rows[] = {
        {"cg01", "call", "", ERR_FORBIDDEN},
        {"", "rate", "solved=yes&grade=1", ERR_CONFLICT},
        {"wgz03", "settle", "outcome=solved", ERR_FIELDS},
        {"wgz03", "no_such_thing", "", ERR_NOT_FOUND},
        {"wgz03", "call", "files=999999", ERR_FIELDS},
        {"wgz03", "undo", "", ERR_FORBIDDEN},
    };
    int64_t id = report_ok("ZS01", "楼下烧烤店太吵")->case_id;
    int64_t duties = raw_int("SELECT COUNT(*) FROM duty"), notices = raw_int("SELECT COUNT(*) FROM notice");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        assert_false(act(rows[i].who, id, rows[i].command, rows[i].fields, &err));
        if (err.kind != rows[i].kind)
            fail_msg("row %zu: found %d (%s), expected %d", i, err.kind, err.message, rows[i].kind);
    }
    assert_int_equal(count_events(id), 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty"), duties);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM notice"), notices);
    struct report_case *r = new_report("", "NO-SUCH-ITEM", "太吵");
    struct err err = {0};
    assert_false(report_case_wait(r, &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    assert_int_equal(report_ok("ZS01", "又吵了")->no, 2); /* the refused one took no number */
}

/* ---- at the same time ---- */

static struct report_case *
keyed_report(const char *key, uint8_t body)
{
    struct report_case *r = new_report("", "ZS01", "太吵");
    r->base.idempotency_key = str_of(key);
    memset(r->base.body_hash, body, sizeof r->base.body_hash);
    return r;
}

struct waiting_for {
    struct gate gate;
    _Atomic int left;
};

static void
one_less(struct action *a)
{
    struct waiting_for *w = a->ctx;
    w->left--;
}

static bool
hold_writer(struct db *db, struct job *job, struct err *err)
{
    (void)db, (void)err;
    gate_wait(*(struct gate **)(job + 1));
    return true;
}

static void
done_holding(struct job *job)
{
    (void)job;
}

struct holder {
    struct job job;
    struct gate *gate; /* hold_writer finds it behind the job */
};

/* Both decide on what they see now; then the writer goes on. */
static void
run_at_once(struct action *a, struct action *b, void (*run)(struct action *a, struct db *db))
{
    struct waiting_for w = {.gate = GATE, .left = 2};
    struct holder h = {.job = {.apply = hold_writer, .done = done_holding}, .gate = &w.gate};
    struct err err = {0};
    assert_true(store_submit(app_store(kit.app), &h.job, &err));
    gate_reached(&w.gate);
    struct action *both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        both[i]->ctx = &w;
        both[i]->done = one_less;
        run(both[i], app_reader_lock(kit.app));
        app_reader_unlock(kit.app);
    }
    gate_open(&w.gate);
    while (w.left)
        usleep(1000);
}

static void
run_report(struct action *a, struct db *db)
{
    report_case((struct report_case *)a, db);
}

static void
run_act(struct action *a, struct db *db)
{
    act_on_case((struct act_on_case *)a, db);
}

static struct act_on_case *
new_act(const char *who, int64_t id, const char *command, const char *fields)
{
    struct act_on_case *x = arena_new_of(kit.arena, struct act_on_case);
    *x = (struct act_on_case){.base = {.app = kit.app, .who = caller_of(who), .arena = kit.arena}, .case_id = id,
                              .command = str_of(command), .fields = fields_of(fields)};
    return x;
}

static int64_t
conflicts(void)
{
    struct store_stats s;
    store_statistics(app_store(kit.app), &s);
    return s.conflicts;
}

static void
a_double_click_makes_one_case(void **state)
{
    (void)state;
    struct report_case *a = keyed_report("key-1", 1), *b = keyed_report("key-1", 1);
    run_at_once(&a->base, &b->base, run_report);
    assert_int_equal(a->base.err.kind, ERR_NONE);
    assert_int_equal(b->base.err.kind, ERR_NONE);
    assert_int_equal(a->base.is_repeat + b->base.is_repeat, 1);
    assert_int_equal(a->case_id, b->case_id);
    assert_int_equal(a->no, b->no);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM case_file"), 1);
    assert_int_equal(report_ok("ZS01", "太吵")->no, 2); /* the one undone gave its number back */
    expect_clean_replay();
}

static void
of_two_who_accept_one_wins(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "太吵")->case_id;
    act_ok("wgz03", id, "call", "");
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG");
    struct act_on_case *a = new_act("cg01", id, "accept", ""), *b = new_act("cg02", id, "accept", "");
    run_at_once(&a->base, &b->base, run_act);
    assert_int_equal(a->base.err.kind, ERR_NONE);
    assert_int_equal(b->base.err.kind, ERR_CONFLICT);
    assert_int_equal(conflicts(), 1);
    assert_int_equal(load(id)->c.version, 5);
    assert_int_equal(count_events(id), 5);
    expect_clean_replay();
}

static void
of_two_who_may_both_act_the_second_decides_again(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "太吵")->case_id;
    struct act_on_case *a = new_act("wgz03", id, "note", "words=已经联系物业"), *b = new_act("comm01", id, "note", "words=已经登记");
    run_at_once(&a->base, &b->base, run_act);
    assert_int_equal(a->base.err.kind, ERR_NONE);
    assert_int_equal(b->base.err.kind, ERR_NONE);
    assert_int_equal(conflicts(), 1);
    assert_int_equal(a->version, 2);
    assert_int_equal(b->version, 3);
    expect_clean_replay();
}

static void
run_complaint(struct action *a, struct db *db)
{
    complain((struct complain *)a, db);
}

static void
run_finding(struct action *a, struct db *db)
{
    answer_complaint((struct answer_complaint *)a, db);
}

static void
of_two_findings_the_first_stands(void **state)
{
    (void)state;
    struct complain c[2];
    for (int i = 0; i < 2; i++)
        c[i] = (struct complain){.base = {.app = kit.app, .who = caller_of(""), .arena = kit.arena}, .kind = STR("slow"),
                                 .org = STR("CG"), .place = STR("XFL"), .words = STR("说好三天来，一直没有人来"), .phone = STR("")};
    run_at_once(&c[0].base, &c[1].base, run_complaint);
    assert_int_equal(c[0].base.err.kind, ERR_NONE);
    int64_t id = raw_int("SELECT MIN(id) FROM complaint");
    struct answer_complaint yes = {.base = {.app = kit.app, .who = caller_of("oversight01"), .arena = kit.arena}, .id = id,
                                   .finding = STR("true"), .words = STR("情况属实，已经提醒")};
    struct answer_complaint no = {.base = {.app = kit.app, .who = caller_of("oversight01"), .arena = kit.arena}, .id = id,
                                  .finding = STR("untrue"), .words = STR("经查没有这回事")};
    run_at_once(&yes.base, &no.base, run_finding);
    assert_int_equal(yes.base.err.kind, ERR_NONE);
    assert_int_equal(no.base.err.kind, ERR_CONFLICT);
    assert_int_equal(count_events(id), 2);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM complaint WHERE finding = 'true' AND version = 2"), 1);
    expect_clean_replay();
}

enum { THREADS = 8, REPORTS = 50 };

static void *
report_many(void *number)
{
    struct arena *a = arena_new();
    struct caller who = {.area = app_area(kit.app, 0), .device = STR("device-of-a-thread")};
    int bad = 0;
    for (int i = 0; i < REPORTS; i++) {
        struct report_case r = {.base = {.app = kit.app, .who = &who, .arena = a}, .place = STR("XFL"), .item = STR("ZS01"),
                                .words = STR("太吵"), .source = STR("resident"), .spot = STR("3栋")};
        struct err err = {0};
        bad += !report_case_wait(&r, &err) || r.no < 1 || r.no > THREADS * REPORTS;
        arena_reset(a);
    }
    arena_free(a);
    *(int *)number = bad;
    return NULL;
}

static void
numbers_have_no_gaps_and_no_doubles(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    int bad[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, report_many, &bad[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(bad[i], 0);
    }
    assert_int_equal(raw_int("SELECT COUNT(*) FROM case_file"), THREADS * REPORTS);
    assert_int_equal(raw_int("SELECT COUNT(DISTINCT no) FROM case_file"), THREADS * REPORTS);
    assert_int_equal(raw_int("SELECT MIN(no) FROM case_file"), 1);
    assert_int_equal(raw_int("SELECT MAX(no) FROM case_file"), THREADS * REPORTS);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM event WHERE type = 'case_opened'"), THREADS * REPORTS);
    reopen_app("2026-04-22T09:00");
    assert_int_equal(report_ok("ZS01", "太吵")->no, 1); /* every day begins with one */
    app_set_now(kit.app, moment_of(A_MORNING));
    assert_int_equal(report_ok("ZS01", "太吵")->no, THREADS * REPORTS + 1);
    expect_clean_replay();
}

/* ---- taking back ---- */

static void
expect_same_row(const struct case_file *was, const struct case_file *is)
{
    struct case_file a = *was, b = *is;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (*case_number(&a, i) != *case_number(&b, i))
            fail_msg("%s: before %lld, after %lld", case_number_name(i), (long long)*case_number(&a, i),
                     (long long)*case_number(&b, i));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        if (!str_eq(*case_text(&a, i), *case_text(&b, i)))
            fail_msg("%s differs", case_text_name(i));
}

static void
expect_same_duties(const struct loaded_case *was, const struct loaded_case *is)
{
    assert_string_equal(owes(was), owes(is));
    for (size_t i = 0; i < was->n_duties; i++)
        assert_memory_equal(&was->duties[i], &is->duties[i], sizeof was->duties[i]);
}

static void
undo_restores_the_row_and_the_duties(void **state)
{
    (void)state;
    static const struct {
        const char *who, *command, *fields, *next;
    } rows[] = { /* at each step: do it, take it back, compare, do it again */
        {"coord01", "reclassify", "item=YY01&note=看错了", NULL},
        {"coord01", "dispatch", "lead=CG&assists=GA", "dispatch"},
        {"cg01", "refuse", "item=ZS01&instead=GA&reason=*", NULL},
        {"cg01", "accept", "", "accept"},
    };
    int64_t id = report_ok("ZS01", "太吵")->case_id;
    act_ok("wgz03", id, "call", "");
    act_ok("comm01", id, "admit", "result=admit");
    const struct scheme *s = app_area(kit.app, 0)->scheme;
    const char *reason = "";
    for (size_t i = 0; i < s->n_reasons; i++)
        if (str_is(s->reasons[i].kind, "refuse"))
            reason = str_z(kit.arena, s->reasons[i].code);
    const char *other = "";
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i].list == LIST_ENFORCEMENT && !str_is(s->items[i].code, "ZS01"))
            other = str_z(kit.arena, s->items[i].code);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *fields = strcmp(rows[i].command, "refuse") == 0
                                 ? arena_printf(kit.arena, "item=ZS01&instead=GA&reason=%s", reason)
                             : strcmp(rows[i].command, "reclassify") == 0
                                 ? arena_printf(kit.arena, "item=%s&note=看错了", other)
                                 : rows[i].fields;
        struct loaded_case *before = load(id);
        act_ok(rows[i].who, id, rows[i].command, fields);
        assert_int_equal(load(id)->c.version, before->c.version + 1);
        act_ok(rows[i].who, id, "undo", "");
        struct loaded_case *after = load(id);
        assert_int_equal(after->c.version, before->c.version + 2);
        expect_same_row(&before->c, &after->c);
        expect_same_duties(before, after);
        expect_clean_replay();
        if (rows[i].next)
            act_ok(rows[i].who, id, rows[i].next, fields);
    }
}

static void
undo_does_not_forget_what_was_missed(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "太吵")->case_id;
    act_ok("wgz03", id, "call", "");
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG");
    live_until("2026-04-21T17:00");
    struct loaded_case *before = load(id);
    const struct duty *late = find_duty(before, DUTY_ACCEPT);
    assert_non_null(late);
    assert_true(late->missed_at > 0);
    int64_t missed = raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0");
    act_ok("cg01", id, "accept", "");
    act_ok("cg01", id, "undo", "");
    const struct duty *again = find_duty(load(id), DUTY_ACCEPT);
    assert_non_null(again);
    assert_int_equal(again->id, late->id);
    assert_int_equal(again->missed_at, late->missed_at);
    assert_int_equal(again->end, END_OPEN);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM duty WHERE missed_at > 0"), missed);
    act_ok("cg01", id, "accept", "");
    size_t n;
    struct duty *d = all_duties(id, &n);
    for (size_t i = 0; i < n; i++)
        if (d[i].id == late->id)
            assert_int_equal(d[i].end, END_DONE_LATE);
    expect_clean_replay();
}

static void
undo_is_for_its_author_and_ten_minutes(void **state)
{
    (void)state;
    int64_t id = report_ok("ZS01", "太吵")->case_id;
    struct err err = {0};
    act_ok("wgz03", id, "call", "");
    assert_false(act("wgz03", id, "undo", "", &err)); /* a fact on the ground is not taken back */
    assert_int_equal(err.kind, ERR_CONFLICT);
    act_ok("comm01", id, "admit", "result=admit");
    act_ok("coord01", id, "dispatch", "lead=CG");
    err = (struct err){0};
    assert_false(act("coord02", id, "undo", "", &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    app_set_now(kit.app, moment_of("2026-04-21T09:11"));
    err = (struct err){0};
    assert_false(act("coord01", id, "undo", "", &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(load(id)->c.state, CASE_AWAITING_ACCEPT);
}

#define WITH_APP(test) cmocka_unit_test_setup_teardown(test, kit_open, kit_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_APP(each_act_is_one_event_one_version_and_the_duties_it_says),
        WITH_APP(what_is_refused_leaves_nothing),
        WITH_APP(a_double_click_makes_one_case),
        WITH_APP(of_two_who_accept_one_wins),
        WITH_APP(of_two_who_may_both_act_the_second_decides_again),
        WITH_APP(of_two_findings_the_first_stands),
        WITH_APP(numbers_have_no_gaps_and_no_doubles),
        WITH_APP(undo_restores_the_row_and_the_duties),
        WITH_APP(undo_does_not_forget_what_was_missed),
        WITH_APP(undo_is_for_its_author_and_ten_minutes),
    };
    return cmocka_run_group_tests_name("effects", tests, NULL, NULL);
}
