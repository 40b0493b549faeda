/* image_parts.h — the parts of the image worker, for its own files and tests only.
 *
 * Everything but media and the pool runs inside the sandboxed child and treats its input as hostile.
 */
#ifndef DOCUMENTS_IMAGE_PARTS_H
#define DOCUMENTS_IMAGE_PARTS_H

#include "image_worker.h"
#include "str.h"

/* Why there is no picture. */
enum image_trouble {
    IMAGE_FINE,
    IMAGE_NOT_TAKEN, /* of no kind that is taken */
    IMAGE_TOO_LARGE, /* bytes or pixels */
    IMAGE_BROKEN,    /* cut off or damaged */
    IMAGE_TOO_LONG,  /* used up its time */
    IMAGE_CRASHED,
    IMAGE_NO_SANDBOX, /* the system does not let us confine the child */
    IMAGE_IO,
    IMAGE_WORKER_GONE,
    IMAGE_TROUBLE_COUNT
};

struct exif {
    int orientation; /* 1 to 8 */
    bool has_gps;
    int32_t lat_e6, lon_e6; /* millionths of a degree */
    char taken[20];
};

/* What the child tells the parent, who believes none of it unchecked. */
struct image_report {
    enum image_trouble trouble;
    enum media_kind kind;
    int width, height, public_width, public_height, thumb_width, thumb_height;
    struct exif exif;
};

/* Reads orientation, position and time out of a TIFF block; whatever is odd is left out. */
void exif_parse(struct str tiff, struct exif *out);

/* RGB, 3 bytes a pixel, rows without padding. */
struct pixels {
    int w, h;
    uint8_t *rgb;
};
void pixels_release(struct pixels *p);
void image_fit(int w, int h, int side, int *fit_w, int *fit_h); /* never larger than it is, never less than 1 */
struct pixels pixels_shrunk(const struct pixels *p, int side);
struct pixels pixels_upright(const struct pixels *p, int orientation);

/* Shrinks by area average while rows arrive. Targets are not larger than the source; sides are at most IMAGE_SIDE_MAX. */
struct shrink {
    int src_w, src_h, y; /* y: rows seen */
    uint32_t *sums;      /* one row of the target being summed up */
    uint32_t filled;     /* source units in sums, of src_h */
    uint32_t *across;    /* one source row, already narrow */
    int out_y;
    struct pixels out;
};
void shrink_start(struct shrink *s, int src_w, int src_h, int dst_w, int dst_h);
void shrink_row(struct shrink *s, const uint8_t *rgb);
struct pixels shrink_finish(struct shrink *s); /* the caller's; releases the rest */
void shrink_drop(struct shrink *s);

/* Decodes to at most IMAGE_PUBLIC_SIDE; fills kind, width, height and exif of the report. */
enum image_trouble image_decode(struct str file, struct image_report *r, struct pixels *out);
enum image_trouble decode_jpeg(struct str file, struct image_report *r, struct pixels *out);
enum image_trouble decode_png(struct str file, struct image_report *r, struct pixels *out);
enum image_trouble decode_webp(struct str file, struct image_report *r, struct pixels *out);
bool image_size_allowed(uint64_t w, uint64_t h);
void image_rgba_on_white(const uint8_t *rgba, uint8_t *rgb, size_t n);

bool encode_jpeg(const struct pixels *p, int fd);

/* The whole job: read, decode, write both derivatives, report. */
void image_job(int in, int public_out, int thumb_out, struct image_report *r);

/* Confines the calling process for good: no new files, sockets or processes; 10 s of processor, 512 MB. */
bool image_sandbox_enter(void);

/* Between pool and worker: SOCK_SEQPACKET on the worker's descriptor 0. An order is one byte and three descriptors. */
enum { ORDER_FDS = 3 };
bool image_order_send(int socket, const int fds[ORDER_FDS]);
bool image_order_receive(int socket, int fds[ORDER_FDS]); /* false: the pool has gone */

#endif
