#include "scheme_read.h"

#include <stdlib.h>

#include "suggest.h"

static const struct str lists[] = {STR("enforcement"), STR("service")};
static const struct str list_names[] = {STR("执法清单"), STR("服务清单")};
static const struct str tiers[] = {STR("persuade"), STR("order"), STR("penalise")};
static const struct str tier_names[] = {STR("劝导"), STR("责令改正"), STR("查处")};
static const struct str hop_kinds[HOP_COUNT] = {STR("call"), STR("accept"), STR("dispatch"), STR("respond")};
static const struct str hop_names[HOP_COUNT] = {STR("呼叫"), STR("受理"), STR("派发"), STR("响应")};
static const struct str units[UNIT_COUNT] = {STR("minute"), STR("office_hour"), STR("working_day"), STR("natural_day")};
static const struct str unit_names[UNIT_COUNT] = {STR("分钟"), STR("办公小时"), STR("工作日"), STR("自然日")};
static const struct str expressions[] = {STR("@lead"),    STR("@firm"), STR("@community"),  STR("@town"),
                                         STR("@station"), STR("@grid"), STR("@coordinator"), STR("@sector"), STR("@first"),
                                         STR("@contact1"), STR("@contact2"), STR("@liaison")};
static const struct str anchors[] = {STR("step"), STR("registration")};
static const struct str initiatives[] = {STR("told"), STR("found")};
static const struct str misses[] = {STR("stay"), STR("next")};
static const struct str audiences[] = {STR("resident"), STR("grassroots")};
static const struct str proofs[] = {STR("photo"), STR("place")};
static const struct str stages[HOP_COUNT + 1] = {STR("call"), STR("accept"), STR("dispatch"), STR("respond"), STR("confer")};
static const struct str reason_kinds[] = {STR("skip"),   STR("pause"), STR("refer"),    STR("refuse"),
                                          STR("return"), STR("cause"), STR("unsolved"), STR("withdraw")};
static const struct str clocks[] = {STR("hop"), STR("duty"), STR("handling"), STR("resident")};
static const struct str channel_needs[] = {STR("dissuade"), STR("order_no"), STR("photo"), STR("contact"),
                                           STR("place")};
static const struct str day_kinds[] = {STR("holiday"), STR("workday")};

#define FIXED(codes, names, label) codes_fixed((codes), (names), sizeof(codes) / sizeof *(codes), (label))

static struct codes
role_codes(struct arena *a)
{
    struct str *code = arena_array(a, struct str, ROLE_COUNT), *name = arena_array(a, struct str, ROLE_COUNT);
    for (int i = 0; i < ROLE_COUNT; i++) {
        code[i] = str_of(role_code(i));
        name[i] = str_of(role_label(i));
    }
    return codes_fixed(code, name, ROLE_COUNT, "角色");
}

void
check_owner(struct reader *r, struct sheet *sh, const char *column, struct str owner)
{
    sheet_ref_value(sh, column, owner, str_starts(owner, STR("@")) ? &r->expressions : &r->orgs);
}

/* ---- scheme.csv ---- */

/* "08:30-12:00" to minutes of the day. */
static bool
parse_hours(struct str s, int *from, int *to)
{
    if (s.n != 11 || s.p[2] != ':' || s.p[5] != '-' || s.p[8] != ':')
        return false;
    int64_t part[4];
    for (size_t i = 0; i < 4; i++)
        if (!str_int(str_slice(s, i * 3, i * 3 + 2), &part[i]) || s.p[i * 3] == '-' || s.p[i * 3] == '+')
            return false;
    *from = (int)(part[0] * 60 + part[1]);
    *to = (int)(part[2] * 60 + part[3]);
    return part[1] < 60 && part[3] < 60 && *from < *to && *to <= 24 * 60;
}

struct key {
    const char *name;
    struct str *to;
    bool optional, seen;
};

