/* bench-multiply DIR N: from the cases that bench-generate has lived in DIR, about N over the last ten years, in minutes;
 * ids begin with 2020, so until 2030 the years are fewer.
 *
 * The years of the sample come back as often as needed, and each of its cases so many times a year: as a case of its own, with an
 * id, a number, a moment, a place, words, a key, sealed texts, duties, tokens and its share of the figures. The cases of the sample
 * stay as they are, with the events they have; the new ones have none, so their page shows no history, and replay of this DIR fails.
 * Cases that are open come back only among the newest years. Nobody else may have the database open meanwhile.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "calendar.h"
#include "duty.h"
#include "event_body.h"
#include "multiply.h"

struct copy_duty {
    int64_t id;
    size_t of; /* in duties */
    struct copy c;
};

struct day { /* prepared by a thread of its own while the day before is written */
    int32_t day;
    struct copy *copies;
    size_t n, cap;
    struct arena *arena;
    struct sealed {
        struct str wrapped, secret;
        uint64_t *tokens;
        size_t n_tokens;
    } *sealed;
};

struct multiplying m;

void
multiply_fail(const char *what, const struct err *err)
{
    fprintf(stderr, "bench-multiply: %s %s %s\n", what, err ? err->message : "", err ? err->detail : "");
    exit(1);
}

/* ---- A day, prepared ---- */

static void
add_copy(struct day *d, struct copy c)
{
    if (!copy_is_made(&c))
        return;
    if (d->n == d->cap)
        d->copies = xrealloc(d->copies, (d->cap = d->cap * 2 + 1024) * sizeof *d->copies);
    c.id = copy_id(&c);
    d->copies[d->n++] = c;
}

static int
by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void
find_copies(struct day *d)
{
    int era = (m.last_day - d->day) / ERA_DAYS;
    int32_t from = d->day + era * ERA_DAYS;
    d->n = 0;
    for (size_t i = sample_first_of(d->day); i < m.n_cases && m.cases[i].day == d->day; i++)
        add_copy(d, (struct copy){.of = (int)i, .r = ORIGINAL});
    for (size_t i = sample_first_of(from); i < m.n_cases && m.cases[i].day == from; i++)
        for (int r = 0; r < m.copies; r++)
            add_copy(d, (struct copy){.of = (int)i, .era = era, .r = r});
    if (d->n)
        qsort(d->copies, d->n, sizeof *d->copies, by_id);
}

static void
seal_copy(struct day *d, const struct copy *c, struct saying *s, struct sealed *out)
{
    const struct sample_case *of = &m.cases[c->of];
    uint8_t key[KEY_BYTES];
    struct buf wrapped = {0}, plain = {0}, sealed = {0};
    copy_say(s, c);
    secret_write(&plain, buf_view(&s->words), of->spot, of->reply);
    keyring_make_wrapped(m.keys, m.area, c->id, key, &wrapped);
    seal(key, m.area, "case_file.secret", c->id, 0, buf_view(&plain), &sealed);
    *out = (struct sealed){str_dup(d->arena, buf_view(&wrapped)), str_dup(d->arena, buf_view(&sealed)), arena_array(d->arena, uint64_t, s->tokens.n), s->tokens.n};
    memcpy(out->tokens, s->tokens.p, s->tokens.n * sizeof *s->tokens.p);
    buf_release(&wrapped);
    buf_release(&plain);
    buf_release(&sealed);
}

static void *
prepare(void *ctx)
{
    struct day *d = ctx;
    struct saying *s = xcalloc(1, sizeof *s);
    find_copies(d);
    arena_reset(d->arena);
    d->sealed = arena_array(d->arena, struct sealed, d->n + 1);
    for (size_t i = 0; i < d->n; i++)
        if (d->copies[i].r != ORIGINAL)
            seal_copy(d, &d->copies[i], s, &d->sealed[i]);
    buf_release(&s->words);
    free(s);
    return NULL;
}

/* ---- A day, written ---- */

static bool
is_moment(int64_t v)
{
    return v > INT64_C(1400000000000) && v < INT64_C(2500000000000);
}

static bool
is_day(int64_t v)
{
    return v > 15000 && v < 30000;
}

static void
shift_row(struct value *v, int n, const char *types, int64_t ms, int32_t days)
{
    for (int i = 0; i < n; i++)
        if (types[i] == 'i' && is_moment(v[i].i))
            v[i].i += ms;
        else if (types[i] == 'i' && is_day(v[i].i) && i >= m.at_day) /* places and people are not so many */
            v[i].i -= days;
}

