/* Searching cases: the index leads to candidates, the list's filter drops those that are not wanted, and what is left is opened and
 * read, because the index knows only pairs of characters. Each step has a bound; what was not reached is said (is_cut). */
#include "search.h"

#include <stdlib.h>

#include "event_body.h"
#include "limits.h"
#include "rows_case.h"
#include "search_names.h"
#include "search_rebuild.h"
#include "search_scan.h"
#include "search_tokens.h"
#include "suggest.h"

enum {
    BATCH = 64,
    NAMES_MAX = 40,       /* a word that names more places or items leads nowhere */
    WORD_TOKENS_MAX = 8,  /* of a long word the first are enough to lead */
    EVENTS_MAX = 400,
    NUMBERS_MAX = 20,
    OLDER = 1 << 20, /* in next_b: not the first part, where the cases of a number stand */
};

struct candidate {
    struct case_file c;
    struct str wrapped, secret;
};

struct hit {
    struct case_row row;
    struct case_hit why;
};

struct search {
    struct db *db;
    struct keyring *keys;
    const struct case_filter *f;
    struct arena *a, *batch; /* batch: reset after each batch */
    struct search_words words;
    struct scan scan;
    struct scan_node *root; /* NULL: no token leads; every case is looked at */
    struct value args[FILTER_ARGS + BATCH];
    size_t n_args;
    bool has_names; /* some word names a place or an item */
    struct hit *hits;
    size_t n, window;
    size_t looks, opened, notes, opened_max;
    int64_t numbers[NUMBERS_MAX]; /* cases of the number asked for */
    size_t n_numbers;
    int64_t first, floor; /* the newest candidate; all at or above `floor` were looked at */
    bool is_end, is_cut;
    struct err *err;
};

const char *
hit_in_code(int in)
{
    static const char *const codes[HIT_IN_COUNT] = {"number", "words", "spot", "reply", "note", "name"};
    return in >= 0 && in < HIT_IN_COUNT ? codes[in] : NULL;
}

/* ---- The question ---- */

struct taking {
    struct search *s;
    struct scan_node *all;
};

static void
take_token(void *ctx, struct str token)
{
    struct taking *t = ctx;
    struct search_words one;
    search_split(token, &one);
    if (one.p[0].is_han && one.p[0].n == 1) /* alone in the query; in a text it has neighbours */
        return;
    scan_add(t->all, scan_token(&t->s->scan, token_hash(keyring_key(t->s->keys, t->s->f->area, "search"), token)));
}

/* A word is in the texts, or it names the place or the item. NULL: nothing leads to it. */
static struct scan_node *
node_of_word(struct search *s, const struct search_word *w)
{
    const uint8_t *key = keyring_key(s->keys, s->f->area, "search");
    int32_t places[NAMES_MAX];
    struct str items[NAMES_MAX];
    size_t n_places = places_named(s->f->registry, w, places, NAMES_MAX), n_items = items_named(s->f->scheme, w, items, NAMES_MAX);
    s->has_names |= n_places || n_items;
    if (n_places > NAMES_MAX || n_items > NAMES_MAX)
        return NULL;
    struct taking t = {s, scan_node(&s->scan, true, WORD_TOKENS_MAX)};
    text_tokens(w->text, take_token, &t);
    if (!scan_parts(t.all))
        return NULL;
    struct scan_node *any = scan_node(&s->scan, false, 1 + 2 * NAMES_MAX);
    scan_add(any, t.all);
    for (size_t i = 0; i < n_places; i++)
        scan_add(any, scan_token(&s->scan, token_of_place(key, places[i])));
    for (size_t i = 0; i < n_items; i++)
        scan_add(any, scan_token(&s->scan, token_of_item(key, items[i])));
    return any;
}

/* Who sees few places, one lead or one item walks along their lists too. */
static void
add_filter(struct search *s, struct scan_node *root)
{
    const struct case_filter *f = s->f;
    const uint8_t *key = keyring_key(s->keys, f->area, "search");
    if (f->lead)
        scan_add(root, scan_token(&s->scan, token_of_lead(key, f->lead)));
    if (f->item.n)
        scan_add(root, scan_token(&s->scan, token_of_item(key, f->item)));
    if (f->place)
        scan_add(root, scan_token(&s->scan, token_of_place(key, f->place)));
    if (f->place || !f->n_places || f->n_places > NAMES_MAX)
        return;
    struct scan_node *any = scan_node(&s->scan, false, f->n_places);
    for (size_t i = 0; i < f->n_places; i++)
        scan_add(any, scan_token(&s->scan, token_of_place(key, f->places[i])));
    scan_add(root, any);
}

