/* The register of a community: who may what, what is due, what is the same twice, what may be done to an entry. */
#include "check.h"

#include "registry_import.h"
#include "scheme_files.h"
#include "survey.h"

static struct arena *a;
static struct table_set set;
static struct scheme *rules;
static struct registry reg;
#define AT INT64_C(1776646800000) /* 2026-04-20 09:00 */
enum { DAY_MS = 24 * 3600 * 1000 };

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    bool ok = shipped_tables(a, &set, "nanhu");
    rules = scheme_read(a, set.all, &set.errors);
    ok = ok && registry_from_tables(a, 7, set.all, &reg, &set.errors);
    expect_no_errors(&set.errors);
    return ok && rules ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static int32_t
place(const char *code)
{
    return registry_place_code(&reg, str_of(code))->id;
}

static struct survey_situation
by(const char *username, const struct survey_entry *e)
{
    struct survey_situation s = {.scheme = rules, .registry = &reg, .e = e, .now = AT};
    s.actor.person = registry_username(&reg, str_of(username))->id;
    s.actor.n_postings = registry_postings(&reg, s.actor.person, day_of(AT), s.actor.postings, ACTOR_POSTINGS_MAX);
    return s;
}

static void
rights_come_with_the_place(void **state)
{
    (void)state;
    const unsigned all = SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER;
    const struct {
        const char *who, *place;
        unsigned rights;
    } rows[] = {
        {"liaison02", "FYXC", all}, {"liaison02", "YYY", 0}, {"fd02", "FYXC", all}, {"fd02", "FYA", all},
        {"fd06", "FYXC", 0}, {"wgz03", "FYXC", all}, {"wgz03", "FYA", 0}, {"worker03", "FYXC", all},
        {"comm02", "FYA", all}, {"coord01", "FYXC", SURVEY_SEE}, {"assist01", "FYXC", SURVEY_SEE | SURVEY_WRITE},
        {"leader01", "FYXC", 0}, {"oversight01", "FYXC", 0}, {"admin01", "FYXC", 0}, {"hotline01", "FYXC", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct survey_situation s = by(rows[i].who, NULL);
        unsigned is = survey_rights(&reg, s.actor.postings, s.actor.n_postings, place(rows[i].place));
        if (is != rows[i].rights)
            fail_msg("%s at %s: %u", rows[i].who, rows[i].place, is);
    }
}

static void
an_entry_is_due_by_its_kind(void **state)
{
    (void)state;
    const struct {
        const char *kind;
        int state, days; /* 0 = never due */
    } rows[] = {{"poultry", SURVEY_NORMAL, 14}, {"poultry", SURVEY_PROBLEM, 14}, {"shop", SURVEY_NORMAL, 30}, {"poultry", SURVEY_GONE, 0},
                {"pigs", SURVEY_NORMAL, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct survey_entry e = {.kind = str_of(rows[i].kind), .state = rows[i].state, .last_checked = AT};
        assert_int_equal(survey_due(rules, &e), rows[i].days ? AT + (instant)rows[i].days * DAY_MS : 0);
        assert_false(survey_is_due(rules, &e, AT + (instant)rows[i].days * DAY_MS - 1));
        assert_int_equal(survey_is_due(rules, &e, AT + (instant)rows[i].days * DAY_MS), rows[i].days > 0);
    }
}

static void
the_same_twice_is_seen(void **state)
{
    (void)state;
    const struct survey_entry is = {.id = 1, .place = 5, .kind = STR("dog"), .spot = STR("3 栋 2 单元 501 室"), .holder = STR("周某"), .state = SURVEY_NORMAL};
    const struct {
        const char *what;
        struct survey_entry e;
        bool same;
    } rows[] = {
        {"written otherwise", {.id = 2, .place = 5, .kind = STR("dog"), .spot = STR("3号楼2-501"), .state = SURVEY_NORMAL}, true},
        {"the holder", {.id = 2, .place = 5, .kind = STR("dog"), .spot = STR("车库"), .holder = STR("周 某"), .state = SURVEY_PROBLEM}, true},
        {"another kind", {.id = 2, .place = 5, .kind = STR("shop"), .spot = STR("3栋2单元501室"), .state = SURVEY_NORMAL}, false},
        {"another place", {.id = 2, .place = 6, .kind = STR("dog"), .spot = STR("3栋2单元501室"), .state = SURVEY_NORMAL}, false},
        {"gone", {.id = 2, .place = 5, .kind = STR("dog"), .spot = STR("3栋2单元501室"), .state = SURVEY_GONE}, false},
        {"itself", {.id = 1, .place = 5, .kind = STR("dog"), .spot = STR("3栋2单元501室"), .state = SURVEY_NORMAL}, false},
        {"neither spot nor holder", {.id = 2, .place = 5, .kind = STR("dog"), .spot = STR(""), .holder = STR(""), .state = SURVEY_NORMAL}, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (survey_same(&is, &rows[i].e) != rows[i].same)
            fail_msg("%s", rows[i].what);
}

typedef bool (*doing)(const struct survey_situation *, const struct survey_input *, struct survey_effects *, struct err *);

static void
steps_are_checked(void **state)
{
    (void)state;
    struct survey_entry e = {.id = 3, .version = 4, .place = place("FYXC"), .kind = STR("poultry"), .spot = STR("楼下"), .holder = STR("周某"), .note = STR(""),
                             .state = SURVEY_NORMAL, .first_seen = AT - DAY_MS, .last_checked = AT - DAY_MS, .visit = 9};
    struct survey_entry gone = e, full = e;
    gone.state = SURVEY_GONE;
    full.n_cases = SURVEY_CASES_MAX;
    const struct survey_input new = {.place = e.place, .kind = STR("dog"), .spot = STR("3 栋"), .holder = STR(""), .note = STR(""), .words = STR("")};
    struct survey_input far = new, no_spot = new, no_kind = new, of_gone = new, tomorrow = new, old = new;
    far.place = place("YYY"), no_spot.spot = STR(" "), no_kind.kind = STR("pigs"), of_gone.state = SURVEY_GONE;
    tomorrow.occurred_at = AT + DAY_MS, old.occurred_at = AT - 31 * (instant)DAY_MS;
    const struct survey_input fine = {.state = SURVEY_NORMAL, .words = STR("")}, problem = {.state = SURVEY_PROBLEM, .words = STR("")},
                              said = {.state = SURVEY_PROBLEM, .words = STR("又多了")}, nothing = {.words = STR("")},
                              why = {.words = STR("上门劝导")}, moved = {.spot = STR("5 栋"), .holder = STR(""), .note = STR("")};
    const struct {
        const char *what, *who;
        doing step;
        const struct survey_entry *e;
        struct survey_input in;
        enum err_kind kind;
        const char *field; /* of the refusal */
    } rows[] = {
        {"a new one", "liaison02", survey_add, NULL, new, ERR_NONE, NULL},
        {"in another community", "liaison02", survey_add, NULL, far, ERR_FORBIDDEN, NULL},
        {"without a spot", "liaison02", survey_add, NULL, no_spot, ERR_FIELDS, "spot"},
        {"of no kind", "liaison02", survey_add, NULL, no_kind, ERR_FIELDS, "kind"},
        {"new and gone", "liaison02", survey_add, NULL, of_gone, ERR_FIELDS, "state"},
        {"seen tomorrow", "liaison02", survey_add, NULL, tomorrow, ERR_FIELDS, "occurred_at"},
        {"seen long ago", "liaison02", survey_add, NULL, old, ERR_FIELDS, "occurred_at"},
        {"who only reads", "coord01", survey_check, &e, fine, ERR_FORBIDDEN, NULL},
        {"seen", "fd02", survey_check, &e, fine, ERR_NONE, NULL},
        {"a problem without words", "fd02", survey_check, &e, problem, ERR_FIELDS, "words"},
        {"a problem", "fd02", survey_check, &e, said, ERR_NONE, NULL},
        {"seen as nothing", "fd02", survey_check, &e, nothing, ERR_FIELDS, "state"},
        {"moved", "fd02", survey_change, &e, moved, ERR_NONE, NULL},
        {"a case", "fd02", survey_link, &e, nothing, ERR_NONE, NULL},
        {"a case of what is gone", "fd02", survey_link, &gone, nothing, ERR_CONFLICT, NULL},
        {"one case too many", "fd02", survey_link, &full, nothing, ERR_CONFLICT, NULL},
        {"who it is", "fd02", survey_show_holder, &e, why, ERR_NONE, NULL},
        {"who it is, without a reason", "fd02", survey_show_holder, &e, nothing, ERR_FIELDS, "purpose"},
        {"who it is, by an assistant", "assist01", survey_show_holder, &e, why, ERR_FORBIDDEN, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct survey_situation s = by(rows[i].who, rows[i].e);
        struct survey_effects fx = {.arena = a};
        struct err err = {0};
        rows[i].step(&s, &rows[i].in, &fx, &err);
        bool is_field = !rows[i].field || (err.n_fields && strcmp(err.fields[0].field, rows[i].field) == 0);
        if (err.kind != rows[i].kind || !is_field)
            fail_msg("%s: kind %d, %s", rows[i].what, err.kind, err.message);
    }
}

static void
a_look_renews_and_a_change_keeps_who_it_is(void **state)
{
    (void)state;
    struct survey_entry e = {.id = 3, .version = 4, .place = place("FYXC"), .kind = STR("poultry"), .spot = STR("楼下"), .holder = STR("周某"), .note = STR(""),
                             .state = SURVEY_NORMAL, .first_seen = AT - DAY_MS, .last_checked = AT - DAY_MS, .visit = 9};
    struct survey_situation s = by("fd02", &e);
    struct survey_effects fx = {.arena = a};
    struct err err = {0};
    assert_true(survey_check(&s, &(struct survey_input){.state = SURVEY_GONE, .words = STR("")}, &fx, &err));
    assert_int_equal(fx.after.last_checked, AT);
    assert_int_equal(fx.after.visit, 0);
    assert_int_equal(fx.after.by, s.actor.person);
    assert_true(survey_check(&s, &(struct survey_input){.state = SURVEY_NORMAL, .words = STR(""), .occurred_at = AT - 2 * (instant)DAY_MS}, &fx, &err));
    assert_int_equal(fx.after.last_checked, AT - DAY_MS); /* an older look, told late */
    assert_true(survey_change(&s, &(struct survey_input){.spot = STR("5 栋"), .holder = STR(""), .note = STR("")}, &fx, &err));
    assert_true(str_is(fx.after.holder, "周某"));
    assert_true(survey_change(&s, &(struct survey_input){.spot = STR("5 栋"), .holder = STR("王某"), .note = STR(""), .has_holder = true}, &fx, &err));
    assert_true(str_is(fx.after.holder, "王某"));
    assert_null(strstr(str_z(a, fx.text), "王某"));
}

static void
lines_of_a_visit_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t n; /* 0 = refused */
    } rows[] = {{"12=normal", 1}, {"12=problem:又多了;13=gone; +dog@3 栋:两只 ;", 3}, {"+dog@3 栋", 1}, {"x=normal", 0}, {"12", 0},
                {"12=what", 0}, {"-1=normal", 0}, {"+pigs@3 栋", 0}, {"+dog", 0}, {"+", 0}, {"=", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct survey_said list[SURVEY_LINES_MAX];
        size_t n = 0;
        struct err err = {0};
        bool ok = survey_read_lines(a, rules, str_of(rows[i].text), list, &n, &err);
        if (ok != (rows[i].n > 0) || (ok && n != rows[i].n))
            fail_msg("%s: %zu %s", rows[i].text, n, err.message);
    }
}

static void
wrong_kinds_are_told(void **state)
{
    (void)state;
    struct table_set bad;
    struct arena *own = arena_new();
    assert_true(shipped_tables(own, &bad, "nanhu"));
    for (size_t i = 0; i < bad.all.n; i++)
        if (str_is(bad.t[i].name, "surveys"))
            table_parse(own, STR("surveys"), STR("code,name,days,item,origin,note\nmuchtoolong,店铺,30,NZ11,seed,\nb,,0,XX99,ours,\n"), &bad.t[i], &bad.errors);
    assert_null(scheme_read(own, bad.all, &bad.errors));
    assert_true(bad.errors.n >= 4); /* the code, the name, the days, the item */
    arena_free(own);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_come_with_the_place),   cmocka_unit_test(an_entry_is_due_by_its_kind),
        cmocka_unit_test(the_same_twice_is_seen),       cmocka_unit_test(steps_are_checked),
        cmocka_unit_test(a_look_renews_and_a_change_keeps_who_it_is), cmocka_unit_test(lines_of_a_visit_are_read),
        cmocka_unit_test(wrong_kinds_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
