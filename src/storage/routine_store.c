#include "routine_store.h"

#include "event_body.h"
#include "json.h"
#include "rows_case.h"

static bool
routine_event(struct db *db, struct routine_batch *b, const char *type, struct actor by, struct str words, const struct told *told, size_t n_told,
              struct err *err)
{
    struct buf body = {0};
    struct json j = {.out = &body};
    json_open_object(&j);
    json_put_str(&j, "routine", b->routine);
    json_put_int(&j, "scheme", b->scheme);
    json_put_str(&j, "words", words);
    json_put_array(&j, "d");
    for (size_t i = 0; i < b->n; i++)
        json_duty(&j, &b->duties[i]);
    json_close_array(&j);
    json_told(&j, told, n_told);
    json_close_object(&j);
    struct event_to_append e = {.area = b->area, .stream = ROUTINE_STREAM, .at = b->at, .type = type, .actor = by,
                                .key = keyring_key(b->keys, b->area, "registry"), .json = buf_view(&body)};
    bool ok = event_append_next(db, b->keys, &e, err);
    buf_release(&body);
    return ok;
}

static const struct actor the_clock = {.role = ROLE_CLOCK};

bool
routine_plan_save(struct db *db, struct routine_batch *b, struct err *err)
{
    bool ok = true;
    size_t n = 0;
    for (size_t i = 0; ok && i < b->n; i++) {
        struct duty *u = &b->duties[i];
        u->id = store_new_id(b->store, b->at);
        ok = db_exec(db, SQL_ROUTINE_DUTY_INSERT, err, V_INT(b->area), V_INT(u->id), V_INT(u->kind), V_INT(u->subject), V_INT(u->owner.org),
                     V_INT(u->owner.role), V_INT(u->owner.place), V_INT(u->owner.person), V_INT(u->need), V_INT(u->spacing),
                     V_INT(u->opened_at), V_INT(u->window_from), V_INT(u->amber_at), V_INT(u->due), V_INT(u->escalated.org),
                     V_INT(u->escalated.role), V_INT(u->escalated.place), V_INT(u->ref), V_INT(u->arg));
        if (ok && db_changes(db))
            b->duties[n++] = *u;
    }
    b->n = n;
    return ok && (!n || routine_event(db, b, "routine_planned", the_clock, STR(""), NULL, 0, err));
}

static bool
change_all(struct db *db, struct routine_batch *b, const char *type, struct actor by, struct str words, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < b->n; i++)
        ok = duty_update(db, b->area, &b->duties[i], err);
    return ok && (!b->n || routine_event(db, b, type, by, words, NULL, 0, err));
}

bool
routine_void_save(struct db *db, struct routine_batch *b, struct err *err)
{
    for (size_t i = 0; i < b->n; i++) {
        b->duties[i].end = END_VOID;
        b->duties[i].ended_at = b->at;
    }
    return change_all(db, b, "routine_void", the_clock, STR(""), err);
}

/* What a visit settled in the meantime is not missed: the rows are read again on the writer. */
bool
routine_miss_save(struct db *db, struct routine_batch *b, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct rows r;
        struct duty u;
        bool is_owed_late = b->duties[i].end == END_OPEN;
        if (!db_query(db, SQL_DUTY_BY_ID, &r, err, V_INT(b->area), V_INT(b->duties[i].id)))
            return false;
        bool is_there = rows_next(&r, err);
        if (is_there)
            read_duty_columns(&r, 0, &u);
        rows_end(&r);
        if (!is_there || u.end != END_OPEN || u.missed_at)
            continue;
        u.missed_at = u.due;
        u.end = is_owed_late ? END_OPEN : END_LAPSED;
        u.ended_at = is_owed_late ? 0 : u.due;
        b->duties[n++] = u;
    }
    b->n = n;
    return change_all(db, b, "routine_missed", the_clock, STR(""), err);
}

bool
routine_excuse_save(struct db *db, struct routine_batch *b, struct actor by, struct str words, struct err *err)
{
    for (size_t i = 0; i < b->n; i++) {
        b->duties[i].end = END_EXCUSED;
        b->duties[i].ended_at = b->at;
    }
    return change_all(db, b, "routine_excused", by, words, err);
}

