#include "visit_store.h"

#include "event_body.h"
#include "figures_fold.h"
#include "json.h"
#include "rows_case.h"

enum { MINUTE_DAYS = 45, NEWS_MAX = 80, HOUR_MS = 3600 * 1000 };

/* ---- saving ---- */

struct credit { /* a routine duty that this visit settles, as it is afterwards */
    int64_t duty;
    int credited, end;
    instant ended_at;
    int32_t day;
};
struct saving {
    struct visit_save *s;
    int64_t area, id, version;
    struct credit credits[CREDITS_MAX];
    size_t n_credits;
    int64_t counted[CREDITS_MAX]; /* duties that it counted for already */
    size_t n_counted;
    struct visit_credit *news;
    size_t n_news;
    struct told told[EFFECTS_NOTICES_MAX];
    uint8_t head[HASH_BYTES];
};

static bool
save_rows(struct db *db, const struct saving *g, struct err *err)
{
    const struct field_visit *v = &g->s->fx->after;
    int64_t a = g->area, id = g->id;
    instant at = visit_at(v);
    bool ok = db_exec(db, SQL_VISIT_PLACES_CLEAR, err, V_INT(a), V_INT(id)) && db_exec(db, SQL_VISIT_MEMBERS_CLEAR, err, V_INT(a), V_INT(id)) &&
              db_exec(db, SQL_VISIT_COUNTS_CLEAR, err, V_INT(a), V_INT(id)) && db_exec(db, SQL_VISIT_CASES_CLEAR, err, V_INT(a), V_INT(id));
    for (size_t i = 0; ok && i < v->n_places; i++)
        ok = db_exec(db, SQL_VISIT_PLACE_INSERT, err, V_INT(a), V_INT(v->places[i]), V_INT(at), V_INT(id), V_INT(v->kind), V_INT(v->state));
    if (ok && v->org)
        ok = db_exec(db, SQL_VISIT_MEMBER_INSERT, err, V_INT(a), V_INT(id), V_INT(v->org), V_INT(0), V_INT(ROLE_NONE),
                     V_INT(v->state == VISIT_DONE ? MEMBER_CAME : MEMBER_CONFIRMED), V_INT(v->kind), V_INT(at), V_INT(v->began), V_INT(0),
                     V_INT(0), V_INT(v->place));
    for (size_t i = 0; ok && i < v->n_members; i++) {
        const struct visit_member *m = &v->members[i];
        ok = db_exec(db, SQL_VISIT_MEMBER_INSERT, err, V_INT(a), V_INT(id), V_INT(m->org), V_INT(m->person), V_INT(m->role), V_INT(m->state),
                     V_INT(v->kind), V_INT(at), V_INT(m->came_at), V_INT(m->left_at), V_INT(m->grade), V_INT(v->place));
    }
    for (size_t i = 0; ok && i < v->n_counts; i++)
        ok = db_exec(db, SQL_VISIT_COUNT_INSERT, err, V_INT(a), V_INT(id), V_TEXT(v->counts[i].item), V_TEXT(v->counts[i].unit),
                     V_INT(v->counts[i].n), V_INT(at), V_INT(v->kind));
    for (size_t i = 0; ok && i < v->n_cases; i++)
        ok = db_exec(db, SQL_VISIT_CASE_INSERT, err, V_INT(a), V_INT(id), V_INT(v->cases[i].id), V_INT(v->kind), V_INT(v->cases[i].is_found),
                     V_INT(v->cases[i].is_settled), V_INT(at));
    return ok;
}

/* 应报未报 asks whether the property had walked by (figures_fold.h): rounds that stand in the rows just now. Asked before the rows
 * are made anew and after it. */
static bool
mark_rounds(struct db *db, const struct saving *g, struct err *err)
{
    struct visit_effects *fx = g->s->fx;
    int32_t places[VISIT_PLACES_MAX];
    instant at[VISIT_PLACES_MAX];
    struct rows r;
    size_t n = 0;
    if (fx->after.kind != VISIT_ROUND)
        return true;
    if (!db_query(db, SQL_VISIT_ROUNDS, &r, err, V_INT(g->area), V_INT(g->id)))
        return false;
    for (; n < VISIT_PLACES_MAX && rows_next(&r, err); n++) {
        places[n] = (int32_t)rows_int(&r, 0);
        at[n] = rows_int(&r, 1);
    }
    rows_end(&r);
    for (size_t i = 0; i < n; i++)
        if (!figures_mark_round(db, g->area, places[i], at[i], store_new_id(g->s->store, fx->at), err))
            return false;
    return !r.has_failed;
}

