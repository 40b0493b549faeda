/* views.h — what pages, API and documents read. Each function is a few indexed queries inside the caller's snapshot. */
#ifndef STORAGE_VIEWS_H
#define STORAGE_VIEWS_H

#include "effects_save.h"
#include "search_text.h"

/* Why a search found a case: a piece of the text that has the words, or, where only a number or a name has them, of its
 * own words. Whoever may open the case may read all of these. */
enum hit_in { HIT_NUMBER, HIT_WORDS, HIT_SPOT, HIT_REPLY, HIT_NOTE, HIT_NAME, HIT_IN_COUNT };
const char *hit_in_code(int in); /* "words" …; NULL beyond */
struct case_hit {
    enum hit_in in;
    enum search_rank rank;
    struct snippet snippet;
};
/* A row of any case list: the clear columns only, and of a search also the hit. */
struct case_row {
    struct case_file c;
    const struct case_hit *hit; /* NULL: not searched for words */
};
struct case_rows {
    const struct case_row *p;
    size_t n;
    bool has_more;
    bool is_cut;  /* words: so much was looked at as one request may; the next page goes on with the older ones */
    size_t found; /* words, if is_counted: hits of this part, those of this page and around it */
    bool is_all;  /* words: nothing older is left, so `found` is all there is from this page's part on */
    int64_t next_a, next_b; /* key of the last row, for the next page */
};

enum case_sort { SORT_NEWEST, SORT_OLDEST, SORT_DUE };
struct case_filter { /* 0 / empty = any */
    int64_t area;
    int state;      /* -1 any, -2 any open, -3 any final; else enum case_state */
    struct str item; /* code */
    int32_t place;   /* a compound; or */
    const int32_t *places; /* all compounds of a higher place */
    size_t n_places;
    int32_t lead;
    struct str source;
    int list;
    bool is_overdue, is_supervised, is_reopened;
    instant now; /* for is_overdue */
    int tier, outcome; /* 0 any; outcome: enum outcome */
    int32_t from, to; /* days of registration, inclusive */
    instant closed_from, closed_to; /* half-open; 0 = any */
    int figure; /* figure_number: only what the figure counts */
    struct str q; /* words and numbers (docs/search.md); with them the best come first, unless `sort` says otherwise */
    const struct registry *registry; /* of today: words that name a place or an item find its cases */
    const struct scheme *scheme;
    bool is_counted; /* words: how many there are is asked too (found) */
    enum case_sort sort;
    int64_t after_a, after_b; /* paging key */
    size_t limit;
};
bool cases_list(struct db *db, struct keyring *k, struct arena *a, const struct case_filter *f, struct case_rows *out,
                struct err *err);
/* Up to LIMIT_LIST_COUNT + 1; of words as many as one request looks at, and *is_cut (may be NULL) says that others were not
 * looked at. Who lists them too has the number already (found). */
int64_t cases_count(struct db *db, struct keyring *k, const struct case_filter *f, bool *is_cut, struct err *err);

/* Duties with their cases: 待办. `owners` are what the person may answer for (caller_owners in actions). Unless it is asked for
 * by kind, the answer to the resident is left out while its owner has the case in hand and it is not amber yet. */
struct duty_row {
    struct duty d;
    struct case_file c;
};
struct duty_rows {
    const struct duty_row *p;
    size_t n;
    bool has_more;
};
bool duties_of_owners(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n, int kind /* -1 */,
                      instant now, size_t limit, struct duty_rows *out, struct err *err);
/* Those that are about no case: of routines, visits and posts. Their rows have no case (c.id 0). */
bool duties_other_of_owners(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n, int kind /* -1 */,
                            instant now, size_t limit, struct duty_rows *out, struct err *err);
/* The `limit` first of both, by due time. */
struct duty_rows duty_rows_joined(struct arena *a, const struct duty_rows *x, const struct duty_rows *y, size_t limit);
struct duty_counts {
    int64_t open, overdue, due_soon /* 24 h */, chases;
    int64_t by_kind[DUTY_KIND_COUNT];
};
bool duties_count(struct db *db, int64_t area, const struct owner *owners, size_t n, instant now, struct duty_counts *out,
                  struct err *err);
bool cases_done_by(struct db *db, struct arena *a, int64_t area, int64_t person, size_t limit, struct case_rows *out,
                   struct err *err); /* 我已办, newest first, each case once */
bool cases_watched(struct db *db, struct arena *a, int64_t area, int64_t person, size_t limit, struct case_rows *out,
                   struct err *err);
bool case_is_watched(struct db *db, int64_t area, int64_t person, int64_t case_id);

/* Open cases of the same compound and item, newest first; and all since a day, for "again". */
bool cases_similar(struct db *db, struct arena *a, int64_t area, int32_t place, struct str item, int64_t not_case,
                   size_t limit, struct case_rows *out, struct err *err);
bool cases_prior(struct db *db, struct arena *a, int64_t area, int32_t place, struct str item, int64_t not_case,
                 int32_t since_day, size_t limit, struct case_rows *out, struct err *err);
/* What a joint operation may be for (HC-24, HC-27): several departments, in conference, raised, or sent back twice. */
bool cases_hard(struct db *db, struct arena *a, int64_t area, size_t limit, struct case_rows *out, struct err *err);
/* Problems that a visit found in [from, to) and that nobody has accepted or put to a consultation (BG-15). */
bool cases_untaken(struct db *db, struct arena *a, int64_t area, instant from, instant to, size_t limit, struct case_rows *out, struct err *err);
/* Rulings on the lead for an item (先例), newest first. */
bool cases_precedent(struct db *db, struct arena *a, int64_t area, struct str item, size_t limit, struct case_rows *out,
                     struct err *err);
