#include "sealed_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name, *suffix, *clear_suffix;
} variants[STORED_VARIANTS] = {
    [STORED_ORIGINAL] = {"original", "", ""},
    [STORED_PUBLIC] = {"public", ".public", ".public.jpg"},
    [STORED_THUMB] = {"thumb", ".thumb", ".thumb.jpg"},
};

static const char *
path_of(struct arena *a, const char *dir, const uint8_t hash[HASH_BYTES], const char *suffix)
{
    struct buf hex = {0};
    buf_hex(&hex, hash, HASH_BYTES);
    const char *path = arena_printf(a, "%s/files/%.2s/%.*s%s", dir, hex.p, (int)hex.n - 2, hex.p + 2, suffix);
    buf_release(&hex);
    return path;
}

const char *
stored_path(struct arena *a, const char *dir, const uint8_t address[HASH_BYTES], enum stored_variant v)
{
    return path_of(a, dir, address, variants[v].suffix);
}

const char *
stored_clear_path(struct arena *a, const char *dir, const uint8_t sha256_[HASH_BYTES], enum stored_variant v)
{
    return path_of(a, dir, sha256_, variants[v].clear_suffix);
}

static bool
failed(struct err *err, const char *what)
{
    int code = errno;
    err_set(err, code == ENOSPC || code == EDQUOT ? ERR_BUSY : ERR_INTERNAL, "文件没有存下来，请稍后再传。");
    return err_detail(err, "%s: %s", what, strerror(code));
}

static bool
make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool
sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* From its temporary name to its place; the folder of a new place is synced into the one above it. */
static bool
place(struct arena *a, const char *dir, const char *temporary, const uint8_t address[HASH_BYTES], enum stored_variant v,
      struct err *err)
{
    const char *path = stored_path(a, dir, address, v), *folder = arena_dup(a, path, (size_t)(strrchr(path, '/') - path));
    bool is_new = access(folder, F_OK) != 0;
    bool ok = make_folder(folder) && rename(temporary, path) == 0 && sync_folder(folder) &&
              (!is_new || sync_folder(arena_printf(a, "%s/files", dir)));
    if (ok)
        return true;
    failed(err, "place");
    unlink(temporary);
    return false;
}

static struct sealer *
begin(struct arena *a, const char *dir, const uint8_t key[KEY_BYTES], enum stored_variant v, const char **temporary,
      struct err *err)
{
    uint8_t raw[12];
    struct buf name = {0};
    const char *files = arena_printf(a, "%s/files", dir), *tmp = arena_printf(a, "%s/tmp", files);
    if (!make_folder(files) || !make_folder(tmp)) {
        failed(err, "mkdir");
        return NULL;
    }
    crypto_random(raw, sizeof raw);
    buf_hex(&name, raw, sizeof raw);
    *temporary = arena_printf(a, "%s/%.*s", tmp, (int)name.n, name.p);
    buf_release(&name);
    return sealer_open(*temporary, key, variants[v].name, err);
}

static bool
finish(struct arena *a, const char *dir, struct sealer *s, const char *temporary, enum stored_variant v,
       uint8_t address[HASH_BYTES], struct err *err)
{
    uint8_t own[HASH_BYTES];
    if (!sealer_end(s, own, err))
        return false;
    if (v == STORED_ORIGINAL)
        memcpy(address, own, sizeof own);
    return place(a, dir, temporary, address, v, err);
}

struct incoming {
    struct arena *arena;
    const char *dir, *temporary;
    struct sealer *sealer;
    struct hasher *sha256, *sm3;
    struct arrived is;
};

struct incoming *
incoming_open(const char *dir, struct err *err)
{
    struct arena *a = arena_new();
    struct incoming *in = arena_new_of(a, struct incoming);
    *in = (struct incoming){.arena = a, .dir = arena_dup(a, dir, strlen(dir))};
    crypto_random(in->is.key, KEY_BYTES);
    in->sealer = begin(a, dir, in->is.key, STORED_ORIGINAL, &in->temporary, err);
    if (!in->sealer) {
        arena_free(a);
        return NULL;
    }
    in->sha256 = hasher_new(HASH_SHA256);
    in->sm3 = hasher_new(HASH_SM3);
    return in;
}

