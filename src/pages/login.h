/* login.h — views of the login page and the page that changes a password. */
#ifndef PAGES_LOGIN_H
#define PAGES_LOGIN_H

#include "form_view.h"

struct login_view {
    struct str county, slogan;
    const char *csrf, *next, *error; /* error: NULL = none */
    struct str username;
    bool is_demo, is_out; /* out: has just logged out */
};
struct password_view {
    struct layout layout;
    const struct err *err;
    bool is_first; /* the first password must be changed */
};
const char *password_error(const struct password_view *v, const char *field);

#endif
