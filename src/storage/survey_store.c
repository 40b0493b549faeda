#include "survey_store.h"

#include "event_append.h"
#include "json.h"

/* ---- as JSON ---- */

void
survey_write(struct buf *out, const struct survey_entry *e)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_int(&j, "place", e->place);
    json_put_str(&j, "kind", e->kind);
    json_put_str(&j, "spot", e->spot);
    json_put_str(&j, "holder", e->holder);
    json_put_str(&j, "note", e->note);
    json_put_z(&j, "state", survey_state_code(e->state));
    json_put_int(&j, "first", e->first_seen);
    json_put_int(&j, "last", e->last_checked);
    json_put_int(&j, "by", e->by);
    json_put_int(&j, "visit", e->visit);
    json_put_array(&j, "cases");
    for (size_t i = 0; i < e->n_cases; i++)
        json_int(&j, e->cases[i]);
    json_close_array(&j);
    json_close_object(&j);
}

static struct str
text(struct arena *a, const json_t *o, const char *name)
{
    const char *z = json_string_value(json_object_get(o, name));
    return z ? str_dup(a, str_of(z)) : STR("");
}

static int64_t
number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

bool
survey_read(struct arena *a, struct str json, struct survey_entry *out, struct err *err)
{
    json_t *o = json_parse(a, json, err);
    const json_t *cases = json_object_get(o, "cases");
    if (!o)
        return false;
    *out = (struct survey_entry){.id = out->id, .version = out->version, .place = (int32_t)number(o, "place"), .kind = text(a, o, "kind"),
                                 .spot = text(a, o, "spot"), .holder = text(a, o, "holder"), .note = text(a, o, "note"),
                                 .state = survey_state_find(text(a, o, "state")), .first_seen = number(o, "first"),
                                 .last_checked = number(o, "last"), .by = number(o, "by"), .visit = number(o, "visit")};
    for (size_t i = 0; i < json_array_size(cases) && out->n_cases < SURVEY_CASES_MAX; i++)
        out->cases[out->n_cases++] = json_integer_value(json_array_get(cases, i));
    return out->state > 0 || err_set(err, ERR_INTERNAL, "这条登记读不出来。");
}

/* ---- saving ---- */

static void
write_body(struct buf *out, const struct survey_effects *fx)
{
    struct json j = {.out = out};
    struct buf entry = {0};
    survey_write(&entry, &fx->after);
    json_open_object(&j);
    json_put_str(&j, "text", fx->text);
    json_key(&j, "entry");
    json_raw(&j, buf_view(&entry));
    json_close_object(&j);
    buf_release(&entry);
}

static bool
save_row(struct db *db, const struct survey_save *s, int64_t version, const uint8_t head[HASH_BYTES], struct str wrapped, struct str doc,
         struct err *err)
{
    const struct survey_entry *e = &s->fx->after;
    if (s->fx->is_new)
        return db_exec(db, SQL_SURVEY_INSERT, err, V_INT(s->area), V_INT(e->id), V_INT(version), V_BYTES(head, HASH_BYTES), V_BLOB(wrapped),
                       V_TEXT(e->kind), V_INT(e->place), V_INT(e->state), V_INT(e->first_seen), V_INT(e->last_checked), V_INT(e->visit), V_BLOB(doc));
    bool ok = db_exec(db, SQL_SURVEY_UPDATE, err, V_INT(version), V_BYTES(head, HASH_BYTES), V_INT(e->state), V_INT(e->last_checked),
                      V_INT(e->visit), V_BLOB(doc), V_INT(s->area), V_INT(e->id), V_INT(version - 1));
    return ok && (db_changes(db) > 0 || err_set(err, ERR_CONFLICT, "这条登记刚刚有人改过，请刷新再试。"));
}

bool
survey_save(struct db *db, struct survey_save *s, struct err *err)
{
    static const uint8_t zero[HASH_BYTES];
    struct survey_entry *e = &s->fx->after;
    uint8_t key[KEY_BYTES], head[HASH_BYTES];
    struct buf wrapped = {0}, body = {0}, plain = {0}, doc = {0};
    int64_t version = s->fx->is_new ? 1 : s->before->e.version + 1;
    if (s->fx->is_new) {
        e->id = store_new_id(s->store, s->fx->at);
        keyring_make_wrapped(s->keys, s->area, e->id, key, &wrapped);
    } else
        memcpy(key, s->before->key, sizeof key);
    if (s->visit)
        e->visit = s->visit;
    e->version = version;
    write_body(&body, s->fx);
    survey_write(&plain, e);
    seal(key, s->area, "survey.doc", e->id, version, buf_view(&plain), &doc);
    struct event_to_append ev = {.area = s->area, .stream = e->id, .seq = version, .at = s->fx->at, .occurred_at = s->occurred_at,
                                 .type = s->fx->type, .actor = s->fx->actor, .key = key, .json = buf_view(&body)};
    bool ok = event_append(db, s->keys, &ev, s->before ? s->before->head : zero, head, err) &&
              save_row(db, s, version, head, buf_view(&wrapped), buf_view(&doc), err);
    explicit_bzero(key, sizeof key);
    buf_release(&wrapped);
    buf_release(&body);
    buf_release(&plain);
    buf_release(&doc);
    s->id = e->id;
    return ok;
}

