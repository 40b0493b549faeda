/* workbook_numbers.h — inside documents only: numbers of cells as text. */
#ifndef DOCUMENTS_WORKBOOK_NUMBERS_H
#define DOCUMENTS_WORKBOOK_NUMBERS_H

#include "calendar.h"
#include "str.h"

struct number_format {
    bool is_date;
    int digits; /* shown with leading zeros to this many; 0 = as it is */
};
struct number_format number_format_of(int id, struct str code); /* code empty = a built-in format */

enum number_kind {
    NUMBER_FINE,
    NUMBER_TOO_LONG, /* 15 digits and more: the program that saved it has lost some */
    NUMBER_WRONG     /* not a number at all */
};
/* 46133 → 2026-04-21 in a date's format, 0.35 → 08:24, 7 → 007 in format 000, else the number in short form. */
enum number_kind number_words(struct arena *a, struct str raw, struct number_format f, bool is_1904, struct str *out);

#endif
