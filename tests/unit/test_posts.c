/* Who fills which post on which day: leave and who stands in, swapped months, what is vacant, certificates, shifts. */
#include "check.h"

#include "registry_import.h"
#include "roster.h"
#include "scheme_files.h"
#include "slots.h"
#include "staff_rights.h"

static struct arena *a;
static struct registry small;
static struct scheme *rules;
static int32_t monday; /* 2026-04-20 */

static const char slots_csv[] =
    "code,name,role,each,of,orgs,minimum,maximum,owner,owner_role,days,clause,origin,note\n"
    "GC,网格长,grid_chief,place,grid,,2,,@community,community_office,5,,ours,\n"
    "OF,执法队员,officer,place,grid,CG,1,2,CG,department_head,,,ours,\n"
    "LN,联络员,liaison,place,community,community,1,,@coordinator,,10,,ours,\n"
    "SC,站长,station_chief,org,station,,1,,@community,,5,,ours,\n";

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    table_parse(a, STR("slots"), str_of(slots_csv), &set.t[set.all.n++], &set.errors);
    bool ok = registry_from_tables(a, 7, set.all, &small, &set.errors);
    rules = scheme_read(a, set.all, &set.errors);
    expect_no_errors(&set.errors);
    monday = day_number(2026, 4, 20);
    return ok && rules ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static int64_t
person(const char *username)
{
    const struct person *p = registry_username(&small, str_of(username));
    return p ? p->id : 0;
}

static int32_t
place(const char *code)
{
    return registry_place_code(&small, str_of(code))->id;
}

static int32_t
org(const char *code)
{
    return registry_org_code(&small, str_of(code))->id;
}

static int64_t
post_of(const char *username, int role)
{
    for (size_t i = 0; i < small.n_postings; i++)
        if (small.postings[i].person == person(username) && small.postings[i].role == role)
            return small.postings[i].id;
    return 0;
}

/* The small registry with leaves; officers work at the community here, so that grids have them. */
static struct registry
with_leaves(const struct leave *leaves, size_t n)
{
    struct registry r = small;
    struct posting *postings = arena_array(a, struct posting, small.n_postings);
    memcpy(postings, small.postings, small.n_postings * sizeof *postings);
    for (size_t i = 0; i < small.n_postings; i++)
        if (postings[i].role == ROLE_OFFICER)
            postings[i].place = place("HQ");
    r.postings = postings;
    r.leaves = leaves;
    r.n_leaves = n;
    registry_index(&r);
    return r;
}

/* ---- leave ---- */

static void
who_stands_in_fills_the_post_meanwhile(void **state)
{
    (void)state;
    const struct leave leaves[] = {{.id = 1, .person = person("officer"), .substitute = person("second"), .from = monday,
                                    .to = monday + 2, .state = ASKED_APPROVED}};
    struct registry r = with_leaves(leaves, 1);
    const struct owner post = {.org = org("CG"), .role = ROLE_OFFICER}, by_name = {.role = ROLE_NONE, .person = person("officer")};
    const struct {
        int day;
        bool officer, officer_by_name, second_by_name;
        size_t posts_of_second;
    } rows[] = {
        {-1, true, true, false, 1}, {0, false, true, true, 2}, {2, false, true, true, 2}, {3, true, true, false, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct posting *out[8];
        int32_t day = monday + rows[i].day;
        if (owner_is(&r, &post, person("officer"), day) != rows[i].officer)
            fail_msg("day %+d: the one on leave", rows[i].day);
        assert_true(owner_is(&r, &post, person("second"), day));
        assert_int_equal(owner_is(&r, &by_name, person("officer"), day), rows[i].officer_by_name);
        assert_int_equal(owner_is(&r, &by_name, person("second"), day), rows[i].second_by_name);
        assert_int_equal(registry_postings(&r, person("second"), day, out, 8), rows[i].posts_of_second);
        assert_int_equal(on_leave(&r, person("officer"), day), !rows[i].officer);
        assert_int_equal(substitute_of(&r, person("officer"), day), rows[i].officer ? 0 : person("second"));
        assert_int_equal(registry_postings_even_away(&r, person("officer"), day, out, 8), 1);
    }
}

static void
only_what_was_approved_counts(void **state)
{
    (void)state;
    for (int s = 0; s < ASKED_COUNT; s++) {
        const struct leave l = {.id = 1, .person = person("officer"), .substitute = person("second"), .from = monday, .to = monday, .state = s};
        struct registry r = with_leaves(&l, 1);
        assert_int_equal(on_leave(&r, person("officer"), monday), s == ASKED_APPROVED);
        assert_int_equal(r.n_postings, small.n_postings + (s == ASKED_APPROVED));
    }
}

static void
a_certificate_belongs_to_the_person(void **state)
{
    (void)state;
    const struct leave l = {.id = 1, .person = person("officer"), .substitute = person("deputy"), .from = monday, .to = monday, .state = ASKED_APPROVED};
    struct registry r = with_leaves(&l, 1);
    const struct posting *out[8];
    size_t n = registry_postings(&r, person("deputy"), monday, out, 8);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out[i]->cert_no.n, 0); /* a grid chief in an officer's post may not punish */
    const struct leave other = {.id = 1, .person = person("officer"), .substitute = person("second"), .from = monday, .to = monday, .state = ASKED_APPROVED};
    r = with_leaves(&other, 1);
    n = registry_postings(&r, person("second"), monday, out, 8);
    for (size_t i = 0; i < n; i++)
        check_str(out[i]->cert_no, "示例-2");
}

