/* router.h — which route a path belongs to. The table is checked and compiled once, when the server starts.
 *
 * Segment by segment, a literal beats :name and :name beats *rest; what leads nowhere is tried again the next way, so
 * that GET /cases/new and POST /cases/:no live side by side.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http.h"

enum { ROUTE_VARS = 6 };

struct match {
    const struct route *route; /* NULL: none for this method */
    unsigned allowed; /* methods that this path has at all; 0 = unknown path */
    struct str vars[ROUTE_VARS]; /* borrow the path */
    int n_vars;
};

struct router;
struct router *router_new(const struct route *routes, size_t n, struct err *err); /* NULL: the table is wrong */
void router_free(struct router *r);
void router_match(const struct router *r, enum method method, struct str path, struct match *out);

#endif
