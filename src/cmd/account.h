/* account.h — inside cmd only: a first password for a person, and who the command line is when it acts. */
#ifndef CMD_ACCOUNT_H
#define CMD_ACCOUNT_H

#include "actions.h"

/* A password of twelve letters and digits that can be read out over the telephone; it must be changed at the first login,
 * except in demo directories. */
bool account_first_password(struct app *app, const struct area *area, int64_t person, char password[16], struct err *err);
bool account_set_password(struct app *app, const struct area *area, int64_t person, struct str password, bool must_change,
                          struct err *err);

/* The command line acts as nobody in particular with an administrator's post: whoever may run it on the server's files could
 * do anything anyway. The events say so: no person, role admin. */
struct caller caller_system(const struct area *area);

#endif
