/* case import: a hotline's export becomes cases; each waits for a person to classify it, with a suggestion beside it. */
#include "cmd.h"
#include "import.h"

static void
step(void *ctx, int64_t done)
{
    progress_step(ctx, done);
}

static bool
run(struct import *im, const char *file, const char *map_path, struct err *err)
{
    struct import_map map;
    struct import_lines lines;
    struct progress bar;
    if (!import_map_read(im->a, map_path, &map, err) || !import_read(im->a, file, &map, &lines, err))
        return false;
    progress_begin(&bar, im->is_dry ? in_tongue("试读", "trying") : in_tongue("导入", "importing"), (int64_t)lines.n);
    import_understand(im, &lines);
    bool ok = import_take(im, step, &bar, err);
    progress_end(&bar);
    return ok;
}

int
cmd_case_import(struct args *args)
{
    const char *map = opt_value(args, "--map", NULL), *clock_file = opt_value(args, "--clock-file", NULL);
    bool as_json = opt_flag(args, "--json"), is_dry = opt_flag(args, "--dry-run");
    if (!opt_rest(args, 2, 2))
        return 2;
    struct err err = {0}, why = {0};
    struct import im = {.a = arena_new(), .is_dry = is_dry, .file = args->argv[1]};
    im.app = app_open(&(struct app_options){.dir = args->argv[0], .clock_file = clock_file, .is_writer = !is_dry}, &err);
    bool ok = im.app != NULL;
    if (ok) {
        im.area = app_area(im.app, 0);
        im.now = app_now(im.app);
        ok = run(&im, args->argv[1], map, &err);
    }
    /* What was taken before a failure is told too. */
    if ((ok || im.taken) && import_compare(&im, &why))
        as_json ? import_print_json(&im) : import_print(&im);
    app_close(im.app);
    bool has_bad = im.bad > 0;
    arena_free(im.a);
    if (!ok)
        return fail_with(&err);
    return has_bad ? 1 : 0;
}
