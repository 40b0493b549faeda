#include "file_store.h"

void
file_key_wrap(const uint8_t by[KEY_BYTES], int64_t area, int64_t id, int64_t case_id, const uint8_t key[KEY_BYTES],
              struct buf *out)
{
    seal(by, area, "file.key", id, case_id, str_bytes(key, KEY_BYTES), out);
}

bool
file_key_unwrap(const uint8_t by[KEY_BYTES], int64_t area, int64_t id, int64_t case_id, struct str wrapped,
                uint8_t key[KEY_BYTES])
{
    struct buf plain = {0};
    bool ok = unseal(by, area, "file.key", id, case_id, wrapped, &plain) && plain.n == KEY_BYTES;
    if (ok)
        memcpy(key, plain.p, KEY_BYTES);
    if (plain.n)
        explicit_bzero(plain.p, plain.n);
    buf_release(&plain);
    return ok;
}

static void
take_hash(struct str from, uint8_t to[HASH_BYTES])
{
    memset(to, 0, HASH_BYTES);
    if (from.n == HASH_BYTES)
        memcpy(to, from.p, HASH_BYTES);
}

/* The key that wraps: the area's, or the case's. */
static bool
find_wrapper(struct keyring *k, int64_t area, int64_t case_id, struct str wrapped_case, uint8_t by[KEY_BYTES], struct err *err)
{
    const uint8_t *of_area = keyring_key(k, area, "file");
    if (case_id)
        return (wrapped_case.n && keyring_unwrap(k, area, case_id, wrapped_case, by)) ||
               err_set(err, ERR_GONE, "这件事项的内容已依法删除，文件也不能再打开。");
    if (!of_area)
        return err_set(err, ERR_INTERNAL, "这个地区没有密钥。");
    memcpy(by, of_area, KEY_BYTES);
    return true;
}

bool
file_seal_find(struct db *db, struct keyring *k, int64_t area, int64_t id, struct file_seal *out, struct err *err)
{
    struct rows r;
    uint8_t by[KEY_BYTES] = {0};
    if (!db_query(db, SQL_FILE_KEY, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return r.has_failed ? false : err_set(err, ERR_NOT_FOUND, "没有这个文件。");
    *out = (struct file_seal){.case_id = rows_int(&r, 0), .is_sealed = rows_int(&r, 1) != 0};
    take_hash(rows_text(&r, 2), out->address);
    take_hash(rows_text(&r, 4), out->sha256);
    bool ok = find_wrapper(k, area, out->case_id, rows_text(&r, 5), by, err);
    if (ok && out->is_sealed && !file_key_unwrap(by, area, id, out->case_id, rows_text(&r, 3), out->key)) {
        err_set(err, ERR_INTERNAL, "这个文件的密钥已损坏或被改动，不能打开。请告诉系统管理员，从备份恢复。");
        ok = err_detail(err, "file %lld: its key does not open", (long long)id);
    }
    rows_end(&r);
    explicit_bzero(by, sizeof by);
    return ok;
}

bool
file_key_rewrap(struct db *db, struct keyring *k, int64_t area, int64_t id, int64_t case_id,
                const uint8_t case_key[KEY_BYTES], struct buf *out, struct err *err)
{
    struct file_seal s = {0};
    if (!file_seal_find(db, k, area, id, &s, err))
        return false;
    if (s.is_sealed)
        file_key_wrap(case_key, area, id, case_id, s.key, out);
    explicit_bzero(s.key, sizeof s.key);
    return true;
}

static void
add_text(struct buf *b, struct str s)
{
    uint8_t n[8];
    put_u64be(n, s.n);
    buf_add(b, n, sizeof n);
    buf_str(b, s);
}

static void
add_number(struct buf *b, uint64_t v)
{
    uint8_t n[8];
    put_u64be(n, v);
    buf_add(b, n, sizeof n);
}

static uint64_t
real_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

void
file_facts_digest(const struct rows *r, uint8_t out[HASH_BYTES])
{
    struct buf b = {0};
    add_number(&b, (uint64_t)rows_int(r, 0));
    add_text(&b, rows_text(r, 1));
    add_text(&b, rows_text(r, 2));
    for (int i = 3; i <= 7; i++)
        add_number(&b, (uint64_t)rows_int(r, i));
    add_text(&b, rows_text(r, 8));
    add_number(&b, (uint64_t)rows_int(r, 9));
    add_number(&b, (uint64_t)rows_int(r, 10));
    add_number(&b, real_bits(rows_real(r, 11)));
    add_number(&b, real_bits(rows_real(r, 12)));
    add_text(&b, rows_text(r, 13));
    sm3(buf_view(&b), out);
    buf_release(&b);
}

bool
file_digest(struct db *db, int64_t area, int64_t id, uint8_t out[HASH_BYTES], struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_FILE_FACTS, &r, err, V_INT(area), V_INT(id)))
        return false;
    bool ok = rows_next(&r, err);
    if (ok)
        file_facts_digest(&r, out);
    rows_end(&r);
    return ok || (!r.has_failed && err_set(err, ERR_NOT_FOUND, "没有这个文件。"));
}
