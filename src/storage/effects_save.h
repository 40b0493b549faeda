/* effects_save.h — the only writer of domain tables: effects become an event, rows, duties, notices, tokens, in one
 * transaction. Also the way back: reading events, rows and duties, and rebuilding rows from events (replay).
 */
#ifndef STORAGE_EFFECTS_SAVE_H
#define STORAGE_EFFECTS_SAVE_H

#include "effects.h"
#include "keyring.h"

enum { REGISTRY_STREAM = 1 }; /* the stream of organisations, places, people and posts */

struct attachment { /* a file that the event names */
    int64_t id;
    uint8_t sha256[32];
    uint8_t digest[32]; /* file_digest */
    bool is_after; /* taken after the remedy */
};

/* What an action wants saved at once. All memory belongs to the action and outlives the job. */
struct save {
    struct store *store;
    struct keyring *keys;
    struct effects *fx;
    struct effects *also; /* second stream: merge target */
    const struct attachment *files;
    size_t n_files;
    /* Reporter's contact, first report only: a person stream of its own. */
    bool has_contact;
    struct str contact_name, contact_phone;
    /* Filled by the save. */
    int64_t case_id, day, no;
};

/* On the writer, inside of what makes an event: a new duty with its id; the owner, credit, miss, end and level of one. */
bool duty_insert(struct db *db, int64_t area, const struct duty *u, struct err *err);
bool duty_update(struct db *db, int64_t area, const struct duty *u, struct err *err);

/* Runs on the writer. A version that is not the one decided on gives ERR_CONFLICT. */
bool effects_save(struct db *db, struct save *s, struct err *err);

/* A case with its open duties, for deciding. NOT_FOUND when absent. */
struct loaded_case {
    struct case_file c;
    struct duty *duties; /* open */
    size_t n_duties;
    uint8_t key[KEY_BYTES]; /* the case's own key, for words, notes, event bodies */
    bool is_shredded;
    struct str words, spot, reply; /* filled by case_load_words */
};
bool case_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_case *out,
               struct err *err);
bool case_load_words(struct db *db, struct arena *a, struct loaded_case *c, struct err *err);
int64_t case_find_no(struct db *db, int64_t area, int32_t day, int32_t no, struct err *err); /* id, 0 = none */
struct duty *duties_all(struct db *db, struct arena *a, int64_t area, int64_t case_id, size_t *n, struct err *err);
struct duty *duties_open(struct db *db, struct arena *a, int64_t area, int64_t subject, size_t *n, struct err *err);
bool duty_find_id(struct db *db, int64_t area, int64_t id, struct duty *out, struct err *err); /* ERR_NOT_FOUND when absent */

struct event_row { /* an event as people read it */
    int64_t seq;
    instant at, occurred_at;
    struct str type, text, public_text;
    int64_t actor;
    int role;
    int32_t org;
    struct params fields;
    const int64_t *files;
    size_t n_files;
};
/* Events of a case, oldest first. */
struct event_row *events_load(struct db *db, struct arena *a, const struct loaded_case *c, size_t *n, struct err *err);
/* The last event's changes, for undo. */
struct undo; /* core/command.h */
bool event_load_undo(struct db *db, struct arena *a, const struct loaded_case *c, struct undo *out, struct err *err);

/* ledger replay: walks every stream, checks commitment, chain and mac, folds the rows anew and compares. */
struct replay_report {
    int64_t streams, events, differences, shredded;
    struct str first; /* the first difference in words */
};
bool ledger_replay(struct db *db, struct keyring *k, struct arena *a, void (*progress)(int64_t done, int64_t all),
                   struct replay_report *out, struct err *err);

#endif
