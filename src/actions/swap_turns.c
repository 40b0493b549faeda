/* 轮值片区长 (BG-03): two of them change a month, with a reason, when the coordinator agrees; and who leaves tells who comes. */
#include "json.h"
#include "posts.h"
#include "registry_store.h"
#include "views.h"

enum { WORDS_MIN = 2, WORDS_MAX = 200, NOTE_MAX = 2000, AHEAD_MAX = 12, TOPICS_MAX = 100 };

bool
month_parse(struct str s, int32_t *month)
{
    int32_t day;
    char text[16];
    if (s.n != 7)
        return false;
    memcpy(text, s.p, 7);
    memcpy(text + 7, "-01", 4);
    if (!date_parse(str_of(text), &day))
        return false;
    *month = month_of(day);
    return true;
}

const struct posting *
turn_of_month(const struct registry *r, int32_t month)
{
    int32_t day = month_first_day(month);
    for (size_t i = 0; i < r->n_postings; i++) {
        struct posting p = r->postings[i];
        p.n_absences = 0; /* on leave, it is his month all the same */
        if (p.role == ROLE_SECTOR_CHIEF && p.turns && !p.acting_for && posting_in_force(&p, day))
            return &r->postings[i];
    }
    return NULL;
}

static const struct turn_swap *
find_swap(const struct registry *r, int64_t id)
{
    for (size_t i = 0; i < r->n_swaps; i++)
        if (r->swaps[i].id == id)
            return &r->swaps[i];
    return NULL;
}

/* ---- asking ---- */

static bool
is_in_the_rota(const struct caller *who, const struct posting *a, const struct posting *b)
{
    return who->person && (who->person == a->person || who->person == b->person);
}

static bool
new_swap(const struct swap_turns *x, struct turn_swap *out, struct err *err)
{
    const struct registry *r = x->base.who->area->registry;
    int32_t now = month_of(day_of(app_now(x->base.app)));
    *out = (struct turn_swap){.asked_by = x->base.who->person};
    if (!month_parse(params_get(x->fields, "month"), &out->first_month))
        err_field(err, "month", "请选择要换出的月份。");
    if (!month_parse(params_get(x->fields, "with"), &out->second_month))
        err_field(err, "with", "请选择要换到的月份。");
    if (err->kind)
        return false;
    if (out->first_month <= now || out->first_month > now + AHEAD_MAX)
        err_field(err, "month", "只能换还没有开始的月份，最远一年。");
    if (out->second_month <= now || out->second_month > now + AHEAD_MAX)
        err_field(err, "with", "只能换还没有开始的月份，最远一年。");
    const struct posting *a = turn_of_month(r, out->first_month), *b = turn_of_month(r, out->second_month);
    if (!a || !b)
        return err_set(err, ERR_CONFLICT, "这个地方没有轮值片区长，或者那个月没有安排。");
    if (a->id == b->id)
        err_field(err, "with", "这两个月是同一个单位轮值。");
    size_t n = utf8_count(params_get(x->fields, "words"));
    if (n < WORDS_MIN || n > WORDS_MAX)
        err_field(err, "words", "请写明换班的原因，%d 个字以内。", WORDS_MAX);
    for (size_t i = 0; i < r->n_swaps; i++) {
        const struct turn_swap *s = &r->swaps[i];
        bool touches = s->first_month == out->first_month || s->second_month == out->first_month ||
                       s->first_month == out->second_month || s->second_month == out->second_month;
        if (s->state == ASKED_OPEN && touches)
            return err_set(err, ERR_CONFLICT, "这两个月里已经有一个换班申请在等批准。");
    }
    if (!is_in_the_rota(x->base.who, a, b) && !caller_has(x->base.who, ROLE_BIT(ROLE_COORDINATOR)))
        return err_set(err, ERR_FORBIDDEN, "换班由这两个月的轮值片区长或统筹协调岗提出。");
    out->first = a->id;
    out->second = b->id;
    return err->kind == ERR_NONE;
}

/* ---- deciding ---- */

static bool
still_stands(const struct registry *r, const struct turn_swap *s)
{
    const struct posting *a = turn_of_month(r, s->first_month), *b = turn_of_month(r, s->second_month);
    return a && b && a->id == s->first && b->id == s->second;
}