static struct key *
find_key(struct key *keys, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

static void
unknown_key(struct sheet *sh, const struct key *keys, size_t n)
{
    struct str *names = arena_array(sh->a, struct str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = str_of(keys[i].name);
    struct str key = sheet_text(sh, "key");
    int near = nearest_word(key, names, n);
    sheet_fault(sh, "key", near < 0 ? "删掉这一行。" : arena_printf(sh->a, "是不是“%s”？", keys[near].name),
                "不认识“%.*s”", (int)key.n, key.p);
}

static void
read_hours(struct sheet *sh, struct str am, struct str pm, struct calendar *c)
{
    while (sheet_next(sh)) {
        struct str key = sheet_text(sh, "key");
        bool is_am = str_is(key, "office_am"), is_pm = str_is(key, "office_pm");
        int from, to;
        if ((is_am && !parse_hours(am, &from, &to)) || (is_pm && !parse_hours(pm, &from, &to)))
            sheet_fault(sh, "value", "写成 08:30-12:00 这样。", "不是一段时间");
        if (is_am && parse_hours(am, &from, &to))
            c->am_from = from, c->am_to = to;
        if (is_pm && parse_hours(pm, &from, &to)) {
            c->pm_from = from, c->pm_to = to;
            if (c->am_to > from)
                sheet_fault(sh, "value", "上午下班不晚于下午上班；中午不休息时两个时刻相同。",
                            "下午的办公时间早于上午结束");
        }
    }
}

static bool
is_region(struct str s)
{
    int64_t v;
    return s.n == 6 && str_int(s, &v) && v >= 100000;
}

/* A whole or decimal number of a row of scheme.csv; 0 after a fault. */
static double
head_number(struct sheet *sh, double least, double most)
{
    char text[16] = "", *end = text;
    struct str v = sheet_text(sh, "value");
    if (v.n < sizeof text)
        memcpy(text, v.p, v.n);
    double n = strtod(text, &end);
    if (end != text && *end == 0 && n >= least && n <= most)
        return n;
    sheet_fault(sh, "value", arena_printf(sh->a, "写 %g 到 %g 之间的数。", least, most), "不是可用的数");
    return 0;
}

static void
check_reach(struct scheme *s, struct sheet *sh, struct str key)
{
    enum { MINUTES_MOST = 240, GRACE_MOST = 24 * 30, NEAR_MOST = 60, VISITS_MOST = 40 };
    if (str_is(key, "reach_detour"))
        s->reach_detour = head_number(sh, 1, 5);
    if (str_is(key, "reach_speed_kmh"))
        s->reach_speed_kmh = head_number(sh, 2, 120);
    if (str_is(key, "reach_minutes"))
        s->reach_minutes = (int)head_number(sh, 1, MINUTES_MOST);
    if (str_is(key, "near_days"))
        s->near_days = (int)head_number(sh, 1, NEAR_MOST);
    if (str_is(key, "visits_per_day"))
        s->visits_per_day = (int)head_number(sh, 1, VISITS_MOST);
    if (str_is(key, "offline_grace"))
        s->offline_grace = (int)head_number(sh, 0, GRACE_MOST);
}

/* 「70|20|10」: for comparison only, never a target. */
static void
check_shares(struct scheme *s, struct sheet *sh)
{
    struct str rest = sheet_text(sh, "value"), part;
    int64_t sum = 0, n = 0, share;
    for (; str_cut(&rest, '|', &part); n++) {
        bool ok = str_int(str_trim(part), &share) && share >= 0 && share <= 100;
        sum = ok ? sum + share : -1000;
        if (ok && n < 3)
            s->tier_shares[n] = (int)share;
    }
    if (n != 3 || sum != 100)
        sheet_fault(sh, "value", "写劝导、责令改正、查处各占的百分数，如 70|20|10。", "三个百分数加起来要是 100");
}

static uint64_t
roles_of_cell(struct reader *r, struct sheet *sh)
{
    struct strs list = sheet_refs(sh, "value", &r->roles);
    uint64_t roles = 0;
    for (size_t i = 0; i < list.n; i++)
        if (role_find(list.p[i]) >= 0)
            roles |= ROLE_BIT(role_find(list.p[i]));
    return roles;
}

static void
check_head(struct reader *r, struct sheet *sh)
{
    while (sheet_next(sh)) {
        struct str key = sheet_text(sh, "key"), value = sheet_text(sh, "value");
        if (str_is(key, "region") && value.n && !is_region(value))
            sheet_fault(sh, "value", "写县级行政区划代码，如 360733。", "区划代码应是 6 位数字");
        if (str_is(key, "valid_from"))
            r->s->valid_from = sheet_date(sh, "value");
        if (str_is(key, "document"))
            sheet_ref(sh, "value", &r->documents);
        if (str_is(key, "first_receiver"))
            r->s->first_receiver = sheet_flag(sh, "value");
        if (str_is(key, "result_to"))
            r->s->result_to = sheet_ref(sh, "value", &r->roles);
        if (str_is(key, "team_by"))
            r->s->team_by = roles_of_cell(r, sh);
        if (str_is(key, "supervision_phone") || str_is(key, "county_phone"))
            sheet_phone(sh, "value");
        if (str_is(key, "tier_shares") && value.n)
            check_shares(r->s, sh);
        check_reach(r->s, sh, key);
    }
}

static void
read_head(struct reader *r)
{
    struct scheme *s = r->s;
    struct str valid_from, am = STR(""), pm = STR(""), seen_elsewhere;
    struct key keys[] = {
        {.name = "name", .to = &s->name},
        {.name = "title", .to = &s->title},
        {.name = "county", .to = &s->county},
        {.name = "region", .to = &s->region},
        {.name = "valid_from", .to = &valid_from},
        {.name = "office_am", .to = &am},
        {.name = "office_pm", .to = &pm},
        {.name = "document", .to = &s->document},
        {.name = "host", .to = &s->host},
        {.name = "supervision_phone", .to = &s->supervision_phone},
        {.name = "county_phone", .to = &s->county_phone},
        {.name = "first_receiver", .to = &seen_elsewhere, .optional = true},
        {.name = "result_to", .to = &seen_elsewhere, .optional = true},
        {.name = "team_by", .to = &seen_elsewhere, .optional = true},
        {.name = "reach_detour", .to = &seen_elsewhere, .optional = true},
        {.name = "reach_speed_kmh", .to = &seen_elsewhere, .optional = true},
        {.name = "reach_minutes", .to = &seen_elsewhere, .optional = true},
        {.name = "near_days", .to = &seen_elsewhere, .optional = true},
        {.name = "visits_per_day", .to = &seen_elsewhere, .optional = true},
        {.name = "offline_grace", .to = &seen_elsewhere, .optional = true},
        {.name = "tier_shares", .to = &seen_elsewhere, .optional = true},
        {.name = "footer_site_code", .to = &s->site_code, .optional = true},
        {.name = "footer_icp", .to = &s->icp, .optional = true},
    };
    size_t n = sizeof keys / sizeof *keys;
    struct sheet sh;
    if (!sheet_open(&sh, r->a, r->tables, "scheme", "key,value", r->errors))
        return;
    sheet_unique(&sh, "key");
    while (sheet_next(&sh)) {
        struct key *k = find_key(keys, n, sheet_need(&sh, "key"));
        if (!k) {
            unknown_key(&sh, keys, n);
            continue;
        }
        k->seen = true;
        *k->to = k->optional ? sheet_text(&sh, "value") : sheet_need(&sh, "value");
    }
    for (size_t i = 0; i < n; i++)
        if (!keys[i].seen && !keys[i].optional)
            scheme_fault(r->a, r->errors, sh.t->name, cell_name(r->a, 0, sh.t->n_rows + 2),
                         arena_printf(r->a, "加一行 %s。", keys[i].name), "缺少“%s”", keys[i].name);
    read_hours(&sh, am, pm, &s->calendar);
    check_head(r, &sh);
}

/* ---- plain tables ---- */

static void
read_documents(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "documents", "code,title,number,date,issuer,origin,note", r->errors);
    r->documents = sheet_codes(&sh, "code", "title", "文件");
    struct document *rows = arena_array(r->a, struct document, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        sheet_date(&sh, "date");
        rows[sh.row] = (struct document){
            .code = r->documents.code[sh.row],
            .title = sheet_need(&sh, "title"),
            .number = sheet_text(&sh, "number"),
            .date = sheet_text(&sh, "date"),
            .issuer = sheet_text(&sh, "issuer"),
            .origin = sheet_origin(&sh),
            .note = sheet_text(&sh, "note"),
        };
    }
    r->s->documents = rows;
    r->s->n_documents = sh.t->n_rows;
}

static void
read_limits(struct reader *r)
{
    static const int64_t most[UNIT_COUNT] = {30 * 24 * 60, 400, 400, 3660};
    struct codes clock_codes = FIXED(clocks, NULL, "时钟"), from = FIXED(anchors, NULL, "起算点");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "limits", "code,name,amount,unit,clock,amber,anchor?,basis,origin,note", r->errors);
    r->limits = sheet_codes(&sh, "code", "name", "时限");
    struct limit *rows = arena_array(r->a, struct limit, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        int unit = sheet_need_ref(&sh, "unit", &r->units), clock = sheet_need_ref(&sh, "clock", &clock_codes);
        int64_t amount = sheet_need_number(&sh, "amount", 0, most[unit < 0 ? UNIT_MINUTE : unit]);
        rows[sh.row] = (struct limit){
            .code = r->limits.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .clock = clock < 0 ? STR("") : clocks[clock],
            .basis = sheet_text(&sh, "basis"),
            .origin = sheet_origin(&sh),
            .note = sheet_text(&sh, "note"),
            .unit = unit < 0 ? UNIT_MINUTE : (enum limit_unit)unit,
            .amount = (int)amount,
            .amber = (int)sheet_number(&sh, "amber", 0, amount, 0),
            .is_from_registration = sheet_ref(&sh, "anchor", &from) == 1,
        };
    }
    r->s->limits = rows;
    r->s->n_limits = sh.t->n_rows;
}

