/* Figures: each a query with numerator and denominator, a definition in words, and the list that explains it. */
#include "calendar.h"
#include "figures_field.h"

enum { MINIMUM_N = 5 /* below: 样本不足 */ };

enum unit { FIELD /* figures_field.c */, COUNT, SHARE, HOURS, MINUTES, DROP, VISITED, NOW /* of this moment, whatever the period */, YEARS /* against the year before */ };
struct source {
    enum sql_id sql;
    enum unit unit;
    bool by_day; /* opened in the period; else closed in it */
    struct field_source field;
};

#define FIGURES(X)                                                                                                     \
    X("received", "受理反映", "件", "期间登记的全部事项。", "HC-28", FIG_RECEIVED, COUNT, true)                     \
    X("closed", "办结", "件", "期间结束的事项（含未能解决、撤回以外的办结）。", "HC-11", FIG_CLOSED, COUNT, false) \
    X("coverage", "清单覆盖率", "%", "归入两张清单某一项的事项 ÷ 全部登记事项。", "HC-08", FIG_COVERAGE, SHARE, true)  \
    X("no_lead", "尚未到达牵头单位", "件", "执法清单事项中还没有派到牵头单位、也没有就地办结的件数，目标为 0。", "HC-01", FIG_NO_LEAD, COUNT, true) \
    X("unowned", "没有责任人的在办事项", "件", "没有任何主办责任的在办事项，任何时候都应为 0。", "HC-11 HC-01", FIG_UNOWNED, NOW, true) \
    X("on_time", "按期答复率", "%", "在向居民承诺的时限内答复的事项 ÷ 期间办结的事项。", "HC-11", FIG_ON_TIME, SHARE, false) \
    X("needs_department", "需要执法部门处理", "件", "派给执法部门的执法清单事项；逐月与基期比较看降幅。", "HC-54 O1", FIG_NEEDS_DEPARTMENT, COUNT, true) \
    X("needs_department_drop", "需要执法部门处理的降幅", "%", "1 − 期末三个整月的月均 ÷ 期初三个整月的月均。", "HC-54 O1", FIG_NEEDS_DEPARTMENT, DROP, true) \
    X("double_handled", "重复履职", "%", "同一小区同一事项前一件没有办结，又由另一部门办理 ÷ 派给部门的事项。", "HC-13", FIG_DOUBLE, SHARE, true) \
    X("visited", "小区到场覆盖率", "%", "期间有人为事项到过现场，或部门巡查、联勤、下沉、联合行动到过的小区 ÷ 全部小区。", "HC-28", FIG_COMPOUNDS_VISITED, VISITED, true)  \
    X("response", "执法响应率", "%", "已有部门接单的执法清单事项 ÷ 全部执法清单事项。", "HC-28", FIG_RESPONSE, SHARE, true) \
    X("property_reports", "物业报告执法事项", "件", "第一报告人是物业的执法清单事项。", "HC-22 O3", FIG_PROPERTY_REPORTS, COUNT, true) \
    X("proactive", "主动发现占比", "%", "巡查、摸排、物业等先发现的事项 ÷ 全部登记事项。", "HC-33", FIG_PROACTIVE, SHARE, true) \
    X("refusals", "退单率", "%", "退过单的事项 ÷ 派过单的事项。", "HC-13", FIG_REFUSALS, SHARE, true)                 \
    X("repeated", "重复发生占比", "%", "90 天内同一小区同一事项再次发生 ÷ 全部登记事项。", "HC-33", FIG_REPEATED, SHARE, true) \
    X("persuaded", "轻微违法劝导解决占比", "%", "最终以劝导解决的轻微违法事项 ÷ 已办结的轻微违法事项。", "HC-31 O2", FIG_PERSUADED, SHARE, false) \
    X("tier_persuade", "劝导（T1）占比", "%", "最终处置为劝导 ÷ 有处置的执法事项。描述性数字，不作指标。", "HC-30", FIG_TIER_PERSUADE, SHARE, false) \
    X("tier_order", "责令改正（T2）占比", "%", "最终处置为责令改正 ÷ 有处置的执法事项。", "HC-30", FIG_TIER_ORDER, SHARE, false) \
    X("tier_penalise", "查处（T3）占比", "%", "最终处置为处罚或强制 ÷ 有处置的执法事项。只作描述，不作考核。", "HC-30", FIG_TIER_PENALISE, SHARE, false) \
    X("service_done", "完成服务清单事项", "件", "有办好后照片的服务清单办结件数。", "HC-22 O4", FIG_SERVICE_DONE, COUNT, false) \
    X("unsolved", "如实未解决占比", "%", "按“未能解决”办结 ÷ 全部办结。", "HC-11", FIG_UNSOLVED, SHARE, false) \
    X("reopened", "复办率", "%", "办结后又复办的事项 ÷ 全部办结。", "HC-11", FIG_REOPENED, SHARE, false)    \
    X("satisfied", "群众满意率", "%", "非常满意、满意、基本满意 ÷ 有效评价。没有评价的不计入。", "HC-55", FIG_SATISFIED, SHARE, false) \
    X("solved_said", "群众认可解决率", "%", "反映人说“已解决” ÷ 反映人作了回答的事项。", "HC-11", FIG_SOLVED_SAID, SHARE, false) \
    X("median_hours", "办结时间中位数", "小时", "期间办结事项从登记到办结的自然小时数的中位数。", "HC-13", FIG_HOURS, HOURS, false) \
    X("duties_missed", "超期责任", "项", "期间到期而没有完成的事项责任（含后来补上的；按时做了、离线记录补传的不算）。常态化任务不在内，看按期完成率。", "HC-11", FIG_DUTIES_MISSED, COUNT, false)                     \
    X("complaints", "对执法部门和人员的投诉", "件", "居民不用登录就能投诉；只有行政执法协调监督看得到内容。", "HC-55", FIG_COMPLAINTS, COUNT, false) \
    X("onsite", "应哨现场执法", "件", "派单（吹哨）以后执法人员到现场并登记了到场或复查的执法清单事项；一件吹哨算一次现场执法，同一件多次到场不重复计。分母为派单件数。", "BG-20 O11", FIG_ONSITE, COUNT, true) \
    X("resident_closed", "处置群众反映问题", "件", "居民、热线、来访、电话、微信群等群众先说出来的事项中，期间办结的。分母为期间全部办结。", "BG-20 O12", FIG_RESIDENT_CLOSED, COUNT, false) \
    X("complaints_drop", "执法类投诉同比降幅", "%", "1 − 期间群众反映的执法清单事项 ÷ 上一年同期。上一年同期没有完整记录时不计算。", "BG-20 O13", FIG_COMPLAINTS_TOLD, YEARS, true) \
    X("next_day", "第二天以前解决占比", "%", "登记当天或第二天解决的事项 ÷ 期间解决的事项。", "NH-07 O19", FIG_NEXT_DAY, SHARE, false) \
    X("demands_solved", "解决民生诉求", "件", "群众反映的事项中，期间以已解决或调解达成办结的。分母为期间办结的群众反映事项。", "LC-17 O20", FIG_DEMANDS_SOLVED, COUNT, false) \
    X("rated", "评价率", "%", "有群众有效评价的事项 ÷ 期间办结的事项；看满意率时一起看。", "LC-17 O20", FIG_RATED, SHARE, false) \
    X("before_spoken", "未诉先办", "件", "巡查、摸排、物业、志愿者等先发现，办结前没有居民再反映的事项中，期间办结的。分母为期间全部办结。", "BG-11 LC-21 O23", FIG_BEFORE_SPOKEN, COUNT, false) \
    X("arrive_minutes", "紧急哨到场用时中位数", "分钟", "值班时间内吹响的紧急哨中已经到场的，从吹哨到到场的分钟数的中位数；离线补传的按到场时间算。", "BG-09 O18", FIG_ARRIVE_SECONDS, MINUTES, true) \
    X("arrive_15", "15 分钟到场占比", "%", "从吹哨到登记到场不超过 15 分钟的 ÷ 值班时间内吹响的全部紧急哨，还没有到场的也在分母里；没有派到单位就地解决的不算。", "BG-09 O18", FIG_ARRIVE_15, SHARE, true) \
    X("arrive_code", "到场凭据：到场码", "%", "到场时出示了站点或物业手机上到场码（一级凭据）的紧急哨 ÷ 已经到场的紧急哨。", "BG-09 BG-20", FIG_ARRIVE_CODE, SHARE, true) \
    X("arrive_near", "到场凭据：扫码并定位", "%", "到场时扫了小区固定二维码，定位在小区附近（二级凭据）的紧急哨 ÷ 已经到场的紧急哨。位置用过就丢，不保存。", "BG-09 BG-20", FIG_ARRIVE_NEAR, SHARE, true) \
    X("arrive_word", "到场凭据：扫码或他人证明", "%", "只扫了固定二维码，或者由物业、网格、社区人员证明（三级凭据）的紧急哨 ÷ 已经到场的紧急哨。其余是没有凭据的。", "BG-09 BG-20", FIG_ARRIVE_WORD, SHARE, true) \
    X("unreported", "物业应报未报", "%", "登记前 7 天内物业巡查过这个小区，却由居民、网格或部门先提出的执法清单事项 ÷ 全部不是物业先报告的执法清单事项。", "HC-19", FIG_UNREPORTED, SHARE, true)

