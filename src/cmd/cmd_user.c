/* user add, passwd, token, list: people and how they get in. The pages do the same with more comfort. */
#include <unistd.h>

#include "account.h"
#include "cmd.h"
#include "json.h"
#include "passwords.h"
#include "print.h"

static struct app *
open_for_writing(const char *dir, struct err *err)
{
    return app_open(&(struct app_options){.dir = dir, .is_writer = true}, err);
}

static const struct person *
find_person(const struct area *area, const char *username, struct err *err)
{
    const struct person *p = registry_username(area->registry, str_of(username));
    if (!p)
        err_set(err, ERR_NOT_FOUND, "没有用户名 %s。用 user list 看有哪些。", username);
    return p;
}

/* ---- add ---- */

struct new_user {
    const char *username, *name, *role, *org, *place, *phone, *cert_no, *cert_until;
};

/* All that is wrong, before anything is written: a person without a post is no use. */
static bool
check_new(const struct area *area, const struct new_user *u, struct err *err)
{
    const struct registry *r = area->registry;
    int32_t day;
    if (role_find(str_of(u->role)) <= ROLE_RESIDENT)
        err_field(err, "--role", "没有岗位 %s；例如 grid_chief、officer、coordinator。", u->role);
    if (u->org && !registry_org_code(r, str_of(u->org)))
        err_field(err, "--org", "没有单位 %s。", u->org);
    if (u->place && !registry_place_code(r, str_of(u->place)))
        err_field(err, "--place", "没有地点 %s。", u->place);
    if (u->cert_until && !date_parse(str_of(u->cert_until), &day))
        err_field(err, "--cert-until", "日期请写成 2028-12-31。");
    if (u->phone) {
        char digits[PHONE_BYTES];
        if (!phone_normalise(str_of(u->phone), digits))
            err_field(err, "--phone", "电话号码不对。");
    }
    return err->kind == ERR_NONE;
}

static void
give(struct arena *a, struct params *ps, const char *name, const char *value)
{
    if (value)
        params_add(a, ps, str_of(name), str_of(value));
}

static bool
add_person(struct app *app, struct arena *a, const struct new_user *u, int64_t *id, struct err *err)
{
    struct caller who = caller_system(app_area(app, 0));
    struct params fields = {0};
    give(a, &fields, "username", u->username);
    give(a, &fields, "name", u->name);
    give(a, &fields, "phone", u->phone);
    struct change_registry add = {.base = {.app = app, .who = &who, .arena = a}, .kind = REGISTRY_PERSON_ADD, .fields = &fields};
    if (!change_registry_wait(&add, err))
        return false;
    *id = add.new_id;
    app_reload(app);
    return true;
}

static bool
add_posting(struct app *app, struct arena *a, const struct new_user *u, struct err *err)
{
    struct caller who = caller_system(app_area(app, 0));
    struct params fields = {0};
    give(a, &fields, "person", u->username);
    give(a, &fields, "role", u->role);
    give(a, &fields, "org", u->org);
    give(a, &fields, "place", u->place);
    give(a, &fields, "cert_no", u->cert_no);
    give(a, &fields, "cert_until", u->cert_until);
    struct change_registry add = {.base = {.app = app, .who = &who, .arena = a}, .kind = REGISTRY_POSTING_ADD, .fields = &fields};
    if (!change_registry_wait(&add, err))
        return false;
    app_reload(app);
    return true;
}

int
cmd_user_add(struct args *args)
{
    struct new_user u = {.name = opt_value(args, "--name", NULL), .role = opt_value(args, "--role", NULL),
                         .org = opt_value(args, "--org", NULL), .place = opt_value(args, "--place", NULL),
                         .phone = opt_value(args, "--phone", NULL), .cert_no = opt_value(args, "--cert-no", NULL),
                         .cert_until = opt_value(args, "--cert-until", NULL)};
    if (!opt_rest(args, 2, 2))
        return 2;
    if (!u.name || !u.role)
        return usage_error("%s", in_tongue("请写 --name 姓名 和 --role 岗位。", "--name and --role are needed."));
    u.username = args->argv[1];
    struct err err = {0};
    struct arena *a = arena_new();
    struct app *app = open_for_writing(args->argv[0], &err);
    int64_t id = 0;
    char password[16];
    bool ok = app && check_new(app_area(app, 0), &u, &err) && add_person(app, a, &u, &id, &err) &&
              add_posting(app, a, &u, &err) && account_first_password(app, app_area(app, 0), id, password, &err);
    if (ok) {
        print_line("%s", password);
        talk(in_tongue("已添加 %s（%s）。上面的密码只显示这一次，首次登录要修改。",
                       "%s (%s) is added. The password above is shown once and must be changed at the first login."),
             u.username, role_label(role_find(str_of(u.role))));
    }
    app_close(app);
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}

/* ---- passwd ---- */

/* One line from a pipe or a terminal; never an argument, which everybody on the machine could read. */
static bool
read_password(char *line, size_t n, struct err *err)
{
    if (isatty(0))
        talk("%s", in_tongue("输入新密码，回车结束：", "New password, then Enter:"));
    if (!fgets(line, (int)n, stdin))
        return err_set(err, ERR_USAGE, "没有读到密码：从标准输入给出，例如 printf '%%s\\n' … | shaodao user passwd …");
    line[strcspn(line, "\r\n")] = 0;
    return utf8_valid(str_of(line)) || err_set(err, ERR_USAGE, "密码不是 UTF-8 文字。");
}

