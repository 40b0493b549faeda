/* Civil time, working days and due times: vectors from the State Council's tables, and 100,000 random limits against a
 * slow model that walks day by day with its own date arithmetic. */
#include "check.h"

#include "calendar.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };
#define DAY INT64_C(86400000)

/* 国办发明电 2023-10, 2024-11, 2025-11: holidays as ranges, make-up days singly. */
static const char *const holidays[][2] = {
    {"2024-01-01", "2024-01-01"}, {"2024-02-10", "2024-02-17"}, {"2024-04-04", "2024-04-06"},
    {"2024-05-01", "2024-05-05"}, {"2024-06-10", "2024-06-10"}, {"2024-09-15", "2024-09-17"},
    {"2024-10-01", "2024-10-07"}, {"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"},
    {"2025-04-04", "2025-04-06"}, {"2025-05-01", "2025-05-05"}, {"2025-05-31", "2025-06-02"},
    {"2025-10-01", "2025-10-08"}, {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"},
    {"2026-04-04", "2026-04-06"}, {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"},
    {"2026-09-25", "2026-09-27"}, {"2026-10-01", "2026-10-07"},
};
static const char *const make_up[] = {
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29",
    "2024-10-12", "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04",
    "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
};

static struct calendar_year table[3];
static struct calendar calendar = {.years = table,
                                   .n_years = 3,
                                   .am_from = 8 * 60 + 30,
                                   .am_to = 12 * 60,
                                   .pm_from = 14 * 60 + 30,
                                   .pm_to = 17 * 60 + 30};

static int32_t
day(const char *s)
{
    int32_t d = 0;
    if (!date_parse(str_of(s), &d))
        fail_msg("no date: %s", s);
    return d;
}

static instant
moment(const char *s)
{
    instant at = 0;
    if (!moment_parse(str_of(s), &at))
        fail_msg("no moment: %s", s);
    return at;
}

static int
set_up(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        table[i].year = 2024 + i;
    for (size_t i = 0; i < COUNT_OF(holidays); i++)
        for (int32_t d = day(holidays[i][0]); d <= day(holidays[i][1]); d++)
            table[civil_of_day(d).year - 2024].kind[d - day_number(civil_of_day(d).year, 1, 1)] = DAY_HOLIDAY;
    for (size_t i = 0; i < COUNT_OF(make_up); i++) {
        int32_t d = day(make_up[i]);
        table[civil_of_day(d).year - 2024].kind[d - day_number(civil_of_day(d).year, 1, 1)] = DAY_WORKDAY;
    }
    return 0;
}

static void
expect_date(const char *what, int32_t found, const char *expected)
{
    struct buf b = {0};
    date_format(&b, found);
    if (!str_is(buf_view(&b), expected))
        fail_msg("%s: expected %s, found %.*s", what, expected, (int)b.n, b.p);
    buf_release(&b);
}

static void
expect_moment(const char *what, instant found, const char *expected)
{
    struct buf b = {0};
    moment_format(&b, found);
    if (found != moment(expected))
        fail_msg("%s: expected %s, found %.*s", what, expected, (int)b.n, b.p);
    buf_release(&b);
}

/* ---- the slow model ---- */

struct model_day {
    int year, month, day, weekday;
    bool works, known;
};
enum { MODEL_FROM_YEAR = 2018, MODEL_TO_YEAR = 2034, MODEL_DAYS = 17 * 366 };
static struct model_day model[MODEL_DAYS];
static int model_n;
static int32_t model_first; /* day number of model[0] */

static bool
model_leap(int y)
{
    return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
}

static void
model_mark(const char *s, bool works)
{
    int y = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + s[3] - '0';
    int m = (s[5] - '0') * 10 + s[6] - '0', d = (s[8] - '0') * 10 + s[9] - '0';
    for (int i = 0; i < model_n; i++)
        if (model[i].year == y && model[i].month == m && model[i].day == d)
            model[i].works = works;
}

static void
model_build(void)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = MODEL_FROM_YEAR, m = 1, d = 1, weekday = 1; /* 2018-01-01 was a Monday */
    model_first = 17532;
    for (model_n = 0; y < MODEL_TO_YEAR; model_n++) {
        model[model_n] = (struct model_day){y, m, d, weekday, weekday <= 5, y >= 2024 && y <= 2026};
        weekday = weekday % 7 + 1;
        if (++d > lengths[m - 1] + (m == 2 && model_leap(y))) {
            d = 1;
            if (++m > 12)
                m = 1, y++;
        }
    }
    for (size_t i = 0; i < COUNT_OF(holidays); i++) {
        const char *from = holidays[i][0], *to = holidays[i][1];
        bool inside = false;
        for (int k = 0; k < model_n; k++) {
            char s[64];
            snprintf(s, sizeof s, "%04d-%02d-%02d", model[k].year, model[k].month, model[k].day);
            inside = inside || strcmp(s, from) == 0;
            if (inside)
                model[k].works = false;
            if (strcmp(s, to) == 0)
                break;
        }
    }
    for (size_t i = 0; i < COUNT_OF(make_up); i++)
        model_mark(make_up[i], true);
}

static bool
model_works(int32_t d)
{
    return model[d - model_first].works;
}

static instant
model_at(int32_t d, int minute)
{
    return (instant)d * DAY + (instant)minute * MINUTE - 8 * HOUR;
}

/* Open minute by open minute, the way a clerk would count on fingers. */
static instant
model_office(instant from, int64_t minutes)
{
    int32_t d = (int32_t)((from + 8 * HOUR) / DAY);
    int64_t ms = (from + 8 * HOUR) % DAY;
    for (;; d++, ms = 0) {
        if (!model_works(d))
            continue;
        static const int sessions[2][2] = {{510, 720}, {870, 1050}};
        for (int i = 0; i < 2; i++) {
            int64_t start = (int64_t)sessions[i][0] * MINUTE, end = (int64_t)sessions[i][1] * MINUTE;
            if (ms > start)
                start = ms;
            while (start + MINUTE <= end && minutes > 0)
                start += MINUTE, minutes--;
            if (minutes == 0 && start <= end && (start > ms || (start == ms && start < end)))
                return (instant)d * DAY + start - 8 * HOUR;
            if (minutes > 0 && start < end) { /* a last part of a minute before the break */
                ms = 0;
                int64_t rest = MINUTE - (end - start);
                instant next = model_office((instant)d * DAY + end - 8 * HOUR, 0);
                return rest && minutes == 1 ? next + rest : model_office(next + rest, minutes - 1);
            }
        }
    }
}

static instant
model_due(instant from, enum limit_unit unit, int amount)
{
    int32_t d = (int32_t)((from + 8 * HOUR) / DAY);
    switch (unit) {
    case UNIT_MINUTE:
        return from + (instant)amount * MINUTE;
    case UNIT_OFFICE_HOUR:
        return model_office(from, (int64_t)amount * 60);
    case UNIT_WORKING_DAY:
        for (int left = amount; left > 0;)
            if (model_works(++d))
                left--;
        break;
    default:
        d += amount;
    }
    while (!model_works(d) || model_at(d, 1050) <= from)
        d++;
    return model_at(d, 1050);
}

static uint64_t seed = 20260421;
static uint64_t
roll(uint64_t below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed % below;
}

static void
random_limits_agree_with_the_slow_model(void **state)
{
    (void)state;
    model_build();
    static const char *const edges[] = {"2023-12-31", "2024-02-28", "2024-02-29", "2024-12-31", "2025-12-31",
                                        "2026-12-31", "2026-02-13", "2026-09-30", "2028-02-29", "2024-02-09"};
    for (int i = 0; i < 100000; i++) {
        int32_t d = roll(4) ? (int32_t)(day("2023-06-01") + (int32_t)roll(1500)) : day(edges[roll(COUNT_OF(edges))]);
        instant from = day_start(d) + (instant)roll(1440) * MINUTE + (roll(2) ? 0 : (instant)roll(60000));
        enum limit_unit unit = (enum limit_unit)roll(UNIT_COUNT);
        int amount = (int)(roll(3) ? roll(12)
                                   : roll(unit == UNIT_MINUTE        ? 3000
                                          : unit == UNIT_OFFICE_HOUR ? 200
                                                                     : 401));
        instant found = limit_due(&calendar, from, unit, amount), expected = model_due(from, unit, amount);
        if (found != expected) {
            struct buf b = {0};
            moment_format(&b, from), buf_z(&b, " expected "), moment_format(&b, expected), buf_z(&b, " found ");
            moment_format(&b, found);
            fail_msg("row %d: unit %d amount %d from %.*s", i, unit, amount, (int)b.n, b.p);
        }
        bool provisional;
        assert_int_equal(is_working_day(&calendar, d, &provisional), model_works(d));
        assert_int_equal(provisional, !model[d - model_first].known);
    }
}

static void
random_steps_undo_each_other(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        int32_t d = next_working_day(&calendar, day("2023-06-01") + (int32_t)roll(1500));
        int n = (int)roll(300);
        int32_t later = add_working_days(&calendar, d, n);
        assert_int_equal(add_working_days(&calendar, later, -n), d);
        assert_int_equal(working_days_between(&calendar, d, later), n);

        instant from = day_start(day("2023-06-01")) + (instant)roll(1500) * DAY + (instant)roll((uint64_t)DAY);
        int minutes = 1 + (int)roll(6000);
        instant to = add_office_minutes(&calendar, from, minutes);
        assert_int_equal(office_minutes_between(&calendar, from, to), minutes);
        instant back = add_office_minutes(&calendar, to, -minutes);
        assert_int_equal(office_minutes_between(&calendar, back, to), minutes);
        assert_int_equal(office_minutes_between(&calendar, back, from), 0); /* equal, or both in one closed stretch */
    }
}

