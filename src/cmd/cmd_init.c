/* init: an empty installation with three administrators and one-time codes. */
#include "account.h"
#include "cmd.h"

/* 三员分立: three people, no post shared; everybody else is let in by them. */
static bool
make_admins(struct app *app, struct err *err)
{
    static const int roles[] = {ROLE_ADMIN, ROLE_SECURITY_ADMIN, ROLE_AUDIT_ADMIN};
    const struct area *area = app_area(app, 0);
    puts("username,role,password");
    for (size_t i = 0; i < area->registry->n_postings; i++) {
        const struct posting *p = &area->registry->postings[i];
        for (size_t k = 0; k < 3; k++) {
            char password[16];
            if (p->role != roles[k])
                continue;
            if (!account_first_password(app, area, p->person, password, err))
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
    struct app_init in = {.arena = arena, .dir = a->argv[0], .database = database, .is_test = is_test};
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
