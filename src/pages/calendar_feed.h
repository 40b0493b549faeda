/* calendar_feed.h — the secret address of a calendar, for the pages that offer it. */
#ifndef PAGES_CALENDAR_FEED_H
#define PAGES_CALENDAR_FEED_H

#include "pages.h"

const char *calendar_address(struct request *req, bool is_person, int64_t id); /* of a person, else of a place */

#endif
