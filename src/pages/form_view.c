#include "form_view.h"

#include "limits.h"
#include "site.h"

enum { RADIOS_MAX = 6, CHECKS_MAX = 12, PHRASES_MAX = 12 };

/* ---- Quick phrases ---- */

/* A field may name phrases that a scheme has under other codes; then those are offered, under short labels. */
static const struct {
    const char *code, *instead, *label;
} fallbacks[] = {
    {"quick_arrive", "quick_accept", NULL},
    {"reply_settle", "reply_solved", "已解决"},
    {"reply_settle", "reply_not_found", "现场未发现"},
    {"reply_settle", "reply_persuade", "已劝导"},
    {"reply_close", "reply_solved", "已解决"},
    {"reply_close", "reply_partial", "部分解决"},
    {"reply_close", "reply_unsolved", "未能解决"},
    {"reply_close", "reply_mediation", "已调解"},
    {"reply_close", "reply_order", "已责令改正"},
};

static struct str
known_value(const struct visit *v, struct arena *a, const struct case_file *c, struct str name)
{
    const struct registry *r = v->area->registry;
    int item = c ? scheme_item(v->area->scheme, c->item) : -1;
    struct buf b = {0};
    if (str_is(name, "date")) {
        struct civil t = civil_of(v->now);
        buf_printf(&b, "%d 月 %d 日", t.month, t.day);
    } else if (c && str_is(name, "place")) {
        buf_str(&b, place_name(r, (int32_t)c->place));
    } else if (item >= 0 && str_is(name, "item")) {
        buf_str(&b, v->area->scheme->items[item].name);
    } else if (c && c->lead && str_is(name, "org")) {
        buf_str(&b, org_name(r, (int32_t)c->lead));
    } else {
        buf_z(&b, "____");
    }
    return buf_keep(a, &b);
}

static struct str
fill_gaps(const struct visit *v, struct arena *a, const struct case_file *c, struct str text)
{
    struct buf b = {0};
    for (size_t i = 0; i < text.n;) {
        const char *end = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
        if (!end) {
            buf_char(&b, text.p[i++]);
            continue;
        }
        struct str name = {text.p + i + 1, (size_t)(end - text.p) - i - 1};
        buf_str(&b, known_value(v, a, c, name));
        i = (size_t)(end - text.p) + 1;
    }
    return buf_keep(a, &b);
}

/* A chip holds a line; what is longer is cut and comes whole when it is chosen. */
static struct str
short_label(struct arena *a, struct str text)
{
    enum { LABEL_MAX = 30 };
    struct str head = utf8_prefix(text, LABEL_MAX);
    return head.n == text.n ? text : str_of(arena_printf(a, "%.*s…", (int)head.n, head.p));
}

static void
add_phrases(const struct visit *v, struct arena *a, struct str text, const char *label, const struct case_file *c,
            struct form_phrase *out, size_t *n)
{
    struct str rest = text, piece;
    while (*n < PHRASES_MAX && str_cut(&rest, '|', &piece)) {
        if (!str_trim(piece).n)
            continue;
        struct str filled = fill_gaps(v, a, c, str_trim(piece));
        out[(*n)++] = (struct form_phrase){label ? str_of(label) : short_label(a, filled), filled};
    }
}

struct form_phrases
phrases_of(const struct visit *v, struct arena *a, const char *code, const struct case_file *c)
{
    const struct scheme *s = v->area->scheme;
    struct form_phrase *out = arena_array(a, struct form_phrase, PHRASES_MAX);
    size_t n = 0;
    add_phrases(v, a, scheme_wording(s, code), NULL, c, out, &n);
    bool has_own = n > 0;
    for (size_t i = 0; !has_own && i < sizeof fallbacks / sizeof *fallbacks; i++)
        if (strcmp(fallbacks[i].code, code) == 0)
            add_phrases(v, a, scheme_wording(s, fallbacks[i].instead), fallbacks[i].label, c, out, &n);
    return (struct form_phrases){out, n};
}

struct strs
form_phrases(const struct visit *v, struct arena *a, const char *code, const struct case_file *c)
{
    struct form_phrases all = phrases_of(v, a, code, c);
    struct str *out = arena_array(a, struct str, all.n + 1);
    for (size_t i = 0; i < all.n; i++)
        out[i] = all.p[i].text;
    return (struct strs){out, all.n};
}

/* ---- One field ---- */

struct maker {
    struct request *req;
    const struct visit *v;
    struct arena *a;
    const struct form_about *about;
};

static bool
is_chosen(const struct maker *m, const char *name, struct str code)
{
    struct str value;
    for (size_t at = 0; m->about->values && params_each(m->about->values, name, &at, &value);)
        if (str_eq(value, code))
            return true;
    return false;
}

static struct form_options
fixed_options(const struct maker *m, const struct field *f)
{
    size_t n = 0;
    while (f->choices[n].code)
        n++;
    struct form_option *out = arena_array(m->a, struct form_option, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct form_option){.code = str_of(f->choices[i].code), .label = str_of(f->choices[i].label)};
    return (struct form_options){out, n};
}

