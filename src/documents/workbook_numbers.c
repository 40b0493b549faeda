/* What a number in a cell looks like to the person who typed it: a date, a time, a code with leading zeros, or a number. */
#include <math.h>
#include <stdlib.h>

#include "workbook_numbers.h"

enum { EPOCH_1970 = 25569, DAYS_1904 = 1462, LAST_DAY = 2958465 /* 9999-12-31 */ };

/* Formats without a code of their own in the file: 14–22 and 45–47 everywhere, the others in Chinese versions. */
static bool
is_built_in_date(int id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

/* The letters of a format code without quoted words, colours and conditions, and characters that stand for themselves. */
static bool
has_date_letters(struct str code)
{
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == '"') {
            while (++i < code.n && code.p[i] != '"')
                ;
        } else if (c == '[') {
            while (++i < code.n && code.p[i] != ']')
                ;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c && strchr("yYmMdDhHsS", c)) {
            return true;
        }
    }
    return false;
}

struct number_format
number_format_of(int id, struct str code)
{
    struct number_format f = {0};
    struct str general = STR("General");
    if (code.n == 0)
        f.is_date = is_built_in_date(id);
    else if (!str_starts(code, general))
        f.is_date = has_date_letters(code);
    size_t zeros = 0;
    while (zeros < code.n && code.p[zeros] == '0')
        zeros++;
    f.digits = zeros == code.n && zeros <= 20 ? (int)zeros : 0;
    return f;
}

static const char *
date_words(struct arena *a, double serial, bool is_1904)
{
    double days = floor(serial);
    int64_t seconds = (int64_t)llround((serial - days) * 86400);
    int64_t day = (int64_t)days + (is_1904 ? DAYS_1904 : 0);
    if (seconds == 86400)
        day++, seconds = 0;
    int hour = (int)(seconds / 3600), minute = (int)(seconds / 60 % 60);
    if (day == 0)
        return arena_printf(a, "%02d:%02d", hour, minute);
    struct civil c = civil_of_day((int32_t)(day_number(1970, 1, 1) + day - EPOCH_1970));
    const char *date = arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
    return seconds ? arena_printf(a, "%s %02d:%02d", date, hour, minute) : date;
}

enum number_kind
number_words(struct arena *a, struct str raw, struct number_format f, bool is_1904, struct str *out)
{
    const char *z = str_z(a, raw);
    char *end;
    double v = strtod(z, &end);
    *out = str_dup(a, raw);
    if (end == z || *end || !isfinite(v))
        return NUMBER_WRONG;
    if (f.is_date && v >= 0 && v < LAST_DAY) {
        *out = str_of(date_words(a, v, is_1904));
        return NUMBER_FINE;
    }
    if (floor(v) == v && fabs(v) < 1e15)
        *out = str_of(arena_printf(a, "%0*lld", v < 0 ? 0 : f.digits, (long long)v));
    else
        *out = str_of(arena_printf(a, "%.15g", v));
    return fabs(v) < 1e15 ? NUMBER_FINE : NUMBER_TOO_LONG;
}
