#include "registry_import.h"

#include <stdlib.h>

#include "sheet.h"

struct importer {
    struct arena *a;
    struct tables tables;
    struct scheme_errors *errors;
    struct codes org_kinds, place_kinds, roles, chains, orgs, places, people;
    struct org *org;
    struct place *place;
    struct person *person;
    struct posting *posting;
    size_t n_orgs, n_places, n_people, n_postings;
};

typedef const char *name_of(int);

static struct codes
codes_by(struct arena *a, int n, name_of *code, name_of *label, const char *what)
{
    struct str *codes = arena_array(a, struct str, n), *names = arena_array(a, struct str, n);
    for (int i = 0; i < n; i++) {
        codes[i] = str_of(code(i));
        names[i] = label ? str_of(label(i)) : STR("");
    }
    return codes_fixed(codes, label ? names : NULL, (size_t)n, what);
}

/* The chains that hops name, once each. */
static struct codes
chain_codes(struct importer *im)
{
    const struct table *hops = tables_find(im->tables, "hops");
    size_t n_rows = hops ? hops->n_rows : 0, n = 0;
    struct str *names = arena_array(im->a, struct str, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) {
        struct str chain = table_cell(hops, i, "chain");
        struct codes so_far = codes_fixed(names, NULL, n, "");
        if (chain.n && codes_find(&so_far, chain) < 0)
            names[n++] = chain;
    }
    struct codes c = codes_fixed(names, NULL, n, "环节链条（hops 表）");
    c.is_missing = !n;
    return c;
}

/* Parents must not go round in a circle: walks up at most as many steps as there are rows. */
static void
check_circle(struct sheet *sh, const int32_t *parent)
{
    int32_t self = (int32_t)sh->row + 1, at = self;
    for (size_t steps = 0; at && steps <= sh->t->n_rows; steps++) {
        at = parent[at];
        if (at == self) {
            sheet_fault(sh, "parent", "改正上级，最上面一级留空。", "上级绕了一圈又回到自己");
            return;
        }
    }
}

/* ---- organisations ---- */

static void
read_orgs(struct importer *im)
{
    struct sheet sh;
    sheet_open(&sh, im->a, im->tables, "orgs", ORG_COLUMNS, im->errors);
    im->orgs = sheet_codes(&sh, "code", "name", "单位");
    im->n_orgs = sh.t->n_rows;
    im->org = arena_array(im->a, struct org, im->n_orgs + 1);
    int32_t *parent = arena_array(im->a, int32_t, im->n_orgs + 1);
    while (sheet_next(&sh)) {
        int kind = sheet_need_ref(&sh, "kind", &im->org_kinds);
        int32_t id = (int32_t)sh.row + 1;
        im->org[id] = (struct org){
            .id = id,
            .parent = parent[id] = sheet_ref(&sh, "parent", &im->orgs) + 1,
            .kind = kind < 0 ? ORG_DEPARTMENT : (enum org_kind)kind,
            .code = im->orgs.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .short_name = sheet_text(&sh, "short"),
            .phone = sheet_phone(&sh, "phone"),
            .hours = sheet_text(&sh, "hours"),
            .address = sheet_text(&sh, "address"),
            .duty = sheet_text(&sh, "duty"),
            .is_sample = sheet_flag(&sh, "sample"),
        };
    }
    while (sheet_next(&sh))
        check_circle(&sh, parent);
}

/* ---- places ---- */

/* An organisation in a cell, of the kind that the column asks for (ORG_KIND_COUNT = any); its id or 0. */
static int32_t
org_ref(struct importer *im, struct sheet *sh, const char *column, enum org_kind kind)
{
    int32_t id = sheet_ref(sh, column, &im->orgs) + 1;
    if (id && kind != ORG_KIND_COUNT && im->org[id].kind != kind)
        sheet_fault(sh, column, arena_printf(im->a, "写一个 kind=%s 的单位。", org_kind_code(kind)),
                    "“%.*s”不是这一类单位", (int)im->org[id].code.n, im->org[id].code.p);
    return id;
}

static void
check_parents(struct importer *im, struct sheet *sh)
{
    int32_t *parent = arena_array(im->a, int32_t, im->n_places + 1);
    for (size_t i = 1; i <= im->n_places; i++)
        parent[i] = im->place[i].parent;
    while (sheet_next(sh)) {
        const struct place *p = &im->place[sh->row + 1], *up = p->parent ? &im->place[p->parent] : NULL;
        check_circle(sh, parent);
        if (up && up->kind >= p->kind)
            sheet_fault(sh, "parent", "上级写更大一级的地方，如小区写网格，网格写社区。", "%s不能在%s下面",
                        place_label(p), place_label(up));
        if (!up && p->kind >= PLACE_COMMUNITY)
            sheet_need(sh, "parent");
        if (up && p->kind == PLACE_POINT && up->kind != PLACE_COMPOUND)
            sheet_fault(sh, "parent", "写巡查点所在的小区。", "巡查点要放在小区里");
    }
}

