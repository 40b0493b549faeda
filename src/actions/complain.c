/* A complaint about an officer or a department goes to the oversight body and to nobody else; it is no case (HC-42, HC-55).
 * It opens a duty of that body; the answer ends it. 行政执法监督条例: the county's judicial office supervises.
 */
#include "actions.h"
#include "event_append.h"
#include "event_body.h"
#include "json.h"
#include "limits.h"

static const char *const kinds[][2] = {{"inaction", "不作为"}, {"slow", "慢作为"}, {"improper", "乱作为"},
                                       {"rude", "简单粗暴"}, {"profit", "逐利执法"}, {"demand", "吃拿卡要"}};

const char *
complaint_kind_label(struct str code)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(code, kinds[i][0]))
            return kinds[i][1];
    return NULL;
}

const struct choice *
complaint_kinds(void)
{
    static const struct choice list[] = {{"inaction", "不作为：该管不管"}, {"slow", "慢作为：一拖再拖"},
                                         {"improper", "乱作为：没有依据、超越职权"}, {"rude", "简单粗暴"},
                                         {"profit", "逐利执法：为罚款而罚款"}, {"demand", "吃拿卡要"}, {NULL, NULL}};
    return list;
}

const struct choice *
complaint_findings(void)
{
    static const struct choice list[] = {{"true", "属实"}, {"partly", "部分属实"}, {"untrue", "不属实"}, {NULL, NULL}};
    return list;
}

const char *
complaint_finding_label(struct str code)
{
    for (const struct choice *c = complaint_findings(); c->code; c++)
        if (str_is(code, c->code))
            return c->label;
    return NULL;
}

/* ---- A resident complains ---- */

/* The oversight body would receive a complaint about itself or about the bureau it belongs to: those go elsewhere. */
bool
complaint_org_ok(const struct registry *r, const struct org *o)
{
    if (o->kind == ORG_OVERSIGHT || o->kind == ORG_DISCIPLINE)
        return false;
    for (int32_t i = 1; i <= r->n_orgs; i++)
        if (r->orgs[i].kind == ORG_OVERSIGHT && !r->orgs[i].is_closed && r->orgs[i].parent == o->id)
            return false;
    return true;
}

static void
check_org(const struct registry *r, struct str code, struct err *err)
{
    const struct org *o = registry_org_code(r, code);
    if (code.n && !o)
        err_field(err, "org", "没有这个单位，请从列表里选，或者不选。");
    else if (o && !complaint_org_ok(r, o))
        err_field(err, "org", "对监督部门自己的意见，请向纪检监察机关反映：12388。");
}

bool
complaint_check(const struct area *area, const struct complain *c, struct err *err)
{
    char phone[PHONE_BYTES];
    size_t n = utf8_count(str_trim(c->words));
    if (!complaint_kind_label(c->kind))
        err_field(err, "kind", "请选择属于哪一种情况。");
    check_org(area->registry, c->org, err);
    if (c->place.n && !registry_place_code(area->registry, c->place))
        err_field(err, "place", "没有这个小区，请从列表里选，或者不选。");
    if (n < 5)
        err_field(err, "words", "请写清楚时间、地点和经过。");
    if (n > LIMIT_WORDS)
        err_field(err, "words", "最多 %d 个字。", LIMIT_WORDS);
    if (c->phone.n && !phone_normalise(c->phone, phone))
        err_field(err, "phone", "电话号码不对；不想留可以不填。");
    return err->kind == ERR_NONE;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    return complaint_check(a->who->area, (const struct complain *)a, err);
}

static bool
append(struct action *a, struct db *db, struct actor who, instant now, int64_t id, int64_t seq, const char *type,
       struct str json, const uint8_t *prev, const uint8_t key[KEY_BYTES], uint8_t hash[HASH_BYTES], struct err *err)
{
    struct event_to_append e = {.area = a->who->area->id, .stream = id, .seq = seq, .at = now, .type = type, .actor = who, .key = key,
                                .json = json};
    return event_append(db, app_keys(a->app), &e, prev, hash, err);
}

