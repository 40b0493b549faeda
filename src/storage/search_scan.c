#include "search_scan.h"

#include "postings.h"

enum { LISTS_AT_ONCE = 16, RECENT_AT_ONCE = 256 };

/* Ids of one token out of one of the two tables, descending, as far as they were read. */
struct run {
    int64_t *ids;
    size_t n, at, cap;
    int64_t below; /* not read yet: ids at or before this; 0 = all was read */
    size_t step;   /* rows to ask for next time */
};

enum scan_kind { SCAN_TOKEN, SCAN_ALL, SCAN_ANY };
struct scan_node {
    enum scan_kind kind;
    uint64_t token;
    struct run lists, recent;
    struct scan_node **parts;
    size_t n, room;
    int64_t asked, answer; /* the last question: nothing lies in (answer, asked] */
};

static struct scan_node *
node_of(struct scan *s, enum scan_kind kind)
{
    struct scan_node *x = arena_new_of(s->arena, struct scan_node);
    *x = (struct scan_node){.kind = kind, .asked = -1, .answer = INT64_MAX};
    return x;
}

struct scan_node *
scan_token(struct scan *s, uint64_t token)
{
    struct scan_node *x = node_of(s, SCAN_TOKEN);
    x->token = token;
    x->lists = (struct run){.cap = LISTS_AT_ONCE * POSTINGS_MAX, .below = INT64_MAX, .step = 1};
    x->recent = (struct run){.cap = RECENT_AT_ONCE, .below = INT64_MAX, .step = 16};
    return x;
}

struct scan_node *
scan_node(struct scan *s, bool is_all, size_t room)
{
    struct scan_node *x = node_of(s, is_all ? SCAN_ALL : SCAN_ANY);
    x->parts = arena_array(s->arena, struct scan_node *, room + 1);
    x->room = room;
    return x;
}

void
scan_add(struct scan_node *to, struct scan_node *part)
{
    if (part && to->n < to->room)
        to->parts[to->n++] = part;
}

size_t
scan_parts(const struct scan_node *n)
{
    return n->n;
}

/* ---- One token ---- */

static bool
may_read(struct scan *s)
{
    if (s->err->kind != ERR_NONE || s->rows >= SCAN_ROWS_MAX || s->queries >= SCAN_QUERIES_MAX)
        s->is_cut = true;
    s->queries++;
    return !s->is_cut;
}

/* A far jump reads one list; who walks on reads more at a time. */
static void
choose_step(struct run *r, int64_t most, size_t max)
{
    bool is_near = r->n && most <= r->ids[r->n - 1] && r->ids[r->n - 1] - most <= r->ids[0] - r->ids[r->n - 1];
    r->step = !is_near ? r->step : r->step * 2 < max ? r->step * 2 : max;
    if (!is_near && r->n && max == LISTS_AT_ONCE)
        r->step = 1;
}

static void
read_lists(struct scan *s, struct scan_node *x, int64_t most)
{
    struct run *run = &x->lists;
    struct rows r;
    size_t got = 0;
    choose_step(run, most, LISTS_AT_ONCE);
    run->n = run->at = 0;
    if (!run->ids)
        run->ids = arena_array(s->arena, int64_t, run->cap);
    if (!may_read(s) || !db_query(s->db, SQL_TOKEN_LIST_BEFORE, &r, s->err, V_INT(s->area), V_INT((int64_t)x->token), V_INT(most), V_INT((int64_t)run->step)))
        return;
    int64_t first = 0;
    while (got < run->step && rows_next(&r, s->err)) {
        int64_t ids[POSTINGS_MAX];
        first = rows_int(&r, 0);
        size_t n = postings_read(first, rows_text(&r, 1), ids);
        if (!n)
            err_set(s->err, ERR_INTERNAL, "搜索索引已损坏，请联系管理员。");
        while (n)
            run->ids[run->n++] = ids[--n];
        got++;
    }
    rows_end(&r);
    s->rows += (int64_t)got;
    run->below = got < run->step ? 0 : first - 1;
}

