/* Uploads: recognised by content, hashed, sealed and synced, decoded in the sandbox, then registered; and the way back. Bytes
 * are written and long files checked on a thread of their own: a loop never waits for a disk. Nothing of an upload touches the
 * disk in clear; the sandbox gets a photo, and gives its smaller versions, in files that exist in memory only. */
#include "files_page.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "image_worker.h"
#include "json.h"
#include "limits.h"
#include "log.h"
#include "rates.h"
#include "resident.h"
#include "sealed_store.h"
#include "site.h"

enum { STORING_MAX = 32, CHECKING_MAX = 8, PICTURE_BYTES_MAX = 9 * 1024 * 1024 };
enum { IN, PUBLIC, THUMB, FDS };

static atomic_int n_storing, n_checking;

/* ---- storing ---- */

struct storing {
    struct stored_file f;
    struct request *req;
    struct parked *parked;
    struct str bytes, device_hash;
    struct incoming *incoming; /* already sealed while it came, and bytes are its first only; or NULL */
    struct image_pool *pool;
    const char *dir;
    int fds[FDS]; /* of a photo, in memory; -1: none */
    bool is_placed;
    void (*then)(struct request *req, struct response *res, struct stored_file *f);
};

/* Without a row the bytes are of no use: it failed, or the same upload came before and has bytes of its own. */
static void
registered(struct request *req, struct response *res, struct action *a)
{
    struct storing *s = (struct storing *)((char *)a - offsetof(struct storing, f.k.base));
    if (a->err.kind ? a->err.kind != ERR_UNKNOWN : a->is_repeat)
        stored_remove(s->dir, s->f.k.address);
    explicit_bzero(s->f.k.key, sizeof s->f.k.key);
    s->f.err = a->err;
    s->then(req, res, &s->f);
}

/* On the loop again: what could not be stored is told at once, else the file is registered. */
static void
stored(struct request *req, struct response *res, void *arg)
{
    struct storing *s = arg;
    struct site_visit *sv = site_visit_of(req);
    struct err err = {0};
    sv->res = res;
    if (!s->f.err.kind) {
        page_wait(req, res, &s->f.k.base, registered);
        keep_file(&s->f.k, sv->v.db);
        return;
    }
    if (!db_read_begin(sv->v.db, &err)) {
        site_fail(req, res, &err);
        return;
    }
    s->then(req, res, &s->f);
    db_read_end(sv->v.db);
    site_settle(sv, res);
}

static void
storing_end(struct storing *s)
{
    for (int i = 0; i < FDS; i++)
        if (s->fds[i] >= 0)
            close(s->fds[i]);
    if (s->f.err.kind && s->is_placed)
        stored_remove(s->dir, s->f.k.address);
    atomic_fetch_sub(&n_storing, 1);
    http_unpark(s->parked, stored, s);
}

static bool
write_all(int fd, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return true;
}

static bool
hash_matches(const struct storing *s)
{
    uint8_t told[HASH_BYTES];
    return !s->device_hash.n || (hex_decode(s->device_hash, told, sizeof told) &&
                                 memcmp(told, s->f.k.sha256, sizeof told) == 0);
}

static bool
place_file(struct storing *s)
{
    struct keep_file *k = &s->f.k;
    struct incoming *in = s->incoming ? s->incoming : incoming_open(s->dir, &s->f.err);
    struct arrived is;
    bool came = in && (s->incoming || incoming_add(in, s->bytes, &s->f.err));
    if (!came)
        incoming_drop(in);
    s->is_placed = came && incoming_end(in, &is, &s->f.err);
    if (!s->is_placed)
        return false;
    memcpy(k->key, is.key, sizeof k->key);
    memcpy(k->address, is.address, sizeof k->address);
    memcpy(k->sha256, is.sha256, sizeof k->sha256);
    memcpy(k->sm3, is.sm3, sizeof k->sm3);
    memcpy(k->base.body_hash, is.sha256, sizeof k->base.body_hash);
    explicit_bzero(&is, sizeof is);
    return hash_matches(s) || err_set(&s->f.err, ERR_USAGE, "收到的文件与手机上的不一致，请重传。");
}

