#include "search_rebuild.h"

#include "search_tokens.h"

#define INDEX_NAME STR("search_index")
#define INDEX_IS_WHOLE "whole 2" /* the number grows when tokens are made in another way */

struct at_case {
    int64_t area, id, version;
    struct str wrapped;
};

bool
search_index_is_new(struct db *db, struct err *err)
{
    return db_exec(db, SQL_META_SET, err, V_TEXT(INDEX_NAME), V_TEXT(STR(INDEX_IS_WHOLE)));
}

/* Where the walk has come; true when it is through. */
static bool
read_state(struct db *db, int64_t *area, int64_t *id, struct err *err)
{
    struct rows r;
    bool is_whole = false;
    *area = *id = 0;
    if (!db_query(db, SQL_META_GET, &r, err, V_TEXT(INDEX_NAME)))
        return false;
    if (rows_next(&r, err)) {
        struct str rest = rows_text(&r, 0), first;
        is_whole = str_is(rest, INDEX_IS_WHOLE);
        if (!is_whole && str_cut(&rest, ' ', &first) && !(str_int(first, area) && str_int(rest, id)))
            *area = *id = 0;
    }
    rows_end(&r);
    return is_whole;
}

bool
search_index_is_whole(struct db *db, struct err *err)
{
    int64_t area, id;
    return read_state(db, &area, &id, err);
}

static bool
add_event(struct db *db, struct arena *a, const struct at_case *c, const uint8_t key[KEY_BYTES], struct tokens *t, int64_t seq,
          struct str sealed, struct err *err)
{
    struct buf plain = {0};
    struct event_body body = {0};
    bool ok = unseal(key, c->area, "event.body", c->id, seq, sealed, &plain) && event_body_read(a, str_dup(a, buf_view(&plain)), &body, err);
    buf_release(&plain);
    if (!ok) /* ledger replay speaks of it */
        return true;
    t->n = 0;
    tokens_of_body(t, &body);
    for (size_t i = 0; ok && i < t->n; i++)
        ok = db_exec(db, SQL_TOKEN_ADD, err, V_INT(c->area), V_INT((int64_t)t->p[i]), V_INT(c->id));
    return ok;
}

static bool
add_case(struct db *db, struct keyring *k, struct arena *a, const struct at_case *c, struct err *err)
{
    uint8_t key[KEY_BYTES];
    struct tokens *t = arena_new_of(a, struct tokens);
    t->key = keyring_key(k, c->area, "search");
    struct str *sealed = arena_array(a, struct str, c->version + 1);
    struct rows r;
    int64_t n = 0;
    if (!c->wrapped.n || !t->key || !keyring_unwrap(k, c->area, c->id, c->wrapped, key))
        return true;
    if (!db_query(db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(c->area), V_INT(c->id), V_INT(0)))
        return false;
    while (n < c->version && rows_next(&r, err))
        sealed[n++] = str_dup(a, rows_text(&r, 7));
    rows_end(&r);
    bool ok = !r.has_failed;
    for (int64_t i = 0; ok && i < n; i++)
        ok = add_event(db, a, c, key, t, i + 1, sealed[i], err);
    explicit_bzero(key, sizeof key);
    return ok;
}

bool
search_rebuild_step(struct db *db, struct keyring *k, int64_t cases, bool *is_whole, struct err *err)
{
    struct arena *a = arena_new();
    struct at_case *list = arena_array(a, struct at_case, cases + 1);
    struct rows r;
    int64_t area, id, n = 0;
    *is_whole = read_state(db, &area, &id, err);
    bool ok = err->kind == ERR_NONE && !*is_whole && db_query(db, SQL_CASES_FROM, &r, err, V_INT(area), V_INT(id), V_INT(cases));
    while (ok && n < cases && rows_next(&r, err))
        list[n++] = (struct at_case){rows_int(&r, 0), rows_int(&r, 1), rows_int(&r, 2), str_dup(a, rows_text(&r, 3))};
    if (ok)
        rows_end(&r);
    for (int64_t i = 0; ok && i < n; i++)
        ok = add_case(db, k, a, &list[i], err);
    if (ok && n) {
        const char *state = arena_printf(a, "%lld %lld", (long long)list[n - 1].area, (long long)list[n - 1].id);
        ok = db_exec(db, SQL_META_SET, err, V_TEXT(INDEX_NAME), V_TEXT(str_of(state)));
    } else if (ok) {
        *is_whole = true;
        ok = search_index_is_new(db, err);
    }
    arena_free(a);
    return ok || *is_whole;
}

struct rebuild_job {
    struct job job;
    struct keyring *keys;
    int64_t cases;
    bool is_whole;
};

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct rebuild_job *b = (struct rebuild_job *)job;
    return search_rebuild_step(db, b->keys, b->cases, &b->is_whole, err);
}

static void
done(struct job *job)
{
    (void)job;
}

bool
search_rebuild(struct store *s, struct keyring *k, int64_t cases, bool *is_whole, struct err *err)
{
    struct rebuild_job b = {.job = {.apply = apply, .done = done}, .keys = k, .cases = cases};
    bool ok = store_run(s, &b.job, err);
    *is_whole = ok && b.is_whole;
    return ok;
}
