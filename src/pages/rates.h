/* rates.h — token buckets in memory: how often one address, device or compound may do a thing.
 *
 * Real time, not the injected clock. A bucket is forgotten when it is full again, so the table stays small; when it is
 * full of live buckets the oldest gives way.
 */
#ifndef PAGES_RATES_H
#define PAGES_RATES_H

#include "err.h"
#include "str.h"

enum rate {
    RATE_REPORT_DEVICE,  /* 10 an hour */
    RATE_REPORT_ADDRESS, /* 60 an hour */
    RATE_REPORT_PLACE,   /* 120 an hour for one compound */
    RATE_CODE,           /* 10 wrong query codes in 15 minutes, per device and address */
    RATE_PROOF,          /* 10 wrong codes of presence in 15 minutes, per person */
    RATE_LOGIN,          /* 30 wrong logins in 15 minutes per address */
    RATE_UPLOAD,         /* 60 files an hour per anonymous device */
    RATE_COUNT
};

/* Takes one token; ERR_RATE with the waiting time in words when there is none. */
bool rate_take(enum rate what, struct str who, struct err *err);
/* Looks without taking: for limits that count failures only. */
bool rate_allows(enum rate what, struct str who, struct err *err);
/* Seconds until the next token of the refusal last given on this thread, for Retry-After. */
int rate_wait_s(void);

struct request;
/* Codes of presence are six digits: who has tried wrong ones waits. `proof` as sent, empty = nothing is tried. */
bool rate_proof(struct request *req, struct str proof, struct err *err);
void rate_proof_wrong(struct request *req, const struct err *err); /* counts a refusal of the field `proof` */

/* The three limits of a report by an anonymous visitor; nothing for logged-in people. Looks at all, then takes. */
bool rate_report(struct request *req, struct str place, struct err *err);

#endif
