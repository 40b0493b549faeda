/* What the steps of a report share: where we are, what is still open, and what the draft says. */
#include <stdlib.h>

#include "limits.h"
#include "resident_report.h"

const char *
step_path(struct request *req, const struct place *p, const char *step)
{
    return arena_printf(req->arena, "/x/%.*s/report%s%s", (int)p->code.n, p->code.p, step[0] ? "/" : "", step);
}

bool
step_sent(struct request *req, struct response *res, struct step_view *v)
{
    if (!compound_of(req, res, &v->r.place))
        return false;
    struct visit *visit = resident_visit(req);
    if (!draft_load(req, str_z(req->arena, v->r.place->code), &v->d)) {
        flash(req, res, "请从第一步开始。填写的内容保存 24 小时。");
        response_redirect(req, res, "%s", step_path(req, v->r.place, ""));
        return false;
    }
    if (draft_get(&v->d, "done").n) {
        response_redirect(req, res, "%s", step_path(req, v->r.place, "done"));
        return false;
    }
    struct str words = draft_get(&v->d, "words");
    v->emergency = suggest_emergency(visit->area->scheme, words.n ? words : draft_get(&v->d, "q"));
    v->divert = words.n ? suggest_divert(visit->area->scheme, words) : NULL;
    return true;
}

void
step_frame(struct request *req, struct response *res, struct step_view *v, int step, const char *title, const char *back)
{
    v->step = step;
    resident_init(req, res, &v->r, title);
    v->r.l.back = step_path(req, v->r.place, back);
}

bool
step_begin(struct request *req, struct response *res, struct step_view *v, int step, const char *title)
{
    static const char *const backs[] = {"", "", "", "where", "words", "contact"};
    if (!step_sent(req, res, v))
        return false;
    step_frame(req, res, v, step, title, backs[step]);
    return true;
}

const struct item *
draft_item(const struct visit *v, const struct draft *d, int *index)
{
    struct str code = draft_get(d, "item");
    int i = code.n ? scheme_item(v->area->scheme, code) : -1;
    if (index)
        *index = i;
    return i < 0 ? NULL : &v->area->scheme->items[i];
}

struct str
draft_spot(struct request *req, const struct draft *d, bool with_position)
{
    struct buf b = {0};
    struct str building = draft_get(d, "building"), spot = draft_get(d, "spot"), lat = draft_get(d, "lat");
    if (building.n && !str_is(building, "0"))
        buf_printf(&b, "%.*s 栋", (int)building.n, building.p);
    if (spot.n)
        buf_printf(&b, "%s%.*s", b.n ? " " : "", (int)spot.n, spot.p);
    if (with_position && lat.n) {
        struct str lon = draft_get(d, "lon"), accuracy = draft_get(d, "accuracy");
        buf_printf(&b, POSITION_MARK " 北纬 %.*s 东经 %.*s，误差约 %.*s 米）", (int)lat.n, lat.p, (int)lon.n, lon.p,
                   (int)accuracy.n, accuracy.p);
    }
    return buf_keep(req->arena, &b);
}

struct str
draft_report_words(struct request *req, const struct draft *d)
{
    const struct item *it = draft_item(visit_of(req), d, NULL);
    struct buf b = {0};
    buf_str(&b, draft_get(d, "words"));
    for (size_t i = 0; it && i < it->questions.n && i < QUESTIONS_MAX; i++) {
        struct str said = draft_get(d, arena_printf(req->arena, "a%zu", i));
        if (said.n)
            buf_printf(&b, "\n%.*s%.*s", (int)it->questions.p[i].n, it->questions.p[i].p, (int)said.n, said.p);
    }
    return buf_keep(req->arena, &b);
}

size_t
draft_files(struct request *req, const struct draft *d, const int64_t **out)
{
    int64_t *ids = arena_array(req->arena, int64_t, LIMIT_PHOTOS);
    size_t n = 0, at = 0;
    struct str value;
    while (n < LIMIT_PHOTOS && params_each(&d->p, "file_id", &at, &value))
        if (str_int(value, &ids[n]) && ids[n] > 0)
            n++;
    *out = ids;
    return n;
}

size_t
similar_cases(struct request *req, const struct step_view *v, struct case_rows *out)
{
    enum { SIMILAR_MAX = 5 };
    const struct visit *visit = visit_of(req);
    struct err err = {0};
    *out = (struct case_rows){0};
    struct str item = draft_get(&v->d, "item");
    if (!item.n || !cases_similar(visit->db, req->arena, visit->area->id, v->r.place->id, item, 0, SIMILAR_MAX, out, &err))
        return 0;
    size_t open = 0;
    while (open < out->n && case_state_open((int)out->p[open].c.state))
        open++;
    return open;
}

static bool
wants_guess(const struct visit *v, const struct draft *d)
{
    struct suggestion top[1];
    return !draft_get(d, "item").n && !draft_get(d, "guessed").n &&
           suggest_items(v->area->scheme, draft_get(d, "words"), top, 1) > 0;
}

void
step_next(struct request *req, struct response *res, struct step_view *v)
{
    const struct draft *d = &v->d;
    struct case_rows rows;
    const char *next = "check";
    if (!draft_get(d, "building").n && !draft_get(d, "spot").n)
        next = "where";
    else if (!draft_get(d, "words").n)
        next = "words";
    else if (wants_guess(visit_of(req), d))
        next = "guess";
    else if (!str_eq(draft_get(d, "same"), draft_get(d, "item")) && similar_cases(req, v, &rows))
        next = "same";
    else if (!draft_get(d, "contact").n)
        next = "contact";
    draft_save(req, res, &v->d, step_path(req, v->r.place, next));
}