static void
read_places(struct importer *im)
{
    struct sheet sh;
    sheet_open(&sh, im->a, im->tables, "places",
               "code,name,kind,parent,chain,org,station,firm,households,buildings,parking_supply,parking_demand,"
               "charge_supply,charge_demand,lon,lat,origin,sample,order?",
               im->errors);
    im->places = sheet_codes(&sh, "code", "name", "地方");
    im->n_places = sh.t->n_rows;
    im->place = arena_array(im->a, struct place, im->n_places + 1);
    while (sheet_next(&sh)) {
        int kind = sheet_need_ref(&sh, "kind", &im->place_kinds);
        int32_t id = (int32_t)sh.row + 1;
        sheet_ref(&sh, "chain", &im->chains);
        sheet_origin(&sh);
        im->place[id] = (struct place){
            .id = id,
            .parent = sheet_ref(&sh, "parent", &im->places) + 1,
            .kind = kind < 0 ? PLACE_COMPOUND : (enum place_kind)kind,
            .code = im->places.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .chain = sheet_text(&sh, "chain"),
            .buildings = sheet_text(&sh, "buildings"),
            .org = org_ref(im, &sh, "org", ORG_KIND_COUNT),
            .station = org_ref(im, &sh, "station", ORG_STATION),
            .firm = org_ref(im, &sh, "firm", ORG_PROPERTY_FIRM),
            .households = (int)sheet_number(&sh, "households", 0, 1000000, 0),
            .parking_supply = (int)sheet_number(&sh, "parking_supply", 0, 1000000, 0),
            .parking_demand = (int)sheet_number(&sh, "parking_demand", 0, 1000000, 0),
            .charge_supply = (int)sheet_number(&sh, "charge_supply", 0, 1000000, 0),
            .charge_demand = (int)sheet_number(&sh, "charge_demand", 0, 1000000, 0),
            .lon = sheet_decimal(&sh, "lon", 73, 136),
            .lat = sheet_decimal(&sh, "lat", 3, 54),
            .is_sample = sheet_flag(&sh, "sample"),
            .rank = (int)sheet_number(&sh, "order", 0, 999, 0),
        };
        if (im->place[id].kind == PLACE_COMMUNITY)
            sheet_need(&sh, "org");
        if ((im->place[id].lon != 0) != (im->place[id].lat != 0) &&
            sheet_text(&sh, "lon").n != sheet_text(&sh, "lat").n)
            sheet_fault(&sh, sheet_text(&sh, "lon").n ? "lat" : "lon", "经度、纬度一起填，或都留空。", "只有一个坐标");
    }
    check_parents(im, &sh);
}

/* ---- people and postings ---- */

static void
read_people(struct importer *im)
{
    struct sheet sh;
    sheet_open(&sh, im->a, im->tables, "people", "username,name,phone,sample", im->errors);
    im->people = sheet_codes(&sh, "username", "name", "人员");
    im->n_people = sh.t->n_rows;
    im->person = arena_array(im->a, struct person, im->n_people + 1);
    while (sheet_next(&sh))
        im->person[sh.row] = (struct person){
            .id = (int64_t)sh.row + 1,
            .username = im->people.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .phone = sheet_phone(&sh, "phone"),
            .is_sample = sheet_flag(&sh, "sample"),
        };
}

