/* Uploads: recognised by content, written and synced under a temporary name, hashed, moved to their address, decoded in
 * the sandbox, then registered. The bytes are written on a thread of their own: a loop never waits for a disk. */
#include "files_page.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "image_worker.h"
#include "json.h"
#include "limits.h"
#include "rates.h"
#include "resident.h"
#include "site.h"

enum { STORING_MAX = 32 };

static atomic_int n_storing;

/* ---- storing ---- */

struct storing {
    struct stored_file f;
    struct request *req;
    struct parked *parked;
    struct str bytes, device_hash;
    struct image_pool *pool;
    const char *dir, *path;
    void (*then)(struct request *req, struct response *res, struct stored_file *f);
};

static void
registered(struct request *req, struct response *res, struct action *a)
{
    struct storing *s = (struct storing *)((char *)a - offsetof(struct storing, f.k.base));
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
    atomic_fetch_sub(&n_storing, 1);
    http_unpark(s->parked, stored, s);
}

static bool
disk_failed(struct storing *s, const char *what)
{
    int code = errno;
    err_set(&s->f.err, code == ENOSPC || code == EDQUOT ? ERR_BUSY : ERR_INTERNAL, "照片没有存下来，请稍后再传。");
    return err_detail(&s->f.err, "%s: %s", what, strerror(code));
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
make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static void
sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* The folder part of a path that has one. */
static const char *
folder_of(struct arena *a, const char *path)
{
    return arena_dup(a, path, (size_t)(strrchr(path, '/') - path));
}

static bool
write_file(struct storing *s, const char *temporary)
{
    struct arena *a = s->req->arena;
    const char *folder = folder_of(a, s->path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_failed(s, "open");
    bool ok = write_all(fd, s->bytes) && fsync(fd) == 0;
    close(fd);
    if (!ok || !make_folder(folder) || rename(temporary, s->path) != 0) {
        disk_failed(s, "write");
        unlink(temporary);
        return false;
    }
    sync_folder(folder);
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
    struct arena *a = s->req->arena;
    uint8_t raw[12];
    struct buf name = {0};
    const char *files = arena_printf(a, "%s/files", s->dir), *tmp = arena_printf(a, "%s/files/tmp", s->dir);
    sha256(s->bytes, s->f.k.sha256);
    sm3(s->bytes, s->f.k.sm3);
    memcpy(s->f.k.base.body_hash, s->f.k.sha256, sizeof s->f.k.base.body_hash);
    if (!hash_matches(s))
        return err_set(&s->f.err, ERR_USAGE, "收到的文件与手机上的不一致，请重传。");
    if (!make_folder(files) || !make_folder(tmp))
        return disk_failed(s, "mkdir");
    crypto_random(raw, sizeof raw);
    buf_hex(&name, raw, sizeof raw);
    s->path = file_path(a, s->dir, s->f.k.sha256, "");
    return write_file(s, arena_printf(a, "%s/%s", tmp, buf_keep(a, &name).p));
}

static void
image_made(const struct image_result *result, void *arg)
{
    struct storing *s = arg;
    if (!result->ok) {
        s->f.err = result->err;
    } else {
        s->f.k.width = result->width;
        s->f.k.height = result->height;
        s->f.k.has_gps = result->has_gps;
        s->f.k.lat = result->has_gps ? strtod(result->lat, NULL) : 0;
        s->f.k.lon = result->has_gps ? strtod(result->lon, NULL) : 0;
        s->f.k.taken = str_of(arena_dup(s->req->arena, result->taken, strlen(result->taken)));
    }
    storing_end(s);
}

static void *
store(void *arg)
{
    struct storing *s = arg;
    struct arena *a = s->req->arena;
    if (!place_file(s) || !media_is_photo((enum media_kind)s->f.k.kind) ||
        !image_process_async(s->pool, s->path, file_path(a, s->dir, s->f.k.sha256, ".public.jpg"),
                             file_path(a, s->dir, s->f.k.sha256, ".thumb.jpg"), image_made, s, &s->f.err))
        storing_end(s);
    crypto_thread_wipe();
    return NULL;
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
    if (media_is_photo(k) && u->bytes.n > LIMIT_PHOTO_BYTES)
        return err_set(err, ERR_TOO_LARGE, "这张照片超过 20 MB，请缩小后再传。");
    if (u->bytes.n > LIMIT_RECORDING_BYTES)
        return err_set(err, ERR_TOO_LARGE, "这个文件超过 100 MB，请分段后再传。");
    return true;
}

void
file_store(struct request *req, struct response *res, const struct upload *u, struct str device_hash, bool any_kind,
           void (*then)(struct request *req, struct response *res, struct stored_file *f), void *more)
{
    struct storing *s = arena_new_of(req->arena, struct storing);
    *s = (struct storing){.req = req, .bytes = u->bytes, .device_hash = device_hash, .dir = app_dir(visit_of(req)->app),
                          .pool = app_images(visit_of(req)->app), .then = then, .f.more = more, .f.k.bytes = (int64_t)u->bytes.n,
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
    s->parked = http_park(req, res);
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, store, s) != 0) {
        err_set(&s->f.err, ERR_BUSY, "照片没有存下来，请稍后再传。");
        storing_end(s);
    }
    pthread_attr_destroy(&attr);
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

static void
send_file(struct request *req, struct response *res, const struct file_row *f, struct str variant)
{
    struct arena *a = req->arena;
    const char *dir = app_dir(visit_of(req)->app);
    bool is_photo = media_is_photo((enum media_kind)f->kind);
    if (is_photo && !str_is(variant, "original")) {
        res->content_type = "image/jpeg";
        res->file_path = file_path(a, dir, f->sha256, str_is(variant, "thumb") ? ".thumb.jpg" : ".public.jpg");
    } else {
        res->content_type = media_type((enum media_kind)f->kind);
        response_header(res, "Content-Disposition", arena_printf(a, "attachment; filename=\"%lld.%s\"", (long long)f->id,
                                                                 media_ending((enum media_kind)f->kind)));
        res->file_path = file_path(a, dir, f->sha256, "");
    }
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
