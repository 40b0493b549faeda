#include "event_body.h"

#include "command.h"
#include "json.h"

enum { DUTY_NUMBERS = 24 };

/* A duty as numbers, in the order of the table. */
static void
duty_numbers(const struct duty *u, int64_t n[DUTY_NUMBERS])
{
    const int64_t all[DUTY_NUMBERS] = {
        u->id, u->kind, u->subject_kind, u->subject, u->owner.org, u->owner.role, u->owner.place, u->owner.person,
        u->need, u->credited, u->spacing, u->opened_at, u->window_from, u->amber_at, u->due, u->missed_at, u->ended_at,
        u->end, u->escalated.org, u->escalated.role, u->escalated.place, u->ref, u->level, u->arg};
    memcpy(n, all, sizeof all);
}

static void
duty_from_numbers(const int64_t n[DUTY_NUMBERS], struct duty *u)
{
    *u = (struct duty){
        .id = n[0], .kind = (int)n[1], .subject_kind = (int)n[2], .subject = n[3],
        .owner = {.org = (int32_t)n[4], .role = (int)n[5], .place = (int32_t)n[6], .person = n[7]},
        .need = (int)n[8], .credited = (int)n[9], .spacing = n[10], .opened_at = n[11], .window_from = n[12],
        .amber_at = n[13], .due = n[14], .missed_at = n[15], .ended_at = n[16], .end = (int)n[17],
        .escalated = {.org = (int32_t)n[18], .role = (int)n[19], .place = (int32_t)n[20]}, .ref = n[21],
        .level = (int)n[22], .arg = n[23]};
}

bool
duty_same(const struct duty *a, const struct duty *b)
{
    int64_t x[DUTY_NUMBERS], y[DUTY_NUMBERS];
    duty_numbers(a, x);
    duty_numbers(b, y);
    return memcmp(x, y, sizeof x) == 0;
}

void
json_duty(struct json *j, const struct duty *u)
{
    int64_t n[DUTY_NUMBERS];
    duty_numbers(u, n);
    json_open_array(j);
    for (int i = 0; i < DUTY_NUMBERS; i++)
        json_int(j, n[i]);
    json_close_array(j);
}

static void
write_column(void *ctx, const char *name, bool is_text, int64_t old_n, int64_t new_n, struct str old_t, struct str new_t)
{
    struct json *j = ctx;
    json_put_array(j, name);
    if (is_text) {
        json_str(j, old_t);
        json_str(j, new_t);
    } else {
        json_int(j, old_n);
        json_int(j, new_n);
    }
    json_close_array(j);
}

static void
write_duties(struct json *j, const struct effects *fx)
{
    json_put_array(j, "d");
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_changed)
            json_duty(j, &fx->duties[i].now);
    json_close_array(j);
    json_put_array(j, "b");
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_changed && fx->duties[i].was.id)
            json_duty(j, &fx->duties[i].was);
    json_close_array(j);
}

void
json_attachments(struct json *j, const struct attachment *files, size_t n)
{
    json_put_array(j, "x");
    for (size_t i = 0; i < n; i++) {
        struct buf hex = {0};
        buf_hex(&hex, files[i].sha256, HASH_BYTES);
        json_open_array(j);
        json_int(j, files[i].id);
        json_str(j, buf_view(&hex));
        json_int(j, files[i].is_after);
        buf_clear(&hex);
        buf_hex(&hex, files[i].digest, HASH_BYTES);
        json_str(j, buf_view(&hex));
        json_close_array(j);
        buf_release(&hex);
    }
    json_close_array(j);
}

static void
add_number(struct buf *b, int64_t v)
{
    uint8_t n[8];
    put_u64be(n, (uint64_t)v);
    buf_add(b, n, sizeof n);
}

void
notice_digest(const struct notice_facts *n, uint8_t out[HASH_BYTES])
{
    struct buf b = {0};
    const int64_t numbers[] = {n->area, n->id, n->case_id, n->at, n->to.org, n->to.role, n->to.place, n->to.person, n->is_urgent,
                               (int64_t)n->kind.n, (int64_t)n->text.n};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(&b, numbers[i]);
    buf_str(&b, n->kind);
    buf_str(&b, n->text);
    sm3(buf_view(&b), out);
    buf_release(&b);
}

/* Always there, if empty: what is not in it was not told by this event. */
void
json_told(struct json *j, const struct told *told, size_t n)
{
    json_put_array(j, "n");
    for (size_t i = 0; i < n; i++) {
        struct buf hex = {0};
        if (!told[i].id)
            continue;
        buf_hex(&hex, told[i].digest, TOLD_BYTES);
        json_open_array(j);
        json_int(j, told[i].id);
        json_str(j, buf_view(&hex));
        json_int(j, told[i].is_outbox);
        json_close_array(j);
        buf_release(&hex);
    }
    json_close_array(j);
}

