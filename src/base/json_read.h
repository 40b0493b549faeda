/* json_read.h — inside base only: the JSON that nearly every text is, read several times faster than the library reads it.
 *
 * Objects, arrays, strings with short escapes, integers, true, false and null. The library is the judge of everything else:
 * NULL means "ask it", about what is wrong as about what is rare (\u, reals, numbers of more than 18 digits). What is returned
 * here the library would have returned too; tests/unit/test_json.c compares them.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <jansson.h>

#include "str.h"

json_t *json_read_common(struct str text); /* the caller's to decref */

#endif
