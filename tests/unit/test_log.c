/* The log: one line per event, values that cannot pose as pairs, one write per line. */
#include "check.h"

#include <pthread.h>
#include <unistd.h>

#include "log.h"

static int ends[2];

/* What was logged since the last call, without its time. */
static const char *
logged(void)
{
    static char line[4096];
    ssize_t n = read(ends[0], line, sizeof line - 1);
    line[n > 0 ? n : 0] = 0;
    assert_memory_equal(line, "time=20", 7);
    return strchr(line, ' ') + 1;
}

static void
pairs(void **state)
{
    (void)state;
    log_event("duty_missed", "case=%s id=%lld", "20260421-0037", 911LL);
    assert_string_equal(logged(), "level=info event=duty_missed case=20260421-0037 id=911\n");
    log_warn("plain", "%s", "");
    assert_string_equal(logged(), "level=warn event=plain text=\"\"\n");
}

static void
values_are_quoted(void **state)
{
    (void)state;
    log_error("x", "a=%s b=%s c=%s d=%d", "two words", "q\"u\\o\nte\x01", "k=v", 5);
    assert_string_equal(logged(), "level=error event=x a=\"two words\" b=\"q\\\"u\\\\o\\nte\\x01\" c=\"k=v\" d=5\n");
    log_event("x", "a=%s b=%s", "", "中文");
    assert_string_equal(logged(), "level=info event=x a=\"\" b=中文\n");
    log_event("x", "a=%s",
              "b\xff"
              "level=error");
    assert_string_equal(logged(), "level=info event=x text=\"a=b\xff"
                                  "level=error\"\n");
}

static void
request_and_level(void **state)
{
    (void)state;
    log_set_request(52);
    log_event("x", "a=%d", 1);
    assert_string_equal(logged(), "level=info event=x req=52 a=1\n");
    log_set_request(0);
    log_set_level(LOG_WARN);
    log_event("x", "a=%d", 1);
    log_error("y", "a=%d", 2);
    assert_string_equal(logged(), "level=error event=y a=2\n");
    log_set_level(LOG_QUIET);
    log_error("y", "a=%d", 2);
    log_set_level(LOG_INFO);
    log_event("z", "a=%d", 3);
    assert_string_equal(logged(), "level=info event=z a=3\n");
}

static void *
write_many(void *arg)
{
    for (int i = 0; i < 100; i++)
        log_event("thread", "name=%s i=%d", (const char *)arg, i);
    return NULL;
}

static void
lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    pthread_t threads[4];
    char *names[] = {"one", "two", "three", "four"};
    log_set_fd(fileno(file));
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, write_many, names[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    log_set_fd(ends[1]);
    rewind(file);
    char line[256];
    int n = 0;
    while (fgets(line, sizeof line, file)) {
        assert_memory_equal(line, "time=", 5);
        assert_non_null(strstr(line, " event=thread name="));
        n++;
    }
    assert_int_equal(n, 400);
    fclose(file);
}

static int
set_up(void **state)
{
    (void)state;
    if (pipe(ends) != 0)
        return -1;
    log_set_fd(ends[1]);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),
        cmocka_unit_test(values_are_quoted),
        cmocka_unit_test(request_and_level),
        cmocka_unit_test(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
