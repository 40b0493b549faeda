/* calendar.h — civil time in Asia/Shanghai, working days, and due times that anyone can recompute.
 *
 * Instants are UTC milliseconds. Civil time is UTC+8 without summer time (the years before 1992 are not used). A day is
 * a day number: days since 1970-01-01 in Shanghai. Working days come from one table of State Council holidays and
 * make-up days; a year that the table lacks counts Monday–Friday and is marked provisional (暂定).
 * Counting rules: architecture.md 6; 民法典 201, 203; 行政处罚法 85 (short periods are working days).
 */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include "str.h"

typedef int64_t instant; /* UTC milliseconds; 0 = none */

struct civil {
    int year, month, day, hour, minute, second;
    int weekday; /* 1 = Monday … 7 = Sunday */
};

struct civil civil_of(instant at);
instant civil_instant(int year, int month, int day, int hour, int minute); /* no check; see date_parse */
int32_t day_of(instant at);
instant day_start(int32_t day);
struct civil civil_of_day(int32_t day);
int32_t day_number(int year, int month, int day);
bool date_parse(struct str s, int32_t *day); /* 2026-04-21, real dates only */
bool moment_parse(struct str s, instant *at); /* RFC 3339 with offset or Z, or 2026-04-21T09:05[:06] in Shanghai */
void date_format(struct buf *b, int32_t day); /* 2026-04-21 */
void moment_format(struct buf *b, instant at); /* 2026-04-21T09:05:06+08:00 */
void moment_words(struct buf *b, instant at, instant now); /* 4 月 21 日 09:05, with the year when it differs */
void compact_date(struct buf *b, int32_t day); /* 20260421 */

/* The table: for each year known, a kind per day. */
enum day_kind { DAY_PLAIN, DAY_HOLIDAY, DAY_WORKDAY /* make-up */ };
struct calendar_year {
    int year;
    uint8_t kind[366]; /* enum day_kind by day of the year */
};
struct calendar {
    const struct calendar_year *years; /* ascending, without gaps not required */
    int n_years;
    int am_from, am_to, pm_from, pm_to; /* office hours, minutes of the day; am_to == pm_from when there is no break */
};

bool is_working_day(const struct calendar *c, int32_t day, bool *provisional);
bool is_holiday(const struct calendar *c, int32_t day); /* named a holiday by the table; a plain weekend is none */
int32_t add_working_days(const struct calendar *c, int32_t day, int n); /* day 0 = day; n may be negative */
int working_days_between(const struct calendar *c, int32_t from, int32_t to); /* in (from, to]; 0 when to <= from */
int32_t next_working_day(const struct calendar *c, int32_t day); /* day itself when it works */
instant office_close(const struct calendar *c, int32_t day);
instant office_open(const struct calendar *c, int32_t day);
bool in_office_hours(const struct calendar *c, instant at);
instant add_office_minutes(const struct calendar *c, instant from, int minutes); /* starts at the next open minute */
int64_t office_minutes_between(const struct calendar *c, instant from, instant to); /* 0 when to <= from */

enum limit_unit { UNIT_MINUTE, UNIT_OFFICE_HOUR, UNIT_WORKING_DAY, UNIT_NATURAL_DAY, UNIT_COUNT };

/* due: working days and natural days end at office close of the last day (a natural-day period that ends on a holiday
 * ends on the next working day); minutes run around the clock; office hours only while the office is open.
 * amber: `amber` units before due, in the same unit and by the same rules; an amber day may fall on a holiday. A limit of
 * 0 days ends today, or with the next working day when the office has closed. */
instant limit_due(const struct calendar *c, instant from, enum limit_unit unit, int amount);
instant limit_amber(const struct calendar *c, instant due, enum limit_unit unit, int amber);

/* A pause moves the due time by what the pause took, in the limit's own unit: due of the remaining amount counted from
 * `resumed`, where remaining = amount − units used between from and `paused`. A pause after due moves nothing; natural
 * days that a holiday added to due count as remaining. */
instant limit_due_after_pause(const struct calendar *c, instant due, enum limit_unit unit, instant paused, instant resumed);

/* Words for people: 「剩 35 分钟」 in the last hour, 「今天 17:30 前」, 「剩 20 小时」, 「剩 1 天 4 小时」; 「超期 40 分钟」「超期 16
 * 小时」「超期 2 天」. From 24 hours on the days are working days; 「—」 without a due time. */
void clock_words(struct buf *b, const struct calendar *c, instant due, instant now);

#endif
