#include "draft_scheme_replay.h"

#include <stdlib.h>

#include "scheme_store.h"

enum { REPLAY_PAGE = 500 };

static bool
try_case(struct draft_replay *p, struct db *db, struct arena *a, const struct case_file *c, struct err *err)
{
    struct replayed_case x;
    size_t n;
    const struct duty *duties = duties_all(db, a, c->area, c->id, &n, err);
    if (err->kind)
        return false;
    p->cases++;
    if (!scheme_replay_case(a, area_scheme(p->area, c->scheme), p->draft, p->area->registry, c, duties, n, app_now(p->app), &x))
        return true;
    p->differ++;
    p->gone += x.item_gone;
    p->relisted += !x.item_gone && x.list_was != x.list_would;
    p->moved += x.lead_was != x.lead_would;
    p->turn_late += replayed_turns_late(&x);
    p->turn_on_time += replayed_turns_on_time(&x);
    p->steps += x.n_needs > 0;
    p->each(p->ctx, a, c, &x);
    return true;
}

bool
draft_replay_run(struct draft_replay *p, struct db *db, struct err *err)
{
    struct case_file *cases = xcalloc(REPLAY_PAGE, sizeof *cases);
    struct arena *a = arena_new();
    int64_t before = INT64_MAX;
    bool ok = true;
    for (size_t n = 1; ok && n && (!p->most || p->cases < p->most);) {
        arena_reset(a);
        ok = scheme_replay_cases(db, a, p->area->id, before, cases, &n, err);
        for (size_t i = 0; ok && i < n && (!p->most || p->cases < p->most); i++) {
            before = cases[i].id;
            if (cases[i].state != CASE_MERGED && cases[i].state != CASE_WITHDRAWN)
                ok = try_case(p, db, a, &cases[i], err);
        }
        if (p->progress)
            p->progress(p->ctx, p->cases);
    }
    arena_free(a);
    free(cases);
    return ok;
}