/* Ten thousand days, both directions, with a weekday that never skips. */
static void
days_and_dates_agree(void **state)
{
    (void)state;
    assert_int_equal(day_number(1970, 1, 1), 0);
    assert_int_equal(day_number(2000, 3, 1), 11017);
    assert_int_equal(civil_of_day(0).weekday, 4);
    for (int32_t d = -10000; d < 40000; d++) {
        struct civil c = civil_of_day(d);
        assert_int_equal(day_number(c.year, c.month, c.day), d);
        assert_int_equal(civil_of_day(d + 1).weekday, c.weekday % 7 + 1);
        assert_int_equal(day_of(day_start(d)), d);
        assert_int_equal(day_of(day_start(d) - 1), d - 1);
    }
}

static void
instants_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out; /* out NULL: refused */
    } rows[] = {
        {"2026-04-21T09:05:06+08:00", "2026-04-21T09:05:06+08:00"},
        {"2026-04-21T09:05", "2026-04-21T09:05:00+08:00"},
        {"2026-04-21T09:05:06", "2026-04-21T09:05:06+08:00"},
        {"2026-04-21 09:05", "2026-04-21T09:05:00+08:00"},
        {"2026-04-21T01:05:06Z", "2026-04-21T09:05:06+08:00"},
        {"2026-04-20T20:05:06.250-05:00", "2026-04-21T09:05:06+08:00"},
        {"2026-12-31T23:59:60Z", "2027-01-01T07:59:59+08:00"},
        {"2024-02-29T00:00", "2024-02-29T00:00:00+08:00"},
        {"2025-02-29T00:00", NULL},
        {"2026-04-31T00:00", NULL},
        {"2026-13-01T00:00", NULL},
        {"2026-4-1T00:00", NULL},
        {"2026-04-21T24:00", NULL},
        {"2026-04-21T09:60", NULL},
        {"2026-04-21T09:05+08", NULL},
        {"2026-04-21T09:05+08:00x", NULL},
        {"2026-04-21T09:05:06.", NULL},
        {"2026-04-21", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        instant at = 0;
        bool ok = moment_parse(str_of(rows[i].in), &at);
        if (ok != (rows[i].out != NULL))
            fail_msg("%s: %s", rows[i].in, ok ? "was taken" : "was refused");
        if (ok) {
            struct buf b = {0};
            moment_format(&b, at);
            if (!str_is(buf_view(&b), rows[i].out))
                fail_msg("%s: expected %s, found %.*s", rows[i].in, rows[i].out, (int)b.n, b.p);
            buf_release(&b);
        }
    }
    static const char *const bad[] = {"2026-02-30", "2026-2-03", "2026-02-03 ", "2026-00-10", "20260203",
                                      "1800-01-01", ""};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int32_t d;
        if (date_parse(str_of(bad[i]), &d))
            fail_msg("%s was taken as a date", bad[i]);
    }
    struct buf b = {0};
    compact_date(&b, day("2026-04-21"));
    buf_char(&b, '|');
    moment_words(&b, moment("2026-04-21T09:05"), moment("2026-12-01T00:00"));
    buf_char(&b, '|');
    moment_words(&b, moment("2025-04-21T09:05"), moment("2026-12-01T00:00"));
    buf_char(&b, '|');
    moment_words(&b, 0, moment("2026-12-01T00:00"));
    buf_char(&b, 0);
    assert_string_equal(b.p, "20260421|4 月 21 日 09:05|2025 年 4 月 21 日 09:05|—");
    buf_release(&b);
}

