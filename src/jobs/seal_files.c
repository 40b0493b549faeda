#include "seal_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "sealed_store.h"

enum { BATCH = 16, AREAS = 64 };

struct sealing {
    struct job job;
    struct app *app;
    int64_t area, id;
    struct file_seal seal;
    bool is_last; /* nobody else needs the clear bytes */
};

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct sealing *s = (struct sealing *)job;
    struct keyring *keys = app_keys(s->app);
    struct file_seal is = {0};
    uint8_t by[KEY_BYTES];
    struct buf wrapped = {0};
    struct rows r;
    if (!file_seal_find(db, keys, s->area, s->id, &is, err))
        return false;
    memcpy(by, keyring_key(keys, s->area, "file"), KEY_BYTES);
    if (is.case_id) {
        if (!db_query(db, SQL_CASE_KEY, &r, err, V_INT(s->area), V_INT(is.case_id)))
            return false;
        bool opens = rows_next(&r, err) && keyring_unwrap(keys, s->area, is.case_id, rows_text(&r, 0), by);
        rows_end(&r);
        if (!opens)
            return err_set(err, ERR_GONE, "这件事项的内容已依法删除。");
    }
    file_key_wrap(by, s->area, s->id, is.case_id, s->seal.key, &wrapped);
    bool ok = db_exec(db, SQL_FILE_SEAL, err, V_BYTES(s->seal.address, HASH_BYTES), V_BLOB(buf_view(&wrapped)), V_INT(s->area),
                      V_INT(s->id), V_INT(is.case_id));
    buf_release(&wrapped);
    explicit_bzero(by, sizeof by);
    s->is_last = ok && db_int(db, SQL_FILE_CLEAR_USES, DB_ARGS(V_BYTES(is.sha256, HASH_BYTES)), 1, err) == 0;
    return ok && err->kind == ERR_NONE;
}

static void
done(struct job *job)
{
    (void)job;
}

/* What is sealed must be what was sent: else a forgery would be taken for the original from now on. */
static bool
is_as_sent(int fd, const uint8_t sha256[HASH_BYTES])
{
    struct hasher *h = hasher_new(HASH_SHA256);
    uint8_t is[HASH_BYTES], piece[16 * 1024];
    ssize_t n;
    for (off_t at = 0; (n = pread(fd, piece, sizeof piece, at)) > 0; at += n)
        hasher_add(h, str_bytes(piece, (size_t)n));
    hasher_end(h, is);
    return n == 0 && memcmp(is, sha256, HASH_BYTES) == 0;
}

