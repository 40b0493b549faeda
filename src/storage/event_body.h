/* event_body.h — inside storage only: the stored body of an event, salt and JSON, and what can be read back from it. */
#ifndef STORAGE_EVENT_BODY_H
#define STORAGE_EVENT_BODY_H

#include <jansson.h>

#include "effects_save.h"
#include "json.h"

/* A notice that the event causes, in the order of the effects: its row's id and digest. id 0: none was written. */
struct told {
    int64_t id;
    uint8_t digest[HASH_BYTES];
    bool is_outbox;
};
enum { TOLD_BYTES = 16 }; /* of the digest are kept */
struct notice_facts { /* what a row of notice or outbox says for ever */
    int64_t area, id, case_id, at;
    struct owner to; /* outbox: only person, the contact */
    struct str kind, text;
    bool is_urgent;
};
void notice_digest(const struct notice_facts *n, uint8_t out[HASH_BYTES]);

/* Plain body: 16 bytes of salt, then {"t","p","f","c","d","b","w","s","r","x","n"} (docs/data-model.md, "Event bodies"). */
void event_body_write(const struct effects *fx, const struct attachment *files, size_t n_files, const struct told *told,
                      size_t n_told, struct buf *out);
void json_attachments(struct json *j, const struct attachment *files, size_t n); /* "x" of an open object */
size_t attachments_of_json(struct arena *a, const json_t *body, struct attachment **out);
void json_told(struct json *j, const struct told *told, size_t n); /* member "n" */
void json_duty(struct json *j, const struct duty *u); /* its 24 numbers */
bool duty_of_json(const json_t *row, struct duty *out); /* false: not a duty */

/* A body read back; all of it lives in the arena. */
struct event_body {
    struct str text, public_text;
    struct params fields;
    const struct undo_column *columns; /* old values; new_n/new_t beside them */
    const int64_t *new_n;
    const struct str *new_t;
    size_t n_columns;
    struct duty *duties; /* as the event left them */
    size_t n_duties;
    struct duty *before; /* of those it changed: as they were */
    size_t n_before;
    int64_t *files;
    size_t n_files;
    struct attachment *attached; /* the same with what the event says of each */
    bool has_digests;            /* of all of them: older events do not say */
    struct told *told;
    size_t n_told;
    bool has_told; /* older events do not say whom they told */
    struct str words, spot, reply;
    bool has_words, has_reply;
};
bool event_body_read(struct arena *a, struct str plain, struct event_body *out, struct err *err);
/* The same without the columns, which are most of the rest: what people are shown. */
bool event_body_read_told(struct arena *a, struct str plain, struct event_body *out, struct err *err);

bool duty_same(const struct duty *a, const struct duty *b);

/* {"words","spot","reply"} of the row. */
void secret_write(struct buf *out, struct str words, struct str spot, struct str reply);
bool secret_read(struct arena *a, struct str plain, struct str *words, struct str *spot, struct str *reply);

#endif