bool
routine_tell_save(struct db *db, struct routine_batch *b, const struct notice *notices, size_t n, struct err *err)
{
    struct told told[EFFECTS_NOTICES_MAX];
    for (size_t at = 0; at < n; at += EFFECTS_NOTICES_MAX) {
        size_t some = n - at < EFFECTS_NOTICES_MAX ? n - at : EFFECTS_NOTICES_MAX;
        b->n = 0;
        if (!notices_append(db, b->store, b->area, b->at, notices + at, some, told, err) ||
            !routine_event(db, b, b->told_as ? b->told_as : "routine_reminded", the_clock, STR(""), told, some, err))
            return false;
    }
    return true;
}

void
duty_of_row(const struct rows *r, struct duty *out)
{
    read_duty_columns(r, 0, out);
}

static bool
read_list(struct rows *r, struct arena *a, size_t limit, struct duty_list *out, struct err *err)
{
    struct duty *list = arena_array(a, struct duty, limit + 1);
    size_t n = 0;
    while (n <= limit && rows_next(r, err))
        read_duty_columns(r, 0, &list[n++]);
    rows_end(r);
    *out = (struct duty_list){list, n > limit ? limit : n, n > limit};
    return !r->has_failed;
}

bool
routine_duties_open(struct db *db, struct arena *a, int64_t area, int64_t ref, instant due, int64_t id, size_t limit, struct duty_list *out,
                    struct err *err)
{
    struct rows r;
    return db_query(db, SQL_ROUTINE_DUTIES_OPEN, &r, err, V_INT(area), V_INT(ref), V_INT(due), V_INT(id), V_INT((int64_t)limit + 1)) &&
           read_list(&r, a, limit, out, err);
}

bool
routine_duties_of_term(struct db *db, struct arena *a, int64_t area, int64_t ref, int32_t first, int64_t after, size_t limit,
                       struct duty_list *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_ROUTINE_DUTIES_OF_TERM, &r, err, V_INT(area), V_INT(ref), V_INT(after), V_INT(first), V_INT((int64_t)limit + 1)) &&
           read_list(&r, a, limit, out, err);
}

bool
routine_term_counts(struct db *db, int64_t area, int64_t ref, int32_t first, instant now, struct term_counts *out, struct err *err)
{
    struct rows r;
    *out = (struct term_counts){0};
    if (!db_query(db, SQL_ROUTINE_TERM_COUNTS, &r, err, V_INT(now), V_INT(area), V_INT(ref), V_INT(first)))
        return false;
    if (rows_next(&r, err))
        *out = (struct term_counts){.done = rows_int(&r, 0), .late = rows_int(&r, 1), .missed = rows_int(&r, 2), .excused = rows_int(&r, 3),
                                    .behind = rows_int(&r, 4), .all = rows_int(&r, 5)};
    rows_end(&r);
    return !r.has_failed;
}

bool
routine_duties_of_member(struct db *db, struct arena *a, int64_t area, int64_t ref, int64_t member, int32_t from, int32_t to,
                         struct duty_list *out, struct err *err)
{
    enum { TERMS_MAX = 400 };
    struct rows r;
    return db_query(db, SQL_ROUTINE_DUTIES_BETWEEN, &r, err, V_INT(area), V_INT(ref), V_INT(member), V_INT(from), V_INT(to)) &&
           read_list(&r, a, TERMS_MAX, out, err);
}

bool
credits_of_duty(struct db *db, struct arena *a, int64_t area, int64_t duty, int64_t **visits, int32_t **days, size_t *n, struct err *err)
{
    struct rows r;
    *visits = arena_array(a, int64_t, CREDITS_MAX);
    *days = arena_array(a, int32_t, CREDITS_MAX);
    *n = 0;
    if (!db_query(db, SQL_CREDITS_OF_DUTY, &r, err, V_INT(area), V_INT(duty)))
        return false;
    while (*n < CREDITS_MAX && rows_next(&r, err)) {
        (*visits)[*n] = rows_int(&r, 0);
        (*days)[(*n)++] = (int32_t)rows_int(&r, 1);
    }
    rows_end(&r);
    return !r.has_failed;
}
