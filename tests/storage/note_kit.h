/* note_kit.h — a store and nothing else of an installation, on either engine, and a job that notes its own name in it. */
#ifndef TESTS_NOTE_KIT_H
#define TESTS_NOTE_KIT_H

#include <stdatomic.h>

#include "store.h"
#include "store_kit.h"

static struct store *store;

static inline int
set_up(void **state)
{
    (void)state;
    struct err err = {0};
    kit.arena = arena_new();
    temporary_dir();
    raw_name_database();
    store = store_open(&(struct store_options){.dir = kit.dir, .n_readers = 2, .create = true}, &err);
    if (!store)
        print_error("%s %s\n", err.message, err.detail);
    return store ? 0 : -1;
}

static inline int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    arena_free(kit.arena);
    raw_drop();
    remove_dir(kit.dir);
    return 0;
}

/* ---- a job that notes its own name ---- */

struct note {
    struct job job;
    const char *name;
    enum err_kind fails; /* after it has written */
    int conflicts;       /* so many times first */
    bool gives_up;       /* `again` says no */
    int agains;
    struct gate *gate; /* wait here, in apply */
    bool is_unseen; /* one of many: nobody looks from outside */
    _Atomic bool is_done;
    bool was_visible; /* from outside, when done was called */
};

static inline bool
apply_note(struct db *db, struct job *job, struct err *err)
{
    struct note *n = (struct note *)job;
    if (n->gate)
        gate_wait(n->gate);
    if (!db_exec(db, SQL_META_SET, err, V_TEXT(str_of(n->name)), V_TEXT(STR("1"))))
        return false;
    if (n->conflicts > 0) {
        n->conflicts--;
        return err_set(err, ERR_CONFLICT, "somebody was quicker");
    }
    return !n->fails || err_set(err, n->fails, "no");
}

static inline bool
again_note(struct db *db, struct job *job, struct err *err)
{
    struct note *n = (struct note *)job;
    n->agains++;
    struct rows r; /* deciding again reads what is committed */
    bool ok = db_query(db, SQL_META_GET, &r, err, V_TEXT(STR("kind")));
    rows_end(&r);
    return ok && (!n->gives_up || err_set(err, ERR_FORBIDDEN, "not any more"));
}

static inline void
done_note(struct job *job)
{
    struct note *n = (struct note *)job;
    char sql[96]; /* on the writer's thread: the arena belongs to the test's */
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM meta WHERE name = '%s'", n->name);
    n->was_visible = !n->is_unseen && raw_int(sql) == 1;
    n->is_done = true;
}

static inline struct note *
note_named(const char *name)
{
    struct note *n = arena_new_of(kit.arena, struct note);
    *n = (struct note){.job = {.apply = apply_note, .done = done_note, .again = again_note}, .name = name};
    return n;
}

static inline bool
is_noted(const char *name)
{
    struct err err = {0};
    struct rows r;
    assert_true(db_query(store_reader(store, -1), SQL_META_GET, &r, &err, V_TEXT(str_of(name))));
    bool there = rows_next(&r, &err);
    rows_end(&r);
    return there;
}

static inline void
wait_for(struct note *n)
{
    while (!n->is_done)
        usleep(1000);
}

#endif
