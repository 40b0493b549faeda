/* image_worker.h — what an uploaded file is, and photos made fit to be shown.
 *
 * Nothing that a stranger sent is decoded in the server. A worker process (this binary again, with one hidden argument)
 * receives three descriptors and nothing else: the upload, and two empty files for the derivatives. Each photo is
 * decoded in a child of its own under rlimits and seccomp, so a hostile file costs one upload and learns nothing of the
 * next. Derivatives are re-encoded: turned upright, without EXIF, position or anything hidden behind the pixels.
 */
#ifndef DOCUMENTS_IMAGE_WORKER_H
#define DOCUMENTS_IMAGE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* The kind of a file by its first bytes, never by its name. Evidence of the other kinds is stored as it came. */
enum media_kind {
    MEDIA_UNKNOWN,
    MEDIA_JPEG,
    MEDIA_PNG,
    MEDIA_WEBP,
    MEDIA_HEIC,
    MEDIA_PDF,
    MEDIA_MP4,
    MEDIA_MOV,
    MEDIA_WEBM,
    MEDIA_MP3,
    MEDIA_M4A,
    MEDIA_AMR,
    MEDIA_OGG,
    MEDIA_WAV,
    MEDIA_KIND_COUNT
};
enum { MEDIA_SNIFF_BYTES = 64 }; /* more are not looked at */
enum media_kind media_sniff(const void *bytes, size_t n);
const char *media_type(enum media_kind kind);   /* image/jpeg; application/octet-stream when unknown */
const char *media_ending(enum media_kind kind); /* jpg; bin when unknown */
bool media_is_photo(enum media_kind kind);      /* JPEG, PNG, WebP: what the worker takes */

enum { IMAGE_PUBLIC_SIDE = 1600, IMAGE_THUMB_SIDE = 320, IMAGE_SIDE_MAX = 65500 };

struct image_result {
    bool ok;
    enum media_kind kind;
    int width, height; /* of the original, upright */
    int public_width, public_height, thumb_width, thumb_height;
    bool has_gps;
    char lat[16], lon[16]; /* WGS-84 in decimal degrees, "25.600123"; what the camera claims, no proof of a place */
    char taken[20];        /* 2026-04-21 09:05:33 on the camera's clock; empty when not said */
    struct err err;        /* when not ok: ERR_MEDIA, ERR_TOO_LARGE, ERR_BUSY (try again) or ERR_INTERNAL */
};
/* Runs on a thread of the pool. */
typedef void image_done(const struct image_result *result, void *arg);

/* `self_exe` is this binary; "/proc/self/exe" survives an upgrade of the file. Any thread may call the rest. */
struct image_pool;
struct image_pool *image_pool_start(const char *self_exe, struct err *err);
void image_pool_quit(struct image_pool *pool); /* answers what waits and takes nothing more; before the stop, where others still may ask */
void image_pool_stop(struct image_pool *pool); /* what waits is answered ERR_BUSY; accepts NULL */

/* Reads in_path, writes the two derivatives (JPEG, synced, 0600) or nothing. False with ERR_BUSY when too many wait;
 * then done is never called. */
bool image_process_async(struct image_pool *pool, const char *in_path, const char *public_path, const char *thumb_path,
                         image_done *done, void *arg, struct err *err);
/* The same on descriptors, for derivatives that must not touch the disk in clear (memfd_create). They stay the caller's
 * and open until done; the outputs are empty and open for reading and writing, and worth nothing after a failure. */
bool image_process_fds_async(struct image_pool *pool, int in, int public_out, int thumb_out, image_done *done,
                             void *arg, struct err *err);

/* The worker: main() calls it for the argument IMAGE_WORKER_ARGUMENT and returns what it returns. */
#define IMAGE_WORKER_ARGUMENT "image-worker"
int image_worker_main(void);

#endif
