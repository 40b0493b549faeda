/* check.h — cmocka with what it needs before it, and the comparisons that tests of text need. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "str.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Compares a view with a literal and shows both when they differ. */
#define check_str(found, expected) check_str_at((found), (expected), __FILE__, __LINE__)

static inline void
check_str_at(struct str found, const char *expected, const char *file, int line)
{
    if (str_is(found, expected))
        return;
    print_error("found:    %.*s\nexpected: %s\n", (int)found.n, found.p, expected);
    _fail(file, line);
}

/* Compares what a buf holds, and empties it for the next comparison. */
#define check_buf(buf, expected)                                                                                       \
    do {                                                                                                               \
        check_str_at(buf_view(buf), (expected), __FILE__, __LINE__);                                                   \
        buf_clear(buf);                                                                                                \
    } while (0)

#endif
