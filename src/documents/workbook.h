/* workbook.h — the tables of a scheme as files that an office works with: one XLSX, or CSV.
 *
 * A workbook has a sheet per table with a Chinese name (清单事项 for items). Row 1 holds the column names of
 * docs/scheme.md and row n of a sheet is line n of the CSV, so a fault names the cell that a person sees. Writing and
 * reading back gives the same tables. Files come from strangers: sizes and counts are bounded, and what does not fit is
 * refused as a whole with a sentence.
 */
#ifndef DOCUMENTS_WORKBOOK_H
#define DOCUMENTS_WORKBOOK_H

#include "err.h"
#include "table.h"

/* Reads an .xlsx (Excel, WPS, LibreOffice), a .zip of CSV files or one CSV file (its name tells the table); CSV in UTF-8
 * with or without BOM, GB18030 or UTF-16. False, with err, when the file as a whole is refused; cells that cannot be taken (formulas) are noted in
 * errors with their cell. Everything lies in `a`, nothing points into `bytes`. */
bool workbook_tables(struct arena *a, struct str name, struct str bytes, struct tables *out,
                     struct scheme_errors *errors, struct err *err);

/* Sheets as they stand, for lists that are not a scheme's: a cell merged over rows repeats its value, a formula
 * counts as its result, rows may be ragged. A CSV file is one sheet. */
struct workbook_sheet {
    struct str name;
    struct strs *rows;
    size_t n_rows;
};
bool workbook_sheets(struct arena *a, struct str name, struct str bytes, struct workbook_sheet **out, size_t *n,
                     struct scheme_errors *errors, struct err *err);

/* Appends an XLSX: instructions, then a sheet per table with a frozen header, notes on the columns and drop-downs. With
 * marks (NULL = none) faulty cells are coloured and carry the message and its fix, and a sheet 错误 lists them all. */
bool workbook_write(struct tables tables, const struct scheme_errors *marks, struct buf *out, struct err *err);

/* 清单事项 for items; the name itself when the table is not known. */
struct str workbook_sheet_name(struct str table);
/* 工作表「清单事项」C17：没有这个单位。是不是“CG”？ */
const char *workbook_error_words(struct arena *a, const struct scheme_error *e);

#endif
