/* 查询进度: by number and code, or by the secret link. */
#include "crypto.h"
#include "files_page.h"
#include "rates.h"
#include "resident_track.html.h"

/* ---- the form: a wrong number and a wrong code are told alike, in the same time ---- */

void
resident_query(struct request *req, struct response *res)
{
    struct query_view v = {0};
    resident_init(req, res, &v.r, "查询进度");
    v.r.l.back = "/";
    page_resident_query(&res->body, &v);
}

/* Digits only: people write codes with blanks, as the receipt shows them. */
static size_t
digits_of(struct str s, char out[8])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9' && n < 7)
            out[n++] = s.p[i];
    out[n] = 0;
    return n;
}

static int64_t
case_asked_for(struct request *req)
{
    const struct visit *v = visit_of(req);
    char given[8], right[8];
    int64_t area = 0, id = 0;
    int32_t day = 0, no = 0;
    struct err err = {0};
    size_t n = digits_of(params_get(&req->form, "code"), given);
    if (case_no_parse(params_get(&req->form, "no"), &area, &day, &no) && (!area || area == v->area->id))
        id = case_find_no(v->db, v->area->id, day, no, &err);
    case_query_code(v->area, id, right);
    bool is_right = crypto_equal(given, right, 6);
    return n == 6 && is_right && id ? id : 0;
}

void
resident_post_query(struct request *req, struct response *res)
{
    const struct visit *visit = resident_visit(req);
    struct err err = {0};
    if (!params_has(&req->form, "no"))
        err_field(&err, "no", "请填写受理号，例如 20260421-0037。");
    if (!params_has(&req->form, "code"))
        err_field(&err, "code", "请填写 6 位查询码。");
    bool is_asked = !err.kind;
    if (is_asked && (!rate_allows(RATE_CODE, visit->who.device, &err) || !rate_allows(RATE_CODE, visit->who.address, &err))) {
        page_fail(req, res, &err);
        return;
    }
    int64_t id = is_asked ? case_asked_for(req) : 0;
    if (id) {
        char token[48];
        case_token(visit->area, id, token);
        response_redirect(req, res, "/t/%s", token);
        return;
    }
    if (is_asked) {
        rate_take(RATE_CODE, visit->who.device, NULL);
        rate_take(RATE_CODE, visit->who.address, NULL);
        err_field(&err, "no", "受理号和查询码对不上。请照回执核对后再试；回执找不到的，请打社区电话。");
    }
    struct query_view v = {.r.err = &err};
    resident_init(req, res, &v.r, "查询进度");
    v.r.l.back = "/";
    v.no = params_get(&req->form, "no");
    page_resident_query(&res->body, &v);
}

/* ---- the case behind the link ---- */

static bool
track_load(struct request *req, struct response *res, struct loaded_case *c)
{
    struct visit *v = visit_of(req);
    int64_t area, id;
    struct err err = {0};
    if (!case_token_open(v->app, req->vars[0], &area, &id) || !(v->area = app_area(v->app, area))) {
        v->area = app_area(v->app, 0);
        err_set(&err, ERR_NOT_FOUND, "这个链接打不开。请核对是否完整，或用受理号和查询码查询。");
        page_fail(req, res, &err);
        return false;
    }
    v->who.area = v->area;
    reporter_visit(req, id);
    if (case_load(v->db, app_keys(v->app), req->arena, area, id, c, &err) && case_load_words(v->db, req->arena, c, &err))
        return true;
    page_fail(req, res, &err);
    return false;
}

static struct situation
situation_of(const struct visit *v, const struct loaded_case *c)
{
    return (struct situation){.scheme = area_scheme(v->area, c->c.scheme), .registry = v->area->registry, .c = &c->c,
                              .duties = c->duties, .n_duties = c->n_duties, .actor = caller_actor(&v->who), .now = v->now};
}

static bool
may(const struct situation *s, const char *code, struct err *err)
{
    const struct command *cmd = command_find(str_of(code));
    return cmd && command_allowed(cmd, s, NULL, err);
}

/* ---- the panel ---- */

static const struct duty *
open_duty(const struct loaded_case *c, int kind)
{
    for (size_t i = 0; i < c->n_duties; i++)
        if (c->duties[i].kind == kind && c->duties[i].end == END_OPEN)
            return &c->duties[i];
    return NULL;
}

