#include "calendar.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS, SHANGHAI_MS = 8 * HOUR_MS };

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ---- civil time ---- */

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Both directions count from 1 March of year 0 in eras of 400 years, so that the leap day is the last of its year. */
int32_t
day_number(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

struct civil
civil_of_day(int32_t day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t d = z - era * 146097;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (struct civil){
        .year = (int)(y + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(of_year - (153 * m + 2) / 5 + 1),
        .weekday = (int)(((int64_t)day + 3 - floor_div((int64_t)day + 3, 7) * 7) + 1), /* day 0 was a Thursday */
    };
}

int32_t
day_of(instant at)
{
    return (int32_t)floor_div(at + SHANGHAI_MS, DAY_MS);
}

instant
day_start(int32_t day)
{
    return (instant)day * DAY_MS - SHANGHAI_MS;
}

static int64_t
ms_of_day(instant at)
{
    return at - day_start(day_of(at));
}

struct civil
civil_of(instant at)
{
    struct civil c = civil_of_day(day_of(at));
    int seconds = (int)(ms_of_day(at) / 1000);
    c.hour = seconds / 3600;
    c.minute = seconds / 60 % 60;
    c.second = seconds % 60;
    return c;
}

instant
civil_instant(int year, int month, int day, int hour, int minute)
{
    return day_start(day_number(year, month, day)) + (instant)hour * HOUR_MS + (instant)minute * MINUTE_MS;
}

/* ---- reading and writing ---- */

/* Exactly `digits` decimal digits off the front of *s. */
static bool
take_digits(struct str *s, int digits, int *out)
{
    if (s->n < (size_t)digits)
        return false;
    int v = 0;
    for (int i = 0; i < digits; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = str_slice(*s, (size_t)digits, s->n);
    *out = v;
    return true;
}

static bool
take_char(struct str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool
take_date(struct str *s, int32_t *day)
{
    int y, m, d;
    if (!take_digits(s, 4, &y) || !take_char(s, '-') || !take_digits(s, 2, &m) || !take_char(s, '-') ||
        !take_digits(s, 2, &d))
        return false;
    if (y < 1900 || m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
        return false;
    *day = day_number(y, m, d);
    return true;
}

bool
date_parse(struct str s, int32_t *day)
{
    int32_t parsed;
    if (!take_date(&s, &parsed) || s.n)
        return false;
    *day = parsed;
    return true;
}

/* Seconds and their fraction, both optional; a leap second counts as the last second of its minute. */
static bool
take_seconds(struct str *s, int64_t *ms)
{
    *ms = 0;
    if (!take_char(s, ':'))
        return true;
    int sec;
    if (!take_digits(s, 2, &sec) || sec > 60)
        return false;
    *ms = (sec == 60 ? 59 : sec) * 1000;
    if (!take_char(s, '.'))
        return true;
    int digit, unit = 100, seen = 0;
    for (; take_digits(s, 1, &digit); seen++, unit /= 10)
        *ms += digit * unit;
    return seen > 0;
}

static bool
take_offset(struct str *s, int64_t *ms)
{
    if (!s->n) {
        *ms = SHANGHAI_MS;
        return true;
    }
    *ms = 0;
    if (take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    bool west = take_char(s, '-');
    int h, m;
    if ((!west && !take_char(s, '+')) || !take_digits(s, 2, &h) || !take_char(s, ':') || !take_digits(s, 2, &m) ||
        h > 23 || m > 59)
        return false;
    *ms = (west ? -1 : 1) * ((int64_t)h * HOUR_MS + (int64_t)m * MINUTE_MS);
    return true;
}

bool
moment_parse(struct str s, instant *at)
{
    int32_t day;
    int hour, minute;
    int64_t ms, offset;
    if (!take_date(&s, &day) || (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' ')) ||
        !take_digits(&s, 2, &hour) || !take_char(&s, ':') || !take_digits(&s, 2, &minute) || hour > 23 || minute > 59 ||
        !take_seconds(&s, &ms) || !take_offset(&s, &offset) || s.n)
        return false;
    *at = (instant)day * DAY_MS + (instant)hour * HOUR_MS + (instant)minute * MINUTE_MS + ms - offset;
    return true;
}

/* Exactly n digits; pages and answers are full of times. */
static void
put_digits(struct buf *b, int v, int n)
{
    char t[4];
    for (int i = n; i-- > 0; v /= 10)
        t[i] = (char)('0' + v % 10);
    buf_add(b, t, (size_t)n);
}

void
date_format(struct buf *b, int32_t day)
{
    struct civil c = civil_of_day(day);
    put_digits(b, c.year, 4);
    buf_char(b, '-');
    put_digits(b, c.month, 2);
    buf_char(b, '-');
    put_digits(b, c.day, 2);
}

void
compact_date(struct buf *b, int32_t day)
{
    struct civil c = civil_of_day(day);
    put_digits(b, c.year, 4);
    put_digits(b, c.month, 2);
    put_digits(b, c.day, 2);
}

void
moment_format(struct buf *b, instant at)
{
    struct civil c = civil_of(at);
    date_format(b, day_of(at));
    buf_char(b, 'T');
    put_digits(b, c.hour, 2);
    buf_char(b, ':');
    put_digits(b, c.minute, 2);
    buf_char(b, ':');
    put_digits(b, c.second, 2);
    buf_z(b, "+08:00");
}

void
moment_words(struct buf *b, instant at, instant now)
{
    if (!at) {
        buf_z(b, "—");
        return;
    }
    struct civil c = civil_of(at);
    if (c.year != civil_of(now).year)
        buf_printf(b, "%d 年 ", c.year);
    buf_printf(b, "%d 月 %d 日 %02d:%02d", c.month, c.day, c.hour, c.minute);
}

/* ---- working days ---- */

/* A walk over days that keeps the weekday, and the kinds of the year it is in, so that a step costs a few adds. */
struct walk {
    const struct calendar *c;
    const struct calendar_year *known; /* NULL when the table lacks this year */
    int year, days_of_year, of_year;   /* of_year counts from 0 */
    int weekday;
};

static const struct calendar_year *
find_year(const struct calendar *c, int year)
{
    for (int i = 0; i < c->n_years && c->years[i].year <= year; i++)
        if (c->years[i].year == year)
            return &c->years[i];
    return NULL;
}

static void
walk_enter_year(struct walk *w, int year)
{
    w->year = year;
    w->days_of_year = is_leap(year) ? 366 : 365;
    w->known = find_year(w->c, year);
}

static struct walk
walk_from(const struct calendar *c, int32_t day)
{
    struct civil civil = civil_of_day(day);
    struct walk w = {.c = c, .of_year = day - day_number(civil.year, 1, 1), .weekday = civil.weekday};
    walk_enter_year(&w, civil.year);
    return w;
}

static void
walk_step(struct walk *w, int direction)
{
    w->weekday += direction;
    if (w->weekday < 1 || w->weekday > 7)
        w->weekday -= 7 * direction;
    w->of_year += direction;
    if (w->of_year == w->days_of_year) {
        walk_enter_year(w, w->year + 1);
        w->of_year = 0;
    } else if (w->of_year < 0) {
        walk_enter_year(w, w->year - 1);
        w->of_year = w->days_of_year - 1;
    }
}

static bool
walk_works(const struct walk *w)
{
    int kind = w->known ? w->known->kind[w->of_year] : DAY_PLAIN;
    return kind == DAY_PLAIN ? w->weekday <= 5 : kind == DAY_WORKDAY;
}

bool
is_working_day(const struct calendar *c, int32_t day, bool *provisional)
{
    struct walk w = walk_from(c, day);
    if (provisional)
        *provisional = !w.known;
    return walk_works(&w);
}

bool
is_holiday(const struct calendar *c, int32_t day)
{
    struct walk w = walk_from(c, day);
    return w.known && w.known->kind[w.of_year] == DAY_HOLIDAY;
}

int32_t
add_working_days(const struct calendar *c, int32_t day, int n)
{
    struct walk w = walk_from(c, day);
    int direction = n < 0 ? -1 : 1;
    for (int left = n < 0 ? -n : n; left;) {
        walk_step(&w, direction);
        day += direction;
        left -= walk_works(&w);
    }
    return day;
}

int
working_days_between(const struct calendar *c, int32_t from, int32_t to)
{
    int n = 0;
    struct walk w = walk_from(c, from);
    for (int32_t day = from; day < to; day++) {
        walk_step(&w, 1);
        n += walk_works(&w);
    }
    return n;
}

int32_t
next_working_day(const struct calendar *c, int32_t day)
{
    for (struct walk w = walk_from(c, day); !walk_works(&w); walk_step(&w, 1))
        day++;
    return day;
}

/* ---- office hours ---- */

instant
office_close(const struct calendar *c, int32_t day)
{
    return day_start(day) + (instant)c->pm_to * MINUTE_MS;
}

instant
office_open(const struct calendar *c, int32_t day)
{
    return day_start(day) + (instant)c->am_from * MINUTE_MS;
}

/* The two sessions of a working day; both ends in milliseconds of the day. */
struct session {
    int64_t from, to;
};

static struct session
session_of(const struct calendar *c, int i)
{
    return i == 0 ? (struct session){(int64_t)c->am_from * MINUTE_MS, (int64_t)c->am_to * MINUTE_MS}
                  : (struct session){(int64_t)c->pm_from * MINUTE_MS, (int64_t)c->pm_to * MINUTE_MS};
}

static int64_t
office_day_ms(const struct calendar *c)
{
    return (int64_t)(c->am_to - c->am_from + c->pm_to - c->pm_from) * MINUTE_MS;
}

bool
in_office_hours(const struct calendar *c, instant at)
{
    int64_t t = ms_of_day(at);
    struct session am = session_of(c, 0), pm = session_of(c, 1);
    return ((t >= am.from && t < am.to) || (t >= pm.from && t < pm.to)) && is_working_day(c, day_of(at), NULL);
}

/* Open milliseconds of a working day before the time t of that day. */
static int64_t
open_before(const struct calendar *c, int64_t t)
{
    int64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        struct session s = session_of(c, i);
        if (t > s.from)
            sum += (t < s.to ? t : s.to) - s.from;
    }
    return sum;
}

static instant
add_office_ms_forward(const struct calendar *c, instant from, int64_t ms)
{
    int32_t day = day_of(from);
    int64_t t = ms_of_day(from);
    if (!is_working_day(c, day, NULL) || t >= session_of(c, 1).to) {
        day = next_working_day(c, day + 1);
        t = 0;
    }
    int64_t today = office_day_ms(c) - open_before(c, t);
    if (ms > today) {
        int64_t whole = (ms - today - 1) / office_day_ms(c); /* days that are used up before the last one */
        day = add_working_days(c, day, (int)whole + 1);
        ms -= today + whole * office_day_ms(c);
        t = 0;
    }
    for (int i = 0; i < 2; i++) {
        struct session s = session_of(c, i);
        int64_t start = t > s.from ? t : s.from;
        if (start < s.to && ms <= s.to - start)
            return day_start(day) + start + ms;
        if (start < s.to)
            ms -= s.to - start;
    }
    return office_close(c, day);
}

static instant
add_office_ms_back(const struct calendar *c, instant from, int64_t ms)
{
    int32_t day = day_of(from);
    int64_t t = ms_of_day(from);
    if (!is_working_day(c, day, NULL) || t <= session_of(c, 0).from) {
        day = add_working_days(c, day, -1);
        t = DAY_MS;
    }
    int64_t today = open_before(c, t);
    if (ms > today) {
        int64_t whole = (ms - today - 1) / office_day_ms(c);
        day = add_working_days(c, day, -(int)whole - 1);
        ms -= today + whole * office_day_ms(c);
        t = DAY_MS;
    }
    for (int i = 1; i >= 0; i--) {
        struct session s = session_of(c, i);
        int64_t end = t < s.to ? t : s.to;
        if (end > s.from && ms <= end - s.from)
            return day_start(day) + end - ms;
        if (end > s.from)
            ms -= end - s.from;
    }
    return office_open(c, day);
}

static instant
add_office_ms(const struct calendar *c, instant from, int64_t ms)
{
    if (office_day_ms(c) <= 0) /* a calendar without office hours: the clock on the wall */
        return from + ms;
    return ms < 0 ? add_office_ms_back(c, from, -ms) : add_office_ms_forward(c, from, ms);
}

static int64_t
office_ms_between(const struct calendar *c, instant from, instant to)
{
    if (to <= from)
        return 0;
    int32_t first = day_of(from), last = day_of(to);
    int64_t sum =
        (int64_t)working_days_between(c, first - 1, last - 1) * office_day_ms(c); /* whole days [first, last) */
    if (is_working_day(c, first, NULL))
        sum -= open_before(c, ms_of_day(from));
    if (is_working_day(c, last, NULL))
        sum += open_before(c, ms_of_day(to));
    return sum;
}

instant
add_office_minutes(const struct calendar *c, instant from, int minutes)
{
    return add_office_ms(c, from, (int64_t)minutes * MINUTE_MS);
}

int64_t
office_minutes_between(const struct calendar *c, instant from, instant to)
{
    return office_ms_between(c, from, to) / MINUTE_MS;
}

/* ---- limits ---- */

/* Office close of the day, or of the next working day when that moment is not after `from` (a limit of 0 days). */
static instant
close_after(const struct calendar *c, int32_t day, instant from)
{
    day = next_working_day(c, day);
    instant close = office_close(c, day);
    return close > from ? close : office_close(c, next_working_day(c, day + 1));
}

instant
limit_due(const struct calendar *c, instant from, enum limit_unit unit, int amount)
{
    switch (unit) {
    case UNIT_OFFICE_HOUR:
        return add_office_ms(c, from, (int64_t)amount * HOUR_MS);
    case UNIT_WORKING_DAY:
        return close_after(c, add_working_days(c, day_of(from), amount), from);
    case UNIT_NATURAL_DAY:
        return close_after(c, day_of(from) + amount, from); /* 民法典 203: a holiday moves the end */
    default:
        return from + (int64_t)amount * MINUTE_MS;
    }
}

instant
limit_amber(const struct calendar *c, instant due, enum limit_unit unit, int amber)
{
    if (!amber)
        return due;
    switch (unit) {
    case UNIT_OFFICE_HOUR:
        return add_office_ms(c, due, -(int64_t)amber * HOUR_MS);
    case UNIT_WORKING_DAY:
        return office_close(c, add_working_days(c, day_of(due), -amber));
    case UNIT_NATURAL_DAY:
        return office_close(c, day_of(due) - amber);
    default:
        return due - (int64_t)amber * MINUTE_MS;
    }
}

instant
limit_due_after_pause(const struct calendar *c, instant due, enum limit_unit unit, instant paused, instant resumed)
{
    if (paused >= due || resumed <= paused) /* nothing was left to save, or nothing was lost */
        return due;
    switch (unit) {
    case UNIT_OFFICE_HOUR:
        return add_office_ms(c, resumed, office_ms_between(c, paused, due));
    case UNIT_WORKING_DAY:
        return limit_due(c, resumed, unit, working_days_between(c, day_of(paused), day_of(due)));
    case UNIT_NATURAL_DAY:
        return limit_due(c, resumed, unit, day_of(due) - day_of(paused));
    default:
        return resumed + (due - paused);
    }
}

/* ---- words ---- */

static void
overdue_words(struct buf *b, const struct calendar *c, instant due, instant now)
{
    int64_t late = now - due;
    buf_z(b, "超期 ");
    if (late < HOUR_MS) {
        buf_printf(b, "%d 分钟", (int)(late / MINUTE_MS > 0 ? late / MINUTE_MS : 1));
    } else if (late < DAY_MS) {
        buf_printf(b, "%d 小时", (int)(late / HOUR_MS));
    } else {
        int days = working_days_between(c, day_of(due), day_of(now));
        buf_printf(b, "%d 天", days > 0 ? days : 1); /* a holiday does not make it later */
    }
}

void
clock_words(struct buf *b, const struct calendar *c, instant due, instant now)
{
    int64_t left = due - now;
    if (!due) {
        buf_z(b, "—");
    } else if (left < 0) {
        overdue_words(b, c, due, now);
    } else if (left < HOUR_MS) {
        buf_printf(b, "剩 %d 分钟", (int)((left + MINUTE_MS - 1) / MINUTE_MS));
    } else if (day_of(due) == day_of(now)) {
        struct civil t = civil_of(due);
        buf_printf(b, "今天 %02d:%02d 前", t.hour, t.minute);
    } else if (left < DAY_MS) {
        buf_printf(b, "剩 %d 小时", (int)(left / HOUR_MS));
    } else {
        int64_t over = ms_of_day(due) - ms_of_day(now);
        int days = working_days_between(c, day_of(now), day_of(due)) - (over < 0);
        int hours = days > 0 ? (int)((over < 0 ? over + DAY_MS : over) / HOUR_MS) : 0;
        buf_printf(b, "剩 %d 天", days > 0 ? days : 1);
        if (hours)
            buf_printf(b, " %d 小时", hours);
    }
}
