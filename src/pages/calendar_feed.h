/* calendar_feed.h — the secret address of a calendar, for the pages that offer it. */
#ifndef PAGES_CALENDAR_FEED_H
#define PAGES_CALENDAR_FEED_H

#include "pages.h"

const char *calendar_address(struct request *req, bool is_person, int64_t id); /* of a person, else of a place; NULL = stopped */
struct calendar_offer { /* what a page shows of it */
    const char *address; /* NULL = stopped */
    struct str place;    /* empty = the person's own */
    bool may_renew;
};
struct calendar_offer calendar_offer_of(struct request *req, const struct place *p); /* p NULL = the person's own */
void desk_post_calendar_feed(struct request *req, struct response *res);

#endif
