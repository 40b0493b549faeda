#include <stdlib.h>

#include "case.h"
#include "duty.h"
#include "event_body.h"
#include "figures_fold.h"
#include "multiply.h"
#include "postings.h"
#include "search_fold.h"
#include "suggest.h"

enum { PLACE_KIND_COMPOUND = 7 };

/* Every row of a table, in the order of its key. */
static void
each_row(struct db *db, int table, void (*take)(const struct rows *r))
{
    const struct sql_table *t = &sql_tables[table];
    struct err err = {0};
    struct value key[9];
    struct arena *a = arena_new();
    int n_key = 0;
    for (int64_t got = 1; got;) {
        struct rows r;
        key[n_key] = V_INT(10000);
        if (!db_query_n(db, n_key ? t->after : t->first, key, (size_t)n_key + 1, &r, &err))
            multiply_fail(t->name, &err);
        for (got = 0; rows_next(&r, &err); got++) {
            take(&r);
            for (int i = 0; i < t->n_key; i++)
                key[i] = t->types[t->key[i]] == 'i' ? V_INT(rows_int(&r, t->key[i])) : V_TEXT(str_dup(a, rows_text(&r, t->key[i])));
            n_key = t->n_key;
        }
        if (err.kind)
            multiply_fail(t->name, &err);
    }
    arena_free(a);
}

static struct value *
row_of(const struct rows *r, int table)
{
    const struct sql_table *t = &sql_tables[table];
    struct value *v = arena_array(m.arena, struct value, t->n_columns);
    for (int i = 0; i < t->n_columns; i++)
        v[i] = rows_null(r, i) ? V_NULL : t->types[i] == 'i' ? V_INT(rows_int(r, i)) : t->types[i] == 'r' ? V_REAL(rows_real(r, i))
               : t->types[i] == 't' ? V_TEXT(str_dup(m.arena, rows_text(r, i))) : V_BLOB(str_dup(m.arena, rows_text(r, i)));
    return v;
}

static void
take_case(const struct rows *r)
{
    static size_t cap;
    if (m.n_cases == cap)
        m.cases = xrealloc(m.cases, (cap = cap * 2 + 4096) * sizeof *m.cases);
    struct value *v = row_of(r, m.t_case);
    m.area = v[0].i;
    m.cases[m.n_cases++] = (struct sample_case){.id = v[1].i, .row = v, .day = (int32_t)v[m.at_day].i, .is_open = case_state_open((int)v[m.at_state].i), .prior = -1};
}

