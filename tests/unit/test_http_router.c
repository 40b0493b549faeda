/* Which route a path belongs to. */
#include "check.h"

#include "router.h"

enum { ANYONE = 1 };

static void
nothing(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
}

static const struct route table[] = {
    ROUTE(HTTP_GET, "/", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/cases/new", ANYONE, .handle = nothing),
    ROUTE(HTTP_POST, "/cases/:no", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET | HTTP_PUT, "/cases/:no", ANYONE, .handle = nothing),
    ROUTE(HTTP_POST, "/cases/:no/actions/:action", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/cases/list/actions/all", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/a/*path", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/a/b/:c", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/ledger/", ANYONE, .handle = nothing),
    ROUTE(HTTP_GET, "/ledger/:area/tile/*rest", ANYONE, .handle = nothing),
};

static const struct row {
    enum method method;
    const char *path, *pattern; /* NULL: none */
    const char *vars[3];
    unsigned allowed; /* when there is none for the method */
} rows[] = {
    {HTTP_GET, "/", "/", {0}, 0},
    {HTTP_GET, "/cases/new", "/cases/new", {0}, 0},
    {HTTP_POST, "/cases/new", "/cases/:no", {"new"}, 0},
    {HTTP_GET, "/cases/20260421-0037", "/cases/:no", {"20260421-0037"}, 0},
    {HTTP_PUT, "/cases/1", "/cases/:no", {"1"}, 0},
    {HTTP_DELETE, "/cases/1", NULL, {0}, HTTP_GET | HTTP_POST | HTTP_PUT},
    {HTTP_DELETE, "/cases/new", NULL, {0}, HTTP_GET | HTTP_POST | HTTP_PUT},
    {HTTP_POST, "/cases/1/actions/accept", "/cases/:no/actions/:action", {"1", "accept"}, 0},
    {HTTP_GET, "/cases/list/actions/all", "/cases/list/actions/all", {0}, 0},
    {HTTP_POST, "/cases/list/actions/x", "/cases/:no/actions/:action", {"list", "x"}, 0},
    {HTTP_GET, "/cases/list/actions", NULL, {0}, 0},
    {HTTP_GET, "/a/x/y/z", "/a/*path", {"x/y/z"}, 0},
    {HTTP_GET, "/a/b/c", "/a/b/:c", {"c"}, 0},
    {HTTP_GET, "/a/b/c/d", "/a/*path", {"b/c/d"}, 0},
    {HTTP_GET, "/a/b", "/a/*path", {"b"}, 0},
    {HTTP_GET, "/a/", NULL, {0}, 0},
    {HTTP_GET, "/a", NULL, {0}, 0},
    {HTTP_GET, "/ledger/", "/ledger/", {0}, 0},
    {HTTP_GET, "/ledger", NULL, {0}, 0},
    {HTTP_GET, "/ledger/hc/tile/0/x001/067", "/ledger/:area/tile/*rest", {"hc", "0/x001/067"}, 0},
    {HTTP_GET, "/cases/", NULL, {0}, 0},
    {HTTP_GET, "/cases//", NULL, {0}, 0},
    {HTTP_GET, "", NULL, {0}, 0},
    {HTTP_GET, "cases/new", NULL, {0}, 0},
    {HTTP_POST, "/", NULL, {0}, HTTP_GET},
};

static void
matches(void **state)
{
    (void)state;
    struct err err = {0};
    struct router *r = router_new(table, COUNT_OF(table), &err);
    assert_non_null(r);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct match m;
        router_match(r, rows[i].method, str_of(rows[i].path), &m);
        print_message("row %zu: %s\n", i, rows[i].path);
        if (!rows[i].pattern) {
            assert_null(m.route);
            assert_int_equal(m.allowed, rows[i].allowed);
            continue;
        }
        assert_non_null(m.route);
        assert_string_equal(m.route->pattern, rows[i].pattern);
        for (int v = 0; v < m.n_vars; v++)
            check_str(m.vars[v], rows[i].vars[v]);
        assert_true(m.n_vars == 3 || !rows[i].vars[m.n_vars]);
    }
    router_free(r);
}

static void
long_paths_do_not_recurse(void **state)
{
    (void)state;
    struct router *r = router_new(table, COUNT_OF(table), NULL);
    struct buf path = {0};
    for (int i = 0; i < 100000; i++)
        buf_z(&path, "/a");
    struct match m;
    router_match(r, HTTP_GET, buf_view(&path), &m);
    assert_string_equal(m.route->pattern, "/a/*path");
    buf_release(&path);
    router_free(r);
}

static void
wrong_tables(void **state)
{
    (void)state;
    static const struct route wrong[][2] = {
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing),
         ROUTE(HTTP_GET | HTTP_POST, "/a", ANYONE, .handle = nothing)},
        {ROUTE(HTTP_GET, "/:a", ANYONE, .handle = nothing), ROUTE(HTTP_GET, "/:b", ANYONE, .handle = nothing)},
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing), {.methods = HTTP_GET, .pattern = "/b", .handle = nothing}},
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing), ROUTE(HTTP_GET, "/b", ANYONE)},
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing), ROUTE(HTTP_GET, "b", ANYONE, .handle = nothing)},
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing), ROUTE(HTTP_GET, "/*b/c", ANYONE, .handle = nothing)},
        {ROUTE(HTTP_GET, "/a", ANYONE, .handle = nothing),
         ROUTE(HTTP_GET, "/:a/:b/:c/:d/:e/:f/:g", ANYONE, .handle = nothing)},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err err = {0};
        assert_null(router_new(wrong[i], 2, &err));
        assert_int_equal(err.kind, ERR_INTERNAL);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(long_paths_do_not_recurse),
        cmocka_unit_test(wrong_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