/* What becomes of the duty, and who is told: at the end of each event's body, so that replay can say both again. */
static void
write_clock(struct json *j, const struct duty *u, const struct notice_facts *told)
{
    uint8_t digest[HASH_BYTES];
    struct buf hex = {0};
    json_put_array(j, "d");
    json_duty(j, u);
    json_close_array(j);
    json_put_array(j, "n");
    if (told) {
        notice_digest(told, digest);
        buf_hex(&hex, digest, TOLD_BYTES);
        json_open_array(j);
        json_int(j, told->id);
        json_str(j, buf_view(&hex));
        json_int(j, 0);
        json_close_array(j);
    }
    json_close_array(j);
    buf_release(&hex);
}

/* What the first event says: the words and the phone, and what the row shows in clear. */
static void
write_opened(struct buf *out, const struct complain *c, int64_t org, int64_t place, const struct duty *u,
             const struct notice_facts *told)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_str(&j, "words", c->words);
    json_put_str(&j, "spot", c->phone);
    json_put_str(&j, "reply", (struct str){"", 0});
    json_put_str(&j, "kind", c->kind);
    json_put_int(&j, "org", org);
    json_put_int(&j, "place", place);
    write_clock(&j, u, told);
    json_close_object(&j);
}

static instant
due_of(const struct area *area, instant opened_at)
{
    return limit_due(&area->scheme->calendar, opened_at, UNIT_WORKING_DAY, COMPLAINT_DAYS);
}

static struct duty
new_duty(struct action *a, int64_t id, instant now)
{
    enum { AMBER_DAYS = 2 };
    instant due = due_of(a->who->area, now);
    return (struct duty){.id = store_new_id(app_store(a->app), now), .kind = DUTY_COMPLAINT, .subject_kind = SUBJECT_COMPLAINT,
                         .subject = id, .owner = {.role = ROLE_OVERSIGHT_BODY}, .need = 1, .opened_at = now,
                         .amber_at = limit_amber(&a->who->area->scheme->calendar, due, UNIT_WORKING_DAY, AMBER_DAYS),
                         .due = due, .end = END_OPEN, .escalated = {.role = ROLE_NONE}};
}

static struct notice_facts
notice_to(struct action *a, int role, const char *kind, const char *text, bool is_urgent, instant now)
{
    return (struct notice_facts){.area = a->who->area->id, .id = store_new_id(app_store(a->app), now), .at = now,
                                 .to = {.role = role}, .kind = str_of(kind), .text = str_of(text), .is_urgent = is_urgent};
}

static bool
insert_notice(struct db *db, const struct notice_facts *n, struct err *err)
{
    return db_exec(db, SQL_NOTICE_INSERT, err, V_INT(n->area), V_INT(n->id), V_INT(n->to.org), V_INT(n->to.role),
                   V_INT(n->to.place), V_INT(n->to.person), V_INT(n->case_id), V_TEXT(n->kind), V_TEXT(n->text),
                   V_INT(n->is_urgent), V_INT(n->at));
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct complain *c = (struct complain *)a;
    const struct area *area = a->who->area;
    instant now = app_now(a->app);
    const struct org *o = registry_org_code(area->registry, c->org);
    const struct place *p = registry_place_code(area->registry, c->place);
    static const uint8_t zero[HASH_BYTES];
    a->result = now;
    uint8_t key[KEY_BYTES], hash[HASH_BYTES];
    struct buf wrapped = {0}, plain = {0}, secret = {0}, said = {0};
    int64_t id = store_new_id(app_store(a->app), now);
    keyring_make_wrapped(app_keys(a->app), area->id, id, key, &wrapped);
    secret_write(&plain, c->words, c->phone, (struct str){"", 0});
    struct duty u = new_duty(a, id, now);
    struct notice_facts told = notice_to(a, ROLE_OVERSIGHT_BODY, "complaint", "收到一件对执法人员或部门的投诉", false, now);
    write_opened(&said, c, o ? o->id : 0, p ? p->id : 0, &u, &told);
    seal(key, area->id, "complaint.secret", id, 0, buf_view(&plain), &secret);
    bool ok = append(a, db, caller_actor(a->who), now, id, 1, "complaint_opened", buf_view(&said), zero, key, hash, err) &&
              db_exec(db, SQL_COMPLAINT_INSERT, err, V_INT(area->id), V_INT(id), V_BYTES(hash, sizeof hash),
                      V_BLOB(buf_view(&wrapped)), V_BLOB(buf_view(&secret)), V_TEXT(c->kind), V_INT(o ? o->id : 0),
                      V_INT(p ? p->id : 0), V_INT(now)) &&
              duty_insert(db, area->id, &u, err) && insert_notice(db, &told, err);
    explicit_bzero(key, sizeof key);
    buf_release(&wrapped);
    buf_release(&plain);
    buf_release(&secret);
    buf_release(&said);
    return ok;
}

