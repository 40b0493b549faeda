/* routines.csv and checklists.csv: what comes back, and what a visit looks at. Both may be missing: then nothing does. */
#include "routine.h"
#include "scheme_read.h"

static const struct str eaches[EACH_COUNT] = {STR("area"), STR("org"), STR("post"), STR("place")};
static const struct str each_names[EACH_COUNT] = {STR("全域一次"), STR("每个单位"), STR("每个岗位上的人"), STR("每个地方")};
static const struct str periods[] = {STR("day"), STR("week"), STR("month"), STR("quarter"), STR("year"), STR("monday"),
                                     STR("tuesday"), STR("wednesday"), STR("thursday"), STR("friday"), STR("saturday"),
                                     STR("sunday")};
static const struct str period_names[] = {STR("每天"), STR("每周"), STR("每月"), STR("每季度"), STR("每年"), STR("每周一"),
                                          STR("每周二"), STR("每周三"), STR("每周四"), STR("每周五"), STR("每周六"),
                                          STR("每周日")};
static const struct str holidays[HOLIDAY_POLICY_COUNT] = {STR("keep"), STR("skip"), STR("move"), STR("lower")};
static const struct str holiday_names[HOLIDAY_POLICY_COUNT] = {STR("照常"), STR("不做"), STR("顺延"), STR("按比例减少")};
static const struct str afters[] = {STR("lapse"), STR("owe")};
static const struct str after_names[] = {STR("期满作罢，记一次未做"), STR("仍要补做")};
static const struct str needs[] = {STR("checklists"), STR("checkin"), STR("team"), STR("photo"), STR("points")};
static const struct str need_names[] = {STR("必查清单填完"), STR("到场有凭据"), STR("1+1+N 到齐"), STR("照片"), STR("巡查点走齐")};
static const struct str self[] = {STR("@self")};

#define FIXED(codes, names, label) codes_fixed((codes), (names), sizeof(codes) / sizeof *(codes), (label))

static struct codes
kinds_of_visits(struct arena *a)
{
    struct str *code = arena_array(a, struct str, VISIT_KIND_COUNT), *name = arena_array(a, struct str, VISIT_KIND_COUNT);
    for (int i = 0; i < VISIT_KIND_COUNT; i++) {
        code[i] = str_of(visit_kind_code(i));
        name[i] = str_of(visit_kind_label(i));
    }
    return codes_fixed(code, name, VISIT_KIND_COUNT, "工作类别");
}

/* "w4" Thursday, "d20" the 20th, "t10:00" ten o'clock. */
static bool
read_nudge(struct str word, struct nudge *out)
{
    int64_t a, b;
    struct str rest = str_slice(word, 1, word.n);
    if (word.n < 2)
        return false;
    if (word.p[0] == 't' && rest.n == 5 && rest.p[2] == ':' && str_int(str_slice(rest, 0, 2), &a) && str_int(str_slice(rest, 3, 5), &b) &&
        a >= 0 && a < 24 && b >= 0 && b < 60) {
        *out = (struct nudge){NUDGE_TIME, (int)(a * 60 + b)};
        return true;
    }
    if (!str_int(rest, &a) || a < 1 || a > (word.p[0] == 'w' ? 7 : 31) || (word.p[0] != 'w' && word.p[0] != 'd'))
        return false;
    *out = (struct nudge){word.p[0] == 'w' ? NUDGE_WEEKDAY : NUDGE_MONTHDAY, (int)a};
    return true;
}

static void
read_nudges(struct sheet *sh, struct routine *r)
{
    struct strs list = sheet_list(sh, "nudge");
    for (size_t i = 0; i < list.n; i++)
        if (r->n_nudges == NUDGES_MAX || !read_nudge(list.p[i], &r->nudges[r->n_nudges++])) {
            sheet_fault(sh, "nudge", "写成 w4（周四）、d10|d20（10 日和 20 日）或 t10:00 这样，最多 4 个。", "看不懂提醒的时刻“%.*s”", (int)list.p[i].n,
                        list.p[i].p);
            r->n_nudges = 0;
            return;
        }
}