static void
posts_of_control_rest_for_nobody(void **state)
{
    (void)state;
    const struct leave l = {.id = 1, .person = person("admin"), .substitute = person("wy"), .from = monday, .to = monday, .state = ASKED_APPROVED};
    struct registry r = with_leaves(&l, 1);
    const struct posting *out[8];
    assert_int_equal(registry_postings(&r, person("admin"), monday, out, 8), 1);
    assert_int_equal(registry_postings(&r, person("wy"), monday, out, 8), 1);
}

static void
one_post_can_rest_alone_and_two_away_leave_it_empty(void **state)
{
    (void)state;
    const struct posting *out[8];
    const struct leave one = {.id = 1, .person = person("head"), .posting = post_of("head", ROLE_DEPARTMENT_HEAD), .from = monday,
                              .to = monday, .state = ASKED_APPROVED};
    struct registry r = with_leaves(&one, 1);
    assert_int_equal(registry_postings(&r, person("head"), monday, out, 8), 1);
    assert_int_equal(out[0]->role, ROLE_COORDINATOR);
    assert_false(on_leave(&r, person("head"), monday)); /* he is at work */
    const struct leave both[] = {{.id = 1, .person = person("officer"), .substitute = person("second"), .from = monday, .to = monday, .state = ASKED_APPROVED},
                                 {.id = 2, .person = person("second"), .from = monday, .to = monday, .state = ASKED_APPROVED}};
    r = with_leaves(both, 2);
    assert_null(registry_filled(&r, ROLE_OFFICER, org("CG"), 0, monday));
    assert_int_equal(substitute_of(&r, person("officer"), monday), 0);
}

/* ---- months ---- */

