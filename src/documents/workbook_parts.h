/* workbook_parts.h — inside documents only: what the readers and the writer of workbooks share. */
#ifndef DOCUMENTS_WORKBOOK_PARTS_H
#define DOCUMENTS_WORKBOOK_PARTS_H

#include "limits.h"
#include "scheme_diff_words.h"
#include "sheet.h"
#include "workbook.h"

#define REFUSED(err, ...) err_field((err), "file", __VA_ARGS__) /* at most some 50 characters, for a form's field */
#define NAMED(s) (int)utf8_prefix((s), 20).n, (s).p             /* "%.*s" of a stranger's name in such a sentence */

/* Text of any encoding an office saves CSV in, as UTF-8 without a mark. */
bool workbook_text(struct arena *a, struct str bytes, struct str *out, struct err *err);

/* A ZIP file from outside, within all limits. Entries are found by name; each is unpacked piece by piece. */
struct workbook_zip;
struct workbook_entry {
    struct str name; /* UTF-8 */
    uint64_t index;
};
struct workbook_zip *workbook_zip_open(struct arena *a, struct str bytes, struct err *err); /* closed with the arena */
size_t workbook_zip_entries(const struct workbook_zip *z, const struct workbook_entry **out);
const struct workbook_entry *workbook_zip_find(const struct workbook_zip *z, struct str name); /* NULL when absent */
/* Called with every piece, at the end with an empty one; false ends the reading. */
typedef bool workbook_piece(void *ctx, const char *p, size_t n, bool is_last, struct err *err);
bool workbook_zip_read(struct workbook_zip *z, const struct workbook_entry *e, workbook_piece *piece, void *ctx,
                       struct err *err);
bool workbook_zip_text(struct workbook_zip *z, const struct workbook_entry *e, struct str *out, struct err *err);

/* The sheets of an XLSX in their order, without 说明 and 错误. Faults of cells are noted under the table's name. */
bool workbook_xlsx(struct arena *a, struct workbook_zip *z, bool fill_merged, struct workbook_sheet **out, size_t *n,
                   struct scheme_errors *errors, struct err *err);

/* The table that a sheet or a file holds, by its Chinese or its own name; the name itself when unknown. */
struct str workbook_table_name(struct str sheet);
bool workbook_table_is_known(struct str table);

#endif