void
event_body_write(const struct effects *fx, const struct attachment *files, size_t n_files, const struct told *told,
                 size_t n_told, struct buf *out)
{
    uint8_t salt[SALT_BYTES];
    crypto_random(salt, sizeof salt);
    buf_add(out, salt, sizeof salt);
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_str(&j, "t", fx->event.text);
    if (fx->event.public_text.n)
        json_put_str(&j, "p", fx->event.public_text);
    if (fx->event.fields.n) {
        json_put_array(&j, "f");
        for (size_t i = 0; i < fx->event.fields.n; i++) {
            json_str(&j, fx->event.fields.p[i].name);
            json_str(&j, fx->event.fields.p[i].value);
        }
        json_close_array(&j);
    }
    json_put_object(&j, "c");
    effects_columns(fx, write_column, &j);
    json_close_object(&j);
    write_duties(&j, fx);
    if (fx->has_words) {
        json_put_str(&j, "w", fx->words);
        json_put_str(&j, "s", fx->spot);
    }
    if (fx->has_reply)
        json_put_str(&j, "r", fx->reply);
    if (n_files)
        json_attachments(&j, files, n_files);
    json_told(&j, told, n_told);
    json_close_object(&j);
}

/* Reading back */

static struct str
text_of(const json_t *v)
{
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){"", 0};
}

bool
duty_of_json(const json_t *row, struct duty *out)
{
    int64_t numbers[DUTY_NUMBERS] = {0};
    for (size_t k = 0; k < DUTY_NUMBERS && k < json_array_size(row); k++)
        numbers[k] = json_integer_value(json_array_get(row, k));
    duty_from_numbers(numbers, out);
    return json_array_size(row) == DUTY_NUMBERS;
}

static struct duty *
read_duties(struct arena *a, const json_t *list, size_t *n)
{
    size_t count = json_array_size(list);
    struct duty *out = arena_array(a, struct duty, count + 1);
    for (size_t i = 0; i < count; i++)
        duty_of_json(json_array_get(list, i), &out[i]);
    *n = count;
    return out;
}

/* "[[1,2,…],…]" as write_duties wrote it, read without a tree: most of a body is these numbers. False = not of that form. */
static bool
take_duties(struct arena *a, struct str *s, struct duty **out, size_t *n)
{
    const char *p = s->p, *end = s->p + s->n, *close = s->n > 1 && p[1] == ']' ? p : memmem(p, s->n, "]]", 2);
    size_t room = 1;
    if (!close || *p++ != '[')
        return false;
    for (const char *c = p; c < close; c++)
        room += *c == '[';
    *out = arena_array(a, struct duty, room);
    for (*n = 0; p < end && *p == '['; p += *p == ',') {
        int64_t numbers[DUTY_NUMBERS] = {0};
        for (int k = 0; *p != ']'; k++) {
            bool is_negative = *++p == '-';
            p += is_negative;
            if (k == DUTY_NUMBERS || p >= end || *p < '0' || *p > '9')
                return false;
            for (; p < end && *p >= '0' && *p <= '9'; p++)
                numbers[k] = numbers[k] * 10 + (*p - '0');
            numbers[k] = is_negative ? -numbers[k] : numbers[k];
            if (p >= end || (*p != ',' && *p != ']'))
                return false;
        }
        if (*n == room || ++p >= end)
            return false;
        duty_from_numbers(numbers, &(*out)[(*n)++]);
    }
    if (p >= end || *p != ']')
        return false;
    *s = str_slice(*s, (size_t)(p + 1 - s->p), s->n);
    return true;
}

/* The text without its members "d" and "b", which are read here, and without "c" before them when it is not wanted; as it
 * is when they do not stand there as written above. Inside a string their quotes would be escaped, so these are members. */
static struct str
cut_duties(struct arena *a, struct str text, bool wants_columns, struct event_body *out)
{
    static const char c[] = ",\"c\":{", d[] = ",\"d\":", b[] = ",\"b\":";
    const char *from = memmem(text.p, text.n, c, sizeof c - 1), *at = memmem(text.p, text.n, d, sizeof d - 1);
    if (!at)
        return text;
    struct str rest = str_slice(text, (size_t)(at - text.p) + sizeof d - 1, text.n);
    struct duty *duties, *before;
    size_t n_duties, n_before;
    if (!take_duties(a, &rest, &duties, &n_duties) || !str_starts(rest, (struct str){b, sizeof b - 1}))
        return text;
    rest = str_slice(rest, sizeof b - 1, rest.n);
    if (!take_duties(a, &rest, &before, &n_before))
        return text;
    out->duties = duties;
    out->n_duties = n_duties;
    out->before = before;
    out->n_before = n_before;
    size_t head = (size_t)((wants_columns || !from || from > at ? at : from) - text.p);
    char *joined = arena_alloc(a, head + rest.n + 1);
    memcpy(joined, text.p, head);
    memcpy(joined + head, rest.p, rest.n);
    return (struct str){joined, head + rest.n};
}

