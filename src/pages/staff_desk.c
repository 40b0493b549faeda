/* 待办, 我已办, 我关注, 被督办. */
#include "staff_desk.h"

#include "scheme_store.h"
#include "scheme_warnings.h"
#include "staff_desk.html.h"

enum { DESK_ROWS = 100, SOON_MS = 24 * 3600 * 1000 };

static enum desk_tab
tab_of(struct str code)
{
    static const char *const codes[TAB_COUNT] = {"todo", "done", "watch", "chase"};
    for (int i = 0; i < TAB_COUNT; i++)
        if (str_is(code, codes[i]))
            return (enum desk_tab)i;
    return TAB_TODO;
}

/* ---- Rows ---- */

/* A row that is about no case. */
static void
other_line(const struct visit *v, struct arena *a, const struct duty *d, struct desk_row *out)
{
    struct duty_words words;
    duty_words_of(v, a, d, &words);
    out->url = words.url;
    out->line.item = words.title;
    out->line.place = words.place;
    out->line.lead = words.whom;
    out->line.sig.state = duty_end_label(d->end);
    out->line.sig.state_class = "n";
}

static void
duty_line(const struct visit *v, struct arena *a, const struct duty_row *d, struct desk_row *out)
{
    if (d->d.subject_kind == SUBJECT_CASE)
        case_line_of(v, a, &d->c, &out->line);
    signals_of(v, a, &d->c, &d->d, &out->line.sig);
    if (d->d.subject_kind != SUBJECT_CASE)
        other_line(v, a, &d->d, out);
    out->owed = duty_label(d->d.kind);
    out->by = at_words(a, d->d.due, v->now);
    out->can_batch = duty_is_main(d->d.kind) && !out->url; /* one of the rows of a case */
}

static bool
is_wanted(const struct desk_view *view, const struct visit *v, const struct duty *d)
{
    if (str_is(view->due, "overdue"))
        return d->due <= v->now;
    if (str_is(view->due, "soon"))
        return d->due > v->now && d->due - v->now <= SOON_MS;
    return true;
}

/* One button for each command that may be done for several, as soon as one row allows it. */
static void
find_batch(const struct visit *v, struct arena *a, const struct duty_rows *rows, struct desk_view *view)
{
    struct batch_button *out = arena_array(a, struct batch_button, n_commands);
    size_t n = 0;
    for (size_t i = 0; i < n_commands; i++) {
        bool is_allowed = false;
        for (size_t k = 0; (commands[i].flags & CMD_BATCH) && k < rows->n && !is_allowed; k++) {
            if (rows->p[k].d.subject_kind != SUBJECT_CASE)
                continue;
            struct situation s;
            situation_of(v, &rows->p[k].c, &rows->p[k].d, 1, &s);
            is_allowed = command_allowed(&commands[i], &s, NULL, NULL);
        }
        if (is_allowed)
            out[n++] = (struct batch_button){commands[i].code, commands[i].label};
    }
    view->batch = (struct batch_buttons){out, n};
}

static bool
load_duties(struct request *req, struct desk_view *view, const struct owner *owners, size_t n, int kind, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct duty_rows of_cases, others, rows;
    size_t limit = view->due.n > 0 ? 5 * DESK_ROWS : DESK_ROWS;
    if (!duties_of_owners(v->db, req->arena, v->area->id, owners, n, kind, v->now, limit, &of_cases, err) ||
        !duties_other_of_owners(v->db, req->arena, v->area->id, owners, n, kind, v->now, limit, &others, err))
        return false;
    rows = duty_rows_joined(req->arena, &of_cases, &others, limit);
    struct desk_row *out = arena_array(req->arena, struct desk_row, rows.n + 1);
    struct duty_row *kept = arena_array(req->arena, struct duty_row, rows.n + 1);
    size_t m = 0;
    for (size_t i = 0; i < rows.n && m < DESK_ROWS; i++) {
        if (!is_wanted(view, v, &rows.p[i].d))
            continue;
        kept[m] = rows.p[i];
        duty_line(v, req->arena, &rows.p[i], &out[m++]);
    }
    view->rows = (struct desk_rows){out, m};
    view->has_more = rows.has_more;
    if (view->tab == TAB_TODO) {
        rows = (struct duty_rows){.p = kept, .n = m};
        find_batch(v, req->arena, &rows, view);
    }
    return true;
}