/* 「消防大队应于 4 月 24 日 17:30 前答复您，还有 2 个工作日」 */
static const char *
answer_line(struct request *req, const struct loaded_case *c)
{
    const struct visit *v = visit_of(req);
    const struct duty *u = open_duty(c, DUTY_ANSWER);
    if (!u)
        return "";
    struct arena *a = req->arena;
    const char *who = owner_text(a, v->area->registry, &u->owner);
    const char *left = due_left_words(a, &v->area->scheme->calendar, u->due, v->now);
    if (u->due < v->now)
        return arena_printf(a, "%s应在 %s 前答复您，已%s，已向上级报告", who, at_words(a, u->due, v->now), left);
    return arena_printf(a, "%s应于 %s 前答复您，%s", who, at_words(a, u->due, v->now), left);
}

static struct str
last_public(const struct event_row *events, size_t n, const char *type)
{
    for (size_t i = n; i-- > 0;)
        if (str_is(events[i].type, type) && events[i].public_text.n)
            return events[i].public_text;
    return STR("");
}

static const char *
pause_reason(struct request *req, const struct event_row *events, size_t n)
{
    for (size_t i = n; i-- > 0;)
        if (str_is(events[i].type, "pause_asked")) {
            const struct reason *r = scheme_reason(visit_of(req)->area->scheme, "pause",
                                                   params_get(&events[i].fields, "reason"));
            return r ? str_z(req->arena, r->name) : "";
        }
    return "";
}

static const char *
merged_line(struct request *req, const struct loaded_case *c)
{
    const struct visit *v = visit_of(req);
    struct loaded_case into;
    struct err err = {0};
    if (!case_load(v->db, app_keys(v->app), req->arena, c->c.area, c->c.merged_into, &into, &err))
        return "";
    return arena_printf(req->arena, "与受理号 %s 是同一件事，合并在一起办理，结果相同", case_no_words(req->arena, &into.c));
}

static const char *
transferred_line(struct arena *a, const struct case_file *c)
{
    return arena_printf(a, "%.*s。对方已接收，编号 %.*s，请凭这个编号向对方查询", (int)c->transferred_to.n,
                        c->transferred_to.p, (int)c->receipt_no.n, c->receipt_no.p);
}

/* What the state means to the reporter, beyond its name. */
static const char *
state_line(struct request *req, const struct loaded_case *c, const struct event_row *events, size_t n)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    const struct duty *u;
    switch (c->c.state) {
    case CASE_AWAITING_RECHECK:
        u = open_duty(c, DUTY_RECHECK);
        return u ? arena_printf(a, "已要求对方改正，%s 到现场复查", day_words(a, u->due, v->now)) : "";
    case CASE_RETURNED: {
        struct str what = last_public(events, n, "returned");
        return str_z(a, what.n ? what : last_public(events, n, "admitted"));
    }
    case CASE_SUSPENDED: {
        const char *why = pause_reason(req, events, n);
        const char *until = c->c.suspended_until ? day_words(a, day_start((int32_t)c->c.suspended_until), v->now) : "";
        return arena_printf(a, "%s%s%s。答复您的期限不变", why, *why && *until ? "，到 " : "", until);
    }
    case CASE_MERGED:
        return merged_line(req, c);
    case CASE_TRANSFERRED:
        return transferred_line(a, &c->c);
    case CASE_WITHDRAWN:
        return "问题还在的话，可以随时再反映";
    case CASE_CLOSED:
    case CASE_ARCHIVED:
        return arena_printf(a, "%s%s", outcome_label((int)c->c.outcome),
                            c->c.outcome == OUTCOME_UNSOLVED ? "，原因见答复" : "");
    default:
        return c->c.transferred_to.n ? arena_printf(a, "%.*s。对方接收以前仍由我们跟进", (int)c->c.transferred_to.n,
                                                    c->c.transferred_to.p)
                                     : "";
    }
}

/* ---- what happened ---- */