static int
compare_postings(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool
is_bound_to_a_place(int role)
{
    return role == ROLE_GRID_CHIEF || role == ROLE_GRID_WORKER || role == ROLE_LIAISON;
}

/* "2/6": the second of every six months. */
static void
read_turn(struct sheet *sh, struct posting *p)
{
    struct str rest = sheet_text(sh, "turn"), part;
    int64_t turn, turns;
    if (!rest.n)
        return;
    if (str_cut(&rest, '/', &part) && str_int(part, &turn) && str_int(rest, &turns) && turn >= 1 && turn <= turns && turns <= 12 &&
        12 % turns == 0) {
        p->turn = (int)turn;
        p->turns = (int)turns;
    } else
        sheet_fault(sh, "turn", "写成 2/6：每 6 个月里的第 2 个月；6 要能整除 12。", "不是轮值的写法");
}

static void
read_postings(struct importer *im)
{
    struct sheet sh;
    sheet_open(&sh, im->a, im->tables, "postings", "username,role,org,place,order,cert_no,cert_until,alone?,turn?,matters,note",
               im->errors);
    sheet_unique(&sh, "username,role,org,place");
    im->n_postings = sh.t->n_rows;
    im->posting = arena_array(im->a, struct posting, im->n_postings + 1);
    while (sheet_next(&sh)) {
        struct posting *p = &im->posting[sh.row];
        *p = (struct posting){
            .id = (int64_t)sh.row + 1,
            .person = sheet_need_ref(&sh, "username", &im->people) + 1,
            .role = sheet_need_ref(&sh, "role", &im->roles),
            .org = sheet_ref(&sh, "org", &im->orgs) + 1,
            .place = sheet_ref(&sh, "place", &im->places) + 1,
            .order = (int)sheet_number(&sh, "order", 1, 99, 1),
            .cert_no = sheet_text(&sh, "cert_no"),
            .matters = sheet_text(&sh, "matters"),
            .note = sheet_text(&sh, "note"),
            .cert_until = sheet_date(&sh, "cert_until"),
        };
        read_turn(&sh, p);
        struct str alone = sheet_text(&sh, "alone");
        p->is_guided = str_is(alone, "0");
        if (alone.n && !p->is_guided && !str_is(alone, "1"))
            sheet_fault(&sh, "alone", "能独立执法的不填或写 1，还不能的写 0。", "不认识“%.*s”", (int)alone.n, alone.p);
        if (p->cert_no.n && !p->cert_until)
            sheet_fault(&sh, "cert_until", "写执法证的最后有效日，如 2028-12-31。", "有证号，没有有效期");
        if (is_bound_to_a_place(p->role))
            sheet_need(&sh, "place");
        if (!sheet_text(&sh, "org").n && !sheet_text(&sh, "place").n)
            sheet_need(&sh, "org");
    }
    qsort(im->posting, im->n_postings, sizeof *im->posting, compare_postings);
}

/* ---- nobody is left out ---- */

static void
place_fault(struct importer *im, const struct place *p, const char *fix, const char *what)
{
    scheme_fault(im->a, im->errors, STR("places"), cell_name(im->a, 0, (size_t)p->id + 1), fix, "%s“%.*s”%s",
                 place_label(p), (int)p->name.n, p->name.p, what);
}

static void
check_staffing(struct importer *im, const struct registry *r)
{
    for (int32_t i = 1; i <= r->n_places; i++) {
        const struct place *p = &r->places[i];
        if (p->kind == PLACE_COMPOUND && !place_above(r, p, PLACE_GRID))
            place_fault(im, p, "parent 写它所在的网格。", "不在任何网格里");
        if (p->kind == PLACE_GRID && !registry_filled(r, ROLE_GRID_CHIEF, 0, i, 0))
            place_fault(im, p, "在 postings 表加一行 role=grid_chief。", "没有网格长");
        if (p->kind == PLACE_COMMUNITY && !registry_filled(r, ROLE_LIAISON, 0, i, 0))
            place_fault(im, p, "在 postings 表加一行 role=liaison。", "没有联络员");
    }
}

bool
registry_from_tables(struct arena *a, int64_t area, struct tables tables, struct registry *out,
                     struct scheme_errors *errors)
{
    struct importer im = {
        .a = a,
        .tables = tables,
        .errors = errors,
        .org_kinds = codes_by(a, ORG_KIND_COUNT, org_kind_code, NULL, "单位类别"),
        .place_kinds = codes_by(a, PLACE_KIND_COUNT, place_kind_code, place_kind_label, "地方类别"),
        .roles = codes_by(a, ROLE_COUNT, role_code, role_label, "角色"),
    };
    im.chains = chain_codes(&im);
    read_orgs(&im);
    read_places(&im);
    read_people(&im);
    read_postings(&im);
    *out = (struct registry){
        .arena = a,
        .area = area,
        .orgs = im.org,
        .n_orgs = (int32_t)im.n_orgs,
        .places = im.place,
        .n_places = (int32_t)im.n_places,
        .people = im.person,
        .n_people = im.n_people,
        .postings = im.posting,
        .n_postings = im.n_postings,
    };
    registry_index(out);
    if (tables_find(tables, "places") && tables_find(tables, "postings"))
        check_staffing(&im, out);
    return errors->n == 0;
}