static bool
load_cases(struct request *req, struct desk_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct case_rows rows;
    bool ok = view->tab == TAB_DONE
                  ? cases_done_by(v->db, req->arena, v->area->id, v->person->id, DESK_ROWS, &rows, err)
                  : cases_watched(v->db, req->arena, v->area->id, v->person->id, DESK_ROWS, &rows, err);
    if (!ok)
        return false;
    struct desk_row *out = arena_array(req->arena, struct desk_row, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        case_line_of(v, req->arena, &rows.p[i].c, &out[i].line);
    view->rows = (struct desk_rows){out, rows.n};
    view->has_more = rows.has_more;
    return true;
}

/* Chips: what kinds of duties there are, when there is more than one. */
static void
find_kinds(struct request *req, struct desk_view *view, int chosen)
{
    struct desk_chip *out = arena_array(req->arena, struct desk_chip, DUTY_KIND_COUNT + 1);
    size_t n = 0;
    for (int k = 0; k < DUTY_KIND_COUNT; k++)
        if (view->counts.by_kind[k])
            out[n++] = (struct desk_chip){
                .url = k == chosen ? "/desk" : arena_printf(req->arena, "/desk?kind=%s", duty_code(k)),
                .label = duty_label(k),
                .count = view->counts.by_kind[k],
                .is_on = k == chosen};
    if (n > 1 || chosen >= 0)
        view->kinds = (struct desk_chips){out, n};
}

/* A draft that somebody else proposed waits for those who may approve it. */
static void
note_proposal(struct request *req, struct desk_view *view)
{
    const struct visit *v = visit_of(req);
    struct scheme_draft d;
    struct err err = {0};
    if (caller_has(&v->who, ROLES_APPROVE) && scheme_draft_head(v->db, req->arena, v->area->id, &d, &err))
        view->awaits_approval = d.proposed_by && d.proposed_by != v->who.person;
}

/* The coordinator keeps the lists: a missing year and expired bases are told where the day begins. */
static void
note_warnings(struct request *req, struct desk_view *view)
{
    const struct visit *v = visit_of(req);
    if (!caller_has(&v->who, ROLES_DRAFT))
        return;
    struct scheme_warnings all = scheme_warnings(req->arena, v->area->scheme, day_of(v->now));
    view->n_warnings = all.n;
    for (size_t i = 0; i < all.n && !view->scheme_note; i++)
        if (all.p[i].kind != WARNING_EXPIRED) /* what has long been replaced stays in the report and bothers nobody here */
            view->scheme_note = str_z(req->arena, all.p[i].words);
}

void
desk_todo(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct desk_view *view = arena_new_of(req->arena, struct desk_view);
    if (!caller_has(&v->who, ROLES_BUSINESS)) { /* administrators keep the registry; they have no cases */
        response_redirect(req, res, "/desk/people");
        return;
    }
    struct owner owners[OWNERS_MAX];
    struct err err = {0};
    size_t n = caller_owners(&v->who, owners, OWNERS_MAX);
    int kind = duty_find(params_get(&req->args, "kind"));
    layout_init(req, &view->layout, "待办事项", "desk");
    view->tab = tab_of(params_get(&req->args, "tab"));
    view->due = params_get(&req->args, "due");
    view->is_filtered = view->due.n || kind >= 0;
    view->self = query_with(req, "/desk", "", NULL);
    bool ok = !n || duties_count(v->db, v->area->id, owners, n, v->now, &view->counts, &err);
    if (ok && (view->tab == TAB_TODO || view->tab == TAB_CHASE))
        ok = load_duties(req, view, owners, n, view->tab == TAB_CHASE ? DUTY_CHASE : kind, &err);
    else if (ok)
        ok = load_cases(req, view, &err);
    if (!ok || !routine_totals(v, req->arena, &view->routines, &err)) {
        page_fail(req, res, &err);
        return;
    }
    if (view->tab == TAB_TODO)
        find_kinds(req, view, kind);
    note_warnings(req, view);
    note_proposal(req, view);
    page_desk(&res->body, view);
}