static void
a_swap_changes_two_months_and_no_more(void **state)
{
    (void)state;
    struct registry r = small;
    struct posting *postings = arena_array(a, struct posting, 2);
    postings[0] = (struct posting){.id = 1, .person = 1, .role = ROLE_SECTOR_CHIEF, .org = 1, .turn = 5, .turns = 6};
    postings[1] = (struct posting){.id = 2, .person = 2, .role = ROLE_SECTOR_CHIEF, .org = 2, .turn = 6, .turns = 6};
    const struct turn_swap swaps[] = {
        {.id = 1, .first = 1, .second = 2, .first_month = 2026 * 12 + 4, .second_month = 2026 * 12 + 5, .state = ASKED_APPROVED},
        {.id = 2, .first = 1, .second = 2, .first_month = 2026 * 12 + 10, .second_month = 2026 * 12 + 11, .state = ASKED_REFUSED}};
    r.postings = postings;
    r.n_postings = 2;
    r.swaps = swaps;
    r.n_swaps = 2;
    registry_index(&r);
    const struct {
        int year, month;
        int64_t who;
    } rows[] = {{2026, 5, 2}, {2026, 6, 1}, {2026, 11, 1}, {2026, 12, 2}, {2027, 5, 1}, {2027, 6, 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t day = day_number(rows[i].year, rows[i].month, 1);
        const struct posting *p = registry_filled(&r, ROLE_SECTOR_CHIEF, 0, 0, day);
        if (!p || p->person != rows[i].who)
            fail_msg("%d-%02d", rows[i].year, rows[i].month);
    }
    assert_int_equal(month_first_day(month_of(monday)), day_number(2026, 4, 1));
}

/* ---- what is vacant ---- */

static void
vacancies_are_found_and_owed_by_somebody(void **state)
{
    (void)state;
    struct leave chief = {.id = 1, .person = person("chief"), .from = monday, .to = monday, .state = ASKED_APPROVED};
    struct registry r = with_leaves(&chief, 1);
    struct vacancies v = slots_vacant(a, &r, rules, monday);
    const struct {
        const char *slot;
        int32_t at;
        int have;
        struct owner owner;
    } rows[] = {
        {"GC", place("G1"), 1, {.org = org("SQ"), .role = ROLE_COMMUNITY_OFFICE}}, /* the deputy is there, the chief is not */
        {"SC", org("LZ"), 0, {.org = org("SQ"), .role = ROLE_NONE}},
    };
    assert_int_equal(v.n, COUNT_OF(rows));
    for (size_t i = 0; i < v.n; i++) {
        check_str(v.p[i].slot->code, rows[i].slot);
        assert_int_equal(v.p[i].at, rows[i].at);
        assert_int_equal(v.p[i].have, rows[i].have);
        assert_int_equal(v.p[i].owner.org, rows[i].owner.org);
        assert_int_equal(v.p[i].owner.role, rows[i].owner.role);
    }
    chief.substitute = person("liaison");
    r = with_leaves(&chief, 1);
    assert_int_equal(slots_vacant(a, &r, rules, monday).n, 1); /* who stands in fills it */
}

static void
an_officer_without_a_valid_certificate_fills_nothing(void **state)
{
    (void)state;
    struct registry r = with_leaves(NULL, 0);
    const struct slot *officers = slot_find(rules, STR("OF"));
    const struct posting *who[8];
    assert_int_equal(slot_filled(&r, officers, place("G1"), monday, who, 8), 2);
    assert_int_equal(who[0]->person, person("officer"));
    assert_int_equal(slot_filled(&r, officers, place("G1"), day_number(2029, 1, 1), who, 8), 0);
    assert_int_equal(slot_filled(&small, officers, place("G1"), monday, who, 8), 0); /* of the whole county is of no grid */
    struct posting *all = (struct posting *)(uintptr_t)r.postings;
    for (size_t i = 0; i < r.n_postings; i++)
        all[i].is_guided = r.postings[i].person == person("officer");
    assert_int_equal(slot_filled(&r, officers, place("G1"), monday, who, 8), 1); /* LC-03: who does not act alone yet fills none */
    assert_int_equal(who[0]->person, person("second"));
}

/* LC-12: two contacts of each organisation, one for each rank. */
static void
each_rank_of_a_slot_is_taken_once(void **state)
{
    (void)state;
    const struct {
        const char *username, *org, *at;
        int order;
        bool is_taken;
    } rows[] = {{"second", "CG", "G1", 1, true}, {"second", "CG", "G1", 2, false}, {"second", "CG", "G1", 3, false},
                {"officer", "CG", "G1", 1, false /* himself */}, {"second", "CG", "HQ", 1, false /* no slot there */}};
    struct registry r = with_leaves(NULL, 0);
    struct posting *all = (struct posting *)(uintptr_t)r.postings;
    for (size_t i = 0; i < r.n_postings; i++)
        if (r.postings[i].role == ROLE_OFFICER && r.postings[i].person == person("officer")) {
            all[i].place = place("G1");
            all[i].order = 1;
        }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct posting *by = NULL, p = {.person = person(rows[i].username), .role = ROLE_OFFICER, .org = org(rows[i].org),
                                              .place = place(rows[i].at), .order = rows[i].order};
        if ((slot_taken(&r, rules, &p, monday, &by) != NULL) != rows[i].is_taken || (rows[i].is_taken && by->person != person("officer")))
            fail_msg("%s %s %d", rows[i].username, rows[i].at, rows[i].order);
    }
}

