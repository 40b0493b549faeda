#include "fail.h"

#include "fail.html.h"
#include "json.h"
#include "log.h"
#include "site.h"

static const struct {
    const char *heading, *advice;
} words[ERR_KIND_COUNT] = {
    [ERR_NONE] = {"出错了", ""},
    [ERR_USAGE] = {"这个请求看不明白", "请从页面上的按钮或链接重新进入。"},
    [ERR_LOGIN] = {"请先登录", "登录后会回到刚才的页面。"},
    [ERR_FORBIDDEN] = {"您不能办理这一步", "如果这本应由您办理，请找统筹协调单位核对岗位。"},
    [ERR_NOT_FOUND] = {"没有找到", "请核对编号或网址。"},
    [ERR_CONFLICT] = {"事项已经有变化", "请刷新后再看，可能已经由别人办理。"},
    [ERR_GONE] = {"已经不在了", "这项内容已经按规定删除。"},
    [ERR_PRECONDITION] = {"事项已经有变化", "请刷新后再看，可能已经由别人办理。"},
    [ERR_TOO_LARGE] = {"内容太大", "照片每张不超过 20 MB，文字不超过 4000 字。"},
    [ERR_MEDIA] = {"这种文件不能用", "请上传 JPEG、PNG 或 WebP 照片。"},
    [ERR_FIELDS] = {"有内容需要修改", "请返回上一页修改后再提交。"},
    [ERR_RATE] = {"操作太频繁", "请稍候再试。紧急情况请直接拨打 110、119、120。"},
    [ERR_UNLAWFUL] = {"依法现在不能这样办", "请先完成法律要求的前一步。"},
    [ERR_BUSY] = {"系统正忙", "没有保存任何内容，请稍后再试。"},
    [ERR_UNKNOWN] = {"不能确定是否已保存", "请稍后刷新查看；重复提交同一内容不会重复登记。"},
    [ERR_INTERNAL] = {"服务器出了问题", "已经记录，请稍后再试。"},
};

const char *
fail_heading(enum err_kind kind)
{
    return words[kind].heading;
}

/* ---- For programs ---- */

void
problem_members(struct json *j, const struct request *req, const struct err *err, int status)
{
    json_put_z(j, "type", "about:blank");
    json_put_z(j, "title", words[err->kind].heading);
    json_put_int(j, "status", status);
    json_put_z(j, "detail", err->message);
    json_put_str(j, "instance", req->path);
    if (err->article[0])
        json_put_z(j, "article", err->article);
    if (err->n_fields) {
        json_put_array(j, "errors");
        for (int i = 0; i < err->n_fields; i++) {
            json_open_object(j);
            json_put_z(j, "field", err->fields[i].field);
            json_put_z(j, "message", err->fields[i].message);
            json_close_object(j);
        }
        json_close_array(j);
    }
}

void
problem_json(struct buf *out, const struct request *req, const struct err *err, int status)
{
    struct json j = {out};
    json_open_object(&j);
    problem_members(&j, req, err, status);
    json_close_object(&j);
}

/* Open311 has errors of its own: a list of {code, description}. */
static void
open311_errors(struct request *req, struct response *res, const struct err *err)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    bool is_json = str_has(req->path, STR(".json"));
    if (is_json) {
        struct json j = {&res->body};
        json_open_array(&j);
        json_open_object(&j);
        json_put_int(&j, "code", res->status);
        json_put_z(&j, "description", err->message);
        json_close_object(&j);
        json_close_array(&j);
    } else {
        buf_z(&res->body, head);
        buf_printf(&res->body, "<errors><error><code>%d</code><description>", res->status);
        html_text_z(&res->body, err->message);
        buf_z(&res->body, "</description></error></errors>\n");
    }
    res->content_type = is_json ? "application/json; charset=utf-8" : "text/xml; charset=utf-8";
}

/* ---- For people ---- */

static bool
is_staff_path(const struct request *req)
{
    return str_starts(req->path, STR("/desk")) || str_is(req->path, "/m") || str_starts(req->path, STR("/m/")) ||
           str_starts(req->path, STR("/screen"));
}

static const char *
page_again(const struct request *req)
{
    if (req->method != HTTP_GET)
        return NULL;
    struct buf b = {0};
    buf_str(&b, req->path);
    if (req->query.n)
        buf_printf(&b, "?%.*s", (int)req->query.n, req->query.p);
    return buf_keep(req->arena, &b).p;
}

static void
fail_page(struct request *req, struct response *res, const struct err *err)
{
    struct site_visit *sv = site_visit_of(req);
    struct fail_view *v = arena_new_of(req->arena, struct fail_view);
    v->err = err;
    v->heading = words[err->kind].heading;
    v->advice = words[err->kind].advice;
    v->again = err->kind == ERR_BUSY || err->kind == ERR_RATE || err->kind == ERR_UNKNOWN ? page_again(req) : NULL;
    if (req->is_htmx) {
        page_fail_fragment(&res->body, v);
    } else if (!sv->v.area) {
        page_fail_bare(&res->body, v);
    } else if (sv->v.person && is_staff_path(req)) {
        layout_init(req, &v->layout, v->heading, "");
        page_fail_staff(&res->body, v);
    } else {
        resident_init(req, res, &v->resident, v->heading);
        page_fail_resident(&res->body, v);
    }
}

/* A person who is not logged in, or whose first password waits, is led to where he can go on. */
static bool
led_elsewhere(struct request *req, struct response *res, const struct err *err)
{
    const struct visit *v = visit_of(req);
    if (req->method != HTTP_GET || req->is_htmx || !is_staff_path(req))
        return false;
    if (err->kind == ERR_LOGIN && !v->person) {
        struct buf b = {0};
        html_url_part_z(&b, page_again(req));
        response_redirect(req, res, "/login?next=%s", buf_keep(req->arena, &b).p);
        return true;
    }
    if (err->kind == ERR_FORBIDDEN && v->person && v->session.must_change_password) {
        response_redirect(req, res, "/desk/password");
        return true;
    }
    return false;
}

void
site_fail(struct request *req, struct response *res, const struct err *err)
{
    struct site_visit *sv = site_visit_of(req);
    sv->res = res;
    buf_clear(&res->body);
    res->cacheable = false;
    res->content_type = NULL;
    if (res->status < 400) /* http/ has its own for what the kinds do not tell apart: 405, 414, 431 … */
        res->status = err_status(err->kind);
    if (err->kind == ERR_INTERNAL || err->detail[0])
        log_warn("refused", "status=%d message=%s detail=%s", res->status, err->message, err->detail);
    if (err->kind == ERR_RATE)
        response_header(res, "Retry-After", arena_printf(req->arena, "%d", rate_wait_s() > 0 ? rate_wait_s() : 60));
    if (err->kind == ERR_LOGIN && (req->wants_json || sv->login_err.kind))
        response_header(res, "WWW-Authenticate", "Bearer realm=\"shaodao\", Case realm=\"shaodao\"");
    if (str_starts(req->path, STR("/open311/"))) {
        open311_errors(req, res, err);
    } else if (req->wants_json || str_starts(req->path, STR("/api/"))) {
        problem_json(&res->body, req, err, res->status);
        res->content_type = "application/problem+json; charset=utf-8";
    } else if (!led_elsewhere(req, res, err)) {
        fail_page(req, res, err);
    }
    site_settle(sv, res);
}
