#include "keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Memory for secrets */

void *
secret_new(size_t n)
{
    if (sodium_init() < 0)
        abort();
    void *p = sodium_malloc(n); /* guard pages, mlock where allowed, MADV_DONTDUMP */
    if (!p) {
        fputs("shaodao: out of memory for keys\n", stderr);
        abort();
    }
    return memset(p, 0, n);
}

void
secret_free(void *p)
{
    sodium_free(p);
}

/* Key files */

struct kek {
    uint8_t key[KEY_BYTES];
};

struct key_file {
    const char *name;
    size_t n;
};

static const struct key_file file_kek = {"kek", KEY_BYTES};
static const struct key_file file_kek_next = {"kek.next", KEY_BYTES};
static const struct key_file file_pepper = {"pepper", PEPPER_BYTES};

static int
keys_dir_open(const char *dir, struct err *err)
{
    struct buf path = {0};
    buf_printf(&path, "%s/keys", dir);
    int fd = open(path.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set(err, ERR_NOT_FOUND, "打不开密钥目录 %s：%s", path.p, strerror(errno));
    } else if (st.st_uid != geteuid() || (st.st_mode & 022)) {
        err_set(err, ERR_FORBIDDEN, "密钥目录 %s 不属于本程序的用户，或他人可写。请改为 0700", path.p);
        close(fd);
        fd = -1;
    }
    buf_release(&path);
    return fd;
}

static bool
write_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static bool
key_file_create(int keys, const struct key_file *f, struct err *err)
{
    int fd = openat(keys, f->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, errno == EEXIST ? ERR_CONFLICT : ERR_INTERNAL, "不能建立密钥文件 keys/%s：%s", f->name,
                       strerror(errno));
    uint8_t secret[PEPPER_BYTES];
    assert(f->n <= sizeof secret);
    crypto_random(secret, f->n);
    bool ok = fchmod(fd, 0600) == 0 && write_all(fd, secret, f->n) && fsync(fd) == 0;
    explicit_bzero(secret, sizeof secret);
    int why = errno;
    ok = close(fd) == 0 && ok && fsync(keys) == 0;
    if (ok)
        return true;
    unlinkat(keys, f->name, 0);
    return err_set(err, ERR_INTERNAL, "不能写入密钥文件 keys/%s：%s", f->name, strerror(why));
}

static bool
key_file_read(int keys, const struct key_file *f, uint8_t *out, struct err *err)
{
    int fd = openat(keys, f->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_FORBIDDEN, "打不开密钥文件 keys/%s：%s", f->name,
                       strerror(errno));
    bool ok = false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        err_set(err, ERR_FORBIDDEN, "密钥文件 keys/%s 不是普通文件", f->name);
    else if (st.st_uid != geteuid())
        err_set(err, ERR_FORBIDDEN, "密钥文件 keys/%s 属于另一个用户", f->name);
    else if (st.st_mode & 077)
        err_set(err, ERR_FORBIDDEN, "密钥文件 keys/%s 对他人开放（%04o）。请改为 0600", f->name,
                (unsigned)(st.st_mode & 07777));
    else if (st.st_size != (off_t)f->n || read(fd, out, f->n) != (ssize_t)f->n)
        err_set(err, ERR_INTERNAL, "密钥文件 keys/%s 的长度不对", f->name);
    else
        ok = true;
    close(fd);
    return ok;
}