/* The photo for the sandbox: from memory, or back from the disk a piece at a time. */
static bool
copy_photo(struct storing *s, int fd)
{
    if (!s->incoming)
        return write_all(fd, s->bytes);
    struct arena *a = arena_new();
    struct file_seal seal = {.is_sealed = true};
    memcpy(seal.key, s->f.k.key, sizeof seal.key);
    memcpy(seal.address, s->f.k.address, sizeof seal.address);
    struct unsealer *u = stored_open(a, s->dir, &seal, STORED_ORIGINAL, &s->f.err);
    char *piece = arena_alloc(a, SEALED_CHUNK);
    bool ok = u != NULL;
    for (int64_t at = 0, size = u ? unsealer_size(u) : 0; ok && at < size; at += SEALED_CHUNK) {
        size_t n = size - at < SEALED_CHUNK ? (size_t)(size - at) : SEALED_CHUNK;
        ok = unsealer_read(u, at, piece, n, &s->f.err) && write_all(fd, (struct str){piece, n});
    }
    explicit_bzero(piece, SEALED_CHUNK);
    explicit_bzero(&seal, sizeof seal);
    unsealer_close(u);
    arena_free(a);
    return ok;
}

static bool
seal_picture(struct storing *s, int fd, enum stored_variant v)
{
    return stored_put_fd(s->dir, s->f.k.key, v, fd, s->f.k.address, &s->f.err);
}

static void
image_made(const struct image_result *result, void *arg)
{
    struct storing *s = arg;
    if (!result->ok) {
        s->f.err = result->err;
    } else if (seal_picture(s, s->fds[PUBLIC], STORED_PUBLIC) && seal_picture(s, s->fds[THUMB], STORED_THUMB)) {
        s->f.k.width = result->width;
        s->f.k.height = result->height;
        s->f.k.has_gps = result->has_gps;
        s->f.k.lat = result->has_gps ? strtod(result->lat, NULL) : 0;
        s->f.k.lon = result->has_gps ? strtod(result->lon, NULL) : 0;
        s->f.k.taken = str_of(arena_dup(s->req->arena, result->taken, strlen(result->taken)));
    }
    crypto_thread_wipe();
    storing_end(s);
}

/* False: nobody will call image_made. */
static bool
make_pictures(struct storing *s)
{
    static const char *const names[FDS] = {"photo", "public", "thumb"};
    bool ok = true;
    for (int i = 0; ok && i < FDS; i++)
        ok = (s->fds[i] = memfd_create(names[i], MFD_CLOEXEC)) >= 0;
    if (!ok || !copy_photo(s, s->fds[IN])) {
        err_set(&s->f.err, ERR_BUSY, "照片没有存下来，请稍后再传。");
        return err_detail(&s->f.err, "memfd: %s", strerror(errno));
    }
    return image_process_fds_async(s->pool, s->fds[IN], s->fds[PUBLIC], s->fds[THUMB], image_made, s, &s->f.err);
}

static void *
store(void *arg)
{
    struct storing *s = arg;
    if (!place_file(s) || !media_is_photo((enum media_kind)s->f.k.kind) || !make_pictures(s))
        storing_end(s);
    crypto_thread_wipe();
    return NULL;
}

static bool
on_a_thread(void *(*run)(void *), void *arg)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    bool ok = pthread_create(&thread, &attr, run, arg) == 0;
    pthread_attr_destroy(&attr);
    return ok;
}

static bool
kind_ok(const struct upload *u, bool any_kind, int *kind, struct err *err)
{
    enum media_kind k = media_sniff(u->bytes.p, u->bytes.n);
    *kind = k;
    if (k == MEDIA_HEIC && !any_kind)
        return err_set(err, ERR_MEDIA, "这张是 HEIC 格式，请在手机相机设置里选“兼容性最佳”后重拍，或截图后再传。");
    if (k == MEDIA_UNKNOWN || (!any_kind && !media_is_photo(k)))
        return err_set(err, ERR_MEDIA, any_kind ? "不能接收这种文件。请上传照片、录音、视频或 PDF。"
                                                : "只能上传照片（JPG、PNG、WebP）。请选择手机里的照片。");
    if (media_is_photo(k) && u->size > LIMIT_PHOTO_BYTES)
        return err_set(err, ERR_TOO_LARGE, "这张照片超过 20 MB，请缩小后再传。");
    if (u->size > LIMIT_RECORDING_BYTES)
        return err_set(err, ERR_TOO_LARGE, "这个文件超过 100 MB，请分段后再传。");
    return true;
}

