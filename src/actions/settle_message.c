/* What could not be sent is settled by a person. A reporter without a short message is told by telephone, or not, and either
 * is an event of the case; all messages of that case that wait are settled with it, because one call tells them all. A mail is
 * tried again or given up. */
#include "actions.h"

#include "log.h"

enum { PAGE = 50, PARTS_MAX = 3, NOTE_MAX = 200 };

struct part {
    enum outbox_state state;
    const char *channel; /* "" = any */
};
static const struct part parts[MESSAGES_SHOWN_COUNT][PARTS_MAX] = {
    [MESSAGES_TO_CALL] = {{OUTBOX_KEPT, "sms"}},
    [MESSAGES_FAILED] = {{OUTBOX_FAILED, ""}, {OUTBOX_UNKNOWN, ""}, {OUTBOX_KEPT, "mail"}},
    [MESSAGES_WAITING] = {{OUTBOX_QUEUED, ""}},
    [MESSAGES_DONE] = {{OUTBOX_SENT, ""}, {OUTBOX_TOLD, ""}, {OUTBOX_GIVEN_UP, ""}},
};

static bool
is_used(const struct part *p)
{
    return p->channel != NULL;
}

static bool
may_read(const struct caller *who, struct err *err)
{
    return caller_has(who, ROLES_OUTBOX) || err_set(err, ERR_FORBIDDEN, "发送记录由统筹协调单位和系统管理员查看。");
}

/* gr***@example.org */
static const char *
masked_address(struct arena *a, struct str text)
{
    struct str line, name;
    if (!str_cut(&text, '\n', &line) || !str_starts(line, STR("To: ")))
        return "";
    struct str domain = str_slice(line, strlen("To: "), line.n);
    if (!str_cut(&domain, '@', &name))
        return "***";
    name = utf8_prefix(name, 2);
    return arena_printf(a, "%.*s***@%.*s", (int)name.n, name.p, (int)domain.n, domain.p);
}

static struct str
subject_of(struct arena *a, struct str text)
{
    struct str line;
    while (str_cut(&text, '\n', &line) && line.n)
        if (str_starts(line, STR("Subject: ")))
            return str_dup(a, str_slice(line, strlen("Subject: "), line.n));
    return STR("");
}

/* The administrator sees that something was not sent, and why; not what it says of which case. */
static void
read_row(const struct rows *r, struct arena *a, bool reads_cases, struct message_row *m)
{
    *m = (struct message_row){.id = rows_int(r, 0), .kind = str_dup(a, rows_text(r, 3)), .created = rows_int(r, 5),
                              .next_at = rows_int(r, 6), .tries = (int)rows_int(r, 7),
                              .state = (enum outbox_state)rows_int(r, 8), .error = str_dup(a, rows_text(r, 9)),
                              .is_sms = str_is(rows_text(r, 2), "sms"), .text = STR("")};
    if (!m->is_sms)
        m->address = masked_address(a, rows_text(r, 4));
    if (!reads_cases)
        return;
    m->case_id = rows_int(r, 1);
    m->text = m->is_sms ? str_dup(a, rows_text(r, 4)) : subject_of(a, rows_text(r, 4));
    m->day = rows_int(r, 10);
    m->no = rows_int(r, 11);
}

static int
newest_first(const void *a, const void *b)
{
    int64_t x = ((const struct message_row *)a)->id, y = ((const struct message_row *)b)->id;
    return x < y ? 1 : x > y ? -1 : 0;
}

bool
messages_list(struct db *db, struct arena *a, const struct caller *who, enum messages_shown what, int64_t before,
              struct messages *out, struct err *err)
{
    struct message_row *list = arena_array(a, struct message_row, PARTS_MAX * (PAGE + 1));
    bool reads_cases = caller_has(who, ROLE_BIT(ROLE_COORDINATOR));
    size_t n = 0;
    *out = (struct messages){.p = list};
    if (!may_read(who, err))
        return false;
    for (int i = 0; i < PARTS_MAX && is_used(&parts[what][i]); i++) {
        const struct part *p = &parts[what][i];
        struct rows r;
        if (!db_query(db, SQL_OUTBOX_LIST, &r, err, V_INT(who->area->id), V_INT(p->state), V_TEXT(str_of(p->channel)),
                      V_INT(before ? before : INT64_MAX), V_INT(PAGE + 1)))
            return false;
        while (n < PARTS_MAX * (PAGE + 1) && rows_next(&r, err))
            read_row(&r, a, reads_cases, &list[n++]);
        rows_end(&r);
    }
    qsort(list, n, sizeof *list, newest_first);
    out->has_more = n > PAGE;
    out->n = out->has_more ? PAGE : n;
    return err->kind == ERR_NONE;
}

int64_t
messages_count(struct db *db, const struct caller *who, enum messages_shown what, struct err *err)
{
    int64_t n = 0;
    if (!caller_has(who, ROLES_OUTBOX))
        return 0;
    for (int i = 0; i < PARTS_MAX && is_used(&parts[what][i]); i++)
        n += db_int(db, SQL_OUTBOX_OPEN, DB_ARGS(V_INT(who->area->id), V_INT(parts[what][i].state),
                                                 V_TEXT(str_of(parts[what][i].channel))), 0, err);
    return n;
}

/* ---- Settling ---- */