bool
keys_create(const char *dir, struct err *err)
{
    struct buf path = {0};
    buf_printf(&path, "%s/keys", dir);
    bool made = mkdir(path.p, 0700) == 0 || errno == EEXIST;
    if (!made)
        err_set(err, ERR_INTERNAL, "不能建立密钥目录 %s：%s", path.p, strerror(errno));
    buf_release(&path);
    int keys = made ? keys_dir_open(dir, err) : -1;
    if (keys < 0)
        return false;
    /* The KEK comes last: where it is, all is there, and an interrupted init can be repeated. */
    bool ok =
        faccessat(keys, file_pepper.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || key_file_create(keys, &file_pepper, err);
    ok = ok && key_file_create(keys, &file_kek, err);
    close(keys);
    return ok;
}

static struct kek *
kek_read(const char *dir, const struct key_file *f, struct err *err)
{
    int keys = keys_dir_open(dir, err);
    if (keys < 0)
        return NULL;
    struct kek *kek = secret_new(sizeof *kek);
    if (!key_file_read(keys, f, kek->key, err)) {
        kek_free(kek);
        kek = NULL;
    }
    close(keys);
    return kek;
}

struct kek *
kek_load(const char *dir, struct err *err)
{
    return kek_read(dir, &file_kek, err);
}

void
kek_free(struct kek *kek)
{
    secret_free(kek);
}

bool
pepper_load(const char *dir, uint8_t out[PEPPER_BYTES], struct err *err)
{
    int keys = keys_dir_open(dir, err);
    if (keys < 0)
        return false;
    bool ok = key_file_read(keys, &file_pepper, out, err);
    close(keys);
    return ok;
}

bool
kek_next_exists(const char *dir)
{
    int keys = keys_dir_open(dir, NULL);
    if (keys < 0)
        return false;
    bool exists = faccessat(keys, file_kek_next.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    close(keys);
    return exists;
}

struct kek *
kek_next(const char *dir, struct err *err)
{
    if (!kek_next_exists(dir)) {
        int keys = keys_dir_open(dir, err);
        bool ok = keys >= 0 && key_file_create(keys, &file_kek_next, err);
        if (keys >= 0)
            close(keys);
        if (!ok)
            return NULL;
    }
    return kek_read(dir, &file_kek_next, err);
}

bool
kek_promote(const char *dir, struct err *err)
{
    int keys = keys_dir_open(dir, err);
    if (keys < 0)
        return false;
    bool ok = (renameat(keys, file_kek_next.name, keys, file_kek.name) == 0 || errno == ENOENT) && fsync(keys) == 0;
    if (!ok)
        err_set(err, ERR_INTERNAL, "不能启用新的密钥文件：%s", strerror(errno));
    close(keys);
    return ok;
}

/* DEKs */

static const char *const purposes[KEY_PURPOSE_COUNT] = {
    [KEY_DATA] = "data", [KEY_INDEX] = "index", [KEY_HISTORY] = "history", [KEY_SESSION] = "session"};

static const char *const subject_tables[] = {[KEY_OF_CASE] = "case_key", [KEY_OF_PERSON] = "person_key"};

struct dek {
    struct dek_name name;
    uint8_t secret[DEK_BYTES];
    uint8_t wrapping[KEY_BYTES]; /* of case and person keys, derived once because every read of a case needs it */
};

const char *
key_purpose_name(enum key_purpose p)
{
    return purposes[p];
}

bool
key_purpose_parse(struct str s, enum key_purpose *p)
{
    for (int i = 0; i < KEY_PURPOSE_COUNT; i++)
        if (str_is(s, purposes[i])) {
            *p = (enum key_purpose)i;
            return true;
        }
    return false;
}

static struct str
dek_bound(char out[BOUND_BYTES], struct dek_name name)
{
    int n = snprintf(out, BOUND_BYTES, "shaodao/kek/1|%lld|%lu|%s", (long long)name.area, (unsigned long)name.id,
                     purposes[name.purpose]);
    return str_bytes(out, (size_t)n);
}

static struct dek *
dek_alloc(struct dek_name name)
{
    struct dek *dek = secret_new(sizeof *dek);
    dek->name = name;
    return dek;
}

struct dek *
dek_new(struct dek_name name)
{
    struct dek *dek = dek_alloc(name);
    crypto_random(dek->secret, sizeof dek->secret);
    dek_derive(dek, "subject.wrapped", dek->wrapping);
    return dek;
}

void
dek_wrap(const struct kek *kek, const struct dek *dek, struct buf *out)
{
    char bound[BOUND_BYTES];
    buf_need(out, DEK_WRAPPED_BYTES);
    sm4gcm_seal(kek->key, dek_bound(bound, dek->name), str_bytes(dek->secret, DEK_BYTES), (uint8_t *)out->p + out->n);
    out->n += DEK_WRAPPED_BYTES;
}

struct dek *
dek_unwrap(const struct kek *kek, struct dek_name name, struct str wrapped, struct err *err)
{
    char bound[BOUND_BYTES];
    struct dek *dek = dek_alloc(name);
    if (wrapped.n != DEK_WRAPPED_BYTES || !sm4gcm_open(kek->key, dek_bound(bound, name), wrapped, dek->secret)) {
        dek_free(dek);
        err_set(err, ERR_INTERNAL, "数据密钥 %lu 解不开：密钥文件不是这套数据的，或数据已被改动",
                (unsigned long)name.id);
        return NULL;
    }
    dek_derive(dek, "subject.wrapped", dek->wrapping);
    return dek;
}

struct dek_name
dek_name(const struct dek *dek)
{
    return dek->name;
}

void
dek_free(struct dek *dek)
{
    secret_free(dek);
}

void
dek_derive(const struct dek *dek, const char *label, uint8_t out[KEY_BYTES])
{
    char info[BOUND_BYTES];
    int n = snprintf(info, sizeof info, "%s%s", purposes[dek->name.purpose], label);
    assert(n > 0 && n < (int)sizeof info);
    hkdf_sm3(str_bytes(dek->secret, DEK_BYTES), STR(""), str_bytes(info, (size_t)n), out, KEY_BYTES);
}

/* Keys of cases and persons */

void
subject_key_new(uint8_t out[KEY_BYTES])
{
    crypto_random(out, KEY_BYTES);
}

void
subject_key_wrap(const struct dek *dek, enum key_subject of, int64_t id, const uint8_t key[KEY_BYTES], struct buf *out)
{
    assert(dek->name.purpose == KEY_DATA);
    char bound[BOUND_BYTES];
    column_seal(out, dek->name.id, dek->wrapping,
                column_bound(bound, dek->name.area, subject_tables[of], "wrapped", id), str_bytes(key, KEY_BYTES));
}

bool
subject_key_unwrap(const struct dek *dek, enum key_subject of, int64_t id, struct str wrapped, uint8_t out[KEY_BYTES])
{
    assert(dek->name.purpose == KEY_DATA);
    char bound[BOUND_BYTES];
    return wrapped.n == SUBJECT_WRAPPED_BYTES &&
           column_open_into(dek->wrapping, column_bound(bound, dek->name.area, subject_tables[of], "wrapped", id),
                            wrapped, out);
}

/* Blind index */

void
blind_index(const uint8_t key[KEY_BYTES], const char *purpose, struct str normalised, uint8_t out[BLIND_BYTES])
{
    struct buf m = {0};
    uint8_t mac[HASH_BYTES];
    buf_z(&m, purpose);
    buf_char(&m, '|');
    buf_str(&m, normalised);
    hmac_sm3(str_bytes(key, KEY_BYTES), buf_view(&m), mac);
    memcpy(out, mac, BLIND_BYTES);
    explicit_bzero(m.p, m.n);
    buf_release(&m);
}

/* What people put between digits: blanks of several widths, hyphens and dashes, brackets. */
static bool
is_filler(uint32_t c)
{
    return c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200B) ||
           c == 0x202F ||                                                                           /* blanks */
           c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFF0D || c == 0xFE63 || /* dashes */
           c == '(' || c == ')' || c == 0xFF08 || c == 0xFF09 ||                                    /* brackets */
           (c >= 0x202A && c <= 0x202E); /* direction marks that copying from an address book leaves */
}

static bool
is_mobile(const char *p, size_t n)
{
    return n == 11 && p[0] == '1' && p[1] >= '3';
}

/* Takes the country code off digits[0..n); returns how many digits remain. */
static size_t
without_country(char *digits, size_t n, bool plus)
{
    size_t skip = 0;
    if (n > 4 && memcmp(digits, "0086", 4) == 0)
        skip = 4;
    else if (n > 2 && memcmp(digits, "86", 2) == 0 && (plus || is_mobile(digits + 2, n - 2)))
        skip = 2;
    if (!skip)
        return n;
    n -= skip;
    memmove(digits, digits + skip, n);
    /* Abroad one writes +86 797 …; at home the area code begins with 0. 400 and 800 numbers have none. */
    bool lacks_zero = n >= 10 && n < PHONE_BYTES - 1 && digits[0] != '0' && !is_mobile(digits, n) &&
                      memcmp(digits, "400", 3) != 0 && memcmp(digits, "800", 3) != 0;
    if (lacks_zero) {
        memmove(digits + 1, digits, n);
        digits[0] = '0';
        n++;
    }
    return n;
}

bool
phone_normalise(struct str in, char out[PHONE_BYTES])
{
    enum { DIGITS_MIN = 3, DIGITS_MAX = 20 };
    char digits[PHONE_BYTES] = {0};
    size_t n = 0;
    bool plus = false, odd = !utf8_valid(in);
    out[0] = '\0';
    while (in.n && !odd) {
        uint32_t c = utf8_next(&in);
        if (c >= 0xFF10 && c <= 0xFF19)
            c = c - 0xFF10 + '0';
        if (c >= '0' && c <= '9' && n < DIGITS_MAX)
            digits[n++] = (char)c;
        else if ((c == '+' || c == 0xFF0B) && n == 0 && !plus)
            plus = true;
        else
            odd = !is_filler(c);
    }
    if (odd)
        return false;
    n = without_country(digits, n, plus);
    if (n < DIGITS_MIN)
        return false;
    memcpy(out, digits, n);
    out[n] = '\0';
    return true;
}
