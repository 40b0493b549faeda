/* site.h — inside pages only: what stands between http/ and a handler, and the few things handlers share with it.
 *
 * One request: visit_of finds out who is asking (session cookie, bearer token, case token, or a device cookie), the gate
 * asks whether he may, the wrapper around every handler opens one snapshot, and page_send or page_fail answers.
 */
#ifndef PAGES_SITE_H
#define PAGES_SITE_H

#include "pages.h"
#include "passwords.h"
#include "rates.h"

/* Roles that do the work; the three administrators (三员) see no business data. */
#define ROLES_ADMIN (ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN) | ROLE_BIT(ROLE_AUDIT_ADMIN))
#define ROLES_BUSINESS ((ROLE_BIT(ROLE_COUNT) - 1) & ~ROLES_ADMIN & ~ROLE_BIT(ROLE_RESIDENT))
/* Roles that see every case of the area (core: case_visible). */
#define ROLES_SEE_ALL                                                                                                  \
    (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_LEADING_GROUP) | ROLE_BIT(ROLE_OVERSIGHT_BODY) |                       \
     ROLE_BIT(ROLE_HOTLINE) | ROLE_BIT(ROLE_CONTACT_LEADER))

/* Whose phone shows the code of presence (presence_page.c). */
#define ROLES_SHOW_CODE                                                                                                \
    (ROLE_BIT(ROLE_STATION_CHIEF) | ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_LIAISON) |                           \
     ROLE_BIT(ROLE_COMMUNITY_OFFICE) | ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER) | ROLE_BIT(ROLE_PROPERTY))

/* A visit with what only the site needs. `v` is first: visit_of hands it out. */
struct site_visit {
    struct visit v;
    struct request *req;
    struct response *res; /* where cookies and flash go; follows the request through parking */
    const char *token; /* of the session cookie */
    const char *device_cookie; /* to be set, else NULL */
    const char *flash; /* read and cleared once */
    bool has_flash;
    struct err login_err; /* why a bearer token was refused */
};
struct site_visit *site_visit_of(const struct request *req);

bool site_gate(struct request *req, const struct route *route, struct err *err);
void site_fail(struct request *req, struct response *res, const struct err *err);
/* Cookies that wait for a response. */
void site_settle(struct site_visit *sv, struct response *res);
struct app *site_app(const struct request *req);

/* The joined table: the route as its owner wrote it, for a request that matched. */
const struct route *site_route(const struct request *req);

/* Numbers for /metrics, counted when an answer is on its way. */
void site_count(struct request *req, const struct response *res, int64_t micros);
void site_metrics(struct buf *out, struct app *app, struct db *db);

/* Live desks (staff_live.c). */
bool live_start(struct app *app, struct err *err);
void live_stop(void);

/* What the caller may answer for: his posts that do the work, those he stands in for included. */
size_t caller_owners(const struct caller *who, struct owner *out, size_t max);

/* Local, safe place to go to after a form: "/desk/…", else `otherwise`. */
const char *safe_next(struct request *req, struct str next, const char *otherwise);

struct str buf_keep(struct arena *a, struct buf *b); /* copies and releases (resident.c) */

#endif
