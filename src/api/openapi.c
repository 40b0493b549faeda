/* GET /api/openapi.json: OpenAPI 3.1 made from the tables beside it, from the declared fields and from commands[]. */
#include "openapi.h"
#include "surveys.h"

#include "html.h"

struct writer {
    struct json j;
    struct arena *a;
};

/* ---- Types ---- */

static void
put_enumeration(struct writer *w, struct str name, bool is_nullable)
{
    for (size_t i = 0; i < n_enumerations; i++) {
        const char **codes;
        if (!str_is(name, enumerations[i].name))
            continue;
        size_t n = enumerations[i].list(w->a, &codes);
        json_put_array(&w->j, "enum");
        for (size_t k = 0; k < n; k++)
            json_z(&w->j, codes[k]);
        if (is_nullable)
            json_none(&w->j);
        json_close_array(&w->j);
    }
}

static void
put_primitive(struct writer *w, const char *type, const char *format, bool is_nullable)
{
    if (is_nullable) {
        json_put_array(&w->j, "type");
        json_z(&w->j, type);
        json_z(&w->j, "null");
        json_close_array(&w->j);
    } else
        json_put_z(&w->j, "type", type);
    if (format)
        json_put_z(&w->j, "format", format);
}

static void
put_ref(struct writer *w, const char *section, struct str name)
{
    json_put_z(&w->j, "$ref", arena_printf(w->a, "#/components/%s/%.*s", section, (int)name.n, name.p));
}

static void
put_schema_ref(struct writer *w, struct str name, bool is_nullable)
{
    if (!is_nullable) {
        put_ref(w, "schemas", name);
        return;
    }
    json_put_array(&w->j, "oneOf");
    json_open_object(&w->j);
    put_ref(w, "schemas", name);
    json_close_object(&w->j);
    json_open_object(&w->j);
    json_put_z(&w->j, "type", "null");
    json_close_object(&w->j);
    json_close_array(&w->j);
}

/* The members of a type's schema, inside an open object. */
static void
put_type(struct writer *w, struct str type)
{
    bool is_nullable = type.n && type.p[type.n - 1] == '?';
    if (is_nullable)
        type.n--;
    if (type.p[0] == '[') {
        json_put_z(&w->j, "type", "array");
        json_put_object(&w->j, "items");
        put_type(w, str_slice(type, 1, type.n - 1));
        json_close_object(&w->j);
    } else if (type.p[0] == '#') {
        put_primitive(w, "string", NULL, is_nullable);
        put_enumeration(w, str_slice(type, 1, type.n), is_nullable);
    } else if (type.p[0] >= 'A' && type.p[0] <= 'Z') {
        put_schema_ref(w, type, is_nullable);
    } else if (str_is(type, "date")) {
        put_primitive(w, "string", "date", is_nullable);
    } else if (str_is(type, "moment")) {
        put_primitive(w, "string", "date-time", is_nullable);
    } else
        put_primitive(w, str_z(w->a, type), NULL, is_nullable);
}

/* ---- Schemas ---- */

static size_t
put_member_schema(struct writer *w, size_t from)
{
    struct json *j = &w->j;
    const char *name = members[from].schema;
    size_t to = from;
    while (to < n_members && strcmp(members[to].schema, name) == 0)
        to++;
    json_put_object(j, name);
    json_put_z(j, "type", "object");
    json_put_object(j, "properties");
    for (size_t i = from; i < to; i++) {
        json_put_object(j, members[i].name);
        put_type(w, str_of(members[i].type));
        json_put_z(j, "description", members[i].note);
        json_close_object(j);
    }
    json_close_object(j);
    json_put_array(j, "required");
    for (size_t i = from; i < to; i++)
        if (!(members[i].flags & MAY_LACK))
            json_z(j, members[i].name);
    json_close_array(j);
    json_close_object(j);
    return to;
}

