/* ZIP files from strangers: nothing is unpacked before its size, ratio and number are known, and what is unpacked is
 * counted again, because a header may lie. */
#include <zip.h>

#include "workbook_parts.h"

struct workbook_zip {
    struct arena *a;
    zip_t *zip;
    struct workbook_entry *entries;
    uint64_t *sizes;
    size_t n;
    uint64_t unpacked; /* by now */
};

static void
close_zip(void *zip)
{
    zip_discard(zip);
}

/* Names are UTF-8, or what a Chinese Windows wrote without saying so. */
static struct str
entry_name(struct arena *a, const char *raw)
{
    struct str name = str_of(raw), text;
    struct err ignored = {0};
    return utf8_valid(name) ? str_dup(a, name) : workbook_text(a, name, &text, &ignored) ? text : STR("?");
}

static bool
check_entry(const zip_stat_t *st, uint64_t *total, struct err *err)
{
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_NAME;
    if ((st->valid & wanted) != wanted)
        return REFUSED(err, "工作簿损坏了，读不出里面的目录。请重新保存后再试。");
    if ((st->valid & ZIP_STAT_ENCRYPTION_METHOD) && st->encryption_method != ZIP_EM_NONE)
        return REFUSED(err, "文件加了密码。请去掉密码，另存后再导入。");
    if (st->size > LIMIT_WORKBOOK_ENTRY_BYTES)
        return REFUSED(err, "这个文件展开后太大，不像是工作簿。");
    if (st->size > 1024 * 1024 && st->size / LIMIT_WORKBOOK_RATIO > st->comp_size)
        return REFUSED(err, "这个文件展开后太大，不像是工作簿。");
    *total += st->size;
    return *total <= LIMIT_WORKBOOK_UNPACKED_BYTES || REFUSED(err, "这个文件展开后太大，不像是工作簿。");
}

static bool
list_entries(struct workbook_zip *z, struct err *err)
{
    zip_int64_t n = zip_get_num_entries(z->zip, 0);
    uint64_t total = 0;
    if (n > LIMIT_WORKBOOK_ENTRIES)
        return REFUSED(err, "这个文件里的部件太多，不像是工作簿。");
    z->entries = arena_array(z->a, struct workbook_entry, n + 1);
    for (zip_uint64_t i = 0; i < (zip_uint64_t)n; i++) {
        zip_stat_t st;
        if (zip_stat_index(z->zip, i, ZIP_FL_ENC_RAW, &st) != 0)
            return REFUSED(err, "工作簿损坏了，读不出里面的目录。请重新保存后再试。");
        if (!check_entry(&st, &total, err))
            return false;
        struct workbook_entry e = {entry_name(z->a, st.name), i};
        if (workbook_zip_find(z, e.name))
            return REFUSED(err, "里面有两个同名的部件，不知道哪个算数。请重新保存后再试。");
        z->entries[z->n++] = e;
    }
    return true;
}

struct workbook_zip *
workbook_zip_open(struct arena *a, struct str bytes, struct err *err)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, &why);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (!zip) {
        zip_source_free(source);
        REFUSED(err, "文件不完整，打不开。请重新保存后再导入。");
        err_detail(err, "%s", zip_error_strerror(&why));
        zip_error_fini(&why);
        return NULL;
    }
    struct workbook_zip *z = arena_new_of(a, struct workbook_zip);
    *z = (struct workbook_zip){.a = a, .zip = zip};
    arena_on_end(a, close_zip, zip);
    return list_entries(z, err) ? z : NULL;
}

size_t
workbook_zip_entries(const struct workbook_zip *z, const struct workbook_entry **out)
{
    *out = z->entries;
    return z->n;
}

const struct workbook_entry *
workbook_zip_find(const struct workbook_zip *z, struct str name)
{
    for (size_t i = 0; i < z->n; i++)
        if (str_eq(z->entries[i].name, name))
            return &z->entries[i];
    return NULL;
}

static bool
broken(struct err *err, const struct workbook_entry *e)
{
    return REFUSED(err, "工作簿损坏了，读不出里面的 %.*s。", NAMED(e->name));
}

static bool
read_pieces(struct workbook_zip *z, const struct workbook_entry *e, zip_file_t *f, workbook_piece *piece, void *ctx,
            struct err *err)
{
    char block[32 * 1024];
    uint64_t size = 0;
    for (;;) {
        zip_int64_t n = zip_fread(f, block, sizeof block);
        if (n < 0)
            return broken(err, e);
        size += (uint64_t)n;
        z->unpacked += (uint64_t)n;
        if (size > LIMIT_WORKBOOK_ENTRY_BYTES || z->unpacked > LIMIT_WORKBOOK_UNPACKED_BYTES)
            return REFUSED(err, "这个文件展开后太大，不像是工作簿。");
        if (!piece(ctx, block, (size_t)n, n == 0, err))
            return false;
        if (n == 0)
            return true;
    }
}

bool
workbook_zip_read(struct workbook_zip *z, const struct workbook_entry *e, workbook_piece *piece, void *ctx,
                  struct err *err)
{
    zip_file_t *f = zip_fopen_index(z->zip, e->index, 0);
    if (!f)
        return broken(err, e);
    bool ok = read_pieces(z, e, f, piece, ctx, err);
    return zip_fclose(f) == 0 ? ok : ok && broken(err, e);
}

static bool
gather(void *ctx, const char *p, size_t n, bool is_last, struct err *err)
{
    (void)is_last, (void)err;
    buf_add(ctx, p, n);
    return true;
}

bool
workbook_zip_text(struct workbook_zip *z, const struct workbook_entry *e, struct str *out, struct err *err)
{
    struct buf b = {0};
    bool ok = workbook_zip_read(z, e, gather, &b, err);
    *out = str_dup(z->a, buf_view(&b));
    buf_release(&b);
    return ok;
}
