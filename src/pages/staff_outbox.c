#include "staff_outbox.h"

#include "staff_outbox.html.h"

static const char *const shown_codes[MESSAGES_SHOWN_COUNT] = {"call", "failed", "waiting", "done"};

static enum messages_shown
shown_of(struct str code)
{
    for (int i = 0; i < MESSAGES_SHOWN_COUNT; i++)
        if (str_is(code, shown_codes[i]))
            return (enum messages_shown)i;
    return MESSAGES_SHOWN_COUNT;
}

static void
line_of(const struct visit *v, struct arena *a, const struct message_row *m, struct message_line *out)
{
    static const struct {
        const char *words, *class_name;
    } states[] = {
        [OUTBOX_QUEUED] = {"等待发出", "t"},        [OUTBOX_SENT] = {"已发出", "g"},        [OUTBOX_FAILED] = {"没有发出", "r"},
        [OUTBOX_KEPT] = {"没有接通", "a"},          [OUTBOX_TOLD] = {"已电话告知", "g"},    [OUTBOX_GIVEN_UP] = {"不再发送", ""},
        [OUTBOX_UNKNOWN] = {"不能确定是否发出", "a"},
    };
    bool needs_person = m->state == OUTBOX_KEPT || m->state == OUTBOX_FAILED || m->state == OUTBOX_UNKNOWN;
    bool is_coordinator = caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR)), calls = m->is_sms && m->state == OUTBOX_KEPT;
    struct case_file c = {.day = (int32_t)m->day, .no = (int32_t)m->no};
    *out = (struct message_line){.id = m->id, .text = m->text, .error = m->error,
                                 .to = m->is_sms ? "反映人（短信）" : arena_printf(a, "%s（邮件）", m->address),
                                 .no = m->day ? case_no_words(a, &c) : NULL,
                                 .created = at_words(a, m->created, v->now),
                                 .state = calls ? "需要电话告知" : states[m->state].words,
                                 .state_class = states[m->state].class_name,
                                 .can_call = calls && is_coordinator, .can_retry = needs_person && !calls,
                                 .can_give_up = needs_person && (is_coordinator || !m->is_sms)};
    if (m->state == OUTBOX_QUEUED && m->tries)
        out->next = arena_printf(a, "试过 %d 次，%s 再试", m->tries, at_words(a, m->next_at, v->now));
}

static void
outbox_show(struct request *req, struct response *res, enum messages_shown shown, int64_t wrong_id, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct outbox_view *view = arena_new_of(a, struct outbox_view);
    struct messages all;
    struct err err = {0};
    int64_t n[MESSAGES_DONE];
    for (int i = 0; i < MESSAGES_DONE; i++) {
        n[i] = messages_count(v->db, &v->who, (enum messages_shown)i, &err);
        view->n[i] = n[i] > LIMIT_LIST_COUNT ? "1000+" : arena_printf(a, "%lld", (long long)n[i]);
    }
    if (shown == MESSAGES_SHOWN_COUNT) /* the first that has something */
        shown = !n[MESSAGES_TO_CALL] && n[MESSAGES_FAILED] ? MESSAGES_FAILED : MESSAGES_TO_CALL;
    if (!messages_list(v->db, a, &v->who, shown, params_int(&req->args, "before", 0), &all, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "消息发送", "outbox");
    view->shown = shown;
    view->is_coordinator = caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR));
    struct message_line *out = arena_array(a, struct message_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++)
        line_of(v, a, &all.p[i], &out[i]);
    view->lines = (struct message_lines){out, all.n};
    if (all.has_more)
        view->more = arena_printf(a, "/desk/outbox?show=%s&before=%lld", shown_codes[shown], (long long)all.p[all.n - 1].id);
    if (wrong) {
        res->status = err_status(wrong->kind);
        view->wrong_id = wrong->kind == ERR_FIELDS ? wrong_id : 0; /* else its line may be gone */
        view->wrong = arena_printf(a, "%s", wrong->n_fields ? wrong->fields[0].message : wrong->message);
    }
    page_outbox(&res->body, view);
}

void
desk_outbox(struct request *req, struct response *res)
{
    outbox_show(req, res, shown_of(params_get(&req->args, "show")), 0, NULL);
}

static void
settled(struct request *req, struct response *res, struct action *a)
{
    static const char *const done[] = {"已放回队列，马上再发一次。", "已记下：电话告知了反映人。", "已记下：不再发送。"};
    const struct settle_message *s = (const struct settle_message *)a;
    struct str show = params_get(&req->form, "show");
    if (a->err.kind) {
        outbox_show(req, res, shown_of(show), s->id, &a->err);
        return;
    }
    flash(req, res, done[s->act]);
    response_redirect(req, res, "/desk/outbox?show=%s", shown_of(show) < MESSAGES_SHOWN_COUNT ? shown_codes[shown_of(show)] : "call");
}

void
desk_post_outbox(struct request *req, struct response *res)
{
    static const char *const acts[] = {"retry", "told", "give_up"};
    struct settle_message *s = arena_new_of(req->arena, struct settle_message);
    struct err err = {0};
    int act = 0;
    while (act < 3 && !str_is(params_get(&req->form, "act"), acts[act]))
        act++;
    if (!str_int(req->vars[0], &s->id) || act == 3) {
        err_set(&err, ERR_USAGE, "请从页面上的按钮操作。");
        page_fail(req, res, &err);
        return;
    }
    s->act = (enum message_act)act;
    s->note = str_trim(params_get(&req->form, "note"));
    page_wait(req, res, &s->base, settled);
    settle_message(s, visit_of(req)->db);
}
