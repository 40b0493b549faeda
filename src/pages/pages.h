/* pages.h — what every page shares: who is visiting, the layout, and how a page waits for an action.
 *
 * Order of a request: http/ checks limits → site gate (session, access bits, CSRF) → declared fields → handler. A handler
 * reads views inside one snapshot and renders a template, or runs an action and renders or redirects in `resume`.
 */
#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include "actions.h"
#include "html.h"
#include "http.h"
#include "views.h"

/* Route access: bits of roles (1 << enum role), or one of these. */
#define ACCESS_PUBLIC (UINT64_C(1) << 62) /* anybody; CSRF by same origin and form token */
#define ACCESS_STAFF (UINT64_C(1) << 61)  /* anybody logged in */

struct visit {
    struct app *app;
    const struct area *area;
    struct db *db; /* this loop's reader */
    struct caller who;
    struct session session;
    const struct person *person; /* NULL when nobody is logged in */
    instant now;
    const char *csrf; /* hidden field `csrf` of every form, staff or anonymous */
    bool is_large; /* 长辈版 */
    bool is_token; /* bearer token: API */
    bool is_away; /* on leave: may look and do nothing; `who` has posts for reading only */
    bool is_nobody; /* complains: the log tells neither person nor address */
};
struct visit *visit_of(const struct request *req);

/* Staff menus and both layouts read this. */
struct layout {
    const char *title;
    const char *active; /* menu code: "desk", "cases", … */
    const struct visit *visit;
    int64_t n_todo, n_notices, n_overdue, n_complaints; /* complaints: open ones, for those who read them */
    bool reads_complaints;
    const char *flash; /* one line after a redirect, from the cookie `flash`; NULL = none */
    const char *back; /* resident: back link, NULL = none */
    const char *away; /* staff: why he may only look: his leave; NULL = he is not away */
};
/* His leave, who stands in for him, and that he can only look; NULL = he is not away. */
const char *away_words(const struct request *req);
void layout_init(struct request *req, struct layout *l, const char *title, const char *active);

/* Runs an action from a handler: call page_wait first (parks the request, sets app, who, arena, done), then the action's
 * function, e.g. page_wait(req, res, &x->base, after_report); report_case(x, v->db); `resume` runs on the request's loop. */
void page_wait(struct request *req, struct response *res, struct action *a,
               void (*resume)(struct request *req, struct response *res, struct action *a));
void page_fail(struct request *req, struct response *res, const struct err *err); /* page, fragment or problem+json */
void flash(struct request *req, struct response *res, const char *text); /* shown once on the next page */

/* Answers whether a code belongs to a run-time source of fields ("item", "org", "officer", …) and lists it. */
struct option {
    struct str code, label, group;
};
struct options {
    const struct option *p;
    size_t n;
};
struct options options_of(const struct visit *v, struct arena *a, const char *source, const struct case_file *about);
bool option_lookup(void *req, const char *source, struct str code); /* site.lookup */

/* Route tables, joined in routes.c. */
extern const struct route resident_routes[], staff_routes[], system_routes[];
extern const size_t n_resident_routes, n_staff_routes, n_system_routes;
extern const struct route api_routes[]; /* src/api */
extern const size_t n_api_routes;

/* The whole site for serve. */
bool site_start(struct app *app, const struct http_options *opt, struct http_server **out, struct err *err);

#endif
