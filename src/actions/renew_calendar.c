/* The secret address of a calendar that got into wrong hands: a new one takes its place, or none; other calendars keep theirs. */
#include "actions.h"
#include "json.h"
#include "registry_store.h"

bool
calendar_may_renew(const struct caller *who, int32_t place)
{
    return place ? caller_has(who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN)) : who->person != 0;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    const struct renew_calendar *x = (const struct renew_calendar *)a;
    (void)db;
    if (x->place && !registry_place(a->who->area->registry, x->place))
        return err_set(err, ERR_NOT_FOUND, "没有这个地方。");
    return calendar_may_renew(a->who, x->place) || err_set(err, ERR_FORBIDDEN, "这个日历的地址由统筹协调岗更换。");
}

static int64_t
rev_of(struct db *db, int64_t area, bool is_person, int64_t id, struct err *err)
{
    return db_int(db, SQL_CALENDAR_FEED_GET, DB_ARGS(V_INT(area), V_INT(is_person), V_INT(id)), 0, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    const struct renew_calendar *x = (const struct renew_calendar *)a;
    int64_t area = a->who->area->id, id = x->place ? x->place : a->who->person;
    int64_t rev = rev_of(db, area, !x->place, id, err) + 1;
    struct actor who = caller_actor(a->who);
    struct buf body = {0};
    struct json j = {.out = &body};
    json_open_object(&j);
    json_put_int(&j, x->place ? "place" : "person", id);
    json_put_int(&j, "rev", rev);
    json_put_bool(&j, "off", x->is_off);
    json_close_object(&j);
    bool ok = err->kind == ERR_NONE && db_exec(db, SQL_CALENDAR_FEED_SET, err, V_INT(area), V_INT(!x->place), V_INT(id), V_INT(rev), V_INT(x->is_off)) &&
              registry_event(db, app_keys(a->app), area, app_now(a->app), "calendar_renewed", who.person, who.role, who.org, buf_view(&body), err);
    buf_release(&body);
    return ok;
}

void
renew_calendar(struct renew_calendar *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
renew_calendar_wait(struct renew_calendar *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