void
file_store(struct request *req, struct response *res, const struct upload *u, struct str device_hash, bool any_kind,
           void (*then)(struct request *req, struct response *res, struct stored_file *f), void *more)
{
    struct storing *s = arena_new_of(req->arena, struct storing);
    *s = (struct storing){.req = req, .bytes = u->bytes, .device_hash = device_hash, .dir = app_dir(visit_of(req)->app),
                          .pool = app_images(visit_of(req)->app), .fds = {-1, -1, -1}, .then = then, .f.more = more, .f.k.bytes = u->size,
                          .f.k.device_hash = device_hash,
                          .f.k.base.idempotency_key = str_dup(req->arena, request_header(req, "Idempotency-Key"))};
    const struct visit *v = visit_of(req);
    if ((!v->who.person && !rate_take(RATE_UPLOAD, v->who.device, &s->f.err)) ||
        !kind_ok(u, any_kind, &s->f.k.kind, &s->f.err)) {
        then(req, res, &s->f);
        return;
    }
    if (atomic_fetch_add(&n_storing, 1) >= STORING_MAX) {
        atomic_fetch_sub(&n_storing, 1);
        err_set(&s->f.err, ERR_BUSY, "正在上传的人较多，请过几秒再传。");
        then(req, res, &s->f);
        return;
    }
    s->incoming = upload_take(req, u);
    if (u->spooled && !s->incoming) {
        atomic_fetch_sub(&n_storing, 1);
        err_set(&s->f.err, ERR_USAGE, "这个文件已经收过了。");
        then(req, res, &s->f);
        return;
    }
    s->parked = http_park(req, res);
    if (!on_a_thread(store, s)) {
        incoming_drop(s->incoming);
        err_set(&s->f.err, ERR_BUSY, "照片没有存下来，请稍后再传。");
        storing_end(s);
    }
}

/* ---- the spool: big uploads are sealed while they come ---- */

static void *
spool_open(void *app)
{
    struct err err = {0};
    struct incoming *in = incoming_open(app_dir(app), &err);
    if (!in)
        log_error("spool", "message=%s detail=%s", err.message, err.detail);
    return in;
}

static bool
spool_add(void *in, struct str piece)
{
    struct err err = {0};
    bool ok = incoming_add(in, piece, &err);
    if (!ok)
        log_error("spool", "message=%s detail=%s", err.message, err.detail);
    return ok;
}

static void
spool_drop(void *in)
{
    incoming_drop(in);
}

struct spool
files_spool(struct app *app)
{
    return (struct spool){.open = spool_open, .add = spool_add, .drop = spool_drop, .ctx = app};
}

const struct upload *
file_sent(const struct request *req, size_t n)
{
    for (size_t i = 0; i < req->n_uploads; i++)
        if (req->uploads[i].bytes.n && str_is(req->uploads[i].field, "file") && n-- == 0)
            return &req->uploads[i];
    return NULL;
}

/* ---- POST /files ---- */

static void
tell_json(struct request *req, struct response *res, const struct stored_file *f)
{
    struct json j = {&res->body, 0, 0, false};
    struct buf hex = {0};
    buf_hex(&hex, f->k.sha256, sizeof f->k.sha256);
    json_open_object(&j);
    json_put_str(&j, "id", str_of(arena_printf(req->arena, "%lld", (long long)f->k.id))); /* too long for a number there */
    json_put_str(&j, "sha256", buf_view(&hex));
    json_put_int(&j, "width", f->k.width);
    json_put_int(&j, "height", f->k.height);
    json_put_bool(&j, "gps", f->k.has_gps);
    json_close_object(&j);
    buf_release(&hex);
    res->status = 201;
    res->content_type = "application/json; charset=utf-8";
}

static void
posted(struct request *req, struct response *res, struct stored_file *f)
{
    const char *back = safe_next(req, params_get(&req->form, "back"), NULL);
    bool wants_json = req->wants_json || !back;
    if (f->err.kind && wants_json) {
        page_fail(req, res, &f->err);
    } else if (f->err.kind) {
        flash(req, res, f->err.message);
        response_redirect(req, res, "%s", back);
    } else if (wants_json) {
        tell_json(req, res, f);
    } else {
        response_redirect(req, res, "%s%sfile_id=%lld", back, strchr(back, '?') ? "&" : "?", (long long)f->k.id);
    }
}

