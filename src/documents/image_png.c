#include <png.h>
#include <setjmp.h>

#include "image_parts.h"

enum {
    CHUNKS_MAX = 64,                   /* of a kind that libpng keeps */
    CHUNK_BYTES_MAX = 4 * 1024 * 1024, /* texts and profiles are compressed too, and may be bombs of their own */
};

struct png_in {
    png_structp png;
    png_infop info;
    struct str rest; /* of the file */
    struct shrink shrink;
    uint8_t *rows, *rgb;
    png_bytep *row_list;
};

static void
read_bytes(png_structp png, png_bytep to, size_t n)
{
    struct str *rest = png_get_io_ptr(png);
    if (n > rest->n)
        png_error(png, "cut off");
    memcpy(to, rest->p, n);
    *rest = str_slice(*rest, n, rest->n);
}

static _Noreturn void
on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

/* Whatever is in the file comes out as 8-bit RGBA. */
static int
ask_for_rgba(png_structp png)
{
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    return png_set_interlace_handling(png);
}

static void
shrink_rgba(struct png_in *p, const uint8_t *rgba)
{
    image_rgba_on_white(rgba, p->rgb, (size_t)p->shrink.src_w);
    shrink_row(&p->shrink, p->rgb);
}

/* Interlaced files come in seven passes over the whole picture, so only they need all of it in memory. */
static void
read_rows(struct png_in *p, int w, int h, int passes)
{
    int fit_w, fit_h;
    size_t row_bytes = (size_t)w * 4;
    if (png_get_rowbytes(p->png, p->info) != row_bytes)
        png_error(p->png, "unexpected row");
    image_fit(w, h, IMAGE_PUBLIC_SIDE, &fit_w, &fit_h);
    shrink_start(&p->shrink, w, h, fit_w, fit_h);
    p->rgb = xmalloc((size_t)w * 3);
    if (passes == 1) {
        p->rows = xmalloc(row_bytes);
        for (int y = 0; y < h; y++) {
            png_read_row(p->png, p->rows, NULL);
            shrink_rgba(p, p->rows);
        }
        return;
    }
    p->rows = xmalloc(row_bytes * (size_t)h);
    p->row_list = xcalloc((size_t)h, sizeof *p->row_list);
    for (int y = 0; y < h; y++)
        p->row_list[y] = p->rows + row_bytes * (size_t)y;
    png_read_image(p->png, p->row_list);
    for (int y = 0; y < h; y++)
        shrink_rgba(p, p->row_list[y]);
}

static enum image_trouble
read_picture(struct png_in *p, struct image_report *r)
{
    png_set_read_fn(p->png, &p->rest, read_bytes);
    png_set_user_limits(p->png, IMAGE_SIDE_MAX, IMAGE_SIDE_MAX);
    png_set_chunk_cache_max(p->png, CHUNKS_MAX);
    png_set_chunk_malloc_max(p->png, CHUNK_BYTES_MAX);
    png_read_info(p->png, p->info);
    png_uint_32 w = png_get_image_width(p->png, p->info), h = png_get_image_height(p->png, p->info);
    if (!image_size_allowed(w, h))
        return IMAGE_TOO_LARGE;
    r->width = (int)w;
    r->height = (int)h;
    int passes = ask_for_rgba(p->png);
    png_read_update_info(p->png, p->info);
    read_rows(p, (int)w, (int)h, passes);
    png_read_end(p->png, p->info); /* checks the end, and reads an eXIf chunk that follows the picture */
    png_uint_32 n = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(p->png, p->info, &n, &exif) && exif)
        exif_parse((struct str){(const char *)exif, n}, &r->exif);
    return IMAGE_FINE;
}

/* The header alone, before libpng sees anything: a refusal for size must not look like damage. */
static bool
header_size_allowed(struct str file)
{
    enum { WIDTH_AT = 16, HEIGHT_AT = 20, HEADER = 24 };
    if (file.n < HEADER)
        return true;
    const uint8_t *p = (const uint8_t *)file.p;
    uint64_t w = png_get_uint_32(p + WIDTH_AT), h = png_get_uint_32(p + HEIGHT_AT);
    return w == 0 || h == 0 || image_size_allowed(w, h);
}

enum image_trouble
decode_png(struct str file, struct image_report *r, struct pixels *out)
{
    if (!header_size_allowed(file))
        return IMAGE_TOO_LARGE;
    struct png_in *p = xcalloc(1, sizeof *p);
    volatile enum image_trouble trouble = IMAGE_BROKEN;
    p->rest = file;
    p->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    p->info = p->png ? png_create_info_struct(p->png) : NULL;
    if (p->info && setjmp(png_jmpbuf(p->png)) == 0) {
        trouble = read_picture(p, r);
        if (trouble == IMAGE_FINE)
            *out = shrink_finish(&p->shrink);
    }
    png_destroy_read_struct(&p->png, &p->info, NULL);
    shrink_drop(&p->shrink);
    free(p->rows);
    free(p->rgb);
    free(p->row_list);
    free(p);
    return trouble;
}
