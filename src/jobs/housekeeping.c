#include "housekeeping.h"

#include <time.h>
#include <unistd.h>

#include "actions.h"
#include "figures_fold.h"
#include "log.h"
#include "seal_files.h"
#include "sealed_store.h"
#include "search_fold.h"
#include "search_rebuild.h"

enum { DAY_MS = 24 * 3600 * 1000, UNUSED_MAX = 200, REBUILD_CASES = 20 };

struct sweep {
    struct job job;
    instant now;
    int64_t areas[UNUSED_MAX], ids[UNUSED_MAX];
    uint8_t hashes[UNUSED_MAX][HASH_BYTES]; /* the address, of an old one in clear the SHA-256 */
    bool is_sealed[UNUSED_MAX], is_last[UNUSED_MAX]; /* last: nobody else names the same bytes */
    size_t n;
};

static bool
forget_files(struct db *db, struct sweep *s, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_FILES_UNUSED, &r, err, V_INT(s->now - DAY_MS)))
        return false;
    for (s->n = 0; s->n < UNUSED_MAX && rows_next(&r, err); s->n++) {
        s->areas[s->n] = rows_int(&r, 0);
        s->ids[s->n] = rows_int(&r, 1);
        s->is_sealed[s->n] = rows_int(&r, 3) != 0;
        struct str hash = rows_text(&r, s->is_sealed[s->n] ? 4 : 2);
        memcpy(s->hashes[s->n], hash.p, hash.n < HASH_BYTES ? hash.n : HASH_BYTES);
    }
    rows_end(&r);
    for (size_t i = 0; i < s->n; i++) {
        if (!db_exec(db, SQL_FILE_FORGET, err, V_INT(s->areas[i]), V_INT(s->ids[i])))
            return false;
        s->is_last[i] = db_int(db, s->is_sealed[i] ? SQL_FILE_ADDRESS_USES : SQL_FILE_CLEAR_USES, DB_ARGS(V_BYTES(s->hashes[i], HASH_BYTES)), 1, err) == 0;
    }
    return true;
}

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct sweep *s = (struct sweep *)job;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t real = (int64_t)t.tv_sec * 1000;
    return db_exec(db, SQL_DRAFTS_EXPIRE, err, V_INT(s->now - DAY_MS)) &&
           db_exec(db, SQL_SESSIONS_EXPIRE, err, V_INT(real - DAY_MS)) &&
           db_exec(db, SQL_IDEMPOTENCY_EXPIRE, err, V_INT(s->now - INT64_C(90) * DAY_MS)) && forget_files(db, s, err);
}

static void
done(struct job *job)
{
    (void)job;
}

static void
remove_bytes(struct app *app, const struct sweep *s, size_t i)
{
    struct arena *a = arena_new();
    if (s->is_sealed[i])
        stored_remove(app_dir(app), s->hashes[i]);
    for (int v = 0; !s->is_sealed[i] && v < STORED_VARIANTS; v++)
        unlink(stored_clear_path(a, app_dir(app), s->hashes[i], (enum stored_variant)v));
    arena_free(a);
}

void
housekeeping_run(struct app *app, instant now)
{
    struct sweep *s = xcalloc(1, sizeof *s);
    s->job = (struct job){.apply = apply, .done = done};
    s->now = now;
    struct err err = {0};
    if (!store_run(app_store(app), &s->job, &err))
        log_error("housekeeping", "message=%s detail=%s", err.message, err.detail);
    else
        for (size_t i = 0; i < s->n; i++)
            if (s->is_last[i])
                remove_bytes(app, s, i);
    free(s);
    seal_old_files(app);
}

/* What a kill between a file and its row left, a day later: uploads under way are younger. */
void
housekeeping_daily(struct app *app)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    remove_orphans(app, (int64_t)t.tv_sec - DAY_MS / 1000);
}

static bool
has_to_fold(struct app *app, int64_t area, struct err *err)
{
    struct db *db = app_reader_lock(app);
    bool waits = figures_wait(db, area, err);
    app_reader_unlock(app);
    return waits;
}

/* An older index is made whole first (search_rebuild.h), a few cases at a time. */
static bool
fold_search(struct app *app, int steps)
{
    struct err err = {0};
    bool is_whole = false, is_done = false, ok = true;
    for (int i = 0; ok && !is_whole && i < steps; i++)
        ok = search_rebuild(app_store(app), app_keys(app), REBUILD_CASES, &is_whole, &err);
    ok = ok && search_fold_some(app_store(app), steps, &is_done, &err);
    if (!ok)
        log_error("search_index", "message=%s detail=%s", err.message, err.detail);
    return !ok || (is_whole && is_done);
}

bool
housekeeping_fold(struct app *app)
{
    enum { STEPS = 24 /* in between others write */, FIGURE_STEPS = 8 /* each some hundredths of a second */, AREAS_MAX = 64 };
    const struct area *areas[AREAS_MAX];
    size_t n = app_areas(app, areas, AREAS_MAX);
    bool is_done = fold_search(app, STEPS);
    for (size_t i = 0; i < n; i++) {
        struct err err = {0};
        bool is_area_done = true;
        if (has_to_fold(app, areas[i]->id, &err))
            figures_fold(app_store(app), areas[i]->id, FIGURE_STEPS, &is_area_done, &err);
        if (err.kind)
            log_error("fold_figures", "message=%s detail=%s", err.message, err.detail);
        is_done &= is_area_done || err.kind;
    }
    return is_done;
}