bool
incoming_add(struct incoming *in, struct str piece, struct err *err)
{
    hasher_add(in->sha256, piece);
    hasher_add(in->sm3, piece);
    in->is.bytes += (int64_t)piece.n;
    return sealer_add(in->sealer, piece, err);
}

static void
incoming_free(struct incoming *in)
{
    explicit_bzero(&in->is, sizeof in->is);
    arena_free(in->arena);
}

bool
incoming_end(struct incoming *in, struct arrived *out, struct err *err)
{
    hasher_end(in->sha256, in->is.sha256);
    hasher_end(in->sm3, in->is.sm3);
    bool ok = finish(in->arena, in->dir, in->sealer, in->temporary, STORED_ORIGINAL, in->is.address, err);
    *out = in->is;
    incoming_free(in);
    return ok;
}

void
incoming_drop(struct incoming *in)
{
    if (!in)
        return;
    sealer_drop(in->sealer);
    hasher_free(in->sha256);
    hasher_free(in->sm3);
    incoming_free(in);
}

/* What could not be written whole leaves nothing. */
static bool
end(struct arena *a, const char *dir, struct sealer *s, bool is_whole, const char *temporary, enum stored_variant v,
    uint8_t address[HASH_BYTES], struct err *err)
{
    if (is_whole)
        return finish(a, dir, s, temporary, v, address, err);
    sealer_drop(s);
    return false;
}

bool
stored_put(const char *dir, const uint8_t key[KEY_BYTES], enum stored_variant v, struct str bytes, uint8_t address[HASH_BYTES],
           struct err *err)
{
    struct arena *a = arena_new();
    const char *temporary;
    struct sealer *s = begin(a, dir, key, v, &temporary, err);
    bool ok = end(a, dir, s, s && sealer_add(s, bytes, err), temporary, v, address, err);
    arena_free(a);
    return ok;
}

static bool
add_all(struct sealer *s, int fd, struct err *err)
{
    struct buf piece = {0};
    ssize_t n = 1;
    bool ok = true;
    buf_need(&piece, SEALED_CHUNK);
    for (off_t at = 0; ok && n > 0; at += n) {
        n = pread(fd, piece.p, SEALED_CHUNK, at);
        if (n < 0)
            ok = failed(err, "read");
        else
            ok = sealer_add(s, (struct str){piece.p, (size_t)n}, err);
    }
    explicit_bzero(piece.p, SEALED_CHUNK);
    buf_release(&piece);
    return ok;
}

bool
stored_put_fd(const char *dir, const uint8_t key[KEY_BYTES], enum stored_variant v, int fd, uint8_t address[HASH_BYTES],
              struct err *err)
{
    struct arena *a = arena_new();
    const char *temporary;
    struct sealer *s = begin(a, dir, key, v, &temporary, err);
    bool ok = end(a, dir, s, s && add_all(s, fd, err), temporary, v, address, err);
    arena_free(a);
    return ok;
}

struct unsealer *
stored_open(struct arena *a, const char *dir, const struct file_seal *s, enum stored_variant v, struct err *err)
{
    return unsealer_open(stored_path(a, dir, s->address, v), s->key, variants[v].name, err);
}

void
stored_remove(const char *dir, const uint8_t address[HASH_BYTES])
{
    struct arena *a = arena_new();
    for (int v = 0; v < STORED_VARIANTS; v++)
        unlink(stored_path(a, dir, address, (enum stored_variant)v));
    arena_free(a);
}

void
stored_clean_tmp(const char *dir)
{
    struct arena *a = arena_new();
    DIR *d = opendir(arena_printf(a, "%s/files/tmp", dir));
    for (const struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    arena_free(a);
}
