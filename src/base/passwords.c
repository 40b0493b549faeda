#include "passwords.h"

#include <sodium.h>

enum {
    ARGON_PASSES = 2,
    ARGON_KIB = 64 * 1024,
    PBKDF2_ROUNDS = 600000,
    /* Bounds on what a stored hash may ask for: a changed row must not stop the server. */
    ARGON_PASSES_MAX = 10,
    ARGON_KIB_MAX = 128 * 1024,
    PBKDF2_ROUNDS_MAX = 10 * 1000 * 1000,
};

struct recipe {
    enum pw_kind kind;
    int64_t passes, kib; /* argon2id */
    int64_t rounds;      /* PBKDF2 */
    uint8_t salt[SALT_BYTES];
};

static bool
same_cost(const struct recipe *a, const struct recipe *b)
{
    return a->kind == b->kind && a->passes == b->passes && a->kib == b->kib && a->rounds == b->rounds;
}

static struct recipe
recipe_new(enum pw_kind kind)
{
    struct recipe r = {.kind = kind};
    if (kind == PW_ARGON2ID)
        r.passes = ARGON_PASSES, r.kib = ARGON_KIB;
    else
        r.rounds = PBKDF2_ROUNDS;
    crypto_random(r.salt, sizeof r.salt);
    return r;
}

/* Cuts "name=number" off *list; false when it is something else or out of bounds. */
static bool
cost(struct str *list, const char *name, int64_t max, int64_t *out)
{
    struct str item, key;
    return str_cut(list, ',', &item) && str_cut(&item, '=', &key) && str_is(key, name) && str_int(item, out) &&
           *out >= 1 && *out <= max;
}

static bool
recipe_parse(struct str hash, struct recipe *r, uint8_t tag[HASH_BYTES])
{
    struct str kind, costs, salt, tag_hex;
    *r = (struct recipe){0};
    if (!str_cut(&hash, '$', &kind) || !str_cut(&hash, '$', &costs) || !str_cut(&hash, '$', &salt) ||
        !str_cut(&hash, '$', &tag_hex) || hash.n)
        return false;
    if (str_is(kind, "argon2id")) {
        r->kind = PW_ARGON2ID;
        if (!cost(&costs, "t", ARGON_PASSES_MAX, &r->passes) || !cost(&costs, "m", ARGON_KIB_MAX, &r->kib) ||
            r->kib < 8)
            return false;
    } else if (str_is(kind, "pbkdf2-sm3")) {
        r->kind = PW_PBKDF2_SM3;
        if (!cost(&costs, "i", PBKDF2_ROUNDS_MAX, &r->rounds))
            return false;
    } else {
        return false;
    }
    return costs.n == 0 && hex_decode(salt, r->salt, SALT_BYTES) && hex_decode(tag_hex, tag, HASH_BYTES);
}

static void
recipe_write(const struct recipe *r, const uint8_t tag[HASH_BYTES], char out[PW_HASH_MAX])
{
    struct buf b = {0};
    if (r->kind == PW_ARGON2ID)
        buf_printf(&b, "argon2id$t=%d,m=%d$", (int)r->passes, (int)r->kib);
    else
        buf_printf(&b, "pbkdf2-sm3$i=%d$", (int)r->rounds);
    buf_hex(&b, r->salt, SALT_BYTES);
    buf_char(&b, '$');
    buf_hex(&b, tag, HASH_BYTES);
    snprintf(out, PW_HASH_MAX, "%.*s", (int)b.n, b.p);
    buf_release(&b);
}

/* False only when there is no memory for it. */
static bool
recipe_tag(const struct recipe *r, const uint8_t pepper[PEPPER_BYTES], struct str password, uint8_t tag[HASH_BYTES])
{
    uint8_t raw[HASH_BYTES];
    bool ok = true;
    if (r->kind == PW_ARGON2ID)
        ok = sodium_init() >= 0 && crypto_pwhash(raw, sizeof raw, password.p, password.n, r->salt, (uint64_t)r->passes,
                                                 (size_t)r->kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
    else
        pbkdf2_sm3(password, str_bytes(r->salt, SALT_BYTES), (int)r->rounds, raw);
    if (ok)
        hmac_sm3(str_bytes(pepper, PEPPER_BYTES), str_bytes(raw, sizeof raw), tag);
    explicit_bzero(raw, sizeof raw);
    return ok;
}

static bool
no_memory(struct err *err)
{
    err_set(err, ERR_BUSY, "系统繁忙，请稍后再试");
    return err_detail(err, "no memory for a password hash");
}

bool
pw_hash_here(const struct pw_settings *s, struct str password, char out[PW_HASH_MAX], struct err *err)
{
    struct recipe r = recipe_new(s->kind);
    uint8_t tag[HASH_BYTES];
    if (password.n > PW_BYTES_MAX)
        return err_field(err, "password", "口令太长");
    if (!recipe_tag(&r, s->pepper, password, tag))
        return no_memory(err);
    recipe_write(&r, tag, out);
    return true;
}

bool
pw_verify_here(const struct pw_settings *s, struct str hash, struct str password, bool *stale, struct err *err)
{
    struct recipe r, now = recipe_new(s->kind);
    uint8_t want[HASH_BYTES], tag[HASH_BYTES];
    bool known = recipe_parse(hash, &r, want) && password.n <= PW_BYTES_MAX;
    if (!known) { /* the same work as for somebody we know */
        r = now;
        memset(want, 0, sizeof want);
    }
    if (password.n > PW_BYTES_MAX)
        password.n = PW_BYTES_MAX;
    if (!recipe_tag(&r, s->pepper, password, tag))
        return no_memory(err);
    bool match = crypto_equal(tag, want, HASH_BYTES) && known;
    if (stale)
        *stale = match && !same_cost(&r, &now);
    return match || err_set(err, ERR_LOGIN, "用户名或口令不对");
}
