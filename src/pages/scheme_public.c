/* /lists/versions: each published version with its date and document, what it changed, and the lists as they read then. */
#include "scheme_public.h"

#include "scheme_diff.h"
#include "scheme_public.html.h"

static const char *
date_words(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return arena_printf(a, "%d 年 %d 月 %d 日", c.year, c.month, c.day);
}

/* The version's own words: its tables say which document sets it. */
static struct str
document_words(struct arena *a, const struct scheme *s)
{
    for (size_t i = 0; i < s->n_documents; i++) {
        const struct document *d = &s->documents[i];
        if (str_eq(d->code, s->document))
            return str_of(arena_printf(a, "《%.*s》%.*s", (int)d->title.n, d->title.p, (int)d->number.n, d->number.p));
    }
    return s->title;
}

const char *
version_words(struct arena *a, const struct scheme *s)
{
    struct str doc = document_words(a, s);
    return arena_printf(a, "第 %d 版，%s起施行；%.*s", s->version, date_words(a, s->valid_from), (int)doc.n, doc.p);
}

static void
version_of(const struct visit *v, struct arena *a, const struct scheme *s, struct public_version *out)
{
    *out = (struct public_version){.version = s->version,
                                   .from = date_words(a, s->valid_from),
                                   .document = document_words(a, s),
                                   .is_in_force = s == v->area->scheme,
                                   .is_waiting = s->version > 1 && s->valid_from > day_of(v->now)};
}

void
public_versions(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct versions_view view = {.versions.n = 0};
    struct public_version *out = arena_array(req->arena, struct public_version, v->area->n_versions + 1);
    resident_init(req, res, &view.r, "清单的各版");
    view.r.l.back = "/lists";
    for (int i = v->area->n_versions - 1; i >= 0; i--)
        if (v->area->versions[i])
            version_of(v, req->arena, v->area->versions[i], &out[view.versions.n++]);
    view.versions.p = out;
    page_public_versions(&res->body, &view);
}

static void
fill_changes(struct request *req, const struct scheme *before, const struct scheme *s, struct version_view *view)
{
    struct scheme_changes all = scheme_diff(req->arena, before->tables, s->tables);
    struct public_change *out = arena_array(req->arena, struct public_change, all.n + 1);
    const char *group = "";
    for (size_t i = 0; i < all.n; i++) {
        bool opens = strcmp(group, all.p[i].group) != 0;
        group = all.p[i].group;
        out[i] = (struct public_change){opens ? group : NULL, all.p[i].words};
    }
    view->changes = (struct public_changes){out, all.n};
}

static void
fill_items(struct request *req, const struct scheme *s, struct version_view *view)
{
    const struct visit *v = visit_of(req);
    struct public_item *out = arena_array(req->arena, struct public_item, s->n_items + 1);
    for (size_t i = 0; i < s->n_items; i++)
        out[i] = (struct public_item){.code = s->items[i].code,
                                      .name = s->items[i].name,
                                      .lead = lead_words(v->area->registry, s->items[i].lead, NULL, NULL),
                                      .limit = limit_words(req->arena, s, s->items[i].limit),
                                      .is_service = s->items[i].list == LIST_SERVICE};
    view->items = (struct public_items){out, s->n_items};
}

void
public_version(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct area *area = v->area;
    struct version_view view = {.changes.n = 0};
    struct err err = {0};
    int64_t n = 0;
    if (!str_int(req->vars[0], &n) || n < 1 || n > area->n_versions || !area->versions[n - 1]) {
        err_set(&err, ERR_NOT_FOUND, "没有这一版清单。");
        page_fail(req, res, &err);
        return;
    }
    const struct scheme *s = area->versions[n - 1];
    resident_init(req, res, &view.r, arena_printf(req->arena, "清单第 %lld 版", (long long)n));
    view.r.l.back = "/lists/versions";
    version_of(v, req->arena, s, &view.v);
    if (n > 1 && area->versions[n - 2])
        fill_changes(req, area->versions[n - 2], s, &view);
    fill_items(req, s, &view);
    page_public_version(&res->body, &view);
}
