/* POST /files: one photo or recording, as multipart or as the bare body. GET /files/{id}/{variant}. */
#include "api.h"
#include "files_page.h"
#include "resident.h"

static void
stored(struct request *req, struct response *res, struct stored_file *f)
{
    if (f->err.kind) {
        api_fail(req, res, &f->err);
        return;
    }
    struct buf hex = {0};
    buf_hex(&hex, f->k.sha256, sizeof f->k.sha256);
    struct json j = api_json(res, 201);
    json_open_object(&j);
    json_put_int(&j, "id", f->k.id);
    json_put_str(&j, "sha256", buf_view(&hex));
    json_put_int(&j, "width", f->k.width);
    json_put_int(&j, "height", f->k.height);
    json_put_int(&j, "bytes", f->k.bytes);
    json_close_object(&j);
    buf_release(&hex);
}

/* The first file part under any name, or the body itself when it says that it is a picture or a recording. */
static const struct upload *
sent(struct request *req)
{
    for (size_t i = 0; i < req->n_uploads; i++)
        if (req->uploads[i].bytes.n)
            return &req->uploads[i];
    bool is_bare = str_starts(req->content_type, STR("image/")) || str_starts(req->content_type, STR("audio/")) ||
                   str_starts(req->content_type, STR("video/")) || str_is(req->content_type, "application/pdf") ||
                   str_is(req->content_type, "application/octet-stream");
    if (!is_bare || !req->body.n)
        return NULL;
    struct upload *u = arena_new_of(req->arena, struct upload);
    *u = (struct upload){.field = STR("file"), .filename = STR(""), .type = req->content_type, .bytes = req->body,
                         .size = (int64_t)req->body.n};
    return u;
}

void
api_post_file(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct upload *u = sent(req);
    struct err err = {0};
    api_settle_device(req);
    if (!u)
        err_set(&err, ERR_USAGE, "没有收到文件。请用 multipart/form-data 的 file 一次传一个。");
    else if (req->n_uploads > 1)
        err_set(&err, ERR_USAGE, "一次只传一个文件。");
    if (err.kind)
        api_fail(req, res, &err);
    else
        file_store(req, res, u, params_get(&req->form, "sha256"), v->person != NULL, stored, NULL);
}

/* The reporter sees what was cleared for him; staff what belongs to cases they see. */
void
api_file(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    if (!v->person && !v->who.reporter_of) {
        api_need_login(req, res);
        return;
    }
    if (v->who.reporter_of) {
        char token[48];
        case_token(v->area, v->who.reporter_of, token);
        req->vars[1] = req->vars[0];
        req->vars[0] = str_of(arena_printf(req->arena, "%s", token));
        resident_track_file(req, res);
    } else
        resident_file(req, res);
}