static void
read_columns(struct arena *a, json_t *object, struct event_body *out)
{
    size_t n = json_object_size(object);
    struct undo_column *old = arena_array(a, struct undo_column, n + 1);
    int64_t *new_n = arena_array(a, int64_t, n + 1);
    struct str *new_t = arena_array(a, struct str, n + 1);
    const char *key;
    json_t *pair;
    size_t i = 0;
    json_object_foreach(object, key, pair)
    {
        const json_t *was = json_array_get(pair, 0), *is = json_array_get(pair, 1);
        old[i] = (struct undo_column){.name = str_of(key), .is_text = json_is_string(is),
                                      .old_n = json_integer_value(was), .old_t = text_of(was)};
        new_n[i] = json_integer_value(is);
        new_t[i] = text_of(is);
        i++;
    }
    out->columns = old;
    out->new_n = new_n;
    out->new_t = new_t;
    out->n_columns = n;
}

static void
read_files(struct arena *a, const json_t *x, struct event_body *out)
{
    size_t n = json_array_size(x);
    out->files = arena_array(a, int64_t, n + 1);
    out->attached = arena_array(a, struct attachment, n + 1);
    out->has_digests = true;
    for (; out->n_files < n; out->n_files++) {
        const json_t *row = json_array_get(x, out->n_files);
        struct attachment *f = &out->attached[out->n_files];
        *f = (struct attachment){.id = json_integer_value(json_array_get(row, 0)),
                                 .is_after = json_integer_value(json_array_get(row, 2)) != 0};
        hex_decode(text_of(json_array_get(row, 1)), f->sha256, HASH_BYTES);
        out->has_digests &= hex_decode(text_of(json_array_get(row, 3)), f->digest, HASH_BYTES);
        out->files[out->n_files] = f->id;
    }
}

size_t
attachments_of_json(struct arena *a, const json_t *body, struct attachment **out)
{
    struct event_body read = {0};
    read_files(a, json_object_get(body, "x"), &read);
    *out = read.attached;
    return read.n_files;
}

static void
read_told(struct arena *a, const json_t *list, struct event_body *out)
{
    size_t n = json_array_size(list);
    out->has_told = list != NULL;
    out->told = arena_array(a, struct told, n + 1);
    for (; out->n_told < n; out->n_told++) {
        const json_t *row = json_array_get(list, out->n_told);
        struct told *t = &out->told[out->n_told];
        *t = (struct told){.id = json_integer_value(json_array_get(row, 0)),
                           .is_outbox = json_integer_value(json_array_get(row, 2)) != 0};
        hex_decode(text_of(json_array_get(row, 1)), t->digest, TOLD_BYTES);
    }
}

static bool
read_body(struct arena *a, struct str plain, bool wants_columns, struct event_body *out, struct err *err)
{
    *out = (struct event_body){0};
    if (plain.n < SALT_BYTES)
        return err_set(err, ERR_INTERNAL, "记录已损坏。");
    json_t *o = json_parse(a, cut_duties(a, str_slice(plain, SALT_BYTES, plain.n), wants_columns, out), err);
    if (!o)
        return false;
    out->text = text_of(json_object_get(o, "t"));
    out->public_text = text_of(json_object_get(o, "p"));
    const json_t *f = json_object_get(o, "f");
    for (size_t i = 0; i + 1 < json_array_size(f); i += 2)
        params_add(a, &out->fields, text_of(json_array_get(f, i)), text_of(json_array_get(f, i + 1)));
    read_columns(a, json_object_get(o, "c"), out);
    if (!out->duties) {
        out->duties = read_duties(a, json_object_get(o, "d"), &out->n_duties);
        out->before = read_duties(a, json_object_get(o, "b"), &out->n_before);
    }
    read_files(a, json_object_get(o, "x"), out);
    if (wants_columns)
        read_told(a, json_object_get(o, "n"), out);
    out->has_words = json_object_get(o, "w") != NULL;
    out->has_reply = json_object_get(o, "r") != NULL;
    out->words = text_of(json_object_get(o, "w"));
    out->spot = text_of(json_object_get(o, "s"));
    out->reply = text_of(json_object_get(o, "r"));
    return true;
}

bool
event_body_read(struct arena *a, struct str plain, struct event_body *out, struct err *err)
{
    return read_body(a, plain, true, out, err);
}

bool
event_body_read_told(struct arena *a, struct str plain, struct event_body *out, struct err *err)
{
    return read_body(a, plain, false, out, err);
}

void
secret_write(struct buf *out, struct str words, struct str spot, struct str reply)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_str(&j, "words", words);
    json_put_str(&j, "spot", spot);
    json_put_str(&j, "reply", reply);
    json_close_object(&j);
}

bool
secret_read(struct arena *a, struct str plain, struct str *words, struct str *spot, struct str *reply)
{
    json_t *o = json_parse(a, plain, NULL);
    if (!o)
        return false;
    *words = text_of(json_object_get(o, "words"));
    *spot = text_of(json_object_get(o, "spot"));
    *reply = text_of(json_object_get(o, "reply"));
    return true;
}