static void
read_reasons(struct reader *r)
{
    struct codes kinds = FIXED(reason_kinds, NULL, "理由类别");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "reasons", "kind,code,name,basis,note", r->errors);
    sheet_unique(&sh, "kind,code");
    size_t n = sh.t->n_rows, n_skip = 0;
    struct reason *rows = arena_array(r->a, struct reason, n + 1);
    struct str *skip = arena_array(r->a, struct str, n + 1), *skip_names = arena_array(r->a, struct str, n + 1);
    while (sheet_next(&sh)) {
        sheet_need_ref(&sh, "kind", &kinds);
        rows[sh.row] = (struct reason){
            .kind = sheet_text(&sh, "kind"),
            .code = sheet_code(&sh, "code"),
            .name = sheet_need(&sh, "name"),
            .basis = sheet_text(&sh, "basis"),
            .note = sheet_text(&sh, "note"),
        };
        if (str_is(rows[sh.row].kind, "skip")) {
            skip[n_skip] = rows[sh.row].code;
            skip_names[n_skip++] = rows[sh.row].name;
        }
    }
    r->skip_grounds = codes_fixed(skip, skip_names, n_skip, "跳级理由（reasons 表 kind=skip）");
    r->skip_grounds.is_missing = sh.is_missing;
    r->s->reasons = rows;
    r->s->n_reasons = n;
}