bool case_by_hotline_no(struct db *db, int64_t area, struct str hotline_no, int64_t *id, struct err *err);

struct file_row {
    int64_t id, case_id, event_seq, bytes, uploader;
    int kind, width, height;
    uint8_t sha256[32];
    bool is_after, is_public; /* public: cleared for the reporter's page */
    instant at;
    bool has_gps;
    double lat, lon;
    struct str taken;
    struct str device; /* anonymous session that uploaded it */
    int64_t visit;     /* it belongs to this one, and to no case */
};
struct file_rows {
    const struct file_row *p;
    size_t n;
};
bool files_of_case(struct db *db, struct arena *a, int64_t area, int64_t case_id, struct file_rows *out, struct err *err);
bool files_of_visit(struct db *db, struct arena *a, int64_t area, int64_t visit, struct file_rows *out, struct err *err);
bool file_find(struct db *db, struct arena *a, int64_t area, int64_t id, struct file_row *out, struct err *err);

/* In-app notices to a set of owners, newest first. */
struct notice_row {
    int64_t id, case_id, day, no;
    struct str kind, text;
    bool is_urgent;
    instant at;
};
struct notice_rows {
    const struct notice_row *p;
    size_t n;
};
bool notices_for(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n, int64_t after,
                 size_t limit, struct notice_rows *out, struct err *err);

/* The board's 30 days (compound), computed. */
struct place_figures {
    int64_t received, closed, persuaded, ordered, penalised;
    int64_t minutes_sum; /* handling time of the closed, civil minutes */
    int64_t visits;      /* times that somebody of the authorities came, property rounds left out */
    int next_kind;       /* of the next operation, joint visit or outreach that is planned here; -1 = none */
    instant next_at;
};
bool place_figures(struct db *db, int64_t area, int32_t place, int32_t from_day, int32_t to_day, struct place_figures *out,
                   struct err *err);

/* What one person did in a time: numbers, no points. A duty counts for whoever settled it. */
struct score {
    int64_t visits, reported, in_time, late;
};
bool score_of_person(struct db *db, int64_t area, int64_t person, instant from, instant to, struct score *out, struct err *err);

/* Grouped counts for boards: by state, lead, item, place over open or opened-in-period cases. */
struct group_row {
    int64_t key_n;
    struct str key_t;
    int64_t count, overdue;
};
struct group_rows {
    const struct group_row *p;
    size_t n;
};
enum group_by { GROUP_STATE, GROUP_LEAD, GROUP_ITEM, GROUP_PLACE };
bool cases_open_by(struct db *db, struct arena *a, int64_t area, enum group_by by, instant now, struct group_rows *out,
                   struct err *err);
bool cases_opened_by(struct db *db, struct arena *a, int64_t area, enum group_by by, int32_t from, int32_t to,
                     struct group_rows *out, struct err *err);

/* Figures (docs/figures.md): every number with numerator, denominator and the list that explains it. */
struct figure {
    const char *name, *title, *unit, *definition;
    int version;
    const char *seed; /* mechanism ids */
};
extern const struct figure figures[];
extern const size_t n_figures;
struct figure_value {
    double value;
    int64_t numerator, denominator;
    bool is_defined;  /* denominator 0 → false: show 「样本不足」 */
    struct str cases; /* query string of the case list that holds the numerator */
    struct str note;  /* 样本不足 …, or empty */
    struct str list;  /* what the numerator counts where that is no case: a page's path and query; empty = none */
    const struct figure_part *parts; /* what it is made of, where the figure has parts */
    size_t n_parts;
};
enum part_kind { PART_ITEM, PART_ROUTINE, PART_ORG };
struct figure_part {
    enum part_kind kind;
    struct str text, unit; /* ITEM: code of an item, or words; 处, 辆, 件 */
    int64_t id;            /* ROUTINE: routine_ref; ORG */
    int64_t n, of;         /* of: ROUTINE, how many were owed */
};
const struct figure *figure_find(struct str name);
/* Puts a figure's numerator into a filter: its condition, and the period as days of registration or times of closing. */
void figure_filter(const struct figure *f, int32_t from, int32_t to, struct case_filter *out);
/* Several figures of one answer share what they read: 52 of them cost little more than one. `recounts`: from the cases themselves,
 * not from what is folded (figures_fold.h); the same numbers, slower. */
struct figures;
struct figures *figures_begin(struct db *db, struct arena *a, int64_t area, bool recounts, struct err *err); /* NULL: failed */
bool figure_of(struct figures *set, const struct figure *f, int32_t from, int32_t to, int32_t place, int32_t org, struct figure_value *out,
               struct err *err);
bool figure_compute(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
                    int32_t place, int32_t org, struct figure_value *out, struct err *err);
/* A monthly series of a figure, oldest first. */
struct figure_month {
    int year, month;
    struct figure_value v;
};
struct figure_months {
    const struct figure_month *p;
    size_t n;
};
bool figure_series(struct db *db, struct arena *a, int64_t area, const struct figure *f, int32_t from, int32_t to,
                   struct figure_months *out, struct err *err);

/* What a person may answer for: one owner per combination that a duty can name. */
size_t owners_of(const struct registry *r, int64_t person, int32_t day, struct owner *out, size_t max);
size_t owners_of_postings(const struct posting *const *p, size_t n_p, struct owner *out, size_t max); /* with delegations */

#endif