/* `as=resident`: whoever is logged in on this device, the photo belongs to the device. */
void
resident_post_file(struct request *req, struct response *res)
{
    struct visit *v = str_is(params_get(&req->args, "as"), "resident") ? resident_visit(req) : visit_of(req);
    const struct upload *u = file_sent(req, 0);
    struct err err = {0};
    if (!u) {
        err_set(&err, ERR_USAGE, "没有收到文件。请选择一张照片再传。");
        page_fail(req, res, &err);
        return;
    }
    file_store(req, res, u, params_get(&req->form, "sha256"), v->who.person != 0, posted, NULL);
}

/* ---- GET: who may see which version ---- */

static bool
staff_may_see(struct request *req, const struct file_row *f)
{
    struct visit *v = visit_of(req);
    struct loaded_case c;
    struct err err = {0};
    if (f->uploader == v->who.person)
        return true;
    if (f->visit) {
        struct loaded_visit x;
        if (!visit_load(v->db, app_keys(v->app), req->arena, v->area->id, f->visit, &x, &err))
            return false;
        const struct visit_situation s = {.scheme = v->area->scheme, .registry = v->area->registry, .v = &x.v, .actor = caller_actor(&v->who), .now = v->now};
        return visit_visible(&s);
    }
    if (!f->case_id || !case_load(v->db, app_keys(v->app), req->arena, v->area->id, f->case_id, &c, &err))
        return false;
    const struct situation s = {.scheme = area_scheme(v->area, c.c.scheme), .registry = v->area->registry, .c = &c.c,
                                .duties = c.duties, .n_duties = c.n_duties, .actor = caller_actor(&v->who), .now = v->now};
    return case_visible(&s);
}

static void
no_file(struct request *req, struct response *res)
{
    struct err err = {0};
    err_set(&err, ERR_NOT_FOUND, "没有这个文件，或您不能查看。");
    page_fail(req, res, &err);
}

/* Someone tampered, or a disk decays: the person reads it, and so does whoever watches the log. */
static void
tell_damage(struct request *req, struct response *res, int64_t id, const struct err *err)
{
    if (err->kind == ERR_INTERNAL || err->kind == ERR_NOT_FOUND)
        log_error("file_damaged", "file=%lld detail=%s", (long long)id, err->detail);
    page_fail(req, res, err);
}

static void
say_what(struct request *req, struct response *res, const struct file_row *f)
{
    res->content_type = media_type((enum media_kind)f->kind);
    response_header(res, "Content-Disposition", arena_printf(req->arena, "attachment; filename=\"%lld.%s\"", (long long)f->id,
                                                             media_ending((enum media_kind)f->kind)));
}

/* The smaller versions: opened whole, so that nothing wrong is ever begun. */
static void
send_picture(struct request *req, struct response *res, const struct file_row *f, const struct file_seal *seal,
             enum stored_variant v)
{
    struct err err = {0};
    struct unsealer *u = stored_open(req->arena, app_dir(visit_of(req)->app), seal, v, &err);
    size_t n = u ? (size_t)unsealer_size(u) : 0;
    if (n > PICTURE_BYTES_MAX)
        err_set(&err, ERR_INTERNAL, "这张照片读不出来。");
    buf_clear(&res->body);
    buf_need(&res->body, n + 1);
    bool ok = !err.kind && unsealer_read(u, 0, res->body.p, n, &err);
    unsealer_close(u);
    if (!ok) {
        tell_damage(req, res, f->id, &err);
        return;
    }
    res->body.n = n;
    res->content_type = "image/jpeg";
}

/* An original on its way out. Before the first byte of a whole one all of it is checked; a range is checked as it goes. */
struct checking {
    struct request *req;
    struct parked *parked;
    struct unsealer *u;
    struct file_row f;
    struct file_seal seal;
    bool is_range;
    struct err err;
};

static bool
source_read(void *arg, int64_t at, void *out, size_t n)
{
    struct err err = {0};
    if (unsealer_read(arg, at, out, n, &err))
        return true;
    log_error("file_damaged", "detail=%s", err.detail);
    return false;
}

static void
source_close(void *arg)
{
    unsealer_close(arg);
}

static void
send_checked(struct request *req, struct response *res, void *arg)
{
    struct checking *c = arg;
    if (c->err.kind) {
        unsealer_close(c->u);
        tell_damage(req, res, c->f.id, &c->err);
        return;
    }
    say_what(req, res, &c->f);
    res->source = (struct body_source){.size = unsealer_size(c->u), .read = source_read, .close = source_close, .arg = c->u};
}