/* "" the end of the period; "+5wd" and "+5nd" after it; "last_wd" its last working day. */
static void
read_due(struct sheet *sh, struct routine *r)
{
    enum { DAYS_MOST = 60 };
    struct str word = sheet_text(sh, "due");
    int64_t n = 0;
    bool is_after = word.n > 3 && word.p[0] == '+' && str_int(str_slice(word, 1, word.n - 2), &n) && n >= 1 && n <= DAYS_MOST;
    struct str unit = word.n > 3 ? str_slice(word, word.n - 2, word.n) : STR("");
    r->due_n = (int)n;
    if (!word.n)
        r->due = DUE_AT_END;
    else if (str_is(word, "last_wd"))
        r->due = DUE_LAST_WORKING_DAY;
    else if (is_after && str_is(unit, "wd"))
        r->due = DUE_WORKING_DAYS_AFTER;
    else if (is_after && str_is(unit, "nd"))
        r->due = DUE_NATURAL_DAYS_AFTER;
    else
        sheet_fault(sh, "due", "空着是期末；写 +5wd（期末后 5 个工作日）、+5nd（自然日）或 last_wd（最后一个工作日）。", "看不懂期限“%.*s”", (int)word.n, word.p);
}

static void
check_of(struct reader *rd, struct sheet *sh, const struct routine *r)
{
    for (size_t i = 0; i < r->of.n; i++) {
        struct str of = r->of.p[i], org = of, role = STR("");
        if (r->each == EACH_ORG && org_kind_find(of) < 0)
            sheet_ref_value(sh, "of", of, &rd->orgs);
        if (r->each == EACH_PLACE && place_kind_find(of) < 0)
            sheet_fault(sh, "of", "写 compound、community、grid 等。", "没有地方类别“%.*s”", (int)of.n, of.p);
        if (r->each == EACH_POST) {
            if (org.n > 2 && str_is(str_slice(org, org.n - 2, org.n), "#1"))
                org = str_slice(org, 0, org.n - 2);
            str_cut(&org, '@', &role);
            sheet_ref_value(sh, "of", role, &rd->roles);
            if (org.n && org_kind_find(org) < 0)
                sheet_ref_value(sh, "of", org, &rd->orgs);
        }
    }
    if (!r->of.n && r->each != EACH_AREA)
        sheet_fault(sh, "of", "写单位类别或代码、岗位、地方类别。", "没有写是哪些");
}

static void
check_routine(struct sheet *sh, const struct routine *r)
{
    int days = r->period == PERIOD_DAY || r->period == PERIOD_WEEKDAY ? 1
               : r->period == PERIOD_WEEK                              ? 7
               : r->period == PERIOD_MONTH                             ? 28
               : r->period == PERIOD_QUARTER                           ? 90
                                                                       : 365;
    if ((r->minimum - 1) * (r->spacing > 0 ? r->spacing : 0) >= days)
        sheet_fault(sh, "spacing", "减少次数或缩短间隔。", "这么多次、隔这么多天，一个周期里放不下");
    if (r->holiday == HOLIDAY_MOVE && r->period != PERIOD_WEEKDAY)
        sheet_fault(sh, "holiday", "只有“每周几”可以顺延。", "这个周期不能顺延");
    if (r->each == EACH_AREA && str_is(r->owner, "@self"))
        sheet_fault(sh, "owner", "写单位代码，或 @coordinator、@sector。", "全域一次的任务没有“本单位”");
}

