/* POST /cases: the one intake for programs. Without a token it is a resident who reports. */
#include "api.h"
#include "limits.h"
#include "resident.h"

static const struct choice coordinate_systems[] = {{"wgs84", "WGS-84"},
                                                   {"cgcs2000", "CGCS2000"},
                                                   {"gcj02", "GCJ-02（国内地图）"},
                                                   {NULL, NULL}};

const struct field new_case_fields[N_NEW_CASE_FIELDS] = {
    {.name = "place", .label = "小区代码", .hint = "只有热线工单可以不填（待定）", .type = FIELD_TEXT, .max = 40},
    {.name = "building", .label = "楼栋", .type = FIELD_TEXT, .max = 20},
    {.name = "spot", .label = "具体位置", .type = FIELD_TEXT, .max = 200},
    {.name = "item", .label = "事项代码", .hint = "说不清的不填，由工作人员归类", .type = FIELD_TEXT, .max = 20},
    {.name = "words", .label = "发生了什么", .type = FIELD_WORDS, .required = true, .min = 2, .max = LIMIT_WORDS},
    {.name = "source", .label = "来源渠道", .hint = "没有令牌的只能是 resident", .type = FIELD_TEXT, .max = 40},
    {.name = "contact.name", .label = "姓名", .type = FIELD_TEXT, .max = 40},
    {.name = "contact.phone", .label = "电话", .type = FIELD_PHONE},
    {.name = "contact.keep_secret", .label = "保密", .hint = "不填为保密", .type = FIELD_BOOL},
    {.name = "location.lon", .label = "经度", .type = FIELD_TEXT, .max = 24},
    {.name = "location.lat", .label = "纬度", .type = FIELD_TEXT, .max = 24},
    {.name = "location.crs", .label = "坐标系", .type = FIELD_CHOICE, .choices = coordinate_systems},
    {.name = "files", .label = "照片", .type = FIELD_FILES, .max = LIMIT_PHOTOS},
    {.name = "urgent", .label = "情况紧急", .type = FIELD_BOOL},
    {.name = "occurred_at", .label = "发生时间", .hint = "RFC 3339", .type = FIELD_TEXT, .max = 40},
    {.name = "hotline_no", .label = "热线工单编号", .type = FIELD_TEXT, .max = 60},
    {.name = "hotline_due", .label = "热线要求的答复时间", .hint = "RFC 3339", .type = FIELD_TEXT, .max = 40},
    {.name = "dissuaded",
     .label = "已怎样劝阻",
     .hint = "物业报告必填：何时、何人、对方反应",
     .type = FIELD_WORDS,
     .max = 1000},
    {.name = "own_service", .label = "物业自己发现、自己办理的服务事项", .hint = "不用写劝阻", .type = FIELD_BOOL},
};

static bool
read_files(struct request *req, struct report_case *r, struct err *err)
{
    int64_t *ids = arena_array(req->arena, int64_t, LIMIT_PHOTOS + 1);
    size_t at = 0;
    struct str value;
    while (r->n_files < LIMIT_PHOTOS && params_each(&req->form, "files", &at, &value))
        if (value.n && !str_int(value, &ids[r->n_files++]))
            return err_field(err, "files", "请写上传后得到的 id。");
    r->files = ids;
    return true;
}

static bool
read_spot(struct request *req, struct report_case *r, struct err *err)
{
    struct str building = params_get(&req->form, "building"), spot = params_get(&req->form, "spot");
    struct location at;
    bool is_given;
    struct buf b = {0};
    if (!location_ask(&req->form, &at, &is_given, err))
        return false;
    if (building.n)
        buf_printf(&b, "%.*s%s", (int)building.n, building.p, str_has(building, STR("栋")) ? "" : " 栋");
    if (spot.n)
        buf_printf(&b, "%s%.*s", b.n ? " " : "", (int)spot.n, spot.p);
    if (is_given)
        buf_printf(&b, "（定位 北纬 %.6f 东经 %.6f）", at.lat, at.lon);
    r->spot = buf_keep(req->arena, &b);
    return true;
}

static bool
read_moment(struct request *req, struct report_case *r, struct err *err)
{
    struct str s = params_get(&req->form, "occurred_at");
    if (!s.n)
        return api_recorded_at(req, &r->occurred_at, err);
    if (!moment_parse(s, &r->occurred_at))
        return err_field(err, "occurred_at", "请写成 2026-04-21T09:05:00+08:00。");
    return r->occurred_at <= visit_of(req)->now || err_field(err, "occurred_at", "发生时间不能晚于现在。");
}

static bool
read_hotline_due(struct request *req, struct report_case *r, struct err *err)
{
    struct str s = params_get(&req->form, "hotline_due");
    return !s.n || moment_parse(s, &r->hotline_due) || err_field(err, "hotline_due", "请写成 2026-04-24T17:30:00+08:00。");
}

static bool
read_case(struct request *req, struct report_case *r, struct err *err)
{
    const struct params *form = &req->form;
    r->place = params_get(form, "place");
    r->item = params_get(form, "item");
    r->words = params_get(form, "words");
    r->source = params_get(form, "source");
    if (!r->source.n && !visit_of(req)->person)
        r->source = STR("resident");
    if (!r->source.n)
        err_field(err, "source", "请写明来源渠道，例如 walk_in。");
    r->hotline_no = params_get(form, "hotline_no");
    r->dissuaded = params_get(form, "dissuaded");
    r->is_urgent = params_bool(form, "urgent");
    r->is_own_service = params_bool(form, "own_service");
    r->contact_name = params_get(form, "contact.name");
    r->contact_phone = params_get(form, "contact.phone");
    r->keep_secret = !params_has(form, "contact.keep_secret") || params_bool(form, "contact.keep_secret");
    read_files(req, r, err);
    read_spot(req, r, err);
    read_moment(req, r, err);
    read_hotline_due(req, r, err);
    return err->kind == ERR_NONE && api_key(req, &r->base, err);
}

static void
posted(struct request *req, struct response *res, struct action *a)
{
    const struct report_case *r = (const struct report_case *)a;
    if (a->err.kind) {
        api_fail(req, res, &a->err);
        return;
    }
    struct case_file c = {.day = r->day, .no = r->no};
    struct buf no = {0};
    case_no_format(&no, r->day, r->no);
    struct json j = api_json(res, 201);
    json_open_object(&j);
    json_put_str(&j, "no", buf_view(&no));
    json_put_z(&j, "query_code", r->query_code);
    json_put_z(&j, "url", full_url(req, arena_printf(req->arena, "/t/%s", r->token)));
    json_put_z(&j, "token", r->token);
    json_put_z(&j, "case", api_case_path(req->arena, &c));
    json_close_object(&j);
    response_header(res, "Location", api_case_path(req->arena, &c));
    buf_release(&no);
}

void
api_post_case(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct report_case *r = arena_new_of(req->arena, struct report_case);
    struct err err = {0};
    if (v->who.reporter_of)
        err_set(&err, ERR_FORBIDDEN, "查询凭证只用于它自己的事项；反映新的问题请不带凭证。");
    else if (read_case(req, r, &err))
        rate_report(req, r->place, &err);
    if (err.kind) {
        api_fail(req, res, &err);
        return;
    }
    api_settle_device(req);
    page_wait(req, res, &r->base, posted);
    report_case(r, v->db);
}
