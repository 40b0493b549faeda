#include "outbox_notices.h"

enum { NOTICES_MAX = 64 /* a look, as the statement says */ };
/* Older ones do not matter any more: after a long rest of the server nobody is flooded. */
#define STALE_MS (INT64_C(7) * 24 * 3600 * 1000)

struct urgent {
    int64_t id, case_id, day, no;
    int32_t org;
    int role;
    struct str kind;
};

struct queued {
    int64_t case_id;
    struct str kind, text;
};

struct queueing {
    struct job job;
    struct courier *c;
    int64_t area, last; /* last: the meta row's new value */
    instant now;
    struct str meta;
    struct queued *rows; /* room for every address of every notice of a look */
    size_t n;
};

/* ---- text of a row ---- */

void
mail_to_text(struct buf *out, const struct mail *m)
{
    buf_printf(out, "To: %.*s\nSubject: %.*s\n\n%.*s", (int)m->to.n, m->to.p, (int)m->subject.n, m->subject.p, (int)m->text.n,
               m->text.p);
}

bool
mail_from_text(struct str text, struct mail *m)
{
    struct str to, subject, blank;
    *m = (struct mail){0};
    if (!str_cut(&text, '\n', &to) || !str_cut(&text, '\n', &subject) || !str_cut(&text, '\n', &blank) || blank.n ||
        !str_starts(to, STR("To: ")) || !str_starts(subject, STR("Subject: ")))
        return false;
    m->to = str_slice(to, strlen("To: "), to.n);
    m->subject = str_slice(subject, strlen("Subject: "), subject.n);
    m->text = text;
    return true;
}

/* ---- from a notice to mails ---- */

static const char *
kind_words(struct str kind)
{
    static const struct {
        const char *kind, *words;
    } table[] = {{"whistle", "紧急哨"},     {"missed", "超期督办"},      {"supervised", "督办"},
                 {"reopened", "复办"},      {"rule_reopen", "请裁定复办"}, {"rule_lead", "请裁定牵头单位"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_is(kind, table[i].kind))
            return table[i].words;
    return "紧急事项";
}

/* The words of the notice stay inside: they may quote somebody. */
static struct str
letter(struct arena *a, const char *base_url, const struct urgent *u, const char *to)
{
    struct buf no = {0}, out = {0};
    if (u->day)
        case_no_format(&no, u->day, u->no);
    const char *path = u->day ? arena_printf(a, "/desk/cases/%.*s", (int)no.n, no.p) : "/desk";
    const char *words = kind_words(u->kind);
    struct mail m = {.to = str_of(to)};
    m.subject = str_of(arena_printf(a, "【哨到】%s%s%.*s", words, no.n ? " " : "", (int)no.n, no.p ? no.p : ""));
    m.text = str_of(arena_printf(a, "有一件事需要您的岗位马上处理（%s）。登录后打开：\n\n%s%s\n\n"
                                    "本邮件由系统发出，不含反映的内容。请不要回复，也不要转发给无关的人。\n", words, base_url, path));
    mail_to_text(&out, &m);
    struct str kept = str_dup(a, buf_view(&out));
    buf_release(&no);
    buf_release(&out);
    return kept;
}

/* A notice to an organisation as a whole reaches every address of that organisation. */
static bool
is_for(const struct registry *r, const struct mail_target *t, const struct urgent *u)
{
    const struct org *o = registry_org(r, u->org);
    if (t->org && (!o || !str_is(o->code, t->org)))
        return false;
    if (!t->role || (t->org && u->role == ROLE_NONE))
        return true;
    return u->role == role_find(str_of(t->role));
}

static void
add_letters(struct queueing *q, struct arena *a, const struct area *area, const struct urgent *u)
{
    const struct settings *s = q->c->settings;
    for (unsigned i = 0; i < s->mail->n_to; i++)
        if (is_for(area->registry, &s->mail->to[i], u))
            q->rows[q->n++] = (struct queued){u->case_id, u->kind, letter(a, s->base_url, u, s->mail->to[i].address)};
}

/* ---- once each ---- */

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    const struct queueing *q = (const struct queueing *)job;
    for (size_t i = 0; i < q->n; i++)
        if (!db_exec(db, SQL_OUTBOX_INSERT, err, V_INT(store_new_id(app_store(q->c->app), q->now)), V_INT(q->area),
                     V_INT(q->rows[i].case_id), V_TEXT(STR("mail")), V_INT(0), V_TEXT(q->rows[i].kind),
                     V_TEXT(q->rows[i].text), V_INT(q->now), V_INT(q->now)))
            return false;
    char last[24];
    snprintf(last, sizeof last, "%lld", (long long)q->last);
    return db_exec(db, SQL_META_SET, err, V_TEXT(q->meta), V_TEXT(str_of(last)));
}

