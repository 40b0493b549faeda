/* Watching, reading notices, and the drafts of the resident's flow. */
#include "actions.h"

enum { DRAFT_MS = 24 * 3600 * 1000, DRAFT_BYTES = 32 * 1024 };

static bool
nothing(struct action *a, struct db *db, struct err *err)
{
    (void)a, (void)db, (void)err;
    return true;
}

static bool
apply_watch(struct action *a, struct db *db, struct err *err)
{
    struct watch_case *w = (struct watch_case *)a;
    int64_t area = a->who->area->id;
    if (w->is_on)
        return db_exec(db, SQL_WATCH_ADD, err, V_INT(area), V_INT(a->who->person), V_INT(w->case_id), V_INT(app_now(a->app)));
    return db_exec(db, SQL_WATCH_REMOVE, err, V_INT(area), V_INT(a->who->person), V_INT(w->case_id));
}

void
watch_case(struct watch_case *w, struct db *db)
{
    w->base.prepare = nothing;
    w->base.apply = apply_watch;
    action_run(&w->base, db);
}

static bool
apply_read(struct action *a, struct db *db, struct err *err)
{
    struct read_notices *r = (struct read_notices *)a;
    return db_exec(db, SQL_ACCOUNT_NOTICES_SEEN, err, V_INT(r->up_to), V_INT(a->who->area->id), V_INT(a->who->person));
}

void
read_notices(struct read_notices *r, struct db *db)
{
    r->base.prepare = nothing;
    r->base.apply = apply_read;
    action_run(&r->base, db);
}

bool
read_notices_wait(struct read_notices *r, struct err *err)
{
    r->base.prepare = nothing;
    r->base.apply = apply_read;
    return action_wait(&r->base, err);
}

static bool
prepare_draft(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    struct keep_draft *d = (struct keep_draft *)a;
    if (d->data.n > (d->most ? d->most : DRAFT_BYTES) || d->id.n < 16 || d->id.n > 64)
        return err_set(err, ERR_TOO_LARGE, "草稿太长了。");
    return true;
}

static bool
apply_draft(struct action *a, struct db *db, struct err *err)
{
    struct keep_draft *d = (struct keep_draft *)a;
    if (!d->data.n)
        return db_exec(db, SQL_DRAFT_DELETE, err, V_TEXT(d->id));
    return db_exec(db, SQL_DRAFT_SET, err, V_TEXT(d->id), V_TEXT(d->data), V_INT(app_now(a->app)));
}

void
keep_draft(struct keep_draft *d, struct db *db)
{
    d->base.prepare = prepare_draft;
    d->base.apply = apply_draft;
    action_run(&d->base, db);
}

static int
hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct str
decoded(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%' && i + 2 < s.n && hex_value(s.p[i + 1]) >= 0 && hex_value(s.p[i + 2]) >= 0) {
            out[n++] = (char)(hex_value(s.p[i + 1]) << 4 | hex_value(s.p[i + 2]));
            i += 2;
        } else
            out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
    }
    return (struct str){out, n};
}

bool
draft_find(struct app *app, struct db *db, struct arena *a, struct str id, struct params *out, struct err *err)
{
    struct rows r;
    *out = (struct params){0};
    if (!db_query(db, SQL_DRAFT_GET, &r, err, V_TEXT(id)))
        return false;
    bool found = rows_next(&r, err) && app_now(app) - rows_int(&r, 1) < DRAFT_MS;
    struct str rest = found ? str_dup(a, rows_text(&r, 0)) : (struct str){"", 0}, pair;
    rows_end(&r);
    while (str_cut(&rest, '&', &pair)) {
        struct str value = pair, name = {"", 0};
        if (str_cut(&value, '=', &name))
            params_add(a, out, decoded(a, name), decoded(a, value.p ? value : (struct str){"", 0}));
    }
    return found;
}
