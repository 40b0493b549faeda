/* 值班表: made for a month, then changed shift by shift; the station, its community, its street and the coordinator may (staff_rights.h). */
#include "json.h"
#include "posts.h"
#include "registry_store.h"
#include "staff_rights.h"

bool
roster_may(const struct caller *who, int32_t station)
{
    return staff_may_station(who->area->registry, STAFF_ROSTER, who->postings, who->n_postings, station);
}

/* ---- what a change says ---- */

static bool
parse_clock(struct str s, int *minutes)
{
    int64_t h, m;
    struct str hour;
    if (!str_cut(&s, ':', &hour) || !str_int(hour, &h) || !str_int(s, &m) || h < 0 || h > 24 || m < 0 || m > 59 || h * 60 + m > 24 * 60)
        return false;
    *minutes = (int)(h * 60 + m);
    return true;
}

static int32_t
day_in_month(const struct set_roster *x, const char *name, struct err *err)
{
    int32_t day = 0;
    if (!date_parse(params_get(x->fields, name), &day))
        err_field(err, name, "日期请写成 2026-04-21。");
    else if (month_of(day) != x->month)
        err_field(err, name, "这一天不在这个月的值班表里。");
    return day;
}

static int64_t
person_field(const struct set_roster *x, const char *name, int32_t day, struct err *err)
{
    const struct registry *r = x->base.who->area->registry;
    const struct person *p = registry_username(r, params_get(x->fields, name));
    int64_t there[STATION_PEOPLE_MAX];
    size_t n = station_people(r, x->station, day, there, STATION_PEOPLE_MAX);
    bool is_there = false;
    for (size_t i = 0; p && i < n; i++)
        is_there |= there[i] == p->id;
    if (!p || !is_there)
        err_field(err, name, "请选择这个站点在岗的人。");
    else if (on_leave(r, p->id, day))
        err_field(err, name, "这个人那天请了假。");
    return p ? p->id : 0;
}

/* The shift that is there now. */
static const struct shift *
shift_field(const struct set_roster *x, const struct roster *old, const char *day_name, const char *person_name, struct err *err)
{
    const struct person *p = registry_username(x->base.who->area->registry, params_get(x->fields, person_name));
    int32_t day = day_in_month(x, day_name, err);
    const struct shift *s = p ? roster_shift(old, day, p->id) : NULL;
    if (!s && !err->kind)
        err_field(err, person_name, "那天没有他的班。");
    return s;
}

struct change {
    struct shift less[2], more[2];
    size_t n_less, n_more;
};

static bool
work_out_change(const struct set_roster *x, const struct roster *old, struct change *c, struct err *err)
{
    const struct calendar *cal = &x->base.who->area->scheme->calendar;
    if (x->op == ROSTER_ADD) {
        struct shift s = {.day = day_in_month(x, "day", err), .from = cal->am_from, .to = cal->pm_to};
        s.person = err->kind ? 0 : person_field(x, "person", s.day, err);
        if ((params_has(x->fields, "from") && !parse_clock(params_get(x->fields, "from"), &s.from)) ||
            (params_has(x->fields, "to") && !parse_clock(params_get(x->fields, "to"), &s.to)) || s.from >= s.to)
            err_field(err, "from", "时间请写成 08:30 到 17:30。");
        if (!err->kind && roster_shift(old, s.day, s.person))
            err_field(err, "person", "他那天已经有班了。");
        c->more[c->n_more++] = s;
        return err->kind == ERR_NONE;
    }
    const struct shift *s = shift_field(x, old, "day", "person", err);
    if (!s)
        return false;
    c->less[c->n_less++] = *s;
    if (x->op == ROSTER_REMOVE)
        return true;
    const struct shift *other = x->op == ROSTER_SWAP ? shift_field(x, old, "other_day", "other", err) : NULL;
    if (x->op == ROSTER_SWAP && !other)
        return false;
    struct shift mine = *s;
    mine.person = person_field(x, "other", s->day, err);
    if (!err->kind && roster_shift(old, s->day, mine.person) && !(other && other->day == s->day))
        err_field(err, "other", "他那天已经有班了。");
    c->more[c->n_more++] = mine;
    if (other) {
        struct shift his = *other;
        his.person = person_field(x, "person", other->day, err);
        if (!err->kind && other->day != s->day && roster_shift(old, other->day, his.person))
            err_field(err, "person", "他那天已经有班了。");
        c->less[c->n_less++] = *other;
        c->more[c->n_more++] = his;
    }
    return err->kind == ERR_NONE;
}

static bool
work_out(const struct set_roster *x, struct roster *out, struct err *err)
{
    const struct action *a = &x->base;
    const struct registry *r = a->who->area->registry;
    const struct org *o = registry_org(r, x->station);
    const struct roster *old = roster_find(r, x->station, x->month);
    int32_t today = day_of(app_now(a->app));
    if (!o || o->kind != ORG_STATION)
        return err_set(err, ERR_NOT_FOUND, "没有这个站点。");
    if (!roster_may(a->who, x->station))
        return err_set(err, ERR_FORBIDDEN, "值班表由本站站长、副站长、所在社区和街道或统筹协调岗安排。");
    if (x->month < month_of(today) || x->month > month_of(today) + 12)
        return err_set(err, ERR_CONFLICT, "只能安排本月和今后一年的值班。");
    if (x->op == ROSTER_GENERATE) {
        int64_t there[STATION_PEOPLE_MAX];
        if (!station_people(r, x->station, month_first_day(x->month + 1) - 1, there, STATION_PEOPLE_MAX))
            return err_set(err, ERR_CONFLICT, "这个站点还没有人，请先安排岗位。");
        *out = roster_generate(a->arena, r, &a->who->area->scheme->calendar, x->station, x->month, today, old);
    } else {
        struct change c = {0};
        if (!work_out_change(x, old, &c, err))
            return false;
        *out = roster_change(a->arena, old, c.less, c.n_less, c.more, c.n_more);
    }
    if (out->n > ROSTER_SHIFTS_MAX)
        return err_set(err, ERR_CONFLICT, "这个月的值班改得太多了，最多 %d 班。", ROSTER_SHIFTS_MAX);
    out->station = x->station;
    out->month = x->month;
    out->rev = old ? old->rev + 1 : 0;
    return true;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    struct roster made;
    return work_out((const struct set_roster *)a, &made, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    static const char *const events[] = {"roster_made", "shift_added", "shift_removed", "shift_replaced", "shifts_swapped"};
    const struct set_roster *x = (const struct set_roster *)a;
    struct roster made;
    if (!work_out(x, &made, err))
        return false;
    made.changed_at = app_now(a->app);
    struct actor who = caller_actor(a->who);
    struct buf text = {0}, body = {0};
    struct json j = {.out = &body};
    roster_write(&text, &made);
    json_open_object(&j);
    json_put_int(&j, "station", made.station);
    json_put_int(&j, "month", made.month);
    json_put_str(&j, "shifts", buf_view(&text));
    json_close_object(&j);
    bool ok = registry_set_roster(db, a->who->area->id, &made, err) &&
              registry_event(db, app_keys(a->app), a->who->area->id, made.changed_at, events[x->op], who.person, who.role, who.org,
                             buf_view(&body), err);
    buf_release(&text);
    buf_release(&body);
    if (ok)
        store_data_changed(app_store(a->app));
    return ok;
}

void
set_roster(struct set_roster *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
set_roster_wait(struct set_roster *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