/* Fields named contact.phone become an object contact with the member phone. */
static bool
is_nested(const struct field *f, struct str *object, struct str *member)
{
    struct str rest = str_of(f->name);
    str_cut(&rest, '.', object);
    *member = rest.p ? rest : STR("");
    return rest.p != NULL;
}

static void
put_nested(struct writer *w, const struct field *fields, size_t n, struct str object)
{
    struct field inside[8];
    size_t k = 0;
    struct str name, member;
    for (size_t i = 0; i < n && k < 8; i++) {
        if (!is_nested(&fields[i], &name, &member) || !str_eq(name, object))
            continue;
        inside[k] = fields[i];
        inside[k++].name = str_z(w->a, member);
    }
    json_key(&w->j, str_z(w->a, object));
    put_schema(&w->j, inside, k, &(struct schema_about){.arena = w->a});
}

static void
put_new_case(struct writer *w)
{
    struct json *j = &w->j;
    struct field flat[N_NEW_CASE_FIELDS];
    size_t n = 0;
    struct str object, member;
    for (size_t i = 0; i < N_NEW_CASE_FIELDS; i++)
        if (!is_nested(&new_case_fields[i], &object, &member))
            flat[n++] = new_case_fields[i];
    json_put_object(j, "NewCase");
    json_put_array(j, "allOf");
    put_schema(j, flat, n, &(struct schema_about){.arena = w->a});
    json_open_object(j);
    json_put_z(j, "type", "object");
    json_put_object(j, "properties");
    put_nested(w, new_case_fields, N_NEW_CASE_FIELDS, STR("contact"));
    put_nested(w, new_case_fields, N_NEW_CASE_FIELDS, STR("location"));
    json_close_object(j);
    json_close_object(j);
    json_close_array(j);
    json_close_object(j);
}

/* What a list shows and what only the thing itself shows, together. */
static void
put_whole(struct writer *w, const char *name, const char *head, const char *body)
{
    json_put_object(&w->j, name);
    json_put_array(&w->j, "allOf");
    json_open_object(&w->j);
    put_ref(w, "schemas", str_of(head));
    json_close_object(&w->j);
    json_open_object(&w->j);
    put_ref(w, "schemas", str_of(body));
    json_close_object(&w->j);
    json_close_array(&w->j);
    json_close_object(&w->j);
}

static void
put_schemas(struct writer *w)
{
    json_put_object(&w->j, "schemas");
    put_whole(w, "Case", "CaseHead", "CaseBody");
    put_whole(w, "VisitAnswer", "VisitHead", "VisitBody");
    json_key(&w->j, "NewVisit");
    put_schema(&w->j, visit_fields, n_visit_fields, &(struct schema_about){.arena = w->a});
    put_whole(w, "Complaint", "ComplaintHead", "ComplaintBody");
    put_new_case(w);
    static const char *const surveys[SURVEY_OPS] = {"NewSurvey", "SurveyChange", "SurveyCheck", "SurveyToCase", "SurveyPurpose"};
    for (int i = 0; i < SURVEY_OPS; i++) {
        json_key(&w->j, surveys[i]);
        put_schema(&w->j, survey_forms[i].fields, survey_forms[i].n, &(struct schema_about){.arena = w->a});
    }
    json_key(&w->j, "NewComplaint");
    put_schema(&w->j, complaint_fields, N_COMPLAINT_FIELDS, &(struct schema_about){.arena = w->a});
    for (size_t i = 0; i < n_members;)
        i = put_member_schema(w, i);
    json_close_object(&w->j);
}

/* ---- Parameters, answers, security ---- */