static void
tell(struct action *a)
{
    struct complain *c = (struct complain *)a;
    c->opened_at = a->result;
    c->due = due_of(a->who->area, c->opened_at);
}

void
complain(struct complain *c, struct db *db)
{
    c->base.prepare = prepare;
    c->base.apply = apply;
    c->base.answer = tell;
    action_run(&c->base, db);
}

bool
complain_wait(struct complain *c, struct err *err)
{
    c->base.prepare = prepare;
    c->base.apply = apply;
    c->base.answer = tell;
    return action_wait(&c->base, err);
}

/* ---- Reading and answering: the oversight body only ---- */

/* The discipline body's people fill the same role for what is handed over to them; they do not read the whole box. */
bool
complaints_may_read(const struct caller *who)
{
    for (size_t i = 0; i < who->n_postings; i++) {
        const struct posting *p = who->postings[i];
        const struct org *o = registry_org(who->area->registry, p->org);
        if (p->role == ROLE_OVERSIGHT_BODY && !(o && o->kind == ORG_DISCIPLINE))
            return true;
    }
    return false;
}

static bool
may_read(const struct caller *who, struct err *err)
{
    return complaints_may_read(who) || err_set(err, ERR_FORBIDDEN, "投诉只有行政执法协调监督部门可以查看。");
}

int64_t
complaints_open(struct db *db, const struct caller *who, struct err *err)
{
    return complaints_may_read(who)
               ? db_int(db, SQL_COMPLAINTS_OPEN, DB_ARGS(V_INT(who->area->id), V_INT(ROLE_OVERSIGHT_BODY)), 0, err)
               : 0;
}

bool
complaints_list(struct db *db, struct arena *a, const struct caller *who, bool is_open_only, int64_t before,
                struct complaints *out, struct err *err)
{
    struct rows r;
    struct complaint_row *p = arena_array(a, struct complaint_row, LIMIT_PAGE_ROWS + 1);
    size_t n = 0;
    *out = (struct complaints){.p = p};
    if (!may_read(who, err) ||
        !db_query(db, SQL_COMPLAINTS_LIST, &r, err, V_INT(who->area->id), V_INT(before ? before : INT64_MAX),
                  V_INT(is_open_only), V_INT(LIMIT_PAGE_ROWS + 1)))
        return false;
    for (; n <= LIMIT_PAGE_ROWS && rows_next(&r, err); n++)
        p[n] = (struct complaint_row){.id = rows_int(&r, 0), .kind = str_dup(a, rows_text(&r, 1)),
                                      .org = (int32_t)rows_int(&r, 2), .place = (int32_t)rows_int(&r, 3),
                                      .opened_at = rows_int(&r, 4), .answered_at = rows_int(&r, 5),
                                      .finding = str_dup(a, rows_text(&r, 6)), .due = rows_int(&r, 7),
                                      .amber_at = rows_int(&r, 8), .missed_at = rows_int(&r, 9)};
    rows_end(&r);
    out->has_more = n > LIMIT_PAGE_ROWS;
    out->n = out->has_more ? LIMIT_PAGE_ROWS : n;
    return !r.has_failed;
}

struct found {
    int64_t version;
    uint8_t head[HASH_BYTES], key[KEY_BYTES];
};