/* 「已责令改正，将于…」 stays whole; 「已收到：占用消防通道」 is a heading and a line. */
static void
split_text(struct str text, struct str *title, struct str *more)
{
    enum { HEADING_MAX = 12 };
    struct str colon = STR("：");
    *title = text;
    *more = STR("");
    for (size_t i = 0; i + colon.n <= text.n; i++)
        if (memcmp(text.p + i, colon.p, colon.n) == 0) {
            if (utf8_count(str_slice(text, 0, i)) > HEADING_MAX)
                return;
            *title = str_slice(text, 0, i);
            *more = str_slice(text, i + colon.n, text.n);
            return;
        }
}

/* The cleared photos since this event: those of steps that the reporter is not told of stand below the last he knows. */
static void
fill_files(struct request *req, const struct file_rows *files, int64_t from, int64_t to, struct track_event *out)
{
    struct track_file *rows = arena_array(req->arena, struct track_file, files->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < files->n; i++)
        if (files->p[i].is_public && files->p[i].event_seq >= from && files->p[i].event_seq < to)
            rows[n++] = (struct track_file){files->p[i].id, files->p[i].is_after,
                                            day_words(req->arena, files->p[i].at, visit_of(req)->now)};
    out->files.p = rows;
    out->files.n = n;
}

static int64_t
next_public(const struct event_row *events, size_t n, size_t i)
{
    while (++i < n)
        if (events[i].public_text.n)
            return events[i].seq;
    return INT64_MAX;
}

static void
fill_events(struct request *req, struct track_view *v, const struct loaded_case *c, const struct event_row *events, size_t n)
{
    const struct visit *visit = visit_of(req);
    struct track_event *rows = arena_array(req->arena, struct track_event, n + 1);
    struct file_rows files = {0};
    struct err err = {0};
    size_t k = 0;
    files_of_case(visit->db, req->arena, c->c.area, c->c.id, &files, &err);
    for (size_t i = 0; i < n; i++) {
        const struct event_row *e = &events[i];
        if (!e->public_text.n)
            continue;
        struct track_event *t = &rows[k++];
        *t = (struct track_event){.when = at_words(req->arena, e->at, visit->now), .iso = iso_words(req->arena, e->at),
                                  .unit = org_short(visit->area->registry, e->org), .is_late = e->role == ROLE_CLOCK};
        split_text(e->public_text, &t->title, &t->more);
        fill_files(req, &files, k > 1 ? e->seq : 0, next_public(events, n, i), t);
    }
    if (k && v->is_open)
        rows[k - 1].is_last = true;
    v->events.p = rows;
    v->events.n = k;
}

static void
fill_acts(const struct situation *s, struct track_view *v)
{
    struct err err = {0};
    v->may_rate = may(s, "rate", NULL);
    v->may_supplement = may(s, "supplement", NULL);
    v->may_withdraw = may(s, "withdraw", NULL);
    v->may_urge = may(s, "urge", &err);
    v->urge_refused = "";
    if (v->is_open && !v->may_urge && err.kind == ERR_CONFLICT)
        v->urge_refused = "今天已经催办过，明天可以再催一次。";
}

static const char *
todo_of(const struct loaded_case *c)
{
    static const char *const words[CASE_STATE_COUNT] = {
        [CASE_REGISTERED] = "派给负责的部门", [CASE_ROUTING] = "派给负责的部门", [CASE_AWAITING_ACCEPT] = "部门接单办理",
        [CASE_AWAITING_RECHECK] = "到期复查",
    };
    return words[c->c.state];
}

static void
fill_todo(struct request *req, struct track_view *v, const struct loaded_case *c)
{
    const char **rows = arena_array(req->arena, const char *, 3);
    size_t n = 0;
    if (v->is_open && todo_of(c) && !c->c.transferred_to.n)
        rows[n++] = todo_of(c);
    if (v->is_open)
        rows[n++] = "办结答复";
    if (v->is_open || v->may_rate)
        rows[n++] = "请您评价";
    v->todo.p = rows;
    v->todo.n = n;
}

/* The numbers of a position are for those who go there. */
static struct str
spot_without_position(struct str spot, bool *has_position)
{
    struct str mark = STR(POSITION_MARK);
    for (size_t i = 0; i + mark.n <= spot.n; i++)
        if (memcmp(spot.p + i, mark.p, mark.n) == 0) {
            *has_position = true;
            return str_slice(spot, 0, i);
        }
    return spot;
}