static void
certificates_run_out(void **state)
{
    (void)state;
    int32_t last = day_number(2028, 12, 31);
    const struct {
        int before;
        size_t n;
        bool is_expired;
    } rows[] = {{31, 0, false}, {30, 2, false}, {0, 2, false}, {-1, 2, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct expirings e = certificates_expiring(a, &small, last - rows[i].before, CERT_NOTICE_DAYS);
        if (e.n != rows[i].n)
            fail_msg("%d days before: %zu", rows[i].before, e.n);
        for (size_t k = 0; k < e.n; k++) {
            assert_int_equal(e.p[k].is_expired, rows[i].is_expired);
            assert_int_equal(e.p[k].owner.role, ROLE_COORDINATOR); /* the bureau has no head here */
        }
    }
}

static void
a_slot_is_kept_as_a_number(void **state)
{
    (void)state;
    static const char *const codes[] = {"A", "GC", "LC30-GW", "ABCDEFGH"};
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        check_str(slot_code(a, slot_key(str_of(codes[i]))), codes[i]);
}

static void
wrong_slots_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *cell, *message;
    } rows[] = {{"grid_chief,place,grid", "grid_chief,place,grids", "E2", "不认识"},
                {"grid_chief,place", "gridchief,place", "C2", "没有角色"},
                {"officer,place,grid,CG", "officer,place,grid,XX", "F3", "没有单位"},
                {"GC,网格长", "GRIDCHIEF,网格长", "A2", "最多 8 个字符"},
                {"station_chief,org,station", "station_chief,org,grid", "E5", "不认识"},
                {",2,,@community", ",0,,@community", "G2", "0"},
                {"CG,1,2,CG", "CG,3,2,CG", "H3", "最多 2 人"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table_set set;
        small_tables(a, &set, NULL, NULL, NULL);
        const char *at = strstr(slots_csv, rows[i].from);
        const char *csv = arena_printf(a, "%.*s%s%s", (int)(at - slots_csv), slots_csv, rows[i].to, at + strlen(rows[i].from));
        table_parse(a, STR("slots"), str_of(csv), &set.t[set.all.n++], &set.errors);
        if (scheme_read(a, set.all, &set.errors))
            fail_msg("%s was taken", rows[i].to);
        check_str(set.errors.p[0].cell, rows[i].cell);
        assert_true(str_has(set.errors.p[0].message, str_of(rows[i].message)));
    }
}

/* What a locality says must be filled is filled in the sample that it ships with. */
static void
shipped_schemes_leave_nothing_vacant(void **state)
{
    (void)state;
    static const char *const names[] = {"huichang", "bagongshan", "nanhu", "lucheng"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct table_set set;
        struct registry r;
        if (!shipped_tables(a, &set, names[i]))
            skip();
        bool ok = registry_from_tables(a, 1, set.all, &r, &set.errors);
        struct scheme *s = scheme_read(a, set.all, &set.errors);
        expect_no_errors(&set.errors);
        assert_true(ok && s);
        assert_true(s->n_slots > 0);
        struct vacancies v = slots_vacant(a, &r, s, monday);
        for (size_t k = 0; k < v.n; k++)
            print_error("%s: %.*s at %d: %d of %d\n", names[i], (int)v.p[k].slot->code.n, v.p[k].slot->code.p, (int)v.p[k].at,
                        v.p[k].have, v.p[k].slot->minimum);
        assert_int_equal(v.n, 0);
    }
}

/* ---- shifts ---- */

static struct registry
station_of_three(const struct leave *leaves, size_t n)
{
    struct registry r = with_leaves(NULL, 0);
    struct posting *postings = arena_array(a, struct posting, small.n_postings + 1);
    memcpy(postings, r.postings, small.n_postings * sizeof *postings);
    postings[small.n_postings] = (struct posting){.id = 99, .person = 99, .role = ROLE_STATION_CHIEF, .org = org("LZ"), .order = 1};
    struct person *people = arena_array(a, struct person, small.n_people + 1);
    memcpy(people, small.people, small.n_people * sizeof *people);
    people[small.n_people] = (struct person){.id = 99, .username = STR("boss"), .name = STR("站长")};
    r.postings = postings;
    r.n_postings = small.n_postings + 1;
    r.people = people;
    r.n_people = small.n_people + 1;
    r.leaves = leaves;
    r.n_leaves = n;
    registry_index(&r);
    return r;
}

