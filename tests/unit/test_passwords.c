/* Passwords: what is refused, what a hash promises, and a helper that may be flooded or killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "passwords.h"

static const struct pw_settings argon = {PW_ARGON2ID, "pepper of the tests, 32 bytes at"};
static const struct pw_settings pbkdf2 = {PW_PBKDF2_SM3, "pepper of the tests, 32 bytes at"};

static void
test_rules(void **state)
{
    (void)state;
    static const struct {
        enum pw_rules rules;
        const char *password;
        bool allowed;
    } rows[] = {
        {PW_RULES_DENGBAO, "Tuo7-lian-Hua", true},
        {PW_RULES_DENGBAO, "河边的柳树Lv7米高呀", true},
        {PW_RULES_DENGBAO, "Tuo7-lian", false},    /* 9 characters */
        {PW_RULES_DENGBAO, "tuolianhua77", false}, /* two classes */
        {PW_RULES_DENGBAO, "TUOLIANHUA-", false},
        {PW_RULES_DENGBAO, "Tuolianhua7", true},
        {PW_RULES_DENGBAO, "", false},
        {PW_RULES_DENGBAO, "A123456789.", false}, /* the list, through every disguise */
        {PW_RULES_DENGBAO, "Woaini1314!", false},
        {PW_RULES_DENGBAO, "woaini1314520A", false},
        {PW_RULES_DENGBAO, "P@ssw0rd2026", false},
        {PW_RULES_DENGBAO, "Admin@123456", false},
        {PW_RULES_DENGBAO, "2026Huichang!!", false},
        {PW_RULES_DENGBAO, "1qaz@WSX3edc", false},
        {PW_RULES_DENGBAO, "!QAZ2wsx#EDC", false},
        {PW_RULES_DENGBAO, "Qwer1234!@#$", false},
        {PW_RULES_DENGBAO, "Aa11Aa11Aa11", false},   /* few different characters */
        {PW_RULES_DENGBAO, "Wangfang-2026x", false}, /* the user name */
        {PW_RULES_DENGBAO, "xxWANGFANGx-77", false},
        {PW_RULES_DENGBAO, "王芳Aa345678!", false},  /* the name */
        {PW_RULES_DENGBAO, "Lv-13800000000", false}, /* the telephone */
        {PW_RULES_DENGBAO, "Tuo7-lian-Hu\xff", false},
        {PW_RULES_ASVS, "tuo lian hua shui", true},
        {PW_RULES_ASVS, "tuolianhua1", false},
        {PW_RULES_ASVS, "123456789abc", false},
        {PW_RULES_ASVS, "qwertyuiopasdf", false},
    };
    struct pw_person who = {STR("wangfang"), STR("王芳"), STR("13800000000")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        bool ok = pw_allowed(rows[i].rules, str_of(rows[i].password), &who, &err);
        if (ok != rows[i].allowed)
            fail_msg("row %zu: %s: %s", i, rows[i].password, err.n_fields ? err.fields[0].message : "allowed");
        assert_int_equal(err.kind, ok ? ERR_NONE : ERR_FIELDS);
    }
    char longest[PW_BYTES_MAX + 2];
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = "aB3-cD5_eF"[i % 10];
    struct pw_person nobody = {0};
    assert_true(pw_allowed(PW_RULES_DENGBAO, str_bytes(longest, PW_BYTES_MAX), &nobody, NULL));
    assert_false(pw_allowed(PW_RULES_DENGBAO, str_bytes(longest, PW_BYTES_MAX + 1), &nobody, NULL));
}

static void
test_hash_and_verify(void **state)
{
    (void)state;
    static const struct pw_settings *const all[] = {&argon, &pbkdf2};
    for (size_t i = 0; i < 2; i++) {
        char a[PW_HASH_MAX], b[PW_HASH_MAX];
        bool stale = true;
        struct err err = {0};
        assert_true(pw_hash_here(all[i], STR("Tuo7-lian-Hua"), a, &err));
        assert_true(pw_hash_here(all[i], STR("Tuo7-lian-Hua"), b, &err));
        assert_string_not_equal(a, b); /* salted */
        assert_true(pw_verify_here(all[i], str_of(a), STR("Tuo7-lian-Hua"), &stale, &err));
        assert_false(stale);
        assert_false(pw_verify_here(all[i], str_of(a), STR("Tuo7-lian-Hu"), &stale, &err));
        assert_int_equal(err.kind, ERR_LOGIN);
        assert_true(pw_verify_here(all[1 - i], str_of(a), STR("Tuo7-lian-Hua"), &stale, &err));
        assert_true(stale); /* the profile changed */
        struct pw_settings other = *all[i];
        other.pepper[31] ^= 1;
        assert_false(pw_verify_here(&other, str_of(a), STR("Tuo7-lian-Hua"), NULL, &err));
    }
}

