#include "json.h"

#include <assert.h>
#include <math.h>

#include "html.h"
#include "json_read.h"
#include "limits.h"

/* Before each value or key: the comma that its level owes. */
static void
begin_value(struct json *j)
{
    uint64_t bit = (uint64_t)1 << j->depth;
    if (!j->after_key && (j->begun & bit))
        buf_char(j->out, ',');
    j->begun |= bit;
    j->after_key = false;
}

static void
open_level(struct json *j, char bracket)
{
    begin_value(j);
    buf_char(j->out, bracket);
    j->depth++;
    assert(j->depth <= JSON_DEPTH_MAX);
    j->begun &= ~((uint64_t)1 << j->depth);
}

static void
close_level(struct json *j, char bracket)
{
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    buf_char(j->out, bracket);
}

void
json_open_object(struct json *j)
{
    open_level(j, '{');
}

void
json_close_object(struct json *j)
{
    close_level(j, '}');
}

void
json_open_array(struct json *j)
{
    open_level(j, '[');
}

void
json_close_array(struct json *j)
{
    close_level(j, ']');
}

void
json_key(struct json *j, const char *key)
{
    assert(!j->after_key);
    begin_value(j);
    html_json(j->out, str_of(key));
    buf_char(j->out, ':');
    j->after_key = true;
}

void
json_str(struct json *j, struct str s)
{
    begin_value(j);
    html_json(j->out, s);
}

void
json_z(struct json *j, const char *z)
{
    begin_value(j);
    html_json_z(j->out, z);
}

void
json_int(struct json *j, int64_t v)
{
    begin_value(j);
    buf_int(j->out, v);
}

void
json_double(struct json *j, double v)
{
    begin_value(j);
    if (isfinite(v))
        buf_printf(j->out, "%.9g", v);
    else
        buf_z(j->out, "null");
}

void
json_bool(struct json *j, bool v)
{
    begin_value(j);
    buf_z(j->out, v ? "true" : "false");
}

void
json_none(struct json *j)
{
    begin_value(j);
    buf_z(j->out, "null");
}

void
json_raw(struct json *j, struct str text)
{
    begin_value(j);
    buf_str(j->out, text);
}

void
json_put_str(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}

void
json_put_z(struct json *j, const char *key, const char *z)
{
    json_key(j, key);
    json_z(j, z);
}

void
json_put_int(struct json *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void
json_put_bool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

void
json_put_none(struct json *j, const char *key)
{
    json_key(j, key);
    json_none(j);
}

void
json_put_object(struct json *j, const char *key)
{
    json_key(j, key);
    json_open_object(j);
}

void
json_put_array(struct json *j, const char *key)
{
    json_key(j, key);
    json_open_array(j);
}

/* The deepest nesting of brackets outside strings: looked at before the parser recurses. */
static int
depth_of(struct str text)
{
    int depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest)
                deepest = depth;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return deepest;
}

static void
drop(void *json)
{
    json_decref(json);
}

static json_t *
parse_rare(struct str text, struct err *err)
{
    if (depth_of(text) > LIMIT_JSON_DEPTH) {
        err_set(err, ERR_USAGE, "JSON 嵌套太深，最多 %d 层。", LIMIT_JSON_DEPTH);
        return NULL;
    }
    json_error_t why;
    json_t *json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    if (!json) {
        err_set(err, ERR_USAGE, "JSON 不正确：第 %d 行第 %d 列附近。", why.line, why.column);
        err_detail(err, "%s", why.text);
    }
    return json;
}

json_t *
json_parse(struct arena *a, struct str text, struct err *err)
{
    json_t *json = json_read_common(text);
    if (!json)
        json = parse_rare(text, err);
    if (json)
        arena_on_end(a, drop, json);
    return json;
}

struct flatten {
    struct arena *a;
    struct params *out;
    struct err *err;
};

static bool add_members(struct flatten *f, struct str prefix, const json_t *object);

static bool
add_param(struct flatten *f, struct str name, const json_t *value)
{
    struct arena *a = f->a;
    struct str text = STR("");
    size_t i;
    json_t *element;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return add_members(f, name, value);
    case JSON_ARRAY:
        json_array_foreach(value, i, element)
            if (!add_param(f, name, element))
                return false;
        return true;
    case JSON_NULL:
        return true;
    case JSON_STRING:
        text = (struct str){json_string_value(value), json_string_length(value)};
        break;
    case JSON_INTEGER:
        text = str_of(arena_printf(a, "%lld", (long long)json_integer_value(value)));
        break;
    case JSON_REAL:
        text = str_of(arena_printf(a, "%.15g", json_real_value(value)));
        break;
    case JSON_TRUE:
        text = STR("1");
        break;
    case JSON_FALSE:
        text = STR("0");
        break;
    }
    if (f->out->n >= LIMIT_FORM_FIELDS)
        return err_set(f->err, ERR_TOO_LARGE, "内容太多，一次最多 %d 项。", LIMIT_FORM_FIELDS);
    params_add(a, f->out, name, text);
    return true;
}

static bool
add_members(struct flatten *f, struct str prefix, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value) {
        struct str name = str_of(key);
        if (prefix.n)
            name = str_of(arena_printf(f->a, "%.*s.%s", (int)prefix.n, prefix.p, key));
        if (!add_param(f, name, value))
            return false;
    }
    return true;
}

bool
json_to_params(struct arena *a, const json_t *object, struct params *out, struct err *err)
{
    if (!json_is_object(object))
        return err_set(err, ERR_USAGE, "内容应当是一个 JSON 对象，例如 {\"words\": \"…\"}。");
    return add_members(&(struct flatten){a, out, err}, STR(""), object);
}