void
resident_track(struct request *req, struct response *res)
{
    struct loaded_case c;
    struct err err = {0};
    size_t n = 0;
    if (!track_load(req, res, &c))
        return;
    const struct visit *visit = visit_of(req);
    struct arena *a = req->arena;
    struct event_row *events = events_load(visit->db, a, &c, &n, &err);
    if (!events && err.kind) {
        page_fail(req, res, &err);
        return;
    }
    struct situation s = situation_of(visit, &c);
    const struct scheme *scheme = s.scheme;
    int item = c.c.item.n ? scheme_item(scheme, c.c.item) : -1;
    struct track_view v = {.token = str_z(a, req->vars[0])};
    v.r.place = registry_place(visit->area->registry, (int32_t)c.c.place);
    v.no = case_no_words(a, &c.c);
    resident_init(req, res, &v.r, arena_printf(a, "办理进度 %s", v.no));
    v.is_open = case_state_open((int)c.c.state);
    v.state = v.is_open && c.c.transferred_to.n ? "正在转给别的单位" : state_plain((int)c.c.state);
    v.line = answer_line(req, &c);
    v.line2 = state_line(req, &c, events, n);
    v.item = item >= 0 ? scheme->items[item].name : STR("由工作人员归类");
    v.place_name = v.r.place ? v.r.place->name : STR("");
    v.opened = at_words(a, c.c.opened_at, visit->now);
    v.spot = spot_without_position(c.spot, &v.has_position);
    v.words = c.words;
    v.reply = c.reply;
    v.followers = c.c.followers;
    v.page_url = full_url(req, arena_printf(a, "/t/%s", v.token));
    v.qr = arena_printf(a, "/t/%s/qr.svg", v.token);
    fill_events(req, &v, &c, events, n);
    fill_acts(&s, &v);
    fill_todo(req, &v, &c);
    page_resident_track(&res->body, &v);
}

/* ---- what the reporter may do ---- */

static const struct command *
resident_command(const struct request *req)
{
    const struct command *cmd = command_find(req->vars[1]);
    return cmd && (cmd->flags & CMD_RESIDENT) ? cmd : NULL;
}

static void
ask_show(struct request *req, struct response *res, const struct command *cmd, const struct loaded_case *c,
         const struct params *from, const struct err *err)
{
    struct ask_view v = {.r.err = err, .cmd = cmd, .token = str_z(req->arena, req->vars[0]), .label = cmd->label};
    size_t n = 0;
    struct err load = {0};
    v.no = case_no_words(req->arena, &c->c);
    v.code = str_of(cmd->code);
    v.words = params_get(from, "words");
    v.note = params_get(from, "note");
    v.solved = params_get(from, "solved");
    v.grade = params_get(from, "grade");
    v.is_careful = (cmd->flags & CMD_CAREFUL) != 0;
    if (c->c.state == CASE_RETURNED) {
        struct event_row *events = events_load(visit_of(req)->db, req->arena, c, &n, &load);
        v.what = str_of(state_line(req, c, events, n));
    }
    resident_init(req, res, &v.r, cmd->label);
    v.r.l.back = arena_printf(req->arena, "/t/%s", v.token);
    page_resident_ask(&res->body, &v);
}

/* Not possible now: said on the progress page, where the state explains it. */
static void
refused(struct request *req, struct response *res, const struct err *err)
{
    flash(req, res, err->message);
    response_redirect(req, res, "/t/%.*s", (int)req->vars[0].n, req->vars[0].p);
}

void
resident_track_command(struct request *req, struct response *res)
{
    struct loaded_case c;
    struct err err = {0};
    const struct command *cmd = resident_command(req);
    if (!cmd) {
        err_set(&err, ERR_NOT_FOUND, "没有这个页面。");
        page_fail(req, res, &err);
        return;
    }
    if (!track_load(req, res, &c))
        return;
    const struct situation s = situation_of(visit_of(req), &c);
    if (command_allowed(cmd, &s, NULL, &err))
        ask_show(req, res, cmd, &c, &req->args, NULL);
    else
        refused(req, res, &err);
}

