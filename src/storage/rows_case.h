/* rows_case.h — inside storage only: reading {case_columns} and {duty_columns} from a running query. */
#ifndef STORAGE_ROWS_CASE_H
#define STORAGE_ROWS_CASE_H

#include "effects_save.h"

enum { CASE_COLUMNS_N = 3 + CASE_N_NUMBERS + CASE_N_TEXTS, DUTY_COLUMNS_N = 24 };
/* Texts are copied into the arena. `first` is the number of the first column. */
void read_case_columns(const struct rows *r, int first, int64_t area, struct arena *a, struct case_file *out);
void read_duty_columns(const struct rows *r, int first, struct duty *out);

#endif