/* The name on the wire: our own names end in what tells them apart. */
static const char *
parameter_name(const char *name)
{
    static const char *const pairs[][2] = {{"figure", "name"},    {"overdue-duty", "overdue"}, {"place-kind", "kind"},
                                           {"org-kind", "kind"},  {"name-words", "q"},         {"at-place", "place"},
                                           {"compound", "place"}, {"open-complaint", "open"},
                                           {"visit-id", "id"}, {"duty-id", "id"}, {"place-visit", "place"}, {"near-at", "at"}, {"map-at", "at"},
                                           {"org-visit", "org"}, {"person-visit", "person"}, {"visit-kind", "kind"},
                                           {"visit-state", "state"}, {"visit-from", "from"}, {"visit-to", "to"}, {"all-duties", "all"},
                                           {"survey-id", "id"}, {"at-survey", "place"}, {"survey-kind", "kind"}, {"survey-state", "state"}, {"due-survey", "due"}, {"month-plan", "month"}, {"place-plan", "place"}, {"routine-plan", "routine"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return name;
}

static void
put_parameters(struct writer *w)
{
    struct json *j = &w->j;
    json_put_object(j, "parameters");
    for (size_t i = 0; i < n_parameters; i++) {
        const struct parameter *p = &parameters[i];
        json_put_object(j, p->name);
        json_put_z(j, "name", parameter_name(p->name));
        json_put_z(j, "in", p->in);
        json_put_z(j, "description", p->note);
        json_put_bool(j, "required", strcmp(p->in, "path") == 0);
        json_put_object(j, "schema");
        put_type(w, str_of(p->type));
        json_close_object(j);
        json_close_object(j);
    }
    json_close_object(j);
}

static const struct {
    const char *status, *what;
} problems[] = {
    {"400", "请求看不明白"},
    {"401", "没有令牌，或令牌无效"},
    {"403", "不在您的职责里"},
    {"404", "没有找到"},
    {"409", "现在的状态不能这样办；说明状态和能做什么"},
    {"410", "已依法删除"},
    {"412", "看过以后有了变化，这一步已经不能做"},
    {"413", "太大"},
    {"415", "这种文件不能用"},
    {"422", "有字段要修改"},
    {"429", "太频繁，见 Retry-After"},
    {"451", "依法现在不能这样办；article 是哪一条"},
};

static void
put_problem_answers(struct writer *w)
{
    struct json *j = &w->j;
    json_put_object(j, "responses");
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        json_put_object(j, arena_printf(w->a, "P%s", problems[i].status));
        json_put_z(j, "description", problems[i].what);
        json_put_object(j, "content");
        json_put_object(j, "application/problem+json");
        json_put_object(j, "schema");
        put_ref(w, "schemas", STR("Problem"));
        json_close_object(j);
        json_close_object(j);
        json_close_object(j);
        json_close_object(j);
    }
    json_close_object(j);
}

static void
put_security_schemes(struct writer *w)
{
    struct json *j = &w->j;
    json_put_object(j, "securitySchemes");
    json_put_object(j, "staff");
    json_put_z(j, "type", "http");
    json_put_z(j, "scheme", "bearer");
    json_put_z(j, "description", "工作人员的接口令牌：Authorization: Bearer <令牌>");
    json_close_object(j);
    json_put_object(j, "reporter");
    json_put_z(j, "type", "apiKey");
    json_put_z(j, "in", "header");
    json_put_z(j, "name", "Authorization");
    json_put_z(j, "description", "反映人的查询凭证：Authorization: Case <token>，token 是秘密链接 /t/ 后面的部分");
    json_close_object(j);
    json_close_object(j);
}

static void
put_security(struct writer *w, int who)
{
    static const struct {
        int who;
        const char *name;
    } kinds[] = {{FOR_ALL, NULL}, {FOR_STAFF, "staff"}, {FOR_REPORTER, "reporter"}};
    struct json *j = &w->j;
    json_put_array(j, "security");
    for (size_t i = 0; i < 3; i++) {
        if (!(who & kinds[i].who))
            continue;
        json_open_object(j);
        if (kinds[i].name) {
            json_put_array(j, kinds[i].name);
            json_close_array(j);
        }
        json_close_object(j);
    }
    json_close_array(j);
}

/* ---- Operations ---- */

struct sent_with { /* what a command of a case or of a visit is sent with */
    const struct field *fields;
    size_t n_fields;
};

static void
put_body(struct writer *w, const struct operation *o, const struct sent_with *cmd)
{
    struct json *j = &w->j;
    bool is_file = o->body && strcmp(o->body, "file") == 0;
    if (!o->body && !cmd)
        return;
    json_put_object(j, "requestBody");
    json_put_bool(j, "required", !cmd || cmd->n_fields > 0);
    json_put_object(j, "content");
    json_put_object(j, is_file ? "multipart/form-data" : "application/json");
    json_key(j, "schema");
    if (cmd) {
        put_schema(j, cmd->fields, cmd->n_fields, &(struct schema_about){.arena = w->a});
    } else if (is_file) {
        json_raw(j, STR("{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\",\"contentMediaType\":"
                        "\"application/octet-stream\"},\"sha256\":{\"type\":\"string\"}},\"required\":[\"file\"]}"));
    } else {
        json_open_object(j);
        put_ref(w, "schemas", strcmp(o->body, "new-case") == 0 ? STR("NewCase") : str_of(o->body));
        json_close_object(j);
    }
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
}

/* A step of a case or a visit that came too late (X-Recorded-At). */
static void
put_late_answer(struct writer *w)
{
    struct json *j = &w->j;
    json_put_object(j, "202");
    json_put_z(j, "description", "留作补传的记录");
    json_put_object(j, "content");
    json_put_object(j, "application/json");
    json_put_object(j, "schema");
    put_ref(w, "schemas", STR("LateRecord"));
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
}

static void
put_answers(struct writer *w, const struct operation *o)
{
    struct json *j = &w->j;
    bool is_image = strcmp(o->answer, "image") == 0;
    struct str rest = str_of(o->problems), status;
    json_put_object(j, "responses");
    json_put_object(j, arena_printf(w->a, "%d", o->status));
    json_put_z(j, "description", o->summary);
    json_put_object(j, "content");
    json_put_object(j, is_image ? "image/jpeg" : "application/json");
    json_put_object(j, "schema");
    if (is_image)
        json_put_z(j, "type", "string");
    else
        put_ref(w, "schemas", str_of(o->answer));
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
    if (strcmp(o->tag, "actions") == 0 || strcmp(o->tag, "visit-actions") == 0)
        put_late_answer(w);
    while (str_cut(&rest, ' ', &status)) {
        json_put_object(j, str_z(w->a, status));
        put_ref(w, "responses", str_of(arena_printf(w->a, "P%.*s", (int)status.n, status.p)));
        json_close_object(j);
    }
    json_close_object(j);
}

static void
put_operation(struct writer *w, const struct operation *o, const struct sent_with *cmd)
{
    struct json *j = &w->j;
    struct str rest = str_of(o->parameters), name;
    json_put_object(j, o->method);
    json_put_z(j, "operationId", o->id);
    json_put_array(j, "tags");
    json_z(j, o->tag);
    json_close_array(j);
    json_put_z(j, "summary", o->summary);
    put_security(w, o->who);
    json_put_array(j, "parameters");
    while (str_cut(&rest, ' ', &name)) {
        json_open_object(j);
        put_ref(w, "parameters", name);
        json_close_object(j);
    }
    json_close_array(j);
    put_body(w, o, cmd);
    put_answers(w, o);
    json_close_object(j);
}

static bool
is_seen(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(operations[k].path, operations[i].path) == 0)
            return true;
    return false;
}