static bool
copy_variant(struct sealing *s, struct arena *a, enum stored_variant v, struct err *err)
{
    int fd = open(stored_clear_path(a, app_dir(s->app), s->seal.sha256, v), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return v != STORED_ORIGINAL || err_set(err, ERR_NOT_FOUND, "no such file");
    bool ok = v != STORED_ORIGINAL || is_as_sent(fd, s->seal.sha256) || err_set(err, ERR_INTERNAL, "not what was sent");
    ok = ok && stored_put_fd(app_dir(s->app), s->seal.key, v, fd, s->seal.address, err);
    close(fd);
    return ok;
}

static bool
copy_all(struct sealing *s, struct arena *a, struct err *err)
{
    bool ok = true;
    crypto_random(s->seal.key, KEY_BYTES);
    for (int v = 0; ok && v < STORED_VARIANTS; v++)
        ok = copy_variant(s, a, (enum stored_variant)v, err);
    return ok;
}

static bool
seal_one(struct app *app, int64_t area, int64_t id)
{
    struct arena *a = arena_new();
    struct err err = {0};
    struct sealing s = {.job = {.apply = apply, .done = done}, .app = app, .area = area, .id = id};
    struct db *db = app_reader_lock(app);
    bool ok = file_seal_find(db, app_keys(app), area, id, &s.seal, &err);
    app_reader_unlock(app);
    bool is_copied = ok && copy_all(&s, a, &err);
    ok = is_copied && store_run(app_store(app), &s.job, &err);
    if (!ok)
        log_error("file_not_sealed", "file=%lld message=%s detail=%s", (long long)id, err.message, err.detail);
    if (is_copied && !ok && err.kind != ERR_UNKNOWN)
        stored_remove(app_dir(app), s.seal.address);
    for (int v = 0; ok && s.is_last && v < STORED_VARIANTS; v++)
        unlink(stored_clear_path(a, app_dir(app), s.seal.sha256, (enum stored_variant)v));
    explicit_bzero(&s.seal, sizeof s.seal);
    arena_free(a);
    return ok;
}

static size_t
next_clear(struct app *app, int64_t area, int64_t after, int64_t ids[BATCH])
{
    struct rows r;
    struct err err = {0};
    size_t n = 0;
    struct db *db = app_reader_lock(app);
    if (db_query(db, SQL_FILES_CLEAR, &r, &err, V_INT(area), V_INT(after)))
        while (n < BATCH && rows_next(&r, &err))
            ids[n++] = rows_int(&r, 0);
    rows_end(&r);
    app_reader_unlock(app);
    return n;
}

int64_t
seal_old_files(struct app *app)
{
    const struct area *areas[AREAS];
    size_t n_areas = app_areas(app, areas, AREAS);
    int64_t sealed = 0;
    for (size_t i = 0; i < n_areas; i++) {
        int64_t ids[BATCH], after = 0, area = areas[i]->id;
        for (size_t n; (n = next_clear(app, area, after, ids)); after = ids[n - 1])
            for (size_t k = 0; k < n; k++)
                sealed += seal_one(app, area, ids[k]);
    }
    if (sealed)
        log_event("old_files_sealed", "n=%lld", (long long)sealed);
    return sealed;
}

/* ---- bytes without a row ---- */

/* "ab" and "cdef…" or "cdef….thumb" → the hash; false: not a file of ours. */
static bool
hash_of_name(const char *folder, const char *name, uint8_t out[HASH_BYTES])
{
    char hex[2 * HASH_BYTES];
    size_t n = strlen(name);
    if (strlen(folder) != 2 || n < 2 * HASH_BYTES - 2 || (n > 2 * HASH_BYTES - 2 && name[2 * HASH_BYTES - 2] != '.'))
        return false;
    memcpy(hex, folder, 2);
    memcpy(hex + 2, name, sizeof hex - 2);
    return hex_decode((struct str){hex, sizeof hex}, out, HASH_BYTES);
}

static bool
is_named(struct app *app, const uint8_t hash[HASH_BYTES])
{
    struct err err = {0};
    struct db *db = app_reader_lock(app);
    bool is = db_int(db, SQL_FILE_ADDRESS_USES, DB_ARGS(V_BYTES(hash, HASH_BYTES)), 1, &err) != 0 ||
              db_int(db, SQL_FILE_CLEAR_USES, DB_ARGS(V_BYTES(hash, HASH_BYTES)), 1, &err) != 0 || err.kind;
    app_reader_unlock(app);
    return is;
}

static int64_t
clean_folder(struct app *app, const char *path, const char *folder, int64_t before_s)
{
    DIR *d = opendir(path);
    int64_t removed = 0;
    for (const struct dirent *e; d && (e = readdir(d));) {
        uint8_t hash[HASH_BYTES];
        struct stat st;
        if (hash_of_name(folder, e->d_name, hash) && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_mtim.tv_sec < before_s && !is_named(app, hash) && unlinkat(dirfd(d), e->d_name, 0) == 0)
            removed++;
    }
    if (d)
        closedir(d);
    return removed;
}

int64_t
remove_orphans(struct app *app, int64_t before_s)
{
    struct arena *a = arena_new();
    const char *files = arena_printf(a, "%s/files", app_dir(app));
    int64_t removed = 0;
    for (int i = 0; i < 256; i++) {
        char folder[3];
        snprintf(folder, sizeof folder, "%02x", i);
        removed += clean_folder(app, arena_printf(a, "%s/%s", files, folder), folder, before_s);
    }
    arena_free(a);
    if (removed)
        log_event("orphans_removed", "n=%lld", (long long)removed);
    return removed;
}