static void
read_recent(struct scan *s, struct scan_node *x, int64_t most)
{
    struct run *run = &x->recent;
    struct rows r;
    choose_step(run, most, RECENT_AT_ONCE);
    run->n = run->at = 0;
    if (!run->ids)
        run->ids = arena_array(s->arena, int64_t, run->cap);
    if (!may_read(s) || !db_query(s->db, SQL_TOKEN_BEFORE, &r, s->err, V_INT(s->area), V_INT((int64_t)x->token), V_INT(most), V_INT((int64_t)run->step)))
        return;
    while (run->n < run->step && rows_next(&r, s->err))
        run->ids[run->n++] = rows_int(&r, 0);
    rows_end(&r);
    s->rows += (int64_t)run->n / 16;
    run->below = run->n < run->step ? 0 : run->ids[run->n - 1] - 1;
}

/* Ids descend: the first that is not above `most`, by doubling steps and then by halves. */
static void
walk_to(struct run *r, int64_t most)
{
    size_t lo = r->at, step = 1;
    while (lo + step < r->n && r->ids[lo + step] > most) {
        lo += step;
        step *= 2;
    }
    size_t hi = lo + step < r->n ? lo + step : r->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->ids[mid] > most)
            lo = mid + 1;
        else
            hi = mid;
    }
    r->at = lo;
}

static int64_t
run_at_most(struct scan *s, struct scan_node *x, struct run *r, int64_t most)
{
    for (;;) {
        walk_to(r, most);
        if (r->at < r->n)
            return r->ids[r->at];
        if (!r->below)
            return 0;
        int64_t from = most < r->below ? most : r->below;
        (r == &x->lists ? read_lists : read_recent)(s, x, from);
        if (s->is_cut)
            return from;
    }
}

/* ---- The tree ---- */

/* How thin a token lies around here: the gap between its cases. The thinnest leads. */
static int64_t
gap_of(const struct scan_node *x)
{
    const struct run *r = x->lists.n > 1 ? &x->lists : &x->recent;
    if (x->kind != SCAN_TOKEN || r->n < 2)
        return x->kind == SCAN_TOKEN ? INT64_MAX : 0;
    return (r->ids[0] - r->ids[r->n - 1]) / (int64_t)(r->n - 1);
}

static void
thinnest_first(struct scan_node *x)
{
    for (size_t i = 1; i < x->n; i++)
        for (size_t k = i; k && gap_of(x->parts[k]) > gap_of(x->parts[k - 1]); k--) {
            struct scan_node *swap = x->parts[k];
            x->parts[k] = x->parts[k - 1];
            x->parts[k - 1] = swap;
        }
}

static int64_t
all_at_most(struct scan *s, struct scan_node *x, int64_t most)
{
    bool is_first = x->asked < 0;
    for (size_t i = 0, agreed = 0; agreed < x->n && most > 0; i = (i + 1) % x->n) {
        int64_t id = scan_at_most(s, x->parts[i], most);
        agreed = id == most ? agreed + 1 : 1;
        most = id;
        if (s->is_cut)
            return most;
        if (is_first && i + 1 == x->n) {
            thinnest_first(x);
            is_first = false;
            agreed = 0;
        }
    }
    return most;
}

static int64_t
any_at_most(struct scan *s, struct scan_node *x, int64_t most)
{
    int64_t best = 0;
    for (size_t i = 0; i < x->n && best < most; i++) {
        int64_t id = scan_at_most(s, x->parts[i], most);
        best = id > best ? id : best;
    }
    return best;
}

int64_t
scan_at_most(struct scan *s, struct scan_node *x, int64_t most)
{
    if (most <= 0)
        return 0;
    if (x->asked >= most && x->answer <= most)
        return x->answer;
    int64_t answer;
    if (x->kind == SCAN_TOKEN) {
        int64_t a = run_at_most(s, x, &x->lists, most), b = run_at_most(s, x, &x->recent, most);
        answer = a > b ? a : b;
    } else
        answer = x->kind == SCAN_ALL ? all_at_most(s, x, most) : any_at_most(s, x, most);
    x->asked = most;
    x->answer = answer;
    return answer;
}
