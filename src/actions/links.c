/* Secret links and query codes: keyed hashes of the case id, so that nothing secret is stored and the first answer can be
 * rebuilt for a repeated submission. */
#include "actions.h"

enum { TAG = 12 };

/* `purpose` is four letters: a follower's link must not open what the reporter's opens. */
static void
link_tag(const char *purpose, const uint8_t *key, int64_t area, int64_t case_id, uint8_t out[TAG])
{
    uint8_t text[16 + 4], mac[HASH_BYTES];
    memcpy(text, purpose, 4);
    put_u64be(text + 4, (uint64_t)area);
    put_u64be(text + 12, (uint64_t)case_id);
    hmac_sm3(str_bytes(key, KEY_BYTES), str_bytes(text, sizeof text), mac);
    memcpy(out, mac, TAG);
}

/* base64url(area 4 bytes | case id 8 bytes | tag 12 bytes): 32 characters. */
static void
sign_token(const char *purpose, const struct area *area, int64_t case_id, char out[48])
{
    uint8_t raw[24];
    put_u32be(raw, (uint32_t)area->id);
    put_u64be(raw + 4, (uint64_t)case_id);
    link_tag(purpose, area->link_key, area->id, case_id, raw + 12);
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
read_token(const char *purpose, struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    uint8_t raw[24];
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
    const struct area *a = app_area(app, get_u32be(raw));
    uint8_t tag[TAG];
    if (!a || a->id == 0)
        return false;
    int64_t id = (int64_t)((uint64_t)get_u32be(raw + 4) << 32 | get_u32be(raw + 8));
    link_tag(purpose, a->link_key, a->id, id, tag);
    if (!crypto_equal(tag, raw + 12, TAG))
        return false;
    *area = a->id;
    *case_id = id;
    return true;
}

void
case_token(const struct area *area, int64_t case_id, char out[48])
{
    sign_token("link", area, case_id, out);
}

bool
case_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    return read_token("link", app, token, area, case_id);
}

void
follower_token(const struct area *area, int64_t case_id, char out[48])
{
    sign_token("foll", area, case_id, out);
}

bool
follower_token_open(struct app *app, struct str token, int64_t *area, int64_t *case_id)
{
    return read_token("foll", app, token, area, case_id);
}

void
calendar_token(const struct area *area, bool is_person, int64_t id, char out[48])
{
    sign_token(is_person ? "cal1" : "cal2", area, id, out);
}

bool
calendar_token_open(struct app *app, struct str token, int64_t *area, int64_t *id, bool *is_person)
{
    *is_person = read_token("cal1", app, token, area, id);
    return *is_person || read_token("cal2", app, token, area, id);
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
