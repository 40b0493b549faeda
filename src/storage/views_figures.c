/* Figures: each a query with numerator and denominator, a definition in words, and the list that explains it. */
#include "calendar.h"
#include "figures_field.h"
#include "figures_sums.h"

enum { MINIMUM_N = 5 /* below: 样本不足 */ };

enum unit {
    FIELD /* figures_field.c */, COUNT, SHARE, HOURS, MINUTES, DROP, VISITED, COMPLAINTS, NOW /* of this moment, whatever the period */,
    YEARS /* against the year before */
};
struct source {
    enum unit unit;
    enum figure_basis basis; /* opened in the period, closed in it, duties missed in it */
    int numerator, denominator; /* counters of the basis */
    struct field_source field;
};

/* X(name, title, unit, definition, seed, how, basis, numerator, denominator, version of the definition). Versions 2: visits count as
 * having been there, routines have their own figure, duty hours are those of the rosters. */
#define FIGURES(X)                                                                                                     \
    X("received", "受理反映", "件", "期间登记的全部事项。", "HC-28", COUNT, OPENED, OPENED_ALL, OPENED_ALL, 1)                     \
    X("closed", "办结", "件", "期间结束的事项（含未能解决、撤回以外的办结）。", "HC-11", COUNT, CLOSED, CLOSED_ENDED, CLOSED_ALL, 1) \
    X("coverage", "清单覆盖率", "%", "归入两张清单某一项的事项 ÷ 全部登记事项。", "HC-08", SHARE, OPENED, OPENED_LISTED, OPENED_ALL, 1)  \
    X("no_lead", "尚未到达牵头单位", "件", "执法清单事项中还没有派到牵头单位、也没有就地办结的件数，目标为 0。", "HC-01", COUNT, OPENED, OPENED_NO_LEAD, OPENED_ENFORCEMENT, 1) \
    X("unowned", "没有责任人的在办事项", "件", "没有任何主办责任的在办事项，任何时候都应为 0。", "HC-11 HC-01", NOW, NONE, 0, 0, 1) \
    X("on_time", "按期答复率", "%", "在向居民承诺的时限内答复的事项 ÷ 期间办结的事项。", "HC-11", SHARE, CLOSED, CLOSED_ON_TIME, CLOSED_ENDED, 1) \
    X("needs_department", "需要执法部门处理", "件", "派给执法部门的执法清单事项；逐月与基期比较看降幅。", "HC-54 O1", COUNT, OPENED, OPENED_TO_DEPARTMENT, OPENED_ENFORCEMENT, 1) \
    X("needs_department_drop", "需要执法部门处理的降幅", "%", "1 − 期末三个整月的月均 ÷ 期初三个整月的月均。", "HC-54 O1", DROP, OPENED, OPENED_TO_DEPARTMENT, OPENED_ENFORCEMENT, 1) \
    X("double_handled", "重复履职", "%", "同一小区同一事项前一件没有办结，又由另一部门办理 ÷ 派给部门的事项。", "HC-13", SHARE, OPENED, OPENED_DOUBLE, OPENED_TO_DEPARTMENT, 1) \
    X("visited", "小区到场覆盖率", "%", "期间有人为事项到过现场，或部门巡查、联勤、下沉、联合行动到过的小区 ÷ 全部小区。", "HC-28", VISITED, OPENED, 0, 0, 2)  \
    X("response", "执法响应率", "%", "已有部门接单的执法清单事项 ÷ 全部执法清单事项。", "HC-28", SHARE, OPENED, OPENED_ACCEPTED, OPENED_ENFORCEMENT, 1) \
    X("property_reports", "物业报告执法事项", "件", "第一报告人是物业的执法清单事项。", "HC-22 O3", COUNT, OPENED, OPENED_BY_PROPERTY, OPENED_ENFORCEMENT, 1) \
    X("proactive", "主动发现占比", "%", "巡查、摸排、物业等先发现的事项 ÷ 全部登记事项。", "HC-33", SHARE, OPENED, OPENED_PROACTIVE, OPENED_ALL, 1) \
    X("refusals", "退单率", "%", "退过单的事项 ÷ 派过单的事项。", "HC-13", SHARE, OPENED, OPENED_REFUSED, OPENED_DISPATCHED, 1)                 \
    X("repeated", "重复发生占比", "%", "90 天内同一小区同一事项再次发生 ÷ 全部登记事项。", "HC-33", SHARE, OPENED, OPENED_AGAIN, OPENED_ALL, 1) \
    X("persuaded", "轻微违法劝导解决占比", "%", "最终以劝导解决的轻微违法事项 ÷ 已办结的轻微违法事项。", "HC-31 O2", SHARE, CLOSED, CLOSED_MINOR_PERSUADED, CLOSED_MINOR_TIER, 1) \
    X("tier_persuade", "劝导（T1）占比", "%", "最终处置为劝导 ÷ 有处置的执法事项。描述性数字，不作指标。", "HC-30", SHARE, CLOSED, CLOSED_PERSUADED, CLOSED_TIER, 1) \
    X("tier_order", "责令改正（T2）占比", "%", "最终处置为责令改正 ÷ 有处置的执法事项。", "HC-30", SHARE, CLOSED, CLOSED_ORDERED, CLOSED_TIER, 1) \
    X("tier_penalise", "查处（T3）占比", "%", "最终处置为处罚或强制 ÷ 有处置的执法事项。只作描述，不作考核。", "HC-30", SHARE, CLOSED, CLOSED_PENALISED, CLOSED_TIER, 1) \
    X("service_done", "完成服务清单事项", "件", "有办好后照片的服务清单办结件数。", "HC-22 O4", COUNT, CLOSED, CLOSED_SERVICE_DONE, CLOSED_SERVICE, 1) \
    X("unsolved", "如实未解决占比", "%", "按“未能解决”办结 ÷ 全部办结。", "HC-11", SHARE, CLOSED, CLOSED_UNSOLVED, CLOSED_ENDED, 1) \
    X("reopened", "复办率", "%", "办结后又复办的事项 ÷ 全部办结。", "HC-11", SHARE, CLOSED, CLOSED_REOPENED, CLOSED_ENDED, 1)    \
    X("satisfied", "群众满意率", "%", "非常满意、满意、基本满意 ÷ 有效评价。没有评价的不计入。", "HC-55", SHARE, CLOSED, CLOSED_SATISFIED, CLOSED_RATED, 1) \
    X("solved_said", "群众认可解决率", "%", "反映人说“已解决” ÷ 反映人作了回答的事项。", "HC-11", SHARE, CLOSED, CLOSED_SAID_SOLVED, CLOSED_SAID, 1) \
    X("median_hours", "办结时间中位数", "小时", "期间办结事项从登记到办结的自然小时数的中位数。", "HC-13", HOURS, CLOSED, 0, 0, 1) \
    X("duties_missed", "超期责任", "项", "期间到期而没有完成的事项责任（含后来补上的；按时做了、离线记录补传的不算）。常态化任务不在内，看按期完成率。", "HC-11", COUNT, MISSED, MISSED_DUTIES, MISSED_DUTIES, 2)                     \
    X("complaints", "对执法部门和人员的投诉", "件", "居民不用登录就能投诉；只有行政执法协调监督看得到内容。", "HC-55", COMPLAINTS, NONE, 0, 0, 1) \
    X("onsite", "应哨现场执法", "件", "派单（吹哨）以后执法人员到现场并登记了到场或复查的执法清单事项；一件吹哨算一次现场执法，同一件多次到场不重复计。分母为派单件数。", "BG-20 O11", COUNT, OPENED, OPENED_ONSITE, OPENED_TO_DEPARTMENT, 1) \
    X("resident_closed", "处置群众反映问题", "件", "居民、热线、来访、电话、微信群等群众先说出来的事项中，期间办结的。分母为期间全部办结。", "BG-20 O12", COUNT, CLOSED, CLOSED_TOLD, CLOSED_ENDED, 1) \
    X("complaints_drop", "执法类投诉同比降幅", "%", "1 − 期间群众反映的执法清单事项 ÷ 上一年同期。上一年同期没有完整记录时不计算。", "BG-20 O13", YEARS, OPENED, OPENED_TOLD, OPENED_ENFORCEMENT, 1) \
    X("next_day", "第二天以前解决占比", "%", "登记当天或第二天解决的事项 ÷ 期间解决的事项。", "NH-07 O19", SHARE, CLOSED, CLOSED_NEXT_DAY, CLOSED_SOLVED, 1) \
    X("demands_solved", "解决民生诉求", "件", "群众反映的事项中，期间以已解决或调解达成办结的。分母为期间办结的群众反映事项。", "LC-17 O20", COUNT, CLOSED, CLOSED_TOLD_SOLVED, CLOSED_TOLD, 1) \
    X("rated", "评价率", "%", "有群众有效评价的事项 ÷ 期间办结的事项；看满意率时一起看。", "LC-17 O20", SHARE, CLOSED, CLOSED_RATED, CLOSED_ENDED, 1) \
    X("before_spoken", "未诉先办", "件", "巡查、摸排、物业、志愿者等先发现，办结前没有居民再反映的事项中，期间办结的。分母为期间全部办结。", "BG-11 LC-21 O23", COUNT, CLOSED, CLOSED_BEFORE_SPOKEN, CLOSED_ENDED, 1) \
    X("arrive_minutes", "紧急哨到场用时中位数", "分钟", "值班时间内吹响的紧急哨中已经到场的，从吹哨到到场的分钟数的中位数；离线补传的按到场时间算。值班时间按吹哨时小区所属站点的值班表，没有排班的按办公时间。", "BG-09 O18", MINUTES, OPENED, 0, 0, 2) \
    X("arrive_15", "15 分钟到场占比", "%", "从吹哨到登记到场不超过 15 分钟的 ÷ 值班时间内吹响的全部紧急哨，还没有到场的也在分母里；没有派到单位就地解决的不算。值班时间按吹哨时小区所属站点的值班表，没有排班的按办公时间。", "BG-09 O18", SHARE, OPENED, OPENED_ARRIVED_SOON, OPENED_SUMMONED_IN, 2) \
    X("arrive_code", "到场凭据：到场码", "%", "到场时出示了站点或物业手机上到场码（一级凭据）的紧急哨 ÷ 已经到场的紧急哨。", "BG-09 BG-20", SHARE, OPENED, OPENED_PROVEN_CODE, OPENED_ARRIVED, 1) \
    X("arrive_near", "到场凭据：扫码并定位", "%", "到场时扫了小区固定二维码，定位在小区附近（二级凭据）的紧急哨 ÷ 已经到场的紧急哨。位置用过就丢，不保存。", "BG-09 BG-20", SHARE, OPENED, OPENED_PROVEN_NEAR, OPENED_ARRIVED, 1) \
    X("arrive_word", "到场凭据：扫码或他人证明", "%", "只扫了固定二维码，或者由物业、网格、社区人员证明（三级凭据）的紧急哨 ÷ 已经到场的紧急哨。其余是没有凭据的。", "BG-09 BG-20", SHARE, OPENED, OPENED_PROVEN_WORD, OPENED_ARRIVED, 1) \
    X("unreported", "物业应报未报", "%", "登记前 7 天内物业巡查过这个小区，却由居民、网格或部门先提出的执法清单事项 ÷ 全部不是物业先报告的执法清单事项。", "HC-19", SHARE, OPENED, OPENED_UNREPORTED, OPENED_NOT_BY_PROPERTY, 1)