static bool
find(struct app *app, struct db *db, struct arena *a, int64_t area, int64_t id, struct complaint_row *row, struct found *f,
     struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_COMPLAINT_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return err_set(err, ERR_NOT_FOUND, "没有这件投诉。");
    *row = (struct complaint_row){.id = id, .kind = str_dup(a, rows_text(&r, 4)), .org = (int32_t)rows_int(&r, 5),
                                  .place = (int32_t)rows_int(&r, 6), .opened_at = rows_int(&r, 7),
                                  .answered_at = rows_int(&r, 8), .finding = str_dup(a, rows_text(&r, 9))};
    f->version = rows_int(&r, 0);
    memcpy(f->head, rows_text(&r, 1).p, sizeof f->head);
    struct buf plain = {0};
    struct str rest;
    bool ok = keyring_unwrap(app_keys(app), area, id, rows_text(&r, 2), f->key) &&
              unseal(f->key, area, "complaint.secret", id, 0, rows_text(&r, 3), &plain) &&
              secret_read(a, str_dup(a, buf_view(&plain)), &row->words, &row->phone, &rest);
    rows_end(&r);
    buf_release(&plain);
    return ok || err_set(err, ERR_GONE, "内容已依法删除。");
}

/* The answer is the words of the last event. */
static bool
load_answer(struct db *db, struct arena *a, int64_t area, const struct found *f, struct complaint_row *row, struct err *err)
{
    struct rows r;
    struct str rest, finding;
    struct buf plain = {0};
    if (!row->answered_at)
        return true;
    if (!db_query(db, SQL_EVENT_BY_SEQ, &r, err, V_INT(area), V_INT(row->id), V_INT(f->version)))
        return false;
    bool ok = rows_next(&r, err) && unseal(f->key, area, "event.body", row->id, f->version, rows_text(&r, 7), &plain);
    row->answered_by = ok ? rows_int(&r, 4) : 0;
    rows_end(&r);
    struct str body = str_dup(a, buf_view(&plain));
    buf_release(&plain);
    return (ok && body.n > SALT_BYTES &&
            secret_read(a, str_slice(body, SALT_BYTES, body.n), &row->answer, &finding, &rest)) ||
           err_set(err, ERR_INTERNAL, "这件投诉的结论打不开。");
}

static bool
load_clock(struct db *db, struct arena *a, int64_t area, struct complaint_row *row, struct err *err)
{
    size_t n;
    const struct duty *d = duties_all(db, a, area, row->id, &n, err);
    for (size_t i = 0; i < n; i++) {
        row->amber_at = d[i].amber_at;
        row->due = d[i].due;
        row->missed_at = d[i].missed_at;
    }
    return err->kind == ERR_NONE;
}

bool
complaint_find(struct app *app, struct db *db, struct arena *a, const struct caller *who, int64_t id,
               struct complaint_row *out, struct err *err)
{
    struct found f = {0};
    bool ok = may_read(who, err) && find(app, db, a, who->area->id, id, out, &f, err) &&
              load_clock(db, a, who->area->id, out, err) && load_answer(db, a, who->area->id, &f, out, err);
    explicit_bzero(f.key, sizeof f.key);
    return ok;
}

static bool
prepare_answer(struct action *a, struct db *db, struct err *err)
{
    struct answer_complaint *c = (struct answer_complaint *)a;
    struct complaint_row row;
    struct found f;
    if (!may_read(a->who, err) || !find(a->app, db, a->arena, a->who->area->id, c->id, &row, &f, err))
        return false;
    if (row.answered_at)
        return err_set(err, ERR_CONFLICT, "这件投诉已经有结论。");
    if (!complaint_finding_label(c->finding))
        err_field(err, "finding", "请选择核查结论。");
    if (utf8_count(c->words) < 5)
        err_field(err, "words", "请写明核查经过和处理。");
    if (utf8_count(c->words) > LIMIT_WORDS)
        err_field(err, "words", "最多 %d 个字。", LIMIT_WORDS);
    return err->kind == ERR_NONE;
}

/* The one duty of a complaint. */
static bool
find_duty(struct action *a, struct db *db, int64_t id, struct duty *out, struct err *err)
{
    size_t n;
    const struct duty *list = duties_all(db, a->arena, a->who->area->id, id, &n, err);
    if (err->kind == ERR_NONE && n != 1)
        return err_set(err, ERR_INTERNAL, "这件投诉的时限记录不完整。");
    if (n)
        *out = list[0];
    return err->kind == ERR_NONE;
}

