/* multipart.h — multipart/form-data (RFC 7578), read strictly from a body that is whole in memory. */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "http.h"

struct multipart {
    struct params fields;
    struct upload *uploads;
    size_t n_uploads;
};

/* The boundary in a Content-Type; false when it is missing or not well formed. Borrows the header. */
bool multipart_boundary(struct str content_type, struct str *boundary);

/* Parts borrow the body; names with escapes are copied into the arena. A file field in which nothing was chosen is
 * left out. ERR_USAGE when malformed, ERR_TOO_LARGE beyond the limits. */
bool multipart_parse(struct arena *a, struct str body, struct str boundary, struct multipart *out, struct err *err);

#endif