static struct form_options
source_options(const struct maker *m, const struct field *f)
{
    struct options all = options_of(m->v, m->a, f->source, m->about->c);
    struct form_option *out = arena_array(m->a, struct form_option, all.n + 1);
    struct str group = STR("");
    for (size_t i = 0; i < all.n; i++) {
        out[i] = (struct form_option){.code = all.p[i].code, .label = all.p[i].label};
        if (all.p[i].group.n && !str_eq(group, all.p[i].group))
            out[i].group = str_z(m->a, all.p[i].group);
        group = all.p[i].group;
        if (group.n && (i + 1 == all.n || !str_eq(group, all.p[i + 1].group)))
            out[i].ends_group = true;
    }
    return (struct form_options){out, all.n};
}

static void
mark_chosen(const struct maker *m, const struct field *f, struct form_options *options)
{
    struct form_option *p = (struct form_option *)(uintptr_t)options->p;
    for (size_t i = 0; i < options->n; i++)
        p[i].is_on = is_chosen(m, f->name, p[i].code);
}

/* A long list shows what is chosen; the rest lies under a fold. */
static void
fold_rest(const struct maker *m, struct form_field *out)
{
    struct form_options all = out->options;
    struct form_option *here = arena_array(m->a, struct form_option, all.n + 1);
    struct form_option *more = arena_array(m->a, struct form_option, all.n + 1);
    size_t n_here = 0, n_more = 0;
    for (size_t i = 0; i < all.n; i++)
        if (all.p[i].is_on)
            here[n_here++] = all.p[i];
        else
            more[n_more++] = all.p[i];
    out->options = (struct form_options){here, n_here};
    out->more = (struct form_options){more, n_more};
}

static void
make_choices(const struct maker *m, struct form_field *out)
{
    const struct field *f = out->f;
    out->options = f->choices ? fixed_options(m, f) : source_options(m, f);
    mark_chosen(m, f, &out->options);
    for (size_t i = 0; i < out->options.n; i++)
        out->is_grouped |= out->options.p[i].group != NULL;
    if (f->type == FIELD_MANY) {
        out->look = FORM_CHECKS;
        if (out->options.n > CHECKS_MAX)
            fold_rest(m, out);
    } else {
        out->look = out->options.n <= RADIOS_MAX && !out->is_grouped ? FORM_RADIOS : FORM_SELECT;
    }
}

static struct strs
file_ids(const struct maker *m, const char *name)
{
    struct str *out = arena_array(m->a, struct str, LIMIT_PHOTOS + 1), value;
    size_t n = 0;
    for (size_t at = 0; m->about->values && n < LIMIT_PHOTOS && params_each(m->about->values, name, &at, &value);)
        if (value.n)
            out[n++] = value;
    return (struct strs){out, n};
}

static const char *
input_type(enum field_type t)
{
    switch (t) {
    case FIELD_INT:
        return "number";
    case FIELD_DATE:
        return "date";
    case FIELD_MOMENT:
        return "datetime-local";
    case FIELD_PHONE:
        return "tel";
    default:
        return "text";
    }
}

static const char *
error_of(const struct err *err, const char *name)
{
    for (int i = 0; err && i < err->n_fields; i++)
        if (strcmp(err->fields[i].field, name) == 0)
            return err->fields[i].message;
    return NULL;
}

static void
make_field(const struct maker *m, const struct field *f, struct form_field *out)
{
    *out = (struct form_field){.f = f, .id = arena_printf(m->a, "f-%s", f->name), .is_required = f->required};
    out->error = error_of(m->about->err, f->name);
    out->type = input_type(f->type);
    out->value = m->about->values ? params_get(m->about->values, f->name) : STR("");
    if (!m->about->values && f->preset.n)
        out->value = f->preset;
    if (f->hint || out->error)
        out->described_by = arena_printf(m->a, "%s%s%s%s%s", f->hint ? "h-" : "", f->hint ? f->name : "",
                                         f->hint && out->error ? " " : "", out->error ? "e-" : "", out->error ? f->name : "");
    if (f->quick)
        out->phrases = phrases_of(m->v, m->a, f->quick, m->about->c);
    if (f->by_phone) {
        out->look = FORM_HIDDEN;
        return;
    }
    switch (f->type) {
    case FIELD_WORDS:
        out->look = FORM_AREA;
        break;
    case FIELD_BOOL:
        out->look = FORM_CHECK;
        break;
    case FIELD_CHOICE:
    case FIELD_MANY:
        make_choices(m, out);
        break;
    case FIELD_FILES:
        out->look = FORM_FILES;
        out->files = file_ids(m, f->name);
        break;
    default:
        out->look = FORM_INPUT;
    }
}

void
form_view_init(struct form_view *out, struct request *req, const struct field *fields, size_t n,
               const struct form_about *about)
{
    struct maker m = {req, visit_of(req), req->arena, about};
    struct form_field *list = arena_array(req->arena, struct form_field, n + 1);
    *out = (struct form_view){.fields = {list, n}, .csrf = m.v->csrf, .is_raw = about->is_raw};
    if (about->err && about->err->kind) {
        out->err = about->err;
        out->n_errors = about->err->n_fields;
    }
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        make_field(&m, &fields[i], &list[shown]);
        bool is_moot = list[shown].f->source && !list[shown].options.n && !list[shown].is_required && !list[shown].more.n &&
                       (fields[i].type == FIELD_CHOICE || fields[i].type == FIELD_MANY); /* nothing to choose from */
        out->has_files |= list[shown].look == FORM_FILES;
        shown += !is_moot;
    }
    out->fields.n = shown;
}