static void
done(struct job *job)
{
    (void)job;
}

/* Where the last run stopped. The first run begins with what comes from then on: nobody wants a year of old news. */
static bool
find_start(struct db *db, struct queueing *q, int64_t *seen, bool *is_first, struct err *err)
{
    struct rows r;
    if (*seen)
        return true;
    if (!db_query(db, SQL_META_GET, &r, err, V_TEXT(q->meta)))
        return false;
    bool has = rows_next(&r, err) && str_int(rows_text(&r, 0), seen);
    rows_end(&r);
    *is_first = !has;
    if (!has)
        *seen = db_int(db, SQL_MAX_NOTICE_ID, DB_ARGS(V_INT(q->area)), 0, err);
    return err->kind == ERR_NONE;
}

/* Reads up to NOTICES_MAX; *seen becomes the last id that needs no second look. */
static bool
look(struct db *db, struct queueing *q, struct arena *a, const struct area *area, int64_t *seen, bool *is_full, struct err *err)
{
    struct rows r;
    int64_t newest = db_int(db, SQL_MAX_NOTICE_ID, DB_ARGS(V_INT(q->area)), 0, err);
    size_t n = 0;
    if (newest <= *seen)
        return err->kind == ERR_NONE;
    if (!db_query(db, SQL_NOTICES_URGENT_AFTER, &r, err, V_INT(q->area), V_INT(*seen), V_INT(q->now - STALE_MS)))
        return false;
    for (; n < NOTICES_MAX && rows_next(&r, err); n++) {
        struct urgent u = {.id = rows_int(&r, 0), .org = (int32_t)rows_int(&r, 1), .role = (int)rows_int(&r, 2),
                           .case_id = rows_int(&r, 3), .kind = str_dup(a, rows_text(&r, 4)), .day = rows_int(&r, 5),
                           .no = rows_int(&r, 6)};
        q->last = u.id;
        add_letters(q, a, area, &u);
    }
    rows_end(&r);
    *is_full = n == NOTICES_MAX;
    *seen = *is_full ? q->last : newest;
    q->last = *seen;
    return !r.has_failed;
}

static bool
queue_area(struct courier *c, struct arena *a, const struct area *area, int64_t *seen, instant now, bool *is_full,
           struct err *err)
{
    bool is_first = false;
    int64_t start = *seen;
    struct queueing *q = arena_new_of(a, struct queueing);
    *q = (struct queueing){.job = {.apply = apply, .done = done}, .c = c, .area = area->id, .now = now};
    q->rows = arena_array(a, struct queued, NOTICES_MAX * c->settings->mail->n_to);
    q->meta = str_of(arena_printf(a, "outbox_notice_%lld", (long long)area->id));
    struct db *db = app_reader_lock(c->app);
    bool ok = db_read_begin(db, err);
    if (ok) {
        ok = find_start(db, q, &start, &is_first, err) && look(db, q, a, area, &start, is_full, err);
        db_read_end(db);
    }
    app_reader_unlock(c->app);
    q->last = start;
    if (ok && (q->n || is_first)) /* otherwise the mark moves in memory only: looking again costs nothing but time */
        ok = store_run(app_store(c->app), &q->job, err);
    if (!ok)
        return false;
    *seen = start;
    c->queued += (int64_t)q->n;
    return true;
}

bool
queue_urgent(struct courier *c, instant now, struct err *err)
{
    const struct area *areas[OUTBOX_AREAS];
    size_t n = c->settings->mail->n_to ? app_areas(c->app, areas, OUTBOX_AREAS) : 0;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        for (bool is_full = true; ok && is_full;) {
            struct arena *a = arena_new();
            is_full = false;
            ok = queue_area(c, a, areas[i], &c->seen[i], now, &is_full, err);
            arena_free(a);
        }
    return ok;
}
