/* demo: a directory with a deterministic year of sample life, and logins to look at it. */
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "demo.h"
#include "passwords.h"

static const char demo_password[] = "Shaodao2026";

/* One hash for all sample people: two hundred hashes of their own would take longer than the year itself. */
static bool
make_logins(struct demo *d, struct err *err)
{
    struct pw_settings pw = {.kind = PW_ARGON2ID};
    char hash[PW_HASH_MAX], path[4096];
    const struct registry *r = d->area->registry;
    snprintf(path, sizeof path, "%s/demo-logins.csv", app_dir(d->app));
    if (!pepper_load(app_dir(d->app), pw.pepper, err) || !pw_hash_here(&pw, str_of(demo_password), hash, err))
        return false;
    FILE *out = fopen(path, "w");
    if (!out)
        return err_set(err, ERR_INTERNAL, "写不了 %s。", path);
    fputs("username,password,name,role,org,place,token\n", out);
    bool ok = true;
    struct caller who = {.area = d->area};
    for (size_t i = 0; ok && i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct person *person = registry_person(r, p->person);
        const struct org *o = registry_org(r, p->org);
        const struct place *at = registry_place(r, p->place);
        struct set_password set = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .person = p->person, .hash = str_of(hash)};
        const char *token = arena_printf(d->arena, "demo-%.*s", (int)person->username.n, person->username.p);
        struct make_token make = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .person = p->person,
                                  .name = STR("demo"), .given = str_of(token)};
        ok = set_password_wait(&set, err) && make_token_wait(&make, err);
        fprintf(out, "%.*s,%s,%.*s,%s,%.*s,%.*s,%s\n", (int)person->username.n, person->username.p, demo_password,
                (int)person->name.n, person->name.p, role_code(p->role), o ? (int)o->code.n : 0, o ? o->code.p : "",
                at ? (int)at->code.n : 0, at ? at->code.p : "", token);
        arena_reset(d->arena);
    }
    struct make_token open311 = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .name = STR("open311"), .given = STR("testkey")};
    ok = ok && make_token_wait(&open311, err);
    fclose(out);
    return ok;
}

/* People have read what was told them until yesterday, so that a bell shows news and not a year. */
static bool
read_old_notices(struct demo *d, instant until, struct err *err)
{
    const struct registry *r = d->area->registry;
    int64_t up_to = store_first_id(until - INT64_C(24) * 3600 * 1000);
    bool ok = true;
    for (size_t i = 0; ok && i < r->n_people; i++) {
        struct caller who = {.area = d->area, .person = r->people[i].id};
        struct read_notices read = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .up_to = up_to};
        ok = read_notices_wait(&read, err);
        arena_reset(d->arena);
    }
    return ok;
}

static void
step(void *ctx, int64_t day)
{
    progress_step(ctx, day);
}

struct wish {
    const char *dir, *scheme, *database;
    struct table csv; /* demo.csv; has no header when the scheme brings none */
    int64_t months, seed;
    int32_t until_day;
    instant until;
};

/* The day of the month on which it begins, `months` before the day on which it ends. */
static int32_t
first_day(const struct wish *w)
{
    struct civil c = civil_of_day(w->until_day);
    int64_t month = c.year * 12 + c.month - 1 - w->months;
    return w->months > 0 ? day_number((int)(month / 12), (int)(month % 12) + 1, c.day > 28 ? 28 : c.day) : w->until_day;
}

static bool
live_through(struct demo *d, const struct wish *w, struct err *err)
{
    struct scheme_errors errors = {0};
    struct demo_plan plan;
    struct arena *a = arena_new();
    int32_t from = first_day(w);
    bool ok = demo_plan_read(a, w->csv.header.n ? &w->csv : NULL, d->area->scheme, d->area->registry, &plan, &errors) ||
              err_set(err, ERR_FIELDS, "demo.csv 有错误。");
    print_scheme_errors(&errors);
    d->plan = &plan;
    struct progress p;
    progress_begin(&p, in_tongue("示例生活", "sample life"), w->until_day - from + 1);
    app_set_now(d->app, day_start(from));
    ok = ok && demo_photos_make(w->dir, &d->photos, err) && make_logins(d, err) &&
         (w->months == 0 || (demo_live(d, from, w->until, step, &p, err) && read_old_notices(d, w->until, err) &&
                              demo_rosters(d, w->until, err)));
    progress_end(&p);
    arena_free(a);
    return ok;
}

