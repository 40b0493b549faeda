/* workbook_xml.h — inside documents only: one part of a package read as XML, without document types and without depth.
 *
 * Namespace prefixes differ from program to program, so elements and attributes are known by their local names.
 */
#ifndef DOCUMENTS_WORKBOOK_XML_H
#define DOCUMENTS_WORKBOOK_XML_H

#include "workbook_parts.h"

struct workbook_xml {
    void (*start)(void *ctx, const char *name, const char **attributes); /* any of them may be NULL */
    void (*end)(void *ctx, const char *name);
    void (*text)(void *ctx, const char *p, size_t n);
    void *ctx;
    const struct err *failed; /* the handlers' own refusal: set, it ends the reading */
};
bool workbook_xml_read(struct workbook_zip *z, const struct workbook_entry *e, const struct workbook_xml *x,
                       struct err *err);
const char *workbook_xml_attribute(const char **attributes, const char *name); /* by local name; NULL when absent */

#endif
