/* case_files.h — inside actions only: the files that a submission names, checked to be its sender's own. */
#ifndef ACTIONS_CASE_FILES_H
#define ACTIONS_CASE_FILES_H

#include "actions.h"

struct sent_files {
    struct attachment *p;
    size_t n;
    int photos;
};
/* A file belongs to the person or the device that uploaded it and to no case or visit yet. */
bool files_take(struct action *a, struct db *db, const int64_t *ids, size_t n, bool is_after, struct sent_files *out,
                struct err *err);

#endif
