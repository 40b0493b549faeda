/* Fields as JSON Schema: the declaration that draws the page's form and checks the answer, for programs. */
#include "api.h"
#include "form_view.h"
#include "limits.h"

/* Codes as `enum`, and what people call them beside it. An empty list says nothing. */
struct codes {
    struct str *code, *label;
    size_t n;
};

static struct codes
codes_of(const struct field *f, const struct schema_about *about)
{
    struct codes c = {0};
    size_t n = 0;
    while (f->choices && f->choices[n].code)
        n++;
    struct options o = {0};
    if (!f->choices && f->source && about->visit && !about->is_brief)
        o = options_of(about->visit, about->arena, f->source, about->c);
    c.n = f->choices ? n : o.n;
    c.code = arena_array(about->arena, struct str, c.n + 1);
    c.label = arena_array(about->arena, struct str, c.n + 1);
    for (size_t i = 0; i < c.n; i++) {
        c.code[i] = f->choices ? str_of(f->choices[i].code) : o.p[i].code;
        c.label[i] = f->choices ? str_of(f->choices[i].label) : o.p[i].label;
    }
    return c;
}

static void
put_codes(struct json *j, const struct field *f, const struct schema_about *about)
{
    struct codes c = codes_of(f, about);
    json_put_z(j, "type", "string");
    if (c.n) {
        json_put_array(j, "enum");
        for (size_t i = 0; i < c.n; i++)
            json_str(j, c.code[i]);
        json_close_array(j);
        json_put_array(j, "x-labels");
        for (size_t i = 0; i < c.n; i++)
            json_str(j, c.label[i]);
        json_close_array(j);
    }
    if (f->source)
        json_put_z(j, "x-source", f->source);
}

static void
put_bounds(struct json *j, const char *least, int min, const char *most, int max)
{
    if (min > 0)
        json_put_int(j, least, min);
    if (max > 0)
        json_put_int(j, most, max);
}

static void
put_text_type(struct json *j, const struct field *f, const struct schema_about *about)
{
    json_put_z(j, "type", "string");
    put_bounds(j, "minLength", f->required && f->min < 1 ? 1 : f->min, "maxLength", f->max > 0 ? f->max : LIMIT_WORDS);
    if (f->type == FIELD_WORDS)
        json_put_bool(j, "x-multiline", true);
    struct strs ready = {0};
    if (f->quick && about->visit)
        ready = form_phrases(about->visit, about->arena, f->quick, about->c);
    if (ready.n)
        put_texts(j, "examples", ready);
}

static void
put_array_type(struct json *j, const struct field *f, const struct schema_about *about)
{
    json_put_z(j, "type", "array");
    json_put_object(j, "items");
    if (f->type == FIELD_MANY)
        put_codes(j, f, about);
    else
        json_put_z(j, "type", "integer");
    json_close_object(j);
    put_bounds(j, "minItems", f->min, "maxItems", f->max);
}

/* flat: one case for each type of field */
static void
put_type(struct json *j, const struct field *f, const struct schema_about *about)
{
    switch (f->type) {
    case FIELD_TEXT:
    case FIELD_WORDS:
        put_text_type(j, f, about);
        break;
    case FIELD_INT:
        json_put_z(j, "type", "integer");
        if (f->max > f->min || f->min != 0)
            json_put_int(j, "minimum", f->min);
        if (f->max > f->min)
            json_put_int(j, "maximum", f->max);
        break;
    case FIELD_BOOL:
        json_put_z(j, "type", "boolean");
        break;
    case FIELD_DATE:
        json_put_z(j, "type", "string");
        json_put_z(j, "format", "date");
        break;
    case FIELD_MOMENT:
        json_put_z(j, "type", "string");
        json_put_z(j, "pattern", "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$");
        break;
    case FIELD_CHOICE:
        put_codes(j, f, about);
        break;
    case FIELD_MANY:
    case FIELD_FILES:
        put_array_type(j, f, about);
        break;
    case FIELD_PHONE:
        json_put_z(j, "type", "string");
        json_put_z(j, "format", "phone");
        break;
    }
}

static void
put_property(struct json *j, const struct field *f, const struct schema_about *about)
{
    json_put_object(j, f->name);
    json_put_z(j, "title", f->label);
    if (f->hint)
        json_put_z(j, "description", f->hint);
    if (f->show_when)
        json_put_z(j, "x-show-when", f->show_when);
    put_type(j, f, about);
    json_close_object(j);
}

/* "result=admit|service": if result is one of these then the field is required. */
static void
put_condition(struct json *j, const struct field *f, struct arena *a)
{
    struct str rest = str_of(f->show_when), name, value;
    str_cut(&rest, '=', &name);
    json_open_object(j);
    json_put_object(j, "if");
    json_put_object(j, "properties");
    json_put_object(j, str_z(a, name));
    json_put_array(j, "enum");
    while (str_cut(&rest, '|', &value))
        json_str(j, value);
    json_close_array(j);
    json_close_object(j);
    json_close_object(j);
    json_put_array(j, "required");
    json_str(j, name);
    json_close_array(j);
    json_close_object(j);
    json_put_object(j, "then");
    json_put_object(j, "properties");
    json_put_object(j, f->name);
    json_close_object(j);
    json_close_object(j);
    json_put_array(j, "required");
    json_z(j, f->name);
    json_close_array(j);
    json_close_object(j);
    json_close_object(j);
}

void
put_schema(struct json *j, const struct field *fields, size_t n, const struct schema_about *about)
{
    size_t n_conditions = 0;
    json_open_object(j);
    json_put_z(j, "type", "object");
    json_put_object(j, "properties");
    for (size_t i = 0; i < n; i++) {
        put_property(j, &fields[i], about);
        n_conditions += fields[i].required && fields[i].show_when;
    }
    json_close_object(j);
    json_put_array(j, "required");
    for (size_t i = 0; i < n; i++)
        if (fields[i].required && !fields[i].show_when)
            json_z(j, fields[i].name);
    json_close_array(j);
    if (n_conditions) {
        json_put_array(j, "allOf");
        for (size_t i = 0; i < n; i++)
            if (fields[i].required && fields[i].show_when)
                put_condition(j, &fields[i], about->arena);
        json_close_array(j);
    }
    json_close_object(j);
}

/* Which duties this is the step for: whoever owes one of these may do it. */
static void
put_owed(struct json *j, const struct command *cmd)
{
    json_put_array(j, "owed");
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++)
        if (cmd->who[i].scope == SCOPE_DUTY)
            json_z(j, duty_code(cmd->who[i].duty));
    json_close_array(j);
}

void
put_allowed(struct json *j, const struct visit *v, struct arena *a, const struct situation *s, bool is_brief)
{
    const struct schema_about about = {.visit = v, .is_brief = is_brief, .arena = a, .c = s->c};
    json_put_array(j, "allowed");
    for (size_t i = 0; i < n_commands; i++) {
        const struct command *cmd = &commands[i];
        if ((cmd->flags & CMD_HIDDEN) || !command_allowed(cmd, s, NULL, NULL))
            continue;
        json_open_object(j);
        json_put_z(j, "action", cmd->code);
        json_put_z(j, "label", cmd->label);
        json_put_bool(j, "primary", (cmd->flags & CMD_PRIMARY) != 0);
        json_put_bool(j, "undoable", (cmd->flags & CMD_UNDOABLE) != 0);
        put_owed(j, cmd);
        json_key(j, "fields");
        put_schema(j, cmd->fields, cmd->n_fields, &about);
        json_close_object(j);
    }
    json_close_array(j);
}