static bool
live(const struct wish *w, struct err *err)
{
    struct demo d = {.dice = {(uint64_t)w->seed}, .arena = arena_new()};
    d.app = app_open(&(struct app_options){.dir = w->dir, .is_bulk = true, .is_writer = true}, err);
    bool ok = d.app != NULL;
    if (ok) {
        d.area = app_area(d.app, 0);
        ok = live_through(&d, w, err);
        talk(in_tongue("登记 %lld 件，办理 %lld 步，常态化工作 %lld 次。", "%lld reports, %lld acts, %lld visits."), (long long)d.reports,
             (long long)d.acts, (long long)d.visits);
        if (d.refused)
            talk("%lld refused, the last: %s", (long long)d.refused, d.last_refusal);
    }
    app_close(d.app);
    arena_free(d.arena);
    return ok;
}

static bool
make(struct arena *a, struct wish *w, struct err *err)
{
    struct scheme_errors errors = {0};
    struct app_init in = {.arena = a, .dir = w->dir, .database = w->database, .is_demo = true};
    struct str *csv = NULL;
    bool ok = scheme_source(a, w->scheme, &in.tables, &csv, &errors, err);
    in.csv = csv;
    in.now = day_start(w->until_day) - w->months * INT64_C(31) * 24 * 3600 * 1000;
    ok = ok && app_init(&in, &errors, err);
    print_scheme_errors(&errors);
    return ok;
}

/* As many months as the scheme's own year of numbers needs: a comparison with last year wants two. */
static int64_t
own_months(const struct wish *w)
{
    int64_t months = 12;
    for (size_t i = 0; i < w->csv.n_rows; i++)
        if (str_is(table_cell(&w->csv, i, "what"), "set") && str_is(table_cell(&w->csv, i, "name"), "months"))
            str_int(table_cell(&w->csv, i, "amount"), &months);
    return months;
}

static int
read_until(const char *text, struct wish *w)
{
    w->until = (instant)time(NULL) * 1000;
    w->until_day = day_of(w->until);
    if (!text)
        return 0;
    if (date_parse(str_of(text), &w->until_day))
        w->until = day_start(w->until_day) + INT64_C(9) * 3600 * 1000;
    else if (moment_parse(str_of(text), &w->until))
        w->until_day = day_of(w->until);
    else
        return usage_error(in_tongue("--until 请写成 2026-04-21：%s", "--until wants 2026-04-21: %s"), text);
    return 0;
}

static int
read_wish(struct args *args, struct arena *a, struct wish *w)
{
    struct scheme_errors errors = {0};
    w->scheme = opt_value(args, "--scheme", "huichang");
    w->database = opt_value(args, "--database", NULL);
    const char *until = opt_value(args, "--until", NULL), *months = opt_value(args, "--months", NULL);
    const char *seed = opt_value(args, "--seed", "20260421");
    if (!opt_rest(args, 1, 1))
        return 2;
    w->dir = args->argv[0];
    scheme_demo_source(a, w->scheme, &w->csv, &errors);
    print_scheme_errors(&errors);
    w->months = own_months(w);
    if ((months && !str_int(str_of(months), &w->months)) || w->months < 0 || w->months > 60 || !str_int(str_of(seed), &w->seed))
        return usage_error("%s", in_tongue("--months 为 0 到 60，--seed 为整数。", "--months is 0 to 60, --seed a number."));
    return read_until(until, w);
}

int
cmd_demo(struct args *args)
{
    struct arena *a = arena_new();
    struct wish w = {0};
    struct err err = {0};
    int code = read_wish(args, a, &w);
    if (code == 0 && (!make(a, &w, &err) || !live(&w, &err)))
        code = fail_with(&err);
    if (code == 0)
        talk(in_tongue("%s 已建好。登录见 %s/demo-logins.csv。接着：shaodao serve %s",
                       "%s is ready. Logins: %s/demo-logins.csv. Next: shaodao serve %s"), w.dir, w.dir, w.dir);
    arena_free(a);
    return code;
}
