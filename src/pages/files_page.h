/* files_page.h — photos and evidence: taken in, kept under their hash, and shown to those who may see them. */
#ifndef PAGES_FILES_PAGE_H
#define PAGES_FILES_PAGE_H

#include "pages.h"

/* One upload on its way into the store. */
struct stored_file {
    struct err err; /* why it was not kept */
    struct keep_file k; /* id, hashes, size, position */
    void *more; /* the caller's */
};

/* Recognises the upload by its content, stores it, has the derivatives made, registers it, and calls `then` on the
 * request's loop. Parks the request. A repeated Idempotency-Key gets the first id. Photos only, unless `any_kind`.
 * device_hash: SHA-256 in hex told by the phone, or empty. */
void file_store(struct request *req, struct response *res, const struct upload *u, struct str device_hash, bool any_kind,
                void (*then)(struct request *req, struct response *res, struct stored_file *f), void *more);

/* Where big uploads go while they come: file_store goes on from there. */
struct spool files_spool(struct app *app);

/* The n-th part of the body that really holds a file, or NULL. */
const struct upload *file_sent(const struct request *req, size_t n);

#endif
