#include "staff_complaints.h"

#include "staff_complaints.html.h"

/* ---- Lines ---- */

static void
signals_fill(const struct visit *v, struct arena *a, const struct complaint_row *r, struct signals *out)
{
    if (r->answered_at) {
        *out = (struct signals){.state = "已核查", .state_class = "g"};
        return;
    }
    struct buf b = {0};
    clock_words(&b, &v->area->scheme->calendar, r->due, v->now);
    *out = (struct signals){.state = "待核查", .state_class = "t", .clock = buf_keep(a, &b).p,
                            .clock_class = v->now >= r->due ? "r" : v->now >= r->amber_at ? "a" : ""};
}

static void
line_of(const struct visit *v, struct arena *a, const struct complaint_row *r, struct complaint_line *out)
{
    const struct registry *reg = v->area->registry;
    const char *kind = complaint_kind_label(r->kind);
    *out = (struct complaint_line){.id = r->id,
                                   .kind = kind ? kind : "其他",
                                   .opened = at_words(a, r->opened_at, v->now),
                                   .finding = r->answered_at ? complaint_finding_label(r->finding) : NULL,
                                   .org = r->org ? org_name(reg, r->org) : STR("没有写明单位"),
                                   .place = r->place ? place_name(reg, r->place) : STR(""),
                                   .is_missed = r->missed_at != 0};
    signals_fill(v, a, r, &out->sig);
}

/* ---- The list ---- */

void
desk_complaints(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct complaints_view *view = arena_new_of(req->arena, struct complaints_view);
    struct complaints all;
    struct err err = {0};
    view->shows_all = str_is(params_get(&req->args, "state"), "all");
    if (!complaints_list(v->db, req->arena, &v->who, !view->shows_all, params_int(&req->args, "before", 0), &all, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "投诉举报", "complaints");
    struct complaint_line *out = arena_array(req->arena, struct complaint_line, all.n + 1);
    for (size_t i = 0; i < all.n; i++)
        line_of(v, req->arena, &all.p[i], &out[i]);
    view->lines = (struct complaint_lines){out, all.n};
    if (all.has_more)
        view->more = arena_printf(req->arena, "/desk/complaints?state=%s&before=%lld", view->shows_all ? "all" : "open",
                                  (long long)all.p[all.n - 1].id);
    page_complaints(&res->body, view);
}

/* ---- One ---- */

static const struct field *
answer_fields(void)
{
    static struct field f[] = {
        {.name = "finding", .label = "核查结论", .type = FIELD_CHOICE, .required = true},
        {.name = "words", .label = "核查经过和处理", .hint = "核查了什么、事实是什么、怎样处理。只有本部门能看到。",
         .type = FIELD_WORDS, .required = true, .min = 5, .max = LIMIT_WORDS},
    };
    f[0].choices = complaint_findings();
    return f;
}

static void
fill_clock(const struct visit *v, struct arena *a, const struct complaint_row *r, struct complaint_view *view)
{
    if (r->answered_at) {
        struct str who = person_name(v->area->registry, r->answered_by);
        view->answered = arena_printf(a, "%s %.*s", at_words(a, r->answered_at, v->now), (int)who.n, who.p);
        return;
    }
    view->due = arena_printf(a, "应于 %s 前核查并作出结论，%s", at_words(a, r->due, v->now), view->line.sig.clock);
    const char *class_name = view->line.sig.clock_class;
    view->due_class = class_name[0] == 'r' ? "" : class_name[0] == 'a' ? "a" : "n";
}

static void
complaint_show(struct request *req, struct response *res, int64_t id, const struct params *values, const struct err *wrong)
{
    const struct visit *v = visit_of(req);
    struct complaint_view *view = arena_new_of(req->arena, struct complaint_view);
    struct complaint_row row;
    struct err err = {0};
    if (!complaint_find(v->app, v->db, req->arena, &v->who, id, &row, &err)) {
        page_fail(req, res, &err);
        return;
    }
    line_of(v, req->arena, &row, &view->line);
    view->words = row.words;
    view->phone = row.phone;
    view->answer = row.answer;
    fill_clock(v, req->arena, &row, view);
    form_view_init(&view->form, req, answer_fields(), 2, &(struct form_about){.values = values, .err = wrong});
    layout_init(req, &view->layout, arena_printf(req->arena, "%s %s", view->line.kind, view->line.opened), "complaints");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_complaint(&res->body, view);
}

static int64_t
id_of(const struct request *req)
{
    int64_t id = 0;
    return str_int(req->vars[0], &id) ? id : 0;
}

void
desk_complaint(struct request *req, struct response *res)
{
    complaint_show(req, res, id_of(req), NULL, NULL);
}

static void
answered(struct request *req, struct response *res, struct action *a)
{
    const struct answer_complaint *c = (const struct answer_complaint *)a;
    if (a->err.kind) {
        complaint_show(req, res, c->id, &req->form, &a->err);
        return;
    }
    flash(req, res, "结论已记下，这件投诉核查完了。");
    response_redirect(req, res, "/desk/complaints/%lld", (long long)c->id);
}

void
desk_post_complaint(struct request *req, struct response *res)
{
    struct answer_complaint *c = arena_new_of(req->arena, struct answer_complaint);
    c->id = id_of(req);
    c->finding = params_get(&req->form, "finding");
    c->words = params_get(&req->form, "words");
    page_wait(req, res, &c->base, answered);
    answer_complaint(c, visit_of(req)->db);
}
