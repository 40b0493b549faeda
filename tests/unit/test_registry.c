/* The registry: import with every wrong cell, looking up, owners by expression, and who may act as an owner. */
#include "check.h"

#include "registry_import.h"
#include "scheme_files.h"

static struct arena *a;
static struct registry small;
static const int32_t today = 20564; /* 2026-04-21 */

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    bool ok = registry_from_tables(a, 7, set.all, &small, &set.errors);
    expect_no_errors(&set.errors);
    return ok ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static int32_t
org(const char *code)
{
    const struct org *o = registry_org_code(&small, str_of(code));
    return o ? o->id : 0;
}

static int32_t
place(const char *code)
{
    const struct place *p = registry_place_code(&small, str_of(code));
    return p ? p->id : 0;
}

static int64_t
person(const char *username)
{
    const struct person *p = registry_username(&small, str_of(username));
    return p ? p->id : 0;
}

static void
rows_are_numbered_from_one(void **state)
{
    (void)state;
    assert_int_equal(small.area, 7);
    assert_int_equal(org("ZBZX"), 1);
    assert_int_equal(org("WY1"), 6);
    assert_int_equal(org("NO"), 0);
    assert_int_equal(place("XFL"), 4);
    assert_int_equal(person("wy"), 7);
    assert_null(registry_org(&small, 0));
    assert_null(registry_org(&small, 7));
    assert_null(registry_place(&small, -1));
    assert_null(registry_person(&small, 99));
    const struct place *p = registry_place(&small, place("XFL"));
    assert_int_equal(p->kind, PLACE_COMPOUND);
    assert_int_equal(p->parent, place("G1"));
    assert_int_equal(p->firm, org("WY1"));
    assert_int_equal(p->households, 300);
    assert_true(p->lon > 115.786 && p->lon < 115.7862 && p->lat > 25.6);
    check_str(p->buildings, "1-6");
    check_str(registry_person(&small, 2)->name, "王网格");
}

static void
places_form_a_tree(void **state)
{
    (void)state;
    const struct place *building = registry_place(&small, place("XFL3"));
    assert_int_equal(place_above(&small, building, PLACE_BUILDING)->id, building->id);
    assert_int_equal(place_above(&small, building, PLACE_GRID)->id, place("G1"));
    assert_null(place_above(&small, building, PLACE_TOWN));
    assert_null(place_above(&small, NULL, PLACE_TOWN));
    assert_true(place_within(&small, building->id, place("HQ")));
    assert_true(place_within(&small, building->id, building->id));
    assert_true(place_within(&small, building->id, 0));
    assert_true(place_within(&small, 0, 0));
    assert_false(place_within(&small, place("HQ"), building->id));
    assert_false(place_within(&small, 0, place("HQ")));
    check_str(place_chain(&small, building), "urban");
    check_str(place_chain(&small, NULL), "");
}