int
sample_find(int64_t id)
{
    size_t lo = 0, hi = m.n_cases;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (m.cases[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < m.n_cases && m.cases[lo].id == id ? (int)lo : -1;
}

static void
take_duty(const struct rows *r)
{
    static size_t cap;
    if (m.n_duties == cap)
        m.duties = xrealloc(m.duties, (cap = cap * 2 + 4096) * sizeof *m.duties);
    struct sample_duty *d = &m.duties[m.n_duties++];
    for (int i = 0; i < DUTY_COLUMNS; i++)
        d->v[i] = rows_int(r, i);
    d->of = d->v[3] == SUBJECT_CASE ? sample_find(d->v[4]) : -1;
}

static void
take_place(const struct rows *r)
{
    static size_t cap;
    int kind = bulk_column(bulk_table("place"), "kind"), firm = bulk_column(bulk_table("place"), "firm");
    if (rows_int(r, kind) != PLACE_KIND_COMPOUND || !rows_int(r, firm))
        return;
    if (m.n_compounds == cap)
        m.compounds = xrealloc(m.compounds, (cap = cap * 2 + 1024) * sizeof *m.compounds);
    m.compounds[m.n_compounds++] = (int32_t)rows_int(r, 1);
}

static void
take_part(const struct rows *r)
{
    int i = sample_find(rows_int(r, 1));
    if (i < 0)
        return;
    m.cases[i].opened = rows_int(r, 6);
    m.cases[i].closed = rows_int(r, 7);
    m.cases[i].minutes = rows_int(r, 8);
    m.cases[i].seconds = rows_int(r, 9);
}

static void
take_counter(const struct rows *r)
{
    static size_t cap;
    if (m.n_counters == cap)
        m.counters = xrealloc(m.counters, (cap = cap * 2 + 1024) * 4 * sizeof *m.counters);
    bool is_case = str_is(rows_text(r, 1), "case");
    int32_t day = (int32_t)rows_int(r, 2);
    if (is_case && day >= m.first_day && day <= m.last_day)
        m.numbers[day - m.first_day] = rows_int(r, 3);
    else
        memcpy(m.counters + 4 * m.n_counters++, row_of(r, m.t_counter), 4 * sizeof *m.counters);
}

/* Tokens of the originals: the lists read backwards. */
struct pair {
    int of;
    uint64_t token;
};
static struct pair *pairs;
static size_t n_pairs;

static void
take_list(const struct rows *r)
{
    static size_t cap;
    int64_t ids[POSTINGS_MAX];
    size_t n = postings_read(rows_int(r, 2), rows_text(r, 4), ids);
    for (size_t i = 0; i < n; i++) {
        int of = sample_find(ids[i]);
        if (n_pairs == cap)
            pairs = xrealloc(pairs, (cap = cap * 2 + 65536) * sizeof *pairs);
        if (of >= 0)
            pairs[n_pairs++] = (struct pair){of, (uint64_t)rows_int(r, 1)};
    }
}

static int
by_of(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->of > y->of) - (x->of < y->of);
}

static void
give_tokens(void)
{
    if (n_pairs)
        qsort(pairs, n_pairs, sizeof *pairs, by_of);
    for (size_t i = 0, k; i < n_pairs; i = k) {
        struct sample_case *c = &m.cases[pairs[i].of];
        for (k = i; k < n_pairs && pairs[k].of == pairs[i].of;)
            k++;
        c->tokens = arena_array(m.arena, uint64_t, k - i);
        while (c->n_tokens < k - i) {
            c->tokens[c->n_tokens] = pairs[i + c->n_tokens].token;
            c->n_tokens++;
        }
    }
    free(pairs);
}

static void
take_token(void *ctx, struct str token)
{
    struct tokens *t = ctx;
    if (t->n < TOKENS_MAX)
        t->p[t->n++] = token_hash(m.search_key, token);
}

void
tokens_add_text(struct tokens *t, struct str text)
{
    text_tokens(text, take_token, t);
}

static void
open_case(struct sample_case *c)
{
    static struct tokens t;
    uint8_t key[KEY_BYTES];
    struct buf plain = {0};
    if (!keyring_unwrap(m.keys, m.area, c->id, c->row[m.at_wrapped].s, key) ||
        !unseal(key, m.area, "case_file.secret", c->id, 0, c->row[m.at_secret].s, &plain) ||
        !secret_read(m.arena, str_dup(m.arena, buf_view(&plain)), &c->words, &c->spot, &c->reply))
        multiply_fail("a case does not open", NULL);
    buf_release(&plain);
    t.n = 0;
    tokens_add_text(&t, c->words);
    tokens_add_text(&t, c->spot);
    tokens_add_text(&t, c->reply);
    c->text_tokens = arena_array(m.arena, uint64_t, t.n + 1);
    memcpy(c->text_tokens, t.p, (c->n_text_tokens = t.n) * sizeof *t.p);
    c->prior = c->row[m.at_prior].i ? sample_find(c->row[m.at_prior].i) : -1;
}

static void
find_duties(void)
{
    m.by_case = arena_array(m.arena, size_t, m.n_duties + 1);
    size_t *at = xcalloc(m.n_cases + 1, sizeof *at), n = 0;
    for (size_t i = 0; i < m.n_duties; i++)
        if (m.duties[i].of >= 0)
            m.cases[m.duties[i].of].n_duties++;
    for (size_t i = 0; i < m.n_cases; n += m.cases[i++].n_duties)
        at[i] = m.cases[i].first_duty = n;
    for (size_t i = 0; i < m.n_duties; i++)
        if (m.duties[i].of >= 0) {
            m.by_case[at[m.duties[i].of]++] = i;
            m.cases[m.duties[i].of].is_open |= m.duties[i].v[18] == END_OPEN;
        }
    free(at);
}

/* Cases and their duties in the order of their ids: a rank that comes back only after days. */
static void
give_ranks(void)
{
    int64_t rank = 0;
    for (size_t c = 0, d = 0; c < m.n_cases || d < m.n_duties;) {
        if (d < m.n_duties && m.duties[d].of < 0)
            d++;
        else if (d == m.n_duties || (c < m.n_cases && m.cases[c].id < m.duties[d].v[1]))
            m.cases[c++].rank = rank++;
        else
            m.duties[d++].rank = rank++;
    }
}

void
sample_read(const char *dir)
{
    struct err err = {0};
    bool is_done;
    int64_t folded;
    m.store = store_open(&(struct store_options){.dir = dir, .is_bulk = true}, &err);
    if (!m.store || !(m.keys = keyring_open(dir, &err)) || !keyring_load(m.keys, store_reader(m.store, -1), &err))
        multiply_fail(dir, &err);
    struct db *db = store_reader(m.store, -1);
    each_row(db, m.t_case, take_case);
    if (!m.n_cases)
        multiply_fail("no cases", NULL);
    if (!search_fold(m.store, 500000, &folded, &err) || !figures_fold(m.store, m.area, INT32_MAX, &is_done, &err))
        multiply_fail("folding", &err);
    m.search_key = keyring_key(m.keys, m.area, "search");
    m.last_day = m.cases[m.n_cases - 1].day;
    m.first_day = m.last_day - DAYS_MAX + 1 > FIRST_DAY ? m.last_day - DAYS_MAX + 1 : FIRST_DAY;
    each_row(db, m.t_duty, take_duty);
    each_row(db, bulk_table("place"), take_place);
    each_row(db, m.t_part, take_part);
    each_row(db, m.t_counter, take_counter);
    each_row(db, bulk_table("token_list"), take_list);
    give_tokens();
    find_duties();
    give_ranks();
    for (size_t i = 0; i < m.n_cases; i++)
        open_case(&m.cases[i]);
    store_close(m.store);
}

size_t
sample_first_of(int32_t day)
{
    size_t lo = 0, hi = m.n_cases;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (m.cases[mid].day < day)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}