static void *
check(void *arg)
{
    struct checking *c = arg;
    uint8_t byte;
    if (c->is_range && unsealer_size(c->u))
        unsealer_read(c->u, 0, &byte, 1, &c->err);
    else if (!c->is_range)
        unsealer_check(c->u, c->seal.address, &c->err);
    crypto_thread_wipe();
    atomic_fetch_sub(&n_checking, 1);
    http_unpark(c->parked, send_checked, c);
    return NULL;
}

static void
send_original(struct request *req, struct response *res, const struct file_row *f, const struct file_seal *seal)
{
    struct checking *c = arena_new_of(req->arena, struct checking);
    *c = (struct checking){.req = req, .f = *f, .seal = *seal, .is_range = request_header(req, "Range").n > 0};
    c->u = stored_open(req->arena, app_dir(visit_of(req)->app), seal, STORED_ORIGINAL, &c->err);
    if (c->u && atomic_fetch_add(&n_checking, 1) >= CHECKING_MAX) {
        atomic_fetch_sub(&n_checking, 1);
        err_set(&c->err, ERR_BUSY, "正在下载的人较多，请过几秒再试。");
    }
    if (c->err.kind) {
        send_checked(req, res, c);
        return;
    }
    c->parked = http_park(req, res);
    if (!on_a_thread(check, c)) {
        atomic_fetch_sub(&n_checking, 1);
        err_set(&c->err, ERR_BUSY, "系统正忙，请稍后再试。");
        http_unpark(c->parked, send_checked, c);
    }
}

/* From before files were sealed, until housekeeping gets to it. */
static void
send_clear(struct request *req, struct response *res, const struct file_row *f, enum stored_variant v)
{
    if (v == STORED_ORIGINAL)
        say_what(req, res, f);
    else
        res->content_type = "image/jpeg";
    res->file_path = stored_clear_path(req->arena, app_dir(visit_of(req)->app), f->sha256, v);
}

static void
send_file(struct request *req, struct response *res, const struct file_row *f, struct str variant)
{
    const struct visit *v = visit_of(req);
    bool is_picture = media_is_photo((enum media_kind)f->kind) && !str_is(variant, "original");
    enum stored_variant which = !is_picture ? STORED_ORIGINAL : str_is(variant, "thumb") ? STORED_THUMB : STORED_PUBLIC;
    struct file_seal seal = {0};
    struct err err = {0};
    if (!file_seal_find(v->db, app_keys(v->app), v->area->id, f->id, &seal, &err))
        tell_damage(req, res, f->id, &err);
    else if (!seal.is_sealed)
        send_clear(req, res, f, which);
    else if (is_picture)
        send_picture(req, res, f, &seal, which);
    else
        send_original(req, res, f, &seal);
    explicit_bzero(seal.key, sizeof seal.key);
}

static bool
row_of(struct request *req, struct str id_text, struct file_row *f)
{
    struct visit *v = visit_of(req);
    int64_t id;
    struct err err = {0};
    return str_int(id_text, &id) && file_find(v->db, req->arena, v->area->id, id, f, &err);
}

void
resident_file(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct file_row f;
    struct str variant = req->vars[1];
    bool is_known = str_is(variant, "thumb") || str_is(variant, "public") || str_is(variant, "original");
    if (!is_known || !row_of(req, req->vars[0], &f)) {
        no_file(req, res);
        return;
    }
    bool is_own = !f.case_id && f.device.n && str_eq(f.device, v->who.device) && str_is(variant, "thumb");
    if (is_own || (v->who.person && staff_may_see(req, &f)))
        send_file(req, res, &f, variant);
    else
        no_file(req, res);
}

/* The reporter sees what was cleared for him, re-encoded. */
void
resident_track_file(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    int64_t area, case_id;
    struct file_row f;
    if (!case_token_open(v->app, req->vars[0], &area, &case_id) || area != v->area->id || !row_of(req, req->vars[1], &f) ||
        f.case_id != case_id || !f.is_public || !media_is_photo((enum media_kind)f.kind)) {
        no_file(req, res);
        return;
    }
    send_file(req, res, &f, params_has(&req->args, "thumb") ? STR("thumb") : STR("public"));
}