int
cmd_user_passwd(struct args *args)
{
    if (!opt_rest(args, 2, 2))
        return 2;
    struct err err = {0};
    char line[PW_BYTES_MAX + 2];
    struct app *app = open_for_writing(args->argv[0], &err);
    const struct area *area = app ? app_area(app, 0) : NULL;
    const struct person *p = app ? find_person(area, args->argv[1], &err) : NULL;
    bool ok = p && read_password(line, sizeof line, &err);
    if (ok) {
        struct pw_person who = {.username = p->username, .name = p->name, .phone = p->phone};
        ok = pw_allowed(PW_RULES_DENGBAO, str_of(line), &who, &err) &&
             account_set_password(app, area, p->id, str_of(line), false, &err);
    }
    explicit_bzero(line, sizeof line);
    app_close(app);
    if (!ok)
        return fail_with(&err);
    talk(in_tongue("已设置 %s 的密码；他的登录都已失效。", "The password of %s is set; his sessions have ended."), args->argv[1]);
    return 0;
}

/* ---- token ---- */

int
cmd_user_token(struct args *args)
{
    const char *name = opt_value(args, "--name", "cli");
    bool is_open311 = opt_flag(args, "--open311");
    if (!opt_rest(args, 2, 2))
        return 2;
    struct err err = {0};
    struct arena *a = arena_new();
    struct app *app = open_for_writing(args->argv[0], &err);
    const struct person *p = app && !is_open311 ? find_person(app_area(app, 0), args->argv[1], &err) : NULL;
    if (p && p->is_disabled)
        err_set(&err, ERR_CONFLICT, "%s 已停用，不能发令牌。", args->argv[1]);
    struct caller who = {.area = app ? app_area(app, 0) : NULL};
    /* A key for Open311 belongs to a program and to no person; its name says which program. */
    struct make_token make = {.base = {.app = app, .who = &who, .arena = a}, .person = p ? p->id : 0,
                              .name = str_of(is_open311 ? args->argv[1] : name)};
    bool ok = app && !err.kind && make_token_wait(&make, &err);
    if (ok) {
        print_line("%s", make.token);
        talk("%s", in_tongue("令牌只显示这一次，等同密码，请妥善保管。", "The token is shown once. Keep it like a password."));
    }
    app_close(app);
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}

/* ---- list ---- */

static void
put_posting(struct json *j, const struct registry *r, const struct posting *p)
{
    const struct org *o = registry_org(r, p->org);
    const struct place *at = registry_place(r, p->place);
    struct arena *a = arena_new();
    json_open_object(j);
    json_put_z(j, "role", role_code(p->role));
    json_put_z(j, "org", o ? str_z(a, o->code) : NULL);
    json_put_z(j, "place", at ? str_z(a, at->code) : NULL);
    json_put_z(j, "cert_no", p->cert_no.n ? str_z(a, p->cert_no) : NULL);
    json_put_z(j, "from", p->from ? day_short(a, p->from) : NULL);
    json_put_z(j, "to", p->to ? day_short(a, p->to) : NULL);
    json_close_object(j);
    arena_free(a);
}

static void
list_as_json(const struct registry *r)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_array(&j, "users");
    for (size_t i = 0; i < r->n_people; i++) {
        const struct person *p = &r->people[i];
        json_open_object(&j);
        json_put_str(&j, "username", p->username);
        json_put_str(&j, "name", p->name);
        json_put_bool(&j, "disabled", p->is_disabled);
        json_put_array(&j, "postings");
        for (size_t k = 0; k < r->n_postings; k++)
            if (r->postings[k].person == p->id)
                put_posting(&j, r, &r->postings[k]);
        json_close_array(&j);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
    print_out(&out);
}

/* A row per post; somebody without any still shows. */
static void
list_as_text(struct arena *a, const struct registry *r, int32_t today)
{
    struct grid g = {.a = a, .columns = 6};
    const char *const head[] = {in_tongue("用户名", "username"), in_tongue("姓名", "name"), in_tongue("岗位", "role"),
                                in_tongue("单位", "org"), in_tongue("地点", "place"), in_tongue("状态", "state")};
    for (size_t i = 0; i < 6; i++)
        grid_add(&g, str_of(head[i]));
    for (size_t i = 0; i < r->n_people; i++) {
        const struct person *p = &r->people[i];
        const struct posting *posts[32];
        size_t n = registry_postings(r, p->id, today, posts, 32);
        for (size_t k = 0; k < n || k == 0; k++) {
            grid_add(&g, p->username);
            grid_add(&g, p->name);
            grid_add(&g, str_of(n ? role_code(posts[k]->role) : "—"));
            grid_add(&g, n && posts[k]->org ? org_name(r, posts[k]->org) : STR("—"));
            grid_add(&g, n && posts[k]->place ? place_name(r, posts[k]->place) : STR("—"));
            grid_add(&g, str_of(p->is_disabled ? in_tongue("停用", "disabled") : ""));
        }
    }
    grid_print(&g);
}

int
cmd_user_list(struct args *args)
{
    bool as_json = opt_flag(args, "--json");
    if (!opt_rest(args, 1, 1))
        return 2;
    struct err err = {0};
    struct app *app = app_open(&(struct app_options){.dir = args->argv[0]}, &err);
    if (!app)
        return fail_with(&err);
    struct arena *a = arena_new();
    const struct registry *r = app_area(app, 0)->registry;
    if (as_json)
        list_as_json(r);
    else
        list_as_text(a, r, day_of(app_now(app)));
    arena_free(a);
    app_close(app);
    return 0;
}
