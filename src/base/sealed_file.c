#include "sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char damaged[] = "存储里的这个文件已损坏或被改动，不能打开。请告诉系统管理员，从备份恢复。";
static const uint8_t magic[8] = {'S', 'H', 'A', 'O', 'D', 'A', 'O', 1};

enum { PREFIX_BYTES = 7, SEALED_FULL = SEALED_CHUNK + TAG_BYTES, BOUND_MAX = SEALED_HEAD + 16 };

/* What both sides know of a file. */
struct sealing {
    uint8_t key[KEY_BYTES], bound[BOUND_MAX];
    size_t n_bound;
};

static void
derive(struct sealing *s, const uint8_t key[KEY_BYTES], const char *variant)
{
    static const char label[] = "shaodao/file/1|";
    char info[sizeof label + 16];
    size_t n = strlen(variant), n_label = sizeof label - 1;
    memcpy(info, label, n_label);
    memcpy(info + n_label, variant, n < 16 ? n : 16);
    n = n < 16 ? n : 16;
    hkdf_sm3(str_bytes(key, KEY_BYTES), STR(""), (struct str){info, n_label + n}, s->key, KEY_BYTES);
    memcpy(s->bound + SEALED_HEAD, variant, n);
    s->n_bound = SEALED_HEAD + n;
}

static void
nonce_of(const struct sealing *s, uint32_t number, bool is_last, uint8_t out[NONCE_BYTES])
{
    memcpy(out, s->bound + sizeof magic, PREFIX_BYTES);
    put_u32be(out + PREFIX_BYTES, number);
    out[NONCE_BYTES - 1] = is_last;
}

/* ---- writing ---- */

struct sealer {
    struct sealing with;
    int fd;
    char *path;
    struct hasher *hash;
    uint32_t number;
    size_t n; /* bytes waiting in the buffer */
    uint8_t chunk[SEALED_FULL];
};

static bool
write_failed(struct err *err, const char *what)
{
    int code = errno;
    err_set(err, code == ENOSPC || code == EDQUOT ? ERR_BUSY : ERR_INTERNAL, "文件没有存下来，请稍后再传。");
    return err_detail(err, "%s: %s", what, strerror(code));
}

static bool
put(struct sealer *s, const void *bytes, size_t n, struct err *err)
{
    const char *p = bytes;
    hasher_add(s->hash, str_bytes(p, n));
    while (n) {
        ssize_t done = write(s->fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return write_failed(err, "write");
        p += done;
        n -= (size_t)done;
    }
    return true;
}

struct sealer *
sealer_open(const char *path, const uint8_t key[KEY_BYTES], const char *variant, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        write_failed(err, "open");
        return NULL;
    }
    struct sealer *s = xcalloc(1, sizeof *s);
    s->fd = fd;
    s->path = xstrdup(path);
    s->hash = hasher_new(HASH_SHA256);
    derive(&s->with, key, variant);
    memcpy(s->with.bound, magic, sizeof magic);
    crypto_random(s->with.bound + sizeof magic, PREFIX_BYTES);
    if (put(s, s->with.bound, SEALED_HEAD, err))
        return s;
    sealer_drop(s);
    return NULL;
}

static bool
put_chunk(struct sealer *s, bool is_last, struct err *err)
{
    uint8_t nonce[NONCE_BYTES];
    nonce_of(&s->with, s->number++, is_last, nonce);
    sm4gcm_seal_with(s->with.key, nonce, str_bytes(s->with.bound, s->with.n_bound), str_bytes(s->chunk, s->n), s->chunk);
    size_t n = s->n + TAG_BYTES;
    s->n = 0;
    return put(s, s->chunk, n, err);
}

/* A full chunk waits until something follows: only then is it known not to be the last. */
bool
sealer_add(struct sealer *s, struct str piece, struct err *err)
{
    while (piece.n) {
        if (s->n == SEALED_CHUNK && !put_chunk(s, false, err))
            return false;
        size_t n = SEALED_CHUNK - s->n < piece.n ? SEALED_CHUNK - s->n : piece.n;
        memcpy(s->chunk + s->n, piece.p, n);
        s->n += n;
        piece = str_slice(piece, n, piece.n);
    }
    return true;
}

static void
sealer_free(struct sealer *s)
{
    if (s->fd >= 0)
        close(s->fd);
    hasher_free(s->hash);
    free(s->path);
    explicit_bzero(s, sizeof *s);
    free(s);
}

bool
sealer_end(struct sealer *s, uint8_t address[HASH_BYTES], struct err *err)
{
    if (!put_chunk(s, true, err) || (fsync(s->fd) != 0 && !write_failed(err, "fsync"))) {
        sealer_drop(s);
        return false;
    }
    hasher_end(s->hash, address);
    s->hash = NULL;
    sealer_free(s);
    return true;
}

void
sealer_drop(struct sealer *s)
{
    if (!s)
        return;
    unlink(s->path);
    sealer_free(s);
}

/* ---- reading ---- */

struct unsealer {
    struct sealing with;
    int fd;
    int64_t size;
    uint32_t n_chunks;
    int64_t held; /* number of the chunk in the buffer, -1 = none */
    struct hasher *hash; /* while all of it is checked */
    uint8_t chunk[SEALED_FULL];
};

