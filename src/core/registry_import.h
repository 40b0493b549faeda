/* registry_import.h — the tables orgs, places, people and postings become a registry.
 *
 * Ids are row numbers from 1, so a table's order is part of its meaning and rows are only ever added at the end. Every
 * reference is checked, and so is that nobody is left without a person: each compound lies in a grid with a chief (HC-14),
 * each community has a liaison (HC-40).
 */
#ifndef CORE_REGISTRY_IMPORT_H
#define CORE_REGISTRY_IMPORT_H

#include "registry.h"

/* Fills and indexes *out, everything in `a`. False when there are errors, older ones too; *out is then not for use. */
bool registry_from_tables(struct arena *a, int64_t area, struct tables tables, struct registry *out,
                          struct scheme_errors *errors);

#endif