/* ---- hops and channels ---- */

static int
compare_hops(const void *a, const void *b)
{
    const struct hop *x = a, *y = b;
    int c = str_cmp(x->chain, y->chain);
    return c ? c : x->order - y->order;
}

/* Stages come in the order 呼叫, 受理, 派发, 响应, and the last one exists: somebody must respond. */
static void
check_chains(struct reader *r, struct sheet *sh, const struct hop *rows)
{
    while (sheet_next(sh)) {
        const struct hop *h = &rows[sh->row];
        bool has_response = false;
        for (size_t i = 0; i < sh->t->n_rows; i++) {
            const struct hop *o = &rows[i];
            if (!str_eq(o->chain, h->chain))
                continue;
            has_response = has_response || o->kind == HOP_RESPOND;
            if (o->kind < h->kind && o->order > h->order)
                sheet_fault(sh, "order", "按呼叫、受理、派发、响应的先后编号。", "“%s”排在“%s”前面",
                            hop_names[h->kind].p, hop_names[o->kind].p);
        }
        if (!has_response && h->chain.n)
            scheme_fault(r->a, r->errors, sh->t->name, cell_name(r->a, 0, sh->row + 2), "加一行 hop=respond。",
                         "链条“%.*s”没有响应环节", (int)h->chain.n, h->chain.p);
    }
}