static void
a_month_goes_round_fairly(void **state)
{
    (void)state;
    const struct leave away = {.id = 1, .person = person("second"), .from = day_number(2026, 4, 1), .to = day_number(2026, 4, 15), .state = ASKED_APPROVED};
    struct registry r = station_of_three(&away, 1);
    int64_t people[8];
    assert_int_equal(station_people(&r, org("LZ"), day_number(2026, 4, 1), people, 8), 2);
    assert_int_equal(station_people(&r, org("LZ"), day_number(2026, 4, 16), people, 8), 3);
    assert_int_equal(people[0], 99); /* the station's own first */
    struct registry all = station_of_three(NULL, 0);
    struct roster m = roster_generate(a, &all, &rules->calendar, org("LZ"), 2026 * 12 + 3, 0, NULL);
    int had[3] = {0};
    for (size_t i = 0; i < m.n; i++) {
        assert_true(is_working_day(&rules->calendar, m.p[i].day, NULL));
        had[0] += m.p[i].person == 99;
        had[1] += m.p[i].person == person("officer");
        had[2] += m.p[i].person == person("second");
    }
    assert_int_equal(m.n, 22);
    for (int i = 0; i < 3; i++)
        assert_true(had[i] == 7 || had[i] == 8);
    m = roster_generate(a, &r, &rules->calendar, org("LZ"), 2026 * 12 + 3, 0, NULL);
    for (size_t i = 0; i < m.n; i++)
        assert_false(m.p[i].person == person("second") && m.p[i].day <= away.to);
}