/* Definitions that changed: visits count as having been there, and routines have their own figure. */
#define VERSION(sql) ((sql) == SQL_FIG_COMPOUNDS_VISITED || (sql) == SQL_FIG_DUTIES_MISSED ? 2 : 1)
const struct figure figures[] = {
#define X(name, title, unit, definition, seed, sql, kind, by_day) {name, title, unit, definition, VERSION(SQL_##sql), seed},
    FIGURES(X)
#undef X
#define X(name, title, unit, definition, seed, what, kinds) {name, title, unit, definition, 1, seed},
    FIELD_FIGURES(X)
#undef X
};
static const struct source sources[] = {
#define X(name, title, unit, definition, seed, sql, kind, by_day) {SQL_##sql, kind, by_day, {0}},
    FIGURES(X)
#undef X
#define X(name, title, unit, definition, seed, what, kinds) {0, FIELD, false, {what, kinds}},
    FIELD_FIGURES(X)
#undef X
};
const size_t n_figures = sizeof figures / sizeof *figures;

const struct figure *
figure_find(struct str name)
{
    for (size_t i = 0; i < n_figures; i++)
        if (str_is(name, figures[i].name))
            return &figures[i];
    return NULL;
}

void
figure_filter(const struct figure *f, int32_t from, int32_t to, struct case_filter *out)
{
    const struct source *s = &sources[f - figures];
    out->figure = (int)(f - figures) + 1;
    if (s->unit == NOW)
        return;
    if (s->by_day) {
        out->from = from;
        out->to = to;
    } else {
        out->from = 0;
        out->to = 0;
        out->closed_from = day_start(from);
        out->closed_to = day_start(to + 1);
    }
}

