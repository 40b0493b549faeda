/* survey_store.h — entries of the register of a community: the only writer of their rows, and the way back.
 *
 * An entry is a stream of its own under a key of its own; each event's body holds the whole entry as it is then. Without the key
 * (已依法删除) the chain still holds and nobody is named.
 */
#ifndef STORAGE_SURVEY_STORE_H
#define STORAGE_SURVEY_STORE_H

#include "keyring.h"
#include "survey.h"

struct loaded_survey {
    struct survey_entry e;
    uint8_t key[KEY_BYTES];
    uint8_t head[HASH_BYTES];
};
struct survey_save {
    struct store *store;
    struct keyring *keys;
    int64_t area, visit; /* visit: on which it was checked; 0 = none */
    struct survey_effects *fx;
    const struct loaded_survey *before; /* NULL for a new one */
    instant occurred_at;
    int64_t id; /* out */
};
/* On the writer. ERR_CONFLICT when the entry is no longer the one decided on. */
bool survey_save(struct db *db, struct survey_save *s, struct err *err);

bool survey_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_survey *out, struct err *err);

struct survey_filter {
    int32_t place; /* 0 = the whole area */
    int state;     /* 0 = all, -1 = all that are not gone */
    instant after_at; /* paging: the last one of the page before */
    int64_t after_id;
};
struct survey_list {
    const struct survey_entry *p;
    size_t n;
    bool has_more;
};
/* The longest unseen first. One that does not open any more is left out. */
bool surveys_list(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct survey_filter *f, size_t limit,
                  struct survey_list *out, struct err *err);
bool surveys_of_visit(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t visit, struct survey_list *out, struct err *err);

struct survey_event {
    instant at, occurred_at;
    struct str type, text;
    int64_t actor;
    int role;
    int32_t org;
};
struct survey_events { /* in order */
    const struct survey_event *p;
    size_t n;
};
bool survey_events_load(struct db *db, struct arena *a, int64_t area, const struct loaded_survey *e, struct survey_events *out, struct err *err);

/* JSON of an entry as its events keep it, and back: also what replay compares. */
void survey_write(struct buf *out, const struct survey_entry *e);
bool survey_read(struct arena *a, struct str json, struct survey_entry *out, struct err *err);

#endif
