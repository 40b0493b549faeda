/* err.h — how a function says that it failed: a kind for machines, a sentence for the person, detail for the log.
 *
 * Written where detected, passed up untouched, logged once at the edge. One table maps kinds to HTTP status and
 * exit code. A function that can fail returns bool and fills err only when it returns false.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_USAGE,        /* 400, exit 2: the request is not understandable */
    ERR_LOGIN,        /* 401: nobody is logged in */
    ERR_FORBIDDEN,    /* 403: not yours */
    ERR_NOT_FOUND,    /* 404 */
    ERR_CONFLICT,     /* 409: not in this state */
    ERR_GONE,         /* 410 */
    ERR_PRECONDITION, /* 412: If-Match no longer holds and the act is no longer possible */
    ERR_TOO_LARGE,    /* 413 */
    ERR_MEDIA,        /* 415: a file of a kind that is not taken */
    ERR_FIELDS,       /* 422: fields say why */
    ERR_RATE,         /* 429 */
    ERR_UNLAWFUL,     /* 451: the article is named */
    ERR_BUSY,         /* 503: nothing was stored, try again */
    ERR_UNKNOWN,      /* 503: a failed commit, outcome unknown; repeat with the same key */
    ERR_INTERNAL,     /* 500 */
    ERR_KIND_COUNT
};

enum { ERR_FIELDS_MAX = 24 };

struct field_err {
    char field[48];
    char message[160];
};

struct err {
    enum err_kind kind;
    char message[512]; /* for the person, Chinese on pages */
    char detail[256]; /* for the log only */
    char article[96]; /* ERR_UNLAWFUL: law and article */
    struct field_err fields[ERR_FIELDS_MAX];
    int n_fields;
};

/* Always return false, so that a refusal is one line: return err_set(err, …). err may be NULL. */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool err_detail(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_field(struct err *err, const char *field, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool err_unlawful(struct err *err, const char *article, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

int err_status(enum err_kind kind); /* HTTP status */
int err_exit(enum err_kind kind); /* exit code of a command: 0, 1 or 2 */

#endif