static int64_t
id_of_other(const struct copy *c, int other)
{
    struct copy o = {.of = other, .era = c->era, .r = c->r};
    return other >= 0 && copy_is_made(&o) ? copy_id(&o) : 0;
}

/* list = 1 and given to another department while the former was still open: {is_double}. */
static bool
is_double(const struct copy *c, const struct value *row)
{
    const struct sample_case *was = &m.cases[m.cases[c->of].prior];
    struct copy o = {.of = m.cases[c->of].prior, .era = c->era, .r = c->r};
    int64_t closed = was->row[m.at_closed_at].i;
    return row[m.at_list].i == 1 && row[m.at_dispatched_at].i > 0 && was->row[m.at_lead].i != row[m.at_lead].i && was->row[m.at_dispatched_at].i > 0 &&
           (closed == 0 || closed + copy_shift(&o) > row[m.at_opened_at].i);
}

static void
write_part(const struct copy *c, const struct value *row, struct arena *a)
{
    const struct sample_case *s = &m.cases[c->of];
    int64_t shift = copy_shift(c), outcome = row[m.at_outcome].i;
    struct part p = {.id = c->id, .place = (int32_t)row[m.at_place].i, .lead = (int32_t)row[m.at_lead].i, .day = (int32_t)row[m.at_day].i,
                     .closed_at = row[m.at_closed_at].i, .opened = s->opened, .closed = s->closed, .minutes = s->minutes, .seconds = s->seconds};
    if (c->r != ORIGINAL) {
        bool is_again = row[m.at_prior].i > 0, is_soon = (outcome == OUTCOME_SOLVED || outcome == OUTCOME_MEDIATED) && day_of(p.closed_at) <= p.day + 1;
        p.opened = (p.opened & ~(INT64_C(1) << OPENED_AGAIN | INT64_C(1) << OPENED_DOUBLE)) | (int64_t)is_again << OPENED_AGAIN |
                   (int64_t)(is_again && is_double(c, row)) << OPENED_DOUBLE;
        p.closed = p.closed_at ? (p.closed & ~(INT64_C(1) << CLOSED_NEXT_DAY)) | (int64_t)is_soon << CLOSED_NEXT_DAY : 0;
    }
    struct missed_duty *missed = arena_array(a, struct missed_duty, s->n_duties + 1);
    for (size_t i = 0; i < s->n_duties; i++) {
        const int64_t *v = m.duties[m.by_case[s->first_duty + i]].v;
        if (v[16] > 0 && v[18] != END_LATE_SYNC)
            missed[p.n_missed++] = (struct missed_duty){day_of(v[16] + shift), (int32_t)v[5]};
    }
    p.missed = missed;
    struct buf packed = {0};
    part_pack_missed(&p, &packed);
    bulk_row(m.to, m.t_part, (struct value[]){V_INT(m.area), V_INT(p.id), V_INT(p.day), V_INT(p.place), V_INT(p.lead), V_INT(p.closed_at), V_INT(p.opened),
                                              V_INT(p.closed), V_INT(p.minutes), V_INT(p.seconds), V_BLOB(buf_view(&packed))});
    buf_release(&packed);
    sums_book_add(m.sums, &p);
}

static void
write_case(const struct copy *c, const struct sealed *sealed, struct arena *a)
{
    static struct value row[256];
    const struct sample_case *s = &m.cases[c->of];
    const struct sql_table *t = &sql_tables[m.t_case];
    memcpy(row, s->row, (size_t)t->n_columns * sizeof *row);
    if (c->r != ORIGINAL) {
        shift_row(row, t->n_columns, t->types, copy_shift(c), c->era * ERA_DAYS);
        row[1].i = c->id;
        row[m.at_wrapped].s = sealed->wrapped;
        row[m.at_secret].s = sealed->secret;
        row[m.at_no].i = ++m.numbers[row[m.at_day].i - m.first_day];
        row[m.at_place].i = copy_place(c);
        row[m.at_prior].i = id_of_other(c, s->prior);
        row[m.at_merged].i = row[m.at_merged].i ? id_of_other(c, sample_find(row[m.at_merged].i)) : 0;
    }
    bulk_row(m.to, m.t_case, row);
    const uint64_t *tokens = c->r == ORIGINAL ? s->tokens : sealed->tokens;
    for (size_t i = 0, n = c->r == ORIGINAL ? s->n_tokens : sealed->n_tokens; i < n; i++)
        token_book_add(m.tokens, tokens[i], c->id);
    write_part(c, row, a);
    m.written++;
}

