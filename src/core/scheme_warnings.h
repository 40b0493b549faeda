/* scheme_warnings.h — what is not wrong today and will be: legal bases that have expired or soon will, items left without one,
 * a coming year that the calendar does not know yet. Warnings never stop anybody.
 */
#ifndef CORE_SCHEME_WARNINGS_H
#define CORE_SCHEME_WARNINGS_H

#include "scheme.h"

enum { BASIS_SOON_DAYS = 60 };
enum warning_kind { WARNING_CALENDAR, WARNING_NO_BASIS, WARNING_EXPIRED, WARNING_EXPIRES_SOON, WARNING_REACH };
struct scheme_warning {
    enum warning_kind kind;
    struct str table, key; /* bases, XF01; calendar, 2027 */
    struct str words;      /* Chinese, with what to do */
};
struct scheme_warnings {
    const struct scheme_warning *p;
    size_t n;
};
const char *warning_code(int kind); /* calendar, no_basis, expired, expires_soon, reach */

/* As of a day; in the order of urgency. Everything lies in `a`. */
struct scheme_warnings scheme_warnings(struct arena *a, const struct scheme *s, int32_t today);
/* The State Council's notice comes in autumn: from October on the next year must be in the table. 0 = nothing is missing. */
int calendar_year_missing(const struct calendar *c, int32_t today);

#endif