static void
ask(struct search *s)
{
    struct scan_node *root = scan_node(&s->scan, true, SEARCH_WORDS_MAX + 4);
    for (size_t i = 0; i < s->words.n; i++)
        scan_add(root, node_of_word(s, &s->words.p[i]));
    if (search_index_is_whole(s->db, s->err))
        add_filter(s, root);
    s->root = scan_parts(root) ? root : NULL;
}

/* One word fits every hit alike, so the newest come first anyhow, and nobody need look further than his page. */
static void
narrow_window(struct search *s)
{
    const struct case_filter *f = s->f;
    size_t wanted = (size_t)(f->after_b & (OLDER - 1)) + f->limit + 1;
    if (s->words.n == 1 && !s->has_names && f->sort == SORT_NEWEST && !f->is_counted && wanted < s->window)
        s->window = wanted;
}

static void
find_numbers(struct search *s)
{
    const struct case_filter *f = s->f;
    struct str q = str_trim(f->q);
    int64_t area;
    int32_t day, no;
    struct rows r;
    if (case_no_parse(q, &area, &day, &no) && (!area || area == f->area)) {
        s->numbers[0] = case_find_no(s->db, f->area, day, no, s->err);
        s->n_numbers = s->numbers[0] != 0;
    }
    if (q.n < 4 || !db_query(s->db, SQL_CASE_IDS_BY_HOTLINE, &r, s->err, V_INT(f->area), V_TEXT(q)))
        return;
    while (s->n_numbers < NUMBERS_MAX && rows_next(&r, s->err))
        s->numbers[s->n_numbers++] = rows_int(&r, 0);
    rows_end(&r);
}

/* ---- Candidates ---- */

static bool
is_a_number(const struct search *s, int64_t id)
{
    for (size_t i = 0; i < s->n_numbers; i++)
        if (s->numbers[i] == id)
            return true;
    return false;
}

/* Without a leading token: the newest cases, one after the other. */
static size_t
next_of_all(struct search *s, int64_t most, int64_t ids[BATCH])
{
    struct rows r;
    size_t n = 0;
    if (!db_query(s->db, SQL_CASE_IDS_NEWEST, &r, s->err, V_INT(s->f->area), V_INT(most), V_INT(BATCH)))
        return 0;
    while (n < BATCH && rows_next(&r, s->err))
        ids[n++] = rows_int(&r, 0);
    rows_end(&r);
    s->is_end = n < BATCH;
    return n;
}

static size_t
next_ids(struct search *s, int64_t most, int64_t ids[BATCH])
{
    size_t n = 0;
    if (!s->root)
        return next_of_all(s, most, ids);
    while (n < BATCH) {
        int64_t id = scan_at_most(&s->scan, s->root, most);
        s->is_end = !id && !s->scan.is_cut;
        if (!id || s->scan.is_cut) {
            s->floor = id + 1;
            break;
        }
        ids[n++] = id;
        most = id - 1;
    }
    return n;
}

static bool
sees_place(const struct case_filter *f, int64_t place)
{
    if (f->n_places <= PLACES_MAX) /* the statement has seen to it */
        return true;
    for (size_t i = 0; i < f->n_places; i++)
        if (f->places[i] == place)
            return true;
    return false;
}

static int
newest_candidate_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->c.id > y->c.id ? -1 : x->c.id < y->c.id;
}

/* Of the ids those that the list wants, in memory: what comes next may ask the database other things. */
static size_t
read_batch(struct search *s, const int64_t *ids, size_t n, struct candidate *out)
{
    struct rows r;
    size_t found = 0;
    if (!n)
        return 0;
    for (size_t i = 0; i < BATCH; i++)
        s->args[s->n_args + i] = V_INT(ids[i < n ? i : 0]);
    if (!db_query_n(s->db, SQL_CASES_AMONG, s->args, s->n_args + BATCH, &r, s->err))
        return 0;
    while (found < BATCH && rows_next(&r, s->err)) {
        struct candidate *x = &out[found];
        read_case_columns(&r, 0, s->f->area, s->batch, &x->c);
        x->wrapped = str_dup(s->batch, rows_text(&r, CASE_COLUMNS_N));
        x->secret = str_dup(s->batch, rows_text(&r, CASE_COLUMNS_N + 1));
        found += sees_place(s->f, x->c.place);
    }
    rows_end(&r);
    qsort(out, found, sizeof *out, newest_candidate_first);
    s->looks += n;
    return found;
}

/* ---- Reading ---- */

struct reading { /* one candidate, opened */
    struct candidate *x;
    uint8_t key[KEY_BYTES];
    struct str own[3]; /* words, spot, reply */
    bool has_named;    /* a word that only the place or the item has */
    struct case_hit best;
    struct str best_text;
};