static void
wait_for_day(struct copy_duty d)
{
    if (m.n_waiting == m.cap_waiting)
        m.waiting = xrealloc(m.waiting, (m.cap_waiting = m.cap_waiting * 2 + 4096) * sizeof *m.waiting);
    m.waiting[m.n_waiting++] = d;
}

/* The duty that a chase is about. */
static int64_t
id_of_chased(const struct copy *c, int64_t ref)
{
    const struct sample_case *s = &m.cases[c->of];
    for (size_t i = 0; i < s->n_duties; i++) {
        const struct sample_duty *d = &m.duties[m.by_case[s->first_duty + i]];
        if (d->v[1] == ref)
            return copy_id_at(ref, copy_shift(c), d->rank, c->r);
    }
    return ref;
}

static void
write_duty(const struct copy_duty *d)
{
    const struct sample_duty *s = &m.duties[d->of];
    struct value v[DUTY_COLUMNS];
    int64_t shift = d->c.r == ORIGINAL ? 0 : copy_shift(&d->c), place = s->of >= 0 ? m.cases[s->of].row[m.at_place].i : 0;
    for (int i = 0; i < DUTY_COLUMNS; i++) {
        int64_t n = s->v[i];
        bool is_there = d->c.r != ORIGINAL && place && n == place && (i == 7 || i == 21); /* owner_place, up_place */
        v[i] = V_INT(is_there ? copy_place(&d->c) : is_moment(n) ? n + shift : n);
    }
    v[1].i = d->id;
    if (d->c.r != ORIGINAL) {
        v[4].i = d->c.id;
        v[22].i = v[22].i ? id_of_chased(&d->c, v[22].i) : 0;
    }
    bulk_row(m.to, m.t_duty, v);
    m.last_id = d->id > m.last_id ? d->id : m.last_id;
}

static int
by_duty_id(const void *a, const void *b)
{
    return by_id(&((const struct copy_duty *)a)->id, &((const struct copy_duty *)b)->id);
}

/* All that have ids of before the end of the day, so that the table is filled in the order of its key. */
static void
write_duties(int64_t before)
{
    size_t kept = 0, due = 0;
    for (; m.next_duty < m.n_duties && m.duties[m.next_duty].v[1] < before; m.next_duty++)
        if (m.duties[m.next_duty].of < 0)
            wait_for_day((struct copy_duty){m.duties[m.next_duty].v[1], m.next_duty, {.r = ORIGINAL}});
    for (size_t i = 0; i < m.n_waiting; i++)
        if (m.waiting[i].id < before) {
            struct copy_duty d = m.waiting[due];
            m.waiting[due++] = m.waiting[i];
            m.waiting[i] = d;
        }
    if (due)
        qsort(m.waiting, due, sizeof *m.waiting, by_duty_id);
    for (size_t i = 0; i < due; i++)
        write_duty(&m.waiting[i]);
    for (size_t i = due; i < m.n_waiting; i++)
        m.waiting[kept++] = m.waiting[i];
    m.n_waiting = kept;
}

static void
write_day(const struct day *d, struct arena *a)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct copy *c = &d->copies[i];
        const struct sample_case *s = &m.cases[c->of];
        write_case(c, &d->sealed[i], a);
        for (size_t k = 0; k < s->n_duties; k++) {
            size_t of = m.by_case[s->first_duty + k];
            const struct sample_duty *u = &m.duties[of];
            wait_for_day((struct copy_duty){c->r == ORIGINAL ? u->v[1] : copy_id_at(u->v[1], copy_shift(c), u->rank, c->r), of, *c});
        }
        m.last_id = c->id;
        arena_reset(a);
    }
    write_duties(store_first_id(day_start(d->day + 1)));
}

/* ---- Everything ---- */

static void
plan(void)
{
    double once = 0;
    for (size_t i = 0; i < m.n_cases; i++)
        for (int era = 0; era * ERA_DAYS < DAYS_MAX; era++) {
            struct copy c = {.of = (int)i, .era = era};
            m.share = 2;
            once += copy_is_made(&c);
        }
    double wanted = (double)(m.wanted - (int64_t)m.n_cases);
    m.copies = (int64_t)(wanted / once) + 1;
    m.share = wanted / (once * (double)m.copies);
    m.ranks = (INT64_C(1) << ID_BITS) / m.copies;
    for (size_t i = 0; i < m.n_cases; i++) { /* ranks must not come back within two days */
        size_t next = sample_first_of(m.cases[i].day + 3);
        if (next < m.n_cases && m.cases[next].rank - m.cases[i].rank >= m.ranks)
            multiply_fail("too many cases a day for so many copies", NULL);
    }
}

