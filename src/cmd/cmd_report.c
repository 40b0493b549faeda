/* report: every figure with its numerator and denominator, from the same place as the pages. */
#include "cmd.h"
#include "json.h"
#include "print.h"
#include "views.h"

struct period {
    int32_t from, to;
};

static int
read_period(struct args *args, struct period *p)
{
    struct civil now = civil_of((instant)time(NULL) * 1000);
    const char *from = opt_value(args, "--from", NULL), *to = opt_value(args, "--to", NULL);
    p->to = day_number(now.year, now.month, now.day);
    if (to && !date_parse(str_of(to), &p->to))
        return usage_error(in_tongue("--to 请写成 2026-04-30：%s", "--to wants 2026-04-30: %s"), to);
    struct civil end = civil_of_day(p->to);
    p->from = day_number(end.year, end.month, 1);
    if (from && !date_parse(str_of(from), &p->from))
        return usage_error(in_tongue("--from 请写成 2026-04-01：%s", "--from wants 2026-04-01: %s"), from);
    if (p->from > p->to)
        return usage_error("%s", in_tongue("--from 不能晚于 --to。", "--from must not be after --to."));
    return 0;
}

static void
put_figure(struct json *j, const struct figure *f, const struct figure_value *v)
{
    json_open_object(j);
    json_put_z(j, "name", f->name);
    json_put_z(j, "title", f->title);
    json_key(j, "value");
    if (v->is_defined)
        json_double(j, v->value);
    else
        json_none(j);
    json_put_int(j, "numerator", v->numerator);
    json_put_int(j, "denominator", v->denominator);
    json_put_z(j, "unit", f->unit);
    json_put_z(j, "definition", f->definition);
    json_put_int(j, "version", f->version);
    json_put_z(j, "seed", f->seed);
    json_put_str(j, "note", v->note);
    json_close_object(j);
}

/* Whole numbers stay whole; a share has one decimal. */
static const char *
value_words(struct arena *a, const struct figure *f, const struct figure_value *v)
{
    if (!v->is_defined)
        return "—";
    bool is_whole = v->value == (double)(int64_t)v->value && strcmp(f->unit, "%") != 0;
    return is_whole ? arena_printf(a, "%lld %s", (long long)v->value, f->unit) : arena_printf(a, "%.1f %s", v->value, f->unit);
}

static void
add_row(struct grid *g, const struct figure *f, const struct figure_value *v)
{
    grid_add(g, str_of(f->name));
    grid_add(g, str_of(f->title));
    grid_add(g, str_of(value_words(g->a, f, v)));
    grid_addf(g, "%lld/%lld", (long long)v->numerator, (long long)v->denominator);
    grid_addf(g, "%s%s%.*s%s", f->definition, v->note.n ? "（" : "", (int)v->note.n, v->note.p, v->note.n ? "）" : "");
}

struct summary {
    struct period period;
    const struct figure *only; /* NULL = all */
    bool recounts; /* from the cases themselves */
    struct grid table;
    struct json *json; /* NULL = the table */
};

static bool
compute(struct summary *r, struct db *db, int64_t area, struct err *err)
{
    struct figures *set = figures_begin(db, r->table.a, area, r->recounts, err);
    for (size_t i = 0; set && i < n_figures; i++) {
        struct figure_value v;
        if (r->only && r->only != &figures[i])
            continue;
        if (!figure_of(set, &figures[i], r->period.from, r->period.to, 0, 0, &v, err))
            return false;
        if (r->json)
            put_figure(r->json, &figures[i], &v);
        else
            add_row(&r->table, &figures[i], &v);
    }
    return set != NULL;
}

static bool
write_json(struct summary *r, struct db *db, int64_t area, struct err *err)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    r->json = &j;
    json_open_object(&j);
    json_put_z(&j, "from", day_short(r->table.a, r->period.from));
    json_put_z(&j, "to", day_short(r->table.a, r->period.to));
    json_put_array(&j, "figures");
    bool ok = compute(r, db, area, err);
    json_close_array(&j);
    json_close_object(&j);
    if (ok)
        print_out(&out);
    else
        buf_release(&out);
    return ok;
}

static bool
write_table(struct summary *r, struct db *db, int64_t area, struct err *err)
{
    if (!compute(r, db, area, err))
        return false;
    print_line(in_tongue("%s 到 %s", "%s to %s"), day_short(r->table.a, r->period.from), day_short(r->table.a, r->period.to));
    grid_print(&r->table);
    return true;
}

static int
unknown_figure(const char *name)
{
    talk(in_tongue("没有统计数字 %s。有这些：", "no figure %s; there are:"), name);
    for (size_t i = 0; i < n_figures; i++)
        talk("  %-24s%s", figures[i].name, figures[i].title);
    return 2;
}

int
cmd_report(struct args *args)
{
    struct summary r = {.table = {.columns = 5, .right = 4 | 8}};
    bool is_json = opt_flag(args, "--json");
    r.recounts = opt_flag(args, "--recount");
    int bad = read_period(args, &r.period);
    if (bad || !opt_rest(args, 2, 2))
        return 2;
    const char *name = args->argv[1];
    r.only = figure_find(str_of(name));
    if (!r.only && strcmp(name, "all") != 0)
        return unknown_figure(name);
    struct err err = {0};
    struct app *app = app_open(&(struct app_options){.dir = args->argv[0]}, &err);
    if (!app)
        return fail_with(&err);
    r.table.a = arena_new();
    struct db *db = app_reader_lock(app);
    int64_t area = app_area(app, 0)->id;
    bool ok = db_read_begin(db, &err);
    if (ok) {
        ok = is_json ? write_json(&r, db, area, &err) : write_table(&r, db, area, &err);
        db_read_end(db);
    }
    app_reader_unlock(app);
    arena_free(r.table.a);
    app_close(app);
    return ok ? 0 : fail_with(&err);
}