static bool
save_visit(struct db *db, const struct saving *g, struct err *err)
{
    const struct field_visit *v = &g->s->fx->after;
    struct buf plain = {0}, doc = {0};
    int64_t settled = 0, points = (int64_t)v->n_stops, skipped = visit_skipped(g->s->registry, v, 0);
    for (size_t i = 0; i < v->n_cases; i++)
        settled += v->cases[i].is_settled;
    visit_write(&plain, v);
    seal(keyring_key(g->s->keys, g->area, "registry"), g->area, "visit.doc", g->id, g->version, buf_view(&plain), &doc);
    bool ok = g->s->fx->is_new
                  ? db_exec(db, SQL_VISIT_INSERT, err, V_INT(g->area), V_INT(g->id), V_INT(g->version), V_BYTES(g->head, HASH_BYTES),
                            V_INT(v->kind), V_INT(v->state), V_INT(v->mode), V_INT(v->org), V_INT(v->place), V_INT(v->by),
                            V_INT(visit_at(v)), V_INT(v->ended), V_INT(v->n_cases), V_INT(settled), V_INT(points), V_INT(skipped),
                            V_BLOB(buf_view(&doc)))
                  : db_exec(db, SQL_VISIT_UPDATE, err, V_INT(g->version), V_BYTES(g->head, HASH_BYTES), V_INT(v->state), V_INT(v->mode),
                            V_INT(visit_at(v)), V_INT(v->ended), V_INT(v->n_cases), V_INT(settled), V_INT(points), V_INT(skipped),
                            V_BLOB(buf_view(&doc)), V_INT(g->area), V_INT(g->id), V_INT(g->version - 1));
    buf_release(&plain);
    buf_release(&doc);
    if (ok && db_changes(db) == 0)
        return err_set(err, ERR_CONFLICT, "这条记录刚刚有人改过，请刷新再试。");
    return ok && mark_rounds(db, g, err) && save_rows(db, g, err) && mark_rounds(db, g, err);
}

static bool
save_duties(struct db *db, struct saving *g, struct err *err)
{
    struct visit_effects *fx = g->s->fx;
    bool ok = true;
    for (size_t i = 0; ok && i < fx->n_duties; i++) {
        struct duty *u = &fx->duties[i].now;
        if (fx->duties[i].is_new) {
            u->id = store_new_id(g->s->store, fx->at);
            u->subject = g->id;
            fx->duties[i].is_changed = true;
            ok = duty_insert(db, g->area, u, err);
        } else if (fx->duties[i].is_changed)
            ok = duty_update(db, g->area, u, err);
    }
    return ok;
}

/* The keys of a visit's files stay those of the area: a visit is a record and is never shredded. */
static bool
save_files(struct db *db, const struct saving *g, struct err *err)
{
    for (size_t i = 0; i < g->s->n_files; i++) {
        const struct attachment *f = &g->s->files[i];
        if (!db_exec(db, SQL_FILE_TO_VISIT, err, V_INT(g->id), V_INT(g->version), V_INT(f->is_after), V_INT(g->area), V_INT(f->id)))
            return false;
        if (db_changes(db) == 0)
            return err_field(err, "files", "有照片已经用在别处，请重新上传。");
    }
    return true;
}

/* ---- what it settles ---- */

static bool
counted_days(struct db *db, int64_t area, int64_t duty, int32_t *days, size_t *n, struct err *err)
{
    struct rows r;
    *n = 0;
    if (!db_query(db, SQL_CREDITS_OF_DUTY, &r, err, V_INT(area), V_INT(duty)))
        return false;
    while (*n < CREDITS_MAX && rows_next(&r, err))
        days[(*n)++] = (int32_t)rows_int(&r, 1);
    rows_end(&r);
    return !r.has_failed;
}

/* A record counts in the term it falls into; one that is due after its term (a review, a bulletin) for the oldest that is owed. A term
 * that was missed and is over counts a record of its time that came late (the phone was offline): the miss stays. */
