/* scheme_store.h — published versions of an area's scheme and the one draft of the next: rows, and their CSV texts as tables. */
#ifndef STORAGE_SCHEME_STORE_H
#define STORAGE_SCHEME_STORE_H

#include "effects_save.h"
#include "table.h"

struct scheme_version {
    int64_t version;
    struct str name, document; /* document: code in its documents table; empty = the scheme's own */
    int32_t valid_from;
    instant published_at;
    int64_t published_by, proposed_by; /* persons; 0 = when the installation was made */
};
struct scheme_versions {
    const struct scheme_version *p;
    size_t n;
};
bool scheme_versions(struct db *db, struct arena *a, int64_t area, struct scheme_versions *out, struct err *err);

struct scheme_draft {
    int64_t rev;       /* grows with every change; 0 = there is no draft */
    int64_t based_on;  /* version it began as */
    int64_t author, changed_by;
    instant changed_at;
    int64_t proposed_by; /* 0 = being edited */
    instant proposed_at;
    int32_t valid_from; /* as proposed */
    struct str document;
    struct str remark; /* why it was sent back, until it is proposed again */
    struct tables tables;
};
/* With its tables; faults of their form are noted (the draft itself may be full of faults). rev 0 when there is none. */
bool scheme_draft_load(struct db *db, struct arena *a, int64_t area, struct scheme_draft *out, struct scheme_errors *errors,
                       struct err *err);
bool scheme_draft_head(struct db *db, struct arena *a, int64_t area, struct scheme_draft *out, struct err *err); /* without tables */

/* On the writer. */
bool scheme_draft_save(struct db *db, int64_t area, const struct scheme_draft *d, struct err *err); /* the head only */
bool scheme_draft_save_table(struct db *db, int64_t area, const struct table *t, struct err *err);
bool scheme_draft_drop(struct db *db, int64_t area, struct err *err);
bool scheme_publish_rows(struct db *db, int64_t area, const struct scheme_version *v, struct tables tables, struct err *err);
/* SM3 over the stored tables of a version, by name: its event says the same, and so must whoever has the CSV texts. The
 * other is the same of tables that are not stored yet. */
void scheme_tables_digest(struct tables tables, uint8_t out[HASH_BYTES]);
bool scheme_version_digest(struct db *db, int64_t area, int64_t version, uint8_t out[HASH_BYTES], struct err *err);

/* Cases before an id, newest first, up to 500. */
bool scheme_replay_cases(struct db *db, struct arena *a, int64_t area, int64_t before, struct case_file *out, size_t *n,
                         struct err *err);

#endif
