#include "proof.h"

#include <math.h>

#include "limits.h"

const char *
proof_label(int grade)
{
    static const char *const labels[PROOF_GRADES] = {"没有凭据", "到场码", "扫固定码并定位", "扫固定码或他人证明"};
    return grade >= 0 && grade < PROOF_GRADES ? labels[grade] : labels[PROOF_NONE];
}

/* ---- Codes ---- */

static void
code_of_step(const uint8_t key[KEY_BYTES], struct proof_seat seat, int64_t step, char out[PROOF_CODE_DIGITS + 1])
{
    enum { MILLION = 1000000 };
    uint8_t text[13] = {(uint8_t)seat.kind}, hash[HASH_BYTES];
    put_u32be(text + 1, (uint32_t)seat.id);
    put_u64be(text + 5, (uint64_t)step);
    hmac_sm3(str_bytes(key, KEY_BYTES), str_bytes(text, sizeof text), hash);
    uint32_t n = (get_u32be(hash) & 0x7fffffff) % MILLION;
    for (int i = PROOF_CODE_DIGITS - 1; i >= 0; i--, n /= 10)
        out[i] = (char)('0' + n % 10);
    out[PROOF_CODE_DIGITS] = 0;
}

void
proof_code_at(const uint8_t key[KEY_BYTES], struct proof_seat seat, instant at, char out[PROOF_CODE_DIGITS + 1])
{
    code_of_step(key, seat, at / PROOF_STEP_MS, out);
}

bool
proof_code_ok(const uint8_t key[KEY_BYTES], struct proof_seat seat, instant at, struct str code)
{
    bool is_right = false;
    char want[PROOF_CODE_DIGITS + 1];
    if (code.n != PROOF_CODE_DIGITS || !seat.id)
        return false;
    for (int back = 0; back < 2; back++) {
        code_of_step(key, seat, at / PROOF_STEP_MS - back, want);
        is_right |= crypto_equal(want, code.p, PROOF_CODE_DIGITS);
    }
    return is_right;
}

int
proof_seconds_left(instant at)
{
    return (int)((PROOF_STEP_MS - at % PROOF_STEP_MS + 999) / 1000);
}

/* ---- What was typed or scanned ---- */

/* Six digits, full width ones and spaces between them included. */
static bool
read_digits(struct str s, char out[PROOF_CODE_DIGITS + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool is_wide = i + 2 < s.n && c == 0xef && (unsigned char)s.p[i + 1] == 0xbc && (unsigned char)s.p[i + 2] >= 0x90 &&
                       (unsigned char)s.p[i + 2] <= 0x99;
        if (c == ' ' || c == '-')
            continue;
        if (is_wide) {
            c = (unsigned char)('0' + (unsigned char)s.p[i + 2] - 0x90);
            i += 2;
        }
        if (c < '0' || c > '9' || n == PROOF_CODE_DIGITS)
            return false;
        out[n++] = (char)c;
    }
    out[n] = 0;
    return n == PROOF_CODE_DIGITS;
}

static struct str
after(struct str s, struct str mark)
{
    for (size_t i = 0; i + mark.n <= s.n; i++)
        if (memcmp(s.p + i, mark.p, mark.n) == 0)
            return (struct str){s.p + i + mark.n, s.n - i - mark.n};
    return STR("");
}

static size_t
code_length(struct str s)
{
    size_t n = 0;
    while (n < s.n && (s.p[n] == '-' || s.p[n] == '_' || (s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
                       (s.p[n] >= 'a' && s.p[n] <= 'z')))
        n++;
    return n;
}

bool
proof_text_read(struct str s, struct proof_text *out)
{
    *out = (struct proof_text){.place = STR("")};
    if (s.n > LIMIT_PROOF_TEXT)
        return false;
    struct str at = after(s, STR("/m/at/"));
    if (!at.n)
        at = after(s, STR("/x/"));
    if (!at.n)
        return read_digits(s, out->code);
    out->place = (struct str){at.p, code_length(at)};
    struct str rest = {at.p + out->place.n, at.n - out->place.n}, k = after(rest, STR("?k="));
    if (k.n >= PROOF_CODE_DIGITS && !read_digits((struct str){k.p, PROOF_CODE_DIGITS}, out->code))
        return false;
    return out->place.n > 0;
}

/* ---- The grade ---- */

static int
rounded(double metres)
{
    double steps = ceil(metres / PROOF_ROUND_M);
    return steps < 1 ? PROOF_ROUND_M : steps > 20000 ? 20000 * PROOF_ROUND_M : (int)steps * PROOF_ROUND_M;
}

struct proof
proof_grade(const struct proof_input *in)
{
    struct proof out = {.distance_m = -1};
    bool is_measured = in->has_position && point_is_known(in->place) && in->accuracy_m >= 0;
    double metres = is_measured ? metres_between(in->position, in->place) : 0;
    if (is_measured)
        out.distance_m = rounded(metres);
    bool is_near = is_measured && metres <= PROOF_NEAR_M && in->accuracy_m <= PROOF_ACCURACY_M && in->age_ms >= 0 &&
                   in->age_ms <= PROOF_FRESH_MS;
    if (in->is_code_right)
        out.grade = PROOF_CODE;
    else if (in->is_qr_right && is_near)
        out.grade = PROOF_NEAR;
    else if (in->is_qr_right || in->is_vouched)
        out.grade = PROOF_WORD;
    return out;
}