static bool
decide(const struct swap_turns *x, struct turn_swap *s, struct err *err)
{
    const struct action *a = &x->base;
    int32_t now = month_of(day_of(app_now(a->app)));
    bool is_approval = x->op == SWAP_APPROVE, is_cancel = x->op == SWAP_CANCEL;
    if (s->state != ASKED_OPEN)
        return err_set(err, ERR_CONFLICT, "这个换班申请%s。", asked_label(s->state));
    if (is_cancel && a->who->person != s->asked_by)
        return err_set(err, ERR_FORBIDDEN, "只有提出的人可以收回。");
    if (!is_cancel && (!caller_has(a->who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_LEADING_GROUP)) || a->who->person == s->asked_by))
        return err_set(err, ERR_FORBIDDEN, "换班由统筹协调岗批准，不能批自己提出的。");
    if (is_approval && (s->first_month <= now || s->second_month <= now || !still_stands(a->who->area->registry, s)))
        return err_set(err, ERR_CONFLICT, "月份已经开始，或者轮值又有变化，请重新提出。");
    s->state = is_approval ? ASKED_APPROVED : is_cancel ? ASKED_CANCELLED : ASKED_REFUSED;
    s->decided_by = a->who->person;
    s->rev++;
    return true;
}

static bool
work_out(const struct swap_turns *x, struct turn_swap *out, struct err *err)
{
    if (x->op == SWAP_ASK)
        return new_swap(x, out, err);
    const struct turn_swap *old = find_swap(x->base.who->area->registry, x->id);
    if (!old)
        return err_set(err, ERR_NOT_FOUND, "没有这个换班申请。");
    *out = *old;
    return decide(x, out, err);
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    struct turn_swap s;
    return work_out((const struct swap_turns *)a, &s, err);
}

static void
write_body(struct buf *out, const struct turn_swap *s, const struct params *fields)
{
    struct json j = {.out = out};
    json_open_object(&j);
    json_put_int(&j, "id", s->id);
    json_put_int(&j, "first", s->first);
    json_put_int(&j, "second", s->second);
    json_put_int(&j, "first_month", s->first_month);
    json_put_int(&j, "second_month", s->second_month);
    json_put_z(&j, "state", asked_code(s->state));
    json_put_str(&j, "words", fields ? params_get(fields, "words") : STR(""));
    json_close_object(&j);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    static const char *const events[] = {"swap_asked", "swap_approved", "swap_refused", "swap_cancelled"};
    const struct swap_turns *x = (const struct swap_turns *)a;
    int64_t area = a->who->area->id;
    instant now = app_now(a->app);
    struct turn_swap s;
    if (!work_out(x, &s, err))
        return false;
    if (x->op == SWAP_ASK) {
        s.id = store_new_id(app_store(a->app), now);
        s.seq = registry_next_seq(db, area, err);
    }
    s.changed_at = now;
    struct actor who = caller_actor(a->who);
    struct buf body = {0};
    write_body(&body, &s, x->fields);
    bool ok = registry_set_swap(db, area, &s, err) &&
              registry_event(db, app_keys(a->app), area, now, events[x->op], who.person, who.role, who.org, buf_view(&body), err);
    buf_release(&body);
    if (ok)
        store_data_changed(app_store(a->app));
    return ok;
}

