#include "presence.h"

#include <math.h>
#include <stdlib.h>

#include "limits.h"

enum { LATE_MS = 2 * PROOF_STEP_MS }; /* from here on it is a record that had to wait for a network */

static const char *const position_fields[] = {"proof", "lon", "lat", "accuracy", "crs", "position_at"};

const struct params *
presence_stripped(struct arena *a, const struct params *fields)
{
    struct params *out = arena_new_of(a, struct params);
    for (size_t i = 0; i < fields->n; i++) {
        bool is_position = false;
        for (size_t k = 0; k < sizeof position_fields / sizeof *position_fields; k++)
            is_position |= str_is(fields->p[i].name, position_fields[k]);
        if (!is_position)
            params_add(a, out, fields->p[i].name, fields->p[i].value);
    }
    return out;
}

bool
presence_seat(const struct registry *r, struct str code, struct proof_seat *seat)
{
    const struct place *p = registry_place_code(r, code);
    const struct org *o = registry_org_code(r, code);
    if (p && p->kind == PLACE_COMPOUND && !p->is_closed)
        *seat = (struct proof_seat){SEAT_PLACE, p->id};
    else if (o && o->kind == ORG_STATION && !o->is_closed)
        *seat = (struct proof_seat){SEAT_ORG, o->id};
    else
        return false;
    return true;
}

void
presence_code(struct app *app, int64_t area, struct proof_seat seat, instant now, char out[PROOF_CODE_DIGITS + 1])
{
    proof_code_at(keyring_key(app_keys(app), area, "presence"), seat, now, out);
}

/* ---- Moments and positions ---- */

static bool
read_moment(const struct params *fields, const char *name, instant *out, struct err *err)
{
    struct str s = params_get(fields, name);
    *out = 0;
    return !s.n || moment_parse(s, out) || err_field(err, name, "请写成 2026-04-21T09:05:00+08:00。");
}

static bool
read_degrees(const struct params *fields, const char *name, double *out)
{
    char text[32];
    struct str s = params_get(fields, name);
    if (!s.n || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    char *end;
    *out = strtod(text, &end);
    return *end == 0 && isfinite(*out);
}

static bool
read_position(const struct params *fields, struct proof_input *in, struct err *err)
{
    if (!params_has(fields, "lon") && !params_has(fields, "lat"))
        return true;
    if (!read_degrees(fields, "lon", &in->position.lon) || !read_degrees(fields, "lat", &in->position.lat) ||
        !point_in_china(in->position))
        return err_field(err, "lon", "定位的经纬度不对；没有定位也可以登记。");
    if (str_is(params_get(fields, "crs"), "gcj02"))
        in->position = point_from_gcj(in->position);
    in->has_position = true;
    in->accuracy_m = (int)params_int(fields, "accuracy", 0);
    return true;
}

/* ---- Codes ---- */

/* The code of a phone in this compound or of its station. */
static bool
code_is_right(const struct action *a, const struct place *at, const struct proof_text *text, instant when)
{
    const struct registry *r = a->who->area->registry;
    const uint8_t *key = keyring_key(app_keys(a->app), a->who->area->id, "presence");
    int32_t station = owner_org(r, STR("@station"), at, 0);
    struct proof_seat here = {SEAT_PLACE, at->id}, there = {SEAT_ORG, station};
    struct str code = str_of(text->code);
    bool names_place = text->place.n == 0 || str_eq(text->place, at->code);
    const struct org *o = registry_org(r, station);
    bool names_station = text->place.n == 0 || (o && str_eq(text->place, o->code));
    return (names_place && proof_code_ok(key, here, when, code)) || (names_station && proof_code_ok(key, there, when, code));
}

static bool
read_proof(const struct action *a, const struct place *at, const struct params *fields, instant when, struct proof_input *in,
           struct err *err)
{
    struct proof_text text;
    struct str s = params_get(fields, "proof");
    if (!s.n)
        return true;
    if (!proof_text_read(s, &text))
        return err_field(err, "proof", "到场码是六位数字；也可以扫服务牌上的二维码。");
    if (text.code[0]) {
        in->is_code_right = code_is_right(a, at, &text, when);
        return in->is_code_right ||
               err_field(err, "proof", "到场码不对，或者已经过期（两分钟内有效）。请看%.*s物业或站点手机上现在的码。", (int)at->name.n, at->name.p);
    }
    const struct place *seen = registry_place_code(a->who->area->registry, text.place);
    in->is_qr_right = str_eq(text.place, at->code) || (seen && seen->kind == PLACE_POINT && seen->parent == at->id);
    return in->is_qr_right || err_field(err, "proof", "这是别处的二维码，不是%.*s的。", (int)at->name.n, at->name.p);
}

bool
presence_moment(const struct params *fields, instant *at, struct err *err)
{
    return *at || read_moment(fields, "occurred_at", at, err);
}

bool
presence_shown(const struct action *a, const struct place *at, const struct params *fields, instant recorded_at,
               struct proof *out, struct err *err)
{
    instant now = app_now(a->app), measured;
    struct proof_input in = {.is_vouched = params_has(fields, "vouched")};
    *out = (struct proof){.distance_m = -1};
    if (!read_moment(fields, "position_at", &measured, err))
        return false;
    instant when = recorded_at && recorded_at < now ? recorded_at : now;
    bool is_late = now - when > LATE_MS;
    struct err wrong = {0};
    in.place = at ? (struct point){at->lon, at->lat} : (struct point){0, 0};
    if (!read_position(fields, &in, &wrong) || (at && !read_proof(a, at, fields, when, &in, &wrong))) {
        if (!is_late) {
            *err = wrong;
            return false;
        }
    }
    in.age_ms = measured ? when - measured : 0;
    *out = proof_grade(&in);
    out->at = recorded_at;
    return true;
}
