/* Shifts at every station, this month and the next: so that somebody is on duty when the demo is looked at. */
#include "demo.h"
#include "posts.h"

static const struct posting *
a_coordinator(const struct registry *r, int32_t day)
{
    return registry_filled(r, ROLE_COORDINATOR, 0, 0, day);
}

bool
demo_rosters(struct demo *d, instant until, struct err *err)
{
    const struct registry *r = d->area->registry;
    const struct posting *p = a_coordinator(r, day_of(until));
    int32_t month = month_of(day_of(until));
    bool ok = true;
    app_set_now(d->app, until);
    for (int32_t i = 1; ok && p && i <= r->n_orgs; i++)
        for (int32_t m = month; ok && r->orgs[i].kind == ORG_STATION && m <= month + 1; m++) {
            struct caller who = {.area = d->area, .person = p->person, .postings = {p}, .n_postings = 1};
            struct set_roster x = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .op = ROSTER_GENERATE, .station = i, .month = m};
            ok = set_roster_wait(&x, err);
            arena_reset(d->arena);
        }
    app_reload(d->app);
    return ok;
}
