/* Reading cases, duties and events back. */
#include "effects_save.h"

#include "command.h"
#include "event_body.h"
#include "rows_case.h"

void
read_case_columns(const struct rows *r, int first, int64_t area, struct arena *a, struct case_file *out)
{
    *out = (struct case_file){.area = area, .id = rows_int(r, first), .version = rows_int(r, first + 1)};
    struct str head = rows_text(r, first + 2);
    if (head.n == sizeof out->head)
        memcpy(out->head, head.p, sizeof out->head);
    int at = first + 3;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        *case_number(out, i) = rows_int(r, at++);
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(out, i) = str_dup(a, rows_text(r, at++));
}

void
read_duty_columns(const struct rows *r, int first, struct duty *out)
{
    int64_t n[DUTY_COLUMNS_N];
    for (int i = 0; i < DUTY_COLUMNS_N; i++)
        n[i] = rows_int(r, first + i);
    *out = (struct duty){
        .id = n[0], .kind = (int)n[1], .subject_kind = (int)n[2], .subject = n[3],
        .owner = {.org = (int32_t)n[4], .role = (int)n[5], .place = (int32_t)n[6], .person = n[7]},
        .need = (int)n[8], .credited = (int)n[9], .spacing = n[10], .opened_at = n[11], .window_from = n[12],
        .amber_at = n[13], .due = n[14], .missed_at = n[15], .ended_at = n[16], .end = (int)n[17],
        .escalated = {.org = (int32_t)n[18], .role = (int)n[19], .place = (int32_t)n[20]}, .ref = n[21],
        .level = (int)n[22], .arg = n[23]};
}

static struct duty *
load_duties(struct db *db, struct arena *a, enum sql_id id, int64_t area, int64_t case_id, size_t *n, struct err *err)
{
    struct rows r;
    size_t cap = 16;
    struct duty *list = arena_array(a, struct duty, cap);
    *n = 0;
    if (!db_query(db, id, &r, err, V_INT(area), V_INT(case_id)))
        return list;
    while (rows_next(&r, err)) {
        if (*n == cap) {
            struct duty *more = arena_array(a, struct duty, cap * 2);
            memcpy(more, list, cap * sizeof *list);
            list = more;
            cap *= 2;
        }
        read_duty_columns(&r, 0, &list[(*n)++]);
    }
    return list;
}

struct duty *
duties_all(struct db *db, struct arena *a, int64_t area, int64_t case_id, size_t *n, struct err *err)
{
    return load_duties(db, a, SQL_DUTIES_OF_SUBJECT, area, case_id, n, err);
}

struct duty *
duties_open(struct db *db, struct arena *a, int64_t area, int64_t subject, size_t *n, struct err *err)
{
    return load_duties(db, a, SQL_DUTIES_OPEN_OF_SUBJECT, area, subject, n, err);
}

bool
duty_find_id(struct db *db, int64_t area, int64_t id, struct duty *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_DUTY_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    bool is_there = rows_next(&r, err);
    if (is_there)
        read_duty_columns(&r, 0, out);
    rows_end(&r);
    return is_there || (!r.has_failed && err_set(err, ERR_NOT_FOUND, "没有这项责任。"));
}