static bool
counts_for(const struct routine *r, const struct duty *u, instant at)
{
    bool is_after = r->due == DUE_WORKING_DAYS_AFTER || r->due == DUE_NATURAL_DAYS_AFTER;
    if (u->end == END_VOID || u->end == END_EXCUSED || u->credited >= u->need)
        return false;
    if (at < u->window_from)
        return false;
    return is_after ? u->end == END_OPEN : at < u->due;
}

static void
report(struct saving *g, const struct routine *r, int64_t member, const struct duty *u, struct str why)
{
    if (g->n_news < NEWS_MAX)
        g->news[g->n_news++] = (struct visit_credit){r, member, u ? u->credited : 0, u ? u->need : 0, why};
}

/* 「两次之间不到七天」 */
static struct str
too_soon(struct arena *a, int spacing)
{
    static const char *const numbers[] = {"", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"};
    if (spacing <= 1)
        return STR("同一天已经记过一次");
    return str_of(spacing <= 10 ? arena_printf(a, "两次之间不到%s天", numbers[spacing]) : arena_printf(a, "两次之间不到 %d 天", spacing));
}

static bool
has_counted(const struct saving *g, int64_t duty)
{
    for (size_t i = 0; i < g->n_counted; i++)
        if (g->counted[i] == duty)
            return true;
    return false;
}

static bool
settle_member(struct db *db, struct saving *g, const struct routine *r, int64_t member, struct err *err)
{
    const struct field_visit *v = &g->s->fx->after;
    instant at = visit_at(v);
    int32_t day = day_of(at), days[CREDITS_MAX];
    struct duty list[8], now = {0};
    size_t n = 0, n_days;
    bool is_before = false;
    struct rows rows;
    int back = r->period == PERIOD_YEAR ? 430 : r->period == PERIOD_QUARTER ? 160 : MINUTE_DAYS + 31;
    if (!db_query(db, SQL_ROUTINE_DUTIES_OF_MEMBER, &rows, err, V_INT(g->area), V_INT(routine_ref(r->code)), V_INT(member),
                  V_INT(day - back), V_INT(day)))
        return false;
    while (rows_next(&rows, err)) {
        struct duty u;
        read_duty_columns(&rows, 0, &u);
        is_before |= has_counted(g, u.id);
        if (at >= u.window_from && at < u.due)
            now = u;
        if (n < 8 && counts_for(r, &u, at))
            list[n++] = u;
    }
    rows_end(&rows);
    if (rows.has_failed || is_before)
        return !rows.has_failed;
    for (size_t i = 0; i < n && g->n_credits < CREDITS_MAX; i++) {
        struct duty *u = &list[i];
        if (!counted_days(db, g->area, u->id, days, &n_days, err))
            return false;
        if (!routine_spaced(r, day, days, n_days))
            continue;
        u->credited++;
        if (u->credited >= u->need) {
            bool is_heard_late = at <= u->due && g->s->fx->at - at <= g->s->scheme->offline_grace * (instant)HOUR_MS;
            u->end = !u->missed_at ? END_DONE : is_heard_late ? END_LATE_SYNC : END_DONE_LATE;
            u->ended_at = g->s->fx->at;
        }
        g->credits[g->n_credits++] = (struct credit){u->id, u->credited, u->end, u->ended_at, day};
        report(g, r, member, u, STR(""));
        return db_exec(db, SQL_CREDIT_INSERT, err, V_INT(g->area), V_INT(u->id), V_INT(g->id), V_INT(day)) &&
               duty_update(db, g->area, u, err);
    }
    if (n)
        report(g, r, member, &list[0], too_soon(g->s->fx->arena, r->spacing));
    else if (now.id && now.end != END_VOID)
        report(g, r, member, &now, now.end == END_EXCUSED ? STR("这一期已经核免") : STR("这一期已经够次数"));
    return true;
}

/* For each member once: a finished visit that is amended later has had its say, but for who says only then that he was there. */
static bool
settle_routines(struct db *db, struct saving *g, struct err *err)
{
    const struct scheme *s = g->s->scheme;
    const struct field_visit *v = &g->s->fx->after;
    int64_t members[VISIT_MEMBERS_MAX * 3];
    bool ok = true;
    struct rows r;
    if (v->state != VISIT_DONE)
        return true;
    g->news = arena_array(g->s->fx->arena, struct visit_credit, NEWS_MAX);
    if (!db_query(db, SQL_CREDITS_OF_VISIT, &r, err, V_INT(g->area), V_INT(g->id)))
        return false;
    while (g->n_counted < CREDITS_MAX && rows_next(&r, err))
        g->counted[g->n_counted++] = rows_int(&r, 0);
    rows_end(&r);
    if (r.has_failed)
        return false;
    for (size_t i = 0; ok && i < s->n_routines; i++) {
        size_t n = routine_members_served(s, g->s->registry, &s->routines[i], v, members, sizeof members / sizeof *members);
        for (size_t k = 0; ok && k < n; k++)
            ok = settle_member(db, g, &s->routines[i], members[k], err);
        const char *unmet = n ? NULL : routine_unmet(s, g->s->registry, &s->routines[i], v);
        if (unmet)
            report(g, &s->routines[i], 0, NULL, str_of(unmet));
    }
    g->s->credits = (struct visit_credits){g->news, g->n_news};
    g->s->n_credited = (int)g->n_credits;
    return ok;
}

/* Each routine once, however many places it was. */
struct str
visit_credit_words(struct arena *a, const struct visit_credits *list)
{
    size_t n_counted = 0;
    struct buf b = {0};
    for (int is_why = 0; is_why < 2; is_why++)
        for (size_t i = 0; i < list->n; i++) {
            const struct visit_credit *c = &list->p[i];
            struct str name = c->routine->name;
            bool is_said = (c->why.n > 0) != is_why;
            for (size_t k = 0; k < i && !is_said; k++)
                is_said = list->p[k].routine == c->routine && str_eq(list->p[k].why, c->why);
            if (is_said)
                continue;
            if (is_why)
                buf_printf(&b, "%s不计入：%.*s（%.*s）", b.n ? "；" : "", (int)c->why.n, c->why.p, (int)name.n, name.p);
            else
                buf_printf(&b, "%s%.*s", n_counted++ ? "、" : "已计入：", (int)name.n, name.p);
        }
    struct str words = str_dup(a, buf_view(&b));
    buf_release(&b);
    return words;
}

static void
write_body(struct buf *out, const struct saving *g)
{
    struct json j = {.out = out};
    const struct visit_effects *fx = g->s->fx;
    struct buf visit = {0};
    visit_write(&visit, &fx->after);
    json_open_object(&j);
    json_put_str(&j, "text", fx->text);
    json_key(&j, "visit");
    json_raw(&j, buf_view(&visit));
    json_put_array(&j, "d");
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_changed)
            json_duty(&j, &fx->duties[i].now);
    json_close_array(&j);
    json_put_array(&j, "k");
    for (size_t i = 0; i < g->n_credits; i++) {
        const struct credit *c = &g->credits[i];
        json_open_array(&j);
        json_int(&j, c->duty);
        json_int(&j, c->credited);
        json_int(&j, c->end);
        json_int(&j, c->ended_at);
        json_int(&j, c->day);
        json_close_array(&j);
    }
    json_close_array(&j);
    json_told(&j, g->told, fx->n_notices);
    if (g->s->n_files)
        json_attachments(&j, g->s->files, g->s->n_files);
    json_close_object(&j);
    buf_release(&visit);
}

