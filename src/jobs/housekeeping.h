/* housekeeping.h — what expires: drafts after a day, uploads that no report took after a day, sessions, old keys;
 * and order under DIR/files. */
#ifndef JOBS_HOUSEKEEPING_H
#define JOBS_HOUSEKEEPING_H

#include "app.h"

void housekeeping_run(struct app *app, instant now);
void housekeeping_daily(struct app *app);

#endif