static void
owners_are_found_by_expression(void **state)
{
    (void)state;
    const struct place *building = registry_place(&small, place("XFL3")), *yard = registry_place(&small, place("DY"));
    const struct {
        const char *expression;
        const struct place *p;
        const char *org;
    } rows[] = {
        {"@firm", building, "WY1"},
        {"@firm", yard, ""},
        {"@station", building, "LZ"},
        {"@station", yard, "LZ"},
        {"@community", building, "SQ"},
        {"@grid", building, "SQ"},
        {"@coordinator", NULL, "ZBZX"},
        {"@lead", building, "XFJY"},
        {"CG", NULL, "CG"},
        {"NO", building, ""},
        {"@town", building, ""},
        {"@community", NULL, ""},
        {"@nothing", building, ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t found = owner_org(&small, str_of(rows[i].expression), rows[i].p, org("XFJY"));
        if (found != org(rows[i].org))
            fail_msg("row %zu %s: expected %s, found %d", i, rows[i].expression, rows[i].org, found);
    }
}

static void
the_first_in_order_fills_a_post(void **state)
{
    (void)state;
    assert_int_equal(registry_filled(&small, ROLE_GRID_CHIEF, 0, place("G1"), today)->person, person("chief"));
    assert_int_equal(registry_filled(&small, ROLE_GRID_CHIEF, 0, place("XFL3"), today)->person, person("chief"));
    assert_null(registry_filled(&small, ROLE_GRID_CHIEF, 0, place("HQ"), today)); /* the community is above the grid */
    assert_int_equal(registry_filled(&small, ROLE_LIAISON, org("SQ"), 0, today)->person, person("liaison"));
    assert_int_equal(registry_filled(&small, ROLE_NONE, org("CG"), 0, today)->person, person("officer"));
    assert_null(registry_filled(&small, ROLE_OFFICER, org("XFJY"), 0, today));
    assert_null(registry_filled(&small, ROLE_NONE, 0, 0, today));
    assert_null(registry_filled(&small, ROLE_SUPERVISOR, 0, 0, today));
}

static void
postings_hold_from_day_to_day(void **state)
{
    (void)state;
    const struct posting *out[4];
    assert_int_equal(registry_postings(&small, person("head"), today, out, 4), 2);
    assert_int_equal(out[0]->role, ROLE_COORDINATOR);
    assert_int_equal(out[1]->role, ROLE_DEPARTMENT_HEAD);
    assert_int_equal(registry_postings(&small, person("head"), today, out, 1), 1);
    assert_int_equal(registry_postings(&small, 99, today, out, 4), 0);

    struct registry r = small;
    struct posting *postings = arena_array(a, struct posting, small.n_postings);
    memcpy(postings, small.postings, small.n_postings * sizeof *postings);
    r.postings = postings;
    for (size_t i = 0; i < r.n_postings; i++)
        if (postings[i].person == person("chief")) {
            postings[i].from = today - 10;
            postings[i].to = today;
        }
    registry_index(&r);
    const struct owner chief = {.place = place("XFL"), .role = ROLE_GRID_CHIEF};
    assert_true(owner_is(&r, &chief, person("chief"), today));
    assert_false(owner_is(&r, &chief, person("chief"), today + 1));
    assert_false(owner_is(&r, &chief, person("chief"), today - 11));
    assert_int_equal(registry_filled(&r, ROLE_GRID_CHIEF, 0, place("XFL"), today + 1)->person, person("deputy"));
}

static void
owners_are_people_in_the_right_post(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct owner o;
        const char *who;
        bool is;
    } rows[] = {
        {"anybody of the department", {.org = org("CG"), .role = ROLE_NONE}, "officer", true},
        {"of another department", {.org = org("XFJY"), .role = ROLE_NONE}, "officer", false},
        {"the post", {.org = org("CG"), .role = ROLE_OFFICER}, "second", true},
        {"another post", {.org = org("CG"), .role = ROLE_DEPARTMENT_HEAD}, "officer", false},
        {"grid chief of the compound's grid", {.place = place("XFL"), .role = ROLE_GRID_CHIEF}, "chief", true},
        {"grid chief of the community", {.place = place("HQ"), .role = ROLE_GRID_CHIEF}, "chief", false},
        {"a post without a place serves everywhere",
         {.org = org("WY1"), .place = place("XFL"), .role = ROLE_PROPERTY},
         "wy",
         true},
        {"the firm", {.org = org("WY1"), .role = ROLE_NONE}, "wy", true},
        {"a second posting counts", {.org = org("ZBZX"), .role = ROLE_DEPARTMENT_HEAD}, "head", true},
        {"an administrator handles nothing", {.org = org("ZBZX"), .role = ROLE_NONE}, "admin", false},
        {"a grid chief is not the community", {.org = org("SQ"), .role = ROLE_NONE}, "chief", false},
        {"after a delegation only that person",
         {.org = org("CG"), .role = ROLE_NONE, .person = person("wy")},
         "wy",
         true},
        {"not the others", {.org = org("CG"), .role = ROLE_NONE, .person = person("wy")}, "officer", false},
        {"nobody owns nothing", {.role = ROLE_NONE}, "officer", false},
        {"any officer", {.role = ROLE_OFFICER}, "officer", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (owner_is(&small, &rows[i].o, person(rows[i].who), today) != rows[i].is)
            fail_msg("%s: %s %s", rows[i].what, rows[i].who, rows[i].is ? "should be" : "should not be");
    const struct owner any = {.role = ROLE_OFFICER};
    assert_false(owner_is(&small, &any, 0, today));

    struct registry r = small;
    struct person *people = arena_array(a, struct person, small.n_people);
    memcpy(people, small.people, small.n_people * sizeof *people);
    people[person("officer") - 1].is_disabled = true;
    r.people = people;
    registry_index(&r);
    assert_false(owner_is(&r, &any, person("officer"), today));
    assert_int_equal(registry_filled(&r, ROLE_OFFICER, 0, 0, today)->person, person("second"));
}

static void
owners_have_words(void **state)
{
    (void)state;
    const struct {
        struct owner o;
        const char *words;
    } rows[] = {
        {{.org = org("CG"), .role = ROLE_NONE}, "城管局"},
        {{.org = org("CG"), .role = ROLE_OFFICER}, "城管局执法人员"},
        {{.org = org("ZBZX"), .role = ROLE_COORDINATOR}, "住保中心"},
        {{.org = org("SQ"), .role = ROLE_COMMUNITY_OFFICE}, "红旗社区"},
        {{.org = org("LZ"), .role = ROLE_STATION_CHIEF}, "红旗联络站站长"},
        {{.place = place("XFL"), .role = ROLE_GRID_CHIEF}, "幸福里小区网格长"},
        {{.org = org("SQ"), .place = place("G1"), .role = ROLE_GRID_CHIEF}, "第1网格网格长"},
        {{.person = 2, .org = org("CG"), .role = ROLE_OFFICER}, "王网格"},
        {{.role = ROLE_LEADING_GROUP}, "领导小组"},
        {{.role = ROLE_NONE}, "—"},
    };
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        owner_words(&b, &small, &rows[i].o);
        check_buf(&b, rows[i].words);
    }
    buf_release(&b);
    check_str(org_name(&small, 0), "—");
    check_str(place_name(&small, place("XFL")), "幸福里小区");
    check_str(person_name(&small, 99), "—");
}

static void
kinds_have_codes(void **state)
{
    (void)state;
    for (int i = 0; i < ORG_KIND_COUNT; i++)
        assert_int_equal(org_kind_find(str_of(org_kind_code(i))), i);
    for (int i = 0; i < PLACE_KIND_COUNT; i++)
        assert_int_equal(place_kind_find(str_of(place_kind_code(i))), i);
    assert_string_equal(place_kind_label(PLACE_COMPOUND), "小区");
    assert_int_equal(org_kind_find(STR("x")), -1);
}

static void
every_wrong_cell_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *table, *from, *to;
        const char *in, *cell, *message, *fix;
    } rows[] = {
        {"orgs", "department,ZBZX", "departmnt,ZBZX", "orgs", "D3", "没有单位类别", "是不是“department”"},
        {"orgs", "department,ZBZX", "department,ZBXZ", "orgs", "E3", "没有单位“ZBXZ”", "是不是“ZBZX”"},
        {"orgs", "coordinator,,", "coordinator,CG,", "orgs", "E2", "绕了一圈", "上级"},
        {"orgs", "0797-5600010", "电话待定", "orgs", "F2", "不是电话号码", "0797"},
        {"places", "XFL,幸福里小区,compound,G1", "XFL,幸福里小区,compound,G9", "places", "D5", "没有地方“G9”",
         "是不是“G1”"},
        {"places", "XFL,幸福里小区,compound,G1", "XFL,幸福里小区,compund,G1", "places", "C5", "没有地方类别",
         "是不是“compound”（小区）"},
        {"places", "XFL,幸福里小区,compound,G1", "XFL,幸福里小区,compound,HQ", "places", "A5",
         "小区“幸福里小区”不在任何网格里", "网格"},
        {"places", "XFL,幸福里小区,compound,G1", "XFL,幸福里小区,compound,", "places", "D5", "不能空着", "填写"},
        {"places", "XFL,幸福里小区,compound,G1", "XFL,幸福里小区,compound,XFL3", "places", "D5", "绕了一圈", "上级"},
        {"places", "HQ,红旗社区,community,X", "HQ,红旗社区,community,DY", "places", "D3", "社区不能在小区下面", "更大"},
        {"places", "county,,urban", "county,,urbna", "places", "E2", "没有环节链条", "是不是“urban”"},
        {"places", "LZ,WY1", "LZ,SQ", "places", "H5", "不是这一类单位", "property_firm"},
        {"places", "LZ,WY1", "WY1,WY1", "places", "G5", "不是这一类单位", "station"},
        {"places", "LZ,WY1,300", "LZ,WY1,三百", "places", "I5", "“三百”不是", "整数"},
        {"places", "115.7861", "15.7861", "places", "O5", "“15.7861”不是", "73 到 136"},
        {"places", "115.7861,25.6001", "115.7861,", "places", "P5", "只有一个坐标", "一起填"},
        {"places", "community,X,,SQ", "community,X,,", "places", "F3", "不能空着", "填写"},
        {"people", "chief,王网格", "chief,", "people", "B3", "不能空着", "填写"},
        {"people", "deputy,李网格", "chief,李网格", "people", "A4", "与第 3 行重复", "换一个"},
        {"postings", "chief,grid_chief", "cheif,grid_chief", "postings", "A4", "没有人员“cheif”",
         "是不是“chief”（王网格，people 第 3 行）"},
        {"postings", "chief,grid_chief", "chief,gridchief", "postings", "B4", "没有角色",
         "是不是“grid_chief”（网格长）"},
        {"postings", "liaison,liaison,SQ,HQ", "liaison,volunteer,SQ,HQ", "places", "A3", "社区“红旗社区”没有联络员",
         "role=liaison"},
        {"postings", "deputy,grid_chief,SQ,G1,2,,,,\nchief,grid_chief,SQ,G1,1,,,,\n", "", "places", "A4", "没有网格长",
         "grid_chief"},
        {"postings", "liaison,liaison,SQ,HQ", "liaison,liaison,SQ,", "postings", "D5", "不能空着", "填写"},
        {"postings", "示例-1,2028-12-31", "示例-1,", "postings", "G6", "没有有效期", "2028-12-31"},
        {"postings", "second,officer,CG,X", "officer,officer,CG,X", "postings", "A7", "与第 6 行重复", "删掉"},
        {"postings", "wy,property,WY1,,1", "wy,property,,,1", "postings", "C8", "不能空着", "填写"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table_set set;
        struct registry r;
        small_tables(a, &set, rows[i].table, rows[i].from, rows[i].to);
        if (registry_from_tables(a, 1, set.all, &r, &set.errors))
            fail_msg("%s: \"%s\" was taken", rows[i].table, rows[i].to);
        expect_error(&set.errors, rows[i].to, rows[i].in, rows[i].cell, rows[i].message, rows[i].fix);
    }
}

