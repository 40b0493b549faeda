#include "store_copy.h"

#include "crypto.h"

enum { PAGE_ROWS = 1000, COLUMNS_MAX = 160, KEY_MAX = 8, SUM_WORDS = 2 };

/* What a table holds, whatever the order: the sum of its rows' hashes. */
struct sum {
    uint64_t words[SUM_WORDS];
    int64_t rows;
};

struct page {
    struct job job;
    const struct sql_table *table;
    struct arena *arena;
    struct value *values; /* n rows of table->n_columns */
    size_t n;
};

struct copying {
    struct db *from;
    struct store *to;
    copy_step *step;
    void *ctx;
    int64_t done, all;
};

static bool
is_moved(const struct sql_table *t)
{
    return strcmp(t->name, "server") != 0; /* of the processes that run now */
}

static struct value
value_of(const struct rows *r, int column, char type, struct arena *a)
{
    if (rows_null(r, column))
        return V_NULL;
    switch (type) {
    case 'i': return V_INT(rows_int(r, column));
    case 'r': return V_REAL(rows_real(r, column));
    case 't': return V_TEXT(str_dup(a, rows_text(r, column)));
    default: return V_BLOB(str_dup(a, rows_text(r, column)));
    }
}

static void
add_value(struct buf *row, const struct value *v)
{
    buf_char(row, "nitbr"[v->kind == VALUE_NULL ? 0 : v->kind == VALUE_INT ? 1 : v->kind == VALUE_TEXT ? 2 : v->kind == VALUE_BYTES ? 3 : 4]);
    buf_int(row, v->kind == VALUE_INT ? v->i : (int64_t)v->s.n);
    buf_char(row, ':');
    if (v->kind == VALUE_REAL)
        buf_add(row, &v->r, sizeof v->r);
    else if (v->kind != VALUE_INT)
        buf_str(row, v->s);
}

static void
add_row(struct sum *sum, const struct value *values, int n)
{
    struct buf row = {0};
    uint8_t hash[HASH_BYTES];
    for (int i = 0; i < n; i++)
        add_value(&row, &values[i]);
    sm3(buf_view(&row), hash);
    buf_release(&row);
    uint64_t words[SUM_WORDS];
    memcpy(words, hash, sizeof words);
    for (int i = 0; i < SUM_WORDS; i++)
        sum->words[i] += words[i];
    sum->rows++;
}

/* The page after the last row of the one before. */
static bool
read_page(struct db *db, struct page *p, bool is_first, struct err *err)
{
    const struct sql_table *t = p->table;
    struct value args[KEY_MAX + 1];
    int n = 0;
    struct arena *old = p->arena;
    p->arena = arena_new();
    for (; !is_first && n < t->n_key; n++)
        args[n] = p->values[(p->n - 1) * (size_t)t->n_columns + (size_t)t->key[n]];
    args[n++] = V_INT(PAGE_ROWS);
    struct rows r;
    bool ok = db_query_n(db, is_first ? t->first : t->after, args, (size_t)n, &r, err);
    p->values = arena_array(p->arena, struct value, (size_t)PAGE_ROWS * (size_t)t->n_columns);
    p->n = 0;
    while (ok && p->n < PAGE_ROWS && rows_next(&r, err)) {
        for (int i = 0; i < t->n_columns; i++)
            p->values[p->n * (size_t)t->n_columns + (size_t)i] = value_of(&r, i, t->types[i], p->arena);
        p->n++;
    }
    if (ok)
        rows_end(&r);
    arena_free(old);
    return ok && !r.has_failed;
}

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    const struct page *p = (const struct page *)job;
    bool ok = true;
    for (size_t i = 0; ok && i < p->n; i++)
        ok = db_exec_n(db, p->table->into, p->values + i * (size_t)p->table->n_columns, (size_t)p->table->n_columns, err);
    return ok;
}

/* Reads a table; writes it too when `to` is set. */
static bool
walk(struct copying *c, struct db *db, const struct sql_table *t, struct store *to, struct sum *sum, struct err *err)
{
    struct page p = {.job = {.apply = apply}, .table = t};
    *sum = (struct sum){0};
    bool ok = t->n_columns <= COLUMNS_MAX && t->n_key <= KEY_MAX;
    for (bool is_first = true; ok && (is_first || p.n == PAGE_ROWS); is_first = false) {
        ok = read_page(db, &p, is_first, err) && (!to || p.n == 0 || store_run(to, &p.job, err));
        for (size_t i = 0; ok && i < p.n; i++)
            add_row(sum, p.values + i * (size_t)t->n_columns, t->n_columns);
        c->done += (int64_t)p.n;
        if (c->step)
            c->step(c->ctx, c->done, c->all);
    }
    arena_free(p.arena);
    return ok;
}

static bool
is_empty(struct db *db, struct err *err)
{
    for (int i = 0; i < sql_table_count; i++)
        if (is_moved(&sql_tables[i]) && db_int(db, sql_tables[i].count, NULL, 0, -1, err) != 0)
            return err->kind != ERR_NONE ? false : err_set(err, ERR_CONFLICT, "目标数据库里已经有内容（%s），没有改动它。", sql_tables[i].name);
    return true;
}

static int
last_is_meta(const struct sql_table *t, int round)
{
    return (strcmp(t->name, "meta") == 0) == (round == 1);
}

static bool
move_all(struct copying *c, struct sum *sums, struct err *err)
{
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < sql_table_count; i++)
            if (is_moved(&sql_tables[i]) && last_is_meta(&sql_tables[i], round) && !walk(c, c->from, &sql_tables[i], c->to, &sums[i], err))
                return false;
    return true;
}

static bool
compare_all(struct copying *c, const struct sum *sums, struct copy_report *out, struct err *err)
{
    struct db *db = store_reader(c->to, -1);
    if (!db_read_begin(db, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < sql_table_count; i++) {
        struct sum there;
        if (!is_moved(&sql_tables[i]))
            continue;
        ok = walk(c, db, &sql_tables[i], NULL, &there, err);
        bool is_same = there.rows == sums[i].rows && memcmp(there.words, sums[i].words, sizeof there.words) == 0;
        out->rows += there.rows;
        out->tables++;
        if (ok && !is_same && out->differences++ == 0)
            out->first = sql_tables[i].name;
    }
    db_read_end(db);
    return ok;
}

bool
store_copy(struct store *from, struct store *to, copy_step *step, void *ctx, struct copy_report *out, struct err *err)
{
    struct copying c = {.from = store_reader(from, -1), .to = to, .step = step, .ctx = ctx};
    struct sum *sums = xcalloc((size_t)sql_table_count, sizeof *sums);
    *out = (struct copy_report){0};
    bool ok = is_empty(store_reader(to, -1), err) && db_read_begin(c.from, err);
    if (ok) {
        for (int i = 0; ok && i < sql_table_count; i++)
            c.all += is_moved(&sql_tables[i]) ? 2 * db_int(c.from, sql_tables[i].count, NULL, 0, 0, err) : 0;
        ok = move_all(&c, sums, err);
        db_read_end(c.from);
    }
    ok = ok && compare_all(&c, sums, out, err);
    free(sums);
    return ok;
}
