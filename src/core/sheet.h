/* sheet.h — inside core only: a table being read. Columns are checked once, cells are typed, and every fault is noted
 * with its cell, a sentence that says what is wrong and one that says what to write.
 *
 * A reader opens the sheet, walks its rows and asks for cells by column name. Asking never fails: a wrong cell is noted and
 * reads as nothing, so that one pass finds every fault. A column that is missing is noted once, when the sheet opens.
 */
#ifndef CORE_SHEET_H
#define CORE_SHEET_H

#include "code_map.h"
#include "scheme.h"

#define ORG_COLUMNS "code,name,short,kind,parent,phone,hours,address,duty,sample"

enum { SCHEME_ERRORS_MAX = 500, SHEET_COLUMNS_MAX = 32 };

/* What a cell may refer to: the codes of another table, or a fixed list. */
struct codes {
    struct str table;              /* "limits"; empty for a fixed list */
    const char *label;             /* 时限 */
    const struct str *code, *name; /* name NULL or as many as codes */
    size_t n;
    struct code_map map; /* of tables */
    bool is_missing;     /* the table or its column lacks, which is fault enough: nothing refers wrongly to it */
};

struct sheet {
    struct arena *a;
    const struct table *t; /* never NULL; empty when the table is missing */
    bool is_missing;
    struct scheme_errors *errors;
    const char *columns;                  /* "code,name,note?,…", all of them; with ? it may be missing */
    int n_columns, at[SHEET_COLUMNS_MAX]; /* where the table has them; -1 = missing */
    size_t row;                           /* the row being read */
    bool is_walking;
};

/* Notes a fault once; beyond SCHEME_ERRORS_MAX they are only counted as one last line. */
void scheme_fault(struct arena *a, struct scheme_errors *errors, struct str table, struct str cell, const char *fix,
                  const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* "C17" for the cell in column 2 (from 0) of line 17 (the header is line 1). */
struct str cell_name(struct arena *a, size_t column, size_t line);
/* The nearest of a list to a mistyped word, or -1 when none is near. */
int nearest_word(struct str word, const struct str *list, size_t n);

bool sheet_open(struct sheet *s, struct arena *a, struct tables tables, const char *name, const char *columns,
                struct scheme_errors *errors);
/* while (sheet_next(&sh)) walks the rows from the first; after the last the sheet is ready for another walk. */
bool sheet_next(struct sheet *s);

void sheet_fault(struct sheet *s, const char *column, const char *fix, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same values in all of these columns twice is a fault of the later row. */
void sheet_unique(struct sheet *s, const char *columns);

struct str sheet_text(struct sheet *s, const char *column);  /* trimmed; may be empty */
struct str sheet_need(struct sheet *s, const char *column);  /* empty is a fault */
struct str sheet_code(struct sheet *s, const char *column);  /* needed; ASCII letters, digits, _ - . */
struct str sheet_origin(struct sheet *s);                    /* column origin: seed (an article says so) or ours */
struct str sheet_phone(struct sheet *s, const char *column); /* digits, -, +, blanks; may be empty */
int64_t sheet_number(struct sheet *s, const char *column, int64_t min, int64_t max, int64_t otherwise);
int64_t sheet_need_number(struct sheet *s, const char *column, int64_t min, int64_t max);
double sheet_decimal(struct sheet *s, const char *column, double min, double max); /* 0 when empty */
bool sheet_flag(struct sheet *s, const char *column);                              /* 1, or 0 and empty */
int32_t sheet_date(struct sheet *s, const char *column);                           /* 0 when empty */
struct strs sheet_list(struct sheet *s, const char *column);                       /* a|b|c */

/* The codes of a column of this sheet, with duplicates and malformed ones noted. name_column may be NULL. */
struct codes sheet_codes(struct sheet *s, const char *column, const char *name_column, const char *label);
struct codes codes_fixed(const struct str *code, const struct str *name, size_t n, const char *label);
int codes_find(const struct codes *c, struct str code);
int sheet_ref(struct sheet *s, const char *column, const struct codes *to); /* -1 when empty or wrong */
int sheet_need_ref(struct sheet *s, const char *column, const struct codes *to);
/* The same for one value out of a list cell. */
int sheet_ref_value(struct sheet *s, const char *column, struct str value, const struct codes *to);
struct strs sheet_refs(struct sheet *s, const char *column, const struct codes *to); /* a|b|c, each checked */

#endif
