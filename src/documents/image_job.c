#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_parts.h"
#include "limits.h"

bool
image_size_allowed(uint64_t w, uint64_t h)
{
    return w >= 1 && h >= 1 && w <= IMAGE_SIDE_MAX && h <= IMAGE_SIDE_MAX && w * h <= LIMIT_PIXELS;
}

void
image_rgba_on_white(const uint8_t *rgba, uint8_t *rgb, size_t n)
{
    for (size_t i = 0; i < n; i++, rgba += 4, rgb += 3)
        for (int k = 0; k < 3; k++)
            rgb[k] = (uint8_t)((rgba[k] * rgba[3] + 255u * (255u - rgba[3]) + 127) / 255);
}

enum image_trouble
image_decode(struct str file, struct image_report *r, struct pixels *out)
{
    r->kind = media_sniff(file.p, file.n);
    r->exif.orientation = 1;
    switch (r->kind) {
    case MEDIA_JPEG:
        return decode_jpeg(file, r, out);
    case MEDIA_PNG:
        return decode_png(file, r, out);
    case MEDIA_WEBP:
        return decode_webp(file, r, out);
    default:
        return IMAGE_NOT_TAKEN;
    }
}

static enum image_trouble
read_file(int fd, struct buf *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return IMAGE_IO;
    if (st.st_size > LIMIT_PHOTO_BYTES)
        return IMAGE_TOO_LARGE;
    size_t want = (size_t)st.st_size;
    buf_need(out, want + 1);
    while (out->n < want) {
        ssize_t got = pread(fd, out->p + out->n, want - out->n, (off_t)out->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return IMAGE_IO;
        out->n += (size_t)got;
    }
    return IMAGE_FINE;
}

static enum image_trouble
write_upright(const struct pixels *p, int orientation, int fd, int *w, int *h)
{
    struct pixels upright = pixels_upright(p, orientation);
    bool ok = encode_jpeg(&upright, fd);
    *w = upright.w;
    *h = upright.h;
    pixels_release(&upright);
    return ok ? IMAGE_FINE : IMAGE_IO;
}

void
image_job(int in, int public_out, int thumb_out, struct image_report *r)
{
    struct buf file = {0};
    struct pixels public = {0}, thumb = {0};
    *r = (struct image_report){0};
    r->trouble = read_file(in, &file);
    if (r->trouble == IMAGE_FINE)
        r->trouble = image_decode(buf_view(&file), r, &public);
    buf_release(&file);
    int o = r->exif.orientation;
    if (r->trouble == IMAGE_FINE)
        r->trouble = write_upright(&public, o, public_out, &r->public_width, &r->public_height);
    if (r->trouble == IMAGE_FINE) {
        thumb = pixels_shrunk(&public, IMAGE_THUMB_SIDE);
        r->trouble = write_upright(&thumb, o, thumb_out, &r->thumb_width, &r->thumb_height);
    }
    if (o >= 5) {
        int w = r->width;
        r->width = r->height;
        r->height = w;
    }
    pixels_release(&public);
    pixels_release(&thumb);
}
