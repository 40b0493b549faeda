/* Calendars as RFC 5545 wants them: line ends, folding between characters, escapes, times. */
#include "check.h"

#include "ical.h"

static void
lines_end_in_crlf_and_fold_between_characters(void **state)
{
    (void)state;
    struct buf b = {0};
    struct ical_event e = {.uid = STR("u@x"), .changed_at = civil_instant(2026, 4, 20, 9, 5), .sequence = 3,
                           .from = civil_instant(2026, 4, 21, 8, 30), .to = civil_instant(2026, 4, 21, 17, 30),
                           .summary = STR("红旗社区综合执法联络站值班，接待来访群众，受理网格长的呼叫，安排人员到现场处置并答复")};
    ical_event(&b, &e);
    struct str rest = buf_view(&b), line;
    size_t n = 0;
    while (str_cut(&rest, '\n', &line)) {
        assert_true(line.n > 0 && line.p[line.n - 1] == '\r');
        assert_true(line.n - 1 <= 75);
        assert_false(((unsigned char)line.p[line.p[0] == ' '] & 0xc0) == 0x80); /* no piece begins inside a character */
        n++;
    }
    assert_int_equal(n, 12); /* ten lines, and the summary goes on for two more */
    buf_release(&b);
}

static void
an_event_says_when_and_what(void **state)
{
    (void)state;
    static const struct {
        const char *what, *line;
        bool is_all_day, is_cancelled;
    } rows[] = {
        {"civil time with its zone", "\r\nDTSTART;TZID=Asia/Shanghai:20260421T083000\r\n", false, false},
        {"a whole day", "\r\nDTSTART;VALUE=DATE:20260421\r\n", true, false},
        {"the stamp in UTC", "\r\nDTSTAMP:20260420T010500Z\r\n", false, false},
        {"the sequence", "\r\nSEQUENCE:3\r\n", false, false},
        {"held", "\r\nSTATUS:CONFIRMED\r\n", false, false},
        {"called off", "\r\nSTATUS:CANCELLED\r\n", false, true},
        {"escapes", "\r\nSUMMARY:a\\, b\\; c\\\\d\\ne\r\n", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b = {0};
        struct ical_event e = {.uid = STR("u@x"), .changed_at = civil_instant(2026, 4, 20, 9, 5), .sequence = 3,
                               .from = civil_instant(2026, 4, 21, 8, 30), .to = civil_instant(2026, 4, 21, 17, 30),
                               .summary = STR("a, b; c\\d\ne\r\x01"), .is_all_day = rows[i].is_all_day, .is_cancelled = rows[i].is_cancelled};
        ical_event(&b, &e);
        if (!str_has(buf_view(&b), str_of(rows[i].line)))
            fail_msg("%s:\n%.*s", rows[i].what, (int)b.n, b.p);
        buf_release(&b);
    }
}

static void
a_calendar_brings_its_time_zone(void **state)
{
    (void)state;
    struct buf b = {0};
    ical_begin(&b, STR("值班"));
    ical_end(&b);
    assert_true(str_starts(buf_view(&b), STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")));
    assert_true(str_has(buf_view(&b), STR("BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n")));
    assert_true(str_has(buf_view(&b), STR("END:VTIMEZONE\r\nEND:VCALENDAR\r\n")));
    buf_release(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_crlf_and_fold_between_characters),
        cmocka_unit_test(an_event_says_when_and_what),
        cmocka_unit_test(a_calendar_brings_its_time_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