bool
visit_save(struct db *db, struct visit_save *s, struct err *err)
{
    struct visit_effects *fx = s->fx;
    struct saving g = {.s = s, .area = s->registry->area, .version = fx->is_new ? 1 : fx->after.version + 1};
    uint8_t prev[HASH_BYTES] = {0};
    struct buf body = {0};
    g.id = fx->is_new ? store_new_id(s->store, fx->at) : fx->after.id;
    if (!fx->is_new) {
        struct rows r;
        if (!db_query(db, SQL_EVENT_LAST, &r, err, V_INT(g.area), V_INT(g.id)))
            return false;
        bool is_same = rows_next(&r, err) && rows_int(&r, 0) == fx->after.version;
        if (is_same)
            memcpy(prev, rows_text(&r, 1).p, sizeof prev);
        rows_end(&r);
        if (!is_same)
            return err_set(err, ERR_CONFLICT, "这条记录刚刚有人改过，请刷新再试。");
    }
    if (!save_files(db, &g, err) || !save_duties(db, &g, err) ||
        !notices_append(db, s->store, g.area, fx->at, fx->notices, fx->n_notices, g.told, err) ||
        !settle_routines(db, &g, err))
        return false;
    write_body(&body, &g);
    struct event_to_append e = {.area = g.area, .stream = g.id, .seq = g.version, .at = fx->at, .occurred_at = s->occurred_at, .type = fx->type,
                                .actor = fx->actor, .key = keyring_key(s->keys, g.area, "registry"), .json = buf_view(&body)};
    bool ok = event_append(db, s->keys, &e, prev, g.head, err) && save_visit(db, &g, err);
    buf_release(&body);
    s->id = g.id;
    return ok;
}

