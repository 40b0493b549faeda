/* seal_files.h — order under DIR/files: old files that still lie in clear are sealed, bytes that no row names are removed.
 *
 * Each file on its own, so that an end in between costs nothing: sealed copy, synced; row; then the clear bytes go. A clear
 * file that is not what its row says is left for a person to look at.
 */
#ifndef JOBS_SEAL_FILES_H
#define JOBS_SEAL_FILES_H

#include "app.h"

int64_t seal_old_files(struct app *app);       /* how many were sealed */
int64_t remove_orphans(struct app *app, int64_t before_s); /* written before this second of real time; how many went */

#endif
