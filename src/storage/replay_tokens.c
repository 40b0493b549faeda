#include "replay_tokens.h"

#include <stdlib.h>

#include "postings.h"

static uint64_t
pair_number(uint64_t token, int64_t case_id)
{
    uint64_t z = token ^ (uint64_t)case_id * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static int
by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void
token_fold_event(struct token_fold *t, const struct event_body *b)
{
    if (!t->key)
        return;
    if (!t->event)
        t->event = xcalloc(1, sizeof *t->event);
    t->event->key = t->key;
    t->event->n = 0;
    tokens_of_body(t->event, b);
    while (t->cap < t->n + t->event->n) {
        t->cap = t->cap ? t->cap * 2 : 4096;
        t->of_case = xrealloc(t->of_case, t->cap * sizeof *t->of_case);
    }
    for (size_t i = 0; i < t->event->n; i++)
        t->of_case[t->n++] = t->event->p[i];
}

void
token_fold_case(struct token_fold *t, int64_t case_id)
{
    if (t->n)
        qsort(t->of_case, t->n, sizeof *t->of_case, by_number);
    for (size_t i = 0; i < t->n; i++)
        if (!i || t->of_case[i] != t->of_case[i - 1]) {
            t->sum += pair_number(t->of_case[i], case_id);
            t->pairs++;
        }
    t->n = 0;
}

void
token_fold_unread(struct token_fold *t, int64_t case_id)
{
    t->n = 0;
    if (t->n_unread == t->cap_unread) {
        t->cap_unread = t->cap_unread ? t->cap_unread * 2 : 64;
        t->unread = xrealloc(t->unread, t->cap_unread * sizeof *t->unread);
    }
    t->unread[t->n_unread++] = case_id;
}

static int
by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void
take_away(struct token_fold *t, uint64_t token, int64_t case_id)
{
    if (t->n_unread && bsearch(&case_id, t->unread, t->n_unread, sizeof *t->unread, by_id))
        return;
    t->sum -= pair_number(token, case_id);
    t->pairs--;
}

/* Lists follow each other and do not overlap: a search jumps from one to the next. */
static bool
read_lists(struct db *db, int64_t area, struct token_fold *t, bool *is_in_order, struct err *err)
{
    struct rows r;
    int64_t last_token = 0, last_id = 0;
    if (!db_query(db, SQL_TOKEN_LIST_ALL, &r, err, V_INT(area)))
        return false;
    while (rows_next(&r, err)) {
        int64_t ids[POSTINGS_MAX], token = rows_int(&r, 0);
        size_t n = postings_read(rows_int(&r, 1), rows_text(&r, 3), ids);
        *is_in_order &= n && (int64_t)n == rows_int(&r, 2) && (token != last_token || ids[0] > last_id);
        for (size_t i = 0; i < n; i++)
            take_away(t, (uint64_t)token, ids[i]);
        last_token = token;
        last_id = n ? ids[n - 1] : last_id;
    }
    rows_end(&r);
    return !r.has_failed;
}

static bool
is_listed(struct db *db, int64_t area, int64_t token, int64_t case_id, struct err *err)
{
    struct rows r;
    bool is_there = false;
    if (!db_query(db, SQL_TOKEN_LIST_BEFORE, &r, err, V_INT(area), V_INT(token), V_INT(case_id), V_INT(1)))
        return false;
    if (rows_next(&r, err)) {
        int64_t ids[POSTINGS_MAX];
        size_t n = postings_read(rows_int(&r, 0), rows_text(&r, 1), ids);
        is_there = n && bsearch(&case_id, ids, n, sizeof *ids, by_id);
    }
    rows_end(&r);
    return is_there;
}

static bool
read_rows(struct db *db, int64_t area, struct token_fold *t, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_TOKEN_ALL, &r, err, V_INT(area)))
        return false;
    while (rows_next(&r, err)) {
        int64_t token = rows_int(&r, 0), id = rows_int(&r, 1);
        if (!is_listed(db, area, token, id, err))
            take_away(t, (uint64_t)token, id);
    }
    rows_end(&r);
    return !r.has_failed;
}

bool
token_fold_compare(struct db *db, int64_t area, struct token_fold *t, void (*differs)(void *ctx, const char *what), void *ctx, struct err *err)
{
    bool is_in_order = true, ok = true;
    if (t->n_unread)
        qsort(t->unread, t->n_unread, sizeof *t->unread, by_id);
    if (t->key)
        ok = read_lists(db, area, t, &is_in_order, err) && read_rows(db, area, t, err);
    if (ok && !is_in_order)
        differs(ctx, "the order of the search index");
    else if (ok && (t->sum || t->pairs))
        differs(ctx, "the search index");
    free(t->event);
    free(t->of_case);
    free(t->unread);
    *t = (struct token_fold){0};
    return ok;
}