static bool
end_duty(struct action *a, struct db *db, int64_t id, struct duty *u, struct err *err)
{
    instant now = app_now(a->app);
    if (!find_duty(a, db, id, u, err))
        return false;
    u->credited = 1;
    u->ended_at = now;
    u->end = u->missed_at || now > u->due ? END_DONE_LATE : END_DONE;
    return duty_update(db, a->who->area->id, u, err);
}

static void
write_answered(struct buf *out, const struct answer_complaint *c, const struct duty *u)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_str(&j, "words", c->words);
    json_put_str(&j, "spot", c->finding);
    json_put_str(&j, "reply", (struct str){"", 0});
    write_clock(&j, u, NULL);
    json_close_object(&j);
}

static bool
apply_answer(struct action *a, struct db *db, struct err *err)
{
    struct answer_complaint *c = (struct answer_complaint *)a;
    int64_t area = a->who->area->id;
    struct complaint_row row;
    struct found f;
    uint8_t hash[HASH_BYTES];
    if (!find(a->app, db, a->arena, area, c->id, &row, &f, err))
        return false;
    if (row.answered_at) /* somebody else was quicker: asks again, and is then told */
        return err_set(err, ERR_CONFLICT, "这件投诉已经有结论。");
    struct buf plain = {0};
    struct duty u;
    if (!end_duty(a, db, c->id, &u, err))
        return false;
    write_answered(&plain, c, &u);
    bool ok = append(a, db, caller_actor(a->who), app_now(a->app), c->id, f.version + 1, "complaint_answered", buf_view(&plain),
                     f.head, f.key, hash, err) &&
              db_exec(db, SQL_COMPLAINT_ANSWER, err, V_BYTES(hash, sizeof hash), V_INT(app_now(a->app)), V_TEXT(c->finding),
                      V_INT(area), V_INT(c->id), V_INT(f.version));
    buf_release(&plain);
    return ok;
}

void
answer_complaint(struct answer_complaint *c, struct db *db)
{
    c->base.prepare = prepare_answer;
    c->base.apply = apply_answer;
    action_run(&c->base, db);
}

bool
answer_complaint_wait(struct answer_complaint *c, struct err *err)
{
    c->base.prepare = prepare_answer;
    c->base.apply = apply_answer;
    return action_wait(&c->base, err);
}

/* ---- Not looked into in time ---- */

/* The leading group is told, without a word of the content. The miss is an event of the complaint's own stream. */
bool
complaint_missed(struct action *a, struct db *db, int64_t id, instant at, struct err *err)
{
    int64_t area = a->who->area->id;
    struct complaint_row row;
    struct found f;
    struct duty u;
    uint8_t hash[HASH_BYTES];
    if (!find_duty(a, db, id, &u, err))
        return false;
    if (u.missed_at || u.end != END_OPEN)
        return true;
    u.missed_at = at;
    u.escalated.role = ROLE_LEADING_GROUP;
    struct notice_facts told = notice_to(a, ROLE_LEADING_GROUP, "missed", "一件对执法的投诉超期没有核查", true, at);
    if (!duty_update(db, area, &u, err) || !insert_notice(db, &told, err))
        return false;
    if (!find(a->app, db, a->arena, area, id, &row, &f, err)) {
        bool is_shredded = err->kind == ERR_GONE; /* its record is closed; the clock goes on */
        if (is_shredded)
            *err = (struct err){0};
        return is_shredded;
    }
    struct buf said = {0};
    struct json j = {.out = &said};
    json_open_object(&j);
    write_clock(&j, &u, &told);
    json_close_object(&j);
    bool ok = append(a, db, (struct actor){.role = ROLE_CLOCK}, at, id, f.version + 1, "complaint_missed", buf_view(&said),
                     f.head, f.key, hash, err) &&
              db_exec(db, SQL_COMPLAINT_MISSED, err, V_BYTES(hash, sizeof hash), V_INT(area), V_INT(id), V_INT(f.version));
    explicit_bzero(f.key, sizeof f.key);
    buf_release(&said);
    return ok;
}
