/* routine_store.h — duties of routines, as they are planned, missed, excused and read: events of ROUTINE_STREAM.
 *
 * What settles them stands in the visits' own streams (visit_store.h).
 */
#ifndef STORAGE_ROUTINE_STORE_H
#define STORAGE_ROUTINE_STORE_H

#include "effects_save.h"
#include "event_append.h"
#include "routine.h"

struct routine_batch { /* duties of one term, at most ROUTINE_BATCH, for one event */
    struct store *store;
    struct keyring *keys;
    int64_t area;
    instant at;
    struct str routine; /* code; empty = not about one */
    int scheme;         /* version */
    struct duty *duties;
    size_t n;
    const char *told_as; /* type of the event of routine_tell_save; NULL = routine_reminded */
};
enum { ROUTINE_BATCH = 500 };
bool routine_plan_save(struct db *db, struct routine_batch *b, struct err *err);  /* those that are there already are passed over */
bool routine_void_save(struct db *db, struct routine_batch *b, struct err *err);  /* the member is gone */
bool routine_miss_save(struct db *db, struct routine_batch *b, struct err *err);  /* missed_at = due; over with the term unless owed late */
/* Who approved that a miss is excused, and why; the miss stays. */
bool routine_excuse_save(struct db *db, struct routine_batch *b, struct actor by, struct str words, struct err *err);
/* Reminders: whom they told stands in the event. */
bool routine_tell_save(struct db *db, struct routine_batch *b, const struct notice *notices, size_t n, struct err *err);

void duty_of_row(const struct rows *r, struct duty *out); /* of {duty_columns} from the first column on */
enum { CREDITS_MAX = 64 }; /* visits that one duty counts */
struct duty_list {
    struct duty *p;
    size_t n;
    bool has_more;
};
/* Open duties of a routine in order of due; pages by (due, id). */
bool routine_duties_open(struct db *db, struct arena *a, int64_t area, int64_t ref, instant due, int64_t id, size_t limit,
                         struct duty_list *out, struct err *err);
/* All members of the term that began on `first`, by member. */
bool routine_duties_of_term(struct db *db, struct arena *a, int64_t area, int64_t ref, int32_t first, int64_t after, size_t limit,
                            struct duty_list *out, struct err *err);
struct term_counts { /* how the members of a term stand; void duties are left out */
    int64_t all, done, late, missed, excused, behind; /* late: made good after the miss; behind: of the open ones */
};
bool routine_term_counts(struct db *db, int64_t area, int64_t ref, int32_t first, instant now, struct term_counts *out, struct err *err);
/* The terms of one member that began in [from, to). */
bool routine_duties_of_member(struct db *db, struct arena *a, int64_t area, int64_t ref, int64_t member, int32_t from, int32_t to,
                              struct duty_list *out, struct err *err);
/* The visits that settled a duty: ids and days. */
bool credits_of_duty(struct db *db, struct arena *a, int64_t area, int64_t duty, int64_t **visits, int32_t **days, size_t *n,
                     struct err *err);

#endif
