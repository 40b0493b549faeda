/* proof.h — how well it is shown that somebody was there: grades of presence (docs/architecture.md 9), without tracking.
 *
 * G1 a rotating code that stands on a station's or the property's phone, G2 the fixed QR code of the compound with a
 * fresh position near it, G3 the fixed QR code alone or the word of somebody who is posted there. A position serves for
 * this one decision and is kept nowhere: what stays is the grade and the distance, rounded.
 */
#ifndef CORE_PROOF_H
#define CORE_PROOF_H

#include "calendar.h"
#include "crypto.h"
#include "geo.h"
#include "registry.h"

enum {
    PROOF_STEP_MS = 60 * 1000, /* a code stands for one step and is taken during the next one too */
    PROOF_CODE_DIGITS = 6,
    PROOF_NEAR_M = 300,        /* from the point of the compound */
    PROOF_ACCURACY_M = 200,    /* a vaguer position says nothing */
    PROOF_FRESH_MS = 2 * 60 * 1000,
    PROOF_ROUND_M = 50,
};

enum proof_grade { PROOF_NONE, PROOF_CODE, PROOF_NEAR, PROOF_WORD, PROOF_GRADES };
const char *proof_label(int grade); /* 到场码, 扫码并定位, 扫码或他人证明, 无凭据 */

/* ---- Codes ---- */

enum proof_seat_kind { SEAT_PLACE = 'p', SEAT_ORG = 'o' };
struct proof_seat { /* whose phone shows the code: the property's in a compound, or a station's */
    enum proof_seat_kind kind;
    int32_t id;
};

/* The key is the area's own (keyring, "presence"). */
void proof_code_at(const uint8_t key[KEY_BYTES], struct proof_seat seat, instant at, char out[PROOF_CODE_DIGITS + 1]);
bool proof_code_ok(const uint8_t key[KEY_BYTES], struct proof_seat seat, instant at, struct str code);
int proof_seconds_left(instant at); /* until the next code: 1 … 60 */

/* What was typed or scanned: 「123 456」, …/m/at/XFL?k=123456 (a phone's QR code), …/m/at/XFL or …/x/XFL (fixed ones). */
struct proof_text {
    struct str place; /* code of the compound, empty when only digits were given */
    char code[PROOF_CODE_DIGITS + 1]; /* empty for a fixed QR code */
};
bool proof_text_read(struct str s, struct proof_text *out); /* false: none of these */

/* ---- The grade ---- */

struct proof_input {
    bool is_code_right, is_qr_right, is_vouched;
    bool has_position;
    struct point position, place; /* place 0,0: then nothing can be near it */
    int accuracy_m; /* 0 = the phone did not say */
    int64_t age_ms; /* of the position when it was used */
};
struct proof {
    int grade; /* enum proof_grade */
    int distance_m; /* rounded up to PROOF_ROUND_M; -1 = not known */
    instant at; /* when, as the record says; 0 = now */
};
struct proof proof_grade(const struct proof_input *in);

/* Whose word is taken at a place (decide_arrival.c): property, grid, station or community staff posted there. */
bool posting_vouches(const struct registry *r, const struct place *at, const struct posting *p, int32_t today);
const struct posting *voucher_of(const struct registry *r, const struct place *at, struct str username, int64_t other_than,
                                 int32_t today); /* NULL: he is not posted there, or it is oneself */

#endif
