/* Secret links and query codes: keyed hashes of the case id, so that nothing secret is stored and the first answer can be
 * rebuilt for a repeated submission. */
#include "actions.h"

enum { TAG = 12 };

/* `purpose` is four letters: a follower's link must not open what the reporter's opens. rev: how often it was renewed. */
static void
link_tag(const char *purpose, const uint8_t *key, int64_t area, int64_t case_id, int64_t rev, uint8_t out[TAG])
{
    uint8_t text[4 + 3 * 8], mac[HASH_BYTES];
    memcpy(text, purpose, 4);
    put_u64be(text + 4, (uint64_t)area);
    put_u64be(text + 12, (uint64_t)case_id);
    put_u64be(text + 20, (uint64_t)rev);
    hmac_sm3(str_bytes(key, KEY_BYTES), str_bytes(text, rev ? sizeof text : 20), mac);
    memcpy(out, mac, TAG);
}

/* base64url(area 4 bytes | case id 8 bytes | tag 12 bytes): 32 characters. */
static void
sign_token(const char *purpose, const struct area *area, int64_t case_id, int64_t rev, char out[48])
{
    uint8_t raw[24];
    put_u32be(raw, (uint32_t)area->id);
    put_u64be(raw + 4, (uint64_t)case_id);
    link_tag(purpose, area->link_key, area->id, case_id, rev, raw + 12);
    struct buf b = {0};
    buf_base64url(&b, raw, sizeof raw);
    memcpy(out, b.p, b.n);
    out[b.n] = 0;
    buf_release(&b);
}

static int
base64url_value(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '-' ? 62 : c == '_' ? 63 : -1;
}

static bool
unpack(struct str token, uint8_t raw[24])
{
    if (token.n != 32)
        return false;
    for (size_t i = 0; i < 8; i++) {
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = base64url_value(token.p[4 * i + k]);
            if (d < 0)
                return false;
            v = v << 6 | (uint32_t)d;
        }
        raw[3 * i] = (uint8_t)(v >> 16);
        raw[3 * i + 1] = (uint8_t)(v >> 8);
        raw[3 * i + 2] = (uint8_t)v;
    }
    return true;
}

static int64_t
id_in(const uint8_t raw[24])
{
    return (int64_t)((uint64_t)get_u32be(raw + 4) << 32 | get_u32be(raw + 8));
}

static bool
is_signed(const char *purpose, const struct area *a, const uint8_t raw[24], int64_t rev)
{
    uint8_t tag[TAG];
    link_tag(purpose, a->link_key, a->id, id_in(raw), rev, tag);
    return crypto_equal(tag, raw + 12, TAG);
}

static bool
read_token(const char *purpose, struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    uint8_t raw[24];
    if (!unpack(token, raw))
        return false;
    const struct area *a = app_area(app, get_u32be(raw));
    if (!a || a->id == 0 || !is_signed(purpose, a, raw, 0))
        return false;
    *area = a->id;
    *case_id = id_in(raw);
    return true;
}

void
case_token(const struct area *area, int64_t case_id, char out[48])
{
    sign_token("link", area, case_id, 0, out);
}

bool
case_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    return read_token("link", app, token, area, case_id);
}

void
follower_token(const struct area *area, int64_t case_id, char out[48])
{
    sign_token("foll", area, case_id, 0, out);
}

bool
follower_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    return read_token("foll", app, token, area, case_id);
}

/* ---- calendars: an address can be renewed or stopped, one by one ---- */

static const char *
calendar_purpose(bool is_person)
{
    return is_person ? "cal1" : "cal2";
}

static bool
read_feed(struct db *db, int64_t area, bool is_person, int64_t id, int64_t *rev, bool *is_off)
{
    struct err err = {0};
    struct rows r;
    *rev = 0;
    *is_off = false;
    if (!db_query(db, SQL_CALENDAR_FEED_GET, &r, &err, V_INT(area), V_INT(is_person), V_INT(id)))
        return false;
    if (rows_next(&r, &err)) {
        *rev = rows_int(&r, 0);
        *is_off = rows_int(&r, 1) != 0;
    }
    rows_end(&r);
    return err.kind == ERR_NONE;
}

bool
calendar_token(struct db *db, const struct area *area, bool is_person, int64_t id, char out[48])
{
    int64_t rev;
    bool is_off;
    if (!read_feed(db, area->id, is_person, id, &rev, &is_off) || is_off)
        return false;
    sign_token(calendar_purpose(is_person), area, id, rev, out);
    return true;
}

bool
calendar_token_open(struct app *app, struct db *db, struct str token, int64_t *area, int64_t *id, bool *is_person)
{
    uint8_t raw[24];
    const struct area *a = unpack(token, raw) ? app_area(app, get_u32be(raw)) : NULL;
    for (int person = 1; a && a->id && person >= 0; person--) {
        int64_t rev;
        bool is_off;
        if (!read_feed(db, a->id, person, id_in(raw), &rev, &is_off) || is_off || !is_signed(calendar_purpose(person), a, raw, rev))
            continue;
        *area = a->id;
        *id = id_in(raw);
        *is_person = person;
        return true;
    }
    return false;
}

void
case_query_code(const struct area *area, int64_t case_id, char out[8])
{
    uint8_t text[20] = "code", mac[HASH_BYTES];
    put_u64be(text + 4, (uint64_t)area->id);
    put_u64be(text + 12, (uint64_t)case_id);
    hmac_sm3(str_bytes(area->code_key, KEY_BYTES), str_bytes(text, sizeof text), mac);
    uint32_t n = get_u32be(mac) % 1000000;
    for (int i = 5; i >= 0; i--, n /= 10)
        out[i] = (char)('0' + n % 10);
    out[6] = 0;
}
