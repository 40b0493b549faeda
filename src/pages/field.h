/* field.h — /m, the pages for a phone in a basement: one shell without anybody's data, a service worker that keeps the shell, and
 * a script that fills it from /api/v1 and from what the phone has kept. */
#ifndef PAGES_FIELD_H
#define PAGES_FIELD_H

#include "site.h"
#include "web_gen.h"

struct field_view {
    struct str county;
    bool is_large; /* 长辈版 */
};

/* Handlers, named in staff_routes.c. */
void field_page(struct request *req, struct response *res);
void field_shell(struct request *req, struct response *res);
void field_worker(struct request *req, struct response *res);
void field_manifest(struct request *req, struct response *res);

#endif