static void
consider(struct reading *o, const struct search_words *q, struct str text, enum hit_in in)
{
    enum search_rank rank = search_rank_in(text, q);
    struct span at;
    bool has_any = false;
    for (size_t i = 0; i < q->n && !has_any; i++)
        has_any = search_find(text, &q->p[i], 0, &at);
    if (!has_any || (o->best_text.n && rank >= o->best.rank))
        return;
    o->best = (struct case_hit){.in = in, .rank = rank};
    o->best_text = text;
}

/* The notes of a case; bit i of *missing is cleared when one of them has word i. */
static void
read_notes(struct search *s, struct reading *o, unsigned *missing)
{
    struct loaded_case lc = {.c = o->x->c};
    struct err err = {0};
    size_t n, at;
    struct str note;
    struct span where;
    lc.c.version = lc.c.version < EVENTS_MAX ? lc.c.version : EVENTS_MAX;
    memcpy(lc.key, o->key, sizeof lc.key);
    const struct event_row *e = events_load(s->db, s->batch, &lc, &n, &err);
    explicit_bzero(lc.key, sizeof lc.key);
    for (size_t i = n; i--;)
        for (at = 0; next_note(&e[i].fields, e[i].text, &at, &note);) {
            for (size_t w = 0; w < s->words.n; w++)
                if (search_find(note, &s->words.p[w], 0, &where))
                    *missing &= ~(1u << w);
            consider(o, &s->words, note, HIT_NOTE);
        }
}

static bool
open_texts(struct search *s, struct reading *o)
{
    const struct candidate *x = o->x;
    struct buf plain = {0};
    bool ok = x->wrapped.n && keyring_unwrap(s->keys, s->f->area, x->c.id, x->wrapped, o->key) &&
              unseal(o->key, s->f->area, "case_file.secret", x->c.id, 0, x->secret, &plain) &&
              secret_read(s->batch, str_dup(s->batch, buf_view(&plain)), &o->own[0], &o->own[1], &o->own[2]);
    if (plain.p)
        explicit_bzero(plain.p, plain.cap);
    buf_release(&plain);
    return ok;
}

/* Every word must really stand in a text that the reader may see, or name the place or the item. */
static bool
really_has(struct search *s, struct reading *o)
{
    static const enum hit_in in[3] = {HIT_WORDS, HIT_SPOT, HIT_REPLY};
    const struct search_words *q = &s->words;
    unsigned missing = 0;
    struct span at;
    for (size_t w = 0; w < q->n; w++) {
        bool is_there = false;
        for (int i = 0; i < 3 && !is_there; i++)
            is_there = search_find(o->own[i], &q->p[w], 0, &at);
        bool is_named = !is_there && (word_names_place(s->f->registry, o->x->c.place, &q->p[w]) || word_names_item(s->f->scheme, o->x->c.item, &q->p[w]));
        o->has_named |= is_named;
        missing |= is_there || is_named ? 0 : 1u << w;
    }
    if (!s->root && missing) /* nothing led here: to open the notes of every case would be too much */
        return false;
    if (missing && s->notes < LIMIT_SEARCH_NOTES * (s->opened_max / LIMIT_CANDIDATES)) {
        s->notes++;
        read_notes(s, o, &missing);
    } else if (missing)
        s->is_cut = true;
    for (int i = 0; i < 3 && !missing; i++)
        consider(o, q, o->own[i], in[i]);
    return !missing;
}

static void
keep_hit(struct search *s, struct reading *o)
{
    struct hit *h = &s->hits[s->n++];
    struct case_file *c = &h->row.c;
    *c = o->x->c;
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(c, i) = str_dup(s->a, *case_text(&o->x->c, i));
    h->why = o->best_text.n ? o->best : (struct case_hit){.in = HIT_NAME, .rank = RANK_WORDS};
    if (o->has_named && h->why.rank == RANK_PIECES)
        h->why.rank = RANK_WORDS;
    h->why.snippet = snippet_of(s->a, o->best_text.n ? o->best_text : o->own[0], &s->words);
}

static void
open_one(struct search *s, struct candidate *x, bool is_number)
{
    struct reading o = {.x = x};
    s->opened++;
    bool is_open = open_texts(s, &o);
    if (is_number) {
        o.best_text = o.own[0];
        o.best = (struct case_hit){.in = HIT_NUMBER, .rank = RANK_NUMBER};
        keep_hit(s, &o);
    } else if (is_open && s->words.n && really_has(s, &o))
        keep_hit(s, &o);
    explicit_bzero(o.key, sizeof o.key);
}

static void
look_at_numbers(struct search *s, struct candidate *room)
{
    size_t n = read_batch(s, s->numbers, s->n_numbers, room);
    for (size_t i = 0; i < n && s->n < s->window; i++)
        open_one(s, &room[i], true);
    arena_reset(s->batch);
}