/* ---- reading ---- */

static bool
read_visit_row(const struct rows *r, struct keyring *k, struct arena *a, int64_t area, struct loaded_visit *out, struct err *err)
{
    struct buf plain = {0};
    out->v.id = rows_int(r, 0);
    out->v.version = rows_int(r, 1);
    if (rows_text(r, 2).n == HASH_BYTES)
        memcpy(out->head, rows_text(r, 2).p, HASH_BYTES);
    bool ok = unseal(keyring_key(k, area, "registry"), area, "visit.doc", out->v.id, out->v.version, rows_text(r, 3), &plain);
    ok = ok ? visit_read(a, buf_view(&plain), &out->v, err) : err_set(err, ERR_INTERNAL, "这条记录读不出来。");
    buf_release(&plain);
    return ok;
}

bool
visit_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t id, struct loaded_visit *out, struct err *err)
{
    struct rows r;
    size_t n = 0;
    *out = (struct loaded_visit){0};
    if (!db_query(db, SQL_VISIT_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return r.has_failed ? false : err_set(err, ERR_NOT_FOUND, "没有这条记录。");
    bool ok = read_visit_row(&r, k, a, area, out, err);
    rows_end(&r);
    struct duty *all = ok ? duties_all(db, a, area, id, &n, err) : NULL;
    for (size_t i = 0; i < n; i++)
        if (all[i].end == END_OPEN)
            all[out->n_duties++] = all[i];
    out->duties = all;
    return ok && err->kind == ERR_NONE;
}

static bool
query_visits(struct db *db, int64_t area, const struct visit_filter *f, size_t limit, struct rows *r, struct err *err)
{
    instant to = f->to ? f->to : INT64_MAX;
    if (f->case_id)
        return db_query(db, SQL_VISITS_OF_CASE, r, err, V_INT(area), V_INT(f->case_id));
    if (f->place || f->org || f->person)
        return db_query(db, f->place ? SQL_VISITS_OF_PLACE : f->org ? SQL_VISITS_OF_ORG : SQL_VISITS_OF_PERSON, r, err, V_INT(area),
                        V_INT(f->place ? f->place : f->org ? f->org : f->person), V_INT(f->from), V_INT(to), V_INT(f->kind), V_INT(f->state),
                        V_INT(f->after_at), V_INT(f->after_id), V_INT((int64_t)limit));
    return db_query(db, SQL_VISITS_AT, r, err, V_INT(area), V_INT(f->from), V_INT(to), V_INT(f->kind), V_INT(f->state), V_INT(f->after_at),
                    V_INT(f->after_id), V_INT((int64_t)limit));
}

static bool
read_visits(struct rows *r, struct keyring *k, struct arena *a, int64_t area, size_t limit, struct visits *out, struct err *err)
{
    const struct field_visit **list = arena_array(a, const struct field_visit *, limit + 1);
    bool ok = true;
    size_t n = 0;
    while (ok && n <= limit && rows_next(r, err)) {
        struct loaded_visit *v = arena_new_of(a, struct loaded_visit);
        ok = read_visit_row(r, k, a, area, v, err);
        list[n++] = &v->v;
    }
    rows_end(r);
    *out = (struct visits){.p = list, .n = n > limit ? limit : n, .has_more = n > limit};
    return ok && err->kind == ERR_NONE;
}

bool
visits_list(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct visit_filter *f, size_t limit, struct visits *out,
            struct err *err)
{
    struct rows r;
    return query_visits(db, area, f, limit + 1, &r, err) && read_visits(&r, k, a, area, limit, out, err);
}

bool
visits_of_kind(struct db *db, struct keyring *k, struct arena *a, int64_t area, int kind, instant from, instant to, size_t limit,
               struct visits *out, struct err *err)
{
    struct rows r;
    return db_query(db, SQL_VISITS_OF_KIND, &r, err, V_INT(area), V_INT(kind), V_INT(from), V_INT(to), V_INT((int64_t)limit + 1)) &&
           read_visits(&r, k, a, area, limit, out, err);
}

bool
visits_skipped(struct db *db, struct keyring *k, struct arena *a, int64_t area, instant from, instant to, size_t limit, struct visits *out,
               struct err *err)
{
    struct rows r;
    return db_query(db, SQL_VISITS_SKIPPED, &r, err, V_INT(area), V_INT(from), V_INT(to), V_INT((int64_t)limit + 1)) &&
           read_visits(&r, k, a, area, limit, out, err);
}

bool
visit_days(struct db *db, int64_t area, int kind, instant from, instant to, struct day_count *out, size_t max, size_t *n, struct err *err)
{
    struct rows r;
    *n = 0;
    if (!db_query(db, SQL_VISIT_DAYS, &r, err, V_INT(area), V_INT(kind), V_INT(from), V_INT(to)))
        return false;
    while (*n < max && rows_next(&r, err))
        out[(*n)++] = (struct day_count){(int32_t)rows_int(&r, 0), rows_int(&r, 1)};
    rows_end(&r);
    return !r.has_failed;
}

bool
visits_near(struct db *db, struct keyring *k, struct arena *a, int64_t area, int32_t place, instant at, int days, size_t limit,
            struct visits *out, struct err *err)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    instant span = (instant)days * DAY_MS, from = at > span ? at - span : 1;
    struct visit_filter f = {.place = place, .kind = -1, .from = from, .to = at + span};
    return visits_list(db, k, a, area, &f, limit, out, err);
}

static bool
read_event(const struct rows *r, const uint8_t *key, struct arena *a, int64_t area, int64_t visit, struct visit_event *e, struct err *err)
{
    struct buf plain = {0};
    *e = (struct visit_event){.seq = rows_int(r, 0), .at = rows_int(r, 1), .occurred_at = rows_int(r, 2), .type = str_dup(a, rows_text(r, 3)),
                              .actor = rows_int(r, 4), .role = (int)rows_int(r, 5), .org = (int32_t)rows_int(r, 6), .text = STR("")};
    bool ok = unseal(key, area, "event.body", visit, e->seq, rows_text(r, 7), &plain) && plain.n > SALT_BYTES;
    const json_t *o = ok ? json_parse(a, str_slice(buf_view(&plain), SALT_BYTES, plain.n), err) : NULL;
    const char *text = json_string_value(json_object_get(o, "text"));
    e->text = text ? str_dup(a, str_of(text)) : STR("");
    buf_release(&plain);
    return o || err_set(err, ERR_INTERNAL, "第 %lld 条记录打不开。", (long long)e->seq);
}

bool
visit_events_load(struct db *db, struct keyring *k, struct arena *a, int64_t area, const struct field_visit *v, struct visit_events *out,
                  struct err *err)
{
    struct rows r;
    struct visit_event *list = arena_array(a, struct visit_event, (size_t)v->version + 1);
    size_t n = 0;
    bool ok = db_query(db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(area), V_INT(v->id), V_INT(0));
    if (!ok)
        return false;
    while (ok && n <= (size_t)v->version && rows_next(&r, err))
        ok = read_event(&r, keyring_key(k, area, "registry"), a, area, v->id, &list[n++], err);
    rows_end(&r);
    *out = (struct visit_events){list, n};
    return ok && !r.has_failed;
}

bool
presences_between(struct db *db, struct arena *a, int64_t area, int kind, instant from, instant to, struct presences *out, struct err *err)
{
    struct rows r;
    size_t n = 0, cap = 256;
    struct presence *list = arena_array(a, struct presence, cap);
    if (!db_query(db, SQL_PRESENCES, &r, err, V_INT(area), V_INT(kind), V_INT(from), V_INT(to)))
        return false;
    while (rows_next(&r, err)) {
        if (n == cap) {
            struct presence *more = arena_array(a, struct presence, cap * 2);
            memcpy(more, list, cap * sizeof *more);
            list = more;
            cap *= 2;
        }
        list[n++] = (struct presence){.person = rows_int(&r, 0), .org = (int32_t)rows_int(&r, 1), .role = (int)rows_int(&r, 2),
                                      .place = (int32_t)rows_int(&r, 3), .came_at = rows_int(&r, 4), .left_at = rows_int(&r, 5),
                                      .grade = (int)rows_int(&r, 6), .visit = rows_int(&r, 7)};
    }
    *out = (struct presences){list, n};
    return !r.has_failed;
}
