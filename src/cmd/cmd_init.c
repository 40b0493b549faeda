/* init: an empty installation with three administrators and one-time codes. */
#include <unistd.h>

#include "actions.h"
#include "cmd.h"
#include "passwords.h"

static void
random_password(char out[16])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz", digits[] = "23456789", upper[] = "ABCDEFGHJKMNPQRSTUVWXYZ";
    uint8_t r[14];
    crypto_random(r, sizeof r);
    for (int i = 0; i < 12; i++)
        out[i] = i % 3 == 0 ? letters[r[i] % 23] : i % 3 == 1 ? digits[r[i] % 8] : upper[r[i] % 23];
    out[12] = 0;
}

static bool
make_account(struct app *app, const struct area *area, int64_t person, const struct pw_settings *pw, char password[16],
             struct err *err)
{
    char hash[PW_HASH_MAX];
    struct arena *a = arena_new();
    struct caller who = {.area = area};
    struct set_password set = {.base = {.app = app, .who = &who, .arena = a}, .person = person, .must_change = !app_is_demo(app)};
    random_password(password);
    bool ok = pw_hash_here(pw, str_of(password), hash, err);
    set.hash = str_of(hash);
    ok = ok && set_password_wait(&set, err);
    arena_free(a);
    return ok;
}

/* 三员分立: three people, no post shared; everybody else is let in by them. */
static bool
make_admins(struct app *app, struct err *err)
{
    static const int roles[] = {ROLE_ADMIN, ROLE_SECURITY_ADMIN, ROLE_AUDIT_ADMIN};
    struct pw_settings pw = {.kind = PW_ARGON2ID};
    const struct area *area = app_area(app, 0);
    if (!pepper_load(app_dir(app), pw.pepper, err))
        return false;
    puts("username,role,password");
    for (size_t i = 0; i < area->registry->n_postings; i++) {
        const struct posting *p = &area->registry->postings[i];
        for (size_t k = 0; k < 3; k++) {
            char password[16];
            if (p->role != roles[k])
                continue;
            if (!make_account(app, area, p->person, &pw, password, err))
                return false;
            const struct person *who = registry_person(area->registry, p->person);
            printf("%.*s,%s,%s\n", (int)who->username.n, who->username.p, role_code(p->role), password);
        }
    }
    return true;
}

int
cmd_init(struct args *a)
{
    const char *scheme = opt_value(a, "--scheme", NULL), *database = opt_value(a, "--database", NULL);
    bool is_test = opt_flag(a, "--test");
    if (!opt_rest(a, 1, 1))
        return 2;
    if (!scheme)
        return usage_error("%s", in_tongue("请用 --scheme 指定工作方案，例如 --scheme huichang。", "say which scheme: --scheme huichang"));
    struct arena *arena = arena_new();
    struct err err = {0};
    struct scheme_errors errors = {0};
    struct app_init in = {.dir = a->argv[0], .database = database, .is_test = is_test};
    struct str *csv = NULL;
    in.now = (instant)time(NULL) * 1000;
    bool ok = scheme_source(arena, scheme, &in.tables, &csv, &errors, &err);
    in.csv = csv;
    ok = ok && app_init(&in, &errors, &err);
    print_scheme_errors(&errors);
    struct app *app = ok ? app_open(&(struct app_options){.dir = in.dir, .is_writer = true}, &err) : NULL;
    ok = app && make_admins(app, &err);
    app_close(app);
    arena_free(arena);
    if (!ok)
        return fail_with(&err);
    talk(in_tongue("已建立 %s。上面的密码只显示这一次，首次登录要修改。接着：shaodao serve %s",
                   "%s is ready. The passwords above are shown once. Next: shaodao serve %s"), in.dir, in.dir);
    return 0;
}
