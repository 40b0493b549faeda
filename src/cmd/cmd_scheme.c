/* scheme check and show: every wrong cell at once, with the fix. */
#include "cmd_scheme.h"
#include "demo.h"
#include "registry_import.h"
#include "reach.h"
#include "scheme_warnings.h"
#include "slots.h"

void
scheme_errors_json(struct json *j, const struct scheme_errors *errors)
{
    json_put_array(j, "errors");
    for (size_t i = 0; i < errors->n; i++) {
        json_open_object(j);
        json_put_str(j, "table", errors->p[i].table);
        json_put_str(j, "cell", errors->p[i].cell);
        json_put_str(j, "message", errors->p[i].message);
        json_put_str(j, "fix", errors->p[i].fix);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
print_json(const char *name, bool ok, const struct scheme_errors *errors, const struct scheme_warnings *warnings,
           const struct proof_run *run)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_z(&j, "scheme", name);
    json_put_bool(&j, "ok", ok);
    scheme_errors_json(&j, errors);
    json_put_array(&j, "warnings");
    for (size_t i = 0; i < warnings->n; i++) {
        json_open_object(&j);
        json_put_z(&j, "kind", warning_code(warnings->p[i].kind));
        json_put_str(&j, "table", warnings->p[i].table);
        json_put_str(&j, "key", warnings->p[i].key);
        json_put_str(&j, "message", warnings->p[i].words);
        json_close_object(&j);
    }
    json_close_array(&j);
    if (run->proof)
        proof_json(&j, run);
    json_close_object(&j);
    printf("%.*s\n", (int)out.n, out.p);
    buf_release(&out);
}

static bool
check_one(const char *name, bool as_json, struct err *err)
{
    struct arena *a = arena_new();
    struct scheme_errors errors = {0};
    struct tables tables;
    struct str *csv;
    bool ok = scheme_source(a, name, &tables, &csv, &errors, err);
    if (ok) {
        struct registry r;
        struct scheme *s = scheme_read(a, tables, &errors);
        ok = registry_from_tables(a, 1, tables, &r, &errors) && s && errors.n == 0;
        if (ok)
            slots_check(a, &r, s, &errors);
        struct demo_plan plan;
        struct table demo;
        if (ok && scheme_demo_source(a, name, &demo, &errors))
            demo_plan_read(a, &demo, s, &r, &plan, &errors);
        ok = ok && errors.n == 0;
        struct scheme_warnings warnings = {0};
        struct proof_run run = {0};
        int32_t today = day_of((instant)time(NULL) * 1000);
        if (s)
            warnings = scheme_warnings(a, s, today);
        bool is_read = ok;
        if (is_read) {
            reach_warn(a, s, &r, &warnings);
            run = prove_now(a, s, &r, today);
            ok = run.proof->ok;
        }
        if (as_json)
            print_json(name, ok, &errors, &warnings, &run);
        else
            printf(in_tongue("%s：%s\n", "%s: %s\n"), name, is_read ? in_tongue("没有错误", "no errors") : in_tongue("有错误", "has errors"));
        if (is_read && !as_json)
            proof_print(&run);
        print_scheme_errors(&errors);
        for (size_t i = 0; i < warnings.n; i++)
            talk(in_tongue("提醒：%.*s。", "warning: %.*s"), (int)warnings.p[i].words.n, warnings.p[i].words.p);
    }
    arena_free(a);
    return ok;
}

int
cmd_scheme_check(struct args *a)
{
    bool as_json = opt_flag(a, "--json"), ok = true;
    if (!opt_rest(a, 1, 100))
        return 2;
    for (int i = 0; i < a->argc; i++) {
        struct err err = {0};
        ok = check_one(a->argv[i], as_json, &err) && ok;
        if (err.kind)
            fail_with(&err);
    }
    return ok ? 0 : 1;
}

int
cmd_scheme_show(struct args *a)
{
    if (!opt_rest(a, 1, 1))
        return 2;
    struct arena *arena = arena_new();
    struct scheme_errors errors = {0};
    struct err err = {0};
    struct tables tables;
    struct str *csv;
    struct scheme *s = scheme_source(arena, a->argv[0], &tables, &csv, &errors, &err) ? scheme_read(arena, tables, &errors) : NULL;
    if (s) {
        printf("%.*s（%.*s %.*s）\n", (int)s->title.n, s->title.p, (int)s->county.n, s->county.p, (int)s->region.n, s->region.p);
        for (size_t i = 0; i < s->n_items; i++)
            printf("%-6.*s %-11s %.*s → %.*s\n", (int)s->items[i].code.n, s->items[i].code.p,
                   s->items[i].list == LIST_SERVICE ? "service" : "enforcement", (int)s->items[i].name.n, s->items[i].name.p,
                   (int)s->items[i].lead.n, s->items[i].lead.p);
    }
    print_scheme_errors(&errors);
    arena_free(arena);
    return s ? 0 : err.kind ? fail_with(&err) : 1;
}