static void
read_hops(struct reader *r)
{
    struct codes on_miss = FIXED(misses, NULL, "超期后");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "hops", "chain,order,hop,role,owner,limit,escalate,on_miss?,clause", r->errors);
    sheet_unique(&sh, "chain,order");
    struct hop *rows = arena_array(r->a, struct hop, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        int kind = sheet_need_ref(&sh, "hop", &r->hop_kinds);
        rows[sh.row] = (struct hop){
            .chain = sheet_code(&sh, "chain"),
            .kind = kind < 0 ? HOP_CALL : (enum hop_kind)kind,
            .order = (int)sheet_need_number(&sh, "order", 1, 20),
            .role = sheet_need_ref(&sh, "role", &r->roles),
            .owner = sheet_need(&sh, "owner"),
            .limit = sheet_need_ref(&sh, "limit", &r->limits),
            .escalate = sheet_need_ref(&sh, "escalate", &r->roles),
            .moves_on = sheet_ref(&sh, "on_miss", &on_miss) == 1,
            .clause = sheet_text(&sh, "clause"),
        };
        check_owner(r, &sh, "owner", rows[sh.row].owner);
    }
    check_chains(r, &sh, rows);
    qsort(rows, sh.t->n_rows, sizeof *rows, compare_hops);
    r->s->hops = rows;
    r->s->n_hops = sh.t->n_rows;
}

static uint64_t
roles_in(struct reader *r, struct sheet *sh, const char *column)
{
    uint64_t bits = 0;
    struct strs roles = sheet_refs(sh, column, &r->roles);
    for (size_t i = 0; i < roles.n; i++)
        if (role_find(roles.p[i]) >= 0)
            bits |= ROLE_BIT(role_find(roles.p[i]));
    return bits;
}

static void
read_channels(struct reader *r)
{
    struct codes needs = FIXED(channel_needs, NULL, "渠道要求"), initiative = FIXED(initiatives, NULL, "发现方式");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "channels", "source,name,roles,enters_at,needs,initiative?,note", r->errors);
    struct codes sources = sheet_codes(&sh, "source", "name", "渠道");
    struct channel *rows = arena_array(r->a, struct channel, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        int enters_at = sheet_need_ref(&sh, "enters_at", &r->hop_kinds);
        struct channel *c = &rows[sh.row];
        *c = (struct channel){
            .source = sources.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .note = sheet_text(&sh, "note"),
            .enters_at = enters_at < 0 ? HOP_CALL : (enum hop_kind)enters_at,
            .needs = sheet_refs(&sh, "needs", &needs),
            .is_found = sheet_ref(&sh, "initiative", &initiative) == 1,
        };
        sheet_need(&sh, "roles");
        c->roles = roles_in(r, &sh, "roles");
    }
    r->s->channels = rows;
    r->s->n_channels = sh.t->n_rows;
}

/* ---- graded calls, revisits, scopes: tables that a locality may do without ---- */

