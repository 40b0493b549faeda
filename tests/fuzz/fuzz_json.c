/* JSON from outside: it is refused, or it becomes params that are valid text within the limits. */
#include <assert.h>

#include "json.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    struct err err = {0};
    struct params ps = {0};
    json_t *json = json_parse(a, (struct str){(const char *)data, n}, &err);
    if (json && json_to_params(a, json, &ps, &err)) {
        assert(ps.n <= LIMIT_FORM_FIELDS);
        for (size_t i = 0; i < ps.n; i++)
            assert(utf8_valid(ps.p[i].name) && utf8_valid(ps.p[i].value));
    } else {
        assert(err.kind != ERR_NONE);
    }
    arena_free(a);
    return 0;
}