/* Computed from three independent holiday packages that agree on all 1,096 days. */
static void
working_days_match_the_published_calendars(void **state)
{
    (void)state;
    static const struct {
        const char *day0, *plus2, *plus5, *plus7;
    } rows[] = {
        {"2026-02-13", "2026-02-24", "2026-02-27", "2026-03-02"},
        {"2026-09-30", "2026-10-09", "2026-10-13", "2026-10-15"},
        {"2025-09-26", "2025-09-29", "2025-10-10", "2025-10-13"},
        {"2024-02-09", "2024-02-19", "2024-02-22", "2024-02-26"},
        {"2026-02-12", "2026-02-14", "2026-02-26", "2026-02-28"},
        {"2026-04-30", "2026-05-07", "2026-05-11", "2026-05-13"},
        {"2025-01-24", "2025-01-27", "2025-02-07", "2025-02-10"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t d = day(rows[i].day0);
        expect_date(rows[i].day0, add_working_days(&calendar, d, 2), rows[i].plus2);
        expect_date(rows[i].day0, add_working_days(&calendar, d, 5), rows[i].plus5);
        expect_date(rows[i].day0, add_working_days(&calendar, d, 7), rows[i].plus7);
    }
    static const int months[3][12] = {{22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22},
                                      {19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23},
                                      {21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23}};
    for (int y = 0; y < 3; y++)
        for (int m = 0; m < 12; m++) {
            int32_t from = day_number(2024 + y, m + 1, 1) - 1;
            int32_t to = day_number(2024 + y + (m == 11), m == 11 ? 1 : m + 2, 1) - 1;
            if (working_days_between(&calendar, from, to) != months[y][m])
                fail_msg("%d-%02d: expected %d working days, found %d", 2024 + y, m + 1, months[y][m],
                         working_days_between(&calendar, from, to));
        }
}

static void
due_times_follow_the_counting_rules(void **state)
{
    (void)state;
    static const struct {
        const char *what, *from;
        enum limit_unit unit;
        int amount;
        const char *due;
        int amber;
        const char *amber_at;
    } rows[] = {
        {"5 working days", "2026-04-21T09:05", UNIT_WORKING_DAY, 5, "2026-04-28T17:30", 1, "2026-04-27T17:30"},
        {"reported at night: same day 0", "2026-04-21T23:59", UNIT_WORKING_DAY, 1, "2026-04-22T17:30", 1,
         "2026-04-21T17:30"},
        {"reported on Sunday", "2026-04-19T12:00", UNIT_WORKING_DAY, 1, "2026-04-20T17:30", 0, "2026-04-20T17:30"},
        {"working Saturday counts", "2026-02-27T10:00", UNIT_WORKING_DAY, 1, "2026-02-28T17:30", 1, "2026-02-27T17:30"},
        {"same day", "2026-04-21T09:05", UNIT_WORKING_DAY, 0, "2026-04-21T17:30", 0, "2026-04-21T17:30"},
        {"same day, but the office has closed", "2026-04-21T17:30", UNIT_WORKING_DAY, 0, "2026-04-22T17:30", 0,
         "2026-04-22T17:30"},
        {"90 natural days", "2026-04-21T09:05", UNIT_NATURAL_DAY, 90, "2026-07-20T17:30", 7, "2026-07-13T17:30"},
        {"natural days ending in a holiday", "2026-09-28T09:05", UNIT_NATURAL_DAY, 3, "2026-10-08T17:30", 1,
         "2026-10-07T17:30"},
        {"natural days ending on Saturday", "2026-04-20T09:05", UNIT_NATURAL_DAY, 5, "2026-04-27T17:30", 1,
         "2026-04-26T17:30"},
        {"15 minutes across midnight", "2026-12-31T23:50", UNIT_MINUTE, 15, "2027-01-01T00:05", 5, "2027-01-01T00:00"},
        {"2 office hours over lunch", "2026-04-21T11:00", UNIT_OFFICE_HOUR, 2, "2026-04-21T15:30", 1,
         "2026-04-21T14:30"},
        {"2 office hours from lunch", "2026-04-21T12:30", UNIT_OFFICE_HOUR, 2, "2026-04-21T16:30", 1,
         "2026-04-21T15:30"},
        {"2 office hours over night", "2026-04-21T16:30", UNIT_OFFICE_HOUR, 2, "2026-04-22T09:30", 1,
         "2026-04-22T08:30"},
        {"3½ hours end at the break", "2026-04-21T08:30", UNIT_OFFICE_HOUR, 3, "2026-04-21T11:30", 2,
         "2026-04-21T09:30"},
        {"2 office hours over a holiday", "2026-09-30T17:00", UNIT_OFFICE_HOUR, 2, "2026-10-08T10:00", 1,
         "2026-10-08T09:00"},
        {"amber at the due itself", "2026-04-21T11:00", UNIT_OFFICE_HOUR, 1, "2026-04-21T12:00", 0, "2026-04-21T12:00"},
        {"a working day in office hours", "2026-04-21T08:00", UNIT_OFFICE_HOUR, 13, "2026-04-22T17:30", 13,
         "2026-04-21T08:30"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        instant due = limit_due(&calendar, moment(rows[i].from), rows[i].unit, rows[i].amount);
        expect_moment(rows[i].what, due, rows[i].due);
        expect_moment(rows[i].what, limit_amber(&calendar, due, rows[i].unit, rows[i].amber), rows[i].amber_at);
    }
}

static void
pauses_give_back_what_they_took(void **state)
{
    (void)state;
    static const struct {
        const char *what, *due;
        enum limit_unit unit;
        const char *paused, *resumed, *expected;
    } rows[] = {
        {"a week", "2026-04-28T17:30", UNIT_WORKING_DAY, "2026-04-23T10:00", "2026-04-30T10:00", "2026-05-08T17:30"},
        {"within one day", "2026-04-28T17:30", UNIT_WORKING_DAY, "2026-04-23T10:00", "2026-04-23T16:00",
         "2026-04-28T17:30"},
        {"over a weekend only", "2026-04-28T17:30", UNIT_WORKING_DAY, "2026-04-24T20:00", "2026-04-26T10:00",
         "2026-04-28T17:30"},
        {"on the last day", "2026-04-28T17:30", UNIT_WORKING_DAY, "2026-04-28T10:00", "2026-05-07T10:00",
         "2026-05-07T17:30"},
        {"already late", "2026-04-28T17:30", UNIT_WORKING_DAY, "2026-04-29T10:00", "2026-05-07T10:00",
         "2026-04-28T17:30"},
        {"minutes", "2026-04-28T17:30", UNIT_MINUTE, "2026-04-28T17:20", "2026-04-29T03:00", "2026-04-29T03:10"},
        {"office hours", "2026-04-21T15:30", UNIT_OFFICE_HOUR, "2026-04-21T11:30", "2026-04-21T17:00",
         "2026-04-22T09:30"},
        {"natural days", "2026-04-28T17:30", UNIT_NATURAL_DAY, "2026-04-22T11:30", "2026-04-24T17:00",
         "2026-04-30T17:30"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_moment(rows[i].what,
                      limit_due_after_pause(&calendar, moment(rows[i].due), rows[i].unit, moment(rows[i].paused),
                                            moment(rows[i].resumed)),
                      rows[i].expected);
}

static void
office_hours_have_a_break(void **state)
{
    (void)state;
    static const struct {
        const char *at;
        bool open;
    } rows[] = {
        {"2026-04-21T08:29", false}, {"2026-04-21T08:30", true},  {"2026-04-21T11:59", true},
        {"2026-04-21T12:00", false}, {"2026-04-21T14:30", true},  {"2026-04-21T17:30", false},
        {"2026-02-28T10:00", true},  {"2026-10-01T10:00", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (in_office_hours(&calendar, moment(rows[i].at)) != rows[i].open)
            fail_msg("%s should be %s", rows[i].at, rows[i].open ? "open" : "closed");
    struct calendar no_break = calendar;
    no_break.am_to = no_break.pm_from = 12 * 60;
    assert_true(in_office_hours(&no_break, moment("2026-04-21T12:00")));
    expect_moment("no break", add_office_minutes(&no_break, moment("2026-04-21T11:00"), 120), "2026-04-21T13:00");
    expect_moment("open", office_open(&calendar, day("2026-04-21")), "2026-04-21T08:30");
    struct calendar closed = {0}; /* never hangs */
    expect_moment("no hours", add_office_minutes(&closed, moment("2026-04-21T11:00"), 120), "2026-04-21T13:00");
}

static void
clocks_speak_plainly(void **state)
{
    (void)state;
    static const struct {
        const char *now, *due, *words;
    } rows[] = {
        {"2026-04-21T13:30", "2026-04-22T17:30", "剩 1 天 4 小时"},
        {"2026-04-21T17:30", "2026-04-22T17:30", "剩 1 天"},
        {"2026-04-21T19:30", "2026-04-23T17:30", "剩 1 天 22 小时"},
        {"2026-04-21T19:30", "2026-04-22T17:30", "剩 22 小时"},
        {"2026-04-24T13:30", "2026-04-27T17:30", "剩 1 天 4 小时"}, /* over a weekend */
        {"2026-04-25T13:30", "2026-04-27T17:30", "剩 1 天 4 小时"}, /* on Saturday */
        {"2026-09-30T17:30", "2026-10-08T17:30", "剩 1 天"},        /* over 国庆 */
        {"2026-04-21T16:55", "2026-04-21T17:30", "剩 35 分钟"},
        {"2026-04-21T17:29:30", "2026-04-21T17:30", "剩 1 分钟"},
        {"2026-04-21T23:50", "2026-04-22T00:05", "剩 15 分钟"},
        {"2026-04-21T16:30", "2026-04-21T17:30", "今天 17:30 前"},
        {"2026-04-21T08:00", "2026-04-21T17:30", "今天 17:30 前"},
        {"2026-04-21T17:30:01", "2026-04-21T17:30", "超期 1 分钟"},
        {"2026-04-21T18:10", "2026-04-21T17:30", "超期 40 分钟"},
        {"2026-04-22T09:30", "2026-04-21T17:30", "超期 16 小时"},
        {"2026-04-23T09:30", "2026-04-21T17:30", "超期 2 天"},
        {"2026-04-27T09:30", "2026-04-24T17:30", "超期 1 天"}, /* Friday to Monday */
        {"2026-04-26T09:30", "2026-04-24T17:30", "超期 1 天"},
        {"2026-10-09T09:30", "2026-09-30T17:30", "超期 2 天"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b = {0};
        clock_words(&b, &calendar, moment(rows[i].due), moment(rows[i].now));
        if (!str_is(buf_view(&b), rows[i].words))
            fail_msg("due %s at %s: expected %s, found %.*s", rows[i].due, rows[i].now, rows[i].words, (int)b.n, b.p);
        buf_release(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree),
        cmocka_unit_test(instants_are_read_and_written),
        cmocka_unit_test(working_days_match_the_published_calendars),
        cmocka_unit_test(due_times_follow_the_counting_rules),
        cmocka_unit_test(random_limits_agree_with_the_slow_model),
        cmocka_unit_test(random_steps_undo_each_other),
        cmocka_unit_test(pauses_give_back_what_they_took),
        cmocka_unit_test(office_hours_have_a_break),
        cmocka_unit_test(clocks_speak_plainly),
    };
    return cmocka_run_group_tests_name("calendar", tests, set_up, NULL);
}
