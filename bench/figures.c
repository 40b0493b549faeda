/* bench-figures [-c] DIR: folds the figures of DIR to the end, then asks for every figure and for the whole page of them, folded and
 * counted anew, over a month, a year and everything, with and without filters. Both must say the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "actions.h"
#include "figures_fold.h"
#include "views.h"

enum { ROUNDS = 40 };

static bool uses_cpu; /* -c: of this thread, for a machine on which others work too */

static int64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(uses_cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void
give_up(const struct err *err)
{
    fprintf(stderr, "bench-figures: %s %s\n", err->message, err->detail);
    exit(1);
}

struct period {
    const char *name;
    int32_t from, to;
};
struct filter {
    const char *name;
    int32_t place, lead;
};
struct asking {
    struct app *app;
    struct db *db;
    int64_t area;
};

/* All figures as one page asks for them; `out` has room for all. Microseconds. */
static int64_t
ask_all(const struct asking *q, const struct period *p, const struct filter *w, bool recounts, struct figure_value *out, int64_t *slowest, const char **name)
{
    struct arena *a = arena_new();
    struct err err = {0};
    int64_t began = now_us();
    *slowest = 0;
    if (!db_read_begin(q->db, &err))
        give_up(&err);
    struct figures *set = figures_begin(q->db, a, q->area, recounts, &err);
    for (size_t i = 0; set && i < n_figures; i++)
        if (!figure_of(set, &figures[i], p->from, p->to, w->place, w->lead, &out[i], &err))
            give_up(&err);
    if (!set)
        give_up(&err);
    int64_t whole = now_us() - began;
    for (size_t i = 0; i < n_figures && !recounts; i++) {
        int64_t at = now_us();
        struct figure_value v;
        if (!figure_compute(q->db, a, q->area, &figures[i], p->from, p->to, w->place, w->lead, &v, &err))
            give_up(&err);
        int64_t took = now_us() - at;
        if (took > *slowest) {
            *slowest = took;
            *name = figures[i].name;
        }
    }
    db_read_end(q->db);
    arena_free(a);
    return whole;
}

static int
compare(const struct period *p, const struct filter *w, const struct figure_value *a, const struct figure_value *b)
{
    int bad = 0;
    for (size_t i = 0; i < n_figures; i++)
        if (a[i].numerator != b[i].numerator || a[i].denominator != b[i].denominator || a[i].value != b[i].value) {
            printf("DIFFERS %s, %s, %s: %lld/%lld folded, %lld/%lld counted\n", figures[i].name, p->name, w->name, (long long)a[i].numerator,
                   (long long)a[i].denominator, (long long)b[i].numerator, (long long)b[i].denominator);
            bad++;
        }
    return bad;
}

static int
measure(const struct asking *q, const struct period *p, const struct filter *w)
{
    int64_t page[ROUNDS], one[ROUNDS], ignored;
    const char *name = "";
    struct figure_value *folded = xcalloc(n_figures, sizeof *folded), *counted = xcalloc(n_figures, sizeof *counted);
    int64_t anew = ask_all(q, p, w, true, counted, &ignored, &name);
    for (int i = 0; i < ROUNDS; i++)
        page[i] = ask_all(q, p, w, false, folded, &one[i], &name);
    int bad = compare(p, w, folded, counted);
    qsort(page, ROUNDS, sizeof *page, by_time);
    qsort(one, ROUNDS, sizeof *one, by_time);
    printf("%-12s %-16s all %zu: p50 %7lld p99 %7lld µs, counted anew %9lld µs; the slowest one alone: p50 %6lld p99 %6lld µs (%s)\n", p->name, w->name,
           n_figures, (long long)page[ROUNDS / 2], (long long)page[ROUNDS - 1], (long long)anew, (long long)one[ROUNDS / 2],
           (long long)one[ROUNDS - 1], name);
    free(folded);
    free(counted);
    return bad;
}

static int32_t
busiest(const struct asking *q, enum group_by by, int32_t to)
{
    struct arena *a = arena_new();
    struct err err = {0};
    struct group_rows rows = {0};
    int32_t id = 0;
    if (!cases_opened_by(q->db, a, q->area, by, to - 60, to, &rows, &err))
        give_up(&err);
    for (size_t i = 0; i < rows.n && !id; i++)
        id = (int32_t)rows.p[i].key_n;
    arena_free(a);
    return id;
}

int
main(int argc, char **argv)
{
    struct err err = {0};
    uses_cpu = argc == 3 && strcmp(argv[1], "-c") == 0;
    if (argc != 2 + uses_cpu) {
        fprintf(stderr, "bench-figures [-c] DIR\n");
        return 2;
    }
    struct app *app = app_open(&(struct app_options){.dir = argv[argc - 1], .n_readers = 1}, &err);
    if (!app)
        give_up(&err);
    const struct area *area = app_area(app, 0);
    int64_t began = now_us(), longest = 0;
    int steps = 0;
    for (bool is_done = false; !is_done; steps++) {
        int64_t at = now_us();
        if (!figures_fold(app_store(app), area->id, 1, &is_done, &err))
            give_up(&err);
        longest = now_us() - at > longest ? now_us() - at : longest;
    }
    printf("folded in %d steps, %.1f s, the longest %lld µs\n", steps, (double)(now_us() - began) / 1e6, (long long)longest);
    int32_t to = day_of(app_now(app));
    struct asking q = {app, app_reader_lock(app), area->id};
    const struct period periods[] = {{"30 days", to - 29, to}, {"a year", to - 379, to - 15}, {"ten years", to - 3652, to}};
    int32_t place = busiest(&q, GROUP_PLACE, to), lead = busiest(&q, GROUP_LEAD, to);
    const struct filter filters[] = {{"everything", 0, 0}, {"a compound", place, 0}, {"a lead", 0, lead}, {"both", place, lead}};
    int bad = 0;
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++)
        for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
            bad += measure(&q, &periods[p], &filters[f]);
    app_reader_unlock(app);
    app_close(app);
    return bad ? 1 : 0;
}
