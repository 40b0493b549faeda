/* What a request says besides its path: key, version, query parameters, where the last page ended. */
#include <stdlib.h>

#include "api.h"
#include "crypto.h"
#include "html.h"
#include "limits.h"
#include "staff.h"

enum { KEY_MIN = 8, KEY_MAX = 200, LIMIT_DEFAULT = 20, CURSOR_BYTES = 16 };

void
api_settle_device(struct request *req)
{
    struct site_visit *sv = site_visit_of(req);
    struct visit *v = &sv->v;
    if (v->who.person)
        return;
    if (v->who.reporter_of)
        v->who.device = str_of(arena_printf(req->arena, "c%lld", (long long)v->who.reporter_of));
    else if (sv->device_cookie || v->person) /* made just now: this program keeps none; or staff as a resident */
        v->who.device = str_of(arena_printf(req->arena, "a%.*s", (int)v->who.address.n, v->who.address.p));
}

/* ---- Idempotency ---- */

static int
by_name(const void *a, const void *b)
{
    const struct param *x = *(const struct param *const *)a, *y = *(const struct param *const *)b;
    int order = str_cmp(x->name, y->name);
    return order ? order : x < y ? -1 : x > y;
}

/* The order of members does not matter, that of repeated values does. */
static void
body_hash(const struct request *req, uint8_t out[HASH_BYTES])
{
    size_t n = req->form.n;
    const struct param **sorted = arena_array(req->arena, const struct param *, n + 1);
    struct hasher *h = hasher_new(HASH_SHA256);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &req->form.p[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    hasher_add(h, req->path);
    for (size_t i = 0; i < n; i++) {
        hasher_add(h, (struct str){"\0", 1});
        hasher_add(h, sorted[i]->name);
        hasher_add(h, (struct str){"\0", 1});
        hasher_add(h, sorted[i]->value);
    }
    hasher_end(h, out);
}

bool
api_key(struct request *req, struct action *a, struct err *err)
{
    struct str key = str_trim(request_header(req, "Idempotency-Key"));
    if (!key.n)
        return true;
    if (key.n < KEY_MIN || key.n > KEY_MAX || !utf8_valid(key))
        return err_set(err, ERR_USAGE, "Idempotency-Key 应当是 %d 到 %d 个字符，例如一个 UUID。", KEY_MIN, KEY_MAX);
    a->idempotency_key = str_dup(req->arena, key);
    body_hash(req, a->body_hash);
    return true;
}

bool
api_recorded_at(const struct request *req, instant *at, struct err *err)
{
    enum { AHEAD_MS = 10 * 60 * 1000 };
    const instant oldest = (instant)30 * 24 * 3600 * 1000;
    instant now = visit_of(req)->now;
    struct str s = str_trim(request_header(req, "X-Recorded-At"));
    if (!s.n)
        s = params_get(&req->form, "occurred_at");
    *at = 0;
    if (!s.n)
        return true;
    if (!moment_parse(s, at))
        return err_field(err, "occurred_at", "请写成 2026-04-21T09:05:00+08:00。");
    if (*at > now + AHEAD_MS)
        return err_field(err, "occurred_at", "记录时间比现在还晚，请校准手机的时间。");
    if (*at < now - oldest)
        return err_field(err, "occurred_at", "记录时间超过 30 天，请核对后按今天上传。");
    *at = *at > now ? now : *at;
    return true;
}

bool
api_version(const struct request *req, int64_t *version, struct err *err)
{
    struct str s = str_trim(request_header(req, "If-Match"));
    *version = 0;
    if (!s.n || str_is(s, "*"))
        return true;
    if (str_starts(s, STR("W/")))
        s = str_slice(s, 2, s.n);
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
        s = str_slice(s, 1, s.n - 1);
    return (str_int(s, version) && *version > 0) ||
           err_set(err, ERR_USAGE, "If-Match 应当是事项的 version，例如 \"7\"。");
}

/* ---- Query parameters ---- */

bool
ask_day(const struct request *req, const char *name, int32_t *day, struct err *err)
{
    struct str s = params_get(&req->args, name);
    return !s.n || date_parse(s, day) || err_field(err, name, "请写成日期，例如 2026-04-21。");
}

bool
ask_place(const struct request *req, const char *name, const struct place **p, struct err *err)
{
    struct str s = params_get(&req->args, name);
    *p = s.n ? registry_place_code(visit_of(req)->area->registry, s) : NULL;
    return !s.n || *p || err_field(err, name, "没有代码为 %.*s 的地方。", (int)(s.n > 40 ? 40 : s.n), s.p);
}

bool
ask_org(const struct request *req, const char *name, const struct org **o, struct err *err)
{
    struct str s = params_get(&req->args, name);
    *o = s.n ? registry_org_code(visit_of(req)->area->registry, s) : NULL;
    return !s.n || *o || err_field(err, name, "没有代码为 %.*s 的单位。", (int)(s.n > 40 ? 40 : s.n), s.p);
}

bool
ask_bool(const struct request *req, const char *name, bool *b, struct err *err)
{
    static const char *const yes[] = {"true", "1", "yes"}, *const no[] = {"false", "0", "no"};
    struct str s = params_get(&req->args, name);
    for (size_t i = 0; s.n && i < 3; i++) {
        if (!str_is(s, yes[i]) && !str_is(s, no[i]))
            continue;
        *b = str_is(s, yes[i]);
        return true;
    }
    return !s.n || err_field(err, name, "请写 true 或 false。");
}

bool
ask_limit(const struct request *req, size_t *limit, struct err *err)
{
    struct str s = params_get(&req->args, "limit");
    int64_t n = LIMIT_DEFAULT;
    if (s.n && (!str_int(s, &n) || n < 1 || n > LIMIT_PAGE_ROWS))
        return err_field(err, "limit", "请写 1 到 %d 之间的整数。", LIMIT_PAGE_ROWS);
    *limit = (size_t)n;
    return true;
}

/* ---- Pages: the key of the last row, in hex ---- */

static int64_t
read_key(const uint8_t *p)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | p[i];
    return (int64_t)n;
}

static void
write_key(uint8_t *p, int64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

bool
ask_after(const struct request *req, int64_t *a, int64_t *b, struct err *err)
{
    uint8_t raw[CURSOR_BYTES];
    struct str s = params_get(&req->args, "after");
    *a = *b = 0;
    if (!s.n)
        return true;
    if (!hex_decode(s, raw, sizeof raw))
        return err_field(err, "after", "请原样使用上一页 next 里的 after。");
    *a = read_key(raw);
    *b = read_key(raw + 8);
    return true;
}

void
put_next(struct request *req, struct response *res, struct json *j, const char *path, bool is_last, int64_t a,
         int64_t b)
{
    if (is_last) {
        json_put_none(j, "next");
        return;
    }
    uint8_t raw[CURSOR_BYTES];
    struct buf hex = {0};
    write_key(raw, a);
    write_key(raw + 8, b);
    buf_hex(&hex, raw, sizeof raw);
    struct str cursor = buf_keep(req->arena, &hex);
    const char *url =
        arena_printf(req->arena, "%s%s", html_base_path(), query_with(req, path, "after", str_z(req->arena, cursor)));
    json_put_z(j, "next", url);
    response_header(res, "Link", arena_printf(req->arena, "<%s>; rel=\"next\"", url));
}
