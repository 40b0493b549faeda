/* jobs.h — what runs by itself: the duty clock, the outbox, and housekeeping. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "app.h"

struct jobs;
struct jobs *jobs_start(struct app *app, struct err *err);
void jobs_stop(struct jobs *j); /* accepts NULL */

#endif