bool
case_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_case *out,
          struct err *err)
{
    *out = (struct loaded_case){0};
    struct rows r;
    if (!db_query(db, SQL_CASE_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return r.has_failed ? false : err_set(err, ERR_NOT_FOUND, "没有这件事项。");
    read_case_columns(&r, 0, area, a, &out->c);
    struct str wrapped = rows_text(&r, CASE_COLUMNS_N);
    out->is_shredded = wrapped.n == 0 || !keyring_unwrap(k, area, id, wrapped, out->key);
    rows_end(&r);
    out->duties = load_duties(db, a, SQL_DUTIES_OPEN_OF_SUBJECT, area, id, &out->n_duties, err);
    return err->kind == ERR_NONE;
}

bool
case_load_words(struct db *db, struct arena *a, struct loaded_case *c, struct err *err)
{
    if (c->is_shredded) {
        c->words = STR("（内容已依法删除）");
        return true;
    }
    struct rows r;
    if (!db_query(db, SQL_CASE_WORDS, &r, err, V_INT(c->c.area), V_INT(c->c.id)))
        return false;
    struct buf plain = {0};
    bool ok = rows_next(&r, err) && unseal(c->key, c->c.area, "case_file.secret", c->c.id, 0, rows_text(&r, 0), &plain) &&
              secret_read(a, str_dup(a, buf_view(&plain)), &c->words, &c->spot, &c->reply);
    rows_end(&r);
    buf_release(&plain);
    return ok || err_set(err, ERR_INTERNAL, "读不出内容，请联系管理员。");
}

int64_t
case_find_no(struct db *db, int64_t area, int32_t day, int32_t no, struct err *err)
{
    return db_int(db, SQL_CASE_ID_BY_NUMBER, DB_ARGS(V_INT(area), V_INT(day), V_INT(no)), 0, err);
}

static bool
open_body(struct arena *a, const struct loaded_case *c, int64_t seq, struct str sealed, struct str *plain_out, struct err *err)
{
    struct buf plain = {0};
    bool ok = unseal(c->key, c->c.area, "event.body", c->c.id, seq, sealed, &plain);
    if (ok)
        *plain_out = str_dup(a, buf_view(&plain));
    buf_release(&plain);
    return ok || err_set(err, ERR_INTERNAL, "第 %lld 条记录打不开。", (long long)seq);
}

struct event_row *
events_load(struct db *db, struct arena *a, const struct loaded_case *c, size_t *n, struct err *err)
{
    struct event_row *list = arena_array(a, struct event_row, (size_t)c->c.version + 1);
    *n = 0;
    struct rows r;
    if (!db_query(db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(c->c.area), V_INT(c->c.id), V_INT(0)))
        return list;
    while (*n <= (size_t)c->c.version && rows_next(&r, err)) {
        struct event_row *e = &list[(*n)++];
        *e = (struct event_row){.seq = rows_int(&r, 0), .at = rows_int(&r, 1), .occurred_at = rows_int(&r, 2),
                                .type = str_dup(a, rows_text(&r, 3)), .actor = rows_int(&r, 4), .role = (int)rows_int(&r, 5),
                                .org = (int32_t)rows_int(&r, 6)};
        struct event_body body = {0};
        struct str plain;
        if (c->is_shredded) {
            e->text = STR("（已依法删除）");
            continue;
        }
        if (!open_body(a, c, e->seq, rows_text(&r, 7), &plain, err) || !event_body_read_told(a, plain, &body, err))
            break;
        e->text = body.text;
        e->public_text = body.public_text;
        e->fields = body.fields;
        e->files = body.files;
        e->n_files = body.n_files;
    }
    rows_end(&r);
    return list;
}

bool
event_load_undo(struct db *db, struct arena *a, const struct loaded_case *c, struct undo *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_EVENT_BY_SEQ, &r, err, V_INT(c->c.area), V_INT(c->c.id), V_INT(c->c.version)))
        return false;
    if (!rows_next(&r, err))
        return err_set(err, ERR_NOT_FOUND, "没有可以撤销的记录。");
    struct event_body body = {0};
    struct str plain;
    bool ok = open_body(a, c, c->c.version, rows_text(&r, 7), &plain, err) && event_body_read(a, plain, &body, err);
    *out = (struct undo){.at = rows_int(&r, 1), .event = str_z(a, rows_text(&r, 3)), .by = rows_int(&r, 4),
                         .columns = body.columns, .n_columns = body.n_columns, .duties_before = body.before,
                         .n_before = body.n_before};
    rows_end(&r);
    int64_t *opened = arena_array(a, int64_t, body.n_duties + 1);
    for (size_t i = 0; i < body.n_duties; i++) {
        bool was_there = false;
        for (size_t k = 0; k < body.n_before; k++)
            was_there |= body.before[k].id == body.duties[i].id;
        if (!was_there)
            opened[out->n_opened++] = body.duties[i].id;
    }
    out->duties_opened = opened;
    return ok;
}
