/* JPEG in and out. libjpeg reports trouble by calling back; we jump out at once, also for those of its warnings that mean
 * a damaged picture, because a grey half is no evidence. */
#include <setjmp.h>
#include <unistd.h>
#include <jpeglib.h>
#include <jerror.h>

#include "image_parts.h"

enum {
    QUALITY = 80,
    SCANS_MAX = 100, /* progressive files with thousands of scans exist to burn time */
};

struct jpeg_in {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out_of_it;
    struct shrink shrink;
    uint8_t *row, *rgb;
};

static _Noreturn void
give_up(j_common_ptr c)
{
    longjmp(*(jmp_buf *)c->client_data, 1);
}

static bool
is_harmless(int warning)
{
    return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM || warning == JWRN_JFIF_MAJOR ||
           warning == JWRN_TOO_MUCH_DATA || warning == JWRN_NOT_SEQUENTIAL;
}

static void
on_message(j_common_ptr c, int level)
{
    if (level < 0 && !is_harmless(c->err->msg_code))
        give_up(c);
}

static void
on_progress(j_common_ptr c)
{
    if (((j_decompress_ptr)c)->input_scan_number > SCANS_MAX)
        give_up(c);
}

static void
read_exif(const struct jpeg_decompress_struct *c, struct exif *out)
{
    for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && memcmp(m->data, "Exif\0", 6) == 0) {
            exif_parse((struct str){(const char *)m->data + 6, m->data_length - 6}, out);
            return;
        }
}

/* The decoder itself can leave out what is not needed: 1/8 to 8/8 of the size, as long as enough remains. */
static void
choose_scale(struct jpeg_decompress_struct *c)
{
    JDIMENSION longer = c->image_width > c->image_height ? c->image_width : c->image_height;
    unsigned eighths = 1;
    while (eighths < 8 && (uint64_t)longer * eighths / 8 < IMAGE_PUBLIC_SIDE)
        eighths++;
    c->scale_num = eighths;
    c->scale_denom = 8;
}

/* CMYK from printers' software; Adobe stores it inverted. */
static void
cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, unsigned n, bool inverted)
{
    for (unsigned i = 0; i < n; i++, cmyk += 4, rgb += 3)
        for (int k = 0; k < 3; k++) {
            unsigned ink = inverted ? cmyk[k] : 255u - cmyk[k], black = inverted ? cmyk[3] : 255u - cmyk[3];
            rgb[k] = (uint8_t)(ink * black / 255);
        }
}

static void
read_rows(struct jpeg_in *j)
{
    struct jpeg_decompress_struct *c = &j->c;
    bool cmyk = c->out_color_space == JCS_CMYK;
    int w, h;
    image_fit((int)c->output_width, (int)c->output_height, IMAGE_PUBLIC_SIDE, &w, &h);
    shrink_start(&j->shrink, (int)c->output_width, (int)c->output_height, w, h);
    j->row = xmalloc((size_t)c->output_width * 4);
    j->rgb = xmalloc((size_t)c->output_width * 3);
    while (c->output_scanline < c->output_height) {
        JSAMPROW row = j->row;
        jpeg_read_scanlines(c, &row, 1);
        if (cmyk)
            cmyk_to_rgb(j->row, j->rgb, c->output_width, c->saw_Adobe_marker);
        shrink_row(&j->shrink, cmyk ? j->rgb : j->row);
    }
}

static enum image_trouble
read_picture(struct jpeg_in *j, struct str file, struct image_report *r)
{
    struct jpeg_decompress_struct *c = &j->c;
    jpeg_mem_src(c, (const unsigned char *)file.p, file.n);
    jpeg_save_markers(c, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(c, TRUE);
    if (!image_size_allowed(c->image_width, c->image_height))
        return IMAGE_TOO_LARGE;
    r->width = (int)c->image_width;
    r->height = (int)c->image_height;
    read_exif(c, &r->exif);
    choose_scale(c);
    c->out_color_space = c->jpeg_color_space == JCS_CMYK || c->jpeg_color_space == JCS_YCCK ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(c);
    read_rows(j);
    jpeg_finish_decompress(c); /* complains when the end is missing */
    return IMAGE_FINE;
}

enum image_trouble
decode_jpeg(struct str file, struct image_report *r, struct pixels *out)
{
    struct jpeg_in *j = xcalloc(1, sizeof *j);
    volatile enum image_trouble trouble = IMAGE_BROKEN;
    j->c.err = jpeg_std_error(&j->errors);
    j->errors.error_exit = give_up;
    j->errors.emit_message = on_message;
    j->progress.progress_monitor = on_progress;
    j->c.client_data = &j->out_of_it; /* creating leaves this and err as they are */
    if (setjmp(j->out_of_it) == 0) {
        jpeg_create_decompress(&j->c);
        j->c.progress = &j->progress;
        trouble = read_picture(j, file, r);
        if (trouble == IMAGE_FINE)
            *out = shrink_finish(&j->shrink);
    }
    jpeg_destroy_decompress(&j->c);
    shrink_drop(&j->shrink);
    free(j->row);
    free(j->rgb);
    free(j);
    return trouble;
}

/* Writing */

struct jpeg_out {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    jmp_buf out_of_it;
    unsigned char *bytes;
    unsigned long n;
};

static bool
write_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put <= 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static void
compress(struct jpeg_out *j, const struct pixels *p)
{
    struct jpeg_compress_struct *c = &j->c;
    jpeg_mem_dest(c, &j->bytes, &j->n);
    c->image_width = (JDIMENSION)p->w;
    c->image_height = (JDIMENSION)p->h;
    c->input_components = 3;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, QUALITY, TRUE);
    c->optimize_coding = TRUE;
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = p->rgb + (size_t)c->next_scanline * (size_t)p->w * 3;
        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
}

bool
encode_jpeg(const struct pixels *p, int fd)
{
    struct jpeg_out *j = xcalloc(1, sizeof *j);
    volatile bool ok = false;
    j->c.err = jpeg_std_error(&j->errors);
    j->errors.error_exit = give_up;
    j->c.client_data = &j->out_of_it;
    if (setjmp(j->out_of_it) == 0) {
        jpeg_create_compress(&j->c);
        compress(j, p);
        ok = write_all(fd, j->bytes, j->n);
    }
    jpeg_destroy_compress(&j->c);
    free(j->bytes);
    free(j);
    return ok;
}