void
swap_turns(struct swap_turns *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
swap_turns_wait(struct swap_turns *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}

/* ---- the note of who leaves ---- */

int32_t
turn_note_month(const struct caller *who, instant now)
{
    int32_t month = month_of(day_of(now));
    const struct posting *p = turn_of_month(who->area->registry, month), *before = turn_of_month(who->area->registry, month - 1);
    bool is_his = false;
    for (size_t i = 0; p && i < who->n_postings; i++)
        is_his |= who->postings[i]->id == p->id;
    if (p && (is_his || caller_has(who, ROLE_BIT(ROLE_COORDINATOR))))
        return month + 1;
    return p && before && before->id != p->id && who->person == before->person ? month : 0;
}

/* What is being deliberated now and goes on under the next chief: the numbers. */
static bool
open_topics(struct app *app, struct db *db, struct arena *a, int64_t area, struct str *out, size_t *n, struct err *err)
{
    struct case_filter f = {.area = area, .state = CASE_CONFERRING, .sort = SORT_OLDEST, .limit = TOPICS_MAX};
    struct case_rows rows;
    struct buf b = {0};
    if (!cases_list(db, app_keys(app), a, &f, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n; i++) {
        if (i)
            buf_z(&b, "、");
        case_no_format(&b, rows.p[i].c.day, rows.p[i].c.no);
    }
    *out = str_dup(a, buf_view(&b));
    *n = rows.n;
    buf_release(&b);
    return true;
}

size_t
turn_notices(struct app *app, struct db *db, struct arena *a, const struct area *area, instant at, struct notice *out, struct err *err)
{
    const struct registry *r = area->registry;
    int32_t month = month_of(day_of(at));
    const struct posting *p = turn_of_month(r, month), *before = turn_of_month(r, month - 1);
    struct str topics;
    struct turn_note note;
    size_t n = 0, n_topics = 0;
    if (!p || (before && before->id == p->id) || !open_topics(app, db, a, area->id, &topics, &n_topics, err))
        return 0;
    bool has_note = turn_note_find(app, db, a, area->id, month, &note);
    const char *under_way = n_topics ? arena_printf(a, "正在会商的有 %zu 件：%.*s。", n_topics, (int)topics.n, topics.p) : "没有正在会商的事项。";
    out[n++] = (struct notice){.to = {.role = ROLE_NONE, .person = p->person}, .kind = "turn_begins",
                               .text = str_of(arena_printf(a, "从今天起由您轮值片区长。%s%s", under_way,
                                                           has_note ? "上月的交接说明在“轮值片区长”里。" : "上月还没有写交接说明。"))};
    if (before && !has_note)
        out[n++] = (struct notice){.to = {.role = ROLE_NONE, .person = before->person}, .kind = "turn_note",
                                   .text = STR("您的轮值已经结束，请补写交接说明，留给本月的片区长")};
    return n;
}

static bool
prepare_note(struct action *a, struct db *db, struct err *err)
{
    (void)db;
    const struct write_turn_note *x = (const struct write_turn_note *)a;
    size_t n = utf8_count(x->words);
    if (!turn_note_month(a->who, app_now(a->app)))
        return err_set(err, ERR_FORBIDDEN, "交接说明由本月的轮值片区长写；刚交班的可以补写。");
    if (n < WORDS_MIN || n > NOTE_MAX)
        return err_field(err, "words", "请写要交接的情况，%d 个字以内。", NOTE_MAX);
    return true;
}

static bool
apply_note(struct action *a, struct db *db, struct err *err)
{
    const struct write_turn_note *x = (const struct write_turn_note *)a;
    int64_t area = a->who->area->id, seq = registry_next_seq(db, area, err);
    instant now = app_now(a->app);
    int32_t month = turn_note_month(a->who, now);
    struct str topics;
    size_t n_topics;
    if (!seq || !open_topics(a->app, db, a->arena, area, &topics, &n_topics, err))
        return false;
    struct actor who = caller_actor(a->who);
    struct buf body = {0};
    struct json j = {.out = &body};
    json_open_object(&j);
    json_put_int(&j, "month", month);
    json_put_str(&j, "words", x->words);
    json_put_str(&j, "topics", topics);
    json_close_object(&j);
    bool ok = db_exec(db, SQL_TURN_NOTE_SET, err, V_INT(area), V_INT(month), V_INT(seq), V_INT(who.person), V_INT(now)) &&
              registry_event(db, app_keys(a->app), area, now, "turn_handed_over", who.person, who.role, who.org, buf_view(&body), err);
    buf_release(&body);
    return ok;
}

void
write_turn_note(struct write_turn_note *x, struct db *db)
{
    x->base.prepare = prepare_note;
    x->base.apply = apply_note;
    action_run(&x->base, db);
}

bool
write_turn_note_wait(struct write_turn_note *x, struct err *err)
{
    x->base.prepare = prepare_note;
    x->base.apply = apply_note;
    return action_wait(&x->base, err);
}

bool
turn_note_find(struct app *app, struct db *db, struct arena *a, int64_t area, int32_t month, struct turn_note *out)
{
    struct err err = {0};
    struct rows r;
    *out = (struct turn_note){.month = month, .words = STR(""), .topics = STR("")};
    if (!db_query(db, SQL_TURN_NOTE_OF, &r, &err, V_INT(area), V_INT(month)))
        return false;
    bool is_there = rows_next(&r, &err);
    int64_t seq = is_there ? rows_int(&r, 0) : 0;
    out->by = is_there ? rows_int(&r, 1) : 0;
    out->at = is_there ? rows_int(&r, 2) : 0;
    rows_end(&r);
    if (is_there) {
        out->words = registry_event_text(db, app_keys(app), a, area, seq, "words");
        out->topics = registry_event_text(db, app_keys(app), a, area, seq, "topics");
    }
    return is_there;
}