const struct figure figures[] = {
#define X(name, title, unit, definition, seed, how, basis, numerator, denominator, version) {name, title, unit, definition, version, seed},
    FIGURES(X)
#undef X
#define X(name, title, unit, definition, seed, what, kinds) {name, title, unit, definition, 1, seed},
    FIELD_FIGURES(X)
#undef X
};
static const struct source sources[] = {
#define X(name, title, unit, definition, seed, how, basis, numerator, denominator, version) {how, BASIS_##basis, numerator, denominator, {0}},
    FIGURES(X)
#undef X
#define X(name, title, unit, definition, seed, what, kinds) {FIELD, BASIS_NONE, 0, 0, {what, kinds}},
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
    if (s->basis == BASIS_OPENED) {
        out->from = from;
        out->to = to;
    } else {
        out->from = 0;
        out->to = 0;
        out->closed_from = day_start(from);
        out->closed_to = day_start(to + 1);
    }
}

static struct str
explain(struct arena *a, const struct source *s, int32_t from, int32_t to, int32_t place, int32_t org)
{
    struct buf b = {0};
    bool is_pair = s->basis == BASIS_OPENED && s->numerator == OPENED_DOUBLE;
    if (s->basis == BASIS_MISSED || s->unit == COMPLAINTS || is_pair)
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

/* One answer about one figure. */
struct asked {
    struct db *db;
    struct arena *arena;
    int64_t area;
    int32_t from, to, place, org;
    struct sums *sums;
};
struct figures {
    struct db *db;
    struct arena *arena;
    int64_t area;
    struct sums *sums;
};

static bool
find_counts(const struct asked *q, const struct source *s, int32_t from, int32_t to, struct figure_value *out, struct err *err)
{
    const int64_t *sums = sums_of(q->sums, &(struct sums_ask){s->basis, from, to, q->place, q->org}, err);
    if (!sums)
        return false;
    out->numerator = sums[s->numerator];
    out->denominator = sums[s->denominator];
    return true;
}

static bool
find_median(const struct asked *q, const struct source *s, struct figure_value *out, struct err *err)
{
    int64_t n, median;
    if (!sums_median(q->sums, &(struct sums_ask){s->basis, q->from, q->to, q->place, q->org}, &n, &median, err))
        return false;
    out->numerator = out->denominator = n;
    out->is_defined = n > 0;
    if (n)
        out->value = (double)median / 60; /* minutes in hours, seconds in minutes */
    return true;
}

static bool figure_by_month(struct figures *set, const struct figure *f, int32_t from, int32_t to, struct figure_months *out, struct err *err);

/* The mean of whole months: three at the beginning against three at the end (HC-54: 月均30余件 → 7件左右). */
static bool
drop(const struct asked *q, struct figure_value *out, struct err *err)
{
    enum { MONTHS = 3 };
    struct figure_months all;
    if (!figure_by_month(&(struct figures){q->db, q->arena, q->area, q->sums}, figure_find(STR("needs_department")), q->from, q->to, &all, err))
        return false;
    const struct figure_month *m = all.p;
    size_t n = all.n;
    struct civil first = civil_of_day(q->from), end = civil_of_day(q->to + 1);
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
    out->note = str_of(arena_printf(q->arena, "%d 年 %d 月起三个月月均 %.1f 件，%d 年 %d 月起三个月月均 %.1f 件", m[0].year,
                                    m[0].month, before, m[n - MONTHS].year, m[n - MONTHS].month, after));
    return true;
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
against_last_year(const struct asked *q, const struct source *s, struct figure_value *out, struct err *err)
{
    enum { SLACK_DAYS = 7 };
    struct figure_value then = {0};
    int32_t then_from = year_before(q->from), then_to = year_before(q->to);
    int64_t first = db_int(q->db, SQL_FIG_FIRST_DAY, DB_ARGS(V_INT(q->area)), 0, err);
    if (!find_counts(q, s, q->from, q->to, out, err) || !find_counts(q, s, then_from, then_to, &then, err))
        return false;
    out->denominator = then.numerator;
    out->is_defined = first && first <= then_from + SLACK_DAYS && then.numerator > 0;
    out->value = out->is_defined ? 100.0 * (1 - (double)out->numerator / (double)then.numerator) : 0;
    out->note = out->is_defined ? STR("") : STR("无同期数据");
    return true;
}

/* What no sum holds. */
static bool
find_other(const struct asked *q, const struct source *s, struct figure_value *out, struct err *err)
{
    struct value area = V_INT(q->area), from = V_INT(day_start(q->from)), to = V_INT(day_start(q->to + 1));
    if (s->unit == VISITED) {
        out->numerator = db_int(q->db, SQL_FIG_COMPOUNDS_VISITED, DB_ARGS(area, V_INT(q->from), V_INT(q->to), from, to), 0, err);
        out->denominator = db_int(q->db, SQL_FIG_COMPOUNDS, DB_ARGS(area), 0, err);
    } else
        out->numerator = out->denominator = s->unit == COMPLAINTS ? db_int(q->db, SQL_FIG_COMPLAINTS, DB_ARGS(area, from, to, V_INT(q->org)), 0, err)
                                                                  : db_int(q->db, SQL_FIG_UNOWNED, DB_ARGS(area), 0, err);
    return err->kind == ERR_NONE;
}

static bool
answer(const struct asked *q, const struct figure *f, struct figure_value *out, struct err *err)
{
    const struct source *s = &sources[f - figures];
    if (s->unit == FIELD)
        return field_figure(q->db, q->arena, &s->field, &(struct field_ask){q->area, q->from, q->to, q->place, q->org}, out, err);
    *out = (struct figure_value){.cases = explain(q->arena, s, q->from, q->to, q->place, q->org), .note = STR(""), .list = STR("")};
    if (s->unit == HOURS || s->unit == MINUTES)
        return find_median(q, s, out, err);
    if (s->unit == DROP)
        return drop(q, out, err);
    if (s->unit == YEARS)
        return against_last_year(q, s, out, err);
    bool is_count = s->unit != SHARE && s->unit != VISITED, is_other = s->unit != SHARE && s->unit != COUNT;
    if (!(is_other ? find_other(q, s, out, err) : find_counts(q, s, q->from, q->to, out, err)))
        return false;
    out->is_defined = is_count || out->denominator > 0;
    out->value = is_count ? (double)out->numerator : out->denominator ? 100.0 * (double)out->numerator / (double)out->denominator : 0;
    if (s->unit == SHARE && out->denominator < MINIMUM_N)
        out->note = STR("样本不足");
    return true;
}

struct figures *
figures_begin(struct db *db, struct arena *a, int64_t area, bool recounts, struct err *err)
{
    struct figures *set = arena_new_of(a, struct figures);
    *set = (struct figures){db, a, area, sums_begin(db, a, area, recounts, err)};
    return set->sums ? set : NULL;
}

bool
figure_of(struct figures *set, const struct figure *f, int32_t from, int32_t to, int32_t place, int32_t org, struct figure_value *out, struct err *err)
{
    return answer(&(struct asked){set->db, set->arena, set->area, from, to, place, org, set->sums}, f, out, err);
}

bool
figure_compute(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
               int32_t place, int32_t org, struct figure_value *out, struct err *err)
{
    struct figures *set = figures_begin(db, a, area, false, err);
    return set && figure_of(set, f, from, to, place, org, out, err);
}

static bool
figure_by_month(struct figures *set, const struct figure *f, int32_t from, int32_t to, struct figure_months *out, struct err *err)
{
    enum { MONTHS_MAX = 120 };
    struct figure_month *list = arena_array(set->arena, struct figure_month, MONTHS_MAX);
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
        if (!figure_of(set, f, first < from ? from : first, last > to ? to : last, 0, 0, &m->v, err))
            return false;
        year = ny;
        month = nm;
    }
    return true;
}

bool
figure_series(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
              struct figure_months *out, struct err *err)
{
    struct figures *set = figures_begin(db, a, area, false, err);
    return set && figure_by_month(set, f, from, to, out, err);
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
