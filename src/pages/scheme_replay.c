/* /desk/scheme/replay: what would have gone otherwise under the draft, for the newest cases. */
#include "scheme_desk.h"

#include "scheme_desk.html.h"

enum { TRIED_MAX = 5000, LISTED_MAX = 100 };

static void
list_case(void *ctx, struct arena *a, const struct case_file *c, const struct replayed_case *x)
{
    struct scheme_replay_view *view = ctx;
    if (view->cases.n == LISTED_MAX)
        return;
    struct strs words = replayed_words(a, view->visit->area->registry, x);
    struct str *kept = arena_array(view->a, struct str, words.n + 1);
    for (size_t i = 0; i < words.n; i++)
        kept[i] = str_dup(view->a, words.p[i]);
    struct replay_line *lines = (struct replay_line *)(uintptr_t)view->cases.p;
    lines[view->cases.n++] = (struct replay_line){case_no_words(view->a, c), str_dup(view->a, item_name(view->visit, c)), {kept, words.n}};
}

void
desk_scheme_replay(struct request *req, struct response *res)
{
    struct visit *v = visit_of(req);
    struct err err = {0};
    struct scheme_work w;
    struct scheme_replay_view *view = arena_new_of(req->arena, struct scheme_replay_view);
    view->visit = v;
    view->a = req->arena;
    view->cases.p = arena_array(req->arena, struct replay_line, LISTED_MAX);
    bool ok = scheme_work_load(req, &w, &err);
    if (ok && !w.draft.rev)
        ok = err_set(&err, ERR_NOT_FOUND, "现在没有草案，没有什么可以重算。");
    const struct scheme *s = ok ? scheme_read(req->arena, w.tables, &w.faults) : NULL;
    if (ok && !s)
        ok = err_set(&err, ERR_CONFLICT, "草案还有错误，改好以后才能重算。");
    view->sums = (struct draft_replay){.app = v->app, .area = v->area, .draft = s, .most = TRIED_MAX, .each = list_case, .ctx = view};
    if (!ok || !draft_replay_run(&view->sums, v->db, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, "用草案重算", "scheme");
    page_scheme_replay(&res->body, view);
}