static void
put_command(struct writer *w, const struct command *cmd)
{
    bool is_for_reporter = false;
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++)
        is_for_reporter |= cmd->who[i].scope == SCOPE_REPORTER;
    const struct operation o = {
        .method = "post",
        .id = arena_printf(w->a, "act_%s", cmd->code),
        .tag = "actions",
        .summary = cmd->label,
        .who = FOR_STAFF | (is_for_reporter ? FOR_REPORTER : 0),
        .parameters = "no Idempotency-Key If-Match X-Recorded-At",
        .status = 200,
        .answer = "Case",
        .problems = "400 401 403 404 409 412 422 451",
    };
    json_put_object(&w->j, arena_printf(w->a, API "/cases/{no}/actions/%s", cmd->code));
    put_operation(w, &o, &(struct sent_with){cmd->fields, cmd->n_fields});
    json_close_object(&w->j);
}

static void
put_visit_command(struct writer *w, const struct visit_command *cmd)
{
    const struct operation o = {
        .method = "post",
        .id = arena_printf(w->a, "visit_%s", cmd->code),
        .tag = "visit-actions",
        .summary = cmd->label,
        .who = FOR_STAFF,
        .parameters = "visit-id Idempotency-Key X-Recorded-At",
        .status = 200,
        .answer = "VisitAnswer",
        .problems = "400 401 403 404 409 422",
    };
    json_put_object(&w->j, arena_printf(w->a, API "/visits/{id}/actions/%s", cmd->code));
    put_operation(w, &o, &(struct sent_with){cmd->fields, cmd->n_fields});
    json_close_object(&w->j);
}