/* ---- reading ---- */

/* False without an error: its key is gone. */
static bool
read_row(const struct rows *r, struct keyring *k, struct arena *a, int64_t area, struct loaded_survey *out, struct err *err)
{
    struct buf plain = {0};
    *out = (struct loaded_survey){.e = {.id = rows_int(r, 0), .version = rows_int(r, 1)}};
    if (rows_text(r, 2).n == HASH_BYTES)
        memcpy(out->head, rows_text(r, 2).p, HASH_BYTES);
    if (!rows_text(r, 3).n || !keyring_unwrap(k, area, out->e.id, rows_text(r, 3), out->key))
        return false;
    bool ok = unseal(out->key, area, "survey.doc", out->e.id, out->e.version, rows_text(r, 10), &plain);
    ok = ok ? survey_read(a, buf_view(&plain), &out->e, err) : err_set(err, ERR_INTERNAL, "这条登记读不出来。");
    buf_release(&plain);
    return ok;
}

bool
survey_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_survey *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_SURVEY_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return r.has_failed ? false : err_set(err, ERR_NOT_FOUND, "没有这条登记。");
    bool ok = read_row(&r, k, a, area, out, err);
    rows_end(&r);
    return ok || (err->kind ? false : err_set(err, ERR_GONE, "这条登记已依法删除。"));
}

static bool
read_rows(struct rows *r, struct keyring *k, struct arena *a, int64_t area, size_t limit, struct survey_list *out, struct err *err)
{
    struct survey_entry *list = arena_array(a, struct survey_entry, limit + 1);
    size_t n = 0;
    while (n <= limit && rows_next(r, err)) {
        struct loaded_survey one;
        if (read_row(r, k, a, area, &one, err))
            list[n++] = one.e;
        explicit_bzero(one.key, sizeof one.key);
        if (err->kind)
            break;
    }
    rows_end(r);
    *out = (struct survey_list){.p = list, .n = n > limit ? limit : n, .has_more = n > limit};
    return err->kind == ERR_NONE;
}

bool
surveys_list(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct survey_filter *f, size_t limit,
             struct survey_list *out, struct err *err)
{
    struct rows r;
    int64_t n = (int64_t)limit + 1;
    bool ok = f->place ? db_query(db, SQL_SURVEYS_OF_PLACE, &r, err, V_INT(area), V_INT(f->place), V_INT(f->state), V_INT(f->after_at),
                                  V_INT(f->after_id), V_INT(n))
                       : db_query(db, SQL_SURVEYS_OF_AREA, &r, err, V_INT(area), V_INT(f->state), V_INT(f->after_at), V_INT(f->after_id), V_INT(n));
    return ok && read_rows(&r, k, a, area, limit, out, err);
}

bool
surveys_of_visit(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t visit, struct survey_list *out, struct err *err)
{
    enum { SHOWN = 100 };
    struct rows r;
    return db_query(db, SQL_SURVEYS_OF_VISIT, &r, err, V_INT(area), V_INT(visit)) && read_rows(&r, k, a, area, SHOWN, out, err);
}

static bool
read_event(const struct rows *r, struct arena *a, int64_t area, const struct loaded_survey *e, struct survey_event *out, struct err *err)
{
    struct buf plain = {0};
    bool ok = unseal(e->key, area, "event.body", e->e.id, rows_int(r, 0), rows_text(r, 7), &plain) && plain.n > SALT_BYTES;
    json_t *o = ok ? json_parse(a, str_dup(a, str_slice(buf_view(&plain), SALT_BYTES, plain.n)), err) : NULL;
    buf_release(&plain);
    *out = (struct survey_event){.at = rows_int(r, 1), .occurred_at = rows_int(r, 2), .type = str_dup(a, rows_text(r, 3)), .actor = rows_int(r, 4),
                                 .role = (int)rows_int(r, 5), .org = (int32_t)rows_int(r, 6), .text = text(a, o, "text")};
    return o != NULL || (err->kind ? false : err_set(err, ERR_INTERNAL, "这条登记的经过读不出来。"));
}

bool
survey_events_load(struct db *db, struct arena *a, int64_t area, const struct loaded_survey *e, struct survey_events *out, struct err *err)
{
    struct rows r;
    struct survey_event *list = arena_array(a, struct survey_event, (size_t)e->e.version + 1);
    size_t n = 0;
    if (!db_query(db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(area), V_INT(e->e.id), V_INT(0)))
        return false;
    bool ok = true;
    while (ok && n < (size_t)e->e.version && rows_next(&r, err))
        ok = read_event(&r, a, area, e, &list[n++], err);
    rows_end(&r);
    *out = (struct survey_events){list, n};
    return ok && err->kind == ERR_NONE;
}
