/* 轮值片区长 (BG-03): whose month it is, the year, swaps, and what is handed over. */
#include "registry_store.h"
#include "staff_posts.h"
#include "staff_posts.html.h"

enum { MONTHS_BACK = 2, MONTHS_AHEAD = 12, SWAPS_SHOWN = 20, TOPICS_SHOWN = 50 };
#define N(list) (sizeof list / sizeof *list)

static const struct field ask_fields[] = {
    {.name = "month", .label = "换出的月份", .type = FIELD_CHOICE, .source = "turn_month", .required = true},
    {.name = "with", .label = "换到的月份", .type = FIELD_CHOICE, .source = "turn_month", .required = true},
    {.name = "words", .label = "原因", .type = FIELD_WORDS, .required = true, .min = 2, .max = 200},
};
static const struct field note_fields[] = {
    {.name = "words", .label = "交接说明", .hint = "没有办完的议题会自动列上；这里写进展、难点和下月要盯的事", .type = FIELD_WORDS, .required = true,
     .min = 2, .max = 2000},
};

static const char *
who_words(struct arena *a, const struct registry *r, const struct posting *p)
{
    if (!p)
        return "没有安排";
    struct str org = org_short(r, p->org), name = person_name(r, p->person);
    return arena_printf(a, "%.*s %.*s", (int)org.n, org.p, (int)name.n, name.p);
}

static const char *
month_text(struct arena *a, int32_t month)
{
    return month_words(a, month / 12, month % 12 + 1);
}

static bool
was_swapped(const struct registry *r, int32_t month)
{
    for (size_t i = 0; i < r->n_swaps; i++)
        if (r->swaps[i].state == ASKED_APPROVED && (r->swaps[i].first_month == month || r->swaps[i].second_month == month))
            return true;
    return false;
}

static struct turn_lines
turns_of(const struct visit *v, struct arena *a)
{
    const struct registry *r = v->area->registry;
    struct turn_line *out = arena_array(a, struct turn_line, MONTHS_BACK + MONTHS_AHEAD + 1);
    int32_t now = month_of(day_of(v->now));
    size_t n = 0;
    for (int32_t m = now - MONTHS_BACK; m <= now + MONTHS_AHEAD; m++)
        out[n++] = (struct turn_line){.month = month_text(a, m), .who = who_words(a, r, turn_of_month(r, m)), .is_now = m == now,
                                      .is_past = m < now, .is_swapped = was_swapped(r, m)};
    return (struct turn_lines){out, n};
}

static void
swap_line_of(const struct visit *v, struct arena *a, const struct turn_swap *s, struct swap_line *out)
{
    const struct registry *r = v->area->registry;
    const struct posting *x = registry_posting(r, s->first), *y = registry_posting(r, s->second);
    struct str asked = person_name(r, s->asked_by), decided = person_name(r, s->decided_by);
    bool is_open = s->state == ASKED_OPEN;
    *out = (struct swap_line){
        .id = s->id, .state = asked_label(s->state),
        .what = arena_printf(a, "%s（%s）换 %s（%s）", month_text(a, s->first_month), who_words(a, r, x), month_text(a, s->second_month), who_words(a, r, y)),
        .asked = arena_printf(a, "%.*s 提出", (int)asked.n, asked.p),
        .decided = s->decided_by ? arena_printf(a, "%.*s，%s", (int)decided.n, decided.p, at_words(a, s->changed_at, v->now)) : "",
        .words = registry_event_text(v->db, app_keys(v->app), a, v->area->id, s->seq, "words"),
        .may_decide = is_open && s->asked_by != v->person->id && caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_LEADING_GROUP)),
        .may_cancel = is_open && s->asked_by == v->person->id};
}

static struct swap_lines
swaps_of(const struct visit *v, struct arena *a)
{
    const struct registry *r = v->area->registry;
    struct swap_line *out = arena_array(a, struct swap_line, SWAPS_SHOWN);
    size_t n = 0;
    for (size_t i = r->n_swaps; i > 0 && n < SWAPS_SHOWN; i--)
        swap_line_of(v, a, &r->swaps[i - 1], &out[n++]);
    return (struct swap_lines){out, n};
}

static bool
fill_topics(struct request *req, struct rota_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct owner chief = {.role = ROLE_SECTOR_CHIEF};
    struct duty_rows rows;
    if (!duties_of_owners(v->db, req->arena, v->area->id, &chief, 1, DUTY_CONFER, v->now, TOPICS_SHOWN, &rows, err))
        return false;
    struct case_line *out = arena_array(req->arena, struct case_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        case_line_of(v, req->arena, &rows.p[i].c, &out[i]);
        signals_of(v, req->arena, &rows.p[i].c, &rows.p[i].d, &out[i].sig);
    }
    view->topics = (struct case_lines){out, rows.n};
    return true;
}

