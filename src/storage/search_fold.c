#include "search_fold.h"

#include <stdlib.h>

#include "postings.h"

enum { FOLD_LOCK = 7341 };

struct waiting {
    int64_t area, token, case_id;
};

/* Old and new together, ascending, each once. */
static size_t
merged(const int64_t *old, size_t n_old, const struct waiting *w, size_t n, int64_t *out)
{
    size_t i = 0, k = 0, m = 0;
    while (i < n_old || k < n) {
        int64_t id = k == n || (i < n_old && old[i] <= w[k].case_id) ? old[i] : w[k].case_id;
        i += i < n_old && old[i] == id;
        k += k < n && w[k].case_id == id;
        out[m++] = id;
    }
    return m;
}

static bool
put_list(struct db *db, const struct waiting *w, const int64_t *ids, size_t n, size_t *written, struct err *err)
{
    struct buf b = {0};
    *written = postings_write(&b, ids, n);
    bool ok = db_exec(db, SQL_TOKEN_LIST_PUT, err, V_INT(w->area), V_INT(w->token), V_INT(ids[0]), V_INT(*written), V_BLOB(buf_view(&b)));
    buf_release(&b);
    return ok;
}

/* A list that is full goes on in a new one; one that is full and gets some in its middle is halved, so that the next fit too. */
static bool
put_lists(struct db *db, const struct waiting *w, const int64_t *ids, size_t n, bool is_middle, struct err *err)
{
    for (size_t at = 0, done; at < n; at += done) {
        size_t most = n - at;
        if (is_middle && n <= 2 * POSTINGS_MAX && at == 0 && n > POSTINGS_MAX / 2) {
            struct buf b = {0};
            if (postings_write(&b, ids, n) < n)
                most = n / 2;
            buf_release(&b);
        }
        if (!put_list(db, w, ids + at, most, &done, err))
            return false;
    }
    return true;
}

/* The cases w[0…n) of one token, ascending. The last of them says which list is the last that is concerned: it takes all that
 * do not lie before its first; then those before. */
static bool
fold_token(struct db *db, const struct waiting *w, size_t n, int64_t *room, struct err *err)
{
    while (n) {
        struct rows r;
        int64_t old[POSTINGS_MAX];
        size_t n_old = 0, from = n;
        if (!db_query(db, SQL_TOKEN_LIST_BEFORE, &r, err, V_INT(w->area), V_INT(w->token), V_INT(w[n - 1].case_id), V_INT(1)))
            return false;
        bool is_there = rows_next(&r, err);
        if (is_there)
            n_old = postings_read(rows_int(&r, 0), rows_text(&r, 1), old);
        rows_end(&r);
        if (r.has_failed || (is_there && !n_old))
            return r.has_failed ? false : err_set(err, ERR_INTERNAL, "搜索索引已损坏。");
        while (from && (!is_there || w[from - 1].case_id >= old[0]))
            from--;
        size_t m = merged(old, n_old, w + from, n - from, room);
        bool is_middle = n_old && w[n - 1].case_id < old[n_old - 1];
        if (m != n_old && !put_lists(db, w, room, m, is_middle, err))
            return false;
        n = from;
    }
    return true;
}

static size_t
read_waiting(struct db *db, struct waiting *out, size_t rows, struct err *err)
{
    struct rows r;
    size_t n = 0;
    if (!db_query(db, SQL_TOKEN_TAKE, &r, err, V_INT((int64_t)rows)))
        return 0;
    while (n < rows && rows_next(&r, err))
        out[n++] = (struct waiting){rows_int(&r, 0), rows_int(&r, 1), rows_int(&r, 2)};
    rows_end(&r);
    return n;
}

static bool
fold_waiting(struct db *db, const struct waiting *w, size_t n, struct err *err)
{
    int64_t *room = xmalloc((n + POSTINGS_MAX) * sizeof *room);
    bool ok = true;
    for (size_t i = 0, k; ok && i < n; i = k) {
        for (k = i + 1; k < n && w[k].area == w[i].area && w[k].token == w[i].token;)
            k++;
        ok = fold_token(db, w + i, k - i, room, err);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = db_exec(db, SQL_TOKEN_DROP, err, V_INT(w[i].area), V_INT(w[i].token), V_INT(w[i].case_id));
    free(room);
    return ok;
}

bool
search_fold_step(struct db *db, size_t rows, int64_t *folded, struct err *err)
{
    *folded = 0;
    if (db_int(db, SQL_FOLD_LOCK, DB_ARGS(V_INT(FOLD_LOCK)), 0, err) != 1)
        return err->kind == ERR_NONE;
    struct waiting *w = xmalloc((rows + 1) * sizeof *w);
    size_t n = read_waiting(db, w, rows, err);
    bool ok = err->kind == ERR_NONE && fold_waiting(db, w, n, err);
    *folded = ok ? (int64_t)n : 0;
    free(w);
    return ok;
}

/* ---- Steps as jobs ---- */

struct fold_job {
    struct job job;
    size_t rows;
    int64_t folded;
};

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct fold_job *f = (struct fold_job *)job;
    return search_fold_step(db, f->rows, &f->folded, err);
}

static void
done(struct job *job)
{
    (void)job;
}

static bool
step(struct store *s, size_t rows, int64_t *folded, struct err *err)
{
    struct fold_job f = {.job = {.apply = apply, .done = done}, .rows = rows};
    bool ok = store_run(s, &f.job, err);
    *folded = f.folded;
    return ok;
}

bool
search_fold(struct store *s, size_t rows_a_step, int64_t *folded, struct err *err)
{
    int64_t n = (int64_t)rows_a_step;
    for (*folded = 0; n == (int64_t)rows_a_step; *folded += n)
        if (!step(s, rows_a_step, &n, err))
            return false;
    return true;
}

struct look_job {
    struct job job;
    int64_t waiting;
};

static bool
look(struct db *db, struct job *job, struct err *err)
{
    ((struct look_job *)job)->waiting = db_int(db, SQL_TOKEN_WAITING, DB_ARGS(V_INT(FOLD_FROM)), 0, err);
    return err->kind == ERR_NONE;
}

bool
search_fold_some(struct store *s, int steps, bool *is_done, struct err *err)
{
    struct look_job l = {.job = {.apply = look, .done = done}};
    int64_t n = FOLD_ROWS;
    bool ok = store_run(s, &l.job, err);
    *is_done = ok && l.waiting < FOLD_FROM;
    while (ok && !*is_done && steps-- > 0) {
        ok = step(s, FOLD_ROWS, &n, err);
        *is_done = n < FOLD_ROWS;
    }
    return ok;
}
