/* 摸排 (HC-15): the grid chief ticks off the buildings he went through this month. What he finds becomes a case of source
 * grid_sweep; what he ticks gives the coverage (横到边、纵到底). */
#include "actions.h"
#include "json.h"
#include "registry_store.h"

enum { BUILDINGS_MAX = 200 };

int64_t
sweep_month(instant at)
{
    struct civil c = civil_of(at);
    return (int64_t)c.year * 12 + c.month - 1;
}

/* "1-3|甲栋" → 1, 2, 3, 甲栋. */
size_t
place_buildings(struct arena *a, const struct place *p, struct str *out, size_t max)
{
    struct str rest = p->buildings, piece;
    size_t n = 0;
    while (n < max && str_cut(&rest, '|', &piece)) {
        struct str to = str_trim(piece), from = {"", 0};
        int64_t lo = 0, hi = 0;
        bool is_range = str_cut(&to, '-', &from) && to.p && str_int(from, &lo) && str_int(to, &hi) && lo >= 0 && hi >= lo;
        for (int64_t i = lo; is_range && i <= hi && n < max; i++)
            out[n++] = str_of(arena_printf(a, "%lld", (long long)i));
        if (!is_range && str_trim(piece).n)
            out[n++] = str_trim(piece);
    }
    return n;
}

static bool
covers(const struct caller *who, const struct place *p)
{
    for (size_t i = 0; i < who->n_postings; i++) {
        const struct posting *q = who->postings[i];
        bool is_grid = q->role == ROLE_GRID_CHIEF || q->role == ROLE_GRID_WORKER;
        if (is_grid && q->place && place_within(who->area->registry, p->id, q->place))
            return true;
    }
    return false;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    const struct record_sweep *s = (const struct record_sweep *)a;
    const struct place *p = registry_place(a->who->area->registry, s->place);
    struct str known[BUILDINGS_MAX], picked;
    if (!p || p->kind != PLACE_COMPOUND)
        return err_field(err, "place", "请选择小区。");
    if (!covers(a->who, p))
        return err_set(err, ERR_FORBIDDEN, "这个小区不在您的网格里。");
    size_t n = place_buildings(a->arena, p, known, BUILDINGS_MAX), at = 0, ticked = 0;
    while (params_each(s->fields, "building", &at, &picked)) {
        bool is_known = n == 0;
        for (size_t i = 0; i < n; i++)
            is_known |= str_eq(known[i], picked);
        if (!is_known)
            return err_field(err, "building", "没有这一栋：%.*s", (int)picked.n, picked.p);
        ticked++;
    }
    return ticked || err_field(err, "building", "请勾选走过的楼栋。");
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct record_sweep *s = (struct record_sweep *)a;
    int64_t area = a->who->area->id;
    instant now = app_now(a->app);
    struct actor who = caller_actor(a->who);
    struct buf text = {0};
    struct json j = {.out = &text};
    struct str picked;
    bool ok = true;
    json_open_object(&j);
    json_put_int(&j, "place", s->place);
    json_put_array(&j, "buildings");
    for (size_t at = 0; ok && params_each(s->fields, "building", &at, &picked); s->n++) {
        json_str(&j, picked);
        ok = db_exec(db, SQL_SWEEP_ADD, err, V_INT(area), V_INT(s->place), V_INT(sweep_month(now)), V_TEXT(picked),
                     V_INT(who.person), V_INT(now));
    }
    json_close_array(&j);
    json_close_object(&j);
    ok = ok && registry_event(db, app_keys(a->app), area, now, "swept", who.person, who.role, who.org, buf_view(&text), err);
    buf_release(&text);
    return ok;
}

void
record_sweep(struct record_sweep *s, struct db *db)
{
    s->base.prepare = prepare;
    s->base.apply = apply;
    action_run(&s->base, db);
}
