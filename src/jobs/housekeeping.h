/* housekeeping.h — what expires: drafts after a day, uploads that no report took after a day, sessions, old keys;
 * order under DIR/files; figures folded by day and month (figures_fold.h), and the search index into lists. */
#ifndef JOBS_HOUSEKEEPING_H
#define JOBS_HOUSEKEEPING_H

#include "app.h"

void housekeeping_run(struct app *app, instant now);
void housekeeping_daily(struct app *app);
bool housekeeping_fold(struct app *app); /* some; false: more waits */

#endif
