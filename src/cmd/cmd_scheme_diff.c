/* scheme diff and publish: two schemes side by side, a draft tried on past cases, a proposed draft put into force. */
#include <unistd.h>

#include "cmd_scheme.h"
#include "json.h"
#include "print.h"
#include "scheme_diff.h"
#include "scheme_store.h"

#define S(x) (int)(x).n, (x).p

/* ---- where a scheme comes from: a name, a folder, an installation, one of its versions, its draft ---- */

static bool
is_installation(struct arena *a, const char *dir)
{
    return access(arena_printf(a, "%s/shaodao.db", dir), F_OK) == 0 || access(arena_printf(a, "%s/database", dir), F_OK) == 0;
}

static bool
draft_of(struct arena *a, struct scheme_source *out, struct err *err)
{
    struct scheme_draft d;
    bool ok = scheme_draft_load(app_reader_lock(out->app), a, app_area(out->app, 0)->id, &d, &out->errors, err);
    app_reader_unlock(out->app);
    out->tables = d.tables;
    return ok && (d.rev || err_set(err, ERR_NOT_FOUND, "这里没有草案。"));
}

static bool
version_of(struct scheme_source *out, struct str version, struct err *err)
{
    const struct area *area = app_area(out->app, 0);
    int64_t n = area->scheme->version;
    if (version.n && (!str_int(version, &n) || n < 1 || n > area->n_versions || !area->versions[n - 1]))
        return err_set(err, ERR_NOT_FOUND, "没有第 %.*s 版；已经发布 1 到 %d 版。", S(version), area->n_versions);
    out->tables = area->versions[n - 1]->tables;
    return true;
}

bool
scheme_source_open(struct arena *a, const char *words, struct scheme_source *out, struct err *err)
{
    struct str rest = str_of(words), dir;
    struct str *csv;
    str_cut(&rest, '@', &dir);
    const char *path = str_z(a, dir);
    *out = (struct scheme_source){0};
    if (!is_installation(a, path))
        return scheme_source(a, words, &out->tables, &csv, &out->errors, err);
    out->app = app_open(&(struct app_options){.dir = path}, err);
    if (!out->app)
        return false;
    return rest.p && str_is(rest, "draft") ? draft_of(a, out, err) : version_of(out, rest.p ? rest : STR(""), err);
}

/* ---- diff ---- */

static void
changes_as_json(const char *was, const char *now, const struct scheme_changes *list)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_z(&j, "from", was);
    json_put_z(&j, "to", now);
    json_put_int(&j, "count", (int64_t)list->n);
    json_put_array(&j, "changes");
    for (size_t i = 0; i < list->n; i++) {
        const struct scheme_change *c = &list->p[i];
        json_open_object(&j);
        json_put_z(&j, "kind", scheme_change_code(c->kind));
        json_put_z(&j, "group", c->group);
        json_put_str(&j, "table", c->table);
        json_put_str(&j, "key", c->key);
        if (c->kind == CHANGE_CELL) {
            json_put_str(&j, "column", c->column);
            json_put_str(&j, "from", c->was);
            json_put_str(&j, "to", c->now);
        }
        json_put_str(&j, "words", c->words);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
    print_out(&out);
}

static void
changes_as_text(const struct scheme_changes *list)
{
    const char *group = "";
    for (size_t i = 0; i < list->n; i++) {
        const struct scheme_change *c = &list->p[i];
        if (strcmp(group, c->group) != 0)
            print_line("%s%s", i ? "\n" : "", group = c->group);
        print_line("  %.*s。", S(c->words));
    }
    if (!list->n)
        print_line("%s", in_tongue("没有不同。", "no difference."));
}

/* The rules of a draft that lives in an installation stand on that installation's organisations. */
static const struct scheme *
scheme_to_try(struct arena *a, struct scheme_source *draft, const struct area *area, struct err *err)
{
    struct tables t = tables_find(draft->tables, "orgs") ? draft->tables : scheme_with_orgs(a, draft->tables, area->registry);
    const struct scheme *s = scheme_read(a, t, &draft->errors);
    print_scheme_errors(&draft->errors);
    if (!s)
        err_set(err, ERR_FIELDS, "草案有 %zu 处需要修改，改好才能重算。", draft->errors.n);
    return s;
}

static int
replay_under(const char *words, const char *dir, bool as_json)
{
    struct arena *a = arena_new();
    struct scheme_source draft = {0};
    struct err err = {0};
    struct app *app = app_open(&(struct app_options){.dir = dir}, &err);
    bool ok = app && scheme_source_open(a, words, &draft, &err);
    const struct scheme *s = ok ? scheme_to_try(a, &draft, app_area(app, 0), &err) : NULL;
    ok = s && scheme_replay_all(app, s, as_json, &err);
    app_close(draft.app);
    app_close(app);
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}

int
cmd_scheme_diff(struct args *args)
{
    bool as_json = opt_flag(args, "--json");
    const char *replay = opt_value(args, "--replay", NULL);
    if (!opt_rest(args, replay ? 1 : 2, replay ? 1 : 2))
        return 2;
    if (replay)
        return replay_under(args->argv[0], replay, as_json);
    struct arena *a = arena_new();
    struct scheme_source was = {0}, now = {0};
    struct err err = {0};
    bool ok = scheme_source_open(a, args->argv[0], &was, &err) && scheme_source_open(a, args->argv[1], &now, &err);
    if (ok) {
        print_scheme_errors(&was.errors);
        print_scheme_errors(&now.errors);
        struct scheme_changes list = scheme_diff(a, was.tables, now.tables);
        if (as_json)
            changes_as_json(args->argv[0], args->argv[1], &list);
        else
            changes_as_text(&list);
    }
    app_close(was.app);
    app_close(now.app);
    arena_free(a);
    return ok ? 0 : fail_with(&err);
}