bool
sealed_is_damaged(const struct err *err)
{
    return err->kind == ERR_INTERNAL && strcmp(err->message, damaged) == 0;
}

static bool
is_damaged(struct err *err, const char *where)
{
    err_set(err, ERR_INTERNAL, "%s", damaged);
    return err_detail(err, "sealed file: %s", where);
}

static bool
read_at(const struct unsealer *u, void *out, size_t n, int64_t at, struct err *err)
{
    for (char *p = out; n;) {
        ssize_t got = pread(u->fd, p, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            err_set(err, ERR_INTERNAL, "文件读不出来，请稍后再试。");
            return err_detail(err, "read: %s", strerror(errno));
        }
        if (got == 0)
            return is_damaged(err, "cut short");
        p += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* The length follows from the format; a file of another length was cut or added to. */
static bool
measure(struct unsealer *u, int64_t length, struct err *err)
{
    int64_t body = length - SEALED_HEAD, full = body / SEALED_FULL, rest = body % SEALED_FULL;
    if (body < TAG_BYTES || (rest && rest < TAG_BYTES))
        return is_damaged(err, "length");
    u->n_chunks = (uint32_t)(full + (rest > 0));
    u->size = body - (int64_t)u->n_chunks * TAG_BYTES;
    return true;
}

struct unsealer *
unsealer_open(const char *path, const uint8_t key[KEY_BYTES], const char *variant, struct err *err)
{
    struct stat st;
    struct unsealer *u = xcalloc(1, sizeof *u);
    u->held = -1;
    u->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool ok = u->fd >= 0 && fstat(u->fd, &st) == 0 && S_ISREG(st.st_mode);
    if (!ok) {
        err_set(err, ERR_NOT_FOUND, "存储里没有这个文件。请告诉系统管理员，从备份恢复。");
        err_detail(err, "%s: %s", path, u->fd < 0 ? strerror(errno) : "not a plain file");
    } else {
        derive(&u->with, key, variant);
        ok = measure(u, st.st_size, err) && read_at(u, u->with.bound, SEALED_HEAD, 0, err);
        if (ok && (memcmp(u->with.bound, magic, sizeof magic) != 0 || u->with.bound[SEALED_HEAD - 1]))
            ok = is_damaged(err, "head");
    }
    if (ok)
        return u;
    unsealer_close(u);
    return NULL;
}

int64_t
unsealer_size(const struct unsealer *u)
{
    return u->size;
}

static size_t
plain_bytes(const struct unsealer *u, uint32_t number)
{
    return number + 1 < u->n_chunks ? SEALED_CHUNK : (size_t)(u->size - (int64_t)number * SEALED_CHUNK);
}

static bool
hold(struct unsealer *u, uint32_t number, struct err *err)
{
    uint8_t nonce[NONCE_BYTES];
    size_t n = plain_bytes(u, number) + TAG_BYTES;
    if (u->held == number)
        return true;
    u->held = -1;
    if (!read_at(u, u->chunk, n, SEALED_HEAD + (int64_t)number * SEALED_FULL, err))
        return false;
    if (u->hash)
        hasher_add(u->hash, str_bytes(u->chunk, n));
    nonce_of(&u->with, number, number + 1 == u->n_chunks, nonce);
    if (!sm4gcm_open_with(u->with.key, nonce, str_bytes(u->with.bound, u->with.n_bound), str_bytes(u->chunk, n), u->chunk))
        return is_damaged(err, "a chunk does not open");
    u->held = number;
    return true;
}

bool
unsealer_read(struct unsealer *u, int64_t at, void *out, size_t n, struct err *err)
{
    for (uint8_t *p = out; n;) {
        uint32_t number = (uint32_t)(at / SEALED_CHUNK);
        size_t from = (size_t)(at % SEALED_CHUNK);
        if (number >= u->n_chunks || !hold(u, number, err))
            return err->kind == ERR_NONE ? is_damaged(err, "beyond the end") : false;
        size_t have = plain_bytes(u, number);
        if (from >= have)
            return is_damaged(err, "beyond the end");
        size_t take = have - from < n ? have - from : n;
        memcpy(p, u->chunk + from, take);
        p += take;
        at += (int64_t)take;
        n -= take;
    }
    return true;
}

bool
unsealer_check(struct unsealer *u, const uint8_t address[HASH_BYTES], struct err *err)
{
    uint8_t is[HASH_BYTES];
    bool ok = true;
    u->held = -1;
    u->hash = hasher_new(HASH_SHA256);
    hasher_add(u->hash, str_bytes(u->with.bound, SEALED_HEAD));
    for (uint32_t i = 0; ok && i < u->n_chunks; i++)
        ok = hold(u, i, err);
    hasher_end(u->hash, is);
    u->hash = NULL;
    if (ok && address && memcmp(is, address, HASH_BYTES) != 0)
        return is_damaged(err, "not the file of this address");
    return ok;
}

void
unsealer_close(struct unsealer *u)
{
    if (!u)
        return;
    if (u->fd >= 0)
        close(u->fd);
    explicit_bzero(u, sizeof *u);
    free(u);
}