static void
write_counters(void)
{
    for (size_t i = 0; i < m.n_counters; i++)
        bulk_row(m.to, m.t_counter, m.counters + 4 * i);
    for (int i = 0; i <= m.last_day - m.first_day; i++)
        if (m.numbers[i])
            bulk_row(m.to, m.t_counter, (struct value[]){V_INT(m.area), V_TEXT(STR("case")), V_INT(m.first_day + i), V_INT(m.numbers[i])});
}

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
write_all(const char *dir)
{
    static const char *const filled[] = {"case_file", "duty", "figure_case", "token_list", "counter", "figure_clock", "figure_sum", "figure_spread"};
    struct err err = {0};
    struct day days[2] = {{.arena = arena_new()}, {.arena = arena_new()}};
    struct arena *a = arena_new();
    double began = seconds();
    if (!(m.to = bulk_open(dir, &err)))
        multiply_fail(dir, &err);
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
        if (!bulk_empty(m.to, bulk_table(filled[i]), &err))
            multiply_fail(filled[i], &err);
    m.sums = sums_book_new(m.area);
    m.tokens = token_book_new(m.area, m.to);
    days[0].day = m.first_day;
    int n_days = m.last_day - m.first_day + 1;
    prepare(&days[0]);
    for (int i = 0; i < n_days; i++) {
        pthread_t thread;
        struct day *now = &days[i % 2], *next = &days[(i + 1) % 2];
        next->day = now->day + 1;
        if (i + 1 < n_days && pthread_create(&thread, NULL, prepare, next) != 0)
            multiply_fail("pthread_create", NULL);
        write_day(now, a);
        if (i + 1 < n_days)
            pthread_join(thread, NULL);
        if (i % 50 == 49)
            fprintf(stderr, "\r%lld cases, %.0f s ", (long long)m.written, seconds() - began);
    }
    write_duties(INT64_MAX);
    write_counters();
    bulk_row(m.to, m.t_clock, (struct value[]){V_INT(m.area), V_INT(m.last_id), V_INT(1), V_INT(1)});
    fprintf(stderr, "\r%lld cases, %.0f s; search", (long long)m.written, seconds() - began);
    token_book_end(m.tokens);
    fprintf(stderr, ", %.0f s; figures", seconds() - began);
    sums_book_write(m.sums, m.to);
    fprintf(stderr, ", %.0f s; indexes", seconds() - began);
    bulk_close(m.to);
    fprintf(stderr, ", %.0f s\n", seconds() - began);
}

static void
find_columns(void)
{
    m.t_case = bulk_table("case_file");
    m.t_duty = bulk_table("duty");
    m.t_part = bulk_table("figure_case");
    m.t_counter = bulk_table("counter");
    m.t_clock = bulk_table("figure_clock");
    static const struct {
        int *at;
        const char *name;
    } of[] = {{&m.at_version, "version"}, {&m.at_head, "head"}, {&m.at_wrapped, "wrapped_key"}, {&m.at_secret, "secret"}, {&m.at_day, "day"}, {&m.at_no, "no"},
              {&m.at_state, "state"}, {&m.at_place, "place"}, {&m.at_lead, "lead"}, {&m.at_opened_at, "opened_at"}, {&m.at_closed_at, "closed_at"},
              {&m.at_prior, "prior"}, {&m.at_merged, "merged_into"}, {&m.at_item, "item"}, {&m.at_outcome, "outcome"},
              {&m.at_dispatched_at, "dispatched_at"}, {&m.at_list, "list"}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        *of[i].at = bulk_column(m.t_case, of[i].name);
}

int
main(int argc, char **argv)
{
    if (argc != 3 || !str_int(str_of(argv[2]), &m.wanted) || m.wanted < 1) {
        fprintf(stderr, "usage: bench-multiply DIR CASES\n");
        return 2;
    }
    m.arena = arena_new();
    find_columns();
    sample_read(argv[1]);
    if (m.wanted <= (int64_t)m.n_cases)
        multiply_fail("there are as many already", NULL);
    copy_words();
    plan();
    write_all(argv[1]);
    return 0;
}