static bool
may_ask(const struct visit *v)
{
    const struct registry *r = v->area->registry;
    for (size_t i = 0; i < r->n_postings; i++)
        if (r->postings[i].person == v->person->id && r->postings[i].role == ROLE_SECTOR_CHIEF && r->postings[i].turns)
            return true;
    return caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR));
}

static const char *
note_words(struct arena *a, const struct visit *v, const struct turn_note *n)
{
    struct str name = person_name(v->area->registry, n->by);
    return arena_printf(a, "%.*s，%s", (int)name.n, name.p, at_words(a, n->at, v->now));
}

static void
show_rota(struct request *req, struct response *res, const char *op, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct rota_view *view = arena_new_of(req->arena, struct rota_view);
    int32_t now = month_of(day_of(v->now));
    const struct posting *p = turn_of_month(r, now);
    const struct person *who = p ? registry_person(r, p->person) : NULL;
    struct err err = {0};
    view->now_who = who_words(req->arena, r, p);
    view->now_phone = who ? str_z(req->arena, who->phone) : "";
    view->next_who = who_words(req->arena, r, turn_of_month(r, now + 1));
    view->turns = turns_of(v, req->arena);
    view->swaps = swaps_of(v, req->arena);
    view->has_received = turn_note_find(v->app, v->db, req->arena, v->area->id, now, &view->received);
    view->has_written = turn_note_find(v->app, v->db, req->arena, v->area->id, now + 1, &view->written);
    view->received_by = view->has_received ? note_words(req->arena, v, &view->received) : "";
    view->written_by = view->has_written ? note_words(req->arena, v, &view->written) : "";
    int32_t note_month = turn_note_month(&v->who, v->now);
    view->may_write = note_month != 0;
    view->is_late_note = note_month == now;
    view->may_ask = p && may_ask(v);
    view->op = op;
    view->err = wrong;
    if (!fill_topics(req, view, &err)) {
        page_fail(req, res, &err);
        return;
    }
    bool is_ask = op && strcmp(op, "ask") == 0, is_note = op && strcmp(op, "note") == 0;
    struct params *kept = arena_new_of(req->arena, struct params);
    if (view->is_late_note ? view->has_received : view->has_written)
        params_add(req->arena, kept, STR("words"), view->is_late_note ? view->received.words : view->written.words);
    form_view_init(&view->ask, req, ask_fields, N(ask_fields), &(struct form_about){.values = is_ask ? &req->form : NULL, .err = is_ask ? wrong : NULL});
    form_view_init(&view->note, req, note_fields, N(note_fields), &(struct form_about){.values = is_note ? &req->form : kept, .err = is_note ? wrong : NULL});
    layout_init(req, &view->layout, "轮值片区长", "rota");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_rota(&res->body, view);
}

void
desk_rota(struct request *req, struct response *res)
{
    show_rota(req, res, NULL, NULL);
}

static const char *
op_of(const struct request *req)
{
    static const char *const known[] = {"ask", "approve", "refuse", "cancel", "note"};
    for (size_t i = 0; i < N(known); i++)
        if (str_is(params_get(&req->form, "op"), known[i]))
            return known[i];
    return "";
}

static void
rota_changed(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        show_rota(req, res, op_of(req), err);
        return;
    }
    bool is_ask = strcmp(op_of(req), "ask") == 0;
    flash(req, res, is_ask ? "换班申请已提交，等统筹协调岗批准。" : strcmp(op_of(req), "note") == 0 ? "交接说明已保存，接班的片区长能看到。" : "已保存。");
    response_redirect(req, res, "/desk/rota");
}

void
desk_post_rota(struct request *req, struct response *res)
{
    const char *op = op_of(req);
    bool is_note = strcmp(op, "note") == 0, is_ask = strcmp(op, "ask") == 0;
    struct err *err = arena_new_of(req->arena, struct err);
    if ((is_note || is_ask) && !form_check(is_note ? note_fields : ask_fields, is_note ? N(note_fields) : N(ask_fields), &req->form,
                                           option_lookup, req, err)) {
        show_rota(req, res, op, err);
        return;
    }
    if (is_note) {
        struct write_turn_note *x = arena_new_of(req->arena, struct write_turn_note);
        x->words = params_get(&req->form, "words");
        page_wait(req, res, &x->base, rota_changed);
        write_turn_note(x, visit_of(req)->db);
        return;
    }
    struct swap_turns *x = arena_new_of(req->arena, struct swap_turns);
    x->op = is_ask ? SWAP_ASK : strcmp(op, "approve") == 0 ? SWAP_APPROVE : strcmp(op, "cancel") == 0 ? SWAP_CANCEL : SWAP_REFUSE;
    x->fields = &req->form;
    x->id = params_int(&req->form, "id", 0);
    page_wait(req, res, &x->base, rota_changed);
    swap_turns(x, visit_of(req)->db);
}
