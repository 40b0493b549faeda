/* duty_clock.h — between app.c and duty_clock.c: the lock of the clock, and schemes that take effect at a moment. */
#ifndef ACTIONS_DUTY_CLOCK_H
#define ACTIONS_DUTY_CLOCK_H

#include "app.h"

void app_clock_lock(struct app *app);
void app_clock_unlock(struct app *app);
void app_turn_schemes(struct app *app, instant now); /* versions whose day has come are in force */
instant app_schemes_turn_at(struct app *app); /* the next such moment; 0 = none */

#endif