/* 轮值 (BG-03): the second of every six months is February and August. */
static void
a_post_that_goes_round_is_in_force_in_its_months(void **state)
{
    (void)state;
    static const struct {
        int turn, turns, month;
        bool holds;
    } rows[] = {
        {0, 0, 4, true},  {1, 6, 1, true},  {1, 6, 7, true},  {1, 6, 2, false}, {2, 6, 8, true},   {2, 6, 3, false},
        {6, 6, 6, true},  {6, 6, 12, true}, {6, 6, 1, false}, {12, 12, 12, true}, {12, 12, 1, false}, {1, 1, 5, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct posting p = {.turn = rows[i].turn, .turns = rows[i].turns, .from = day_number(2026, 1, 1), .to = day_number(2026, 12, 31)};
        int32_t day = day_number(2026, rows[i].month, 15);
        if (posting_in_force(&p, day) != rows[i].holds)
            fail_msg("turn %d/%d in month %d", rows[i].turn, rows[i].turns, rows[i].month);
        assert_true(posting_held(&p, day));
        assert_false(posting_in_force(&p, day_number(2027, rows[i].month, 15)));
    }
}

static void
the_shipped_registry_is_sound(void **state)
{
    (void)state;
    struct table_set set;
    if (!shipped_tables(a, &set, "huichang"))
        skip();
    struct registry r;
    registry_from_tables(a, 1, set.all, &r, &set.errors);
    expect_no_errors(&set.errors);
    size_t compounds = 0;
    for (int32_t i = 1; i <= r.n_places; i++) {
        if (r.places[i].kind != PLACE_COMPOUND)
            continue;
        compounds++;
        if (!owner_org(&r, STR("@community"), &r.places[i], 0) || !owner_org(&r, STR("@town"), &r.places[i], 0) ||
            !registry_filled(&r, ROLE_GRID_CHIEF, 0, i, today) || !place_chain(&r, &r.places[i]).n)
            fail_msg("%.*s lacks somebody", (int)r.places[i].name.n, r.places[i].name.p);
    }
    assert_true(compounds > 90);
}

static void
a_city_is_called_a_city(void **state)
{
    (void)state;
    static const struct {
        int kind;
        const char *name, *label;
    } rows[] = {{PLACE_COUNTY, "会昌县", "县"}, {PLACE_COUNTY, "楚雄市", "市"}, {PLACE_DISTRICT, "八公山区", "区"}, {PLACE_COUNTY, "某地", "县"},
                {PLACE_COUNTY, "鄂托克旗", "旗"}, {PLACE_COMPOUND, "电子城市", "小区"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct place p = {.kind = rows[i].kind, .name = str_of(rows[i].name)};
        assert_string_equal(place_label(&p), rows[i].label);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_numbered_from_one),
        cmocka_unit_test(a_city_is_called_a_city),
        cmocka_unit_test(places_form_a_tree),
        cmocka_unit_test(owners_are_found_by_expression),
        cmocka_unit_test(the_first_in_order_fills_a_post),
        cmocka_unit_test(postings_hold_from_day_to_day),
        cmocka_unit_test(owners_are_people_in_the_right_post),
        cmocka_unit_test(owners_have_words),
        cmocka_unit_test(kinds_have_codes),
        cmocka_unit_test(every_wrong_cell_is_found),
        cmocka_unit_test(a_post_that_goes_round_is_in_force_in_its_months),
        cmocka_unit_test(the_shipped_registry_is_sound),
    };
    return cmocka_run_group_tests_name("registry", tests, set_up, tear_down);
}