static void
check_whistle(struct reader *r, struct sheet *sh, const struct whistle *rows, const struct whistle *w)
{
    if (w->owner.n)
        check_owner(r, sh, "owner", w->owner);
    for (size_t i = 0; i < w->assists.n; i++)
        check_owner(r, sh, "assists", w->assists.p[i]);
    if (w->on_miss >= 0 && rows[w->on_miss].order <= w->order)
        sheet_fault(sh, "on_miss", "写一个 order 更大的级别；到顶的留空。", "无人响应时只能往上升级");
    if (w->enters == ENTERS_CONFER && !w->owner.n)
        sheet_need(sh, "owner");
}

static void
read_whistles(struct reader *r)
{
    struct codes stage = FIXED(stages, NULL, "环节"), proof = FIXED(proofs, NULL, "到场凭据");
    struct sheet sh;
    if (!tables_find(r->tables, "whistles"))
        return;
    sheet_open(&sh, r->a, r->tables, "whistles",
               "code,name,order,enters,owner,role,limit,handle,arrive,arrive_off,assists,blowers,on_miss,proof,plain,origin,note",
               r->errors);
    r->whistles = sheet_codes(&sh, "code", "name", "哨级");
    sheet_unique(&sh, "order");
    struct whistle *rows = arena_array(r->a, struct whistle, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        int enters = sheet_need_ref(&sh, "enters", &stage);
        rows[sh.row] = (struct whistle){
            .code = r->whistles.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .plain = sheet_text(&sh, "plain"),
            .owner = sheet_text(&sh, "owner"),
            .origin = sheet_origin(&sh),
            .note = sheet_text(&sh, "note"),
            .order = (int)sheet_need_number(&sh, "order", 1, 9),
            .enters = enters < 0 ? HOP_CALL : enters,
            .role = sheet_ref(&sh, "role", &r->roles),
            .limit = sheet_need_ref(&sh, "limit", &r->limits),
            .handle = sheet_ref(&sh, "handle", &r->limits),
            .arrive = sheet_ref(&sh, "arrive", &r->limits),
            .arrive_off = sheet_ref(&sh, "arrive_off", &r->limits),
            .assists = sheet_list(&sh, "assists"),
            .proof = sheet_refs(&sh, "proof", &proof),
            .blowers = roles_in(r, &sh, "blowers"),
            .on_miss = sheet_ref(&sh, "on_miss", &r->whistles),
        };
        sheet_need(&sh, "blowers");
    }
    while (sheet_next(&sh))
        check_whistle(r, &sh, rows, &rows[sh.row]);
    r->s->whistles = rows;
    r->s->n_whistles = sh.t->n_rows;
}

static void
read_revisits(struct reader *r)
{
    struct codes whom = FIXED(audiences, NULL, "回访对象");
    struct sheet sh;
    if (!tables_find(r->tables, "revisits"))
        return;
    sheet_open(&sh, r->a, r->tables, "revisits", "audience,owner,role,limit,origin,note", r->errors);
    sheet_unique(&sh, "audience");
    struct revisit_rule *rows = arena_array(r->a, struct revisit_rule, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        rows[sh.row] = (struct revisit_rule){
            .audience = sheet_need_ref(&sh, "audience", &whom) == 1 ? AUDIENCE_GRASSROOTS : AUDIENCE_RESIDENT,
            .owner = sheet_need(&sh, "owner"),
            .role = sheet_need_ref(&sh, "role", &r->roles),
            .limit = sheet_need_ref(&sh, "limit", &r->limits),
        };
        check_owner(r, &sh, "owner", rows[sh.row].owner);
        sheet_origin(&sh);
    }
    r->s->revisits = rows;
    r->s->n_revisits = sh.t->n_rows;
}

static void
read_scopes(struct reader *r)
{
    struct sheet sh;
    if (!tables_find(r->tables, "scopes"))
        return;
    sheet_open(&sh, r->a, r->tables, "scopes", "org,work,categories,origin,note", r->errors);
    struct scope_row *rows = arena_array(r->a, struct scope_row, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        sheet_need_ref(&sh, "org", &r->orgs);
        rows[sh.row] = (struct scope_row){
            .org = sheet_text(&sh, "org"),
            .work = sheet_need(&sh, "work"),
            .categories = sheet_refs(&sh, "categories", &r->categories),
        };
        sheet_origin(&sh);
    }
    r->s->scopes = rows;
    r->s->n_scopes = sh.t->n_rows;
}