struct asking {
    struct act_on_case x; /* first: the action */
    const struct command *cmd;
    struct params fields;
    struct loaded_case c;
};

static const char *
thanks(const struct asking *s)
{
    if (str_is(str_of(s->cmd->code), "rate"))
        return str_is(params_get(&s->fields, "solved"), "no") ? "已记下您的评价。没有解决的，会再次办理或作出决定。"
                                                              : "谢谢您的评价。";
    if (str_is(str_of(s->cmd->code), "urge"))
        return "已提醒承办单位。每天可以催办一次。";
    if (str_is(str_of(s->cmd->code), "withdraw"))
        return "已撤回。问题还在的话，可以随时再反映。";
    return "已收到您补充的材料。";
}

static void
asked(struct request *req, struct response *res, struct action *a)
{
    struct asking *s = (struct asking *)a;
    if (a->err.kind == ERR_FIELDS) {
        ask_show(req, res, s->cmd, &s->c, &s->fields, &a->err);
    } else if (a->err.kind == ERR_CONFLICT || a->err.kind == ERR_UNLAWFUL) {
        refused(req, res, &a->err);
    } else if (a->err.kind) {
        page_fail(req, res, &a->err);
    } else {
        flash(req, res, thanks(s));
        response_redirect(req, res, "/t/%.*s", (int)req->vars[0].n, req->vars[0].p);
    }
}

/* The same words twice are one act; other words are another. */
static void
act(struct request *req, struct response *res, struct asking *s)
{
    struct draft sent = {.p = s->fields};
    uint8_t hash[HASH_BYTES];
    struct buf key = {0};
    sha256(draft_text(req, &sent), hash);
    buf_printf(&key, "%s-%lld-%lld-", s->cmd->code, (long long)s->c.c.id, (long long)day_of(visit_of(req)->now));
    buf_hex(&key, hash, 12);
    s->x.case_id = s->c.c.id;
    s->x.command = str_of(s->cmd->code);
    s->x.fields = &s->fields;
    s->x.base.idempotency_key = buf_keep(req->arena, &key);
    memcpy(s->x.base.body_hash, hash, sizeof hash);
    page_wait(req, res, &s->x.base, asked);
    act_on_case(&s->x, visit_of(req)->db);
}

static void
photo_kept(struct request *req, struct response *res, struct stored_file *f)
{
    struct asking *s = f->more;
    if (f->err.kind) {
        struct err err = {0};
        err_field(&err, "file", "%s", f->err.message);
        ask_show(req, res, s->cmd, &s->c, &s->fields, &err);
        return;
    }
    params_add(req->arena, &s->fields, STR("files"), str_of(arena_printf(req->arena, "%lld", (long long)f->k.id)));
    act(req, res, s);
}

/* Only the command's own fields go in; photos sent by script come as file_id. */
static void
take_fields(struct request *req, struct asking *s)
{
    struct str value;
    for (size_t i = 0; i < s->cmd->n_fields; i++)
        if (s->cmd->fields[i].type != FIELD_FILES && params_has(&req->form, s->cmd->fields[i].name))
            params_add(req->arena, &s->fields, str_of(s->cmd->fields[i].name), params_get(&req->form, s->cmd->fields[i].name));
    for (size_t at = 0; params_each(&req->form, "file_id", &at, &value);)
        if (value.n)
            params_add(req->arena, &s->fields, STR("files"), value);
}

void
resident_post_track_command(struct request *req, struct response *res)
{
    struct asking *s = arena_new_of(req->arena, struct asking);
    struct err err = {0};
    s->cmd = resident_command(req);
    if (!s->cmd) {
        err_set(&err, ERR_NOT_FOUND, "没有这个页面。");
        page_fail(req, res, &err);
        return;
    }
    if (!track_load(req, res, &s->c))
        return;
    take_fields(req, s);
    if (!form_check(s->cmd->fields, s->cmd->n_fields, &s->fields, NULL, NULL, &err))
        ask_show(req, res, s->cmd, &s->c, &s->fields, &err);
    else if (file_sent(req, 0) && s->cmd->n_fields)
        file_store(req, res, file_sent(req, 0), STR(""), false, photo_kept, s);
    else
        act(req, res, s);
}
