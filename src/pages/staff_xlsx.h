/* staff_xlsx.h — a list as a spreadsheet: written by a thread of its own in constant memory, sent as a download. */
#ifndef PAGES_STAFF_XLSX_H
#define PAGES_STAFF_XLSX_H

#include <xlsxwriter.h>

#include "staff.h"

struct xlsx_export {
    const char *name; /* of the file, without .xlsx */
    const char *sheet;
    size_t rows; /* for the log */
    bool (*write)(const struct visit *v, lxw_workbook *book, lxw_worksheet *sheet, lxw_format *head, const void *ctx);
    const void *ctx; /* lives as long as the request */
    /* its own */
    struct request *req;
    struct parked *parked;
    const char *path;
    bool is_written;
};
void xlsx_send(struct request *req, struct response *res, struct xlsx_export *x);
/* Text cells are always strings: what begins with = + - @ is never a formula. */
void xlsx_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, struct arena *a, struct str s, lxw_format *format);

#endif