static void
read_routine_rows(struct reader *rd)
{
    struct sheet sh;
    if (!tables_find(rd->tables, "routines"))
        return;
    struct codes each = FIXED(eaches, each_names, "对象"), period = FIXED(periods, period_names, "周期"),
                 holiday = FIXED(holidays, holiday_names, "节假日"), after = FIXED(afters, after_names, "期满以后"),
                 need = FIXED(needs, need_names, "要求"), self_code = FIXED(self, NULL, "责任人写法"),
                 action = kinds_of_visits(rd->a);
    sheet_open(&sh, rd->a, rd->tables, "routines",
               "code,name,each,of,owner,role,action,period,minimum,spacing,holiday,nudge,due,after_miss,escalate,needs,clause,origin,note",
               rd->errors);
    struct codes codes = sheet_codes(&sh, "code", "name", "常态化任务");
    struct routine *rows = arena_array(rd->a, struct routine, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        struct routine *r = &rows[sh.row];
        int p = sheet_need_ref(&sh, "period", &period), e = sheet_need_ref(&sh, "each", &each), h = sheet_ref(&sh, "holiday", &holiday),
            act = sheet_need_ref(&sh, "action", &action);
        *r = (struct routine){.code = codes.code[sh.row],
                              .name = sheet_need(&sh, "name"),
                              .each = e < 0 ? EACH_AREA : (enum routine_each)e,
                              .of = sheet_list(&sh, "of"),
                              .owner = sheet_need(&sh, "owner"),
                              .role = sheet_ref(&sh, "role", &rd->roles),
                              .action = act < 0 ? 0 : act,
                              .period = p < 0 || p > 4 ? PERIOD_WEEKDAY : (enum routine_period)p,
                              .weekday = p > 4 ? p - 4 : 0,
                              .minimum = (int)sheet_need_number(&sh, "minimum", 1, 31),
                              .spacing = (int)sheet_number(&sh, "spacing", 0, 90, 0),
                              .holiday = h < 0 ? HOLIDAY_KEEP : (enum holiday_policy)h,
                              .is_owed_late = sheet_ref(&sh, "after_miss", &after) == 1,
                              .escalate = sheet_ref(&sh, "escalate", &rd->roles),
                              .clause = sheet_text(&sh, "clause"),
                              .origin = sheet_origin(&sh),
                              .note = sheet_text(&sh, "note")};
        struct strs wants = sheet_refs(&sh, "needs", &need);
        for (size_t i = 0; i < wants.n; i++)
            r->needs |= 1 << codes_find(&need, wants.p[i]);
        if (str_is(r->owner, "@self"))
            sheet_ref_value(&sh, "owner", r->owner, &self_code);
        else
            check_owner(rd, &sh, "owner", r->owner);
        read_nudges(&sh, r);
        read_due(&sh, r);
        check_of(rd, &sh, r);
        check_routine(&sh, r);
        for (size_t i = 0; i < sh.row; i++)
            if (routine_ref(rows[i].code) == routine_ref(r->code))
                sheet_fault(&sh, "code", "换一个代码。", "这个代码与“%.*s”不能区分", (int)rows[i].code.n, rows[i].code.p);
    }
    rd->s->routines = rows;
    rd->s->n_routines = sh.t->n_rows;
}

static void
read_points(struct reader *rd)
{
    struct sheet sh;
    if (!tables_find(rd->tables, "checklists"))
        return;
    struct codes kinds = kinds_of_visits(rd->a);
    sheet_open(&sh, rd->a, rd->tables, "checklists", "list,list_name,point,text,item,kinds,origin,note", rd->errors);
    sheet_unique(&sh, "list,point");
    struct check_point *rows = arena_array(rd->a, struct check_point, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        struct strs of = sheet_refs(&sh, "kinds", &kinds);
        sheet_ref(&sh, "item", &rd->items);
        rows[sh.row] = (struct check_point){.list = sheet_code(&sh, "list"),
                                            .list_name = sheet_need(&sh, "list_name"),
                                            .code = sheet_code(&sh, "point"),
                                            .text = sheet_need(&sh, "text"),
                                            .item = sheet_text(&sh, "item"),
                                            .origin = sheet_origin(&sh),
                                            .note = sheet_text(&sh, "note")};
        for (size_t i = 0; i < of.n; i++)
            if (codes_find(&kinds, of.p[i]) >= 0)
                rows[sh.row].kinds |= 1u << codes_find(&kinds, of.p[i]);
        if (!of.n)
            sheet_fault(&sh, "kinds", "写 joint_visit、patrol 等。", "没有写哪些工作要查");
    }
    rd->s->points = rows;
    rd->s->n_points = sh.t->n_rows;
}

void
read_routines(struct reader *r)
{
    read_routine_rows(r);
    read_points(r);
}