static void
changes_keep_what_was_planned_as_cancelled(void **state)
{
    (void)state;
    struct buf b = {0};
    struct roster r;
    assert_true(roster_parse(a, STR("20564:510-1050:42 20565:510-1050:43x"), &r));
    assert_int_equal(r.n, 2);
    roster_write(&b, &r);
    check_buf(&b, "20564:510-1050:42 20565:510-1050:43x");
    const struct shift less = r.p[0], more = {.day = 20564, .from = 510, .to = 1050, .person = 44};
    struct roster changed = roster_change(a, &r, &less, 1, &more, 1);
    roster_write(&b, &changed);
    check_buf(&b, "20564:510-1050:42x 20564:510-1050:44 20565:510-1050:43x");
    struct roster back = roster_change(a, &changed, &more, 1, &less, 1);
    roster_write(&b, &back);
    check_buf(&b, "20564:510-1050:42 20564:510-1050:44x 20565:510-1050:43x");
    assert_non_null(roster_shift(&back, 20564, 42));
    assert_null(roster_shift(&back, 20564, 44));
    static const char *const wrong[] = {"x", "20564", "20564:510-1050", "20564:1050-510:42", "20564:510-1500:42", "20564:510-1050:0", "a:b-c:d"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (roster_parse(a, str_of(wrong[i]), &r))
            fail_msg("%s was taken", wrong[i]);
    assert_true(roster_parse(a, STR(""), &r));
    buf_release(&b);
}

static void
somebody_is_on_duty_at_an_hour(void **state)
{
    (void)state;
    const struct leave away = {.id = 1, .person = person("officer"), .substitute = person("second"), .from = monday + 1, .to = monday + 1, .state = ASKED_APPROVED};
    struct registry r = station_of_three(&away, 1);
    const struct shift shifts[] = {{.day = monday, .from = 510, .to = 1050, .person = person("officer")},
                                   {.day = monday + 1, .from = 510, .to = 1050, .person = person("officer")},
                                   {.day = monday + 2, .from = 510, .to = 1050, .person = 99, .is_cancelled = true}};
    const struct roster roster = {.station = org("LZ"), .month = month_of(monday), .p = shifts, .n = 3};
    r.rosters = &roster;
    r.n_rosters = 1;
    const struct {
        int day, minute;
        int64_t who;
    } rows[] = {{0, 509, 0}, {0, 510, person("officer")}, {0, 1049, person("officer")}, {0, 1050, 0}, {1, 600, person("second")}, {2, 600, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t who[4] = {0};
        size_t n = station_on_duty(&r, org("LZ"), day_start(monday + rows[i].day) + rows[i].minute * (instant)60000, who, 4);
        if (n != (rows[i].who != 0) || who[0] != rows[i].who)
            fail_msg("day %d minute %d", rows[i].day, rows[i].minute);
    }
}

/* BG-09: by the roster where there is one for that month, from its first shift on; else by office hours. */
static void
a_station_is_staffed_by_its_roster_else_in_office_hours(void **state)
{
    (void)state;
    const int32_t friday = monday + 4;
    const struct leave away = {.id = 1, .person = person("officer"), .from = monday + 2, .to = monday + 2, .state = ASKED_APPROVED};
    struct registry r = station_of_three(&away, 1);
    const struct shift shifts[] = {{.day = monday, .from = 8 * 60, .to = 20 * 60, .person = 99},
                                   {.day = monday + 1, .from = 510, .to = 1050, .person = 99, .is_cancelled = true},
                                   {.day = monday + 2, .from = 510, .to = 1050, .person = person("officer")},
                                   {.day = monday + 5, .from = 540, .to = 720, .person = 99}};
    const struct roster rosters[] = {{.station = org("LZ"), .month = month_of(monday), .p = shifts, .n = COUNT_OF(shifts)},
                                     {.station = org("LZ"), .month = month_of(monday) + 1}};
    r.rosters = rosters;
    r.n_rosters = COUNT_OF(rosters);
    const struct {
        const char *what;
        int32_t station, day;
        int hour;
        bool is_planned, is_staffed;
    } rows[] = {
        {"a shift, in office hours", org("LZ"), monday, 9, true, true},
        {"a shift over the noon break", org("LZ"), monday, 13, true, true},
        {"a shift in the evening", org("LZ"), monday, 19, true, true},
        {"after the shift", org("LZ"), monday, 20, true, false},
        {"a shift that is not held", org("LZ"), monday + 1, 9, true, false},
        {"on leave, and nobody stands in", org("LZ"), monday + 2, 9, true, false},
        {"a working day without a shift", org("LZ"), friday, 9, true, false},
        {"a shift on a Saturday", org("LZ"), monday + 5, 10, true, true},
        {"before the first shift of the month", org("LZ"), monday - 3, 9, false, true},
        {"a month without a roster", org("LZ"), day_number(2026, 3, 24), 9, false, true},
        {"the same, at night", org("LZ"), day_number(2026, 3, 24), 22, false, false},
        {"a roster without a shift", org("LZ"), day_number(2026, 5, 12), 9, false, true},
        {"no station", 0, monday + 1, 9, false, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        instant at = day_start(rows[i].day) + rows[i].hour * (instant)3600000;
        if (station_is_planned(&r, rows[i].station, at) != rows[i].is_planned ||
            station_is_staffed(&r, &rules->calendar, rows[i].station, at) != rows[i].is_staffed)
            fail_msg("%s", rows[i].what);
    }
}

static void
a_seconded_person_has_three_organisations(void **state)
{
    (void)state;
    struct registry r = with_leaves(NULL, 0);
    const struct posting *p = registry_filled(&r, ROLE_OFFICER, 0, 0, monday);
    struct links l = posting_links(&r, p);
    assert_int_equal(l.home, org("CG"));
    assert_int_equal(l.community, org("SQ"));
    l = posting_links(&small, registry_filled(&small, ROLE_OFFICER, 0, 0, monday));
    assert_int_equal(l.community, 0); /* serves the whole county */
}

/* LC-09: home unit, street, community and station; each has its own rights over who was sent, and over no other station's people. */
static void
each_of_three_organisations_has_its_rights(void **state)
{
    (void)state;
    struct arena *own = arena_new();
    struct table_set set;
    struct registry r;
    assert_true(shipped_tables(own, &set, "lucheng"));
    assert_true(registry_from_tables(own, 7, set.all, &r, &set.errors));
    const struct place *here = registry_place_code(&r, STR("XQJ")), *there = registry_place_code(&r, STR("DX"));
    const struct org *police = registry_org_code(&r, STR("GA")), *street = registry_org(&r, owner_org(&r, STR("@town"), here, 0));
    int32_t station = owner_org(&r, STR("@station"), here, 0), other = owner_org(&r, STR("@station"), there, 0),
            community = owner_org(&r, STR("@community"), here, 0);
    assert_true(police && street && station && other && community && station != other);
    const struct posting sent = {.id = 1, .role = ROLE_OFFICER, .org = police->id, .place = here->id};
    const struct {
        const char *what;
        struct posting who;
        bool certificate, leave, roster, evaluation, roster_of_other;
    } rows[] = {
        {"the head of the home unit", {.role = ROLE_DEPARTMENT_HEAD, .org = police->id}, true, true, false, false, false},
        {"the head of another unit", {.role = ROLE_DEPARTMENT_HEAD, .org = street->id + 100}, false, false, false, false, false},
        {"an officer of the home unit", {.role = ROLE_OFFICER, .org = police->id}, false, false, false, false, false},
        {"the street", {.role = ROLE_TOWN_OFFICE, .org = street->id}, false, false, true, false, true},
        {"another street", {.role = ROLE_TOWN_OFFICE, .org = community}, false, false, false, false, false},
        {"the station's chief", {.role = ROLE_STATION_CHIEF, .org = station}, false, false, true, true, false},
        {"its deputy", {.role = ROLE_STATION_DEPUTY, .org = station}, false, false, true, true, false},
        {"the chief of another station", {.role = ROLE_STATION_CHIEF, .org = other}, false, false, false, false, true},
        {"the community", {.role = ROLE_COMMUNITY_OFFICE, .org = community}, false, false, true, true, false},
        {"the community, by its place", {.role = ROLE_COMMUNITY_OFFICE, .place = here->id}, false, false, true, true, false},
        {"another community", {.role = ROLE_COMMUNITY_OFFICE, .place = there->id}, false, false, false, false, true},
        {"the coordinator", {.role = ROLE_COORDINATOR}, true, true, true, false, true},
        {"the leading group", {.role = ROLE_LEADING_GROUP}, false, false, false, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct posting *who = &rows[i].who;
        if (staff_may_post(&r, STAFF_CERTIFICATE, &who, 1, &sent) != rows[i].certificate || staff_may_post(&r, STAFF_LEAVE, &who, 1, &sent) != rows[i].leave ||
            staff_may_station(&r, STAFF_ROSTER, &who, 1, station) != rows[i].roster ||
            staff_may_station(&r, STAFF_EVALUATION, &who, 1, station) != rows[i].evaluation ||
            staff_may_station(&r, STAFF_ROSTER, &who, 1, other) != rows[i].roster_of_other)
            fail_msg("%s", rows[i].what);
    }
    struct posting nobody = {.role = ROLE_TOWN_OFFICE};
    const struct posting *who = &nobody;
    assert_false(staff_may_station(&r, STAFF_ROSTER, &who, 1, 0));
    assert_false(staff_may_station(&r, STAFF_ROSTER, &who, 1, police->id)); /* no station */
    arena_free(own);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_stands_in_fills_the_post_meanwhile),
        cmocka_unit_test(only_what_was_approved_counts),
        cmocka_unit_test(a_certificate_belongs_to_the_person),
        cmocka_unit_test(posts_of_control_rest_for_nobody),
        cmocka_unit_test(one_post_can_rest_alone_and_two_away_leave_it_empty),
        cmocka_unit_test(a_swap_changes_two_months_and_no_more),
        cmocka_unit_test(vacancies_are_found_and_owed_by_somebody),
        cmocka_unit_test(an_officer_without_a_valid_certificate_fills_nothing),
        cmocka_unit_test(each_rank_of_a_slot_is_taken_once),
        cmocka_unit_test(certificates_run_out),
        cmocka_unit_test(a_slot_is_kept_as_a_number),
        cmocka_unit_test(wrong_slots_are_told),
        cmocka_unit_test(shipped_schemes_leave_nothing_vacant),
        cmocka_unit_test(a_month_goes_round_fairly),
        cmocka_unit_test(changes_keep_what_was_planned_as_cancelled),
        cmocka_unit_test(somebody_is_on_duty_at_an_hour),
        cmocka_unit_test(a_station_is_staffed_by_its_roster_else_in_office_hours),
        cmocka_unit_test(a_seconded_person_has_three_organisations),
        cmocka_unit_test(each_of_three_organisations_has_its_rights),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