/* One batch of candidates. False: the window is full or a bound was reached. */
static bool
look_at_some(struct search *s, int64_t most, struct candidate *room)
{
    int64_t ids[BATCH];
    size_t n = next_ids(s, most, ids), found = read_batch(s, ids, n, room);
    if (n && !s->first)
        s->first = ids[0];
    if (n && !s->scan.is_cut)
        s->floor = ids[n - 1];
    for (size_t i = 0; i < found; i++) {
        if (s->n >= s->window || s->opened >= s->opened_max || s->is_cut) {
            s->floor = room[i].c.id + 1;
            s->is_end = false;
            s->is_cut |= s->n < s->window;
            return false;
        }
        if (!is_a_number(s, room[i].c.id))
            open_one(s, &room[i], false);
        if (s->is_cut) { /* its notes were not read: it is the first of the next page */
            s->floor = room[i].c.id + 1;
            s->is_end = false;
            return false;
        }
    }
    s->is_cut |= s->scan.is_cut || s->looks >= LIMIT_SEARCH_LOOKS * (s->opened_max / LIMIT_CANDIDATES);
    return n && !s->is_cut && !s->is_end && s->err->kind == ERR_NONE;
}

/* ---- The answer ---- */

static int
compare_hits(const struct hit *x, const struct hit *y)
{
    if (x->why.rank != y->why.rank)
        return x->why.rank < y->why.rank ? -1 : 1;
    return x->row.c.id > y->row.c.id ? -1 : x->row.c.id < y->row.c.id;
}

static int
best_first(const void *a, const void *b)
{
    return compare_hits(a, b);
}

static int
oldest_first(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    return x->row.c.id < y->row.c.id ? -1 : x->row.c.id > y->row.c.id;
}

static int
soonest_first(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    int64_t due_x = x->row.c.main_due ? x->row.c.main_due : INT64_MAX, due_y = y->row.c.main_due ? y->row.c.main_due : INT64_MAX;
    return due_x < due_y ? -1 : due_x > due_y ? 1 : oldest_first(a, b);
}

/* One part of what was found, in order, is a window; pages are cut out of it, and the last page leads to the next, older one. */
static void
answer(struct search *s, struct case_rows *out)
{
    const struct case_filter *f = s->f;
    size_t from = (size_t)(f->after_b & (OLDER - 1)), limit = f->limit;
    qsort(s->hits, s->n, sizeof *s->hits, f->sort == SORT_OLDEST ? oldest_first : f->sort == SORT_DUE ? soonest_first : best_first);
    from = from < s->n ? from : s->n;
    size_t n = s->n - from < limit ? s->n - from : limit;
    struct case_row *rows = arena_array(s->a, struct case_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        rows[i] = s->hits[from + i].row;
        rows[i].hit = &s->hits[from + i].why;
    }
    *out = (struct case_rows){.p = rows, .n = n, .found = s->n, .is_all = s->is_end};
    if (from + n < s->n) {
        out->has_more = true;
        out->next_a = f->after_a ? f->after_a : s->first ? s->first + 1 : INT64_MAX;
        out->next_b = (int64_t)(from + n) | (f->after_b & OLDER);
    } else if (!s->is_end) {
        out->has_more = true;
        out->is_cut = s->is_cut;
        out->next_a = s->floor;
        out->next_b = OLDER;
    }
}

bool
cases_search(struct db *db, struct keyring *k, struct arena *a, const struct case_filter *f, struct case_rows *out, struct err *err)
{
    if (!db_read_begin(db, err)) /* folding moves rows from one table to the other */
        return false;
    struct search *s = arena_new_of(a, struct search);
    size_t times = 1 + f->limit / LIMIT_CANDIDATES; /* a table or a command asks for many */
    struct case_filter wanted = *f;
    wanted.n_places = f->n_places <= PLACES_MAX ? f->n_places : 0;
    *s = (struct search){.db = db, .keys = k, .f = f, .a = a, .batch = arena_new(), .err = err, .opened_max = LIMIT_CANDIDATES * times,
                         .scan = {.db = db, .arena = a, .area = f->area, .err = err},
                         .window = f->limit > LIMIT_SEARCH_WINDOW ? f->limit : LIMIT_SEARCH_WINDOW};
    s->hits = arena_array(a, struct hit, s->window + 1);
    s->n_args = filter_args(&wanted, s->args);
    search_split(f->q, &s->words);
    ask(s);
    narrow_window(s);
    find_numbers(s);
    struct candidate *room = arena_array(a, struct candidate, BATCH);
    if (!(f->after_b & OLDER))
        look_at_numbers(s, room);
    s->floor = f->after_a ? f->after_a : INT64_MAX;
    s->is_end = !s->words.n;
    while (s->words.n && look_at_some(s, s->floor - 1, room))
        arena_reset(s->batch);
    arena_free(s->batch);
    db_read_end(db);
    answer(s, out);
    return err->kind == ERR_NONE;
}