struct found {
    int64_t case_id;
    bool is_sms;
    enum outbox_state state;
};

static bool
find(struct action *a, struct db *db, struct found *f, struct err *err)
{
    struct settle_message *s = (struct settle_message *)a;
    struct rows r;
    if (!may_read(a->who, err) || !db_query(db, SQL_OUTBOX_FIND, &r, err, V_INT(a->who->area->id), V_INT(s->id)))
        return false;
    if (!rows_next(&r, err))
        return !r.has_failed && err_set(err, ERR_NOT_FOUND, "没有这条消息。");
    *f = (struct found){.case_id = rows_int(&r, 0), .is_sms = str_is(rows_text(&r, 1), "sms"),
                        .state = (enum outbox_state)rows_int(&r, 2)};
    rows_end(&r);
    bool is_open = f->state == OUTBOX_KEPT || f->state == OUTBOX_FAILED || f->state == OUTBOX_UNKNOWN;
    return is_open || err_set(err, ERR_CONFLICT, "这条消息已经有人处理，或者已经发出。");
}

/* Telling a resident, or deciding not to, belongs to the case's story. */
static bool
decide_for_reporter(struct action *a, struct db *db, const struct found *f, struct err *err)
{
    const struct settle_message *s = (const struct settle_message *)a;
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    if (!caller_has(a->who, ROLE_BIT(ROLE_COORDINATOR)))
        return err_set(err, ERR_FORBIDDEN, "给反映人的告知由统筹协调单位处理。");
    if (!case_load(db, app_keys(a->app), a->arena, a->who->area->id, f->case_id, c, err))
        return false;
    bool is_told = s->act == MESSAGE_TOLD;
    struct effects *fx = arena_new_of(a->arena, struct effects);
    *fx = (struct effects){.arena = a->arena, .actor = caller_actor(a->who), .at = app_now(a->app), .before = c->c, .after = c->c};
    fx->event = (struct event){.type = is_told ? "reporter_told" : "reporter_not_told", .occurred_at = fx->at,
                               .text = str_of(arena_printf(a->arena, "%s%s%.*s", is_told ? "短信没有发出，已电话告知反映人" : "短信没有发出，也不再电话告知",
                                                           s->note.n ? "：" : "", (int)s->note.n, s->note.p))};
    a->save.fx = fx;
    return true;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    const struct settle_message *s = (const struct settle_message *)a;
    struct found f;
    if (!find(a, db, &f, err))
        return false;
    if (utf8_count(s->note) > NOTE_MAX)
        return err_field(err, "note", "最多 %d 个字。", NOTE_MAX);
    if (s->act == MESSAGE_GIVE_UP && utf8_count(s->note) < 2)
        return err_field(err, "note", "请写明为什么不再发送。");
    if (f.is_sms ? s->act == MESSAGE_RETRY && f.state == OUTBOX_KEPT : s->act == MESSAGE_TOLD)
        return err_set(err, ERR_CONFLICT, f.is_sms ? "没有接通短信，重试也发不出去，请电话告知。" : "邮件只能重试，或者不再发送。");
    a->save.fx = NULL;
    return !f.is_sms || s->act == MESSAGE_RETRY || decide_for_reporter(a, db, &f, err);
}

/* Who decided, in front of why. */
static struct str
remark(struct action *a, const char *what)
{
    const struct settle_message *s = (const struct settle_message *)a;
    struct str name = person_name(a->who->area->registry, a->who->person);
    return str_of(arena_printf(a->arena, "%.*s%s%s%.*s", (int)name.n, name.p, what, s->note.n ? "：" : "", (int)s->note.n, s->note.p));
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    const struct settle_message *s = (const struct settle_message *)a;
    int64_t area = a->who->area->id;
    struct found f;
    if (!find(a, db, &f, err))
        return false;
    bool is_told = s->act == MESSAGE_TOLD;
    int state = is_told ? OUTBOX_TOLD : OUTBOX_GIVEN_UP;
    struct str why = remark(a, is_told ? "已电话告知" : "决定不再发送");
    if (s->act == MESSAGE_RETRY)
        return db_exec(db, SQL_OUTBOX_AGAIN, err, V_INT(app_now(a->app)), V_INT(area), V_INT(s->id), V_INT(f.state));
    if (!f.is_sms || f.state != OUTBOX_KEPT)
        return (!a->save.fx || effects_save(db, &a->save, err)) &&
               db_exec(db, SQL_OUTBOX_END, err, V_INT(state), V_TEXT(why), V_INT(area), V_INT(s->id), V_INT(f.state));
    return effects_save(db, &a->save, err) &&
           db_exec(db, SQL_OUTBOX_END_CASE, err, V_INT(state), V_TEXT(why), V_INT(area), V_INT(f.case_id));
}

static void
note_in_log(struct action *a)
{
    static const char *const acts[] = {"retry", "told", "given_up"};
    const struct settle_message *s = (const struct settle_message *)a;
    log_event("message_settled", "outbox=%lld act=%s person=%lld", (long long)s->id, acts[s->act], (long long)a->who->person);
}

void
settle_message(struct settle_message *s, struct db *db)
{
    s->base.prepare = prepare;
    s->base.apply = apply;
    s->base.answer = note_in_log;
    action_run(&s->base, db);
}
