/* staff_service.h — 服务快记: a service item done, on one screen (HC-22: more than twenty of these per enforcement report). */
#ifndef PAGES_STAFF_SERVICE_H
#define PAGES_STAFF_SERVICE_H

#include "staff.h"

struct service_view {
    struct layout layout;
    const struct err *err;
    struct params values;
    struct options places, items;
    struct strs phrases, files;
    const char *key;
};
const char *service_error(const struct service_view *v, const char *field);
struct str service_value(const struct service_view *v, const char *field);

#endif
