/* What the pages of the scheme share: the draft with its faults and its differences, loaded once a request. */
#include "scheme_desk.h"

bool
scheme_work_load(struct request *req, struct scheme_work *w, struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct area *area = v->area;
    *w = (struct scheme_work){.last = area->n_versions ? area->versions[area->n_versions - 1] : area->scheme};
    if (!scheme_draft_load(v->db, req->arena, area->id, &w->draft, &w->faults, err))
        return false;
    w->tables = scheme_with_orgs(req->arena, w->draft.rev ? w->draft.tables : w->last->tables, area->registry);
    if (!w->draft.rev)
        return true;
    scheme_read(req->arena, w->tables, &w->faults);
    w->changes = scheme_diff(req->arena, w->last->tables, w->draft.tables);
    return true;
}

void
fault_place(const struct table *t, struct str cell, int64_t *row, struct str *column)
{
    size_t i = 0, at = 0;
    int64_t line = 0;
    for (; i < cell.n && cell.p[i] >= 'A' && cell.p[i] <= 'Z'; i++)
        at = at * 26 + (size_t)(cell.p[i] - 'A' + 1);
    *row = str_int(str_slice(cell, i, cell.n), &line) ? line - 2 : -1;
    *column = at && t && at <= t->header.n ? t->header.p[at - 1] : STR("");
    if (t && *row >= (int64_t)t->n_rows)
        *row = -1; /* a row that is missing altogether */
}

struct change_lines
change_lines_of(struct arena *a, const struct scheme_changes *c, size_t max)
{
    size_t n = c->n < max ? c->n : max;
    struct change_line *out = arena_array(a, struct change_line, n + 1);
    const char *group = "";
    for (size_t i = 0; i < n; i++) {
        bool opens = strcmp(group, c->p[i].group) != 0;
        group = c->p[i].group;
        out[i] = (struct change_line){opens ? group : NULL, c->p[i].words};
    }
    return (struct change_lines){out, n};
}