/* ---- publish ---- */

struct publishing {
    struct app *app;
    struct arena *a;
    const char *scheme, *proposer, *by, *document, *from;
};

static bool
caller_named(struct publishing *p, const char *username, struct caller *out, struct err *err)
{
    const struct area *area = app_area(p->app, 0);
    const struct person *who = registry_username(area->registry, str_of(username));
    if (!who || who->is_disabled)
        return err_set(err, ERR_NOT_FOUND, "没有用户名 %s。用 user list 看有哪些。", username);
    caller_staff(p->app, NULL, area, who->id, out);
    return true;
}

static bool
one_step(struct publishing *p, const struct caller *who, struct draft_scheme x, struct err *err)
{
    x.base = (struct action){.app = p->app, .who = who, .arena = p->a};
    return draft_scheme_wait(&x, err);
}

static struct str
document_of(const struct publishing *p, struct tables t)
{
    const struct table *head = tables_find(t, "scheme");
    for (size_t i = 0; head && !p->document && i < head->n_rows; i++)
        if (str_is(table_cell(head, i, "key"), "document"))
            return table_cell(head, i, "value");
    return str_of(p->document);
}

/* A scheme from a file or by name is proposed first. A draft that was begun here does not stay when it fails. */
static bool
propose(struct publishing *p, struct err *err)
{
    struct caller who;
    struct tables tables;
    struct str *csv;
    struct scheme_errors errors = {0};
    int32_t from = day_of(app_now(p->app));
    if (p->from && !date_parse(str_of(p->from), &from))
        return err_field(err, "--from", "日期请写成 2026-07-01。");
    if (!caller_named(p, p->proposer, &who, err) || !scheme_source(p->a, p->scheme, &tables, &csv, &errors, err))
        return false;
    print_scheme_errors(&errors);
    if (errors.n)
        return err_set(err, ERR_FIELDS, "工作方案有 %zu 处需要修改。", errors.n);
    if (!one_step(p, &who, (struct draft_scheme){.op = DRAFT_BEGIN}, err))
        return false;
    struct draft_scheme take = {.op = DRAFT_TABLES, .tables = tables, .is_whole = true};
    struct draft_scheme ask = {.op = DRAFT_PROPOSE, .valid_from = from, .document = document_of(p, tables)};
    if (one_step(p, &who, take, err) && one_step(p, &who, ask, err))
        return true;
    one_step(p, &who, (struct draft_scheme){.op = DRAFT_DROP}, NULL);
    return false;
}

/* Known before anything is written: nobody approves what he proposed himself. */
static bool
two_people(struct publishing *p, struct err *err)
{
    struct caller by;
    if (!caller_named(p, p->by, &by, err))
        return false;
    if (!caller_has(&by, ROLES_APPROVE))
        return err_set(err, ERR_FORBIDDEN, "%s 不在领导小组，不能批准工作方案。", p->by);
    return !p->proposer || strcmp(p->proposer, p->by) != 0 ||
           err_set(err, ERR_FORBIDDEN, "提请的人不能自己批准，要由第二个人批准。");
}

static bool
approve(struct publishing *p, struct publish_scheme *x, struct err *err)
{
    struct caller who;
    if (!caller_named(p, p->by, &who, err))
        return false;
    *x = (struct publish_scheme){.base = {.app = p->app, .who = &who, .arena = p->a}};
    return publish_scheme_wait(x, err);
}

int
cmd_scheme_publish(struct args *args)
{
    struct publishing p = {.proposer = opt_value(args, "--proposer", NULL), .by = opt_value(args, "--by", NULL),
                           .document = opt_value(args, "--document", NULL), .from = opt_value(args, "--from", NULL)};
    if (!opt_rest(args, 1, 2))
        return 2;
    p.scheme = args->argc > 1 ? args->argv[1] : NULL;
    if (!p.by)
        return usage_error("%s", in_tongue("请写 --by 批准人的用户名（领导小组）。", "--by USERNAME (leading_group) is needed."));
    if (p.scheme && !p.proposer)
        return usage_error("%s", in_tongue("请写 --proposer 提请人的用户名（统筹协调）。", "--proposer USERNAME (coordinator) is needed."));
    if (!p.scheme && (p.from || p.document || p.proposer))
        return usage_error("%s", in_tongue("日期、文件和提请人在提请时已经写定。", "date, document and proposer were set when it was proposed."));
    struct err err = {0};
    struct publish_scheme x = {0};
    p.a = arena_new();
    p.app = app_open(&(struct app_options){.dir = args->argv[0], .is_writer = true}, &err);
    bool ok = p.app && two_people(&p, &err) && (!p.scheme || propose(&p, &err)) && approve(&p, &x, &err);
    struct buf day = {0};
    if (ok) {
        date_format(&day, x.valid_from);
        print_line(in_tongue("已发布第 %lld 版，%.*s 起施行。", "version %lld is published, in force from %.*s."), (long long)x.version,
                   (int)day.n, day.p);
    }
    buf_release(&day);
    app_close(p.app);
    arena_free(p.a);
    return ok ? 0 : fail_with(&err);
}