/* The middle of rows that come in order, each divided by `unit`. */
static bool
median_of(struct rows *r, struct arena *a, double unit, struct figure_value *out, struct err *err)
{
    size_t n = 0, cap = 1024;
    int64_t *minutes = arena_array(a, int64_t, cap);
    while (rows_next(r, err)) {
        if (n == cap) {
            int64_t *more = arena_array(a, int64_t, cap * 2);
            memcpy(more, minutes, cap * sizeof *more);
            minutes = more;
            cap *= 2;
        }
        minutes[n++] = rows_int(r, 0);
    }
    out->numerator = out->denominator = (int64_t)n;
    out->is_defined = n > 0;
    if (n)
        out->value = (double)(n % 2 ? minutes[n / 2] : (minutes[n / 2 - 1] + minutes[n / 2]) / 2) / unit;
    return !r->has_failed;
}

static bool
median_hours(struct db *db, struct arena *a, int64_t area, int32_t from, int32_t to, int32_t place, int32_t org,
             struct figure_value *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_FIG_HOURS, &r, err, V_INT(area), V_INT(day_start(from)), V_INT(day_start(to + 1)), V_INT(place),
                    V_INT(org), V_INT(0)) &&
           median_of(&r, a, 60, out, err); /* from minutes */
}

static bool
median_minutes(struct db *db, struct arena *a, const struct source *s, int64_t area, int32_t from, int32_t to, int32_t place,
               int32_t org, struct figure_value *out, struct err *err)
{
    struct rows r;
    return db_query(db, s->sql, &r, err, V_INT(area), V_INT(from), V_INT(to), V_INT(place), V_INT(org)) &&
           median_of(&r, a, 60, out, err); /* from seconds */
}

