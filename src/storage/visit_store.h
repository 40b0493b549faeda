/* visit_store.h — visits: the only writer of their rows, and the way back.
 *
 * A visit is a stream of its own; each event's body holds the whole visit as it is then, the duties it opened or changed, whom it
 * told, and the routine duties it settled (credits are decided on the writer, so that two visits never count twice). What else
 * becomes of those duties: routine_store.h.
 */
#ifndef STORAGE_VISIT_STORE_H
#define STORAGE_VISIT_STORE_H

#include "effects_save.h"
#include "routine_store.h"

struct visit_credit { /* what a finished visit means for somebody's routine duty */
    const struct routine *routine;
    int64_t member;     /* 0 of the area, or when none is meant by itself */
    int credited, need; /* as it stands now */
    struct str why;     /* it does not count, and why; empty = it counts */
};
struct visit_credits {
    const struct visit_credit *p;
    size_t n;
};
struct visit_save {
    struct store *store;
    struct keyring *keys;
    const struct scheme *scheme; /* its routines are settled */
    const struct registry *registry;
    struct visit_effects *fx;
    instant occurred_at;
    const struct attachment *files; /* photos that this event names; from now on they are this visit's */
    size_t n_files;
    int64_t id; /* out */
    int n_credited; /* out: duties that this visit counted for */
    struct visit_credits credits; /* out, in the arena of fx: what it counted for and what not */
};
/* 「已计入：部门每周巡查；不计入：两次之间不到七天（联勤入网）」; nothing when it meant nothing. */
struct str visit_credit_words(struct arena *a, const struct visit_credits *list);
/* On the writer. ERR_CONFLICT when the visit is no longer the one decided on. */
bool visit_save(struct db *db, struct visit_save *s, struct err *err);

struct loaded_visit {
    struct field_visit v;
    struct duty *duties; /* its open ones */
    size_t n_duties;
    uint8_t head[HASH_BYTES];
};
bool visit_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_visit *out, struct err *err);

struct visit_filter { /* at most one of place, org, person, case_id; the newest first */
    int32_t place, org;
    int64_t person, case_id;
    int kind, state; /* -1 and 0 = any */
    instant from, to; /* half-open; 0 = open */
    instant after_at; /* paging: the last one of the page before */
    int64_t after_id;
};
struct visits {
    const struct field_visit **p;
    size_t n;
    bool has_more;
};
/* What others planned or did at a place, within `days` before and after a moment (BG-14); cancelled ones too. */
bool visits_near(struct db *db, struct keyring *k, struct arena *a, int64_t area, int32_t place, instant at, int days, size_t limit,
                 struct visits *out, struct err *err);
struct visit_event {
    int64_t seq, actor;
    instant at, occurred_at;
    struct str type, text;
    int role;
    int32_t org;
};
struct visit_events { /* in order */
    const struct visit_event *p;
    size_t n;
};
bool visit_events_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct field_visit *v, struct visit_events *out,
                       struct err *err);
bool visits_list(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct visit_filter *f, size_t limit,
                 struct visits *out, struct err *err);

/* Rounds that left patrol points out (HC-20), the newest first. */
bool visits_skipped(struct db *db, struct keyring *k, struct arena *a, int64_t area, instant from, instant to, size_t limit, struct visits *out,
                    struct err *err);
/* Of one kind, the earliest first; how many on each day. */
bool visits_of_kind(struct db *db, struct keyring *k, struct arena *a, int64_t area, int kind, instant from, instant to, size_t limit,
                    struct visits *out, struct err *err);
struct day_count {
    int32_t day;
    int64_t n;
};
bool visit_days(struct db *db, int64_t area, int kind, instant from, instant to, struct day_count *out, size_t max, size_t *n,
                struct err *err);

struct presence { /* one check-in */
    int64_t person, visit;
    int32_t org, place;
    int role, grade;
    instant came_at, left_at;
};
struct presences {
    const struct presence *p;
    size_t n;
};
bool presences_between(struct db *db, struct arena *a, int64_t area, int kind, instant from, instant to, struct presences *out,
                       struct err *err);

/* JSON of a visit as events keep it, and back: also what replay compares. */
void visit_write(struct buf *out, const struct field_visit *v);
bool visit_read(struct arena *a, struct str json, struct field_visit *out, struct err *err);

#endif