/* ---- calendar ---- */

static int
compare_years(const void *a, const void *b)
{
    return ((const struct calendar_year *)a)->year - ((const struct calendar_year *)b)->year;
}

static struct calendar_year *
year_of(struct calendar_year *years, int *n, int year)
{
    for (int i = 0; i < *n; i++)
        if (years[i].year == year)
            return &years[i];
    years[*n].year = year;
    return &years[(*n)++];
}

/* A year counts as known when the table has a row of it. */
static void
read_calendar(struct reader *r)
{
    struct codes kinds = FIXED(day_kinds, NULL, "日子类别");
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "calendar", "date,kind,name", r->errors);
    sheet_unique(&sh, "date");
    int n = 0, most = 0;
    bool seen[200] = {false}; /* 1900…2099 */
    while (sheet_next(&sh)) {
        sheet_need(&sh, "date");
        struct civil c = civil_of_day(sheet_date(&sh, "date"));
        if (c.year < 1992 || c.year > 2099)
            sheet_fault(&sh, "date", "检查年份。", "年份不在 1992 到 2099 之间");
        else if (!seen[c.year - 1900])
            seen[c.year - 1900] = true, most++;
    }
    struct calendar_year *years = arena_array(r->a, struct calendar_year, most + 1);
    while (sheet_next(&sh)) {
        int kind = sheet_need_ref(&sh, "kind", &kinds);
        int32_t day = sheet_date(&sh, "date");
        struct civil c = civil_of_day(day);
        if (kind < 0 || !day || c.year < 1992 || c.year > 2099)
            continue;
        if (kind == 1 && c.weekday <= 5)
            sheet_fault(&sh, "kind", "检查日期；调休上班日只会是周六或周日。", "这一天本来就是工作日");
        struct calendar_year *y = year_of(years, &n, c.year);
        y->kind[day - day_number(c.year, 1, 1)] = kind == 0 ? DAY_HOLIDAY : DAY_WORKDAY;
    }
    qsort(years, (size_t)n, sizeof *years, compare_years);
    r->s->calendar.years = years;
    r->s->calendar.n_years = n;
}

/* ---- all of it ---- */

/* Organisations belong to the registry; here only their codes matter. */
static void
read_org_codes(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "orgs", ORG_COLUMNS, r->errors);
    r->orgs = sheet_codes(&sh, "code", "name", "单位");
}

struct scheme *
scheme_read(struct arena *a, struct tables tables, struct scheme_errors *errors)
{
    struct scheme *s = arena_new_of(a, struct scheme);
    struct reader r = {
        .a = a,
        .tables = tables,
        .errors = errors,
        .s = s,
        .roles = role_codes(a),
        .lists = FIXED(lists, list_names, "清单"),
        .tiers = FIXED(tiers, tier_names, "处置层级"),
        .hop_kinds = FIXED(hop_kinds, hop_names, "环节"),
        .units = FIXED(units, unit_names, "时限单位"),
        .expressions = FIXED(expressions, NULL, "责任人写法"),
    };
    s->arena = a;
    s->tables = tables;
    s->result_to = -1;
    s->near_days = NEAR_DAYS;
    s->visits_per_day = VISITS_PER_DAY;
    s->offline_grace = OFFLINE_GRACE_HOURS;
    read_documents(&r);
    read_head(&r);
    read_org_codes(&r);
    read_limits(&r);
    read_reasons(&r);
    read_whistles(&r);
    read_items(&r);
    read_words(&r);
    read_hops(&r);
    read_channels(&r);
    read_revisits(&r);
    read_scopes(&r);
    read_routines(&r);
    read_slots(&r);
    read_surveys(&r);
    read_calendar(&r);
    if (errors->n)
        return NULL;
    scheme_index(s);
    s->suggest = suggest_build(a, s);
    return s;
}