static struct str
explain(struct arena *a, const struct source *s, int32_t from, int32_t to, int32_t place, int32_t org)
{
    struct buf b = {0};
    if (s->sql == SQL_FIG_DUTIES_MISSED || s->sql == SQL_FIG_COMPLAINTS || s->sql == SQL_FIG_DOUBLE)
        return STR(""); /* counts duties, complaints or pairs: no list of cases is the same thing */
    buf_printf(&b, "figure=%s&from=", figures[s - sources].name);
    date_format(&b, from);
    buf_z(&b, "&to=");
    date_format(&b, to);
    if (place)
        buf_printf(&b, "&place_id=%d", (int)place);
    if (org)
        buf_printf(&b, "&lead_id=%d", (int)org);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

/* The mean of whole months: three at the beginning against three at the end (HC-54: 月均30余件 → 7件左右). */
static bool
drop(struct db *db, struct arena *a, int64_t area, int32_t from, int32_t to, struct figure_value *out, struct err *err)
{
    enum { MONTHS = 3 };
    struct figure_months all;
    if (!figure_series(db, a, area, figure_find(STR("needs_department")), from, to, &all, err))
        return false;
    const struct figure_month *m = all.p;
    size_t n = all.n;
    struct civil first = civil_of_day(from), end = civil_of_day(to + 1);
    if (n && first.day != 1) { /* cut months say nothing about a month */
        m++;
        n--;
    }
    if (n && end.day != 1)
        n--;
    if (n < 2 * MONTHS) {
        out->note = STR("不足六个整月");
        return true;
    }
    double before = 0, after = 0;
    for (size_t i = 0; i < MONTHS; i++) {
        before += m[i].v.value / MONTHS;
        after += m[n - MONTHS + i].v.value / MONTHS;
        out->denominator += m[i].v.numerator;
        out->numerator += m[n - MONTHS + i].v.numerator;
    }
    out->is_defined = before > 0;
    out->value = before > 0 ? 100.0 * (1 - after / before) : 0;
    out->note = str_of(arena_printf(a, "%d 年 %d 月起三个月月均 %.1f 件，%d 年 %d 月起三个月月均 %.1f 件", m[0].year,
                                    m[0].month, before, m[n - MONTHS].year, m[n - MONTHS].month, after));
    return true;
}

static bool
count_pair(struct db *db, const struct source *s, int64_t area, int64_t lo, int64_t hi, int32_t place, int32_t org,
           struct figure_value *out, struct err *err)
{
    struct rows r;
    if (s->sql == SQL_FIG_DUTIES_MISSED || s->sql == SQL_FIG_COMPLAINTS) {
        out->numerator = out->denominator = db_int(db, s->sql, DB_ARGS(V_INT(area), V_INT(lo), V_INT(hi), V_INT(org)), 0, err);
        return err->kind == ERR_NONE;
    }
    if (s->unit == NOW) {
        out->numerator = out->denominator = db_int(db, s->sql, DB_ARGS(V_INT(area)), 0, err);
        return err->kind == ERR_NONE;
    }
    if (s->unit == VISITED) {
        out->numerator = db_int(db, s->sql, DB_ARGS(V_INT(area), V_INT(lo), V_INT(hi), V_INT(day_start((int32_t)lo)), V_INT(day_start((int32_t)hi + 1))), 0, err);
        out->denominator = db_int(db, SQL_FIG_COMPOUNDS, DB_ARGS(V_INT(area)), 0, err);
        return err->kind == ERR_NONE;
    }
    if (!db_query(db, s->sql, &r, err, V_INT(area), V_INT(lo), V_INT(hi), V_INT(place), V_INT(org)))
        return false;
    if (rows_next(&r, err)) {
        out->numerator = rows_int(&r, 0);
        out->denominator = rows_int(&r, 1);
    }
    rows_end(&r);
    return !r.has_failed;
}

/* The same days of the year before; 29 February falls on the 28th. */
static int32_t
year_before(int32_t day)
{
    struct civil c = civil_of_day(day);
    return day_number(c.year - 1, c.month, c.month == 2 && c.day == 29 ? 28 : c.day);
}

/* Last year counts only when it was recorded from its first days on (BG-20: else 无同期数据). */
static bool
against_last_year(struct db *db, const struct source *s, int64_t area, int32_t from, int32_t to, int32_t place, int32_t org,
                  struct figure_value *out, struct err *err)
{
    enum { SLACK_DAYS = 7 };
    struct figure_value then = {0};
    int32_t then_from = year_before(from), then_to = year_before(to);
    int64_t first = db_int(db, SQL_FIG_FIRST_DAY, DB_ARGS(V_INT(area)), 0, err);
    if (!count_pair(db, s, area, from, to, place, org, out, err) ||
        !count_pair(db, s, area, then_from, then_to, place, org, &then, err))
        return false;
    out->denominator = then.numerator;
    out->is_defined = first && first <= then_from + SLACK_DAYS && then.numerator > 0;
    out->value = out->is_defined ? 100.0 * (1 - (double)out->numerator / (double)then.numerator) : 0;
    out->note = out->is_defined ? STR("") : STR("无同期数据");
    return true;
}

bool
figure_compute(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
               int32_t place, int32_t org, struct figure_value *out, struct err *err)
{
    const struct source *s = &sources[f - figures];
    if (s->unit == FIELD)
        return field_figure(db, a, &s->field, &(struct field_ask){area, from, to, place, org}, out, err);
    *out = (struct figure_value){.cases = explain(a, s, from, to, place, org), .note = STR(""), .list = STR("")};
    if (s->unit == HOURS)
        return median_hours(db, a, area, from, to, place, org, out, err);
    if (s->unit == MINUTES)
        return median_minutes(db, a, s, area, from, to, place, org, out, err);
    if (s->unit == DROP)
        return drop(db, a, area, from, to, out, err);
    if (s->unit == YEARS)
        return against_last_year(db, s, area, from, to, place, org, out, err);
    int64_t lo = s->by_day ? from : day_start(from), hi = s->by_day ? to : day_start(to + 1);
    if (!count_pair(db, s, area, lo, hi, place, org, out, err))
        return false;
    bool is_count = s->unit == COUNT || s->unit == NOW;
    out->is_defined = is_count || out->denominator > 0;
    out->value = is_count ? (double)out->numerator
                                  : out->denominator ? 100.0 * (double)out->numerator / (double)out->denominator : 0;
    if (s->unit == SHARE && out->denominator < MINIMUM_N)
        out->note = STR("样本不足");
    return err->kind == ERR_NONE;
}

bool
figure_series(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
              struct figure_months *out, struct err *err)
{
    enum { MONTHS_MAX = 120 };
    struct figure_month *list = arena_array(a, struct figure_month, MONTHS_MAX);
    struct civil c = civil_of_day(from);
    *out = (struct figure_months){.p = list};
    for (int year = c.year, month = c.month; out->n < MONTHS_MAX;) {
        int32_t first = day_number(year, month, 1);
        int ny = month == 12 ? year + 1 : year, nm = month == 12 ? 1 : month + 1;
        int32_t last = day_number(ny, nm, 1) - 1;
        if (first > to)
            break;
        struct figure_month *m = &list[out->n++];
        *m = (struct figure_month){.year = year, .month = month};
        if (!figure_compute(db, a, area, f, first < from ? from : first, last > to ? to : last, 0, 0, &m->v, err))
            return false;
        year = ny;
        month = nm;
    }
    return true;
}

static bool
place_visits(struct db *db, int64_t area, int32_t place, int32_t from, int32_t to, struct place_figures *out, struct err *err)
{
    struct rows r;
    out->next_kind = -1;
    out->visits = db_int(db, SQL_PLACE_VISITED, DB_ARGS(V_INT(area), V_INT(place), V_INT(day_start(from)), V_INT(day_start(to + 1))), 0, err);
    if (err->kind || !db_query(db, SQL_PLACE_NEXT_VISIT, &r, err, V_INT(area), V_INT(place), V_INT(day_start(to))))
        return false;
    if (rows_next(&r, err)) {
        out->next_kind = (int)rows_int(&r, 0);
        out->next_at = rows_int(&r, 1);
    }
    rows_end(&r);
    return !r.has_failed;
}

bool
place_figures(struct db *db, int64_t area, int32_t place, int32_t from_day, int32_t to_day, struct place_figures *out,
              struct err *err)
{
    struct rows r;
    *out = (struct place_figures){0};
    if (!db_query(db, SQL_FIG_PLACE, &r, err, V_INT(area), V_INT(place), V_INT(from_day), V_INT(to_day),
                  V_INT(store_first_id(day_start(from_day)))))
        return false;
    if (rows_next(&r, err))
        *out = (struct place_figures){.received = rows_int(&r, 0), .closed = rows_int(&r, 1), .persuaded = rows_int(&r, 2),
                                      .ordered = rows_int(&r, 3), .penalised = rows_int(&r, 4),
                                      .minutes_sum = rows_int(&r, 5)};
    rows_end(&r);
    return !r.has_failed && place_visits(db, area, place, from_day, to_day, out, err);
}

static bool
read_groups(struct rows *r, struct arena *a, bool is_text, struct group_rows *out, struct err *err)
{
    size_t cap = 64, n = 0;
    struct group_row *list = arena_array(a, struct group_row, cap);
    while (rows_next(r, err)) {
        if (n == cap) {
            struct group_row *more = arena_array(a, struct group_row, cap * 2);
            memcpy(more, list, cap * sizeof *more);
            list = more;
            cap *= 2;
        }
        list[n++] = (struct group_row){.key_n = is_text ? 0 : rows_int(r, 0),
                                       .key_t = is_text ? str_dup(a, rows_text(r, 0)) : STR(""),
                                       .count = rows_int(r, 1), .overdue = rows_int(r, 2)};
    }
    *out = (struct group_rows){.p = list, .n = n};
    return !r->has_failed;
}

bool
cases_open_by(struct db *db, struct arena *a, int64_t area, enum group_by by, instant now, struct group_rows *out,
              struct err *err)
{
    static const enum sql_id ids[] = {[GROUP_STATE] = SQL_OPEN_BY_STATE, [GROUP_LEAD] = SQL_OPEN_BY_LEAD,
                                      [GROUP_ITEM] = SQL_OPEN_BY_ITEM, [GROUP_PLACE] = SQL_OPEN_BY_PLACE};
    struct rows r;
    return db_query(db, ids[by], &r, err, V_INT(now), V_INT(area)) && read_groups(&r, a, by == GROUP_ITEM, out, err);
}

bool
cases_opened_by(struct db *db, struct arena *a, int64_t area, enum group_by by, int32_t from, int32_t to,
                struct group_rows *out, struct err *err)
{
    static const enum sql_id ids[] = {[GROUP_STATE] = SQL_OPENED_BY_STATE, [GROUP_LEAD] = SQL_OPENED_BY_LEAD,
                                      [GROUP_ITEM] = SQL_OPENED_BY_ITEM, [GROUP_PLACE] = SQL_OPENED_BY_PLACE};
    struct rows r;
    return db_query(db, ids[by], &r, err, V_INT(area), V_INT(from), V_INT(to)) &&
           read_groups(&r, a, by == GROUP_ITEM, out, err);
}

static bool
add_two(struct db *db, enum sql_id id, int64_t area, int64_t person, instant from, instant to, struct score *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, id, &r, err, V_INT(area), V_INT(person), V_INT(from), V_INT(to)))
        return false;
    if (rows_next(&r, err)) {
        out->in_time += rows_int(&r, 0);
        out->late += rows_int(&r, 1);
    }
    rows_end(&r);
    return !r.has_failed;
}

bool
score_of_person(struct db *db, int64_t area, int64_t person, instant from, instant to, struct score *out, struct err *err)
{
    *out = (struct score){
        .visits = db_int(db, SQL_SCORE_VISITS, DB_ARGS(V_INT(area), V_INT(person), V_INT(from), V_INT(to)), 0, err),
        .reported = db_int(db, SQL_SCORE_REPORTED, DB_ARGS(V_INT(area), V_INT(person), V_INT(from), V_INT(to)), 0, err)};
    return err->kind == ERR_NONE && add_two(db, SQL_SCORE_DUTIES, area, person, from, to, out, err) &&
           add_two(db, SQL_SCORE_ROUTINES, area, person, from, to, out, err);
}
