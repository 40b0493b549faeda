/* ledger replay: rebuild from the record and compare. */
#include "cmd.h"
#include "json.h"

static struct progress bar;

static void
show(int64_t done, int64_t all)
{
    if (!bar.what)
        progress_begin(&bar, in_tongue("核对记录", "replay"), all);
    progress_step(&bar, done);
}

int
cmd_ledger_replay(struct args *a)
{
    bool as_json = opt_flag(a, "--json");
    if (!opt_rest(a, 1, 1))
        return 2;
    struct err err = {0};
    struct replay_report r;
    struct arena *arena = arena_new();
    struct app *app = app_open(&(struct app_options){.dir = a->argv[0]}, &err);
    bool ok = app && ledger_replay(app_reader_lock(app), app_keys(app), arena, show, &r, &err);
    if (app)
        app_reader_unlock(app);
    progress_end(&bar);
    app_close(app);
    if (!ok) {
        arena_free(arena);
        return fail_with(&err);
    }
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_int(&j, "streams", r.streams);
    json_put_int(&j, "events", r.events);
    json_put_int(&j, "differences", r.differences);
    json_put_str(&j, "first", r.first);
    json_close_object(&j);
    if (as_json)
        printf("%.*s\n", (int)out.n, out.p);
    else
        printf(in_tongue("%lld 条记录流，%lld 条记录，%lld 处不同。%.*s\n", "%lld streams, %lld events, %lld differences. %.*s\n"),
               (long long)r.streams, (long long)r.events, (long long)r.differences, (int)r.first.n, r.first.p);
    buf_release(&out);
    arena_free(arena);
    return r.differences ? 1 : 0;
}
