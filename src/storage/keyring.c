#include "keyring.h"

#include <pthread.h>

enum { KEYRING_MAX = 256 };

/* One label per use; the purpose says which data key it is derived from. */
static const struct {
    const char *purpose;
    enum key_purpose dek;
} uses[] = {
    {"case", KEY_DATA},      {"person", KEY_DATA},      {"file", KEY_DATA},    {"contact-index", KEY_INDEX},
    {"search", KEY_INDEX},   {"history", KEY_HISTORY},  {"link", KEY_SESSION}, {"query-code", KEY_SESSION},
    {"csrf", KEY_SESSION},   {"registry", KEY_DATA}, {"presence", KEY_SESSION},
};
enum { USES = sizeof uses / sizeof *uses };

struct area_keys { /* in locked memory */
    int64_t area;
    struct dek *data;
    uint8_t key[USES][KEY_BYTES];
};

struct keyring {
    struct kek *kek;
    struct area_keys *areas[KEYRING_MAX];
    size_t n_areas;
    struct dek *deks[KEYRING_MAX];
    size_t n_deks;
    pthread_mutex_t lock; /* for additions; readers see only complete entries */
};

bool
keyring_create(const char *dir, struct err *err)
{
    return keys_create(dir, err);
}

struct keyring *
keyring_open(const char *dir, struct err *err)
{
    struct kek *kek = kek_load(dir, err);
    if (!kek)
        return NULL;
    struct keyring *k = xcalloc(1, sizeof *k);
    k->kek = kek;
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

void
keyring_free(struct keyring *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->n_areas; i++)
        secret_free(k->areas[i]);
    for (size_t i = 0; i < k->n_deks; i++)
        dek_free(k->deks[i]);
    kek_free(k->kek);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

static struct area_keys *
find_area(struct keyring *k, int64_t area)
{
    size_t n = __atomic_load_n(&k->n_areas, __ATOMIC_ACQUIRE);
    for (size_t i = 0; i < n; i++)
        if (k->areas[i]->area == area)
            return k->areas[i];
    return NULL;
}

static void
take_dek(struct keyring *k, struct dek *dek)
{
    struct dek_name name = dek_name(dek);
    struct area_keys *a = find_area(k, name.area);
    bool is_new = !a;
    if (is_new) {
        a = secret_new(sizeof *a);
        a->area = name.area;
    }
    for (int u = 0; u < USES; u++)
        if (uses[u].dek == name.purpose)
            dek_derive(dek, uses[u].purpose, a->key[u]);
    if (name.purpose == KEY_DATA)
        a->data = dek;
    k->deks[k->n_deks++] = dek;
    if (is_new) {
        k->areas[k->n_areas] = a;
        __atomic_store_n(&k->n_areas, k->n_areas + 1, __ATOMIC_RELEASE);
    }
}

bool
keyring_load(struct keyring *k, struct db *db, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_KEYS_ALL, &r, err))
        return false;
    pthread_mutex_lock(&k->lock);
    bool ok = true;
    while (ok && rows_next(&r, err)) {
        struct dek_name name = {.id = (uint32_t)rows_int(&r, 0), .area = rows_int(&r, 1)};
        struct dek *dek = key_purpose_parse(rows_text(&r, 2), &name.purpose) && k->n_deks < KEYRING_MAX
                              ? dek_unwrap(k->kek, name, rows_text(&r, 3), err)
                              : NULL;
        ok = dek != NULL;
        if (dek)
            take_dek(k, dek);
    }
    rows_end(&r);
    pthread_mutex_unlock(&k->lock);
    return ok && !r.has_failed;
}

bool
keyring_new_area(struct keyring *k, struct db *db, int64_t area, int64_t now, struct err *err)
{
    for (int p = 0; p < KEY_PURPOSE_COUNT; p++) {
        int64_t id = db_int(db, SQL_KEY_NEXT_ID, NULL, 0, 0, err);
        if (id <= 0 || k->n_deks >= KEYRING_MAX)
            return err_set(err, ERR_INTERNAL, "不能建立密钥。");
        struct dek *dek = dek_new((struct dek_name){.area = area, .id = (uint32_t)id, .purpose = (enum key_purpose)p});
        struct buf wrapped = {0};
        dek_wrap(k->kek, dek, &wrapped);
        bool ok = db_exec(db, SQL_KEY_INSERT, err, V_INT(id), V_INT(area), V_TEXT(str_of(key_purpose_name((enum key_purpose)p))),
                          V_BLOB(buf_view(&wrapped)), V_INT(now));
        buf_release(&wrapped);
        pthread_mutex_lock(&k->lock);
        take_dek(k, dek);
        pthread_mutex_unlock(&k->lock);
        if (!ok)
            return false;
    }
    return true;
}

const uint8_t *
keyring_key(struct keyring *k, int64_t area, const char *purpose)
{
    struct area_keys *a = find_area(k, area);
    for (int u = 0; a && u < USES; u++)
        if (strcmp(uses[u].purpose, purpose) == 0)
            return a->key[u];
    return NULL;
}

void
keyring_make_wrapped(struct keyring *k, int64_t area, int64_t id, uint8_t key[KEY_BYTES], struct buf *wrapped)
{
    subject_key_new(key);
    struct area_keys *a = find_area(k, area);
    if (a && a->data)
        subject_key_wrap(a->data, KEY_OF_CASE, id, key, wrapped);
}

bool
keyring_unwrap(struct keyring *k, int64_t area, int64_t id, struct str wrapped, uint8_t key[KEY_BYTES])
{
    struct area_keys *a = find_area(k, area);
    return a && a->data && subject_key_unwrap(a->data, KEY_OF_CASE, id, wrapped, key);
}

/* area | column | row | sub: where a value belongs, so that one moved elsewhere does not open. */
static struct str
bound_to(char out[BOUND_BYTES], int64_t area, const char *column, int64_t row, int64_t sub)
{
    char *p = out;
    put_u64be((uint8_t *)p, (uint64_t)area);
    put_u64be((uint8_t *)p + 8, (uint64_t)row);
    put_u64be((uint8_t *)p + 16, (uint64_t)sub);
    size_t n = strlen(column);
    memcpy(p + 24, column, n < BOUND_BYTES - 24 ? n : BOUND_BYTES - 24);
    return (struct str){out, 24 + n};
}

void
seal(const uint8_t key[KEY_BYTES], int64_t area, const char *column, int64_t row, int64_t sub, struct str plain,
     struct buf *out)
{
    char bound[BOUND_BYTES];
    column_seal(out, 0, key, bound_to(bound, area, column, row, sub), plain);
}

bool
unseal(const uint8_t key[KEY_BYTES], int64_t area, const char *column, int64_t row, int64_t sub, struct str sealed,
       struct buf *out)
{
    char bound[BOUND_BYTES];
    uint32_t key_id; /* stands outside of what the tag covers */
    if (!column_key_id(sealed, &key_id) || key_id != 0)
        return false;
    size_t n = sealed.n - COLUMN_EXTRA;
    buf_need(out, n + 1);
    if (!column_open_into(key, bound_to(bound, area, column, row, sub), sealed, (uint8_t *)out->p + out->n))
        return false;
    out->n += n;
    return true;
}