/* The format is stored: these hashes must verify for ever. */
static void
test_stored_hashes(void **state)
{
    (void)state;
    bool stale;
    uint8_t raw[HASH_BYTES], tag[HASH_BYTES];
    struct buf b = {0};
    pbkdf2_sm3(STR("secret"), str_bytes("sixteen bytes ok", 16), 1000, raw);
    hmac_sm3(str_bytes(argon.pepper, PEPPER_BYTES), str_bytes(raw, sizeof raw), tag);
    buf_z(&b, "pbkdf2-sm3$i=1000$7369787465656e206279746573206f6b$");
    buf_hex(&b, tag, sizeof tag);
    assert_true(pw_verify_here(&pbkdf2, buf_view(&b), STR("secret"), &stale, NULL));
    assert_true(stale); /* fewer rounds than today */
    buf_release(&b);
    assert_true(pw_verify_here(&argon,
                               STR("argon2id$t=1,m=8$7369787465656e206279746573206f6b$"
                                   "041e4406c08a6e0c0c53108ad93d2e8e5b33d013263ad1e8d63508c593b71f14"),
                               STR("secret"), &stale, NULL));
}

static void
test_odd_hashes_never_match(void **state)
{
    (void)state;
#define SALT_TAG "$7369787465656e206279746573206f6b$0000000000000000000000000000000000000000000000000000000000000000"
    static const char *const rows[] = {
        "argon2id$t=1,m=4" SALT_TAG,
        "argon2id$t=11,m=64" SALT_TAG,
        "argon2id$t=1,m=99999999" SALT_TAG,
        "argon2id$t=1" SALT_TAG,
        "argon2id$t=1,m=64,p=1" SALT_TAG,
        "argon2id$m=64,t=1" SALT_TAG,
        "argon2i$t=1,m=64" SALT_TAG,
        "pbkdf2-sm3$i=0" SALT_TAG,
        "pbkdf2-sm3$i=10000001" SALT_TAG,
        "pbkdf2-sm3$i=1000$00$00",
        "pbkdf2-sm3$i=1000" SALT_TAG "$",
        "pbkdf2-sm3",
        "$$$",
    };
    static const struct pw_settings quick = {PW_ARGON2ID, {0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        if (pw_verify_here(&quick, str_of(rows[i]), STR("secret"), NULL, &err))
            fail_msg("%s matches", rows[i]);
        assert_int_equal(err.kind, ERR_LOGIN);
    }
}

/* Processor time, so that a busy machine does not matter. */
static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
test_unknown_user_costs_the_same(void **state)
{
    (void)state;
    char hash[PW_HASH_MAX];
    double known = 1e9, unknown = 1e9;
    assert_true(pw_hash_here(&argon, STR("Tuo7-lian-Hua"), hash, NULL));
    for (int i = 0; i < 5; i++) {
        double t = seconds();
        assert_false(pw_verify_here(&argon, str_of(hash), STR("wrong"), NULL, NULL));
        double middle = seconds();
        assert_false(pw_verify_here(&argon, STR(""), STR("wrong"), NULL, NULL));
        double end = seconds();
        known = middle - t < known ? middle - t : known;
        unknown = end - middle < unknown ? end - middle : unknown;
    }
    assert_true(unknown > known * 0.7 && unknown < known * 1.4);
}

static void
test_helper(void **state)
{
    (void)state;
    struct err err = {0};
    struct pw_helper *h = pw_helper_start(&argon, &err);
    assert_non_null(h);
    struct pw_answer a;
    assert_true(pw_hash_wait(h, STR("Tuo7-lian-Hua"), &a, &err));
    char hash[PW_HASH_MAX];
    memcpy(hash, a.hash, sizeof hash);
    assert_true(pw_verify_here(&argon, str_of(hash), STR("Tuo7-lian-Hua"), NULL, &err));
    assert_true(pw_verify_wait(h, str_of(hash), STR("Tuo7-lian-Hua"), &a, &err));
    assert_true(a.match && !a.stale);
    assert_true(pw_verify_wait(h, str_of(hash), STR("wrong"), &a, &err));
    assert_false(a.match);
    assert_true(pw_verify_wait(h, STR(""), STR("wrong"), &a, &err));
    assert_false(a.match);
    char longer[PW_BYTES_MAX + 1] = {'a'};
    assert_false(pw_verify_wait(h, str_of(hash), str_bytes(longer, sizeof longer), &a, &err));
    assert_int_equal(err.kind, ERR_FIELDS);
    pw_helper_stop(h);
    pw_helper_stop(NULL);
}

static void
count(const struct pw_answer *a, void *arg)
{
    atomic_fetch_add((_Atomic int *)arg + (a->failed ? 1 : 0), 1);
}

static void
test_flood_is_refused_not_queued(void **state)
{
    (void)state;
    struct pw_helper *h = pw_helper_start(&argon, NULL);
    _Atomic int counts[2] = {0}; /* answered, failed */
    int taken = 0;
    struct err err = {0};
    while (taken < 1000 && pw_verify_async(h, STR(""), STR("wrong"), count, counts, &err))
        taken++;
    assert_int_equal(err.kind, ERR_RATE);
    assert_in_range(taken, 34, 999); /* 2 at work, 32 waiting, and those that finished meanwhile */
    for (int i = 0; i < 3000 && atomic_load(&counts[0]) < taken; i++)
        usleep(10000);
    assert_int_equal(atomic_load(&counts[0]), taken);
    assert_true(pw_verify_async(h, STR(""), STR("wrong"), count, counts, &err));
    pw_helper_stop(h); /* the one under way is answered too, one way or the other */
    assert_int_equal(atomic_load(&counts[0]) + atomic_load(&counts[1]), taken + 1);
}

/* The nth child of a process, 0 when there is none. */
static pid_t
child_of(pid_t parent, int nth)
{
    char path[64];
    long pid = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *f = fopen(path, "re");
    for (int i = 0; f && i <= nth; i++)
        if (fscanf(f, "%ld", &pid) != 1)
            pid = 0;
    if (f)
        fclose(f);
    return (pid_t)pid;
}

static void
test_killed_workers_cost_one_answer_each(void **state)
{
    (void)state;
    struct pw_helper *h = pw_helper_start(&argon, NULL);
    pid_t supervisor = child_of(getpid(), 0);
    assert_true(supervisor > 0);
    struct pw_answer a;
    assert_true(pw_verify_wait(h, STR(""), STR("x"), &a, NULL)); /* they have started */
    _Atomic int counts[2] = {0};
    for (int i = 0; i < 6; i++)
        assert_true(pw_verify_async(h, STR(""), STR("wrong"), count, counts, NULL));
    usleep(20000);
    pid_t workers[2] = {child_of(supervisor, 0), child_of(supervisor, 1)};
    assert_true(workers[0] > 0 && workers[1] > 0);
    kill(workers[0], SIGKILL);
    kill(workers[1], SIGKILL);
    for (int i = 0; i < 3000 && atomic_load(&counts[0]) + atomic_load(&counts[1]) < 6; i++)
        usleep(10000);
    assert_int_equal(atomic_load(&counts[0]) + atomic_load(&counts[1]), 6);
    assert_true(atomic_load(&counts[1]) <= 2);
    assert_true(pw_hash_wait(h, STR("Tuo7-lian-Hua"), &a, NULL));
    pw_helper_stop(h);
}

static void
test_dead_helper_is_said(void **state)
{
    (void)state;
    struct pw_helper *h = pw_helper_start(&argon, NULL);
    pid_t supervisor = child_of(getpid(), 0);
    struct pw_answer a;
    assert_true(pw_verify_wait(h, STR(""), STR("x"), &a, NULL));
    pid_t workers[2] = {child_of(supervisor, 0), child_of(supervisor, 1)};
    assert_true(supervisor > 0 && workers[0] > 0 && workers[1] > 0);
    kill(supervisor, SIGKILL);
    kill(workers[0], SIGKILL);
    kill(workers[1], SIGKILL);
    struct err err = {0};
    for (int i = 0; i < 500 && err.kind == ERR_NONE; i++) {
        pw_verify_wait(h, STR(""), STR("x"), &a, &err);
        usleep(1000);
    }
    assert_int_equal(err.kind, ERR_BUSY);
    pw_helper_stop(h);
}

static void *
log_in(void *arg)
{
    struct pw_answer a;
    for (int i = 0; i < 3; i++)
        if (!pw_verify_wait(arg, STR(""), STR("x"), &a, NULL) || a.match)
            return arg;
    return NULL;
}

static void
test_many_threads(void **state)
{
    (void)state;
    struct pw_helper *h = pw_helper_start(&argon, NULL);
    pthread_t t[8];
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&t[i], NULL, log_in, h), 0);
    for (size_t i = 0; i < 8; i++) {
        void *bad;
        pthread_join(t[i], &bad);
        assert_null(bad);
    }
    pw_helper_stop(h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_hash_and_verify),
        cmocka_unit_test(test_stored_hashes),
        cmocka_unit_test(test_odd_hashes_never_match),
        cmocka_unit_test(test_unknown_user_costs_the_same),
        cmocka_unit_test(test_helper),
        cmocka_unit_test(test_flood_is_refused_not_queued),
        cmocka_unit_test(test_killed_workers_cost_one_answer_each),
        cmocka_unit_test(test_dead_helper_is_said),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
