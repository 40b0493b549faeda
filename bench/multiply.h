/* multiply.h — inside bench-multiply: the sample, what becomes of it, and what is gathered while cases are written. */
#ifndef BENCH_MULTIPLY_H
#define BENCH_MULTIPLY_H

#include "bulk.h"
#include "figures_part.h"
#include "keyring.h"
#include "search_tokens.h"

enum {
    DAYS_MAX = 3652, ERA_DAYS = 1092 /* whole weeks */, ORIGINAL = -1, DUTY_COLUMNS = 25,
    ID_BITS = 17, FIRST_DAY = 18263 /* 2020-01-02 */, EXTRAS = 4
};
#define DAY_MS INT64_C(86400000)

struct sample_case {
    int64_t id;
    struct value *row;
    int32_t day;
    bool is_open;
    int64_t rank; /* among the ids of its time, of cases and their duties */
    struct str words, spot, reply;
    uint64_t *tokens; /* of all its texts and names */
    uint64_t *text_tokens; /* of its words, spot and reply */
    size_t n_tokens, n_text_tokens;
    int prior; /* index, or -1 */
    size_t first_duty, n_duties; /* in by_case */
    int64_t opened, closed, minutes, seconds; /* what it counts, of figure_case */
};

struct sample_duty {
    int64_t v[DUTY_COLUMNS];
    int64_t rank;
    int of; /* index of the case, or -1 */
};

struct word { /* of the sentences that are added */
    struct str text;
    uint64_t tokens[32];
    size_t n;
};

/* One case of the result: a case of the sample in an era, the r-th time; or the original. */
struct copy {
    int64_t id;
    int of, era, r;
};

/* Everything there is only one of. */
extern struct multiplying {
    struct arena *arena;
    struct store *store;
    struct keyring *keys;
    struct bulk *to;
    struct sums_book *sums;
    struct token_book *tokens;
    int64_t area, wanted, copies, written, last_id;
    const uint8_t *search_key;
    struct sample_case *cases;
    struct sample_duty *duties;
    size_t n_cases, n_duties;
    size_t *by_case; /* duties, those of a case together, by id */
    int32_t *compounds;
    size_t n_compounds;
    int32_t first_day, last_day;
    double share; /* of the copies that are made */
    int64_t ranks;
    int64_t numbers[DAYS_MAX + 1]; /* of each day, given so far */
    struct value *counters;
    size_t n_counters, next_duty;
    struct copy_duty *waiting; /* duties of days to come */
    size_t n_waiting, cap_waiting;
    struct word *words[EXTRAS];
    size_t n_words[EXTRAS];
    int t_case, t_duty, t_part, t_counter, t_clock;
    int at_version, at_head, at_wrapped, at_secret, at_day, at_no, at_state, at_place, at_lead, at_opened_at, at_closed_at, at_prior, at_merged,
        at_item, at_outcome, at_dispatched_at, at_list;
} m;

_Noreturn void multiply_fail(const char *what, const struct err *err);

/* The sample, folded first and read whole. */
void sample_read(const char *dir);
int sample_find(int64_t id);              /* index of a case, or -1 */
size_t sample_first_of(int32_t day);      /* the first case of this day or later */
void tokens_add_text(struct tokens *t, struct str text);

/* A copy: all of it follows from its three numbers. */
int64_t copy_shift(const struct copy *c); /* what its moments lie behind those of the sample */
int32_t copy_place(const struct copy *c);
bool copy_is_made(const struct copy *c);
int64_t copy_id(const struct copy *c);
int64_t copy_id_at(int64_t sample_id, int64_t shift, int64_t rank, int r); /* of something of it */

struct saying { /* the words of a copy, and the tokens of all its texts */
    struct buf words;
    struct tokens tokens;
};
void copy_words(void); /* before the first copy_say */
void copy_say(struct saying *s, const struct copy *c);

/* The figures: what figures_fold.c would have folded, sorted in memory and written in the order of the keys. */
struct sums_book;
struct sums_book *sums_book_new(int64_t area);
void sums_book_add(struct sums_book *s, const struct part *p); /* cases by id; `missed` need not stay */
void sums_book_write(struct sums_book *s, struct bulk *to);    /* figure_sum, figure_spread; frees */

/* The search index: lists of cases for each token. */
struct token_book;
struct token_book *token_book_new(int64_t area, struct bulk *to);
void token_book_add(struct token_book *t, uint64_t token, int64_t case_id); /* cases by id; full lists are written */
void token_book_end(struct token_book *t);                                  /* the others too; frees */

#endif