static void
put_paths(struct writer *w)
{
    json_put_object(&w->j, "paths");
    for (size_t i = 0; i < n_operations; i++) {
        if (is_seen(i))
            continue;
        json_put_object(&w->j, arena_printf(w->a, API "%s", operations[i].path));
        for (size_t k = i; k < n_operations; k++)
            if (strcmp(operations[k].path, operations[i].path) == 0)
                put_operation(w, &operations[k], NULL);
        json_close_object(&w->j);
    }
    for (size_t i = 0; i < n_commands; i++)
        if (!(commands[i].flags & CMD_HIDDEN))
            put_command(w, &commands[i]);
    for (size_t i = 0; i < n_visit_commands; i++)
        put_visit_command(w, &visit_commands[i]);
    json_close_object(&w->j);
}

/* ---- The document ---- */

static void
put_info(struct writer *w)
{
    struct json *j = &w->j;
    json_put_z(j, "openapi", "3.1.0");
    json_put_object(j, "info");
    json_put_z(j, "title", "哨到 REST v1");
    json_put_z(j, "version", "1.0.0");
    json_put_z(j, "description",
               "与页面同一套权限、同一套操作。时间是 RFC 3339，东八区。出错是 RFC 9457 application/problem+json。"
               "POST 可带 Idempotency-Key，重复提交得到第一次的回答。");
    json_put_object(j, "license");
    json_put_z(j, "name", "Apache-2.0");
    json_put_z(j, "identifier", "Apache-2.0");
    json_close_object(j);
    json_close_object(j);
    json_put_array(j, "servers");
    json_open_object(j);
    json_put_z(j, "url", html_base_path()[0] ? html_base_path() : "/");
    json_close_object(j);
    json_close_array(j);
    json_put_array(j, "tags");
    for (size_t i = 0; i < n_tags; i++) {
        json_open_object(j);
        json_put_z(j, "name", tags[i].name);
        json_put_z(j, "description", tags[i].note);
        json_close_object(j);
    }
    json_close_array(j);
}

void
api_openapi(struct request *req, struct response *res)
{
    struct writer w = {api_json(res, 200), req->arena};
    json_open_object(&w.j);
    put_info(&w);
    put_paths(&w);
    json_put_object(&w.j, "components");
    put_security_schemes(&w);
    put_parameters(&w);
    put_problem_answers(&w);
    put_schemas(&w);
    json_close_object(&w.j);
    json_close_object(&w.j);
    response_header(res, "Access-Control-Allow-Origin", "*");
}
