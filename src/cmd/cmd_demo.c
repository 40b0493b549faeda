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

static bool
live(const char *dir, int64_t months, int64_t seed, int32_t until_day, instant until, struct err *err)
{
    struct demo d = {.dice = {(uint64_t)seed}, .arena = arena_new()};
    d.app = app_open(&(struct app_options){.dir = dir, .is_bulk = true, .is_writer = true}, err);
    bool ok = d.app != NULL;
    if (ok) {
        d.area = app_area(d.app, 0);
        struct civil c = civil_of_day(until_day);
        int year = c.year, month = c.month - (int)months;
        while (month < 1) {
            month += 12;
            year--;
        }
        int32_t from = months > 0 ? day_number(year, month, c.day > 28 ? 28 : c.day) : until_day;
        struct progress p;
        progress_begin(&p, in_tongue("示例生活", "sample life"), until_day - from + 1);
        app_set_now(d.app, day_start(from));
        ok = demo_photos_make(dir, &d.photos, err) && make_logins(&d, err) &&
             (months == 0 || (demo_live(&d, from, until, step, &p, err) && read_old_notices(&d, until, err)));
        progress_end(&p);
        talk(in_tongue("登记 %lld 件，办理 %lld 步。", "%lld reports, %lld acts."), (long long)d.reports, (long long)d.acts);
        if (d.refused)
            talk("%lld refused, the last: %s", (long long)d.refused, d.last_refusal);
    }
    app_close(d.app);
    arena_free(d.arena);
    return ok;
}

static bool
make(const char *dir, const char *scheme, instant from, struct err *err)
{
    struct arena *a = arena_new();
    struct scheme_errors errors = {0};
    struct app_init in = {.dir = dir, .is_demo = true, .now = from};
    struct str *csv = NULL;
    bool ok = scheme_source(a, scheme, &in.tables, &csv, &errors, err);
    in.csv = csv;
    ok = ok && app_init(&in, &errors, err);
    print_scheme_errors(&errors);
    arena_free(a);
    return ok;
}

int
cmd_demo(struct args *a)
{
    const char *scheme = opt_value(a, "--scheme", "huichang"), *until_text = opt_value(a, "--until", NULL);
    int64_t months = 12, seed = 20260421;
    const char *m = opt_value(a, "--months", "12"), *s = opt_value(a, "--seed", "20260421");
    if (!opt_rest(a, 1, 1))
        return 2;
    if (!str_int(str_of(m), &months) || months < 0 || months > 60 || !str_int(str_of(s), &seed))
        return usage_error("%s", in_tongue("--months 为 0 到 60，--seed 为整数。", "--months is 0 to 60, --seed a number."));
    instant now = (instant)time(NULL) * 1000, until = now;
    int32_t until_day = day_of(now);
    if (until_text && !date_parse(str_of(until_text), &until_day) && !moment_parse(str_of(until_text), &until))
        return usage_error(in_tongue("--until 请写成 2026-04-21：%s", "--until wants 2026-04-21: %s"), until_text);
    if (until_text && until == now)
        until = day_start(until_day) + INT64_C(9) * 3600 * 1000;
    else if (until_text)
        until_day = day_of(until);
    struct err err = {0};
    if (!make(a->argv[0], scheme, day_start(until_day) - months * INT64_C(31) * 24 * 3600 * 1000, &err) ||
        !live(a->argv[0], months, seed, until_day, until, &err))
        return fail_with(&err);
    talk(in_tongue("%s 已建好。登录见 %s/demo-logins.csv。接着：shaodao serve %s",
                   "%s is ready. Logins: %s/demo-logins.csv. Next: shaodao serve %s"), a->argv[0], a->argv[0], a->argv[0]);
    return 0;
}
