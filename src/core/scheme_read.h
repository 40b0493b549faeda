/* scheme_read.h — inside core only: what the readers of a scheme's tables share. */
#ifndef CORE_SCHEME_READ_H
#define CORE_SCHEME_READ_H

#include "sheet.h"

/* Codes that cells may refer to, each filled before the tables that use it are read. */
struct reader {
    struct arena *a;
    struct tables tables;
    struct scheme_errors *errors;
    struct scheme *s;
    struct codes roles, lists, tiers, hop_kinds, units, expressions;
    struct codes orgs, documents, limits, categories, ladders, skip_grounds, items, whistles;
};

void read_items(struct reader *r); /* categories, ladders, items, bases */
void read_routines(struct reader *r); /* routines, checklists */
void read_words(struct reader *r); /* phrases, confusables, emergencies, diverts, wordings */
void read_slots(struct reader *r); /* posts that must be filled */
void read_surveys(struct reader *r); /* what a register is kept of */

/* An organisation's code, or @firm, @community …; wrong ones are noted. */
void check_owner(struct reader *r, struct sheet *sh, const char *column, struct str owner);
/* The codes of all tables, for lookups; call when every array is in place. */
void scheme_index(struct scheme *s);

#endif
